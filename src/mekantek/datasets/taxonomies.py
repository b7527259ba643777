"""Taxonomies as data: which technology class an industry or product code belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from mekantek.datasets import tables
from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.technology import CLASSES
from mekantek.grammar import did_you_mean
from mekantek.text import Text, nearest

__all__ = [
    "NAMES",
    "OUTSIDE",
    "Placement",
    "Taxonomy",
    "class_of",
    "load_taxonomy",
    "split_cents",
]

Placement = tuple[tuple[str, Fraction], ...]
"""Classes and the part of a code's value that each gets; the parts sum to 1."""

OUTSIDE = "unclassified"
"""What becomes of a code that a taxonomy leaves out on purpose."""
_WHOLE = Fraction(1)


@dataclass(frozen=True, kw_only=True)
class Taxonomy:
    """
    A rule for every code, or for those that begin with it.

    Attributes
    ----------
    name : str
        Such as ``isic3-report``.
    title : Text
    revision : str
        What its codes are of: ``isic3``, ``isic4``, ``nace2``, or of a concordance whatever its
        header says, ``""`` if it says nothing.
    classes : tuple of str
        The classes it has, highest first.
    rules : mapping of str to Placement
        By code or beginning of codes.
    industries : mapping of str to Text
        Names of the rules' codes.
    source : str
        Where the rules are from.
    concordance : bool
        True for a file of the user's: its rules are only as complete as the user made them, so
        that a code shorter than its rules is never decided by them.
    """

    name: str
    title: Text
    revision: str
    classes: tuple[str, ...]
    rules: Mapping[str, Placement]
    industries: Mapping[str, Text] = field(default_factory=dict)
    source: str = ""
    concordance: bool = False

    def place(self, code: str) -> Placement | None:
        """
        Give the classes of a code and their weights; None if the taxonomy does not decide.

        Parameters
        ----------
        code : str
            Digits without dots. A longer code belongs where its longest known beginning does; a
            shorter one only if all that it holds belongs to one class.

        Returns
        -------
        tuple of (str, Fraction), or None
        """
        known = next(
            (self.rules[code[:n]] for n in range(len(code), 0, -1) if code[:n] in self.rules), None
        )
        if self.concordance:
            return known
        # One digit names no division, so that what lies below it is chance.
        held = {self.rules[rule] for rule in self._below(code)} if len(code) > 1 else set()
        if known is not None:
            held.add(known)
        return held.pop() if len(held) == 1 else None

    def _below(self, code: str) -> list[str]:
        return [rule for rule in self.rules if len(rule) > len(code) and rule.startswith(code)]


@dataclass(frozen=True)
class _Shipped:
    table: str
    code: str
    column: str
    names: tuple[str, str]
    revision: str
    title: Text
    source: str
    medium: bool = False


_REV3 = ("isic-rev3-classes", "code4")
_REV4 = "isic-rev4-classes"
_REV4_NAMES = ("industry_tr", "industry_en")
_HATZICHRONOGLOU = "OECD; T. Hatzichronoglou, STI Working Papers 1997/02, on ISIC Rev. 3"
_EUROSTAT = "Eurostat, high-tech aggregation by NACE Rev. 2; TÜİK"
_OECD = "F. Galindo-Rueda, F. Verger, OECD STI Working Papers 2016/04"

_SHIPPED: Mapping[str, _Shipped] = {
    "isic3-report": _Shipped(
        *_REV3, "class_report", ("description_tr", "description_tr"), "isic3",
        Text("ISIC Rev. 3, raporun sınıfları (ekler 1–2)", "ISIC Rev. 3, the report's classes (annexes 1–2)"),
        "Ankara Sanayi Odası, July 2025, annexes 1 and 2",
    ),
    "isic3-oecd": _Shipped(
        *_REV3, "class_oecd_rev3", ("description_tr", "description_tr"), "isic3",
        Text("ISIC Rev. 3, OECD sınıfları", "ISIC Rev. 3, the OECD's classes"), _HATZICHRONOGLOU,
    ),
    "isic4-3digit": _Shipped(
        _REV4, "code", "class_3digit", _REV4_NAMES, "isic4",
        Text("ISIC Rev. 4, Eurostat/TÜİK, üç basamak", "ISIC Rev. 4, Eurostat/TÜİK, three digits"), _EUROSTAT,
    ),
    "isic4-2digit": _Shipped(
        _REV4, "code", "class_2digit", _REV4_NAMES, "isic4",
        Text("ISIC Rev. 4, Eurostat, iki basamak", "ISIC Rev. 4, Eurostat, two digits"), _EUROSTAT,
    ),
    "nace2-3digit": _Shipped(
        _REV4, "nace2", "class_3digit", _REV4_NAMES, "nace2",
        Text("NACE Rev. 2, Eurostat/TÜİK, üç basamak", "NACE Rev. 2, Eurostat/TÜİK, three digits"), _EUROSTAT,
    ),
    "nace2-2digit": _Shipped(
        _REV4, "nace2", "class_2digit", _REV4_NAMES, "nace2",
        Text("NACE Rev. 2, Eurostat, iki basamak", "NACE Rev. 2, Eurostat, two digits"), _EUROSTAT,
    ),
    "oecd2016": _Shipped(
        _REV4, "code", "class_oecd2016", _REV4_NAMES, "isic4",
        Text("ISIC Rev. 4, OECD 2016 Ar-Ge yoğunluğu (beş küme)",
             "ISIC Rev. 4, the OECD's R&D intensity of 2016 (five groups)"), _OECD, medium=True,
    ),
    "oecd2016-nace2": _Shipped(
        _REV4, "nace2", "class_oecd2016", _REV4_NAMES, "nace2",
        Text("NACE Rev. 2, OECD 2016 Ar-Ge yoğunluğu (beş küme)",
             "NACE Rev. 2, the OECD's R&D intensity of 2016 (five groups)"), _OECD, medium=True,
    ),
}  # fmt: skip
_SHORT = {"isic3": "isic3-report", "isic4": "isic4-3digit", "nace2": "nace2-3digit"}

