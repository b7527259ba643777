"""Measures with the interval that the print leaves open: rounding, and cells printed twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.concentration.measures import MEASURES, Rows, checked

__all__ = ["Measure", "Unresolved", "concentration", "over_alternatives", "part_of_total", "reach"]

# Beyond so many combinations of prints their extremes are bounded, not listed.
_LISTED = 20_000


@dataclass(frozen=True, kw_only=True)
class Measure:
    """
    A measure with the interval that rounding of the print allows.

    Attributes
    ----------
    name : str
        A key of `MEASURES`.
    value, low, high : float or None
        Dimensionless. low and high are the extremes over all values the print may stand for; no
        confidence is claimed, for this is a census. None where undefined; high alone where it may
        be any number.
    interval : str or None
        ``"rounding"``, or None where the values are not rounded.
    n : int
        Units with values.
    undefined : str or None
        Why there is no value.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    interval: str | None
    n: int
    undefined: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "interval": self.interval,
            "n": self.n,
            "undefined": self.undefined,
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
    numbers = checked(values)
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
        value = float(MEASURES[name](numbers))
        defined = bool(np.isfinite(value))
        least, most = _extremes(name, floor, ceiling) if bounded and defined else (None, None)
        measures.append(
            Measure(
                name=name,
                value=value if defined else None,
                low=least,
                high=most,
                interval="rounding" if bounded else None,
                n=len(numbers),
                undefined=None if defined else "undefined: a unit holds nothing",
            )
        )
    return measures


# Measures that fall with concentration: minus a convex one, or its inverse.
_TURNED: Mapping[str, tuple[Rows, Callable[[float], float]]] = {
    "equivalent_number": (MEASURES["hhi"], lambda value: 1 / value),
    "entropy": (lambda values: -MEASURES["entropy"](values), lambda value: -value),
}


def _extremes(name: str, low: np.ndarray, high: np.ndarray) -> tuple[float, float | None]:
    """Extremes of a measure over a box."""
    if name in _TURNED:
        convex, back = _TURNED[name]
        return (
            back(_most_concentrated(low, high, convex)),
            back(_least_concentrated(low, high, convex)),
        )
    measure = MEASURES[name]
    most = _most_concentrated(low, high, measure)
    return _least_concentrated(low, high, measure), most if np.isfinite(most) else None


def reach(name: str, values: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    r"""
    Bound how far a measure can lie from its value anywhere in a box: quick, and never too small.

    Parameters
    ----------
    name : str
        ``gini``, ``hhi``, ``theil_t`` or ``cr…``.
    values, low, high : numpy.ndarray, shape (n,)
        ≥ 0, low ≤ values ≤ high.

    Returns
    -------
    float
        At least the distance from the measure of *values* to that of any point of the box.

    Raises
    ------
    OptionError
        If no bound is known for the measure.

    Notes
    -----
    Shares within the box differ by :math:`\delta = \sum_i \max(h_i - v_i, v_i - l_i) / \sum_i l_i`
    at most, in total variation. Over that distance a concentration ratio moves by δ, the sum of
    squares by :math:`\delta(2 s_{max} + \delta)`, Gini by 2δ (each pair by the sum of its two
    changes), entropy and with it Theil's T by :math:`\delta \ln(n - 1)` and the entropy of
    (δ, 1 - δ) (Audenaert 2007, *Journal of Physics A* 40, theorem 1).

    Examples
    --------
    >>> held = np.array([80.0, 15.0, 5.0])
    >>> round(reach("gini", held, held - 0.1, held + 0.1), 4)
    0.006
    """
    floor = float(low.sum())
    if floor <= 0:
        return float("inf")
    moved = min(float(np.maximum(high - values, values - low).sum()) / floor, 1.0)
    if name.startswith("cr"):
        return moved
    if name == "hhi":
        return moved * (2 * float(values.max() / values.sum()) + moved)
    if name == "gini":
        return 2 * moved
    if name == "theil_t":
        n, edge = len(values), min(moved, 1 - 1 / len(values))
        coin = float(special.entr(edge) + special.entr(1 - edge))
        return edge * float(np.log(max(n - 1, 1))) + coin
    raise OptionError(f"No bound is known for {name!r}.")


@dataclass(frozen=True, kw_only=True)
class Unresolved:
    """
    A measure over the prints of the cells that are printed twice.

    Attributes
    ----------
    name : str
    low, high : float or None
    units : int
        Units with more than one value.
    method : str
        ``"every combination"``, or ``"bound"`` where they are too many to list: then no combination
        lies outside, but none need reach the ends.
    """

    name: str
    low: float | None
    high: float | None
    units: int
    method: str

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {"low": self.low, "high": self.high, "units": self.units, "method": self.method}


def over_alternatives(
    values: pd.Series, alternatives: Mapping[Any, Sequence[float]], names: Sequence[str]
) -> list[Unresolved]:
    """
    Measure concentration over all combinations of the values that some units may have.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, not all zero; index: ids.
    alternatives : mapping of id to sequence of float
        What the unit's value may be besides.
    names : sequence of str
        Keys of `MEASURES`.

    Returns
    -------
    list of Unresolved
        Where there are more than 20,000 combinations, the extremes over the box that holds them.

    Raises
    ------
    ValuesError
        If values are missing, infinite or negative, all zero, or a unit has alternatives and no
        value.

    Examples
    --------
    >>> held = pd.Series({"a": 8.0, "b": 1.0, "c": 1.0})
    >>> [found] = over_alternatives(held, {"a": [1.0]}, ["hhi"])
    >>> round(found.low, 3), round(found.high, 3), found.method
    (0.333, 0.66, 'every combination')
    """
    numbers = checked(values)
    places = values.index.get_indexer(pd.Index(list(alternatives)))
    if (places < 0).any():
        raise ValuesError("A unit has alternatives and no value.")
    choices = [
        sorted({float(numbers[place]), *map(float, others)})
        for place, others in zip(places, alternatives.values(), strict=True)
    ]
    open_ = sum(len(c) > 1 for c in choices)
    count = int(np.prod([float(len(c)) for c in choices])) if choices else 1
    if count <= _LISTED:
        rows = np.repeat(numbers[None, :], count, axis=0)
        if choices:
            rows[:, places] = np.array(list(product(*choices)))
        found = {name: MEASURES[name](rows) for name in names}
        return [
            Unresolved(
                name=name, low=_finite(found[name].min()), high=_finite(found[name].max()),
                units=open_, method="every combination",
            )
            for name in names
        ]  # fmt: skip
    low, high = numbers.copy(), numbers.copy()
    low[places], high[places] = ([end(c) for c in choices] for end in (min, max))
    ends = {name: _extremes(name, low, high) for name in names}
    return [
        Unresolved(
            name=name, low=_finite(ends[name][0]), high=_finite(ends[name][1]), units=open_,
            method="bound",
        )
        for name in names
    ]  # fmt: skip


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


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
