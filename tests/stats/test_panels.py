"""Moves over years: counted by hand, bounded, blind to order and scale, and silent where it must be."""

import json
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as oracle

from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats.panels import (
    local_moves,
    quantile_states,
    rank_mobility,
    theta,
    transitions,
)

REFERENCE = Path(__file__).parents[1] / "reference"
STATES = st.sampled_from(["a", "b", "c", None])
PANELS = st.lists(st.lists(STATES, min_size=4, max_size=4), min_size=1, max_size=12)
NUMBERS = st.lists(st.integers(-50, 50), min_size=6, max_size=14)


@given(PANELS)
def test_moves_are_counted_one_by_one(rows):
    found = transitions(pd.DataFrame(rows, columns=[1, 2, 3, 4]), ("a", "b", "c"))
    for (i, a), (j, b) in product(enumerate("abc"), repeat=2):
        by_hand = sum(row[t] == a and row[t + 1] == b for row in rows for t in range(3))
        assert found.counts[i, j] == by_hand
    assert found.stayed + found.moved + found.left_out == 3 * len(rows)


@given(PANELS)
def test_probabilities_of_a_state_sum_to_one_or_are_not_there(rows):
    found = transitions(pd.DataFrame(rows, columns=[1, 2, 3, 4]), ("a", "b", "c"))
    for row, counts in zip(found.probabilities, found.counts, strict=True):
        assert np.isnan(row).all() if counts.sum() == 0 else row.sum() == pytest.approx(1)


def test_mobility_is_none_without_moves_and_undefined_without_a_row():
    still = pd.DataFrame({1: ["a", "b"], 2: ["a", "b"]})
    assert transitions(still, ("a", "b")).mobility == 0
    assert transitions(still, ("a", "b", "c")).mobility is None
    everyone = pd.DataFrame({1: ["a", "b"], 2: ["b", "a"]})
    assert transitions(everyone, ("a", "b")).mobility == 2


def test_one_year_is_refused_not_filled():
    with pytest.raises(ValuesError, match=r"Change needs two years; there is 2024"):
        transitions(pd.DataFrame({2024: ["a"]}), ("a",))
    with pytest.raises(ValuesError, match="Change needs two years"):
        rank_mobility(pd.DataFrame({2024: [1.0, 2.0]}))
    with pytest.raises(ValuesError, match="Change needs two years"):
        theta(pd.DataFrame({2024: [1.0, 2.0]}), pd.Series([1, 2]))
    with pytest.raises(ValuesError, match="Change needs two years"):
        local_moves({})


def test_a_state_named_twice_is_refused():
    with pytest.raises(OptionError, match="named twice"):
        transitions(pd.DataFrame({1: ["a"], 2: ["a"]}), ("a", "a"))


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(2, 6))
def test_quantile_classes_follow_the_order_and_share_ties(values, classes):
    column = pd.Series(values, dtype=float)
    found = quantile_states(pd.DataFrame({1: column}), classes=classes)[1].astype(int)
    assert found.between(1, classes).all()
    for a, b in product(range(len(values)), repeat=2):
        if values[a] < values[b]:
            assert found[a] <= found[b]
        if values[a] == values[b]:
            assert found[a] == found[b]


def test_distinct_values_fall_into_classes_of_equal_size_and_missing_into_none():
    column = pd.Series([*range(100), np.nan], dtype=float)
    found = quantile_states(pd.DataFrame({1: column}))[1]
    assert found.value_counts().tolist() == [20] * 5
    assert found.isna().sum() == 1
    with pytest.raises(OptionError, match="two or more"):
        quantile_states(pd.DataFrame({1: column}), classes=1)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_ranks_kept_are_those_of_scipy(values, shuffled):
    other = list(values)
    shuffled.shuffle(other)
    found = rank_mobility(pd.DataFrame({1: values, 2: other}, dtype=float))
    if len(set(values)) == 1:
        assert found.kendall is None
        return
    assert found.kendall == pytest.approx(oracle.kendalltau(values, other).statistic)
    assert found.spearman == pytest.approx(oracle.spearmanr(values, other).statistic)
    assert found.to_dict()["p_value"] is None


def test_rank_exchange_ends_at_the_reversed_order():
    for n in (4, 5, 9):
        column = np.arange(n, dtype=float)
        assert rank_mobility(pd.DataFrame({1: column, 2: column[::-1]})).rank_exchange == 1
        assert rank_mobility(pd.DataFrame({1: column, 2: column})).rank_exchange == 0


def by_hand(change, labels):
    moved = sum(abs(c) for c in change)
    return (
        sum(
            abs(sum(c for c, g in zip(change, labels, strict=True) if g == name))
            for name in sorted(set(labels))
        )
        / moved
    )


@settings(deadline=None)
@given(st.permutations(range(7)), st.lists(st.sampled_from("xyz"), min_size=7, max_size=7))
def test_theta_is_the_sum_over_regions(order, labels):
    panel = pd.DataFrame({1: range(7), 2: order}, dtype=float)
    found = theta(panel, pd.Series(labels), permutations=9)
    change = [b - a for a, b in zip(range(7), order, strict=True)]
    if not any(change) or len(set(labels)) < 2:
        assert found.statistic is None
        assert found.p_value is None
    else:
        assert found.statistic == pytest.approx(by_hand(change, labels))
        assert 0 <= found.statistic <= 1


