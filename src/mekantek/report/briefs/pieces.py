"""Tables and pictures of a brief."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.agencies import load_agencies
from mekantek.datasets.technology import CLASSES
from mekantek.maps.page import bilingual
from mekantek.maps.palette import CLUSTERS, legend_html
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.shares import share_sheet
from mekantek.maps.svg import still
from mekantek.maps.wording import both
from mekantek.report.briefs.facts import CLUSTERED, Brief
from mekantek.report.briefs.setting import PARTS
from mekantek.report.verdicts import badge, robust_told
from mekantek.report.wording import NAMES, head_cells
from mekantek.text import (
    LANGUAGES,
    Language,
    Text,
    capitalized,
    money,
    number,
    p_value,
    percent,
    points,
)

if TYPE_CHECKING:
    from mekantek.findings.statements import ClaimResult

__all__ = [
    "bars",
    "cluster_table",
    "corridor_tables",
    "finding_table",
    "maps",
    "paragraph",
    "peer_table",
    "share_table",
    "statement_table",
    "table",
]

MARKS: Mapping[str, tuple[str, Text]] = {
    "corrected": ("†", Text("düzeltilmiş değer", "corrected value")),
    "unresolved": ("‡", Text("çözülmemiş: iki baskı çelişiyor", "unresolved: two prints disagree")),
    "missing": ("–", Text("veride yok", "not in the data")),
}


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


def _said(value: float | None, write: Callable[[float, Language], str]) -> Text:
    if value is None or pd.isna(value):
        return Text("–", "–")
    return both(lambda lang: write(float(value), lang))


def _cell(content: str, *, small: str = "") -> str:
    below = f"<small>{small}</small>" if small else ""
    return f"<td class=number>{content}{below}</td>"


def _marked(text: Text, status: str) -> str:
    """A value with its mark; those who cannot see the mark hear what it says."""
    told = bilingual(text)
    if status not in MARKS or status == "missing":
        return told
    mark, says = MARKS[status]
    return (
        f'{told}<sup aria-hidden="true">{mark}</sup><span class="hidden"> {bilingual(says)}</span>'
    )


# --- (c) shares -------------------------------------------------------------------------------


def share_table(brief: Brief) -> str:
    """Write provinces × classes × years with status marks and quotients, then the whole and the nation."""
    heads = (
        Text("il", "province"), Text("yıl", "year"), *(NAMES[c] for c in PARTS),
        Text("Toplam ihracat", "Total exports"),
    )  # fmt: skip
    groups = [_province_rows(brief, plate, name) for plate, name in brief.names.items()]
    groups += [_whole_rows(brief), _nation_rows(brief)]
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


def _rows(name: str, lines: Sequence[tuple[str, str]], *, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    head = f'<th scope="rowgroup" rowspan="{len(lines)}">{name}</th>'
    rows = "".join(
        f"<tr>{head if k == 0 else ''}<td>{label}</td>{cells}</tr>"
        for k, (label, cells) in enumerate(lines)
    )
    return f"<tbody{named}>{rows}</tbody>"


_CHANGE = Text("değişim", "change")


def _share_cells(
    brief: Brief, row: Mapping[str, Any], year: int, status: Mapping[str, str] | None
) -> str:
    cells = []
    for name in PARTS:
        share = row[name]
        told = _marked(_said(share, percent), "" if status is None else status[name])
        quotient = None if pd.isna(share) else brief.quotient(float(share), name, year)
        cells.append(_cell(told, small=bilingual(_said(quotient, number))))
    told = _marked(_said(row["value"], money), "" if status is None else status["value"])
    return "".join([*cells, _cell(told)])


def _change_cells(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    cells = [
        _cell(bilingual(_said(round(float(after[c]) - float(before[c]), 9), points_only)))
        for c in PARTS
    ]
    ratio = float(after["value"]) / float(before["value"]) - 1
    return "".join([*cells, _cell(bilingual(_said(ratio, _signed)))])


def points_only(change: float, language: Language) -> str:
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
        cells = [_cell(bilingual(_said(float(shares[c]), percent))) for c in PARTS]
        cells.append(_cell(bilingual(_said(float(total.sum()), money))))
        count = int(total.notna().sum())
        below = bilingual(Text(f"{count} il", f"{count} provinces"))
        lines.append((f"{year}<small>{below}</small>", "".join(cells)))
    return _rows(escape("Türkiye"), lines, kind="nation")


# --- (c) years --------------------------------------------------------------------------------

_BAR, _TALL = 30, 48


def bars(brief: Brief) -> str:
    """Draw the high-technology share of every year, a gap where it is not printed."""
    series = brief.series
    top = max((v for told in series.values() for v in told.values() if v is not None), default=0)
    labels: dict[int | str, Text] = {p: Text(n, n) for p, n in brief.names.items()}
    if len(labels) > 1:
        labels["all"] = Text("Ajansın bütünü", "The agency as a whole")
    figures = "".join(_bars(label, series[key], top or 1.0) for key, label in labels.items())
    gone: dict[str, list[int]] = {}
    for year, plates in brief.left_out.items():
        if plates and len(brief.names) > 1:
            gone.setdefault(", ".join(brief.names[p] for p in plates), []).append(year)
    note = ""
    if gone:
        years = "; ".join(f"{names}: {_span(told)}" for names, told in gone.items())
        note = paragraph(
            Text(
                f"Payı ya da toplamı olmadığı için ajansın bütününe girmeyenler: {years}.",
                f"Not in the agency as a whole, for want of a share or a total: {years}.",
            ),
            "said",
        )
    scale = both(lambda lang: percent(top, lang))
    caption = paragraph(
        Text(
            "Yüksek teknolojinin payı, her yıl ilin kendi toplam ihracatı içinde. Bütün grafiklerin ölçeği "
            f"aynıdır (en uzun çubuk {scale.tr}); – o yılın payı veride yok.",
            "Share of high technology in each year's total exports of the province. All charts have one "
            f"scale (the longest bar is {scale.en}); – the data lack that year's share.",
        ),
        "said",
    )
    return f'<div class="bars">{figures}</div>{caption}{note}'


def _span(years: Sequence[int]) -> str:
    whole = len(years) > 1 and list(years) == list(range(years[0], years[-1] + 1))
    return f"{years[0]}–{years[-1]}" if whole else ", ".join(map(str, years))


def _bars(label: Text, told: Mapping[int, float | None], top: float) -> str:
    def heard(lang: Language) -> str:
        values = ", ".join(
            f"{year} {Text('yok', 'none')[lang] if v is None else percent(v, lang)}"
            for year, v in told.items()
        )
        return f"{label[lang]}: {values}"

    parts = []
    for k, (year, value) in enumerate(told.items()):
        x, middle = k * _BAR, k * _BAR + _BAR / 2
        parts.append(f'<text x="{middle:g}" y="{_TALL + 26}">{year % 100:02d}</text>')
        if value is None:
            parts.append(f'<text x="{middle:g}" y="{_TALL + 10}">–</text>')
            continue
        height = round(value / top * _TALL, 1)
        y = round(_TALL + 14 - height, 1)
        parts.append(f'<rect x="{x + 5}" y="{y}" width="{_BAR - 10}" height="{height}"/>')
        shown = both(lambda lang, v=value: percent(v, lang))  # type: ignore[misc]
        parts += [
            f'<text x="{middle:g}" y="{y - 3:g}" lang="{lang}">{shown[lang]}</text>'
            for lang in LANGUAGES
        ]
    described = " / ".join(heard(lang) for lang in LANGUAGES)
    return (
        f'<figure><svg viewBox="0 0 {_BAR * len(told)} {_TALL + 30}" role="img" '
        f'aria-label="{escape(described)}"><path d="M0 {_TALL + 14}H{_BAR * len(told)}"/>'
        f"{''.join(parts)}</svg><figcaption>{bilingual(label)}</figcaption></figure>"
    )


# --- (b) maps ---------------------------------------------------------------------------------


def maps(brief: Brief) -> str:
    """Draw the share and the clusters of the leading class and of high technology, members outlined."""
    study, last = brief.setting.study, brief.setting.last
    chosen = list(dict.fromkeys([brief.largest(last, among=CLASSES), "high"]))
    figures = []
    for name in chosen:
        if name not in CLASSES:
            continue
        years = {y: r for (c, y), r in brief.setting.results.lisas.items() if c == name}
        for sheet in (share_sheet(study, name), cluster_sheet(study, years, column=name)):
            view = next(v for v in sheet.views if v.year == last)
            marked = replace(view, marked=[str(p) for p in brief.members])
            title = Text(f"{sheet.title.tr} ({last})", f"{sheet.title.en} ({last})")
            if sheet.kind == "share":
                title = Text(
                    f"{NAMES[name].tr}: her ilin toplam ihracatındaki payı, {last}",
                    f"{NAMES[name].en}: share of each province's total exports, {last}",
                )
            who = ", ".join(brief.names.values())
            described = " / ".join(
                (
                    f"{title.tr}; kalın çizgiyle çevrili: {who}",
                    f"{title.en}; outlined in bold: {who}",
                )
            )
            picture = still(study.geometry, study.points, marked, described=described)
            legend = legend_html(view.legend, view=f"{name}-{sheet.kind}", hidden=False)
            figures.append(
                f'<figure>{picture}<figcaption>{bilingual(title)}</figcaption><div class="legends">'
                f"{legend}</div></figure>"
            )
    note = Text(
        "Kalın çizgi: ajansın illeri. Kümelerde dolu renk düzeltmeden sonra, tarama yalnız düzeltmeden "
        "önce anlamlı olanı gösterir; parantez içindeki sayı Türkiye'deki il sayısıdır.",
        "Bold outline: the agency's provinces. On the maps of clusters full colour is significant after "
        "correction, hatching only before it; numbers in brackets count provinces of all Türkiye.",
    )
    return f'<div class="gallery pair">{"".join(figures)}</div>{paragraph(note, "said")}'


# --- (d) clusters -----------------------------------------------------------------------------

_SPOTS = {"HH": Text("sıcak nokta", "hot spot"), "LL": Text("soğuk nokta", "cold spot")}


def cluster_table(brief: Brief) -> str:
    """Write every place with p ≤ α before correction, with how steady it is over many maps."""
    if not brief.clusters:
        return ""
    heads = (
        Text("harita", "map"), Text("il", "province"), Text("yerel Moran", "local Moran"),
        Text("Gᵢ*", "Gᵢ*"), Text("ne kadar kararlı", "how steady"),
    )  # fmt: skip
    rows = []
    for row in brief.clusters:
        name = Text(
            f"{NAMES[row['class']].tr}, {row['year']}", f"{NAMES[row['class']].en}, {row['year']}"
        )
        cells = (
            escape(brief.names[row["plate"]]),
            _test_cell(row["local_moran"], {k: CLUSTERS[k][1] for k in CLUSTERED}),
            _test_cell(row["gstar"], _SPOTS),
            _steady_cell(row["steadiness"]),
        )
        body = "".join(f"<td>{c}</td>" for c in cells)
        rows.append(f'<tr><th scope="row">{bilingual(name)}</th>{body}</tr>')
    caption = Text(
        "Kesin p, iki yönlü, resmî komşuluk, her haritada 81 il; küçük yazı düzeltilmiş p. «Ne kadar "
        "kararlı»: komşuluk, yıl, ölçek ve baskı seçimlerinin hepsi denendiğinde haritaların kaçında aynı "
        "kümede; küçük yazı düzeltmeden sonra.",
        "Exact p, two-sided, official neighbours, 81 provinces on each map; small print is the corrected p. "
        "“How steady”: over all choices of neighbours, year, scale and print, the part of the maps on which "
        "it lies in the same cluster; small print after correction.",
    )
    return table(caption, heads, rows, numbers=range(0), kind="clusters")


def _test_cell(test: Mapping[str, Any], words: Mapping[str, Text]) -> str:
    kind = test["cluster_unadjusted"]
    word = words.get(kind, Text("küme yok", "no cluster"))
    told = both(lambda lang: f"{word[lang]}, {p_value(test['p_value'], lang)}")
    adjusted = both(lambda lang: p_value(test["p_adjusted"], lang))
    return f"{bilingual(told)}<small>{bilingual(adjusted)}</small>"


def _steady_cell(steady: Mapping[str, Any]) -> str:
    def write(part: float, lang: Language) -> str:
        return percent(part, lang, digits=0)

    told = Text(
        f"{steady['maps']} haritanın {write(steady['part'], 'tr')} kadarında",
        f"on {write(steady['part'], 'en')} of {steady['maps']} maps",
    )
    after = both(lambda lang: write(steady["part_adjusted"], lang))
    return f"{bilingual(told)}<small>{bilingual(after)}</small>"


# --- (e) corridors ----------------------------------------------------------------------------


def corridor_tables(brief: Brief) -> str:
    """Write the report's belts, if the agency is in them, and its best pairs with their exact ranks."""
    parts = []
    for verdict in brief.belts():
        title = bilingual(verdict.hypothesis.title)
        parts.append(
            f"<p><strong>{title}</strong> {badge(verdict.verdict)} {bilingual(verdict.reason)}</p>"
        )
    if not parts:
        parts.append(_no_belt(brief))
    heads = (
        Text("sınıf", "class"), Text("en iyi komşu çift", "best pair of neighbours"),
        Text("küçük üyenin payı", "share of the smaller member"), Text("sırası", "rank"),
    )  # fmt: skip
    names = brief.setting.study.names
    where = {
        "within": Text("bölgenin içinde", "within the region"),
        "touching": Text("bölgeye değen", "touching the region"),
    }
    rows = []
    for pair in brief.best_pairs:
        members = "–".join(str(names[int(m)]) for m in pair["members"])
        cells = (
            f"<td>{escape(members)}<small>{bilingual(where[pair['where']])}</small></td>"
            + _cell(bilingual(_said(pair["value"], percent)))
            + _cell(f"{pair['rank']} / {pair['of']}")
        )
        rows.append(f'<tr><th scope="row">{bilingual(NAMES[pair["class"]])}</th>{cells}</tr>')
    of = brief.best_pairs[0]["of"]
    last = brief.setting.last
    caption = Text(
        f"Ölçü, çiftin küçük üyesinin {last} payıdır: koridoru iki ucu da taşımalı. Sıra, Türkiye'deki "
        f"{of} komşu il çiftinin tamamı arasındadır, eşitlik çiftin aleyhine sayılır. Sıra betimleyicidir: "
        "kümelenmeyi sınamaz. Bölgeye değen çift, içeridekinden iyiyse yazılır.",
        f"The measure is the {last} share of the pair's smaller member: both ends must carry a corridor. "
        f"The rank is among all {of} pairs of neighbouring provinces of Türkiye, ties counted against the "
        "pair. It is descriptive and tests no clustering. A pair that touches the region is told where it is "
        "better than the one within.",
    )
    parts.append(table(caption, heads, rows, numbers=range(2, 4)))
    return "".join(parts)


