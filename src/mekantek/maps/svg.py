"""Small still maps as SVG, for pages that print: one set of outlines, many colourings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from mekantek.maps.palette import HATCHES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["outlines", "place", "still"]

_WIDTH = 400.0


def _box(geometry: gpd.GeoSeries) -> tuple[float, float, float, float, float]:
    """West, north, the width of a degree at the middle latitude, scale and height."""
    west, south, east, north = geometry.total_bounds.tolist()
    narrow = float(np.cos(np.radians((south + north) / 2)))
    scale = _WIDTH / ((east - west) * narrow)
    return west, north, narrow, scale, (north - south) * scale


def _path(shape: Any, box: tuple[float, float, float, float, float]) -> str:
    west, north, narrow, scale, _ = box
    described = shape.__geo_interface__
    polygons = described["coordinates"]
    if described["type"] == "Polygon":
        polygons = [polygons]
    parts = []
    for polygon in polygons:
        for ring in polygon:
            points = np.array([p[:2] for p in ring])
            x = np.round((points[:, 0] - west) * narrow * scale, 1)
            y = np.round((north - points[:, 1]) * scale, 1)
            fresh = np.append(True, (np.diff(x) != 0) | (np.diff(y) != 0))
            x, y = x[fresh], y[fresh]
            if len(x) < 4:
                continue  # an islet smaller than a pixel
            # Each point as the step from the one before: half the bytes of a page are outlines.
            steps = zip(np.diff(x)[:-1], np.diff(y)[:-1], strict=True)
            rest = " ".join(f"{_short(a)},{_short(b)}" for a, b in steps)
            parts.append(f"M{x[0]:g},{y[0]:g}l{rest}z")
    return "".join(parts)


def _short(step: float) -> str:
    return (
        f"{round(step, 1) + 0:g}".replace("0.", ".", 1)
        if abs(step) < 1
        else f"{step:.1f}".removesuffix(".0")
    )


def outlines(geometry: gpd.GeoSeries) -> str:
    """
    Draw every shape once, to be used by all still maps of a page.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        Polygons in EPSG:4326.

    Returns
    -------
    str
        An invisible SVG with the shapes and the hatchings.
    """
    box = _box(geometry)
    shapes = "".join(
        f'<path id="shape-{k}" d="{_path(shape, box)}"/>' for k, shape in enumerate(geometry)
    )
    hatches = "".join(
        f'<pattern id="hatch-{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{back}"/>'
        f'<rect width="2" height="6" fill="{line}"/></pattern>'
        for name, (back, line) in HATCHES.items()
    )
    return (
        '<svg width="0" height="0" aria-hidden="true" style="position:absolute">'
        f"<defs>{shapes}{hatches}</defs></svg>"
    )


def place(geometry: gpd.GeoSeries, points: pd.DataFrame) -> tuple[list[tuple[float, float]], float]:
    """
    Give where points lie on the pictures of these shapes, and how high the pictures are.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        The shapes given to `outlines`.
    points : pandas.DataFrame
        Columns ``longitude``, ``latitude``, degrees.

    Returns
    -------
    positions : list of (x, y)
        In units of a picture of 400 units' width, one decimal.
    height : float
    """
    west, north, narrow, scale, height = _box(geometry)
    pairs = zip(points["longitude"].tolist(), points["latitude"].tolist(), strict=True)
    at = [(round((x - west) * narrow * scale, 1), round((north - y) * scale, 1)) for x, y in pairs]
    return at, height


def still(
    geometry: gpd.GeoSeries,
    fill: Mapping[str, str],
    *,
    described: str,
    marked: Collection[str] = (),
    circles: Iterable[tuple[float, float, float]] = (),
) -> str:
    """
    Colour the outlines of the page.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        The shapes given to `outlines`.
    fill : mapping of id (text) to colour or ``hatch-…``
    described : str
        What the picture shows, for those who do not see it.
    marked : collection of id (text)
        Units with a strong outline.
    circles : iterable of (longitude, latitude, radius)
        Degrees, and parts of the picture's width.

    Returns
    -------
    str
        An SVG of 400 units' width.
    """
    west, north, narrow, scale, height = _box(geometry)
    drawn = sorted(enumerate(map(str, geometry.index)), key=lambda unit: unit[1] in marked)
    strong = ' stroke="#000" stroke-width="1.5"'
    uses = "".join(
        f'<use href="#shape-{k}" fill="{_paint(fill[unit])}"{strong if unit in marked else ""}/>'
        for k, unit in drawn
    )
    rings = "".join(
        f'<circle cx="{(x - west) * narrow * scale:.1f}" cy="{(north - y) * scale:.1f}" '
        f'r="{max(radius * _WIDTH, 0.6):.1f}"/>'
        for x, y, radius in circles
    )
    if rings:
        rings = f'<g stroke="#111" stroke-width=".7" fill="#fff" fill-opacity=".3">{rings}</g>'
    return (
        f'<svg viewBox="-2 -2 {_WIDTH + 4:g} {height + 4:.0f}" role="img" '
        f'aria-label="{escape(described)}"><g stroke="#5c5c5c" stroke-width=".4">{uses}</g>'
        f"{rings}</svg>"
    )


def _paint(fill: str) -> str:
    return f"url(#{fill})" if fill.startswith("hatch-") else escape(fill)
