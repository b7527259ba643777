"""Shares of a brief: provinces by class and year, and the agencies that are most alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from mekantek.datasets.agencies import load_agencies
from mekantek.maps.page import bilingual
from mekantek.report.briefs.facts import Brief
from mekantek.report.briefs.setting import PARTS
from mekantek.report.briefs.tables import cell, said, table
from mekantek.report.wording import NAMES
from mekantek.text import Language, Text, money, number, percent, points

__all__ = ["peer_table", "share_table"]

MARKS: Mapping[str, tuple[str, Text]] = {
    "corrected": ("†", Text("düzeltilmiş değer", "corrected value")),
    "unresolved": ("‡", Text("çözülmemiş: iki baskı çelişiyor", "unresolved: two prints disagree")),
    "missing": ("–", Text("veride yok", "not in the data")),
}
_YEAR = Text("yıl", "year")
_CHANGE = Text("değişim", "change")


def share_table(brief: Brief) -> str:
    """Write provinces × classes × years with status marks and quotients, then the whole and the nation."""
    heads = (
        Text("il", "province"), _YEAR, *(NAMES[c] for c in PARTS),
        Text("Toplam ihracat", "Total exports"),
    )  # fmt: skip
    groups = [_province_rows(brief, plate, name) for plate, name in brief.names.items()]
    groups += [_whole_rows(brief), _nation_rows(brief)]
    # Where the screen is narrow years stand side by side, and each group bears the heads itself.
    told = "".join(f"<td>{bilingual(head)}</td>" for head in (_YEAR, *heads[2:]))
    groups = [g.replace(">", f'><tr class="narrow">{told}</tr>', 1) for g in groups]
    caption = Text(
        "Her pay o satırdaki ilin kendi toplam ihracatı içindedir; küçük yazı, payın Türkiye payına "
        "bölümüdür (LQ; 1: Türkiye kadar). Değişim yüzde puandır; toplam ihracatınki cari dolarla yüzdedir.",
        "Each share is of the total exports of the row's own province; small print is the share over the "
        "nation's (LQ; 1: as the nation). Change is in percentage points, that of total exports in "
        "percent of current dollars.",
    )
    marks = " ".join(
        f'<span class="mark">{mark} {bilingual(says)}</span>'
        for key, (mark, says) in MARKS.items()
        # Nothing that was computed from records is corrected or left open by two prints.
        if brief.setting.study.printed or key == "missing"
    )
    body = table(caption, heads, groups, numbers=range(2, len(heads)), kind="shares")
    # Each province is a group of rows of its own: the pages of print do not part it.
    body = body.replace("<tbody>", "", 1).replace("</tbody></table>", "</table>", 1)
    return f'{body}<p class="said">{marks}</p>'


def _marked(text: Text, status: str) -> str:
    """A value with its mark; those who cannot see the mark hear what it says."""
    told = bilingual(text)
    if status not in MARKS or status == "missing":
        return told
    mark, says = MARKS[status]
    return (
        f'{told}<sup aria-hidden="true">{mark}</sup><span class="hidden"> {bilingual(says)}</span>'
    )


def _rows(name: str, lines: Sequence[tuple[str, str]], *, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    head = f'<th scope="rowgroup" rowspan="{len(lines)}">{name}</th>'
    rows = "".join(
        f"<tr>{head if k == 0 else ''}<td>{label}</td>{cells}</tr>"
        for k, (label, cells) in enumerate(lines)
    )
    return f"<tbody{named}>{rows}</tbody>"


def _share_cells(
    brief: Brief, row: Mapping[str, Any], year: int, status: Mapping[str, str] | None
) -> str:
    cells = []
    for name in PARTS:
        share = row[name]
        told = _marked(said(share, percent), "" if status is None else status[name])
        quotient = None if pd.isna(share) else brief.quotient(float(share), name, year)
        cells.append(cell(told, small=bilingual(said(quotient, number))))
    told = _marked(said(row["value"], money), "" if status is None else status["value"])
    return "".join([*cells, cell(told)])


def _change_cells(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    cells = [
        cell(bilingual(said(round(float(after[c]) - float(before[c]), 9), _points_only)))
        for c in PARTS
    ]
    ratio = float(after["value"]) / float(before["value"]) - 1
    return "".join([*cells, cell(bilingual(said(ratio, _signed)))])


def _points_only(change: float, language: Language) -> str:
    """Write a change in points without the word."""
    return points(change, language).rsplit(" ", 1)[0]


def _signed(ratio: float, language: Language) -> str:
    return f"{'+' if ratio > 0 else ''}{percent(ratio, language)}"


def _province_rows(brief: Brief, plate: int, name: str) -> str:
    first, last = brief.years[0], brief.years[-1]
    lines, rows = [], {}
    for year in dict.fromkeys((first, last)):
        rows[year] = brief.cells(plate, year)
        lines.append((str(year), _share_cells(brief, rows[year], year, brief.marks(plate, year))))
    if first != last:
        lines.append((bilingual(_CHANGE), _change_cells(rows[first], rows[last])))
    return _rows(escape(name), lines)


def _whole_rows(brief: Brief) -> str:
    lines, rows = [], {}
    for year in dict.fromkeys((brief.years[0], brief.years[-1])):
        rows[year] = brief.whole(year)
        label = str(year)
        if gone := brief.without_total(year):
            names = ", ".join(brief.names[p] for p in gone)
            label += f"<small>{bilingual(Text(f'{names} olmadan', f'without {names}'))}</small>"
        lines.append((label, _share_cells(brief, rows[year], year, None)))
    same = len({tuple(brief.without_total(y)) for y in rows}) == 1
    if len(rows) > 1 and (not brief.change["without"] or same):
        first, last = rows.values()
        lines.append((bilingual(_CHANGE), _change_cells(first, last)))
    name = bilingual(Text("Ajansın bütünü", "The agency as a whole"))
    return _rows(f"{name}<small>{escape(brief.agency.abbreviation)}</small>", lines, kind="whole")


def _nation_rows(brief: Brief) -> str:
    lines = []
    for year in dict.fromkeys((brief.years[0], brief.years[-1])):
        shares = brief.setting.national[year]
        total = brief.setting.frames[year]["value"]
        cells = [cell(bilingual(said(float(shares[c]), percent))) for c in PARTS]
        cells.append(cell(bilingual(said(float(total.sum()), money))))
        count = int(total.notna().sum())
        below = bilingual(Text(f"{count}\u00a0il", f"{count}\u00a0provinces"))
        lines.append((f"{year}<small>{below}</small>", "".join(cells)))
    return _rows(escape("Türkiye"), lines, kind="nation")


def peer_table(brief: Brief) -> str:
    """Write the agency and those with the most similar mix, beside one another."""
    heads = (
        Text("ajans", "agency"), Text("kat", "factor"), Text("uzaklık", "distance"),
        *(NAMES[c] for c in PARTS), Text("Toplam ihracat", "Total exports"),
    )  # fmt: skip
    by_key = {a.abbreviation: a for a in load_agencies()}
    own = brief.agency.abbreviation
    frame = brief.setting.wholes[brief.setting.last]
    rows = []
    for key in (own, *brief.peers.index):
        row = frame.loc[key]
        near = None if key == own else brief.peers.loc[key]
        told = [
            *(said(None if near is None else near[k], number) for k in ("factor", "distance")),
            *(said(row[c], percent) for c in PARTS),
            said(row["value"], money),
        ]
        cells = [cell(bilingual(t), label=head) for head, t in zip(heads[1:], told, strict=True)]
        name = f"{escape(str(key))}<small>{bilingual(by_key[str(key)].name)}</small>"
        kind = " class=whole" if key == own else ""
        rows.append(f'<tr{kind}><th scope="row">{name}</th>{"".join(cells)}</tr>')
    last = brief.setting.last
    caption = Text(
        f"Paylar her ajansın {last} toplam ihracatı içinde: değerler toplanır, paylar yeniden hesaplanır",
        f"Shares are of each agency's total exports of {last}: values are summed, shares recomputed",
    )
    return table(caption, heads, rows, numbers=range(1, len(heads)), kind="peers")
