"""The study file: its schema, its faults with their lines, and every way a territory may come."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box
from typer.testing import CliRunner

import layers
import mekantek as mt
from mekantek import report
from mekantek.cli import app
from mekantek.cli.output import UsageError
from mekantek.datasets import files
from mekantek.errors import AlignmentError, MekantekError, StudyFileError, ValuesError
from mekantek.report.tables import data_section
from mekantek.study.design import Whole
from mekantek.study.example import write_example
from mekantek.study.file import read_study_file


@pytest.fixture
def fields(tmp_path):
    """The study file of nine fields; ``change(old, new)`` edits it, which must find the old text."""
    path = write_example(tmp_path)

    def change(*pairs):
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return path

    return type("Fields", (), {"path": path, "folder": tmp_path, "change": staticmethod(change)})


def line_of(path, text):
    """Number of the first line that holds a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return 1 + next(k for k, line in enumerate(lines) if text in line)


def test_the_reports_own_file_keeps_the_schema():
    file = read_study_file(files.data_path("report.toml"), checked=True)
    assert len(file.design.hypotheses) >= 8
    assert {h.test for h in file.design.hypotheses} >= {"gradient", "corridor", "index", "bloc"}


def test_nine_fields(fields):
    study = mt.read_study(fields.path)
    assert study.names.index.tolist() == list("ABCDEFGHI")
    assert study.classes == ("wheat", "barley")
    assert study.share("wheat")["A"] == pytest.approx(0.25)
    # What is left over of the whole, and the size of each.
    assert study.frame["fallow"]["A"] == pytest.approx(1 - 0.25 - 0.3)
    assert study.frame["value"].tolist() == list(range(10, 19))
    assert study.regions["slope"].tolist() == ["west", "east", "east"] * 3
    # Nine squares, queen: 40 directed links.
    assert study.graph.links == 40
    assert study.at(2020).share("wheat")["I"] == pytest.approx(0.62)
    assert isinstance(study.design.whole, Whole)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('test = "gradient"', 'test = "gradiant"', "gradient"),
        ('towards = "north"', 'towards = "up"', "north"),
        ('class = "wheat"', 'class = "weat"', "there is no variable 'weat'; there are wheat, barley"),
        ('currency = "ha"', 'curency = "ha"', "Did you mean currency?"),
        ('column = "wheat_{year}"', 'column = "wheat"', "no key|have a column 'wheat'"),
        ('column = "slope"', 'column = "slop"', "slope"),
        ('column = "area"', 'column = "aera"', "area"),
        ('id = "wheat-clusters"', 'id = "wheat-rises-north"', "stands twice"),
        ('name = "barley"', 'name = "wheat"', "stands twice"),
    ],
)  # fmt: skip
def test_a_fault_names_the_line_and_how_to_mend_it(fields, old, new, says):
    path = fields.change((old, new))
    with pytest.raises(StudyFileError, match=says) as told:
        mt.read_study(path)
    line = line_of(path, new)
    if "id = " in new or "name = " in new:
        # It is the second of the two that is one too many.
        lines = path.read_text(encoding="utf-8").splitlines()
        line = 1 + max(k for k, text in enumerate(lines) if new in text)
    assert str(told.value).startswith(f"study.toml, line {line}: ")
    assert told.value.turkish.startswith(f"study.toml, satır {line}: ")


def test_what_a_test_needs_is_asked_for(fields):
    path = fields.change(('test = "gradient"\ntowards = "north"', 'test = "corridor"'))
    with pytest.raises(StudyFileError, match=r"line \d+: the test corridor needs members"):
        mt.read_study(path)


def test_no_toml_and_no_file(fields):
    path = fields.change(('title = "Nine fields"', "title = Nine fields"))
    with pytest.raises(StudyFileError, match=r"is no TOML: .*line 2.*quotation marks"):
        mt.read_study(path)
    with pytest.raises(StudyFileError, match="mekantek init writes one"):
        mt.read_study(fields.folder / "other.toml")


