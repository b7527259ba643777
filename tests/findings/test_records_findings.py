"""Findings on records: the user's years in every sentence, every choice of every year in the curve."""

import pytest

from mekantek.findings import verdict_of
from mekantek.findings.belt_choices import corridor_choices
from mekantek.findings.concentration import measure_table
from mekantek.findings.printed_shares import top_shares
from mekantek.study import study_from_tally


@pytest.fixture(scope="module")
def one(tally_of):
    return study_from_tally(tally_of([2026]))


@pytest.fixture(scope="module")
def found(records):
    return {h.id: verdict_of(records, h.id) for h in records.hypotheses}


def test_no_sentence_names_a_year_that_the_records_do_not_have(found):
    for name, verdict in found.items():
        told = " ".join([verdict.reason.tr, verdict.reason.en, verdict.hypothesis.rule.en])
        assert "2019" not in told, name
        if name not in ("iltek", "iltek-one-to-one", "top-shares"):
            assert "2024" not in told, name
        assert verdict.main.get("year", 2027) == 2027


def test_an_index_says_its_edition_and_a_print_its_year(found):
    for name in ("iltek", "iltek-one-to-one"):
        assert found[name].reason.en.endswith(
            "The edition of the index is 2024, the year of the data 2027."
        )
    assert found["top-shares"].reason.en.startswith(
        "The printed numbers are the report's, of 2024; here they are held against 2027"
    )


def test_values_of_records_have_no_interval(found):
    main = found["concentration"].main
    assert main["low"] == main["high"] == main["value"]
    assert "rounding" not in found["concentration"].reason.en
    assert {s.choice["shares"] for s in found["top-shares"].curve.specifications} == {"computed"}
    assert {s.choice["cells"] for s in found["top-shares"].curve.specifications} == {"adopted"}


def test_one_year_says_that_it_is_one(one):
    told = verdict_of(one, "concentration").reason
    assert "The data have one whole year (2026)" in told.en
    assert "Veride tek tam yıl (2026) var" in told.tr
    assert ";" not in told.en.split("provinces)")[1].split(".")[0]


def test_a_belt_is_ranked_in_every_year_once(one, records, monkeypatch):
    # Which choices there are does not hang on what each finds; finding clusters takes half a minute.
    monkeypatch.setattr(
        "mekantek.findings.belt_choices.clustered", lambda *_: {"clustered_everywhere": True}
    )
    belt = one.hypothesis("corridor-ankara-eskisehir")
    counts = []
    for study in (one, records):
        choices = [s.choice for s in corridor_choices(study, belt, surrogates=3)[0]]
        assert {c["year"] for c in choices} == set(study.panel)
        assert {c["cells"] for c in choices} == {"adopted"}
        assert len({tuple(c.items()) for c in choices}) == len(choices)
        counts.append(len(choices))
    assert counts[1] == 3 * counts[0]


def test_spans_of_concentration_name_each_set_of_years_once(one, records, tally_of):
    from mekantek.findings.concentration.choices import _spans

    assert _spans(one) == {"2026": (2026,)}
    assert _spans(records) == {
        "2025 and 2027": (2025, 2027), "2025": (2025,), "2027": (2027,),
        "2025–2027": (2025, 2026, 2027),
    }  # fmt: skip
    assert len(_spans(study_from_tally(tally_of([2025, 2026])))) == 3


def test_the_report_still_reads_its_print(study):
    found = top_shares(study)
    assert "with rounding" in found.reason.en
    assert "held against" not in found.reason.en


def test_second_prints_of_the_report_leave_nothing_open_in_records(tally_of):
    """The report prints cells of 2019 and 2024 twice; whoever has records of those years does not."""
    study = study_from_tally(tally_of([2019, 2024]))
    for row in measure_table(study, ("high", "total"), names=("gini",)):
        assert row["unresolved"]["units"] == 0
        assert row["unresolved"]["low"] == row["unresolved"]["high"] == row["value"]
