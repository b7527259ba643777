"""What one cell of a trade record means: a year, a month, a flow, a province, a total."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from mekantek.datasets import provinces
from mekantek.text import fold, nearest

__all__ = [
    "HIDDEN_AMOUNT", "MISSING", "MONTHS",
    "Place",
    "first_year",
    "flow_of",
    "is_hidden",
    "is_hidden_amount",
    "is_made_up",
    "is_null",
    "is_total",
    "month_of",
    "period_of",
    "place_of",
    "plain",
    "unit_of",
]  # fmt: skip

# How people write that there is no number.
MISSING = ("", "-", "–", "—", "..", "...", "…", ":", "n/a", "N/A", "NA", "NULL", "null", "None")
FIRST_YEAR, LAST_YEAR = 1923, 2100
MONTHS = (
    ("ocak", "january", "jan"), ("subat", "february", "feb"), ("mart", "march", "mar"),
    ("nisan", "april", "apr"), ("mayis", "may"), ("haziran", "june", "jun"),
    ("temmuz", "july", "jul"), ("agustos", "august", "aug"), ("eylul", "september", "sep"),
    ("ekim", "october", "oct"), ("kasim", "november", "nov"), ("aralik", "december", "dec"),
)  # fmt: skip
_MONTH = {name: place for place, names in enumerate(MONTHS, start=1) for name in names}

_TOTALS = {"toplam", "geneltoplam", "aratoplam", "total", "grandtotal", "subtotal", "sum"}
# Cells of a pivot table: "Adana Toplamı", "2024 Total".
_TOTAL_ENDS = ("toplam", "toplami")
_NULLS = {"", "bos", "bilinmeyen", "bilinmiyor", "belirsiz", "belirtilmemis", "unknown", "blank"}
_HIDDEN = ("gizli", "confidential", "hidden")
# The same in the place of an amount, spaces taken away; engines fold no Turkish letters, so every
# letter stands in each of its forms. Statistical offices write "*", "c" and "(c)" there too.
HIDDEN_AMOUNT = (
    "^[^0-9]*("
    + "|".join(
        "".join("[iIİı]" if letter == "i" else f"[{letter}{letter.upper()}]" for letter in word)
        for word in _HIDDEN
    )
    + ")[^0-9]*$|^([*]+|:?[(]?[cC][)]?)$"
)
_NATION = {"turkiye", "turkey", "turkiyetoplami", "dunya", "world", "tumulkeler", "allcountries"}
# How like a province's name a word must be to be taken for a slip of the pen.
_SLIP = 0.75

_YEAR = re.compile(r"(?<![0-9])(19[0-9]{2}|20[0-9]{2}|2100)(?![0-9])")
_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})(?:[-/.]?[0-9]{2})?(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(?:[0-9]{1,2}[-/.])?([0-9]{1,2})[-/.]([0-9]{4})(?: .*)?")
_TIMES = re.compile(
    r"(?P<thousand>(?<![a-z])bin(?![a-z])|(?<![0-9])1[., ]?000(?![0-9])|(?<![0-9])000(?![0-9])"
    r"|thousand)|(?P<million>milyon|million)"
)
_MONEY = re.compile(r"\$|usd|dolar|dollar")


def plain(cell: str) -> str:
    """
    Take the spaces around a cell away, and the ``.0`` that a whole number got on its way.

    Examples
    --------
    >>> plain(" 111.0 "), plain("26.10")
    ('111', '26.10')
    """
    cell = " ".join(cell.split())
    return cell[:-2] if cell.endswith(".0") and cell[:-2].isdecimal() else cell


def is_null(cell: str) -> bool:
    """
    Say whether a cell stands for nothing: empty, a dash, "bilinmeyen".

    Examples
    --------
    >>> is_null("-"), is_null("Bilinmeyen"), is_null("0")
    (True, True, False)
    """
    return plain(cell) in MISSING or fold(cell) in _NULLS


def is_total(cell: str) -> bool:
    """
    Say whether a cell names a total, so that its row repeats others.

    Examples
    --------
    >>> is_total("GENEL TOPLAM"), is_total("Adana Toplamı"), is_total("Total stations")
    (True, True, False)
    """
    folded = fold(cell)
    if folded in _TOTALS or folded.endswith(_TOTAL_ENDS):
        return True
    return cell.rstrip().casefold().endswith(" total")


def is_nation(cell: str) -> bool:
    """Say whether a cell names all of a country, or all of its partners."""
    return fold(cell) in _NATION


def is_hidden(cell: str) -> bool:
    """
    Say whether a cell marks confidential data.

    Examples
    --------
    >>> is_hidden("GİZLİ VERİ"), is_hidden("2423")
    (True, False)
    """
    folded = fold(cell)
    return any(word in folded for word in _HIDDEN)


def is_hidden_amount(cell: str) -> bool:
    """
    Say whether a cell says, in the place of an amount, that the amount is confidential.

    Examples
    --------
    >>> is_hidden_amount("GİZLİ VERİ"), is_hidden_amount("*"), is_hidden_amount("1.234")
    (True, True, False)
    """
    return re.search(HIDDEN_AMOUNT, "".join(cell.split())) is not None


def is_made_up(cell: str) -> bool:
    """
    Say whether a cell declares its data made up.

    Examples
    --------
    >>> is_made_up("UYDURMA VERİ"), is_made_up("made up"), is_made_up("Uydu")
    (True, True, False)
    """
    folded = fold(cell)
    return "uydurma" in folded or "madeup" in folded


def month_of(cell: str) -> int | None:
    """
    Read a month: its number, or its name in Turkish or English.

    Examples
    --------
    >>> month_of("OCAK"), month_of("03"), month_of("Aralık"), month_of("13")
    (1, 3, 12, None)
    """
    cell = plain(cell)
    if cell.isdecimal():
        return int(cell) if 1 <= int(cell) <= 12 else None
    return _MONTH.get(fold(re.sub(r"^[0-9]{1,2}\s*[-.)]\s*", "", cell)))


def period_of(cell: str) -> tuple[int, int | None] | None:
    """
    Read a year, or a date's year and month.

    Parameters
    ----------
    cell : str
        ``2024``, ``2024 yılı``, ``2024-01``, ``202401``, ``31.01.2024``, ``Ocak 2024``.

    Returns
    -------
    tuple of int and int or None, or None
        Year 1923 to 2100 and month, if the cell has one; None if it is no year.

    Examples
    --------
    >>> period_of("2024"), period_of("31.01.2024"), period_of("Ocak 2024"), period_of("24")
    ((2024, None), (2024, 1), (2024, 1), None)
    """
    cell = plain(cell)
    if len(cell) > 40:
        return None
    found = None
    if match := _ISO.fullmatch(cell):
        found = int(match[1]), int(match[2])
    elif match := _DAY_FIRST.fullmatch(cell):
        found = int(match[2]), int(match[1])
    if found is not None:
        inside = FIRST_YEAR <= found[0] <= LAST_YEAR and 1 <= found[1] <= 12
        return found if inside else None
    years = _YEAR.findall(cell)
    if len(years) != 1 or not FIRST_YEAR <= int(years[0]) <= LAST_YEAR:
        return None
    rest = fold(cell.replace(years[0], ""))
    if rest in ("", "yili", "yil", "year"):
        return int(years[0]), None
    month = _MONTH.get(rest)
    return (int(years[0]), month) if month else None


def first_year(text: str) -> int | None:
    """
    Find the one year that a title or a file's name holds; None if it holds none or several.

    Examples
    --------
    >>> first_year("İhracat, 2024 (1000 $)"), first_year("2019-2024")
    (2024, None)
    """
    years = {int(year) for year in _YEAR.findall(text) if int(year) >= FIRST_YEAR}
    return years.pop() if len(years) == 1 else None


def flow_of(cell: str) -> Literal["export", "import", "part"] | None:
    """
    Read the direction of trade.

    Returns
    -------
    {"export", "import", "part"} or None
        ``part`` is a re-export or re-import, which exports and imports already hold.

    Examples
    --------
    >>> flow_of("İHRACAT"), flow_of("1 - İthalat"), flow_of("X"), flow_of("Re-export")
    ('export', 'import', 'export', 'part')
    """
    folded = fold(cell)
    if folded in ("rx", "rm") or folded.startswith(("reexport", "reimport")):
        return "part"
    outward = folded in ("x", "ihr", "exp") or "ihracat" in folded or "export" in folded
    inward = folded in ("m", "ith", "imp") or "ithalat" in folded or "import" in folded
    if outward == inward:
        return None
    return "export" if outward else "import"


@dataclass(frozen=True)
class Place:
    """
    What a cell says of a province.

    Attributes
    ----------
    plate : int or None
        None where it names no province, or an unknown one.
    near : str or None
        The name that was probably meant, with its plate, where the cell is a slip of the pen.
    unknown : bool
        It says something, and no province bears that name.
    """

    plate: int | None = None
    near: str | None = None
    unknown: bool = False


@cache
def _names() -> dict[str, int]:
    return {
        str(name): int(str(plate)) for plate, name in provinces.load_provinces()["name_tr"].items()
    }


def place_of(cell: str, *, slips: bool = True) -> Place:
    """
    Read a province: a name in any spelling, a plate, or both in one cell.

    Parameters
    ----------
    cell : str
    slips : bool
        Whether to look for the province that an unknown name was meant for.

    Returns
    -------
    Place

    Examples
    --------
    >>> place_of("ıgdir").plate, place_of("06 - Ankara").plate, place_of("-").unknown
    (76, 6, False)
    >>> place_of("Eskisehr").near
    'Eskişehir (26)'
    """
    cell = plain(cell)
    # "0" and "99" are how registers write that no province is known.
    if is_null(cell) or cell in ("0", "00", "99", "999"):
        return Place()
    for form in (cell, re.sub(r"^[0-9]{1,2}\s*[-–.)]?\s*(?=\D)|\s*\([0-9]{1,2}\)$", "", cell)):
        plate = provinces.find(form) if len(form) <= 60 else None
        if plate is not None:
            return Place(plate)
    near = nearest(cell[:60], _names()) if slips else []
    if near and difflib.SequenceMatcher(None, fold(near[0]), fold(cell)).ratio() >= _SLIP:
        return Place(near=f"{near[0]} ({_names()[near[0]]})", unknown=True)
    return Place(unknown=True)


def unit_of(text: str) -> int | None:
    """
    Find the unit that a header or a title names: 1, 1,000 or 1,000,000 dollars.

    Returns
    -------
    int or None
        None if it names no dollars, or no multiple of them in words.

    Examples
    --------
    >>> unit_of("Değer (bin $)"), unit_of("x1000 Dolar"), unit_of("DOLAR"), unit_of("bin ton")
    (1000, 1000, 1, None)
    """
    # Only the letters of the unit's own words are compared, so plain casefolding will do.
    low = text.replace("İ", "i").replace("I", "i").casefold()
    money = _MONEY.search(low)
    if money is None:
        return None
    times = [
        match for match in _TIMES.finditer(low)
        if min(abs(match.end() - money.start()), abs(match.start() - money.end())) <= 12
    ]  # fmt: skip
    if not times:
        return 1
    return 1_000_000 if times[0].lastgroup == "million" else 1000
