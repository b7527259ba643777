"""What a map shows and says, before anything is drawn: one specification for page, atlas and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mekantek.maps.palette import Entry
from mekantek.text import Text

__all__ = ["Column", "Fact", "Line", "MapSheet", "View"]

_UNIT = Text("birim", "unit")

Fact = tuple[Text, Text]
Line = tuple[float, float, float, float, bool]
"""Latitude and longitude of both ends, and whether the line is dashed."""


@dataclass(frozen=True, kw_only=True)
class View:
    """
    One way to colour the shapes.

    Attributes
    ----------
    key : str
    label : Text
        Beside the radio button.
    fill : mapping of id (text) to colour or ``hatch-…``
    columns : sequence of int
        Columns of the table that the tooltip reads out.
    legend : sequence of Entry
    extra : mapping of id (text) to colour or ``hatch-…``
        Fills that the page's checkbox lays over *fill*.
    marked : sequence of id (text)
        Units with a strong outline and their name.
    dotted : sequence of id (text)
        Units with a dotted outline: their value is open.
    circles : mapping of id (text) to radius in pixels on a wide screen
    lines : sequence of Line
        Network drawn over the shapes.
    year : int or None
        The year it shows, where it shows one.
    """

    key: str
    label: Text
    fill: Mapping[str, str]
    columns: Sequence[int]
    legend: Sequence[Entry]
    extra: Mapping[str, str] = field(default_factory=dict)
    marked: Sequence[str] = ()
    dotted: Sequence[str] = ()
    circles: Mapping[str, float] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A column of the table behind a map.

    Attributes
    ----------
    header : Text
    name : str
        Its name in the CSV that can be saved.
    shown : mapping of id (text) to Text
    raw : mapping of id (text) to str
        As written to the CSV.
    number : bool
    """

    header: Text
    name: str
    shown: Mapping[str, Text]
    raw: Mapping[str, str]
    number: bool = True


@dataclass(frozen=True, kw_only=True)
class MapSheet:
    """
    Everything a map shows and says.

    Attributes
    ----------
    kind : str
        What sort of map it is; sheets of one kind differ in the class they show.
    slug : str
        File name without ending.
    classes : str
        The class or classes it shows, joined by ``+``; empty where it shows none.
    title, reading : Text
        The reading is the map in one sentence.
    views : sequence of View
        In the order of their radio buttons.
    first : int
        Which of them is shown first.
    columns : sequence of Column
    facts : sequence of (term, description)
        n, method, tail, correction, basis, source, year, status, boundaries.
    checkbox : Text or None
        Label of the checkbox for what the views call extra.
    unit : Text
        What one shape is: a province, a region.
    """

    kind: str
    slug: str
    title: Text
    reading: Text
    views: Sequence[View]
    columns: Sequence[Column]
    facts: Sequence[Fact]
    first: int = 0
    checkbox: Text | None = None
    unit: Text = _UNIT
    classes: str = ""
