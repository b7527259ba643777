"""Generating function of a weighted sum without replacement, written out over partitions."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from mekantek.stats.nulls.extremes import taken_out

__all__ = ["Partitions"]

# Values farthest out that are dealt one by one, from how many places on.
_EXTREMES, _FROM = 4, 10
# Estimated relative error up to which places are merged though they need not be, and up to which
# they are at all: in a small pool the estimate, of the second order, is too low.
# Ways to fill classes up to which no places are merged: tied values make near-atoms, which move.
_APART = 128
_FREE, _BOUND, _SMALL_BOUND, _SMALL = 0.0001, 0.01, 0.002, 60
# Ratio of an average to its size on the real line below which no place is told from its class.
_CLEAR = 0.2
# Digits that may cancel.
_LOSS = 1e8

_Steps = list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]


@lru_cache(maxsize=512)
def _plan(numbers: tuple[int, ...]) -> _Steps:
    """Ways to fill classes of places, by size: their blocks with the first class, rests, signs."""
    shape = tuple(number + 1 for number in numbers)
    states = np.stack(np.unravel_index(np.arange(math.prod(shape)), shape), axis=1)
    factorials = np.array([math.factorial(i) for i in range(sum(numbers) + 1)], dtype=np.float64)
    size = states.sum(axis=1)
    logs = np.zeros(len(states))
    logs[1:] = (-1.0) ** (size[1:] - 1) * factorials[size[1:] - 1]
    logs /= factorials[states].prod(axis=1)
    plan = []
    for filled in range(1, int(size.max()) + 1):
        wholes = np.flatnonzero(size == filled)
        blocks = []
        for whole in wholes.tolist():
            first = int(np.flatnonzero(states[whole])[0])
            inside = (states[: whole + 1] <= states[whole]).all(axis=1)
            block = np.flatnonzero(inside & (states[: whole + 1, first] > 0))
            blocks.append((block, logs[block] * states[block, first] / states[whole, first]))
        longest = max(len(block) for block, _ in blocks)
        taken = np.zeros((len(wholes), longest), dtype=np.int64)
        sign = np.zeros((len(wholes), longest))  # 0 where a way has fewer blocks than the longest
        for row, (block, signs) in enumerate(blocks):
            taken[row, : len(block)], sign[row, : len(block)] = block, signs
        rest = np.where(sign != 0, wholes[:, None] - taken, 0)
        plan.append((wholes, taken, rest, sign[:, :, None]))
    return plan


def _merged(factor: np.ndarray, counts: np.ndarray, most: int) -> tuple[list[int], float]:
    """
    Gather neighbouring places (Ward 1963) until the classes can be filled in few ways.

    The distance of two places is that of their terms over all values, each of average 1, and the
    sum of squares over 2N² is the relative error that sharing an average brings.
    """
    means, sizes, spent = factor, np.ones(len(factor)), 0.0
    scale = 2.0 * float(counts.sum()) ** 2
    costs = (np.abs(np.diff(means, axis=0)) ** 2) @ counts / 2.0 / scale
    while len(sizes) > 1:
        at = int(np.argmin(costs))
        ways = math.prod(int(size) + 1 for size in sizes)
        if ways <= _APART or (spent + costs[at] > _FREE and ways <= most):
            break
        spent += float(costs[at])
        both = sizes[at] + sizes[at + 1]
        joined = (sizes[at] * means[at] + sizes[at + 1] * means[at + 1]) / both
        means = np.concatenate([means[:at], joined[None], means[at + 2 :]])
        sizes = np.concatenate([sizes[:at], [both], sizes[at + 2 :]])
        costs = (np.abs(np.diff(means, axis=0)) ** 2) @ counts
        costs *= sizes[1:] * sizes[:-1] / (sizes[1:] + sizes[:-1]) / scale
    return sizes.astype(np.int64).tolist(), spent


class Partitions:
    """
    The moment generating function itself, by Möbius inversion over the partitions of the places.

    E exp(tS) = Σ over partitions of Π over blocks B of (−1)^(|B|−1) (|B|−1)! Σᵢ exp(t w_B bᵢ),
    over N (N − 1) … (N − k + 1), w_B the weight of the block. So it is done for the bulk of the
    values; each of the few farthest out then goes to one place or nowhere, which cancels no
    digits and leaves nothing to approximate where one of them decides. Places whose terms are
    much alike share their average where they compete for values, and only there.

    Parameters
    ----------
    places, values, counts : numpy.ndarray
        Weights of the places in ascending order, values, and how often each is there.
    tilt, width : float
        Real part of the contour, and the standard deviation of the sum.
    ways : int
        Ways to fill the classes, at most.

    Attributes
    ----------
    start, top : float
        The tilt, and the logarithm there; NaN where places are too different to share, or too
        many digits cancel.
    """

    def __init__(
        self,
        places: np.ndarray,
        values: np.ndarray,
        counts: np.ndarray,
        *,
        tilt: float,
        width: float,
        ways: int,
    ) -> None:
        size, k = float(np.rint(counts.sum())), len(places)
        few = _EXTREMES if k >= _FROM else 0
        self.start, self.top = tilt, math.nan
        far, values, self.counts = taken_out(values, counts, few)
        self.rest = size - len(far)
        self.power, self.far = np.multiply.outer(places, values), np.multiply.outer(places, far)
        offset = (tilt * self.power).max(axis=1)
        self.base = np.exp(tilt * self.power - offset[:, None])
        held = self.base @ self.counts / self.rest
        self.base /= held[:, None]  # each place alone is 1 on average at the first node
        self.apart = np.exp(tilt * self.far - offset[:, None]) / held[:, None]
        terms = np.concatenate([self.base, self.apart], axis=1)
        turn = np.exp(2j / width * np.concatenate([self.power, self.far], axis=1))
        if not np.isfinite(terms).all():
            return
        sizes, spent = _merged(terms * turn, np.append(self.counts, np.ones(len(far))), ways)
        if not spent <= (_BOUND if size >= _SMALL else _SMALL_BOUND):
            return
        self.order = np.argsort(sizes, kind="stable")  # so that many units share one plan
        self.numbers = tuple(sorted(sizes))
        self.sizes = np.array(sizes)
        self.first = np.cumsum(self.sizes) - self.sizes
        self.label = np.repeat(np.arange(len(sizes)), self.sizes)
        self.scale = (
            float(offset.sum() + np.log(held).sum())
            + sum(math.lgamma(number + 1) for number in sizes)
            + math.lgamma(size - k + 1)
            - math.lgamma(size + 1)
        )
        ground = np.zeros(1)
        value, scale = self._value(ground)
        most, _ = self._value(ground, absolute=True)
        if value[0].real > 0 and most[0].real < _LOSS * value[0].real:
            self.top = float(np.log(value[0].real) + scale[0].real)

    def along(self, height: np.ndarray) -> np.ndarray:
        """Logarithm of the function at some heights."""
        value, scale = self._value(height)
        with np.errstate(divide="ignore"):
            logs: np.ndarray = np.log(value) + scale
        return logs

    def _factors(self, height: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Terms of each class at each height, of those far out, and the logarithm set aside."""
        factor = self.base * np.exp(1j * height[:, None, None] * self.power)
        apart = self.apart * np.exp(1j * height[:, None, None] * self.far)
        scale = np.full(len(height), self.scale, dtype=np.complex128)
        if len(self.sizes) == len(self.label):
            return factor, apart, scale
        single = factor @ self.counts / self.rest
        clear = np.minimum.reduceat(np.abs(single), self.first, axis=1) > _CLEAR
        shared = np.add.reduceat(single, self.first, axis=1) / self.sizes
        shared = np.where(clear, shared, 1.0)[:, self.label]
        ratio = np.where(clear[:, self.label], single / shared, 1.0)
        factor, apart = factor / ratio[:, :, None], apart / ratio[:, :, None]
        scale += np.log(ratio).sum(axis=1)
        sizes = self.sizes[:, None]
        return (
            (np.add.reduceat(factor, self.first, axis=1) / sizes)[:, self.order],
            (np.add.reduceat(apart, self.first, axis=1) / sizes)[:, self.order],
            scale,
        )

    def _sums(self, factor: np.ndarray) -> np.ndarray:
        """Sums over the values of the terms of every block, shape (ways, heights)."""

        def products(classes: range) -> np.ndarray:
            found = np.ones((len(factor), 1, factor.shape[2]), dtype=np.complex128)
            for place in classes:
                rising = [found]
                for _ in range(self.numbers[place]):
                    rising.append(rising[-1] * factor[:, place, None])
                found = np.stack(rising, axis=2).reshape(len(factor), -1, factor.shape[2])
            return found

        half, ways = 0, math.prod(number + 1 for number in self.numbers)
        while math.prod(number + 1 for number in self.numbers[: half + 1]) ** 2 <= ways:
            half += 1
        left = products(range(half)) * self.counts
        right = products(range(half, len(self.numbers))).transpose(0, 2, 1)
        return np.ascontiguousarray(np.matmul(left, right).reshape(len(factor), -1).T)

    def _value(
        self, height: np.ndarray, *, absolute: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Value at some heights, and the logarithm of its scale; or the sum of absolute terms."""
        factor, apart, scale = self._factors(height)
        sums = self._sums(factor)
        found = np.ones(sums.shape, dtype=np.complex128)
        for whole, block, rest, sign in _plan(self.numbers):
            terms = sums[block]
            terms *= found[rest]
            terms *= np.abs(sign) if absolute else sign
            found[whole] = terms.sum(axis=1)
        grid = found.reshape(*(number + 1 for number in self.numbers), -1)
        for each in range(apart.shape[2]):
            more = grid.copy()
            for place in range(len(self.numbers)):
                before = (slice(None),) * place
                term = apart[:, place, each] * grid[(*before, slice(None, -1))]
                more[(*before, slice(1, None))] += term
            grid = more
        return grid.reshape(found.shape)[-1], scale
