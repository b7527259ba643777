"""The Moran scatterplot: its points, its slope, and whether regimes differ in slope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats.links import Links, Missing, Standardize
from mekantek.stats.overall.crossproduct import (
    ALWAYS_THE_SAME,
    Question,
    join_by_id,
    why_undefined,
)
from mekantek.stats.overall.moments import inner
from mekantek.stats.results import GlobalMethod, GlobalResult

__all__ = ["moran_scatterplot", "regime_slopes"]

_NULLS = {
    method: "the regimes are assigned to the units at random, each unit keeping its value and its "
    f"neighbours' value: one slope for all; {how}"
    for method, how in (
        ("permutation", "drawn permutations of the regimes"),
        ("exact", "all orderings of the regimes counted"),
        ("randomization", ""),
        ("normality", ""),
    )
}


def _points(numbers: np.ndarray, links: Links) -> tuple[np.ndarray, np.ndarray]:
    """Value and neighbours' mean in standard deviations; units without neighbours left out."""
    z = (numbers - numbers.mean()) / numbers.std()
    return z[~links.isolates], links.lag(z)[~links.isolates]


def moran_scatterplot(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    missing: Missing = "refuse",
) -> pd.DataFrame:
    """
    Give the points of the Moran scatterplot.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids.
    standardize : {"row", "none"}
    missing : {"refuse", "drop"}

    Returns
    -------
    pandas.DataFrame, shape (n_connected, 2)
        ``value`` and ``lag`` in standard deviations of the values, units without neighbours left
        out; ordered by id. The slope through the origin is Moran's I where the weights are
        row-standardized and no unit is without neighbours. Empty where the values are constant;
        ``attrs["undefined"]`` says why, and ``attrs["notes"]`` what was done to the input.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    Anselin (1996).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> points = moran_scatterplot(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), graph)
    >>> round(float((points["value"] * points["lag"]).sum() / (points["value"] ** 2).sum()), 3)
    0.4
    """
    numbers, ids, links = join_by_id(values, graph, standardize=standardize, missing=missing)
    why = why_undefined(links, numbers)
    if why:
        points = pd.DataFrame({"value": [], "lag": []}, index=ids[:0], dtype=np.float64)
    else:
        z, lag = _points(numbers, links)
        points = pd.DataFrame({"value": z, "lag": lag}, index=ids[~links.isolates])
    points.attrs = {"undefined": why, "notes": list(links.notes)}
    return points


