"""Concentration: known values, invariances, and bounds that brute force confirms."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.errors import OptionError, ShareError, ValuesError
from mekantek.stats.concentration import (
    MEASURES,
    concentration,
    entropy,
    gini,
    gini_by_neighbours,
    hhi,
    jackknife,
    location_quotient,
    locational_gini,
    lorenz,
    over_alternatives,
    part_of_total,
    reach,
    reassigned,
    theil_by_group,
)

POSITIVE = st.lists(st.floats(0.01, 1000), min_size=2, max_size=7)


@given(POSITIVE, st.floats(0.001, 1000))
def test_scale_does_not_matter(values, scale):
    """Every measure is free of the unit of money."""
    for name in ("gini", "hhi", "theil_t"):
        measure = MEASURES[name]
        assert measure(np.array(values) * scale) == pytest.approx(measure(np.array(values)))


@given(POSITIVE)
def test_gini_is_the_mean_difference(values):
    """Gini equals half the relative mean absolute difference, and the area of the Lorenz curve."""
    x = np.array(values)
    pairs = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert gini(x) == pytest.approx(pairs, abs=1e-12)
    curve = lorenz(pd.Series(x))
    area = np.trapezoid(curve["total"], curve["units"])
    assert 1 - 2 * area == pytest.approx(pairs, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), name=st.sampled_from(["gini", "hhi", "theil_t", "cr2"]))
def test_bounds_are_the_extremes_over_the_box(seed, name):
    """The upper bound is the best corner; no point of the box lies below the lower bound."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    value = rng.lognormal(0, 2, n)
    low, high = value * (1 - 0.4 * rng.random(n)), value * (1 + 0.4 * rng.random(n))
    [found] = concentration(
        pd.Series(value), low=pd.Series(low), high=pd.Series(high), names=(name,)
    )
    measure = MEASURES[name]
    corners = [measure(np.array(c)) for c in product(*zip(low, high, strict=True))]
    assert found.high == pytest.approx(max(corners), rel=1e-9)
    inside = [measure(low + (high - low) * rng.random(n)) for _ in range(300)]
    assert found.low <= min(*inside, *corners) + 1e-12
    assert found.low <= found.value <= found.high


def test_the_lower_bound_is_reached():
    """Two units that may be equal have a least Gini of zero."""
    v = pd.Series([10.0, 12.0])
    [found] = concentration(v, low=v - 2, high=v + 2, names=("gini",))
    assert found.low == pytest.approx(0, abs=1e-9)


def test_part_of_total_takes_the_worst_case():
    """A part is largest with its members high and the others low."""
    v = pd.Series({"a": 6.0, "b": 4.0, "c": 2.0})
    value, low, high = part_of_total(v, ["a", "b"], low=v - 1, high=v + 1)
    assert (value, low, high) == (10 / 12, 8 / 11, 12 / 13)
    with pytest.raises(ValuesError, match="No value for z"):
        part_of_total(v, ["z"], low=v, high=v)


def test_report_values(study):
    """Gini 0.953 and HHI 0.413 of high technology 2024, on 75 provinces, with their intervals."""
    values = study.class_values("high")
    found = {
        m.name: m for m in concentration(values["value"], low=values["low"], high=values["high"])
    }
    assert found["gini"].n == 75
    assert round(found["gini"].value, 3) == 0.953
    assert round(found["gini_unbiased"].value, 3) == 0.965
    assert round(found["hhi"].value, 3) == 0.413
    assert (round(found["gini"].low, 3), round(found["gini"].high, 3)) == (0.950, 0.955)
    assert (round(found["hhi"].low, 3), round(found["hhi"].high, 3)) == (0.405, 0.421)
    assert found["equivalent_number"].value == pytest.approx(1 / found["hhi"].value)


@pytest.mark.parametrize(
    ("values", "message"),
    [([1.0, np.nan], "missing"), ([1.0, -1.0], "negative"), ([0.0, 0.0], "zero"), ([1.0], "two")],
)
def test_refusals(values, message):
    """Missing, negative, all-zero and single values are refused."""
    with pytest.raises(ValuesError, match=message):
        hhi(pd.Series(values))


