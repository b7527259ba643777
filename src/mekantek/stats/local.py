"""Local Moran: which units lie among their like, with exact conditional permutation p-values."""

from __future__ import annotations

from itertools import combinations
from itertools import permutations as arrangements
from math import comb, perm
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.autocorrelation import NO_NEIGHBOURS, NO_VARIATION
from mekantek.stats.exact import find_grid, quantize, subset_sums
from mekantek.stats.inference import Correction
from mekantek.stats.links import Links, Missing, Standardize, join
from mekantek.stats.results import Alternative, Family, LocalMethod, LocalResult

__all__ = ["conditional_moments", "local_moran"]

_METHODS = ("auto", "exact", "permutation", "randomization")
_NULL = (
    "the unit keeps its value and the others are assigned at random to its neighbours "
    "(conditional randomization)"
)
# Ties between floats that print alike, as a fraction of the range of the values.
_TIE = 1e-9
# Below this fraction of the range a deviation from the mean is rounding, not a sign.
_ZERO = 1e-11
# Points of the transform for values that lie on no grid, and sums listed one by one per unit.
_TRANSFORM = 1 << 18
_LISTED = 200_000


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
    n = len(deviation)
    m2 = float((deviation**2).mean())
    sums = np.asarray(links.matrix.sum(axis=1)).ravel()
    squares = np.asarray((links.matrix**2).sum(axis=1)).ravel()
    expected = -(deviation**2) * sums / ((n - 1) * m2)
    variance = (
        (deviation / m2) ** 2
        * (n / (n - 2))
        * (squares - sums**2 / (n - 1))
        * (m2 - deviation**2 / (n - 1))
    )
    return expected, np.maximum(variance, 0.0)


class _Tails:
    """Bounds on P(S ≥ s) and P(S ≤ s) of each unit, S the weighted sum of its neighbours."""

    def __init__(self, n: int) -> None:
        self.least = np.full((2, n), np.nan)  # rows: lower and upper bound
        self.most = np.full((2, n), np.nan)
        self.method = np.full(n, None, dtype=object)


