"""The forms in which a study's parts may come: long tables, pairs, no polygons; the report's own file."""

import shutil
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import mekantek as mt
from mekantek.cli import app
from mekantek.datasets import files
from mekantek.errors import AlignmentError, OptionError, StudyFileError, TableError
from mekantek.maps.sheets.shares import share_sheet
from mekantek.study import at_level, other_prints, tidy_tables
from mekantek.study.example import write_example
from mekantek.study.tiles import circles, squares
from mekantek.weights import from_pairs

IDS = "ABCDEFGHI"
POLYGONS = '[boundaries]\nfile = "fields.geojson"\nid = "field"\n'
GRADIENT = '[[claims]]\nid = "wheat-rises-north"'
CLUSTERING = '[[claims]]\nid = "wheat-clusters"'


def rook_pairs():
    """Neighbours of a 3 × 3 grid, each pair once."""
    return [
        (IDS[k], IDS[j])
        for k in range(9)
        for j in (k + 1, k + 3)
        if j < 9 and (j == k + 3 or j % 3 != 0)
    ]


@pytest.fixture
def listed(tmp_path):
    """Nine fields with a list of neighbours in the place of polygons; without the gradient's claim."""
    path = write_example(tmp_path)
    both = sorted(pair for a, b in rook_pairs() for pair in ((a, b), (b, a)))
    lines = ["9"]
    for unit in IDS:
        around = [b for a, b in both if a == unit]
        lines += [f"{unit} {len(around)}", " ".join(around)]
    (tmp_path / "grid.gal").write_text("\n".join(lines) + "\n")
    text = path.read_text(encoding="utf-8")
    assert POLYGONS in text
    text = text.replace(POLYGONS, '[neighbours]\nfile = "grid.gal"\n')
    path.write_text(text[: text.index(GRADIENT)] + text[text.index(CLUSTERING) :], encoding="utf-8")
    return path


@pytest.fixture
def long(tmp_path):
    """Nine fields whose values stand in rows, one for each field, year and crop."""
    path = write_example(tmp_path)
    wide = pd.read_csv(tmp_path / "fields.csv").set_index("field")
    rows, sizes = [], []
    for unit, row in wide.iterrows():
        for year in (2020, 2024):
            sizes.append((unit, year, row["area"]))
            rows += [
                (unit, year, crop, row[f"{crop}_{year}"], "read") for crop in ("wheat", "barley")
            ]
    columns = ["unit", "when", "crop", "part", "how"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "rows.csv", index=False)
    pd.DataFrame(sizes, columns=["unit", "when", "ha"]).to_csv(tmp_path / "ha.csv", index=False)
    told = ('[table.long]\nfile = "rows.csv"\nid = "unit"\nyear = "when"\nvariable = "crop"\n'
            'value = "part"\nstatus = "how"\n\n[boundaries]')  # fmt: skip
    of_size = '[whole.long]\nfile = "ha.csv"\nid = "unit"\nyear = "when"\nvalue = "ha"\n'
    text = path.read_text(encoding="utf-8").replace("[boundaries]", told)
    text = text.replace('column = "area"\n', f"\n{of_size}")
    for crop in ("wheat", "barley"):
        text = text.replace(f'column = "{crop}_{{year}}"\n', "")
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read_as_columns_are(long, tmp_path_factory):
    wide = mt.read_study(write_example(tmp_path_factory.mktemp("wide")))
    read = mt.read_study(long)
    assert read.years == wide.years == (2020, 2024)
    for year in wide.panel:
        pd.testing.assert_frame_equal(
            read.panel[year].frame, wide.panel[year].frame, check_names=False
        )
    # Statuses are those of the rows; what is left over is computed.
    assert set(read.status["wheat"]) == {"read"}
    assert set(read.status["fallow"]) == {"computed"}
    assert set(wide.status["wheat"]) == {"given"}


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("A,2020,wheat,", "A,2020,barley,", TableError, "A, 2020, barley has a value on line"),
        ("A,2020,wheat,", ",2020,wheat,", TableError, "line 2: column unit is empty"),
        ("A,2020,wheat,", "Z,2020,wheat,", TableError, "rows.csv, line 2: the table has no id 'Z'"),
        ("A,2020,wheat,", "A,last,wheat,", TableError, "line 2: 'last' is no year"),
        ("A,2020,wheat,", "A,02024,wheat,", TableError, "'02024' is no year"),
        ("A,2020,wheat,", "A,2020,weat,", StudyFileError, "lacks rows of 'wheat' and has weat"),
        ("A,2020,wheat,0.2,read", "A,2020,wheat,0.2,missing", TableError, "said to be missing"),
        ("A,2020,wheat,0.2", "A,2020,wheat,x0.2", TableError, "not a finite number"),
        ("unit,when", "unit,then", TableError, "when"),
        ("part,how", "part,why", StudyFileError, "no column 'how'"),
    ],
)
def test_faults_of_rows_are_named(long, old, new, error, says):
    path = long.parent / "rows.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(error, match=says):
        mt.read_study(long)