def test_shares_and_names_are_checked():
    """Percentages given as fractions are refused with the mend; unknown measures are listed."""
    with pytest.raises(ShareError, match=r"first Eskişehir: 34\.4.*divide percentages by 100"):
        location_quotient(pd.Series({"Eskişehir": 34.4}), reference=0.036)
    with pytest.raises(OptionError, match="there are gini"):
        concentration(pd.Series([1.0, 2.0]), names=("atkinson",))


ADDING = ("gini", "hhi", "theil_t", "theil_l")


@given(POSITIVE, st.integers(2, 4))
def test_replicating_the_units_changes_nothing(values, times):
    """Gini, Theil's T and L are free of the number of units; HHI divides by it."""
    x = np.array(values)
    for name in ("gini", "theil_t", "theil_l"):
        assert MEASURES[name](np.tile(x, times)) == pytest.approx(MEASURES[name](x), abs=1e-12)
    assert hhi(np.tile(x, times)) == pytest.approx(hhi(x) / times)


@given(POSITIVE, st.floats(0, 1), st.integers(0, 6), st.integers(0, 6))
def test_a_transfer_to_a_smaller_unit_never_concentrates(values, part, first, second):
    """The principle of transfers: no more than half the gap, and every measure falls or stays."""
    x = np.array(values)
    giver, taker = first % len(x), second % len(x)
    if x[giver] <= x[taker]:
        return
    moved = x.copy()
    amount = part * (x[giver] - x[taker]) / 2
    moved[giver] -= amount
    moved[taker] += amount
    for name in (*ADDING, "cr1", "cr2"):
        assert MEASURES[name](moved) <= MEASURES[name](x) + 1e-9
    assert entropy(moved) >= entropy(x) - 1e-9


@settings(deadline=None)
@given(seed=st.integers(0, 100_000), name=st.sampled_from(["theil_t", "theil_l"]))
def test_theil_falls_apart_without_rest(seed, name):
    """Between is the measure of group means, within the weighted sum: counted unit by unit."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    x = pd.Series(rng.lognormal(0, 1.5, n), index=[f"u{i}" for i in range(n)])
    groups = pd.Series(rng.integers(0, 3, n), index=x.index)
    found = theil_by_group(x.sample(frac=1, random_state=seed % 1000), groups, name=name)
    smoothed = x.groupby(groups).transform("mean")
    whole, between = (float(MEASURES[name](v.to_numpy())) for v in (x, smoothed))
    assert found.value == pytest.approx(whole, abs=1e-12)
    assert found.between == pytest.approx(between, abs=1e-12)
    assert found.within == pytest.approx(whole - between, abs=1e-12)


def test_theil_l_is_undefined_where_a_unit_holds_nothing():
    """L says so; T does not mind."""
    x, groups = pd.Series([0.0, 1.0, 2.0, 5.0]), pd.Series(list("aabb"))
    assert theil_by_group(x, groups, name="theil_l").undefined == "undefined: a unit holds nothing"
    assert theil_by_group(x, groups).value == pytest.approx(MEASURES["theil_t"](x.to_numpy()))
    [told] = concentration(x, names=("theil_l",))
    assert (told.value, told.undefined) == (None, "undefined: a unit holds nothing")
    [open_] = concentration(x + 0.1, low=x, high=x + 0.2, names=("theil_l",))
    assert open_.value is not None
    assert open_.high is None  # a box that reaches zero leaves L without an end


def test_spatial_gini_equals_the_double_sum(line):
    """Both parts and the p of all 5,040 orders, counted in plain Python."""
    from itertools import permutations

    x = pd.Series([1.0, 2.0, 2.0, 4.0, 7.0, 9.0, 9.0])
    found = gini_by_neighbours(x, line)

    def split(values):
        near = far = 0.0
        for i, a in enumerate(values):
            for j, b in enumerate(values):
                if abs(i - j) == 1:
                    near += abs(a - b)
                else:
                    far += abs(a - b)
        return near / (2 * 49 * x.mean()), far / (2 * 49 * x.mean())

    near, far = split(x)
    assert found.details["neighbours"] == pytest.approx(near)
    assert found.details["others"] == pytest.approx(far)
    assert near + far == pytest.approx(gini(x))
    assert found.statistic == pytest.approx(far / (near + far))
    every = np.array(list(permutations(x)))
    nears = np.abs(np.diff(every, axis=1)).sum(axis=1)
    low, high = found.p_interval
    assert low <= (nears <= np.abs(np.diff(x)).sum() + 1e-9).mean() <= high
    shuffled = gini_by_neighbours(x.sample(frac=1, random_state=1), line)
    assert shuffled.p_value == found.p_value


def test_locational_gini_equals_the_area():
    """Lorenz curve over the reference's shares, in the order of location quotients."""
    x, whole = pd.Series([1.0, 4.0, 0.0, 5.0]), pd.Series([10.0, 10.0, 10.0, 10.0])
    assert locational_gini(x, whole) == pytest.approx(gini(x))
    assert locational_gini(whole / 10, whole) == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValuesError, match="nothing of the reference"):
        locational_gini(x, pd.Series([0.0, 10.0, 10.0, 10.0]))
    with pytest.raises(ValuesError, match="other ids"):
        locational_gini(x, whole.iloc[::-1])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), name=st.sampled_from(["gini", "hhi", "theil_t", "cr1", "cr3"]))
