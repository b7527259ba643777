"""The specification curve: how much a verdict depends on choices that could have been others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mekantek.stats import inference
from mekantek.text import Text, light_table

__all__ = ["Specification", "SpecificationCurve"]

# Medians closer than this are ties: the surrogate counts against the claim.
_TIE = 1e-12


@dataclass(frozen=True, kw_only=True)
class Specification:
    """
    One reasonable way to do the test: what was chosen, and what came out.

    Attributes
    ----------
    choice : mapping
        One value for each choice; all specifications of a curve name the same choices.
    effect : float or None
        Positive in the claim's direction, in one unit for the whole curve; None where undefined.
    p_value : float or None
    verdict : str
    """

    choice: Mapping[str, Any]
    effect: float | None
    p_value: float | None
    verdict: str


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpecificationCurve:
    """
    All reasonable ways to test one claim.

    Attributes
    ----------
    specifications : tuple of Specification
    surrogates : numpy.ndarray or None, shape (R, specifications)
        The same effects in data where there is nothing to be found, one row for each surrogate:
        every specification sees the same surrogate. NaN where undefined. None where there is no
        such data.
    null : Text or None
        What a surrogate keeps and what it destroys, or why there is none.

    Notes
    -----
    Simonsohn, Simmons & Nelson (2020, *Nature Human Behaviour* 4) ask whether the curve as a whole
    could come from data without the effect; its median effect answers here.

    Examples
    --------
    >>> curve = SpecificationCurve(
    ...     specifications=tuple(
    ...         Specification(choice={"year": y}, effect=e, p_value=None, verdict="supported")
    ...         for y, e in ((2019, 0.2), (2024, 0.4))
    ...     ),
    ...     surrogates=np.zeros((19, 2)),
    ...     null=Text("sıfır", "zero"),
    ... )
    >>> curve.joint["statistic"], curve.joint["p_value"]
    (0.30000000000000004, 0.05)
    """

    specifications: tuple[Specification, ...] = ()
    surrogates: np.ndarray | None = None
    null: Text | None = None

    def __post_init__(self) -> None:
        """Refuse surrogates of other specifications."""
        if self.surrogates is not None and self.surrogates.shape[1:] != (len(self),):
            raise ValueError("surrogates need one column for each specification")

    def __len__(self) -> int:
        """Count the specifications."""
        return len(self.specifications)

    def __repr__(self) -> str:
        """Say how many specifications there are."""
        return f"<SpecificationCurve: {len(self)} specifications>"

    def _repr_html_(self) -> str:
        """Show a notebook a light table: how many specifications gave each verdict word."""
        words = dict.fromkeys(s.verdict for s in self.specifications)
        joint = self.joint
        rows: list[tuple[str, object]] = [(word, self.agreeing(word)) for word in words]
        rows.append(("joint p", None if joint is None else f"{joint['p_value']:.4g}"))
        return light_table(f"{len(self)} specifications", rows)

    def agreeing(self, verdict: str) -> int:
        """Count the specifications with this verdict word."""
        return sum(s.verdict == verdict for s in self.specifications)

    @property
    def commonest(self) -> str | None:
        """The verdict word of most specifications; None without any, or where no word leads."""
        words = Counter(s.verdict for s in self.specifications).most_common(2)
        if not words or (len(words) == 2 and words[0][1] == words[1][1]):
            return None
        return words[0][0]

    @cached_property
    def joint(self) -> dict[str, Any] | None:
        """
        Whether the curve as a whole could come from data without the effect.

        Returns
        -------
        dict or None
            ``statistic`` (median effect), ``p_value`` (surrogates whose median is at least as
            large, the data counted in), ``p_interval`` (95 %, Monte Carlo) and ``surrogates`` (R);
            None without surrogates or without a defined effect.
        """
        effects = np.array([np.nan if s.effect is None else s.effect for s in self.specifications])
        defined = ~np.isnan(effects)
        if self.surrogates is None or not defined.any():
            return None
        middle = float(np.median(effects[defined]))
        # A surrogate that leaves a specification undefined is read from the others.
        medians = np.nanmedian(self.surrogates[:, defined], axis=1)
        above = np.array([(medians >= middle - _TIE).sum()])
        below = np.array([(medians <= middle + _TIE).sum()])
        p, low, high = inference.monte_carlo(above, below, len(medians), "greater")
        return {
            "statistic": middle,
            "p_value": float(p[0]),
            "p_interval": [float(low[0]), float(high[0])],
            "surrogates": len(medians),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row for each specification: its choices, ``effect``, ``p_value``, ``verdict``."""
        rows = [
            {**s.choice, "effect": s.effect, "p_value": s.p_value, "verdict": s.verdict}
            for s in self.specifications
        ]
        return pd.DataFrame(rows)

    def by_choice(self, verdict: str) -> pd.DataFrame:
        """
        Say on which choices the answer turns.

        Parameters
        ----------
        verdict : str
            The word to count.

        Returns
        -------
        pandas.DataFrame
            One row for each value of each choice, in order of appearance: ``choice``, ``value``,
            ``n``, ``agreeing`` (part of its specifications with that word, in [0, 1]) and
            ``median_effect``.
        """
        frame = self.to_frame()
        found = []
        for name in self.specifications[0].choice if self.specifications else ():
            for value, group in frame.groupby(name, sort=False):
                found.append(
                    {
                        "choice": name,
                        "value": value,
                        "n": len(group),
                        "agreeing": float((group["verdict"] == verdict).mean()),
                        "median_effect": float(group["effect"].astype(float).median()),
                    }
                )
        return pd.DataFrame(found, columns=["choice", "value", "n", "agreeing", "median_effect"])

    def to_dict(self, verdict: str) -> dict[str, Any]:
        """Give ``specifications`` of the JSON contract; `to_frame` has them one by one."""
        joint = self.joint
        return {
            "n": len(self),
            "supporting": self.agreeing("supported"),
            "agreeing": self.agreeing(verdict),
            "p_joint": None if joint is None else joint["p_value"],
            "joint": joint,
            "null": None if self.null is None else self.null.to_dict(),
            "by_choice": [
                {key: None if value != value else value for key, value in row.items()}
                for row in self.by_choice(verdict).to_dict("records")
            ],
        }
