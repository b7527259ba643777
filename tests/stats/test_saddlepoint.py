"""Weighted sums without replacement: against counting, against drawing, and what must not matter."""

from itertools import permutations
from math import comb

import numpy as np
import pytest

from mekantek.stats.nulls import contour
from mekantek.stats.nulls.branches import branch_tails
from mekantek.stats.nulls.contour import Draw
from mekantek.stats.nulls.occupation import Occupation
from mekantek.stats.nulls.partitions import Partitions, _merged
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
    last = min(len(weights), keys.shape[1] - 1)
    near = np.argpartition(keys, last, axis=1)[:, : len(weights)]
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [12, 30, 80])
def test_ten_neighbours_and_more_are_answered_and_agree_with_draws(kind, k):
    """Skewed and tied values too: not all sums, but most, and none of them wrongly."""
    rng = np.random.default_rng(100 + k)
    values, weights = KINDS[kind](rng, 81), rng.uniform(0.2, 1.0, k)
    answered = 0
    for _ in range(2):
        members = rng.permutation(80)[:k] + 1
        found, true = one(values, members, weights), drawn(values, members, weights, 40_000)
        answered += not np.isnan(found[0])
        for p, estimate in zip(found, true, strict=True):
            noise = 4 * np.sqrt(estimate * (1 - estimate) / 40_000)
            assert np.isnan(p) or abs(p - estimate) < 0.05 * estimate + noise + 1e-4
    assert answered


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_integral_is_spared_only_where_it_would_confirm(kind, monkeypatch):
    """Where both approximations are as high at the saddlepoint, one integral gives what two agree on."""
    rng = np.random.default_rng(8)
    values, weights = KINDS[kind](rng, 81), rng.uniform(0.2, 1.0, 40)
    near = [rng.permutation(80)[:40] + 1 for _ in range(6)]
    quick = [one(values, members, weights) for members in near]
    monkeypatch.setattr(contour, "_SAME", -1.0)
    asked = [one(values, members, weights) for members in near]
    np.testing.assert_array_equal(quick, asked)


def test_two_values_in_places_of_very_unequal_weights_are_counted():
    """Sums in clusters within clusters: a contour looked settled and was 12 % off for k = 16."""
    rng = np.random.default_rng(3)
    values, weights = (rng.random(121) < 0.3) * 1.0, 1.0 / (np.arange(16) + 0.25) ** 2
    for members in (rng.permutation(120)[:16] + 1 for _ in range(3)):
        found = one(values, members, weights)
        pool, held = int(values[1:].sum()), np.arange(2**16)[:, None] >> np.arange(16) & 1
        ones = held.sum(axis=1)
        chance = np.array([comb(104, pool - k) / comb(120, pool) for k in range(17)])[ones]
        sums, observed = held @ weights, weights @ values[members]
        assert found[0] == pytest.approx(chance[sums >= observed - 1e-9].sum(), rel=1e-9)
        assert found[1] == pytest.approx(chance[sums <= observed + 1e-9].sum(), rel=1e-9)


def test_one_place_that_decides_among_many_is_left_to_draws():
    """The occupation's saddlepoint is wrong there, and does not see it."""
    rng = np.random.default_rng(9)
    values, weights = rng.normal(size=81), np.append(rng.uniform(0.2, 1.0, 29), 9.0)
    assert np.isnan(one(values, np.arange(1, 31), weights)).all()


@pytest.mark.parametrize("height", [0.0, 1.5, 6.0])
def test_partitions_are_the_mean_over_all_arrangements(height):
    """Also with the values farthest out dealt apart, and at complex tilts."""
    rng = np.random.default_rng(2)
    places, values = np.sort(rng.uniform(0.2, 1.0, 5)), np.append(rng.normal(size=7), 5.0)
    function = Partitions(places, values, np.ones(8), tilt=0.7, width=1.0, ways=32)
    every = np.array([places @ draw for draw in permutations(values, 5)])
    truth = np.exp((0.7 + 1j * height) * every).mean()
    assert np.exp(function.along(np.array([height]))[0]) == pytest.approx(truth, rel=1e-9)


def test_equal_places_are_one_whatever_the_size_of_their_terms():
    """Digits cancel where one value is far out; places of one weight are no less alike for it."""
    weights = np.array([0.2, 0.2, 0.2, 0.25, 0.25, 1 / 3, 1 / 3, 1 / 3, 0.5, 0.5, 0.5, 1, 1, 1])
    values = np.append(np.random.default_rng(4).normal(0, 0.02, 226), 1.0)
    terms = np.exp(60 * np.multiply.outer(weights, values)).astype(complex)
    sizes, _ = _merged(terms, np.ones(227), 10**6)
    assert np.isin(np.cumsum(sizes), [3, 5, 8, 11, 14]).all()
    assert _merged(np.repeat(terms[:1], 14, axis=0), np.ones(227), 2) == ([14], 0.0)


def test_places_that_share_an_average_change_little():
    """Twelve places in 256 ways at most, against all 4096."""
    rng = np.random.default_rng(3)
    places, values = np.sort(rng.uniform(0.2, 1.0, 12)), rng.lognormal(size=60)
    draw = Draw(values, np.ones(60), places, 0.0, 1.0)
    both = [
        Partitions(places, values, np.ones(60), tilt=0.4, width=draw.spread, ways=ways)
        for ways in (256, 4096)
    ]
    height = np.array([0.0, 0.5, 1.0]) / draw.spread
    shared, apart = (np.exp(function.along(height)) for function in both)
    assert np.abs(shared / apart - 1).max() < 0.005


def test_places_and_values_change_their_parts():
    """Six ones among forty values: six places, dealt the weights, make the same sum."""
    rng = np.random.default_rng(4)
    weights, values, counts = np.sort(rng.uniform(0.2, 1.0, 12)), np.array([0.0, 1.0]), [34.0, 6.0]
    draw = Draw(values, np.array(counts), weights, 0.0, 6.0)
    places, dealt, times, shift = draw.turned()
    assert len(places) == 6
    turned = Partitions(places, dealt, times, tilt=1.5, width=draw.spread, ways=128)
    plain = Partitions(weights, values, np.array(counts), tilt=1.5, width=draw.spread, ways=4096)
    assert turned.top + 1.5 * shift == pytest.approx(plain.top, abs=1e-3)


@pytest.mark.parametrize("extremes", [0, 2])
def test_the_occupation_is_near_the_function_written_out(extremes):
    """Thirty places of three weights can be filled in 1331 ways, value by value."""
    values = np.sort(np.random.default_rng(5).normal(size=60))
    values -= values.mean()
    weights = np.repeat([0.3, 0.6, 1.0], 10)
    tilts = 0.5 + 1j * np.array([0.0, 0.1, 0.2])
    for tilt, height in zip(tilts, tilts.imag, strict=True):
        ways = np.zeros((11, 11, 11), dtype=complex)
        ways[0, 0, 0] = 1.0
        for value in values:
            more = ways.copy()
            for axis, weight in enumerate((0.3, 0.6, 1.0)):
                before = np.moveaxis(ways, axis, 0)[:-1] * np.exp(tilt * weight * value)
                np.moveaxis(more, axis, 0)[1:] += before
            ways = more
        total = np.prod(np.arange(60.0, 30.0, -1.0)) / np.prod(np.arange(1.0, 11.0)) ** 3
        function = Occupation(weights, values, np.ones(60), tilt=0.5, classes=6, extremes=extremes)
        found = function.top if height == 0 else function.along(np.array([height]))[0]
        assert np.exp(found) == pytest.approx(ways[-1, -1, -1] / total, rel=0.01)


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
