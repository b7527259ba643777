"""Counting: exact distributions of sums drawn without replacement, and of rank inversions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

from mekantek.stats.nulls.transform import depth, shares_of_sums, sums_in_windows

__all__ = [
    "Grid",
    "SubsetSums",
    "find_grid",
    "inversion_counts",
    "listed_sums",
    "quantize",
    "subset_sums",
]

# Above this many steps between the least and the greatest value a grid gains nothing over a
# bracket: counting would cost more than the accuracy is worth.
_MAX_LEVELS = 1 << 20
# Values closer than this fraction of the range are the same print in other floats.
_TIE = 1e-9
# Additions of the whole-number table: some ten milliseconds. Beyond, the transform is quicker but
# on small maps, of so many units.
_MOST_ADDED, _SMALL = 30_000_000, 200
# Counts beyond this no longer fit the whole numbers of the machine.
_MOST_COUNTED = 1 << 61


@dataclass(frozen=True, eq=False)
class Grid:
    """
    Values as whole steps above an origin: ``value = origin + step * level``.

    Attributes
    ----------
    levels : numpy.ndarray of int64, shape (n,)
    origin, step : float
        In the unit of the values.
    """

    levels: np.ndarray
    origin: float
    step: float


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
    least, most = float(values.min()), float(values.max())
    span = most - least
    if span <= 0:
        return Grid(np.zeros(len(values), dtype=np.int64), least, 1.0)
    # Rounding in the last place of a large offset hides steps finer than this.
    tolerance = max(_TIE * span, 8 * max(abs(least), abs(most)) * np.finfo(float).eps)
    return _decimal_grid(values, least, span, tolerance) or _common_step(values, span, tolerance)


def _decimal_grid(values: np.ndarray, origin: float, span: float, tolerance: float) -> Grid | None:
    """Look for values printed to 0, 1, 2 … decimals: no sorting, so fast for a million."""
    for decimals in range(7):
        scale = 10.0**decimals
        if span * scale > _MAX_LEVELS:
            return None
        if np.abs(np.rint(values[:64] * scale) - values[:64] * scale).max() > tolerance * scale:
            continue  # a glance at the first few spares the rest
        steps = np.rint(values * scale)
        if np.abs(steps - values * scale).max() > tolerance * scale:
            continue
        levels = (steps - np.rint(origin * scale)).astype(np.int64)
        divisor = int(np.gcd.reduce(np.flatnonzero(np.bincount(levels))))
        return Grid(levels // divisor if divisor > 1 else levels, origin, divisor / scale)
    return None


def _common_step(values: np.ndarray, span: float, tolerance: float) -> Grid | None:
    """Euclid's algorithm on all distances at once: the smallest remainder is the next candidate."""
    distinct = np.unique(values)
    origin = float(distinct[0])
    distances = distinct - origin
    distances = distances[distances > tolerance]
    step = float(distances.min())
    # The candidate's rounding error grows with each turn, so it is first fitted to all distances.
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
    return Grid(levels.astype(np.int64), origin, step)


def quantize(values: np.ndarray, step: float, top: int) -> np.ndarray:
    """
    Round values to whole steps.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        0 or more.
    step : float
        In the unit of the values.
    top : int
        Values beyond this many steps get this level.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Each value below the top moved by at most half a step.

    Examples
    --------
    >>> quantize(np.array([0.0, 0.3, 1.0]), 0.25, 3).tolist()
    [0, 1, 3]
    """
    return np.rint(np.minimum(values / step, float(top))).astype(np.int64)


