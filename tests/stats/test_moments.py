"""Exact moments of quadratic forms: against all orderings, and tails fitted to them."""

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

import mekantek as mt
from mekantek.errors import OptionError, ValuesError
from mekantek.stats.overall import moments, multigraphs
from mekantek.stats.overall.screening import pearson_tails
from mekantek.weights import read_neighbours


def drawn_from_all(matrix, x, y):
    orders = np.array(list(permutations(range(len(x)))))
    return np.einsum("rn,nr->r", x[orders], matrix @ y[orders].T)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(4, 7), seed=st.integers(0, 10_000), diagonal=st.booleans())
def test_four_moments_are_those_of_all_orderings(n, seed, diagonal):
    """Mean, variance, skewness and kurtosis of all n! orderings, to 1e-10."""
    rng = np.random.default_rng(seed)
    matrix = rng.random((n, n)) * (rng.random((n, n)) < 0.6)
    if not diagonal:
        np.fill_diagonal(matrix, 0)
    z = rng.integers(-3, 4, n).astype(float)
    z -= z.mean()
    drawn = drawn_from_all(matrix, z, z)
    assume(drawn.std() > 0.05)
    wanted = [drawn.mean(), drawn.var(), stats.skew(drawn), stats.kurtosis(drawn)]
    found = multigraphs.FourMoments(sparse.csr_array(matrix))(z)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10)


def test_there_are_as_many_kinds_of_terms_as_multigraphs():
    """2, 7, 23, 79: multigraphs with loops and 1 to 4 edges (OEIS A007717)."""
    assert [len(multigraphs._shapes(power)[0]) for power in (1, 2, 3, 4)] == [2, 7, 23, 79]
    assert [len(moments.partitions(k)) for k in range(1, 9)] == [1, 2, 5, 15, 52, 203, 877, 4140]


@settings(max_examples=40, deadline=None)
@given(n=st.integers(2, 6), seed=st.integers(0, 10_000))
def test_mean_and_covariance_of_two_forms_are_those_of_all_orderings(n, seed):
    """Any matrix, any two pairs of variables moved together."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, n))
    x, y, u, v = rng.normal(size=(4, n))
    graph = moments.Graph(sparse.csr_array(matrix))
    one, two = drawn_from_all(matrix, x, y), drawn_from_all(matrix, u, v)
    assert moments.mean(graph, x, y, n) == pytest.approx(one.mean(), rel=1e-9, abs=1e-10)
    wanted = (one * two).mean() - one.mean() * two.mean()
    found = moments.covariance(graph, (x, y), (u, v), n)
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_independent_draws_are_those_of_all_words():
    """Free sampling: every unit takes any of the values, all nⁿ ways."""
    rng = np.random.default_rng(4)
    matrix, x = rng.normal(size=(4, 4)), rng.normal(size=4)
    words = np.array(np.meshgrid(*[range(4)] * 4)).reshape(4, -1).T
    drawn = np.einsum("rn,nr->r", x[words], matrix @ x[words].T)
    graph = moments.Graph(sparse.csr_array(matrix))
    assert moments.mean(graph, x, x, 4, independent=True) == pytest.approx(drawn.mean())
    found = moments.covariance(graph, (x, x), (x, x), 4, independent=True)
    assert found == pytest.approx(drawn.var(), rel=1e-10)


@pytest.mark.parametrize(
    ("distribution", "at"),
    [
        (stats.norm(), 1.7),
        (stats.gamma(6.0), 1.2),
        (stats.beta(2.5, 6.0), -1.1),
        (stats.beta(5.0, 5.0), 1.9),
        (stats.betaprime(7.0, 12.0), 2.2),
        (stats.t(9.0), 2.4),
    ],
    ids=["normal", "III", "I", "II", "VI", "VII"],
)
def test_pearson_tails_are_those_of_the_named_distributions(distribution, at):
    """Members of the family come back from their own four moments, mirrored too."""
    mean, variance, skewness, kurtosis = (float(m) for m in distribution.stats("mvsk"))
    wanted = distribution.sf(mean + at * variance**0.5)
    arrays = (np.array([v]) for v in (at, skewness, kurtosis))
    above, below = pearson_tails(*arrays)
    assert above[0] == pytest.approx(wanted, rel=2e-4)
    assert above[0] + below[0] == pytest.approx(1, abs=1e-5)
    mirrored = pearson_tails(np.array([-at]), np.array([-skewness]), np.array([kurtosis]))
    assert mirrored[1][0] == pytest.approx(wanted, rel=2e-4)


def test_type_iv_is_the_integral_of_its_density():
    """The curve without a name, by quadrature of Pearson's equation itself."""
    from scipy.integrate import quad

    skewness, kurtosis = 0.3, 0.4
    b1, b2 = skewness**2, kurtosis + 3
    scale = 10 * b2 - 12 * b1 - 18
    c0, c1, c2 = (
        (4 * b2 - 3 * b1) / scale,
        skewness * (b2 + 3) / scale,
        (2 * b2 - 3 * b1 - 6) / scale,
    )

    def density(x):
        return np.exp(-quad(lambda t: (t + c1) / (c0 + c1 * t + c2 * t * t), 0, x)[0])

    upper = quad(density, 1.5, 60)[0] / quad(density, -60, 60)[0]
    above, _ = pearson_tails(np.array([1.5]), np.array([skewness]), np.array([kurtosis]))
    assert above[0] == pytest.approx(upper, rel=1e-4)


