"""Concentration under every reasonable choice: measure, comparator, seat, regions, years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.concentration.seats import ISTANBUL, KOCAELI
from mekantek.findings.concentration.tables import class_table, known_classes
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Hypothesis
from mekantek.stats.concentration import MEASURES, concentration, reach, reassigned
from mekantek.study import Study, other_prints
from mekantek.text import Text

__all__ = ["curve", "positions"]

MEASURED = ("gini", "hhi", "theil_t", "cr1", "cr3", "cr5")
PARTS = (0.1, 0.3, 0.5)
# Who gets which part of the exports that are seated in İstanbul; a part of 1 leaves it out.
SEATS: dict[str, tuple[float, int | None]] = {
    "as printed": (0.0, None),
    "without İstanbul": (1.0, None),
    **{f"{part:.0%} of İstanbul to all": (part, None) for part in PARTS},
    **{f"{part:.0%} of İstanbul to Kocaeli": (part, KOCAELI) for part in PARTS},
}
LEVELS = ("provinces", "NUTS 2", "NUTS 1")
FLOORS: dict[str, float] = {"all": 0.0, "exports ≥ 100 mn USD": 100e6}
CELLS = ("adopted", "other print")

NULL = Text(
    "yok: bu bir sayımdır, örneklem değil; hangi dağılımın rastlantı sayılacağı söylenemez",
    "none: this is a census and no sample, and no distribution of exports is the one of chance",
)


@dataclass(frozen=True)
class _Reading:
    """The values of all classes of one year, read in one way, with the box that rounding leaves."""

    boxes: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    exact: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def value(self, name: str, c: str) -> float:
        return float(MEASURES[name](self.boxes[c][0]))

    def reach(self, name: str, c: str) -> float:
        return 0.0 if c == "total" else reach(name, *self.boxes[c])

    def extremes(self, name: str, c: str) -> tuple[float, float]:
        if (name, c) not in self.exact:
            value, low, high = (pd.Series(side) for side in self.boxes[c])
            [found] = concentration(value, low=low, high=high, names=(name,))
            assert found.low is not None
            assert found.high is not None
            self.exact[name, c] = (found.low, found.high)
        return self.exact[name, c]

    def position(self, name: str, tested: str, other: str) -> tuple[float, str]:
        """
        Difference of the two measures, and whether it is sure whatever the rounding.

        A quick bound settles most; where it does not, the extremes over both boxes do.
        """
        difference = self.value(name, tested) - self.value(name, other)
        if abs(difference) <= self.reach(name, tested) + self.reach(name, other):
            (low, high), (least, most) = (self.extremes(name, c) for c in (tested, other))
            if not (low > most or high < least):
                return difference, "overlapping"
        return difference, "higher" if difference > 0 else "lower"


def positions(values: dict[int, str]) -> dict[str, bool]:
    """
    State the facts of the rule for any set of years.

    The rule names two years; of more, the first stands for all of them and the second for any.

    Examples
    --------
    >>> positions({2019: "higher", 2024: "overlapping"})["higher in 2024"]
    True
    """
    return {
        f"{word} in {year}": among(position == word for position in values.values())
        for word in ("higher", "lower")
        for year, among in ((2019, all), (2024, any))
    }


def _given_away(
    frame: pd.DataFrame, part: float, to: int | None
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """
    Give a part of İstanbul's exports away, with a box that holds all the print allows.

    What others get grows with what İstanbul has and, where all get it, falls with what the rest
    hold; each is taken at its worst, so the box is rather too wide than too small.
    """
    value, low, high = (frame[side] for side in ("value", "low", "high"))
    if part == 1.0 or ISTANBUL not in frame.index or (to is not None and to not in frame.index):
        kept = frame.index != ISTANBUL if part == 1.0 else np.ones(len(frame), dtype=bool)
        return value[kept], low[kept], high[kept]
    if part == 0.0:
        return value, low, high
    others = frame.index != ISTANBUL
    moved = reassigned(value, ISTANBUL, part, to=to)
    ends = []
    for mine, rest in ((low, high), (high, low)):
        end = mine.astype(float).copy()
        gift = part * float(mine[ISTANBUL])
        end[ISTANBUL] -= gift
        if to is None:
            end[others] *= 1 + gift / float(rest[others].sum())
        else:
            end[to] += gift
        ends.append(end)
    return moved, ends[0], ends[1]


def _readings(study: Study) -> Iterator[tuple[dict[str, str], int, _Reading]]:
    """Every way to read each year; the choices of a reading and its year."""
    prints = {"adopted": study, "other print": other_prints(study)}
    for cells, read in prints.items():
        for year in sorted(study.panel):
            at = read.at(year)
            total = at.frame["value"]
            for floor, least in FLOORS.items():
                frames = {
                    c: frame[total[frame.index] >= least]
                    for c in known_classes(at)
                    for frame in [class_table(at, c)]
                }
                common = frames["total"].index
                for frame in frames.values():
                    common = common.intersection(frame.index)
                for seat, (part, to) in SEATS.items():
                    moved = {
                        c: pd.DataFrame(dict(zip(("value", "low", "high"),
                                                 _given_away(frame.loc[common], part, to),
                                                 strict=True)))
                        for c, frame in frames.items()
                    }  # fmt: skip
                    for level in LEVELS:
                        yield (
                            {"seat": seat, "level": level, "provinces": floor, "cells": cells},
                            year,
                            _Reading(_leveled(moved, study, level)),
                        )


def _leveled(
    frames: dict[str, pd.DataFrame], study: Study, level: str
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    if level != "provinces":
        groups = study.regions[level.lower().replace(" ", "")]
        frames = {c: frame.groupby(groups[frame.index]).sum() for c, frame in frames.items()}
    return {
        c: (frame["value"].to_numpy(), frame["low"].to_numpy(), frame["high"].to_numpy())
        for c, frame in frames.items()
    }


def _spans(study: Study) -> dict[str, tuple[int, ...]]:
    """Sets of years that a comparison may rest on."""
    first, last = study.years[0], study.years[-1]
    every = tuple(sorted(study.panel))
    return {
        f"{first} and {last}": (first, last),
        str(first): (first,),
        str(last): (last,),
        f"{every[0]}–{every[-1]}": every,
    }


def curve(study: Study, hypothesis: Hypothesis) -> SpecificationCurve:
    """
    Compare a class with total exports and with each other class under every choice.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    hypothesis : Hypothesis
        Gives the class and the rule.

    Returns
    -------
    SpecificationCurve
        Effects are the class's measure less the comparator's, the smallest of the years; Theil's T
        is divided by its largest value, ln n, so that all lie between -1 and 1. Words follow the
        rule: disjoint whatever the rounding, in every year or in some. A choice that reads the same
        numbers as another is left out.

    Examples
    --------
    >>> import mekantek as mt
    >>> from mekantek.findings.verdict import load_hypothesis
    >>> len(curve(mt.load_study(), load_hypothesis("concentration"))) > 1000
    True
    """
    tested = str(hypothesis.options["class"])
    spans = _spans(study)
    read: dict[tuple[str, ...], dict[int, _Reading]] = {}
    for choice, year, reading in _readings(study):
        read.setdefault(tuple(choice.values()), {})[year] = reading
    names = ("seat", "level", "provinces", "cells")
    specifications, seen = [], set()
    for key, by_year in read.items():
        for other in ("total", "medium_high", "medium_low", "low"):
            for span, years in spans.items():
                if any(other not in by_year[year].boxes for year in years):
                    continue
                same = (*key[:2], other, span, *(
                    by_year[y].boxes[c][k].tobytes() for y in years for c in (tested, other)
                    for k in range(3)
                ))  # fmt: skip
                if same in seen:
                    continue
                seen.add(same)
                choice = {**dict(zip(names, key, strict=True)), "comparator": other, "years": span}
                for name in MEASURED:
                    found = {y: by_year[y].position(name, tested, other) for y in years}
                    specifications.append(
                        Specification(
                            choice={"measure": name, **choice},
                            effect=min(
                                difference / _unit(name, by_year[y], tested)
                                for y, (difference, _) in found.items()
                            ),
                            p_value=None,
                            verdict=hypothesis.decide(
                                positions({y: word for y, (_, word) in found.items()})
                            ),
                        )
                    )
    return SpecificationCurve(specifications=tuple(specifications), null=NULL)


def _unit(name: str, reading: _Reading, tested: str) -> Any:
    return np.log(len(reading.boxes[tested][0])) if name == "theil_t" else 1.0