def test_reach_is_never_too_small(seed, name):
    """No point and no corner of the box lies further from the value."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 8))
    value = rng.lognormal(0, 2, n) * (rng.random(n) < 0.9)
    if value.sum() <= 0:
        return
    wide = 0.3 * rng.random(n)
    low, high = value * (1 - wide), value * (1 + wide) + 0.01 * wide
    bound = reach(name, value, low, high)
    corners = np.array(list(product(*zip(low, high, strict=True))))
    inside = low + (high - low) * rng.random((200, n))
    points = np.vstack([corners[corners.sum(axis=1) > 0], inside])
    assert np.abs(MEASURES[name](points) - MEASURES[name](value)).max() <= bound + 1e-12


def test_alternatives_are_all_listed_or_bounded():
    """Few cells: the extremes of every combination. Many: a box that holds them."""
    x = pd.Series(np.arange(1.0, 21.0))
    [few] = over_alternatives(x, {0: [5.0], 3: [9.0, 2.0]}, ["gini"])
    wanted = []
    for a, b in product([1.0, 5.0], [4.0, 9.0, 2.0]):
        other = x.copy()
        other[0], other[3] = a, b
        wanted.append(gini(other))
    assert (few.low, few.high) == pytest.approx((min(wanted), max(wanted)))
    assert (few.units, few.method) == (2, "every combination")
    [many] = over_alternatives(x, {k: [x[k] + 1] for k in range(16)}, ["gini"])
    assert many.method == "bound"
    assert many.low <= gini(x) <= many.high
    with pytest.raises(ValuesError, match="no value"):
        over_alternatives(x, {99: [1.0]}, ["gini"])


def test_jackknife_leaves_each_unit_out():
    """Each by each, and the largest moves by name."""
    x = pd.Series({"a": 8.0, "b": 3.0, "c": 1.0, "d": 0.0})
    found = jackknife(x, "gini")
    for unit in x.index:
        assert found.without[unit] == pytest.approx(gini(x.drop(unit)))
    assert abs(found.moves(1)[0][1]) == pytest.approx((found.without - gini(x)).abs().max())


@settings(deadline=None)
@given(seed=st.integers(0, 100_000))
def test_reassignment_keeps_the_sum_and_starts_at_the_plain_number(seed):
    """While the giver stays the largest, the more it gives away the less is concentrated."""
    rng = np.random.default_rng(seed)
    x = pd.Series(rng.lognormal(0, 1, 8))
    giver = x.idxmax()
    curve = []
    for part in np.linspace(0, 1, 21):
        given_away = reassigned(x, giver, float(part))
        assert given_away.sum() == pytest.approx(x.sum())
        if given_away.idxmax() != giver:
            break
        curve.append(gini(given_away))
    assert curve[0] == gini(x)
    assert (np.diff(curve) <= 1e-12).all()
    other = x.index[x.index != giver][0]
    assert reassigned(x, giver, 0.25, to=other)[other] == pytest.approx(x[other] + x[giver] / 4)
    for part, unit in ((1.5, giver), (0.5, 99)):
        with pytest.raises(OptionError):
            reassigned(x, unit, part)
