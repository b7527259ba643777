"""The verb that writes a study file from a user's own files: init."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mekantek.cli.application import app
from mekantek.cli.options import LANG, Lang
from mekantek.cli.output import UsageError, say
from mekantek.text import Text

_LAYERS = (".geojson", ".json", ".topojson", ".gpkg", ".shp", ".fgb")
_NEIGHBOURS = (".gal", ".gwt", ".swm")


@app.command()
def init(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Polygons (GeoJSON, GeoPackage, shapefile, TopoJSON), a CSV of values beside them, "
            "a list of neighbours (.gal, .gwt, .swm).",
            metavar="FILE…",
        ),
    ],
    identifier: Annotated[
        str | None, typer.Option("--id", help="Column of ids in the table; found if not named.")
    ] = None,
    boundaries_id: Annotated[
        str | None, typer.Option("--boundaries-id", help="Property of ids in the polygons.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option("--layer", help="Which layer of a file that holds several.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="Of polygons that do not say: EPSG:4326.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Study file to write.")] = Path("study.toml"),
    lang: LANG = Lang.tr,
) -> None:
    """Write a commented study file from your own files, to correct and to run."""
    from mekantek.datasets.boundaries import list_layers
    from mekantek.datasets.check import check_file
    from mekantek.datasets.files import write_whole
    from mekantek.study.draft import draft_study

    if out.exists():
        raise UsageError(
            f"{out.name} is there already and may hold your work; name another with --out, or move it.",
            f"{out.name} zaten var ve emeğinizi taşıyor olabilir; --out ile başka ad verin ya da taşıyın.",
        )
    polygons = [f for f in files if f.suffix.lower() in _LAYERS]
    lists = [f for f in files if f.suffix.lower() in _NEIGHBOURS]
    tables = [f for f in files if f not in polygons and f not in lists]
    several = max(len(polygons), len(tables), len(lists)) > 1
    if several or not (polygons or (tables and lists)):
        raise UsageError(
            "Give one file of polygons, and at most one table and one list of neighbours; without "
            "polygons a table and a list.",
            "Bir çokgen dosyası, en çok bir tablo ve bir komşu listesi verin; çokgen yoksa bir tablo "
            "ile bir liste.",
        )
    text = draft_study(
        polygons[0] if polygons else None,
        tables[0] if tables else None,
        identifier=identifier,
        boundaries_id=boundaries_id,
        neighbours=lists[0] if lists else None,
        layer=layer,
        crs=crs,
        folder=out.parent.resolve(),
        language=lang.value,
    )
    # Of several layers the draft takes the first and says so; `check` reads files of one.
    if polygons and layer is None and crs is None and len(list_layers(polygons[0])) < 2:
        report = check_file(polygons[0], id_column=boundaries_id)
        for fault in report.faults:
            say(f"! {fault[lang.value]}")
    write_whole(out, text.encode())
    typer.echo(str(out))
    say(
        Text(
            f"Okuyup düzeltin, sonra: mekantek study {out}",
            f"Read and correct it, then: mekantek study {out}",
        )[lang.value]
    )
