"""Verbs on records of one's own: the user's years, labelled, and refused in one sentence."""

import json
import re

import pytest
import typer
from typer.testing import CliRunner

from mekantek.cli import app
from mekantek.cli.output import UsageError
from mekantek.findings import maup
from mekantek.maps.atlas import KINDS

runner = CliRunner()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Made-up records that add up to the report's prints of 2019 and 2024."""
    from mekantek.datasets.records.made_up import write_made_up

    return str(write_made_up(tmp_path_factory.mktemp("records")))


def told(*args):
    done = runner.invoke(app, [*args, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_statistic_of_records_names_the_file_and_the_label(file):
    content = told("moran", "--class", "low", "--records", file)
    assert content["data"]["source"] == "made_up_records.csv"
    assert content["data"]["value"] == "low 2024"
    assert len(content["data"]["sha256"]) == 64
    assert content["data"]["basis"]["en"].startswith("MADE-UP DATA")
    report = told("moran", "--class", "low")
    assert abs(content["statistic"] - report["statistic"]) < 0.01


def test_findings_run_on_records(file, monkeypatch):
    # Redrawing the map 99 times is the same code for any study.
    monkeypatch.setitem(maup.scales.__kwdefaults__, "partitions", 3)
    [found] = told("findings", "concentration", "--records", file)["findings"]
    assert found["basis_en"].startswith("MADE-UP DATA")
    assert "rounding" not in found["reason"]["en"]
    assert found["main"]["low"] == found["main"]["high"] == found["main"]["value"]


def test_the_panel_and_a_corridor_run_on_records(file):
    assert told("panel", "--records", file)["years"] == [2019, 2024]
    content = told("corridor", "Ankara", "Eskişehir", "--records", file)
    assert (content["year"], content["of"]) == (2024, 199)
    assert content["data"]["source"] == "made_up_records.csv"


@pytest.mark.parametrize("verb", ["panel", "moran", "lisa"])
def test_imports_are_another_flow(file, verb):
    content = told(verb, "--records", file, "--flow", "import")
    basis = content.get("basis") or content["data"]["basis"]
    assert basis["en"].startswith("MADE-UP DATA, not real: Imports")
    assert "what texts call exports are imports here" in basis["en"]


def test_local_statistics_run_on_records(file):
    content = told("lisa", "--class", "high", "--records", file)
    assert content["data"]["source"] == "made_up_records.csv"
    assert content["data"]["value"] == "high 2024"
    assert len(content["units"]) == 81
    shown = runner.invoke(app, ["lisa", "--records", file, "--since", "2019", "--lang", "en"])
    assert "low technology, 2024; change since 2019" in shown.stdout


def words_of(page):
    """What a page of one language says, scripts and styles left out."""
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("verb", "options"), [("atlas", []), ("explorer", ["--no-curves"])], ids=["atlas", "explorer"]
)
def test_pages_of_records_are_of_the_records(file, tmp_path, monkeypatch, verb, options):
    """Their label and years; nothing of a print or of the report's rounding."""
    # Steadiness over dozens of maps takes a minute, and is the same code for any study.
    monkeypatch.setattr("mekantek.report.linked.explored", lambda study: ())
    held = {kind: name for kind, name in KINDS.items() if kind != "stability"}
    for place in ("maps.atlas", "report.catalogue"):
        monkeypatch.setattr(f"mekantek.{place}.KINDS", held)
    out = tmp_path / "page.html"
    done = runner.invoke(app, [verb, "--records", file, "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    said = words_of(page)
    assert "UYDURMA VERİ" in page
    for word in ("basılan", "basılmayan", "printed", "0,05 puan", "0.05 points", "iki yılın"):
        assert word not in said, word


def test_a_map_of_records_says_whose_data_it_draws(file, tmp_path):
    out = tmp_path / "map.html"
    done = runner.invoke(app, ["map", "share", "--records", file, "--out", str(out)])
    assert done.exit_code == 0
    assert "UYDURMA VERİ" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["moran", "--taxonomy", "isic3"], "--taxonomy"),
        (["panel", "--columns", "year=YIL"], "--columns"),
        (["panel", "--flow", "import"], "--flow import"),
        (["moran", "--flow", "import"], "--flow import"),
        (["atlas", "--engine", "spark"], "--engine spark"),
        (["findings", "claims", "--records", "x.csv"], "raporun kendi verisi"),
        (["map", "share", "--table", "t.csv", "--records", "x.csv"], "tabloyla kullanılmaz"),
        (["moran", "t.csv", "--records", "x.csv"], "Tablo ya da --records"),
        (["concentration", "t.csv", "--records", "x.csv"], "Tablo ya da --records"),
        (["corridor", "6", "26", "--table", "t.csv", "--records", "x.csv"], "Tablo ya da"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_runs(args, sentence):
    done = runner.invoke(app, args)
    assert isinstance(done.exception, UsageError)
    assert sentence in str(done.exception.turkish)
    assert not done.stdout


def test_options_about_records_are_the_same_on_every_verb():
    """One declaration each: nobody learns them twice."""
    about = ("taxonomy", "concordance", "columns", "duplicates", "engine", "records", "flow")
    declared = {name: set() for name in about}
    verbs = {name: set() for name in about}
    for name, verb in typer.main.get_command(app).commands.items():
        for option in verb.params:
            if option.name in about and option.opts[0].startswith("--"):
                declared[option.name].add((option.help, option.default))
                verbs[option.name].add(name)
    assert {name: len(forms) for name, forms in declared.items()} == dict.fromkeys(about, 1)
    assert verbs["flow"] == verbs["records"]
    assert verbs["engine"] == verbs["taxonomy"] == verbs["records"] | {"shares", "tables"}


def test_the_report_s_own_panel():
    done = runner.invoke(app, ["panel", "--class", "medium_low", "--lang", "en"])
    assert done.exit_code == 0
    assert "Transitions between fifths" in done.stdout
    assert "no p-value" in done.stdout
