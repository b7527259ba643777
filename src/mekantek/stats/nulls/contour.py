"""Tails of one weighted sum drawn without replacement, along a contour through its saddlepoint."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

__all__ = ["Draw", "contour_tail"]

# Ways to fill classes of places, and neighbours, up to which the generating function is written out.
_WAYS, _WRITTEN_OUT = 128, 9
# Classes into which more weights are gathered, and nodes of the contour, at a time and at most.
_CLASSES, _STEPS, _NODES, _MOST_NODES = 12, 32, 12, 160
# Greatest relative change of the integral over its last third that is still called converged.
_SETTLED = 0.002
# Difference at which two approximations for many places do not confirm each other.
_AGREED, _MERGED = 0.04, 0.005
# Newton's method: turns, greatest step in the logarithm, constraint left over.
_TURNS, _STRIDE, _LEFT = 6, 0.7, 1e-3


@dataclass(frozen=True, eq=False)
class Draw:
    """
    Values that are dealt, and the weights of the places they are dealt to.

    Attributes
    ----------
    values, counts : numpy.ndarray, shape (levels,)
        Distinct values, centred, and how often each is there; a count may be a fraction where
        values were gathered, and negative where one is taken out again.
    weights : numpy.ndarray, shape (k,)
        Positive, in ascending order, the largest 1.
    least, most : float
        Ends of the support of the sum.
    """

    values: np.ndarray
    counts: np.ndarray
    weights: np.ndarray
    least: float
    most: float

    @cached_property
    def size(self) -> float:
        """How many values there are to draw from."""
        return float(np.rint(self.counts.sum()))

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the sum (Cochran 1977, theorem 2.2)."""
        n, w = self.size, self.weights
        mean = float(self.counts @ self.values) / n
        variance = float(self.counts @ (self.values - mean) ** 2) / (n - 1)
        return math.sqrt(max(variance * float(w @ w - w.sum() ** 2 / n), 0.0))

    def tilt(self, target: float) -> float:
        """Tilt at which the sum *with* replacement has the target for its mean; never near 0."""
        w, b, low = self.weights[:, None], self.values, self.spread

        def gap(t: float) -> float:
            power = t * w * b
            mass = self.counts * np.exp(power - power.max(axis=1, keepdims=True))
            return float((w[:, 0] * ((mass @ b) / mass.sum(axis=1))).sum()) - target

        side = 1.0 if gap(0.0) < 0 else -1.0
        far = 1.0 / low
        while side * gap(side * far) < 0:
            far *= 2.0
            if far * low > 1e4:
                return side * far
        start, end = sorted((0.0, side * far))
        return self.away(float(brentq(gap, start, end, rtol=0.02, xtol=0.02 / low)), side)

    def away(self, tilt: float, side: float) -> float:
        """Keep a tilt from the pole at 0: at least one over the standard deviation."""
        return tilt if abs(tilt) > 1.0 / self.spread else math.copysign(1.0 / self.spread, side)


_Plan = list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]


@cache
def _plan(numbers: tuple[int, ...]) -> _Plan:
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
        plan.append((wholes, taken, np.where(sign != 0, wholes[:, None] - taken, 0), sign))
    return plan


def _merged(weights: np.ndarray, most: int) -> list[np.ndarray]:
    """Gather neighbouring weights (Ward 1963) until the classes can be filled in few ways."""
    groups = [np.array([place]) for place in range(len(weights))]
    while math.prod(len(group) + 1 for group in groups) > most:
        sizes = np.array([len(group) for group in groups])
        means = np.array([weights[group].mean() for group in groups])
        costs = np.diff(means) ** 2 * sizes[1:] * sizes[:-1] / (sizes[1:] + sizes[:-1])
        at = int(np.argmin(costs))
        groups[at : at + 2] = [np.concatenate(groups[at : at + 2])]
    return groups


