"""The same units in several years: who moves between classes, clusters and ranks, and who stays."""

from __future__ import annotations

from mekantek.stats.panels.mobility import RankMobility, rank_mobility, theta
from mekantek.stats.panels.moves import LocalMoves, local_moves
from mekantek.stats.panels.transitions import Transitions, quantile_states, transitions

__all__ = [
    "LocalMoves",
    "RankMobility",
    "Transitions",
    "local_moves",
    "quantile_states",
    "rank_mobility",
    "theta",
    "transitions",
]
