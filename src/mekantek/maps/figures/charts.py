"""Charts for print: specification curve, Moran scatterplot, Lorenz curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from mekantek.errors import OptionError
from mekantek.maps.figures.letters import font, plain, width, wrap
from mekantek.maps.figures.paper import INK, PALE, Paper, PrintFigure, caption_of, style
from mekantek.maps.figures.signs import free_places, label
from mekantek.maps.palette import line_colours
from mekantek.maps.sheets.facts import about, neighbourhood
from mekantek.stats.concentration import gini, lorenz
from mekantek.stats.overall.autocorrelation import moran
from mekantek.stats.overall.scatterplot import moran_scatterplot
from mekantek.text import METHODS, TAILS, Language, Text, capitalized, integer, number, p_value

if TYPE_CHECKING:
    from mekantek.maps.explorer.tables import Curve
    from mekantek.maps.sheets.sheet import Fact
    from mekantek.study import Study

__all__ = ["curve_figure", "lorenz_figure", "scatterplot_figure"]

_WIDE = 180.0
_SMALL = 7.0
# The colours that the pages give to the words of verdicts.
_VERDICTS: Mapping[str, str] = {
    "supported": "#2e7d4f", "partly": "#d9a400", "not supported": "#8c8c8c",
    "contradicted": "#b3261e", "undecided": "#5b7fc7", "not testable": "#d0d0d0",
}  # fmt: skip
# No more strokes than paper tells apart; no more values of one choice than a reader follows.
_STROKES = 350
_VALUES = 12
_ROW = 3.0
_NAMED = 8
_DASHES = ("-", (0, (4, 1.2)), (0, (1.4, 1.2)), (0, (4, 1.2, 1.2, 1.2)))
_BASIS_ONLY = ("Basis", "Source")


def _frame(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.5)
    axes.tick_params(length=2, width=0.5, pad=2)


def _ticks(axes: Axes, which: str, places: Sequence[float], told: Sequence[str]) -> None:
    """Set fixed ticks, written in the font of the figure."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_ticks(list(places), [plain(t) for t in told])
    for text in axis.get_ticklabels():
        text.set_fontproperties(font(_SMALL))


def _round_places(low: float, high: float, most: int) -> tuple[list[float], int]:
    """Choose round numbers in a range, and the digits they need."""
    span = max(high - low, 1e-12)
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(k * power for k in (1, 2, 5, 10) if span / (k * power) <= most)
    digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [k * step for k in range(first, last + 1)], digits


def _numbered(axes: Axes, which: str, low: float, high: float, language: Language) -> None:
    places, digits = _round_places(low, high, 6)
    _ticks(axes, which, places, [number(p, language, digits=digits) for p in places])


