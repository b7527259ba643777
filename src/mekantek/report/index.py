"""The index page: verdicts on top, then pictures, findings, tables, methods and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from mekantek.findings.verdict import Verdict
from mekantek.maps.atlas import KINDS
from mekantek.maps.page import bilingual, document
from mekantek.maps.palette import legend_html
from mekantek.maps.svg import again, outlines, still
from mekantek.report.briefs import briefs_section
from mekantek.report.panels import TITLE as PANEL_TITLE
from mekantek.report.panels import panel_sentence
from mekantek.report.tables import concentration_table, data_section, moran_table
from mekantek.report.verdicts import finding_section, verdict_table
from mekantek.report.wording import NAMES
from mekantek.text import LANGUAGES, Language, Text, capitalized, integer

if TYPE_CHECKING:
    from mekantek.findings.panel import Panel
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.report.results import StudyResults
    from mekantek.study import Study

__all__ = ["index_page"]

TITLE = Text(
    "Teknoloji ihracatının coğrafyası: raporun bulguları sınanıyor",
    "The geography of technology exports: the report's findings on trial",
)


_METHOD = Text(
    "Her sınamanın karar kuralı veri okunmadan yazılmıştır (data/hypotheses.toml). Yerel Moran p "
    "değerleri koşullu permütasyonun kesin dağılımından sayılır; eşit değerler iki kuyrukta da "
    "sayılır, tohum yoktur. Haritalarda aile, o haritada sınanan illerdir (Benjamini–Hochberg). "
    "Yoğunlaşma aralıkları güven aralığı değil, yuvarlamanın izin verdiği uç değerlerdir. «Sağlam» "
    "hüküm, makul seçimlerin en az %80'inde aynı sözcüğün çıkması demektir.",
    "The decision rule of each test was written before the data were read (data/hypotheses.toml). "
    "P-values of local Moran are counted from the exact distribution of conditional permutation; ties "
    "count in both tails and there is no seed. On a map the family is the provinces tested on it "
    "(Benjamini–Hochberg). Intervals of concentration are no confidence intervals but the extremes "
    "that rounding allows. A verdict is robust when at least 80% of reasonable choices give the same "
    "word.",
)


_DOWNLOADS = (
    ("results.json", Text("bütün sonuçlar", "all results")),
    ("findings.csv", Text("bulgular ve hükümler", "findings and verdicts")),
    ("claims.csv", Text("raporun her ifadesi", "every statement of the report")),
    ("global_moran.csv", Text("Moran I", "Moran's I")),
    ("local_moran.csv", Text("yerel Moran, 8 harita", "local Moran, 8 maps")),
    ("hotspots.csv", Text("sıcak ve soğuk noktalar, 8 harita", "hot and cold spots, 8 maps")),
    ("concentration.csv", Text("yoğunlaşma", "concentration")),
    ("shares.csv", Text("paylar, kaynağıyla", "shares with their sources")),
    ("totals.csv", Text("toplam ihracat, kaynağıyla", "total exports with their sources")),
    (
        "mekantek.gpkg",
        Text("coğrafi veri; QGIS'te renkleriyle açılır", "geographic data; opens styled in QGIS"),
    ),
    (
        "provenance.json",
        Text("kaynak, sürüm ve özetler (SHA-256)", "sources, versions and digests (SHA-256)"),
    ),
)
_FIGURES = Text(
    "figures klasörü: her harita ve grafik PNG ve PDF, tablolar LaTeX olarak; SVG için mekantek figures",
    "the folder figures: every map and chart as PNG and PDF, tables as LaTeX; for SVG mekantek figures",
)

_TO_CLAIMS = '<p><a href="claims.html" data-page="claims.html">{}</a></p>'.format(
    bilingual(
        Text(
            "Raporun 235 ifadesinin her biri: basılan, hesaplanan, hüküm; kendisiyle çeliştiği yerler",
            "Each of the report's 235 statements: printed, computed, verdict; where it contradicts itself",
        )
    )
)


_TO_EXPLORER = '<p><a href="explorer.html" data-page="explorer.html">{}</a></p>'.format(
    bilingual(
        Text(
            "Keşif: harita, Moran saçılımı, tablo ve seçimler eğrisi, birbirine bağlı",
            "Explorer: map, Moran scatterplot, table and specification curve, linked",
        )
    )
)


_TO_ATLAS = '<p><a href="atlas.html" data-page="atlas.html">{}</a></p>'.format(
    bilingual(
        Text(
            "Atlas: bütün haritalar tek sayfada, yıl kaydırıcısıyla",
            "Atlas: all maps on one page, with a year slider",
        )
    )
)


def run_sentence(family: Mapping[str, Any]) -> Text:
    found = [f"{s['name']} ({s['class']}, {s['year']})" for s in family["survivors"]]
    listed = ", ".join(found)
    size = {lang: integer(family["size"], lang) for lang in LANGUAGES}
    return Text(
        f"{family['maps']} harita tek aile sayılınca ({size['tr']} sınama) "
        + (f"anlamlı kalan: {listed}." if found else "hiçbir il anlamlı kalmıyor."),
        f"Taking all {family['maps']} maps as one family ({size['en']} tests) "
        + (f"these remain significant: {listed}." if found else "no province remains significant."),
    )


def _described(sheet: MapSheet) -> str:
    shown = sheet.views[sheet.first].label
    return " / ".join(f"{sheet.title[lang]}. {shown[lang]}" for lang in LANGUAGES)


def _caption(sheet: MapSheet) -> str:
    page, shown = f"{sheet.slug}.html", sheet.views[sheet.first].label
    caption = sheet.title
    if len(sheet.views) > 1:
        caption = Text(f"{caption.tr} ({shown.tr})", f"{caption.en} ({shown.en})")
    return f'<figcaption><a href="{page}" data-page="{page}">{bilingual(caption)}</a></figcaption>'


def _gallery(study: Study, sheets: Sequence[MapSheet]) -> str:
    """Still maps that lead to the live ones, by the sort of map."""
    rows = []
    for kind, told in KINDS.items():
        figures = "".join(
            f"<figure>{_still(study, sheet)}{_caption(sheet)}</figure>"
            for sheet in sheets
            if sheet.kind == kind
        )
        if figures:
            rows.append(f'<h3>{bilingual(told)}</h3><div class="gallery">{figures}</div>')
    return "".join(rows)


def _still(study: Study, sheet: MapSheet) -> str:
    return still(
        study.geometry, study.points, sheet.views[sheet.first],
        described=_described(sheet), name=f"still-{sheet.slug}",
    )  # fmt: skip


# The map that shows what a finding speaks of, by its test; a corridor has a map of its own.
_SHOWN = {
    "gradient": "share-low",
    "iltek": "index-high",
    "one-to-one": "index-high",
    "concentration": "value-high",
    "top-shares": "value-high",
    "bloc": "share-medium-high",
}


def _picture_of(study: Study, verdict: Verdict, sheets: Mapping[str, MapSheet]) -> str:
    """Show the gallery's picture of what a finding speaks of, with its legend."""
    hypothesis = verdict.hypothesis
    sheet = sheets.get(_SHOWN.get(hypothesis.test, hypothesis.id))
    if sheet is None:
        return ""
    picture = again(study.geometry, f"still-{sheet.slug}", described=_described(sheet))
    # Circles of the legend have the size of the live map; the still is smaller.
    entries = [e for e in sheet.views[sheet.first].legend if e.sign != "circle"]
    legend = legend_html(entries, view=sheet.slug, hidden=False)
    return f'<figure>{picture}<div class="legends small">{legend}</div>{_caption(sheet)}</figure>'


