"""Nulls, p-values and families of tests; the only room with randomness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
from scipy import special

from mekantek.errors import OptionError
from mekantek.stats.results import Alternative

__all__ = [
    "Correction",
    "adjust",
    "check_alternative",
    "detectable_correlation",
    "detectable_shift",
    "draw_without_replacement",
    "from_tails",
    "generator",
    "monte_carlo",
    "normal_p",
    "permuted",
    "seed_of",
    "student_p",
]

Correction = Literal["bh", "by", "holm", "bonferroni", "max", "none"]
CORRECTIONS: tuple[str, ...] = get_args(Correction)
ALTERNATIVES: tuple[str, ...] = get_args(Alternative)

# A p-value within rounding of alpha is at alpha: 2/80 + 2/80 is 0.05, however it was added up.
ROUNDING = 1 + 1e-12
# Rows of a block of permutations: enough for speed, few enough for memory.
_BLOCK = 2_000_000


def check_alternative(alternative: str) -> None:
    """
    Refuse an alternative that is none.

    Raises
    ------
    OptionError
        If it is not ``two-sided``, ``greater`` or ``less``.
    """
    if alternative not in ALTERNATIVES:
        raise OptionError(f"alternative is {alternative!r}; it can be {', '.join(ALTERNATIVES)}.")


def check_correction(correction: str) -> None:
    """
    Refuse a correction that is none.

    Raises
    ------
    OptionError
    """
    if correction not in CORRECTIONS:
        raise OptionError(f"correction is {correction!r}; it can be {', '.join(CORRECTIONS)}.")


def seed_of(rng: np.random.Generator | int) -> int | None:
    """Give the seed to print in a result; a caller's own generator has none to show."""
    if isinstance(rng, np.random.Generator):
        return None
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)) or rng < 0:
        raise OptionError(f"The seed is {rng!r}; it must be a whole number of 0 or more.")
    return int(rng)


def drawn_seed(rng: np.random.Generator | int) -> int:
    """Give the seed itself, or one drawn from a caller's generator."""
    seed = seed_of(rng)
    if seed is not None:
        return seed
    assert isinstance(rng, np.random.Generator)
    return int(rng.integers(1 << 63))


def bit_stream(seed: int, key: int, part: int = 0) -> np.random.Philox:
    """
    Give one of the streams of a seed.

    Philox counts instead of carrying state (Salmon et al. 2011), so a stream is the same on any
    machine, in any order and beside any other; NumPy promises never to change its bits.

    Parameters
    ----------
    seed, key : int
        0 or more; a seed beyond 2^64 starts again at 0.
    part : int
        Far apart on the same stream.

    Returns
    -------
    numpy.random.Philox
    """
    return np.random.Philox(
        key=np.array([seed % (1 << 64), key], dtype=np.uint64), counter=part << 128
    )


def generator(seed: int, key: int, part: int = 0) -> np.random.Generator:
    """
    Give a generator on one of the streams of a seed, see `bit_stream`.

    Examples
    --------
    >>> bool(generator(0, 5, 1).random() == generator(0, 5, 1).random())
    True
    """
    return np.random.Generator(bit_stream(seed, key, part))


def _stream(rng: np.random.Generator | int, key: int) -> np.random.Generator:
    """One stream for each purpose, or the caller's own."""
    seed = seed_of(rng)
    if seed is None:
        assert isinstance(rng, np.random.Generator)
        return rng
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, key])))


def from_tails(at_least: np.ndarray, at_most: np.ndarray, alternative: Alternative) -> np.ndarray:
    """
    Join the two tail probabilities, both with ties, into the p-value asked for.

    Parameters
    ----------
    at_least, at_most : numpy.ndarray
        P(statistic ≥ observed) and P(statistic ≤ observed).
    alternative : {"two-sided", "greater", "less"}

    Returns
    -------
    numpy.ndarray
        Two-sided: min(1, 2·min of both), so that 5 % means 5 %.

    Examples
    --------
    >>> from_tails(np.array([0.03]), np.array([0.98]), "two-sided").round(6).tolist()
    [0.06]
    """
    if alternative == "greater":
        return at_least
    if alternative == "less":
        return at_most
    doubled: np.ndarray = np.minimum(1.0, 2.0 * np.minimum(at_least, at_most))
    return doubled


def normal_p(z: np.ndarray | float, alternative: Alternative) -> np.ndarray:
    """
    P-value of a z-score under the normal distribution.

    Examples
    --------
    >>> round(float(normal_p(1.959963985, "two-sided")), 6)
    0.05
    """
    score = np.asarray(z, dtype=np.float64)
    return from_tails(
        np.asarray(special.ndtr(-score)), np.asarray(special.ndtr(score)), alternative
    )


