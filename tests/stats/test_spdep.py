"""Global statistics against R's spdep: every row of the reference file for what is offered here."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mekantek as mt
from mekantek.weights import read_neighbours

FOLDER = Path(__file__).parents[1] / "reference"
LINKS = {"columbus": 236, "sids2": 462, "stl": 398, "mexico": 140}
REFERENCE = pd.read_csv(FOLDER / "spdep_reference.csv")
# Regression tests and models are other statistics; a p from R's own draws cannot be had again.
ELSEWHERE = ("lm.", "LM", "RLM", "SARMA", "ML_", "ols")
OURS = REFERENCE[
    ~REFERENCE["test"].str.startswith(ELSEWHERE)
    & ~REFERENCE["quantity"].str.startswith("p_greater_mc")
]


def case(name):
    graph = read_neighbours(FOLDER / f"{name}.gal")
    assert graph.links == LINKS[name]
    return pd.read_csv(FOLDER / f"{name}.csv", dtype={"id": str}).set_index("id"), graph


def moran_quantities(values, graph, standardize):
    random = mt.moran(values, graph, standardize=standardize)
    normal = mt.moran(values, graph, standardize=standardize, method="normality")
    return {
        "I": random.statistic, "E": random.expected, "V_rand": random.variance,
        "z_rand": random.z_score, "p_rand_2s": random.p_value, "V_norm": normal.variance,
        "p_norm_2s": normal.p_value,
    }  # fmt: skip


def quantities(name, variable, test):
    """What we give for one case, variable and test, by the reference's name of the quantity."""
    table, graph = case(name)
    if test in ("moran_W", "moran_B"):
        return moran_quantities(table[variable], graph, "row" if test == "moran_W" else "none")
    if test == "geary_W":
        found = mt.geary(table[variable], graph)
        return {"C": found.statistic, "V_rand": found.variance, "z": found.z_score,
                "p_2s": found.p_value}  # fmt: skip
    if test == "globalG_B":
        found = mt.getis_ord(table[variable], graph)
        return {"G": found.statistic, "V": found.variance, "z": found.z_score}
    if test == "lee_L":
        return {"L": mt.lee(*(table[v] for v in variable.split("~")), graph).statistic}
    if test.startswith("correlogram_lag"):
        lag = mt.correlogram(table[variable], graph).results[int(test[-1]) - 1]
        return {"I": lag.statistic, "V": lag.variance}
    if test == "joincount":
        rule, _, label = variable.partition("=")
        column, _, line = rule.partition(">")
        found = mt.join_counts(
            table[column] > float(line), graph, count="BB" if label == "1" else "WW",
            alternative="greater",
        )  # fmt: skip
        return {"same": found.statistic, "E": found.expected, "V": found.variance,
                "p_greater": found.p_value}  # fmt: skip
    events, people = (table[v] for v in variable.split("/"))
    if test == "EBImoran":
        return {"I": mt.moran(mt.empirical_bayes_rates(events, people), graph).statistic}
    smoothed = mt.empirical_bayes_rates(events, people, kind="smoothed")
    assert test == "EBest"
    return {"est_1": smoothed.iloc[0], "est_sum": smoothed.sum()}


@pytest.mark.parametrize(
    ("key", "rows"),
    list(OURS.groupby(["case", "variable", "test"])),
    ids=["-".join(key) for key, _ in OURS.groupby(["case", "variable", "test"])],
)
def test_equals_spdep(key, rows):
    """Every number of the reference to 1e-9, relative."""
    ours = quantities(*key)
    for quantity, value in zip(rows["quantity"], rows["value"], strict=True):
        assert ours[quantity] == pytest.approx(value, rel=1e-9), quantity


def test_no_row_of_the_reference_is_passed_over():
    """The rows compared are all of the file but those of regressions and of R's own draws."""
    assert len(OURS) == 184
    left = REFERENCE.drop(OURS.index)["test"]
    assert left.str.startswith((*ELSEWHERE, "EBImoran")).all()


def test_losh_equals_spdep():
    """Hᵢ of every unit of every map."""
    local = pd.read_csv(FOLDER / "spdep_local_reference.csv", dtype={"id": str})
    compared = 0
    for (name, variable), rows in local.groupby(["case", "variable"]):
        table, graph = case(name)
        ours = mt.losh(table[variable], graph).frame.loc[rows["id"], "statistic"]
        np.testing.assert_allclose(ours, rows["LOSH"], rtol=1e-9)
        compared += len(rows)
    assert compared == len(local) == 599


def test_rates_of_few_draws_are_as_spdep_found_them():
    """The permutation p of Moran of rates lies by R's, within the error of both."""
    rows = REFERENCE[REFERENCE["quantity"] == "p_greater_mc9999"]
    for row in rows.itertuples():
        table, graph = case(row.case)
        rates = mt.empirical_bayes_rates(*(table[v] for v in row.variable.split("/")))
        ours = mt.moran(rates, graph, method="permutation", alternative="greater")
        assert ours.p_value == pytest.approx(row.value, abs=4 * (row.value / 10_000) ** 0.5)
