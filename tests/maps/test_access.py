"""Access for all: axe-core finds nothing on any sort of page, in either language."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = (
    "index.html", "atlas.html", "explorer.html", "claims.html", "finding-gradient.html",
    "share-high.html", "years-high.html", "clusters-low.html", "value-high.html", "index-high.html",
    "neighbours.html", "corridor-ankara-eskisehir.html", "panel.html",
)  # fmt: skip


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(pages, look, name, language):
    """No violation of any rule of axe-core, in an open page as it first shows."""
    seen = look(pages / name, f"#{language}")
    found = Axe().run(seen.page)
    told = [(v["id"], v["help"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]]
    assert told == []


def test_axe_sees_faults(look, tmp_path):
    """The check itself: a picture without words and a page without a language are found."""
    page = tmp_path / "bad.html"
    page.write_text("<html><body><img src='data:,'><p>x</p></body></html>", encoding="utf-8")
    found = {v["id"] for v in Axe().run(look(page).page).response["violations"]}
    assert {"image-alt", "html-has-lang"} <= found
