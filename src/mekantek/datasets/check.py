"""What is wrong with a user's file, whatever kind it is."""

from __future__ import annotations

import os
from pathlib import Path

from mekantek.datasets.delimited import check_table
from mekantek.datasets.faults import Report
from mekantek.text import Text

__all__ = ["Report", "check_file"]

_NEIGHBOURS = (".gal", ".gwt", ".swm")
_LAYERS = (".geojson", ".json", ".gpkg", ".shp", ".fgb")


def check_file(path: str | os.PathLike[str], *, id_column: str | None = None) -> Report:
    """
    Recognise a file by its ending and say what was understood and what is wrong.

    Parameters
    ----------
    path : path
        A table (CSV, TSV), boundaries (GeoJSON, GeoPackage, shapefile) or a neighbour list.
    id_column : str, optional
        Column or property of the ids; chosen if not named, and the report says which.

    Returns
    -------
    Report
        Everything understood, and every fault with its place.

    Raises
    ------
    TableError
        If a table cannot be read at all.
    BoundaryError
        If a layer cannot be read at all.

    Examples
    --------
    >>> from mekantek.datasets import files
    >>> check_file(files.data_path("totals.csv"), id_column="plate").kind
    'table'
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in _NEIGHBOURS and path.is_file():
        fact = Text(
            "komşuluk listesi; --neighbours ile kullanın", "neighbour list, use with --neighbours"
        )
        return Report("neighbours", path.name, (fact,), ())
    if ending in _LAYERS:
        # Only a layer needs geopandas, which takes half a second to load.
        from mekantek.datasets.boundaries import check_boundaries

        return check_boundaries(path, id_column=id_column)
    return check_table(path, id_column=id_column)
