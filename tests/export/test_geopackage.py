"""The GeoPackage read back: styles in the colours of the maps, provenance, the same bytes."""

import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from mekantek import export
from mekantek.datasets.technology import CLASS_NAMES
from mekantek.maps.atlas import KINDS
from mekantek.maps.palette import (
    CLUSTERS,
    HATCHES,
    change_bins,
    dominant_colours,
    part_bins,
    quotient_bins,
    share_bins,
)

BINS = {
    "share": share_bins, "years": share_bins, "change": change_bins,
    "quotient": lambda *_: quotient_bins(), "stability": lambda *_: part_bins("HH"),
}  # fmt: skip


def asked(path, query, *values):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(query, values).fetchall()


def hexed(colour):
    return "#" + "".join(f"{int(part):02x}" for part in colour.split(",")[:3])


def options(layer):
    return {o.get("name"): o.get("value") for o in layer.find("Option")}


def drawn(symbol):
    """A symbol's colour; ground and line of a hatching; None for an outline alone."""
    layers = {layer.get("class"): options(layer) for layer in symbol.findall("layer")}
    if "SimpleFill" not in layers:
        return None
    ground = hexed(layers["SimpleFill"]["color"])
    if "LinePatternFill" not in layers:
        return ground
    line = options(symbol.find("layer[@class='LinePatternFill']/symbol/layer"))["line_color"]
    return ground, hexed(line)


def look(fill):
    """The same for a sheet's fill."""
    return HATCHES[fill.removeprefix("hatch-")] if fill.startswith("hatch-") else fill


def parsed(qml):
    root = ET.fromstring(qml)
    renderer = root.find("renderer-v2")
    symbols = {s.get("name"): drawn(s) for s in renderer.findall("symbols/symbol")}
    return renderer, symbols


def title_of(sheet, view, language):
    name = KINDS[sheet.kind][language]
    if sheet.classes:
        name += f": {CLASS_NAMES[sheet.classes][language]}"
    return f"{name}, {view.label[language]}"


def styles_of(path):
    return dict(asked(path, "SELECT styleName, styleQML FROM layer_styles"))


def test_every_shape_has_the_colour_of_its_map(styled, sheets):
    """The renderers, run over the layer itself, paint each province as the page does."""
    path, language = styled
    styles, seen = styles_of(path), 0
    for sheet in sheets:
        for view in sheet.views:
            qml = styles.get(title_of(sheet, view, language)) if sheet.kind in KINDS else None
            if qml is None:
                continue
            seen += 1
            renderer, symbols = parsed(qml)
            # The expressions are SQL as well, but for the name of one function.
            expression = re.sub(r"^if\(", "iif(", renderer.get("attr"))
            for plate, value in asked(path, f"SELECT plate, {expression} FROM provinces"):
                if renderer.get("type") == "graduatedSymbol":
                    place = next(
                        r.get("symbol") for r in renderer.find("ranges")
                        if float(r.get("lower")) <= value <= float(r.get("upper"))
                    )  # fmt: skip
                else:
                    [place] = [
                        c.get("symbol")
                        for c in renderer.find("categories")
                        if c.get("value") == value
                    ]
                fill = view.extra.get(str(plate), view.fill[str(plate)])
                assert symbols[place] == look(fill), (sheet.slug, view.key, plate)
    assert seen == len(styles) == 12 + 8 + 2 + 8 + 8 + 20 + 8


def test_classes_are_complete_and_come_from_the_palette(study, styled, sheets):
    """Breaks, colours and labels are the palette's; a class that is absent keeps its colour."""
    path, language = styled
    styles = styles_of(path)
    for sheet in sheets:
        for view in sheet.views:
            qml = styles.get(title_of(sheet, view, language))
            if qml is None:
                continue
            renderer, symbols = parsed(qml)
            kind = view.key if view.key == "change" else sheet.kind
            if kind in BINS:
                bins = (
                    part_bins(view.key) if kind == "stability" else BINS[kind](study, sheet.classes)
                )
                ranges = list(renderer.find("ranges"))
                told = [r for r in ranges if symbols[r.get("symbol")] in bins.colours]
                assert [symbols[r.get("symbol")] for r in told] == list(bins.colours)
                assert [r.get("label") for r in told] == [text[language] for text in bins.labels]
                inner = [float(r.get("lower")) for r in told[1:]]
                assert inner == pytest.approx(bins.breaks[1:-1], abs=2e-9)
                assert symbols[ranges[len(told)].get("symbol")] == HATCHES["missing"]
            else:
                found = {
                    c.get("value"): symbols[c.get("symbol")] for c in renderer.find("categories")
                }
                colours = (
                    dominant_colours(study)
                    if kind == "dominant"
                    else {k: c for k, (c, _) in CLUSTERS.items()}
                )
                for name, colour in colours.items():
                    assert found[name] == look(colour)
                assert found["missing"] == HATCHES["missing"]


