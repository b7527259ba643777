"""The report's data as it is exported: local Moran, Gᵢ*, every map, and one GeoPackage."""

from __future__ import annotations

import pytest

import mekantek
from mekantek import export, report
from mekantek.datasets.technology import CLASSES


@pytest.fixture(scope="session")
def results(study):
    lisas, hotspots = {}, {}
    for year in study.years:
        at = study.at(year)
        for name in CLASSES:
            lisas[name, year] = mekantek.local_moran(at.share(name), at.graph)
            hotspots[name, year] = mekantek.local_getis_ord(at.share(name), at.graph)
    return lisas, hotspots


@pytest.fixture(scope="session")
def sheets(study, results):
    return report.Catalogue(study, lisas=results[0], hotspots=results[1]).sheets()


@pytest.fixture(scope="session", params=["tr", "en"])
def styled(request, study, results, sheets, tmp_path_factory):
    """A GeoPackage with its language."""
    layer = export.study_layer(study, *results, sheets)
    styles = export.study_styles(study, sheets, set(layer.columns), language=request.param)
    path = tmp_path_factory.mktemp("gpkg") / "mekantek.gpkg"
    export.write_geopackage(
        layer, path, styles=styles, provenance=export.provenance_of(study)
    )  # fmt: skip
    return path, request.param
