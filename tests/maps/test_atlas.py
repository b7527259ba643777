"""The atlas in a browser: every map and view on one set of shapes, as the sheets say."""

import json

import pytest

from mekantek import report
from mekantek.errors import OptionError
from mekantek.maps.atlas import KINDS, atlas_page
from mekantek.maps.layers import draw
from mekantek.maps.palette import CLUSTERS, share_bins
from mekantek.maps.sheets.shares import share_sheet
from mekantek.maps.sheets.years import year_sheet

SHAPES = "#shapes use"


def fills(seen):
    return seen.page.eval_on_selector_all(SHAPES, "all => all.map(p => p.getAttribute('fill'))")


def written(fill):
    return f"url(#{fill})" if fill.startswith("hatch-") else fill


@pytest.fixture
def atlas(pages, look):
    def opened(fragment="", **size):
        return look(pages / "atlas.html", fragment, **size)

    return opened


def test_every_map_opens_with_81_coloured_shapes(atlas):
    """Each sort of map and each class by the switches: 81 fills, a legend, no request, no complaint."""
    seen = atlas()
    kinds = seen.page.eval_on_selector_all("[name=kind] option", "all => all.map(o => o.value)")
    assert kinds == list(KINDS)
    shown = set()
    for kind in kinds:
        seen.page.select_option("[name=kind]", kind)
        which = seen.page.locator("[name=which] option")
        for value in which.evaluate_all("all => all.map(o => o.value)") or [None]:
            if value is not None:
                seen.page.select_option("[name=which]", value)
            painted = fills(seen)
            assert len(painted) == 81
            assert all(painted)
            assert seen.page.locator("#legend li").count() >= 5
            shown.add(seen.page.inner_text("#title"))
    assert len(shown) == 34
    assert (seen.asked, seen.errors) == ([], [])


def test_colours_are_those_of_the_sheets(study, look, tmp_path):
    """Every view of three sheets: each province's fill is the sheet's, hatching included."""
    sheets = [
        share_sheet(study, "low"),
        year_sheet(study, "high"),
        year_sheet(study, "medium_high"),
    ]
    path = tmp_path / "atlas.html"
    path.write_text(atlas_page(sheets, study), encoding="utf-8")
    for sheet in sheets:
        for view in sheet.views:
            seen = look(path, f"#tr&map={sheet.slug}&view={view.key}")
            assert fills(seen) == [written(view.fill[str(u)]) for u in study.names.index]
            told = seen.page.locator("#legend li b").all_inner_texts()
            assert told == [f"({e.count})" for e in view.legend if e.count is not None]
            seen.page.context.close()


def test_the_slider_moves_through_the_years_and_shows_gaps(atlas, study):
    """Keys on the slider change the year; a year without a print is hatched from end to end."""
    seen = atlas("#en&map=years-medium-high&view=2019")
    assert seen.page.inner_text("#views output") == "2019"
    seen.page.focus("input[type=range]")
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.inner_text("#views output") == "2020"
    assert set(fills(seen)) == {"url(#hatch-missing)"}
    seen.page.keyboard.press("End")
    wanted = share_bins(study, "medium_high").fill(study.at(2024).share("medium_high"))
    assert fills(seen) == list(wanted.values())
    assert "view=2024" in seen.page.url


def test_an_absent_cluster_keeps_its_line_and_colour(atlas):
    """All seven classes of clusters stand in the legend whether they occur or not."""
    seen = atlas("#tr&map=clusters-high")
    styles = seen.page.eval_on_selector_all(
        "#legend li .swatch", "all => all.map(s => s.style.backgroundColor)"
    )
    wanted = [fill for fill, _ in CLUSTERS.values() if not fill.startswith("hatch-")]
    as_rgb = ["rgb({}, {}, {})".format(*bytes.fromhex(c[1:])) for c in wanted]
    assert [s for s in styles if s][: len(wanted)] == as_rgb
    extra = fills(seen)
    seen.page.uncheck("#extra")
    assert fills(seen) != extra


def test_the_address_can_be_sent_to_somebody(atlas):
    """What is shown stands in the address, language included, and comes back from it."""
    seen = atlas("#en&map=neighbours&view=queen")
    assert seen.page.inner_text("#title") == "Who counts as a neighbour?"
    assert seen.page.is_checked("#views label:has-text('queen') input")
    assert seen.page.locator("#over line").count() == 202
    again = atlas(seen.page.url.partition("atlas.html")[2])
    assert again.page.inner_text("#title") == "Who counts as a neighbour?"
    assert again.page.evaluate("document.documentElement.lang") == "en"
    wrong = atlas("#en&map=nonsense&view=%E0%A4%A")
    assert wrong.errors == []
    assert wrong.page.locator(SHAPES).count() == 81


def test_arrow_keys_walk_by_the_alphabet_and_say_the_value(atlas):
    """One tab stop; the text below the map says name and value."""
    seen = atlas("#tr&map=share-high&view=2024")
    assert seen.page.locator(f"{SHAPES}[tabindex='0']").count() == 1
    seen.page.focus(f"{SHAPES}[tabindex='0']")
    heard = [seen.page.inner_text("#pointed")]
    for key in ("ArrowRight", "End"):
        seen.page.keyboard.press(key)
        heard.append(seen.page.inner_text("#pointed"))
    assert [text.split(".")[0] for text in heard] == ["Adana", "Adıyaman", "Zonguldak"]
    assert "%25,6" in heard[1]


def test_links_lead_to_the_maps_own_pages(atlas, pages):
    """Each map of the atlas has its page beside it."""
    data = json.loads(atlas().page.inner_text("#atlas"))
    assert len(data["sheets"]) == 34
    for sheet in data["sheets"]:
        assert (pages / f"{sheet['slug']}.html").is_file()


def test_one_text_is_written_once(study):
    """The same words of many maps are stored once."""
    page = atlas_page([share_sheet(study, "low"), share_sheet(study, "high")], study)
    assert page.count("registered seat") == 1


def test_the_catalogue_makes_what_is_asked_for(study):
    """Kinds and classes; an unknown one is refused by name."""
    catalogue = report.Catalogue(study)
    made = catalogue.sheets(kinds=["share", "corridor", "index", "neighbours"], classes=["low"])
    assert [sheet.slug for sheet in made] == [
        "share-low", "corridor-ankara-eskisehir", "corridor-istanbul-kocaeli", "index-high",
        "neighbours",
    ]  # fmt: skip
    with pytest.raises(OptionError, match="no map 'shares'"):
        catalogue.sheets(kinds=["shares"])


def test_the_listing_is_what_the_catalogue_makes(study):
    """Kind, slug and class of every map, in the same order, before anything is computed."""
    made = report.Catalogue(study).sheets()
    listed = [(entry.kind, entry.slug) for entry in report.listing(study)]
    assert [(sheet.kind, sheet.slug) for sheet in made] == listed


def test_a_sheet_made_anew_is_the_sheet_of_the_results(study, pages):
    """What the catalogue computes for itself is what the study's page shows."""
    (sheet,) = report.Catalogue(study).sheets(kinds=["hotspots"], classes=["low"])
    drawn = draw(sheet, study, index="index.html").get_root().render()
    assert drawn == (pages / "hotspots-low.html").read_text(encoding="utf-8")
