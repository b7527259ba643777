"""Do two things go together: ranks against ranks, and one group against the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mekantek.errors import ValuesError
from mekantek.stats import inference
from mekantek.stats.nulls.exact import inversion_counts
from mekantek.stats.ranks import midranks
from mekantek.stats.results import Alternative, GlobalResult

__all__ = [
    "difference_of_means",
    "kendall",
    "kendall_tau",
    "partial_kendall",
    "partial_of",
    "spearman",
]

_TIE = 1e-9
# Signs that add up within one byte.
_BYTE = 127


def _signs(values: np.ndarray) -> np.ndarray:
    """Sign of every difference, ties as zero, shape (n, n)."""
    ranks = midranks(values)
    return np.asarray(np.sign(ranks[:, None] - ranks[None, :]))


def _tau(x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
    a, b = _signs(x), _signs(y)
    concordance = int((a * b).sum() / 2)
    scale = np.sqrt(float(np.abs(a).sum() / 2) * float(np.abs(b).sum() / 2))
    return float(concordance / scale) if scale else float("nan"), concordance


def _concordances(x: np.ndarray, y: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """
    Pairs in the same order less pairs in the other, of x and of y in each of the orders given.

    Units are taken by ascending x, so that each pair has a known side; a row of all orders at once
    is compared with those below it, which is a few bytes each.
    """
    ascending = np.argsort(x, kind="stable")
    levels = np.unique(midranks(y), return_inverse=True)[1].astype(
        np.int16 if len(y) < 2**15 else np.int64
    )
    rows = np.ascontiguousarray(levels[orders[:, ascending]].T)
    starts = np.flatnonzero(np.diff(midranks(x)[ascending], prepend=-1.0))
    found = np.zeros(len(orders), dtype=np.int64)
    for start, stop in zip(starts, [*starts[1:], len(x)], strict=True):
        for row in rows[start:stop]:
            for below in np.split(rows[:start], range(_BYTE, start, _BYTE)):
                more = (row > below).view(np.int8)
                more -= (row < below).view(np.int8)
                found += np.add.reduce(more, axis=0, dtype=np.int8)
    return found


def kendall_tau(x: np.ndarray, y: np.ndarray) -> float:
    """
    Kendall's τ-b alone, where no p-value is asked for.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        Finite; larger is more.

    Returns
    -------
    float
        In [-1, 1]; NaN where a side does not vary.

    Examples
    --------
    >>> round(kendall_tau(np.array([1, 2, 3, 4]), np.array([2, 1, 3, 4])), 4)
    0.6667
    """
    return _tau(x, y)[0]


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
        "null": _EVERY_ORDER,
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
        for block in inference.permuted(np.arange(n), permutations, rng):
            drawn = _concordances(x, y, block)
            above += int((drawn >= concordance).sum())
            below += int((drawn <= concordance).sum())
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


def spearman(
    x: np.ndarray,
    y: np.ndarray,
    *,
    alternative: Alternative = "two-sided",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    """
    Spearman's ρ with p by permutation.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        Scores or ranks, larger is more.
    alternative : {"two-sided", "greater", "less"}
    permutations : int
        R.
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult
        Its variance is that of all orders, 1/(n - 1).

    Raises
    ------
    ValuesError
        If a value is missing or there are not as many on both sides.

    Examples
    --------
    >>> found = spearman(np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 2, 3, 5, 4]))
    >>> round(found.statistic, 2), found.p_interval[0] < 1 / 12 < found.p_interval[1]
    (0.9, True)
    """
    _check_pair(x, y, alternative)
    head: dict[str, Any] = {"name": "spearman", "alternative": alternative, "n": len(x)}
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return _undefined(head)

    def statistic(orders: np.ndarray) -> np.ndarray:
        return np.asarray(orders @ v)

    u, v = (_unit(midranks(side)) for side in (x, y))
    return _permuted(statistic, u, 1 / (len(x) - 1), head, permutations, rng)


def partial_kendall(
    x: np.ndarray,
    y: np.ndarray,
    given: np.ndarray,
    *,
    alternative: Alternative = "two-sided",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
) -> GlobalResult:
    r"""
    Kendall's partial τ of two variables given a third, with p by permutation.

    Parameters
    ----------
    x, y, given : numpy.ndarray, shape (n,)
        Scores or ranks, larger is more.
    alternative : {"two-sided", "greater", "less"}
    permutations : int
        R.
    rng : numpy.random.Generator or int

    Returns
    -------
    GlobalResult
        Undefined where the third variable orders one of the others wholly.

    Raises
    ------
    ValuesError
        If a value is missing or there are not as many on all sides.

    Notes
    -----
    :math:`\tau_{xy \cdot z} = (\tau_{xy} - \tau_{xz}\tau_{yz}) /
    \sqrt{(1 - \tau_{xz}^2)(1 - \tau_{yz}^2)}` (Kendall 1942, *Biometrika* 32). Its distribution
    under independence is not known in closed form; here every order of x is equally likely given y
    and the third variable together.

    Examples
    --------
    >>> x, y = np.array([1.0, 2, 3, 4, 5, 6]), np.array([2.0, 1, 4, 3, 6, 5])
    >>> round(partial_kendall(x, y, np.array([1.0, 3, 2, 6, 4, 5])).statistic, 3)
    0.612
    """
    _check_pair(x, y, alternative)
    _check_pair(x, given, alternative)
    n = len(x)
    head: dict[str, Any] = {"name": "partial_kendall", "alternative": alternative, "n": n}
    if n < 3 or min(np.ptp(x), np.ptp(y), np.ptp(given)) == 0:
        return _undefined(head)
    first, second = np.triu_indices(n, 1)

    def signs(rows: np.ndarray) -> np.ndarray:
        return np.asarray(np.sign(rows[..., first] - rows[..., second]))

    ranks = [midranks(side) for side in (x, y, given)]
    held = np.column_stack([_unit(signs(side), centred=False) for side in ranks[1:]])
    size = float(np.sqrt(np.abs(signs(ranks[0])).sum()))
    between = float(held[:, 0] @ held[:, 1])

    def statistic(orders: np.ndarray) -> np.ndarray:
        tau = signs(orders) @ held / size
        return partial_of(tau[:, 0], tau[:, 1], np.array(between))

    observed = statistic(ranks[0][None, :])[0]
    if not np.isfinite(observed):
        return _undefined(head, "undefined: the third variable orders one of the two wholly")
    variance = 2 * (2 * n + 5) / (9 * n * (n - 1))
    return _permuted(statistic, ranks[0], variance, head, permutations, rng)


def partial_of(xy: np.ndarray, xz: np.ndarray, yz: np.ndarray) -> np.ndarray:
    """
    Take the third variable out of a correlation of two.

    Parameters
    ----------
    xy, xz, yz : numpy.ndarray
        Correlations, of one shape or broadcast to it.

    Returns
    -------
    numpy.ndarray
        NaN where the third variable is one of the two, up to a monotone change.

    Examples
    --------
    >>> round(float(partial_of(np.array(0.5), np.array(0.5), np.array(0.5))), 4)
    0.3333
    """
    left = (1 - xz**2) * (1 - yz**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(left > _TIE, (xy - xz * yz) / np.sqrt(np.maximum(left, _TIE)), np.nan)


def _unit(scores: np.ndarray, *, centred: bool = True) -> np.ndarray:
    moved = scores - scores.mean() if centred else scores
    return np.asarray(moved / np.sqrt(moved @ moved))


def _check_pair(x: np.ndarray, y: np.ndarray, alternative: Alternative) -> None:
    inference.check_alternative(alternative)
    if len(x) != len(y) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValuesError("A rank correlation needs as many finite values on both sides.")


_EVERY_ORDER = "every order of the one variable is equally likely given the other"


def _undefined(head: dict[str, Any], why: str = "undefined: no variation") -> GlobalResult:
    return GlobalResult(statistic=None, variance=None, z_score=None, p_value=None, expected=0.0,
                        method="permutation", null=_EVERY_ORDER, undefined=why, **head)  # fmt: skip


def _permuted(
    statistic: Callable[[np.ndarray], np.ndarray],
    scores: np.ndarray,
    variance: float,
    head: dict[str, Any],
    permutations: int,
    rng: np.random.Generator | int,
) -> GlobalResult:
    """Hold the statistic of the scores as they stand against that of permuted ones."""
    observed = float(statistic(scores[None, :])[0])
    above = below = 0
    for block in inference.permuted(scores, permutations, rng):
        drawn = statistic(block)
        above += int((drawn >= observed - _TIE).sum())
        below += int((drawn <= observed + _TIE).sum())
    p, low, high = inference.monte_carlo(
        np.array(above), np.array(below), permutations, head["alternative"]
    )
    return GlobalResult(
        statistic=observed,
        variance=variance,
        z_score=float(observed / np.sqrt(variance)),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        expected=0.0,
        method="permutation",
        null=_EVERY_ORDER,
        permutations=permutations,
        seed=inference.seed_of(rng),
        **head,
    )


def difference_of_means(
    values: np.ndarray,
    inside: np.ndarray,
    *,
    weights: np.ndarray | None = None,
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
    weights : numpy.ndarray, shape (n,), optional
        > 0, such as exports: the means are weighted. Weights and groups stay, the values are
        permuted: where heavy units gather in the group, permuting both together would reject too
        often.
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
        "name": "difference_of_means" if weights is None else "weighted_difference_of_means",
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
    if weights is not None:
        return _weighted_difference(values, inside, weights, permutations, rng, head)
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


def _weighted_difference(
    values: np.ndarray,
    inside: np.ndarray,
    weights: np.ndarray,
    permutations: int,
    rng: np.random.Generator | int,
    head: dict[str, Any],
) -> GlobalResult:
    """Difference of weighted means; its null variance is that of the permutations."""
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise ValuesError("A weight is missing, infinite or not above 0.")
    pull = np.where(inside, weights / weights[inside].sum(), -weights / weights[~inside].sum())
    size = int(inside.sum())
    observed = float(values @ pull)
    drawn = np.concatenate(
        [block @ pull for block in inference.permuted(values, permutations, rng)]
    )
    tie = _TIE * float(np.ptp(values))
    p, low, high = inference.monte_carlo(
        np.array((drawn >= observed - tie).sum()), np.array((drawn <= observed + tie).sum()),
        permutations, head["alternative"],
    )  # fmt: skip
    variance = float((drawn**2).mean())
    return GlobalResult(
        statistic=observed,
        variance=variance,
        z_score=float(observed / np.sqrt(variance)),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        details={"inside": size, "detectable": inference.detectable_shift(variance)},
        **head,
    )
