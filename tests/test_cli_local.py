"""The verbs lisa and hotspots: several maps at once, other statistics, methods and families."""

import json

import pandas as pd
import pytest

import mekantek as mt
from command_line import run
from mekantek.study.example import write_example

UNIT = {
    "id", "name", "value", "lag", "statistic", "expected", "variance", "z_score", "p_value",
    "p_interval", "method", "p_adjusted", "quadrant", "cluster", "cluster_unadjusted",
}  # fmt: skip


def told(*arguments, cwd=None):
    result = run(*arguments, "--json", cwd=cwd)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_hotspots_of_the_report():
    """`hotspots` gives G* by default and the units of the local contract."""
    content = told("hotspots", "--class", "low")
    assert content["schema"] == "mekantek/local/1"
    assert content["name"] == "getis_ord_gstar"
    assert set(content["units"][0]) == UNIT
    assert set(content["family"]) == {"size", "correction", "alpha", "survivors"}
    assert content["expected_under_noise"] == pytest.approx(4.0405, abs=1e-4)
    plain = told("hotspots", "--class", "low", "--statistic", "g")
    assert plain["name"] == "getis_ord_g"
    # Given a place's own value both are tested by the same sums.
    assert [u["p_value"] for u in plain["units"]] == [u["p_value"] for u in content["units"]]


def test_losh_of_the_report(study):
    """`losh` gives the units of the local contract and the library's numbers."""
    content = told("losh", "--class", "low")
    assert content["name"] == "losh"
    assert set(content["units"][0]) == UNIT
    wanted = mt.losh(study.frame["low"], study.graph).frame["p_value"]
    assert [u["p_value"] for u in content["units"]] == wanted.tolist()
    drawn = told("losh", "--method", "permutation", "--permutations", "19")
    assert (drawn["permutations"], drawn["method"]) == (19, "permutation")
    assert run("losh", "--fdr", "max").returncode == 2


def test_nothing_to_show_is_one_sentence():
    """A map without a significant unit prints its title and no empty table."""
    shown = run("lisa", "--class", "high", "--alpha", "0.0001", "--lang", "en").stdout
    assert "0 of 81 units significant" in shown
    assert "┃" not in shown


def test_survivors_over_all_maps_are_named_in_the_users_language():
    """The last line names the map as its title does."""
    options = ("lisa", "--class", "low", "--class", "high", "--fdr", "none", "--alpha", "0.2")
    assert "(düşük teknoloji, 2024)" in run(*options, "--lang", "tr").stderr
    assert "(low technology, 2024)" in run(*options, "--lang", "en").stderr


def test_several_classes_and_years_are_one_run():
    """Four maps, each as if alone, and what survives over all of them."""
    content = told("lisa", "--class", "low", "--class", "high", "--year", "2019", "--year", "2024")
    assert content["schema"] == "mekantek/maps/1"
    assert [m["value"] for m in content["maps"]] == [
        "low 2019", "low 2024", "high 2019", "high 2024",
    ]  # fmt: skip
    assert content["family"]["size"] == 4 * 81
    alone = told("lisa", "--class", "low", "--year", "2024")
    assert content["maps"][1]["units"] == alone["units"]
    assert content["survivors"] == []


def test_several_columns_of_a_table(folder):
    """Two --value columns are read once and tested on one graph."""
    frame = pd.read_csv(folder / "table.csv")
    frame.assign(twice=frame["low"] * 2).to_csv(folder / "two.csv", index=False)
    content = told("lisa", "two.csv", "--value", "low", "--value", "twice", "--id", "kod",
                   "--neighbours", "pairs.csv", cwd=folder)  # fmt: skip
    first, second = content["maps"]
    assert [m["data"]["value"] for m in content["maps"]] == ["low", "twice"]
    assert [u["p_value"] for u in first["units"]] == [u["p_value"] for u in second["units"]]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["--since", "2019"], "differential_local_moran"),
        (["--with-class", "high"], "bivariate_local_moran"),
        (["--statistic", "geary", "--method", "randomization"], "local_geary"),
    ],
)
def test_other_statistics_of_likeness(options, name):
    """A change, a pair of classes and Geary's differences each say what they are."""
    content = told("lisa", "--class", "low", *options)
    assert content["name"] == name
    assert len(content["units"]) == 81


