"""The command line as users' scripts see it: JSON, exit codes, one sentence and no traceback."""

import json
import math
import sys

import pandas as pd
import pytest

from command_line import run

GLOBAL = {
    "schema", "name", "statistic", "expected", "variance", "z_score", "p_value", "p_interval",
    "null", "alternative", "method", "permutations", "seed", "undefined", "n", "weights", "data",
    "versions",
}  # fmt: skip


def told(*arguments, cwd=None):
    result = run(*arguments, "--json", cwd=cwd)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_global_json_is_the_contract():
    """`moran --json` has exactly the keys of the contract."""
    content = told("moran", "--class", "low", "--year", "2024")
    assert set(content) == GLOBAL
    assert content["schema"] == "mekantek/global/1"
    assert content["weights"]["links"] == 398
    assert set(content["weights"]) == {"spec", "links", "islands", "standardize", "sha256"}
    assert content["data"]["source"] == "shares.csv"


def test_local_json_is_the_contract():
    """`lisa --json` lists 81 units with family and both cluster columns."""
    content = told("lisa", "--class", "low")
    assert content["schema"] == "mekantek/local/1"
    assert content["family"] == {"size": 81, "correction": "bh", "alpha": 0.05, "survivors": 1}
    assert [u["name"] for u in content["units"]][5] == "Ankara"
    assert content["method"] == "exact"


def test_anyones_table_gives_the_same_numbers(folder):
    """The same values through a user's CSV and pair list, shuffled and renamed: same numbers."""
    ours = told("lisa", "--class", "low")
    for table, pairs in (("table", "pairs"), ("shuffled", "pairs"), ("renamed", "renamed_pairs")):
        theirs = told(
            "lisa", folder / f"{table}.csv", "--value", "low", "--id", "kod",
            "--neighbours", folder / f"{pairs}.csv",
        )  # fmt: skip
        for a, b in zip(ours["units"], theirs["units"], strict=True):
            for key in ("statistic", "variance", "z_score", "p_value", "p_adjusted"):
                assert math.isclose(a[key], b[key], rel_tol=1e-9, abs_tol=1e-15), key
            assert a["cluster"] == b["cluster"]
        assert theirs["data"]["source"] == f"{table}.csv"
    assert str(folder) not in json.dumps(theirs)


def test_concentration_json():
    """Measures with their rounding interval."""
    content = told("concentration", "--class", "high", "--year", "2024", "--lq", "--lorenz")
    gini = next(m for m in content["measures"] if m["name"] == "gini")
    assert set(gini) == {
        "class", "year", "name", "value", "low", "high", "interval", "n", "undefined", "unresolved",
        "jackknife",
    }  # fmt: skip
    assert gini["unresolved"]["low"] < gini["value"] < gini["unresolved"]["high"]
    assert gini["jackknife"]["moves"][0]["id"] == "34"
    assert (round(gini["value"], 3), gini["n"], gini["interval"]) == (0.953, 75, "rounding")
    assert len(content["location_quotient"]) == 81
    assert len(content["lorenz"]) == 76


def test_concentration_of_any_year_by_region():
    """Years with two classes have these and the total; Theil falls apart without rest."""
    content = told("concentration", "--year", "2021", "--by", "nuts2")
    assert {m["class"] for m in content["measures"]} == {"high", "medium_low", "total"}
    split = [d for d in content["decomposition"] if d["value"] is not None]
    assert {d["class"] for d in split} == {"high", "medium_low", "total"}
    for d in split:
        assert d["between"] + d["within"] == pytest.approx(d["value"])
    undefined = next(d for d in content["decomposition"] if d["value"] is None)
    assert (undefined["name"], undefined["undefined"]) == (
        "theil_l", "undefined: a unit holds nothing"
    )  # fmt: skip


