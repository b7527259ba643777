"""The index page: verdicts on top, then pictures, findings, tables, methods and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from mekantek.findings.verdict import Verdict
from mekantek.maps.atlas import KINDS, kind_title
from mekantek.maps.page import bilingual, document
from mekantek.maps.palette import legend_html
from mekantek.maps.sheets.shares import slug
from mekantek.maps.svg import again, outlines, still
from mekantek.report.briefs import briefs_section
from mekantek.report.panels import TITLE as PANEL_TITLE
from mekantek.report.panels import panel_sentence
from mekantek.report.tables import concentration_table, data_section, moran_table
from mekantek.report.verdicts import finding_section, verdict_table
from mekantek.text import LANGUAGES, Language, Text, capitalized, integer

if TYPE_CHECKING:
    from mekantek.findings.panel import Panel
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.report.results import StudyResults
    from mekantek.study import Study

__all__ = ["index_page"]

_METHOD = Text(
    "Her sınamanın karar kuralı veri okunmadan yazılmıştır (çalışma dosyası). Yerel Moran p "
    "değerleri koşullu permütasyonun kesin dağılımından sayılır; eşit değerler iki kuyrukta da "
    "sayılır, tohum yoktur. Haritalarda aile, o haritada sınanan birimlerdir (Benjamini–Hochberg). "
    "Yoğunlaşma aralıkları güven aralığı değil, yuvarlamanın izin verdiği uç değerlerdir. «Sağlam» "
    "hüküm, makul seçimlerin en az %80'inde aynı sözcüğün çıkması demektir.",
    "The decision rule of each test was written before the data were read (the study file). "
    "P-values of local Moran are counted from the exact distribution of conditional permutation; ties "
    "count in both tails and there is no seed. On a map the family is the [provinces] tested on it "
    "(Benjamini–Hochberg). Intervals of concentration are no confidence intervals but the extremes "
    "that rounding allows. A verdict is robust when at least 80% of reasonable choices give the same "
    "word.",
)


_DOWNLOADS = (
    ("results.json", Text("bütün sonuçlar", "all results")),
    ("findings.csv", Text("bulgular ve hükümler", "findings and verdicts")),
    ("claims.csv", Text("raporun her ifadesi", "every statement of the report")),
    ("global_moran.csv", Text("Moran I", "Moran's I")),
    ("local_moran.csv", Text("yerel Moran", "local Moran")),
    ("hotspots.csv", Text("sıcak ve soğuk noktalar", "hot and cold spots")),
    ("concentration.csv", Text("yoğunlaşma", "concentration")),
    ("shares.csv", Text("değerler, kaynağıyla", "values with their sources")),
    (
        "totals.csv",
        Text("birimlerin büyüklüğü, kaynağıyla", "sizes of the units with their sources"),
    ),
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


def run_sentence(study: Study, family: Mapping[str, Any]) -> Text:
    """Say what survives over all maps of the run."""
    found = [f"{s['name']} ({s['class']}, {s['year']})" for s in family["survivors"]]
    listed = ", ".join(found)
    size = {lang: integer(family["size"], lang) for lang in LANGUAGES}
    told = Text(
        f"{family['maps']} harita tek aile sayılınca ({size['tr']} sınama) "
        + (f"anlamlı kalan: {listed}." if found else "hiçbir [il] anlamlı kalmıyor."),
        f"Taking all {family['maps']} maps as one family ({size['en']} tests) "
        + (
            f"these remain significant: {listed}."
            if found
            else "no [province] remains significant."
        ),
    )
    return study.design.unit.say(told)


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
    for kind in KINDS:
        told = kind_title(kind, study)
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


# The map that shows what a finding speaks of, by its test and variable; a corridor has its own.
_SHOWN = {
    "gradient": "share", "bloc": "share", "clustering": "clusters", "index": "index",
    "one-to-one": "index", "concentration": "value", "top-shares": "value",
}  # fmt: skip


def _picture_of(study: Study, verdict: Verdict, sheets: Mapping[str, MapSheet]) -> str:
    """Show the gallery's picture of what a finding speaks of, with its legend."""
    hypothesis = verdict.hypothesis
    shown, classes = _SHOWN.get(hypothesis.test), str(hypothesis.options["class"])
    sheet = sheets.get(f"{shown}-{slug(classes)}") or sheets.get(f"{shown}-{hypothesis.id}")
    if shown is None or sheet is None:
        sheet = sheets.get(hypothesis.id) or sheets.get(f"share-{slug(classes)}")
    if sheet is None:
        return ""
    picture = again(study.geometry, f"still-{sheet.slug}", described=_described(sheet))
    # Circles of the legend have the size of the live map; the still is smaller.
    entries = [e for e in sheet.views[sheet.first].legend if e.sign != "circle"]
    legend = legend_html(entries, view=sheet.slug, hidden=False)
    return f'<figure>{picture}<div class="legends small">{legend}</div>{_caption(sheet)}</figure>'


