"""Codes find the class that the published taxonomies give them, and no other."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mekantek.datasets import tables
from mekantek.datasets.concordances import read_concordance
from mekantek.datasets.taxonomies import (
    NAMES,
    class_of,
    load_taxonomy,
    split_cents,
)
from mekantek.errors import TableError

# The published lists, written once more as ranges, to be compared with the tables.
EUROSTAT_3 = {
    "high": ["21", "26", "303"],
    "medium_high": ["20", "254", "27", "28", "29", "302", "304", "309", "325"],
    "medium_low": ["182", "19", "22", "23", "24", "251", "252", "253", "255", "256", "257", "259",
                   "301", "33"],
    "low": ["10", "11", "12", "13", "14", "15", "16", "17", "181", "31", "321", "322", "323", "324",
            "329"],
}  # fmt: skip
EUROSTAT_2 = {
    "high": [21, 26],
    "medium_high": [20, *range(27, 31)],
    "medium_low": [19, *range(22, 26), 33],
    "low": [*range(10, 19), 31, 32],
}
OECD_2016 = {
    "high": ["303", "21", "26", "72", "582"],
    "medium_high": ["252", "29", "325", "28", "20", "27", "302", "304", "309", "62", "63"],
    "medium": ["22", "301", "321", "329", "23", "24", "33"],
    "medium_low": ["13", "15", "17", "10", "11", "12", "14", "251", "259", "19", "31", "16", "18",
                   "69", "71", "75", "61", "05", "09", "581"],
    "low": ["64", "35", "39", "59", "60", "45", "01", "03", "41", "77", "90", "99", "49", "55", "68"],
    "unclassified": ["84", "85", "86", "88"],
    "unplaced": ["25", "30", "32", "58", "04", "34"],
}  # fmt: skip


@pytest.mark.parametrize("kind", EUROSTAT_3)
def test_three_digits_are_as_eurostat_and_tuik_publish_them(kind: str):
    assert {class_of(code, "nace2") for code in EUROSTAT_3[kind]} == {kind}
    assert {class_of(code.ljust(4, "1"), "nace2") for code in EUROSTAT_3[kind]} == {kind}


@pytest.mark.parametrize("kind", EUROSTAT_2)
def test_two_digits_are_as_eurostat_publishes_them(kind: str):
    for name in ("isic4-2digit", "nace2-2digit"):
        assert {class_of(str(code), name) for code in EUROSTAT_2[kind]} == {kind}


@pytest.mark.parametrize("kind", OECD_2016)
def test_the_five_groups_of_2016_are_as_published(kind: str):
    assert {class_of(code, "oecd2016") for code in OECD_2016[kind]} == {kind}


def test_weapons_have_another_code_in_isic_than_in_nace():
    assert [class_of("2520", name) for name in ("isic4", "nace2")] == ["medium_high", "medium_low"]
    assert [class_of("2540", name) for name in ("isic4", "nace2")] == ["medium_low", "medium_high"]
    assert class_of("2520", "oecd2016") == class_of("2540", "oecd2016-nace2") == "medium_high"


def test_the_two_levels_differ_only_where_the_groups_are_taken_out():
    table = tables.load("isic-rev4-classes")
    differing = table.loc[table["class_3digit"] != table["class_2digit"], "code"]
    assert differing.tolist() == ["182", "252", "301", "303", "325"]


def test_divisions_are_those_of_isic_revision_4():
    table = tables.load("isic-rev4-classes")
    divisions = {int(code) for code in table["code"] if len(code) == 2}
    gaps = {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89}
    assert divisions == set(range(1, 100)) - gaps


def test_the_report_and_the_oecd_differ_in_forestry_alone():
    codes = tables.load_classes()["code4"].tolist()
    differing = [c for c in codes if class_of(c, "isic3") != class_of(c, "isic3-oecd")]
    assert differing == ["0200"]
    assert class_of("0200", "isic3") == "low"
    assert class_of("0200", "isic3-oecd") == "unclassified"


def test_every_code_of_the_report_has_the_class_the_report_gives_it():
    with (Path(__file__).parents[2] / "data" / "isic_rev3_classes.csv").open(
        encoding="utf-8"
    ) as file:
        rows = list(csv.DictReader(file))
    assert [class_of(row["code4"], "isic3") for row in rows] == [r["class_report"] for r in rows]


def test_a_shorter_code_is_placed_only_where_all_it_holds_is_of_one_class():
    assert class_of("29", "isic3") == class_of("292", "isic3") == "medium_high"
    assert (
        class_of("24", "isic3") == class_of("242", "isic3") == class_of("2", "isic3") == "unplaced"
    )
    assert class_of("4", "isic4") == "unplaced"
    assert class_of("", "isic3") == "unplaced"


def test_names_lead_to_taxonomies_with_a_source():
    for name in NAMES:
        taxonomy = load_taxonomy(name)
        assert taxonomy.source
        assert taxonomy.revision in ("isic3", "isic4", "nace2")
        assert {k for p in taxonomy.rules.values() for k, _ in p} <= {
            *taxonomy.classes,
            "unclassified",
        }


def test_an_unknown_taxonomy_is_told_with_the_nearest():
    with pytest.raises(
        TableError, match=r"No taxonomy is called 'isic-4'; .* Did you mean isic4\?"
    ):
        load_taxonomy("isic-4")


def concordance(folder: Path, text: str) -> Path:
    path = folder / "hs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_longest_beginning_decides_and_a_shorter_code_is_never_guessed(tmp_path: Path):
    found = read_concordance(
        concordance(tmp_path, "code;sınıf\n87;orta-düşük\n8703;Orta-yüksek teknoloji\n88.02;high\n")
    )
    assert [class_of(code, found) for code in ("870323", "8716", "8802", "88", "01")] == [
        "medium_high", "medium_low", "high", "unplaced", "unplaced",
    ]  # fmt: skip
    assert (found.revision, found.concordance) == ("", True)


REFUSED = {
    "weights below one": ("HS6,class,weight\n300490,high,0.5\n300490,low,0.4\n",
        r"hs\.csv, line 2: '300490' has weights \(high 1/2, low 2/5\) that do not sum to 1"),
    "thirds cut short": ("HS6,class,weight\n30,high,0.333\n30,low,0.667\n31,high,0.333\n31,low,0.666\n",
        "line 4: '31' has weights"),
    "one code twice": ("code,class\n30,high\n30,high\n", "line 3: '30' stands twice with class high"),
    "two classes without weights": ("code,class\n30,high\n30,low\n", "do not sum to 1"),
    "unknown class": ("code,class\n30,top\n", "line 2: 'top' is no class"),
    "no code": ("code,class\nA30,high\n", "line 2: 'A30' is no code"),
    "empty code": ("code,class\n,high\n", "line 2: '' is no code"),
    "negative weight": ("code,class,weight\n30,high,-1\n", "'-1' is no weight"),
    "weight of nothing": ("code,class,weight\n30,high,0\n", "'0' is no weight"),
    "division by zero": ("code,class,weight\n30,high,1/0\n", "'1/0' is no weight"),
    "no class column": ("code,weight\n30,1\n", "it needs one of codes"),
    "no rows": ("code,class\n", "no row"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_faulty_concordance_is_refused(what: str, tmp_path: Path):
    text, message = REFUSED[what]
    with pytest.raises(TableError, match=message):
        read_concordance(concordance(tmp_path, text))


@st.composite
def placements(draw: st.DrawFn) -> tuple[tuple[str, Fraction], ...]:
    numbers = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=5))
    kinds = ("high", "medium_high", "medium_low", "low", "unclassified")
    return tuple((kinds[n], Fraction(v, sum(numbers))) for n, v in enumerate(numbers))


@given(st.integers(0, 10**17), placements())
def test_no_cent_is_lost_or_made_by_sharing_out(cents: int, placement):
    parts = split_cents(cents, placement)
    assert sum(parts.values()) == cents
    for kind, weight in placement:
        assert abs(parts[kind] - cents * weight) < 1


@given(st.integers(0, 10**12), placements())
def test_the_cents_left_over_go_to_the_largest_remainders(cents: int, placement):
    parts = split_cents(cents, placement)
    remainders = {kind: cents * weight - (cents * weight).__floor__() for kind, weight in placement}
    up = [kind for kind, weight in placement if parts[kind] > cents * weight]
    down = [kind for kind in parts if kind not in up and remainders[kind] > 0]
    assert all(remainders[one] >= remainders[other] for one in up for other in down)
