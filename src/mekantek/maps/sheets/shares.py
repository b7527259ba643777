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
from mekantek.maps.wording import NONE, both
from mekantek.text import (
    Language,
    Text,
    capitalized,
    number,
    percent,
    shortened,
    sort_key,
)

if TYPE_CHECKING:
    from mekantek.study import Study, Whole

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
    Show a variable in the first and the last complete year, and its change.

    Parameters
    ----------
    study : Study
    column : str
        A variable, or what they leave of the whole.

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
    variable = study.design.variable(column)
    bins = share_bins(study, column)
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
    columns = [
        numbers(Text(str(y), str(y)), f"share_{y}", shares[y], variable.write) for y in years
    ]
    if first != last:
        views.append(_change_view(study, column, change, told))
        columns.append(numbers(Text("değişim", "change"), "change", change, variable.write_change))
    return MapSheet(
        unit=unit(study),
        kind="share",
        classes=column,
        slug=f"share-{slug(column)}",
        title=_share_title(study, column, years),
        reading=_share_reading(study, shares[last], change),
        views=views,
        first=len(years) - 1,
        columns=[*columns, *(statuses(told[y], suffix=f" {y}") for y in told)],
        facts=about(
            study,
            number_of(study),
            (
                Text("Sınıflar", "Classes"),
                Text(
                    "renk sınırları bütün yıllarda aynıdır"
                    + ("; değişim yüzde puandır" if variable.kind == "share" else ""),
                    "the same colour breaks in all years"
                    + ("; change is in percentage points" if variable.kind == "share" else ""),
                ),
            ),
            *unresolved(study, column, years),
        ),
    )


def _share_title(study: Study, column: str, years: tuple[int, ...]) -> Text:
    """Say the variable, what it is a share of or its unit, and the years."""
    design, name = study.design, capitalized(study.design.title_of(column))
    variable = design.variable(column)
    span = Text(" ve ".join(map(str, years)), " and ".join(map(str, years)))
    if design.whole is not None and variable.kind == "share":
        of = design.whole.title
        told = design.unit.say(
            Text(f"[ilin] toplam {of.tr} içindeki payı", f"share of each [province]'s {of.en}")
        )
        return Text(f"{name.tr}: {told.tr}, {span.tr}", f"{name.en}: {told.en}, {span.en}")
    told = variable.unit
    if not told.en:
        return Text(f"{name.tr}, {span.tr}", f"{name.en}, {span.en}")
    return Text(f"{name.tr} ({told.tr}), {span.tr}", f"{name.en} ({told.en}), {span.en}")


def _change_view(
    study: Study, column: str, change: pd.Series, told: Mapping[int, pd.Series]
) -> View:
    """Show the change between the first and the last year."""
    first, last = study.years[0], study.years[-1]
    moved, shares = change_bins(study, column), study.design.variable(column).kind == "share"
    open_ids, open_entry = open_cells(told[last].where(told[first] != "unresolved", "unresolved"))
    return View(
        key="change",
        label=Text(f"{first}–{last} değişim" + (" (puan)" if shares else ""),
                   f"change {first}–{last}" + (" (points)" if shares else "")),
        fill=moved.fill(change),
        columns=[0, 1, 2, 3, 4],
        legend=[*moved.entries(change), *open_entry],
        dotted=open_ids,
    )  # fmt: skip


