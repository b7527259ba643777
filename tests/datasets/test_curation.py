"""The tidy tables are the printed ones plus the corrections, byte for byte."""

from __future__ import annotations

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from mekantek.datasets import curation, files
from mekantek.datasets.technology import CLASSES
from mekantek.errors import TableError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(files.data_path(), copy)
    monkeypatch.setattr(files, "data_path", lambda name="": copy / name)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_curation_gives_exactly_the_committed_bytes():
    for name, text in curation.tidy_csv().items():
        assert files.data_path(name).read_bytes() == text.encode()


def test_main_rewrites_the_folder_to_the_same_bytes(folder: Path, tmp_path: Path):
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.*") if p.is_file()}
    (folder / "shares.csv").unlink()
    curation.main()
    assert before == {
        p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.*") if p.is_file()
    }


def test_455_totals_and_1243_shares():
    shares, totals = curation.curate()
    assert (len(shares), len(totals)) == (1243, 455)


def test_each_year_has_the_classes_that_are_printed():
    counts = Counter((year, name) for _, year, name in curation.curate()[0])
    assert {k: counts[k] for k in counts if k[0] in (2019, 2024)} == {
        (year, name): 81 for year in (2019, 2024) for name in CLASSES
    }
    # 76 rows of annex 3 and 74 of annex 5, less the four lost cells and Kırıkkale's broken row.
    assert [counts[y, "high"] for y in range(2020, 2024)] == [76, 76, 75, 76]
    assert [counts[y, "medium_low"] for y in range(2020, 2024)] == [74, 74, 71, 73]


@pytest.mark.parametrize(
    ("plate", "year", "name"),
    [(32, 2022, "high"), (30, 2022, "medium_low"), (57, 2022, "medium_low"),
     (11, 2022, "medium_low"), (71, 2023, "medium_low")],
)  # fmt: skip
def test_lost_cells_stay_empty(plate: int, year: int, name: str):
    assert (plate, year, name) not in curation.curate()[0]


def test_the_row_of_cankiri_is_read_one_cell_right():
    shares, totals = curation.curate()
    assert [str(shares[18, y, "medium_low"].value) for y in range(2019, 2025)] == [
        "78.7", "73.2", "75.3", "72.5", "75.2", "76.3"
    ]  # fmt: skip
    assert totals[18, 2020].status == "printed"


def test_provinces_without_a_printed_total_have_none():
    _, totals = curation.curate()
    have = {plate for plate, _ in totals}
    assert set(range(1, 82)) - have == {75, 12, 36, 69, 62}
    assert (13, 2024) not in totals
    assert (13, 2023) in totals


def test_status_and_source_of_four_kinds_of_cells():
    shares, totals = curation.curate()
    assert shares[6, 2024, "high"].source == "Table 4.1, line 453"
    assert shares[7, 2024, "high"].source == "Table 4.1, line 467; corrections.csv row 57"
    assert (shares[32, 2023, "high"].value, shares[32, 2023, "high"].status) == (
        Decimal("0.4"), "corrected"
    )  # fmt: skip
    # Two rows concern Zonguldak 2021; both call it unresolved.
    assert totals[67, 2021].status == "unresolved"
    assert totals[67, 2021].source == "Ek 5, line 920; corrections.csv row 45, 99"


def test_every_cell_without_a_correction_is_printed():
    shares, totals = curation.curate()
    cells = [*shares.values(), *totals.values()]
    assert all((c.status == "printed") or "corrections.csv" in c.source for c in cells)
    assert Counter(c.status for c in shares.values()) == {
        "printed": 1220, "corrected": 6, "unresolved": 17
    }  # fmt: skip
    assert Counter(c.status for c in totals.values()) == {
        "printed": 399, "corrected": 20, "unresolved": 36
    }  # fmt: skip


def test_most_cautious_status_wins(folder: Path):
    note = "x1.89 on 2020 (besides the 834/843 conflict),medium,"
    edit(folder / "corrections.csv", f"{note}unresolved", f"{note}printed")
    assert curation.curate()[1][67, 2021].status == "unresolved"


def test_two_prints_that_disagree_need_a_correction(folder: Path):
    edit(folder / "printed/ek3.csv", "2,813,Ankara,14.2,", "2,813,Ankara,14.3,")
    with pytest.raises(
        TableError, match=r"high 2019 for plate 6 disagree, 14\.2 \(Table 4\.1, line 453"
    ):
        curation.curate()  # fmt: skip


def test_a_quotation_must_stand_where_it_says(folder: Path):
    edit(folder / "corrections.csv", '"4.6 (Table 4.1, line 467)"', '"4.7 (Table 4.1, line 467)"')
    with pytest.raises(
        TableError, match=r"row 57 quotes 4\.7 from Table 4\.1, line 467, which prints 4\.6"
    ):
        curation.curate()  # fmt: skip


def test_a_printed_name_must_be_known(folder: Path):
    edit(folder / "printed/ek5.csv", "913,Niğla", "913,Niğde")
    with pytest.raises(TableError, match=r"Ek 5, line 913: names_map\.csv does not say .* 'Niğde'"):
        curation.curate()


def test_four_classes_never_exceed_the_whole_by_more_than_rounding():
    shares, _ = curation.curate()
    for plate in range(1, 82):
        for year in (2019, 2024):
            total = sum(shares[plate, year, name].value for name in CLASSES)
            assert 0 < total <= 100.2
