"""Maps of shares, their change and the value behind them, and of any column of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mekantek.maps.palette import Entry, change_bins, share_bins, value_bins
from mekantek.maps.sheets.facts import (
    Regions,
    about,
    number_of,
    numbers,
    open_cells,
    shown_names,
    status_of,
    statuses,
    unit,
    unresolved,
)
from mekantek.maps.sheets.sheet import MapSheet, View
from mekantek.maps.wording import NONE, both, named
from mekantek.text import (
    Language,
    Text,
    capitalized,
    money,
    number,
    percent,
    points,
    shortened,
    sort_key,
)

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["circle_radii", "number_sheet", "share_sheet", "slug", "value_sheet"]

# Radius of the largest circle on a wide screen, pixels.
_LARGEST = 30.0


def slug(name: str) -> str:
    """
    Write a class as a part of a file name.

    Examples
    --------
    >>> slug("high+medium_high")
    'high-medium-high'
    """
    return name.replace("_", "-").replace("+", "-")


def _top(values: pd.Series, names: pd.Series, write: Any, language: Language) -> str:
    leading = values.dropna().sort_values(ascending=False, kind="stable").head(3)
    labels = names.to_dict()
    return ", ".join(f"{labels[u]} ({write(float(v), language)})" for u, v in leading.items())


def share_sheet(study: Study, column: str) -> MapSheet:
    """
    Show a class's share in the first and the last complete year, and its change.

    Parameters
    ----------
    study : Study
    column : str
        ``high``, ``medium_high``, ``medium_low``, ``low`` or ``unclassified``.

    Returns
    -------
    MapSheet
        The same bins in both years.

    Raises
    ------
    OptionError
        If there is no such class.

    Examples
    --------
    >>> import mekantek as mt
    >>> sheet = share_sheet(mt.load_study(), "high")
    >>> sheet.columns[1].shown["26"]
    Text(tr='%34,4', en='34.4%')
    """
    first, last = study.years[0], study.years[-1]
    years = tuple(dict.fromkeys((first, last)))
    shares = {year: study.at(year).share(column) for year in years}
    told = {year: status_of(study.at(year), column) for year in years}
    change = (shares[last] - shares[first]).round(9)
    names, name = shown_names(study), capitalized(named(column))
    bins = share_bins(column)
    views = []
    for position, year in enumerate(years):
        open_ids, open_entry = open_cells(told[year])
        views.append(
            View(
                key=str(year),
                label=Text(str(year), str(year)),
                fill=bins.fill(shares[year]),
                columns=[position, 3 + position] if first != last else [0, 1],
                legend=[*bins.entries(shares[year]), *open_entry],
                dotted=open_ids,
                year=year,
            )
        )
    columns = [numbers(Text(str(y), str(y)), f"share_{y}", shares[y], percent) for y in years]
    if first != last:
        views.append(_change_view(study, column, change, told))
        columns.append(numbers(Text("değişim", "change"), "change", change, points))
    return MapSheet(
        unit=unit(study),
        kind="share",
        classes=column,
        slug=f"share-{slug(column)}",
        title=Text(
            f"{name.tr}: ilin ihracatındaki pay, {' ve '.join(map(str, years))}",
            f"{name.en}: share of each province's exports, {' and '.join(map(str, years))}",
        ),
        reading=_share_reading(study, shares[last], change),
        views=views,
        first=len(years) - 1,
        columns=[*columns, *(statuses(told[y], suffix=f" {y}") for y in told)],
        facts=about(
            study,
            number_of(names),
            (
                Text("Sınıflar", "Classes"),
                Text(
                    "renk sınırları bütün yıllarda aynıdır; değişim yüzde puandır",
                    "the same colour breaks in all years; change is in percentage points",
                ),
            ),
            unresolved(study, column, years),
        ),
    )


def _change_view(
    study: Study, column: str, change: pd.Series, told: Mapping[int, pd.Series]
) -> View:
    """Show the change between the first and the last year."""
    first, last = study.years[0], study.years[-1]
    moved = change_bins(column)
    open_ids, open_entry = open_cells(told[last].where(told[first] != "unresolved", "unresolved"))
    return View(
        key="change",
        label=Text(f"{first}–{last} değişim (puan)", f"change {first}–{last} (points)"),
        fill=moved.fill(change),
        columns=[0, 1, 2, 3, 4],
        legend=[*moved.entries(change), *open_entry],
        dotted=open_ids,
    )


def _share_reading(study: Study, share: pd.Series, change: pd.Series) -> Text:
    """Say where the share is highest, and in how many provinces it rose; of one year no change."""
    first, last, names = study.years[0], study.years[-1], shown_names(study)
    tops = {lang: _top(share, names, percent, lang) for lang in ("tr", "en")}
    told = Text(
        f"{last} yılında payın en yüksek olduğu iller {tops['tr']}",
        f"In {last} the share is highest in {tops['en']}",
    )
    if first == last:
        return Text(f"{told.tr}.", f"{told.en}.")
    rising, falling = int((change > 0).sum()), int((change < 0).sum())
    return Text(
        f"{told.tr}; {first} yılından bu yana pay {rising} ilde arttı, {falling} ilde azaldı.",
        f"{told.en}; since {first} it rose in {rising} provinces and fell in {falling}.",
    )


def circle_radii(values: pd.Series) -> dict[str, float]:
    """
    Give radii whose circles' areas go with the values.

    Parameters
    ----------
    values : pandas.Series, shape (n_units,)
        Not negative; units without a positive value get no circle.

    Returns
    -------
    dict of id (text) to float
        Pixels on a map 1080 wide.

    Examples
    --------
    >>> circle_radii(pd.Series({"a": 4.0, "b": 1.0, "c": 0.0}))
    {'a': 30.0, 'b': 15.0}
    """
    top = float(values.max())
    known = values.dropna()
    return {str(u): _LARGEST * float(np.sqrt(v / top)) for u, v in known[known > 0].items()}


def _sizes(values: pd.Series) -> list[Entry]:
    """Three round values below the largest, drawn as large as on the map."""
    top = float(values.max())
    power = 10.0 ** np.floor(np.log10(top))
    lead = next(step for step in (5, 2, 1) if step * power <= top)
    word = Text("daire: ihracat değeri ", "circle: export value ")

    def entry(size: float, *, first: bool) -> Entry:
        label = both(lambda lang: (word[lang] if first else "") + money(size, lang, digits=0))
        radius = _LARGEST * float(np.sqrt(size / top))
        return Entry(label=label, sign="circle", radius=radius)

    return [entry(lead * power / part, first=part == 1) for part in (1, 10, 100)]


def value_sheet(study: Study, column: str) -> MapSheet:
    """
    Show a class's share with circles for its export value, so that small bases do not shout.

    Parameters
    ----------
    study : Study
    column : str

    Returns
    -------
    MapSheet
        Circle areas go with the value of the class in USD, in the study's last complete year.

    Raises
    ------
    OptionError
        If there is no such class.
    """
    at = study.at(study.years[-1])
    share, names, name = at.share(column), shown_names(at), named(column)
    value = at.class_values(column)["value"].reindex(share.index)
    bins, status = share_bins(column), status_of(at, f"{column}+value")
    open_ids, open_entry = open_cells(status)
    whole = float(value.sum())
    without = sorted((str(names[u]) for u in value.index[value.isna()]), key=sort_key)
    listed = ", ".join(without)
    tops = {lang: _top(value, names, money, lang) for lang in ("tr", "en")}
    return MapSheet(
        unit=unit(at),
        kind="value",
        classes=column,
        slug=f"value-{slug(column)}",
        title=Text(
            f"{capitalized(name).tr}: pay ve ihracat değeri, {at.year}",
            f"{capitalized(name).en}: share and export value, {at.year}",
        ),
        reading=Text(
            f"{at.year} yılında {name.tr} ihracatı {money(whole, 'tr')}; en büyükleri "
            f"{tops['tr']}. Renk ilin kendi ihracatındaki payı, dairenin alanı ihracat değerini "
            "gösterir: yüksek pay her zaman yüksek değer değildir.",
            f"In {at.year} {name.en} exports are {money(whole, 'en')}; the largest are "
            f"{tops['en']}. Colour is the share of the province's own exports, the area of a "
            "circle the export value: a high share is not always a high value.",
        ),
        views=[
            View(
                key=str(at.year),
                label=Text(str(at.year), str(at.year)),
                fill=bins.fill(share),
                columns=[0, 1, 2, 3],
                circles=circle_radii(value),
                dotted=open_ids,
                legend=[*bins.entries(share), *_sizes(value), *open_entry],
                year=at.year,
            )
        ],
        columns=[
            numbers(Text("pay", "share"), "share", share, percent),
            numbers(Text("ihracat değeri", "export value"), "value_usd", value, money),
            numbers(
                Text("ilin toplam ihracatı", "total exports"), "total_usd", at.frame["value"], money
            ),
            statuses(status),
        ],
        facts=about(
            at,
            number_of(names),
            (Text("Yıl", "Year"), Text(str(at.year), str(at.year))),
            (
                Text("Toplamı basılmayan", "No total printed")
                if at.printed
                else Text("Kaydı olmayan", "Without records"),
                Text(f"{listed} (dairesiz)", f"{listed} (no circle)") if listed else NONE,
            ),
            (Text("Daireler", "Circles"), _circles_told(at, int((value == 0).sum()))),
            unresolved(at, f"{column}+value", (at.year,)),
        ),
    )


def _circles_told(study: Study, zeros: int) -> Text:
    if study.printed:
        return Text(
            f"alan değerle orantılı; payı %0,0 basılan {zeros} ilin dairesi "
            "yok, çok küçükler nokta kadardır",
            f"area goes with the value; {zeros} provinces whose share is "
            "printed as 0.0% have none, very small ones are as large as a dot",
        )
    return Text(
        f"alan değerle orantılı; bu sınıfta ihracatı olmayan {zeros} ilin dairesi yok, çok küçükler "
        "nokta kadardır",
        f"area goes with the value; {zeros} provinces without exports of this class have none, very "
        "small ones are as large as a dot",
    )


def number_sheet(layer: Regions, values: pd.Series, title: str) -> MapSheet:
    """
    Show any column of a user's table in bins of equal counts.

    Parameters
    ----------
    layer : Regions
        A Study, or anything shaped like it.
    values : pandas.Series, shape (n_units,)
        In any unit; missing ones are hatched and listed.
    title : str
        Escaped where it is drawn.

    Returns
    -------
    MapSheet
    """
    bins, known, title = value_bins(values), values.dropna(), shortened(title)
    labels = shown_names(layer).to_dict()
    missing = sorted((str(labels[u]) for u in values.index[values.isna()]), key=sort_key)
    reading = Text("Bütün değerler eksik.", "All values are missing.")
    if len(known):
        low, high = (str(labels[unit]) for unit in (known.idxmin(), known.idxmax()))
        reading = Text(f"En yüksek: {high}; en düşük: {low}.", f"Highest: {high}; lowest: {low}.")
    listed = ", ".join(missing)
    return MapSheet(
        unit=unit(layer),
        kind="number",
        slug=slug(title),
        title=Text(title, title),
        reading=reading,
        views=[
            View(
                key="value",
                label=Text(title, title),
                fill=bins.fill(values),
                columns=[0],
                legend=bins.entries(values),
            )
        ],
        columns=[numbers(Text(title, title), title, values, number)],
        facts=about(
            layer,
            (Text("Birim sayısı", "Units"), Text(f"n = {len(known)}", f"n = {len(known)}")),
            (Text("Verisi eksik", "Missing"), Text(listed, listed) if listed else NONE),
        ),
    )
