"""What one finding says on one kind of larger unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mekantek.text import Text

__all__ = ["Scale"]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """
    One finding on one kind of unit.

    Attributes
    ----------
    label : Text
    units : int
        How many units the country has at this scale.
    drawings : int
        How many ways of drawing them were tried; 1 for official regions.
    effect : float or None
        Of the only drawing, or the median over all; in the unit of the finding's main statistic.
    low, high : float or None
        5th and 95th percentile over the drawings.
    p_value : float or None
        Of the only drawing.
    outcomes : mapping of str to int
        How often each outcome came out.
    """

    label: Text
    units: int
    drawings: int
    effect: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    outcomes: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Give one entry of a finding's ``scales``."""
        return {
            "schema": "mekantek/scale/1",
            "label": self.label.to_dict(),
            "units": self.units,
            "drawings": self.drawings,
            "effect": self.effect,
            "low": self.low,
            "high": self.high,
            "p_value": self.p_value,
            "outcomes": dict(self.outcomes),
        }
