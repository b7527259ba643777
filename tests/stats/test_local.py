"""Local Moran: exact p against enumeration, draws and spdep; classes, families, refusals."""

from itertools import permutations
from math import comb
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from mekantek.datasets.technology import CLASSES
from mekantek.errors import OptionError
from mekantek.stats.inference import draw_without_replacement
from mekantek.stats.local.family import corrected
from mekantek.stats.local.geary import local_geary
from mekantek.stats.local.moran import local_moran
from mekantek.stats.nulls.exact import find_grid, subset_sums
from mekantek.stats.nulls.transform import shares_of_sums
from mekantek.weights import read_neighbours

REFERENCE = Path(__file__).parents[1] / "reference"


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


def test_equals_spdep_on_every_unit():
    """Statistic, conditional moments and z of all units of all cases equal spdep's to 1e-9."""
    table = pd.read_csv(REFERENCE / "spdep_local_reference.csv", dtype={"id": str})
    units = 0
    for (name, variable), rows in table.groupby(["case", "variable"]):
        graph = read_neighbours(REFERENCE / f"{name}.gal")
        values = pd.read_csv(REFERENCE / f"{name}.csv", dtype={"id": str}).set_index("id")
        result = local_moran(values[variable], graph, method="randomization")
        theirs = rows.set_index("id").loc[result.frame.index]
        for ours, column in (("statistic", "Ii"), ("expected", "E_cond"), ("variance", "V_cond"),
                             ("z_score", "z_cond"), ("p_value", "p_cond_2s"),
                             ("p_adjusted", "p_bh")):  # fmt: skip
            np.testing.assert_allclose(
                result.frame[ours].astype(float), theirs[column], rtol=1e-9, atol=1e-12
            )
        np.testing.assert_allclose(result.frame["z_score"].abs(), theirs["G"].abs(), rtol=1e-9)
        units += len(rows)
    assert units == 599


@pytest.mark.parametrize(("correction", "column"), [("bonferroni", "p_bonf"), ("by", "p_by")])
def test_corrections_equal_spdep(correction, column):
    """Bonferroni and Benjamini-Yekutieli equal R's p.adjust."""
    table = pd.read_csv(REFERENCE / "spdep_local_reference.csv", dtype={"id": str})
    rows = table[(table["case"] == "columbus") & (table["variable"] == "CRIME")].set_index("id")
    values = pd.read_csv(REFERENCE / "columbus.csv", dtype={"id": str}).set_index("id")["CRIME"]
    result = local_moran(
        values, read_neighbours(REFERENCE / "columbus.gal"), method="randomization",
        correction=correction,
    )  # fmt: skip
    np.testing.assert_allclose(
        result.frame["p_adjusted"], rows.loc[result.frame.index, column], rtol=1e-9
    )


def test_z_of_local_moran_is_that_of_gi(study):
    """|z| of local Moran under conditional randomization equals |z| of Gᵢ, from scratch."""
    for name in CLASSES:
        values = study.share(name)
        result = local_moran(values, study.graph)
        x, w = values.to_numpy(), study.graph.sparse.toarray()
        n = len(x)
        for i in range(n):
            others = np.delete(x, i)
            k = w[i].sum()
            mean, variance = others.mean(), others.var()
            z = (w[i] @ x - k * mean) / np.sqrt(variance * k * (n - 1 - k) / (n - 2))
            assert abs(result.frame["z_score"].iloc[i]) == pytest.approx(abs(z), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(4, 12),
    seed=st.integers(0, 100_000),
    kind=st.sampled_from(["tied", "negative", "real", "weighted"]),
    alternative=st.sampled_from(["two-sided", "greater", "less"]),
)
def test_exact_equals_enumeration(n, seed, kind, alternative):
    """The exact p is the share of all assignments at least as extreme, ties in both tails."""
    rng = np.random.default_rng(seed)
    x = {
        "tied": rng.integers(0, 3, n) / 10, "negative": rng.integers(-4, 5, n) * 0.7,
        "real": rng.normal(size=n), "weighted": rng.integers(0, 4, n) / 10,
    }[kind]  # fmt: skip
    matrix = (rng.random((n, n)) < min(0.5, 3 / n)).astype(float)
    if kind == "weighted":
        matrix *= rng.random((n, n))
    np.fill_diagonal(matrix, 0)
    if np.ptp(x) == 0:
        return
    result = local_moran(pd.Series(x), graph_of(matrix), alternative=alternative)
    z = x - x.mean()
    rows = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1e-300)
    for i in range(n):
        if matrix[i].sum() == 0 or abs(z[i]) < 1e-12:
            assert np.isnan(result.frame["p_value"].iloc[i])
            continue
        weights = rows[i][matrix[i] > 0]
        if len(weights) > (4 if n > 8 else 6):
            continue  # too many to write out
        others = np.delete(z, i)
        every = z[i] * others[np.array(list(permutations(range(n - 1), len(weights))))] @ weights
        observed = z[i] * (rows[i] @ z)
        above, below = (every >= observed - 1e-12).mean(), (every <= observed + 1e-12).mean()
        wanted = {"greater": above, "less": below, "two-sided": min(1, 2 * min(above, below))}
        assert result.frame["p_value"].iloc[i] == pytest.approx(wanted[alternative], abs=1e-12)
        assert result.frame["method"].iloc[i] == "exact"


