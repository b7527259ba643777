"""The provinces with all that was found of them, one row each, as GIS files hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.maps.sheets.sheet import Column, MapSheet
    from mekantek.stats.results import LocalResult
    from mekantek.study import Study

__all__ = ["layer_name", "study_layer"]


def layer_name(study: Study) -> str:
    """
    Give the name that the units have as a layer.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str

    Examples
    --------
    >>> import mekantek as mt
    >>> layer_name(mt.load_study())
    'provinces'
    """
    return "provinces" if study.of_provinces else "units"


def study_layer(
    study: Study,
    lisas: Mapping[tuple[str, int], LocalResult],
    hotspots: Mapping[tuple[str, int], LocalResult],
    sheets: Iterable[MapSheet] = (),
    *,
    classes: Iterable[str] | None = None,
    years: Iterable[int] | None = None,
) -> gpd.GeoDataFrame:
    """
    Join everything to the polygons, one row a unit.

    Parameters
    ----------
    study : Study
    lisas, hotspots : mapping of (class, year) to LocalResult
        Local Moran and Gᵢ*.
    sheets : iterable of MapSheet
        Change, largest class, location quotients and steadiness of clusters are read from the
        tables behind the maps.
    classes : iterable of str, optional
        Columns of the study's frame to keep, ``value`` among them; all without it.
    years : iterable of int, optional
        All without it.

    Returns
    -------
    geopandas.GeoDataFrame
        The study's id (``plate`` of the provinces), ``name`` in full, regions; ``{class}_{year}``, a fraction in
        [0, 1], and ``value_{year}``, the size (USD of the provinces), each with ``_status``; ``{class}_change``;
        ``lisa_{class}_{year}`` and ``gstar_{class}_{year}``, clusters after correction, with
        ``_unadjusted``, ``_p`` and ``_p_adjusted``; ``lq_{class}_{year}``; ``dominant_{year}``;
        ``stability_{class}_{cluster}`` and ``…_adjusted``. Columns without any value are left out.
    """
    wanted = sorted(study.panel) if years is None else sorted(set(years))
    kept = list(study.frame.columns) if classes is None else list(classes)
    parts: dict[str, pd.Series] = {"name": study.names}
    regions = study.regions
    parts |= {str(column): regions[column] for column in regions}
    for year in wanted:
        at = study.at(year)
        for column in kept:
            if at.frame[column].notna().any():
                parts[f"{column}_{year}"] = at.frame[column]
                parts[f"{column}_{year}_status"] = at.status[column]
    for prefix, found in (("lisa", lisas), ("gstar", hotspots)):
        for (name, year), result in found.items():
            if name in kept and year in wanted:
                stem, frame = f"{prefix}_{name}_{year}", result.frame
                parts |= {
                    stem: frame["cluster"],
                    f"{stem}_unadjusted": frame["cluster_unadjusted"],
                    f"{stem}_p": frame["p_value"],
                    f"{stem}_p_adjusted": frame["p_adjusted"],
                }
    for sheet in sheets:
        if not sheet.classes or set(sheet.classes.split("+")) <= set(kept):
            parts |= _behind(sheet, study.names.index, set(wanted), study.years)
    layer = study.geometry.rename("geometry").to_frame()
    joined = layer.join(pd.DataFrame({k: v.reindex(layer.index) for k, v in parts.items()}))
    columns = [*parts, "geometry"]
    identifier = str(study.names.index.name or "id")
    if identifier.lower() in {column.lower() for column in columns}:
        identifier = "id"  # GIS files do not tell Name from name
    return joined[columns].rename_axis(identifier).reset_index().set_geometry("geometry")


def _behind(
    sheet: MapSheet, ids: pd.Index, wanted: set[int], ends: tuple[int, ...]
) -> dict[str, pd.Series]:
    """Take from the table behind a map what nothing else holds."""
    return {name: _read(column, ids) for name, column in _named(sheet, wanted, ends)}


def _named(
    sheet: MapSheet, wanted: set[int], ends: tuple[int, ...]
) -> Iterator[tuple[str, Column]]:
    for column in sheet.columns:
        stem, _, year = column.name.rpartition("_")
        told = year.isdigit() and int(year) in wanted
        if sheet.kind == "share" and column.name == "change" and set(ends) <= wanted:
            yield f"{sheet.classes}_change", column
        elif sheet.kind == "quotient" and stem == "lq" and told:
            yield f"lq_{sheet.classes}_{year}", column
        elif sheet.kind == "dominant" and stem == "class" and told:
            yield f"dominant_{year}", column
        elif sheet.kind == "stability":
            yield f"stability_{sheet.classes}_{column.name}", column


def _read(column: Column, ids: pd.Index) -> pd.Series:
    raw = pd.Series([column.raw[str(unit)] for unit in ids], index=ids)
    return pd.to_numeric(raw) if column.number else raw