def test_the_same_year_written_two_ways(long):
    """Two keys as text, one year: 999 and 0999."""
    path = long.parent / "rows.csv"
    path.write_text(path.read_text() + "A,999,wheat,0.2,read\nA,0999,wheat,0.3,read\n")
    with pytest.raises(TableError, match=r"rows.csv, line 39: A has 999 twice"):
        mt.read_study(long)


def test_an_empty_status_is_given(long):
    path = long.parent / "rows.csv"
    path.write_text(path.read_text().replace(",read", ","))
    assert set(mt.read_study(long).status["wheat"]) == {"given"}


def test_a_word_that_no_row_has(long):
    path = long.parent / "rows.csv"
    path.write_text(path.read_text().replace(",wheat,", ",corn,"))
    with pytest.raises(StudyFileError, match=r"rows.csv lacks rows of 'wheat' and has corn"):
        mt.read_study(long)


def test_a_year_without_sizes(long):
    path = long.parent / "ha.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if ",2024," not in line) + "\n")
    with pytest.raises(StudyFileError, match="no size of any unit in 2024"):
        mt.read_study(long)


def test_a_gap_in_the_rows_is_missing(long):
    path = long.parent / "rows.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("A,2020,wheat")) + "\n")
    study = mt.read_study(long)
    assert study.years == (2024,)
    assert study.panel[2020].status.loc["A", "wheat"] == "missing"
    assert np.isnan(study.panel[2020].frame.loc["A", "fallow"])


# -- Pairs and lighter copies ----------------------------------------------------------------------


@pytest.fixture
def paired(tmp_path):
    """Nine fields whose neighbours stand in a table of pairs with marks."""
    path = write_example(tmp_path)
    rows = [f"{a},{b},1,{int(a == 'A')}" for a, b in rook_pairs()]
    table = tmp_path / "pairs.csv"
    table.write_text("\n".join(["one,other,holds,doubt", *rows, "A,I,0,0"]) + "\n")
    told = ('[neighbours]\nname = "fences"\nfile = "pairs.csv"\npairs = { a = "one", b = "other", '
            'where = "holds", contested = "doubt" }\n\n[whole]')  # fmt: skip
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[whole]", told, 1), encoding="utf-8")
    return path


def test_pairs_that_hold_and_that_are_contested(paired):
    study = mt.read_study(paired)
    assert study.graph.spec == study.design.networks[0] == "fences"
    assert study.graph.links == 24
    assert study.graph.contested == {frozenset("AB"), frozenset("AD")}
    assert "also A–E" in str(study.neighbours("queen").notes[-1])
    # Steps are taken on the list.
    assert study.neighbours("order:2").neighbours("A") == ["B", "C", "D", "E", "G"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("A,B,1,1", "A,B,yes,1", "line 2: holds is 'yes'; it must be 0 or 1"),
        ("A,B,1,1", "A,B,1,TRUE", "line 2: doubt is 'TRUE'; it must be 0 or 1"),
        ("A,B,1,1", "A,Q,1,1", "line 2: the table has no id 'Q'"),
        ("A,I,0,0", "A,Q,0,0", "line 14: the table has no id 'Q'"),
        ("A,I,0,0", "B,A,1,0", "the pair B–A stands on line 2 already"),
        ("A,I,0,0", "B,A,0,0", "the pair B–A stands on line 2 already"),
        ("A,I,0,0", ",A,0,0", "line 14: the table has no id ''"),
    ],
)
def test_faults_of_pairs_are_named(paired, old, new, says):
    path = paired.parent / "pairs.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(TableError, match=says):
        mt.read_study(paired)


