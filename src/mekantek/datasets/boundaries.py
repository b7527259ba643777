"""Polygons: the shipped provinces and anyone's layer, read, checked, mended and projected."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from mekantek.datasets import files
from mekantek.datasets.faults import RefusedLayerError, Report
from mekantek.errors import BoundaryError, MissingDependencyError, OptionError
from mekantek.text import Text, nearest

__all__ = [
    "ALBERS",
    "albers",
    "centroids",
    "check_boundaries",
    "check_layer",
    "dissolved",
    "from_rings",
    "id_texts",
    "lightened",
    "list_layers",
    "load_boundaries",
    "mend_layer",
    "open_layer",
    "read_boundaries",
]

# Equal-area and within 0.06 % in distance over Türkiye; EPSG:5636 errs up to 2.7 % and moves the
# nearest neighbours of six provinces.
ALBERS = "+proj=aea +lat_1=37 +lat_2=41 +lat_0=39 +lon_0=35 +ellps=GRS80 +units=m"

MAX_BYTES = 500_000_000
# A tenth of a metre in degrees: no map's lines are that exact, so a smaller difference is noise.
NOISE = 1e-6
# Narrower than about 200 m, a hole between polygons is a slip of the pen and not a lake.
SLIVER = 0.002

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
    column = _id_column(read, id_column, file)
    read = read.set_index(pd.Index(id_texts(read[column]), name=column, dtype="str"))
    for fault in (*_key_faults(read, file), *_geometry_faults(read, file)):
        raise RefusedLayerError(fault)
    read = read.drop(columns=column)
    flat = read
    if read.geometry.has_z.any():
        flat = read.set_geometry(shapely.force_2d(read.geometry.array))
    return flat if flat.crs.equals("EPSG:4326") else flat.to_crs("EPSG:4326")


def check_boundaries(path: str | os.PathLike[str], *, id_column: str | None = None) -> Report:
    """
    Say how a layer of polygons was understood and everything that is wrong with it.

    Parameters
    ----------
    path : path
        GeoJSON, GeoPackage, FlatGeobuf or shapefile with one layer.
    id_column : str, optional
        Property that holds the ids; chosen if not named.

    Returns
    -------
    Report
        As of `check_layer`, and which column gave the ids.

    Raises
    ------
    BoundaryError
        If the file cannot be read as a layer at all, or lacks the id column.

    Examples
    --------
    >>> from mekantek.datasets import files
    >>> check_boundaries(files.boundary_path("provinces.geojson"), id_column="plate").faults
    ()
    """
    file = Path(path).name
    layer = open_layer(Path(path))
    column = _id_column(layer, id_column, file)
    layer = layer.set_index(pd.Index(id_texts(layer[column]), name=column, dtype="str"))
    chosen = Text("kimlik sütunu: {c}", "id column: {c}").format(c=column)
    report = check_layer(layer, file=file)
    return Report(report.kind, file, (chosen, *report.facts), report.faults)


def check_layer(layer: gpd.GeoDataFrame, *, file: str = "layer") -> Report:
    """
    Look for everything that would make neighbours or maps of a layer wrong.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame, index id
        Polygons; nothing of it is changed.
    file : str
        What to call the layer in sentences.

    Returns
    -------
    Report
        Facts: number of polygons, coordinate reference system, pairs in contact, islands, holes.
        Faults: ids empty or double; no coordinate reference system; no polygon or an invalid one;
        overlaps (km²), gaps, and lines that differ by float noise.

    Examples
    --------
    >>> layer = load_boundaries("simplified")
    >>> [fact.en for fact in check_layer(layer).facts][0]
    '81 polygons'
    """
    facts = [Text("{n} çokgen", "{n} polygons").format(n=len(layer))]
    if layer.crs is not None:
        facts.append(
            Text("koordinat sistemi: {c}", "coordinate reference system: {c}").format(
                c=layer.crs.name
            )
        )
    faults = [*_key_faults(layer, file), *_geometry_faults(layer, file)]
    if not faults:
        degrees = shapely.force_2d(layer.geometry.to_crs("EPSG:4326").array)
        faults += _coverage_faults(np.asarray(degrees), layer.index, file)
        facts += _contact_facts(np.asarray(degrees), layer.index)
    return Report("boundaries", file, tuple(facts), tuple(faults))


def mend_layer(
    layer: gpd.GeoDataFrame, *, gap_width: float = SLIVER
) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """
    Mend invalid polygons, overlaps, narrow gaps and float noise, and say what changed.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame, index id
        Polygons with a coordinate reference system; not changed.
    gap_width : float
        Gaps narrower than this are closed, degrees; 0 closes none. Wider ones may be lakes.

    Returns
    -------
    layer : geopandas.GeoDataFrame
        EPSG:4326, same ids and columns. A layer without faults comes back as it was.
    changes : tuple of Text
        What was changed, polygon by polygon where the area moved; empty if nothing was.

    Raises
    ------
    BoundaryError
        If ids or geometries are of a kind that no mending helps.
    MissingDependencyError
        If shapely is older than 2.2, which brought ``coverage_clean``.

    Examples
    --------
    >>> mend_layer(load_boundaries("simplified"))[1]
    ()
    """
    for fault in (*_key_faults(layer, "layer"), *_geometry_faults(layer, "layer", invalid=False)):
        raise RefusedLayerError(fault)
    mended = layer.to_crs("EPSG:4326")
    before = np.asarray(shapely.force_2d(mended.geometry.array))
    if shapely.is_valid(before).all() and not list(_coverage_faults(before, layer.index, "")):
        return mended, ()
    if not hasattr(shapely, "coverage_clean"):
        raise MissingDependencyError(
            "Mending needs shapely 2.2; install it: pip install -U shapely"
        )
    valid = np.array([_polygonal(shapely.make_valid(polygon)) for polygon in before])
    after = shapely.coverage_clean(
        shapely.set_precision(valid, NOISE), gap_width=gap_width, snapping_distance=NOISE
    )
    if shapely.is_empty(after).any():
        lost = layer.index[shapely.is_empty(after)][0]
        raise BoundaryError(f"Mending would leave nothing of {lost}: it lies within another unit.")
    moved = np.array(
        [shapely.symmetric_difference(a, b) for a, b in zip(valid, after, strict=True)]
    )
    changes = [
        Text(
            "ortak sınırlar birleştirildi: temas eden çift {a} iken {b}",
            "shared lines made one: {a} pairs in contact became {b}",
        ).format(a=len(_contacts(before)), b=len(_contacts(after)))
    ]
    for unit, area in zip(layer.index, _square_km(moved), strict=True):
        if area >= 0.01:
            changes.append(
                Text("{u}: {a:.2f} km² değişti", "{u}: {a:.2f} km² changed").format(u=unit, a=area)
            )
    return mended.set_geometry(gpd.GeoSeries(after, index=mended.index, crs=mended.crs)), tuple(
        changes
    )


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


def albers(
    layer: gpd.GeoDataFrame | gpd.GeoSeries, *, crs: str = ALBERS
) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """
    Project to an equal-area plane in metres.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame or geopandas.GeoSeries
        With a coordinate reference system.
    crs : str
        The projection; by default Albers for Türkiye: areas exact, distances within 0.06 %.

    Returns
    -------
    As given
        Coordinates in metres.

    Examples
    --------
    >>> round(albers(load_boundaries().geometry).area.sum() / 1e6)
    780079
    """
    return layer.to_crs(crs)


def centroids(geometry: gpd.GeoSeries) -> pd.DataFrame:
    """
    Centroids on the globe, each taken in an equal-area plane of its own.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        Polygons with a coordinate reference system.

    Returns
    -------
    pandas.DataFrame, index as given, shape (n_units, 2)
        ``longitude`` and ``latitude``, degrees.

    Notes
    -----
    Lambert's azimuthal equal-area projection around the middle of each polygon's bounds (Snyder
    1987, eq. 24-2 to 24-4), so a layer of any extent is treated alike.

    Examples
    --------
    >>> centroids(load_boundaries("simplified").geometry).loc[6].round(1).tolist()
    [32.6, 39.8]
    """
    polygons = np.asarray(geometry.to_crs("EPSG:4326").array)
    west, south, east, north = shapely.bounds(polygons).T
    lon0, lat0 = np.radians((west + east) / 2), np.radians((south + north) / 2)
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    lon, lat = np.radians(xy).T
    turn, c0, s0 = lon - lon0[owner], np.cos(lat0[owner]), np.sin(lat0[owner])
    k = np.sqrt(2 / (1 + s0 * np.sin(lat) + c0 * np.cos(lat) * np.cos(turn)))
    plane = np.column_stack(
        (
            k * np.cos(lat) * np.sin(turn),
            k * (c0 * np.sin(lat) - s0 * np.cos(lat) * np.cos(turn)),
        )
    )
    flat = shapely.set_coordinates(polygons.copy(), plane)
    x, y = shapely.get_coordinates(shapely.centroid(flat)).T
    rho = np.hypot(x, y)
    c = 2 * np.arcsin(rho / 2)
    # At rho = 0 the centroid is the middle itself; sin(c)/rho tends to 1.
    ratio = np.divide(np.sin(c), rho, out=np.ones_like(rho), where=rho > 0)
    latitude = np.arcsin(np.cos(c) * np.sin(lat0) + y * ratio * np.cos(lat0))
    longitude = lon0 + np.arctan2(x * ratio, np.cos(lat0) * np.cos(c) - y * ratio * np.sin(lat0))
    points = pd.DataFrame(
        {"longitude": np.degrees(longitude), "latitude": np.degrees(latitude)},
        index=geometry.index,
    )
    points.attrs["points_used"] = "geodesic centroids"  # a graph built on them says so
    return points


def from_rings(rings: np.ndarray, index: pd.Index) -> gpd.GeoSeries:
    """
    Make polygons of rings of points.

    Parameters
    ----------
    rings : numpy.ndarray, shape (n_units, n_corners, 2)
        Longitude and latitude, degrees; the last corner joins the first.
    index : pandas.Index
        Ids of the units.

    Returns
    -------
    geopandas.GeoSeries, index id
        EPSG:4326.

    Examples
    --------
    >>> square = np.array([[(0, 0), (1, 0), (1, 1), (0, 1)]])
    >>> from_rings(square, pd.Index(["a"])).loc["a"].area
    1.0
    """
    return gpd.GeoSeries(shapely.polygons(rings), index=index, crs="EPSG:4326")


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


def lightened(geometry: gpd.GeoSeries, *, corners: int = 9_000) -> gpd.GeoSeries:
    """
    Simplify a coverage, its shared lines once, until it is light enough to draw on a page.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        Polygons, EPSG:4326.
    corners : int
        Points that may be left. A layer with no more comes back as it is.

    Returns
    -------
    geopandas.GeoSeries
        Same index; neighbours share their lines, also where those of *geometry* do not match corner
        by corner, and nothing is lost. For pictures, never for neighbours or areas.

    Examples
    --------
    >>> light = lightened(load_boundaries("full").geometry, corners=3000)
    >>> len(light), bool(shapely.get_num_coordinates(light.array).sum() <= 3500)
    (81, True)
    """
    polygons = np.asarray(geometry.array)
    if shapely.get_num_coordinates(polygons).sum() <= corners:
        return geometry
    if hasattr(shapely, "coverage_clean") and not shapely.coverage_is_valid(polygons):
        # Only lines that match corner by corner are simplified together.
        clean = shapely.coverage_clean(polygons, snapping_distance=NOISE)
        polygons = polygons if shapely.is_empty(clean).any() else clean
    west, south, east, north = geometry.total_bounds
    low, high, found = 0.0, max(east - west, north - south) / 20, polygons
    for _ in range(14):  # halving finds the tolerance to a ten-thousandth of the map
        middle = (low + high) / 2
        tried = shapely.coverage_simplify(polygons, middle)
        if shapely.get_num_coordinates(tried).sum() > corners:
            low = middle
        else:
            high, found = middle, tried
    return gpd.GeoSeries(found, index=geometry.index, crs=geometry.crs)


def dissolved(geometry: gpd.GeoSeries, groups: pd.Series) -> gpd.GeoSeries:
    """
    Join the polygons of each group to one.

    Parameters
    ----------
    geometry : geopandas.GeoSeries, index id
        Polygons, EPSG:4326.
    groups : pandas.Series, index id
        The group of every polygon.

    Returns
    -------
    geopandas.GeoSeries, index group
        Lines between members are gone; where they do not match corner by corner, differences below
        0.1 m go with them.

    Examples
    --------
    >>> cells = gpd.GeoSeries(shapely.box([0, 1, 2], 0, [1, 2, 3], 1), index=list("abc"), crs=4326)
    >>> dissolved(cells, pd.Series(["x", "x", "y"], index=list("abc"))).bounds["maxx"].to_dict()
    {'x': 2.0, 'y': 3.0}
    """
    found = {}
    for group, members in geometry.groupby(groups):
        polygons = np.asarray(members.array)
        if shapely.coverage_is_valid(polygons):
            found[group] = shapely.coverage_union_all(polygons)
        else:
            found[group] = shapely.union_all(shapely.make_valid(polygons), grid_size=NOISE)
    return gpd.GeoSeries(found, crs=geometry.crs)


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


def _geometry_faults(layer: gpd.GeoDataFrame, file: str, *, invalid: bool = True) -> Iterator[Text]:
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


def _coverage_faults(polygons: np.ndarray, ids: pd.Index, file: str) -> Iterator[Text]:
    """Overlaps, lines that do not match, and gaps too narrow to be lakes."""
    rounded = shapely.set_precision(polygons, NOISE)
    noise = len(_contacts(rounded)) - len(_contacts(polygons))
    if noise > 0:
        yield Text(
            "{f}: ortak noktalar 0,1 m'den az kayıyor; {n} komşu çift bu yüzden temas etmiyor.",
            "{f}: shared points differ by less than 0.1 m; {n} pairs of neighbours are lost to it.",
        ).format(f=file, n=noise)
    # Rounding mends noise, and parts a few lines of its own accord: a fault outlives both.
    bad = np.flatnonzero(_parted(rounded) & _parted(polygons))
    explained: set[int] = set()
    tree = shapely.STRtree(rounded[bad])
    for a, b in sorted(map(tuple, tree.query(rounded[bad], predicate="intersects").T.tolist())):
        first, second = int(bad[a]), int(bad[b])
        if first >= second:
            continue
        area = _square_km([shapely.intersection(rounded[first], rounded[second])])[0]
        if area >= 1e-4:
            explained |= {first, second}
            yield Text(
                "{f}: {a} ile {b} örtüşüyor ({k:.4g} km²).",
                "{f}: {a} and {b} overlap ({k:.4g} km²).",
            ).format(f=file, a=ids[first], b=ids[second], k=area)
    rest = [str(ids[place]) for place in bad.tolist() if place not in explained]
    if rest:
        yield Text(
            "{f}: {n} birimin sınırı komşusununkiyle nokta nokta aynı değil ya da arada 200 m'den "
            "dar bir boşluk var ({u}).",
            "{f}: the lines of {n} units do not match their neighbours' point by point, or leave "
            "a gap narrower than 200 m ({u}).",
        ).format(f=file, n=len(rest), u=_some(rest))
    narrow = [hole for hole in _holes(rounded) if _width(hole) < SLIVER]
    if narrow:
        point = shapely.point_on_surface(narrow[0])
        yield Text(
            "{f}: birimler arasında {n} dar boşluk var, ilki {x:.4f}, {y:.4f} noktasında.",
            "{f}: {n} narrow gaps lie between units, the first at {x:.4f}, {y:.4f}.",
        ).format(f=file, n=len(narrow), x=point.x, y=point.y)


def _parted(polygons: np.ndarray) -> np.ndarray:
    """Whether a polygon overlaps another, or its lines do not match those beside it."""
    return np.asarray(~shapely.is_empty(shapely.coverage_invalid_edges(polygons, gap_width=SLIVER)))


def _contact_facts(polygons: np.ndarray, ids: pd.Index) -> Iterator[Text]:
    pairs = _contacts(polygons)
    yield Text("en az bir noktada temas eden çift: {n}", "pairs that share a point: {n}").format(
        n=len(pairs)
    )
    touched = {place for pair in pairs for place in pair}
    alone = [str(unit) for place, unit in enumerate(ids) if place not in touched]
    if alone:
        yield Text("komşusu olmayan {n} birim: {u}", "{n} units without a neighbour: {u}").format(
            n=len(alone), u=_some(alone)
        )
    wide = sum(_width(hole) >= SLIVER for hole in _holes(polygons))
    if wide:
        yield Text(
            "birimlerin çevrelediği {n} boşluk (göl ya da eksik birim)",
            "{n} holes enclosed by units (lakes, or units that are missing)",
        ).format(n=wide)


def _contacts(polygons: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of positions whose polygons share a vertex exactly."""
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    points = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "unit": owner}).drop_duplicates()
    shared = points[points.duplicated(["x", "y"], keep=False)]
    met = shared.merge(shared, on=["x", "y"])
    met = met[met["unit_x"] < met["unit_y"]]
    return set(zip(met["unit_x"].tolist(), met["unit_y"].tolist(), strict=True))


def _holes(polygons: np.ndarray) -> list[Any]:
    """Areas that the layer encloses without covering."""
    union = shapely.union_all(polygons)
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    # A unit set loose within its gap lies inside the ring, and is no part of the hole.
    inside = [shapely.difference(shapely.Polygon(ring), union) for ring in rings]
    return [part for hole in inside for part in shapely.get_parts(hole)]


def _width(hole: Any) -> float:
    """Width of a rectangle as long and as large as the hole."""
    return float(2 * hole.area / hole.length) if hole.length else 0.0


def _polygonal(shape: Any) -> Any:
    """Only the areas of a geometry: make_valid leaves the lines it could not close."""
    parts = [part for part in shapely.get_parts(shape) if part.area > 0]
    return shapely.union_all([p for part in parts for p in shapely.get_parts(part)])


def _square_km(shapes: Sequence[Any] | np.ndarray) -> list[float]:
    geod = pyproj.Geod(ellps="WGS84")
    return [abs(geod.geometry_area_perimeter(_polygonal(shape))[0]) / 1e6 for shape in shapes]


def _some(units: Sequence[str]) -> str:
    return ", ".join(units[:5]) + (", …" if len(units) > 5 else "")
