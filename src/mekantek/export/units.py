"""A table of units in the form of its name: CSV, GeoPackage or GeoParquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mekantek.errors import OptionError
from mekantek.export.geopackage import write_geopackage
from mekantek.export.parquet import write_parquet
from mekantek.export.tables import write_csv

__all__ = ["check_units_path", "side_by_side", "write_units"]


def check_units_path(path: Path) -> bool:
    """
    Refuse a name that no table of units can be written to, before the work is done.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
        Whether the form holds polygons.

    Raises
    ------
    OptionError
        If the name ends otherwise, or its folder is missing.

    Examples
    --------
    >>> check_units_path(Path("units.csv")), check_units_path(Path("units.gpkg"))
    (False, True)
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".gpkg", ".parquet"):
        raise OptionError(
            f"Cannot write {path.name}; the name must end in .csv, .gpkg or .parquet.",
            f"{path.name} yazılamıyor; ad .csv, .gpkg ya da .parquet ile bitmelidir.",
        )
    if not path.parent.is_dir():
        raise OptionError(
            f"Cannot write {path.name}; there is no folder {path.parent}.",
            f"{path.name} yazılamıyor; {path.parent} diye bir klasör yok.",
        )
    return suffix != ".csv"


def side_by_side(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Put the tables of several maps into one, one row a unit.

    Parameters
    ----------
    frames : mapping of name to pandas.DataFrame, index id

    Returns
    -------
    pandas.DataFrame, index id
        Of several maps the columns of each, after its name; of one map its table.

    Examples
    --------
    >>> maps = {name: pd.DataFrame({"p_value": [0.5]}, index=["a"]) for name in ("x", "y")}
    >>> list(side_by_side(maps))
    ['x_p_value', 'y_p_value']
    """
    if len(frames) == 1:
        return next(iter(frames.values()))
    return pd.concat([part.add_prefix(f"{name}_") for name, part in frames.items()], axis=1)


def write_units(frame: pd.DataFrame, path: Path, *, geometry: Any = None) -> Path:
    """
    Write a table of units, whole or not at all, in the form of its name.

    Parameters
    ----------
    frame : pandas.DataFrame, index id
        One row a unit; written in its order.
    path : Path
        ``.csv``; ``.gpkg`` or ``.parquet`` (GeoParquet), which hold the polygons too.
    geometry : geopandas.GeoSeries, optional
        Polygons of the same ids, for the latter two.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        If the name ends otherwise, polygons are missing, or the file cannot be written.
    """
    drawn = check_units_path(path)
    name = str(frame.index.name or "id")
    if not drawn:
        return write_csv(frame.rename_axis(name).reset_index(), path)
    if geometry is None:
        raise OptionError(
            f"{path.name} holds polygons and there are none; give boundaries or write .csv.",
            f"{path.name} çokgen içerir, çokgen ise yok; sınırları verin ya da .csv yazın.",
        )
    layer = geometry.loc[frame.index].rename("geometry").to_frame()
    layer = layer.join(frame).rename_axis(name).reset_index().set_geometry("geometry")
    if path.suffix.lower() == ".parquet":
        return write_parquet(layer, path)
    return write_geopackage(layer, path, name="units")
