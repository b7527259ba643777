"""All maps of a study: on one page that holds the shapes once, and each as a page of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.datasets import files
from mekantek.maps.explorer.packed import pack
from mekantek.maps.page import asset, bilingual, document, script_json
from mekantek.maps.palette import HATCHES, Entry, hatching
from mekantek.maps.sheets.facts import shown_names
from mekantek.maps.sheets.sheet import Column, MapSheet, View
from mekantek.maps.strokes import ATLAS, RINGS, STROKES
from mekantek.maps.svg import outlines, place
from mekantek.text import Language, Text, bound, capitalized, sort_key

if TYPE_CHECKING:
    from mekantek.maps.sheets.facts import Regions

__all__ = ["KINDS", "atlas_page", "kind_title", "write_maps"]

KINDS: Mapping[str, Text] = {
    "share": Text("Pay", "Share"),
    "years": Text("Yıllar", "Years"),
    "dominant": Text("En büyük sınıf", "Largest class"),
    "clusters": Text("Kümeler (yerel Moran)", "Clusters (local Moran)"),
    "hotspots": Text("Sıcak ve soğuk noktalar", "Hot and cold spots"),
    "stability": Text("Kümelerin kararlılığı", "Steadiness of clusters"),
    "quotient": Text("Yerleşim katsayısı", "Location quotient"),
    "value": Text("Pay ve değer", "Share and value"),
    "corridor": Text("Koridorlar", "Corridors"),
    "index": Text("Endeks ve değer", "Index and value"),
    "neighbours": Text("Komşuluk", "Neighbours"),
}
"""The sorts of maps, in the order in which the atlas shows them."""


def kind_title(kind: str, regions: Regions) -> Text:
    """
    Name a sort of map; what is no share is a value.

    Examples
    --------
    >>> import mekantek as mt
    >>> kind_title("share", mt.load_study()).en
    'Share'
    """
    design = getattr(regions, "design", None)
    variables = () if design is None else design.variables.values()
    if kind == "share" and any(variable.kind != "share" for variable in variables):
        return Text("Değer", "Value")
    return KINDS[kind]


_TITLE = Text("Atlas: bütün haritalar", "Atlas: all maps")
_WORDS: Mapping[str, Text] = {
    "map": Text("Harita", "Map"),
    "which": Text("Hangisi", "Which"),
    "view": Text("Gösterilen", "Shown"),
    "year": Text("Yıl", "Year"),
    "play": Text("Yılları oynat", "Play the years"),
    "stop": Text("Durdur", "Stop"),
    "own": Text("Haritanın kendi sayfası: yakınlaştırma ve veri (CSV)",
                "The map's own page: zoom and data (CSV)"),
    "back": Text("← Rapora dön", "← Back to the report"),
    "table": Text("Haritanın verisi", "The data behind the map"),
    "about": Text("Künye", "About this map"),
    "hint": Text("Bir şeklin üstüne gelin ya da sekme tuşuyla girip oklarla gezin.",
                 "Point at a shape, or tab into the map and walk with the arrow keys."),
    "no_script": Text("Bu sayfa JavaScript ister; haritaların kendi sayfaları raporda sıralıdır.",
                      "This page needs JavaScript; the report lists the maps' own pages."),
}  # fmt: skip


class _Phrases:
    """Every text of the page once; what says it holds its number."""

    def __init__(self) -> None:
        self._numbers: dict[Text, int] = {}

    def __call__(self, text: Text) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def listed(self) -> list[str | list[str]]:
        """Both languages, or one text where they say the same."""
        both = ([bound(t.tr), bound(t.en)] for t in self._numbers)
        return [tr if tr == en else [tr, en] for tr, en in both]


def atlas_page(
    sheets: Sequence[MapSheet],
    regions: Regions,
    *,
    language: Language = "tr",
    index: str | None = None,
    pages: bool = False,
) -> str:
    """
    Write all maps as one page.

    Parameters
    ----------
    sheets : sequence of MapSheet
        Of the same units.
    regions : Regions
    language : {"tr", "en"}
        Shown first.
    index : str, optional
        File to link back to.
    pages : bool
        Whether each sheet has a page of its own beside this one, named by its slug.

    Returns
    -------
    str
        One HTML document that makes no request. Which map and view are shown stands in the address.
    """
    ordered = sorted(sheets, key=lambda s: list(KINDS).index(s.kind))
    names = shown_names(regions)
    ids = [str(u) for u in names.index]
    order = {u: k for k, u in enumerate(ids)}
    _, height = place(regions.geometry, regions.points)
    say = _Phrases()
    data: dict[str, Any] = {
        "names": list(names),
        "at": place(regions.geometry, regions.points)[0],
        "alphabet": sorted(range(len(ids)), key=lambda k: sort_key(names.iloc[k])),
        "kinds": [
            [kind, say(kind_title(kind, regions))]
            for kind in dict.fromkeys(s.kind for s in ordered)
        ],
        "words": {key: say(told) for key, told in _WORDS.items()},
        "hatches": {name: hatching(name) for name in HATCHES},
        "strokes": {name: stroke.packed(ATLAS) for name, stroke in STROKES.items()},
        "rings": RINGS,
        "sheets": [_packed(sheet, regions, order, say) for sheet in ordered],
        "unit": say(capitalized(ordered[0].unit)),
        "pages": pages,
    }
    data["texts"] = say.listed()
    shapes = "".join(
        f'<use href="#shape-{k}" role="img" tabindex="-1" data-k="{k}" aria-label="{escape(name)}"/>'
        for k, name in enumerate(data["names"])
    )
    back = ""
    if index:
        there = escape(index)
        back = f'<p><a href="{there}" data-page="{there}">{bilingual(_WORDS["back"])}</a></p>'
    body = (
        f'{outlines(regions.geometry, large=True)}<main>{back}'
        f"<noscript><p>{bilingual(_WORDS['no_script'])}</p></noscript>"
        '<form class="switches" id="switches"></form><h2 id="title"></h2>'
        '<p class="reading" id="reading" role="status"></p><div id="views"></div>'
        f'<svg id="map" viewBox="-3 -3 406 {height + 6:.0f}" role="group" aria-labelledby="title">'
        f'<g id="shapes" {STROKES["shape"].svg(ATLAS)}>{shapes}</g><g id="over" aria-hidden="true"></g></svg>'
        '<div class="legends"><ul id="legend"></ul></div><p id="pointed" role="status"></p>'
        f'<p class="hint">{bilingual(_WORDS["hint"])}</p><p class="actions"><a id="own" hidden></a></p>'
        f'<details><summary>{bilingual(_WORDS["table"])}</summary><div class="scroll" tabindex="0" '
        'role="region" aria-labelledby="title"><table id="data"></table></div></details>'
        f'<h2>{bilingual(_WORDS["about"])}</h2><dl class="facts" id="facts"></dl></main>'
        f'<script type="application/json" id="atlas">{script_json(data)}</script>'
    )  # fmt: skip
    return document(
        _TITLE, body, language=language, head=f"<style>{asset('atlas.css')}</style>",
        scripts=[asset("packed.js"), asset("names.js"), asset("atlas.js")],
    )  # fmt: skip


def _packed(
    sheet: MapSheet, regions: Regions, order: Mapping[str, int], say: _Phrases
) -> dict[str, Any]:
    """Write a sheet with texts as numbers and one digit for the colour of each unit."""
    points = regions.points.round(3)
    place_of = {
        (float(at["latitude"]), float(at["longitude"])): k
        for k, (_, at) in enumerate(points.iterrows())
    }
    design, called = getattr(regions, "design", None), sheet.title
    if sheet.kind != "corridor" and sheet.classes and design is not None:
        called = design.title_of(sheet.classes)
    return {
        "slug": sheet.slug,
        "kind": sheet.kind,
        "called": say(capitalized(called)),
        "title": say(sheet.title),
        "reading": say(sheet.reading),
        "first": sheet.first,
        "checkbox": None if sheet.checkbox is None else say(sheet.checkbox),
        "facts": [[say(term), say(told)] for term, told in sheet.facts],
        "columns": [[say(c.header), int(c.number), _cells(c, order, say)] for c in sheet.columns],
        "views": [_view(v, order, place_of, say) for v in sheet.views],
    }


def _cells(column: Column, order: Iterable[str], say: _Phrases) -> str:
    return pack((say(column.shown[u]) for u in order), 3)


def _view(
    view: View,
    order: Mapping[str, int],
    place_of: Mapping[tuple[float, float], int],
    say: _Phrases,
) -> dict[str, Any]:
    fills = sorted({view.fill[u] for u in order})
    number = {fill: k for k, fill in enumerate(fills)}
    told: dict[str, Any] = {
        "key": view.key,
        "label": say(view.label),
        "year": view.year,
        "fills": fills,
        "fill": pack((number[view.fill[u]] for u in order), 1),
        "columns": list(view.columns),
        "legend": [_line(entry, say) for entry in view.legend],
    }
    lines = {
        name: pack(
            (place_of[end] for a, b, c, d, dash in view.lines if dash == dashed
             for end in ((a, b), (c, d))), 2,
        )
        for name, dashed in (("lines", False), ("dashed", True))
    }  # fmt: skip
    optional: dict[str, Any] = {
        "extra": {order[u]: fill for u, fill in view.extra.items()},
        "marked": [order[u] for u in view.marked],
        "dotted": [order[u] for u in view.dotted],
        "circles": [[order[u], round(r, 1)] for u, r in view.circles.items()],
        **lines,
    }
    return {**told, **{key: value for key, value in optional.items() if value}}


def _line(entry: Entry, say: _Phrases) -> list[Any]:
    sign = entry.fill if entry.sign == "fill" else f"sign-{entry.sign}"
    count = -1 if entry.count is None else entry.count
    rest = [round(entry.radius, 1)] if entry.radius else []
    return [sign, say(entry.label), count, int(entry.extra), *rest]


def write_maps(
    sheets: Iterable[MapSheet],
    regions: Regions,
    folder: Path | os.PathLike[str] | str,
    *,
    language: Language = "tr",
    index: str | None = None,
    step: Callable[[str], Any] = lambda _: None,
) -> list[Path]:
    """
    Write every sheet as a page of its own.

    Parameters
    ----------
    sheets : iterable of MapSheet
    regions : Regions
    folder : path
        Must exist.
    language : {"tr", "en"}
        Shown first on every page.
    index : str, optional
        File to link back to.
    step : callable
        Told the name of each page.

    Returns
    -------
    list of Path
        Named by the sheets' slugs. All pages are made before the first is written.
    """
    from mekantek.maps.layers import draw

    pages = {}
    for sheet in sheets:
        step(sheet.slug)
        drawn = draw(sheet, regions, language=language, index=index)
        pages[sheet.slug] = drawn.get_root().render()
    return [
        files.write_whole(Path(folder) / f"{name}.html", page.encode())
        for name, page in pages.items()
    ]
