"""Claims, tested: the spatial findings of a study, and every statement that the report makes."""

from __future__ import annotations

from mekantek.findings.blocs import bloc
from mekantek.findings.cluster_stability import stability
from mekantek.findings.clustering import clustered
from mekantek.findings.concentration import concentrated
from mekantek.findings.corridors import belt, belts
from mekantek.findings.gradients import gradient
from mekantek.findings.indices import iltek, one_to_one
from mekantek.findings.maup import scales
from mekantek.findings.printed_shares import top_shares
from mekantek.findings.selection import every, groups, select, verdict_of
from mekantek.findings.statements import claims

__all__ = [
    "belt",
    "belts",
    "bloc",
    "claims",
    "clustered",
    "concentrated",
    "every",
    "gradient",
    "groups",
    "iltek",
    "one_to_one",
    "scales",
    "select",
    "stability",
    "top_shares",
    "verdict_of",
]
