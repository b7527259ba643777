"""Moran spectral randomization: what it keeps, what it finds, and how often it is wrong."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import mekantek as mt
from mekantek.errors import GraphError, OptionError
from mekantek.stats.links import join
from mekantek.stats.spectral import (
    MoranBasis,
    correlations,
    spectral_correlation,
    spectral_surrogates,
)


def made_up(n, seed, reach=0.35):
    """Points in a square, links within a distance and to the nearest, one way links among them."""
    rng = np.random.default_rng(seed)
    place = rng.random((n, 2))
    apart = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    weights = (apart < reach) * rng.random((n, n))
    weights[np.arange(n), apart.argmin(axis=1)] = 1.0
    ids = pd.Index([f"u{k:03d}" for k in range(n)])
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(weights)), pd.DataFrame(
        place, index=ids, columns=["east", "north"]
    )


def moran_by_hand(values, graph):
    """Moran's I on symmetrized row-standardized weights, by its definition."""
    weights = graph.sparse.toarray()
    weights /= weights.sum(axis=1, keepdims=True)
    weights = (weights + weights.T) / 2
    z = values - values.mean()
    return len(z) / weights.sum() * (z @ weights @ z) / (z @ z)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(5, 40),
    method=st.sampled_from(["singleton", "triplet"]),
)
def test_moran_is_kept_exactly(seed, n, method):
    """Mean, variance and Moran's I of every surrogate are those of the map, to 1e-10."""
    graph, _ = made_up(n, seed)
    values = pd.Series(np.random.default_rng(seed).lognormal(size=n), index=graph.ids)
    drawn = spectral_surrogates(values.to_frame(), graph, 20, method=method, rng=seed)[:, :, 0]
    expected = moran_by_hand(values.to_numpy(), graph)
    for surrogate in drawn:
        assert surrogate.mean() == pytest.approx(values.mean(), abs=1e-10)
        assert surrogate.var() == pytest.approx(values.var(ddof=0), rel=1e-10)
        assert moran_by_hand(surrogate, graph) == pytest.approx(expected, abs=1e-10)
    assert drawn.std(axis=0).min() > 0  # and yet the maps differ


def test_moran_as_the_package_prints_it_is_kept(study):
    """Symmetrizing is for the decomposition alone: row-standardized I is the same number."""
    share = study.share("low")
    drawn = spectral_surrogates(share.to_frame(), study.graph, 5)[:, :, 0]
    for row in drawn:
        surrogate = pd.Series(row, index=share.index)
        assert mt.moran(surrogate, study.graph).statistic == pytest.approx(
            mt.moran(share, study.graph).statistic, abs=1e-10
        )


def test_pairs_keep_moran_nearly(study):
    """Rotating neighbouring patterns moves Moran's I by less than 0.02."""
    share = study.share("low")
    drawn = spectral_surrogates(share.to_frame(), study.graph, 50, method="pair")[:, :, 0]
    found = np.array([moran_by_hand(row, study.graph) for row in drawn])
    gap = np.abs(found - moran_by_hand(share.to_numpy(), study.graph))
    assert 1e-9 < gap.max() < 0.02


@pytest.mark.parametrize("method", ["singleton", "pair"])
def test_columns_see_the_same_draws(method):
    """Correlations among columns survive, and no column's draws depend on how many there are."""
    graph, place = made_up(30, 3)
    columns = place.assign(mix=place["east"] + 0.3 * place["north"] ** 2)
    expected = np.corrcoef(columns.to_numpy().T)
    for one in spectral_surrogates(columns, graph, 10, method=method):
        np.testing.assert_allclose(np.corrcoef(one.T), expected, atol=1e-10)
    many = pd.concat([columns] * 40, axis=1).set_axis(range(120), axis=1)
    few = spectral_surrogates(columns[["east"]], graph, 1500, method=method)[:, :, 0]
    np.testing.assert_allclose(
        spectral_surrogates(many, graph, 1500, method=method)[:, :, 0], few, atol=1e-12
    )


def test_rows_in_another_order_give_the_same_numbers():
    """A ring has patterns of equal autocorrelation: the units' ids decide, not their order."""
    n = 24
    ring = np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1)
    values = pd.Series(np.random.default_rng(0).random(n), index=range(n))
    order = np.random.default_rng(1).permutation(n)
    whole = SimpleNamespace(ids=pd.RangeIndex(n), sparse=sparse.csr_array(ring))
    mixed = SimpleNamespace(
        ids=pd.Index(order), sparse=sparse.csr_array(ring[np.ix_(order, order)])
    )
    first = spectral_surrogates(values.to_frame(), whole, 7)
    second = spectral_surrogates(values.iloc[order].to_frame(), mixed, 7)
    np.testing.assert_allclose(second, first[:, order], atol=1e-9)


