"""Which polygons share corners or edges: found by hashing corners, and by touch where they miss."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy import sparse

__all__ = ["are_polygons", "contiguity"]

# Odd constants of splitmix64 (Steele, Lea & Flood 2014): every bit of a corner moves every bit of
# its hash.
_ODD = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))
# A polygon with more corners than this pays for an index of its edges before it is compared.
_MANY = 32
# Rays of one batch, so that a long coast does not cost memory.
_BATCH = 256


def contiguity(polygons: np.ndarray, *, rook: bool = False) -> tuple[sparse.csr_array, int]:
    """
    Join polygons that share a corner or touch, or for rook an edge or a line.

    Parameters
    ----------
    polygons : numpy.ndarray of shapely geometries, shape (n,)
        Valid polygons and multipolygons, any unit; overlaps and gaps among them are borne.
    rook : bool
        Ask for a line in common; a point is enough otherwise.

    Returns
    -------
    links : scipy.sparse.csr_array, shape (n, n)
        Ones, symmetric, no diagonal, sorted.
    unmatched : int
        Pairs among them that touch along lines whose corners (for rook, edges) do not match.

    Notes
    -----
    Polygons that share a corner exactly are neighbours even if they overlap; others are if their
    interiors are apart and their boundaries meet. This is the union of libpysal's vertex-based
    and ``strict=True`` contiguity, without the steps between two rings of one polygon that
    libpysal takes for edges.

    The second kind is looked for only where it can be. Edges that two polygons run through in
    opposite directions cancel; the rest bound the areas that some polygon covers, each as often as
    it is covered. If that rest nowhere meets itself but in common corners and has nothing on its
    outer side, no two polygons overlap and none has a corner on an edge of another: then shared
    corners are all there is. Otherwise all pairs whose bounds meet are compared.

    Examples
    --------
    >>> cells = shapely.box([0, 1, 2, 1], [0, 0, 0, 1], [1, 2, 3, 3], [1, 1, 1, 2])
    >>> links, unmatched = contiguity(cells)
    >>> links.toarray().astype(int).tolist(), unmatched
    ([[0, 1, 0, 1], [1, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 0]], 0)
    """
    n = len(polygons)
    links, rest = _shared(_corners(polygons), n, rook=rook)
    unmatched = 0
    if rest is None or not _bounds_once(rest, n):
        more = _touching(polygons, links, rook=rook)
        unmatched = more.nnz
        links = links + more
    return sparse.csr_array(links + links.T.tocsr()), unmatched


def are_polygons(shapes: np.ndarray) -> np.ndarray:
    """
    Say which geometries are polygons or multipolygons with something in them.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries or None, shape (n,)

    Returns
    -------
    numpy.ndarray of bool, shape (n,)

    Examples
    --------
    >>> are_polygons(np.array([shapely.box(0, 0, 1, 1), shapely.Point(0, 0), None])).tolist()
    [True, False, False]
    """
    return np.asarray(np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes))


class _Corners(NamedTuple):
    """Corners of all rings, ring by ring, each once."""

    x: np.ndarray
    y: np.ndarray
    unit: np.ndarray  # polygon of each corner
    start: np.ndarray  # first corner of each ring
    stop: np.ndarray  # one beyond its last
    turned: np.ndarray  # whether a ring has its polygon to the right


def _corners(polygons: np.ndarray) -> _Corners:
    (x, y, unit), (lengths, hole) = _at_once(
        lambda: _coordinates(polygons), lambda: _rings(polygons)
    )
    again = np.flatnonzero(x[1:] == x[:-1])
    again = again[(y[again + 1] == y[again]) & (unit[again + 1] == unit[again])]
    if len(again):  # steps without length
        units, cleaned = np.unique(unit[again]), polygons.copy()
        cleaned[units] = shapely.remove_repeated_points(polygons[units])
        x, y, unit = _coordinates(cleaned)
        lengths, hole = _rings(cleaned)
    last = np.cumsum(lengths) - 1
    first = last - lengths + 1
    kept = np.ones(len(x), dtype=bool)
    kept[last] = False  # a ring closes on its first corner
    clockwise, x, y, unit = _at_once(
        lambda: _clockwise(x, y, first, last), lambda: x[kept], lambda: y[kept], lambda: unit[kept]
    )
    stop = last - np.arange(len(last))
    start = np.concatenate([[0], stop[:-1]])
    return _Corners(x, y, unit, start, stop, clockwise != hole)


def _clockwise(x: np.ndarray, y: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether each ring runs clockwise: whether its area, with its sign, is below zero."""
    # Measured from the ring's first corner, so that the last digits stay.
    area = x - np.repeat(x[first], last - first + 1)
    area[:-1] += area[1:]
    step = np.empty_like(y)
    np.subtract(y[1:], y[:-1], out=step[:-1])
    step[last] = 0
    area *= step
    return np.asarray(np.add.reduceat(area, first) < 0)


