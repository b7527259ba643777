"""The same study on larger units: does an answer depend on where the lines are drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.study.noun import Study, YearTable, match_ids
from mekantek.text import Note, Text

if TYPE_CHECKING:
    from mekantek.weights import SpatialGraph

__all__ = ["aggregate", "at_level"]

# Neighbourhoods of regions that choices vary; nearest ones are measured between their points.
_NETWORKS = ("knn:3", "knn:4", "knn:5", "knn:6", "order:2")
# What a claim says of single units does not cross to regions; what it says of all of them does.
_OF_UNITS = ("members", "named", "regions", "parts", "outliers", "index")


def at_level(study: Study, level: str) -> Study:
    """
    Take a study to the regions of one of its groupings.

    Parameters
    ----------
    study : Study
    level : str
        Column of a grouping of the design: ``nuts2``, ``nuts1``, ``agency_tr``, or your own.

    Returns
    -------
    Study
        See `aggregate`. Claims about all units come along (gradient, clustering, concentration);
        those that name units do not.

    Raises
    ------
    OptionError
        If there is no such grouping, a unit belongs to no region, or values cannot be added.

    Examples
    --------
    >>> import mekantek as mt
    >>> regions = at_level(mt.load_study(), "nuts1")
    >>> len(regions.names), regions.names["TR1"], regions.design.unit.en
    (12, 'İstanbul', 'region')
    >>> [hypothesis.test for hypothesis in regions.design.hypotheses]
    ['gradient', 'concentration']
    """
    known = {grouping.column: grouping for grouping in study.design.groupings}
    if level not in known:
        listed = ", ".join(known)
        raise OptionError(
            f"There is no level {level!r}; there are {listed or 'none'}.",
            f"{level!r} diye bir düzey yok; olanlar: {listed or 'hiçbiri'}.",
        )
    grouping, groups = known[level], study.regions[level]
    lone = study.names[groups.isna()]
    if len(lone):
        listed = ", ".join(lone[:5])
        raise OptionError(
            f"{len(lone)} units belong to no region of {level}: {listed}. Fill the column.",
            f"{len(lone)} birim {level} düzeyinde hiçbir bölgeye ait değil: {listed}. Sütunu tamamlayın.",
        )
    names = study.regions[grouping.named].groupby(groups).first() if grouping.named else None
    larger = aggregate(study, groups, names=names)
    unit, base = grouping.unit, study.provenance["basis"]
    told = Text(
        f"{grouping.title.tr}: değerler toplandı, paylar bu toplamlardan hesaplandı; toplamı bilinmeyen "
        f"{study.design.unit.tr} dışarıda",
        f"{grouping.title.en}: values added up and shares computed from the sums; "
        f"{study.design.unit.plural} without a known total are left out",
    )
    crossing = tuple(
        replace(h, options={key: v for key, v in h.options.items() if key != "seat"})
        for h in study.design.hypotheses
        if not any(key in h.options for key in _OF_UNITS)
    )
    fitting = [
        s for s in _NETWORKS
        if not s.startswith("knn:") or (study.located and int(s[4:]) < len(larger.names))
    ]  # fmt: skip
    return replace(
        larger,
        design=replace(
            larger.design,
            title=Text(f"{study.design.title.tr} – {grouping.title.tr}",
                       f"{study.design.title.en} – {grouping.title.en}"),
            unit=unit,
            hypotheses=crossing,
            networks=(larger.graph.spec, *fitting),
        ),
        neighbours=partial(_of_regions, larger),
        provenance={
            **study.provenance,
            "basis": Text(f"{base.tr}; {told.tr}", f"{base.en}; {told.en}"),
        },
    )  # fmt: skip


def _of_regions(larger: Study, spec: str) -> SpatialGraph:
    """Build neighbours from the regions' points; polygons are too coarse to tell who touches."""
    from mekantek import weights

    if spec == larger.graph.spec:
        return larger.graph
    points = larger.points if larger.located else None
    return weights.build(spec, points=points, ids=larger.names.index, base=larger.graph)


