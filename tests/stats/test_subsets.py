"""Connected sets: listed, drawn, ranked and searched."""

from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, special
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, OptionError
from mekantek.stats.subsets import (
    connected_sets,
    corridor,
    draw_connected_sets,
    leave_one_out,
    member_joins,
    search_corridor,
    set_statistic,
    shortest_path,
)
from mekantek.stats.subsets.sampling import removable
from mekantek.stats.subsets.search import largest_minimum

STATISTICS = ("minimum", "mean", "weighted", "joint")


def random_graph(rng, n, link):
    """Links above the diagonal, perhaps with isolates."""
    return np.triu(rng.random((n, n)) < link, 1)


def whole(matrix, chosen):
    """Whether the chosen units hang together."""
    inner = matrix[np.ix_(chosen, chosen)].astype(float)
    return csgraph.connected_components(inner, directed=False)[0] == 1


def listed(matrix, size):
    """Every connected set by trying all sets."""
    return [list(c) for c in combinations(range(len(matrix)), size) if whole(matrix, c)]


def graph_of(matrix):
    return SimpleNamespace(ids=pd.RangeIndex(len(matrix)), sparse=sparse.csr_array(matrix * 1.0))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(3, 11), size=st.integers(1, 8))
def test_equals_brute_force(seed, n, size):
    """Every connected set stands once, none is missing, in lexical order."""
    rng = np.random.default_rng(seed)
    matrix = random_graph(rng, n, rng.choice([0.1, 0.3, 0.6]))
    assert connected_sets(sparse.csr_array(matrix), min(size, n)).tolist() == listed(
        matrix, min(size, n)
    )


def test_many_units(monkeypatch):
    """Masks of several words, and roots taken a few at a time, list the same sets."""
    ring = sparse.csr_array(np.roll(np.eye(150), 1, axis=1))
    whole_ring = connected_sets(ring, 5)
    assert whole_ring.shape == (150, 5)
    assert {tuple(s) for s in whole_ring.tolist()} == {
        tuple(sorted((i + j) % 150 for j in range(5))) for i in range(150)
    }
    monkeypatch.setattr("mekantek.stats.subsets.enumeration._ROOTS", 7)
    assert np.array_equal(connected_sets(ring, 5), whole_ring)
    rng = np.random.default_rng(1)
    wide = sparse.csr_array(random_graph(rng, 150, 0.02))
    few = connected_sets(wide, 4)
    monkeypatch.setattr("mekantek.stats.subsets.enumeration._ROOTS", 512)
    assert np.array_equal(connected_sets(wide, 4), few)


def test_official_graph(study):
    """199, 653, 2,427, 9,577, 38,761, 158,026 and 643,116 connected sets of 2 to 8 provinces."""
    every = [connected_sets(study.graph.sparse, size) for size in range(2, 9)]
    assert [len(sets) for sets in every] == [199, 653, 2427, 9577, 38761, 158026, 643116]
    key = np.sort((every[-1].astype(np.uint64) << (8 * np.arange(8, dtype=np.uint64))).sum(axis=1))
    assert (key[1:] > key[:-1]).all()  # no set stands twice


def test_too_many_sets_are_refused(monkeypatch):
    """The list stops at its limit, before memory does."""
    monkeypatch.setattr("mekantek.stats.subsets.enumeration.MOST_SETS", 100)
    full = sparse.csr_array(np.triu(np.ones((20, 20)), 1))
    with pytest.raises(OptionError, match="too many"):
        connected_sets(full, 3)


def test_ranks_equal_a_second_count(study):
    """Both corridors' ranks, recomputed from the list of pairs alone."""
    share = study.share("high")
    pairs = study.graph.pairs
    smallest = np.minimum(share[pairs["a"]].to_numpy(), share[pairs["b"]].to_numpy())
    for members, wanted in (([6, 26], 1), ([34, 41], 16)):
        found = corridor(share, study.graph, members)
        own = share[members].min()
        assert found.rank == (smallest >= own - 1e-12).sum() == wanted
        assert found.of == 199
        assert found.p_value == wanted / 199


def test_weighted_counts_defined_sets_only(study):
    """175 of 199 pairs have both totals of 2024."""
    found = corridor(
        study.share("high"), study.graph, [6, 26], statistic="weighted",
        weights=study.frame["value"],
    )  # fmt: skip
    assert found.of == 175