def _downloads(study: Study, results: StudyResults) -> list[tuple[str, Text]]:
    """List the files that there are; claims are the report's, maps one for each class and year."""
    maps = len(results.lisas)
    counted = {
        "local_moran.csv": Text(f"yerel Moran, {maps} harita", f"local Moran, {maps} maps"),
        "hotspots.csv": Text(f"sıcak ve soğuk noktalar, {maps} harita",
                             f"hot and cold spots, {maps} maps"),
    }  # fmt: skip
    return [
        (name, counted.get(name, told))
        for name, told in _DOWNLOADS
        if study.printed or name != "claims.csv"
    ]


_TITLE_OF_RECORDS = Text(
    "Teknoloji ihracatının coğrafyası: kayıtlarınız sınanıyor",
    "The geography of technology exports: your records on trial",
)


def _records_lead(study: Study) -> Text:
    """Say whose data these are, and whose conclusions are put to the test."""
    years = ", ".join(map(str, sorted(study.panel)))
    return Text(
        f"{study.provenance['report'].tr}. Yıllar: {years}. Ankara Sanayi Odası'nın Temmuz 2025 "
        "raporundaki mekânsal sonuçlar burada bu kayıtlarla sınanır; cümleler raporundur, sayılar "
        "kayıtlarınızın. Raporun kendi verisine ilişkin ifadeleri bu sayfada yoktur.",
        f"{study.provenance['report'].en}. Years: {years}. The spatial conclusions of the July 2025 "
        "report of the Ankara Chamber of Industry are put to the test on these records; the sentences "
        "are the report's, the numbers your records'. Statements about the report's own data are not "
        "on this page.",
    )