def aggregate(study: Study, groups: pd.Series, *, names: pd.Series | None = None) -> Study:
    """
    Add units together.

    Parameters
    ----------
    study : Study
    groups : pandas.Series, index id
        The new id of every unit, such as ``study.regions["nuts2"]``.
    names : pandas.Series, index new id, optional
        Names of the new units; their ids by default.

    Returns
    -------
    Study
        Units in the order of their ids. Values are sums over the members with a printed total;
        a share is the members' class value over the exports of the members that have one, so a
        member without a total is left out rather than guessed. Points are the mean of the members'
        points; two groups are neighbours where any of their members are.

    Raises
    ------
    AlignmentError
        If *groups* and the study do not bear the same ids, or *names* and the groups.
    OptionError
        If units have no size, or a variable is no share: such numbers cannot be added.

    Notes
    -----
    Openshaw (1984), *The Modifiable Areal Unit Problem*: results change with the units, so they
    are shown for several.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study(year=2024)
    >>> regions = aggregate(study, study.regions["nuts1"])
    >>> len(regions.names), round(regions.national_share("high"), 4)
    (12, 0.0362)
    """
    if not study.valued:
        raise OptionError(
            "Only shares of a known whole can be added: numbers without a size are never averaged.",
            "Yalnız bütünü bilinen paylar toplanabilir: büyüklüğü olmayan sayıların ortalaması alınmaz.",
        )
    from mekantek.datasets.boundaries import dissolved

    match_ids(study.names.index, groups.index, "the groups", names=study.names)
    labels = groups.reindex(study.names.index).rename("group")
    index = pd.Index(sorted(labels.unique()), name="group")
    called = pd.Series(index.astype(str), index=index) if names is None else names
    match_ids(index, called.index, "the names of the groups")
    points = study.points.groupby(labels).mean().reindex(index)
    points.attrs["points_used"] = "mean of the members' points"
    members = study.regions.groupby(labels)
    alike = members.first().where(members.nunique().le(1))
    of_group = (labels.to_numpy()[None, :] == index.to_numpy()[:, None]).astype(float)
    graph = _contracted(study.graph, labels, index)
    return replace(
        study,
        panel={year: _summed(table, of_group, index, study) for year, table in study.panel.items()},
        names=called.reindex(index).rename("name"),
        geometry=dissolved(study.geometry, labels).reindex(index),
        points=points,
        regions=alike.reindex(index),
        graph=graph,
        # Claims and other neighbourhoods are those of the smaller units.
        design=replace(study.design, networks=(graph.spec,), hypotheses=(), extras=frozenset()),
        neighbours=partial(_only, graph),
    )


def _only(graph: SpatialGraph, spec: str) -> SpatialGraph:
    if spec != graph.spec:
        raise OptionError(
            f"Groups of units have the neighbours of their members ({graph.spec}) and no others.",
            f"Birim kümelerinin komşuluğu üyelerininkidir ({graph.spec}); başkası yoktur.",
        )
    return graph


def _summed(table: YearTable, members: np.ndarray, index: pd.Index, study: Study) -> YearTable:
    """Add one year's values; *members* has a row of 0 and 1 for each group."""
    columns = list(study.classes)
    share, total = table.frame[columns].to_numpy(), table.frame["value"].to_numpy()
    known = ~np.isnan(share) & ~np.isnan(total)[:, None]
    held = members @ np.where(known, share * total[:, None], 0.0)
    with_total = members @ np.where(known, total[:, None], 0.0)
    some = with_total > 0
    frame = pd.DataFrame(
        np.divide(held, with_total, out=np.full_like(held, np.nan), where=some),
        index=index,
        columns=columns,
    )
    if study.design.rest is not None:
        frame[study.design.rest.name] = np.clip(1 - frame.to_numpy().sum(axis=1), 0, None)
    printed = ~np.isnan(total)
    value = members @ np.where(printed, total, 0.0)
    frame["value"] = np.where(members @ printed > 0, value, np.nan)
    status = np.where(frame.isna().to_numpy(), "missing", "computed")
    return YearTable(frame, pd.DataFrame(status, index=index, columns=frame.columns))


def _contracted(graph: SpatialGraph, labels: pd.Series, index: pd.Index) -> SpatialGraph:
    """Join two groups where any of their members are neighbours."""
    from scipy import sparse

    from mekantek import weights

    column = index.get_indexer(pd.Index(labels.reindex(graph.ids)))
    rows = np.arange(len(column))
    member = sparse.csr_array((np.ones(len(rows)), (rows, column)), (len(rows), len(index)))
    linked = graph.sparse.sign()
    between = sparse.csr_array(member.T @ (linked + linked.T) @ member).sign()
    between.setdiag(0)
    between.eliminate_zeros()
    between.sort_indices()
    return weights.SpatialGraph(
        index,
        between,
        graph.spec,
        notes=(
            Note(
                "neighbours of groups: any of their members touch",
                "kümelerin komşuluğu: üyelerinden biri değiyorsa komşudur",
            ),
        ),
    )