def test_an_index_of_ones_own(tmp_path):
    """A file in the place of İLTEK; its faults in one sentence, and only where it belongs."""
    file = tmp_path / "endeks.csv"
    file.write_text("il;sıra\nAnkara;1\nİstanbul;2\nKocaeli;3\nİzmir;4\nKilis;81\n", "utf-8")
    content = told("findings", "iltek", "--index", str(file), "--quiet")
    one, pairs = content["findings"]
    assert one["main"]["coverage"] == pairs["main"]["coverage"] == {"known": 5, "of": 81}
    assert one["main"]["index"]["name"] == "endeks.csv"
    file.write_text("il;sıra\nAnkara;1\nAnkra;2\n", "utf-8")
    refused = run("findings", "iltek", "--index", str(file), "--lang", "en")
    assert refused.returncode == 3
    assert "endeks.csv, line 3" in refused.stderr
    wrong = run("findings", "gradient", "--index", str(file))
    assert wrong.returncode == 2
    assert "iltek" in wrong.stderr


def test_corridor_json():
    """Names in any spelling; rank among all connected sets."""
    content = told("corridor", "ANKARA", "eskisehir")
    assert content["schema"] == "mekantek/corridor/1"
    assert (content["members"], content["rank"], content["of"]) == (["6", "26"], 1, 199)
    assert content["enumeration"] == "all"
    apart = told("corridor", "Ankara", "İstanbul")
    assert (apart["connected"], apart["p_value"]) == (False, None)


def test_corridor_on_a_users_table(folder):
    """A named set on anyone's table with a neighbour file."""
    content = told(
        "corridor", "6", "26", "--table", folder / "table.csv", "--value", "low", "--id", "kod",
        "--neighbours", folder / "pairs.csv",
    )  # fmt: skip
    assert content["of"] == 199


def test_findings_json(verdicts, monkeypatch, capsys):
    """Eight findings with claim, rule, verdict and reason in both languages."""
    from mekantek import cli, findings

    asked = []

    def known(study, chosen, *, index, step):
        asked.extend(chosen)
        return [verdicts[name] for name in chosen]

    with monkeypatch.context() as patch:
        patch.setattr(findings, "select", known)
        patch.setattr(sys, "argv", ["mekantek", "findings", "--json", "--quiet"])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert end.value.code == 0
    assert asked == list(verdicts)
    content = json.loads(capsys.readouterr().out)
    assert content["schema"] == "mekantek/findings/1"
    assert len(content["findings"]) == 8
    for finding in content["findings"]:
        assert {"id", "claim", "verdict", "reason", "robust", "minimum_detectable_effect", "main",
                "companions", "specifications", "basis"} <= set(finding)  # fmt: skip
        assert finding["claim"]["report_line"]
        assert finding["specifications"]["n"] > 0
    one = told("findings", "corridor")
    assert [f["id"] for f in one["findings"]] == [
        "corridor-ankara-eskisehir", "corridor-istanbul-kocaeli"
    ]  # fmt: skip


def test_data_lists_and_writes(tmp_path):
    """`data` counts statuses; `data --out` writes the two tidy tables with their columns."""
    tables = told("data")["tables"]
    shares = next(t for t in tables if "shares" in t["name"])
    assert shares["rows"] == 1243
    assert run("data", "--out", tmp_path / "out").returncode == 0
    written = {p.name: pd.read_csv(p) for p in (tmp_path / "out").iterdir()}
    assert list(written["shares.csv"]) == [
        "plate", "province", "year", "flow", "class", "share", "value_usd", "status", "source"
    ]  # fmt: skip
    assert list(written["totals.csv"]) == [
        "plate", "province", "year", "flow", "value_usd", "status", "source"
    ]  # fmt: skip
    assert (len(written["shares.csv"]), len(written["totals.csv"])) == (1243, 455)


def broken(folder, name, edit):
    path = folder / name
    lines = (folder / "table.csv").read_text().splitlines()
    path.write_bytes(edit(lines))
    return path