@pytest.fixture(scope="module")
def columbus():
    from pathlib import Path

    folder = Path(__file__).parents[1] / "reference"
    graph = read_neighbours(folder / "columbus.gal")
    assert graph.links == 236
    return pd.read_csv(folder / "columbus.csv", dtype={"id": str}).set_index("id"), graph


@pytest.mark.parametrize("statistic", ["moran", "geary"])
def test_screening_is_moran_with_better_tails(columbus, statistic):
    """Statistic and moments are those of the single test; p is near that of many permutations."""
    table, graph = columbus
    columns = ["CRIME", "INC", "HOVAL"]
    found = mt.screen(table[columns], graph, statistic=statistic, alternative="greater")
    assert "approximate" in found.null
    for column in columns:
        one = getattr(mt, statistic)(table[column], graph)
        row = found.frame.loc[column]
        for field in ("statistic", "expected", "variance", "z_score"):
            assert row[field] == pytest.approx(getattr(one, field), rel=1e-10)
    drawn = getattr(mt, statistic)(
        table["HOVAL"], graph, method="permutation", permutations=19_999, alternative="greater"
    )
    low, high = drawn.p_interval
    assert 0.9 * low <= found.frame.loc["HOVAL", "p_value"] <= 1.1 * high
    assert (found.frame["p_adjusted"] >= found.frame["p_value"]).all()


def test_screening_has_no_p_for_what_has_no_variation(columbus):
    """A constant column stands in the table with its reason and outside the family."""
    table, graph = columbus
    found = mt.screen(table[["CRIME"]].assign(flat=1.0), graph)
    assert found.frame.loc["flat", "undefined"] == "undefined: no variation"
    assert np.isnan(found.frame.loc["flat", "p_value"])
    told = found.to_dict()
    assert told["variables"][1]["p_value"] is None
    assert told["variables"][0]["undefined"] is None


def test_screening_refuses_what_it_cannot_take(columbus):
    """Missing values, unknown statistics and series are refused; drops are said."""
    table, graph = columbus
    holed = table[["CRIME", "INC"]].copy()
    holed.iloc[3, 0] = np.nan
    with pytest.raises(ValuesError, match="missing: 4"):
        mt.screen(holed, graph)
    assert "dropped for missing values: 4" in mt.screen(holed, graph, missing="drop").notes[-1]
    with pytest.raises(OptionError, match="can be moran, geary"):
        mt.screen(holed, graph, statistic="lee")
    with pytest.raises(ValuesError, match="DataFrame"):
        mt.screen(table["CRIME"], graph)


def test_screening_does_not_depend_on_the_order_of_rows():
    """Shuffled rows, same bits."""
    rng = np.random.default_rng(3)
    matrix = np.eye(12, k=1) + np.eye(12, k=-1)
    graph = SimpleNamespace(ids=pd.RangeIndex(12), sparse=sparse.csr_array(matrix))
    frame = pd.DataFrame(rng.gamma(1.0, size=(12, 3)), columns=list("abc"))
    pd.testing.assert_frame_equal(
        mt.screen(frame, graph).frame, mt.screen(frame.sample(frac=1, random_state=1), graph).frame,
        check_exact=True,
    )  # fmt: skip
