"""Excel workbooks: numbers as numbers, text never as a formula; the only door for XlsxWriter."""

from __future__ import annotations

import datetime
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mekantek.export.whole import replacing_file

__all__ = ["Sheet", "write_workbook"]

# Excel stores when a workbook was made; the same tables give the same bytes.
_MADE = datetime.datetime(2025, 7, 1)
_LONGEST = 32_767  # characters of a cell
_NARROW, _WIDE = 6, 44
_LINE = 15  # points
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """
    A sheet of a workbook: lines of text, a table, more lines.

    Attributes
    ----------
    name : str
        On its tab; cut to 31 characters, without the signs that Excel forbids there.
    title : str
        Its first line, and its line in the contents.
    above, below : sequence of str
        Lines before and behind the table.
    table : pandas.DataFrame
        Heads are the columns' names; cells are text, numbers or None. May be empty.
    digits : mapping of str to int
        By head, how many digits Excel shows behind the decimal mark; cells keep all of them.
    """

    name: str
    title: str
    table: pd.DataFrame
    digits: Mapping[str, int]
    above: Sequence[str] = ()
    below: Sequence[str] = ()

    @property
    def tab(self) -> str:
        """The name as Excel takes it."""
        return _FORBIDDEN.sub(" ", self.name)[:31] or "–"


def write_workbook(path: Path, sheets: Sequence[Sheet], *, contents: str, title: str) -> Path:
    """
    Write a workbook with a sheet of contents before the others.

    Parameters
    ----------
    path : Path
        ``.xlsx``; appears whole or not at all.
    sheets : sequence of Sheet
        Their tabs must differ.
    contents : str
        Tab of the contents.
    title : str
        Above the contents.

    Returns
    -------
    Path
        *path*. The same sheets give the same bytes.

    Raises
    ------
    OptionError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"il": ["Iğdır", "=1+1"], "pay": [0.5, None]})
    >>> sheet = Sheet(name="Tablo 1", title="Paylar", table=table, digits={"pay": 1})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = write_workbook(Path(folder, "a.xlsx"), [sheet], contents="İçindekiler", title="A")
    ...     book.read_bytes()[:2]
    b'PK'
    """
    import xlsxwriter

    with replacing_file(path) as aside:
        book = xlsxwriter.Workbook(str(aside), {"in_memory": True, "nan_inf_to_errors": False})
        book.set_properties({"title": title, "created": _MADE})
        styles = _styles(book)
        page = book.add_worksheet(contents[:31])
        _text(page, 0, 0, title, styles["title"])
        page.set_column(0, 0, 14)
        page.set_column(1, 1, 100)
        _printed(page)
        for k, sheet in enumerate(sheets, 2):
            page.write_url(k, 0, f"internal:'{sheet.tab}'!A1", string=sheet.tab)
            _text(page, k, 1, sheet.title, None)
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.tab), sheet, styles)
        book.close()
    return path


def _styles(book: Any) -> dict[Any, Any]:
    found: dict[Any, Any] = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "left"}
        ),
        "head-number": book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
        ),
        "line": book.add_format({"font_color": "#595959"}),
    }
    for digits in range(10):
        shown = "#,##0" + ("." + "0" * digits if digits else "")
        found[digits] = book.add_format({"num_format": shown})
    return found


def _text(page: Any, row: int, column: int, text: str, style: Any) -> None:
    # write_string stores text as text; write would run what begins with = and follow addresses.
    page.write_string(row, column, text[:_LONGEST], style)


def _length(cell: Any, digits: int) -> int:
    """Count the characters that a cell shows."""
    if isinstance(cell, str):
        return len(cell)
    return 0 if cell is None or cell != cell else len(f"{cell:,.{digits}f}")


def _fill(page: Any, sheet: Sheet, styles: Mapping[Any, Any]) -> None:
    """Write title, lines, table and lines, and set widths."""
    _text(page, 0, 0, sheet.title, styles["title"])
    for k, line in enumerate(sheet.above, 1):
        _text(page, k, 0, line, styles["line"])
    row = len(sheet.above) + 2
    table, lines = sheet.table, 1
    for k, head in enumerate(map(str, table.columns)):
        numbered = head in sheet.digits
        _text(page, row, k, head, styles["head-number" if numbered else "head"])
        cells = table.iloc[:, k].tolist()
        style = styles[min(sheet.digits[head], 9)] if numbered else None
        for place, cell in enumerate(cells, row + 1):
            if isinstance(cell, str):
                _text(page, place, k, cell, None)
            elif cell is not None and cell == cell:
                page.write_number(place, k, cell, style)
        longest = max((_length(cell, sheet.digits.get(head, 0)) for cell in cells), default=0)
        # Heads break at spaces. Their bold letters are wider than the column's unit, a tenth at most.
        word = max(map(len, head.split()), default=0)
        wide = min(max(longest, 1.1 * word, _NARROW) + 2, _WIDE)
        page.set_column(k, k, wide)
        lines = max(lines, len(textwrap.wrap(head, int(wide / 1.1))))
    if len(table.columns):
        # Years and codes are names here; Excel would mark each as a mistake.
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        page.freeze_panes(row + 1, 1)
        # Not every program raises a line for its wrapped heads; the first line of numbers hid them.
        page.set_row(row, _LINE * lines)
        page.repeat_rows(row)
    for k, line in enumerate(sheet.below, row + len(table) + 2):
        _text(page, k, 0, line, styles["line"])
    _printed(page)


def _printed(page: Any) -> None:
    """Print on A4 across, one page wide."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
