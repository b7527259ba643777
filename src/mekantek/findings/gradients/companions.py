"""Tests beside the gradient's main one: other corrections, directions, models, contrasts, scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.gradients.planted import NOISES, PLANTED, TESTS, Power
from mekantek.findings.gradients.words import labelled
from mekantek.stats.compositions import balance, centred_log_ratio, replace_zeros
from mekantek.stats.contrasts import jonckheere, kruskal_wallis
from mekantek.stats.correlations import Estimate, correlation
from mekantek.stats.directions import azimuth_scan
from mekantek.stats.regression import RegressionModel, spatial_regression
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral import SpectralMethod, spectral_correlation
from mekantek.stats.trends import trend_surface
from mekantek.study import CLASS_COLUMNS, Study, neighbours_of
from mekantek.text import Text

__all__ = ["against_longitude", "companions", "linked"]

ALL_CLASSES = (*CLASS_COLUMNS, "unclassified")
# Largest export volume up to which the floor rises, USD.
_TOP = 1e9

_MODELS: dict[RegressionModel, Text] = {
    "ols": Text("en küçük kareler", "least squares"),
    "lag": Text("mekânsal gecikme modeli", "spatial lag model"),
    "error": Text("mekânsal hata modeli", "spatial error model"),
    "durbin": Text("mekânsal Durbin modeli", "spatial Durbin model"),
}
_MULTIPLIERS = {
    "lag": Text("gecikme için LM sınaması", "LM test for a lag"),
    "error": Text("hata için LM sınaması", "LM test for error"),
    "robust_lag": Text("gecikme için dayanıklı LM sınaması", "robust LM test for a lag"),
    "robust_error": Text("hata için dayanıklı LM sınaması", "robust LM test for error"),
}
_TESTED = {
    "corrected": Text("Dutilleul", "Dutilleul"),
    "clifford": Text("Clifford", "Clifford"),
    "spectral": Text("tayfsal", "spectral"),
    "uncorrected": Text("düzeltmesiz", "uncorrected"),
}


def against_longitude(
    study: Study,
    classes: str,
    *,
    ranks: bool = True,
    power: float = 0.0,
    keep: pd.Series | None = None,
    distance_classes: int | None = 13,
    estimate: Estimate = "dutilleul",
) -> GlobalResult:
    """
    Correlate a class's share with the longitude of the label points.

    Parameters
    ----------
    study : Study
    classes : str
    ranks : bool
        Spearman or Pearson.
    power : float
        Provinces weigh as their exports to this power; 0 for none, 1 for exports.
    keep : pandas.Series of bool, optional
        Provinces to read.
    distance_classes : int or None
        As of `mekantek.stats.correlations.correlation`.
    estimate : {"dutilleul", "clifford"}

    Returns
    -------
    GlobalResult
    """
    share, value, points = study.share(classes), study.frame["value"], study.points
    known = share.notna()
    if power:
        known &= value.notna()
    if keep is not None:
        known &= keep
    return correlation(
        share[known].to_numpy(),
        points.loc[known, "longitude"].to_numpy(),
        longitude=points.loc[known, "longitude"].to_numpy(),
        latitude=points.loc[known, "latitude"].to_numpy(),
        ranks=ranks,
        weights=value[known].to_numpy() ** power if power else None,
        classes=distance_classes,
        estimate=estimate,
    )


def linked(study: Study) -> Study:
    """
    Give a study in which every province has neighbours.

    Surrogates and spatial models need neighbours for every unit, also among the provinces whose
    total is printed; where the study's own leave some without, the official ones stand in, and
    every result says which neighbours it used.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Study
    """
    totals = study.frame["value"].dropna().index
    if len(study.graph.isolates) or len(study.graph.subset(totals).isolates):
        return replace(study, graph=neighbours_of("official"))
    return study


def companions(study: Study, classes: str, power: Power) -> list[dict[str, Any]]:
    """
    Run every companion of the gradient.

    Parameters
    ----------
    study : Study
        In the year of the main test.
    classes : str
        The class of the main test.
    power : Power
        What planted gradients showed.

    Returns
    -------
    list of dict
        Each with ``label``, ``class``, ``year``, ``statistic`` and ``p_value`` beside what its kind
        has to say.
    """
    compared = [study.at(year) for year in dict.fromkeys((study.years[0], study.year))]
    found = [
        _entry(at, c, Text("", ""), against_longitude(at, c).to_dict())
        for c in ALL_CLASSES
        for at in compared
    ]
    found += [
        _entry(study, classes, told, result)
        for part in (_corrections, _directions, _models, _regions, _balances)
        for told, result in part(study, classes)
    ]
    found += [
        _entry(study, c, Text("tayfsal", "spectral"), _spectral(study, c).to_dict())
        for c in ALL_CLASSES
        if c != classes
    ]
    ratios = centred_log_ratio(_parts(study))
    found += [
        _entry(
            study, c, Text("logaritmik oran (clr)", "log-ratio (clr)"), _log_ratio(study, ratios[c])
        )
        for c in ALL_CLASSES
        if c != classes
    ]
    found += [
        _entry(at, classes, Text("tayfsal", "spectral"), _spectral(at, classes).to_dict())
        for at in compared
        if at is not study
    ]
    found.append(_floors(study, classes))
    return found + _planted(power)


def _entry(study: Study, classes: str, told: Text, result: dict[str, Any]) -> dict[str, Any]:
    """Label a result with its class, year and what was done."""
    name, year = CLASS_NAMES[classes], study.year
    label = Text(f"{name.tr}, {year}", f"{name.en}, {year}")
    if told.en:
        label = Text(f"{label.tr}, {told.tr}", f"{label.en}, {told.en}")
    return labelled(label, result, **{"class": classes, "year": year})


_Told = Iterator[tuple[Text, dict[str, Any]]]


def _spectral(
    study: Study, classes: str, *, method: SpectralMethod = "singleton", power: float = 0.0
) -> GlobalResult:
    share, east = study.share(classes), study.points["longitude"]
    weights = study.frame["value"] ** power if power else None
    return spectral_correlation(
        share, east, study.graph, weights=weights, method=method, missing="drop"
    )


def _corrections(study: Study, classes: str) -> _Told:
    """The same correlation under other weights, coefficients and nulls."""
    yield Text("Pearson", "Pearson"), against_longitude(study, classes, ranks=False).to_dict()
    for told, power in (
        (Text("ihracat ağırlıklı", "weighted by exports"), 1.0),
        (Text("√ihracat ağırlıklı", "weighted by √exports"), 0.5),
    ):
        yield told, against_longitude(study, classes, power=power).to_dict()
    yield (
        Text("düzeltmesiz", "uncorrected"),
        against_longitude(study, classes, distance_classes=None).to_dict(),
    )
    yield (
        Text("Clifford–Richardson–Hémon", "Clifford–Richardson–Hémon"),
        against_longitude(study, classes, estimate="clifford").to_dict(),
    )
    methods: dict[SpectralMethod, Text] = {
        "singleton": Text("tayfsal (tekli)", "spectral (singleton)"),
        "triplet": Text("tayfsal (üçlü)", "spectral (triplet)"),
        "pair": Text("tayfsal (ikili)", "spectral (pair)"),
    }
    for method, told in methods.items():
        yield told, _spectral(study, classes, method=method).to_dict()
    yield (
        Text("tayfsal, ihracat ağırlıklı", "spectral, weighted by exports"),
        _spectral(study, classes, power=1.0).to_dict(),
    )


def _directions(study: Study, classes: str) -> _Told:
    """All azimuths, and surfaces over the map."""
    share = study.share(classes)
    blocks = study.regions.get("nuts1")
    for told, null in (
        (Text("bütün yönler, tayfsal", "all directions, spectral"), "spectral"),
        (Text("bütün yönler, permütasyon", "all directions, permutations"), "permutation"),
    ):
        scan = azimuth_scan(share, study.points, study.graph, null=null, blocks=blocks)  # type: ignore[arg-type]
        if scan.azimuth is not None:
            whole = scan.low is None
            run = (
                Text("her yön", "any direction")
                if whole
                else Text(*[f"{scan.low}°–{scan.high}°"] * 2)
            )
            told = Text(f"{told.tr}; en dik {scan.azimuth}° ({run.tr})",
                        f"{told.en}; steepest {scan.azimuth}° ({run.en})")  # fmt: skip
        yield told, scan.to_dict()
    for order, told in (
        (1, Text("düzlem (R²)", "plane (R²)")),
        (2, Text("ikinci derece yüzey (R²)", "quadratic surface (R²)")),
    ):
        surface = trend_surface(share, study.points, study.graph, order=order)
        yield told, surface.to_dict()
        yield (
            Text(f"{told.tr}: artıkların Moran I değeri", f"{told.en}: Moran's I of the residuals"),
            {"schema": "mekantek/residual-moran/1", "name": "residual_moran", "n": surface.n,
             "method": "normality", **surface.residual_moran},
        )  # fmt: skip


def _models(study: Study, classes: str) -> _Told:
    """Regressions of the share on longitude, with and without latitude."""
    share, points = study.share(classes), study.points
    for regressors, beside in (
        (["longitude"], Text("", "")),
        (["longitude", "latitude"], Text(", enlem yanında", ", beside latitude")),
    ):
        for model, told in _MODELS.items():
            fit = spatial_regression(
                share, points[regressors], study.graph, model=model, missing="drop"
            )
            east = fit.coefficients["longitude"]
            yield (
                Text(f"{told.tr}{beside.tr}: boylam katsayısı", f"{told.en}{beside.en}: longitude"),
                {**fit.to_dict(), "statistic": east.estimate, "p_value": east.p_value,
                 "method": "likelihood" if model != "ols" else "least-squares"},
            )  # fmt: skip
            if model == "ols" and len(regressors) == 1:
                for test, label in _MULTIPLIERS.items():
                    yield label, {
                        "schema": "mekantek/multiplier/1", "name": f"lm_{test}",
                        "method": "asymptotic", "n": fit.n, **fit.tests[test],
                    }  # fmt: skip


def _regions(study: Study, classes: str) -> _Told:
    """Contrasts among NUTS 1 regions, ordered from west to east by their mean longitude."""
    if "nuts1" not in study.regions:
        return
    share, regions = study.share(classes).dropna(), study.regions["nuts1"]
    east = study.points["longitude"].groupby(regions).mean().sort_values(kind="stable")
    yield (
        Text(
            "NUTS 1 bölgeleri farklı mı (Kruskal–Wallis)",
            "do NUTS 1 regions differ (Kruskal–Wallis)",
        ),
        kruskal_wallis(share, regions).to_dict(),
    )
    ordered = jonckheere(share, regions, list(east.index)).to_dict()
    ordered["details"] = {
        **ordered["details"],
        "longitude": {str(k): float(v) for k, v in east.items()},
    }
    yield (
        Text(
            "NUTS 1 bölgeleri batıdan doğuya (Jonckheere)",
            "NUTS 1 regions west to east (Jonckheere)",
        ),
        ordered,
    )


def _balances(study: Study, classes: str) -> _Told:
    """Log-ratios, the unclassified rest among the parts."""
    parts = _parts(study)
    rest = [c for c in ALL_CLASSES if c != classes]
    sides = [
        (Text("dengesi: kalan her şeye karşı (ilr)", "balance against all the rest (ilr)"),
         balance(parts, [classes], rest)),
        *((Text(f"payının {CLASS_NAMES[c].tr} payına logaritmik oranı",
                f"log-ratio to {CLASS_NAMES[c].en}"),
           balance(parts, [classes], [c])) for c in rest),
    ]  # fmt: skip
    for told, values in sides:
        yield told, _log_ratio(study, values)


def _parts(study: Study) -> pd.DataFrame:
    """All classes and the unclassified rest; zeros become 0.65 × what could stand as zero."""
    return replace_zeros(study.frame[list(ALL_CLASSES)].dropna(), limit=study.zero_limit)


def _log_ratio(study: Study, values: pd.Series) -> dict[str, Any]:
    place = study.points.loc[values.index]
    east, north = (place[side].to_numpy() for side in ("longitude", "latitude"))
    found = correlation(values.to_numpy(), east, longitude=east, latitude=north, ranks=False)
    return {**found.to_dict(), "zero_replacement": 0.65 * study.zero_limit}


def _floors(study: Study, classes: str) -> dict[str, Any]:
    """Raise the floor of export volume from nothing to a thousand million, province by province."""
    value = study.frame["value"]
    rows = []
    for floor in (0.0, *sorted(v for v in value.dropna().unique() if v <= _TOP)):
        keep = value >= floor
        found = against_longitude(study, classes, keep=keep)
        plain = against_longitude(study, classes, keep=keep, distance_classes=None)
        rows.append(
            {"floor_usd": float(floor), "n": found.n, "statistic": found.statistic,
             "p_value": found.p_value, "p_independent": plain.p_value}
        )  # fmt: skip
    effects = np.array([r["statistic"] for r in rows], dtype=float)
    p = [r["p_value"] for r in rows if r["p_value"] is not None]
    told = Text(
        f"bütün ihracat tabanları, 0–1 milyar dolar ({len(rows)} taban; ortanca, en az … en çok ρ; "
        "en küçük p)",
        f"every floor of exports, 0–1 bn USD ({len(rows)} floors; median, least … largest ρ; least p)",
    )
    return _entry(
        study, classes, told,
        {"schema": "mekantek/floors/1", "name": "spearman", "statistic": float(np.median(effects)),
         "low": float(effects.min()), "high": float(effects.max()),
         "p_value": min(p, default=None), "method": "effective-size", "n": rows[0]["n"],
         "curve": rows},
    )  # fmt: skip


def _planted(power: Power) -> list[dict[str, Any]]:
    """What the tests find of planted gradients, and how often they see one where there is none."""
    found = [
        labelled(
            Text(
                "yerleştirilen düz eğimlerden bulunan (ρ = 0,35; 0,5; 0,7)",
                "planted straight gradients found (ρ = 0.35, 0.5, 0.7)",
            ),
            {"schema": "mekantek/power/1", "name": "planted_gradient", "rounds": power.rounds,
             "statistic": None, "p_value": None,
             "power": [{"rho": rho, **power.at(rho, "shuffled")} for rho in PLANTED],
             "power_alike": [{"rho": rho, **power.at(rho, "alike")} for rho in PLANTED],
             "false_alarms": {noise: power.at(0.0, noise) for noise in NOISES},
             "detectable": {n: {t: power.detectable(t, n) for t in TESTS} for n in NOISES}},
        )
    ]  # fmt: skip
    for rho, what in (
        (PLANTED[0], Text("yerleştirilen ρ = 0,35 bulunma oranı", "planted ρ = 0.35, part found")),
        (0.0, Text("eğim yokken yanlış alarm oranı", "no gradient, false alarms")),
    ):
        for test in TESTS:
            label = Text(
                f"{what.tr}, komşular paylardaki kadar benzerken: {_TESTED[test].tr}",
                f"{what.en}, neighbours as alike as in the shares: {_TESTED[test].en}",
            )
            found.append(
                labelled(
                    label,
                    {"schema": "mekantek/power/1", "name": "part_found", "rho": rho, "test": test,
                     "noise": "alike", "statistic": power.at(rho, "alike")[test], "p_value": None,
                     "n": power.rounds, "method": "simulation"},
                )
            )  # fmt: skip
    return found
