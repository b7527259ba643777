"""What the tables of a brief are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from mekantek.maps.page import bilingual
from mekantek.maps.wording import both
from mekantek.report.wording import head_cells
from mekantek.text import LANGUAGES, Language, Text

__all__ = ["cell", "narrow", "paragraph", "said", "table"]


def paragraph(text: Text, kind: str = "") -> str:
    """Write a paragraph in both languages."""
    return f"<p{f' class={kind}' if kind else ''}>{bilingual(text)}</p>"


def table(
    caption: Text, heads: Sequence[Text], rows: Sequence[str], *, numbers: range, kind: str = ""
) -> str:
    """Write a table that scrolls within itself where the screen is narrow."""
    named = f' class="{kind}"' if kind else ""
    label = " / ".join(dict.fromkeys(caption[lang] for lang in LANGUAGES))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table{named}><caption>{bilingual(caption)}</caption><thead><tr>"
        f"{head_cells(heads, numbers=numbers)}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def said(value: float | None, write: Callable[[float, Language], str]) -> Text:
    """Write a number in both languages; one that is missing is a dash."""
    if value is None or pd.isna(value):
        return Text("–", "–")
    return both(lambda lang: write(float(value), lang))


def cell(content: str, *, small: str = "", label: Text | None = None) -> str:
    """Write a number; its *label* is read where the screen has no room for the heads."""
    below = f"<small>{small}</small>" if small else ""
    return f"<td class=number>{narrow(label)}{content}{below}</td>"


def narrow(label: Text | None) -> str:
    """Write what only a narrow screen and paper without heads show."""
    return "" if label is None else f'<span class="narrow">{bilingual(label)}</span> '
