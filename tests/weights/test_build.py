"""Every SPEC: against brute force, against libpysal, and against the counts of the provinces."""

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from pyproj import Geod
from shapely.geometry import Point, Polygon, box

from mekantek.datasets.files import boundary_path, data_path
from mekantek.errors import AlignmentError, BoundaryError, GraphError, MekantekError, OptionError
from mekantek.weights import SpatialGraph, build, from_pairs, higher_order

GEOD = Geod(ellps="GRS80")


@pytest.fixture(scope="module")
def provinces() -> pd.DataFrame:
    """Label points of the provinces."""
    table = pd.read_csv(data_path("provinces.csv")).set_index("plate")
    return pd.DataFrame({"longitude": table["label_lon"], "latitude": table["label_lat"]})


@pytest.fixture(scope="module")
def official() -> SpatialGraph:
    listed = pd.read_csv(data_path("neighbours.csv")).query("neighbours == 1")
    return from_pairs(listed[["plate_a", "plate_b"]], range(1, 82), spec="official")


def layer(name: str) -> gpd.GeoSeries:
    frame = gpd.read_file(boundary_path(name))
    return frame.set_index(frame["plate"].astype(int)).geometry


# Points anywhere on Earth, poles and date line included; a coarse grid makes ties and coincidences.
COORDINATE = st.tuples(st.integers(-180, 180), st.integers(-90, 90))
SCATTER = st.lists(COORDINATE, min_size=3, max_size=14)
NEARBY = st.lists(
    st.tuples(st.floats(25, 45, width=32), st.floats(35, 43, width=32)),
    min_size=3,
    max_size=14,
    unique=True,
)


def frame_of(places) -> pd.DataFrame:
    # Ids run against the row order, and as text would sort otherwise than as numbers.
    ids = [str(i) for i in range(len(places) + 5, 5, -1)]
    return pd.DataFrame(places, columns=["longitude", "latitude"], index=ids, dtype=float)


def distances(points: pd.DataFrame) -> pd.DataFrame:
    """Geodesic kilometres between all points, one by one."""
    table = pd.DataFrame(0.0, index=points.index, columns=points.index)
    for a in points.index:
        for b in points.index:
            one, other = points.loc[a], points.loc[b]
            metres = GEOD.inv(one.longitude, one.latitude, other.longitude, other.latitude)[2]
            table.loc[a, b] = metres / 1000
    return table


def nearest_by_hand(table: pd.DataFrame, unit: str, k: int) -> list[str]:
    others = [o for o in table.index if o != unit]
    return sorted(others, key=lambda o: (round(table.loc[unit, o], 6), int(o)))[:k]


def dense(graph: SpatialGraph) -> pd.DataFrame:
    return pd.DataFrame(graph.sparse.toarray(), index=graph.ids, columns=graph.ids)


@settings(max_examples=60, deadline=None)
@given(st.one_of(SCATTER, NEARBY), st.data())
def test_nearest_neighbours_are_those_found_one_by_one_ties_to_the_lower_number(places, data):
    points = frame_of(places)
    k = data.draw(st.integers(1, len(points) - 1))
    graph, table = build(f"knn:{k}", points=points), distances(points)
    for unit in points.index:
        assert set(graph.neighbours(unit)) == set(nearest_by_hand(table, unit, k))


@settings(max_examples=60, deadline=None)
@given(st.one_of(SCATTER, NEARBY), st.integers(1, 20000))
def test_a_band_joins_all_pairs_within_its_distance(places, reach):
    points = frame_of(places)
    table = distances(points)
    assume((abs(table - reach) > 1e-6).to_numpy().all())
    expected = (table <= reach).to_numpy() & ~np.eye(len(points), dtype=bool)
    found = dense(build(f"band:{reach}km", points=points)).to_numpy()
    np.testing.assert_array_equal(found, expected.astype(float))


