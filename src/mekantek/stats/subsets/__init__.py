"""Connected sets of units: listing, drawing and ranking them, and searching the best."""

from mekantek.stats.subsets.enumeration import connected_sets
from mekantek.stats.subsets.joins import member_joins
from mekantek.stats.subsets.measures import SetStatistic, set_statistic
from mekantek.stats.subsets.paths import shortest_path
from mekantek.stats.subsets.ranking import Corridor, corridor, leave_one_out
from mekantek.stats.subsets.sampling import draw_connected_sets
from mekantek.stats.subsets.search import search_corridor

__all__ = [
    "Corridor",
    "SetStatistic",
    "connected_sets",
    "corridor",
    "draw_connected_sets",
    "leave_one_out",
    "member_joins",
    "search_corridor",
    "set_statistic",
    "shortest_path",
]
