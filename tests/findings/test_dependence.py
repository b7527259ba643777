"""How much a verdict depends on choices: the curve, larger units, and clusters over many maps."""

import itertools

import numpy as np
import pandas as pd
import pytest

import mekantek as mt
from mekantek.findings import cluster_stability, maup
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import VERDICTS
from mekantek.report.verdicts import robust_told
from mekantek.text import Text

NULL = Text("sıfır", "null")


def curve(effects, surrogates=None, words=None):
    """A curve over one choice."""
    return SpecificationCurve(
        specifications=tuple(
            Specification(
                choice={"side": "left" if k % 2 else "right"}, effect=e, p_value=None,
                verdict="supported" if words is None else words[k],
            )
            for k, e in enumerate(effects)
        ),
        surrogates=surrogates,
        null=NULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "commonest"),
    [
        ((), None),
        (("supported",), "supported"),
        (("supported", "undecided", "undecided"), "undecided"),
        (("supported", "undecided"), None),
    ],
)
def test_the_commonest_word_is_named_where_one_leads(words, commonest):
    """A word that most choices give has a name; two that are equally common have none."""
    assert curve([0.1] * len(words), words=words).commonest == commonest


def test_index_row_says_which_word_outvotes_a_verdict(verdicts):
    """What is not robust is told with the word that comes out more often, if another one does."""
    for verdict in verdicts.values():
        told = robust_told(verdict)
        words = [s.verdict for s in verdict.curve.specifications]
        most = max(set(words), key=words.count, default=None)
        if verdict.robust is False and words.count(most) > verdict.agreeing:
            assert f"most often: {VERDICTS[most].en}" in told.en
            assert f"en sık: {VERDICTS[most].tr}" in told.tr
        else:
            assert "most often" not in told.en
    assert any("most often" in robust_told(v).en for v in verdicts.values())


def test_joint_p_counts_surrogates_whose_median_is_as_large():
    """Five of nineteen reach the observed median, ties among them; the data count as one more."""
    medians = np.r_[np.full(3, 0.5), np.full(2, 0.4), np.full(14, 0.1)]
    found = curve([0.3, 0.4, 0.9], np.repeat(medians[:, None], 3, axis=1)).joint
    assert found["statistic"] == 0.4
    assert found["p_value"] == pytest.approx(6 / 20)
    low, high = found["p_interval"]
    assert low < 5 / 19 < high


def test_joint_p_is_uniform_where_there_is_nothing():
    """The data are one more surrogate: over 400 made-up curves the rate at 5 % is 5 %."""
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(400):
        shared = rng.normal(size=(100, 1))
        effects = shared + 0.5 * rng.normal(size=(100, 7))
        rates.append(curve(effects[0], effects[1:]).joint["p_value"])
    assert np.mean(np.array(rates) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(rates) == pytest.approx(0.5, abs=0.05)


def test_undefined_specifications_are_left_out():
    """None neither counts nor breaks the median."""
    surrogates = np.array([[0.0, np.nan, 0.2], [0.5, 1.0, np.nan]])
    assert curve([0.1, None, 0.3], surrogates).joint["statistic"] == pytest.approx(0.2)
    assert curve([None], np.zeros((3, 1))).joint is None
    assert curve([0.1]).joint is None
    assert curve([]).to_dict("supported")["n"] == 0


def test_surrogates_of_other_specifications_are_refused():
    """Two columns for three specifications."""
    with pytest.raises(ValueError, match="one column"):
        curve([0.1, 0.2, 0.3], np.zeros((5, 2)))


def test_by_choice_says_on_what_the_answer_turns():
    """All on one side agree, none on the other."""
    words = ["supported", "undecided"] * 3
    table = curve([1, 2, 3, 4, 5, 6], words=words).by_choice("supported").set_index("value")
    assert table["agreeing"].to_dict() == {"right": 1.0, "left": 0.0}
    assert table["median_effect"].to_dict() == {"right": 3.0, "left": 4.0}
    assert table["n"].sum() == 6


@pytest.fixture(scope="module")
def asked(study):
    return maup.scales(study, partitions=9)


def test_larger_units_start_from_the_provinces_own_result(asked, study, verdicts):
    """The first scale is the finding's main test itself."""
    assert asked["gradient"][0].effect == pytest.approx(verdicts["gradient"].main["statistic"])
    assert asked["corridor-ankara-eskisehir"][0].p_value == pytest.approx(1 / 199)
    assert set(asked) == {
        h for h in verdicts if h not in ("iltek", "iltek-one-to-one", "top-shares")
    }
    for found in asked.values():
        assert [(s.units, s.drawings) for s in found] == [
            (81, 1),
            (26, 1),
            (12, 1),
            (26, 9),
            (12, 9),
        ]
        assert all(sum(s.outcomes.values()) == s.drawings for s in found)


def test_gini_on_nuts_2_counted_by_hand(asked, study):
    """Sums by region and the double sum of differences."""

    def gini(values):
        return sum(abs(a - b) for a, b in itertools.product(values, values)) / (
            2 * len(values) * sum(values)
        )  # fmt: skip

    regions, frame = study.regions["nuts2"], study.at(2024).frame
    held: dict = {}
    for plate, region in regions.items():
        row = frame.loc[plate]
        if not np.isnan(row["value"]):
            high, total = held.get(region, (0.0, 0.0))
            held[region] = (high + row["high"] * row["value"], total + row["value"])
    expected = gini([h for h, _ in held.values()]) - gini([t for _, t in held.values()])
    assert asked["concentration"][1].effect == pytest.approx(expected)


def test_the_same_drawings_twice(asked, study):
    """One seed, one answer."""
    again = maup.scales(study, ["medium-high-bloc"], partitions=9)
    assert again["medium-high-bloc"] == asked["medium-high-bloc"]


def test_stability_counts_the_maps_one_by_one(study):
    """Two neighbourhoods, both years, shares and ranks: counted again with local_moran."""
    table = cluster_stability.stability(study, "low")
    assert table.attrs["maps"] == len(study.design.networks) * 4
    assert table.index.equals(study.names.index)
    count = pd.Series(0, index=study.names.index)
    for spec in study.design.networks:
        graph = mt.load_study(weights=spec).graph
        for year in (2019, 2024):
            share = study.at(year).share("low")
            for values in (share, share.rank()):
                found = mt.local_moran(values, graph).frame["cluster_unadjusted"] == "LH"
                count += found.astype(int)
    pd.testing.assert_series_equal(table["LH"], count / table.attrs["maps"], check_names=False)
    assert table.loc[58, "LH"] > 0.9  # Sivas


def test_every_finding_says_what_it_depends_on(verdicts):
    """Scales where they can be asked, clusters of the finding's class always."""
    for verdict in verdicts.values():
        told = verdict.to_dict()
        assert told["stability"]["maps"] >= 44
        assert bool(told["scales"]) == (verdict.hypothesis.test in maup._READERS)
        assert all(set(u) & set(verdict.stability.columns) for u in told["stability"]["units"])


def test_an_undefined_median_is_null_in_json():
    """NaN is no JSON; None is."""
    told = curve([None, 0.1, None, 0.3]).to_dict("supported")
    assert [row["median_effect"] for row in told["by_choice"]] == [None, pytest.approx(0.2)]
