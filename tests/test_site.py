"""The documentation site: built without a network, whole, and asking for nothing when it is read."""

import ast
import html.parser
import importlib
import inspect
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# Modules whose names users may rely on beside those of the package itself.
PUBLIC = [
    "mekantek", "mekantek.errors", "mekantek.export", "mekantek.findings", "mekantek.findings.panel",
    "mekantek.findings.verdict", "mekantek.datasets.agencies", "mekantek.datasets.boundaries",
    "mekantek.datasets.concordances", "mekantek.datasets.faults", "mekantek.datasets.index_files",
    "mekantek.datasets.provinces", "mekantek.datasets.records.from_files",
    "mekantek.datasets.records.tally", "mekantek.datasets.tables", "mekantek.datasets.taxonomies",
    "mekantek.datasets.technology", "mekantek.maps.figures", "mekantek.maps.palette", "mekantek.report",
    "mekantek.report.comparison", "mekantek.report.runs", "mekantek.stats.concentration",
    "mekantek.stats.panels", "mekantek.stats.results", "mekantek.stats.subsets", "mekantek.study",
    "mekantek.study.draft", "mekantek.study.example", "mekantek.tabulation", "mekantek.text",
    "mekantek.weights",
]  # fmt: skip
# Sockets that lead out of the machine are refused, as where there is no network.
CLOSED = """
import runpy, socket, sys
def refuse(*_):
    raise OSError("the network is closed")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built by the one command with the network closed; warnings are errors there."""
    if not importlib.util.find_spec("sphinx"):
        how = "The site needs Sphinx: pip install '.[docs]'"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(how)
    out = tmp_path_factory.mktemp("site") / "html"
    built = subprocess.run(
        [sys.executable, "-c", CLOSED, str(DOCS / "build.py"), "--out", str(out)],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=600,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert not built.stderr, built.stderr
    assert built.stdout.strip() == str(out / "index.html")
    return out


class Links(html.parser.HTMLParser):
    """What a page points to, what can be pointed to in it, and what it would fetch by itself."""

    def __init__(self, page):
        super().__init__()
        self.targets, self.anchors, self.fetched, self.language = [], set(), [], None
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[k] for k in ("id", "name") if given.get(k)}
        if tag == "html":
            self.language = given.get("lang")
        if tag == "a" and given.get("href"):
            self.targets.append(given["href"])
        elif tag in {"img", "script", "source", "iframe"} and given.get("src"):
            self.fetched.append(given["src"])
        elif tag == "link" and given.get("href") and given.get("rel") != "canonical":
            self.fetched.append(given["href"])


@pytest.fixture(scope="module")
def pages(site):
    """Every page but the maps of the gallery, which are tested where they are made."""
    paths = [p for p in sorted(site.rglob("*.html")) if "gallery-maps" not in p.parts]
    return {p: Links(p) for p in paths}


def test_every_page_of_the_sources_is_there(site, pages):
    """One page for each file, and no file without one."""
    sources = {
        p.relative_to(DOCS).with_suffix("") for p in DOCS.rglob("*.md") if "_build" not in p.parts
    }
    built = {p.relative_to(site).with_suffix("") for p in pages}
    assert built - sources == {Path("genindex"), Path("search")}
    assert sources <= built


def test_links_within_the_site_lead_to_pages_and_anchors(site, pages):
    """No link, picture, script or style of any page leads nowhere."""
    checked = 0
    for path, page in pages.items():
        for target in page.targets + page.fetched:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme:
                continue
            file = path.parent / urllib.parse.unquote(parts.path) if parts.path else path
            assert file.is_file(), f"{path.relative_to(site)} points to {target}"
            if parts.fragment and file.suffix == ".html" and "gallery-maps" not in file.parts:
                anchor = urllib.parse.unquote(parts.fragment)
                known = pages[file.resolve()].anchors
                assert anchor in known, f"{path.relative_to(site)} points to {target}"
            checked += 1
    assert checked > 3000


def test_nothing_is_fetched_from_elsewhere(site, pages):
    """No page, style or script of the site names something to load from another place."""
    for path, page in pages.items():
        outside = [f for f in page.fetched if urllib.parse.urlsplit(f).scheme not in {"", "data"}]
        assert not outside, f"{path.relative_to(site)} fetches {outside}"
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", text), style.name


