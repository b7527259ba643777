"""A file of records, understood: its cells, its columns, and what every distinct text means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mekantek.datasets.records.amounts import Mark
from mekantek.datasets.records.columns import Columns
from mekantek.datasets.records.staged import Staged
from mekantek.text import Text

__all__ = ["Lookup", "Source"]


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """
    What each distinct text of a column means.

    Attributes
    ----------
    role : str
    cells : mapping of str to sequence
        ``raw`` (the text), ``total`` (its rows repeat others and are left out), and what it
        means, by name.
    types : mapping of str to str
        Type of each in Arrow's words.
    unknown : mapping of str to str or None
        Texts that mean nothing, with what was probably meant.
    facts : tuple of Text
        What was changed: zeros restored, names taken out of codes.
    """

    role: str
    cells: Mapping[str, Sequence[Any]]
    types: Mapping[str, str]
    unknown: Mapping[str, str | None] = field(default_factory=dict)
    facts: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """
    A file of records that can be turned into canonical columns by any engine.

    Attributes
    ----------
    staged : Staged
    columns : Columns
    lookups : mapping of str to Lookup
        By role.
    mark : {".", ","}
        Decimal mark of text.
    made_up : bool
        True if the file as a whole declares itself made up.
    made_up_columns : tuple of int
        Places of columns without another role whose cells may say so of a row.
    withheld : int
        Records whose amount is hidden; known once the rows have been looked at.
    facts, faults : tuple of Text
        What was understood, and what has to be mended first.
    """

    staged: Staged
    columns: Columns
    lookups: Mapping[str, Lookup]
    mark: Mark = "."
    made_up: bool = False
    made_up_columns: tuple[int, ...] = ()
    withheld: int = 0
    facts: tuple[Text, ...] = ()
    faults: tuple[Text, ...] = ()