def _strokes(axes: Axes, ends: np.ndarray, colour: str, thick: float, name: str) -> None:
    """Draw many strokes as one path; *ends* has both ends of each, one after the other."""
    codes = np.tile([Path.MOVETO, Path.LINETO], len(ends) // 2).astype(Path.code_type)
    axes.add_patch(
        PathPatch(Path(ends, codes), facecolor="none", edgecolor=colour, linewidth=thick,
                  capstyle="butt", gid=name)
    )  # fmt: skip


def _source(study: Study, language: Language) -> list[tuple[str, str]]:
    return [(t[language], s[language]) for t, s in about(study) if t.en in _BASIS_ONLY]


def curve_figure(
    curve: Curve, *, facts: Sequence[Fact] = (), language: Language = "tr"
) -> PrintFigure:
    """
    Draw a specification curve: effects in order above, the choices behind them below.

    Parameters
    ----------
    curve : Curve
        Such as ``mekantek.report.linked.curve_of`` makes of a finding's verdict.
    facts : sequence of (term, description)
        What else a reader must know: the joint test, basis, source.
    language : {"tr", "en"}

    Returns
    -------
    PrintFigure
        Axes ``effects`` and ``choices``. Of more than 350 specifications evenly spaced ones are
        drawn, which the caption says.

    Raises
    ------
    OptionError
        If fewer than two specifications have an effect.

    Examples
    --------
    >>> from mekantek.maps.explorer.tables import Curve
    >>> table = pd.DataFrame({"year": [2019, 2024], "effect": [0.1, 0.3],
    ...                       "verdict": ["supported", "supported"]})
    >>> told, words = Text("iki seçim", "two choices"), {"supported": Text("evet", "yes")}
    >>> years = {"year": (Text("yıl", "year"), {y: Text(y, y) for y in ("2019", "2024")})}
    >>> drawn = curve_figure(
    ...     Curve(title=told, told=told, choices=years, words=words, table=table), language="en")
    >>> [axes.get_label() for axes in drawn.axes]
    ['paper', 'effects', 'choices']
    """
    table = curve.table.dropna(subset=["effect"]).sort_values("effect", kind="stable")
    if len(table) < 2:
        raise OptionError(
            f"The curve has {len(table)} defined effects; a picture needs two.",
            f"Eğride {len(table)} tanımlı etki var; resim için iki gerekir.",
        )
    whole = len(table)
    table = table.iloc[
        np.unique(np.linspace(0, whole - 1, min(whole, _STROKES)).round()).astype(int)
    ]
    rows = {
        key: list(values.items())
        for key, (_, values) in curve.choices.items()
        if 1 < len(values) <= _VALUES
    }
    left_out = [curve.choices[k][0] for k in curve.choices if len(curve.choices[k][1]) > _VALUES]
    with style():
        paper = Paper(_WIDE)
        paper.paragraph(curve.title[language], 11, most=3, after=1.0)
        _verdict_key(paper, curve, language)
        labels = _label_width(rows, curve, language)
        x, wide = paper.left + labels, paper.inner - labels
        effects = paper.panel(x, paper.y, wide, 42, name="effects")
        _effects(effects, table, language)
        lines = wrap(_EFFECT[language], _SMALL, labels - 12, most=8)
        for k, line in enumerate(lines):
            paper.write(paper.left, paper.y + 16 + 3.2 * k, line, _SMALL, colour=PALE)
        paper.y += 44
        if rows:
            _choices(paper, table, rows, curve, x, wide, language)
        paper.y += 2.5
        parts = [(_DRAWN[language], _of_all(len(table), whole, language))]
        if left_out:
            parts.append((_HIDDEN[language], ", ".join(t[language] for t in left_out)))
        parts += [(term[language], told[language]) for term, told in facts]
        caption = caption_of(parts, curve.told[language])
        paper.paragraph(caption, 7, colour=PALE, most=30)
        return paper.finish(title=curve.title[language], caption=caption, language=language)


_EFFECT = Text("etki (artı: raporun dediği yön)", "effect (plus: the report's direction)")
_DRAWN = Text("Çizilen", "Drawn")
_HIDDEN = Text(
    "Değerleri çizilmeyecek kadar çok olan seçimler", "Choices with too many values to draw"
)


def _of_all(drawn: int, whole: int, language: Language) -> str:
    counts = {"n": integer(whole, language), "k": integer(drawn, language)}
    if drawn == whole:
        told = Text("etkisi tanımlı {n} seçimin hepsi", "all {n} choices with a defined effect")
    else:
        told = Text("etkisi tanımlı {n} seçimden sırayla eşit aralıklı {k} tanesi",
                    "{k} evenly spaced ones, in order, of the {n} choices with a defined effect")  # fmt: skip
    return told[language].format(**counts)


def _verdict_key(paper: Paper, curve: Curve, language: Language) -> None:
    x = paper.left
    counts = curve.table["verdict"].value_counts()
    for word, name in curve.words.items():
        told = f"{plain(name[language])} ({integer(int(counts.get(word, 0)), language)})"
        long = 6.5 + width(told, _SMALL)
        if x > paper.left and x + long > paper.left + paper.inner:
            x, paper.y = paper.left, paper.y + 4.1
        y = paper.y + 2.0
        paper.sheet.plot([x, x + 4.8], [y, y], color=_VERDICTS.get(word, INK), linewidth=5,
                         solid_capstyle="butt")  # fmt: skip
        paper.write(x + 6.2, y + 0.9, told, _SMALL)
        x += long + 5
    paper.y += 6.0


def _label_width(rows: Mapping[str, Any], curve: Curve, language: Language) -> float:
    names = [width(plain(t[language]), 6.5) for values in rows.values() for _, t in values]
    heads = [width(plain(curve.choices[key][0][language]), 6.5) for key in rows]
    return min(max([*names, 14.0]), 46.0) + min(max([*heads, 12.0]), 26.0) + 5.0


def _effects(axes: Axes, table: pd.DataFrame, language: Language) -> None:
    effects = table["effect"].to_numpy(dtype=float)
    low, high = min(0.0, float(effects[0])), max(0.0, float(effects[-1]))
    axes.set_xlim(-0.5, len(table) - 0.5)
    room = 0.04 * ((high - low) or 1.0)
    axes.set_ylim(low - room, high + room)
    _frame(axes)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)
    _numbered(axes, "y", low, high, language)
    thick = max(0.75 * 115 / 25.4 * 72 / len(table), 0.4)
    for word, colour in _VERDICTS.items():
        mine = np.flatnonzero((table["verdict"] == word).to_numpy())
        if len(mine):
            ends = np.empty((2 * len(mine), 2))
            ends[0::2] = np.column_stack([mine, np.zeros(len(mine))])
            ends[1::2] = np.column_stack([mine, effects[mine]])
            _strokes(axes, ends, colour, thick, f"verdict-{word.replace(' ', '-')}")
    axes.axhline(0, color=INK, linewidth=0.5)


