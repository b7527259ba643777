"""The claims register: every statement of the report, computed or honestly not testable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mekantek.datasets.provinces import load_provinces, resolve
from mekantek.errors import OptionError
from mekantek.findings.selection import verdict_of
from mekantek.findings.statements.checks import Court, Outcome
from mekantek.findings.statements.estimates import Ledger
from mekantek.findings.statements.register import Claim, Contradiction, Register, load_register
from mekantek.findings.verdict import VERDICTS, Verdict
from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["ClaimResult", "claims", "counted", "decide", "load_register"]

# From the best word for the report to the worst: the reading that serves it best is taken.
_ORDER = ("supported", "partly", "undecided", "not supported", "contradicted")


def decide(words: Iterable[str]) -> str:
    """
    Make one word of the words of a claim's checks.

    All supported: ``supported``. Some, or some partly: ``partly``. None, and all contradicted:
    ``contradicted``. Otherwise a spatial finding has the word: ``undecided`` before
    ``not supported``.

    Examples
    --------
    >>> decide(["supported", "contradicted"]), decide(["contradicted"]), decide(["undecided"])
    ('partly', 'contradicted', 'undecided')
    """
    found = set(words)
    if found == {"supported"}:
        return "supported"
    if found & {"supported", "partly"}:
        return "partly"
    if found == {"contradicted"}:
        return "contradicted"
    return "undecided" if "undecided" in found else "not supported"


@dataclass(frozen=True, kw_only=True)
class ClaimResult:
    """
    What the data say of one statement.

    Attributes
    ----------
    claim : Claim
    verdict : str
        A key of `mekantek.findings.verdict.VERDICTS`.
    outcomes : tuple of Outcome
        Of the reading that serves the report best.
    reading : Text or None
        Its name, where the statement can be read in several ways.
    others : tuple of (Text, tuple of Outcome)
        The other readings, by name.
    contradictions : tuple of Contradiction
        In which the report contradicts this statement itself.
    """

    claim: Claim
    verdict: str
    outcomes: tuple[Outcome, ...]
    reading: Text | None
    others: tuple[tuple[Text, tuple[Outcome, ...]], ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def within(self) -> bool:
        """Whether the verdict leans on the interval and not on the adopted values alone."""
        return any(o.within for o in self.outcomes)

    @property
    def reason(self) -> Text:
        """Why, in words a planner reads."""
        parts = [o.told() for o in self.outcomes]
        if self.reading is not None:
            named = Text("Okuma: {r}.", "Reading: {r}.").format(r=self.reading)
            parts.insert(0, named)
        if self.claim.needs is not None:
            rest = (
                Text("Kalanı sınanamıyor: {n}", "The rest cannot be tested: {n}") if self.outcomes
                else Text("Sınanamıyor: {n}", "Cannot be tested: {n}")
            )  # fmt: skip
            parts.append(rest.format(n=self.claim.needs))
        return Text(" ".join(p.tr for p in parts), " ".join(p.en for p in parts))

    def to_dict(self) -> dict[str, Any]:
        """Give one entry of ``claims`` in the JSON contract."""
        claim = self.claim
        first = next((o for o in self.outcomes if o.estimate is not None), None)
        number = None if first is None else first.estimate
        return {
            "id": claim.id,
            "report_line": claim.report_line,
            "quote": claim.quote,
            "gloss": claim.gloss.to_dict(),
            "provinces": list(claim.provinces),
            "years": list(claim.years),
            "classes": list(claim.classes),
            "printed": claim.printed or None,
            "computed": None if number is None else number.value,
            "interval": None if number is None else [number.low, number.high],
            "unit": None if first is None else first.unit,
            "verdict": self.verdict,
            "within_interval_only": self.within,
            "reason": self.reason.to_dict(),
            "formula": "; ".join(dict.fromkeys(o.code for o in self.outcomes)) or None,
            "reading": None if self.reading is None else self.reading.to_dict(),
            "checks": [o.to_dict() for o in self.outcomes],
            "other_readings": [
                {"reading": name.to_dict(), "checks": [o.to_dict() for o in outcomes]}
                for name, outcomes in self.others
            ],
            "needs": None if claim.needs is None else claim.needs.to_dict(),
            "contradictions": [c.to_dict() for c in self.contradictions],
        }


def claims(
    study: Study,
    *,
    ids: Iterable[int] | None = None,
    province: str | None = None,
    class_: str | None = None,
    year: int | None = None,
    verdict: str | None = None,
    verdicts: Iterable[Verdict] = (),
) -> list[ClaimResult]:
    """
    Put the statements of the report on trial.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    ids : iterable of int, optional
        Numbers of statements.
    province : str, optional
        Name or plate; statements about it, by name.
    class_ : str, optional
        Statements about this class.
    year : int, optional
        Statements about this year.
    verdict : str, optional
        Only those with this word.
    verdicts : iterable of Verdict
        Findings already tested; the others are tested when a statement needs them.

    Returns
    -------
    list of ClaimResult
        In the order of the report.

    Raises
    ------
    OptionError
        If a number, a class or a verdict is unknown, or the study is not of the 81 provinces.
    UnknownProvinceError
        If there is no such province.

    Examples
    --------
    >>> import mekantek as mt
    >>> [r.verdict for r in mt.findings.claims(mt.load_study(), ids=[2, 178])]
    ['supported', 'partly']
    """
    register = load_register()
    if set(study.names.index) != set(load_provinces().index):
        raise OptionError(
            "The statements are about the 81 provinces; this study has other units.",
            "İfadeler 81 il üzerinedir; bu çalışmanın birimleri başka.",
        )
    chosen = _chosen(register, ids, province, class_, year)
    if verdict is not None and verdict not in VERDICTS:
        raise OptionError(
            f"No verdict {verdict!r}; there are {', '.join(VERDICTS)}.",
            f"{verdict!r} diye bir hüküm yok; şunlar var: {', '.join(VERDICTS)}.",
        )
    court = Court(Ledger(study), register.tolerances, _findings(study, verdicts))
    found = [_tried(claim, court, register) for claim in chosen]
    return [r for r in found if verdict is None or r.verdict == verdict]


def _findings(study: Study, known: Iterable[Verdict]) -> Any:
    """Give verdicts by id, each tested once and only if asked for."""
    kept = {v.hypothesis.id: v for v in known}

    def finding(name: str) -> Verdict:
        if name not in kept:
            kept[name] = verdict_of(study, name)
        return kept[name]

    return finding


def _chosen(
    register: Register,
    ids: Iterable[int] | None,
    province: str | None,
    class_: str | None,
    year: int | None,
) -> list[Claim]:
    kept = list(register.claims)
    if ids is not None:
        wanted, known = set(ids), {c.id for c in kept}
        if astray := sorted(wanted - known):
            listed = ", ".join(map(str, astray))
            raise OptionError(
                f"There is no statement {listed}; they are numbered 1 to {max(known)}, without 209.",
                f"{listed} numaralı bir ifade yok; numaralar 1–{max(known)}, 209 boş.",
            )
        kept = [c for c in kept if c.id in wanted]
    if province is not None:
        name = load_provinces()["name_tr"][resolve(province)]
        kept = [c for c in kept if name in c.provinces]
    if class_ is not None:
        known_classes = sorted({name for c in register.claims for name in c.classes})
        parts = set(class_.split("+"))
        if not parts <= set(known_classes):
            listed = ", ".join(known_classes)
            raise OptionError(
                f"No class {class_!r}; there are {listed}.",
                f"{class_!r} diye bir sınıf yok; şunlar var: {listed}.",
            )
        kept = [c for c in kept if parts <= set(c.classes)]
    return [c for c in kept if year is None or year in c.years]


def _tried(claim: Claim, court: Court, register: Register) -> ClaimResult:
    against = tuple(c for c in register.contradictions if claim.id in c.claims)
    tried = [
        (reading, tuple(check.run(court) for check in reading.checks)) for reading in claim.readings
    ]
    if not tried:
        return ClaimResult(
            claim=claim, verdict="not testable", outcomes=(), reading=None, others=(),
            contradictions=against,
        )  # fmt: skip
    words = [decide(o.word for o in outcomes) for _, outcomes in tried]
    best = min(range(len(tried)), key=lambda k: (_ORDER.index(words[k]), k))
    return ClaimResult(
        claim=claim,
        verdict=words[best],
        outcomes=tried[best][1],
        reading=tried[best][0].name,
        others=tuple(
            (reading.name, outcomes)
            for k, (reading, outcomes) in enumerate(tried)
            if k != best and reading.name is not None
        ),
        contradictions=against,
    )


def counted(results: Iterable[ClaimResult]) -> dict[str, int]:
    """Count the verdicts, in the order of the words; those that did not occur too."""
    found = Counter(r.verdict for r in results)
    return {word: found[word] for word in VERDICTS}
