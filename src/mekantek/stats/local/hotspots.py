"""Hot and cold spots: Getis and Ord's Gᵢ and Gᵢ*, and local join counts of yes and no."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.inference import Correction
from mekantek.stats.links import Links, Missing, Standardize, join
from mekantek.stats.local.family import (
    Options,
    Question,
    answer,
    dealt_tails,
    signs,
    undefined_reason,
)
from mekantek.stats.nulls.conditional import sum_moments
from mekantek.stats.nulls.drawing import Runner
from mekantek.stats.overall.crossproduct import ALWAYS_THE_SAME
from mekantek.stats.results import Alternative, LocalMethod, LocalResult

__all__ = ["local_getis_ord", "local_join_counts"]


def local_getis_ord(
    values: pd.Series,
    graph: Any,
    *,
    statistic: Literal["gstar", "g"] = "gstar",
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
    Find hot spots, where high values gather, and cold spots, where low ones do: Gᵢ and Gᵢ*.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids, without self-neighbours.
    statistic : {"gstar", "g"}
        With the unit itself among its neighbours, at its row's largest weight, or without it.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means a hot spot.
    standardize, method, permutations, rng, correction, alpha, missing, stop, runner
        As for `local_moran`.

    Returns
    -------
    LocalResult
        ``cluster`` is HH for a hot and LL for a cold spot. ``statistic`` is the standardized Gᵢ, a
        z-score, so that values need not be positive; its expectation is 0 and its variance 1.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    Ord & Getis (1995), eqs. 14 and 15. Given the unit's own value both rise with the sum of its
    neighbours, so their exact p-values under conditional randomization are the same; they differ
    in z and in sign.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> values = pd.Series([9.0, 8.0, 9.0, 1.0, 2.0, 1.0], index=list("abcdef"))
    >>> local_getis_ord(values, graph).frame["quadrant"].tolist()
    ['HH', 'HH', 'HH', 'LL', 'LL', 'LL']
    """
    if statistic not in ("gstar", "g"):
        raise OptionError(f"statistic is {statistic!r}; it can be 'gstar' or 'g'.")
    options = Options(
        alternative=alternative, method=method, permutations=permutations, rng=rng,
        correction=correction, alpha=alpha, stop=stop, runner=runner,
    )  # fmt: skip
    numbers, _, links = join(values, graph, standardize=standardize, missing=missing)
    star = statistic == "gstar"
    whole = _with_self(links) if star else links
    deviation = numbers - numbers.mean()

    def score(rows: np.ndarray) -> np.ndarray:
        mean, variance = _star_moments(rows, whole) if star else sum_moments(rows, links)
        z: np.ndarray = ((whole.matrix @ rows.T).T - mean) / np.sqrt(variance)
        return np.where(testable & (variance > 0), z, np.nan)

    undefined = undefined_reason(links, numbers)
    testable = links.cardinalities > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        z_score = score(deviation[None, :])[0]
    z_score[np.abs(z_score) < 1e-9] = 0.0
    if undefined is None and np.isnan(z_score).all():
        undefined = ALWAYS_THE_SAME
    known = ~np.isnan(z_score) & (undefined is None)
    z_score[~known] = np.nan
    question = Question(
        name="getis_ord_gstar" if star else "getis_ord_g",
        links=links,
        value=numbers,
        lag=whole.lag(numbers),
        statistic=z_score.copy(),
        expected=np.where(known, 0.0, np.nan),
        variance=np.where(known, 1.0, np.nan),
        z_score=z_score,
        testable=testable & known,
        falls=np.zeros(len(numbers), dtype=bool),
        quadrant=signs(z_score, z_score),
        tails=dealt_tails(numbers, links),
        score=score,
        permuted=deviation,
        undefined=undefined,
        noise=(numbers, np.ones(len(numbers), dtype=np.int64)),
    )
    return answer(question, options, values.index)