class _Slopes:
    """Least-squares slopes of each regime, for many assignments of regimes at once."""

    def __init__(self, z: np.ndarray, lag: np.ndarray, regimes: int) -> None:
        self.columns = np.column_stack([np.ones_like(z), z, lag, z * z, z * lag])
        self.regimes = regimes

    def __call__(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slopes and sums of squares of *codes*, shape (b, n): two arrays of shape (b, regimes)."""
        slopes, weights = [], []
        for regime in range(self.regimes):
            count, z, lag, zz, zl = np.einsum("rn,nc->cr", codes == regime, self.columns)
            squares = zz - z * z / count
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = (zl - z * lag / count) / squares
            flat = squares <= 1e-12 * zz
            slopes.append(np.where(flat, np.nan, slope))
            weights.append(np.where(flat, 0.0, squares))
        return np.array(slopes).T, np.array(weights).T

    def spread(self, codes: np.ndarray) -> np.ndarray:
        """Sum of squares that separate slopes explain beyond a common one, shape (b,)."""
        slopes, weights = self(codes)
        slopes = np.nan_to_num(slopes)
        common = (weights * slopes).sum(axis=1) / weights.sum(axis=1)
        return np.asarray((weights * (slopes - common[:, None]) ** 2).sum(axis=1))


def regime_slopes(
    values: pd.Series,
    graph: Any,
    regimes: pd.Series,
    *,
    standardize: Standardize = "row",
    method: GlobalMethod = "permutation",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Test whether the slope of the Moran scatterplot differs between regimes.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids; neighbours in other regimes count too.
    regimes : pandas.Series, shape (n,)
        Labels, such as east and west, the same ids in any order; each regime has three or more
        units with neighbours.
    standardize, permutations, rng, missing
        As in `mekantek.stats.overall.autocorrelation.moran`.
    method : {"permutation", "exact"}

    Returns
    -------
    GlobalResult
        ``statistic`` is the sum of squares that separate slopes explain beyond a common one, 0
        where all regimes have the same slope; a spread has one tail, so the alternative is
        ``greater``. ``details`` holds ``slope`` (through the origin, all units) and the
        ``slopes`` and sizes of the regimes.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`\sum_r S_r (b_r - \bar b)^2`, b the least-squares slope of the neighbours' value on the
    value within regime r with its own intercept (Anselin 1996), S its sum of squares. The null
    keeps every point of the scatterplot and shuffles the regimes over them; points of neighbours
    depend on each other, and regimes that are connected on the map, as regimes are, make the test
    lenient: read it as a description of the plot.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 7, 1) + np.diag([1.0] * 7, -1))
    >>> graph = SimpleNamespace(ids=pd.RangeIndex(8), sparse=line)
    >>> values = pd.Series([1.0, 2.0, 3.0, 4.0, 9.0, 1.0, 9.0, 1.0])
    >>> found = regime_slopes(values, graph, pd.Series(list("wwwweeee")), method="exact")
    >>> {name: round(one["slope"], 2) for name, one in found.details["slopes"].items()}
    {'e': -0.91, 'w': 1.3}
    """
    if method not in ("permutation", "exact"):
        raise OptionError(f"method is {method!r}; slopes of regimes take 'permutation' or 'exact'.")
    question = Question(alternative="greater", method=method, permutations=permutations, rng=rng,
                        nulls=_NULLS)  # fmt: skip
    numbers, ids, links = join_by_id(values, graph, standardize=standardize, missing=missing)
    if regimes.index.has_duplicates or not ids.isin(regimes.index).all():
        raise AlignmentError(
            "Some unit has no regime, or more than one; give each id one label.",
            "Bir birimin bölgesi yok ya da birden çok; her kimliğe bir etiket verin.",
        )
    if reason := why_undefined(links, numbers):
        return question.unanswered("regime_slopes", links, reason)
    labels = regimes.loc[ids[~links.isolates]]
    if labels.isna().any():
        raise ValuesError(f"The regime of {labels.index[labels.isna()][0]} is missing.")
    names = sorted(labels.unique(), key=str)
    codes = np.array([names.index(label) for label in labels])
    sizes = np.bincount(codes)
    if len(names) < 2 or sizes.min() < 3:
        raise ValuesError(
            "Regimes to compare are two or more, each with three or more units that have "
            "neighbours.",
            "Karşılaştırılacak bölgeler en az ikidir; her birinde komşusu olan en az üç birim olur.",
        )
    z, lag = _points(numbers, links)
    slopes = _Slopes(z, lag, len(names))
    own = slopes(codes[None, :])[0][0]
    details: Mapping[str, Any] = {
        "slope": inner(z, lag) / inner(z, z),
        "slopes": {
            str(name): {"slope": None if np.isnan(b) else float(b), "n": int(size)}
            for name, b, size in zip(names, own, sizes, strict=True)
        },
    }
    if np.isnan(own).any():
        return question.unanswered(
            "regime_slopes", links, "undefined: no variation within a regime", details
        )
    observed = float(slopes.spread(codes[None, :])[0])
    above = below = total = 0
    tie = 1e-9 * inner(lag, lag)
    for block in question.orders(len(codes)):
        spread = slopes.spread(codes[block])
        above += int((spread >= observed - tie).sum())
        below += int((spread <= observed + tie).sum())
        total += len(block)
    p_value, interval = question.p_of_counts(above, below, total)
    always = above == below == total
    return GlobalResult(
        statistic=observed, expected=None, variance=None, z_score=None,
        p_value=None if always else p_value, p_interval=None if always else interval,
        undefined=ALWAYS_THE_SAME if always else None, details=details,
        **question.head("regime_slopes", links),
    )  # fmt: skip
