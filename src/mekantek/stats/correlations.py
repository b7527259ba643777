"""Correlation of two mapped variables, and what autocorrelation leaves of the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from mekantek.errors import OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.ranks import midranks
from mekantek.stats.results import Alternative, GlobalResult

__all__ = ["DistanceClasses", "Estimate", "correlation", "effective_size", "great_circle"]

Estimate = Literal["dutilleul", "clifford"]
ESTIMATES: tuple[str, ...] = get_args(Estimate)
SOURCES = {"dutilleul": "Dutilleul 1993", "clifford": "Clifford, Richardson & Hémon 1989"}

_EARTH_RADIUS_KM = 6371.0088


def great_circle(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """
    Measure between all points on the sphere; classes of 100 km need no ellipsoid.

    Parameters
    ----------
    longitude, latitude : numpy.ndarray, shape (n,)
        Degrees.

    Returns
    -------
    numpy.ndarray, shape (n, n)
        Kilometres.

    Examples
    --------
    >>> great_circle(np.array([29.0, 32.9]), np.array([41.0, 39.9])).round()[0].tolist()
    [0.0, 352.0]
    """
    lon, lat = np.radians(longitude), np.radians(latitude)
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat[None, :])
        * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    )  # fmt: skip
    return np.asarray(2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _check_estimate(estimate: str) -> None:
    if estimate not in ESTIMATES:
        raise OptionError(f"estimate is {estimate!r}; it can be {', '.join(ESTIMATES)}.")


def effective_size(
    x: np.ndarray,
    y: np.ndarray,
    distance: np.ndarray,
    *,
    classes: int = 13,
    estimate: Estimate = "dutilleul",
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
    estimate : {"dutilleul", "clifford"}

    Returns
    -------
    float
        M, at most n. With Σ the autocovariance by distance class and B the centring matrix,
        Dutilleul (1993, eq. 3.2): :math:`M = 1 + \mathrm{tr}(B\Sigma_x)\,\mathrm{tr}(B\Sigma_y) /
        \mathrm{tr}(B\Sigma_x B\Sigma_y)`; Clifford, Richardson & Hémon (1989), who
        do not centre: :math:`M = 1 + n^2 s_x^2 s_y^2 / \sum_{ij} \Sigma_{x,ij} \Sigma_{y,ij}`.

    Raises
    ------
    OptionError
        If *estimate* is none of the two.

    Notes
    -----
    Both assume that each variable's covariance depends on distance alone; a trend is not
    stationary, and then M is cautious (too small). Where the estimated variance of the correlation
    is no positive number, M is n.

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
    apart = DistanceClasses.of(distance, classes)
    return apart.effective_size(apart.covariances(x), apart.covariances(y), estimate=estimate)


@dataclass(frozen=True, eq=False)
class DistanceClasses:
    r"""
    Pairs of places by how far apart they are: what effective sizes on one map have in common.

    Attributes
    ----------
    which : numpy.ndarray of int, shape (n * n,)
        Class of every pair; the last one holds the variances.
    pairs : numpy.ndarray of int, shape (classes + 1,)
        Ordered pairs in each class.
    traces : numpy.ndarray, shape (classes + 1, classes + 1)
        :math:`\mathrm{tr}(B A_k B A_l)`, A a class as a matrix of 0 and 1, B the centring matrix.

    Examples
    --------
    >>> line = np.arange(4.0)
    >>> DistanceClasses.of(abs(line[:, None] - line), 3).pairs.tolist()
    [6, 4, 2, 4]
    """

    which: np.ndarray
    pairs: np.ndarray
    traces: np.ndarray

    @classmethod
    def of(cls, distance: np.ndarray, classes: int = 13) -> DistanceClasses:
        """
        Sort pairs into classes of equal width.

        Parameters
        ----------
        distance : numpy.ndarray, shape (n, n)
            Symmetric, any unit.
        classes : int

        Returns
        -------
        DistanceClasses
        """
        n = len(distance)
        edges = np.linspace(0, float(distance.max()), classes + 1)
        which = np.clip(np.searchsorted(edges, distance, side="left") - 1, 0, classes - 1)
        which[np.diag_indices(n)] = classes  # the variance itself
        of_row = which + (classes + 1) * np.arange(n)[:, None]
        rows = np.bincount(of_row.ravel(), minlength=n * (classes + 1)).reshape(n, -1).astype(float)
        pairs = rows.sum(axis=0)
        # Classes share no pair, so tr(A_k A_l) is the number of pairs, or nothing.
        traces = np.diag(pairs) - 2 / n * rows.T @ rows + np.outer(pairs, pairs) / n**2
        return cls(which.ravel(), pairs.astype(np.int64), traces)

    def covariances(self, values: np.ndarray) -> np.ndarray:
        """
        Mean product of deviations in each class.

        Parameters
        ----------
        values : numpy.ndarray, shape (n,)

        Returns
        -------
        numpy.ndarray, shape (classes + 1,)
            The variance last; 0 in a class without pairs.
        """
        deviation = values - values.mean()
        products = np.outer(deviation, deviation).ravel()
        total = np.bincount(self.which, weights=products, minlength=len(self.pairs))
        held = self.pairs > 0
        return np.asarray(np.divide(total, self.pairs, out=np.zeros_like(total), where=held))

    def effective_size(self, a: np.ndarray, b: np.ndarray, *, estimate: Estimate) -> float:
        """
        Number of independent pairs that two variables are worth.

        Parameters
        ----------
        a, b : numpy.ndarray, shape (classes + 1,)
            Their covariances by class.
        estimate : {"dutilleul", "clifford"}

        Returns
        -------
        float
            See the function of this name.

        Raises
        ------
        OptionError
            If *estimate* is none of the two.
        """
        _check_estimate(estimate)
        n = int(self.pairs[-1])
        if estimate == "clifford":
            mixed, held = a @ (self.pairs * b), n * a[-1] * n * b[-1]
        else:
            centre = self.pairs / n
            mixed = a @ self.traces @ b
            held = (n * a[-1] - centre @ a) * (n * b[-1] - centre @ b)
        return float(n) if mixed <= 0 else float(min(n, 1 + held / mixed))


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
    estimate: Estimate = "dutilleul",
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
    estimate : {"dutilleul", "clifford"}
        Of the effective size, see `effective_size`.

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
    _check_estimate(estimate)
    name = ("weighted_" if weights is not None else "") + ("spearman" if ranks else "pearson")
    n = len(x)
    for values in (x, y, longitude, latitude):
        if len(values) != n or not np.isfinite(values).all():
            raise ValuesError("A correlation needs as many finite values on both sides.")
    if n < 4:
        raise ValuesError(
            f"{n} pairs; a correlation test needs at least four.",
            f"{n} çift var; korelasyon sınaması en az dört çift ister.",
        )
    head: dict[str, Any] = {
        "name": name,
        "null": "no association; t distribution with "
        + (
            "the sample size, as if neighbours were independent"
            if classes is None
            else f"the effective sample size of two autocorrelated variables ({SOURCES[estimate]})"
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
        size = effective_size(
            u,
            v,
            great_circle(longitude, latitude),
            classes=classes,
            estimate=estimate,
        )
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
