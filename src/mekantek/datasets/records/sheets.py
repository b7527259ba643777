"""Tables that a file lays out as sheets: header found, blanks filled down, cells turned into text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.amounts import known_mark
from mekantek.datasets.records.cells import first_year, is_total
from mekantek.datasets.records.engine import TextSink
from mekantek.datasets.records.headers import HEADER_WITHIN, header_row, role_of
from mekantek.datasets.records.staged import (
    Staged,
    cell_columns,
    check_width,
    new_file,
    no_header,
    title_of,
)
from mekantek.text import Text, fold

__all__ = ["Sheet", "stage_sheets"]

_KEYS = ("year", "month", "flow", "place_code", "place", "code", "industry", "partner")
_BATCH = 50_000


@dataclass
class Sheet:
    """
    A table as it lies in a file.

    Attributes
    ----------
    name : str
    rows : list of list
        Cells as the file has them: text, numbers, dates, None or ``""`` where empty.
    numbers : list of int
        Row number of each as the user sees it.
    """

    name: str
    rows: list[list[Any]]
    numbers: list[int]
    header: int | None = field(default=None, init=False)

    def names(self) -> tuple[str, ...]:
        """Give the header's cells as text."""
        return () if self.header is None else tuple(_text(c, ".") for c in self.rows[self.header])

    def below(self) -> int:
        """Count the rows under the header."""
        return 0 if self.header is None else len(self.rows) - self.header - 1


def stage_sheets(
    sheets: Sequence[Sheet], *, file: Path, kind: Text, folder: Path,
    columns: Mapping[str, str], encoding: str | None = None,
) -> Staged:  # fmt: skip
    """
    Write the sheets that have one header as one Parquet file of text cells.

    Parameters
    ----------
    sheets : sequence of Sheet
    file : Path
        The user's file.
    kind : Text
        What kind of file it is.
    folder : Path
        Where to write.
    columns : mapping of str to str
        What the user took the columns for; ``sheet`` names the only sheet to read.
    encoding : str, optional

    Returns
    -------
    Staged
        With the columns ``sheet`` and ``sheet_year`` besides the cells.

    Raises
    ------
    TableError
        If no sheet has a header of records.
    """
    facts: list[Text] = []
    chosen = [sheet for sheet in sheets if sheet.name == columns.get("sheet", sheet.name)]
    if not chosen and "sheet" in columns:
        raise RefusedTableError(
            Text(
                "{f}: {s!r} diye bir sayfa yok; sayfalar: {l}.",
                "{f} has no sheet {s!r}; its sheets are {l}.",
            ).format(f=file.name, s=columns["sheet"], l=", ".join(s.name for s in sheets[:10]))
        )
    wanted = [name for role, name in columns.items() if role != "sheet"]
    for sheet in chosen:
        top = [[_text(cell, ".") for cell in row] for row in sheet.rows[:HEADER_WITHIN]]
        sheet.header = header_row(top, wanted)
    main = max(chosen, key=Sheet.below, default=None)
    if main is None or main.header is None:
        raise no_header(file.name)
    alike = [sheet for sheet in chosen if _folded(sheet) == _folded(main)]
    others = [sheet.name for sheet in chosen if sheet not in alike and sheet.rows]
    if others:
        facts.append(
            Text(
                "okunmayan sayfalar ({n}): {l}; başlıkları farklı ya da yok",
                "sheets not read ({n}): {l}; their header differs, or there is none",
            ).format(n=len(others), l=", ".join(others[:10]))
        )
    width = max(_width(sheet) for sheet in alike)
    check_width(file.name, width)
    header = list(main.names()) + [""] * (width - len(main.names()))
    keys = [place for place, name in enumerate(header) if _is_key(name, columns)]
    filled: list[int] = []
    for sheet in alike:
        filled += _fill_down(sheet, keys)
    if filled:
        facts.append(
            Text(
                "{n} satırda boş hücreler yukarıdan dolduruldu, ilki satır {r}",
                "blank cells filled from above in {n} rows, first row {r}",
            ).format(n=len(filled), r=filled[0])
        )
    return _write(alike, header, file, kind, folder, facts, encoding)


