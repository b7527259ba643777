"""In how many reasonable maps a unit lies in the same cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from mekantek.stats.local.batch import local_maps
from mekantek.stats.ranks import midranks
from mekantek.study import Study, other_prints

__all__ = ["CLUSTERS", "stability"]

CLUSTERS = ("HH", "LL", "HL", "LH")


def _ranked(share: pd.Series) -> pd.Series:
    return pd.Series(midranks(share.to_numpy()), index=share.index)


_TRANSFORMS: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "share": lambda share: share,
    "rank": _ranked,
}


def stability(study: Study, classes: str) -> pd.DataFrame:
    """
    Count over reasonable maps of one class how often each unit lies in each kind of cluster.

    Parameters
    ----------
    study : Study
    classes : str
        ``high`` or ``high+medium_high``.

    Returns
    -------
    pandas.DataFrame, index id
        For each kind of cluster ``HH``, ``LL``, ``HL``, ``LH`` the part of the maps, in [0, 1], in
        which the unit's exact p is at most 0.05 (``HH``), and in which it survives
        Benjamini-Hochberg on its map (``HH_adjusted``). ``attrs["maps"]`` counts the maps: every
        neighbourhood of the design × complete years × share or rank × both prints of unresolved
        cells where they differ.

    Examples
    --------
    >>> import mekantek as mt
    >>> table = stability(mt.load_study(), "low")
    >>> table.attrs["maps"], bool(table["HH"].between(0, 1).all())
    (44, True)
    """
    columns = {}
    for prints, read in {"adopted": study, "other": other_prints(study)}.items():
        for year in study.years:
            share = read.at(year).share(classes)
            if prints == "other" and share.equals(study.at(year).share(classes)):
                continue
            for name, transform in _TRANSFORMS.items():
                columns[f"{prints} {year} {name}"] = transform(share)
    values = pd.DataFrame(columns)
    found: dict[str, pd.Series] = {}
    for spec in study.design.networks:
        graph = study.graph if spec == study.graph.spec else study.neighbours(spec)
        for result in local_maps(values, graph).results.values():
            for kind in CLUSTERS:
                for suffix, column in (("", "cluster_unadjusted"), ("_adjusted", "cluster")):
                    lies = (result.frame[column] == kind).astype(float)
                    key = kind + suffix
                    found[key] = lies if key not in found else found[key] + lies
    maps = len(study.design.networks) * len(columns)
    table = pd.DataFrame(found) / maps
    table.attrs["maps"] = maps
    return table
