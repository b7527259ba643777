"""The Moran scatterplot and whether its slope differs between regimes."""

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import mekantek as mt
from mekantek.errors import AlignmentError, OptionError, ValuesError


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


def line(n):
    return graph_of(np.eye(n, k=1) + np.eye(n, k=-1))


def test_slope_of_the_points_is_moran():
    """Through the origin, with row-standardized weights and no isolates."""
    values = pd.Series(np.random.default_rng(1).normal(size=20))
    points = mt.moran_scatterplot(values, line(20))
    slope = (points["value"] * points["lag"]).sum() / (points["value"] ** 2).sum()
    assert slope == pytest.approx(mt.moran(values, line(20)).statistic, rel=1e-12)
    assert points["value"].mean() == pytest.approx(0, abs=1e-12)


def test_constant_values_have_no_points():
    """Nothing to plot, no error."""
    assert mt.moran_scatterplot(pd.Series([2.0] * 5), line(5)).empty


def test_exact_p_is_that_of_all_orderings_of_the_regimes():
    """Slopes by least squares in each regime, spread weighted by their sums of squares."""
    rng = np.random.default_rng(5)
    values = pd.Series(rng.normal(size=7))
    regimes = pd.Series(list("aaabbbb"))
    found = mt.regime_slopes(values, line(7), regimes, method="exact")
    points = mt.moran_scatterplot(values, line(7))
    z, lag = points["value"].to_numpy(), points["lag"].to_numpy()

    def spread(labels):
        slopes, weights = [], []
        for name in "ab":
            own = np.array(labels) == name
            slopes.append(np.polyfit(z[own], lag[own], 1)[0])
            weights.append(((z[own] - z[own].mean()) ** 2).sum())
        common = np.average(slopes, weights=weights)
        return float(np.dot(weights, (np.array(slopes) - common) ** 2))

    drawn = np.array([spread([regimes[i] for i in order]) for order in permutations(range(7))])
    assert found.statistic == pytest.approx(spread(list(regimes)), rel=1e-9)
    assert found.p_value == pytest.approx((drawn >= found.statistic - 1e-9).mean(), abs=1e-12)
    assert found.details["slopes"]["a"]["n"] == 3


def test_two_ways_of_neighbouring_are_told_apart():
    """A smooth half and a checkered half differ in slope; two like halves do not."""
    rng = np.random.default_rng(0)
    smooth = np.sin(np.arange(30) / 4) + rng.normal(size=30) / 10
    checkered = np.tile([1.0, -1.0], 15) + rng.normal(size=30) / 10
    regimes = pd.Series(["west"] * 30 + ["east"] * 30)
    apart = mt.regime_slopes(pd.Series(np.r_[smooth, checkered]), line(60), regimes)
    alike = mt.regime_slopes(pd.Series(np.r_[smooth, smooth]), line(60), regimes)
    assert apart.details["slopes"]["west"]["slope"] > 0.5
    assert apart.details["slopes"]["east"]["slope"] < -0.5
    assert apart.p_value < 0.001 + 1 / 10_000
    assert alike.p_value > 0.05


def test_unit_of_the_values_does_not_matter():
    """p(a + b·x) = p(x)."""
    values = pd.Series(np.random.default_rng(3).normal(size=12))
    regimes = pd.Series(list("ab") * 6)
    plain = mt.regime_slopes(values, line(12), regimes, permutations=199)
    moved = mt.regime_slopes(1000 - 3 * values, line(12), regimes, permutations=199)
    assert moved.p_value == plain.p_value


def test_refusals():
    """Regimes of too few units, units without one, and methods without meaning here."""
    values = pd.Series(np.random.default_rng(3).normal(size=8))
    with pytest.raises(ValuesError, match="two or more"):
        mt.regime_slopes(values, line(8), pd.Series(list("aaaaaabb")))
    with pytest.raises(ValuesError, match="two or more"):
        mt.regime_slopes(values, line(8), pd.Series(["a"] * 8))
    with pytest.raises(AlignmentError, match="no regime"):
        mt.regime_slopes(values, line(8), pd.Series(list("aaabbb")))
    with pytest.raises(ValuesError, match="regime of 7 is missing"):
        mt.regime_slopes(values, line(8), pd.Series([*"aaabbbb", None]))
    with pytest.raises(OptionError, match="'permutation' or 'exact'"):
        mt.regime_slopes(values, line(8), pd.Series(list("aaaabbbb")), method="normality")


def test_a_regime_without_variation_has_no_slope():
    """Where a regime's values are all equal there is a reason, not a number."""
    values = pd.Series([1.0, 1.0, 1.0, 1.0, 2.0, 5.0, 3.0, 4.0])
    found = mt.regime_slopes(values, line(8), pd.Series(list("aaaabbbb")))
    assert found.undefined == "undefined: no variation within a regime"
    assert found.details["slopes"]["a"]["slope"] is None
