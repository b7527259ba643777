"""What stands beside the Gini coefficient: other measures, years, intervals and decompositions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from mekantek.findings.concentration.seats import Seat, SeatCurve
from mekantek.findings.concentration.tables import class_table, known_classes, measure_table
from mekantek.findings.gradients import labelled
from mekantek.findings.levels import levels
from mekantek.grammar import inflected
from mekantek.stats.concentration import (
    gini_by_neighbours,
    location_quotient,
    locational_gini,
    theil_by_group,
)
from mekantek.study import Study
from mekantek.text import Text

__all__ = ["companions"]

_MEASURE = "mekantek/measure/1"
# Companions of every class and complete year; the class itself and the total have all measures.
_BASIC = ("gini", "hhi", "cr1", "cr3")
_NAMES: Mapping[str, Text] = {
    "gini": Text("Gini", "Gini"), "hhi": Text("HHI", "HHI"),
    "theil_t": Text("Theil T", "Theil T"), "theil_l": Text("Theil L", "Theil L"),
    "entropy": Text("entropi", "entropy"),
    "equivalent_number": Text("eşdeğer birim sayısı", "equivalent number"),
    "gini_unbiased": Text("Gini, n/(n−1) ile", "Gini times n/(n−1)"),
}  # fmt: skip
_THEIL: tuple[Literal["theil_t", "theil_l"], ...] = ("theil_t", "theil_l")
# Permutations of a companion; the verb draws more.
_PERMUTATIONS = 999


def _named(study: Study, c: str, year: int, what: Text | str) -> Text:
    told = Text(what, what) if isinstance(what, str) else what
    return Text("{name}, {year}: {what}", "{name}, {year}: {what}").format(
        name=study.design.title_of(c), year=year, what=told
    )


def companions(
    study: Study, tested: str, seat: Seat, seats: Mapping[Any, SeatCurve]
) -> list[dict[str, Any]]:
    """
    Compute what stands beside the finding's main number.

    Parameters
    ----------
    study : Study
    tested : str
        The class of the claim.
    seat : Seat
        Whose value may belong to others.
    seats : mapping of id or None to SeatCurve
        By who gets it; None: all others.

    Returns
    -------
    list of dict
        Each with ``label``, ``class``, ``year``, ``schema`` and a value.
    """
    return [
        *_measures(study, tested),
        *_sensitivities(study, tested, seat),
        *_decompositions(study, tested),
        *_locations(study),
        *_seats(study, tested, seat, seats),
        _plants(study, tested),
    ]


def _measures(study: Study, tested: str) -> Iterator[dict[str, Any]]:
    """Measures with rounding intervals: all of the class and the total, Gini of every other year."""
    last = study.years[-1]
    for year in sorted(study.panel):
        complete = year in study.years
        for c in known_classes(study.at(year)):
            names: tuple[str, ...] = _BASIC if complete else ("gini",)
            if complete and c in (tested, "total"):
                names = (*_BASIC, "cr5", "cr10", *list(_NAMES)[2:])
            for row in measure_table(study, (c,), (year,), names=names):
                if (c, year, row["name"]) != (tested, last, "gini"):
                    what = _NAMES.get(row["name"], row["name"].upper())
                    yield labelled(_named(study, c, year, what), {"schema": _MEASURE, **row})


def _sensitivities(study: Study, tested: str, seat: Seat) -> Iterator[dict[str, Any]]:
    """Gini over the prints of unresolved cells, without each unit, and without the seat."""
    names, unit = {str(u): n for u, n in study.names.items()}, study.design.unit
    for year in study.years:
        for c in (tested, "total"):
            [row] = measure_table(study, (c,), (year,), names=("gini",))
            head = {"class": c, "year": year, "schema": _MEASURE, "name": "gini",
                    "value": row["value"], "n": row["n"]}  # fmt: skip
            cells, knife = row["unresolved"], row["jackknife"]
            if study.printed:
                told = Text("Gini, {n} çözülmemiş hücreyle", "Gini, {n} {u} with unresolved cells")
                yield labelled(
                    _named(study, c, year, told.format(n=cells["units"], u=unit.plural)),
                    {**head, "low": cells["low"], "high": cells["high"], "interval": "unresolved",
                     "method": cells["method"]},
                )  # fmt: skip
            moving = ", ".join(names[move["id"]] for move in knife["moves"])
            told = Text(
                f"Gini, bir {unit.tr} çıkınca (en çok oynatan: {{u}})",
                f"Gini without one {unit.en} (most moved by {{u}})",
            )
            yield labelled(
                _named(study, c, year, told.format(u=moving)),
                {**head, "low": knife["low"], "high": knife["high"], "interval": "jackknife",
                 "moves": knife["moves"]},
            )  # fmt: skip
            [row] = measure_table(study, (c,), (year,), names=("gini",), without=(seat.unit,))
            told = Text(f"Gini, {seat.name} olmadan", f"Gini without {seat.name}")
            yield labelled(_named(study, c, year, told), {"schema": _MEASURE, **row})


def _decompositions(study: Study, tested: str) -> Iterator[dict[str, Any]]:
    """Theil between and within regions; Gini between neighbours and others; locational Gini."""
    for year in sorted(study.panel):
        at = study.at(year)
        whole = class_table(at, "total")["value"]
        for c in known_classes(at):
            value = class_table(at, c)["value"]
            head = {"class": c, "year": year}
            if c in (tested, "total"):
                for level, groups in reversed(levels(study)):
                    for name in _THEIL if year in study.years else _THEIL[:1]:
                        found = theil_by_group(value, groups, name=name)
                        told = Text("{m}, {l} bölgeleri arasındaki parçası",
                                    "{m}, its part between {l} regions")  # fmt: skip
                        yield labelled(
                            _named(study, c, year, told.format(m=_NAMES[name], l=level.title)),
                            {"schema": "mekantek/decomposition/1", **found.to_dict(),
                             "name": f"{name}_between", "value": found.between,
                             "whole": found.value, "by": level.column, "n": len(value)},
                            **head,
                        )  # fmt: skip
                spatial = gini_by_neighbours(value, at.graph, permutations=_PERMUTATIONS)
                told = Text("Gini'nin komşu olmayan çiftlere düşen parçası",
                            "part of the Gini due to pairs that are no neighbours")  # fmt: skip
                yield labelled(_named(study, c, year, told), spatial.to_dict(), **head)
            if c != "total":
                reference = whole[value.index]
                total = study.design.title_of("total")
                told = Text(f"konumsal Gini, {inflected(total.tr, 'a')} göre",
                            f"locational Gini, relative to {total.en}")  # fmt: skip
                yield labelled(
                    _named(study, c, year, told),
                    {"schema": _MEASURE, "name": "locational_gini",
                     "value": locational_gini(value, reference), "low": None, "high": None,
                     "n": len(value)},
                    **head,
                )  # fmt: skip


def _locations(study: Study) -> Iterator[dict[str, Any]]:
    """The three largest location quotients of each class and year."""
    for year in sorted(study.panel):
        at = study.at(year)
        for c in known_classes(at, total=False):
            quotients = location_quotient(at.share(c).dropna(), reference=at.national_share(c))
            leading = quotients.sort_values(ascending=False, kind="stable").head(3)
            leading_units = [
                {"id": str(unit), "name": name, "value": float(quotient)}
                for unit, name, quotient in zip(
                    leading.index, at.names[leading.index], leading, strict=True
                )
            ]
            told = Text("en büyük yerleşim katsayıları, {u}", "largest location quotients, {u}")
            yield labelled(
                _named(study, c, year, told.format(u=", ".join(at.names[leading.index]))),
                {
                    "schema": _MEASURE, "name": "location_quotient",
                    "value": float(leading.iloc[0]), "low": None, "high": None,
                    "n": len(quotients),
                    "units": leading_units,
                },
                **{"class": c, "year": year},
            )  # fmt: skip


def _seats(
    study: Study, tested: str, seat: Seat, seats: Mapping[Any, SeatCurve]
) -> Iterator[dict[str, Any]]:
    """Give the seat's value away and say where the verdict turns."""
    for to, curve in seats.items():
        name = seat.takers[to]
        told = Text(inflected(name, "a", proper=True), f"to {name}")
        if to is None:
            told = Text("ötekilere kendi büyüklükleri oranında",
                        "to the others in proportion to what they have")  # fmt: skip
        turn = curve.turns
        found = (
            Text("hüküm hiçbir payda dönmez", "the verdict turns at no part")
            if turn is None
            else Text("hüküm %{x} iken döner", "the verdict turns at {x}%").format(
                x=round(100 * turn)
            )
        )
        label = Text(
            f"{inflected(seat.name, 'ın', proper=True)} bir payı {{to}} verilince: {{found}}",
            f"a part of what {seat.name} has given {{to}}: {{found}}",
        )
        yield labelled(
            label.format(to=told, found=found),
            curve.to_dict(),
            **{"class": tested, "year": study.years[-1]},
        )


def _plants(study: Study, tested: str) -> dict[str, Any]:
    """Refuse the index of Ellison & Glaeser, with the reason."""
    why = Text(
        "tanımsız: tesis büyüklükleri gerekir, veride yok",
        "undefined: it needs the sizes of plants, which the data do not have",
    )
    label = Text("Ellison–Glaeser endeksi ({why})", "Ellison–Glaeser index ({why})")
    return labelled(
        label.format(why=why),
        {"schema": _MEASURE, "name": "ellison_glaeser", "value": None, "low": None, "high": None,
         "undefined": why.en, "n": int(np.sum(study.frame["value"].notna()))},
        **{"class": tested, "year": study.years[-1]},
    )  # fmt: skip
