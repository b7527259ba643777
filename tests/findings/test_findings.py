"""The seven findings: what they rest on, their rules, and their words on the report's data."""

import pytest

from mekantek import findings
from mekantek.errors import OptionError
from mekantek.findings.printed_shares import print_interval
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import VERDICTS, Verdict
from mekantek.study.hypotheses import tests as known_tests

IDS = (
    "gradient", "corridor-ankara-eskisehir", "corridor-istanbul-kocaeli", "iltek",
    "iltek-one-to-one", "concentration", "top-shares", "medium-high-bloc",
)  # fmt: skip


def test_every_row_of_the_register_is_tested(verdicts):
    """Each hypothesis has a verdict word, a reason in both languages, and its line."""
    assert tuple(verdicts) == IDS
    for verdict in verdicts.values():
        told = verdict.to_dict()
        assert told["verdict"] in VERDICTS
        assert told["reason"]["tr"] != told["reason"]["en"]
        assert told["claim"]["report_line"]
        assert told["specifications"]["n"] >= 3
        assert "{" not in told["reason"]["tr"] + told["reason"]["en"]


def test_gradient_is_not_supported(verdicts):
    """The low share does not rise eastwards: ρ = 0.06 even without correction."""
    told = verdicts["gradient"].to_dict()
    assert told["verdict"] == "not supported"
    assert told["main"]["statistic"] == pytest.approx(0.0593, abs=5e-4)
    assert told["main"]["details"]["detectable"] < 0.35
    classes = {(c.get("class"), c.get("year")) for c in told["companions"]}
    assert {(c, y) for c in ("high", "medium_high", "medium_low", "low") for y in (2019, 2024)} <= (
        classes
    )


def test_corridors(verdicts):
    """Ankara–Eskişehir is a pair, not a belt; İstanbul–Kocaeli is neither."""
    ankara = verdicts["corridor-ankara-eskisehir"].to_dict()
    assert (ankara["verdict"], ankara["main"]["rank"], ankara["main"]["of"]) == ("partly", 1, 199)
    istanbul = verdicts["corridor-istanbul-kocaeli"].to_dict()
    assert (istanbul["verdict"], istanbul["main"]["rank"]) == ("not supported", 16)
    both = next(c for c in istanbul["companions"] if c.get("class") == "high+medium_high")
    assert both["verdict"] in VERDICTS


def test_iltek_prints_its_coverage(verdicts):
    """17 of 81 ranks, τ = 0.52, bounds on both sides of zero: partly."""
    told = verdicts["iltek"].to_dict()
    assert told["main"]["coverage"] == {"known": 17, "of": 81}
    assert told["main"]["statistic"] == pytest.approx(0.517, abs=1e-3)
    assert told["main"]["bounds"]["low"] < 0 < told["main"]["bounds"]["high"]
    assert told["verdict"] == "partly"
    value = next(c for c in told["companions"] if "value" in c["label"]["en"])
    assert value["statistic"] == pytest.approx(0.75, abs=5e-3)


def test_one_to_one_names_its_counterexample(verdicts):
    """Two provinces are named that stand the other way round."""
    told = verdicts["iltek-one-to-one"].to_dict()
    first, second = told["main"]["first"]
    assert first["rank"] < second["rank"]
    assert first["share"] < second["share"]
    assert first["name"] in told["reason"]["tr"]


def test_concentration_and_top_shares(verdicts):
    """Boxes are disjoint in both years; 80.8 % and 87.4 % overlap what the print allows."""
    gini = verdicts["concentration"].to_dict()
    assert gini["verdict"] == "supported"
    assert gini["main"]["low"] > gini["main"]["total"]
    top = verdicts["top-shares"].to_dict()
    assert round(top["main"]["value"], 3) == 0.808
    assert round(top["companions"][0]["value"], 3) == 0.874


def test_the_rule_decides_not_the_code(study):
    """The same rule gives another word for other facts."""
    rule = study.hypothesis("concentration")
    facts = {"higher in the first year": True, "higher in the last year": True, "lower in the first year": False,
             "lower in the last year": False}  # fmt: skip
    assert rule.decide(facts) == "supported"
    assert rule.decide({**facts, "higher in the first year": False}) == "partly"
    assert rule.decide(dict.fromkeys(facts, False)) == "not supported"
    assert rule.decide({**dict.fromkeys(facts, False), "lower in the first year": True,
                        "lower in the last year": True}) == "contradicted"  # fmt: skip


@pytest.mark.parametrize(
    ("rho", "significant", "powerful", "lenient", "word"),
    [
        (0.5, True, True, True, "supported"), (-0.5, True, True, True, "contradicted"),
        (0.1, False, True, False, "not supported"), (0.1, False, False, False, "undecided"),
        (0.4, False, True, True, "undecided"),
    ],
)  # fmt: skip
def test_not_supported_needs_power(study, rho, significant, powerful, lenient, word):
    """Without the power to find what matters the word is undecided."""
    facts = {
        "positive": rho > 0, "negative": rho < 0, "significant": significant,
        "positive and significant in the first year": False,
        "positive and significant weighted by exports": False, "underpowered": not powerful,
        "seen without the correction": lenient,
    }  # fmt: skip
    assert study.hypothesis("gradient").decide(facts) == word


