"""Are printed parts of the whole and top lists right, rounding and truncation allowed for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.gradients import labelled
from mekantek.findings.other_data import exact_told, prints_told, together
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Hypothesis, Verdict
from mekantek.stats import inference
from mekantek.stats.concentration import part_of_total
from mekantek.study import Study, other_prints
from mekantek.text import Text, percent

__all__ = ["print_interval", "top_shares"]


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


def _part(study: Study, classes: str, members: list[Any]) -> dict[str, Any]:
    """What some units have of a class, as a part of the whole, with its rounding interval."""
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


def _national(study: Study, c: str, part: Mapping[str, Any], reading: str) -> dict[str, Any]:
    """Hold a part of the whole of a class against what the print may stand for."""
    computed = _part(study, c, part["members"])
    digits = int(part.get("digits", 0))
    low, high = (p / 100 for p in print_interval(part["printed"], digits, reading=reading))
    return {
        **computed,
        "printed": part["printed"],
        "allowed": [low, high],
        "overlaps": bool(computed["low"] <= high and computed["high"] >= low),
        "report_line": part.get("report_line"),
    }


def _top(study: Study, c: str, part: Mapping[str, Any]) -> dict[str, Any]:
    share = study.share(c).sort_values(ascending=False, kind="stable")
    leading = share.index[: len(part["members"])].tolist()
    return {
        "schema": "mekantek/part/1",
        "name": "top_list",
        "members": [str(m) for m in part["members"]],
        "found": [str(i) for i in leading],
        "value": None,
        "overlaps": leading == list(part["members"]),
        "report_line": part.get("report_line"),
        "n": len(share),
    }


def _outcomes(
    study: Study, c: str, parts: Sequence[Mapping[str, Any]], reading: str
) -> list[dict[str, Any]]:
    return [
        _national(study, c, part, reading) if part["kind"] == "national" else _top(study, c, part)
        for part in parts
    ]


def _word(hypothesis: Hypothesis, found: Sequence[Mapping[str, Any]]) -> str:
    hits = [f["overlaps"] for f in found]
    return hypothesis.decide({"all parts overlap": all(hits), "some parts overlap": any(hits)})


# R; surrogates in which provinces change places.
SURROGATES = 999
# The stream of a seed that their orders draw from: "PART".
_STREAM = 0x50415254

NULL = Text(
    "birimler bütün değerleriyle yer değiştirir: basılan sayılar, adı geçenler yerine rastgele birimler "
    "alınsa da tutar mıydı; hüküm buna dayanmaz, basılan bir sayı ya doğrudur ya değildir; veriyi "
    "okumanın anlamlı yolları da bu kadardır",
    "whole units change places: would the prints hold of any units as of those named; the "
    "verdict does not rest on it, for a print is right or wrong; there are no more choices that "
    "make sense",
)


def _inside(found: Mapping[str, Any]) -> np.ndarray:
    """How far what is computed and what the print may stand for overlap; below zero: the gap."""
    low, high = found["allowed"]
    overlap: np.ndarray = np.minimum(found["high"], high) - np.maximum(found["low"], low)
    return overlap


def _drawn(
    study: Study, c: str, part: Mapping[str, Any], orders: np.ndarray
) -> dict[str, np.ndarray]:
    """The same share of the units that bear the members' names in each surrogate."""
    values = study.class_values(c)
    others = values.index.get_indexer(pd.Index(part["members"]))
    chosen = orders[:, others]
    ends = {}
    for side, within, without in (
        ("value", "value", "value"), ("low", "low", "high"), ("high", "high", "low"),
    ):  # fmt: skip
        held = values[within].to_numpy()[chosen].sum(axis=1)
        rest = values[without].sum() - values[without].to_numpy()[chosen].sum(axis=1)
        ends[side] = held / (held + rest)
    return ends


