"""What a claim is about: shares, parts, values, ranks, printed cells, and what is made of them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, Protocol

from mekantek.datasets import tables
from mekantek.findings.claims.estimates import Estimate, Ledger
from mekantek.text import Language, Text, integer, money, number, percent

__all__ = [
    "Cell",
    "ClassRank",
    "Difference",
    "IndexRank",
    "OutOfOrder",
    "Part",
    "Print",
    "Quantity",
    "Rank",
    "Ratio",
    "Remainder",
    "Rows",
    "Share",
    "Stated",
    "TopPartners",
    "Unit",
    "Value",
    "written",
]

Unit = Literal["share", "usd", "count"]

# Adjectives, so that every class stands before the same noun in Turkish.
_KIND = {
    "high": Text("yüksek teknoloji", "high-technology"),
    "medium_high": Text("orta-yüksek teknoloji", "medium-high-technology"),
    "medium_low": Text("orta-düşük teknoloji", "medium-low-technology"),
    "low": Text("düşük teknoloji", "low-technology"),
    "unclassified": Text("sınıflandırma dışı", "unclassified"),
    "high+medium_high": Text("yüksek ve orta-yüksek teknoloji", "high- and medium-high-technology"),
    "total": Text("toplam", "total"),
}
_FOUR = ("high", "medium_high", "medium_low", "low")


def written(value: float, unit: Unit, language: Language, *, digits: int = 1) -> str:
    """
    Write a number in its unit.

    Examples
    --------
    >>> written(0.8079, "share", "tr"), written(1.7563e9, "usd", "en", digits=2)
    ('%80,8', '$1.76 billion')
    """
    if unit == "share":
        return percent(value, language, digits=digits)
    if unit == "usd":
        return money(value, language, digits=digits)
    whole = value == int(value)
    return integer(value, language) if whole else number(value, language, digits=digits)


@dataclass(frozen=True)
class Print:
    """
    A number as the report prints it.

    Attributes
    ----------
    value : float
        Fraction for a percentage, USD for an amount.
    step : float
        One unit of its last printed place, in the same unit.

    Examples
    --------
    >>> Print.read("1,7 milyar"), Print.read("%12,1").step
    (Print(value=1700000000.0, step=100000000.0, text='1,7 milyar'), 0.001)
    """

    value: float
    step: float
    text: str

    @classmethod
    def read(cls, text: str, *, step: float | None = None) -> Print:
        """
        Read a print: ``%12,1``, ``1,7 milyar``, ``910 milyon``, ``2``.

        Parameters
        ----------
        text : str
        step : float, optional
            One unit of the last place that counts, in the number's own digits; 10 for 910 that was
            cut to tens.

        Raises
        ------
        ValueError
            If there is no number.
        """
        found = re.fullmatch(r"(%?)(\d+)(?:,(\d+))?( milyar| milyon)?", text)
        if found is None:
            raise ValueError(f"{text!r} is no printed number.")
        digits = len(found[3] or "")
        scale = {"%": 0.01, "": 1.0}[found[1]] * {" milyar": 1e9, " milyon": 1e6, None: 1.0}[
            found[4]
        ]
        whole = int(found[2] + (found[3] or ""))
        # Through integers, so that %12,1 is 0.121 and not a hair beside it.
        value = round(whole * scale / 10**digits, 9)
        return cls(value, round((10.0**-digits if step is None else step) * scale, 9), text)

    def rounded(self) -> tuple[float, float]:
        """Give the numbers that round to this print."""
        return round(self.value - self.step / 2, 9), round(self.value + self.step / 2, 9)

    def truncated(self) -> tuple[float, float]:
        """Give the numbers whose further digits were cut off."""
        return self.value, round(self.value + self.step, 9)

    def possible(self) -> tuple[float, float]:
        """Give the numbers that rounding or truncation brings to this print."""
        return self.rounded()[0], self.truncated()[1]


class Quantity(Protocol):
    """Something a claim speaks of."""

    @property
    def unit(self) -> Unit:
        """Unit of the number."""

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""

    def words(self) -> Text:
        """Say in words how it is computed."""

    def code(self) -> str:
        """Give a Python expression of ``mt``, the package, and ``study`` with the same value."""


@dataclass(frozen=True)
class _OfClass:
    """Some provinces (all if none), a class and a year, with the name they go by."""

    members: tuple[int, ...]
    place: Text
    classes: str
    year: int

    @property
    def _at(self) -> str:
        return f"study.at({self.year})"

    @property
    def _values(self) -> str:
        if self.classes == "total":
            return f'{self._at}.frame["value"]'
        return f'{self._at}.class_values("{self.classes}")["value"]'

    @property
    def _parts(self) -> dict[str, object]:
        return {"place": self.place, "kind": _KIND[self.classes], "year": self.year}


@dataclass(frozen=True)
class Share(_OfClass):
    """Share of a class in the exports of one province, or of the country."""

    unit: Unit = "share"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        return ledger.share_of(self.members, self.classes, self.year)

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text(
            "{place}: ihracatında {kind} payı, {year}", "{place}: {kind} share of exports, {year}"
        ).format(**self._parts)

    def code(self) -> str:
        """Give the expression."""
        if not self.members:
            return f'{self._at}.national_share("{self.classes}")'
        return f'{self._at}.share("{self.classes}")[{self.members[0]}]'


@dataclass(frozen=True)
class Part(_OfClass):
    """Part of the country's exports of a class that some provinces hold."""

    unit: Unit = "share"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        return ledger.part_of(self.members, self.classes, self.year)

    def each(self) -> tuple[Part, ...]:
        """Give the parts of the members one by one."""
        return tuple(Part((m,), self.place, self.classes, self.year) for m in self.members)

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text(
            "{place}: Türkiye'nin {kind} ihracatındaki payı, {year}",
            "{place}: part of Türkiye's {kind} exports, {year}",
        ).format(**self._parts)

    def code(self) -> str:
        """Give the expression."""
        return f"{self._values}.loc[{list(self.members)}].sum() / {self._values}.sum()"


