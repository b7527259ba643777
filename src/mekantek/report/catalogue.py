"""The named maps of a study: which sheets there are, from what the study found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mekantek.findings.indices.ranks import MECHANICAL, index_ranks
from mekantek.findings.verdict import Verdict
from mekantek.maps.sheets.classes import dominant_sheet
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.corridors import corridor_sheet
from mekantek.maps.sheets.indices import index_sheet
from mekantek.maps.sheets.neighbours import neighbour_sheet
from mekantek.maps.sheets.quotients import quotient_sheet
from mekantek.maps.sheets.shares import share_sheet, value_sheet
from mekantek.maps.sheets.sheet import MapSheet
from mekantek.maps.sheets.stability import stability_sheet
from mekantek.maps.sheets.years import year_sheet

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.stats.results import LocalResult
    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["NETWORKS", "study_sheets"]

# The neighbours that the map of neighbours compares; the study's own come first.
NETWORKS = ("official", "queen", "rook", "knn:4", "band:150km")


def study_sheets(
    study: Study,
    lisas: Mapping[tuple[str, int], LocalResult],
    hotspots: Mapping[tuple[str, int], LocalResult],
    verdicts: Sequence[Verdict] = (),
    *,
    stable: Mapping[str, pd.DataFrame] | None = None,
    networks: Mapping[str, SpatialGraph] | None = None,
) -> list[MapSheet]:
    """
    Make every map that a study can be shown on.

    Parameters
    ----------
    study : Study
    lisas, hotspots : mapping of (class, year) to LocalResult
        Local Moran and Gᵢ* of every class in every complete year.
    verdicts : sequence of Verdict
        Their corridors become maps.
    stable : mapping of class to DataFrame, optional
        See `mekantek.findings.cluster_stability.stability`.
    networks : mapping of SPEC to SpatialGraph, optional
        Neighbours to compare; the study's own alone if None.

    Returns
    -------
    list of MapSheet
        By kind, then by class, each with a slug of its own.
    """
    return list(_sheets(study, lisas, hotspots, verdicts, stable or {}, networks))


def _sheets(
    study: Study,
    lisas: Mapping[tuple[str, int], LocalResult],
    hotspots: Mapping[tuple[str, int], LocalResult],
    verdicts: Sequence[Verdict],
    stable: Mapping[str, pd.DataFrame],
    networks: Mapping[str, SpatialGraph] | None,
) -> Iterator[MapSheet]:
    classes = list(dict.fromkeys(name for name, _ in lisas))
    last = study.at(study.years[-1])

    def of_class(results: Mapping[tuple[str, int], LocalResult], name: str) -> dict[int, Any]:
        return {year: result for (c, year), result in results.items() if c == name}

    for name in classes:
        yield share_sheet(study, name)
    for name in classes:
        yield year_sheet(study, name)
    yield dominant_sheet(study)
    for name in classes:
        yield cluster_sheet(study, of_class(lisas, name), column=name)
    for name in dict.fromkeys(c for c, _ in hotspots):
        yield cluster_sheet(study, of_class(hotspots, name), column=name)
    for name, table in stable.items():
        yield stability_sheet(study, table, name)
    for name in classes:
        yield quotient_sheet(study, name)
    for name in classes:
        yield value_sheet(study, name)
    for verdict in verdicts:
        if verdict.hypothesis.test == "corridor":
            yield corridor_sheet(study, verdict.main)
    if any(verdict.hypothesis.test == "iltek" for verdict in verdicts):
        yield index_sheet(last, index_ranks(), "high", name="İLTEK 2024", told=MECHANICAL)
    yield neighbour_sheet(last, networks or {study.graph.spec: study.graph})
