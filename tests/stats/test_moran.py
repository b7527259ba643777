"""Global Moran: against spdep, against esda, against counting, and what it refuses."""

from itertools import permutations
from types import SimpleNamespace

import libpysal
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.stats.overall.autocorrelation import moran
from mekantek.weights import from_libpysal, read_neighbours

LINKS = {"columbus": 236, "sids2": 462, "stl": 398, "mexico": 140}


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


def reference(reference_folder):
    return pd.read_csv(reference_folder / "spdep_reference.csv")


@pytest.fixture(scope="module")
def folder():
    from pathlib import Path

    return Path(__file__).parents[1] / "reference"


def case(folder, name):
    graph = read_neighbours(folder / f"{name}.gal")
    assert graph.links == LINKS[name]
    table = pd.read_csv(folder / f"{name}.csv", dtype={"id": str}).set_index("id")
    return table, graph


def cases(folder):
    table = reference(folder)
    wanted = table[table["test"].isin(("moran_W", "moran_B"))]
    return list(wanted.groupby(["case", "variable", "test"]))


def test_equals_spdep_on_every_case(folder):
    """Statistic, moments, z and p equal R's spdep to 1e-9, with the link count pinned."""
    compared = 0
    for (name, variable, test), rows in cases(folder):
        table, graph = case(folder, name)
        standardize = "row" if test == "moran_W" else "none"
        randomization = moran(table[variable], graph, standardize=standardize)
        normality = moran(table[variable], graph, standardize=standardize, method="normality")
        ours = {
            "I": randomization.statistic, "E": randomization.expected,
            "V_rand": randomization.variance, "z_rand": randomization.z_score,
            "p_rand_2s": randomization.p_value, "V_norm": normality.variance,
            "p_norm_2s": normality.p_value,
        }  # fmt: skip
        for quantity, value in zip(rows["quantity"], rows["value"], strict=True):
            assert ours[quantity] == pytest.approx(value, rel=1e-9), (name, variable, quantity)
            compared += 1
    assert compared >= 80


def test_isolates_count_as_in_spdep():
    """With isolates n counts the others while mean and variance are over all (adjust.n)."""
    matrix = np.zeros((6, 6))
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 4)):
        matrix[a, b] = matrix[b, a] = 1
    values = pd.Series([1.0, 2.0, 4.0, 3.0, 5.0, 9.0])
    result = moran(values, graph_of(matrix))
    z = values.to_numpy() - values.mean()
    rows = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    assert result.statistic == pytest.approx(5 / rows.sum() * (z @ rows @ z) / (z @ z), rel=1e-12)
    assert result.expected == pytest.approx(-1 / 4)
    assert result.n == 5
    assert result.weights["islands"] == ["5"]


def cliff_and_ord(values, rows, n):
    """Variance under normality and randomization as Cliff & Ord (1981) print it."""
    s0, s1 = rows.sum(), ((rows + rows.T) ** 2).sum() / 2
    s2 = ((rows.sum(axis=0) + rows.sum(axis=1)) ** 2).sum()
    z = values - values.mean()
    k = (z**4).mean() / (z**2).mean() ** 2
    normality = (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1) * s0**2) - 1 / (n - 1) ** 2
    a = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    b = k * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    randomization = (a - b) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - 1 / (n - 1) ** 2
    return normality, randomization


