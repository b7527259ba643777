"""Every unit of a map tested, and the tests corrected as one family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.inference import Correction
from mekantek.stats.links import Links
from mekantek.stats.local.noise import noise_count
from mekantek.stats.nulls.conditional import NULL, conditional_tails
from mekantek.stats.nulls.drawing import Runner
from mekantek.stats.nulls.tails import METHODS, Tails
from mekantek.stats.overall.autocorrelation import NO_NEIGHBOURS, NO_VARIATION
from mekantek.stats.results import (
    CLUSTERS,
    Alternative,
    Family,
    LocalMethod,
    LocalResult,
    categories,
    unit_order,
)
from mekantek.text import Note

__all__ = [
    "Options",
    "Question",
    "answer",
    "corrected",
    "dealt_tails",
    "deviation_of",
    "signs",
    "spread_of",
    "undefined_reason",
]

# Below this fraction of the range a deviation from the mean is rounding, not a sign.
_ZERO = 1e-11
_ALL_METHODS = (*METHODS, "randomization")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How p-values are found and corrected, the same for every local statistic."""

    alternative: Alternative
    method: LocalMethod
    permutations: int
    rng: np.random.Generator | int
    correction: Correction
    alpha: float
    stop: int | None
    runner: Runner | None

    def __post_init__(self) -> None:
        """Refuse what is no option."""
        inference.check_alternative(self.alternative)
        inference.check_correction(self.correction)
        known = ("auto", *METHODS, "randomization")
        if self.method not in known:
            raise OptionError(f"method is {self.method!r}; it can be {', '.join(known)}.")
        if not 0 < self.alpha < 1:
            raise OptionError(
                f"alpha is {self.alpha}; it lies between 0 and 1.",
                f"alpha {self.alpha}; 0 ile 1 arasında olmalıdır.",
            )
        if self.permutations < 1:
            raise OptionError(f"permutations is {self.permutations}; it must be at least 1.")
        if self.stop is not None and self.stop < 1:
            raise OptionError(f"stop is {self.stop}; it must be at least 1.")
        inference.seed_of(self.rng)


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """
    A local statistic, ready to be tested; all arrays have shape (n,).

    Attributes
    ----------
    score : callable
        z-scores, shape (b, n), of rows of permuted values, shape (b, n), for the max-statistic.
    tails : callable
        Tails of the sums that the statistic rises or falls with, for some units.
    falls : numpy.ndarray of bool
        Where the statistic falls as the sum rises.
    permuted : numpy.ndarray
        What a permutation deals to all units.
    noise : tuple of numpy.ndarray, optional
        The values whose sums are counted and what a unit with each is tested for (see
        `noise_count`), where noise can be counted.
    """

    name: str
    links: Links
    value: np.ndarray
    lag: np.ndarray
    statistic: np.ndarray
    expected: np.ndarray
    variance: np.ndarray
    z_score: np.ndarray
    testable: np.ndarray
    falls: np.ndarray
    quadrant: np.ndarray
    tails: Callable[[np.ndarray, Options], Tails]
    score: Callable[[np.ndarray], np.ndarray]
    permuted: np.ndarray
    null: str = NULL
    undefined: str | None = None
    classes: tuple[str, ...] = CLUSTERS
    noise: tuple[np.ndarray, np.ndarray] | None = None


