"""What the tests find of planted relations, and how often they see one where there is none.

Gradients: a straight west-to-east rise of known strength planted in three kinds of noise, counted by
every test of the gradient's battery. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from mekantek.findings.gradients.planted import TESTS, Country
from mekantek.stats.regression import spatial_regression
from mekantek.stats.spectral import correlations
from mekantek.study import load_study

STRENGTHS = (0.0, 0.2, 0.35, 0.5, 0.7, 0.9)
ALPHA = 0.05
NOISES = {
    "shuffled": "the shares shuffled over the provinces",
    "alike": "spectral surrogates of the shares: their variance and Moran's I",
    "100 km": "Gaussian, correlation exp(-d / 100 km)",
    "300 km": "Gaussian, correlation exp(-d / 300 km): far more alike than any share of the report",
}
NAMES = {
    "corrected": "Dutilleul, 13 classes",
    "clifford": "Clifford–Richardson–Hémon",
    "spectral": "spectral, singleton",
    "triplet": "spectral, triplet",
    "error": "spatial error model, z of longitude",
    "uncorrected": "uncorrected",
}


def smooth(country: Country, reach: float, rounds: int) -> np.ndarray:
    """Gaussian maps whose correlation falls off with distance, standardized one by one."""
    root = np.linalg.cholesky(np.exp(-country.distance / reach) + 1e-9 * np.eye(country.n))
    maps = np.random.default_rng(0).normal(size=(rounds, country.n)) @ root.T
    maps -= maps.mean(axis=1, keepdims=True)
    return maps / maps.std(axis=1, keepdims=True)


def triplet(country: Country, maps: np.ndarray, permutations: int = 199) -> np.ndarray:
    """Two-sided p of Spearman's ρ among triplet surrogates, for every map."""
    ranks = pd.DataFrame(maps).rank(axis=1).to_numpy()
    made = country.basis.surrogates(ranks.T, permutations, seed=2, method="triplet")
    even = np.ones(country.n)
    p = []
    for k, row in enumerate(ranks):
        drawn = correlations(np.vstack([row, made[:, :, k]]), country.held, even)
        above, below = (drawn[1:] >= drawn[0]).sum(), (drawn[1:] <= drawn[0]).sum()
        p.append(min(1.0, 2 * (min(above, below) + 1) / (permutations + 1)))
    return np.array(p)


def error_model(study, maps: np.ndarray) -> np.ndarray:
    """Two-sided p of longitude in the spatial error model, for every map."""
    east = study.points[["longitude"]]
    return np.array(
        [
            spatial_regression(
                pd.Series(row, index=study.names.index), east, study.graph, model="error"
            ).coefficients["longitude"].p_value
            for row in maps
        ]
    )  # fmt: skip


def gradients(rounds: int, classes: str) -> None:
    """Count and print."""
    study = load_study(2024)
    country = Country(study, classes)
    order = study.graph.ids.get_indexer(study.names.index)
    assert (order == np.arange(len(order))).all()
    error = np.sqrt(0.05 * 0.95 / rounds)
    print(f"{rounds} maps for each cell; a rate of 5 % has a standard error of {error:.1%}.\n")
    for noise, told in NOISES.items():
        if noise in ("shuffled", "alike"):
            base = country.noise(noise, rounds, part=3)
        else:
            base = smooth(country, float(noise.removesuffix(" km")), rounds)
        print(f"**Noise: {told}**\n")
        heads = [f"ρ = {rho}" if rho else "none planted" for rho in STRENGTHS]
        print(f"| test | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}")
        rows: dict[str, list[float]] = {name: [] for name in NAMES}
        for rho in STRENGTHS:
            maps = base + rho / np.sqrt(1 - rho**2) * country.trend
            found, p = country.p_values(maps, TESTS)
            p = {**p, "triplet": triplet(country, maps), "error": error_model(study, maps)}
            aimed = found > 0 if rho else np.ones(rounds, dtype=bool)
            for name in NAMES:
                rows[name].append(float((aimed & (p[name] <= ALPHA)).mean()))
        for name, parts in rows.items():
            print(f"| {NAMES[name]} | {' | '.join(f'{part:.1%}' for part in parts)} |")
        print()


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="100 maps for each cell")
    parser.add_argument("--class", dest="classes", default="low")
    given = parser.parse_args()
    start = time.perf_counter()
    gradients(100 if given.quick else given.rounds, given.classes)
    print(f"{time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main()
