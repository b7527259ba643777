"""Brackets of p off any grid: the truth lies in them, however tables are made and however many."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from mekantek.stats.links import join
from mekantek.stats.nulls import brackets, exact
from mekantek.stats.nulls.tails import Tails


def links_of(sizes, rng):
    """Units whose neighbours are drawn at random, so many each."""
    n = len(sizes)
    matrix = np.zeros((n, n))
    for i, k in enumerate(sizes):
        matrix[i, rng.choice([j for j in range(n) if j != i], k, replace=False)] = 1
    graph = SimpleNamespace(ids=pd.RangeIndex(n), sparse=sparse.csr_array(matrix))
    return join(pd.Series(np.arange(float(n))), graph)[2]


def bracketed(values, links, units):
    """Both bounds of P(S ≥ s) and of P(S ≤ s), each of shape (2, m)."""
    tails = Tails(len(values))
    raised, asked = brackets.questions(values, links, units)
    same = brackets.chance_of_same(values, links, asked)
    brackets.bracket(raised, asked, same, tails)
    return tails.least[:, tails.place[units]], tails.most[:, tails.place[units]]


@pytest.fixture(params=["adding", "transform"])
def tables(request):
    """Tables of sums made in whole numbers, or by the transform, at any size."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "transform":
            patch.setattr(exact, "_SMALL", 0)
            patch.setattr(exact, "_MOST_ADDED", 0)
        yield request.param


@pytest.mark.parametrize("way", ["adding", "transform"])
@settings(max_examples=25, deadline=None)
@given(
    values=st.lists(
        st.floats(-1e3, 1e3) | st.floats(0, 1).map(lambda u: np.exp(8 * u)) | st.just(0.0),
        min_size=6, max_size=11,
    ).filter(lambda v: np.ptp(v) > 1e-3),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_any_values_against_all_subsets(way, values, seed):
    """The bracket holds the p of all subsets written out, at every number of neighbours."""
    n, rng, values = len(values), np.random.default_rng(seed), np.array(values)
    # Leaving one out of a handful multiplies the transform's rounding; it is not used there.
    rounding = 1e-12 if way == "adding" else 1e-10
    sizes = rng.integers(1, n, n)
    links, tie = links_of(sizes, rng), 1e-9 * np.ptp(values)
    with pytest.MonkeyPatch.context() as patch:
        if way == "transform":
            patch.setattr(exact, "_SMALL", 0)
            patch.setattr(exact, "_MOST_ADDED", 0)
            patch.setattr(brackets, "_MOST_LEVELS", 1 << 16)  # ties are settled by none
        least, most = bracketed(values, links, np.arange(n))
    for i, k in enumerate(sizes.tolist()):
        sums = np.array([sum(c) for c in combinations(np.delete(values, i), k)])
        observed = values[links.row(i)[0]].sum()
        for bounds, strict, wide in (
            (least, sums >= observed + k * tie, sums >= observed - k * tie),
            (most, sums <= observed - k * tie, sums <= observed + k * tie),
        ):
            assert bounds[0, i] <= wide.mean() + rounding
            assert strict.mean() - rounding <= bounds[1, i]


@pytest.mark.parametrize("skew", ["normal", "long right tail", "long left tail"])
def test_many_neighbours_against_all_subsets(tables, skew):
    """Up to 19 of 20 others, of all 2^20 subsets: the truth in 2.5e-4, both tails."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=21)
    if skew != "normal":
        values = np.exp(1.5 * values) * (1 if skew == "long right tail" else -1)
    sizes = np.arange(21) % 19 + 1
    links = links_of(sizes, rng)
    least, most = bracketed(values, links, np.arange(21))
    for i, k in enumerate(sizes.tolist()):
        sums, drawn = np.zeros(1), np.zeros(1, dtype=np.int8)
        for value in np.delete(values, i):
            sums, drawn = np.append(sums, sums + value), np.append(drawn, drawn + 1)
        sums, observed = sums[drawn == k], values[links.row(i)[0]].sum()
        at_least, at_most = (sums >= observed - 1e-9).mean(), (sums <= observed + 1e-9).mean()
        assert least[0, i] - 1e-12 <= at_least <= least[1, i] + 1e-12
        assert most[0, i] - 1e-12 <= at_most <= most[1, i] + 1e-12
        low, high = (min(1, 2 * min(least[j, i], most[j, i])) for j in (0, 1))
        if k <= 10:  # of many more, the complement is counted, whose few subsets are listed
            assert high - low <= 2.5e-4


def test_numbers_of_neighbours_apart_are_as_good_as_together():
    """A long-tailed map with 3 to 20 neighbours: each bracket meets that of its unit alone."""
    rng = np.random.default_rng(6)
    values, sizes = rng.lognormal(size=300), np.r_[np.full(295, 3), 12, 14, 16, 18, 20]
    links, some = links_of(sizes, rng), [0, 1, 295, 297, 299]
    together = bracketed(values, links, np.arange(300))
    for unit in some:
        alone = bracketed(values, links, np.array([unit]))
        for among, single in zip(together, alone, strict=True):
            assert among[0, unit] <= single[1, 0]
            assert single[0, 0] <= among[1, unit]
    low, high = (np.minimum(1, 2 * np.minimum(*(tail[j] for tail in together))) for j in (0, 1))
    assert (high - low).max() <= 2.5e-4
