"""Connected sets and the rank of a named one."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, OptionError
from mekantek.stats.subsets import connected_sets, corridor, search_corridor


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), n=st.integers(3, 8), size=st.integers(1, 4))
def test_equals_brute_force(seed, n, size):
    """Every connected set stands once, none is missing."""
    rng = np.random.default_rng(seed)
    matrix = np.triu(rng.random((n, n)) < 0.4, 1)
    wanted = [
        list(c)
        for c in combinations(range(n), min(size, n))
        if csgraph.connected_components(matrix[np.ix_(c, c)].astype(float), directed=False)[0] == 1
    ]
    found = connected_sets(sparse.csr_array(matrix.astype(float)), min(size, n))
    assert found.tolist() == wanted


def test_official_graph(study):
    """199, 653, 2,427, 9,577 and 38,761 connected sets of 2 to 6 provinces."""
    counts = [len(connected_sets(study.graph.sparse, size)) for size in range(2, 7)]
    assert counts == [199, 653, 2427, 9577, 38761]


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
    line = SimpleNamespace(ids=pd.RangeIndex(4), sparse=sparse.csr_array(np.eye(4, k=1)))
    assert corridor(pd.Series([1.0, 1.0, 1.0, 1.0]), line, [0, 1]).rank == 3


def test_sets_that_are_not_connected_get_no_p(study):
    """Ankara and İstanbul do not touch: a value, but no rank."""
    found = corridor(study.share("high"), study.graph, [6, 34])
    assert (found.connected, found.rank, found.p_value) == (False, None, None)
    assert found.value == 0.045


def test_search_corrects_for_the_search(study):
    """The best of all pairs is compared with the best of all pairs on permuted maps."""
    found = search_corridor(study.share("high"), study.graph, 2, permutations=199)
    assert found.members == ("6", "26")
    assert found.search["p_value"] > found.p_value
    assert found.search["sets"] == 199


def test_refusals(study):
    """Unknown, repeated and too many members are refused."""
    share = study.share("high")
    with pytest.raises(AlignmentError, match="No unit with the id 99"):
        corridor(share, study.graph, [6, 99])
    with pytest.raises(OptionError, match="named twice"):
        corridor(share, study.graph, [6, 6])
    with pytest.raises(OptionError, match="2 to 8"):
        corridor(share, study.graph, [6])
