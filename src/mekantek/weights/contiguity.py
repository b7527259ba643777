"""Which polygons share corners or edges: found by numbering places, and by touch where they miss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from scipy import sparse

from mekantek.weights.corners import Coordinates, Corners, at_once, coordinates, corners, edges

__all__ = ["contiguity", "narrowly_apart"]

# What an edge counts if run in one direction, and in the other: their sum tells how often each was.
_THERE, _BACK = 1, 1 << 32
# A polygon with more corners than this pays for an index of its edges before it is compared.
_MANY = 32
# Rays of one batch, so that a long coast does not cost memory.
_BATCH = 256
# A gap is a slip of the pen if it is narrower than this share of the smaller unit's width, and two
# units lie side by side if they face each other along so much of that width.
_GAP, _SIDE = 0.02, 0.2


def contiguity(
    polygons: np.ndarray, *, rook: bool = False, read: Coordinates | None = None
) -> tuple[sparse.csr_array, int]:
    """
    Join polygons that share a corner or touch, or for rook an edge or a line.

    Parameters
    ----------
    polygons : numpy.ndarray of shapely geometries, shape (n,)
        Valid polygons and multipolygons, any unit; overlaps and gaps among them are borne.
    rook : bool
        Ask for a line in common; a point is enough otherwise.
    read : Coordinates, optional
        Coordinates of the polygons, if they were read before.

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
    found = corners(polygons, coordinates(polygons) if read is None else read)
    low, high, upward = edges(found)
    if rook:
        edge = pd.factorize(low * np.int64(len(found.at)) + high)[0]
        links, clean = _sharing(edge, found.begin), _clean(found, low, high, upward)
    else:
        clean, links = at_once(
            lambda: _clean(found, low, high, upward), lambda: _sharing(found.place, found.begin)
        )
    if clean:
        return links, 0
    more = _touching(polygons, links, rook=rook)
    return sparse.csr_array(links + more + more.T.tocsr()), more.nnz


def narrowly_apart(
    polygons: np.ndarray, links: sparse.csr_array, *, widest: float
) -> list[tuple[int, int]]:
    """
    Find pairs that lie side by side and do not touch: neighbours that a slip of the pen parts.

    Parameters
    ----------
    polygons : numpy.ndarray of shapely geometries, shape (n,)
        Valid.
    links : scipy.sparse.csr_array, shape (n, n)
        Who are neighbours.
    widest : float
        Beyond this a gap is meant, in the unit of the polygons; the limit is less for small units.

    Returns
    -------
    list of (int, int)
        Positions, ascending.

    Examples
    --------
    >>> cells = shapely.box([0, 1.001, 2.2], [0, 0, 0], [1, 2, 3], [1, 1, 1])
    >>> narrowly_apart(cells, sparse.csr_array((3, 3)), widest=0.01)
    [(0, 1)]
    """
    reach = np.minimum(widest, _GAP * np.sqrt(shapely.area(polygons)))
    near = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=reach)
    known = set(zip(*(places.tolist() for places in links.nonzero()), strict=True))
    found = set[tuple[int, int]]()
    # Asked by the smaller one, whose reach is the shorter.
    for a, b in near.T.tolist():
        if a == b or (a, b) in known or reach[a] > reach[b]:
            continue
        facing = shapely.intersection(
            shapely.boundary(polygons[a]), shapely.buffer(polygons[b], reach[a])
        )
        if facing.length > _SIDE * np.sqrt(polygons[a].area):
            found.add((min(a, b), max(a, b)))
    return sorted(found)


def _sharing(parts: np.ndarray, begin: np.ndarray) -> sparse.csr_array:
    """Ones for polygons with a part in common: those of polygon i stand from *begin* i to i + 1."""
    n = len(begin) - 1
    shape = (n, int(parts.max(initial=-1)) + 1)
    has = sparse.csr_array((np.ones(len(parts), dtype=bool), parts, begin), shape=shape)
    shares = (has @ sparse.csr_array(has.T)).T.tocsr()  # symmetric; turned, its rows are sorted
    degree = np.diff(shares.indptr)
    others = shares.indices != np.repeat(np.arange(n, dtype=shares.indices.dtype), degree)
    columns = shares.indices.compress(others)
    # Every polygon that has a part shares it with itself.
    indptr = np.concatenate([[0], np.cumsum(degree - (degree > 0))]).astype(columns.dtype)
    return sparse.csr_array((np.ones(len(columns), dtype=np.int8), columns, indptr), shape=(n, n))


def _clean(found: Corners, low: np.ndarray, high: np.ndarray, upward: np.ndarray) -> bool:
    """Whether corners are all that polygons can share: none overlap, none has a corner on an edge."""
    back = (low[1:] == low[:-1]) & (high[1:] == high[:-1])
    back[found.stop[:-1] - 1] = False
    first, last = found.start, found.stop - 1
    if back.any() or ((low[first] == low[last]) & (high[first] == high[last])).any():
        return False  # a ring runs back on itself
    m = len(found.at)
    runs = (np.where(upward, _THERE, _BACK), (low, high))
    often = sparse.coo_array(runs, shape=(m, m)).tocsr()  # sums
    once = (often.data == _THERE) | (often.data == _BACK)
    if not (once | (often.data == _THERE + _BACK)).all():
        return False  # two polygons run along one edge in the same direction
    alone = np.flatnonzero(once)
    low = np.searchsorted(often.indptr, alone, side="right") - 1
    high, upward = often.indices[alone], often.data[alone] == _THERE
    tail, head = np.where(upward, low, high), np.where(upward, high, low)
    return _bounds_once(tail, head, found.at, len(found.begin) - 1)


def _bounds_once(tail: np.ndarray, head: np.ndarray, at: np.ndarray, n: int) -> bool:
    """
    Whether the edges bound areas covered once, and meet in common corners only.

    Where the answer costs more than comparing polygons, it is no.
    """
    if not len(tail):
        return True
    if len(tail) > n / 2 + 1000:
        return False
    place, name = np.unique(np.concatenate([tail, head]), return_inverse=True)
    tail, head = name.reshape(2, -1)
    ends = at[place].view(np.float64).reshape(-1, 2)
    rest = ends[np.stack([tail, head], axis=1)]
    lines = shapely.linestrings(rest)
    tree = shapely.STRtree(lines)
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
    a, b = (_upper(a[a < b], b[a < b], n) - sparse.triu(links)).nonzero()
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
