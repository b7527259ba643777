"""Layers of polygons in files: the shipped provinces and anyone's, read row by row, and written."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from mekantek.datasets import files
from mekantek.datasets.faults import RefusedLayerError
from mekantek.errors import BoundaryError, OptionError
from mekantek.text import Text, nearest

__all__ = [
    "id_texts",
    "list_layers",
    "load_boundaries",
    "open_layer",
    "read_boundaries",
    "row_faults",
    "with_ids",
    "write_boundaries",
]

MAX_BYTES = 500_000_000

_DETAIL = {"full": "provinces.geojson", "simplified": "provinces_simplified.geojson"}


def load_boundaries(detail: Literal["full", "simplified"] = "full") -> gpd.GeoDataFrame:
    """
    Load the polygons of the 81 provinces.

    Parameters
    ----------
    detail : {"full", "simplified"}
        The 1:10m lines, or the same coverage simplified at 2 km.

    Returns
    -------
    geopandas.GeoDataFrame, index plate (1 to 81)
        ``name``, ``iso`` and ``geometry``, EPSG:4326. A valid coverage: no gap, no overlap.

    Raises
    ------
    OptionError
        If *detail* is neither.

    Notes
    -----
    Made with Natural Earth, public domain. Lines are off by 2 km in the median, single areas by
    −20 % to +27 %: an area taken from them is never a denominator.

    Examples
    --------
    >>> provinces = load_boundaries("simplified")
    >>> len(provinces), provinces.loc[6, "name"]
    (81, 'Ankara')
    """
    if detail not in _DETAIL:
        raise OptionError(f"detail is {detail!r}; it can be 'full' or 'simplified'.")
    return _shipped(detail).copy()


@cache
def _shipped(detail: str) -> gpd.GeoDataFrame:
    layer = open_layer(files.boundary_path(_DETAIL[detail]))
    layer["plate"] = layer["plate"].astype("int64")
    return layer.set_index("plate")[["name", "iso", "geometry"]]


def read_boundaries(
    path: str | os.PathLike[str],
    *,
    id_column: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
) -> gpd.GeoDataFrame:
    """
    Read anyone's layer of polygons.

    Parameters
    ----------
    path : path
        GeoJSON, TopoJSON, GeoPackage, FlatGeobuf or shapefile.
    id_column : str, optional
        Property that holds the ids. By default the first with one distinct value a polygon.
    layer : str, optional
        Which layer of a file that holds several.
    crs : str, optional
        Coordinate reference system of a file that does not say: ``EPSG:4326``.

    Returns
    -------
    geopandas.GeoDataFrame, index id (text)
        The other properties and ``geometry`` in two dimensions, EPSG:4326, rows in file order.
        Whole numbers stored as floats become ids without ``.0``.

    Raises
    ------
    BoundaryError
        If the file is missing, empty or no vector layer; has no coordinate reference system, or
        coordinates that are no degrees; a row has no polygon; the id column is missing; an id is
        empty or stands twice. The message names file and row, and how to mend it.

    Examples
    --------
    >>> from mekantek.datasets import files
    >>> layer = read_boundaries(files.boundary_path("provinces.geojson"), id_column="iso")
    >>> layer.index[:2].tolist()
    ['TR-01', 'TR-02']
    """
    file = Path(path).name
    read = open_layer(Path(path), layer=layer)
    if crs is not None and read.crs is None:
        read = read.set_crs(crs)
    read = with_ids(read, id_column, file)
    for fault in row_faults(read, file):
        raise RefusedLayerError(fault)
    read = read.drop(columns=read.index.name)
    flat = read
    if read.geometry.has_z.any():
        flat = read.set_geometry(shapely.force_2d(read.geometry.array))
    return flat if flat.crs.equals("EPSG:4326") else flat.to_crs("EPSG:4326")


def write_boundaries(layer: gpd.GeoDataFrame, path: str | os.PathLike[str]) -> Path:
    """
    Write a layer, whole or not at all.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame, index id
    path : str or path
        Ends in ``.geojson`` or ``.gpkg``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    BoundaryError
        If it cannot be written there, or in the form of that ending.
    """
    target = Path(path)
    if target.suffix.lower() not in (".geojson", ".gpkg"):
        raise BoundaryError(f"Cannot write {target.name}; the name must end in .geojson or .gpkg.")
    aside = target.with_name(f".writing-{target.name}")
    try:
        layer.reset_index().to_file(aside, layer=target.stem)
        os.replace(aside, target)  # noqa: PTH105 - replaces on Windows too
    except (OSError, ValueError, RuntimeError) as error:
        aside.unlink(missing_ok=True)
        raise BoundaryError(f"Cannot write {target.name}: {error}.") from error
    return target


def _refuse(tr: str, en: str, **parts: Any) -> RefusedLayerError:
    return RefusedLayerError(Text(tr, en).format(**parts))


def list_layers(path: str | os.PathLike[str]) -> list[str]:
    """
    Name the layers of a vector file that hold shapes; of what is no such file, none.

    Examples
    --------
    >>> from mekantek.datasets import files
    >>> list_layers(files.boundary_path("provinces.geojson"))
    ['provinces']
    """
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind]
    except (
        Exception
    ):  # GDAL and pyogrio each raise their own kinds; `open_layer` says what is wrong
        return []


def open_layer(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a vector file as it is, refusing what is none."""
    f = path.name
    if not path.exists():
        raise _refuse("{p} diye bir dosya yok.", "There is no file {p}.", p=path)
    if not path.is_file():
        raise _refuse("{p} bir dosya değil.", "{p} is a folder; name a file.", p=path)
    if path.stat().st_size > MAX_BYTES:
        raise _refuse("{f} 500 MB'tan büyük.", "{f} is larger than 500 MB.", f=f)
    with path.open("rb") as handle:
        start = handle.read(4096)
    if not start.strip():
        raise _refuse("{f} boş.", "{f} is empty.", f=f)
    # GDAL follows virtual datasets, written in XML, to other files and addresses.
    readable = not start.lstrip().startswith(b"<")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = [name for name, kind in pyogrio.list_layers(path) if kind] if readable else []
            wanted = layer if layer is not None else names[0] if len(names) == 1 else None
            read = gpd.read_file(path, layer=wanted) if wanted in names else None
    except Exception as error:  # GDAL, shapely and pyogrio each raise their own kinds
        raise _refuse(
            "{f} çokgen katmanı olarak okunamıyor; GeoJSON, GeoPackage ya da shapefile verin.",
            "{f} cannot be read as a layer of polygons; give GeoJSON, GeoPackage or a shapefile.",
            f=f,
        ) from error
    listed = ", ".join(map(str, names))
    if layer is not None and layer not in names:
        raise _refuse("{f} içinde {l!r} katmanı yok; olanlar: {n}.",
                      "{f} has no layer {l!r}; it has {n}.", f=f, l=layer, n=listed or "–")  # fmt: skip
    if len(names) > 1 and layer is None:
        raise _refuse(
            "{f} birkaç katman içeriyor ({n}); birini ayrı dosyaya kaydedin ya da çalışma dosyasında "
            "layer ile seçin.",
            "{f} holds several layers ({n}); save one of them to a file of its own, or choose it with "
            "layer in a study file.",
            f=f, n=listed,
        )  # fmt: skip
    if not isinstance(read, gpd.GeoDataFrame) or read.empty:
        raise _refuse("{f} içinde çokgen yok.", "{f} holds no polygons.", f=f)
    return read


