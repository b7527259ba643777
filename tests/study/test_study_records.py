"""A study of one's own records: exact, complete or refused, and honest about what it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mekantek.datasets.technology import CLASSES
from mekantek.errors import OptionError, ValuesError
from mekantek.study import other_prints, study_from_tally, tidy_tables


def sums(tally, year, flow="export"):
    """Cents by plate and kind, added in plain Python."""
    found = {}
    for plate, y, f, _, kind, cents in tally.by_code.itertuples(index=False):
        if (y, f) == (year, flow) and not pd.isna(plate):
            found.setdefault(int(plate), {}).setdefault(kind, 0)
            found[int(plate)][kind] += int(cents)
    return found


def test_shares_and_totals_are_those_added_by_hand(records, tally_of):
    tally = tally_of([2025, 2026, 2027])
    for year in (2025, 2026, 2027):
        at = records.at(year)
        for plate, held in sums(tally, year).items():
            total = sum(held.values())
            assert at.frame.loc[plate, "value"] == total / 100
            for c in CLASSES:
                assert at.frame.loc[plate, c] == held[c] / total
                assert round(100 * at.class_values(c).loc[plate, "value"]) == held[c]
        assert (at.status == "computed").all(axis=None)


def test_values_are_exact_to_the_cent_and_nothing_is_open(records):
    for c in (*CLASSES, "high+medium_high"):
        values = records.class_values(c)
        assert values["low"].equals(values["value"])
        assert values["high"].equals(values["value"])
    assert records.rounding == 0
    assert not records.printed
    assert other_prints(records) is records


def test_the_report_keeps_its_slack(study):
    values = study.class_values("high")
    assert ((values["high"] - values["low"]) > 0).all()
    assert study.printed
    assert study.zero_limit == 0.0005


def test_zero_stays_below_every_share_there_is(records):
    shares = pd.concat([records.at(y).frame[list(CLASSES)] for y in records.years])
    assert 0 < records.zero_limit <= shares.where(shares > 0).min().min()


def test_findings_read_the_first_and_the_last_year_and_the_panel_has_all(records):
    assert records.years == (2025, 2027)
    assert records.year == 2027
    assert sorted(records.panel) == [2025, 2026, 2027]


def test_the_basis_counts_hidden_amounts(tally_of):
    tally = replace(tally_of([2026]), conservation={"hidden_amounts": 3})
    told = study_from_tally(tally).provenance["basis"]
    assert "tutarı gizli 3 kayıt hiçbir toplamda yoktur" in told.tr
    assert "because their amount is hidden: 3" in told.en


def test_one_year_alone_is_one_year(tally_of):
    found = study_from_tally(tally_of([2026]))
    assert found.years == (2026,)


def test_years_can_be_chosen(tally_of):
    tally = tally_of([2025, 2026, 2027])
    assert study_from_tally(tally, 2025, years=[2025, 2026]).years == (2025, 2026)
    with pytest.raises(
        OptionError, match=r"do not have all 81 provinces in 2031; whole years are 2025"
    ):
        study_from_tally(tally, years=[2031])


def test_a_year_without_a_province_is_no_whole_year_and_fills_nothing(tally_of):
    whole, torn = tally_of([2025, 2026]), tally_of([2027], provinces=range(1, 81))
    both = replace(whole, by_code=pd.concat([whole.by_code, torn.by_code]))
    found = study_from_tally(both)
    assert found.years == (2025, 2026)
    row, status = found.at(2027).frame.loc[81], found.at(2027).status.loc[81]
    assert row.isna().all()
    assert (status == "missing").all()


def test_no_whole_year_is_refused_with_the_province(tally_of):
    with pytest.raises(ValuesError, match=r"records.csv: no year has exports of all 81 .* Düzce"):
        study_from_tally(tally_of([2027], provinces=range(1, 81)))


def test_imports_are_another_study(tally_of):
    tally = tally_of([2026], imports=True)
    found = study_from_tally(tally, flow="import")
    assert found.provenance["basis"].en.startswith("MADE-UP DATA, not real: Imports")
    assert found.provenance["flow"] == "import"
    with pytest.raises(ValuesError, match="hold no imports"):
        study_from_tally(tally_of([2026]), flow="import")


def test_hidden_and_unplaced_are_unclassified_and_no_province_is_left_out(tally_of):
    tally = tally_of([2026])
    rows = [(6, 2026, "export", "", "hidden", 1000), (6, 2026, "export", "9", "unplaced", 500),
            (pd.NA, 2026, "export", "", "unplaced", 77)]  # fmt: skip
    more = pd.DataFrame(rows, columns=tally.by_code.columns).astype({"plate": "Int64"})
    found = study_from_tally(replace(tally, by_code=pd.concat([tally.by_code, more])))
    plain = study_from_tally(tally)
    assert np.isclose(
        found.class_values("unclassified").loc[6, "value"],
        plain.class_values("unclassified").loc[6, "value"] + 15,
    )
    assert "names no province" in found.provenance["basis"].en
    assert "names no province" not in plain.provenance["basis"].en


def test_values_below_zero_are_refused(tally_of):
    tally = tally_of([2026])
    table = tally.by_code.copy()
    table.loc[0, "cents"] = -1
    with pytest.raises(ValuesError, match="Province 1 has a value below zero in 2026"):
        study_from_tally(replace(tally, by_code=table))


def test_everything_says_that_it_is_made_up_and_where_it_comes_from(records):
    for key in ("report", "basis"):
        assert records.provenance[key].tr.startswith("UYDURMA VERİ")
        assert records.provenance[key].en.startswith("MADE-UP DATA")
    assert "records.csv" in records.provenance["report"].en
    assert records.provenance["sha256"]["records.csv"] == "0" * 64


def test_tidy_tables_give_the_cells_back(records):
    shares, totals = tidy_tables(records)
    assert len(shares) == 81 * 5 * 3
    assert len(totals) == 81 * 3
    row = shares[(shares["plate"] == 6) & (shares["year"] == 2026) & (shares["class"] == "low")]
    assert row["share"].item() == records.at(2026).frame.loc[6, "low"]
    assert set(shares["status"]) == {"computed"}