def test_exact_equals_a_million_draws(study):
    """On the report's own data the counted p lies where 10⁶ draws put it."""
    values = study.share("high")
    result = local_moran(values, study.graph, alternative="greater")
    tenths = np.round(values.to_numpy() * 1000).astype(int)
    matrix, draws = study.graph.sparse, 1_000_000
    for name in ("Ankara", "Eskişehir", "Sivas"):
        i = int(np.flatnonzero(study.names.to_numpy() == name)[0])
        members = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
        others = np.delete(tenths, i)
        above = sum(
            int((others[block].sum(axis=1) >= tenths[members].sum()).sum())
            for block in draw_without_replacement(80, len(members), draws, 7, key=i)
        )
        exact = result.frame["p_value"].iloc[i]
        assert abs(above / draws - exact) < 5 * np.sqrt(exact * (1 - exact) / draws)


def test_float_ties_do_not_make_clusters(study):
    """Edirne, high technology 2019: the exact one-sided p counts ties that floats would miss."""
    at = study.at(2019)
    result = local_moran(at.share("high"), at.graph, alternative="greater")
    assert result.frame.loc[22, "p_value"] == pytest.approx(0.087, abs=5e-4)


def test_affine_values_have_the_same_p(study):
    """p(a + b·x) = p(x) to the last bit, for b > 0."""
    values = study.share("low")
    plain = local_moran(values, study.graph).frame["p_value"]
    for moved in (values * 100, values * 3.7 - 12.3, (values - values.mean()) / values.std()):
        pd.testing.assert_series_equal(
            local_moran(moved, study.graph).frame["p_value"], plain, check_exact=True
        )


def test_values_on_no_grid_are_bracketed():
    """Real values get a proved bracket: the permutation estimate lies in it, p is its upper end."""
    values = pd.read_csv(REFERENCE / "columbus.csv", dtype={"id": str}).set_index("id")["CRIME"]
    graph = read_neighbours(REFERENCE / "columbus.gal")
    exact = local_moran(values, graph).frame
    wide = exact.dropna(subset=["p_low"])
    assert len(wide) > 20
    assert (wide["p_high"] - wide["p_low"]).max() < 1e-3
    assert (wide["p_value"] == wide["p_high"]).all()
    drawn = local_moran(values, graph, method="permutation", permutations=99_999).frame
    margin = 5 * np.sqrt(exact["p_value"] / 99_999) + 1e-3
    assert ((drawn["p_value"] - exact["p_value"]).abs() < 2 * margin).all()


def test_both_ways_of_counting_agree():
    """Whole-number tables and the transform count the same subsets."""
    levels = np.random.default_rng(0).integers(0, 40, 30)
    for limit in (6 * int(levels.max()), 50):  # a low limit leaves out what cannot count
        sums = subset_sums(levels, 6, limit=limit)
        assert sums.below.dtype == np.int64
        shares = shares_of_sums(levels, 6, limit)
        for j in range(7):
            np.testing.assert_allclose(
                sums.below[j, 1:] / comb(30, j), np.cumsum(shares[j]), atol=1e-13
            )


@given(st.lists(st.integers(-500, 500), min_size=2, max_size=40), st.integers(1, 400))
def test_grids_are_found(whole, denominator):
    """Values printed on a grid are seen as whole steps, whatever the step."""
    values = np.array(whole) / denominator
    grid = find_grid(values)
    assert grid is not None
    np.testing.assert_allclose(grid.origin + grid.step * grid.levels, values, atol=1e-9)


def test_no_grid_in_noise():
    """Random reals lie on no grid."""
    assert find_grid(np.random.default_rng(0).random(50)) is None


def test_classes_of_units(line):
    """Isolates, units at the mean and plain units are told apart and counted."""
    matrix = line.sparse.toarray()
    matrix[6, :] = matrix[:, 6] = 0
    values = pd.Series([5.0, 6.0, 2.0, 1.0, 4.0, 1.0, 9.0])
    result = local_moran(values, graph_of(matrix))
    assert result.frame["cluster"].tolist().count("isolate") == 1
    assert np.isnan(result.frame["p_value"].iloc[6])
    assert result.frame["cluster"].iloc[4] == "undefined"  # 4 is the mean
    assert result.family.size == 5


