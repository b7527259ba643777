"""Print figures: what is drawn equals the sheet, areas are true, bytes repeat, fonts are embedded."""

import hashlib
import io
import os
import re
import subprocess
import sys
import warnings
from xml.etree import ElementTree

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pypdf
import pyproj
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Circle
from shapely.geometry import Polygon, box

import mekantek as mt
from mekantek.errors import OptionError
from mekantek.maps.figures import Ground, figure
from mekantek.maps.figures.legends import blocks_of
from mekantek.maps.figures.letters import width, wrap
from mekantek.maps.palette import HATCHES, Entry
from mekantek.maps.sheets import MapSheet, View
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.shares import number_sheet, share_sheet, value_sheet
from mekantek.maps.sheets.years import year_sheet
from mekantek.stats.local.moran import local_moran
from mekantek.text import Text

NASTY = [
    "<script>alert(1)</script>", "$x^2$ \\alpha", "=HYPERLINK(\"http://x\")", "O'Hara & ${1}",
    "a\u2028b\x00\x1b 東京 \u202e", "x" * 100_000,
]  # fmt: skip


class Regions:
    """Six squares in a row with names that users could type."""

    def __init__(self, west=0.0, south=0.0):
        ids = [f"u{k}" for k in range(6)]
        shapes = [box(west + k, south, west + k + 1, south + 1) for k in range(6)]
        self.geometry = gpd.GeoSeries(shapes, index=ids, crs=4326)
        self.names = pd.Series(NASTY, index=ids)
        self.points = pd.DataFrame(
            {"longitude": [west + k + 0.5 for k in range(6)], "latitude": south + 0.5}, index=ids
        )
        self.provenance = {"report": Text("kendi verisi", "own data")}


def shapes_of(axes):
    """The collection of a panel that has every unit."""
    return next(c for c in axes.collections if (c.get_gid() or "").startswith("shapes-"))


def hatched(axes):
    return {p.get_gid() for p in axes.patches if (p.get_gid() or "").startswith("hatch-")}


def written(drawn):
    return "\n".join(t.get_text() for axes in drawn.axes for t in axes.texts)


@pytest.fixture(scope="module")
def sheets(study):
    lisas = {y: local_moran(study.at(y).share("low"), study.graph) for y in study.years}
    return {
        "share": share_sheet(study, "high"),
        "years": year_sheet(study, "medium_high"),
        "clusters": cluster_sheet(study, lisas, column="low"),
        "value": value_sheet(study, "high"),
    }


@pytest.mark.parametrize("kind", ["share", "years", "clusters", "value"])
def test_every_shape_has_the_colour_of_its_sheet(study, sheets, kind):
    """All units are drawn in each panel, in the sheet's colours; hatched ones let hatching through."""
    sheet = sheets[kind]
    drawn = figure(study, sheet)
    panels = {axes.get_label(): axes for axes in drawn.axes}
    assert list(panels) == ["paper", *(v.key for v in sheet.views)]
    for view in sheet.views:
        collection = shapes_of(panels[view.key])
        assert isinstance(collection, PathCollection)
        assert len(collection.get_paths()) == 81
        wanted = [view.extra.get(str(u), view.fill[str(u)]) for u in study.names.index]
        shown = collection.get_facecolors()
        assert len(shown) == 81
        for fill, colour in zip(wanted, shown, strict=True):
            assert (colour[3] == 0) if fill.startswith("hatch-") else (to_hex(colour) == fill)
        assert hatched(panels[view.key]) == {f for f in wanted if f.startswith("hatch-")}
        # A circle is a ring with a white one below it, and has no fill that would change a colour.
        rings = [p for p in panels[view.key].patches if isinstance(p, Circle)]
        assert len(rings) == 2 * len(view.circles)
        assert all(ring.get_facecolor()[3] == 0 for ring in rings)