def _downloads(study: Study, results: StudyResults) -> list[tuple[str, Text]]:
    """List the files that there are; claims are the report's, maps one for each class and year."""
    absent = set() if study.shipped else {"claims.csv"}
    if not study.valued:
        absent |= {"concentration.csv"}
    if not study.sized:
        absent |= {"totals.csv"}
    maps = len(results.lisas)
    counted = {
        "local_moran.csv": Text(f"yerel Moran, {maps} harita", f"local Moran, {maps} maps"),
        "hotspots.csv": Text(f"sıcak ve soğuk noktalar, {maps} harita",
                             f"hot and cold spots, {maps} maps"),
    }  # fmt: skip
    return [(name, counted.get(name, told)) for name, told in _DOWNLOADS if name not in absent]


def _method(study: Study) -> Text:
    """Give the methods; of records without the sentence on rounding, which they have none of."""
    said = study.design.unit.say(_METHOD)
    if study.printed:
        return said
    rounding = Text(
        "Yoğunlaşma aralıkları güven aralığı değil, yuvarlamanın izin verdiği uç değerlerdir. ",
        "Intervals of concentration are no confidence intervals but the extremes "
        "that rounding allows. ",
    )
    return Text(said.tr.replace(rounding.tr, ""), said.en.replace(rounding.en, ""))


def _panel_section(panels: Sequence[Panel]) -> str:
    """Say in one sentence a class who stayed, and where the rest is."""
    rows = "".join(
        f"<li>{bilingual(capitalized(p.design.title_of(p.classes)))} ({p.years[0]}–{p.years[-1]}): "
        f"{bilingual(panel_sentence(p))}</li>"
        for p in panels
    )
    more = Text("Geçişler, sıralar, tek tek değişim", "Transitions, ranks, change one by one")
    return (
        f'<ul>{rows}</ul><p><a href="panel.html" data-page="panel.html">{bilingual(more)}</a></p>'
    )


def _attribution(study: Study) -> str:
    """Whose boundaries these are, where the study says."""
    told = study.provenance["boundaries"]
    return f"{bilingual(told)}. " if told.en else ""


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
        f"<p>{bilingual(run_sentence(study, family))}</p>{_TO_ATLAS}{_TO_EXPLORER}"
        f"{_gallery(study, sheets)}"
    )
    verdicts = verdict_table(results.verdicts) + (_TO_CLAIMS if study.shipped else "")
    sections = {
        "verdicts": (Text("Hükümler", "Verdicts"), verdicts),
        "findings": (Text("Bulgular", "Findings"), findings),
        "maps": (Text("Haritalar", "Maps"), maps),
        **({"years": (PANEL_TITLE, _panel_section(panels))} if panels else {}),
        **({"agencies": briefs_section(study)} if "briefs" in study.design.extras else {}),
        "moran": (Text("Komşular benziyor mu?", "Are neighbours alike?"), moran_table(study, results.morans)),
        **({"measures": (
            Text("Yoğunlaşma", "Concentration"),
            concentration_table(study, results.measures, exact=not study.printed),
        )} if results.measures else {}),
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
        f'{outlines(study.geometry)}<main><p class="reading">{bilingual(study.design.lead)}</p>'
        f'<nav class="contents" aria-label="{here.tr} / {here.en}">{contents}</nav>{listed}</main>'
        f"<footer><p>{_attribution(study)}"
        f"{escape('Leaflet 1.9.3')}, © Vladimir Agafonkin, CloudMade.</p></footer>"
    )
    return document(study.design.title, body, language=language)
