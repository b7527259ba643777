"""Numbers as people write them, turned into whole cents by the engine, in exact decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mekantek.datasets.records.cells import HIDDEN_AMOUNT, MISSING
from mekantek.datasets.records.engine import cases, literal, null

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Table

__all__ = ["Amount", "Mark", "bare", "known_mark", "readable", "with_amounts"]

Mark = Literal[".", ","]


_SPACES = " \t\u00a0\u2009\u202f$"
_BARE = str.maketrans("−", "-", _SPACES)
# No backslash stands in these: every engine reads them alike, however it quotes its strings.
_PATTERN = (
    "^[+-]?(0*[0-9]{{1,{whole}}}({mark}[0-9]*)?|{mark}[0-9]+"
    "|[1-9][0-9]{{0,2}}({group}[0-9]{{3}}){{1,{groups}}}({mark}[0-9]*)?)$"
)
_SIGNS: Mapping[Mark, tuple[str, str]] = {".": ("[.]", ","), ",": (",", "[.]")}
# Decimals of 18 digits fit the engine's 64 bits; wider ones are three hundred times slower to read.
_DIGITS = 18


@dataclass(frozen=True, kw_only=True)
class Amount:
    """
    A column to read as money.

    Parameters
    ----------
    column : str
        Of text, or of whole, decimal or floating-point numbers.
    prefix : str
        Begins the names of the columns that `with_amounts` adds.
    mark : {".", ","}
        Decimal mark of text.
    places : {2, 5, 8}
        By how many places the mark moves to give cents: 2 for USD, 5 for thousand USD, 8 for
        million USD.
    """

    column: str
    prefix: str = ""
    mark: Mark = "."
    places: int = 2

    @property
    def exact(self) -> str:
        """Type of the decimals that hold the number."""
        return f"decimal({_DIGITS}, {_DIGITS - 1 - _most_digits(self.places)})"


def _most_digits(places: int) -> int:
    """
    So many digits may stand before the mark.

    A million million dollars in one cell, ten or ten thousand times that in thousands or millions;
    the rest of the 18 digits stands behind the mark, beyond the cent, and one is left for carrying.
    """
    return {2: 12, 5: 11, 8: 8}[places]


def _pattern(mark: Mark, places: int = 2) -> str:
    whole = _most_digits(places)
    sign, group = _SIGNS[mark]
    return _PATTERN.format(whole=whole, mark=sign, group=group, groups=(whole - 3) // 3)


def bare(text: StringValue) -> StringValue:
    """Take spaces, dollar signs and the typographer's minus out of a column of numbers."""
    return text.re_replace(f"[{_SPACES}]", "").replace("−", "-")


def readable(text: StringValue, mark: Mark, places: int = 2) -> BooleanValue:
    """Say which cells of `bare` text are numbers if *mark* is the decimal mark."""
    return text.re_search(_pattern(mark, places))


def known_mark(cells: Iterable[str]) -> Mark | None:
    """
    Find the decimal mark that the cells prove; None if none of them proves one, or they disagree.

    ``1.234`` may be either and proves nothing; ``1.234.567`` and ``12,5`` prove the comma.

    Examples
    --------
    >>> known_mark(["1.234", "2.345.678"]), known_mark(["1.234"]), known_mark(["0.5", "1.234"])
    (',', None, '.')
    """
    proven: set[Mark] = set()
    for cell in cells:
        text = cell.translate(_BARE)
        if "," in text or "." in text:
            marks: list[Mark] = [mark for mark in _SIGNS if re.search(_pattern(mark), text)]
            if len(marks) == 1:
                proven.add(marks[0])
    return proven.pop() if len(proven) == 1 else None


def with_amounts(table: Table, wanted: Sequence[Amount]) -> Table:
    """
    Add what columns of money come to.

    Parameters
    ----------
    table : ibis.expr.types.Table
    wanted : sequence of Amount

    Returns
    -------
    ibis.expr.types.Table
        With, for each and after its prefix: ``cents`` (int64; rounded half up, missing where a
        cell is empty or no number), ``missing`` (no number is written), ``withheld`` (of those,
        where it is written that the amount is hidden), ``bad`` (what is written is no finite
        number, or one with too many digits for money), ``rounded`` (digits below the cent were
        rounded away).

    Examples
    --------
    >>> from mekantek.datasets.records.engine import connect, fetch, memory_table
    >>> with connect() as backend:
    ...     table = memory_table({"DOLAR": ["1.234,565", "12", "-", "x", "gizli"]})
    ...     read = with_amounts(table, [Amount(column="DOLAR", mark=",")])
    ...     fetch(backend, read.select("cents", "bad")).values.tolist()
    [[123457, False], [1200, False], [<NA>, False], [<NA>, True], [<NA>, False]]
    """
    # Step by step: an engine that is handed one expression works its parts out again and again.
    kinds = {one.column: table[one.column].type() for one in wanted}
    for step in (_bare, _number, _withheld, _whole, _below, _cents):
        added: dict[str, Any] = {}
        for one in wanted:
            added |= step(table, one, kinds[one.column])
        table = table.mutate(**added)
    return table


