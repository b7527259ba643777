"""
What is claimed of a quantity, and whether an honest reading of the print lets it hold.

Each check gives an `Outcome`. It holds plainly when the adopted values satisfy it, ``within`` when
only a number inside the interval does, and not at all when none does. The tolerances stand in
``claims.toml`` and are shown beside the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Any, Protocol

from mekantek.findings.statements.estimates import Estimate, Ledger
from mekantek.findings.statements.prints import Print, Unit, prints_of, written
from mekantek.findings.statements.quantities import Part, Quantity
from mekantek.findings.verdict import Verdict
from mekantek.text import LANGUAGES, Language, Text, capitalized, lower

__all__ = [
    "Bound",
    "Check",
    "Court",
    "Equals",
    "Greater",
    "Outcome",
    "Trend",
    "word_for",
]


@dataclass(frozen=True)
class Court:
    """
    What checks may ask: the numbers, the tolerances, and the verdicts on findings.

    Attributes
    ----------
    ledger : Ledger
    rules : mapping
        Tolerances of ``claims.toml``.
    finding : callable
        Gives the Verdict of a finding by its id; each is computed once.
    """

    ledger: Ledger
    rules: Mapping[str, float]
    finding: Callable[[str], Verdict]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What came out of one check.

    Attributes
    ----------
    word : str
        A key of `mekantek.findings.verdict.VERDICTS`.
    within : bool
        Whether it holds only inside the interval, not with the adopted values.
    reason : Text
        Which reading saves the claim, or by how much it fails.
    estimate : Estimate or None
        The number, where the check is about one.
    allowed : (float, float) or None
        The numbers that the print may stand for.
    unit : str or None
    formula : Text
        How the number is computed, in words.
    code : str
        The same as a Python expression of ``mt`` and ``study``.
    """

    word: str
    within: bool = False
    reason: Text
    estimate: Estimate | None = None
    allowed: tuple[float, float] | None = None
    unit: Unit | None = None
    formula: Text
    code: str

    def told(self) -> Text:
        """Say what was computed and what came out."""
        if self.estimate is None:
            return self.reason
        formula = capitalized(self.formula)
        return Text(
            f"{formula.tr}: {lower(self.reason.tr[:1])}{self.reason.tr[1:]}",
            f"{formula.en}: {self.reason.en[:1].lower()}{self.reason.en[1:]}",
        )

    def to_dict(self) -> dict[str, Any]:
        """Give one entry of ``checks`` in the JSON contract."""
        e = self.estimate
        return {
            "verdict": self.word,
            "within_interval_only": self.within,
            "reason": self.reason.to_dict(),
            "value": None if e is None else e.value,
            "interval": None if e is None else [e.low, e.high],
            "allowed": None if self.allowed is None else list(self.allowed),
            "unit": self.unit,
            "formula": self.formula.to_dict(),
            "code": self.code,
        }


class Check(Protocol):
    """One thing that a claim says."""

    def run(self, court: Court) -> Outcome:
        """Hold it against the data."""


def word_for(holds: bool) -> str:
    """Give the word of a check that either holds or does not."""
    return "supported" if holds else "contradicted"


def _said(sentence: Text, estimate: Estimate, unit: Unit, digits: int, **more: object) -> Text:
    """Fill ``{v}``, ``{low}``, ``{high}`` of a sentence with a number and its interval."""

    def filled(lang: Language) -> str:
        parts = {
            "v": written(estimate.value, unit, lang, digits=digits),
            "low": written(estimate.low, unit, lang, digits=digits),
            "high": written(estimate.high, unit, lang, digits=digits),
        }
        told = {k: v[lang] if isinstance(v, Text) else v for k, v in more.items()}
        spread = _spread(estimate, unit, digits)[lang]
        return sentence[lang].format(**parts, **told, spread=spread)

    return Text(filled("tr"), filled("en"))


def _spread(estimate: Estimate, unit: Unit, digits: int) -> Text:
    """Write a number, with its interval where that shows in so many digits."""

    def told(lang: Language) -> str:
        value, low, high = (
            written(x, unit, lang, digits=digits)
            for x in (estimate.value, estimate.low, estimate.high)
        )
        return value if low == high else f"{value} ({low}–{high})"

    return Text(told("tr"), told("en"))