def test_a_unit_in_no_pair_is_told(paired):
    path = paired.parent / "pairs.csv"
    kept = [line for line in path.read_text().splitlines() if "I" not in line.split(",")[:2]]
    path.write_text("\n".join(kept) + "\n")
    graph = mt.read_study(paired).graph
    assert graph.isolates.tolist() == ["I"]
    assert "names these units in no pair, so they have no neighbours: I" in str(graph.notes[0])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "fences"', 'name = "queen"', "queen is the name of other neighbours already"),
        ('name = "fences"', 'name = "order:2"', "order:2 is the name of other neighbours"),
        ('file = "pairs.csv"\n', "", "needs file beside it"),
        ('name = "fences"', "counted_from = 1", "delete one of them"),
        ('a = "one"', 'a = "first"', "pairs.csv has no column 'first'"),
        ('[table]\nfile = "fields.csv"\nid = "field"\n', '[table]\nfile = "fields.csv"\n',
         "file needs id beside it"),
        ('id = "field"\n\n[boundaries]', 'id = "field"\nlongitude = "area"\n\n[boundaries]',
         "longitude needs latitude beside it"),
    ],
)  # fmt: skip
def test_keys_that_go_together(paired, old, new, says):
    text = paired.read_text(encoding="utf-8")
    assert old in text
    paired.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyFileError, match=says):
        mt.read_study(paired)


def test_units_left_out_take_their_pairs_and_rows_along(long):
    """A long table with a gap, units without values dropped, neighbours from pairs."""
    folder = long.parent
    lines = (folder / "rows.csv").read_text().splitlines()
    (folder / "rows.csv").write_text(
        "\n".join(li for li in lines if not li.startswith("E,")) + "\n"
    )
    rows = [f"{a},{b}" for a, b in rook_pairs()]
    (folder / "pairs.csv").write_text("\n".join(["one,other", *rows]) + "\n")
    text = long.read_text(encoding="utf-8").replace("[table]\n", '[table]\nmissing = "drop"\n', 1)
    told = '[neighbours]\nfile = "pairs.csv"\npairs = { a = "one", b = "other" }\n\n[whole]'
    long.write_text(text.replace("[whole]", told, 1), encoding="utf-8")
    study = mt.read_study(long)
    assert study.names.index.tolist() == list("ABCDFGHI")
    assert study.graph.links == 24 - 8
    assert "left out for missing values: E" in study.provenance["basis"].en


def test_a_copy_that_lies_elsewhere_is_refused(tmp_path):
    """Ids may agree where the places do not: the unit is named, and both files."""
    path = write_example(tmp_path)
    layer = gpd.read_file(tmp_path / "fields.geojson")
    layer.loc[4, "geometry"] = shapely.affinity.translate(layer.geometry[4], 10, 0)
    layer.to_file(tmp_path / "light.geojson")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('"fields.geojson"\n', '"fields.geojson"\ndrawn = "light.geojson"\n')
    )
    with pytest.raises(
        StudyFileError, match=r"1 of 9 units lie elsewhere .*light\.geojson.*first E"
    ):
        mt.read_study(path)


def test_a_lighter_copy_is_drawn_and_the_full_one_tells_who_touches(tmp_path):
    path = write_example(tmp_path)
    layer = gpd.read_file(tmp_path / "fields.geojson").set_index("field")
    lighter = layer.set_geometry(
        shapely.buffer(layer.geometry.array, -0.1, join_style="mitre"), crs=layer.crs
    ).reset_index()
    lighter.to_file(tmp_path / "light.geojson")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('"fields.geojson"\n', '"fields.geojson"\ndrawn = "light.geojson"\n')
    )
    study = mt.read_study(path)
    assert study.graph.links == 40
    assert shapely.area(study.geometry["A"]) == pytest.approx(0.64)
    assert set(study.provenance["sha256"]) == {
        "study.toml", "fields.csv", "fields.geojson", "light.geojson",
    }  # fmt: skip
    # Each copy must hold the same units, and is called by its own name.
    lighter[lighter["field"] != "I"].to_file(tmp_path / "light.geojson")
    with pytest.raises(AlignmentError, match=r"light\.geojson"):
        mt.read_study(path)
    lighter.to_file(tmp_path / "light.geojson")
    layer.drop("I").reset_index().to_file(tmp_path / "fields.geojson")
    with pytest.raises(AlignmentError, match=r"fields.geojson do not bear the same ids"):
        mt.read_study(path)


# -- Without polygons ------------------------------------------------------------------------------


