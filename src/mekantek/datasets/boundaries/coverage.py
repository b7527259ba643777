"""How polygons fit together: overlaps, gaps and noise between them, found and mended."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from mekantek.datasets.boundaries.layers import open_layer, row_faults, with_ids
from mekantek.datasets.boundaries.shapes import NOISE
from mekantek.datasets.faults import RefusedLayerError, Report
from mekantek.errors import BoundaryError, MissingDependencyError
from mekantek.text import Text

__all__ = ["SLIVER", "check_boundaries", "check_layer", "mend_layer"]

# Narrower than about 200 m, a hole between polygons is a slip of the pen and not a lake.
SLIVER = 0.002


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
    layer = with_ids(open_layer(Path(path)), id_column, file)
    chosen = Text("kimlik sütunu: {c}", "id column: {c}").format(c=layer.index.name)
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
    >>> from mekantek.datasets.boundaries import load_boundaries
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
    faults = [*row_faults(layer, file)]
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
    >>> from mekantek.datasets.boundaries import load_boundaries
    >>> mend_layer(load_boundaries("simplified"))[1]
    ()
    """
    for fault in row_faults(layer, "layer", invalid=False):
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
