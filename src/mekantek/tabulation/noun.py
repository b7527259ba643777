"""A table as it is printed: title, basis, numbers unrounded, and how each column is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mekantek.text import Language, Text, number

__all__ = ["UNITS", "Column", "PrintedTable", "Unit"]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """
    What a number is printed in.

    Attributes
    ----------
    name : Text
        As in the head of a column.
    per : float
        How many of the frame's own units (fractions, USD) make one.
    digits : int
        Behind the decimal mark, in print.

    Examples
    --------
    >>> UNITS["percent"].of(0.142), UNITS["percent"].name.tr
    (14.2, '%')
    """

    name: Text
    per: float = 1.0
    digits: int = 0

    def of(self, value: float) -> float:
        """Give a value in this unit, to fifteen digits: what lies behind is the dust of division."""
        return float(f"{value / self.per:.15g}")


UNITS: Mapping[str, Unit] = {
    "percent": Unit(name=Text("%", "%"), per=0.01, digits=1),
    "billion": Unit(name=Text("milyar $", "$ billion"), per=1e9, digits=2),
    "million": Unit(name=Text("milyon $", "$ million"), per=1e6, digits=1),
    "thousand": Unit(name=Text("bin $", "$ thousand"), per=1e3),
    "usd": Unit(name=Text("$", "$")),
    "count": Unit(name=Text("", "")),
}
"""The units by name. Shares come as fractions and money as USD; a count stands as it is."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A column of a printed table.

    Attributes
    ----------
    key : str
        Its name in the frame.
    head : Text
    unit : Unit or None
        None for words.
    """

    key: str
    head: Text
    unit: Unit | None = None

    def value(self, cell: Any, language: Language) -> Any:
        """Give a cell in the column's unit: text, a number unrounded, or None if missing."""
        if isinstance(cell, Text):
            return cell[language]
        if cell is None or cell is pd.NA or cell != cell:
            return None
        if self.unit is None:
            return str(cell)
        if self.unit is UNITS["count"]:
            return int(cell)
        return self.unit.of(float(cell))

    def written(self, cell: Any, language: Language) -> str:
        """Write a cell as it is printed; a missing number is an en dash."""
        value = self.value(cell, language)
        if value is None:
            return "" if self.unit is UNITS["count"] else "–"
        if self.unit is None:
            return str(value)
        # Nine places first: 0.25 of a percent is a hair below itself as a binary fraction.
        return number(round(value, 9), language, digits=self.unit.digits)

    def label(self, language: Language) -> str:
        """Give the head with its unit, for where the column stands alone."""
        unit = "" if self.unit is None else self.unit.name[language]
        return f"{self.head[language]} ({unit})" if unit else self.head[language]


@dataclass(frozen=True, kw_only=True)
class PrintedTable:
    """
    A table of the report, computed or told why not.

    Attributes
    ----------
    id : str
        ``3.5``, ``Grafik 1``, ``Ek 3``.
    title : Text
        As in the report, with the years, places and counts of this table.
    head : tuple of Text
        What the numbers are of: made-up label if there is one, trade system, seat or activity,
        classification, denominator, source.
    columns : tuple of Column
    frame : pandas.DataFrame
        Unrounded; shares are fractions, money is USD, missing cells NaN. Cells of words are str, or
        Text where they differ by language. Index: plates where rows are provinces, else from 0 on.
    notes : tuple of Text
        What is missing and what it takes, months not covered, hidden and unplaced values.
    reason : Text or None
        Why the table could not be made; then it has no rows.
    made_up : bool
        Whether any record says that it is made up; the title of every output says so then.

    Examples
    --------
    >>> table = PrintedTable(
    ...     id="3.1", title=Text("Paylar", "Shares"), head=(),
    ...     columns=(Column(key="share", head=Text("pay", "share"), unit=UNITS["percent"]),),
    ...     frame=pd.DataFrame({"share": [0.142, None]}), notes=(), reason=None)
    >>> table.number.tr, table.slug, table.rows("tr")
    ('Tablo 3.1', 'table-3-1', [['14,2'], ['–']])
    """

    id: str
    title: Text
    head: tuple[Text, ...]
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    notes: tuple[Text, ...]
    reason: Text | None
    made_up: bool = False

    @property
    def number(self) -> Text:
        """The table's number with its kind: ``Tablo 3.5``, ``Chart 1``, ``Annex 3``."""
        kind, _, count = self.id.rpartition(" ")
        kinds = {
            "": Text("Tablo", "Table"),
            "Grafik": Text("Grafik", "Chart"),
            "Ek": Text("Ek", "Annex"),
        }
        return Text(f"{kinds[kind].tr} {count}", f"{kinds[kind].en} {count}")

    @property
    def full_title(self) -> Text:
        """Number and title, and that it is made up where it is."""
        label = Text(" (UYDURMA VERİ)", " (MADE-UP DATA)") if self.made_up else Text("", "")
        return Text(
            f"{self.number.tr}: {self.title.tr}{label.tr}",
            f"{self.number.en}: {self.title.en}{label.en}",
        )

    @property
    def slug(self) -> str:
        """Name of the table's files without ending."""
        return self.number.en.lower().replace(" ", "-").replace(".", "-")

    @property
    def unit(self) -> Unit | None:
        """The unit of all numbers, where they share one."""
        units = {id(c.unit): c.unit for c in self.columns if c.unit not in (None, UNITS["count"])}
        return next(iter(units.values())) if len(units) == 1 else None

    def heads(self, language: Language, *, units: bool | None = None) -> list[str]:
        """Give the heads of the columns; with units, by default, only where they differ."""
        told = self.unit is None if units is None else units
        return [c.label(language) if told else c.head[language] for c in self.columns]

    def rows(self, language: Language) -> list[list[str]]:
        """Give all cells as printed."""
        columns = [
            [column.written(cell, language) for cell in self.frame[column.key]]
            for column in self.columns
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def values(self, language: Language) -> pd.DataFrame:
        """
        Give all cells in their units, unrounded, under heads that name the unit.

        Returns
        -------
        pandas.DataFrame
            Columns as in `columns`, of objects; missing cells None.
        """
        return pd.DataFrame(
            {
                k: pd.Series([c.value(cell, language) for cell in self.frame[c.key]], dtype=object)
                for k, c in enumerate(self.columns)
            }
        ).set_axis(self.heads(language, units=True), axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Give plain lists and dictionaries, as ``mekantek tables --json`` prints them."""

        def plain(column: Column, cell: Any) -> Any:
            if isinstance(cell, Text):
                return cell.to_dict()
            if cell is None or cell is pd.NA or cell != cell:
                return None
            if column.unit is None:
                return str(cell)
            return int(cell) if column.unit is UNITS["count"] else float(cell)

        units = {id(unit): name for name, unit in UNITS.items()}
        return {
            "id": self.id,
            "title": self.title.to_dict(),
            "made_up": self.made_up,
            "reason": None if self.reason is None else self.reason.to_dict(),
            "head": [line.to_dict() for line in self.head],
            "notes": [note.to_dict() for note in self.notes],
            "columns": [
                {
                    "key": c.key,
                    "head": c.head.to_dict(),
                    "printed_in": None if c.unit is None else units[id(c.unit)],
                }
                for c in self.columns
            ],
            "rows": [
                [plain(c, cell) for c, cell in zip(self.columns, row, strict=True)]
                for row in self.frame[[c.key for c in self.columns]].itertuples(index=False)
            ],
        }