def test_a_fact_that_the_test_does_not_state_is_refused(fields):
    path = fields.change(
        ('towards = "north"', 'towards = "north"\nrules = [{ verdict = "supported", when = ["nice"] }]')
    )  # fmt: skip
    with pytest.raises(StudyFileError, match="states no fact 'nice'; it states"):
        mt.read_study(path)


def test_own_rules_decide(fields):
    """The same data under another rule give another word, and the rule's own facts."""
    before = mt.findings.clustered(mt.read_study(fields.path)).verdict
    path = fields.change(
        ('test = "clustering"', 'test = "clustering"\nrules = [{ verdict = "contradicted", when = [] }]')
    )  # fmt: skip
    assert mt.findings.clustered(mt.read_study(path)).verdict == "contradicted" != before


def test_shares_outside_zero_to_one(fields):
    table = fields.folder / "fields.csv"
    table.write_text(table.read_text().replace("A,west,10,0.20", "A,west,10,20"))
    with pytest.raises(
        StudyFileError, match=r"wheat lies outside 0 to 1 in 1 units, first A .*line 2.: 20"
    ):
        mt.read_study(fields.path)


def test_percent(fields):
    table = fields.folder / "fields.csv"
    frame = pd.read_csv(table)
    shares = [c for c in frame if c[:5] in ("wheat", "barle")]
    plain = mt.read_study(fields.path).frame
    frame[shares] = (frame[shares] * 100).round(6)
    frame.to_csv(table, index=False)
    path = fields.change(
        ('column = "wheat_{year}"', 'column = "wheat_{year}"\npercent = true'),
        ('column = "barley_{year}"', 'column = "barley_{year}"\npercent = true'),
    )
    pd.testing.assert_frame_equal(mt.read_study(path).frame, plain)


def test_parts_of_no_whole(fields):
    table = fields.folder / "fields.csv"
    table.write_text(table.read_text().replace("0.30,0.30", "0.95,0.95"))
    with pytest.raises(
        StudyFileError, match=r"add up to more than 1 in 2020 in A .*line 2.: 1\.150"
    ):
        mt.read_study(fields.path)


def test_missing_values_are_refused_or_left_out_by_name(fields):
    table = fields.folder / "fields.csv"
    # One field without barley in either year.
    table.write_text(table.read_text().replace("0.30,0.30\nB", ",\nB"))
    with pytest.raises(ValuesError, match=r'without 1 units, first A.*missing = "drop"'):
        mt.read_study(fields.path)
    path = fields.change(('file = "fields.csv"', 'file = "fields.csv"\nmissing = "drop"'))
    study = mt.read_study(path)
    assert study.names.index.tolist() == list("BCDEFGHI")
    assert study.provenance["basis"].en.endswith("left out for missing values: A")
    # Neighbours are built among those that are left.
    assert study.graph.links == 40 - 2 * 3


def test_a_table_and_polygons_of_other_units(fields):
    table = fields.folder / "fields.csv"
    table.write_text(table.read_text().replace("\nA,", "\nZ,"))
    with pytest.raises(AlignmentError, match="Z"):
        mt.read_study(fields.path)


def test_decimal_commas_and_semicolons(fields):
    table = fields.folder / "fields.csv"
    plain = mt.read_study(fields.path).frame
    table.write_text(table.read_text().replace(",", ";").replace(".", ","))
    pd.testing.assert_frame_equal(mt.read_study(fields.path).frame, plain)


@pytest.mark.parametrize(
    ("written", "more"),
    [
        (layers.as_shapefile, ""), (layers.as_geopackage, '\nlayer = "fields"'),
        (layers.as_topojson, '\ncrs = "EPSG:4326"'),
    ],
)  # fmt: skip
def test_polygons_come_in_any_layer(fields, written, more):
    plain = mt.read_study(fields.path)
    layer = gpd.read_file(fields.folder / "fields.geojson")
    file = f'file = "{written(layer, fields.folder)}"{more}'
    path = fields.change(('file = "fields.geojson"', file))
    study = mt.read_study(path)
    assert study.graph.links == plain.graph.links
    apart = (study.points - plain.points)[["longitude", "latitude"]].abs().to_numpy()
    assert apart.max() < 0.01
    pd.testing.assert_frame_equal(study.frame, plain.frame)


