"""What trade records add up to: by industry and class, by partner, in whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from mekantek.text import Text

__all__ = ["FLOWS", "KINDS", "Basis", "Tally"]

Flow = Literal["export", "import"]
FLOWS: tuple[Flow, Flow] = ("export", "import")

# Where the value of a record can go. The first four are technology classes; ``unclassified`` has a
# code that the taxonomy leaves out on purpose, ``hidden`` is confidential ("gizli") data, and
# ``unplaced`` has a code that the taxonomy does not know. ``medium`` stands last because only the
# five groups of the OECD's taxonomy of 2016 have it: five are kept as five, never folded into four.
KINDS = ("high", "medium_high", "medium_low", "low", "unclassified", "hidden", "unplaced", "medium")


@dataclass(frozen=True, kw_only=True)
class Basis:
    """
    What the numbers are of: said in the head of every table.

    Attributes
    ----------
    system : Text
        Special or general trade system, or that the files do not say.
    place : Text
        Whether a province is that of the registered seat or of the activity, or that it is not said.
    revision : str
        Classification of the codes: ``isic3``, ``isic4``, ``nace2`` or ``concordance``.
    taxonomy : str
        Name of the taxonomy, such as ``isic3-report``.
    denominator : Text
        What shares are fractions of.
    """

    system: Text
    place: Text
    revision: str
    taxonomy: str
    denominator: Text


@dataclass(frozen=True, kw_only=True)
class Tally:
    """
    Records added up.

    Values are whole cents (``int64``), so that sums are exact on every engine; divide by 100 for
    USD only where they are shown.

    Attributes
    ----------
    by_code : pandas.DataFrame
        ``plate`` (Int64; missing where a record names no province or an unknown one), ``year``
        (int64), ``flow`` (``export`` or ``import``), ``code`` (text, as the taxonomy writes it; ``""``
        where there is none), ``kind`` (one of `KINDS`), ``cents`` (int64). One row for each
        combination that occurs, sorted by all columns.
    by_partner : pandas.DataFrame
        ``plate, year, flow, partner`` (text), ``cents``; empty if no file names partners.
    industries : pandas.Series
        Turkish name of each code, as the taxonomy or the records give it; index ``code``.
    industries_en : pandas.Series
        English ones, where the taxonomy has any; else as the records write them.
    basis : Basis
    unplaced : pandas.DataFrame
        Codes that the taxonomy does not know: ``code, records, cents, share`` (fraction of the sum
        of all records), largest first.
    months : mapping of int to int
        How many months of each year the records cover; empty if they name no months.
    sources : tuple of mapping
        For each file: ``file``, ``sha256``, ``format``, ``records``, ``dropped`` (totals rows),
        ``columns`` (what each column was taken for), ``covers`` (years by flow).
    conservation : mapping
        As ``conservation.json`` has it. ``hidden_amounts`` counts the records whose amount itself is
        confidential: unknown, so in no sum, and sums are at least what is given.
    made_up : bool
        True if any record says that it is made up; every output says so then.
    """

    by_code: pd.DataFrame
    by_partner: pd.DataFrame
    industries: pd.Series
    basis: Basis
    unplaced: pd.DataFrame
    months: Mapping[int, int] = field(default_factory=dict)
    sources: tuple[Mapping[str, Any], ...] = ()
    conservation: Mapping[str, Any] = field(default_factory=dict)
    made_up: bool = False
    industries_en: pd.Series = field(default_factory=lambda: pd.Series(dtype=str))

    def industry(self, code: str) -> str | Text:
        """Name a code, in both languages if it has a name in each; the code itself if it has none."""
        turkish, english = (
            str(names.get(code) or "") for names in (self.industries, self.industries_en)
        )
        if turkish and english and turkish != english:
            return Text(turkish, english)
        return turkish or english or code

    @property
    def hidden_amounts(self) -> int:
        """How many records are in no sum because their amount is confidential."""
        return int(self.conservation.get("hidden_amounts", 0))

    @property
    def years(self) -> tuple[int, ...]:
        """Years with any record, ascending."""
        return tuple(sorted(int(year) for year in self.by_code["year"].unique()))
