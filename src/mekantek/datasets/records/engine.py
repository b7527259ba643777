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
import pandas as pd
import pyarrow as pa
from ibis import cases, literal, null

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = [
    "MEMORY_LIMIT",
    "EngineError",
    "cases",
    "connect",
    "fetch",
    "literal",
    "memory_table",
    "null",
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


def read_parquet(backend: BaseBackend, path: str | os.PathLike[str]) -> Table:
    """
    Take a Parquet file as a table, in place.

    Parameters
    ----------
    backend : ibis.backends.BaseBackend
    path : path
        One file; signs that would stand for several (``*``, ``?``, ``[``) mean themselves.

    Returns
    -------
    ibis.expr.types.Table

    Raises
    ------
    EngineError
        If it is no Parquet file.
    """
    plain = Path(path).absolute().as_posix()
    return backend.read_parquet(_GLOB.sub(lambda sign: f"[{sign[0]}]", plain))


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
    table = backend.to_pyarrow(expression)
    numbers = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    # Arrow's own way turns a missing whole number into a float, which rounds cents above 2**53.
    return table.to_pandas(types_mapper=numbers.get)
