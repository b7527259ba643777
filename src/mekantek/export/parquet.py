"""GeoParquet with its provenance in the schema; the only door for pyarrow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.export.whole import replacing_file

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["write_parquet"]


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
    OptionError
        If the file cannot be written.
    """
    import pyarrow.parquet as pq

    with replacing_file(path) as aside:
        layer.to_parquet(aside, index=False)
        if provenance is not None:
            table = pq.read_table(aside)
            told = json.dumps(provenance, ensure_ascii=False).encode()
            known = {**(table.schema.metadata or {}), b"mekantek": told}
            pq.write_table(table.replace_schema_metadata(known), aside)
    return path
