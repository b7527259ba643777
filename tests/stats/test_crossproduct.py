"""The engine of the global statistics: against counting, against draws, and what must not matter."""

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse

import mekantek as mt
from mekantek.errors import OptionError, ValuesError


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


def plain_moran(x, y, w):
    u, v = x - x.mean(), y - y.mean()
    return len(x) / w.sum() * (u @ w @ v) / np.sqrt((u @ u) * (v @ v))


def plain_geary(x, _, w):
    z = x - x.mean()
    return (len(x) - 1) / (2 * w.sum()) * (w * (x[:, None] - x) ** 2).sum() / (z @ z)


def plain_g(x, _, w):
    return x @ w @ x / (x.sum() ** 2 - x @ x)


def plain_lee(x, y, w):
    u, v = x - x.mean(), y - y.mean()
    return len(x) / (w.sum(axis=1) ** 2).sum() * ((w @ u) @ (w @ v)) / np.sqrt((u @ u) * (v @ v))


def black(x):
    return (x > np.median(x)).astype(float)


# Our function, the definition written out, and whether large values mean positive autocorrelation.
STATISTICS = {
    "moran": (lambda x, y, g, **o: mt.moran(x, g, **o), lambda x, y, w: plain_moran(x, x, w), 1),
    "geary": (lambda x, y, g, **o: mt.geary(x, g, **o), plain_geary, -1),
    "getis_ord": (
        lambda x, y, g, **o: mt.getis_ord(x, g, standardize="row", **o), plain_g, 1
    ),
    "bivariate_moran": (lambda x, y, g, **o: mt.bivariate_moran(x, y, g, **o), plain_moran, 1),
    "lee": (lambda x, y, g, **o: mt.lee(x, y, g, **o), plain_lee, 1),
    "differential_moran": (
        lambda x, y, g, **o: mt.differential_moran(x, y, g, **o),
        lambda x, y, w: plain_moran(x - y, x - y, w), 1,
    ),
    "BB": (
        lambda x, y, g, **o: mt.join_counts(
            pd.Series(black(x.to_numpy()), x.index), g, standardize="row", **o
        ),
        lambda x, y, w: black(x) @ w @ black(x) / 2, 1,
    ),
    "BW": (
        lambda x, y, g, **o: mt.join_counts(
            pd.Series(black(x.to_numpy()), x.index), g, count="BW", standardize="row", **o
        ),
        lambda x, y, w: (w * (black(x)[:, None] != black(x))).sum() / 2, -1,
    ),
    "Jtot": (
        lambda x, y, g, **o: mt.join_counts(x.round(), g, count="Jtot", standardize="row", **o),
        lambda x, y, w: (w * (x.round()[:, None] != x.round())).sum() / 2, -1,
    ),
}  # fmt: skip
every = pytest.mark.parametrize(
    ("ours", "plain", "sign"), STATISTICS.values(), ids=list(STATISTICS)
)


def made_up(n, seed, whole=False):
    """Two variables without negative values and a list of neighbours where everybody has one."""
    rng = np.random.default_rng(seed)
    matrix = (rng.random((n, n)) < 0.45).astype(float)
    np.fill_diagonal(matrix, 0)
    for i in np.flatnonzero(matrix.sum(axis=1) == 0):
        matrix[i, (i + 1) % n] = 1
    x = rng.integers(0, 5, n).astype(float) if whole else rng.gamma(1.5, size=n)
    y = rng.integers(0, 4, n).astype(float) if whole else rng.normal(size=n)
    return x, y, matrix, matrix / matrix.sum(axis=1, keepdims=True)


@every
@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(4, 7),
    seed=st.integers(0, 10_000),
    whole=st.booleans(),
    alternative=st.sampled_from(["two-sided", "greater", "less"]),
)
def test_exact_equals_full_enumeration(ours, plain, sign, n, seed, whole, alternative):
    """Statistic, expectation, variance and p are those of all n! orderings, ties in both tails."""
    x, y, matrix, rows = made_up(n, seed, whole)
    assume(np.ptp(x) > 0 and np.ptp(y) > 0 and np.ptp(x - y) > 0 and x.sum() > x.max())
    assume(np.ptp(black(x)) > 0 and np.ptp(x.round()) > 0)
    found = ours(
        pd.Series(x), pd.Series(y), graph_of(matrix), method="exact", alternative=alternative
    )
    # Exchanging whole units moves their two values together, which is the null of the pairs.
    drawn = np.array([plain(x[list(o)], y[list(o)], rows) for o in permutations(range(n))])
    observed = plain(x, y, rows)
    assert found.statistic == pytest.approx(observed, rel=1e-10, abs=1e-12)
    assert found.expected == pytest.approx(drawn.mean(), rel=1e-9, abs=1e-12)
    assert found.variance == pytest.approx(drawn.var(), rel=1e-8, abs=1e-12)
    if found.p_value is None:
        assert drawn.std() < 1e-6
        return
    tie = 1e-9 * max(1.0, np.abs(drawn).max())
    above, below = (drawn >= observed - tie).mean(), (drawn <= observed + tie).mean()
    above, below = (above, below) if sign > 0 else (below, above)
    wanted = {"greater": above, "less": below, "two-sided": min(1, 2 * min(above, below))}
    assert found.p_value == pytest.approx(wanted[alternative], abs=1e-12)