def test_constant_values_are_undefined(line):
    """No variation: every unit undefined, no p-value, nothing raised."""
    result = local_moran(pd.Series([2.0] * 7), line)
    assert result.undefined == "undefined: no variation"
    assert result.counts()["undefined"] == 7
    assert result.to_dict()["units"][0]["p_value"] is None


def test_family_is_corrected_and_counted(study):
    """The family is the tested units; survivors are those at or below alpha after correction."""
    result = local_moran(study.share("low"), study.graph)
    assert (result.family.size, result.family.correction) == (81, "bh")
    survivors = result.frame.index[result.frame["p_adjusted"] <= 0.05]
    assert [study.names[i] for i in survivors] == ["Sivas"]
    assert result.family.survivors == 1


def test_too_few_permutations_are_refused(study):
    """With n = 81, 999 permutations can never pass Bonferroni: no pretending."""
    with pytest.raises(OptionError, match="draw at least 3239"):
        local_moran(
            study.share("low"), study.graph, method="permutation", permutations=999,
            correction="bonferroni",
        )  # fmt: skip


def test_order_and_names_do_not_matter(study):
    """Shuffled rows and renamed ids give the same numbers by id."""
    values = study.share("high")
    plain = local_moran(values, study.graph).frame
    shuffled = local_moran(values.sample(frac=1, random_state=1), study.graph).frame
    pd.testing.assert_frame_equal(shuffled.loc[plain.index], plain)


def test_permutations_do_not_depend_on_the_other_units(study):
    """Each unit has its own counter-based stream, so the draws of one do not move another's."""
    values = study.share("high")
    one = local_moran(values, study.graph, method="permutation", permutations=499)
    two = local_moran(values, study.graph, method="permutation", permutations=499)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert (one.method, one.permutations, one.seed) == ("permutation", 499, 0)


def test_local_sums_to_global(study):
    """The local statistics add up to n times the global one (row-standardized)."""
    from mekantek.stats.overall.autocorrelation import moran

    values = study.share("medium_high")
    local = local_moran(values, study.graph).frame["statistic"].sum()
    assert local == pytest.approx(81 * moran(values, study.graph).statistic, rel=1e-12)


def test_p_is_uniform_under_the_null(study):
    """On values without pattern at most 5 % of exact p-values fall at or below 0.05."""
    rng = np.random.default_rng(0)
    found = [
        (local_moran(pd.Series(rng.random(81).round(3), index=study.names.index),
                     study.graph).frame["p_value"] <= 0.05).mean()
        for _ in range(40)
    ]  # fmt: skip
    assert 0.035 < np.mean(found) < 0.06


def test_json_lists_units_in_numeric_order(study):
    """Units are ordered by id, numerically, with every field of the contract."""
    told = local_moran(study.share("high"), study.graph).to_dict(study.names)
    assert [u["id"] for u in told["units"]] == [str(i) for i in range(1, 82)]
    assert set(told["units"][5]) == {
        "id", "name", "value", "lag", "statistic", "expected", "variance", "z_score", "p_value",
        "p_interval", "method", "p_adjusted", "quadrant", "cluster", "cluster_unadjusted",
    }  # fmt: skip
    assert told["units"][5]["name"] == "Ankara"


@pytest.mark.parametrize("method", ["auto", "permutation", "randomization"])
@pytest.mark.parametrize("statistic", [local_moran, local_geary])
def test_corrected_anew_is_as_if_tested_anew(study, statistic, method):
    """Every column, with a unit out for want of a value."""
    values = study.share("low").copy()
    values.iloc[3] = np.nan
    options = {"method": method, "permutations": 1999, "missing": "drop", "alternative": "greater"}
    first, survivors = statistic(values, study.graph, **options), set()
    for correction in ("none", "by", "holm", "bonferroni"):
        anew = statistic(values, study.graph, correction=correction, **options)
        quick = corrected(first, correction)
        pd.testing.assert_frame_equal(quick.frame, anew.frame)
        assert quick.family == anew.family
        survivors.add(quick.family.survivors)
    assert len(survivors) > 1


def test_corrections_that_cannot_be_had_from_p_values_are_refused(study):
    values = study.share("low")
    plain = local_moran(values, study.graph)
    largest = local_moran(values, study.graph, correction="max", permutations=99)
    few = local_moran(values, study.graph, method="permutation", permutations=99)
    for result, correction in ((plain, "max"), (largest, "bh"), (few, "bonferroni")):
        with pytest.raises(OptionError):
            corrected(result, correction)
