"""Tables, boundaries and neighbours, joined one to one and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["Study"]


@dataclass(frozen=True, kw_only=True)
class Study:
    """
    One year of class shares on one set of regions.

    Attributes
    ----------
    year : int
        The year of `frame`.
    years : tuple of int
        Years in which all four classes are known.
    frame : pandas.DataFrame, index id, shape (n_units, 6)
        Columns ``high, medium_high, medium_low, low, unclassified``: fractions in [0, 1] of the
        unit's own total exports; ``value``: total exports, USD, NaN where not printed.
    status : pandas.DataFrame, same shape
        ``printed``, ``corrected``, ``unresolved``, ``computed`` or ``missing`` for each cell.
    names : pandas.Series
        Names of the units.
    geometry : geopandas.GeoSeries
        Polygons, EPSG:4326, same index.
    points : pandas.DataFrame
        Label points: columns ``longitude``, ``latitude``, degrees.
    regions : pandas.DataFrame
        Columns such as ``nuts1``, ``nuts2``, ``agency``: groups of units.
    graph : SpatialGraph
        Who neighbours whom.
    provenance : mapping
        Sources, basis and SHA-256 of what was joined.
    """

    year: int
    years: tuple[int, ...]
    frame: pd.DataFrame
    status: pd.DataFrame
    names: pd.Series
    geometry: gpd.GeoSeries
    points: pd.DataFrame
    regions: pd.DataFrame
    graph: SpatialGraph
    provenance: Mapping[str, Any]
