"""The index page: verdicts on top, then pictures, findings, tables, methods and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from mekantek.findings.verdict import Verdict
from mekantek.maps.atlas import cluster_summary
from mekantek.maps.clusters import cluster_fill
from mekantek.maps.facts import units
from mekantek.maps.page import bilingual, document
from mekantek.maps.palette import share_bins
from mekantek.maps.shares import circle_radii
from mekantek.maps.svg import outlines, still
from mekantek.report.tables import concentration_table, data_section, moran_table
from mekantek.report.verdicts import finding_section, verdict_table
from mekantek.report.wording import NAMES
from mekantek.text import LANGUAGES, Language, Text, integer

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult, LocalResult
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


def _figure(page: str, picture: str, caption: Text) -> str:
    return (
        f'<figure><a href="{page}" data-page="{page}">{picture}</a>'
        f'<figcaption><a href="{page}" data-page="{page}">{bilingual(caption)}</a></figcaption>'
        "</figure>"
    )


def _pictures(
    study: Study, verdicts: Sequence[Verdict], lisas: Mapping[tuple[str, int], LocalResult]
) -> str:
    """Still maps that lead to the live ones: a row a class, then the corridors."""
    last = study.at(study.years[-1])
    geometry, points = last.geometry, last.points
    rows = []
    for name in dict.fromkeys(c for c, _ in lisas):
        share, lisa = last.share(name), lisas[name, last.year]
        bins, told, slug = (
            share_bins(name),
            cluster_summary(lisa, units(study)),
            name.replace("_", "-"),
        )
        value = last.class_values(name)["value"]
        radii = {u: r / 1080 for u, r in circle_radii(value).items()}
        circles = [
            (float(at["longitude"]), float(at["latitude"]), radii[str(u)])
            for u, at in points.iterrows()
            if str(u) in radii
        ]
        captions = (
            Text(f"Pay, {last.year}; {study.years[0]} ve değişim",
                 f"Share, {last.year}; {study.years[0]} and change"),
            Text(f"Kümeler, {last.year}: {told.tr}", f"Clusters, {last.year}: {told.en}"),
            Text(f"İhracat değeri, {last.year} (daire)", f"Export value, {last.year} (circles)"),
        )  # fmt: skip
        kinds = ("share", "clusters", "value")
        fills = (bins.fill(share), cluster_fill(lisa), bins.fill(share))
        figures = "".join(
            _figure(
                f"{kind}-{slug}.html",
                still(
                    geometry,
                    fill,
                    described=" / ".join(
                        f"{NAMES[name][lang]}. {caption[lang]}" for lang in LANGUAGES
                    ),
                    circles=circles if kind == "value" else (),
                ),
                caption,
            )
            for kind, fill, caption in zip(kinds, fills, captions, strict=True)
        )
        rows.append(f'<h3>{bilingual(NAMES[name])}</h3><div class="gallery">{figures}</div>')
    corridors = []
    for verdict in verdicts:
        if verdict.hypothesis.test == "corridor":
            main = verdict.main
            at = study.at(int(main["year"])).share(str(main["class"]))
            title = verdict.hypothesis.title
            picture = still(
                geometry,
                share_bins(str(main["class"])).fill(at),
                described=f"{title.tr} / {title.en}",
                marked=[str(m) for m in main["members"]],
            )
            corridors.append(_figure(f"{verdict.hypothesis.id}.html", picture, title))
    if corridors:
        word = Text("Koridorlar", "Corridors")
        rows.append(f'<h3>{bilingual(word)}</h3><div class="gallery">{"".join(corridors)}</div>')
    return outlines(geometry) + "".join(rows)


def index_page(
    study: Study,
    verdicts: Sequence[Verdict],
    lisas: Mapping[tuple[str, int], LocalResult],
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    measures: Sequence[Mapping[str, Any]],
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

    body = (
        f'<main><p class="reading">{bilingual(lead)}</p>'
        + section(Text("Hükümler", "Verdicts"), verdict_table(verdicts) + _TO_CLAIMS)
        + section(
            Text("Haritalar", "Maps"),
            f"<p>{bilingual(run_sentence(family))}</p>{_TO_EXPLORER}{_pictures(study, verdicts, lisas)}",
        )
        + "".join(finding_section(v) for v in verdicts)
        + section(Text("Komşular benziyor mu?", "Are neighbours alike?"), moran_table(morans))
        + section(Text("Yoğunlaşma", "Concentration"), concentration_table(measures))
        + section(Text("Veri", "Data"), data_section(study))
        + section(Text("Yöntem", "Methods"), f"<p>{bilingual(_METHOD)}</p>")
        + section(Text("Dosyalar", "Files"), f"<ul>{files}</ul>")
        + "</main><footer>"
        f"<p>{bilingual(Text('Kaynak gösterimi', 'How to cite'))}: {bilingual(cite)}</p>"
        f"<p>{bilingual(study.provenance['boundaries'])}. "
        f"{escape('Leaflet 1.9.3')}, © Vladimir Agafonkin, CloudMade.</p></footer>"
    )
    return document(TITLE, body, language=language)
