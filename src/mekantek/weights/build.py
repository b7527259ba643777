"""Neighbours from polygons and points: contiguity, nearest, bands, distance decay, kernels."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from mekantek.errors import OptionError
from mekantek.weights.graph import SpatialGraph, from_libpysal

__all__ = ["SPECS", "build", "higher_order"]

SPECS = (
    "official, queen, rook, knn:4, band:150km, inverse:2, inverse:2:300km, kernel:gaussian:8, "
    "order:2"
)
_PATTERNS = {
    "contiguity": re.compile(r"(queen|rook)"),
    "knn": re.compile(r"knn:(\d+)"),
    "band": re.compile(r"band:(\d+(?:\.\d+)?)km"),
    "inverse": re.compile(r"inverse:(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?)km)?"),
    "kernel": re.compile(r"kernel:gaussian:(\d+)"),
    "order": re.compile(r"order:(\d+)"),
}
_EARTH_KM = 6371.0
# Great-circle and ellipsoidal distances differ by at most 0.56 %; candidates get twice that.
_SLACK = 1.012
# All pairs of more units than this would not fit in memory.
_MOST_PAIRED = 5000


def build(
    spec: str,
    *,
    geometry: Any = None,
    points: pd.DataFrame | None = None,
    ids: pd.Index | None = None,
    base: SpatialGraph | None = None,
) -> SpatialGraph:
    """
    Build neighbours from a SPEC of the command line.

    Parameters
    ----------
    spec : str
        ``queen``, ``rook``: shared points or lines. ``knn:4``: k nearest, ties by id.
        ``band:150km``: all within a distance. ``inverse:2``: 1/km² to all, or to those within
        ``inverse:2:300km``. ``kernel:gaussian:8``: normal density of distance over bandwidth, the
        distance to the 8th nearest, up to that bandwidth, without self. ``order:2``: neighbours and
        their neighbours, on *base* or queen.
    geometry : geopandas.GeoSeries or GeoDataFrame, optional
        Polygons, index = ids, any CRS; for contiguity.
    points : pandas.DataFrame, optional
        ``longitude``, ``latitude`` in degrees, index = ids; for distances, which are geodesic
        (GRS 80), in km.
    ids : pandas.Index, optional
        Units in the order wanted.
    base : SpatialGraph, optional
        For ``order``.

    Returns
    -------
    SpatialGraph

    Raises
    ------
    OptionError
        If the SPEC is none, or lacks what it needs.

    Examples
    --------
    >>> places = pd.DataFrame({"longitude": [30, 31, 35], "latitude": [39] * 3}, index=[1, 2, 3])
    >>> build("knn:1", points=places).neighbours(3)
    [2]
    """
    kind, match = _parse(spec)
    if kind == "contiguity" or (kind == "order" and base is None):
        if geometry is None:
            raise OptionError(f"{spec} needs polygons; give boundaries.")
        name = spec if kind == "contiguity" else "queen"
        graph = _contiguity(name, geometry, ids)
        return graph if kind == "contiguity" else higher_order(graph, int(match[1]))
    if kind == "order":
        assert base is not None
        return higher_order(base, int(match[1]))
    if points is None:
        raise OptionError(f"{spec} measures distances; give points or boundaries.")
    placed = points if ids is None else points.loc[ids]
    focal, neighbour, weight = _by_distance(kind, match, placed)
    return _through_libpysal(spec, placed, focal, neighbour, weight)


def _parse(spec: str) -> tuple[str, re.Match[str]]:
    for kind, pattern in _PATTERNS.items():
        match = pattern.fullmatch(spec.strip())
        if match:
            if kind in ("knn", "kernel", "order") and int(match[1]) < 1:
                break
            return kind, match
    raise OptionError(f"No neighbours called {spec!r}; examples: {SPECS}.")


def _contiguity(name: str, geometry: Any, ids: pd.Index | None) -> SpatialGraph:
    import warnings

    from libpysal.graph import Graph

    shapes = geometry.geometry if ids is None else geometry.geometry.loc[ids]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libpysal warns of islands; a result lists them
        graph = Graph.build_contiguity(shapes, rook=name == "rook")
    return from_libpysal(graph, spec=name)


def higher_order(graph: SpatialGraph, order: int) -> SpatialGraph:
    """
    Join all units within *order* steps.

    Examples
    --------
    >>> from mekantek.weights import from_pairs
    >>> line = from_pairs([(1, 2), (2, 3), (3, 4)], [1, 2, 3, 4], spec="line")
    >>> higher_order(line, 2).neighbours(1)
    [2, 3]
    """
    step = sparse.csr_array((graph.sparse > 0).astype(np.float64))
    reached = step
    for _ in range(order - 1):
        reached = sparse.csr_array(((reached + reached @ step) > 0).astype(np.float64))
    # lil would be slow on large graphs; subtracting the diagonal keeps the rest as it is.
    reached = sparse.csr_array(reached - sparse.diags_array(reached.diagonal()))
    return SpatialGraph(graph.ids, reached, f"order:{order}", graph.points)


def _id_ranks(ids: pd.Index) -> np.ndarray:
    """Rank of each id, numerically where all are whole numbers, to break ties in distance."""
    texts = [str(i) for i in ids]
    whole = all(t.isdecimal() for t in texts)
    order = sorted(range(len(ids)), key=(lambda i: int(texts[i])) if whole else texts.__getitem__)
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[order] = np.arange(len(ids))
    return ranks


def _kilometres(points: pd.DataFrame, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Geodesic distances of pairs on GRS 80."""
    from pyproj import Geod

    lon, lat = points["longitude"].to_numpy(float), points["latitude"].to_numpy(float)
    _, _, metres = Geod(ellps="GRS80").inv(lon[a], lat[a], lon[b], lat[b])
    return np.asarray(metres) / 1000.0


