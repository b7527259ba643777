"""Titles with their blanks filled: years as ranges, names of places in the Turkish genitive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mekantek.text import Text, lower

if TYPE_CHECKING:
    from mekantek.tabulation.choice import Choice

__all__ = ["filled", "genitive", "span_of"]

_ENDING = {"a": "ı", "ı": "ı", "e": "i", "i": "i", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}


def genitive(name: str) -> str:
    """
    Write whose something is, in Turkish: the ending follows the last vowel of the name.

    Examples
    --------
    >>> genitive("Ankara"), genitive("Muş"), genitive("Türkiye"), genitive("Iğdır"), genitive("Ordu")
    ("Ankara'nın", "Muş'un", "Türkiye'nin", "Iğdır'ın", "Ordu'nun")
    """
    bare = lower(name).translate(str.maketrans("âîû", "aiu"))
    vowels = [letter for letter in bare if letter in _ENDING]
    ending = _ENDING[vowels[-1]] if vowels else "i"
    return f"{name}'{'n' if bare[-1:] in _ENDING else ''}{ending}n"


def span_of(years: Sequence[int]) -> str:
    """
    Write years as the report does: a range where none is left out, else a list of ranges.

    Examples
    --------
    >>> span_of([2019, 2020, 2021]), span_of([2019, 2024]), span_of([2004, *range(2019, 2025)])
    ('2019-2021', '2019, 2024', '2004, 2019-2024')
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def filled(title: Text, choice: Choice) -> Text:
    """Fill the blanks of a title with the years, the province and the counts of a choice."""
    return title.format(
        years=span_of(choice.years),
        window=span_of(choice.window),
        ends=" & ".join(map(str, dict.fromkeys((choice.first, choice.last)))),
        first=choice.first,
        last=choice.last,
        top=choice.top,
        province=choice.name,
        of_province=genitive(choice.name),
    )
