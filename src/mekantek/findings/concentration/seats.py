"""What if a registered seat is not the place of activity: giving what one unit has to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.concentration.tables import class_table
from mekantek.stats.concentration import MEASURES, reassigned
from mekantek.study import Hypothesis, Study

__all__ = ["Seat", "SeatCurve", "seat_curve", "seat_of"]

_PARTS = tuple(k / 100 for k in range(101))


@dataclass(frozen=True)
class Seat:
    """
    Whose value may belong to others: by a claim's option ``seat``, else the largest unit.

    Parameters
    ----------
    unit : id
    name : str
    takers : mapping of id or None to str
        Who may get it, and what they are called; None: all others.
    """

    unit: Any
    name: str
    takers: Mapping[Any, str]


def seat_of(study: Study, hypothesis: Hypothesis) -> Seat:
    """
    Say whose value a claim's choices give away, and to whom.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> seat_of(study, study.hypothesis("concentration"))
    Seat(unit=34, name='İstanbul', takers={None: 'all', 41: 'Kocaeli'})
    """
    told, names = hypothesis.options.get("seat"), study.names
    if told is None:
        unit: Any = study.at(study.years[-1]).frame["value"].idxmax()
        return Seat(unit, str(names[unit]), {None: "all"})
    takers: dict[Any, str] = {None: "all"}
    if "to" in told:
        takers[told["to"]] = str(names[told["to"]])
    return Seat(told["unit"], str(names[told["unit"]]), takers)


@dataclass(frozen=True, kw_only=True)
class SeatCurve:
    """
    A measure of a class and of the whole along the part that one unit gives away.

    Attributes
    ----------
    name : str
        A key of `mekantek.stats.concentration.MEASURES`.
    unit : id
        Who gives it away.
    to : id or None
        Who gets it; None: all other units, in proportion to what they have of the same class.
    table : pandas.DataFrame, index part
        For each year the measure of the class and of the total: columns (year, class), part in
        [0, 1].
    """

    name: str
    unit: Any
    to: Any
    table: pd.DataFrame

    @property
    def turns(self) -> float | None:
        """The smallest part at which the class is not above the total in every year."""
        years = self.table.columns.get_level_values(0).unique()
        tested = self.table.columns.get_level_values(1)[0]
        above = np.all(
            [self.table[y, tested] > self.table[y, "total"] for y in years], axis=0
        )  # fmt: skip
        below = np.flatnonzero(~above)
        return float(self.table.index[below[0]]) if len(below) else None

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract; the curve at every tenth."""
        coarse = self.table.loc[[part for part in self.table.index if round(part * 100) % 10 == 0]]
        return {
            "schema": "mekantek/seats/1",
            "name": "seat_effect",
            "measure": self.name,
            "unit": str(self.unit),
            "to": None if self.to is None else str(self.to),
            "value": self.turns,
            "curve": [
                {
                    "part": float(part),
                    **{
                        f"{column[1]} {column[0]}": float(value)
                        for column, value in zip(self.table.columns.to_list(), row, strict=True)
                    },
                }
                for part, row in zip(coarse.index, coarse.to_numpy(), strict=True)
            ],
        }


def seat_curve(
    study: Study,
    classes: str,
    unit: Any,
    *,
    name: str = "gini",
    to: Any = None,
    years: Sequence[int] | None = None,
) -> SeatCurve:
    """
    Give a growing part of what one unit has to others and measure again.

    Parameters
    ----------
    study : Study
    classes : str
        The class; the whole is reassigned alike.
    unit : id
        Who gives it away.
    name : str
        A key of `mekantek.stats.concentration.MEASURES`.
    to : id, optional
        Who gets it; by default all other units, in proportion to what they have of the class (and
        of the whole, to their size).
    years : sequence of int, optional
        The complete years by default.

    Returns
    -------
    SeatCurve

    Notes
    -----
    Exports stand under the exporter's registered seat. By place of activity İstanbul's of 2024 are
    about 56.8 instead of 115.5 billion USD, half of it, and Kocaeli's about 32 instead of 13.1: so
    a part of one half given to all is a realistic case, and Kocaeli alone an extreme one.

    Examples
    --------
    >>> import mekantek as mt
    >>> curve = seat_curve(mt.load_study(), "high", 34)
    >>> curve.turns is None or curve.turns > 0.5
    True
    """
    columns = {}
    for year in years or study.years:
        for c in (classes, "total"):
            held = class_table(study.at(year), c)["value"]
            gone = reassigned(held, unit, 1.0, to=to)
            # What each holds is a straight line in the part given away.
            rows = held.to_numpy() + np.outer(_PARTS, gone - held)
            columns[year, c] = MEASURES[name](rows)
    table = pd.DataFrame(columns, index=pd.Index(_PARTS, name="part"))
    return SeatCurve(name=name, unit=unit, to=to, table=table)
