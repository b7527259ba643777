"""The larger units of a study: its groupings, each way of drawing lines once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from mekantek.study import Grouping, Study

__all__ = ["levels"]


def levels(study: Study) -> list[tuple[Grouping, pd.Series]]:
    """
    Give the groupings that draw different lines, in the order of the design.

    Returns
    -------
    list of (Grouping, pandas.Series)
        With the region of each unit; groupings in which a unit has no region are left out, and so
        is one that draws the same lines as one before it.

    Examples
    --------
    >>> import mekantek as mt
    >>> [grouping.title.en for grouping, _ in levels(mt.load_study())]
    ['NUTS 2', 'NUTS 1']
    """
    regions, seen, found = study.regions, set(), []
    for grouping in study.design.groupings:
        if grouping.column not in regions or regions[grouping.column].isna().any():
            continue
        groups = regions[grouping.column]
        lines: tuple[Any, ...] = tuple(pd.factorize(groups)[0].tolist())
        if lines not in seen and 1 < groups.nunique() < len(groups):
            seen.add(lines)
            found.append((grouping, groups))
    return found