def test_a_list_of_neighbours_is_enough(listed):
    study = mt.read_study(listed)
    assert study.graph.links == 24
    assert not study.located
    # Nothing that needs lines or distances is among the choices.
    assert study.design.networks == ("file", "order:2")
    assert "places and distances mean nothing" in study.provenance["boundaries"].en
    assert mt.findings.clustered(study).verdict in ("supported", "undecided")
    with pytest.raises(OptionError, match="needs polygons"):
        study.neighbours("queen")
    with pytest.raises(OptionError, match="measures distances"):
        study.neighbours("knn:4")


def test_the_same_numbers_with_and_without_polygons(listed, tmp_path_factory):
    """Pictures differ; statistics on the same list do not."""
    drawn = write_example(tmp_path_factory.mktemp("drawn"))
    shutil.copy(listed.parent / "grid.gal", drawn.parent)
    text = drawn.read_text(encoding="utf-8")
    drawn.write_text(text.replace("[whole]", '[neighbours]\nfile = "grid.gal"\n\n[whole]'))
    with_, without = mt.read_study(drawn), mt.read_study(listed)
    for name in with_.classes:
        a, b = (mt.local_moran(s.share(name), s.graph).to_frame() for s in (with_, without))
        pd.testing.assert_frame_equal(a, b)


def test_a_claim_that_needs_places_is_refused(listed):
    with listed.open("a", encoding="utf-8") as file:
        file.write('\n[[claims]]\nid = "n"\ntest = "gradient"\nclass = "wheat"\ntitle = "North?"\n')
    with pytest.raises(StudyFileError, match=r"line \d+: the test gradient needs to know where"):
        mt.read_study(listed)


def test_points_in_the_table_stand_for_polygons(listed):
    path = listed.parent / "fields.csv"
    lines = path.read_text().splitlines()
    places = [f",{30 + k % 3 / 2},{38 + k // 3 * 0.4}" for k in range(9)]
    path.write_text("\n".join([lines[0] + ",boylam,enlem"] + [
        line + place for line, place in zip(lines[1:], places, strict=True)]) + "\n")  # fmt: skip
    text = listed.read_text(encoding="utf-8")
    told = 'id = "field"\nlongitude = "boylam"\nlatitude = "enlem"\n'
    listed.write_text(text.replace('id = "field"\n', told, 1), encoding="utf-8")
    study = mt.read_study(listed)
    assert study.located
    assert study.points.loc["E"].tolist() == [30.5, 38.4]
    assert {"knn:4", "order:2"} <= set(study.design.networks)
    assert not {"queen", "rook"} & set(study.design.networks)
    assert "circles" in study.provenance["boundaries"].en
    for unit, circle in study.geometry.items():
        assert circle.contains(shapely.Point(*study.points.loc[unit]))


@pytest.mark.parametrize("cell", ["", "361"])
def test_a_point_that_is_none_is_named(listed, cell):
    path = listed.parent / "fields.csv"
    lines = path.read_text().splitlines()
    places = [f",{30 + k},38" for k in range(8)] + [f",{cell},38"]
    path.write_text("\n".join([lines[0] + ",x,y"] + [
        line + place for line, place in zip(lines[1:], places, strict=True)]) + "\n")  # fmt: skip
    text = listed.read_text(encoding="utf-8")
    told = 'id = "field"\nlongitude = "x"\nlatitude = "y"\n'
    listed.write_text(text.replace('id = "field"\n', told, 1), encoding="utf-8")
    with pytest.raises(StudyFileError, match="I has no longitude and latitude in degrees"):
        mt.read_study(listed)


def test_a_figure_of_squares_has_no_scale_bar(listed, tmp_path_factory):
    drawn = mt.read_study(write_example(tmp_path_factory.mktemp("drawn")))
    for study, there in ((mt.read_study(listed), False), (drawn, True)):
        made = mt.figure(study, share_sheet(study, "wheat")).to_bytes("svg").decode()
        assert ("scale-bar" in made) == there


def test_larger_units_of_a_list(listed):
    """Levels need no polygons either, and no distances between squares are taken for real."""
    larger = at_level(mt.read_study(listed), "slope")
    assert larger.names.index.tolist() == ["east", "west"]
    assert larger.design.networks == ("file", "order:2")
    with pytest.raises(OptionError, match="measures distances"):
        larger.neighbours("knn:1")


