"""Layers of a map; the only door for folium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import folium

from mekantek.maps.page import OfflineFigure, asset, bilingual, script_json
from mekantek.maps.palette import HATCHES, Entry, legend_html
from mekantek.text import LANGUAGES, Language, Text, sort_key

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Column", "Fact", "MapPage", "View", "draw"]

# Three decimals are 100 m, less than a pixel on any screen that shows a whole country.
_DECIMALS = 3

Fact = tuple[Text, Text]


@dataclass(frozen=True, kw_only=True)
class View:
    """
    One way to colour the shapes.

    Attributes
    ----------
    key : str
    label : Text
        Beside the radio button.
    fill : mapping of id (text) to colour or ``hatch-…``
    told : mapping of id (text) to {"tr": lines, "en": lines}
        What the tooltip says below the name.
    legend : sequence of Entry
    marked : sequence of id (text)
        Units with a strong outline.
    circles : mapping of id (text) to radius in pixels
    """

    key: str
    label: Text
    fill: Mapping[str, str]
    told: Mapping[str, Mapping[str, list[str]]]
    legend: Sequence[Entry]
    marked: Sequence[str] = ()
    circles: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A column of the table behind a map.

    Attributes
    ----------
    header : Text
    name : str
        Its name in the CSV that can be saved.
    shown : mapping of id (text) to Text
    raw : mapping of id (text) to str
        As written to the CSV.
    number : bool
    """

    header: Text
    name: str
    shown: Mapping[str, Text]
    raw: Mapping[str, str]
    number: bool = True


@dataclass(frozen=True, kw_only=True)
class MapPage:
    """
    Everything a map page says.

    Attributes
    ----------
    slug : str
        File name without ending.
    title, reading : Text
        The reading is the map in one sentence.
    views : sequence of View
    columns : sequence of Column
    facts : sequence of (term, description)
        n, method, tail, correction, basis, source, year, status, boundaries.
    lines : sequence of (pairs of points, dashed)
        Networks drawn over the shapes.
    """

    slug: str
    title: Text
    reading: Text
    views: Sequence[View]
    columns: Sequence[Column]
    facts: Sequence[Fact]
    lines: Sequence[tuple[list[list[list[float]]], bool]] = ()


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, (int, float)):
        return round(float(coordinates), _DECIMALS)
    rounded = [_rounded(part) for part in coordinates]
    if len(rounded) > 4 and isinstance(rounded[0][0], float):
        # Points that fall together after rounding are one; a ring keeps at least its triangle.
        kept = [p for p, before in zip(rounded, [None, *rounded], strict=False) if p != before]
        return kept if len(kept) >= 4 else rounded
    return rounded


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


