"""The gradient under every reasonable choice: one batch, the same surrogates for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.gradients.direction import Direction
from mekantek.findings.gradients.words import one_word
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.sizes import floors, weightings
from mekantek.stats import inference
from mekantek.stats.compositions import centred_log_ratio, replace_zeros
from mekantek.stats.correlations import DistanceClasses, Estimate, great_circle
from mekantek.stats.links import join
from mekantek.stats.ranks import midranks
from mekantek.stats.spectral import MoranBasis
from mekantek.study import Study, other_prints
from mekantek.text import Text

__all__ = ["curve"]

# Floors of exports, millions of USD.
FLOORS = (10, 50, 100, 500)
CELLS = ("adopted", "other print", "left out")
SIZES: dict[str, tuple[int, Estimate]] = {
    "Dutilleul, 13 classes": (13, "dutilleul"),
    "Dutilleul, 8 classes": (8, "dutilleul"),
    "Clifford, 13 classes": (13, "clifford"),
}
# Coefficient and the scale that the share is read on; a rank is the same on share and logit, and
# a balance of the class against the rest is its clr but for a factor.
COEFFICIENTS = (("spearman", "share"), ("kendall", "share"), ("pearson", "share"))
_OF_A_COMPOSITION = (("pearson", "logit"), ("pearson", "clr"), ("spearman", "clr"))
SURROGATES = 999
_TIE = 1e-12
# Pairs of units compared at once, over all maps: what fits into the memory of any machine.
_PAIRS = 20_000_000

NULL = Text(
    "haritalar değerlerin varyansını ve Moran I değerini korur, gerisi rastgeledir (çalışmanın "
    "komşuluğunda Moran tayfsal rastgeleleştirme); her seçim aynı yapay haritaları okur",
    "maps keep the variance and Moran's I of the values and are otherwise random (Moran spectral "
    "randomization on the study's neighbours); every choice reads the same surrogates",
)


@dataclass(frozen=True, eq=False)
class _Reading:
    """One way to read a map: which column, which units, which weights, which points."""

    choice: dict[str, Any]
    column: tuple[int, str, str]  # year, cells, scale
    coefficient: str
    mass: np.ndarray  # weights, 0 where left out
    along: np.ndarray  # degrees in the gradient's direction

    @property
    def mask(self) -> np.ndarray:
        return self.mass > 0

    @property
    def independent(self) -> float:
        """What the sample would be worth without autocorrelation (Kish 1965)."""
        return float(self.mass.sum() ** 2 / (self.mass**2).sum())


def _centroids(study: Study) -> pd.DataFrame:
    """The polygons' centroids, taken where areas are true."""
    middle = study.points["longitude"].mean(), study.points["latitude"].mean()
    flat = study.geometry.to_crs(f"+proj=laea +lon_0={middle[0]:.1f} +lat_0={middle[1]:.1f}")
    found = flat.centroid.to_crs("EPSG:4326")
    return pd.DataFrame({"longitude": found.x, "latitude": found.y})


def _columns(study: Study, classes: str) -> dict[tuple[int, str, str], np.ndarray]:
    """Give the share by year, print of unresolved cells and scale."""
    found = {}
    for cells, read in (("adopted", study), ("other print", other_prints(study))):
        for year in study.years:
            at = read.at(year)
            found[year, cells, "share"] = at.share(classes).to_numpy()
            if not study.composed:
                continue
            parts = replace_zeros(at.frame[list(study.design.parts)], limit=study.zero_limit)
            positive = parts[classes].to_numpy()
            found[year, cells, "logit"] = np.log(positive / (1 - positive))
            found[year, cells, "clr"] = centred_log_ratio(parts)[classes].to_numpy()
    return found


def _readings(
    study: Study, columns: dict[tuple[int, str, str], np.ndarray], direction: Direction
) -> Iterator[_Reading]:
    """Every choice that reads other data than the ones before it."""
    points = {
        "label point": direction.along(study.points).to_numpy(),
        "centroid": direction.along(_centroids(study)).to_numpy(),
    }
    coefficients = (*COEFFICIENTS, *(_OF_A_COMPOSITION if study.composed else ()))
    other, seen = other_prints(study), set()
    for year in study.years:
        unresolved = (study.at(year).status == "unresolved").any(axis=1).to_numpy()
        for cells in CELLS:
            prints = "adopted" if cells == "left out" else cells
            value = (study if prints == "adopted" else other).at(year).frame["value"].to_numpy()
            for floor, least in floors(study, FLOORS).items():
                kept = np.ones(len(value), dtype=bool) if least is None else value >= least
                if cells == "left out":
                    kept = kept & ~unresolved
                for weights, power in weightings(study).items():
                    # A unit whose size is not known has no weight.
                    mass = np.where(kept & (~np.isnan(value) | (power == 0)), 1.0, 0.0)
                    mass[mass > 0] *= value[mass > 0] ** power if power else 1.0
                    mass /= mass.sum()
                    for coefficient, scale in coefficients:
                        column = columns[year, prints, scale]
                        for place, along in points.items():
                            key = (year, coefficient, scale, place, mass.tobytes(),
                                   column[mass > 0].tobytes())  # fmt: skip
                            if key in seen:
                                continue
                            seen.add(key)
                            yield _Reading(
                                {"year": year, "coefficient": coefficient, "scale": scale,
                                 "floor": floor, "weights": weights, "cells": cells,
                                 "points": place},
                                (year, prints, scale), coefficient, mass, along,
                            )  # fmt: skip


