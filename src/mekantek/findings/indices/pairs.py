"""Is high technology one-to-one with the index: the pairs that stand the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.index_files import ProvinceIndex
from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.gradients import labelled
from mekantek.findings.indices.choices import (
    FLOORS,
    SURROGATES,
    Variable,
    readings_of,
    surrogate_maps,
    variables,
)
from mekantek.findings.indices.ranks import Given, iltek_index, index_of, mechanical
from mekantek.findings.other_data import edition_told, together
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Hypothesis, Verdict, load_hypothesis
from mekantek.study import CLASS_COLUMNS, Study
from mekantek.text import LANGUAGES, Text, number, percent

__all__ = ["discordant", "one_to_one"]

_BOTH = "high+medium_high"
NULL = Text(
    "endeks yerinde kalır, payların ve değerlerin sıraları yerine aynı Moran I değerini taşıyan "
    "rastgele haritalar konur (resmî komşulukta tayfsal rastgeleleştirme): ters çiftler "
    "rastlantıdakinden az mı; hüküm buna dayanmaz, bir tek ters çift «birebir»i çürütür",
    "the index stays, the ranks of shares and values give way to random maps with their Moran's I "
    "(spectral randomization on the official neighbours): are there fewer pairs the other way round "
    "than by chance; the verdict does not rest on it, one such pair refutes 'one-to-one'",
)


def discordant(goodness: pd.Series, values: pd.Series) -> list[tuple[Any, Any]]:
    """
    List pairs (better placed, worse placed) whose values stand the other way, best places first.

    Examples
    --------
    >>> discordant(pd.Series({"a": 3, "b": 2, "c": 1}), pd.Series({"a": 5.0, "b": 1.0, "c": 2.0}))
    [('b', 'c')]
    """
    known = values.reindex(goodness.index).dropna()
    order = goodness[known.index].sort_values(ascending=False, kind="stable").index
    held, placed = known.to_dict(), goodness.to_dict()
    return [
        (better, worse)
        for position, worse in enumerate(order)
        for better in order[:position]
        if placed[better] > placed[worse] and held[better] < held[worse]
    ]


def _counted(study: Study, index: ProvinceIndex, values: pd.Series) -> dict[str, Any]:
    pairs = discordant(index.goodness, values)
    names, first = study.names, None
    key = "rank" if index.kind == "ranks" else "score"
    if pairs:
        first = [
            {"id": str(u), "name": names[u],
             key: int(index.places[u]) if key == "rank" else float(index.places[u]),
             "share": float(values[u])}
            for u in pairs[0]
        ]  # fmt: skip
    known = int(values.reindex(index.places.index).notna().sum())
    return {
        "schema": "mekantek/pairs/1",
        "name": "discordant_pairs",
        "statistic": len(pairs),
        "of": known * (known - 1) // 2,
        "first": first,
        "coverage": {"known": known, "of": len(study.frame)},
    }


def one_to_one(study: Study, *, index: Given | None = None, edition: str | None = None) -> Verdict:
    """
    Look for the first pair of provinces that refutes "one-to-one" ("birebir").

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    index : path, pandas.Series or ProvinceIndex, optional
        As of `iltek`.
    edition : str, optional

    Returns
    -------
    Verdict
        Main result: the number of discordant among all pairs with known ranks, and the first by
        rank.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.one_to_one(mt.load_study()).verdict
    'contradicted'
    """
    hypothesis = load_hypothesis("iltek-one-to-one", study.years)
    last, classes = study.at(study.years[-1]), hypothesis.options["class"]
    used = index_of(index, edition=edition) if index is not None else iltek_index(
        hypothesis.options["index"]
    )  # fmt: skip
    main = _counted(study, used, last.share(classes))
    grid = [(year, c) for year in study.years for c in (*CLASS_COLUMNS, _BOTH)]
    companions = [
        labelled(
            Text("{name}, {year}", "{name}, {year}").format(name=CLASS_NAMES[c], year=year),
            _counted(study, used, study.at(year).share(c)),
            **{"class": c, "year": year},
        )
        for year, c in grid
        if (c, year) != (classes, last.year)
    ]
    return Verdict(
        hypothesis=hypothesis,
        verdict=hypothesis.decide({"a discordant pair": main["first"] is not None}),
        reason=together(_reason(main, own=index is not None), edition_told(study, used)),
        main={
            **main,
            "class": classes,
            "year": last.year,
            "remark": mechanical(own=index is not None).to_dict(),
        },
        companions=companions,
        curve=partial(
            _curve, study, hypothesis, readings_of() if index is None else {used.name: used}
        ),
        basis=study.provenance["basis"],
    )


def _reason(main: Mapping[str, Any], *, own: bool) -> Text:
    first = main["first"] or []
    key = "rank" if not first or "rank" in first[0] else "score"
    told: dict[str, dict[str, Any]] = {
        lang: {
            "n": main["coverage"]["of"], "known": main["coverage"]["known"],
            "k": main["statistic"], "of": main["of"],
        }
        for lang in LANGUAGES
    }  # fmt: skip
    for lang in LANGUAGES:
        for letter, unit in zip("ab", first, strict=False):
            place = unit[key] if key == "rank" else number(unit[key], lang)
            told[lang] |= {letter: unit["name"], f"r{letter}": place,
                           f"s{letter}": percent(unit["share"], lang)}  # fmt: skip
    remark = mechanical(own=own)
    if not first:
        text = Text(
            "Endekste yeri bilinen illerin ({n} ilden {known}) {of} çiftinden hiçbiri ters değil. ",
            "Of {of} pairs with a known place ({known} of {n} provinces) none stands the other way "
            "round. ",
        )
    elif key == "rank":
        text = Text(
            "{a} endekste {ra}., {b} {rb}. sırada; yüksek teknoloji payı ise {sa} ve {sb}. Sırası "
            "bilinen illerin ({n} ilden {known}) {of} çiftinden {k} tanesi ters. ",
            "{a} ranks {ra} and {b} {rb} in the index, yet their high-technology shares are {sa} "
            "and {sb}. Of {of} pairs with known ranks ({known} of {n} provinces) {k} stand the "
            "other way round. ",
        )
    else:
        text = Text(
            "{a} endekste {ra}, {b} {rb} puanda; yüksek teknoloji payı ise {sa} ve {sb}. Puanı "
            "bilinen illerin ({n} ilden {known}) {of} çiftinden {k} tanesi ters. ",
            "{a} scores {ra} and {b} {rb} in the index, yet their high-technology shares are {sa} "
            "and {sb}. Of {of} pairs with known scores ({known} of {n} provinces) {k} stand the "
            "other way round. ",
        )
    return Text(text.tr.format(**told["tr"]) + remark.tr, text.en.format(**told["en"]) + remark.en)


def _curve(
    study: Study, hypothesis: Hypothesis, indices: Mapping[str, ProvinceIndex]
) -> SpecificationCurve:
    """Every reading of the index and of the data; the effect is minus the part that stand wrong."""
    read, specifications, drawn = list(variables(study)), [], []
    maps = surrogate_maps(study, read, SURROGATES)[1:]
    for name, index in indices.items():
        for k, variable in enumerate(read):
            for floor, out, values in _read(index, variable):
                found = _counted(study, index, values)
                if found["of"] < 3:
                    continue
                choice = {
                    "index": name, **variable.choice, "provinces": floor,
                    "left_out": "none" if out is None else study.names[out],
                }  # fmt: skip
                specifications.append(
                    Specification(
                        choice=choice,
                        effect=-found["statistic"] / found["of"],
                        p_value=None,
                        verdict=hypothesis.decide(
                            {"a discordant pair": found["first"] is not None}
                        ),
                    )
                )
                known = values.reindex(index.places.index).dropna().index
                rows = maps[:, study.names.index.get_indexer(known), k]
                drawn.append(-_wrong(index.goodness[known].to_numpy(), rows))
    return SpecificationCurve(
        specifications=tuple(specifications), surrogates=np.column_stack(drawn), null=NULL
    )


def _read(index: ProvinceIndex, variable: Variable) -> Iterator[tuple[str, Any, pd.Series]]:
    """Which provinces are read: a floor of exports, or all but one of those that have a place."""
    for floor, least in FLOORS.items():
        yield (
            floor,
            None,
            (variable.numbers.where(variable.total >= least) if least else variable.numbers),
        )
    for unit in index.places.index if len(index.places) < len(variable.numbers) / 2 else ():
        yield "all", unit, variable.numbers.drop(unit)


def _wrong(goodness: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Part of the pairs that stand the other way round in every row, shape (R,)."""
    first, second = np.triu_indices(len(goodness), 1)
    better = np.sign(goodness[first] - goodness[second])
    found: np.ndarray = ((rows[:, first] - rows[:, second]) * better < 0).mean(axis=1)
    return found
