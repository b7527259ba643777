"""The same question asked of larger units: does a finding survive another drawing of the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mekantek.findings.gradients import one_word
from mekantek.findings.gradients.direction import direction_of
from mekantek.findings.levels import levels
from mekantek.findings.scale import Scale
from mekantek.findings.verdict import Hypothesis, thresholds
from mekantek.stats.association import difference_of_means
from mekantek.stats.concentration import gini
from mekantek.stats.correlations import correlation
from mekantek.stats.partitions import random_partitions
from mekantek.stats.subsets import corridor
from mekantek.study import Study, aggregate
from mekantek.text import Text

__all__ = ["Scale", "scales"]

# Random drawings of each number of regions: in the report NUTS 2 has 26 and NUTS 1 has 12.
PARTITIONS = 99
# Fewer regions than this are no map to test.
_FEWEST = 5


@dataclass(frozen=True)
class _Reading:
    """What one drawing of the map says."""

    effect: float | None
    p_value: float | None
    outcome: str


# What a reader needs of a drawing: the study on its units, and the larger unit of each smaller one.
_Drawn = tuple[Study, pd.Series]


def _gradient(drawn: _Drawn, hypothesis: Hypothesis) -> _Reading:
    study, _ = drawn
    share, points = study.share(hypothesis.options["class"]), study.points
    known = share.notna()
    east, north = (points.loc[known, side].to_numpy() for side in ("longitude", "latitude"))
    along = direction_of(hypothesis).along(points[known]).to_numpy()
    found = correlation(share[known].to_numpy(), along, longitude=east, latitude=north)
    word = one_word(found.statistic, found.p_value, float(found.details.get("detectable", 1)))
    return _Reading(found.statistic, found.p_value, word)


def _corridor(drawn: _Drawn, hypothesis: Hypothesis) -> _Reading:
    """Rank alone: the regions that hold the named units, among all sets as large."""
    study, groups = drawn
    share = study.share(hypothesis.options["class"])
    members = sorted(set(groups[list(hypothesis.options["members"])]))
    if share[members].isna().any():  # a region whose units have no known size
        return _Reading(None, None, "undecided")
    if len(members) == 1:  # one region holds them all: its rank among single regions
        known = share.dropna()
        value = float(share[members[0]])
        p = float((known >= value).mean())
    else:
        ranked = corridor(share, study.graph, members, missing="drop")
        value, p = ranked.value, ranked.p_value  # type: ignore[assignment]
    passed = p is not None and p <= thresholds()["alpha"]
    return _Reading(value, p, "among the first 5 %" if passed else "not among the first 5 %")


def _concentration(drawn: _Drawn, hypothesis: Hypothesis) -> _Reading:
    study, _ = drawn
    differences = []
    for year in study.years:
        at = study.at(year)
        values = at.class_values(hypothesis.options["class"])["value"]
        differences.append(gini(values) - gini(at.frame["value"].dropna()))
    higher = [d > 0 for d in differences]
    word = "supported" if all(higher) else "partly" if any(higher) else "contradicted"
    return _Reading(differences[-1], None, word)


def _bloc(drawn: _Drawn, hypothesis: Hypothesis) -> _Reading:
    """A region counts to the bloc if more than half of its units do."""
    study, groups = drawn
    named = [m for region in hypothesis.options["regions"] for m in region["members"]]
    part = pd.Series(groups.index.isin(named), index=groups.index).groupby(groups).mean()
    inside = (part > 0.5).reindex(study.names.index).to_numpy()
    share = study.share(hypothesis.options["class"])
    known = share.notna().to_numpy()
    if not 0 < inside[known].sum() < known.sum():
        return _Reading(None, None, "undecided")
    found = difference_of_means(share[known].to_numpy(), inside[known], permutations=999)
    # The words here leave power aside: few regions decide little, and the page says how many.
    return _Reading(found.statistic, found.p_value, one_word(found.statistic, found.p_value, 0.0))


_READERS: Mapping[str, Callable[[_Drawn, Hypothesis], _Reading]] = {
    "gradient": _gradient,
    "corridor": _corridor,
    "concentration": _concentration,
    "bloc": _bloc,
}


def scales(
    study: Study,
    names: Sequence[str] | None = None,
    *,
    partitions: int = PARTITIONS,
    seed: int = 0,
) -> dict[str, list[Scale]]:
    """
    Ask the findings of the units, of the study's groupings and of random regions as many as these.

    Parameters
    ----------
    study : Study
    names : sequence of str, optional
        Ids of findings; all by default.
    partitions : int
        Random drawings of each number of regions.
    seed : int

    Returns
    -------
    dict of finding id to list of Scale
        Findings on ranks of an index have no larger units (a rank cannot be added), nor have the
        shares of named units; they are not in it. Where variables are no shares of a known whole,
        nothing can be added and all are empty.

    Notes
    -----
    Openshaw (1984), *The Modifiable Areal Unit Problem*. Random regions grow along the study's
    neighbours, see `mekantek.stats.partitions.random_partitions`; they have no p-value: how often
    an outcome comes out says how much rests on where lines were drawn.

    Examples
    --------
    >>> import mekantek as mt
    >>> found = scales(mt.load_study(), ["gradient"], partitions=2)["gradient"]
    >>> [(s.units, s.drawings) for s in found]
    [(81, 1), (26, 1), (12, 1), (26, 2), (12, 2)]
    """
    asked = {h.id for h in study.hypotheses} if names is None else set(names)
    tested = [h for h in study.hypotheses if h.test in _READERS and h.id in asked]
    found: dict[str, list[Scale]] = {h.id: [] for h in tested}
    larger = [(level, groups) for level, groups in levels(study) if groups.nunique() >= _FEWEST]
    if not (tested and study.valued and larger):
        return found
    complete = {year: table for year, table in study.panel.items() if year in study.years}
    last = replace(study.at(study.years[-1]), panel=complete)
    own = pd.Series(last.names.index, index=last.names.index)
    official = [
        (study.design.unit.many, (last, own)),
        *((level.title, (aggregate(last, groups), groups)) for level, groups in larger),
    ]
    for label, drawn in official:
        for hypothesis in tested:
            reading = _READERS[hypothesis.test](drawn, hypothesis)
            found[hypothesis.id].append(_scale(label, len(drawn[0].names), [reading]))
    for _, (regions, _) in official[1:]:
        count = len(regions.names)
        drawings = _random(last, count, partitions, seed)
        label = Text("rastgele bitişik bölgeler", "random connected regions")
        for hypothesis in tested:
            readings = [_READERS[hypothesis.test](drawn, hypothesis) for drawn in drawings]
            found[hypothesis.id].append(_scale(label, count, readings))
    return found


def _random(study: Study, count: int, partitions: int, seed: int) -> list[_Drawn]:
    drawn = random_partitions(study.graph, count, partitions, seed=seed)
    labels = [pd.Series(row, index=study.graph.ids) for row in drawn]
    return [(aggregate(study, groups), groups) for groups in labels]


def _scale(label: Text, units: int, readings: Sequence[_Reading]) -> Scale:
    outcomes: dict[str, int] = {}
    for reading in readings:
        outcomes[reading.outcome] = outcomes.get(reading.outcome, 0) + 1
    effects = np.array([r.effect for r in readings if r.effect is not None])
    low = high = None
    if len(readings) > 1 and len(effects):
        low, high = (float(q) for q in np.quantile(effects, (0.05, 0.95)))
    return Scale(
        label=label,
        units=units,
        drawings=len(readings),
        effect=float(np.median(effects)) if len(effects) else None,
        low=low,
        high=high,
        p_value=readings[0].p_value if len(readings) == 1 else None,
        outcomes=outcomes,
    )