@pytest.mark.parametrize("isolates", [0, 1, 3])
def test_moments_with_isolates_are_those_of_the_connected_units(isolates):
    """n without isolates and kurtosis with them, put into the printed formulas (adjust.n)."""
    rng = np.random.default_rng(5)
    matrix = (rng.random((12, 12)) < 0.4).astype(float)
    np.fill_diagonal(matrix, 0)
    matrix[:isolates] = 0
    matrix[:, :isolates] = 0
    values = rng.random(12)
    rows = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    assert (rows.sum(axis=1) == 0).sum() == isolates
    wanted = cliff_and_ord(values, rows, 12 - isolates)
    ours = [
        moran(pd.Series(values), graph_of(matrix), method=method).variance
        for method in ("normality", "randomization")
    ]
    assert ours == pytest.approx(wanted, rel=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_equals_esda_where_there_are_no_isolates():
    """Statistic, moments and z of Moran and of global G are esda's."""
    import esda

    rng = np.random.default_rng(8)
    lattice = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    values = rng.gamma(1.0, size=25)
    theirs = esda.moran.Moran(values, lattice, permutations=0)
    ours = moran(pd.Series(values), lattice)
    assert (ours.statistic, ours.expected, ours.variance, ours.z_score) == pytest.approx(
        (theirs.I, theirs.EI, theirs.VI_rand, theirs.z_rand), rel=1e-12
    )
    assert moran(pd.Series(values), lattice, method="normality").variance == pytest.approx(
        theirs.VI_norm, rel=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.integers(-3, 3), min_size=4, max_size=7),
    seed=st.integers(0, 10_000),
    alternative=st.sampled_from(["two-sided", "greater", "less"]),
)
def test_exact_equals_enumeration(values, seed, alternative):
    """The exact p is the share of all orderings at least as extreme, ties included."""
    n = len(values)
    rng = np.random.default_rng(seed)
    matrix = (rng.random((n, n)) < 0.5).astype(float)
    np.fill_diagonal(matrix, 0)
    matrix[matrix.sum(axis=1) == 0, 0] = 1
    np.fill_diagonal(matrix, 0)
    x = pd.Series(values, dtype=float)
    if np.ptp(x) == 0 or (matrix.sum(axis=1) == 0).any():
        return
    result = moran(x, graph_of(matrix), method="exact", alternative=alternative)
    if result.p_value is None:
        return
    rows = matrix / matrix.sum(axis=1, keepdims=True)
    z = x.to_numpy() - x.mean()
    every = np.array([np.array(p) @ rows @ np.array(p) for p in permutations(z)])
    above, below = (every >= z @ rows @ z - 1e-9).mean(), (every <= z @ rows @ z + 1e-9).mean()
    wanted = {"greater": above, "less": below, "two-sided": min(1, 2 * min(above, below))}
    assert result.p_value == pytest.approx(wanted[alternative], abs=1e-12)


def test_permutation_interval_holds_the_exact_p():
    """The Monte-Carlo interval of drawn permutations covers the counted p."""
    rng = np.random.default_rng(3)
    ring = np.eye(8, k=1) + np.eye(8, k=-1) + np.eye(8, k=7) + np.eye(8, k=-7)
    values = pd.Series(rng.normal(size=8))
    exact = moran(values, graph_of(ring), method="exact")
    drawn = moran(values, graph_of(ring), method="permutation")
    assert drawn.p_interval[0] <= exact.p_value <= drawn.p_interval[1]
    assert (drawn.permutations, drawn.seed) == (9999, 0)


def test_same_seed_same_bytes_other_seed_other_draws():
    """The seed decides the draws and nothing else does."""
    ring = np.eye(12, k=1) + np.eye(12, k=-1)
    values = pd.Series(np.random.default_rng(1).random(12))
    first, again, other = (
        moran(values, graph_of(ring), method="permutation", rng=seed).p_value for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_and_names_of_units_do_not_matter(seed):
    """Shuffled rows and renamed ids give the same numbers: all is keyed by id."""
    rng = np.random.default_rng(seed)
    matrix = np.triu((rng.random((8, 8)) < 0.5).astype(float), 1)
    matrix = matrix + matrix.T
    matrix[0, 1:] = matrix[1:, 0] = 1
    values = pd.Series(rng.integers(0, 5, 8).astype(float) + np.arange(8) / 10)
    plain = moran(values, graph_of(matrix))
    order = rng.permutation(8)
    shuffled = moran(values.iloc[order], graph_of(matrix))
    named = moran(values.set_axis(list("abcdefgh")), graph_of(matrix, list("abcdefgh")))
    for other in (shuffled, named):
        assert other.statistic == pytest.approx(plain.statistic, rel=1e-12)
        assert other.p_value == pytest.approx(plain.p_value, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100), shift=st.floats(-1000, 1000))
def test_scale_and_shift_do_not_matter(seed, scale, shift):
    """I is free of the unit and the origin of the values."""
    rng = np.random.default_rng(seed)
    ring = np.eye(9, k=1) + np.eye(9, k=-1)
    values = pd.Series(rng.normal(size=9))
    plain, moved = moran(values, graph_of(ring)), moran(values * scale + shift, graph_of(ring))
    assert moved.statistic == pytest.approx(plain.statistic, abs=1e-6)