BROKEN = {
    "dropped province": (lambda ls: "\n".join(ls[:-1]).encode(), "81"),
    "wrong key": (lambda ls: "\n".join([*ls[:-1], "811,0.2"]).encode(), "811"),
    "empty cell": (lambda ls: "\n".join([*ls[:-1], "81,"]).encode(), "81"),
    "text cell": (lambda ls: "\n".join([*ls[:-1], "81,abc"]).encode(), "abc"),
    "infinity": (lambda ls: "\n".join([*ls[:-1], "81,inf"]).encode(), "inf"),
    "nan word": (lambda ls: "\n".join([*ls[:-1], "81,NaN"]).encode(), "81"),
    "empty file": (lambda ls: b"", "empty"),
    "binary file": (lambda ls: bytes(range(256)) * 20, "binary"),
    "duplicated id": (lambda ls: "\n".join([*ls, ls[-1]]).encode(), "81"),
    "header only": (lambda ls: ls[0].encode(), "row"),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("verb", ["moran", "lisa"])
def test_bad_tables_get_one_sentence(folder, verb, case):
    """Exit 3, one line on stderr that names the file or the unit, nothing on stdout."""
    edit, hint = BROKEN[case]
    path = broken(folder, "broken.csv", edit)
    result = run(
        verb, path, "--value", "low", "--id", "kod", "--neighbours", folder / "pairs.csv",
        "--json", "--lang", "en",
    )  # fmt: skip
    assert result.returncode == 3, (case, result.stdout, result.stderr)
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert hint in result.stderr


@pytest.mark.parametrize("case", BROKEN)
def test_bad_tables_stop_every_verb_and_leave_nothing(folder, tmp_path, case):
    """concentration, corridor and map refuse the same files, and no file appears."""
    from mekantek.datasets import files

    edit, _ = BROKEN[case]
    path = broken(folder, "broken.csv", edit)
    layer = files.boundary_path("provinces_simplified.geojson")
    calls = [
        ("corridor", "6", "26", "--table", path, "--value", "low", "--id", "kod",
         "--neighbours", folder / "pairs.csv", "--json"),
        ("map", "clusters", "--table", path, "--value", "low", "--id", "kod",
         "--boundaries", layer, "--boundaries-id", "plate", "--out", tmp_path / "map.html"),
    ]  # fmt: skip
    if case not in ("dropped province", "wrong key"):  # nothing for a lone table to differ from
        calls.append(("concentration", path, "--value", "low", "--id", "kod", "--json"))
    for call in calls:
        result = run(*call)
        assert result.returncode == 3, (call[0], result.stdout[:200], result.stderr)
        assert result.stdout == ""
        assert len(result.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_years_without_a_class_say_which_years_have_it():
    """2021 has no low shares: the sentence names the years that do; drop is no way round."""
    for extra in ((), ("--missing", "drop")):
        result = run("moran", "--class", "low", "--year", "2021", *extra)
        assert result.returncode == 3
        assert "2019, 2024" in result.stderr
    assert told("corridor", "6", "26", "--year", "2020", "--missing", "drop")["of"] == 180


def test_dropped_units_are_hatched_on_the_map(folder, tmp_path):
    """Units without a value stay on the map as missing, counted, of the report and of a user."""
    from mekantek.datasets import files

    own = broken(folder, "one_missing.csv", BROKEN["empty cell"][0])
    layer = files.boundary_path("provinces_simplified.geojson")
    calls = {
        5: ("--class", "high", "--year", "2020"),
        1: ("--table", own, "--value", "low", "--id", "kod", "--boundaries", layer,
            "--boundaries-id", "plate"),
    }  # fmt: skip
    for missing, call in calls.items():
        out = tmp_path / f"{missing}.html"
        result = run("map", "clusters", *call, "--missing", "drop", "--out", out)
        assert result.returncode == 0, result.stderr
        page = out.read_text(encoding="utf-8")
        assert f'veri yok</span><span lang="en">no data</span> <b>({missing})' in page
        assert page.count("hatch-missing") >= missing


def test_check_knows_a_list_of_neighbours(folder):
    """A CSV of pairs is told as neighbours with its islands, not as a table with repeated ids."""
    content = told("check", folder / "pairs.csv")
    assert content["kind"] == "neighbours"
    assert "398" in content["facts"][0]["en"]
    assert told("check", folder / "table.csv", "--id", "kod")["kind"] == "table"
    (folder / "lone.gal").write_text("3\na 1\nb\nb 1\na\nc 0\n\n")
    assert "c" in told("check", folder / "lone.gal")["facts"][1]["en"]


def test_turkish_output_is_turkish(folder):
    """No English word of tails, methods or clusters on a Turkish screen."""
    for call in (
        ("lisa",),
        ("moran",),
        ("corridor", "6", "26"),
        ("concentration", "--class", "high"),
    ):
        shown = run(*call).stdout
        for word in ("two-sided", "exact", "randomization", "minimum", "significant", "0.05"):
            assert word not in shown, (call, word)


def test_faults_of_files_are_told_in_turkish(folder):
    """What is wrong with a table is said in the language of the user."""
    path = broken(folder, "broken.csv", BROKEN["text cell"][0])
    common = ("--value", "low", "--id", "kod", "--neighbours", folder / "pairs.csv")
    result = run("moran", path, *common)
    assert result.returncode == 3
    assert "satır" in result.stderr
    for case, word in (("dropped province", "Yalnız"), ("empty cell", "eksik")):
        result = run("lisa", broken(folder, "broken.csv", BROKEN[case][0]), *common)
        assert word in result.stderr, result.stderr
    assert (
        "Kahramanmaraş (46) mı demek istediniz" in run("corridor", "Kahramanmara", "Adana").stderr
    )
    assert "bitişik değil" in run("corridor", "Ankara", "İzmir").stderr


def test_check_mends_a_layer(tmp_path):
    """Two squares that overlap are mended into a coverage, and every change is said."""
    import geopandas as gpd
    from shapely.geometry import box

    layer = gpd.GeoDataFrame(
        {"id": ["a", "b"]}, geometry=[box(30, 38, 31.001, 39), box(31, 38, 32, 39)], crs=4326
    )
    layer.to_file(tmp_path / "layer.geojson")
    mended = tmp_path / "mended.geojson"
    result = run(
        "check", tmp_path / "layer.geojson", "--id", "id", "--mend", mended, "--lang", "en"
    )
    assert result.returncode == 1
    assert "~ " in result.stdout
    assert run("check", mended, "--id", "id").returncode == 0
    assert run("check", tmp_path / "layer.geojson", "--id", "id", "--mend", tmp_path / "x.xyz9"
               ).returncode == 3  # fmt: skip


def test_check_mends_what_no_verb_would_read(tmp_path):
    """A polygon whose line crosses itself: refused by all others, mended on request."""
    import geopandas as gpd
    from shapely import Polygon, box

    crossed = Polygon([(30, 38), (31, 39), (31, 38), (30, 39)])
    layer = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[crossed, box(31, 38, 32, 39)], crs=4326)
    layer.to_file(tmp_path / "layer.geojson")
    result = run("check", tmp_path / "layer.geojson", "--mend", tmp_path / "mended.geojson")
    assert result.returncode == 1, result.stderr
    assert "geçersiz çokgen" in result.stdout
    assert gpd.read_file(tmp_path / "mended.geojson")["id"].tolist() == ["a", "b"]
    assert run("check", tmp_path / "mended.geojson").returncode == 0


def test_polygon_contacts_say_how_they_differ(folder):
    """queen on the report's data prints what it adds to and leaves out of the official list."""
    content = told("moran", "--weights", "queen")
    note = next(n for n in content["notes"] if "list of neighbours (official)" in n)
    assert "also Trabzon–Erzurum" in note or "Erzurum–Trabzon" in note
    assert "Bilecik–Kocaeli" in note


def test_missing_files_and_columns(folder):
    """A missing file, a wrong column and a wrong graph are told with what is there."""
    common = ("--id", "kod", "--neighbours", folder / "pairs.csv")
    absent = run("moran", folder / "none.csv", "--value", "low", *common)
    column = run("moran", folder / "table.csv", "--value", "lows", *common)
    graph = run("moran", folder / "table.csv", "--value", "low", "--id", "kod",
                "--neighbours", folder / "none.gal")  # fmt: skip
    for result, hint in ((absent, "none.csv"), (column, "low"), (graph, "none.gal")):
        assert result.returncode == 3
        assert hint in result.stderr


def test_constant_values_and_islands_are_no_errors(folder):
    """Constant values: null and the reason, exit 0. An island: isolate, exit 0."""
    (folder / "constant.csv").write_text("kod,low\n" + "".join(f"{i},0.2\n" for i in range(1, 82)))
    content = told(
        "moran", folder / "constant.csv", "--value", "low", "--id", "kod",
        "--neighbours", folder / "pairs.csv",
    )  # fmt: skip
    assert (content["statistic"], content["p_value"]) == (None, None)
    assert content["undefined"] == "undefined: no variation"
    gal = "0 5 x id\n1 1\n2\n2 2\n1 3\n3 2\n2 4\n4 1\n3\n5 0\n\n"
    (folder / "island.gal").write_text(gal)
    (folder / "five.csv").write_text("id,v\n1,1\n2,3\n3,2\n4,6\n5,9\n")
    for verb in ("moran", "lisa"):
        content = told(verb, folder / "five.csv", "--value", "v", "--id", "id",
                       "--neighbours", folder / "island.gal")  # fmt: skip
        assert content["weights"]["islands"] == ["5"]
    assert content["units"][4]["cluster"] == "isolate"
    assert content["units"][4]["p_value"] is None
    shown = run("moran", folder / "five.csv", "--value", "v", "--id", "id", "--neighbours",
                folder / "island.gal", "--lang", "en")  # fmt: skip
    assert "left out of the test, for want of neighbours: 5\n" in shown.stderr


def test_usage_errors_exit_2(folder):
    """Options that contradict each other are usage, not data."""
    for arguments in (
        ("moran", "--alternative", "both"),
        ("moran", folder / "table.csv"),
        ("moran", folder / "table.csv", "--value", "low", "--id", "kod"),
        ("moran", "--value", "low"),
        ("corridor",),
        ("findings", "slope"),
        ("nothing",),
    ):
        assert run(*arguments).returncode == 2, arguments


def test_unknown_province_is_told_the_nearest():
    """A misspelt province gets the nearest name."""
    result = run("corridor", "Kahramanmara", "Adana")
    assert result.returncode == 3
    assert "Kahramanmaraş" in result.stderr


def test_boundaries_and_specs(folder):
    """Polygons give queen by default; every SPEC builds; a wrong one is told."""
    from mekantek.datasets import files

    layer = files.boundary_path("provinces_simplified.geojson")
    common = ("moran", folder / "table.csv", "--value", "low", "--id", "kod", "--boundaries", layer,
              "--boundaries-id", "plate")  # fmt: skip
    assert told(*common)["weights"]["links"] == 404
    for spec in ("rook", "knn:4", "band:150km", "inverse:2:300km", "kernel:gaussian:8", "order:2"):
        assert told(*common, "--weights", spec)["weights"]["spec"] == spec
    assert run(*common, "--weights", "bishop").returncode == 3


def test_check_tells_facts_and_faults(folder):
    """Exit 0 on a good table, 1 on one with faults, 3 on a file that cannot be read."""
    assert run("check", folder / "table.csv", "--id", "kod").returncode == 0
    faulty = broken(folder, "faulty.csv", BROKEN["duplicated id"][0])
    result = run("check", faulty, "--id", "kod")
    assert result.returncode == 1
    assert "81" in result.stdout
    assert run("check", folder / "nothing.csv").returncode == 3
    (folder / "good.gal").write_text("2\na 1\nb\nb 1\na\n")
    assert run("check", folder / "good.gal").returncode == 0


def test_language_and_quiet():
    """Turkish by default, English on request, by option or environment."""
    turkish, english = run("findings", "top-shares"), run("findings", "top-shares", "--lang", "en")
    assert "destekleniyor" in turkish.stdout
    assert "supported" in english.stdout
    assert run("findings", "top-shares", MEKANTEK_LANG="en").stdout == english.stdout
    assert turkish.stderr == ""


def test_same_call_same_bytes():
    """Two processes with other hash seeds print the same bytes."""
    first, second = (
        run("lisa", "--method", "permutation", "--permutations", "499", "--json",
            PYTHONHASHSEED=seed).stdout
        for seed in ("1", "2")
    )  # fmt: skip
    assert first == second


def test_help_names_the_extras():
    """Square brackets in a help text are no markup."""
    told = run("study", "--help").stdout
    for extra in ("mekantek[pdf]", "mekantek[spark]"):
        assert extra in told
