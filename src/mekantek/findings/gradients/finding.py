"""The verdict on the gradient: main test, facts, and reasons in words."""

from __future__ import annotations

from functools import partial

from mekantek.findings.gradients.choices import curve
from mekantek.findings.gradients.companions import along_direction, companions, linked
from mekantek.findings.gradients.direction import Direction, direction_of
from mekantek.findings.gradients.planted import PLANTED, Power, plant, seen_as_low
from mekantek.findings.other_data import one_year_told, together
from mekantek.findings.verdict import Verdict, thresholds
from mekantek.grammar import Noun
from mekantek.stats.results import GlobalResult
from mekantek.study import Hypothesis, Study
from mekantek.text import Text, capitalized, integer, number, p_value, percent

__all__ = ["gradient"]


def gradient(study: Study, hypothesis: Hypothesis | None = None) -> Verdict:
    """
    Test whether a variable rises in one direction: in the report, low technology from west to east.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.

    Returns
    -------
    Verdict
        Main result: Spearman's ρ of the last year's values with the longitude (or latitude) of the
        units' points, p from Dutilleul's effective sample size. Companions: see
        `mekantek.findings.gradients.companions`. ``minimum_detectable_effect`` is that of the
        rule, by the formula of the effective size; planted gradients say in the reason what is found
        in truth.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.gradient(mt.load_study()).main["name"]
    'spearman'
    """
    hypothesis = hypothesis or study.hypothesis("gradient")
    alpha, matters = thresholds()["alpha"], thresholds()["matters"]
    tested, direction = str(hypothesis.options["class"]), direction_of(hypothesis)
    first, last = study.at(study.years[0]), linked(study.at(study.years[-1]))
    main = along_direction(last, tested, direction)
    lenient = along_direction(last, tested, direction, distance_classes=None)

    def rises(result: GlobalResult) -> bool:
        return bool(
            result.statistic is not None
            and result.p_value is not None
            and result.statistic > 0
            and result.p_value <= alpha
        )

    facts = {
        "positive": (main.statistic or 0) > 0,
        "negative": (main.statistic or 0) < 0,
        "significant": main.p_value is not None and main.p_value <= alpha,
        "positive and significant in the first year": rises(
            along_direction(first, tested, direction)
        ),
        "positive and significant weighted by exports": study.sized
        and rises(along_direction(last, tested, direction, power=1.0)),
        "underpowered": float(main.details["detectable"]) > matters,
        "seen without the correction": lenient.p_value is not None and lenient.p_value <= alpha,
    }
    verdict = hypothesis.decide(facts)
    power = plant(last, tested, direction)
    observed = main.statistic or 0.0
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=together(
            _reason(
                main,
                lenient,
                power,
                verdict,
                study.design.unit,
                direction,
                seen_as_low(last, tested, observed, direction),
            ),
            one_year_told(study),
        ),
        main={**main.to_dict(), "class": tested, "year": last.year},
        companions=partial(companions, last, tested, direction, power),
        curve=partial(curve, study, tested, direction),
        minimum_detectable_effect=float(main.details["detectable"]),
        basis=study.provenance["basis"],
        design=study.design,
    )


def _reason(
    main: GlobalResult,
    lenient: GlobalResult,
    power: Power,
    verdict: str,
    unit: Noun,
    direction: Direction,
    as_low: int,
) -> Text:
    rho = 0.0 if main.statistic is None else main.statistic
    alike = power.at(PLANTED[0], "alike")
    axis = Text(capitalized(direction.title).tr, direction.title.en)
    parts = {
        lang: {
            "rho": number(rho, lang),
            "p": p_value(main.p_value, lang),
            "m": number(main.details["effective_size"], lang, digits=0),
            "least": number(main.details["detectable"], lang),
            "n": main.n,
            "lenient": p_value(lenient.p_value, lang),
            "matters": number(PLANTED[0], lang),
            "seen": percent(alike["corrected"], lang, digits=0),
            "seen_spectral": percent(alike["spectral"], lang, digits=0),
            "seen_lenient": percent(alike["uncorrected"], lang, digits=0),
            "as_low": integer(as_low, lang),
            "thousand": integer(1000, lang),
            "axis": axis[lang],
            "unit": unit.counted[lang],
        }
        for lang in ("tr", "en")
    }
    told = Text(
        "{axis} ile korelasyon ρ = {rho} ({p}); komşular benzediği için {n} {unit} yaklaşık {m} "
        "bağımsız {unit} kadar bilgi taşır.".format(**parts["tr"]),
        "The correlation with {axis} is ρ = {rho} ({p}); neighbours are alike, so {n} {unit} "
        "tell as much as about {m} independent ones.".format(**parts["en"]),
    )
    more = Text("", "")
    if verdict == "undecided":
        more = Text(
            " Bu kadar bilgiyle ancak |ρ| ≥ {least} görülebilirdi; daha zayıf bir eğim ne "
            "doğrulanır ne reddedilir.",
            " That much could only show |ρ| ≥ {least}; a weaker gradient is neither "
            "confirmed nor ruled out.",
        )
    elif verdict == "not supported":
        more = Text(
            " Düzeltmesiz, en hoşgörülü sınama da eğim görmüyor ({lenient}). Sınamaların gücü "
            "sınırlı: haritalara ρ = {matters} bir eğim yerleştirildiğinde Dutilleul onu haritaların "
            "{seen} kadarında, tayfsal rastgeleleştirme {seen_spectral} kadarında, düzeltmesiz sınama "
            "{seen_lenient} kadarında bulur. Ama böyle {thousand} haritadan yalnız {as_low} "
            "tanesinde korelasyon bu kadar düşük çıkar: önemli sayılacak bir eğim bu veriyle "
            "bağdaşmıyor.",
            " The uncorrected, most lenient test sees no gradient either ({lenient}). The tests have "
            "little power: where a gradient of ρ = {matters} is planted in maps, Dutilleul finds it in "
            "{seen} of them, spectral randomization in {seen_spectral}, the uncorrected test in "
            "{seen_lenient}. "
            "But only {as_low} of {thousand} such maps show a correlation as low as this one: a "
            "gradient that would matter does not fit these data.",
        )
    return Text(told.tr + more.tr.format(**parts["tr"]), told.en + more.en.format(**parts["en"]))
