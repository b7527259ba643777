"""Shapes for units without polygons: circles at their points, or squares placed by neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["circles", "squares"]

# Distances between all pairs of more units are too many to lay out; those stand in their order.
_MOST = 3000
_CORNERS = 48


def circles(points: pd.DataFrame) -> gpd.GeoSeries:
    """
    Draw equal circles at the units' points.

    Parameters
    ----------
    points : pandas.DataFrame, index id
        ``longitude``, ``latitude``, degrees.

    Returns
    -------
    geopandas.GeoSeries, index id
        EPSG:4326. The radius is 0.45 of the median distance to the nearest other unit, so that most
        circles stand clear.

    Examples
    --------
    >>> places = pd.DataFrame({"longitude": [30.0, 31.0], "latitude": [0.0, 0.0]})
    >>> circles(places).bounds["maxx"].round(2).tolist()
    [30.45, 31.45]
    """
    from scipy.spatial import cKDTree

    from mekantek.datasets.boundaries import from_rings

    lon, lat = points["longitude"].to_numpy(float), points["latitude"].to_numpy(float)
    narrow = np.cos(np.radians(np.median(lat)))
    flat = np.column_stack((lon * narrow, lat))
    apart = np.asarray(cKDTree(flat).query(flat, k=2)[0])[:, 1]
    apart = apart[apart > 0]
    radius = 0.45 * float(np.median(apart)) if len(apart) else 0.45
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    ring = np.column_stack((np.cos(turn) / narrow, np.sin(turn))) * radius
    return from_rings(ring[None] + np.column_stack((lon, lat))[:, None], points.index)


def squares(graph: SpatialGraph) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """
    Draw equal squares, neighbours near one another as far as a grid allows.

    Parameters
    ----------
    graph : SpatialGraph

    Returns
    -------
    geometry : geopandas.GeoSeries, index id
        EPSG:4326, around 0° N 0° E, where a degree is as wide as it is high.
    points : pandas.DataFrame, index id
        ``longitude``, ``latitude`` of the squares' middles.

    Notes
    -----
    Steps from unit to unit are laid out by classical scaling (Torgerson 1952), and each unit takes
    the cell that together cost the least (linear assignment).

    Examples
    --------
    >>> from mekantek.weights import from_pairs
    >>> shapes, _ = squares(from_pairs([("a", "b"), ("b", "c"), ("c", "d")], list("abcd"), spec="x"))
    >>> len(shapes), shapes.is_valid.all().item()
    (4, True)
    """
    from mekantek.datasets.boundaries import from_rings

    count = len(graph.ids)
    wide = int(np.ceil(np.sqrt(count)))
    high = -(-count // wide)
    cells = np.array([(k % wide, high - 1 - k // wide) for k in range(wide * high)], float)
    chosen = np.arange(count) if count > _MOST else _assigned(_laid_out(graph), cells)
    size = min(1.0, 60 / wide)
    middle = (cells[chosen] - cells.mean(axis=0)) * size
    corner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * 0.46 * size
    points = pd.DataFrame(middle, columns=["longitude", "latitude"], index=graph.ids)
    points.attrs["points_used"] = "squares placed by the neighbours"
    return from_rings(middle[:, None] + corner[None], graph.ids), points


def _laid_out(graph: SpatialGraph) -> np.ndarray:
    """Places in the plane whose distances are like the steps between units."""
    from scipy.sparse.csgraph import shortest_path

    steps = shortest_path(graph.sparse, directed=False, unweighted=True)
    reached = np.isfinite(steps)
    steps[~reached] = steps[reached].max() + 1
    squared = steps**2
    centred = -0.5 * (squared - squared.mean(0) - squared.mean(1)[:, None] + squared.mean())
    values, vectors = np.linalg.eigh(centred)
    if len(values) == 1:
        return np.zeros((1, 2))
    found: np.ndarray = vectors[:, [-1, -2]] * np.sqrt(np.clip(values[[-1, -2]], 0, None))
    # A direction and its opposite are one: the unit farthest out stands right and up.
    signs: np.ndarray = np.where(found[np.abs(found).argmax(axis=0), [0, 1]] < 0, -1, 1)
    turned: np.ndarray = found * signs
    return turned


def _assigned(places: np.ndarray, cells: np.ndarray) -> np.ndarray:
    from scipy.optimize import linear_sum_assignment

    spread, held = np.ptp(places, axis=0), np.ptp(cells, axis=0)
    # A line of units has no second direction; what is there then is the noise of rounding.
    told = spread > 1e-6 * spread.max()
    scaled = (places - places.min(axis=0)) * np.divide(held, spread, out=np.zeros(2), where=told)
    cost = ((scaled[:, None] - cells[None]) ** 2).sum(axis=2)
    taken: np.ndarray = np.asarray(linear_sum_assignment(cost)[1])
    return taken
