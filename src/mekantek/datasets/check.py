"""What is wrong with a user's file, whatever kind it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from mekantek.datasets.delimited import check_table
from mekantek.datasets.faults import Report
from mekantek.text import Text

__all__ = ["Report", "check_file"]

Duplicates = Literal["refuse", "keep", "find"]

_NEIGHBOURS = (".gal", ".gwt", ".swm")
_LAYERS = (".geojson", ".json", ".topojson", ".gpkg", ".shp", ".fgb")


# The rest of what may hold records: sheets, pages, Parquet.
_RECORDS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html", ".parquet")


def check_file(
    path: str | os.PathLike[str], *, id_column: str | None = None,
    columns: Mapping[str, str] | None = None, duplicates: Duplicates = "refuse",
) -> Report:  # fmt: skip
    """
    Recognise a file by its ending and say what was understood and what is wrong.

    Parameters
    ----------
    path : path
        A table (CSV, TSV), trade records (a workbook, HTML, Parquet, or text whose header names a
        flow and values), boundaries (GeoJSON, GeoPackage, shapefile) or a neighbour list.
    id_column : str, optional
        Column or property of the ids; chosen if not named, and the report says which. A file for
        which it is named holds no records.
    columns : mapping of str to str, optional
        What the columns of records are; a file for which it is given holds records.
    duplicates : {"refuse", "keep", "find"}
        Whether records equal in every cell are a fault.

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
    if columns is not None or (id_column is None and _holds_records(path)):
        # Only records need the query engine.
        from mekantek.datasets.records.reading import examine

        return examine(path, columns, duplicates=duplicates)
    return check_table(path, id_column=id_column)


def _holds_records(path: Path) -> bool:
    """Say whether a file is one of trade records: a table of units has no flow beside its values."""
    if path.suffix.lower() in _RECORDS:
        return True
    if not path.is_file():
        return False
    from mekantek.datasets.records.cells import flow_of
    from mekantek.datasets.records.headers import role_of
    from mekantek.datasets.records.text_head import text_header

    header = text_header(path)
    roles = [role_of(name) for name in header]
    months = roles.count("month value") >= 6 and "place" in roles
    # The flow may stand in the name of a value, as in "İhracat (Bin USD)".
    flows = "flow" in roles or (
        "year" in roles
        and any(
            role == "value" and flow_of(name) in ("export", "import")
            for role, name in zip(roles, header, strict=True)
        )
    )
    return months or (flows and "value" in roles)
