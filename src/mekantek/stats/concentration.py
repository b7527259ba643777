"""How much of a total sits in few places, with the interval that rounding allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError, ShareError, ValuesError

__all__ = [
    "MEASURES",
    "Measure",
    "concentration",
    "concentration_ratio",
    "gini",
    "gini_unbiased",
    "hhi",
    "location_quotient",
    "lorenz",
    "part_of_total",
    "theil_t",
]


def _checked(values: np.ndarray | pd.Series) -> np.ndarray:
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) < 2:
        raise ValuesError(f"{len(numbers)} values; concentration needs at least two.")
    if not np.isfinite(numbers).all():
        raise ValuesError("A value is missing or infinite; concentration needs finite numbers.")
    if (numbers < 0).any():
        raise ValuesError(f"A value is negative, {numbers.min():g}; exports are 0 or more.")
    if numbers.sum() <= 0:
        raise ValuesError("All values are zero; nothing is there to concentrate.")
    return numbers


def gini(values: np.ndarray | pd.Series) -> float:
    r"""
    Gini coefficient of the values.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [0, 1 - 1/n]; 0 where all are equal.

    Raises
    ------
    ValuesError
        If a value is missing, infinite or negative, or all are zero.

    Notes
    -----
    :math:`G = \sum_i (2 r_i - n - 1) v_i / (n \sum v)`, r the rank (Cowell 2011, ch. 2).

    Examples
    --------
    >>> gini(np.array([0.0, 0.0, 1.0]))
    0.6666666666666666
    """
    return float(_gini_rows(_checked(values)))


def gini_unbiased(values: np.ndarray | pd.Series) -> float:
    """
    Gini coefficient times n/(n - 1), which reaches 1 where one unit has all.

    Examples
    --------
    >>> gini_unbiased(np.array([0.0, 0.0, 1.0]))
    1.0
    """
    return gini(values) * len(values) / (len(values) - 1)


def hhi(values: np.ndarray | pd.Series) -> float:
    """
    Herfindahl-Hirschman index: the sum of squared shares.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [1/n, 1]; its inverse is the equivalent number of equal units.

    Examples
    --------
    >>> hhi(np.array([1.0, 1.0, 2.0]))
    0.375
    """
    return float(_hhi_rows(_checked(values)))


def theil_t(values: np.ndarray | pd.Series) -> float:
    """
    Theil's T in nats; zeros contribute nothing.

    Examples
    --------
    >>> round(theil_t(np.array([1.0, 1.0, 1.0, 1.0])), 12)
    0.0
    """
    return float(_theil_rows(_checked(values)))


def concentration_ratio(values: np.ndarray | pd.Series, count: int) -> float:
    """
    Share of the *count* largest units in the total, CR_k.

    Raises
    ------
    OptionError
        If *count* is not between 1 and n.

    Examples
    --------
    >>> concentration_ratio(np.array([5.0, 3.0, 2.0]), 2)
    0.8
    """
    numbers = _checked(values)
    if not 1 <= count <= len(numbers):
        raise OptionError(f"count is {count}; it lies between 1 and {len(numbers)}.")
    return float(_ratio_rows(numbers, count))


def _gini_rows(values: np.ndarray) -> np.ndarray:
    """Gini of each row; the measures below likewise, so that many trials are one call."""
    ordered = np.sort(values, axis=-1)
    n = values.shape[-1]
    return np.asarray(ordered @ (2.0 * np.arange(1, n + 1) - n - 1) / (n * ordered.sum(axis=-1)))


def _hhi_rows(values: np.ndarray) -> np.ndarray:
    return np.asarray((values**2).sum(axis=-1) / values.sum(axis=-1) ** 2)


def _theil_rows(values: np.ndarray) -> np.ndarray:
    relative = values / values.mean(axis=-1, keepdims=True)
    return np.asarray(special.xlogy(relative, relative).mean(axis=-1))


def _ratio_rows(values: np.ndarray, count: int) -> np.ndarray:
    largest = np.partition(values, values.shape[-1] - count, axis=-1)[..., -count:]
    return np.asarray(largest.sum(axis=-1) / values.sum(axis=-1))


def _unbiased_rows(values: np.ndarray) -> np.ndarray:
    return np.asarray(_gini_rows(values) * values.shape[-1] / (values.shape[-1] - 1))


Rows = Callable[[np.ndarray], np.ndarray]

MEASURES: Mapping[str, Rows] = {
    "gini": _gini_rows,
    "gini_unbiased": _unbiased_rows,
    "hhi": _hhi_rows,
    "equivalent_number": lambda values: 1 / _hhi_rows(values),
    "theil_t": _theil_rows,
    **{f"cr{k}": partial(_ratio_rows, count=k) for k in (1, 2, 3, 5, 10)},
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """
    A measure with the interval that rounding of the print allows.

    Attributes
    ----------
    name : str
        A key of `MEASURES`.
    value, low, high : float
        Dimensionless. low and high are the extremes over all values the print may stand for; no
        confidence is claimed, for this is a census.
    interval : str or None
        ``"rounding"``, or None where the values are not rounded.
    n : int
        Units with values.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    interval: str | None
    n: int

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "interval": self.interval,
            "n": self.n,
        }


