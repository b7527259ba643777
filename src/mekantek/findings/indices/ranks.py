"""Indices with what is known of them, and how one is held against a variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from mekantek.datasets import provinces, tables
from mekantek.datasets.index_files import ProvinceIndex, read_index
from mekantek.errors import ValuesError
from mekantek.stats import inference
from mekantek.stats.association import kendall
from mekantek.stats.completions import kendall_bounds, spearman_bounds
from mekantek.stats.results import GlobalResult
from mekantek.study import Hypothesis
from mekantek.text import Text, lower

__all__ = [
    "associated",
    "bounded",
    "detectable",
    "iltek_index",
    "index_for",
    "index_of",
    "index_ranks",
    "mechanical",
]

Given = str | os.PathLike[str] | pd.Series | ProvinceIndex
_ESKISEHIR, _KOCAELI = 26, 41


def mechanical(hypothesis: Hypothesis, *, own: bool) -> Text:
    """
    Say that the index counts a part of what it is held against; of an index of one's own, if so.

    Examples
    --------
    >>> import mekantek as mt
    >>> mechanical(mt.load_study().hypothesis("iltek"), own=True).en[:26]
    'If yours is İLTEK itself: '
    """
    remark = hypothesis.options.get("remark")
    if remark is None:
        return Text("", "")
    told = Text(remark["tr"], remark["en"])
    if not own:
        return told
    return Text(
        "Sizinki İLTEK'in kendisiyse: " + lower(told.tr[:1]) + told.tr[1:],
        "If yours is İLTEK itself: " + told.en[:1].lower() + told.en[1:],
    )


def index_for(
    hypothesis: Hypothesis, given: Given | None = None, *, edition: str | None = None
) -> tuple[ProvinceIndex, bool]:
    """
    Give the index that a claim is about, and whether another one stands in its place.

    Examples
    --------
    >>> import mekantek as mt
    >>> index, own = index_for(mt.load_study().hypothesis("iltek"))
    >>> index.name, own
    ('iltek-2024', False)
    """
    if given is not None:
        return index_of(given, edition=edition), True
    named = hypothesis.options["index"]
    return (named if isinstance(named, ProvinceIndex) else iltek_index(str(named))), False


def index_ranks(
    name: Literal["iltek-2024", "iltek-2025"] = "iltek-2024", *, reading: str = "press"
) -> pd.Series:
    """
    Give the known ranks of an index.

    Parameters
    ----------
    name : str
        ``iltek-2024`` or ``iltek-2025``.
    reading : {"press", "report"}
        Two sources disagree on 2024: the press gives Eskişehir 3 and Kocaeli 4, the report
        Eskişehir 4 (then Kocaeli 3, by inference).

    Returns
    -------
    pandas.Series, index plate
        Whole numbers as floats, 1 is best; only the provinces whose rank is published.

    Examples
    --------
    >>> [index_ranks(reading=r).loc[26].item() for r in ("press", "report")], len(index_ranks())
    ([3.0, 4.0], 17)
    """
    table = tables.load_index(name)
    first: pd.Series = table.drop_duplicates("plate").set_index("plate")["rank"].astype(float)
    if reading == "report" and name == "iltek-2024":
        first = first.where(first.index != _ESKISEHIR, 4.0).where(first.index != _KOCAELI, 3.0)
    elif reading not in ("press", "report"):
        raise ValuesError(f"reading is {reading!r}; it can be 'press' or 'report'.")
    return first.sort_index()


def iltek_index(name: str = "iltek-2024", *, reading: str = "press") -> ProvinceIndex:
    """Give İLTEK, or GDP per head, as an index of provinces."""
    if name == "gdp-2024":
        table = tables.load_index("gdp-2024")
        ranks = table.set_index("plate")["rank"].astype(float).sort_index()
        return ProvinceIndex(name=name, kind="ranks", places=ranks, edition="2024")
    ranks = index_ranks(name, reading=reading)  # type: ignore[arg-type]
    return ProvinceIndex(name=name, kind="ranks", places=ranks, edition=name[-4:])


def index_of(given: Given, *, edition: str | None = None) -> ProvinceIndex:
    """
    Take an index as a file, as ranks by plate or name, or as read before.

    Raises
    ------
    TableError
        As of `mekantek.datasets.index_files.read_index`.
    UnknownProvinceError
        If a series names a province that is none.
    ValuesError
        If a series gives a province or a rank twice, or a rank that is no whole number from 1 to 81.

    Examples
    --------
    >>> index_of(pd.Series({"Ankara": 1, "İstanbul": 2, "Kocaeli": 3})).places.to_dict()
    {6: 1.0, 34: 2.0, 41: 3.0}
    """
    if isinstance(given, ProvinceIndex):
        return given
    if not isinstance(given, pd.Series):
        return read_index(Path(given), edition=edition)
    plates = [provinces.resolve(unit) for unit in given.index]
    ranks = pd.Series(given.to_numpy(dtype=float), index=plates).dropna().sort_index()
    if ranks.index.has_duplicates:
        twice = ranks.index[ranks.index.duplicated()][0]
        raise ValuesError(f"Province {twice} stands more than once in the index.")
    whole = (ranks % 1 == 0) & ranks.between(1, 81)
    if not whole.all() or ranks.duplicated().any():
        raise ValuesError(
            "Ranks must be different whole numbers from 1 to 81; give scores in a file.",
            "Sıralar 1'den 81'e birbirinden farklı tam sayı olmalıdır; puanları dosyayla verin.",
        )
    return ProvinceIndex(name=str(given.name or "index"), kind="ranks", places=ranks)


def bounded(
    index: ProvinceIndex, values: pd.Series, *, coefficient: str = "kendall"
) -> dict[str, float | None]:
    """Give the extremes of τ-b or ρ over all completions; none where known scores are tied."""
    scores = index.kind == "scores"
    if scores and index.places.duplicated().any():
        return {"low": None, "high": None}
    placed = (-index.places if scores else index.places).reindex(values.index)
    extremes = kendall_bounds if coefficient == "kendall" else spearman_bounds
    found = extremes(placed.to_numpy(), values.to_numpy(dtype=float),
                     known="order" if scores else "ranks")  # fmt: skip
    return {"low": found.low, "high": found.high}


def associated(index: ProvinceIndex, values: pd.Series) -> tuple[GlobalResult, dict[str, Any]]:
    """Kendall's τ-b on the known places, its bounds over all completions, and the coverage."""
    goodness = index.goodness
    known = values.reindex(goodness.index).dropna().index
    result = kendall(goodness[known].to_numpy(), values[known].to_numpy(dtype=float))
    coverage = {"known": len(known), "of": len(values)}
    return result, {"bounds": bounded(index, values), "coverage": coverage}


def detectable(result: GlobalResult) -> float:
    """Give the smallest coefficient that so few places would show in four of five cases."""
    if result.variance is None:
        return 1.0
    return min(1.0, inference.detectable_shift(result.variance))
