"""A map for print: every view of its sheet as a panel, with legend, scale and caption."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from mekantek.errors import OptionError
from mekantek.maps.figures.ground import Ground
from mekantek.maps.figures.legends import Block, blocks_of, laid_out
from mekantek.maps.figures.letters import plain, wrap
from mekantek.maps.figures.paper import INK, PALE, Paper, PrintFigure, caption_of, style
from mekantek.maps.figures.signs import free_places, hatch, label, stroke
from mekantek.maps.strokes import PRINT, RINGS, STROKES
from mekantek.maps.svg import WIDE
from mekantek.text import Language, Text, integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mekantek.maps.sheets.facts import Regions
    from mekantek.maps.sheets.sheet import MapSheet, View

__all__ = ["MOST_PANELS", "figure"]

MOST_PANELS = 6
_GAP = 4.0
_TITLE = 5.0
# Tall regions are not drawn taller than this, in millimetres: all panels fit a page with caption.
_TALLEST = 165.0
_MARKED = 25

_PROJECTION = Text("İzdüşüm", "Projection")
_PROJECTIONS = {
    "aea": Text("eşit alanlı (Albers)", "equal-area (Albers)"),
    "cea": Text("eşit alanlı (silindirik)", "equal-area (cylindrical)"),
}
_SHOWN = Text("Gösterilen", "Shown")


def figure(
    regions: Regions,
    sheet: MapSheet,
    *,
    language: Language = "tr",
    views: Sequence[str] | None = None,
    width: float = 180.0,
    ground: Ground | None = None,
) -> PrintFigure:
    """
    Draw a map for print: one panel for each view of its sheet.

    Parameters
    ----------
    regions : Regions
        Shapes, names and provenance; a Study is one.
    sheet : MapSheet
        What the map shows and says, such as ``mekantek.maps.sheets.shares.share_sheet`` makes.
    language : {"tr", "en"}
    views : sequence of str, optional
        Keys of the views to draw. All by default; of more than six the first, the last and four
        between them.
    width : float
        Millimetres; 180 fills the text of a page of A4.
    ground : Ground, optional
        The projected shapes, where many maps of the same regions are drawn.

    Returns
    -------
    PrintFigure
        A matplotlib figure; ``savefig`` writes PNG, SVG or PDF. Its axes bear the views' keys and
        are in metres of an equal-area projection.

    Raises
    ------
    OptionError
        If the sheet has no such view, or the width is less than 60 mm or more than 1000.

    Examples
    --------
    >>> import mekantek as mt
    >>> from mekantek.maps.sheets.shares import share_sheet
    >>> study = mt.load_study()
    >>> drawn = mt.figure(study, share_sheet(study, "high"), language="en")
    >>> [axes.get_label() for axes in drawn.axes]
    ['paper', '2019', '2024', 'change']
    >>> drawn.to_bytes("pdf")[:5]
    b'%PDF-'
    """
    if not 60 <= width <= 1000:
        raise OptionError(
            f"width is {width}; a figure is 60 to 1000 millimetres wide.",
            f"width {width} verildi; bir şekil 60 ile 1000 milimetre arasında geniştir.",
        )
    shown = _chosen(sheet, views)
    ground = ground or Ground.of(regions)
    with style():
        paper = Paper(width)
        paper.paragraph(sheet.title[language], 11, most=3, after=1.6)
        _panels(paper, ground, shown, regions, language)
        paper.y += 2.0
        caption = caption_of(
            [(term[language], told[language]) for term, told in _facts(sheet, shown, ground)],
            sheet.reading[language],
        )
        paper.paragraph(caption, 7, colour=PALE, most=30)
        return paper.finish(title=sheet.title[language], caption=caption, language=language)


def _chosen(sheet: MapSheet, wanted: Sequence[str] | None) -> list[View]:
    if wanted is None:
        places = np.linspace(0, len(sheet.views) - 1, min(len(sheet.views), MOST_PANELS))
        return [sheet.views[k] for k in np.round(places).astype(int)]
    known = {v.key: v for v in sheet.views}
    if not wanted or not set(wanted) <= set(known):
        raise OptionError(
            f"views names {', '.join(map(repr, wanted)) or 'none'}; {sheet.slug} has "
            f"{', '.join(known)}.",
            f"views {', '.join(map(repr, wanted)) or 'boş'} verildi; {sheet.slug} haritasında "
            f"şunlar var: {', '.join(known)}.",
        )
    return [known[key] for key in wanted]


def _facts(sheet: MapSheet, shown: Sequence[View], ground: Ground) -> list[tuple[Text, Text]]:
    facts = list(sheet.facts)
    if len(shown) < len(sheet.views):
        labels = (", ".join(plain(v.label[lang]) for v in shown) for lang in ("tr", "en"))
        facts.append((_SHOWN, Text(*labels)))
    kind = ground.crs.split()[0].removeprefix("+proj=")
    return [*facts, (_PROJECTION, _PROJECTIONS[kind])]


def _panels(
    paper: Paper, ground: Ground, shown: Sequence[View], regions: Regions, language: Language
) -> None:
    """Draw panels and legends."""
    columns = 1 if len(shown) == 1 else 2 if ground.ratio >= 1.2 else min(len(shown), 3)
    rows = math.ceil(len(shown) / columns)
    titled = _TITLE if len(shown) > 1 else 0.0
    cell = (paper.inner - _GAP * (columns - 1)) / columns
    wide = min(cell, (_TALLEST / rows) * ground.ratio)
    high = wide / ground.ratio
    small = len(shown) > 1
    scale = wide / (ground.bounds[2] - ground.bounds[0])
    blocks = blocks_of(shown, language, scale=wide / WIDE)
    letters = any(len(b.heads) and b.heads[0] == chr(97 + b.panels[0]) for b in blocks)
    top = paper.y
    for k, view in enumerate(shown):
        x = paper.left + (k % columns) * (cell + _GAP)
        y = top + (k // columns) * (titled + high + 2.0)
        if titled:
            told = plain(view.label[language])
            name = wrap(f"{chr(97 + k)}) {told}" if letters else told, 8.5, cell, most=1)
            paper.write(x, y + 3.6, name[0], 8.5)
        axes = paper.panel(x + (cell - wide) / 2, y + titled, wide, high, name=view.key)
        _draw(axes, ground, view, regions, scale=scale, small=small)
    paper.y = top + rows * (titled + high + 2.0)
    free = columns * rows - len(shown)
    corner = (paper.left + (columns - free) * (cell + _GAP), paper.y - titled - high - 2.0)
    room = (free * cell + (free - 1) * _GAP, titled + high + 2.0)
    if regions.provenance.get("located", True):  # else distances on the paper mean nothing
        _scale_bar(paper, scale, language)
    _legends(paper, blocks, corner, room)


def _legends(
    paper: Paper, blocks: Sequence[Block], corner: tuple[float, float], room: tuple[float, float]
) -> None:
    """Draw the legends in the free cell of the grid where they fit, else below it."""
    if not blocks:
        return
    # All of them, or else the last one, which then stands beside the panel that it explains.
    beside: Sequence[Block] = ()
    for some in (blocks, blocks[-1:]):
        _, wide, high = laid_out(some, room[0])
        if wide <= room[0] and high <= room[1]:
            beside = some
            x, y = corner[0] + 2.0, corner[1] + (room[1] - high) / 2
            _set(paper, some, x, y, room[0])
            break
    below = blocks[: len(blocks) - len(beside)]
    if below:
        paper.y = _set(paper, below, paper.left, paper.y + 0.5, paper.inner)


def _set(paper: Paper, blocks: Sequence[Block], x: float, y: float, wide: float) -> float:
    places, _, high = laid_out(blocks, wide)
    for block, right, down, columns in places:
        block.draw(paper, x + right, y + down, columns)
    return y + high


def _draw(
    axes: Axes, ground: Ground, view: View, regions: Regions, *, scale: float, small: bool
) -> None:
    """Draw one view: fills, hatchings, lines, circles, outlines, names."""
    thin = 0.6 if small else 1.0
    axes.set_axis_off()
    axes.set_xlim(ground.bounds[0], ground.bounds[2])
    axes.set_ylim(ground.bounds[1], ground.bounds[3])
    fills = {u: view.extra.get(u, view.fill[u]) for u in ground.paths}
    axes.add_collection(
        PathCollection(
            list(ground.paths.values()), facecolors=["none" if f.startswith("hatch-") else f for f in fills.values()],
            edgecolors=STROKES["shape"].colour, linewidths=STROKES["shape"].width * PRINT * thin,
            gid=f"shapes-{view.key}", clip_on=False,
        ),
        autolim=False,
    )  # fmt: skip
    for fill in sorted({f for f in fills.values() if f.startswith("hatch-")}):
        inside = ground.together(u for u, f in fills.items() if f == fill)
        hatch(axes, inside, fill, scale=scale, small=small)
    for dashed in (False, True):
        _network(axes, ground, [v[:4] for v in view.lines if v[4] == dashed], dashed, thin)
    for unit, radius in view.circles.items():
        for ring in RINGS:
            axes.add_patch(
                Circle(
                    ground.points[unit], max(radius / WIDE, 0.0015) * _across(ground),
                    facecolor="none", clip_on=False, **stroke(ring, thin),
                )
            )  # fmt: skip
    for units, name in ((view.dotted, "dotted"), (view.marked, "marked")):
        drawn = [ground.paths[u] for u in units]
        if drawn:
            axes.add_collection(
                PathCollection(
                    drawn, facecolors="none", gid=f"{name}-{view.key}", clip_on=False,
                    **stroke(name, thin),
                ),
                autolim=False,
            )  # fmt: skip
    if 0 < len(view.marked) <= _MARKED:
        _names(axes, ground, view, regions, scale)


def _across(ground: Ground) -> float:
    return ground.bounds[2] - ground.bounds[0]


def _network(
    axes: Axes, ground: Ground, lines: list[tuple[float, ...]], dashed: bool, thin: float
) -> None:
    if not lines:
        return
    ends = ground.project(end for a, b, c, d in lines for end in ((a, b), (c, d)))
    codes = np.tile([Path.MOVETO, Path.LINETO], len(lines)).astype(Path.code_type)
    axes.add_patch(
        PathPatch(
            Path(ends, codes), facecolor="none", capstyle="butt", clip_on=False,
            gid="dashed" if dashed else "lines", **stroke("dashed" if dashed else "line", thin),
        )
    )  # fmt: skip


def _names(axes: Axes, ground: Ground, view: View, regions: Regions, scale: float) -> None:
    known = {str(u): str(name) for u, name in regions.names.items()}
    x0, y0, x1, y1 = (b * scale for b in ground.bounds)
    names = [wrap(known[u], 7.5, 40, most=1)[0] for u in view.marked]
    boxes = [[c * scale for c in ground.paths[u].get_extents().extents] for u in view.marked]
    places = free_places(boxes, names, 7.5, (x0, y0, x1, y1))
    for name, place in zip(names, places, strict=True):
        if place is not None:
            label(axes, place[0] / scale, place[1] / scale, name, 7.5)


def _scale_bar(paper: Paper, scale: float, language: Language) -> None:
    """Draw a bar of a round length, at most a fifth of the paper."""
    longest = paper.wide / 5 / scale
    power = 10.0 ** math.floor(math.log10(longest))
    metres = power * max(k for k in (1, 2, 5) if k * power <= longest)
    unit = f"{integer(metres / 1000, language)} km" if metres >= 1000 else f"{metres:g} m"
    x, y = paper.left, paper.y + 1.2
    long = metres * scale
    paper.sheet.plot(
        [x, x, x + long, x + long], [y - 1.0, y, y, y - 1.0], color=INK, linewidth=0.7,
        solid_joinstyle="miter", gid="scale-bar",
    )  # fmt: skip
    paper.write(x + long + 1.5, y + 0.3, unit, 7)
    paper.y += 4.0
