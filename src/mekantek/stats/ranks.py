"""Ranks of values, ties sharing theirs."""

from __future__ import annotations

import numpy as np

__all__ = ["midranks"]

_TIE = 1e-9


def midranks(values: np.ndarray) -> np.ndarray:
    """
    Rank from 1, ties sharing their mean rank.

    Values that differ by less than 1e-9 of the range are tied: they print alike.

    Examples
    --------
    >>> midranks(np.array([0.3, 0.1, 0.3])).tolist()
    [2.5, 1.0, 2.5]
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    fresh = np.diff(ordered) > _TIE * max(float(np.ptp(values)), 1e-300)
    group = np.concatenate([[0], np.cumsum(fresh)])
    size = np.bincount(group)
    last = np.cumsum(size)
    ranks = np.empty(len(values))
    ranks[order] = (last - (size - 1) / 2)[group]
    return ranks
