"""Moves between states from one year to the next: counts, probabilities, stayers and mobility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError, ValuesError

__all__ = ["Transitions", "check_years", "quantile_states", "transitions"]


def check_years(years: Sequence[object]) -> None:
    """
    Refuse a panel that has no two years.

    Raises
    ------
    ValuesError
        Always names what is there.

    Examples
    --------
    >>> check_years([2019, 2024])
    """
    if len(years) < 2:
        listed = ", ".join(map(str, years)) or "–"
        raise ValuesError(
            f"Change needs two years; there is {listed}. Give a second one.",
            f"Değişim iki yıl ister; olan: {listed}. İkinci bir yıl verin.",
        )


@dataclass(frozen=True, kw_only=True)
class Transitions:
    """
    Moves between states, all steps of a panel together.

    Attributes
    ----------
    states : tuple
        Names of the states, the order of rows and columns.
    steps : tuple of (year, year)
        Neighbouring columns of the panel.
    counts : numpy.ndarray of int, shape (k, k)
        ``counts[a, b]``: how often a unit was in *a* and then in *b*.
    left_out : int
        Steps of units without a state on either side.
    """

    states: tuple[Any, ...]
    steps: tuple[tuple[Any, Any], ...]
    counts: np.ndarray
    left_out: int = 0

    @property
    def probabilities(self) -> np.ndarray:
        """
        Part of the moves out of each state, shape (k, k); a row without any is NaN.

        The maximum-likelihood estimate of a first-order chain whose steps are alike (Anderson &
        Goodman 1957, *Annals of Mathematical Statistics* 28).
        """
        out = self.counts.sum(axis=1, keepdims=True)
        found: np.ndarray = np.divide(
            self.counts, out, out=np.full(self.counts.shape, np.nan), where=out > 0
        )
        return found

    @property
    def stayed(self) -> int:
        """How often a unit stayed in its state."""
        return int(np.trace(self.counts))

    @property
    def moved(self) -> int:
        """How often a unit left its state."""
        return int(self.counts.sum()) - self.stayed

    @property
    def mobility(self) -> float | None:
        r"""
        Mobility of the chain in [0, k/(k - 1)]: 0 if nobody moves, 1 if where one was says nothing.

        :math:`M = (k - \operatorname{tr} P)/(k - 1)` (Prais 1955; Shorrocks 1978, *Econometrica* 46).
        None where a state was never left nor kept: its row has no probabilities.
        """
        p = self.probabilities
        if len(p) < 2 or np.isnan(p).any():
            return None
        return float((len(p) - np.trace(p)) / (len(p) - 1))

    def to_dict(self) -> dict[str, Any]:
        """Give counts, probabilities (None where there are none), stayers, movers and mobility."""
        return {
            "states": [str(state) for state in self.states],
            "steps": [list(step) for step in self.steps],
            "counts": self.counts.tolist(),
            "probabilities": [
                [None if p != p else float(p) for p in row] for row in self.probabilities
            ],
            "stayed": self.stayed,
            "moved": self.moved,
            "left_out": self.left_out,
            "mobility": self.mobility,
        }


def transitions(panel: pd.DataFrame, states: Sequence[Any]) -> Transitions:
    """
    Count the moves between states over neighbouring columns.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (n_units, T)
        The state of each unit in each year, T ≥ 2; anything but a state (missing, "isolate") is
        none, and its steps are left out and counted.
    states : sequence of length k

    Returns
    -------
    Transitions

    Raises
    ------
    ValuesError
        If there are no two years.
    OptionError
        If a state is named twice.

    Examples
    --------
    >>> panel = pd.DataFrame({2019: ["a", "a", "b"], 2024: ["a", "b", "b"]})
    >>> found = transitions(panel, ("a", "b"))
    >>> found.counts.tolist(), found.stayed, found.mobility
    ([[1, 1], [0, 1]], 2, 0.5)
    """
    check_years(list(panel.columns))
    if len(set(states)) < len(states):
        raise OptionError(f"A state is named twice: {', '.join(map(str, states))}.")
    place = {state: at for at, state in enumerate(states)}
    codes = np.array([[place.get(s, -1) for s in row] for row in panel.to_numpy(dtype=object)])
    counts = np.zeros((len(states), len(states)), dtype=np.int64)
    before, after = codes[:, :-1].ravel(), codes[:, 1:].ravel()
    known = (before >= 0) & (after >= 0)
    np.add.at(counts, (before[known], after[known]), 1)
    years = list(panel.columns)
    return Transitions(
        states=tuple(states), steps=tuple(pairwise(years)), counts=counts,
        left_out=int((~known).sum()),
    )  # fmt: skip


def quantile_states(panel: pd.DataFrame, *, classes: int = 5) -> pd.DataFrame:
    """
    Put each unit into a class of its year's own quantiles, 1 the lowest.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (n_units, T)
        Any unit; missing values get no class and do not count to the quantiles.
    classes : int
        k ≥ 2; quintiles by default.

    Returns
    -------
    pandas.DataFrame, shape (n_units, T)
        1 … k, missing where the value is. Equal values share a class, so classes may differ in
        size, and one may be empty where many values are alike.

    Raises
    ------
    OptionError
        If *classes* is below 2.

    Notes
    -----
    Class boundaries are the k - 1 inner quantiles (linear interpolation, Hyndman & Fan's type 7), a
    value on a boundary in the class below. Boundaries are each year's own: what is followed is the
    place among the others, not the level.

    Examples
    --------
    >>> quantile_states(pd.DataFrame({2024: [1.0, 2.0, 3.0, 4.0]}), classes=2)[2024].tolist()
    [1, 1, 2, 2]
    """
    if classes < 2:
        raise OptionError(f"{classes} classes; there must be two or more.",
                          f"{classes} sınıf; iki ya da daha çok olmalı.")  # fmt: skip
    found = {}
    for year, column in panel.items():
        values = column.to_numpy(dtype=float)
        known = ~np.isnan(values)
        if not known.any():
            found[year] = pd.array([pd.NA] * len(values), dtype="Int64")
            continue
        cuts = np.quantile(values[known], np.arange(1, classes) / classes)
        codes = np.searchsorted(cuts, values, side="left") + 1
        found[year] = pd.array(np.where(known, codes, 0), dtype="Int64")
        found[year][~known] = pd.NA
    return pd.DataFrame(found, index=panel.index)
