"""The shipped tables, each held against its schema whenever it is read, and anyone's tables."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd

from mekantek.datasets import files
from mekantek.datasets.delimited import check_table, read_table
from mekantek.datasets.schema import read_checked, resources

__all__ = [
    "INDICES",
    "check_table",
    "list_tables",
    "load",
    "load_classes",
    "load_corrections",
    "load_index",
    "load_neighbours",
    "load_other_prints",
    "load_printed",
    "load_shares",
    "load_totals",
    "read_table",
    "write_tidy",
]

INDICES = ("iltek-2024", "iltek-2025", "gdp-2024")
"""Indices of the 81 provinces that come with the package."""

_TIDY = ("shares.csv", "totals.csv")


def load(name: str) -> pd.DataFrame:
    """
    Load any shipped table by the name `list_tables` gives it.

    Parameters
    ----------
    name : str
        Such as ``provinces`` or ``names-map``.

    Returns
    -------
    pandas.DataFrame
        Rows and columns as in the file; units and limits in ``datapackage.json``.

    Raises
    ------
    TableError
        If no table has that name, or the table does not keep its schema.

    Examples
    --------
    >>> load("provinces").shape
    (81, 20)
    """
    return read_checked(name)


def load_shares() -> pd.DataFrame:
    """
    Load the share of each technology class in each province's exports.

    Returns
    -------
    pandas.DataFrame, shape (1243, 9)
        ``plate, province, year, flow, class``; ``share``, fraction in [0, 1] of the province's
        total exports; ``value_usd``, USD, NaN where no total is printed; ``status`` and
        ``source`` of the share.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> shares = load_shares()
    >>> shares[(shares["plate"] == 26) & (shares["class"] == "high")]["share"].iloc[-1].item()
    0.344
    """
    return load("shares")


def load_totals() -> pd.DataFrame:
    """
    Load the total exports of each province.

    Returns
    -------
    pandas.DataFrame, shape (455, 7)
        ``plate, province, year, flow``; ``value_usd``, whole USD; ``status`` and ``source``.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> len(load_totals())
    455
    """
    return load("totals")


def load_corrections() -> pd.DataFrame:
    """
    Load every place where two prints disagree, a row has slipped or a value is odd.

    Returns
    -------
    pandas.DataFrame, shape (119, 12)
        Text columns, but ``row`` and ``plate``; ``status`` is ``""`` for rows about no single
        cell.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> load_corrections()["status"].value_counts()["lost"].item()
    4
    """
    return load("corrections")


def load_other_prints() -> pd.DataFrame:
    """
    Load the second value of every unresolved cell that the report prints twice.

    Returns
    -------
    pandas.DataFrame
        ``plate``, ``year``, ``column`` (``value`` or a class), ``adopted`` and ``other``: shares as
        fractions in [0, 1], values in USD. Cells whose two prints nothing separates.

    Examples
    --------
    >>> cells = load_other_prints()
    >>> cells[(cells["plate"] == 65) & (cells["column"] == "high")]["other"].tolist()
    [0.018]
    """
    return _other_prints().copy()


@cache
def _other_prints() -> pd.DataFrame:
    rows = load_corrections()
    rows = rows[
        (rows["status"] == "unresolved") & rows["column"].str.match(r"(total_usd|\w+_pct)$")
    ]
    found = []
    for row in rows.to_dict("records"):
        share = row["column"] != "total_usd"
        prints = [_leading_number(text) for text in (row["printed_a"], row["printed_b"])]
        adopted = float(row["adopted"])
        other = [p for p in prints if p is not None and p != adopted]
        # A print cut off after its first digits is no second value.
        if len(other) != 1 or 0 < 100 * other[0] < adopted:
            continue
        scale = 100.0 if share else 1.0
        found.append(
            {
                "plate": row["plate"],
                "year": int(row["year"]),
                "column": row["column"].removesuffix("_pct") if share else "value",
                "adopted": round(adopted / scale, 6),
                "other": round(other[0] / scale, 6),
            }
        )
    return pd.DataFrame(found).drop_duplicates(ignore_index=True)


def _leading_number(text: str) -> float | None:
    """Read ``0.7`` from ``0.7 (Ek 3, line 830)``; None where nothing is printed."""
    number = re.match(r"\d+(\.\d+)?", text)
    return None if number is None else float(number[0])


def load_neighbours() -> pd.DataFrame:
    """
    Load the candidate pairs of neighbouring provinces.

    Returns
    -------
    pandas.DataFrame, shape (203, 8)
        ``plate_a, plate_b``; ``neighbours`` and ``contested``, 0 or 1; what the sources say.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> load_neighbours()["neighbours"].sum().item()
    199
    """
    return load("neighbours")


def load_index(name: Literal["iltek-2024", "iltek-2025", "gdp-2024"]) -> pd.DataFrame:
    """
    Load an index of provinces: the published ranks of İLTEK, or gross domestic product per head.

    Parameters
    ----------
    name : {"iltek-2024", "iltek-2025", "gdp-2024"}
        17 of 81 ranks are published of İLTEK 2024 (Eskişehir stands twice, the press's rank
        first), 8 of İLTEK 2025; gross domestic product covers all 81.

    Returns
    -------
    pandas.DataFrame
        ``plate, province, …, rank`` (1 is best), ``source``. Unknown ranks are absent.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> load_index("iltek-2024")["plate"].nunique()
    17
    """
    return load(name)


def load_printed(name: Literal["table_4_1", "ek3", "ek5"]) -> pd.DataFrame:
    """
    Load a table of the report as printed, misreadings included.

    Parameters
    ----------
    name : {"table_4_1", "ek3", "ek5"}
        Table 4.1, Annex 3 or Annex 5.

    Returns
    -------
    pandas.DataFrame
        ``row, report_line, province_printed``; shares in percent, totals in USD; NaN or NA where
        the print has no value.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> load_printed("ek5")["province_printed"][58:61].tolist()
    ['Hakkari', 'Silvan', 'Artvin']
    """
    return load(name)


def load_classes() -> pd.DataFrame:
    """
    Load the 137 ISIC Rev. 3 industries of annexes 1 and 2 with their technology class.

    Returns
    -------
    pandas.DataFrame, shape (137, 10)
        ``code4`` is text of four digits; ``class_report`` and ``class_oecd_rev3`` its class.

    Raises
    ------
    TableError
        If the table does not keep its schema.

    Examples
    --------
    >>> load_classes()["class_report"].value_counts()["high"].item()
    11
    """
    return load("isic-rev3-classes")


def list_tables() -> pd.DataFrame:
    """
    List the shipped tables with their source, basis and status counts.

    Returns
    -------
    pandas.DataFrame
        One row a table: ``name, title, rows, source, basis`` (text, ``""`` if none);
        ``printed, corrected, unresolved`` (rows of that status, NA where the table has none);
        ``sha256`` of the file.

    Raises
    ------
    TableError
        If a table does not keep its schema.

    Examples
    --------
    >>> list_tables().set_index("name").loc["totals", ["rows", "unresolved"]].tolist()
    [455, 36]
    """
    rows = []
    for name, entry in resources().items():
        frame = load(name)
        counts = frame["status"].value_counts() if "status" in frame.columns else None
        rows.append(
            {
                "name": name,
                "title": entry["title"],
                "rows": len(frame),
                "source": "; ".join(source["title"] for source in entry["sources"]),
                "basis": entry.get("basis", ""),
                **{
                    status: None if counts is None else int(counts.get(status, 0))
                    for status in ("printed", "corrected", "unresolved")
                },
                "sha256": files.sha256(entry["path"]),
            }
        )
    listed = pd.DataFrame(rows)
    return listed.astype(dict.fromkeys(("printed", "corrected", "unresolved"), "Int64"))


def write_tidy(folder: str | os.PathLike[str]) -> list[Path]:
    """
    Write the tidy tables to a folder, whole or not at all.

    Parameters
    ----------
    folder : path
        Made if it does not exist.

    Returns
    -------
    list of pathlib.Path
        ``shares.csv`` and ``totals.csv`` in that folder, byte for byte as shipped.

    Raises
    ------
    TableError
        If a shipped table does not keep its schema; then nothing is written.
    OSError
        If the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_tidy(folder)]
    ['shares.csv', 'totals.csv']
    """
    load_shares(), load_totals()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return [files.write_whole(target / name, files.data_path(name).read_bytes()) for name in _TIDY]
