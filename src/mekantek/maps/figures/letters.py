"""Letters of print figures: the font that ships with matplotlib, measured and broken into lines."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

__all__ = ["LEADING", "font", "plain", "width", "wrap"]

_POINT = 25.4 / 72
# From line to line, in sizes of the letters.
LEADING = 1.32
# Nobody reads more of one text on a figure; a name of 10 MB is cut before it is measured.
_MOST = 6000
_SIZE = 100.0
# A space that does not break stays.
_SPACE = re.compile(r"[^\S\u00a0]+")


def _file() -> str:
    return str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))


@cache
def _face() -> FT2Font:
    face = FT2Font(_file())
    face.set_size(_SIZE, 72)
    return face


@cache
def _known() -> frozenset[int]:
    return frozenset(_face().get_charmap())


@lru_cache(maxsize=4096)
def _advance(letter: str) -> float:
    """Width of a letter in millimetres at a size of one point."""
    glyph = _face().load_char(ord(letter), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / _SIZE * _POINT


def font(size: float) -> FontProperties:
    """
    Give the font by its file, so that no other DejaVu of the machine takes its place.

    Parameters
    ----------
    size : float
        Points.

    Notes
    -----
    One face for everything: embedding a second would double the time that a PDF takes.
    """
    return FontProperties(fname=_file(), size=size)


def plain(text: str) -> str:
    r"""
    Give a text in letters that the font has, without control characters and line ends.

    Examples
    --------
    >>> plain("a\x00\tb 東"), plain("Iğdır, Şırnak, İzmir")
    ('a b □', 'Iğdır, Şırnak, İzmir')
    """
    known = _known()
    text = unicodedata.normalize("NFC", text[:_MOST])
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    drawn = "".join(c if c.isspace() or ord(c) in known else "□" for c in kept)
    return _SPACE.sub(" ", drawn).strip()


def width(text: str, size: float) -> float:
    """
    Measure a line.

    Parameters
    ----------
    text : str
    size : float
        Points.

    Returns
    -------
    float
        Millimetres, without kerning.

    Examples
    --------
    >>> round(width("Ankara", 10), 1), round(width("Ankara", 20), 1)
    (12.5, 24.9)
    """
    return size * sum(_advance(c) for c in text)


def wrap(text: str, size: float, wide: float, *, most: int = 40) -> list[str]:
    """
    Break a text into lines.

    Parameters
    ----------
    text : str
    size : float
        Points.
    wide : float
        Millimetres.
    most : int
        Lines; a longer text ends in an ellipsis.

    Returns
    -------
    list of str

    Examples
    --------
    >>> wrap("share of each province", 8, 20)
    ['share of each', 'province']
    >>> wrap("x" * 100_000, 8, 20, most=1)
    ['xxxxxxxxxx…']
    """
    lines: list[str] = []
    line = ""
    for word in plain(text).split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= wide:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width(line, size) > wide and len(line) > 1:
            fits = _fitting(line, size, wide)
            lines.append(line[:fits])
            line = line[fits:]
            if len(lines) > most:
                break
        if len(lines) > most:
            break
    lines.append(line)
    if len(lines) > most:
        last = lines[most - 1]
        while last and width(f"{last}…", size) > wide:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip()}…"]
    return lines


def _fitting(line: str, size: float, wide: float) -> int:
    """Count the letters that fit, at least one."""
    reached = 0.0
    for k, letter in enumerate(line):
        reached += size * _advance(letter)
        if reached > wide:
            return max(k, 1)
    return len(line)
