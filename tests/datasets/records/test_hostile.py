"""Hostile files: one clear sentence each, no crash, nothing run, nothing read whole."""

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.reading import examine, stage

HEADER = "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n"
ROW = "2024;İhracat;Van;1511;5\n"


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, columns=None) -> str:
    """The one sentence by which a file is refused, in both languages and without a line break."""
    folder = path.parent / "cells"
    folder.mkdir(exist_ok=True)
    with pytest.raises(RefusedTableError) as caught:
        stage(path, columns, folder=folder)
    text = caught.value.text
    assert path.name in text.en
    assert path.name in text.tr
    assert text.tr != text.en
    assert "\n" not in text.en
    assert len(text.en) < 500
    return text.en


def faults(path: Path, **options) -> str:
    return " | ".join(fault.en for fault in examine(path, **options).faults)


def packed(path: Path, parts: dict[str, bytes], *, method=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def book(path: Path, rows) -> Path:
    import openpyxl

    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


ROWS = [["YIL", "IHRITH", "IL_ADI", "DOLAR"], [2024, "İhracat", "Van", 5]]


def changed(path: Path, part: str, change) -> Path:
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    return packed(path, parts)


SHEET = "xl/worksheets/sheet1.xml"


def test_a_zip_bomb_is_not_opened(tmp_path):
    path = changed(book(tmp_path / "b.xlsx", ROWS), SHEET, lambda _: b"\0" * 60_000_000)
    assert path.stat().st_size < 200_000
    assert "zip bomb" in refusal(path)


def test_a_bomb_of_many_parts_is_not_opened(tmp_path, monkeypatch):
    from mekantek.datasets.records import workbooks

    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 3_000_000)
    path = packed(
        tmp_path / "b.xlsx",
        {f"xl/{n}.bin": np.random.default_rng(n).bytes(10**6) for n in range(4)},
    )
    assert "zip bomb" in refusal(path)


def test_a_bomb_that_lies_about_its_size_is_not_opened(tmp_path):
    path = changed(book(tmp_path / "b.xlsx", ROWS), SHEET, lambda _: b"\0" * 60_000_000)
    content = path.read_bytes()
    size = (60_000_000).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    assert "zip bomb" in refusal(path) or "damaged" in refusal(path)