def _on_sphere(points: pd.DataFrame) -> np.ndarray:
    lon = np.radians(points["longitude"].to_numpy(float))
    lat = np.radians(points["latitude"].to_numpy(float))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _chord(kilometres: float) -> float:
    return float(2 * np.sin(min(kilometres / _EARTH_KM / 2, np.pi / 2)))


def _within(points: pd.DataFrame, kilometres: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All ordered pairs closer than a distance, and how far they are apart."""
    tree = cKDTree(_on_sphere(points))
    pairs = tree.query_pairs(_chord(kilometres * _SLACK), output_type="ndarray").astype(np.int64)
    distance = _kilometres(points, pairs[:, 0], pairs[:, 1])
    near = distance <= kilometres
    a, b, distance = pairs[near, 0], pairs[near, 1], distance[near]
    return np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([distance, distance])


def _nearest(points: pd.DataFrame, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The k nearest of each unit, ties by id."""
    n = len(points)
    if k >= n:
        raise OptionError(f"{k} nearest of {n} units; k must be less than the number of units.")
    sphere = _on_sphere(points)
    tree = cKDTree(sphere)
    reach = np.asarray(tree.query(sphere, k=k + 1)[0])
    ranks = _id_ranks(points.index)
    focal, neighbour, distances = [], [], []
    for unit, around in enumerate(tree.query_ball_point(sphere, reach[:, -1] * _SLACK + 1e-12)):
        others = np.array([j for j in around if j != unit], dtype=np.int64)
        distance = _kilometres(points, np.full(len(others), unit), others)
        # Distances equal to a tenth of a millimetre are ties, whatever their last bits say.
        order = np.lexsort((ranks[others], np.round(distance, 7)))[:k]
        focal.append(np.full(k, unit))
        neighbour.append(others[order])
        distances.append(distance[order])
    return np.concatenate(focal), np.concatenate(neighbour), np.concatenate(distances)


def _by_distance(
    kind: str, match: re.Match[str], points: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if kind == "knn":
        a, b, _ = _nearest(points, int(match[1]))
        return a, b, np.ones(len(a))
    if kind == "band":
        a, b, _ = _within(points, float(match[1]))
        return a, b, np.ones(len(a))
    if kind == "kernel":
        a, b, distance = _nearest(points, int(match[1]))
        bandwidth = np.repeat(distance.reshape(len(points), -1).max(axis=1), int(match[1]))
        if (bandwidth <= 0).any():
            raise OptionError("Units share one point, so a kernel's bandwidth is zero there.")
        return a, b, np.exp(-0.5 * (distance / bandwidth) ** 2) / np.sqrt(2 * np.pi)
    if match[2] is None:
        n = len(points)
        if n > _MOST_PAIRED:
            raise OptionError(
                f"Inverse distance joins all pairs of {n} units; above {_MOST_PAIRED} give a "
                "limit, such as inverse:2:300km."
            )
        a, b = np.nonzero(~np.eye(n, dtype=bool))
        distance = _kilometres(points, a, b)
    else:
        a, b, distance = _within(points, float(match[2]))
    if (distance <= 0).any():
        first = points.index[int(a[int(np.argmin(distance))])]
        raise OptionError(f"Unit {first} shares its point with another, so 1/distance is infinite.")
    return a, b, distance ** -float(match[1])


def _through_libpysal(
    spec: str, points: pd.DataFrame, focal: np.ndarray, neighbour: np.ndarray, weight: np.ndarray
) -> SpatialGraph:
    from libpysal.graph import Graph

    n = len(points)
    lone = np.setdiff1d(np.arange(n), focal)  # libpysal marks an isolate by a loop of weight 0
    focal, neighbour = np.concatenate([focal, lone]), np.concatenate([neighbour, lone])
    weight = np.concatenate([weight, np.zeros(len(lone))])
    order = np.lexsort((neighbour, focal))
    ids = points.index
    graph = Graph.from_arrays(ids[focal[order]], ids[neighbour[order]], weight[order])
    return from_libpysal(
        graph, spec=spec, points=str(points.attrs.get("points", "points as given"))
    )