def _no_belt(brief: Brief) -> str:
    """Say that no province is in a belt of the report; nothing if one is and was not tested."""
    asked = brief.setting.study.design.hypotheses
    claimed = [h.options["members"] for h in asked if h.test == "corridor"]
    if any(set(members) & set(brief.agency.plates) for members in claimed):
        return ""
    names = brief.setting.study.names
    belts = ", ".join("–".join(str(names[p]) for p in members) for members in claimed)
    told = Text(
        f"Raporun teknoloji kuşaklarından ({belts}) hiçbirinde bölgenin bir ili yok.",
        f"No province of the region is in any of the report's technology belts ({belts}).",
    )
    return paragraph(told)


# --- (f) peers --------------------------------------------------------------------------------


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
        cells = [
            _cell(bilingual(_said(None if near is None else near["factor"], number))),
            _cell(bilingual(_said(None if near is None else near["distance"], number))),
            *(_cell(bilingual(_said(row[c], percent))) for c in PARTS),
            _cell(bilingual(_said(row["value"], money))),
        ]
        name = f"{escape(str(key))}<small>{bilingual(by_key[str(key)].name)}</small>"
        kind = " class=whole" if key == own else ""
        rows.append(f'<tr{kind}><th scope="row">{name}</th>{"".join(cells)}</tr>')
    last = brief.setting.last
    caption = Text(
        f"Paylar her ajansın {last} toplam ihracatı içinde: değerler toplanır, paylar yeniden hesaplanır",
        f"Shares are of each agency's total exports of {last}: values are summed, shares recomputed",
    )
    return table(caption, heads, rows, numbers=range(1, len(heads)), kind="peers")


