"""What columns of trade records are called, and which row of a file names them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mekantek.datasets.records.cells import MONTHS, period_of
from mekantek.text import fold

__all__ = ["ROLES", "CodeName", "code_name", "header_row", "month_in", "role_of"]

HEADER_WITHIN = 100
"""Rows from the top among which the header is looked for."""

# Folded names (bare letters and digits), the likeliest first.
ROLES: Mapping[str, tuple[str, ...]] = {
    "year": ("yil", "year", "refyear", "yillar", "yili", "period", "donem", "tarih", "date",
             "yilay", "yearmonth"),
    "month": ("ay", "month", "refmonth", "aylar", "ayadi", "aykodu"),
    "flow": ("ihrith", "flow", "flowdesc", "tradeflow", "flowcode", "akim", "akis", "yon",
             "ticaretyonu", "ticaretinyonu", "disticaretyonu", "ihracatithalat", "disticaret",
             "islem"),
    "place_code": ("ilkodu", "plaka", "plakakodu", "plakano", "plate", "ilkod", "ilno",
                   "provincecode"),
    "place": ("iladi", "il", "iller", "province", "provincename", "ilad", "sehir", "illeradi"),
    "industry": ("isicadi", "naceadi", "faaliyet", "faaliyetadi", "sektor", "sektoradi", "sanayi",
                 "industry", "industryname", "cmddesc", "commodity", "fasiladi", "urun", "urunadi",
                 "aciklama", "tanim", "description", "kodadi", "codename", "mal", "maladi"),
    "partner": ("ulke", "ulkeadi", "ulkeler", "partner", "partnerdesc", "country", "countryname",
                "ulkekodu", "partneriso", "partnercode"),
    "value": ("dolar", "usd", "primaryvalue", "value", "valueusd", "tradevalue", "tradevalueus",
              "deger", "degerusd", "degerdolar", "tutar", "tutarusd", "fobvalue", "cifvalue",
              "fob", "cif", "ihracat", "ithalat", "export", "exports", "import", "imports"),
    "reporter": ("reporter", "reporterdesc", "reporteriso", "reportercode"),
    "classification": ("classification", "classificationcode", "classificationsearchcode"),
    "breakdown": ("partner2", "partner2code", "partner2desc", "customscode", "customsdesc",
                  "motcode", "motdesc", "moscode", "customs"),
}  # fmt: skip

_KNOWN: Mapping[str, str] = {name: role for role in reversed(list(ROLES)) for name in ROLES[role]}

OTHER_MONEY = {"euro", "eur", "avro", "tl", "try", "lira"}
QUANTITIES = {"miktar", "miktari", "kg", "adet", "qty", "netwgt", "grosswgt", "quantity",
              "kilogram", "netwgtkg", "altqty", "qtyunit"}  # fmt: skip

# ISIC4_1 … ISIC4_4, ISIC Rev. 3, NACE Rev.2, FASIL, TARIFE4, GTIP, HS6, SITC3, cmdCode.
_CODES: tuple[tuple[str, str], ...] = (
    (r"isic(?:rev31|rev3|3)(?:kodu|code|kod)?(?P<level>[1-4])?(?:kodu|code|kod)?", "isic3"),
    (r"isic(?:rev)?4(?:kodu|code|kod)?(?P<level>[1-4])?(?:kodu|code|kod)?", "isic4"),
    (r"nace(?:rev21|rev2|2)?(?:kodu|code|kod)?(?P<level>[1-4])?(?:kodu|code|kod)?", "nace2"),
    (r"sitc(?:rev)?[1-4]?(?:kodu|code|kod)?", "sitc"),
    (r"(?:hs|gtip|tarife|fasil|gtb|armonize)(?:no)?(?P<digits>12|10|8|6|4|2)?(?:kodu|code|kod|no)?",
     "hs"),
    (r"(?:cmd|commodity|product|industry|sektor|faaliyet|sanayi|urun|mal)(?:code|kodu|kod)", ""),
    (r"(?:isic|kod|code|kodu)(?:code|kodu|kod)?", ""),
)  # fmt: skip
_MONTH_NAMES = {name: place for place, names in enumerate(MONTHS, start=1) for name in names}


@dataclass(frozen=True)
class CodeName:
    """
    What a header says of a column of codes.

    Attributes
    ----------
    revision : str or None
        ``isic3``, ``isic4``, ``nace2``, ``sitc`` or ``hs``; None if the header does not say.
    digits : int or None
        How many digits its codes have, if the header says so.
    rank : int
        The smaller, the rather this column is taken.
    """

    revision: str | None
    digits: int | None
    rank: int


def code_name(header: str) -> CodeName | None:
    """
    Read the header of a column of codes.

    Examples
    --------
    >>> code_name("ISIC4_4"), code_name("FASIL"), code_name("DOLAR")
    (CodeName(revision='isic4', digits=4, rank=10), CodeName(revision='hs', digits=2, rank=42), None)
    """
    folded = fold(header)
    for place, (pattern, revision) in enumerate(_CODES):
        match = re.fullmatch(pattern, folded)
        if match is None:
            continue
        groups = match.groupdict()
        digits = int(groups.get("level") or groups.get("digits") or 0) or None
        if folded.startswith("fasil"):
            digits = 2
        # The finest level of ISIC first; of the tariff too, for a concordance asks for digits.
        finest = 4 - (digits or 4) if revision != "hs" else (12 - (digits or 12)) // 5
        return CodeName(revision or None, digits, 10 * place + finest)
    return None


def month_in(header: str) -> tuple[int | None, int] | None:
    """
    Read a header that names a month, with or without its year: (year or None, month).

    Examples
    --------
    >>> month_in("OCAK"), month_in("2024 Ocak"), month_in("Mart (bin $)"), month_in("DOLAR")
    ((None, 1), (2024, 1), (None, 3), None)
    """
    words = [fold(word) for word in re.split(r"[^\w]+", header) if word]
    months = [_MONTH_NAMES[word] for word in words if word in _MONTH_NAMES and len(word) > 2]
    # "Mayıs" and "May" are one month; "Ocak-Mart" is a sum of three.
    if len(set(months)) != 1 or any(word in ("toplam", "total") for word in words):
        return None
    years = [int(word) for word in words if re.fullmatch(r"(19|20)[0-9]{2}", word)]
    if len(years) > 1:
        return None
    return (years[0] if years else None), months[0]


def year_in(header: str) -> int | None:
    """Read a header that is a year and nothing else but a unit: ``2024``, ``2024 (bin $)``."""
    bare = re.sub(r"\(.*\)|\$|(?i:usd|dolar|bin|1000)(?![0-9])", " ", header)
    period = period_of(bare) if bare.strip() else None
    return period[0] if period is not None and period[1] is None else None


def role_of(header: str) -> str | None:
    """
    Say what a column may be by its name alone.

    Returns
    -------
    str or None
        A key of `ROLES`, ``code``, ``month value``, ``year value``, ``other money`` or
        ``quantity``; None for a name that says nothing.

    Examples
    --------
    >>> role_of("IHRITH"), role_of("ISIC4_2"), role_of("Değer (bin $)"), role_of("EURO")
    ('flow', 'code', 'value', 'other money')
    """
    folded = fold(header)
    if not folded:
        return None
    if folded in _KNOWN:
        return _KNOWN[folded]
    if code_name(header) is not None:
        return "code"
    if month_in(header) is not None:
        return "month value"
    if year_in(header) is not None:
        return "year value"
    words = {fold(word) for word in re.split(r"[^\w$]+|_", header) if word}
    if words & OTHER_MONEY:
        return "other money"
    if words & QUANTITIES or folded in QUANTITIES:
        return "quantity"
    if "$" in header or words & {"dolar", "usd", "deger", "degeri", "dollar", "dollars", "tutar"}:
        return "value"
    if re.fullmatch(
        r"(?:isic|nace|sitc|hs|fasil|tarife|gtip).*(?:adi|tanimi|ad|name|desc)", folded
    ):
        return "industry"
    return None


def header_row(rows: Sequence[Sequence[str]], wanted: Sequence[str] = ()) -> int | None:
    """
    Find the row that names the columns.

    Parameters
    ----------
    rows : sequence of rows of text
        The first rows of a file, titles and blank rows included.
    wanted : sequence of str
        Column names that the user gave; the row that has most of them is the header.

    Returns
    -------
    int or None
        Place in *rows*; None if no row names two columns that trade records have.

    Examples
    --------
    >>> header_row([["Dış ticaret, 2024"], [], ["YIL", "IL_ADI", "DOLAR"], ["2024", "Van", "1"]])
    2
    """
    asked = {fold(name) for name in wanted}
    best, found = (0, 0, 0), None
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        filled = [cell for cell in row if cell.strip()]
        # A row of data can hold a year and a flow, never the names of columns.
        roles = [role_of(cell) for cell in filled]
        named = sum(role not in (None, "year value") for role in roles)
        score = (
            sum(fold(cell) in asked for cell in filled),
            len({role for role in roles if role not in (None, "year value")})
            + min(3, roles.count("month value")),
            named,
        )
        if len(filled) > 1 and (score[0] > 0 or score[1] > 1) and score > best:
            best, found = score, place
    return found
