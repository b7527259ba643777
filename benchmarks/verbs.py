"""
What do the main jobs cost? Wall time, processor time and peak memory of `findings` and `study`.

    python benchmarks/verbs.py --runs 3 --markdown      # also fills docs/benchmarks.md

Each run is a fresh process on the report's data, as a user starts it. There is no peer that does the
same; processor time is what other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
from kept import put

JOBS = {
    "findings: every verdict with its curve": ["findings", "--json", "--quiet"],
    "study: all of that, maps, pages, figures, briefs and files": ["study", "--quiet"],
}


class Spent(NamedTuple):
    """Seconds by the clock, seconds of the processors, and peak memory of one process."""

    wall: float
    processor: float
    mebibytes: float


def spent(arguments: list[str]) -> Spent:
    """Run one verb in a fresh process and folder."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "mekantek.cli", *arguments],
            cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"mekantek {' '.join(arguments)} ended with {process.returncode}.")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="fresh processes of each (3)")
    parser.add_argument("--markdown", action="store_true", help="fill docs/benchmarks.md")
    given = parser.parse_args()
    lines = ["| verb | runs | wall, s (median) | processor, s (median) | peak MiB |",
             "|---|---:|---:|---:|---:|"]  # fmt: skip
    for name, arguments in JOBS.items():
        runs = [spent(arguments) for _ in range(given.runs)]
        wall, processor, peak = (statistics.median(column) for column in zip(*runs, strict=True))
        lines.append(f"| {name} | {given.runs} | {wall:.0f} | {processor:.0f} | {peak:,.0f} |")
    print("\n".join(lines))
    if given.markdown:
        head = f"Medians of fresh processes, {os.cpu_count()} cores."
        put("verbs", head, {"The main jobs on the report's data": lines})


if __name__ == "__main__":
    main()
