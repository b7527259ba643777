"""Does an index of development go with technology in exports: İLTEK, partly known."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from mekantek.datasets import tables
from mekantek.datasets.technology import CLASS_NAMES
from mekantek.errors import ValuesError
from mekantek.findings.gradients import labelled
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Verdict, load_hypothesis, thresholds
from mekantek.stats import inference
from mekantek.stats.association import kendall
from mekantek.stats.completions import kendall_bounds
from mekantek.stats.results import GlobalResult
from mekantek.study import CLASS_COLUMNS, Study
from mekantek.text import Text, number, p_value, percent

__all__ = ["iltek", "index_ranks", "one_to_one"]

_BOTH = "high+medium_high"
_ESKISEHIR, _KOCAELI = 26, 41
MECHANICAL = Text(
    "Endeksin 37 değişkeninden biri imalat girişimi başına yüksek teknoloji ihracatıdır; ilişki "
    "kısmen kendiliğindendir.",
    "One of the index's 37 variables is high-technology exports per manufacturing enterprise, so "
    "the relation is partly mechanical.",
)


def index_ranks(
    name: Literal["iltek-2024", "iltek-2025"] = "iltek-2024", *, reading: str = "press"
) -> pd.Series:
    """
    Give the known ranks of an index.

    Parameters
    ----------
    name : str
        ``iltek-2024`` or ``iltek-2025``.
    reading : {"press", "report"}
        Two sources disagree on 2024: the press gives Eskişehir 3 and Kocaeli 4, the report
        Eskişehir 4 (then Kocaeli 3, by inference).

    Returns
    -------
    pandas.Series, index plate
        Whole numbers as floats, 1 is best; only the provinces whose rank is published.

    Examples
    --------
    >>> [index_ranks(reading=r).loc[26].item() for r in ("press", "report")], len(index_ranks())
    ([3.0, 4.0], 17)
    """
    table = tables.load_index(name)
    first: pd.Series = table.drop_duplicates("plate").set_index("plate")["rank"].astype(float)
    if reading == "report" and name == "iltek-2024":
        first = first.where(first.index != _ESKISEHIR, 4.0).where(first.index != _KOCAELI, 3.0)
    elif reading not in ("press", "report"):
        raise ValuesError(f"reading is {reading!r}; it can be 'press' or 'report'.")
    return first.sort_index()


def _associated(
    study: Study, ranks: pd.Series, values: pd.Series
) -> tuple[GlobalResult, dict[str, Any]]:
    """Kendall's τ-b on the known ranks, and its bounds over all completions where computable."""
    known = values.reindex(ranks.index).notna()
    rank, value = ranks[known], values.reindex(ranks.index)[known]
    result = kendall(-rank.to_numpy(), value.to_numpy())
    if values.notna().all():
        bounds = kendall_bounds(ranks.reindex(values.index).to_numpy(), values.to_numpy())
        span: dict[str, float | None] = {"low": bounds.low, "high": bounds.high}
    else:
        span = {"low": None, "high": None}
    coverage = {"known": int(known.sum()), "of": len(study.frame)}
    return result, {"bounds": span, "coverage": coverage}


def _detectable(result: GlobalResult) -> float:
    if result.variance is None:
        return 1.0
    return min(1.0, inference.detectable_shift(result.variance))