def _bare(table: Table, one: Amount, kind: Any) -> dict[str, Any]:
    if kind.is_numeric() and not kind.is_boolean():
        return {}
    return {f"{one.prefix}bare": bare(table[one.column].cast("string"))}


def _number(table: Table, one: Amount, kind: Any) -> dict[str, Any]:
    """Give what is a number and not too large as a number; anything else becomes missing."""
    column, most = table[one.column], 10 ** _most_digits(one.places)
    missing = column.isnull()
    if f"{one.prefix}bare" in table.columns:
        text = table[f"{one.prefix}bare"]
        missing = missing | text.isin(list(MISSING))
        plain = text.replace(",", "")
        if one.mark == ",":
            plain = text.replace(".", "").replace(",", ".")
        legible = ~missing & readable(text, one.mark, one.places)
        number = cases((legible, plain), else_=null("string")).cast(one.exact)
    elif kind.is_floating():
        value = column.cast("float64")
        # NaN is larger than every number in DuckDB and Spark alike, yet asked for by name.
        finite = ~value.isnan() & (value.abs() < float(most))
        number = cases((finite, value), else_=null("float64"))
    else:
        small = (column > -most) & (column < most)
        number = cases((small, column), else_=null(kind))
        number = number.cast("int64" if kind.is_integer() else one.exact)
    return {f"{one.prefix}missing": missing, f"{one.prefix}number": number}


def _withheld(table: Table, one: Amount, _: Any) -> dict[str, Any]:
    """Tell a hidden amount from a cell that is wrong; few cells are looked at, for most are numbers."""
    missing, number = table[f"{one.prefix}missing"], table[f"{one.prefix}number"]
    if f"{one.prefix}bare" not in table.columns:
        return {f"{one.prefix}withheld": literal(False)}
    hidden = table[f"{one.prefix}bare"].re_search(HIDDEN_AMOUNT)
    withheld = cases((missing | number.notnull(), literal(False)), else_=hidden)
    return {f"{one.prefix}withheld": withheld, f"{one.prefix}missing": missing | withheld}


def _whole(table: Table, one: Amount, _: Any) -> dict[str, Any]:
    number = table[f"{one.prefix}number"]
    if not number.type().is_decimal():
        return {}
    return {f"{one.prefix}whole": number.floor().cast("int64")}


def _below(table: Table, one: Amount, _: Any) -> dict[str, Any]:
    """Take what is below a dollar apart: so no product leaves the decimals' 18 digits."""
    number = table[f"{one.prefix}number"]
    if number.type().is_integer():
        return {}
    if number.type().is_floating():
        return {f"{one.prefix}below": number * float(10**one.places)}
    whole = table[f"{one.prefix}whole"].cast(one.exact)
    return {f"{one.prefix}below": (number - whole) * 10**one.places}


def _cents(table: Table, one: Amount, _: Any) -> dict[str, Any]:
    number, unit = table[f"{one.prefix}number"], literal(10**one.places, "int64")
    if number.type().is_integer():
        cents, rounded = number * unit, literal(False)
    else:
        below = table[f"{one.prefix}below"]
        nearest = below.round().cast("int64")
        if number.type().is_floating():
            # A float's last digits are noise; a thousandth of a cent and more is not.
            cents = nearest
            rounded = (below - below.round()).abs() > below.abs() * 1e-12 + 0.001
        else:
            cents = table[f"{one.prefix}whole"] * unit + nearest
            rounded = below != nearest
    return {
        f"{one.prefix}cents": cents,
        f"{one.prefix}rounded": rounded.fill_null(False),
        f"{one.prefix}bad": ~table[f"{one.prefix}missing"] & number.isnull(),
    }
