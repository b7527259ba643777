"""Briefs of the agencies: every number again from the CSVs, and what a reader sees offline."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mekantek.datasets.agencies import load_agencies, resolve_agency
from mekantek.errors import OptionError, UnknownAgencyError, UnknownProvinceError
from mekantek.report.briefs import Brief, brief_page, briefs_section, page_name
from mekantek.report.briefs.facts import touched
from mekantek.report.briefs.setting import PARTS
from mekantek.stats.subsets import corridor
from mekantek.text import bound, sort_key

CLASSES = PARTS[:4]
YEARS = (2019, 2024)
SHOWN = ("İSTKA", "ANKARAKA", "ZAFER", "SERKA", "BEBKA")


def whole(table, plates, year):
    """An agency by hand: value of each class and total, over the provinces with a total."""
    shares, totals, _ = table
    kept = [p for p in plates if (p, year) in totals]
    total = sum(totals[p, year][0] for p in kept)
    held = {c: sum(shares[p, year, c][0] * totals[p, year][0] for p in kept) for c in CLASSES}
    return kept, total, {c: v / total for c, v in held.items()}


@pytest.mark.parametrize("name", [a.abbreviation for a in load_agencies()])
def test_an_agency_is_the_sum_of_its_provinces(briefs, table, name):
    """Values are summed and shares recomputed from the CSVs; quotients are over the nation's share."""
    _, _, agencies = table
    brief = briefs[name]
    assert sorted(brief.agency.plates) == sorted(agencies[name])
    everyone = range(1, 82)
    for year in YEARS:
        kept, total, shares = whole(table, agencies[name], year)
        nation, nationwide, national = whole(table, everyone, year)
        told = brief.to_dict()["years"][str(year)]
        assert told["whole"]["value_usd"] == pytest.approx(total, rel=1e-12)
        assert set(map(int, told["whole"]["without_total"])) == set(agencies[name]) - set(kept)
        assert told["whole"]["part_of_nation"] == pytest.approx(total / nationwide)
        assert told["whole"]["provinces_with_total"] == len(nation)
        for c in CLASSES:
            assert told["whole"]["shares"][c] == pytest.approx(shares[c], abs=1e-12)
            quotient = shares[c] / national[c]
            assert told["whole"]["quotients"][c] == pytest.approx(quotient, abs=1e-9)
        rest = 1 - sum(shares.values())
        assert told["whole"]["shares"]["unclassified"] == pytest.approx(max(rest, 0), abs=1e-9)
        largest = max((*shares.items(), ("unclassified", rest)), key=lambda pair: pair[1])[0]
        assert told["whole"]["largest"] == largest
        others = [whole(table, plates, year) for plates in agencies.values()]
        assert told["whole"]["rank"] == 1 + sum(o[1] > total for o in others)
        assert told["whole"]["high_rank"] == 1 + sum(o[2]["high"] > shares["high"] for o in others)


def test_cells_are_those_of_the_tables_with_their_status(briefs, table):
    """Every province's share, total and status, and a dash's None where nothing is printed."""
    shares, totals, _ = table
    for brief in briefs.values():
        for year in YEARS:
            for plate, told in brief.to_dict()["years"][str(year)]["provinces"].items():
                key = int(plate), year
                assert told["value_usd"] == (totals[key][0] if key in totals else None)
                status = totals[key][1] if key in totals else "missing"
                assert told["status"]["value"] == status
                for c in CLASSES:
                    share, status = shares[(*key, c)]
                    assert told["shares"][c] == share
                    assert told["status"][c] == status


def test_gaps_stay_gaps_and_are_named(briefs, table):
    """The series of high shares has None where the CSV has no row, and the whole says who is out."""
    shares, totals, _ = table
    for brief in briefs.values():
        for plate in brief.members:
            for year in range(2019, 2025):
                cell = shares.get((plate, year, "high"))
                assert brief.series[plate][year] == (None if cell is None else cell[0])
        for year in range(2019, 2025):
            out = {
                p for p in brief.members
                if (p, year, "high") not in shares or (p, year) not in totals
            }  # fmt: skip
            assert set(brief.left_out[year]) == out
    assert briefs["SERKA"].without_total(2024) == [75, 36]
    assert briefs["DAKA"].without_total(2019) == []
    assert briefs["DAKA"].without_total(2024) == [13]


