"""What a claim is about: shares, parts, values and ranks of provinces, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from mekantek.findings.statements.estimates import Estimate, Ledger
from mekantek.findings.statements.prints import Unit
from mekantek.text import Text

__all__ = [
    "ClassRank",
    "Difference",
    "Part",
    "Quantity",
    "Rank",
    "Ratio",
    "Share",
    "Value",
]

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
            "{place} ihracatında {kind} payı, {year}", "{kind} share of exports, {place}, {year}"
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
            "Türkiye'nin {kind} ihracatında {place} payı, {year}",
            "part of {place} in Türkiye's {kind} exports, {year}",
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
        return Text("{place} {kind} ihracatı, {year}", "{kind} exports of {place}, {year}").format(
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
            "{kind} {measure} {place} sırası ({circle}), {year}",
            "rank of {place} by {kind} {measure} ({circle}), {year}",
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
            "{place} ihracatında {kind} sınıfının dört sınıf içindeki sırası, {year}",
            "rank of the {kind} class among the four, {place}, {year}",
        ).format(**self._parts)

    def code(self) -> str:
        """Give the expression."""
        shares = [
            Share(self.members, self.place, c, self.year).code() for c in _FOUR if c != self.classes
        ]
        mine = Share(self.members, self.place, self.classes, self.year).code()
        return f"1 + sum(s > {mine} for s in ({', '.join(shares)}))"


def _inner(quantity: Quantity) -> Text:
    """Put what is itself composed into brackets."""
    words = quantity.words()
    return (
        Text(f"({words.tr})", f"({words.en})")
        if isinstance(quantity, (Ratio, Difference))
        else words
    )


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
        return Text("{a} / {b}", "{a} / {b}").format(a=_inner(self.top), b=_inner(self.bottom))

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
        return Text("{a} {s} {b}", "{a} {s} {b}").format(
            a=_inner(self.first), b=_inner(self.second), s=sign
        )

    def code(self) -> str:
        """Give the expression."""
        return f"({self.first.code()}) {'-' if self.sign < 0 else '+'} ({self.second.code()})"
