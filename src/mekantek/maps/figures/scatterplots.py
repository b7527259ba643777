"""Moran scatterplots for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mekantek.maps.figures.axes import SMALL, WIDE, frame, numbered, source_of
from mekantek.maps.figures.letters import wrap
from mekantek.maps.figures.paper import PALE, Paper, PrintFigure, caption_of, style
from mekantek.maps.figures.signs import free_places, label
from mekantek.maps.sheets.facts import neighbourhood
from mekantek.stats.overall.autocorrelation import moran
from mekantek.stats.overall.scatterplot import moran_scatterplot
from mekantek.text import METHODS, TAILS, Language, Text, capitalized, number, p_value

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["scatterplot_figure"]

# How many points, the farthest from the mean, bear their names.
_NAMED = 8


def scatterplot_figure(
    study: Study, column: str, *, years: Sequence[int] | None = None, language: Language = "tr"
) -> PrintFigure:
    """
    Draw the Moran scatterplot of a class: each unit's share and its neighbours' mean share.

    Parameters
    ----------
    study : Study
    column : str
        A class, or two joined by ``+``.
    years : sequence of int, optional
        One panel each; the first and the last complete year by default.
    language : {"tr", "en"}

    Returns
    -------
    PrintFigure
        Axes bear the years, in standard deviations; the line's slope is Moran's I.

    Raises
    ------
    OptionError
        If there is no such class or year.
    ValuesError
        If a share is missing.

    Examples
    --------
    >>> import mekantek as mt
    >>> drawn = mt.scatterplot_figure(mt.load_study(), "low", language="en")
    >>> [axes.get_label() for axes in drawn.axes], "n\u00a0=\u00a081" in drawn.caption
    (['paper', '2019', '2024'], True)
    """
    wanted = list(years or dict.fromkeys((study.years[0], study.years[-1])))
    names = {u: str(name) for u, name in study.names.items()}
    found = []
    for year in wanted:
        at = study.at(year)
        share = at.share(column)
        found.append((year, moran_scatterplot(share, at.graph), moran(share, at.graph)))
    limits = [
        (min(float(p[c].min()) for _, p, _ in found), max(float(p[c].max()) for _, p, _ in found))
        for c in ("value", "lag")
    ]
    title, say = capitalized(study.design.title_of(column))[language], study.design.unit.say
    head = Text("{}: Moran saçılım grafiği", "{}: Moran scatterplot")[language].format(title)
    with style():
        paper = Paper(WIDE)
        paper.paragraph(head, 11, most=3, after=1.6)
        columns = min(len(found), 2)
        cell = (paper.inner - 6 * (columns - 1)) / columns
        high, top = (66.0 if columns == 2 else 90.0), paper.y
        for k, (year, points, result) in enumerate(found):
            x = paper.left + (k % columns) * (cell + 6)
            y = top + (k // columns) * (high + 15.5)
            told = _slope(result, language)
            paper.write(x, y + 3.6, f"{year}: {told}", 8.5)
            axes = paper.panel(x + 9, y + 6, cell - 9, high, name=str(year))
            _scatter(axes, points, result.statistic, names, limits, (cell - 9, high), language)
            below = wrap(say(_OWN)[language], SMALL, cell, most=1)[0]
            paper.write(x + 9 + (cell - 9) / 2, y + high + 13, below, SMALL, align="center")
            upright = paper.write(x + 1.8, y + 6 + high / 2, _THEIRS[language], SMALL)
            upright.set(rotation=90, ha="center", va="center")
        paper.y = top + -(-len(found) // columns) * (high + 15.5)
        first = found[-1][2]
        parts = [
            (Text("Sınanan", "Tested")[language], f"n = {first.n}"),
            (Text("Yöntem", "Method")[language], METHODS[first.method][language]),
            (Text("Yön", "Tail")[language], TAILS[first.alternative][language]),
            (Text("Düzeltme", "Correction")[language], Text("yok", "none")[language]),
            (Text("Komşuluk", "Neighbours")[language],
             neighbourhood(study.graph.spec)[language]),
            *source_of(study, language),
        ]  # fmt: skip
        caption = caption_of(parts, say(_READING)[language])
        paper.paragraph(caption, 7, colour=PALE, most=30)
        return paper.finish(title=head, caption=caption, language=language)


_OWN = Text("[ilin] değeri (standart sapma)", "value of the [province] (standard deviations)")
_THEIRS = Text(
    "komşuların ortalaması (standart sapma)", "mean of the neighbours (standard deviations)"
)
_READING = Text(
    "Her nokta bir [il]: kendi değeri ve komşularının ortalaması, ortalamadan uzaklık olarak. Doğrunun "
    "eğimi Moran I; sağ üst ve sol altta birbirine benzeyen komşular var.",
    "Each point is a [province]: its value and the mean of its neighbours, as distance from the mean. "
    "The slope of the line is Moran's I; neighbours are alike at the upper right and lower left.",
)


def _slope(result: Any, language: Language) -> str:
    if result.statistic is None:
        return Text("Moran I tanımsız", "Moran's I undefined")[language]
    called = Text("Moran I", "Moran's I")[language]
    return f"{called} = {number(result.statistic, language, digits=3)}, {p_value(result.p_value, language)}"


def _scatter(
    axes: Axes, points: pd.DataFrame, slope: float | None, names: Mapping[Any, str],
    limits: Sequence[tuple[float, float]], size: tuple[float, float], language: Language,
) -> None:  # fmt: skip
    (x0, x1), (y0, y1) = ((low - 0.06 * (high - low), high + 0.06 * (high - low))
                          for low, high in limits)  # fmt: skip
    frame(axes)
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    numbered(axes, "x", x0, x1, language)
    numbered(axes, "y", y0, y1, language)
    axes.axhline(0, color="#999999", linewidth=0.5, linestyle=(0, (2, 2)))
    axes.axvline(0, color="#999999", linewidth=0.5, linestyle=(0, (2, 2)))
    if slope is not None:
        axes.plot([x0, x1], [slope * x0, slope * x1], color="#b3261e", linewidth=0.9, gid="slope")
    x, y = points["value"].to_numpy(), points["lag"].to_numpy()
    axes.plot(x, y, linestyle="none", marker="o", markersize=3.2, markerfacecolor="#4a6fa5",
              markeredgecolor="white", markeredgewidth=0.3, gid="points")  # fmt: skip
    far = np.argsort(-np.maximum(np.abs(x) / max(x1, -x0), np.abs(y) / max(y1, -y0)), kind="stable")
    across, up = size[0] / (x1 - x0), size[1] / (y1 - y0)
    things = [
        ((x[k] - x0) * across - 0.7, (y[k] - y0) * up - 0.7,
         (x[k] - x0) * across + 0.7, (y[k] - y0) * up + 0.7)
        for k in far[:_NAMED]
    ]  # fmt: skip
    told = [wrap(names[points.index[k]], 6.5, 40, most=1)[0] for k in far[:_NAMED]]
    dots = [(a - 0.5, b - 0.5, a + 0.5, b + 0.5) for a, b in
            zip(((x - x0) * across).tolist(), ((y - y0) * up).tolist(), strict=True)]  # fmt: skip
    places = free_places(things, told, 6.5, (0, 0, *size), avoid=dots)
    for name, place in zip(told, places, strict=True):
        if place is not None:
            label(axes, x0 + place[0] / across, y0 + place[1] / up, name, 6.5)
