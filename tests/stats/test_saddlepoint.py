"""Weighted sums without replacement: against counting, against drawing, and what must not matter."""

from itertools import permutations

import numpy as np
import pytest

from mekantek.stats.nulls.branches import branch_tails
from mekantek.stats.nulls.saddlepoint import weighted_sum_tails

KINDS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "lognormal": lambda rng, n: rng.lognormal(size=n),
    "pareto": lambda rng, n: rng.pareto(1.5, n),
    "zeros": lambda rng, n: np.where(rng.random(n) < 0.6, 0.0, rng.lognormal(size=n)),
    "binary": lambda rng, n: (np.arange(n) % 3 == 0) * 1.0,
    "tenths": lambda rng, n: np.round(rng.lognormal(size=n), 1),
}


def one(values, members, weights):
    """Tails of unit 0."""
    ends = np.array([0, len(members)])
    found = weighted_sum_tails(values, np.array([0]), ends, np.asarray(members), weights)
    return float(found[0][0]), float(found[1][0])


def enumerated(values, members, weights):
    """Write out every arrangement of the other values."""
    pool = values[1:]
    sums = np.array([weights @ draw for draw in permutations(pool, len(weights))])
    observed, tie = weights @ values[members], 1e-9 * weights.sum() * np.ptp(values)
    return float((sums >= observed - tie).mean()), float((sums <= observed + tie).mean())


def drawn(values, members, weights, draws):
    """Draw many arrangements."""
    rng = np.random.default_rng(5)
    keys = rng.random((draws, len(values) - 1))
    near = np.argpartition(keys, len(weights), axis=1)[:, : len(weights)]
    # A partition is no random order within the part.
    near = rng.permuted(near, axis=1)
    sums = values[1:][near] @ weights
    observed, tie = weights @ values[members], 1e-9
    return float((sums >= observed - tie).mean()), float((sums <= observed + tie).mean())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "k"), [(10, 5), (11, 5), (9, 6)])
def test_enumeration_is_matched_to_five_percent_from_one_in_ten_thousand(kind, n, k):
    rng = np.random.default_rng(n + k)
    values, weights = KINDS[kind](rng, n), rng.uniform(0.2, 1.0, k)
    for _ in range(3):
        members = rng.permutation(n - 1)[:k] + 1
        found, true = one(values, members, weights), enumerated(values, members, weights)
        for p, exact in zip(found, true, strict=True):
            assert np.isnan(p) or exact < 1e-4 or abs(p / exact - 1) < 0.05


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [5, 8, 14])
def test_drawing_is_matched_where_an_answer_is_given(kind, k):
    rng = np.random.default_rng(k)
    values, weights = KINDS[kind](rng, 60), rng.uniform(0.2, 1.0, k)
    for _ in range(2):
        members = rng.permutation(59)[:k] + 1
        found, true = one(values, members, weights), drawn(values, members, weights, 40_000)
        for p, estimate in zip(found, true, strict=True):
            noise = 4 * np.sqrt(estimate * (1 - estimate) / 40_000)
            assert np.isnan(p) or abs(p - estimate) < 0.05 * estimate + noise + 1e-4


def test_a_large_map_agrees_with_units_taken_one_by_one():
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=3000), rng.uniform(0.5, 1.0, (20, 6))
    members = np.array([rng.permutation(2999)[:6] + 1 for _ in range(20)])
    own, ends = np.zeros(20, dtype=int), np.arange(21) * 6
    together = weighted_sum_tails(values, own, ends, members.ravel(), weights.ravel())[0]
    few = np.append(values[:1], np.quantile(values[1:], (np.arange(1999) + 0.5) / 1999))
    for unit in range(20):
        few[1:7] = values[members[unit]]
        alone = one(few[:1999], np.arange(1, 7), weights[unit])[0]
        assert together[unit] == pytest.approx(alone, rel=0.05, abs=1e-3)


def test_the_order_of_rows_and_neighbours_changes_no_bit():
    rng = np.random.default_rng(3)
    values, weights = rng.lognormal(size=40), rng.uniform(0.2, 1.0, 7)
    members, order, turn = np.arange(1, 8), rng.permutation(40), rng.permutation(7)
    moved, place = values[order], np.argsort(order)
    ends = np.array([0, 7])
    first = weighted_sum_tails(values, np.array([0]), ends, members, weights)
    again = weighted_sum_tails(moved, place[:1], ends, place[members][turn], weights[turn])
    assert np.array_equal(first, again)


@pytest.mark.parametrize("kind", ["normal", "zeros", "tenths"])
def test_another_unit_of_measurement_changes_nothing(kind):
    rng = np.random.default_rng(4)
    values, weights = KINDS[kind](rng, 40), rng.uniform(0.2, 1.0, 6)
    members = np.arange(1, 7)
    assert one(7.0 + 3.0 * values, members, weights * 5.0) == pytest.approx(
        one(values, members, weights), rel=1e-6, nan_ok=True
    )


def test_turned_values_exchange_the_tails():
    rng = np.random.default_rng(6)
    values, weights = rng.lognormal(size=50), rng.uniform(0.2, 1.0, 6)
    up, down = one(values, np.arange(1, 7), weights)
    assert one(-values, np.arange(1, 7), weights) == pytest.approx((down, up), rel=1e-3)


def test_the_greatest_sum_has_the_probability_of_its_own_arrangement():
    values, weights = np.arange(12.0), np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    up, down = one(values, [7, 8, 9, 10, 11], weights)
    assert up == pytest.approx(1 / (11 * 10 * 9 * 8 * 7))
    assert down == 1.0


def test_no_answer_is_zero_or_above_one():
    rng = np.random.default_rng(8)
    for kind in KINDS.values():
        values = kind(rng, 30)
        for k in (5, 9, 20, 29):
            members = np.argsort(values[1:])[::-1][:k] + 1
            p = np.array(one(values, members, np.sort(rng.uniform(0.2, 1.0, k))))
            assert np.isnan(p).all() or ((p > 0) & (p <= 1)).all()


def test_values_without_variation_and_full_equal_rows_are_certain():
    assert one(np.ones(9), np.arange(1, 7), np.arange(1.0, 7.0)) == (1.0, 1.0)
    assert one(np.arange(9.0), np.arange(1, 9), np.ones(8)) == (1.0, 1.0)


def test_branches_give_up_when_there_are_too_many():
    values, weights = np.arange(40.0), np.arange(1.0, 9.0)
    assert branch_tails(values, np.ones(40), weights, 700.0, tie=1e-9, most=1000) is None
