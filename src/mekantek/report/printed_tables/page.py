"""All tables on one page that opens offline, speaks both languages and prints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from mekantek.maps.page import asset, bilingual, document
from mekantek.maps.svg import outlines
from mekantek.maps.wording import both
from mekantek.report.printed_tables.charts import chart_picture, ground_of, is_chart
from mekantek.tabulation.titles import span_of
from mekantek.text import Language, Text, shortened

if TYPE_CHECKING:
    from mekantek.tabulation import Choice, Column, Ledger, PrintedTable

__all__ = ["tables_page"]

_TITLE = Text("Raporun tabloları", "The tables of the report")
_LEAD = Text(
    "Ankara Sanayi Odası'nın Temmuz 2025 raporundaki tablo, grafik ve ekler, aynı adlarla, şu "
    "kaynaktan yeniden hesaplandı: {origin}. Yıllar: {years}. {told}",
    "The tables, charts and annexes of the July 2025 report of the Ankara Chamber of Industry, under "
    "the same names, computed anew from: {origin}. Years: {years}. {told}",
)
_ALL = Text("{n} tablonun hepsi yapıldı.", "All {n} were made.")
_SOME = Text(
    "{n} tablonun {made} tanesi yapıldı; yapılamayanların yanında neyin eksik olduğu yazılıdır.",
    "{made} of {n} were made; beside the others stands what is missing.",
)
_WITHOUT = Text("yapılamadı", "not made")
_CONTENTS = Text("Bütün tablolar", "All tables")


def _chapter(table: PrintedTable, choice: Choice) -> Text:
    chapters = {
        "1": Text("1. Türkiye", "1. Türkiye"),
        "2": Text(f"2. {choice.name}", f"2. {choice.name}"),
        "3": Text("3. Seçilmiş iller", "3. Selected provinces"),
        "4": Text("4. 81 il", "4. The 81 provinces"),
        "G": Text("Grafikler", "Charts"),
        "E": Text("Ekler", "Annexes"),
    }
    return chapters[table.id[0]]


def _cell(column: Column, cell: object, *, first: bool) -> str:
    if column.unit is None:
        told = cell if isinstance(cell, Text) else shortened(str(cell))
        inner = bilingual(told)
        return f'<th scope="row">{inner}</th>' if first else f"<td>{inner}</td>"
    inner = bilingual(both(lambda lang: column.written(cell, lang)))
    if column.key == "rank":
        inner = "" if inner == "–" else inner
    return f"<td class=number>{inner}</td>"


def _rows(table: PrintedTable) -> str:
    named = next(c.key for c in table.columns if c.unit is None)
    rows = []
    keys = [c.key for c in table.columns]
    totals = {"Türkiye", "Toplam"}
    for row in table.frame[keys].itertuples(index=False):
        label = row[keys.index(named)]
        told = label.tr if isinstance(label, Text) else ""
        cells = "".join(
            _cell(c, cell, first=c.key == named) for c, cell in zip(table.columns, row, strict=True)
        )
        rows.append(f"<tr{' class=sum' if told in totals else ''}>{cells}</tr>")
    return "".join(rows)


def _grid(table: PrintedTable) -> str:
    labels = [
        Text(*(table.heads(lang)[k] for lang in ("tr", "en"))) for k in range(len(table.columns))
    ]
    heads = "".join(
        f'<th scope="col"{"" if c.unit is None else " class=number"}>{bilingual(label)}</th>'
        for c, label in zip(table.columns, labels, strict=True)
    )
    unit = table.unit
    caption = (
        ""
        if unit is None
        else f"<caption>{bilingual(Text(f'Birim: {unit.name.tr}', f'Unit: {unit.name.en}'))}</caption>"
    )
    number = table.number
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{number.tr} / {number.en}">'
        f'<table class="printed">{caption}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{_rows(table)}</tbody></table></div>"
    )


def _section(table: PrintedTable) -> str:
    body = f"<h3>{bilingual(table.full_title)}</h3>"
    body += "".join(f'<p class="basis">{bilingual(line)}</p>' for line in table.head)
    if table.reason is not None:
        body += f'<p class="reason">{bilingual(table.reason)}</p>'
    else:
        if is_chart(table):
            body += chart_picture(table, ground_of(table))
        body += _grid(table)
    notes = "".join(f"<li>{bilingual(note)}</li>" for note in table.notes)
    return f'<section id="{table.slug}">{body}{f"<ul class=notes>{notes}</ul>" if notes else ""}</section>'


def _contents(tables: Sequence[PrintedTable]) -> str:
    items = []
    for table in tables:
        told = table.full_title
        without = (
            "" if table.reason is None else f" <span class=without>({bilingual(_WITHOUT)})</span>"
        )
        items.append(f'<li><a href="#{table.slug}">{bilingual(told)}</a>{without}</li>')
    return f'<ul class="numbers">{"".join(items)}</ul>'


def tables_page(
    tables: Sequence[PrintedTable], ledger: Ledger, choice: Choice, language: Language = "tr"
) -> str:
    """
    Write all tables as one HTML document that makes no request.

    Parameters
    ----------
    tables : sequence of PrintedTable
    ledger : Ledger
        What they were made of, for the first paragraph.
    choice : Choice
    language : {"tr", "en"}
        Shown first.

    Returns
    -------
    str

    Examples
    --------
    >>> from mekantek.tabulation import choose, ledger_of_report, make_tables
    >>> ledger = ledger_of_report()
    >>> choice = choose(ledger)
    >>> page = tables_page(make_tables(ledger, choice, only=["3.2"]), ledger, choice)
    >>> "Tablo 3.2" in page, "Table 3.2" in page
    (True, True)
    """
    made = sum(table.reason is None for table in tables)
    lead = _LEAD.format(
        origin=Text(shortened(ledger.origin.tr, 400), shortened(ledger.origin.en, 400)),
        years=span_of(choice.years),
        told=(_ALL if made == len(tables) else _SOME).format(n=len(tables), made=made),
    )  # fmt: skip
    warning = ""
    if ledger.made_up and tables:
        warning = f'<p class="made-up">{bilingual(tables[0].head[0])}</p>'
    chapters = ""
    for name, group in groupby(tables, key=lambda table: _chapter(table, choice)):
        inner = "".join(map(_section, group))
        chapters += f'<section class="chapter"><h2>{bilingual(name)}</h2>{inner}</section>'
    charts = [table for table in tables if is_chart(table)]
    shapes = outlines(ground_of(charts[0]).geometry) if charts else ""
    boundaries = (
        f"<footer><p>{bilingual(ground_of(charts[0]).provenance['boundaries'])}.</p></footer>"
        if charts
        else ""
    )
    listed = f"<section><h2>{bilingual(_CONTENTS)}</h2>{_contents(tables)}</section>"
    body = (
        f'{shapes}<main>{warning}<p class="reading">{bilingual(lead)}</p>{listed}{chapters}</main>'
        f"{boundaries}"
    )
    return document(_TITLE, body, language=language, head=f"<style>{asset('tables.css')}</style>")
