"""What stands beside τ on the known places: other coefficients, variables, editions and indices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from mekantek.datasets import tables
from mekantek.datasets.index_files import ProvinceIndex
from mekantek.findings.belt_choices import together_of
from mekantek.findings.gradients import labelled
from mekantek.findings.indices.ranks import associated, bounded, iltek_index, mechanical
from mekantek.stats.association import kendall, partial_kendall, spearman
from mekantek.stats.spectral import spectral_correlation
from mekantek.stats.spectral_ranks import spectral_kendall
from mekantek.study import Hypothesis, Study
from mekantek.text import Text, number

__all__ = ["companions", "reports_own"]


def reports_own() -> ProvinceIndex:
    """
    Give the four ranks that the report itself prints.

    Examples
    --------
    >>> reports_own().places.to_dict()
    {2: 43.0, 6: 1.0, 26: 4.0, 34: 2.0}
    """
    table = tables.load_index("iltek-2024")
    printed = table[table["source"].str.startswith("ASO report")]
    ranks = printed.drop_duplicates("plate").set_index("plate")["rank"].astype(float).sort_index()
    return ProvinceIndex(name="report", kind="ranks", places=ranks, edition="2024")


@dataclass(frozen=True)
class _Held:
    """What an index is held against: the share, the value, the whole."""

    role: Literal["share", "value", "total"]
    name: Text
    column: pd.Series


def _variables(study: Study, tested: str) -> list[_Held]:
    """The variable, its value and the units' size side by side; the first alone without sizes."""
    name, whole = study.design.title_of(tested), study.design.whole
    if whole is None or not study.valued:
        return [_Held("share", name, study.share(tested))]
    of = whole.title
    value = study.class_values(tested)["value"].reindex(study.names.index)
    return [
        _Held("share", Text(f"{name.tr} payı", f"share of {name.en}"), study.share(tested)),
        _Held("value", Text(f"{name.tr} {of.tr} değeri", f"value of {name.en} {of.en}"), value),
        _Held("total", whole.total, study.frame["value"]),
    ]


def companions(
    study: Study, hypothesis: Hypothesis, index: ProvinceIndex, *, own: bool = False
) -> list[dict[str, Any]]:
    """
    Compute what stands beside the main coefficient.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis
    index : ProvinceIndex
        The index of the main test.
    own : bool
        Whether it is a user's; then what is known of İLTEK itself is left out.

    Returns
    -------
    list of dict
        Each with ``label``, ``coverage``, and the ``remark`` on the index's mechanical part.
    """
    last, tested = study.at(study.years[-1]), str(hypothesis.options["class"])
    found = [
        *_years(study, hypothesis, index), *_side_by_side(last, tested, index),
        *_alone(last, tested, index),
    ]  # fmt: skip
    iltek = not own and index.name.startswith("iltek-")
    if iltek:
        report = iltek_index(reading="report")
        told = Text("raporun okuması (Eskişehir 4.)", "the report's reading (Eskişehir 4th)")
        found += _side_by_side(last, tested, report, told)
        told = Text("raporun kendi dört sırası", "the report's own four ranks")
        found += _side_by_side(last, tested, reports_own(), told)
        told = Text("2025 baskısı, ilk 8 il", "2025 edition, first 8 provinces")
        found += _side_by_side(last, tested, iltek_index("iltek-2025"), told)
    for one in found:
        one["remark"] = mechanical(hypothesis, own=own).to_dict()
    return found + (_product(last, tested) if iltek else [])


def _years(study: Study, hypothesis: Hypothesis, index: ProvinceIndex) -> Iterator[dict[str, Any]]:
    """Every year and variable there is."""
    asked = together_of(hypothesis)
    for year in sorted(study.panel):
        at = study.at(year)
        known = [c for c in study.classes if at.frame[c].notna().any()]
        for both in asked[1:]:
            if set(both.split("+")) <= set(known):
                known.append(both)
        for c in known:
            if (c, year) != (asked[0], study.years[-1]):
                result, span = associated(index, at.share(c))
                label = Text("{name}, {year}", "{name}, {year}")
                yield labelled(label.format(name=study.design.title_of(c), year=year),
                               result.to_dict(), **span, **{"class": c, "year": year})  # fmt: skip