def test_a_hatching_has_its_two_colours(study, sheets):
    """Lines and ground of a hatching are those of the palette."""
    axes = figure(study, sheets["years"]).axes[2]
    lines = next(p for p in axes.patches if p.get_gid() == "hatch-missing")
    ground = next(p for p in axes.patches if p is not lines)
    assert (to_hex(ground.get_facecolor()), to_hex(lines.get_edgecolor())) == HATCHES["missing"]


def test_areas_are_true(study, sheets):
    """Areas on paper are proportional to areas on the globe within 0.5 %, in every panel."""
    geod = pyproj.Geod(ellps="GRS80")
    globe = np.array([abs(geod.geometry_area_perimeter(g)[0]) for g in study.geometry])
    drawn = figure(study, sheets["share"])
    for axes in drawn.axes[1:]:
        box_ = axes.get_position()
        across = box_.width * drawn.get_figwidth() / np.ptp(axes.get_xlim())
        up = box_.height * drawn.get_figheight() / np.ptp(axes.get_ylim())
        paper = []
        for path in shapes_of(axes).get_paths():
            total = 0.0
            for ring in path.to_polygons():
                x, y = (ring * [across, up]).T
                total += float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2
            paper.append(abs(total))
        ratio = np.array(paper) / globe
        assert ratio.max() / ratio.min() < 1.005


@pytest.mark.parametrize(("west", "south"), [(29, -3), (-75, -40), (5, 55), (28, 38)])
def test_areas_are_true_for_anyones_regions(west, south):
    """Parallels follow the bounds: one degree squares keep their areas anywhere."""
    regions = Regions(west, south)
    tall = pd.concat([regions.geometry, regions.geometry.translate(0, 6)])
    tall.index = [f"r{k}" for k in range(12)]
    regions.geometry = tall.set_crs(4326)
    regions.points = pd.DataFrame({"longitude": west, "latitude": south}, index=tall.index)
    ground = Ground.of(regions)
    geod = pyproj.Geod(ellps="GRS80")
    for unit, shape in regions.geometry.items():
        # Edges along a parallel are no geodesics: fill them in before measuring.
        globe = abs(geod.geometry_area_perimeter(shape.segmentize(0.01))[0])
        x, y = ground.paths[unit].vertices.T
        flat = abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2
        assert flat == pytest.approx(globe, rel=0.005)


def test_holes_stay_open():
    """A hole is wound the other way than its outline, so that it is not filled."""
    regions = Regions()
    ring = [(0.3, 0.3), (0.3, 0.7), (0.7, 0.7), (0.7, 0.3)]
    for turned in (ring, ring[::-1]):
        regions.geometry.iloc[0] = Polygon(box(0, 0, 1, 1).exterior.coords, [turned])
        outer, inner = Ground.of(regions).paths["u0"].to_polygons()
        turn = [float((r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1]).sum()) for r in (outer, inner)]
        assert turn[0] * turn[1] < 0


def test_captions_hold_what_a_reader_must_know(study, sheets):
    """n, basis, source, tail and correction are written, whole, in both languages."""
    for language, words in (
        (
            "tr",
            ["n = 81", "Kapsam: ", "Kaynak: ", "iki yönlü", "Benjamini–Hochberg", "eşit alanlı"],
        ),
        ("en", ["n = 81", "Basis: ", "Source: ", "two-sided", "Benjamini–Hochberg", "equal-area"]),
    ):
        drawn = figure(study, sheets["clusters"], language=language)
        caption = drawn.caption.replace("\u00a0", " ")
        assert all(word in caption for word in words)
        lines = " ".join(written(drawn).replace("\u00a0", " ").split())
        assert " ".join(caption.split()) in lines, "the caption is cut"


def test_counts_stand_in_the_legend(study, sheets):
    """A legend that panels share has a column of counts for each."""
    blocks = blocks_of(sheets["clusters"].views, "en", scale=0.1)
    assert [b.heads for b in blocks] == [("2019", "2024")]
    texts = written(figure(study, sheets["clusters"], language="en")).splitlines()
    at = texts.index("not significant")
    assert texts[at + 1 : at + 3] == ["81", "80"]
    assert [b.title for b in blocks_of(sheets["share"].views, "en", scale=0.1)][1].startswith(
        "change"
    )


