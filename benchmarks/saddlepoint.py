"""Relative error and time of the saddlepoint tails, against many draws; prints a Markdown table."""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from mekantek.stats.nulls.saddlepoint import weighted_sum_tails

try:
    import numba
except ImportError:
    sys.exit("So many draws need numba: pip install '.[benchmarks]'")

REFERENCE = Path(__file__).parent.parent / "tests" / "reference"
BANDS = ((1e-4, 1e-3), (1e-3, 1e-2), (1e-2, 0.5))
AIMS = (3e-4, 2e-3, 0.01, 0.05, 0.3)


def data(n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Values of several kinds, the report's own among them when n is 81."""
    from mekantek.study import load_study

    kinds = {
        "normal": rng.normal(size=n),
        "lognormal": rng.lognormal(size=n),
        "Pareto (1.5)": rng.pareto(1.5, n),
        "60 % zeros": np.where(rng.random(n) < 0.6, 0.0, rng.lognormal(size=n)),
        "binary": (rng.random(n) < 0.3) * 1.0,
    }
    if n == 81:
        for year in (2019, 2024):
            for name in ("high", "low"):
                share = load_study(year=year).share(name)
                kinds[f"{name} {year}"] = share.to_numpy(dtype=float)
    return kinds


def reference(name: str, column: str) -> np.ndarray:
    """One variable of the reference data."""
    import pandas as pd

    return pd.read_csv(REFERENCE / f"{name}.csv")[column].to_numpy(dtype=float)


@numba.njit  # type: ignore[untyped-decorator]
def sums(values: np.ndarray, weights: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Draw weighted sums without replacement, by shuffling the first places of a deck."""
    np.random.seed(seed)  # noqa: NPY002 (numba knows no Generator of its own)
    deck, found = values.copy(), np.empty(draws)
    for draw in range(draws):
        total = 0.0
        for place in range(len(weights)):
            other = place + np.random.randint(0, len(deck) - place)  # noqa: NPY002
            deck[place], deck[other] = deck[other], deck[place]
            total += weights[place] * deck[place]
        found[draw] = total
    return found


def placed(
    values: np.ndarray, weights: np.ndarray, aim: float, rng: np.random.Generator
) -> np.ndarray:
    """An arrangement whose sum lies near an aim, by exchanging places."""
    order = rng.permutation(len(values))
    k, now = len(weights), float(values[order[: len(weights)]] @ weights)
    for _ in range(1500):
        i, j = int(rng.integers(k)), int(rng.integers(len(values)))
        trial = order.copy()
        trial[[i, j]] = order[[j, i]]
        then = float(values[trial[:k]] @ weights)
        if abs(then - aim) <= abs(now - aim):
            order, now = trial, then
    return order[:k]


def measure(
    values: np.ndarray, weights: np.ndarray, draws: int, seed: int
) -> tuple[list[tuple[float, float, float]], int, list[float]]:
    """Smaller true tail, relative error and its noise for several sums, refusals, milliseconds."""
    rng = np.random.default_rng(seed)
    pool = values[1:]
    drawn = np.sort(sums(pool, weights, draws, seed))
    tie = 1e-9 * weights.sum() * np.ptp(values)
    found, refused, spent = [], 0, []
    for share in (*AIMS, *(1 - aim for aim in AIMS)):
        members = placed(pool, weights, float(drawn[int(share * draws)]), rng) + 1
        observed = float(values[members] @ weights)
        above = (draws - np.searchsorted(drawn, observed - tie)) / draws
        below = np.searchsorted(drawn, observed + tie) / draws
        ends = np.array([0, len(weights)])
        times = []
        for _ in range(5):
            start = time.process_time()
            up, down = weighted_sum_tails(values, np.array([0]), ends, members, weights)
            times.append(1e3 * (time.process_time() - start))
        spent.append(float(np.median(times)))
        true, got = min((above, up[0]), (below, down[0]))
        if np.isnan(got):
            refused += 1
        elif true >= BANDS[0][0]:
            noise = float(np.sqrt((1 - true) / (true * draws)))
            found.append((float(true), abs(float(got / true) - 1), noise))
    return found, refused, spent


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000_000)
    parser.add_argument("--only", default="", help="only data whose name holds this")
    chosen = parser.parse_args()
    cases = [
        (f"{name}, n = {n}", values, k, kind)
        for n in (21, 81)
        for name, values in data(n, np.random.default_rng(n)).items()
        for k in (5, 6, 8, 12, n - 1)
        for kind in ("uniform", "inverse")
    ]
    cases += [
        (f"{name} {column}", reference(name, column), k, "uniform")
        for name, column in (("columbus", "CRIME"), ("stl", "HR8893"))
        for k in (5, 8, 12)
    ]
    errors: dict[tuple[str, int], dict[int, list[tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    refusals: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    times: dict[int, list[float]] = defaultdict(list)
    for seed, (name, values, k, kind) in enumerate(cases):
        if chosen.only not in name:
            continue
        rng = np.random.default_rng(seed)
        part = rng.uniform(0.05, 1.0, k)
        weights = 1.0 / part if kind == "inverse" else 0.2 + 0.8 * part
        found, refused, spent = measure(values, weights, chosen.draws, seed)
        for true, error, noise in found:
            band = next(b for b, (low, high) in enumerate(BANDS) if low <= true <= high)
            errors[name, k][band].append((error, noise))
        refusals[name, k][0] += refused
        refusals[name, k][1] += 2 * len(AIMS)
        times[k] += spent
    print(
        "| values | k | worst error, p 1e-4 to 1e-3 | 1e-3 to 1e-2 | above 1e-2 | left to draws |"
    )
    print("|---|---|---|---|---|---|")
    for (name, k), (refused, asked) in refusals.items():
        cells = (
            "{:.1f} ± {:.1f} %".format(*(100 * part for part in max(errors[name, k][band])))
            if errors[name, k][band]
            else "–"
            for band in range(len(BANDS))
        )
        print(f"| {name} | {k} | {' | '.join(cells)} | {refused} of {asked} |")
    print("\n| k | ms of one core a unit, median | 90 % are below |\n|---|---|---|")
    for k, spent in sorted(times.items()):
        print(f"| {k} | {np.median(spent):.1f} | {np.quantile(spent, 0.9):.1f} |")


if __name__ == "__main__":
    main()
