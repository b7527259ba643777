"""The shipped tables keep their schema, and a table that does not is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from mekantek.datasets import files, schema, tables
from mekantek.errors import TableError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(files.data_path(), copy)
    return copy


def test_national_shares_of_2024_are_the_sums_of_the_provinces():
    shares, totals = tables.load_shares(), tables.load_totals()
    shares, totals = shares[shares["year"] == 2024], totals[totals["year"] == 2024]
    whole = totals["value_usd"].sum()
    national = 100 * shares.groupby("class")["value_usd"].sum() / whole
    assert national.round(2).to_dict() == {
        "high": 3.62, "medium_high": 34.95, "medium_low": 25.48, "low": 29.60
    }  # fmt: skip
    assert round(100 - national.sum(), 2) == 6.34
    assert len(totals) == 75


def test_ankara_istanbul_and_eskisehir_hold_most_of_high_technology():
    shares = tables.load_shares()
    high = shares[(shares["year"] == 2024) & (shares["class"] == "high")].set_index("plate")
    part = 100 * high["value_usd"] / high["value_usd"].sum()
    assert part[[34, 6]].sum().round(1) == 80.8
    assert part[[34, 6, 26]].sum().round(1) == 87.4


def test_value_is_share_times_total():
    keys = ["plate", "year", "flow"]
    both = tables.load_shares().merge(tables.load_totals(), on=keys, how="left")
    known = both["value_usd_y"].notna()
    assert known.sum() == both["value_usd_x"].notna().sum()
    product = both["share"] * both["value_usd_y"]
    assert (product - both["value_usd_x"]).abs()[known].max() < 1e-3


def test_rows_are_ordered_by_plate_year_and_class():
    shares = tables.load_shares()
    order = shares["class"].map({"high": 0, "medium_high": 1, "medium_low": 2, "low": 3})
    keyed = shares[["plate", "year"]].assign(order=order)
    assert keyed.equals(keyed.sort_values(["plate", "year", "order"], ignore_index=True))


def test_shares_are_written_without_float_noise():
    lines = files.data_path("shares.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert max(len(line.split(",")[5]) for line in lines) == 5
    assert b"\r" not in files.data_path("shares.csv").read_bytes()


def test_all_119_corrections_are_kept_with_their_blank_statuses():
    corrections = tables.load_corrections()
    assert corrections["row"].tolist() == list(range(1, 120))
    assert corrections["status"].value_counts().to_dict() == {
        "unresolved": 55, "corrected": 27, "printed": 20, "": 13, "lost": 4
    }  # fmt: skip


def test_the_official_list_has_199_pairs_and_three_contested():
    pairs = tables.load_neighbours()
    assert (len(pairs), pairs["neighbours"].sum(), pairs["contested"].sum()) == (203, 199, 3)
    assert (pairs["plate_a"] < pairs["plate_b"]).all()


def test_137_industries_with_codes_of_four_digits():
    classes = tables.load_classes()
    assert (len(classes), classes["code4"].str.len().unique().tolist()) == (137, [4])
    assert "0111" in classes["code4"].to_numpy()


@pytest.mark.parametrize(
    ("name", "known"), [("iltek-2024", 17), ("iltek-2025", 8), ("gdp-2024", 81)]
)
def test_no_rank_is_invented(name: str, known: int):
    assert tables.load_index(name)["plate"].nunique() == known


def test_the_press_rank_of_eskisehir_stands_first():
    ranks = tables.load_index("iltek-2024")
    assert ranks.loc[ranks["plate"] == 26, "rank"].tolist() == [3, 4]


def test_the_folder_is_a_valid_data_package(monkeypatch: pytest.MonkeyPatch):
    with warnings.catch_warnings():
        # frictionless leans on parts of its own dependencies that are on their way out.
        warnings.simplefilter("ignore")
        from frictionless import Package

        monkeypatch.chdir(files.data_path())
        report = Package("datapackage.json").validate()
    assert report.valid, report.flatten(["title", "rowNumber", "note"])[:5]


def test_every_table_is_described_with_its_size_and_hash():
    described = {entry["path"]: entry for entry in schema.resources().values()}
    found = {p.relative_to(files.data_path()).as_posix() for p in files.data_path().rglob("*.csv")}
    assert set(described) == found
    for path, entry in described.items():
        content = files.data_path(path).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()


def test_every_field_has_type_and_title_and_every_number_of_trade_a_unit():
    for entry in schema.resources().values():
        for field in entry["schema"]["fields"]:
            assert field["type"] in ("integer", "number", "string")
            assert field["title"]
            if field["name"] in ("share", "value_usd") or "total_usd_" in field["name"]:
                assert field["unit"] in ("fraction", "USD")


def test_list_tables_counts_statuses():
    listed = tables.list_tables().set_index("name")
    assert listed.loc["shares", ["rows", "printed", "corrected", "unresolved"]].tolist() == [
        1243, 1220, 6, 17
    ]  # fmt: skip
    assert "registered seat" in listed.loc["totals", "basis"]
    assert listed.loc["ek3", "printed"] is not None
    json.loads(listed.to_json(orient="records"))


def test_write_tidy_gives_the_shipped_bytes_and_nothing_else(tmp_path: Path):
    written = tables.write_tidy(tmp_path / "new" / "folder")
    assert sorted(p.name for p in (tmp_path / "new/folder").iterdir()) == [
        "shares.csv",
        "totals.csv",
    ]
    assert all(p.read_bytes() == files.data_path(p.name).read_bytes() for p in written)


def test_a_failed_write_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        files.write_whole(target, b"new")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_loading_tables_loads_no_geopandas():
    code = (
        "import sys; from mekantek.datasets import tables, provinces, technology, check, curation;"
        "tables.load_shares(); provinces.load_provinces();"
        "print([m for m in ('geopandas', 'shapely', 'pyogrio', 'pyproj') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


ADANA = '1,Adana,2019,export,high,0.007,13385180.669,printed,"Table 4.1, line 466"'
REFUSALS = {
    "share above one": ("0.007,13385180.669", "7.0,13385180.669",
        r"shares\.csv, line 2, Adana: '7\.0' in column share is above 1 fraction"),
    "share below zero": ("0.007,13385180.669", "-0.1,13385180.669", "is below 0"),
    "text for a number": ("0.007,13385180.669", "yüksek,13385180.669", "is not a decimal number"),
    "infinity": ("0.007,13385180.669", "inf,13385180.669", "is not a decimal number"),
    "missing share": ("0.007,13385180.669", ",13385180.669", "is empty; every row needs a value"),
    "unknown class": ("export,high,0.007", "export,top,0.007",
        "'top' in column class is none of high, medium_high, medium_low, low"),
    "unknown status": ("printed,", "guessed,", "'guessed' in column status is none of"),
    "untraceable source": ("Table 4.1, line 466", "somewhere", "does not look as it should"),
    "plate out of range": ("1,Adana", "82,Adana", "'82' in column plate is above 81"),
    "fractional plate": ("1,Adana", "1.0,Adana", "is not a whole number"),
    "huge plate": ("1,Adana", "1" * 30 + ",Adana", "is not a whole number"),
    "ragged row": ("export,high,", "export,", "line 2: 8 cells where the header has 9"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_a_corrupted_table_is_refused(what: str, folder: Path):
    old, new, message = REFUSALS[what]
    path = folder / "shares.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(ADANA, ADANA.replace(old, new)), encoding="utf-8", newline="\n")
    with pytest.raises(TableError, match=message):
        schema.read_checked("shares", folder)


def test_a_second_row_for_one_cell_is_refused(folder: Path):
    path = folder / "shares.csv"
    path.write_text(path.read_text(encoding="utf-8") + ADANA + "\n", encoding="utf-8", newline="\n")
    with pytest.raises(TableError, match="line 1245, Adana: a second row for plate 1, year 2019"):
        schema.read_checked("shares", folder)


def test_a_key_that_points_nowhere_is_refused(folder: Path):
    path = folder / "provinces.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("81,")), encoding="utf-8")
    with pytest.raises(TableError, match=r"totals\.csv: plate 81 is not in provinces\.csv"):
        schema.read_checked("totals", folder)


def test_renamed_columns_are_refused(folder: Path):
    path = folder / "totals.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("value_usd", "value", 1), "utf-8")
    with pytest.raises(TableError, match="they should be plate, province, year, flow, value_usd"):
        schema.read_checked("totals", folder)


def test_a_missing_table_is_told(folder: Path):
    (folder / "totals.csv").unlink()
    with pytest.raises(TableError, match=r"totals\.csv is missing from data/"):
        schema.read_checked("totals", folder)


def test_an_unknown_table_is_told_with_the_nearest():
    with pytest.raises(TableError, match="No shipped table is called 'iltek-2023'; nearest: iltek"):
        tables.load("iltek-2023")


def test_loaded_frames_are_the_callers_own():
    mine = tables.load_shares()
    mine["share"] = 0.0
    assert tables.load_shares()["share"].max() > 0.9
