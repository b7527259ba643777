"""Sums of values on no grid: their tails between two bounds that close as the grid is refined."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod
from typing import NamedTuple

import numpy as np

from mekantek.stats.links import Links
from mekantek.stats.nulls.exact import SubsetSums, quantize, subset_sums
from mekantek.stats.nulls.tails import TIE, Tails
from mekantek.stats.nulls.transform import depth

__all__ = ["Sums", "answer", "bracket", "chance_of_same", "questions"]

# Steps up to the sum asked for: at first, and at most.
_FIRST_LEVELS, _MOST_LEVELS = 1 << 14, 1 << 21
# Width of the interval of a p-value that calls for no finer grid.
_WIDTH = 2.5e-4
# How much of it a finer grid aims at, and how much finer than the last one it is at most.
_MARGIN, _MOST_FINER = 0.85, 64
# What floating point may add to a probability, for each size that leaving one out looks at.
_ROUNDING = 1e-12
# Repeated values that are told apart from the rest before it is rounded.
_ATOMS, _ATOM_SHARE = 2, 0.02
# Units of a map on which the chance of the very same values is as good as none.
_LARGE = 10_000


@dataclass(frozen=True, eq=False)
class Sums:
    """Questions about sums drawn without replacement from values turned so that sums are small."""

    units: np.ndarray
    sizes: np.ndarray  # how many are drawn
    observed: np.ndarray
    turned: np.ndarray  # whether P(S ≥ s) and P(S ≤ s) change places

    def take(self, chosen: np.ndarray) -> Sums:
        """Some of the questions."""
        return Sums(
            self.units[chosen], self.sizes[chosen], self.observed[chosen], self.turned[chosen]
        )


def questions(values: np.ndarray, links: Links, units: np.ndarray) -> tuple[np.ndarray, Sums]:
    """
    Set values to start at zero, and ask for the smaller of a set and its complement.

    Right-skewed data have small sums already; left-skewed ones are mirrored, for a table of small
    sums is a small table.
    """
    n = len(values)
    whole = np.issubdtype(values.dtype, np.integer)
    raised = values - values.min()
    if raised.sum() > (raised.max() - raised).sum():
        raised, mirrored = raised.max() - raised, True
    else:
        mirrored = False
    observed = links.plain_sums(raised)[units]
    sizes = links.cardinalities[units]
    flipped = sizes > n - 1 - sizes
    if flipped.any():
        rest = raised.sum() - raised[units] - observed
        observed = np.where(flipped, rest, observed)
        sizes = np.where(flipped, n - 1 - sizes, sizes)
    if not whole:
        observed = np.maximum(observed, 0.0)
    return raised, Sums(units, sizes, observed, flipped ^ mirrored)


def answer(
    asked: Sums,
    least: np.ndarray,
    most: np.ndarray,
    n: int,
    tails: Tails,
    *,
    same: np.ndarray | None = None,
) -> None:
    """Note the tails (each shape (m,) or (2, m)) of the questions, turned back."""
    once = np.array([1 / comb(n - 1, k) for k in range(int(asked.sizes.max()) + 1)])
    sizes, turned = asked.sizes, asked.turned
    if same is not None:  # equal questions have equal sizes and turns
        first = np.zeros(len(least), dtype=np.int64)
        first[same] = np.arange(len(same))
        sizes, turned = sizes[first], turned[first]
    # The observed arrangement itself is in both tails.
    least, most = np.maximum(least, once[sizes]), np.maximum(most, once[sizes])
    if turned.any():
        least, most = np.where(turned, most, least), np.where(turned, least, most)
    tails.put(asked.units, least, most, "exact", same=same)


def chance_of_same(values: np.ndarray, links: Links, asked: Sums) -> np.ndarray:
    """
    Give the chance that the neighbours get the very values they have, in any order.

    Such a draw has the observed sum, so it is in both tails however values are rounded. Draws of
    atoms alone are told apart anyway. On a large map the chance is as good as none.
    """
    n = len(values)
    if n > _LARGE:
        return np.zeros(len(asked.units))
    atoms = np.array([atom + values.min() for atom, _ in _atoms(values - values.min())])
    ascending = np.sort(values)
    tie = TIE * float(np.ptp(values))
    order = np.argsort(values, kind="stable")
    repeated = np.zeros(n, dtype=bool)
    near = np.flatnonzero(np.diff(ascending) <= tie)
    repeated[order[near]] = repeated[order[near + 1]] = True
    # Where no neighbour's value is there again, one set alone has those values.
    once = np.array([1 / comb(n - 1, k) for k in range(int(asked.sizes.max(initial=0)) + 1)])
    chance = np.where(links.cardinalities[asked.units] == asked.sizes, once[asked.sizes], 0.0)
    some = links.plain_sums(repeated.astype(np.float64))[asked.units] > 0.5
    for place in np.flatnonzero(some).tolist():
        unit = int(asked.units[place])
        mine = np.sort(values[links.row(unit)[0]])
        kinds = mine[np.insert(np.diff(mine) > tie, 0, True)]
        alone = (np.abs(kinds[:, None] - atoms[None, :]) <= tie).any(axis=1).all()
        if alone or len(mine) != asked.sizes[place]:  # or the complement is counted
            chance[place] = 0.0
            continue
        taken = np.diff(np.append(np.searchsorted(mine, kinds - tie), len(mine)))
        there = np.searchsorted(ascending, kinds + tie, "right")
        there -= np.searchsorted(ascending, kinds - tie, "left")
        there -= np.abs(kinds - values[unit]) <= tie
        ways = prod(map(comb, there.tolist(), taken.tolist()))
        chance[place] = ways / comb(n - 1, len(mine))
    return chance


def bracket(raised: np.ndarray, asked: Sums, same: np.ndarray, tails: Tails) -> None:
    """
    Answer questions off a grid: round the values, finer and finer, and keep both bounds.

    With each of k values moved by at most half a step, P(T > s + k·step/2) ≤ P(S ≥ s) ≤
    P(T ≥ s − k·step/2), T the sum of rounded values; so for P(S ≤ s). A coarse grid answers what is
    far in the tails, and tells from the width of the rest how fine a grid each needs. Values beyond
    the largest sum asked for are in no set that counts, so each grid ends there.
    """
    deal = _deal(raised)
    # Nothing is told apart that is closer than a tie.
    floor = max(TIE * float(raised.max()), np.finfo(float).tiny)
    finest = np.maximum(asked.observed / _MOST_LEVELS, floor)
    first = max(float(asked.observed.max()) / _FIRST_LEVELS, floor)
    waiting = [(asked, same, finest, np.full(len(same), np.inf), first)]
    while waiting:
        asked, same, finest, hoped, step = waiting.pop()
        least, most = _bounds(deal, asked, step)
        for tail in (least, most):  # what equals the observed sum was left out of the lower
            tail[0] = np.minimum(tail[0] + same, tail[1])
        p_low, p_high = (
            np.minimum(1.0, 2 * np.minimum(a, b)) for a, b in zip(least, most, strict=True)
        )
        width = p_high - p_low
        # What the finest grid cannot settle is given as it is, and so is what a finer grid hardly
        # narrows: sums that all but coincide, as of values with noise in the last digits.
        stuck = (width > hoped) & (step <= 32 * finest)
        done = (width <= _WIDTH) | (step <= finest * (1 + 1e-9)) | stuck
        if done.any():
            answer(asked.take(done), least[:, done], most[:, done], len(raised), tails)
        left = ~done
        asked, same, finest, width = asked.take(left), same[left], finest[left], width[left]
        wanted = step * np.maximum(_MARGIN * _WIDTH / width, 1 / _MOST_FINER)
        wanted = np.maximum(wanted, finest)
        for group in _groups(asked, wanted, len(raised)):
            finer = float(wanted[group].min())
            hoped = 0.8 * width[group]
            waiting.append((asked.take(group), same[group], finest[group], hoped, finer))


def _groups(asked: Sums, wanted: np.ndarray, n: int) -> list[np.ndarray]:
    """Part questions by size and fineness, and put together again what is quicker so."""
    fineness = np.floor(np.log2(wanted)).astype(np.int64)
    parts: list[tuple[float, _Table, list[np.ndarray]]] = []  # work, table, questions
    for fine in np.unique(fineness).tolist():
        among = np.flatnonzero(fineness == fine)
        for k in np.flatnonzero(np.bincount(asked.sizes[among])).tolist():
            mine = among[asked.sizes[among] == k]
            table = _Table(k, k, float(wanted[mine].min()), float(asked.observed[mine].max()))
            alone = table.work(n)
            joint = [table.joined(other) for _, other, _ in parts]
            added = [one.work(n) - part[0] for one, part in zip(joint, parts, strict=True)]
            best = min(range(len(parts)), key=added.__getitem__, default=None)
            if best is None or added[best] > alone:
                parts.append((alone, table, [mine]))
            else:
                parts[best] = (parts[best][0] + added[best], joint[best], [*parts[best][2], mine])
    return [np.sort(np.concatenate(members)) for _, _, members in parts]


class _Table(NamedTuple):
    """A table of sums to be made."""

    fewest: int
    size: int
    step: float
    reach: float

    def joined(self, other: _Table) -> _Table:
        """The table that does for both."""
        return _Table(
            min(self.fewest, other.fewest), max(self.size, other.size),
            min(self.step, other.step), max(self.reach, other.reach),
        )  # fmt: skip

    def work(self, n: int) -> float:
        """Time that it takes, in some unit: its transforms, and the terms at each frequency."""
        deep = depth(n, self.size, damped=True) + 1
        rows = min(self.size, self.size - self.fewest + deep)
        return (self.reach / self.step + 2000) * (5 * rows + self.size * min(self.size, deep))


@dataclass(frozen=True, eq=False)
class _Deal:
    """What is dealt: values that are rounded, and repeated ones (atoms) that are not."""

    others: np.ndarray  # ascending
    atoms: list[tuple[float, int]]
    raised: np.ndarray  # shape (n,), each unit's own
    kind: np.ndarray  # which atom a unit's own value is, or -1


def _deal(raised: np.ndarray) -> _Deal:
    atoms, tie = _atoms(raised), TIE * float(raised.max())
    kind = np.full(len(raised), -1)
    for place, (atom, _) in enumerate(atoms):
        kind[np.abs(raised - atom) <= tie] = place
    return _Deal(np.sort(raised[kind < 0]), atoms, raised, kind)


def _bounds(deal: _Deal, asked: Sums, step: float) -> tuple[np.ndarray, np.ndarray]:
    """
    Bound both tails with values rounded to a step; repeated values are not rounded.

    Given how many of each atom are drawn, only the others' sum is blurred, by at most half a step
    each; the counts of atoms are multivariate hypergeometric.
    """
    own, kind = deal.raised[asked.units], deal.kind[asked.units]
    n, size = len(deal.raised), int(asked.sizes.max())
    limit = int(asked.observed.max() / step) + size + 2
    tie = TIE * float(deal.raised.max())
    table = None
    if len(deal.others):
        levels = quantize(deal.others, step, limit + 1)
        fewest = int(asked.sizes.min()) if not deal.atoms else 0
        table = subset_sums(levels, min(size, len(levels)), limit=limit, least=fewest, damped=True)
    own_level = quantize(own, step, limit + 1)
    least, most = np.zeros((2, len(own))), np.zeros((2, len(own)))
    for k in np.flatnonzero(np.bincount(asked.sizes)).tolist():
        for place in range(-1, len(deal.atoms)):
            mine = np.flatnonzero((asked.sizes == k) & (kind == place))
            if not len(mine):
                continue
            left = [many - (place == i) for i, (_, many) in enumerate(deal.atoms)]
            for drawn in _shares_of_atoms(k, len(deal.atoms)):
                rest = k - sum(drawn)
                weight = _chance(left, drawn, len(deal.others) - (place == -1), rest, n - 1, k)
                if not weight:
                    continue
                fixed = sum(a * m for (a, _), m in zip(deal.atoms, drawn, strict=True))
                low, high = _blurred(
                    table, rest, own_level[mine] if place == -1 else None,
                    asked.observed[mine] - fixed, step, k * tie,
                )  # fmt: skip
                least[:, mine] += weight * low
                most[:, mine] += weight * high
    return np.minimum(least, 1.0), np.minimum(most, 1.0)


def _atoms(raised: np.ndarray) -> list[tuple[float, int]]:
    """Values that repeat so often that rounding them would blur whole steps of the tails."""
    ascending = np.sort(raised)
    tie = TIE * float(ascending[-1])
    apart = max(2, int(np.ceil(_ATOM_SHARE * len(raised))))
    found: list[tuple[float, int]] = []
    for value in ascending[:-apart][ascending[apart:] - ascending[:-apart] <= tie].tolist():
        if not found or value - found[-1][0] > tie:
            first = np.searchsorted(ascending, value - tie, side="left")
            found.append((value, int(np.searchsorted(ascending, value + tie, "right") - first)))
    return sorted(found, key=lambda atom: (-atom[1], atom[0]))[:_ATOMS]


def _shares_of_atoms(size: int, atoms: int) -> list[tuple[int, ...]]:
    """How many of each atom may be among the values drawn."""
    ways: list[tuple[int, ...]] = [()]
    for _ in range(atoms):
        ways = [(*w, m) for w in ways for m in range(size - sum(w) + 1)]
    return ways


def _chance(
    atoms: list[int], drawn: tuple[int, ...], others: int, rest: int, population: int, size: int
) -> float:
    """Chance of so many of each atom among those drawn (multivariate hypergeometric)."""
    ways = comb(others, rest) if others >= 0 else 0
    for many, taken in zip(atoms, drawn, strict=True):
        ways *= comb(many, taken)
    return ways / comb(population, size)


def _blurred(
    table: SubsetSums | None,
    size: int,
    own: np.ndarray | None,
    observed: np.ndarray,
    step: float,
    tie: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Bound P(S ≥ s) and P(S ≤ s), S a sum of rounded values, the unit's own left out if given."""
    if size == 0 or table is None:
        reached, kept = (observed <= tie) * 1.0, (observed >= -tie) * 1.0
        return np.stack([reached, reached]), np.stack([kept, kept])
    slack = size / 2 + tie / step + 1e-6
    place = observed / step
    # Sums that are surely less than s, and those that may be at most s.
    few, many = (
        table.shares_at_most(size, np.clip(level, -1, table.limit).astype(np.int64), without=own)
        for level in (np.ceil(place - slack) - 1, np.floor(place + slack))
    )
    error = _ROUNDING * (size + 1)
    few, many = np.maximum(few - error, 0.0), np.minimum(many + error, 1.0)
    return np.stack([1 - many, 1 - few]), np.stack([few, many])