def _digits(printed: Print, unit: Unit) -> int:
    """One place more than the print has, as this unit is written."""
    if unit == "count":
        return 2
    behind = len(printed.text.partition(",")[2].split(" ")[0])
    return min(behind + 1, 3)


_HOW = {
    "same": Text("Hesaplanan {v}; basılanla aynı.", "Computed {v}, as printed."),
    "rounded": Text("Hesaplanan {v}; yuvarlanınca basılan sayıyı veriyor.", "Computed {v}; rounds to the print."),
    "truncated": Text(
        "Hesaplanan {v}; sonraki basamaklar atılınca basılan sayıyı veriyor.",
        "Computed {v}; cutting off further digits gives the print.",
    ),
    "within": Text(
        "Hesaplanan {v}; basılan sayıların açık bıraktığı {low}–{high} aralığı buna ulaşıyor.",
        "Computed {v}; the interval {low}–{high} that the prints leave open reaches it.",
    ),
    "added": Text(
        "Hesaplanan {v}; yuvarlanmış parçaların toplamı ({sum}) basılan sayıyı veriyor.",
        "Computed {v}; the sum of rounded parts ({sum}) gives the print.",
    ),
    "about": Text(
        "Hesaplanan {v}; «yaklaşık» sözünün izin verdiği bir birim içinde.",
        "Computed {v}; within the one unit that “about” allows.",
    ),
    "no": Text(
        "Hesaplanan {spread}; basılan {printed}, {a}–{b} arasını gerektirir.",
        "Computed {spread}; the printed {printed} needs {a}–{b}.",
    ),
    "not": Text("Hesaplanan {spread}; basılan {printed}.", "Computed {spread}; printed {printed}."),
}  # fmt: skip


@dataclass(frozen=True)
class Equals:
    """The quantity is the printed number, or about it."""

    quantity: Quantity
    printed: Print
    about: bool = False

    def run(self, court: Court) -> Outcome:
        """Find the reading that saves the print: as it is, rounded, cut off, moved, or added up."""
        q, p = self.quantity, self.printed
        estimate = q.estimate(court.ledger)
        if q.unit == "count" and not self.about:
            allowed = (p.value, p.value)
        elif self.about:
            wide = court.rules["about_units"] * p.step
            allowed = (round(p.value - wide, 9), round(p.value + wide, 9))
        else:
            allowed = p.possible()
        how, more = self._reading(estimate, allowed, court)
        digits = _digits(p, q.unit)
        a, b = (
            Text(*(written(edge, q.unit, lang, digits=digits) for lang in LANGUAGES))
            for edge in allowed
        )
        text = _HOW["not" if how == "no" and q.unit == "count" else how]
        return Outcome(
            word=word_for(how != "no"),
            within=how in ("within", "added"),
            reason=_said(
                text, estimate, q.unit, digits, printed=_print(p, q.unit), a=a, b=b, **more
            ),
            estimate=estimate,
            allowed=allowed,
            unit=q.unit,
            formula=q.words(),
            code=q.code(),
        )

    def _reading(
        self, estimate: Estimate, allowed: tuple[float, float], court: Court
    ) -> tuple[str, dict[str, str]]:
        p, value = self.printed, round(estimate.value, 9)
        if value == p.value:
            return "same", {}
        low, high = p.rounded()
        if self.quantity.unit != "count" and low <= value < high:
            return "rounded", {}
        if self.about and allowed[0] <= value <= allowed[1]:
            return "about", {}
        if self.quantity.unit != "count" and p.value <= value < p.truncated()[1]:
            return "truncated", {}
        if added := self._added(court):
            return "added", {"sum": added}
        reached = round(estimate.low, 9) <= allowed[1] and round(estimate.high, 9) >= allowed[0]
        return ("within" if reached else "no"), {}

    def _added(self, court: Court) -> str:
        """Give a sum of rounded or cut parts that makes the print, such as 61 + 20 + 7."""
        if not isinstance(self.quantity, Part) or len(self.quantity.members) < 2:
            return ""
        step = self.printed.step
        wanted = round(self.printed.value / step)
        found = [part.estimate(court.ledger) for part in self.quantity.each()]
        ranges = []
        for e in found:
            least, most = prints_of(e, self.printed)
            ranges.append(range(least, most + 1))
        sums = [p for p in product(*ranges) if sum(p) == wanted]

        def strain(parts: Iterable[int]) -> float:
            """How far into its interval the most moved part has to go."""
            return max(
                max(step * (n - 0.5) - e.value, e.value - step * (n + 1), 0.0) / (e.high - e.low)
                for n, e in zip(parts, found, strict=True)
            )

        return " + ".join(map(str, min(sums, key=strain))) if sums else ""


