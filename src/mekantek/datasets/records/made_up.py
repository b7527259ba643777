"""Made-up records that add up to what the report prints; for tests and demonstration, never data."""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from mekantek.datasets import files, tables
from mekantek.datasets.provinces import load_provinces
from mekantek.datasets.records.tidy import MADE_UP
from mekantek.datasets.taxonomies import split_cents
from mekantek.datasets.technology import CLASSES

__all__ = ["MADE_UP_FILE", "made_up_records", "write_made_up"]

MADE_UP_FILE = "made_up_records.csv"
YEARS = (2019, 2024)
# Real countries, so that tables look as they will; what they bought is made up.
_PARTNERS = (
    "Almanya", "ABD", "Irak", "Birleşik Krallık", "İtalya", "Fransa", "İspanya",
    "Rusya Federasyonu", "Hollanda", "Romanya", "İsrail", "Bulgaristan", "Çin", "Polonya",
    "Birleşik Arap Emirlikleri", "Özbekistan",
)  # fmt: skip
# A printed share is a tenth of a percent; a made-up one stays within 0.4 tenths of it.
_SLACK = 400
_PER_TENTH = 1000
_WHOLE = 1000 * _PER_TENTH
_HIDDEN_NAME = "Gizli veri"


class _Dice:
    """Numbers drawn from a seed; the generator's ``random()`` alone is the same on every Python."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def below(self, limit: int) -> int:
        return int(self._source.random() * limit)

    def some(self, things: Sequence[Any], count: int) -> list[Any]:
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def parts(self, cents: int, count: int) -> list[int]:
        """Cut an amount into so many pieces of uneven size."""
        weights = [1 + self.below(1000) for _ in range(count)]
        placed = tuple((str(n), Fraction(w, sum(weights))) for n, w in enumerate(weights))
        return list(split_cents(cents, placed).values())


def made_up_records(seed: int = 0) -> pd.DataFrame:
    """
    Make up trade records whose sums are those that the report prints.

    Parameters
    ----------
    seed : int
        The same seed gives the same records.

    Returns
    -------
    pandas.DataFrame
        One row a record: ``year`` (2019 and 2024), ``month``, ``flow``, ``plate`` (Int64; missing
        for the few without a province), ``province``, ``code`` (ISIC Rev. 3; ``-`` where there is
        none), ``industry`` (``Gizli veri`` where it is hidden), ``partner``, ``cents`` (int64) and
        ``note``, which says in every row that it is made up.

    Notes
    -----
    Exports of each province sum to its printed total, or to a made-up one where none is printed;
    the shares of its classes, rounded to a tenth of a percent, are those of Table 4.1. Imports,
    industries, months and partners rest on nothing at all.

    Examples
    --------
    >>> records = made_up_records()
    >>> ankara = records[(records["plate"] == 6) & (records["flow"] == "export")]
    >>> int(ankara.loc[ankara["year"] == 2024, "cents"].sum())
    1451456733900
    >>> set(records["note"])
    {'UYDURMA / MADE UP'}
    """
    dice = _Dice(seed)
    names = load_provinces()["name_tr"]
    printed = _printed_tenths()
    known = tables.load_totals()
    known = known[known["flow"] == "export"]
    totals = dict(
        zip(zip(known["plate"], known["year"], strict=True), known["value_usd"], strict=True)
    )
    industries = _industries()
    rows: list[dict[str, Any]] = []
    for year in YEARS:
        for plate in names.index:
            # A province whose total is not printed still has a printed share of one.
            dollars = totals.get((plate, year)) or 300_000 + dice.below(9_000_000)
            amounts = _amounts(dice, int(dollars) * 100, printed[int(plate), year])
            rows += _records(dice, industries, amounts, year, "export", int(plate))
            bought = int(dollars) * (20 + dice.below(130))
            tenths = dice.parts(1000 - dice.below(200), len(CLASSES))
            amounts = _amounts(dice, bought, dict(zip(CLASSES, tenths, strict=True)))
            rows += _records(dice, industries, amounts, year, "import", int(plate))
        for flow in ("export", "import"):
            amounts = {"low": 100_000 + dice.below(10**7), "unplaced": 1 + dice.below(10**6)}
            rows += _records(dice, industries, amounts, year, flow, None)
    frame = pd.DataFrame(rows)
    frame["plate"] = frame["plate"].astype("Int64")
    frame["province"] = ["-" if pd.isna(plate) else names[plate] for plate in frame["plate"]]
    frame["note"] = MADE_UP
    columns = ["year", "month", "flow", "plate", "province", "code", "industry", "partner", "cents",
               "note"]  # fmt: skip
    return frame[columns].astype({"cents": "int64"})


def _printed_tenths() -> dict[tuple[int, int], dict[str, int]]:
    """Give Table 4.1 as printed, in tenths of a percent."""
    table = tables.load_printed("table_4_1").set_index("row")
    known = tables.load("names-map")
    plates = known[known["table"] == "Table 4.1"].set_index("row")["plate"]
    return {
        (int(plates[row]), year): {
            kind: round(10 * float(table[f"{kind}_{year}"].loc[row])) for kind in CLASSES
        }
        for row in table.index
        for year in YEARS
    }


def _industries() -> dict[str, list[tuple[str, str]]]:
    table = tables.load_classes()
    return {
        str(kind): list(zip(rows["code4"], rows["description_tr"], strict=True))
        for kind, rows in table.groupby("class_report")
    }


def _amounts(dice: _Dice, total: int, tenths: dict[str, int]) -> dict[str, int]:
    """Choose cents of each class that round to the printed shares; what is left lies outside them."""
    off = {
        kind: dice.below(_SLACK + 1) - (dice.below(2 * _SLACK) if share else 0)
        for kind, share in tenths.items()
    }
    off = {kind: max(-_SLACK, by) if tenths[kind] else max(0, by) for kind, by in off.items()}
    room = _WHOLE - _PER_TENTH * sum(tenths.values())
    for kind, share in tenths.items():
        # Printed shares of 100.0 in sum leave no room for roundings up.
        if sum(off.values()) > room - _SLACK // 4:
            off[kind] = -_SLACK if share else 0
    cents = {
        kind: total * (_PER_TENTH * share + off[kind]) // _WHOLE for kind, share in tenths.items()
    }
    rest = total - sum(cents.values())
    hidden = rest * dice.below(40) // 100 if dice.below(3) == 0 else 0
    unplaced = (rest - hidden) * dice.below(10) // 100 if dice.below(4) == 0 else 0
    return {**cents, "hidden": hidden, "unplaced": unplaced,
            "unclassified": rest - hidden - unplaced}  # fmt: skip


def _records(
    dice: _Dice, industries: dict[str, list[tuple[str, str]]], amounts: dict[str, int], year: int,
    flow: str, plate: int | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Cut the cents of each class into records, no two of the same month and partner."""
    found = []
    for kind, cents in amounts.items():
        known = industries.get(kind, [("-", _HIDDEN_NAME if kind == "hidden" else "-")])
        chosen = dice.some(known, 2 + dice.below(4))
        for (code, name), part in zip(chosen, dice.parts(cents, len(chosen)), strict=True):
            count = 1 + dice.below(3)
            months = dice.some(range(1, 13), count)
            partners = dice.some(_PARTNERS, count)
            for month, partner, piece in zip(
                months, partners, dice.parts(part, count), strict=True
            ):
                if piece > 0:
                    found.append(
                        {"year": year, "month": month, "flow": flow, "plate": plate, "code": code,
                         "industry": name, "partner": partner, "cents": piece}
                    )  # fmt: skip
    return found


