"""Two variables on one graph: bivariate Moran, Lee's L, and Moran of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.stats.links import Links, Missing, Standardize
from mekantek.stats.overall.autocorrelation import moran_form
from mekantek.stats.overall.crossproduct import (
    NULLS,
    NoNormality,
    Question,
    closeness,
    join_pair_by_id,
    why_undefined,
)
from mekantek.stats.overall.moments import inner
from mekantek.stats.results import Alternative, GlobalMethod, GlobalResult

__all__ = ["bivariate_moran", "differential_moran", "lee"]

_PAIRS = {
    method: words.replace(
        "the observed values are", "every unit keeps its pair of values and the pairs are"
    )
    for method, words in NULLS.items()
}
_CHANGES = {
    method: words.replace("the observed values", "the observed changes").replace(
        "the values", "the changes"
    )
    for method, words in NULLS.items()
}


def _together(x: np.ndarray, y: np.ndarray) -> Mapping[str, float]:
    u, v = x - x.mean(), y - y.mean()
    return {"correlation": inner(u, v) / (inner(u, u) * inner(v, v)) ** 0.5}


def _bivariate_form(x: np.ndarray, y: np.ndarray, links: Links) -> NoNormality:
    u, v = x - x.mean(), y - y.mean()
    units = links.n - int(links.isolates.sum())
    return NoNormality(
        name="bivariate_moran",
        matrix=links.matrix,
        pairs=[(u, v)],
        scale=units / (links.s0 * (inner(u, u) * inner(v, v)) ** 0.5),
        units=units,
        tie=links.s0 * closeness(x, y),
    )


def _lee_form(x: np.ndarray, y: np.ndarray, links: Links) -> NoNormality:
    """Write L as a cross-product: the lags of both meet where W'W has an entry."""
    form = _bivariate_form(x, y, links)
    squares = float((np.asarray(links.matrix.sum(axis=1)) ** 2).sum())
    matrix = sparse.csr_array(links.matrix.T @ links.matrix)
    return replace(
        form,
        name="lee",
        matrix=matrix,
        scale=form.scale * links.s0 / squares,
        tie=form.tie * float(matrix.sum()) / links.s0,
    )


def bivariate_moran(
    values: pd.Series,
    neighbour_values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Measure whether one variable goes with another one among the neighbours: bivariate Moran.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        x, any unit; the index holds the ids.
    neighbour_values : pandas.Series, shape (n,)
        y, any unit, the same ids in any order; it is y that is summed over the neighbours.
    graph, standardize, method, permutations, rng
        As in `mekantek.stats.overall.autocorrelation.moran`; there are no moments under normality.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means high x beside high y.
    missing : {"refuse", "drop"}
        A unit that lacks one of the values is dropped with both.

    Returns
    -------
    GlobalResult
        ``details`` holds ``correlation``, Pearson's r of x and y in place.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`I_{xy} = \frac{n}{S_0} \sum_{ij} w_{ij} u_i v_j / \sqrt{\sum u^2 \sum v^2}`, u and v the
    deviations (Wartenberg 1985). The pairs (x, y) are assigned to units together (Lee 2001), so
    the correlation in place is held and only the map is tested; the expectation is −r/(n − 1). Its
    moments are Mantel's (1967). For x = y all is as in Moran's I.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> x = pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd"))
    >>> round(bivariate_moran(x, -x, graph).statistic, 3)
    -0.4
    """
    question = Question(
        alternative=alternative, method=method, permutations=permutations, rng=rng, nulls=_PAIRS
    )
    x, y, links = join_pair_by_id(
        values, neighbour_values, graph, standardize=standardize, missing=missing
    )
    if reason := why_undefined(links, x, y):
        return question.unanswered("bivariate_moran", links, reason)
    return question.answer(_bivariate_form(x, y, links), links, _together(x, y))


def lee(
    values: pd.Series,
    others: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Measure whether two variables, both smoothed over neighbours, go together: Lee's L.

    Parameters
    ----------
    values, others : pandas.Series, shape (n,)
        x and y, any unit, the same ids in any order.
    graph, standardize, alternative, method, permutations, rng, missing
        As in `bivariate_moran`.

    Returns
    -------
    GlobalResult
        ``details`` holds ``correlation``, Pearson's r of x and y in place.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`L = \frac{n}{\sum_i (\sum_j w_{ij})^2} \frac{\sum_i (\sum_j w_{ij} u_j)(\sum_j w_{ij}
    v_j)}{\sqrt{\sum u^2 \sum v^2}}` (Lee 2001, eq. 15). Pairs are assigned to units together;
    moments as Mantel (1967) with the diagonal of W'W counted (Lee 2004).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> x = pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd"))
    >>> round(lee(x, x, graph).statistic, 3)
    0.2
    """
    question = Question(
        alternative=alternative, method=method, permutations=permutations, rng=rng, nulls=_PAIRS
    )
    x, y, links = join_pair_by_id(values, others, graph, standardize=standardize, missing=missing)
    if reason := why_undefined(links, x, y):
        return question.unanswered("lee", links, reason)
    return question.answer(_lee_form(x, y, links), links, _together(x, y))


def differential_moran(
    later: pd.Series,
    earlier: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    """
    Measure whether neighbours changed alike between two dates: Moran's I of the change.

    Parameters
    ----------
    later, earlier : pandas.Series, shape (n,)
        The same variable in the same unit at two dates, the same ids in any order.
    graph, standardize, alternative, method, permutations, rng
        As in `mekantek.stats.overall.autocorrelation.moran`.
    missing : {"refuse", "drop"}
        A unit that lacks one of the dates is dropped.

    Returns
    -------
    GlobalResult
        ``details`` holds ``mean_change`` in the unit of the values. Where all units changed by
        the same there is no statistic.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    Values that stay high in high neighbourhoods give no change; what is lasting about a place is
    taken out by the difference (Anselin, *GeoDa*, differential Moran).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> before = pd.Series([9.0, 1.0, 5.0, 3.0], index=list("abcd"))
    >>> after = before + [1.0, 2.0, 3.0, 4.0]
    >>> round(differential_moran(after, before, graph).statistic, 3)
    0.4
    """
    question = Question(
        alternative=alternative, method=method, permutations=permutations, rng=rng, nulls=_CHANGES
    )
    new, old, links = join_pair_by_id(
        later, earlier, graph, standardize=standardize, missing=missing
    )
    change = new - old
    # A change below the rounding of the values themselves is none.
    size = float(max(np.abs(new).max(), np.abs(old).max()))
    if float(np.ptp(change)) <= 1e-12 * size:
        change = np.zeros_like(change)
    if reason := why_undefined(links, change):
        return question.unanswered("differential_moran", links, reason)
    form = moran_form(change, links)
    # Both dates bring their own rounding.
    tie = form.tie + links.s0 * 8 * float(np.finfo(np.float64).eps) * size * float(np.ptp(change))
    form = replace(form, name="differential_moran", tie=tie)
    return question.answer(form, links, {"mean_change": float(change.mean())})
