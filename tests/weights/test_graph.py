"""The graph as a noun: locked, keyed by id, the same in whatever order its units stand."""

import hashlib
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libpysal.graph import Graph
from libpysal.weights import W
from scipy import sparse

from mekantek.datasets.files import data_path
from mekantek.errors import AlignmentError, GraphError, OptionError
from mekantek.weights import SpatialGraph, from_libpysal, from_pairs

LINE = [("a", "b"), ("b", "c"), ("c", "d")]


@pytest.fixture(scope="module")
def official() -> SpatialGraph:
    listed = pd.read_csv(data_path("neighbours.csv"))
    listed = listed[listed["neighbours"] == 1]
    sides = ["plate_a", "plate_b"]
    return from_pairs(
        listed[sides],
        range(1, 82),
        spec="official",
        contested=listed.loc[listed["contested"] == 1, sides],
    )


@st.composite
def graphs(draw) -> SpatialGraph:
    """Weighted graphs with isolates and links in one direction only."""
    n = draw(st.integers(1, 9))
    ids = draw(st.permutations(range(n)))
    weights = draw(
        st.lists(st.sampled_from([0.0, 0.0, 1.0, 0.25, 1 / 3]), min_size=n * n, max_size=n * n)
    )
    matrix = np.array(weights).reshape(n, n)
    np.fill_diagonal(matrix, 0)
    return SpatialGraph(pd.Index(ids), matrix, "drawn")


def dense(graph: SpatialGraph) -> pd.DataFrame:
    return pd.DataFrame(graph.sparse.toarray(), index=graph.ids, columns=graph.ids)


def test_the_official_list_has_its_known_sums(official):
    assert (official.n, official.links, len(official.pairs)) == (81, 398, 199)
    assert official.moments() == (398, 796, 8736)
    assert official.moments("row") == pytest.approx((81, 35.815342, 334.568913), abs=5e-7)
    assert (official.components, len(official.isolates), official.symmetric) == (1, 0, True)


def test_kilis_has_one_neighbour_and_three_provinces_have_nine(official):
    degrees = pd.Series(np.diff(official.sparse.indptr), index=official.ids)
    assert round(degrees.mean(), 3) == 4.914
    assert degrees[degrees == degrees.min()].to_dict() == {79: 1}
    assert sorted(degrees.index[degrees == 9]) == [24, 25, 42]
    assert degrees.max() == 9


def test_two_pairs_of_the_official_list_are_marked_contested(official):
    marked = official.pairs.query("contested")[["a", "b"]]
    assert sorted(map(tuple, marked.to_numpy())) == [(34, 39), (47, 56)]


