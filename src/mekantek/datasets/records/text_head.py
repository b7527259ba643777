"""The first rows of a text file: which sign separates its cells, and which row names them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from mekantek.datasets.records.headers import header_row, role_of
from mekantek.text import Text

__all__ = ["DELIMITERS", "TextHead", "first_bytes", "text_header"]

DELIMITERS = {"\t": Text("sekme", "tab"), ";": Text("noktalı virgül", "semicolon"),
              ",": Text("virgül", "comma"), "|": Text("dikey çizgi", "bar")}  # fmt: skip
_HEAD = 262_144
_HEAD_ROWS = 200


class TextHead:
    """
    The first rows of a text, cut at the separator under which they look most like records.

    Parameters
    ----------
    start : bytes
        The first bytes of the file.
    whole : bool
        Whether they are all of it.
    wanted : sequence of str
        Column names that the user gave.

    Attributes
    ----------
    delimiter : str
    rows : list of list of str
    lines : list of int
        The line that each row ends on.
    place : int or None
        Which of the rows is the header.
    """

    def __init__(self, start: bytes, whole: bool, wanted: Sequence[str]) -> None:
        text = _guess(start)
        if not whole:
            text = text[: text.rfind("\n") + 1] or text
        found = [self._cut(text, delimiter, wanted) for delimiter in DELIMITERS]
        self.score, self.delimiter, self.rows, self.lines, self.place = max(
            found, key=lambda head: head[0]
        )

    @staticmethod
    def _cut(
        text: str, delimiter: str, wanted: Sequence[str]
    ) -> tuple[tuple[int, int], str, list[list[str]], list[int], int | None]:
        rows, lines = [], []
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        try:
            for row in islice(reader, _HEAD_ROWS):
                rows.append([" ".join(cell.split()) for cell in row])
                lines.append(reader.line_num)
        except csv.Error:
            # A cell longer than the reader takes; what came before it will do.
            pass
        place = header_row(rows, wanted)
        if place is None:
            return (0, 0), delimiter, rows, lines, None
        known = sum(role_of(cell) is not None for cell in rows[place])
        below = Counter(len(row) for row in rows[place + 1 :] if row).most_common(1)
        alike = bool(below) and below[0][0] >= len(rows[place])
        return (known, int(alike)), delimiter, rows, lines, place

    def header(self) -> list[str]:
        """Give the header, as wide as the rows below it if those only end in empty cells."""
        assert self.place is not None
        header = self.rows[self.place]
        longer = [row for row in self.rows[self.place + 1 :] if len(row) > len(header)]
        if longer and not any(any(row[len(header) :]) for row in longer):
            header = header + [""] * (max(map(len, longer)) - len(header))
        return header


def _guess(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start[: len(start) // 2 * 2].decode("utf-16", "replace")
    for cut in range(4):
        try:
            # The first bytes may end within a letter.
            return start[: len(start) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return start.decode("cp1254", "replace")


def first_bytes(path: Path) -> tuple[bytes, bool]:
    """Give the first 256 kB of a file, and whether that is all of it."""
    with path.open("rb") as stream:
        start = stream.read(_HEAD)
    return start, len(start) < _HEAD


def text_header(path: Path) -> tuple[str, ...]:
    """Give the header of a text file if it looks like one of records; empty otherwise."""
    start, whole = first_bytes(path)
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ()
    head = TextHead(start, whole, ())
    return () if head.place is None else tuple(head.header())
