"""Manners in a notebook: reprs are small and safe, and a map asks for nothing."""

from dataclasses import replace

import pytest

import mekantek as mt


@pytest.fixture(scope="module")
def things(study, verdicts):
    """What calls hand back, by name."""
    share = study.share("low")
    lisa = mt.local_moran(share, study.graph)
    return {
        "study": study,
        "graph": study.graph,
        "global": mt.moran(share, study.graph),
        "local": lisa,
        "maps": mt.local_maps(study.frame[["low", "high"]], study.graph),
        "verdict": verdicts["gradient"],
        "curve": verdicts["gradient"].curve,
        "corridor": mt.corridor(share, study.graph, [6, 26]),
    }


@pytest.mark.parametrize(
    "name", ["study", "graph", "global", "local", "maps", "verdict", "curve", "corridor"]
)
def test_reprs_are_light(things, name):
    """A line of text, and a table of at most 4 KB without scripts or addresses."""
    thing = things[name]
    assert len(repr(thing)) < 1500
    if hasattr(thing, "_repr_html_"):
        table = thing._repr_html_()
        assert table.startswith("<table>")
        assert len(table) < 4000
        assert "<script" not in table
        assert "http" not in table


def test_light_tables_say_what_came_out(things):
    """Counts with and without correction; the word and the reason; p as in the result."""
    local = things["local"]
    for kind, count in local.counts().items():
        plain = local.counts("cluster_unadjusted")[kind]
        row = f"<th>{kind}</th><td>{count} ({plain} uncorrected)</td>"
        assert row in local._repr_html_()
    assert "not supported" in things["verdict"]._repr_html_()
    assert f"{things['global'].p_value:.4g}" in things["global"]._repr_html_()
    assert str(things["curve"].agreeing("not supported")) in things["curve"]._repr_html_()


def test_hostile_words_are_escaped(things):
    """A note of the user's cannot become markup."""
    result = replace(things["global"], notes=("<script>alert(1)</script>",))
    assert "<script" not in result._repr_html_()


def test_a_map_in_a_notebook_makes_no_request(study, browser, tmp_path):
    """The map's own repr, in a page, offline: 81 shapes inside its frame, nothing asked for."""
    page = tmp_path / "cell.html"
    drawn = mt.share_map(study, "high")
    page.write_text(f"<html><body>{drawn._repr_html_()}</body></html>", encoding="utf-8")
    context = browser.new_context(offline=True)
    tab = context.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())
    frame = tab.frames[1]
    frame.wait_for_selector("path.leaflet-interactive")
    assert frame.locator("path.leaflet-interactive").count() == 81
    assert [a for a in asked[1:] if not a.startswith(("data:", "about:"))] == []
    context.close()
