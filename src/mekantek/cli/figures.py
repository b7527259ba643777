"""The verb that writes figures for print and LaTeX tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
from mekantek.cli.options import LANG, QUIET, VARIABLES, Lang
from mekantek.cli.output import UsageError, progress
from mekantek.cli.own_records import Territory

__all__ = ["figures"]


@app.command(name="figures")
@spread
def figures(
    source: Territory,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("figures"),
    formats: Annotated[
        str, typer.Option("--format", help="png, svg, pdf: one or several, joined by commas.")
    ] = "png,svg,pdf",
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="A kind (share, years, clusters, curve, table, …) or one figure (share-high, "
            "curve-gradient); repeat for several. What needs no finding is quick.",
            show_default="all; takes minutes, for every finding is tested",
        ),
    ] = None,
    classes: VARIABLES = None,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Every map and chart for print (PNG, SVG, PDF; equal-area), and LaTeX tables."""
    wanted: list[Any] = [f.strip().lower() for f in formats.split(",") if f.strip()]
    if not wanted or not set(wanted) <= {"png", "svg", "pdf"}:
        raise UsageError(
            f"--format is {formats!r}; it takes png, svg, pdf, joined by commas.",
            f"--format {formats!r} verildi; png, svg, pdf alır, virgülle ayrılmış.",
        )
    from mekantek.export import replacing_folder
    from mekantek.report.figures import choose, write_figures

    study = source.study(quiet=quiet)
    chosen = choose(study, only or (), source.variables(study, classes) if classes else ())
    with progress(len(chosen), quiet, lang.value, study) as step, replacing_folder(out) as folder:
        written = write_figures(
            study, folder, chosen=chosen, formats=list(dict.fromkeys(wanted)),
            language=lang.value, step=step,
        )  # fmt: skip
    for path in written:
        typer.echo(str(out / path.name))