def _write(
    sheets: Sequence[Sheet], header: Sequence[str], file: Path, kind: Text, folder: Path,
    facts: Sequence[Text], encoding: str | None,
) -> Staged:  # fmt: skip
    names = cell_columns(len(header))
    marks = {
        name: mark for place, name in enumerate(names) if (mark := _mark(sheets, place)) is not None
    }
    titles, years = [], []
    target = new_file(folder, ".parquet")
    with TextSink(target, ["sheet", "sheet_year", *names]) as sink:
        for sheet in sheets:
            assert sheet.header is not None
            title = title_of([[_text(c, ".") for c in row] for row in sheet.rows[: sheet.header]])
            year = first_year(sheet.name) or first_year(title)
            titles.append(f"{sheet.name} {title}")
            years.append(year)
            for rows, numbers in _batches(sheet):
                cells = [
                    [_text(row[place] if place < len(row) else None, marks.get(name, ".")) or None
                     for row in rows]
                    for place, name in enumerate(names)
                ]  # fmt: skip
                said = None if year is None else str(year)
                sink.write(numbers, [[sheet.name] * len(rows), [said] * len(rows), *cells])
        count = sink.rows
    assert sheets[0].header is not None
    return Staged(
        file=file,
        format=kind,
        parquet=target,
        header=tuple(header),
        columns=names,
        header_row=sheets[0].numbers[sheets[0].header],
        encoding=encoding,
        title=" ".join(dict.fromkeys(titles))[:2000],
        sheet_years=None not in years,
        marks=marks,
        rows=count,
        facts=tuple(facts),
    )


def _batches(sheet: Sheet) -> Iterator[tuple[list[list[Any]], list[int]]]:
    """Give the rows below the header that have any cell, some thousands at a time."""
    assert sheet.header is not None
    rows: list[list[Any]] = []
    numbers: list[int] = []
    for row, number in zip(
        sheet.rows[sheet.header + 1 :], sheet.numbers[sheet.header + 1 :], strict=True
    ):
        if any(cell is not None and cell != "" for cell in row):
            rows.append(row)
            numbers.append(number)
        if len(rows) == _BATCH:
            yield rows, numbers
            rows, numbers = [], []
    if rows:
        yield rows, numbers


def _folded(sheet: Sheet) -> tuple[str, ...]:
    folded = [fold(name) for name in sheet.names()]
    while folded and not folded[-1]:
        folded.pop()
    return tuple(folded)


def _width(sheet: Sheet) -> int:
    """Count the columns up to the last that has any cell at or below the header."""
    assert sheet.header is not None
    width = 0
    for row in sheet.rows[sheet.header :]:
        for place in range(len(row) - 1, width - 1, -1):
            if row[place] is not None and row[place] != "":
                width = place + 1
                break
    return width


def _is_key(name: str, columns: Mapping[str, str]) -> bool:
    asked = [role for role, given in columns.items() if fold(given) == fold(name)]
    return (asked[0] if asked else role_of(name)) in _KEYS and bool(name)


def _fill_down(sheet: Sheet, keys: Sequence[int]) -> list[int]:
    """
    Repeat what merged cells and outlines write once; give the numbers of the rows changed.

    A blank is filled only if the keys to its left are blank too and one to its right is not: so a
    row that has its year and no province keeps its missing province.
    """
    assert sheet.header is not None
    last: dict[int, Any] = {}
    changed = []
    for place in range(sheet.header + 1, len(sheet.rows)):
        row = sheet.rows[place]
        cells = {key: row[key] if key < len(row) else None for key in keys}
        blank = {key for key, cell in cells.items() if cell is None or str(cell).strip() == ""}
        if any(isinstance(cell, str) and is_total(cell) for cell in cells.values()):
            continue
        fillable = []
        for key in keys:
            if key not in blank or key not in last:
                break
            fillable.append(key)
        if len(blank) < len(keys) and fillable:
            for key in fillable:
                row[key] = last[key]
            changed.append(sheet.numbers[place])
        if len(blank) < len(keys):
            last = {
                key: row[key] for key in keys if key < len(row) and key not in blank - set(fillable)
            }
    return changed


def _mark(sheets: Sequence[Sheet], place: int) -> str | None:
    """Find the decimal mark of a column; its number cells have none, so they get the texts'."""
    numbers = False
    texts: set[str] = set()
    for sheet in sheets:
        assert sheet.header is not None
        for row in sheet.rows[sheet.header + 1 :]:
            cell = row[place] if place < len(row) else None
            if isinstance(cell, str):
                if "," in cell or "." in cell:
                    texts.add(cell)
            elif isinstance(cell, int | float):
                numbers = True
    if texts:
        return known_mark(texts)
    return "." if numbers else None


def _text(cell: Any, mark: str) -> str:
    """Write a cell as text: whole numbers without a mark, dates as ISO has them."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return str(cell)
        written = format(Decimal(repr(cell)), "f")
        written = written.removesuffix(".0")
        return written.replace(".", mark)
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    return str(cell)
