"""The verb that holds two runs side by side: compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mekantek.cli.application import app
from mekantek.cli.options import JSON, LANG, Lang
from mekantek.cli.output import UsageError, emit_json, print_table
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.report.runs import Run


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help="Folder that study wrote, or report.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="The same, later.", metavar="B")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it to this file too: .md or .html.")
    ] = None,
    as_json: JSON = False,
    lang: LANG = Lang.tr,
) -> None:
    """What changed between two runs? Data, numbers, verdicts."""
    if out is not None and out.suffix.lower() not in (".md", ".html"):
        raise UsageError(
            f"--out {out.name} ends in neither .md nor .html.",
            f"--out {out.name} ne .md ne de .html ile bitiyor.",
        )
    from mekantek.export import write_text
    from mekantek.report.compared import (
        comparison_markdown,
        comparison_page,
        comparison_parts,
    )
    from mekantek.report.comparison import compare as compared

    language: Language = lang.value
    found = compared(*_runs(a, b))
    if out is not None:
        write = comparison_page if out.suffix.lower() == ".html" else comparison_markdown
        write_text(out, write(found, language))
    if as_json:
        emit_json(found.to_dict())
        return
    for part in comparison_parts(found):
        typer.echo(part.head[language])
        for told in part.told:
            typer.echo(f"  {told[language]}")
        if part.rows:
            print_table("", [c[language] for c in part.columns],
                        [[c[language] for c in row] for row in part.rows])  # fmt: skip
    if out is not None:
        typer.echo(str(out))


def _runs(*folders: Path) -> list[Run]:
    """Read folders, then compute the report's data where that is the word and no folder bears it."""
    from mekantek.report.runs import BUILT_IN, read_run, report_run

    # The report takes a minute; a folder that is not there is told before.
    read = [
        None if str(folder) == BUILT_IN and not folder.is_dir() else read_run(folder)
        for folder in folders
    ]
    return [report_run() if run is None else run for run in read]
