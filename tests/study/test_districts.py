"""Districts: many units under few provinces, names that repeat, percentages, borders that do not match."""

import json

import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import mekantek as mt
from mekantek.cli import app
from mekantek.errors import MekantekError
from mekantek.findings.selection import every
from mekantek.findings.sizes import floors, in_dollars
from mekantek.study import at_level
from mekantek.study.draft import draft_study
from mekantek.study.own import read_study

PROVINCES = ("Aydın", "Burdur", "Çorum")
YEARS = (2023, 2024)
CLASSES = ("yuksek", "orta", "dusuk")


def table():
    """Three provinces of four districts, the first of each called Merkez; exports, and percentages."""
    rng = np.random.default_rng(3)
    rows = []
    for p, province in enumerate(PROVINCES):
        for d in range(4):
            row = {"kod": 100 * (p + 1) + d, "ilce": "Merkez" if not d else f"{province} {d}",
                   "il": province}  # fmt: skip
            for year in YEARS:
                row[f"ihracat_{year}"] = float(rng.integers(10**5, 10**7))
                parts = rng.dirichlet((1, 2, 3)) * 100
                row |= {f"{c}_{year}": round(v, 2) for c, v in zip(CLASSES, parts, strict=True)}
            rows.append(row)
    return pd.DataFrame(rows)


def layer():
    """Two districts by two in each province; across a province border no corner of one is the other's."""
    features = []
    for p in range(3):
        for d in range(4):
            east, north = 30 + 2 * p + d % 2, 38 + d // 2
            ring = [[east, north], [east + 1, north], [east + 1, north + 1], [east, north + 1]]
            if d % 2 and p < 2:  # a corner on the border that the other side lacks, off by a hair
                ring.insert(2, [east + 1 + 1e-9, north + 0.5])
            properties = {"ILCE_ID": 100 * (p + 1) + d}
            geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


STUDY = """\
schema = "mekantek/study-file/1"
title = "İlçeler"
unit = { tr = "ilçe", en = "district", plural = "districts" }
[table]
file = "ilceler.csv"
id = "kod"
name = "ilce"
[boundaries]
file = "ilceler.geojson"
id = "ILCE_ID"
[whole]
title = { tr = "ihracat", en = "exports" }
currency = "USD"
column = "ihracat_{year}"
[[variables]]
name = "yuksek"
column = "yuksek_{year}"
percent = true
[[variables]]
name = "orta"
column = "orta_{year}"
percent = true
[[groupings]]
column = "il"
unit = { tr = "il", en = "province", plural = "provinces" }
[[claims]]
id = "doguya"
test = "gradient"
class = "yuksek"
towards = "east"
title = "Doğuya doğru artıyor mu?"
[[claims]]
id = "yigilma"
test = "concentration"
class = "yuksek"
title = "Az yerde mi?"
"""


