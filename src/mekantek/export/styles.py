"""One QGIS style for each view of the maps, in their colours, classes and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.export.qml import DOTTED, Category, Step, Style, categorized, field, graduated
from mekantek.maps.atlas import kind_title
from mekantek.maps.palette import (
    CLUSTERS,
    MISSING,
    Bins,
    change_bins,
    dominant_colours,
    part_bins,
    quotient_bins,
    share_bins,
    value_bins,
)
from mekantek.maps.sheets.sheet import MapSheet, View
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["STYLED", "cluster_styles", "number_styles", "study_styles"]

# Stands for missing in a ramp; below every share, change and quotient.
_NOWHERE, _UNSEEN = -1e300, -1e299
# The tolerance of `Bins.place`: the last bits of a float decide nothing.
_DUST = 1e-9
_ONLY_BEFORE = "_only_uncorrected"
_FOUND = ("HH", "LL", "LH", "HL")


def study_styles(
    study: Study,
    sheets: Iterable[MapSheet],
    columns: Collection[str],
    *,
    language: Language = "tr",
) -> list[Style]:
    """
    Make a style of every view whose values stand in the layer.

    Parameters
    ----------
    study : Study
        Whose variables the sheets show.
    sheets : iterable of MapSheet
        Kinds that a layer's colours cannot show (corridors, neighbours, circles, two variables)
        give none.
    columns : collection of str
        Of the layer, see `study_layer`.
    language : {"tr", "en"}
        Of names and legends.

    Returns
    -------
    list of Style
        The default, one of them, is the last year's share on the first sheet; without shares the
        first style.
    """
    made: dict[str, Style] = {}
    preferred = None
    for sheet in sheets:
        for position, view in enumerate(sheet.views):
            make = _STYLES.get(sheet.kind)
            style = None if make is None else make(study, sheet, view, language)
            if style is None or style.name in made or not set(style.columns) <= set(columns):
                continue
            made[style.name] = style
            if sheet.kind == "share" and position == sheet.first and preferred is None:
                preferred = style.name
    preferred = preferred or next(iter(made), None)
    return [replace(style, default=name == preferred) for name, style in made.items()]


def number_styles(
    values: pd.Series, sheet: MapSheet, column: str, *, label: str, language: Language = "tr"
) -> list[Style]:
    """
    Make the style of a user's own numbers, in the bins of their map.

    Parameters
    ----------
    values : pandas.Series
    sheet : MapSheet
        See `mekantek.maps.sheets.shares.number_sheet`.
    column : str
        Of the layer.
    label : str
        The column whose words stand on the map.
    language : {"tr", "en"}

    Returns
    -------
    list of Style
        Of one; of none if all values are missing.
    """
    bins = value_bins(values)
    if not bins.colours:
        return []
    qml = _ramp(column, bins, language, label=label)
    name = _short(sheet.title[language])
    return [Style(name=name, description=sheet.reading[language], qml=qml, columns=(column,),
                  default=True)]  # fmt: skip


def cluster_styles(
    sheet: MapSheet, prefix: str, *, label: str, language: Language = "tr"
) -> list[Style]:
    """
    Make the styles of clusters of a user's own numbers.

    Parameters
    ----------
    sheet : MapSheet
        See `mekantek.maps.sheets.clusters.cluster_sheet`.
    prefix : str
        The layer has the columns *prefix* and *prefix* + ``_unadjusted``.
    label : str
        The column whose words stand on the map.
    language : {"tr", "en"}

    Returns
    -------
    list of Style
    """
    return [
        Style(
            name=_short(sheet.title[language]),
            description=sheet.reading[language],
            qml=_clusters(view, prefix, language, label=label),
            columns=(prefix, f"{prefix}_unadjusted"),
        )
        for view in sheet.views
    ]


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:79] + "…"


def _style(
    study: Study, sheet: MapSheet, view: View, language: Language, qml: str,
    columns: tuple[str, ...],
) -> Style:  # fmt: skip
    told = [kind_title(sheet.kind, study)]
    if sheet.classes:
        told.append(study.design.title_of(sheet.classes))
    name = ": ".join(t[language] for t in told) + f", {view.label[language]}"
    basis = next((t for term, t in sheet.facts if term.en == "Basis"), Text("", ""))
    return Style(
        name=name, description=f"{sheet.title[language]} — {basis[language]}".removesuffix(" — "), qml=qml,
        columns=columns,
    )  # fmt: skip


def _ramp(
    column: str,
    bins: Bins,
    language: Language,
    *,
    label: str = "name",
    dotted: str | None = None,
    view: View | None = None,
) -> str:
    """Colour a column by fixed breaks; a value on a break belongs to the bin above it."""
    inner = [b - _DUST for b in bins.breaks[1:-1]]
    edges = [-1e298, *inner, 1e298]
    steps = [
        Step(low, high, colour, said[language])
        for (low, high), colour, said in zip(
            pairwise(edges), bins.colours, bins.labels, strict=True
        )
    ]
    steps.append(Step(_NOWHERE, _NOWHERE, "hatch-missing", MISSING[language]))
    # No value falls there; the legend tells what the outline means.
    steps += [
        Step(_UNSEEN, _UNSEEN, DOTTED, entry.label[language])
        for entry in (() if view is None else view.legend)
        if entry.sign == "dotted"
    ]
    return graduated(f"coalesce({field(column)}, {_NOWHERE!r})", steps, label=label, dotted=dotted)


def _open(*columns: str) -> str:
    """Say when a value is unresolved in any of the columns of status."""
    return " OR ".join(f"coalesce({field(c)}, '') = 'unresolved'" for c in columns)


def _share(study: Study, sheet: MapSheet, view: View, language: Language) -> Style:
    name = sheet.classes
    years = [v.year for v in sheet.views if v.year is not None]
    if view.year is None:
        column, bins = f"{name}_change", change_bins(study, name)
        states = tuple(f"{name}_{year}_status" for year in years)
    else:
        column, bins = f"{name}_{view.year}", share_bins(study, name)
        states = (f"{column}_status",)
    qml = _ramp(column, bins, language, dotted=_open(*states), view=view)
    return _style(study, sheet, view, language, qml, (column, *states))


def _year(study: Study, sheet: MapSheet, view: View, language: Language) -> Style | None:
    ends = (sheet.views[0].key, sheet.views[-1].key)
    # The maps of shares show the first and the last year.
    return None if view.key in ends else _share(study, sheet, view, language)


def _dominant(study: Study, sheet: MapSheet, view: View, language: Language) -> Style:
    column = f"dominant_{view.year}"
    keys = {colour: name for name, colour in dominant_colours(study).items()}
    keys |= {"hatch-undefined": "tied", "hatch-missing": "missing"}
    found = [Category(keys[e.fill], e.fill, e.label[language]) for e in view.legend]
    qml = categorized(f"coalesce({field(column)}, 'missing')", found, label="name")
    return _style(study, sheet, view, language, qml, (column,))


def _clusters(view: View, prefix: str, language: Language, *, label: str = "name") -> str:
    """Colour by what survives correction, and hatch what is significant only before it."""
    keys = {fill: kind for kind, (fill, _) in CLUSTERS.items()}
    keys |= {f"hatch-{kind}": kind + _ONLY_BEFORE for kind in CLUSTERS if kind in _FOUND}
    keys["hatch-missing"] = "missing"
    told = [e for e in view.legend if e.sign == "fill"]
    found = [Category(keys[e.fill], e.fill, e.label[language]) for e in told]
    if "missing" not in {c.value for c in found}:
        found.append(Category("missing", "hatch-missing", MISSING[language]))
    after, before = field(prefix), field(f"{prefix}_unadjusted")
    listed = ", ".join(f"'{kind}'" for kind in _FOUND)
    shown = f"coalesce({after}, 'missing')"
    if any(e.extra for e in told):
        shown = (
            f"if({before} IN ({listed}) AND {after} NOT IN ({listed}), "
            f"{before} || '{_ONLY_BEFORE}', {shown})"
        )
    return categorized(shown, found, label=label)


def _lisa(study: Study, sheet: MapSheet, view: View, language: Language) -> Style:
    prefix = {"clusters": "lisa", "hotspots": "gstar"}[sheet.kind]
    column = f"{prefix}_{sheet.classes}_{view.year}"
    qml = _clusters(view, column, language)
    return _style(study, sheet, view, language, qml, (column, f"{column}_unadjusted"))


def _quotient(study: Study, sheet: MapSheet, view: View, language: Language) -> Style:
    column = f"lq_{sheet.classes}_{view.year}"
    state = f"{sheet.classes}_{view.year}_status"
    qml = _ramp(column, quotient_bins(), language, dotted=_open(state), view=view)
    return _style(study, sheet, view, language, qml, (column, state))


def _stability(study: Study, sheet: MapSheet, view: View, language: Language) -> Style:
    column = f"stability_{sheet.classes}_{view.key}"
    return _style(
        study, sheet, view, language, _ramp(column, part_bins(view.key), language), (column,)
    )


_STYLES: Mapping[str, Callable[[Study, MapSheet, View, Language], Style | None]] = {
    "share": _share,
    "years": _year,
    "dominant": _dominant,
    "clusters": _lisa,
    "hotspots": _lisa,
    "quotient": _quotient,
    "stability": _stability,
}

# Maps of the report's numbers; steadiness is a summary of many maps, computed by the study alone.
STYLED = tuple(kind for kind in _STYLES if kind != "stability")
