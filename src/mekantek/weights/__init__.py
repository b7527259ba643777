"""Who neighbours whom: graphs of units, built, read and always keyed by id."""

from mekantek.weights.build import build, higher_order, measures_distance
from mekantek.weights.graph import SpatialGraph, from_libpysal, from_pairs
from mekantek.weights.neighbour_files import read_neighbours

__all__ = [
    "SpatialGraph",
    "build",
    "from_libpysal",
    "from_pairs",
    "higher_order",
    "measures_distance",
    "read_neighbours",
]