class _Exact:
    """
    The moment generating function itself, by Möbius inversion over the partitions of the places.

    E exp(tS) = Σ over partitions of Π over blocks B of (−1)^(|B|−1) (|B|−1)! Σᵢ exp(t w_B bᵢ),
    over N (N − 1) … (N − k + 1), w_B the weight of the block. Where places are more than six or
    seven, those of nearly equal weights share their average of exp(t w b) in all terms but the
    first, in which values may repeat.
    """

    def __init__(self, draw: Draw, target: float, ways: int) -> None:
        self.start = draw.tilt(target)
        self.counts, k = draw.counts, len(draw.weights)
        self.power = np.multiply.outer(draw.weights, draw.values)
        offset = (self.start * self.power).max(axis=1)
        base = np.exp(self.start * self.power - offset[:, None])
        held = base @ draw.counts
        self.base = base / held[:, None]  # each place alone counts one at the first node
        self.scale = float(
            offset.sum() + np.log(held).sum() - np.log(draw.size - np.arange(k)).sum()
        )
        self.groups = _merged(draw.weights, ways)
        self.trusted = True
        self.top = float(self.along(np.zeros(1))[0].real)

    def along(self, height: np.ndarray) -> np.ndarray:
        """Logarithm of the function at some heights; NaN where too many digits cancel."""
        factor = self.base[:, None] * np.exp(1j * height[:, None] * self.power[:, None])
        products = np.ones((1, *factor.shape[1:]), dtype=np.complex128)
        scale = np.full(len(height), self.scale, dtype=np.complex128)
        for group in self.groups:
            common = factor[group].mean(axis=0)
            if len(group) > 1:
                scale += np.log(factor[group] @ self.counts).sum(axis=0)
                scale -= len(group) * np.log(common @ self.counts)
            rising = [products]
            for _ in group:
                rising.append(rising[-1] * common)
            products = np.stack(rising, axis=1).reshape(-1, *common.shape)
        sums = products @ self.counts
        found = np.ones((len(sums), len(height)), dtype=np.complex128)
        numbers = tuple(len(group) for group in self.groups)
        for whole, block, rest, sign in _plan(numbers):
            found[whole] = np.einsum("wbj,wbj,wb->wj", sums[block], found[rest], sign)
        last = found[-1] * math.prod(math.factorial(number) for number in numbers)
        if height[0] == 0.0:
            self.trusted = bool(last[0].real > 1e-7)
        if not self.trusted:
            return np.full(len(height), complex(np.nan))
        with np.errstate(divide="ignore"):
            logs: np.ndarray = np.log(last) + scale
        return logs