@dataclass(frozen=True, eq=False)
class SubsetSums:
    """
    How many j-subsets of the levels stay at or below a sum, for all j up to a size.

    Attributes
    ----------
    below : numpy.ndarray, shape (size + 1, limit + 2)
        ``below[j, s + 1]``: j-subsets with sum ≤ s, s = -1 … limit; whole numbers (int64) where
        counts fit, else fractions of all j-subsets (float64).
    n : int
    damped : bool
        Whether terms are left out that do not show beside the error of a damped transform.
    start : numpy.ndarray of int64, shape (size + 1,), optional
        Where the table has a window of sums for each j: ``below[j, i]`` counts sums below
        start[j] + i; all but 1e-15 of the sums lie in it, or no more is asked for.
    reach : int, optional
        Largest sum that can be asked for then.
    """

    below: np.ndarray
    n: int
    damped: bool = False
    start: np.ndarray | None = None
    reach: int = 0

    @property
    def limit(self) -> int:
        """Largest sum that can be asked for."""
        return int(self.below.shape[1]) - 2 if self.start is None else self.reach

    def tail_probabilities(
        self, sizes: np.ndarray, excluded: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """
        Tails of the sum of levels drawn without replacement from all but one.

        By inclusion and exclusion, P(S ≤ s) = Σₘ (−1)ᵐ B_{k−m}(s − m·x) / C(n−1, k), where B
        counts subsets of *all* levels and x is the level left out: no recount for each unit.

        Parameters
        ----------
        sizes : numpy.ndarray of int64, shape (m,)
            k of each question, from 0 to n - 1.
        excluded : numpy.ndarray of int64, shape (m,)
            The level that is left out, for each question.
        lower, upper : numpy.ndarray of int64, shape (m,)
            Sums to reach from above, and not to exceed; at most ``limit``.

        Returns
        -------
        at_least, at_most : numpy.ndarray, shape (m,)
            P(S ≥ lower) and P(S ≤ upper), in [0, 1].
        """
        count = len(sizes)
        k = np.concatenate([sizes, sizes])
        x = np.concatenate([excluded, excluded])
        s = np.concatenate([lower - 1, upper])
        kept = self._kept(k, x, s)
        if self.below.dtype == np.int64:  # whole numbers up to here: small tails keep their digits
            total = np.array([comb(self.n - 1, j) for j in range(self.below.shape[0])])[k]
            at_least, at_most = total[:count] - kept[:count], kept[count:]
            return at_least / total[:count], at_most / total[count:]
        return np.clip(1.0 - kept[:count], 0.0, 1.0), np.clip(kept[count:], 0.0, 1.0)

    def shares_at_most(
        self, size: int, sums: np.ndarray, *, without: np.ndarray | None = None
    ) -> np.ndarray:
        """
        Give P(S ≤ s) for *size* levels drawn from all, or from all but one.

        Parameters
        ----------
        size : int
        sums : numpy.ndarray of int64, shape (m,)
            At most ``limit``.
        without : numpy.ndarray of int64, shape (m,), optional
            The level that is left out, for each question.

        Returns
        -------
        numpy.ndarray, shape (m,)
        """
        whole = self.below.dtype == np.int64
        if without is not None:
            kept = self._kept(np.full(len(sums), size), without, sums)
            return kept / comb(self.n - 1, size) if whole else np.clip(kept, 0.0, 1.0)
        column = sums + 1
        if self.start is not None:
            column = np.minimum(column - self.start[size], self.below.shape[1] - 1)
        found: np.ndarray = self.below[size, np.maximum(column, 0)]
        return found / (comb(self.n, size) if whole else 1.0)

    def _kept(self, sizes: np.ndarray, excluded: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Subsets without the one left out whose sum is at most so much."""
        most = int(sizes.max(initial=0))
        whole = self.below.dtype == np.int64
        ratio = None if whole else self._ratios(np.flatnonzero(np.bincount(sizes)), most)
        width, flat = self.below.shape[1], self.below.ravel()
        found = np.zeros(len(sizes), dtype=self.below.dtype)
        column = sums + 1
        for m in range((most if whole else depth(self.n, most, damped=self.damped)) + 1):
            row, at = sizes - m, column
            if self.start is not None:
                at = np.minimum(column - self.start[np.maximum(row, 0)], width - 1)
            inside = (row >= 0) & (at > 0)
            if m == 0 and inside.all():
                term = flat[row * width + at]
            else:
                term = np.where(inside, flat[np.where(inside, row * width + at, 0)], 0)
            if ratio is not None:
                term = term * ratio[sizes, m]
            found = found - term if m % 2 else found + term
            column = column - excluded
        return found

    def _ratios(self, sizes: np.ndarray, most: int) -> np.ndarray:
        """C(n, k - m) / C(n - 1, k), by which fractions of subsets turn into probabilities."""
        ratio = np.zeros((most + 1, most + 1))
        for k in sizes.tolist():
            ratio[k, 0] = self.n / (self.n - k)
            for m in range(1, k + 1):
                ratio[k, m] = ratio[k, m - 1] * (k - m + 1) / (self.n - k + m)
        return ratio


def subset_sums(
    levels: np.ndarray,
    size: int,
    *,
    limit: int | None = None,
    least: int | None = None,
    damped: bool = False,
) -> SubsetSums:
    """
    Count the j-subsets of all levels by their sum, j = 0 … size.

    Dynamic programming in whole numbers while the counts fit 63 bits and the table is small; else
    one fast Fourier transform of the histogram and Newton's identities between power sums and
    elementary symmetric polynomials, at each frequency, whose cost does not depend on n.

    Parameters
    ----------
    levels : numpy.ndarray of int64, shape (n,)
        ≥ 0.
    size : int
        Largest subset, at most n.
    limit : int, optional
        Largest sum that will be asked for; the largest there is by default. A level beyond it is
        in no subset that counts, so a low limit makes skewed data cheap.
    least : int, optional
        The smallest size that will be asked for; 0 by default.
    damped : bool
        Accept an error of 1e-12 for speed (see `shares_of_sums`).

    Returns
    -------
    SubsetSums

    Examples
    --------
    >>> subset_sums(np.array([0, 1, 1, 3]), 2).below[2].tolist()  # sums 1, 1, 3, 2, 4, 4
    [0, 0, 2, 3, 4, 6, 6, 6]
    """
    n, top = len(levels), int(levels.max())
    limit = size * top if limit is None else max(0, min(limit, size * top))
    fits = max(comb(n, j) for j in (size, min(size, n // 2))) < _MOST_COUNTED
    if fits and (n <= _SMALL or n * size * (limit + 1) <= _MOST_ADDED):
        counts = _by_adding(levels, size, limit)
    else:
        # Leaving one out looks at the sizes below, as far down as it can be seen.
        down = 0 if least is None else least - depth(n, least, damped=damped)
        windows = sums_in_windows(levels, size, limit, least=down) if damped else None
        if windows is not None:
            return SubsetSums(windows[1], n, damped, windows[0], limit)
        counts = shares_of_sums(levels, size, limit, least=down, damped=damped)
    below = np.zeros((size + 1, limit + 2), dtype=counts.dtype)
    np.cumsum(counts, axis=1, out=below[:, 1:])
    return SubsetSums(below, n, damped)


def _by_adding(levels: np.ndarray, size: int, limit: int) -> np.ndarray:
    table = np.zeros((size + 1, limit + 1), dtype=np.int64)
    table[0, 0] = 1
    # In ascending order the sums of the levels so far end at (j - 1) · level.
    for seen, level in enumerate(np.sort(levels).tolist()):
        if level > limit:
            break
        for j in range(min(seen + 1, size), 0, -1):
            reach = min((j - 1) * level, limit - level) + 1
            table[j, level : level + reach] += table[j - 1, :reach]
    return table


def listed_sums(values: np.ndarray, size: int) -> np.ndarray:
    """
    List the sums of all subsets of one size, in ascending order.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
    size : int

    Returns
    -------
    numpy.ndarray, shape (C(n, size),)
        In the unit of the values.

    Examples
    --------
    >>> listed_sums(np.array([0.5, 1.0, 4.0]), 2).tolist()
    [1.5, 4.5, 5.0]
    """
    if size == 0:
        return np.zeros(1)
    first, *rest = _places_of_subsets(len(values), size)
    sums: np.ndarray = values[first]
    for places in rest:
        sums = sums + values[places]
    sums.sort()
    return sums


@lru_cache(maxsize=32)
def _places_of_subsets(n: int, size: int) -> np.ndarray:
    """Places of the members of every subset, shape (size, C(n, size)); the same for every map."""
    subsets = np.fromiter(combinations(range(n), size), dtype=(np.int32, size))
    places = np.ascontiguousarray(subsets.T)
    places.setflags(write=False)
    return places


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