def test_circles_are_equal_and_round():
    places = pd.DataFrame({"longitude": [30.0, 31, 32, 40], "latitude": [60.0, 60, 60, 60]})
    drawn = circles(places)
    # Of a degree of longitude half is left at 60° north; the radius is 0.45 of the median gap.
    west, south, east, north = drawn.bounds.loc[0]
    assert (north - south) / 2 == pytest.approx(0.45 * 0.5, rel=1e-6)
    assert (east - west) / 2 == pytest.approx(0.45, rel=1e-6)
    assert not drawn.loc[0].intersects(drawn.loc[1])
    assert circles(places.loc[[0, 0]].set_axis([1, 2])).is_valid.all()


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_squares_keep_apart(count):
    ids = [f"u{k}" for k in range(count)]
    drawn, points = squares(from_pairs(list(pairwise(ids)), ids, spec="chain"))
    among = shapely.STRtree(drawn.array).query(drawn.array, predicate="intersects")
    assert among.shape[1] == count
    assert points.index.tolist() == ids
    assert all(drawn[u].contains(shapely.Point(*points.loc[u])) for u in ids)


def test_squares_keep_neighbours_together():
    """On a grid of 7 × 7 units in disorder, neighbours are far nearer than any two units."""
    at = {(r, c): f"{(37 * (7 * r + c)) % 49:02}" for r in range(7) for c in range(7)}
    pairs = [(at[r, c], at[r + 1, c]) for r in range(6) for c in range(7)]
    pairs += [(at[r, c], at[r, c + 1]) for r in range(7) for c in range(6)]
    _, points = squares(from_pairs(pairs, sorted(at.values()), spec="grid"))

    def apart(a, b):
        return np.hypot(*(points.loc[a] - points.loc[b]))

    near = [apart(a, b) for a, b in pairs]
    every = [apart(a, b) for a in points.index for b in points.index if a < b]
    assert np.median(near) < 0.5 * np.median(every)
    assert max(near) < max(every) / 2


def test_squares_of_two_parts_and_of_none():
    """Units without neighbours, and parts that nothing joins, have a square like the rest."""
    graph = from_pairs([("a", "b"), ("c", "d")], list("abcde"), spec="x")
    drawn, _ = squares(graph)
    assert len(drawn) == 5
    sizes = shapely.area(drawn.array)
    assert np.ptp(sizes) < 1e-9


def test_neither_polygons_nor_a_list(listed):
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace('[neighbours]\nfile = "grid.gal"\n', ""), encoding="utf-8")
    with pytest.raises(StudyFileError, match="or a table and a list of neighbours"):
        mt.read_study(listed)


def test_init_without_polygons(listed, monkeypatch):
    monkeypatch.chdir(listed.parent)
    done = CliRunner().invoke(app, ["init", "fields.csv", "grid.gal", "--out", "own.toml"])
    assert done.exit_code == 0, done.output
    study = mt.read_study(listed.parent / "own.toml")
    assert study.graph.links == 24
    assert study.names.index.tolist() == list(IDS)
    # A list that counts the rows of the table and names no id.
    counted = (listed.parent / "grid.gal").read_text()
    for k, unit in enumerate(IDS):
        counted = counted.replace(unit, str(k + 1))
    (listed.parent / "rows.gal").write_text(counted)
    done = CliRunner().invoke(app, ["init", "fields.csv", "rows.gal", "--out", "rows.toml"])
    assert done.exit_code == 0, done.output
    assert "counted_from = 1" in (listed.parent / "rows.toml").read_text(encoding="utf-8")
    again = mt.read_study(listed.parent / "rows.toml")
    assert (again.graph.sparse != study.graph.sparse).nnz == 0


def test_init_of_a_list_of_other_units(listed, monkeypatch):
    monkeypatch.chdir(listed.parent)
    text = (listed.parent / "grid.gal").read_text()
    (listed.parent / "other.gal").write_text(text.replace("A", "Q"))
    done = CliRunner().invoke(app, ["init", "fields.csv", "other.gal", "--out", "o.toml"])
    assert isinstance(done.exception, AlignmentError)
    assert "other.gal names units that fields.csv does not have in field: Q" in str(done.exception)


# -- The report's own ------------------------------------------------------------------------------


