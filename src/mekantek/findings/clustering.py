"""Are neighbours alike: global Moran's I of a variable, and under every reasonable choice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.gradients import labelled
from mekantek.findings.other_data import one_year_told, together
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.sizes import floors
from mekantek.findings.verdict import Hypothesis, Verdict, thresholds
from mekantek.stats import inference
from mekantek.stats.links import Links, Standardize, join
from mekantek.stats.local.moran import local_moran
from mekantek.stats.overall.autocorrelation import geary, getis_ord, moran
from mekantek.stats.ranks import midranks
from mekantek.stats.results import GlobalResult
from mekantek.study import Study, other_prints
from mekantek.text import Text, number, p_value

__all__ = ["clustered"]

SURROGATES = 999
# Floors of exports, millions of USD.
FLOORS = (10, 50, 100)
# The stream of a seed that permutations of units draw from: "ALIKE".
_STREAM = 0x414C494B45
_TIE = 1e-12
_STANDARDIZE: tuple[Standardize, ...] = ("row", "none")

NULL = Text(
    "birimler bütün değerleriyle haritada yer değiştirir; komşuluklar yerinde kalır ve her seçim aynı "
    "yer değiştirmeleri okur",
    "whole units change places on the map; neighbours stay, and every choice reads the same "
    "permutations",
)


def clustered(study: Study, hypothesis: Hypothesis | None = None) -> Verdict:
    """
    Test whether neighbours are alike in a variable.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.

    Returns
    -------
    Verdict
        Main result: Moran's I of the last year's values, two-sided p from 9,999 permutations.
        Companions: the other variables and years, the moments, Geary's c, Getis & Ord's G and the
        local clusters behind it. ``minimum_detectable_effect`` is the rise of I over its expectation
        that so many units would show.

    Examples
    --------
    >>> import mekantek as mt
    >>> from dataclasses import replace
    >>> from mekantek.study.hypotheses import tests
    >>> study = mt.load_study()
    >>> asked = replace(study.hypothesis("gradient"), rules=tests()["clustering"].rules)
    >>> clustered(study, asked).main["name"]
    'moran'
    """
    hypothesis = hypothesis or study.hypothesis("clustering")
    limits, tested = thresholds(), str(hypothesis.options["class"])
    first, last = study.at(study.years[0]), study.at(study.years[-1])
    main = _drawn(last, tested)
    before = main if first is last else _drawn(first, tested)
    shift = 1.0 if main.variance is None else inference.detectable_shift(main.variance)

    def significant(result: GlobalResult) -> bool:
        return result.p_value is not None and result.p_value <= limits["alpha"]

    verdict = hypothesis.decide(
        {
            "positive": _above(main) > 0,
            "negative": _above(main) < 0,
            "significant": significant(main),
            "significant in the first year": significant(before) and _above(before) > 0,
            "underpowered": shift > limits["matters"],
        }
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=together(_reason(study, main, shift), one_year_told(study)),
        main={**main.to_dict(), "class": tested, "year": last.year},
        companions=lambda: list(_companions(study, tested)),
        curve=partial(_curve, study, hypothesis),
        minimum_detectable_effect=shift,
        basis=study.provenance["basis"],
        design=study.design,
    )


def _drawn(study: Study, tested: str) -> GlobalResult:
    return moran(study.share(tested), study.graph, method="permutation", missing="drop")


def _above(result: GlobalResult) -> float:
    """How far a statistic lies above its expectation; 0 where there is none."""
    if result.statistic is None or result.expected is None:
        return 0.0
    return result.statistic - result.expected


def _reason(study: Study, main: GlobalResult, shift: float) -> Text:
    told = {
        lang: {
            "i": "–" if main.statistic is None else number(main.statistic, lang),
            "e": "–" if main.expected is None else number(main.expected, lang),
            "p": p_value(main.p_value, lang),
            "n": main.n,
            "shift": number(shift, lang),
            "unit": study.design.unit.counted[lang],
        }
        for lang in ("tr", "en")
    }
    return Text(
        "Moran I = {i} (beklenen {e}; {p}); {n} {unit}, beklenenden {shift} fazlasını seçebilirdi.".format(
            **told["tr"]
        ),
        "Moran's I = {i} (expected {e}; {p}); {n} {unit} could have shown {shift} above that.".format(
            **told["en"]
        ),
    )


def _companions(study: Study, tested: str) -> Iterator[dict[str, Any]]:
    """Other variables and years; other statistics and moments; how many units lie in clusters."""
    last = study.at(study.years[-1])
    for year in sorted(study.panel, reverse=True):
        at = study.at(year)
        for c in study.design.parts:
            share = at.share(c)
            if (c, year) == (tested, last.year) or share.notna().sum() < 4:
                continue
            name = study.design.title_of(c)
            yield labelled(
                Text(f"{name.tr}, {year}", f"{name.en}, {year}"),
                moran(share, at.graph, missing="drop").to_dict(),
                **{"class": c, "year": year},
            )
    share, context = last.share(tested), {"class": tested, "year": last.year}
    others: list[tuple[Text, GlobalResult]] = [
        (Text("rastgeleleme momentleri", "moments under randomization"),
         moran(share, last.graph, missing="drop")),
        (Text("normallik momentleri", "moments under normality"),
         moran(share, last.graph, method="normality", missing="drop")),
        (Text("Geary c", "Geary's c"), geary(share, last.graph, missing="drop")),
    ]  # fmt: skip
    if (share.dropna() >= 0).all():
        others.append((Text("Getis–Ord G", "Getis–Ord G"),
                       getis_ord(share, last.graph, missing="drop")))  # fmt: skip
    for label, result in others:
        yield labelled(label, result.to_dict(), **context)
    lisa = local_moran(share, last.graph, missing="drop")
    counts = lisa.counts()
    found = {kind: int(counts[kind]) for kind in ("HH", "LL", "LH", "HL")}
    yield labelled(
        Text("yerel kümelerdeki birimler, düzeltilmiş", "units in local clusters, corrected"),
        {"schema": "mekantek/counted/1", "name": "local_clusters", "statistic": sum(found.values()),
         "p_value": None, "n": lisa.family.size, "method": lisa.method, "clusters": found},
        **context,
    )  # fmt: skip


def _scales(share: pd.Series) -> dict[str, np.ndarray]:
    """The values themselves, their ranks, and their logarithms where all are above zero."""
    values = share.to_numpy(dtype=float)
    found = {"share": values, "rank": midranks(values)}
    if (values > 0).all():
        found["log"] = np.log(values)
    return found


def _curve(study: Study, hypothesis: Hypothesis) -> SpecificationCurve:
    """Moran's I under every choice of neighbours, weights, year, scale, units and print."""
    tested, ids = str(hypothesis.options["class"]), study.names.index
    orders = np.vstack(
        [np.arange(len(ids)),
         *inference.permuted(np.arange(len(ids)), SURROGATES, 0, key=_STREAM)]
    ).astype(np.int64)  # fmt: skip
    specifications, drawn, seen = [], [], set()
    for spec in study.design.networks:
        graph = study.graph if spec == study.graph.spec else study.neighbours(spec)
        for choice, scale, values in _readings(study, tested):
            known = ~np.isnan(values)
            key = (spec, scale, values.tobytes())
            if key in seen or known.sum() < 4:
                continue
            seen.add(key)
            # Units without a value stand where they are; the others change places among them.
            places = _among(orders, known)
            for standardize in _STANDARDIZE:
                kept = pd.Series(1.0, index=ids[known])
                _, order, links = join(kept, graph.subset(ids[known]), standardize=standardize)
                at = order.get_indexer(ids[known])
                effects = _statistics(values[known][places][:, np.argsort(at)], links)
                if not np.isfinite(effects[0]):
                    continue
                p = inference.monte_carlo_p(
                    np.array((effects[1:] >= effects[0] - _TIE).sum()),
                    np.array((effects[1:] <= effects[0] + _TIE).sum()),
                    SURROGATES, "two-sided",
                )  # fmt: skip
                shift = inference.detectable_shift(float(effects[1:].var()))
                specifications.append(
                    Specification(
                        choice={"neighbours": spec, "standardize": standardize, **choice},
                        effect=float(effects[0] - effects[1:].mean()),
                        p_value=float(p),
                        verdict=_word(hypothesis, effects, float(p), shift),
                    )
                )
                drawn.append((effects[1:] - effects[1:].mean()).astype(np.float32))
    return SpecificationCurve(
        specifications=tuple(specifications), surrogates=np.column_stack(drawn), null=NULL
    )


