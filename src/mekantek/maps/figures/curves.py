"""A specification curve for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mekantek.errors import OptionError
from mekantek.maps.figures.axes import SMALL, WIDE, frame, numbered, strokes
from mekantek.maps.figures.letters import plain, width, wrap
from mekantek.maps.figures.paper import INK, PALE, Paper, PrintFigure, caption_of, style
from mekantek.maps.strokes import VERDICTS
from mekantek.text import Language, Text, integer

if TYPE_CHECKING:
    from mekantek.maps.explorer.tables import Curve
    from mekantek.maps.sheets.sheet import Fact

__all__ = ["curve_figure"]

# No more strokes than paper tells apart; no more values of one choice than a reader follows.
_STROKES = 350
_VALUES = 12
_ROW = 3.0


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
        paper = Paper(WIDE)
        paper.paragraph(curve.title[language], 11, most=3, after=1.0)
        _verdict_key(paper, curve, language)
        labels = _label_width(rows, curve, language)
        x, wide = paper.left + labels, paper.inner - labels
        effects = paper.panel(x, paper.y, wide, 42, name="effects")
        _effects(effects, table, language)
        lines = wrap(_EFFECT[language], SMALL, labels - 12, most=8)
        for k, line in enumerate(lines):
            paper.write(paper.left, paper.y + 16 + 3.2 * k, line, SMALL, colour=PALE)
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


_EFFECT = Text("etki (artı: iddianın yönü)", "effect (plus: the claim's direction)")
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
        long = 6.5 + width(told, SMALL)
        if x > paper.left and x + long > paper.left + paper.inner:
            x, paper.y = paper.left, paper.y + 4.1
        y = paper.y + 2.0
        paper.sheet.plot([x, x + 4.8], [y, y], color=VERDICTS.get(word, INK), linewidth=5,
                         solid_capstyle="butt")  # fmt: skip
        paper.write(x + 6.2, y + 0.9, told, SMALL)
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
    frame(axes)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)
    numbered(axes, "y", low, high, language)
    thick = max(0.75 * 115 / 25.4 * 72 / len(table), 0.4)
    for word, colour in VERDICTS.items():
        mine = np.flatnonzero((table["verdict"] == word).to_numpy())
        if len(mine):
            ends = np.empty((2 * len(mine), 2))
            ends[0::2] = np.column_stack([mine, np.zeros(len(mine))])
            ends[1::2] = np.column_stack([mine, effects[mine]])
            strokes(axes, ends, colour, thick, f"verdict-{word.replace(' ', '-')}")
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
                strokes(axes, ends, "#3a3a3a", thick, f"choice-{key}-{k}")
            at += 1
        paper.sheet.plot([paper.left, x + wide], [top + (at + 0.3) * _ROW] * 2, color="#dddddd",
                         linewidth=0.4)  # fmt: skip
        at += 0.6
    paper.y = top + lines * _ROW
