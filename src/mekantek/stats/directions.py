"""In which direction does a variable rise: all azimuths at once, and trend surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.links import Links, join
from mekantek.stats.ranks import midranks
from mekantek.stats.results import unit_order
from mekantek.stats.spectral import MoranBasis

__all__ = ["AzimuthScan", "DirectionNull", "TrendSurface", "azimuth_scan", "trend_surface"]

DirectionNull = Literal["spectral", "permutation"]
NULLS: tuple[str, ...] = get_args(DirectionNull)
_KM_PER_DEGREE = 111.19492664455873  # on the sphere of radius 6371.0088 km
_TIE = 1e-12
_TOLD = {
    "spectral": "maps with the variance and Moran's I of the variable, otherwise random "
    "(Moran spectral randomization, singleton)",
    "permutation": "the observed values are assigned to the units at random",
}


@dataclass(frozen=True, kw_only=True)
class AzimuthScan:
    """
    Correlation with every direction, and the direction of steepest rise.

    Attributes
    ----------
    correlations : numpy.ndarray, shape (180,)
        With the axis towards 0, 1, … 179 degrees clockwise from north; 90 is east. Towards the
        opposite side each is the same number with the other sign. None where undefined.
    azimuth : int or None
        Where values rise most, 0 to 359 degrees clockwise from north.
    statistic : float or None
        The correlation there, the largest of all.
    p_value, p_interval : float, tuple of float, or None
        Of the largest of all, against the largest of each map under the null; Monte-Carlo interval.
    low, high : int or None
        Directions around the best that are not worse than it, clockwise from *low* to *high*; None
        where no direction is worse.
    null, method : str
    permutations, seed, n : int
    """

    correlations: np.ndarray | None
    azimuth: int | None
    statistic: float | None
    p_value: float | None
    p_interval: tuple[float, float] | None
    low: int | None
    high: int | None
    null: str
    method: str
    ranks: bool
    permutations: int
    seed: int | None
    n: int
    undefined: str | None = None

    schema = "mekantek/azimuth-scan/1"

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract; angles in degrees clockwise from north."""
        return {
            "schema": self.schema,
            "name": "azimuth_scan",
            "statistic": self.statistic,
            "p_value": self.p_value,
            "p_interval": None if self.p_interval is None else list(self.p_interval),
            "azimuth": self.azimuth,
            "azimuth_interval": None if self.low is None else [self.low, self.high],
            "coefficient": "spearman" if self.ranks else "pearson",
            "null": self.null,
            "alternative": "two-sided",
            "method": self.method,
            "permutations": self.permutations,
            "seed": self.seed,
            "n": self.n,
            "undefined": self.undefined,
            "correlations": None
            if self.correlations is None
            else [round(float(r), 6) for r in self.correlations],
        }


def _plane(points: pd.DataFrame, ids: pd.Index) -> np.ndarray:
    """Kilometres east and north of the middle, shape (n, 2); a country is small beside the Earth."""
    place = points.loc[ids, ["longitude", "latitude"]].to_numpy(dtype=np.float64)
    if not np.isfinite(place).all():
        raise ValuesError("A point has no longitude or latitude; a direction needs both.")
    centred = place - place.mean(axis=0)
    shrink = np.cos(np.radians(place[:, 1].mean()))
    return np.asarray(centred * np.array([shrink, 1.0]) * _KM_PER_DEGREE)


def _standard(columns: np.ndarray) -> np.ndarray:
    """Centre the columns and give them length one."""
    centred = columns - columns.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).sum(axis=0)))


def _null_maps(
    scores: np.ndarray, links: Links, null: str, permutations: int, rng: Any
) -> np.ndarray:
    """Maps without direction, shape (R, n)."""
    if null not in NULLS:
        raise OptionError(f"null is {null!r}; it can be {', '.join(NULLS)}.")
    if null == "spectral":
        return np.asarray(
            MoranBasis.of(links).surrogates(
                scores[:, None], permutations, seed=inference.drawn_seed(rng)
            )[:, :, 0]
        )
    order = unit_order(links.ids)  # the same draws whatever the order of the rows
    drawn = np.vstack(list(inference.permuted(scores[order], permutations, rng)))
    made = np.empty_like(drawn)
    made[:, order] = drawn
    return made


