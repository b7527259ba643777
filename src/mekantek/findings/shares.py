"""Who holds how much: concentration, leading provinces, and denser regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.gradients import labelled, one_word
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Verdict, load_hypothesis, thresholds
from mekantek.stats.association import difference_of_means
from mekantek.stats.concentration import MEASURES, part_of_total
from mekantek.stats.concentration import concentration as measured
from mekantek.stats.correlations import correlation
from mekantek.stats.results import GlobalResult
from mekantek.study import CLASS_COLUMNS, Study
from mekantek.text import Text, integer, number, p_value, percent

__all__ = ["concentrated", "measure_table", "medium_high_bloc", "print_interval", "top_shares"]

_ISTANBUL = 34


def measure_table(
    study: Study,
    classes: Sequence[str] = (*CLASS_COLUMNS, "total"),
    years: Sequence[int] | None = None,
    *,
    names: tuple[str, ...] | None = None,
    without: Sequence[Any] = (),
) -> list[dict[str, Any]]:
    """
    Measure the concentration of classes and of total exports, with rounding intervals.

    Parameters
    ----------
    study : Study
    classes : sequence of str
        Classes, and ``"total"`` for all exports.
    years : sequence of int, optional
        The complete years of the study by default.
    names : tuple of str, optional
        Measures; all by default.
    without : sequence
        Ids left out.

    Returns
    -------
    list of dict
        Entries of ``measures`` in the JSON contract.
    """
    rows = []
    for year in years or study.years:
        at = study.at(year)
        for c in classes:
            if c == "total":
                total = at.frame["value"].dropna()
                values = pd.DataFrame({"value": total})
            else:
                values = at.class_values(c)
            values = values.drop(index=list(without))
            low, high = (None, None) if c == "total" else (values["low"], values["high"])
            found = measured(values["value"], low=low, high=high, names=names or tuple(MEASURES))
            rows += [{"class": c, "year": year, **m.to_dict()} for m in found]
    return rows


def _compared(study: Study, name: str, without: Sequence[Any] = ()) -> dict[int, dict[str, Any]]:
    """For each year the class's interval of a measure, and that of total exports."""
    rows = measure_table(study, ("high", "total"), names=(name,), without=without)
    return {
        year: {row["class"]: row for row in rows if row["year"] == year} for year in study.years
    }


def _position(pair: dict[str, Any]) -> str:
    total = pair["total"]["value"]
    if pair["high"]["low"] > total:
        return "higher"
    return "lower" if pair["high"]["high"] < total else "overlapping"


def concentrated(study: Study) -> Verdict:
    """
    Test whether high technology is more concentrated than exports as a whole.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Verdict
        Main result: Gini of 2024 with the worst case of rounding, and the total's. Companions: the
        other classes, measures and years.

    Examples
    --------
    >>> import mekantek as mt
    >>> round(mt.findings.concentrated(mt.load_study()).main["value"], 3)
    0.953
    """
    hypothesis = load_hypothesis("concentration")
    first, last = study.years[0], study.years[-1]

    def facts(compared: dict[int, dict[str, Any]]) -> dict[str, bool]:
        return {
            f"{word} in {year}": _position(compared[year]) == word
            for word in ("higher", "lower")
            for year in (first, last)
        }

    gini = _compared(study, "gini")
    verdict = hypothesis.decide(facts(gini))
    schema = {"schema": "mekantek/measure/1"}
    companions = [
        labelled(
            Text("{name}, {measure}, {year}", "{name}, {measure}, {year}").format(
                name=CLASS_NAMES.get(row["class"], Text("toplam ihracat", "total exports")),
                measure="Gini" if row["name"] == "gini" else row["name"].upper(),
                year=row["year"],
            ),
            {**schema, **row},
        )
        for row in measure_table(study, names=("gini", "hhi", "cr1", "cr3"))
        if (row["class"], row["year"], row["name"]) != ("high", last, "gini")
    ]  # fmt: skip
    specifications = []
    for name in ("gini", "hhi", "theil_t", "cr1", "cr3", "cr5"):
        for label, without in (("all provinces", ()), ("without İstanbul", (_ISTANBUL,))):
            compared = _compared(study, name, without)
            specifications.append(
                Specification(
                    choice={"measure": name, "provinces": label},
                    effect=compared[last]["high"]["value"] - compared[last]["total"]["value"],
                    p_value=None,
                    verdict=hypothesis.decide(facts(compared)),
                )
            )
    high, total = gini[last]["high"], gini[last]["total"]
    before, before_total = gini[first]["high"], gini[first]["total"]
    told = {
        lang: {
            "g": number(high["value"], lang, digits=3),
            "low": number(high["low"], lang, digits=3),
            "high": number(high["high"], lang, digits=3),
            "t": number(total["value"], lang, digits=3),
            "g0": number(before["value"], lang, digits=3),
            "t0": number(before_total["value"], lang, digits=3),
            "n": high["n"],
            "n0": before["n"],
        }
        for lang in ("tr", "en")
    }
    reason = Text(
        "2024'te yüksek teknolojinin Gini katsayısı {g} (yuvarlamayla {low}–{high}), toplam "
        "ihracatınki {t}; 2019'da {g0} ve {t0} ({n0} il; 2024'te {n}). Toplam ihracatın kendisi de "
        "kayıtlı merkez yüzünden İstanbul'da toplanmıştır.".format(**told["tr"]),
        "In 2024 the Gini of high technology is {g} (rounding allows {low}–{high}) and that of "
        "total exports {t}; in 2019 {g0} and {t0} ({n0} provinces; {n} in 2024). Total exports "
        "themselves sit in İstanbul, by registered seat.".format(**told["en"]),
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=reason,
        main={**schema, **high, "total": total["value"]},
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(specifications)),
        basis=study.provenance["basis"],
    )


