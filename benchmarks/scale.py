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

sys.path.insert(0, str(Path(__file__).parent))
from kept import Kept, put

HERE = Path(__file__).resolve()


class Laps:
    """Seconds of each stage, of the processors too, and the peak memory after it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self.mebibytes: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        start, used = time.perf_counter(), time.process_time()
        result = work()
        self.seconds[name] = time.perf_counter() - start
        self.processor[name] = time.process_time() - used
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.mebibytes[name] = peak / (2**20 if sys.platform == "darwin" else 2**10)
        return result

    def told(self, **more: Any) -> str:
        laps = {"seconds": self.seconds, "processor": self.processor, "mebibytes": self.mebibytes}
        return json.dumps({**laps, **more})


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


def measure(n: int, runs: int, jobs: list[str], kept: Kept) -> None:
    """Run the jobs of one size in fresh processes."""
    from territory import territory, write

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(territory(n), folder)
        for turn in range(runs):  # in turn, so that a drifting machine treats all alike
            for job in jobs:
                told = fresh(job, folder)
                kept.add(f"{job} {n}", ours=job != "libpysals", **told)
                whole = sum(told["seconds"].values())
                print(f"{turn + 1}/{runs} {job}, n = {n:,}: {whole:.2f} s", file=sys.stderr)


def whole_table(told: list[dict[str, Any]]) -> list[str]:
    """Stages from files to a file."""
    lines = ["| stage | median, s | min – max | peak MiB |", "|---|---:|---:|---:|"]
    for stage in told[0]["seconds"]:
        seconds = [one["seconds"][stage] for one in told]
        peak = statistics.median(one["mebibytes"][stage] for one in told)
        spread = f"{min(seconds):.2f} – {max(seconds):.2f}"
        lines.append(f"| {stage} | {statistics.median(seconds):.2f} | {spread} | {peak:,.0f} |")
    whole = [sum(one["seconds"].values()) for one in told]
    spread = f"{min(whole):.2f} – {max(whole):.2f}"
    return [*lines, f"| all ({len(told)} runs) | {statistics.median(whole):.2f} | {spread} | |"]


def queen_table(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[str]:
    """Queen neighbours beside libpysal's."""
    lines = [
        "| | median | min – max | processor | runs | ratio | of processor time | wanted |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    rows = [("mekantek, first call", ours, "queen"), ("mekantek, next call", ours, "queen, again"),
            ("libpysal, Graph.build_contiguity", theirs, "queen")]  # fmt: skip
    base = None
    for name, told, stage in rows:
        if not told:
            continue
        seconds = [one["seconds"][stage] for one in told]
        both = (
            statistics.median(seconds),
            statistics.median(one["processor"][stage] for one in told),
        )
        base = base or both
        ratio, used = (f"{now / then:.3g} ×" for now, then in zip(both, base, strict=True))
        lines.append(
            f"| {name} | {both[0]:.3g} s | {min(seconds):.3g} – {max(seconds):.3g} s "
            f"| {both[1]:.3g} s | {len(told)} | {ratio if told is theirs else ''} "
            f"| {used if told is theirs else ''} | {'≥ 25 ×' if told is theirs else ''} |"
        )
    if theirs:
        same = {one["sha256"] for one in ours} == {one["sha256"] for one in theirs}
        said = "the same links" if same else "OTHER LINKS"
        lines.append(f"| {ours[-1]['links']:,} directed links: {said} | | | | | | | |")
    return lines


def main() -> None:
    """Measure 100,000 polygons, and a million if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, action="append", help="polygons; repeat (100000)")
    parser.add_argument("--million", action="store_true", help="also 1,000,000")
    parser.add_argument("--runs", type=int, default=5, help="fresh processes of each (5)")
    parser.add_argument("--only", choices=["end-to-end", "queen"], help="one of the two tables")
    parser.add_argument("--no-peers", action="store_true", help="leave libpysal out")
    parser.add_argument(
        "--keep", type=Path, help="file of measurements to add to; --runs 0 shows them"
    )
    parser.add_argument(
        "--markdown", action="store_true", help="and put them in docs/benchmarks.md"
    )
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        print(JOBS[given.job](given.folder))
        return
    jobs = ["end_to_end"] if given.only != "queen" else []
    if given.only != "end-to-end":
        jobs += ["ours"] if given.no_peers else ["ours", "libpysals"]
    kept, sections = Kept(given.keep), {}
    for n in [*(given.n or [100_000]), *([1_000_000] if given.million else [])]:
        if given.runs:
            measure(n, given.runs, jobs, kept)
        found = {job: kept.of(f"{job} {n}") for job in JOBS}
        if found["end_to_end"]:
            sections[f"n = {n:,}: end to end"] = whole_table(found["end_to_end"])
        if found["ours"]:
            title = f"n = {n:,}: queen neighbours of irregular polygons, from a layer in memory"
            sections[title] = queen_table(found["ours"], found["libpysals"])
    head = (
        "Medians of fresh processes. The ratio is libpysal's median over that of mekantek's first "
        "call; a first call also asks the system for memory and looks at the ids. "
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores."
    )
    print(head, *(line for title, lines in sections.items() for line in ("", f"### {title}", "", *lines)),
          sep="\n")  # fmt: skip
    if given.markdown:
        put("scale", head, sections)


if __name__ == "__main__":
    main()
