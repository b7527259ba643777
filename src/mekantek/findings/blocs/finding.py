"""Is medium-high technology denser in the regions that the report names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.blocs.choices import curve, groupings
from mekantek.findings.gradients import labelled
from mekantek.findings.verdict import Hypothesis, Verdict, load_hypothesis, thresholds
from mekantek.stats.association import difference_of_means
from mekantek.stats.correlations import correlation
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral import spectral_correlation
from mekantek.study import CLASS_COLUMNS, Study
from mekantek.text import Text, integer, number, p_value, percent

__all__ = ["medium_high_bloc"]


def _difference(
    share: pd.Series, members: Sequence[int], *, among: pd.Series | None = None
) -> GlobalResult:
    kept = share.dropna() if among is None else share[among.reindex(share.index)].dropna()
    return difference_of_means(kept.to_numpy(), kept.index.isin(list(members)))


def _correlation_scale(result: GlobalResult) -> float:
    """Detectable difference as a point-biserial correlation, to hold against what matters."""
    if result.variance is None:
        return 1.0
    spread = float(np.sqrt(result.variance * (result.n - 1)))
    return min(1.0, float(result.details["detectable"]) / spread)


_DRAWN = Text("{r}, {name}, {year}{how}", "{r}, {name}, {year}{how}")
_NONE = Text("", "")
_SPECTRAL = Text("; tayfsal rastgeleleştirme", "; spectral randomization")
_WEIGHTED = Text("; ihracat ağırlıklı", "; weighted by exports")
_BOTH = Text(_SPECTRAL.tr + _WEIGHTED.tr, _SPECTRAL.en + _WEIGHTED.en)
_REGIONS = {
    "24 provinces": Text("iki bölge (24 il)", "both regions (24 provinces)"),
    "9 named": Text("adı geçen 9 il, iki bölge dışına karşı",
                    "9 named provinces against those outside both regions"),
    "9 named, the rest whole": Text("adı geçen 9 il, kalan 72 ile karşı",
                                    "9 named provinces against the other 72"),
    "Marmara": Text("Marmara, iki bölge dışına karşı", "Marmara against those outside both regions"),
    "İç Anadolu": Text("İç Anadolu, iki bölge dışına karşı",
                       "İç Anadolu against those outside both regions"),
    "Marmara, the rest whole": Text("Marmara, kalan bütün illere karşı",
                                    "Marmara against all others"),
    "İç Anadolu, the rest whole": Text("İç Anadolu, kalan bütün illere karşı",
                                       "İç Anadolu against all others"),
}  # fmt: skip


def _companions(
    study: Study, hypothesis: Hypothesis, corrected: GlobalResult
) -> Iterator[dict[str, Any]]:
    """Each region and the named provinces, both years; spectral; weighted; the other classes."""
    tested, drawn = str(hypothesis.options["class"]), groupings(hypothesis)
    last = study.years[-1]
    told = Text(
        "bölge ile pay, özilinti düzeltilmiş", "region and share, autocorrelation corrected"
    )
    yield labelled(told, corrected.to_dict(), **{"class": tested, "year": last})

    def label(region: str, c: str, year: int, how: Text = _NONE) -> Text:
        return _DRAWN.format(r=_REGIONS.get(region, Text(region, region)), name=CLASS_NAMES[c],
                             year=year, how=how)  # fmt: skip

    for year in study.years:
        at = study.at(year)
        share, value = at.share(tested), at.frame["value"]
        context = {"class": tested, "year": year}
        for region, (inside, left_out) in drawn.items():
            kept = ~share.index.isin(left_out)
            if (region, year) != (next(iter(drawn)), last):
                plain = _difference(share[kept], inside)
                yield labelled(label(region, tested, year), plain.to_dict(), **context)
            member = pd.Series(share.index.isin(inside).astype(float), index=share.index)
            for how, weights in ((_SPECTRAL, None), (_BOTH, value)):
                found = spectral_correlation(
                    share.where(kept), member, at.graph, ranks=False, weights=weights,
                    missing="drop",
                )  # fmt: skip
                yield labelled(label(region, tested, year, how), found.to_dict(), **context)
            known = share[kept & value.notna().to_numpy()]
            weighted = difference_of_means(
                known.to_numpy(), known.index.isin(inside), weights=value[known.index].to_numpy()
            )
            yield labelled(label(region, tested, year, _WEIGHTED), weighted.to_dict(), **context)
        for c in CLASS_COLUMNS:
            if c != tested:
                plain = _difference(at.share(c), next(iter(drawn.values()))[0])
                yield labelled(
                    label(next(iter(drawn)), c, year), plain.to_dict(), **{"class": c, "year": year}
                )


def medium_high_bloc(study: Study) -> Verdict:
    """
    Test whether medium-high technology is denser in Marmara and İç Anadolu than elsewhere.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Verdict
        Main result: the difference of mean shares of the 24 provinces and the rest, permutation
        over provinces. Companions: each region against the rest, all classes and both years.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.medium_high_bloc(mt.load_study()).main["details"]["inside"]
    24
    """
    hypothesis = load_hypothesis("medium-high-bloc", study.years)
    alpha, matters = thresholds()["alpha"], thresholds()["matters"]
    regions, classes = hypothesis.options["regions"], hypothesis.options["class"]
    both = [m for region in regions for m in region["members"]]
    last = study.at(study.years[-1])
    share = last.share(classes)
    main = _difference(share, both)
    alone = {}
    for region in regions:
        others = [m for m in both if m not in region["members"]]
        outside = pd.Series(~share.index.isin(others), index=share.index)
        alone[region["name"]] = _difference(share, region["members"], among=outside)
    standing = [
        name
        for name, r in alone.items()
        if (r.statistic or 0) > 0 and r.p_value is not None and r.p_value <= alpha
    ]
    corrected = correlation(
        share.index.isin(both).astype(float), share.to_numpy(), ranks=False,
        longitude=last.points["longitude"].to_numpy(), latitude=last.points["latitude"].to_numpy(),
    )  # fmt: skip
    effect = main.statistic or 0.0
    verdict = hypothesis.decide(
        {
            "positive": effect > 0,
            "negative": effect < 0,
            "significant": main.p_value is not None and main.p_value <= alpha,
            "one region alone": len(standing) == 1,
            "underpowered": _correlation_scale(main) > matters,
        }
    )
    inside = share.index.isin(both)
    told = {
        lang: {
            "a": percent(float(share[inside].mean()), lang),
            "b": percent(float(share[~inside].mean()), lang),
            "p": "–" if main.p_value is None else number(main.p_value, lang, digits=4),
            "r": integer(main.permutations or 0, lang),
            "corrected": p_value(corrected.p_value, lang),
            "each": "; ".join(
                f"{name}: {p_value(result.p_value, lang)}" for name, result in alone.items()
            ),
        }
        for lang in ("tr", "en")
    }
    reason = Text(
        "İki bölgede ortalama pay {a}, kalan illerde {b} (p = {p}, {r} permütasyon). Tek tek: "
        "{each}. Permütasyon illeri birbirinden bağımsız sayar, oysa komşu iller benzer; bunun için "
        "düzeltilmiş sınama {corrected} verir.".format(**told["tr"]),
        "The mean share is {a} in the two regions and {b} elsewhere (p = {p}, {r} permutations). "
        "One by one: {each}. The permutation takes provinces as independent though neighbours are "
        "alike; corrected for that the test gives {corrected}.".format(**told["en"]),
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=reason,
        main={**main.to_dict(), "class": classes, "year": last.year},
        companions=lambda: list(_companions(study, hypothesis, corrected)),
        curve=partial(curve, study, hypothesis),
        minimum_detectable_effect=float(main.details["detectable"]),
        basis=study.provenance["basis"],
    )