@pytest.mark.parametrize("declared", [b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<!doctype a>"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_in_a_workbook_are_refused(tmp_path, declared, part):
    path = changed(
        book(tmp_path / "e.xlsx", ROWS), part, lambda xml: xml.replace(b"?>", b"?>" + declared, 1)
        if b"?>" in xml else declared + xml,
    )  # fmt: skip
    assert "declares entities (a DTD)" in refusal(path)


def test_a_cell_at_the_far_corner_asks_for_no_memory(tmp_path):
    path = changed(
        book(tmp_path / "w.xlsx", ROWS), SHEET,
        lambda xml: xml.replace(b'r="D2"', b'r="XFD1048576"'),
    )  # fmt: skip
    assert "spans 1048576 rows × 16384 columns" in refusal(path)


def test_an_open_document_that_repeats_a_value_is_refused(tmp_path):
    cell = '<table:table-cell office:value-type="float" office:value="1"{}/>'
    for repeated in (
        "<table:table-row>"
        + cell.format(' table:number-columns-repeated="16384"')
        + "</table:table-row>",
        '<table:table-row table:number-rows-repeated="1048576">'
        + cell.format("")
        + "</table:table-row>",
    ):
        path = packed(
            tmp_path / "r.ods",
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
             "content.xml": f"<x>{repeated}</x>".encode()},
        )  # fmt: skip
        assert "a sheet spans" in refusal(path)


@pytest.mark.parametrize("kept", [10, 100, 1000, -30])
def test_a_truncated_workbook_is_refused(tmp_path, kept):
    whole = book(tmp_path / "t.xlsx", ROWS).read_bytes()
    assert "truncated" in refusal(written(tmp_path, "t.xlsx", whole[:kept]))


def test_a_workbook_without_its_parts_is_refused(tmp_path):
    assert "workbook" in refusal(packed(tmp_path / "n.xlsx", {"xl/a.xml": b"<a/>"}))
    assert "zip archive" in refusal(packed(tmp_path / "z.zip", {"kayit.csv": b"1"}))


def test_rubbish_under_the_name_of_a_workbook_is_refused(tmp_path):
    rubbish = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + np.random.default_rng(0).bytes(5000)
    assert "damaged" in refusal(written(tmp_path, "o.xls", rubbish))


def test_formulas_stay_text_and_their_saved_value_counts(tmp_path):
    rows = [[*ROWS[0], "NOT"], [2024, "İhracat", "Van", "=1+1", "=cmd|'/c calc'!A1"]]
    # openpyxl saves no values with its formulas: there is none to count.
    assert "no record with a value" in faults(book(tmp_path / "f.xlsx", rows))
    path = written(tmp_path, "f.csv", HEADER + "2024;İhracat;Van;=1511;=2+3\n")
    assert "column 'DOLAR' was not taken for the value, for '=2+3' is no value" in faults(path)


@pytest.mark.parametrize("name", ["c.csv", "c.html", "c.xlsx", "c.parquet"])
def test_ten_thousand_columns_are_refused(tmp_path, name):
    names = ["YIL", "IHRITH", "DOLAR", *(f"S{n}" for n in range(10_000))]
    path = tmp_path / name
    if name.endswith("csv"):
        written(tmp_path, name, ";".join(names) + "\n" + ";".join(["1"] * len(names)) + "\n")
    elif name.endswith("html"):
        written(tmp_path, name, "<table><tr>" + "".join(f"<td>{n}" for n in names) + "</table>")
    elif name.endswith("xlsx"):
        book(path, [names, [1] * len(names)])
    else:
        pd.DataFrame([[1] * len(names)], columns=names).to_parquet(path)
    assert "columns; trade records have at most 1000" in refusal(path)


def test_a_span_of_columns_without_end_is_refused(tmp_path):
    text = '<table><tr><td colspan="999999999">YIL<td>DOLAR</table>'
    assert "columns; trade records have at most 1000" in refusal(written(tmp_path, "s.html", text))


def test_mixed_encodings_are_named_with_their_lines(tmp_path):
    content = (HEADER + ROW.replace("Van", "Iğdır")).encode() + ROW.replace("Van", "Muş").encode(
        "cp1254"
    )
    assert refusal(written(tmp_path, "m.csv", content)) == (
        "m.csv: line 1 is UTF-8 and line 3 is not; two encodings are mixed. Save the file in one, UTF-8."
        if "İ".encode() in HEADER.encode()
        else "m.csv: line 2 is UTF-8 and line 3 is not; two encodings are mixed. Save the file in one, UTF-8."
    )


def test_bytes_of_no_encoding_are_refused_with_their_line(tmp_path):
    content = (HEADER + ROW).encode("cp1254") + b"2024;\x81\x8d;Van;1511;5\n"
    assert "line 3: neither UTF-8 nor Windows-1254" in refusal(written(tmp_path, "x.csv", content))


def test_a_line_of_a_gigabyte_is_not_read(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as stream:
        stream.write((HEADER + ROW).encode())
        stream.seek(1_000_000_000)
        stream.write(b"1")
    code = (
        "import sys, tempfile, resource\n"
        "from mekantek.datasets.records.reading import examine\n"
        "from mekantek.datasets.faults import RefusedTableError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    examine(sys.argv[1])\n"
        "except RefusedTableError as error:\n    print(error.text.en)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    said, grown = run.stdout.splitlines()
    assert said.startswith("long.csv, line 3")
    # Kilobytes: a few blocks, never the line.
    assert int(grown) < 150_000


def test_a_long_line_of_letters_is_refused_wherever_it_stands(tmp_path):
    long = "2024;İhracat;" + "x" * 2_000_000 + ";1511;5\n"
    assert "line 3 is longer than a million bytes" in refusal(
        written(tmp_path, "l.csv", HEADER + ROW + long + ROW)
    )
    assert "longer than a million bytes" in refusal(written(tmp_path, "l.csv", "x" * 3_000_000))


def test_nul_bytes_are_refused_with_their_line(tmp_path):
    assert "line 2 holds a NUL byte" in refusal(
        written(tmp_path, "n.csv", HEADER + "20\x0024;x;y;1;2\n")
    )
    assert "NUL byte" in refusal(written(tmp_path, "n.html", "<table><tr><td>YIL\0</table>"))


def test_quotation_marks_that_never_close_are_refused_with_their_line(tmp_path):
    path = written(tmp_path, "q.csv", HEADER + ROW + '2024;İhracat;"Van;1511;5\n' + ROW)
    assert "line 3: the quotation mark opened here never closes" in refusal(path)


def test_a_row_too_long_is_refused_with_its_line(tmp_path):
    path = written(tmp_path, "r.csv", HEADER + ROW + "\n" + ROW.replace(";5", ";5;6;7"))
    assert "line 4: more cells than the 5 of the header" in refusal(path)


@pytest.mark.parametrize(
    ("year", "said"),
    [("Mart", "the year 'Mart' cannot be read"), ("24", "Does it mean 2024?"),
     ("45292", "Does it mean 2024?"), ("2024-13", "the year '2024-13' cannot be read"),
     ("", "the year"), ("20244", "cannot be read")],
)  # fmt: skip
def test_years_that_are_none_are_named_with_their_line(tmp_path, year, said):
    path = written(tmp_path, "y.csv", HEADER + ROW * 2 + ROW.replace("2024", year))
    found = faults(path, duplicates="keep")
    assert "y.csv, line 4" in found
    assert said in found


def test_dates_as_text_are_years_where_they_can_be(tmp_path):
    path = written(tmp_path, "d.csv", HEADER + ROW.replace("2024", "31.12.2024"))
    report = examine(path)
    assert not report.faults
    assert any("holds dates (such as 31.12.2024)" in fact.en for fact in report.facts)


def test_negative_values_are_refused_with_their_lines(tmp_path):
    path = written(
        tmp_path, "n.csv", HEADER + ROW + ROW.replace(";5", ";-5") + ROW.replace(";5", ";−7,5")
    )
    assert "line 3, 4: the value '-5' is negative" in faults(path)


def test_equal_rows_are_refused_unless_kept(tmp_path):
    path = written(tmp_path, "d.csv", HEADER + ROW + ROW.replace("5", "6") + ROW + ROW)
    assert "lines 2 and 4 are equal in every cell" in faults(path)
    assert not examine(path, duplicates="keep").faults
    assert "equal in every cell" in refusal(path)


def test_equal_rows_are_not_looked_for_in_very_large_files_unless_asked(tmp_path, monkeypatch):
    from mekantek.datasets.records import examination

    monkeypatch.setattr(examination, "DUPLICATES_WITHIN", 2)
    path = written(tmp_path, "d.csv", HEADER + ROW * 3)
    report = examine(path)
    assert not report.faults
    assert "equal rows were not looked for (more than 2 rows)" in [f.en for f in report.facts]
    assert "equal in every cell" in faults(path, duplicates="find")


@pytest.mark.parametrize(
    "cell", ["NaN", "inf", "1e308", "1.2.3", "0x10", "१२", "5 USD", "12345678901234567890"]
)
def test_cells_that_are_no_amount_are_named(tmp_path, cell):
    path = written(tmp_path, "v.csv", HEADER + ROW * 3 + ROW.replace(";5", f";{cell}"))
    assert "v.csv, line 5: the value" in faults(path, duplicates="keep")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, -1.0])
def test_floats_of_parquet_that_are_no_amount_are_named(tmp_path, value):
    frame = pd.DataFrame({"YIL": [2024] * 2, "IHRITH": ["İhracat"] * 2, "DOLAR": [1.0, 2.0]})
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({**frame.to_dict("list"), "DOLAR": pa.array([1.0, value], pa.float64())})
    pq.write_table(table, tmp_path / "p.parquet")
    assert "p.parquet, row 2: the value" in faults(tmp_path / "p.parquet")


def test_odd_types_of_parquet_do_no_harm(tmp_path):
    import datetime as dt
    import decimal

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({
        "YIL": pa.array([2024, 2024], pa.int16()),
        "IHRITH": pa.array(["İhracat", "İthalat"]).dictionary_encode(),
        "IL_KODU": pa.array([6, None], pa.uint8()),
        "ISIC3": pa.array([111, 3530], pa.int64()),
        "DOLAR": pa.array([decimal.Decimal("1.2345"), decimal.Decimal("2")], pa.decimal128(30, 4)),
        "LISTE": pa.array([[1], [2]]),
        "YAPI": pa.array([{"a": 1}, {"a": 2}]),
        "BAYT": pa.array([b"\x00\xff", b""]),
        "GUN": pa.array([dt.date(2024, 1, 1), None]),
        "SAAT": pa.array([dt.time(1), None]),
        "VAR": pa.array([True, None]),
        "BOS": pa.array([None, None], pa.null()),
        "row": pa.array([7, 8]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "o.parquet")
    report = examine(tmp_path / "o.parquet")
    assert not report.faults
    assert "digits below the cent rounded, records: 1 (row 1)" in [f.en for f in report.facts]


def test_a_value_column_of_a_wrong_type_is_told(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"YIL": [2024], "IHRITH": ["İhracat"], "DOLAR": pa.array([[1]])})
    pq.write_table(table, tmp_path / "w.parquet")
    assert "no column says the value" in refusal(tmp_path / "w.parquet")


@pytest.mark.parametrize("kept", [3, 4, 50, -4])
def test_a_truncated_parquet_is_refused(tmp_path, kept):
    pd.DataFrame({"YIL": [2024], "DOLAR": [1]}).to_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    said = refusal(written(tmp_path, "t.parquet", content[:kept]))
    assert "Parquet" in said or kept == 3


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["e.csv", "e.xlsx", "e.parquet", "e.html"])
def test_empty_files_are_refused(tmp_path, content, name):
    assert refusal(written(tmp_path, name, content))


def test_other_kinds_of_files_are_named(tmp_path):
    assert "a PDF" in refusal(written(tmp_path, "a.csv", b"%PDF-1.7 \0"))
    assert "gzip" in refusal(written(tmp_path, "a.csv", b"\x1f\x8b\x08\0"))
    assert "JSON" in refusal(written(tmp_path, "a.csv", '{"YIL": 2024}'))
    assert "There is no file" in refusal(tmp_path / "nothing.csv")
    assert "no file; name a file" in refusal(tmp_path)


def test_text_that_is_no_table_is_refused(tmp_path):
    assert "none of the first 100 rows names columns" in refusal(
        written(tmp_path, "p.csv", "Merhaba\ndünya\n")
    )


def test_a_header_alone_has_no_records(tmp_path):
    assert refusal(written(tmp_path, "h.csv", HEADER))


def test_scripts_of_a_page_are_neither_run_nor_read(tmp_path):
    text = (
        "<html><script>document.write('<table><tr><td>YIL</td></tr></table>')</script><table>"
        "<tr><td>YIL<td>IHRITH<td>IL_ADI<td>DOLAR</tr>"
        "<tr><td>2024<td>İhracat<script>2</script><td><img src=x onerror=alert(1)>Van<td>5</tr></table>"
    )
    report = examine(written(tmp_path, "s.xls", text))
    assert not report.faults
    assert "records: 1" in [fact.en for fact in report.facts]


@pytest.mark.parametrize("tag", ["<!--", "<a href='", "<![CDATA[", "<script>"])
def test_a_tag_that_never_closes_takes_no_time(tmp_path, tag):
    path = written(tmp_path, "t.html", "<table><tr><td>YIL" + tag + "<" * 5_000_000)
    began = time.perf_counter()
    assert refusal(path)
    assert time.perf_counter() - began < 30


def test_tables_within_tables_without_end_are_refused_or_read(tmp_path):
    assert refusal(written(tmp_path, "d.html", "<table><tr><td>" * 20_000))


@pytest.mark.parametrize(
    "name", ["it's;--.csv", "a[1]*?.csv", "ğ ü.csv", "x.csv.tmp", "'; DROP TABLE a.csv"]
)
def test_names_of_files_are_only_names(tmp_path, name):
    path = written(tmp_path, name, HEADER + ROW)
    folder = tmp_path / "it's [a] folder"
    folder.mkdir()
    assert stage(path, folder=folder).staged.rows == 1


def test_headers_that_are_sql_are_only_words(tmp_path):
    text = 'YIL;IHRITH;DOLAR;"a"" \'); DROP TABLE x; --"\n2024;İhracat;5;z\n'
    assert not examine(written(tmp_path, "s.csv", text)).faults


def test_a_column_that_could_be_two_is_asked_about(tmp_path):
    path = written(tmp_path, "t.csv", "YIL;IHRITH;DOLAR;USD\n2024;İhracat;5;6\n")
    assert "the value may be any of DOLAR, USD" in refusal(path)
    assert stage(path, {"value": "USD"}, folder=tmp_path)


def test_numbers_written_two_ways_are_refused(tmp_path):
    path = written(
        tmp_path, "t.csv", HEADER + ROW.replace(";5", ";1.234,5") + ROW.replace(";5", ";1,234.5")
    )
    assert "numbers are written two ways: line 3 '1,234.5', line 2 '1.234,5'" in refusal(path)


def test_a_mark_that_nothing_proves_is_asked_about(tmp_path):
    path = written(tmp_path, "t.csv", HEADER + ROW.replace(";5", ";1.234"))
    assert "may be thousands or decimals" in refusal(path)


def test_a_misspelt_province_is_refused_with_the_nearest(tmp_path):
    path = written(tmp_path, "t.csv", HEADER + ROW + ROW.replace("Van", "Kahramanmara"))
    assert (
        "line 3: no province is called 'Kahramanmara' (rows: 1). Did you mean Kahramanmaraş (46)?"
        in faults(path)
    )


def test_a_code_and_a_name_of_two_provinces_are_refused(tmp_path):
    path = written(tmp_path, "t.csv", "YIL;IHRITH;IL_KODU;IL_ADI;DOLAR\n2024;İhracat;6;Adana;5\n")
    assert "the province is 'Adana' and its code '6', of two provinces" in faults(path)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    examine(written(tmp_path, "a.csv", (HEADER + ROW).encode("cp1254")))
    with pytest.raises(RefusedTableError):
        examine(written(tmp_path, "a.csv", b"\0"))
    assert not list((tmp_path / "temporary").iterdir())


def test_no_file_of_the_users_is_written_over(tmp_path):
    path = written(tmp_path, "k.csv", (HEADER + ROW).encode("cp1254"))
    mine = {
        name: written(tmp_path, name, name)
        for name in ("k.parquet", "cells-1.parquet", "k.utf8.csv")
    }
    sources = [stage(path, folder=tmp_path), stage(path, folder=tmp_path)]
    assert sources[0].staged.parquet != sources[1].staged.parquet
    assert all(file.read_text() == name for name, file in mine.items())
