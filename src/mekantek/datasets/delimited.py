"""Anyone's table: a delimited text file, its encoding, separator and decimal mark found out."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import pandas as pd

from mekantek.datasets.faults import RefusedTableError, Report
from mekantek.text import Text, fold, nearest

__all__ = ["Cells", "check_table", "read_cells", "read_labels", "read_long", "read_table"]

# A table of units fits a hundred times over; anything larger is some other kind of file.
MAX_BYTES = 200_000_000
MAX_LINE = 1_000_000

_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"PK\x03\x04", Text("bir Excel kitabı ya da zip arşivi", "an Excel workbook or zip archive")),
    (b"\xd0\xcf\x11\xe0", Text("eski bir Excel kitabı", "an old Excel workbook")),
    (b"SQLite format 3", Text("bir veritabanı", "a database")),
    (b"\x1f\x8b", Text("sıkıştırılmış bir dosya", "a compressed file")),
    (b"%PDF", Text("bir PDF", "a PDF")),
    (b"\xff\xfe", Text("UTF-16 ile yazılmış", "written in UTF-16")),
    (b"\xfe\xff", Text("UTF-16 ile yazılmış", "written in UTF-16")),
)
_NAMES = {"\t": Text("sekme", "tab"), ";": Text("noktalı virgül", "semicolon"),
          ",": Text("virgül", "comma")}  # fmt: skip

Mark = Literal[".", ","]
_MARKS: tuple[Mark, Mark] = (".", ",")
_SWAP = str.maketrans(",.", ".,")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_PLAIN_LETTERS = set("0123456789.+-")
# A leading zero begins no group of thousands: 0.121 is a fraction.
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")

# A word that stands once and is one slip from one that stands so often may be misspelt; in words of
# fewer letters a slip makes another word, as of İKA İZKA.
_FREQUENT, _LETTERS = 3, 5
# More frequent words than this are no regions; each rare word is compared with all of them.
_MOST_REGIONS = 200


@dataclass(frozen=True)
class Cells:
    """
    A file taken apart.

    Attributes
    ----------
    file, encoding, delimiter : str
    header : tuple of str
    rows : list of list of str
        Cells as text, without the spaces around it.
    lines : list of int
        The line that each row begins on.
    """

    file: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]


def read_table(
    path: str | os.PathLike[str], *, id_column: str, value_columns: Sequence[str]
) -> pd.DataFrame:
    r"""
    Read a table of units: one row a unit, an id and the values asked for.

    Comma, semicolon or tab separates the cells; UTF-8 (with or without byte order mark) or
    Windows-1254 encodes them; numbers are written 1234.56, 1234,56 or 1.234,56, one way
    throughout the columns asked for.

    Parameters
    ----------
    path : path
        A delimited text file with one header row.
    id_column : str
        Column of the ids. They stay text as written, without the spaces around them: ``6`` and
        ``06`` are two ids.
    value_columns : sequence of str
        Columns to read as numbers.

    Returns
    -------
    pandas.DataFrame, index id (text), shape (n_rows, n_value_columns)
        ``float64`` in the units of the file, rows in its order; NaN where a cell is empty.

    Raises
    ------
    TableError
        If the file is missing, empty, binary or too large; a column is missing or stands twice; a
        row has too few or too many cells; an id is empty or stands twice; a cell is no number or
        not finite. The message names file, line, id and column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "units.csv")
    ...     _ = path.write_text("il;pay\nAnkara;12,1\nKilis;\n", encoding="utf-8")
    ...     read_table(path, id_column="il", value_columns=["pay"])["pay"].to_dict()
    {'Ankara': 12.1, 'Kilis': nan}
    """
    table = _open(Path(path))
    _stop(_shape_faults(table))
    _stop(_absent(table, [id_column, *value_columns]))
    _stop(_id_faults(table, id_column))
    ids = _column(table, id_column)
    frame = pd.DataFrame(_numbers(table, value_columns, ids), columns=list(value_columns))
    return frame.set_axis(pd.Index(ids, name=id_column, dtype="str"), axis=0)


def read_labels(path: str | os.PathLike[str], *, id_column: str, column: str) -> pd.Series:
    r"""
    Read one column of a table of units as text, such as the region of each.

    Parameters
    ----------
    path : path
    id_column, column : str

    Returns
    -------
    pandas.Series, index id (text)
        Text as written, without the spaces around it; None where a cell is empty.

    Raises
    ------
    TableError
        As for `read_table`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "units.csv")
    ...     _ = path.write_text("il;yön\nAnkara;batı\nKilis;\n", encoding="utf-8")
    ...     read_labels(path, id_column="il", column="yön").to_dict()
    {'Ankara': 'batı', 'Kilis': None}
    """
    table = _open(Path(path))
    _stop(_shape_faults(table))
    _stop(_absent(table, [id_column, column]))
    _stop(_id_faults(table, id_column))
    ids = pd.Index(_column(table, id_column), name=id_column, dtype="str")
    cells = [cell or None for cell in _column(table, column)]
    return pd.Series(cells, index=ids, name=column, dtype=object)


def read_long(path: str | os.PathLike[str], *, keys: Sequence[str], value: str) -> pd.DataFrame:
    r"""
    Read a table in long form: one row for each value, told apart by several columns.

    Parameters
    ----------
    path : path
    keys : sequence of str
        Columns that together say whose value it is, such as unit, year and variable.
    value : str
        Column of numbers.

    Returns
    -------
    pandas.DataFrame, index line of the file, shape (n_rows, n_columns)
        Every column as text as written, ``""`` where a cell is empty, but *value*: ``float64``.

    Raises
    ------
    TableError
        As for `read_table`; if a key is empty, or two rows have the same.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "units.csv")
    ...     _ = path.write_text("il;yıl;pay\nKilis;2019;1,5\nKilis;2024;\n", encoding="utf-8")
    ...     read_long(path, keys=["il", "yıl"], value="pay")["pay"].to_dict()
    {2: 1.5, 3: nan}
    """
    table = _open(Path(path))
    _stop(_shape_faults(table))
    _stop(_absent(table, [*keys, value]))
    told = [", ".join(row) for row in zip(*(_column(table, key) for key in keys), strict=True)]
    _stop(_key_faults(table, keys, told))
    cells = {name: _column(table, name) for name in table.header if name}
    frame = pd.DataFrame({**cells, **_numbers(table, [value], told)})
    return frame.set_axis(pd.Index(table.lines, name="line"), axis=0)


def read_cells(path: str | os.PathLike[str]) -> Cells:
    r"""
    Read a delimited text file to cells of text, whatever they mean.

    Parameters
    ----------
    path : path

    Returns
    -------
    Cells
        Every row with as many cells as the header.

    Raises
    ------
    TableError
        If the file is missing, empty, binary or too large, a column stands twice, or a row has too
        few or too many cells.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "units.csv")
    ...     _ = path.write_text("il;pay\nAnkara;12,1\n", encoding="utf-8")
    ...     read_cells(path).rows
    [['Ankara', '12,1']]
    """
    table = _open(Path(path))
    _stop(_shape_faults(table))
    return table


def check_table(path: str | os.PathLike[str], *, id_column: str | None = None) -> Report:
    r"""
    Say how a table was understood and everything that is wrong with it.

    Parameters
    ----------
    path : path
        A delimited text file with one header row.
    id_column : str, optional
        Column of the ids; the first column by default.

    Returns
    -------
    Report
        Facts: encoding, separator, decimal mark, rows, and each column with its type and missing
        cells. Faults: with line numbers. A column counts as numbers if most of its cells are.

    Raises
    ------
    TableError
        If the file cannot be read as a table at all: missing, empty, binary, too large.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "units.csv")
    ...     _ = path.write_text("id,low\na,1\na,2\n", encoding="utf-8")
    ...     check_table(path).faults[0].en
    "units.csv, line 3: id 'a' already stands on line 2; every unit has one row."
    """
    table = _open(Path(path))
    facts = [
        Text("kodlama: {e}", "encoding: {e}").format(e=table.encoding),
        Text("ayraç: {d}", "separator: {d}").format(d=_NAMES[table.delimiter]),
        Text("{n} satır, {m} sütun", "{n} rows, {m} columns").format(
            n=len(table.rows), m=len(table.header)
        ),
    ]
    faults = list(_shape_faults(table))
    identifier = id_column if id_column is not None else table.header[0]
    faults += _absent(table, [identifier])
    if faults:
        # Cells cannot be told apart by column before the rows have one shape.
        return Report("table", table.file, tuple(facts), tuple(faults))
    faults += _id_faults(table, identifier)
    facts.append(Text("kimlik sütunu: {c}", "id column: {c}").format(c=identifier))
    ids = _column(table, identifier)
    others = [name for name in table.header if name and name != identifier]
    numeric = [name for name in others if _mostly_numbers(_column(table, name))]
    mark = _decimal_mark(table, numeric)
    if isinstance(mark, Text):
        faults.append(mark)
        mark = "."
    elif numeric:
        facts.append(Text("ondalık işareti: {m}", "decimal mark: {m}").format(m=mark))
    for name in others:
        cells = _column(table, name)
        missing = cells.count("")
        kind = Text("metin", "text")
        if name in numeric:
            kind = Text("sayı", "number")
            faults += _number_faults(table, name, ids, [_number(cell, mark) for cell in cells])
        facts.append(
            Text("sütun {c}: {k}, {m} boş", "column {c}: {k}, {m} empty").format(
                c=name, k=kind, m=missing
            )
        )
        if name not in numeric:
            facts += _slips(table, name, ids)
    return Report("table", table.file, tuple(facts), tuple(faults))


def _open(path: Path) -> Cells:
    """Read a file to cells, refusing what is no delimited text."""
    text, encoding = _decode(path)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines, begins = [], [], 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            # Spreadsheets leave empty rows below the data.
            if any(cells):
                rows.append(cells)
                lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise RefusedTableError(
            Text(
                "{f}, satır {n}: tırnaklar kapanmıyor ya da hücre çok uzun ({e}).",
                "{f}, line {n}: quotation marks do not close or a cell is too long ({e}).",
            ).format(f=path.name, n=begins, e=error)
        ) from error
    if not rows:
        raise RefusedTableError(_EMPTY.format(f=path.name))
    if len(rows) == 1:
        raise RefusedTableError(
            Text(
                "{f} yalnızca başlık satırından oluşuyor; altına veri satırları ekleyin.",
                "{f} has a header and no rows; add the data below it.",
            ).format(f=path.name)
        )
    return Cells(path.name, encoding, delimiter, tuple(rows[0]), rows[1:], lines[1:])


_EMPTY = Text("{f} boş.", "{f} is empty.")


def _decode(path: Path) -> tuple[str, str]:
    if not path.exists():
        raise RefusedTableError(
            Text("{p} diye bir dosya yok.", "There is no file {p}.").format(p=path)
        )
    if path.is_dir():
        raise RefusedTableError(
            Text("{p} bir klasör; bir dosya verin.", "{p} is a folder; name a file.").format(p=path)
        )
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise RefusedTableError(
            Text(
                "{f} okunacak bir tablo değil: sıradan bir dosya değil ya da {m} MB'tan büyük.",
                "{f} is no table to read: it is not a regular file, or larger than {m} MB.",
            ).format(f=path.name, m=MAX_BYTES // 1_000_000)
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RefusedTableError(
            Text("{f} okunamıyor: {e}.", "{f} cannot be read: {e}.").format(
                f=path.name, e=error.strerror
            )
        ) from error
    if not content.strip():
        raise RefusedTableError(_EMPTY.format(f=path.name))
    for magic, what in (*_MAGIC, (b"\0", Text("ikili bir dosya", "a binary file"))):
        if content.startswith(magic) or (magic == b"\0" and magic in content):
            raise RefusedTableError(
                Text(
                    "{f} metin değil, {w}; CSV (UTF-8) olarak kaydedin.",
                    "{f} is not text but {w}; save it as CSV (UTF-8).",
                ).format(f=path.name, w=what)
            )
    if max(map(len, content.splitlines())) > MAX_LINE:
        raise RefusedTableError(
            Text(
                "{f} içinde bir milyon harften uzun bir satır var; bu bir tablo değil.",
                "{f} has a line longer than a million characters; this is no table.",
            ).format(f=path.name)
        )
    if content.lstrip()[:1] in (b"{", b"<"):
        raise RefusedTableError(
            Text(
                "{f} JSON ya da HTML, tablo değil; CSV (UTF-8) olarak kaydedin.",
                "{f} is JSON or HTML, not a table; save it as CSV (UTF-8).",
            ).format(f=path.name)
        )
    for encoding, name in (("utf-8-sig", "UTF-8"), ("cp1254", "Windows-1254")):
        try:
            return content.decode(encoding), name
        except UnicodeDecodeError:
            continue
    raise RefusedTableError(
        Text(
            "{f} ne UTF-8 ne Windows-1254; UTF-8 olarak kaydedin.",
            "{f} is neither UTF-8 nor Windows-1254; save it as UTF-8.",
        ).format(f=path.name)
    )


def _delimiter(text: str) -> str:
    """Choose the separator that cuts the first rows into equally many cells, and the most."""
    start = text[:65_536]
    if len(text) > len(start):
        start = start[: start.rfind("\n") + 1] or start

    def score(delimiter: str) -> tuple[bool, int]:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        try:
            counts = [len(row) for row, _ in zip(reader, range(50), strict=False) if row]
        except csv.Error:
            return False, 0
        common = Counter(counts).most_common(1)[0][0] if counts else 0
        # One ragged row among many must not hand the file to another separator.
        alike = counts.count(common) >= 0.8 * len(counts) and counts[:1] == [common]
        return alike and common > 1, common

    best = max(("\t", ";", ","), key=score)
    return best if score(best)[1] > 1 else ","


def _stop(faults: Iterator[Text]) -> None:
    for fault in faults:
        raise RefusedTableError(fault)


def _column(table: Cells, name: str) -> list[str]:
    place = table.header.index(name)
    return [row[place] for row in table.rows]


def _shape_faults(table: Cells) -> Iterator[Text]:
    """Columns that stand twice, rows with too few or too many cells."""
    for name, count in Counter(table.header).items():
        if name and count > 1:
            yield Text(
                "{f}: {c!r} sütunu {n} kez var; birini yeniden adlandırın.",
                "{f}: column {c!r} stands {n} times; rename all but one.",
            ).format(f=table.file, c=name, n=count)
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) != len(table.header):
            yield Text(
                "{f}, satır {n}: {a} hücre var, başlıkta {b}.",
                "{f}, line {n}: {a} cells where the header has {b}.",
            ).format(f=table.file, n=line, a=len(row), b=len(table.header))


def _absent(table: Cells, wanted: Sequence[str]) -> Iterator[Text]:
    for name in wanted:
        if name not in table.header or not name:
            named = [column for column in table.header if column]
            close = nearest(name, named, count=3)
            yield Text(
                "{f} dosyasında {c!r} sütunu yok; {k}: {l}.",
                "{f} has no column {c!r}; {k}: {l}.",
            ).format(
                f=table.file, c=name, l=", ".join(close or named[:10]),
                k=Text("en yakını", "nearest") if close else Text("sütunlar", "its columns are"),
            )  # fmt: skip


def _id_faults(table: Cells, id_column: str) -> Iterator[Text]:
    first: dict[str, int] = {}
    for line, unit in zip(table.lines, _column(table, id_column), strict=True):
        if not unit:
            yield Text(
                "{f}, satır {n}: {c} sütunundaki kimlik boş.",
                "{f}, line {n}: the id in column {c} is empty.",
            ).format(f=table.file, n=line, c=id_column)
        elif unit in first:
            yield Text(
                "{f}, satır {n}: {u!r} kimliği {m}. satırda da var; her birimin tek satırı olur.",
                "{f}, line {n}: id {u!r} already stands on line {m}; every unit has one row.",
            ).format(f=table.file, n=line, u=unit, m=first[unit])
        else:
            first[unit] = line


def _key_faults(table: Cells, keys: Sequence[str], told: Sequence[str]) -> Iterator[Text]:
    first: dict[str, int] = {}
    for line, row, key in zip(table.lines, zip(*(_column(table, k) for k in keys), strict=True), told,
                              strict=True):  # fmt: skip
        for name, cell in zip(keys, row, strict=True):
            if not cell:
                yield Text(
                    "{f}, satır {n}: {c} sütunu boş.", "{f}, line {n}: column {c} is empty."
                ).format(f=table.file, n=line, c=name)
        if first.setdefault(key, line) != line:
            yield Text(
                "{f}, satır {n}: {u} için {m}. satırda da değer var; birini silin.",
                "{f}, line {n}: {u} has a value on line {m} already; delete one of them.",
            ).format(f=table.file, n=line, u=key, m=first[key])


def _number_faults(
    table: Cells, column: str, ids: Sequence[str], parsed: Sequence[float | None]
) -> Iterator[Text]:
    for line, unit, cell, value in zip(
        table.lines, ids, _column(table, column), parsed, strict=True
    ):
        if value is None:
            yield Text(
                "{f}, satır {n}, {u}: {c} sütunundaki {x!r} sonlu bir sayı değil; değer yoksa "
                "hücreyi boş bırakın.",
                "{f}, line {n}, {u}: {x!r} in column {c} is not a finite number; leave the cell "
                "empty where there is no value.",
            ).format(f=table.file, n=line, u=unit, c=column, x=_short(cell))


def _slips(table: Cells, column: str, ids: Sequence[str]) -> Iterator[Text]:
    """Find words of a column of regions that stand once and are are one slip from a frequent one."""
    cells = _column(table, column)
    often = Counter(filter(None, cells))
    frequent = [word for word, count in often.items() if count >= _FREQUENT]
    # Names of units differ from row to row; regions are few.
    if len(often) > len(cells) / 2 or len(frequent) > _MOST_REGIONS:
        return
    for line, unit, word in zip(table.lines, ids, cells, strict=True):
        if often[word] > 1 or len(word) < _LETTERS or any(map(str.isdigit, word)):
            continue
        for close in filter(partial(_slip, word), frequent):
            yield Text(
                "{f}, satır {n}, {u}: {c} sütunundaki {w!r} yalnız burada var; {k} olabilir mi?",
                "{f}, line {n}, {u}: {w!r} of column {c} stands here only; is it {k}?",
            ).format(f=table.file, n=line, u=unit, c=column, w=word, k=close)


def _slip(one: str, other: str) -> bool:
    """Whether a letter was left out, added or changed, or two have changed places."""
    a, b = fold(one), fold(other)
    for _ in range(2):  # what they begin with, then what they end with
        unlike = (k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)
        same = next(unlike, min(len(a), len(b)))
        a, b = a[same:][::-1], b[same:][::-1]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])


def _short(cell: str) -> str:
    return cell if len(cell) <= 40 else cell[:39] + "…"


def _number(cell: str, mark: Mark) -> float | None:
    """Read one number: NaN for an empty cell, None for what is no finite number."""
    if not cell:
        return float("nan")
    text = (cell if mark == "." else cell.translate(_SWAP)).replace("−", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _PLAIN.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _numbers(table: Cells, columns: Sequence[str], told: Sequence[str]) -> dict[str, pd.Series]:
    """Read columns of numbers; *told* says in a fault whose row it is."""
    values = _plain_columns(table, columns)
    if values is None:
        mark = _decimal_mark(table, columns)
        if isinstance(mark, Text):
            raise RefusedTableError(mark)
        values = {}
        for name in columns:
            parsed = [_number(cell, mark) for cell in _column(table, name)]
            _stop(_number_faults(table, name, told, parsed))
            values[name] = pd.Series(parsed, dtype="float64")
    return values


def _plain_columns(table: Cells, columns: Sequence[str]) -> dict[str, pd.Series] | None:
    """
    Give columns of digits and points alone, which can be read in one way, all at once.

    The longer way gives the same numbers: a point that every cell bears as a decimal mark is one.
    """
    values = {}
    for name in columns:
        cells = _column(table, name)
        if not set().union(*cells) <= _PLAIN_LETTERS:
            return None
        try:
            parsed = pd.Series([float(cell or "nan") for cell in cells], dtype="float64")
        except ValueError:
            return None
        if (parsed.abs() == math.inf).any():
            return None
        values[name] = parsed
    return values


def _mostly_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    good = sum(_number(c, ".") is not None or _number(c, ",") is not None for c in filled)
    return bool(filled) and good > len(filled) / 2


def _decimal_mark(table: Cells, columns: Sequence[str]) -> Mark | Text:
    """
    Find the decimal mark of the columns together, or the sentence that says they mix two.

    ``1.234`` alone may be either, so the other cells decide; without any evidence a lone mark is
    the decimal one.
    """
    proven: dict[Mark, str] = {}
    open_: dict[Mark, str] = {}
    for name in columns:
        for line, cell in zip(table.lines, _column(table, name), strict=True):
            if "," not in cell and "." not in cell:
                continue
            readable = [mark for mark in _MARKS if _number(cell, mark) is not None]
            where = f"{_short(cell)!r} ({name}, {line})"
            if len(readable) == 1:
                proven.setdefault(readable[0], where)
            elif readable:
                open_.setdefault("," if "," in cell else ".", where)
    found = proven or open_
    if len(found) > 1:
        return Text(
            "{f}: sayılar iki türlü yazılmış, {a} ve {b} (sütun, satır); tek ondalık işareti "
            "kullanın.",
            "{f}: numbers are written two ways, {a} and {b} (column, line); use one decimal mark.",
        ).format(f=table.file, a=found["."], b=found[","])
    if "," in open_ and not proven and table.delimiter == ",":
        return Text(
            "{f}: {a} (sütun, satır) bin ya da ondalık olabilir; binlik ayracı kullanmadan yazın.",
            "{f}: {a} (column, line) may be thousands or decimals; write it without separators.",
        ).format(f=table.file, a=open_[","])
    return next(iter(found), ".")
