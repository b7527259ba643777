"""Local Moran beside esda and pygeoda: same graph, same values, same threads, one run, ratios."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.spatial import Delaunay

sys.path.insert(0, str(Path(__file__).parent))
from kept import Kept, put

HERE = Path(__file__).parent
SMALL, MIDDLE, LARGE = 81, 10_000, 1_000_000
# Forced CPU types make one library slow and leave another alone, so no process inherits them.
FORCED = ("OPENBLAS_CORETYPE", "NVPL_BLAS_DEBUG_CPU_TYPE", "MKL_DEBUG_CPU_TYPE")


@dataclass(frozen=True)
class Task:
    """One line of a table: a package and what it is asked; the first line of a table is ours."""

    label: str
    package: str
    n: int
    values: str = "integers"
    weighted: bool = False
    method: str = "exact"
    permutations: int = 999
    repeat: int = 5  # calls in each process, of which the median counts
    together: int = 1  # calls that count as one
    threads: int | None = None  # where all cores are slower than one, the package gets one
    cold: bool = False  # the whole process, from its start to its end
    slow: bool = False  # minutes a call: left out by --quick
    # Not compared: the same task in two tables is measured once.
    wanted: float | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """What tells its measurements from others."""
        parts = (self.package, self.n, self.values, "unequal" if self.weighted else "equal",
                 self.method, self.permutations, self.together, self.cold)  # fmt: skip
        return " ".join(map(str, parts))

    def command(self, problems: Path, threads: int, limit: int) -> list[str]:
        """What starts the process."""
        folder = problems / str(self.n)
        calls = 0 if self.cold else self.repeat * self.together
        command = [sys.executable, str(HERE / "peers.py"), self.package, str(folder)]
        command += ["--values", self.values, "--method", self.method]
        command += ["--permutations", str(self.permutations), "--repeat", str(calls)]
        command += ["--threads", str(self.threads or threads)] + ["--weighted"] * self.weighted
        if self.slow:
            command += ["--limit", str(limit)]
        if not self.cold and self.n != SMALL:
            command += ["--small", str(problems / str(SMALL))]
        return command


@dataclass
class Measured:
    """Seconds of fresh processes, and what the last one said of its result."""

    seconds: list[float]
    facts: dict

    @property
    def stopped(self) -> bool:
        """Whether any call was stopped at the limit: the seconds are then the least it takes."""
        return bool(self.facts.get("stopped"))


def ours(n: int, **how: object) -> Task:
    """Mekantek on one made-up problem."""
    return Task("mekantek", "mekantek", n, **how)  # type: ignore[arg-type]


def esda(n: int, wanted: float | None, **how: object) -> Task:
    """
    Esda on the same; at a million always on integers and equal weights.

    Its cost depends on neither, as the tables at 10,000 show, and a call takes minutes.
    """
    if n == LARGE:
        how = {}
    slow = n == LARGE
    return Task("esda, 999 permutations", "esda", n, method="permutation", threads=1,
                repeat=1 if slow else 3, slow=slow, wanted=wanted,
                **how)  # type: ignore[arg-type]  # fmt: skip


def geoda(n: int, method: str, wanted: float | None) -> Task:
    """Pygeoda on the same."""
    slow = n == LARGE and method == "complete"
    return Task(f"pygeoda, {method}, 999 permutations", "pygeoda", n, method=method,
                repeat=1 if slow else 3, slow=slow, wanted=wanted)  # fmt: skip


def tables() -> dict[str, list[Task]]:
    """Give all tables, by title."""
    maps = {"package": "report", "n": SMALL}
    three = {"package": "esda", "n": SMALL, "threads": 1, "method": "permutation",
             "permutations": 9999}  # fmt: skip
    found = {
        "n = 81: all 16 class × year maps of the report, exact, beside three runs on one": [
            Task("mekantek, 16 maps", **maps),
            Task("esda, three runs of 9,999 permutations", **three, together=3, wanted=1),
        ],
        "n = 81, cold: the same in a fresh process, imports and compiling included": [
            Task("mekantek, 16 maps", **maps, cold=True),
            Task("esda, one run of 9,999 permutations", **three, cold=True, wanted=1),
        ],
    }
    for n, wanted in ((MIDDLE, (None, None, None)), (LARGE, (1000, 500, 20))):
        found[f"n = {n:,}: integers 0 to 99, exact"] = [
            ours(n), esda(n, wanted[0]), geoda(n, "complete", wanted[1]),
            geoda(n, "lookup-table", wanted[2]),
        ]  # fmt: skip
    for n, wanted in ((MIDDLE, None), (LARGE, 100)):
        for values in ("normal", "lognormal"):
            found[f"n = {n:,}: real values ({values}), exact bracket of at most 2.5e-4"] = [
                ours(n, values=values, repeat=3), esda(n, wanted, values=values),
            ]  # fmt: skip
    for n, wanted in ((MIDDLE, None), (LARGE, 30)):
        for weighted in (False, True):
            how = {"values": "normal", "weighted": weighted}
            kind = "unequal" if weighted else "equal"
            found[f"n = {n:,}: 999 permutations asked for, {kind} weights"] = [
                ours(n, method="permutation", repeat=1 if n == LARGE else 3, **how),
                esda(n, wanted, **how),
            ]
    found["n = 10,000: saddlepoint, unequal weights"] = [
        ours(MIDDLE, values="normal", weighted=True, method="auto", repeat=3)
    ]
    return found


def write_problem(folder: Path, matrix: sparse.csr_array, values: dict[str, np.ndarray]) -> None:
    """Write neighbours (equal and random weights; .gal for pygeoda) and values."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    matrix = sparse.csr_array(matrix)
    matrix.sort_indices()
    sparse.save_npz(folder / "equal.npz", matrix, compressed=False)
    weighted = matrix.copy()
    weighted.data = rng.uniform(0.5, 1.5, len(weighted.data))
    sparse.save_npz(folder / "weighted.npz", weighted, compressed=False)
    for name, column in values.items():
        np.save(folder / f"{name}.npy", column)
    ends, near = matrix.indptr.tolist(), matrix.indices.tolist()
    with (folder / "equal.gal").open("w", encoding="ascii") as file:
        file.write(f"0 {matrix.shape[0]} benchmark id\n")
        for unit, (start, end) in enumerate(pairwise(ends)):
            file.write(f"{unit} {end - start}\n{' '.join(map(str, near[start:end]))}\n")