NAMES: tuple[str, ...] = (*_SHORT, *_SHIPPED)
"""Names that `load_taxonomy` knows, the short ones first."""

_FIVE = ("high", "medium_high", "medium", "medium_low", "low")


@cache
def load_taxonomy(name: str) -> Taxonomy:
    """
    Load a shipped taxonomy.

    Parameters
    ----------
    name : str
        ``isic3`` (the report's: ``isic3-report``), ``isic3-oecd``, ``isic4`` (``isic4-3digit``),
        ``isic4-2digit``, ``nace2`` (``nace2-3digit``), ``nace2-2digit``, ``oecd2016`` or
        ``oecd2016-nace2``.

    Returns
    -------
    Taxonomy

    Raises
    ------
    TableError
        If there is no such taxonomy.

    Notes
    -----
    ISIC Rev. 4 and NACE Rev. 2 share their divisions but not all groups: weapons and ammunition
    are 252 in one and 25.4 in the other, whose 25.2 are tanks. Their codes are not interchangeable.

    Examples
    --------
    >>> load_taxonomy("isic4").place("2520"), load_taxonomy("nace2").place("2520")
    ((('medium_high', Fraction(1, 1)),), (('medium_low', Fraction(1, 1)),))
    """
    full = _SHORT.get(name, name)
    if full not in _SHIPPED:
        raise RefusedTableError(
            Text(
                "{n!r} diye bir sınıflama yok; şunlar var: {l}.{c}",
                "No taxonomy is called {n!r}; there are {l}.{c}",
            ).format(n=name, l=", ".join(NAMES), c=did_you_mean(nearest(name, NAMES)))
        )
    given = _SHIPPED[full]
    table = tables.load(given.table)
    classes = _FIVE if given.medium else CLASSES
    rules, industries = {}, {}
    for row in table.to_dict("records"):
        code, kind = str(row[given.code]), str(row[given.column])
        industries[code] = Text(str(row[given.names[0]]), str(row[given.names[1]]))
        if kind:
            rules[code] = ((kind if kind in classes else OUTSIDE, _WHOLE),)
    return Taxonomy(
        name=full, title=given.title, revision=given.revision, classes=classes, rules=rules,
        industries=industries, source=given.source,
    )  # fmt: skip


def class_of(code: str, taxonomy: str | Taxonomy) -> str:
    """
    Give the class of a code.

    Parameters
    ----------
    code : str
        Digits without dots, leading zeros kept.
    taxonomy : str or Taxonomy

    Returns
    -------
    str
        A class; ``unclassified`` where the taxonomy leaves the code out on purpose; ``unplaced``
        where it does not decide; ``several`` where a concordance shares it out.

    Raises
    ------
    TableError
        If there is no such taxonomy.

    Examples
    --------
    >>> [class_of(code, "isic3") for code in ("3530", "353", "35", "0111", "9999")]
    ['high', 'high', 'unplaced', 'unclassified', 'unplaced']
    >>> class_of("25", "isic4"), class_of("25", "isic4-2digit"), class_of("24", "oecd2016")
    ('unplaced', 'medium_low', 'medium')
    """
    found = load_taxonomy(taxonomy) if isinstance(taxonomy, str) else taxonomy
    placement = found.place(code)
    if placement is None:
        return "unplaced"
    return placement[0][0] if len(placement) == 1 else "several"


def split_cents(cents: int, placement: Placement) -> dict[str, int]:
    """
    Share whole cents out by weight without losing one.

    Parameters
    ----------
    cents : int
        Not negative.
    placement : Placement

    Returns
    -------
    dict of str to int
        Cents by class; they sum to *cents*.

    Notes
    -----
    Largest remainder: each class gets the whole cents of its exact part, and what is left over
    goes one by one to the largest remainders; of equal ones the class named first comes first.

    Examples
    --------
    >>> third = Fraction(1, 3)
    >>> split_cents(100, (("high", third), ("medium_high", third), ("low", third)))
    {'high': 34, 'medium_high': 33, 'low': 33}
    """
    exact = [(kind, cents * weight) for kind, weight in placement]
    parts = {kind: part.numerator // part.denominator for kind, part in exact}
    left = cents - sum(parts.values())
    largest = sorted(range(len(exact)), key=lambda n: (parts[exact[n][0]] - exact[n][1], n))
    for place in largest[:left]:
        parts[exact[place][0]] += 1
    return parts
