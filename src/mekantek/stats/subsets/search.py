"""The best of all connected sets, and what a best of many is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.links import Missing, join
from mekantek.stats.subsets.enumeration import LARGEST, Tree, all_sets, forest
from mekantek.stats.subsets.measures import SetStatistic, scores, set_statistic
from mekantek.stats.subsets.ranking import TIE, Corridor, corridor, positive

__all__ = ["largest_minimum", "reaching", "search_corridor"]

# Bytes of the sums that grow together.
_ROOM = 1 << 26
# Whole-number levels that stand for the values: eight of them add up within 32 bits.
_LEVELS = 1 << 20


def largest_minimum(matrix: sparse.csr_array, values: np.ndarray, size: int) -> np.ndarray:
    """
    Largest smallest-member over all connected sets of *size* units, of many maps at once.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
    values : numpy.ndarray, shape (n, r)
        r maps.
    size : int

    Returns
    -------
    numpy.ndarray, shape (r,)
        Exact; -inf where no set is that large.

    Notes
    -----
    A connected set of *size* units lies at or above t just where the units at or above t have a
    component that large; components only grow as t falls, so t is found by halving. No set is
    listed.

    Examples
    --------
    >>> line = sparse.csr_array(np.eye(4, k=1))
    >>> largest_minimum(line, np.array([[5.0], [1.0], [3.0], [2.0]]), 2).tolist()
    [2.0]
    """
    n, maps = values.shape
    order = np.argsort(-values, axis=0, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(n)[:, None], axis=0)
    first, second = sparse.triu(matrix + matrix.T, 1).nonzero()
    later = np.maximum(place[first], place[second])  # a link is there when its later end is
    too_few, enough = np.zeros(maps, dtype=np.int64), np.full(maps, n + 1)
    while (open_ := enough - too_few > 1).any():
        middle = (too_few + enough) // 2
        link, map_ = np.nonzero((later < middle) & open_)
        ends = (first[link] * maps + map_, second[link] * maps + map_)
        graph = sparse.coo_array((np.ones(len(link), dtype=np.int8), ends), shape=(n * maps,) * 2)
        _, component = csgraph.connected_components(graph.tocsr(), directed=False)
        members = np.bincount(component)[component].reshape(n, maps)
        # Units not yet there are components of one, which only a size of one could mistake.
        there = (members * (place < middle)).max(axis=0) >= size
        enough = np.where(open_ & there, middle, enough)
        too_few = np.where(open_ & ~there, middle, too_few)
    ranked = np.take_along_axis(values, order, axis=0)
    found = ranked[np.minimum(enough, n) - 1, np.arange(maps)]
    return np.where(enough <= n, found, -np.inf)


def _largest_sums(trees: list[Tree], values: np.ndarray) -> np.ndarray:
    """Largest sum over the sets of the trees, shape (r,): a set's sum is its parent's and one more."""
    best: np.ndarray = np.full(
        values.shape[1], np.iinfo(np.int64).min if values.dtype.kind == "i" else -np.inf
    )
    rows = max(1, _ROOM // (values.itemsize * values.shape[1]))
    for tree in trees:
        own = values[tree.units]
        sums = own[tree.roots]
        for row, added in tree.steps[:-1]:
            sums = sums[row]
            sums += own[added]
        row, added = tree.steps[-1]
        for start in range(0, len(row), rows):
            part = sums[row[start : start + rows]]
            part += own[added[start : start + rows]]
            np.maximum(best, part.max(axis=0), out=best)
    return best


def reaching(trees: list[Tree], values: np.ndarray, orders: np.ndarray, bound: float) -> np.ndarray:
    """
    Say in which arrangements of the values a connected set adds up to a bound.

    Parameters
    ----------
    trees : list of Tree
        Of sets of two units and more.
    values : numpy.ndarray, shape (n,)
        -inf for a unit that no set may have.
    orders : numpy.ndarray of int, shape (r, n)
        Unit j has the value ``values[orders[:, j]]``.
    bound : float

    Returns
    -------
    numpy.ndarray of bool, shape (r,)
        Exact: whole numbers between which the values lie decide all but the closest, which are
        added up as they are.
    """
    size = len(trees[0].steps) + 1
    usable = np.isfinite(values)
    low = float(values[usable].min())
    step = (float(values[usable].max()) - low) / _LEVELS or 1.0
    # One barred unit outweighs all the others a set can have.
    levels = np.where(usable, np.floor((np.where(usable, values, low) - low) / step),
                      -size * (_LEVELS + 1)).astype(np.int32)  # fmt: skip
    needed = (bound - size * low) / step
    widest = max(len(t.steps[-2][0]) if size > 2 else len(t.roots) for t in trees)
    maps = max(1, _ROOM // (4 * widest))
    sums = np.concatenate([
        _largest_sums(trees, levels[orders[s : s + maps]].T) for s in range(0, len(orders), maps)
    ])  # fmt: skip
    reached: np.ndarray = sums >= needed + 1
    close = np.flatnonzero((sums + size + 1 >= needed) & ~reached)
    tie = TIE * max(1.0, abs(bound))
    for s in range(0, len(close), max(1, maps // 2)):
        some = close[s : s + max(1, maps // 2)]
        reached[some] = _largest_sums(trees, values[orders[some]].T) >= bound - tie
    return reached


def _summed(
    numbers: np.ndarray, mass: np.ndarray | None, statistic: SetStatistic, best: float, size: int
) -> tuple[np.ndarray, float]:
    """Values and bound so that a set's statistic is at least *best* just where its sum is."""
    with np.errstate(divide="ignore"):
        if statistic == "mean":
            return numbers, best * size
        if statistic == "joint":
            return np.log(scores(numbers)), float(np.log(best))
    assert mass is not None
    # Σ m x / Σ m ≥ b just where Σ m (x - b) ≥ 0, in units of the largest mass.
    return np.where(np.isnan(mass), -np.inf, mass / np.nanmax(mass) * (numbers - best)), 0.0


