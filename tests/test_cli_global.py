"""Verbs about the whole map: moran and its variants, geary, getis-ord, join-counts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mekantek as mt

REFERENCE = Path(__file__).parent / "reference"
GLOBAL = {
    "schema", "name", "statistic", "expected", "variance", "z_score", "p_value", "p_interval",
    "null", "alternative", "method", "permutations", "seed", "undefined", "n", "weights", "data",
    "versions",
}  # fmt: skip
SIDS = (REFERENCE / "sids2.csv", "--id", "id", "--neighbours", REFERENCE / "sids2.gal")


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "mekantek.cli", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


def told(*arguments):
    result = run(*arguments, "--json")
    assert result.returncode == 0, result.stderr
    content = json.loads(result.stdout)
    assert set(content) - {"details", "notes"} == GLOBAL
    assert content["schema"] == "mekantek/global/1"
    return content


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("geary",), "geary"),
        (("getis-ord", "--class", "high"), "getis_ord"),
        (("join-counts", "--above", "0.3"), "join_counts_BB"),
        (("join-counts", "--above", "0.3", "--count", "BW"), "join_counts_BW"),
        (("moran", "--with-class", "high"), "bivariate_moran"),
        (("moran", "--since", "2019"), "differential_moran"),
        (("moran", "--order", "3"), "moran"),
    ],
)
def test_global_json_is_the_contract(arguments, name):
    """Every verb and variant on the report's data gives the keys of the contract."""
    content = told(*arguments)
    assert content["name"] == name
    assert content["weights"]["links"] == 398
    assert 0 <= content["p_value"] <= 1


def test_variants_are_those_of_the_library(study):
    """The command line passes on what was asked."""
    low, high = study.share("low"), study.share("high")
    two = told("moran", "--with-class", "high")
    assert two["p_value"] == mt.bivariate_moran(low, high, study.graph).p_value
    assert two["data"]["value"] == "low 2024 with high 2024"
    change = told("moran", "--since", "2019", "--alternative", "greater")
    before = study.at(2019).share("low")
    assert (
        change["p_value"]
        == mt.differential_moran(low, before, study.graph, alternative="greater").p_value
    )
    lags = told("geary", "--order", "3")["details"]["correlogram"]
    wanted = mt.correlogram(low, study.graph, orders=3, statistic="geary")
    assert [lag["p_adjusted"] for lag in lags["lags"]] == list(wanted.p_adjusted)
    joins = told("join-counts", "--above", "0.3", "--count", "WW", "--method", "permutation",
                 "--permutations", "199", "--seed", "7")  # fmt: skip
    assert (
        joins["p_value"]
        == mt.join_counts(
            low > 0.3, study.graph, count="WW", method="permutation", permutations=199, rng=7
        ).p_value
    )


def test_columns_of_a_table():
    """Bivariate, change and rates of anyone's table; the rates are spdep's."""
    rates = told("moran", *SIDS, "--value", "SID74", "--population", "BIR74")
    assert rates["statistic"] == pytest.approx(0.271402966962865, rel=1e-9)
    assert rates["weights"]["links"] == 462
    assert rates["data"]["value"] == "SID74 / BIR74"
    for option, name in (("--with", "bivariate_moran"), ("--since-column", "differential_moran")):
        assert told("moran", *SIDS, "--value", "SIDR79", option, "SIDR74")["name"] == name


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("moran", "--population", "people"), "dollars"),
        (("moran", *SIDS, "--value", "SIDR74", "--population", "BIR74"), "counts"),
        (("moran", "--with-class", "high", "--method", "normality"), "normality"),
        (("moran", "--since", "2021"), "2019, 2024"),
        (("moran", *SIDS, "--value", "SID74", "--with", "SID99"), "SID99"),
        (("join-counts", *SIDS, "--value", "SIDR74"), "0 and 1"),
        (("getis-ord", "--method", "exact"), "81!"),
    ],
)
def test_refusals_are_one_sentence(arguments, hint):
    """Exit 3, one line on stderr, nothing on stdout."""
    result = run(*arguments, "--lang", "en")
    assert result.returncode == 3, result.stderr
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert hint in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("moran", "--with", "x"),
        ("moran", "--with-class", "high", "--since", "2019"),
        ("moran", *SIDS, "--value", "SIDR74", "--since", "2019"),
        ("moran", "--order", "0"),
        ("join-counts",),
        ("join-counts", "--count", "AA"),
    ],
)
def test_options_that_contradict_each_other_are_usage(arguments):
    """Exit 2 before anything is computed."""
    assert run(*arguments).returncode == 2


def test_turkish_screens_are_turkish():
    """No English word on a Turkish screen, and the other way round."""
    for call in (
        ("geary", "--order", "2"), ("getis-ord",), ("join-counts", "--above", "0.3"),
        ("moran", "--with-class", "high"), ("moran", "--since", "2019"),
    ):  # fmt: skip
        turkish, english = run(*call).stdout, run(*call, "--lang", "en").stdout
        assert "iki yönlü" in turkish
        assert "two-sided" in english
        for word in ("expected", "order", "among", "change", "Join", "0.3"):
            assert word not in turkish, (call, word)
        for word in ("beklenen", "komşu", "sıra", "Bağ"):
            assert word not in english, (call, word)
