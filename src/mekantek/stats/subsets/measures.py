"""One number for a set of units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from mekantek.errors import OptionError

__all__ = ["SetStatistic", "check_statistic", "scores", "set_statistic"]

SetStatistic = Literal["minimum", "mean", "weighted", "joint"]


def check_statistic(statistic: str, weights: np.ndarray | None) -> None:
    """
    Refuse a statistic that is none, or lacks its weights.

    Raises
    ------
    OptionError
    """
    if statistic not in get_args(SetStatistic):
        raise OptionError(
            f"statistic is {statistic!r}; it can be {', '.join(get_args(SetStatistic))}."
        )
    if statistic == "weighted" and weights is None:
        raise OptionError(
            "The weighted statistic needs weights, such as total exports.",
            "Ağırlıklı istatistik ağırlık ister; toplam ihracat gibi.",
        )


def scores(values: np.ndarray) -> np.ndarray:
    """
    Z-scores, negative ones as zero; NaN where the values do not vary.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,) or (n, r)
        NaN are left out of mean and spread.

    Examples
    --------
    >>> scores(np.array([1.0, 3.0])).tolist()
    [0.0, 1.0]
    """
    spread = np.nanstd(values, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (values - np.nanmean(values, axis=0)) / np.where(spread > 0, spread, np.nan)
    return np.asarray(np.maximum(z, 0.0))


def set_statistic(
    sets: np.ndarray,
    values: np.ndarray,
    *,
    statistic: SetStatistic = "minimum",
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """
    One number for each set of units.

    Parameters
    ----------
    sets : numpy.ndarray of int, shape (n_sets, size)
        Positions of the members.
    values : numpy.ndarray, shape (n,) or (n, r)
        Shares in [0, 1], or any unit; r maps side by side.
    statistic : {"minimum", "mean", "weighted", "joint"}
        The smallest member (every member must carry the set), the plain mean, the mean weighted
        by *weights*, or the product of z-scores, negative ones as zero.
    weights : numpy.ndarray, shape of *values*, optional
        Such as total exports, USD; NaN makes the sets of that unit undefined.

    Returns
    -------
    numpy.ndarray, shape (n_sets,) or (n_sets, r)
        NaN where undefined.

    Raises
    ------
    OptionError
        If the statistic is none, or its weights are not given.

    Examples
    --------
    >>> set_statistic(np.array([[0, 1]]), np.array([0.344, 0.121])).tolist()
    [0.121]
    """
    check_statistic(statistic, weights)
    if statistic == "minimum":
        return _over(sets, values, np.minimum)
    if statistic == "mean":
        return np.asarray(_over(sets, values, np.add) / sets.shape[1])
    if statistic == "joint":
        return _over(sets, scores(values), np.multiply)
    assert weights is not None
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = _over(sets, weights, np.add)
        return np.asarray(_over(sets, values * weights, np.add) / whole)


def _over(sets: np.ndarray, values: np.ndarray, join: Callable[..., np.ndarray]) -> np.ndarray:
    """Join the members' values one column of sets at a time, which keeps memory at one value."""
    result: np.ndarray = values[sets[:, 0]]
    for column in sets.T[1:]:
        join(result, values[column], out=result)
    return result
