"""The study: joined one to one, frozen, and what is exported from it."""

import dataclasses
import sqlite3

import geopandas as gpd
import pandas as pd
import pytest

import mekantek
from mekantek import export
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


def test_geopackage_opens_and_repeats(study, tmp_path):
    """81 polygons with shares, statuses and clusters; the same bytes twice."""
    lisas = {("high", 2024): mekantek.local_moran(study.share("high"), study.graph)}
    first = export.write_geopackage(study, lisas, tmp_path / "a.gpkg")
    second = export.write_geopackage(study, lisas, tmp_path / "b.gpkg")
    assert first.read_bytes() == second.read_bytes()
    layer = gpd.read_file(first).set_index("plate")
    assert len(layer) == 81
    assert layer.loc[26, "high_2024"] == 0.344
    assert layer.loc[26, "lisa_high_2024"] == "ns"
    with sqlite3.connect(first) as base:
        [[described]] = base.execute("select description from gpkg_contents")
    base.close()
    assert "registered seat" in described


def test_nothing_is_half_written(tmp_path):
    """If the work fails, the folder keeps what it had and gains nothing."""
    (tmp_path / "old.txt").write_text("kept")

    def work():
        with export.replacing_folder(tmp_path) as folder:
            (folder / "new.txt").write_text("half")
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        work()
    assert [p.name for p in tmp_path.iterdir()] == ["old.txt"]


def test_folders_that_cannot_be_written(tmp_path):
    """A file where the folder should be is told, not traced."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OptionError, match="Cannot write"),
        export.replacing_folder(tmp_path / "file"),
    ):
        pass
    with pytest.raises(OptionError, match=r"Cannot write map\.html"):
        export.write_text(tmp_path / "none" / "map.html", "x")


def test_json_has_no_nan():
    """What JSON cannot hold is refused, not written."""
    with pytest.raises(ValueError, match="JSON"):
        export.to_json({"p": float("nan")})


def test_the_bar_of_the_main_job_ends_full(study, tmp_path):
    """The steps that are announced are the steps that are taken."""
    from mekantek import report

    taken = []
    results = report.study_results(study, step=taken.append)
    report.write_study(study, tmp_path, results, step=taken.append)
    assert len(taken) == report.count_steps()
