"""
How large is each page, and how soon does it stand? Prints a table of the pages of a study.

    mekantek study --out maps
    python benchmarks/pages.py maps

Each page is opened five times in a fresh tab of Chromium with the network closed; *drawn* is the
time from the start of the navigation until the shapes, or the last table, stand in the document and
a frame has been painted. Needs Chromium and Playwright, like the browser tests.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
from pathlib import Path

RUNS = 5
# Resolves when two frames have been painted after loading, with the milliseconds since the start.
DRAWN = (
    "() => new Promise(done => { const two = () => requestAnimationFrame(() =>"
    " requestAnimationFrame(() => done(performance.now())));"
    " document.readyState === 'complete' ? two() : addEventListener('load', two); })"
)


def main() -> None:
    """Open every page of the folder and print the table."""
    from playwright.sync_api import sync_playwright

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "maps")
    program = os.environ.get("MEKANTEK_CHROMIUM") or shutil.which("chromium")
    if not program:
        sys.exit("This needs Chromium: apt-get install chromium, or set MEKANTEK_CHROMIUM.")
    print("| page | KB | drawn, ms (median) | slowest |\n|---|---:|---:|---:|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        for path in sorted(folder.glob("*.html")):
            times = []
            for _ in range(RUNS):
                page = context.new_page()
                page.goto(path.resolve().as_uri(), wait_until="commit")
                times.append(page.evaluate(DRAWN))
                page.close()
            size = path.stat().st_size / 1000
            print(
                f"| {path.name} | {size:.0f} | {statistics.median(times):.0f} | {max(times):.0f} |"
            )
        browser.close()


if __name__ == "__main__":
    main()
