"""The null of local statistics: a unit keeps its value, the others are dealt to its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb, prod
from typing import Any

import numpy as np

from mekantek.errors import OptionError
from mekantek.stats.drawing import Deal, Runner, count_draws
from mekantek.stats.exact import SubsetSums, find_grid, listed_sums, quantize, subset_sums
from mekantek.stats.links import Links
from mekantek.stats.saddlepoint import weighted_sum_tails

__all__ = [
    "METHODS",
    "NULL",
    "TIE",
    "Tails",
    "conditional_tails",
    "count_tails",
    "draw_tails",
    "sum_moments",
]

NULL = (
    "the unit keeps its value and the others are assigned at random to its neighbours "
    "(conditional randomization)"
)
METHODS = ("exact", "saddlepoint", "permutation")

# Ties between floats that print alike, as a fraction of the range of the values.
TIE = 1e-9
# Sums listed one by one: all at once where neighbours weigh the same, else for each unit.
_LISTED = 200_000
_ARRANGED, _ALL_ARRANGED = 2_000_000, 400_000_000
# Points of the transform off a grid, at first and at most.
_FIRST_POINTS, _MOST_POINTS = 1 << 15, 1 << 22
# Width of the interval of a p-value off a grid that calls for no finer grid.
_WIDTH = 2.5e-4
# Units of a map on which many ask the same question.
_LARGE = 10_000
# Repeated values that are told apart from the rest before it is rounded.
_ATOMS, _ATOM_SHARE = 2, 0.02
# Neighbours beyond which Newton's identities lose digits and the saddlepoint is all but exact.
_MOST_COUNTED = 400


class Tails:
    """
    Answers: P(S ≥ s) and P(S ≤ s), S the weighted sum of a unit's neighbours' values.

    Many units of a large map ask the same question, so each answer is kept once.

    Attributes
    ----------
    place : numpy.ndarray of int64, shape (n,)
        Which answer is each unit's; -1, the last one, which is none, where nothing was asked.
    least, most : numpy.ndarray, shape (2, answers)
        P(S ≥ s) and P(S ≤ s): a lower and an upper bound, equal where the count is exact; NaN
        where permutations were drawn.
    method : numpy.ndarray of int8, shape (answers,)
        Place in `METHODS`, -1 for none.
    draws : numpy.ndarray of int64, shape (3, answers)
        Draws ≥ and ≤ the observed sum, and how many.
    """

    def __init__(self, n: int) -> None:
        self.place = np.full(n, -1, dtype=np.int64)
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        self._answers = 0

    def put(
        self,
        units: np.ndarray,
        least: Any,
        most: Any,
        method: str,
        *,
        same: np.ndarray | None = None,
        draws: np.ndarray | None = None,
    ) -> None:
        """Note answers (each shape (m,) or (2, m)); *same* tells which one is each unit's."""
        count = np.shape(least)[-1]
        self.place[units] = self._answers + (np.arange(count) if same is None else same)
        self._answers += count
        self._parts.append(
            (
                np.broadcast_to(least, (2, count)),
                np.broadcast_to(most, (2, count)),
                np.full(count, METHODS.index(method), dtype=np.int8),
                np.zeros((3, count), dtype=np.int64) if draws is None else draws,
            )
        )

    def _joined(self, part: int, none: float) -> np.ndarray:
        arrays: list[np.ndarray] = [answers[part] for answers in self._parts]
        end = np.full((*arrays[0].shape[:-1], 1), none, dtype=arrays[0].dtype)
        return np.concatenate([*arrays, end], axis=-1)

    @cached_property
    def least(self) -> np.ndarray:
        """P(S ≥ s) of each answer, both bounds."""
        return self._joined(0, np.nan)

    @cached_property
    def most(self) -> np.ndarray:
        """P(S ≤ s) of each answer, both bounds."""
        return self._joined(1, np.nan)

    @cached_property
    def method(self) -> np.ndarray:
        """Place in METHODS of each answer."""
        return self._joined(2, -1)

    @cached_property
    def draws(self) -> np.ndarray:
        """Draws above, below and in all of each answer."""
        return self._joined(3, 0)