def _word(hypothesis: Hypothesis, effects: np.ndarray, p: float, shift: float) -> str:
    limits = thresholds()
    above = float(effects[0] - effects[1:].mean())
    return hypothesis.decide(
        {
            "positive": above > 0,
            "negative": above < 0,
            "significant": p <= limits["alpha"],
            "significant in the first year": False,
            "underpowered": shift > limits["matters"],
        }
    )


def _readings(study: Study, tested: str) -> Iterator[tuple[dict[str, Any], str, np.ndarray]]:
    """Every way to read the variable: year, print, floor of sizes and scale."""
    for cells, read in (("adopted", study), ("other print", other_prints(study))):
        for year in sorted(study.panel):
            at = read.at(year)
            for floor, least in floors(study, FLOORS).items():
                share = at.share(tested)
                if least is not None:
                    share = share.where(at.frame["value"] >= least)
                known = share.notna().to_numpy()
                if known.sum() < 4 or share[known].nunique() < 2:
                    continue
                for scale, values in _scales(share[known]).items():
                    whole = np.full(len(share), np.nan)
                    whole[known] = values
                    yield (
                        {"year": year, "scale": scale, "floor": floor, "cells": cells},
                        scale,
                        whole,
                    )


def _among(orders: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Orders of all units as orders of those that have a value, shape (R + 1, known)."""
    number = np.cumsum(known) - 1
    return np.vstack([number[row[known[row]]] for row in orders])


def _statistics(maps: np.ndarray, links: Links) -> np.ndarray:
    """Moran's I of every row of values, in the order of the links."""
    z = maps - maps.mean(axis=1, keepdims=True)
    lag = (links.matrix @ z.T).T
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = (
            (links.n - links.isolates.sum()) / links.s0 * (z * lag).sum(axis=1) / (z**2).sum(axis=1)
        )
    return found
