"""Pages in a real browser, offline: what a reader sees."""

import json
import re
from html import escape
from pathlib import Path

import pandas as pd
import pytest

from mekantek.cli.output import step_in_words, words_of_steps
from mekantek.datasets.agencies import load_agencies
from mekantek.maps.palette import CLUSTERS, share_bins
from mekantek.maps.strokes import STROKES
from mekantek.report.briefs import page_name
from mekantek.report.figures import planned
from mekantek.report.folder import FIGURE_FORMATS
from mekantek.study.shipped import shipped_file

MAPS = [
    *(f"{kind}-{name}.html"
      for kind in ("share", "years", "clusters", "hotspots", "stability", "quotient", "value")
      for name in ("high", "medium-high", "medium-low", "low")),
    "stability-high-medium-high.html", "dominant-class.html", "index-high.html", "neighbours.html",
    "corridor-ankara-eskisehir.html", "corridor-istanbul-kocaeli.html",
]  # fmt: skip
ASKED = shipped_file().design.hypotheses
FINDINGS = [f"finding-{h.id}.html" for h in ASKED]


def test_the_study_writes_what_it_says(study, pages):
    """All pages and files are there, and nothing else."""
    wanted = {*MAPS, "index.html", "results.json", "findings.csv", "global_moran.csv",
              "local_moran.csv", "hotspots.csv", "concentration.csv", "shares.csv", "totals.csv",
              "mekantek.gpkg", "explorer.html", "atlas.html", "claims.html", "claims.csv", "figures",
              "panel.html",
              "provenance.json",
              *(page_name(a) for a in load_agencies()),
              *FINDINGS, *(f"specifications-{h.id}.csv" for h in ASKED)}  # fmt: skip
    assert {p.name for p in pages.iterdir()} == wanted
    figures = {
        f"{plan.slug}.{form}"
        for plan in planned(study)
        for form in (("tex",) if plan.kind == "table" else FIGURE_FORMATS)
    }
    assert {p.name for p in (pages / "figures").iterdir()} == figures


def test_the_bar_of_the_main_job_ends_full(pages):
    """The steps that are announced are the steps that are taken."""
    told = json.loads(Path(f"{pages}.steps.json").read_text(encoding="utf-8"))
    assert len(told["taken"]) == told["announced"]


def test_the_bar_of_the_main_job_speaks_turkish(pages, study):
    """What it says is a claim, a variable with its year, a part of the work, or a file's name."""
    taken = json.loads(Path(f"{pages}.steps.json").read_text(encoding="utf-8"))["taken"]
    words = words_of_steps(study)
    as_called = {step for step in taken if step_in_words(step, words, "tr") == step}
    files = {name for path in pages.rglob("*") for name in (path.name, path.stem)}
    assert as_called <= files | {"GeoPackage"}
    said = {step_in_words(step, words, "tr") for step in taken}
    assert said >= {
        "yüksek teknoloji 2024",
        "kümelerin kararlılığı",
        study.hypothesis("gradient").title.tr,
    }