def print_interval(printed: float, digits: int, *, reading: str = "either") -> tuple[float, float]:
    """
    Give the interval of numbers that a print may stand for.

    Parameters
    ----------
    printed : float
        The printed number.
    digits : int
        Digits behind the decimal mark.
    reading : {"either", "rounding", "truncation"}
        What the author may have done; the report does both.

    Returns
    -------
    low, high : float
        In the unit of the print.

    Examples
    --------
    >>> print_interval(81, 0), print_interval(1.7, 1, reading="truncation")
    ((80.5, 82.0), (1.7, 1.8))
    """
    unit = 10.0**-digits
    rounded = (printed - unit / 2, printed + unit / 2)
    truncated = (printed, round(printed + unit, 12))
    if reading == "rounding":
        return rounded
    return truncated if reading == "truncation" else (rounded[0], truncated[1])


def _part(study: Study, classes: str, members: list[int]) -> dict[str, Any]:
    """National share of some provinces in a class, with its rounding interval."""
    values = study.class_values(classes)
    value, low, high = part_of_total(
        values["value"], members, low=values["low"], high=values["high"]
    )
    return {
        "schema": "mekantek/part/1",
        "name": "national_share",
        "members": [str(m) for m in members],
        "value": value,
        "low": low,
        "high": high,
        "n": len(values),
    }


def _national(study: Study, part: dict[str, Any], reading: str) -> dict[str, Any]:
    """Hold a national share of high technology against what the print may stand for."""
    computed = _part(study, "high", part["members"])
    low, high = (p / 100 for p in print_interval(part["printed"], part["digits"], reading=reading))
    return {
        **computed,
        "printed": part["printed"],
        "allowed": [low, high],
        "overlaps": bool(computed["low"] <= high and computed["high"] >= low),
        "report_line": part["report_line"],
    }


def _top(study: Study, part: dict[str, Any]) -> dict[str, Any]:
    share = study.share("high").sort_values(ascending=False, kind="stable")
    leading = [int(i) for i in share.index[: len(part["members"])]]
    return {
        "schema": "mekantek/part/1",
        "name": "top_list",
        "members": [str(m) for m in part["members"]],
        "found": [str(i) for i in leading],
        "value": None,
        "overlaps": leading == list(part["members"]),
        "report_line": part["report_line"],
        "n": len(share),
    }