@given(graphs())
def test_moments_are_those_of_the_definitions(graph):
    for standardize in ("none", "row"):
        w = dense(graph).to_numpy()
        if standardize == "row":
            sums = w.sum(axis=1, keepdims=True)
            w = np.divide(w, sums, out=np.zeros_like(w), where=sums > 0)
        s2 = ((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum()
        expected = (w.sum(), ((w + w.T) ** 2).sum() / 2, s2)
        assert graph.moments(standardize) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_an_unknown_standardization_is_refused():
    with pytest.raises(OptionError, match="'rows'; it can be 'row' or 'none'"):
        from_pairs(LINE, "abcd", spec="line").moments("rows")


@given(graphs(), st.randoms())
def test_the_order_of_the_units_changes_neither_digest_nor_neighbours(graph, random):
    shuffled = list(graph.ids)
    random.shuffle(shuffled)
    other = graph.subset(shuffled)
    assert other.sha256 == graph.sha256
    pd.testing.assert_frame_equal(dense(other).loc[graph.ids, graph.ids], dense(graph))
    assert {u: set(other.neighbours(u)) for u in shuffled} == {
        u: set(graph.neighbours(u)) for u in shuffled
    }


def test_the_digest_is_of_the_documented_text():
    text = b"a b 1.0\na c 0.1\nb a 1.0"
    matrix = [[0, 1, 0.1], [1, 0, 0], [0, 0, 0]]
    graph = SpatialGraph(pd.Index(list("abc")), np.array(matrix), "example")
    assert graph.sha256 == hashlib.sha256(text).hexdigest()


@given(graphs(), st.data())
def test_the_digest_is_of_the_sorted_lines_whatever_the_names(graph, data):
    # A space within a name sorts below letters; a name may begin another; astral letters come last.
    texts = st.text(st.sampled_from("a bÇğ1\n\0\uffff𐀀"), max_size=3)
    names = data.draw(st.lists(texts, min_size=graph.n, max_size=graph.n, unique=True))
    matrix = graph.sparse.tocoo()
    lines = [
        f"{names[a]} {names[b]} {w!r}"
        for a, b, w in zip(matrix.row, matrix.col, matrix.data.tolist(), strict=True)
    ]
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    assert SpatialGraph(pd.Index(names, dtype=object), graph.sparse, "named").sha256 == digest


@given(graphs())
def test_a_libpysal_graph_gives_the_same_graph_back(graph):
    back = from_libpysal(graph.to_libpysal(), spec="drawn")
    pd.testing.assert_frame_equal(dense(back), dense(graph), check_index_type=False)
    assert list(back.ids) == list(graph.ids)


@given(graphs())
def test_an_old_w_gives_the_same_graph_back(graph):
    neighbours = {unit: graph.neighbours(unit) for unit in graph.ids}
    table = dense(graph)
    weights = {unit: [table.loc[unit, o] for o in others] for unit, others in neighbours.items()}
    w = W(neighbours, weights, id_order=graph.ids.tolist(), silence_warnings=True)
    assert from_libpysal(w).sha256 == graph.sha256
    assert list(from_libpysal(w).isolates) == list(graph.isolates)


def test_what_is_a_graph_already_passes_through():
    graph = from_pairs(LINE, "abcd", spec="line")
    assert from_libpysal(graph) is graph


def test_anything_else_is_refused_by_its_type():
    with pytest.raises(GraphError, match="A dict is neither a libpysal Graph nor a libpysal W"):
        from_libpysal({"a": ["b"]})


def test_a_self_weight_in_a_libpysal_graph_is_refused():
    graph = Graph.from_arrays(["a", "a", "b"], ["a", "b", "a"], [1, 1, 1])
    with pytest.raises(GraphError, match="Unit a neighbours itself"):
        from_libpysal(graph)


def test_nothing_a_caller_does_reaches_into_a_graph():
    matrix = sparse.csr_array(np.array([[0, 2.0], [2.0, 0]]))
    ids = pd.Index(["a", "b"], name="unit")
    graph = SpatialGraph(ids, matrix, "example")
    before = graph.sha256
    matrix.data[:] = 9
    ids.name = "changed"
    with pytest.raises(ValueError, match="read-only"):
        graph.sparse.data[0] = 5
    shell = graph.sparse
    shell.data = np.array([7.0, 7.0])
    pairs = graph.pairs
    pairs.loc[0, "contested"] = True
    with pytest.raises(AttributeError):
        graph.spec = "queen"
    assert graph.sparse.toarray().tolist() == [[0, 2], [2, 0]]
    assert (graph.ids.name, graph.sha256, graph.pairs["contested"].any()) == (
        "unit",
        before,
        np.False_,
    )


def test_a_graph_survives_pickling():
    graph = from_pairs(LINE, "abcd", spec="line", contested=[("b", "a")])
    again = pickle.loads(pickle.dumps(graph))
    assert (again.sha256, again.contested, again.spec) == (graph.sha256, graph.contested, "line")


def test_weights_are_canonical():
    matrix = sparse.coo_array(([0.5, 0.5, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    graph = SpatialGraph(pd.Index(["a", "b"]), matrix, "example")
    assert graph.links == 1
    assert graph.sparse.data.tolist() == [1.0]
    assert graph.sparse.has_sorted_indices


def test_a_link_without_a_link_back_is_told():
    graph = SpatialGraph(pd.Index([1, 2, 3]), np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]]), "x")
    assert graph.notes == ("asymmetric neighbours, used as given: 1 of 3 links have no link back",)
    assert not graph.symmetric
    assert graph.pairs[["a", "b"]].to_numpy().tolist() == [[1, 2], [1, 3]]


def test_unequal_weights_both_ways_are_a_symmetric_graph():
    graph = SpatialGraph(pd.Index([1, 2]), np.array([[0, 0.2], [1, 0]]), "kernel")
    assert graph.symmetric
    assert graph.notes == ()


def test_a_subset_keeps_the_links_among_its_units_and_says_what_was_cut():
    graph = from_pairs(LINE, "abcd", spec="line", contested=[("a", "b"), ("c", "d")])
    part = graph.subset(["c", "d", "a"])
    assert (part.links, list(part.isolates), list(part.ids)) == (2, ["a"], ["c", "d", "a"])
    assert part.contested == {frozenset("cd")}
    assert part.notes == ("cut to 3 of 4 units; links to the others are gone",)


def test_a_pair_and_its_reverse_are_one_pair():
    graph = from_pairs([("a", "b"), ("b", "a")], "ab", spec="x")
    assert graph.sparse.toarray().tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: from_pairs([("a", "b")] * 2, "ab", spec="x"), GraphError, "a–b stands twice"),
        (lambda: from_pairs([("a", "a")], "ab", spec="x"), GraphError, "Unit a neighbours itself"),
        (
            lambda: from_pairs([("a", "b")], "ab", spec="x", contested=[("b", "c")]),
            GraphError,
            "contested pair b–c is no pair",
        ),
        (
            lambda: from_pairs([("Ankra", "Bolu")], ["Ankara", "Bolu"], spec="x"),
            AlignmentError,
            r"Pair 1 names 'Ankra', .* Did you mean Ankara\?",
        ),
        (lambda: from_pairs([], "aba", spec="x"), AlignmentError, "Id a stands more than once"),
        (
            lambda: SpatialGraph(pd.Index(["a", "b"]), np.array([[0, -1], [1, 0]]), "x"),
            GraphError,
            "weight of a to b is -1; weights are finite numbers of 0 or more",
        ),
        (
            lambda: SpatialGraph(pd.Index(["a", "b"]), np.array([[0, 1], [np.nan, 0]]), "x"),
            GraphError,
            "weight of b to a is nan",
        ),
        (
            lambda: SpatialGraph(pd.Index(["a"]), np.zeros((2, 2)), "x"),
            AlignmentError,
            "1 units has a matrix of 2 × 2",
        ),
        (
            lambda: from_pairs(LINE, "abcd", spec="x").subset(["a", "z"]),
            AlignmentError,
            "No unit 'z' among the 4",
        ),
        (
            lambda: from_pairs(LINE, "abcd", spec="x").subset(["a", "a"]),
            AlignmentError,
            "Id a stands more than once",
        ),
        (
            lambda: from_pairs([(6, 26)], [6, 26], spec="x").neighbours("6"),
            AlignmentError,
            r"No unit '6' .* Did you mean 6\?",
        ),
    ],
)
def test_what_is_no_graph_is_refused_in_one_sentence(make, error, message):
    with pytest.raises(error, match=message):
        make()
