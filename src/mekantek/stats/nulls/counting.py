"""Counting the tails of neighbours' sums: on a grid, from lists, off a grid by brackets."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from mekantek.stats.links import Links
from mekantek.stats.nulls.brackets import Sums, answer, bracket, chance_of_same, questions
from mekantek.stats.nulls.exact import find_grid, listed_sums, subset_sums
from mekantek.stats.nulls.tails import TIE, Tails

__all__ = ["count_tails"]

# Sums listed one by one: all at once where neighbours weigh the same, else for each unit.
_LISTED = 200_000
_ARRANGED, _ALL_ARRANGED = 2_000_000, 400_000_000
# Units of a map on which many ask the same question.
_LARGE = 10_000
# Work of a table that takes about two seconds: the number of neighbours cubed times the levels.
# Beyond it the saddlepoint is quicker, and for so many neighbours all but exact.
_MOST_WORK = 1e9
# The same off a grid, where every sum asks for a fine one: so many neighbours, as a rule and when
# only a count will do.
_MOST_OFF_GRID, _MOST_PATIENT = 16, 64


def count_tails(
    values: np.ndarray,
    links: Links,
    units: np.ndarray,
    tails: Tails,
    *,
    points: int = 1 << 22,
    patient: bool = False,
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
    patient : bool
        Count even where that takes a minute.

    Returns
    -------
    numpy.ndarray of int
        The units that are left.
    """
    n = len(values)
    equal = links.equal[units]
    counted = np.zeros(len(units), dtype=bool)
    if equal.any():
        counted[equal] = _count(values, links, units[equal], tails, points, patient)
    # Arrangements that may be written out for one unit, if none takes the time of the others.
    allowed = min(_ARRANGED, _ALL_ARRANGED // len(units))
    short = ~equal & (links.cardinalities[units] * np.log(n - 1) <= np.log(allowed))
    for unit in units[short].tolist():
        _arrange(values, links, unit, tails)
    left: np.ndarray = units[~counted & ~short]
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


def _count(
    values: np.ndarray, links: Links, units: np.ndarray, tails: Tails, points: int, patient: bool
) -> np.ndarray:
    """Count subset sums for units whose neighbours weigh the same; give which were counted."""
    n = len(values)
    grid = find_grid(values)
    if grid is not None:
        levels, asked = questions(grid.levels, links, units)
        top = int(levels.max())
        # A grid so fine that its table is too long is as good as none.
        if (asked.sizes * np.minimum(top, asked.observed.max() + 1)).max() <= points:
            quick = patient | (asked.sizes.astype(np.float64) ** 3 * top <= _MOST_WORK)
            if quick.any():
                part = asked.take(quick)
                least, most, same = _on_grid(levels, part, int(part.observed.max()))
                answer(part, least, most, n, tails, same=same)
            return quick
    raised, asked = questions(values, links, units)
    listed = np.array([comb(n, k) <= _LISTED for k in range(int(asked.sizes.max()) + 1)])
    # Every smaller size takes part in leaving one out, so all of them must be listed.
    longest = int(np.argmin(listed)) - 1 if not listed.all() else len(listed) - 1
    short = asked.sizes <= longest
    if short.any():
        part = asked.take(short)
        answer(part, *_listed(raised, part), n, tails)
    medium = ~short & (asked.sizes <= (_MOST_PATIENT if patient else _MOST_OFF_GRID))
    if medium.any():
        part = asked.take(medium)
        bracket(raised, part, chance_of_same(values, links, part), tails)
    done: np.ndarray = short | medium
    return done


def _on_grid(
    levels: np.ndarray, asked: Sums, limit: int
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


def _listed(raised: np.ndarray, asked: Sums) -> tuple[np.ndarray, np.ndarray]:
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