def search_corridor(
    values: pd.Series,
    graph: Any,
    size: int,
    *,
    statistic: SetStatistic = "minimum",
    weights: pd.Series | None = None,
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
    step: Callable[[], object] = lambda: None,
) -> Corridor:
    """
    Find the most extreme connected set of a size, and correct its p-value for the search.

    The values are permuted over the graph (weights with them) and the largest statistic of each
    permuted map is the null, so that the best of many sets is compared with the best of many.

    Parameters
    ----------
    values, graph, statistic, weights, missing
        As in `corridor`.
    size : int
        2 to 8.
    permutations : int
    rng : numpy.random.Generator or int
    step : callable
        Called once for each permutation, to show progress.

    Returns
    -------
    Corridor
        ``search`` holds the corrected p-value, its interval, R and the seed.

    Raises
    ------
    OptionError
        If the size is not 2 to 8, there are too many sets to list, or none is defined.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcde")), sparse=sparse.csr_array(np.eye(5, k=1)))
    >>> found = search_corridor(pd.Series([1, 2, 9, 8, 3], index=list("abcde")), graph, 2)
    >>> found.members, 0.3 < found.search["p_value"] < 0.5
    (('c', 'd'), True)
    """
    numbers, ids, links = join(values, graph, standardize="none", missing=missing)
    if not 2 <= size <= LARGEST:
        raise OptionError(f"The size to search is {size}; it lies between 2 and {LARGEST}.")
    trees = forest(links.matrix, size)
    if trees is None:
        raise OptionError(
            f"There are too many connected sets of {size} units to search; take a smaller size.",
            f"{size} birimlik bitişik gruplar aranamayacak kadar çok; daha küçük bir boy verin.",
        )
    sets = all_sets(trees, size)
    mass = positive(weights, ids)
    every = set_statistic(sets, numbers, statistic=statistic, weights=mass)
    if not len(sets) or np.isnan(every).all():
        raise OptionError(
            f"There is no connected set of {size} units with a defined statistic.",
            f"İstatistiği tanımlı {size} birimlik bitişik grup yok.",
        )
    best = float(np.nanmax(every))
    tie = TIE * max(1.0, abs(best))
    # Of several sets that tie, the one whose positions come first.
    tied = np.sort(sets[every >= best - tie], axis=1)
    chosen = tied[np.lexsort(tied.T[::-1])[0]]
    found = corridor(values, graph, [ids[p] for p in chosen.tolist()], statistic=statistic,
                     weights=weights, missing=missing)  # fmt: skip
    reached, together = 0, max(1, min(256, _ROOM // (64 * len(ids))))
    for block in inference.permuted(np.arange(len(ids)), permutations, rng):
        for start in range(0, len(block), together):
            orders = block[start : start + together]
            if statistic == "minimum":
                top = largest_minimum(links.matrix, numbers[orders].T, size)
                reached += int((top >= best - tie).sum())
            elif best == -np.inf or (statistic == "joint" and best <= 0):
                reached += len(orders)
            else:
                summed, bound = _summed(numbers, mass, statistic, best, size)
                reached += int(reaching(trees, summed, orders, bound).sum())
            for _ in orders:
                step()
    p, low, high = inference.monte_carlo(
        np.array(reached), np.array(permutations - reached), permutations, "greater"
    )
    return replace(
        found,
        search={
            "sets": len(sets),
            "p_value": float(p),
            "p_interval": [float(low), float(high)],
            "permutations": permutations,
            "seed": inference.seed_of(rng),
        },
    )
