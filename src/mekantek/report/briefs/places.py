"""Where a brief's provinces lie among their neighbours: clusters, belts and best pairs."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from mekantek.maps.page import bilingual
from mekantek.maps.palette import CLUSTERS
from mekantek.maps.wording import both
from mekantek.report.briefs.facts import CLUSTERED, Brief
from mekantek.report.briefs.tables import cell, narrow, paragraph, said, table
from mekantek.report.verdicts import badge
from mekantek.report.wording import NAMES
from mekantek.text import Language, Text, p_value, percent

__all__ = ["cluster_table", "corridor_tables"]

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
        told = zip((None, *heads[2:]), cells, strict=True)
        body = "".join(f"<td>{narrow(head)}{cell}</td>" for head, cell in told)
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
            + cell(bilingual(said(pair["value"], percent)))
            + cell(f"{pair['rank']}\u00a0/\u00a0{pair['of']}")
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
