"""Regressions against R's spatialreg and spdep on Columbus, and what is refused."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.stats.regression import spatial_regression
from mekantek.weights import read_neighbours

FOLDER = Path(__file__).parents[1] / "reference"
REFERENCE = pd.read_csv(FOLDER / "spdep_reference.csv").query("case == 'columbus'")

# R 4.2.2, spatialreg 1.2-6, lagsarlm and errorsarlm, CRIME on INC and HOVAL, row-standardized.
DURBIN = {
    "rho": 0.403462617682, "constant": 44.320002911380, "INC": -0.919906108497,
    "HOVAL": -0.297129363310, "W·INC": -0.583913259810, "W·HOVAL": 0.257684321592,
}  # fmt: skip
DURBIN_ERRORS = {
    "constant": 13.0454738812601, "INC": 0.3347419091030, "HOVAL": 0.0904159030655,
    "W·INC": 0.5742244960938, "W·HOVAL": 0.1872348660699,
}  # fmt: skip
IMPACTS = {
    "lag": {"INC": (-1.10089544990, -0.717683353414, -1.818578803309),
            "HOVAL": (-0.27958320569, -0.182262732249, -0.461845937939)},
    "durbin": {"INC": (-1.024987835313, -1.495926046839, -2.5209138821516),
               "HOVAL": (-0.281967343074, 0.215844007156, -0.0661233359173)},
}  # fmt: skip
AIC = {"ols": 382.754477624298, "lag": 375.347944020268, "error": 377.498856124114,
       "durbin": 377.278508880701}  # fmt: skip


@pytest.fixture(scope="module")
def columbus():
    table = pd.read_csv(FOLDER / "columbus.csv", dtype={"id": str}).set_index("id")
    graph = read_neighbours(FOLDER / "columbus.gal")
    assert graph.links == 236
    return table, graph


def quantity(variable, test, name):
    rows = REFERENCE[(REFERENCE["variable"] == variable) & (REFERENCE["test"] == test)]
    return rows.set_index("quantity")["value"][name]


@pytest.mark.parametrize(
    ("variable", "terms"), [("CRIME~INC+HOVAL", ["INC", "HOVAL"]), ("CRIME~X+Y_trend", ["X", "Y"])]
)
def test_lag_error_and_multiplier_tests_equal_r(columbus, variable, terms):
    """Coefficients, likelihoods and all four tests of the reference file."""
    table, graph = columbus
    fits = {
        m: spatial_regression(table["CRIME"], table[terms], graph, model=m)
        for m in ("ols", "lag", "error")
    }
    for model, own in (("lag", "rho"), ("error", "lambda")):
        test = f"ML_{model}"
        fit = fits[model]
        # R stops its search for rho and lambda at about 1e-7.
        for ours, theirs in zip((own, "constant", *terms), (own, "b0", "b1", "b2"), strict=True):
            assert fit.coefficients[ours].estimate == pytest.approx(
                quantity(variable, test, theirs), rel=1e-5
            )
        assert fit.log_likelihood == pytest.approx(quantity(variable, test, "logLik"), abs=1e-8)
    for ours, theirs in (("lag", "LMlag"), ("error", "LMerr"), ("robust_lag", "RLMlag"),
                         ("robust_error", "RLMerr")):  # fmt: skip
        found = fits["ols"].tests[ours]
        assert found["statistic"] == pytest.approx(quantity(variable, theirs, "stat"), rel=1e-9)
        assert found["p_value"] == pytest.approx(quantity(variable, theirs, "p"), rel=1e-9)


def test_durbin_equals_r(columbus):
    """Coefficients and standard errors of spatialreg's Durbin model."""
    table, graph = columbus
    fit = spatial_regression(table["CRIME"], table[["INC", "HOVAL"]], graph, model="durbin")
    for name, value in DURBIN.items():
        assert fit.coefficients[name].estimate == pytest.approx(value, rel=1e-5)
    for name, value in DURBIN_ERRORS.items():
        assert fit.coefficients[name].standard_error == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("model", ["lag", "durbin"])
def test_impacts_equal_r(columbus, model):
    """Direct, indirect and total impacts, exact as spatialreg computes them."""
    table, graph = columbus
    fit = spatial_regression(table["CRIME"], table[["INC", "HOVAL"]], graph, model=model)
    for name, expected in IMPACTS[model].items():
        found = [fit.impacts[name][part] for part in ("direct", "indirect", "total")]
        assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("model", list(AIC))
def test_aic_counts_parameters_as_r_does(columbus, model):
    """The error variance and the autoregressive parameter are parameters."""
    table, graph = columbus
    fit = spatial_regression(table["CRIME"], table[["INC", "HOVAL"]], graph, model=model)
    assert fit.aic == pytest.approx(AIC[model], abs=1e-7)
    told = fit.to_dict()
    assert told["n"] == 49
    assert set(told["coefficients"]) >= {"constant", "INC", "HOVAL"}


def test_rows_in_another_order_give_the_same_fit(columbus):
    """Everything is keyed by id."""
    table, graph = columbus
    mixed = table.sample(frac=1, random_state=0)
    for model in ("ols", "lag"):
        one, other = (
            spatial_regression(t["CRIME"], table[["INC"]], graph, model=model).to_dict()
            for t in (table, mixed)
        )
        assert one == other


def test_what_cannot_be_fitted_is_refused(columbus):
    """Unknown models, constants, twins, missing units and isolates, one sentence each."""
    table, graph = columbus
    y, x = table["CRIME"], table[["INC"]]
    with pytest.raises(OptionError, match="ols, lag, error, durbin"):
        spatial_regression(y, x, graph, model="sarar")
    with pytest.raises(ValuesError, match="constant"):
        spatial_regression(y * 0, x, graph)
    with pytest.raises(ValuesError, match="depend on each other"):
        spatial_regression(y, x.assign(twin=2 * x["INC"]), graph)
    with pytest.raises(AlignmentError, match="lack 1 units, first 1"):
        spatial_regression(y, x.drop("1"), graph)
    lone = SimpleNamespace(ids=table.index, sparse=sparse.csr_array(np.diag([*[1.0] * 47, 0.0], 1)))
    with pytest.raises(GraphError, match="no neighbours"):
        spatial_regression(y, x, lone)
    gap = x.copy()
    gap.loc["5", "INC"] = np.nan
    assert spatial_regression(y, gap, graph, missing="drop").n == 48


def test_an_exact_fit_has_no_likelihood():
    """Where a line explains everything, spreg's search does not end; it is not begun."""
    line = sparse.csr_array(np.diag(np.ones(11), 1) + np.diag(np.ones(11), -1))
    east = pd.Series(np.arange(12.0), name="east")
    graph = SimpleNamespace(ids=east.index, sparse=line)
    for model in ("ols", "lag", "error", "durbin"):
        with pytest.raises(ValuesError, match=r"to the last digit|do not carry"):
            spatial_regression(2 * east + 1, east.to_frame(), graph, model=model)
