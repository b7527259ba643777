"""Inequality taken apart: between and within groups, neighbours and others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from mekantek.errors import OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.concentration.measures import checked, gini, theil_l, theil_t
from mekantek.stats.links import join
from mekantek.stats.results import GlobalResult, unit_order

__all__ = ["Decomposition", "gini_by_neighbours", "theil_by_group"]

_TIE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Decomposition:
    """
    A measure as the sum of what lies between groups and what lies within them.

    Attributes
    ----------
    name : str
        ``theil_t`` or ``theil_l``.
    value, between, within : float or None
        In nats; value = between + within. None where the measure is undefined.
    groups : pandas.DataFrame, index group
        ``units`` (count), ``part`` (of the total, in [0, 1]), ``value`` (the measure in the group)
        and ``within`` (what the group adds to the within part).
    undefined : str or None
        Why there is no value.
    """

    name: str
    value: float | None
    between: float | None
    within: float | None
    groups: pd.DataFrame
    undefined: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {
            "name": self.name,
            "value": self.value,
            "between": self.between,
            "within": self.within,
            "undefined": self.undefined,
            "groups": [
                {"id": str(group), **{key: None if v != v else v for key, v in row.items()}}
                for group, row in zip(
                    self.groups.index, self.groups.to_dict("records"), strict=True
                )
            ],
        }


def theil_by_group(
    values: pd.Series, groups: pd.Series, *, name: Literal["theil_t", "theil_l"] = "theil_t"
) -> Decomposition:
    r"""
    Split Theil's T or L into what lies between groups and what lies within them.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, not all zero; index: ids.
    groups : pandas.Series
        Group of each unit; at least the same ids.
    name : {"theil_t", "theil_l"}

    Returns
    -------
    Decomposition
        Without numbers where L is asked for and a value is zero.

    Raises
    ------
    ValuesError
        If a value is missing, infinite or negative, all are zero, or a unit has no group.
    OptionError
        If the name is neither.

    Notes
    -----
    With :math:`p_g` the group's part of the units and :math:`q_g` its part of the total,
    :math:`T = \sum_g q_g \ln(q_g / p_g) + \sum_g q_g T_g` and
    :math:`L = \sum_g p_g \ln(p_g / q_g) + \sum_g p_g L_g` (Shorrocks 1984, *Econometrica* 52). A
    group that holds nothing adds nothing to T.

    Examples
    --------
    >>> held = pd.Series([1.0, 3.0, 2.0, 2.0])
    >>> found = theil_by_group(held, pd.Series(list("aabb")))
    >>> round(found.between, 4), round(found.within, 4), round(found.value, 4)
    (0.0, 0.0654, 0.0654)
    """
    if name not in ("theil_t", "theil_l"):
        raise OptionError(
            f"Only theil_t and theil_l fall apart by group without rest, not {name!r}."
        )
    numbers = checked(values)
    labels = groups.reindex(values.index)
    if labels.isna().any():
        raise ValuesError(f"Unit {values.index[labels.isna()][0]} belongs to no group.")
    measure = theil_t if name == "theil_t" else theil_l
    total, n = float(numbers.sum()), len(numbers)
    rows = []
    for group in sorted(labels.unique(), key=str):
        held = numbers[(labels == group).to_numpy()]
        units, part = len(held) / n, float(held.sum()) / total
        inner: float | None = 0.0
        if len(held) > 1 and held.sum() > 0:
            inner = measure(held)
        elif name == "theil_l" and (held == 0).any():
            inner = None
        weight = part if name == "theil_t" else units
        rows.append((group, len(held), part, inner, None if inner is None else weight * inner))
    table = pd.DataFrame(rows, columns=["group", "units", "part", "value", "within"])
    table = table.set_index("group")
    whole = measure(numbers)
    if whole is None:
        why = "undefined: a unit holds nothing"
        return Decomposition(name=name, value=None, between=None, within=None, groups=table,
                             undefined=why)  # fmt: skip
    p, q = table["units"].to_numpy() / n, table["part"].to_numpy()
    some = q > 0
    apart = q[some] @ np.log(q[some] / p[some]) if name == "theil_t" else p @ np.log(p / q)
    between = float(apart)
    within = float(table["within"].astype(float).sum())
    return Decomposition(name=name, value=whole, between=between, within=within, groups=table)


def gini_by_neighbours(
    values: pd.Series,
    graph: Any,
    *,
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    r"""
    Split the Gini coefficient into pairs of neighbours and all other pairs.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, not all zero, without missing values; index: ids, those of the graph or some of them.
    graph : GraphLike
        Who neighbours whom; weights and directions do not matter.
    permutations : int
        R.
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult
        The spatial Gini: the part of the coefficient that pairs who are no neighbours make up, in
        [0, 1]. Its expectation is their part of all pairs. p is the right tail: neighbours more
        alike than others leave more to the others. ``details``: ``gini``, ``neighbours`` and
        ``others`` (the two parts in the unit of the coefficient) and ``pairs`` (of neighbours).

    Raises
    ------
    ValuesError
        If a value is missing, infinite or negative, or all are zero.

    Notes
    -----
    :math:`G = \sum_i\sum_j |x_i - x_j| / (2 n^2 \bar x)`, the sum taken apart by :math:`w_{ij}`, 1
    for neighbours (Rey & Smith 2013, *Letters in Spatial and Resource Sciences* 6, eq. 5 and 6).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1))
    >>> held = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    >>> found = gini_by_neighbours(held, SimpleNamespace(ids=held.index, sparse=line))
    >>> round(found.statistic, 3), round(found.expected, 3), found.p_value < 0.05
    (0.857, 0.667, True)
    """
    checked(values)
    whole = values.reindex(graph.ids)
    if int(whole.notna().sum()) != len(values):
        raise ValuesError("A value belongs to no unit of the graph.")
    numbers, _, links = join(whole, graph, missing="drop")
    n = links.n
    order = unit_order(links.ids)  # the same draws whatever the rows' order
    numbers = numbers[order]
    place = np.argsort(order)
    ends = np.column_stack((links.matrix + links.matrix.T).nonzero())
    first, second = place[ends[ends[:, 0] < ends[:, 1]]].T
    scale = float(n * n * numbers.mean())  # each pair stands twice in the double sum
    coefficient = gini(numbers)
    head: dict[str, Any] = {
        "name": "spatial_gini",
        "null": "the observed values are assigned to the units at random; drawn permutations",
        "alternative": "greater",
        "method": "permutation",
        "variance": None,
        "z_score": None,
        "n": n,
        "weights": links.description,
    }
    if np.ptp(numbers) == 0:
        return GlobalResult(statistic=None, expected=None, p_value=None,
                            undefined="undefined: no variation", **head)  # fmt: skip
    near = float(np.abs(numbers[first] - numbers[second]).sum())
    every = coefficient * scale
    less = 0
    for block in inference.permuted(numbers, permutations, rng):
        drawn = np.abs(block[:, first] - block[:, second]).sum(axis=1)
        less += int((drawn <= near + _TIE * every).sum())
    p, low, high = inference.monte_carlo(np.array(less), np.array(0), permutations, "greater")
    return GlobalResult(
        statistic=1 - near / every,
        expected=1 - len(first) / (n * (n - 1) / 2),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        details={
            "gini": coefficient,
            "neighbours": near / scale,
            "others": (every - near) / scale,
            "pairs": len(first),
        },
        **head,
    )