def student_p(t: float, degrees: float, alternative: Alternative) -> float:
    """
    P-value of Student's t with real-valued degrees of freedom.

    Examples
    --------
    >>> round(student_p(2.228139, 10, "two-sided"), 5)
    0.05
    """
    below = float(special.stdtr(degrees, t))
    above = float(special.stdtr(degrees, -t))
    return float(from_tails(np.asarray(above), np.asarray(below), alternative))


def monte_carlo(
    at_least: np.ndarray,
    at_most: np.ndarray,
    permutations: np.ndarray | int,
    alternative: Alternative,
    *,
    stop: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    P-values of permutation counts, with the observed one counted in, and their 95 % interval.

    Parameters
    ----------
    at_least, at_most : numpy.ndarray of int
        Permutations with a statistic ≥ and ≤ the observed one, ties in both.
    permutations : numpy.ndarray of int or int
        R.
    alternative : {"two-sided", "greater", "less"}
    stop : int, optional
        Drawing stopped where both counts had reached this many.

    Returns
    -------
    p, low, high : numpy.ndarray
        (M + 1)/(R + 1), and the Clopper-Pearson interval of the exact p-value given M of R; where
        drawing was stopped, M/R (Besag & Clifford 1991) and the interval of inverse sampling.

    Examples
    --------
    >>> p, low, high = monte_carlo(np.array([4]), np.array([97]), 99, "greater")
    >>> p.tolist(), bool(low < 0.05 < high)
    ([0.05], True)
    >>> monte_carlo(np.array([10]), np.array([190]), 199, "greater", stop=10)[0].round(4).tolist()
    [0.0503]
    """
    drawn = np.asarray(permutations)
    stopped = np.zeros(np.shape(at_least), dtype=bool)
    if stop is not None:
        stopped = np.minimum(at_least, at_most) >= stop
    once = np.where(stopped, 0, 1)  # the draw that stopped is the last count itself
    p = _counted_in(at_least, at_most, drawn, once, alternative)
    count = {"greater": at_least, "less": at_most, "two-sided": np.minimum(at_least, at_most)}[
        alternative
    ]
    sides = 2.0 if alternative == "two-sided" else 1.0
    low, high = _clopper_pearson(count, drawn - count, once)
    return p, np.minimum(1.0, sides * low), np.minimum(1.0, sides * high)


def monte_carlo_p(
    at_least: np.ndarray, at_most: np.ndarray, permutations: int, alternative: Alternative
) -> np.ndarray:
    """
    P-values of permutation counts as of `monte_carlo`, where nobody asks for their interval.

    Examples
    --------
    >>> monte_carlo_p(np.array([4, 50]), np.array([97, 51]), 99, "two-sided").tolist()
    [0.1, 1.0]
    """
    return _counted_in(at_least, at_most, np.asarray(permutations), np.asarray(1), alternative)


def _counted_in(
    at_least: np.ndarray,
    at_most: np.ndarray,
    drawn: np.ndarray,
    once: np.ndarray,
    alternative: Alternative,
) -> np.ndarray:
    """Count the observed one in, but where drawing was stopped by its last draw."""
    return from_tails(
        (at_least + once) / (drawn + once), (at_most + once) / (drawn + once), alternative
    )


def _clopper_pearson(
    hits: np.ndarray, misses: np.ndarray, once: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of a proportion; a million units share a few thousand counts."""
    asked = np.broadcast_arrays(hits, misses, once)
    width = int(asked[1].max(initial=0)) + 1
    key = (asked[0].astype(np.int64) * width + asked[1]) * 2 + asked[2]
    distinct, place = np.unique(key, return_inverse=True)
    (hit, miss), late = np.divmod(distinct // 2, width), distinct % 2
    low = np.where(hit > 0, special.betaincinv(np.maximum(hit, 1), miss + 1, 0.025), 0.0)
    high = np.where(miss > 0, special.betaincinv(hit + late, np.maximum(miss, 1), 0.975), 1.0)
    return low[place].reshape(key.shape), high[place].reshape(key.shape)


def adjust(p: np.ndarray, correction: Correction, times: np.ndarray | None = None) -> np.ndarray:
    """
    Correct the p-values of one family for its size; NaN are outside the family and stay NaN.

    Parameters
    ----------
    p : numpy.ndarray, shape (n,)
        P-values in [0, 1] or NaN.
    correction : {"bh", "by", "holm", "bonferroni", "none"}
        Benjamini & Hochberg (1995), Benjamini & Yekutieli (2001), Holm (1979), Bonferroni.
    times : numpy.ndarray of int, shape (n,), optional
        How many tests have each p-value; one by default.

    Returns
    -------
    numpy.ndarray, shape (n,)

    Raises
    ------
    OptionError
        If the correction is unknown.

    Examples
    --------
    >>> adjust(np.array([0.01, 0.04, np.nan, 0.03]), "bh").round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    >>> adjust(np.array([0.01, 0.04, 0.03]), "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    >>> adjust(np.array([0.01, 0.03]), "holm", np.array([1, 2])).round(3).tolist()
    [0.03, 0.06]
    """
    check_correction(correction)
    if correction == "max":
        raise OptionError(
            "The max-statistic permutes the map; it cannot be had from p-values.",
            "En büyük istatistik haritayı permüte eder; p değerlerinden bulunamaz.",
        )
    adjusted = np.full(len(p), np.nan)
    member = ~np.isnan(p) if times is None else ~np.isnan(p) & (times > 0)
    family = np.flatnonzero(member)
    if not len(family):
        return adjusted
    # The order among equal p-values does not matter, so the quickest sort will do.
    order = family[np.argsort(p[family])]
    ascending = p[order]
    many = np.ones(len(order), dtype=np.int64) if times is None else times[order]
    rank = np.cumsum(many)
    size = int(rank[-1])
    if correction == "none":
        result = ascending
    elif correction == "bonferroni":
        result = ascending * size
    elif correction == "holm":
        result = np.maximum.accumulate(ascending * (size - (rank - many)))
    else:
        factor = float((1.0 / np.arange(1, size + 1)).sum()) if correction == "by" else 1.0
        scaled = ascending * (size * factor) / rank
        result = np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted[order] = np.minimum(result, 1.0)
    return adjusted


def permuted(
    values: np.ndarray, permutations: int, rng: np.random.Generator | int, *, key: int = 0
) -> Iterator[np.ndarray]:
    """
    Permute the values, block by block.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
    permutations : int
        R, how many in all.
    rng : Generator or int
    key : int
        Which stream of the seed.

    Yields
    ------
    numpy.ndarray, shape (b, n)
        The blocks' rows are uniform permutations and sum to R.
    """
    stream = _stream(rng, key)
    rows = max(1, _BLOCK // len(values))
    for start in range(0, permutations, rows):
        count = min(rows, permutations - start)
        yield stream.permuted(np.broadcast_to(values, (count, len(values))), axis=1)


def draw_without_replacement(
    population: int, size: int, draws: int, rng: np.random.Generator | int, *, key: int = 0
) -> Iterator[np.ndarray]:
    """
    Draw ordered samples without replacement, uniformly, block by block.

    Parameters
    ----------
    population, size : int
        Draw *size* of ``0 … population-1``.
    draws : int
        How many samples in all.
    rng : Generator or int
    key : int
        Which stream of the seed: one for each unit.

    Yields
    ------
    numpy.ndarray of int64, shape (b, size)
    """
    stream = _stream(rng, key)
    # Few of many: draw with replacement and draw again the rows that repeat an element, which
    # leaves the others uniform. Many of few: shuffle whole rows.
    sparse_draw = size * size < population / 2
    rows = max(1, _BLOCK // (size if sparse_draw else population))
    for start in range(0, draws, rows):
        count = min(rows, draws - start)
        if not sparse_draw:
            everyone = np.broadcast_to(np.arange(population), (count, population))
            yield stream.permuted(everyone, axis=1)[:, :size]
            continue
        block = stream.integers(0, population, (count, size))
        while True:
            ordered = np.sort(block, axis=1)
            again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
            if not len(again):
                break
            block[again] = stream.integers(0, population, (len(again), size))
        yield block


def detectable_correlation(
    effective_size: float, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """
    Give the smallest correlation that a two-sided test would find with the given power.

    Parameters
    ----------
    effective_size : float
        Number of independent pairs the sample is worth.
    alpha, power : float
        In (0, 1).

    Returns
    -------
    float
        ρ without its sign, in [0, 1], by Fisher's z (Cohen 1988, ch. 3); 1 where nothing short of a
        perfect correlation would be found.

    Examples
    --------
    >>> round(detectable_correlation(62), 2)
    0.35
    """
    if effective_size <= 3:
        return 1.0
    reach = special.ndtri(1 - alpha / 2) + special.ndtri(power)
    return float(np.tanh(reach / np.sqrt(effective_size - 3)))


def detectable_shift(variance: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """
    Give the smallest shift that a two-sided test with this null variance would find.

    Parameters
    ----------
    variance : float
        Of the statistic under the null, in the squared unit of the statistic.
    alpha, power : float
        In (0, 1).

    Returns
    -------
    float
        In the unit of the statistic, by the normal approximation.

    Examples
    --------
    >>> round(detectable_shift(1.0), 2)
    2.8
    """
    return float((special.ndtri(1 - alpha / 2) + special.ndtri(power)) * np.sqrt(variance))
