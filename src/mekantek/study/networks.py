"""The neighbourhoods of anyone's territory, each built once on the full polygons."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.datasets import delimited
from mekantek.datasets.faults import row_fault
from mekantek.errors import OptionError
from mekantek.grammar import did_you_mean
from mekantek.study.noun import match_ids
from mekantek.study.sources import Sources
from mekantek.text import Language, Note, Text, nearest

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["Networks"]

# Neighbourhoods that choices vary where the file names none, beside those of its own.
_NETWORKS = ("queen", "rook", "knn:4", "knn:5", "knn:6", "knn:8", "order:2")
# Pairs that a note names.
_SHOWN = 20


class Networks:
    """
    Builds the neighbours of a SPEC: on the full polygons, among the units that are kept.

    Parameters
    ----------
    sources : Sources
    kept, numbered : pandas.Index
        Ids as the files write them, and as the study has them.
    weights : str, optional
        SPEC in the place of the file's.
    """

    def __init__(
        self, sources: Sources, kept: pd.Index, numbered: pd.Index, weights: str | None = None
    ) -> None:
        self._sources, self._kept, self._ids = sources, kept, numbered
        self._made: dict[str, SpatialGraph] = {}
        self._told = sources.content.get("neighbours", {})
        self._list = self._told.get("name", "file") if "file" in self._told else None
        self._check_name()
        self.own = weights or self._list or self._told.get("weights", "queen")

    def __call__(self, spec: str) -> SpatialGraph:
        """Give the neighbours of a SPEC, or the list that the study file names; each is made once."""
        if spec not in self._made:
            self._made[spec] = self._from_list() if spec == self._list else self._built(spec)
        return self._made[spec]

    def _check_name(self) -> None:
        """A list may not bear the name of neighbours that are built otherwise."""
        from mekantek import weights

        if self._list in (None, "official"):
            return
        try:
            weights.measures_distance(str(self._list))
        except OptionError:
            return
        raise self._sources.file.fault(
            ["neighbours", "name"],
            f"{self._list} zaten bir komşuluğun adı; listeye başka ad verin.",
            f"{self._list} is the name of other neighbours already; call the list otherwise.",
        )

    def _from_list(self) -> SpatialGraph:
        from mekantek import weights

        path, ids = self._sources.file.beside(self._told["file"]), self._sources.ids
        spec = str(self._list)
        if "pairs" in self._told:
            return self._from_pairs(path, spec)
        if "counted_from" in self._told:
            # Old GAL files number the rows and name no id.
            start = int(self._told["counted_from"])
            rows = pd.Index([str(start + k) for k in range(len(ids))])
            graph = weights.read_neighbours(path, ids=rows)
            graph = weights.SpatialGraph(ids, graph.sparse, spec, notes=graph.notes)
        else:
            graph = weights.read_neighbours(path, ids=ids)
            match_ids(ids, graph.ids, path.name)
        graph = graph.subset(self._kept) if len(self._kept) < len(graph.ids) else graph
        return weights.SpatialGraph(self._ids, graph.sparse, spec, notes=graph.notes)

    def _from_pairs(self, path: Path, spec: str) -> SpatialGraph:
        """Read a table of pairs, each once, with columns that say which hold and which are contested."""
        from mekantek import weights

        told, table = self._told["pairs"], self._pair_table(path)
        ends = table[[told["a"], told["b"]]]
        held = ends.isin(set(self._kept)).all(axis=1)
        if "where" in told:
            held &= table[told["where"]] == "1"
        number = dict(zip(self._kept, self._ids, strict=True))
        pairs = ends[held].map(number.__getitem__)
        marked = pairs[table.loc[held, told["contested"]] == "1"] if "contested" in told else ()
        lone = self._kept[~self._kept.isin(ends.to_numpy().ravel())]
        listed = ", ".join(map(str, lone[:_SHOWN]))
        notes = (
            Note(f"{path.name} names these units in no pair, so they have no neighbours: {listed}",
                 f"{path.name} şu birimleri hiçbir çiftte anmıyor, komşusuz sayıldılar: {listed}"),
        ) if len(lone) else ()  # fmt: skip
        return weights.from_pairs(pairs, self._ids, spec=spec, contested=marked, notes=notes)

    def _pair_table(self, path: Path) -> pd.DataFrame:
        """Read the table of pairs and hold every row against the ids; index: lines of the file."""
        told = self._told["pairs"]
        cells = delimited.read_cells(path)
        table = pd.DataFrame(cells.rows, columns=list(cells.header), index=cells.lines)
        for key, column in told.items():
            if column not in table:
                raise self._sources.file.fault(
                    ["neighbours", "pairs"],
                    f"{path.name} dosyasında {column!r} sütunu yok ({key}).",
                    f"{path.name} has no column {column!r} ({key}).",
                )

        for column in (told[key] for key in ("where", "contested") if key in told):
            for line, cell in table.loc[~table[column].isin(["0", "1"]), column].items():
                raise row_fault(path.name, line, f"{column} sütunu {cell!r}; 0 ya da 1 olmalı.",
                             f"{column} is {cell!r}; it must be 0 or 1.")  # fmt: skip
        known, seen = set(self._sources.ids), dict[frozenset[str], int]()
        for line, *pair in table[[told["a"], told["b"]]].itertuples():
            for unit in pair:
                if unit not in known:
                    hint = did_you_mean(nearest(unit, map(str, self._sources.ids)))
                    raise row_fault(path.name, line, f"tabloda {unit!r} kimliği yok.{hint.tr}",
                                 f"the table has no id {unit!r}.{hint.en}")  # fmt: skip
            first = seen.setdefault(frozenset(pair), line)
            if first != line:
                a, b = pair
                raise row_fault(path.name, line, f"{a}–{b} çifti {first}. satırda da var; birini silin.",
                             f"the pair {a}–{b} stands on line {first} already; delete one.")  # fmt: skip
        return table

    def _built(self, spec: str) -> SpatialGraph:
        from mekantek import weights

        base = self(self.own) if spec.startswith("order:") and self.own != spec else None
        touching = spec in ("queen", "rook")
        try:
            built = weights.build(
                spec,
                geometry=None if weights.measures_distance(spec) else self._polygons(),
                points=None if touching else self._points,
                ids=self._ids,
                base=base,
            )
        except OptionError as error:
            if spec not in (self._told.get("weights"), *self._told.get("networks", ())):
                raise
            raise self._sources.file.fault(
                ["neighbours"], error.turkish or str(error), str(error)
            ) from error
        if not touching:
            return built
        return self._compared(built) if self._list is not None else self._warned(built)

    def _polygons(self) -> gpd.GeoSeries | None:
        full = self._sources.full
        return None if full is None else full.loc[self._kept].set_axis(self._ids)

    @cached_property
    def _points(self) -> pd.DataFrame | None:
        points = self._sources.points
        return None if points is None else points.loc[self._kept].set_axis(self._ids)

    def _compared(self, touching: SpatialGraph) -> SpatialGraph:
        """Say where contacts of the polygons differ from the list."""
        from mekantek import weights

        own = self(str(self._list))
        labels = self._sources.names.loc[self._kept].set_axis(self._ids)

        def listed(graph: SpatialGraph, other: SpatialGraph, language: Language) -> str:
            known = set(zip(other.pairs["a"], other.pairs["b"], strict=True))
            lone = [
                p for p in zip(graph.pairs["a"], graph.pairs["b"], strict=True) if p not in known
            ]
            shown = ", ".join(f"{labels[a]}–{labels[b]}" for a, b in lone[:_SHOWN])
            more = Text("ve {n} çift daha", "and {n} pairs more")[language]
            shown += f" {more.format(n=len(lone) - _SHOWN)}" if len(lone) > _SHOWN else ""
            return shown or Text("yok", "none")[language]

        spec, name = touching.spec, own.spec
        note = Note(
            f"{spec} contacts of the polygons against the list of neighbours ({name}): "
            f"also {listed(touching, own, 'en')}; not {listed(own, touching, 'en')}",
            f"çokgenlerin {spec} değmeleri komşu listesine göre ({name}): fazla olan "
            f"{listed(touching, own, 'tr')}; eksik olan {listed(own, touching, 'tr')}",
        )
        return weights.SpatialGraph(
            touching.ids, touching.sparse, spec, notes=(*touching.notes, note)
        )

    def _warned(self, touching: SpatialGraph) -> SpatialGraph:
        """Say which pairs a gap narrower than a line on a map keeps from being neighbours."""
        from mekantek import weights
        from mekantek.datasets.boundaries import SLIVER
        from mekantek.weights.contiguity import narrowly_apart

        polygons = self._polygons()
        assert polygons is not None
        apart = narrowly_apart(np.asarray(polygons.array), touching.sparse, widest=SLIVER)
        if not apart:
            return touching
        labels = self._sources.names.loc[self._kept].tolist()
        shown = ", ".join(f"{labels[a]}–{labels[b]}" for a, b in apart[:_SHOWN])
        shown += ", …" * (len(apart) > _SHOWN)
        note = Note(
            "pairs of units that lie side by side and yet are no neighbours, for a narrow gap parts them: "
            f"{len(apart)} ({shown}); where lines should meet, mekantek check --mend closes it",
            "yan yana duran, ama dar bir boşluk ayırdığı için komşu sayılmayan çift: "
            f"{len(apart)} ({shown}); sınırları birleşmeliyse mekantek check --mend boşluğu kapatır",
        )
        return weights.SpatialGraph(
            touching.ids, touching.sparse, touching.spec, notes=(*touching.notes, note)
        )

    def listed(self) -> tuple[str, ...]:
        """The study's own neighbours first, then those that the file names, or the usual ones."""
        told = self._told.get("networks")
        if told is not None:
            return (self.own, *(spec for spec in told if spec != self.own))
        found = [self.own]
        seen = [_links(self(self.own))]
        for spec in self._usual():
            graph = self(spec)
            # Rook and queen are often the same; one neighbourhood counts once.
            if (
                spec != self.own
                and len(graph.isolates) < len(self._ids)
                and _links(graph) not in seen
            ):
                found.append(spec)
                seen.append(_links(graph))
        return tuple(found)

    def _usual(self) -> Iterator[str]:
        """Neighbourhoods that there can be: of polygons, of points, of a few units."""
        for spec in _NETWORKS:
            if spec in ("queen", "rook"):
                possible = self._sources.layer is not None
            elif spec.startswith("knn:"):
                # A few units have no eight others to be nearest to.
                possible = self._sources.located and int(spec[4:]) < len(self._ids)
            else:
                possible = True
            if possible:
                yield spec
        if self._sources.located:
            yield f"band:{self._reach()}km"

    def _reach(self) -> int:
        """Kilometres, rounded up, within which every unit has a neighbour."""
        from mekantek.stats.correlations import great_circle

        assert self._points is not None
        apart = great_circle(
            self._points["longitude"].to_numpy(), self._points["latitude"].to_numpy()
        )
        rows, columns = self("knn:1").sparse.nonzero()
        farthest = float(apart[rows, columns].max())
        size = 10 if farthest >= 20 else 1
        return int(ceil(farthest / size) * size)


def _links(graph: SpatialGraph) -> frozenset[tuple[int, int]]:
    rows, columns = graph.sparse.nonzero()
    return frozenset(zip(rows.tolist(), columns.tolist(), strict=True))
