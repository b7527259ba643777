"""Every sheet of the catalogue: legend, colours and table against the data behind them."""

import csv
import math
from collections import Counter
from pathlib import Path

import pytest

from mekantek import report
from mekantek.maps.palette import BIVARIATE, CLUSTERS, dominant_colours, quotient_bins, share_bins
from mekantek.maps.sheets.classes import leading

DATA = Path(__file__).parents[2] / "data"
CLASSES = ("high", "medium_high", "medium_low", "low")


def rows(name):
    with (DATA / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def sheets(study):
    return {sheet.slug: sheet for sheet in report.Catalogue(study).sheets()}


@pytest.fixture(scope="module")
def shares():
    """(year, class) to plate to share, read from the file by itself."""
    found = {}
    for row in rows("shares.csv"):
        if row["share"]:
            cell = found.setdefault((int(row["year"]), row["class"]), {})
            cell[row["plate"]] = float(row["share"])
    return found


def test_there_are_34(sheets):
    """Eleven sorts of maps, each slug once."""
    assert len(sheets) == 34
    assert len({sheet.kind for sheet in sheets.values()}) == 11


def test_legends_count_what_is_drawn(sheets, study):
    """On all views: each line of the legend has the number of units in its colour, and all are told."""
    ids = {str(u) for u in study.names.index}
    for sheet in sheets.values():
        for view in sheet.views:
            told = (sheet.slug, view.key)
            assert set(view.fill) == ids, told
            drawn = Counter(view.fill.values())
            lines = [e for e in view.legend if e.sign == "fill" and not e.extra]
            assert {e.fill: e.count for e in lines if e.count} == dict(drawn), told
            assert len({e.fill for e in lines}) == len(lines), told
            extra = Counter(view.extra.values())
            # Hatched over what is not significant: a part of it, not beside it.
            assert all(view.fill[u] == CLUSTERS["ns"][0] for u in view.extra), told
            for entry in view.legend:
                if entry.extra:
                    assert entry.count == extra[entry.fill], told
                if entry.sign == "dotted":
                    assert entry.count == len(view.dotted), told
                if entry.sign == "outline":
                    assert entry.count == len(view.marked), told
            dashed = [e.count for e in view.legend if e.sign == "dashed"]
            assert dashed in ([], [sum(line[4] for line in view.lines)]), told


def test_dots_and_the_list_of_unresolved_values_agree(sheets, study):
    """A map of one year dots the units that its facts list as unresolved, and no other."""
    names = {str(u): str(name) for u, name in study.names.items()}
    seen = 0
    for sheet in sheets.values():
        told = {term.en: text.tr for term, text in sheet.facts}.get("Unresolved values")
        if told is None or len(sheet.views) > 1 or sheet.kind == "index":
            continue
        dotted = {names[u] for u in sheet.views[0].dotted}
        assert dotted == {part.partition(" (")[0] for part in told.split(", ")} - {"yok"}
        seen += 1
    assert seen >= 6


def test_the_steadiest_clusters_are_shown_first(sheets):
    """The first view of a stability map has as many units above 80 % as any other."""
    for sheet in sheets.values():
        if sheet.kind == "stability":
            top = [view.legend[-1].count for view in sheet.views]
            assert top[sheet.first] == max(top)


def test_what_must_stand_on_every_map(sheets):
    """Title, reading, basis, source and boundaries in both languages, and a table of 81 units."""
    for sheet in sheets.values():
        facts = {term.en: told for term, told in sheet.facts}
        assert {"Basis", "Source", "Boundaries"} <= set(facts), sheet.slug
        assert "registered seat" in facts["Basis"].en
        assert "kayıtlı merkez" in facts["Basis"].tr
        for text in (sheet.title, sheet.reading):
            assert text.tr
            assert text.en
            assert text.tr != text.en
        for column in sheet.columns:
            assert len(column.shown) == len(column.raw) == 81


@pytest.mark.parametrize("name", CLASSES)
def test_years_are_those_of_the_file(study, sheets, shares, name):
    """Colours of every year from the file's numbers; a year without any is hatched whole."""
    sheet, bins = sheets[f"years-{name.replace('_', '-')}"], share_bins(study, name)
    for view in sheet.views:
        known = shares.get((view.year, name), {})
        for plate, fill in view.fill.items():
            if plate not in known:
                assert fill == "hatch-missing"
                continue
            place = sum(known[plate] + 1e-9 >= b for b in bins.breaks[1:-1])
            assert fill == bins.colours[place], (view.year, plate)
    if name in ("medium_high", "low"):
        assert {v.year for v in sheet.views if set(v.fill.values()) == {"hatch-missing"}} == {
            2020, 2021, 2022, 2023,
        }  # fmt: skip


@pytest.mark.parametrize("name", CLASSES)
def test_quotients_are_share_over_the_nations(sheets, shares, name):
    """LQ and its colour from both files, by hand."""
    sheet, bins = sheets[f"quotient-{name.replace('_', '-')}"], quotient_bins()
    for view in sheet.views:
        total = {
            r["plate"]: float(r["value_usd"])
            for r in rows("totals.csv")
            if int(r["year"]) == view.year and r["value_usd"]
        }
        known = shares[view.year, name]
        both = [p for p in known if p in total]
        nation = sum(known[p] * total[p] for p in both) / sum(total[p] for p in both)
        column = next(c for c in sheet.columns if c.name == f"lq_{view.year}")
        for plate, share in known.items():
            assert float(column.raw[plate]) == pytest.approx(share / nation, rel=1e-12)
            place = sum(share / nation + 1e-9 >= b for b in bins.breaks[1:-1])
            assert view.fill[plate] == bins.colours[place]


def test_the_largest_class_is_the_largest(study, sheets, shares):
    """From the file, the unclassified rest among them."""
    colours = dominant_colours(study)
    for view in sheets["dominant-class"].views:
        for plate, fill in view.fill.items():
            four = {c: shares[view.year, c][plate] for c in CLASSES}
            four["unclassified"] = 1 - math.fsum(four.values())
            best = max(four.values())
            first = [c for c in four if math.isclose(four[c], best, abs_tol=1e-9)]
            assert fill == (colours[first[0]] if len(first) == 1 else "hatch-undefined")


def test_leading_says_ties_and_gaps(study):
    """Two largest are a tie, a missing one leaves the unit open."""
    frame = study.frame[["high", "low"]].copy()
    frame.iloc[0] = [0.4, 0.4]
    frame.iloc[1] = [0.4, float("nan")]
    assert leading(frame).iloc[:2].tolist() == ["tied", "missing"]


def test_unknown_ranks_are_hatched_and_known_ones_placed(sheets, shares):
    """Seventeen provinces have a colour: thirds of rank by thirds of share, each by hand."""
    (view,) = sheets["index-high"].views
    ranks = {}
    for row in rows("indices/iltek_2024_partial.csv"):
        ranks.setdefault(row["plate"], int(row["rank"]))
    known = shares[2024, "high"]
    ordered = sorted(known.values())
    # Of 81 values the thirds end 26 2/3 and 53 1/3 steps above the smallest.
    cuts = [ordered[26] + 2 / 3 * (ordered[27] - ordered[26]),
            ordered[53] + 1 / 3 * (ordered[54] - ordered[53])]  # fmt: skip
    for plate, fill in view.fill.items():
        if plate not in ranks:
            assert fill == "hatch-missing"
            continue
        third = 2 - sum(known[plate] + 1e-9 >= cut for cut in cuts)
        assert fill == BIVARIATE[(ranks[plate] - 1) // 27, third]
    assert sum(fill != "hatch-missing" for fill in view.fill.values()) == 17


def test_neighbours_are_counted_from_the_list(sheets):
    """The official list by hand: 199 pairs, two of them dashed; each province's number."""
    sheet = sheets["neighbours"]
    official = sheet.views[0]
    count = Counter()
    pairs = [row for row in rows("neighbours.csv") if row["neighbours"] == "1"]
    assert len(official.lines) == 199
    assert sum(line[4] for line in official.lines) == 2
    for row in pairs:
        count[row["plate_a"]] += 1
        count[row["plate_b"]] += 1
    column = next(c for c in sheet.columns if c.name == "number_official")
    listed = {plate: int(float(raw)) for plate, raw in column.raw.items()}
    assert listed == count
    assert sum(listed.values()) == 398


def test_clusters_keep_their_colours_whether_they_occur_or_not(sheets):
    """All seven classes in the legend of every cluster and hot-spot map, in the same colours."""
    for sheet in sheets.values():
        if sheet.kind in ("clusters", "hotspots"):
            for view in sheet.views:
                assert [e.fill for e in view.legend[:7]] == [fill for fill, _ in CLUSTERS.values()]


def test_steadiness_is_the_part_of_the_maps(sheets, study):
    """Sivas is low among high on most maps; parts are in [0, 1] and sum to at most 1."""
    sheet = sheets["stability-low"]
    column = {c.name: c for c in sheet.columns}
    sivas = str(next(u for u, name in study.names.items() if name == "Sivas"))
    assert float(column["LH"].raw[sivas]) > 0.8
    for unit in column["LH"].raw:
        assert sum(float(column[k].raw[unit]) for k in ("HH", "LL", "HL", "LH")) <= 1 + 1e-9
