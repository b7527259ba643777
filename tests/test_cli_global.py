"""Verbs about the whole map: moran and its variants, geary, getis-ord, join-counts."""

import json
from pathlib import Path

import pandas as pd
import pytest

import mekantek as mt
from command_line import run

REFERENCE = Path(__file__).parent / "reference"
GLOBAL = {
    "schema", "name", "statistic", "expected", "variance", "z_score", "p_value", "p_interval",
    "null", "alternative", "method", "permutations", "seed", "undefined", "n", "weights", "data",
    "versions",
}  # fmt: skip
SIDS = (REFERENCE / "sids2.csv", "--id", "id", "--neighbours", REFERENCE / "sids2.gal")


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
        (("lee", "--with-class", "high"), "lee"),
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
    assert told("lee", *SIDS, "--value", "SIDR79", "--with", "SIDR74")["data"]["value"] == (
        "SIDR79 with SIDR74"
    )
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
        ("lee",),
        ("lee", *SIDS, "--value", "SIDR74", "--with-class", "high"),
        ("scatterplot", "--regimes", "side"),
        ("screen", "--fdr", "max"),
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
        ("moran", "--with-class", "high"), ("moran", "--since", "2019"), ("screen",),
        ("lee", "--with-class", "high"),
    ):  # fmt: skip
        turkish, english = run(*call).stdout, run(*call, "--lang", "en").stdout
        assert "iki yönlü" in turkish
        assert "two-sided" in english
        for word in ("expected", "order", "among", "change", "Join", "0.3"):
            assert word not in turkish, (call, word)
        for word in ("beklenen", "komşu", "sıra", "Birleşim"):
            assert word not in english, (call, word)


def test_what_is_misused_is_said_in_the_users_language():
    """One sentence and exit 2 in either language."""
    for language, wanted in (("tr", "önce tabloyu ve --id verin"), ("en", "name it first")):
        result = run("moran", "--with", "x", "--lang", language)
        assert result.returncode == 2
        assert wanted in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


def test_notes_are_turkish_on_a_turkish_screen_and_english_in_json(tmp_path):
    """One-way neighbours: the same note on stderr in either language, and one in JSON."""
    table, pairs = tmp_path / "t.csv", tmp_path / "n.gal"
    table.write_text("id,x\n" + "".join(f"{i},{i * i % 7}\n" for i in range(6)), encoding="utf-8")
    pairs.write_text(
        "0 6 t id\n" + "".join(f"{i} 1\n{(i + 1) % 6}\n" for i in range(6)), encoding="utf-8"
    )
    call = ("moran", table, "--value", "x", "--id", "id", "--neighbours", pairs)
    assert "komşuluk karşılıklı değil" in run(*call, "--lang", "tr").stderr
    assert "asymmetric neighbours" in run(*call, "--lang", "en").stderr
    assert "asymmetric neighbours" in told(*call, "--lang", "tr")["notes"][0]


def test_screen_and_scatterplot_are_those_of_the_library(tmp_path, study):
    """Four variables screened as one family; a slope for each label of a column."""
    result = run("screen", "--class", "low", "--class", "high", "--year", "2024", "--json")
    content = json.loads(result.stdout)
    frame = study.frame[["low", "high"]].set_axis(["low 2024", "high 2024"], axis=1)
    wanted = mt.screen(frame, study.graph).to_dict()["variables"]
    assert content["schema"] == "mekantek/screening/1"
    assert content["variables"] == wanted
    whole = json.loads(run("scatterplot", "--json").stdout)
    assert whole["slope"] == pytest.approx(mt.moran(study.frame["low"], study.graph).statistic)
    assert len(whole["points"]) == 81
    sides = pd.read_csv(REFERENCE / "sids2.csv")
    sides["side"] = ["west", "east"] * 50
    sides.to_csv(tmp_path / "sides.csv", index=False)
    call = ("scatterplot", tmp_path / "sides.csv", *SIDS[1:], "--value", "SIDR74", "--regimes",
            "side", "--permutations", "99")  # fmt: skip
    slopes = told(*call)
    assert slopes["name"] == "regime_slopes"
    assert {k: v["n"] for k, v in slopes["details"]["slopes"].items()} == {"east": 50, "west": 50}
    assert len(slopes["details"]["points"]) == 100
    assert "Bölgelerin eğimleri" in run(*call).stdout


@pytest.mark.parametrize(
    ("language", "told"), [("tr", "R = 99, tohum 7"), ("en", "R = 99, seed 7")]
)
def test_a_drawn_result_prints_its_permutations_and_seed(language, told):
    """Randomness is told on the screen too, not in JSON alone; what is counted names none."""
    drawn = ("--method", "permutation", "--permutations", "99", "--seed", "7", "--lang", language)
    for verb in ("moran", "lisa"):
        assert told in " ".join(run(verb, *drawn).stdout.split())
        assert "R = " not in run(verb, "--lang", language).stdout


def test_names_in_square_brackets_are_no_markup(tmp_path):
    """A column called rate[red] or rate[/x] is told by its whole name."""
    table = pd.read_csv(REFERENCE / "sids2.csv")
    for name in ("rate[red]", "rate[/x]"):
        file = tmp_path / "table.csv"
        table.rename(columns={"SIDR74": name}).to_csv(file, index=False)
        result = run("moran", file, *SIDS[1:], "--value", name)
        assert result.returncode == 0
        assert f"Moran I, {name}" in result.stdout


def test_the_scatterplot_tells_what_was_done_and_why_there_is_none(tmp_path):
    """Isolates and constant values are told as by every other verb, in words and in JSON."""
    ids = list("abcde")
    table, pairs = tmp_path / "table.csv", tmp_path / "pairs.csv"
    pd.DataFrame({"id": ids, "v": [1, 2, 4, 3, 9], "flat": 1}).to_csv(table, index=False)
    pairs.write_text("a,b\nb,a\nb,c\nc,b\nc,d\nd,c\n", encoding="utf-8")
    given = (table, "--id", "id", "--neighbours", pairs)
    assert "komşusuz sayıldı: e" in run("scatterplot", *given, "--value", "v").stderr
    flat = run("scatterplot", *given, "--value", "flat")
    assert (flat.returncode, "değerler hiç değişmiyor" in flat.stderr) == (0, True)
    told = json.loads(run("scatterplot", *given, "--value", "flat", "--json").stdout)
    assert (told["slope"], told["undefined"]) == (None, "undefined: no variation")
    assert any("without any: e" in note for note in told["notes"])
