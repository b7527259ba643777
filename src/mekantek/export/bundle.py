"""The report's data in the forms that others open, with one account of where they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets import tables as shipped
from mekantek.errors import OptionError
from mekantek.export.geopackage import write_geopackage
from mekantek.export.layer import layer_name, study_layer
from mekantek.export.parquet import write_parquet
from mekantek.export.provenance import provenance_of, write_provenance
from mekantek.export.styles import cluster_styles, number_styles, study_styles
from mekantek.export.tables import DIALECTS, local_table, write_csv
from mekantek.export.whole import to_json, write_text
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.shares import number_sheet
from mekantek.text import Language, Text

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.export.qml import Style
    from mekantek.maps.sheets.facts import Regions
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.stats.results import LocalResult
    from mekantek.study import Study

__all__ = ["FORMATS", "check_formats", "write_export", "write_own_export"]

FORMATS = ("gpkg", "parquet", *DIALECTS, "json")
"""The forms that `write_export` knows."""

Results = Mapping[tuple[str, int], "LocalResult"]


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """
    Refuse a form that there is not.

    Returns
    -------
    tuple of str
        Each once, in the order of `FORMATS`.

    Raises
    ------
    OptionError
        If there is no such form, or none is named.

    Examples
    --------
    >>> check_formats(["csv", "gpkg", "csv"])
    ('gpkg', 'csv')
    """
    given = list(formats)
    for name in given or [""]:
        if name not in FORMATS:
            raise OptionError(
                f"No format {name!r}; there are {', '.join(FORMATS)}.",
                f"{name!r} diye bir biçim yok; şunlar var: {', '.join(FORMATS)}.",
            )
    return tuple(name for name in FORMATS if name in given)


def write_export(
    study: Study,
    folder: Path,
    lisas: Results,
    hotspots: Results,
    sheets: Sequence[MapSheet],
    *,
    formats: Iterable[str] = ("gpkg", "csv"),
    classes: Collection[str] | None = None,
    years: Collection[int] | None = None,
    language: Language = "tr",
) -> list[str]:
    """
    Write a study's data, local Moran and Gᵢ* in the forms asked for, and their provenance.

    Parameters
    ----------
    study : Study
    folder : Path
        Must exist.
    lisas, hotspots : mapping of (class, year) to LocalResult
    sheets : sequence of MapSheet
        The maps, whose colours become styles.
    formats : iterable of str
        Of `FORMATS`.
    classes, years : collection, optional
        What to keep; everything without them.
    language : {"tr", "en"}
        Of the styles' names and legends.

    Returns
    -------
    list of str
        Names of the files, ``provenance.json`` last.

    Raises
    ------
    OptionError
        If there is no such form.
    """
    check_formats(formats)
    provenance = provenance_of(study)
    columns = None if classes is None else [*classes, "value"]

    def kept(results: Results) -> Results:
        return {
            (name, year): result
            for (name, year), result in results.items()
            if (classes is None or name in classes) and (years is None or year in years)
        }

    lisas, hotspots = kept(lisas), kept(hotspots)
    layer = study_layer(study, lisas, hotspots, sheets, classes=columns, years=years)
    long = dict(_tables(study, lisas, hotspots, classes, years))
    names = study.names.to_dict()
    content: dict[str, Any] = {
        **{name: _rows(long[name]) for name in ("shares", "totals") if name in long},
        "local": [
            {"class": name, "year": year, **result.to_dict(names)}
            for found in (lisas, hotspots)
            for (name, year), result in found.items()
        ],
    }
    styles = study_styles(study, sheets, set(layer.columns), language=language)
    return _write(
        folder, layer, name=layer_name(study), styles=styles, tables=long, content=content,
        provenance=provenance, formats=formats,
    )  # fmt: skip


def write_own_export(
    regions: Regions,
    values: Mapping[str, pd.Series],
    folder: Path,
    lisas: Mapping[str, LocalResult],
    *,
    inputs: Mapping[str, str],
    identifier: str = "id",
    formats: Iterable[str] = ("gpkg", "csv"),
    language: Language = "tr",
) -> list[str]:
    """
    Write a user's own columns and their local Moran in the forms asked for.

    Parameters
    ----------
    regions : Regions
        The user's polygons and names.
    values : mapping of column to pandas.Series
    folder : Path
        Must exist.
    lisas : mapping of column to LocalResult
    inputs : mapping of file name to SHA-256
        The files that were joined.
    identifier : str
        What the ids are called.
    formats : iterable of str
        Of `FORMATS`.
    language : {"tr", "en"}
        Of the styles' names and legends.

    Returns
    -------
    list of str
        Names of the files, ``provenance.json`` last.

    Raises
    ------
    OptionError
        If there is no such form.
    """
    parts: dict[str, pd.Series] = {}
    styles: list[Style] = []
    if any(str(unit) != name for unit, name in regions.names.items()) and identifier != "name":
        parts["name"] = regions.names
    for column, series in values.items():
        found, prefix = lisas[column].frame, f"lisa_{column}"
        parts[column] = series
        parts |= {
            prefix: found["cluster"],
            f"{prefix}_unadjusted": found["cluster_unadjusted"],
            f"{prefix}_p": found["p_value"],
            f"{prefix}_p_adjusted": found["p_adjusted"],
        }
        shown = number_sheet(regions, series, column)
        styles += number_styles(series, shown, column, label=identifier, language=language)
        clusters = cluster_sheet(regions, lisas[column], column=column)
        styles += cluster_styles(clusters, prefix, label=identifier, language=language)
    ids = regions.names.index
    frame = pd.DataFrame({name: part.reindex(ids) for name, part in parts.items()})
    layer = regions.geometry.rename("geometry").to_frame().join(frame)
    layer = layer[[*frame.columns, "geometry"]].rename_axis(identifier).reset_index()
    names = regions.names.to_dict()
    content = {"local": [{"value": c, **lisa.to_dict(names)} for c, lisa in lisas.items()]}
    named = ", ".join(inputs)
    provenance = {
        **provenance_of(regions, licence=None),
        "source": Text(named, named).to_dict(),
        "inputs": dict(inputs),
    }
    default = [replace(style, default=k == 0) for k, style in enumerate(styles)]
    return _write(
        folder, layer.set_geometry("geometry"), name="units", styles=default, tables={},
        content=content, provenance=provenance, formats=formats,
    )  # fmt: skip


def _write(
    folder: Path,
    layer: gpd.GeoDataFrame,
    *,
    name: str,
    styles: Sequence[Style],
    tables: Mapping[str, pd.DataFrame],
    content: Mapping[str, Any],
    provenance: Mapping[str, Any],
    formats: Iterable[str],
) -> list[str]:
    asked = check_formats(formats)
    written = []
    if "gpkg" in asked:
        path = folder / "mekantek.gpkg"
        written.append(
            write_geopackage(layer, path, name=name, styles=styles, provenance=provenance)
        )
    if "parquet" in asked:
        path = folder / "mekantek.parquet"
        written.append(write_parquet(layer, path, provenance=provenance))
    wide = pd.DataFrame(layer.drop(columns="geometry"))
    for form in (f for f in asked if f in DIALECTS):
        for stem, frame in {**tables, name: wide}.items():
            path = folder / f"{stem}{form.removeprefix('csv')}.csv"
            written.append(write_csv(frame, path, DIALECTS[form]))
    if "json" in asked:
        told = {"schema": "mekantek/export/1", **content, "provenance": dict(provenance)}
        written.append(write_text(folder / "mekantek.json", to_json(told) + "\n"))
    names = [path.name for path in written]
    return [*names, write_provenance(folder, provenance, names).name]


def _tables(
    study: Study,
    lisas: Results,
    hotspots: Results,
    classes: Collection[str] | None,
    years: Collection[int] | None,
) -> Iterable[tuple[str, pd.DataFrame]]:
    for name, frame in _tidy(study):
        kept = frame if years is None else frame[frame["year"].isin(years)]
        kind = next((column for column in ("class", "variable") if column in kept), None)
        if classes is not None and kind is not None:
            kept = kept[kept[kind].isin(classes)]
        yield name, kept.reset_index(drop=True)
    for name, found in (("local_moran", lisas), ("hotspots", hotspots)):
        rows = [({"class": c, "year": y}, result) for (c, y), result in found.items()]
        if rows:
            yield name, local_table(rows, study.names)


def _tidy(study: Study) -> Iterable[tuple[str, pd.DataFrame]]:
    """Give shares and sizes as rows; the shipped ones with the line of the report each."""
    from mekantek.study import tidy_tables

    if not study.shipped:
        tables = zip(("shares", "totals"), tidy_tables(study), strict=True)
        yield from ((name, frame) for name, frame in tables if len(frame))
        return
    for name, frame in (("shares", shipped.load_shares()), ("totals", shipped.load_totals())):
        yield name, frame.assign(province=frame["plate"].map(study.names.to_dict()))


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Give the rows as JSON holds them; missing is null."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {key: value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]
