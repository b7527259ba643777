"""Tails of one weighted sum drawn without replacement, along a contour through its saddlepoint."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from scipy.optimize import brentq

__all__ = ["Draw", "contour_tail"]

# Ways to fill classes of places, and neighbours, up to which the generating function is written out.
WAYS, WRITTEN_OUT = 144, 16
# Classes into which more weights are gathered, and nodes of the contour, at first and at most.
_CLASSES, _NODES, _MOST_NODES = 9, 40, 160
# Greatest relative change of the integral over its last third that is still called converged.
_SETTLED = 0.01
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
        """Tilt at which the sum *with* replacement has the target for its mean."""
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
        return float(brentq(gap, start, end, rtol=1e-3, xtol=1e-3 / low))


@cache
def _plan(numbers: tuple[int, ...]) -> list[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """For each way to fill classes of places: blocks with the first class, the rest, their signs."""
    shape = tuple(number + 1 for number in numbers)
    states = np.stack(np.unravel_index(np.arange(math.prod(shape)), shape), axis=1)
    factorials = np.array([math.factorial(i) for i in range(sum(numbers) + 1)], dtype=np.float64)
    size = states.sum(axis=1)
    log_terms = np.zeros(len(states))
    log_terms[1:] = (-1.0) ** (size[1:] - 1) * factorials[size[1:] - 1]
    log_terms /= factorials[states].prod(axis=1)
    plan = []
    for whole in range(1, len(states)):
        first = int(np.flatnonzero(states[whole])[0])
        inside = (states[: whole + 1] <= states[whole]).all(axis=1)
        block = np.flatnonzero(inside & (states[: whole + 1, first] > 0))
        sign = log_terms[block] * states[block, first] / states[whole, first]
        plan.append((whole, block, whole - block, sign[:, None]))
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

    def __init__(self, draw: Draw, target: float) -> None:
        self.draw, self.start = draw, draw.tilt(target)
        self.groups = _merged(draw.weights, WAYS)

    def along(self, nodes: np.ndarray) -> np.ndarray:
        """Logarithm of the function at the nodes; NaN where too many digits cancel."""
        draw, k = self.draw, len(self.draw.weights)
        power = np.multiply.outer(draw.weights, draw.values)
        offset = (nodes[0].real * power).max(axis=1)
        factor = np.exp(
            nodes[0].real * power[:, None]
            - offset[:, None, None]
            + 1j * nodes.imag[:, None] * power[:, None]
        )
        single = factor @ draw.counts
        numbers = tuple(len(group) for group in self.groups)
        products = np.ones((1, *factor.shape[1:]), dtype=np.complex128)
        scale = np.zeros(len(nodes), dtype=np.complex128)
        for group in self.groups:
            # Divided by its sum at the first node, each place alone counts one.
            common = (factor[group] / single[group, :1, None].real).mean(axis=0)
            scale += np.log(single[group]).sum(axis=0)
            if len(group) > 1:
                scale -= len(group) * np.log(common @ draw.counts)
            else:
                scale -= np.log(single[group[0]] / single[group[0], 0].real)
            rising = [products]
            for _ in group:
                rising.append(rising[-1] * common)
            products = np.stack(rising, axis=1).reshape(-1, *common.shape)
        sums = products @ draw.counts
        found = np.ones((len(sums), len(nodes)), dtype=np.complex128)
        for whole, block, rest, sign in _plan(numbers):
            found[whole] = (sums[block] * found[rest] * sign).sum(axis=0)
        last = found[-1] * math.prod(math.factorial(number) for number in numbers)
        if not last[0].real > 1e-7:
            return np.full(len(nodes), np.nan)
        with np.errstate(divide="ignore"):
            logs = np.log(last) + scale + offset.sum()
        logs -= np.log(draw.size - np.arange(k)).sum()
        return logs


def _classes(weights: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gather ascending weights into classes: their means, numbers and sums of squares."""
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
    number = np.bincount(labels).astype(np.float64)
    mean = np.bincount(labels, weights) / number
    squares = np.bincount(labels, (weights - mean[labels]) ** 2)
    return mean, number, squares if len(kinds) > most else np.zeros(len(mean))


