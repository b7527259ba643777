"""
From print to data: the tidy tables rebuilt from the printed ones and the corrections.

``python -m mekantek.datasets.curation`` rewrites ``shares.csv``, ``totals.csv`` and the sizes and
hashes in ``datapackage.json``; a test demands exactly the committed bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from mekantek.datasets import files
from mekantek.datasets.technology import CLASSES
from mekantek.errors import TableError

__all__ = ["Cell", "curate", "main", "tidy_csv"]

# Where several notes concern one cell, the most cautious one counts.
_CAUTION = ("printed", "corrected", "unresolved", "lost")

# Table 4.1 comes first: where it and an annex agree, it is the source named.
_PRINTS = (
    ("Table 4.1", "printed/table_4_1.csv"),
    ("Ek 3", "printed/ek3.csv"),
    ("Ek 5", "printed/ek5.csv"),
)
_COLUMN = re.compile(r"(high|medium_high|medium_low|low|total_usd)_(\d{4})")
# "1234 (Ek 3, line 812)", "0.4 (Ek 3 line 853)" or "1234 (Ek 3)"
_QUOTED = re.compile(r"([\d.]+) \((Table 4\.1|Ek 3|Ek 5)(?:,? line (\d+))?\)")
_COLUMNS_OF_NOTES = {"high_pct": "high", "medium_low_pct": "medium_low", "total_usd": "total_usd"}

Key = tuple[int, int, str]  # plate, year, class or total_usd


@dataclass(frozen=True)
class Cell:
    """
    One adopted value.

    Attributes
    ----------
    value : Decimal
        Percent of the province's exports for a class, USD for a total.
    status : str
        ``printed``, ``corrected`` or ``unresolved``.
    source : str
        The printed line, and the row of ``corrections.csv`` that decided.
    """

    value: Decimal
    status: str
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    with files.data_path(name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _plates() -> dict[tuple[str, str, str, str], int]:
    """Plate of each printed row, by table, row, line and the name that stands there."""
    return {
        (r["table"], r["row"], r["report_line"], r["printed"]): int(r["plate"])
        for r in _rows("names_map.csv")
    }


def _prints() -> dict[Key, list[tuple[Decimal, str]]]:
    """Every printed cell with its place; cells printed twice have two entries."""
    plates = _plates()
    found: dict[Key, list[tuple[Decimal, str]]] = {}
    for table, name in _PRINTS:
        for row in _rows(name):
            place = f"{table}, line {row['report_line']}"
            plate = plates.get((table, row["row"], row["report_line"], row["province_printed"]))
            if plate is None:
                raise TableError(
                    f"{place}: names_map.csv does not say which province "
                    f"{row['province_printed']!r} is."
                )
            for column, text in row.items():
                match = _COLUMN.fullmatch(column)
                if match and text:
                    key = (plate, int(match[2]), match[1])
                    found.setdefault(key, []).append((Decimal(text), place))
    return found


@dataclass
class _Note:
    """What the corrections say of one cell."""

    adopted: Decimal | None
    status: str
    rows: list[int]
    places: list[str]


def _notes(prints: Mapping[Key, list[tuple[Decimal, str]]]) -> dict[Key, _Note]:
    notes: dict[Key, _Note] = {}
    for row in _rows("corrections.csv"):
        # A blank status says that the row is about no single cell.
        if not row["status"]:
            continue
        number = int(row["row"])
        if row["column"] not in _COLUMNS_OF_NOTES or not row["year"].isdecimal():
            raise TableError(f"corrections.csv row {number} has a status but names no single cell.")
        key = (int(row["plate"]), int(row["year"]), _COLUMNS_OF_NOTES[row["column"]])
        adopted = Decimal(row["adopted"]) if row["adopted"] else None
        places = []
        for quoted in (row["printed_a"], row["printed_b"]):
            match = _QUOTED.fullmatch(quoted)
            if match is None:
                continue
            value, place = Decimal(match[1]), ", line ".join(filter(None, match.group(2, 3)))
            _verify(value, place, prints.get(key, []), number)
            places.append(place)
        known = notes.setdefault(key, _Note(adopted, row["status"], [], []))
        if known.adopted != adopted:
            raise TableError(f"corrections.csv row {number}: two notes on {row['name']} disagree.")
        known.status = max(known.status, row["status"], key=_CAUTION.index)
        known.rows.append(number)
        known.places += [p for p in places if p not in known.places]
    return notes


def _verify(value: Decimal, place: str, prints: list[tuple[Decimal, str]], number: int) -> None:
    """Refuse a quotation that does not stand where it says."""
    there = [v for v, where in prints if where == place or where.startswith(f"{place}, line ")]
    if value not in there:
        raise TableError(
            f"corrections.csv row {number} quotes {value} from {place}, which prints "
            f"{there[0] if there else 'nothing'} in that cell."
        )


def _adopt(key: Key, prints: list[tuple[Decimal, str]], note: _Note | None) -> Cell | None:
    if note is None:
        if len({value for value, _ in prints}) > 1:
            places = " and ".join(f"{value} ({place})" for value, place in prints)
            raise TableError(
                f"Two prints of {key[2]} {key[1]} for plate {key[0]} disagree, {places}, and "
                "corrections.csv has no row for it."
            )
        return Cell(prints[0][0], "printed", prints[0][1])
    if note.status == "lost" or note.adopted is None:
        return None
    rows = ", ".join(str(r) for r in note.rows)
    equal = [place for value, place in prints if value == note.adopted]
    # A value that slipped to another cell of its row is sourced to the line it stands on.
    where = equal or note.places or [place for _, place in prints]
    return Cell(note.adopted, note.status, f"{where[0]}; corrections.csv row {rows}")


def curate() -> tuple[dict[Key, Cell], dict[tuple[int, int], Cell]]:
    """
    Rebuild the adopted values from the printed tables and the corrections.

    Returns
    -------
    shares : dict of (plate, year, class) to Cell
        Percent of the province's total exports; 1,243 cells.
    totals : dict of (plate, year) to Cell
        USD; 455 cells. What was not printed is absent: nothing is filled in.

    Raises
    ------
    TableError
        If two prints disagree and no correction says which holds, or a correction names a cell
        that no table prints.

    Examples
    --------
    >>> shares, totals = curate()
    >>> len(shares), len(totals), shares[26, 2024, "high"].value
    (1243, 455, Decimal('34.4'))
    """
    prints = _prints()
    notes = _notes(prints)
    astray = sorted(key for key in notes if key not in prints)
    if astray:
        raise TableError(f"corrections.csv speaks of a cell that no table prints: {astray[0]}.")
    shares: dict[Key, Cell] = {}
    totals: dict[tuple[int, int], Cell] = {}
    for key in sorted(prints):
        cell = _adopt(key, prints[key], notes.get(key))
        if cell is None:
            continue
        if key[2] == "total_usd":
            totals[key[0], key[1]] = cell
        else:
            shares[key] = cell
    return shares, totals


def _plain(value: Decimal) -> str:
    """Decimal text without exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def tidy_csv() -> dict[str, str]:
    """
    Write the tidy tables as text.

    Returns
    -------
    dict
        ``shares.csv``: plate, province, year, flow, class, share (fraction), value_usd (share
        times total, empty where no total is printed), status and source of the share.
        ``totals.csv``: plate, province, year, flow, value_usd, status, source.
    """
    shares, totals = curate()
    names = {int(r["plate"]): r["name_tr"] for r in _rows("provinces.csv")}

    def written(header: list[str], rows: list[list[str]]) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        return out.getvalue()

    def order(key: Key) -> tuple[int, int, int]:
        return key[0], key[1], CLASSES.index(key[2])

    share_rows = []
    for plate, year, name in sorted(shares, key=order):
        cell = shares[plate, year, name]
        total = totals.get((plate, year))
        share = cell.value / 100
        value = "" if total is None else _plain(share * total.value)
        share_rows.append(
            [str(plate), names[plate], str(year), "export", name, _plain(share), value,
             cell.status, cell.source]
        )  # fmt: skip
    total_rows = [
        [str(plate), names[plate], str(year), "export", _plain(cell.value),
         cell.status, cell.source]
        for (plate, year), cell in sorted(totals.items())
    ]  # fmt: skip
    head = ["plate", "province", "year", "flow"]
    tail = ["value_usd", "status", "source"]
    return {
        "shares.csv": written([*head, "class", "share", *tail], share_rows),
        "totals.csv": written([*head, *tail], total_rows),
    }


def main(folder: Path | None = None) -> None:
    """Rewrite the tidy tables of a data folder and what datapackage.json says of its files."""
    target = folder or files.data_path()
    for name, text in tidy_csv().items():
        files.write_whole(target / name, text.encode())
    package = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
    for entry in package["resources"]:
        content = (target / entry["path"]).read_bytes()
        entry["bytes"] = len(content)
        entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    described = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    files.write_whole(target / "datapackage.json", described.encode())


if __name__ == "__main__":
    main()