def test_change_compares_the_same_provinces(briefs, table):
    """Bitlis has a total in 2019 and none in 2024: it is in neither year of the comparison."""
    change = briefs["DAKA"].change
    assert change["without"] == [13]
    before, after = (whole(table, change["over"], year) for year in YEARS)
    assert change["exports"] == pytest.approx(after[1] / before[1] - 1)
    assert change["before"] == pytest.approx(before[2])
    assert change["after"] == pytest.approx(after[2])


def test_best_pairs_are_ranked_as_the_corridor_verb_ranks_them(briefs, study):
    """No pair of neighbours in or at the agency is better, and the rank of 199 is the exact one."""
    pairs = [(int(a), int(b)) for a, b in study.graph.pairs[["a", "b"]].to_numpy()]
    for name in ("ZAFER", "İSTKA", "SERKA", "DOKA"):
        own = set(briefs[name].agency.plates)
        for told in briefs[name].best_pairs:
            share = study.share(told["class"])
            members = [int(m) for m in told["members"]]
            found = corridor(share, study.graph, members)
            assert (told["rank"], told["of"], told["value"]) == (found.rank, 199, found.value)
            at = [
                p for p in pairs if (set(p) <= own if told["where"] == "within" else set(p) & own)
            ]
            assert told["value"] == max(min(share[a], share[b]) for a, b in at)


def test_peers_are_the_nearest_by_aitchison(briefs, quick):
    """Distances by the pairwise form of Aitchison's formula, factor by its root mean square."""
    mixes = quick.mixes.to_numpy()
    put = 0.0005 * 0.65
    zero = mixes == 0
    mixes = np.where(zero, put, mixes * (1 - put * zero.sum(axis=1, keepdims=True)))
    keys = list(quick.mixes.index)
    for name in SHOWN:
        own = mixes[keys.index(name)]
        gaps = {}
        for key, other in zip(keys, mixes, strict=True):
            ratios = [
                np.log(own[i] / own[j]) - np.log(other[i] / other[j])
                for i in range(5) for j in range(i)
            ]  # fmt: skip
            gaps[key] = (
                (sum(r**2 for r in ratios) / 5) ** 0.5,
                np.exp(np.mean(np.square(ratios)) ** 0.5),
            )
        nearest = sorted((k for k in keys if k != name), key=lambda k: gaps[k][0])[:4]
        assert list(briefs[name].peers.index) == nearest
        for key, row in briefs[name].peers.iterrows():
            assert (row["distance"], row["factor"]) == pytest.approx(gaps[key], rel=1e-9)


def test_a_seat_gives_half_and_nothing_is_lost(briefs, table):
    """Each class of the others grows by what İstanbul gives; summed over agencies nothing is lost."""
    shares, totals, _ = table
    assert sum(b.seat["before"] for b in briefs.values()) == pytest.approx(
        sum(b.seat["after"] for b in briefs.values())
    )
    plates = [p for p in range(1, 82) if (p, 2024) in totals]
    held = {p: shares[p, 2024, "high"][0] * totals[p, 2024][0] for p in plates}
    factor = 1 + held[34] / 2 / (sum(held.values()) - held[34])
    seat = briefs["ZAFER"].seat
    given = seat["shares_after"]["high"] * seat["after"]
    assert given == pytest.approx(factor * seat["shares_before"]["high"] * seat["before"])
    assert briefs["İSTKA"].seat["after"] == pytest.approx(briefs["İSTKA"].seat["before"] / 2)


def test_small_bases_are_warned_of(briefs, table):
    """Who exported less than 100 million dollars in 2024, by the CSV."""
    _, totals, agencies = table
    for name, brief in briefs.items():
        below = {p for p in agencies[name] if totals.get((p, 2024), (1e9,))[0] < 100e6}
        assert set(brief.small) == below
    assert "Adıyaman" in brief_page(briefs["İKA"])


