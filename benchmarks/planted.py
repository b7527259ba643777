"""What the tests find of planted relations, and how often they see one where there is none.

Gradients: a straight west-to-east rise of known strength planted in four kinds of noise, counted by
every test of the gradient's battery. Corridors: two neighbours raised in shuffled shares. Index
relations: ranks that go with shuffled shares, 17 of 81 known. Prints Markdown tables and, asked to,
puts them into docs/planted.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from mekantek.findings.belt_choices import clustered
from mekantek.findings.gradients.planted import TESTS, Country
from mekantek.findings.indices import index_ranks
from mekantek.stats.association import kendall
from mekantek.stats.completions import kendall_bounds
from mekantek.stats.regression import spatial_regression
from mekantek.stats.spectral import correlations
from mekantek.stats.subsets import connected_sets, corridor, search_corridor
from mekantek.study import load_study

PAGE = Path(__file__).parents[1] / "docs" / "planted.md"
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


def gradients(rounds: int, classes: str) -> list[str]:
    """Count what every test finds."""
    study = load_study(2024)
    country = Country(study, classes)
    order = study.graph.ids.get_indexer(study.names.index)
    assert (order == np.arange(len(order))).all()
    error = np.sqrt(0.05 * 0.95 / rounds)
    lines = [f"{rounds} maps for each cell; a rate of 5 % has a standard error of {error:.1%}.", ""]
    for noise, told in NOISES.items():
        if noise in ("shuffled", "alike"):
            base = country.noise(noise, rounds, part=3)
        else:
            base = smooth(country, float(noise.removesuffix(" km")), rounds)
        heads = [f"ρ = {rho}" if rho else "none planted" for rho in STRENGTHS]
        lines += [f"**Noise: {told}**", "", f"| test | {' | '.join(heads)} |"]
        lines.append(f"|---|{'---:|' * len(heads)}")
        rows: dict[str, list[float]] = {name: [] for name in NAMES}
        for rho in STRENGTHS:
            maps = base + rho / np.sqrt(1 - rho**2) * country.trend
            found, p = country.p_values(maps, TESTS)
            p = {**p, "triplet": triplet(country, maps), "error": error_model(study, maps)}
            aimed = found > 0 if rho else np.ones(rounds, dtype=bool)
            for name in NAMES:
                rows[name].append(float((aimed & (p[name] <= ALPHA)).mean()))
        for name, parts in rows.items():
            lines.append(f"| {NAMES[name]} | {' | '.join(f'{part:.1%}' for part in parts)} |")
        lines.append("")
    return lines


def corridors(rounds: int) -> list[str]:
    """Raise neighbours in shuffled shares of high technology; name the set, then search it."""
    study = load_study(2024)
    share = study.share("high")
    ids, rng = study.graph.ids, np.random.default_rng(0)
    lines = [
        f"{rounds} maps for each row: the 2024 shares of high technology shuffled over the provinces, "
        "then every member of a connected set, drawn at random, raised.",
        "",
        "| members | raised by | named set: rank p ≤ 0.05 | and high–high at every member (the rule's "
        "*supported*) | search: best set has p ≤ 0.05 | and shares a member with the planted one |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for size in (2, 5):
        sets = connected_sets(study.graph.sparse, size)
        for points in (0.0, 0.05, 0.1, 0.2):
            ranked = supported = found = right = 0
            for _ in range(rounds):
                values = pd.Series(rng.permutation(share.to_numpy()), index=share.index)
                members = ids[sets[rng.integers(len(sets))]].tolist()
                values[members] = values[members] + points
                p = corridor(values, study.graph, members).p_value
                passed = p is not None and p <= ALPHA
                ranked += passed
                if passed:
                    told = clustered(values, study.graph, members, study.names)
                    supported += told["clustered_everywhere"]
                best = search_corridor(values, study.graph, size, permutations=199)
                lit = best.search is not None and best.search["p_value"] <= ALPHA
                found += lit
                right += lit and bool(set(best.members) & {str(m) for m in members})
            parts = " | ".join(f"{k / rounds:.1%}" for k in (ranked, supported, found, right))
            told = f"{100 * points:.0f} points" if points else "nothing"
            lines.append(f"| {size} | {told} | {parts} |")
    return [*lines, ""]


def indices(rounds: int) -> list[str]:
    """Rank provinces by their share plus noise, keep as many ranks as İLTEK publishes, and test."""
    study = load_study(2024)
    share = study.share("high").to_numpy()
    known = index_ranks().to_numpy()  # which ranks are published, not whose
    rng = np.random.default_rng(0)
    lines = [
        f"{rounds} maps for each row: the 2024 shares of high technology, ranked by their ranks plus "
        f"noise; the provinces at {len(known)} ranks are known, the same ranks that are published of "
        "İLTEK.",
        "",
        "| correlation of the whole ranking | τ on the known, p ≤ 0.05 | every completion above 0 "
        "(the rule's *supported*) |",
        "|---|---:|---:|",
    ]
    normal = pd.Series(share).rank(method="first").to_numpy()
    normal = (normal - normal.mean()) / normal.std()
    for rho in (0.0, 0.5, 0.7, 0.9):
        seen = sure = 0
        for _ in range(rounds):
            score = rho * normal + np.sqrt(1 - rho**2) * rng.normal(size=len(share))
            rank = pd.Series(-score).rank().to_numpy()
            kept = np.isin(rank, known)
            result = kendall(-rank[kept], share[kept])
            aimed = rho == 0 or (result.statistic or 0) > 0
            seen += aimed and result.p_value is not None and result.p_value <= ALPHA
            bounds = kendall_bounds(np.where(kept, rank, np.nan), share)
            sure += bounds.low > 0
        told = f"ρ = {rho}" if rho else "none planted"
        lines.append(f"| {told} | {seen / rounds:.1%} | {sure / rounds:.1%} |")
    return [*lines, ""]


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="100 maps for each cell")
    parser.add_argument("--markdown", action="store_true", help="and put them in docs/planted.md")
    parser.add_argument("--class", dest="classes", default="low")
    given = parser.parse_args()
    start = time.perf_counter()
    rounds = 100 if given.quick else given.rounds
    lines = ["## Gradients", "", *gradients(rounds, given.classes)]
    lines += ["## Corridors", "", *corridors(rounds), "## Index relations", "", *indices(rounds)]
    print("\n".join(lines))
    print(f"{time.perf_counter() - start:.0f} s.", file=sys.stderr)
    if given.markdown:
        text = PAGE.read_text(encoding="utf-8")
        before, begin, rest = text.partition("<!-- measured: planted -->\n")
        _, end, after = rest.partition("<!-- end -->")
        PAGE.write_text(before + begin + "\n".join(lines) + end + after, encoding="utf-8")


if __name__ == "__main__":
    main()