def _with_self(links: Links) -> Links:
    """Make each unit with neighbours its own, at its row's largest weight."""
    filled = np.flatnonzero(links.cardinalities)
    largest = np.zeros(links.n)
    largest[filled] = np.maximum.reduceat(links.matrix.data, links.matrix.indptr[filled])
    matrix = sparse.csr_array(links.matrix + sparse.diags_array(largest))
    matrix.eliminate_zeros()
    if links.standardize == "row":
        sums = np.asarray(matrix.sum(axis=1)).ravel()
        matrix.data /= np.repeat(np.where(sums > 0, sums, 1.0), np.diff(matrix.indptr))
    return replace(links, matrix=matrix)


def _star_moments(values: np.ndarray, links: Links) -> tuple[np.ndarray, np.ndarray]:
    """Moments of Gᵢ*'s sum when all values, the unit's own too, are assigned at random."""
    n = values.shape[-1]
    mean = values.mean(axis=-1, keepdims=True)
    spread = values.var(axis=-1, keepdims=True)
    return links.sums * mean, spread * np.maximum(n * links.squares - links.sums**2, 0) / (n - 1)


def local_join_counts(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "none",
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
    Find the units that have something (1) among neighbours that have it too: local join counts.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        0 or 1 (or bool); the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids.
    standardize : {"none", "row"}
        Count neighbours, or take their share.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` asks for more joins than chance gives.
    method, permutations, rng, correction, alpha, missing, stop, runner
        As for `local_moran`.

    Returns
    -------
    LocalResult
        Units that are 0 have no test: their ``cluster`` is ``undefined``. HH is a 1 among more
        ones than expected, HL among fewer.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`BB_i = x_i \sum_j w_{ij} x_j` (Anselin & Li 2019), hypergeometric under conditional
    randomization when neighbours weigh the same.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> result = local_join_counts(pd.Series([1, 1, 1, 0, 0, 0], index=list("abcdef")), graph)
    >>> result.frame["statistic"].tolist(), result.frame.loc["b", "p_value"].round(6)
    ([1.0, 2.0, 1.0, 0.0, 0.0, 0.0], np.float64(0.2))
    """
    options = Options(
        alternative=alternative, method=method, permutations=permutations, rng=rng,
        correction=correction, alpha=alpha, stop=stop, runner=runner,
    )  # fmt: skip
    if isinstance(values, pd.Series) and pd.api.types.is_bool_dtype(values):
        values = values.astype(float)
    numbers, ids, links = join(values, graph, standardize=standardize, missing=missing)
    strange = np.flatnonzero((numbers != 0) & (numbers != 1))
    if len(strange):
        raise ValuesError(
            f"The value of {ids[strange[0]]} is {numbers[strange[0]]:g}; join counts take 0 and 1.",
            f"{ids[strange[0]]} biriminin değeri {numbers[strange[0]]:g}; birleşim sayısı 0 ve 1 ister.",
        )
    joins = links.lag(numbers)
    expected, variance = sum_moments(numbers, links)
    undefined = undefined_reason(links, numbers)
    testable = (links.cardinalities > 0) & (numbers == 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z_score = (joins - expected) / np.sqrt(variance)
    z_score[~testable | ~(variance > 1e-14)] = np.nan

    def score(rows: np.ndarray) -> np.ndarray:
        mean, var = sum_moments(rows, links)
        z: np.ndarray = ((links.matrix @ rows.T).T - mean) / np.sqrt(var)
        return np.where((rows > 0) & (links.cardinalities > 0) & (var > 1e-14), z, np.nan)

    off = joins - expected
    off[np.abs(off) <= 1e-12 * np.maximum(links.sums, 1.0)] = 0.0
    question = Question(
        name="local_join_counts",
        links=links,
        value=numbers,
        lag=joins.copy(),
        statistic=numbers * joins,
        expected=np.where(testable, expected, np.nan),
        variance=np.where(testable, variance, np.nan),
        z_score=z_score,
        testable=testable,
        falls=np.zeros(len(numbers), dtype=bool),
        quadrant=signs(np.where(testable, 1.0, 0.0), off),
        tails=dealt_tails(numbers, links),
        score=score,
        permuted=numbers,
        undefined=undefined,
        noise=(numbers, numbers.astype(np.int64)),
    )
    return answer(question, options, values.index)
