"""mekantek beside R's spdep and Python's esda: every number compared anew when the site is built."""

from __future__ import annotations

import importlib.util
import warnings
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TESTS = Path(__file__).parents[2] / "tests"
REFERENCE = TESTS / "reference"

WORDS = {
    "moran_W": "Moran's I, row-standardised",
    "moran_B": "Moran's I, binary weights",
    "geary_W": "Geary's C",
    "globalG_B": "Getis–Ord G",
    "lee_L": "Lee's L",
    "joincount": "join counts",
    "correlogram_lag": "Moran correlogram",
    "EBImoran": "Moran of empirical Bayes rates",
    "EBest": "empirical Bayes estimates",
}
# What our frame calls it, what the reference calls it, and what it is.
LOCAL = {
    "local Moran Iᵢ": ("moran", "statistic", "Ii"),
    "… its expectation": ("moran", "expected", "E_cond"),
    "… its variance, conditional": ("moran", "variance", "V_cond"),
    "… z": ("moran", "z_score", "z_cond"),
    "… p, two-sided, normal": ("moran", "p_value", "p_cond_2s"),
    "… p after Benjamini–Hochberg": ("moran", "p_adjusted", "p_bh"),
    "Gᵢ": ("g", "statistic", "G"),
    "Gᵢ\\*": ("gstar", "statistic", "Gstar"),
    "local Geary": ("geary", "statistic", "localC"),
    "LOSH Hᵢ": ("losh", "statistic", "LOSH"),
}


@cache
def _tested() -> Any:
    """Give the module of the tests against spdep: the page compares what the tests compare."""
    spec = importlib.util.spec_from_file_location("spdep_tests", TESTS / "stats" / "test_spdep.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _apart(ours: Any, theirs: Any) -> float:
    """Give the largest relative difference; below a thousandth it is measured in thousandths."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    return float(np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-3), initial=0.0))


def _magnitude(apart: float) -> str:
    """Round up to a power of ten, and no further than the machine's last bits reach."""
    return f"< 1e{max(int(np.floor(np.log10(apart))) + 1, -12) if apart > 0 else -12}"


def overall() -> str:
    """Compare the global statistics: how many numbers, on which data, and how far apart at most."""
    tests = _tested()
    numbers: dict[str, int] = defaultdict(int)
    cases: dict[str, dict[str, None]] = defaultdict(dict)
    worst: dict[str, float] = defaultdict(float)
    for (case, variable, test), rows in tests.OURS.groupby(["case", "variable", "test"]):
        kind = "correlogram_lag" if test.startswith("correlogram_lag") else test
        found = tests.quantities(case, variable, test)
        ours = [found[q] for q in rows["quantity"]]
        numbers[kind] += len(rows)
        cases[kind][case] = None
        worst[kind] = max(worst[kind], _apart(ours, rows["value"]))
    lines = [
        "| statistic | data | numbers compared | largest relative difference |",
        "|---|---|---:|---:|",
    ]
    for kind, word in WORDS.items():
        lines.append(
            f"| {word} | {', '.join(cases[kind])} | {numbers[kind]} | {_magnitude(worst[kind])} |"
        )
    lines.append(f"| **all** | | **{sum(numbers.values())}** | {_magnitude(max(worst.values()))} |")
    return "\n".join(lines)


def _frames(values: pd.Series, graph: Any) -> dict[str, pd.DataFrame]:
    import mekantek as mt

    return {
        "moran": mt.local_moran(values, graph, method="randomization").frame,
        "g": mt.local_getis_ord(values, graph, statistic="g", method="randomization").frame,
        "gstar": mt.local_getis_ord(values, graph, method="randomization").frame,
        "geary": mt.local_geary(values, graph, method="randomization").frame,
        "losh": mt.losh(values, graph).frame,
    }


def local() -> str:
    """Compare the local statistics of every unit of every map."""
    tests = _tested()
    table = pd.read_csv(REFERENCE / "spdep_local_reference.csv", dtype={"id": str})
    numbers: dict[str, int] = defaultdict(int)
    worst: dict[str, float] = defaultdict(float)
    for (case, variable), rows in table.groupby(["case", "variable"]):
        values, graph = tests.case(case)
        frames = _frames(values[variable], graph)
        for word, (kind, ours, theirs) in LOCAL.items():
            found = frames[kind].loc[rows["id"], ours]
            numbers[word] += len(rows)
            worst[word] = max(worst[word], _apart(found, rows[theirs]))
    maps = table[["case", "variable"]].drop_duplicates()
    lines = [
        f"{len(maps)} maps, {len(table)} units: "
        + ", ".join(f"{m.case} {m.variable}" for m in maps.itertuples()) + ".",
        "", "| of every unit | numbers compared | largest relative difference |", "|---|---:|---:|",
    ]  # fmt: skip
    lines += [f"| {word} | {numbers[word]} | {_magnitude(worst[word])} |" for word in LOCAL]
    return "\n".join(lines)


def esda() -> str:
    """Compare Moran, Geary and G with esda on the same graphs, without permutations."""
    import mekantek as mt

    tests = _tested()
    lines = [
        "| data | statistic | mekantek | esda | relative difference |", "|---|---|---:|---:|---:|"
    ]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G, Geary, Moran
        from libpysal.graph import Graph

        for case, variable in (("columbus", "CRIME"), ("sids2", "SIDR74"), ("stl", "HR7984")):
            table, graph = tests.case(case)
            values = table[variable]
            ids = np.arange(len(values))
            binary = Graph.from_sparse(graph.sparse.tocoo(), ids=ids).to_W()
            moran = Moran(values.to_numpy(), binary, permutations=0)
            geary = Geary(values.to_numpy(), binary, permutations=0)
            getis = G(values.to_numpy(), binary, permutations=0)
            ours = mt.moran(values, graph)
            pairs = [
                ("Moran's I", ours.statistic, moran.I),
                ("… z, randomization", ours.z_score, moran.z_rand),
                ("Geary's C", mt.geary(values, graph).statistic, geary.C),
                ("Getis–Ord G", mt.getis_ord(values, graph).statistic, getis.G),
            ]
            lines += [
                f"| {case} {variable} | {word} | {a:.9f} | {b:.9f} | {_magnitude(_apart([a], [b]))} |"
                for word, a, b in pairs
            ]
    return "\n".join(lines)