def _choices(
    paper: Paper, table: pd.DataFrame, rows: Mapping[str, Any], curve: Curve, x: float, wide: float,
    language: Language,
) -> None:  # fmt: skip
    """Draw, below each effect, which value of each choice it comes from."""
    lines = sum(len(values) for values in rows.values()) + 0.6 * len(rows)
    axes = paper.panel(x, paper.y, wide, lines * _ROW, name="choices")
    axes.set_axis_off()
    axes.set_xlim(-0.5, len(table) - 0.5)
    axes.set_ylim(lines, 0)
    thick = max(0.75 * 115 / 25.4 * 72 / len(table), 0.4)
    heads = min(
        max([*(width(plain(curve.choices[k][0][language]), 6.5) for k in rows), 12.0]), 26.0
    )
    at, top = 0.6, paper.y
    for key, values in rows.items():
        drawn = table[key].astype(str).to_numpy()
        for k, (value, name) in enumerate(values):
            foot = top + (at + 0.78) * _ROW
            if k == 0:
                head = wrap(curve.choices[key][0][language], 6.5, heads, most=1)[0]
                paper.write(paper.left, foot, head, 6.5, colour=PALE)
            told = wrap(name[language], 6.5, x - paper.left - heads - 4.0, most=1)[0]
            paper.write(x - 1.5, foot, told, 6.5, align="right")
            mine = np.flatnonzero(drawn == value)
            ends = np.empty((2 * len(mine), 2))
            ends[0::2] = np.column_stack([mine, np.full(len(mine), at + 0.12)])
            ends[1::2] = np.column_stack([mine, np.full(len(mine), at + 0.88)])
            if len(mine):
                _strokes(axes, ends, "#3a3a3a", thick, f"choice-{key}-{k}")
            at += 1
        paper.sheet.plot([paper.left, x + wide], [top + (at + 0.3) * _ROW] * 2, color="#dddddd",
                         linewidth=0.4)  # fmt: skip
        at += 0.6
    paper.y = top + lines * _ROW


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
        paper = Paper(_WIDE)
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
            below = wrap(say(_OWN)[language], _SMALL, cell, most=1)[0]
            paper.write(x + 9 + (cell - 9) / 2, y + high + 13, below, _SMALL, align="center")
            upright = paper.write(x + 1.8, y + 6 + high / 2, _THEIRS[language], _SMALL)
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
            *_source(study, language),
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
    _frame(axes)
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    _numbered(axes, "x", x0, x1, language)
    _numbered(axes, "y", y0, y1, language)
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
        paper = Paper(_WIDE)
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
            [(say(Text("[Il] sayısı", "[Provinces]"))[language], f"n = {count}"),
             (Text("Yöntem", "Method")[language],
              say(_VALUE if study.printed else _EXACT_VALUE)[language]),
             *_source(study, language)],
            say(_READING_LORENZ)[language],
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
_READING_LORENZ = Text(
    "[Iller] sınıfın değerine göre küçükten büyüğe dizili; eğri köşegenden uzaklaştıkça değer az "
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
    _frame(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    places = [0, 0.25, 0.5, 0.75, 1]
    told = [number(p, language, digits=2).rstrip("0").rstrip(",.") or "0" for p in places]
    _ticks(axes, "x", places, told)
    _ticks(axes, "y", places, told)
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.5, linestyle=(0, (2, 2)))
    x, y = corner
    paper.write(x + 11 + side / 2, y + side + 13, study.design.unit.say(_UNITS)[language], _SMALL,
                align="center")  # fmt: skip
    paper.write(x + 1.8, y + 6 + side / 2, _TOTAL[language], _SMALL).set(
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
        paper.write(x + 21, foot, study.design.title_of(name)[language], _SMALL)
        paper.write(x + 11 + side, foot, measured, _SMALL, align="right")
