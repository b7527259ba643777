"""Trade records added up: seconds and memory of fresh processes, beside pandas and polars."""

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
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from kept import Kept, put

HERE = Path(__file__).resolve()
CHUNK = 1_000_000
YEARS = range(2004, 2025)


def generate(n: int, path: Path) -> None:
    """Write made-up records a million at a time: about 30 bytes each, as a statistical office's."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from mekantek.datasets.provinces import load_provinces
    from mekantek.datasets.tables import load_classes

    rng = np.random.default_rng(0)
    names = pa.array([*load_provinces()["name_tr"], "-"])
    codes = pa.array([*load_classes()["code4"], "-", "9999"])
    partners = pa.array([f"Ülke {k:03d}" for k in range(200)])
    flows = pa.array(["İhracat", "İthalat"])

    def words(values: pa.Array, size: int) -> pa.Array:
        drawn = pa.array(rng.integers(0, len(values), size, dtype="int16"))
        return pa.DictionaryArray.from_arrays(drawn, values)

    writer = None
    for start in range(0, n, CHUNK):
        size = min(CHUNK, n - start)
        cents = np.round(rng.lognormal(12, 3, size)).astype("int64")
        table = pa.table(
            {
                "YIL": pa.array(rng.integers(YEARS[0], YEARS[-1] + 1, size, dtype="int16")),
                "AY": pa.array(rng.integers(1, 13, size, dtype="int8")),
                "IHRITH": words(flows, size),
                "IL_ADI": words(names, size),
                "ISIC3_4": words(codes, size),
                "ULKE": words(partners, size),
                "DOLAR": pa.array(cents / 100),
                "TL": pa.array(np.round(cents * 32.8) / 100),
                "MIKTAR_KG": pa.array(rng.integers(0, 10**6, size)),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="snappy")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def ours(path: Path) -> dict[str, Any]:
    """All that `mekantek shares` does: read, examine, add up, check every cent, write in memory."""
    from mekantek.datasets.records.from_files import tally_files
    from mekantek.datasets.records.tidy import tidy_files

    tally = tally_files([path], duplicates="keep")
    return {"written": len(tidy_files(tally)["shares.csv"]), "cents": tally.conservation["sum_in"],
            "classes": tally.conservation["classes"]}  # fmt: skip


def _classes() -> dict[str, str]:
    from mekantek.datasets.tables import load_classes

    table = load_classes()
    return dict(zip(table["code4"], table["class_report"], strict=True))


def pandas(path: Path) -> dict[str, Any]:
    """The sums alone, as a notebook has them: no check, no partners, codes known beforehand."""
    import pandas as pd

    frame = pd.read_parquet(path, columns=["YIL", "IHRITH", "IL_ADI", "ISIC3_4", "DOLAR"])
    frame["cents"] = (frame["DOLAR"] * 100).round().astype("int64")
    frame["class"] = frame["ISIC3_4"].astype("str").map(_classes()).fillna("unplaced")
    sums = frame.groupby(["YIL", "IHRITH", "IL_ADI", "class"], observed=True)["cents"].sum()
    return _told(sums.groupby("class").sum().to_dict(), len(sums))


def polars(path: Path) -> dict[str, Any]:
    """The same sums, lazily and streamed, so that not all need be in memory."""
    import polars as pl

    known = _classes()
    sums = (
        pl.scan_parquet(path)
        .select(
            "YIL", "IHRITH", "IL_ADI",
            pl.col("ISIC3_4").cast(pl.String)
            .replace_strict(list(known), list(known.values()), default="unplaced").alias("class"),
            (pl.col("DOLAR") * 100).round().cast(pl.Int64).alias("cents"),
        )
        .group_by("YIL", "IHRITH", "IL_ADI", "class")
        .agg(pl.col("cents").sum())
        .collect(engine="streaming")
    )  # fmt: skip
    by = sums.group_by("class").agg(pl.col("cents").sum())
    return _told(dict(by.iter_rows()), len(sums))


def _told(by: dict[str, Any], rows: int) -> dict[str, Any]:
    sums = {kind: int(cents) for kind, cents in by.items()}
    return {"written": rows, "cents": sum(sums.values()),
            "classes": {k: sums[k] for k in ("high", "medium_high", "medium_low", "low")}}  # fmt: skip


JOBS = {"mekantek": ours, "pandas": pandas, "polars": polars}


def job(name: str, path: Path) -> str:
    """Run one job here, and say what it took."""
    start = time.perf_counter()
    told = JOBS[name](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return json.dumps(
        {"seconds": time.perf_counter() - start, "processor": time.process_time(),
         "mebibytes": peak / (2**20 if sys.platform == "darwin" else 2**10), **told}
    )  # fmt: skip


def fresh(name: str, path: Path, most_gib: float) -> dict[str, Any] | None:
    """Run one job in a process of its own; None if it needs more memory than it may have."""

    def bound() -> None:
        size = int(most_gib * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))

    run = subprocess.run(
        [sys.executable, str(HERE), "--job", name, "--file", str(path)],
        capture_output=True, text=True, check=False, preexec_fn=bound,
    )  # fmt: skip
    if run.returncode:
        print(run.stderr[-500:], file=sys.stderr)
        return None
    content: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return content


def measure(n: int, runs: int, jobs: list[str], most_gib: float, kept: Kept) -> None:
    """Run the jobs of one size in turn, each in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="mekantek-benchmark-") as folder:
        path = Path(folder, "records.parquet")
        generate(n, path)
        size = path.stat().st_size
        print(f"{n:,} records, {size / 1e9:.2f} GB", file=sys.stderr)
        for turn in range(runs):  # in turn, so that a drifting machine treats all alike
            for name in jobs:
                told = fresh(name, path, most_gib)
                kept.add(f"records {name} {n}", ours=name == "mekantek", file_bytes=size,
                         **(told or {"failed": most_gib}))  # fmt: skip
                said = "needs more memory" if told is None else (
                    f"{told['seconds']:.1f} s, {told['mebibytes']:,.0f} MiB")  # fmt: skip
                print(f"{turn + 1}/{runs} {name}, n = {n:,}: {said}", file=sys.stderr, flush=True)


