"""Years together: of the same provinces, with what is missing named and nothing invented."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from mekantek.errors import ValuesError
from mekantek.findings.panel import panel_of
from mekantek.report.panels import panel_page, panels_of
from mekantek.study import study_from_tally


@pytest.fixture(scope="module")
def high(study):
    return panel_of(study, "high")


def test_the_panel_is_of_provinces_with_a_share_in_every_year(study, high):
    for unit in study.names.index:
        known = all(not np.isnan(study.at(y).share("high")[unit]) for y in range(2019, 2025))
        assert (unit in high.names.index) == known
        assert (unit in high.left_out) != known
    assert high.years == (2019, 2020, 2021, 2022, 2023, 2024)
    assert sorted(high.left_out.values()) == [
        "Ardahan", "Bayburt", "Bingöl", "Isparta", "Kars", "Tunceli",
    ]  # fmt: skip


def test_every_step_of_every_province_is_counted_once(high):
    for chain in (high.quintiles, high.moves.quadrants, high.moves.clusters, high.moves.unadjusted):
        assert chain.counts.sum() + chain.left_out == 5 * len(high.names)
    assert sum(high.moves.types.values()) == high.moves.quadrants.counts.sum()


def test_change_and_ranks_are_those_of_the_table(study, high):
    first, last = (study.at(y).share("high")[high.names.index] for y in (2019, 2024))
    assert (high.change["change"] - (last - first)).abs().max() < 1e-12
    for unit in high.names.index:
        above = (last > last[unit]).sum() + ((last == last[unit]).sum() + 1) / 2
        assert high.change.loc[unit, "rank_last"] == above


def test_a_change_within_both_roundings_is_marked(high):
    row = high.change.loc[high.change["change"].abs().round(4) == 0.001]
    assert len(row)
    assert not row["beyond_rounding"].any()
    assert high.change.loc[high.change["change"].abs() > 0.0011, "beyond_rounding"].all()


def test_a_class_of_two_years_has_one_long_step(study):
    found = panel_of(study, "medium_high")
    assert found.quintiles.steps == ((2019, 2024),)
    assert found.quintiles.counts.sum() == 81


def test_records_of_one_year_say_that_change_needs_two(tally_of):
    one = study_from_tally(tally_of([2026]))
    with pytest.raises(ValuesError, match="Change needs two years; high has shares in 2026"):
        panel_of(one, "high")
    assert panels_of(one) == []


def test_records_give_every_year_and_exact_changes(records):
    found = panel_of(records, "high")
    assert found.years == (2025, 2026, 2027)
    assert found.change["beyond_rounding"].all()
    assert found.basis.en.startswith("MADE-UP DATA")


def test_what_has_no_p_says_so_and_the_json_is_plain(high):
    told = json.loads(json.dumps(high.to_dict()))
    assert told["schema"] == "mekantek/panel/1"
    assert told["ranks"]["p_value"] is None
    assert told["ranks"]["undefined"].startswith("no p-value")
    assert 0 < told["regions"]["p_value"] <= 1
    assert len(told["change"]) == told["n"] == 75


def test_persistent_clusters_lie_in_one_on_every_map(study):
    import mekantek as mt

    found = panel_of(study, "medium_low")
    kept = found.names.index
    for year in found.years:
        share = study.at(year).share("medium_low").where(study.names.index.isin(kept))
        lit = mt.local_moran(pd.Series(share), study.graph, missing="drop").frame["cluster"]
        for kind, units in found.persistent.items():
            assert all(lit[unit] == kind for unit in units)


def test_the_page_says_all_it_should_in_both_languages(study, high):
    page = panel_page([high, panel_of(study, "low")], "tr")
    assert len(page.encode()) < 400_000
    assert not re.search(r'(src|href)="https?:', page)
    for word in ("Dışarıda", "Kendall", "birliktelik", "cohesion", "Eskişehir"):
        assert word.lower() in page.lower()
    assert panel_page([high], "tr") == panel_page([high], "tr")