def test_tails_add_up():
    """greater means positive autocorrelation, and the two tails cover everything."""
    values = pd.Series(np.arange(10.0))
    chain = graph_of(np.eye(10, k=1) + np.eye(10, k=-1))
    greater = moran(values, chain, alternative="greater").p_value
    less = moran(values, chain, alternative="less").p_value
    assert greater < 0.01 < 0.99 < less
    assert greater + less == pytest.approx(1)


def test_libpysal_graphs_are_taken():
    """A libpysal Graph and an old W give the same as our own."""
    lattice = libpysal.weights.lat2W(4, 4)
    values = pd.Series(np.random.default_rng(2).random(16))
    ours = moran(values, from_libpysal(lattice)).to_dict()
    for graph in (lattice, libpysal.graph.Graph.from_W(lattice)):
        assert moran(values, graph).statistic == pytest.approx(ours["statistic"], rel=1e-12)


def test_constant_values_have_no_statistic(line):
    """No variation, no number: null statistic and the reason, not an error."""
    result = moran(pd.Series([0.3] * 7), line)
    assert (result.statistic, result.p_value) == (None, None)
    assert result.undefined == "undefined: no variation"


def test_no_links_no_statistic():
    """Without a single link there is nothing to measure."""
    result = moran(pd.Series([1.0, 2.0, 3.0, 4.0]), graph_of(np.zeros((4, 4))))
    assert result.undefined == "undefined: no unit has neighbours"


def test_complete_graph_has_no_p_value():
    """Where every permutation gives the same I, no p-value is printed."""
    result = moran(pd.Series([1.0, 2.0, 3.0, 5.0]), graph_of(1 - np.eye(4)))
    assert result.p_value is None
    assert "every permutation" in result.undefined


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([1, 2, np.nan, 4, 5, 6, 7], ValuesError, r"1 of 7 values are missing: 2"),
        ([1, 2, np.inf, 4, 5, 6, 7], ValuesError, r"The value of 2 is infinite"),
        (list("abcdefg"), ValuesError, "not numbers"),
        ([1, 2, 3], AlignmentError, r"Only in the neighbours \(4\)"),
    ],
)
def test_refuses_values(line, values, error, message):
    """Missing, infinite, textual and unmatched values are refused by name."""
    with pytest.raises(error, match=message):
        moran(pd.Series(values), line)


def test_drops_missing_only_when_asked(line):
    """A drop is printed and the graph rebuilt without the unit."""
    result = moran(pd.Series([1, 2, np.nan, 4, 5, 6, 7]), line, missing="drop")
    assert result.n == 6
    assert result.weights["links"] == 8
    assert "dropped for missing values: 2" in result.notes[0]


def test_refuses_graphs():
    """Negative weights and self-neighbours are refused; too few units too."""
    values = pd.Series([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(GraphError, match="negative"):
        moran(values, graph_of(-np.eye(4, k=1)))
    with pytest.raises(GraphError, match="neighbours itself"):
        moran(values, graph_of(np.eye(4)))
    with pytest.raises(ValuesError, match="at least four"):
        moran(values[:3], graph_of(np.eye(3, k=1)))


def test_refuses_options(line):
    """Unknown options say what they can be."""
    values = pd.Series(np.arange(7.0))
    for options in ({"alternative": "both"}, {"method": "bootstrap"}, {"rng": -1,
                    "method": "permutation"}, {"standardize": "double"}):  # fmt: skip
        with pytest.raises(OptionError, match=r"can be|must be"):
            moran(values, line, **options)
    with pytest.raises(OptionError, match="11!"):
        moran(pd.Series(np.arange(11.0)), graph_of(np.eye(11, k=1)), method="exact")


def test_asymmetric_neighbours_are_said():
    """A one-way list is used as given and the result says so."""
    result = moran(pd.Series([1.0, 3.0, 2.0, 5.0]), graph_of(np.eye(4, k=1) + np.eye(4, k=-3)))
    assert result.weights["links"] == 4
    assert any("asymmetric" in note for note in result.notes)
