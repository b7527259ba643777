"""Who counts as a neighbour: each choice of neighbours as a network, contested pairs marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.maps.palette import Entry, count_bins
from mekantek.maps.sheets.corridors import network
from mekantek.maps.sheets.facts import (
    about,
    neighbourhood,
    number_of,
    numbers,
    shown_names,
    unit,
    words,
)
from mekantek.maps.sheets.sheet import Column, MapSheet, View
from mekantek.text import Text, capitalized, integer, number, sort_key

if TYPE_CHECKING:
    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["neighbour_sheet"]

_CONTESTED = Text("kaynakların çeliştiği çift", "pair on which sources disagree")
_NOT_IN_FIRST = Text("ilk komşulukta olmayan çift", "pair that the first choice leaves out")


def neighbour_sheet(study: Study, graphs: Mapping[str, SpatialGraph]) -> MapSheet:
    """
    Show who neighbours whom under every choice, and where the choices differ.

    Parameters
    ----------
    study : Study
    graphs : mapping of SPEC to SpatialGraph
        The first is the study's own; pairs that only a later one has are dashed there.

    Returns
    -------
    MapSheet
    """
    names = shown_names(study)
    first = next(iter(graphs.values()))
    usual = _pairs(first)
    views: list[View] = []
    columns: list[Column] = []
    told = []
    for spec, graph in graphs.items():
        pairs = _pairs(graph)
        lines, contested = network(study, graph, dashed=None if graph is first else pairs - usual)
        beside: dict[object, list[str]] = {u: [] for u in names.index}
        for a, b in pairs:
            beside[a].append(str(names[b]))
            beside[b].append(str(names[a]))
        counts = pd.Series({u: len(held) for u, held in beside.items()}, dtype=float)
        bins, label = count_bins(), neighbourhood(spec)
        dashed = len(contested) if graph is first else len(pairs - usual)
        legend = [
            *bins.entries(counts),
            Entry(label=Text("komşu çift", "pair of neighbours"), sign="line", count=len(pairs)),
            Entry(
                label=_CONTESTED if graph is first else _NOT_IN_FIRST, sign="dashed", count=dashed
            ),
        ]
        around = {u: ", ".join(sorted(held, key=sort_key)) for u, held in beside.items()}
        views.append(
            View(
                key=spec,
                label=label,
                fill=bins.fill(counts),
                columns=[len(columns), len(columns) + 1],
                legend=legend,
                lines=lines,
            )
        )
        columns += [
            numbers(Text(f"{label.tr}: sayı", f"{label.en}: number"), f"number_{spec}", counts, integer),
            words(Text(f"{label.tr}: komşuları", f"{label.en}: neighbours"), f"neighbours_{spec}",
                  around, {}),
        ]  # fmt: skip
        only, lost = len(pairs - usual), len(usual - pairs)
        told.append(
            (
                capitalized(label),
                Text(
                    f"{len(pairs)} çift, ortalama {number(counts.mean(), 'tr')} komşu"
                    + (
                        f"; ilk seçenekte olmayan {only}, onda olup burada olmayan {lost}"
                        if graph is not first
                        else ""
                    ),
                    f"{len(pairs)} pairs, {number(counts.mean(), 'en')} neighbours on average"
                    + (
                        f"; {only} that the first choice lacks, {lost} that only it has"
                        if graph is not first
                        else ""
                    ),
                ),
            )
        )
    _, contested = network(study, first)
    listed = ", ".join(contested) or "–"
    return MapSheet(
        unit=unit(study),
        kind="neighbours",
        slug="neighbours",
        title=Text("Kim kime komşu?", "Who counts as a neighbour?"),
        reading=Text(
            f"{capitalized(neighbourhood(next(iter(graphs)))).tr}: {len(usual)} çift."
            + (f" Kaynakların çeliştiği çiftler: {listed}." if contested else ""),
            f"{capitalized(neighbourhood(next(iter(graphs)))).en}: {len(usual)} pairs."
            + (f" Sources disagree on: {listed}." if contested else ""),
        ),
        views=views,
        columns=columns,
        facts=about(study, number_of(study), *told),
    )


def _pairs(graph: SpatialGraph) -> set[frozenset[Any]]:
    return {frozenset(pair) for pair in zip(graph.pairs["a"], graph.pairs["b"], strict=True)}
