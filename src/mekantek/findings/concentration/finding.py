"""Is high technology squeezed into few places, more than exports as a whole."""

from __future__ import annotations

from functools import partial
from typing import Any

from mekantek.findings.concentration.choices import curve
from mekantek.findings.concentration.companions import companions
from mekantek.findings.concentration.seats import KOCAELI, seat_curve
from mekantek.findings.concentration.tables import measure_table
from mekantek.findings.other_data import exact_told, one_year_told, together
from mekantek.findings.verdict import Verdict, load_hypothesis
from mekantek.study import Study
from mekantek.text import Text, number, percent

__all__ = ["concentrated"]


def _position(pair: dict[str, Any], tested: str) -> str:
    total = pair["total"]["value"]
    if pair[tested]["low"] > total:
        return "higher"
    return "lower" if pair[tested]["high"] < total else "overlapping"


def concentrated(study: Study) -> Verdict:
    """
    Test whether high technology is more concentrated than exports as a whole.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Verdict
        Main result: Gini of the last year with the worst case of rounding, and the total's. Companions:
        other classes, measures and years; unresolved cells, single provinces, İstanbul; regions
        and neighbours; seats.

    Examples
    --------
    >>> import mekantek as mt
    >>> round(mt.findings.concentrated(mt.load_study()).main["value"], 3)
    0.953
    """
    hypothesis = load_hypothesis("concentration", study.years)
    tested = str(hypothesis.options["class"])
    first, last = study.years[0], study.years[-1]
    gini: dict[int, dict[str, Any]] = {year: {} for year in study.years}
    for row in measure_table(study, (tested, "total"), names=("gini",)):
        gini[row["year"]][row["class"]] = row
    verdict = hypothesis.decide(
        {
            f"{word} in the {which} year": _position(gini[year], tested) == word
            for word in ("higher", "lower")
            for which, year in (("first", first), ("last", last))
        }
    )
    main = {"schema": "mekantek/measure/1", **gini[last][tested]}
    seats = {to: seat_curve(study, tested, to=to) for to in (None, KOCAELI)}
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=together(
            _reason(study, gini, tested, seats[None].turns), exact_told(study), one_year_told(study)
        ),
        main={**main, "total": gini[last]["total"]["value"]},
        companions=partial(companions, study, tested, seats),
        curve=partial(curve, study, hypothesis),
        basis=study.provenance["basis"],
    )


def _compared(study: Study) -> Text:
    """Say the coefficients of the last year and of the first, and what İstanbul has to do with it."""
    first, last = study.years[0], study.years[-1]
    if study.printed:
        return Text(
            f"{last}'te yüksek teknolojinin Gini katsayısı {{g}} (yuvarlamayla {{low}}–{{high}}), "
            f"toplam ihracatınki {{t}}; {first}'da {{g0}} ve {{t0}} ({{n0}} il; {last}'te {{n}}). "
            "Toplam ihracatın kendisi de kayıtlı merkez yüzünden İstanbul'da toplanmıştır.",
            f"In {last} the Gini of high technology is {{g}} (rounding allows {{low}}–{{high}}) and "
            f"that of total exports {{t}}; in {first} {{g0}} and {{t0}} ({{n0}} provinces; {{n}} in "
            f"{last}). Total exports themselves sit in İstanbul, by registered seat.",
        )
    told = Text(
        f"{last} yılında yüksek teknolojinin Gini katsayısı {{g}}, toplam ihracatınki {{t}} ({{n}} il)",
        f"In {last} the Gini of high technology is {{g}} and that of total exports {{t}} ({{n}} "
        "provinces)",
    )
    if first == last:
        return together(told, Text(".", "."))
    return together(
        told,
        Text(f"; {first} yılında {{g0}} ve {{t0}} ({{n0}} il).",
             f"; in {first} {{g0}} and {{t0}} ({{n0}} provinces)."),
    )  # fmt: skip


def _reason(study: Study, gini: dict[int, dict[str, Any]], tested: str, turn: float | None) -> Text:
    first, last = study.years[0], study.years[-1]
    high, total = gini[last][tested], gini[last]["total"]
    before, before_total = gini[first][tested], gini[first]["total"]
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
            "turn": "" if turn is None else percent(turn, lang, digits=0),
        }
        for lang in ("tr", "en")
    }
    seats = (
        Text(
            " İstanbul'un ihracatı öteki illere dağıtılsa da sonuç hiçbir oranda değişmez.",
            " Were İstanbul's exports given to the other provinces, no part of them would change "
            "the answer.",
        )
        if turn is None
        else Text(
            " Sonuç, İstanbul ihracatının {turn} kadarı öteki illere dağıtılınca değişir.",
            " The answer changes once {turn} of İstanbul's exports are given to the others.",
        )
    )
    reason = together(_compared(study), seats)
    return Text(reason.tr.format(**told["tr"]), reason.en.format(**told["en"]))
