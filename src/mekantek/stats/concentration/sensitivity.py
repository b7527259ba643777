"""How far a measure of concentration rests on single units: leaving out, and giving away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.concentration.measures import MEASURES, checked

__all__ = ["Jackknife", "jackknife", "reassigned"]


@dataclass(frozen=True, kw_only=True)
class Jackknife:
    """
    A measure without each unit in turn. Sensitivity to single units, no confidence interval.

    Attributes
    ----------
    name : str
    without : pandas.Series, shape (n,)
        The measure of the others, by the unit left out; index: ids.
    value : float or None
        With all units.
    """

    name: str
    without: pd.Series
    value: float | None

    @property
    def low(self) -> float | None:
        """The smallest value without one unit."""
        return None if self.value is None else float(self.without.min())

    @property
    def high(self) -> float | None:
        """The largest value without one unit."""
        return None if self.value is None else float(self.without.max())

    def moves(self, count: int = 3) -> list[tuple[Any, float]]:
        """Name the units whose absence moves the measure most, and by how much."""
        if self.value is None:
            return []
        change = self.without - self.value
        leading = change.abs().sort_values(ascending=False, kind="stable").index[:count]
        return [(unit, float(change[unit])) for unit in leading]

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        moves = [{"id": str(unit), "change": change} for unit, change in self.moves()]
        return {"low": self.low, "high": self.high, "moves": moves}


def jackknife(values: pd.Series, name: str) -> Jackknife:
    """
    Measure concentration without each unit in turn.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, not all zero; index: ids.
    name : str
        A key of `mekantek.stats.concentration.MEASURES`.

    Returns
    -------
    Jackknife

    Raises
    ------
    ValuesError
        If values are missing, infinite or negative, all zero, or fewer than three.
    OptionError
        If the name is no measure.

    Examples
    --------
    >>> found = jackknife(pd.Series({"a": 8.0, "b": 1.0, "c": 1.0}), "hhi")
    >>> found.moves(1)[0][0], round(found.low, 2), round(found.high, 2)
    ('a', 0.5, 0.8)
    """
    if name not in MEASURES:
        raise OptionError(f"No measure {name!r}; there are {', '.join(MEASURES)}.")
    numbers = checked(values)
    n = len(numbers)
    if n < 3:
        raise ValuesError(f"{n} units; leaving one out needs at least three.")
    others = np.array([[k for k in range(n) if k != out] for out in range(n)])
    rows = numbers[others]
    found = np.full(n, np.nan)
    some = rows.sum(axis=1) > 0
    found[some] = MEASURES[name](rows[some])
    found[~np.isfinite(found)] = np.nan
    value = float(MEASURES[name](numbers))
    return Jackknife(
        name=name,
        without=pd.Series(found, index=values.index),
        value=value if np.isfinite(value) else None,
    )


def reassigned(values: pd.Series, unit: Any, part: float, *, to: Any = None) -> pd.Series:
    """
    Give a part of one unit's value to others: what if a seat is not a place of activity.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0; index: ids.
    unit : hashable
        Who gives.
    part : float
        Of the unit's value, in [0, 1].
    to : hashable, optional
        Who gets it; by default all others, in proportion to what they hold.

    Returns
    -------
    pandas.Series, shape (n,)
        With the same sum.

    Raises
    ------
    OptionError
        If the part is outside [0, 1], a unit has no value, or the others hold nothing to go by.

    Examples
    --------
    >>> held = pd.Series({"a": 8.0, "b": 3.0, "c": 1.0})
    >>> reassigned(held, "a", 0.5).tolist(), reassigned(held, "a", 0.5, to="c").tolist()
    ([4.0, 6.0, 2.0], [4.0, 3.0, 5.0])
    """
    if not 0 <= part <= 1:
        raise OptionError(f"part is {part:g}; it lies between 0 and 1.")
    for named in (unit, to):
        if named is not None and named not in values.index:
            raise OptionError(f"Unit {named} has no value; nothing can be given from it or to it.")
    moved = part * float(values[unit])
    found = values.astype(float).copy()
    found[unit] -= moved
    if to is not None:
        found[to] += moved
        return found
    others = values.index != unit
    held = float(values[others].sum())
    if held <= 0:
        raise OptionError("The others hold nothing, so there is no proportion to give by.")
    found[others] *= 1 + moved / held
    return found
