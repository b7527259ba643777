"""Wall time and peak memory of mekantek beside what its peers cost, in one run."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

PEERS = "import geopandas, esda, folium"
EIGHT_MAPS = """
import mekantek as mt
for year in (2019, 2024):
    study = mt.load_study(year=year)
    for name in ("high", "medium_high", "medium_low", "low"):
        result = mt.local_moran(study.frame[name], study.graph)
        assert set(result.frame["method"]) <= {"exact"}, "a map was drawn, not counted"
"""


class Cost(NamedTuple):
    """What one fresh process took."""

    seconds: float
    mebibytes: float


def measure(command: list[str]) -> Cost:
    """Run one fresh process to its end; its memory is the kernel's own high-water mark."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)[:60]} … ended with {code}; see above.")
    return Cost(seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="fresh processes of each (5)")
    runs = parser.parse_args().runs
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        jobs = {
            PEERS: [python, "-c", PEERS],
            "mekantek study": [python, "-m", "mekantek.cli", "study", "--quiet", "--out", folder],
            "exact local Moran, eight maps": [python, "-c", EIGHT_MAPS],
            "mekantek --help": [python, "-m", "mekantek.cli", "--help"],
        }
        costs: dict[str, list[Cost]] = {name: [] for name in jobs}
        for turn in range(runs + 1):  # in turn, so that a drifting machine treats all alike
            for name, command in jobs.items():
                cost = measure(command)
                if turn:  # the first turn warms the disk and the byte code
                    costs[name].append(cost)
    medians = {
        name: Cost(*map(statistics.median, zip(*c, strict=True))) for name, c in costs.items()
    }
    peers = medians[PEERS]
    print(
        f"{runs} fresh processes of each, medians; ratios to the first line. Python "
        f"{platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    )
    print(f"{'':32}{'seconds':>9}{'min':>8}{'max':>8}{'ratio':>8}{'MiB':>9}{'ratio':>8}")
    for name, median in medians.items():
        seconds = [cost.seconds for cost in costs[name]]
        print(
            f"{name:32}{median.seconds:9.2f}{min(seconds):8.2f}{max(seconds):8.2f}"
            f"{median.seconds / peers.seconds:8.2f}{median.mebibytes:9.0f}"
            f"{median.mebibytes / peers.mebibytes:8.2f}"
        )


if __name__ == "__main__":
    main()
