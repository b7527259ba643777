"""Is a variable higher in the regions that a claim names: in the report, medium-high technology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.blocs.choices import curve, groupings
from mekantek.findings.gradients import labelled
from mekantek.findings.other_data import together
from mekantek.findings.verdict import Hypothesis, Verdict, thresholds
from mekantek.grammar import Noun, inflected
from mekantek.stats.association import difference_of_means
from mekantek.stats.correlations import correlation
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral import spectral_correlation
from mekantek.study import Study
from mekantek.text import Text, integer, number, p_value

__all__ = ["bloc", "bloc_told"]


def _difference(
    share: pd.Series, members: Sequence[Any], *, among: pd.Series | None = None
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


def bloc_told(name: str, unit: Noun) -> Text:
    """
    Say a way to draw a bloc in both languages.

    Examples
    --------
    >>> county = Noun("ilçe", "county", "counties")
    >>> bloc_told("Marmara, the rest whole", county).tr, bloc_told("9 named", county).en
    ('Marmara, kalan hepsine karşı', '9 named counties against those outside the regions')
    """
    head, _, _ = name.partition(", the rest whole")
    count, _, kind = head.partition(" ")
    named = Text(head, head)
    if count.isdigit() and kind == unit.plural:
        return Text(f"bölgelerin hepsi ({count} {unit.tr})", f"all regions ({count} {unit.plural})")
    if count.isdigit() and kind == "named":
        named = Text(f"adı geçen {count} {unit.tr}", f"{count} named {unit.plural}")
    if name.endswith(", the rest whole"):
        return Text(f"{named.tr}, kalan hepsine karşı", f"{named.en} against all others")
    return Text(
        f"{named.tr}, bölgelerin dışına karşı", f"{named.en} against those outside the regions"
    )


def _companions(
    study: Study, hypothesis: Hypothesis, corrected: GlobalResult
) -> Iterator[dict[str, Any]]:
    """Each region and the named provinces, both years; spectral; weighted; the other classes."""
    tested, unit = str(hypothesis.options["class"]), study.design.unit
    drawn, whole = groupings(hypothesis, unit), study.design.whole
    weighted_by = _NONE
    if whole is not None:
        weighted_by = Text(f"; {whole.title.tr} ağırlıklı", f"; weighted by {whole.title.en}")
    last = study.years[-1]
    told = Text(
        "bölge ile pay, özilinti düzeltilmiş", "region and share, autocorrelation corrected"
    )
    yield labelled(told, corrected.to_dict(), **{"class": tested, "year": last})

    def label(region: str, c: str, year: int, how: Text = _NONE) -> Text:
        return _DRAWN.format(r=bloc_told(region, unit), name=study.design.title_of(c),
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
            ways: list[tuple[Text, pd.Series | None]] = [(_SPECTRAL, None)]
            if study.sized:
                ways.append((together(_SPECTRAL, weighted_by), value))
            for how, weights in ways:
                found = spectral_correlation(
                    share.where(kept), member, at.graph, ranks=False, weights=weights,
                    missing="drop",
                )  # fmt: skip
                yield labelled(label(region, tested, year, how), found.to_dict(), **context)
            if not study.sized:
                continue
            known = share[kept & value.notna().to_numpy()]
            weighted = difference_of_means(
                known.to_numpy(), known.index.isin(inside), weights=value[known.index].to_numpy()
            )
            yield labelled(label(region, tested, year, weighted_by), weighted.to_dict(), **context)
        for c in study.classes:
            if c != tested:
                plain = _difference(at.share(c), next(iter(drawn.values()))[0])
                yield labelled(
                    label(next(iter(drawn)), c, year), plain.to_dict(), **{"class": c, "year": year}
                )


def bloc(study: Study, hypothesis: Hypothesis | None = None) -> Verdict:
    """
    Test whether a variable is higher in named regions: in the report, medium-high technology.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.

    Returns
    -------
    Verdict
        Main result: the difference of means of the regions' units and the rest, permutation
        over units. Companions: each region against the rest, all variables and both years.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.bloc(mt.load_study()).main["details"]["inside"]
    24
    """
    hypothesis = hypothesis or study.hypothesis("bloc")
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
    inside, write, unit = share.index.isin(both), last.writer(classes), study.design.unit
    told = {
        lang: {
            "a": write(float(share[inside].mean()), lang),
            "b": write(float(share[~inside].mean()), lang),
            "p": "–" if main.p_value is None else number(main.p_value, lang, digits=4),
            "r": integer(main.permutations or 0, lang),
            "corrected": p_value(corrected.p_value, lang),
            "each": "; ".join(
                f"{name}: {p_value(result.p_value, lang)}" for name, result in alone.items()
            ),
            "count": {
                "tr": {1: "Bölgede", 2: "İki bölgede"}.get(len(regions), "Bölgelerde"),
                "en": {1: "the region", 2: "the two regions"}.get(len(regions), "the regions"),
            }[lang],
            "object": inflected(unit.many.tr, "ı"),
            "units": unit.many[lang],
        }
        for lang in ("tr", "en")
    }
    reason = Text(
        "{count} ortalama {a}, dışında {b} (p = {p}, {r} permütasyon). Tek tek: "
        "{each}. Permütasyon {object} birbirinden bağımsız sayar, oysa komşular benzer; bunun için "
        "düzeltilmiş sınama {corrected} verir.".format(**told["tr"]),
        "The mean is {a} in {count} and {b} elsewhere (p = {p}, {r} permutations). "
        "One by one: {each}. The permutation takes {units} as independent though neighbours are "
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
        design=study.design,
    )
