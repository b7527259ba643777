"""Names meant to do harm, on every kind of page: shown as text, run by nobody, cut where too long."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mekantek.maps.atlas import KINDS, atlas_page
from mekantek.maps.layers import draw
from mekantek.maps.live import number_map
from mekantek.maps.svg import still
from mekantek.report import Catalogue
from mekantek.report.linked import explorer
from mekantek.stats.local.hotspots import local_getis_ord
from mekantek.stats.local.moran import local_moran

SCRIPT = "<script>alert(1)</script>"
LONG = "Ç" * 10_000_000
NAMES = {
    6: SCRIPT,
    26: '=HYPERLINK("http://x")',
    34: "\"'><img src=x onerror=alert(2)>",
    35: "</template></title></style><svg onload=alert(3)>",
    41: LONG,
    1: "${alert(4)} {{7*7}} <!-- ]]>",
}


def named(study, names):
    changed = study.names
    for plate, name in names.items():
        changed.loc[plate] = name
    return replace(study, names=changed)


# All sorts of maps but those that take seconds to compute and name units as the others do.
HELD = [kind for kind in KINDS if kind != "stability"]


def every_page(study, sheets):
    """All pages of a study by name."""
    made = {sheet.slug: draw(sheet, study).get_root().render() for sheet in sheets}
    made["atlas"] = atlas_page(sheets, study)
    made["explorer"] = explorer(study, (), stable={}).html
    return made


@pytest.fixture(scope="module")
def pages(study):
    lisas = {("high", 2024): local_moran(study.share("high"), study.graph)}
    spots = {("high", 2024): local_getis_ord(study.share("high"), study.graph)}
    plain = Catalogue(study, lisas=lisas, hotspots=spots, stable={}).sheets(kinds=HELD)
    hostile = named(study, NAMES)
    bad = Catalogue(hostile, lisas=lisas, hotspots=spots, stable={}).sheets(kinds=HELD)
    return every_page(study, plain), every_page(hostile, bad), bad, hostile


class Tags(HTMLParser):
    """What a browser would make of a page: its elements and their event handlers."""

    def __init__(self, page):
        super().__init__()
        self.found: dict[str, int] = {}
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found[tag] = self.found.get(tag, 0) + 1
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_no_name_becomes_an_element(pages):
    """The same elements as with the provinces' own names, and no handler of an event."""
    plain, hostile, _, _ = pages
    for name, page in hostile.items():
        ours, theirs = Tags(plain[name]), Tags(page)
        assert theirs.found == ours.found, name
        assert theirs.handlers == []
        assert SCRIPT not in page


def test_a_long_name_does_not_swell_a_page(pages):
    """10 MB of name: some kB on a page, which shows its beginning."""
    plain, hostile, _, _ = pages
    for name, page in hostile.items():
        assert len(page.encode()) - len(plain[name].encode()) < 40_000, name
        assert "Ç" * 199 + "…" in page or "\\u00c7" * 199 in page
        assert "Ç" * 200 not in page


def test_the_csv_of_a_page_runs_nothing(pages):
    """A formula is text there."""
    _, hostile, _, _ = pages
    page = hostile["share-high"]
    assert "'=HYPERLINK" in page
    assert '\n26,"=HYPERLINK' not in page


def test_svg_is_well_formed(pages):
    """A still picture that is described by such a name."""
    _, _, sheets, study = pages
    for name in (SCRIPT, NAMES[34], NAMES[35]):
        picture = still(
            study.geometry, study.points, sheets[0].views[0], described=name, alone=True
        )
        assert ET.fromstring(picture).get("aria-label") == name
        assert "onload=" not in ET.fromstring(picture).attrib
        assert SCRIPT not in picture


def test_a_users_column_with_such_a_name(study):
    """The title of a map of one's own column."""
    for title in (SCRIPT, LONG):
        page = number_map(study, study.share("low"), title).get_root().render()
        assert SCRIPT not in page
        assert len(page.encode()) < 400_000


@pytest.mark.parametrize("name", ["share-high", "clusters-high", "value-high", "atlas", "explorer"])
def test_in_a_browser(pages, look, tmp_path, name):
    """81 shapes, nothing asked for, nothing run, no complaint; the name is there to read."""
    file = tmp_path / f"{name}.html"
    file.write_text(pages[1][name], "utf-8")
    alerts = []
    seen = look(file)
    seen.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    seen.page.reload()
    seen.page.wait_for_timeout(300)
    assert (alerts, seen.errors) == ([], [])
    assert [r for r in seen.asked if not r.startswith("file:")] == []
    assert seen.page.evaluate("document.body.textContent").count(SCRIPT)
    shapes = {"atlas": "#shapes use", "explorer": "#map use[role=option]"}
    leaflet = ".leaflet-overlay-pane path.leaflet-interactive"
    assert seen.page.locator(shapes.get(name, leaflet)).count() == 81
    wide = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "a long name pushes the page wide"
