"""What stands beside τ on the known places: other coefficients, variables, editions and indices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets import tables
from mekantek.datasets.index_files import ProvinceIndex
from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.gradients import labelled
from mekantek.findings.indices.ranks import associated, bounded, iltek_index, mechanical
from mekantek.stats.association import kendall, partial_kendall, spearman
from mekantek.stats.spectral import spectral_correlation
from mekantek.stats.spectral_ranks import spectral_kendall
from mekantek.study import Study
from mekantek.text import Text, number

__all__ = ["companions", "reports_own"]

_BOTH = "high+medium_high"
_SHARE = Text("yüksek teknoloji payı", "share of high technology")
_VALUE = Text("yüksek teknoloji ihracat değeri", "value of high-technology exports")
_TOTAL = Text("toplam ihracat", "total exports")


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


def _variables(study: Study) -> list[tuple[Text, pd.Series]]:
    """Share, value and total exports, side by side."""
    value = study.class_values("high")["value"].reindex(study.names.index)
    return [(_SHARE, study.share("high")), (_VALUE, value), (_TOTAL, study.frame["value"])]


def companions(study: Study, index: ProvinceIndex, *, own: bool = False) -> list[dict[str, Any]]:
    """
    Compute what stands beside the main coefficient.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    index : ProvinceIndex
        The index of the main test.
    own : bool
        Whether it is a user's; then what is known of İLTEK itself is left out.

    Returns
    -------
    list of dict
        Each with ``label``, ``coverage``, and the ``remark`` on the index's mechanical part.
    """
    last = study.at(study.years[-1])
    found = [*_years(study, index), *_side_by_side(last, index), *_alone(last, index)]
    if not own:
        report = iltek_index(reading="report")
        told = Text("raporun okuması (Eskişehir 4.)", "the report's reading (Eskişehir 4th)")
        found += _side_by_side(last, report, told)
        told = Text("raporun kendi dört sırası", "the report's own four ranks")
        found += _side_by_side(last, reports_own(), told)
        told = Text("2025 baskısı, ilk 8 il", "2025 edition, first 8 provinces")
        found += _side_by_side(last, iltek_index("iltek-2025"), told)
    for one in found:
        one["remark"] = mechanical(own=own).to_dict()
    return found + ([] if own else _product(last))


def _years(study: Study, index: ProvinceIndex) -> Iterator[dict[str, Any]]:
    """Every year and class that the report prints."""
    for year in sorted(study.panel):
        at = study.at(year)
        known = [c for c in CLASS_NAMES if c in at.frame and at.frame[c].notna().any()]
        if {"high", "medium_high"} <= set(known):
            known.append(_BOTH)
        for c in known:
            if c != "unclassified" and (c, year) != ("high", study.years[-1]):
                result, span = associated(index, at.share(c))
                label = Text("{name}, {year}", "{name}, {year}")
                yield labelled(label.format(name=CLASS_NAMES[c], year=year), result.to_dict(),
                               **span, **{"class": c, "year": year})  # fmt: skip


def _side_by_side(
    study: Study, index: ProvinceIndex, whose: Text | None = None
) -> Iterator[dict[str, Any]]:
    """τ, ρ and partial τ with the share, the value and total exports."""
    goodness = index.goodness
    head = Text("{w}: {v}", "{w}: {v}")
    for name, values in _variables(study):
        label = name if whose is None else head.format(w=whose, v=name)
        result, span = associated(index, values)
        context = {**span, "class": "high", "year": study.year}
        if whose is not None or name is not _SHARE:
            yield labelled(label, result.to_dict(), **context)
        if len(index.places) < 5:
            continue
        known = values.reindex(goodness.index).dropna().index
        x, y = goodness[known].to_numpy(), values[known].to_numpy(dtype=float)
        ends = {"bounds": bounded(index, values, coefficient="spearman")}
        yield labelled(label, spearman(x, y).to_dict(), **{**context, **ends})
        if name is _TOTAL:
            continue
        total = study.frame["value"].reindex(known)
        has = total.notna().to_numpy()
        found = partial_kendall(x[has], y[has], total[has].to_numpy())
        told = Text("{v}, toplam ihracat sabitken", "{v}, given total exports").format(v=label)
        # A partial coefficient is no sum over pairs, so its extremes over completions are not known.
        yield labelled(told, found.to_dict(), **{**context, "bounds": {"low": None, "high": None}})


def _alone(study: Study, index: ProvinceIndex) -> Iterator[dict[str, Any]]:
    """Leave each known province out; the extremes by name."""
    if len(index.places) < 5:
        return
    share, goodness = study.share("high"), index.goodness
    known = share.reindex(goodness.index).dropna().index
    without = {}
    for unit in known:
        rest = known.drop(unit)
        result = kendall(goodness[rest].to_numpy(), share[rest].to_numpy())
        if result.statistic is not None:
            without[unit] = (result.statistic, result.p_value)
    least, most = (end(without, key=lambda u: without[u][0]) for end in (min, max))
    label = Text(
        "bir il çıkınca: {a} ({u} olmadan) ile {b} ({v} olmadan) arasında",
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
        **{"class": "high", "year": study.year},
    )  # fmt: skip
    if index.complete:
        placed = goodness.reindex(share.index)
        found = spectral_correlation(share, placed, study.graph)
        yield labelled(Text("{v}, tayfsal rastgeleleştirme", "{v}, spectral randomization").format(
            v=_SHARE), found.to_dict(), coverage={"known": len(known), "of": len(share)},
            **{"class": "high", "year": study.year})  # fmt: skip


def _product(study: Study) -> list[dict[str, Any]]:
    """GDP per head, which is no İLTEK but covers all provinces: exact and spectral p."""
    index = iltek_index("gdp-2024")
    found = []
    for name, values in _variables(study):
        label = Text(
            "kişi başına GSYH 2024 (İLTEK değil; 81 il): {v}",
            "GDP per capita 2024 (not İLTEK; all 81 provinces): {v}",
        ).format(v=name)
        placed = replace(index, places=index.places.reindex(values.index))
        result, span = associated(placed, values)
        context = {**span, "class": "high", "year": study.year}
        spectral = spectral_kendall(values, placed.goodness, study.graph, missing="drop")
        found.append(labelled(label, result.to_dict(), **context))
        told = Text("{l}, tayfsal rastgeleleştirme", "{l}, spectral randomization").format(l=label)
        found.append(labelled(told, spectral.to_dict(), **context))
    return found
