"""Correlations: against scipy, against enumeration, and what autocorrelation takes away."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mekantek.errors import ValuesError
from mekantek.stats.association import difference_of_means, kendall, kendall_bounds
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


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(3, 6))
def test_bounds_equal_full_enumeration(seed, n):
    """The closed-form bounds are the extremes over all completions of the ranks."""
    rng = np.random.default_rng(seed)
    value = rng.integers(0, 4, n).astype(float)
    if np.ptp(value) == 0:
        return
    known = rng.random(n) < 0.5
    rank = np.where(known, rng.permutation(n) + 1.0, np.nan)
    bounds = kendall_bounds(rank, value)
    free = np.setdiff1d(np.arange(1, n + 1), rank[known])
    found = []
    for order in permutations(free):
        full = rank.copy()
        full[~known] = order
        found.append(stats.kendalltau(-full, value).statistic)
    assert bounds.low == pytest.approx(min(found), abs=1e-12)
    assert bounds.high == pytest.approx(max(found), abs=1e-12)


def test_ranks_are_never_invented():
    """Ranks that repeat or leave 1 … n are refused."""
    for rank in ([1, 1, np.nan], [1, 9, np.nan], [1.5, 2, np.nan]):
        with pytest.raises(ValuesError, match="different whole numbers from 1 to 3"):
            kendall_bounds(np.array(rank), np.array([1.0, 2.0, 3.0]))


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