def test_styles_are_in_one_language(styled):
    """No label or name of the other one."""
    path, language = styled
    words = {"tr": ("veri yok", "no data"), "en": ("no data", "veri yok")}[language]
    for name, qml in styles_of(path).items():
        assert f'"{words[0]}"' in qml
        assert words[1] not in qml
        assert ("teknoloji" in name or "sınıf" in name) == (language == "tr")


def test_the_table_of_styles_is_what_qgis_reads(styled):
    """Its columns, one default, registered as attributes, a layer and geometry that exist."""
    path, _ = styled
    columns = [row[1] for row in asked(path, "PRAGMA table_info(layer_styles)")]
    assert columns == [
        "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column",
        "styleName", "styleQML", "styleSLD", "useAsDefault", "description", "owner", "ui",
        "update_time",
    ]  # fmt: skip
    [[default]] = asked(path, "SELECT styleQML FROM layer_styles WHERE useAsDefault")
    assert '"high_2024"' in ET.fromstring(default).find("renderer-v2").get("attr")
    assert asked(path, "SELECT DISTINCT f_table_name, f_geometry_column FROM layer_styles") == [
        ("provinces", "geom")
    ]
    kinds = dict(asked(path, "SELECT table_name, data_type FROM gpkg_contents"))
    assert kinds == {"provinces": "features", "layer_styles": "attributes"}
    assert dict(pyogrio.list_layers(path))["layer_styles"] is None
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]
    assert asked(path, "PRAGMA foreign_key_check") == []


def test_it_says_where_it_comes_from(styled, study):
    """Source, basis, boundaries, versions and inputs in the metadata; in words on the layer."""
    path, _ = styled
    [[scope, mime, told]] = asked(path, "SELECT md_scope, mime_type, metadata FROM gpkg_metadata")
    assert (scope, mime) == ("dataset", "application/json")
    told = json.loads(told)
    assert told == export.provenance_of(study)
    assert told["inputs"]["shares.csv"] == study.provenance["sha256"]["shares.csv"]
    [[words]] = asked(path, "SELECT description FROM gpkg_contents WHERE table_name = 'provinces'")
    for word in (
        "registered seat",
        "kayıtlı merkez",
        "Natural Earth",
        "special trade",
        "ISIC Rev. 3",
    ):
        assert word in words
    assert asked(path, "SELECT table_name FROM gpkg_metadata_reference") == [("provinces",)]


def test_values_come_back(styled, study, results):
    """81 polygons; shares, clusters, quotients as they went in."""
    layer = gpd.read_file(styled[0], layer="provinces").set_index("plate")
    assert len(layer) == 81
    assert layer.is_valid.all()
    for year in study.years:
        for name, share in study.at(year).frame.items():
            pd.testing.assert_series_equal(
                layer[f"{name}_{year}"], share, check_names=False, check_index_type=False
            )
    lisa = results[0]["low", 2024].frame
    assert layer["lisa_low_2024"].tolist() == lisa["cluster"].tolist()
    assert layer["lisa_low_2024_p"].tolist() == lisa["p_value"].tolist()
    assert layer.loc[26, "lq_high_2024"] == pytest.approx(0.344 / study.national_share("high"))
    assert layer.loc[26, "dominant_2024"] == "high"
    assert layer["medium_high_2019_status"].notna().all()
    assert "medium_high_2021" not in layer


def test_a_selection_has_its_own_columns_and_default(study, results, sheets):
    """One class and year: no column or style of another."""
    layer = export.study_layer(study, *results, sheets, classes=["low", "value"], years=[2024])
    assert not [c for c in layer if "high" in c or "2019" in c or "change" in c]
    styles = export.study_styles(study, sheets, set(layer.columns), language="en")
    assert [s.name for s in styles if s.default] == ["Share: low technology, 2024"]
    without = export.study_styles(study, sheets, {"lisa_low_2024", "lisa_low_2024_unadjusted"})
    assert [s.default for s in without] == [True]


def test_columns_named_as_the_format_names_its_own(study, tmp_path):
    """A user's text column called fid or geom does not collide."""
    layer = study.geometry.rename("geometry").to_frame().set_geometry("geometry")
    layer.insert(0, "fid", "x")
    layer.insert(1, "GEOM", 1.5)
    path = export.write_geopackage(layer, tmp_path / "a.gpkg", name="units")
    back = gpd.read_file(path)
    assert back["fid"].tolist() == ["x"] * 81
    assert back["GEOM"].tolist() == [1.5] * 81
