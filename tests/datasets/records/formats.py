"""Made-up records in every format that users bring: material for tests, never shipped."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pandas as pd

FLOWS = {"export": "İhracat", "import": "İthalat"}
MONTHS = ("OCAK", "ŞUBAT", "MART", "NİSAN", "MAYIS", "HAZİRAN", "TEMMUZ", "AĞUSTOS", "EYLÜL",
          "EKİM", "KASIM", "ARALIK")  # fmt: skip
NOTE = "UYDURMA / MADE UP"
HEADER = ("YIL", "AY", "IHRITH", "IL_KODU", "IL_ADI", "ISIC3_4", "ISIC3_ADI", "ULKE", "DOLAR",
          "EURO", "VERI_TURU")  # fmt: skip


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def english(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def turkish(cents: int) -> str:
    return english(cents).translate(str.maketrans(",.", ".,"))


def without_zeros(code: str) -> str:
    """As a spreadsheet leaves codes: 0111 became 111."""
    return code if code == "-" else str(int(code))


def rows_of(records: pd.DataFrame, number: Callable[[int], object]) -> list[list[object]]:
    return [
        [int(r["year"]), int(r["month"]), FLOWS[r["flow"]],
         "-" if pd.isna(r["plate"]) else int(r["plate"]), r["province"], without_zeros(r["code"]),
         r["industry"], r["partner"], number(int(r["cents"])), "0", r["note"]]
        for r in records.to_dict("records")
    ]  # fmt: skip


def tuik_xlsx(records: pd.DataFrame, path: Path) -> Path:
    """Title rows, a blank row, one header row, numbers as numbers, a total at the end."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Veri")
    sheet.append([f"İllere göre dış ticaret, özel ticaret sistemi ({NOTE})"])
    sheet.append(["Kaynak: yok, bu veri uydurmadır"])
    sheet.append([])
    sheet.append(list(HEADER))
    for row in rows_of(records, lambda cents: cents / 100):
        row[5] = row[5] if row[5] == "-" else int(row[5])
        sheet.append(row)
    sheet.append(["Genel Toplam", *[None] * 7, int(records["cents"].sum()) / 100, None, None])
    book.save(path)
    return path


def html_xls(records: pd.DataFrame, path: Path) -> Path:
    """An HTML table saved as .xls: repeated cells left blank, totals rows between."""
    ordered = records.sort_values(["year", "flow", "plate", "code", "month", "partner"])
    lines = ["<html><head><meta charset='windows-1254'></head><body>",
             f"<table><tr><td colspan=11>{NOTE}</td></tr><tr>",
             *(f"<th>{name}</th>" for name in HEADER), "</tr>"]  # fmt: skip
    before: list[object] = [None] * 5
    summed = 0
    for record, row in zip(ordered.to_dict("records"), rows_of(ordered, turkish), strict=True):
        if before[4] is not None and before[2:5] != row[2:5]:
            lines.append(
                _html_row(
                    [*before[:4], f"{before[4]} Toplamı", "", "", "", turkish(summed), "", ""]
                )
            )
            summed = 0
        summed += int(record["cents"])
        blank = row[:5] == before
        lines.append(_html_row([*([""] * 5 if blank else row[:5]), *row[5:]]))
        before = row[:5]
    lines.append(_html_row(["Toplam", *[""] * 7, turkish(int(records["cents"].sum())), "", ""]))
    lines.append("</table></body></html>")
    path.write_bytes("\n".join(lines).encode("cp1254"))
    return path


def _html_row(cells: list[object]) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>"


def delimited(
    records: pd.DataFrame, path: Path, *, separator: str, encoding: str,
    number: Callable[[int], str],
) -> Path:  # fmt: skip
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(rows_of(records, number))
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def parquet(records: pd.DataFrame, path: Path) -> Path:
    """Types as a database gives them: small integers, doubles, codes as text."""
    rows = rows_of(records, lambda cents: cents / 100)
    frame = pd.DataFrame(rows, columns=list(HEADER)).drop(columns=["EURO", "IL_KODU"])
    frame["ISIC3_4"] = list(records["code"])
    frame.astype({"YIL": "int16", "AY": "int8"}).to_parquet(path, index=False)
    return path


def tim_workbook(records: pd.DataFrame, path: Path) -> Path:
    """Provinces down, months across, a sheet for each year, thousand USD, exports alone."""
    exports = records[(records["flow"] == "export") & records["plate"].notna()]
    book = openpyxl.Workbook(write_only=True)
    for year, own in exports.groupby("year"):
        sheet = book.create_sheet(str(year))
        sheet.append([f"{year} YILI İLLER BAZINDA İHRACAT (1000 $) {NOTE}"])
        sheet.append(["İLLER", *MONTHS, "TOPLAM"])
        cents = own.pivot_table(
            index="province", columns="month", values="cents", aggfunc="sum", fill_value=0
        )
        for name, row in cents.iterrows():
            months = [int(row.get(month, 0)) for month in range(1, 13)]
            sheet.append([name, *(m / 100_000 for m in months), sum(months) / 100_000])
        sheet.append(["TOPLAM", *[None] * 12, int(own["cents"].sum()) / 100_000])
    book.save(path)
    return path


def hs_code(code: str) -> str:
    """A made-up code of the Harmonized System for an industry."""
    return "999999" if code == "-" else f"{int(code) % 97 + 1:02d}{code}"


def comtrade(records: pd.DataFrame, path: Path) -> Path:
    """National records as UN Comtrade gives them, with rows of World beside the partners'."""
    summed = records.assign(hs=records["code"].map(hs_code))
    summed = summed.groupby(["year", "flow", "hs", "partner"], as_index=False)["cents"].sum()
    world = summed.groupby(["year", "flow", "hs"], as_index=False)["cents"].sum()
    both = pd.concat([world.assign(partner="World"), summed], ignore_index=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["typeCode", "refYear", "refMonth", "flowCode", "flowDesc", "reporterDesc",
                         "partnerDesc", "classificationCode", "cmdCode", "cmdDesc", "fobvalue",
                         "primaryValue", "note"])  # fmt: skip
        for row in both.to_dict("records"):
            flow = row["flow"]
            writer.writerow(
                ["C", row["year"], 52, {"export": "X", "import": "M"}[flow], flow.title(),
                 "Türkiye", row["partner"], "H6", row["hs"], "made up", "",
                 dollars(int(row["cents"])), NOTE]
            )  # fmt: skip
    return path


FORMATS: Mapping[str, tuple[str, Callable[[pd.DataFrame, Path], Path]]] = {
    "TÜİK workbook": ("veri.xlsx", tuik_xlsx),
    "HTML saved as xls": ("veri.xls", html_xls),
    "CSV, UTF-8, semicolons, 1.234,56": ("veri.csv", lambda records, path: delimited(
        records, path, separator=";", encoding="utf-8-sig", number=turkish)),
    "CSV, UTF-8, commas, 1234.56": ("veri.csv", lambda records, path: delimited(
        records, path, separator=",", encoding="utf-8", number=dollars)),
    "CSV, Windows-1254, semicolons, 1.234,56": ("veri.csv", lambda records, path: delimited(
        records, path, separator=";", encoding="cp1254", number=turkish)),
    "CSV, Windows-1254, tabs, 1,234.56": ("veri.txt", lambda records, path: delimited(
        records, path, separator="\t", encoding="cp1254", number=english)),
    "Parquet": ("veri.parquet", parquet),
}  # fmt: skip
"""Formats with provinces and industries."""