def test_rules_name_only_facts_that_tests_state(study, tested):
    """Every fact that any rule names is stated by its test: a misspelt one would never apply."""
    _, stated = tested
    for hypothesis in study.hypotheses:
        named = {fact for _, facts in hypothesis.rules for fact in facts}
        assert named <= stated[hypothesis.id], hypothesis.id
        assert stated[hypothesis.id] == set(known_tests()[hypothesis.test].facts), hypothesis.test
        assert hypothesis.rules[-1][1] == (), "the last rule must always apply"


@pytest.mark.parametrize(("agreeing", "robust"), [(8, True), (7, False), (0, False), (None, None)])
def test_robust_needs_four_fifths(study, verdicts, agreeing, robust):
    """Eight of ten choices with the same word are robust, seven are not; none at all says nothing."""
    words = [] if agreeing is None else ["partly"] * agreeing + ["undecided"] * (10 - agreeing)
    verdict = Verdict(
        hypothesis=study.hypothesis("gradient"), verdict="partly",
        reason=verdicts["gradient"].reason, main={}, basis=verdicts["gradient"].basis,
        curve=SpecificationCurve(
            specifications=tuple(
                Specification(choice={}, effect=None, p_value=None, verdict=w) for w in words
            )
        ),
    )  # fmt: skip
    assert verdict.robust is robust


def test_the_bloc_holds_when_neighbours_are_alike(verdicts):
    """The permutation's small p stands beside one that is corrected for autocorrelation."""
    told = verdicts["medium-high-bloc"].to_dict()
    corrected = next(c for c in told["companions"] if c.get("method") == "effective-size")
    assert corrected["p_value"] <= 0.05
    assert corrected["details"]["effective_size"] < 81
    assert "0,0006" in told["reason"]["tr"]


def test_prints_are_rounded_or_truncated():
    """A printed 88 may stand for 87.5 to 89; 1,7 truncated for 1.7 to 1.8."""
    assert print_interval(88, 0) == (87.5, 89)
    assert print_interval(88, 0, reading="rounding") == (87.5, 88.5)
    assert print_interval(1.7, 1, reading="truncation") == (1.7, 1.8)


def test_power_against_straight_gradients_is_said(verdicts):
    """The correction takes straight trends for autocorrelation; the result counts the misses."""
    told = verdicts["gradient"].to_dict()
    power = next(c for c in told["companions"] if c.get("name") == "planted_gradient")["power"]
    assert [p["rho"] for p in power] == [0.35, 0.5, 0.7]
    assert all(p["corrected"] < 0.2 < 0.8 < p["uncorrected"] for p in power)
    lenient = next(c for c in told["companions"] if c.get("method") == "independent")
    assert lenient["p_value"] > 0.5  # the most lenient test sees no gradient either


def test_noise_is_not_called_a_gradient():
    """Shuffled shares are found to rise or fall in no more than the stated 5 % of cases."""
    import numpy as np

    import mekantek
    from mekantek.findings.gradients import one_word
    from mekantek.stats.correlations import correlation

    study = mekantek.load_study()
    lon, lat = study.points["longitude"].to_numpy(), study.points["latitude"].to_numpy()
    share, rng = study.share("low").to_numpy(), np.random.default_rng(0)
    words = []
    for _ in range(200):
        found = correlation(rng.permutation(share), lon, longitude=lon, latitude=lat)
        words.append(one_word(found.statistic, found.p_value, found.details["detectable"]))
    assert (
        words.count("supported") + words.count("contradicted") <= 17
    )  # 5 % of 200, and two standard errors


def test_names_of_findings(study):
    """Groups stand for their members; unknown names are refused with the list."""
    assert findings.groups(study)["iltek"] == ("iltek", "iltek-one-to-one")
    with pytest.raises(OptionError, match="there are gradient"):
        study.hypothesis("slope")


def test_readme_says_what_the_study_finds(verdicts):
    """The table of the README gives each verdict's word, in the order of the register."""
    import re
    from pathlib import Path

    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| .+? \| \*\*(.+?)\*\* \|", readme, flags=re.MULTILINE)
    assert words == [v.verdict for v in verdicts.values()]
    for number in (
        "0.06",
        "0.63",
        "0.52",
        "0.953",
        "0.854",
        "80.8 %",
        "87.4 %",
        "31.1 %",
        "14.5 %",
    ):
        assert number in readme
        assert any(number.replace(" ", "") in v.reason.en for v in verdicts.values()), number