def top_shares(study: Study) -> Verdict:
    """
    Hold the report's national shares and top list against what rounding or truncating allows.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Verdict

    Examples
    --------
    >>> import mekantek as mt
    >>> round(mt.findings.top_shares(mt.load_study()).main["value"], 3)
    0.808
    """
    hypothesis = load_hypothesis("top-shares")
    last = study.at(study.years[-1])
    parts = hypothesis.options["parts"]

    def outcomes(reading: str) -> list[dict[str, Any]]:
        return [
            _national(last, p, reading) if p["kind"] == "national" else _top(last, p) for p in parts
        ]

    def word(found: list[dict[str, Any]]) -> str:
        hits = [f["overlaps"] for f in found]
        return hypothesis.decide({"all parts overlap": all(hits), "some parts overlap": any(hits)})

    found = outcomes("either")
    names = study.names
    labels = [
        Text(" + ".join(names[m] for m in p["members"]), " + ".join(names[m] for m in p["members"]))
        for p in parts
    ]
    companions = [labelled(n, f) for n, f in zip(labels[1:], found[1:], strict=True)]
    companions += [
        labelled(
            Text("{label}: {name}, {year}", "{label}: {name}, {year}").format(
                label=label, name=CLASS_NAMES[c], year=year
            ),
            _part(study.at(year), c, part["members"]),
            **{"class": c, "year": year},
        )
        for part, label in zip(parts, labels, strict=True)
        if part["kind"] == "national"
        for year in study.years
        for c in CLASS_COLUMNS
        if (c, year) != ("high", last.year)
    ]
    specifications = [
        Specification(
            choice={"print": reading}, effect=found[0]["value"], p_value=None,
            verdict=word(outcomes(reading)),
        )
        for reading in ("either", "rounding", "truncation")
    ]  # fmt: skip
    told = {}
    for lang in ("tr", "en"):
        shown = [
            f"{' + '.join(names[int(m)] for m in f['members'])}: {percent(f['value'], lang)} "
            f"({percent(f['low'], lang)}–{percent(f['high'], lang)}; "
            + Text("basılan {p} için {a}–{b}", "the printed {p} allows {a}–{b}")[lang].format(
                p=percent(f["printed"] / 100, lang, digits=0),
                a=percent(f["allowed"][0], lang),
                b=percent(f["allowed"][1], lang),
            )
            + ")"
            for f in found
            if f["name"] == "national_share"
        ]
        told[lang] = "; ".join(shown)
    top = found[-1]["overlaps"]
    said = [Text(**part["note"]) for part in parts if "note" in part]
    notes = Text(" ".join(n.tr for n in said), " ".join(n.en for n in said))
    reason = Text(
        f"Yuvarlama payıyla hesaplanan: {told['tr']}. En yüksek paylar listesi "
        f"{'doğru' if top else 'tutmuyor'}. {notes.tr}",
        f"Computed, with rounding: {told['en']}. The list of highest shares is "
        f"{'right' if top else 'not right'}. {notes.en}",
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=word(found),
        reason=reason,
        main={**found[0], "class": "high", "year": last.year},
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(specifications)),
        basis=study.provenance["basis"],
    )


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
    hypothesis = load_hypothesis("medium-high-bloc")
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
    companions = [
        labelled(
            Text("{name} ile iki bölge dışı", "{name} against the rest").format(name=name),
            result.to_dict(),
            **{"class": classes, "year": last.year},
        )
        for name, result in alone.items()
    ]
    companions.append(
        labelled(
            Text(
                "bölge ile pay, özilinti düzeltilmiş", "region and share, autocorrelation corrected"
            ),
            corrected.to_dict(),
            **{"class": classes, "year": last.year},
        )
    )
    companions += [
        labelled(
            Text("{name}, {year}", "{name}, {year}").format(name=CLASS_NAMES[c], year=year),
            _difference(study.at(year).share(c), both).to_dict(),
            **{"class": c, "year": year},
        )
        for year in study.years
        for c in CLASS_COLUMNS
        if (c, year) != (classes, last.year)
    ]
    specifications = []
    for year in study.years:
        at = study.at(year)
        value = at.frame["value"]
        floors: dict[str, pd.Series | None] = {
            "all": None,
            "exports ≥ 50 mn USD": value >= 50e6,
            "exports ≥ 100 mn USD": value >= 100e6,
        }  # fmt: skip
        for floor, among in floors.items():
            for label, members in (
                ("24 provinces", both),
                ("9 named", hypothesis.options["named"]),
            ):
                result = _difference(at.share(classes), members, among=among)
                specifications.append(
                    Specification(
                        choice={"year": year, "provinces": floor, "regions": label},
                        effect=result.statistic,
                        p_value=result.p_value,
                        verdict=one_word(
                            result.statistic, result.p_value, _correlation_scale(result)
                        ),
                    )
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
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(specifications)),
        minimum_detectable_effect=float(main.details["detectable"]),
        basis=study.provenance["basis"],
    )
