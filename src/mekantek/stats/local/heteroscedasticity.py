"""Local spatial heteroscedasticity: where do values vary more, or less, than elsewhere."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.inference import Correction
from mekantek.stats.links import Links, Missing, Standardize
from mekantek.stats.overall.crossproduct import TIE, join_by_id, why_undefined
from mekantek.stats.results import Alternative, Family, LocalResult, categories

__all__ = ["losh"]

Method = Literal["chi-square", "permutation"]
CLASSES = ("uneven", "even", "ns", "isolate", "undefined")
_NULLS = {
    "chi-square": "the local deviations are assigned to the units at random; scaled chi-square "
    "approximation with the variance of that",
    "permutation": "the unit keeps its value and the others are assigned to the other units at "
    "random, local means and deviations computed anew; drawn permutations",
}


class _Deviations:
    """Squared deviations from the neighbours' mean, of one map or of many."""

    def __init__(self, links: Links) -> None:
        self.weights = links.matrix
        self.sums = np.asarray(links.matrix.sum(axis=1)).ravel()
        self.connected = ~links.isolates

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Give eᵢ for *values*, shape (n, b); NaN for units without neighbours."""
        with np.errstate(divide="ignore", invalid="ignore"):
            local = (self.weights @ values) / self.sums[:, None]
        return np.asarray((values - local) ** 2)

    def statistic(self, squares: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Give Hᵢ of some units from *squares*, shape (n, b)."""
        level = squares[self.connected].mean(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.weights[units] @ squares) / (self.sums[units, None] * level))


