"""Small still maps as SVG, for pages that print: one set of outlines, many colourings."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from mekantek.maps.palette import HATCHES
from mekantek.maps.strokes import ATLAS, HATCH, RINGS, STILL, STROKES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from mekantek.maps.sheets.sheet import Line, View

__all__ = ["WIDE", "again", "hatchings", "outlines", "place", "still"]

_WIDTH = 400.0
# The wide screen whose pixels the radii of circles are given in.
WIDE = 1080.0


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


def outlines(geometry: gpd.GeoSeries, *, large: bool = False) -> str:
    """
    Draw every shape once, to be used by all still maps of a page.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        Polygons in EPSG:4326.
    large : bool
        Whether the pictures fill a screen: hatching is then as fine as on small ones.

    Returns
    -------
    str
        An invisible SVG with the shapes and the hatchings.
    """
    box = _box(geometry)
    shapes = "".join(
        f'<path id="shape-{k}" d="{_path(shape, box)}"/>' for k, shape in enumerate(geometry)
    )
    return _store(shapes + "".join(_hatch(name, ATLAS if large else 1) for name in HATCHES))


def hatchings() -> str:
    """Write every hatching in an invisible SVG, for a page whose shapes are drawn by a script."""
    return _store("".join(map(_hatch, HATCHES)))


def _store(content: str) -> str:
    return (
        '<svg width="0" height="0" aria-hidden="true" style="position:absolute">'
        f"<defs>{content}</defs></svg>"
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
    points: pd.DataFrame,
    view: View,
    *,
    described: str,
    name: str = "",
    alone: bool = False,
) -> str:
    """
    Draw a view of a sheet as it stands, in the outlines of the page.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        The shapes given to `outlines`.
    points : pandas.DataFrame
        ``longitude``, ``latitude`` of a point in each unit, degrees.
    view : View
        Fills, hatching, outlines, circles and lines.
    described : str
        What the picture shows, for those who do not see it.
    name : str
        Lets `again` show the picture a second time on the same page.
    alone : bool
        Whether the picture brings its own shapes, for a page that holds no outlines.

    Returns
    -------
    str
        An SVG of 400 units' width.
    """
    box = _box(geometry)
    at, height = place(geometry, points)
    order = {str(u): k for k, u in enumerate(geometry.index)}
    by_fill: dict[str, list[int]] = {}
    for unit, k in order.items():
        by_fill.setdefault(view.extra.get(unit, view.fill[unit]), []).append(k)
    shapes = list(geometry) if alone else []

    def shape(k: int) -> str:
        return f'<path d="{_path(shapes[k], box)}"/>' if alone else f'<use href="#shape-{k}"/>'

    def drawn(units: Iterable[str], style: str) -> str:
        inner = "".join(shape(order[u]) for u in units)
        return f"<g {style}>{inner}</g>" if inner else ""

    fills = "".join(
        f'<g fill="{_paint(fill)}">{"".join(map(shape, places))}</g>'
        for fill, places in by_fill.items()
    )
    lines = ""
    for kind, dashed in (("line", False), ("dashed", True)):
        strokes = "".join(_line(box, line) for line in view.lines if line[4] == dashed)
        lines += f"<g {STROKES[kind].svg(STILL)}>{strokes}</g>" if strokes else ""
    rings = "".join(
        f'<circle cx="{at[order[u]][0]}" cy="{at[order[u]][1]}" '
        f'r="{max(radius * _WIDTH / WIDE, 0.6):.1f}"/>'
        for u, radius in view.circles.items()
    )
    if rings:
        rings = "".join(f'<g fill="none" {STROKES[ring].svg(STILL)}>{rings}</g>' for ring in RINGS)
    named = f' id="{escape(name)}"' if name else ""
    return (
        f"{_opened(height, described)}{_hatches(by_fill) if alone else ''}<g{named}>"
        f"<g {STROKES['shape'].svg(STILL)}>{fills}</g>{lines}{rings}"
        + drawn(view.dotted, f'fill="none" {STROKES["dotted"].svg(STILL)}')
        + drawn(view.marked, f'fill="none" {STROKES["marked"].svg(STILL)}')
        + "</g></svg>"
    )


def again(geometry: gpd.GeoSeries, name: str, *, described: str) -> str:
    """
    Show a picture of the page once more.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        The shapes of the picture.
    name : str
        As given to `still`.
    described : str
        As of `still`.

    Returns
    -------
    str
    """
    return f'{_opened(_box(geometry)[4], described)}<use href="#{escape(name)}"/></svg>'


def _opened(height: float, described: str) -> str:
    return (
        f'<svg viewBox="-2 -2 {_WIDTH + 4:g} {height + 4:.0f}" role="img" '
        f'aria-label="{escape(described)}">'
    )


def _line(box: tuple[float, float, float, float, float], line: Line) -> str:
    west, north, narrow, scale, _ = box
    (y1, x1, y2, x2, _) = line
    ends = ((x1 - west) * narrow * scale, (north - y1) * scale,
            (x2 - west) * narrow * scale, (north - y2) * scale)  # fmt: skip
    at = " ".join(f'{n}="{v:.1f}"' for n, v in zip(("x1", "y1", "x2", "y2"), ends, strict=True))
    return f"<line {at}/>"


def _hatches(fills: Iterable[str]) -> str:
    """Write the hatchings that these fills need."""
    needed = sorted(f.removeprefix("hatch-") for f in fills if f.startswith("hatch-"))
    return "<defs>" + "".join(_hatch(name) for name in needed) + "</defs>" if needed else ""


def _hatch(name: str, size: float = 1) -> str:
    (back, line), (side, thick) = HATCHES[name], HATCH
    scale = f" scale({size})" if size != 1 else ""
    return (
        f'<pattern id="hatch-{name}" width="{side}" height="{side}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45){scale}"><rect width="{side}" height="{side}" fill="{back}"/>'
        f'<rect width="{thick}" height="{side}" fill="{line}"/></pattern>'
    )


def _paint(fill: str) -> str:
    return f"url(#{fill})" if fill.startswith("hatch-") else escape(fill)
