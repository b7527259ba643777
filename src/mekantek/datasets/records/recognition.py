"""What kind of file holds the records, by its first bytes; and its way to Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.delimited_text import stage_text
from mekantek.datasets.records.engine import EngineError, connect, parquet_width, read_parquet
from mekantek.datasets.records.pages import stage_page
from mekantek.datasets.records.staged import Staged, check_width
from mekantek.datasets.records.workbooks import stage_workbook
from mekantek.text import Text

__all__ = ["stage_cells"]

_OTHERS: tuple[tuple[bytes, Text], ...] = (
    (b"SQLite format 3", Text("bir veritabanı", "a database")),
    (b"\x1f\x8b", Text("sıkıştırılmış bir dosya (gzip)", "a compressed file (gzip)")),
    (b"7z\xbc\xaf", Text("sıkıştırılmış bir arşiv (7z)", "a compressed archive (7z)")),
    (b"Rar!", Text("sıkıştırılmış bir arşiv (rar)", "a compressed archive (rar)")),
    (b"BZh", Text("sıkıştırılmış bir dosya (bzip2)", "a compressed file (bzip2)")),
    (b"%PDF", Text("bir PDF", "a PDF")),
    (b"\x7fELF", Text("bir program", "a program")),
    (b"MZ", Text("bir program", "a program")),
    (b"\x89PNG", Text("bir resim", "a picture")),
    (b"PARE", Text("şifrelenmiş bir Parquet dosyası", "an encrypted Parquet file")),
)


def stage_cells(path: Path, *, folder: Path, columns: Mapping[str, str]) -> Staged:
    """
    Recognise a file of records and make it readable for the engine.

    Parameters
    ----------
    path : Path
        Workbook, HTML, delimited text or Parquet; its first bytes decide, not its name.
    folder : Path
        Where the Parquet file goes, if one is made; it exists.
    columns : mapping of str to str
        What the user took the columns for.

    Returns
    -------
    Staged

    Raises
    ------
    TableError
        If there is no such file, it is empty, or of another kind; and as its reader says.
    """
    _check_file(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        raise RefusedTableError(
            Text("{f} okunamıyor: {e}.", "{f} cannot be read: {e}.").format(
                f=path.name, e=error.strerror
            )
        ) from error
    if not start.strip(b" \t\r\n\xef\xbb\xbf") and path.stat().st_size <= len(start):
        raise RefusedTableError(Text("{f} boş.", "{f} is empty.").format(f=path.name))
    for magic, what in _OTHERS:
        if start.startswith(magic) and not (magic == b"MZ" and b"\0" not in start):
            raise RefusedTableError(
                Text(
                    "{f} ticaret kayıtları değil, {w}; açıp Excel, CSV ya da Parquet verin.",
                    "{f} holds no trade records but is {w}; unpack it and give Excel, CSV or "
                    "Parquet.",
                ).format(f=path.name, w=what)
            )
    if start.startswith(b"PAR1"):
        return _parquet(path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")) or (
        path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods") and b"\0" in start
    ):
        return stage_workbook(path, folder=folder, columns=columns)
    if _is_page(start):
        return stage_page(path, folder=folder, columns=columns)
    if start.lstrip()[:1] in (b"{", b"["):
        raise RefusedTableError(
            Text(
                "{f} JSON; CSV, Excel ya da Parquet olarak kaydedin.",
                "{f} is JSON; save it as CSV, Excel or Parquet.",
            ).format(f=path.name)
        )
    wanted = [name for role, name in columns.items() if role != "sheet"]
    return stage_text(path, folder=folder, wanted=wanted)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise RefusedTableError(
            Text("{p} diye bir dosya yok.", "There is no file {p}.").format(p=path)
        )
    if not path.is_file():
        raise RefusedTableError(
            Text(
                "{p} sıradan bir dosya değil; bir dosya verin.", "{p} is no file; name a file."
            ).format(p=path)
        )


def _is_page(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start[: len(start) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    low = start.lower().removeprefix(b"\xef\xbb\xbf").lstrip()
    return low.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<meta", b"<style", b"<!--")
    ) or (low.startswith(b"<") and (b"<table" in low or b"<html" in low))


def _parquet(path: Path) -> Staged:
    """Look at a Parquet file's columns; its rows stay where they are."""
    try:
        check_width(path.name, parquet_width(path))
        with connect() as backend:
            table = read_parquet(backend, path, rows=True)
            names = tuple(name for name in table.columns if name != "file_row_number")
    except EngineError as error:
        raise RefusedTableError(
            Text(
                "{f} bozuk ya da yarım kalmış bir Parquet dosyası; kaynağından yeniden alın.",
                "{f} is a damaged or truncated Parquet file; get it again from its source.",
            ).format(f=path.name)
        ) from error
    return Staged(
        file=path, format=Text("Parquet", "Parquet"), parquet=path, header=names, columns=names,
        in_place=True,
    )  # fmt: skip