@every
def test_permutation_interval_holds_the_exact_p(ours, plain, sign):
    """Drawn orderings estimate what counting gives."""
    x, y, matrix, _ = made_up(8, 4, whole=True)
    arguments = (pd.Series(x), pd.Series(y), graph_of(matrix))
    exact = ours(*arguments, method="exact")
    drawn = ours(*arguments, method="permutation", permutations=4999)
    assert drawn.p_interval[0] <= exact.p_value <= drawn.p_interval[1]
    assert (drawn.permutations, drawn.seed, exact.permutations) == (4999, 0, None)


@every
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), a=st.floats(-50, 50), b=st.floats(0.01, 100))
def test_unit_and_origin_do_not_matter(ours, plain, sign, seed, a, b):
    """p(a + b·x) = p(x), drawn too; global G and labels have an origin and are only scaled."""
    x, y, matrix, _ = made_up(9, seed, whole=True)
    assume(np.ptp(x) > 0 and np.ptp(y) > 0 and np.ptp(x - y) > 0 and np.ptp(black(x)) > 0)
    if plain is plain_g:
        assume(x.sum() > x.max())
        a = 0.0
    if plain is STATISTICS["Jtot"][1]:
        a, b = float(round(a)), 1.0
    shared = STATISTICS["differential_moran"][1] is plain
    graph, options = graph_of(matrix), {"method": "permutation", "permutations": 99}
    moved_y = pd.Series(a + b * y) if shared else pd.Series(y)
    before = ours(pd.Series(x), pd.Series(y), graph, **options)
    after = ours(pd.Series(a + b * x), moved_y, graph, **options)
    assert after.p_value == before.p_value
    if before.z_score is not None:
        assert after.z_score == pytest.approx(before.z_score, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_ties_survive_a_shift_that_eats_the_digits(seed):
    """Whole numbers in thousandths beside ten million: the same counted p as the whole numbers."""
    x, y, matrix, _ = made_up(6, seed, whole=True)

    def moved(values):
        return pd.Series(1e7 + values / 1000)

    graph, x, y = graph_of(matrix), pd.Series(x), pd.Series(y)
    for function in (mt.moran, mt.geary):
        plain = function(x, graph, method="exact").p_value
        assert function(moved(x), graph, method="exact").p_value == plain
    for function in (mt.bivariate_moran, mt.differential_moran):
        plain = function(x, y, graph, method="exact").p_value
        assert function(moved(x), moved(y), graph, method="exact").p_value == plain


@every
def test_tails_add_up_and_greater_is_positive_autocorrelation(ours, plain, sign):
    """On a chain of two halves neighbours are alike: greater is small whatever the statistic."""
    n = 14
    x = pd.Series([1.0] * 7 + [3.0] * 7) + np.arange(n) / 1000
    chain = graph_of(np.eye(n, k=1) + np.eye(n, k=-1))
    y = x - np.linspace(0, 1, n) ** 2 if plain is STATISTICS["differential_moran"][1] else x * 2
    greater = ours(x, y, chain, alternative="greater")
    less = ours(x, y, chain, alternative="less")
    assert greater.z_score > 0
    assert greater.p_value < 0.05 < 0.95 < less.p_value
    assert greater.p_value + less.p_value == pytest.approx(1)


@every
def test_a_mirrored_map_gives_the_same(ours, plain, sign):
    """Turning the links round changes nothing where they go both ways."""
    x, y, matrix, _ = made_up(9, 11)
    both = np.maximum(matrix, matrix.T)
    turned = both[::-1, ::-1]
    plain_way = ours(pd.Series(x), pd.Series(y), graph_of(both))
    mirrored = ours(pd.Series(x[::-1]), pd.Series(y[::-1]), graph_of(turned))
    assert mirrored.p_value == pytest.approx(plain_way.p_value, rel=1e-10)


def test_moran_of_a_variable_with_itself_is_moran():
    """Bivariate Moran for x = y has Moran's statistic, moments and draws, isolates included."""
    x, _, matrix, _ = made_up(12, 3)
    matrix[:, 4] = matrix[4] = 0
    for method in ("randomization", "permutation"):
        one = mt.moran(pd.Series(x), graph_of(matrix), method=method)
        two = mt.bivariate_moran(pd.Series(x), pd.Series(x), graph_of(matrix), method=method)
        for field in ("statistic", "expected", "variance", "z_score", "p_value", "n"):
            assert getattr(one, field) == pytest.approx(getattr(two, field), rel=1e-12)


def test_geary_with_isolates_is_the_printed_formula():
    """n without isolates and kurtosis with them in Cliff & Ord's eqs. 1.43 and 1.44."""
    rng = np.random.default_rng(2)
    matrix = (rng.random((11, 11)) < 0.4).astype(float)
    np.fill_diagonal(matrix, 0)
    matrix[9:] = matrix[:, 9:] = 0
    x = rng.gamma(1.0, size=11)
    w = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    n = int((w.sum(axis=1) > 0).sum())
    assert n < 10
    s0, s1 = w.sum(), ((w + w.T) ** 2).sum() / 2
    s2 = ((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum()
    z = x - x.mean()
    k = (z**4).mean() / (z**2).mean() ** 2
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    random = (
        (n - 1) * s1 * (n * n - 3 * n + 3 - k * (n - 1))
        - (n - 1) * s2 * (n * n + 3 * n - 6 - k * (n * n - n + 2)) / 4
        + s0**2 * (n * n - 3 - k * (n - 1) ** 2)
    ) / (n * (n - 2) * (n - 3) * s0**2)
    found = mt.geary(pd.Series(x), graph_of(matrix))
    assert (found.expected, found.n) == (pytest.approx(1), n)
    assert found.variance == pytest.approx(random, rel=1e-12)
    assert mt.geary(pd.Series(x), graph_of(matrix), method="normality").variance == pytest.approx(
        normal, rel=1e-12
    )


def test_normality_is_refused_where_no_formula_is_known():
    """Bivariate Moran, Lee and global G say so, also in Turkish."""
    x, y, matrix, _ = made_up(8, 1)
    for name in ("bivariate_moran", "lee", "getis_ord"):
        with pytest.raises(OptionError, match=f"{name} under normality") as refused:
            STATISTICS[name][0](pd.Series(x), pd.Series(y), graph_of(matrix), method="normality")
        assert "bilinmiyor" in refused.value.turkish


def test_global_g_refuses_negative_values_by_name():
    """G has an origin."""
    with pytest.raises(ValuesError, match="value of 2 is negative"):
        mt.getis_ord(pd.Series([1.0, 2.0, -0.5, 3.0]), graph_of(np.eye(4, k=1) + np.eye(4, k=-1)))


def test_a_pair_needs_both_values():
    """A unit that lacks one of two variables is dropped with both, and the same ids are asked for."""
    x, y, matrix, _ = made_up(10, 6)
    second = pd.Series(y)
    second[3] = np.nan
    with pytest.raises(ValuesError, match="1 of 10 values are missing: 3"):
        mt.lee(pd.Series(x), second, graph_of(matrix))
    dropped = mt.lee(pd.Series(x), second, graph_of(matrix), missing="drop")
    keep = [i for i in range(10) if i != 3]
    without = graph_of(matrix[np.ix_(keep, keep)], keep)
    wanted = mt.lee(pd.Series(x)[keep], pd.Series(y)[keep], without)
    assert dropped.statistic == pytest.approx(wanted.statistic, rel=1e-12)


def test_many_units_need_no_square_matrix():
    """Statistic and moments are linear in the links: 200,000 units fit and take a second."""
    n = 200_000
    near = sparse.diags_array([np.ones(n - k) for k in (1, 2, 500)], offsets=[1, 2, 500])
    graph = SimpleNamespace(ids=pd.RangeIndex(n), sparse=sparse.csr_array(near + near.T))
    values = pd.Series(np.random.default_rng(0).normal(size=n))
    found = mt.geary(values, graph)
    assert abs(found.z_score) < 5
