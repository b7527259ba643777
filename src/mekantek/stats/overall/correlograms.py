"""Autocorrelation by distance: Moran's I or Geary's C at one lag after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.inference import Correction
from mekantek.stats.links import Missing, Standardize, join
from mekantek.stats.overall.autocorrelation import geary, moran
from mekantek.stats.results import Alternative, GlobalMethod, GlobalResult

__all__ = ["Correlogram", "correlogram", "distance_correlogram", "neighbours_of_order"]

Which = Literal["moran", "geary"]
_STATISTICS: dict[str, Callable[..., GlobalResult]] = {"moran": moran, "geary": geary}


@dataclass(frozen=True, kw_only=True)
class Correlogram:
    """
    One statistic at several lags, tested as one family.

    Attributes
    ----------
    lags : tuple of str
        ``"1"``, ``"2"`` … for neighbours of that order, ``"0-100"`` for distances above 0 and up
        to 100, in the unit of the coordinates.
    results : tuple of GlobalResult
        One for each lag, each saying its own number of links.
    p_adjusted : tuple of float or None
        Corrected over the lags that have a p-value.
    correction : str
    """

    lags: tuple[str, ...]
    results: tuple[GlobalResult, ...]
    p_adjusted: tuple[float | None, ...]
    correction: str

    schema = "mekantek/correlogram/1"

    def to_frame(self) -> pd.DataFrame:
        """Give one row for each lag."""
        rows = [
            {
                "links": result.weights["links"],
                **{
                    key: getattr(result, key)
                    for key in ("n", "statistic", "expected", "variance", "z_score", "p_value")
                },
                "p_adjusted": adjusted,
                "undefined": result.undefined,
            }
            for result, adjusted in zip(self.results, self.p_adjusted, strict=True)
        ]
        return pd.DataFrame(rows, index=pd.Index(self.lags, name="lag"))

    def to_dict(self) -> dict[str, Any]:
        """Give the results of all lags, each by the JSON contract."""
        return {
            "schema": self.schema,
            "correction": self.correction,
            "lags": [
                {"lag": lag, "p_adjusted": adjusted, **result.to_dict()}
                for lag, adjusted, result in zip(
                    self.lags, self.p_adjusted, self.results, strict=True
                )
            ],
        }

    def summary(self) -> str:
        """Give one line of text."""
        shown = ", ".join(
            f"{lag}: {'–' if r.statistic is None else format(r.statistic, '.3f')}"
            for lag, r in zip(self.lags, self.results, strict=True)
        )
        return f"{self.results[0].name} by lag: {shown} ({self.correction})"


def neighbours_of_order(matrix: sparse.csr_array, orders: int) -> Iterator[sparse.csr_array]:
    """
    Neighbours at exactly 1, 2 … *orders* steps along the links, as binary matrices.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        Any link is one step.
    orders : int
        At least 1.

    Yields
    ------
    scipy.sparse.csr_array, shape (n, n)

    Examples
    --------
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> [int(m.sum()) for m in neighbours_of_order(line, 4)]
    [6, 4, 2, 0]
    """
    step = sparse.csr_array(matrix.sign())
    reached = shell = sparse.csr_array(sparse.eye_array(matrix.shape[0]))
    for _ in range(orders):
        beyond = sparse.csr_array((shell @ step).sign())
        shell = sparse.csr_array(beyond - beyond * reached)
        shell.eliminate_zeros()
        reached = sparse.csr_array(reached + shell)
        yield shell


def _check(statistic: str, correction: Correction) -> None:
    if statistic not in get_args(Which):
        raise OptionError(f"statistic is {statistic!r}; it can be {', '.join(get_args(Which))}.")
    inference.adjust(np.array([1.0]), correction)


def _gather(
    lags: Sequence[str], results: Sequence[GlobalResult], correction: Correction
) -> Correlogram:
    p = np.array([np.nan if r.p_value is None else r.p_value for r in results])
    adjusted = inference.adjust(p, correction)
    return Correlogram(
        lags=tuple(lags),
        results=tuple(results),
        p_adjusted=tuple(None if np.isnan(q) else float(q) for q in adjusted),
        correction=correction,
    )


def correlogram(
    values: pd.Series,
    graph: Any,
    *,
    orders: int = 4,
    statistic: Which = "moran",
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    correction: Correction = "holm",
    missing: Missing = "refuse",
) -> Correlogram:
    """
    Follow autocorrelation over neighbours, neighbours' neighbours and so on.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids; their weights are not used beyond whether there is a link.
    orders : int
        Lags, at least 1: units at exactly 1, 2 … steps.
    statistic : {"moran", "geary"}
    standardize, alternative, method, permutations, rng, missing
        As in `mekantek.stats.overall.autocorrelation.moran`.
    correction : {"holm", "bonferroni", "bh", "by", "none"}
        Over the lags.

    Returns
    -------
    Correlogram

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    Cliff & Ord (1981, section 5.3.2); as R's spdep, sp.correlogram. Units without a neighbour at a
    lag are isolates there and treated as such. Lags are tests on the same values and depend on
    each other, which Holm allows.

    Examples
    --------
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> values = pd.Series([1.0, 2.0, 4.0, 5.0, 7.0, 8.0], index=list("abcdef"))
    >>> correlogram(values, graph, orders=2).to_frame()["statistic"].round(3).tolist()
    [0.76, 0.04]
    """
    _check(statistic, correction)
    if orders < 1:
        raise OptionError(f"orders is {orders}; it must be at least 1.")
    numbers, ids, links = join(values, graph, standardize="none", missing=missing)
    kept = pd.Series(numbers, index=ids)
    results = []
    for order, matrix in enumerate(neighbours_of_order(links.matrix, orders), start=1):
        spec = f"{links.description['spec']}, exactly {order} steps"
        result = _STATISTICS[statistic](
            kept, SimpleNamespace(ids=ids, sparse=matrix, spec=spec), standardize=standardize,
            alternative=alternative, method=method, permutations=permutations, rng=rng,
        )  # fmt: skip
        results.append(replace(result, notes=tuple(dict.fromkeys(links.notes + result.notes))))
    return _gather([str(k) for k in range(1, orders + 1)], results, correction)


def distance_correlogram(
    values: pd.Series,
    points: pd.DataFrame,
    *,
    edges: Sequence[float],
    statistic: Which = "moran",
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    correction: Correction = "holm",
    missing: Missing = "refuse",
) -> Correlogram:
    """
    Follow autocorrelation over classes of distance.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    points : pandas.DataFrame, shape (n, 2)
        Coordinates of the same ids in a plane, in the unit of the edges (project degrees first).
    edges : sequence of float
        Ascending, from 0 or more; lag k joins units farther apart than edge k and no farther than
        edge k + 1.
    statistic, standardize, alternative, method, permutations, rng, correction, missing
        As in `correlogram`.

    Returns
    -------
    Correlogram

    Raises
    ------
    ValuesError, AlignmentError, OptionError

    Examples
    --------
    >>> points = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "y": 0.0})
    >>> values = pd.Series([1.0, 2.0, 4.0, 5.0, 7.0, 8.0])
    >>> found = distance_correlogram(values, points, edges=[0, 1, 2])
    >>> found.lags, found.to_frame()["statistic"].round(3).tolist()
    (('0-1', '1-2'), [0.76, 0.04])
    """
    _check(statistic, correction)
    bounds = np.asarray(edges, dtype=np.float64)
    if len(bounds) < 2 or not np.isfinite(bounds).all() or (np.diff(bounds) <= 0).any():
        raise OptionError("Edges of the lags are two or more finite numbers in ascending order.")
    if bounds[0] < 0:
        raise OptionError(f"The first edge is {bounds[0]:g}; a distance is 0 or more.")
    if points.index.has_duplicates or set(points.index) != set(values.index):
        raise AlignmentError(
            "Values and points do not bear the same ids, each once.",
            "Değerlerle noktaların kimlikleri aynı değil.",
        )
    places = points.to_numpy(dtype=np.float64)
    if places.shape[1] != 2 or not np.isfinite(places).all():
        raise ValuesError("Points need two finite coordinates each.")
    near = cKDTree(places).sparse_distance_matrix(
        cKDTree(places), float(bounds[-1]), output_type="coo_matrix"
    )
    lags, results = [], []
    for low, high in pairwise(bounds.tolist()):
        inside = (near.data > low) & (near.data <= high)
        matrix = sparse.csr_array(
            (np.ones(int(inside.sum())), (near.row[inside], near.col[inside])), shape=near.shape
        )
        lags.append(f"{low:g}-{high:g}")
        given = SimpleNamespace(ids=points.index, sparse=matrix, spec=f"distance:{lags[-1]}")
        results.append(
            _STATISTICS[statistic](
                values, given, standardize=standardize, alternative=alternative, method=method,
                permutations=permutations, rng=rng, missing=missing,
            )
        )  # fmt: skip
    return _gather(lags, results, correction)
