"""What every test may use: the report's study, made once, a browser, and five made-up graphs."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from scipy import sparse

REFERENCE = Path(__file__).parent / "reference"
HOW = (
    "Browser tests need Chromium: on Debian or Ubuntu run 'apt-get install chromium'; elsewhere "
    "set MEKANTEK_CHROMIUM to the program."
)
# Chromium loads the pages of its own address bar beside every page that is opened, half a second of a
# processor each time. It heeds the last list of features alone: most of these are Playwright's own.
CALM = (
    "--disable-features=PaintHolding,MediaRouter,OptimizationHints,NetworkTimeServiceQuerying,"
    "PreconnectToSearch,AimEnabled,WebUIOmniboxPopup,WebUIOmniboxAimPopup"
)
# Its tests ask for the main job only when they come to it, so that no fixture tells; and it takes long.
ASKS_LATER = "test_docs.py"


def pytest_xdist_auto_num_workers(config):
    """Two more than there are processors: some wait for a browser, or for what another makes."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture(scope="session")
def study():
    import mekantek

    return mekantek.load_study(2024)


@pytest.fixture(scope="session")
def once(tmp_path_factory, request):
    """Make a file or folder that takes minutes once for all processes of a parallel run."""
    alone = not hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    place = base if alone else base.parent

    def made(name: str, make) -> Path:
        path = place / name
        with FileLock(place / f"{name}.lock"):
            done = place / f"{name}.done"
            if not done.exists():
                make(path)
                done.touch()
        return path

    return made


def pytest_collection_modifyitems(items):
    """
    Let a file that makes the main job begin, those that wait for it follow late, small ones last.

    A process of a parallel run that waits for another stands idle for minutes, and so do all but
    one where a long file is the last.
    """
    waiting = {i.path for i in items if "main_job" in getattr(i, "fixturenames", ())}
    first = next((i.path for i in items if i.path in waiting), None)

    def turn(item):
        if item.path == first:
            return 0
        if not item.path.is_relative_to(Path(__file__).parent):
            return 4
        if item.path.name == ASKS_LATER:
            return 2
        return 3 if item.path in waiting else 1

    items.sort(key=turn)


def closed() -> list[str]:
    """Words before a command that take the network from it; none where the machine cannot."""
    words = ["unshare", "-rn"]
    if (
        shutil.which("unshare")
        and not subprocess.run([*words, "true"], capture_output=True, check=False).returncode
    ):
        return words
    if os.environ.get("CI"):
        pytest.fail("No network namespaces: needs Linux with unshare(1) and user namespaces.")
    return []


@pytest.fixture(scope="session")
def main_job(once) -> Path:
    """What `mekantek study` writes, by a process of its own that has not even a loopback."""

    def write(folder):
        run = subprocess.run(
            [*closed(), sys.executable, Path(__file__).with_name("main_job.py"), folder],
            capture_output=True, text=True, encoding="utf-8", check=False,
            env={**os.environ, "PYTHONHASHSEED": "1"},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr

    return once("study", write)


@pytest.fixture(scope="session")
def tested(main_job):
    """Every verdict with its choices, and the facts that were stated to each rule on the way."""
    return pickle.loads(Path(f"{main_job}.verdicts.pickle").read_bytes())


@pytest.fixture(scope="session")
def verdicts(tested):
    return tested[0]


@pytest.fixture(scope="session")
def browser():
    """Chromium; skipped with the way to get it, except in CI, where it must run."""
    program = os.environ.get("MEKANTEK_CHROMIUM") or shutil.which("chromium")
    if not program:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                CALM,
            ],
        )
        yield running
        running.close()


def made_up_tally(years, *, seed=0, imports=False, provinces=range(1, 82)):
    """Records added up: the report's 2019 shares of made-up totals, shaken by a seed, per year."""
    import mekantek
    from mekantek.datasets.records.tally import Basis, Tally
    from mekantek.text import Text

    shares = mekantek.load_study(2019).frame
    kinds = ["high", "medium_high", "medium_low", "low", "unclassified"]
    codes = ["2423", "2924", "2710", "1711", "0111"]
    rows = []
    for year in years:
        rng = np.random.default_rng([seed, year])
        for plate in provinces:
            held = shares.loc[plate, kinds].to_numpy() + rng.uniform(0, 0.05, len(kinds))
            total = np.nan_to_num(shares.loc[plate, "value"], nan=1e6) * rng.uniform(0.8, 1.25)
            cents = np.round(100 * total * held / held.sum()).astype("int64")
            for flow in ("export", "import")[: 1 + imports]:
                rows += zip([plate] * 5, [year] * 5, [flow] * 5, codes, kinds, cents, strict=True)
    table = pd.DataFrame(rows, columns=["plate", "year", "flow", "code", "kind", "cents"])
    said = Text("uydurma", "made up")
    return Tally(
        by_code=table.astype({"plate": "Int64"}), by_partner=pd.DataFrame(),
        industries=pd.Series(codes, index=codes), unplaced=pd.DataFrame(), made_up=True,
        basis=Basis(system=said, place=said, revision="isic3", taxonomy="isic3-report",
                    denominator=said),
        sources=({"file": "records.csv", "sha256": "0" * 64, "records": len(table)},),
    )  # fmt: skip


@pytest.fixture(scope="session")
def tally_of():
    """Make records added up, for years."""
    return made_up_tally


@pytest.fixture(scope="session")
def records():
    """A study of made-up records of 2025 to 2027; the middle year is one of the panel alone."""
    from mekantek.study import study_from_tally

    return study_from_tally(made_up_tally([2025, 2026, 2027]))


def graph_of(matrix, ids=None) -> SimpleNamespace:
    """A graph in the least form the statistics take: ids and a sparse matrix."""
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


@pytest.fixture
def line():
    """Seven units in a row."""
    return graph_of(np.diag([1.0] * 6, 1) + np.diag([1.0] * 6, -1))


@pytest.fixture(scope="session")
def folder(tmp_path_factory, study):
    """A user's folder: the low shares of 2024 by plate, a pair list both ways, and a .gal."""
    place = tmp_path_factory.mktemp("user")
    table = pd.DataFrame({"kod": study.names.index, "low": study.share("low").to_numpy()})
    table.to_csv(place / "table.csv", index=False)
    table.sample(frac=1, random_state=3).to_csv(place / "shuffled.csv", index=False)
    table.assign(kod=table["kod"].map(lambda i: f"TR{i:02d}")).to_csv(
        place / "renamed.csv", index=False
    )
    pairs = study.graph.pairs
    both = [(a, b) for a, b in zip(pairs["a"], pairs["b"], strict=True)]
    both += [(b, a) for a, b in both]
    (place / "pairs.csv").write_text("".join(f"{a},{b}\n" for a, b in both))
    (place / "renamed_pairs.csv").write_text("".join(f"TR{a:02d},TR{b:02d}\n" for a, b in both))
    return place
