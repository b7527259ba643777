"""Do groups of units differ, and do they rise in a given order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import ValuesError
from mekantek.stats import inference
from mekantek.stats.ranks import midranks
from mekantek.stats.results import Alternative, GlobalResult, unit_order

__all__ = ["jonckheere", "kruskal_wallis"]

_TIE = 1e-9
# Permutations compared at once: each takes one number for each value and group.
_AT_ONCE = 50


def _grouped(
    values: pd.Series, groups: pd.Series, order: Sequence[Any] | None
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Values and group codes in the order of the ids; the same draws whatever the rows' order."""
    labels = groups.reindex(values.index)
    numbers = values.to_numpy(dtype=np.float64)
    if not np.isfinite(numbers).all() or labels.isna().any():
        raise ValuesError("A unit has no finite value or belongs to no group.")
    names = sorted(labels.unique(), key=str) if order is None else list(order)
    lost = set(labels.unique()) - set(names)
    if lost:
        raise ValuesError(f"The order lacks the group {sorted(map(str, lost))[0]}.")
    names = [name for name in names if (labels == name).any()]
    if len(names) < 2 or len(numbers) < 4:
        raise ValuesError(
            f"{len(names)} groups of {len(numbers)} units; at least two groups and four units are "
            "needed."
        )
    place = unit_order(values.index)
    code = labels.map({name: k for k, name in enumerate(names)}).to_numpy(dtype=np.intp)
    return numbers[place], code[place], names


def _undefined(head: dict[str, Any]) -> GlobalResult:
    return GlobalResult(statistic=None, variance=None, z_score=None, p_value=None,
                        undefined="undefined: no variation", **head)  # fmt: skip


def kruskal_wallis(
    values: pd.Series,
    groups: pd.Series,
    *,
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    r"""
    Test whether groups of units differ in rank.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; index: ids.
    groups : pandas.Series
        Group of each unit; at least the same ids.
    permutations : int
        R.
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult
        H with the correction for ties, p for H at least as large; ``details["means"]`` holds the
        mean value of each group.

    Raises
    ------
    ValuesError
        If a value or group is missing, or there are fewer than two groups or four units.

    Notes
    -----
    :math:`H = (n - 1) \sum_g n_g (\bar r_g - \bar r)^2 / \sum_i (r_i - \bar r)^2` (Kruskal & Wallis
    1952). The null takes units as exchangeable: where neighbours are alike and groups are regions,
    it is rejected too easily.

    Examples
    --------
    >>> found = kruskal_wallis(pd.Series([1.0, 2, 3, 7, 8, 9]), pd.Series(list("aaabbb")))
    >>> round(found.statistic, 3), found.p_value < 0.15
    (3.857, True)
    """
    numbers, code, names = _grouped(values, groups, None)
    n = len(numbers)
    sizes = np.bincount(code, minlength=len(names))
    head: dict[str, Any] = {
        "name": "kruskal_wallis",
        "null": "the observed values are assigned to the units at random; drawn permutations",
        "alternative": "greater",
        "method": "permutation",
        "expected": float(len(names) - 1),
        "n": n,
        "details": {
            "means": {str(g): float(numbers[code == k].mean()) for k, g in enumerate(names)}
        },
    }
    if np.ptp(numbers) == 0:
        return _undefined(head)
    score = midranks(numbers)
    score -= score.mean()
    scale = (n - 1) / float(score @ score)
    member = np.eye(len(names))[code]
    observed = float(((score @ member) ** 2 / sizes).sum() * scale)
    above = 0
    for block in inference.permuted(score, permutations, rng):
        drawn = ((block @ member) ** 2 / sizes).sum(axis=1) * scale
        above += int((drawn >= observed * (1 - _TIE)).sum())
    p, low, high = inference.monte_carlo(np.array(above), np.array(0), permutations, "greater")
    return GlobalResult(
        statistic=observed,
        variance=None,
        z_score=None,
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        **head,
    )


def jonckheere(
    values: pd.Series,
    groups: pd.Series,
    order: Sequence[Any],
    *,
    alternative: Alternative = "two-sided",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    r"""
    Test whether values rise from group to group in a given order.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; index: ids.
    groups : pandas.Series
        Group of each unit; at least the same ids.
    order : sequence
        All groups, from where values should be least.
    alternative : {"two-sided", "greater", "less"}
    permutations : int
        R.
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult
        ``statistic`` is in [-1, 1]: pairs of units of two groups that rise less those that fall,
        over all such pairs. ``details["means"]`` holds the mean of each group in the given order,
        ``details["j"]`` Jonckheere's J, ties counting one half.

    Raises
    ------
    ValuesError
        If a value or group is missing, *order* lacks a group, or there are fewer than two groups or
        four units.

    Notes
    -----
    Terpstra (1952), Jonckheere (1954): J = Σ of Mann–Whitney counts over pairs of groups; the
    statistic is 2J over the number of pairs, less 1. Units are exchangeable under the null.

    Examples
    --------
    >>> values, groups = pd.Series([1.0, 2, 3, 4, 5, 6]), pd.Series(list("aabbcc"))
    >>> found = jonckheere(values, groups, ["a", "b", "c"])
    >>> found.statistic, found.details["j"]
    (1.0, 12.0)
    """
    inference.check_alternative(alternative)
    numbers, code, names = _grouped(values, groups, order)
    head: dict[str, Any] = {
        "name": "jonckheere",
        "null": "the observed values are assigned to the units at random; drawn permutations",
        "alternative": alternative,
        "method": "permutation",
        "expected": 0.0,
        "n": len(numbers),
    }
    if np.ptp(numbers) == 0:
        return _undefined(head)
    ranks = midranks(numbers)
    net = int(_net(ranks[None, :], code)[0])
    above = below = squares = 0
    for block in inference.permuted(ranks, permutations, rng):
        for rows in np.array_split(block, max(1, len(block) // _AT_ONCE)):
            drawn = _net(rows, code)
            above += int((drawn >= net).sum())
            below += int((drawn <= net).sum())
            squares += int((drawn**2).sum())
    p, low, high = inference.monte_carlo(
        np.array(above), np.array(below), permutations, alternative
    )
    sizes = np.bincount(code)
    pairs = int(len(code) ** 2 - (sizes**2).sum()) // 2  # of different groups
    variance = squares / permutations / pairs**2
    means = {str(g): float(numbers[code == k].mean()) for k, g in enumerate(names)}
    return GlobalResult(
        statistic=net / pairs,
        variance=variance,
        z_score=net / pairs / float(np.sqrt(variance)),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        details={"j": (net + pairs) / 2, "order": [str(g) for g in names], "means": means},
        **head,
    )


def _net(rows: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Pairs of groups in which the later has the larger value, less those in which it has not."""
    levels, groups = np.unique(rows[0]), int(code.max()) + 1
    place = np.searchsorted(levels, rows) * groups + code
    shape = (len(rows), len(levels), groups)
    place += np.arange(len(rows))[:, None] * (shape[1] * groups)
    here = np.bincount(place.ravel(), minlength=int(np.prod(shape))).reshape(shape)
    below = here.cumsum(axis=1) - here
    within = below.cumsum(axis=2)
    # Of the smaller values: those of earlier groups speak for the order, those of later against.
    told = (within - below) - (within[..., -1:] - within)
    return np.asarray((here * told).sum(axis=(1, 2)))