def test_a_geopackage_of_several_layers_lists_them(fields):
    layer = gpd.read_file(fields.folder / "fields.geojson")
    layers.as_geopackage(layer, fields.folder)
    path = fields.change(('file = "fields.geojson"', 'file = "land.gpkg"'))
    with pytest.raises(MekantekError, match=r"fields.*country|country.*fields"):
        mt.read_study(path)


def test_odd_keys_and_ids(fields):
    """Numbers in the polygons, text with the same digits in the table; a key with a space."""
    layer = json.loads((fields.folder / "fields.geojson").read_text())
    for k, feature in enumerate(layer["features"]):
        feature["properties"] = {"Tarla no": float(k + 1), "null": None}
    (fields.folder / "fields.geojson").write_text(json.dumps(layer))
    table = fields.folder / "fields.csv"
    frame = pd.read_csv(table)
    frame["field"] = range(1, 10)
    frame.to_csv(table, index=False)
    path = fields.change(
        ('file = "fields.geojson"\nid = "field"', 'file = "fields.geojson"\nid = "Tarla no"')
    )
    assert mt.read_study(path).names.index.tolist() == list(range(1, 10))


def test_neighbours_lost_to_a_gap_are_told(fields, monkeypatch):
    """G ends some 50 m short of its neighbours to the east: the study says so before it goes on."""
    path = fields.folder / "fields.geojson"
    layer = gpd.read_file(path).set_index("field")
    west, south, east, north = layer.geometry["G"].bounds
    layer.loc["G", "geometry"] = box(west, south, east - 0.0006, north)
    layer.reset_index().to_file(path)
    study = mt.read_study(fields.path)
    assert study.graph.links == 40 - 4
    assert "a narrow gap parts them: 1 (G–H)" in study.graph.notes[-1]
    page = data_section(study)
    assert "Komşuluk: yan yana duran, ama dar bir boşluk ayırdığı için" in page
    assert "Neighbours: pairs of units that lie side by side" in page

    def enough(*_, **__):
        raise ValuesError("enough")

    monkeypatch.setattr(report, "study_results", enough)
    told = CliRunner().invoke(app, ["study", str(fields.path), "--out", str(fields.folder / "out")])
    assert "komşu sayılmayan çift: 1 (G–H)" in told.stderr
    assert "check --mend" in told.stderr


def test_a_list_of_neighbours(fields):
    """A chain A–B–…–I in a GAL file, and nothing of the polygons' own borders."""
    ids = "ABCDEFGHI"
    lines = ["9"]
    for k, unit in enumerate(ids):
        around = [ids[j] for j in (k - 1, k + 1) if 0 <= j < 9]
        lines += [f"{unit} {len(around)}", " ".join(around)]
    (fields.folder / "chain.gal").write_text("\n".join(lines) + "\n")
    path = fields.change(("[whole]", '[neighbours]\nfile = "chain.gal"\n\n[whole]'))
    study = mt.read_study(path)
    assert study.graph.links == 16
    assert study.graph.spec == "file"
    assert study.design.networks[0] == "file"


def test_members_by_id_and_by_name(fields):
    table = fields.folder / "fields.csv"
    frame = pd.read_csv(table)
    frame["called"] = ["Şeker", "İğde", "Çam", "Ova", "Dağ", "Göl", "Kır", "Yol", "Su"]
    frame.to_csv(table, index=False)
    path = fields.change(
        ('id = "field"\n\n[boundaries]', 'id = "field"\nname = "called"\n\n[boundaries]'),
        ("[[claims]]\nid = \"wheat-clusters\"\ntest = \"clustering\"",
         "[[claims]]\nid = \"wheat-clusters\"\ntest = \"corridor\"\nmembers = [\"şeker\", \"IGDE\"]"),
    )  # fmt: skip
    study = mt.read_study(path)
    assert study.hypotheses[-1].options["members"] == ["A", "B"]
    fields.change(('"IGDE"', '"Igdr"'))
    with pytest.raises(StudyFileError, match=r"line \d+: there is no unit 'Igdr'; like it: İğde"):
        mt.read_study(path)