def table(n: int, kept: Kept) -> list[str]:
    """Put one size side by side."""
    found = {name: kept.of(f"records {name} {n}") for name in JOBS}
    if not found["mekantek"]:
        return []
    base, used = (
        statistics.median(one[clock] for one in found["mekantek"])
        for clock in ("seconds", "processor")
    )
    lines = [
        "| | median | min – max | processor | runs | ratio | of processor time | peak MiB | wanted |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, every in found.items():
        told = [one for one in every if "seconds" in one]
        if not told:
            if every:
                lines.append(
                    f"| {name} | needs more than {every[0]['failed']:g} GiB | | | | | | | |"
                )
            continue
        seconds = [one["seconds"] for one in told]
        peak = statistics.median(one["mebibytes"] for one in told)
        processor = statistics.median(one["processor"] for one in told)
        middle = statistics.median(seconds)
        wanted = "< 4,096 MiB" if name == "mekantek" else ""
        lines.append(
            f"| {name} | {middle:.3g} s | {min(seconds):.3g} – {max(seconds):.3g} s "
            f"| {processor:.3g} s | {len(told)} | {middle / base:.3g} × "
            f"| {processor / used:.3g} × | {peak:,.0f} | {wanted} |"
        )
    same = {json.dumps([one["cents"], one["classes"]]) for told in found.values() for one in told
            if "cents" in one}  # fmt: skip
    lines.append(
        f"| {'the same cents in every class' if len(same) == 1 else 'OTHER CENTS'}; file of "
        f"{found['mekantek'][0]['file_bytes'] / 1e9:.2f} GB | | | | | | | | |"
    )
    return lines


def main() -> None:
    """Measure ten million records, and a hundred million if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, action="append", help="records; repeat (10000000)")
    parser.add_argument("--hundred-million", action="store_true", help="also 100,000,000 (3 GB)")
    parser.add_argument("--runs", type=int, default=3, help="fresh processes of each (3)")
    parser.add_argument("--memory", type=float, default=16, help="GiB a process may have (16)")
    parser.add_argument("--only", choices=JOBS, action="append", help="one package; repeat")
    parser.add_argument(
        "--keep", type=Path, help="file of measurements to add to; --runs 0 shows them"
    )
    parser.add_argument(
        "--markdown", action="store_true", help="and put them in docs/benchmarks.md"
    )
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        print(job(given.job, given.file))
        return
    if given.runs and "polars" in (given.only or JOBS) and not find_spec("polars"):
        sys.exit("The tables set polars beside this: pip install '.[benchmarks]'")
    kept, sections = Kept(given.keep), {}
    for n in [*(given.n or [10_000_000]), *([100_000_000] if given.hundred_million else [])]:
        if given.runs:
            measure(n, given.runs, given.only or list(JOBS), given.memory, kept)
        if lines := table(n, kept):
            sections[f"n = {n:,} records in Parquet: shares of 81 provinces and 21 years"] = lines
    head = (
        "Medians of fresh processes, imports included. mekantek does all that `mekantek shares` "
        "does: guesses the columns, looks at every row for faults, adds up by industry and partner, "
        "and adds every cell once more to prove that no cent was lost; pandas and polars only add "
        f"up by class. Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores."
    )
    print(head, *(line for title, lines in sections.items() for line in ("", f"### {title}", "", *lines)),
          sep="\n")  # fmt: skip
    if given.markdown:
        put("records", head, sections)


if __name__ == "__main__":
    main()
