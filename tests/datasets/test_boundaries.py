"""The shipped polygons are what their README says; anyone's are checked, refused or mended."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections import defaultdict
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from mekantek.datasets import files, tables
from mekantek.datasets.boundaries import (
    albers,
    centroids,
    check_boundaries,
    check_layer,
    load_boundaries,
    mend_layer,
    read_boundaries,
)
from mekantek.datasets.check import check_file
from mekantek.datasets.provinces import load_provinces
from mekantek.errors import BoundaryError, OptionError

DETAILS = ("full", "simplified")
NAMES = {"full": "provinces.geojson", "simplified": "provinces_simplified.geojson"}
CORRECTIONS = {(11, 41), (16, 54), (25, 61), (31, 79), (72, 73)}


def contacts(detail: str) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Pairs sharing a vertex and pairs sharing an edge, counted from the file's own numbers."""
    content = json.loads(files.boundary_path(NAMES[detail]).read_text(encoding="utf-8"))
    vertices, edges = defaultdict(set), defaultdict(set)
    for feature in content["features"]:
        plate, shape = feature["properties"]["plate"], feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        for ring in itertools.chain.from_iterable(parts):
            points = [tuple(point) for point in ring]
            for point in points:
                vertices[point].add(plate)
            for edge in itertools.pairwise(points):
                edges[frozenset(edge)].add(plate)
    return tuple(
        {pair for plates in found.values() for pair in itertools.combinations(sorted(plates), 2)}
        for found in (vertices, edges)
    )


@pytest.mark.parametrize("detail", DETAILS)
def test_81_valid_polygons_in_plate_order_with_official_names(detail):
    layer = load_boundaries(detail)
    assert layer.index.tolist() == list(range(1, 82))
    assert layer.crs == "EPSG:4326"
    assert layer.is_valid.all()
    assert layer["name"].tolist() == load_provinces()["name_tr"].tolist()


@pytest.mark.parametrize("detail", DETAILS)
def test_a_coverage_without_gap_or_overlap(detail):
    polygons = load_boundaries(detail).geometry.array
    assert shapely.coverage_is_valid(polygons)
    union = shapely.union_all(polygons)
    assert union.area == pytest.approx(shapely.area(polygons).sum(), rel=1e-12)
    assert shapely.get_num_interior_rings(shapely.get_parts(union)).sum() == 0


@pytest.mark.parametrize("detail", DETAILS)
def test_queen_202_and_rook_197(detail):
    queen, rook = contacts(detail)
    assert (len(queen), len(rook)) == (202, 197)


@pytest.mark.parametrize("detail", DETAILS)
def test_five_corrections_turn_queen_into_the_official_list(detail):
    pairs = tables.load_neighbours()
    official = pairs[pairs["neighbours"] == 1]
    listed = set(zip(official["plate_a"], official["plate_b"], strict=True))
    assert contacts(detail)[0] ^ CORRECTIONS == listed


@pytest.mark.parametrize("detail", DETAILS)
def test_total_area(detail):
    area = albers(load_boundaries(detail).geometry).area.sum() / 1e6
    assert area == pytest.approx(780_079, rel=1e-3)


@pytest.mark.parametrize("detail", DETAILS)
def test_the_file_is_rfc_7946_with_five_decimals(detail):
    text = files.boundary_path(NAMES[detail]).read_text(encoding="utf-8")
    content = json.loads(text)
    assert set(content) == {"type", "features"}
    assert all(list(f["properties"]) == ["plate", "name", "iso"] for f in content["features"])
    assert max(len(d) for d in re.findall(r"\d\.(\d+)", text)) == 5
    for polygon in load_boundaries(detail).geometry.explode():
        assert polygon.exterior.is_ccw
        assert not any(ring.is_ccw for ring in polygon.interiors)


def test_the_readme_states_the_hashes_of_both_files():
    readme = files.boundary_path("README.md").read_text(encoding="utf-8")
    for name in NAMES.values():
        assert hashlib.sha256(files.boundary_path(name).read_bytes()).hexdigest() in readme


def test_label_points_lie_in_their_provinces():
    known = load_provinces()
    points = gpd.GeoSeries.from_xy(known["label_lon"], known["label_lat"], crs="EPSG:4326")
    assert load_boundaries().geometry.contains(points).sum() >= 80


