"""The forms in which a study's parts may come: long tables, pairs, no polygons; the report's own file."""

import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import mekantek as mt
from mekantek.cli import app
from mekantek.datasets import files
from mekantek.errors import AlignmentError, OptionError, StudyFileError, TableError
from mekantek.study import at_level
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
        ("A,2020,wheat,", "Z,2020,wheat,", AlignmentError, "Z"),
        ("A,2020,wheat,", "A,last,wheat,", StudyFileError, "'last' as a year"),
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


def test_a_gap_in_the_rows_is_missing(long):
    path = long.parent / "rows.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("A,2020,wheat")) + "\n")
    study = mt.read_study(long)
    assert study.years == (2024,)
    assert study.panel[2020].status.loc["A", "wheat"] == "missing"
    assert np.isnan(study.panel[2020].frame.loc["A", "fallow"])


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


def test_larger_units_of_a_list(listed):
    """Levels need no polygons either, and no distances between squares are taken for real."""
    larger = at_level(mt.read_study(listed), "slope")
    assert larger.names.index.tolist() == ["east", "west"]
    assert larger.design.networks == ("file", "order:2")


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


def test_the_reports_study_is_its_file(tmp_path):
    """A copy of the file and of what it names, read by the door that anyone's study takes."""
    for folder in ("data", "boundaries"):
        (tmp_path / folder).mkdir()
    for name in ("report.toml", "provinces.csv", "shares.csv", "totals.csv", "neighbours.csv"):
        shutil.copy(files.data_path(name), tmp_path / "data")
    for name in ("provinces.geojson", "provinces_simplified.geojson"):
        shutil.copy(files.boundary_path(name), tmp_path / "boundaries")
    own, shipped = mt.read_study(tmp_path / "data" / "report.toml"), mt.load_study()
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


def test_extras_are_for_provinces(tmp_path):
    path = write_example(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('source = "made up"', 'source = "made up"\nextras = ["briefs"]'))
    with pytest.raises(StudyFileError, match="line 4: these extras are for the 81 provinces"):
        mt.read_study(path)


def test_a_note_says_where_polygons_and_list_differ(study):
    told = str(study.neighbours("queen").notes[-1])
    assert told.startswith(
        "queen contacts of the polygons against the list of neighbours (official)"
    )
    assert told.endswith("not Bilecik–Kocaeli")
