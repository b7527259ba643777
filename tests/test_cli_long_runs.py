"""A long run: whole results only, kept stages, and the same bytes when it goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import typer

from mekantek.cli.long_runs import LongRun, Parts, long_run
from mekantek.errors import OptionError
from mekantek.weights import from_pairs

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from territory import territory, write


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write(territory(400), folder)
    return folder


def command(country, out, *more) -> list[str]:
    return [
        sys.executable, "-m", "mekantek.cli", "lisa", str(country / "territory.csv"), "--value",
        "value", "--id", "id", "--boundaries", str(country / "territory.gpkg"), "--weights", "queen",
        "--out", str(out), "--lang", "en", *more,
    ]  # fmt: skip


def run(*given) -> subprocess.CompletedProcess:
    return subprocess.run(
        command(*given), capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture
def kept(tmp_path):
    """A run of given options over one file, to be cut short or not."""
    table = tmp_path / "t.csv"
    table.write_text("id,x\na,1\n", encoding="utf-8")

    def begin(**options):
        return long_run(tmp_path / "out.csv", {"table": table}, options, quiet=True, language="en")

    return begin


def cut_short(begin, work, **options) -> None:
    def interrupted() -> None:
        with begin(**options) as going:
            work(going)
            raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as stopped:
        interrupted()
    assert stopped.value.exit_code == 130


def test_a_finished_run_leaves_the_result_alone(country, tmp_path):
    out = tmp_path / "units.csv"
    done = run(country, out)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["units.csv"]
    frame = pd.read_csv(out, index_col="id")
    assert len(frame) == 400
    assert frame["p_value"].between(0, 1).all()
    told = [line.partition(":")[0] for line in done.stderr.splitlines() if line.endswith(" s")]
    assert told == ["table", "polygons", "neighbours", "value", "units.csv"]


@pytest.mark.parametrize("verb", ["hotspots", "losh"])
def test_other_verbs_write_what_they_tell(country, tmp_path, verb):
    """--out of hotspots and losh holds the numbers of --json."""
    out = tmp_path / "units.csv"
    given = command(country, out, "--json", "--quiet")
    given[3] = verb
    done = subprocess.run(given, capture_output=True, text=True, encoding="utf-8", check=True)
    told = {unit["id"]: unit["p_value"] for unit in json.loads(done.stdout)["units"]}
    assert told == pd.read_csv(out, index_col="id")["p_value"].to_dict()
    assert list(tmp_path.iterdir()) == [out]


def test_a_geopackage_holds_the_same_numbers_and_the_same_bytes_twice(country, tmp_path):
    assert run(country, tmp_path / "a.csv").returncode == 0
    assert run(country, tmp_path / "units.gpkg").returncode == 0
    first = (tmp_path / "units.gpkg").read_bytes()
    assert run(country, tmp_path / "units.gpkg").returncode == 0
    assert (tmp_path / "units.gpkg").read_bytes() == first
    layer = gpd.read_file(tmp_path / "units.gpkg")
    table = pd.read_csv(tmp_path / "a.csv")
    np.testing.assert_array_equal(layer["p_value"], table["p_value"])
    assert layer["id"].tolist() == table["id"].tolist()
    assert set(layer.geom_type) == {"Polygon"}


def test_a_geoparquet_holds_the_same_numbers_and_polygons(country, tmp_path):
    """The same table as text has, with its polygons."""
    out = tmp_path / "units.parquet"
    done = run(country, out)
    assert done.returncode == 0, done.stderr
    assert run(country, tmp_path / "a.csv").returncode == 0
    layer, table = gpd.read_parquet(out), pd.read_csv(tmp_path / "a.csv")
    np.testing.assert_array_equal(layer["p_value"], table["p_value"])
    assert layer["id"].tolist() == table["id"].tolist()
    assert layer["cluster"].tolist() == table["cluster"].tolist()
    assert set(layer.geom_type) == {"Polygon"}
    first = out.read_bytes()
    assert run(country, out).returncode == 0
    assert out.read_bytes() == first


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is sent another way")
def test_interrupted_permutations_go_on_to_the_same_bytes(country, tmp_path):
    options = ("--method", "permutation", "--permutations", "150000", "--workers", "1")
    whole, cut = tmp_path / "whole.csv", tmp_path / "cut.csv"
    assert run(country, whole, *options).returncode == 0
    process = subprocess.Popen(
        command(country, cut, *options), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        text=True, encoding="utf-8",
        # A shell that starts the tests in the background would have them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    partial = tmp_path / "cut.csv.partial"
    limit = time.monotonic() + 60
    while not list(partial.glob("draws*/*.npy")) and time.monotonic() < limit:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130, told
    assert told.splitlines()[-1] == (
        "Stopped; what is finished lies in cut.csv.partial, and the same command goes on from there."
    )
    assert not cut.exists()
    assert {path.name for path in partial.iterdir()} == {
        "run.json", "neighbours", "draws%20value",
    }  # fmt: skip
    again = run(country, cut, *options)
    assert again.returncode == 0, again.stderr
    assert "polygons" not in again.stderr
    assert cut.read_bytes() == whole.read_bytes()
    assert not partial.exists()


def test_nothing_is_kept_where_nothing_is_finished(kept, tmp_path, capsys):
    cut_short(kept, lambda going: None)
    assert capsys.readouterr().err == "Stopped; no stage was finished yet.\n"
    assert not (tmp_path / "out.csv.partial").exists()


def test_neighbours_come_back_as_they_were(kept):
    pairs = [("a", "b"), ("b", "c")]
    graph = from_pairs(pairs, list("abcd"), spec="queen", notes=("a note",))
    cut_short(kept, lambda going: going.graph(graph.ids, lambda: graph))
    with kept() as going:
        assert going.has_graph()
        back = going.graph(graph.ids, lambda: pytest.fail("computed again"))
    assert (back.sha256, back.spec, back.notes, list(back.isolates)) == (
        graph.sha256, "queen", ("a note",), ["d"],
    )  # fmt: skip


def test_another_command_or_another_file_is_refused_and_nothing_is_lost(kept, tmp_path):
    def keep(going):
        going.parts("draws")["1"] = np.arange(3)

    def look(*names):
        def compare(going):
            assert list(going.parts("draws")) == list(names)
            keep(going)

        return compare

    cut_short(kept, look(), seed=0)
    cut_short(kept, look("1"), seed=0)
    with pytest.raises(OptionError, match=r"out\.csv\.partial holds a run of another") as refused:
        kept(seed=1).__enter__()
    assert "silin veya taşıyın" in refused.value.turkish
    cut_short(kept, look("1"), seed=0)
    (tmp_path / "t.csv").write_text("id,x\na,2\n", encoding="utf-8")
    with pytest.raises(OptionError, match="of other files"):
        kept(seed=0).__enter__()
    (tmp_path / "t.csv").write_text("id,x\na,1\n", encoding="utf-8")
    cut_short(kept, look("1"), seed=0)


def test_a_refused_run_leaves_nothing_in_the_way_of_the_mended_one(kept, tmp_path):
    def refused() -> None:
        with kept(seed=0) as going:
            going.parts("draws")["1"] = np.arange(3)
            raise OptionError("No.")

    with pytest.raises(OptionError, match="No"):
        refused()
    assert not (tmp_path / "out.csv.partial").exists()


def test_a_folder_of_another_kind_is_left_alone(kept, tmp_path):
    mine = tmp_path / "out.csv.partial"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError, match=r"out\.csv\.partial is no folder of a run"):
        kept().__enter__()
    assert (mine / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_parts_are_a_mapping_by_any_name(tmp_path):
    parts = Parts(tmp_path / "parts")
    assert len(parts) == 0
    parts["a/b: ç"] = np.array([1.5, np.nan])
    np.testing.assert_array_equal(parts["a/b: ç"], [1.5, np.nan])
    assert list(parts) == ["a/b: ç"]
    del parts["a/b: ç"]
    assert "a/b: ç" not in parts
    with pytest.raises(KeyError):
        parts["a/b: ç"]


def test_without_a_result_nothing_is_kept():
    going = LongRun()
    assert going.parts("draws") is None
    assert not going.has_graph()


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("units.xlsx", "the name must end in .csv, .gpkg or .parquet"),
        ("nowhere/units.csv", "there is no folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(country, tmp_path, out, message):
    refused = run(country, tmp_path / out)
    assert refused.returncode == 3
    assert message in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_and_file_tell_the_same(country, tmp_path):
    done = run(country, tmp_path / "units.csv", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    units = json.loads(done.stdout)["units"]
    table = pd.read_csv(tmp_path / "units.csv", index_col="id")
    assert {unit["id"]: unit["p_value"] for unit in units} == table["p_value"].to_dict()
