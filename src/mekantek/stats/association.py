"""Do two things go together: correlations, and what autocorrelation leaves of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mekantek.errors import ValuesError
from mekantek.stats import inference
from mekantek.stats.nulls.exact import inversion_counts
from mekantek.stats.results import Alternative, GlobalResult

__all__ = [
    "TauBounds",
    "correlation",
    "difference_of_means",
    "effective_size",
    "kendall",
    "kendall_bounds",
    "midranks",
]

_EARTH_RADIUS_KM = 6371.0088
_TIE = 1e-9


def midranks(values: np.ndarray) -> np.ndarray:
    """
    Rank from 1, ties sharing their mean rank.

    Values that differ by less than 1e-9 of the range are tied: they print alike.

    Examples
    --------
    >>> midranks(np.array([0.3, 0.1, 0.3])).tolist()
    [2.5, 1.0, 2.5]
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    fresh = np.diff(ordered) > _TIE * max(float(np.ptp(values)), 1e-300)
    group = np.concatenate([[0], np.cumsum(fresh)])
    size = np.bincount(group)
    last = np.cumsum(size)
    ranks = np.empty(len(values))
    ranks[order] = (last - (size - 1) / 2)[group]
    return ranks


def _great_circle(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Distances between all points, km, on the sphere; classes of 100 km need no ellipsoid."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat[None, :])
        * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    )  # fmt: skip
    return np.asarray(2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def effective_size(
    x: np.ndarray, y: np.ndarray, distance: np.ndarray, *, classes: int = 13
) -> float:
    r"""
    Number of independent pairs that two autocorrelated variables are worth.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        Values or ranks, neither constant.
    distance : numpy.ndarray, shape (n, n)
        Symmetric, any unit.
    classes : int
        Distance classes of equal width, as in R's SpatialPack.

    Returns
    -------
    float
        M, at most n: :math:`M = 1 + \mathrm{tr}(B\Sigma_x)\,\mathrm{tr}(B\Sigma_y) /
        \mathrm{tr}(B\Sigma_x B\Sigma_y)`, B the centring matrix and Σ the autocovariance by
        distance class (Dutilleul 1993, eq. 3.2; Clifford, Richardson & Hémon 1989).

    Notes
    -----
    It assumes that each variable's covariance depends on distance alone; a trend is not
    stationary, and then M is cautious (too small).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> place = rng.random((60, 2))
    >>> apart = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))
    >>> noise = effective_size(rng.random(60), rng.random(60), apart)
    >>> trend = effective_size(place[:, 0], place[:, 0], apart)
    >>> bool(trend < 20 < noise <= 60)
    True
    """
    n = len(x)
    edges = np.linspace(0, float(distance.max()), classes + 1)
    which = np.clip(np.searchsorted(edges, distance, side="left") - 1, 0, classes - 1)
    which[np.diag_indices(n)] = classes  # the variance itself
    flat = which.ravel()
    pairs = np.bincount(flat, minlength=classes + 1)

    def centred_covariance(values: np.ndarray) -> np.ndarray:
        deviation = values - values.mean()
        products = np.outer(deviation, deviation).ravel()
        total = np.bincount(flat, weights=products, minlength=classes + 1)
        mean = np.divide(total, pairs, out=np.zeros_like(total), where=pairs > 0)
        covariance = mean[which]
        rows = covariance - covariance.mean(axis=0)[None, :]
        return np.asarray(rows - rows.mean(axis=1)[:, None])

    a, b = centred_covariance(x), centred_covariance(y)
    mixed = float((a * b.T).sum())
    if mixed <= 0:
        return float(n)
    return float(min(n, 1 + np.trace(a) * np.trace(b) / mixed))


def _weighted_correlation(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    share = weights / weights.sum()
    u, v = x - share @ x, y - share @ y
    return float((share * u) @ v / np.sqrt(((share * u) @ u) * ((share * v) @ v)))


def correlation(
    x: np.ndarray,
    y: np.ndarray,
    *,
    longitude: np.ndarray,
    latitude: np.ndarray,
    ranks: bool = True,
    weights: np.ndarray | None = None,
    alternative: Alternative = "two-sided",
    classes: int | None = 13,
) -> GlobalResult:
    """
    Correlate two mapped variables, with a p-value that knows neighbours are alike.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        Finite values, any unit.
    longitude, latitude : numpy.ndarray, shape (n,)
        Degrees.
    ranks : bool
        Spearman's ρ on ranks, or Pearson's r on values.
    weights : numpy.ndarray, shape (n,), optional
        Such as exports, USD; the sample is then worth no more than Kish's (Σw)²/Σw² pairs.
    alternative : {"two-sided", "greater", "less"}
    classes : int or None
        Distance classes of the effective size; None takes all pairs as independent, which is the
        most lenient test there is.

    Returns
    -------
    GlobalResult
        ``details`` holds ``effective_size`` and ``detectable``, the smallest correlation that the
        test would find in 80 % of cases. Constant values give no statistic.

    Examples
    --------
    >>> east = np.linspace(26, 44, 40)
    >>> found = correlation(east, east**2, longitude=east, latitude=np.full(40, 39.0))
    >>> round(found.statistic, 3), found.name
    (1.0, 'spearman')
    """
    name = ("weighted_" if weights is not None else "") + ("spearman" if ranks else "pearson")
    n = len(x)
    for values in (x, y, longitude, latitude):
        if len(values) != n or not np.isfinite(values).all():
            raise ValuesError("A correlation needs as many finite values on both sides.")
    if n < 4:
        raise ValuesError(f"{n} pairs; a correlation test needs at least four.")
    head: dict[str, Any] = {
        "name": name,
        "null": "no association; t distribution with "
        + (
            "the sample size, as if neighbours were independent"
            if classes is None
            else "the effective sample size of two autocorrelated variables (Dutilleul 1993)"
        ),
        "alternative": alternative,
        "method": "independent" if classes is None else "effective-size",
        "expected": 0.0,
        "n": n,
    }
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return GlobalResult(
            statistic=None,
            variance=None,
            z_score=None,
            p_value=None,
            undefined="undefined: no variation",
            **head,
        )
    u, v = (midranks(x), midranks(y)) if ranks else (x, y)
    mass = np.ones(n) if weights is None else weights
    statistic = _weighted_correlation(u, v, mass)
    size = float(n)
    if classes is not None:
        size = effective_size(u, v, _great_circle(longitude, latitude), classes=classes)
    if weights is not None:
        size = min(size, float(mass.sum() ** 2 / (mass**2).sum()))
    degrees = size - 2
    context = {"effective_size": size, "detectable": inference.detectable_correlation(size)}
    if degrees <= 0:
        return GlobalResult(
            statistic=statistic,
            variance=None,
            z_score=None,
            p_value=None,
            details=context,
            undefined="undefined: the effective sample size is below three",
            **head,
        )
    bounded = min(abs(statistic), 1 - 1e-12) * np.sign(statistic)
    t = float(bounded * np.sqrt(degrees / (1 - bounded**2)))
    return GlobalResult(
        statistic=statistic,
        variance=1 / (size - 1),
        z_score=statistic * np.sqrt(size - 1),
        p_value=inference.student_p(t, degrees, alternative),
        details=context,
        **head,
    )


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
