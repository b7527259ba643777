"""Sums by the transform: what is damped and what is left out do not show."""

import numpy as np
import pytest

from mekantek.stats.nulls import transform
from mekantek.stats.nulls.exact import subset_sums
from mekantek.stats.nulls.transform import shares_of_sums, sums_in_windows


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


@pytest.mark.parametrize(
    "levels",
    [
        np.random.default_rng(3).integers(0, 400, 3_000),
        np.rint(60 * np.random.default_rng(4).normal(size=3_000) + 300).clip(0).astype(int),
        np.full(900, 250),
        np.where(np.arange(3_000) % 2, 10, 390),
    ],
    ids=["even", "normal", "one value", "two values"],
)
@pytest.mark.parametrize("part", [0.4, 0.55, 1.0])
def test_sums_in_a_window_are_the_sums(levels, part):
    """Limits below, in and beyond the bulk: shares up to every sum agree to 1e-12."""
    size, limit = 60, int(part * 60 * levels.max())
    plain = np.cumsum(shares_of_sums(levels, size, limit), axis=1)
    found = sums_in_windows(levels, size, limit, least=57)
    assert found is not None
    start, below = found
    for j in range(57, size + 1):
        place = np.clip(np.arange(1, limit + 2) - start[j], 0, below.shape[1] - 1)
        np.testing.assert_allclose(below[j, place], plain[j], rtol=0, atol=1e-12)


def test_a_window_outside_of_which_much_may_lie_is_none():
    """One value as large as all others together: no window is shorter than the sums asked for."""
    levels = np.append(np.arange(300), 40_000)
    assert sums_in_windows(levels, 3, 900) is None


def test_leaving_one_out_looks_through_windows_as_through_whole_tables():
    """The same probabilities from both kinds of table, whichever level is left out."""
    rng = np.random.default_rng(5)
    levels, sums = rng.integers(0, 900, 2_000), rng.integers(0, 36_001, 400)
    kinds = [subset_sums(levels, 60, limit=36_000, least=60, damped=d) for d in (False, True)]
    assert [kind.start is None for kind in kinds] == [True, False]
    whole, window = (
        kind.shares_at_most(60, sums, without=levels[rng_.integers(0, 2_000, 400)])
        for kind, rng_ in ((kind, np.random.default_rng(6)) for kind in kinds)
    )
    np.testing.assert_allclose(window, whole, rtol=0, atol=1e-12)
