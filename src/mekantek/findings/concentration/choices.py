"""Concentration under every reasonable choice: measure, comparator, seat, regions, years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.concentration.seats import Seat, seat_of
from mekantek.findings.concentration.tables import class_table, known_classes
from mekantek.findings.levels import levels
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.sizes import floors
from mekantek.findings.verdict import Hypothesis
from mekantek.stats import inference
from mekantek.stats.concentration import MEASURES, concentration, reach
from mekantek.study import Study, other_prints
from mekantek.text import Text

__all__ = ["curve", "positions"]

MEASURED = ("gini", "hhi", "theil_t", "cr1", "cr3", "cr5")
PARTS = (0.1, 0.3, 0.5)
# Floors of exports, millions of USD.
FLOORS = (100,)
# The five largest of fewer units are all of them.
_FEWEST = 5
CELLS = ("adopted", "other print")

# R; a surrogate of a finding that permutes shares.
SURROGATES = 999
# The stream of a seed that permutations of provinces' shares draw from: "CONC".
_STREAM = 0x434F4E43

NULL = Text(
    "birimlerin payları, bütün sınıflar ve yıllar birlikte, birimler arasında yer değiştirir; toplamlar "
    "yerinde kalır: aynı paylar başka birimlere düşseydi yoğunlaşma bu kadar olur muydu",
    "the shares of units, all classes and years together, change places while totals "
    "stay: would the same shares in any other units be as concentrated",
)


def seats_of(seat: Seat) -> dict[str, tuple[float, Any]]:
    """
    Name who gets which part of what the seat has; a part of 1 leaves the seat out.

    Examples
    --------
    >>> [*seats_of(Seat(34, "İstanbul", {None: "all", 41: "Kocaeli"}))][1:3]
    ['without İstanbul', '10% of İstanbul to all']
    """
    return {
        "as printed": (0.0, None),
        f"without {seat.name}": (1.0, None),
        **{
            f"{part:.0%} of {seat.name} to {name}": (part, to)
            for to, name in seat.takers.items()
            for part in PARTS
        },
    }


@dataclass(frozen=True, eq=False)
class _Reading:
    """The values of all classes of one year, read in one way, with the box that rounding leaves."""

    # value, low and high, shape (3, n)
    boxes: dict[str, np.ndarray]
    # the values, and those of every surrogate below them, shape (1 + R, n); of the total one row
    maps: dict[str, np.ndarray]
    _measured: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    _exact: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def values(self, name: str, c: str) -> np.ndarray:
        """Give the measure of the data and of every surrogate."""
        if (name, c) not in self._measured:
            self._measured[name, c] = np.asarray(MEASURES[name](self.maps[c]))
        return self._measured[name, c]

    def reach(self, name: str, c: str) -> float:
        return 0.0 if c == "total" else reach(name, *self.boxes[c])

    def extremes(self, name: str, c: str) -> tuple[float, float]:
        if (name, c) not in self._exact:
            value, low, high = (pd.Series(side) for side in self.boxes[c])
            [found] = concentration(value, low=low, high=high, names=(name,))
            assert found.low is not None
            assert found.high is not None
            self._exact[name, c] = (found.low, found.high)
        return self._exact[name, c]

    def position(self, name: str, tested: str, other: str) -> tuple[np.ndarray, str]:
        """
        Differences of the two measures, and whether the data's is sure whatever the rounding.

        A quick bound settles most; where it does not, the extremes over both boxes do.
        """
        differences = self.values(name, tested) - self.values(name, other)
        difference = float(differences[0])
        if abs(difference) <= self.reach(name, tested) + self.reach(name, other):
            (low, high), (least, most) = (self.extremes(name, c) for c in (tested, other))
            if not (low > most or high < least):
                return differences, "overlapping"
        return differences, "higher" if difference > 0 else "lower"


def positions(values: dict[int, str]) -> dict[str, bool]:
    """
    State the facts of the rule for any set of years.

    The rule names two years; of more, the first stands for all of them and the second for any.

    Examples
    --------
    >>> positions({2019: "higher", 2024: "overlapping"})["higher in the last year"]
    True
    """
    return {
        f"{word} in the {year} year": among(position == word for position in values.values())
        for word in ("higher", "lower")
        for year, among in (("first", all), ("last", any))
    }


def _given_away(
    values: np.ndarray, giver: int, part: float, to: int | None, *, rest: np.ndarray | None = None
) -> np.ndarray:
    """
    Give a part of one unit's value to another, or to all others in proportion to what they hold.

    *values* has shape (…, n); *rest* is what the proportion goes by if not by them.
    """
    if part == 1.0:
        return np.delete(values, giver, axis=-1)
    gift = part * values[..., giver]
    found = values.copy()
    found[..., giver] -= gift
    if to is not None:
        found[..., to] += gift
        return found
    others = np.arange(values.shape[-1]) != giver
    held = (values if rest is None else rest)[..., others].sum(axis=-1)
    found[..., others] *= (1 + gift / held)[..., None]
    return found


def _boxed(box: np.ndarray, giver: int, part: float, to: int | None) -> np.ndarray:
    """
    Give it away with a box that holds all the print allows.

    What others get grows with what the giver has and, where all get it, falls with what the rest
    hold; each is taken at its worst, so the box is rather too wide than too small.
    """
    return _given_away(box, giver, part, to, rest=box[[0, 2, 1]])


@dataclass(frozen=True, eq=False)
class _Table:
    """The units that one floor of sizes leaves of a year, in the data and in surrogates."""

    ids: pd.Index
    boxes: dict[str, np.ndarray]
    maps: dict[str, np.ndarray]

    def read(self, seat: Seat, part: float, to: Any, groups: np.ndarray | None) -> _Reading:
        """Give what the seat has away, and add units to regions, given by number."""
        place = {unit: at for at, unit in enumerate(self.ids)}
        giver, taker = place[seat.unit], None if to is None else place[to]
        boxes, maps = self.boxes, self.maps
        if part:
            boxes = {c: _boxed(box, giver, part, taker) for c, box in boxes.items()}
            maps = {c: _given_away(rows, giver, part, taker) for c, rows in maps.items()}
        if groups is not None:
            if part == 1.0:
                groups = np.delete(groups, giver)
            boxes = {c: _added(box, groups) for c, box in boxes.items()}
            maps = {c: _added(rows, groups) for c, rows in maps.items()}
        # Sorted once for all measures; none depends on which unit holds what.
        return _Reading(boxes, {c: np.sort(rows, axis=1) for c, rows in maps.items()})


def _added(rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sums of columns that bear the same number."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    return np.add.reduceat(rows[:, order], starts, axis=1)


def _permuted(study: Study, surrogates: int) -> np.ndarray:
    """Whose shares each unit bears, shape (1 + R, n); those never known whole stay put."""
    whole = np.ones(len(study.names), dtype=bool)
    for year in study.panel:
        at = study.at(year)
        for c in known_classes(at):
            whole &= study.names.index.isin(class_table(at, c).index)
    places = np.flatnonzero(whole)
    orders = np.tile(np.arange(len(whole)), (1 + surrogates, 1))
    orders[1:, places] = np.vstack([*inference.permuted(places, surrogates, 0, key=_STREAM)])
    return orders


def _table(at: Study, least: float | None, orders: np.ndarray) -> _Table:
    """Read the units that have a value in every class and are at least so large."""
    total = at.frame["value"]
    frames = {c: class_table(at, c) for c in known_classes(at)}
    common = total.index[total >= least] if least else total.index
    for frame in frames.values():
        common = common.intersection(frame.index)
    places = total.index.get_indexer(common)
    maps = {"total": total[common].to_numpy()[None, :]}
    for c in frames.keys() - {"total"}:
        maps[c] = at.share(c).to_numpy()[orders[:, places]] * maps["total"]
    boxes = {c: frame.loc[common].to_numpy().T for c, frame in frames.items()}
    return _Table(common, boxes, {c: maps[c] for c in frames})


def _readings(
    study: Study, seat: Seat, surrogates: int
) -> Iterator[tuple[dict[str, str], int, Callable[[], _Reading], Any]]:
    """Every way to read each year: choices, year, the reading, and what it is made of."""
    orders = _permuted(study, surrogates)
    for cells, read in (("adopted", study), ("other print", other_prints(study))):
        for year in sorted(study.panel):
            at = read.at(year)
            for floor, least in floors(study, FLOORS).items():
                table = _table(at, least, orders)
                made_of = (year, *((c, box.tobytes()) for c, box in table.boxes.items()))
                if seat.unit not in table.ids or len(table.ids) < _FEWEST:
                    continue
                lines = {study.design.unit.plural: None} | {
                    level.title.en: pd.factorize(groups[table.ids], sort=True)[0]
                    for level, groups in levels(study)
                }
                for level, numbered in lines.items():
                    if numbered is not None and numbered.max() + 1 < _FEWEST:
                        continue
                    for name, (part, to) in seats_of(seat).items():
                        choice = {"seat": name, "level": level, "floor": floor, "cells": cells}
                        if to is None or to in table.ids:
                            read_it = partial(table.read, seat, part, to, numbered)
                            yield choice, year, read_it, made_of


def _spans(study: Study) -> dict[str, tuple[int, ...]]:
    """Sets of years that a comparison may rest on."""
    first, last = study.years[0], study.years[-1]
    every = tuple(sorted(study.panel))
    spans: dict[str, tuple[int, ...]] = {}
    if first != last:
        spans[f"{first} and {last}"] = (first, last)
    spans |= {str(first): (first,), str(last): (last,)}
    return spans if every in spans.values() else {**spans, f"{every[0]}–{every[-1]}": every}


def curve(
    study: Study, hypothesis: Hypothesis, *, surrogates: int = SURROGATES
) -> SpecificationCurve:
    """
    Compare a class with total exports and with each other class under every choice.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis
        Gives the class, the seat and the rule.
    surrogates : int
        R.

    Returns
    -------
    SpecificationCurve
        Effects are the class's measure less the comparator's, the smallest of the years; Theil's T
        is divided by its largest value, ln n, so that all lie between -1 and 1. Words follow the
        rule: disjoint whatever the rounding, in every year or in some. A choice that reads the same
        numbers as another is left out.

    Notes
    -----
    The data are a census, so no word rests on the joint p. It asks something else: shares
    that change places over the same total exports concentrate a class too, for a few of them are
    large; is the class more concentrated than that, because large shares meet large exporters?

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> found = curve(study, study.hypothesis("concentration"), surrogates=9)
    >>> len(found) > 1000, found.joint["surrogates"]
    (True, 9)
    """
    tested = str(hypothesis.options["class"])
    spans = _spans(study)
    made: dict[Any, _Reading] = {}
    read: dict[tuple[str, ...], dict[int, tuple[_Reading, Any]]] = {}
    for choice, year, reading, made_of in _readings(study, seat_of(study, hypothesis), surrogates):
        place = (choice["seat"], choice["level"], made_of)
        if place not in made:
            made[place] = reading()
        read.setdefault(tuple(choice.values()), {})[year] = made[place], made_of
    names = ("seat", "level", "floor", "cells")
    specifications, drawn, seen = [], [], set()
    for key, by_year in read.items():
        for other in ("total", *(c for c in study.classes if c != tested)):
            for span, years in spans.items():
                if not by_year.keys() >= set(years):
                    continue  # the seat is below the floor in one of them
                readings = {y: by_year[y][0] for y in years}
                if any(other not in reading.boxes for reading in readings.values()):
                    continue
                boxes = (dict(by_year[y][1][1:]) for y in years)
                same = (*key[:2], other, span, *((box[tested], box[other]) for box in boxes))
                if same in seen:
                    continue
                seen.add(same)
                choice = {**dict(zip(names, key, strict=True)), "comparator": other, "years": span}
                for name in MEASURED:
                    found = {y: r.position(name, tested, other) for y, r in readings.items()}
                    effects = np.min(
                        [
                            differences / _unit(name, readings[y], tested)
                            for y, (differences, _) in found.items()
                        ],
                        axis=0,
                    )
                    specifications.append(
                        Specification(
                            choice={"measure": name, **choice},
                            effect=float(effects[0]),
                            p_value=None,
                            verdict=hypothesis.decide(
                                positions({y: word for y, (_, word) in found.items()})
                            ),
                        )
                    )
                    drawn.append(effects[1:].astype(np.float32))
    return SpecificationCurve(
        specifications=tuple(specifications), surrogates=np.column_stack(drawn), null=NULL
    )


def _unit(name: str, reading: _Reading, tested: str) -> float:
    return float(np.log(reading.boxes[tested].shape[1])) if name == "theil_t" else 1.0
