"""Hatchings, and places for names where they cover no other: what maps and legends share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path

from mekantek.maps.figures.letters import font, plain, width
from mekantek.maps.palette import HATCHES, Entry
from mekantek.maps.strokes import HATCH, PRINT, STROKES

__all__ = ["free_places", "hatch", "label", "paint", "sign", "stroke"]

# The period of a hatching in millimetres.
_PERIOD = 1.1
_SWATCH = (4.8, 2.9)
_POINT = 72 / 25.4


def paint(fill: str) -> str:
    """Give the colour of a fill; of a hatching its background."""
    return HATCHES[fill.removeprefix("hatch-")][0] if fill.startswith("hatch-") else fill


def stroke(name: str, thin: float = 1.0) -> dict[str, Any]:
    """Give a kind of line as arguments of a patch; matplotlib counts dashes in widths."""
    line = STROKES[name]
    dash = (0, tuple(part / line.width for part in line.dash)) if line.dash else "-"
    return {"edgecolor": line.colour, "linewidth": line.width * PRINT * thin, "linestyle": dash}


def hatch(axes: Axes, inside: Path, fill: str, *, scale: float, small: bool = False) -> PathPatch:
    """
    Draw a hatching within a path, below all else that is drawn.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    inside : matplotlib.path.Path
        In the units of the axes.
    fill : str
        ``hatch-…``.
    scale : float
        Millimetres of paper for one unit of the axes.
    small : bool
        Whether the map is one of several.
    """
    period = _PERIOD * (0.8 if small else 1.0)
    corners = np.asarray(inside.vertices)
    low, high = corners.min(axis=0), corners.max(axis=0)
    # Lines x − y = c, the same on all shapes of a map, so that hatchings of neighbours meet.
    step = period * np.sqrt(2) / scale
    rise = -1.0 if axes.yaxis_inverted() else 1.0
    bottom, top = sorted((rise * low[1], rise * high[1]))
    first = np.ceil((low[0] - top) / step)
    last = np.floor((high[0] - bottom) / step)
    places = np.arange(first, last + 1) * step
    ends = np.empty((2 * len(places), 2))
    ends[0::2] = np.column_stack([places + bottom, np.full_like(places, rise * bottom)])
    ends[1::2] = np.column_stack([places + top, np.full_like(places, rise * top)])
    codes = np.tile([Path.MOVETO, Path.LINETO], len(places)).astype(Path.code_type)
    lines = PathPatch(
        Path(ends, codes) if len(ends) else Path(np.empty((0, 2))),
        facecolor="none", edgecolor=HATCHES[fill.removeprefix("hatch-")][1],
        linewidth=period * HATCH[1] / HATCH[0] * _POINT, capstyle="butt", gid=fill,
    )  # fmt: skip
    ground = PathPatch(inside, facecolor=paint(fill), edgecolor="none", clip_on=False)
    for below, patch in ((0.2, lines), (0.3, ground)):
        axes.add_patch(patch)
        patch.set_zorder(1 - below)
    lines.set_clip_path(inside, axes.transData)
    return lines


def sign(axes: Axes, x: float, y: float, entry: Entry, *, radius: float) -> None:
    """
    Draw the sign of a legend's line, its middle at *y*, on paper in millimetres.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, y : float
    entry : Entry
    radius : float
        Of a circle.
    """
    wide, high = _SWATCH
    at = (x, y - high / 2)
    if entry.sign == "circle":
        axes.add_patch(
            Circle((x + max(wide / 2, radius), y), radius, facecolor="none", **stroke("ring"))
        )
    elif entry.sign in ("line", "dashed"):
        axes.add_patch(
            PathPatch(Path([(x, y), (x + wide, y)]), facecolor="none", capstyle="butt",
                      **stroke(entry.sign))
        )  # fmt: skip
    elif entry.sign in ("outline", "dotted"):
        name = "marked" if entry.sign == "outline" else entry.sign
        axes.add_patch(Rectangle(at, wide, high, facecolor="none", **stroke(name)))
    else:
        hatched = entry.fill.startswith("hatch-")
        axes.add_patch(
            Rectangle(at, wide, high, facecolor="none" if hatched else entry.fill,
                      **stroke("shape"))
        )  # fmt: skip
        if hatched:
            hatch(axes, Path.unit_rectangle().transformed(
                Rectangle(at, wide, high).get_patch_transform()), entry.fill, scale=1.0, small=True)  # fmt: skip


def free_places(
    things: Sequence[Sequence[float]],
    names: Sequence[str],
    size: float,
    box: tuple[float, float, float, float],
    *,
    avoid: Sequence[Sequence[float]] = (),
) -> list[tuple[float, float] | None]:
    """
    Find a place for each name in its thing or beside it, where it covers no other name.

    Parameters
    ----------
    things : sequence of (x0, y0, x1, y1)
        Boxes of the things named, in millimetres, y upward.
    names : sequence of str
    size : float
        Points.
    box : (x0, y0, x1, y1)
        Names stay within.
    avoid : sequence of (x0, y0, x1, y1)
        What names do not cover.

    Returns
    -------
    list of (x, y) or None
        Middle of each name; None where there is no room.

    Examples
    --------
    >>> free_places([(0, 0, 40, 9), (41, 2, 43, 4)], ["Ankara", "Van"], 7, (0, 0, 60, 20))
    [(20.0, 4.5), (46.3, 3.0)]
    """
    taken: list[tuple[float, float, float, float]] = []
    found: list[tuple[float, float] | None] = []
    for (x0, y0, x1, y1), name in zip(things, names, strict=True):
        w, h = width(name, size) / 2 + 0.3, size / _POINT * 0.6
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        around = [(x1 + w + 0.6, y), (x0 - w - 0.6, y), (x, y1 + h), (x, y0 - h)]
        # Above or below a shape, but beside a dot, where a name is taken for nobody else's.
        around = [*around[2:], *around[:2]] if x1 - x0 > 3 else around[:2]
        if 2 * w < 0.45 * (x1 - x0) and 2 * h < 0.4 * (y1 - y0):
            around.insert(0, (x, y))
        for cx, cy in around:
            own = (cx - w, cy - h, cx + w, cy + h)
            inside = own[0] >= box[0] and own[1] >= box[1] and own[2] <= box[2] and own[3] <= box[3]
            if inside and not any(
                own[0] < t[2] and t[0] < own[2] and own[1] < t[3] and t[1] < own[3]
                for t in (*taken, *avoid)
            ):
                taken.append(own)
                found.append((round(float(cx), 1), round(float(cy), 1)))
                break
        else:
            found.append(None)
    return found


def label(axes: Axes, x: float, y: float, name: str, size: float) -> None:
    """Write a name with its middle at (*x*, *y*), on a white edge that sets it off the map."""
    axes.text(
        x, y, plain(name), fontproperties=font(size), ha="center", va="center_baseline",
        parse_math=False, color="#000",
        path_effects=[effects.withStroke(linewidth=1.6, foreground="white")],
    )  # fmt: skip
