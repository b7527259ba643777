"""``mekantek brief``: who is meant, what is written, and what is refused."""

import json
import sys

import pytest
from typer.testing import CliRunner

from command_line import run as cli
from mekantek.cli import app
from mekantek.cli import main as run_main


def test_a_page_by_the_name_of_a_province(tmp_path):
    """Uşak leads to Zafer; the file's name goes to stdout, and the page opens in English."""
    run = cli("brief", "usak", "--no-findings", "--lang", "en", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "brief-zafer.html\n"
    page = (tmp_path / "brief-zafer.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "without testing the findings" in page
    assert 'href="index.html' not in page


def test_json_is_stable_and_needs_no_file(tmp_path):
    """The schema's keys, shares as fractions, absent as null."""
    run = cli("brief", "SERKA", "--json", "--no-findings", cwd=tmp_path)
    told = json.loads(run.stdout)
    assert told["schema"] == "mekantek/brief/1"
    assert set(told) == {
        "schema", "agency", "years", "change", "high_share", "clusters", "survive_all_maps",
        "corridors", "peers", "zero_replacement", "findings", "seat", "small", "statements", "basis",
        "data", "versions",
    }  # fmt: skip
    assert told["findings"] is None
    assert told["statements"] is None
    kars = told["years"]["2024"]["provinces"]["36"]
    assert kars["value_usd"] is None
    assert kars["status"]["value"] == "missing"
    assert kars["shares"]["medium_low"] == 0.72
    assert told["high_share"]["36"]["2021"] is None
    assert list(tmp_path.iterdir()) == []


def test_all_go_into_a_folder(tmp_path):
    """Twenty-six pages, whole or not at all."""
    result = CliRunner().invoke(
        app, ["brief", "--all", "--no-findings", "--quiet", "--out", str(tmp_path / "all")]
    )
    assert result.exit_code == 0, result.output
    names = sorted(p.name for p in (tmp_path / "all").iterdir())
    assert len(names) == 26
    assert {"brief-zafer.html", "brief-istka.html", "brief-cka.html"} <= set(names)
    assert len(result.stdout.splitlines()) == 26


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["brief"], 2, "Name one agency, or give --all."),
        (["brief", "zafer", "--all"], 2, "Name one agency, or give --all."),
        (["brief", "zafer", "--json", "--out", "x.html"], 2, "--json goes to stdout"),
        (["brief", "zaferr"], 3, "Did you mean ZAFER (Zafer Development Agency)?"),
        (["brief", "99"], 3, "plates run from 1 to 81"),
    ],
)
def test_refusals_are_one_sentence(monkeypatch, capsys, arguments, code, said):
    """Usage is 2, bad input 3; no traceback, before anything is computed."""
    monkeypatch.setattr(sys, "argv", ["mekantek", *arguments, "--lang", "en"])
    with pytest.raises(SystemExit) as end:
        run_main()
    assert end.value.code == code
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_pdf_in_turkish(tmp_path):
    """--pdf writes a PDF of that name."""
    from mekantek.errors import MissingDependencyError
    from mekantek.report.pdf import check_pdf

    try:
        check_pdf()
    except MissingDependencyError as absent:
        pytest.skip(str(absent))
    run = cli("brief", "İSTKA", "--pdf", "--no-findings", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "brief-istka.pdf\n"), run.stderr
    assert (tmp_path / "brief-istka.pdf").read_bytes().startswith(b"%PDF-1.7")
