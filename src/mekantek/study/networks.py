"""The neighbourhoods of anyone's territory, each built once on the full polygons."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.errors import OptionError
from mekantek.study.noun import match_ids
from mekantek.study.sources import Sources

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["Networks", "with_index"]

# Neighbourhoods that choices vary where the file names none, beside those of its own.
_NETWORKS = ("queen", "rook", "knn:4", "knn:5", "knn:6", "knn:8", "order:2")


class Networks:
    """
    Builds the neighbours of a SPEC: on the full polygons, among the units that are kept.

    Parameters
    ----------
    sources : Sources
    geometry : geopandas.GeoSeries
        Full polygons of the kept units.
    points : pandas.DataFrame
        ``longitude``, ``latitude``.
    kept, numbered : pandas.Index
        Ids as the files write them, and as the study has them.
    weights : str, optional
        SPEC in the place of the file's.
    """

    def __init__(
        self,
        sources: Sources,
        geometry: gpd.GeoSeries,
        points: pd.DataFrame,
        kept: pd.Index,
        numbered: pd.Index,
        weights: str | None = None,
    ) -> None:
        self._sources, self._kept = sources, kept
        self._geometry = geometry.set_axis(numbered)
        self._points = with_index(points, numbered)
        self._ids = numbered
        self._made: dict[str, SpatialGraph] = {}
        told = sources.content.get("neighbours", {})
        self.own = weights or ("file" if "file" in told else told.get("weights", "queen"))

    def __call__(self, spec: str) -> SpatialGraph:
        """Give the neighbours of a SPEC; ``file`` is the list that the study file names."""
        if spec not in self._made:
            self._made[spec] = self._built(spec)
        return self._made[spec]

    def _built(self, spec: str) -> SpatialGraph:
        from mekantek import weights

        told = self._sources.content.get("neighbours", {})
        if spec == "file":
            path = self._sources.file.beside(told["file"])
            ids = self._sources.ids
            if "counted_from" in told:
                # Old GAL files number the rows and name no id.
                start = int(told["counted_from"])
                rows = pd.Index([str(start + k) for k in range(len(ids))])
                graph = weights.read_neighbours(path, ids=rows)
                graph = weights.SpatialGraph(ids, graph.sparse, "file", notes=graph.notes)
            else:
                graph = weights.read_neighbours(path, ids=ids)
                match_ids(ids, graph.ids, path.name)
            graph = graph.subset(self._kept) if len(self._kept) < len(graph.ids) else graph
            return weights.SpatialGraph(self._ids, graph.sparse, "file", notes=graph.notes)
        base = self(self.own) if spec.startswith("order:") and self.own != spec else None
        try:
            return weights.build(
                spec, geometry=self._geometry, points=self._points, ids=self._ids, base=base
            )
        except OptionError as error:
            raise self._sources.file.fault(
                ["neighbours"], error.turkish or str(error), str(error)
            ) from error

    def listed(self) -> tuple[str, ...]:
        """The study's own neighbours first, then those that the file names, or the usual ones."""
        told = self._sources.content.get("neighbours", {}).get("networks")
        # A few units have no eight others to be nearest to.
        usual = [s for s in _NETWORKS if not s.startswith("knn:") or int(s[4:]) < len(self._ids)]
        others: Iterable[str] = told or (*usual, f"band:{self._reach()}km")
        found = [self.own]
        seen = [_links(self(self.own))]
        for spec in others:
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

    def _reach(self) -> int:
        """Kilometres, rounded up, within which every unit has a neighbour."""
        nearest_one = self("knn:1")
        from mekantek.stats.correlations import great_circle

        apart = great_circle(
            self._points["longitude"].to_numpy(), self._points["latitude"].to_numpy()
        )
        rows, columns = nearest_one.sparse.nonzero()
        farthest = float(apart[rows, columns].max())
        size = 10 if farthest >= 20 else 1
        return int(ceil(farthest / size) * size)


def _links(graph: SpatialGraph) -> frozenset[tuple[int, int]]:
    rows, columns = graph.sparse.nonzero()
    return frozenset(zip(rows.tolist(), columns.tolist(), strict=True))


def with_index(points: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Put points on other ids; what they are is kept."""
    found = points.set_axis(index)
    found.attrs.update(points.attrs)
    return found
