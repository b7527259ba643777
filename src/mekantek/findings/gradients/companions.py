"""Tests beside the gradient's main one: other corrections, directions, models, contrasts, scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mekantek.errors import ValuesError
from mekantek.findings.gradients.direction import Direction
from mekantek.findings.gradients.planted import NOISES, PLANTED, TESTS, Power
from mekantek.findings.gradients.words import labelled
from mekantek.findings.sizes import in_dollars
from mekantek.stats.compositions import balance, centred_log_ratio, replace_zeros
from mekantek.stats.contrasts import jonckheere, kruskal_wallis
from mekantek.stats.correlations import Estimate, correlation
from mekantek.stats.directions import azimuth_scan
from mekantek.stats.regression import RegressionModel, spatial_regression
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral import SpectralMethod, spectral_correlation
from mekantek.stats.trends import trend_surface
from mekantek.study import Grouping, Study
from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.weights import SpatialGraph

__all__ = ["along_direction", "companions", "linked"]

# Size up to which the floor rises, USD; of other or smaller sizes their median.
_TOP = 1e9
# Of more units than this the floors are spread evenly over them: each takes all distances anew.
_MOST_FLOORS = 100

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

# A jackknife over regions leaves one out and still needs two.
_FEWEST_BLOCKS = 3


def along_direction(
    study: Study,
    classes: str,
    direction: Direction,
    *,
    ranks: bool = True,
    power: float = 0.0,
    keep: pd.Series | None = None,
    distance_classes: int | None = 13,
    estimate: Estimate = "dutilleul",
) -> GlobalResult:
    """
    Correlate a variable with where the units' points lie in a direction.

    Parameters
    ----------
    study : Study
    classes : str
    direction : Direction
    ranks : bool
        Spearman or Pearson.
    power : float
        Units weigh as their size to this power; 0 for none, 1 for the size itself.
    keep : pandas.Series of bool, optional
        Units to read.
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
        direction.along(points[known]).to_numpy(),
        longitude=points.loc[known, "longitude"].to_numpy(),
        latitude=points.loc[known, "latitude"].to_numpy(),
        ranks=ranks,
        weights=value[known].to_numpy() ** power if power else None,
        classes=distance_classes,
        estimate=estimate,
    )


def linked(study: Study) -> Study:
    """
    Give a study in which every unit has neighbours.

    Surrogates and spatial models need neighbours for every unit, also among the units whose size is
    known; where the study's own leave some without, the first of its design that do not stand in,
    and every result says which neighbours it used.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Study
    """
    sized = study.frame["value"].dropna().index if study.sized else study.names.index

    def whole(graph: SpatialGraph) -> bool:
        return not (len(graph.isolates) or len(graph.subset(sized).isolates))

    if whole(study.graph):
        return study
    for spec in study.design.networks:
        graph = study.neighbours(spec)
        if whole(graph):
            return replace(study, graph=graph)
    return study


def companions(
    study: Study, classes: str, direction: Direction, power: Power
) -> list[dict[str, Any]]:
    """
    Run every companion of the gradient.

    Parameters
    ----------
    study : Study
        In the year of the main test.
    classes : str
        The variable of the main test.
    direction : Direction
    power : Power
        What planted gradients showed.

    Returns
    -------
    list of dict
        Each with ``label``, ``class``, ``year``, ``statistic`` and ``p_value`` beside what its kind
        has to say.
    """
    compared = [study.at(year) for year in dict.fromkeys((study.years[0], study.year))]
    others = [c for c in study.design.parts if c != classes]
    found = [
        _entry(at, c, Text("", ""), along_direction(at, c, direction).to_dict())
        for c in study.design.parts
        for at in compared
    ]
    found += [
        _entry(study, classes, told, result)
        for part in (_corrections, _directions, _models, _regions, _balances)
        for told, result in part(study, classes, direction)
    ]
    found += [_entry(study, c, _SPECTRAL, _spectral(study, c, direction).to_dict()) for c in others]
    if study.composed:
        ratios, told = (
            centred_log_ratio(_parts(study)), Text("logaritmik oran (clr)", "log-ratio (clr)")
        )  # fmt: skip
        found += [_entry(study, c, told, _log_ratio(study, ratios[c], direction)) for c in others]
    found += [
        _entry(at, classes, _SPECTRAL, _spectral(at, classes, direction).to_dict())
        for at in compared
        if at is not study
    ]
    if study.sized:
        found.append(_floors(study, classes, direction))
    return found + _planted(power)


