"""Contiguity by hashed corners: the same pairs as libpysal's two builders, on clean maps and dirty."""

import sys
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from shapely import MultiPolygon, Polygon, affinity, box

from mekantek.weights import contiguity as room
from mekantek.weights import corners
from mekantek.weights.contiguity import contiguity, narrowly_apart

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from territory import territory

SEED = st.integers(0, 2**32 - 1)


def pairs(matrix) -> set[tuple[int, int]]:
    a, b = matrix.nonzero()
    return set(zip(a.tolist(), b.tolist(), strict=True))


def libpysals(polygons, *, rook: bool, strict: bool) -> set[tuple[int, int]]:
    series = gpd.GeoSeries(polygons)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pairs(Graph.build_contiguity(series, rook=rook, strict=strict).sparse)


def check(polygons) -> int:
    """Hold queen and rook against libpysal; gives the pairs without a common corner."""
    polygons = np.asarray(polygons, dtype=object)
    for rook in (True, False):
        links, unmatched = contiguity(polygons, rook=rook)
        matching = libpysals(polygons, rook=rook, strict=False)
        either = matching | libpysals(polygons, rook=rook, strict=True)
        assert pairs(links) == either
        assert unmatched == (len(either) - len(matching)) // 2
        assert (links.data == 1).all()
        assert links.has_canonical_format
    return unmatched


def cut(rng, steps: int) -> list:
    """Boxes with whole corners, from cutting one box again and again: T-junctions everywhere."""
    cells = [(0, 0, 24, 24)]
    for _ in range(steps):
        x0, y0, x1, y1 = cells.pop(rng.integers(len(cells)))
        if rng.random() < 0.5 and x1 - x0 > 1:
            x = int(rng.integers(x0 + 1, x1))
            cells += [(x0, y0, x, y1), (x, y0, x1, y1)]
        elif y1 - y0 > 1:
            y = int(rng.integers(y0 + 1, y1))
            cells += [(x0, y0, x1, y), (x0, y, x1, y1)]
        else:
            cells.append((x0, y0, x1, y1))
    return [box(*cell) for cell in cells]


def sheared(polygons, rng):
    """Whole-numbered shear: lines slant, and points on lines stay on them to the last bit."""
    a, b, c, d = (int(v) for v in rng.integers(-3, 4, 4))
    if a * d == b * c:
        a, b, c, d = 2, 1, 1, 1
    return [affinity.affine_transform(p, (a, b, c, d, -7, 5)) for p in polygons]


def dissolved(polygons, rng, groups: int) -> list:
    """Random unions: holes, islands in holes, several parts, parts that meet in a corner."""
    group = rng.integers(0, groups, len(polygons))
    return [
        shapely.union_all([p for p, g in zip(polygons, group, strict=True) if g == one])
        for one in np.unique(group)
    ]


