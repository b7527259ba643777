"""Correlations: against scipy, against enumeration, and what autocorrelation takes away."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mekantek.stats import inference
from mekantek.stats.association import difference_of_means, kendall, partial_kendall, spearman
from mekantek.stats.correlations import correlation
from mekantek.stats.nulls.exact import inversion_counts
from mekantek.stats.ranks import midranks


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_midranks_equal_scipy(values):
    """Ties share their mean rank."""
    x = np.array(values, dtype=float)
    np.testing.assert_array_equal(midranks(x / 10), stats.rankdata(x))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(3, 6))
def test_kendall_equals_scipy_and_enumeration(seed, n):
    """τ-b equals scipy's, the exact p the share of all orderings, ties included."""
    rng = np.random.default_rng(seed)
    x, y = rng.permutation(n).astype(float), rng.integers(0, 4, n).astype(float)
    if np.ptp(y) == 0:
        return
    found = kendall(x, y)
    tau = stats.kendalltau(x, y).statistic
    assert found.statistic == pytest.approx(tau, abs=1e-12)
    every = np.array([stats.kendalltau(x, np.array(p)).statistic for p in permutations(y)])
    wanted = min(1, 2 * min((every >= tau - 1e-9).mean(), (every <= tau + 1e-9).mean()))
    assert found.p_value == pytest.approx(wanted, abs=1e-12)
    assert found.variance == pytest.approx(every.var(), rel=1e-9)


def test_ties_on_both_sides_are_counted_as_scipy_counts_them():
    """The same draws, each τ by scipy: as many at or beyond the observed one."""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 40, 150).astype(float)
    y = rng.integers(0, 60, 150) + x // 8
    found = kendall(x, y, permutations=199, rng=3)
    assert found.method == "permutation"
    taus = [
        stats.kendalltau(x, y[order]).statistic
        for block in inference.permuted(np.arange(150), 199, 3)
        for order in block
    ]
    above = sum(t >= found.statistic - 1e-12 for t in taus)
    below = sum(t <= found.statistic + 1e-12 for t in taus)
    assert found.p_value == pytest.approx(min(1, 2 * (min(above, below) + 1) / 200), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(4, 6))
def test_spearman_and_partial_tau_equal_enumeration(seed, n):
    """The drawn p lies where all orders put it; the statistics are scipy's."""
    rng = np.random.default_rng(seed)
    x, y, z = (rng.permutation(n).astype(float) for _ in range(3))

    def partial(order):
        xy, xz, yz = (stats.kendalltau(a, b).statistic for a, b in ((order, y), (order, z), (y, z)))
        return (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))

    for found, statistic in (
        (spearman(x, y), lambda order: stats.spearmanr(order, y).statistic),
        (partial_kendall(x, y, z), partial),
    ):
        if found.statistic is None:
            continue
        assert found.statistic == pytest.approx(statistic(x), abs=1e-12)
        if n > 5:
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            every = np.array([statistic(np.array(p)) for p in permutations(x)])
        wanted = min(
            1,
            2
            * min(
                (every >= found.statistic - 1e-9).mean(), (every <= found.statistic + 1e-9).mean()
            ),
        )
        low, high = found.p_interval
        # The interval is one of 95 %, and sixty are asked in a run: five standard errors.
        assert low - 0.03 <= wanted <= high + 0.03


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_inversions_are_counted(groups):
    """Counts by inversions equal those of listing every distinct ordering."""
    items = [g for g, size in enumerate(groups) for _ in range(size)]
    if len(items) > 7:
        return
    listed = set(permutations(items))
    found = [sum(p[i] > p[j] for i in range(len(p)) for j in range(i + 1, len(p))) for p in listed]
    assert inversion_counts(groups) == np.bincount(found).tolist()


def test_constant_sides_have_no_statistic():
    """No variation, no number."""
    east = np.linspace(26, 44, 8)
    assert correlation(np.ones(8), east, longitude=east, latitude=east).statistic is None
    assert kendall(np.ones(5), np.arange(5.0)).undefined == "undefined: no variation"
    assert difference_of_means(np.ones(6), np.arange(6) < 3).statistic is None


def test_difference_of_means_equals_enumeration():
    """The drawn p lies where all choices of the group put it."""
    from itertools import combinations

    values = np.array([5.0, 6.0, 7.0, 1.0, 2.0, 6.0, 4.0, 3.0])
    found = difference_of_means(values, np.arange(8) < 3)
    sums = np.array([values[list(c)].sum() for c in combinations(range(8), 3)])
    above = (sums >= 18).mean()
    assert found.statistic == pytest.approx(18 / 3 - 16 / 5)
    assert found.p_interval[0] <= min(1, 2 * above) <= found.p_interval[1]
