"""The same study on larger units: does an answer depend on where the lines are drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.study.noun import Study, YearTable, match_ids
from mekantek.text import Note

if TYPE_CHECKING:
    from mekantek.weights import SpatialGraph

__all__ = ["aggregate"]


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
    match_ids(study.names.index, groups.index, "the groups", names=study.names)
    labels = groups.reindex(study.names.index).rename("group")
    index = pd.Index(sorted(labels.unique()), name="group")
    called = pd.Series(index.astype(str), index=index) if names is None else names
    match_ids(index, called.index, "the names of the groups")
    points = study.points.groupby(labels).mean().reindex(index)
    points.attrs["points_used"] = "mean of the members' points"
    members = study.regions.groupby(labels)
    alike = members.first().where(members.nunique().le(1))
    polygons = study.geometry.to_frame("geometry").assign(group=labels)
    of_group = (labels.to_numpy()[None, :] == index.to_numpy()[:, None]).astype(float)
    graph = _contracted(study.graph, labels, index)
    return replace(
        study,
        panel={year: _summed(table, of_group, index, study) for year, table in study.panel.items()},
        names=called.reindex(index).rename("name"),
        geometry=polygons.dissolve(by="group", method="coverage").geometry.reindex(index),
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
    from mekantek import weights

    place = pd.Series(range(len(index)), index=index)
    ends = pd.DataFrame({side: labels[graph.pairs[side]].map(place).to_numpy() for side in "ab"})
    ends = ends[ends["a"] != ends["b"]]
    between = pd.DataFrame({"a": ends.min(axis=1), "b": ends.max(axis=1)}).drop_duplicates()
    return weights.from_pairs(
        [(index[a], index[b]) for a, b in between.itertuples(index=False)],
        index,
        spec=graph.spec,
        notes=(
            Note(
                "neighbours of groups: any of their members touch",
                "kümelerin komşuluğu: üyelerinden biri değiyorsa komşudur",
            ),
        ),
    )
