"""Which tables the report has, read from ``report_tables.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mekantek.datasets import files
from mekantek.errors import OptionError
from mekantek.text import Text, fold

__all__ = ["TableSpecification", "chosen", "defaults", "specifications"]


@dataclass(frozen=True, kw_only=True)
class TableSpecification:
    """
    What a table of the report is of, as ``report_tables.toml`` says it.

    Attributes
    ----------
    id : str
        ``1.1`` to ``4.5``, ``Grafik 1`` to ``Grafik 4``, ``Ek 3`` to ``Ek 6``.
    kind : str
        ``classes``, ``ranking``, ``codes``, ``selected``, ``levels``, ``leaders``, ``chart`` or
        ``annex``.
    flow : str
        ``export`` or ``import``; a table of coverage ratios needs both.
    place : str
        ``nation``, ``province``, ``selected`` or ``all``.
    measure : str
        ``own``, ``nation``, ``coverage``, ``billion``, ``million`` or ``thousand``.
    years : str
        ``all``, ``window``, ``ends``, ``first`` or ``last``.
    title : Text
        With blanks such as ``{last}``.
    by : str
        ``partner`` or ``product`` for a ranking, else empty.
    class_ : str
        The class it is of, where it is of one.
    note : Text or None

    Examples
    --------
    >>> specifications()["3.5"].measure, len(specifications())
    ('nation', 40)
    """

    id: str
    kind: str
    flow: str
    place: str
    measure: str
    years: str
    title: Text
    by: str = ""
    class_: str = ""
    note: Text | None = None


@cache
def _file() -> Mapping[str, Any]:
    with files.data_path("report_tables.toml").open("rb") as handle:
        return tomllib.load(handle)


def defaults() -> Mapping[str, Any]:
    """
    Give the report's own choices: ``province``, ``selected``, ``top``, ``leaders``, ``span``.

    Examples
    --------
    >>> defaults()["province"], defaults()["selected"]
    (6, [34, 6, 35, 41, 16, 27])
    """
    return {key: value for key, value in _file().items() if key != "table"}


@cache
def specifications() -> Mapping[str, TableSpecification]:
    """
    Give all tables by id, in the order of the report.

    Returns
    -------
    mapping of str to TableSpecification

    Examples
    --------
    >>> specifications()["3.1"].title.en
    'Exports of selected provinces by technology class ({first}, %)'
    """
    found = {}
    for entry in _file()["table"]:
        rest = {k: v for k, v in entry.items() if k not in ("title", "note", "class")}
        note = entry.get("note")
        found[str(entry["id"])] = TableSpecification(
            **rest,
            title=Text(**entry["title"]),
            class_=entry.get("class", ""),
            note=None if note is None else Text(**note),
        )
    return found


def _bare(name: str) -> str:
    """Reduce ``Tablo 3.5``, ``Table 3.5`` and ``3.5`` to one spelling, ``Annex 3`` and ``Ek 3`` too."""
    words = {"tablo": "", "table": "", "annex": "ek", "chart": "grafik"}
    found = re.match(r"\s*([^\W\d]*)\s*(.*?)\s*$", name)
    word, count = (found[1], found[2]) if found else ("", name)
    return f"{words.get(fold(word), fold(word))} {count}".strip()


def chosen(only: Sequence[str] = ()) -> list[TableSpecification]:
    """
    Choose tables by their number, in either language, or by chapter.

    Parameters
    ----------
    only : sequence of str
        ``3.5``, ``Tablo 3.5``, ``Ek 3``, ``Annex 3``, ``Grafik 1``; ``3``, ``Ek`` or ``Grafik`` for all
        of a chapter. All tables if empty.

    Returns
    -------
    list of TableSpecification
        In the order of the report.

    Raises
    ------
    OptionError
        If the report has no such table.

    Examples
    --------
    >>> [s.id for s in chosen(["ek 3", "Table 2.5.1", "chart 1"])]
    ['2.5.1', 'Grafik 1', 'Ek 3']
    >>> [s.id for s in chosen(["4"])]
    ['4.1', '4.2', '4.3', '4.4', '4.5']
    """
    every = specifications()
    if not only:
        return list(every.values())
    wanted: set[str] = set()
    for name in only:
        bare = _bare(name)
        hits = {
            key
            for key in every
            if bare in (_bare(key), _bare(key).partition(" ")[0])
            or (bare.isdecimal() and key.startswith(f"{bare}."))
        }
        if not hits:
            raise OptionError(
                f"The report has no table {name!r}; it has 1.1 to 4.5, Grafik 1 to 4 and Ek 3 to 6.",
                f"Raporda {name!r} diye bir tablo yok; 1.1–4.5, Grafik 1–4 ve Ek 3–6 var.",
            )
        wanted |= hits
    return [spec for key, spec in every.items() if key in wanted]