@pytest.fixture
def place(tmp_path):
    """Lay out a folder as Turkish Excel leaves it: semicolons, decimal commas, a mark at the beginning."""
    written(tmp_path, table())
    (tmp_path / "ilceler.geojson").write_text(json.dumps(layer()), encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def written(folder, frame):
    frame.to_csv(
        folder / "ilceler.csv", sep=";", decimal=",", index=False, encoding="utf-8-sig"
    )  # fmt: skip


def test_provinces_hold_the_sums_of_their_districts(place):
    """Values are added up, shares taken of the sums: what pandas says of the same rows."""
    provinces, rows = at_level(read_study(place / "study.toml"), "il"), table()
    assert list(provinces.names) == list(PROVINCES)
    for year in YEARS:
        held = rows[[f"{c}_{year}" for c in ("yuksek", "orta")]].mul(
            rows[f"ihracat_{year}"] / 100, axis=0
        )
        sums = held.groupby(rows["il"]).sum()
        whole = rows.groupby("il")[f"ihracat_{year}"].sum()
        frame = provinces.at(year).frame
        assert np.allclose(frame["value"], whole, rtol=1e-12)
        for name in ("yuksek", "orta"):
            assert np.allclose(frame[name], sums[f"{name}_{year}"] / whole, atol=1e-12)
            averaged = rows.groupby("il")[f"{name}_{year}"].mean() / 100
            assert not np.allclose(frame[name], averaged, atol=1e-3)


def test_provinces_are_drawn_whole_where_borders_do_not_match(place):
    """Each is one polygon without a hole, as large as its districts."""
    districts = read_study(place / "study.toml")
    assert not shapely.coverage_is_valid(districts.geometry.array)
    # All in one group: the lines across which corners do not match are dissolved too.
    everything = mt.study.aggregate(districts, pd.Series("all", index=districts.names.index))
    for larger, parts in ((at_level(districts, "il"), 3), (everything, 1)):
        shapes = larger.geometry
        assert len(shapes) == parts
        assert (shapely.get_type_id(shapes.array) == 3).all()
        assert shapely.get_num_interior_rings(shapes.array).sum() == 0
        assert shapely.area(shapes.array).sum() == pytest.approx(12, abs=1e-6)


def test_districts_below_every_floor_in_dollars_are_sorted_by_quartiles(place):
    """No district exports a thousand million, nor even ten: such floors would leave none."""
    districts = read_study(place / "study.toml")
    assert not in_dollars(districts, 1e9)
    assert list(floors(districts, (10, 50))) == ["all", "size ≥ 1st quartile", "size ≥ median"]
    for finding in every(districts):
        assert finding.verdict
        assert len(finding.curve)
        assert finding.companions


def test_names_that_repeat_are_told_apart_by_the_region_or_the_id(place):
    named = read_study(place / "study.toml").names
    assert named[100] == "Merkez (Aydın)"
    assert named[300] == "Merkez (Çorum)"
    assert named[101] == "Aydın 1"
    without = STUDY.replace('[[groupings]]\ncolumn = "il"\n', "").replace(
        'unit = { tr = "il", en = "province", plural = "provinces" }\n', ""
    )
    (place / "study.toml").write_text(without, encoding="utf-8")
    assert read_study(place / "study.toml").names[100] == "Merkez (100)"


def test_a_seat_below_the_floor_in_one_year(place):
    """The largest exporter of the last year may be among the small ones of the first."""
    rows = table()
    rows.loc[5, ["ihracat_2023", "ihracat_2024"]] = (10.0, 9e7)
    written(place, rows)
    districts = read_study(place / "study.toml")
    curve = every(districts)[1].curve
    above = {s.choice["years"] for s in curve.specifications if s.choice["floor"] != "all"}
    assert "2024" in above
    assert "2023 and 2024" not in above


def test_init_sees_percentages_of_a_whole_and_names_that_repeat(place):
    text = draft_study(place / "ilceler.geojson", place / "ilceler.csv", language="en")
    (place / "drafted.toml").write_text(text, encoding="utf-8")
    drafted = read_study(place / "drafted.toml")
    assert drafted.classes == CLASSES
    assert drafted.design.unit.en == "district"
    assert 'name = "ilce"' in text
    # The percentages add up to a hundred, and the fourth column is what they are shares of.
    assert drafted.frame[list(CLASSES)].sum(axis=1).to_numpy() == pytest.approx(1, abs=2e-4)
    assert drafted.frame["value"].tolist() == table()["ihracat_2024"].tolist()


def test_init_takes_numbers_for_no_parts_that_exceed_a_hundred(place):
    rows = table()
    rows["yuksek_2024"] += 40
    written(place, rows)
    text = draft_study(place / "ilceler.geojson", place / "ilceler.csv")
    assert "percent = true" not in text
    assert "# [whole]" in text


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("yuksek_2024", 120.0, r"yuksek lies outside 0 to 100 in 1 units, first 102 Aydın 2 "
         r"\(ilceler.csv, line 4\): 120. Correct the cell"),
        ("ihracat_2024", -5.0, r"ihracat_2024 are below zero in 1 units, first 102 Aydın 2 "
         r"\(ilceler.csv, line 4\): -5"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_with_file_row_and_name(place, column, cell, message):
    rows = table()
    rows.loc[2, column] = cell
    written(place, rows)
    with pytest.raises(MekantekError, match=message):
        read_study(place / "study.toml")


def test_a_year_lost_to_one_empty_cell_is_told(place):
    rows = table()
    rows.loc[2, "yuksek_2024"] = np.nan
    written(place, rows)
    districts = read_study(place / "study.toml")
    assert districts.years == (2023,)
    told = (
        "2024 is not read by findings: 1 without a value, first 102 Aydın 2 (ilceler.csv, line 4)"
    )
    assert told in districts.provenance["basis"].en


@pytest.mark.parametrize("wrong", ["Aydin", "AYDIN", "Ayıdn", "Aydnı", "Aydınn"])
def test_check_asks_about_a_province_that_is_misspelt(place, wrong):
    """A question, not a fault: the word may be right."""
    rows = table()
    rows.loc[2, "il"] = wrong
    written(place, rows)
    said = CliRunner().invoke(app, ["check", str(place / "ilceler.csv"), "--lang", "en"])
    assert said.exit_code == 0
    told = f"line 4, 102: {wrong!r} of column il stands here only; is it Aydın?"
    assert told in said.output


@pytest.mark.parametrize("right", ["Artvin", "Kuzeydoğu Anadolu"])
def test_check_lets_another_province_be(place, right):
    rows = table()
    rows["il"] = rows["il"].replace("Aydın", "Güneydoğu Anadolu")
    rows.loc[2, "il"] = right
    written(place, rows)
    said = CliRunner().invoke(app, ["check", str(place / "ilceler.csv"), "--lang", "en"])
    assert "stands here only" not in said.output


def test_a_name_that_its_region_does_not_tell_apart_leaves_the_others(place):
    """Two districts of one name in one province get their ids, the third its province."""
    rows = table()
    first = rows["il"] == rows["il"].iloc[0]
    rows.loc[rows.index[first][1], "ilce"] = "Merkez"
    written(place, rows)
    names = read_study(place / "study.toml").names
    merkez = names[names.str.startswith("Merkez")]
    by_id = merkez[merkez.str.contains(r"\d", regex=True)]
    assert len(merkez) == 4
    assert len(by_id) == 2
    assert merkez.is_unique


def test_init_takes_counts_for_no_percentages(tmp_path):
    """Whole numbers that happen to stay below a hundred are counted things."""
    rows = pd.DataFrame(
        {"kod": range(1, 7), "okul_2023": [40, 52, 13, 30, 41, 22], "okul_2024": [41, 50, 14, 33, 40, 20],
         "banka_2023": [2, 9, 3, 4, 5, 6], "banka_2024": [3, 8, 3, 4, 5, 7]}
    )  # fmt: skip
    rows.to_csv(tmp_path / "sayilar.csv", index=False)
    around = ["1 1\n2", "2 2\n1 3", "3 2\n2 4", "4 2\n3 5", "5 2\n4 6", "6 1\n5"]
    (tmp_path / "n.gal").write_text("\n".join(["0 6 sayilar kod", *around, ""]))
    files = [str(tmp_path / name) for name in ("sayilar.csv", "n.gal")]
    done = CliRunner().invoke(app, ["init", *files, "--out", str(tmp_path / "s.toml")])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "s.toml").read_text(encoding="utf-8")
    assert "percent = true" not in text
    assert text.count('kind = "number"') == 2