@settings(max_examples=40, deadline=None)
@given(NEARBY, st.sampled_from([0.5, 1, 2, 3]), st.sampled_from([None, 400]))
def test_inverse_distance_is_one_over_kilometres_to_the_power(places, power, limit):
    points = frame_of(places)
    table = distances(points).to_numpy()
    others = ~np.eye(len(points), dtype=bool)
    assume((table[others] > 1e-6).all())
    expected = np.zeros_like(table)
    expected[others] = table[others] ** -float(power)
    if limit:
        expected[table > limit] = 0
    spec = f"inverse:{power}" + (f":{limit}km" if limit else "")
    np.testing.assert_allclose(dense(build(spec, points=points)), expected, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(NEARBY, st.data())
def test_the_kernel_is_gaussian_up_to_the_kth_nearest_and_leaves_self_out(places, data):
    points = frame_of(places)
    k = data.draw(st.integers(1, len(points) - 1))
    table = distances(points).to_numpy()
    others = ~np.eye(len(points), dtype=bool)
    assume((table[others] > 1e-3).all())
    bandwidth = np.sort(table, axis=1)[:, [k]]
    expected = np.exp(-0.5 * (table / bandwidth) ** 2) / np.sqrt(2 * np.pi)
    expected[~others | (table > bandwidth + 1e-7)] = 0
    found = dense(build(f"kernel:gaussian:{k}", points=points)).to_numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_kernel_counts_all_that_tie_at_the_bandwidth():
    places = pd.DataFrame({"longitude": [30, 31, 29], "latitude": [39, 39, 39]}, index=[1, 2, 3])
    graph = build("kernel:gaussian:1", points=places)
    assert graph.neighbours(1) == [2, 3]
    assert build("knn:1", points=places).neighbours(1) == [2]


def test_the_kernel_is_libpysals_adaptive_one_without_its_diagonal():
    import warnings

    from libpysal.weights import Kernel

    # On the equator degrees of longitude are proportional to geodesic distance.
    longitudes = [0, 1, 2.5, 4.2, 7, 7.5]
    points = pd.DataFrame({"longitude": longitudes, "latitude": 0.0})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Kernel([(x, 0) for x in longitudes], fixed=False, k=3, function="gaussian")
    expected = theirs.full()[0]
    np.fill_diagonal(expected, 0)
    ours = dense(build("kernel:gaussian:3", points=points)).to_numpy()
    np.testing.assert_allclose(ours, expected, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    NEARBY,
    st.randoms(),
    st.sampled_from(["knn:2", "band:300km", "inverse:2", "inverse:1:300km", "kernel:gaussian:2"]),
)
def test_the_order_of_rows_does_not_change_a_bit(places, random, spec):
    points = frame_of(places)
    assume((distances(points).to_numpy()[~np.eye(len(points), dtype=bool)] > 1e-3).all())
    order = list(points.index)
    random.shuffle(order)
    assert build(spec, points=points.loc[order]).sha256 == build(spec, points=points).sha256
    assert list(build(spec, points=points, ids=pd.Index(order)).ids) == order


@pytest.mark.parametrize("detail", ["provinces.geojson", "provinces_simplified.geojson"])
@pytest.mark.parametrize(("spec", "pairs"), [("queen", 202), ("rook", 197)])
def test_both_boundary_files_give_the_known_contiguity(detail, spec, pairs):
    graph = build(spec, geometry=layer(detail))
    assert (len(graph.pairs), graph.components, graph.notes) == (pairs, 1, ())


def test_five_corrections_turn_queen_into_the_official_pairs(official):
    queen = build("queen", geometry=layer("provinces.geojson"), ids=official.ids)

    def as_set(graph):
        return {tuple(sorted(pair)) for pair in graph.pairs[["a", "b"]].to_numpy().tolist()}

    assert as_set(official) - as_set(queen) == {(11, 41)}
    assert as_set(queen) - as_set(official) == {(16, 54), (25, 61), (31, 79), (72, 73)}


# Counts of directed links, so that a change of points or of a convention is seen.
@pytest.mark.parametrize(
    ("spec", "links"),
    [
        ("knn:4", 324),
        ("knn:8", 648),
        ("band:150km", 430),
        ("inverse:2", 6480),
        ("inverse:2:300km", 1450),
        ("kernel:gaussian:8", 648),
    ],
)
def test_the_provinces_have_pinned_counts(provinces, spec, links):
    graph = build(spec, points=provinces, points_used="label points")
    assert graph.links == links
    assert (graph.spec, graph.points_used) == (spec, "label points")
    assert graph.notes[0] == "geodesic distances (GRS 80) between label points"


def test_points_say_what_they_are_by_themselves(provinces):
    points = provinces.copy()
    assert build("knn:4", points=points).ids.name == "plate"
    points.attrs["points_used"] = "geodesic centroids"
    assert build("knn:4", points=points).points_used == "geodesic centroids"
    assert build("knn:4", points=provinces).points_used == "points as given"


def test_second_order_is_libpysals_second_order_with_the_first(official):
    theirs = official.to_libpysal().higher_order(k=2, lower_order=True)
    ours = build("order:2", base=official)
    np.testing.assert_array_equal(ours.sparse.toarray(), theirs.sparse.toarray() > 0)
    assert ours.notes == ("all within 2 steps of the neighbours called official",)


def test_second_order_without_a_base_rests_on_queen(official):
    shapes = layer("provinces_simplified.geojson")
    ours = build("order:2", geometry=shapes)
    assert ours.sha256 == higher_order(build("queen", geometry=shapes), 2).sha256
    assert ours.sha256 != build("order:2", base=official).sha256


def test_first_order_is_the_graph_itself(official):
    assert higher_order(official, 1).sha256 == official.sha256


SQUARES = gpd.GeoSeries(
    [box(0, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2), box(2, 2, 3, 3), box(8, 8, 9, 9)],
    index=["below", 1, ("c", "d"), "corner", "island"],
)


def test_contiguity_takes_any_ids_and_keeps_islands():
    graph = build("queen", geometry=SQUARES)
    assert list(graph.ids) == list(SQUARES.index)
    assert list(graph.isolates) == ["island"]
    assert graph.neighbours("corner") == [("c", "d")]


def test_rook_sees_lines_whose_corners_do_not_match_and_says_so():
    graph = build("rook", geometry=SQUARES)
    assert graph.neighbours("below") == [1, ("c", "d")]
    assert graph.neighbours("corner") == []
    assert graph.notes == ("2 pairs touch along lines whose corners do not match",)
    assert Graph.build_contiguity(SQUARES, rook=True).n_edges == 2


def test_contiguity_takes_a_geodataframe_and_an_order():
    frame = gpd.GeoDataFrame(geometry=SQUARES)
    wanted = pd.Index(["island", "corner", ("c", "d")], tupleize_cols=False)
    graph = build("queen", geometry=frame, ids=wanted)
    assert list(graph.ids) == ["island", "corner", ("c", "d")]
    assert graph.links == 2


def test_columbus_polygons_give_the_reference_graph():
    import libpysal

    from mekantek.weights import read_neighbours

    folder = libpysal.examples.get_path("columbus.shp")
    shapes = gpd.read_file(folder).set_index("POLYID").geometry
    shapes.index = shapes.index.astype(int).astype(str)
    reference = Path(__file__).parents[1] / "reference" / "columbus.gal"
    assert build("queen", geometry=shapes).sha256 == read_neighbours(reference).sha256


@pytest.mark.parametrize(
    "spec",
    ["", "bishop", "knn", "knn:4.5", "knn:-1", "band:150", "band:km", "band:150mi", "inverse",
     "inverse:2:300", "kernel:8", "kernel:bisquare:8", "order:", "official", "queen:2", "knn:4 x",
     "knn:٤", "knn:" + "9" * 5000],
)  # fmt: skip
def test_what_is_no_spec_is_refused_with_those_that_are(spec):
    with pytest.raises(OptionError, match=r"there are queen, rook, knn:4, band:150km"):
        build(spec, points=pd.DataFrame({"longitude": [0, 1], "latitude": [0, 1]}))


@pytest.mark.parametrize("spec", ["knn:0", "band:0km", "inverse:0", "kernel:gaussian:0", "order:0"])
def test_a_spec_of_nothing_is_refused(spec):
    with pytest.raises(OptionError, match="its numbers must be above 0"):
        build(spec)


@given(st.text(max_size=20))
def test_no_text_whatever_makes_a_spec_crash(spec):
    with pytest.raises(MekantekError):
        build(spec)


TWO = pd.DataFrame({"longitude": [30.0, 31.0], "latitude": [39.0, 39.0]}, index=["a", "b"])
SHARED = pd.DataFrame({"longitude": [30.0] * 3, "latitude": [39.0] * 3}, index=["a", "b", "c"])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: build("queen"), OptionError, "queen needs polygons; give boundaries"),
        (lambda: build("knn:1"), OptionError, "knn:1 measures distances; give points"),
        (lambda: build("knn:2", points=TWO), OptionError, "2 nearest of 2 units; at most 1"),
        (
            lambda: build("knn:1", points=TWO.rename(columns={"latitude": "y"})),
            OptionError,
            "no column latitude",
        ),
        (
            lambda: build("knn:1", points=TWO * 1000),
            GraphError,
            "2 of 2 points are not on Earth, first a: longitude 30000, .* degrees, not metres",
        ),
        (
            lambda: build("knn:1", points=TWO.assign(latitude=[39, None])),
            GraphError,
            "1 of 2 points are not on Earth, first b",
        ),
        (
            lambda: build("knn:1", points=TWO, ids=pd.Index(["a", "z"])),
            AlignmentError,
            "1 of 2 units have no point: z",
        ),
        (
            lambda: build("knn:1", points=TWO.loc[["a", "a"]]),
            AlignmentError,
            "Id a has more than one point",
        ),
        (
            lambda: build("inverse:2", points=SHARED),
            GraphError,
            "Unit a shares its point with others: 1/distance is infinite",
        ),
        (
            lambda: build("kernel:gaussian:1", points=SHARED),
            GraphError,
            "Unit a shares its point with others: the kernel's bandwidth is zero",
        ),
        (
            lambda: build("queen", geometry=SQUARES.iloc[[0, 1, 0]]),
            AlignmentError,
            "Id below has more than one polygon",
        ),
        (
            lambda: build("queen", geometry=gpd.GeoSeries([Point(0, 0), box(0, 0, 1, 1)])),
            BoundaryError,
            r"1 of 2 units are no polygons, first 0 \(Point\)",
        ),
        (
            lambda: build("queen", geometry=gpd.GeoSeries([Polygon(), box(0, 0, 1, 1)])),
            BoundaryError,
            r"first 0 \(Polygon\)",
        ),
        (
            lambda: build("rook", geometry=gpd.GeoSeries([None, box(0, 0, 1, 1)])),
            BoundaryError,
            r"first 0 \(nothing\)",
        ),
    ],
)
def test_what_cannot_be_built_is_refused_in_one_sentence(make, error, message):
    with pytest.raises(error, match=message) as told:
        make()
    assert told.value.turkish
    assert not re.search(r"\b(units?|points?|polygons?|longitude)\b", told.value.turkish)


def test_all_pairs_of_too_many_units_are_refused_with_the_remedy():
    many = pd.DataFrame({"longitude": np.linspace(0, 10, 5001), "latitude": 0.0})
    with pytest.raises(OptionError, match="such as inverse:2:300km"):
        build("inverse:2", points=many)


def test_a_band_reaches_over_the_date_line():
    points = pd.DataFrame({"longitude": [179.5, -179.5], "latitude": [0, 0]}, index=["w", "e"])
    assert build("band:150km", points=points).links == 2
