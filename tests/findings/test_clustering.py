"""Are neighbours alike: every choice read again by hand, planted patterns, noise, and the words given."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mekantek as mt
from mekantek.findings.clustering import clustered
from mekantek.findings.verdict import thresholds
from mekantek.study import YearTable
from mekantek.study.hypotheses import tests as known_tests


@pytest.fixture(scope="module")
def asked(study):
    """A claim of the report's data: neighbours are alike in low technology."""
    base, test = study.hypothesis("gradient"), known_tests()["clustering"]
    return replace(base, id="alike", test="clustering", rules=test.rules, options={"class": "low"})


@pytest.fixture(scope="module")
def choices(study, asked):
    return clustered(study, asked).curve


def with_low(study, values):
    """The study with other low shares in both years; the other classes share the rest equally."""
    panel = {}
    for year in study.years:
        frame = study.at(year).frame
        others = frame.columns.difference(["low", "value"])
        for column in others:
            frame[column] = (1 - values) / len(others)
        frame["low"] = values
        status = pd.DataFrame("computed", index=frame.index, columns=frame.columns)
        panel[year] = YearTable(frame, status)
    return replace(study, panel=panel)


def moran_by_hand(values, graph, standardize):
    """Moran's I by its definition, link by link."""
    z = (values - values.mean()).to_numpy()
    links = graph.sparse.toarray()
    products, weight, lone = 0.0, 0.0, 0
    for i, row in enumerate(links):
        lone += not row.any()
        for j in np.flatnonzero(row):
            w = row[j] / row.sum() if standardize == "row" else row[j]
            products += w * z[i] * z[j]
            weight += w
    return (len(z) - lone) / weight * products / (z**2).sum()


def test_choices_are_morans_i_as_it_is_defined(study, choices):
    frame = choices.to_frame()
    assert set(frame["neighbours"]) == set(study.design.networks)
    assert set(frame["standardize"]) == {"row", "none"}
    scales = {"share": lambda v: v, "rank": lambda v: v.rank(), "log": np.log}
    rows = frame[(frame["cells"] == "adopted")].sample(25, random_state=1)
    for k, row in rows.iterrows():
        at = study.at(row["year"])
        share = at.share("low")
        if row["floor"] != "all":
            least = float(row["floor"].split("≥ ")[1].split(" ")[0]) * 1e6
            share = share.where(at.frame["value"] >= least)
        values = scales[row["scale"]](share.dropna())
        graph = study.neighbours(row["neighbours"]).subset(values.index)
        surrogates = choices.surrogates[:, k]
        # The effect stands above the mean of its own permutations, which is 0 in the surrogates.
        assert abs(surrogates.mean()) < 1e-6
        effect = moran_by_hand(values, graph, row["standardize"])
        expected = -1 / (len(values) - 1)
        spread = surrogates.std() / np.sqrt(len(surrogates))
        assert row["effect"] == pytest.approx(effect - expected, abs=6 * spread)


def test_the_main_test_is_morans_i_of_the_last_year(study, asked):
    verdict = clustered(study, asked)
    plain = mt.moran(study.share("low"), study.graph)
    assert verdict.main["statistic"] == pytest.approx(plain.statistic, abs=1e-12)
    # 9,999 permutations and the moments: two ways to one p.
    assert verdict.main["p_value"] == pytest.approx(plain.p_value, abs=0.03)
    assert verdict.main["permutations"] == 9999


def test_the_same_curve_twice(study, asked, choices):
    again = clustered(study, asked).curve.to_frame()
    pd.testing.assert_frame_equal(again, choices.to_frame())


def test_a_planted_pattern_is_seen_and_its_opposite_contradicted(study, asked):
    lag = study.graph.sparse.toarray()
    lag /= lag.sum(axis=1, keepdims=True)
    rng = np.random.default_rng(5)
    smooth = np.linalg.solve(np.eye(81) - 0.9 * lag, rng.normal(size=81))
    rough = np.linalg.solve(np.eye(81) + 0.9 * lag, rng.normal(size=81))
    for values, word in ((smooth, "supported"), (rough, "contradicted")):
        shares = pd.Series(0.1 + 0.8 * stats.rankdata(values) / 82, index=study.names.index)
        verdict = clustered(with_low(study, shares), asked)
        assert verdict.verdict == word
        assert verdict.agreeing / len(verdict.curve) > 0.5


def test_noise_is_called_alike_as_seldom_as_it_should(study, asked):
    """Shares dealt to provinces at random: significant at 5 % in about one of twenty."""
    rng, seen = np.random.default_rng(3), 0
    shares = study.share("low").to_numpy()
    for _ in range(120):
        dealt = pd.Series(rng.permutation(shares), index=study.names.index)
        seen += mt.moran(dealt, study.graph, method="permutation").p_value <= thresholds()["alpha"]
    assert stats.binomtest(seen, 120, 0.05).pvalue > 0.01


def test_few_units_leave_it_undecided(tmp_path):
    """Nine fields dealt their shares at random; in order they are seen even so."""
    from mekantek.study.example import write_example

    study = mt.read_study(write_example(tmp_path))
    assert clustered(study).verdict == "supported"
    mixed = [4, 0, 8, 3, 7, 1, 6, 2, 5]
    panel = {
        year: YearTable(table.frame.iloc[mixed].set_axis(table.frame.index), table.status)
        for year, table in study.panel.items()
    }
    verdict = clustered(replace(study, panel=panel))
    assert verdict.verdict == "undecided"
    assert verdict.minimum_detectable_effect > thresholds()["matters"]


def test_one_year_is_no_first_year(study, asked):
    """Alone in time, a year cannot hold in the first year only."""
    lone = replace(study, panel={2024: study.panel[2024]}, years=(2024,))
    verdict = clustered(lone, asked)
    assert verdict.verdict != "partly"
    assert "one whole year (2024)" in verdict.reason.en