def with_ids(layer: gpd.GeoDataFrame, column: str | None, file: str) -> gpd.GeoDataFrame:
    """
    Set the ids for the index, as text; the column stays.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
    column : str or None
        Property that holds the ids; None chooses the first with one distinct value a polygon.
    file : str
        What to call the layer in sentences.

    Returns
    -------
    geopandas.GeoDataFrame, index id
        The name of the index is that of the column.

    Raises
    ------
    BoundaryError
        If there is no such column.

    Examples
    --------
    >>> cells = gpd.GeoDataFrame({"no": [7.0, 8.0]}, geometry=shapely.box([0, 1], 0, [1, 2], 1))
    >>> with_ids(cells, None, "cells.gpkg").index.tolist()
    ['7', '8']
    """
    name = _id_column(layer, column, file)
    return layer.set_index(pd.Index(id_texts(layer[name]), name=name, dtype="str"))


def _id_column(layer: gpd.GeoDataFrame, wanted: str | None, file: str) -> str:
    named = [str(column) for column in layer.columns if column != layer.geometry.name]
    if wanted is None:
        for name in named:
            ids = id_texts(layer[name])
            if all(ids) and len(set(ids)) == len(ids):
                return name
        raise _refuse(
            "{f}: hiçbir sütun çokgenleri ayırt etmiyor; kimlik sütununu belirtin ({l}).",
            "{f}: no column tells the polygons apart; name the id column ({l}).",
            f=file, l=", ".join(named) or "–",
        )  # fmt: skip
    if wanted not in named:
        close = nearest(wanted, named, count=3)
        raise _refuse(
            "{f} içinde {c!r} sütunu yok; {k}: {l}.", "{f} has no column {c!r}; {k}: {l}.",
            f=file, c=wanted, l=", ".join(close or named[:10]) or "–",
            k=Text("en yakını", "nearest") if close else Text("sütunlar", "its columns are"),
        )  # fmt: skip
    return wanted


