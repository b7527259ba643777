"""The verb that writes the page of a development agency."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.options import JSON, LANG, PDF, QUIET, Lang
from mekantek.cli.output import UsageError, emit_json, progress

if TYPE_CHECKING:
    from mekantek.text import Language

__all__ = ["write_brief"]


@app.command(name="brief")
def write_brief(
    agency: Annotated[
        str | None,
        typer.Argument(help="ZAFER, its name in Turkish or English, TR33, or a province of it."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All 26, into the folder --out.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write (brief-NAME.html); with --all a folder."),
    ] = None,
    pdf: PDF = False,
    tested: Annotated[
        bool,
        typer.Option(
            "--findings/--no-findings",
            help="Test the findings and the report's statements; a minute or two.",
        ),
    ] = True,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """A development agency's page: its provinces, classes, clusters, peers; what is robust."""
    if every == (agency is not None):
        raise UsageError(
            "Name one agency, or give --all.", "Bir ajans adı verin ya da --all kullanın."
        )
    if as_json and (pdf or out is not None):
        raise UsageError(
            "--json goes to stdout; leave out --out and --pdf.",
            "--json standart çıktıya yazar; --out ve --pdf olmadan kullanın.",
        )
    from mekantek.datasets.agencies import load_agencies, resolve_agency
    from mekantek.report.briefs import Brief, brief_setting, count_steps
    from mekantek.report.pdf import check_pdf
    from mekantek.study import load_study

    chosen = load_agencies() if agency is None else (resolve_agency(agency),)
    if pdf:
        check_pdf()
    writing = 0 if as_json else len(chosen)
    study = load_study()
    steps = count_steps(study, tested=tested) + writing
    with progress(steps, quiet, lang.value, study) as step:
        setting = brief_setting(study, tested=tested, step=step)
        briefs = [Brief(setting=setting, agency=one) for one in chosen]
        written = [] if as_json else _write(briefs, every, out, pdf, lang.value, step)
    if not as_json:
        for path in written:
            typer.echo(str(path))
    elif every:
        emit_json({"schema": "mekantek/briefs/1", "briefs": [b.to_dict() for b in briefs]})
    else:
        emit_json(briefs[0].to_dict())


def _write(
    briefs: Any, every: bool, out: Path | None, pdf: bool, language: Language, step: Any
) -> list[Path]:
    """Write the pages, all of them or none."""
    from mekantek.export import replacing_folder
    from mekantek.report.briefs import page_name

    ending = "pdf" if pdf else "html"
    if not every:
        name = page_name(briefs[0].agency, ending)
        step(name)
        path = out or Path(name)
        _save(path, _content(briefs[0], pdf, language))
        return [path]
    folder, paths = out or Path("briefs"), []
    with replacing_folder(folder) as aside:
        for brief in briefs:
            name = page_name(brief.agency, ending)
            step(name)
            _save(aside / name, _content(brief, pdf, language))
            paths.append(folder / name)
    return paths


def _content(brief: Any, pdf: bool, language: Language) -> bytes:
    from mekantek.report.briefs import brief_page
    from mekantek.report.pdf import page_pdf

    page = brief_page(brief, language)
    return page_pdf(page, language) if pdf else page.encode()


def _save(path: Path, content: bytes) -> None:
    from mekantek.datasets.files import write_whole
    from mekantek.errors import OptionError

    try:
        write_whole(path, content)
    except OSError as error:
        raise OptionError(
            f"Cannot write {path.name}: {error.strerror}.",
            f"{path.name} yazılamıyor: {error.strerror}.",
        ) from error
