"""Drawing without a browser: offline figures, colours, escaping, determinism."""

import re
from dataclasses import replace
from pathlib import Path

import folium
import folium.plugins
import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from mekantek.maps import live
from mekantek.maps.atlas import write_maps
from mekantek.maps.page import OfflineFigure, RequestError, script_json
from mekantek.maps.palette import CLUSTERS, change_bins, legend_html, share_bins
from mekantek.maps.sheets import View
from mekantek.maps.sheets.shares import share_sheet
from mekantek.maps.svg import outlines, still
from mekantek.stats.local.moran import local_moran
from mekantek.text import Text
from mekantek.weights import build

NASTY = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=HYPERLINK(\"http://x\")",
    "O'Hara `${1}` {{ 7 * 7 }}", "a\u2028b</template>", "x" * 100_000,
]  # fmt: skip


class Regions:
    """Six squares in a row with names that users could type."""

    def __init__(self, names=NASTY):
        ids = [f"u{k}" for k in range(6)]
        self.geometry = gpd.GeoSeries([box(k, 0, k + 1, 1) for k in range(6)], index=ids, crs=4326)
        self.names = pd.Series(names, index=ids)
        self.points = pd.DataFrame(
            {"longitude": [k + 0.5 for k in range(6)], "latitude": 0.5}, index=ids
        )
        self.provenance = {"report": Text("kendi verisi", "own data")}
        self.values = pd.Series([1.0, 2.0, 3.0, 7.0, 8.0, 9.5], index=ids)
        self.lisa = local_moran(self.values, build("queen", geometry=self.geometry))


def rendered(drawn):
    return drawn.get_root().render()


def test_maps_stay_folium_maps(study, tmp_path):
    """A map can be gone on with and saved as folium users do."""
    drawn = live.share_map(study, "high")
    assert isinstance(drawn, folium.Map)
    folium.Circle([39, 35], radius=1000).add_to(drawn)
    drawn.save(str(tmp_path / "map.html"))
    assert (tmp_path / "map.html").stat().st_size < 400_000


def test_unknown_addresses_are_refused(study):
    """A layer that would load tiles or scripts from elsewhere stops the page."""
    drawn = live.share_map(study, "high")
    folium.plugins.HeatMap([[39, 35]]).add_to(drawn)
    with pytest.raises(RequestError, match="would load https"):
        rendered(drawn)


@pytest.mark.parametrize(
    ("layer", "complaint"),
    [
        (folium.TileLayer("OpenStreetMap"), "would load https"),
        (folium.Marker([39, 35]), "CircleMarker"),
        (folium.Marker([39, 35], icon=folium.Icon()), "CircleMarker"),
    ],
    ids=["tiles", "marker", "icon"],
)
def test_layers_that_load_once_open_are_refused(study, layer, complaint):
    """Tiles and icons would be fetched by the page's script: refused when the page is made."""
    drawn = live.share_map(study, "high")
    layer.add_to(drawn)
    with pytest.raises(RequestError, match=complaint):
        rendered(drawn)


def test_markers_of_html_are_taken(study):
    """A label that needs no picture is part of the page."""
    drawn = live.share_map(study, "high")
    folium.Marker([39, 35], icon=folium.DivIcon(html="here")).add_to(drawn)
    assert "here" in rendered(drawn)


def test_images_from_elsewhere_are_refused():
    """Markup that loads is refused too."""
    figure = OfflineFigure(
        Text("a", "b"), before='<img src="http://example.org/x.png">', after="", language="tr",
        data="", script="",
    )  # fmt: skip
    with pytest.raises(RequestError, match=r"example\.org"):
        figure.render()


def test_rendering_twice_gives_the_same_bytes(study):
    """Ids are numbered, not drawn."""
    drawn = live.value_map(study, "high")
    first = rendered(drawn)
    assert first == rendered(drawn) == rendered(live.value_map(study, "high"))
    assert 'id="map_1"' in first
    assert not re.search(r"[0-9a-f]{32}", re.sub(r"<script>!function.*?</script>", "", first))


def test_names_of_users_never_reach_a_page_unescaped(look, tmp_path):
    """Scripts, quotes, formulas and a huge label come through harmless, in text and in JSON."""
    regions = Regions()
    page = rendered(live.cluster_map(regions, regions.lisa, column='<b>"x"</b>'))
    for raw in ("<script>alert(1)", "<img src=x", '<b>"x"', "b</template>"):
        assert raw not in page
    (tmp_path / "nasty.html").write_text(page, encoding="utf-8")
    seen = look(tmp_path / "nasty.html")
    assert (seen.asked, seen.errors) == ([], [])
    assert len(seen.fills()) == 6
    seen.page.click("summary")
    assert "<script>alert(1)</script>" in seen.page.inner_text("tbody")
    assert "{{ 7 * 7 }}" in seen.page.inner_text("tbody")
    saved = seen.page.evaluate("document.getElementById('csv').content.textContent")
    assert "\"'=HYPERLINK" in saved


