"""Files as users have them: one set of records through every format comes out the same."""

import datetime as dt
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.canonical import CANONICAL, canonical
from mekantek.datasets.records.engine import connect, fetch
from mekantek.datasets.records.reading import examine, stage

HEADER = ["YIL", "AY", "IHRITH", "IL_KODU", "IL_ADI", "ISIC3_4", "ISIC_ADI", "DOLAR", "EURO"]
RECORDS = [
    [2023, 12, "İhracat", 6, "ANKARA", "111", "Tahıl", 1234.5, 1],
    [2024, 1, "İhracat", 6, "ANKARA", "3530", "Hava taşıtları", 1234567.89, 1],
    [2024, 1, "İthalat", 76, "IĞDIR", "1511", "Et", 17, 1],
    [2024, 2, "İhracat", 34, "İSTANBUL", "2423", "Gizli veri", 250000, 1],
    [2024, 2, "İhracat", "-", "-", "-", "-", 99, 1],
]  # fmt: skip
EXPECTED = [
    (2023, 12, "export", 6, "0111", False, 123450),
    (2024, 1, "export", 6, "3530", False, 123456789),
    (2024, 1, "import", 76, "1511", False, 1700),
    (2024, 2, "export", 34, "2423", True, 25000000),
    (2024, 2, "export", None, "", False, 9900),
]
MEANT = ["year", "month", "flow", "plate", "code", "hidden", "cents"]


def turkish(number) -> str:
    return (
        f"{number:,}".translate(str.maketrans(",.", ".,"))
        if not isinstance(number, str)
        else number
    )


def delimited(separator=";", *, number=turkish, header=HEADER) -> str:
    rows = [header]
    rows += [[*map(str, r[:7]), number(r[7]), number(r[8])] for r in RECORDS]
    return (
        "\n".join(separator.join(f'"{c}"' if separator in c else c for c in row) for row in rows)
        + "\n"
    )


def records(path: Path, tmp_path: Path, columns=None, **options) -> pd.DataFrame:
    with connect() as backend:
        source = stage(path, columns, folder=tmp_path, **options)
        return fetch(backend, canonical(source, backend).order_by("row", "month"))


def meant(frame: pd.DataFrame) -> list[tuple]:
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in frame[MEANT].itertuples(index=False)
    ]


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path: Path, rows, *, sheets=(), name="Sayfa1") -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(list(row))
    for title, more in sheets:
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(list(row))
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
def test_every_separator_and_encoding_gives_the_same_records(tmp_path, separator, encoding):
    path = written(tmp_path, "kayıtlar.csv", delimited(separator).encode(encoding))
    found = records(path, tmp_path)
    assert meant(found) == EXPECTED
    assert list(found["row"]) == [2, 3, 4, 5, 6]
    assert found["place_text"].iloc[2] == "IĞDIR"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_line_ends(tmp_path, end):
    path = written(tmp_path, "k.csv", delimited().replace("\n", end))
    assert meant(records(path, tmp_path)) == EXPECTED


def test_line_ends_may_mix(tmp_path):
    first, rest = delimited().split("\n", 1)
    assert meant(records(written(tmp_path, "k.csv", f"{first}\r\n{rest}"), tmp_path)) == EXPECTED


def test_english_numbers_are_known_by_themselves(tmp_path):
    path = written(tmp_path, "k.csv", delimited(number=lambda n: f"{n:,}"))
    assert meant(records(path, tmp_path)) == EXPECTED


def test_titles_blank_lines_and_a_footnote_do_not_matter_and_rows_are_the_lines_seen(tmp_path):
    lines = delimited().splitlines()
    text = "\n".join(["Dış ticaret", "", *lines[:3], "", *lines[3:], "", "Kaynak: TÜİK"])
    path = written(tmp_path, "k.csv", text)
    found = records(path, tmp_path)
    assert meant(found) == EXPECTED
    assert list(found["row"]) == [4, 5, 7, 8, 9]
    facts = [fact.en for fact in examine(path).facts]
    assert "header: line 3" in facts
    assert "rows without a value: 1 (line 11)" in facts


