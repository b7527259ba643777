"""In how many of many reasonable maps a unit lies in a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mekantek.maps.palette import CLUSTERS, part_bins
from mekantek.maps.sheets.facts import about, numbers, shown_names, unit
from mekantek.maps.sheets.shares import slug
from mekantek.maps.sheets.sheet import Column, MapSheet, View
from mekantek.maps.wording import both
from mekantek.text import Text, capitalized, integer, percent, sort_key

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["stability_sheet"]

_KINDS = ("HH", "LL", "HL", "LH")
_STEADY = 0.8


def stability_sheet(study: Study, table: pd.DataFrame, column: str) -> MapSheet:
    """
    Show the part of the maps in which each unit lies in each kind of cluster.

    Parameters
    ----------
    study : Study
    table : pandas.DataFrame, index id
        Columns ``HH``, ``LL``, ``HL``, ``LH`` and the same with ``_adjusted``: parts in [0, 1] of
        ``attrs["maps"]`` maps.
    column : str
        The class that was mapped.

    Returns
    -------
    MapSheet
        A view for each kind of cluster, before correction; the table has both.
    """
    maps, names = int(table.attrs["maps"]), shown_names(study)
    name = study.design.title_of(column)
    views: list[View] = []
    columns: list[Column] = []
    for kind in _KINDS:
        label, bins = CLUSTERS[kind][1], part_bins(kind)
        plain, adjusted = table[kind], table[f"{kind}_adjusted"]
        views.append(
            View(
                key=kind,
                label=label,
                fill=bins.fill(plain),
                columns=[len(columns), len(columns) + 1],
                legend=bins.entries(plain),
            )
        )
        columns += [
            numbers(label, kind, plain, percent),
            numbers(
                Text(f"{label.tr}, düzeltilmiş", f"{label.en}, corrected"),
                f"{kind}_adjusted",
                adjusted,
                percent,
            ),
        ]
    steady = {
        kind: sorted((str(names[u]) for u in table.index[table[kind] >= _STEADY]), key=sort_key)
        for kind in _KINDS
    }
    found = {kind: members for kind, members in steady.items() if members}
    listed = both(
        lambda lang: "; ".join(
            f"{CLUSTERS[kind][1][lang]}: {', '.join(members)}" for kind, members in found.items()
        )
    )
    none = Text("hiçbiri", "none")
    return MapSheet(
        unit=unit(study),
        kind="stability",
        classes=column,
        slug=f"stability-{slug(column)}",
        title=Text(
            f"{capitalized(name).tr}: kümeler ne kadar kararlı?",
            f"{capitalized(name).en}: how steady are the clusters?",
        ),
        reading=Text(
            f"{integer(maps, 'tr')} makul haritanın en az {percent(_STEADY, 'tr', digits=0)} kadarında, "
            f"düzeltmesiz, kümede olanlar: {listed.tr or none.tr}.",
            f"In a cluster, uncorrected, on at least {percent(_STEADY, 'en', digits=0)} of "
            f"{integer(maps, 'en')} reasonable maps: {listed.en or none.en}.",
        ),
        views=views,
        # What is steadiest is shown first; where nothing is, what comes nearest.
        first=max(
            range(len(_KINDS)), key=lambda k: (len(steady[_KINDS[k]]), table[_KINDS[k]].max())
        ),
        columns=columns,
        facts=about(
            study,
            (
                Text("Haritalar", "Maps"),
                Text(
                    f"{integer(maps, 'tr')}: komşuluklar × yıllar × değer ya da sıra × çelişen baskılar",
                    f"{integer(maps, 'en')}: neighbours × years × value or rank × prints that disagree",
                ),
            ),
            (
                Text("Yöntem", "Method"),
                Text(
                    "her haritada yerel Moran, kesin p ≤ 0,05, iki yönlü, düzeltmesiz; düzeltilmişi "
                    "(Benjamini–Hochberg) tabloda",
                    "local Moran on each map, exact p ≤ 0.05, two-sided, uncorrected; the corrected "
                    "part (Benjamini–Hochberg) is in the table",
                ),
            ),
        ),
    )
