"""A table of one's own: its columns, the names of its regions, and who neighbours whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mekantek.cli.long_runs import LongRun
from mekantek.cli.options import BOUNDARIES, BOUNDARIES_ID, ID, NAME, NEIGHBOURS, WEIGHTS
from mekantek.cli.output import UsageError
from mekantek.cli.subjects import Subject
from mekantek.datasets.faults import RefusedLayerError
from mekantek.text import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from mekantek.weights import SpatialGraph

__all__ = ["Layer", "Regions"]


@dataclasses.dataclass(kw_only=True)
class Regions:
    """How the rows of a table become regions with names, polygons and neighbours."""

    identifier: ID = None
    name_column: NAME = None
    neighbours: NEIGHBOURS = None
    boundaries: BOUNDARIES = None
    boundaries_id: BOUNDARIES_ID = None
    weights: WEIGHTS = None

    def check_no_table(self, values: object) -> None:
        """Refuse, where there is no table, what goes with one."""
        for option, given in (
            ("--value", values),
            ("--id", self.identifier),
            ("--name", self.name_column),
            ("--neighbours", self.neighbours),
            ("--boundaries", self.boundaries),
            ("--boundaries-id", self.boundaries_id),
        ):
            if given is not None:
                raise UsageError(
                    f"{option} goes with a table of your own; name it first.",
                    f"{option} kendi tablonuzla kullanılır; önce tabloyu verin.",
                )

    def columns_of(
        self,
        table: Path,
        values: Sequence[str],
        *,
        drawn: bool = False,
        polygons: bool = False,
        run: LongRun | None = None,
    ) -> list[Subject]:
        """
        Read columns of a table and who neighbours whom, joined one to one.

        *drawn* needs polygons beside a neighbour file, *polygons* only wants them of --boundaries;
        *run* may hold the neighbours of a run that was cut short.
        """
        from mekantek.datasets.delimited import read_labels, read_table
        from mekantek.export import file_sha256

        if not values or self.identifier is None:
            raise UsageError(
                "Name the columns of your table: --value COLUMN --id COLUMN.",
                "Tablonuzun sütunlarını adlandırın: --value SÜTUN --id SÜTUN.",
            )
        self._check_neighbours(drawn=drawn)
        run = run or LongRun()
        values = list(dict.fromkeys(values))
        with run.stage(Text("tablo", "table")):
            frame = read_table(table, id_column=self.identifier, value_columns=values)
            names = {unit: str(unit) for unit in frame.index.tolist()}
            if self.name_column is not None:
                told = read_labels(table, id_column=self.identifier, column=self.name_column)
                names.update({unit: str(name) for unit, name in told.dropna().items()})
        geometry = None
        if drawn or polygons or not run.has_graph():
            geometry = self._polygons(frame.index, run)
        with run.stage(Text("komşular", "neighbours")):
            graph = run.graph(frame.index, lambda: self._graph(frame.index, geometry))
        source = {"source": table.name, "sha256": file_sha256(table)}
        return [
            Subject(frame[value], graph, names, {**source, "value": value}, geometry)
            for value in values
        ]

    def _check_neighbours(self, *, drawn: bool) -> None:
        """Refuse too much, too little, and what contradicts itself, about neighbours."""
        if self.boundaries is None and drawn:
            raise UsageError(
                "A map of your own table needs its polygons: --boundaries FILE.",
                "Kendi tablonuzun haritası çokgenlerini ister: --boundaries DOSYA.",
            )
        if self.neighbours is None and self.boundaries is None:
            raise UsageError(
                "Say who neighbours whom: --neighbours FILE or --boundaries FILE.",
                "Kimin kimle komşu olduğunu söyleyin: --neighbours DOSYA ya da --boundaries DOSYA.",
            )
        if self.neighbours is not None and self.boundaries is not None and not drawn:
            raise UsageError(
                "Either --neighbours or --boundaries says who neighbours whom.",
                "Komşuları ya --neighbours ya da --boundaries söyler, ikisi birden değil.",
            )
        if self.neighbours is not None and self.weights is not None:
            raise UsageError(
                "--weights builds neighbours from --boundaries; drop one of them.",
                "--weights komşuları --boundaries dosyasından kurar; birini çıkarın.",
            )

    def _polygons(self, ids: pd.Index, run: LongRun) -> gpd.GeoSeries | None:
        """Read the polygons of the rows, in their order; None where no layer is named."""
        from mekantek.datasets import boundaries as layers
        from mekantek.study import match_ids

        if self.boundaries is None:
            return None
        with run.stage(Text("çokgenler", "polygons")):
            try:
                layer = layers.read_boundaries(
                    self.boundaries, id_column=self.boundaries_id or self.identifier
                )
            except RefusedLayerError as error:
                if self.boundaries_id or repr(self.identifier) not in error.text.en:
                    raise
                hint = Text(
                    "{e} Çokgenlerin kimliği başka bir sütundaysa --boundaries-id ile söyleyin.",
                    "{e} If the ids of the polygons are in another column, name it with "
                    "--boundaries-id.",
                )
                raise RefusedLayerError(hint.format(e=error.text)) from error
            match_ids(ids, layer.index, self.boundaries.name)
            return layer.geometry.loc[ids]

    def _graph(self, ids: pd.Index, geometry: gpd.GeoSeries | None) -> SpatialGraph:
        """Read the neighbours, or find them among the polygons."""
        from mekantek import weights as weighing
        from mekantek.datasets.boundaries import centroids
        from mekantek.study import match_ids

        if self.neighbours is not None:
            graph = weighing.read_neighbours(self.neighbours, ids=ids)
            match_ids(ids, graph.ids, self.neighbours.name)
            return graph
        spec = self.weights or "queen"
        points = centroids(geometry) if weighing.measures_distance(spec) else None
        return weighing.build(spec, geometry=geometry, points=points)


class Layer:
    """A user's regions, in the form that maps draw; of a subject that was read to be drawn."""

    def __init__(self, subject: Subject) -> None:
        import pandas as pd

        from mekantek.datasets.boundaries import centroids

        self.geometry = subject.geometry
        self.names = pd.Series(subject.names)
        self.points = centroids(subject.geometry)
        source = f"{subject.data['source']}, {subject.data['value']}"
        self.provenance = {"report": Text(source, source)}
