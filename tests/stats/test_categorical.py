"""Join counts: names of kinds, free sampling, and how the counts hang together."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import mekantek as mt
from mekantek.errors import OptionError, ValuesError


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


LINE = graph_of(np.eye(8, k=1) + np.eye(8, k=-1))
KINDS = pd.Series([1, 1, 1, 0, 0, 1, 0, 0])


def test_counts_of_a_line_by_eye():
    """Seven links: two between ones, two between zeros, three between both."""
    counts = mt.join_counts(KINDS, LINE).details["counts"]
    assert {key: told["count"] for key, told in counts.items()} == {"BB": 2, "WW": 2, "BW": 3}


def test_booleans_numbers_and_labels_are_the_same_kinds():
    """True is 1; two labels have the joins of a one and a zero."""
    plain = mt.join_counts(KINDS, LINE, count="BW")
    for same in (KINDS.astype(bool), KINDS.astype(float), KINDS.astype(bool).astype(object)):
        assert mt.join_counts(same, LINE, count="BW").p_value == plain.p_value
    labels = KINDS.map({1: "coast", 0: "inland"})
    total = mt.join_counts(labels, LINE, count="Jtot")
    assert (total.statistic, total.p_value) == pytest.approx((3, plain.p_value), rel=1e-10)
    assert set(total.details["counts"]) == {
        "coast-coast", "coast-inland", "inland-inland", "Jtot"
    }  # fmt: skip


def test_several_kinds_add_up_to_all_links():
    """Joins of equal and of different labels are all joins, in counts and in expectation."""
    labels = pd.Series(list("aabbccab"))
    for method in ("randomization", "normality"):
        counts = mt.join_counts(labels, LINE, count="Jtot", method=method).details["counts"]
        same = [v for k, v in counts.items() if k[0] == k[-1]]
        for field in ("count", "expected"):
            assert sum(v[field] for v in same) + counts["Jtot"][field] == pytest.approx(7)


def test_free_sampling_has_the_printed_moments():
    """Cliff & Ord's eqs. 2.5 and 2.9 for BB when each unit draws its colour with share p."""
    found = mt.join_counts(KINDS, LINE, method="normality")
    w = LINE.sparse.toarray()
    s0, s1 = w.sum(), ((w + w.T) ** 2).sum() / 2
    s2, p = ((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum(), 0.5
    assert found.expected == pytest.approx(s0 * p**2 / 2)
    wanted = (s1 * p**2 + (s2 - 2 * s1) * p**3 + (s1 - s2) * p**4) / 4
    assert found.variance == pytest.approx(wanted)
    assert "free" in found.null


def test_isolates_keep_their_kind_in_the_shuffle():
    """The expectation is that over all units, as the drawn counts have it."""
    matrix = LINE.sparse.toarray()
    matrix[7] = matrix[:, 7] = 0
    found = mt.join_counts(KINDS, graph_of(matrix))
    assert found.n == 7
    assert found.expected == pytest.approx(6 * (4 * 3) / (8 * 7))


def test_what_is_no_kind_is_refused():
    """Shares need a line drawn first; a count has four names; a missing label is named."""
    with pytest.raises(ValuesError, match=r"A value is 0\.3"):
        mt.join_counts(pd.Series([0.3] * 4 + [1.0] * 4), LINE)
    with pytest.raises(OptionError, match="can be BB, WW, BW, Jtot"):
        mt.join_counts(KINDS, LINE, count="AA")
    with pytest.raises(ValuesError, match="missing: 2"):
        mt.join_counts(pd.Series(["a", "b", None, "a", "b", "a", "b", "a"]), LINE, count="Jtot")


def test_one_black_unit_has_no_join_to_test():
    """BB is 0 however the kinds lie: no p, and the reason."""
    found = mt.join_counts(pd.Series([1, 0, 0, 0, 0, 0, 0, 0]), LINE)
    assert (found.statistic, found.p_value) == (0, None)
    assert "every permutation" in found.undefined