def _linear(maps: np.ndarray, other: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Weighted correlations of maps (R, n) with columns (n, K) under weights (n, K), shape (R, K)."""
    centred = other - (other * masses).sum(axis=0)
    held = masses * centred
    mean = maps @ masses
    variance = (maps**2) @ masses - mean**2
    scale = np.sqrt(variance * (held * centred).sum(axis=0))
    # Where weights or places leave nothing that varies the effect is undefined, and is said to be.
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((maps @ held) / scale)


def _ordered(maps: np.ndarray) -> np.ndarray:
    """Ranks of every row; the first row is the map itself and may have ties."""
    ranks = maps.argsort(axis=1).argsort(axis=1) + 1.0
    ranks[0] = midranks(maps[0])
    return ranks


def _kendall(maps: np.ndarray, readings: list[_Reading]) -> np.ndarray:
    """Weighted τ-b of every map under every reading, as a correlation by Greiner's sin(πτ/2)."""
    first, second = np.triu_indices(maps.shape[1], 1)
    ranks = maps.copy()
    ranks[0] = midranks(maps[0])
    pairs = np.column_stack([r.mass[first] * r.mass[second] for r in readings])
    held = np.column_stack([np.sign(r.along[second] - r.along[first]) for r in readings])
    along = (pairs * held).astype(np.float32)
    rows = max(1, _PAIRS // len(first))  # a thousand districts have half a million pairs a map
    concordance = np.vstack(
        [
            np.sign(some[:, second] - some[:, first]).astype(np.float32) @ along
            for some in (ranks[k : k + rows] for k in range(0, len(ranks), rows))
        ]
    ).astype(np.float64)
    own = np.sign(ranks[0, second] - ranks[0, first])
    concordance[0] = own @ (pairs * held)
    untied = np.broadcast_to(pairs.sum(axis=0), concordance.shape).copy()
    untied[0] = np.abs(own) @ pairs
    with np.errstate(invalid="ignore", divide="ignore"):
        tau = concordance / np.sqrt(untied * (pairs * np.abs(held)).sum(axis=0))
    return np.asarray(np.sin(np.pi / 2 * np.clip(tau, -1, 1)))


def _effects(maps: dict[tuple[int, str, str], np.ndarray], readings: list[_Reading]) -> np.ndarray:
    """Correlations of the data (row 0) and of every surrogate under every reading, (R + 1, K)."""
    found = np.empty((len(next(iter(maps.values()))), len(readings)))
    groups: dict[Any, list[int]] = {}
    for k, r in enumerate(readings):
        # Ranks depend on which units are ranked; values do not.
        subset = r.mask.tobytes() if r.coefficient == "spearman" else None
        groups.setdefault((r.column, r.coefficient, subset), []).append(k)
    for (column, coefficient, _), places in groups.items():
        mine, drawn = [readings[k] for k in places], maps[column]
        if coefficient == "kendall":
            found[:, places] = _kendall(drawn, mine)
            continue
        masses = np.column_stack([r.mass for r in mine])
        along = np.column_stack([r.along for r in mine])
        if coefficient == "spearman":
            kept = mine[0].mask
            drawn, masses = _ordered(drawn[:, kept]), masses[kept]
            along = np.column_stack([midranks(column) for column in along[kept].T])
        found[:, places] = _linear(drawn - drawn.mean(), along, masses)
    return found


def _p_of_size(effect: float, size: float, coefficient: str) -> float | None:
    """Two-sided p of a correlation worth so many independent pairs."""
    if size <= 2:
        return None
    if coefficient == "kendall":  # the null variance of τ, ties aside (Kendall 1970)
        tau = 2 / np.pi * np.arcsin(effect)
        z = tau / np.sqrt(2 * (2 * size + 5) / (9 * size * (size - 1)))
        return float(inference.normal_p(z, "two-sided"))
    bounded = np.clip(effect, -1 + 1e-12, 1 - 1e-12)
    t = float(bounded * np.sqrt((size - 2) / (1 - bounded**2)))
    return inference.student_p(t, size - 2, "two-sided")


def _sized(
    reading: _Reading, column: np.ndarray, effect: float, apart: Mapping[int, DistanceClasses]
) -> Iterator[tuple[float | None, float]]:
    """P-value and detectable correlation by each effective size."""
    kept = reading.mask
    u, v = column[kept], reading.along[kept]
    if reading.coefficient != "pearson":
        u, v = midranks(u), midranks(v)
    for classes, estimate in SIZES.values():
        by_class = apart[classes]
        size = by_class.effective_size(
            by_class.covariances(u), by_class.covariances(v), estimate=estimate
        )
        size = min(size, reading.independent)
        yield _p_of_size(effect, size, reading.coefficient), inference.detectable_correlation(size)


def curve(
    study: Study, classes: str, direction: Direction, *, surrogates: int = SURROGATES
) -> SpecificationCurve:
    r"""
    Test the gradient under every combination of choices that reads other data.

    Parameters
    ----------
    study : Study
    classes : str
        One variable.
    direction : Direction
    surrogates : int
        R.

    Returns
    -------
    SpecificationCurve
        Effects are correlations with the position in the direction; Kendall's τ-b stands as
        sin(πτ/2), the correlation that it has under normality (Greiner). A choice that reads the
        same numbers as another is left out: no cell of the low share is unresolved, so for it the
        other print changes weights and floors alone.

    Notes
    -----
    A surrogate is a map of all units; each specification reads it as it reads the data, its
    units, weights and ranks included. Signs are the same for all specifications and
    neighbourhoods. The joint p rests on the study's neighbours; a spectral p of a specification on
    its own neighbourhood. The spectral detectable effect counts :math:`1 + 1/\overline{r^2}`
    independent pairs, r over the surrogates.

    Examples
    --------
    >>> import mekantek as mt
    >>> from mekantek.findings.gradients.direction import direction_of
    >>> found = curve(mt.load_study(), "low", direction_of("east"), surrogates=9)
    >>> len(found) > 1000, found.joint["surrogates"]
    (True, 9)
    """
    columns = _columns(study, classes)
    readings = list(_readings(study, columns, direction))
    graphs = [s for s in study.design.few_networks("knn:6") if s != "rook"]
    corrections = (*SIZES, *(f"spectral, {g}" for g in graphs))
    ids = study.names.index
    ones = pd.Series(1.0, index=ids)
    drawn: dict[str, np.ndarray] = {}
    for spec in graphs:
        graph = study.graph if spec == study.graph.spec else study.neighbours(spec)
        _, order, links = join(ones, graph)
        place = order.get_indexer(ids)
        stacked = np.column_stack(list(columns.values()))
        made = MoranBasis.of(links).surrogates(stacked[np.argsort(place)], surrogates)[:, place]
        maps = {key: np.vstack([stacked[:, k], made[:, :, k]]) for k, key in enumerate(columns)}
        drawn[spec] = _effects(maps, readings)
    distance = great_circle(*(study.points[c].to_numpy() for c in ("longitude", "latitude")))
    specifications = []
    spectral = {spec: _spectral_p(effects) for spec, effects in drawn.items()}
    among: dict[bytes, dict[int, DistanceClasses]] = {}  # by the units that are read
    for k, reading in enumerate(readings):
        effect, kept = float(drawn[graphs[0]][0, k]), reading.mask
        if kept.tobytes() not in among:
            near = distance[np.ix_(kept, kept)]
            among[kept.tobytes()] = {c: DistanceClasses.of(near, c) for c, _ in SIZES.values()}
        answers = list(_sized(reading, columns[reading.column], effect, among[kept.tobytes()]))
        answers += [(float(p[k]), float(least[k])) for p, least in spectral.values()]
        lenient = _p_of_size(effect, reading.independent, reading.coefficient)
        for correction, (p, least) in zip(corrections, answers, strict=True):
            specifications.append(
                Specification(
                    choice={**reading.choice, "correction": correction},
                    effect=effect,
                    p_value=p,
                    verdict=one_word(effect, p, least, lenient=lenient),
                )
            )
    # The effect does not depend on the correction: each stands once for each of them.
    rows = drawn[graphs[0]][1:].astype(np.float32)
    return SpecificationCurve(
        specifications=tuple(specifications),
        surrogates=np.repeat(rows, len(corrections), axis=1),
        null=NULL,
    )


def _spectral_p(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P-values of the data among the surrogates, and the correlations they could have shown."""
    data, made = effects[0], effects[1:]
    p = inference.monte_carlo_p(
        (made >= data - _TIE).sum(axis=0), (made <= data + _TIE).sum(axis=0), len(made), "two-sided"
    )
    sizes = 1 + 1 / (made**2).mean(axis=0)
    return p, np.array([inference.detectable_correlation(size) for size in sizes])