class _Occupied:
    """
    The generating function when places are many: each class of places holds its number of values.

    K(t, u) = Σᵢ log Σ_c u_c exp(t w_c bᵢ) generates the sum and the number of values in each
    class of places, "not drawn" being one; that the numbers are n_c is taken by a saddlepoint in
    u for every t on the contour (Robinson 1982; Skovgaard 1987). Weights within a class enter by
    their mean and, to the second order, their variance.
    """

    def __init__(self, draw: Draw, target: float) -> None:
        self.draw = draw
        weights, numbers, squares = _classes(draw.weights, _CLASSES)
        spare = draw.size - len(draw.weights)
        if spare > 0.5:
            weights, numbers, squares = (
                np.concatenate([[first], rest])
                for first, rest in ((0.0, weights), (spare, numbers), (0.0, squares))
            )
        self.numbers, self.squares = numbers, squares
        self.power = np.multiply.outer(weights, draw.values)
        n = draw.size
        ground = np.diag(numbers) - np.outer(numbers, numbers) / n
        self.ground = float(
            n * math.log(n)
            - (numbers * np.log(numbers)).sum()
            - 0.5 * np.linalg.slogdet(ground[1:, 1:])[1]
        )
        self.start, self.fields = self._saddle(target)

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
            _, shares, lacks, second = self._state(
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
            if abs(wanted[0]) < 0.02 * math.sqrt(own) and np.abs(lacks).max() < 0.02:
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

    def along(self, nodes: np.ndarray) -> np.ndarray:
        """Logarithm of the function at the nodes, each found from the one before; NaN from where lost."""
        offset = (nodes[0].real * self.power).max(axis=1)
        base = np.exp(nodes[0].real * self.power - offset[:, None])
        logs = np.full(len(nodes), complex(-np.inf))
        fields, slope = (self.fields + offset).astype(complex), np.zeros(len(offset), complex)
        fields -= fields[0]
        at, done, together, angle = nodes[0], 0, 1, 0.0
        while done < len(nodes):
            here = nodes[done : done + together]
            factor = base * np.exp(1j * here.imag[:, None, None] * self.power)
            guess = fields + (here - at)[:, None] * slope
            solved = self._solve(guess, factor)
            if solved is None:
                if together == 1:
                    logs[done:] = np.nan
                    return logs
                together = max(1, together // 3)
                continue
            guess, total, shares, second, left, steps = solved
            sign, size = np.linalg.slogdet(second[:, 1:, 1:])
            turns = np.unwrap(np.concatenate([[angle], np.angle(sign)]))[1:]
            value = np.log(total) @ self.draw.counts - (guess - offset) @ self.numbers
            value += -0.5 * (left[:, 1:] * steps[:, :, 0]).sum(axis=1) - 0.5 * (size + 1j * turns)
            if self.squares.any():
                counted = shares * self.draw.counts
                mean = counted @ self.draw.values / self.numbers
                variance = counted @ self.draw.values**2 / self.numbers - mean**2
                value += 0.5 * here**2 * (variance @ self.squares)
            logs[done : done + len(here)] = value - self.ground
            fields, at, angle = guess[-1], here[-1], float(turns[-1])
            slope = np.concatenate([[0.0], steps[-1, :, 1]])
            done += len(here)
            together = min(together + 3, 10)
            fallen = logs[done - len(here) : done].real.max() - logs[0].real
            if fallen < -14.0:
                break
            if fallen > 0.05 and done > 1:  # no generating function grows along the contour
                logs[done - len(here) :] = np.nan
                break
        return logs

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
                return guess, total, shares, second, lacks, steps
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
    function = (_Exact if len(draw.weights) <= WRITTEN_OUT else _Occupied)(draw, target)
    tilt = function.start
    if not math.isfinite(tilt):
        return None
    if abs(tilt) < 1.0 / draw.spread:
        tilt = math.copysign(1.0 / draw.spread, tilt)
    peak = function.along(np.array([complex(tilt)]))[0].real - tilt * target
    if not math.isfinite(peak):
        return None
    reach = draw.most - target if tilt > 0 else target - draw.least
    # A period beyond which nothing is left on one side, and the other is damped away.
    period = max(1.02 * reach, (9.0 - min(peak, 0.0)) / abs(tilt))
    step = 2.0 * math.pi / period
    number = _NODES
    while number <= _MOST_NODES:
        nodes = tilt + 1j * step * np.arange(number)
        logs = function.along(nodes)
        with np.errstate(invalid="ignore"):
            term = ((np.exp(logs - nodes * target) - mass) / nodes).real * (step / math.pi)
        if np.isnan(term).any():
            return None
        term[0] /= 2.0
        sums = np.abs(np.cumsum(term))
        tail = sums[-1] + mass
        if np.abs(sums[2 * number // 3 :] - sums[-1]).max() <= _SETTLED * tail:
            break
        number *= 2
    else:
        return None
    other = 1.0 - sums[-1]
    if not (0.0 < tail <= 1.0 + 1e-3 and other > 0.0):
        return None
    tail, other = min(tail, 1.0), min(other, 1.0)
    return (float(tail), float(other)) if tilt > 0 else (float(other), float(tail))
