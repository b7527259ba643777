"""Two runs side by side: every change is counted, none is invented, other senses are said first."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

from mekantek.cli import app
from mekantek.errors import TableError
from mekantek.report.compared import comparison_markdown, comparison_page, comparison_parts
from mekantek.report.comparison import compare
from mekantek.report.content import data_of
from mekantek.report.runs import quick_content, read_run, report_run
from mekantek.study import study_from_tally, tidy_tables


def write(folder, study):
    """The files of a study that a comparison reads."""
    from mekantek.export import to_json

    folder.mkdir()
    (folder / "results.json").write_text(to_json(quick_content(study)), encoding="utf-8")
    for name, table in zip(("shares", "totals"), tidy_tables(study), strict=True):
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def changed(tally_of):
    """The records again, with a hundred million dollars of high technology more in Ankara 2027."""
    tally = tally_of([2025, 2026, 2027])
    table = tally.by_code.copy()
    at = (table["plate"] == 6) & (table["year"] == 2027) & (table["kind"] == "high")
    table.loc[at, "cents"] += 10_000_000_000
    return study_from_tally(replace(tally, by_code=table))


@pytest.fixture(scope="module")
def folders(tmp_path_factory, records, changed):
    place = tmp_path_factory.mktemp("runs")
    return write(place / "before", records), write(place / "after", changed)


@pytest.fixture(scope="module")
def found(folders):
    return compare(*map(read_run, folders))


def test_a_run_does_not_differ_from_itself(folders):
    found = compare(read_run(folders[0]), read_run(folders[0]))
    assert found.same
    assert len(found.cells) == len(found.statistics) == 0
    assert found.common == 81 * 3 * 5
    assert "same in every cell" in comparison_markdown(found, "en")


def test_the_cells_that_changed_are_ankaras_and_no_others(found, records, changed):
    assert set(found.cells["plate"]) == {6}
    assert set(found.cells["year"]) == {2027}
    assert set(found.cells["class"]) == {"high", "medium_high", "medium_low", "low", "total"}
    total = found.cells[found.cells["class"] == "total"].iloc[0]
    assert total["difference"] == pytest.approx(100_000_000)
    high = found.cells[found.cells["class"] == "high"].iloc[0]
    assert high["old"] == records.frame.loc[6, "high"]
    assert high["new"] == changed.frame.loc[6, "high"]
    assert found.senses == ()


def test_statistics_that_changed_are_of_the_last_year(found, records, changed):
    import mekantek as mt

    assert set(found.statistics["year"]) == {2027}
    moran = found.statistics.query("name == 'moran' and `class` == 'high'").iloc[0]
    assert moran["old"] == pytest.approx(mt.moran(records.share("high"), records.graph).statistic)
    assert moran["new"] == pytest.approx(mt.moran(changed.share("high"), changed.graph).statistic)
    assert moran["difference"] == pytest.approx(moran["new"] - moran["old"])


def test_a_verdict_that_turns_says_why(found):
    from mekantek.report.runs import Run

    a, b = found.a, found.b
    turned = {**b.verdicts, "gradient": {**b.verdicts["gradient"], "verdict": "supported"}}
    other = compare(a, replace(b, verdicts=turned))
    [v] = [v for v in other.verdicts if v["changed"]]
    assert (v["id"], v["old"], v["new"]) == (
        "gradient",
        a.verdicts["gradient"]["verdict"],
        "supported",
    )
    told = comparison_parts(other)[-1]
    assert any(a.verdicts["gradient"]["reason"]["en"] in t.en for t in told.told)
    assert isinstance(a, Run)


def test_other_taxonomies_are_said_before_any_number(found):
    other = replace(found.b, data={**found.b.data, "taxonomy": "nace2"})
    parts = comparison_parts(compare(found.a, other))
    assert parts[0].told[1].en.startswith("NOTE: taxonomy or flow differ")
    assert [str(cell.en) for cell in parts[0].rows[0]] == ["taxonomy", "isic3-report", "nace2"]


def test_rounding_is_told_from_change(found):
    a, b = (replace(run, data={**run.data, "rounding": 0.5}) for run in (found.a, found.b))
    shares = compare(a, b).cells.query("`class` != 'total'")
    assert not shares["beyond_rounding"].any()
    assert found.cells["beyond_rounding"].all()


def test_totals_have_a_rounding_of_their_own(found):
    """A print to the dollar leaves half a dollar open; cents added up leave nothing."""
    a, b = found.a, found.b
    moved = a.cells.copy()
    moved[6, 2027, "total"] += 0.4
    near = replace(b, cells=moved)
    assert compare(a, near).cells["beyond_rounding"].tolist() == [True]
    printed = replace(a, data={**a.data, "rounding": 0.0005, "rounding_of_totals": 0.5})
    assert compare(printed, near).cells["beyond_rounding"].tolist() == [False]
    moved[6, 2027, "total"] += 0.4
    assert compare(printed, near).cells["beyond_rounding"].tolist() == [True]


def test_the_report_says_its_totals_are_printed_to_the_dollar(study, records):
    assert data_of(study)["rounding_of_totals"] == 0.5
    assert data_of(records)["rounding_of_totals"] == 0


def test_another_name_of_the_same_file_is_no_other_source(found):
    def named(run, name, digest):
        told = {"tr": name, "en": name}
        shipped = {k: v for k, v in run.data["sha256"].items() if k == "provinces.csv"}
        return replace(run, data={**run.data, "source": told, "sha256": {name: digest, **shipped}})

    a = found.a
    assert compare(named(a, "old.csv", "ab"), named(a, "new.csv", "ab")).same
    other = compare(named(a, "k.csv", "ab"), named(a, "k.csv", "cd"))
    assert other.senses == ("source",)
    rows = comparison_parts(other)[0].rows
    assert [cell.en for cell in rows[0]] == ["source", "k.csv (sha256 ab…)", "k.csv (sha256 cd…)"]


def test_a_folder_that_is_not_there_is_told_before_the_report_is_computed(tmp_path, monkeypatch):
    from mekantek.report import runs

    monkeypatch.setattr(runs, "report_run", lambda: pytest.fail("the report was computed"))
    done = CliRunner().invoke(app, ["compare", "report", str(tmp_path / "yok"), "--lang", "en"])
    assert isinstance(done.exception, TableError)
    assert str(done.exception).startswith("There is no folder yok; give one that `mekantek study")


def test_the_report_is_a_run_too(found, study):
    run = report_run(study)
    assert run.cells[26, 2024, "high"] == 0.344
    against = compare(run, found.a)
    assert against.common == 0
    assert "basis" in against.senses
    assert against.only_a == len(run.cells)


def test_a_folder_that_no_study_wrote_is_refused(tmp_path, folders):
    with pytest.raises(TableError, match=r"has no results.json. Write it anew"):
        read_run(tmp_path)
    for text, told in (("{", "cannot be read"), ('{"schema": "x"}', "not as this version"),
                       ('{"schema": "mekantek/study/1"}', "not as this version"),
                       ("[]", "not as this version")):  # fmt: skip
        for name in ("shares.csv", "totals.csv"):
            (tmp_path / name).write_bytes((folders[0] / name).read_bytes())
        (tmp_path / "results.json").write_text(text)
        with pytest.raises(TableError, match=told):
            read_run(tmp_path)


def test_the_verb_says_it_in_text_json_and_files(folders, tmp_path):
    runner, (a, b) = CliRunner(), map(str, folders)
    shown = runner.invoke(app, ["compare", a, b, "--lang", "en"])
    assert shown.exit_code == 0
    assert "5 of 1,215 common cells changed" in shown.stdout
    content = json.loads(runner.invoke(app, ["compare", a, b, "--json"]).stdout)
    assert content["schema"] == "mekantek/compare/1"
    assert content["cells"]["changed"] == len(content["cells"]["list"]) == 5
    assert content["cells"]["by_province"] == [{"plate": 6, "cells": 5}]
    for name in ("changes.md", "changes.html"):
        done = runner.invoke(app, ["compare", a, b, "--out", str(tmp_path / name)])
        assert done.exit_code == 0
        assert "Ankara" in (tmp_path / name).read_text(encoding="utf-8")


def test_names_of_folders_are_text_on_the_page(found):
    page = comparison_page(compare(replace(found.a, name="<script>x"), found.b))
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert not re.search(r'(src|href)="https?:', page)


def test_markdown_has_a_row_for_each_cell_shown(found):
    text = comparison_markdown(found, "tr")
    assert text.count("| Ankara | 2027 |") == 5
    assert "| 2027 | Toplam ihracat |" in text


def test_cells_of_the_frame_are_plain_numbers(found):
    json.dumps(found.to_dict())
    assert isinstance(found.cells, pd.DataFrame)