def test_letters_lie_on_the_paper(study, sheets):
    """No text reaches beyond the figure, none is smaller than 6 points."""
    for sheet in sheets.values():
        for language in ("tr", "en"):
            drawn = figure(study, sheet, language=language)
            drawn.canvas.draw()
            whole = drawn.bbox
            for text in (t for axes in drawn.axes for t in axes.texts):
                extent = text.get_window_extent()
                assert whole.x0 <= extent.x0
                assert extent.x1 <= whole.x1, text.get_text()
                assert whole.y0 <= extent.y0
                assert extent.y1 <= whole.y1
                assert text.get_fontsize() >= 6


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_same_bytes_again(study, sheets, form):
    """A figure drawn twice, and saved twice, gives the same bytes, without the time."""
    one, other = (figure(study, sheets["clusters"]) for _ in range(2))
    content = one.to_bytes(form)
    assert content == one.to_bytes(form) == other.to_bytes(form)
    assert not re.search(rb"CreationDate|<dc:date>", content)


PROCESS = """
import hashlib, sys
import mekantek as mt
from mekantek.maps.sheets.shares import share_sheet
import matplotlib; matplotlib.rcParams["font.size"] = 30; matplotlib.rcParams["lines.linewidth"] = 9
study = mt.load_study()
drawn = mt.figure(study, share_sheet(study, "high"), language="tr")
print(*(hashlib.sha256(drawn.to_bytes(f)).hexdigest() for f in ("png", "svg", "pdf")))
"""


def test_the_same_bytes_in_another_process(study, sheets):
    """Neither hash seed nor the user's settings of matplotlib change a byte."""
    drawn = figure(study, sheets["share"])
    here = [hashlib.sha256(drawn.to_bytes(f)).hexdigest() for f in ("png", "svg", "pdf")]
    run = subprocess.run(
        [sys.executable, "-c", PROCESS], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"},
    )  # fmt: skip
    assert run.stdout.split() == here


