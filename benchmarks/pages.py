"""
How large is each page, and how soon does it stand? Prints a table of the pages of a study.

    mekantek study --out maps
    python benchmarks/pages.py maps --markdown      # also fills docs/outputs.md

Pages of one sort are one line, with the largest and the slowest of them. Each page is opened five
times in a fresh tab of Chromium with the network closed; *drawn* is the time from the start of the
navigation to the second frame painted after loading. Needs Chromium and Playwright, like the browser
tests.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
from pathlib import Path

RUNS = 5
# Else each fresh tab brings a window whose address bar loads pages of its own for half a second, beside
# the page that is timed. Chromium heeds the last list alone: PaintHolding is from Playwright's.
CALM = "--disable-features=PaintHolding,AimEnabled,WebUIOmniboxPopup,WebUIOmniboxAimPopup"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "outputs.md"
# Pages that differ in the class, the agency or the finding alone.
SORTS = (
    "share", "years", "clusters", "hotspots", "stability", "quotient", "value", "corridor", "brief",
    "finding",
)  # fmt: skip
# Resolves when two frames have been painted after loading, with the milliseconds since the start.
DRAWN = (
    "() => new Promise(done => { const two = () => requestAnimationFrame(() =>"
    " requestAnimationFrame(() => done(performance.now())));"
    " document.readyState === 'complete' ? two() : addEventListener('load', two); })"
)


def sort_of(name: str) -> str:
    """Give the line that a page belongs to."""
    sort = next((s for s in SORTS if name.startswith(f"{s}-")), None)
    return name if sort is None else f"{sort}-….html"


def measured(folder: Path, program: str) -> dict[str, list[tuple[float, float]]]:
    """Open every page of the folder; size in KB and median milliseconds of each, by sort."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[tuple[float, float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", CALM])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        for path in sorted(folder.glob("*.html")):
            times = []
            for _ in range(RUNS):
                page = context.new_page()
                page.goto(path.resolve().as_uri(), wait_until="commit")
                times.append(page.evaluate(DRAWN))
                page.close()
            row = (path.stat().st_size / 1000, statistics.median(times))
            found.setdefault(sort_of(path.name), []).append(row)
        browser.close()
    return found


def main() -> None:
    """Print the table, and put it into the page of outputs if asked to."""
    options = argparse.ArgumentParser(description="Size of each page and how soon it stands.")
    options.add_argument("folder", type=Path, nargs="?", default=Path("maps"))
    options.add_argument("--markdown", action="store_true", help="fill docs/outputs.md")
    given = options.parse_args()
    program = os.environ.get("MEKANTEK_CHROMIUM") or shutil.which("chromium")
    if not program:
        sys.exit("This needs Chromium: apt-get install chromium, or set MEKANTEK_CHROMIUM.")
    lines = ["| pages | how many | KB at most | drawn, ms (median, slowest page) |",
             "|---|---:|---:|---:|"]  # fmt: skip
    for name, rows in measured(given.folder, program).items():
        sizes, times = zip(*rows, strict=True)
        lines.append(f"| `{name}` | {len(rows)} | {max(sizes):.0f} | {max(times):.0f} |")
    table = "\n".join(lines)
    print(table)
    if given.markdown:
        told = (
            f"Chromium, the network closed, {RUNS} fresh tabs a page; from the start of the "
            "navigation to the second frame painted after loading; without what a new window's address bar "
            "loads beside it. Two cores of an AMD EPYC."
        )
        text = PAGE.read_text(encoding="utf-8")
        block = re.compile(r"(<!-- measured: pages -->\n).*?(<!-- end -->)", re.DOTALL)
        PAGE.write_text(
            block.sub(lambda m: f"{m[1]}{told}\n\n{table}\n{m[2]}", text), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
