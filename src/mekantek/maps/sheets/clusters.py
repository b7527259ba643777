"""Maps of local Moran clusters: what survives correction is filled, what does not is hatched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mekantek.errors import OptionError
from mekantek.maps.palette import CLUSTERS, MISSING, Entry
from mekantek.maps.sheets.facts import (
    Regions,
    about,
    neighbourhood,
    numbers,
    p_values,
    unit,
    units,
    words,
)
from mekantek.maps.sheets.shares import slug
from mekantek.maps.sheets.sheet import Column, Fact, MapSheet, View
from mekantek.maps.wording import both
from mekantek.text import CORRECTIONS, METHODS, TAILS, Text, capitalized, number, shortened

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.stats.results import LocalResult
    from mekantek.study import Design

__all__ = ["cluster_fill", "cluster_sheet", "cluster_summary"]

_FOUND = ("HH", "LL", "LH", "HL")
_UNITS = Text("birim", "units")
# What a unit without a value gets: it was dropped before the test, and no cluster is "missing".
_LOOKS = {**CLUSTERS, "missing": ("hatch-missing", MISSING)}


def _with_dropped(lisa: LocalResult, ids: pd.Index) -> LocalResult:
    """Put back the units that were dropped for missing values, as missing."""
    if ids.isin(lisa.frame.index).all():
        return lisa
    frame = lisa.frame.reindex(ids)
    absent = ~ids.isin(lisa.frame.index)
    frame.loc[absent, ["cluster", "cluster_unadjusted"]] = "missing"
    return replace(lisa, frame=frame)


_HOT = {
    "getis_ord_gstar": Text("Gᵢ* sıcak ve soğuk noktaları", "Gᵢ* hot and cold spots"),
    "getis_ord_g": Text("Gᵢ sıcak ve soğuk noktaları", "Gᵢ hot and cold spots"),
}
_TITLES = {
    "local_moran": Text("yerel Moran kümeleri", "local Moran clusters"),
    "differential_local_moran": Text(
        "değişimin yerel Moran kümeleri", "local Moran clusters of the change"
    ),
    "bivariate_local_moran": Text(
        "iki değişkenli yerel Moran kümeleri", "bivariate local Moran clusters"
    ),
    **_HOT,
}


def cluster_fill(lisa: LocalResult, *, uncorrected: bool = True) -> dict[str, str]:
    """
    Colour every unit by its cluster.

    Parameters
    ----------
    lisa : LocalResult
    uncorrected : bool
        Hatch the units that are significant only before correction.

    Returns
    -------
    dict of id (text) to colour or ``hatch-…``
    """
    fill = {str(u): _LOOKS[str(c)][0] for u, c in lisa.frame["cluster"].items()}
    return {**fill, **_hatched(lisa)} if uncorrected else fill


def _hatched(lisa: LocalResult) -> dict[str, str]:
    """Hatching of the units that are significant before correction and not after it."""
    frame = lisa.frame
    lost = frame["cluster_unadjusted"].isin(_FOUND) & ~frame["cluster"].isin(_FOUND)
    return {str(u): f"hatch-{c}" for u, c in frame.loc[lost, "cluster_unadjusted"].items()}


def cluster_summary(lisa: LocalResult, units: Text = _UNITS) -> Text:
    """
    Say in one sentence how many units are in clusters, before and after correction.

    Parameters
    ----------
    lisa : LocalResult
    units : Text
        What is tested, in the form that follows a number: provinces, regions.

    Returns
    -------
    Text
    """
    family = lisa.family
    plain = sum(lisa.counts("cluster_unadjusted")[c] for c in _FOUND)
    if lisa.undefined:
        return Text(
            "Değerler değişmiyor; küme aranamaz.", "Values do not vary; no clusters to find."
        )
    noise = _noise(lisa)
    corrected = CORRECTIONS[family.correction]
    if family.correction == "none":
        return Text(
            f"{family.size} {units.tr} içinde {plain} tanesi düzeltmesiz anlamlı{noise.tr}.",
            f"{plain} of {family.size} {units.en} are significant, without correction{noise.en}.",
        )
    after = Text(corrected.tr, f"{corrected.en} correction")
    if family.correction in ("bh", "by"):
        after = Text("FDR", f"FDR correction ({corrected.en})")
    return Text(
        f"{family.survivors} {units.tr} {after.tr} sonrası anlamlı ({family.size} {units.tr} "
        f"sınandı); düzeltmesiz {plain} {units.tr}{noise.tr}.",
        f"{family.survivors} of {family.size} {units.en} significant after {after.en}; "
        f"{plain} without correction{noise.en}.",
    )


def _noise(lisa: LocalResult) -> Text:
    """Say how many would be significant without correction if the values lay at random."""
    expected = lisa.expected_under_noise
    if expected is None:
        return Text("", "")
    return Text(
        f" (değerler rastgele dağılsaydı ortalama {number(expected, 'tr', digits=1)} olurdu)",
        f" (values laid out at random would give {number(expected, 'en', digits=1)} on average)",
    )


def _view(lisa: LocalResult, year: int, columns: range) -> View:
    counts, hatched = lisa.counts(), _hatched(lisa)
    only = [fill.removeprefix("hatch-") for fill in hatched.values()]
    legend = [Entry(fill=CLUSTERS[c][0], label=CLUSTERS[c][1], count=counts[c]) for c in CLUSTERS]
    if missing := int((lisa.frame["cluster"] == "missing").sum()):
        legend.append(Entry(fill="hatch-missing", label=MISSING, count=missing))
    if lisa.family.correction != "none":
        before = Text("yalnız düzeltme yapılmazsa", "only without correction")
        legend += [
            Entry(
                fill=f"hatch-{c}",
                label=Text(f"{before.tr}: {CLUSTERS[c][1].tr}", f"{before.en}: {CLUSTERS[c][1].en}"),
                count=only.count(c),
                extra=True,
            )
            for c in _FOUND
        ]  # fmt: skip
    return View(
        key=str(year),
        label=Text(str(year), str(year)),
        fill=cluster_fill(lisa, uncorrected=False),
        extra=hatched,
        columns=list(columns),
        legend=legend,
        year=year or None,
    )


def _columns(lisa: LocalResult, year: int, write: Any) -> list[Column]:
    frame, suffix = lisa.frame, f" {year}" if year else ""
    kinds = {name: told for name, (_, told) in _LOOKS.items()}
    return [
        numbers(Text(f"değer{suffix}", f"value{suffix}"), f"value{suffix}", frame["value"], write),
        p_values(Text(f"p{suffix}", f"p{suffix}"), f"p{suffix}", frame["p_value"]),
        p_values(
            Text(f"düzeltilmiş p{suffix}", f"corrected p{suffix}"),
            f"p_adjusted{suffix}",
            frame["p_adjusted"],
        ),
        words(
            Text(f"küme{suffix}", f"cluster{suffix}"), f"cluster{suffix}", frame["cluster"], kinds
        ),
        words(
            Text(f"düzeltmesiz küme{suffix}", f"uncorrected cluster{suffix}"),
            f"cluster_unadjusted{suffix}",
            frame["cluster_unadjusted"],
            kinds,
        ),
    ]


def _method(lisa: LocalResult) -> list[Fact]:
    family, weights = lisa.family, lisa.weights
    methods = [METHODS[m] for m in lisa.method.split("+") if m in METHODS]
    method = both(lambda lang: " + ".join(m[lang] for m in methods) or lisa.method)
    if lisa.permutations:
        method = Text(
            f"{method.tr}, R = {lisa.permutations}, tohum {lisa.seed}",
            f"{method.en}, R = {lisa.permutations}, seed {lisa.seed}",
        )
    facts = [
        (Text("Sınanan", "Tested"), Text(f"n = {family.size}", f"n = {family.size}")),
        (Text("Yöntem", "Method"), method),
        (Text("Yön", "Tail"), TAILS[lisa.alternative]),
        (
            Text("Düzeltme", "Correction"),
            both(
                lambda lang: (
                    f"{CORRECTIONS[family.correction][lang]}, α = {number(family.alpha, lang)}"
                )
            ),
        ),
        (
            Text("Boş hipotez", "Null"),
            Text(
                "birim kendi değerini tutar, ötekiler komşularına rastgele dağıtılır",
                "the unit keeps its value, the others fall on its neighbours at random",
            ),
        ),
    ]
    if "links" in weights:
        spec, row = neighbourhood(str(weights.get("spec", ""))), weights.get("standardize") == "row"
        facts.append(
            (
                Text("Komşuluk", "Neighbours"),
                Text(
                    f"{spec.tr}, {weights['links']} yönlü bağ, "
                    f"{'satır toplamları 1' if row else 'ham ağırlıklar'}",
                    f"{spec.en}, {weights['links']} directed links, "
                    f"{'rows sum to 1' if row else 'raw weights'}",
                ),
            )
        )
    return facts


def cluster_sheet(
    study: Regions, lisa: LocalResult | Mapping[int, LocalResult], *, column: str = ""
) -> MapSheet:
    """
    Show clusters of local Moran, or hot and cold spots, corrected and uncorrected.

    Parameters
    ----------
    study : Study
        Or any other `Regions`.
    lisa : LocalResult, or mapping of year to LocalResult
        The latest year is shown first.
    column : str
        What was tested, for the title.

    Returns
    -------
    MapSheet
        Every class keeps its colour and its line in the legend, with its count, whether it occurs
        or not. Units significant only before correction are hatched over it.

    Raises
    ------
    OptionError
        If *lisa* is a local statistic of another kind.
    """
    given = lisa if isinstance(lisa, Mapping) else {0: lisa}
    for result in given.values():
        if result.name not in _TITLES:
            raise OptionError(
                f"A cluster map shows local Moran or Gᵢ; {result.name} has other classes.",
                f"Küme haritası yerel Moran ya da Gᵢ gösterir; {result.name} sınıfları başkadır.",
            )
    title = _TITLES[next(iter(given.values())).name]
    results = {year: _with_dropped(one, study.names.index) for year, one in given.items()}
    years = sorted(results)
    design: Design | None = getattr(study, "design", None)
    if design is not None and not set(column.split("+")) <= set(design.parts):
        design = None
    views: list[View] = []
    columns: list[Column] = []
    for year in years:
        made = _columns(
            results[year], year, number if design is None else design.variable(column).write
        )
        views.append(_view(results[year], year, range(len(columns), len(columns) + len(made))))
        columns += made
    # A user's own column keeps its spelling.
    name = (
        capitalized(design.title_of(column))
        if design is not None
        else Text(shortened(column) or "Değerler", shortened(column) or "Values")
    )
    told = {year: cluster_summary(results[year], units(study)) for year in reversed(years)}
    hatching = any(results[year].family.correction != "none" for year in years)
    kind = "hotspots" if title in _HOT.values() else "clusters"
    return MapSheet(
        unit=unit(study),
        kind=kind,
        classes="" if design is None else column,
        slug=f"{kind}-{slug(shortened(column) or 'map')}",
        title=Text(f"{name.tr}: {title.tr}", f"{name.en}: {title.en}"),
        reading=both(
            lambda lang: " ".join(f"{y}: {t[lang]}" if y else t[lang] for y, t in told.items())
        ),
        views=views,
        first=len(years) - 1,
        columns=columns,
        checkbox=Text(
            "yalnız düzeltmesiz anlamlı olanları taralı göster",
            "hatch what is significant only without correction",
        )
        if hatching
        else None,
        facts=about(study, *_method(results[years[-1]])),
    )
