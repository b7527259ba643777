"""A corridor's rank under every reasonable choice, and in maps where nothing is to be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import comb
from typing import Any, get_args

import numpy as np
import pandas as pd

from mekantek.findings.robustness import Specification
from mekantek.findings.sizes import floors
from mekantek.findings.verdict import Hypothesis, thresholds
from mekantek.stats import inference
from mekantek.stats.local.moran import local_moran
from mekantek.stats.subsets import SetStatistic, connected_sets, set_statistic
from mekantek.study import Study, other_prints
from mekantek.text import Text

__all__ = ["NULL", "clustered", "corridor_choices", "together_of"]

NULL = Text(
    "birimler bütün sütunlarıyla (bütün yıllar, değişkenler, toplamlar) komşuluk çizgesi üzerinde yer "
    "değiştirir: her birimin verisi ve çizge kalır, kimin kimle komşu olduğu bozulur",
    "whole units, all their years, variables and totals together, change places on the graph of "
    "neighbours: each unit's data and the graph stay, who neighbours whom does not",
)

# Floors of exports, millions of USD.
_FLOORS = (50, 100)
_STATISTICS: tuple[SetStatistic, ...] = get_args(SetStatistic)
# Sets that are written out for "any", and cells of a table of statistics.
_MOST = 2_000_000
_TIE = 1e-12


def together_of(hypothesis: Hypothesis) -> tuple[str, ...]:
    """Give the variable of a claim, and those together of which the same is asked."""
    tested, wider = str(hypothesis.options["class"]), hypothesis.options.get("together")
    return (tested,) if wider is None else (tested, str(wider))


def clustered(share: pd.Series, graph: Any, members: list[Any], names: pd.Series) -> dict[str, Any]:
    """
    Local Moran of the members, one-sided exact p corrected over the members by Holm.

    Parameters
    ----------
    share : pandas.Series, shape (n,)
        NaN are dropped.
    graph : GraphLike
    members : list
        Ids.
    names : pandas.Series
        Of the ids.

    Returns
    -------
    dict
        ``units`` with their quadrant, p and corrected p; ``clustered_everywhere``: all are
        high-high at the level of the findings.
    """
    lisa = local_moran(share, graph, alternative="greater", missing="drop")
    rows = lisa.frame.reindex(members)
    adjusted = inference.adjust(rows["p_value"].to_numpy(dtype=float), "holm")
    units = [
        {
            "id": str(unit),
            "name": str(names[unit]),
            "quadrant": rows.loc[unit, "quadrant"],
            "p_value": None if np.isnan(rows.loc[unit, "p_value"]) else rows.loc[unit, "p_value"],
            "p_adjusted": None if np.isnan(p) else float(p),
        }
        for unit, p in zip(members, adjusted, strict=True)
    ]
    everywhere = all(
        u["quadrant"] == "HH"
        and u["p_adjusted"] is not None
        and u["p_adjusted"] <= thresholds()["alpha"]
        for u in units
    )
    return {
        "name": "local_moran",
        "alternative": "greater",
        "method": lisa.method,
        "correction": "holm",
        "units": units,
        "clustered_everywhere": everywhere,
    }


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sets:
    """The sets that a choice of neighbours compares, and where they lie in every surrogate."""

    graph: Any
    listed: np.ndarray
    own: np.ndarray
    orders: np.ndarray
    connected: bool
    any: bool

    @cached_property
    def _cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Cells of the members and of all sets in a table of ordered sets, for every surrogate."""
        return _cell(self.own[None, :], self.orders)[0], _cell(self.listed, self._compared)

    @property
    def _compared(self) -> np.ndarray:
        """Surrogates in which the sets differ: of any sets at all only the members do."""
        return self.orders[:, :1] if self.any else self.orders

    def _statistics(
        self, values: np.ndarray, mass: np.ndarray, statistic: SetStatistic
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give the statistic of the members, shape (1 + R,), and of all sets, (n_sets, 1 + R)."""
        n, size = len(self.orders), self.listed.shape[1]
        if n**size <= _MOST:
            # A set in a surrogate is another set in the data: each is measured once and looked up.
            ordered = np.indices((n,) * size).reshape(size, -1).T
            table = set_statistic(ordered, values, statistic=statistic, weights=mass)
            own, every = self._cells
            return table[own], table[every]
        own, every = (
            set_statistic(sets, values[orders], statistic=statistic, weights=mass[orders])
            for sets, orders in ((self.own[None, :], self.orders), (self.listed, self._compared))
        )
        return own[0], every

    def effects(self, values: np.ndarray, mass: np.ndarray, statistic: SetStatistic) -> np.ndarray:
        """Part of the sets that the members beat in each surrogate; the first is the data."""
        beaten = np.full(self.orders.shape[1], np.nan)
        if not self.connected:
            return beaten
        own, every = self._statistics(values, mass, statistic)
        least = own - _TIE * np.maximum(1.0, np.abs(own))
        of = len(every) - np.isnan(every).sum(axis=0)
        ranked = np.sort(every[:, 0])[: of[0]] if self.any else None
        below = (every < least).sum(axis=0) if ranked is None else np.searchsorted(ranked, least)
        np.divide(below, of, out=beaten, where=~np.isnan(own))
        return beaten


def _cell(sets: np.ndarray, orders: np.ndarray) -> np.ndarray:
    cell: np.ndarray = orders[sets[:, 0]]
    for column in sets.T[1:]:
        cell = cell * len(orders) + orders[column]
    return cell


def _neighbourhoods(
    study: Study, own: np.ndarray, orders: np.ndarray
) -> Iterator[tuple[str, _Sets]]:
    n, size = len(study.names), len(own)
    # "any": among all sets of the size, adjacent or not.
    for spec in (*study.design.networks, "any"):
        graph = study.graph if spec in (study.graph.spec, "any") else study.neighbours(spec)
        if spec != "any":
            listed = connected_sets(graph.sparse, size)
            connected = bool((np.sort(own) == listed).all(axis=1).any())
        elif comb(n, size) <= _MOST:
            listed, connected = np.array(list(combinations(range(n), size))), True
        else:
            continue
        yield spec, _Sets(graph=graph, listed=listed, own=own, orders=orders,
                          connected=connected, any=spec == "any")  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Reading:
    """What is ranked: a variable and year under one print, for some units, by one statistic."""

    choice: Mapping[str, Any]
    share: pd.Series
    total: pd.Series
    statistic: SetStatistic


def _readings(study: Study, hypothesis: Hypothesis) -> Iterator[_Reading]:
    """List what the data allow to be ranked; a second print only where it is read."""
    other = other_prints(study)
    statistics = [s for s in _STATISTICS if study.sized or s != "weighted"]
    for name, year in product(together_of(hypothesis), sorted(study.panel, reverse=True)):
        first, second = study.at(year), other.at(year)
        if first.share(name).isna().all():
            continue
        same = first.share(name).equals(second.share(name))
        same_total = first.frame["value"].equals(second.frame["value"])
        prints = (("adopted", first), ("other print", second))
        for (cells, at), (floor, least) in product(prints, floors(study, _FLOORS).items()):
            total = at.frame["value"]
            share = at.share(name).where(total >= least) if least else at.share(name)
            for statistic in statistics:
                reads_total = bool(least) or statistic == "weighted"
                if cells == "other print" and same and (same_total or not reads_total):
                    continue
                choice = {
                    "class": name, "year": year, "statistic": statistic, "floor": floor,
                    "cells": cells,
                }  # fmt: skip
                yield _Reading(choice=choice, share=share, total=total, statistic=statistic)


def corridor_choices(
    study: Study,
    hypothesis: Hypothesis,
    *,
    surrogates: int = 999,
    rng: np.random.Generator | int = 0,
) -> tuple[tuple[Specification, ...], np.ndarray]:
    """
    Rank a corridor under every reasonable choice, in the data and in surrogates of them.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis
        With ``members`` and ``class``, and ``together`` if the same is asked of several variables.
    surrogates : int
        R; a surrogate permutes whole units over the graph, the same for every specification.
    rng : numpy.random.Generator or int

    Returns
    -------
    specifications : tuple of Specification, length S
        Neighbours (``any``: all sets, adjacent or not), class and year, statistic, volume floor
        and unresolved cells (where the other print touches what the specification reads).
        *effect*: the part of all sets of the size that the members beat, in [0, 1]; *p_value* one
        less that part, ties against the members. None where the members are not connected or have
        no value.
    effects : numpy.ndarray, shape (R, S)
        The same in the surrogates; NaN where undefined.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> belt = study.hypothesis("corridor-ankara-eskisehir")
    >>> specifications, effects = corridor_choices(study, belt, surrogates=9)
    >>> len(specifications) >= 1000, effects.shape == (9, len(specifications))
    (True, True)
    >>> specifications[0].choice["year"], round(specifications[0].p_value, 4)
    (2024, 0.005)
    """
    members = list(hypothesis.options["members"])
    ids = study.names.index
    own = ids.get_indexer(pd.Index(members))
    data = np.arange(len(ids))
    orders = np.vstack([data, *inference.permuted(data, surrogates, rng)]).T
    readings = list(_readings(study, hypothesis))
    found, columns = [], []
    for spec, sets in _neighbourhoods(study, own, orders):
        local: dict[int, bool] = {}  # by map: the statistics of one map share its clusters
        for reading in readings:
            share, total = reading.share.to_numpy(), reading.total.to_numpy()
            effects = sets.effects(share, total, reading.statistic)
            defined = not np.isnan(effects[0])
            p = 1.0 - float(effects[0])
            ranked = defined and p <= thresholds()["alpha"]
            # Only a rank that passes can turn on clusters.
            key = id(reading.share)
            if ranked and key not in local:
                told = clustered(reading.share, sets.graph, members, study.names)
                local[key] = told["clustered_everywhere"]
            facts = {"ranked": ranked, "clustered at every member": local.get(key, False)}
            word = hypothesis.decide(facts) if defined else "undecided"
            found.append(
                Specification(
                    choice={"neighbours": spec, **reading.choice},
                    effect=float(effects[0]) if defined else None,
                    p_value=p if defined else None,
                    verdict=word,
                )
            )
            columns.append(effects[1:])
    return tuple(found), np.column_stack(columns)
