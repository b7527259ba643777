"""The gradient: every choice read again by hand, planted gradients, noise, and what is printed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mekantek.findings.gradients import gradient
from mekantek.findings.gradients.choices import curve
from mekantek.findings.gradients.companions import companions
from mekantek.findings.gradients.direction import direction_of
from mekantek.findings.gradients.planted import NOISES, PLANTED, TESTS, Country, plant, seen_as_low
from mekantek.findings.verdict import thresholds
from mekantek.study import YearTable, other_prints

EAST = direction_of("east")
ALL_CLASSES = ("high", "medium_high", "medium_low", "low", "unclassified")
FLOORS = {"all": None, **{f"exports ≥ {m} mn USD": m * 1e6 for m in (10, 50, 100, 500)}}


@pytest.fixture(scope="module")
def choices(study):
    return curve(study, "low", EAST, surrogates=99)


@pytest.fixture(scope="module")
def power(study):
    return plant(study, "low", rounds=150, finer=150)


def with_low(study, share):
    """The study with another low share in both years; the other classes split the rest as before."""
    panel = {}
    for year in study.years:
        frame = study.at(year).frame
        rest = frame.drop(columns=["value", "low"])
        frame[rest.columns] = rest.div(rest.sum(axis=1), axis=0).mul(1 - share, axis=0)
        frame["low"] = share
        panel[year] = YearTable(frame, study.at(year).status)
    return replace(study, panel=panel)


def slope(study, rho, seed=0):
    """A share that rises eastwards with a correlation of about ρ."""
    east = study.points["longitude"]
    noise = np.random.default_rng(seed).permutation(stats.norm.ppf((np.arange(81) + 0.5) / 81))
    z = rho * (east - east.mean()) / east.std() + np.sqrt(1 - rho**2) * noise
    return 0.4 + 0.05 * z


def by_hand(study, choice):
    """One specification's correlation, read from the study with loops and scipy alone."""
    read = other_prints(study) if choice["cells"] == "other print" else study
    at = read.at(choice["year"])
    frame = at.frame
    shares = frame[list(ALL_CLASSES)].where(frame[list(ALL_CLASSES)] > 0, 0.65 * 0.0005)
    zeros = (frame[list(ALL_CLASSES)] == 0).sum(axis=1)
    kept = frame[list(ALL_CLASSES)] > 0
    sums = frame[list(ALL_CLASSES)].sum(axis=1)
    shares = shares.where(~kept, shares.mul((1 - 0.65 * 0.0005 * zeros) / sums, axis=0))
    x = {
        "share": frame["low"],
        "logit": np.log(shares["low"] / (1 - shares["low"])),
        "clr": np.log(shares["low"]) - np.log(shares).mean(axis=1),
    }[choice["scale"]]
    keep = pd.Series(True, index=x.index)
    if FLOORS[choice["floor"]] is not None:
        keep &= frame["value"] >= FLOORS[choice["floor"]]
    if choice["cells"] == "left out":
        keep &= ~(at.status == "unresolved").any(axis=1)
    weight = pd.Series(1.0, index=x.index)
    if choice["weights"] != "unweighted":
        keep &= frame["value"].notna()
        weight = frame["value"] if choice["weights"] == "exports" else np.sqrt(frame["value"])
    east = study.points["longitude"]
    if choice["points"] == "centroid":
        east = study.geometry.to_crs("ESRI:102013").centroid.to_crs("EPSG:4326").x
    x, east, weight = x[keep].to_numpy(), east[keep].to_numpy(), weight[keep].to_numpy()
    if choice["coefficient"] == "kendall":
        net = up = side = 0.0
        for i in range(len(x)):
            for j in range(i):
                w = weight[i] * weight[j]
                a, b = np.sign(round(x[i] - x[j], 12)), np.sign(east[i] - east[j])
                net, up, side = net + w * a * b, up + w * a * a, side + w * b * b
        return np.sin(np.pi / 2 * net / np.sqrt(up * side))
    if choice["coefficient"] == "spearman":
        x, east = stats.rankdata(np.round(x, 12)), stats.rankdata(east)
    cov = np.cov(x, east, aweights=weight)
    return cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])


def test_every_kind_of_choice_is_read_as_it_says(study, choices):
    """150 specifications drawn at random, each recomputed from the tables."""
    drawn = np.random.default_rng(0).choice(len(choices), 150, replace=False)
    seen = {"coefficient": set(), "weights": set(), "cells": set(), "scale": set()}
    for k in drawn:
        specification = choices.specifications[k]
        tolerance = 2e-3 if specification.choice["points"] == "centroid" else 1e-9
        assert specification.effect == pytest.approx(
            by_hand(study, specification.choice), abs=tolerance
        ), specification.choice
        for name, values in seen.items():
            values.add(specification.choice[name])
    assert [len(v) for v in seen.values()] == [3, 3, 3, 3]


