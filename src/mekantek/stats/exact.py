"""Counting: exact distributions of sums drawn without replacement, and of rank inversions."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from scipy import fft

__all__ = [
    "Grid",
    "SubsetSums",
    "find_grid",
    "inversion_counts",
    "quantize",
    "subset_sums",
]

# Above this many steps between the least and the greatest value a grid gains nothing over a
# bracket: counting would cost more than the accuracy is worth.
_MAX_LEVELS = 1 << 20
# Values closer than this fraction of the range are the same print in other floats.
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Grid:
    """
    Values as whole steps above the smallest: ``value = origin + step * level``.

    Attributes
    ----------
    levels : numpy.ndarray of int64, shape (n,)
    origin, step : float
        In the unit of the values.
    exact : bool
        True if every value lies on the grid; False if values were rounded to it, each by at most
        half a step.
    """

    levels: np.ndarray
    origin: float
    step: float
    exact: bool


def find_grid(values: np.ndarray) -> Grid | None:
    """
    Find the affine integer grid that the values lie on, if there is one.

    Shares printed to a tenth of a point lie on one, and so do their standardized scores.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Finite, any unit.

    Returns
    -------
    Grid or None
        None where no step of at least 2^-20 of the range divides all differences.

    Examples
    --------
    >>> find_grid(np.array([0.1, 0.3, 0.121])).levels.tolist()
    [0, 200, 21]
    """
    distinct = np.unique(values)
    origin = float(distinct[0])
    span = float(distinct[-1]) - origin
    if span <= 0:
        return Grid(np.zeros(len(values), dtype=np.int64), origin, 1.0, exact=True)
    # Rounding in the last place of a large offset hides steps finer than this.
    tolerance = max(_TIE * span, 8 * float(np.abs(distinct).max()) * np.finfo(float).eps)
    distances = distinct - origin
    distances = distances[distances > tolerance]
    step = float(distances.min())
    # Euclid's algorithm on all distances at once: the smallest remainder is the next candidate. The
    # candidate's rounding error grows with each turn, so it is first fitted to all distances.
    while span / step <= _MAX_LEVELS:
        multiples = np.round(distances / step)
        fitted = float((distances * multiples).sum() / (multiples * multiples).sum())
        if np.abs(distances - fitted * multiples).max() <= tolerance:
            step = fitted
            break
        remainder = np.abs(distances - step * multiples)
        coarse = remainder[remainder > max(tolerance, 1e-6 * step)]
        if not len(coarse):
            return None
        step = float(coarse.min())
    else:
        return None
    levels = np.round((values - origin) / step)
    if np.abs(values - origin - step * levels).max() > tolerance:
        return None
    return Grid(levels.astype(np.int64), origin, step, exact=True)


def quantize(values: np.ndarray, steps: int) -> Grid:
    """
    Round values to a grid of *steps* equal steps over their range.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
    steps : int

    Returns
    -------
    Grid
        ``exact`` is False; each value moved by at most half a step.

    Examples
    --------
    >>> quantize(np.array([0.0, 0.3, 1.0]), 4).levels.tolist()
    [0, 1, 4]
    """
    origin = float(values.min())
    span = float(values.max()) - origin
    step = span / steps
    return Grid(np.round((values - origin) / step).astype(np.int64), origin, step, exact=False)


@dataclass(frozen=True, eq=False)
class SubsetSums:
    """
    How many j-subsets of the levels reach a sum, for all j up to a size.

    Attributes
    ----------
    tails : list of numpy.ndarray
        ``tails[j][s]``: j-subsets with sum ≥ s, s = 0 … j·max + 1; whole numbers (int64) where
        counts fit, else fractions of all j-subsets (float64).
    n : int
    counted : bool
        True for whole numbers.
    """

    tails: list[np.ndarray]
    n: int
    counted: bool

    def tail_probabilities(
        self, size: int, excluded: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """
        Tails of the sum of *size* levels drawn without replacement from all but one.

        By inclusion and exclusion, P(S ≥ s) = Σₘ (−1)ᵐ T_{k−m}(s − m·x) / C(n−1, k), where T
        counts subsets of *all* levels and x is the level left out: no recount for each unit.

        Parameters
        ----------
        size : int
            k, from 0 to n - 1.
        excluded : numpy.ndarray of int64, shape (m,)
            The level that is left out, for each question.
        lower, upper : numpy.ndarray of int64, shape (m,)
            Sums to reach from above, and not to exceed.

        Returns
        -------
        at_least, at_most : numpy.ndarray, shape (m,)
            P(S ≥ lower) and P(S ≤ upper), in [0, 1].
        """
        total = comb(self.n - 1, size)
        above = self._reaching(size, excluded, lower)
        beyond = self._reaching(size, excluded, upper + 1)
        if self.counted:  # whole numbers up to here, so small tails keep all their digits
            return above / total, (total - beyond) / total
        return np.clip(above, 0.0, 1.0), np.clip(1.0 - beyond, 0.0, 1.0)

    def _reaching(self, size: int, excluded: np.ndarray, sums: np.ndarray) -> np.ndarray:
        total = comb(self.n - 1, size)
        found: np.ndarray = np.zeros(len(sums), dtype=np.int64 if self.counted else np.float64)
        for m in range(size + 1):
            tail = self.tails[size - m]
            term = tail[np.clip(sums - m * excluded, 0, len(tail) - 1)]
            if not self.counted:
                term = term * (comb(self.n, size - m) / total)
            found = found - term if m % 2 else found + term
        return found


def subset_sums(levels: np.ndarray, size: int) -> SubsetSums:
    """
    Count the j-subsets of all levels by their sum, j = 0 … size.

    Whole-number dynamic programming while the counts fit 63 bits and the table is small; else one
    fast Fourier transform of the histogram and Newton's identities between power sums and
    elementary symmetric polynomials, at each frequency.

    Parameters
    ----------
    levels : numpy.ndarray of int64, shape (n,)
        ≥ 0.
    size : int
        Largest subset, at most n.

    Returns
    -------
    SubsetSums

    Examples
    --------
    >>> subset_sums(np.array([0, 1, 1, 3]), 2).tails[2].tolist()  # sums 1, 1, 3, 2, 4, 4
    [6, 6, 4, 3, 2, 0, 0, 0]
    """
    n, top = len(levels), int(levels.max())
    length = size * top + 1
    fits = max(comb(n, j) for j in range(size + 1)) < 1 << 61
    if fits and n * size * length <= 400_000_000:
        return SubsetSums(_by_adding(levels, size, length, top), n, counted=True)
    return SubsetSums(_by_transform(levels, size, length, top), n, counted=False)


def _reverse_cumulative(counts: np.ndarray) -> np.ndarray:
    """Turn counts by sum into counts of sums ≥ s, with a zero behind the largest sum."""
    return np.append(np.cumsum(counts[::-1])[::-1], counts.dtype.type(0))


def _by_adding(levels: np.ndarray, size: int, length: int, top: int) -> list[np.ndarray]:
    table = np.zeros((size + 1, length), dtype=np.int64)
    table[0, 0] = 1
    for seen, level in enumerate(np.sort(levels).tolist()):
        for j in range(min(seen + 1, size), 0, -1):
            reach = (j - 1) * top + 1
            table[j, level : level + reach] += table[j - 1, :reach]
    return [_reverse_cumulative(table[j, : j * top + 1]) for j in range(size + 1)]


def _by_transform(levels: np.ndarray, size: int, length: int, top: int) -> list[np.ndarray]:
    n = len(levels)
    width = fft.next_fast_len(length, real=True)
    histogram = np.zeros(width)
    np.add.at(histogram, levels, 1.0)
    power = fft.fft(histogram)
    frequency = np.arange(width // 2 + 1)
    # The m-th power sum at one frequency is the first one at m times that frequency.
    powers = [power[(frequency * m) % width] for m in range(size + 1)]
    elementary = [np.ones(len(frequency), dtype=np.complex128)]  # as fractions of C(n, j)
    for j in range(1, size + 1):
        total = np.zeros(len(frequency), dtype=np.complex128)
        ratio = 1.0
        for m in range(1, j + 1):
            ratio *= (j - m + 1) / (n - j + m)  # C(n, j-m) / C(n, j)
            total += (1 if m % 2 else -1) * ratio * elementary[j - m] * powers[m]
        elementary.append(total / j)
    tails = []
    for j, spectrum in enumerate(elementary):
        shares = np.maximum(fft.irfft(spectrum, width)[: j * top + 1], 0.0)
        tails.append(_reverse_cumulative(shares))
    return tails


def inversion_counts(group_sizes: list[int]) -> list[int]:
    """
    Count the orderings of a multiset by their number of inversions.

    The generating function is the Gaussian multinomial coefficient; it gives the exact null
    distribution of Kendall's S when one of the two rankings has no ties (Kendall 1970).

    Parameters
    ----------
    group_sizes : list of int
        Sizes of the groups of tied values.

    Returns
    -------
    list of int
        Entry d counts the orderings with d inversions.

    Examples
    --------
    >>> inversion_counts([1, 1, 1])
    [1, 2, 2, 1]
    >>> inversion_counts([2, 1])
    [1, 1, 1]
    """
    counts, placed = [1], 0
    for group in group_sizes:
        # Gaussian binomial [placed + group, group]: times (1 - q^a), divided by (1 - q^b).
        for b in range(1, group + 1):
            a = placed + b
            grown = counts + [0] * a
            for d in range(len(grown) - 1, a - 1, -1):
                grown[d] -= grown[d - a]
            for d in range(b, len(grown)):
                grown[d] += grown[d - b]
            while grown[-1] == 0:
                grown.pop()
            counts = grown
        placed += group
    return counts
