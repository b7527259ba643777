"""A class's share in every year, in the same bins; years without a print are shown as gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mekantek.maps.palette import MISSING, Entry, share_bins
from mekantek.maps.sheets.facts import (
    about,
    number_of,
    numbers,
    open_cells,
    status_of,
    unit,
    units,
    unresolved,
)
from mekantek.maps.sheets.shares import slug
from mekantek.maps.sheets.sheet import Column, Fact, MapSheet, View
from mekantek.maps.wording import NONE
from mekantek.text import Text, capitalized

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["year_sheet"]


def year_sheet(study: Study, column: str) -> MapSheet:
    """
    Show a class's share in every year from the first printed to the last.

    Parameters
    ----------
    study : Study
    column : str
        A class.

    Returns
    -------
    MapSheet
        A view for each year, for a slider; where nothing is printed all units are hatched.

    Raises
    ------
    OptionError
        If there is no such class.
    """
    bins, name, printed = share_bins(study, column), study.design.title_of(column), study.panel
    shares = study.design.variable(column).kind == "share"
    what = Text("payı" if shares else "değeri", "share" if shares else "value")
    empty = pd.Series(float("nan"), index=study.names.index)
    views: list[View] = []
    columns: list[Column] = []
    gaps, known = [], {}
    # Trade has every year, so a year without it is a gap; a table of censuses has none between two.
    yearly = study.kind in ("print", "records")
    every = range(min(printed), max(printed) + 1) if yearly else sorted(printed)
    for year in every:
        at = study.at(year) if year in printed else None
        share = at.share(column) if at is not None else empty
        open_ids, open_entry = open_cells(status_of(at, column)) if at is not None else ([], [])
        if share.notna().any():
            known[year] = share
            legend = [*bins.entries(share), *open_entry]
        else:
            gaps.append(year)
            # Every line of the legend stays, so that nothing jumps when the slider moves.
            legend = [
                *(e for e in bins.entries(share) if e.count == 0),
                Entry(fill="hatch-missing", label=MISSING, count=len(share)),
            ]
        views.append(
            View(
                key=str(year),
                label=Text(str(year), str(year)),
                fill=bins.fill(share),
                columns=[len(columns)],
                legend=legend,
                dotted=open_ids,
                year=year,
            )
        )
        columns.append(
            numbers(Text(str(year), str(year)), f"share_{year}", share, study.writer(column))
        )
    first, last = min(known), max(known)
    both_known = known[first].notna() & known[last].notna()
    change = (known[last] - known[first])[both_known].round(9)
    word = units(study)
    listed = ", ".join(map(str, gaps))
    without = Text("Basılmayan yıllar", "Years not printed")
    lacking = Text(
        f" Elimizdeki basılı metinde olmayan yıllar: {listed}.",
        f" The print that we have lacks {listed}.",
    )
    if study.kind != "print":
        without = Text("Verisi olmayan yıllar", "Years without data")
        lacking = Text(f" Verisi olmayan yıllar: {listed}.", f" There are no data for {listed}.")
    span = str(last) if first == last else f"{first}–{last}"
    rose, fell = int((change > 0).sum()), int((change < 0).sum())
    reading = Text(
        f"{first} ile {last} arasında {what.tr} artan {word.tr} sayısı {rose}, azalan {fell}.",
        f"Between {first} and {last} the {what.en} rose in {rose} {word.en} and fell in {fell}.",
    )
    if first == last:
        reading = Text(f"Tek yıl var: {last}; değişim söylenemez.",
                       f"There is one year, {last}; change cannot be told.")  # fmt: skip
    gap: Fact = (
        without,
        Text(listed, listed) if gaps else NONE,
    )
    return MapSheet(
        unit=unit(study),
        kind="years",
        classes=column,
        slug=f"years-{slug(column)}",
        title=Text(
            f"{capitalized(name).tr}: yıllara göre{' pay' if shares else ''}, {span}",
            f"{capitalized(name).en}: {'share ' if shares else ''}by year, {span}",
        ),
        reading=Text(reading.tr + lacking.tr, reading.en + lacking.en) if gaps else reading,
        views=views,
        first=len(views) - 1,
        columns=columns,
        facts=about(
            study,
            number_of(study),
            gap,
            (
                Text("Sınıflar", "Classes"),
                Text(
                    "renk sınırları bütün yıllarda aynıdır", "the same colour breaks in all years"
                ),
            ),
            *unresolved(study, column, sorted(known)),
        ),
    )