def sum_moments(values: np.ndarray, links: Links) -> tuple[np.ndarray, np.ndarray]:
    """
    Expectation and variance of the weighted sum of the neighbours under the null.

    Parameters
    ----------
    values : numpy.ndarray, shape (..., n)
    links : Links

    Returns
    -------
    expected, variance : numpy.ndarray, shape (..., n)
        In the unit of the values times that of the weights, and its square (Cochran 1977,
        theorem 2.2; Ord & Getis 1995).
    """
    n = values.shape[-1]
    centre = values.mean(axis=-1, keepdims=True)
    deviation = values - centre
    mean = -deviation / (n - 1)
    squares = (deviation**2).sum(axis=-1, keepdims=True)
    spread = (squares - deviation**2) / (n - 1) - mean**2
    factor = ((n - 1) * links.squares - links.sums**2) / (n - 2)
    return links.sums * (mean + centre), np.maximum(spread * factor, 0.0)


def conditional_tails(
    values: np.ndarray,
    links: Links,
    units: np.ndarray,
    *,
    method: str,
    permutations: int,
    rng: np.random.Generator | int,
    stop: int | None,
    runner: Runner,
) -> Tails:
    """
    Tails of the weighted sum of the neighbours, for many units at once.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        What is dealt to the neighbours; a unit's own value is left out.
    links : Links
    units : numpy.ndarray of int, shape (m,)
        Units to test, each with neighbours.
    method : {"auto", "exact", "saddlepoint", "permutation"}
        ``auto`` counts where it can, takes the saddlepoint elsewhere, and draws where that is not
        to be trusted.
    permutations, rng, stop, runner
        See `count_draws`.

    Returns
    -------
    Tails

    Raises
    ------
    OptionError
        If ``exact`` or ``saddlepoint`` is asked for and cannot be had.
    """
    tails = Tails(len(values))
    left: np.ndarray = units
    if method in ("auto", "exact"):
        left = count_tails(values, links, left, tails)
        if method == "exact" and len(left):
            raise OptionError(
                f"The neighbours of {len(left)} units weigh differently, or are too many, to be "
                "counted exactly; use --method auto, saddlepoint or permutation.",
                f"{len(left)} birimin komşuları farklı ağırlıkta ya da tam sayım için çok fazla; "
                "--method auto, saddlepoint ya da permutation kullanın.",
            )
    if method in ("auto", "saddlepoint") and len(left):
        left = _approximated(values, links, left, tails)
        if method == "saddlepoint" and len(left):
            raise OptionError(
                f"The saddlepoint is not to be trusted for {len(left)} units, whose neighbours are "
                "too few or too much alike; use --method auto, which counts or draws them.",
                f"Semer noktası yaklaşımı {len(left)} birimde güvenilir değil: komşuları çok az ya "
                "da birbirine çok benziyor; --method auto bunları sayar ya da çeker.",
            )
    if len(left):
        deal = Deal(values, links.matrix, left, links.equal[left], TIE)
        draw_tails(deal, tails, permutations=permutations, rng=rng, stop=stop, runner=runner)
    return tails


def draw_tails(
    deal: Deal,
    tails: Tails,
    *,
    permutations: int,
    rng: np.random.Generator | int,
    stop: int | None,
    runner: Runner,
) -> None:
    """Draw permutations for the units of a deal, and note what came of it."""
    draws = count_draws(deal, permutations, rng, stop=stop, runner=runner)
    nothing = np.full(len(deal.units), np.nan)
    tails.put(deal.units, nothing, nothing, "permutation", draws=draws)


