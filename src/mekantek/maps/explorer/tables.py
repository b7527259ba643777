"""What the linked explorer shows, computed beforehand and packed into one small JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mekantek.errors import OptionError
from mekantek.maps.explorer.packed import NONE, pack, pack_levels, pack_p, pack_steps
from mekantek.maps.palette import CLUSTERS, share_bins
from mekantek.maps.sheets.facts import status_of
from mekantek.stats.inference import Correction
from mekantek.stats.local.batch import local_maps
from mekantek.stats.local.family import corrected
from mekantek.text import Text, sort_key

if TYPE_CHECKING:
    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = [
    "CORRECTED",
    "TESTED_TAILS",
    "Curve",
    "Group",
    "curve_data",
    "explored",
    "in_order",
    "map_data",
    "series_of",
]

TESTED_TAILS = ("two-sided", "greater")
CORRECTED: tuple[Correction, ...] = ("none", "bh", "holm")
# A map of fewer regions is no map; local Moran divides by n - 3.
_LEAST = 4
_KINDS = (*CLUSTERS, "missing")
# What a unit is whatever the tail and the correction; the rest is its quadrant where significant.
_UNTESTED = len(_KINDS)
# Variables times years that a page holds with all their maps.
_MOST_SERIES = 30
# The page spells a specification's choices and verdict with three digits of base 64.
_MOST_CHOICES = 64**3


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """
    A specification curve as the page shows it.

    Attributes
    ----------
    title : Text
        The finding.
    told : Text
        What came out over all choices, in one or two sentences.
    choices : mapping of key to (Text, mapping of value to Text)
        Every choice with its name, and every value it takes with its words.
    words : mapping of str to Text
        Verdict words.
    table : pandas.DataFrame
        One row for each specification: a column for each choice, ``effect``, ``p_value``,
        ``verdict``.
    members : sequence of id
        Units that the finding speaks of; empty where it speaks of all.
    link : str or None
        Page of the finding, beside this one.
    """

    title: Text
    told: Text
    choices: Mapping[str, tuple[Text, Mapping[str, Text]]]
    words: Mapping[str, Text]
    table: pd.DataFrame
    members: Sequence[Any] = field(default_factory=tuple)
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """
    Units that can be selected together.

    Attributes
    ----------
    kind, label : Text
        What sort of group it is, and its name.
    members : tuple of id
    """

    kind: Text
    label: Text
    members: tuple[Any, ...]


def explored(study: Study) -> tuple[str, ...]:
    """
    Give the variables that can be switched between, those shown together last.

    Examples
    --------
    >>> import mekantek as mt
    >>> explored(mt.load_study())[-1]
    'high+medium_high'
    """
    return (*study.classes, *study.design.sums)


def _explored_years(study: Study) -> list[int]:
    """Every year, or where that is more than a page can hold, years from the first to the last."""
    years = sorted(study.panel)
    held = max(2, _MOST_SERIES // len(explored(study)))
    if len(years) <= held:
        return years
    return sorted({years[round(k * (len(years) - 1) / (held - 1))] for k in range(held)})


def series_of(study: Study) -> pd.DataFrame:
    """
    Collect the shares of every class in every year that has any.

    Returns
    -------
    pandas.DataFrame, index id
        Columns (class, year), in the order of the switches; NaN where missing.
    """
    columns = {}
    for name in explored(study):
        for year in _explored_years(study):
            share = study.at(year).share(name)
            if share.notna().sum() >= _LEAST:
                columns[name, year] = share
    if not columns:
        raise OptionError(
            "No class has a share in four regions or more; there is nothing to explore.",
            "Hiçbir sınıfın en az dört bölgede payı yok; keşfedilecek bir şey yok.",
        )
    return pd.DataFrame(columns)


def map_data(study: Study, graphs: Mapping[str, SpatialGraph]) -> dict[str, Any]:
    """
    Compute and pack every map that the switches can ask for.

    Parameters
    ----------
    study : Study
    graphs : mapping of SPEC to SpatialGraph
        Neighbours of the same units, of equal weight.

    Returns
    -------
    dict
        ``series`` by ``class|year`` (shares, bins, unresolved cells), ``neighbours`` by SPEC (lists
        of places), ``maps`` by ``SPEC|class|year``.

    Raises
    ------
    OptionError
        If neighbours have unequal weights.

    Notes
    -----
    A map is a list: the kind of each unit (its quadrant, or what it is whatever is asked); one
    digit for each unit whose bits say under which tail and correction it is significant; p by tail;
    p corrected by tail and correction. The page looks these up and decides nothing.
    """
    frame = series_of(study)
    ids = frame.index
    named = [(str(column[0]), int(column[1])) for column in frame.columns]
    series: dict[str, Any] = {}
    for name, year in named:
        share = frame[name, year]
        at = study.at(year)
        bins = share_bins(study, name).place(share)
        series[f"{name}|{year}"] = {
            "share": [None if pd.isna(v) else float(v) for v in share],
            "bin": "".join("-" if b < 0 else str(b) for b in bins),
            "open": np.flatnonzero(status_of(at, name) == "unresolved").tolist(),
        }
    maps: dict[str, Any] = {}
    neighbours = {}
    for spec, graph in graphs.items():
        neighbours[spec] = _places(graph, ids)
        asked = {
            tail: local_maps(frame, graph, alternative=tail, missing="drop").results
            for tail in TESTED_TAILS
        }
        for name, year in named:
            results = {
                (tail, correction): corrected(found[name, year], correction).frame.reindex(ids)
                for tail, found in asked.items()
                for correction in CORRECTED[1:]
            }
            maps[f"{spec}|{name}|{year}"] = _packed(results)
    return {"series": series, "neighbours": neighbours, "maps": maps}


def _places(graph: SpatialGraph, ids: pd.Index) -> list[list[int]]:
    """Places of each unit's neighbours, in the order of *ids*."""
    order = graph.ids.get_indexer(ids)
    matrix = graph.sparse.tocsr()[order][:, order]
    for row in range(len(ids)):
        weights = matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]]
        if len(weights) and not np.allclose(weights, weights[0]):
            raise OptionError(
                f"The explorer averages neighbours of equal weight; those of {graph.spec} differ.",
                f"Keşif sayfası eşit ağırlıklı komşuların ortalamasını alır; {graph.spec} "
                "ağırlıkları farklı.",
            )
    return [
        sorted(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].tolist())
        for row in range(len(ids))
    ]


