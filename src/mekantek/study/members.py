"""What claims of a study file name: units by id or name, and indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from mekantek.datasets import delimited
from mekantek.datasets.index_files import ProvinceIndex
from mekantek.datasets.provinces import load_provinces
from mekantek.datasets.tables import INDICES
from mekantek.study.file import StudyFile
from mekantek.study.hypotheses import Hypothesis
from mekantek.study.sources import Sources
from mekantek.text import fold, nearest

__all__ = ["with_index", "with_units"]


def with_units(
    file: StudyFile, hypotheses: Iterable[Hypothesis], names: pd.Series
) -> tuple[Hypothesis, ...]:
    """
    Let claims name units by id or by name.

    Parameters
    ----------
    file : StudyFile
    hypotheses : iterable of Hypothesis
        Those of the file, in its order.
    names : pandas.Series
        Names of the units by id.

    Returns
    -------
    tuple of Hypothesis
        Their options name units by id.

    Raises
    ------
    StudyFileError
        If there is no such unit; the message names those that are like it.
    """
    known = {str(unit): unit for unit in names.index}
    by_name = {fold(str(name)): unit for unit, name in names.items()}

    def unit_of(given: Any, where: Sequence[str | int]) -> Any:
        if str(given) in known:
            return known[str(given)]
        if fold(str(given)) in by_name:
            return by_name[fold(str(given))]
        close = nearest(str(given), [*map(str, names), *known], count=3)
        hint = ", ".join(close)
        raise file.fault(
            where,
            f"{given!r} diye bir birim yok" + (f"; benzerleri: {hint}." if close else "."),
            f"there is no unit {given!r}" + (f"; like it: {hint}." if close else "."),
        )

    found = []
    for k, hypothesis in enumerate(hypotheses):
        options = dict(hypothesis.options)
        at: list[str | int] = ["claims", k]
        for key in ("members", "named"):
            if key in options:
                options[key] = [unit_of(u, [*at, key]) for u in options[key]]
        for key in ("regions", "parts", "outliers"):
            if key in options:
                options[key] = [
                    {**one, "members": [unit_of(u, [*at, key]) for u in one["members"]]}
                    for one in options[key]
                ]
        if "outliers" in options:
            options["outliers"] = [
                {**one, "unit": unit_of(one["unit"], [*at, "outliers"])}
                for one in options["outliers"]
            ]
        if "seat" in options:
            options["seat"] = {k: unit_of(u, [*at, "seat"]) for k, u in options["seat"].items()}
        found.append(replace(hypothesis, options=options))
    return tuple(found)


def with_index(
    sources: Sources, hypothesis: Hypothesis, k: int, kept: pd.Index, numbered: pd.Index
) -> Hypothesis:
    """
    Read the index of a claim: a column of the table, a file of its own, or one that mekantek knows.

    Parameters
    ----------
    sources : Sources
    hypothesis : Hypothesis
    k : int
        Which claim of the file it is, from 0.
    kept, numbered : pandas.Index
        Ids as the files write them, and as the study has them.

    Returns
    -------
    Hypothesis

    Raises
    ------
    StudyFileError
        If index and table share no id.
    TableError
        If the file of the index cannot be read.
    """
    told = hypothesis.options.get("index")
    if told is None:
        return hypothesis
    where: list[str | int] = ["claims", k, "index"]
    if told in INDICES:
        if set(numbered) != set(load_provinces().index):
            raise sources.file.fault(
                where,
                f"{told} Türkiye'nin 81 iline aittir; kimlikler plaka değil. Kendi endeks dosyanızı adlandırın.",
                f"{told} is of the 81 provinces of Türkiye, and the ids are no plates. Name an index file "
                "of your own.",
            )
        return hypothesis
    given = {"column": told} if isinstance(told, str) else dict(told)
    named = given.get("file")
    if isinstance(told, str) and told not in sources.header and sources.file.beside(told).is_file():
        named = told
    if named is None:
        name = str(given["column"])
        values = sources.numbers(name, where)
    else:
        name = str(named)
        cells = delimited.read_cells(sources.file.beside(name))
        identifier = str(given.get("id", cells.header[0]))
        column = (
            cells.header[-1] if isinstance(told, str) else given.get("column", cells.header[-1])
        )
        read = delimited.read_table(
            sources.file.beside(name), id_column=identifier, value_columns=[column]
        )
        values = read[column]
        if not len(values.index.intersection(kept)):
            raise sources.file.fault(
                where,
                f"{name} ile tablonun ortak kimliği yok.",
                f"{name} and the table share no id.",
            )
    placed = values.reindex(kept).set_axis(numbered).dropna()
    if given.get("better") == "low":
        placed = -placed
    index = ProvinceIndex(name=name, kind="scores", places=placed, of=len(kept))
    return replace(hypothesis, options={**hypothesis.options, "index": index})
