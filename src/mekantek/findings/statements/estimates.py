"""Numbers with the interval that the printed shares allow, and the ledger they are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.datasets import tables

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["HALF", "Estimate", "Ledger"]

# A share is printed to a tenth of a point: the true one lies this far away at most.
HALF = 0.0005

_ENDS = ("value", "low", "high")
_CLASSES = ("high", "medium_high", "medium_low", "low")


@dataclass(frozen=True)
class Estimate:
    """
    A number and the worst cases around it.

    Attributes
    ----------
    value : float
        From the adopted values.
    low, high : float
        Smallest and largest value when every printed share may be off by 0.05 points and every
        cell that the report prints twice may have either print. No confidence interval.
    """

    value: float
    low: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """Give an estimate without doubt."""
        return cls(value, value, value)

    def over(self, other: Estimate) -> Estimate:
        """
        Divide by another positive estimate, the two taken as free of each other.

        Examples
        --------
        >>> Estimate(6, 4, 8).over(Estimate(2, 1, 4))
        Estimate(value=3.0, low=1.0, high=8.0)
        """
        return Estimate(self.value / other.value, self.low / other.high, self.high / other.low)

    def plus(self, other: Estimate, sign: int = 1) -> Estimate:
        """
        Add another estimate, or take it away with ``sign=-1``.

        Examples
        --------
        >>> Estimate(6, 5, 7).plus(Estimate(2, 1, 3), sign=-1)
        Estimate(value=4, low=2, high=6)
        """
        low, high = (other.low, other.high) if sign > 0 else (other.high, other.low)
        return Estimate(
            self.value + sign * other.value, self.low + sign * low, self.high + sign * high
        )


class Ledger:
    """
    Shares and totals of a study, each with the lowest and the highest value it may have.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._kept: dict[tuple[int, str], pd.DataFrame] = {}

    @cached_property
    def _others(self) -> pd.DataFrame:
        return tables.load_other_prints()

    def _cells(self, year: int, column: str) -> pd.DataFrame:
        """``value, low, high`` of one printed column, NaN where nothing is printed."""
        frame = self.study.at(year).frame
        slack = 0.0 if column == "value" else HALF
        cells = pd.DataFrame({"value": frame[column]})
        cells["low"], cells["high"] = cells["value"] - slack, cells["value"] + slack
        rows = self._others[(self._others["year"] == year) & (self._others["column"] == column)]
        for row in rows.to_dict("records"):
            prints = (float(row["adopted"]), float(row["other"]))
            plate = row["plate"]
            cells.loc[plate, "low"] = min(cells.loc[plate, "low"], min(prints) - slack)
            cells.loc[plate, "high"] = max(cells.loc[plate, "high"], max(prints) + slack)
        return cells if column == "value" else cells.clip(lower=0, upper=1)

    def shares(self, year: int, classes: str) -> pd.DataFrame:
        """
        Share of a class, or of several joined by ``+``, in each province's exports.

        Returns
        -------
        pandas.DataFrame, index plate
            ``value, low, high``: fractions in [0, 1], NaN where nothing is printed.
        """
        if (year, classes) not in self._kept:
            named = list(_CLASSES) if classes == "unclassified" else classes.split("+")
            parts = [self._cells(year, name) for name in named]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            if classes == "unclassified":
                total = 1 - total[["value", "high", "low"]].set_axis(
                    ["value", "low", "high"], axis=1
                )
            self._kept[year, classes] = total.round(9).clip(lower=0, upper=1)
        return self._kept[year, classes]

    def values(self, year: int, classes: str) -> pd.DataFrame:
        """
        Exports of a class in USD, or all exports for ``"total"``.

        Returns
        -------
        pandas.DataFrame, index plate
            ``value, low, high`` of the provinces with a printed total.
        """
        if (year, f"{classes} USD") not in self._kept:
            total = self._cells(year, "value").dropna()
            values = total
            if classes != "total":
                values = self.shares(year, classes).reindex(total.index) * total
            self._kept[year, f"{classes} USD"] = values.dropna()
        return self._kept[year, f"{classes} USD"]

    def share_of(self, members: Sequence[int], classes: str, year: int) -> Estimate:
        """Give the share of a class in the exports of some provinces together; of all if empty."""
        share = self.shares(year, classes)
        if len(members) == 1:
            return Estimate(*(float(share[end][members[0]]) for end in _ENDS))
        total = self.values(year, "total")
        kept = total.index.intersection(list(members)) if members else total.index
        share, total = share.loc[kept].dropna(), total.loc[kept]
        total = total.loc[share.index]
        value = float((share["value"] * total["value"]).sum() / total["value"].sum())
        return Estimate(value, _extreme(share, total, -1), _extreme(share, total, 1))

    def part_of(self, members: Sequence[int], classes: str, year: int) -> Estimate:
        """Give the part that some provinces hold of the whole country's exports of a class."""
        values = self.values(year, classes)
        inside = values.index.isin(list(members))
        mine, rest = values[inside].sum(), values[~inside].sum()
        return Estimate(
            float(mine["value"] / (mine["value"] + rest["value"])),
            float(mine["low"] / (mine["low"] + rest["high"])),
            float(mine["high"] / (mine["high"] + rest["low"])),
        )

    def value_of(self, members: Sequence[int], classes: str, year: int) -> Estimate:
        """Give the exports of some provinces in a class, USD; of all if empty."""
        values = self.values(year, classes)
        kept = values.loc[list(members)] if members else values
        return Estimate(*(float(kept[c].sum()) for c in _ENDS))

    def rank_of(self, member: int, table: pd.DataFrame, among: Sequence[int] = ()) -> Estimate:
        """Give the rank of a province in a table, 1 being highest, with its best and worst case."""
        rows = table.dropna()
        others = (rows.loc[rows.index.isin(list(among))] if among else rows).drop(index=member)
        mine = rows.loc[member]
        return Estimate(
            1 + int((others["value"] > mine["value"]).sum()),
            1 + int((others["low"] > mine["high"]).sum()),
            1 + int((others["high"] > mine["low"]).sum()),
        )


def _extreme(share: pd.DataFrame, total: pd.DataFrame, sign: int) -> float:
    """
    Largest (or smallest) mean share over all totals in their intervals.

    A ratio of two sums: each total stands at the end that draws the ratio the wanted way, which
    depends on the ratio itself; the fixed point is reached in a few steps (Dinkelbach 1967).
    """
    s = share["high" if sign > 0 else "low"].to_numpy()
    low, high = total["low"].to_numpy(), total["high"].to_numpy()
    ratio = float(np.average(s, weights=low))
    while True:
        t = np.where(sign * (s - ratio) > 0, high, low)
        following = float((s * t).sum() / t.sum())
        if abs(following - ratio) < 1e-15:
            return following
        ratio = following
