"""Sums of values on no grid: their tails between two bounds that close as the grid is refined."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod

import numpy as np

from mekantek.stats.links import Links
from mekantek.stats.nulls.exact import SubsetSums, quantize, subset_sums
from mekantek.stats.nulls.tails import TIE, Tails

__all__ = ["Sums", "answer", "bracket", "chance_of_same", "questions"]

# Points of the transform, at first and at most.
_FIRST_POINTS, _MOST_POINTS = 1 << 15, 1 << 22
# Width of the interval of a p-value that calls for no finer grid.
_WIDTH = 2.5e-4
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
    chance = np.empty(len(asked.units))
    for place, unit in enumerate(asked.units.tolist()):
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

    Values beyond the largest sum asked for are in no set that counts, so the grid ends there: the
    bulk of skewed data has a short reach, so a fine grid, and the few large sums another one.
    """
    large = asked.observed > 3 * np.median(asked.observed)
    for part in (~large, large):
        if part.any():
            _narrow(raised, asked.take(part), same[part], tails)


def _narrow(raised: np.ndarray, asked: Sums, same: np.ndarray, tails: Tails) -> None:
    """Answer questions of one reach; each turn answers some and leaves a finer grid for the rest."""
    points = _first_points(raised, asked)
    before = np.full(len(asked.units), np.inf)
    while len(asked.units):
        size, most = int(asked.sizes.max()), float(asked.observed.max())
        least, greatest = _bounds(raised, asked, _reach(raised, asked) * size / points)
        for tail in (least, greatest):  # what equals the observed sum was left out of the lower
            tail[0] = np.minimum(tail[0] + same, tail[1])
        p_low, p_high = (
            np.minimum(1.0, 2 * np.minimum(a, b)) for a, b in zip(least, greatest, strict=True)
        )
        width = p_high - p_low
        # What the finest grid cannot settle within half its reach is given as it is, and so is what
        # a finer grid does not narrow: sums that all but coincide, as of values with noise in the
        # last digits.
        hopeless = (points >= _MOST_POINTS) & (asked.observed > most / 2)
        stuck = (width > 0.8 * before) & (points >= _MOST_POINTS // 4)
        done = (width <= _WIDTH) | hopeless | stuck
        if done.any():
            answer(asked.take(done), least[:, done], greatest[:, done], len(raised), tails)
        asked, same, before = asked.take(~done), same[~done], width[~done]
        if len(asked.units) and asked.observed.max() > most / 2:
            points = min((4 if points < _MOST_POINTS // 16 else 2) * points, _MOST_POINTS)


def _reach(raised: np.ndarray, asked: Sums) -> float:
    """The largest value that may be in a set that counts."""
    return min(float(raised.max()), float(asked.observed.max())) or float(raised[raised > 0].min())


def _first_points(raised: np.ndarray, asked: Sums) -> int:
    """Points that would do if the sums had a normal distribution, for one near the middle."""
    size, reach = float(asked.sizes.max()), _reach(raised, asked)
    spread = max(float(np.minimum(raised, reach).std()), 1e-300)
    wanted = 0.8 * size**1.5 * reach / spread / _WIDTH
    return int(np.clip(1 << int(np.ceil(np.log2(wanted))), _FIRST_POINTS, _MOST_POINTS // 2))


def _bounds(raised: np.ndarray, asked: Sums, step: float) -> tuple[np.ndarray, np.ndarray]:
    """
    Bound both tails with values rounded to a step; repeated values are not rounded.

    Given how many of each repeated value (atom) are drawn, only the others' sum is blurred, by at
    most half a step each; the counts of atoms are multivariate hypergeometric.
    """
    own, atoms = raised[asked.units], _atoms(raised)
    kind = np.full(len(own), -1)  # which atom a unit's own value is
    apart = np.ones(len(raised), dtype=bool)
    tie = TIE * float(raised.max())
    for place, (atom, _) in enumerate(atoms):
        kind[np.abs(own - atom) <= tie] = place
        apart &= np.abs(raised - atom) > tie
    others = raised[apart]
    size = int(asked.sizes.max())
    limit = int(asked.observed.max() / step) + size + 2
    table = None
    if len(others):
        levels = quantize(others, step, limit + 1)
        table = subset_sums(levels, min(size, len(others)), limit=limit)
    own_level = quantize(own, step, limit + 1)
    least, most = np.zeros((2, len(own))), np.zeros((2, len(own)))
    for drawn in _shares_of_atoms(size, len(atoms)):
        taken = sum(drawn)
        for k in np.unique(asked.sizes[asked.sizes >= taken]).tolist():
            for place in np.unique(kind).tolist():
                mine = np.flatnonzero((asked.sizes == k) & (kind == place))
                left = [many - (place == i) for i, (_, many) in enumerate(atoms)]
                rest = len(others) - (place == -1)
                weight = _chance(left, drawn, rest, k - taken, len(raised) - 1, k)
                if not (len(mine) and weight):
                    continue
                part = asked.observed[mine] - sum(
                    a * m for (a, _), m in zip(atoms, drawn, strict=True)
                )
                low, high = _blurred(table, k - taken, own_level[mine], part, step, k * tie,
                                     leave_out=place == -1)  # fmt: skip
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
    own: np.ndarray,
    observed: np.ndarray,
    step: float,
    tie: float,
    *,
    leave_out: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Bound P(S ≥ s) and P(S ≤ s), S a sum of rounded values."""
    if size == 0 or table is None:
        reached, kept = (observed <= tie) * 1.0, (observed >= -tie) * 1.0
        return np.stack([reached, reached]), np.stack([kept, kept])
    slack = size / 2 + tie / step + 1e-6

    def at_most(level: np.ndarray) -> np.ndarray:
        sums = np.clip(level, -1, table.limit).astype(np.int64)
        if not leave_out:
            return table.shares_at_most(size, sums)
        sizes = np.full(len(sums), size)
        return table.tail_probabilities(sizes, own, sums, sums)[1]

    place = observed / step
    least = np.stack([1 - at_most(np.ceil(place + s) - 1) for s in (slack, -slack)])
    most = np.stack([at_most(np.floor(place + s)) for s in (-slack, slack)])
    return least, most
