"""The named maps of a study: which sheets there are, made from what was found or computed for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mekantek.errors import OptionError
from mekantek.findings.cluster_stability import stability
from mekantek.findings.indices.ranks import index_for, mechanical
from mekantek.maps.atlas import KINDS
from mekantek.maps.explorer.tables import explored
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

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.report.results import StudyResults
    from mekantek.stats.results import LocalResult
    from mekantek.study import Hypothesis, Study
    from mekantek.weights import SpatialGraph

__all__ = ["Catalogue", "Entry", "catalogue_of", "listing", "sheets_of"]

Results = Mapping[tuple[str, int], "LocalResult"]


class Catalogue:
    """
    Every map of a study, each computed when it is asked for.

    Parameters
    ----------
    study : Study
    lisas, hotspots : mapping of (class, year) to LocalResult, optional
        Local Moran and Gᵢ*, of which classes and years there are; every complete year's is computed
        if none are given.
    corridors : sequence of mapping, optional
        Corridor results with ``id``, ``class`` and ``year``; those of the claims if not given.
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
        classes_known = (*explored(self.study), *self.study.design.parts)
        for given, known, of in ((wanted, tuple(KINDS), ""), (shown or (), classes_known, "of ")):
            for name in given:
                if name not in known:
                    listed = ", ".join(dict.fromkeys(known))
                    raise OptionError(
                        f"There is no map {of}{name!r}; there are {listed}.",
                        f"{name!r} haritası yok; şunlar var: {listed}.",
                    )
        return [sheet for kind in KINDS if kind in wanted for sheet in self._of(kind, shown)]

    def _of(self, kind: str, shown: Sequence[str] | None) -> Iterator[MapSheet]:
        study = self.study
        if kind not in _kinds(study):
            return
        single = study.classes if shown is None else shown
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
            for name in explored(study) if shown is None else shown:
                known = self._stable or {}
                table = known[name] if name in known else stability(study, name)
                yield stability_sheet(study, table, name)
        elif kind == "corridor":
            for told in self._belts:
                yield corridor_sheet(study, told)
        elif kind == "index":
            yield from _index_sheets(study)
        else:
            yield neighbour_sheet(study.at(study.years[-1]), self._networks)

    @cached_property
    def _belts(self) -> Sequence[Mapping[str, Any]]:
        if self._corridors is not None:
            return self._corridors
        last = self.study.at(self.study.years[-1])
        found = []
        for hypothesis in self.study.hypotheses:
            if hypothesis.test == "corridor":
                classes = str(hypothesis.options["class"])
                members = list(hypothesis.options["members"])
                ranked = corridor(last.share(classes), last.graph, members).to_dict()
                found.append({**ranked, "class": classes, "year": last.year, "id": hypothesis.id})
        return found

    @cached_property
    def _networks(self) -> Mapping[str, SpatialGraph]:
        networks = {self.study.graph.spec: self.study.graph}
        few = self.study.design.few_networks()
        return networks | {s: self.study.neighbours(s) for s in few if s not in networks}


def _kinds(study: Study) -> tuple[str, ...]:
    """Sorts of maps that a study's numbers allow."""
    tests = {h.test for h in study.design.hypotheses}
    allowed = {
        "years": len(study.panel) > 1,
        "dominant": study.composed and len(study.classes) > 1,
        "quotient": study.valued,
        "value": study.valued,
        "corridor": "corridor" in tests,
        "index": "index" in tests,
    }
    return tuple(kind for kind in KINDS if allowed.get(kind, True))


def _indices(study: Study) -> dict[str, Hypothesis]:
    """Claims about an index by the slug of their map; a second one on a variable bears its id."""
    found: dict[str, Hypothesis] = {}
    for hypothesis in study.hypotheses:
        if hypothesis.test == "index":
            name = f"index-{slug(str(hypothesis.options['class']))}"
            found[name if name not in found else f"index-{hypothesis.id}"] = hypothesis
    return found


def _index_sheets(study: Study) -> Iterator[MapSheet]:
    last = study.at(study.years[-1])
    for name, hypothesis in _indices(study).items():
        index, _ = index_for(hypothesis)
        told = mechanical(hypothesis, own=False)
        called = index.name
        if called.startswith("iltek-"):
            called = f"İLTEK {index.edition}"
        sheet = index_sheet(
            last, index.goodness.rank(ascending=False, method="min") if index.kind == "scores"
            else index.places, str(hypothesis.options["class"]), name=called,
            told=told if told.en else None,
        )  # fmt: skip
        yield replace(sheet, slug=name)


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


def listing(study: Study) -> list[Entry]:
    """
    List every map of a study; nothing is computed.

    Examples
    --------
    >>> import mekantek as mt
    >>> listed = listing(mt.load_study())
    >>> len(listed), listed[0].slug, listed[-1].slug
    (34, 'share-high', 'neighbours')
    """
    shown: Mapping[str, Sequence[str]] = {
        "stability": explored(study), "dominant": (), "corridor": (), "index": (), "neighbours": (),
    }  # fmt: skip
    asked = study.design.hypotheses
    alone = {
        "dominant": [Entry("dominant", "dominant-class")],
        "corridor": [Entry("corridor", h.id) for h in asked if h.test == "corridor"],
        "index": [Entry("index", name) for name in _indices(study)],
        "neighbours": [Entry("neighbours", "neighbours")],
    }
    found = []
    for kind in _kinds(study):
        classes = shown.get(kind, study.classes)
        found += [Entry(kind, f"{kind}-{slug(name)}", name) for name in classes]
        found += alone.get(kind, [])
    return found
