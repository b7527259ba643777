"""Everything the main job computes, before a page or a file is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mekantek.findings.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.stats.results import GlobalResult, LocalResult
    from mekantek.study import Study

__all__ = ["StudyResults", "study_results"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StudyResults:
    """
    What a study found.

    Attributes
    ----------
    verdicts : sequence of Verdict
    lisas, hotspots : mapping of (class, year) to LocalResult
        Local Moran and Gᵢ* of every class in every complete year.
    morans : sequence of (context, GlobalResult)
        Global Moran of the same, with ``class`` and ``year``.
    measures : sequence of mapping
        Rows of the table of concentration.
    stability : mapping of class to DataFrame
        See `mekantek.findings.cluster_stability.stability`.
    """

    verdicts: Sequence[Verdict]
    lisas: Mapping[tuple[str, int], LocalResult]
    hotspots: Mapping[tuple[str, int], LocalResult]
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]]
    measures: Sequence[Mapping[str, Any]]
    stability: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        """Say how much there is."""
        return f"<StudyResults: {len(self.verdicts)} findings, {len(self.lisas)} maps of clusters>"

    @cached_property
    def run_family(self) -> Mapping[str, Any]:
        """What survives when all maps of local Moran are one family, in the units' ids."""
        from mekantek.stats.local.batch import together

        maps = together({f"{name} {year}": lisa for (name, year), lisa in self.lisas.items()})
        survivors = zip(maps.survivors.index.tolist(), maps.survivors.tolist(), strict=True)
        return {
            "maps": len(self.lisas),
            **{k: v for k, v in maps.family.to_dict().items() if k != "survivors"},
            "survivors": [
                {"class": title.split()[0], "year": int(title.split()[1]), "id": unit,
                 "p_adjusted": float(p)}
                for (title, unit), p in survivors
            ],
        }  # fmt: skip


def study_results(study: Study, *, step: Callable[[str], Any] = lambda _: None) -> StudyResults:
    """
    Compute what the main job shows.

    Parameters
    ----------
    study : Study
    step : callable
        Told the name of each part.

    Returns
    -------
    StudyResults
    """
    from mekantek import findings as testing
    from mekantek.findings.cluster_stability import stability
    from mekantek.findings.concentration import measure_table
    from mekantek.maps.explorer.tables import explored
    from mekantek.stats.local.hotspots import local_getis_ord
    from mekantek.stats.local.moran import local_moran
    from mekantek.stats.overall.autocorrelation import moran as global_moran

    verdicts = testing.every(study, step=step)
    lisas, hotspots, morans = {}, {}, []
    for year in study.years:
        at = study.at(year)
        for name in study.classes:
            step(f"{name} {year}")
            share = at.share(name)
            morans.append(({"class": name, "year": year}, global_moran(share, at.graph)))
            lisas[name, year] = local_moran(share, at.graph)
            hotspots[name, year] = local_getis_ord(share, at.graph)
    known = {str(v.hypothesis.options.get("class")): v.stability
             for v in verdicts if v.stability is not None}  # fmt: skip
    step("stability")
    steady = {
        name: known[name] if name in known else stability(study, name) for name in explored(study)
    }
    step("concentration")
    return StudyResults(
        verdicts=verdicts, lisas=lisas, hotspots=hotspots, morans=morans,
        measures=measure_table(study) if study.valued else [], stability=steady,
    )  # fmt: skip