def test_the_main_test_is_one_of_the_specifications(choices, verdicts):
    """Spearman of the share, all provinces, no weights, Dutilleul with 13 classes."""
    main = verdicts["gradient"].main
    wanted = {
        "year": 2024, "coefficient": "spearman", "scale": "share", "floor": "all",
        "weights": "unweighted", "cells": "adopted", "points": "label point",
        "correction": "Dutilleul, 13 classes",
    }  # fmt: skip
    found = [s for s in choices.specifications if s.choice == wanted]
    assert len(found) == 1
    assert found[0].effect == pytest.approx(main["statistic"], abs=1e-12)
    assert found[0].p_value == pytest.approx(main["p_value"], abs=1e-12)
    assert found[0].verdict == "not supported"


def test_no_two_choices_read_the_same_numbers(choices):
    """At least 1,000 specifications; none stands twice, so nothing is counted twice."""
    assert len(choices) > 1000
    told = {tuple(s.choice.items()) for s in choices.specifications}
    assert len(told) == len(choices)
    frame = choices.to_frame()
    raw = frame[(frame["scale"] == "share") & (frame["weights"] == "unweighted")]
    assert "other print" not in set(raw[raw["floor"] == "all"]["cells"])


def test_corrections_share_effects_and_surrogates(choices):
    """Eight corrections of one reading: one effect, one column of surrogates, eight p-values."""
    size = choices.to_frame()["correction"].nunique()
    assert size == 8
    frame = choices.to_frame()
    effects = frame["effect"].to_numpy().reshape(-1, size)
    assert (effects == effects[:, :1]).all()
    drawn = choices.surrogates.reshape(99, -1, size)
    assert (drawn == drawn[:, :, :1]).all()
    assert np.isfinite(drawn).all()
    assert frame["p_value"].dropna().between(0, 1).all()


def test_the_same_curve_twice(study, choices):
    """The same call gives the same bytes."""
    again = curve(study, "low", EAST, surrogates=99)
    assert again.surrogates.tobytes() == choices.surrogates.tobytes()
    assert again.specifications == choices.specifications


def test_a_planted_gradient_is_seen_where_it_can_be(study):
    """ρ = 0.9 eastwards: spectral test and scan find it, Dutilleul cannot, the verdict is open."""
    told = companions(
        with_low(study, slope(study, 0.9)), "low", EAST, plant(study, "low", rounds=5, finer=5)
    )
    label = {c["label"]["en"]: c for c in told}
    spectral = label["low technology, 2024, spectral (singleton)"]
    assert spectral["statistic"] > 0.85
    assert spectral["p_value"] <= 0.05
    scan = next(c for c in told if c.get("name") == "azimuth_scan")
    assert abs(scan["azimuth"] - 90) <= 20
    assert scan["p_value"] <= 0.05
    low, high = scan["azimuth_interval"]
    assert low <= 90 <= high
    assert (
        label["low technology, 2024, NUTS 1 regions west to east (Jonckheere)"]["p_value"] < 0.001
    )
    east = label["low technology, 2024, least squares: longitude"]
    assert east["statistic"] > 0
    assert east["p_value"] < 1e-6


@pytest.mark.parametrize(("rho", "word"), [(0.9, "undecided"), (-0.9, "undecided")])
def test_what_only_the_uncorrected_test_sees_is_undecided(study, rho, word, monkeypatch):
    """A steep gradient is no 'not supported': the lenient test sees it."""
    from mekantek.findings.gradients import finding
    from mekantek.findings.robustness import SpecificationCurve

    monkeypatch.setattr(finding, "companions", lambda *_: [])
    monkeypatch.setattr(finding, "curve", lambda *_: SpecificationCurve())
    verdict = gradient(with_low(study, slope(study, rho)))
    assert verdict.verdict == word


def test_false_alarms_keep_their_rate(power):
    """Maps as alike as the shares: spectral at 5 % or less, the uncorrected test above it."""
    error = np.sqrt(0.05 * 0.95 / 150)
    alike = power.at(0.0, "alike")
    assert alike["spectral"] <= 0.05 + 2 * error
    assert alike["corrected"] <= 0.05
    shuffled = power.at(0.0, "shuffled")
    assert max(shuffled.values()) <= 0.05 + 2.5 * error


