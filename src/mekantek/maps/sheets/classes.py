"""The class that is largest in each unit's exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.maps.palette import MISSING, Entry, dominant_colours
from mekantek.maps.sheets.facts import about, number_of, numbers, unit, units, unresolved, words
from mekantek.maps.sheets.sheet import Column, MapSheet, View
from mekantek.maps.wording import both
from mekantek.text import Text, percent

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["dominant_sheet", "leading"]

_TIED = Text("iki sınıf eşit", "two classes equal")


def leading(shares: pd.DataFrame) -> pd.Series:
    """
    Name the class with the largest share in each unit.

    Parameters
    ----------
    shares : pandas.DataFrame, index id
        One column for each class, fractions in [0, 1].

    Returns
    -------
    pandas.Series of str
        A column's name; ``tied`` where two are the largest, ``missing`` where any is missing.

    Examples
    --------
    >>> leading(pd.DataFrame({"high": [0.5, 0.4, None], "low": [0.1, 0.4, 0.2]})).tolist()
    ['high', 'tied', 'missing']
    """
    columns = np.array(shares.columns, dtype=object)
    values = shares.to_numpy(dtype=float).round(9)
    top = np.nanmax(np.where(np.isnan(values), -1, values), axis=1, keepdims=True)
    first = columns[(values == top).argmax(axis=1)]
    told = np.where((values == top).sum(axis=1) > 1, "tied", first)
    return pd.Series(np.where(np.isnan(values).any(axis=1), "missing", told), index=shares.index)


def dominant_sheet(study: Study) -> MapSheet:
    """
    Show which part of the whole is the largest in each unit, the rest among them.

    Parameters
    ----------
    study : Study
        Whose variables are parts of one whole.

    Returns
    -------
    MapSheet
        One view for each complete year, the last shown first.
    """
    views: list[View] = []
    columns: list[Column] = []
    told: dict[int, pd.Series] = {}
    looks = {
        **{c: (colour, study.design.title_of(c)) for c, colour in dominant_colours(study).items()},
        "tied": ("hatch-undefined", _TIED),
        "missing": ("hatch-missing", MISSING),
    }
    labels = {name: label for name, (_, label) in looks.items()}
    parts = list(study.design.parts)
    for year in study.years:
        shares = study.at(year).frame[parts]
        told[year] = leading(shares)
        counts = told[year].value_counts()
        views.append(
            View(
                key=str(year),
                label=Text(str(year), str(year)),
                fill={str(u): looks[name][0] for u, name in told[year].items()},
                columns=[len(columns), len(columns) + 1],
                legend=[
                    Entry(fill=fill, label=label, count=int(counts.get(name, 0)))
                    for name, (fill, label) in looks.items()
                ],
                year=year,
            )
        )
        columns += [
            words(Text(f"en büyük sınıf {year}", f"largest class {year}"), f"class_{year}",
                  told[year], labels),
            numbers(Text(f"payı {year}", f"its share {year}"), f"share_{year}", shares.max(axis=1),
                    percent),
        ]  # fmt: skip
    last = study.years[-1]
    counts = told[last].value_counts()
    listed = both(
        lambda lang: ", ".join(
            f"{labels[name][lang]} {counts[name]}" for name in parts if name in counts
        )
    )
    moved = int((told[study.years[0]] != told[last]).sum())
    word = units(study)
    return MapSheet(
        unit=unit(study),
        kind="dominant",
        slug="dominant-class",
        title=study.design.unit.say(
            Text("Her [ilin] en büyük sınıfı", "The largest class of each [province]")
        ),
        reading=Text(
            f"{last} yılında en büyük sınıf: {listed.tr} {word.tr}; {study.years[0]} yılından bu yana "
            f"en büyük sınıfı değişen {word.tr} sayısı {moved}.",
            f"Largest class in {last}: {listed.en} {word.en}; since {study.years[0]} it changed in "
            f"{moved} {word.en}.",
        )
        if len(study.years) > 1
        else Text(
            f"{last} yılında en büyük sınıf: {listed.tr} {word.tr}.",
            f"Largest class in {last}: {listed.en} {word.en}.",
        ),
        views=views,
        first=len(views) - 1,
        columns=columns,
        facts=about(
            study,
            number_of(study),
            (
                Text("Sınıflar", "Classes"),
                both(lambda lang: ", ".join(labels[name][lang] for name in parts)),
            ),
            *unresolved(study, "+".join(study.classes), study.years),
        ),
    )
