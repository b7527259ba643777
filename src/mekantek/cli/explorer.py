"""The verb that writes the linked explorer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mekantek.cli.application import app
from mekantek.cli.options import LANG, QUIET, Lang
from mekantek.cli.output import progress

__all__ = ["explore"]


@app.command(name="explorer")
def explore(
    out: Annotated[
        Path, typer.Option("--out", help="HTML file to write; it opens without a network.")
    ] = Path("explorer.html"),
    curves: Annotated[
        bool,
        typer.Option(
            "--curves/--no-curves",
            help="Test three findings for their specification curves; about a minute.",
        ),
    ] = True,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Map, Moran scatterplot, table and specification curve, linked on one page."""
    from mekantek.export import write_text
    from mekantek.report.linked import EXPLORED, explorer
    from mekantek.study import load_study

    with progress(len(EXPLORED) if curves else 0, quiet) as step:
        page = explorer(
            load_study(), None if curves else (), language=lang.value, step=step
        )  # fmt: skip
    write_text(out, page.html)
    typer.echo(str(out))