def _classes(weights: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gather ascending weights into classes: their means, their numbers, the class of each."""
    kinds, labels = np.unique(weights, return_inverse=True)
    if len(kinds) > most:
        steps = np.concatenate([[0.0], np.cumsum(np.sqrt(np.diff(weights)))])
        labels = np.minimum((steps / steps[-1] * most).astype(np.int64), most - 1)
        for _ in range(20):  # Lloyd's algorithm, from cuts that leave the large weights alone
            labels = np.unique(labels, return_inverse=True)[1]
            means = np.bincount(labels, weights) / np.bincount(labels)
            moved = np.searchsorted((means[1:] + means[:-1]) / 2, weights)
            if (moved == labels).all():
                break
            labels = moved
        labels = np.unique(labels, return_inverse=True)[1]
    number = np.bincount(labels).astype(np.float64)
    return np.bincount(labels, weights) / number, number, labels


class _Occupied:
    """
    The generating function when places are many: each class of places holds its number of values.

    K(t, u) = Σᵢ log Σ_c u_c exp(t w_c bᵢ) generates the sum and the number of values in each
    class of places, "not drawn" being one; that the numbers are n_c is taken by a saddlepoint in
    u for every t on the contour (Robinson 1982; Skovgaard 1987). Weights within a class share the
    average of exp(t w b) where they compete for values, and only there.
    """

    def __init__(self, draw: Draw, target: float) -> None:
        self.draw = draw
        steps, times, _ = _classes(draw.weights, _STEPS)
        weights, _, label = _classes(steps, _CLASSES)
        numbers = np.bincount(label, times)
        spare = draw.size - len(draw.weights)
        if spare > 0.5:  # "not drawn" is a class, whose weight is 0
            steps, times = np.append(0.0, steps), np.append(spare, times)
            weights, numbers = np.append(0.0, weights), np.append(spare, numbers)
            label = np.append(0, label + 1)
        self.numbers, self.times, self.label = numbers, times, label
        self.starts = np.flatnonzero(np.diff(label, prepend=-1))
        self.fine = np.multiply.outer(steps, draw.values)
        self.power = np.multiply.outer(weights, draw.values)
        n = draw.size
        ground = np.diag(numbers) - np.outer(numbers, numbers) / n
        self.ground = float(
            n * math.log(n)
            - (numbers * np.log(numbers)).sum()
            - 0.5 * np.linalg.slogdet(ground[1:, 1:])[1]
        )
        self.rough = math.nan  # the smaller tail by the double saddlepoint alone
        self.start, fields = self._saddle(target)
        if math.isfinite(self.start):
            self.start = draw.away(self.start, self.start or 1.0)
        self.offset = (self.start * self.power).max(axis=1)
        self.base = np.exp(self.start * self.fine - self.offset[label, None])
        self.fields = (fields + self.offset).astype(complex)
        self.slope = np.zeros(len(fields), dtype=complex)
        self.height, self.angle, self.peak, self.top = 0.0, 0.0, math.inf, math.nan
        if math.isfinite(self.start):
            self.top = float(self.along(np.zeros(1))[0].real)

    def _state(
        self, fields: np.ndarray, factor: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Sums, shares of each class, what its number lacks, and their second derivatives."""
        filled = np.exp(fields)[:, :, None] * factor
        total = filled.sum(axis=1)
        shares = filled / total[:, None]
        counted = shares * self.draw.counts
        held = counted.sum(axis=2)
        second = -np.matmul(counted, shares.transpose(0, 2, 1))
        diagonal = np.arange(len(self.numbers))
        second[:, diagonal, diagonal] += held
        return total, shares, self.numbers - held, second

    def _slope(self, shares: np.ndarray) -> np.ndarray:
        """Cross derivative of K in t and log u."""
        mean = (shares * self.power).sum(axis=1)
        gap = self.power - mean[:, None]
        cross: np.ndarray = (shares * gap) @ self.draw.counts
        return cross

    def _saddle(self, target: float) -> tuple[float, np.ndarray]:
        """Newton's method in t and log u together; NaN where it does not arrive."""
        t, fields = 0.0, np.log(self.numbers / self.numbers[0])
        for _ in range(60):
            power = t * self.power
            offset = power.max(axis=1)
            total, shares, lacks, second = self._state(
                (fields + offset)[None], np.exp(power - offset[:, None])[None]
            )
            row = (shares[0] * self.power).sum(axis=0)
            mean = float(self.draw.counts @ row)
            own = float(self.draw.counts @ ((shares[0] * self.power**2).sum(axis=0) - row**2))
            system = second[0].copy()
            system[0, 1:] = system[1:, 0] = self._slope(shares)[0, 1:]
            system[0, 0] = own
            wanted = np.concatenate([[target - mean], lacks[0, 1:]])
            if not own > 0 or not np.isfinite(system).all():
                break
            if abs(wanted[0]) < 1e-4 * math.sqrt(own) and np.abs(lacks).max() < 1e-4:
                level = float(np.log(total[0]) @ self.draw.counts - fields @ self.numbers)
                self._compare(t, target, level, float(np.linalg.slogdet(system)[1]))
                return t, fields
            try:
                step = np.linalg.solve(system, wanted)
            except np.linalg.LinAlgError:
                break
            steepest = max(abs(step[0]) * math.sqrt(own) / 2.5, np.abs(step[1:]).max(initial=0.0))
            step /= max(1.0, steepest)
            t += float(step[0])
            fields = fields + np.concatenate([[0.0], step[1:]])
        return math.nan, fields

    def along(self, height: np.ndarray) -> np.ndarray:
        """Logarithm at ascending heights, each found from the one below; NaN from where lost."""
        logs = np.full(len(height), complex(np.nan))
        done, together = 0, 1 if height[0] == 0.0 else len(height)
        while done < len(height):
            here = height[done : done + together]
            fine, factor = self._factors(here)
            guess = self.fields + 1j * (here - self.height)[:, None] * self.slope
            solved = self._solve(guess, factor)
            if solved is None:
                if together == 1:
                    solved = self._creep(float(here[0]))
                    if solved is None:
                        return logs
                else:
                    together = max(1, together // 3)
                    continue
            guess, total, second, left, steps = solved
            sign, size = np.linalg.slogdet(second[:, 1:, 1:])
            turns = np.unwrap(np.concatenate([[self.angle], np.angle(sign)]))[1:]
            value = np.log(total) @ self.draw.counts - (guess - self.offset) @ self.numbers
            value += -0.5 * (left[:, 1:] * steps[:, :, 0]).sum(axis=1) - 0.5 * (size + 1j * turns)
            if len(self.label) > len(self.numbers):
                # Places within a class: what each is offered, over what they are on average.
                offered = fine @ (self.draw.counts / total)[:, :, None]
                offered = np.log(offered[:, :, 0]) + (guess - np.log(self.numbers))[:, self.label]
                value += offered @ self.times
            if value.real.max() > self.peak + 0.01:  # none grows along the contour
                return logs
            logs[done : done + len(here)] = value - self.ground
            self.peak = min(self.peak, float(value.real[0]))
            self.fields, self.height, self.angle = guess[-1], float(here[-1]), float(turns[-1])
            self.slope = np.concatenate([[0.0], steps[-1, :, 1]])
            done += len(here)
            together = min(together + 2, 8)
        return logs

    def _factors(self, height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Terms exp(t w b) of each weight, and their average in each class."""
        fine = self.base * np.exp(1j * height[:, None, None] * self.fine)
        if len(self.label) == len(self.numbers):
            return fine, fine
        summed = np.add.reduceat(fine * self.times[:, None], self.starts, axis=1)
        return fine, summed / self.numbers[:, None]

    def _creep(self, height: float) -> tuple[np.ndarray, ...] | None:
        """Climb to one height in short steps, the slope anew after each."""
        start, fields, slope = self.height, self.fields, self.slope
        for parts in (4, 16):
            at, field, rise, solved = start, fields, slope, None
            for stop in np.linspace(start, height, parts + 1)[1:].tolist():
                guess = (field + 1j * (stop - at) * rise)[None]
                solved = self._solve(guess, self._factors(np.array([stop]))[1])
                if solved is None:
                    break
                at, field = stop, solved[0][-1]
                rise = np.concatenate([[0.0], solved[4][-1, :, 1]])
            if solved is not None:
                return solved
        return None

    def _compare(self, t: float, target: float, level: float, size: float) -> None:
        """Skovgaard's (1987) double saddlepoint, eq. 2.6 with Barndorff-Nielsen's r*."""
        n, numbers = self.draw.size, self.numbers
        ground = n * math.log(n) - float((numbers * np.log(numbers)).sum())
        r = math.copysign(math.sqrt(max(2.0 * (t * target - level + ground), 0.0)), t)
        v = t * math.exp(0.5 * size + self.ground - ground)
        if abs(r) > 0.02 and v / r > 0:
            self.rough = float(ndtr(-abs(r + math.log(v / r) / r)))

    def _solve(self, guess: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, ...] | None:
        """Newton's method in log u at several nodes at once."""
        before = np.inf
        for _ in range(_TURNS):
            total, shares, lacks, second = self._state(guess, factor)
            left = float(np.abs(lacks).max())
            if not left < 4 * before or not np.isfinite(second).all():
                return None
            both = np.stack([lacks, -self._slope(shares)], axis=2)[:, 1:]
            try:
                steps = np.linalg.solve(second[:, 1:, 1:], both)
            except np.linalg.LinAlgError:
                return None
            if left < _LEFT:
                return guess, total, second, lacks, steps
            stride = np.abs(steps[:, :, 0]).max(axis=1, initial=0.0)
            guess = guess.copy()
            guess[:, 1:] += steps[:, :, 0] / np.maximum(1.0, stride / _STRIDE)[:, None]
            before = left
        return None


def contour_tail(draw: Draw, target: float, mass: float) -> tuple[float, float] | None:
    """
    P(S ≥ s) and P(S ≤ s) of one draw.

    Parameters
    ----------
    draw : Draw
    target : float
        The observed sum s.
    mass : float
        Probability of the observed arrangement, which lies in both tails.

    Returns
    -------
    tuple of float, or None
        None where the integral does not settle.

    Notes
    -----
    P(S ≥ s) = (1/2πi) ∫ (E exp(tS) − m exp(ts)) exp(−ts) dt / t + m along Re t = c > 0, for c < 0
    less the other tail; c is the saddlepoint, where the integrand is least, and the trapezoidal
    rule there is wrong by less than exp(−c·2π/h) (Daniels 1987; Abate & Whitt 1992).
    """
    k = len(draw.weights)
    if k <= _WRITTEN_OUT:
        exact = _Exact(draw, target, _WAYS)
        if len(exact.groups) < k:
            full = _Exact(draw, target, 1 << k)
            gap = full.top - exact.top
            exact = exact if abs(gap) < _MERGED else full
        return _integral(exact, draw, target, mass)
    function = _Occupied(draw, target)
    if not math.isfinite(function.start):
        return None
    found = _integral(function, draw, target, mass)
    if found is not None:
        low = min(found) - mass / 2.0
        if not abs(low / function.rough - 1.0) < _AGREED:
            return None
    return found


def _integral(
    function: _Exact | _Occupied, draw: Draw, target: float, mass: float
) -> tuple[float, float] | None:
    """Add up nodes along the contour until the sum settles."""
    tilt = function.start
    top = function.top
    if not math.isfinite(top) or top - tilt * target > 50.0:
        return None
    reach = draw.most - target if tilt > 0 else target - draw.least
    # A period beyond which nothing is left on one side, and the other is damped away.
    period = max(1.02 * reach, (9.0 - min(top - tilt * target, 0.0)) / abs(tilt))
    step = 2.0 * math.pi / period
    terms = np.array([(math.exp(top - tilt * target) - mass) / tilt * step / math.tau])
    while len(terms) < _MOST_NODES:
        height = step * np.arange(len(terms), len(terms) + _NODES)
        logs = function.along(height)
        lost = np.isnan(logs)
        if (logs.real[~lost] > top + 1e-3).any():
            return None
        nodes = tilt + 1j * height[~lost]
        more = (np.exp(logs[~lost] - nodes * target) - mass) / nodes * (step / math.pi)
        terms = np.concatenate([terms, more.real])
        sums = np.abs(np.cumsum(terms))
        tail, late = sums[-1] + mass, max(2 * len(sums) // 3, len(sums) - 24)
        level = np.abs(more[-6:]).max(initial=0.0) if len(more) else np.inf
        settled = np.abs(sums[late:] - sums[-1]).max() <= _SETTLED * tail
        enough = len(terms) > 2 * _NODES or level <= 1e-5 * tail
        if enough and settled and level <= 2 * _SETTLED * tail:
            break
        if lost.any():
            return None
    else:
        return None
    other = 1.0 - sums[-1]
    if not (0.0 < tail <= 1.0 + 1e-3 and other > 0.0):
        return None
    tail, other = min(tail, 1.0), min(other, 1.0)
    return (float(tail), float(other)) if tilt > 0 else (float(other), float(tail))