def answer(question: Question, options: Options, index: pd.Index) -> LocalResult:
    """
    Test every unit that can be tested, and correct the p-values of the map as one family.

    Parameters
    ----------
    question : Question
    options : Options
    index : pandas.Index
        The caller's order.

    Returns
    -------
    LocalResult
    """
    links, n = question.links, len(question.value)
    tested = _tested(question, options)
    drew = bool(tested.draws.any())
    if drew or options.correction == "max":
        _refuse_hopeless(
            tested.size,
            options.permutations,
            options.alternative,
            options.correction,
            options.alpha,
        )
    adjusted = tested.adjusted
    if options.correction == "max":
        adjusted, drew = _max_adjusted(question, options), True
        # Where every permutation gives the same sum there is no z, and p is 1.
        adjusted = np.where(np.isnan(adjusted), tested.p, adjusted)
    for array in (question.statistic, question.expected, question.variance, question.lag):
        array[links.isolates] = np.nan
    columns: dict[str, Any] = {
        "value": question.value, "lag": question.lag, "statistic": question.statistic,
        "expected": question.expected, "variance": question.variance,
        "z_score": question.z_score, "p_value": tested.p, "p_low": tested.low,
        "p_high": tested.high, "p_adjusted": adjusted,
        "method": categories(tested.method, _ALL_METHODS),
        "quadrant": categories(question.quadrant, question.classes),
        "cluster": _classed(adjusted, question, options.alpha),
        "cluster_unadjusted": _classed(tested.p, question, options.alpha),
    }  # fmt: skip
    frame = pd.DataFrame(columns, index=links.ids, copy=False)
    if not index.equals(links.ids):
        frame = frame.loc[index[index.isin(links.ids)]]
    used = np.bincount(tested.method.astype(np.int64) + 1, minlength=len(_ALL_METHODS) + 1)[1:]
    names = [name for name, count in zip(_ALL_METHODS, used, strict=True) if count]
    return LocalResult(
        name=question.name,
        frame=frame,
        family=Family(
            size=tested.size,
            correction=options.correction,
            alpha=options.alpha,
            survivors=int((adjusted <= options.alpha * inference.ROUNDING).sum()),
        ),
        null=question.null,
        alternative=options.alternative,
        method="+".join(sorted(names)) or options.method,
        permutations=options.permutations if drew else None,
        seed=inference.seed_of(options.rng) if drew else None,
        undefined=question.undefined,
        n=n,
        weights=links.description,
        notes=(*links.notes, *_told(options, tested.draws)),
        classes=question.classes,
        noise=_noise(question, options),
    )


def corrected(result: LocalResult, correction: Correction) -> LocalResult:
    """
    Correct the p-values of a map in another way, without finding them anew.

    Parameters
    ----------
    result : LocalResult
        Not corrected by the max-statistic, whose permutations and notes would stay.
    correction : {"bh", "by", "holm", "bonferroni", "none"}

    Returns
    -------
    LocalResult
        As the test itself gives it with this correction.

    Raises
    ------
    OptionError
        To or from ``max``, which permutes the map, or if no unit could pass with so few
        permutations.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study(2024)
    >>> lisa = mt.local_moran(study.share("high"), study.graph)
    >>> corrected(lisa, "none").family.survivors, lisa.family.survivors
    (2, 0)
    """
    if result.family.correction == "max":
        raise OptionError(
            "A map corrected by the max-statistic must be tested anew.",
            "En büyük istatistikle düzeltilmiş bir harita yeniden sınanmalıdır.",
        )
    frame, alpha = result.frame, result.family.alpha
    p = frame["p_value"].to_numpy()
    adjusted = inference.adjust(p, correction)
    if result.permutations is not None:
        _refuse_hopeless(
            result.family.size, result.permutations, result.alternative, correction, alpha
        )
    names = result.classes
    passed = adjusted <= alpha * inference.ROUNDING
    tested = ~np.isnan(p)
    code = frame["cluster"].cat.codes.to_numpy().copy()
    code[tested] = names.index("ns")
    code[passed] = frame["quadrant"].cat.codes.to_numpy()[passed]
    return replace(
        result,
        frame=frame.assign(p_adjusted=adjusted, cluster=categories(code, names)),
        family=replace(result.family, correction=correction, survivors=int(passed.sum())),
    )


