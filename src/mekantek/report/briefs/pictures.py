"""Pictures of a brief: its provinces on the map, and high technology year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from mekantek.datasets.technology import CLASSES
from mekantek.maps.page import bilingual
from mekantek.maps.palette import legend_html
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.shares import share_sheet
from mekantek.maps.svg import still
from mekantek.maps.wording import both
from mekantek.report.briefs.facts import Brief
from mekantek.report.briefs.tables import paragraph
from mekantek.report.wording import NAMES
from mekantek.text import LANGUAGES, Language, Text, percent

__all__ = ["bars", "maps"]

_BAR, _TALL = 30, 48


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
