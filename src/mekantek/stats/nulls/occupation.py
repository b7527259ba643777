"""Generating function of a weighted sum over many places, by a saddlepoint in their occupation."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.special import gammaln

from mekantek.stats.nulls.extremes import taken_out
from mekantek.stats.nulls.turning import Turning

__all__ = ["Occupation"]

# Weights that are told apart.
_STEPS = 32
# Newton's method: turns at the start and later, greatest step in the logarithm, what may be left.
_FIRST, _TURNS, _STRIDE, _LEFT = 30, 8, 0.7, 1e-3


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


# Fields, sums over the classes, shares of each, second derivatives.
_Solved = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
_Deals = tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray, np.ndarray]]]


@cache
def _deals(classes: int, number: int) -> _Deals:
    """How often each class may be dealt a value, and the ways there value by value."""
    states, ways = [(0,) * classes], []
    for _ in range(number):
        after: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        for place, state in enumerate(states):
            for kind in range(classes):
                more = (*state[:kind], state[kind] + 1, *state[kind + 1 :])
                after.setdefault(more, []).append((place, kind))
        lengths = [len(found) for found in after.values()]
        both = np.array([pair for found in after.values() for pair in found])
        ways.append((both[:, 0], both[:, 1], np.cumsum([0, *lengths[:-1]])))
        states = list(after)
    return np.array(states, dtype=np.float64), ways


class Occupation:
    """
    The generating function when places are many: each class of places holds its number of values.

    K(t, u) = Σᵢ log Σ_c u_c exp(t w_c bᵢ) generates the sum and the number of values in each
    class of places, "not drawn" being one; that the numbers are n_c is taken by a saddlepoint in
    u for every t on the contour (Robinson 1982; Skovgaard 1987). So it is done for the bulk of
    the values. Those farthest out are dealt to the classes in every way, and the saddlepoint's
    curvature says what that does to the others, over the multinomial, which is exact for t = 0.
    Weights within a class share the average of exp(t w b) where they compete for values.

    Parameters
    ----------
    weights, values, counts : numpy.ndarray
        Ascending; centred; how often each is there.
    tilt : float
        Real part of the contour.
    classes, extremes : int
        Into how many classes weights are gathered, and how many values are dealt apart.

    Attributes
    ----------
    start, top : float
        The tilt, and the logarithm there; NaN where no saddlepoint is found.
    """

    def __init__(
        self,
        weights: np.ndarray,
        values: np.ndarray,
        counts: np.ndarray,
        *,
        tilt: float,
        classes: int,
        extremes: int,
    ) -> None:
        size = float(np.rint(counts.sum()))
        steps, times, _ = _classes(weights, _STEPS)
        means, _, label = _classes(steps, classes)
        numbers = np.bincount(label, times)
        spare = size - len(weights)
        if spare > 0.5:  # "not drawn" is a class, whose weight is 0
            steps, times = np.append(0.0, steps), np.append(spare, times)
            means, numbers = np.append(0.0, means), np.append(spare, numbers)
            label = np.append(0, label + 1)
        # A common weight adds a constant only, and places of weight around 0 hardly compete.
        common = float(steps @ times) / size
        self.shift = common * float(counts @ values)
        self.steps, self.times, self.label, self.numbers = steps - common, times, label, numbers
        self.far, self.values, self.counts = taken_out(values, counts, extremes)
        self.rest = size - len(self.far)
        self.wanted = numbers * self.rest / size
        self.start, self.top = tilt, math.nan
        self._prepare(size)
        self.fine = np.multiply.outer(self.steps, self.values)
        self.turning = Turning(np.exp(tilt * self.fine), self.fine)
        # Averages over the places of each class.
        self.average = (label == np.arange(len(numbers))[:, None]) * times / numbers[:, None]
        field = np.log(self.wanted)
        field -= np.log(np.exp(tilt * np.multiply.outer(means - common, self.values)) @ self.counts)
        self.fields = field - field[0]
        self.slope = np.zeros(len(field))
        self.height, self.angle = 0.0, 0.0
        self._ground()

    def _prepare(self, size: float) -> None:
        """Tell what no tilt changes: ways to deal the values far out, and the multinomial."""
        taken, self.ways = _deals(len(self.numbers), len(self.far))
        left = self.numbers - taken
        self.possible = (left > -0.5).all(axis=1)
        left = left[self.possible]
        self.gap = (left - self.wanted)[:, 1:]
        self.chance = gammaln(self.rest + 1) - gammaln(left + 1).sum(axis=1)
        self.chance += left @ np.log(self.wanted / self.rest)
        self.chance -= gammaln(size + 1) - gammaln(self.numbers + 1).sum()
        free = np.diag(self.wanted) - np.outer(self.wanted, self.wanted) / self.rest
        self.inverse = np.linalg.inv(free[1:, 1:])
        self.size = float(np.linalg.slogdet(free[1:, 1:])[1])

    def _ground(self) -> None:
        """Find the saddlepoint on the real line, without complex numbers."""
        fine = self.turning.begin[None]
        solved = self._solve(self.fields[None], self._averaged(fine), _FIRST)
        if solved is None:
            return
        fields, total, shares, second = solved
        top, sign = self._value(np.array([self.start]), fine, fields, total, second)
        if not (np.isfinite(top[0]) and sign[0] > 0):
            return
        self.top = float(top[0])
        self.slope = self._rise(fine, self._averaged(fine)[0], shares[0], second[0])
        self.fields = fields[0]

    def along(self, height: np.ndarray) -> np.ndarray:
        """Logarithm at ascending heights, each found from the one below; NaN from where lost."""
        logs = np.full(len(height), complex(np.nan))
        done, together = 0, 4
        while done < len(height):
            here = height[done : done + together]
            tilts = self.start + 1j * here
            fine = self.turning.at(here)
            factor = self._averaged(fine)
            guess = self.fields + 1j * (here - self.height)[:, None] * self.slope
            solved = self._solve(guess, factor, _TURNS)
            if solved is None and together > 1:
                together = max(1, together // 3)
                continue
            if solved is None:
                solved = self._crept(float(here[0]))
            if solved is None:
                return logs
            fields, total, shares, second = solved
            value, sign = self._value(tilts, fine, fields, total, second)
            turns = np.unwrap(np.concatenate([[self.angle], np.angle(sign)]))[1:]
            logs[done : done + len(here)] = value - 0.5j * turns
            self.angle, self.height, self.fields = float(turns[-1]), float(here[-1]), fields[-1]
            self.slope = self._rise(fine[-1:], factor[-1], shares[-1], second[-1])
            done += len(here)
            together = min(together + 2, 8)
        return logs

    def _rise(
        self, fine: np.ndarray, factor: np.ndarray, shares: np.ndarray, second: np.ndarray
    ) -> np.ndarray:
        """How log u changes with the tilt at one node."""
        rise = self._averaged(fine * self.fine)[0] / factor
        held = shares * (rise - (shares * rise).sum(axis=0))
        slope = np.zeros(len(shares), dtype=held.dtype)
        slope[1:] = -np.linalg.solve(second[1:, 1:], (held @ self.counts)[1:])
        return slope

    def _crept(self, height: float) -> _Solved | None:
        """Climb to one height in short steps, the slope anew after each."""
        for parts in (4, 16):
            at, fields, slope, solved = self.height, self.fields, self.slope, None
            for stop in np.linspace(self.height, height, parts + 1)[1:].tolist():
                fine = np.exp((self.start + 1j * stop) * self.fine)[None]
                factor = self._averaged(fine)
                solved = self._solve((fields + 1j * (stop - at) * slope)[None], factor, _TURNS)
                if solved is None:
                    break
                at, fields = stop, solved[0][0]
                slope = self._rise(fine, factor[0], solved[2][0], solved[3][0])
            if solved is not None:
                return solved
        return None

    def _averaged(self, fine: np.ndarray) -> np.ndarray:
        """Average over the places of each class."""
        if len(self.label) == len(self.numbers):
            return fine
        # Real times complex: as if each were two numbers.
        parts = np.ascontiguousarray(fine).view(np.float64)
        averaged: np.ndarray = np.matmul(self.average, parts).view(fine.dtype)
        return averaged

    def _solve(self, fields: np.ndarray, factor: np.ndarray, turns: int) -> _Solved | None:
        """Newton's method in log u at several nodes at once."""
        before, diagonal = np.inf, np.arange(len(self.numbers))
        for _ in range(turns):
            filled = np.exp(fields)[:, :, None] * factor
            total = filled.sum(axis=1)
            shares = filled * (1.0 / total)[:, None]
            counted = shares * self.counts
            held = counted.sum(axis=2)
            second = -np.matmul(counted, shares.transpose(0, 2, 1))
            second[:, diagonal, diagonal] += held
            lacks = self.wanted - held
            left = float(np.abs(lacks).max())
            if not left < 4 * before or not np.isfinite(second).all():
                return None
            if left < _LEFT:
                return fields, total, shares, second
            try:
                step = np.linalg.solve(second[:, 1:, 1:], lacks[:, 1:, None])[:, :, 0]
            except np.linalg.LinAlgError:
                return None
            stride = np.abs(step).max(axis=1, initial=0.0)
            fields = fields.copy()
            fields[:, 1:] += step / np.maximum(1.0, stride / _STRIDE)[:, None]
            before = left
        return None

    def _value(
        self,
        tilts: np.ndarray,
        fine: np.ndarray,
        fields: np.ndarray,
        total: np.ndarray,
        second: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Logarithm at some nodes, and the sign of the curvature, still under the root."""
        logs = np.log(total) @ self.counts - fields @ self.numbers + tilts * self.shift
        apart = np.exp(tilts[:, None, None] * np.multiply.outer(self.steps, self.far))
        if len(self.label) > len(self.numbers):
            # Places within a class: what each is offered, over what they are on average.
            offered = (fine @ (self.counts / total)[:, :, None])[:, :, 0]
            offered /= self._averaged(offered[:, :, None])[:, self.label, 0]
            logs = logs + np.log(offered) @ self.times
            apart = apart / offered[:, :, None]
        dealt = np.exp(fields)[:, :, None] * self._averaged(apart)
        ways = np.ones((len(tilts), 1), dtype=dealt.dtype)
        for each, (before, kind, starts) in enumerate(self.ways):
            most = np.abs(dealt[:, :, each]).max(axis=1)
            ways = ways[:, before] * (dealt[:, kind, each] / most[:, None])
            ways = np.add.reduceat(ways, starts, axis=1)
            logs = logs + np.log(most)
        sign, size = np.linalg.slogdet(second[:, 1:, 1:])
        bend = np.linalg.inv(second[:, 1:, 1:]) - self.inverse
        change = -0.5 * ((self.gap @ bend) * self.gap).sum(axis=2) + self.chance
        most = change.real.max(axis=1)
        summed = (ways[:, self.possible] * np.exp(change - most[:, None])).sum(axis=1)
        return logs + np.log(summed) + most - 0.5 * (size - self.size), sign
