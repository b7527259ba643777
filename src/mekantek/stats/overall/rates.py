"""Rates of events in populations of different size, steadied by empirical Bayes."""

from __future__ import annotations

from math import fsum
from typing import Literal, get_args

import numpy as np
import pandas as pd

from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats.links import Missing

__all__ = ["RateKind", "empirical_bayes_rates"]

RateKind = Literal["standardized", "smoothed", "raw"]


def _refuse(events: pd.Series, population: pd.Series) -> None:
    """Refuse what is no count of events in a population."""
    for name, series in (("Events", events), ("The population", population)):
        if not isinstance(series, pd.Series) or not pd.api.types.is_numeric_dtype(series):
            raise ValuesError(f"{name} must be a pandas Series of numbers whose index holds ids.")
    counts = events.dropna()
    odd = counts[~np.isfinite(counts) | (counts < 0) | (counts != np.floor(counts))]
    if len(odd):
        raise ValuesError(
            f"{odd.iloc[0]:g} events in {odd.index[0]}: empirical Bayes rates need counts, whole "
            "numbers of 0 or more. Amounts such as dollars have no count behind them.",
            f"{odd.index[0]} biriminde {odd.iloc[0]:g} olay: ampirik Bayes oranları sayım ister, "
            "yani sıfır ya da daha büyük tam sayılar. Dolar gibi tutarların ardında sayım yoktur.",
        )
    people = population.dropna()
    empty = people[~(people > 0) | ~np.isfinite(people)]
    if len(empty):
        raise ValuesError(
            f"The population of {empty.index[0]} is {empty.iloc[0]:g}; it must be above 0.",
            f"{empty.index[0]} biriminin nüfusu {empty.iloc[0]:g}; sıfırdan büyük olmalıdır.",
        )


def empirical_bayes_rates(
    events: pd.Series,
    population: pd.Series,
    *,
    kind: RateKind = "standardized",
    missing: Missing = "refuse",
) -> pd.Series:
    r"""
    Turn counts of events into rates that small populations cannot dominate.

    Parameters
    ----------
    events : pandas.Series, shape (n,)
        Counts, whole numbers of 0 or more; the index holds the ids.
    population : pandas.Series, shape (n,)
        What the events were counted in, above 0; the same ids in any order.
    kind : {"standardized", "smoothed", "raw"}
        ``standardized``: deviation from the overall rate over its standard deviation, what Moran
        and local Moran of rates take. ``smoothed``: the rate drawn to the overall one, the more
        the smaller the population. ``raw``: events over population.
    missing : {"refuse", "drop"}
        Refuse missing values, or leave them missing and estimate from the others.

    Returns
    -------
    pandas.Series, shape (n,)
        Dimensionless (standardized) or events per unit of population; index as given.

    Raises
    ------
    ValuesError
        If events are no counts, a population is not above 0, or values are missing.
    AlignmentError
        If the ids differ or repeat.
    OptionError

    Notes
    -----
    Assunção & Reis (1999): :math:`z_i = (p_i - b)/\sqrt{a + b/x_i}`, :math:`b = \sum o/\sum x`,
    :math:`a = \sum x_i (p_i - b)^2/\sum x - b/\bar x`, taken as 0 where negative (as R's spdep,
    EBImoran); smoothed rates are Marshall's (1991) global ones (EBest).

    Examples
    --------
    >>> events = pd.Series({"a": 2, "b": 30, "c": 0, "d": 12})
    >>> people = pd.Series({"a": 100, "b": 1000, "c": 10, "d": 900})
    >>> empirical_bayes_rates(events, people).round(2).tolist()
    [-0.12, 1.19, -0.47, -1.22]
    """
    if kind not in get_args(RateKind):
        raise OptionError(f"kind is {kind!r}; it can be {', '.join(get_args(RateKind))}.")
    _refuse(events, population)
    if (
        events.index.has_duplicates
        or set(events.index) != set(population.index)
        or len(events) != len(population)
    ):
        raise AlignmentError(
            "Events and population do not bear the same ids, each once.",
            "Olaylarla nüfusun kimlikleri aynı değil.",
        )
    people = population.loc[events.index]
    absent = events.index[events.isna() | people.isna()]
    if len(absent) and missing == "refuse":
        raise ValuesError(
            f"{len(absent)} of {len(events)} values are missing: "
            f"{', '.join(map(str, absent[:8]))}. Fill them from a source, or drop these units on "
            "purpose (missing='drop', --missing drop).",
            f"{len(events)} değerden {len(absent)} tanesi eksik: "
            f"{', '.join(map(str, absent[:8]))}. Bir kaynaktan tamamlayın ya da bu birimleri "
            "bilerek çıkarın (--missing drop).",
        )
    known = ~events.index.isin(absent)
    o = events.to_numpy(dtype=np.float64, na_value=np.nan)[known]
    x = people.to_numpy(dtype=np.float64, na_value=np.nan)[known]
    # Sums without rounding, so that the order of the rows changes no bit.
    rate, overall = o / x, fsum(o) / fsum(x)
    spread = max((fsum(x * (rate - overall) ** 2) - overall * len(x)) / fsum(x), 0.0)
    if kind == "raw":
        result = rate
    elif overall == 0:
        result = np.zeros_like(rate)  # no events anywhere: nothing to tell units apart
    elif kind == "standardized":
        result = (rate - overall) / np.sqrt(spread + overall / x)
    else:
        result = overall + spread * (rate - overall) / (spread + overall / x)
    full = np.full(len(events), np.nan)
    full[known] = result
    return pd.Series(full, index=events.index, name=f"{kind} rate")
