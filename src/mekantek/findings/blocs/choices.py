"""Whether regions are denser, under every reasonable choice: one batch, the same permutations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.gradients import one_word
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Hypothesis
from mekantek.stats import inference
from mekantek.stats.compositions import replace_zeros
from mekantek.stats.links import join
from mekantek.stats.ranks import midranks
from mekantek.stats.spectral import MoranBasis
from mekantek.study import CLASS_COLUMNS, Study
from mekantek.text import Text

__all__ = ["curve", "groupings"]

FLOORS = {"all": None, **{f"exports ≥ {m} mn USD": m * 1e6 for m in (10, 50, 100, 500)}}
WEIGHTS = {"unweighted": 0.0, "exports": 1.0, "√exports": 0.5}
STATISTICS = ("mean", "median")
CORRECTIONS = ("permutation", "spectral, official")
SURROGATES = 999
# The stream of a seed that permutations of provinces' shares draw from: "BLOC".
_STREAM = 0x424C4F43
_TIE = 1e-9

NULL = Text(
    "illerin payları, yıllar ve bütün ölçekler birlikte, haritada yer değiştirir; ihracat ve "
    "bölgeler yerinde kalır ve her seçim aynı yer değiştirmeleri okur",
    "the shares of provinces, years and all scales together, change places on the map; exports "
    "and regions stay, and every choice reads the same permutations",
)


def groupings(hypothesis: Hypothesis) -> dict[str, tuple[list[int], list[int]]]:
    """
    Give the ways to draw the bloc: who is inside, and who is left out of the comparison.

    Examples
    --------
    >>> from mekantek.findings.verdict import load_hypothesis
    >>> drawn = groupings(load_hypothesis("medium-high-bloc"))
    >>> [(name, len(inside), len(out)) for name, (inside, out) in drawn.items()][:2]
    [('24 provinces', 24, 0), ('Marmara', 11, 13)]
    """
    regions = {r["name"]: list(r["members"]) for r in hypothesis.options["regions"]}
    both = [m for members in regions.values() for m in members]
    named = list(hypothesis.options["named"])
    drawn: dict[str, tuple[list[int], list[int]]] = {f"{len(both)} provinces": (both, [])}
    for name, members in regions.items():
        drawn[name] = (members, [m for m in both if m not in members])
    for name, members in regions.items():
        drawn[f"{name}, the rest whole"] = (members, [])
    drawn[f"{len(named)} named"] = (named, [m for m in both if m not in named])
    drawn[f"{len(named)} named, the rest whole"] = (named, [])
    return drawn


@dataclass(frozen=True, eq=False)
class _Reading:
    """One way to read a map."""

    choice: dict[str, Any]
    column: tuple[int, str]
    grouping: str
    statistic: str
    mass: np.ndarray  # weights, 0 where left out


def _columns(study: Study, tested: str) -> dict[tuple[int, str], np.ndarray]:
    """Give the share by year and scale."""
    found = {}
    for year in study.years:
        at = study.at(year)
        share = at.share(tested).to_numpy()
        parts = replace_zeros(at.frame[[*CLASS_COLUMNS, "unclassified"]], limit=study.zero_limit)
        positive = parts[tested].to_numpy()
        found[year, "share"] = share
        found[year, "logit"] = np.log(positive / (1 - positive))
        found[year, "rank"] = midranks(share)
    return found


def _readings(study: Study, groups: Sequence[str]) -> Iterator[_Reading]:
    for year in study.years:
        value = study.at(year).frame["value"].to_numpy()
        for floor, least in FLOORS.items():
            kept = np.ones(len(value), dtype=bool) if least is None else value >= least
            for weights, power in WEIGHTS.items():
                # A province without a printed total has no weight.
                mass = np.where(kept & (~np.isnan(value) | (power == 0)), 1.0, 0.0)
                mass[mass > 0] *= value[mass > 0] ** power if power else 1.0
                for scale in ("share", "logit", "rank"):
                    for statistic in STATISTICS:
                        for group in groups:
                            yield _Reading(
                                {"year": year, "scale": scale, "provinces": floor,
                                 "weights": weights, "statistic": statistic, "regions": group},
                                (year, scale), group, statistic, mass / mass.sum(),
                            )  # fmt: skip


def _middles(values: np.ndarray, masses: np.ndarray, statistic: str) -> np.ndarray:
    """
    Weighted mean or median of every row; NaN where nothing has weight.

    *values* has shape (n,), sorted, or (R, n), sorted by row; *masses* (R, n) in the same order.
    """
    total = masses.sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    if statistic == "mean":
        found = (masses * values).sum(axis=1) / safe
    else:
        along = np.cumsum(masses, axis=1) / safe[:, None]
        last = masses.shape[1] - 1
        ends = [np.minimum((along < 0.5 - _TIE).sum(axis=1), last),
                np.minimum((along <= 0.5 + _TIE).sum(axis=1), last)]  # fmt: skip
        rows = np.broadcast_to(values, masses.shape)
        low, high = (np.take_along_axis(rows, end[:, None], axis=1)[:, 0] for end in ends)
        found = (low + high) / 2
    return np.where(total > 0, found, np.nan)


def _effects(
    maps: np.ndarray, label: np.ndarray, mass: np.ndarray, statistics: Sequence[str]
) -> dict[str, np.ndarray]:
    """
    Differences between inside and outside, in standard deviations of the units that count.

    *maps* has shape (R, n); *label* (n,): 1 inside, 0 outside, -1 left out.
    """
    kept = mass > 0
    drawn = maps[:, kept]
    order = np.argsort(drawn, axis=1, kind="stable")
    ordered = np.take_along_axis(drawn, order, axis=1)
    spread = drawn.std(axis=1)
    groups = label[kept][order]
    weights = mass[kept][order]
    inside, outside = weights * (groups == 1), weights * (groups == 0)
    return {
        s: (_middles(ordered, inside, s) - _middles(ordered, outside, s)) / spread
        for s in statistics
    }


def _labels(study: Study, hypothesis: Hypothesis) -> dict[str, np.ndarray]:
    ids = study.names.index
    found = {}
    for name, (inside, left_out) in groupings(hypothesis).items():
        label = np.zeros(len(ids), dtype=np.int8)
        label[ids.isin(inside)] = 1
        label[ids.isin(left_out)] = -1
        found[name] = label
    return found


def curve(
    study: Study, hypothesis: Hypothesis, *, surrogates: int = SURROGATES
) -> SpecificationCurve:
    """
    Compare the bloc with the rest under every combination of choices.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    hypothesis : Hypothesis
        Gives the class and the regions.
    surrogates : int
        R.

    Returns
    -------
    SpecificationCurve
        Effects are differences of means or medians in standard deviations of the provinces that
        count, on the scale of the choice (the mean of ranks is the rank sum). A specification's own
        p comes from permutations of the shares or from spectral surrogates; the joint p from the
        permutations.

    Notes
    -----
    Exports stay where they are: were they permuted with the shares, İstanbul's weight would leave
    Marmara in most permutations, and a weighted contrast of shuffled shares would be called
    unusual in 15 % of cases instead of 5 %.

    Examples
    --------
    >>> import mekantek as mt
    >>> from mekantek.findings.verdict import load_hypothesis
    >>> found = curve(mt.load_study(), load_hypothesis("medium-high-bloc"), surrogates=19)
    >>> len(found) > 1000, found.joint["p_value"]
    (True, 0.05)
    """
    tested = str(hypothesis.options["class"])
    columns, labels = _columns(study, tested), _labels(study, hypothesis)
    ids = study.names.index
    stream = inference.generator(0, _STREAM)
    places = np.vstack(
        [np.arange(len(ids)),
         stream.permuted(np.broadcast_to(np.arange(len(ids)), (surrogates, len(ids))), axis=1)]
    )  # fmt: skip
    _, order, links = join(pd.Series(1.0, index=ids), study.graph)
    place = order.get_indexer(ids)
    stacked = np.column_stack(list(columns.values()))
    made = MoranBasis.of(links).surrogates(stacked[np.argsort(place)], surrogates)[:, place]
    maps = {k: np.vstack([stacked[:, c], made[:, :, c]]) for c, k in enumerate(columns)}
    cached: dict[Any, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]] = {}
    specifications, drawn = [], []
    for reading in _readings(study, tuple(labels)):
        key = (reading.column, reading.grouping, reading.mass.tobytes())
        if key not in cached:
            label = labels[reading.grouping]
            cached[key] = (
                _effects(columns[reading.column][places], label, reading.mass, STATISTICS),
                _effects(maps[reading.column], label, reading.mass, STATISTICS),
            )
        weight = float(reading.mass[labels[reading.grouping] == 1].sum())
        weight /= float(reading.mass[labels[reading.grouping] >= 0].sum())
        for correction, effects in zip(CORRECTIONS, cached[key], strict=True):
            column = effects[reading.statistic]
            specifications.append(_specified(reading, correction, column, weight))
            drawn.append(cached[key][0][reading.statistic][1:].astype(np.float32))
    return SpecificationCurve(
        specifications=tuple(specifications), surrogates=np.column_stack(drawn), null=NULL
    )


def _specified(
    reading: _Reading, correction: str, effects: np.ndarray, weight: float
) -> Specification:
    """P-value and word of the data (first) among the surrogates."""
    effect, made = float(effects[0]), effects[1:][~np.isnan(effects[1:])]
    p = inference.monte_carlo_p(
        np.array((made >= effect - _TIE).sum()), np.array((made <= effect + _TIE).sum()),
        len(made), "two-sided",
    )  # fmt: skip
    # A difference of d standard deviations is a correlation of d·√(p(1-p)) with the group.
    least = inference.detectable_shift(float((made**2).mean())) * np.sqrt(weight * (1 - weight))
    return Specification(
        choice={**reading.choice, "correction": correction},
        effect=effect,
        p_value=float(p),
        verdict=one_word(effect, float(p), min(1.0, float(least))),
    )