_SPECTRAL = Text("tayfsal", "spectral")


def _entry(study: Study, classes: str, told: Text, result: dict[str, Any]) -> dict[str, Any]:
    """Label a result with its class, year and what was done."""
    name, year = study.design.title_of(classes), study.year
    label = Text(f"{name.tr}, {year}", f"{name.en}, {year}")
    if told.en:
        label = Text(f"{label.tr}, {told.tr}", f"{label.en}, {told.en}")
    return labelled(label, result, **{"class": classes, "year": year})


_Told = Iterator[tuple[Text, dict[str, Any]]]


def _spectral(
    study: Study, classes: str, direction: Direction,
    *, method: SpectralMethod = "singleton", power: float = 0.0,
) -> GlobalResult:  # fmt: skip
    share, along = study.share(classes), direction.along(study.points)
    weights = study.frame["value"] ** power if power else None
    return spectral_correlation(
        share, along, study.graph, weights=weights, method=method, missing="drop"
    )


def _corrections(study: Study, classes: str, direction: Direction) -> _Told:
    """The same correlation under other weights, coefficients and nulls."""
    asked = (study, classes, direction)
    yield Text("Pearson", "Pearson"), along_direction(*asked, ranks=False).to_dict()
    whole = study.design.whole
    if whole is not None:
        size = whole.title
        yield (
            Text(f"{size.tr} ağırlıklı", f"weighted by {size.en}"),
            along_direction(*asked, power=1.0).to_dict(),
        )
        yield (
            Text(f"√{size.tr} ağırlıklı", f"weighted by √{size.en}"),
            along_direction(*asked, power=0.5).to_dict(),
        )
    yield (
        Text("düzeltmesiz", "uncorrected"),
        along_direction(*asked, distance_classes=None).to_dict(),
    )
    yield (
        Text("Clifford–Richardson–Hémon", "Clifford–Richardson–Hémon"),
        along_direction(*asked, estimate="clifford").to_dict(),
    )
    methods: dict[SpectralMethod, Text] = {
        "singleton": Text("tayfsal (tekli)", "spectral (singleton)"),
        "triplet": Text("tayfsal (üçlü)", "spectral (triplet)"),
        "pair": Text("tayfsal (ikili)", "spectral (pair)"),
    }
    for method, told in methods.items():
        yield told, _spectral(*asked, method=method).to_dict()
    if whole is not None:
        yield (
            Text(f"tayfsal, {whole.title.tr} ağırlıklı", f"spectral, weighted by {whole.title.en}"),
            _spectral(*asked, power=1.0).to_dict(),
        )


def _directions(study: Study, classes: str, direction: Direction) -> _Told:
    """All azimuths, and surfaces over the map."""
    share, grouping = study.share(classes), _largest(study)
    blocks = None if grouping is None else study.regions[grouping.column]
    if blocks is not None and blocks[share.notna()].nunique() < _FEWEST_BLOCKS:
        blocks = None
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


def _models(study: Study, classes: str, direction: Direction) -> _Told:
    """Regressions of the share on longitude, with and without latitude; or the other way round."""
    share, points, axis = study.share(classes), study.points, direction.title
    across = direction.across_title
    for regressors, beside in (
        ([direction.axis], Text("", "")),
        ([direction.axis, direction.across],
         Text(f", {across.tr} yanında", f", beside {across.en}")),
    ):  # fmt: skip
        for model, told in _MODELS.items():
            try:
                fit = spatial_regression(
                    share, points[regressors], study.graph, model=model, missing="drop"
                )
            except ValuesError:
                # Too few units for the model, or a made-up share that a line explains exactly.
                continue
            slope = fit.coefficients[direction.axis]
            yield (
                Text(f"{told.tr}{beside.tr}: {axis.tr} katsayısı",
                     f"{told.en}{beside.en}: {axis.en}"),
                {**fit.to_dict(), "statistic": slope.estimate, "p_value": slope.p_value,
                 "method": "likelihood" if model != "ols" else "least-squares"},
            )  # fmt: skip
            if model == "ols" and len(regressors) == 1:
                for test, label in _MULTIPLIERS.items():
                    yield label, {
                        "schema": "mekantek/multiplier/1", "name": f"lm_{test}",
                        "method": "asymptotic", "n": fit.n, **fit.tests[test],
                    }  # fmt: skip


