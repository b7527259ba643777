"""Polynomials of the coordinates fitted to a variable, and the autocorrelation of what they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.directions import TIE, TOLD, null_maps, plane, standard
from mekantek.stats.links import Links, join

__all__ = ["TrendSurface", "residual_moran", "trend_surface"]


@dataclass(frozen=True, kw_only=True)
class TrendSurface:
    """
    A polynomial of the coordinates fitted to a variable, and what it leaves.

    Attributes
    ----------
    order : int
        1 is a plane, 2 a quadratic surface.
    statistic : float or None
        R², in [0, 1].
    p_value, p_interval : float, tuple of float, or None
        Of R² against maps as autocorrelated as the variable.
    f, p_independent : float or None
        Fisher's F and its p-value, as if neighbours were independent.
    azimuth : int or None
        Where the plane rises, degrees clockwise from north; None for order 2.
    residual_moran : mapping
        ``statistic, expected, variance, z_score, p_value`` of the residuals' Moran's I, moments of
        regression residuals under normality (Cliff & Ord 1981, ch. 8), two-sided.
    """

    order: int
    statistic: float | None
    p_value: float | None
    p_interval: tuple[float, float] | None
    f: float | None
    p_independent: float | None
    azimuth: int | None
    residual_moran: dict[str, float]
    permutations: int
    seed: int | None
    n: int
    undefined: str | None = None

    schema = "mekantek/trend-surface/1"

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {
            "schema": self.schema,
            "name": "trend_surface",
            "order": self.order,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "p_interval": None if self.p_interval is None else list(self.p_interval),
            "f": self.f,
            "p_independent": self.p_independent,
            "azimuth": self.azimuth,
            "residual_moran": dict(self.residual_moran),
            "null": TOLD["spectral"],
            "alternative": "greater",
            "method": "spectral",
            "permutations": self.permutations,
            "seed": self.seed,
            "n": self.n,
            "undefined": self.undefined,
        }


def trend_surface(
    values: pd.Series,
    points: pd.DataFrame,
    graph: Any,
    *,
    order: int = 1,
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
) -> TrendSurface:
    """
    Fit a plane or a quadratic surface over the map.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; index: ids.
    points : pandas.DataFrame
        ``longitude``, ``latitude``, degrees; at least the same ids.
    graph : GraphLike
        Neighbours of the same ids, row-standardized here.
    order : {1, 2}
    permutations : int
        R, surrogates for the p-value of R².
    rng : numpy.random.Generator or int

    Returns
    -------
    TrendSurface

    Raises
    ------
    OptionError
        If *order* is neither 1 nor 2.
    ValuesError
        If there are too few units for the surface, or they lie on one line.

    Notes
    -----
    Ordinary least squares on kilometres east and north. F takes the units as independent; the
    p-value from spectral surrogates does not.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> east = np.arange(12.0)
    >>> line = sparse.csr_array(np.diag(np.ones(11), 1) + np.diag(np.ones(11), -1))
    >>> place = pd.DataFrame({"longitude": 30 + east, "latitude": 39 + east % 3})
    >>> rising = pd.Series(east + np.sin(east))
    >>> found = trend_surface(rising, place, SimpleNamespace(ids=place.index, sparse=line))
    >>> round(found.statistic, 2), found.azimuth
    (0.96, 89)
    """
    if order not in (1, 2):
        raise OptionError(f"order is {order!r}; it can be 1, a plane, or 2, a quadratic surface.")
    numbers, ids, links = join(values, graph)
    east, north = (plane(points, ids) / 100).T  # hundreds of kilometres: squares stay moderate
    terms = [np.ones(len(ids)), east, north]
    if order == 2:
        terms += [east**2, east * north, north**2]
    design = np.column_stack(terms)
    n, k = design.shape
    if n - k < 2 or np.linalg.matrix_rank(design) < k:
        raise ValuesError(
            f"{n} units do not carry a surface of {k} terms; they are too few or lie on one line."
        )
    head: dict[str, Any] = {
        "order": order, "permutations": permutations, "seed": inference.seed_of(rng), "n": n,
    }  # fmt: skip
    if np.ptp(numbers) == 0:
        return TrendSurface(
            statistic=None, p_value=None, p_interval=None, f=None, p_independent=None,
            azimuth=None, residual_moran={}, undefined="undefined: no variation", **head,
        )  # fmt: skip
    score = standard(numbers[:, None])[:, 0]
    inside = np.linalg.qr(standard(design[:, 1:]))[0]  # orthonormal, each of mean zero
    r2 = float(((score @ inside) ** 2).sum())
    maps = null_maps(score, links, "spectral", permutations, rng)
    drawn = ((maps @ inside) ** 2).sum(axis=1)
    p, low, high = inference.monte_carlo(
        np.array((drawn >= r2 - TIE).sum()), np.array(0), permutations, "greater"
    )
    residual = score - inside @ (score @ inside)
    exact = 1 - r2 < 1e-12
    f = None if exact else r2 / (k - 1) / ((1 - r2) / (n - k))
    slope = np.linalg.lstsq(design, numbers, rcond=None)[0]
    return TrendSurface(
        statistic=r2,
        p_value=float(p),
        p_interval=(float(low), float(high)),
        f=f,
        p_independent=None if f is None else float(special.fdtrc(k - 1, n - k, f)),
        azimuth=round(float(np.degrees(np.arctan2(slope[1], slope[2])))) % 360
        if order == 1
        else None,
        residual_moran={} if exact else residual_moran(residual, design, links),
        **head,
    )


def residual_moran(residual: np.ndarray, design: np.ndarray, links: Links) -> dict[str, float]:
    r"""
    Moran's I of regression residuals, with the moments that residuals have.

    Parameters
    ----------
    residual : numpy.ndarray, shape (n,)
    design : numpy.ndarray, shape (n, k)
        Regressors, the constant among them.
    links : Links
        Weights in the order of the residuals.

    Returns
    -------
    dict
        ``statistic, expected, variance, z_score, p_value``.

    Notes
    -----
    With :math:`M = I - X(X^TX)^{-1}X^T`: :math:`E = \frac{n}{S_0}\frac{tr(MW)}{n-k}`, and
    :math:`V = \left(\frac{n}{S_0}\right)^2\frac{tr(MWMW^T)+tr((MW)^2)+tr(MW)^2}{(n-k)(n-k+2)}-E^2`
    (Cliff & Ord 1981, ch. 8; as R's ``lm.morantest``).
    """
    weights = links.matrix.toarray()
    n, k = design.shape
    basis = np.linalg.qr(design)[0]
    filtered = weights - basis @ (basis.T @ weights)  # M W
    trace = float(np.trace(filtered))
    opposite = weights.T - basis @ (basis.T @ weights.T)  # M W'
    squares = float((filtered * opposite.T).sum() + (filtered * filtered.T).sum())
    scale = n / links.s0
    expected = scale * trace / (n - k)
    variance = scale**2 * (squares + trace**2) / ((n - k) * (n - k + 2)) - expected**2
    statistic = scale * float(residual @ weights @ residual) / float(residual @ residual)
    z = (statistic - expected) / float(np.sqrt(variance))
    return {
        "statistic": statistic,
        "expected": expected,
        "variance": variance,
        "z_score": z,
        "p_value": float(inference.normal_p(z, "two-sided")),
    }
