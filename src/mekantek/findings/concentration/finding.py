"""Is high technology squeezed into few places, more than exports as a whole."""

from __future__ import annotations

from functools import partial
from typing import Any

from mekantek.findings.concentration.choices import curve
from mekantek.findings.concentration.companions import companions
from mekantek.findings.concentration.seats import Seat, seat_curve, seat_of
from mekantek.findings.concentration.tables import measure_table
from mekantek.findings.other_data import exact_told, one_year_told, together
from mekantek.findings.verdict import Hypothesis, Verdict
from mekantek.grammar import inflected
from mekantek.study import Study
from mekantek.text import Text, capitalized, number, percent

__all__ = ["concentrated"]


def _position(pair: dict[str, Any], tested: str) -> str:
    total = pair["total"]["value"]
    if pair[tested]["low"] > total:
        return "higher"
    return "lower" if pair[tested]["high"] < total else "overlapping"


def concentrated(study: Study, hypothesis: Hypothesis | None = None) -> Verdict:
    """
    Test whether a class is more concentrated than the whole: in the report, high technology than exports.

    Parameters
    ----------
    study : Study
        Whose units have a size.
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.

    Returns
    -------
    Verdict
        Main result: Gini of the last year with the worst case of rounding, and the total's. Companions:
        other classes, measures and years; unresolved cells, single units, the seat; regions
        and neighbours; seats.

    Examples
    --------
    >>> import mekantek as mt
    >>> round(mt.findings.concentrated(mt.load_study()).main["value"], 3)
    0.953
    """
    hypothesis = hypothesis or study.hypothesis("concentration")
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
    seat = seat_of(study, hypothesis)
    seats = {to: seat_curve(study, tested, seat.unit, to=to) for to in seat.takers}
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=together(
            _reason(study, gini, tested, seat, seats[None].turns),
            exact_told(study),
            one_year_told(study),
        ),
        main={**main, "total": gini[last]["total"]["value"]},
        companions=partial(companions, study, tested, seat, seats),
        curve=partial(curve, study, hypothesis),
        basis=study.provenance["basis"],
        design=study.design,
    )


def _compared(study: Study, tested: str, seat: Seat) -> Text:
    """Say the coefficients of the last year and of the first, and what the seat has to do with it."""
    first, last = study.years[0], study.years[-1]
    name, total, unit = (
        study.design.title_of(tested),
        study.design.title_of("total"),
        study.design.unit,
    )
    known = Text(
        f"{last} yılında Gini katsayısı: {name.tr} {{g}}, {total.tr} {{t}} ({{n}} {unit.tr})",
        f"In {last} the Gini of {name.en} is {{g}} and that of {total.en} {{t}} ({{n}} "
        f"{unit.plural})",
    )
    if study.printed:
        known = Text(
            f"{last} yılında Gini katsayısı: {name.tr} {{g}} (yuvarlamayla {{low}}–{{high}}), "
            f"{total.tr} {{t}} ({{n}} {unit.tr})",
            f"In {last} the Gini of {name.en} is {{g}} (rounding allows {{low}}–{{high}}) and "
            f"that of {total.en} {{t}} ({{n}} {unit.plural})",
        )
    before = Text(".", ".")
    if first != last:
        before = Text(f"; {first} yılında {{g0}} ve {{t0}} ({{n0}} {unit.tr}).",
                      f"; in {first} {{g0}} and {{t0}} ({{n0}} {unit.plural}).")  # fmt: skip
    at = study.at(last).frame["value"]
    part = {lang: percent(float(at[seat.unit] / at.sum()), lang) for lang in ("tr", "en")}
    where = Text(
        f" {capitalized(total).tr}: {part['tr']} kadarı {inflected(seat.name, 'da', proper=True)}.",
        f" Of {total.en} {part['en']} is that of {seat.name}.",
    )
    return together(known, before, where)


def _reason(
    study: Study,
    gini: dict[int, dict[str, Any]],
    tested: str,
    seat: Seat,
    turn: float | None,
) -> Text:
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
    of = inflected(seat.name, "ın", proper=True)
    seats = (
        Text(
            f" {of} payı ötekilere dağıtılsa da sonuç hiçbir oranda değişmez.",
            f" Were what {seat.name} has given to the others, no part of it would change the answer.",
        )
        if turn is None
        else Text(
            f" Sonuç, {of} payının {{turn}} kadarı ötekilere dağıtılınca değişir.",
            f" The answer changes once {{turn}} of what {seat.name} has is given to the others.",
        )
    )
    reason = together(_compared(study, tested, seat), seats)
    return Text(reason.tr.format(**told["tr"]), reason.en.format(**told["en"]))