def turned(polygon, rng):
    """The same area, rings begun and turned at random."""

    def ring(line):
        at = np.asarray(line.coords)[:-1]
        at = np.roll(at, rng.integers(len(at)), axis=0)[:: rng.choice([1, -1])]
        return np.vstack([at, at[:1]])

    parts = [
        Polygon(ring(part.exterior), [ring(hole) for hole in part.interiors])
        for part in shapely.get_parts(polygon)
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def lattice(rng, n: int = 60) -> list:
    return list(territory(n, seed=int(rng.integers(2**31))).geometry)


@settings(max_examples=60, deadline=None)
@given(SEED)
def test_irregular_coverages_give_libpysals_pairs_without_comparing_polygons(seed):
    rng = np.random.default_rng(seed)
    cells = [turned(cell, rng) for cell in lattice(rng)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_touching", None)
        assert check(cells) == 0


@settings(max_examples=60, deadline=None)
@given(SEED, st.integers(2, 12))
def test_holes_islands_and_several_parts_give_libpysals_pairs(seed, groups):
    rng = np.random.default_rng(seed)
    check([turned(unit, rng) for unit in dissolved(lattice(rng), rng, groups)])


@settings(max_examples=100, deadline=None)
@given(SEED, st.integers(1, 40), st.booleans())
def test_lines_whose_corners_do_not_match_are_found(seed, steps, unite):
    rng = np.random.default_rng(seed)
    cells = sheared(cut(rng, steps), rng)
    check(dissolved(cells, rng, 8) if unite else cells)


@settings(max_examples=100, deadline=None)
@given(SEED, st.integers(1, 30))
def test_gaps_in_a_coverage_hide_no_pair(seed, steps):
    rng = np.random.default_rng(seed)
    cells = sheared(cut(rng, steps), rng) + [affinity.translate(c, 200) for c in lattice(rng, 20)]
    check([cell for cell in cells if rng.random() < 0.7] or cells)


@settings(max_examples=100, deadline=None)
@given(SEED)
def test_overlapping_boxes_give_libpysals_pairs(seed):
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 8, (12, 2))
    high = low + rng.integers(1, 5, (12, 2))
    check(sheared([box(*a, *b) for a, b in zip(low.tolist(), high.tolist(), strict=True)], rng))


@settings(max_examples=60, deadline=None)
@given(SEED, st.sampled_from([1e-15, 1e-9, 1e-3]))
def test_coverages_with_moved_polygons_give_libpysals_pairs(seed, noise):
    rng = np.random.default_rng(seed)
    cells = lattice(rng)
    for place in rng.integers(0, len(cells), 3):
        cells[place] = affinity.translate(cells[place], *rng.normal(0, noise, 2))
    check(cells)


@settings(max_examples=40, deadline=None)
@given(SEED)
def test_layers_over_each_other_give_libpysals_pairs(seed):
    rng = np.random.default_rng(seed)
    check(cut(rng, 10) + cut(rng, 10))
    check(cut(rng, 10) + [affinity.scale(c, 0.4, 0.4, origin=(9, 9)) for c in cut(rng, 10)])


def test_a_corner_on_an_edge_that_has_its_twin_is_found_where_polygons_overlap():
    # The third lies over the second and touches the first in the middle of a shared edge.
    assert check([box(0, 0, 2, 1), box(0, 1, 2, 2), Polygon([(1, 1), (1.5, 1.5), (0.5, 1.5)])]) == 1


def test_a_corner_in_the_middle_of_an_edge_is_a_touch():
    assert check([box(0, 0, 2, 1), Polygon([(1, 1), (2, 3), (0, 3)])]) == 1


def test_a_fan_whose_middle_has_only_shared_edges_touches_the_edge_below():
    fan = [Polygon([(2, 1), (a, 3), (b, 3)]) for a, b in ((0, 1), (1, 3), (3, 4))]
    assert check([box(0, 0, 4, 1), *fan]) == 3


def test_an_island_within_a_unit_neighbours_it_alone():
    ring = Polygon(box(0, 0, 6, 6).exterior, [box(2, 2, 4, 4).exterior.coords])
    assert check([ring, box(2, 2, 4, 4), box(6, 0, 8, 6)]) == 0
    assert pairs(contiguity(np.array([ring, box(2, 2, 4, 4)]))[0]) == {(0, 1), (1, 0)}


def test_an_island_in_the_gap_of_a_unit_is_alone():
    ring = Polygon(box(0, 0, 6, 6).exterior, [box(1, 1, 5, 5).exterior.coords])
    links, unmatched = contiguity(np.array([ring, box(2, 2, 4, 4)]))
    assert (links.nnz, unmatched) == (0, 0)


def test_rings_of_one_polygon_are_not_joined_by_an_edge():
    # From the first ring's last corner to the hole's first, libpysal would see an edge.
    ring = Polygon([(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    probe = Polygon([(0, 0), (3, 3), (-3, 3)])
    assert contiguity(np.array([ring, probe]), rook=True)[0].nnz == 0


def test_minus_zero_and_repeated_corners_are_no_other_corners():
    left = Polygon([(-1, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 1), (-1, 1), (-1, 0.0), (-1, 0.0)])
    right = Polygon([(-0.0, -0.0), (1, -0.0), (1, 1), (-0.0, 1), (-0.0, 1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_touching", None)
        for rook in (True, False):
            assert contiguity(np.array([left, right]), rook=rook)[0].nnz == 2


def test_heights_do_not_matter():
    low, high = (shapely.force_3d(box(x, 0, x + 1, 1), z) for x, z in ((0, 5), (1, 7)))
    assert contiguity(np.array([low, high]))[0].nnz == 2


@pytest.mark.parametrize("words", [1, 3])
def test_equal_hashes_of_other_corners_join_nothing(monkeypatch, words):
    def poor(x, y):
        return (x ^ y) % np.uint64(words) << np.uint64(62)

    monkeypatch.setattr(corners, "_mixed", poor)
    rng = np.random.default_rng(1)
    check(lattice(rng))
    check(sheared(cut(rng, 20), rng))


@settings(max_examples=30, deadline=None)
@given(SEED)
@example(0)
def test_comparing_all_polygons_finds_nothing_more_in_a_clean_coverage(seed):
    cells = np.asarray(lattice(np.random.default_rng(seed)), dtype=object)
    for rook in (True, False):
        quick = contiguity(cells, rook=rook)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(room, "_bounds_once", lambda *_: False)
            slow = contiguity(cells, rook=rook)
        assert pairs(quick[0]) == pairs(slow[0])
        assert quick[1] == slow[1] == 0


@pytest.mark.parametrize("block", [1, 3, 50])
def test_rings_longer_than_a_block_are_read_whole(monkeypatch, block):
    monkeypatch.setattr(corners, "_BLOCK", block)
    rng = np.random.default_rng(2)
    cells = lattice(rng)
    check([turned(cell, rng) for cell in cells])
    check([turned(cell, rng) for cell in dissolved(cells, rng, 5)])


def test_a_ring_that_passes_its_first_point_again_is_told_from_two_rings():
    # Each is at its first point in its middle: one with a hole that begins there, one with a second
    # part, one with none of these, which is not valid and read as one ring.
    holed = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(0, 0), (1, 2), (2, 1)]])
    parts = MultiPolygon([Polygon([(9, 0), (8, 1), (8, 0)]), Polygon([(9, 0), (9, 9), (8, 9)])])
    eight = Polygon([(0, 9), (1, 9), (1, 8), (0, 9), (-1, 9), (-1, 10)])
    found = corners.corners(units := np.array([holed, parts, eight]), corners.coordinates(units))
    assert (found.stop - found.start).tolist() == [4, 3, 3, 3, 6]
    assert found.begin.tolist() == [0, 7, 13, 19]


def test_an_empty_layer_has_no_links():
    assert contiguity(np.array([], dtype=object))[0].shape == (0, 0)


def test_larger_polygons_are_compared_whole():
    # Above 32 corners a polygon is indexed first; the caller's polygons stay as they were.
    wheel = shapely.Point(0, 0).buffer(1, quad_segs=64)
    polygons = np.array([wheel, box(1, -1, 2, 1), box(5, 5, 6, 6)])
    links, unmatched = contiguity(polygons)
    assert (links.nnz, unmatched) == (2, 1)
    assert not shapely.is_prepared(polygons).any()


@pytest.mark.parametrize("name", ["columbus.shp", "baltim.shp", "sids2.shp", "stl_hom.shp"])
def test_example_layers_give_libpysals_pairs(name):
    import libpysal

    try:
        path = libpysal.examples.get_path(name)
    except (KeyError, ValueError):
        path = None
    if path is None:
        pytest.skip(f"{name} is not installed")
    shapes = gpd.read_file(path).geometry
    if set(shapes.geom_type) <= {"Polygon", "MultiPolygon"}:
        check(shapes.to_numpy())


def apart(polygons) -> list[tuple[int, int]]:
    """Pairs that a slip of the pen parts, of gaps up to 0.002 in the polygons' own unit."""
    polygons = np.asarray(polygons, dtype=object)
    return narrowly_apart(polygons, contiguity(polygons)[0], widest=0.002)


@pytest.mark.parametrize(
    ("size", "gap", "parted"),
    [(1, 1e-9, True), (1, 0.0019, True), (1, 0.0021, False), (0.05, 0.0009, True), (0.05, 0.0011, False)],
)  # fmt: skip
def test_a_gap_is_a_slip_up_to_a_limit_that_falls_with_the_size(size, gap, parted):
    """Two cells side by side: 0.002, or a fiftieth of their width where that is less."""
    cells = [box(0, 0, size, size), box(size + gap, 0, 2 * size + gap, size)]
    assert apart(cells) == [(0, 1)] * parted


def test_what_faces_nothing_is_not_parted():
    """A sound map of cells far smaller than the limit, corners near each other, and neighbours."""
    small = [box(x, y, x + 0.001, y + 0.001) for x in (0, 0.001, 0.002) for y in (0, 0.001)]
    assert apart(small) == []
    # Four cells, two of which would touch in a point.
    corner = [box(0, 0, 1, 1), box(1.001, 1.001, 2, 2), box(0, 1, 1.001, 2), box(1, 0, 2, 1.001)]
    assert apart(corner) == []


def test_one_long_gap_is_told_from_the_side_of_the_smaller_unit():
    """A small unit beside a large one, and one that lies in a hole a little too wide for it."""
    land = box(0, 0, 10, 10).difference(box(4, 4, 5, 5))
    assert apart([land, box(4.001, 4.001, 4.999, 4.999), box(10.001, 3, 11, 4)]) == [(0, 1), (0, 2)]