def test_clusters_are_those_of_the_maps(briefs, quick):
    """Each listed place has p ≤ 0.05 on its map, none is left out, and survivors survive there."""
    listed = {
        (row["class"], row["year"], row["plate"]) for b in briefs.values() for row in b.clusters
    }
    found = set()
    for results in (quick.results.lisas, quick.results.hotspots):
        for (name, year), result in results.items():
            rows = result.frame[result.frame["cluster_unadjusted"].isin(("HH", "LL", "HL", "LH"))]
            found |= {(name, year, int(plate)) for plate in rows.index}
    assert listed == found
    assert [(r["class"], r["year"], r["plate"]) for r in briefs["ORAN"].survivors] == [
        ("low", 2024, 58)
    ]
    assert not briefs["BEBKA"].survivors


def test_agencies_are_found_by_any_of_their_names():
    """Abbreviation, Turkish, English, NUTS, province, plate; casing and diacritics free."""
    for name in ("ZAFER", "zafer", "Zafer Kalkınma Ajansı", "ZAFER DEVELOPMENT AGENCY", "tr33",
                 "Uşak", "USAK", "64", 64, "Afyon"):  # fmt: skip
        assert resolve_agency(name).abbreviation == "ZAFER"
    assert resolve_agency("istka") == resolve_agency("İSTKA") == resolve_agency("34")
    assert resolve_agency("Doğu Anadolu").abbreviation == "DAKA"
    for agency in load_agencies():
        for name in (agency.name.tr, agency.name.en, agency.abbreviation, agency.slug):
            assert resolve_agency(name) == agency
    with pytest.raises(
        UnknownAgencyError, match=r"Did you mean ZAFER \(Zafer Development Agency\)"
    ):
        resolve_agency("zaferr")
    with pytest.raises(UnknownProvinceError, match="plates run from 1 to 81"):
        resolve_agency("99")


def test_findings_touch_those_they_name(verdicts):
    """The belts name two provinces each and Bitlis as an outlier; the gradient is about all alike."""
    assert touched(verdicts["corridor-ankara-eskisehir"].hypothesis) == (6, 26, 13)
    assert touched(verdicts["top-shares"].hypothesis) == (34, 6, 26, 2)
    assert touched(verdicts["concentration"].hypothesis) is None
    assert len(touched(verdicts["iltek"].hypothesis)) == 17


def test_the_full_brief_tells_verdicts_and_statements(full):
    """Every verdict stands there with its word; every statement that names a province is listed."""
    brief = Brief(setting=full, agency=resolve_agency("BEBKA"))
    page = brief_page(brief)
    named = [
        r for r in full.statements if {"Bursa", "Eskişehir", "Bilecik"} & set(r.claim.provinces)
    ]
    assert brief.statements == named
    assert page.count('class="why"') == len(named)
    for verdict in full.results.verdicts:
        assert bound(verdict.reason.tr.split(";")[0])[:30] in page
    assert [v.hypothesis.id for v in brief.belts()] == ["corridor-ankara-eskisehir"]


def test_links_stand_by_the_turkish_alphabet(study):
    """Twenty-six pages; Çukurova after Bursa and before Dicle, İzmir after Güney."""
    _, section = briefs_section(study)
    pages = re.findall(r'<a href="(brief-[\w]+\.html)"', section)
    names = re.findall(r'<span lang="tr">([^<]* Ajansı)</span>', section)
    assert sorted(pages) == sorted(page_name(a) for a in load_agencies())
    assert len(set(pages)) == 26
    assert all(sort_key(a) < sort_key(b) for a, b in pairwise(names))
    assert names.index("Çukurova Kalkınma Ajansı") < names.index("Dicle Kalkınma Ajansı")


def test_no_language_strays_into_the_other(briefs, full, study):
    """English sentences hold no Turkish letters but in names, Turkish ones no English words."""
    agencies = load_agencies()
    names = [*study.names, *(a.abbreviation for a in agencies), *(a.name.tr for a in agencies),
             *(a.name.en.split(" Dev")[0] for a in agencies), *study.regions["nuts1_name_tr"],
             "İLTEK", "Türkiye", "İç Anadolu", "Doğu Anadolu"]  # fmt: skip
    known = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    pages = [brief_page(b) for b in briefs.values()]
    pages.append(brief_page(Brief(setting=full, agency=resolve_agency("6"))))
    for page in pages:
        pairs = re.findall(r'<span lang="tr">(.*?)</span><span lang="en">(.*?)</span>', page)
        assert len(pairs) > 100
        for turkish, english in pairs:
            assert turkish != english
            bare = re.sub("“[^”]*”", "", known.sub("", english))
            assert not re.search(r"[ğşıİ]", bare), english
            assert not re.search(r"\b(the|of|and|with|share|province|agency)\b", turkish), turkish
        # A Turkish percent sign stands before its number, an English one behind.
        assert not re.search(r"\d%", " ".join(t for t, _ in pairs))
        assert not re.search(r"%\d", " ".join(e for _, e in pairs))


