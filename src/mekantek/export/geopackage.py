"""GeoPackage with styles and provenance: opens styled in QGIS; the only way out for pyogrio."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.export.provenance import described
from mekantek.export.qml import Style
from mekantek.export.whole import replacing_file

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["write_geopackage"]

# GeoPackage stamps every layer with the time; a fixed one keeps the bytes the same.
_STAMP = "2025-07-01T00:00:00.000Z"

# The columns that QGIS makes itself when it saves a style into a GeoPackage.
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""
# Tables and extension row of the GeoPackage standard, annex F.8.
_METADATA = """
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""
_EXTENSION = "http://www.geopackage.org/spec120/#extension_metadata"
_TITLE = "mekantek"
# Newer ones make programs that are a few years old complain.
_VERSION = "1.2"


def write_geopackage(
    layer: gpd.GeoDataFrame,
    path: Path,
    *,
    name: str = "provinces",
    styles: Sequence[Style] = (),
    provenance: Mapping[str, Any] | None = None,
) -> Path:
    """
    Write a layer with its styles, whole or not at all, the same bytes each time.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Its index is not written.
    path : Path
        Ends in ``.gpkg``.
    name : str
        Of the layer.
    styles : sequence of Style
        In the table ``layer_styles``; QGIS opens the layer in the one that is the default.
    provenance : mapping, optional
        Kept as JSON in ``gpkg_metadata``, and in words as the layer's description.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        If the file cannot be written.
    """
    told = {} if provenance is None else {"DESCRIPTION": described(provenance)}
    taken = {str(column).casefold() for column in layer.columns}
    told |= {
        option: next(n for n in (f"{stem}{'_' * k}" for k in count()) if n not in taken)
        for option, stem in (("FID", "fid"), ("GEOMETRY_NAME", "geom"))
    }
    with replacing_file(path) as aside:
        with _fixed_date():
            layer.to_file(
                aside, layer=name, driver="GPKG", engine="pyogrio", index=False,
                VERSION=_VERSION, IDENTIFIER=f"{_TITLE}: {name}", **told,
            )  # fmt: skip
        if styles or provenance is not None:
            with closing(sqlite3.connect(aside)) as base:
                if styles:
                    _add_styles(base, name, styles)
                if provenance is not None:
                    _add_metadata(base, name, provenance)
                base.commit()
                base.execute("VACUUM")
    return path


def _add_styles(base: sqlite3.Connection, name: str, styles: Sequence[Style]) -> None:
    base.execute(_STYLES)
    base.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS styles', ?)",
        (_STAMP,),
    )
    base.execute("INSERT INTO gpkg_ogr_contents VALUES ('layer_styles', ?)", (len(styles),))
    geometry = base.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchone()[0]
    base.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
        "update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, ?, NULL, ?)",
        [
            (name, geometry, s.name, s.qml, int(s.default), s.description, _TITLE, _STAMP)
            for s in styles
        ],
    )


def _add_metadata(base: sqlite3.Connection, name: str, provenance: Mapping[str, Any]) -> None:
    base.executescript(_METADATA)
    told = json.dumps(provenance, ensure_ascii=False, indent=2)
    base.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?, 'application/json', ?)",
        (str(provenance.get("schema", "")), told),
    )
    base.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('table', ?, NULL, NULL, ?, 1, NULL)",
        (name, _STAMP),
    )
    base.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', ?, 'read-write')",
        [(table, _EXTENSION) for table in ("gpkg_metadata", "gpkg_metadata_reference")],
    )


@contextmanager
def _fixed_date() -> Iterator[None]:
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
