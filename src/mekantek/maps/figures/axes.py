"""Axes that all charts share: two lines, round ticks in the figure's font, strokes as one path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from mekantek.maps.figures.letters import font, plain
from mekantek.maps.sheets.facts import about
from mekantek.text import Language, number

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["SMALL", "WIDE", "frame", "numbered", "source_of", "strokes", "ticks"]

# Width of a chart in millimetres; size of its small letters in points.
WIDE = 180.0
SMALL = 7.0
_BASIS_ONLY = ("Basis", "Source")


def frame(axes: Axes) -> None:
    """Leave the axes left and below."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.5)
    axes.tick_params(length=2, width=0.5, pad=2)


def ticks(axes: Axes, which: str, places: Sequence[float], told: Sequence[str]) -> None:
    """Set fixed ticks, written in the font of the figure."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_ticks(list(places), [plain(t) for t in told])
    for text in axis.get_ticklabels():
        text.set_fontproperties(font(SMALL))


def _round_places(low: float, high: float, most: int) -> tuple[list[float], int]:
    """Choose round numbers in a range, and the digits they need."""
    span = max(high - low, 1e-12)
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(k * power for k in (1, 2, 5, 10) if span / (k * power) <= most)
    digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [k * step for k in range(first, last + 1)], digits


def numbered(axes: Axes, which: str, low: float, high: float, language: Language) -> None:
    """Set ticks at round numbers."""
    places, digits = _round_places(low, high, 6)
    ticks(axes, which, places, [number(p, language, digits=digits) for p in places])


def strokes(axes: Axes, ends: np.ndarray, colour: str, thick: float, name: str) -> None:
    """Draw many strokes as one path; *ends* has both ends of each, one after the other."""
    codes = np.tile([Path.MOVETO, Path.LINETO], len(ends) // 2).astype(Path.code_type)
    axes.add_patch(
        PathPatch(Path(ends, codes), facecolor="none", edgecolor=colour, linewidth=thick,
                  capstyle="butt", gid=name)
    )  # fmt: skip


def source_of(study: Study, language: Language) -> list[tuple[str, str]]:
    """Say basis and source, for a caption."""
    return [(t[language], s[language]) for t, s in about(study) if t.en in _BASIS_ONLY]