def _largest(study: Study) -> Grouping | None:
    """The grouping with the fewest regions, if there is one."""
    regions = study.regions
    known = [g for g in study.design.groupings if g.column in regions]
    return min(known, key=lambda g: regions[g.column].nunique(), default=None)


def _regions(study: Study, classes: str, direction: Direction) -> _Told:
    """Contrasts among the largest regions, ordered by their mean position in the direction."""
    grouping = _largest(study)
    if grouping is None:
        return
    share, regions, name = (
        study.share(classes).dropna(),
        study.regions[grouping.column],
        grouping.title,
    )
    along = direction.along(study.points).groupby(regions).mean().sort_values(kind="stable")
    yield (
        Text(
            f"{name.tr} bölgeleri farklı mı (Kruskal–Wallis)",
            f"do {name.en} regions differ (Kruskal–Wallis)",
        ),
        kruskal_wallis(share, regions).to_dict(),
    )
    ordered = jonckheere(share, regions, list(along.index)).to_dict()
    ordered["details"] = {
        **ordered["details"],
        direction.axis: {str(k): direction.sign * float(v) for k, v in along.items()},
    }
    yield (
        Text(
            f"{name.tr} bölgeleri {direction.told.tr} (Jonckheere)",
            f"{name.en} regions {direction.told.en} (Jonckheere)",
        ),
        ordered,
    )


def _balances(study: Study, classes: str, direction: Direction) -> _Told:
    """Log-ratios, the rest among the parts; of a composition alone."""
    if not study.composed:
        return
    parts, title_of = _parts(study), study.design.title_of
    rest = [c for c in study.design.parts if c != classes]
    sides = [
        (Text("dengesi: kalan her şeye karşı (ilr)", "balance against all the rest (ilr)"),
         balance(parts, [classes], rest)),
        *((Text(f"payının {title_of(c).tr} payına logaritmik oranı",
                f"log-ratio to {title_of(c).en}"),
           balance(parts, [classes], [c])) for c in rest),
    ]  # fmt: skip
    for told, values in sides:
        yield told, _log_ratio(study, values, direction)


def _parts(study: Study) -> pd.DataFrame:
    """All variables and the rest; zeros become 0.65 × what could stand as zero."""
    return replace_zeros(study.frame[list(study.design.parts)].dropna(), limit=study.zero_limit)


def _log_ratio(study: Study, values: pd.Series, direction: Direction) -> dict[str, Any]:
    place = study.points.loc[values.index]
    east, north = (place[side].to_numpy() for side in ("longitude", "latitude"))
    along = direction.along(place).to_numpy()
    found = correlation(values.to_numpy(), along, longitude=east, latitude=north, ranks=False)
    return {**found.to_dict(), "zero_replacement": 0.65 * study.zero_limit}


def _floors(study: Study, classes: str, direction: Direction) -> dict[str, Any]:
    """Raise the floor of sizes, unit by unit: to a thousand million dollars, or to the median."""
    value, whole = study.frame["value"], study.design.whole
    assert whole is not None
    dollars = in_dollars(study, _TOP)
    top = _TOP if dollars else float(value.median())
    rising = np.unique(value[value <= top])
    every = Text("bütün ", "every floor")
    if len(rising) > _MOST_FLOORS:
        every = Text("", "floors")
        rising = rising[np.linspace(0, len(rising) - 1, _MOST_FLOORS).astype(int)]
    rows = []
    for floor in (0.0, *rising):
        keep = value >= floor
        found = along_direction(study, classes, direction, keep=keep)
        plain = along_direction(study, classes, direction, keep=keep, distance_classes=None)
        rows.append(
            {"floor_usd": float(floor), "n": found.n, "statistic": found.statistic,
             "p_value": found.p_value, "p_independent": plain.p_value}
        )  # fmt: skip
    effects = np.array([r["statistic"] for r in rows], dtype=float)
    p = [r["p_value"] for r in rows if r["p_value"] is not None]
    span = Text("0–1 milyar dolar", "0–1 bn USD")
    if not dollars:
        span = Text("ortancaya kadar", "up to the median")
    told = Text(
        f"{every.tr}{whole.title.tr} tabanları, {span.tr} ({len(rows)} taban; ortanca, en az … en çok ρ; "
        "en küçük p)",
        f"{every.en} of {whole.title.en}, {span.en} ({len(rows)} floors; median, least … largest ρ; "
        "least p)",
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
