"""The pages in docs/: what they show, they give; and both languages hold the same tables."""

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
BLOCK = re.compile(r"^```(?:pycon|python)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page):
    """Every example of a page runs, top to bottom in one namespace, and prints what it shows."""
    text = page.read_text(encoding="utf-8")
    names: dict = {}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for block in BLOCK.finditer(text):
        line = text[: block.start()].count("\n") + 1
        example = doctest.DocTestParser().get_doctest(block[1], {}, page.name, str(page), line)
        if not example.examples:
            exec(compile(block[1], str(page), "exec"), names)
            continue
        example.globs = names  # shared, where a test of its own would get a copy
        said: list[str] = []
        assert runner.run(example, out=said.append, clear_globs=False).failed == 0, "".join(said)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Every relative link of a page leads to a file of this repository."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_both_languages_show_the_same_numbers():
    """The Turkish page has the measured tables of the English one, digit for digit."""
    digits = []
    for name in ("which-p-value.md", "hangi-p-degeri.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        tables = re.findall(r"<!-- measured: (\w+) -->\n(.*?)<!-- end -->", text, re.DOTALL)
        assert all(body.count("\n|") > 1 for _, body in tables), f"{name} has an empty table"
        digits.append(
            {
                table: [sorted(re.findall(r"\d", line)) for line in body.splitlines()[2:]]
                for table, body in tables
            }
        )
    assert digits[0] == digits[1]
