"""What if a registered seat is not the place of activity: giving İstanbul's exports to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.concentration.tables import class_table
from mekantek.stats.concentration import MEASURES, reassigned
from mekantek.study import Study

__all__ = ["ISTANBUL", "KOCAELI", "SeatCurve", "seat_curve"]

ISTANBUL, KOCAELI = 34, 41
_PARTS = tuple(k / 100 for k in range(101))


@dataclass(frozen=True, kw_only=True)
class SeatCurve:
    """
    A measure of a class and of total exports along the part that the capital of seats gives away.

    Attributes
    ----------
    name : str
        A key of `mekantek.stats.concentration.MEASURES`.
    to : int or None
        Who gets it; None: all other provinces, in proportion to their exports in the same class.
    table : pandas.DataFrame, index part
        For each year the measure of the class and of the total: columns (year, class), part in
        [0, 1].
    """

    name: str
    to: int | None
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
            "unit": str(ISTANBUL),
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
    classes: str = "high",
    *,
    name: str = "gini",
    to: int | None = None,
    years: Sequence[int] | None = None,
) -> SeatCurve:
    """
    Give a growing part of İstanbul's exports to other provinces and measure again.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    classes : str
        The class; total exports are reassigned alike.
    name : str
        A key of `mekantek.stats.concentration.MEASURES`.
    to : int, optional
        Plate of who gets it; by default all other provinces, in proportion to their own exports in
        the class (and of the total, to their total exports).
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
    >>> curve = seat_curve(mt.load_study())
    >>> curve.turns is None or curve.turns > 0.5
    True
    """
    columns = {}
    for year in years or study.years:
        for c in (classes, "total"):
            held = class_table(study.at(year), c)["value"]
            gone = reassigned(held, ISTANBUL, 1.0, to=to)
            # What each holds is a straight line in the part given away.
            rows = held.to_numpy() + np.outer(_PARTS, gone - held)
            columns[year, c] = MEASURES[name](rows)
    table = pd.DataFrame(columns, index=pd.Index(_PARTS, name="part"))
    return SeatCurve(name=name, to=to, table=table)
