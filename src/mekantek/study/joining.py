"""The parts that a study file names, joined one to one and frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.datasets.technology import CLASSES
from mekantek.errors import ValuesError
from mekantek.study.design import Design
from mekantek.study.file import StudyFile, text_of
from mekantek.study.members import with_index, with_units
from mekantek.study.networks import Networks
from mekantek.study.noun import Study, YearTable
from mekantek.study.sources import Sources
from mekantek.study.tiles import circles, squares
from mekantek.study.values import Values
from mekantek.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["joined"]


def joined(file: StudyFile, *, weights: str | None = None) -> Study:
    """
    Join the tables, polygons and neighbours that a study file names.

    Parameters
    ----------
    file : StudyFile
    weights : str, optional
        SPEC of the neighbours in the place of the file's.

    Returns
    -------
    Study
        Index: the ids of the table, as whole numbers where all are. It stands in the last year in
        which every variable is known.

    Raises
    ------
    StudyFileError
        If the file names a column, a unit or a neighbourhood that there is not.
    TableError, BoundaryError, AlignmentError, ValuesError, GraphError
        If a file that it names cannot be read or joined.
    """
    return _Joining(file, weights).study()


@dataclass(frozen=True)
class _Joining(Sources):
    """The study file's parts on their way to one study."""

    weights: str | None

    def study(self) -> Study:
        """Join everything; ids that are all whole numbers become numbers."""
        panel = Values(self).panel()
        kept, years, told_dropped = self._complete(panel)
        numbered = _numbered(kept)
        self._check_sizes(panel, years)
        networks = Networks(self, kept, numbered, self.weights)
        own = networks(networks.own)
        geometry, points = self._drawn(own, kept)
        design, digests = self._design(kept, numbered, networks), self._digests()
        self._check_extras(numbered, digests)
        basis = text_of(self.content.get("basis", ""))
        told = self.content.get("table", {})
        return Study(
            year=years[-1],
            years=tuple(dict.fromkeys((years[0], years[-1]))),
            panel={
                year: YearTable(*(part.loc[kept].set_axis(numbered) for part in table))
                for year, table in panel.items()
            },
            names=self.names.loc[kept].set_axis(numbered),
            geometry=geometry,
            points=points,
            regions=self.regions().loc[kept].set_axis(numbered),
            graph=own,
            design=design,
            neighbours=networks,
            provenance={
                "kind": told.get("kind", "table"),
                "report": text_of(
                    self.content.get("source", self.table.name if self.table else "")
                ),
                "basis": Text(basis.tr + told_dropped.tr, basis.en + told_dropped.en),
                "flow": self.content.get("trade", {}).get("flow"),
                "taxonomy": self.content.get("trade", {}).get("taxonomy"),
                "boundaries": self.attribution,
                "located": self.located,
                "tables": [Path(name).name for name in self._tables()],
                "sha256": digests,
            },
            rounding=float(told.get("rounding", 0.0)),
        )

    def _drawn(self, graph: SpatialGraph, kept: pd.Index) -> tuple[gpd.GeoSeries, pd.DataFrame]:
        """Shapes for maps, and a point in each."""
        from mekantek.datasets.boundaries import lightened

        if self.points is None:
            return squares(graph)
        points = self.points.loc[kept].set_axis(graph.ids)
        if self.layer is None:
            return circles(points), points
        geometry = self.layer.geometry.loc[kept]
        if "drawn" not in self.content["boundaries"]:
            geometry = lightened(geometry)
        return geometry.set_axis(graph.ids), points

    def _tables(self) -> list[str]:
        """Files that the numbers are read from: tables, or polygons that carry them."""
        table, whole = self.content.get("table", {}), self.content.get("whole", {})
        longer = [told["long"]["file"] for told in (table, whole) if "long" in told]
        if "long" in table or "file" not in table:
            return longer or [self.content["boundaries"]["file"]]
        return [table["file"], *longer]

    def _digests(self) -> dict[str, str]:
        """SHA-256 of every file that is read, by name; by path where two have the same name."""
        from mekantek.datasets.files import file_sha256

        content = self.content
        named = [
            *self._tables(),
            content.get("table", {}).get("file"),
            *(content.get("boundaries", {}).get(key) for key in ("file", "drawn")),
            content.get("neighbours", {}).get("file"),
            *self._index_files(),
        ]
        found = {self.file.path.name: file_sha256(self.file.path)}
        for name in dict.fromkeys(n for n in named if n is not None):
            short = Path(name).name
            found[name if short in found else short] = file_sha256(self.file.beside(name))
        return found

    def _index_files(self) -> Iterator[str]:
        for claim in self.content.get("claims", ()):
            told = claim.get("index")
            name = told.get("file") if isinstance(told, Mapping) else told
            if name is not None and name not in self.columns and self.file.beside(name).is_file():
                yield name

    def _check_sizes(self, panel: Mapping[int, YearTable], years: Sequence[int]) -> None:
        """A size that is told must be there in the years that findings read."""
        whole = self.content.get("whole", {})
        if {"column", "columns", "long"} & set(whole):
            for year in years:
                if panel[year].frame["value"].isna().all():
                    raise self.file.fault(
                        ["whole"],
                        f"{year} yılında birimlerin büyüklüğü yok; ekleyin ya da [whole] bölümünden "
                        "kaynağını çıkarın.",
                        f"there is no size of any unit in {year}; add it, or take its source out of "
                        "[whole].",
                    )

    def _complete(self, panel: Mapping[int, YearTable]) -> tuple[pd.Index, list[int], Text]:
        """Units and years in which every variable is known; drop units only where asked to."""
        variables = list(self.file.design.variables)
        holes = {
            year: table.frame.index[table.frame[variables].isna().any(axis=1)]
            for year, table in panel.items()
        }
        if self.content.get("table", {}).get("missing", "refuse") == "drop":
            # A year without any value of some variable tells nothing of units.
            full = [y for y, t in panel.items() if t.frame[variables].notna().any().all()]
            lone = self.ids[self.ids.isin(pd.Index(sorted({u for y in full for u in holes[y]})))]
            kept = self.ids.difference(lone, sort=False)
            if not full or len(kept) < 4:
                raise self._none_whole(holes)
            listed = ", ".join(map(str, self.names.loc[lone]))
            told = Text("", "")
            if len(lone):
                told = Text(f"; değeri eksik diye dışarıda: {listed}",
                            f"; left out for missing values: {listed}")  # fmt: skip
            return kept, full, told
        whole = [year for year, lone in holes.items() if not len(lone)]
        if not whole:
            raise self._none_whole(holes)
        return self.ids, whole, self._told_years(panel, holes)

    def _told_years(self, panel: Mapping[int, YearTable], holes: Mapping[int, pd.Index]) -> Text:
        """Say which years a few empty cells keep from the findings."""
        variables = list(self.file.design.variables)
        tr, en = [], []
        for year, lone in holes.items():
            # A year that lacks a variable altogether is no slip, nor is what no print holds.
            if not len(lone) or panel[year].frame[variables].isna().all().any():
                continue
            unit, count = self.found_at(lone[0]), len(lone)
            tr.append(
                f"; {year} bulgulara katılmıyor: {count} birimin değeri eksik, ilki {unit.tr}"
            )
            en.append(f"; {year} is not read by findings: {count} without a value, first {unit.en}")
        printed = self.content.get("table", {}).get("kind") == "print"
        return Text("", "") if printed else Text("".join(tr), "".join(en))

    def _none_whole(self, holes: Mapping[int, pd.Index]) -> ValuesError:
        year = min(holes, key=lambda y: (len(holes[y]), -y))
        listed = ", ".join(str(self.names[u]) for u in holes[year][:5])
        return ValuesError(
            f"{self.file.path.name}: no year has a value of every variable for every unit; nearest is "
            f"{year}, without {len(holes[year])} units, first {listed}. Fill the table, or write "
            'missing = "drop" in [table] to leave such units out.',
            f"{self.file.path.name}: hiçbir yılda her birimin her değişkeni yok; en yakını {year}, eksik "
            f"birim {len(holes[year])}, ilkleri {listed}. Tabloyu tamamlayın ya da birimleri dışarıda "
            'bırakmak için [table] bölümüne missing = "drop" yazın.',
        )

    def _design(self, kept: pd.Index, numbered: pd.Index, networks: Networks) -> Design:
        names = self.names.loc[kept].set_axis(numbered)
        asked = [
            with_index(self, hypothesis, k, kept, numbered)
            for k, hypothesis in enumerate(self.file.design.hypotheses)
        ]
        return replace(
            self.file.design,
            hypotheses=with_units(self.file, asked, names),
            networks=networks.listed(),
        )

    def _check_extras(self, ids: pd.Index, digests: Mapping[str, str]) -> None:
        """Statements are of the report's own tables; briefs of the provinces' four classes."""
        from mekantek.datasets import files
        from mekantek.datasets.provinces import load_provinces

        extras, variables = self.file.design.extras, set(self.file.design.variables)
        own = {files.sha256(name) for name in ("shares.csv", "totals.csv")}
        if "statements" in extras and not own <= set(digests.values()):
            raise self.file.fault(
                ["extras"],
                "statements raporun kendi tablolarına (shares.csv, totals.csv) aittir; extras satırından "
                "silin.",
                "statements are of the report's own tables (shares.csv, totals.csv); take the word out "
                "of extras.",
            )
        if "briefs" in extras and not (
            set(ids) == set(load_provinces().index) and set(CLASSES) <= variables
        ):
            raise self.file.fault(
                ["extras"],
                "briefs Türkiye'nin 81 ili (kimlik: plaka) ve dört teknoloji sınıfı içindir; extras "
                "satırından silin.",
                "briefs are of the 81 provinces of Türkiye (ids: plates) and the four classes of "
                "technology; take the word out of extras.",
            )


def _numbered(ids: pd.Index) -> pd.Index:
    """Make numbers of ids that are all whole numbers without zeros in front; the rest stay text."""
    texts = [str(unit) for unit in ids]
    if all(t.isascii() and t.isdigit() and (t == "0" or t[0] != "0") for t in texts):
        return pd.Index([int(t) for t in texts], name=ids.name)
    return pd.Index(texts, name=ids.name, dtype=object)
