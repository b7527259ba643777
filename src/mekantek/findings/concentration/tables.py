"""Values of classes in dollars with what the print leaves open, and tables of measures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd

from mekantek.datasets import tables
from mekantek.errors import OptionError
from mekantek.stats.concentration import (
    MEASURES,
    concentration,
    jackknife,
    over_alternatives,
    theil_by_group,
)
from mekantek.study import Study

__all__ = ["class_table", "known_classes", "measure_table", "region_table"]


def known_classes(study: Study, *, total: bool = True) -> tuple[str, ...]:
    """
    Give the variables that there are in the study's year, and ``total``.

    Examples
    --------
    >>> import mekantek as mt
    >>> known_classes(mt.load_study(2021))
    ('high', 'medium_low', 'total')
    """
    frame = study.frame
    known = [c for c in study.classes if frame[c].notna().any()]
    return (*known, "total") if total else tuple(known)


def class_table(study: Study, name: str) -> pd.DataFrame:
    """
    Give the value of a class, or of all exports, with what rounding leaves open.

    Parameters
    ----------
    study : Study
    name : str
        A class or ``total``.

    Returns
    -------
    pandas.DataFrame
        ``value``, ``low``, ``high``, USD; units with a printed total alone. Totals are printed to
        the dollar: their bounds are themselves.

    Raises
    ------
    OptionError
        If the report does not print the class in the study's year.
    """
    if name == "total":
        value = study.frame["value"].dropna()
        return pd.DataFrame({"value": value, "low": value, "high": value})
    found = study.class_values(name)
    if found.empty:
        known = ", ".join(known_classes(study))
        raise OptionError(
            f"The report prints no {name} shares for {study.year}; for that year there are {known}.",
            f"Rapor {study.year} yılı için {name} payı basmıyor; o yıl için şunlar var: {known}.",
        )
    return found


def _other_values(study: Study, name: str) -> dict[Any, list[float]]:
    """Give what a unit's value may be besides, by the second prints of its share and its total."""
    if not (study.status == "unresolved").any(axis=None):
        return {}
    cells = tables.load_other_prints()
    cells = cells[(cells["year"] == study.year) & cells["column"].isin([name, "value"])]
    # What was computed from records is open in no cell, whatever the report prints there.
    status = study.status
    left_open = [
        plate in status.index and status.loc[plate, column] == "unresolved"
        for plate, column in zip(cells["plate"], cells["column"], strict=True)
    ]
    cells = cells[np.array(left_open, dtype=bool)]
    rows = study.frame.to_dict("index")
    found: dict[Any, list[float]] = {}
    for plate, group in cells.groupby("plate"):
        adopted, other = rows[plate], dict(zip(group["column"], group["other"], strict=True))
        totals = [adopted["value"], *([other["value"]] if "value" in other else [])]
        shares = [1.0]
        if name != "total":
            shares = [adopted[name], *([other[name]] if name in other else [])]
        found[plate] = [share * total for share, total in product(shares, totals)]
    return found


def measure_table(
    study: Study,
    classes: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    *,
    names: tuple[str, ...] | None = None,
    without: Sequence[Any] = (),
) -> list[dict[str, Any]]:
    """
    Measure the concentration of classes and of total exports, with named intervals.

    Parameters
    ----------
    study : Study
    classes : sequence of str, optional
        Classes, and ``"total"`` for all exports; all that a year has by default.
    years : sequence of int, optional
        The complete years of the study by default.
    names : tuple of str, optional
        Measures; all by default.
    without : sequence
        Ids left out.

    Returns
    -------
    list of dict
        Entries of ``measures`` in the JSON contract. ``low`` and ``high`` are what rounding leaves
        open; ``unresolved`` what the cells printed twice leave open; ``jackknife`` the extremes
        without one unit, and the units that move the measure most.

    Raises
    ------
    OptionError
        If the report does not print a class in a year.

    Examples
    --------
    >>> import mekantek as mt
    >>> [row] = measure_table(mt.load_study(), ["high"], [2024], names=("gini",))
    >>> [round(row[k], 3) for k in ("value", "low", "high")], row["jackknife"]["moves"][0]["id"]
    ([0.953, 0.95, 0.955], '34')
    """
    rows = []
    wanted = names or tuple(MEASURES)
    for year in years or study.years:
        at = study.at(year)
        for c in classes or known_classes(at):
            values = class_table(at, c).drop(index=list(without), errors="ignore")
            exact = c == "total"
            low, high = (None, None) if exact else (values["low"], values["high"])
            found = concentration(values["value"], low=low, high=high, names=wanted)
            others = {u: v for u, v in _other_values(at, c).items() if u in values.index}
            open_ = over_alternatives(values["value"], others, [m.name for m in found])
            rows += [
                {
                    "class": c,
                    "year": year,
                    **m.to_dict(),
                    "unresolved": cells.to_dict(),
                    "jackknife": jackknife(values["value"], m.name).to_dict(),
                }
                for m, cells in zip(found, open_, strict=True)
            ]
    return rows


def region_table(
    study: Study, classes: Sequence[str], years: Sequence[int], by: str
) -> list[dict[str, Any]]:
    """
    Split Theil's T and L between and within regions.

    Parameters
    ----------
    study : Study
    classes : sequence of str
        Classes, and ``"total"`` for all exports.
    years : sequence of int
    by : str
        A column of the study's regions, such as ``nuts1``.

    Returns
    -------
    list of dict
        ``class``, ``year``, ``by`` and the fields of
        `mekantek.stats.concentration.Decomposition`.

    Raises
    ------
    OptionError
        If the report does not print a class in a year.

    Examples
    --------
    >>> import mekantek as mt
    >>> split = region_table(mt.load_study(), ["total"], [2024], "nuts1")[0]
    >>> round(split["between"], 3), round(split["within"], 3), round(split["value"], 3)
    (1.628, 0.366, 1.994)
    """
    names: tuple[Literal["theil_t", "theil_l"], ...] = ("theil_t", "theil_l")
    return [
        {
            "class": c,
            "year": year,
            "by": by,
            **theil_by_group(
                class_table(study.at(year), c)["value"], study.regions[by], name=name
            ).to_dict(),
        }
        for year in years
        for c in classes
        for name in names
    ]
