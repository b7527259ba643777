"""The report's data in the forms that others open, with one account of where they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets import tables
from mekantek.errors import OptionError
from mekantek.export.geopackage import write_geopackage
from mekantek.export.layer import study_layer
from mekantek.export.parquet import check_parquet, write_parquet
from mekantek.export.provenance import provenance_of, write_provenance
from mekantek.export.styles import study_styles
from mekantek.export.tables import DIALECTS, local_table, write_csv
from mekantek.export.whole import to_json, write_text
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.stats.results import LocalResult
    from mekantek.study import Study

__all__ = ["FORMATS", "check_formats", "write_export"]

FORMATS = ("gpkg", "parquet", *DIALECTS, "json")
"""The forms that `write_export` knows."""

Results = Mapping[tuple[str, int], "LocalResult"]


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """
    Refuse a form that there is not, or that needs a package which is not installed.

    Returns
    -------
    tuple of str
        Each once, in the order of `FORMATS`.

    Raises
    ------
    OptionError
        If there is no such form, or none is named.
    MissingDependencyError
        If GeoParquet is asked for and pyarrow is not installed.

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
    if "parquet" in given:
        check_parquet()
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
    Write the report's data, local Moran and Gᵢ* in the forms asked for, and their provenance.

    Parameters
    ----------
    study : Study
        Of the report's provinces.
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
    MissingDependencyError
        If GeoParquet is asked for and pyarrow is not installed.
    """
    asked = check_formats(formats)
    provenance = provenance_of(study)
    columns = None if classes is None else [*classes, "value"]
    layer = study_layer(study, lisas, hotspots, sheets, classes=columns, years=years)
    written = []
    if "gpkg" in asked:
        styles = study_styles(sheets, set(layer.columns), language=language)
        path = folder / "mekantek.gpkg"
        written.append(write_geopackage(layer, path, styles=styles, provenance=provenance))
    if "parquet" in asked:
        path = folder / "mekantek.parquet"
        written.append(write_parquet(layer, path, provenance=provenance))
    long = dict(_tables(study, lisas, hotspots, classes, years))
    for form in (name for name in asked if name in DIALECTS):
        wide = pd.DataFrame(layer.drop(columns="geometry"))
        for name, frame in {**long, "provinces": wide}.items():
            path = folder / f"{name}{form.removeprefix('csv')}.csv"
            written.append(write_csv(frame, path, DIALECTS[form]))
    if "json" in asked:
        content = _json(study, long, lisas, hotspots, provenance)
        written.append(write_text(folder / "mekantek.json", to_json(content) + "\n"))
    names = [path.name for path in written]
    return [*names, write_provenance(folder, provenance, names).name]


def _tables(
    study: Study,
    lisas: Results,
    hotspots: Results,
    classes: Collection[str] | None,
    years: Collection[int] | None,
) -> Iterable[tuple[str, pd.DataFrame]]:
    for name, frame in (("shares", tables.load_shares()), ("totals", tables.load_totals())):
        kept = frame if years is None else frame[frame["year"].isin(years)]
        if classes is not None and "class" in kept:
            kept = kept[kept["class"].isin(classes)]
        told = kept["plate"].map(study.names.to_dict())
        yield name, kept.assign(province=told).reset_index(drop=True)
    for name, found in (("local_moran", lisas), ("hotspots", hotspots)):
        rows = [({"class": c, "year": y}, result) for (c, y), result in found.items()]
        if rows:
            yield name, local_table(rows, study.names)


def _json(
    study: Study,
    long: Mapping[str, pd.DataFrame],
    lisas: Results,
    hotspots: Results,
    provenance: Mapping[str, Any],
) -> dict[str, Any]:
    names = study.names.to_dict()

    def rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
        plain = frame.astype(object).where(frame.notna(), None)
        return [
            {key: getattr(value, "item", lambda v=value: v)() for key, value in row.items()}
            for row in plain.to_dict("records")
        ]

    return {
        "schema": "mekantek/export/1",
        "shares": rows(long["shares"]),
        "totals": rows(long["totals"]),
        "local": [
            {"class": name, "year": year, **result.to_dict(names)}
            for found in (lisas, hotspots)
            for (name, year), result in found.items()
        ],
        "provenance": dict(provenance),
    }
