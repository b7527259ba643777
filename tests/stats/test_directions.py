"""Azimuth scan and trend surface: planted directions, noise, and R's numbers."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.directions import azimuth_scan
from mekantek.stats.links import join
from mekantek.stats.trends import residual_moran, trend_surface
from mekantek.weights import read_neighbours

FOLDER = Path(__file__).parents[1] / "reference"


def territory(n=80, seed=0):
    """Points about 1,500 km by 600 km, each joined to its five nearest."""
    rng = np.random.default_rng(seed)
    points = pd.DataFrame(
        {"longitude": rng.uniform(26, 45, n), "latitude": rng.uniform(36, 42, n)},
        index=[f"u{k:02d}" for k in range(n)],
    )
    plane = points.to_numpy() * [np.cos(np.radians(39)), 1]
    apart = np.hypot(*(plane[:, None] - plane[None, :]).transpose(2, 0, 1))
    near = np.argsort(apart, axis=1)[:, 1:6]
    weights = np.zeros((n, n))
    weights[np.repeat(np.arange(n), 5), near.ravel()] = 1
    return points, SimpleNamespace(ids=points.index, sparse=sparse.csr_array(weights)), plane


@pytest.mark.parametrize("azimuth", [0, 45, 90, 160, 270])
def test_a_planted_direction_is_found(azimuth):
    """A rise planted towards an azimuth is found there: within 20 degrees and inside the interval."""
    points, graph, plane = territory()
    turn = np.radians(azimuth)
    along = (plane - plane.mean(axis=0)) @ [np.sin(turn), np.cos(turn)]
    noise = np.random.default_rng(azimuth).normal(size=len(points))
    values = pd.Series(along / along.std() + 0.5 * noise, index=points.index)
    found = azimuth_scan(values, points, graph, null="permutation")
    assert abs((found.azimuth - azimuth + 180) % 360 - 180) <= 20
    assert found.p_value == pytest.approx(1 / 1000)
    width = (found.high - found.low) % 360
    assert (azimuth - found.low) % 360 <= width < 120


def test_the_scan_is_the_plain_correlation_direction_by_direction():
    """Spearman of the values with each rotated coordinate, by scipy."""
    from scipy import stats

    points, graph, plane = territory(seed=3)
    values = pd.Series(np.random.default_rng(3).random(80), index=points.index)
    found = azimuth_scan(values, points, graph, permutations=9)
    shrink = np.cos(np.radians(points["latitude"].mean()))
    for azimuth in (0, 37, 90, 179):
        turn = np.radians(azimuth)
        axis = points["longitude"] * shrink * np.sin(turn) + points["latitude"] * np.cos(turn)
        assert found.correlations[azimuth] == pytest.approx(
            stats.spearmanr(values, axis).statistic, abs=1e-10
        )
    assert found.statistic == pytest.approx(np.abs(found.correlations).max())
    assert len(plane) == 80


@pytest.mark.parametrize("null", ["permutation", "spectral"])
def test_looking_in_all_directions_raises_no_false_alarms(null):
    """The largest of 180 correlations in noise is called significant in about 5 % of cases."""
    points, graph, _ = territory(40, seed=1)
    rng = np.random.default_rng(0)
    p = [
        azimuth_scan(
            pd.Series(rng.normal(size=40), index=points.index), points, graph, null=null,
            permutations=99, rng=k,
        ).p_value
        for k in range(100)
    ]  # fmt: skip
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 100)


def test_the_interval_covers_the_planted_direction():
    """In 60 maps the planted direction lies in the interval in nine of ten or more."""
    points, graph, plane = territory(60, seed=2)
    turn = np.radians(70)
    along = (plane - plane.mean(axis=0)) @ [np.sin(turn), np.cos(turn)]
    rng, inside = np.random.default_rng(0), 0
    for _ in range(60):
        values = pd.Series(along / along.std() + rng.normal(size=60), index=points.index)
        found = azimuth_scan(values, points, graph, ranks=False, permutations=1)
        inside += (70 - found.low) % 360 <= (found.high - found.low) % 360
    assert inside >= 54


def test_rows_in_another_order_give_the_same_scan():
    """Everything is keyed by id."""
    points, graph, _ = territory(30, seed=4)
    values = pd.Series(np.random.default_rng(4).random(30), index=points.index)
    mixed = values.sample(frac=1, random_state=0)
    for null in ("spectral", "permutation"):
        assert (
            azimuth_scan(values, points, graph, null=null).to_dict()
            == azimuth_scan(
                mixed, points.sample(frac=1, random_state=1), graph, null=null
            ).to_dict()
        )


def columbus():
    table = pd.read_csv(FOLDER / "columbus.csv", dtype={"id": str}).set_index("id")
    return table, read_neighbours(FOLDER / "columbus.gal")


def test_residual_moran_equals_spdep():
    """Moran's I of residuals and its moments, R's lm.morantest on Columbus."""
    table, graph = columbus()
    reference = pd.read_csv(FOLDER / "spdep_reference.csv")
    for variable, terms in (("CRIME~INC+HOVAL", ["INC", "HOVAL"]), ("CRIME~X+Y_trend", ["X", "Y"])):
        rows = reference[
            (reference["test"] == "lm.morantest") & (reference["variable"] == variable)
        ]
        expected = rows.set_index("quantity")["value"]
        numbers, ids, links = join(table["CRIME"], graph)
        design = np.column_stack([np.ones(49), table.loc[ids, terms]])
        residual = numbers - design @ np.linalg.lstsq(design, numbers, rcond=None)[0]
        found = residual_moran(residual, design, links)
        for ours, theirs in (("statistic", "I"), ("expected", "E"), ("variance", "V")):
            assert found[ours] == pytest.approx(expected[theirs], rel=1e-10)
        assert found["p_value"] == pytest.approx(expected["p_2s"], rel=1e-6)


@pytest.mark.parametrize(
    ("order", "r2", "f", "moran"),
    [(1, 0.0181681408142, 0.425599592045, 0.47671917625461),
     (2, 0.517615469378, 9.22810072478, 0.0566348022631)],
)  # fmt: skip
def test_trend_surface_equals_r(order, r2, f, moran):
    """R², F and residual Moran of R's lm on Columbus; on the equator degrees are a plane."""
    table, graph = columbus()
    points = (table[["X", "Y"]] / 1e5).set_axis(["longitude", "latitude"], axis=1)
    points -= points.mean()
    found = trend_surface(table["CRIME"], points, graph, order=order, permutations=99)
    assert found.statistic == pytest.approx(r2, rel=1e-8)
    assert found.f == pytest.approx(f, rel=1e-8)
    assert found.residual_moran["statistic"] == pytest.approx(moran, rel=1e-8)


def test_what_cannot_be_fitted_is_refused():
    """A third order, points on a line, an unknown null, a missing coordinate."""
    points, graph, _ = territory(20)
    values = pd.Series(np.arange(20.0), index=points.index)
    with pytest.raises(OptionError, match="1, a plane"):
        trend_surface(values, points, graph, order=3)
    with pytest.raises(ValuesError, match="lie on one line"):
        trend_surface(values, points.assign(latitude=39.0), graph)
    with pytest.raises(OptionError, match="spectral, permutation"):
        azimuth_scan(values, points, graph, null="none")
    with pytest.raises(ValuesError, match="no longitude"):
        azimuth_scan(values, points.assign(latitude=np.nan), graph)
    assert azimuth_scan(values * 0, points, graph).azimuth is None
