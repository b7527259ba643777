"""Lorenz curves for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from mekantek.maps.figures.axes import SMALL, WIDE, frame, source_of, ticks
from mekantek.maps.figures.paper import INK, PALE, Paper, PrintFigure, caption_of, style
from mekantek.maps.palette import line_colours
from mekantek.stats.concentration import gini, lorenz
from mekantek.text import Language, Text, capitalized, number

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["lorenz_figure"]


_DASHES = ("-", (0, (4, 1.2)), (0, (1.4, 1.2)), (0, (4, 1.2, 1.2, 1.2)))


def lorenz_figure(
    study: Study, classes: Sequence[str] | None = None, *, years: Sequence[int] | None = None,
    language: Language = "tr",
) -> PrintFigure:  # fmt: skip
    """
    Draw Lorenz curves: how much of a class's export value the smallest units hold together.

    Parameters
    ----------
    study : Study
    classes : sequence of str, optional
        One curve each; the four classes by default.
    years : sequence of int, optional
        One panel each; the first and the last complete year by default.
    language : {"tr", "en"}

    Returns
    -------
    PrintFigure
        Axes bear the years; the legend gives the Gini coefficients.

    Raises
    ------
    OptionError
        If there is no such class or year.

    Examples
    --------
    >>> import mekantek as mt
    >>> drawn = mt.lorenz_figure(mt.load_study(), language="en")
    >>> [axes.get_label() for axes in drawn.axes]
    ['paper', '2019', '2024']
    """
    wanted = list(years or dict.fromkeys((study.years[0], study.years[-1])))
    shown, say = list(classes or study.classes), study.design.unit.say
    whole = study.design.title_of("total")
    head = say(Text(f"{capitalized(whole).tr}, [illere] yoğunlaşması: Lorenz eğrileri",
                    f"Concentration of {whole.en}: Lorenz curves"))[language]  # fmt: skip
    with style():
        paper = Paper(WIDE)
        paper.paragraph(head, 11, most=3, after=1.6)
        cell, top = (paper.inner - 8) / 2, paper.y
        side = cell - 11
        below = side + 18.5 + 4.3 * len(shown)
        sizes = set()
        for k, year in enumerate(wanted):
            values = {c: study.at(year).class_values(c)["value"] for c in shown}
            sizes |= {len(v) for v in values.values()}
            x, y = paper.left + (k % 2) * (cell + 8), top + (k // 2) * below
            axes = paper.panel(x + 11, y + 6, side, side, name=str(year))
            _lorenz(study, paper, axes, (x, y), side, values, language)
            paper.write(x, y + 3.6, str(year), 8.5)
        paper.y = top + -(-len(wanted) // 2) * below
        count = "–".join(str(n) for n in dict.fromkeys((min(sizes), max(sizes))))
        caption = caption_of(
            [(say(Text("[İl] sayısı", "[Provinces]"))[language], f"n = {count}"),
             (Text("Yöntem", "Method")[language],
              say(_VALUE if study.printed else _EXACT_VALUE)[language]),
             *source_of(study, language)],
            say(_READING)[language],
        )  # fmt: skip
        paper.paragraph(caption, 7, colour=PALE, most=30)
        return paper.finish(title=head, caption=caption, language=language)


_VALUE = Text(
    "sınıfın değeri = [ilin] payı × toplamı; toplamı bilinmeyen [iller] dışarıda; "
    "aralıklar concentration.csv dosyasında",
    "value of the class = share × total of the [province]; [provinces] without a "
    "known total left out; intervals are in concentration.csv",
)
_EXACT_VALUE = Text(
    "sınıfın değeri, yuvarlanmamış; ölçüler concentration.csv dosyasında",
    "value of the class, not rounded; measures are in concentration.csv",
)
_READING = Text(
    "[İller] sınıfın değerine göre küçükten büyüğe dizili; eğri köşegenden uzaklaştıkça değer az "
    "sayıda [ilde] toplanır (Gini 0: eşit, 1: tek [ilde]).",
    "[Provinces] stand in order of their value of the class, smallest first; the farther a curve lies "
    "from the diagonal, the fewer [provinces] hold it (Gini 0: equal, 1: in one).",
)
_UNITS = Text("[illerin] payı", "part of the [provinces]")
_TOTAL = Text("değerin payı", "part of the value")


def _lorenz(
    study: Study, paper: Paper, axes: Axes, corner: tuple[float, float], side: float,
    values: Mapping[str, pd.Series], language: Language,
) -> None:  # fmt: skip
    """Draw the curves of a year and, below them, their Gini coefficients."""
    frame(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    places = [0, 0.25, 0.5, 0.75, 1]
    told = [number(p, language, digits=2).rstrip("0").rstrip(",.") or "0" for p in places]
    ticks(axes, "x", places, told)
    ticks(axes, "y", places, told)
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.5, linestyle=(0, (2, 2)))
    x, y = corner
    units = study.design.unit.say(_UNITS)
    paper.write(x + 11 + side / 2, y + side + 13, units[language], SMALL, align="center")
    paper.write(x + 1.8, y + 6 + side / 2, _TOTAL[language], SMALL).set(
        rotation=90, ha="center", va="center"
    )
    colours = line_colours(study)
    for k, (name, value) in enumerate(values.items()):
        curve = lorenz(value)
        colour, dash = colours.get(name, INK), _DASHES[k % len(_DASHES)]
        axes.plot(curve["units"], curve["total"], color=colour, linewidth=1.2, linestyle=dash,
                  gid=f"lorenz-{name}", clip_on=False)  # fmt: skip
        foot = y + side + 18.5 + 4.3 * k
        paper.sheet.plot([x + 11, x + 19], [foot - 0.9] * 2, color=colour, linewidth=1.4,
                         linestyle=dash)  # fmt: skip
        measured = f"Gini = {number(gini(value), language, digits=3)} (n = {len(value)})"
        paper.write(x + 21, foot, study.design.title_of(name)[language], SMALL)
        paper.write(x + 11 + side, foot, measured, SMALL, align="right")
