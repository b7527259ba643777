"""Records in canonical columns: one portable expression, the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mekantek.datasets.records.amounts import Amount, with_amounts
from mekantek.datasets.records.columns import ValueColumn
from mekantek.datasets.records.engine import cases, literal, memory_table, null, read_parquet
from mekantek.datasets.records.sources import Source
from mekantek.datasets.records.staged import Staged

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import BooleanValue, Table

__all__ = ["CANONICAL", "canonical", "open_cells", "parsed", "raw_text"]

CANONICAL = ("row", "year", "month", "flow", "plate", "place_text", "code", "revision",
             "industry_name", "partner", "hidden", "cents", "made_up")  # fmt: skip
# By how many places the mark moves from a unit to cents.
_PLACES = {1: 2, 1000: 5, 1_000_000: 8}
# The exporters' assembly counts in thousand USD from this year on.
_ASSEMBLY_YEAR = 2010
_SAYS_MADE_UP = "UYDURMA|MADE[ _-]?UP"


def canonical(source: Source, backend: BaseBackend) -> Table:
    """
    Give the records of a file in canonical columns.

    Parameters
    ----------
    source : Source
        Without faults.
    backend : ibis.backends.BaseBackend
        DuckDB (`engine.connect`), or another of Ibis' engines.

    Returns
    -------
    ibis.expr.types.Table
        ``row`` (int64; missing for Parquet on engines that do not number rows), ``year`` (int32),
        ``month`` (int32 or missing), ``flow`` (``export`` or ``import``), ``plate`` (int32 or
        missing), ``place_text``, ``code`` (text; ``""`` where there is none), ``revision``,
        ``industry_name``, ``partner`` (text or missing), ``hidden`` (bool), ``cents`` (int64),
        ``made_up`` (bool). Totals and rows without a value are left out.
    """
    everything = parsed(source, open_cells(source.staged, backend))
    kept = everything.filter(~everything.missing & ~everything.total)
    return kept.select(*CANONICAL)


def open_cells(staged: Staged, backend: BaseBackend) -> Table:
    """Give the cells of a file as a table with ``row``; a user's Parquet is read as it lies."""
    if not staged.in_place:
        return read_parquet(backend, staged.parquet)
    numbered = backend.name == "duckdb"
    table = read_parquet(backend, staged.parquet, rows=numbered)
    renamed = {f"c{place}": table[name] for place, name in enumerate(staged.columns)}
    row = table["file_row_number"].cast("int64") + 1 if numbered else null("int64")
    return table.select(row=row, **renamed)


def raw_text(column: Any) -> Any:
    """Give a column of any type as the text that its lookup is keyed by."""
    kind = column.type()
    if kind.is_string():
        return column
    if kind.is_floating():
        # 2024.0 is a year; engines write large floats each their own way.
        number = column.cast("float64")
        small = cases((number.abs() < 1e15, number), else_=null("float64"))
        whole = small.cast("int64")
        return cases(
            (whole.cast("float64") == small, whole.cast("string")), else_=number.cast("string")
        )
    if kind.is_temporal() and not kind.is_time():
        return (column.year() * 100 + column.month()).cast("string")
    return column.cast("string")


def parsed(source: Source, cells: Table) -> Table:
    """
    Give every row of the file with what it means and what is wrong with it.

    Parameters
    ----------
    source : Source
    cells : ibis.expr.types.Table
        As `open_cells` gives it.

    Returns
    -------
    ibis.expr.types.Table
        The canonical columns; ``total``, ``missing``, ``withheld``, ``bad``, ``rounded`` (bool);
        and the text of each role as ``raw_…``, and of the value as ``raw_value``.
    """
    units = dict.fromkeys(value.unit for value in source.columns.values)
    parts = [_of_unit(source, cells, unit) for unit in units]
    return _together(parts)


def _together(parts: Sequence[Table]) -> Table:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part, distinct=False)
    return whole


def _of_unit(source: Source, cells: Table, unit: int | None) -> Table:
    """Stack the columns of values that are in one unit, then settle all rows at once."""
    values = [value for value in source.columns.values if value.unit == unit]
    kind = _kind_of([cells[f"c{value.place}"].type() for value in values])
    table = _together([_stacked(source, cells, value, kind) for value in values])
    table = with_amounts(
        table,
        [
            Amount(column="value", prefix=f"in_{one}_", mark=source.mark, places=_PLACES[one])
            for one in _units(unit)
        ],
    )
    for role, lookup in source.lookups.items():
        meanings = memory_table(
            {f"{role}_{name}": values for name, values in lookup.cells.items()},
            {f"{role}_{name}": kind for name, kind in lookup.types.items()},
        )
        table = table.left_join(meanings, table[f"raw_{role}"] == meanings[f"{role}_raw"])
    return _settled(source, table, unit)