def test_ties_count_against_the_set():
    """A set that ties with others bears the worst of their ranks."""
    line = graph_of(np.eye(4, k=1))
    assert corridor(pd.Series([1.0, 1.0, 1.0, 1.0]), line, [0, 1]).rank == 3


def test_sets_that_are_not_connected_get_no_p(study):
    """Ankara and İstanbul do not touch: a value, but no rank; among all pairs they have one."""
    found = corridor(study.share("high"), study.graph, [6, 34])
    assert (found.connected, found.rank, found.p_value) == (False, None, None)
    assert found.value == 0.045
    anywhere = corridor(study.share("high"), study.graph, [6, 34], among="any")
    assert (anywhere.connected, anywhere.of) == (False, 3240)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 100_000), statistic=st.sampled_from(STATISTICS), size=st.integers(2, 4))
def test_ranks_among_any_sets(seed, statistic, size):
    """The rank among all sets of a size is that of all combinations written out."""
    rng = np.random.default_rng(seed)
    values, mass = pd.Series(rng.integers(0, 9, 9) / 10), pd.Series(rng.integers(1, 9, 9) * 1.0)
    graph = graph_of(random_graph(rng, 9, 0.5))
    every = np.array(list(combinations(range(9), size)))
    told = set_statistic(every, values.to_numpy(), statistic=statistic, weights=mass.to_numpy())
    found = corridor(values, graph, list(range(size)), statistic=statistic, weights=mass,
                     among="any")  # fmt: skip
    assert found.of == len(every) == special.comb(9, size)
    assert found.rank == (told >= told[0] - 1e-12).sum()


def test_leaving_one_out(study):
    """Without Ankara the pair is Eskişehir alone; without the middle a line falls apart."""
    share = study.share("high")
    left = leave_one_out(share, study.graph, [6, 26])
    assert left["6"].members == ("26",)
    assert (left["6"].rank, left["6"].of) == (int((share >= share[26]).sum()), 81)
    line = graph_of(np.eye(5, k=1))
    apart = leave_one_out(pd.Series(range(5)), line, [1, 2, 3])
    assert [apart[unit].connected for unit in "123"] == [True, False, True]


# Drawing.


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), size=st.integers(2, 7))
def test_removable_members(seed, size):
    """A member can be spared just where the others still hang together."""
    rng = np.random.default_rng(seed)
    matrix = random_graph(rng, 9, 0.4)
    sets = listed(matrix, size)
    if sets:
        wanted = [sum(whole(matrix, [j for j in s if j != i]) for i in s) for s in sets]
        assert removable(matrix | matrix.T, np.array(sets)).tolist() == wanted


@pytest.mark.parametrize(("seed", "size"), [(1, 5), (2, 6), (5, 7)])
def test_draws_are_uniform(seed, size, monkeypatch):
    """
    Weighted draws fall on every connected set alike: chi-square over independent families.

    The listed sets are kept small, so that most of the growing is left to chance.
    """
    monkeypatch.setattr("mekantek.stats.subsets.sampling.LARGEST", 2)
    matrix = random_graph(np.random.default_rng(seed), 10, 0.3)
    every = {tuple(s): k for k, s in enumerate(listed(matrix, size))}
    assert len(every) > 20
    runs = []
    for run in range(60):
        drawn = draw_connected_sets(sparse.csr_array(matrix), size, 4000, rng=run)
        place = [every[tuple(s)] for s in np.sort(drawn.sets, axis=1).tolist()]
        runs.append(np.bincount(place, drawn.weights, minlength=len(every)) * drawn.estimate
                    / drawn.weights.sum())  # fmt: skip
    mean, error = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs))
    # Unbiased: every set is estimated to be there once.
    square = float((((mean - 1) / error) ** 2).sum())
    assert special.chdtrc(len(every), square) > 1e-3
    assert abs(mean.sum() / len(every) - 1) < 0.02


