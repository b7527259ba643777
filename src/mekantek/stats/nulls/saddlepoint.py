"""Tails of weighted sums of values drawn without replacement, for all units of a map."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from mekantek.stats.nulls.branches import branch_tails
from mekantek.stats.nulls.contour import Draw, contour_tail
from mekantek.stats.nulls.spectrum import Spectrum

__all__ = ["weighted_sum_tails"]

# Sums closer than this fraction of the range times the weights are equal.
_TIE = 1e-9
# Branches that are looked at before the contour, and where it is in doubt.
_FEW, _MANY = 10_000, 100_000
# Values from which all units are looked up in one table; k³/N² up to which that is accurate; units
# that are then still taken one by one.
_LARGE, _CLOSE, _PATIENCE = 2_000, 1e-3, 20_000
# More values than this are gathered into clusters before a contour.
_GATHERED = 160


def weighted_sum_tails(
    values: np.ndarray,
    own: np.ndarray,
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    r"""
    Approximate P(S ≥ s) and P(S ≤ s) under conditional randomization, ties in both.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Finite, any unit.
    own : numpy.ndarray of int, shape (m,)
        Place of each unit, whose value is left out of the draw.
    indptr : numpy.ndarray of int, shape (m + 1,)
        Where the neighbours of each unit start and end.
    indices : numpy.ndarray of int
        Places of the neighbours.
    weights : numpy.ndarray
        Their weights, positive, any unit.

    Returns
    -------
    at_least, at_most : numpy.ndarray, shape (m,)
        Probabilities in (0, 1], never 0: the observed arrangement lies in both tails. NaN where
        the approximation is not to be trusted: draw permutations there.

    Notes
    -----
    S is the sum of a unit's weights times values drawn for its neighbours, in order and without
    replacement, from all values but its own. Its moment generating function (written out up to
    about twenty places, by a saddlepoint in their occupation beyond; Robinson 1982,
    Skovgaard 1987) is integrated along a contour through its own saddlepoint. Where few
    arrangements decide, they are counted by branch and bound, without any error.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=50)
    >>> place, weight = np.array([1, 2, 3, 4, 5]), np.array([1.0, 0.8, 0.6, 0.4, 0.2])
    >>> up, down = weighted_sum_tails(values, np.array([0]), np.array([0, 5]), place, weight)
    >>> bool(0 < up[0] < 1 and abs(up[0] + down[0] - 1) < 1e-6)
    True
    """
    at_least, at_most = np.full(len(own), np.nan), np.full(len(own), np.nan)
    if not len(own):
        return at_least, at_most
    known = _Population.of(np.asarray(values, dtype=np.float64))
    lengths = np.diff(indptr)
    if len(values) >= _LARGE:
        spectrum = Spectrum(known.knots, known.masses)
        for k in np.unique(lengths).tolist():
            rows = np.flatnonzero(lengths == k)
            if k**3 < _CLOSE * float(len(values)) ** 2:
                at = indptr[rows][:, None] + np.arange(k)
                weight, held = weights[at], known.scaled[indices[at]]
                order = np.lexsort((held, weight), axis=1)
                weight = np.take_along_axis(weight, order, axis=1) / weight.max(axis=1)[:, None]
                held = np.take_along_axis(held, order, axis=1)
                at_least[rows], at_most[rows] = spectrum.tails(
                    weight, (weight * held).sum(axis=1), len(values) - 1
                )
    left = np.flatnonzero(np.isnan(at_least))
    if len(left) > _PATIENCE:  # one by one would take hours; which come first must not matter
        return at_least, at_most
    for unit in left.tolist():
        place = int(own[unit])
        span = slice(int(indptr[unit]), int(indptr[unit + 1]))
        found = known.ask(place, indices[span], np.asarray(weights[span], dtype=np.float64))
        if found is not None:
            at_least[unit], at_most[unit] = found
    return at_least, at_most


@dataclass(frozen=True, eq=False)
class _Population:
    """Values scaled to a range of 1 around their mean, told apart, and gathered."""

    scaled: np.ndarray  # shape (n,)
    levels: np.ndarray  # distinct, ascending
    counts: np.ndarray
    place: np.ndarray  # level of each value
    knots: np.ndarray  # what stands for the levels on a contour
    masses: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> _Population:
        ordered = np.sort(values)  # the same sums, whatever the order of the rows
        span = float(ordered[-1] - ordered[0])
        scaled = (values - ordered.mean()) / (span or 1.0)
        ordered = np.sort(scaled)
        new = np.concatenate([[True], np.diff(ordered) > _TIE])
        levels, counts = ordered[new], np.diff(np.append(np.flatnonzero(new), len(ordered)))
        place = np.searchsorted(levels, scaled + _TIE, side="right") - 1
        knots, masses = _gathered(levels, counts.astype(np.float64))
        return cls(levels[place], levels, counts.astype(np.float64), place, knots, masses)

    def ask(self, own: int, members: np.ndarray, weights: np.ndarray) -> tuple[float, float] | None:
        """Answer for one unit; None where no answer is to be trusted."""
        held = self.scaled[members]
        order = np.lexsort((held, weights))
        weights, held = weights[order] / weights.max(), held[order]
        levels = self.place[members][order]
        counts = self.counts.copy()
        counts[self.place[own]] -= 1
        present = counts > 0
        target, tie = float(weights @ held), _TIE * float(weights.sum())
        some = np.minimum(counts, len(weights)).astype(np.int64)
        up = np.repeat(self.levels, some)[: len(weights)]
        down = np.repeat(self.levels[::-1], some[::-1])[: len(weights)]
        least, most = float(weights @ up[::-1]), float(weights @ down[::-1])
        if most - least <= tie:
            return 1.0, 1.0
        mass = _arrangement(counts, levels, weights)
        if target >= most - tie:
            return mass, 1.0
        if target <= least + tie:
            return 1.0, mass
        kinds = (self.levels[present], counts[present], weights, target)
        if len(weights) * math.log(len(kinds[0])) < math.log(_FEW):
            return branch_tails(*kinds, tie=tie, most=_FEW * len(kinds[0]))
        if len(kinds[0]) == 2 and 2 ** len(weights) <= _MANY:
            # Sums of two values lie in clusters within clusters, which no contour of few nodes sees.
            counted = branch_tails(*kinds, tie=tie, most=_MANY)
            if counted is not None:
                return counted
        knots, masses = self.knots, self.masses.copy()
        at = int(np.searchsorted(knots, self.scaled[own]))
        if at < len(knots) and knots[at] == self.scaled[own]:
            masses[at] -= 1
            knots, masses = knots[masses != 0], masses[masses != 0]
        else:
            knots, masses = np.append(knots, self.scaled[own]), np.append(masses, -1.0)
        return contour_tail(
            Draw(knots, masses, weights, least, most),
            target,
            mass,
            lambda: branch_tails(*kinds, tie=tie, most=_MANY),
        )


def _arrangement(counts: np.ndarray, levels: np.ndarray, weights: np.ndarray) -> float:
    """Probability that each class of equal weights holds the values it holds, in any order."""
    # A loop, not arrays: there are few places, and this is asked for every unit.
    logs = math.lgamma(counts.sum() - len(levels) + 1) - math.lgamma(counts.sum() + 1)
    for kind, time in sorted(Counter(levels.tolist()).items()):
        there = float(counts[kind])
        logs += math.lgamma(there + 1) - math.lgamma(there - time + 1)
    alike = np.flatnonzero(np.diff(weights) <= 1e-12).tolist()
    while alike:  # places of one weight, which may change their values
        start = stop = alike[0]
        while alike and alike[0] == stop:
            stop = alike.pop(0) + 1
        group = levels[start : stop + 1].tolist()
        logs += math.lgamma(len(group) + 1)
        logs -= sum(math.lgamma(time + 1) for _, time in sorted(Counter(group).items()))
    return float(min(1.0, math.exp(logs)))


def _gathered(levels: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Let two points stand for each cluster of levels: its number, mean, variance and third moment.

    The ends and the heavy levels stand for themselves.
    """
    if len(levels) <= _GATHERED:
        return levels, counts
    alone = counts >= max(4.0, counts.sum() / 100)
    alone[:12] = alone[-12:] = True
    order = np.flatnonzero(~alone)
    steps = np.cumsum(np.sqrt(np.diff(levels[order], prepend=levels[order[0]])))
    label = np.minimum((steps / steps[-1] * 48).astype(np.int64), 47)
    label = np.unique(label, return_inverse=True)[1]
    value, count = levels[order], counts[order]
    number = np.bincount(label, count)
    mean = np.bincount(label, count * value) / number
    gap = value - mean[label]
    variance = np.bincount(label, count * gap**2) / number
    third = np.bincount(label, count * gap**3) / number
    single = variance <= 0
    lean = np.divide(third, 2 * variance, out=np.zeros_like(third), where=~single)
    wide = np.sqrt(variance + lean**2)
    share = np.where(
        single, 0.5, 0.5 - 0.5 * np.divide(lean, wide, out=np.zeros_like(lean), where=~single)
    )
    knots = np.concatenate([levels[alone], mean + lean + wide, (mean + lean - wide)[~single]])
    masses = np.concatenate(
        [counts[alone], number * np.where(single, 1.0, share), (number * (1 - share))[~single]]
    )
    order = np.argsort(knots, kind="stable")
    return knots[order], masses[order]
