"""Larger units: sums add up, neighbours follow their members, random ones are connected."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from mekantek import study as studies
from mekantek.datasets import tables
from mekantek.errors import AlignmentError, OptionError
from mekantek.stats.partitions import random_partitions


@pytest.mark.parametrize(("level", "count"), [("nuts1", 12), ("nuts2", 26)])
def test_values_add_up_and_shares_are_the_members_together(study, level, count):
    """Counted member by member, without pandas."""
    groups = study.regions[level]
    larger = studies.aggregate(study, groups)
    assert len(larger.names) == count == len(larger.geometry)
    for year in (2019, 2021, 2024):
        small, large = study.at(year).frame, larger.at(year).frame
        for group in larger.names.index:
            members = [i for i in small.index if groups[i] == group]
            held = [i for i in members if small["value"].notna()[i]]
            assert large.loc[group, "value"] == pytest.approx(sum(small["value"][i] for i in held))
            known = [i for i in held if small["high"].notna()[i]]
            part = sum(small["high"][i] * small["value"][i] for i in known)
            assert large.loc[group, "high"] == pytest.approx(
                part / sum(small["value"][i] for i in known)
            )
    assert larger.national_share("low") == pytest.approx(study.national_share("low"), abs=1e-6)


def test_groups_touch_where_their_members_do(study):
    """All pairs of provinces, one by one."""
    groups = study.regions["nuts2"]
    larger = studies.aggregate(study, groups)
    found = {frozenset(p) for p in larger.graph.pairs[["a", "b"]].itertuples(index=False)}
    wanted = {
        frozenset((groups[a], groups[b]))
        for a, b in study.graph.pairs[["a", "b"]].itertuples(index=False)
        if groups[a] != groups[b]
    }
    assert found == wanted


def test_one_group_each_changes_nothing_but_the_ids(study):
    """Aggregating by the units themselves keeps every known share of a unit with a total."""
    alone = studies.aggregate(study, pd.Series(study.names.index, index=study.names.index))
    known = study.frame["value"].notna()
    pd.testing.assert_frame_equal(
        alone.frame[known], study.frame[known], check_names=False, check_exact=False
    )
    assert len(alone.graph.pairs) == len(study.graph.pairs)


def test_groups_of_other_units_are_refused(study):
    """One province without a group."""
    with pytest.raises(AlignmentError, match="Düzce"):
        studies.aggregate(study, study.regions["nuts2"].drop(index=81))


def test_other_prints_change_unresolved_cells_only(study):
    """Every changed cell is unresolved in the corrections; what is unclassified follows."""
    other = studies.other_prints(study)
    changed = set()
    for year in range(2019, 2025):
        a, b = study.at(year), other.at(year)
        for column in ("high", "medium_high", "medium_low", "low", "value"):
            differs = (a.frame[column] - b.frame[column]).abs() > 0
            changed |= {(plate, year, column) for plate in differs.index[differs]}
            assert (a.status.loc[differs, column] == "unresolved").all()
    cells = tables.load_other_prints()
    assert changed == set(cells[["plate", "year", "column"]].itertuples(index=False, name=None))
    assert not cells.duplicated(["plate", "year", "column"]).any()
    elazig = other.at(2024).frame.loc[23]
    classes = elazig[["high", "medium_high", "medium_low", "low"]]
    assert elazig["medium_low"] == 0.28
    assert elazig["unclassified"] == pytest.approx(1 - classes.sum())


class Graph:
    """A graph of the protocol."""

    def __init__(self, n, links):
        self.ids = pd.Index([f"u{i}" for i in range(n)])
        rows, columns = np.array(links).T
        one = sparse.coo_array((np.ones(len(links)), (rows, columns)), shape=(n, n))
        self.sparse = sparse.csr_array(one + one.T)


@given(st.integers(2, 14), st.data())
@settings(max_examples=40)
def test_random_groups_are_connected_and_all_there(n, data):
    """A random tree and some further links; each group is one piece, none is empty."""
    links = {(data.draw(st.integers(0, i - 1)), i) for i in range(1, n)}
    links |= set(data.draw(st.lists(st.sampled_from(list(itertools.combinations(range(n), 2))))))
    graph = Graph(n, sorted(links))
    groups = data.draw(st.integers(1, n))
    for labels in random_partitions(graph, groups, 3):
        assert set(labels) == set(range(groups))
        for group in range(groups):
            members = np.flatnonzero(labels == group)
            assert connected_components(graph.sparse[members][:, members])[0] == 1


def test_random_groups_are_the_same_twice_and_differ_among_themselves(study):
    """One seed, one answer; another seed, another."""
    a, b = (random_partitions(study.graph, 26, 5, seed=s) for s in (0, 0))
    assert (a == b).all()
    assert not (a == random_partitions(study.graph, 26, 5, seed=1)).all()
    assert len({labels.tobytes() for labels in a}) == 5


def test_broken_graphs_and_too_many_groups_are_refused():
    """One sentence each."""
    with pytest.raises(OptionError, match="falls apart"):
        random_partitions(Graph(4, [(0, 1), (2, 3)]), 2, 1)
    with pytest.raises(OptionError, match="from 4 units"):
        random_partitions(Graph(4, [(0, 1), (1, 2), (2, 3)]), 5, 1)
