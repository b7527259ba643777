"""Is a set of neighbouring provinces a belt: the report's technology corridors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.gradients import labelled
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import (
    Hypothesis,
    Verdict,
    hypotheses,
    load_hypothesis,
    thresholds,
)
from mekantek.stats import inference
from mekantek.stats.local.moran import local_moran
from mekantek.stats.results import LocalResult
from mekantek.stats.subsets import Corridor, connected_sets, corridor, set_statistic
from mekantek.study import CLASS_COLUMNS, Study, neighbours_of
from mekantek.text import Text, number, p_value, percent

__all__ = ["belt", "belts"]

_BOTH = "high+medium_high"


def _clustered(lisa: LocalResult, members: list[Any], names: pd.Series) -> dict[str, Any]:
    """Local Moran of the members, one-sided exact p corrected over the members by Holm."""
    rows = lisa.frame.loc[members]
    adjusted = inference.adjust(rows["p_value"].to_numpy(), "holm")
    alpha = thresholds()["alpha"]
    units = [
        {
            "id": str(unit),
            "name": str(names[unit]),
            "quadrant": rows.loc[unit, "quadrant"],
            "p_value": None if np.isnan(rows.loc[unit, "p_value"]) else rows.loc[unit, "p_value"],
            "p_adjusted": None if np.isnan(p) else float(p),
        }
        for unit, p in zip(members, adjusted, strict=True)
    ]
    everywhere = all(
        u["quadrant"] == "HH" and u["p_adjusted"] is not None and u["p_adjusted"] <= alpha
        for u in units
    )
    return {
        "name": "local_moran",
        "alternative": "greater",
        "method": lisa.method,
        "correction": "holm",
        "units": units,
        "clustered_everywhere": everywhere,
    }


def _tested(study: Study, classes: str, members: list[Any]) -> tuple[Corridor, dict[str, Any]]:
    share, graph = study.share(classes), study.graph
    ranked = corridor(share, graph, members)
    return ranked, _clustered(
        local_moran(share, graph, alternative="greater"), members, study.names
    )


def _word(hypothesis: Hypothesis, ranked: Corridor, local: dict[str, Any]) -> str:
    p = ranked.p_value
    return hypothesis.decide(
        {
            "ranked": p is not None and p <= thresholds()["alpha"],
            "clustered at every member": local["clustered_everywhere"],
        }
    )


def _specifications(
    study: Study, hypothesis: Hypothesis, members: list[Any]
) -> list[Specification]:
    found = []
    for spec in ("official", "queen", "rook"):
        graph = study.graph if spec == study.graph.spec else neighbours_of(spec)
        for year in study.years:
            at = study.at(year)
            total = at.frame["value"]
            for classes in (hypothesis.options["class"], _BOTH):
                share = at.share(classes)
                local = _clustered(
                    local_moran(share, graph, alternative="greater"), members, study.names
                )
                for statistic in ("minimum", "mean", "weighted", "joint"):
                    ranked = corridor(share, graph, members, statistic=statistic, weights=total)
                    found.append(
                        Specification(
                            choice={
                                "neighbours": spec,
                                "year": year,
                                "class": classes,
                                "statistic": statistic,
                            },
                            effect=ranked.value,
                            p_value=ranked.p_value,
                            verdict=_word(hypothesis, ranked, local),
                        )
                    )
    return found


def _needed(share: pd.Series, study: Study, size: int) -> float:
    """Smallest statistic whose rank would still pass; no power, for ranking all sets samples none."""
    from mekantek.stats.links import join

    numbers, _, links = join(share, study.graph, standardize="none")
    every = np.sort(set_statistic(connected_sets(links.matrix, size), numbers))[::-1]
    passing = [
        v for v in np.unique(every) if (every >= v).sum() / len(every) <= thresholds()["alpha"]
    ]
    return float(min(passing)) if passing else float("nan")


def belt(study: Study, name: str) -> Verdict:
    """
    Test whether a named set of provinces is a technology belt.

    Parameters
    ----------
    study : Study
    name : str
        ``corridor-ankara-eskisehir`` or ``corridor-istanbul-kocaeli``.

    Returns
    -------
    Verdict
        Main result: the rank of the smallest member share 2024 among all connected sets of that
        size. Companions: local Moran at the members, every class and both years, and the same
        claim for high and medium-high technology together, with its own verdict.

    Examples
    --------
    >>> import mekantek as mt
    >>> found = mt.findings.belt(mt.load_study(), "corridor-ankara-eskisehir")
    >>> found.main["of"]
    199
    """
    hypothesis = load_hypothesis(name)
    members, classes = list(hypothesis.options["members"]), hypothesis.options["class"]
    last = study.at(study.years[-1])
    main, local = _tested(last, classes, members)
    both, both_local = _tested(last, _BOTH, members)
    companions = [
        labelled(
            Text("Yerel Moran, {name}", "Local Moran, {name}").format(name=CLASS_NAMES[classes]),
            local,
            **{"class": classes, "year": last.year},
        ),
        labelled(
            CLASS_NAMES[_BOTH],
            both.to_dict(),
            **{"class": _BOTH, "year": last.year, "verdict": _word(hypothesis, both, both_local)},
        ),
        labelled(
            Text("Yerel Moran, {name}", "Local Moran, {name}").format(name=CLASS_NAMES[_BOTH]),
            both_local,
            **{"class": _BOTH, "year": last.year},
        ),
    ]
    for year in study.years:
        at = study.at(year)
        companions += [
            labelled(
                Text("{name}, {year}", "{name}, {year}").format(name=CLASS_NAMES[c], year=year),
                corridor(at.share(c), at.graph, members).to_dict(),
                **{"class": c, "year": year},
            )
            for c in (*CLASS_COLUMNS, _BOTH)
            if (c, year) not in ((classes, last.year), (_BOTH, last.year))
        ]
    verdict = _word(hypothesis, main, local)
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=_reason(last, main, local, members),
        main={
            **main.to_dict(),
            "class": classes,
            "year": last.year,
            "id": hypothesis.id,
            "passes_from": _needed(last.share(classes), last, len(members)),
        },
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(_specifications(study, hypothesis, members))),
        basis=study.provenance["basis"],
    )


def belts(study: Study) -> list[Verdict]:
    """Test every corridor of the register."""
    return [belt(study, h.id) for h in hypotheses() if h.test == "corridor"]


def _reason(study: Study, ranked: Corridor, local: dict[str, Any], members: list[Any]) -> Text:
    names = study.names
    least = min(members, key=lambda m: study.share("high")[m])
    failing = [
        u for u in local["units"]
        if u["quadrant"] != "HH" or (u["p_adjusted"] or 1) > thresholds()["alpha"]
    ]  # fmt: skip
    told = {}
    for lang in ("tr", "en"):
        where = ", ".join(f"{u['name']} ({p_value(u['p_adjusted'], lang)})" for u in failing)
        value = percent(ranked.value or 0.0, lang)
        p = number(ranked.p_value or 1.0, lang, digits=3)
        if lang == "tr":
            first = (
                f"En küçük üye {names[least]}, {value}: {ranked.of} bitişik küme arasında "
                f"{ranked.rank}. sıra (p = {p})."
            )
            second = (
                f" Ancak yüksek–yüksek küme şu illerde görülmüyor: {where}; p Holm ile düzeltilmiş."
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