def test_a_cell_of_several_lines_keeps_the_numbers_of_lines(tmp_path):
    text = delimited().replace("Tahıl", '"Tahıl\nve ""başka"" şeyler"')
    found = records(written(tmp_path, "k.csv", text), tmp_path)
    assert meant(found) == EXPECTED
    assert list(found["row"]) == [2, 4, 5, 6, 7]


def test_a_header_of_several_lines_is_one_header(tmp_path):
    text = delimited().replace("DOLAR", '"DOLAR\n(ABD)"', 1)
    found = records(written(tmp_path, "k.csv", text), tmp_path)
    assert meant(found) == EXPECTED
    assert list(found["row"]) == [3, 4, 5, 6, 7]


def test_a_lone_inch_mark_is_a_letter(tmp_path):
    text = delimited().replace("Tahıl", '5" boru')
    found = records(written(tmp_path, "k.csv", text), tmp_path)
    assert meant(found) == EXPECTED
    assert found["industry_name"].iloc[0] == '5" boru'


def test_totals_are_dropped_and_counted_by_row(tmp_path):
    text = delimited() + "2024;;İhracat;;Ankara Toplamı;;;5;1\n;;;;GENEL TOPLAM;;;9;1\n"
    path = written(tmp_path, "k.csv", text)
    assert meant(records(path, tmp_path)) == EXPECTED
    assert "rows of totals left out: 2 (line 7, 8)" in [fact.en for fact in examine(path).facts]


@pytest.mark.parametrize("typed", [True, False])
def test_a_workbook_with_titles_gives_the_same_records(tmp_path, typed):
    rows = RECORDS if typed else [[*map(str, r[:7]), turkish(r[7]), turkish(r[8])] for r in RECORDS]
    path = workbook(tmp_path / "k.xlsx", [["Dış Ticaret"], [], HEADER, *rows])
    found = records(path, tmp_path)
    assert meant(found) == EXPECTED
    assert list(found["row"]) == [4, 5, 6, 7, 8]


def test_number_cells_and_text_cells_of_one_column_agree(tmp_path):
    rows = [list(row) for row in RECORDS]
    rows[1][7] = "1.234.567,89"
    path = workbook(tmp_path / "k.xlsx", [HEADER, *rows])
    assert meant(records(path, tmp_path)) == EXPECTED


def test_an_old_workbook_gives_the_same_records(tmp_path):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sayfa1")
    for place, row in enumerate([["Başlık"], [], HEADER, *RECORDS]):
        for column, cell in enumerate(row):
            sheet.write(place, column, cell)
    book.save(str(tmp_path / "k.xls"))
    assert meant(records(tmp_path / "k.xls", tmp_path)) == EXPECTED


def open_document(path: Path, rows) -> Path:
    def cell(value) -> str:
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names}><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def test_an_open_document_gives_the_same_records(tmp_path):
    path = open_document(tmp_path / "k.ods", [HEADER, *RECORDS])
    assert meant(records(path, tmp_path)) == EXPECTED