@dataclass(frozen=True)
class Value(_OfClass):
    """Exports of some provinces in a class, in USD."""

    unit: Unit = "usd"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        return ledger.value_of(self.members, self.classes, self.year)

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text("{place}: {kind} ihracatı, {year}", "{place}: {kind} exports, {year}").format(
            **self._parts
        )

    def code(self) -> str:
        """Give the expression."""
        rows = f".loc[{list(self.members)}]" if self.members else ""
        return f"{self._values}{rows}.sum()"


@dataclass(frozen=True)
class Rank(_OfClass):
    """Rank of a province, 1 being highest, by its share or its exports."""

    by: Literal["share", "value"]
    among: tuple[int, ...] = ()
    circle: Text | None = None
    unit: Unit = "count"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        table = (ledger.shares if self.by == "share" else ledger.values)(self.year, self.classes)
        return ledger.rank_of(self.members[0], table, self.among)

    def words(self) -> Text:
        """Say in words how it is computed."""
        measure = Text("payında", "share") if self.by == "share" else Text("ihracatında", "exports")
        circle = self.circle or Text("bütün iller", "all provinces")
        return Text(
            "{place}: {kind} {measure} sırası ({circle}), {year}",
            "{place}: rank by {kind} {measure} ({circle}), {year}",
        ).format(measure=measure, circle=circle, **self._parts)

    def code(self) -> str:
        """Give the expression."""
        table = self._values if self.by == "value" else f'{self._at}.share("{self.classes}")'
        rows = f".loc[{list(self.among)}]" if self.among else ""
        return f'{table}{rows}.rank(ascending=False, method="min")[{self.members[0]}]'


