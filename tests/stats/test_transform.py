"""Sums by the transform: what is damped and what is left out do not show."""

import numpy as np
import pytest

from mekantek.stats.nulls import transform
from mekantek.stats.nulls.transform import shares_of_sums


@pytest.mark.parametrize("limit", [300, 3_000, 30_000])
def test_damped_sums_are_the_sums(limit):
    """Limits below, in and beyond the bulk: cumulated shares agree to 1e-12, at every size."""
    levels = np.rint(1000 * np.random.default_rng(0).lognormal(size=2_000)).astype(int)
    plain = np.cumsum(shares_of_sums(levels, 12, limit), axis=1)
    damped = np.cumsum(shares_of_sums(levels, 12, limit, damped=True), axis=1)
    np.testing.assert_allclose(damped, plain, rtol=0, atol=1e-12)


def test_terms_left_out_do_not_show(monkeypatch):
    """A large map needs few corrections for drawing without replacement: the rest is below 1e-15."""
    levels = np.random.default_rng(1).integers(0, 50, 100_000)
    short = shares_of_sums(levels, 9, 450)
    monkeypatch.setattr(transform, "_NOTHING", 0.0)
    assert transform.depth(100_000, 9) == 9
    np.testing.assert_allclose(short, shares_of_sums(levels, 9, 450), rtol=0, atol=1e-15)


def test_rows_asked_for_are_the_same_without_the_others():
    """Sizes left out leave the ones asked for as they are, to the last bit."""
    levels = np.random.default_rng(2).integers(0, 900, 500)
    every, some = (shares_of_sums(levels, 8, 2_000, least=k, damped=True) for k in (0, 6))
    assert (every[6:] == some[6:]).all()
    assert not some[1:6].any()
