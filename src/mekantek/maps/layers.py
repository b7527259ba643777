"""The map itself, drawn once and coloured by every view; the only door for folium."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

import folium
from folium.template import Template

from mekantek.maps.marginalia import above, below, csv
from mekantek.maps.page import OfflineFigure, asset, script_json
from mekantek.maps.sheets.facts import shown_names
from mekantek.maps.strokes import RINGS, STROKES
from mekantek.maps.svg import hatchings
from mekantek.text import Language, sort_key

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from mekantek.maps.sheets.facts import Regions
    from mekantek.maps.sheets.sheet import MapSheet

__all__ = ["draw"]

# Three decimals are 100 m, less than a pixel on any screen that shows a whole country.
_DECIMALS = 3
# The study's own 81 outlines have 5,300; much more would not leave a page under 400 KB.
_MOST_POINTS = 6000
# Room that the map leaves around the units, in pixels.
_PADDING = 6
# Of many units more are left, or coasts turn into straight lines.
_POINTS_EACH = 10
_STYLE = {"weight": STROKES["shape"].width, "color": STROKES["shape"].colour, "fillOpacity": 1}


class _Fitted(folium.MacroElement):  # type: ignore[misc]
    """The view that shows all units, taken before they are drawn: a later one projects them twice."""

    # A box without room has no zoom, and a map without a zoom never comes back.
    _template = Template(
        """
        {%- macro script(this, kwargs) -%}
        {%- set map = this._parent.get_name() -%}
        (function (map, box) {
          if (Math.min(box.clientWidth, box.clientHeight) < 40) return;
          map.fitBounds({{ this.bounds }}, { animate: false, padding: [{{ this.padding }}, {{ this.padding }}] });
          map.fitted = box.clientWidth;
        })({{ map }}, {{ map }}.getContainer());
        {%- endmacro -%}
        """
    )

    def __init__(self, bounds: list[list[float]]) -> None:
        super().__init__()
        self._name = "Fitted"
        self.bounds, self.padding = bounds, _PADDING


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, (int, float)):
        return round(float(coordinates), _DECIMALS)
    rounded = [_rounded(part) for part in coordinates]
    if len(rounded) > 4 and isinstance(rounded[0][0], float):
        # Points that fall together after rounding are one; a ring keeps at least its triangle.
        kept = [p for p, before in zip(rounded, [None, *rounded], strict=False) if p != before]
        return kept if len(kept) >= 4 else rounded
    return rounded


def _light(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Thin a user's outlines, neighbours together, until a page of them stays light."""
    tolerance = float(max(geometry.total_bounds[2:] - geometry.total_bounds[:2])) / 8000
    most = max(_MOST_POINTS, _POINTS_EACH * len(geometry))
    while int(geometry.count_coordinates().sum()) > most:
        try:
            thinner = geometry.simplify_coverage(tolerance)
        except (ValueError, RuntimeError):  # no coverage: shapes one by one
            thinner = geometry.simplify(tolerance)
        geometry = thinner.where(~thinner.is_empty, geometry)
        tolerance *= 2
        if tolerance > 10:
            break
    return geometry


def _collection(geometry: gpd.GeoSeries) -> dict[str, Any]:
    features = []
    for unit, shape in geometry.items():
        described = shape.__geo_interface__
        features.append(
            {
                "type": "Feature",
                "id": str(unit),
                "properties": {},
                "geometry": {
                    "type": described["type"],
                    "coordinates": _rounded(described["coordinates"]),
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _ratio(west: float, south: float, east: float, north: float) -> float:
    """Width over height of a box of degrees in Mercator, within what a page can show."""
    top, bottom = (
        math.degrees(math.log(math.tan(math.pi / 4 + math.radians(max(-85, min(85, y))) / 2)))
        for y in (north, south)
    )
    return min(max((east - west) / max(top - bottom, 1e-9), 0.8), 2.6)


def _drawing(
    sheet: MapSheet, bounds: list[list[float]], names: pd.Series, points: pd.DataFrame
) -> dict[str, Any]:
    """What the page's script needs to colour the shapes, ids as text."""
    at = points.round(_DECIMALS)
    return {
        "bounds": bounds,
        "padding": [_PADDING, _PADDING],
        "title": sheet.title.to_dict(),
        "strokes": {name: stroke.packed() for name, stroke in STROKES.items()},
        "rings": RINGS,
        # The arrow keys go through the units in the order of the table.
        "units": [
            {
                "id": str(unit),
                "at": [float(at.loc[unit, "latitude"]), float(at.loc[unit, "longitude"])],
            }
            for unit in sorted(names.index, key=lambda unit: sort_key(str(names[unit])))
        ],
        "views": [
            {
                "key": v.key,
                "fill": dict(v.fill),
                "extra": dict(v.extra),
                "columns": list(v.columns),
                "marked": list(v.marked),
                "dotted": list(v.dotted),
                "circles": {u: round(r, 1) for u, r in v.circles.items()},
                "lines": [list(line) for line in v.lines],
            }
            for v in sheet.views
        ],
    }


def draw(
    sheet: MapSheet,
    regions: Regions,
    *,
    language: Language = "tr",
    index: str | None = None,
) -> folium.Map:
    """
    Draw a sheet as a folium map that opens offline.

    Parameters
    ----------
    sheet : MapSheet
    regions : Regions
        Polygons, names and points; names are escaped wherever they appear.
    language : {"tr", "en"}
        Shown first.
    index : str, optional
        File to link back to.

    Returns
    -------
    folium.Map
        Its root is an `OfflineFigure`; ``save`` writes a page that makes no request.
    """
    geometry, names = _light(regions.geometry), shown_names(regions)
    west, south, east, north = geometry.total_bounds.tolist()
    bounds = [[south, west], [north, east]]
    drawing = script_json(_drawing(sheet, bounds, names, regions.points))
    figure = OfflineFigure(
        sheet.title,
        before=hatchings() + above(sheet),
        after=below(sheet, names, index=index),
        language=language,
        data=(
            f'<script type="application/json" id="drawing">{drawing}</script>\n'
            # A closing tag in a name cannot end this block: < is written as &lt;.
            f'<template id="csv">{escape(csv(sheet, names), quote=False)}</template>\n'
        ),
        script=f"{asset('names.js')}{asset('map.js').strip()}(map_1, geo_json_1);",
        ratio=_ratio(west, south, east, north),
    )
    view = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=6,
        zoom_control="bottomleft",
        zoom_snap=0,
        zoom_delta=0.5,
        min_zoom=3,
        max_zoom=12,
        scroll_wheel_zoom=False,
    )
    figure.add_child(view)
    view.add_child(_Fitted(bounds))
    folium.GeoJson(
        _collection(geometry), name="units", smooth_factor=0, style_function=lambda _: _STYLE
    ).add_to(view)
    return view
