"""Numbers as people write them, turned into whole cents by the engine, digit by digit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mekantek.datasets.records.cells import MISSING
from mekantek.datasets.records.engine import cases, literal, null

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, IntegerValue, StringValue

__all__ = ["Amount", "Mark", "amount", "bare", "known_mark", "readable"]

Mark = Literal[".", ","]


_SPACES = "[ \t\u00a0\u2009\u202f$]"
# No backslash stands in these: every engine reads them alike, however it quotes its strings.
_DOT = "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]*)?)$"
_COMMA = "^[+-]?([0-9]+(,[0-9]*)?|,[0-9]+|[1-9][0-9]{0,2}([.][0-9]{3})+(,[0-9]*)?)$"
_PATTERNS: Mapping[Mark, str] = {".": _DOT, ",": _COMMA}


@dataclass(frozen=True, kw_only=True)
class Amount:
    """
    A column of money as expressions of the engine.

    Attributes
    ----------
    cents : ibis integer column
        Whole cents, rounded half up; missing where a cell is empty or no number.
    missing, bad, rounded : ibis boolean column
        No number is written; what is written is no finite number, or one with too many digits
        for money; digits below the cent were rounded away.
    """

    cents: IntegerValue
    missing: BooleanValue
    bad: BooleanValue
    rounded: BooleanValue


def bare(text: StringValue) -> StringValue:
    """Take spaces, dollar signs and the typographer's minus out of a column of numbers."""
    return text.re_replace(_SPACES, "").replace("−", "-")


def readable(text: StringValue, mark: Mark) -> BooleanValue:
    """Say which cells of `bare` text are numbers if *mark* is the decimal mark."""
    return text.re_search(_PATTERNS[mark])


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
        text = re.sub(_SPACES, "", cell).replace("−", "-")
        if "," in text or "." in text:
            marks: list[Mark] = [mark for mark in _PATTERNS if re.search(_PATTERNS[mark], text)]
            if len(marks) == 1:
                proven.add(marks[0])
    return proven.pop() if len(proven) == 1 else None


def amount(column: Any, *, mark: Mark = ".", places: int = 2) -> Amount:
    """
    Read a column as money.

    Parameters
    ----------
    column : ibis column
        Text, or whole, decimal or floating-point numbers.
    mark : {".", ","}
        Decimal mark of text.
    places : int
        By how many places the mark moves to give cents: 2 for USD, 5 for thousand USD, 8 for
        million USD.

    Returns
    -------
    Amount

    Examples
    --------
    >>> from mekantek.datasets.records.engine import connect, fetch, memory_table
    >>> with connect() as backend:
    ...     table = memory_table({"DOLAR": ["1.234,565", "12", "-", "x"]})
    ...     read = amount(table.DOLAR, mark=",")
    ...     fetch(backend, table.select(cents=read.cents, bad=read.bad)).values.tolist()
    [[123457, False], [1200, False], [<NA>, False], [<NA>, True]]
    """
    kind = column.type()
    if kind.is_floating():
        return _floating(column, places)
    if kind.is_integer():
        return _whole(column, places)
    if kind.is_decimal():
        return _text(column.cast("string"), ".", places)
    return _text(column.cast("string"), mark, places)


def _most_digits(places: int) -> int:
    """So many digits before the mark that 10**15 dollars fit, and cents in 64 bits."""
    return min(13, 17 - places)


def _text(column: Any, mark: Mark, places: int) -> Amount:
    text = bare(column)
    missing = column.isnull() | text.isin(list(MISSING))
    number = readable(text, mark)
    plain = text.replace("." if mark == "," else ",", "").replace(mark, ".")
    negative = plain.startswith("-")
    plain = plain.re_replace("^[+-]", "")
    whole = plain.re_replace("[.].*$", "").re_replace("^0+", "")
    below = plain.re_replace("^[^.]*[.]?", "")
    good = ~missing & number & (whole.length() <= _most_digits(places))
    digits = literal("0") + whole + (below + "0" * places).substr(0, places)
    # The cast sees digits only: what is no number became missing before it.
    cents = cases((good, digits), else_=null("string")).cast("int64")
    up = below.substr(places, 1) >= "5"
    cents = cents + cases((up, literal(1, "int64")), else_=literal(0, "int64"))
    return Amount(
        cents=cases((negative, -cents), else_=cents),
        missing=missing,
        bad=~missing & ~good,
        rounded=good & below.substr(places, 40).re_search("[1-9]"),
    )


def _whole(column: Any, places: int) -> Amount:
    limit = 10 ** _most_digits(places)
    missing = column.isnull()
    good = ~missing & (column > -limit) & (column < limit)
    kept = cases((good, column), else_=null(column.type())).cast("int64")
    return Amount(
        cents=kept * literal(10**places, "int64"), missing=missing, bad=~missing & ~good,
        rounded=literal(False),
    )  # fmt: skip


def _floating(column: Any, places: int) -> Amount:
    limit = float(10 ** _most_digits(places))
    value = column.cast("float64")
    missing = value.isnull()
    # NaN is larger than every number in DuckDB and Spark alike, yet asked for by name.
    good = ~missing & ~value.isnan() & ~value.isinf() & (value > -limit) & (value < limit)
    kept = cases((good, value), else_=null("float64")) * literal(float(10**places))
    cents = kept.round().cast("int64")
    # A float's last digits are noise; a thousandth of a cent and more is not.
    return Amount(
        cents=cents, missing=missing, bad=~missing & ~good,
        rounded=good & ((kept - kept.round()).abs() > 0.001 + kept.abs() * 1e-12),
    )  # fmt: skip
