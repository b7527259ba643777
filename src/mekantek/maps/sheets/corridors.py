"""Maps of corridors: the members, the network of neighbours and the exact rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mekantek.maps.palette import Entry, share_bins
from mekantek.maps.sheets.facts import (
    about,
    neighbourhood,
    number_of,
    numbers,
    open_cells,
    shown_names,
    status_of,
    statuses,
    unit,
    unresolved,
    words,
)
from mekantek.maps.sheets.sheet import Fact, Line, MapSheet, View
from mekantek.maps.wording import both
from mekantek.text import Text, number, p_value, sort_key

if TYPE_CHECKING:
    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["corridor_sheet", "network"]

_STATISTICS: Mapping[str, Text] = {
    "minimum": Text("En küçük üyenin değeri", "The smallest member's value"),
    "mean": Text("Üyelerin ortalaması", "The members' mean"),
    "weighted": Text("Büyüklükle ağırlıklı ortalama", "The mean weighted by size"),
    "joint": Text("z değerlerinin çarpımı", "The product of the z-values"),
}


def _reading(study: Study, corridor: Mapping[str, Any]) -> Text:
    if not corridor.get("rank"):
        return Text(
            "Bu grup bitişik değil ya da değeri eksik; sırası ve p değeri yoktur.",
            "This set is not connected or lacks a value; it has no rank and no p-value.",
        )
    kind = str(corridor.get("statistic", "minimum"))
    what = _STATISTICS.get(kind, Text(kind, kind))
    write = study.writer(str(corridor["class"]))
    value = both(
        lambda lang: (
            number(corridor["value"], lang, digits=3)
            if kind == "joint"
            else write(corridor["value"], lang)
        )
    )
    return Text(
        f"{what.tr} {value.tr}: {corridor['of']} bitişik grup arasında {corridor['rank']}. sıra "
        f"({p_value(corridor['p_value'], 'tr')}). Sıra betimleyicidir; kümelenmeyi ayrıca yerel "
        "Moran sınar.",
        f"{what.en} is {value.en}: rank {corridor['rank']} of {corridor['of']} connected sets "
        f"({p_value(corridor['p_value'], 'en')}). The rank is descriptive; clustering is tested "
        "apart, by local Moran.",
    )


def network(
    study: Study, graph: SpatialGraph, *, dashed: set[frozenset[object]] | None = None
) -> tuple[list[Line], list[str]]:
    """
    Draw a line between the points of every two neighbours.

    Parameters
    ----------
    study : Study
    graph : SpatialGraph
    dashed : set of pairs, optional
        Pairs that are dashed; the contested ones if None.

    Returns
    -------
    lines : list of Line
        Dashed ones last, above the others.
    names : list of str
        Of the dashed pairs.
    """
    names, points, pairs = shown_names(study), study.points.round(3), graph.pairs
    if dashed is not None:
        both = zip(pairs["a"], pairs["b"], strict=True)
        pairs["contested"] = [frozenset(pair) in dashed for pair in both]
    place = {
        unit: (float(at["latitude"]), float(at["longitude"])) for unit, at in points.iterrows()
    }
    drawn = sorted(
        zip(pairs["a"], pairs["b"], pairs["contested"].astype(bool), strict=True),
        key=lambda pair: pair[2],
    )
    lines = [(*place[a], *place[b], contested) for a, b, contested in drawn]
    return lines, [f"{names[a]}–{names[b]}" for a, b, contested in drawn if contested]


def corridor_sheet(study: Study, corridor: Mapping[str, Any]) -> MapSheet:
    """
    Show a corridor with the network of neighbours and its exact rank.

    Parameters
    ----------
    study : Study
    corridor : mapping
        A corridor result: ``members``, ``class``, ``year``, ``value``, ``rank``, ``of``.

    Returns
    -------
    MapSheet
        Members are outlined and named; contested pairs of neighbours are dashed.

    Raises
    ------
    OptionError
        If the class or the year is unknown.
    """
    at = study.at(int(corridor["year"]))
    classes = str(corridor["class"])
    share, names, name = at.share(classes), shown_names(at), at.design.title_of(classes)
    status = status_of(at, classes)
    open_ids, open_entry = open_cells(status)
    members = [str(m) for m in corridor["members"]]
    by_id = {str(u): str(n) for u, n in names.items()}
    title = "–".join(by_id[m] for m in members)
    bins = share_bins(at, classes)
    lines, contested = network(at, at.graph)
    pairs, spec = len(lines), neighbourhood(at.graph.spec)
    around = {
        u: ", ".join(sorted((str(names[v]) for v in at.graph.neighbours(u)), key=sort_key))
        for u in names.index
    }
    listed = ", ".join(contested)
    legend = [
        *bins.entries(share),
        Entry(label=Text("koridorun üyesi", "member"), sign="outline", count=len(members)),
        Entry(label=Text("komşu çift", "pair of neighbours"), sign="line", count=pairs),
    ]
    if contested:
        label = Text("kaynakların çeliştiği çift", "pair on which sources disagree")
        legend.append(Entry(label=label, sign="dashed", count=len(contested)))
    compared: list[Fact] = []
    if corridor.get("rank"):
        compared = [
            (
                Text("Yöntem", "Method"),
                Text(
                    f"{len(members)} üyeli bütün bitişik gruplar arasında kesin sıra "
                    f"({corridor['of']} grup); p = en az bu kadar yüksek grupların payı, eşitlik "
                    "grubun aleyhine sayılır; tek yönlü, düzeltmesiz",
                    f"exact rank among all connected sets of {len(members)} ({corridor['of']} "
                    "sets); p = part of the sets at least as high, ties count against the set; "
                    "one-sided, no correction",
                ),
            )
        ]
    return MapSheet(
        unit=unit(at),
        kind="corridor",
        classes=classes,
        slug=str(corridor.get("id") or f"corridor-{'-'.join(members)}"),
        title=Text(
            f"{title}: koridor ve komşuları, {name.tr}, {at.year}",
            f"{title}: corridor and neighbours, {name.en}, {at.year}",
        ),
        reading=_reading(at, corridor),
        views=[
            View(
                key="corridor",
                label=Text("koridor", "corridor"),
                fill=bins.fill(share),
                columns=[0, 1, 2],
                marked=members,
                dotted=open_ids,
                legend=[*legend, *open_entry],
                lines=lines,
                year=at.year,
            )
        ],
        columns=[
            numbers(Text("değer", "value"), "share", share, at.writer(classes)),
            words(Text("komşuları", "neighbours"), "neighbours", around, {}),
            statuses(status),
        ],
        facts=about(
            at,
            number_of(at),
            (Text("Yıl", "Year"), Text(str(at.year), str(at.year))),
            *compared,
            (
                Text("Komşuluk", "Neighbours"),
                Text(
                    f"{pairs} çift ({spec.tr}); kaynakların çeliştiği: {listed or 'yok'}",
                    f"{pairs} pairs ({spec.en}); sources disagree on: {listed or 'none'}",
                ),
            ),
            *unresolved(at, classes, (at.year,)),
        ),
    )
