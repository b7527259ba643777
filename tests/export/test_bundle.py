"""The whole export: the same bytes in two processes, and an account of it that is true."""

import hashlib
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest

import command_line
from mekantek import export
from mekantek.errors import OptionError

FORMS = ",".join(export.FORMATS)


def run(*arguments, **environment):
    return command_line.run("export", *arguments, **environment)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """What the verb writes, twice, in processes that hash differently."""
    made = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp("export") / "files"
        done = command_line.run_apart(
            "export", "--out", folder, "--format", FORMS, PYTHONHASHSEED=seed
        )
        assert done.returncode == 0, done.stderr
        assert set(map(Path, done.stdout.split())) == set(folder.iterdir())
        made.append(folder)
    return made


def test_the_same_bytes_in_two_processes(folders):
    """Every file: GeoPackage, GeoParquet, CSV, JSON, provenance."""
    first, second = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
    assert set(first) == set(second)
    assert len(first) == 3 + 3 * 5 + 1
    assert [name for name in first if first[name] != second[name]] == []


def test_the_account_is_true(folders, study):
    """Each file's SHA-256 and size; source, basis, boundaries, licence, inputs, versions."""
    told = json.loads((folders[0] / "provenance.json").read_text("utf-8"))
    assert {f["name"] for f in told["files"]} == {
        p.name for p in folders[0].iterdir() if p.name != "provenance.json"
    }
    for file in told["files"]:
        content = (folders[0] / file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["bytes"] == len(content)
    assert {k: v for k, v in told.items() if k != "files"} == export.provenance_of(study)
    assert "registered seat" in told["basis"]["en"]
    assert str(folders[0]) not in json.dumps(told)


def test_geoparquet(folders, study):
    """The polygons and columns of the GeoPackage; provenance in the schema."""
    back = gpd.read_parquet(folders[0] / "mekantek.parquet")
    assert len(back) == 81
    assert back.crs == "EPSG:4326"
    told = pq.read_schema(folders[0] / "mekantek.parquet").metadata
    assert json.loads(told[b"mekantek"]) == export.provenance_of(study)
    assert json.loads(told[b"geo"])["primary_column"] == "geometry"
    layer = gpd.read_file(folders[0] / "mekantek.gpkg", layer="provinces")
    assert list(layer.columns) == list(back.columns)
    assert layer["low_2024"].tolist() == back["low_2024"].tolist()


def test_csv_holds_what_data_holds(folders):
    """`shares.csv` and `totals.csv` are the tidy tables; the wide one has a row a province."""
    from mekantek.datasets import tables

    for name, shipped in (("shares", tables.load_shares()), ("totals", tables.load_totals())):
        back = pd.read_csv(folders[0] / f"{name}.csv")
        pd.testing.assert_frame_equal(back, shipped, check_dtype=False)
        excel = pd.read_csv(folders[0] / f"{name}-excel-tr.csv", sep=";", decimal=",")
        pd.testing.assert_frame_equal(excel, shipped, check_dtype=False)
    wide = pd.read_csv(folders[0] / "provinces.csv")
    assert wide["plate"].tolist() == list(range(1, 82))


def test_json(folders, study):
    """Rows of the tidy tables, results in the form of the contract, absent as null."""
    told = json.loads((folders[0] / "mekantek.json").read_text("utf-8"))
    assert told["schema"] == "mekantek/export/1"
    assert len(told["shares"]) == 1243
    assert any(row["value_usd"] is None for row in told["shares"])
    assert {(r["class"], r["year"], r["name"]) for r in told["local"]} >= {
        ("low", 2024, "local_moran"), ("high", 2019, "getis_ord_gstar"),
    }  # fmt: skip
    assert told["provenance"] == export.provenance_of(study)


@pytest.mark.parametrize(
    ("arguments", "code", "turkish", "english"),
    [
        (["--format", "shp"], 2, "'shp' diye bir biçim yok", "No format 'shp'; there are gpkg,"),
        (["--format", ","], 2, "diye bir biçim yok", "No format"),
        (["--value", "x"], 2, "--value kendi tablonuzla", "--value goes with a table of your own"),
        (["--weights", "queen"], 2, "--weights ancak --table", "--weights goes with --table"),
        (
            ["--table", "t.csv", "--year", "2024"],
            2,
            "tabloyla kullanılmaz",
            "do not go with a table",
        ),
        (["--year", "1999"], 3, "1999 yılı için veri yok", "There is nothing for 1999"),
    ],
)
def test_refusals(arguments, code, turkish, english, tmp_path):
    """One sentence in the user's language, and nothing written."""
    for language, told in (("tr", turkish), ("en", english)):
        done = run(*arguments, "--out", tmp_path / "out", "--lang", language)
        assert done.returncode == code
        assert told in done.stderr
        assert "Traceback" not in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_forms_that_there_are_and_are_not():
    """Each form once; none at all is none that there is."""
    assert export.check_formats(["csv", "parquet", "csv"]) == ("parquet", "csv")
    with pytest.raises(OptionError, match="No format"):
        export.check_formats([])


def test_anyones_table(folder, study, tmp_path):
    """A column of a user's table: layer, styles, clusters, and the inputs' SHA-256."""
    layer = study.geometry.rename("geometry").to_frame().set_geometry("geometry")
    layer.insert(0, "kod", layer.index)
    layer.to_file(tmp_path / "b.geojson", driver="GeoJSON")
    done = run(
        "--table", folder / "table.csv", "--value", "low", "--id", "kod",
        "--boundaries", tmp_path / "b.geojson", "--format", "gpkg,csv-excel-tr", "--lang", "en",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    back = gpd.read_file(tmp_path / "out" / "mekantek.gpkg", layer="units")
    assert back["low"].tolist() == study.share("low").tolist()
    styles = gpd.read_file(tmp_path / "out" / "mekantek.gpkg", layer="layer_styles")
    assert styles["styleName"].str.contains("local Moran").tolist() == [False, True]
    assert styles["useAsDefault"].tolist() == [True, False]
    told = json.loads((tmp_path / "out" / "provenance.json").read_text("utf-8"))
    assert told["inputs"]["table.csv"] == export.file_sha256(folder / "table.csv")
    assert told["licence"] is None
    assert str(tmp_path) not in json.dumps(told)
