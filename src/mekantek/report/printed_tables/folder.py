"""A folder of tables in the forms that were asked for, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.errors import OptionError
from mekantek.export import DIALECTS, to_json, versions, write_csv, write_text
from mekantek.export.workbooks import Sheet, write_workbook
from mekantek.report.latex import latex_table
from mekantek.report.printed_tables.charts import chart_figure, ground_of, is_chart
from mekantek.report.printed_tables.page import tables_page
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.tabulation import Choice, Ledger, PrintedTable

__all__ = ["FORMATS", "check_formats", "content", "write_tables"]

_DRAWN = ("svg", "png", "pdf")
FORMATS = (*DIALECTS, "xlsx", "html", "latex", "json", *_DRAWN)
"""The forms by name; ``svg``, ``png`` and ``pdf`` are of the charts alone."""

_BASIS = Text("dayanak", "basis")


def check_formats(names: Sequence[str]) -> tuple[str, ...]:
    """
    Refuse forms that are none.

    Raises
    ------
    OptionError
        With the names that are.

    Examples
    --------
    >>> check_formats(["xlsx", "csv", "xlsx"])
    ('xlsx', 'csv')
    """
    asked = tuple(dict.fromkeys(name.strip().lower() for name in names if name.strip()))
    unknown = [name for name in asked if name not in FORMATS]
    if unknown or not asked:
        listed = ", ".join(FORMATS)
        raise OptionError(
            f"No format {', '.join(map(repr, unknown)) or 'named'}; there are {listed}.",
            f"{', '.join(map(repr, unknown)) or 'Boş'} diye bir biçim yok; şunlar var: {listed}.",
        )
    return asked


def content(tables: Sequence[PrintedTable], ledger: Ledger, choice: Choice) -> dict[str, Any]:
    """
    Give everything as plain lists and dictionaries, numbers unrounded.

    Returns
    -------
    dict
        ``schema`` ``mekantek/tables/1``; ``choice``, ``basis``, ``made_up``, ``sources``,
        ``conservation``, ``tables`` and ``versions``. Shares are fractions, money is USD, absent is
        null.
    """
    basis, tally = ledger.basis, ledger.tally
    return {
        "schema": "mekantek/tables/1",
        "made_up": ledger.made_up,
        "origin": ledger.origin.to_dict(),
        "basis": {
            "system": basis.system.to_dict(),
            "place": basis.place.to_dict(),
            "revision": basis.revision,
            "taxonomy": basis.taxonomy,
            "denominator": basis.denominator.to_dict(),
        },
        "choice": {
            "province": choice.province,
            "selected": list(choice.selected),
            "years": list(choice.years),
            "first": choice.first,
            "last": choice.last,
            "top": choice.top,
        },
        "months": {str(year): int(count) for year, count in sorted(ledger.months.items())},
        "sources": [] if tally is None else [dict(source) for source in tally.sources],
        "conservation": {} if tally is None else dict(tally.conservation),
        "tables": [table.to_dict() for table in tables],
        "versions": versions(),
    }


def write_tables(
    tables: Sequence[PrintedTable],
    ledger: Ledger,
    choice: Choice,
    folder: Path,
    *,
    formats: Sequence[str] = ("csv", "xlsx", "html", "latex", "svg"),
    language: Language = "tr",
    step: Callable[[str], Any] = lambda _: None,
) -> list[Path]:
    """
    Write tables to a folder that exists.

    Parameters
    ----------
    tables : sequence of PrintedTable
    ledger : Ledger
    choice : Choice
    folder : Path
        Use `mekantek.export.replacing_folder` for whole or not at all.
    formats : sequence of str
        Of `FORMATS`.
    language : {"tr", "en"}
        Of heads and words; the page has both.
    step : callable
        Told the name of each form.

    Returns
    -------
    list of Path
        ``tables.xlsx``, ``tables.html``, ``tables.json``; one file a table in folders named for
        their form. The same tables give the same bytes.

    Raises
    ------
    OptionError
        If a form is none or a file cannot be written.
    """
    written: list[Path] = []
    for form in check_formats(formats):
        step(form)
        if form in DIALECTS:
            written += _csv(tables, folder / form, form, language)
        elif form == "xlsx":
            written.append(_workbook(tables, ledger, folder / "tables.xlsx", language))
        elif form == "html":
            page = tables_page(tables, ledger, choice, language)
            written.append(write_text(folder / "tables.html", page))
        elif form == "json":
            told = to_json(content(tables, ledger, choice)) + "\n"
            written.append(write_text(folder / "tables.json", told))
        elif form == "latex":
            written += _latex(tables, folder / "latex", language)
        else:
            written += _charts(tables, folder / "charts", form, language)
    return written


def _basis(table: PrintedTable, language: Language) -> str:
    return ". ".join(line[language] for line in table.head)


def _csv(tables: Sequence[PrintedTable], folder: Path, form: str, language: Language) -> list[Path]:
    """Write one CSV a table, its basis in a column of its own, and one that lists them."""
    folder.mkdir(exist_ok=True)
    written, rows = [], []
    for table in tables:
        name = f"{table.slug}.csv" if table.reason is None else None
        if name:
            values = table.values(language)
            values[_BASIS[language]] = _basis(table, language)
            written.append(write_csv(values, folder / name, DIALECTS[form]))
        rows.append(
            {
                Text("tablo", "table")[language]: table.number[language],
                Text("başlık", "title")[language]: table.title[language],
                Text("dosya", "file")[language]: name,
                Text("yapılamama nedeni", "why not made")[language]: (
                    None if table.reason is None else table.reason[language]
                ),
                Text("notlar", "notes")[language]: " ".join(n[language] for n in table.notes),
                _BASIS[language]: _basis(table, language),
            }
        )
    listed = write_csv(pd.DataFrame(rows, dtype=object), folder / "contents.csv", DIALECTS[form])
    return [listed, *written]


def _workbook(
    tables: Sequence[PrintedTable], ledger: Ledger, path: Path, language: Language
) -> Path:
    sheets = []
    for table in tables:
        made = table.reason is None
        values = table.values(language) if made else pd.DataFrame()
        heads = table.heads(language, units=True)
        digits = {
            head: column.unit.digits
            for head, column in zip(heads, table.columns, strict=True)
            if column.unit is not None
        }
        named = table.full_title[language]
        lost = Text("yapılamadı", "not made")[language]
        sheets.append(
            Sheet(
                name=table.number[language],
                title=named if made else f"{named} ({lost})",
                above=[line[language] for line in table.head],
                table=values,
                digits=digits,
                below=[n[language] for n in (*table.notes, table.reason) if n is not None],
            )
        )
    title = Text("Raporun tabloları", "The tables of the report")[language]
    if ledger.made_up:
        title += Text(" (UYDURMA VERİ)", " (MADE-UP DATA)")[language]
    contents = Text("İçindekiler", "Contents")[language]
    return write_workbook(path, sheets, contents=contents, title=title)


def _latex(tables: Sequence[PrintedTable], folder: Path, language: Language) -> list[Path]:
    """Write one LaTeX table a file; basis and notes stand in the caption, what is not made nowhere."""
    folder.mkdir(exist_ok=True)
    written = []
    for table in tables:
        if table.reason is None:
            unit = table.unit
            notes = [] if unit is None else [Text("Birim: {u}.", "Unit: {u}.").format(u=unit.name)]
            told = " ".join(n[language] for n in (*notes, *table.notes))
            rows = table.rows(language)
            text = latex_table(
                table.heads(language), rows,
                columns="".join("l" if c.unit is None else "r" for c in table.columns),
                caption=f"{table.full_title[language]}. {_basis(table, language)}. {told}".rstrip(),
                label=f"tab:mekantek-{table.slug}", long=len(rows) > 40,
            )  # fmt: skip
            written.append(write_text(folder / f"{table.slug}.tex", text))
    return written


def _charts(
    tables: Sequence[PrintedTable], folder: Path, form: Any, language: Language
) -> list[Path]:
    from mekantek.datasets.files import write_whole

    charts = [table for table in tables if is_chart(table)]
    if charts:
        folder.mkdir(exist_ok=True)
    return [
        write_whole(
            folder / f"{table.slug}.{form}",
            chart_figure(table, ground_of(table), language).to_bytes(form),
        )
        for table in charts
    ]
