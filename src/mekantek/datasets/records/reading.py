"""Files of records read: to use them, or to be told what is in them and what is wrong."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from mekantek.datasets.faults import RefusedTableError, Report
from mekantek.datasets.records.description import describe
from mekantek.datasets.records.engine import EngineError, connect
from mekantek.datasets.records.examination import examine_rows
from mekantek.datasets.records.recognition import stage_cells
from mekantek.datasets.records.sources import Source
from mekantek.datasets.records.understanding import understand
from mekantek.text import Text

__all__ = ["Duplicates", "examine", "stage"]

Duplicates = Literal["refuse", "keep", "find"]


def stage(
    path: str | os.PathLike[str], columns: Mapping[str, str] | None = None, *,
    folder: str | os.PathLike[str], duplicates: Duplicates = "refuse",
) -> Source:  # fmt: skip
    r"""
    Make a file of records ready for the engine, or refuse it.

    Parameters
    ----------
    path : path
        Workbook, HTML, delimited text or Parquet.
    columns : mapping of str to str, optional
        Role to column name, overruling what is guessed; see `columns.columns_option`.
    folder : path
        Where the cells go as one Parquet file, unless the file is Parquet itself; it must stay as
        long as the source is used.
    duplicates : {"refuse", "keep", "find"}
        Rows equal in every cell: ``refuse`` them (looked for in up to 20 million rows), count
        them all, or look for them in a file of any size.

    Returns
    -------
    Source
        For `canonical.canonical`.

    Raises
    ------
    TableError
        With the first fault, and how many more `examine` tells of.

    Examples
    --------
    >>> from mekantek.datasets.records.canonical import canonical
    >>> from mekantek.datasets.records.engine import connect, fetch
    >>> with tempfile.TemporaryDirectory() as folder, connect() as backend:
    ...     path = Path(folder, "records.csv")
    ...     _ = path.write_text(
    ...         "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Iğdır;111;1.234,56\n", encoding="utf-8"
    ...     )
    ...     fetch(backend, canonical(stage(path, folder=folder), backend)).loc[0, "cents"]
    np.int64(123456)
    """
    source, _, faults = _read(Path(path), columns or {}, Path(folder), duplicates)
    if faults:
        raise RefusedTableError(_first_of(faults))
    return source


def examine(
    path: str | os.PathLike[str], columns: Mapping[str, str] | None = None, *,
    duplicates: Duplicates = "refuse",
) -> Report:  # fmt: skip
    r"""
    Say how a file of records is understood and everything that is wrong with it.

    Parameters
    ----------
    path : path
    columns : mapping of str to str, optional
    duplicates : {"refuse", "keep", "find"}

    Returns
    -------
    Report
        Of kind ``records``.

    Raises
    ------
    TableError
        If the file cannot be read as records at all.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "records.csv")
    ...     _ = path.write_text("YIL;IHRITH;IL_ADI;DOLAR\n24;İhracat;Kars;5\n", encoding="utf-8")
    ...     print(examine(path).faults[0].en[:73])
    records.csv: column 'YIL' was not taken for the year, for '24' is no year
    """
    with tempfile.TemporaryDirectory(prefix="mekantek-check-") as folder:
        _, facts, faults = _read(Path(path), columns or {}, Path(folder), duplicates)
    return Report("records", Path(path).name, facts, faults)


def _read(
    path: Path, columns: Mapping[str, str], folder: Path, duplicates: Duplicates
) -> tuple[Source, tuple[Text, ...], tuple[Text, ...]]:
    try:
        staged = stage_cells(path, folder=folder, columns=columns)
        with connect(folder=folder) as backend:
            source = understand(staged, backend, columns)
            facts = describe(source)
            if source.faults:
                return source, facts, source.faults
            found = examine_rows(source, backend, duplicates=duplicates)
            source = replace(source, withheld=found.withheld)
    except EngineError as error:
        # Whatever a file may hold that the checks above do not know, it is told and not thrown.
        told = Text("{f} okunamadı: {e}.", "{f} could not be read: {e}.").format(
            f=path.name, e=" ".join(str(error).split())[:200]
        )
        raise RefusedTableError(told) from error
    return source, (*facts, *found.facts), found.faults


def _first_of(faults: tuple[Text, ...]) -> Text:
    if len(faults) == 1:
        return faults[0]
    more = len(faults) - 1
    return Text(
        "{first} ({n} kusur daha var: mekantek check)",
        "{first} ({n} more fault{s}: mekantek check)",
    ).format(first=faults[0], n=more, s="" if more == 1 else "s")
