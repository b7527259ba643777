"""Log-ratios: what they keep, and what stands in for a zero."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.errors import OptionError, ShareError
from mekantek.stats.compositions import balance, centred_log_ratio, replace_zeros


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), parts=st.integers(3, 6))
def test_replacement_closes_and_keeps_ratios(seed, parts):
    """Rows sum to one, zeros become one number, and ratios of the others stay."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.dirichlet(np.ones(parts), 5))
    table.iloc[0, 0] = 0.0
    found = replace_zeros(table, limit=0.0005)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found.iloc[0, 0] == pytest.approx(0.65 * 0.0005)
    assert found.iloc[0, 1] / found.iloc[0, 2] == pytest.approx(table.iloc[0, 1] / table.iloc[0, 2])
    np.testing.assert_allclose(found.iloc[1:], table.iloc[1:], rtol=1e-9)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100))
def test_log_ratios_ignore_scale_and_balances_are_clr(seed, scale):
    """Percent or fractions give the same; one part against the rest is its clr but for a factor."""
    table = pd.DataFrame(
        np.random.default_rng(seed).dirichlet(np.ones(5), 4), columns=list("abcde")
    )
    clr = centred_log_ratio(table)
    np.testing.assert_allclose(clr.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(centred_log_ratio(table * scale), clr, atol=1e-9)
    found = balance(table, ["a"], list("bcde"))
    np.testing.assert_allclose(found, np.sqrt(5 / 4) * clr["a"], atol=1e-12)
    np.testing.assert_allclose(balance(table, list("bcde"), ["a"]), -found, atol=1e-12)


def test_isometric_coordinates_keep_distances():
    """A full set of balances has the Aitchison distance of the clr."""
    table = pd.DataFrame(np.random.default_rng(0).dirichlet(np.ones(3), 2), columns=list("abc"))
    ilr = np.column_stack([balance(table, ["a"], ["b", "c"]), balance(table, ["b"], ["c"])])
    clr = centred_log_ratio(table).to_numpy()
    assert np.linalg.norm(ilr[0] - ilr[1]) == pytest.approx(np.linalg.norm(clr[0] - clr[1]))


def test_zeros_and_nonsense_are_refused():
    """A zero has no logarithm; the unit is named."""
    table = pd.DataFrame({"a": [0.5, 0.0], "b": [0.5, 1.0]}, index=["Bolu", "Düzce"])
    with pytest.raises(ShareError, match="first Düzce"):
        centred_log_ratio(table)
    with pytest.raises(OptionError, match="both sides"):
        balance(table, ["a"], ["a"])
    with pytest.raises(OptionError, match="between 0 and 1"):
        replace_zeros(table, limit=0.0)
    with pytest.raises(ShareError, match="All parts of Düzce"):
        replace_zeros(table.mul([1, 0], axis=0), limit=0.0005)
    with pytest.raises(ShareError, match="missing or negative"):
        replace_zeros(-table, limit=0.0005)