def test_draws_agree_with_the_list(study, monkeypatch):
    """On the official graph the drawn p of a set of six covers the listed one, and says it drew."""
    share = study.share("high")
    members = [6, 26, 11, 14, 54, 41]
    exact = corridor(share, study.graph, members, statistic="mean")
    assert (exact.of, exact.enumeration) == (38761, "all")
    monkeypatch.setattr("mekantek.stats.subsets.ranking.LARGEST", 4)
    monkeypatch.setattr("mekantek.stats.subsets.sampling.LARGEST", 3)
    drawn = corridor(share, study.graph, members, statistic="mean")
    assert (drawn.rank, drawn.of, drawn.enumeration) == (None, None, "sampled")
    low, high = drawn.sampling["p_interval"]
    assert low < exact.p_value < high
    assert drawn.sampling["sets"] == pytest.approx(38761, rel=0.05)
    again = corridor(share, study.graph, members, statistic="mean")
    assert again == drawn  # same input, same bytes


def test_nine_members_are_ranked_among_drawn_sets(study):
    """Beyond eight members the p-value comes with an interval and the number drawn."""
    nine = shortest_path(study.share("high"), study.graph, 34, 65).members[:9]
    told = corridor(study.share("high"), study.graph, nine).to_dict()
    assert told["enumeration"] == "sampled"
    assert told["sampling"]["drawn"] == 20_000
    assert told["sampling"]["effective"] > 5_000
    assert told["sampling"]["p_interval"][0] <= told["p_value"] <= told["sampling"]["p_interval"][1]


# Searching.


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), size=st.integers(2, 5))
def test_largest_minimum_equals_the_list(seed, size):
    """Components above a threshold give the same maximum as all sets written out."""
    rng = np.random.default_rng(seed)
    matrix = random_graph(rng, 9, 0.25)
    values = rng.integers(0, 6, (9, 4)) / 10
    sets = listed(matrix, size)
    wanted = (
        set_statistic(np.array(sets), values).max(axis=0) if sets else np.full(4, -np.inf)
    )  # fmt: skip
    assert largest_minimum(sparse.csr_array(matrix), values, size).tolist() == wanted.tolist()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), statistic=st.sampled_from(STATISTICS), size=st.integers(2, 4))
def test_search_equals_the_plain_way(seed, statistic, size):
    """Whole-number screening and thresholds count what each map written out counts."""
    from mekantek.stats import inference

    rng = np.random.default_rng(seed)
    matrix = random_graph(rng, 10, 0.35)
    sets = np.array(listed(matrix, size))
    values = rng.integers(0, 8, 10) / 10 if rng.random() < 0.5 else rng.random(10)
    mass = np.where(rng.random(10) < 0.2, np.nan, rng.random(10) + 0.1)
    every = set_statistic(sets, values, statistic=statistic, weights=mass)
    if len(sets) == 0 or np.isnan(every).all():
        return
    best, reached = np.nanmax(every), 0
    for order in next(inference.permuted(np.arange(10), 99, 0)):
        moved = set_statistic(sets, values[order], statistic=statistic, weights=mass[order])
        reached += bool(np.nanmax(np.append(moved, -np.inf)) >= best - 1e-12)
    found = search_corridor(
        pd.Series(values), graph_of(matrix), size, statistic=statistic, weights=pd.Series(mass),
        permutations=99,
    )  # fmt: skip
    assert found.value == pytest.approx(best)
    assert found.search["p_value"] == (reached + 1) / 100


def test_search_corrects_for_the_search(study):
    """The best of all pairs is compared with the best of all pairs on permuted maps."""
    steps = []
    found = search_corridor(study.share("high"), study.graph, 2, permutations=199,
                            step=lambda: steps.append(1))  # fmt: skip
    assert found.members == ("6", "26")
    assert found.search["p_value"] > found.p_value
    assert found.search["sets"] == 199
    assert len(steps) == 199


def planted(rng, members):
    """Skewed noise over a grid of 8 by 8, and a set that stands out of it."""
    values = rng.gamma(1.0, 0.02, 64)
    values[members] += 0.2
    return pd.Series(values)


def grid():
    """Rook neighbours of 8 by 8 units."""
    side = sparse.diags_array(np.ones(7), offsets=1, shape=(8, 8))
    eye = sparse.eye_array(8)
    return SimpleNamespace(ids=pd.RangeIndex(64), sparse=sparse.csr_array(
        sparse.kron(eye, side) + sparse.kron(side, eye)))  # fmt: skip


