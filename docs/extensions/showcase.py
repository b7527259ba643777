"""The gallery: the maps of maps/gallery with their pictures, and figures for print drawn anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

GALLERY = Path(__file__).parents[2] / "maps" / "gallery"
# Where they lie in the site, beside the pages.
FOLDER = "gallery-maps"

MAPS = ("share-high", "clusters-low", "corridor-ankara-eskisehir")


def _figures() -> dict[str, Any]:
    import mekantek as mt
    from mekantek.maps.sheets.shares import share_sheet

    study = mt.load_study()
    return {
        "print-share-high": mt.figure(study, share_sheet(study, "high"), language="en"),
        "print-lorenz": mt.lorenz_figure(study, language="en"),
        "print-scatterplot-low": mt.scatterplot_figure(study, "low", language="en"),
    }


def place(out: Path) -> None:
    """Copy the showcase's pages into the site, before links to them are written."""
    folder = Path(out) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in MAPS:
        for suffix in (".html", ".png"):
            shutil.copyfile(GALLERY / f"{name}{suffix}", folder / f"{name}{suffix}")
    for name, figure in _figures().items():
        (folder / f"{name}.svg").write_bytes(figure.to_bytes("svg"))
