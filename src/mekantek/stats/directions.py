"""In which direction does a variable rise: all azimuths at once."""

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

__all__ = ["AzimuthScan", "DirectionNull", "azimuth_scan"]

DirectionNull = Literal["spectral", "permutation"]
NULLS: tuple[str, ...] = get_args(DirectionNull)
_KM_PER_DEGREE = 111.19492664455873  # on the sphere of radius 6371.0088 km
TIE = 1e-12
TOLD = {
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


def plane(points: pd.DataFrame, ids: pd.Index) -> np.ndarray:
    """Kilometres east and north of the middle, shape (n, 2); a country is small beside the Earth."""
    place = points.loc[ids, ["longitude", "latitude"]].to_numpy(dtype=np.float64)
    if not np.isfinite(place).all():
        raise ValuesError("A point has no longitude or latitude; a direction needs both.")
    centred = place - place.mean(axis=0)
    shrink = np.cos(np.radians(place[:, 1].mean()))
    return np.asarray(centred * np.array([shrink, 1.0]) * _KM_PER_DEGREE)


def standard(columns: np.ndarray) -> np.ndarray:
    """Centre the columns and give them length one."""
    centred = columns - columns.mean(axis=0)
    return np.asarray(centred / np.sqrt((centred**2).sum(axis=0)))


def null_maps(
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
        "null": TOLD.get(null, ""), "method": null, "ranks": ranks, "permutations": permutations,
        "seed": inference.seed_of(rng), "n": len(numbers),
    }  # fmt: skip
    if np.ptp(numbers) == 0:
        return AzimuthScan(
            correlations=None, azimuth=None, statistic=None, p_value=None, p_interval=None,
            low=None, high=None, undefined="undefined: no variation", **head,
        )  # fmt: skip
    angle = np.radians(np.arange(180))
    axes = plane(points, ids) @ np.array([np.sin(angle), np.cos(angle)])
    if ranks:
        axes = np.column_stack([midranks(a) for a in axes.T])
    axes = standard(axes)
    scores = midranks(numbers) if ranks else numbers
    score = standard(scores[:, None])[:, 0]
    found = score @ axes
    maps = null_maps(score, links, null, permutations, rng)
    largest = np.abs(maps @ axes).max(axis=1)
    best = int(np.argmax(np.abs(found)))
    most = float(abs(found[best]))
    p, low, high = inference.monte_carlo(
        np.array((largest >= most - TIE).sum()), np.array(0), permutations, "greater"
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
        correlations = standard(score[kept][:, None])[:, 0] @ standard(around[kept])
        worse[left_out] = correlations[azimuth] - correlations
    error = np.sqrt((count - 1) / count * ((worse - worse.mean(axis=0)) ** 2).sum(axis=0))
    gap = score @ around[:, azimuth] - score @ around
    fine = gap <= float(special.stdtrit(count - 1, 0.95)) * error + TIE
    if fine.all():
        return None, None
    ends = []
    for step in (-1, 1):
        reach = 0
        while fine[(azimuth + step * (reach + 1)) % 360]:
            reach += 1
        ends.append((azimuth + step * reach) % 360)
    return ends[0], ends[1]
