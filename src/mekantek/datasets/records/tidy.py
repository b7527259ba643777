"""A tally as the tidy tables: shares and totals by province, with the columns of the shipped ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mekantek.datasets.provinces import load_provinces
from mekantek.datasets.records.conservation import usd
from mekantek.datasets.records.tally import Tally
from mekantek.datasets.taxonomies import load_taxonomy
from mekantek.datasets.technology import CLASSES

__all__ = ["MADE_UP", "classes_of", "tidy_files", "tidy_shares", "tidy_totals"]

MADE_UP = "UYDURMA / MADE UP"
"""What every row says that rests on made-up records."""

# Where records name no province: the country if none does, else as the statistical office writes it.
_NATION, _NOWHERE = "Türkiye", "-"
_CELL = ["plate", "year", "flow"]


def classes_of(tally: Tally) -> tuple[str, ...]:
    """Give the classes of a tally's taxonomy, highest first; five for the OECD's of 2016."""
    if tally.basis.revision == "concordance":
        return CLASSES
    return load_taxonomy(tally.basis.taxonomy).classes


def tidy_totals(tally: Tally) -> pd.DataFrame:
    """
    Give the total of each province, year and flow.

    Parameters
    ----------
    tally : Tally

    Returns
    -------
    pandas.DataFrame
        ``plate`` (Int64; missing for records without a province), ``province, year, flow``,
        ``value_usd`` (text, exact to the cent), ``status`` (``computed``) and ``source``.
    """
    sums = tally.by_code.groupby(_CELL, dropna=False, sort=True, as_index=False)[["cents"]].sum()
    sums["value_usd"] = [usd(int(cents)) for cents in sums["cents"]]
    return _labelled(sums, tally)[
        ["plate", "province", "year", "flow", "value_usd", "status", "source"]
    ]


def tidy_shares(tally: Tally) -> pd.DataFrame:
    """
    Give the share of each class in the total of its province, year and flow.

    Parameters
    ----------
    tally : Tally

    Returns
    -------
    pandas.DataFrame
        ``plate, province, year, flow, class``; ``share``, fraction in [0, 1]; ``value_usd`` (text,
        exact to the cent), ``status, source``. A class without records has share 0, for the
        records cover it; a province whose records have no codes at all has no shares.
    """
    rows = tally.by_code
    coded = rows[~((rows["kind"] == "unplaced") & (rows["code"] == ""))]
    whole = _sums(rows, [])
    known = _sums(coded, [])
    by_kind = _sums(rows, ["kind"])
    found = [
        {
            "plate": cell[0], "year": cell[1], "flow": cell[2], "class": kind,
            "share": by_kind.get((*cell, kind), 0) / whole[cell],
            "value_usd": usd(by_kind.get((*cell, kind), 0)),
        }
        for cell in whole
        if known.get(cell) and whole[cell] > 0
        for kind in classes_of(tally)
    ]  # fmt: skip
    columns = [
        "plate",
        "province",
        "year",
        "flow",
        "class",
        "share",
        "value_usd",
        "status",
        "source",
    ]
    frame = pd.DataFrame(found, columns=["plate", "year", "flow", "class", "share", "value_usd"])
    frame["plate"] = frame["plate"].astype("Int64")
    return _labelled(frame, tally)[columns]


def _sums(rows: pd.DataFrame, more: list[str]) -> dict[tuple[Any, ...], int]:
    """Add up by cell; a missing plate is None, for a missing value equals nothing, not itself."""
    sums = rows.groupby([*_CELL, *more], dropna=False, sort=True)["cents"].sum()
    return {
        (None if pd.isna(key[0]) else int(key[0]), *key[1:]): int(cents)
        for key, cents in sums.items()
        if isinstance(key, tuple)
    }


def _labelled(frame: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    names = load_provinces()["name_tr"]
    nowhere = _NOWHERE if tally.by_code["plate"].notna().any() else _NATION
    frame["province"] = [
        nowhere if pd.isna(plate) else str(names[plate]) for plate in frame["plate"]
    ]
    frame["status"] = "computed"
    frame["source"] = [
        _source(tally, int(year), str(flow))
        for year, flow in zip(frame["year"], frame["flow"], strict=True)
    ]
    return frame


def _source(tally: Tally, year: int, flow: str) -> str:
    named = [
        str(source["file"]) for source in tally.sources
        if year in source.get("covers", {}).get(flow, [year])
    ]  # fmt: skip
    told = f"{', '.join(named)}; {tally.basis.taxonomy}"
    return f"{told}; {MADE_UP}" if tally.made_up else told


def tidy_files(tally: Tally) -> Mapping[str, bytes]:
    r"""
    Write shares, totals and what was conserved, as files in memory.

    Parameters
    ----------
    tally : Tally

    Returns
    -------
    mapping of str to bytes
        ``shares.csv``, ``totals.csv`` and ``conservation.json``, the same for the same records.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from mekantek.datasets.records.from_files import tally_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "records.csv")
    ...     _ = path.write_text(
    ...         "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Kars;1511;75\n"
    ...         "2024;İhracat;Kars;3530;25\n", encoding="utf-8"
    ...     )
    ...     written = tidy_files(tally_files([path]))
    >>> print(written["shares.csv"].decode().splitlines()[1])
    36,Kars,2024,export,high,0.25,25.00,computed,records.csv; isic3-report
    """
    told = json.dumps(tally.conservation, ensure_ascii=False, indent=2, allow_nan=False)
    return {
        "shares.csv": _csv(tidy_shares(tally)),
        "totals.csv": _csv(tidy_totals(tally)),
        "conservation.json": (told + "\n").encode("utf-8"),
    }


def _csv(frame: pd.DataFrame) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(frame.columns)
    rows: Sequence[Mapping[Any, Any]] = frame.to_dict("records")
    writer.writerows([["" if pd.isna(cell) else cell for cell in row.values()] for row in rows])
    return stream.getvalue().encode("utf-8")
