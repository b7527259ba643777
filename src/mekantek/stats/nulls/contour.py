"""Tails of one weighted sum drawn without replacement, along a contour through its saddlepoint."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mekantek.stats.nulls.occupation import Occupation
from mekantek.stats.nulls.partitions import Partitions

__all__ = ["Draw", "contour_tail"]

# Places that are few; ways to fill classes of them, and of more, that are tried one after the other;
# places beyond which the generating function is not written out.
_FEW, _FEW_WAYS, _WAYS, _PLACES = 9, (128, 512), (256, 1024), 20
# Values to draw from, fewer than which no saddlepoint in the occupation is good to 5 %.
_MANY = 60
# Share of one place in the squares of all weights beyond which it is not either: a single place that
# decides is no class of places (between 0.4 and 1 one answer in ten was wrong).
_HEAVIEST = 0.3
# Nodes of the contour that are enough in most cases, at a time where they were not, and at most.
_NODES, _MORE_NODES, _MOST_NODES = 24, 36, 160
# Nodes at a time of the saddlepoint in the occupation, each of which takes long; written out, many
# take little longer than few.
_DEAR_NODES = 12
# Greatest relative change of the integral over its last third that is still called converged, and
# mass, over the tail, that the last nodes may leave undecided; with few neighbours branches are mostly
# counted where it is more, and what is left was not found wrong.
_SETTLED, _UNDECIDED, _FEW_UNDECIDED = 0.002, 0.06, 0.5
# Difference at which two approximations for many places do not confirm each other; and up to which
# that of their heights on the real line says as much, so that only one is integrated.
_AGREED, _SAME = 0.03, 5e-4
# Times that the integrand may be larger than the tail, over one plus the tilt in standard deviations
# (of a normal sum it is 1 to 3); else the saddlepoint is looked for among these times the tilt.
_EXPECTED, _MOVES = 3.0, 4
_AROUND = np.array([0.6, 0.8, 1.0, 1.25, 1.6, 2.2, 3.2, 4.5, 7.0, 11.0])


_Tails = tuple[float, float]


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

    @cached_property
    def kinds(self) -> tuple[np.ndarray, np.ndarray]:
        """Weights of all places, those of weight 0 that stand for "not drawn" too; how many each."""
        weights, times = np.unique(self.weights, return_counts=True)
        spare = self.size - len(self.weights)
        if spare > 0.5:
            weights, times = np.append(0.0, weights), np.append(spare, times)
        return weights, times.astype(np.float64)

    @cached_property
    def heaviest(self) -> float:
        """Share of the place that weighs most in the squares of all weights about their mean."""
        weights, times = self.kinds
        squares = (weights - float(weights @ times) / self.size) ** 2
        return float(squares.max() / (squares @ times))

    def tilt(self, target: float) -> float:
        """
        Tilt at which independent draws have the target for their mean; never near 0.

        All weights, 0 for "not drawn", are taken from their average: without replacement that
        changes the sum by a constant, and places of such weights hardly miss what others hold.
        """
        weights, times = self.kinds
        w = (weights - float(weights @ times) / self.size)[:, None]
        middle = float(self.counts @ self.values) / self.size
        b, low = self.values - middle, self.spread
        aim = target - middle * float(self.weights.sum())
        squares, w2 = b**2, w[:, 0] ** 2 * times
        side, low_end, high_end = math.copysign(1.0, aim), 0.0, math.inf
        size = 1.0 / low  # of the tilt
        # Newton's method between bounds; the mean rises with the tilt.
        for _ in range(60):
            power = side * size * w * b
            mass = np.exp(power - power.max(axis=1, keepdims=True))
            mass *= self.counts
            whole = mass.sum(axis=1)
            mean = (mass @ b) / whole
            lacks = abs(aim) - side * float((w[:, 0] * times) @ mean)
            slope = float(w2 @ ((mass @ squares) / whole - mean**2))
            if lacks > 0:
                low_end = size
            else:
                high_end = size
                if size * low <= 1.0:
                    break  # nearer to 0 than a tilt may be
            if lacks > 0 and size * low > 1e4:
                break
            after = size + lacks / slope if slope > 0 else math.inf
            if not low_end < after < high_end:
                after = min(2.0 * size, (low_end + high_end) / 2.0)
            after = min(after, 2.0 * size + 1.0 / low)
            if abs(after - size) <= 0.02 * size:
                break
            size = after
        return self.away(side * size, side)

    def away(self, tilt: float, side: float) -> float:
        """Keep a tilt from the pole at 0: at least one over the standard deviation."""
        return tilt if abs(tilt) > 1.0 / self.spread else math.copysign(1.0 / self.spread, side)

    def turned(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """
        Say the same sum with few places: them, what they are dealt, how often, a constant.

        Places and values may change their parts, as each place holds one value; and a weight, or
        a value, may be taken from all, whose places then need no filling.
        """
        weights, times = self.kinds
        total = float(self.weights.sum())
        level, value = int(np.argmax(self.counts)), self.values
        whole = (self.counts == np.rint(self.counts)).all() and (self.counts > 0).all()
        if whole and self.counts[level] > times.max():
            mode = float(value[level])
            others = np.arange(len(value)) != level
            places = np.repeat(value[others] - mode, self.counts[others].astype(np.int64))
            middle = total / self.size
            return places, weights - middle, times, mode * total + middle * float(places.sum())
        kind = int(np.argmax(times))
        mode = float(weights[kind])
        others = np.arange(len(weights)) != kind
        places = np.repeat(weights[others] - mode, times[others].astype(np.int64))
        middle = float(self.counts @ value) / self.size
        shift = mode * middle * self.size + middle * float(places.sum())
        return places, value - middle, self.counts, shift


def contour_tail(
    draw: Draw, target: float, mass: float, counted: Callable[[], _Tails | None]
) -> _Tails | None:
    """
    P(S ≥ s) and P(S ≤ s) of one draw.

    Parameters
    ----------
    draw : Draw
    target : float
        The observed sum s.
    mass : float
        Probability of the observed arrangement, which lies in both tails.
    counted : callable
        Counts the tails without error, or returns None; asked where the saddlepoint is far out,
        near the end of the support, and where nothing else answers.

    Returns
    -------
    tuple of float, or None
        None where the integral does not settle, or where one approximation does not confirm
        the other.

    Notes
    -----
    P(S ≥ s) = (1/2πi) ∫ (E exp(tS) − m exp(ts)) exp(−ts) dt / t + m along Re t = c > 0, for c < 0
    less the other tail; c is the saddlepoint, where the integrand is least, and the trapezoidal
    rule there is wrong by less than exp(−c·2π/h) (Daniels 1987; Abate & Whitt 1992).
    """
    tilt = draw.tilt(target)
    with np.errstate(all="ignore"):  # what overflows is not finite, and so refused
        places, values, counts, shift = draw.turned()
        few = len(draw.weights) <= _FEW
        if few or len(places) <= _PLACES:
            for ways in _FEW_WAYS if len(places) <= _FEW else _WAYS:
                start, found = tilt, None
                for _ in range(_MOVES):
                    written = Partitions(
                        places, values, counts, tilt=start, width=draw.spread, ways=ways
                    )
                    if not math.isfinite(written.top):
                        break
                    last: _Tails | None = found
                    found = _integral(written, draw, target, shift, mass)
                    if _near(written, draw, target - shift, found):
                        return found
                    exact = counted() if start == tilt else None
                    if exact is not None:
                        return exact
                    found = found or last
                    start = _better(written, draw, target - shift)
                    if start == written.start:
                        break
                if found is not None:
                    return found
        if not few and draw.size >= _MANY and draw.heaviest <= _HEAVIEST:
            found = _confirmed(draw, tilt, target, mass)
            if found is not None:
                return found
    return counted()


def _near(written: Partitions, draw: Draw, aim: float, found: _Tails | None) -> bool:
    """Tell whether the tail is as large as the integrand lets expect near the saddlepoint."""
    if found is None:
        return False
    level = math.exp(written.top - written.start * aim)
    return level <= _EXPECTED * (1.0 + abs(written.start) * draw.spread) * min(found)


def _better(written: Partitions, draw: Draw, aim: float) -> float:
    """Look around a tilt for the saddlepoint, where the integrand is least."""
    tilts = written.start * _AROUND
    levels = written.levels_at(tilts) - tilts * aim
    levels = np.where(np.isfinite(levels), levels, np.inf)
    return draw.away(float(tilts[int(np.argmin(levels))]), written.start)


def _confirmed(draw: Draw, tilt: float, target: float, mass: float) -> _Tails | None:
    """One saddlepoint in the occupation, if another confirms it."""
    first, second = (
        Occupation(
            draw.weights, draw.values, draw.counts, tilt=tilt, classes=classes, extremes=extremes
        )
        for classes, extremes in ((10, 2), (6, 3))
    )
    found = _integral(first, draw, target, 0.0, mass)
    if found is None or abs(math.expm1(second.top - first.top)) <= _SAME:
        return found
    other = _integral(second, draw, target, 0.0, mass)
    agreed = other is not None and abs(min(other) / min(found) - 1.0) <= _AGREED
    return found if agreed else None


def _integral(
    function: Partitions | Occupation, draw: Draw, target: float, shift: float, mass: float
) -> _Tails | None:
    """Add up nodes along the contour until the sum settles."""
    tilt, top, aim = function.start, function.top, target - shift
    first = _NODES if isinstance(function, Partitions) else _DEAR_NODES
    undecided = _UNDECIDED if len(draw.weights) > _FEW else _FEW_UNDECIDED
    if not math.isfinite(top) or top - tilt * aim > 50.0:
        return None
    reach = draw.most - target if tilt > 0 else target - draw.least
    # A period beyond which nothing is left on one side, and the other is damped away.
    period = max(1.02 * reach, (9.0 - min(top - tilt * aim, 0.0)) / abs(tilt))
    step = 2.0 * math.pi / period
    terms = np.array([(math.exp(top - tilt * aim) - mass) / tilt * step / math.tau])
    while len(terms) < _MOST_NODES:
        more = first if len(terms) <= _NODES else _MORE_NODES
        height = step * np.arange(len(terms), len(terms) + more)
        logs = function.along(height)
        lost = np.isnan(logs)
        if (logs.real[~lost] > top + 1e-3).any():
            return None
        nodes = tilt + 1j * height[~lost]
        wave = np.exp(logs[~lost] - nodes * aim) - mass
        waves = wave / nodes * (step / math.pi)
        terms = np.concatenate([terms, waves.real])
        sums = np.abs(np.cumsum(terms))
        tail, late = sums[-1] + mass, max(2 * len(sums) // 3, len(sums) - 24)
        level = np.abs(waves[-6:]).max(initial=0.0) if len(waves) else np.inf
        settled = np.abs(sums[late:] - sums[-1]).max() <= _SETTLED * tail
        settled &= np.abs(wave[-6:]).max(initial=0.0) <= undecided * tail
        enough = len(terms) > _NODES or level <= 1e-5 * tail
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
