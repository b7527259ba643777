"""Nothing lost, nothing made: the values of a file summed again, by another way than the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.canonical import open_cells, parsed, raw_text
from mekantek.datasets.records.cells import period_of
from mekantek.datasets.records.columns import ValueColumn
from mekantek.datasets.records.engine import as_view, fetch, literal, null
from mekantek.datasets.records.sources import Source
from mekantek.text import Text

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["Dropped", "RawSum", "check_file", "dropped_rows", "raw_sum", "usd"]

_MONEY = "decimal(28,10)"
_ROWS_SHOWN = 20
# The exporters' assembly counts in thousand USD from this year on.
_ASSEMBLY_YEAR = 2010


@dataclass(frozen=True, kw_only=True)
class RawSum:
    """
    What the cells of values of a file add up to, totals rows included.

    Attributes
    ----------
    cents : int
        Each cell rounded to whole cents, half up, then added.
    exact : decimal.Decimal
        The cells added as they are written, in cents.
    """

    cents: int
    exact: Decimal


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """
    Rows of totals, left out because they repeat others.

    Attributes
    ----------
    rows : int
    cents : int
    first : tuple of int
        Numbers of the first twenty; empty where rows have no number.
    unreadable : tuple of (int or None, str)
        Totals rows whose value is no amount of money, with what stands there.
    """

    rows: int
    cents: int
    first: tuple[int, ...]
    unreadable: tuple[tuple[int | None, str], ...] = ()


def usd(cents: int) -> str:
    """
    Write whole cents as USD, exactly.

    Examples
    --------
    >>> usd(123456), usd(-5)
    ('1234.56', '-0.05')
    """
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def raw_sum(source: Source, backend: BaseBackend) -> RawSum:
    """
    Add up the columns of values as they lie, without lookups, joins or the reader of numbers.

    Parameters
    ----------
    source : Source
        Without faults.
    backend : ibis.backends.BaseBackend
        DuckDB, whose decimal numbers are exact to 38 digits.

    Returns
    -------
    RawSum
    """
    cells = open_cells(source.staged, backend)
    cents, exact = 0, Decimal(0)
    for value in source.columns.values:
        column = cells[f"c{value.place}"]
        places = {_places(unit) for unit in _units(value)}
        sums: dict[str, Any] = {}
        for shift in sorted(places):
            number = _cents(column, source.mark, shift)
            sums[f"whole{shift}"] = number[0].sum()
            sums[f"exact{shift}"] = number[1].sum()
        years = _years(source, value, cells)
        table = cells.mutate(year_text=years).group_by("year_text").agg(**sums)
        for row in fetch(backend, table).to_dict("records"):
            shift = _places(_unit(source, value, row["year_text"]))
            if not pd.isna(row[f"whole{shift}"]):
                cents += int(row[f"whole{shift}"])
                exact += Decimal(row[f"exact{shift}"])
    return RawSum(cents=cents, exact=exact)


def _units(value: ValueColumn) -> tuple[int, ...]:
    return (1, 1000) if value.unit is None else (value.unit,)


def _places(unit: int) -> int:
    return {1: 2, 1000: 5, 1_000_000: 8}[unit]


def _unit(source: Source, value: ValueColumn, text: object) -> int:
    if value.unit is not None:
        return value.unit
    year = value.year or source.columns.year
    if year is None:
        period = period_of(str(text))
        year = period[0] if period else _ASSEMBLY_YEAR
    return 1000 if year >= _ASSEMBLY_YEAR else 1


def _years(source: Source, value: ValueColumn, cells: Any) -> Any:
    """Give the text of the year where the unit depends on it."""
    if value.unit is not None or value.year or source.columns.year:
        return literal("")
    if "year" in source.columns.taken:
        return raw_text(cells[f"c{source.columns.taken['year'].place}"])
    return cells["sheet_year"] if source.staged.sheet_years else null("string")


def _cents(column: Any, mark: str, places: int) -> tuple[Any, Any]:
    """Give a column in cents: rounded to whole ones, and as it is."""
    kind = column.type()
    if kind.is_floating():
        # The product is what is rounded, for 1.005 is no number that a float can hold.
        whole = (column.cast("float64") * literal(float(10**places))).try_cast("decimal(38,0)")
        return whole, column.cast("float64").try_cast(_MONEY) * literal(10**places)
    if kind.is_string():
        digits = column.re_replace(f"[^0-9{mark}-]", "").replace(mark, ".")
        number = digits.try_cast(_MONEY)
    else:
        number = column.cast(_MONEY)
    number = number * literal(10**places)
    return number.round(0), number


def dropped_rows(source: Source, backend: BaseBackend) -> Dropped:
    """
    Find the rows of totals that were left out.

    Parameters
    ----------
    source : Source
        Without faults.
    backend : ibis.backends.BaseBackend
        DuckDB.

    Returns
    -------
    Dropped
    """
    if not any(any(lookup.cells["total"]) for lookup in source.lookups.values()):
        return Dropped(rows=0, cents=0, first=())
    with as_view(backend, parsed(source, open_cells(source.staged, backend))) as table:
        return _of_totals(table.filter(table.total & ~table.missing), backend)


def _of_totals(table: Table, backend: BaseBackend) -> Dropped:
    counted = fetch(backend, table.aggregate(rows=table.count(), cents=table.cents.sum())).iloc[0]
    rows = int(counted["rows"])
    if rows == 0:
        return Dropped(rows=0, cents=0, first=())
    numbers = table.filter(table.row.notnull()).select("row").distinct().order_by("row")
    bad = table.filter(table.bad).select("row", "raw_value").order_by("row").limit(_ROWS_SHOWN)
    unreadable = tuple(
        (None if pd.isna(row["row"]) else int(row["row"]), str(row["raw_value"]))
        for row in fetch(backend, bad).to_dict("records")
    )
    return Dropped(
        rows=rows,
        cents=0 if pd.isna(counted["cents"]) else int(counted["cents"]),
        first=tuple(int(n) for n in fetch(backend, numbers.limit(_ROWS_SHOWN))["row"]),
        unreadable=unreadable,
    )


def check_file(source: Source, raw: RawSum, kept: int, dropped: Dropped) -> None:
    """
    Refuse to go on if a cent of a file was lost or made.

    Parameters
    ----------
    source : Source
    raw : RawSum
    kept : int
        Cents of the records that are counted.
    dropped : Dropped

    Raises
    ------
    TableError
    """
    if raw.cents == kept + dropped.cents:
        return
    file = source.staged.file.name
    if dropped.unreadable:
        row, text = dropped.unreadable[0]
        raise RefusedTableError(
            Text(
                "{f}: bir toplam satırında {t!r} yazıyor ({w} {n}); bu bir tutar değil. Toplam "
                "satırlarını silin.",
                "{f}: a row of totals holds {t!r} ({w} {n}), which is no amount of money. Remove the "
                "rows of totals.",
            ).format(f=file, t=text[:40], w=source.staged.row_word, n="?" if row is None else row)
        )
    raise RefusedTableError(
        not_conserved(file, {"in": raw.cents, "records": kept, "totals": dropped.cents})
    )


def not_conserved(file: str, sums: Mapping[str, int]) -> Text:
    """Say which sums do not agree; nothing is written then."""
    told = ", ".join(f"{name} {usd(cents)} USD" for name, cents in sums.items())
    return Text(
        "{f}: değerler korunmadı ({t}); sonuç yazılmadı. Bu bir mekantek kusurudur; dosyayla birlikte "
        "bildirin.",
        "{f}: values were not conserved ({t}); nothing was written. This is a fault of mekantek; "
        "please report it with the file.",
    ).format(f=file, t=told)
