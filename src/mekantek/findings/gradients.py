"""Does a class grow denser in one direction: the report's west-to-east claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Verdict, load_hypothesis, thresholds
from mekantek.stats import inference
from mekantek.stats.correlations import correlation
from mekantek.stats.results import GlobalResult
from mekantek.study import CLASS_COLUMNS, Study
from mekantek.text import Text, number, p_value, percent

__all__ = ["gradient", "labelled", "one_word"]


def labelled(label: Text, result: Mapping[str, Any], **context: Any) -> dict[str, Any]:
    """Put a label and its context (class, year …) in front of a result."""
    return {"label": label.to_dict(), **context, **result}


def one_word(
    effect: float | None, p: float | None, detectable: float, *, lenient: float | None = None
) -> str:
    """
    Word of a single signed test, for companions and specifications.

    *lenient* is the p-value of the same test without correction for autocorrelation: where it
    sees what the corrected one does not, nothing is decided.

    Examples
    --------
    >>> one_word(0.5, 0.01, 0.3), one_word(0.1, 0.6, 0.5), one_word(0.1, 0.6, 0.2)
    ('supported', 'undecided', 'not supported')
    """
    limits = thresholds()
    if effect is None or p is None:
        return "undecided"
    if p <= limits["alpha"]:
        return "supported" if effect > 0 else "contradicted"
    if detectable > limits["matters"] or (lenient is not None and lenient <= limits["alpha"]):
        return "undecided"
    return "not supported"


def _against_longitude(
    study: Study,
    classes: str,
    *,
    ranks: bool = True,
    weighted: bool = False,
    keep: pd.Series | None = None,
    distance_classes: int | None = 13,
) -> GlobalResult:
    share, frame, points = study.share(classes), study.frame, study.points
    known = share.notna()
    if weighted:
        known &= frame["value"].notna()
    if keep is not None:
        known &= keep
    return correlation(
        share[known].to_numpy(),
        points.loc[known, "longitude"].to_numpy(),
        longitude=points.loc[known, "longitude"].to_numpy(),
        latitude=points.loc[known, "latitude"].to_numpy(),
        ranks=ranks,
        weights=frame.loc[known, "value"].to_numpy() if weighted else None,
        classes=distance_classes,
    )


def _planted(study: Study, classes: str) -> list[dict[str, Any]]:
    """
    Plant straight gradients of known strength in the shares and count how many are found.

    The shares are shuffled over the provinces, which leaves no gradient, and a multiple of the
    longitude is added. A straight trend makes the variable look strongly autocorrelated, so the
    effective size takes much of it for mere likeness of neighbours; this says how much.
    """
    share, points = study.share(classes).to_numpy(), study.points
    east = points["longitude"].to_numpy()
    noise, trend = share - share.mean(), east - east.mean()
    rounds = 100
    found = []
    for key, rho in enumerate((0.35, 0.5, 0.7)):
        slope = rho / np.sqrt(1 - rho**2) * noise.std() / trend.std()
        hits = {"effective-size": 0, "independent": 0}
        for block in inference.permuted(noise, rounds, 0, key=key):
            for shuffled in block:
                for distance_classes in (13, None):
                    result = correlation(
                        shuffled + slope * trend, east, longitude=east,
                        latitude=points["latitude"].to_numpy(), classes=distance_classes,
                    )  # fmt: skip
                    word = one_word(result.statistic, result.p_value, 0)
                    hits[result.method] += word == "supported"
        found.append(
            {"rho": rho, "corrected": hits["effective-size"] / rounds,
             "uncorrected": hits["independent"] / rounds}
        )  # fmt: skip
    return found


def _specifications(study: Study, classes: str) -> list[Specification]:
    found = []
    for year in study.years:
        at = study.at(year)
        value, status = at.frame["value"], at.status[classes]
        floors: dict[str, pd.Series | None] = {
            "all": None,
            "exports ≥ 50 mn USD": value >= 50e6,
            "exports ≥ 100 mn USD": value >= 100e6,
            "no unresolved cells": status != "unresolved",
        }
        for ranks in (True, False):
            for floor, keep in floors.items():
                for distance_classes in (13, 8):
                    result, lenient = (
                        _against_longitude(at, classes, ranks=ranks, keep=keep, distance_classes=k)
                        for k in (distance_classes, None)
                    )
                    found.append(
                        Specification(
                            choice={
                                "year": year,
                                "coefficient": result.name,
                                "provinces": floor,
                                "distance_classes": distance_classes,
                            },
                            effect=result.statistic,
                            p_value=result.p_value,
                            verdict=one_word(
                                result.statistic,
                                result.p_value,
                                result.details["detectable"],
                                lenient=lenient.p_value,
                            ),
                        )
                    )
    return found


def gradient(study: Study) -> Verdict:
    """
    Test whether a class grows denser from west to east.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Verdict
        Main result: Spearman's ρ of the 2024 low-technology share with the longitude of the label
        points, p from Dutilleul's effective sample size. Companions: all classes and both years,
        Pearson, export-weighted.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.gradient(mt.load_study()).main["name"]
    'spearman'
    """
    hypothesis = load_hypothesis("gradient")
    alpha, matters = thresholds()["alpha"], thresholds()["matters"]
    tested = hypothesis.options["class"]
    first, last = study.at(study.years[0]), study.at(study.years[-1])
    main = _against_longitude(last, tested)
    earlier = _against_longitude(first, tested)
    weighted = _against_longitude(last, tested, weighted=True)

    def rises(result: GlobalResult) -> bool:
        return bool(
            result.statistic is not None
            and result.p_value is not None
            and result.statistic > 0
            and result.p_value <= alpha
        )

    lenient = _against_longitude(last, tested, distance_classes=None)
    planted = _planted(last, tested)
    detectable = float(main.details["detectable"])
    facts = {
        "positive": (main.statistic or 0) > 0,
        "negative": (main.statistic or 0) < 0,
        "significant": main.p_value is not None and main.p_value <= alpha,
        "positive and significant in 2019": rises(earlier),
        "positive and significant weighted by exports": rises(weighted),
        "underpowered": detectable > matters,
        "seen without the correction": lenient.p_value is not None and lenient.p_value <= alpha,
    }
    companions = [
        labelled(
            Text("{name}, {year}", "{name}, {year}").format(name=CLASS_NAMES[c], year=at.year),
            _against_longitude(at, c).to_dict(),
            **{"class": c, "year": at.year},
        )
        for c in (*CLASS_COLUMNS, "unclassified")
        for at in (first, last)
    ]
    companions += [
        labelled(
            Text("{name}, {year}, Pearson", "{name}, {year}, Pearson").format(
                name=CLASS_NAMES[tested], year=last.year
            ),
            _against_longitude(last, tested, ranks=False).to_dict(),
            **{"class": tested, "year": last.year},
        ),
        labelled(
            Text("{name}, {year}, ihracat ağırlıklı", "{name}, {year}, weighted by exports").format(
                name=CLASS_NAMES[tested], year=last.year
            ),
            weighted.to_dict(),
            **{"class": tested, "year": last.year},
        ),
        labelled(
            Text("{name}, {year}, düzeltmesiz", "{name}, {year}, uncorrected").format(
                name=CLASS_NAMES[tested], year=last.year
            ),
            lenient.to_dict(),
            **{"class": tested, "year": last.year},
        ),
        labelled(
            Text(
                "yerleştirilen düz eğimlerden bulunan (ρ = 0,35; 0,5; 0,7)",
                "planted straight gradients found (ρ = 0.35, 0.5, 0.7)",
            ),
            {"schema": "mekantek/power/1", "name": "planted_gradient", "power": planted},
        ),
    ]
    verdict = hypothesis.decide(facts)
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=_reason(main, lenient, planted, verdict),
        main={**main.to_dict(), "class": tested, "year": last.year},
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(_specifications(study, tested))),
        minimum_detectable_effect=detectable,
        basis=study.provenance["basis"],
    )


def _reason(
    main: GlobalResult, lenient: GlobalResult, planted: list[dict[str, Any]], verdict: str
) -> Text:
    rho = 0.0 if main.statistic is None else main.statistic
    size = main.details["effective_size"]
    parts = {
        lang: {
            "rho": number(rho, lang),
            "p": p_value(main.p_value, lang),
            "m": number(size, lang, digits=0),
            "least": number(main.details["detectable"], lang),
            "n": main.n,
            "lenient": p_value(lenient.p_value, lang),
            "rho_planted": number(planted[1]["rho"], lang, digits=1),
            "seen": percent(planted[1]["corrected"], lang, digits=0),
            "seen_lenient": percent(planted[1]["uncorrected"], lang, digits=0),
        }
        for lang in ("tr", "en")
    }
    told = Text(
        "Boylamla korelasyon ρ = {rho} ({p}). Komşu iller benzediği için {n} il yaklaşık {m} "
        "bağımsız il kadar bilgi taşır.".format(**parts["tr"]),
        "The correlation with longitude is ρ = {rho} ({p}). Neighbours are alike, so {n} provinces "
        "tell as much as about {m} independent ones.".format(**parts["en"]),
    )
    if verdict == "undecided":
        return Text(
            told.tr
            + " Bu kadar bilgiyle ancak |ρ| ≥ {least} görülebilirdi; daha zayıf bir eğim ne "
            "doğrulanır ne reddedilir.".format(**parts["tr"]),
            told.en
            + " That much could only show |ρ| ≥ {least}; a weaker gradient is neither "
            "confirmed nor ruled out.".format(**parts["en"]),
        )
    if verdict == "not supported":
        return Text(
            told.tr
            + " Bu büyüklükte |ρ| ≥ {least} sıfırdan ayırt edilirdi; ancak düz bir eğim etkin "
            "büyüklüğü kendisi düşürür: düzeltilmiş sınama, yerleştirilen ρ = {rho_planted} "
            "eğimlerde {seen} oranında, düzeltmesiz sınama {seen_lenient} oranında bulur. Hüküm "
            "bu yüzden düzeltmesiz sınamaya da dayanır; o da eğim görmüyor ({lenient}).".format(
                **parts["tr"]
            ),
            told.en
            + " At that size |ρ| ≥ {least} would stand out from none; but a straight gradient "
            "itself lowers the effective size: of gradients planted with ρ = {rho_planted} the "
            "corrected test finds {seen} and the uncorrected one {seen_lenient}. So the verdict "
            "rests on the uncorrected test too, and it sees none either ({lenient}).".format(
                **parts["en"]
            ),
        )
    return told
