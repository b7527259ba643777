"""The explorer of a study: its neighbourhoods, findings and regions, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mekantek.findings.cluster_stability import stability
from mekantek.findings.selection import verdict_of
from mekantek.findings.verdict import VERDICTS, Verdict
from mekantek.maps.explorer import Explorer, explorer_page
from mekantek.maps.explorer.tables import Curve, Group, explored
from mekantek.maps.sheets.facts import shown_names
from mekantek.report.dependence import curve_told
from mekantek.report.wording import choice_name, choice_value
from mekantek.text import Language, Text, sort_key

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = ["curve_of", "explored_findings", "explorer"]


def explored_findings(study: Study) -> dict[str, str]:
    """
    Say which finding's curve each variable shows: the first that is about it.

    Examples
    --------
    >>> import mekantek as mt
    >>> explored_findings(mt.load_study())["low"]
    'gradient'
    """
    found: dict[str, str] = {}
    for hypothesis in study.design.hypotheses:
        found.setdefault(str(hypothesis.options["class"]), hypothesis.id)
    return found


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
    verdicts : iterable of Verdict, optional
        Findings whose curves are shown, where they are `explored_findings`. Tested if none are
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
    graphs, asked = _graphs(study), explored_findings(study)
    if verdicts is None:
        verdicts = _verdicts(study, asked.values(), step)
    found = {v.hypothesis.id: v for v in verdicts}
    curves = {
        name: curve_of(found[finding], linked=index is not None)
        for name, finding in asked.items()
        if finding in found and len(found[finding].curve)
    }
    if stable is None:
        stable = {name: stability(study, name) for name in explored(study)}
    return explorer_page(
        study, graphs, curves=curves, stability=stable, groups=_groups(study),
        language=language, index=index,
    )  # fmt: skip


def _verdicts(study: Study, names: Iterable[str], step: Callable[[str], None]) -> Iterator[Verdict]:
    """Test findings for their curves alone: nothing here shows what larger units say."""
    for name in names:
        step(name)
        yield verdict_of(study, name)


def _graphs(study: Study) -> dict[str, SpatialGraph]:
    """Give the study's own neighbours first, then the first of each kind."""
    graphs = {study.graph.spec: study.graph}
    few = study.design.few_networks("knn:6")
    return graphs | {s: study.neighbours(s) for s in few if s not in graphs}


def curve_of(verdict: Verdict, *, linked: bool = False) -> Curve:
    """Give a finding's specification curve in words; *linked* to the finding's page beside it."""
    hypothesis = verdict.hypothesis
    table = verdict.curve.to_frame()
    choices: dict[str, tuple[Text, dict[str, Text]]] = {}
    for key in verdict.curve.specifications[0].choice:
        values = {str(v): choice_value(v, verdict.design) for v in table[key].unique()}
        choices[key] = (choice_name(key), values)
    return Curve(
        title=hypothesis.title,
        told=curve_told(verdict.curve),
        choices=choices,
        words={w: told for w, told in VERDICTS.items() if verdict.curve.agreeing(w)},
        table=table,
        link=f"finding-{hypothesis.id}.html" if linked else None,
    )


def _groups(study: Study) -> list[Group]:
    """Regions by the Turkish alphabet, then what the findings speak of."""
    regions, names = study.regions, shown_names(study)
    ids = set(names.index)
    groups = []
    for grouping in reversed(study.design.groupings):
        column, kind = grouping.named or grouping.column, grouping.title
        if column not in regions or regions[column].isna().any():
            continue
        for name in sorted(regions[column].astype(str).unique(), key=sort_key):
            members = tuple(regions.index[regions[column].astype(str) == name])
            groups.append(Group(kind=kind, label=Text(name, name), members=members))
    claimed: Any
    for hypothesis in study.design.hypotheses:
        claimed = hypothesis.options.get("members", ())
        if claimed and set(claimed) <= ids:
            label = "–".join(names[u] for u in claimed)
            groups.append(
                Group(
                    kind=Text("İddialardaki gruplar", "Sets that claims name"),
                    label=Text(label, label),
                    members=tuple(claimed),
                )
            )
    return groups