def test_turkish_pages_say_that_they_are(site, pages):
    """A page of Turkish prose has lang="tr", every other one "en"."""
    turkish = {
        p.relative_to(site).with_suffix("").as_posix()
        for p, page in pages.items() if page.language == "tr"
    }  # fmt: skip
    assert {page.language for page in pages.values()} == {"tr", "en"}
    prose = set()
    for source in (p for p in DOCS.rglob("*.md") if "_build" not in p.parts):
        letters = [c for c in source.read_text(encoding="utf-8") if c.isalpha()]
        # One letter in nine of Turkish is none of English; names of provinces make one in fifty.
        if sum(c in "çğıöşüÇĞİÖŞÜ" for c in letters) > 0.08 * len(letters):
            prose.add(source.relative_to(DOCS).with_suffix("").as_posix())
    assert turkish == prose


def test_the_api_pages_hold_every_public_name(site):
    """Each public function and class has an entry, under its short name if the package offers it."""
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    held = {
        name
        for kind in ("py:function", "py:class", "py:exception")
        for name in inventory.data[kind]
    }
    package = importlib.import_module("mekantek")
    missing = []
    for module in PUBLIC:
        there = importlib.import_module(module)
        for name in there.__all__:
            thing = getattr(there, name)
            if not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            short = getattr(package, name, None) is thing
            if f"mekantek.{name}" not in held if short else f"{module}.{name}" not in held:
                missing.append(f"{module}.{name}")
    assert not missing


def test_the_package_itself_has_no_name_without_an_entry(site):
    """The names of the stub, read as text, so that none is passed over."""
    stub = ast.parse((ROOT / "src" / "mekantek" / "__init__.pyi").read_text(encoding="utf-8"))
    names = {
        a.asname for n in stub.body if isinstance(n, ast.ImportFrom) and n.module for a in n.names
    }
    text = "".join(
        p.read_text(encoding="utf-8") for p in (site / "reference" / "python").glob("*.html")
    )
    assert not {n for n in names if f'id="mekantek.{n}"' not in text}


def table_rows(page):
    """The cells of all tables of a page, as text."""
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_the_comparisons_hold_what_the_tests_demand(site):
    """No difference of 1e-9 or more; all 184 global numbers, and 599 units of every local one."""
    rows = table_rows(site / "reference" / "validation.html")
    differences = [row[-1] for row in rows if row[-1].startswith("&lt; 1e")]
    assert len(differences) == 10 + 10 + 12
    for difference in differences:
        assert int(difference.partition("1e")[2]) <= -9, difference
    (whole,) = [row for row in rows if row[0] == "all"]
    assert whole[2] == "184"
    assert sum(row[1] == "599" for row in rows) == 10


def test_the_data_page_describes_every_shipped_table(site):
    """Every table of the descriptor with its rows, sources and columns."""
    import json

    held = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    page = (site / "reference" / "data.html").read_text(encoding="utf-8")
    columns = {row[0] for row in table_rows(site / "reference" / "data.html") if row}
    for table in held:
        assert f"data/{table['path']}" in page
        assert table["hash"].removeprefix("sha256:") in page
        assert {f["name"] for f in table["schema"]["fields"]} <= columns


def test_the_command_page_has_every_verb_and_option(site):
    """Each verb is a section, and each of its options stands in its table."""
    from mekantek.cli import app

    text = (site / "reference" / "command-line.html").read_text(encoding="utf-8")
    options = {row[0] for row in table_rows(site / "reference" / "command-line.html") if row}
    for verb in app.registered_commands:
        assert f'<section id="{verb.name or verb.callback.__name__}">' in text
        for option in inspect.signature(verb.callback, eval_str=True).parameters.values():
            info = option.annotation.__metadata__[0]
            if type(info).__name__ == "OptionInfo":
                assert any(info.default in shown for shown in options), info.default


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "name",
    ["index", "tutorials/planlamaci", "tutorials/academic", "methods/local", "gallery",
     "reference/validation", "reference/python/overall", "reference/command-line"],
)  # fmt: skip
def test_a_reader_without_a_network_sees_whole_pages(browser, site, name, width):
    """No request leaves, nothing complains, nothing scrolls sideways, pictures and formulas show."""
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_load_state("load")
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert not complaints
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    formulas = page.evaluate(
        "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().width)"
    )
    assert all(w > 0 for w in formulas)
    assert bool(formulas) == (name in {"methods/local", "reference/python/overall"})
    context.close()


def test_the_search_works_without_a_network(browser, site):
    """A word of a page finds that page, from a folder."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((site / "search.html").as_uri() + "?q=saddlepoint")
    page.wait_for_selector("#search-results li a")
    found = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    assert any("saddlepoint-accuracy.html" in address for address in found)
    context.close()