# --- (g) robustness ---------------------------------------------------------------------------


def finding_table(brief: Brief, *, linked: bool) -> str:
    """Write every finding with whom it speaks of, its verdict and whether that is robust."""
    heads = (
        Text("Bulgu", "Finding"), Text("Bölgeden kim", "Who of the region"),
        Text("Hüküm", "Verdict"), Text("Sağlam mı?", "Robust?"),
    )  # fmt: skip
    rows = []
    # Those that name a province of the region stand first.
    told = sorted(brief.findings(), key=lambda one: not one[1])
    for verdict, mine in told:
        if mine is None:
            who = Text("81 ilin hepsi, eşit", "all 81 provinces alike")
        elif mine:
            names = ", ".join(brief.names[p] for p in mine)
            who = Text(names, names)
        else:
            who = Text("adı geçen yok", "none is named")
        title = bilingual(verdict.hypothesis.title)
        if linked:
            page = f"finding-{verdict.hypothesis.id}.html"
            title = f'<a href="{page}" data-page="{page}">{title}</a>'
        reason = f'<p class="said">{bilingual(verdict.reason)}</p>'
        rows.append(
            f"<tr><td>{title}{reason}</td><td>{bilingual(who)}</td><td>{badge(verdict.verdict)}</td>"
            f'<td><span class="narrow">{bilingual(heads[3])} </span>'
            f"{bilingual(robust_told(verdict))}</td></tr>"
        )
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in heads)
    caption = Text(
        "«Sağlam» hüküm, makul seçimlerin en az %80'inde aynı sözcük çıkıyor demektir; kesir, kaç seçimde",
        "A verdict is robust when at least 80% of reasonable choices give the same word; the fraction says "
        "in how many",
    )
    return (
        f'<table class="wide verdicts agency"><caption>{bilingual(caption)}</caption><thead><tr>{head}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


# --- (h) statements ---------------------------------------------------------------------------


def statement_table(results: Sequence[ClaimResult], *, linked: bool) -> str:
    """Write the report's statements with their verdicts."""
    heads = (
        Text("Raporun ifadesi", "Statement of the report"), Text("Basılan", "Printed"),
        Text("Hüküm", "Verdict"), Text("Neden", "Why"),
    )  # fmt: skip
    rows = []
    for result in results:
        claim = result.claim
        line = Text(f"satır {claim.report_line}", f"line {claim.report_line}")
        name = str(claim.id)
        if linked:
            name = f'<a href="claims.html#claim-{claim.id}">{name}</a>'
        printed = bilingual(Text("Basılan: ", "Printed: "))
        rows.append(
            f'<tr><td>{name}. {bilingual(claim.gloss)}<p class="said">{bilingual(line)}</p></td>'
            f'<td><span class="narrow">{printed}</span>{escape(claim.printed) or "–"}</td>'
            f"<td>{badge(result.verdict)}</td>"
            f'<td class="why">{bilingual(capitalized(result.reason))}</td></tr>'
        )
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in heads)
    return (
        f'<table class="wide verdicts statements"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