@dataclass(frozen=True)
class Bound:
    """The quantity lies above or below a number."""

    quantity: Quantity
    printed: Print
    above: bool
    # "50 % and more" may be said of whole percents; "more than half" may not.
    rounded: bool = False

    def run(self, court: Court) -> Outcome:
        """Ask on which side of the number the quantity lies."""
        estimate, p = self.quantity.estimate(court.ledger), self.printed
        sign = 1 if self.above else -1
        edge = p.value - sign * p.step / 2 if self.rounded else p.value
        best = estimate.high if self.above else estimate.low

        def beyond(x: float, limit: float) -> bool:
            return round(sign * (x - limit), 9) >= 0 if self.rounded else sign * (x - limit) > 0

        plain = sign * (estimate.value - p.value) > 0
        holds = plain or beyond(best, edge)
        side = Text("üstünde", "above") if self.above else Text("altında", "below")
        if plain:
            text = Text("Hesaplanan {v}; {p} sınırının {side}.", "Computed {v}, {side} {p}.")
        elif holds and self.rounded:
            text = Text(
                "Hesaplanan {v}; ancak tam sayıya yuvarlanınca {p} olur.",
                "Computed {v}; only rounding to whole numbers makes it {p}.",
            )
        elif holds:
            text = Text(
                "Hesaplanan {v}; yuvarlama aralığı ({low}–{high}) {p} sınırının {side} kalabiliyor.",
                "Computed {v}; the interval {low}–{high} can lie {side} {p}.",
            )
        else:
            text = Text(
                "Hesaplanan {spread}; {p} sınırının {side} değil.",
                "Computed {spread}, not {side} {p}.",
            )
        digits = max(1, _digits(p, self.quantity.unit))
        return Outcome(
            word=word_for(holds),
            within=holds and not plain,
            reason=_said(
                text,
                estimate,
                self.quantity.unit,
                digits,
                p=_print(p, self.quantity.unit),
                side=side,
            ),
            estimate=estimate,
            unit=self.quantity.unit,
            formula=self.quantity.words(),
            code=self.quantity.code(),
        )


def _print(p: Print, unit: Unit) -> Text:
    digits = max(0, _digits(p, unit) - 1)
    return Text(*(written(p.value, unit, lang, digits=digits) for lang in LANGUAGES))


@dataclass(frozen=True)
class Greater:
    """The quantity is larger than another, or several times as large."""

    quantity: Quantity
    other: Quantity
    times: float = 1.0

    def run(self, court: Court) -> Outcome:
        """Compare the two with their intervals."""
        a, b = self.quantity.estimate(court.ledger), self.other.estimate(court.ledger)
        plain = a.value > self.times * b.value
        holds = plain or a.high > self.times * b.low
        unit = self.quantity.unit
        times = "" if self.times == 1 else f" × {self.times:g}"
        end = (
            Text("Daha büyük.", "Larger.") if plain
            else Text("Ancak yuvarlama aralığında daha büyük olabilir.", "Larger only inside the interval.") if holds
            else Text("Daha büyük değil.", "Not larger.")
        )  # fmt: skip
        mine, theirs = _spread(a, unit, 2), _spread(b, unit, 2)
        head = Text(
            f"{mine.tr}; karşısında {theirs.tr}{times}. ", f"{mine.en} against {theirs.en}{times}. "
        )
        return Outcome(
            word=word_for(holds), within=holds and not plain,
            reason=Text(head.tr + end.tr, head.en + end.en),
            estimate=a, unit=unit,
            formula=Text(f"{self.quantity.words().tr} > {self.other.words().tr}{times}",
                         f"{self.quantity.words().en} > {self.other.words().en}{times}"),
            code=self.quantity.code(),
        )  # fmt: skip


