"""One package, one task, one fresh process: what local.py starts, and what each package is asked."""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

# What a package does with a graph and values: the call that is timed, and what to say of it.
Call = Callable[[], Any]
CLASSES = ("high", "medium_high", "medium_low", "low")
YEARS = range(2019, 2025)


class Problem:
    """Values and neighbours, read from the folder that local.py prepared."""

    def __init__(self, folder: Path, values: str, weighted: bool) -> None:
        self.folder, self.name, self.weighted = folder, values, weighted
        self.matrix = sparse.load_npz(folder / ("weighted.npz" if weighted else "equal.npz"))
        self.data = np.load(folder / f"{values}.npy")
        self.n = len(self.data)


def mekantek(problem: Problem, given: argparse.Namespace) -> tuple[Call, Callable[[], dict]]:
    """``local_moran`` of mekantek; the facts say how each p came about and how wide it is."""
    import pandas as pd

    from mekantek.stats.local.moran import local_moran
    from mekantek.weights.graph import SpatialGraph

    ids = pd.RangeIndex(problem.n)
    graph = SpatialGraph(ids, problem.matrix, "benchmark")
    values = pd.Series(problem.data, index=ids)
    options = {"method": given.method, "permutations": given.permutations, "correction": "none"}
    if given.method != "exact":
        from mekantek.stats.nulls.drawing import Runner

        options["runner"] = Runner(workers=given.threads)
    kept: dict[str, Any] = {}

    def call() -> None:
        kept["result"] = local_moran(values, graph, **options)

    def facts() -> dict:
        frame = kept["result"].frame
        width = (frame["p_high"] - frame["p_low"]).max()
        return {
            "methods": sorted(map(str, frame["method"].dropna().unique())),
            "width": None if np.isnan(width) else float(width),
            "lit": int((frame["p_value"] <= 0.1).sum()),  # two-sided 0.1: smaller tail 0.05
        }

    return call, facts


def esda(problem: Problem, given: argparse.Namespace) -> tuple[Call, Callable[[], dict]]:
    """``Moran_Local`` of esda, on a libpysal Graph; simulated values are not kept at scale."""
    from esda import Moran_Local
    from libpysal.graph import Graph

    graph = Graph.from_sparse(problem.matrix.tocoo(), ids=np.arange(problem.n))
    kept: dict[str, Any] = {}

    def call() -> None:
        kept["result"] = Moran_Local(
            problem.data, graph, permutations=given.permutations, seed=1, n_jobs=given.threads,
            keep_simulations=problem.n < 100_000,
        )  # fmt: skip

    return call, lambda: {"lit": int((kept["result"].p_sim <= 0.05).sum())}


def pygeoda(problem: Problem, given: argparse.Namespace) -> tuple[Call, Callable[[], dict]]:
    """``local_moran`` of pygeoda, on the same links, read from a .gal file."""
    import pygeoda

    ids = [str(i) for i in range(problem.n)]
    weights = pygeoda.weights.read_gal(str(problem.folder / "equal.gal"), ids)
    values = problem.data.astype(float).tolist()
    kept: dict[str, Any] = {}

    def call() -> None:
        kept["result"] = pygeoda.local_moran(
            weights, values, permutations=given.permutations, cpu_threads=given.threads,
            permutation_method=given.method,
        )  # fmt: skip

    return call, lambda: {"lit": int((np.array(kept["result"].lisa_pvalues()) <= 0.05).sum())}


def report(problem: Problem, given: argparse.Namespace) -> tuple[Call, Callable[[], dict]]:
    """All classes and years of the report, each on the provinces it has, exact, in one call."""
    import pandas as pd

    from mekantek.stats.local.batch import local_maps
    from mekantek.study import load_study

    studies = {year: load_study(year=year) for year in YEARS}
    frame = pd.DataFrame(
        {
            f"{name} {year}": study.frame[name]
            for year, study in studies.items()
            for name in CLASSES
            if name in study.frame and study.frame[name].notna().any()
        }
    )
    graph = studies[2024].graph
    kept: dict[str, Any] = {}

    def call() -> None:
        kept["results"] = local_maps(frame, graph, missing="drop").results

    def facts() -> dict:
        results = kept["results"]
        methods = {m for r in results.values() for m in r.frame["method"].dropna()}
        return {"maps": len(results), "methods": sorted(map(str, methods))}

    return call, facts


PACKAGES = {"mekantek": mekantek, "esda": esda, "pygeoda": pygeoda, "report": report}


def main() -> None:
    """Do the task; write seconds and facts as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", choices=sorted(PACKAGES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", type=Path, help="a small problem to compile and warm up on")
    parser.add_argument("--values", default="integers")
    parser.add_argument("--weighted", action="store_true")
    parser.add_argument("--method", default="exact")
    parser.add_argument("--permutations", type=int, default=999)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="seconds after which a call is killed")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # esda announces a change of its default
    package = PACKAGES[given.package]
    measured: dict[str, Any] = {}

    def timed(call: Call, limit: int = 0) -> float:
        start = time.perf_counter()
        signal.alarm(limit)  # ends the process: compiled loops hear of nothing else
        call()
        signal.alarm(0)
        return time.perf_counter() - start

    warm_up = given.small is not None
    if warm_up:
        call, _ = package(Problem(given.small, given.values, given.weighted), given)
        measured["compile"] = timed(call)
    call, facts = package(Problem(given.folder, given.values, given.weighted), given)
    if not warm_up:
        measured["first"] = timed(call)
    measured["warm"] = [timed(call, given.limit) for _ in range(given.repeat)]
    measured |= facts()
    scale = 2**20 if sys.platform == "darwin" else 2**10
    measured["mebibytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main()
