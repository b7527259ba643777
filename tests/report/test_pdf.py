"""Pages as tagged PDF: what a reader with a screen reader, a printer or no network gets."""

import builtins
import os
import re
import subprocess
import sys
from io import BytesIO

import pytest

from mekantek.datasets.agencies import resolve_agency
from mekantek.errors import MissingDependencyError
from mekantek.maps.page import RequestError, document
from mekantek.maps.sheets import View
from mekantek.maps.svg import outlines, still
from mekantek.report import pdf
from mekantek.report.briefs import Brief, brief_page
from mekantek.text import Text

HOW = (
    "PDF tests need WeasyPrint and Pango: pip install 'mekantek[pdf]' and, on Debian or Ubuntu, "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0."
)


@pytest.fixture(scope="module", autouse=True)
def weasyprint():
    """Skipped with the way to get it, except in CI, where it must run."""
    try:
        return pdf.check_pdf()
    except MissingDependencyError:
        return (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW)


def read(content: bytes):
    """The PDF as pypdf reads it."""
    from pypdf import PdfReader

    return PdfReader(BytesIO(content))


def elements(node):
    """Every element of the structure tree."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict) and "/S" in kid:
            yield kid
            yield from elements(kid)


@pytest.fixture(scope="module")
def page(quick):
    """Serhat's page: missing totals, maps, bars, tables."""
    return brief_page(Brief(setting=quick, agency=resolve_agency("SERKA")))


@pytest.fixture(scope="module")
def written(page):
    """The same in Turkish, as PDF."""
    return pdf.page_pdf(page, "tr")


def test_it_is_tagged_titled_and_speaks_one_language(written):
    """PDF/UA-1 with title, language, headings, tables with heads, and no word of English."""
    paper = read(written)
    catalog = paper.trailer["/Root"]
    assert catalog["/Lang"] == "tr"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert paper.metadata.title == "Serhat Kalkınma Ajansı: ihracatın teknoloji yapısı"
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    kinds = [e["/S"] for e in elements(catalog["/StructTreeRoot"])]
    for kind in ("/H1", "/H2", "/Table", "/TH", "/TD", "/Caption", "/Figure", "/P"):
        assert kind in kinds
    told = " ".join(p.extract_text() for p in paper.pages)
    assert "%46,3" in told
    for word in ("English", "technology", "province", "← Rapor"):
        assert word not in told


def test_pictures_say_what_they_show(written):
    """Every picture has an alternative text in the language of the page, and draws 81 shapes."""
    tree = read(written).trailer["/Root"]["/StructTreeRoot"]
    alts = [str(e.get("/Alt", "")) for e in elements(tree) if e["/S"] == "/Figure"]
    assert len(alts) == 4 + 5
    assert all(alts)
    assert sum("kalın çizgiyle çevrili: Ağrı, Ardahan, Iğdır, Kars" in a for a in alts) == 4
    assert not [a for a in alts if " / " in a]


def test_only_links_that_paper_can_follow():
    """A paragraph that only leads to another page is left out; one that says something stays."""
    body = (
        '<main><h2 id="x">yer</h2><p><a href="map.html">Haritası</a></p><p><a href="#x">Bulgular</a></p>'
        '<p>Ayrıntı <a href="more.html">orada</a></p></main>'
    )
    told = read(pdf.page_pdf(document(Text("a", "b"), body), "tr")).pages[0].extract_text()
    assert "Haritası" not in told
    assert "Bulgular" in told
    assert "Ayrıntı orada" in told


def test_bookmarks_and_page_numbers(written):
    """Each section is a bookmark, and each page counts itself."""
    paper = read(written)
    inner = paper.outline[1]
    names = [entry.title for entry in inner]
    assert names[:3] == ["Haritada", "İller, sınıflar, yıllar", "Yüksek teknolojinin payı, yıl yıl"]
    for k, sheet in enumerate(paper.pages, 1):
        assert f"{k} / {len(paper.pages)}" in sheet.extract_text()


def test_the_same_page_gives_the_same_bytes_in_two_processes(page, tmp_path):
    """No date, no random id."""
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from mekantek.report.pdf import page_pdf; "
        "Path(sys.argv[2]).write_bytes(page_pdf(Path(sys.argv[1]).read_text('utf-8'), 'en'))"
    )
    papers = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.pdf"
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "page.html"), str(out)],
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        papers.append(out.read_bytes())
    assert papers[0] == papers[1]
    assert not re.search(rb"/(CreationDate|ModDate)", papers[0])
    assert read(papers[0]).metadata.title == "Serhat Development Agency: technology in its exports"


def test_fonts_are_embedded(written):
    """Whoever prints it needs no font of ours."""
    for sheet in read(written).pages:
        for font in sheet["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            described = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)


def test_nothing_is_fetched(tmp_path):
    """A page that would load something is refused, file or network."""
    (tmp_path / "x.png").write_bytes(b"")
    for source in ("https://example.org/x.png", (tmp_path / "x.png").as_uri()):
        body = f'<main><img alt="x" src="{source}"></main>'
        with pytest.raises(RequestError, match="would load"):
            pdf.page_pdf(document(Text("a", "b"), body))


def test_what_is_absent_is_told_in_one_sentence(monkeypatch):
    """Without WeasyPrint, and with it but without Pango, in both languages."""
    real = builtins.__import__

    def closed(error):
        def importing(name, *rest, **more):
            if name == "weasyprint":
                raise error
            return real(name, *rest, **more)

        return importing

    monkeypatch.setattr(builtins, "__import__", closed(ImportError("no weasyprint")))
    with pytest.raises(MissingDependencyError, match=r"pip install 'mekantek\[pdf\]'") as told:
        pdf.check_pdf()
    assert "WeasyPrint gerekir" in told.value.turkish
    monkeypatch.setattr(builtins, "__import__", closed(OSError("cannot load library")))
    with pytest.raises(MissingDependencyError, match=r"libpango-1\.0-0") as told:
        pdf.check_pdf()
    assert "Pango kurulu değil" in told.value.turkish


def patterns(resources, seen):
    """Every tiling pattern below some resources, forms inside forms included."""
    resources = resources.get_object()
    found = [p.get_object() for p in resources.get("/Pattern", {}).get_object().values()]
    for form in resources.get("/XObject", {}).get_object().values():
        form = form.get_object()
        if id(form) not in seen and "/Resources" in form:
            seen.add(id(form))
            found += patterns(form["/Resources"], seen)
    return [p for p in found if p.get("/PatternType") == 1]


def test_every_picture_has_its_hatching(study):
    """Two pictures with the same hatching: both are hatched on paper."""
    fill = dict.fromkeys(map(str, study.names.index), "hatch-missing")
    view = View(key="v", label=Text("v", "v"), fill=fill, columns=[], legend=[])
    drawn = [
        still(study.geometry, study.points, view, described=f"resim {k} / picture {k}")
        for k in range(2)
    ]
    counted = []
    for pictures in (drawn[:1], drawn):
        body = f"<main>{outlines(study.geometry)}{''.join(f'<p>{p}</p>' for p in pictures)}</main>"
        paper = read(pdf.page_pdf(document(Text("a", "b"), body), "tr"))
        seen: set = set()
        found = [p for sheet in paper.pages for p in patterns(sheet["/Resources"], seen)]
        counted.append(len(found))
    assert counted[0] > 0
    assert counted[1] == 2 * counted[0]