def _table(page: MapPage, names: pd.Series) -> str:
    order = sorted(names.index, key=lambda unit: sort_key(str(names[unit])))
    head = f'<th scope="col">{bilingual(Text("il", "province"))}</th>' + "".join(
        f'<th scope="col"{" class=number" if c.number else ""}>{bilingual(c.header)}</th>'
        for c in page.columns
    )
    rows = []
    for unit in order:
        cells = "".join(
            f"<td{' class=number' if c.number else ''}>{bilingual(c.shown[str(unit)])}</td>"
            for c in page.columns
        )
        rows.append(f'<tr><th scope="row">{escape(str(names[unit]))}</th>{cells}</tr>')
    summary = bilingual(Text("Haritanın verisi (tablo)", "The data behind the map (table)"))
    return (
        f"<details><summary>{summary}</summary><div class='scroll' tabindex='0'><table><thead><tr>"
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _quoted(cell: str) -> str:
    """Quote a CSV cell, and keep a spreadsheet from running it as a formula."""
    if cell[:1] in "=+@\t\r" or (cell[:1] == "-" and not cell[1:].replace(".", "").isdigit()):
        cell = "'" + cell
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\n\r') else cell


def _csv(page: MapPage, names: pd.Series) -> str:
    lines = [",".join(["id", "name", *(_quoted(c.name) for c in page.columns)])]
    for unit in names.index:
        cells = [str(unit), str(names[unit]), *(c.raw[str(unit)] for c in page.columns)]
        lines.append(",".join(_quoted(c) for c in cells))
    return "\n".join(lines) + "\n"


def draw(
    page: MapPage,
    geometry: gpd.GeoSeries,
    names: pd.Series,
    points: pd.DataFrame,
    *,
    language: Language = "tr",
    index: str | None = None,
) -> folium.Map:
    """
    Draw a page as a folium map that opens offline.

    Parameters
    ----------
    page : MapPage
    geometry : geopandas.GeoSeries
        Polygons in EPSG:4326, index = ids.
    names : pandas.Series
        Names by id; escaped wherever they appear.
    points : pandas.DataFrame
        ``longitude``, ``latitude`` of a point in each unit.
    language : {"tr", "en"}
        Shown first.
    index : str, optional
        File to link back to.

    Returns
    -------
    folium.Map
        Its root is an `OfflineFigure`; ``save`` writes a page that makes no request.
    """
    radios = "".join(
        f'<label><input type="radio" name="view" value="{escape(v.key)}"'
        f"{' checked' if k == 0 else ''}>{bilingual(v.label)}</label>"
        for k, v in enumerate(page.views)
    )
    switch = Text("Gösterilen", "Shown")
    before = f'<main>\n<p class="reading">{bilingual(page.reading)}</p>\n'
    if len(page.views) > 1:
        before += (
            f'<fieldset class="views"><legend>{bilingual(switch)}</legend>{radios}</fieldset>\n'
        )
    legends = "".join(
        legend_html(list(v.legend), view=v.key, hidden=k > 0) for k, v in enumerate(page.views)
    )
    facts = "".join(
        f"<dt>{bilingual(term)}</dt><dd>{bilingual(told)}</dd>" for term, told in page.facts
    )
    save = bilingual(Text("Veriyi CSV olarak kaydet", "Save the data as CSV"))
    back = ""
    if index:
        home = bilingual(Text("Rapora dön", "Back to the report"))
        back = f'<p><a href="{escape(index)}" data-page="{escape(index)}">{home}</a></p>'
    after = (
        f'\n<div class="legends">{legends}</div>\n<dl class="facts">{facts}</dl>\n'
        f'<p><button type="button" id="save" data-name="{escape(page.slug)}.csv">{save}</button></p>\n'
        f"{_table(page, names)}\n{back}</main>\n"
    )
    west, south, east, north = geometry.total_bounds.tolist()
    bounds = [[south, west], [north, east]]
    units = [
        {
            "id": str(unit),
            "name": str(names[unit]),
            "at": [
                round(float(points.loc[unit, "latitude"]), _DECIMALS),
                round(float(points.loc[unit, "longitude"]), _DECIMALS),
            ],
        }
        for unit in names.index
    ]
    # Views that say the same share one copy of it.
    tellings = list({id(v.told): v.told for v in page.views}.values())
    drawing = {
        "bounds": bounds,
        "hatches": {name: list(colours) for name, colours in HATCHES.items()},
        "units": units,
        "told": [
            {u: {lang: list(t[lang]) for lang in LANGUAGES} for u, t in told.items()}
            for told in tellings
        ],
        "views": [
            {
                "key": v.key,
                "fill": dict(v.fill),
                "told": next(k for k, told in enumerate(tellings) if told is v.told),
                "marked": list(v.marked),
                "circles": {u: round(r, 1) for u, r in v.circles.items()},
            }
            for v in page.views
        ],
    }
    data = (
        f'<script type="application/json" id="drawing">{script_json(drawing)}</script>\n'
        # An HTML comment or a closing tag in a name cannot end this block: < is written as &lt;.
        f'<template id="csv">{escape(_csv(page, names), quote=False)}</template>\n'
    )
    figure = OfflineFigure(
        page.title, before=before, after=after, language=language, data=data,
        script=f"{asset('map.js').strip()}(map_1, geo_json_1);",
    )  # fmt: skip
    view = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, zoom_start=6,
        zoom_snap=0.1, zoom_delta=0.5, min_zoom=3, max_zoom=12, scroll_wheel_zoom=False,
    )  # fmt: skip
    figure.add_child(view)
    folium.GeoJson(
        _collection(geometry), name="units", smooth_factor=0,
        style_function=lambda _: {"weight": 0.7, "color": "#5c5c5c", "fillOpacity": 1},
    ).add_to(view)  # fmt: skip
    for lines, dashed in page.lines:
        folium.GeoJson(
            {"type": "Feature", "properties": {},
             "geometry": {"type": "MultiLineString", "coordinates": lines}},
            interactive=False,
            style_function=_line_style(dashed),
        ).add_to(view)  # fmt: skip
    return view


def _line_style(dashed: bool) -> Any:
    style = {"color": "#111111", "weight": 2 if dashed else 1, "opacity": 0.75}
    if dashed:
        style["dashArray"] = "3 5"
    return lambda _: style