def page(rows, *, charset="utf-8") -> str:
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>\n" for row in rows)
    return (
        f'<html><head><meta charset="{charset}"><style>td {{}}</style></head><body>'
        f"<script>alert('YIL')</script><table>{body}</table></body></html>"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1254"])
def test_a_page_saved_as_a_workbook_is_filled_down_and_its_totals_dropped(tmp_path, encoding):
    rows = [
        ["Dış ticaret"], [], HEADER,
        [2023, 12, "İhracat", 6, "ANKARA", "111", "Tahıl", "1.234,5", 1],
        [2024, 1, "İhracat", 6, "ANKARA", "3530", "Hava", "1.234.567,89", 1],
        ["", "", "", "", "", "Toplam", "", "1.234.567,89", 1],
        ["", "", "İthalat", 76, "IĞDIR", "1511", "Et", "17", 1],
        ["", 2, "İhracat", 34, "İSTANBUL", "2423", "Gizli veri", "250.000,00", 1],
        ["", "", "", "-", "-", "-", "-", "99", 1],
        ["Genel Toplam", "", "", "", "", "", "", "1", 1],
    ]  # fmt: skip
    charset = "windows-1254" if encoding == "cp1254" else "utf-8"
    path = written(tmp_path, "k.xls", page(rows, charset=charset).encode(encoding))
    found = records(path, tmp_path)
    assert meant(found) == EXPECTED
    facts = [fact.en for fact in examine(path).facts]
    assert "blank cells filled from above in 3 rows, first row 7" in facts
    assert "rows of totals left out: 2 (row 6, 10)" in facts


def test_spans_of_rows_repeat_their_cell(tmp_path):
    text = (
        "<table><tr><th>YIL<th>IHRITH<th>IL_ADI<th>DOLAR</tr>"
        "<tr><td rowspan=3>2024<td rowspan=2>İhracat<td>Van<td>1,5</tr>"
        "<tr><td>Kars<td>2</tr><tr><td>İthalat<td>Muş<td>3</tr></table>"
    )
    found = records(written(tmp_path, "k.html", text), tmp_path)
    assert found[["flow", "plate", "cents"]].values.tolist() == [
        ["export", 65, 150], ["export", 36, 200], ["import", 49, 300],
    ]  # fmt: skip


def test_blanks_of_text_are_not_filled_down(tmp_path):
    filled = "".join(f"2024;İhracat;Van;{value}\n" for value in range(1, 11))
    path = written(tmp_path, "k.csv", f"YIL;IHRITH;IL_ADI;DOLAR\n{filled}2024;İhracat;;11\n")
    found = records(path, tmp_path)
    assert found["plate"].isna().tolist() == [False] * 10 + [True]
    assert "records without a province: 1 (line 12)" in [fact.en for fact in examine(path).facts]


def test_a_row_with_its_year_and_no_province_keeps_its_missing_province(tmp_path):
    rows = [["YIL", "IHRITH", "IL_ADI", "ISIC3_4", "DOLAR"], [2024, "İhracat", "Van", "1511", 1],
            [2024, "İhracat", None, "1512", 2]]  # fmt: skip
    path = workbook(tmp_path / "k.xlsx", rows)
    assert records(path, tmp_path)["plate"].isna().tolist() == [False, True]


@pytest.mark.parametrize("kind", ["text", "typed", "decimal"])
def test_parquet_is_read_in_place_whatever_its_types(tmp_path, kind):
    frame = pd.DataFrame(RECORDS, columns=HEADER).astype({"IL_KODU": str})
    if kind == "text":
        frame = frame.astype({"YIL": str, "AY": str, "DOLAR": str})
    if kind == "decimal":
        import decimal

        frame["DOLAR"] = [
            decimal.Decimal(str(v)).quantize(decimal.Decimal("0.01")) for v in frame["DOLAR"]
        ]
    path = tmp_path / "k[1].parquet"
    frame.to_parquet(path)
    folder = tmp_path / "cells"
    folder.mkdir()
    found = records(path, folder)
    assert meant(found) == EXPECTED
    assert list(found["row"]) == [1, 2, 3, 4, 5]
    assert not [file for file in folder.iterdir() if file.suffix == ".parquet"]


def test_codes_that_are_numbers_in_parquet_get_their_zeros_back(tmp_path):
    frame = pd.DataFrame({"YIL": [2024, 2024], "IHRITH": ["İhracat"] * 2, "ISIC3": [111.0, 3530.0],
                          "DOLAR": [1, 2]})  # fmt: skip
    frame.to_parquet(tmp_path / "k.parquet")
    found = records(tmp_path / "k.parquet", tmp_path)
    assert list(found["code"]) == ["0111", "3530"]
    assert set(found["revision"]) == {"isic3"}


MONTHS = ["OCAK", "ŞUBAT", "MART", "NİSAN", "MAYIS", "HAZİRAN", "TEMMUZ", "AĞUSTOS", "EYLÜL",
          "EKİM", "KASIM", "ARALIK"]  # fmt: skip


def assembly(year: int, value: float) -> list[list]:
    rows = [[f"TİM İLLERE GÖRE İHRACAT {year}"], [], ["İL", *MONTHS, "TOPLAM"]]
    rows += [[il, *[value] * 12, 12 * value] for il in ("ADANA", "IĞDIR")]
    return [*rows, ["TOPLAM", *[2 * value] * 12, 24 * value]]


def test_a_workbook_of_the_assembly_becomes_long_and_knows_its_thousands(tmp_path):
    path = workbook(
        tmp_path / "tim.xlsx",
        assembly(2009, 1500),
        name="2009",
        sheets=[("2010", assembly(2010, 1.5))],
    )
    found = records(path, tmp_path)
    assert len(found) == 2 * 2 * 12
    assert set(found["cents"]) == {150000}
    assert set(found["flow"]) == {"export"}
    assert set(found["plate"]) == {1, 76}
    assert set(found["code"]) == {""}
    assert found.groupby("year")["month"].nunique().to_dict() == {2009: 12, 2010: 12}


def test_a_unit_in_the_title_goes_before_the_assemblys_rule(tmp_path):
    rows = assembly(2024, 1500)
    rows[0] = ["İLLERE GÖRE İHRACAT 2024 ($)"]
    found = records(workbook(tmp_path / "tim.xlsx", rows), tmp_path)
    assert set(found["cents"]) == {150000}


@pytest.mark.parametrize(
    ("header", "cents"),
    [
        ("DOLAR", 1250),
        ("Değer (bin $)", 1250000),
        ("US$ Thousand", 1250000),
        ("milyon dolar", 1250000000),
    ],
)
def test_the_unit_is_read_from_the_header(tmp_path, header, cents):
    path = written(tmp_path, "k.csv", f"YIL;IHRITH;{header}\n2024;İhracat;12,5\n")
    assert records(path, tmp_path)["cents"].tolist() == [cents]


def test_columns_of_exports_and_imports_become_two_records(tmp_path):
    text = "Yıl;İl;İhracat Dolar;İthalat Dolar;İhracat Euro\n2024;Van;1,5;2,5;9\n"
    found = records(written(tmp_path, "k.csv", text), tmp_path).sort_values("flow")
    assert found[["flow", "cents"]].values.tolist() == [["export", 150], ["import", 250]]


COMTRADE = (
    "typeCode,freqCode,refYear,refMonth,period,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerISO,partnerDesc,classificationCode,cmdCode,cmdDesc,customsCode,fobvalue,primaryValue\n"
    'C,A,2024,52,2024,TUR,Türkiye,X,Export,W00,World,H6,870323,"Cars, petrol",C00,30,30.5\n'
    'C,A,2024,52,2024,TUR,Türkiye,X,Export,DEU,Germany,H6,870323,"Cars, petrol",C00,20,20.5\n'
    "C,A,2024,52,2024,TUR,Türkiye,M,Import,FRA,France,H6,10121,Horses,C00,10,10\n"
    "C,A,2024,52,2024,TUR,Türkiye,RX,Re-export,FRA,France,H6,10121,Horses,C00,10,10\n"
    "C,A,2024,52,2024,TUR,Türkiye,X,Export,FRA,France,H6,TOTAL,All,C00,10,10\n"
)


def test_comtrade_gives_national_records_of_its_classification(tmp_path):
    path = written(tmp_path, "comtrade.csv", COMTRADE)
    found = records(path, tmp_path)
    assert found[["flow", "partner", "code", "revision", "cents"]].values.tolist() == [
        ["export", "Germany", "870323", "hs", 2050], ["import", "France", "010121", "hs", 1000],
    ]  # fmt: skip
    assert found["month"].isna().all()
    assert found["plate"].isna().all()
    facts = " ".join(fact.en for fact in examine(path).facts)
    assert "Re-export left out" in facts
    assert "rows of World taken for totals" in facts


def test_comtrade_with_chapters_and_items_counts_nothing_twice(tmp_path):
    path = written(tmp_path, "comtrade.csv", COMTRADE.replace("TOTAL,All", "87,Vehicles"))
    with pytest.raises(RefusedTableError, match="such as 87 and 870323"):
        records(path, tmp_path)


def test_two_reporters_are_refused(tmp_path):
    path = written(tmp_path, "comtrade.csv", COMTRADE.replace("TUR,Türkiye,M", "GRC,Greece,M"))
    with pytest.raises(RefusedTableError, match="'reporterDesc' has 2 different texts"):
        records(path, tmp_path)


def test_named_columns_overrule_guesses(tmp_path):
    text = delimited().replace("DOLAR", "X1").replace("YIL", "X2")
    path = written(tmp_path, "k.csv", text)
    found = records(path, tmp_path, {"value": "X1", "year": "X2"})
    assert meant(found) == EXPECTED


def test_constants_stand_in_for_columns(tmp_path):
    path = written(tmp_path, "k.csv", "IL_ADI;KOD;DEGER\nVan;1511;1.500\n")
    given = {
        "year": "2024",
        "flow": "export",
        "revision": "isic3",
        "unit": "1000",
        "decimal": "comma",
    }
    found = records(path, tmp_path, given)
    row = found.iloc[0]
    assert (row["year"], row["flow"], row["revision"], row["cents"]) == (
        2024,
        "export",
        "isic3",
        150000000,
    )


def test_a_made_up_label_in_any_column_marks_the_row(tmp_path):
    text = "YIL;IHRITH;DOLAR;NOT\n2024;İhracat;1;UYDURMA VERİ\n2024;İhracat;2;gerçek\n"
    path = written(tmp_path, "k.csv", text)
    assert records(path, tmp_path)["made_up"].tolist() == [True, False]
    assert "MADE UP, as the records themselves say: 1" in [fact.en for fact in examine(path).facts]


def test_a_made_up_label_in_the_title_marks_all_rows(tmp_path):
    text = "UYDURMA VERİ\n\nYIL;IHRITH;DOLAR\n2024;İhracat;1\n2024;İhracat;2\n"
    assert records(written(tmp_path, "k.csv", text), tmp_path)["made_up"].tolist() == [True, True]


def test_dates_give_year_and_month(tmp_path):
    rows = [["TARIH", "IHRITH", "DOLAR"], [dt.date(2024, 3, 1), "İhracat", 5]]
    found = records(workbook(tmp_path / "k.xlsx", rows), tmp_path)
    assert found[["year", "month"]].values.tolist() == [[2024, 3]]


def test_check_names_what_each_column_was_taken_for(tmp_path):
    report = examine(written(tmp_path, "k.csv", delimited()))
    assert report.faults == ()
    facts = [fact.en for fact in report.facts]
    for said in (
        "format: text (CSV)", "encoding: UTF-8", "separator: semicolon", "decimal mark: ,",
        "column IL_ADI: province (by its name, and its content fits)",
        "column EURO: not used, not dollars", "classification of the codes: isic3",
        "leading zeros restored in 1 codes (such as 111 → 0111)", "records: 5",
        "records without a province: 1 (line 6)", "hidden data, records: 1, $250,000",
        "2024 export, records: 3, months: 2, $1,484,666",
    ):  # fmt: skip
        assert said in facts


def test_the_canonical_columns_have_their_types(tmp_path):
    with connect() as backend:
        source = stage(written(tmp_path, "k.csv", delimited()), folder=tmp_path)
        table = canonical(source, backend)
        kinds = {name: str(kind).lstrip("!") for name, kind in table.schema().items()}
    assert tuple(kinds) == CANONICAL
    assert kinds == {
        "row": "int64", "year": "int32", "month": "int32", "flow": "string", "plate": "int32",
        "place_text": "string", "code": "string", "revision": "string", "industry_name": "string",
        "partner": "string", "hidden": "boolean", "cents": "int64", "made_up": "boolean",
    }  # fmt: skip