def _count(values: np.ndarray, links: Links, units: np.ndarray, tails: _Tails) -> None:
    """Count subset sums for units whose neighbours weigh the same."""
    n = len(values)
    sizes = links.cardinalities[units]
    # The sum of k out of n - 1 is the sum of all less that of the other n - 1 - k, so the smaller
    # of the two is counted; then the tails change places.
    few = np.minimum(sizes, n - 1 - sizes)
    grid = find_grid(values)
    if grid is None or int(grid.levels.max()) * int(few.max()) > 16 * _TRANSFORM:
        listed = np.array([comb(n - 1, int(k)) <= _LISTED for k in few])
        for unit in units[listed]:
            _list(values, links, int(unit), tails, equal=True)
        units, sizes, few = units[~listed], sizes[~listed], few[~listed]
        if not len(units):
            return
        grid = quantize(values, _TRANSFORM // max(int(few.max()), 1))
    sums = subset_sums(grid.levels, int(few.max()))
    place = grid.levels if grid.exact else (values - grid.origin) / grid.step
    for size in np.unique(sizes):
        group, drawn = units[sizes == size], min(int(size), n - 1 - int(size))
        starts = links.matrix.indptr[group]
        observed = place[links.matrix.indices[starts[:, None] + np.arange(size)]].sum(axis=1)
        flipped = drawn != size
        if flipped:
            observed = place.sum() - place[group] - observed
        # Rounding to the grid moved each summed value by at most half a step.
        slack = 0.0 if grid.exact else drawn / 2 + 1e-6
        for row, margin in enumerate((slack, -slack)):
            least, most = sums.tail_probabilities(
                drawn,
                grid.levels[group],
                np.ceil(observed + margin).astype(np.int64),
                np.floor(observed - margin).astype(np.int64),
            )
            # The observed arrangement itself is in both tails.
            once = 1 / comb(n - 1, drawn)
            least, most = np.maximum(least, once), np.maximum(most, once)
            tails.least[row, group], tails.most[row, group] = (
                (most, least) if flipped else (least, most)
            )
        tails.method[group] = "exact"


def _row(links: Links, unit: int) -> tuple[np.ndarray, np.ndarray]:
    span = slice(links.matrix.indptr[unit], links.matrix.indptr[unit + 1])
    return links.matrix.indices[span], links.matrix.data[span]


def _list(values: np.ndarray, links: Links, unit: int, tails: _Tails, *, equal: bool) -> None:
    """Write out every assignment of the other values to the neighbours of one unit."""
    members, weights = _row(links, unit)
    others = np.delete(values, unit)
    few = len(members)
    if equal:
        chosen = np.array(list(combinations(range(len(others)), few)))
        sums, observed = others[chosen].sum(axis=1), values[members].sum()
        tie = _TIE * few * np.ptp(values)
    else:
        chosen = np.array(list(arrangements(range(len(others)), few)))
        sums, observed = others[chosen] @ weights, values[members] @ weights
        tie = _TIE * weights.sum() * np.ptp(values)
    tails.least[:, unit] = (sums >= observed - tie).mean()
    tails.most[:, unit] = (sums <= observed + tie).mean()
    tails.method[unit] = "exact"


def _equal_rows(links: Links) -> np.ndarray:
    """Mask of the units whose neighbours all weigh the same."""
    n, cardinalities = links.n, links.cardinalities
    equal = np.ones(n, dtype=bool)
    filled = np.flatnonzero(cardinalities)
    if len(filled):
        starts = links.matrix.indptr[filled]
        high = np.maximum.reduceat(links.matrix.data, starts)
        low = np.minimum.reduceat(links.matrix.data, starts)
        equal[filled] = high - low <= 1e-12 * high
    return equal


def _draw(
    values: np.ndarray,
    links: Links,
    unit: int,
    permutations: int,
    rng: np.random.Generator | int,
) -> tuple[int, int]:
    """Count the draws whose weighted sum is ≥, ≤ the observed one."""
    members, weights = _row(links, unit)
    others = np.delete(values, unit)
    observed = float(values[members] @ weights)
    tie = _TIE * float(weights.sum()) * float(np.ptp(values))
    above = below = 0
    for block in inference.draw_without_replacement(
        len(others), len(members), permutations, rng, key=unit
    ):
        sums = others[block] @ weights
        above += int((sums >= observed - tie).sum())
        below += int((sums <= observed + tie).sum())
    return above, below


def _p_values(
    values: np.ndarray,
    links: Links,
    testable: np.ndarray,
    signs: np.ndarray,
    *,
    method: LocalMethod,
    alternative: Alternative,
    permutations: int,
    rng: np.random.Generator | int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give p, the bounds of its interval (NaN where there is none) and the method of each unit."""
    n = len(values)
    tails = _Tails(n)
    p, low, high = (np.full(n, np.nan) for _ in range(3))
    units = np.flatnonzero(testable)
    drawn = units
    if method in ("auto", "exact"):
        equal = _equal_rows(links)[units]
        if equal.any():
            _count(values, links, units[equal], tails)
        drawn = units[~equal]
        short = np.array(
            [perm(n - 1, int(k)) <= _LISTED for k in links.cardinalities[drawn]], dtype=bool
        )
        for unit in drawn[short]:
            _list(values, links, int(unit), tails, equal=False)
        drawn = drawn[~short]
        if method == "exact" and len(drawn):
            raise OptionError(
                f"The neighbours of {links.ids[drawn[0]]} weigh differently and are too many to "
                "count exactly; use --method auto or permutation."
            )
    # The statistic is z times the sum: below the mean, its upper tail is the sum's lower one.
    swap = signs < 0
    least = np.where(swap, tails.most, tails.least)
    most = np.where(swap, tails.least, tails.most)
    bounds = inference.from_tails(least, most, alternative)
    p[:] = bounds[1]  # the upper bound: a p-value is never better than what is proved
    bracketed = bounds[1] - bounds[0] > 1e-12
    low[bracketed], high[bracketed] = bounds[0][bracketed], bounds[1][bracketed]
    if len(drawn):
        counts = np.array([_draw(values, links, int(u), permutations, rng) for u in drawn])
        above, below = counts[:, 0], counts[:, 1]
        turn = swap[drawn]
        above, below = np.where(turn, below, above), np.where(turn, above, below)
        p[drawn], low[drawn], high[drawn] = inference.monte_carlo(
            above, below, permutations, alternative
        )
        tails.method[drawn] = "permutation"
    return p, low, high, tails.method


def _refuse_hopeless(
    size: int, permutations: int, correction: str, alternative: str, alpha: float
) -> None:
    """Refuse permutations so few that no unit could ever pass the correction."""
    sides = 2 if alternative == "two-sided" else 1
    if correction in ("bonferroni", "holm") and sides * size > alpha * (permutations + 1):
        needed = int(np.ceil(sides * size / alpha)) - 1
        raise OptionError(
            f"With {permutations} permutations no unit of {size} can pass {correction} at "
            f"{alpha:g}; draw at least {needed}, or use --method exact."
        )


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
    method : {"auto", "exact", "permutation", "randomization"}
        ``auto`` counts exactly wherever it can (equal weights within a row, or few neighbours) and
        draws permutations elsewhere; ``randomization`` is the normal approximation.
    permutations : int
        R, where permutations are drawn.
    rng : numpy.random.Generator or int
        Seed of the permutations.
    correction : {"bh", "by", "holm", "bonferroni", "none"}
        For the family of units tested on this map.
    alpha : float
        In (0, 1).
    missing : {"refuse", "drop"}

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
    inference.check_alternative(alternative)
    if method not in _METHODS:
        raise OptionError(f"method is {method!r}; it can be {', '.join(_METHODS)}.")
    if not 0 < alpha < 1:
        raise OptionError(f"alpha is {alpha}; it lies between 0 and 1.")
    if permutations < 1:
        raise OptionError(f"permutations is {permutations}; it must be at least 1.")
    numbers, ids, links = join(values, graph, standardize=standardize, missing=missing)
    n, span = len(numbers), float(np.ptp(numbers))
    isolates = links.isolates
    lag = links.lag(numbers)
    lag[isolates] = np.nan
    reason = None
    if span <= _ZERO * float(np.abs(numbers).max()):
        reason = NO_VARIATION
    elif isolates.all():
        reason = NO_NEIGHBOURS
    frame = pd.DataFrame({"value": numbers, "lag": lag}, index=ids)
    if reason is not None:
        for column in ("statistic", "expected", "variance", "z_score", "p_value", "p_low",
                       "p_high", "p_adjusted"):  # fmt: skip
            frame[column] = np.nan
        frame["method"] = pd.Series(None, index=ids, dtype=object)
        frame["quadrant"] = "undefined"
        frame["cluster"] = np.where(isolates, "isolate", "undefined")
        frame["cluster_unadjusted"] = frame["cluster"]
        return LocalResult(
            name="local_moran", frame=frame, family=Family(size=0, correction=correction,
            alpha=alpha, survivors=0), null=_NULL, alternative=alternative, method=method,
            undefined=reason, n=n, weights=links.description, notes=links.notes,
        )  # fmt: skip
    deviation = numbers - numbers.mean()
    deviation[np.abs(deviation) <= _ZERO * span] = 0.0
    spread = links.lag(deviation)
    spread[np.abs(spread) <= _ZERO * span * np.maximum(links.matrix.sum(axis=1), 1.0)] = 0.0
    statistic = deviation * spread / float((deviation**2).mean())
    expected, variance = conditional_moments(deviation, links)
    flat = deviation == 0
    testable = ~isolates & ~flat
    with np.errstate(divide="ignore", invalid="ignore"):
        z_score = (statistic - expected) / np.sqrt(variance)
    z_score[~testable | (variance <= 1e-14 * expected**2)] = np.nan
    for array in (statistic, expected, variance):
        array[isolates] = np.nan
    if method == "randomization":
        p = inference.normal_p(z_score, alternative)
        low = high = np.full(n, np.nan)
        methods = np.array([None if np.isnan(q) else method for q in p], dtype=object)
    else:
        p, low, high, methods = _p_values(
            numbers, links, testable, np.sign(deviation), method=method,
            alternative=alternative, permutations=permutations, rng=rng,
        )  # fmt: skip
    used = sorted({m for m in methods if m is not None})
    if "permutation" in used:
        _refuse_hopeless(int(testable.sum()), permutations, correction, alternative, alpha)
    adjusted = inference.adjust(p, correction)
    quadrant = np.array(
        [
            "undefined" if z == 0 or s == 0 else ("H" if z > 0 else "L") + ("H" if s > 0 else "L")
            for z, s in zip(deviation, spread, strict=True)
        ],
        dtype=object,
    )
    quadrant[isolates] = "undefined"
    frame["statistic"], frame["expected"], frame["variance"] = statistic, expected, variance
    frame["z_score"], frame["p_value"] = z_score, p
    frame["p_low"], frame["p_high"], frame["p_adjusted"] = low, high, adjusted
    frame["method"], frame["quadrant"] = methods, quadrant
    for column, level in (("cluster", adjusted), ("cluster_unadjusted", p)):
        cluster = np.where(level <= alpha, quadrant, "ns").astype(object)
        cluster[np.isnan(level)] = "undefined"
        cluster[isolates] = "isolate"
        frame[column] = cluster
    drew = "permutation" in used
    return LocalResult(
        name="local_moran",
        frame=frame,
        family=Family(
            size=int((~np.isnan(p)).sum()),
            correction=correction,
            alpha=alpha,
            survivors=int((adjusted <= alpha).sum()),
        ),
        null=_NULL,
        alternative=alternative,
        method="+".join(used) or method,
        permutations=permutations if drew else None,
        seed=inference.seed_of(rng) if drew else None,
        n=n,
        weights=links.description,
        notes=links.notes,
    )
