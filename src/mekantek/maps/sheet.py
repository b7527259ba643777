"""What a map page says besides the map: its views, legend, facts, and the table with its CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from mekantek.maps.page import bilingual
from mekantek.maps.palette import Entry, legend_html
from mekantek.text import Text, sort_key

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Fact", "Line", "MapPage", "View", "above", "below", "csv"]

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
class MapPage:
    """
    Everything a map page says.

    Attributes
    ----------
    slug : str
        File name without ending.
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
    lines : sequence of Line
        Network drawn over the shapes.
    unit : Text
        What one shape is: a province, a region.
    """

    slug: str
    title: Text
    reading: Text
    views: Sequence[View]
    columns: Sequence[Column]
    facts: Sequence[Fact]
    first: int = 0
    checkbox: Text | None = None
    lines: Sequence[Line] = ()
    unit: Text = _UNIT


def above(page: MapPage) -> str:
    """Write what stands above the map: the sentence and the switches."""
    radios = "".join(
        f'<label><input type="radio" name="view" value="{escape(v.key)}"'
        f"{' checked' if k == page.first else ''}>{bilingual(v.label)}</label>"
        for k, v in enumerate(page.views)
    )
    if len(page.views) == 1:
        radios = ""
    if page.checkbox is not None:
        radios += (
            '<label><input type="checkbox" id="extra" checked>'
            f"<span>{bilingual(page.checkbox)}</span></label>"
        )
    sentence = f'<main>\n<p class="reading">{bilingual(page.reading)}</p>\n'
    if not radios:
        return sentence
    legend = bilingual(Text("Gösterilen", "Shown"))
    return f'{sentence}<fieldset class="views"><legend>{legend}</legend>{radios}</fieldset>\n'


def below(page: MapPage, names: pd.Series, *, index: str | None) -> str:
    """Write what stands below the map: legend, facts, data and the way back."""
    legends = "".join(
        legend_html(v.legend, view=v.key, hidden=k != page.first) for k, v in enumerate(page.views)
    )
    facts = "".join(
        f"<div><dt>{bilingual(term)}</dt><dd>{bilingual(told)}</dd></div>"
        for term, told in page.facts
    )
    save = bilingual(Text("Veriyi indir (CSV)", "Download the data (CSV)"))
    back = ""
    if index:
        home = bilingual(Text("← Rapora dön", "← Back to the report"))
        back = f'<a href="{escape(index)}" data-page="{escape(index)}">{home}</a>'
    return (
        f'\n<div class="legends" id="legend">{legends}</div>\n'
        f'<p class="actions"><button type="button" id="save" data-name="{escape(page.slug)}.csv">'
        f"{save}</button>{back}</p>\n"
        f"{_table(page, names)}\n<h2>{bilingual(Text('Künye', 'About this map'))}</h2>\n"
        f'<dl class="facts">{facts}</dl>\n</main>\n'
    )


def _table(page: MapPage, names: pd.Series) -> str:
    order = sorted(names.index, key=lambda unit: sort_key(str(names[unit])))
    head = f'<th scope="col">{bilingual(page.unit)}</th>' + "".join(
        f'<th scope="col"{" class=number" if c.number else ""}>{bilingual(c.header)}</th>'
        for c in page.columns
    )
    rows = []
    for unit in order:
        cells = "".join(
            f"<td{' class=number' if c.number else ''}>{bilingual(c.shown[str(unit)])}</td>"
            for c in page.columns
        )
        rows.append(
            f'<tr data-id="{escape(str(unit))}"><th scope="row">{escape(str(names[unit]))}</th>'
            f"{cells}</tr>"
        )
    summary = bilingual(
        Text(
            f"Haritanın verisi: {len(order)} satırlık tablo",
            f"The data behind the map: a table of {len(order)} rows",
        )
    )
    return (
        f'<details id="behind"><summary>{summary}</summary><div class="scroll" tabindex="0" '
        f'role="region" aria-labelledby="behind"><table id="data"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _quoted(cell: str) -> str:
    """Quote a CSV cell, and keep a spreadsheet from running it as a formula."""
    negative = cell[:1] == "-" and cell[1:].replace(".", "").replace("e-", "").isdigit()
    if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not negative):
        cell = "'" + cell
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\n\r') else cell


def csv(page: MapPage, names: pd.Series) -> str:
    """
    Write the table as CSV: full precision, decimal points, LF line ends.

    Parameters
    ----------
    page : MapPage
    names : pandas.Series
        Names by id.

    Returns
    -------
    str
    """
    lines = [",".join(["id", "name", *(_quoted(c.name) for c in page.columns)])]
    for unit in names.index:
        cells = [str(unit), str(names[unit]), *(c.raw[str(unit)] for c in page.columns)]
        lines.append(",".join(_quoted(c) for c in cells))
    return "\n".join(lines) + "\n"
