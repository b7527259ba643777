"""Verbs that write single pages: map, atlas, explorer."""

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
    VALUE,
    VARIABLE,
    YEAR,
    Lang,
    MapKind,
    Missing,
)
from mekantek.cli.output import UsageError, progress
from mekantek.cli.own_records import Territory
from mekantek.cli.own_table import Layer, Regions
from mekantek.cli.subjects import printed_share
from mekantek.errors import OptionError
from mekantek.grammar import did_you_mean
from mekantek.text import fold, nearest

if TYPE_CHECKING:
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.study import Study

__all__ = ["atlas", "explore", "single_map", "unit_of"]

OUT = Annotated[Path, typer.Option("--out", help="HTML file to write; it opens without a network.")]


@app.command(name="map")
@spread
def single_map(
    source: Territory,
    regions: Regions,
    kind: Annotated[MapKind, typer.Argument(help="What to draw.")],
    members: Annotated[
        list[str] | None,
        typer.Argument(help="Provinces or units, for a corridor.", show_default=False),
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your own table (CSV); else the report's data.")
    ] = None,
    value: VALUE = None,
    variable: VARIABLE = None,
    year: YEAR = None,
    missing: MISSING = Missing.refuse,
    out: OUT = Path("map.html"),
    lang: LANG = Lang.tr,
) -> None:
    """One map as one HTML file: any of the atlas of a study, a corridor A B, or your own column."""
    from mekantek.export import write_text
    from mekantek.maps import live
    from mekantek.maps.layers import draw

    if (kind is MapKind.corridor) != bool(members):
        raise UsageError(
            "Name the members of a corridor map, and of no other.",
            "Üyeleri yalnız koridor haritasında adlandırın; orada da mutlaka.",
        )
    if table is not None:
        source.refuse_beside_table(variable, year)
        if kind not in (MapKind.share, MapKind.clusters):
            raise UsageError(
                "Of your own table there are the maps share and clusters.",
                "Kendi tablonuzdan share ve clusters haritaları çizilir.",
            )
        subject = regions.columns_of(table, [] if value is None else [value], drawn=True)[0]
        layer = Layer(subject)
        if kind is MapKind.share:
            drawn = live.number_map(layer, subject.values, str(value), language=lang.value)
        else:
            from mekantek.stats.local.moran import local_moran

            result = local_moran(subject.values, subject.graph, missing=missing.value)
            drawn = live.cluster_map(layer, result, column=str(value), language=lang.value)
    else:
        regions.check_no_table(value)
        study = source.study(year=year, weights=regions.weights)
        default = "high" if study.of_provinces else study.classes[0]
        [name] = source.variables(study, [variable or default])
        sheet = _sheet(study, kind, members or [], name, missing.value)
        drawn = draw(sheet, study, language=lang.value)
    write_text(out, drawn.get_root().render())
    typer.echo(str(out))


def _sheet(study: Study, kind: MapKind, members: list[str], name: str, missing: Any) -> MapSheet:
    """Make one sheet of a study: tests of the year asked for, else as in the atlas."""
    from mekantek.maps.sheets.clusters import cluster_sheet
    from mekantek.maps.sheets.corridors import corridor_sheet
    from mekantek.report import Catalogue

    share = printed_share(study, name)
    if kind in (MapKind.clusters, MapKind.hotspots):
        from mekantek.stats.local.hotspots import local_getis_ord
        from mekantek.stats.local.moran import local_moran

        tested = local_moran if kind is MapKind.clusters else local_getis_ord
        result = tested(share, study.graph, missing=missing)
        return cluster_sheet(study, {study.year: result}, column=name)
    if kind is MapKind.corridor:
        from mekantek.stats.subsets import corridor as ranked

        units = [unit_of(study, member) for member in members]
        found = ranked(share, study.graph, units, missing=missing)
        told = {**found.to_dict(), "class": name, "year": study.year}
        return corridor_sheet(study, told)
    sheets = Catalogue(study).sheets(kinds=[kind.value], classes=[name])
    if not sheets:
        raise UsageError(
            f"There is no {kind.value} map of {name}.",
            f"{name} için {kind.value} haritası yok.",
        )
    return sheets[0]


def unit_of(study: Study, given: str) -> Any:
    """Find a unit by its id, or by its name as it is written, in another casing, in bare letters."""
    from mekantek.datasets.provinces import resolve

    if study.of_provinces:
        return resolve(given)
    ids, names, bare = study.names.index, study.names, fold(given)
    for alike in (
        ids.astype(str) == given, names == given, names.str.casefold() == given.casefold(),
        # Of letters that are not Latin nothing is left.
        (names.map(fold) == bare) & bool(bare),
    ):  # fmt: skip
        found = ids[alike]
        if len(found) == 1:
            return found[0]
        if len(found):
            several = ", ".join(map(str, found))
            raise OptionError(
                f"Several units are called {given!r}; give an id: {several}.",
                f"{given!r} adında birkaç birim var; kimliğini verin: {several}.",
            )
    close = did_you_mean(nearest(given, names) if bare else [])
    raise OptionError(
        f"No unit is called {given!r}.{close.en}", f"{given!r} adında bir birim yok.{close.tr}"
    )


@app.command()
@spread
def atlas(
    source: Territory,
    out: OUT = Path("atlas.html"),
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """All maps of a study on one page, with a year slider."""
    from mekantek.export import write_text
    from mekantek.maps.atlas import KINDS, atlas_page
    from mekantek.report import Catalogue

    study = source.study(quiet=quiet)
    catalogue = Catalogue(study)
    sheets = []
    with progress(len(KINDS), quiet) as step:
        for kind, told in KINDS.items():
            step(told[lang.value])
            sheets += catalogue.sheets(kinds=[kind])
    write_text(out, atlas_page(sheets, study, language=lang.value))
    typer.echo(str(out))


@app.command(name="explorer")
@spread
def explore(
    source: Territory,
    out: OUT = Path("explorer.html"),
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
    from mekantek.report.linked import explored_findings, explorer

    study = source.study(quiet=quiet)
    steps = len(explored_findings(study)) if curves else 0
    with progress(steps, quiet, lang.value, study) as step:
        page = explorer(
            study, None if curves else (), language=lang.value, step=step
        )  # fmt: skip
    write_text(out, page.html)
    typer.echo(str(out))
