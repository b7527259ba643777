"""Do two things go together: ranks against ranks, and one group against the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mekantek.errors import ValuesError
from mekantek.stats import inference
from mekantek.stats.nulls.exact import inversion_counts
from mekantek.stats.ranks import midranks
from mekantek.stats.results import Alternative, GlobalResult

__all__ = [
    "TauBounds",
    "difference_of_means",
    "kendall",
    "kendall_bounds",
]

_TIE = 1e-9


def _signs(values: np.ndarray) -> np.ndarray:
    """Sign of every difference, ties as zero, shape (n, n)."""
    ranks = midranks(values)
    return np.asarray(np.sign(ranks[:, None] - ranks[None, :]))


def _tau(x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
    a, b = _signs(x), _signs(y)
    concordance = int((a * b).sum() / 2)
    scale = np.sqrt(float(np.abs(a).sum() / 2) * float(np.abs(b).sum() / 2))
    return float(concordance / scale) if scale else float("nan"), concordance


def kendall(
    x: np.ndarray,
    y: np.ndarray,
    *,
    alternative: Alternative = "two-sided",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    """
    Kendall's τ-b, exact where one side has no ties.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        Scores or ranks, larger is more.
    alternative : {"two-sided", "greater", "less"}
    permutations : int
        R, drawn only where both sides have ties.
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult

    Notes
    -----
    Without ties on one side S = P - 2·inversions, P the untied pairs of the other, and the
    orderings of a multiset by inversions are counted exactly (Kendall 1970; Gaussian
    multinomials).

    Examples
    --------
    >>> found = kendall(np.array([1, 2, 3, 4]), np.array([1, 2, 3, 4]))
    >>> found.statistic, round(found.p_value, 4), found.method
    (1.0, 0.0833, 'exact')
    """
    inference.check_alternative(alternative)
    n = len(x)
    if n != len(y) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValuesError("Kendall's tau needs as many finite values on both sides.")
    head: dict[str, Any] = {
        "name": "kendall_tau_b",
        "null": "every order of the one variable is equally likely given the other",
        "alternative": alternative,
        "expected": 0.0,
        "n": n,
    }
    if n < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return GlobalResult(
            statistic=None,
            variance=None,
            z_score=None,
            p_value=None,
            method="exact",
            undefined="undefined: no variation",
            **head,
        )
    tau, concordance = _tau(x, y)
    tied = [np.unique(midranks(v), return_counts=True)[1] for v in (x, y)]
    if all((t > 1).any() for t in tied):
        above = below = 0
        a, b = _signs(x), _signs(y)
        for block in inference.permuted(np.arange(n), permutations, rng):
            for order in block:
                drawn = int((a * b[order][:, order]).sum() / 2)
                above += drawn >= concordance
                below += drawn <= concordance
        p, low, high = inference.monte_carlo(
            np.array(above), np.array(below), permutations, alternative
        )
        return GlobalResult(
            statistic=tau,
            variance=None,
            z_score=None,
            p_value=float(p),
            p_interval=(float(low), float(high)),
            method="permutation",
            permutations=permutations,
            seed=inference.seed_of(rng),
            **head,
        )
    groups = tied[0] if (tied[0] > 1).any() else tied[1]
    counts = inversion_counts([int(g) for g in groups])
    untied = (n * (n - 1) - int((groups * (groups - 1)).sum())) // 2
    every = sum(counts)
    scores = [untied - 2 * d for d in range(len(counts))]
    above_share = sum(c for c, s in zip(counts, scores, strict=True) if s >= concordance) / every
    below_share = sum(c for c, s in zip(counts, scores, strict=True) if s <= concordance) / every
    scale = np.sqrt(untied * (n * (n - 1) / 2))
    variance = sum(c * s * s for c, s in zip(counts, scores, strict=True)) / every / scale**2
    p_exact = inference.from_tails(np.array(above_share), np.array(below_share), alternative)
    return GlobalResult(
        statistic=tau,
        variance=float(variance),
        z_score=float(tau / np.sqrt(variance)),
        p_value=float(p_exact),
        method="exact",
        **head,
    )


@dataclass(frozen=True, kw_only=True)
class TauBounds:
    """
    Kendall's τ-b over all completions of a partly known ranking.

    Attributes
    ----------
    low, high : float
        In [-1, 1].
    known, n : int
        Units with a known rank, and all units.
    """

    low: float
    high: float
    known: int
    n: int


def kendall_bounds(rank: np.ndarray, value: np.ndarray) -> TauBounds:
    """
    Bound τ-b between a partly known ranking and a fully known variable.

    Parameters
    ----------
    rank : numpy.ndarray, shape (n,)
        1 is best; NaN where unknown. Known ranks are different whole numbers from 1 to n.
    value : numpy.ndarray, shape (n,)
        Larger is more; known for all.

    Returns
    -------
    TauBounds
        For τ between *good* rank and value: the extremes over all ways to give the free ranks to
        the units without one.

    Raises
    ------
    ValuesError
        If known ranks repeat or are no whole numbers from 1 to n.

    Notes
    -----
    Take two unranked units in the wrong order. Exchanging their ranks mends their own pair, and
    every third unit ranked between them gains too, or stays; units outside are untouched. So the
    largest τ gives the best free rank to the largest value, and so on down; the smallest reverses
    it. Denominators do not change: ranks have no ties, and ties in value stay.

    Examples
    --------
    >>> bounds = kendall_bounds(np.array([1, np.nan, np.nan]), np.array([3.0, 2.0, 1.0]))
    >>> round(bounds.low, 3), bounds.high
    (0.333, 1.0)
    """
    n = len(rank)
    known = ~np.isnan(rank)
    given = rank[known]
    if len(np.unique(given)) != len(given) or not np.isin(given, np.arange(1, n + 1)).all():
        raise ValuesError(
            f"Ranks must be different whole numbers from 1 to {n}; give scores through the test on "
            "known units instead."
        )
    free = np.setdiff1d(np.arange(1, n + 1), given)
    by_value = np.flatnonzero(~known)[np.argsort(-value[~known], kind="stable")]
    extremes = []
    for ranks in (free[::-1], free):
        full = rank.copy()
        full[by_value] = ranks
        extremes.append(_tau(-full, value)[0])
    return TauBounds(low=extremes[0], high=extremes[1], known=int(known.sum()), n=n)


def difference_of_means(
    values: np.ndarray,
    inside: np.ndarray,
    *,
    alternative: Alternative = "two-sided",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    """
    Compare the mean of some units with the mean of the rest, by permutation over units.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Finite, any unit.
    inside : numpy.ndarray of bool, shape (n,)
        True for the units of the group; neither none nor all.
    alternative : {"two-sided", "greater", "less"}
    permutations : int
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult
        ``details["detectable"]`` is the smallest difference that the test would find in 80 % of
        cases, in the unit of the values.

    Notes
    -----
    The null takes units as exchangeable; where neighbours are alike it finds differences between
    regions too easily, so a "supported" needs the spatial companions beside it.

    Examples
    --------
    >>> found = difference_of_means(np.array([5, 6, 7, 1, 2, 3.0]), np.arange(6) < 3)
    >>> found.statistic, found.p_value < 0.2
    (4.0, True)
    """
    inference.check_alternative(alternative)
    n, size = len(values), int(inside.sum())
    if not 0 < size < n:
        raise ValuesError(f"The group has {size} of {n} units; a difference needs two groups.")
    deviation = values - values.mean()
    head: dict[str, Any] = {
        "name": "difference_of_means",
        "null": "the observed values are assigned to the units at random; drawn permutations",
        "alternative": alternative,
        "method": "permutation",
        "n": n,
        "expected": 0.0,
    }
    if np.ptp(values) == 0:
        return GlobalResult(
            statistic=None,
            variance=None,
            z_score=None,
            p_value=None,
            undefined="undefined: no variation",
            **head,
        )
    observed = float(deviation[inside].sum())
    # The difference is the group's centred sum times this, so sums can be compared.
    scale = 1 / size + 1 / (n - size)
    tie = _TIE * size * float(np.ptp(values))
    above = below = 0
    for block in inference.draw_without_replacement(n, size, permutations, rng):
        sums = deviation[block].sum(axis=1)
        above += int((sums >= observed - tie).sum())
        below += int((sums <= observed + tie).sum())
    p, low, high = inference.monte_carlo(
        np.array(above), np.array(below), permutations, alternative
    )
    variance = float((deviation**2).sum() / (n - 1)) * scale
    return GlobalResult(
        statistic=observed * scale,
        variance=variance,
        z_score=float(observed * scale / np.sqrt(variance)),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        details={"inside": size, "detectable": inference.detectable_shift(variance)},
        **head,
    )