def iltek(study: Study) -> Verdict:
    """
    Test whether provinces high in the İLTEK index have high shares of high technology.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Verdict
        Main result: Kendall's τ-b on the provinces whose 2024 rank is published, exact p, with
        its bounds over all completions of the other ranks. No rank is invented.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.iltek(mt.load_study()).main["coverage"]
    {'known': 17, 'of': 81}
    """
    hypothesis = load_hypothesis("iltek")
    limits = thresholds()
    last, classes = study.at(study.years[-1]), hypothesis.options["class"]
    ranks = index_ranks(hypothesis.options["index"])
    main, known = _associated(last, ranks, last.share(classes))
    low, high = known["bounds"]["low"], known["bounds"]["high"]
    detectable = _detectable(main)
    tau = main.statistic or 0.0
    verdict = hypothesis.decide(
        {
            "lower bound above zero": low is not None and low > 0,
            "upper bound below zero": high is not None and high < 0,
            "positive": tau > 0,
            "significant": main.p_value is not None and main.p_value <= limits["alpha"],
            "underpowered": detectable > limits["matters"],
        }
    )
    companions = []
    for label, other, values in _variants(study, ranks):
        result, span = _associated(last, other, values)
        companions.append(labelled(label, result.to_dict(), **span))
    told = {
        lang: {
            "k": known["coverage"]["known"],
            "n": known["coverage"]["of"],
            "tau": number(tau, lang),
            "p": p_value(main.p_value, lang),
            "low": number(low, lang),
            "high": number(high, lang),
        }
        for lang in ("tr", "en")
    }
    reason = Text(
        "{n} ilden sırası yayımlanan {k} tanesinde τ = {tau} ({p}); bilinmeyen sıralarla "
        "{low} ile {high} arasında her değer olabilir. ".format(**told["tr"])
        + MECHANICAL.tr,
        "On the {k} of {n} provinces with a published rank τ = {tau} ({p}); the unknown ranks "
        "leave anything from {low} to {high}. ".format(**told["en"])
        + MECHANICAL.en,
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=reason,
        main={**main.to_dict(), **known, "class": classes, "year": last.year},
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(_specifications(study))),
        minimum_detectable_effect=detectable,
        basis=study.provenance["basis"],
    )


def _variants(study: Study, ranks: pd.Series) -> list[tuple[Text, pd.Series, pd.Series]]:
    last = study.at(study.years[-1])
    variants = [
        (
            Text("{name}, {year}", "{name}, {year}").format(name=CLASS_NAMES[c], year=year),
            ranks,
            study.at(year).share(c),
        )
        for year in study.years
        for c in (*CLASS_COLUMNS, _BOTH)
        if (c, year) != ("high", last.year)
    ]
    variants += [
        (
            Text("raporun okuması: Eskişehir 4.", "the report's reading: Eskişehir 4th"),
            index_ranks(reading="report"),
            last.share("high"),
        ),
        (
            Text("yüksek teknoloji ihracat değeri", "value of high-technology exports"),
            ranks,
            last.class_values("high")["value"].reindex(last.frame.index),
        ),
        (Text("toplam ihracat", "total exports"), ranks, last.frame["value"]),
        (
            Text("2025 baskısı, ilk 8 il", "2025 edition, first 8 provinces"),
            index_ranks("iltek-2025"),
            last.share("high"),
        ),
        (
            Text(
                "kişi başına GSYH 2024 (İLTEK değil; 81 il)",
                "GDP per capita 2024 (not İLTEK; all 81 provinces)",
            ),
            tables.load_index("gdp-2024").set_index("plate")["rank"].astype(float).sort_index(),
            last.share("high"),
        ),
    ]
    return variants


def _specifications(study: Study) -> list[Specification]:
    readings = {
        "2024, press": index_ranks(),
        "2024, report": index_ranks(reading="report"),
        "2025": index_ranks("iltek-2025"),
    }
    hypothesis, limits = load_hypothesis("iltek"), thresholds()
    found = []
    for reading, ranks in readings.items():
        for year in study.years:
            for classes in ("high", _BOTH):
                result, known = _associated(study, ranks, study.at(year).share(classes))
                low, high = known["bounds"]["low"], known["bounds"]["high"]
                found.append(
                    Specification(
                        choice={"index": reading, "year": year, "class": classes},
                        effect=result.statistic,
                        p_value=result.p_value,
                        verdict=hypothesis.decide(
                            {
                                "lower bound above zero": low > 0,
                                "upper bound below zero": high < 0,
                                "positive": (result.statistic or 0) > 0,
                                "significant": (result.p_value or 1) <= limits["alpha"],
                                "underpowered": _detectable(result) > limits["matters"],
                            }
                        ),
                    )
                )
    return found


