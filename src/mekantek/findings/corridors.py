"""Is a set of neighbouring units a belt: the report's technology corridors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.belt_choices import NULL, clustered, corridor_choices, together_of
from mekantek.findings.gradients import labelled
from mekantek.findings.robustness import SpecificationCurve
from mekantek.findings.verdict import Hypothesis, Verdict, thresholds
from mekantek.stats.local.moran import local_moran
from mekantek.stats.subsets import (
    Corridor,
    SetStatistic,
    connected_sets,
    corridor,
    leave_one_out,
    member_joins,
    search_corridor,
    set_statistic,
)
from mekantek.study import Study
from mekantek.text import Text, number, p_value

__all__ = ["belt", "belts"]


def _statistics(study: Study) -> Mapping[SetStatistic, Text]:
    """The other statistics of a set; the weighted one where units have a size."""
    found: dict[SetStatistic, Text] = {"mean": Text("üyelerin ortalaması", "mean of the members")}
    if study.design.whole is not None:
        size = study.design.whole.title
        found["weighted"] = Text(f"{size.tr} ağırlıklı ortalama", f"mean weighted by {size.en}")
    return found | {"joint": Text("üyelerin z çarpımı", "product of the members' z")}


def _word(hypothesis: Hypothesis, ranked: Corridor, local: dict[str, Any]) -> str:
    p = ranked.p_value
    return hypothesis.decide(
        {
            "ranked": p is not None and p <= thresholds()["alpha"],
            "clustered at every member": local["clustered_everywhere"],
        }
    )


def _needed(share: pd.Series, study: Study, size: int) -> float:
    """Smallest statistic whose rank would still pass; no power, for ranking all sets samples none."""
    sets = connected_sets(study.graph.sparse, size)
    every = np.sort(set_statistic(sets, share.reindex(study.graph.ids).to_numpy()))
    # Of equal statistics all or none pass: the first of them has the rank of them all.
    rank = len(every) - np.searchsorted(every, every)
    passing = every[rank <= thresholds()["alpha"] * len(every)]
    return float(passing[0]) if len(passing) else float("nan")


def belt(study: Study, name: str | Hypothesis = "corridor") -> Verdict:
    """
    Test whether a named set of units is a belt.

    Parameters
    ----------
    study : Study
    name : str or Hypothesis
        Such as ``corridor-ankara-eskisehir``; the study's first corridor by default.

    Returns
    -------
    Verdict
        Main result: the rank of the smallest member's value of the last year among all connected
        sets of that size. Companions: local Moran at the members; the same claim for several
        variables together where it is made, with its own verdict; every variable and year; the other
        statistics; what is left without each member; the rank among all sets, adjacent or not;
        joins among the members; the best set of all, corrected for the search; and outliers that
        the claim names.

    Examples
    --------
    >>> import mekantek as mt
    >>> found = mt.findings.belt(mt.load_study(), "corridor-ankara-eskisehir")
    >>> found.main["of"]
    199
    """
    hypothesis = study.hypothesis(name) if isinstance(name, str) else name
    members, classes = list(hypothesis.options["members"]), str(hypothesis.options["class"])
    last = study.at(study.years[-1])
    main = corridor(last.share(classes), last.graph, members)
    local = clustered(last.share(classes), last.graph, members, last.names)
    verdict = _word(hypothesis, main, local)
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=_reason(last, classes, main, local, members),
        main={
            **main.to_dict(),
            "class": classes,
            "year": last.year,
            "id": hypothesis.id,
            "passes_from": _needed(last.share(classes), last, len(members)),
        },
        companions=lambda: [
            _local(last, classes, local),
            *_together(last, hypothesis, members),
            *_years(study, hypothesis, members),
            *_otherwise(last, classes, members),
            *(_outlier(study.at(y), o) for o in hypothesis.options.get("outliers", ())
              for y in study.years),
        ],
        curve=partial(_curve, study, hypothesis),
        basis=study.provenance["basis"],
        design=study.design,
    )  # fmt: skip


def _curve(study: Study, hypothesis: Hypothesis) -> SpecificationCurve:
    specifications, surrogates = corridor_choices(study, hypothesis)
    return SpecificationCurve(specifications=specifications, surrogates=surrogates, null=NULL)


def _local(study: Study, classes: str, local: dict[str, Any]) -> dict[str, Any]:
    name = study.design.title_of(classes)
    label = Text(f"Yerel Moran, {name.tr}", f"Local Moran, {name.en}")
    return labelled(label, local, **{"class": classes, "year": study.year})


def _together(study: Study, hypothesis: Hypothesis, members: list[Any]) -> list[dict[str, Any]]:
    """The same claim for several variables together, where it is made."""
    found = []
    for both in together_of(hypothesis)[1:]:
        share = study.share(both)
        ranked = corridor(share, study.graph, members)
        local = clustered(share, study.graph, members, study.names)
        context = {"class": both, "year": study.year, "verdict": _word(hypothesis, ranked, local)}
        found += [
            labelled(study.design.title_of(both), ranked.to_dict(), **context),
            _local(study, both, local),
        ]
    return found


def _years(study: Study, hypothesis: Hypothesis, members: list[Any]) -> Iterator[dict[str, Any]]:
    """Every variable in every year that has it; sets of units without a value are left out."""
    asked = together_of(hypothesis)
    skip = {(name, study.years[-1]) for name in asked}
    for year in sorted(study.panel, reverse=True):
        at = study.at(year)
        for classes in (*study.classes, *asked[1:]):
            share = at.share(classes)
            if (classes, year) in skip or share[members].isna().any():
                continue
            yield labelled(
                Text("{name}, {year}", "{name}, {year}").format(
                    name=study.design.title_of(classes), year=year
                ),
                corridor(share, at.graph, members, missing="drop").to_dict(),
                **{"class": classes, "year": year},
            )


def _otherwise(study: Study, classes: str, members: list[Any]) -> list[dict[str, Any]]:
    """Rank the set by the other statistics, without each member, among all sets, and searched."""
    share, graph, total = study.share(classes), study.graph, study.frame["value"]
    context = {"class": classes, "year": study.year}
    found = [
        labelled(label, corridor(share, graph, members, statistic=statistic,
                                 weights=total).to_dict(), **context)
        for statistic, label in _statistics(study).items()
    ]  # fmt: skip
    for unit, left in leave_one_out(share, graph, members).items():
        name = {str(u): n for u, n in study.names.items()}[unit]
        label = Text(f"{name} olmadan", f"without {name}")
        found.append(labelled(label, left.to_dict(), **context, left_out=unit))
    anywhere = corridor(share, graph, members, among="any").to_dict()
    found.append(labelled(Text("bütün gruplar arasında, bitişik olsun olmasın",
                               "among all sets, adjacent or not"), anywhere, **context))  # fmt: skip
    middle = study.national_share(classes) if study.valued else float(share.mean())
    above = (share > middle).astype(int)
    label = Text(
        "bütünün payının üstünde olan üyeler arasındaki komşuluklar",
        "links among members with a share above that of the whole",
    )
    if not study.valued:
        label = Text(
            "ortalamanın üstünde olan üyeler arasındaki komşuluklar",
            "links among members above the mean",
        )
    found.append(labelled(label, member_joins(above, graph, members), **context))
    best = search_corridor(share, graph, len(members))
    assert best.search is not None
    names = "–".join(str(study.names[n]) for n in study.names.index if str(n) in best.members)
    label = Text(
        f"aranan en iyi grup ({names}), aramaya göre düzeltilmiş",
        f"best set of a search ({names}), corrected for the search",
    )
    searched = {**best.to_dict(), "p_value": best.search["p_value"], "rank_p": best.p_value}
    return [*found, labelled(label, searched, **context)]


def _outlier(study: Study, told: Mapping[str, Any]) -> dict[str, Any]:
    """Whether one unit stands out from its neighbours, and where it stands in its region."""
    unit, classes, region = told["unit"], told["class"], list(told["members"])
    where = str(told.get("region", "–"))
    share = study.share(classes)
    lisa = local_moran(share, study.graph, alternative="less").frame.loc[unit]
    return labelled(
        Text(
            f"{study.names[unit]}, {where} içinde, {study.year}",
            f"{study.names[unit]} within {where}, {study.year}",
        ),
        {
            "name": "local_outlier",
            "id": str(unit),
            "report_line": told.get("report_line"),
            "value": float(share[unit]),
            "lag": float(lisa["lag"]),
            "quadrant": lisa["quadrant"],
            "p_value": float(lisa["p_value"]),
            "alternative": "less",
            "method": lisa["method"],
            "region": where,
            "rank": int((share[region] >= share[unit]).sum()),
            "of": len(region),
            "rank_everywhere": int((share >= share[unit]).sum()),
            "of_everywhere": int(share.notna().sum()),
            "next_in_region": float(share[[m for m in region if m != unit]].max()),
        },
        **{"class": classes, "year": study.year},
    )


def belts(study: Study) -> list[Verdict]:
    """Test every corridor of the study."""
    return [belt(study, h) for h in study.hypotheses if h.test == "corridor"]


def _reason(
    study: Study, classes: str, ranked: Corridor, local: dict[str, Any], members: list[Any]
) -> Text:
    names = study.names
    least, write = min(members, key=lambda m: study.share(classes)[m]), study.writer(classes)
    failing = [
        u for u in local["units"]
        if u["quadrant"] != "HH" or (u["p_adjusted"] or 1) > thresholds()["alpha"]
    ]  # fmt: skip
    told = {}
    for lang in ("tr", "en"):
        where = ", ".join(f"{u['name']} ({p_value(u['p_adjusted'], lang)})" for u in failing)
        if ranked.rank is None:
            told[lang] = Text(
                f"En küçük üye {names[least]}. Üyeler bitişik bir grup değil; sırası ve p "
                "değeri yoktur.",
                f"The smallest member is {names[least]}. The members are no connected set; it has no "
                "rank and no p-value.",
            )[lang]
            continue
        value = write(ranked.value or 0.0, lang)
        p = number(ranked.p_value or 1.0, lang, digits=3)
        if lang == "tr":
            also = "Ancak" if (ranked.p_value or 1.0) <= thresholds()["alpha"] else "Ayrıca"
            first = (
                f"En küçük üye {names[least]}, {value}: {ranked.of} bitişik grup arasında "
                f"{ranked.rank}. sıra (p = {p})."
            )
            second = (
                f" {also} {where} yüksek–yüksek kümede değil; p Holm ile düzeltilmiş."
                if failing
                else " Her üye yüksek–yüksek kümededir."
            )
        else:
            first = (
                f"The smallest member is {names[least]}, {value}: rank {ranked.rank} of "
                f"{ranked.of} connected sets (p = {p})."
            )
            second = (
                f" No high–high cluster at: {where}; p corrected by Holm."
                if failing
                else " Every member lies in a high–high cluster."
            )
        told[lang] = first + second
    return Text(told["tr"], told["en"])
