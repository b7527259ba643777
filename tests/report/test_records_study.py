"""Pages of a study of records: whose data, which years, and of one year no change."""

import re
from dataclasses import replace

import pytest

from mekantek import moran
from mekantek.datasets.agencies import load_agencies
from mekantek.findings import concentrated, stability
from mekantek.findings.concentration import measure_table
from mekantek.maps.sheets.years import year_sheet
from mekantek.report import Catalogue
from mekantek.report.briefs import Brief, brief_page, brief_setting
from mekantek.report.catalogue import catalogue_of
from mekantek.report.content import study_content
from mekantek.report.index import index_page
from mekantek.report.panels import panels_of
from mekantek.study import study_from_tally


@pytest.fixture(scope="module")
def one(tally_of):
    return study_from_tally(tally_of([2026]))


@pytest.fixture(scope="module")
def settings(one, records):
    def under_two_neighbourhoods(study, classes):
        few = replace(study.design, networks=study.design.networks[:2])
        return stability(replace(study, design=few), classes)

    with pytest.MonkeyPatch.context() as patch:
        # All of them take ten times as long, and are the same code for any study.
        patch.setattr("mekantek.findings.stability", under_two_neighbourhoods)
        return {
            "one": brief_setting(one, tested=False), "two": brief_setting(records, tested=False),
        }  # fmt: skip


def test_maps_of_one_year_show_it_alone(one):
    kinds = ["share", "years", "dominant", "value"]
    sheets = {sheet.slug: sheet for sheet in Catalogue(one).sheets(kinds=kinds)}
    share = sheets["share-high"]
    assert [view.key for view in share.views] == ["2026"]
    assert share.title.en.endswith("2026")
    assert "since" not in share.reading.en
    assert [column.name for column in share.columns] == ["share_2026", "status_2026"]
    assert "years-high" not in sheets
    asked = year_sheet(one, "high")
    assert asked.title.en.endswith("share by year, 2026")
    assert asked.reading.en == "There is one year, 2026; change cannot be told."
    assert "since" not in sheets["dominant-class"].reading.en
    for sheet in sheets.values():
        for view in sheet.views:
            assert all(0 <= column < len(sheet.columns) for column in view.columns)


def test_maps_of_records_speak_of_no_print(records):
    for sheet in Catalogue(records).sheets(kinds=["share", "years", "value", "quotient"]):
        told = " ".join([sheet.title.en, sheet.reading.en, *(t.en for f in sheet.facts for t in f)])
        assert "printed" not in told, sheet.slug
        assert "MADE-UP DATA" in told


def test_a_rule_that_moves_shares_finds_nothing_to_move(records, study):
    """Shares of records are exact; the finding says so beside the rule that speaks of a print."""
    assert "±0.05 points that the rule moves are none here" in concentrated(records).reason.en
    assert "±0.05" not in concentrated(study).reason.en


def test_a_year_without_records_is_a_gap_in_words_of_its_own(tally_of):
    gap = study_from_tally(tally_of([2025, 2027]))
    [sheet] = Catalogue(gap).sheets(kinds=["years"], classes=["high"])
    assert "There are no data for 2026." in sheet.reading.en
    assert [view.key for view in sheet.views] == ["2025", "2026", "2027"]


@pytest.mark.parametrize("which", ["one", "two"])
def test_briefs_of_records_name_them_and_print_nothing(settings, which):
    agency = next(a for a in load_agencies() if a.abbreviation == "SERKA")
    page = brief_page(Brief(setting=settings[which], agency=agency), "en")
    text = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert "MADE-UP DATA" in text
    assert "The report prints" not in text
    assert ("change cannot be told" in text) == (which == "one")
    assert ("From 2025 to 2027" in text) == (which == "two")


@pytest.mark.parametrize("which", ["one", "two"])
def test_the_front_page_is_of_the_records(settings, which):
    study = settings[which].study
    share = study.share("high")
    results = replace(
        settings[which].results, measures=measure_table(study, ("high",)),
        morans=[({"class": "high", "year": study.year}, moran(share, study.graph))],
    )  # fmt: skip
    sheets = catalogue_of(study, results).sheets(kinds=["share"])
    panels = panels_of(study, results)
    content = study_content(study, results, None, panels=panels)
    page = index_page(study, results, sheets, content["run_family"], "en", panels=panels)
    assert "your records on trial" in page
    assert "claims.html" not in page
    assert not re.search(r"0\.05\s+points", page)
    assert "that rounding allows" not in page
    assert f"{len(results.lisas)} maps" in page
    assert ("panel.html" in page) == (which == "two")
    assert content["claims"] is None
    assert content["data"]["rounding"] == 0
    assert content["data"]["years"] == list(study.years)
