"""Tables as written: the same numbers in every form, nothing run, nothing asked of the network."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from mekantek.errors import OptionError
from mekantek.export import replacing_folder
from mekantek.report.printed_tables import FORMATS, check_formats, content, write_tables
from mekantek.tabulation import choose, ledger_of, ledger_of_report, make_tables

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    'a;b"c',
    "\\input{x} & 5%",
)


@pytest.fixture(scope="module")
def hostile(made):
    """Made-up records whose names of industries and partners are attacks."""
    names = dict(zip(made.kind, HOSTILE, strict=False))
    rows = [
        made.row(r.plate, r.year, r.flow, r.code, HOSTILE[k % len(HOSTILE)], r.cents)
        for k, r in enumerate(made.rows())
    ]
    return ledger_of(made.tally(rows, made_up=True, industries=pd.Series(names, dtype=object)))


def written(ledger, folder: Path, *, only=(), language="tr", formats=FORMATS[:7]):
    choice = choose(ledger)
    tables = make_tables(ledger, choice, only=only)
    with replacing_folder(folder) as aside:
        paths = write_tables(tables, ledger, choice, aside, formats=formats, language=language)
        names = [path.relative_to(aside) for path in paths]
    return tables, {name.as_posix(): (folder / name) for name in names}


@pytest.fixture(scope="module")
def folder(hostile, tmp_path_factory):
    return written(hostile, tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return written(
        ledger_of_report(), tmp_path_factory.mktemp("report"), formats=["html", "xlsx", "csv"]
    )


def read(path: Path, *, separator=",") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def test_every_table_has_its_files(folder):
    """40 tables, each in three dialects and LaTeX; one workbook, one page, one JSON."""
    tables, paths = folder
    assert len(tables) == 40
    for table in tables:
        for form in ("csv", "csv-excel-tr", "csv-excel-en"):
            assert f"{form}/{table.slug}.csv" in paths
        assert f"latex/{table.slug}.tex" in paths
    assert {"tables.xlsx", "tables.html", "tables.json"} <= set(paths)
    assert len(paths) == 40 * 4 + 3 + 3


def test_the_workbook_holds_what_the_csv_holds(folder):
    """Cell by cell: numbers are numbers, unrounded; text is text, whatever it begins with."""
    tables, paths = folder
    book = openpyxl.load_workbook(paths["tables.xlsx"])
    assert book.sheetnames == ["İçindekiler", *(t.number.tr for t in tables)]
    for table in tables:
        head, *rows = read(paths[f"csv/{table.slug}.csv"])
        sheet = book[table.number.tr]
        start = len(table.head) + 3
        assert [c.value for c in sheet[start]] == head[:-1]
        for k, row in enumerate(rows, start + 1):
            for cell, printed in zip(sheet[k], row[:-1], strict=True):
                assert cell.data_type != "f"
                if isinstance(cell.value, str):
                    assert printed.removeprefix("'") == cell.value
                elif cell.value is None:
                    assert printed == ""
                else:
                    assert cell.value == pytest.approx(float(printed), rel=1e-15)
        told = [sheet.cell(k, 1).value for k in range(2, start)]
        assert told[0].startswith("UYDURMA VERİ")


def test_the_contents_lead_to_the_sheets(report):
    tables, paths = report
    book = openpyxl.load_workbook(paths["tables.xlsx"])
    contents = book.worksheets[0]
    rows = [(row[0], row[1].value) for row in contents.iter_rows(min_row=3)]
    assert [cell.value for cell, _ in rows] == [t.number.tr for t in tables]
    for (cell, told), table in zip(rows, tables, strict=True):
        assert cell.hyperlink.location == f"'{table.number.tr}'!A1"
        assert told.endswith("(yapılamadı)") == (table.reason is not None)
    sheet = book["Tablo 3.1"]
    assert sheet["B7"].number_format.startswith("#,##0.0")
    lost = book["Tablo 1.2"]
    assert any("Gereken: ithalat kayıtları" in str(row[0].value) for row in lost.iter_rows())


def test_wrapped_heads_hide_no_numbers_and_print_on_every_sheet_of_paper(report):
    """The line of heads is as high as they need, and repeated; contents and tables are a page wide."""
    _, paths = report
    book = openpyxl.load_workbook(paths["tables.xlsx"])
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    sheet = book["Tablo 1.1"]
    heads = sheet.freeze_panes
    row = int(re.sub(r"\D", "", heads)) - 1
    longest = max(len(str(cell.value)) for cell in sheet[row])
    assert longest > sheet.column_dimensions["C"].width
    assert sheet.row_dimensions[row].height >= 30
    assert sheet.print_title_rows.replace("$", "") == f"{row}:{row}"


def test_columns_are_as_wide_as_what_they_show(report):
    """Shares take less room than dollars, and no number is a row of signs."""
    _, paths = report
    sheet = openpyxl.load_workbook(paths["tables.xlsx"])["Ek 3"]
    heads = int(re.sub(r"\D", "", sheet.freeze_panes)) - 1
    shares, dollars = (sheet.column_dimensions[name].width for name in "BC")
    assert shares < dollars
    largest = max(sheet.cell(k, 3).value or 0 for k in range(heads + 1, sheet.max_row + 1))
    assert dollars > len(f"{largest:,.0f}")


def test_years_in_the_first_column_are_no_mistakes(report):
    """Excel marks numbers stored as text unless the sheet says that they are names."""
    _, paths = report
    with zipfile.ZipFile(paths["tables.xlsx"]) as book:
        told = book.read("xl/worksheets/sheet2.xml").decode()
    assert 'numberStoredAsText="1"' in told


def test_no_csv_is_run_and_turkish_excel_reads_decimals(folder):
    tables, paths = folder
    for table in tables:
        plain = read(paths[f"csv/{table.slug}.csv"])
        turkish = read(paths[f"csv-excel-tr/{table.slug}.csv"], separator=";")
        for cells in plain[1:]:
            for cell in cells:
                assert not re.match(r"[=+@\t\r]", cell)
        numbers = [k for k, c in enumerate(table.columns) if c.unit is not None]
        for a, b in zip(plain[1:], turkish[1:], strict=True):
            for k in numbers:
                assert b[k] == a[k].replace(".", ",")
    assert paths["csv-excel-tr/table-1-1.csv"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in paths["csv-excel-tr/table-1-1.csv"].read_bytes()


def test_every_row_of_a_csv_says_its_basis_and_that_it_is_made_up(folder):
    tables, paths = folder
    for table in tables:
        head, *rows = read(paths[f"csv/{table.slug}.csv"])
        assert head[-1] == "dayanak"
        assert rows
        assert all(r[-1].startswith("UYDURMA VERİ") and "isic3-report" in r[-1] for r in rows)


def test_what_is_not_made_is_listed_with_the_reason(report):
    tables, paths = report
    head, *rows = read(paths["csv/contents.csv"])
    assert head[:4] == ["tablo", "başlık", "dosya", "yapılamama nedeni"]
    for row, table in zip(rows, tables, strict=True):
        assert row[0] == table.number.tr
        assert row[2] == ("" if table.reason else f"{table.slug}.csv")
        assert row[3] == ("" if table.reason is None else table.reason.tr)
    assert sum(row[2] == "" for row in rows) == sum(t.reason is not None for t in tables) > 0


def test_latex_prints_and_runs_nothing(folder):
    """Commands in names are letters; basis and label stand in the caption."""
    _, paths = folder
    text = paths["latex/table-1-5.tex"].read_text(encoding="utf-8")
    assert r"\textbackslash{}input\{x\} \& 5\%" in text
    assert r"\input{" not in text
    caption = text.partition(r"\caption{")[2].partition("\n")[0]
    assert caption.startswith("Tablo 1.5: Türkiye'nin İhracatında ilk 30 Ülke")
    assert "UYDURMA VERİ" in caption
    assert r"\begin{longtable}" in paths["latex/table-4-1.tex"].read_text(encoding="utf-8")


def test_json_is_unrounded_and_whole(folder, hostile):
    tables, paths = folder
    told = json.loads(paths["tables.json"].read_text(encoding="utf-8"))
    assert told["schema"] == "mekantek/tables/1"
    assert told["made_up"] is True
    assert told == content(tables, hostile, choose(hostile))
    for table, entry in zip(tables, told["tables"], strict=True):
        assert entry["id"] == table.id
        keys = [c["key"] for c in entry["columns"]]
        for place, column in enumerate(entry["columns"]):
            cells = table.frame[column["key"]].tolist()
            if column["printed_in"] == "percent":
                shares = [row[place] for row in entry["rows"]]
                assert [s for s in shares if s is not None] == [c for c in cells if c == c]
        assert keys == [c.key for c in table.columns]


def test_the_same_tables_give_the_same_bytes(hostile, folder, tmp_path):
    _, first = folder
    _, again = written(hostile, tmp_path / "again")
    assert set(again) == set(first)
    for name, path in again.items():
        assert path.read_bytes() == first[name].read_bytes(), name


def test_english_files_are_english(hostile, tmp_path):
    _, paths = written(
        hostile, tmp_path, only=["3.6", "Ek 3"], language="en", formats=["csv", "xlsx", "latex"]
    )
    head, *rows = read(paths["csv/table-3-6.csv"])
    assert head[:2] == ["Province", "High technology (%)"]
    assert [r[0] for r in rows][-3:] == ["Other provinces", "Province not named", "Türkiye"]
    assert openpyxl.load_workbook(paths["tables.xlsx"]).sheetnames == [
        "Contents",
        "Table 3.6",
        "Annex 3",
    ]
    assert "Annex 3: High-technology levels" in paths["latex/annex-3.tex"].read_text(
        encoding="utf-8"
    )


def test_formats_that_are_none():
    with pytest.raises(OptionError, match=r"No format 'doc'; there are csv, csv-excel-tr"):
        check_formats(["csv", "doc"])
    with pytest.raises(OptionError, match="No format named"):
        check_formats([" "])


def test_nothing_is_left_of_a_run_that_fails(hostile, tmp_path, monkeypatch):
    """The workbook fails after the CSVs were written aside: the folder stays as it was."""
    monkeypatch.setattr(
        "xlsxwriter.Workbook.close", lambda _: (_ for _ in ()).throw(OSError(28, "full"))
    )
    target = tmp_path / "out"
    with pytest.raises(OptionError, match=r"Cannot write tables\.xlsx"):
        written(hostile, target, only=["1.1"], formats=["csv", "xlsx"])
    assert not target.exists()


def test_charts_are_drawn_with_title_basis_and_label(hostile, tmp_path):
    _, paths = written(hostile, tmp_path, only=["Grafik 1"], formats=["svg"])
    drawn = paths["charts/chart-1.svg"].read_text(encoding="utf-8")
    assert "İllerin İhracatında Yüksek Teknolojinin Payları" in drawn
    assert "UYDURMA" in drawn
    assert "<script" not in drawn


@pytest.fixture
def opened(browser):
    """Open a page with the network closed."""
    contexts = []

    def look(path: Path, fragment: str, width: int):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        contexts.append(context)
        page = context.new_page()
        heard: list[str] = []
        page.on("request", lambda r: heard.append(r.url))
        page.on("console", lambda m: heard.append(m.text))
        page.on("pageerror", lambda e: heard.append(str(e)))
        page.on("dialog", lambda d: heard.append(d.message))
        page.goto(path.as_uri() + fragment)
        page.wait_for_timeout(150)
        return page, heard[1:]

    yield look
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("made_up", [True, False])
def test_axe_finds_nothing(hostile, tmp_path, opened, made_up, language):
    """A table of each sort and one that is not made; of all 40 axe would take a minute."""
    ledger = hostile if made_up else ledger_of_report()
    only = ["1.1", "1.2", "1.7", "2.8", "3.5", "4.2", "Grafik 1"]
    _, paths = written(ledger, tmp_path, only=only, formats=["html"])
    page, _ = opened(paths["tables.html"], f"#{language}", 1280)
    found = Axe().run(page)
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("name", ["folder", "report"])
def test_the_page_asks_for_nothing_and_fits_a_phone(request, opened, name, language):
    """No request, no complaint, and no sideways scrolling of the page at 390 pixels."""
    _, paths = request.getfixturevalue(name)
    page, heard = opened(paths["tables.html"], f"#{language}", 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert heard == []


def test_the_page_shows_the_numbers_of_the_tables(report, opened):
    """What a reader sees of Table 3.2 is what the table holds, in either language."""
    tables, paths = report
    table = next(t for t in tables if t.id == "3.2")
    for language in ("tr", "en"):
        page, _ = opened(paths["tables.html"], f"#{language}", 1280)
        seen = page.eval_on_selector_all(
            "#table-3-2 tbody tr",
            "rows => rows.map(r => [...r.cells].map(c => c.innerText.trim()))",
        )
        assert seen == table.rows(language)
        assert page.inner_text("#table-3-2 h3") == table.full_title[language]
        assert page.inner_text("#table-1-2 .reason") == next(
            t.reason[language] for t in tables if t.id == "1.2"
        )
        assert page.locator("#chart-1 svg use").count() == 81


def test_the_page_says_that_it_is_made_up(folder, opened):
    tables, paths = folder
    page, _ = opened(paths["tables.html"], "#en", 1280)
    assert page.inner_text("p.made-up").startswith("MADE-UP DATA")
    titles = page.eval_on_selector_all("section.chapter h3", "all => all.map(h => h.innerText)")
    assert len(titles) == len(tables)
    assert all(title.endswith("(MADE-UP DATA)") for title in titles)
    assert page.locator("#table-1-5 script").count() == 0
