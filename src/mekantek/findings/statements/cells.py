"""What a claim is about, read from tables and indices: cells, remainders, counts, published ranks."""

from __future__ import annotations

from dataclasses import dataclass

from mekantek.datasets import tables
from mekantek.findings.statements.estimates import Estimate, Ledger
from mekantek.findings.statements.prints import Print, Unit, written
from mekantek.text import LANGUAGES, Text

__all__ = ["Cell", "IndexRank", "OutOfOrder", "Remainder", "Rows", "Stated", "TopPartners"]


@dataclass(frozen=True)
class IndexRank:
    """Published rank of a province in an index; two published ranks are an interval."""

    member: int
    place: Text
    index: str = "iltek-2024"
    unit: Unit = "count"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        table = tables.load(self.index)
        ranks = table.loc[table["plate"] == self.member, "rank"]
        return Estimate(float(ranks.iloc[0]), float(ranks.min()), float(ranks.max()))

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text("İLTEK'te {place} sırası", "İLTEK rank of {place}").format(place=self.place)

    def code(self) -> str:
        """Give the expression."""
        return f'mt.datasets.tables.load("{self.index}").query("plate == {self.member}")["rank"].iloc[0]'


@dataclass(frozen=True)
class Stated:
    """A number that the report states and nothing else in the data does."""

    printed: Print
    # Line of the report; None for a number that needs no source, such as the whole.
    source: int | None
    unit: Unit

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number with what rounding or truncation leaves open."""
        if self.printed.step == 0:
            return Estimate.exact(self.printed.value)
        return Estimate(self.printed.value, *self.printed.possible())

    def words(self) -> Text:
        """Say in words where it stands."""
        if self.source is None:
            return Text(self.printed.text, self.printed.text.removeprefix("%") + "%")
        digits = len(self.printed.text.partition(",")[2].split(" ")[0])
        shown = Text(
            *(written(self.printed.value, self.unit, lang, digits=digits) for lang in LANGUAGES)
        )
        return Text(
            "raporun {line}. satırındaki {shown}", "the report's {shown} (line {line})"
        ).format(line=self.source, shown=shown)

    def code(self) -> str:
        """Give the expression."""
        return repr(self.printed.value)


def _cells(table: str) -> str:
    return f'mt.datasets.tables.load("{table}")'


@dataclass(frozen=True)
class Cell:
    """A cell of one of the report's tables of products or partners, in USD."""

    table: str
    item: str
    unit: Unit = "usd"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number, printed to the nearest thousand."""
        rows = tables.load(self.table)
        value = 1e3 * float(rows.loc[rows["item_printed"] == self.item, "thousand_usd"].iloc[0])
        return Estimate(value, value - 500, value + 500)

    def words(self) -> Text:
        """Say in words where it stands."""
        return Text("Tablo {no}, «{item}»", "Table {no}, “{item}”").format(
            no=_numbered(self.table), item=self.item
        )

    def code(self) -> str:
        """Give the expression."""
        rows = f"{_cells(self.table)}.query(\"item_printed == '{self.item}'\")"
        return f'1e3 * {rows}["thousand_usd"].iloc[0]'


def _numbered(table: str) -> str:
    """``1.7`` for ``table-1-7``."""
    return table.removeprefix("table-").replace("-", ".")


@dataclass(frozen=True)
class Remainder:
    """What Ankara's total exports leave for one partner after all other cells of Table 2.1."""

    item: str
    unit: Unit = "usd"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number; each of the other cells is printed to the nearest thousand."""
        rows = tables.load("table-2-1")
        others = rows.loc[rows["item_printed"] != self.item, "thousand_usd"]
        value = ledger.value_of([6], "total", 2024).value - 1e3 * float(others.sum())
        return Estimate(value, value - 500 * len(others), value + 500 * len(others))

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text(
            "Ankara'nın toplam ihracatı − Tablo 2.1'in öteki hücreleri ({item})",
            "total exports of Ankara − the other cells of Table 2.1 ({item})",
        ).format(item=self.item)

    def code(self) -> str:
        """Give the expression."""
        rows = f'{_cells("table-2-1")}.set_index("item_printed")["thousand_usd"]'
        return f'study.at(2024).frame.loc[6, "value"] - 1e3 * {rows}.drop("{self.item}").sum()'


@dataclass(frozen=True)
class TopPartners:
    """Part of Ankara's exports that go to its largest partners; Germany has two prints."""

    count: int
    unit: Unit = "share"

    # The table prints 767,684; the text, and the sum of the table, 747,684.
    _GERMANY = ("Almanya", 747_684)

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and that with the other print."""
        rows = tables.load("table-2-1").set_index("item_printed")["thousand_usd"].astype(float)
        found = []
        for value in (rows[self._GERMANY[0]], self._GERMANY[1]):
            rows = rows.copy()
            rows[self._GERMANY[0]] = value
            largest = rows.drop("Diğer Kalan").nlargest(self.count)
            found.append(float(largest.sum() / rows.sum()))
        return Estimate(found[0], min(found), max(found))

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text(
            "Tablo 2.1: en büyük {n} ülkenin toplamdaki payı",
            "Table 2.1: part of the {n} largest partners in its total",
        ).format(n=self.count)

    def code(self) -> str:
        """Give the expression."""
        rows = f'{_cells("table-2-1")}.set_index("item_printed")["thousand_usd"]'
        return f'{rows}.drop("Diğer Kalan").nlargest({self.count}).sum() / {rows}.sum()'


@dataclass(frozen=True)
class Rows:
    """Number of rows of a shipped table."""

    table: str
    unit: Unit = "count"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give the count."""
        return Estimate.exact(len(tables.load(self.table)))

    def words(self) -> Text:
        """Say in words what is counted."""
        return Text("Tablo {no} satır sayısı", "rows of Table {no}").format(
            no=_numbered(self.table)
        )

    def code(self) -> str:
        """Give the expression."""
        return f"len({_cells(self.table)})"


@dataclass(frozen=True)
class OutOfOrder:
    """Rows of Table 4.1 that export more than the row above them."""

    year: int
    unit: Unit = "count"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Count the pairs of rows, following each other, that stand the wrong way round."""
        names, total = tables.load("names-map"), ledger.values(self.year, "total")
        order = names.loc[names["table"] == "Table 4.1", "plate"]
        rows = total.reindex(order).dropna()
        above, below = rows.iloc[:-1].reset_index(drop=True), rows.iloc[1:].reset_index(drop=True)
        return Estimate(
            int((below["value"] > above["value"]).sum()),
            int((below["low"] > above["high"]).sum()),
            int((below["high"] > above["low"]).sum()),
        )

    def words(self) -> Text:
        """Say in words what is counted."""
        return Text(
            "Tablo 4.1'de üstündekinden çok ihracatı olan satır sayısı, {year}",
            "rows of Table 4.1 that export more than the row above, {year}",
        ).format(year=self.year)

    def code(self) -> str:
        """Give the expression."""
        order = 'mt.datasets.tables.load("names-map").query("table == \'Table 4.1\'")["plate"]'
        return f'(study.at({self.year}).frame["value"].loc[{order}].dropna().diff() > 0).sum()'
