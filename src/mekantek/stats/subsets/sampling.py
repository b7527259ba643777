"""Connected sets that are too many to list, drawn with known weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.subsets.enumeration import LARGEST, all_sets, forest

__all__ = ["Drawn", "draw_connected_sets", "removable"]

# Small sets that are listed, and grown further at random.
_MOST_LISTED = 1_000_000
# Cells (draw by unit) that are looked at together: 32 MB of random keys.
_CELLS = 1 << 22


class Drawn(NamedTuple):
    """
    Connected sets with the weights that make them uniform.

    Attributes
    ----------
    sets : numpy.ndarray of int, shape (draws, size)
        Positions.
    weights : numpy.ndarray, shape (draws,)
        Weighted by these, every connected set of the size has the same expectation.
    families : numpy.ndarray of int, shape (draws,)
        Draws of one number grew from the same small set and are not independent.
    estimate : float
        Unbiased estimate of how many connected sets there are.
    """

    sets: np.ndarray
    weights: np.ndarray
    families: np.ndarray
    estimate: float

    def effective(self, among: np.ndarray | slice = slice(None)) -> float:
        """Give the number of independent uniform draws (Kish 1965), a family counted as one."""
        total = np.bincount(self.families[among], self.weights[among])
        return float(total.sum() ** 2 / (total @ total))


def removable(links: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """
    Count the members of each connected set without which the rest is still connected.

    Parameters
    ----------
    links : numpy.ndarray of bool, shape (n, n)
        Symmetric.
    sets : numpy.ndarray of int, shape (m, size)
        Up to 32 members.

    Returns
    -------
    numpy.ndarray of int, shape (m,)
        At least 2 for two members and more.

    Examples
    --------
    >>> line = np.eye(3, k=1, dtype=bool) | np.eye(3, k=-1, dtype=bool)
    >>> removable(line, np.array([[0, 1, 2]])).tolist()
    [2]
    """
    rows, size = sets.shape
    places = np.arange(size, dtype=np.uint32)
    beside = (links[sets[:, :, None], sets[:, None, :]] << places).sum(axis=2, dtype=np.uint32)
    # One flood for each member that is left out, all of them as bits of one number.
    rest = np.broadcast_to(~(np.uint32(1) << places) & np.uint32((1 << size) - 1), (rows, size))
    reached = rest & -rest.astype(np.int32).astype(np.uint32)
    while True:
        wider = reached.copy()
        for place in range(size):
            wider |= np.where((wider >> place) & 1, beside[:, place, None] & rest, 0).astype(
                np.uint32
            )
        if np.array_equal(wider, reached):
            return np.asarray((reached == rest).sum(axis=1))
        reached = wider


def draw_connected_sets(
    matrix: sparse.csr_array, size: int, draws: int, *, rng: np.random.Generator | int = 0
) -> Drawn:
    """
    Draw connected sets of *size* units, however many there are.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        A link in either direction joins two units.
    size : int
        2 or more.
    draws : int
    rng : numpy.random.Generator or int

    Returns
    -------
    Drawn

    Raises
    ------
    OptionError
        If no set of that size was found.

    Notes
    -----
    Small connected sets are listed and drawn uniformly, then grow by a uniform draw from their
    b neighbours. A set T with c members that it can spare can have grown from c smaller sets, so
    each step multiplies the weight by b / c (sequential importance sampling). Summed over all ways
    of growing to T the chance times the weight is one over the number of small sets, the same for
    every T: taking members away from T at random, one of c each time, ends somewhere. Where the
    weights have grown unequal, sets are drawn anew by their weights, which leaves the expectations
    as they are (Del Moral, Doucet & Jasra 2006).

    Examples
    --------
    >>> ring = sparse.csr_array(np.roll(np.eye(5), 1, axis=1))
    >>> drawn = draw_connected_sets(ring, 4, 10)
    >>> drawn.estimate, drawn.weights.tolist() == [1.0] * 10
    (5.0, True)
    """
    links = (matrix + matrix.T).toarray() != 0
    np.fill_diagonal(links, False)
    base, trees = 1, forest(matrix, 1)
    while base < min(size - 1, LARGEST):
        larger = forest(matrix, base + 1, most=_MOST_LISTED)
        if larger is None:
            break
        base, trees = base + 1, larger
    assert trees is not None  # sets of one unit are never too many
    listed = all_sets(trees, base)
    stream = inference.generator(inference.drawn_seed(rng), 0)
    none = OptionError(
        f"There is no connected set of {size} units.", f"{size} birimlik bitişik grup yok."
    )
    if not len(listed):
        raise none
    families = stream.integers(0, len(listed), draws)
    sets, weights = listed[families], np.ones(draws)
    for _ in range(base, size):
        if weights.sum() ** 2 < 0.5 * draws * (weights @ weights):
            again = stream.choice(len(sets), draws, p=weights / weights.sum())
            sets, families = sets[again], families[again]
            weights = np.full(draws, weights.sum() / draws)
        added, beside = _neighbour(links, sets, stream)
        open_ = beside > 0
        if not open_.any():
            raise none
        sets, families = np.column_stack([sets, added])[open_], families[open_]
        weights = weights[open_] * beside[open_] / _in_blocks(links, sets)
    return Drawn(sets, weights, families, len(listed) * float(weights.sum()) / draws)


def _neighbour(
    links: np.ndarray, sets: np.ndarray, stream: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one neighbour of each set, and count them; where there is none the draw means nothing."""
    n, size = len(links), sets.shape[1]
    added, beside = np.empty(len(sets), dtype=np.int64), np.empty(len(sets), dtype=np.int64)
    rows = max(1, _CELLS // n)
    for start in range(0, len(sets), rows):
        block = sets[start : start + rows]
        free = links[block[:, 0]]
        for column in range(1, size):
            free |= links[block[:, column]]
        np.put_along_axis(free, block, False, axis=1)
        beside[start : start + rows] = free.sum(axis=1)
        added[start : start + rows] = np.where(free, stream.random(free.shape), -1.0).argmax(axis=1)
    return added, beside


def _in_blocks(links: np.ndarray, sets: np.ndarray) -> np.ndarray:
    rows = max(1, _CELLS // sets.shape[1] ** 2)
    parts = [removable(links, sets[s : s + rows]) for s in range(0, len(sets), rows)]
    return np.concatenate(parts)
