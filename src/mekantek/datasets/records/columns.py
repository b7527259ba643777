"""What every column of a file was taken for, and how a user says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.headers import ROLES
from mekantek.datasets.records.staged import shown
from mekantek.text import Text, nearest

__all__ = ["Columns", "Taken", "ValueColumn", "columns_option"]

# What --columns may name besides columns.
CONSTANTS = ("year", "flow", "revision", "unit", "decimal", "sheet")
REVISIONS = ("isic3", "isic4", "nace2", "hs", "sitc")
BY_NAME = Text("adından, içeriği de uyuyor", "by its name, and its content fits")
BY_CONTENT = Text("içeriğinden", "by its content")
BY_USER = Text("--columns ile söylendi", "named with --columns")
FLOW_WORDS: Mapping[str, Text] = {
    "export": Text("ihracat", "export"),
    "import": Text("ithalat", "import"),
}
ROLE_WORDS: Mapping[str, Text] = {
    "year": Text("yıl", "year"), "month": Text("ay", "month"),
    "flow": Text("ihracat/ithalat", "flow"), "place_code": Text("il kodu", "province code"),
    "place": Text("il", "province"), "code": Text("sanayi ya da ürün kodu", "industry or product code"),
    "industry": Text("sanayi ya da ürün adı", "industry or product name"),
    "partner": Text("ülke", "partner"), "value": Text("değer", "value"),
    "reporter": Text("bildiren ülke", "reporter"),
    "classification": Text("sınıflama", "classification"),
    "breakdown": Text("ayrım", "breakdown"),
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """
    A column and what it was taken for.

    Attributes
    ----------
    role : str
    place : int
        Which column of the file, from 0.
    header : str
        Its name there.
    why : Text
    """

    role: str
    place: int
    header: str
    why: Text


@dataclass(frozen=True, kw_only=True)
class ValueColumn:
    """
    A column of values, and what its header says of all of them.

    Attributes
    ----------
    place : int
    header : str
    flow : str or None
    year, month : int or None
    unit : int or None
        1, 1,000 or 1,000,000 USD; None where the exporters' assembly's rule holds: USD before
        2010, thousand USD from then on.
    why : Text
    """

    place: int
    header: str
    flow: str | None = None
    year: int | None = None
    month: int | None = None
    unit: int | None = 1
    why: Text = BY_NAME


@dataclass(frozen=True, kw_only=True)
class Columns:
    """
    What every column of a file was taken for.

    Attributes
    ----------
    taken : mapping of str to Taken
        By role: year, month, flow, place_code, place, code, industry, partner, reporter,
        classification.
    values : tuple of ValueColumn
    unused : tuple of (str, Text)
        Columns not used, and why.
    breakdowns : tuple of int
        Places of columns that split records further, such as customs procedures.
    year : int or None
        Where no column says it.
    flow, revision, decimal : str or None
        Where no column says it.
    digits : int or None
        Digits of the codes, if the header says so.
    unit_why : Text
        Where the unit is from.
    faults : tuple of Text
    """

    taken: Mapping[str, Taken]
    values: tuple[ValueColumn, ...]
    unused: tuple[tuple[str, Text], ...] = ()
    breakdowns: tuple[int, ...] = ()
    year: int | None = None
    flow: str | None = None
    revision: str | None = None
    digits: int | None = None
    decimal: str | None = None
    unit_why: Text = field(default_factory=lambda: Text("", ""))
    faults: tuple[Text, ...] = ()


def columns_option(given: str) -> dict[str, str]:
    """
    Take ``--columns`` apart.

    Parameters
    ----------
    given : str
        ``year=YIL,value=DOLAR``; ``flow=export``, ``year=2024``, ``revision=isic3``,
        ``unit=1000``, ``decimal=comma`` and ``sheet=NAME`` say what no column says.

    Returns
    -------
    dict of str to str

    Raises
    ------
    TableError
        If a part is no ``role=column``, or no such role exists.

    Examples
    --------
    >>> columns_option("year=YIL, value=DOLAR")
    {'year': 'YIL', 'value': 'DOLAR'}
    """
    found: dict[str, str] = {}
    known = [*ROLES, "code", *CONSTANTS]
    for part in given.split(","):
        role, sign, name = (piece.strip() for piece in part.partition("="))
        if not role and not sign:
            continue
        if not sign or not name or role not in known:
            close = nearest(role, known)
            raise RefusedTableError(
                Text(
                    "--columns içinde {p} anlaşılmadı{c}; year=YIL,value=DOLAR gibi yazın. "
                    "Roller: {l}.",
                    "--columns: {p} is not understood{c}; write year=YIL,value=DOLAR. Roles: {l}.",
                ).format(
                    p=shown(part.strip()), l=", ".join(dict.fromkeys(known)),
                    c=Text(f" ({close[0]}?)", f" ({close[0]}?)") if close else "",
                )
            )  # fmt: skip
        found[role] = name
    return found
