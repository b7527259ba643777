"""How much of a total sits in few places: measures, what they leave open, how they fall apart."""

from __future__ import annotations

from mekantek.stats.concentration.decompositions import (
    Decomposition,
    gini_by_neighbours,
    theil_by_group,
)
from mekantek.stats.concentration.intervals import (
    Measure,
    Unresolved,
    concentration,
    over_alternatives,
    part_of_total,
    reach,
)
from mekantek.stats.concentration.measures import (
    MEASURES,
    concentration_ratio,
    entropy,
    gini,
    gini_unbiased,
    hhi,
    location_quotient,
    locational_gini,
    lorenz,
    theil_l,
    theil_t,
)
from mekantek.stats.concentration.sensitivity import Jackknife, jackknife, reassigned

__all__ = [
    "MEASURES",
    "Decomposition",
    "Jackknife",
    "Measure",
    "Unresolved",
    "concentration",
    "concentration_ratio",
    "entropy",
    "gini",
    "gini_by_neighbours",
    "gini_unbiased",
    "hhi",
    "jackknife",
    "location_quotient",
    "locational_gini",
    "lorenz",
    "over_alternatives",
    "part_of_total",
    "reach",
    "reassigned",
    "theil_by_group",
    "theil_l",
    "theil_t",
]