# Of each trend: it shows, it can only hide inside the intervals, it does not show.
_TRENDS = {
    "up": (
        Text("artıyor", "rises"),
        Text(
            "artış ancak yuvarlama payında saklı olabilir", "a rise can only hide in the rounding"
        ),
        Text("artmıyor", "does not rise"),
    ),
    "down": (
        Text("azalıyor", "falls"),
        Text(
            "azalış ancak yuvarlama payında saklı olabilir", "a fall can only hide in the rounding"
        ),
        Text("azalmıyor", "does not fall"),
    ),
    "rising": (
        Text("her adımda artıyor", "rises at every step"),
        Text(
            "her adımda artış ancak yuvarlama payıyla olanaklı",
            "a rise at every step is possible only inside the rounding",
        ),
        Text("her adımda artmıyor", "does not rise at every step"),
    ),
    "flat": (
        Text("yatay", "flat"),
        Text("ancak yuvarlama payıyla yatay sayılabilir", "flat only inside the rounding"),
        Text("yatay değil", "not flat"),
    ),
    "peak": (
        Text("en yüksek yılı {at}", "highest in {at}"),
        Text(
            "{at} ancak yuvarlama payıyla en yüksek olabilir",
            "highest in {at} only inside the rounding",
        ),
        Text("en yüksek yılı {at} değil", "not highest in {at}"),
    ),
}


@dataclass(frozen=True)
class Trend:
    """The quantity moves in a way over the years."""

    quantities: tuple[Quantity, ...]
    years: tuple[int, ...]
    trend: str
    peak: int | None = None

    def run(self, court: Court) -> Outcome:
        """Ask whether the adopted values, or any values in their intervals, move so."""
        found = [q.estimate(court.ledger) for q in self.quantities]
        unit = self.quantities[0].unit
        plain, holds = self._moves(found, unit, court.rules)
        listed = {
            lang: "; ".join(
                f"{year} {written(e.value, unit, lang, digits=2)}"
                for year, e in zip(self.years, found, strict=True)
            )
            for lang in LANGUAGES
        }
        ends = _TRENDS[self.trend]
        end = (ends[0] if plain else ends[1] if holds else ends[2]).format(at=self.peak)
        at = self.years.index(self.peak) if self.peak else -1
        words = self.quantities[0].words()
        first = f", {self.years[0]}"
        return Outcome(
            word=word_for(holds),
            within=holds and not plain,
            reason=Text(f"{listed['tr']}: {end.tr}.", f"{listed['en']}: {end.en}."),
            estimate=found[at],
            unit=unit,
            formula=Text(words.tr.replace(first, ""), words.en.replace(first, "")),
            code=self.quantities[at].code(),
        )

    def _moves(
        self, found: Sequence[Estimate], unit: Unit, rules: Mapping[str, float]
    ) -> tuple[bool, bool]:
        values = [e.value for e in found]
        if self.trend == "flat":
            middle = sum(values) / len(values)
            wide = rules["flat_points"] if unit == "share" else rules["flat_relative"] * middle
            spread = max(e.low for e in found) - min(e.high for e in found)
            return max(values) - min(values) <= wide, spread <= wide
        if self.trend == "peak":
            at = found[self.years.index(self.peak or self.years[-1])]
            rest = [e for e in found if e is not at]
            return (
                all(at.value > e.value for e in rest),
                all(at.high > e.low for e in rest),
            )
        if self.trend in ("up", "down"):
            pair = (found[0], found[-1]) if self.trend == "up" else (found[-1], found[0])
            return pair[1].value > pair[0].value, pair[1].high > pair[0].low
        # Values inside the intervals rise all along if every earlier one can lie below every later.
        return (
            all(b.value > a.value for a, b in pairwise(found)),
            all(b.high > a.low for a, b in combinations(found, 2)),
        )