def test_same_seed_same_maps_and_another_seed_others(study):
    """The same call gives the same bytes."""
    share = study.share("low").to_frame()
    once, again = (spectral_surrogates(share, study.graph, 9) for _ in range(2))
    assert once.tobytes() == again.tobytes()
    assert not np.allclose(once, spectral_surrogates(share, study.graph, 9, rng=1))


def test_isolates_and_unknown_methods_are_refused():
    """One sentence each."""
    lone = SimpleNamespace(
        ids=pd.Index(list("abcde")), sparse=sparse.csr_array(np.diag([1.0, 1, 1, 0], 1))
    )
    values = pd.Series([1.0, 2, 3, 5, 4], index=lone.ids)
    with pytest.raises(GraphError, match="have no neighbours"):
        spectral_surrogates(values.to_frame(), lone)
    graph, place = made_up(8, 0)
    with pytest.raises(OptionError, match="singleton, triplet, pair"):
        spectral_surrogates(place, graph, method="quartet")


def test_singleton_variance_is_the_sum_of_squared_terms():
    """The correlation of a surrogate is a sum of the same terms with random signs."""
    graph, place = made_up(40, 5)
    values = place["east"] + np.random.default_rng(5).normal(0, 0.3, 40)
    found = spectral_correlation(values, place["east"], graph, ranks=False, permutations=9999)
    vectors = MoranBasis.of(join(values, graph)[2]).vectors
    u, v = (s - s.mean() for s in (values.to_numpy(), place["east"].to_numpy()))
    terms = (vectors.T @ u) * (vectors.T @ v) / np.sqrt((u @ u) * (v @ v))
    assert found.statistic == pytest.approx(terms.sum(), abs=1e-12)
    assert found.variance == pytest.approx((terms**2).sum(), rel=0.05)


def test_noise_is_not_found_more_often_than_stated():
    """Rough and smooth noise against a smooth variable: 5 % at most, but for its own error."""
    graph, place = made_up(60, 11, reach=0.2)
    apart = np.hypot(*(place.to_numpy()[:, None] - place.to_numpy()[None, :]).transpose(2, 0, 1))
    root = np.linalg.cholesky(np.exp(-apart / 0.15) + 1e-9 * np.eye(60))
    rng, even = np.random.default_rng(0), np.ones(60)
    held = pd.Series(root @ rng.normal(size=60), index=graph.ids)
    basis = MoranBasis.of(join(held, graph)[2])
    for turn in (np.eye(60), root):
        maps = pd.DataFrame(turn @ rng.normal(size=(60, 250)), index=graph.ids).rank()
        made = basis.surrogates(maps.to_numpy(), 199)
        p = []
        for k in range(250):
            drawn = correlations(np.vstack([maps[k], made[:, :, k]]), held.rank().to_numpy(), even)
            sides = (drawn[1:] >= drawn[0]).sum(), (drawn[1:] <= drawn[0]).sum()
            p.append(min(1.0, 2 * (min(sides) + 1) / 200))
        assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 250)
        once = spectral_correlation(maps[7], held, graph, permutations=199)
        assert once.p_value == pytest.approx(p[7])


def test_a_relation_in_many_patterns_is_found():
    """Two rough maps that share their roughness are told from chance."""
    graph, place = made_up(60, 2)
    rng = np.random.default_rng(2)
    held = pd.Series(rng.normal(size=60), index=graph.ids)
    hits = [
        spectral_correlation(
            0.6 * held + rng.normal(0, 0.8, 60), held, graph, permutations=199
        ).p_value
        <= 0.05
        for _ in range(50)
    ]
    assert np.mean(hits) > 0.9
    assert len(place) == 60


def test_constant_and_missing_values():
    """No variation, no number; a dropped unit takes its links with it."""
    graph, place = made_up(30, 4)
    flat = spectral_correlation(place["east"] * 0 + 1, place["east"], graph)
    assert (flat.statistic, flat.p_value) == (None, None)
    gap = place["east"].copy()
    gap.iloc[3] = np.nan
    assert spectral_correlation(gap, place["north"], graph, missing="drop").n == 29
