"""The study: joined one to one, and frozen."""

import dataclasses

import pandas as pd
import pytest

import mekantek
from mekantek.errors import AlignmentError, OptionError
from mekantek.study import match_ids


def test_national_shares(study):
    """Provinces sum to the report's national shares of 2024."""
    found = {c: round(100 * study.national_share(c), 2)
             for c in ("high", "medium_high", "medium_low", "low", "unclassified")}  # fmt: skip
    assert found == {"high": 3.62, "medium_high": 34.95, "medium_low": 25.48, "low": 29.6,
                     "unclassified": 6.34}  # fmt: skip


def test_join_is_one_to_one_or_refused():
    """Both difference lists and the nearest names."""
    with pytest.raises(AlignmentError) as error:
        match_ids(pd.Index(["Ankara", "Adana"]), pd.Index(["Ankra", "Adana"]), "the layer")
    told = str(error.value)
    assert "Only in the table (1): Ankara (nearest: Ankra)" in told
    assert "Only in the layer (1): Ankra (nearest: Ankara)" in told
    with pytest.raises(AlignmentError, match="more than once"):
        match_ids(pd.Index([1, 1]), pd.Index([1]), "the layer")


def test_studies_with_other_ids_are_refused(study):
    """A study whose neighbours lack a province cannot be made."""
    table = study.panel[2024]
    fewer = {2024: table._replace(frame=table.frame.drop(index=81))}
    with pytest.raises(AlignmentError, match="81"):
        dataclasses.replace(study, panel=fewer)


def test_a_study_is_frozen(study):
    """Neither its fields nor what it hands out can be changed behind its back."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.year = 2019
    frame = study.frame
    frame["low"] = 1.0
    frame.loc[26, "high"] = 0
    assert study.frame.loc[26, "high"] == 0.344
    assert study.frame["low"].max() < 1


def test_years(study):
    """Complete in 2019 and 2024; two classes between; nothing before."""
    between = study.at(2021).frame
    assert between["high"].notna().sum() == 76
    assert between["medium_high"].isna().all()
    assert between["unclassified"].isna().all()
    with pytest.raises(OptionError, match="2019 to 2024"):
        mekantek.load_study(year=2018)
    with pytest.raises(OptionError, match="No class 'middle'"):
        study.share("middle")


def test_status_follows_every_value(study):
    """Each cell says where it stands; unclassified is computed, absent totals are missing."""
    status, frame = study.status, study.frame
    assert ((status == "missing") == frame.isna()).all(axis=None)
    assert set(status["unclassified"]) == {"computed"}
    assert status.loc[13, "value"] == "missing"  # Bitlis 2024
    assert status.loc[23, "medium_low"] == "unresolved"  # Elazığ 2024


def test_bounds_of_values(study):
    """±0.05 points of each printed share, never below zero; two classes twice that."""
    one, two = study.class_values("high"), study.class_values("high+medium_high")
    total = study.frame["value"]
    assert (one["low"] >= 0).all()
    assert one.loc[34, "high"] - one.loc[34, "value"] == pytest.approx(0.0005 * total[34])
    assert two.loc[34, "high"] - two.loc[34, "value"] == pytest.approx(0.001 * total[34])
