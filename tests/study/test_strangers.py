"""Files as a stranger has them: `check` explains, `init` proposes, `study` runs, all without a correction."""

import geopandas as gpd
import pandas as pd
import pytest

import foreign
import layers
import mekantek as mt
from command_line import run, run_apart
from mekantek.study.example import write_example

FORMS = {
    "GeoJSON": (layers.as_geojson, "GEO ID/ÿ 1"),
    "shapefile": (layers.as_shapefile, "field"),
    "GeoPackage": (layers.as_geopackage, "field"),
    "TopoJSON": (layers.as_topojson, "field"),
}


@pytest.fixture(scope="module", params=FORMS)
def strange(request, tmp_path_factory):
    """A folder with a layer of nine fields and a table with decimal commas, drafted by `init`."""
    folder = tmp_path_factory.mktemp("strange")
    made = write_example(folder)
    layer = gpd.read_file(folder / "fields.geojson")
    plain = mt.read_study(made).frame
    table = (folder / "fields.csv").read_text().replace(",", ";").replace(".", ",")
    (folder / "table.csv").write_text(table.replace("field;", "Parcel No.;"), encoding="utf-8")
    for name in ("study.toml", "fields.geojson", "fields.csv"):
        (folder / name).unlink()
    write, key = FORMS[request.param]
    polygons = write(layer, folder)
    drafted = run("init", polygons, "table.csv", "--lang", "en", cwd=folder)
    assert drafted.returncode == 0, drafted.stderr
    return folder, polygons, key, plain


def test_check_explains(strange):
    """Which column is the id; of the layers, of a missing reference system, what to do."""
    folder, polygons, key, _ = strange
    table = run("check", "table.csv", "--id", "Parcel No.", "--lang", "en", cwd=folder)
    assert (table.returncode, "wheat_2020" in table.stdout) == (0, True), table.stderr
    layer = run("check", polygons, "--lang", "en", cwd=folder)
    told = layer.stdout + layer.stderr
    if polygons == "land.gpkg":
        assert layer.returncode == 3
        assert "fields" in told
        assert "country" in told
    elif polygons == "land.topojson":
        assert "coordinate" in told
    else:
        assert layer.returncode == 0, told
        assert key in told


def test_init_proposes_what_reads_as_meant(strange):
    folder, _, _, plain = strange
    study = mt.read_study(folder / "study.toml")
    assert (study.graph.links, study.years) == (40, (2020, 2024))
    for variable in ("wheat", "barley"):
        pd.testing.assert_series_equal(study.frame[variable], plain[variable], check_names=False)


def assert_same_files(one, other):
    """The same names with the same bytes."""
    assert {p.name for p in one.iterdir()} == {p.name for p in other.iterdir()}
    for path in one.iterdir():
        if path.is_dir():
            assert_same_files(path, other / path.name)
        else:
            assert path.read_bytes() == (other / path.name).read_bytes(), path.name


@pytest.mark.parametrize("strange", ["TopoJSON"], indirect=True)
def test_study_runs_and_says_nothing_of_turkey_twice_the_same(strange):
    """Here and in another process, with another hash seed: every file identical."""
    folder, *_ = strange
    for typed, words in ((run, {}), (run_apart, {"PYTHONHASHSEED": "1"})):
        done = typed(
            "study",
            "study.toml",
            "--lang",
            "en",
            "--quiet",
            "--out",
            typed.__name__,
            cwd=folder,
            **words,
        )
        assert done.returncode == 0, done.stderr
    assert len(foreign.swept(folder / "run")) > 10
    assert_same_files(folder / "run", folder / "run_apart")
