"""Local Moran, of one variable, of two, and of a change: who lies among their like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mekantek.stats.inference import Correction
from mekantek.stats.links import Links, Missing, Standardize, join, join_two
from mekantek.stats.local.family import (
    Options,
    Question,
    answer,
    dealt_tails,
    deviation_of,
    signs,
    spread_of,
    undefined_reason,
)
from mekantek.stats.nulls.conditional import sum_moments
from mekantek.stats.nulls.drawing import Runner
from mekantek.stats.results import Alternative, LocalMethod, LocalResult

__all__ = [
    "bivariate_local_moran",
    "conditional_moments",
    "differential_local_moran",
    "local_moran",
]


def conditional_moments(deviation: np.ndarray, links: Links) -> tuple[np.ndarray, np.ndarray]:
    """
    Expectation and variance of local Moran under conditional randomization.

    Parameters
    ----------
    deviation : numpy.ndarray, shape (n,)
        Values less their mean, not all zero.
    links : Links

    Returns
    -------
    expected, variance : numpy.ndarray, shape (n,)
        Dimensionless (Sokal, Oden & Thomson 1998, with m₂ = Σz²/n), zero for isolates.
    """
    n = deviation.shape[-1]
    squared = deviation**2
    m2 = squared.mean(axis=-1, keepdims=True)
    expected = -squared * links.sums / ((n - 1) * m2)
    variance = (
        squared
        / m2**2
        * (n / (n - 2))
        * (links.squares - links.sums**2 / (n - 1))
        * (m2 - squared / (n - 1))
    )
    return expected, np.maximum(variance, 0.0)


def local_moran(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: LocalMethod = "auto",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    correction: Correction = "bh",
    alpha: float = 0.05,
    missing: Missing = "refuse",
    stop: int | None = None,
    runner: Runner | None = None,
) -> LocalResult:
    r"""
    Find the units that lie among their like (clusters) or unlike (outliers): local Moran.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids: a SpatialGraph, a libpysal Graph or W.
    standardize : {"row", "none"}
        Row-standardize the weights, or take them as given.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means like among like.
    method : {"auto", "exact", "saddlepoint", "permutation", "randomization"}
        ``auto`` counts exactly wherever it can (equal weights within a row, or few neighbours),
        takes the saddlepoint elsewhere and draws permutations where that is not to be trusted;
        ``randomization`` is the normal approximation.
    permutations : int
        R, where permutations are drawn.
    rng : numpy.random.Generator or int
        Seed of the permutations.
    correction : {"bh", "by", "holm", "bonferroni", "max", "none"}
        For the family of units tested on this map; ``max`` permutes all values R times.
    alpha : float
        In (0, 1).
    missing : {"refuse", "drop"}
    stop : int, optional
        Stop drawing for a unit when each tail has this many sums (Besag & Clifford 1991).
    runner : Runner, optional
        Threads, processes or a Dask cluster that draw permutations; all cores by default.

    Returns
    -------
    LocalResult
        On the index of the values. Units without neighbours are ``isolate``; units that equal the
        mean are ``undefined``; neither has a p-value or belongs to the family.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`I_i = z_i \sum_j w_{ij} z_j / m_2`, :math:`m_2 = \sum z^2 / n` (Anselin 1995). Under
    conditional randomization it is monotone in S, the sum of kᵢ of the other n - 1 values drawn
    without replacement, whose distribution is counted: no seed, no Monte-Carlo error. Ties count
    in both tails. For values on no grid the count brackets p, and the upper bound is given.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> values = pd.Series([9.0, 8.0, 9.0, 1.0, 2.0, 1.0], index=list("abcdef"))
    >>> result = local_moran(values, graph, alternative="greater", correction="none")
    >>> result.frame["quadrant"].tolist()
    ['HH', 'HH', 'HL', 'LH', 'LL', 'LL']
    >>> result.frame.loc["b", "p_value"].round(6)  # one of the ten pairs of the others
    np.float64(0.1)
    """
    options = Options(
        alternative=alternative, method=method, permutations=permutations, rng=rng,
        correction=correction, alpha=alpha, stop=stop, runner=runner,
    )  # fmt: skip
    numbers, _, links = join(values, graph, standardize=standardize, missing=missing)
    return answer(_moran_question("local_moran", numbers, links), options, values.index)


def _moran_question(name: str, numbers: np.ndarray, links: Links) -> Question:
    deviation = deviation_of(numbers)
    spread = spread_of(deviation, links)
    undefined = undefined_reason(links, numbers)
    m2 = float((deviation**2).mean())
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = deviation * spread / m2
        expected, variance = conditional_moments(deviation, links)
        z_score = (statistic - expected) / np.sqrt(variance)
    testable = (links.cardinalities > 0) & (deviation != 0) & (undefined is None)
    z_score[~testable | ~(variance > 1e-14 * expected**2)] = np.nan

    def score(rows: np.ndarray) -> np.ndarray:
        mean, var = conditional_moments(rows, links)
        observed = rows * (links.matrix @ rows.T).T / (rows**2).mean(axis=1, keepdims=True)
        z: np.ndarray = (observed - mean) / np.sqrt(var)
        return np.where(var > 1e-14 * mean**2, z, np.nan)

    nothing = np.full(len(numbers), np.nan) if undefined else None
    return Question(
        name=name,
        links=links,
        value=numbers,
        lag=links.lag(numbers),
        statistic=statistic if nothing is None else nothing,
        expected=expected if nothing is None else nothing.copy(),
        variance=variance if nothing is None else nothing.copy(),
        z_score=z_score,
        testable=testable,
        falls=deviation < 0,
        quadrant=signs(deviation, spread),
        tails=dealt_tails(numbers, links),
        score=score,
        permuted=deviation,
        undefined=undefined,
        noise=(numbers, np.sign(deviation).astype(np.int64)),
    )


def bivariate_local_moran(
    values: pd.Series,
    others: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: LocalMethod = "auto",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    correction: Correction = "bh",
    alpha: float = 0.05,
    missing: Missing = "refuse",
    stop: int | None = None,
    runner: Runner | None = None,
) -> LocalResult:
    r"""
    Compare a unit's value of one variable with its neighbours' values of another.

    Parameters
    ----------
    values, others : pandas.Series, shape (n,)
        The unit's own variable and that of its neighbours, any units, the same ids.
    graph, standardize, alternative, method, permutations, rng, correction, alpha, missing, stop, runner
        As for `local_moran`; with ``missing="drop"`` a unit that lacks either value is dropped.

    Returns
    -------
    LocalResult
        ``lag`` is in the unit of *others*; the quadrant's first letter is the unit's own.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`I_i = x_i \sum_j w_{ij} y_j / \sqrt{m_x m_y}` of deviations (Anselin, Syabri & Smirnov
    2002). The unit keeps both its values, so a correlation of the two at one place is left out of
    the test; the others' values of the second variable are dealt to its neighbours.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 4, 1) + np.diag([1.0] * 4, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcde")), sparse=line)
    >>> x = pd.Series([5.0, 1.0, 1.0, 1.0, 4.0], index=list("abcde"))
    >>> y = pd.Series([1.0, 6.0, 2.0, 5.0, 1.0], index=list("abcde"))
    >>> bivariate_local_moran(x, y, graph).frame["quadrant"].tolist()
    ['HH', 'LL', 'LH', 'LL', 'HH']
    """
    options = Options(
        alternative=alternative, method=method, permutations=permutations, rng=rng,
        correction=correction, alpha=alpha, stop=stop, runner=runner,
    )  # fmt: skip
    own, near, links = join_two(values, others, graph, standardize=standardize, missing=missing)
    deviation, spread = deviation_of(own), spread_of(deviation_of(near), links)
    undefined = undefined_reason(links, own, near)
    scale = float(np.sqrt((deviation**2).mean() * (deviation_of(near) ** 2).mean()))
    total, variance = sum_moments(near - near.mean(), links)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = deviation / scale
        statistic, expected = factor * spread, factor * total
        scaled = factor**2 * variance
        z_score = np.sign(deviation) * (spread - total) / np.sqrt(variance)
    testable = (links.cardinalities > 0) & (deviation != 0)
    z_score[~testable | ~(variance > 0)] = np.nan

    def score(rows: np.ndarray) -> np.ndarray:
        mean, var = sum_moments(rows, links)
        z: np.ndarray = np.sign(deviation) * ((links.matrix @ rows.T).T - mean) / np.sqrt(var)
        return np.where(testable & (var > 0), z, np.nan)

    question = Question(
        name="bivariate_local_moran",
        links=links,
        value=own,
        lag=links.lag(near),
        statistic=statistic,
        expected=expected,
        variance=scaled,
        z_score=z_score,
        testable=testable,
        falls=deviation < 0,
        quadrant=signs(deviation, spread),
        tails=dealt_tails(near, links),
        score=score,
        permuted=near - near.mean(),
        null="the unit keeps its values and the others' values of the second variable are "
        "assigned at random to its neighbours (conditional randomization)",
        undefined=undefined,
        noise=(near, np.sign(deviation).astype(np.int64)),
    )
    return answer(question, options, values.index)


def differential_local_moran(
    later: pd.Series,
    earlier: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: LocalMethod = "auto",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    correction: Correction = "bh",
    alpha: float = 0.05,
    missing: Missing = "refuse",
    stop: int | None = None,
    runner: Runner | None = None,
) -> LocalResult:
    """
    Find the units that changed as their neighbours did: local Moran of the change.

    Parameters
    ----------
    later, earlier : pandas.Series, shape (n,)
        The same variable at two times, in one unit, the same ids.
    graph, standardize, alternative, method, permutations, rng, correction, alpha, missing, stop, runner
        As for `local_moran`; with ``missing="drop"`` a unit that lacks either value is dropped.

    Returns
    -------
    LocalResult
        ``value`` and ``lag`` are changes; HH rose more than the mean among such as did.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    Differential Moran (Anselin 2019), which takes a place's own fixed effect out.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 4, 1) + np.diag([1.0] * 4, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcde")), sparse=line)
    >>> x = pd.Series([5.0, 1.0, 2.0, 9.0, 4.0], index=list("abcde"))
    >>> y = pd.Series([8.0, 4.0, 2.0, 9.0, 4.0], index=list("abcde"))
    >>> differential_local_moran(y, x, graph).frame["quadrant"].tolist()
    ['HH', 'HH', 'LH', 'LL', 'LL']
    """
    options = Options(
        alternative=alternative, method=method, permutations=permutations, rng=rng,
        correction=correction, alpha=alpha, stop=stop, runner=runner,
    )  # fmt: skip
    new, old, links = join_two(later, earlier, graph, standardize=standardize, missing=missing)
    change = new - old
    # A change below the rounding of the values themselves is none.
    if float(np.ptp(change)) <= 1e-12 * float(max(np.abs(new).max(), np.abs(old).max())):
        change = np.zeros_like(change)
    question = _moran_question("differential_local_moran", change, links)
    return answer(question, options, later.index)
