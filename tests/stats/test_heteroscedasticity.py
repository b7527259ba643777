"""Local spatial heteroscedasticity; Hᵢ itself is held to spdep in test_spdep.py."""

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

import mekantek as mt
from mekantek.errors import OptionError


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


def plain(x, w):
    e = (x - w @ x / w.sum(axis=1)) ** 2
    return (w @ e) / w.sum(axis=1) / e.mean()


RING = np.roll(np.eye(7), 1, axis=1) + np.roll(np.eye(7), -1, axis=1)
VALUES = pd.Series(np.random.default_rng(4).gamma(1.0, size=7))


def test_statistic_variance_and_chi_square_are_ord_and_getis():
    """H by definition, V of deviations dealt at random, p of 2H/V with 2/V degrees of freedom."""
    found = mt.losh(VALUES, graph_of(RING), alternative="greater").frame
    e = (VALUES - RING @ VALUES / 2).to_numpy() ** 2
    drawn = [(e[i] + e[j]) / 2 / e.mean() for i, j in permutations(range(7), 2)]
    np.testing.assert_allclose(found["statistic"], plain(VALUES.to_numpy(), RING), rtol=1e-12)
    np.testing.assert_allclose(found["variance"], np.var(drawn), rtol=1e-12)
    v = found["variance"]
    np.testing.assert_allclose(
        found["p_value"], stats.chi2.sf(2 * found["statistic"] / v, 2 / v), rtol=1e-10
    )


def test_permutations_are_those_of_the_others():
    """Each unit keeps its value; p is the share of all 6! orders of the others, within the draws' error."""
    found = mt.losh(VALUES, graph_of(RING), method="permutation", permutations=4999,
                    alternative="greater", correction="none").frame  # fmt: skip
    x = VALUES.to_numpy()
    for unit in range(7):
        others = [i for i in range(7) if i != unit]
        drawn = []
        for order in permutations(others):
            moved = x.copy()
            moved[others] = x[list(order)]
            drawn.append(plain(moved, RING)[unit])
        exact = (np.array(drawn) >= plain(x, RING)[unit] - 1e-9).mean()
        assert found.loc[unit, "p_value"] == pytest.approx(exact, abs=4 * (exact / 4999) ** 0.5)


def test_a_wild_half_is_uneven():
    """Clusters are named for what they are."""
    rng = np.random.default_rng(2)
    values = pd.Series(np.r_[rng.normal(size=40) / 50, rng.normal(size=40) * 3])
    line = graph_of(np.eye(80, k=1) + np.eye(80, k=-1))
    found = mt.losh(values, line, alternative="greater", correction="none")
    counts = found.counts()
    assert counts["uneven"] > 3
    assert counts["even"] == 0
    assert set(found.frame.index[found.frame["cluster"] == "uneven"]) <= set(range(38, 80))


def test_the_order_of_the_rows_comes_back():
    """Results stand on the caller's index, with the numbers of their units."""
    order = [3, 0, 6, 1, 5, 2, 4]
    plain_way = mt.losh(VALUES, graph_of(RING)).frame
    turned = mt.losh(VALUES.iloc[order], graph_of(RING)).frame
    assert turned.index.tolist() == order
    np.testing.assert_array_equal(turned.loc[range(7), "p_value"], plain_way["p_value"])


def test_refusals():
    """Methods and levels that are none."""
    with pytest.raises(OptionError, match="can be chi-square, permutation"):
        mt.losh(VALUES, graph_of(RING), method="exact")
    with pytest.raises(OptionError, match="between 0 and 1"):
        mt.losh(VALUES, graph_of(RING), alpha=5)
