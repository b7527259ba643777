"""Nothing is counted twice and no province is lost without a word: what a sheet shows and a row does not."""

from __future__ import annotations

import pytest

from mekantek.datasets.check import check_file
from mekantek.datasets.records.from_files import tally_files
from mekantek.errors import TableError

HEAD = "Yıl;İl;ISIC Rev.3;İhracat (USD)\n"


def written(folder, *rows, head=HEAD):
    path = folder / "records.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_a_chapter_beside_its_headings_is_refused(tmp_path):
    path = written(tmp_path, "2024;Bursa;17;300", "2024;Bursa;171;300", "2024;Van;1711;300")
    with pytest.raises(TableError, match="codes that hold each other \\(such as 17 and 171\\)"):
        tally_files([path])
    assert any("hold each other" in fault.en for fault in check_file(path).faults)


def test_a_column_of_provinces_that_are_none_is_not_passed_over(tmp_path):
    path = written(tmp_path, "2024;Foo;1711;1", "2024;Bar;1711;2", "2024;Ankara;1711;3")
    with pytest.raises(TableError, match="'İl' was not taken for the province, for 'Foo'"):
        tally_files([path])


def test_provinces_written_once_and_left_open_below_are_refused_in_text(tmp_path):
    path = written(tmp_path, "2024;Ankara;2423;100", "2024;;2424;50", "2024;Bursa;1711;30")
    with pytest.raises(TableError, match="1 cells of column 'İl' are empty; fill them down"):
        tally_files([path])


def test_a_dash_says_that_there_is_no_province(tmp_path):
    path = written(tmp_path, "2024;Ankara;2423;100", "2024;-;2424;50", "2024;Bursa;1711;30")
    assert tally_files([path]).conservation["without_province"] == 50_00


def test_check_knows_records_whose_flow_is_in_the_name_of_the_value(tmp_path):
    path = written(tmp_path, "2024;Ankara;2423;100", "2024;Bursa;1711;-30")
    report = check_file(path)
    assert report.kind == "records"
    assert [fault.en for fault in report.faults if "line 3" in fault.en]
