"""Empirical Bayes rates: what they do to small populations, and what is no count."""

import numpy as np
import pandas as pd
import pytest

import mekantek as mt
from mekantek.errors import AlignmentError, OptionError, ValuesError

EVENTS = pd.Series({"a": 2, "b": 30, "c": 0, "d": 12, "e": 90})
PEOPLE = pd.Series({"a": 100, "b": 1000, "c": 10, "d": 900, "e": 1500})


def test_smoothed_rates_lie_between_their_own_and_the_overall_rate():
    """The smaller the population, the nearer to the overall rate."""
    raw = mt.empirical_bayes_rates(EVENTS, PEOPLE, kind="raw")
    smoothed = mt.empirical_bayes_rates(EVENTS, PEOPLE, kind="smoothed")
    overall = EVENTS.sum() / PEOPLE.sum()
    kept = (smoothed - overall) / (raw - overall)
    assert kept.between(0, 1).all()
    assert kept.sort_values().index.tolist() == PEOPLE.sort_values().index.tolist()


def test_order_of_rows_and_of_population_do_not_matter():
    """Rates are by id, to the last bit."""
    plain = mt.empirical_bayes_rates(EVENTS, PEOPLE)
    shuffled = mt.empirical_bayes_rates(EVENTS[::-1], PEOPLE[["c", "e", "a", "d", "b"]])
    pd.testing.assert_series_equal(shuffled[::-1], plain, check_exact=True)


def test_no_events_anywhere_give_no_variation():
    """Zero over anything is zero, and Moran of it says that nothing varies."""
    assert (mt.empirical_bayes_rates(EVENTS * 0, PEOPLE) == 0).all()


@pytest.mark.parametrize(
    ("events", "people", "error", "message"),
    [
        (EVENTS + 0.5, PEOPLE, ValuesError, "2.5 events in a.*dollars"),
        (EVENTS - 1, PEOPLE, ValuesError, "-1 events in c"),
        (EVENTS, PEOPLE.replace(10, 0), ValuesError, "population of c is 0"),
        (EVENTS, PEOPLE[:4], AlignmentError, "same ids"),
        (EVENTS.astype(str), PEOPLE, ValuesError, "Series of numbers"),
        (EVENTS.where(EVENTS > 0), PEOPLE, ValuesError, "1 of 5 values are missing: c"),
    ],
)
def test_refusals(events, people, error, message):
    """No counts, no population, no match: one sentence that names the unit."""
    with pytest.raises(error, match=message):
        mt.empirical_bayes_rates(events, people)


def test_dropping_estimates_from_the_others():
    """A unit without events stays missing; the rest is as if it were not there."""
    holed = mt.empirical_bayes_rates(EVENTS.where(EVENTS > 0), PEOPLE, missing="drop")
    assert holed.index.tolist() == EVENTS.index.tolist()
    assert np.isnan(holed["c"])
    without = mt.empirical_bayes_rates(EVENTS.drop("c"), PEOPLE.drop("c"))
    pd.testing.assert_series_equal(holed.drop("c"), without, check_exact=True)


def test_kinds_are_three():
    """A misspelt kind is refused with the list."""
    with pytest.raises(OptionError, match="standardized, smoothed, raw"):
        mt.empirical_bayes_rates(EVENTS, PEOPLE, kind="eb")
