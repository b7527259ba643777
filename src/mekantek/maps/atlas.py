"""The named maps of a study, each a page of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.datasets import files
from mekantek.maps.clusters import cluster_map, cluster_summary
from mekantek.maps.corridors import corridor_map
from mekantek.maps.facts import Regions
from mekantek.maps.shares import number_map, share_map, slug, value_map
from mekantek.text import Language

if TYPE_CHECKING:
    import folium

    from mekantek.stats.results import LocalResult
    from mekantek.study import Study

__all__ = [
    "Regions",
    "cluster_map",
    "cluster_summary",
    "corridor_map",
    "number_map",
    "share_map",
    "value_map",
    "write_atlas",
]


def write_atlas(
    study: Study,
    lisas: Mapping[tuple[str, int], LocalResult],
    corridors: Sequence[Mapping[str, Any]],
    folder: Path | os.PathLike[str] | str,
    *,
    language: Language = "tr",
    step: Callable[[str], Any] = lambda _: None,
) -> list[Path]:
    """
    Write every map of the study as a page of its own.

    Parameters
    ----------
    study : Study
    lisas : mapping of (class, year) to LocalResult
        Local Moran of each class; the years of a class share a page.
    corridors : sequence of mapping
        Corridor results with ``id``, ``class`` and ``year``.
    folder : path
        Must exist.
    language : {"tr", "en"}
        Shown first on every page.
    step : callable
        Told the name of each page.

    Returns
    -------
    list of Path
        ``share-high.html``, ``clusters-high.html``, ``value-high.html``, … and one page for each
        corridor, named by its id. All pages are made before the first is written.
    """
    folder = Path(folder)
    options: dict[str, Any] = {"language": language, "index": "index.html"}
    makers: dict[str, Callable[[], folium.Map]] = {}
    for name in dict.fromkeys(name for name, _ in lisas):
        results = {year: lisa for (c, year), lisa in lisas.items() if c == name}
        makers[f"share-{slug(name)}"] = partial(share_map, study, name, **options)
        makers[f"clusters-{slug(name)}"] = partial(
            cluster_map, study, results, column=name, **options
        )
        makers[f"value-{slug(name)}"] = partial(value_map, study, name, **options)
    for corridor in corridors:
        makers[str(corridor["id"])] = partial(corridor_map, study, corridor, **options)
    pages = {}
    for name, make in makers.items():
        step(name)
        pages[name] = make().get_root().render()
    return [
        files.write_whole(folder / f"{name}.html", page.encode()) for name, page in pages.items()
    ]
