"""The query engine: the only door for ibis and duckdb, closed to the network."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import cases, literal, null
from ibis.util import gen_name

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = [
    "MEMORY_LIMIT",
    "EngineError",
    "TextSink",
    "as_view",
    "cases",
    "connect",
    "delimited_batches",
    "fetch",
    "literal",
    "memory_table",
    "null",
    "parquet_width",
    "read_parquet",
]

MEMORY_LIMIT = "3GB"
EngineError = duckdb.Error
"""What DuckDB raises; caught where a file of the user's is read, and told as one sentence."""

_GLOB = re.compile(r"[*?\[]")


@contextmanager
def connect(
    *,
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Iterator[BaseBackend]:
    """
    Open an empty DuckDB in memory, behind Ibis, and close it with all it spilled.

    Parameters
    ----------
    memory_limit : str
        What the engine may hold before it spills to disk, such as ``"3GB"``.
    threads : int, optional
        All processors by default.
    folder : path, optional
        Where to make the folder that it spills to; the system's temporary folder by default.

    Yields
    ------
    ibis.backends.BaseBackend

    Notes
    -----
    No extension is installed or loaded, and no setting can be changed afterwards: a file that
    names an address is never fetched.

    Examples
    --------
    >>> with connect(memory_limit="200MB") as backend:
    ...     table = memory_table({"plate": [6, 6, 34], "cents": [1, 2, 4]})
    ...     sums = table.group_by("plate").agg(cents=table.cents.sum()).order_by("plate")
    ...     fetch(backend, sums)["cents"].tolist()
    [3, 4]
    """
    with tempfile.TemporaryDirectory(prefix="mekantek-spill-", dir=folder) as spill:
        settings: dict[str, Any] = {
            "memory_limit": memory_limit,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        if threads is not None:
            settings["threads"] = threads
        backend = ibis.duckdb.connect(":memory:", **settings)
        backend.con.execute("SET lock_configuration = true")
        try:
            yield backend
        finally:
            backend.disconnect()


def memory_table(
    columns: Mapping[str, Sequence[Any]], types: Mapping[str, str] | None = None
) -> Table:
    """
    Make a small table of what Python holds, to be joined to a large one.

    Parameters
    ----------
    columns : mapping of str to sequence
        Cells by column; None is missing.
    types : mapping of str to str, optional
        Type of each column in Arrow's words, such as ``int32``, ``string`` or ``bool``; a column
        not named gets the type of its cells.

    Returns
    -------
    ibis.expr.types.Table
        Usable with any backend.

    Examples
    --------
    >>> memory_table({"plate": [None]}, {"plate": "int32"}).schema()["plate"]
    Int32(nullable=True)
    """
    types = types or {}
    arrays = {
        name: pa.array(list(cells), type=getattr(pa, types[name])() if name in types else None)
        for name, cells in columns.items()
    }
    return ibis.memtable(pa.table(arrays))


def read_parquet(
    backend: BaseBackend, path: str | os.PathLike[str], *, rows: bool = False
) -> Table:
    """
    Take a Parquet file as a table, in place.

    Parameters
    ----------
    backend : ibis.backends.BaseBackend
    path : path
        One file; signs that would stand for several (``*``, ``?``, ``[``) mean themselves.
    rows : bool
        Add ``file_row_number``, from 0; DuckDB only.

    Returns
    -------
    ibis.expr.types.Table

    Raises
    ------
    EngineError
        If it is no Parquet file.
    """
    plain = Path(path).absolute().as_posix()
    plain = _GLOB.sub(lambda sign: f"[{sign[0]}]", plain)
    return (
        backend.read_parquet(plain, file_row_number=True) if rows else backend.read_parquet(plain)
    )


class TextSink:
    """
    Write a Parquet file of text cells, a batch of rows at a time.

    Parameters
    ----------
    path : path
        The file to write.
    columns : sequence of str
        Columns of text, besides ``row`` (int64), which comes first.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder, connect() as backend:
    ...     path = Path(folder, "cells.parquet")
    ...     with TextSink(path, ["c0"]) as sink:
    ...         sink.write([2, 3], [["Van", None]])
    ...     fetch(backend, read_parquet(backend, path))["c0"].isna().tolist()
    [False, True]
    """

    def __init__(self, path: str | os.PathLike[str], columns: Sequence[str]) -> None:
        fields = [("row", pa.int64()), *((name, pa.string()) for name in columns)]
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(path, self._schema, compression="snappy")
        self.rows = 0

    def __enter__(self) -> TextSink:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, so that it can be read."""
        self._writer.close()

    def write(self, rows: Sequence[int] | np.ndarray, columns: Sequence[Any]) -> None:
        """Add rows: their numbers, and the cells of each column (lists or Arrow arrays)."""
        arrays = [pa.array(rows, pa.int64())]
        arrays += [
            cells if isinstance(cells, pa.Array) else pa.array(cells, pa.string())
            for cells in columns
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self.rows += len(rows)


def delimited_batches(
    path: str | os.PathLike[str],
    *,
    delimiter: str,
    columns: Sequence[str],
    skip: int,
    one_thread: bool = False,
    memory_limit: str = MEMORY_LIMIT,
    batch: int = 131_072,
) -> Iterator[list[pa.Array]]:
    """
    Read delimited UTF-8 text as cells, in order, never more than a batch of rows in Python.

    Parameters
    ----------
    path : path
    delimiter : str
    columns : sequence of str
        One name for each cell of a row; a shorter row ends in missing cells.
    skip : int
        Lines to leave out at the top.
    one_thread : bool
        Needed where a cell holds a line break.

    Yields
    ------
    list of pyarrow.Array
        One array of text for each column.

    Raises
    ------
    EngineError
        If a row has too many cells, is too long, or its quotation marks do not close.
    """
    quoted = str(Path(path).absolute()).replace("'", "''")
    quoted = _GLOB.sub(lambda sign: f"[{sign[0]}]", quoted)
    separator = "\\t" if delimiter == "\t" else delimiter
    wanted = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    query = (
        f"SELECT * FROM read_csv('{quoted}', auto_detect = false, header = false, "
        f"delim = '{separator}', quote = '\"', escape = '\"', skip = {skip}, "
        f"columns = {{{wanted}}}, null_padding = true, max_line_size = 2000000, "
        f"buffer_size = 32000000, parallel = {'false' if one_thread else 'true'})"
    )
    with connect(memory_limit=memory_limit) as backend:
        for found in backend.con.execute(query).fetch_record_batch(batch):
            yield [found.column(place) for place in range(found.num_columns)]


def parquet_width(path: str | os.PathLike[str]) -> int:
    """
    Count the columns of a Parquet file by its footer alone.

    Raises
    ------
    EngineError
        If it is no Parquet file, or cut short.
    """
    try:
        return len(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise EngineError(str(error)) from error


def fetch(backend: BaseBackend, expression: Table) -> pd.DataFrame:
    """
    Run an expression and bring its rows into memory.

    Parameters
    ----------
    backend : ibis.backends.BaseBackend
    expression : ibis.expr.types.Table

    Returns
    -------
    pandas.DataFrame
        Whole numbers that may be missing come as ``Int64``, text as pandas' ``str``.

    Examples
    --------
    >>> with connect() as backend:
    ...     fetch(backend, memory_table({"plate": [6, None]}))["plate"].dtype
    Int64Dtype()
    """
    with _steps_apart():
        table = backend.to_pyarrow(expression)
    numbers = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    # Arrow's own way turns a missing whole number into a float, which rounds cents above 2**53.
    frame: pd.DataFrame = table.to_pandas(types_mapper=numbers.get)
    return frame


@contextmanager
def as_view(backend: BaseBackend, expression: Table) -> Iterator[Table]:
    """
    Give an expression a name inside the engine for a while, where several questions are asked of it.

    Each question then is a short query. Writing the whole expression out for every one takes
    longer than answering it, unless there are millions of rows.

    Parameters
    ----------
    backend : ibis.backends.BaseBackend
    expression : ibis.expr.types.Table

    Yields
    ------
    ibis.expr.types.Table
        The same rows, worked out anew by every question.

    Examples
    --------
    >>> with connect() as backend:
    ...     cells = memory_table({"plate": [6, 34]})
    ...     with as_view(backend, cells.mutate(next=cells.plate + 1)) as plates:
    ...         fetch(backend, plates.filter(plates.plate == 6))["next"].tolist()
    [7]
    """
    name = gen_name("mekantek")
    with _steps_apart():
        view = backend.create_view(name, expression)
    try:
        yield view
    finally:
        # Ibis 12 writes no name after DROP VIEW with sqlglot 30.
        backend.raw_sql(f"DROP VIEW IF EXISTS {name}")


@contextmanager
def _steps_apart() -> Iterator[None]:
    """
    Keep each step of an expression a query of its own.

    Fused into one, a step is worked out anew wherever it is used: seconds for each query. The
    caller's own setting comes back afterwards.
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before
