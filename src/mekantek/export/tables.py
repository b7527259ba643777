"""Tables as CSV: one plain form, and forms that Excel opens by a double click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.export.whole import write_text
from mekantek.text import csv_cell

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult, LocalResult

__all__ = ["DIALECTS", "Dialect", "csv_text", "global_table", "local_table", "write_csv"]


@dataclass(frozen=True)
class Dialect:
    """
    How a CSV is written.

    Attributes
    ----------
    separator, decimal, line_end : str
    mark : bool
        Whether a byte order mark opens the file; without one Excel takes UTF-8 for something else.
    """

    separator: str = ","
    decimal: str = "."
    line_end: str = "\n"
    mark: bool = False


DIALECTS: Mapping[str, Dialect] = {
    "csv": Dialect(),
    "csv-excel-tr": Dialect(separator=";", decimal=",", line_end="\r\n", mark=True),
    "csv-excel-en": Dialect(line_end="\r\n", mark=True),
}
"""The forms by name: for programs, for Turkish Excel, for English Excel."""


def csv_text(frame: pd.DataFrame, dialect: Dialect | None = None) -> str:
    r"""
    Write a table as CSV, full precision, missing cells empty.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is not written.
    dialect : Dialect, optional
        UTF-8, comma, decimal point and LF without one.

    Returns
    -------
    str
        Text that a spreadsheet would run as a formula begins with an apostrophe; numbers do not.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["Iğdır", "=1+1"], "change": [-0.5, None]})
    >>> print(csv_text(table, DIALECTS["csv-excel-tr"]).lstrip("\ufeff").replace("\r", ""))
    name;change
    Iğdır;-0,5
    '=1+1;
    <BLANKLINE>
    """
    how = dialect or Dialect()

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return csv_cell(value, how.separator)
        if value is None or value is pd.NA or value != value:
            return ""
        if isinstance(value, float):
            return repr(float(value)).replace(".", how.decimal)
        return csv_cell(str(value), how.separator)

    columns = [
        [csv_cell(str(name), how.separator), *map(cell, frame.iloc[:, k].astype(object))]
        for k, name in enumerate(frame.columns)
    ]
    # A line of one empty cell would be no line.
    lines = (how.separator.join(row) or '""' for row in zip(*columns, strict=True))
    return ("\ufeff" if how.mark else "") + "".join(line + how.line_end for line in lines)


def write_csv(frame: pd.DataFrame, path: Path, dialect: Dialect | None = None) -> Path:
    """Write a table as CSV in one of `DIALECTS`, the plain one by default; whole or not at all."""
    return write_text(path, csv_text(frame, dialect))


def global_table(rows: Sequence[tuple[Mapping[str, Any], GlobalResult]]) -> pd.DataFrame:
    """
    Table of global results, one row each.

    Parameters
    ----------
    rows : sequence of (context, result)
        The context's entries (class, year) come first.
    """
    return pd.DataFrame(
        [
            {
                **context,
                **{k: v for k, v in result.to_dict().items() if not isinstance(v, (dict, list))},
            }
            for context, result in rows
        ]
    )


def local_table(
    rows: Sequence[tuple[Mapping[str, Any], LocalResult]], names: pd.Series
) -> pd.DataFrame:
    """
    Table of local results, one row a unit and map.

    Parameters
    ----------
    rows : sequence of (context, result)
    names : pandas.Series
        Names by id.
    """
    parts = []
    for context, result in rows:
        frame = result.to_frame()
        head = pd.DataFrame({"id": frame.index, "name": names.reindex(frame.index).to_numpy()})
        for key, value in context.items():
            head[key] = value
        parts.append(pd.concat([head, frame.reset_index(drop=True)], axis=1))
    return pd.concat(parts, ignore_index=True)
