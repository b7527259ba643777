"""The named maps of a study: which sheets there are, made from what was found or computed for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mekantek.errors import OptionError
from mekantek.findings.cluster_stability import stability
from mekantek.findings.indices.ranks import index_ranks, mechanical
from mekantek.findings.verdict import hypotheses
from mekantek.maps.atlas import KINDS
from mekantek.maps.explorer.tables import CLASSES
from mekantek.maps.sheets.classes import dominant_sheet
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.corridors import corridor_sheet
from mekantek.maps.sheets.indices import index_sheet
from mekantek.maps.sheets.neighbours import neighbour_sheet
from mekantek.maps.sheets.quotients import quotient_sheet
from mekantek.maps.sheets.shares import share_sheet, slug, value_sheet
from mekantek.maps.sheets.sheet import MapSheet
from mekantek.maps.sheets.stability import stability_sheet
from mekantek.maps.sheets.years import year_sheet
from mekantek.stats.local.hotspots import local_getis_ord
from mekantek.stats.local.moran import local_moran
from mekantek.stats.subsets import corridor
from mekantek.study import CLASS_COLUMNS, neighbours_of

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.report.results import StudyResults
    from mekantek.stats.results import LocalResult
    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["NETWORKS", "Catalogue", "Entry", "catalogue_of", "listing", "sheets_of"]

# The neighbours that the map of neighbours compares; the study's own come first.
NETWORKS = ("official", "queen", "rook", "knn:4", "band:150km")

Results = Mapping[tuple[str, int], "LocalResult"]


class Catalogue:
    """
    Every map of the 81 provinces, each computed when it is asked for.

    Parameters
    ----------
    study : Study
    lisas, hotspots : mapping of (class, year) to LocalResult, optional
        Local Moran and Gᵢ*, of which classes and years there are; every complete year's is computed
        if none are given.
    corridors : sequence of mapping, optional
        Corridor results with ``id``, ``class`` and ``year``; those of the report if not given.
    stable : mapping of class to DataFrame, optional
        See `mekantek.findings.cluster_stability.stability`; computed if not given.

    Examples
    --------
    >>> import mekantek as mt
    >>> sheets = Catalogue(mt.load_study()).sheets(kinds=["share"], classes=["high"])
    >>> [sheet.slug for sheet in sheets]
    ['share-high']
    """

    def __init__(
        self,
        study: Study,
        *,
        lisas: Results | None = None,
        hotspots: Results | None = None,
        corridors: Sequence[Mapping[str, Any]] | None = None,
        stable: Mapping[str, pd.DataFrame] | None = None,
    ) -> None:
        self.study = study
        self._lisas, self._hotspots, self._stable = lisas, hotspots, stable
        self._corridors = corridors

    def sheets(
        self, *, kinds: Iterable[str] | None = None, classes: Iterable[str] | None = None
    ) -> list[MapSheet]:
        """
        Make the sheets, by kind and then by class.

        Parameters
        ----------
        kinds : iterable of str, optional
            Keys of `mekantek.maps.atlas.KINDS`; all if None.
        classes : iterable of str, optional
            Classes to show, ``unclassified`` too; the usual ones if None. Maps that show no class are
            there in any case.

        Returns
        -------
        list of MapSheet
            Each with a slug of its own.

        Raises
        ------
        OptionError
            If a kind or a class is unknown.
        """
        wanted = list(KINDS if kinds is None else kinds)
        shown = None if classes is None else tuple(classes)
        for given, known in ((wanted, tuple(KINDS)), (shown or (), (*CLASSES, "unclassified"))):
            for name in given:
                if name not in known:
                    listed = ", ".join(known)
                    raise OptionError(
                        f"There is no map {name!r}; there are {listed}.",
                        f"{name!r} diye bir harita yok; şunlar var: {listed}.",
                    )
        return [sheet for kind in KINDS if kind in wanted for sheet in self._of(kind, shown)]

    def _of(self, kind: str, shown: Sequence[str] | None) -> Iterator[MapSheet]:
        study = self.study
        single = CLASS_COLUMNS if shown is None else shown
        by_class: Mapping[str, Callable[[Study, str], MapSheet]] = {
            "share": share_sheet, "years": year_sheet, "quotient": quotient_sheet,
            "value": value_sheet,
        }  # fmt: skip
        if kind in by_class:
            for name in single:
                yield by_class[kind](study, name)
        elif kind == "dominant":
            yield dominant_sheet(study)
        elif kind in ("clusters", "hotspots"):
            tested = local_moran if kind == "clusters" else local_getis_ord
            given = self._lisas if kind == "clusters" else self._hotspots
            for name in single:
                if found := _years(study, name, tested, given):
                    yield cluster_sheet(study, found, column=name)
        elif kind == "stability":
            for name in CLASSES if shown is None else shown:
                known = self._stable or {}
                table = known[name] if name in known else stability(study, name)
                yield stability_sheet(study, table, name)
        elif kind == "corridor":
            for told in self._belts:
                yield corridor_sheet(study, told)
        elif kind == "index":
            last = study.at(study.years[-1])
            yield index_sheet(
                last, index_ranks(), "high", name="İLTEK 2024", told=mechanical(own=False)
            )
        else:
            yield neighbour_sheet(study.at(study.years[-1]), self._networks)

    @cached_property
    def _belts(self) -> Sequence[Mapping[str, Any]]:
        if self._corridors is not None:
            return self._corridors
        last = self.study.at(self.study.years[-1])
        found = []
        for hypothesis in hypotheses():
            if hypothesis.test == "corridor":
                classes = str(hypothesis.options["class"])
                members = list(hypothesis.options["members"])
                ranked = corridor(last.share(classes), last.graph, members).to_dict()
                found.append({**ranked, "class": classes, "year": last.year, "id": hypothesis.id})
        return found

    @cached_property
    def _networks(self) -> Mapping[str, SpatialGraph]:
        networks = {self.study.graph.spec: self.study.graph}
        return networks | {s: neighbours_of(s) for s in NETWORKS if s not in networks}


def _years(study: Study, name: str, tested: Callable[..., Any], given: Results | None) -> Any:
    """Give a class's local results by year: those found before, or computed now."""
    if given is not None:
        return {year: result for (of, year), result in given.items() if of == name}
    return {year: tested(study.at(year).share(name), study.graph) for year in study.years}


