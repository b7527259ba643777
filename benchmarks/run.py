"""Wall time and peak memory of mekantek beside what its peers cost, in one run."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time

EIGHT_MAPS = """
import mekantek as mt
for year in (2019, 2024):
    study = mt.load_study(year=year)
    for name in ("high", "medium_high", "medium_low", "low"):
        mt.local_moran(study.frame[name], study.graph)
"""


def measure(command: list[str]) -> tuple[float, float]:
    """Run one fresh process; give its wall time (s) and peak memory (MiB)."""
    start = time.perf_counter()
    process = os.posix_spawnp(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull,
                                                        os.O_WRONLY, 0)],
    )  # fmt: skip
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(command)[:60]} failed with status {status}.")
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    return time.perf_counter() - start, usage.ru_maxrss / scale


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        python = sys.executable
        jobs = {
            "import geopandas, esda, folium": [python, "-c", "import geopandas, esda, folium"],
            "mekantek study": [python, "-m", "mekantek.cli", "study", "--out", folder],
            "exact local Moran, 8 maps": [python, "-c", EIGHT_MAPS],
            "mekantek --help": [python, "-m", "mekantek.cli", "--help"],
        }
        results: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for turn in range(runs + 1):  # in turn, so that a drifting machine treats all alike
            for name, command in jobs.items():
                result = measure(command)
                if turn:  # the first turn warms the disk
                    results[name].append(result)
    base = statistics.median(r[0] for r in next(iter(results.values())))
    print(f"{'process':34}{'seconds':>9}{'MiB':>8}{'ratio':>8}   (medians of {runs})")
    for name, measured in results.items():
        seconds = statistics.median(r[0] for r in measured)
        memory = statistics.median(r[1] for r in measured)
        print(f"{name:34}{seconds:9.2f}{memory:8.0f}{seconds / base:8.2f}")


if __name__ == "__main__":
    main()
