"""The paper of print figures: measured in millimetres, and saved as the same bytes each time."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text as Written

from mekantek.maps.figures.letters import LEADING, font, plain, wrap
from mekantek.text import Language, bound

__all__ = ["FORMATS", "Format", "Paper", "PrintFigure", "style"]

Format = Literal["png", "svg", "pdf"]
FORMATS: tuple[Format, ...] = ("png", "svg", "pdf")

_INCH = 25.4
_DPI = 200
_OUTLINE = re.compile(rb'(?<= d=")[^"]*')
_DECIMALS = re.compile(rb"(\.\d\d)\d+")
_MARGIN = 2.0
INK = "#1a1a1a"
PALE = "#555555"
# What a user's or a machine's settings must not change, and what matplotlib leaves to chance.
_OWN: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 7,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "mekantek",
    "savefig.dpi": "figure",
    "axes.linewidth": 0.5,
    "axes.unicode_minus": True,
}
_LAYOUT_TABLES = ("GSUB", "GPOS", "GDEF", "MATH", "kern", "gasp")
_MACHINE = ("backend", "webagg", "tk.", "macosx", "interactive", "toolbar", "timezone", "keymap",
            "animation", "figure.hooks", "docstring", "savefig.directory")  # fmt: skip


@contextmanager
def style() -> Iterator[None]:
    """Draw by matplotlib's own defaults and ours, whatever is set outside; it is set again after."""
    fixed: Any = {k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(_MACHINE)}
    with mpl.rc_context({**fixed, **_OWN}):
        yield


@contextmanager
def _light_fonts() -> Iterator[None]:
    """
    Leave the tables of layout out of embedded fonts.

    matplotlib has placed the letters when it embeds them, and fontTools spends most of its time on
    these tables. Where a version of fontTools has no such list, embedding is only slower.
    """
    from fontTools.subset import Options

    before = getattr(Options, "_drop_tables_default", None)
    if before is None:
        yield
        return
    Options._drop_tables_default = [*before, *_LAYOUT_TABLES]
    try:
        yield
    finally:
        Options._drop_tables_default = before


class PrintFigure(Figure):
    """
    A matplotlib figure that carries its title and caption into every file.

    ``savefig`` gives the same bytes for the same figure: no dates, fonts embedded, element names
    that do not change. Everything else is matplotlib's: add artists, change axes.

    Attributes
    ----------
    title, caption : str
        In the figure's language.
    language : {"tr", "en"}
    """

    title: str = ""
    caption: str = ""
    language: Language = "tr"

    def savefig(self, fname: Any, **options: Any) -> None:
        """
        Save the figure as matplotlib does, with title and caption and without the time.

        Parameters
        ----------
        fname : path or file
        **options
            Of ``matplotlib.figure.Figure.savefig``.
        """
        form = options.get("format") or "png"
        if "format" not in options and isinstance(fname, (str, os.PathLike)):
            form = PurePath(fname).suffix.lower().removeprefix(".") or "png"
        metadata = {**self._metadata(form), **(options.pop("metadata", None) or {})}
        if form == "png":
            # Harder packing takes twice the time and saves a few per cent.
            options.setdefault("pil_kwargs", {"compress_level": 1})
        with style(), _light_fonts():
            super().savefig(fname, metadata=metadata or None, **options)

    def to_bytes(self, form: Format = "png") -> bytes:
        """Give the bytes of the file that `savefig` would write."""
        buffer = io.BytesIO()
        self.savefig(buffer, format=form)
        return _rounded(buffer.getvalue()) if form == "svg" else buffer.getvalue()

    def _metadata(self, form: str) -> dict[str, Any]:
        title, caption = plain(self.title), plain(self.caption)
        if form == "png":
            return {"Title": title, "Description": caption}
        if form == "svg":
            return {"Title": title, "Description": caption, "Date": None,
                    "Language": self.language}  # fmt: skip
        if form == "pdf":
            return {"Title": title, "Subject": caption, "CreationDate": None}
        return {}

    def _repr_png_(self) -> bytes:
        return self.to_bytes("png")


def _rounded(svg: bytes) -> bytes:
    """Cut the coordinates of outlines to hundredths of a point; the file gets a third smaller."""
    return _OUTLINE.sub(lambda d: _DECIMALS.sub(rb"\1", d[0]), svg)


class Paper:
    """
    A figure under construction: what is written is placed in millimetres from the upper left.

    Parameters
    ----------
    wide : float
        Millimetres.

    Attributes
    ----------
    figure : PrintFigure
    sheet : matplotlib.axes.Axes
        The whole paper, in millimetres; letters and signs of the legend stand on it.
    y : float
        How far down the paper is used.
    """

    def __init__(self, wide: float) -> None:
        self.wide = wide
        self.y = _MARGIN
        self.figure = PrintFigure(figsize=(wide / _INCH, wide / _INCH), dpi=_DPI)
        FigureCanvasAgg(self.figure)
        self.sheet = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), label="paper")
        self.sheet.set_axis_off()
        self.sheet.set_xlim(0, wide)
        self.sheet.set_ylim(wide, 0)
        self._boxes: list[tuple[Axes, tuple[float, float, float, float]]] = []

    @property
    def left(self) -> float:
        """Where lines begin, in millimetres."""
        return _MARGIN

    @property
    def inner(self) -> float:
        """Width between the margins, in millimetres."""
        return self.wide - 2 * _MARGIN

    def write(
        self, x: float, y: float, text: str, size: float, *,
        colour: str = INK, align: Literal["left", "right", "center"] = "left",
    ) -> Written:  # fmt: skip
        """Write one line with its foot at (*x*, *y*), in letters that the font has."""
        return self.sheet.text(
            x, y, plain(text), fontproperties=font(size), color=colour, ha=align,
            va="baseline", parse_math=False,
        )  # fmt: skip

    def paragraph(
        self, text: str, size: float, *, colour: str = INK, most: int = 40, after: float = 0.0
    ) -> None:
        """Write a text over the whole width at the place reached, and go on below it."""
        step = size * LEADING * _INCH / 72
        for line in wrap(text, size, self.inner * 0.995, most=most):
            self.write(self.left, self.y + 0.78 * step, line, size, colour=colour)
            self.y += step
        self.y += after

    def panel(self, x: float, y: float, wide: float, high: float, *, name: str) -> Axes:
        """Add axes in a box given from the upper left, in millimetres."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), label=name)
        self._boxes.append((axes, (x, y, wide, high)))
        return axes

    def finish(self, *, title: str, caption: str, language: Language) -> PrintFigure:
        """Cut the paper below what it holds."""
        high = self.y + _MARGIN
        self.figure.set_size_inches(self.wide / _INCH, high / _INCH)
        self.sheet.set_ylim(high, 0)
        for axes, (x, y, w, h) in self._boxes:
            axes.set_position((x / self.wide, 1 - (y + h) / high, w / self.wide, h / high))
        self.figure.title, self.figure.caption = title, caption
        self.figure.language = language
        return self.figure


def caption_of(parts: Sequence[tuple[str, str]], reading: str) -> str:
    """Write a caption: the sentence, then what a reader must know."""
    told = "; ".join(f"{term}: {text.rstrip('.')}" for term, text in parts)
    return bound(f"{reading} {told}." if told else reading)
