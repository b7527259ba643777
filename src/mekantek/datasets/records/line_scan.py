"""One pass over a text file of any size: its encoding, its lines, and what is wrong with them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mekantek.datasets.faults import RefusedTableError
from mekantek.text import Text

__all__ = ["MAX_LINE", "Scan", "scan_lines"]

CHUNK = 8_000_000
MAX_LINE = 1_000_000
MAX_SKIPPED = 5_000_000

# Turkish letters as UTF-8 writes them. Read as Windows-1254 they are pairs such as "Ä°", which no
# word of any language has.
_TURKISH_UTF8 = re.compile(rb"\xc3[\x87\x96\x9c\xa7\xb6\xbc]|\xc4[\x9e\x9f\xb0\xb1]|\xc5[\x9e\x9f]")


@dataclass(frozen=True, kw_only=True, eq=False)
class Scan:
    """
    What one pass found.

    Attributes
    ----------
    encoding : {"UTF-8", "Windows-1254"}
    lines : int
        Lines of the file.
    skipped : numpy.ndarray of int64
        Numbers of the lines that begin no row, ascending: blank ones, and those that go on inside
        quotation marks.
    broken_cells : bool
        A cell holds a line break.
    two_line_ends : bool
        Lines end in two ways, which the engine does not take.
    """

    encoding: str
    lines: int
    skipped: np.ndarray
    broken_cells: bool
    two_line_ends: bool

    def line_of(self, rows: np.ndarray, *, after: int) -> np.ndarray:
        """Give the line on which each row begins; rows are counted from 0 after line *after*."""
        skipped = self.skipped[self.skipped > after]
        passed = skipped - (after + 1) - np.arange(skipped.size)
        return after + 1 + rows + np.searchsorted(passed, rows, side="right")

    def rows_after(self, line: int) -> int:
        """Count the rows below a line."""
        return max(0, self.lines - line - int((self.skipped > line).sum()))


class _Encoding:
    """Follow a file through: UTF-8 as long as it holds, else Windows-1254, never both."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.bad: int | None = None
        self.turkish: int | None = None

    def feed(self, block: bytes, line: int) -> None:
        if block.isascii():
            return
        if self.turkish is None and (match := _TURKISH_UTF8.search(block)):
            self.turkish = line + block.count(b"\n", 0, match.start())
        if self.bad is None:
            try:
                codecs.utf_8_decode(block, "strict", True)
            except UnicodeDecodeError as error:
                self.bad = line + block.count(b"\n", 0, error.start)
        if self.bad is not None:
            try:
                block.decode("cp1254")
            except UnicodeDecodeError as error:
                raise RefusedTableError(
                    Text(
                        "{f}, satır {n}: ne UTF-8 ne Windows-1254; UTF-8 olarak kaydedin.",
                        "{f}, line {n}: neither UTF-8 nor Windows-1254; save the file as UTF-8.",
                    ).format(f=self.file, n=line + block.count(b"\n", 0, error.start))
                ) from error

    def name(self) -> str:
        if self.bad is None:
            return "UTF-8"
        if self.turkish is not None:
            raise RefusedTableError(
                Text(
                    "{f}: satır {a} UTF-8, satır {b} değil; iki kodlama karışmış. Dosyayı tek "
                    "kodlamayla, UTF-8 olarak kaydedin.",
                    "{f}: line {a} is UTF-8 and line {b} is not; two encodings are mixed. Save the "
                    "file in one, UTF-8.",
                ).format(f=self.file, a=self.turkish, b=self.bad)
            )
        return "Windows-1254"