def test_unknown_detail_is_refused():
    with pytest.raises(OptionError, match="it can be 'full' or 'simplified'"):
        load_boundaries("coarse")


def test_the_shipped_layer_cannot_be_changed_by_a_caller():
    mine = load_boundaries("simplified")
    mine.loc[6, "name"] = "changed"
    assert load_boundaries("simplified").loc[6, "name"] == "Ankara"


def test_centroids_agree_with_an_equal_area_plane():
    layer = load_boundaries("simplified").geometry
    plane = albers(layer).centroid.to_crs("EPSG:4326")
    found = centroids(layer)
    metres = pyproj.Geod(ellps="GRS80").inv(
        plane.x, plane.y, found["longitude"], found["latitude"]
    )[2]
    assert np.max(metres) < 100


@pytest.fixture
def layer() -> gpd.GeoDataFrame:
    return load_boundaries("simplified").loc[[6, 14, 18, 26, 40, 42, 68, 71]]


def saved(polygons: gpd.GeoDataFrame, path: Path, **options) -> Path:
    polygons.reset_index().to_file(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "driver"), [("l.geojson", "GeoJSON"), ("l.gpkg", "GPKG"), ("l.shp", None)]
)
def test_reads_three_formats_with_ids_as_text(layer, tmp_path, name, driver):
    path = saved(layer, tmp_path / name, **({"driver": driver} if driver else {}))
    found = read_boundaries(path, id_column="plate")
    assert found.index.tolist() == ["6", "14", "18", "26", "40", "42", "68", "71"]
    assert found.crs == "EPSG:4326"
    assert found.loc["6", "name"] == "Ankara"


def test_reprojects_without_breaking_contacts(layer, tmp_path):
    path = saved(layer.to_crs(3857), tmp_path / "l.gpkg")
    assert shapely.coverage_is_valid(read_boundaries(path, id_column="iso").geometry.array)


def test_ids_stored_as_floats_lose_their_point(layer, tmp_path):
    layer.index = layer.index.astype(float)
    found = read_boundaries(saved(layer, tmp_path / "l.gpkg"), id_column="plate")
    assert found.index[0] == "6"


def test_without_a_name_the_first_distinct_column_gives_the_ids(layer, tmp_path):
    layer = layer.assign(region="TR")[["region", "iso", "geometry"]].set_index("region")
    assert read_boundaries(saved(layer, tmp_path / "l.gpkg")).index[0] == "TR-06"


def refused(path: Path, message: str, **options) -> None:
    with pytest.raises(BoundaryError, match=message) as caught:
        read_boundaries(path, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"l\.geojson is empty"),
        (b"\x00\x01\x02junk" * 50, "cannot be read as a layer of polygons"),
        (b"{broken", "cannot be read as a layer of polygons"),
        (b"id,low\na,1\n", "cannot be read as a layer of polygons|holds no polygons"),
        (b'{"type":"FeatureCollection","features":[]}', "holds no polygons|cannot be read"),
        (b"<OGRVRTDataSource></OGRVRTDataSource>", "holds no polygons"),
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},'
         b'"geometry":{"type":"Point","coordinates":[1,2]}}]}',
         "feature 1, a: it is no polygon but a Point"),
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},'
         b'"geometry":null}]}', "it has no polygon|holds no polygons"),
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},"geometry":'
         b'{"type":"Polygon","coordinates":[[[500000,4000000],[500001,4000000],[500001,4000001],'
         b'[500000,4000000]]]}}]}', "the coordinates are not degrees"),
    ],
    ids=["empty", "binary", "broken", "table", "no features", "XML", "point", "null", "metres"],
)  # fmt: skip
def test_a_bad_layer_is_refused(tmp_path, content, message):
    path = tmp_path / "l.geojson"
    path.write_bytes(content)
    refused(path, message, id_column="id" if b'"id"' in content else None)


def test_missing_file_and_folder_are_refused(tmp_path):
    refused(tmp_path / "none.gpkg", "There is no file .*none.gpkg")
    refused(tmp_path, "is a folder; name a file")


def test_a_missing_id_column_gets_the_nearest(layer, tmp_path):
    refused(
        saved(layer, tmp_path / "l.gpkg"), r"no column 'plaet'; nearest: plate\.", id_column="plaet"
    )


