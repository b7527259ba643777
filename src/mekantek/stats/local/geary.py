"""Local Geary: how much a unit differs from its neighbours, be it high among high or mixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.stats.inference import Correction
from mekantek.stats.links import Links, Missing, Standardize, join
from mekantek.stats.local.family import (
    Options,
    Question,
    answer,
    deviation_of,
    spread_of,
    undefined_reason,
)
from mekantek.stats.nulls.conditional import draw_tails
from mekantek.stats.nulls.counting import count_tails
from mekantek.stats.nulls.drawing import Deal, Runner
from mekantek.stats.nulls.exact import find_grid
from mekantek.stats.nulls.tails import TIE, Tails
from mekantek.stats.results import Alternative, LocalMethod, LocalResult

__all__ = ["CLASSES", "local_geary"]

CLASSES = ("HH", "LL", "positive", "negative", "ns", "isolate", "undefined")
# Every distinct value has its own table of squared differences, of so many steps at most; together
# they may have as many as take about a second.
_STEPS, _ALL_STEPS = 1 << 18, 1 << 23


def local_geary(
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
    Find the units that differ little, or much, from their neighbours: local Geary's c.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph, standardize, permutations, rng, correction, alpha, missing, stop, runner
        As for `mekantek.stats.local.moran.local_moran`.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means alike: a small c.
    method : {"auto", "exact", "permutation", "randomization"}
        ``auto`` counts while the squared differences of all distinct values can be tabled, and
        draws permutations beyond.

    Returns
    -------
    LocalResult
        ``cluster`` is HH or LL where a unit and its neighbours are alike and both above or below
        the mean, ``positive`` where they are alike on either side of it, ``negative`` where they
        differ. A positive ``z_score`` means alike.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`c_i = \sum_j w_{ij} (x_i - x_j)^2 / s^2`, :math:`s^2 = \sum (x - \bar x)^2 / (n - 1)`
    (Anselin 1995, 2019). Given :math:`x_i` it is a sum of squared differences drawn without
    replacement, which is counted anew for each distinct value.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> values = pd.Series([9.0, 8.0, 9.0, 1.0, 2.0, 1.0], index=list("abcdef"))
    >>> result = local_geary(values, graph, correction="none", alpha=0.41)
    >>> result.frame["cluster"].tolist()
    ['ns', 'HH', 'ns', 'ns', 'LL', 'ns']
    """
    options = Options(
        alternative=alternative, method=method, permutations=permutations, rng=rng,
        correction=correction, alpha=alpha, stop=stop, runner=runner,
    )  # fmt: skip
    if method == "saddlepoint":
        raise OptionError(
            "Local Geary has no saddlepoint; use --method auto, exact or permutation.",
            "Yerel Geary için semer noktası yok; --method auto, exact ya da permutation kullanın.",
        )
    numbers, _, links = join(values, graph, standardize=standardize, missing=missing)
    deviation = deviation_of(numbers)
    spread = spread_of(deviation, links)
    undefined = undefined_reason(links, numbers)
    scale = float((deviation**2).sum()) / (len(numbers) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart, expected, variance = _moments(deviation, links)
        z_score = (expected - apart) / np.sqrt(variance)
        statistic, expected, variance = apart / scale, expected / scale, variance / scale**2
    testable = links.cardinalities > 0
    z_score[~testable | ~(variance > 1e-14)] = np.nan

    def score(rows: np.ndarray) -> np.ndarray:
        squares, mean, var = _moments(rows, links)
        z: np.ndarray = (mean - squares) / np.sqrt(var)
        return np.where(testable & (var > 1e-14 * mean**2), z, np.nan)

    question = Question(
        name="local_geary",
        links=links,
        value=numbers,
        lag=links.lag(numbers),
        statistic=statistic,
        expected=expected,
        variance=variance,
        z_score=z_score,
        testable=testable,
        falls=np.ones(len(numbers), dtype=bool),  # alike means a small sum
        quadrant=_classes(deviation, spread, statistic, expected),
        tails=_tails(numbers, links),
        score=score,
        permuted=deviation,
        undefined=undefined,
        classes=CLASSES,
    )
    return answer(question, options, values.index)


def _moments(deviation: np.ndarray, links: Links) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Weighted squared differences, their expectation and variance; rows of deviations from the mean.

    The squared difference from the others is drawn without replacement, as any value (Cochran
    1977, theorem 2.2).
    """
    n = deviation.shape[-1]
    apart = (
        deviation**2 * links.sums
        - 2 * deviation * (links.matrix @ deviation.T).T
        + (links.matrix @ (deviation**2).T).T
    )
    p2, p3, p4 = ((deviation**power).sum(axis=-1, keepdims=True) for power in (2, 3, 4))
    first = (n * deviation**2 + p2) / (n - 1)
    fourth = n * deviation**4 + 6 * deviation**2 * p2 - 4 * deviation * p3 + p4
    spread = fourth / (n - 1) - first**2
    factor = ((n - 1) * links.squares - links.sums**2) / (n - 2)
    return np.maximum(apart, 0.0), links.sums * first, np.maximum(spread * factor, 0.0)


def _classes(
    deviation: np.ndarray, spread: np.ndarray, statistic: np.ndarray, expected: np.ndarray
) -> np.ndarray:
    """Places in CLASSES."""
    alike = statistic < expected
    code = np.full(len(deviation), CLASSES.index("undefined"), dtype=np.int8)
    code[alike] = CLASSES.index("positive")
    code[alike & (deviation > 0) & (spread > 0)] = CLASSES.index("HH")
    code[alike & (deviation < 0) & (spread < 0)] = CLASSES.index("LL")
    code[statistic > expected] = CLASSES.index("negative")
    return code


def _tails(values: np.ndarray, links: Links) -> Callable[[np.ndarray, Options], Tails]:
    """Count the squared differences from each distinct value, or draw."""

    def tails(units: np.ndarray, options: Options) -> Tails:
        found, left = Tails(len(values)), units
        if options.method != "permutation":
            left = _counted(values, links, units, found, exact=options.method == "exact")
        if len(left):
            deal = Deal(values, links.matrix, left, links.equal[left], TIE, squared=True)
            draw_tails(
                deal, found, permutations=options.permutations, rng=options.rng,
                stop=options.stop, runner=options.runner or Runner(),
            )  # fmt: skip
        return found

    return tails


def _counted(
    values: np.ndarray, links: Links, units: np.ndarray, found: Tails, *, exact: bool
) -> np.ndarray:
    """Count for the units of each distinct value together, if these are not too many."""
    grid = find_grid(values)
    places = values if grid is None else grid.levels.astype(np.float64)
    distinct, group = np.unique(places[units], return_inverse=True)
    size = int(links.cardinalities[units].max())
    steps = _STEPS if grid is None else size * float(np.ptp(places)) ** 2
    cost = len(distinct) * (min(steps, _STEPS) + links.matrix.nnz)
    left = units
    if exact or cost <= _ALL_STEPS:
        parts = [
            count_tails(
                (places - own) ** 2,
                links,
                units[group == number],
                found,
                points=_STEPS,
                patient=exact,
            )
            for number, own in enumerate(distinct.tolist())
        ]
        left = np.concatenate(parts)
    if exact and len(left):
        raise OptionError(
            f"The neighbours of {len(left)} units weigh differently, or are too many, to be "
            "counted exactly; use --method auto or permutation.",
            f"{len(left)} birimin komşuları farklı ağırlıkta ya da tam sayım için çok fazla; "
            "--method auto ya da permutation kullanın.",
        )
    return left