def _side_by_side(
    study: Study, tested: str, index: ProvinceIndex, whose: Text | None = None
) -> Iterator[dict[str, Any]]:
    """τ, ρ and partial τ with the variable, its value and the units' size."""
    goodness = index.goodness
    head = Text("{w}: {v}", "{w}: {v}")
    for one in _variables(study, tested):
        name, values = one.name, one.column
        label = name if whose is None else head.format(w=whose, v=name)
        result, span = associated(index, values)
        context = {**span, "class": tested, "year": study.year}
        if whose is not None or one.role != "share":
            yield labelled(label, result.to_dict(), **context)
        if len(index.places) < 5:
            continue
        known = values.reindex(goodness.index).dropna().index
        x, y = goodness[known].to_numpy(), values[known].to_numpy(dtype=float)
        ends = {"bounds": bounded(index, values, coefficient="spearman")}
        yield labelled(label, spearman(x, y).to_dict(), **{**context, **ends})
        whole = study.design.whole
        if one.role == "total" or whole is None:
            continue
        total = study.frame["value"].reindex(known)
        has = total.notna().to_numpy()
        found = partial_kendall(x[has], y[has], total[has].to_numpy())
        told = Text("{v}, {w} sabitken", "{v}, given {w}").format(v=label, w=whole.total)
        # A partial coefficient is no sum over pairs, so its extremes over completions are not known.
        yield labelled(told, found.to_dict(), **{**context, "bounds": {"low": None, "high": None}})


def _alone(study: Study, tested: str, index: ProvinceIndex) -> Iterator[dict[str, Any]]:
    """Leave each known unit out; the extremes by name."""
    if len(index.places) < 5:
        return
    share, goodness = study.share(tested), index.goodness
    word = study.design.unit
    known = share.reindex(goodness.index).dropna().index
    without = {}
    for unit in known:
        rest = known.drop(unit)
        result = kendall(goodness[rest].to_numpy(), share[rest].to_numpy())
        if result.statistic is not None:
            without[unit] = (result.statistic, result.p_value)
    least, most = (end(without, key=lambda u: without[u][0]) for end in (min, max))
    label = Text(
        f"bir {word.tr} çıkınca: {{a}} ({{u}} olmadan) ile {{b}} ({{v}} olmadan) arasında",
        "leaving one out: from {a} (without {u}) to {b} (without {v})",
    )
    ends = {
        lang: (number(without[least][0], lang), number(without[most][0], lang))
        for lang in ("tr", "en")
    }
    names = study.names
    yield labelled(
        label.format(a=Text(ends["tr"][0], ends["en"][0]), b=Text(ends["tr"][1], ends["en"][1]),
                     u=names[least], v=names[most]),
        {
            "schema": "mekantek/leave-one-out/1", "name": "kendall_leave_one_out",
            "value": float(np.median([tau for tau, _ in without.values()])),
            "low": without[least][0], "high": without[most][0], "n": len(known) - 1,
            "without": [{"id": str(u), "statistic": tau, "p_value": p}
                        for u, (tau, p) in without.items()],
        },
        coverage={"known": len(known), "of": len(share)},
        **{"class": tested, "year": study.year},
    )  # fmt: skip
    if index.complete:
        placed = goodness.reindex(share.index)
        found = spectral_correlation(share, placed, study.graph)
        [held, *_] = _variables(study, tested)
        yield labelled(Text("{v}, tayfsal rastgeleleştirme", "{v}, spectral randomization").format(
            v=held.name), found.to_dict(), coverage={"known": len(known), "of": len(share)},
            **{"class": tested, "year": study.year})  # fmt: skip


def _product(study: Study, tested: str) -> list[dict[str, Any]]:
    """GDP per head, which is no İLTEK but covers all provinces: exact and spectral p."""
    index = iltek_index("gdp-2024")
    found = []
    for one in _variables(study, tested):
        name, values = one.name, one.column
        label = Text(
            "kişi başına GSYH 2024 (İLTEK değil; 81 il): {v}",
            "GDP per capita 2024 (not İLTEK; all 81 provinces): {v}",
        ).format(v=name)
        placed = replace(index, places=index.places.reindex(values.index))
        result, span = associated(placed, values)
        context = {**span, "class": tested, "year": study.year}
        spectral = spectral_kendall(values, placed.goodness, study.graph, missing="drop")
        found.append(labelled(label, result.to_dict(), **context))
        told = Text("{l}, tayfsal rastgeleleştirme", "{l}, spectral randomization").format(l=label)
        found.append(labelled(told, spectral.to_dict(), **context))
    return found
