"""What a partly known ranking leaves open: the extremes over all its completions, proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.ranks import midranks

__all__ = ["Known", "RankBounds", "kendall_bounds", "spearman_bounds"]

# What is known of the units whose place is known: their rank among all, or their order alone.
Known = Literal["ranks", "order"]


@dataclass(frozen=True, kw_only=True)
class RankBounds:
    """
    A rank correlation over all completions of a partly known ranking.

    Attributes
    ----------
    low, high : float or None
        In [-1, 1]; None where the values do not vary.
    known, n : int
        Units with a known place and a value, and all units with a value.
    """

    low: float | None
    high: float | None
    known: int
    n: int


@dataclass(frozen=True)
class _Gains:
    """What a coefficient gains along a ranking, best first, and what does not depend on it."""

    # By known unit and by how many free units stand before it.
    known: np.ndarray
    # By how many free units and how many known ones stand before a free unit; None: by neither.
    free: Callable[[np.ndarray, int], np.ndarray] | None
    fixed: float
    scale: float


def kendall_bounds(rank: np.ndarray, value: np.ndarray, *, known: Known = "ranks") -> RankBounds:
    """
    Bound τ-b between a partly known ranking and a variable.

    Parameters
    ----------
    rank : numpy.ndarray, shape (n,)
        1 is best; NaN where unknown. Known ranks are different whole numbers from 1 to n.
    value : numpy.ndarray, shape (n,)
        Larger is more. A unit without a value (NaN) holds a rank and takes no part otherwise.
    known : {"ranks", "order"}
        With ``order`` the numbers only order the known units (scores, say), and any number of the
        others may stand between two of them.

    Returns
    -------
    RankBounds
        For τ between *good* rank and value: the extremes over all ways to give the free ranks to
        the units without one.

    Raises
    ------
    ValuesError
        If known ranks repeat or are no whole numbers from 1 to n.

    Notes
    -----
    Let two unranked units with values stand in the wrong order. Exchanging their ranks mends their
    own pair, and with every third unit ranked between them the two pairs gain or stay; pairs with
    units outside are untouched. So whatever free ranks are used, the largest τ gives them to the
    unranked units in the order of their values. What is left is which free ranks are used, where
    units without a value may take some: walking the ranks from the best, all that matters of the
    past is how many unranked units were placed, and a known unit's pairs with them depend on that
    number alone. Dynamic programming over it is therefore exact. The smallest τ is minus the
    largest of the values turned round. Denominators do not change: ranks have no ties, and ties in
    value stay.

    Examples
    --------
    >>> bounds = kendall_bounds(np.array([1, np.nan, np.nan]), np.array([3.0, 2.0, 1.0]))
    >>> round(bounds.low, 3), bounds.high
    (0.333, 1.0)
    """
    return _bounds(rank, value, known, _kendall_gains)


def spearman_bounds(rank: np.ndarray, value: np.ndarray, *, known: Known = "ranks") -> RankBounds:
    """
    Bound Spearman's ρ between a partly known ranking and a variable.

    Parameters
    ----------
    rank, value, known
        As of `kendall_bounds`. The units with a value are ranked among themselves.

    Returns
    -------
    RankBounds

    Raises
    ------
    ValuesError
        As of `kendall_bounds`.

    Notes
    -----
    Both sets of ranks are given, so ρ grows with the sum of products of place and rank of value
    alone. By the rearrangement inequality the free places go to the unranked units in the order of
    their values, and a place among the units with values is one more than the known and the
    unranked ones before it: the same dynamic programming as of `kendall_bounds`.

    Examples
    --------
    >>> bounds = spearman_bounds(np.array([1, np.nan, np.nan]), np.array([3.0, 2.0, 1.0]))
    >>> bounds.low, bounds.high
    (0.5, 1.0)
    """
    return _bounds(rank, value, known, _spearman_gains)


def _bounds(
    rank: np.ndarray,
    value: np.ndarray,
    known: Known,
    gains: Callable[[np.ndarray, np.ndarray], _Gains],
) -> RankBounds:
    has_value = ~np.isnan(value)
    n, takes_part = int(has_value.sum()), ~np.isnan(rank) & has_value
    slots = _slots(rank, takes_part, known, free=int((has_value & ~takes_part).sum()))
    given = rank[takes_part]
    placed = value[takes_part][np.argsort(given, kind="stable")]
    others = value[has_value & np.isnan(rank)]
    size = len(placed)
    if n < 2 or np.ptp(value[has_value]) == 0:
        return RankBounds(low=None, high=None, known=size, n=n)
    ordered = np.sort(others)
    high, low = _largest(slots, (gains(placed, ordered[::-1]), gains(-placed, -ordered)))
    return RankBounds(low=-low, high=high, known=size, n=n)


def _slots(rank: np.ndarray, takes_part: np.ndarray, known: Known, free: int) -> np.ndarray:
    """Places from the best on: True where a known unit stands, False where a free one may."""
    n, given = len(rank), rank[~np.isnan(rank)]
    if known == "order":
        placed = rank[takes_part]
        if len(np.unique(placed)) != len(placed):
            raise ValuesError(
                "Two units share a place; bounds over completions need an order without ties."
            )
        between = [False] * free
        return np.array([*between, *([True, *between] * len(placed))], dtype=bool)
    if known != "ranks":
        raise OptionError(f"known is {known!r}; it can be 'ranks' or 'order'.")
    if len(np.unique(given)) != len(given) or not np.isin(given, np.arange(1, n + 1)).all():
        raise ValuesError(
            f"Ranks must be different whole numbers from 1 to {n}; give scores through the test on "
            "known units instead."
        )
    # A rank whose holder has no value is no place at all.
    stands = np.zeros(n, dtype=bool)
    stands[rank[takes_part].astype(int) - 1] = True
    idle = np.zeros(n, dtype=bool)
    idle[rank[~np.isnan(rank) & ~takes_part].astype(int) - 1] = True
    return stands[~idle]


def _largest(slots: np.ndarray, sides: tuple[_Gains, _Gains]) -> tuple[float, float]:
    """Walk the places for both sides at once; the state is how many free units have been placed."""
    known = np.stack([side.known for side in sides], axis=1)
    states = known.shape[2]
    placed = np.arange(states - 1)
    best = np.full((2, states), -np.inf)
    best[:, 0], before = 0.0, 0
    for stands in slots:
        if stands:
            best = best + known[before]
            before += 1
            continue
        taken = best[:, :-1]
        if sides[0].free is not None:
            taken = taken + np.stack([side.free(placed, before) for side in sides if side.free])
        best[:, 1:] = np.maximum(best[:, 1:], taken)
    ends = best[:, -1].tolist()
    first, second = (
        float(np.clip((end + side.fixed) / side.scale, -1, 1))
        for end, side in zip(ends, sides, strict=True)
    )
    return first, second


def _kendall_gains(placed: np.ndarray, others: np.ndarray) -> _Gains:
    """Pairs of a known with a free unit; pairs of two known and of two free ones are fixed."""
    ranks = midranks(np.concatenate([placed, others]))
    mine, free = ranks[: len(placed)], ranks[len(placed) :]
    signs = np.sign(free[None, :] - mine[:, None])  # a free unit before k is concordant if larger
    before = np.concatenate([np.zeros((len(mine), 1)), np.cumsum(signs, axis=1)], axis=1)
    first, second = np.triu_indices(len(mine), 1)
    fixed = float(np.sign(mine[first] - mine[second]).sum())
    left, right = np.triu_indices(len(free), 1)
    fixed += float(np.abs(np.sign(free[left] - free[right])).sum())
    n = len(ranks)
    one, two = np.triu_indices(n, 1)
    untied = float((ranks[one] != ranks[two]).sum())
    return _Gains(
        known=2 * before - before[:, -1:],
        free=None,
        fixed=fixed,
        scale=float(np.sqrt(untied * n * (n - 1) / 2)),
    )


def _spearman_gains(placed: np.ndarray, others: np.ndarray) -> _Gains:
    """Products of place and centred rank of value; the mean of the places drops out."""
    ranks = midranks(np.concatenate([placed, others]))
    n = len(ranks)
    centred = ranks - ranks.mean()
    mine, free = centred[: len(placed)], centred[len(placed) :]
    count = np.arange(len(free) + 1)
    places = count[None, :] + np.arange(len(mine))[:, None] + 1
    return _Gains(
        known=-places * mine[:, None],
        free=lambda placed_, before: -(placed_ + before + 1) * free[placed_],
        fixed=0.0,
        scale=float(np.sqrt((centred @ centred) * n * (n**2 - 1) / 12)),
    )