def _coordinates(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    xy, unit = shapely.get_coordinates(polygons, return_index=True)
    xy += 0.0  # -0.0 and 0.0 are one place with two bit patterns
    return xy[:, 0], xy[:, 1], unit.astype(_kind(len(unit)))


def _kind(largest: int) -> type:
    """Whole numbers of 32 bits where they fit: half the memory to move."""
    return np.int32 if largest < 2**31 else np.int64


def _rings(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of coordinates of each ring, in order, and whether it is a hole."""
    lengths = shapely.get_num_coordinates(polygons).astype(np.int64)
    hole = np.zeros(len(polygons), dtype=bool)
    several = (shapely.get_type_id(polygons) != 3) | (shapely.get_num_interior_rings(polygons) > 0)
    if several.any():
        parts, whole = shapely.get_parts(polygons[several], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        simple, many = np.flatnonzero(~several), np.flatnonzero(several)
        order = np.argsort(np.concatenate([simple, many[whole[part]]]), kind="stable")
        inner = np.concatenate([[False], part[1:] == part[:-1]])
        lengths = np.concatenate([lengths[simple], shapely.get_num_coordinates(rings)])[order]
        hole = np.concatenate([hole[simple], inner])[order]
    return lengths[lengths > 0], hole[lengths > 0]


def _mixed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Hash of a pair of 64-bit words."""
    mixed = x * _ODD[0]
    mixed ^= mixed >> np.uint64(32)
    mixed += y
    mixed *= _ODD[1]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _ODD[2]
    return mixed


def _named(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, sparse.csr_array]:
    """Number of each corner's place, by first appearance, and the corners of each place in order."""
    name = pd.factorize(_mixed(x.view(np.uint64), y.view(np.uint64)))[0]
    places = _listed(name)
    order = places.indices
    one, other = _at_once(lambda: _differing(x[order]), lambda: _differing(y[order]))
    wrong = one | other
    wrong[places.indptr[1:-1] - 1] = False
    if wrong.any():  # two places with one hash: number them without
        columns = [pd.factorize(along)[0] for along in (x, y)]
        name = pd.factorize(columns[0] * len(x) + columns[1])[0]
        places = _listed(name)
    return name.astype(order.dtype), places


def _differing(along: np.ndarray) -> np.ndarray:
    return np.asarray(along[1:] != along[:-1])


def _listed(name: np.ndarray) -> sparse.csr_array:
    """Row = name, columns = where it stands."""
    m = len(name)
    kind, shape = _kind(m), (int(name.max(initial=-1)) + 1, m)
    stands: tuple[np.ndarray, np.ndarray] = (name.astype(kind), np.arange(m, dtype=kind))
    return sparse.csr_array(sparse.coo_array((np.ones(m, dtype=np.int8), stands), shape=shape))


def _at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Do tasks side by side: those of numpy and shapely leave Python's lock to each other."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [each.result() for each in [pool.submit(task) for task in tasks]]


def _shared(corners: _Corners, n: int, *, rook: bool) -> tuple[sparse.csr_array, np.ndarray | None]:
    """
    Pairs with a corner (an edge) in common, and the edges that no other polygon runs back along.

    Pairs stand once, above the diagonal. The edges, from corner to corner, have shape (k, 2, 2) and
    are None where two polygons run along one edge in the same direction, so overlap.
    """
    name, places = _named(corners.x, corners.y)
    order = places.indices
    first = np.zeros(len(order), dtype=bool)
    first[places.indptr[:-1]] = True
    here = name[order]
    before, after = _steps(corners, name)
    into, out, unit = _at_once(
        lambda: before[order], lambda: after[order], lambda: corners.unit[order]
    )
    answered = np.zeros(len(order), dtype=bool)
    met = _Met(first, here, into, out, unit, answered)
    parts = np.array_split(np.flatnonzero(~first[1:]), 4)
    found = _at_once(*(partial(_pairs, met, part, rook=rook) for part in parts))
    a, b = np.concatenate([both for both, _ in found], axis=1)
    links = _upper(a, b, n)
    doubled = bool((into == out).any()) or any(along for _, along in found)
    if doubled:
        return links, None
    alone = np.flatnonzero(~answered)
    where = order[places.indptr[:-1]]
    ends = where[np.stack([here[alone], out[alone]], axis=1)]
    return links, np.stack([corners.x[ends], corners.y[ends]], axis=-1)


def _steps(corners: _Corners, name: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Name of the place before and after each corner, with the polygon to the left."""
    before, after = np.empty_like(name), np.empty_like(name)
    before[1:], after[:-1] = name[:-1], name[1:]
    before[corners.start], after[corners.stop - 1] = name[corners.stop - 1], name[corners.start]
    if corners.turned.all():
        before, after = after, before
    elif corners.turned.any():
        turned = np.repeat(corners.turned, corners.stop - corners.start)
        before, after = np.where(turned, after, before), np.where(turned, before, after)
    return before, after


class _Met(NamedTuple):
    """Corners side by side with those they equal."""

    first: np.ndarray  # whether a corner is the first of its place
    here: np.ndarray  # name of the place
    into: np.ndarray  # name of the place before it, with the polygon to the left
    out: np.ndarray  # name of the place after it
    unit: np.ndarray
    answered: np.ndarray  # whether another polygon runs back along the edge out; filled in


def _pairs(met: _Met, place: np.ndarray, *, rook: bool) -> tuple[np.ndarray, bool]:
    """Pairs of polygons with the corner at *place* in common, and whether two run side by side."""
    first, here, into, out, unit, answered = met
    found, doubled, step = [np.empty((2, 0), dtype=unit.dtype)], False, 1
    while len(place):
        other = place + step
        comes, goes = into[place], out[place]
        leaving, coming = goes == into[other], comes == out[other]
        answered[place[leaving]] = True
        answered[other[coming]] = True
        along = (goes == out[other]) | (comes == into[other])
        doubled |= bool(along.any())
        # A shared edge would name its pair at both ends; the higher end leaves it to the lower.
        # Around a whole ring one corner is the lowest, so no pair is left out.
        lowest = here[place]
        told = (leaving & (goes < lowest)) | (coming & (comes < lowest))
        if rook:
            told |= ~(leaving | coming | along)
        a, b = unit[place[~told]], unit[other[~told]]
        found.append(np.stack([a, b])[:, a != b])
        step += 1
        place = place[: np.searchsorted(place, len(first) - step)]
        place = place[~first[place + step]]
    return np.concatenate(found, axis=1), doubled


def _bounds_once(rest: np.ndarray, n: int) -> bool:
    """
    Whether the edges bound areas covered once, and meet in common corners only.

    Where the answer costs more than comparing polygons, it is no.
    """
    if not len(rest):
        return True
    if len(rest) > n / 2 + 1000:
        return False
    lines = shapely.linestrings(rest)
    tree = shapely.STRtree(lines)
    ends, name = np.unique(rest.reshape(-1, 2), axis=0, return_inverse=True)
    tail, head = name.reshape(-1, 2).T
    one, other = tree.query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    for far, near in ((tail, head), (head, tail)):
        for theirs, beyond in ((tail, head), (head, tail)):
            joined = near[one] == theirs[other]
            arm = ends[far[one[joined]]] - ends[near[one[joined]]]
            reach = ends[beyond[other[joined]]] - ends[near[one[joined]]]
            cross = arm[:, 0] * reach[:, 1] - arm[:, 1] * reach[:, 0]
            dot = (arm * reach).sum(axis=1)
            if ((dot > 0) & (abs(cross) <= 1e-9 * dot)).any():
                return False  # two edges lie on each other, or too nearly to tell
            one, other = one[~joined], other[~joined]
    if len(one):
        return False
    return _nothing_outside(rest, tail, head, tree, n)


def _nothing_outside(
    rest: np.ndarray, tail: np.ndarray, head: np.ndarray, tree: shapely.STRtree, n: int
) -> bool:
    """Whether the right of all edges is covered by no polygon, asked once a chain of edges."""
    leaving = np.bincount(tail, minlength=(size := int(max(tail.max(), head.max())) + 1))
    plain = (leaving == 1) & (np.bincount(head, minlength=size) == 1)
    next_edge = np.empty(size, dtype=np.int64)
    next_edge[tail] = np.arange(len(rest))
    through = np.flatnonzero(plain[head])
    follows = sparse.coo_array(
        (np.ones(len(through)), (through, next_edge[head[through]])), shape=(len(rest),) * 2
    )
    chains, chain = sparse.csgraph.connected_components(follows, directed=False)
    if chains * np.sqrt(len(rest)) > 10 * n + 100_000:
        return False
    # The widest edge of a chain stands for it: a ray up from its middle is farthest from corners.
    width = rest[:, 1, 0] - rest[:, 0, 0]
    order = np.lexsort((abs(width), chain))
    asked = order[np.append(chain[order][1:] != chain[order][:-1], True)]
    top = rest[..., 1].max()
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        x, y = rest[batch].mean(axis=1).T
        rays = shapely.linestrings(
            np.stack([np.stack([x, y], 1), np.stack([x, top + 0 * y], 1)], 1)
        )
        ray, edge = tree.query(rays)
        left, right = np.sort(rest[edge, :, 0], axis=1).T
        met = (left <= x[ray]) & (x[ray] < right) & (edge != batch[ray])
        ray, edge = ray[met], edge[met]
        (x0, y0), (x1, y1) = rest[edge, 0].T, rest[edge, 1].T
        height = y0 + (x[ray] - x0) / (x1 - x0) * (y1 - y0) - y[ray]
        if (abs(height) <= 1e-9 * (abs(y1 - y0) + abs(y[ray]))).any():
            return False  # too near to tell
        # Above an edge that runs to the left its polygon ends; above one to the right it begins.
        above = height > 0
        covered = np.bincount(
            ray[above], np.where(width[edge[above]] < 0, 1, -1), minlength=len(batch)
        )
        if (covered != (width[batch] > 0)).any():
            return False
    return True


def _touching(polygons: np.ndarray, links: sparse.csr_array, *, rook: bool) -> sparse.csr_array:
    """Further pairs whose interiors are apart and whose boundaries meet, above the diagonal."""
    n = len(polygons)
    a, b = shapely.STRtree(polygons).query(polygons)
    a, b = (_upper(a[a < b], b[a < b], n) - links).nonzero()
    sizes = shapely.get_num_coordinates(polygons)
    large = sizes[a] >= sizes[b]
    one, other = polygons[np.where(large, a, b)], polygons[np.where(large, b, a)]
    many = polygons[np.unique(np.where(large, a, b)[np.maximum(sizes[a], sizes[b]) > _MANY])]
    unprepared = many[~shapely.is_prepared(many)]
    shapely.prepare(unprepared)
    met = shapely.touches(one, other)
    shapely.destroy_prepared(unprepared)
    if rook:
        met[met] = shapely.relate_pattern(one[met], other[met], "F***1****")
    return _upper(a[met], b[met], n)


def _upper(a: np.ndarray, b: np.ndarray, n: int) -> sparse.csr_array:
    """Ones at rows *a* and columns *b*, however often a pair stands there."""
    ones = np.ones(len(a), dtype=np.int8)
    links = sparse.csr_array(sparse.coo_array((ones, (a, b)), shape=(n, n)))
    links.data[:] = 1
    return links
