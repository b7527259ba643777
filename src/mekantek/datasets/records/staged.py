"""A file of records as the engine can read it: one Parquet file of text cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mekantek.datasets.faults import RefusedTableError
from mekantek.text import Text

__all__ = ["MOST_COLUMNS", "Staged", "check_width", "shown"]

MOST_COLUMNS = 1000
MOST_CELL = 40


@dataclass(frozen=True, kw_only=True)
class Staged:
    """
    A file turned into Parquet, or a Parquet file as it lies.

    Attributes
    ----------
    file : Path
        The user's file.
    format : Text
        What kind of file it is.
    parquet : Path
        What the engine reads.
    in_place : bool
        True for a Parquet file of the user's; then ``parquet`` is ``file``, and it has no ``row``.
    header : tuple of str
        Names of the columns as in the file.
    columns : tuple of str
        The columns of the Parquet file, one for each of ``header``.
    header_row : int or None
        Row of the header as the user sees it.
    encoding, delimiter : str or None
        Of text.
    title : str
        What stands above the header, and the names of sheets.
    sheet_years : bool
        True if the column ``sheet_year`` holds a year that a sheet's name or title says.
    marks : mapping of str to str
        Decimal mark of a column, where the file itself knows its numbers.
    rows : int
        Rows staged; 0 if not counted.
    facts : tuple of Text
        What was found on the way.
    """

    file: Path
    format: Text
    parquet: Path
    header: tuple[str, ...]
    columns: tuple[str, ...]
    in_place: bool = False
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    title: str = ""
    sheet_years: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    facts: tuple[Text, ...] = ()

    @property
    def row_word(self) -> Text:
        """What a row number of this file counts: lines of text, rows of a sheet."""
        return Text("satır", "line") if self.encoding and self.delimiter else Text("satır", "row")


def cell_columns(width: int) -> tuple[str, ...]:
    """Give the staged names of *width* columns: ``c0``, ``c1``, …"""
    return tuple(f"c{place}" for place in range(width))


def new_file(folder: Path, ending: str) -> Path:
    """Give the path of a file that does not exist yet: no file of the user's is written over."""
    number = 1
    while (path := folder / f"cells-{number}{ending}").exists():
        number += 1
    return path


def check_width(file: str, width: int) -> None:
    """
    Refuse a table with more columns than records ever have.

    Raises
    ------
    TableError
    """
    if width > MOST_COLUMNS:
        raise RefusedTableError(
            Text(
                "{f}: {n} sütun var; ticaret kayıtlarında en çok {m} olur. Yalnızca gereken "
                "sütunları bırakın.",
                "{f} has {n} columns; trade records have at most {m}. Keep only the columns needed.",
            ).format(f=file, n=width, m=MOST_COLUMNS)
        )


def no_header(file: str) -> RefusedTableError:
    """Say that no row names the columns."""
    return RefusedTableError(
        Text(
            "{f}: ilk 100 satırın hiçbiri ticaret kayıtlarının sütunlarını adlandırmıyor (YIL, "
            "IHRITH, IL_ADI, ISIC4_4, DOLAR gibi); başlık satırı ekleyin ya da --columns "
            "year=…,value=… ile söyleyin.",
            "{f}: none of the first 100 rows names columns of trade records (such as YIL, IHRITH, "
            "IL_ADI, ISIC4_4, DOLAR); add a header row, or name the columns with --columns "
            "year=…,value=….",
        ).format(f=file)
    )


def shown(cell: object) -> str:
    """Give a cell as a message shows it: in quotation marks, cut to forty letters, on one line."""
    text = " ".join(str(cell).split())
    return repr(text if len(text) <= MOST_CELL else text[: MOST_CELL - 1] + "…")


def title_of(rows: Sequence[Sequence[str]]) -> str:
    """Join what stands above the header into one line of at most 2,000 letters."""
    return " ".join(" ".join(cell for cell in row if cell) for row in rows).strip()[:2000]
