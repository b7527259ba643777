"""The page of an agency, and the list of all of them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mekantek.datasets.agencies import Agency, load_agencies
from mekantek.findings.statements import counted
from mekantek.maps.page import asset, bilingual, document
from mekantek.maps.svg import outlines
from mekantek.report.briefs.facts import Brief
from mekantek.report.briefs.judged import finding_table, statement_table
from mekantek.report.briefs.pictures import bars, maps
from mekantek.report.briefs.places import cluster_table, corridor_tables
from mekantek.report.briefs.shares import peer_table, share_table
from mekantek.report.briefs.tables import paragraph
from mekantek.report.briefs.words import (
    cluster_told,
    lead,
    peers_told,
    seat_told,
    small_told,
)
from mekantek.report.verdicts import badge
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["brief_page", "brief_title", "briefs_section", "page_name"]

_UNTESTED = Text(
    "Bu sayfa bulgular sınanmadan yazıldı; hükümler ve raporun ifadeleri bu yüzden yok. Hepsi için: "
    "mekantek brief, --no-findings olmadan.",
    "This page was written without testing the findings, so verdicts and the report's statements are "
    "absent. For all of it: mekantek brief, without --no-findings.",
)


def page_name(agency: Agency, ending: str = "html") -> str:
    """
    Name the file of an agency's brief.

    Examples
    --------
    >>> from mekantek.datasets.agencies import resolve_agency
    >>> page_name(resolve_agency("İstanbul"))
    'brief-istka.html'
    """
    return f"brief-{agency.slug}.{ending}"


def brief_title(agency: Agency) -> Text:
    """Give the title of an agency's page."""
    return Text(
        f"{agency.name.tr}: ihracatın teknoloji yapısı",
        f"{agency.name.en}: technology in its exports",
    )


def _section(name: str, title: Text, body: str) -> str:
    return f'<section id="{name}"><h2>{bilingual(title)}</h2>{body}</section>'


def _findings(brief: Brief, *, linked: bool) -> str:
    small = paragraph(small_told(brief)) + paragraph(seat_told(brief))
    if not brief.setting.results.verdicts:
        return paragraph(_UNTESTED) + small
    return finding_table(brief, linked=linked) + small


def _statements(brief: Brief, *, linked: bool) -> str:
    results = brief.statements
    title = Text(
        "Raporun bu bölgenin illerini anan ifadeleri",
        "The report's statements that name provinces of this region",
    )
    if results is None:
        return ""
    of = len(brief.setting.statements or ())
    if not results:
        none = Text(
            f"Raporun {of} ifadesinden hiçbiri bölgenin bir ilini adıyla anmıyor.",
            f"None of the report's {of} statements names a province of the region.",
        )
        return _section("statements", title, paragraph(none))
    counts = "".join(f"<li>{badge(w)} {n}</li>" for w, n in counted(results).items() if n)
    told = Text(
        f"Raporun {of} ifadesinden {len(results)} tanesi. Sayılar raporun kendi il verisiyle karşılaştırıldı.",
        f"{len(results)} of the report's {of} statements, held against the report's own data by province.",
    )
    body = f'{paragraph(told)}<ul class="counts">{counts}</ul>'
    return _section("statements", title, body + statement_table(results, linked=linked))


def _about(brief: Brief) -> str:
    from mekantek.export import versions

    known = brief.setting.study.provenance
    agency = brief.agency
    cite = Text(
        f"mekantek {versions()['mekantek']}, «{brief_title(agency).tr}»; veri: {known['report'].tr}.",
        f"mekantek {versions()['mekantek']}, “{brief_title(agency).en}”; data: {known['report'].en}.",
    )
    facts = (
        (Text("Kapsam", "Basis"), known["basis"]),
        (Text("Kaynak", "Source"), known["report"]),
        (
            Text("Ajansın bütünü", "The agency as a whole"),
            Text(
                "değerler toplanır, paylar toplamdan yeniden hesaplanır; payların ortalaması alınmaz; toplamı "
                "bilinmeyen il toplamda yoktur",
                "values are summed and shares recomputed from the sum, never averaged; a province whose "
                "total is not known is not in the sum",
            ),
        ),
        (Text("Sınırlar", "Boundaries"), known["boundaries"]),
        (Text("Kaynak gösterimi", "How to cite"), cite),
    )
    rows = "".join(
        f"<div><dt>{bilingual(term)}</dt><dd>{bilingual(told)}</dd></div>" for term, told in facts
    )
    return f'<dl class="facts">{rows}</dl>'


def brief_page(brief: Brief, language: Language = "tr", *, linked: bool = False) -> str:
    """
    Write an agency's page.

    Parameters
    ----------
    brief : Brief
    language : {"tr", "en"}
        Shown first.
    linked : bool
        Whether the pages of the main job lie beside it.

    Returns
    -------
    str
        One HTML document that makes no request.
    """
    back = ""
    if linked:
        home = bilingual(Text("← Rapor", "← Report"))
        back = f'<p><a href="index.html" data-page="index.html">{home}</a></p>'
    sections = (
        ("maps", Text("Haritada", "On the map"), maps(brief)),
        (
            "shares",
            Text("İller, sınıflar, yıllar", "Provinces, classes, years"),
            share_table(brief),
        ),
        (
            "years",
            Text("Yüksek teknolojinin payı, yıl yıl", "The share of high technology, year by year"),
            bars(brief),
        ),
        (
            "clusters",
            Text("Kümeler, sıcak ve soğuk noktalar", "Clusters, hot and cold spots"),
            paragraph(cluster_told(brief)) + cluster_table(brief),
        ),
        ("corridors", Text("Koridorlar", "Corridors"), corridor_tables(brief)),
        (
            "peers",
            Text("Benzer ajanslar", "Similar agencies"),
            paragraph(peers_told(brief)) + peer_table(brief),
        ),
        (
            "findings",
            Text("Ne sağlam, ne değil", "What is robust and what is not"),
            _findings(brief, linked=linked),
        ),
    )
    body = (
        f"{outlines(brief.setting.study.geometry)}<main>{back}"
        f'<p class="reading">{bilingual(lead(brief))}</p>'
        + "".join(_section(*section) for section in sections)
        + _statements(brief, linked=linked)
        + _section("about", Text("Künye", "About this page"), _about(brief))
        + "</main>"
    )
    return document(
        brief_title(brief.agency), body, language=language,
        head=f"<style>{asset('brief.css')}</style>",
    )  # fmt: skip


def briefs_section(study: Study) -> tuple[Text, str]:
    """
    Link the pages of all agencies, by the Turkish alphabet, as a section of the report.

    Parameters
    ----------
    study : Study

    Returns
    -------
    tuple of Text and str
        The section's title and its HTML.
    """
    items = []
    for agency in load_agencies():
        page, names = page_name(agency), [str(study.names[p]) for p in agency.plates]
        items.append(
            f'<li><a href="{page}" data-page="{page}">{bilingual(agency.name)}</a> '
            f'<span class="said">{escape(", ".join(names))}</span></li>'
        )
    told = Text(
        f"{len(items)} kalkınma ajansının her biri için bir sayfa: illeri, sınıfları, kümeleri, koridorları, "
        "benzerleri; neyin sağlam olduğu, neyin olmadığı.",
        f"A page for each of the {len(items)} development agencies: its provinces, classes, clusters, "
        "corridors and peers; what is robust and what is not.",
    )
    title = Text("Kalkınma ajansları", "Development agencies")
    return title, f'<p>{bilingual(told)}</p><ul style="columns:22rem 2">{"".join(items)}</ul>'
