"""
Rebuild the showcase: three maps and the pictures that the README shows.

    python maps/gallery/build.py

Needs Chromium (``apt-get install chromium``, or MEKANTEK_CHROMIUM) and Playwright for the pictures.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import mekantek as mt
from mekantek.export import write_text

HERE = Path(__file__).resolve().parent
SIZE = {"width": 1000, "height": 620}


def pages() -> list[Path]:
    """Write the maps."""
    study = mt.load_study(year=2024)
    lisas = {year: mt.local_moran(study.at(year).share("low"), study.graph) for year in study.years}
    members = mt.corridor(study.share("high"), study.graph, [6, 26]).to_dict()
    drawn = {
        "share-high": mt.share_map(study, "high"),
        "clusters-low": mt.cluster_map(study, lisas, column="low"),
        "corridor-ankara-eskisehir": mt.corridor_map(
            study, {**members, "class": "high", "year": 2024}
        ),
    }
    return [
        write_text(HERE / f"{name}.html", view.get_root().render()) for name, view in drawn.items()
    ]


def pictures(written: list[Path]) -> None:
    """Photograph them, in English, with the network closed."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("MEKANTEK_CHROMIUM") or shutil.which("chromium")
    if not program:
        sys.exit("The pictures need Chromium: apt-get install chromium, or set MEKANTEK_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, offline=True).new_page()
        for path in written:
            page.goto(path.as_uri() + "#en")
            page.reload()
            page.wait_for_timeout(300)
            page.screenshot(path=str(path.with_suffix(".png")))
        browser.close()


if __name__ == "__main__":
    pictures(pages())