def test_a_planted_corridor_is_found():
    """Four neighbours that all stand out are named, with a small corrected p."""
    members = [18, 19, 20, 28]
    for seed in range(10):
        values = planted(np.random.default_rng(seed), members)
        found = search_corridor(values, grid(), 4, permutations=199, rng=seed)
        assert found.members == tuple(map(str, members))
        assert found.search["p_value"] <= 0.05


@pytest.mark.parametrize("statistic", ["minimum", "mean"])
def test_noise_is_no_corridor(statistic):
    """Where nothing is planted the best set is called a corridor in no more than 5 % of maps."""
    graph, hits, runs = grid(), 0, 300
    for seed in range(runs):
        values = planted(np.random.default_rng(seed), [])
        found = search_corridor(values, graph, 3, statistic=statistic, permutations=99, rng=seed)
        hits += found.search["p_value"] <= 0.05
    assert hits <= 0.05 * runs + 2 * np.sqrt(0.05 * 0.95 * runs)


# Paths and joins.


def test_shortest_paths(study):
    """A path has neighbours side by side, is the same from shuffled rows, and avoids the dropped."""
    share = study.share("high")
    found = shortest_path(share, study.graph, 6, 35)
    path = found.members
    pairs = set(zip(study.graph.pairs["a"], study.graph.pairs["b"], strict=True))
    assert (path[0], path[-1]) == (6, 35)
    assert all((min(s), max(s)) in pairs for s in pairwise(path))
    assert shortest_path(share.sample(frac=1, random_state=1), study.graph, 6, 35) == found
    barred = share.where(share.index != path[1])
    around = shortest_path(barred, study.graph, 6, 35, missing="drop").members
    assert path[1] not in around
    assert len(around) >= len(path)
    apart = graph_of(np.kron(np.eye(2), np.eye(2, k=1)))
    with pytest.raises(OptionError, match="No path"):
        shortest_path(pd.Series([1.0, 2, 3, 4]), apart, 0, 3)
    with pytest.raises(OptionError, match="two different"):
        shortest_path(share, study.graph, 6, 6)
    with pytest.raises(AlignmentError, match="No unit with the id 99"):
        shortest_path(share, study.graph, 6, 99)


def test_shortest_paths_are_counted():
    """Over a grid of 4 by 4 from corner to corner lead C(6, 3) shortest paths; the first is given."""
    side = np.eye(4, k=1)
    square = graph_of(np.kron(np.eye(4), side) + np.kron(side, np.eye(4)))
    found = shortest_path(pd.Series(np.arange(16.0)), square, 0, 15)
    assert found.ways == 20
    assert found.members == [0, 1, 2, 3, 7, 11, 15]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_member_joins_equal_all_deals(seed):
    """The p-value is the part of all deals of the marks with as many joins within the set."""
    rng = np.random.default_rng(seed)
    matrix = random_graph(rng, 8, 0.6)
    flags, members = (rng.random(8) < 0.5).astype(int), [0, 2, 3, 5]
    found = member_joins(pd.Series(flags), graph_of(matrix), members)
    inner = [(i, j) for i, j in combinations(members, 2) if matrix[i, j]]
    assert found["links"] == len(inner)
    if inner:
        deals = [set(d) for d in combinations(range(8), int(flags.sum()))]
        counts = np.array([sum(i in d and j in d for i, j in inner) for d in deals])
        own = sum(flags[i] and flags[j] for i, j in inner)
        assert found["p_value"] == pytest.approx((counts >= own).mean())
        assert found["expected"] == pytest.approx(counts.mean())


def test_refusals(study):
    """Unknown, repeated and too many members are refused."""
    share = study.share("high")
    with pytest.raises(AlignmentError, match="No unit with the id 99"):
        corridor(share, study.graph, [6, 99])
    with pytest.raises(OptionError, match="named twice"):
        corridor(share, study.graph, [6, 6])
    with pytest.raises(OptionError, match="2 to 32"):
        corridor(share, study.graph, [6])
    with pytest.raises(OptionError, match="between 2 and 8"):
        search_corridor(share, study.graph, 9)
    with pytest.raises(OptionError, match="statistic is 'median'"):
        corridor(share, study.graph, [6, 26], statistic="median")
    with pytest.raises(OptionError, match="needs weights"):
        search_corridor(share, study.graph, 2, statistic="weighted")
    with pytest.raises(OptionError, match="among is"):
        corridor(share, study.graph, [6, 26], among="some")