def test_theta_p_is_that_of_all_orders():
    order, labels = [3, 4, 5, 0, 1, 2, 6, 7], list("xxxyyyzz")
    change = [b - a for a, b in enumerate(order)]
    panel = pd.DataFrame({1: range(8), 2: order}, dtype=float)
    observed = by_hand(change, labels)
    every = [by_hand(change, p) for p in set(permutations(labels))]
    exact = sum(e >= observed - 1e-12 for e in every) / len(every)
    found = theta(panel, pd.Series(labels), permutations=4999)
    assert found.p_interval[0] <= exact <= found.p_interval[1]
    assert found.expected == pytest.approx(sum(every) / len(every), abs=0.02)


def test_theta_prints_no_p_that_labels_cannot_reach():
    panel = pd.DataFrame({1: [1.0, 2, 3, 4], 2: [3.0, 4, 1, 2]})
    found = theta(panel, pd.Series(["w", "w", "e", "e"]))
    assert found.statistic == 1
    assert found.p_value is None
    assert found.undefined.startswith("no p-value")


def test_theta_is_uniform_where_regions_say_nothing():
    rng = np.random.default_rng(7)
    labels = pd.Series(np.repeat(list("abcd"), 10))
    p = [
        theta(pd.DataFrame({1: rng.normal(size=40), 2: rng.normal(size=40)}), labels,
              permutations=199, rng=k).p_value
        for k in range(200)
    ]  # fmt: skip
    assert oracle.kstest(p, "uniform").pvalue > 0.01


def test_a_unit_without_a_region_is_refused():
    with pytest.raises(AlignmentError, match="1 units have no region, first 3"):
        theta(pd.DataFrame({1: [1.0, 2, 3, 4], 2: [2.0, 1, 4, 3]}), pd.Series(["a", "a", "b"]))


def test_types_of_moves_are_those_of_rey(study):
    """Each pair of quadrants by its rule: who changed letter, and whether both went the same way."""
    import mekantek as mt

    results = {y: mt.local_moran(study.at(y).share("low"), study.graph) for y in study.years}
    found = local_moves(results)
    frames = [r.frame["quadrant"].astype(str) for r in results.values()]
    types = {"0": 0, "I": 0, "II": 0, "IIIA": 0, "IIIB": 0}
    for before, after in zip(*frames, strict=True):
        own, others = before[0] != after[0], before[1] != after[1]
        if own and others:
            types["IIIA" if before[0] == before[1] else "IIIB"] += 1
        else:
            types["I" if own else "II" if others else "0"] += 1
    assert found.types == types
    assert found.cohesion + found.flux + types["IIIB"] / 81 == pytest.approx(1)
    lit = [r.frame["cluster"].astype(str) for r in results.values()]
    stayed = sum(a == b for a, b in zip(*lit, strict=True))
    assert found.clusters.stayed == stayed


@pytest.fixture(scope="module")
def giddy():
    """Numbers of giddy 2.3.8 on the incomes of 32 Mexican states, 1940-2000; see the README there."""
    table = pd.read_csv(REFERENCE / "giddy_reference.csv")
    return {(c, q): v for c, q, v in table.itertuples(index=False)}


@pytest.fixture(scope="module")
def mexico():
    from mekantek import weights

    table = pd.read_csv(REFERENCE / "mexico.csv").set_index("id")
    incomes = table[[f"pcgdp{year}" for year in range(1940, 2010, 10)]]
    graph = weights.read_neighbours(REFERENCE / "mexico.gal", ids=table.index)
    return incomes, table["hanson98"], graph


def test_quintiles_move_as_in_giddy(giddy, mexico):
    found = transitions(quantile_states(mexico[0]), (1, 2, 3, 4, 5))
    for i, j in product(range(5), repeat=2):
        assert found.counts[i, j] == giddy["quintiles", f"n{i + 1}{j + 1}"]
    assert found.mobility == pytest.approx(giddy["quintiles", "mobility_P"])


def test_quadrants_move_as_in_giddy(giddy, mexico):
    import mekantek as mt

    incomes, _, graph = mexico
    found = local_moves({year: mt.local_moran(incomes[year], graph) for year in incomes})
    states = found.quadrants.states
    for (i, a), (j, b) in product(enumerate(states), repeat=2):
        assert found.quadrants.counts[i, j] == giddy["quadrants_raw", a + b]


def test_theta_and_tau_are_those_of_giddy(giddy, mexico):
    incomes, regions, _ = mexico
    found = theta(incomes, regions)
    assert found.statistic == pytest.approx(giddy["theta_1940_2000", "theta"])
    # giddy counts permutations strictly above the data, here they count that are as high too.
    assert 0 <= found.p_value - giddy["theta_1940_2000", "p_right_9999_permutations"] < 0.02
    assert rank_mobility(incomes).kendall == pytest.approx(giddy["tau_1940_2000", "tau"])


def test_years_are_numbers_that_json_takes():
    """Whatever made the columns: a study of anyone's own years is written as JSON."""
    panel = pd.DataFrame(
        np.array([[1.0, 2], [2, 1], [3, 3], [4, 4]]), columns=np.array([2019, 2024])
    )
    assert json.loads(json.dumps(rank_mobility(panel).to_dict()))["years"] == [2019, 2024]