def _least_concentrated(low: np.ndarray, high: np.ndarray, measure: Rows) -> float:
    """
    Smallest value of a Schur-convex, scale-free measure over a box.

    For a given total the least concentrated point draws every value towards one level t,
    v = clip(t, low, high), so the search is along t alone. The measure falls and then rises along
    t, and between neighbouring bounds it has no flat stretch to get lost on.
    """
    from scipy.optimize import minimize_scalar

    def at(level: float) -> float:
        return float(measure(np.clip(level, low, high)))

    knots = np.unique(np.concatenate([low, high]))
    knots = knots[knots > 0]
    found: list[float] = measure(np.clip(knots[:, None], low, high)).tolist()
    least = min(found)
    # Where no box holds t the measure is flat, and rounding decides which end of that stretch looks
    # smaller: search two intervals on either side.
    best = found.index(least)
    for k in range(max(best - 2, 0), min(best + 2, len(knots) - 1)):
        left, right = float(knots[k]), float(knots[k + 1])
        inner = minimize_scalar(
            at, bounds=(left, right), method="bounded", options={"xatol": 1e-9 * right}
        )
        least = min(least, float(inner.fun))
    return least


def _most_concentrated(low: np.ndarray, high: np.ndarray, measure: Rows) -> float:
    """
    Largest value of a measure that is a convex function of shares, over a box.

    Such a measure is largest at a corner: large units up, small ones down. The best cut of three
    orderings is found first; then units change sides, alone and in pairs, while that helps.
    """
    n = len(low)
    upper = np.zeros((3 * (n + 1), n), dtype=bool)  # which units are up, one row a trial
    for k, key in enumerate((low + high, low, high)):
        rank = np.argsort(np.argsort(-key, kind="stable"), kind="stable")
        upper[k * (n + 1) : (k + 1) * (n + 1)] = rank[None, :] < np.arange(n + 1)[:, None]
    free = np.flatnonzero(high > low)
    first, second = np.triu_indices(len(free))  # the diagonal: one unit alone
    best: float = float("-inf")
    while True:
        trials = np.where(upper, high, low)
        trials = trials[trials.sum(axis=1) > 0]
        found = measure(trials)
        top = int(np.argmax(found))
        if not found[top] > best + 1e-15:
            return best
        best = float(found[top])
        corner = trials[top] == high
        upper = np.repeat(corner[None, :], len(first), axis=0)
        rows = np.arange(len(first))
        upper[rows, free[first]] = ~corner[free[first]]
        upper[rows, free[second]] = ~corner[free[second]]
        if not len(upper):
            return best


def concentration(
    values: pd.Series,
    *,
    low: pd.Series | None = None,
    high: pd.Series | None = None,
    names: tuple[str, ...] = tuple(MEASURES),
) -> list[Measure]:
    """
    Measure concentration, with its extremes over all values the print may stand for.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, one unit of measurement, not all zero.
    low, high : pandas.Series, optional
        What each value may be at least and at most, same index; without them no interval.
    names : tuple of str
        Which measures, keys of `MEASURES`.

    Returns
    -------
    list of Measure

    Raises
    ------
    ValuesError
        If values are missing, infinite or negative, all zero, or outside their bounds.
    OptionError
        If a name is no measure.

    Examples
    --------
    >>> exports = pd.Series([80.0, 15.0, 5.0])
    >>> [gini_] = concentration(exports, low=exports - 1, high=exports + 1, names=("gini",))
    >>> [round(v, 3) for v in (gini_.low, gini_.value, gini_.high)]
    [0.482, 0.5, 0.519]
    """
    numbers = _checked(values)
    for name in names:
        if name not in MEASURES:
            raise OptionError(f"No measure {name!r}; there are {', '.join(MEASURES)}.")
    bounded = low is not None and high is not None
    if bounded:
        floor = np.asarray(low, dtype=np.float64)
        ceiling = np.asarray(high, dtype=np.float64)
        if (floor > numbers).any() or (ceiling < numbers).any():
            raise ValuesError("A value lies outside its own bounds.")
    measures = []
    for name in names:
        if name.startswith("cr") and int(name[2:]) > len(numbers):
            continue
        measure = MEASURES[name]
        if not bounded:
            least = most = None
        elif name == "equivalent_number":
            least = 1 / _most_concentrated(floor, ceiling, _hhi_rows)
            most = 1 / _least_concentrated(floor, ceiling, _hhi_rows)
        else:
            least = _least_concentrated(floor, ceiling, measure)
            most = _most_concentrated(floor, ceiling, measure)
        measures.append(
            Measure(
                name=name,
                value=float(measure(numbers)),
                low=least,
                high=most,
                interval="rounding" if bounded else None,
                n=len(numbers),
            )
        )
    return measures


