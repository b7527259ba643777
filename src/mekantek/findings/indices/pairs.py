"""Is high technology one-to-one with the index: the pairs that stand the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.index_files import ProvinceIndex
from mekantek.findings.belt_choices import together_of
from mekantek.findings.gradients import labelled
from mekantek.findings.indices.choices import (
    FLOORS,
    SURROGATES,
    Variable,
    readings_of,
    surrogate_maps,
    variables,
)
from mekantek.findings.indices.ranks import Given, index_for, mechanical
from mekantek.findings.other_data import edition_told, together
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.sizes import floors, large
from mekantek.findings.verdict import Hypothesis, Verdict
from mekantek.grammar import inflected
from mekantek.study import Study
from mekantek.text import LANGUAGES, Text, number

__all__ = ["discordant", "one_to_one"]

NULL = Text(
    "endeks yerinde kalır, payların ve değerlerin sıraları yerine aynı Moran I değerini taşıyan "
    "rastgele haritalar konur (çalışmanın komşuluğunda tayfsal rastgeleleştirme): ters çiftler "
    "rastlantıdakinden az mı; hüküm buna dayanmaz, bir tek ters çift «birebir»i çürütür",
    "the index stays, the ranks of shares and values give way to random maps with their Moran's I "
    "(spectral randomization on the study's neighbours): are there fewer pairs the other way round "
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


def one_to_one(
    study: Study,
    hypothesis: Hypothesis | None = None,
    *,
    index: Given | None = None,
    edition: str | None = None,
) -> Verdict:
    """
    Look for the first pair of units that refutes "one-to-one" ("birebir").

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.
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
    hypothesis = hypothesis or study.hypothesis("one-to-one")
    last, classes = study.at(study.years[-1]), str(hypothesis.options["class"])
    used, own = index_for(hypothesis, index, edition=edition)
    main = _counted(study, used, last.share(classes))
    wider = together_of(hypothesis)[1:]
    grid = [(year, c) for year in study.years for c in (*study.classes, *wider)]
    remark = mechanical(hypothesis, own=own)
    companions = [
        labelled(
            Text("{name}, {year}", "{name}, {year}").format(
                name=study.design.title_of(c), year=year
            ),
            _counted(study, used, study.at(year).share(c)),
            **{"class": c, "year": year},
        )
        for year, c in grid
        if (c, year) != (classes, last.year)
    ]
    return Verdict(
        hypothesis=hypothesis,
        verdict=hypothesis.decide({"a discordant pair": main["first"] is not None}),
        reason=together(_reason(study, classes, main, remark), edition_told(study, used)),
        main={
            **main,
            "class": classes,
            "year": last.year,
            "remark": remark.to_dict(),
        },
        companions=companions,
        curve=partial(_curve, study, hypothesis, {used.name: used} if own else readings_of(used)),
        basis=study.provenance["basis"],
        design=study.design,
    )


def _reason(study: Study, classes: str, main: Mapping[str, Any], remark: Text) -> Text:
    first, unit = main["first"] or [], study.design.unit
    write, name = study.writer(classes), study.design.title_of(classes)
    key = "rank" if not first or "rank" in first[0] else "score"
    told: dict[str, dict[str, Any]] = {
        lang: {
            "n": main["coverage"]["of"], "known": main["coverage"]["known"],
            "k": main["statistic"], "of": main["of"], "units": unit.counted[lang],
            "from": inflected(unit.tr, "dan"), "whose": inflected(unit.many.tr, "ın"),
            "what": name[lang] + (Text(" payı", " shares")[lang] if study.sized else ""),
        }
        for lang in LANGUAGES
    }  # fmt: skip
    for lang in LANGUAGES:
        for letter, one in zip("ab", first, strict=False):
            place = one[key] if key == "rank" else number(one[key], lang)
            told[lang] |= {letter: one["name"], f"r{letter}": place,
                           f"s{letter}": write(one["share"], lang)}  # fmt: skip
    if not first:
        text = Text(
            "Endekste yeri bilinen {whose} ({n} {from} {known}) {of} çiftinden hiçbiri ters değil. ",
            "Of {of} pairs with a known place ({known} of {n} {units}) none stands the other way "
            "round. ",
        )
    elif key == "rank":
        text = Text(
            "{a} endekste {ra}., {b} {rb}. sırada; {what} ise {sa} ve {sb}. Sırası "
            "bilinen {whose} ({n} {from} {known}) {of} çiftinden {k} tanesi ters. ",
            "{a} ranks {ra} and {b} {rb} in the index, yet their {what} are {sa} "
            "and {sb}. Of {of} pairs with known ranks ({known} of {n} {units}) {k} stand the "
            "other way round. ",
        )
    else:
        text = Text(
            "{a} endekste {ra}, {b} {rb} puanda; {what} ise {sa} ve {sb}. Puanı "
            "bilinen {whose} ({n} {from} {known}) {of} çiftinden {k} tanesi ters. ",
            "{a} scores {ra} and {b} {rb} in the index, yet their {what} are {sa} "
            "and {sb}. Of {of} pairs with known scores ({known} of {n} {units}) {k} stand the "
            "other way round. ",
        )
    return Text(text.tr.format(**told["tr"]) + remark.tr, text.en.format(**told["en"]) + remark.en)


def _curve(
    study: Study, hypothesis: Hypothesis, indices: Mapping[str, ProvinceIndex]
) -> SpecificationCurve:
    """Every reading of the index and of the data; the effect is minus the part that stand wrong."""
    read, specifications, drawn = list(variables(study, hypothesis)), [], []
    sizes = floors(study, FLOORS)
    maps = surrogate_maps(study, read, SURROGATES)[1:]
    for name, index in indices.items():
        for k, variable in enumerate(read):
            for floor, out, values in _read(index, variable, sizes):
                found = _counted(study, index, values)
                if found["of"] < 3:
                    continue
                choice = {
                    "index": name, **variable.choice, "floor": floor,
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


def _read(
    index: ProvinceIndex, variable: Variable, sizes: Mapping[str, float | None]
) -> Iterator[tuple[str, Any, pd.Series]]:
    """Which units are read: a floor of sizes, or all but one of those that have a place."""
    for floor, least in sizes.items():
        yield floor, None, variable.numbers.where(large(variable.total, least))
    for unit in index.places.index if len(index.places) < len(variable.numbers) / 2 else ():
        yield "all", unit, variable.numbers.drop(unit)


def _wrong(goodness: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Part of the pairs that stand the other way round in every row, shape (R,)."""
    first, second = np.triu_indices(len(goodness), 1)
    better = np.sign(goodness[first] - goodness[second])
    found: np.ndarray = ((rows[:, first] - rows[:, second]) * better < 0).mean(axis=1)
    return found