def test_an_index_of_its_own(fields):
    table = fields.folder / "fields.csv"
    frame = pd.read_csv(table)
    frame["score"] = np.arange(9.0)
    frame.to_csv(table, index=False)
    path = fields.change(
        ('[[claims]]\nid = "wheat-clusters"\ntest = "clustering"',
         '[[claims]]\nid = "wheat-clusters"\ntest = "index"\nindex = "score"'),
    )  # fmt: skip
    hypothesis = mt.read_study(path).hypotheses[-1]
    assert hypothesis.options["index"].places.tolist() == list(range(9))
    fields.change(('index = "score"', 'index = { column = "score", better = "low" }'))
    hypothesis = mt.read_study(path).hypotheses[-1]
    assert hypothesis.options["index"].places["I"] == -8


def test_init_writes_what_study_reads(fields, monkeypatch):
    monkeypatch.chdir(fields.folder)
    fields.path.unlink()
    run = CliRunner().invoke(app, ["init", "fields.geojson", "fields.csv", "--lang", "en"])
    assert run.exit_code == 0, run.output
    study = mt.read_study("study.toml")
    assert study.names.index.tolist() == list("ABCDEFGHI")
    assert study.years == (2020, 2024)
    assert {"wheat", "barley"} <= set(study.design.variables)
    assert study.regions["slope"].nunique() == 2
    # A second run would write over a user's corrections.
    again = CliRunner().invoke(app, ["init", "fields.geojson", "fields.csv", "--lang", "en"])
    assert isinstance(again.exception, UsageError)
    assert "is there already" in str(again.exception)


def test_init_takes_the_first_of_several_layers_and_says_so(fields):
    """A GeoPackage of two layers: `check` refuses it by name, `init` proposes what `study` reads."""
    layer = gpd.read_file(fields.folder / "fields.geojson")
    land = fields.folder / "land.gpkg"
    layer.to_file(land, layer="fields")
    layer.dissolve().to_file(land, layer="country")
    draft = fields.folder / "draft.toml"
    told = CliRunner().invoke(
        app, ["init", str(land), str(fields.folder / "fields.csv"), "--out", str(draft)]
    )
    assert told.exit_code == 0, told.stderr
    written = draft.read_text(encoding="utf-8")
    assert 'layer = "fields"' in written
    assert "dosyada birkaç katman var (fields, country); ilki alındı" in written
    assert len(mt.read_study(draft).names) == 9


def test_init_finds_values_in_the_polygons(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    squares = gpd.read_file(write_example(tmp_path).parent / "fields.geojson")
    squares["income"] = np.arange(9) * 100.0 + 50
    squares.to_file("own.geojson", driver="GeoJSON")
    run = CliRunner().invoke(app, ["init", "own.geojson", "--out", "own.toml", "--lang", "en"])
    assert run.exit_code == 0, run.output
    study = mt.read_study("own.toml")
    assert study.design.variables["income"].kind == "number"
    assert study.share("income").tolist() == squares["income"].tolist()


def test_records_with_claims_of_ones_own(tmp_path):
    """A study file over trade records: provinces, own title, own claims."""
    from mekantek.datasets.records.made_up import write_made_up

    shutil.copy(write_made_up(tmp_path), tmp_path / "own.csv")
    (tmp_path / "study.toml").write_text(
        'schema = "mekantek/study-file/1"\ntitle = "Mine"\n[records]\nfiles = ["own.csv"]\n'
        '[[variables]]\nname = "high"\n[[claims]]\nid = "north"\ntest = "gradient"\n'
        'towards = "north"\nclass = "high"\ntitle = "North?"\n',
        encoding="utf-8",
    )
    study = mt.read_study(tmp_path / "study.toml")
    assert study.kind == "records"
    assert study.design.title.en == "Mine"
    assert [h.id for h in study.hypotheses] == ["north"]