def part_of_total(
    values: pd.Series, members: list[Any], *, low: pd.Series, high: pd.Series
) -> tuple[float, float, float]:
    """
    Share of some units in the total, with its extremes over the units' bounds.

    Parameters
    ----------
    values, low, high : pandas.Series, shape (n,)
        Value of each unit, and what it may be at least and at most.
    members : list
        Ids of the units.

    Returns
    -------
    value, low, high : float
        Fractions in [0, 1].

    Examples
    --------
    >>> v = pd.Series({"a": 6.0, "b": 4.0})
    >>> [round(x, 3) for x in part_of_total(v, ["a"], low=v - 1, high=v + 1)]
    [0.6, 0.5, 0.7]
    """
    inside = values.index.isin(members)
    if int(inside.sum()) != len(set(members)):
        absent = [str(m) for m in members if m not in values.index]
        raise ValuesError(f"No value for {', '.join(absent)}; its part cannot be computed.")

    def part(within: pd.Series, without: pd.Series) -> float:
        numerator = float(within[inside].sum())
        return numerator / (numerator + float(without[~inside].sum()))

    return part(values, values), part(low, high), part(high, low)


def lorenz(values: pd.Series) -> pd.DataFrame:
    """
    Lorenz curve: how much of the total the smallest units hold together.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, not all zero.

    Returns
    -------
    pandas.DataFrame, shape (n + 1, 2)
        ``units`` and ``total``: cumulated fractions in [0, 1], from (0, 0) to (1, 1).

    Examples
    --------
    >>> lorenz(pd.Series([3.0, 1.0]))
       units  total
    0    0.0   0.00
    1    0.5   0.25
    2    1.0   1.00
    """
    ordered = np.sort(_checked(values))
    cumulated = np.concatenate([[0.0], np.cumsum(ordered)]) / ordered.sum()
    cumulated[-1] = 1.0
    return pd.DataFrame({"units": np.linspace(0, 1, len(ordered) + 1), "total": cumulated})


def location_quotient(share: pd.Series, *, reference: float) -> pd.Series:
    r"""
    Compare each province's share of a class with the reference share.

    Parameters
    ----------
    share : pandas.Series, shape (n_provinces,)
        Share of the class in each province's own exports. Fraction in [0, 1].
    reference : float
        Share of the class in the reference economy's exports. Fraction in (0, 1].

    Returns
    -------
    pandas.Series, shape (n_provinces,)
        Dimensionless, ≥ 0; 1 means as specialised as the reference. Index as given.

    Raises
    ------
    ShareError
        If *reference* is not in (0, 1], or a share is missing or outside [0, 1].

    Notes
    -----
    :math:`LQ_i = s_i / S`, the revealed comparative advantage of Balassa (1965).

    Examples
    --------
    >>> share = pd.Series({"Eskişehir": 0.344, "Ankara": 0.121})
    >>> location_quotient(share, reference=0.036).round(2)
    Eskişehir    9.56
    Ankara       3.36
    dtype: float64
    """
    if not 0 < reference <= 1:
        raise ShareError(f"The reference share is {reference:g}; it is a fraction in (0, 1].")
    wrong = share[~((share >= 0) & (share <= 1))]
    if len(wrong):
        raise ShareError(
            f"Invalid share in {len(wrong)} of {len(share)} provinces, first {wrong.index[0]}: "
            f"{wrong.iloc[0]:g}. Shares are fractions in [0, 1]; divide percentages by 100."
        )
    return share / reference