@dataclass(frozen=True)
class ClassRank(_OfClass):
    """Rank of a class among the four, 1 being largest."""

    unit: Unit = "count"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        found = {c: ledger.share_of(self.members, c, self.year) for c in _FOUR}
        mine = found.pop(self.classes)
        return Estimate(
            1 + sum(e.value > mine.value for e in found.values()),
            1 + sum(e.low > mine.high for e in found.values()),
            1 + sum(e.high > mine.low for e in found.values()),
        )

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text(
            "{place}: {kind} sınıfının dört sınıf içindeki sırası, {year}",
            "{place}: rank of the {kind} class among the four, {year}",
        ).format(**self._parts)

    def code(self) -> str:
        """Give the expression."""
        shares = [
            Share(self.members, self.place, c, self.year).code() for c in _FOUR if c != self.classes
        ]
        mine = Share(self.members, self.place, self.classes, self.year).code()
        return f"1 + sum(s > {mine} for s in ({', '.join(shares)}))"


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
        return Text("{place}: yayımlanmış İLTEK sırası", "{place}: published İLTEK rank").format(
            place=self.place
        )

    def code(self) -> str:
        """Give the expression."""
        return f'mt.datasets.tables.load("{self.index}").query("plate == {self.member}")["rank"].iloc[0]'


@dataclass(frozen=True)
class Stated:
    """A number that the report states and nothing else in the data does."""

    printed: Print
    source: Text
    unit: Unit

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number with what rounding or truncation leaves open."""
        if self.printed.step == 0:
            return Estimate.exact(self.printed.value)
        return Estimate(self.printed.value, *self.printed.possible())

    def words(self) -> Text:
        """Say in words where it stands."""
        return Text("{source}: {text}", "{source}: {text}").format(
            source=self.source, text=self.printed.text
        )

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
        rows = f'{_cells(self.table)}.set_index("item_printed")["thousand_usd"]'
        return f'1e3 * {rows}["{self.item}"]'


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
        value = float(ledger.values(2024, "total").loc[6, "value"] - 1e3 * others.sum())
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


@dataclass(frozen=True)
class Ratio:
    """One quantity over another."""

    top: Quantity
    bottom: Quantity
    unit: Unit = "share"

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        return self.top.estimate(ledger).over(self.bottom.estimate(ledger))

    def words(self) -> Text:
        """Say in words how it is computed."""
        return Text("({a}) / ({b})", "({a}) / ({b})").format(
            a=self.top.words(), b=self.bottom.words()
        )

    def code(self) -> str:
        """Give the expression."""
        return f"({self.top.code()}) / ({self.bottom.code()})"


@dataclass(frozen=True)
class Difference:
    """One quantity plus or minus another."""

    first: Quantity
    second: Quantity
    sign: int = -1

    @property
    def unit(self) -> Unit:
        """Unit of both."""
        return self.first.unit

    def estimate(self, ledger: Ledger) -> Estimate:
        """Give its number and the worst cases around it."""
        return self.first.estimate(ledger).plus(self.second.estimate(ledger), self.sign)

    def words(self) -> Text:
        """Say in words how it is computed."""
        sign = "−" if self.sign < 0 else "+"
        return Text("({a}) {s} ({b})", "({a}) {s} ({b})").format(
            a=self.first.words(), b=self.second.words(), s=sign
        )

    def code(self) -> str:
        """Give the expression."""
        return f"({self.first.code()}) {'-' if self.sign < 0 else '+'} ({self.second.code()})"


def prints_of(estimate: Estimate, printed: Print) -> tuple[int, int]:
    """
    Give the smallest and the largest print of a number, in units of the last place.

    Examples
    --------
    >>> prints_of(Estimate(0.604, 0.598, 0.6093), Print.read("%81"))
    (59, 61)
    """
    low, high = estimate.low / printed.step, estimate.high / printed.step
    return math.floor(round(low, 9)), math.floor(round(high, 9) + 0.5)