def test_the_reports_study_is_its_file(own_report):
    """A copy of the file and of what it names, read by the door that anyone's study takes."""
    own, shipped = mt.read_study(own_report), mt.load_study()
    assert own.years == shipped.years == (2019, 2024)
    assert sorted(own.panel) == [*range(2019, 2025)]
    for year in shipped.panel:
        for mine, theirs in zip(own.panel[year], shipped.panel[year], strict=True):
            pd.testing.assert_frame_equal(mine, theirs)
    assert own.design.networks == shipped.design.networks
    assert own.design.extras == {"statements", "briefs"}
    for spec in own.design.networks:
        assert (own.neighbours(spec).sparse != shipped.neighbours(spec).sparse).nnz == 0
    assert dict(own.provenance["sha256"]) == dict(shipped.provenance["sha256"])
    assert own.graph.contested == shipped.graph.contested


def test_the_reports_study_holds_the_tidy_tables(study):
    """The frames against the shipped tables themselves, cell by cell."""
    from mekantek.datasets.tables import load_shares, load_totals

    for row in load_shares().itertuples():
        table = study.panel[row.year]
        assert table.frame.loc[row.plate, row[5]] == row.share
        assert table.status.loc[row.plate, row[5]] == row.status
    for row in load_totals().itertuples():
        table = study.panel.get(row.year)
        if table is not None:
            assert table.frame.loc[row.plate, "value"] == row.value_usd


@pytest.mark.parametrize(
    ("word", "says"), [("briefs", "briefs are of the 81 provinces"),
                       ("statements", "statements are of the report's own tables")],
)  # fmt: skip
def test_extras_are_the_reports(tmp_path, word, says):
    path = write_example(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('source = "made up"', f'source = "made up"\nextras = ["{word}"]'))
    with pytest.raises(StudyFileError, match=f"line 4: {says}"):
        mt.read_study(path)


@pytest.fixture
def own_report(tmp_path):
    """The report's file and what it names, to be changed."""
    for folder in ("data", "boundaries"):
        (tmp_path / folder).mkdir()
    for name in ("report.toml", "provinces.csv", "shares.csv", "totals.csv", "neighbours.csv"):
        shutil.copy(files.data_path(name), tmp_path / "data")
    for name in ("provinces.geojson", "provinces_simplified.geojson"):
        shutil.copy(files.boundary_path(name), tmp_path / "boundaries")
    return tmp_path / "data" / "report.toml"


def test_changed_numbers_are_not_the_reports(own_report):
    """A share changed by hand: no statement of the report, no shipped table may stand beside it."""
    path = own_report.parent / "shares.csv"
    text = path.read_text(encoding="utf-8")
    row = next(
        line
        for line in text.splitlines()
        if line.startswith("26,") and ",2024,export,high," in line
    )
    path.write_text(text.replace(row, row.replace("0.344", "0.111")), encoding="utf-8")
    with pytest.raises(StudyFileError, match="statements are of the report's own tables"):
        mt.read_study(own_report)
    told = own_report.read_text(encoding="utf-8")
    own_report.write_text(told.replace('extras = ["statements", "briefs"]', 'extras = ["briefs"]'))
    study = mt.read_study(own_report)
    assert not study.shipped
    assert study.of_provinces
    assert study.share("high")[26] == 0.111
    shares, _ = tidy_tables(study)
    row = shares[(shares["plate"] == 26) & (shares["year"] == 2024) & (shares["class"] == "high")]
    assert row["share"].tolist() == [0.111]


def test_a_prints_word_in_other_data_opens_no_cell(long):
    """Second prints are the report's; "unresolved" in another table is a status like any other."""
    path = long.parent / "rows.csv"
    path.write_text(path.read_text().replace(",read", ",unresolved"))
    text = long.read_text(encoding="utf-8").replace("[table]\n", '[table]\nkind = "print"\n', 1)
    long.write_text(text, encoding="utf-8")
    study = mt.read_study(long)
    assert other_prints(study) is study
    assert study.rounding_of_totals == 0
    assert not study.of_provinces


def test_indices_of_provinces_stay_there(tmp_path):
    path = write_example(tmp_path)
    claim = (
        '\n[[claims]]\nid = "x"\ntest = "index"\nclass = "wheat"\nindex = "gdp-2024"\ntitle = "x"\n'
    )
    path.write_text(path.read_text(encoding="utf-8") + claim, encoding="utf-8")
    with pytest.raises(StudyFileError, match="gdp-2024 is of the 81 provinces"):
        mt.read_study(path)


def test_a_note_says_where_polygons_and_list_differ(study):
    told = str(study.neighbours("queen").notes[-1])
    assert told.startswith(
        "queen contacts of the polygons against the list of neighbours (official)"
    )
    assert told.endswith("not Bilecik–Kocaeli")
