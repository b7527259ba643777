"""Global spatial autocorrelation: Moran's I with analytic, drawn and counted p-values."""

from __future__ import annotations

from itertools import islice
from itertools import permutations as orderings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.links import Links, Missing, Standardize, join
from mekantek.stats.results import Alternative, GlobalMethod, GlobalResult

__all__ = ["NO_NEIGHBOURS", "NO_VARIATION", "moran"]

NO_VARIATION = "undefined: no variation"
NO_NEIGHBOURS = "undefined: no unit has neighbours"

# All 10! orderings are counted in seconds; 11! would take a minute.
_MOST_ORDERINGS = 10
# Ties between floats that print alike, as a fraction of the range of the values.
_TIE = 1e-9

_NULLS = {
    "randomization": "the observed values are assigned to the units at random; normal "
    "approximation with the moments under randomization",
    "normality": "the values are independent draws from one normal distribution; normal "
    "approximation with the moments under normality",
    "permutation": "the observed values are assigned to the units at random; drawn permutations",
    "exact": "the observed values are assigned to the units at random; all orderings counted",
}


class _LinksForEsda:
    """Show links to esda the way its Moran asks a libpysal Graph."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def transform(self, _transformation: str) -> _LinksForEsda:
        return self  # standardized already

    def lag(self, values: np.ndarray) -> np.ndarray:
        return self._links.lag(values)

    def summary(self) -> SimpleNamespace:
        return SimpleNamespace(s0=self._links.s0, s1=self._links.s1, s2=self._links.s2)


def _variances(values: np.ndarray, links: Links, n: int) -> tuple[float, float]:
    """
    Variance of Moran's I under normality and under randomization, for *n* units that count.

    Cliff & Ord (1981), eqs. 1.37 and 1.39, with spdep's ``adjust.n``: n without isolates, the
    kurtosis over all values.
    """
    s0, s1, s2 = links.s0, links.s1, links.s2
    deviation = values - values.mean()
    kurtosis = float((deviation**4).mean() / (deviation**2).mean() ** 2)
    expected = -1 / (n - 1)
    normality = (n * n * s1 - n * s2 + 3 * s0 * s0) / ((n * n - 1) * s0 * s0) - expected**2
    a = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0 * s0)
    b = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0 * s0)
    randomization = (a - b) / ((n - 1) * (n - 2) * (n - 3) * s0 * s0) - expected**2
    return normality, randomization


def _moran_and_moments(values: np.ndarray, links: Links) -> tuple[int, float, float, float, float]:
    """Give n, I, its expectation and its variances under normality and randomization."""
    from esda.moran import Moran

    base = Moran(values, _LinksForEsda(links), permutations=0)
    isolates = int(links.isolates.sum())
    if not isolates:
        return links.n, base.I, base.EI, base.VI_norm, base.VI_rand
    # esda counts isolates into n; they have no links, so they carry no evidence on clustering.
    n = links.n - isolates
    normality, randomization = _variances(values, links, n)
    return n, base.I * n / links.n, -1 / (n - 1), normality, randomization


def _count_orderings(
    values: np.ndarray, links: Links, blocks: Any, tie: float
) -> tuple[int, int, int]:
    """Count orderings whose cross-product is ≥, ≤ the observed one, and all of them."""
    deviation = values - values.mean()
    observed = float(deviation @ links.lag(deviation))
    at_least = at_most = total = 0
    for block in blocks:
        cross = np.einsum("rn,nr->r", block, links.matrix @ block.T)
        at_least += int((cross >= observed - tie).sum())
        at_most += int((cross <= observed + tie).sum())
        total += len(block)
    return at_least, at_most, total


def _all_orderings(deviation: np.ndarray) -> Any:
    every = orderings(range(len(deviation)))
    while chunk := list(islice(every, 200_000)):
        yield deviation[np.array(chunk)]


def moran(
    values: pd.Series,
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
    Measure whether neighbours are alike over the whole map: Moran's I.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids: a SpatialGraph, a libpysal Graph or W.
    standardize : {"row", "none"}
        Row-standardize the weights, or take them as given.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means positive autocorrelation.
    method : {"randomization", "normality", "permutation", "exact"}
        Where the p-value comes from; ``exact`` counts all orderings of up to ten units.
    permutations : int
        R, for ``permutation``.
    rng : numpy.random.Generator or int
        Seed, for ``permutation``; the same seed gives the same bytes.
    missing : {"refuse", "drop"}

    Returns
    -------
    GlobalResult
        ``n`` counts the units with neighbours. Constant values and graphs without links give
        no statistic, and say why.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`I = \frac{n}{S_0} \frac{\sum_i z_i \sum_j w_{ij} z_j}{\sum_i z_i^2}` (Cliff & Ord 1981,
    eq. 1.14), statistic and moments by esda. With isolates n counts the others while mean and
    variance are over all values, as in R's spdep (``adjust.n``).

    Examples
    --------
    Four units in a row, each beside the next:

    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> result = moran(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), graph, method="exact")
    >>> round(result.statistic, 3), round(result.p_value, 3)
    (0.4, 0.167)
    """
    inference.check_alternative(alternative)
    if method not in _NULLS:
        raise OptionError(f"method is {method!r}; it can be {', '.join(_NULLS)}.")
    numbers, _, links = join(values, graph, standardize=standardize, missing=missing)
    if method == "exact" and len(numbers) > _MOST_ORDERINGS:
        raise OptionError(
            f"The exact method counts all orderings, {len(numbers)}! here; it takes up to "
            f"{_MOST_ORDERINGS} units. Use 'randomization' or 'permutation'."
        )
    if permutations < 1:
        raise OptionError(f"permutations is {permutations}; it must be at least 1.")
    drawn = method == "permutation"
    common: dict[str, Any] = {
        "name": "moran",
        "null": _NULLS[method],
        "alternative": alternative,
        "method": method,
        "permutations": permutations if drawn else None,
        "seed": inference.seed_of(rng) if drawn else None,
        "weights": links.description,
        "notes": links.notes,
    }
    connected = int((~links.isolates).sum())
    span = float(np.ptp(numbers))
    reason = None
    if span <= _TIE * 1e-3 * float(np.abs(numbers).max()):
        reason = NO_VARIATION
    elif connected == 0:
        reason = NO_NEIGHBOURS
    elif connected < 4:
        reason = "undefined: fewer than four units have neighbours"
    if reason is not None:
        return GlobalResult(
            statistic=None, expected=None, variance=None, z_score=None, p_value=None,
            undefined=reason, n=connected, **common,
        )  # fmt: skip
    n, statistic, expected, normality, randomization = _moran_and_moments(numbers, links)
    variance = normality if method == "normality" else randomization
    # On graphs where every permutation gives the same I the variance is rounding noise.
    if variance <= 1e-14:
        return GlobalResult(
            statistic=statistic, expected=expected, variance=variance, z_score=None, p_value=None,
            undefined="undefined: every permutation gives the same statistic", n=n, **common,
        )  # fmt: skip
    z_score = (statistic - expected) / variance**0.5
    interval = None
    if method in ("randomization", "normality"):
        p_value = float(inference.normal_p(z_score, alternative))
    else:
        deviation = numbers - numbers.mean()
        tie = _TIE * links.s0 * span * span
        blocks = (
            inference.permuted(deviation, permutations, rng) if drawn else _all_orderings(deviation)
        )
        above, below, total = _count_orderings(numbers, links, blocks, tie)
        if drawn:
            p, low, high = inference.monte_carlo(
                np.array(above), np.array(below), permutations, alternative
            )
            p_value, interval = float(p), (float(low), float(high))
        else:
            p_value = float(
                inference.from_tails(np.array(above / total), np.array(below / total), alternative)
            )
    return GlobalResult(
        statistic=float(statistic), expected=float(expected), variance=float(variance),
        z_score=float(z_score), p_value=p_value, p_interval=interval, n=n, **common,
    )  # fmt: skip