def scan_lines(path: Path, *, file: str, delimiter: str) -> Scan:
    r"""
    Read a text file once, a few megabytes at a time.

    Parameters
    ----------
    path : Path
    file : str
        The name that messages use.
    delimiter : str
        Begins the cells in which a quotation mark opens.

    Returns
    -------
    Scan

    Raises
    ------
    TableError
        If a line is longer than a megabyte, has a NUL, is in no known encoding or another one than
        the rest, or if quotation marks do not close.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "t.csv")
    ...     _ = path.write_text('a;b\n\n1;"x\ny"\n2;z\n', encoding="utf-8")
    ...     found = scan_lines(path, file="t.csv", delimiter=";")
    >>> found.skipped.tolist(), found.line_of(np.arange(2), after=1).tolist()
    ([2, 4], [3, 5])
    """
    encoding = _Encoding(file)
    line, inside, opened, kept = 1, False, 0, 0
    broken, carried, fed = False, 0, 0
    skipped: list[np.ndarray] = []
    for block in _blocks(path, file):
        if (place := block.find(b"\0")) >= 0:
            raise RefusedTableError(_NUL.format(f=file, n=line + block.count(b"\n", 0, place)))
        encoding.feed(block, line)
        letters = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(letters == 10)
        starts = np.concatenate([[0], ends[:-1] + 1])
        lengths = ends - starts
        if lengths.max() > MAX_LINE:
            raise RefusedTableError(_LONG.format(f=file, n=line + int(lengths.argmax())))
        begins, inside, opens = _begins_inside(block, letters, ends, starts, inside, delimiter)
        opened = line + opens if opens is not None else opened
        blank = (lengths == 0) | ((lengths == 1) & (letters[starts] == 13))
        found = line + np.flatnonzero(blank | begins)
        broken = broken or bool(begins.any())
        carried += int(np.count_nonzero(letters[ends[ends > 0] - 1] == 13))
        fed += ends.size
        kept += found.size
        if kept > MAX_SKIPPED:
            raise RefusedTableError(_BLANK.format(f=file, n=MAX_SKIPPED))
        skipped.append(found)
        line += ends.size
    if inside:
        raise RefusedTableError(_OPEN.format(f=file, n=opened))
    return Scan(
        encoding=encoding.name(),
        lines=line - 1,
        skipped=np.concatenate([*skipped, np.empty(0, dtype=np.int64)]).astype(np.int64),
        broken_cells=broken,
        two_line_ends=0 < carried < fed,
    )


def _blocks(path: Path, file: str) -> Iterator[bytes]:
    """Give whole lines, a few megabytes of them at a time; the last one gets a line end."""
    rest, first, line = b"", True, 1
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if first:
                chunk, first = chunk.removeprefix(codecs.BOM_UTF8), False
            cut = chunk.rfind(b"\n") + 1
            if not cut:
                rest += chunk
            else:
                block = rest + chunk[:cut]
                line += block.count(b"\n")
                rest = chunk[cut:]
                yield block
            if len(rest) > MAX_LINE:
                raise RefusedTableError(_LONG.format(f=file, n=line))
    if rest:
        # The engine ends a line with what all lines of the file end with; so does the last one.
        yield rest + b"\n"


def _begins_inside(
    block: bytes, letters: np.ndarray, ends: np.ndarray, starts: np.ndarray, inside: bool,
    delimiter: str,
) -> tuple[np.ndarray, bool, int | None]:  # fmt: skip
    """Say which lines begin inside quotation marks, whether the next would, and who opened."""
    begins = np.zeros(ends.size, dtype=bool)
    at, opens = 0, None
    if b'"' in block:
        quotes = np.flatnonzero(letters == 34)
        counts = np.diff(np.searchsorted(quotes, ends), prepend=0)
        # Marks come in pairs on all lines but those that open or close a cell of several lines.
        for odd in np.flatnonzero(counts % 2).tolist():
            if inside:
                begins[at : odd + 1] = True
            after = _ends_inside(block[starts[odd] : ends[odd]], inside, delimiter.encode())
            if after and not inside:
                opens = odd
            inside, at = after, odd + 1
    if inside:
        begins[at:] = True
    return begins, inside, opens


def _ends_inside(line: bytes, inside: bool, delimiter: bytes) -> bool:
    """Follow one line cell by cell; a mark in the middle of a cell is a letter like others."""
    place = -1
    while place < len(line):
        if inside:
            closing = _CLOSING.match(line, max(place, 0))
            if closing is None:
                return True
            place, inside = closing.end(), False
        else:
            place += 1
            while line[place : place + 1] == b" ":
                place += 1
            if line[place : place + 1] == b'"':
                inside, place = True, place + 1
                continue
        following = line.find(delimiter, max(place, 0))
        if following < 0:
            return False
        place = following
    return inside


_CLOSING = re.compile(rb'(?:[^"]|"")*"(?!")')

_LONG = Text(
    "{f}, satır {n}: bir milyon bayttan uzun bir satır; bu bir kayıt tablosu değil.",
    "{f}, line {n} is longer than a million bytes; this is no table of records.",
)
_NUL = Text(
    "{f}, satır {n}: NUL baytı var; ikili ya da bozuk bir dosya. Kaynağından yeniden indirin.",
    "{f}, line {n} holds a NUL byte: a binary or damaged file. Download it again from its source.",
)
_OPEN = Text(
    "{f}, satır {n}: burada açılan tırnak hiç kapanmıyor; tırnağı silin ya da ikileyin.",
    "{f}, line {n}: the quotation mark opened here never closes; remove it, or double it.",
)
_BLANK = Text(
    "{f}: {n} satırdan fazlası boş ya da tırnak içinde bölünmüş; bu bir kayıt tablosu değil.",
    "{f}: more than {n} lines are blank or broken inside quotation marks; no table of records.",
)
