"""Names, numbers and heads of tables as the report writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.maps.page import bilingual
from mekantek.maps.wording import both
from mekantek.text import Language, Text, capitalized, number

__all__ = ["NAMES", "both", "head_cells", "three_digits"]

NAMES: Mapping[str, Text] = {name: capitalized(text) for name, text in CLASS_NAMES.items()}


def three_digits(value: float, language: Language) -> str:
    """Write a number with three digits behind the mark."""
    return number(value, language, digits=3)


def head_cells(heads: Sequence[Text], *, numbers: range) -> str:
    """Write the head of a table; columns of *numbers* are set to the right."""
    return "".join(
        f'<th scope="col"{" class=number" if k in numbers else ""}>{bilingual(h)}</th>'
        for k, h in enumerate(heads)
    )
