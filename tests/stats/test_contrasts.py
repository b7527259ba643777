"""Contrasts between groups: scipy's numbers, enumeration, planted order and noise."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mekantek.errors import ValuesError
from mekantek.stats.contrasts import jonckheere, kruskal_wallis


def test_kruskal_wallis_equals_scipy():
    """H with ties, and a p near that of chi-squared for 90 units."""
    rng = np.random.default_rng(0)
    values = pd.Series(rng.integers(0, 12, 90) + np.repeat([0, 1, 2], 30))
    groups = pd.Series(np.repeat(list("abc"), 30))
    found = kruskal_wallis(values, groups)
    usual = stats.kruskal(*(values[groups == g] for g in "abc"))
    assert found.statistic == pytest.approx(usual.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(usual.pvalue, abs=0.02)


def test_jonckheere_equals_enumeration():
    """J and its p over all 5,040 assignments of seven values."""
    values = pd.Series([3.0, 1, 4, 1, 5, 9, 2])
    groups = pd.Series(list("abcabca"))

    def j(x):
        return sum(
            (x[b] > x[a]) + 0.5 * (x[b] == x[a])
            for a in range(7)
            for b in range(7)
            if groups[a] < groups[b]
        )

    found = jonckheere(values, groups, ["a", "b", "c"])
    every = np.array([j(p) for p in permutations(values)])
    observed = j(values.to_numpy())
    exact = min(1, 2 * min((every >= observed).mean(), (every <= observed).mean()))
    assert found.details["j"] == observed
    assert found.p_interval[0] <= exact <= found.p_interval[1]


def test_a_planted_order_is_found_and_noise_is_not():
    """A rise over twelve groups is significant; noise is in about 5 % of cases."""
    rng = np.random.default_rng(1)
    groups = pd.Series(np.repeat(np.arange(12), 6))
    rising = pd.Series(rng.normal(size=72) + 0.15 * groups)
    assert jonckheere(rising, groups, range(12), permutations=999).p_value < 0.01
    p = [
        jonckheere(pd.Series(rng.normal(size=72)), groups, range(12), permutations=99).p_value
        for _ in range(200)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 200)


def test_rows_in_another_order_give_the_same_p():
    """Everything is keyed by id."""
    values = pd.Series(np.random.default_rng(2).random(30), index=range(30))
    groups = pd.Series(np.arange(30) % 4, index=range(30))
    mixed = values.sample(frac=1, random_state=0)
    assert jonckheere(values, groups, range(4)) == jonckheere(mixed, groups, range(4))
    assert kruskal_wallis(values, groups) == kruskal_wallis(mixed, groups)


def test_what_has_no_groups_is_refused():
    """One group, a missing value, an order that lacks a group; a constant has no statistic."""
    values, groups = pd.Series([1.0, 2, 3, 4]), pd.Series(list("aabb"))
    with pytest.raises(ValuesError, match="1 groups of 4 units"):
        kruskal_wallis(values, pd.Series(list("aaaa")))
    with pytest.raises(ValuesError, match="no finite value"):
        kruskal_wallis(values.where(values > 1), groups)
    with pytest.raises(ValuesError, match="lacks the group b"):
        jonckheere(values, groups, ["a"])
    assert jonckheere(values * 0, groups, ["a", "b"]).statistic is None