def count_tails(
    values: np.ndarray,
    links: Links,
    units: np.ndarray,
    tails: Tails,
    *,
    points: int = 1 << 22,
) -> np.ndarray:
    """
    Count for the units for which that can be done.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        What is dealt.
    links : Links
    units : numpy.ndarray of int, shape (m,)
    tails : Tails
        Where the answers are noted.
    points : int
        Steps that a grid's table of sums may have; a finer grid is treated as none.

    Returns
    -------
    numpy.ndarray of int
        The units that are left.
    """
    n = len(values)
    equal = links.equal[units]
    # The sum of k out of n - 1 is the sum of all less that of the other n - 1 - k, so the smaller
    # of the two is counted.
    few = np.minimum(links.cardinalities[units], n - 1 - links.cardinalities[units])
    countable = equal & (few <= _MOST_COUNTED)
    if countable.any():
        _count(values, links, units[countable], tails, points)
    # Arrangements that may be written out for one unit, if none takes the time of the others.
    allowed = min(_ARRANGED, _ALL_ARRANGED // len(units))
    short = ~equal & (links.cardinalities[units] * np.log(n - 1) <= np.log(allowed))
    for unit in units[short].tolist():
        _arrange(values, links, unit, tails)
    left: np.ndarray = units[~countable & ~short]
    return left


def _approximated(values: np.ndarray, links: Links, units: np.ndarray, tails: Tails) -> np.ndarray:
    """Take the saddlepoint where it is to be trusted; give the units that are left."""
    part = links.matrix[units]
    least, most = weighted_sum_tails(values, units, part.indptr, part.indices, part.data)
    good = np.isfinite(least) & np.isfinite(most)
    tails.put(units[good], least[good], most[good], "saddlepoint")
    left: np.ndarray = units[~good]
    return left


def _arrange(values: np.ndarray, links: Links, unit: int, tails: Tails) -> None:
    """Write out every assignment of the other values to the neighbours of one unit."""
    members, weights = links.row(unit)
    others = np.delete(values, unit)
    places = np.indices((len(others),) * len(members)).reshape(len(members), -1)
    apart = np.ones(places.shape[1], dtype=bool)
    for one, other in combinations(range(len(members)), 2):
        apart &= places[one] != places[other]
    sums = weights @ others[places[:, apart]]
    observed = float(values[members] @ weights)
    tie = TIE * weights.sum() * np.ptp(values)
    least, most = (sums >= observed - tie).mean(), (sums <= observed + tie).mean()
    tails.put(np.array([unit]), np.array([least]), np.array([most]), "exact")


@dataclass(frozen=True, eq=False)
class _Sums:
    """Questions about sums drawn without replacement from values turned so that sums are small."""

    units: np.ndarray
    sizes: np.ndarray  # how many are drawn
    observed: np.ndarray
    turned: np.ndarray  # whether P(S ≥ s) and P(S ≤ s) change places

    def take(self, chosen: np.ndarray) -> _Sums:
        return _Sums(
            self.units[chosen], self.sizes[chosen], self.observed[chosen], self.turned[chosen]
        )


def _questions(values: np.ndarray, links: Links, units: np.ndarray) -> tuple[np.ndarray, _Sums]:
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
    return raised, _Sums(units, sizes, observed, flipped ^ mirrored)


def _answer(
    asked: _Sums,
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


def _count(values: np.ndarray, links: Links, units: np.ndarray, tails: Tails, points: int) -> None:
    """Count subset sums for units whose neighbours weigh the same."""
    n = len(values)
    grid = find_grid(values)
    if grid is not None:
        levels, asked = _questions(grid.levels, links, units)
        limit = int(asked.observed.max())
        if int(asked.sizes.max()) * min(int(levels.max()), limit + 1) <= points:
            least, most, same = _on_grid(levels, asked, limit)
            _answer(asked, least, most, n, tails, same=same)
            return
    raised, asked = _questions(values, links, units)
    listed = np.array([comb(n, k) <= _LISTED for k in range(int(asked.sizes.max()) + 1)])
    # Every smaller size takes part in leaving one out, so all of them must be listed.
    longest = int(np.argmin(listed)) - 1 if not listed.all() else len(listed) - 1
    short = asked.sizes <= longest
    if short.any():
        part = asked.take(short)
        _answer(part, *_listed(raised, part), n, tails)
    if not short.all():
        left = asked.take(~short)
        _bracket(raised, left, _chance_of_same(values, links, left), tails)


def _on_grid(
    levels: np.ndarray, asked: _Sums, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Answer questions on a grid; on a large map each distinct one once."""
    table = subset_sums(levels, int(asked.sizes.max()), limit=limit)
    own = levels[asked.units]
    wide, turns = int(levels.max()) + 1, bool(asked.turned.any() and not asked.turned.all())
    space = (int(asked.sizes.max()) + 1) * wide * (limit + 1)
    if len(own) < _LARGE or space > 8 * len(own) or turns:
        least, most = table.tail_probabilities(asked.sizes, own, asked.observed, asked.observed)
        return least, most, None
    key = (asked.sizes * wide + own) * (limit + 1) + asked.observed
    place = np.zeros(space, dtype=np.int32)
    place[key] = 1
    distinct = np.flatnonzero(place)
    place[distinct] = np.arange(len(distinct), dtype=np.int32)
    rest, sums = np.divmod(distinct, limit + 1)
    sizes, left_out = np.divmod(rest, wide)
    least, most = table.tail_probabilities(sizes, left_out, sums, sums)
    return least, most, place[key]


def _listed(raised: np.ndarray, asked: _Sums) -> tuple[np.ndarray, np.ndarray]:
    """Answer questions from the sorted sums of all subsets of each size."""
    n, own = len(raised), raised[asked.units]
    lists = [listed_sums(raised, k) for k in range(int(asked.sizes.max()) + 1)]
    tie = TIE * asked.sizes * raised.max()
    found = np.zeros((2, len(own)), dtype=np.int64)  # subsets < s - tie, and ≤ s + tie
    for row, sign in enumerate((-1, 1)):
        for k in np.unique(asked.sizes).tolist():
            mine = asked.sizes == k
            for m in range(k + 1):
                reach = (asked.observed + sign * tie - m * own)[mine]
                counted = np.searchsorted(lists[k - m], reach, side="left" if row == 0 else "right")
                found[row, mine] += -counted if m % 2 else counted
    total = np.array([comb(n - 1, k) for k in range(int(asked.sizes.max()) + 1)])[asked.sizes]
    return (total - found[0]) / total, found[1] / total


def _chance_of_same(values: np.ndarray, links: Links, asked: _Sums) -> np.ndarray:
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


def _bracket(raised: np.ndarray, asked: _Sums, same: np.ndarray, tails: Tails) -> None:
    """
    Answer questions off a grid: round the values, finer and finer, and keep both bounds.

    Values beyond the largest sum asked for are in no set that counts, so the grid ends there: the
    bulk of skewed data has a short reach, so a fine grid, and the few large sums another one.
    """
    large = asked.observed > 3 * np.median(asked.observed)
    for part in (~large, large):
        if part.any():
            _narrow(raised, asked.take(part), same[part], tails)


def _narrow(raised: np.ndarray, asked: _Sums, same: np.ndarray, tails: Tails) -> None:
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
            _answer(asked.take(done), least[:, done], greatest[:, done], len(raised), tails)
        asked, same, before = asked.take(~done), same[~done], width[~done]
        if len(asked.units) and asked.observed.max() > most / 2:
            points = min((4 if points < _MOST_POINTS // 16 else 2) * points, _MOST_POINTS)


def _reach(raised: np.ndarray, asked: _Sums) -> float:
    """The largest value that may be in a set that counts."""
    return min(float(raised.max()), float(asked.observed.max())) or float(raised[raised > 0].min())


def _first_points(raised: np.ndarray, asked: _Sums) -> int:
    """Points that would do if the sums had a normal distribution, for one near the middle."""
    size, reach = float(asked.sizes.max()), _reach(raised, asked)
    spread = max(float(np.minimum(raised, reach).std()), 1e-300)
    wanted = 0.8 * size**1.5 * reach / spread / _WIDTH
    return int(np.clip(1 << int(np.ceil(np.log2(wanted))), _FIRST_POINTS, _MOST_POINTS // 2))


def _bounds(raised: np.ndarray, asked: _Sums, step: float) -> tuple[np.ndarray, np.ndarray]:
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
