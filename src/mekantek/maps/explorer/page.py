"""The linked explorer: map, Moran scatterplot, table and specification curve on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.maps.explorer.tables import (
    CORRECTED,
    TESTED_TAILS,
    Curve,
    Group,
    curve_data,
    in_order,
    map_data,
)
from mekantek.maps.explorer.words import LABELS, SCRIPT
from mekantek.maps.page import Page, asset, bilingual, document, script_json
from mekantek.maps.palette import CLUSTERS, MISSING, Entry, legend_html, share_bins
from mekantek.maps.sheets.facts import about, neighbourhood, shown_names, unit
from mekantek.maps.strokes import ATLAS, STROKES
from mekantek.maps.svg import outlines, place
from mekantek.text import CORRECTIONS, TAILS, Language, Text, capitalized

if TYPE_CHECKING:
    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["Explorer", "explorer_page"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Explorer(Page):
    """
    A finished explorer page, light to look at in a notebook.

    Attributes
    ----------
    title, html
        See `mekantek.maps.page.Page`.
    maps : int
        How many maps its switches lead to.
    """

    maps: int

    @property
    def told(self) -> str:
        """What it is and holds, in a few words."""
        return f"Explorer: {self.maps} maps"


def explorer_page(
    study: Study,
    graphs: Mapping[str, SpatialGraph],
    *,
    curves: Mapping[str, Curve] | None = None,
    stability: Mapping[str, pd.DataFrame] | None = None,
    groups: Sequence[Group] = (),
    language: Language = "tr",
    index: str | None = None,
) -> Explorer:
    """
    Draw the explorer of a study.

    Parameters
    ----------
    study : Study
    graphs : mapping of SPEC to SpatialGraph
        Neighbours to switch between, the first shown first.
    curves : mapping of class to Curve, optional
    stability : mapping of class to DataFrame, optional
        Parts of ``attrs["maps"]`` maps in which each unit is in each kind of cluster: columns
        ``HH``, ``LL``, ``HL``, ``LH`` and the same with ``_adjusted``.
    groups : sequence of Group
        What can be selected together.
    language : {"tr", "en"}
        Shown first; the page has both.
    index : str, optional
        File to link back to.

    Returns
    -------
    Explorer

    Raises
    ------
    OptionError
        If no class has shares, or neighbours have unequal weights.
    """
    data = _data(study, graphs, curves or {}, stability or {}, groups)
    page = document(
        _TITLE,
        _body(study, data, groups, index),
        language=language,
        head=f"<style>{asset('explorer.css')}</style>",
        scripts=[asset("packed.js"), asset("explorer.js")],
    )
    return Explorer(title=_TITLE, html=page, maps=len(data["maps"]) * 2 * len(CORRECTED))


_TITLE = Text(
    "Keşif: harita, saçılım, tablo ve seçimler", "Explorer: map, scatterplot, table, choices"
)
_KINDS = ("HH", "LL", "HL", "LH")


def _data(
    study: Study,
    graphs: Mapping[str, SpatialGraph],
    curves: Mapping[str, Curve],
    stability: Mapping[str, pd.DataFrame],
    groups: Sequence[Group],
) -> dict[str, Any]:
    """Everything the script reads."""
    names = shown_names(study)
    ids = names.index
    order = {u: k for k, u in enumerate(ids)}
    maps = map_data(study, graphs)
    classes = list(dict.fromkeys(key.split("|")[0] for key in maps["series"]))
    years = sorted({key.split("|")[1] for key in maps["series"]})
    asked = [str(h.options["class"]) for h in study.design.hypotheses]
    first = next((c for c in asked if c in classes), classes[0])
    design, say = study.design, study.design.unit.say
    latest = max(key.split("|")[1] for key in maps["series"] if key.split("|")[0] == first)
    at, _ = place(study.geometry, study.points)
    return {
        **maps,
        "ids": [str(u) for u in ids],
        "names": list(names),
        "places": _places(study),
        "at": at,
        "alphabet": in_order(names),
        "years": years,
        "tails": list(TESTED_TAILS),
        "corrections": list(CORRECTED),
        "first": {
            "class": first, "year": latest, "neighbours": next(iter(graphs)),
            "tail": TESTED_TAILS[0], "correction": CORRECTED[1], "fill": "cluster",
        },
        "classes": {name: capitalized(design.title_of(name)).to_dict() for name in classes},
        "shares": {name: int(design.variable(name).kind == "share") for name in classes},
        "specs": {spec: neighbourhood(spec).to_dict() for spec in graphs},
        "tail_words": {tail: TAILS[tail].to_dict() for tail in TESTED_TAILS},
        "correction_words": {name: CORRECTIONS[name].to_dict() for name in CORRECTED},
        "clusters": [
            {"key": key, "fill": fill, "label": told.to_dict()}
            for key, (fill, told) in (*CLUSTERS.items(), ("missing", ("hatch-missing", MISSING)))
        ],
        "colours": {name: share_bins(study, name).colours for name in classes},
        "steady": [list(CLUSTERS).index(kind) for kind in _KINDS],
        "stability": {c: _steady(table, order) for c, table in stability.items()},
        "groups": [[order[m] for m in group.members] for group in groups],
        "curves": {c: curve_data(curve, order) for c, curve in curves.items()},
        "words": {key: say(told).to_dict() for key, told in SCRIPT.items()},
    }  # fmt: skip


def _places(study: Study) -> list[str]:
    """Where each unit lies, for the table: the largest regions that are named."""
    regions = study.regions
    known = [g for g in study.design.groupings if g.column in regions]
    if not known:
        return [""] * len(regions)
    largest = min(known, key=lambda g: regions[g.column].nunique())
    return [str(v) for v in regions[largest.named or largest.column]]


def _steady(table: pd.DataFrame, order: Mapping[Any, int]) -> dict[str, Any]:
    """Count the maps of each kind of cluster, plain and corrected, of units that are in any."""
    maps = int(table.attrs["maps"])
    counts = (table[[*_KINDS, *(f"{k}_adjusted" for k in _KINDS)]] * maps).round().astype(int)
    some = counts[(counts > 0).any(axis=1)]
    units = {
        str(order[u]): row for u, row in zip(some.index, some.to_numpy().tolist(), strict=True)
    }
    return {"maps": maps, "units": units}


def _option(value: str, told: Text) -> str:
    return (
        f'<option value="{escape(value)}" data-tr="{escape(told.tr)}" data-en="{escape(told.en)}">'
        f"{escape(told.tr)}</option>"
    )


def _pick(name: str, options: Sequence[tuple[str, Text]]) -> str:
    listed = "".join(_option(value, told) for value, told in options)
    return (
        f'<label class="pick">{bilingual(LABELS[name])}<select name="{name}" autocomplete="off">'
        f"{listed}</select></label>"
    )


def _radios(name: str, options: Sequence[tuple[str, Text]]) -> str:
    listed = "".join(
        f'<label><input type="radio" name="{name}" value="{value}" autocomplete="off">'
        f"{bilingual(told)}</label>"
        for value, told in options
    )
    return f"<fieldset><legend>{bilingual(LABELS[name])}</legend>{listed}</fieldset>"


def _switches(study: Study, data: Mapping[str, Any]) -> str:
    years = [(year, Text(year, year)) for year in data["years"]]
    return (
        '<form class="switches" id="switches">'
        + _pick("class", [(c, capitalized(study.design.title_of(c))) for c in data["classes"]])
        + _pick("year", years)
        + _pick("neighbours", [(spec, Text(**told)) for spec, told in data["specs"].items()])
        + _radios("fill", [("cluster", LABELS["cluster"]), ("share", LABELS["value"])])
        + _radios("tail", [(tail, TAILS[tail]) for tail in TESTED_TAILS])
        + _radios("correction", [(c, CORRECTIONS[c]) for c in CORRECTED])
        + "</form>"
    )


def _map(study: Study, data: Mapping[str, Any]) -> str:
    """Every shape once, grey until the script paints it; the legend with a line for every class."""
    _, height = place(study.geometry, study.points)
    shapes = "".join(
        f'<use href="#shape-{k}" role="option" aria-selected="false" tabindex="-1" data-k="{k}" '
        f'fill="{CLUSTERS["ns"][0]}" aria-label="{escape(name)}"/>'
        for k, name in enumerate(data["names"])
    )
    opened = Entry(label=LABELS["open"], sign="dotted", count=0)
    missing = Entry(fill="hatch-missing", label=MISSING, count=0)
    legends = legend_html(
        [
            *(Entry(fill=fill, label=told, count=0) for fill, told in CLUSTERS.values()),
            missing,
            opened,
        ],
        view="cluster",
        hidden=False,
    )
    for name in data["classes"]:
        bins = share_bins(study, name)
        steps = zip(bins.colours, bins.labels, strict=True)
        entries = [Entry(fill=colour, label=label, count=0) for colour, label in steps]
        legends += legend_html([*entries, missing, opened], view=name, hidden=True)
    hint = study.design.unit.say(LABELS["map_hint"])
    return (
        f"<section><h2>{bilingual(LABELS['map'])}</h2>"
        f'<svg id="map" viewBox="-3 -3 406 {height + 6:.0f}"><g role="listbox" '
        f'{STROKES["shape"].svg(ATLAS)} aria-multiselectable="true" aria-describedby="map-hint">{shapes}</g></svg>'
        f'<div class="legends" id="legend">{legends}</div><p class="hint" id="absent"></p>'
        f'<p id="pointed"></p><p class="hint" id="map-hint">{bilingual(hint)}</p></section>'
    )


def _plot(say: Callable[[Text], Text]) -> str:
    lines = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="slope {key}" d="M0 4H28"/></svg>'
        f'<span>{bilingual(LABELS[f"slope_{key}"])} </span><b id="slope-{key}"></b></li>'
        for key in ("all", "in", "out")
    )
    return (
        f"<section><h2>{bilingual(LABELS['plot'])}</h2>"
        f'<svg id="scatter" viewBox="0 0 420 400" role="img" aria-labelledby="plot-hint"></svg>'
        f'<ul class="slopes">{lines}</ul><p class="hint" id="plot-hint">'
        f"{bilingual(say(LABELS['plot_hint']))}</p></section>"
    )


def _selection(groups: Sequence[Group]) -> str:
    parts, kind = [], None
    for k, group in enumerate(groups):
        if group.kind != kind:
            parts.append("</optgroup>" if kind is not None else "")
            kind = group.kind
            told = (
                f'label="{escape(kind.tr)}" data-tr="{escape(kind.tr)}" data-en="{escape(kind.en)}"'
            )
            parts.append(f"<optgroup {told}>")
        parts.append(_option(str(k), group.label))
    parts.append("</optgroup>" if groups else "")
    pick = _option("", LABELS["pick"])
    return (
        f"<section><h2>{bilingual(LABELS['selection'])}</h2>"
        '<p id="told" role="status" aria-live="polite"></p><div class="with">'
        f"<label>{bilingual(LABELS['region'])}"
        f'<select id="region" autocomplete="off">{pick}{"".join(parts)}</select></label>'
        f'<button type="button" id="invert">{bilingual(LABELS["invert"])}</button>'
        f'<button type="button" id="clear" disabled>{bilingual(LABELS["clear"])}</button></div>'
        "</section>"
    )


def _curve() -> str:
    return (
        f'<section id="curve" hidden><h2>{bilingual(LABELS["curve"])}: <span id="finding"></span></h2>'
        '<p id="curve-told"></p><figure class="curve"><svg id="strokes" viewBox="0 0 720 190" '
        'role="slider" tabindex="0" aria-valuenow="1"></svg>'
        '<figcaption><span id="curve-key"></span></figcaption></figure><dl id="stroke"></dl>'
        f'<p class="hint"><span id="like"></span> {bilingual(LABELS["curve_hint"])} '
        f'<a id="curve-link" href="#" hidden>{bilingual(LABELS["curve_link"])}</a></p></section>'
        f'<p class="hint" id="no-curve" hidden>{bilingual(LABELS["no_curve"])}</p>'
    )


_COLUMNS = (
    ("selected", False), ("name", False), ("region", False), ("share", True), ("lag", True),
    ("p", True), ("adjusted", True), ("cluster", False), ("stable", False),
)  # fmt: skip


def _table(study: Study, data: Mapping[str, Any]) -> str:
    """Rows in the order of the units; the script adds the cells, fills and sorts them."""
    word = capitalized(unit(study))
    names = {**{key: LABELS[f"column_{key}"] for key, _ in _COLUMNS if key != "name"}, "name": word}

    def styled(key: str, number: bool) -> str:
        told = " ".join(["number"] * number + ["wide"] * (key in ("region", "lag", "adjusted")))
        return f' class="{told}"' if told else ""

    head = "".join(
        f'<th scope="col"{styled(key, number)}><button type="button" value="{key}">'
        f"{bilingual(names[key])}</button></th>"
        for key, number in _COLUMNS
    )
    rows = "".join(
        f'<tr><td><input type="checkbox" autocomplete="off" aria-label="{escape(name)}"></td>'
        f'<th scope="row">{escape(name)}</th></tr>'
        for name in data["names"]
    )
    save = f'<button type="button" id="save">{bilingual(LABELS["save"])}</button>'
    return (
        f'<section><h2 id="table-title">{bilingual(LABELS["table"])}</h2>'
        '<div class="tall" tabindex="0" role="region" aria-labelledby="table-title">'
        f'<table id="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="actions">{save}</p></section>'
    )


def _method(study: Study) -> Text:
    """Say what was computed beforehand, and on how many maps steadiness was counted."""
    counts = Text(str(len(study.years)), str(len(study.years)))
    told = LABELS["method_told"].format(years=counts, networks=len(study.design.networks))
    return study.design.unit.say(told)


def _body(study: Study, data: Mapping[str, Any], groups: Sequence[Group], index: str | None) -> str:
    facts = "".join(
        f"<div><dt>{bilingual(term)}</dt><dd>{bilingual(told)}</dd></div>"
        for term, told in about(study, (LABELS["method"], _method(study)))
    )
    back = ""
    if index:
        there = escape(index)
        back = f'<p><a href="{there}" data-page="{there}">{bilingual(LABELS["back"])}</a></p>'
    return (
        f'{outlines(study.geometry, large=True)}<main>{back}<p class="reading" id="reading" role="status"></p>'
        f"<noscript><p>{bilingual(LABELS['no_script'])}</p></noscript>{_switches(study, data)}"
        f'<div class="panes">{_map(study, data)}{_plot(study.design.unit.say)}</div>{_selection(groups)}'
        f"{_curve()}{_table(study, data)}<h2>{bilingual(LABELS['about'])}</h2>"
        f'<dl class="facts">{facts}</dl></main><div id="tip" aria-hidden="true" hidden></div>'
        f'<script type="application/json" id="explorer">{script_json(data)}</script>'
    )
