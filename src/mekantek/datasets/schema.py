"""The schema of the shipped tables, in datapackage.json, held against every table read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from mekantek.datasets import files
from mekantek.errors import TableError
from mekantek.text import nearest

__all__ = ["read_checked", "resource", "resources"]

Descriptor = Mapping[str, Any]

_DTYPES = {"integer": "Int64", "number": "Float64", "string": "str"}


@cache
def _package(folder: Path) -> dict[str, Descriptor]:
    path = folder / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError(
            f"{path.name} in {folder.name}/ cannot be read; install mekantek again."
        ) from error
    return {entry["name"]: entry for entry in package["resources"]}


def resources(folder: Path | None = None) -> Mapping[str, Descriptor]:
    """
    Give the descriptors of all shipped tables.

    Parameters
    ----------
    folder : Path, optional
        A folder with a ``datapackage.json``; the shipped one by default.

    Returns
    -------
    mapping of name to descriptor
        As `datapackage.json` has them, in its order.

    Raises
    ------
    TableError
        If ``datapackage.json`` is missing or no JSON.

    Examples
    --------
    >>> list(resources())[:3]
    ['shares', 'totals', 'corrections']
    """
    return _package(folder or files.data_path())


def resource(name: str, folder: Path | None = None) -> Descriptor:
    """
    Give the descriptor of one shipped table.

    Parameters
    ----------
    name : str
        Such as ``shares`` or ``iltek-2024``; underscores count as hyphens.
    folder : Path, optional
        A folder with a ``datapackage.json``; the shipped one by default.

    Raises
    ------
    TableError
        If no table has that name, with the nearest ones.

    Examples
    --------
    >>> resource("ek3")["path"]
    'printed/ek3.csv'
    """
    known = resources(folder)
    wanted = name.replace("_", "-")
    if wanted not in known:
        close = nearest(wanted, known) or list(known)
        raise TableError(f"No shipped table is called {name!r}; nearest: {', '.join(close)}.")
    return known[wanted]


def read_checked(name: str, folder: Path | None = None) -> pd.DataFrame:
    """
    Read a shipped table and hold it against its schema.

    Parameters
    ----------
    name : str
        Such as ``shares``.
    folder : Path, optional
        A folder with a ``datapackage.json``; the shipped one by default.

    Returns
    -------
    pandas.DataFrame
        Rows and columns as in the file. Integers are ``int64`` (``Int64`` where a cell may be
        empty), numbers ``float64`` with NaN for empty, text as text with ``""`` for empty.

    Raises
    ------
    TableError
        If the table does not keep its schema: names the file, the line, the province and what to
        do.

    Examples
    --------
    >>> read_checked("totals").shape
    (455, 7)
    """
    folder = folder or files.data_path()
    entry = resource(name, folder)
    path = folder / entry["path"]
    frame = _conform(_text(path, entry), entry, path.name)
    for key in entry["schema"].get("foreignKeys", ()):
        _refer(frame, key, folder, path.name)
    return frame


def _text(path: Path, entry: Descriptor) -> pd.DataFrame:
    """Read all cells as text; the index is the line of the file."""
    try:
        content = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise TableError(f"{path.name} is missing from data/; install mekantek again.") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name} is not UTF-8; save it as UTF-8.") from error
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    header, lines, rows = [], [], []
    try:
        header = next(reader, [])
        for row in reader:
            lines.append(reader.line_num)
            rows.append(row)
    except csv.Error as error:
        raise TableError(f"{path.name}, line {reader.line_num}: {error}.") from error
    wanted = [field["name"] for field in entry["schema"]["fields"]]
    if header != wanted:
        raise TableError(
            f"{path.name} has the columns {', '.join(header)}; they should be "
            f"{', '.join(wanted)}, as datapackage.json says."
        )
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(wanted):
            raise TableError(
                f"{path.name}, line {line}: {len(row)} cells where the header has {len(wanted)}."
            )
    return pd.DataFrame(rows, columns=wanted, index=lines, dtype="str")


def _conform(text: pd.DataFrame, entry: Descriptor, file: str) -> pd.DataFrame:
    """Turn text into typed columns, refusing what the schema does not allow."""
    columns = {}
    for field in entry["schema"]["fields"]:
        name, cells = field["name"], text[field["name"]]
        limits = field.get("constraints", {})
        empty = cells == ""

        def refuse(bad: pd.Series, what: str, *, name: str = name) -> None:
            if bad.any():
                line = bad.index[bad][0]
                raise TableError(
                    f"{_place(text, line, file)}: {text.at[line, name]!r} in column {name} {what}."
                )

        if limits.get("required"):
            refuse(empty, "is empty; every row needs a value there")
        if "pattern" in limits:
            refuse(~empty & ~cells.str.fullmatch(limits["pattern"]),
                   f"does not look as it should ({limits['pattern']})")  # fmt: skip
        if field["type"] == "string":
            values = cells
        else:
            # pandas reads "inf", "0x1f" and "1_000" as numbers; a table should not hold them.
            form = r"-?\d{1,15}" if field["type"] == "integer" else r"-?\d+(?:\.\d+)?"
            what = "a whole number" if field["type"] == "integer" else "a decimal number"
            refuse(~empty & ~cells.str.fullmatch(form), f"is not {what}")
            values = pd.to_numeric(cells.mask(empty)).astype(_DTYPES[field["type"]])
            unit = f" {field['unit']}" if "unit" in field else ""
            for limit, outside in (("minimum", "lt"), ("maximum", "gt")):
                if limit in limits:
                    bad = getattr(values, outside)(limits[limit]).fillna(value=False)
                    side = "below" if outside == "lt" else "above"
                    refuse(bad.astype(bool), f"is {side} {limits[limit]}{unit}")
            if field["type"] == "number":
                values = values.astype("float64")
            elif limits.get("required"):
                values = values.astype("int64")
        if "enum" in limits:
            allowed = [str(choice) for choice in limits["enum"]]
            refuse(~empty & ~cells.isin(allowed), f"is none of {', '.join(allowed)}")
        if limits.get("unique"):
            refuse(~empty & values.duplicated(), "stands there more than once")
        columns[name] = values
    frame = pd.DataFrame(columns, index=text.index)
    key = entry["schema"]["primaryKey"]
    twice = frame.duplicated(key)
    if twice.any():
        line = twice.index[twice][0]
        shown = ", ".join(f"{column} {text.loc[line, column]!s}" for column in key)
        raise TableError(f"{_place(text, line, file)}: a second row for {shown}; remove one.")
    return frame.reset_index(drop=True)


def _refer(frame: pd.DataFrame, key: Descriptor, folder: Path, file: str) -> None:
    """Refuse a foreign key that points nowhere."""
    there = resource(key["reference"]["resource"], folder)
    known = _keys(folder / there["path"], tuple(key["reference"]["fields"]))
    astray = [pair for pair in _tuples(frame, key["fields"]) if pair not in known]
    if astray:
        shown = ", ".join(map(str, astray[0]))
        raise TableError(
            f"{file}: {', '.join(key['fields'])} {shown} is not in {Path(there['path']).name}."
        )


def _tuples(frame: pd.DataFrame, columns: Iterable[str]) -> set[tuple[str, ...]]:
    distinct = frame[list(columns)].drop_duplicates()
    return {tuple(map(str, row)) for row in distinct.itertuples(index=False)}


@cache
def _keys(path: Path, columns: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(tuple(row[c] for c in columns) for row in csv.DictReader(handle))


def _place(text: pd.DataFrame, line: int, file: str) -> str:
    """Name the file, the line and, where there is one, the province."""
    for column in ("province", "name", "name_tr", "official", "province_printed", "name_a"):
        if column in text.columns and text.at[line, column]:
            return f"{file}, line {line}, {text.loc[line, column]!s}"
    return f"{file}, line {line}"
