"""How many units pure noise would light up on a map: the attainable rate of a discrete p-value."""

from __future__ import annotations

import numpy as np

from mekantek.stats.links import Links
from mekantek.stats.nulls.exact import SubsetSums, find_grid, quantize, subset_sums
from mekantek.stats.results import Alternative

__all__ = ["noise_count"]

# Steps for values on no grid, whose p-values are all but continuous.
_STEPS = 1 << 12
# Own values that stand for all when there are more; leaving out one or its neighbour in rank is all
# the same then.
_STANDING_FOR_ALL = 128
# Steps of a table beyond which a grid is treated as none.
_POINTS = 1 << 18
# A p-value within rounding of alpha is at alpha.
_ROUNDING = 1e-12


def noise_count(
    values: np.ndarray,
    links: Links,
    direction: np.ndarray,
    *,
    alternative: Alternative,
    alpha: float,
) -> float:
    """
    Expect so many units with p ≤ alpha when the values are dealt to the units at random.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        What is dealt.
    links : Links
    direction : numpy.ndarray, shape (n,)
        What a unit with this value would be tested for: 1 where the statistic rises with its
        neighbours' sum, -1 where it falls, 0 where there is no test.
    alternative : {"two-sided", "greater", "less"}
    alpha : float

    Returns
    -------
    float
        Before any correction. P-values of counted sums are discrete, so it is at most alpha times
        the units; a unit whose neighbours weigh differently counts alpha.

    Notes
    -----
    Mean over all units and all values they might have (total permutation) of
    P(p ≤ alpha | the value stays), each by counting.
    """
    tested = np.flatnonzero(links.cardinalities)
    equal = links.equal[tested]
    moving = float((direction != 0).mean())
    nominal = alpha * moving * float((~equal).sum())
    sizes, many = np.unique(links.cardinalities[tested[equal]], return_counts=True)
    # Which of a set and its complement is counted makes no difference but to the tails' names.
    few = np.minimum(sizes, len(values) - 1 - sizes)
    own, signs, weight = _own_values(values, direction)
    if not len(sizes) or not len(own):
        return nominal
    grid = find_grid(values)
    size = int(few.max())
    if grid is not None and size * int(grid.levels.max()) <= _POINTS:
        levels, left_out = grid.levels, np.rint((own - grid.origin) / grid.step).astype(np.int64)
    else:
        least, span = float(values.min()), float(np.ptp(values))
        steps = max(64, min(_STEPS, _POINTS // max(size, 1)))
        levels = quantize(values - least, span / steps, steps)
        left_out = quantize(own - least, span / steps, steps)
    table = subset_sums(levels, size)
    rising = np.where(few == sizes, 1, -1)
    k, x = np.repeat(few, len(own)), np.tile(left_out, len(few))
    way = np.repeat(rising, len(own)) * np.tile(signs, len(few))
    low, high = _critical(table, k, x, alpha / (2 if alternative == "two-sided" else 1))
    if alternative == "two-sided":
        rate = low + high
    else:
        rate = np.where(way > 0, *((high, low) if alternative == "greater" else (low, high)))
    by_size = (rate.reshape(len(few), -1) * weight).sum(axis=1)
    return nominal + float(by_size @ many)


def _own_values(
    values: np.ndarray, direction: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct pairs of own value and direction, and how often they occur; shares of all units."""
    some = np.flatnonzero(direction != 0)
    order = some[np.lexsort((values[some], direction[some]))]
    if len(order) > 16 * _STANDING_FOR_ALL:
        places = np.linspace(0, len(order) - 1, _STANDING_FOR_ALL).round().astype(np.int64)
        share = np.full(len(places), len(order) / len(places) / len(values))
        return values[order[places]], direction[order[places]], share
    pairs, counts = np.unique(
        np.stack([values[order], direction[order].astype(np.float64)]), axis=1, return_counts=True
    )
    return pairs[0], pairs[1].astype(np.int64), counts / len(values)


def _critical(
    table: SubsetSums, sizes: np.ndarray, excluded: np.ndarray, alpha: float
) -> tuple[np.ndarray, np.ndarray]:
    """Probability of the largest lower and upper tails that stay at or below alpha."""
    allowed = alpha * (1 + _ROUNDING)
    tails = []
    for upper in (False, True):
        # The last sum of the tail lies in (out, inside]: P beyond *out* is too much.
        inside = np.full(len(sizes), table.limit + 1 if upper else -1)
        out = np.full(len(sizes), -1 if upper else table.limit)
        found = np.zeros(len(sizes))
        while (np.abs(inside - out) > 1).any():
            middle = (inside + out) // 2
            asked = np.clip(middle, 0, table.limit)
            pair = table.tail_probabilities(sizes, excluded, asked, asked)
            tail = pair[0] if upper else pair[1]
            fits = tail <= allowed
            found = np.where(fits, np.maximum(found, tail), found)
            inside, out = np.where(fits, middle, inside), np.where(fits, out, middle)
        tails.append(found)
    return tails[0], tails[1]
