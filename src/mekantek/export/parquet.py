"""GeoParquet with its provenance in the schema; the only door for pyarrow."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.errors import MissingDependencyError
from mekantek.export.whole import replacing_file

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["check_parquet", "write_parquet"]


def check_parquet() -> None:
    """
    Refuse GeoParquet where pyarrow is not installed.

    Raises
    ------
    MissingDependencyError
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingDependencyError(
            "GeoParquet needs pyarrow; install it (pip install 'mekantek[parquet]') or write "
            "GeoPackage.",
            "GeoParquet için pyarrow gerekir; kurun (pip install 'mekantek[parquet]') ya da "
            "GeoPackage yazın.",
        )


def write_parquet(
    layer: gpd.GeoDataFrame, path: Path, *, provenance: Mapping[str, Any] | None = None
) -> Path:
    """
    Write a layer as GeoParquet, whole or not at all, the same bytes each time.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
    path : Path
    provenance : mapping, optional
        Kept as JSON under the key ``mekantek`` of the schema's metadata.

    Returns
    -------
    Path

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    OptionError
        If the file cannot be written.
    """
    check_parquet()
    import pyarrow.parquet as pq

    with replacing_file(path) as aside:
        layer.to_parquet(aside, index=False)
        if provenance is not None:
            table = pq.read_table(aside)
            told = json.dumps(provenance, ensure_ascii=False).encode()
            known = {**(table.schema.metadata or {}), b"mekantek": told}
            pq.write_table(table.replace_schema_metadata(known), aside)
    return path
