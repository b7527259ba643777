"""One sheet as one live map: a folium map that opens offline and can be built upon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.maps.layers import draw
from mekantek.maps.sheets.clusters import cluster_sheet
from mekantek.maps.sheets.corridors import corridor_sheet
from mekantek.maps.sheets.facts import Regions
from mekantek.maps.sheets.shares import number_sheet, share_sheet, value_sheet
from mekantek.study import match_ids
from mekantek.text import Language

if TYPE_CHECKING:
    import folium

    from mekantek.stats.results import LocalResult
    from mekantek.study import Study

__all__ = ["cluster_map", "corridor_map", "number_map", "share_map", "value_map"]


def share_map(study: Study, column: str, *, language: Language = "tr") -> folium.Map:
    """
    Map a class's share in the first and the last complete year, and its change.

    Parameters
    ----------
    study : Study
        Shares as fractions in [0, 1] of each unit's own total.
    column : str
        ``high``, ``medium_high``, ``medium_low``, ``low``, ``unclassified``, or two of them joined
        by ``+``.
    language : {"tr", "en"}
        Shown first; the page has both.

    Returns
    -------
    folium.Map
        One view for each year, in the same bins, and one for the change in percentage points;
        missing shares are hatched. ``save`` writes a page that opens offline.

    Raises
    ------
    OptionError
        If there is no such class.

    Notes
    -----
    Colours are those of ColorBrewer 2.0 (Brewer and Harrower): a hue for each class, PuOr for
    changes.

    Examples
    --------
    >>> import mekantek as mt
    >>> page = mt.share_map(mt.load_study(), "high").get_root().render()
    >>> "%34,4" in page, "34.4%" in page
    (True, True)
    """
    return draw(share_sheet(study, column), study, language=language)


def value_map(study: Study, column: str, *, language: Language = "tr") -> folium.Map:
    """
    Map a class's share with circles for its export value, so that small bases do not shout.

    Parameters
    ----------
    study : Study
        Shares as fractions in [0, 1] of each unit's own total.
    column : str
        A class, or two joined by ``+``.
    language : {"tr", "en"}
        Shown first; the page has both.

    Returns
    -------
    folium.Map
        Circle areas go with the value of the class in USD, in the study's last complete year; units
        without a printed total have no circle and are listed.

    Raises
    ------
    OptionError
        If there is no such class.

    Examples
    --------
    >>> import mekantek as mt
    >>> "Adıyaman" in mt.value_map(mt.load_study(), "high").get_root().render()
    True
    """
    return draw(value_sheet(study, column), study, language=language)


def cluster_map(
    study: Regions,
    lisa: LocalResult | Mapping[int, LocalResult],
    *,
    column: str = "",
    language: Language = "tr",
) -> folium.Map:
    """
    Map clusters of local Moran, or hot and cold spots, corrected and uncorrected.

    Parameters
    ----------
    study : Study
        Or any other `Regions`, whose ids are those of *lisa*.
    lisa : LocalResult, or mapping of year to LocalResult
        Of local Moran, or Gᵢ or Gᵢ*. The latest year is shown first.
    column : str
        What was tested: a class, whose values are shown as percentages, or the name of a column.
    language : {"tr", "en"}
        Shown first; the page has both.

    Returns
    -------
    folium.Map
        Every class keeps its colour and its line in the legend, with its count, whether it occurs
        or not. Units significant only before correction are hatched; a checkbox hides them.

    Raises
    ------
    OptionError
        If *lisa* is a local statistic of another kind.

    Notes
    -----
    Classes are those of Anselin (1995); the smallest difference between two of their colours is
    ΔE 27.8 for any kind of colour blindness.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> lisa = mt.local_moran(study.frame["high"], study.graph)
    >>> "0 il FDR sonrası anlamlı" in mt.cluster_map(study, lisa).get_root().render()
    True
    """
    return draw(cluster_sheet(study, lisa, column=column), study, language=language)


def corridor_map(
    study: Study, corridor: Mapping[str, Any], *, language: Language = "tr"
) -> folium.Map:
    """
    Map a corridor with the network of neighbours and its exact rank.

    Parameters
    ----------
    study : Study
        Shares as fractions in [0, 1] of each unit's own total.
    corridor : mapping
        A corridor result: ``members`` (ids), ``class``, ``year``, ``value`` (a fraction), ``rank``,
        ``of`` and ``p_value``, as `mekantek.corridor` gives them with class and year added.
    language : {"tr", "en"}
        Shown first; the page has both.

    Returns
    -------
    folium.Map
        Members are outlined and named; contested pairs of neighbours are dashed.

    Raises
    ------
    OptionError
        If the class or the year is unknown.

    Notes
    -----
    The rank is exact: among all connected sets of that many units, ties counted against the set.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> found = mt.corridor(study.frame["high"], study.graph, [6, 26])
    >>> told = {**found.to_dict(), "class": "high", "year": 2024}
    >>> "Ankara–Eskişehir" in mt.corridor_map(study, told).get_root().render()
    True
    """
    return draw(corridor_sheet(study, corridor), study, language=language)


def number_map(
    layer: Regions, values: pd.Series, title: str, *, language: Language = "tr"
) -> folium.Map:
    """
    Map any column of a user's table in bins of equal counts.

    Parameters
    ----------
    layer : Regions
        A Study, or anything shaped like it.
    values : pandas.Series, shape (n_units,)
        In any unit, on the ids of *layer*; missing ones are hatched and listed.
    title : str
        What the values are, with their unit; escaped, and cut after 200 letters.
    language : {"tr", "en"}
        Shown first; the page has both.

    Returns
    -------
    folium.Map
        At most six bins, as many units in each as ties allow; ``save`` writes a page that opens
        offline.

    Raises
    ------
    AlignmentError
        If the ids of *values* are not those of *layer*.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> exports = study.frame["value"] / 1e9
    >>> page = number_map(study, exports, "exports, billion USD").get_root().render()
    >>> "En yüksek: İstanbul" in page
    True
    """
    match_ids(layer.names.index, values.index, "the values", names=layer.names)
    return draw(number_sheet(layer, values, title), layer, language=language)
