"""An index's rank beside the share of a class: nine colours, and unknown ranks hatched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.maps.palette import BIVARIATE, Entry
from mekantek.maps.sheets.facts import (
    about,
    numbers,
    shown_names,
    status_of,
    statuses,
    unit,
    unresolved,
)
from mekantek.maps.sheets.shares import slug
from mekantek.maps.sheets.sheet import Fact, MapSheet, View
from mekantek.maps.wording import both
from mekantek.text import Text, integer

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["index_sheet"]


def index_sheet(
    study: Study, ranks: pd.Series, column: str, *, name: str, told: Text | None = None
) -> MapSheet:
    """
    Show where a high rank and a high share go together.

    Parameters
    ----------
    study : Study
    ranks : pandas.Series, index id
        Known ranks, 1 is best, of as many units as the study has; the others are unknown and stay so.
    column : str
        A class.
    name : str
        The index and its edition.
    told : Text, optional
        What a reader must know of the index.

    Returns
    -------
    MapSheet
        Thirds of the ranks by thirds of the shares, in nine colours.
    """
    share, names = study.share(column), shown_names(study)
    percent, say = study.writer(column), study.design.unit.say
    n = len(names)
    known = ranks.reindex(names.index)
    cuts = np.quantile(share.dropna(), [1 / 3, 2 / 3])
    # Third 0 holds the best ranks and the largest shares.
    place = np.ceil(known * 3 / n) - 1
    height = 2 - np.searchsorted(cuts, share.to_numpy() + 1e-9)
    fill, counts = {}, dict.fromkeys(BIVARIATE, 0)
    for unit_id, p, h in zip(names.index, place, height, strict=True):
        if pd.isna(p) or pd.isna(share[unit_id]):
            fill[str(unit_id)] = "hatch-missing"
            continue
        pair = (int(p), int(h))
        counts[pair] += 1
        fill[str(unit_id)] = BIVARIATE[pair]
    ends = [0, *(int(np.floor(n * k / 3)) for k in (1, 2)), n]
    unknown = int((~known.notna()).sum())
    limits = (
        both(lambda lang: f"≥ {percent(cuts[1], lang)}"),
        both(lambda lang: f"{percent(cuts[0], lang)}–{percent(cuts[1], lang)}"),
        both(lambda lang: f"< {percent(cuts[0], lang)}"),
    )
    legend = [
        Entry(
            fill=BIVARIATE[p, h],
            label=Text(
                f"sıra {ends[p] + 1}–{ends[p + 1]}, değer {limits[h].tr}",
                f"rank {ends[p] + 1}–{ends[p + 1]}, value {limits[h].en}",
            ),
            count=counts[p, h],
        )
        for p, h in BIVARIATE
    ]
    legend.append(
        Entry(
            fill="hatch-missing",
            label=Text("sırası yayımlanmadı", "rank not published"),
            count=unknown,
        )
    )
    status, word = status_of(study, column), study.design.title_of(column)
    both_top = [str(names[u]) for u in names.index if fill[str(u)] == BIVARIATE[0, 0]]
    listed = ", ".join(both_top) or "–"
    facts: list[Fact] = [
        (
            Text("Sırası bilinen", "Ranks known"),
            say(Text(f"{n} [ilden] {n - unknown}", f"{n - unknown} of {n} [provinces]")),
        ),
        (
            Text("Renkler", "Colours"),
            Text(
                "sıraların üçte birleri × değerlerin üçte birleri; bilinmeyen sıra tahmin edilmez",
                "thirds of the ranks × thirds of the values; no unknown rank is estimated",
            ),
        ),
    ]
    if told is not None:
        facts.append((Text("Dikkat", "Note"), told))
    return MapSheet(
        unit=unit(study),
        kind="index",
        classes=column,
        slug=f"index-{slug(column)}",
        title=Text(
            f"{name}: sıra ve {word.tr}, {study.year}",
            f"{name}: rank and {word.en}, {study.year}",
        ),
        reading=say(
            Text(
                f"{n} [ilden] {n - unknown} tanesinin sırası biliniyor; kalan "
                f"{integer(unknown, 'tr')} taralıdır. Hem sırası hem değeri üst üçte birde olanlar: "
                f"{listed}.",
                f"The ranks of {n - unknown} of {n} [provinces] are known; the other "
                f"{integer(unknown, 'en')} are hatched. In the upper third of both: {listed}.",
            )
        ),
        views=[
            View(
                key="index",
                label=Text("sıra × değer", "rank × value"),
                fill=fill,
                columns=[0, 1],
                legend=legend,
                year=study.year,
            )
        ],
        columns=[
            numbers(Text("sıra", "rank"), "rank", known, integer),
            numbers(Text("değer", "value"), "share", share, percent),
            statuses(status),
        ],
        facts=about(study, *facts, *unresolved(study, column, (study.year,))),
    )
