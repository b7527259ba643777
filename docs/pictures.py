"""
Photograph the pages that the tutorials show, from the folder that ``mekantek study`` wrote.

    python docs/pictures.py maps

Needs Chromium (``apt-get install chromium``, or MEKANTEK_CHROMIUM) and Playwright.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "pictures"
SHOTS = {
    "verdicts-tr": ("index.html#tr", 1000, 800),
    "verdicts-en": ("index.html#en", 1000, 800),
    "clusters-low-tr": ("clusters-low.html#tr", 1000, 640),
    "clusters-low-en": ("clusters-low.html#en", 1000, 640),
}


def main(folder: Path) -> None:
    """Photograph them with the network closed."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("MEKANTEK_CHROMIUM") or shutil.which("chromium")
    if not program:
        sys.exit("The pictures need Chromium: apt-get install chromium, or set MEKANTEK_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (address, width, height) in SHOTS.items():
            size = {"width": width, "height": height}
            page = browser.new_context(viewport=size, offline=True).new_page()
            page.goto((folder.resolve() / "index.html").parent.as_uri() + "/" + address)
            page.reload()
            page.wait_for_timeout(300)
            page.screenshot(path=str(HERE / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "maps"))
