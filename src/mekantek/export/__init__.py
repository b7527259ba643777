"""Files that others open: JSON, CSV, GeoPackage, GeoParquet; the same bytes each time."""

from mekantek.export.bundle import FORMATS, check_formats, write_export, write_own_export
from mekantek.export.geopackage import write_geopackage
from mekantek.export.layer import layer_name, study_layer
from mekantek.export.parquet import write_parquet
from mekantek.export.provenance import file_sha256, provenance_of, versions, write_provenance
from mekantek.export.qml import Style
from mekantek.export.styles import STYLED, cluster_styles, number_styles, study_styles
from mekantek.export.tables import (
    DIALECTS,
    Dialect,
    csv_text,
    global_table,
    local_table,
    write_csv,
)
from mekantek.export.units import check_units_path, side_by_side, write_units
from mekantek.export.whole import replacing_folder, to_json, write_text

__all__ = [
    "DIALECTS",
    "FORMATS",
    "STYLED",
    "Dialect",
    "Style",
    "check_formats",
    "check_units_path",
    "cluster_styles",
    "csv_text",
    "file_sha256",
    "global_table",
    "layer_name",
    "local_table",
    "number_styles",
    "provenance_of",
    "replacing_folder",
    "side_by_side",
    "study_layer",
    "study_styles",
    "to_json",
    "versions",
    "write_csv",
    "write_export",
    "write_geopackage",
    "write_own_export",
    "write_parquet",
    "write_provenance",
    "write_text",
    "write_units",
]