def id_texts(values: pd.Series) -> list[str]:
    """
    Write a property as ids: whole numbers without ``.0``, nothing for what is missing.

    Examples
    --------
    >>> id_texts(pd.Series([1.0, None, 3.0]))
    ['1', '', '3']
    """
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    empty = values.isna().tolist()
    return ["" if no else str(v).strip() for v, no in zip(values.tolist(), empty, strict=True)]


def row_faults(layer: gpd.GeoDataFrame, file: str, *, invalid: bool = True) -> Iterator[Text]:
    """
    Tell what is wrong with single rows, or with the coordinates of all.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame, index id
    file : str
        What to call the layer in sentences.
    invalid : bool
        Whether an invalid polygon is a fault.

    Examples
    --------
    >>> cells = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], index=["a"], crs=4326)
    >>> [fault.en for fault in row_faults(cells, "cells.gpkg")]
    ['cells.gpkg, feature 1, a: it is no polygon but a Point.']
    """
    yield from _key_faults(layer, file)
    yield from _geometry_faults(layer, file, invalid=invalid)


def _key_faults(layer: gpd.GeoDataFrame, file: str) -> Iterator[Text]:
    if layer.crs is None:
        yield Text(
            "{f}: koordinat sistemi belirtilmemiş; shapefile ise .prj dosyasını yanına koyun.",
            "{f} has no coordinate reference system; a shapefile needs its .prj beside it.",
        ).format(f=file)
    elif layer.crs.is_geographic:
        reach = np.abs(np.asarray(layer.total_bounds)).reshape(2, 2).max(axis=0)
        if reach[0] > 360 or reach[1] > 90:
            yield Text(
                "{f}: koordinatlar derece değil ({x:.0f}, {y:.0f}); katmanı gerçek koordinat "
                "sistemiyle kaydedin.",
                "{f}: the coordinates are not degrees ({x:.0f}, {y:.0f}); save the layer with its "
                "true coordinate reference system.",
            ).format(f=file, x=reach[0], y=reach[1])
    if layer.index.is_unique and not layer.index.isna().any() and "" not in layer.index:
        return
    seen: set[Any] = set()
    for row, unit in enumerate(layer.index, start=1):
        if unit == "" or pd.isna(unit):
            yield Text("{f}, öğe {n}: kimlik boş.", "{f}, feature {n}: the id is empty.").format(
                f=file, n=row
            )
        elif unit in seen:
            yield Text(
                "{f}, öğe {n}: {u!r} kimliği birden çok; her birim tek öğe olmalı.",
                "{f}, feature {n}: id {u!r} stands more than once; dissolve it to one feature.",
            ).format(f=file, n=row, u=unit)
        seen.add(unit)


def _geometry_faults(layer: gpd.GeoDataFrame, file: str, *, invalid: bool) -> Iterator[Text]:
    shapes = np.asarray(layer.geometry.array)
    wrong = ~np.isin(shapely.get_type_id(shapes), (3, 6)) | shapely.is_empty(shapes)
    if invalid:
        wrong |= ~shapely.is_valid(shapes)
    for place in np.flatnonzero(wrong):
        unit, shape = layer.index[place], shapes[place]
        where = {"f": file, "n": place + 1, "u": unit}
        if shape is None or shape.is_empty:
            yield Text(
                "{f}, öğe {n}, {u}: çokgen yok.", "{f}, feature {n}, {u}: it has no polygon."
            ).format(**where)
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            yield Text(
                "{f}, öğe {n}, {u}: çokgen değil, {k}.",
                "{f}, feature {n}, {u}: it is no polygon but a {k}.",
            ).format(**where, k=shape.geom_type)
        else:
            yield Text(
                "{f}, öğe {n}, {u}: geçersiz çokgen ({w}).",
                "{f}, feature {n}, {u}: invalid polygon ({w}).",
            ).format(**where, w=shapely.is_valid_reason(shape))
