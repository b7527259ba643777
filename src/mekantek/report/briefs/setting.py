"""What all briefs share: agencies as units, their mixes compared, and every pair of neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mekantek.datasets.agencies import Agency, load_agencies
from mekantek.datasets.technology import CLASSES
from mekantek.report.results import StudyResults
from mekantek.stats.compositions import centred_log_ratio, replace_zeros
from mekantek.stats.concentration import reassigned
from mekantek.stats.subsets import connected_sets, set_statistic
from mekantek.study import Study
from mekantek.study.aggregation import aggregate

if TYPE_CHECKING:
    from mekantek.findings.statements import ClaimResult

__all__ = ["GIVEN", "PARTS", "SEAT", "Setting", "brief_setting", "count_steps"]

PARTS = (*CLASSES, "unclassified")
# The province where firms are registered, and the part of its exports given away.
SEAT, GIVEN = 34, 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """
    What every brief is written from.

    Attributes
    ----------
    study : Study
        Of the 81 provinces.
    results : StudyResults
        Its verdicts may be none: the briefs then say that the findings were not tested.
    statements : sequence of ClaimResult or None
        The report's statements, tested; None if they were not.
    """

    study: Study
    results: StudyResults
    statements: Sequence[ClaimResult] | None = None

    @property
    def last(self) -> int:
        """The last complete year."""
        return self.study.years[-1]

    @cached_property
    def agencies(self) -> Study:
        """The study with the agencies as units; index: abbreviations."""
        members = {plate: a.abbreviation for a in load_agencies() for plate in a.plates}
        groups = pd.Series(members).reindex(self.study.names.index)
        return aggregate(self.study, groups)

    def members(self, agency: Agency) -> list[int]:
        """Give an agency's provinces by the Turkish alphabet."""
        from mekantek.text import sort_key

        names = self.study.names
        return sorted(agency.plates, key=lambda plate: sort_key(str(names[plate])))

    @cached_property
    def frames(self) -> Mapping[int, pd.DataFrame]:
        """Shares and totals of every printed year, read once: a study hands out copies."""
        return {year: table.frame for year, table in self.study.panel.items()}

    @cached_property
    def statuses(self) -> Mapping[int, pd.DataFrame]:
        """Status of each of these cells."""
        return {year: table.status for year, table in self.study.panel.items()}

    @cached_property
    def wholes(self) -> Mapping[int, pd.DataFrame]:
        """The same of the agencies as wholes; index: abbreviations."""
        return {year: table.frame for year, table in self.agencies.panel.items()}

    @cached_property
    def national(self) -> Mapping[int, pd.Series]:
        """The nation's share of each class in the complete years."""
        return {
            year: pd.Series({c: self.study.at(year).national_share(c) for c in PARTS})
            for year in self.study.years
        }

    @cached_property
    def given(self) -> Mapping[str, pd.DataFrame]:
        """Values of the last complete year by class, USD: as they are, and with half of a seat given."""
        study, found = self.study.at(self.last), {}
        for name in PARTS:
            held = study.class_values(name)["value"]
            found[name] = pd.DataFrame({"held": held, "moved": reassigned(held, SEAT, GIVEN)})
        return found

    @cached_property
    def distances(self) -> pd.DataFrame:
        """
        Aitchison distances between the agencies' mixes in the last complete year.

        Five parts, the unclassified rest among them; zeros replaced multiplicatively, 65 % of
        what could stand as zero in the place of each. Aitchison (1986), ch. 8.
        """
        logs = centred_log_ratio(replace_zeros(self.mixes, limit=self.study.zero_limit))
        at = logs.to_numpy()
        gaps = np.sqrt(((at[:, None, :] - at[None, :, :]) ** 2).sum(axis=2))
        return pd.DataFrame(gaps, index=logs.index, columns=logs.index)

    @cached_property
    def mixes(self) -> pd.DataFrame:
        """Shares of the five parts in the agencies' exports, last complete year."""
        return self.agencies.at(self.last).frame[list(PARTS)]

    @cached_property
    def pairs(self) -> Mapping[str, pd.DataFrame]:
        """Every pair of neighbours by class: ``a``, ``b`` (plates) and the smaller share, 2 × 1."""
        graph, at = self.study.graph, self.study.at(self.last)
        sets = connected_sets(graph.sparse, 2)
        ids = graph.ids.to_numpy()
        found = {}
        for name in CLASSES:
            share = at.share(name).reindex(graph.ids).to_numpy()
            found[name] = pd.DataFrame(
                {
                    "a": ids[sets[:, 0]],
                    "b": ids[sets[:, 1]],
                    "value": set_statistic(sets, share, statistic="minimum"),
                }
            )
        return found


def count_steps(study: Study, *, tested: bool = True) -> int:
    """Count how often `brief_setting` calls *step*."""
    return 2 + (len(study.design.hypotheses) + 1 if tested else 0)


def brief_setting(
    study: Study, *, tested: bool = True, step: Callable[[str], Any] = lambda _: None
) -> Setting:
    """
    Compute what briefs need, and no more.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    tested : bool
        Whether to test the findings and the report's statements, which takes a minute; the rest
        takes seconds.
    step : callable
        Told the name of each part.

    Returns
    -------
    Setting
    """
    from mekantek import findings as testing
    from mekantek.stats.local.hotspots import local_getis_ord
    from mekantek.stats.local.moran import local_moran

    verdicts = testing.every(study, step=step) if tested else []
    step("local_moran")
    lisas, hotspots = {}, {}
    for year in study.years:
        at = study.at(year)
        for name in CLASSES:
            share = at.share(name)
            lisas[name, year] = local_moran(share, at.graph)
            hotspots[name, year] = local_getis_ord(share, at.graph)
    step("stability")
    known = {
        str(v.hypothesis.options.get("class")): v.stability
        for v in verdicts
        if v.stability is not None
    }
    steady = {
        name: known[name] if name in known else testing.stability(study, name) for name in CLASSES
    }
    results = StudyResults(
        verdicts=verdicts, lisas=lisas, hotspots=hotspots, morans=(), measures=(), stability=steady,
    )  # fmt: skip
    if tested:
        step("claims")
    told = tested and study.printed
    statements = testing.claims(study, verdicts=verdicts) if told else None
    return Setting(study=study, results=results, statements=statements)
