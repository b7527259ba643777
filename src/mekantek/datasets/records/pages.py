"""Records saved as a web page, often under the name of a workbook (.xls)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.sheets import Sheet, stage_sheets
from mekantek.datasets.records.staged import MOST_COLUMNS, Staged, check_width
from mekantek.text import Text

__all__ = ["stage_page"]

MAX_BYTES = 300_000_000
_CHUNK = 1_000_000
_MAX_OPEN = 2_000_000
_MAX_CELL = 100_000
_MAX_SPAN_ROWS = 100_000
_MAX_CELLS = 50_000_000
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)")
_SILENT = ("script", "style", "head", "template")


class _Tables(HTMLParser):
    """Collect the tables of a page; scripts, styles and links are words that nobody reads."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.tables: list[Sheet] = []
        self._open: list[_Table] = []
        self._silent = 0
        self._number = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._open.append(_Table())
        elif self._open and tag == "tr":
            self._number += 1
            self._open[-1].begin_row(self._number)
        elif self._open and tag in ("td", "th"):
            told = dict(attrs)
            self._cells += 1
            if self._cells > _MAX_CELLS:
                raise RefusedTableError(_LARGE.format(f=self.file))
            self._open[-1].begin_cell(
                _span(told.get("colspan"), MOST_COLUMNS + 1),
                _span(told.get("rowspan"), _MAX_SPAN_ROWS),
            )
            check_width(self.file, self._open[-1].width())
        elif self._open and tag == "br":
            self._open[-1].say(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif self._open and tag in ("td", "th"):
            self._open[-1].end_cell()
        elif self._open and tag == "tr":
            self._open[-1].end_row()
        elif self._open and tag == "table":
            self._close()

    def handle_data(self, data: str) -> None:
        if self._open and not self._silent:
            self._open[-1].say(data)

    def _close(self) -> None:
        table = self._open.pop()
        table.end_row()
        if table.rows:
            name = f"{len(self.tables) + 1}"
            self.tables.append(Sheet(name, table.rows, table.numbers))

    def finish(self) -> list[Sheet]:
        self.close()
        while self._open:
            self._close()
        return self.tables


class _Table:
    """One table while it is read; a cell that spans rows stands in each of them."""

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self.numbers: list[int] = []
        self._row: list[str | None] | None = None
        self._spans: dict[int, tuple[int, str | None]] = {}
        self._cell: list[str] | None = None
        self._length = 0
        self._columns = self._down = 1

    def width(self) -> int:
        return len(self._row or ()) + self._columns

    def begin_row(self, number: int) -> None:
        self.end_row()
        self._row = []
        self.numbers.append(number)

    def begin_cell(self, columns: int, down: int) -> None:
        self.end_cell()
        if self._row is None:
            self.begin_row(self.numbers[-1] + 1 if self.numbers else 1)
        self._from_above()
        self._cell, self._length, self._columns, self._down = [], 0, columns, down

    def say(self, data: str) -> None:
        if self._cell is not None and self._length < _MAX_CELL:
            self._cell.append(data[:_MAX_CELL])
            self._length += len(data)

    def end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text = " ".join("".join(self._cell).split()) or None
        self._cell = None
        for extra in range(self._columns):
            # A title over many columns is said once; a value below a span of rows, in each row.
            said = text if extra == 0 else None
            if self._down > 1:
                self._spans[len(self._row)] = (self._down - 1, said)
            self._row.append(said)
        self._columns = 1

    def end_row(self) -> None:
        self.end_cell()
        if self._row is not None:
            self._from_above()
            self.rows.append(self._row)
        self._row = None

    def _from_above(self) -> None:
        assert self._row is not None
        while (place := len(self._row)) in self._spans:
            left, text = self._spans.pop(place)
            if left > 1:
                self._spans[place] = (left - 1, text)
            self._row.append(text)


def _span(given: str | None, most: int) -> int:
    text = (given or "1").strip()
    return min(most, max(1, int(text[:9]))) if text.isascii() and text.isdigit() else 1


def stage_page(path: Path, *, folder: Path, columns: Mapping[str, str]) -> Staged:
    """
    Turn the tables of a web page into a Parquet file of text cells.

    Parameters
    ----------
    path : Path
        HTML in UTF-8, Windows-1254 or UTF-16; nothing in it is run or fetched.
    folder : Path
        Where to write.
    columns : mapping of str to str
        What the user took the columns for.

    Returns
    -------
    Staged
        ``row`` counts the rows of all tables of the page, from 1.

    Raises
    ------
    TableError
        If the page is larger than 300 MB, a tag does not close, or no table has a header of
        records.
    """
    if path.stat().st_size > MAX_BYTES:
        raise RefusedTableError(_LARGE.format(f=path.name))
    text, encoding = _decode(path)
    parser = _Tables(path.name)
    for place in range(0, len(text), _CHUNK):
        parser.feed(text[place : place + _CHUNK])
        if len(parser.rawdata) > _MAX_OPEN:
            raise RefusedTableError(
                Text(
                    "{f}: bir HTML etiketi hiç kapanmıyor; dosyayı yeniden indirin ya da CSV "
                    "olarak kaydedin.",
                    "{f}: a tag of the HTML never closes; download the file again, or save it as "
                    "CSV.",
                ).format(f=path.name)
            )
    return stage_sheets(
        parser.finish(), file=path, kind=Text("HTML tablosu", "HTML table"), folder=folder,
        columns=columns, encoding=encoding,
    )  # fmt: skip


def _decode(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "UTF-16"
    if b"\0" in content:
        raise RefusedTableError(
            Text(
                "{f}: NUL baytı var; bozuk bir dosya. Kaynağından yeniden indirin.",
                "{f} holds a NUL byte: a damaged file. Download it again from its source.",
            ).format(f=path.name)
        )
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        said = _CHARSET.search(content[:4096])
        if said and said[1].lower() in (b"utf-8", b"utf8"):
            place = _bad_place(content)
            raise RefusedTableError(
                Text(
                    "{f}, satır {n}: sayfa UTF-8 olduğunu söylüyor ama değil; UTF-8 olarak "
                    "kaydedin.",
                    "{f}, line {n}: the page says it is UTF-8 and is not; save it as UTF-8.",
                ).format(f=path.name, n=content.count(b"\n", 0, place) + 1)
            ) from None
        # Undefined bytes of Windows-1254 become the replacement sign, which no name matches.
        return content.decode("cp1254", "replace"), "Windows-1254"


def _bad_place(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


_LARGE = Text(
    "{f}: HTML için çok büyük (en çok 300 MB, 50 milyon hücre); CSV ya da Parquet olarak kaydedin.",
    "{f} is too large for HTML (at most 300 MB, 50 million cells); save it as CSV or Parquet.",
)
