"""The verb that writes files for GIS, spreadsheets and programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
from mekantek.cli.options import (
    LANG,
    MISSING,
    QUIET,
    VALUES,
    VARIABLES,
    Lang,
    Missing,
)
from mekantek.cli.output import UsageError, progress
from mekantek.cli.own_records import Territory
from mekantek.cli.own_table import Layer, Regions
from mekantek.errors import OptionError
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["export_files"]


@app.command(name="export")
@spread
def export_files(
    source: Territory,
    regions: Regions,
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write to; provenance.json says what is in it.")
    ] = Path("export"),
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="gpkg, parquet, csv, csv-excel-tr, csv-excel-en, json; comma between.",
            show_default="gpkg,csv",
        ),
    ] = None,
    classes: VARIABLES = None,
    year: Annotated[
        list[int] | None,
        typer.Option("--year", help="Year of the data; repeat for several.", show_default="all"),
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your own table (CSV); else the report's data.")
    ] = None,
    value: VALUES = None,
    missing: MISSING = Missing.refuse,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """GeoPackage styled for QGIS, GeoParquet, CSV (also for Excel), JSON; each with its source."""
    from mekantek.export import check_formats, replacing_folder

    named = [name.strip() for given in formats or ["gpkg,csv"] for name in given.split(",")]
    try:
        asked = check_formats(named)
    except OptionError as error:
        raise UsageError(str(error), error.turkish) from error
    if table is None:
        regions.check_no_table(value)
        if regions.weights is not None:
            raise UsageError(
                "--weights goes with --table.", "--weights ancak --table ile kullanılır."
            )
    else:
        source.refuse_beside_table(classes, year)
    with replacing_folder(out) as folder:
        if table is None:
            study = source.study(quiet=quiet)
            chosen = source.variables(study, classes) if classes else None
            if joined := [name for name in chosen or () if "+" in name]:
                raise UsageError(
                    f"Each class has columns of its own; {joined[0]} has none.",
                    f"Her sınıfın kendi sütunları vardır; {joined[0]} için sütun yok.",
                )
            names = _of_study(study, folder, asked, chosen, year, quiet, lang.value)
        else:
            names = _of_table(folder, asked, table, value or [], regions, missing.value, lang.value)
    for name in names:
        typer.echo(str(out / name))


def _of_study(
    study: Study,
    folder: Path,
    formats: tuple[str, ...],
    classes: list[str] | None,
    years: list[int] | None,
    quiet: bool,
    language: Language,
) -> list[str]:
    from mekantek.export import STYLED, write_export
    from mekantek.report import Catalogue
    from mekantek.stats.local.hotspots import local_getis_ord
    from mekantek.stats.local.moran import local_moran

    for year in years or ():
        study.at(year)
    lisas, hotspots = {}, {}
    chosen = classes or list(study.classes)
    with progress(len(chosen) * len(study.years), quiet, language, study) as step:
        for name in chosen:
            for year in study.years:
                step(f"{name} {year}")
                at = study.at(year)
                lisas[name, year] = local_moran(at.share(name), at.graph)
                hotspots[name, year] = local_getis_ord(at.share(name), at.graph)
    sheets = Catalogue(study, lisas=lisas, hotspots=hotspots).sheets(kinds=STYLED, classes=classes)
    return write_export(
        study, folder, lisas, hotspots, sheets, formats=formats, classes=classes, years=years,
        language=language,
    )  # fmt: skip


def _of_table(
    folder: Path,
    formats: tuple[str, ...],
    table: Path,
    values: list[str],
    regions: Regions,
    missing: Any,
    language: Language,
) -> list[str]:
    from mekantek.export import file_sha256, write_own_export
    from mekantek.stats.local.moran import local_moran

    subjects = regions.columns_of(table, values, drawn=True)
    found = {
        str(s.data["value"]): local_moran(s.values, s.graph, missing=missing) for s in subjects
    }
    inputs = {path.name: file_sha256(path) for path in (table, regions.boundaries, regions.neighbours)
              if path is not None}  # fmt: skip
    return write_own_export(
        Layer(subjects[0]), {str(s.data["value"]): s.values for s in subjects}, folder, found,
        inputs=inputs, identifier=str(regions.identifier), formats=formats, language=language,
    )  # fmt: skip
