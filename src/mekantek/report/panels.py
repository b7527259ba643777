"""The page of years: who moved between fifths, clusters and ranks, and who stayed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from mekantek.findings.panel import Panel, panel_of
from mekantek.maps.page import bilingual, document
from mekantek.report.wording import NAMES, both, head_cells
from mekantek.stats.panels import Transitions
from mekantek.study import CLASS_COLUMNS
from mekantek.text import (
    LANGUAGES,
    Language,
    Note,
    Text,
    capitalized,
    number,
    p_value,
    percent,
    points,
    sort_key,
)

if TYPE_CHECKING:
    from mekantek.report.results import StudyResults
    from mekantek.study import Study

__all__ = ["TITLE", "panel_page", "panel_sentence", "panels_of", "rank_sentence", "region_sentence"]

TITLE = Text("Yıllar: kim yer değiştirdi, kim kaldı", "Years: who moved and who stayed")

_FIFTHS = Text("beşte birlik dilimler, 5 en yüksek", "fifths, 5 the highest")
_QUADRANTS = Text(
    "Moran saçılımının bölgeleri: ilk harf ilin, ikincisi komşularının",
    "quadrants of the Moran scatterplot: first letter the province's, second its neighbours'",
)
_CLUSTERS = Text(
    "yerel Moran kümeleri, düzeltilmiş p ≤ 0,05; ns: küme değil",
    "clusters of local Moran, corrected p ≤ 0.05; ns: none",
)
_UNADJUSTED = Text(
    "yerel Moran kümeleri, düzeltilmemiş p ≤ 0,05: bir bölümü rastlantıdır",
    "clusters of local Moran, uncorrected p ≤ 0.05: some are chance",
)
_METHOD = Text(
    "Geçişler ardışık yıllar arasında sayılır; satır nereden, sütun nereye. Dilim sınırları her yılın "
    "kendi sınırlarıdır: izlenen, düzey değil sıradır. Hareketlilik (k − iz P)/(k − 1): 0 ise kimse yer "
    "değiştirmez, 1 ise nereden gelindiği bir şey söylemez (Prais, Shorrocks). Birliktelik, ilin ve "
    "komşularının aynı şeyi yaptığı geçişlerin oranıdır (Rey 2001). θ, bir bölgenin illerinin sıralamada "
    "birlikte yükselip düştüğünü ölçer; p, bölge etiketlerinin iller arasında yer değiştirmesinden "
    "(Rey 2004). İki yılın korelasyonuna p verilmez: aynı illerin iki yılı bağımsız çekiliş değildir.",
    "Transitions are counted between successive years; row whence, column whither. Fifths have each "
    "year's own bounds: what is followed is the rank, not the level. Mobility is (k − tr P)/(k − 1): 0 if "
    "nobody moves, 1 if where one came from says nothing (Prais, Shorrocks). Cohesion is the part of the "
    "transitions in which a province and its neighbours do the same (Rey 2001). θ measures whether the "
    "provinces of a region rise and fall in rank together; its p comes from regions' labels changing "
    "places among provinces (Rey 2004). The correlation of two years bears no p: the same provinces in "
    "two years are no independent draws.",
)


def _told(note: str | None, language: Language) -> str:
    return note.told(language) if isinstance(note, Note) else str(note)


def panel_sentence(panel: Panel) -> Text:
    """Say how many stayed in their fifth, and how mobile the chain is."""
    chain, moves = panel.quintiles, panel.moves
    whole = chain.stayed + chain.moved
    parts = {
        lang: (
            percent(chain.stayed / whole, lang, digits=0),
            "–" if chain.mobility is None else number(chain.mobility, lang),
            "–" if moves.cohesion is None else percent(moves.cohesion, lang, digits=0),
        )
        for lang in LANGUAGES
    }
    kept_tr, mobile_tr, cohesion_tr = parts["tr"]
    kept_en, mobile_en, cohesion_en = parts["en"]
    return Text(
        f"{whole} geçişin {kept_tr} kadarında il kendi beşte birlik diliminde kaldı (hareketlilik "
        f"{mobile_tr}); birliktelik {cohesion_tr}.",
        f"In {kept_en} of {whole} transitions a province stayed in its fifth (mobility {mobile_en}); "
        f"cohesion {cohesion_en}.",
    )


def rank_sentence(panel: Panel) -> Text:
    """Say how much of the order is kept from the first year to the last."""
    ranks = panel.ranks
    first, last = ranks.years
    told = {
        lang: [
            "–" if v is None else number(v, lang)
            for v in (ranks.kendall, ranks.spearman, ranks.rank_exchange)
        ]
        for lang in LANGUAGES
    }
    (tau, rho, exchange), (tau_en, rho_en, exchange_en) = told["tr"], told["en"]
    return Text(
        f"{first}–{last}, {ranks.n} il: sıraların Kendall τ-b katsayısı {tau}, Spearman ρ {rho}; sıra "
        f"değişimi, olabileceğin {exchange} kadarı ({_told(ranks.why_no_p, 'tr')}).",
        f"{first}–{last}, {ranks.n} provinces: Kendall's τ-b of the ranks {tau_en}, Spearman's ρ "
        f"{rho_en}; exchange of ranks {exchange_en} of what could be ({_told(ranks.why_no_p, 'en')}).",
    )


def region_sentence(panel: Panel) -> Text:
    """Say whether regions move together, with a p only where there is one."""
    found = panel.regions
    if found.statistic is None:
        return Text(f"Bölgelerin θ katsayısı {_told(found.undefined, 'tr')}.",
                    f"θ of the regions is {_told(found.undefined, 'en')}.")  # fmt: skip
    ends = {
        lang: (
            _told(found.undefined, lang)
            if found.p_value is None or found.expected is None
            else p_value(found.p_value, lang)
            + Text(", beklenen ", ", expected ")[lang]
            + number(found.expected, lang)
        )
        for lang in LANGUAGES
    }
    return Text(
        f"NUTS 1 bölgeleri sıralamada birlikte mi hareket ediyor: θ = {number(found.statistic, 'tr')} "
        f"({ends['tr']}).",
        f"Do NUTS 1 regions move together in rank: θ = {number(found.statistic, 'en')} ({ends['en']}).",
    )


def _matrix(chain: Transitions, caption: Text) -> str:
    """Counts, and beside them the part of the row."""
    heads = [
        Text("nereden ↓ nereye →", "from ↓ to →"),
        *(Text(str(s), str(s)) for s in chain.states),
    ]
    rows = ""
    for state, counts, parts in zip(chain.states, chain.counts, chain.probabilities, strict=True):
        cells = "".join(
            f"<td class=number>{int(n)}"
            + ("" if p != p else f"<small>{bilingual(_share(float(p)))}</small>")
            + "</td>"
            for n, p in zip(counts, parts, strict=True)
        )
        rows += f'<tr><th scope="row">{escape(str(state))}</th>{cells}</tr>'
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption><thead><tr>'
        f"{head_cells(heads, numbers=range(1, len(heads)))}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _share(part: float) -> Text:
    return both(lambda lang: percent(part, lang, digits=0))


def _changes(panel: Panel) -> str:
    first, last = panel.years[0], panel.years[-1]
    heads = [
        Text("il", "province"), Text(str(first), str(first)), Text(str(last), str(last)),
        Text("değişim (puan)", "change (points)"), Text(f"sıra {first}", f"rank {first}"),
        Text(f"sıra {last}", f"rank {last}"), Text("dilim", "fifth"),
    ]  # fmt: skip
    rows = ""
    for unit in sorted(panel.names.index, key=lambda u: sort_key(str(panel.names[u]))):
        row = panel.change.loc[unit]
        shares = [both(partial(percent, float(row[k]))) for k in ("first", "last")]
        moved = bilingual(both(partial(points, float(row["change"]))))
        moved += "" if row["beyond_rounding"] else "<small>≈</small>"
        ranks = [f"{row[k]:g}".replace(".5", "½") for k in ("rank_first", "rank_last")]
        fifths = f"{row['quintile_first']} → {row['quintile_last']}"
        cells = [*map(bilingual, shares), moved, *ranks, fifths]
        rows += (
            f'<tr><th scope="row">{escape(str(panel.names[unit]))}</th>'
            + "".join(f"<td class=number>{cell}</td>" for cell in cells)
            + "</tr>"
        )
    caption = Text(
        f"İllerin payı ve sırası (1 en yüksek), {first} ve {last}",
        f"Provinces' share and rank (1 the highest), {first} and {last}",
    )
    if not panel.change["beyond_rounding"].all():
        caption = Text(
            f"{caption.tr}; ≈ yuvarlamadan büyük değil", f"{caption.en}; ≈ no more than rounding"
        )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption><thead><tr>'
        f"{head_cells(heads, numbers=range(1, len(heads)))}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _section(panel: Panel) -> str:
    name = capitalized(NAMES[panel.classes])
    years = ", ".join(map(str, panel.years))
    about = Text(
        f"Yıllar: {years}; {len(panel.names)} il.", f"Years: {years}; {len(panel.names)} provinces."
    )
    if panel.left_out:
        listed = ", ".join(sorted(panel.left_out.values(), key=sort_key))
        about = Text(f"{about.tr} Bir yılda payı olmadığı için dışarıda: {listed}.",
                     f"{about.en} Left out for want of a share in some year: {listed}.")  # fmt: skip
    lit = [f"{panel.names[u]} ({kind})" for kind, units in panel.persistent.items() for u in units]
    steady = Text(
        f"Her yıl aynı kümede: {', '.join(lit) or 'hiçbir il'}.",
        f"In the same cluster every year: {', '.join(lit) or 'no province'}.",
    )
    told = (about, panel_sentence(panel), rank_sentence(panel), region_sentence(panel), steady)
    moves = panel.moves
    tables = (
        _matrix(panel.quintiles, _FIFTHS) + _matrix(moves.quadrants, _QUADRANTS)
        + _matrix(moves.clusters, _CLUSTERS) + _matrix(moves.unadjusted, _UNADJUSTED)
    )  # fmt: skip
    each = Text("İl il", "Province by province")
    return (
        f'<section id="{panel.classes}"><h2>{bilingual(name)}</h2>'
        + "".join(f"<p>{bilingual(t)}</p>" for t in told)
        + f"{tables}<details><summary>{bilingual(each)}</summary>{_changes(panel)}</details></section>"
    )


def panels_of(study: Study, results: StudyResults | None = None) -> list[Panel]:
    """
    Follow every class that has shares in two years or more.

    Parameters
    ----------
    study : Study
    results : StudyResults, optional
        Whose local Moran is used where it is of the same units.

    Returns
    -------
    list of Panel
        Empty if the study has one year.
    """
    found = []
    for name in CLASS_COLUMNS:
        years = [y for y in study.panel if study.at(y).share(name).notna().any()]
        if len(years) > 1:
            found.append(panel_of(study, name, lisas=None if results is None else results.lisas))
    return found


def panel_page(panels: Sequence[Panel], language: Language = "tr") -> str:
    """
    Write the page of all panels.

    Parameters
    ----------
    panels : sequence of Panel
        One a class; not empty.
    language : {"tr", "en"}
        Shown first.

    Returns
    -------
    str
        One HTML document that makes no request.
    """
    home = bilingual(Text("← Bulgular", "← Findings"))
    body = (
        f'<main><p><a href="index.html" data-page="index.html">{home}</a></p>'
        f'<p class="reading">{bilingual(_METHOD)}</p>{"".join(map(_section, panels))}'
        f"<footer><p>{bilingual(panels[0].basis)}. {bilingual(panels[0].source)}.</p></footer></main>"
    )
    return document(TITLE, body, language=language)