def _noise(question: Question, options: Options) -> Callable[[], float] | None:
    if question.noise is None or question.undefined is not None:
        return None
    counted, direction = question.noise
    return partial(
        noise_count, counted, question.links, direction,
        alternative=options.alternative, alpha=options.alpha,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Tested:
    """What came of testing: shape (n,) each, NaN (-1 for the method) where there is no test."""

    p: np.ndarray
    low: np.ndarray
    high: np.ndarray
    adjusted: np.ndarray
    method: np.ndarray
    draws: np.ndarray
    size: int


def _tested(question: Question, options: Options) -> _Tested:
    n = len(question.value)
    units = np.flatnonzero(question.testable)
    nothing = np.full(n, np.nan)
    none = np.full(n, -1, dtype=np.int8)
    if question.undefined is not None or not len(units):
        return _Tested(nothing, nothing, nothing, nothing, none, np.zeros(0, np.int64), 0)
    correction = "none" if options.correction == "max" else options.correction
    if options.method == "randomization":
        p = inference.normal_p(question.z_score, options.alternative)
        method = np.where(np.isnan(p), -1, len(METHODS)).astype(np.int8)
        adjusted = inference.adjust(p, correction)
        size = int((~np.isnan(p)).sum())
        return _Tested(p, nothing, nothing, adjusted, method, np.zeros(0, np.int64), size)
    tails = question.tails(units, options)
    # Each answer has two p-values: where the statistic rises with the sum, and where it falls.
    rising = _p_values(tails, options, falls=False)
    falling = _p_values(tails, options, falls=True)
    p, low, high = (np.concatenate(both) for both in zip(rising, falling, strict=True))
    place = np.where(tails.place < 0, tails.place + len(rising[0]), tails.place)
    place += question.falls * len(rising[0])
    times = np.bincount(place, minlength=len(p))
    adjusted = inference.adjust(p, correction, times)
    bracketed = not np.isnan(low).all()
    return _Tested(
        p[place],
        low[place] if bracketed else nothing,
        high[place] if bracketed else nothing,
        adjusted[place],
        tails.method[tails.place],
        tails.draws[2],
        int(times[~np.isnan(p)].sum()),
    )


def _p_values(
    tails: Tails, options: Options, *, falls: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give p and the bounds of its interval, NaN where there is none, of each answer."""
    least, most = (tails.most, tails.least) if falls else (tails.least, tails.most)
    bounds = inference.from_tails(least, most, options.alternative)
    p = bounds[1].copy()  # the upper bound: a p-value is never better than what is proved
    with np.errstate(invalid="ignore"):
        sure = ~(bounds[1] - bounds[0] > 1e-12)
    low, high = (np.where(sure, np.nan, bound) for bound in bounds)
    above, below, drawn = tails.draws
    if falls:
        above, below = below, above
    some = drawn > 0
    if some.any():
        p[some], low[some], high[some] = inference.monte_carlo(
            above[some], below[some], drawn[some], options.alternative, stop=options.stop
        )
    return p, low, high


def _classed(level: np.ndarray, question: Question, alpha: float) -> pd.Categorical:
    """Class the units by their p-values: the quadrant where significant."""
    places = {name: place for place, name in enumerate(question.classes)}
    code = np.full(len(level), places["ns"], dtype=np.int8)
    code[np.isnan(level)] = places["undefined"]
    significant = level <= alpha * inference.ROUNDING
    code[significant] = question.quadrant[significant]
    code[question.links.isolates] = places["isolate"]
    return categories(code, question.classes)


def _told(options: Options, drawn: np.ndarray) -> list[Note]:
    """Say what a reader of the result should know of the way it was computed."""
    told = []
    if options.correction == "max":
        told.append(
            Note(
                "max-statistic: the largest |z| of the map over all permutations of the values "
                "(total permutation); exact family-wise error if no unit is in a cluster",
                "en büyük istatistik: değerlerin bütün birimler arasında permütasyonlarında (tam "
                "permütasyon) haritanın en büyük |z| değeri; hiçbir birim kümede değilse aile "
                "hatası kesindir",
            )
        )
    if options.stop is not None and drawn.any():
        some = drawn[drawn > 0]
        told.append(
            Note(
                f"sequential stopping after {options.stop} sums in each tail: {some.min()} to "
                f"{some.max()} permutations a unit",
                f"her kuyrukta {options.stop} toplamdan sonra çekiliş durdu: birim başına "
                f"{some.min()} ile {some.max()} arası permütasyon",
            )
        )
    return told


def _refuse_hopeless(
    size: int, permutations: int, alternative: Alternative, correction: Correction, alpha: float
) -> None:
    """Refuse permutations so few that no unit could ever pass the correction."""
    sides = 2 if alternative == "two-sided" else 1
    least = {"bonferroni": sides * size, "holm": sides * size, "max": 1}.get(correction, 0)
    if least > alpha * (permutations + 1):
        needed = int(np.ceil(least / alpha)) - 1
        raise OptionError(
            f"With {permutations} permutations no unit of {size} can pass {correction} at "
            f"{alpha:g}; draw at least {needed}, or use --method exact.",
            f"{permutations} permütasyonla {size} birimden hiçbiri {alpha:g} düzeyinde "
            f"{correction} düzeltmesini geçemez; en az {needed} çekin ya da --method exact kullanın.",
        )


def _max_adjusted(question: Question, options: Options) -> np.ndarray:
    """Compare each z with the largest of the whole map when all values are permuted."""
    z = question.z_score
    adjusted = np.full(len(z), np.nan)
    if question.undefined is not None or np.isnan(z).all():
        return adjusted

    def reach(scores: np.ndarray) -> np.ndarray:
        if options.alternative == "two-sided":
            size: np.ndarray = np.abs(scores)
            return size
        return scores if options.alternative == "greater" else -scores

    beyond = np.zeros(len(z), dtype=np.int64)
    tested = np.flatnonzero(~np.isnan(z))
    observed = reach(z[tested])
    # Values are dealt in the order of the ids, whatever the order of the graph.
    order = unit_order(question.links.ids)
    place = np.argsort(order)
    blocks = inference.permuted(question.permuted[order], options.permutations, options.rng, key=1)
    for shuffled in blocks:
        block = shuffled[:, place]
        with np.errstate(divide="ignore", invalid="ignore"):
            largest = np.sort(np.nanmax(reach(question.score(block)), axis=1))
        below = np.searchsorted(largest, observed - 1e-9 * np.abs(observed), side="left")
        beyond[tested] += len(largest) - below
    adjusted[tested] = (beyond[tested] + 1) / (options.permutations + 1)
    return adjusted


def signs(deviation: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Places in CLUSTERS of HH, LL, LH, HL by the signs of a unit and of its neighbours."""
    # Rows: a unit below, at, above the mean; columns: its neighbours below, at, above.
    names = (("LL", "undefined", "LH"), ("undefined",) * 3, ("HL", "undefined", "HH"))
    table = np.array([[CLUSTERS.index(name) for name in row] for row in names], dtype=np.int8)
    code: np.ndarray = table.ravel()[
        3 * ((deviation > 0).view(np.int8) - (deviation < 0).view(np.int8) + 1)
        + ((spread > 0).view(np.int8) - (spread < 0).view(np.int8) + 1)
    ]
    return code


def _flat(numbers: np.ndarray) -> bool:
    """Tell values that differ by the rounding of their last place alone."""
    rounding = 8 * float(np.finfo(np.float64).eps) * float(np.abs(numbers).max())
    return float(np.ptp(numbers)) <= rounding


def undefined_reason(links: Links, *numbers: np.ndarray) -> str | None:
    """Give the reason why no statistic can be had from these values on this graph, if there is."""
    if any(_flat(x) for x in numbers):
        return NO_VARIATION
    return NO_NEIGHBOURS if links.isolates.all() else None


def deviation_of(numbers: np.ndarray) -> np.ndarray:
    """Deviation from the mean, rounding set to zero."""
    raised = numbers - numbers.min()  # a large offset would eat the digits of the mean
    deviation: np.ndarray = raised - raised.mean()
    deviation[np.abs(deviation) <= _ZERO * np.ptp(numbers)] = 0.0
    return deviation


def spread_of(deviation: np.ndarray, links: Links) -> np.ndarray:
    """Weighted sum of the neighbours' deviations, rounding set to zero."""
    spread = links.lag(deviation)
    spread[np.abs(spread) <= _ZERO * np.ptp(deviation) * np.maximum(links.sums, 1.0)] = 0.0
    return spread


def dealt_tails(values: np.ndarray, links: Links) -> Callable[[np.ndarray, Options], Tails]:
    """Tails of the neighbours' weighted sum, whatever the statistic makes of it."""

    def tails(units: np.ndarray, options: Options) -> Tails:
        return conditional_tails(
            values, links, units, method=options.method, permutations=options.permutations,
            rng=options.rng, stop=options.stop, runner=options.runner or Runner(),
        )  # fmt: skip

    return tails
