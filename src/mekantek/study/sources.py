"""The files that a study file names: table, polygons and points, read once and told apart by ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets import delimited
from mekantek.errors import MekantekError
from mekantek.study.file import StudyFile, text_of
from mekantek.study.noun import match_ids
from mekantek.text import Text, nearest

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Sources"]


@dataclass(frozen=True)
class Sources:
    """
    What a study file names, each file read once.

    Parameters
    ----------
    file : StudyFile
    """

    file: StudyFile

    @property
    def content(self) -> Mapping[str, Any]:
        """What the study file says."""
        return self.file.content

    @cached_property
    def layer(self) -> gpd.GeoDataFrame | None:
        """The polygons that maps draw, with their properties, on the ids; None if there are none."""
        told = self.content.get("boundaries")
        if told is not None:
            if "drawn" in told:
                return self._polygons(told["drawn"])
            return self._polygons(told["file"], layer=told.get("layer"))
        if self.table is None or "file" not in self.content.get("neighbours", {}):
            raise self.file.fault(
                [],
                "[boundaries] bölümü yok; çokgen dosyasını ya da bir tablo ile komşu listesini adlandırın.",
                "there is no section [boundaries]; name a file of polygons, or a table and a list of "
                "neighbours.",
            )
        return None

    @cached_property
    def full(self) -> gpd.GeoSeries | None:
        """The polygons that neighbours are taken of: those that are drawn, or finer ones."""
        told = self.content.get("boundaries", {})
        if "drawn" in told:
            full = self._polygons(told["file"], layer=told.get("layer"))
            match_ids(self.ids, full.index, told["file"])
            found: gpd.GeoSeries = full.geometry.reindex(self.ids)
            self._check_place(found)
            return found
        return None if self.layer is None else self.layer.geometry

    def _check_place(self, full: gpd.GeoSeries) -> None:
        """A unit that is drawn elsewhere than where its neighbours are taken of is another one."""
        assert self.layer is not None
        one, other = full.bounds, self.layer.geometry.reindex(self.ids).bounds
        least, most = ["minx", "miny"], ["maxx", "maxy"]
        meet = (one[least].to_numpy() <= other[most].to_numpy()).all(axis=1)
        meet &= (other[least].to_numpy() <= one[most].to_numpy()).all(axis=1)
        if not meet.all():
            told, unit = self.content["boundaries"], self.ids[~meet][0]
            which = f"{told['drawn']}, {told['file']}"
            count, every = int((~meet).sum()), len(self.ids)
            raise self.file.fault(
                ["boundaries", "drawn"],
                f"iki çokgen dosyasında ({which}) {every} birimden {count} tanesi bambaşka yerlerde, ilki "
                f"{unit}; ikisi aynı birimlerin, aynı koordinat sistemindeki çokgenleri olmalı.",
                f"{count} of {every} units lie elsewhere in one file of polygons than in the other ({which}), "
                f"first {unit}; both must hold the same units in the same coordinate reference system.",
            )

    def _polygons(self, name: str, *, layer: str | None = None) -> gpd.GeoDataFrame:
        from mekantek.datasets import boundaries

        told = self.content["boundaries"]
        return boundaries.read_boundaries(
            self.file.beside(name),
            id_column=told.get("id"),
            layer=layer,
            crs=told.get("crs"),
        )

    @property
    def attribution(self) -> Text:
        """Where the shapes on maps come from."""
        if self.layer is not None:
            return text_of(self.content["boundaries"].get("source", ""))
        if self.located:
            return Text("çokgen verilmedi; birimlerin noktalarına eşit daireler çizildi",
                        "no polygons were given; equal circles stand at the units' points")  # fmt: skip
        return Text(
            "ne çokgen ne nokta verildi; eşit kareler komşu listesine göre dizildi, yerler ve "
            "uzaklıklar bir şey söylemez",
            "neither polygons nor points were given; equal squares are arranged by the list of "
            "neighbours, and places and distances mean nothing",
        )

    @cached_property
    def table(self) -> Path | None:
        """The table of values, if it is a file of its own."""
        told = self.content.get("table", {})
        return self.file.beside(told["file"]) if "file" in told else None

    @cached_property
    def ids(self) -> pd.Index:
        """Ids as text, in the order of the table."""
        layer = self.layer
        if self.table is None:
            assert layer is not None
            own: pd.Index = layer.index
            return own
        column = self.content["table"]["id"]
        ids = delimited.read_labels(self.table, id_column=column, column=column).index
        if layer is not None:
            told = self.content["boundaries"]
            match_ids(ids, layer.index, told.get("drawn", told["file"]))
        return ids

    def numbers(self, column: str, where: Sequence[str | int]) -> pd.Series:
        """Read a column of numbers of the table, or a property of the polygons."""
        if self.table is not None and column in self.header:
            told = self.content["table"]
            found = delimited.read_table(
                self.table, id_column=told["id"], value_columns=[column]
            )  # fmt: skip
            series: pd.Series = found[column]
            return series
        if self.layer is not None and column in self.layer:
            values: pd.Series = pd.to_numeric(self.layer[column], errors="coerce")
            return values.reindex(self.ids).astype(float)
        raise self.absent(column, where)

    def labels(self, column: str, where: Sequence[str | int]) -> pd.Series:
        """Read a column of words of the table, or a property of the polygons."""
        if self.table is not None and column in self.header:
            told = self.content["table"]
            return delimited.read_labels(self.table, id_column=told["id"], column=column)
        if self.layer is not None and column in self.layer:
            found: pd.Series = self.layer[column].reindex(self.ids).astype(object)
            return found
        raise self.absent(column, where)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """Columns of the table."""
        return () if self.table is None else delimited.read_cells(self.table).header

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table and properties of the polygons."""
        properties = () if self.layer is None else self.layer.columns
        return (*self.header, *(str(c) for c in properties if c != "geometry"))

    def absent(self, column: str, where: Sequence[str | int]) -> MekantekError:
        """Say that there is no such column, and what is like it."""
        close = nearest(column, self.columns, count=3) or self.columns[:10]
        return self.file.fault(
            where,
            f"ne tabloda ne sınırlarda {column!r} sütunu var; benzerleri: {', '.join(close)}.",
            f"neither the table nor the boundaries have a column {column!r}; like it: "
            f"{', '.join(close)}.",
        )

    def found_at(self, unit: str, column: str | None = None) -> Text:
        """Say which unit it is: its id, its name, and its row of the table if that holds the column."""
        named = str(unit) if self.names[unit] == str(unit) else f"{unit} {self.names[unit]}"
        if self.table is None or (column is not None and column not in self.header):
            return Text(named, named)
        line = delimited.read_cells(self.table).lines[self.ids.get_loc(unit)]
        file = self.table.name
        return Text(f"{named} ({file}, satır {line})", f"{named} ({file}, line {line})")

    @cached_property
    def names(self) -> pd.Series:
        """Names of the units by id, told apart where they repeat; the ids where nothing names them."""
        for section in ("table", "boundaries"):
            column = self.content.get(section, {}).get("name")
            if column is not None:
                found = self.labels(column, [section, "name"])
                named = found.where(found.notna(), found.index.to_series()).astype(str)
                return self._told_apart(named).rename("name")
        return pd.Series(self.ids.astype(str), index=self.ids, name="name")

    def _told_apart(self, names: pd.Series) -> pd.Series:
        """Put its region behind a name that several units bear: Merkez (Adana); else its id."""
        regions = self.regions()
        marks = [
            regions[grouping.get("names", grouping["column"])]
            for grouping in self.content.get("groupings", ())
        ]
        found, again = names, names.duplicated(keep=False)
        for mark in (*marks, names.index.to_series()):
            told = names + " (" + mark.astype(str) + ")"
            apart = again & mark.notna() & ~told.duplicated(keep=False)
            found, again = found.where(~apart, told), again & ~apart
        return found

    @property
    def located(self) -> bool:
        """Whether it is known where units lie."""
        return self.points is not None

    @cached_property
    def points(self) -> pd.DataFrame | None:
        """Points that the file names, else centroids on the globe; None if there are neither."""
        from mekantek.datasets.boundaries import centroids

        for section in ("boundaries", "table"):
            told = self.content.get(section, {})
            if "longitude" in told and "latitude" in told:
                found = pd.DataFrame(
                    {
                        side: self.numbers(told[side], [section, side])
                        for side in ("longitude", "latitude")
                    }
                )
                wrong = ~(
                    found["longitude"].between(-180, 180) & found["latitude"].between(-90, 90)
                )
                for unit in found.index[wrong]:
                    raise self.file.fault(
                        [section, "longitude"],
                        f"{unit} için boylam ve enlem derece olarak verilmemiş; hücrelerini düzeltin.",
                        f"{unit} has no longitude and latitude in degrees; correct its cells.",
                    )
                found.attrs["points_used"] = "label points"  # a graph built on them says so
                return found
        return None if self.full is None else centroids(self.full).reindex(self.ids)

    def regions(self) -> pd.DataFrame:
        """The region of each unit in every grouping."""
        found = {}
        for k, grouping in enumerate(self.content.get("groupings", ())):
            for key in ("column", "names", "short"):
                if key in grouping:
                    where: list[str | int] = ["groupings", k, key]
                    found[grouping[key]] = self.labels(grouping[key], where)
        return pd.DataFrame(found, index=self.ids)