def catalogue_of(study: Study, results: StudyResults) -> Catalogue:
    """Give the catalogue of a study whose results are there: nothing is computed anew."""
    return Catalogue(
        study,
        lisas=results.lisas,
        hotspots=results.hotspots,
        corridors=[v.main for v in results.verdicts if v.hypothesis.test == "corridor"],
        stable=results.stability,
    )


def sheets_of(study: Study, results: StudyResults) -> list[MapSheet]:
    """
    Give every map of a study whose results are there.

    Parameters
    ----------
    study : Study
    results : StudyResults

    Returns
    -------
    list of MapSheet
    """
    return catalogue_of(study, results).sheets()


@dataclass(frozen=True)
class Entry:
    """A map of the catalogue before it is made: its kind, its slug and the class it shows."""

    kind: str
    slug: str
    classes: str = ""


def listing() -> list[Entry]:
    """
    List every map of the 81 provinces; nothing is computed.

    Examples
    --------
    >>> listed = listing()
    >>> len(listed), listed[0].slug, listed[-1].slug
    (34, 'share-high', 'neighbours')
    """
    shown = {"stability": CLASSES, "dominant": (), "corridor": (), "index": (), "neighbours": ()}
    alone = {
        "dominant": [Entry("dominant", "dominant-class")],
        "corridor": [Entry("corridor", h.id) for h in hypotheses() if h.test == "corridor"],
        "index": [Entry("index", "index-high")],
        "neighbours": [Entry("neighbours", "neighbours")],
    }
    found = []
    for kind in KINDS:
        classes = shown.get(kind, CLASS_COLUMNS)
        found += [Entry(kind, f"{kind}-{slug(name)}", name) for name in classes]
        found += alone.get(kind, [])
    return found
