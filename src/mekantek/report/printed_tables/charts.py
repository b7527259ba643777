"""Charts 1 to 4: the map of a class's shares, small for the page and large for print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.maps.palette import fixed_bins, legend_html
from mekantek.maps.sheets.facts import about, number_of, numbers
from mekantek.maps.sheets.sheet import MapSheet, View
from mekantek.maps.svg import still
from mekantek.text import Text, percent

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.maps.figures import PrintFigure
    from mekantek.study import Design
    from mekantek.tabulation import PrintedTable
    from mekantek.text import Language

__all__ = ["Ground", "chart_figure", "chart_picture", "ground_of", "is_chart"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """
    The provinces' shapes with what is said below their maps; one of `mekantek.maps`'s Regions.

    Attributes
    ----------
    geometry : geopandas.GeoSeries
    names : pandas.Series
    points : pandas.DataFrame
    provenance : mapping
    design : Design
        How the provinces and the classes are called.
    """

    geometry: gpd.GeoSeries
    names: pd.Series
    points: pd.DataFrame
    provenance: Mapping[str, Any]
    design: Design


def is_chart(table: PrintedTable) -> bool:
    """Say whether a table is one of those that the report draws."""
    return table.id.startswith("Grafik") and table.reason is None


def ground_of(table: PrintedTable) -> Ground:
    """Give the shapes, with the basis and the source of a table below them."""
    from mekantek.study import load_study

    study = load_study()
    head = table.head
    return Ground(
        geometry=study.geometry,
        names=study.names,
        points=study.points,
        design=study.design,
        provenance={
            "basis": _joined(head[:-1]),
            "report": Text(*(line.partition(": ")[2] for line in (head[-1].tr, head[-1].en))),
            "boundaries": study.provenance["boundaries"],
        },
    )


def _joined(lines: tuple[Text, ...]) -> Text:
    return Text(". ".join(line.tr for line in lines), ". ".join(line.en for line in lines))


def _sheet(table: PrintedTable, ground: Ground) -> MapSheet:
    column = table.columns[-1]
    shares = table.frame[column.key].reindex(ground.names.index)
    bins = fixed_bins(ground.design.variable(column.key))
    known_shares = shares.dropna()
    known = known_shares.sort_values(ascending=False, kind="stable").head(3)
    names = ground.names.to_dict()

    def top(language: Language) -> str:
        return ", ".join(f"{names[p]} ({percent(float(v), language)})" for p, v in known.items())

    return MapSheet(
        kind="share",
        slug=table.slug,
        classes=column.key,
        title=table.full_title,
        reading=Text(f"En yüksek: {top('tr')}.", f"Highest: {top('en')}."),
        views=[
            View(
                key="share",
                label=column.head,
                fill=bins.fill(shares),
                columns=[0],
                legend=bins.entries(shares),
            )
        ],
        columns=[numbers(column.head, "share", shares, percent)],
        facts=about(ground, number_of(ground, len(known_shares))),
        unit=ground.design.unit.one,
    )


def chart_picture(table: PrintedTable, ground: Ground) -> str:
    """Draw a chart for a page that holds the outlines, with its legend."""
    sheet = _sheet(table, ground)
    view = sheet.views[0]
    described = f"{sheet.title.tr}. {sheet.reading.tr} / {sheet.title.en}. {sheet.reading.en}"
    picture = still(ground.geometry, ground.points, view, described=described)
    legend = legend_html(view.legend, view=sheet.slug, hidden=False)
    return f'<figure class="chart">{picture}<div class="legends">{legend}</div></figure>'


def chart_figure(table: PrintedTable, ground: Ground, language: Language) -> PrintFigure:
    """Draw a chart for print, in an equal-area projection, with its basis and source."""
    from mekantek.maps.figures import figure

    return figure(ground, _sheet(table, ground), language=language)