def test_settings_outside_stay_as_they_were(study, sheets):
    """Drawing and saving leave matplotlib's settings alone."""
    before = dict(mpl.rcParams)
    figure(study, sheets["value"]).to_bytes("svg")
    assert dict(mpl.rcParams) == before
    assert "matplotlib.pyplot" not in subprocess.run(
        [sys.executable, "-c", PROCESS + "print([m for m in sys.modules if 'pyplot' in m])"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def test_fonts_are_embedded_and_turkish_letters_can_be_found(study, sheets):
    """Every font of the PDF brings its outlines; the text can be searched; title and caption too."""
    drawn = figure(study, sheets["share"], language="tr")
    pdf = pypdf.PdfReader(io.BytesIO(drawn.to_bytes("pdf")))
    fonts = [f.get_object() for f in pdf.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert "DejaVuSans" in font["/BaseFont"]
        assert "/FontFile2" in inner["/FontDescriptor"]
    text = pdf.pages[0].extract_text()
    for word in ("Eskişehir", "Adıyaman", "değişim", "çözülmemiş", "İhracat"):
        assert word in text
    assert pdf.metadata.title == drawn.title
    assert "Eskişehir" in pdf.metadata.subject
    assert float(pdf.pages[0].mediabox.width) == pytest.approx(180 / 25.4 * 72, abs=0.1)


def test_svg_is_well_formed_described_and_needs_no_font(study, sheets):
    """Letters are outlines; title and description are there."""
    drawn = figure(study, sheets["share"], language="tr")
    root = ElementTree.fromstring(drawn.to_bytes("svg"))
    tags = {e.tag.split("}")[-1] for e in root.iter()}
    assert not tags & {"text", "image", "script", "a"}
    described = next(e.text for e in root.iter() if e.tag.endswith("description"))
    assert described == drawn.caption
    assert next(e.text for e in root.iter() if e.tag.endswith("}title")) == drawn.title


def test_hostile_names_do_no_harm():
    """Markup, formulas, mathematics, control characters and 100,000 letters come through as text."""
    regions = Regions()
    values = pd.Series([1.0, 2, 3, 7, 8, 9.5], index=regions.names.index)
    sheet = number_sheet(regions, values, NASTY[0] + " $\\frac{")
    views = [
        View(key='"><script>', label=Text(name, name), fill=sheet.views[0].fill, columns=[0],
             legend=[Entry(label=Text(name, name), fill="#123456", count=1)], marked=["u0", "u5"])
        for name in NASTY
    ]  # fmt: skip
    hostile = MapSheet(
        kind="share", slug="x", title=Text(NASTY[1], NASTY[1]), reading=Text(NASTY[5], NASTY[5]),
        views=views, columns=sheet.columns, facts=[(Text(n, n), Text(n, n)) for n in NASTY],
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = figure(regions, hostile)
        for form in ("png", "svg", "pdf"):
            assert len(drawn.to_bytes(form)) < 1_500_000
    assert drawn.get_figheight() < 30
    root = ElementTree.fromstring(drawn.to_bytes("svg"))
    assert not [e for e in root.iter() if e.tag.split("}")[-1] in ("script", "text")]
    assert "$x^2$ \\alpha" in written(drawn)
    assert "□□" in written(drawn)


def test_only_some_views_and_what_is_refused(study, sheets):
    """Views are chosen by key; unknown ones and odd widths are told."""
    drawn = figure(study, sheets["share"], views=["2024"], language="en")
    assert [axes.get_label() for axes in drawn.axes] == ["paper", "2024"]
    assert "Shown: 2024" in drawn.caption
    with pytest.raises(OptionError, match="'2031'; share-high has 2019, 2024, change"):
        figure(study, sheets["share"], views=["2031"])
    with pytest.raises(OptionError, match="60 to 1000"):
        figure(study, sheets["share"], width=5)


def test_a_figure_can_be_gone_on_with(study, sheets, tmp_path):
    """A figure is matplotlib's: artists are added in metres, and savefig embeds the fonts."""
    drawn = mt.figure(study, sheets["value"])
    drawn.axes[1].plot([0], [0], marker="x")
    drawn.savefig(tmp_path / "own.pdf")
    assert pypdf.PdfReader(tmp_path / "own.pdf").metadata.title == drawn.title
    assert drawn._repr_png_()[:4] == b"\x89PNG"


def test_lines_are_broken_where_they_are_full():
    """Lines fit their width; words too long for it are cut; n = 81 stays together."""
    lines = wrap("İlin ihracatındaki pay " * 20, 7, 60)
    assert all(width(line, 7) <= 60 for line in lines)
    assert " ".join(lines) == " ".join(["İlin ihracatındaki pay"] * 20)
    assert wrap("aa n\u00a0=\u00a081", 7, width("aa n =", 7) + 0.5)[-1] == "n\u00a0=\u00a081"


def test_charts_say_n_basis_and_source(study):
    """Scatterplot and Lorenz curves carry their facts, and points for all provinces."""
    drawn = mt.scatterplot_figure(study, "low", language="tr")
    for axes in drawn.axes[1:]:
        points = next(line for line in axes.lines if line.get_gid() == "points")
        assert len(points.get_xdata()) == 81
    assert all(w in drawn.caption for w in ("n\u00a0=\u00a081", "Kapsam", "Kaynak", "iki yönlü"))
    lorenz = mt.lorenz_figure(study, language="en")
    assert "n\u00a0=\u00a075–76" in lorenz.caption
    assert "Basis" in lorenz.caption
    assert f"Gini = {mt.gini(study.class_values('high')['value']):.3f} (n = 75)" in written(lorenz)
