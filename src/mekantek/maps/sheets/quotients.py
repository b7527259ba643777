"""Location quotients: a unit's share of a class against the nation's, on a log scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mekantek.maps.palette import quotient_bins
from mekantek.maps.sheets.facts import (
    about,
    number_of,
    numbers,
    open_cells,
    status_of,
    statuses,
    unit,
    units,
    unresolved,
)
from mekantek.maps.sheets.shares import slug
from mekantek.maps.sheets.sheet import Column, MapSheet, View
from mekantek.maps.wording import both
from mekantek.stats.concentration import location_quotient
from mekantek.text import Text, capitalized, number, percent

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["quotient_sheet"]


def quotient_sheet(study: Study, column: str) -> MapSheet:
    """
    Show how specialised each unit is in a class, compared with the nation.

    Parameters
    ----------
    study : Study
    column : str
        A class.

    Returns
    -------
    MapSheet
        Balassa's location quotient in every complete year, in bins that double.

    Raises
    ------
    OptionError
        If there is no such class.
    """
    bins, name, say = quotient_bins(), study.design.title_of(column), study.design.unit.say
    views: list[View] = []
    columns: list[Column] = []
    nation: dict[int, float] = {}
    above = {}
    for year in study.years:
        at = study.at(year)
        nation[year] = at.national_share(column)
        known = at.share(column).dropna()
        quotient = location_quotient(known, reference=nation[year]).reindex(study.names.index)
        above[year] = int((quotient > 1).sum())
        status = status_of(at, column)
        open_ids, open_entry = open_cells(status)
        views.append(
            View(
                key=str(year),
                label=Text(str(year), str(year)),
                fill=bins.fill(quotient),
                columns=[len(columns), len(columns) + 1],
                legend=[*bins.entries(quotient), *open_entry],
                dotted=open_ids,
                year=year,
            )
        )
        columns += [
            numbers(Text(f"LQ {year}", f"LQ {year}"), f"lq_{year}", quotient, number),
            numbers(
                Text(f"pay {year}", f"share {year}"), f"share_{year}", at.share(column), percent
            ),
            statuses(status, suffix=f" {year}"),
        ]
    last, word = study.years[-1], units(study)
    return MapSheet(
        unit=unit(study),
        kind="quotient",
        classes=column,
        slug=f"quotient-{slug(column)}",
        title=Text(
            f"{capitalized(name).tr}: yerleşim katsayısı (LQ)",
            f"{capitalized(name).en}: location quotient (LQ)",
        ),
        reading=Text(
            f"{last} yılında bütünün payı {percent(nation[last], 'tr')}; {above[last]} {word.tr} "
            "bunun üstünde. LQ = 1, bütün kadar uzmanlaşmış demektir; 2, iki katı.",
            f"In {last} the share of the whole is {percent(nation[last], 'en')}; {above[last]} {word.en} "
            "lie above it. LQ = 1 is as specialised as the whole, 2 twice as much.",
        ),
        views=views,
        first=len(views) - 1,
        columns=columns,
        facts=about(
            study,
            number_of(study),
            (
                Text("Yöntem", "Method"),
                both(
                    lambda lang: (
                        say(
                            Text(
                                "[ilin] payı ÷ bütünün payı (Balassa 1965); bütün: ",
                                "share of the [province] ÷ share of the whole (Balassa 1965); whole: ",
                            )
                        )[lang]
                        + ", ".join(f"{y} {percent(s, lang, digits=2)}" for y, s in nation.items())
                    )
                ),
            ),
            *unresolved(study, column, study.years),
        ),
    )