def test_power_grows_with_the_gradient(power):
    """More is found of steeper gradients; the uncorrected test finds most, Dutilleul none."""
    for noise in NOISES:
        for test in ("spectral", "uncorrected"):
            parts = [power.at(rho, noise)[test] for rho in PLANTED]
            assert parts == sorted(parts)
        assert power.at(PLANTED[-1], noise)["corrected"] < 0.2
        assert power.detectable("uncorrected", noise) < power.detectable("spectral", noise)
        assert power.detectable("corrected", noise) == 1.0
    assert PLANTED[0] == thresholds()["matters"]
    assert power.at(0.7, "shuffled")["spectral"] > 0.6


def test_power_is_counted_as_the_tests_decide(study):
    """The batch's p-values are those of the tests one by one."""
    from mekantek.stats.correlations import correlation

    country = Country(study, "low")
    maps = country.noise("alike", 3, part=7) + 0.5 * country.trend
    rho, p = country.p_values(maps, TESTS)
    points = study.points
    place = {side: points[side].to_numpy() for side in ("longitude", "latitude")}
    for k, row in enumerate(maps):
        for test, more in (("corrected", {}), ("clifford", {"estimate": "clifford"}),
                           ("uncorrected", {"classes": None})):  # fmt: skip
            found = correlation(row, place["longitude"], **place, **more)
            assert rho[k] == pytest.approx(found.statistic, abs=1e-12)
            if found.p_value is not None:
                assert p[test][k] == pytest.approx(found.p_value, abs=1e-12)


def test_companions_keep_their_keys(verdicts):
    """Every companion has a label in two languages, a statistic and a p-value, or None."""
    told = verdicts["gradient"].to_dict()["companions"]
    labels = [c["label"]["en"] for c in told]
    assert len(set(labels)) == len(labels)
    for companion in told:
        assert companion["label"]["tr"]
        assert {"statistic", "p_value"} <= set(companion)
    names = {c.get("name") for c in told}
    assert {"azimuth_scan", "trend_surface", "regression_durbin", "lm_robust_lag", "jonckheere",
            "kruskal_wallis", "planted_gradient", "part_found"} <= names  # fmt: skip


def test_the_floor_rises_province_by_province(verdicts):
    """Fewer provinces at every step; the first step holds all with a printed total."""
    told = verdicts["gradient"].to_dict()["companions"]
    rows = next(c["curve"] for c in told if c.get("schema") == "mekantek/floors/1")
    counts = [r["n"] for r in rows]
    assert counts[0] == 75
    assert all(a >= b for a, b in pairwise(counts))
    assert rows[-1]["floor_usd"] <= 1e9


def test_the_rules_own_detectable_effect_is_printed_beside_the_simulated_power(verdicts):
    """The formula's 0.34 is the rule's; what the tests find of planted gradients is in the reason."""
    verdict = verdicts["gradient"]
    assert verdict.minimum_detectable_effect == verdict.main["details"]["detectable"]
    planted = next(
        c for c in verdict.companions if c["name"] == "planted_gradient"
    )["power_alike"][0]  # fmt: skip
    assert planted["rho"] == 0.35
    for test in ("corrected", "spectral", "uncorrected"):
        assert f"{100 * planted[test]:.0f}%" in verdict.reason.en


def test_maps_with_a_gradient_that_matters_hardly_ever_look_like_this_one(study):
    """Severity: counted again with ranks and loops; no more can be seen, all can."""
    from scipy.stats import spearmanr

    observed = spearmanr(study.share("low"), study.points["longitude"]).statistic
    assert seen_as_low(study, "low", observed, rounds=400) <= 4
    country = Country(study, "low")
    maps = country.noise("alike", 50, part=4)
    maps = maps + 0.35 / np.sqrt(1 - 0.35**2) * country.trend
    found = [spearmanr(row, study.points["longitude"]).statistic for row in maps]
    for level in (0.2, 0.3, 0.4):
        counted = seen_as_low(study, "low", level, rounds=50)
        assert counted == sum(r <= level + 1e-12 for r in found)


def test_provinces_without_neighbours_take_the_official_ones():
    """A band of 60 km leaves 62 provinces alone: surrogates and models then use the official list."""
    import mekantek as mt
    from mekantek.findings.gradients.companions import linked

    assert linked(mt.load_study(weights="band:60km")).graph.spec == "official"
    assert linked(mt.load_study(weights="knn:4")).graph.spec == "knn:4"