def _method(study: Study) -> Text:
    """Give the methods; of records without the sentence on rounding, which they have none of."""
    if study.printed:
        return _METHOD
    rounding = Text(
        "Yoğunlaşma aralıkları güven aralığı değil, yuvarlamanın izin verdiği uç değerlerdir. ",
        "Intervals of concentration are no confidence intervals but the extremes "
        "that rounding allows. ",
    )
    return Text(_METHOD.tr.replace(rounding.tr, ""), _METHOD.en.replace(rounding.en, ""))


def _panel_section(panels: Sequence[Panel]) -> str:
    """Say in one sentence a class who stayed, and where the rest is."""
    rows = "".join(
        f"<li>{bilingual(capitalized(NAMES[p.classes]))} ({p.years[0]}–{p.years[-1]}): "
        f"{bilingual(panel_sentence(p))}</li>"
        for p in panels
    )
    more = Text("Geçişler, sıralar, il il değişim", "Transitions, ranks, change by province")
    return (
        f'<ul>{rows}</ul><p><a href="panel.html" data-page="panel.html">{bilingual(more)}</a></p>'
    )


def index_page(
    study: Study,
    results: StudyResults,
    sheets: Sequence[MapSheet],
    family: Mapping[str, Any],
    language: Language,
    *,
    panels: Sequence[Panel] = (),
) -> str:
    """Write the whole page."""
    from mekantek.export import versions

    lead = (
        _records_lead(study)
        if not study.printed
        else Text(
            "Ankara Sanayi Odası'nın Temmuz 2025 raporu, 81 ilin ihracatını OECD teknoloji sınıflarına "
            "ayırır ve mekânsal sonuçlar çıkarır. Burada her sonuç bir sınamadan geçer; neyin tuttuğu, "
            "neyin tutmadığı ve cevabın seçimlere ne kadar bağlı olduğu açıkça söylenir.",
            "The July 2025 report of the Ankara Chamber of Industry sorts the exports of 81 provinces into "
            "OECD technology classes and draws spatial conclusions. Here each conclusion is put to a test; "
            "what holds, what does not, and how much the answer depends on choices, is said plainly.",
        )
    )
    files = "".join(
        f'<li><a href="{name}" download>{name}</a>: {bilingual(told)}</li>'
        for name, told in _downloads(study, results)
    )
    cite = Text(
        f"mekantek {versions()['mekantek']}; veri: {study.provenance['report'].tr}.",
        f"mekantek {versions()['mekantek']}; data: {study.provenance['report'].en}.",
    )

    named = {sheet.slug: sheet for sheet in sheets}
    findings = "".join(
        finding_section(v, picture=_picture_of(study, v, named)) for v in results.verdicts
    )
    maps = (
        f"<p>{bilingual(run_sentence(family))}</p>{_TO_ATLAS}{_TO_EXPLORER}"
        f"{_gallery(study, sheets)}"
    )
    verdicts = verdict_table(results.verdicts) + (_TO_CLAIMS if study.printed else "")
    sections = {
        "verdicts": (Text("Hükümler", "Verdicts"), verdicts),
        "findings": (Text("Bulgular", "Findings"), findings),
        "maps": (Text("Haritalar", "Maps"), maps),
        **({"years": (PANEL_TITLE, _panel_section(panels))} if panels else {}),
        "agencies": briefs_section(study),
        "moran": (Text("Komşular benziyor mu?", "Are neighbours alike?"), moran_table(results.morans)),
        "measures": (
            Text("Yoğunlaşma", "Concentration"), concentration_table(results.measures, exact=not study.printed),
        ),
        "data": (Text("Veri", "Data"), data_section(study)),
        "methods": (Text("Yöntem", "Methods"), f"<p>{bilingual(_method(study))}</p>"),
        "files": (
            Text("Dosyalar", "Files"), f"<ul>{files}</ul><p>{bilingual(_FIGURES)}</p>",
        ),
        "cite": (Text("Kaynak gösterimi", "How to cite"), f"<p>{bilingual(cite)}</p>"),
    }  # fmt: skip
    contents = "".join(
        f'<a href="#{key}">{bilingual(title)}</a>' for key, (title, _) in sections.items()
    )
    listed = "".join(
        f'<section id="{key}"><h2>{bilingual(title)}</h2>{body}</section>'
        for key, (title, body) in sections.items()
    )
    here = Text("Bu sayfada", "On this page")
    body = (
        f'{outlines(study.geometry)}<main><p class="reading">{bilingual(lead)}</p>'
        f'<nav class="contents" aria-label="{here.tr} / {here.en}">{contents}</nav>{listed}</main>'
        f"<footer><p>{bilingual(study.provenance['boundaries'])}. "
        f"{escape('Leaflet 1.9.3')}, © Vladimir Agafonkin, CloudMade.</p></footer>"
    )
    return document(TITLE if study.printed else _TITLE_OF_RECORDS, body, language=language)
