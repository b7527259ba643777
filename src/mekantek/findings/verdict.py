"""Claim, rule and verdict: how facts about the data become a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mekantek.findings.later import Later
from mekantek.findings.robustness import SpecificationCurve
from mekantek.findings.scale import Scale
from mekantek.study import Design, Hypothesis, thresholds
from mekantek.text import Text, light_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VERDICTS", "Hypothesis", "Verdict", "thresholds"]

VERDICTS: Mapping[str, Text] = {
    "supported": Text("destekleniyor", "supported"),
    "partly": Text("kısmen destekleniyor", "partly supported"),
    "not supported": Text("desteklenmiyor", "not supported"),
    "contradicted": Text("çürütülüyor", "contradicted"),
    "undecided": Text("karara bağlanamıyor", "undecided"),
    "not testable": Text("sınanamıyor", "not testable"),
}

# A verdict is called robust when at least this part of the specifications gives the same word.
ROBUST = 0.8


@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict:
    """
    A claim's outcome.

    Attributes
    ----------
    hypothesis : Hypothesis
    verdict : str
        A key of `VERDICTS`.
    reason : Text
        Why, in words a planner reads.
    main : mapping
        The main result, ``to_dict()`` of its kind; its ``schema`` says which.
    companions : sequence of mapping
        Results beside the main one, each with a ``label``. These and the curve are what takes time:
        given as functions, they run when first read, so that a word costs its own test alone.
    curve : SpecificationCurve
        The same test under other reasonable choices.
    minimum_detectable_effect : float or None
        The smallest effect that data of this (effective) size tell from none in 80 % of cases, in
        the unit of the main statistic; None where the test is no sampling test. A planted effect
        may lower the effective size itself: the gradient's companions count what that costs.
    scales : sequence of Scale
        The same question asked of larger units; empty where it cannot be.
    stability : pandas.DataFrame or None
        In how many maps of the finding's class each unit lies in a cluster, see
        `mekantek.findings.cluster_stability.stability`.
    basis : Text
    design : Design or None
        Of the study that it was tested on: how its units and variables are called.
    """

    hypothesis: Hypothesis
    verdict: str
    reason: Text
    main: Mapping[str, Any]
    companions: Later[Sequence[Mapping[str, Any]]] = Later(tuple)  # noqa: RUF009
    curve: Later[SpecificationCurve] = Later(SpecificationCurve)  # noqa: RUF009
    minimum_detectable_effect: float | None = None
    scales: Sequence[Scale] = field(default_factory=tuple)
    stability: pd.DataFrame | None = None
    basis: Text
    design: Design | None = None

    @property
    def agreeing(self) -> int:
        """Number of specifications with the same verdict word."""
        return self.curve.agreeing(self.verdict)

    @property
    def robust(self) -> bool | None:
        """Whether at least 80 % of the specifications agree; None without specifications."""
        if not len(self.curve):
            return None
        return self.agreeing >= ROBUST * len(self.curve)

    @property
    def outvoted(self) -> str | None:
        """The word that more specifications give, where the verdict is not robust; else None."""
        if self.robust is not False or self.curve.commonest == self.verdict:
            return None
        return self.curve.commonest

    def _stability(self) -> dict[str, Any] | None:
        """Units that lie in a cluster on any map, with the parts of the maps."""
        if self.stability is None:
            return None
        some = self.stability[(self.stability > 0).any(axis=1)]
        return {
            "maps": self.stability.attrs["maps"],
            "units": [
                {"id": str(unit), **{kind: part for kind, part in row.items() if part > 0}}
                for unit, row in zip(some.index, some.to_dict("records"), strict=True)
            ],
        }

    def __repr__(self) -> str:
        """Say the finding and the word."""
        return f"<Verdict {self.hypothesis.id}: {self.verdict}>"

    def _repr_html_(self) -> str:
        """Show a notebook a light table."""
        robust = (
            None if self.robust is None else f"{self.agreeing} of {len(self.curve)} choices agree"
        )
        return light_table(
            f"{self.hypothesis.id}: {self.verdict}",
            [("claim", self.hypothesis.claim.en), ("line", self.hypothesis.report_line),
             ("reason", self.reason.en), ("rule", self.hypothesis.rule.en), ("robust", robust),
             ("basis", self.basis.en)],
        )  # fmt: skip

    def summary(self) -> str:
        """Give one line of text."""
        return f"{self.hypothesis.id}: {self.verdict}. {self.reason.en}"

    def to_dict(self) -> dict[str, Any]:
        """Give one entry of ``findings`` in the JSON contract."""
        return {
            "id": self.hypothesis.id,
            "title": self.hypothesis.title.to_dict(),
            "claim": {
                **self.hypothesis.claim.to_dict(),
                "report_line": self.hypothesis.report_line,
            },
            "rule": self.hypothesis.rule.to_dict(),
            "verdict": self.verdict,
            "reason": self.reason.to_dict(),
            "robust": self.robust,
            "minimum_detectable_effect": self.minimum_detectable_effect,
            "main": dict(self.main),
            "companions": [dict(c) for c in self.companions],
            "specifications": self.curve.to_dict(self.verdict),
            "scales": [s.to_dict() for s in self.scales],
            "stability": self._stability(),
            "basis": self.basis.tr,
            "basis_en": self.basis.en,
        }