def _curve(study: Study, hypothesis: Hypothesis) -> SpecificationCurve:
    """Read prints, cells and the units' shares in each way, for all parts and for each alone."""
    parts, c = hypothesis.options["parts"], str(hypothesis.options["class"])
    names = [" + ".join(study.names[m] for m in part["members"]) for part in parts]
    labels = [f"{n} ({p['kind']})" for n, p in zip(names, parts, strict=True)]
    told = {"all": parts, **{label: [p] for label, p in zip(labels, parts, strict=True)}}
    specifications, drawn = [], []
    other = other_prints(study)
    prints = {"adopted": study} | ({"other print": other} if other is not study else {})
    readings = ("± 0.05 points", "as printed") if study.printed else ("computed",)
    for cells, at in prints.items():
        places = np.arange(len(at.class_values(c)))
        orders = np.vstack([*inference.permuted(places, SURROGATES, 0, key=_STREAM)])
        made = {repr(p["members"]): _drawn(at, c, p, orders) for p in parts}
        for reading in ("either", "rounding", "truncation"):
            for shares in readings:
                for label, chosen in told.items():
                    found = _outcomes(at, c, chosen, reading)
                    rows = [
                        {**f, **made[repr(p["members"])]}
                        for f, p in zip(found, chosen, strict=True)
                        if f["name"] == "national_share"
                    ]
                    if shares == "as printed":
                        found, rows = ([_sharpened(f) for f in side] for side in (found, rows))
                    inside = [float(_inside(f)) for f in found if f["name"] == "national_share"]
                    drawn.append(
                        np.min([_inside(f) for f in rows], axis=0)
                        if rows
                        else np.full(SURROGATES, np.nan)
                    )
                    specifications.append(
                        Specification(
                            choice={"part": label, "print": reading, "shares": shares,
                                    "cells": cells},
                            effect=min(inside, default=None),
                            p_value=None,
                            verdict=_word(hypothesis, found),
                        )
                    )  # fmt: skip
    return SpecificationCurve(
        specifications=tuple(specifications), surrogates=np.column_stack(drawn), null=NULL
    )


def _sharpened(found: dict[str, Any]) -> dict[str, Any]:
    """Take the units' shares at their word: no rounding of theirs."""
    if found["name"] != "national_share":
        return found
    value = found["value"]
    sharp = {**found, "low": value, "high": value}
    return {**sharp, "overlaps": bool(np.all(_inside(sharp) >= 0))}


def top_shares(study: Study, hypothesis: Hypothesis | None = None) -> Verdict:
    """
    Hold printed parts of the whole and a top list against what rounding or truncating allows.

    Parameters
    ----------
    study : Study
        Whose units have a size.
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> import mekantek as mt
    >>> round(mt.findings.top_shares(mt.load_study()).main["value"], 3)
    0.808
    """
    hypothesis = hypothesis or study.hypothesis("top-shares")
    last, tested = study.at(study.years[-1]), str(hypothesis.options["class"])
    parts = hypothesis.options["parts"]
    found = _outcomes(last, tested, parts, "either")
    names = study.names
    called = {str(u): name for u, name in names.items()}
    labels = [
        Text(" + ".join(names[m] for m in p["members"]), " + ".join(names[m] for m in p["members"]))
        for p in parts
    ]
    companions = [labelled(n, f) for n, f in zip(labels[1:], found[1:], strict=True)]
    companions += [
        labelled(
            Text("{label}: {name}, {year}", "{label}: {name}, {year}").format(
                label=label, name=study.design.title_of(c), year=year
            ),
            _part(study.at(year), c, part["members"]),
            **{"class": c, "year": year},
        )
        for part, label in zip(parts, labels, strict=True)
        if part["kind"] == "national"
        for year in study.years
        for c in study.classes
        if (c, year) != (tested, last.year)
    ]
    told = {}
    for lang in ("tr", "en"):
        shown = [
            f"{' + '.join(called[m] for m in f['members'])}: {percent(f['value'], lang)} ("
            + (f"{percent(f['low'], lang)}–{percent(f['high'], lang)}; " if study.printed else "")
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
    lists = [f["overlaps"] for f in found if f["name"] == "top_list"]
    said = [Text(**part["note"]) for part in parts if "note" in part]
    notes = Text(" ".join(n.tr for n in said), " ".join(n.en for n in said))
    how = Text("Yuvarlama payıyla hesaplanan", "Computed, with rounding")
    if not study.printed:
        how = Text("Hesaplanan", "Computed")
    held = prints_told(study)
    top = Text("", "")
    if lists:
        top = Text(
            f" En yüksek paylar listesi {'doğru' if all(lists) else 'tutmuyor'}.",
            f" The list of highest shares is {'right' if all(lists) else 'not right'}.",
        )
    reason = Text(
        f"{held.tr}{how.tr}: {told['tr']}.{top.tr} {notes.tr}".rstrip(),
        f"{held.en}{how.en}: {told['en']}.{top.en} {notes.en}".rstrip(),
    )
    return Verdict(
        hypothesis=hypothesis,
        verdict=_word(hypothesis, found),
        reason=together(reason, exact_told(study)),
        main={**found[0], "class": tested, "year": last.year},
        companions=companions,
        curve=partial(_curve, last, hypothesis),
        basis=study.provenance["basis"],
        design=study.design,
    )