@pytest.mark.parametrize(
    "name",
    [*MAPS, *FINDINGS, "index.html", "explorer.html", "atlas.html", "claims.html", "panel.html"],
)
def test_pages_are_small_and_name_no_source_of_their_parts(pages, name):
    """At most 400 KB, and no markup that loads."""
    text = (pages / name).read_text(encoding="utf-8")
    assert len(text.encode()) <= 400_000
    markup = re.sub(r"<script\b[^>]*>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"""(src|srcset)=|@import|url\((?!#)|<link[^>]*href=["']?http""", markup)


@pytest.mark.parametrize("name", MAPS)
def test_maps_draw_81_shapes_and_ask_for_nothing(pages, look, name):
    """81 shapes with a colour, no request, no complaint, in both languages."""
    seen = look(pages / name)
    assert (seen.asked, seen.errors) == ([], [])
    fills = seen.fills()
    assert len(fills) == 81
    assert all(fills)
    assert seen.page.evaluate("document.documentElement.lang") == "tr"


def test_colours_are_those_of_the_data(pages, look, study):
    """Each province is drawn in the colour of its share, in both years."""
    seen = look(pages / "share-high.html")
    for year in (2024, 2019):
        seen.page.check(f"input[value='{year}']")
        wanted = share_bins(study, "high").fill(study.at(year).share("high"))
        assert sorted(seen.fills()) == sorted(wanted.values())
        shown = seen.page.evaluate(
            "geo_json_1.getLayers().map(l => [l.feature.id, l.options.fillColor])"
        )
        assert dict(shown) == wanted


def test_legends_count_every_class(pages, look):
    """All seven classes stand in the legend, with counts that add up to 81, in both years."""
    seen = look(pages / "clusters-low.html")
    results = json.loads((pages / "results.json").read_text(encoding="utf-8"))
    for year in (2024, 2019):
        lisa = next(m for m in results["local"] if (m["class"], m["year"]) == ("low", year))
        seen.page.check(f"input[value='{year}']")
        legend = seen.page.locator(f".legends ul[data-view='{year}']")
        assert legend.is_visible()
        found = legend.locator("li:not([data-extra]) b").all_inner_texts()
        counts = [int(text.strip("()")) for text in found]
        assert counts == [sum(u["cluster"] == c for u in lisa["units"]) for c in CLUSTERS]
        assert sum(counts) == 81
    assert "1 il FDR sonrası anlamlı" in seen.page.inner_text(".reading")


def test_uncorrected_clusters_are_hatched_until_the_box_is_cleared(pages, look):
    """What correction takes away is hatched and counted apart, and can be hidden."""
    seen = look(pages / "clusters-low.html")
    results = json.loads((pages / "results.json").read_text(encoding="utf-8"))
    lisa = next(m for m in results["local"] if (m["class"], m["year"]) == ("low", 2024))
    lost = [
        u["cluster_unadjusted"]
        for u in lisa["units"]
        if u["cluster"] == "ns" and u["cluster_unadjusted"] != "ns"
    ]
    hatched = [fill for fill in seen.fills() if fill.startswith("url(#hatch-")]
    assert sorted(hatched) == sorted(f"url(#hatch-{c})" for c in lost)
    assert lost
    extra = seen.page.locator(".legends ul:not([hidden]) li[data-extra]")
    assert [t.strip("()") for t in extra.locator("b").all_inner_texts()] == [
        str(lost.count(c)) for c in ("HH", "LL", "LH", "HL")
    ]
    assert seen.page.evaluate(
        "['HH', 'LL', 'LH', 'HL', 'missing'].every(c => document.getElementById('hatch-' + c))"
    )
    seen.page.uncheck("#extra")
    assert not [fill for fill in seen.fills() if fill.startswith("url(")]
    assert not extra.first.is_visible()


def test_open_values_are_dotted(pages, look, study):
    """A value that two prints leave open has a dotted outline, in its year."""
    seen = look(pages / "share-high.html")
    for year in (2024, 2019):
        seen.page.check(f"input[value='{year}']")
        status = study.at(year).status["high"]
        dotted = seen.page.evaluate(
            "geo_json_1.getLayers().filter(l => l.options.dashArray).map(l => l.feature.id)"
        )
        assert sorted(map(int, dotted)) == sorted(status.index[status == "unresolved"])


def test_the_arrow_keys_walk_through_the_provinces(pages, look):
    """One tab stop; the arrows go by the Turkish alphabet and say name and share."""
    seen = look(pages / "share-high.html", "#en")
    stops = ".leaflet-overlay-pane path[tabindex='0']"
    assert seen.page.locator(stops).count() == 1
    seen.page.focus(stops)
    heard = [seen.page.evaluate("document.activeElement.getAttribute('aria-label')")]
    for key in ("ArrowRight", "End", "Home"):
        seen.page.keyboard.press(key)
        heard.append(seen.page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert [text.split(".")[0] for text in heard] == ["Adana", "Adıyaman", "Zonguldak", "Adana"]
    assert "2024: 25.6%" in heard[1]
    seen.page.wait_for_timeout(400)  # the tooltip left behind fades out
    assert seen.page.locator(".leaflet-tooltip").all_inner_texts() == [heard[3].replace(". ", "\n")]
    assert seen.page.locator(stops).count() == 1


def test_paper_gets_a_still_copy_of_the_whole_map(pages, look):
    """Printing replaces the live map by a picture that holds all 81 shapes."""
    seen = look(pages / "value-high.html")
    seen.page.emulate_media(media="print")
    seen.page.wait_for_timeout(100)
    assert seen.page.locator("#still").is_visible()
    assert seen.page.locator("#still path[role=img]").count() == 81
    drawn, paper, live = seen.page.evaluate(
        "[document.querySelector('#still svg g').getBoundingClientRect().width,"
        " document.getElementById('still').clientWidth,"
        " getComputedStyle(document.querySelector('.map')).opacity]"
    )
    assert 0.9 * paper < drawn <= paper
    assert live == "0"
    assert seen.errors == []


def test_verdicts_on_paper_keep_their_colours_and_give_reasons_room(pages, look):
    """Printed findings: the longest text is the widest, the keys are coloured, the way back is gone."""
    seen = look(pages / "index.html")
    seen.page.set_viewport_size({"width": 700, "height": 1000})
    seen.page.emulate_media(media="print")
    claim, reason = seen.page.evaluate(
        "[1, 4].map(k => document.querySelector(`table.verdicts td:nth-child(${k})`).clientWidth)"
    )
    assert reason > 1.3 * claim
    key = seen.page.locator(".key").first
    assert key.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"
    seen = look(pages / "finding-gradient.html")
    back = seen.page.locator("p", has_text="← Bulgular")
    assert back.is_visible()
    seen.page.emulate_media(media="print")
    assert not back.is_visible()


def test_the_first_view_shows_the_whole_country(pages, look):
    """All shapes lie inside the map, and fill its width, on a desk and on a phone."""
    for width in (1280, 375):
        seen = look(pages / "share-high.html", width=width, height=800)
        held = seen.page.evaluate(
            "(() => { const all = [...document.querySelectorAll('path.leaflet-interactive')]"
            ".map(p => p.getBoundingClientRect());"
            " const map = map_1.getContainer().getBoundingClientRect();"
            " return [Math.min(...all.map(r => r.left)) - map.left,"
            " map.right - Math.max(...all.map(r => r.right)),"
            " Math.min(...all.map(r => r.top)) - map.top,"
            " map.bottom - Math.max(...all.map(r => r.bottom)), map.width]; })()"
        )
        assert min(held) >= 0
        assert held[0] + held[1] < 0.08 * held[4]


def test_zero_survivors_are_said_plainly(pages, look):
    """A map on which nothing survives says so."""
    seen = look(pages / "clusters-high.html")
    assert "0 il FDR sonrası anlamlı" in seen.page.inner_text(".reading")
    seen.page.click("button[value=en]")
    assert "0 of 81 provinces significant after FDR" in seen.page.inner_text(".reading")


def test_language_switches_everything_seen(pages, look):
    """No Turkish sentence stays on the English page or the other way round."""
    seen = look(pages / "index.html", "#en")
    english = seen.page.inner_text("main")
    assert seen.page.title().startswith("The geography")
    for word in ("Hükümler", "Yöntem", "desteklen", "Komşu", "Yoğunlaşma", " il "):
        assert word not in english
    seen.page.click("button[value=tr]")
    turkish = seen.page.inner_text("main")
    for word in ("Verdicts", "supported", "Neighbours", "Concentration", "provinces"):
        assert word not in turkish
    assert "%12,1" in turkish
    assert "12.1%" in english


NAMES = re.compile(r"Türkiye|TÜİK|İLTEK|Türkçe|Ankara|İç Anadolu|Doğu Anadolu")
QUOTED = re.compile(r"“[^”]*”")


def test_no_language_strays_into_the_other(pages, study):
    """English sentences hold no Turkish letters but in names, Turkish ones no English words."""
    agencies = [n for a in load_agencies() for n in (a.abbreviation, a.name.tr, a.name.en)]
    names = (*study.names, *study.regions["nuts1_name_tr"], *agencies)
    names = sorted(names, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, names)))
    for page in pages.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        pairs = re.findall(r'<span lang="tr">(.*?)</span><span lang="en">(.*?)</span>', text)
        if packed := re.search(r'id="atlas">(.*?)</script>', text):
            texts = json.loads(packed[1])["texts"]
            pairs += [tuple(map(escape, text)) for text in texts if isinstance(text, list)]
        assert len(pairs) > 20
        for turkish, english in pairs:
            assert turkish != english
            bare = NAMES.sub("", known.sub("", QUOTED.sub("", english)))
            assert not re.search(r"[ğşıİ]", bare), (page.name, english)
            assert not re.search(r"\b(the|of|and|with|share|province)\b", turkish), turkish


@pytest.mark.parametrize(
    "name",
    ["index.html", "atlas.html", "clusters-low.html", "corridor-ankara-eskisehir.html",
     "index-high.html", "neighbours.html"],
)  # fmt: skip
def test_phones_do_not_scroll_sideways(pages, look, name):
    """A page is as wide as the screen of a phone."""
    seen = look(pages / name, width=375, height=800)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 375


def test_links_of_the_report_lead_somewhere(pages, look):
    """Every link of the index is a file that was written, or a place on the page."""
    seen = look(pages / "index.html")
    links = seen.page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    assert len(links) > 20
    for link in links:
        name, _, anchor = link.partition("#")
        assert not name or (pages / name).is_file(), link
        if not name:
            assert seen.page.locator(f"[id='{anchor}']").count() == 1
    assert set(MAPS) <= {link.partition("#")[0] for link in links}


def test_tooltips_name_the_province(pages, look):
    """Pointing at a province shows its name and share."""
    seen = look(pages / "share-high.html")
    box = seen.page.evaluate("(() => { const p = map_1.latLngToContainerPoint([39.6, 31.1]);"
                             " const r = map_1.getContainer().getBoundingClientRect();"
                             " return [r.left + p.x, r.top + p.y]; })()")  # fmt: skip
    seen.page.mouse.move(*box)
    seen.page.wait_for_timeout(100)
    tip = seen.page.inner_text(".leaflet-tooltip")
    assert "Eskişehir" in tip
    assert "%34,4" in tip


def test_corridor_shows_members_and_contested_pairs(pages, look):
    """Two provinces stand out, and two pairs of neighbours are dashed."""
    seen = look(pages / "corridor-ankara-eskisehir.html")
    marked = seen.page.evaluate(
        "geo_json_1.getLayers().filter(l => l.options.weight > 2).map(l => l.feature.id)"
    )
    assert sorted(marked) == ["26", "6"]
    lines = seen.page.locator(".leaflet-overlay-pane path:not(.leaflet-interactive)")
    drawn = sum(path.get_attribute("d").count("M") for path in lines.all())
    assert drawn == 199
    dash = STROKES["dashed"].packed()[2]
    dashed = seen.page.locator(f"path[stroke-dasharray='{dash}']:not(.leaflet-interactive)")
    assert sum(path.get_attribute("d").count("M") for path in dashed.all()) == 2
    names = seen.page.locator(".names text").all_text_contents()
    assert sorted(names) == ["Ankara", "Eskişehir"]
    assert "199" in seen.page.inner_text(".reading")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", ["corridor-ankara-eskisehir.html", "atlas.html"])
def test_names_of_members_stand_clear(pages, look, page, width):
    """Each name lies within its own province or outside all members, over no other, on any screen."""
    seen = look(pages / page, "#tr&map=corridor-ankara-eskisehir", width=width, height=800)
    told = seen.page.evaluate("""() => {
      const texts = [...document.querySelectorAll(".names text")];
      const shape = (id, k) => window.geo_json_1
        ? geo_json_1.getLayers().find(l => l.feature.id === id).getElement()
        : document.getElementById("shape-" + k);
      const members = { Ankara: shape("6", 5), "Eskişehir": shape("26", 25) };
      return texts.map(text => {
        const box = text.getBBox(), at = text.ownerSVGElement.createSVGPoint(), held = {};
        for (const [name, path] of Object.entries(members)) {
          let count = 0;
          for (const a of [0.05, 0.5, 0.95]) for (const b of [0.3, 0.7]) {
            at.x = box.x + a * box.width; at.y = box.y + b * box.height;
            count += path.isPointInFill(at);
          }
          held[name] = count;
        }
        const screen = text.getBoundingClientRect();
        return { name: text.textContent, held, box: [screen.left, screen.top, screen.right, screen.bottom] };
      });
    }""")
    assert sorted(t["name"] for t in told) == ["Ankara", "Eskişehir"]
    for text in told:
        own = text["held"].pop(text["name"])
        assert (own, set(text["held"].values())) in ((6, {0}), (0, {0})), text
        height = text["box"][3] - text["box"][1]
        assert 12 <= height <= 24
    (a, b) = (t["box"] for t in told)
    assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_saved_csv_holds_the_table(pages, look):
    """The data behind a map can be saved, with all provinces."""
    seen = look(pages / "share-low.html")
    with seen.page.expect_download() as saving:
        seen.page.click("#save")
    table = pd.read_csv(saving.value.path(), encoding="utf-8-sig")
    assert len(table) == 81
    assert table.loc[table["name"] == "Uşak", "share_2024"].item() == 0.818


def test_tables_sort_the_turkish_way(pages, look):
    """Çanakkale comes before Çankırı and after Bursa; İstanbul after Isparta."""
    seen = look(pages / "share-low.html")
    seen.page.click("summary")
    names = seen.page.eval_on_selector_all("tbody th", "all => all.map(t => t.textContent)")
    assert names.index("Bursa") < names.index("Çanakkale") < names.index("Çankırı")
    assert (
        names.index("Iğdır")
        < names.index("Isparta")
        < names.index("İstanbul")
        < names.index("İzmir")
    )
