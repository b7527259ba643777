"""Workbooks (.xlsx, .xls, .ods): looked over before they are opened; the only door for calamine."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.sheets import Sheet, stage_sheets
from mekantek.datasets.records.staged import Staged
from mekantek.text import Text

__all__ = ["stage_workbook"]

MAX_UNPACKED = 2_000_000_000
MAX_RATIO = 200
SMALL = 20_000_000
MAX_CELLS = 60_000_000
MAX_REPEAT = 1_000
_STEP = 1_000_000

_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,4})?([0-9]{1,9})"')
_REPEATED = re.compile(
    rb"<table:table-cell\b(?=[^>]*office:value)[^>]*number-columns-repeated=\"([0-9]+)\""
)
_REPEATED_ROW = re.compile(
    rb"<table:table-row\b[^>]*number-rows-repeated=\"([0-9]+)\"[^>]*>(?:(?!</table:table-row>).)"
    rb"{0,5000}?office:value",
    re.DOTALL,
)


def stage_workbook(path: Path, *, folder: Path, columns: Mapping[str, str]) -> Staged:
    """
    Turn the sheets of a workbook into a Parquet file of text cells.

    Parameters
    ----------
    path : Path
        Excel (.xlsx, .xlsm, .xlsb, .xls) or OpenDocument (.ods). Formulas are not computed: a
        cell has the value that was saved with it.
    folder : Path
        Where to write.
    columns : mapping of str to str
        What the user took the columns for.

    Returns
    -------
    Staged
        ``row`` is the row of the sheet, ``sheet`` its name.

    Raises
    ------
    TableError
        If the workbook is damaged or protected, unpacks to more than two gigabytes or to more
        than 200 times its size, declares entities, or spans more than 60 million cells; if no
        sheet has a header of records.
    """
    with path.open("rb") as stream:
        zipped = stream.read(4).startswith(b"PK")
    kind = Text("eski Excel kitabı", "old Excel workbook")
    if zipped:
        kind = _look_over(path)
    return stage_sheets(_sheets(path), file=path, kind=kind, folder=folder, columns=columns)


def _sheets(path: Path) -> list[Sheet]:
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        found = []
        for told in workbook.sheets_metadata:
            if told.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            rows = workbook.get_sheet_by_name(told.name).to_python(skip_empty_area=False)
            found.append(Sheet(told.name, rows, list(range(1, len(rows) + 1))))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A panic of the Rust library is no Exception; it harms nothing but this reading.
        raise RefusedTableError(
            Text(
                "{f}: bozuk, parolalı ya da tanınmayan bir çalışma kitabı ({e}); Excel'de açıp "
                "yeniden kaydedin.",
                "{f} is damaged, protected or no workbook ({e}); open it in Excel and save it "
                "again.",
            ).format(f=path.name, e=" ".join(str(error).split())[:120] or type(error).__name__)
        ) from error
    return found


def _look_over(path: Path) -> Text:
    """Unpack every part in a stream, to nowhere, and refuse what would not end well."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            total = 0
            for part in archive.infolist():
                total = _look_over_part(archive, part, path.name, total)
    except RefusedTableError:
        # It is a ValueError too, and not the one that zipfile raises.
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise RefusedTableError(_DAMAGED.format(f=path.name)) from error
    except (RuntimeError, ValueError) as error:
        # What zipfile raises for an encrypted part, and for names it cannot read.
        raise RefusedTableError(_DAMAGED.format(f=path.name)) from error
    if "content.xml" in names:
        return Text("OpenDocument tablosu", "OpenDocument sheet")
    if not any(name.startswith("xl/") for name in names):
        raise RefusedTableError(
            Text(
                "{f} bir zip arşivi, çalışma kitabı değil; açıp içindeki dosyayı verin.",
                "{f} is a zip archive and no workbook; unpack it and name the file inside.",
            ).format(f=path.name)
        )
    return Text("Excel kitabı", "Excel workbook")


def _look_over_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str, total: int) -> int:
    """Count what a part unpacks to, whatever it says of itself, and look for traps in its XML."""
    size, rows, columns, tail = 0, 1, 1, b""
    sheet = part.filename.startswith("xl/worksheets/")
    marked = part.filename.endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as stream:
        while chunk := stream.read(_STEP):
            size += len(chunk)
            if total + size > MAX_UNPACKED or (
                size > SMALL and size > MAX_RATIO * max(1, part.compress_size)
            ):
                raise RefusedTableError(_BOMB.format(f=file))
            if not marked:
                continue
            text = tail + (chunk.replace(b"\0", b"") if b"\0" in chunk else chunk)
            tail = text[-8192:] if part.filename == "content.xml" else text[-64:]
            if _ENTITIES.search(text):
                raise RefusedTableError(_DECLARES.format(f=file, p=part.filename))
            if sheet:
                rows, columns = _reach(text, rows, columns)
                if rows * columns > MAX_CELLS:
                    raise RefusedTableError(_WIDE.format(f=file, r=rows, c=columns))
            elif part.filename == "content.xml":
                _repeats(text, file)
    return total + size


def _reach(text: bytes, rows: int, columns: int) -> tuple[int, int]:
    for letters, number in set(_REFERENCE.findall(text)):
        rows = max(rows, int(number))
        place = 0
        for letter in letters:
            place = 26 * place + letter - 64
        columns = max(columns, place)
    return rows, columns


def _repeats(text: bytes, file: str) -> None:
    """A spreadsheet of OpenDocument repeats a cell by a number; one with a value never so often."""
    for pattern in (_REPEATED, _REPEATED_ROW):
        for times in pattern.findall(text):
            if int(times) > MAX_REPEAT:
                raise RefusedTableError(_WIDE.format(f=file, r=times, c=times))


_DAMAGED = Text(
    "{f}: yarım kalmış, bozuk ya da parolalı bir çalışma kitabı; kaynağından yeniden indirin ya da "
    "Excel'de açıp yeniden kaydedin.",
    "{f} is a truncated, damaged or protected workbook; download it again, or open it in Excel and "
    "save it again.",
)
_BOMB = Text(
    "{f}: açılınca aşırı büyüyor (zip bombası); açılmadı. Kaynağından yeniden indirin ya da CSV "
    "olarak kaydedin.",
    "{f} unpacks to far more than it is (a zip bomb) and was not opened; download it again, or "
    "save it as CSV.",
)
_DECLARES = Text(
    "{f}: içindeki {p} varlık (DTD) tanımlıyor; hiçbir tablo programı bunu yapmaz, açılmadı. "
    "Excel'de yeniden kaydedin.",
    "{f}: its part {p} declares entities (a DTD), which no spreadsheet program does; not opened. "
    "Save it again in Excel.",
)
_WIDE = Text(
    "{f}: bir sayfası {r} satır × {c} sütuna yayılıyor; uzaktaki hücreleri silin ya da CSV olarak "
    "kaydedin.",
    "{f}: a sheet spans {r} rows × {c} columns; delete the cells far away, or save it as CSV.",
)
