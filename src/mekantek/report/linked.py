"""The explorer of a study: its neighbourhoods, findings and regions, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mekantek.findings.cluster_stability import stability
from mekantek.findings.selection import select
from mekantek.findings.verdict import VERDICTS, Verdict, hypotheses
from mekantek.maps.explorer import Explorer, explorer_page
from mekantek.maps.explorer.tables import CLASSES, Curve, Group
from mekantek.maps.sheets.facts import shown_names
from mekantek.report.dependence import curve_told
from mekantek.report.wording import CHOICES, choice_value
from mekantek.text import Language, Text, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["EXPLORED", "NEIGHBOURS", "curve_of", "explorer"]

# Which finding's curve a class shows.
EXPLORED: Mapping[str, str] = {
    "low": "gradient",
    "high": "corridor-ankara-eskisehir",
    "medium_high": "medium-high-bloc",
}
NEIGHBOURS = ("official", "queen", "rook", "knn:4", "knn:6", "band:150km")


def explorer(
    study: Study,
    verdicts: Iterable[Verdict] | None = None,
    *,
    stable: Mapping[str, pd.DataFrame] | None = None,
    language: Language = "tr",
    index: str | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Explorer:
    """
    Link map, Moran scatterplot, table and specification curve on one page.

    Parameters
    ----------
    study : Study
        Of the 81 provinces; any other has its own neighbours, and no curve.
    verdicts : iterable of Verdict, optional
        Findings whose curves are shown, where they are those of `EXPLORED`. Tested if none are
        given, which takes about a minute; an empty list leaves the curves out.
    stable : mapping of class to DataFrame, optional
        See `mekantek.findings.cluster_stability.stability`; computed where it is not given.
    language : {"tr", "en"}
        Shown first; the page has both.
    index : str, optional
        The report's page beside this one, to link to.
    step : callable
        Told the id of each finding before it is tested.

    Returns
    -------
    Explorer
        ``.save(path)`` writes it.

    Raises
    ------
    OptionError
        If no class has shares, or the study's neighbours have unequal weights.

    Examples
    --------
    >>> import mekantek as mt
    >>> page = explorer(mt.load_study(), verdicts=[])
    >>> page.maps, len(page.html.encode()) < 400_000
    (648, True)
    """
    graphs = _graphs(study)
    shipped = len(graphs) > 1
    if verdicts is None:
        verdicts = select(study, tuple(EXPLORED.values()), step=step) if shipped else ()
    found = {v.hypothesis.id: v for v in verdicts}
    curves = {
        name: curve_of(found[finding], linked=index is not None)
        for name, finding in EXPLORED.items()
        if finding in found and len(found[finding].curve)
    }
    if stable is None:
        stable = {name: stability(study, name) for name in CLASSES} if shipped else {}
    return explorer_page(
        study, graphs, curves=curves, stability=stable, groups=_groups(study),
        language=language, index=index,
    )  # fmt: skip


def _graphs(study: Study) -> dict[str, SpatialGraph]:
    """Give the study's own neighbours first, and the other ones where these are the provinces."""
    from mekantek.study import neighbours_of

    graphs = {study.graph.spec: study.graph}
    official = neighbours_of("official")
    if study.names.index.equals(official.ids):
        graphs.update({s: neighbours_of(s) for s in NEIGHBOURS if s not in graphs})
    return graphs


def curve_of(verdict: Verdict, *, linked: bool = False) -> Curve:
    """Give a finding's specification curve in words; *linked* to the finding's page beside it."""
    hypothesis = verdict.hypothesis
    table = verdict.curve.to_frame()
    choices: dict[str, tuple[Text, dict[str, Text]]] = {}
    for key in verdict.curve.specifications[0].choice:
        values = {str(v): choice_value(v) for v in table[key].unique()}
        choices[key] = (CHOICES.get(key, Text(key, key)), values)
    return Curve(
        title=hypothesis.title,
        told=curve_told(verdict.curve),
        choices=choices,
        words={w: told for w, told in VERDICTS.items() if verdict.curve.agreeing(w)},
        table=table,
        link=f"finding-{hypothesis.id}.html" if linked else None,
    )


def _groups(study: Study) -> list[Group]:
    """Regions and agencies by the Turkish alphabet, then what the findings speak of."""
    regions, names = study.regions, shown_names(study)
    ids = set(names.index)
    kinds = (
        ("nuts1_name_tr", Text("NUTS 1 bölgeleri", "NUTS 1 regions")),
        ("agency_tr", Text("Kalkınma ajansları", "Development agencies")),
    )
    groups = []
    for column, kind in kinds:
        if column not in regions:
            continue
        for name in sorted(regions[column].astype(str).unique(), key=sort_key):
            members = tuple(regions.index[regions[column].astype(str) == name])
            groups.append(Group(kind=kind, label=Text(name, name), members=members))
    claimed: Any
    for hypothesis in hypotheses():
        claimed = hypothesis.options.get("members", ())
        if claimed and set(claimed) <= ids:
            label = "–".join(names[u] for u in claimed)
            groups.append(
                Group(
                    kind=Text("Raporun kuşakları", "The report's belts"),
                    label=Text(label, label),
                    members=tuple(claimed),
                )
            )
    return groups
