"""Tails of one weighted sum where few arrangements decide: place by place, cut where all is clear."""

from __future__ import annotations

import numpy as np

__all__ = ["branch_tails"]


def branch_tails(
    values: np.ndarray,
    counts: np.ndarray,
    weights: np.ndarray,
    target: float,
    *,
    tie: float,
    most: int,
) -> tuple[float, float] | None:
    """
    Count P(S ≥ s) and P(S ≤ s) by branch and bound.

    Places are filled from the largest weight down. A branch is done as soon as no, or every, way
    to fill the rest reaches the observed sum, so that tied values and sums near the end of the
    support, which no smooth approximation likes, need few branches.

    Parameters
    ----------
    values, counts : numpy.ndarray, shape (levels,)
        Distinct values, ascending, and how often each is there.
    weights : numpy.ndarray, shape (k,)
        Positive.
    target : float
        The observed sum s.
    tie : float
        Sums this close are equal.
    most : int
        Branches times levels that may be looked at in one place.

    Returns
    -------
    tuple of float, or None
        None where more branches are needed.

    Examples
    --------
    >>> one = np.ones(4)
    >>> branch_tails(np.arange(4.0), one, np.array([1.0, 2.0]), 8.0, tie=1e-9, most=100)
    (0.08333333333333333, 1.0)
    """
    weights = np.sort(weights)[::-1]
    left = counts.sum()
    high, low = _ends(values, counts, weights)
    sums, mass = np.zeros(1), np.ones(1)
    used = np.zeros((1, 0), dtype=np.int64)
    above = below = 0.0  # mass that is surely > s, surely < s
    for place, weight in enumerate(weights):
        if len(sums) * len(values) > most:
            return None
        free = np.broadcast_to(counts, (len(sums), len(values))).copy()
        every = np.arange(len(sums))
        for before in range(place):
            np.subtract.at(free, (every, used[:, before]), 1.0)
        row, level = np.nonzero(free > 0)
        chance = mass[row] * free[row, level] / (left - place)
        total = sums[row] + weight * values[level]
        over = total + low[place + 1] > target + tie
        under = total + high[place + 1] < target - tie
        above += float(chance[over].sum())
        below += float(chance[under].sum())
        open_ = ~(over | under)
        row, sums, mass = row[open_], total[open_], chance[open_]
        used = np.concatenate([used[row], level[open_, None]], axis=1)
    equal = float(mass.sum())
    return min(above + equal, 1.0), min(below + equal, 1.0)


def _ends(
    values: np.ndarray, counts: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Largest and smallest sums that the places from each one on can add."""
    k = len(weights)
    some = np.minimum(counts, k).astype(np.int64)
    down = np.repeat(values[::-1], some[::-1])[:k]
    up = np.repeat(values, some)[:k]
    high, low = np.zeros(k + 1), np.zeros(k + 1)
    for place in range(k):
        rest = weights[place:]
        high[place] = rest @ down[: len(rest)]
        low[place] = rest @ up[: len(rest)]
    return high, low