def test_a_double_id_is_refused(layer, tmp_path):
    layer.index = layer.index.where(layer.index != 14, 6)
    path = saved(layer, tmp_path / "l.gpkg")
    refused(path, "feature 2: id '6' stands more than once; dissolve it", id_column="plate")


def test_an_invalid_polygon_is_refused_with_the_reason(layer, tmp_path):
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    layer = changed(layer, lambda _: bowtie)
    path = saved(layer, tmp_path / "l.gpkg")
    refused(path, r"feature 1, 6: invalid polygon \(Self-intersection", id_column="plate")


def test_a_layer_without_reference_system_is_refused(layer, tmp_path):
    path = saved(layer, tmp_path / "l.shp")
    path.with_suffix(".prj").unlink()
    refused(path, "no coordinate reference system; a shapefile needs its .prj", id_column="plate")


def test_several_layers_in_one_file_are_refused(layer, tmp_path):
    path = tmp_path / "l.gpkg"
    saved(layer, path, layer="one")
    saved(layer, path, layer="two")
    refused(path, r"holds several layers \(one, two\)", id_column="plate")


def changed(layer: gpd.GeoDataFrame, change) -> gpd.GeoDataFrame:
    """The layer with the polygon of Ankara changed."""
    return layer.set_geometry([change(layer.geometry.loc[6]), *layer.geometry[1:]], crs=layer.crs)


def test_check_of_the_shipped_layer_finds_no_fault():
    report = check_file(files.boundary_path("provinces.geojson"), id_column="plate")
    assert report.faults == ()
    assert "pairs that share a point: 202" in [fact.en for fact in report.facts]


def test_check_lists_keys_and_geometries_that_are_wrong(layer, tmp_path):
    layer.index = layer.index.where(layer.index != 14, 6)
    report = check_boundaries(saved(layer, tmp_path / "l.gpkg"), id_column="plate")
    assert [fault.tr for fault in report.faults] == [
        "l.gpkg, öğe 2: '6' kimliği birden çok; her birim tek öğe olmalı."
    ]


def test_check_finds_float_noise_and_says_what_it_costs(layer):
    noisy = changed(layer, lambda p: shapely.transform(p, lambda xy: xy + 1e-9))
    faults = [fault.en for fault in check_layer(noisy).faults]
    assert faults == [
        "layer: shared points differ by less than 0.1 m; 7 pairs of neighbours are lost to it."
    ]


def test_check_finds_overlaps_with_their_area(layer):
    faults = [f.en for f in check_layer(changed(layer, lambda p: p.buffer(0.01))).faults]
    assert any(re.match(r"layer: 6 and 14 overlap \([\d.]+ km²\)", fault) for fault in faults)


def test_check_finds_narrow_gaps(layer):
    faults = [f.en for f in check_layer(changed(layer, lambda p: p.buffer(-0.0005))).faults]
    assert any("leave a gap narrower than 200 m" in fault for fault in faults)


def test_check_names_units_without_a_neighbour(layer):
    far = changed(layer, lambda p: shapely.transform(p, lambda xy: xy + 20))
    assert "1 units without a neighbour: 6" in [fact.en for fact in check_layer(far).facts]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: shapely.transform(p, lambda xy: xy + 1e-9),
        lambda p: p.buffer(0.01),
        lambda p: p.buffer(-0.0005),
    ],
    ids=["noise", "overlap", "gap"],
)
def test_mending_brings_back_every_contact_and_says_so(layer, change):
    mended, changes = mend_layer(changed(layer, change))
    assert check_layer(mended).faults == ()
    assert mended.index.equals(layer.index)
    assert mended["name"].tolist() == layer["name"].tolist()
    assert touching(mended) == touching(layer)
    assert "pairs in contact became" in changes[0].en


def touching(layer: gpd.GeoDataFrame) -> set[tuple[int, int]]:
    tree = shapely.STRtree(layer.geometry.array)
    pairs = tree.query(layer.geometry.array, predicate="touches").T.tolist()
    return {(a, b) for a, b in pairs if a < b}


def test_mending_a_sound_layer_changes_nothing(layer):
    mended, changes = mend_layer(layer)
    assert changes == ()
    assert mended.geometry.geom_equals_exact(layer.geometry, 0).all()


def test_mending_refuses_what_no_mending_helps(layer):
    with pytest.raises(BoundaryError, match="no coordinate reference system"):
        mend_layer(layer.set_crs(None, allow_override=True))
