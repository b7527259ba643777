"""The verdict on the gradient: main test, facts, and reasons in words."""

from __future__ import annotations

from mekantek.findings.gradients.choices import curve
from mekantek.findings.gradients.companions import against_longitude, companions, linked
from mekantek.findings.gradients.planted import NOISES, PLANTED, Power, plant
from mekantek.findings.verdict import Verdict, load_hypothesis, thresholds
from mekantek.stats.results import GlobalResult
from mekantek.study import Study
from mekantek.text import Text, number, p_value, percent

__all__ = ["gradient"]


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
        points, p from Dutilleul's effective sample size. Companions: see
        `mekantek.findings.gradients.companions`. ``minimum_detectable_effect`` is simulated for the
        test that decides, with neighbours as alike as in the shares.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.gradient(mt.load_study()).main["name"]
    'spearman'
    """
    hypothesis = load_hypothesis("gradient")
    alpha, matters = thresholds()["alpha"], thresholds()["matters"]
    tested = hypothesis.options["class"]
    first, last = study.at(study.years[0]), linked(study.at(study.years[-1]))
    main = against_longitude(last, tested)
    lenient = against_longitude(last, tested, distance_classes=None)

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
        "positive and significant in 2019": rises(against_longitude(first, tested)),
        "positive and significant weighted by exports": rises(
            against_longitude(last, tested, power=1.0)
        ),
        "underpowered": float(main.details["detectable"]) > matters,
        "seen without the correction": lenient.p_value is not None and lenient.p_value <= alpha,
    }
    verdict = hypothesis.decide(facts)
    power = plant(last, tested)
    # "Not supported" rests on the uncorrected test; every other word on the main one.
    deciding = "uncorrected" if verdict == "not supported" else "corrected"
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=_reason(main, lenient, power, verdict),
        main={**main.to_dict(), "class": tested, "year": last.year},
        companions=companions(last, tested, power),
        curve=curve(study, tested),
        minimum_detectable_effect=power.detectable(deciding),
        basis=study.provenance["basis"],
    )


def _reason(main: GlobalResult, lenient: GlobalResult, power: Power, verdict: str) -> Text:
    rho = 0.0 if main.statistic is None else main.statistic
    alike, shuffled = (power.at(PLANTED[0], noise) for noise in NOISES[::-1])
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
            "seen_shuffled": percent(shuffled["uncorrected"], lang, digits=0),
            "alarms": percent(power.at(0.0, "alike")["uncorrected"], lang, digits=0),
            "honest": number(power.detectable("uncorrected"), lang),
        }
        for lang in ("tr", "en")
    }
    told = Text(
        "Boylamla korelasyon ρ = {rho} ({p}). Komşu iller benzediği için {n} il yaklaşık {m} "
        "bağımsız il kadar bilgi taşır.".format(**parts["tr"]),
        "The correlation with longitude is ρ = {rho} ({p}). Neighbours are alike, so {n} provinces "
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
            " Düz bir eğim komşu benzerliği sayıldığı için düzeltilmiş sınamalar eğimi zor görür: "
            "yerleştirilen ρ = {matters} eğimlerin {seen} kadarını Dutilleul, {seen_spectral} "
            "kadarını tayfsal rastgeleleştirme, {seen_lenient} kadarını ({alarms} yanlış alarmla) "
            "düzeltmesiz sınama bulur; komşular benzemeseydi sonuncusu {seen_shuffled} bulurdu. "
            "Hüküm bu yüzden düzeltmesiz, en hoşgörülü sınamaya da dayanır; o da eğim görmüyor "
            "({lenient}). Onun beş eğimden dördünü bulduğu en küçük korelasyon {honest}.",
            " A straight gradient is taken for likeness of neighbours, so corrected tests hardly "
            "see one: of gradients planted with ρ = {matters} Dutilleul finds {seen}, spectral "
            "randomization {seen_spectral}, the uncorrected test {seen_lenient} (with {alarms} "
            "false alarms); were neighbours not alike it would find {seen_shuffled}. So the verdict "
            "rests on the uncorrected, most lenient test too, and it sees none either ({lenient}). "
            "The smallest correlation of which it finds four in five is {honest}.",
        )
    return Text(told.tr + more.tr.format(**parts["tr"]), told.en + more.en.format(**parts["en"]))
