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
    gini,
    hhi,
    location_quotient,
    lorenz,
    part_of_total,
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
