"""Correlograms: lags by order and by distance, tested as one family."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import mekantek as mt
from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats.inference import adjust
from mekantek.stats.overall.correlograms import neighbours_of_order

SIDE = 6
PLACES = pd.DataFrame(
    [(float(i), float(j)) for i in range(SIDE) for j in range(SIDE)], columns=["x", "y"]
)


def lattice():
    step = np.abs(PLACES.to_numpy()[:, None] - PLACES.to_numpy()).sum(axis=2)
    return step, SimpleNamespace(ids=PLACES.index, sparse=sparse.csr_array((step == 1) * 1.0))


VALUES = pd.Series(np.random.default_rng(0).normal(size=36)) + PLACES["x"]


def test_orders_are_steps_on_the_graph():
    """On a lattice the order of neighbours is the distance of a rook."""
    step, graph = lattice()
    for order, matrix in enumerate(neighbours_of_order(graph.sparse, 4), start=1):
        assert (matrix.toarray() == (step == order)).all()


def test_each_lag_is_the_statistic_on_its_own_graph():
    """A lag by order and by distance is Moran or Geary on those neighbours; links are told."""
    step, graph = lattice()
    by_order = mt.correlogram(VALUES, graph, orders=3, statistic="geary")
    frame = by_order.to_frame()
    for k in (1, 2, 3):
        own = SimpleNamespace(ids=PLACES.index, sparse=sparse.csr_array((step == k) * 1.0))
        wanted = mt.geary(VALUES, own)
        assert frame.loc[str(k), "p_value"] == pytest.approx(wanted.p_value, rel=1e-12)
        assert frame.loc[str(k), "links"] == (step == k).sum()
    rings = mt.distance_correlogram(VALUES, PLACES, edges=[0, 1, 1.5, 3])
    assert rings.lags == ("0-1", "1-1.5", "1.5-3")
    rook = mt.moran(VALUES, graph)
    assert rings.results[0].statistic == pytest.approx(rook.statistic, rel=1e-12)


def test_lags_are_one_family():
    """Adjusted p-values are Holm's over the lags, and lags without links stay outside."""
    _, graph = lattice()
    found = mt.correlogram(VALUES, graph, orders=12)
    p = np.array([np.nan if r.p_value is None else r.p_value for r in found.results])
    assert np.isnan(p[-1])
    assert found.results[-1].undefined
    adjusted = np.array([np.nan if q is None else q for q in found.p_adjusted])
    np.testing.assert_array_equal(adjusted, adjust(p, "holm"))
    told = found.to_dict()
    assert told["lags"][-1]["p_adjusted"] is None
    assert told["lags"][0]["schema"] == "mekantek/global/1"


def test_order_of_rows_does_not_matter():
    """Shuffled values and points, same numbers."""
    plain = mt.distance_correlogram(VALUES, PLACES, edges=[0, 1, 2], method="permutation",
                                    permutations=99)  # fmt: skip
    turned = mt.distance_correlogram(
        VALUES[::-1], PLACES.sample(frac=1, random_state=2), edges=[0, 1, 2],
        method="permutation", permutations=99,
    )  # fmt: skip
    assert plain.to_dict() == turned.to_dict()


def test_refusals():
    """Lags, edges, ids and points that cannot be are told."""
    _, graph = lattice()
    with pytest.raises(OptionError, match="orders is 0"):
        mt.correlogram(VALUES, graph, orders=0)
    with pytest.raises(OptionError, match="can be moran, geary"):
        mt.correlogram(VALUES, graph, statistic="lee")
    with pytest.raises(OptionError, match="correction"):
        mt.correlogram(VALUES, graph, correction="tukey")
    for edges in ([0], [2, 1], [0, np.inf], [-1, 2]):
        with pytest.raises(OptionError, match=r"ascending|0 or more"):
            mt.distance_correlogram(VALUES, PLACES, edges=edges)
    with pytest.raises(AlignmentError, match="same ids"):
        mt.distance_correlogram(VALUES[:30], PLACES, edges=[0, 1])
    with pytest.raises(ValuesError, match="finite coordinates"):
        mt.distance_correlogram(VALUES, PLACES.where(PLACES["x"] > 0), edges=[0, 1])