def _packed(results: Mapping[tuple[str, Correction], pd.DataFrame]) -> list[Any]:
    """Pack one map, asked under every tail and correction; see `map_data`."""
    first = next(iter(results.values()))
    missing = first["value"].isna().to_numpy()
    untested = first["p_value"].isna().to_numpy()
    quadrant = first["quadrant"].astype(object).to_numpy()
    kinds = np.where(untested, _UNTESTED, [_KINDS.index(q) if q == q else -1 for q in quadrant])
    kinds[(first["cluster"] == "isolate").to_numpy()] = _KINDS.index("isolate")
    kinds[missing] = _KINDS.index("missing")
    bits = np.zeros(len(first), dtype=np.int64)
    place, p, corrected = 0, [], []
    for tail in TESTED_TAILS:
        plain = results[tail, CORRECTED[1]]
        columns = [plain["cluster_unadjusted"]]
        columns += [results[tail, correction]["cluster"] for correction in CORRECTED[1:]]
        for column in columns:
            bits += (~untested & (column.astype(object).to_numpy() == quadrant)) << place
            place += 1
        p.append(pack((v + 1 for v in pack_p(plain["p_value"].tolist(), 4)), 3))
        corrected += [
            pack_levels(pack_p(results[tail, correction]["p_adjusted"].tolist(), 4))
            for correction in CORRECTED[1:]
        ]
    return ["".join(map(str, kinds)), pack(bits.tolist(), 1), *p, corrected]


def curve_data(curve: Curve, order: Mapping[Any, int]) -> dict[str, Any]:
    """
    Pack a curve, its specifications from the least effect to the greatest.

    Parameters
    ----------
    curve : Curve
    order : mapping of id to place

    Returns
    -------
    dict
        ``codes``: choices and verdict of each specification as one number, three digits;
        ``least``, ``steps``: effects in thousandths, each as the step from the one before; ``p``:
        thousandths, two digits.

    Raises
    ------
    OptionError
        If there are more combinations of choices than three digits can hold.
    """
    table = curve.table.dropna(subset=["effect"])
    table = table.sort_values("effect", kind="stable")
    words = list(curve.words)
    code = np.zeros(len(table), dtype=np.int64)
    size = len(words)
    choices = []
    for key, (name, values) in curve.choices.items():
        places = {value: k for k, value in enumerate(values)}
        code = code * len(values) + table[key].astype(str).map(places).to_numpy(dtype=np.int64)
        size *= len(values)
        choices.append(
            {
                "key": key,
                "name": name.to_dict(),
                "values": list(values),
                "told": [told.to_dict() for told in values.values()],
            }
        )
    if size > _MOST_CHOICES:
        raise OptionError(f"{size} combinations of choices are more than a page can hold.")
    code = code * len(words) + table["verdict"].map(words.index).to_numpy(dtype=np.int64)
    effects = [round(float(f"{v:.3f}") * 1000) for v in table["effect"].astype(float)]
    p = pack_p(table["p_value"].astype(float).tolist(), 3)
    return {
        "title": curve.title.to_dict(),
        "told": curve.told.to_dict(),
        "link": curve.link,
        "choices": choices,
        "words": [[word.replace(" ", "-"), curve.words[word].to_dict()] for word in words],
        "codes": pack(code.tolist(), 3),
        "least": effects[0],
        "steps": pack_steps(np.diff(effects, prepend=effects[0]).tolist()),
        "p": pack((NONE if v < 0 else v for v in p), 2),
        "members": [order[m] for m in curve.members],
    }


def in_order(names: pd.Series) -> list[int]:
    """Places of the units by the Turkish alphabet."""
    return sorted(range(len(names)), key=lambda k: sort_key(str(names.iloc[k])))