def test_script_json_cannot_end_its_script():
    """No angle bracket, ampersand or line separator is left in a data block."""
    text = script_json({"a": "</script><!--&\u2028"})
    assert not set("<>&\u2028") & set(text)


def test_absent_classes_keep_their_colour_and_line():
    """Every class of clusters stands in every legend, with a zero if it does not occur."""
    regions = Regions(list("abcdef"))
    page = rendered(live.cluster_map(regions, regions.lisa))
    for colour, label in CLUSTERS.values():
        assert label.tr in page
        if not colour.startswith("hatch-"):
            assert f"background:{colour}" in page


def test_cluster_colours_are_the_fields_safest():
    """The colours of maps.md's safe default, pinned."""
    assert {k: v[0] for k, v in CLUSTERS.items() if len(k) == 2} == {
        "HH": "#a50026", "LL": "#08306b", "LH": "#6baed6", "HL": "#fdae61", "ns": "#f0f0f0"
    }  # fmt: skip


def test_missing_is_hatched_and_listed(study):
    """A missing value is neither zero nor the strongest colour, and the legend counts it."""
    values = pd.Series([0.0, 0.5, None], index=[1, 2, 3])
    bins = share_bins(study, "low")
    assert bins.fill(values) == {"1": bins.colours[0], "2": bins.colours[4], "3": "hatch-missing"}
    legend = legend_html(bins.entries(values), view="x", hidden=False)
    assert "veri yok" in legend
    assert "repeating-linear-gradient" in legend


def test_bins_hold_their_lower_break(study):
    """A share printed as 5.0 % falls into the bin that starts there, whatever its float."""
    bins = share_bins(study, "medium_low")
    places = bins.place(pd.Series([0.0499, 0.05, 0.15 - 1e-12, 0.3, 1.0]))
    assert places.tolist() == [0, 1, 2, 3, 5]
    changes = change_bins(study, "low").place(pd.Series([-0.5, 0.0, 0.5]))
    assert changes.tolist() == [0, 3, 6]


@pytest.mark.parametrize("values", [[1.0] * 6, [None] * 6, [None, 1.0, 2.0, 2.0, None, 5e-7]])
def test_any_column_can_be_mapped(values):
    """Constant, missing and tiny values: the missing are hatched and named, never zero."""
    regions = Regions(list("abcdef"))
    column = pd.Series(values, index=regions.geometry.index, dtype=float)
    page = rendered(live.number_map(regions, column, "x"))
    missing = column.isna().sum()
    assert page.count('"hatch-missing"') >= missing
    assert ("veri yok</span>" in page) == bool(missing)
    assert f"n\u00a0=\u00a0{6 - missing}<" in page


def test_atlas_appears_whole_or_not_at_all(study, tmp_path):
    """A page that cannot be made leaves no other behind."""
    sheet = share_sheet(study, "high")
    broken = replace(sheet, slug="broken", columns=[replace(sheet.columns[0], shown={})])
    with pytest.raises(KeyError):
        write_maps([sheet, broken], study, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_missing_classes_are_hatched_on_the_map(study):
    """2021 has no medium-high shares: hatched, not zero."""
    share = study.at(2021).share("medium_high")
    assert set(share_bins(study, "medium_high").fill(share).values()) == {"hatch-missing"}


def test_stills_use_one_set_of_outlines():
    """A still map refers to shapes drawn once, and describes itself."""
    regions = Regions(list("abcdef"))
    view = View(
        key="v",
        label=Text("v", "v"),
        fill=dict.fromkeys(regions.geometry.index, "hatch-missing"),
        columns=[],
        legend=[],
    )
    picture = still(regions.geometry, regions.points, view, described='"quoted"')
    assert picture.count("<use") == outlines(regions.geometry).count("<path") == 6
    alone = still(regions.geometry, regions.points, view, described="x", alone=True)
    assert (alone.count("<use"), alone.count("<path"), alone.count("<pattern")) == (0, 6, 1)
    assert "&quot;quoted&quot;" in picture
    assert "url(#hatch-missing)" in picture


def test_the_showcase_is_what_the_code_draws(study):
    """maps/gallery holds the pages of this version, and at most 3 MB."""
    gallery = Path(__file__).parents[2] / "maps" / "gallery"
    fresh = rendered(live.share_map(study, "high"))
    assert (gallery / "share-high.html").read_text(encoding="utf-8") == fresh, (
        "run python maps/gallery/build.py"
    )
    assert sum(p.stat().st_size for p in gallery.iterdir()) < 3_000_000


def test_detailed_layers_of_users_stay_light():
    """A layer of many points is thinned until its page is under 400 KB, and keeps all shapes."""
    import mekantek
    from mekantek.datasets.boundaries import load_boundaries

    study = mekantek.load_study()
    regions = Regions(list("abcdef"))
    regions.geometry = load_boundaries("full").geometry
    regions.names, regions.points = study.names, study.points
    page = rendered(live.number_map(regions, study.share("high"), "share"))
    assert len(page.encode()) < 400_000
    assert page.count('"type": "Feature"') + page.count('"type":"Feature"') >= 81