def _share_reading(study: Study, share: pd.Series, change: pd.Series) -> Text:
    """Say where the variable is highest, and in how many units it rose; of one year no change."""
    first, last, names = study.years[0], study.years[-1], shown_names(study)
    write, say = study.writer(str(share.name)), study.design.unit.say
    tops = {lang: _top(share, names, write, lang) for lang in ("tr", "en")}
    shares = study.design.variable(str(share.name)).kind == "share"
    what = Text("payın", "share") if shares else Text("değerin", "value")
    told = say(
        Text(
            f"{last} yılında {what.tr} en yüksek olduğu [iller] {tops['tr']}",
            f"In {last} the {what.en} is highest in {tops['en']}",
        )
    )
    if first == last:
        return Text(f"{told.tr}.", f"{told.en}.")
    rising, falling = int((change > 0).sum()), int((change < 0).sum())
    return say(
        Text(
            f"{told.tr}; {first} yılından bu yana {rising} [ilde] arttı, {falling} [ilde] azaldı.",
            f"{told.en}; since {first} it rose in {rising} [provinces] and fell in {falling}.",
        )
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


def _sizes(values: pd.Series, whole: Whole) -> list[Entry]:
    """Three round values below the largest, drawn as large as on the map."""
    top = float(values.max())
    power = 10.0 ** np.floor(np.log10(top))
    lead = next(step for step in (5, 2, 1) if step * power <= top)
    word = Text(f"daire: {whole.title.tr} değeri ", f"circle: {whole.title.en} ")

    def entry(size: float, *, first: bool) -> Entry:
        label = both(lambda lang: (word[lang] if first else "") + whole.write(size, lang, digits=0))
        radius = _LARGEST * float(np.sqrt(size / top))
        return Entry(label=label, sign="circle", radius=radius)

    return [entry(lead * power / part, first=part == 1) for part in (1, 10, 100)]


def value_sheet(study: Study, column: str) -> MapSheet:
    """
    Show a share with circles for the value behind it, so that small bases do not shout.

    Parameters
    ----------
    study : Study
    column : str

    Returns
    -------
    MapSheet
        Circle areas go with the value of the class, in the study's last complete year.

    Raises
    ------
    OptionError
        If there is no such class, or units have no size.
    """
    at = study.at(study.years[-1])
    share, names, name = at.share(column), shown_names(at), study.design.title_of(column)
    whole, say = study.design.whole, study.design.unit.say
    if whole is None:
        at.class_values(column)
    assert whole is not None
    value = at.class_values(column)["value"].reindex(share.index)
    bins, status = share_bins(study, column), status_of(at, f"{column}+value")
    open_ids, open_entry = open_cells(status)
    summed = float(value.sum())
    without = sorted((str(names[u]) for u in value.index[value.isna()]), key=sort_key)
    listed = ", ".join(without)
    tops = {lang: _top(value, names, whole.write, lang) for lang in ("tr", "en")}
    of = whole.title
    return MapSheet(
        unit=unit(at),
        kind="value",
        classes=column,
        slug=f"value-{slug(column)}",
        title=Text(
            f"{capitalized(name).tr}: pay ve {of.tr} değeri, {at.year}",
            f"{capitalized(name).en}: share and value of {of.en}, {at.year}",
        ),
        reading=say(
            Text(
                f"{at.year} yılında {name.tr}, {of.tr}: {whole.write(summed, 'tr')}; en büyükleri "
                f"{tops['tr']}. Renk [ilin] kendi toplamındaki payı, dairenin alanı değeri "
                "gösterir: yüksek pay her zaman yüksek değer değildir.",
                f"In {at.year} {name.en} {of.en} are {whole.write(summed, 'en')}; the largest are "
                f"{tops['en']}. Colour is the share of the [province]'s own total, the area of a "
                "circle the value: a high share is not always a high value.",
            )
        ),
        views=[
            View(
                key=str(at.year),
                label=Text(str(at.year), str(at.year)),
                fill=bins.fill(share),
                columns=[0, 1, 2, 3],
                circles=circle_radii(value),
                dotted=open_ids,
                legend=[*bins.entries(share), *_sizes(value, whole), *open_entry],
                year=at.year,
            )
        ],
        columns=[
            numbers(Text("pay", "share"), "share", share, percent),
            numbers(Text(f"{of.tr} değeri", f"value of {of.en}"), "value_usd", value, whole.write),
            numbers(whole.total, "total_usd", at.frame["value"], whole.write),
            statuses(status),
        ],
        facts=about(
            at,
            number_of(at),
            (Text("Yıl", "Year"), Text(str(at.year), str(at.year))),
            (
                Text("Toplamı bilinmeyen", "No total known"),
                Text(f"{listed} (dairesiz)", f"{listed} (no circle)") if listed else NONE,
            ),
            (Text("Daireler", "Circles"), say(_circles_told(at, int((value == 0).sum())))),
            *unresolved(at, f"{column}+value", (at.year,)),
        ),
    )


def _circles_told(study: Study, zeros: int) -> Text:
    if study.printed:
        return Text(
            f"alan değerle orantılı; payı %0,0 basılan {zeros} [ilin] dairesi "
            "yok, çok küçükler nokta kadardır",
            f"area goes with the value; {zeros} [provinces] whose share is "
            "printed as 0.0% have none, very small ones are as large as a dot",
        )
    return Text(
        f"alan değerle orantılı; bu sınıfta değeri olmayan {zeros} [ilin] dairesi yok, çok küçükler "
        "nokta kadardır",
        f"area goes with the value; {zeros} [provinces] without any of this class have none, very "
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