def _kind_of(kinds: Sequence[Any]) -> Any:
    """Choose one type for columns that are stacked; None if they have it already."""
    if len(set(kinds)) == 1:
        return None
    return "float64" if all(kind.is_numeric() for kind in kinds) else "string"


def _stacked(source: Source, cells: Table, value: ValueColumn, kind: Any) -> Table:
    """Give one column of values, with what its header says of all of them beside it."""
    columns = source.columns
    money = cells[f"c{value.place}"]
    year, flow = value.year or columns.year, value.flow or columns.flow
    return cells.select(
        row=cells["row"],
        value=money if kind is None else money.cast(kind),
        said_year=null("int32") if year is None else literal(year, "int32"),
        said_month=null("int32") if value.month is None else literal(value.month, "int32"),
        said_flow=null("string") if flow is None else literal(flow),
        says_made_up=_says_made_up(source, cells),
        **{f"raw_{role}": raw_text(cells[name]) for role, name in _key_columns(source).items()},
    )


def _key_columns(source: Source) -> Mapping[str, str]:
    found = {
        role: f"c{taken.place}"
        for role, taken in source.columns.taken.items()
        if role in source.lookups
    }
    if "sheet_year" in source.lookups:
        found["sheet_year"] = "sheet_year"
    return found


def _says_made_up(source: Source, cells: Table) -> BooleanValue:
    said = literal(source.made_up)
    for place in source.made_up_columns:
        text = raw_text(cells[f"c{place}"]).upper()
        said = said | text.re_search(_SAYS_MADE_UP).fill_null(False)
    return said


def _settled(source: Source, table: Table, unit: int | None) -> Table:
    """Give each row its canonical columns, from its cells and from what their header says."""
    columns = source.columns
    lookups = source.lookups

    def of(role: str, name: str, kind: str) -> Any:
        return table[f"{role}_{name}"] if role in lookups else null(kind)

    year = table.said_year.coalesce(of("year", "year", "int32"), of("sheet_year", "year", "int32"))
    month = table.said_month.coalesce(of("month", "month", "int32"), of("year", "month", "int32"))
    hidden = [of(role, "hidden", "boolean") for role in ("code", "industry")]
    made_up = [of(role, "made_up", "boolean") for role in ("code", "industry", "partner")]
    totals = [of(role, "total", "boolean") for role in lookups]
    texts = {
        f"raw_{role}": table[f"raw_{role}"] if f"raw_{role}" in table.columns else null("string")
        for role in ("year", "month", "flow", "place_code", "place", "code", "partner")
    }
    return table.select(
        row=table["row"],
        year=year.cast("int32"),
        month=month.cast("int32"),
        flow=of("flow", "flow", "string").coalesce(table.said_flow),
        plate=of("place_code", "plate", "int32").coalesce(of("place", "plate", "int32")),
        place_text=of("place", "text", "string").coalesce(of("place_code", "text", "string")),
        code=of("code", "code", "string").fill_null(""),
        revision=literal(columns.revision) if columns.revision else null("string"),
        industry_name=of("industry", "text", "string").coalesce(of("code", "name", "string")),
        partner=of("partner", "partner", "string"),
        hidden=_any(hidden),
        made_up=_any([table["says_made_up"], *made_up]),
        total=_any(totals),
        **_money(table, unit, year),
        code_plate=of("place_code", "plate", "int32"),
        name_plate=of("place", "plate", "int32"),
        raw_value=table["value"].cast("string"),
        **texts,
    )


def _any(flags: list[Any]) -> BooleanValue:
    found = literal(False)
    for flag in flags:
        found = found | flag.fill_null(False)
    return found


def _units(unit: int | None) -> tuple[int, ...]:
    """Give the units that a column may be in: by the assembly's rule it is one of two."""
    return (1, 1000) if unit is None else (unit,)


def _money(table: Table, unit: int | None, year: Any) -> dict[str, Any]:
    found = {}
    for name in ("cents", "missing", "withheld", "bad", "rounded"):
        read = [table[f"in_{one}_{name}"] for one in _units(unit)]
        if len(read) == 1:
            found[name] = read[0]
        else:
            thousands = (year >= _ASSEMBLY_YEAR).fill_null(True)
            found[name] = cases((thousands, read[1]), else_=read[0])
    return found
