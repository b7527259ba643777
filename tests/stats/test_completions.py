"""Bounds over the completions of a partly known ranking: against all of them."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.completions import kendall_bounds, spearman_bounds

COEFFICIENTS = {
    kendall_bounds: lambda x, y: stats.kendalltau(x, y).statistic,
    spearman_bounds: lambda x, y: stats.spearmanr(x, y).statistic,
}


def completed(rank):
    """Every way to give the free ranks to the units without one."""
    unknown = np.isnan(rank)
    for order in permutations(np.setdiff1d(np.arange(1, len(rank) + 1), rank[~unknown])):
        full = rank.copy()
        full[unknown] = order
        yield full


@pytest.mark.parametrize("bounded", COEFFICIENTS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(3, 7))
def test_bounds_equal_full_enumeration(bounded, seed, n):
    """The extremes over all completions, units without values and ties among values included."""
    rng = np.random.default_rng(seed)
    value = rng.integers(0, 4, n).astype(float)
    value[rng.random(n) < 0.2] = np.nan
    has = ~np.isnan(value)
    if has.sum() < 2 or np.ptp(value[has]) == 0:
        return
    rank = np.where(rng.random(n) < 0.5, rng.permutation(n) + 1.0, np.nan)
    bounds = bounded(rank, value)
    found = [COEFFICIENTS[bounded](-full[has], value[has]) for full in completed(rank)]
    assert bounds.low == pytest.approx(min(found), abs=1e-12)
    assert bounds.high == pytest.approx(max(found), abs=1e-12)
    assert (bounds.known, bounds.n) == ((~np.isnan(rank) & has).sum(), has.sum())


@pytest.mark.parametrize("bounded", COEFFICIENTS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(3, 6))
def test_a_known_order_leaves_any_place_open(bounded, seed, n):
    """With scores the known units keep their order, and any places in it."""
    rng = np.random.default_rng(seed)
    value, score = rng.permutation(n).astype(float), np.full(n, np.nan)
    known = rng.random(n) < 0.5
    score[known] = rng.permutation(n)[known] + 0.5
    bounds = bounded(score, value, known="order")
    found = []
    size = int(known.sum())
    for places in combinations(range(1, n + 1), size):
        rank = np.full(n, np.nan)
        rank[np.flatnonzero(known)[np.argsort(score[known])]] = places
        found += [COEFFICIENTS[bounded](-full, value) for full in completed(rank)]
    assert bounds.low == pytest.approx(min(found), abs=1e-12)
    assert bounds.high == pytest.approx(max(found), abs=1e-12)


@pytest.mark.parametrize("bounded", COEFFICIENTS)
def test_ranks_are_never_invented(bounded):
    """Ranks that repeat or leave 1 … n are refused, and so are tied scores."""
    value = np.array([1.0, 2.0, 3.0])
    for rank in ([1, 1, np.nan], [1, 9, np.nan], [1.5, 2, np.nan]):
        with pytest.raises(ValuesError, match="different whole numbers from 1 to 3"):
            bounded(np.array(rank), value)
    with pytest.raises(ValuesError, match="order without ties"):
        bounded(np.array([0.5, 0.5, np.nan]), value, known="order")
    with pytest.raises(OptionError, match="'ranks' or 'order'"):
        bounded(np.array([1, 2, np.nan]), value, known="some")
    assert bounded(np.array([1, 2, np.nan]), np.ones(3)).low is None
