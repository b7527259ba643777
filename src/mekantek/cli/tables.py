"""The verb that makes the report's tables, from its own data or from anyone's records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
from mekantek.cli.options import JSON, LANG, QUIET, Lang
from mekantek.cli.output import UsageError, emit_json, progress, say
from mekantek.cli.own_records import Reading
from mekantek.errors import OptionError
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.tabulation import Ledger, PrintedTable

__all__ = ["make_report_tables", "years_of"]


def years_of(given: str | None) -> list[int] | None:
    """
    Read years as a list with ranges.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> years_of("2004, 2019-2021")
    [2004, 2019, 2020, 2021]
    """
    if given is None:
        return None
    found: set[int] = set()
    for part in given.split(","):
        read = re.fullmatch(r"\s*(\d{4})\s*(?:[-–]\s*(\d{4})\s*)?", part, re.ASCII)
        ends = (int(read[1]), int(read[2] or read[1])) if read else (1, 0)
        if ends[0] > ends[1]:
            raise UsageError(
                f"--years is {given!r}; it takes years such as 2019,2024 or 2004-2024.",
                f"--years {given!r} verildi; 2019,2024 ya da 2004-2024 gibi yıllar alır.",
            )
        found |= set(range(ends[0], ends[1] + 1))
    return sorted(found)


@app.command(name="tables")
@spread
def make_report_tables(
    reading: Reading,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Trade records: Excel, HTML, CSV or Parquet; without any, the report's own data.",
            metavar="[FILE…]",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="A table (3.5, 'Ek 3', 'Grafik 1') or a chapter (3, Ek); repeat for several.",
            show_default="all 40",
        ),
    ] = None,
    province: Annotated[
        str | None,
        typer.Option("--province", help="Of tables 2.1 to 2.9.", show_default="Ankara"),
    ] = None,
    selected: Annotated[
        list[str] | None,
        typer.Option(
            "--selected",
            help="Compared in tables 3.1 to 3.8; repeat for several.",
            show_default="the report's six",
        ),
    ] = None,
    years: Annotated[
        str | None,
        typer.Option(
            "--years",
            help="Such as 2019,2024 or 2004-2024; the last is compared with five years before.",
            show_default="all that are there",
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option("--top", min=1, help="Lines of a ranking.", show_default="30"),
    ] = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv, csv-excel-tr, csv-excel-en, xlsx, html, latex, json, and for the charts svg, "
            "png, pdf; comma between.",
        ),
    ] = "csv,xlsx,html,latex,svg",
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to.", show_default="tables")
    ] = None,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """The report's 32 tables, 4 charts and 4 annexes, from records or from its own data."""
    if as_json and out is not None:
        raise UsageError(
            "--json goes to stdout; leave out --out, or take --format json.",
            "--json standart çıktıya yazar; --out olmadan kullanın ya da --format json verin.",
        )
    if not files:
        reading.refuse_unused(
            Text("{o} ancak kayıt dosyalarıyla kullanılır.", "{o} goes with files of records.")
        )
    asked_years = years_of(years)
    from mekantek.report.printed_tables import check_formats, content
    from mekantek.tabulation import choose, ledger_of_report, make_tables
    from mekantek.tabulation.specification import chosen

    try:
        forms, _ = check_formats(formats.split(",")), chosen(only or ())
    except OptionError as error:
        raise UsageError(str(error), error.turkish) from error
    ledger = _ledger(files, reading, quiet, lang.value) if files else ledger_of_report()
    choice = choose(ledger, province=province, selected=selected, years=asked_years, top=top)
    tables = make_tables(ledger, choice, only=only or ())
    _check_any(tables)
    if as_json:
        emit_json(content(tables, ledger, choice))
        return
    folder = out or Path("tables")
    for path in _written(tables, ledger, choice, folder, forms, quiet, lang.value):
        typer.echo(str(path))
    _tell_missing(tables, lang.value)


def _ledger(files: list[Path], reading: Reading, quiet: bool, language: Language) -> Ledger:
    """Add the records up, and say that nothing was lost."""
    from mekantek.cli.records import conserved
    from mekantek.tabulation import ledger_of

    tally = reading.tally(files, quiet=quiet)
    say(conserved(tally, language))
    return ledger_of(tally)


def _written(
    tables: Sequence[PrintedTable],
    ledger: Ledger,
    choice: Any,
    folder: Path,
    formats: tuple[str, ...],
    quiet: bool,
    language: Language,
) -> list[Path]:
    """Write all of them or none."""
    from mekantek.export import replacing_folder
    from mekantek.report.printed_tables import write_tables

    with progress(len(formats), quiet) as step, replacing_folder(folder) as aside:
        written = write_tables(
            tables, ledger, choice, aside, formats=formats, language=language, step=step
        )
        return [folder / path.relative_to(aside) for path in written]


def _check_any(tables: Sequence[PrintedTable]) -> None:
    """Refuse to write nothing: say what the first table lacks, and how many lack something."""
    reasons = [table.reason for table in tables]
    first = reasons[0] if reasons else None
    if first is None or None in reasons:
        return
    number = tables[0].number
    if len(tables) == 1:
        told = Text("{t} yapılamadı. {r}", "{t} cannot be made. {r}")
    else:
        told = Text(
            "İstenen {n} tablonun hiçbiri yapılamadı; ilki {t}: {r}",
            "None of the {n} tables asked for can be made; the first, {t}: {r}",
        )
    said = told.format(n=len(tables), t=number, r=first)
    raise OptionError(said.en, said.tr)


def _tell_missing(tables: Sequence[PrintedTable], language: Language) -> None:
    """Say on stderr which tables could not be made, and why."""
    for table in tables:
        if table.reason is not None:
            say(f"{table.number[language]}: {table.reason[language]}")
