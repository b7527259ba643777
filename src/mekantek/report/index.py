"""The index page: verdicts on top, then pictures, findings, tables, methods and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from mekantek.findings.verdict import Verdict
from mekantek.maps.atlas import KINDS
from mekantek.maps.page import bilingual, document
from mekantek.maps.svg import outlines, still
from mekantek.report.briefs import briefs_section
from mekantek.report.tables import concentration_table, data_section, moran_table
from mekantek.report.verdicts import finding_section, verdict_table
from mekantek.text import LANGUAGES, Language, Text, integer

if TYPE_CHECKING:
    from mekantek.maps.sheets.sheet import MapSheet, View
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
    ("concentration.csv", Text("yoğunlaşma", "concentration")),
    ("shares.csv", Text("paylar, kaynağıyla", "shares with their sources")),
    ("totals.csv", Text("toplam ihracat, kaynağıyla", "total exports with their sources")),
    ("mekantek.gpkg", Text("coğrafi veri (QGIS)", "geographic data (QGIS)")),
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


def _figure(study: Study, sheet: MapSheet, *, view: View | None = None) -> str:
    """Draw a still of a sheet that leads to its page."""
    shown = view or sheet.views[sheet.first]
    page = f"{sheet.slug}.html"
    described = " / ".join(f"{sheet.title[lang]}. {shown.label[lang]}" for lang in LANGUAGES)
    picture = still(study.geometry, study.points, shown, described=described)
    caption = sheet.title
    if len(sheet.views) > 1:
        caption = Text(f"{caption.tr} ({shown.label.tr})", f"{caption.en} ({shown.label.en})")
    return (
        f'<figure><a href="{page}" data-page="{page}" tabindex="-1">{picture}</a>'
        f'<figcaption><a href="{page}" data-page="{page}">{bilingual(caption)}</a></figcaption>'
        "</figure>"
    )


def _pictures(study: Study, sheets: Sequence[MapSheet]) -> str:
    """Still maps that lead to the live ones: a row for each sort of map."""
    rows = []
    for kind, told in KINDS.items():
        figures = "".join(_figure(study, sheet) for sheet in sheets if sheet.kind == kind)
        if figures:
            rows.append(f'<h3>{bilingual(told)}</h3><div class="gallery">{figures}</div>')
    return "".join(rows)


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
    hypothesis = verdict.hypothesis
    sheet = sheets.get(_SHOWN.get(hypothesis.test, hypothesis.id))
    return "" if sheet is None else _figure(study, sheet)


def index_page(
    study: Study,
    results: StudyResults,
    sheets: Sequence[MapSheet],
    family: Mapping[str, Any],
    language: Language,
) -> str:
    """Write the whole page."""
    from mekantek.export import versions

    lead = Text(
        "Ankara Sanayi Odası'nın Temmuz 2025 raporu, 81 ilin ihracatını OECD teknoloji sınıflarına "
        "ayırır ve mekânsal sonuçlar çıkarır. Burada her sonuç bir sınamadan geçer; neyin tuttuğu, "
        "neyin tutmadığı ve cevabın seçimlere ne kadar bağlı olduğu açıkça söylenir.",
        "The July 2025 report of the Ankara Chamber of Industry sorts the exports of 81 provinces into "
        "OECD technology classes and draws spatial conclusions. Here each conclusion is put to a test; "
        "what holds, what does not, and how much the answer depends on choices, is said plainly.",
    )
    files = "".join(
        f'<li><a href="{name}" download>{name}</a>: {bilingual(told)}</li>'
        for name, told in _DOWNLOADS
    )
    cite = Text(
        f"mekantek {versions()['mekantek']}; veri: {study.provenance['report'].tr}.",
        f"mekantek {versions()['mekantek']}; data: {study.provenance['report'].en}.",
    )

    def section(title: Text, body: str) -> str:
        return f"<section><h2>{bilingual(title)}</h2>{body}</section>"

    named = {sheet.slug: sheet for sheet in sheets}
    body = (
        f'{outlines(study.geometry)}<main><p class="reading">{bilingual(lead)}</p>'
        + section(Text("Hükümler", "Verdicts"), verdict_table(results.verdicts) + _TO_CLAIMS)
        + section(
            Text("Haritalar", "Maps"),
            f"<p>{bilingual(run_sentence(family))}</p>{_TO_ATLAS}{_TO_EXPLORER}"
            f"{_pictures(study, sheets)}",
        )
        + "".join(
            finding_section(v, picture=_picture_of(study, v, named)) for v in results.verdicts
        )
        + section(
            Text("Komşular benziyor mu?", "Are neighbours alike?"), moran_table(results.morans)
        )
        + briefs_section(study)
        + section(Text("Yoğunlaşma", "Concentration"), concentration_table(results.measures))
        + section(Text("Veri", "Data"), data_section(study))
        + section(Text("Yöntem", "Methods"), f"<p>{bilingual(_METHOD)}</p>")
        + section(Text("Dosyalar", "Files"), f"<ul>{files}</ul>")
        + "</main><footer>"
        f"<p>{bilingual(Text('Kaynak gösterimi', 'How to cite'))}: {bilingual(cite)}</p>"
        f"<p>{bilingual(study.provenance['boundaries'])}. "
        f"{escape('Leaflet 1.9.3')}, © Vladimir Agafonkin, CloudMade.</p></footer>"
    )
    return document(TITLE, body, language=language)
