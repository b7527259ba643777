"""Correlation of mapped variables: against scipy, SpatialPack, and what autocorrelation takes away."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mekantek.errors import OptionError
from mekantek.stats.correlations import correlation, effective_size

REFERENCE = Path(__file__).parents[1] / "reference"

# SpatialPack's modified.ttest (Vallejos, Osorio & Bevilacqua 2020) on Anselin's (1988) Columbus
# data, coordinates X and Y: from a C program with the arithmetic of its mod_ttest.c, run apart.
SPATIALPACK = [
    ("CRIME", "INC", 13, 8.90981097844763, 6.47727770252442),
    ("CRIME", "HOVAL", 13, 19.0595271347903, 8.4037846988035),
    ("INC", "HOVAL", 13, 20.2981868922934, 6.09544622066096),
    ("CRIME", "INC", 8, 9.25929341849184, 6.80488359845745),
    ("CRIME", "HOVAL", 8, 18.3805367185932, 8.06930360649737),
    ("INC", "HOVAL", 8, 21.4041474965411, 6.46386104913781),
]


def columbus():
    """The 49 neighbourhoods and the distances between their points."""
    table = pd.read_csv(REFERENCE / "columbus.csv")
    place = table[["X", "Y"]].to_numpy()
    return table, np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))


@pytest.mark.parametrize(("x", "y", "classes", "size", "f"), SPATIALPACK)
def test_dutilleul_equals_spatialpack(x, y, classes, size, f):
    """Effective size and F of the modified t test, to twelve digits."""
    table, apart = columbus()
    a, b = table[x].to_numpy(), table[y].to_numpy()
    found = effective_size(a, b, apart, classes=classes)
    assert found == pytest.approx(size, rel=1e-12)
    r = np.corrcoef(a, b)[0, 1]
    assert (found - 2) * r**2 / (1 - r**2) == pytest.approx(f, rel=1e-12)


@pytest.mark.parametrize("classes", [5, 13])
def test_clifford_counts_pairs_by_class(classes):
    """The sum over strata of Clifford, Richardson & Hémon, written as a loop over pairs."""
    table, apart = columbus()
    x, y = (table[c].to_numpy() - table[c].mean() for c in ("CRIME", "HOVAL"))
    n, width = len(x), apart.max() / classes
    strata: dict = {}
    for i in range(n):
        for j in range(n):
            key = -1 if i == j else min(int(np.ceil(apart[i, j] / width - 1e-12)) - 1, classes - 1)
            strata.setdefault(key, []).append((x[i] * x[j], y[i] * y[j]))
    summed = sum(
        len(pairs) * np.mean([p[0] for p in pairs]) * np.mean([p[1] for p in pairs])
        for pairs in strata.values()
    )
    variance = summed / (n**2 * x.var() * y.var())
    found = effective_size(x, y, apart, classes=classes, estimate="clifford")
    assert found == pytest.approx(1 + 1 / variance, rel=1e-9)


def test_the_two_estimates_are_told_apart():
    """Each result says whose estimate it used; a third is refused."""
    table, _ = columbus()
    given = [table[c].to_numpy() for c in ("CRIME", "INC")]
    place = {"longitude": table["X"].to_numpy(), "latitude": table["Y"].to_numpy()}
    assert "Dutilleul" in correlation(*given, **place).null
    assert "Clifford" in correlation(*given, **place, estimate="clifford").null
    with pytest.raises(OptionError, match="dutilleul, clifford"):
        correlation(*given, **place, estimate="fisher")


def test_correlation_equals_scipy_without_autocorrelation():
    """ρ is scipy's; on scattered noise the effective size stays near n and p near the usual one."""
    rng = np.random.default_rng(4)
    n = 60
    lon, lat = rng.uniform(26, 45, n), rng.uniform(36, 42, n)
    x, y = rng.random(n), rng.random(n)
    found = correlation(x, y, longitude=lon, latitude=lat)
    usual = stats.spearmanr(x, y)
    assert found.statistic == pytest.approx(usual.statistic, abs=1e-12)
    assert 40 < found.details["effective_size"] <= n
    assert found.p_value == pytest.approx(usual.pvalue, abs=0.1)


def test_autocorrelation_costs_information():
    """Two smooth surfaces are worth few independent pairs."""
    rng = np.random.default_rng(0)
    place = rng.random((80, 2))
    apart = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))
    smooth = effective_size(place[:, 0], place[:, 0] + 0.1 * place[:, 1], apart)
    rough = effective_size(rng.random(80), rng.random(80), apart)
    assert smooth < 12 < 60 < rough


@pytest.mark.parametrize(("stretch", "found"), [(1.0, 1.0), (1.5, 0.0), (2.5, 0.0)])
def test_the_shape_of_the_country_decides_whether_a_trend_is_found(stretch, found):
    """
    Noise goes with noise at 5 %; a rank correlation of 0.9 with a straight trend is found or not.

    A covariance by distance takes a trend along a long country for likeness of neighbours: its M
    falls below 4. Across a square the same trend is found every time. It is the published test's own
    limit; Türkiye is about 2.5 times as long as it is broad.
    """
    rng = np.random.default_rng(3)
    place = rng.random((80, 2)) * [stretch, 1.0]
    apart = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))
    east = stats.rankdata(place[:, 0])

    def p(x, y):
        size = effective_size(x, y, apart)
        r = np.corrcoef(x, y)[0, 1]
        return 2 * stats.t.sf(abs(r) * np.sqrt((size - 2) / (1 - r**2)), size - 2)

    noise = [rng.permutation(80) + 1.0 for _ in range(200)]
    alarms = np.mean([p(x, rng.permutation(80) + 1.0) <= 0.05 for x in noise])
    assert 0.01 <= alarms <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)
    planted = [stats.rankdata(east + 12 * rng.normal(size=80)) for _ in range(50)]
    assert np.mean([p(x, east) <= 0.05 for x in planted]) == pytest.approx(found, abs=0.05)


def test_false_alarms_keep_their_rate():
    """Two independent smooth surfaces are found correlated in about 5 % of cases, not in half."""
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(26, 45, 60), rng.uniform(36, 42, 60)
    apart = np.hypot((lon[:, None] - lon) * 0.77, lat[:, None] - lat)
    root = np.linalg.cholesky(np.exp(-apart / 2.0) + 1e-9 * np.eye(60))
    found = [
        correlation(root @ rng.normal(size=60), root @ rng.normal(size=60), longitude=lon,
                    latitude=lat).p_value
        for _ in range(300)
    ]  # fmt: skip
    usual = [
        stats.spearmanr(root @ rng.normal(size=60), root @ rng.normal(size=60)).pvalue
        for _ in range(300)
    ]
    assert np.mean(np.array(found) <= 0.05) < 0.10 < np.mean(np.array(usual) <= 0.05)
