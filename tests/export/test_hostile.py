"""Names meant to do harm come through every file harmless, and unharmed."""

import csv
import io
import json
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from mekantek import export, report

SCRIPT = "<script>alert(1)</script>"
NAMES = {
    1: SCRIPT,
    2: '=HYPERLINK("http://x")',
    3: 'it\'s a "quoted" name; with, all',
    4: "'; DROP TABLE layer_styles; --",
    5: "@SUM(1)",
    6: "Ç" * 10_000_000,
    7: "+1",
    8: "-2+3",
    9: "\tTab",
    10: "two\nlines",
    11: "]]> &amp; <![CDATA[",
    12: "\r=1",
    13: "＝1",
}


@pytest.fixture(scope="module")
def hostile(study):
    names = study.names
    for plate, name in NAMES.items():
        names.loc[plate] = name
    return replace(study, names=names)


@pytest.fixture(scope="module")
def folder(hostile, results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    one = ({("high", 2024): found["high", 2024]} for found in results)
    lisas, hotspots = one
    sheets = report.Catalogue(hostile, lisas=lisas, hotspots=hotspots).sheets(kinds=export.STYLED)
    export.write_export(
        hostile, folder, lisas, hotspots, sheets, formats=export.FORMATS, classes=["high"],
        years=[2024],
    )  # fmt: skip
    return folder


def test_geopackage(folder, hostile):
    """Every name is whole, every table is there, styles are well-formed and hold no name."""
    path = folder / "mekantek.gpkg"
    back = gpd.read_file(path, layer="provinces").set_index("plate")["name"]
    assert back.to_dict() == hostile.names.to_dict()
    with closing(sqlite3.connect(path)) as base:
        styles = base.execute("SELECT styleQML, description FROM layer_styles").fetchall()
    assert styles
    for qml, described in styles:
        ET.fromstring(qml)
        assert SCRIPT not in qml
        assert len(qml) < 50_000
        assert len(described) < 2_000


def test_geoparquet_and_json(folder, hostile):
    """Every name is whole."""
    back = gpd.read_parquet(folder / "mekantek.parquet").set_index("plate")["name"]
    assert back.to_dict() == hostile.names.to_dict()
    told = json.loads((folder / "mekantek.json").read_text("utf-8"))
    assert {u["id"]: u["name"] for u in told["local"][0]["units"]}["1"] == SCRIPT


@pytest.mark.parametrize("form", list(export.DIALECTS))
def test_csv(folder, form):
    """No cell would run as a formula; but for the apostrophe names are whole; rows keep their shape."""
    dialect = export.DIALECTS[form]
    for stem in ("provinces", "shares", "local_moran"):
        path = folder / f"{stem}{form.removeprefix('csv')}.csv"
        text = path.read_bytes().decode("utf-8-sig" if dialect.mark else "utf-8")
        csv.field_size_limit(11_000_000)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.separator))
        assert {len(row) for row in rows} == {len(rows[0])}
        for row in rows:
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r", "＝"))
                number = cell.replace(dialect.decimal, ".")
                assert not cell.startswith("-") or float(number) <= 0
        names = {row[0]: row[1] for row in rows[1:]}
        for plate, name in NAMES.items():
            assert names[str(plate)].removeprefix("'") == name.removeprefix("'")
    numbers = pd.read_csv(
        folder / f"local_moran{form.removeprefix('csv')}.csv", sep=dialect.separator,
        decimal=dialect.decimal,
    )  # fmt: skip
    assert (numbers["statistic"] < 0).any()


def test_a_column_of_ones_own_with_a_bad_name(study, results, tmp_path):
    """In a user's table the name of a column is hostile too: SQL, XML, expressions, CSV."""
    from mekantek.cli.own_table import Layer
    from mekantek.cli.subjects import Subject

    low = study.share("low")
    bad = "=1+\"\x00<b>&'; --"
    subject = Subject(low, study.graph, {u: str(u) for u in low.index}, {"source": "t.csv", "value": bad},
                      study.geometry)  # fmt: skip
    bad = bad.replace("\x00", "\x0b")
    export.write_own_export(
        Layer(subject), {bad: low}, tmp_path, {bad: results[0]["low", 2024]}, inputs={"t.csv": "0"},
        formats=("gpkg", "csv"),
    )  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "mekantek.gpkg")) as base:
        styles = base.execute("SELECT styleQML FROM layer_styles").fetchall()
        fields = [row[1] for row in base.execute("PRAGMA table_info(units)")]
    assert bad in fields
    for (qml,) in styles:
        ET.fromstring(qml)
    head = (tmp_path / "units.csv").read_text("utf-8").splitlines()[0]
    assert "'=1+" in head
