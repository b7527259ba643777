"""The page of claims in a browser: search and filters, and the whole table without a script."""

import pytest

SHOWN = (
    "[...document.querySelectorAll('table.claims tbody tr')].filter(r => !r.hidden).map(r => r.id)"
)


@pytest.fixture
def seen(browser, pages):
    """The page as `mekantek study` wrote it, offline."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, offline=True)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((pages / "claims.html").as_uri())
    yield page
    assert not errors
    context.close()


def test_search_reads_turkish_letters_either_way(seen):
    """ESKISEHIR typed without dots finds Eskişehir; nonsense finds nothing; Clear gives all back."""
    seen.fill("input[name=search]", "ESKISEHIR")
    found = seen.evaluate(SHOWN)
    assert "claim-12" in found
    assert 0 < len(found) < 235
    assert seen.inner_text("[role=status]").startswith(f"235 ifadeden {len(found)} ")
    seen.fill("input[name=search]", "zzzz")
    assert seen.evaluate(SHOWN) == []
    seen.click("button[type=reset]")
    seen.wait_for_timeout(50)
    assert len(seen.evaluate(SHOWN)) == 235


def test_filters_meet_and_a_link_opens_what_they_hide(seen):
    """Province, class and year together; a link to a hidden statement clears them."""
    for name, value in (("province", "Kocaeli"), ("class", "low"), ("year", "2019")):
        seen.select_option(f"select[name={name}]", value)
    assert seen.evaluate(SHOWN) == ["claim-199", "claim-200", "claim-202"]
    seen.click("text=English")
    assert seen.inner_text("[role=status]") == "3 of 235 statements shown."
    seen.evaluate("location.hash = 'claim-5'")
    seen.wait_for_timeout(100)
    assert len(seen.evaluate(SHOWN)) == 235


def test_without_a_script_the_table_stands_whole(browser, pages):
    """No controls that do nothing, and every statement in sight."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((pages / "claims.html").as_uri())
    assert not page.is_visible("form.filters")
    assert page.is_visible("#claim-236")
    context.close()


def test_a_phone_needs_no_scrolling_sideways(browser, pages):
    """At 390 pixels nothing sticks out, in either language."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, offline=True)
    page = context.new_page()
    for language in ("tr", "en"):
        page.goto((pages / "claims.html").as_uri() + f"#{language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
