"""Neighbours from polygons and points: contiguity, nearest, bands, distance decay, kernels."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from mekantek.errors import AlignmentError, BoundaryError, GraphError, OptionError
from mekantek.text import Note, Text
from mekantek.weights.graph import SpatialGraph, from_libpysal

__all__ = ["SPECS", "build", "higher_order", "measures_distance"]

_GENERAL = "queen, rook, knn:4, band:150km, inverse:2, inverse:2:300km, kernel:gaussian:8, order:2"
SPECS = f"{_GENERAL}; and official for the report's provinces"
_POINTS = {
    "label points": "etiket noktaları",
    "geodesic centroids": "jeodezik ağırlık merkezleri",
    "mean of the members' points": "üyelerin noktalarının ortalaması",
    "points as given": "verilen noktalar",
}
_COUNT = "([0-9]{1,9})"
_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"
_PATTERNS = {
    "contiguity": re.compile("(queen|rook)"),
    "order": re.compile(f"order:{_COUNT}"),
    "knn": re.compile(f"knn:{_COUNT}"),
    "kernel": re.compile(f"kernel:gaussian:{_COUNT}"),
    "band": re.compile(f"band:{_NUMBER}km"),
    "inverse": re.compile(f"inverse:{_NUMBER}(?::{_NUMBER}km)?"),
}
_EARTH_KM = 6371.0
# Ellipsoidal lengths are 0.994 to 1.005 of those on the sphere, so candidates found on the sphere
# with 1.2 % to spare include every pair that counts; exact geodesics then decide.
_SLACK = 1.012
# Distances that differ by less than a tenth of a millimetre are equal, whatever their last bits.
_TIE_KM = 1e-7
_MOST_PAIRED = 5000

Links = tuple[np.ndarray, np.ndarray, np.ndarray]  # unit, neighbour (positions), kilometres


def build(
    spec: str,
    *,
    geometry: Any = None,
    points: pd.DataFrame | None = None,
    ids: pd.Index | None = None,
    base: SpatialGraph | None = None,
    points_used: str | None = None,
) -> SpatialGraph:
    r"""
    Build neighbours from a SPEC, through libpysal's Graph and keyed by id.

    Parameters
    ----------
    spec : str
        ``queen``, ``rook``
            Units that share a point, or a line.
        ``knn:4``
            The k nearest, weight 1; ties go to the lower id, numerically where ids are whole
            numbers.
        ``band:150km``
            All within a distance, weight 1.
        ``inverse:2``, ``inverse:2:300km``
            1/km², among all pairs or those within a distance.
        ``kernel:gaussian:8``
            :math:`(2\pi)^{-1/2} e^{-z^2/2}` with :math:`z = d/h`, where h is the distance to the
            8th nearest; units beyond h count nothing and a unit is not its own neighbour.
        ``order:2``
            Units within two steps, the first included, weight 1; on *base*, else on queen.
    geometry : geopandas.GeoSeries or GeoDataFrame, optional
        Polygons for contiguity, index = ids, any CRS.
    points : pandas.DataFrame, optional
        ``longitude``, ``latitude`` in degrees, index = ids; for everything with distances, which
        are geodesic on GRS 80.
    ids : pandas.Index, optional
        The units in the order wanted; those of *geometry*, *points* or *base* otherwise.
    base : SpatialGraph, optional
        What ``order`` starts from.
    points_used : str, optional
        What the points are, for the result to say: ``label points``, ``geodesic centroids``.
        Taken from ``points.attrs["points_used"]`` if not given.

    Returns
    -------
    SpatialGraph

    Raises
    ------
    OptionError
        If the SPEC is none, or lacks the polygons or points it needs.
    AlignmentError
        If an id repeats, or has no polygon or point.
    BoundaryError
        If a unit has no polygon.
    GraphError
        If a coordinate is missing or none, or units share one point where 1/distance is asked.

    Notes
    -----
    The kernel is that of libpysal's adaptive ``Kernel`` (truncated at the bandwidth), without its
    diagonal. All within h count, so a tie at h adds a unit instead of choosing one.

    Examples
    --------
    >>> places = pd.DataFrame({"longitude": [30, 31, 35], "latitude": [39] * 3}, index=[1, 2, 3])
    >>> build("knn:1", points=places).neighbours(3)
    [2]
    """
    kind, match = _parse(spec)
    spec = match.string
    if kind == "order" and base is not None:
        return higher_order(base if ids is None else base.subset(ids), int(match[1]))
    if kind in ("contiguity", "order"):
        if geometry is None:
            raise OptionError(
                f"{spec} needs polygons; give boundaries.",
                f"{spec} çokgen ister; --boundaries ile sınırları verin.",
            )
        graph = _contiguity("queen" if kind == "order" else spec, geometry.geometry, ids)
        return higher_order(graph, int(match[1])) if kind == "order" else graph
    if points is None:
        raise OptionError(
            f"{spec} measures distances; give points, or boundaries to take them of.",
            f"{spec} uzaklık ölçer; nokta ya da noktaların alınacağı sınırları verin.",
        )
    placed = _placed(points, ids)
    focal, neighbour, weight = _by_distance(kind, match, placed)
    used = points_used or points.attrs.get("points_used") or "points as given"
    return _through_libpysal(spec, placed.index, (focal, neighbour, weight), str(used))


def measures_distance(spec: str) -> bool:
    """
    Say whether a SPEC needs points; the others need polygons alone.

    Parameters
    ----------
    spec : str
        As of `build`.

    Returns
    -------
    bool

    Raises
    ------
    OptionError
        If the SPEC is none.

    Examples
    --------
    >>> measures_distance("knn:4"), measures_distance("queen")
    (True, False)
    """
    return _parse(spec)[0] not in ("contiguity", "order")


def _parse(spec: str) -> tuple[str, re.Match[str]]:
    for kind, pattern in _PATTERNS.items():
        match = pattern.fullmatch(spec.strip())
        if match is None:
            continue
        # A count, distance or power of zero makes no neighbours.
        if kind != "contiguity" and any(float(part) == 0 for part in match.groups() if part):
            raise OptionError(
                f"{spec!r} makes no neighbours: its numbers must be above 0.",
                f"{spec!r} komşu vermez: sayıları 0'dan büyük olmalıdır.",
            )
        return kind, match
    raise OptionError(
        f"No neighbours called {spec[:40]!r}; there are {SPECS}.",
        f"{spec[:40]!r} adında bir komşuluk yok; olanlar: {_GENERAL}; raporun "
        "illeri için ayrıca official.",
    )


def higher_order(graph: SpatialGraph, order: int) -> SpatialGraph:
    """
    Join all units within *order* steps, weight 1.

    Parameters
    ----------
    graph : SpatialGraph
        The first step; its weights do not matter.
    order : int
        1 or more.

    Returns
    -------
    SpatialGraph

    Raises
    ------
    OptionError
        If *order* is below 1.

    Examples
    --------
    >>> from mekantek.weights import from_pairs
    >>> line = from_pairs([(1, 2), (2, 3), (3, 4)], [1, 2, 3, 4], spec="line")
    >>> higher_order(line, 2).neighbours(1)
    [2, 3]
    """
    if order < 1:
        raise OptionError(
            f"Neighbours of order {order}; an order is 1 or more.",
            f"{order}. sıradan komşuluk istendi; sıra 1 ya da daha büyüktür.",
        )
    step = sparse.csr_array(graph.sparse > 0).astype(np.float64)
    reached = step
    for _ in range(order - 1):
        reached = sparse.csr_array((reached + reached @ step) > 0).astype(np.float64)
    rows, columns = reached.nonzero()
    others = rows != columns
    reached = sparse.csr_array(
        (np.ones(others.sum()), (rows[others], columns[others])), shape=reached.shape
    )
    notes = tuple(note for note in graph.notes if "asymmetric" not in note)
    notes += (
        Note(
            f"all within {order} steps of the neighbours called {graph.spec}",
            f"{graph.spec} komşuluğunda {order} adıma kadar olanların hepsi",
        ),
    )
    return SpatialGraph(graph.ids, reached, f"order:{order}", graph.points_used, notes)


def _aligned(given: pd.Index, ids: pd.Index | None, what: Text) -> pd.Index:
    if given.has_duplicates:
        twice = given[given.duplicated()][0]
        raise AlignmentError(
            f"Id {twice} has more than one {what.en}.",
            f"{twice} kimliğine birden çok {what.tr} düşüyor.",
        )
    if ids is None:
        return given
    lacking = ids[~ids.isin(given)]
    if len(lacking):
        shown = ", ".join(map(str, lacking[:5])) + (" …" if len(lacking) > 5 else "")
        raise AlignmentError(
            f"{len(lacking)} of {len(ids)} units have no {what.en}: {shown}.",
            f"{len(ids)} birimden {len(lacking)} tanesine {what.tr} düşmüyor: {shown}.",
        )
    return ids


def _contiguity(name: str, shapes: Any, ids: pd.Index | None) -> SpatialGraph:
    from mekantek.weights.contiguity import contiguity
    from mekantek.weights.corners import at_once, coordinates

    what = Text("çokgen", "polygon")
    if ids is not None:
        shapes = shapes.loc[_aligned(shapes.index, ids, what)]
    polygons = np.asarray(shapes.array)
    read = coordinates(polygons)
    wrong = np.flatnonzero(~read.polygonal)
    if len(wrong):
        kind = getattr(polygons[wrong[0]], "geom_type", "nothing")
        raise BoundaryError(
            f"{len(wrong)} of {len(shapes)} units are no polygons, first {shapes.index[wrong[0]]} "
            f"({kind}); {name} needs polygons, points can have knn:4 or band:150km.",
            f"{len(shapes)} birimden {len(wrong)} tanesi çokgen değil, ilki "
            f"{shapes.index[wrong[0]]} ({kind}); {name} çokgen ister, noktalara knn:4 ya da "
            "band:150km uyar.",
        )
    # Hashing ids holds Python's lock, most of the other work does not.
    (links, unmatched), _ = at_once(
        lambda: contiguity(polygons, rook=name == "rook", read=read),
        lambda: _aligned(shapes.index, None, what),
    )
    told = Note(
        f"{unmatched} pairs touch along lines whose corners do not match",
        f"{unmatched} çift, köşeleri çakışmayan çizgiler boyunca değiyor",
    )
    notes = (told,) if unmatched else ()
    return SpatialGraph(shapes.index, links, name, notes=notes, mutual=True)


def _placed(points: pd.DataFrame, ids: pd.Index | None) -> pd.DataFrame:
    lacking = {"longitude", "latitude"} - set(points.columns)
    if lacking:
        column = sorted(lacking)[0]
        raise OptionError(
            f"The points have no column {column}.", f"Noktaların {column} sütunu yok."
        )
    used = _aligned(points.index, ids, Text("nokta", "point"))
    placed = points.loc[used, ["longitude", "latitude"]]
    placed = placed.astype(np.float64)
    wrong = placed.index[
        ~(placed["longitude"].between(-180, 360) & placed["latitude"].between(-90, 90))
    ]
    if len(wrong):
        longitude, latitude = placed.loc[wrong[0]]
        raise GraphError(
            f"{len(wrong)} of {len(placed)} points are not on Earth, first {wrong[0]}: longitude "
            f"{longitude:g}, latitude {latitude:g}. Coordinates are degrees, not metres.",
            f"{len(placed)} noktadan {len(wrong)} tanesi yeryüzünde değil, ilki {wrong[0]}: boylam "
            f"{longitude:g}, enlem {latitude:g}. Koordinatlar derecedir, metre değil.",
        )
    return placed


def _by_distance(kind: str, match: re.Match[str], points: pd.DataFrame) -> Links:
    n = len(points)
    if kind in ("knn", "kernel"):
        k = int(match[1])
        if k >= n:
            raise OptionError(
                f"{match.string} asks for {k} nearest of {n} units; at most {n - 1}.",
                f"{match.string}, {n} birimin en yakın {k} tanesini istiyor; en çok {n - 1} olur.",
            )
        if kind == "knn":
            a, b, _ = _nearest(points, k)
            return a, b, np.ones(len(a))
        return _kernel(points, k)
    if kind == "band":
        a, b, _ = _within(points, float(match[1]))
        return a, b, np.ones(len(a))
    if match[2] is not None:
        a, b, distance = _within(points, float(match[2]))
    elif n <= _MOST_PAIRED:
        a, b = np.triu_indices(n, k=1)
        distance = np.tile(_kilometres(points, a, b), 2)
        a, b = np.concatenate([a, b]), np.concatenate([b, a])
    else:
        raise OptionError(
            f"{match.string} joins all pairs of {n} units; above {_MOST_PAIRED} units give a "
            f"limit, such as {match.string}:300km.",
            f"{match.string}, {n} birimin bütün çiftlerini bağlar; {_MOST_PAIRED} birimin "
            f"üstünde bir sınır verin, örneğin {match.string}:300km.",
        )
    so = Text("1/uzaklık sonsuz olur", "1/distance is infinite")
    _refuse_shared(points, a, distance, so)
    return a, b, distance ** -float(match[1])


def _kernel(points: pd.DataFrame, k: int) -> Links:
    """Gaussian weights up to the distance of the k-th nearest (Silverman 1986, section 4.2)."""
    nearest_a, _, nearest_distance = _nearest(points, k)
    bandwidth = np.zeros(len(points))
    np.maximum.at(bandwidth, nearest_a, nearest_distance)
    so = Text("çekirdeğin bant genişliği sıfır olur", "the kernel's bandwidth is zero")
    _refuse_shared(points, np.arange(len(points)), bandwidth, so)
    a, b, distance = _candidates(points, bandwidth / _EARTH_KM)
    near = distance <= bandwidth[a] + _TIE_KM
    z = distance[near] / bandwidth[a[near]]
    return a[near], b[near], np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)


def _refuse_shared(points: pd.DataFrame, units: np.ndarray, distance: np.ndarray, so: Text) -> None:
    zero = np.flatnonzero(distance <= 0)
    if len(zero):
        unit = points.index[units[zero[0]]]
        raise GraphError(
            f"Unit {unit} shares its point with others: {so.en}.",
            f"{unit} birimi başkalarıyla aynı noktada: {so.tr}.",
        )


def _nearest(points: pd.DataFrame, k: int) -> Links:
    """The k nearest of each unit, ties by id."""
    sphere = _on_sphere(points)
    chords = np.asarray(cKDTree(sphere).query(sphere, k=k + 1)[0])[:, -1]
    a, b, distance = _candidates(points, 2 * np.arcsin(np.minimum(chords / 2, 1)))
    ranks = _id_ranks(points.index)
    order = np.lexsort((ranks[b], np.round(distance / _TIE_KM), a))
    a, b, distance = a[order], b[order], distance[order]
    place = np.arange(len(a)) - np.searchsorted(a, a)  # 0 for the nearest of each unit
    return a[place < k], b[place < k], distance[place < k]


def _within(points: pd.DataFrame, kilometres: float) -> Links:
    """All ordered pairs within a distance."""
    a, b, distance = _candidates(points, np.full(len(points), kilometres / _EARTH_KM))
    near = distance <= kilometres + _TIE_KM
    return a[near], b[near], distance[near]


def _candidates(points: pd.DataFrame, angles: np.ndarray) -> Links:
    """Ordered pairs at least up to an angle around each unit, and their geodesic distances."""
    sphere = _on_sphere(points)
    chords = 2 * np.sin(np.minimum(angles * _SLACK, np.pi) / 2)
    around = cKDTree(sphere).query_ball_point(sphere, chords + 1e-12)
    a = np.repeat(np.arange(len(points)), [len(near) for near in around])
    b = np.concatenate([np.asarray(near, dtype=np.int64) for near in around])
    a, b = a[a != b], b[a != b]
    return a, b, _kilometres(points, a, b)


def _on_sphere(points: pd.DataFrame) -> np.ndarray:
    lon, lat = np.radians(points["longitude"].to_numpy()), np.radians(points["latitude"].to_numpy())
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _kilometres(points: pd.DataFrame, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Geodesic distances of pairs on GRS 80 (Karney 2013)."""
    from pyproj import Geod

    lon, lat = points["longitude"].to_numpy(), points["latitude"].to_numpy()
    # There and back differ in the last bits; always measuring from the west makes weights
    # symmetric and the order of the rows irrelevant.
    back = (lon[a] > lon[b]) | ((lon[a] == lon[b]) & (lat[a] > lat[b]))
    a, b = np.where(back, b, a), np.where(back, a, b)
    return np.asarray(Geod(ellps="GRS80").inv(lon[a], lat[a], lon[b], lat[b])[2]) / 1000


def _id_ranks(ids: pd.Index) -> np.ndarray:
    """Rank of each id, numerically where all are whole numbers, to break ties in distance."""
    texts = [str(i) for i in ids]
    whole = all(text.removeprefix("-").isdecimal() for text in texts)
    order = sorted(range(len(ids)), key=(lambda i: int(texts[i])) if whole else texts.__getitem__)
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[order] = np.arange(len(ids))
    return ranks


def _through_libpysal(spec: str, ids: pd.Index, links: Links, points_used: str) -> SpatialGraph:
    from libpysal.graph import Graph

    a, b, weight = links
    matrix = sparse.csr_array(sparse.coo_array((weight, (a, b)), shape=(len(ids),) * 2))
    made = from_libpysal(Graph.from_sparse(matrix, ids=ids.to_numpy()), spec=spec)
    note = Note(
        f"geodesic distances (GRS 80) between {points_used}",
        f"jeodezik uzaklıklar (GRS 80), ölçüldüğü yerler: {_POINTS.get(points_used, points_used)}",
    )
    return SpatialGraph(made.ids.rename(ids.name), made.sparse, spec, points_used, (note,))