def write_made_up(folder: str | os.PathLike[str], *, seed: int = 0) -> Path:
    """
    Write made-up records as a statistical office would give them, whole or not at all.

    Parameters
    ----------
    folder : path
        Made if it does not exist.
    seed : int

    Returns
    -------
    pathlib.Path
        ``made_up_records.csv``: UTF-8, semicolons, numbers as 1234,56; the title and every row
        say that it is made up.

    Raises
    ------
    OSError
        If the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_made_up(folder).read_text(encoding="utf-8-sig").splitlines()[1]
    'YIL;AY;IHRITH;IL_KODU;IL_ADI;ISIC3_4;ISIC3_ADI;ULKE;DOLAR;VERI_TURU'
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow([f"{MADE_UP}: gerçek dış ticaret verisi değildir; no real trade data"])
    writer.writerow(["YIL", "AY", "IHRITH", "IL_KODU", "IL_ADI", "ISIC3_4", "ISIC3_ADI", "ULKE",
                     "DOLAR", "VERI_TURU"])  # fmt: skip
    words = {"export": "İhracat", "import": "İthalat"}
    for row in made_up_records(seed).to_dict("records"):
        cents = int(row["cents"])
        writer.writerow(
            [row["year"], row["month"], words[str(row["flow"])],
             "-" if pd.isna(row["plate"]) else row["plate"], row["province"], row["code"],
             row["industry"], row["partner"], f"{cents // 100},{cents % 100:02d}", row["note"]]
        )  # fmt: skip
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return files.write_whole(target / MADE_UP_FILE, stream.getvalue().encode("utf-8-sig"))
