"""Legends of print figures: one for all panels that have the same entries, with each one's counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mekantek.maps.figures.letters import plain, width, wrap
from mekantek.maps.figures.paper import PALE, Paper
from mekantek.maps.figures.signs import sign
from mekantek.maps.palette import Entry
from mekantek.maps.sheets.sheet import View
from mekantek.text import Language, integer

__all__ = ["Block", "blocks_of", "laid_out"]

_SIZE = 7.0
_ROW = 4.1
_SIGN = 6.2
_GAP = 7.0
_LONGEST = 78.0
# Heads of the counts: years stand as they are, longer names become the letters of the panels.
_SHORT = 7
_COLUMNS = 5

_Key = tuple[str, str, str, float]


def _key(entry: Entry) -> _Key:
    return entry.sign, entry.fill, entry.label.en + entry.label.tr, entry.radius


@dataclass(kw_only=True)
class Block:
    """
    A legend for one or several panels.

    Attributes
    ----------
    panels : list of int
        Which panels it explains.
    entries : list of Entry
    counts : mapping of panel to mapping of key to count
    title : str
        Above a legend of one panel among several.
    heads : tuple of str
        Above the columns of counts; empty where all panels count the same.
    scale : float
        Millimetres for one pixel of a wide screen, for circles.
    language : {"tr", "en"}
    """

    panels: list[int]
    entries: list[Entry]
    counts: dict[int, dict[_Key, int | None]]
    language: Language
    title: str = ""
    heads: tuple[str, ...] = ()
    scale: float = 1.0

    def _told(self, entry: Entry) -> list[str]:
        key = _key(entry)
        if not self.heads:
            count = self.counts[self.panels[0]].get(key)
            return [] if count is None else [integer(count, self.language)]
        every = [self.counts[p].get(key) for p in self.panels]
        if all(c is None for c in every):
            return []
        return ["–" if c is None else integer(c, self.language) for c in every]

    def _label(self, entry: Entry) -> str:
        text = wrap(entry.label[self.language], _SIZE, _LONGEST, most=1)[0]
        if self.heads or not (told := self._told(entry)):
            return text
        return f"{text} ({told[0]})"

    def _signs(self, chunk: Sequence[Entry]) -> float:
        largest = max(e.radius for e in chunk) * self.scale
        return max(_SIGN, 2 * largest + 1.6)

    def _high(self, entry: Entry) -> float:
        return max(_ROW, 2 * entry.radius * self.scale + 0.9)

    @property
    def head(self) -> float:
        """Height above the first line."""
        return _ROW if self.heads or self.title else 0.0

    def chunks(self, columns: int) -> list[list[Entry]]:
        """Divide the lines into columns."""
        each = math.ceil(len(self.entries) / columns)
        return [self.entries[k : k + each] for k in range(0, len(self.entries), each)]

    def columns_of_counts(self) -> list[float]:
        """Widths of the columns of counts."""
        if not self.heads:
            return []
        told = [t for e in self.entries if (t := self._told(e))]
        return [
            max(width(s, _SIZE) for s in (head, *(row[k] for row in told))) + 2.4
            for k, head in enumerate(self.heads)
        ]

    def wide(self, chunk: Sequence[Entry]) -> float:
        """Width of a column of lines."""
        labels = max((width(self._label(e), _SIZE) for e in chunk), default=0.0)
        own = self._signs(chunk) + labels + sum(self.columns_of_counts())
        return max(own, width(self.title, _SIZE))

    def size(self, columns: int) -> tuple[float, float]:
        """Width and height when the lines stand in so many columns."""
        chunks = self.chunks(columns)
        wide = sum(self.wide(c) for c in chunks) + _GAP * (len(chunks) - 1)
        return wide, self.head + max(sum(map(self._high, c)) for c in chunks)

    def draw(self, paper: Paper, x: float, y: float, columns: int) -> None:
        """Draw the legend with its upper left at (*x*, *y*), millimetres."""
        if self.title:
            paper.write(x, y + 2.9, self.title, _SIZE, colour=PALE)
        for chunk in self.chunks(columns):
            wide, down = self.wide(chunk), y + self.head
            ends, at = [], x + wide
            for column in reversed(self.columns_of_counts()):
                ends.append(at)
                at -= column
            ends.reverse()
            for end, head in zip(ends, self.heads, strict=False):
                paper.write(end, y + 2.9, head, _SIZE, colour=PALE, align="right")
            for entry in chunk:
                high = self._high(entry)
                middle = down + high / 2
                sign(paper.sheet, x, middle, entry, radius=max(entry.radius * self.scale, 0.25))
                paper.write(x + self._signs(chunk), middle + 0.9, self._label(entry), _SIZE)
                told = self._told(entry) if self.heads else []
                for end, text in zip(ends, told, strict=False):
                    paper.write(end, middle + 0.9, text, _SIZE, align="right")
                down += high
            x += wide + _GAP


def blocks_of(views: Sequence[View], language: Language, *, scale: float) -> list[Block]:
    """
    Make the legends that the panels need.

    Parameters
    ----------
    views : sequence of View
        One panel each.
    language : {"tr", "en"}
    scale : float
        Millimetres for one pixel of a wide screen.

    Returns
    -------
    list of Block
        Panels that share more than half of their entries share a legend.
    """
    blocks: list[Block] = []
    for k, view in enumerate(views):
        keys = [_key(e) for e in view.legend]
        counts = {_key(e): e.count for e in view.legend}
        for block in blocks:
            known = [_key(e) for e in block.entries]
            if 2 * len(set(keys) & set(known)) > min(len(keys), len(known)):
                block.panels.append(k)
                block.counts[k] = counts
                _merge(block.entries, view.legend)
                break
        else:
            blocks.append(Block(panels=[k], entries=list(view.legend), counts={k: counts},
                                language=language, scale=scale))  # fmt: skip
    for block in blocks:
        labels = [plain(views[p].label[language]) for p in block.panels]
        if len(block.panels) == 1:
            block.title = wrap(labels[0], _SIZE, _LONGEST, most=1)[0]
            if len(views) == 1:
                block.title = ""
        elif len({tuple(sorted(c.items(), key=str)) for c in block.counts.values()}) > 1:
            short = all(len(text) <= _SHORT for text in labels)
            block.heads = tuple(labels if short else (chr(97 + p) for p in block.panels))
    return [b for b in blocks if b.entries]


def _merge(entries: list[Entry], others: Sequence[Entry]) -> None:
    """Add entries that are not there yet, each behind the one it follows in its own legend."""
    at = 0
    for entry in others:
        keys = [_key(e) for e in entries]
        if _key(entry) in keys:
            at = keys.index(_key(entry)) + 1
        else:
            entries.insert(at, entry)
            at += 1


def laid_out(
    blocks: Sequence[Block], wide: float
) -> tuple[list[tuple[Block, float, float, int]], float, float]:
    """
    Lay legends side by side in a width.

    Parameters
    ----------
    blocks : sequence of Block
    wide : float
        Millimetres.

    Returns
    -------
    places : list of (block, x, y, columns)
    wide, high : float
        What they take.
    """
    if len(blocks) == 1:
        block = blocks[0]
        fitting = [c for c in range(1, _COLUMNS + 1) if block.size(c)[0] <= wide] or [1]
        columns = min(fitting, key=lambda c: (round(block.size(c)[1], 3), c))
        return [(block, 0.0, 0.0, columns)], *block.size(columns)
    places, x, y, tall, used = [], 0.0, 0.0, 0.0, 0.0
    for block in blocks:
        own, high = block.size(1)
        if x and x + own > wide:
            x, y, tall = 0.0, y + tall + 2.0, 0.0
        places.append((block, x, y, 1))
        used = max(used, x + own)
        x, tall = x + own + _GAP, max(tall, high)
    return places, used, y + tall
