"""Records in delimited text of any size: scanned once in a stream, then read by the engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.engine import EngineError, TextSink, delimited_batches
from mekantek.datasets.records.line_scan import Scan, scan_lines
from mekantek.datasets.records.staged import (
    Staged,
    cell_columns,
    check_width,
    new_file,
    no_header,
    title_of,
)
from mekantek.datasets.records.text_head import TextHead, first_bytes
from mekantek.text import Text

__all__ = ["stage_text"]

_CODECS = {"UTF-8": "utf-8-sig", "Windows-1254": "cp1254", "UTF-16": "utf-16"}


def stage_text(path: Path, *, folder: Path, wanted: Sequence[str] = ()) -> Staged:
    """
    Turn delimited text into a Parquet file of text cells, without ever holding the whole.

    Parameters
    ----------
    path : Path
        Comma, semicolon, tab or bar between the cells; UTF-8, Windows-1254 or UTF-16.
    folder : Path
        Where to write.
    wanted : sequence of str
        Column names that the user gave.

    Returns
    -------
    Staged
        ``row`` is the line on which a record begins.

    Raises
    ------
    TableError
        If no row names columns; if the text is damaged (`scan_lines`); if a row has more cells
        than the header.
    """
    start, _ = first_bytes(path)
    original, encoding = path, None
    lines = new_file(folder, ".lines.csv")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "UTF-16"
        path = _copy(path, encoding, lines)
    elif b"\r" in start and b"\n" not in start:
        path = _with_line_ends(path, lines)
    start, whole = first_bytes(path)
    head = TextHead(start, whole, wanted)
    scan = scan_lines(path, file=original.name, delimiter=head.delimiter)
    if head.place is None:
        raise no_header(original.name)
    header = head.header()
    check_width(original.name, len(header))
    skip = after = head.lines[head.place]
    readable = path
    broken_head = any(line <= after for line in scan.skipped[:200].tolist() if scan.broken_cells)
    if scan.encoding != "UTF-8" or scan.two_line_ends or broken_head:
        readable = _copy(path, scan.encoding, new_file(folder, ".utf8.csv"), skip=after)
        skip = 0
    target = new_file(folder, ".parquet")
    columns = cell_columns(len(header))
    rows = _write(readable, target, columns, head.delimiter, scan, skip, after, original.name)
    for copy in {path, readable} - {original}:
        copy.unlink()
    return Staged(
        file=original,
        format=Text("metin (CSV)", "text (CSV)"),
        parquet=target,
        header=tuple(header),
        columns=columns,
        header_row=_line_of_header(head, scan),
        encoding=encoding or scan.encoding,
        delimiter=head.delimiter,
        title=title_of(head.rows[: head.place]),
        rows=rows,
    )


def _line_of_header(head: TextHead, scan: Scan) -> int:
    assert head.place is not None
    return head.lines[head.place - 1] + 1 if head.place else 1


def _copy(path: Path, encoding: str, target: Path, *, skip: int = 0) -> Path:
    """Copy a text as UTF-8 with one kind of line end, without its first *skip* lines."""
    try:
        with (
            path.open(encoding=_CODECS[encoding], newline=None) as source,
            target.open("w", encoding="utf-8", newline="\n") as copy,
        ):
            for _ in range(skip):
                source.readline()
            while part := source.read(1_000_000):
                copy.write(part)
    except UnicodeError as error:
        raise RefusedTableError(
            Text(
                "{f}: {e} diye başlıyor ama öyle okunamıyor; UTF-8 olarak kaydedin.",
                "{f} begins as {e} and cannot be read as such; save it as UTF-8.",
            ).format(f=path.name, e=encoding)
        ) from error
    return target


def _with_line_ends(path: Path, target: Path) -> Path:
    """Copy a text whose lines end as on the first Macintosh, in whatever encoding it is."""
    with path.open("rb") as source, target.open("wb") as copy:
        while part := source.read(1_000_000):
            copy.write(part.replace(b"\r", b"\n"))
    return target


def _write(
    path: Path, target: Path, columns: Sequence[str], delimiter: str, scan: Scan, skip: int,
    after: int, file: str,
) -> int:  # fmt: skip
    """Let the engine read the rows, give each its line, and write them."""
    done = 0
    try:
        with TextSink(target, columns) as sink:
            for cells in delimited_batches(
                path, delimiter=delimiter, columns=columns, skip=skip, one_thread=scan.broken_cells
            ):
                rows = np.arange(done, done + len(cells[0]))
                sink.write(scan.line_of(rows, after=after), cells)
                done += len(rows)
    except EngineError as error:
        raise _told(error, file, after - skip, len(columns)) from error
    expected = scan.rows_after(after)
    if done != expected:
        # Never a silent loss: the engine and the scan must see the same rows.
        raise RefusedTableError(
            Text(
                "{f}: {a} kayıt beklenirken {b} okundu; hücrelerin içindeki tırnaklar satırları "
                "karıştırıyor. Tırnakları ikileyin ya da silin.",
                "{f}: {b} records were read where {a} were expected; quotation marks inside cells "
                "run rows together. Double or remove them.",
            ).format(f=file, a=expected, b=done)
        )
    return done


def _told(error: Exception, file: str, before: int, width: int) -> RefusedTableError:
    message = str(error)
    line = re.search(r"on Line: ([0-9]+)", message)
    number = int(line[1]) + before if line else None
    where = (
        Text(f"{file}, satır {number}", f"{file}, line {number}") if number else Text(file, file)
    )
    if "Found: " in message:
        return RefusedTableError(
            Text(
                "{w}: başlıktaki {b} hücreden fazlası var; fazla ayracı silin ya da hücreyi tırnak içine "
                "alın.",
                "{w}: more cells than the {b} of the header; remove the extra separator, or put the "
                "cell in quotation marks.",
            ).format(w=where, b=width)
        )
    if "nterminated quote" in message or "quote" in message.lower():
        return RefusedTableError(
            Text(
                "{w}: tırnaklar kapanmıyor; tırnağı silin ya da ikileyin.",
                "{w}: quotation marks do not close; remove the mark, or double it.",
            ).format(w=where)
        )
    return RefusedTableError(
        Text("{w}: satır okunamadı ({e}).", "{w}: the row could not be read ({e}).").format(
            w=where, e=message.splitlines()[0][:200]
        )
    )