def test_names_of_a_table_are_shown_and_written(tmp_path):
    """`--name` names the column whose text stands where the ids would; an empty cell keeps the id."""
    (tmp_path / "t.csv").write_text(
        "id,il,x\n1,Iğdır,9\n2,Şırnak,8\n3,,1\n4,Muş,0\n", encoding="utf-8"
    )
    (tmp_path / "n.csv").write_text("a,b\n1,2\n2,1\n2,3\n3,2\n3,4\n4,3\n", encoding="utf-8")
    options = ("lisa", "t.csv", "--value", "x", "--id", "id", "--neighbours", "n.csv")
    content = told(*options, "--name", "il", cwd=tmp_path)
    assert [u["name"] for u in content["units"]] == ["Iğdır", "Şırnak", "3", "Muş"]
    assert [u["id"] for u in content["units"]] == ["1", "2", "3", "4"]
    written = run(
        *options, "--name", "il", "--alpha", "0.9", "--fdr", "none", "--out", "o.csv", cwd=tmp_path
    )
    assert "Şırnak" in written.stdout
    assert pd.read_csv(tmp_path / "o.csv")["il"].tolist() == ["Iğdır", "Şırnak", "3", "Muş"]
    run(*options, "--out", "plain.csv", cwd=tmp_path)
    assert "il" not in pd.read_csv(tmp_path / "plain.csv")
    (tmp_path / "named.csv").write_text("name,il,x\n1,a,9\n2,b,8\n3,c,1\n4,d,0\n", encoding="utf-8")
    own = ("lisa", "named.csv", "--value", "x", "--id", "name", "--neighbours", "n.csv")
    for column in ("il", "name"):
        done = run(*own, "--name", column, "--out", f"by-{column}.csv", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert pd.read_csv(tmp_path / "by-il.csv")["il"].tolist() == list("abcd")
    absent = run(*options, "--name", "ili", cwd=tmp_path)
    assert absent.returncode != 0
    assert "ili" in absent.stderr
    assert run("lisa", "--class", "low", "--name", "il").returncode == 2


def test_columns_for_pairs_changes_and_rates(folder):
    """--with, --since-column and --population name columns of the user's table."""
    frame = pd.read_csv(folder / "table.csv")
    frame.assign(
        other=frame["low"][::-1].to_numpy(), cases=range(81), people=1000, yes=(frame["low"] > 0.4) * 1
    ).to_csv(folder / "more.csv", index=False)  # fmt: skip
    base = ("lisa", "more.csv", "--id", "kod", "--neighbours", "pairs.csv")
    for options, name in (
        (["--value", "low", "--with", "other"], "bivariate_local_moran"),
        (["--value", "low", "--since-column", "other"], "differential_local_moran"),
        (["--value", "cases", "--population", "people"], "local_moran"),
        (["--value", "yes", "--statistic", "join-counts"], "local_join_counts"),
    ):
        assert told(*base, *options, cwd=folder)["name"] == name


def test_what_does_not_go_together_is_refused():
    """Dollars are no counts, shares no yes and no, and one statistic is asked for at a time."""
    for options, code, said in (
        (["--population", "people"], 3, "dollars, which are no counts"),
        (["--statistic", "join-counts"], 2, "no kinds of 0 and 1"),
        (["--since", "2019", "--with-class", "high"], 2, "Only one of"),
        (["--statistic", "geary", "--method", "saddlepoint"], 3, "has no saddlepoint"),
    ):
        result = run("lisa", "--lang", "en", *options)
        assert result.returncode == code, result.stderr
        assert said in " ".join(result.stderr.replace("│", " ").split())
        assert not result.stdout


def test_draws_stop_and_say_so():
    """--stop, --workers and --seed reach the draws; the result says how many there were."""
    options = ("lisa", "--method", "permutation", "--permutations", "999", "--stop", "20")
    one = told(*options, "--workers", "1")
    two = told(*options, "--workers", "2")
    assert one["units"] == two["units"]
    assert one["seed"] == 0
    assert any("sequential stopping after 20" in note for note in one["notes"])
    other = told(*options, "--seed", "5")
    assert other["units"] != one["units"]


def test_the_max_statistic_is_a_family():
    """--fdr max corrects by permuting the whole map and says what that assumes."""
    content = told("lisa", "--class", "low", "--fdr", "max", "--permutations", "999")
    assert content["family"]["correction"] == "max"
    assert content["permutations"] == 999
    assert any("total permutation" in note for note in content["notes"])
    # Sivas's z is large for its four neighbours, but the map's largest |z| often is as large.
    low = {u["name"]: u["p_adjusted"] for u in content["units"]}
    assert min(low, key=low.get) == "Sivas"


def test_tables_in_both_languages_tell_what_noise_would_show():
    """The table's title has the expected count under pure noise in Turkish and English."""
    turkish = run("lisa", "--class", "low", "--lang", "tr").stdout
    english = run("hotspots", "--class", "low", "--lang", "en").stdout
    assert "salt rastlantıda 4,0 beklenir" in " ".join(turkish.split())
    assert "pure noise would show 4.0" in " ".join(english.split())
    assert "hot spot" in english


def test_polygons_with_another_key_are_told_how_to_name_it(tmp_path):
    """Only where the id was taken from the table; a key that was named is not asked for again."""
    write_example(tmp_path)
    (tmp_path / "t.csv").write_text("code,v\n" + "\n".join(f"{u},{ord(u)}" for u in "ABCDEFGHI"))
    words = ["lisa", "t.csv", "--value", "v", "--id", "code", "--boundaries", "fields.geojson"]
    told = run(*words, "--lang", "en", cwd=tmp_path)
    assert told.returncode == 3
    assert "fields.geojson has no column 'code'" in told.stderr
    assert told.stderr.rstrip().endswith("name it with --boundaries-id.")
    again = run(*words, "--boundaries-id", "kod", "--lang", "en", cwd=tmp_path)
    assert "--boundaries-id" not in again.stderr
    assert run(*words, "--boundaries-id", "field", cwd=tmp_path).returncode == 0
