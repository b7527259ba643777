"""Generating function of a weighted sum without replacement, written out over partitions."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mekantek.stats.nulls.extremes import taken_out
from mekantek.stats.nulls.turning import Turning

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


class _Plan(NamedTuple):
    """
    Ways to fill classes of places, and how the function of each follows from smaller ones.

    As power series g = exp(l), and c gₛ = Σ_b b_c l_b gₛ₋_b for the first class c that s fills.
    """

    signs: np.ndarray  # b_c l_b over the sum of the block, shape (ways,); 0 for the empty one
    # Wholes, smaller ones first; their blocks and rests, where those of each start, and 1 / c.
    steps: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]
    deals: list[tuple[np.ndarray, np.ndarray, np.ndarray]]  # before, class, where each way starts
    rests: np.ndarray  # what is filled otherwise, for each way to deal the values far out


@lru_cache(maxsize=512)
def _plan(numbers: tuple[int, ...], extremes: int) -> _Plan:
    """Lay out the ways to fill classes with so many places, smaller ones first."""
    shape = tuple(number + 1 for number in numbers)
    strides = np.cumprod([1, *shape[:0:-1]])[::-1]
    states = np.stack(np.unravel_index(np.arange(math.prod(shape)), shape), axis=1)
    factorials = np.array([math.factorial(i) for i in range(sum(numbers) + 1)], dtype=np.float64)
    size, first = states.sum(axis=1), (states > 0).argmax(axis=1)
    leading = states[np.arange(len(states)), first]
    signs = np.zeros(len(states))
    signs[1:] = (-1.0) ** (size[1:] - 1) * factorials[size[1:] - 1] * leading[1:]
    signs /= factorials[states].prod(axis=1)
    whole = block = np.zeros(1, dtype=np.int64)
    for number, stride in zip(numbers, strides.tolist(), strict=True):
        least, most = np.triu_indices(number + 1)  # so many of the class in the block, in the whole
        whole = np.add.outer(whole, stride * most).ravel()
        block = np.add.outer(block, stride * least).ravel()
    kept = states[block, first[whole]] > 0  # the block holds the first place of the whole
    whole, block = whole[kept], block[kept]
    order = np.lexsort((block, whole, size[whole]))
    whole, block = whole[order], block[order]
    steps = []
    cuts = np.searchsorted(size[whole], np.arange(1, int(size.max()) + 2))
    for some in map(slice, cuts[:-1].tolist(), cuts[1:].tolist()):
        wholes, starts = np.unique(whole[some], return_index=True)
        rests = whole[some] - block[some]
        steps.append((wholes, block[some], rests, starts, 1.0 / leading[wholes, None]))
    deals, dealt = [], np.zeros(1, dtype=np.int64)
    moves = np.append(strides, 0)  # to a class, or nowhere
    for _ in range(extremes):
        free = np.append(states[dealt] < numbers, np.ones((len(dealt), 1), dtype=bool), axis=1)
        before, kind = np.nonzero(free)
        dealt, after = np.unique(dealt[before] + moves[kind], return_inverse=True)
        order = np.argsort(after, kind="stable")
        starts = np.searchsorted(after[order], np.arange(len(dealt)))
        deals.append((before[order], kind[order], starts))
    return _Plan(signs, steps, deals, len(states) - 1 - dealt)


def _products(factor: np.ndarray, numbers: tuple[int, ...]) -> np.ndarray:
    """Give products of the terms of classes, shape (heights, ways, values)."""
    ways = math.prod(number + 1 for number in numbers)
    found = np.empty((len(factor), ways, factor.shape[2]), dtype=factor.dtype)
    found[:, 0] = 1.0
    width = 1
    for place in reversed(range(len(numbers))):
        term = factor[:, place, None]
        for filled in range(1, numbers[place] + 1):
            now, before = width * filled, width * (filled - 1)
            np.multiply(found[:, before:now], term, out=found[:, now : now + width])
        width *= numbers[place] + 1
    return found


def _merged(factor: np.ndarray, counts: np.ndarray, most: int) -> tuple[list[int], float]:
    """
    Gather neighbouring places (Ward 1963) until the classes can be filled in few ways.

    The distance of two places is that of their terms over all values, each of average 1, and the
    sum of squares over 2N² is the relative error that sharing an average brings.
    """
    scale = 2.0 * float(counts.sum()) ** 2
    # Of classes in a row all distances follow from the inner products of their places, summed up.
    inner = np.zeros((len(factor) + 1, len(factor) + 1))
    own = factor - factor.mean(axis=0)  # of what all have in common digits would cancel
    inner[1:, 1:] = ((own * counts) @ own.conj().T).real.cumsum(axis=0).cumsum(axis=1)
    summed: list[list[float]] = inner.tolist()

    def held(a: int, b: int, c: int, d: int) -> float:
        return summed[b][d] - summed[a][d] - summed[b][c] + summed[a][c]

    def cost(at: int) -> float:
        a, b, c = ends[at : at + 3]
        left, right = b - a, c - b
        apart = held(a, b, a, b) / left**2 + held(b, c, b, c) / right**2
        apart -= 2.0 * held(a, b, b, c) / (left * right)
        return max(apart, 0.0) * left * right / (left + right) / scale

    # Places of one weight are one from the start: rounding must not hold them apart.
    other = (factor[1:] != factor[:-1]).any(axis=1)
    ends, spent = [0, *(np.flatnonzero(other) + 1).tolist(), len(factor)], 0.0
    costs = [cost(at) for at in range(len(ends) - 2)]
    while costs:
        least = min(costs)
        ways = math.prod(after - before + 1 for before, after in pairwise(ends))
        if ways <= _APART or (spent + least > _FREE and ways <= most):
            break
        spent += least
        at = costs.index(least)
        del ends[at + 1], costs[at]
        for beside in range(max(at - 1, 0), min(at + 1, len(costs))):
            costs[beside] = cost(beside)
    return [after - before for before, after in pairwise(ends)], spent


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
        self.rest, self.levels = size - len(far), len(values)
        self.power = np.multiply.outer(places, np.append(values, far))
        offset = (tilt * self.power[:, : self.levels]).max(axis=1)
        terms = np.exp(tilt * self.power - offset[:, None])
        held = terms[:, : self.levels] @ self.counts / self.rest
        self.terms = terms / held[:, None]  # each place alone is 1 on average at the first node
        self.turning = Turning(self.terms, self.power)
        if not np.isfinite(self.terms).all():
            return
        turn = np.exp(2j / width * self.power)
        masses = np.append(self.counts, np.ones(len(far)))
        sizes, spent = _merged(self.terms * turn, masses, ways)
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
        # With all signs alike it tells how many digits cancel.
        factor, apart, scale = self._factors(self.terms[None])
        sums, signs = self._sums(factor), _plan(self.numbers, len(far)).signs[:, None]
        value, most = self._filled(sums * np.append(signs, np.abs(signs), axis=1), apart)
        if value > 0 and most < _LOSS * value:
            self.top = float(np.log(value) + scale[0])

    def along(self, height: np.ndarray) -> np.ndarray:
        """Logarithm of the function at some heights, evenly spaced."""
        return self._logs(self.turning.at(height))

    def levels_at(self, tilts: np.ndarray) -> np.ndarray:
        """Logarithm on the real line, at some tilts."""
        return self._logs(self.terms * np.exp((tilts - self.start)[:, None, None] * self.power))

    def _logs(self, terms: np.ndarray) -> np.ndarray:
        factor, apart, scale = self._factors(terms)
        signs = _plan(self.numbers, apart.shape[2]).signs
        with np.errstate(divide="ignore", invalid="ignore"):
            filled = self._filled(self._sums(factor) * signs[:, None], apart)
            logs: np.ndarray = np.log(filled) + scale
        return logs

    def _factors(self, terms: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Terms of each class at each height, of those far out, and the logarithm set aside."""
        scale = np.full(len(terms), self.scale, dtype=terms.dtype)
        if len(self.sizes) < len(self.label):
            single = terms[..., : self.levels] @ self.counts / self.rest
            clear = np.minimum.reduceat(np.abs(single), self.first, axis=1) > _CLEAR
            shared = np.add.reduceat(single, self.first, axis=1) / self.sizes
            shared = np.where(clear, shared, 1.0)[:, self.label]
            ratio = np.where(clear[:, self.label], single / shared, 1.0)
            terms = np.add.reduceat(terms * (1.0 / ratio)[:, :, None], self.first, axis=1)
            terms = (terms * (1.0 / self.sizes)[:, None])[:, self.order]
            scale += np.log(ratio).sum(axis=1)
        return terms[..., : self.levels], terms[..., self.levels :], scale

    def _sums(self, factor: np.ndarray) -> np.ndarray:
        """Sums over the values of the terms of every block, shape (ways, heights)."""
        half, ways = 0, math.prod(number + 1 for number in self.numbers)
        while math.prod(number + 1 for number in self.numbers[: half + 1]) ** 2 <= ways:
            half += 1
        left = _products(factor[:, :half], self.numbers[:half])
        left *= self.counts
        right = _products(factor[:, half:], self.numbers[half:]).transpose(0, 2, 1)
        return np.ascontiguousarray(np.matmul(left, right).reshape(len(factor), -1).T)

    def _filled(self, blocks: np.ndarray, apart: np.ndarray) -> np.ndarray:
        """Value at some heights, all places filled, from the terms of all blocks."""
        plan = _plan(self.numbers, apart.shape[2])
        found = np.empty_like(blocks)
        found[0] = 1.0
        for whole, block, rest, starts, share in plan.steps:
            terms = blocks.take(block, axis=0)
            terms *= found.take(rest, axis=0)
            found[whole] = np.add.reduceat(terms, starts, axis=0) * share
        ways = np.ones((1, len(apart)), dtype=apart.dtype)
        nowhere = np.ones((1, len(apart)))
        for each, (before, kind, starts) in enumerate(plan.deals):
            term = np.append(apart[:, :, each].T, nowhere, axis=0)
            ways = np.add.reduceat(ways[before] * term[kind], starts, axis=0)
        value: np.ndarray = (ways * found[plan.rests]).sum(axis=0)
        return value
