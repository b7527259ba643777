"""A country of irregular polygons end to end, and its neighbours beside libpysal's, in one run."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()


class Laps:
    """Seconds of each stage, and the peak memory of the process after it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.mebibytes: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        self.seconds[name] = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.mebibytes[name] = peak / (2**20 if sys.platform == "darwin" else 2**10)
        return result

    def told(self, **more: Any) -> str:
        return json.dumps({"seconds": self.seconds, "mebibytes": self.mebibytes, **more})


def end_to_end(folder: Path) -> str:
    """Read, join, find neighbours, test every unit, write."""
    laps = Laps()
    laps("import", lambda: __import__("mekantek.export"))
    from mekantek import weights
    from mekantek.datasets.boundaries import read_boundaries
    from mekantek.datasets.delimited import read_table
    from mekantek.export import write_units
    from mekantek.stats.local.moran import local_moran
    from mekantek.study import match_ids

    layer = laps(
        "read polygons", lambda: read_boundaries(folder / "territory.gpkg", id_column="id")
    )
    table = laps(
        "read table",
        lambda: read_table(folder / "territory.csv", id_column="id", value_columns=["value"]),
    )
    laps("match ids", lambda: match_ids(table.index, layer.index, "the polygons"))
    graph = laps("queen neighbours", lambda: weights.build("queen", geometry=layer.geometry))
    result = laps("local Moran, exact", lambda: local_moran(table["value"], graph))
    laps("write", lambda: write_units(result.frame, folder / "units.csv"))
    return laps.told(links=graph.links)


def ours(folder: Path) -> str:
    """Queen neighbours of mekantek, from a layer in memory to the finished graph."""
    from mekantek import weights

    layer, laps = _layer(folder), Laps()
    graph = laps("queen", lambda: weights.build("queen", geometry=layer.geometry))
    # The first call of a process also asks the system for memory; a session calls more often.
    laps("queen, again", lambda: weights.build("queen", geometry=layer.geometry))
    return laps.told(links=graph.links, sha256=graph.sha256)


def libpysals(folder: Path) -> str:
    """Queen neighbours of libpysal's Graph, from the same layer."""
    from libpysal.graph import Graph

    from mekantek.weights import from_libpysal

    warnings.simplefilter("ignore")
    layer, laps = _layer(folder), Laps()
    graph = laps("queen", lambda: Graph.build_contiguity(layer, rook=False))
    taken = from_libpysal(graph)
    return laps.told(links=taken.links, sha256=taken.sha256)


def _layer(folder: Path) -> Any:
    import geopandas as gpd

    return gpd.read_file(folder / "territory.gpkg").set_index("id")


JOBS = {job.__name__: job for job in (end_to_end, ours, libpysals)}


def fresh(job: str, folder: Path) -> dict[str, Any]:
    """Run one job in a process of its own."""
    told = subprocess.run(
        [sys.executable, str(HERE), "--job", job, "--folder", str(folder)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    content: dict[str, Any] = json.loads(told.stdout)
    return content


def measure(n: int, runs: int, *, peers: bool) -> None:
    """Print the tables of one size."""
    sys.path.insert(0, str(HERE.parent))
    from territory import territory, write

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(territory(n), folder)
        jobs = ["end_to_end", "ours", *(["libpysals"] if peers else [])]
        found: dict[str, list[dict[str, Any]]] = {job: [] for job in jobs}
        for _ in range(runs):  # in turn, so that a drifting machine treats all alike
            for job in jobs:
                found[job].append(fresh(job, folder))

    def median(job: str, what: str, stage: str) -> float:
        return statistics.median(told[what][stage] for told in found[job])

    stages = found["end_to_end"][0]["seconds"]
    print(f"\n{n:,} polygons, {found['ours'][0]['links']:,} directed queen links")
    print(f"{'end to end':28}{'seconds':>9}{'peak MiB':>10}")
    for stage in stages:
        seconds = median("end_to_end", "seconds", stage)
        print(f"{stage:28}{seconds:9.2f}{median('end_to_end', 'mebibytes', stage):10.0f}")
    whole = statistics.median(sum(told["seconds"].values()) for told in found["end_to_end"])
    print(f"{'all':28}{whole:9.2f}")
    print(f"{'queen, from a layer read':28}{'seconds':>9}{'peak MiB':>10}{'faster':>8}")
    other = median("libpysals", "seconds", "queen") if peers else float("nan")
    for job, stage in (("ours", "queen"), ("ours", "queen, again"), ("libpysals", "queen")):
        if job in jobs:
            seconds, peak = median(job, "seconds", stage), median(job, "mebibytes", stage)
            print(f"{f'{job}: {stage}':28}{seconds:9.2f}{peak:10.0f}{other / seconds:8.1f}")
    if peers:
        same = found["ours"][0]["sha256"] == found["libpysals"][0]["sha256"]
        print("the same links" if same else "OTHER LINKS")


def main() -> None:
    """Measure 100,000 polygons, and a million if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, action="append", help="polygons; repeat (100000)")
    parser.add_argument("--million", action="store_true", help="also 1,000,000")
    parser.add_argument("--runs", type=int, default=5, help="fresh processes of each (5)")
    parser.add_argument("--no-peers", action="store_true", help="leave libpysal out")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        print(JOBS[given.job](given.folder))
        return
    print(
        f"{given.runs} fresh processes of each, medians. Python {platform.python_version()}, "
        f"{platform.machine()}, {os.cpu_count()} cores"
    )
    for n in [*(given.n or [100_000]), *([1_000_000] if given.million else [])]:
        measure(n, given.runs, peers=not given.no_peers)


if __name__ == "__main__":
    main()