def made_up(n: int) -> tuple[sparse.csr_array, dict[str, np.ndarray]]:
    """Neighbours of n irregular cells around random points, and three kinds of values."""
    rng = np.random.default_rng(n)
    indptr, indices = Delaunay(rng.random((n, 2))).vertex_neighbor_vertices
    matrix = sparse.csr_array((np.ones(len(indices)), indices, indptr), shape=(n, n))
    values = {
        "integers": rng.integers(0, 100, n).astype(float),
        "normal": rng.normal(size=n),
        "lognormal": rng.lognormal(size=n),
    }
    return matrix, values


def prepare(problems: Path, sizes: Iterable[int]) -> None:
    """Write every problem before anything is timed."""
    from mekantek.study import load_study

    study = load_study(year=2024)
    high = study.frame["high"].to_numpy(dtype=float)
    rng = np.random.default_rng(0)
    write_problem(
        problems / str(SMALL), study.graph.sparse,
        {"integers": high, "normal": rng.normal(size=81), "lognormal": rng.lognormal(size=81)},
    )  # fmt: skip
    for n in sizes:
        write_problem(problems / str(n), *made_up(n))


def measure(task: Task, problems: Path, threads: int, limit: int) -> Measured:
    """Run one fresh process; a slow call is stopped at the limit, if there is one."""
    environment = {key: value for key, value in os.environ.items() if key not in FORCED}
    # numba and BLAS get as many threads as are asked of everyone.
    for key in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[key] = str(threads)
    start = time.perf_counter()
    done = subprocess.run(
        task.command(problems, threads, limit), env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    whole = time.perf_counter() - start
    if limit and done.returncode == -signal.SIGALRM:
        return Measured([float(limit)], {"stopped": True})
    if done.returncode:
        raise SystemExit(f"{task.label}, n = {task.n}: {done.stderr[-2000:]}")
    facts = json.loads(done.stdout)
    if task.cold:
        return Measured([whole], facts)
    warm = facts.pop("warm")
    sums = [sum(warm[i : i + task.together]) for i in range(0, len(warm), task.together)]
    return Measured([statistics.median(sums)], facts)


def told(task: Task, facts: dict, seconds: float) -> str:
    """Say what the result is made of."""
    parts = list(facts.get("methods", []))
    if "maps" in facts:
        parts.append(f"{facts['maps']} maps")
    if facts.get("width") and facts["methods"] == ["exact"]:
        parts.append(f"bracket at most {facts['width']:.1e}")
    if task.method == "auto":
        parts.append(f"{1000 * seconds / task.n:.4f} ms a unit")
    if "lit" in facts:
        parts.append(f"{facts['lit']:,} units with smaller tail ≤ 0.05")
    if facts.get("compile", 0) > 1:
        parts.append(f"first call {facts['compile']:.0f} s earlier in the same process")
    if "mebibytes" in facts:
        parts.append(f"{facts['mebibytes']:,.0f} MiB")
    return "; ".join(parts)


def show(tasks: list[Task], measured: dict[Task, Measured]) -> list[str]:
    """Give one table in Markdown."""
    base = statistics.median(measured[tasks[0]].seconds)
    lines = ["| | median | min – max | runs | ratio | wanted | said of the result |",
             "|---|---:|---:|---:|---:|---:|---|"]  # fmt: skip
    for task in tasks:
        if task not in measured:
            lines.append(f"| {task.label} | left out | | | | | |")
            continue
        seconds = measured[task].seconds
        middle = statistics.median(seconds)
        spread = f"{shown(min(seconds))} – {shown(max(seconds))}"
        ratio = "1" if task is tasks[0] else f"{middle / base:,.3g} ×"
        if middle / base >= 1000:
            ratio = f"{middle / base:,.0f} ×"
        wanted = "" if task.wanted is None else f"≥ {task.wanted:,g} ×"
        if measured[task].stopped:
            lines.append(
                f"| {task.label} | > {shown(middle)} | | {len(seconds)} | > {ratio} | {wanted} "
                "| stopped without an answer |"
            )
            continue
        facts = told(task, measured[task].facts, middle)
        lines.append(
            f"| {task.label} | {shown(middle)} | {spread} | {len(seconds)} | {ratio} | {wanted} "
            f"| {facts} |"
        )
    return lines


def shown(seconds: float) -> str:
    """Seconds with three digits, in the unit that suits."""
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def machine(threads: int) -> str:
    """Say what all this was measured with."""
    packages = ("mekantek", "esda", "libpysal", "pygeoda", "numba", "numpy", "scipy")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return (
        "Medians of fresh processes, as many as the column *runs* says, taken in turn. "
        f"{model}, {os.cpu_count()} cores, {threads} threads for every package but esda (1, with "
        f"which it is fastest). Python {platform.python_version()}, {versions}."
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="fresh processes of each (5)")
    parser.add_argument("--slow-runs", type=int, default=3, help="of what takes minutes a call (3)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of each (all cores)")
    parser.add_argument(
        "--limit", type=int, default=0,
        help="stop what takes minutes a call after so many seconds, and show that it took more",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes a call")
    parser.add_argument("--only", default="", help="tables whose title fits this pattern")
    parser.add_argument(
        "--keep", type=Path, help="file of measurements to add to; --runs 0 shows them"
    )
    parser.add_argument(
        "--markdown", action="store_true", help="and put them in docs/benchmarks.md"
    )
    parser.add_argument("--prepare", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.runs and not find_spec("pygeoda"):
        sys.exit("The tables set pygeoda beside this: pip install '.[benchmarks]'")
    if given.prepare:
        prepare(Path(given.prepare[0]), map(int, given.prepare[1:]))
        return
    wanted = {title: tasks for title, tasks in tables().items() if re.search(given.only, title)}
    tasks = dict.fromkeys(task for group in wanted.values() for task in group)
    if given.quick:
        tasks = {task: None for task in tasks if not task.slow}
    kept = Kept(given.keep)
    with tempfile.TemporaryDirectory() as folder:
        problems = Path(folder)
        sizes = sorted({task.n for task in tasks} - {SMALL})
        if given.runs:
            # In a process of its own: on Linux a child starts with its parent's high-water mark.
            arguments = [str(problems), *map(str, sizes)]
            subprocess.run([sys.executable, __file__, "--prepare", *arguments], check=True)
        for turn in range(given.runs):  # in turn, so that a drifting machine treats all alike
            for task in tasks:
                if task.slow and turn >= given.slow_runs:
                    continue
                one = measure(task, problems, given.threads, given.limit)
                print(f"{turn + 1}/{given.runs} {task.label}, n = {task.n:,}, {task.values}: "
                      f"{shown(one.seconds[0])}", file=sys.stderr)  # fmt: skip
                ours = task.package in ("mekantek", "report")
                kept.add(task.name, ours=ours, seconds=one.seconds[0], facts=one.facts)
    sections = {}
    for title, group in wanted.items():
        found = {task: kept.of(task.name) for task in group}
        measured = {
            task: Measured([line["seconds"] for line in lines], lines[-1]["facts"])
            for task, lines in found.items()
            if lines
        }
        if group[0] in measured:
            sections[title] = show(group, measured)
    head = machine(given.threads)
    print(head, *(line for title, lines in sections.items() for line in ("", f"### {title}", "", *lines)),
          sep="\n")  # fmt: skip
    if given.markdown:
        put("local", head, sections)


if __name__ == "__main__":
    main()