def test_briefs_are_small_and_the_same_each_time(briefs):
    """At most 400 KB, no markup that loads, and no id twice."""
    for brief in briefs.values():
        page = brief_page(brief)
        assert len(page.encode()) <= 400_000
        assert page == brief_page(brief)
        markup = re.sub(r"<script\b[^>]*>.*?</script>", "", page, flags=re.DOTALL)
        assert not re.search(
            r"""(src|srcset)=|@import|url\((?!#)|<link[^>]*href=["']?http""", markup
        )
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_a_brief_from_python_is_the_page_of_the_verb(briefs, study, quick, tmp_path):
    """By a province's name, with the numbers behind it; saved whole; a part of the country is refused."""
    import mekantek as mt

    made = mt.brief(study, "Uşak", setting=quick)
    assert made.html == brief_page(briefs["ZAFER"])
    assert made.facts.to_dict() == briefs["ZAFER"].to_dict()
    assert made.title.en == "Zafer Development Agency: technology in its exports"
    assert made.save(tmp_path / "zafer.html").read_text(encoding="utf-8") == made.html
    assert "ZAFER" in repr(made)
    assert "<html" not in repr(made)
    with pytest.raises(UnknownAgencyError, match="Did you mean ZAFER"):
        mt.brief(study, "zaferr", setting=quick)
    with pytest.raises(OptionError, match=r"all 81 provinces; the study lacks \d+"):
        mt.brief(quick.agencies, "ZAFER")


@pytest.fixture(scope="module")
def pages(full, tmp_path_factory) -> Path:
    """Five agencies' pages as the main job writes them."""
    folder = tmp_path_factory.mktemp("briefs")
    for name in SHOWN:
        agency = resolve_agency(name)
        page = brief_page(Brief(setting=full, agency=agency), linked=True)
        (folder / page_name(agency)).write_text(page, encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("name", SHOWN)
def test_a_reader_sees_a_sound_page(browser, pages, name, language):
    """No request, no complaint, nothing axe-core finds, 81 shapes a map, no sideways scrolling."""
    from axe_playwright_python.sync_playwright import Axe

    for width in (1280, 390):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        page = context.new_page()
        asked, said = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto((pages / page_name(resolve_agency(name))).as_uri() + f"#{language}")
        page.wait_for_timeout(100)
        assert [a for a in asked[1:] if not a.startswith("data:")] == []
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        other = {"tr": "en", "en": "tr"}[language]
        assert not page.locator(f"main [lang={other}]").locator("visible=true").count()
        maps = page.locator(".gallery svg[role=img]")
        assert maps.count() in (2, 4)
        marked = len(resolve_agency(name).plates)
        for k in range(maps.count()):
            used = maps.nth(k).locator("use").count()
            assert used >= 81 + marked
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["target"]) for v in found] == []
        context.close()


def test_paper_from_the_browser_holds_the_whole_page(browser, pages):
    """Chromium prints every section on few sheets; buttons and the way back are gone."""
    from pypdf import PdfReader

    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((pages / "brief-serka.html").as_uri())
    paper = pages / "serka.pdf"
    page.pdf(path=str(paper), format="A4")
    context.close()
    sheets = PdfReader(paper).pages
    told = " ".join(p.extract_text() for p in sheets)
    for word in ("Serhat Kalkınma Ajansı", "Ardahan", "Benzer ajanslar", "Künye"):
        assert word in told
    for word in ("English", "← Rapor"):
        assert word not in told
    assert len(sheets) <= 4


def test_names_are_harmless(briefs, quick):
    """A province called like a script comes through as text."""
    from dataclasses import replace

    study = quick.study
    names = study.names.replace({"Uşak": "<script>alert(1)</script>"})
    study = replace(study, names=pd.Series(names))
    brief = Brief(setting=replace(quick, study=study), agency=resolve_agency("ZAFER"))
    page = brief_page(brief)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