def _discordant(ranks: pd.Series, values: pd.Series) -> list[tuple[Any, Any]]:
    """Pairs (better ranked, worse ranked) whose values stand the other way, best ranks first."""
    known = values.reindex(ranks.index).dropna()
    order = ranks[known.index].sort_values().index
    return [
        (better, worse)
        for position, worse in enumerate(order)
        for better in order[:position]
        if known[better] < known[worse]
    ]


def one_to_one(study: Study) -> Verdict:
    """
    Look for the first pair of provinces that refutes "one-to-one".

    Parameters
    ----------
    study : Study

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
    hypothesis = load_hypothesis("iltek-one-to-one")
    last, classes = study.at(study.years[-1]), hypothesis.options["class"]
    names = study.names

    def counted(year: int, columns: str, reading: str) -> dict[str, Any]:
        given = index_ranks(hypothesis.options["index"], reading=reading)
        share = study.at(year).share(columns)
        pairs = _discordant(given, share)
        first = None
        if pairs:
            better, worse = pairs[0]
            first = [
                {"id": str(u), "name": names[u], "rank": int(given[u]), "share": float(share[u])}
                for u in (better, worse)
            ]
        return {
            "schema": "mekantek/pairs/1",
            "name": "discordant_pairs",
            "statistic": len(pairs),
            "of": len(given) * (len(given) - 1) // 2,
            "first": first,
            "coverage": {"known": len(given), "of": len(study.frame)},
        }

    main = counted(last.year, classes, "press")
    grid = [
        (year, columns, reading)
        for year in study.years
        for columns in (*CLASS_COLUMNS, _BOTH)
        for reading in ("press", "report")
    ]
    results = {key: counted(*key) for key in grid}
    companions = [
        labelled(
            Text("{name}, {year}", "{name}, {year}").format(name=CLASS_NAMES[c], year=year),
            results[year, c, reading],
            **{"class": c, "year": year},
        )
        for year, c, reading in grid
        if reading == "press" and (c, year) != (classes, last.year)
    ]
    specifications = [
        Specification(
            choice={"year": year, "class": c, "reading": reading},
            effect=results[year, c, reading]["statistic"] / results[year, c, reading]["of"],
            p_value=None,
            verdict=hypothesis.decide(
                {"a discordant pair": bool(results[year, c, reading]["first"])}
            ),
        )
        for year, c, reading in grid
        if c in (classes, _BOTH)
    ]
    told = {}
    for lang in ("tr", "en"):
        if main["first"]:
            a, b = main["first"]
            told[lang] = {
                "a": a["name"], "b": b["name"], "ra": a["rank"], "rb": b["rank"],
                "sa": percent(a["share"], lang), "sb": percent(b["share"], lang),
                "k": main["statistic"], "of": main["of"],
            }  # fmt: skip
    reason = (
        Text(
            "{a} endekste {ra}., {b} {rb}. sırada; yüksek teknoloji payı ise {sa} ve {sb}. Sırası "
            "bilinen illerin {of} çiftinden {k} tanesi ters.".format(**told["tr"]),
            "{a} ranks {ra} and {b} {rb} in the index, yet their high-technology shares are {sa} "
            "and {sb}. Of {of} pairs with known ranks {k} stand the other way round.".format(
                **told["en"]
            ),
        )
        if main["first"]
        else Text("Ters duran bir çift yok.", "No pair stands the other way round.")
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=hypothesis.decide({"a discordant pair": main["first"] is not None}),
        reason=reason,
        main={**main, "class": classes, "year": last.year},
        companions=companions,
        curve=SpecificationCurve(specifications=tuple(specifications)),
        basis=study.provenance["basis"],
    )