def azimuth_scan(
    values: pd.Series,
    points: pd.DataFrame,
    graph: Any,
    *,
    ranks: bool = True,
    null: DirectionNull = "spectral",
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
    blocks: pd.Series | None = None,
) -> AzimuthScan:
    r"""
    Correlate a variable with all directions, and find the one in which it rises most.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; index: ids.
    points : pandas.DataFrame
        ``longitude``, ``latitude``, degrees; at least the same ids.
    graph : GraphLike
        Neighbours of the same ids.
    ranks : bool
        Spearman's ρ or Pearson's r.
    null : {"spectral", "permutation"}
        Maps as autocorrelated as this one, or the values shuffled.
    permutations : int
        R.
    rng : numpy.random.Generator or int
    blocks : pandas.Series, shape (n,), optional
        Regions that the jackknife leaves out one at a time; each unit its own by default. Blocks
        larger than the reach of autocorrelation keep the interval from being too narrow.

    Returns
    -------
    AzimuthScan

    Raises
    ------
    OptionError
        If *null* is none.
    ValuesError
        If a point is incomplete, or there are fewer than three blocks.
    GraphError
        If a unit has no neighbours under the spectral null.

    Notes
    -----
    The p-value is of the largest correlation over 180 axes of both signs, so it needs no correction
    for having looked in all directions (max-statistic).

    *Interval*: D(θ) = ρ(best) − ρ(θ) is by how much θ is worse. Its standard error comes from
    leaving out one block at a time (delete-a-group jackknife, Kott 2001, with the scores held), and
    θ counts as not worse while :math:`D \le t_{0.95,\,g-1}\,SE(D)`, g blocks. The interval is the
    run of such directions around the best; it may be the whole circle where nothing rises.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> east = np.arange(12.0)
    >>> line = sparse.csr_array(np.diag(np.ones(11), 1) + np.diag(np.ones(11), -1))
    >>> place = pd.DataFrame({"longitude": 30 + east, "latitude": 39 + east % 3})
    >>> graph = SimpleNamespace(ids=place.index, sparse=line)
    >>> found = azimuth_scan(pd.Series(east), place, graph, ranks=False)
    >>> found.azimuth, round(found.statistic, 2)
    (90, 1.0)
    """
    numbers, ids, links = join(values, graph)
    head: dict[str, Any] = {
        "null": _TOLD.get(null, ""), "method": null, "ranks": ranks, "permutations": permutations,
        "seed": inference.seed_of(rng), "n": len(numbers),
    }  # fmt: skip
    if np.ptp(numbers) == 0:
        return AzimuthScan(
            correlations=None, azimuth=None, statistic=None, p_value=None, p_interval=None,
            low=None, high=None, undefined="undefined: no variation", **head,
        )  # fmt: skip
    angle = np.radians(np.arange(180))
    axes = _plane(points, ids) @ np.array([np.sin(angle), np.cos(angle)])
    if ranks:
        axes = np.column_stack([midranks(a) for a in axes.T])
    axes = _standard(axes)
    scores = midranks(numbers) if ranks else numbers
    score = _standard(scores[:, None])[:, 0]
    found = score @ axes
    maps = _null_maps(score, links, null, permutations, rng)
    largest = np.abs(maps @ axes).max(axis=1)
    best = int(np.argmax(np.abs(found)))
    most = float(abs(found[best]))
    p, low, high = inference.monte_carlo(
        np.array((largest >= most - _TIE).sum()), np.array(0), permutations, "greater"
    )
    azimuth = best if found[best] > 0 else best + 180
    labels = ids if blocks is None else pd.Index(blocks.loc[ids])
    start, end = _not_worse(score, axes, azimuth, np.asarray(pd.factorize(labels)[0]))
    return AzimuthScan(
        correlations=found,
        azimuth=azimuth,
        statistic=most,
        p_value=float(p),
        p_interval=(float(low), float(high)),
        low=start,
        high=end,
        **head,
    )


def _not_worse(
    score: np.ndarray, axes: np.ndarray, azimuth: int, block: np.ndarray
) -> tuple[int | None, int | None]:
    """First and last direction, clockwise, of the run around the best that is not worse than it."""
    count = int(block.max()) + 1
    if count < 3:
        raise ValuesError(f"{count} blocks; a jackknife of directions needs at least three.")
    around = np.hstack([axes, -axes])  # 360 directions
    worse = np.empty((count, 360))
    for left_out in range(count):
        kept = block != left_out
        correlations = _standard(score[kept][:, None])[:, 0] @ _standard(around[kept])
        worse[left_out] = correlations[azimuth] - correlations
    error = np.sqrt((count - 1) / count * ((worse - worse.mean(axis=0)) ** 2).sum(axis=0))
    gap = score @ around[:, azimuth] - score @ around
    fine = gap <= float(special.stdtrit(count - 1, 0.95)) * error + _TIE
    if fine.all():
        return None, None
    ends = []
    for step in (-1, 1):
        reach = 0
        while fine[(azimuth + step * (reach + 1)) % 360]:
            reach += 1
        ends.append((azimuth + step * reach) % 360)
    return ends[0], ends[1]


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
            "null": _TOLD["spectral"],
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
    east, north = (_plane(points, ids) / 100).T  # hundreds of kilometres: squares stay moderate
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
    score = _standard(numbers[:, None])[:, 0]
    inside = np.linalg.qr(_standard(design[:, 1:]))[0]  # orthonormal, each of mean zero
    r2 = float(((score @ inside) ** 2).sum())
    maps = _null_maps(score, links, "spectral", permutations, rng)
    drawn = ((maps @ inside) ** 2).sum(axis=1)
    p, low, high = inference.monte_carlo(
        np.array((drawn >= r2 - _TIE).sum()), np.array(0), permutations, "greater"
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