def _drawn(
    values: np.ndarray,
    deviations: _Deviations,
    units: np.ndarray,
    observed: np.ndarray,
    permutations: int,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Count the permutations of the others with Hᵢ ≥ and ≤ the observed one."""
    above, below = np.zeros(len(units), dtype=np.int64), np.zeros(len(units), dtype=np.int64)
    for block in inference.permuted(np.arange(len(values)), permutations, rng):
        rows = np.arange(len(block))
        for k, unit in enumerate(units):
            # Exchanging a unit back to its place leaves the order of the others uniform.
            order = block.copy()
            order[rows, np.argmax(order == unit, axis=1)] = order[:, unit]
            order[:, unit] = unit
            squares = deviations(values[order].T)
            drawn = deviations.statistic(squares, units[k : k + 1])[0]
            tie = TIE * max(float(observed[k]), 1.0)
            above[k] += int((drawn >= observed[k] - tie).sum())
            below[k] += int((drawn <= observed[k] + tie).sum())
    return above, below


def losh(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: Method = "chi-square",
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
    correction: Correction = "bh",
    alpha: float = 0.05,
    missing: Missing = "refuse",
) -> LocalResult:
    r"""
    Find where values vary more, or less, around their neighbours' mean than elsewhere: LOSH.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids.
    standardize : {"row", "none"}
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means more varied than elsewhere.
    method : {"chi-square", "permutation"}
        The approximation of Ord and Getis, or the permutations of Xu, Mei and Yan, whose cost
        grows with n².
    permutations : int
        R, for ``permutation``.
    rng : numpy.random.Generator or int
    correction : {"bh", "by", "holm", "bonferroni", "none"}
        For the family of units tested on this map.
    alpha : float
        In (0, 1).
    missing : {"refuse", "drop"}

    Returns
    -------
    LocalResult
        On the index of the values. ``statistic`` is Hᵢ, 1 on average; clusters are ``uneven``
        (Hᵢ > 1) and ``even``. Units without neighbours are ``isolate`` and give no deviation; a
        unit with such a neighbour (one-way lists) is ``undefined``.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`H_i = \sum_j w_{ij} e_j / (\bar e \sum_j w_{ij})`, :math:`e_j = (x_j - \bar x_j)^2` with
    :math:`\bar x_j` the mean of j's neighbours (Ord & Getis 2012, eqs. 5–9); 2Hᵢ/Vᵢ is taken as
    chi-square with 2/Vᵢ degrees of freedom (as R's spdep, LOSH.cs). Permutations as Xu, Mei & Yan
    (2014).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 7, 1) + np.diag([1.0] * 7, -1))
    >>> graph = SimpleNamespace(ids=pd.RangeIndex(8), sparse=line)
    >>> calm_then_wild = pd.Series([1.0, 1.0, 1.1, 1.0, 5.0, -4.0, 6.0, -3.0])
    >>> losh(calm_then_wild, graph).frame["statistic"].round(2).tolist()
    [0.0, 0.0, 0.05, 0.55, 1.23, 1.72, 2.22, 2.34]
    """
    inference.check_alternative(alternative)
    inference.adjust(np.array([1.0]), correction)
    if method not in get_args(Method):
        raise OptionError(f"method is {method!r}; it can be {', '.join(get_args(Method))}.")
    if not 0 < alpha < 1:
        raise OptionError(f"alpha is {alpha}; it lies between 0 and 1.")
    if permutations < 1:
        raise OptionError(f"permutations is {permutations}; it must be at least 1.")
    numbers, ids, links = join_by_id(values, graph, standardize=standardize, missing=missing)
    n = links.n
    centred = numbers - numbers.mean()
    blank = np.full(n, np.nan)
    statistic, expected, variance, p, low, high = (blank.copy() for _ in range(6))
    lag = np.where(links.isolates, np.nan, links.lag(numbers))
    reason = why_undefined(links, numbers)
    if reason is None:
        deviations = _Deviations(links)
        squares = deviations(centred[:, None])
        statistic = deviations.statistic(squares, np.arange(n))[:, 0]
        expected, variance = _moments(squares[:, 0], deviations, links)
        testable = np.flatnonzero(~np.isnan(statistic) & (variance > 1e-14))
        h, v = statistic[testable], variance[testable]
        if method == "chi-square":
            above, below = special.gammaincc(1 / v, h / v), special.gammainc(1 / v, h / v)
            p[testable] = inference.from_tails(above, below, alternative)
        else:
            counts = _drawn(centred, deviations, testable, h, permutations, rng)
            p[testable], low[testable], high[testable] = inference.monte_carlo(
                *counts, permutations, alternative
            )
    adjusted = inference.adjust(p, correction)
    drew = method == "permutation" and reason is None
    with np.errstate(invalid="ignore", divide="ignore"):
        z_score = (statistic - expected) / np.sqrt(variance)
    z_score[np.isnan(p)] = np.nan
    frame = pd.DataFrame(
        {
            "value": numbers, "lag": lag, "statistic": statistic, "expected": expected,
            "variance": variance, "z_score": z_score, "p_value": p, "p_low": low, "p_high": high,
            "p_adjusted": adjusted,
            "method": categories(np.where(np.isnan(p), -1, 0), (method,)),
        },
        index=ids,
    )  # fmt: skip
    _class(frame, links, alpha)
    return LocalResult(
        name="losh",
        frame=frame.loc[values.index[values.index.isin(ids)]],
        family=Family(
            size=int((~np.isnan(p)).sum()), correction=correction, alpha=alpha,
            survivors=int((adjusted <= alpha).sum()),
        ),
        null=_NULLS[method], alternative=alternative, method=method,
        permutations=permutations if drew else None,
        seed=inference.seed_of(rng) if drew else None,
        undefined=reason, n=n, weights=links.description, notes=links.notes, classes=CLASSES,
    )  # fmt: skip


def _class(frame: pd.DataFrame, links: Links, alpha: float) -> None:
    """Add the side of 1 on which a unit lies, and whether that is significant."""
    place = {name: code for code, name in enumerate(CLASSES)}
    statistic = frame["statistic"].to_numpy()
    side = np.full(links.n, place["undefined"])
    side[statistic > 1], side[statistic < 1] = place["uneven"], place["even"]
    frame["quadrant"] = categories(side, CLASSES)
    for column, level in (("cluster", "p_adjusted"), ("cluster_unadjusted", "p_value")):
        p = frame[level].to_numpy()
        cluster = np.where(p <= alpha, side, place["ns"])
        cluster[np.isnan(p)] = place["undefined"]
        cluster[links.isolates] = place["isolate"]
        frame[column] = categories(cluster, CLASSES)


def _moments(
    squares: np.ndarray, deviations: _Deviations, links: Links
) -> tuple[np.ndarray, np.ndarray]:
    """Expectation and variance of Hᵢ when deviations come to units at random (eq. 9)."""
    connected = squares[deviations.connected]
    n, level = len(connected), float(connected.mean())
    spread = float((connected**2).mean()) - level**2
    weights = np.asarray(links.matrix.power(2).sum(axis=1)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (
            spread / (n - 1) * (n * weights - deviations.sums**2) / (level * deviations.sums) ** 2
        )
    variance[~deviations.connected] = np.nan
    return np.where(deviations.connected, 1.0, np.nan), variance
