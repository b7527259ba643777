"""Many variables on one graph: the same test on each, shared draws, one family over all maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd

from mekantek.errors import OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.links import locked
from mekantek.stats.local.geary import local_geary
from mekantek.stats.local.hotspots import local_getis_ord, local_join_counts
from mekantek.stats.local.moran import local_moran
from mekantek.stats.results import Family, LocalMaps, LocalResult

__all__ = ["LocalStatistic", "local_maps", "together"]

LocalStatistic = Literal["moran", "geary", "gstar", "g", "join_counts"]
_STATISTICS: dict[str, tuple[Callable[..., LocalResult], dict[str, Any]]] = {
    "moran": (local_moran, {}),
    "geary": (local_geary, {}),
    "gstar": (local_getis_ord, {"statistic": "gstar"}),
    "g": (local_getis_ord, {"statistic": "g"}),
    "join_counts": (local_join_counts, {}),
}


def local_maps(
    frame: pd.DataFrame,
    graph: Any,
    *,
    statistic: LocalStatistic = "moran",
    step: Callable[[str], None] | None = None,
    **options: Any,
) -> LocalMaps:
    """
    Test every column of a table on one graph.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n, variables)
        Classes, years, transforms or bootstrap samples; the index holds the ids.
    graph : GraphLike
        Checked and standardized once for all columns.
    statistic : {"moran", "geary", "gstar", "g", "join_counts"}
    step : callable, optional
        Called with the name of each column before it is tested.
    **options
        As for `mekantek.stats.local.moran.local_moran`. Columns share the draws of one seed.

    Returns
    -------
    LocalMaps
        One result for each column, each corrected as a family of its own, and which units survive
        the correction over all maps.

    Raises
    ------
    OptionError, ValuesError, GraphError, AlignmentError

    Examples
    --------
    >>> from scipy import sparse
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> frame = pd.DataFrame({"x": [9, 8, 9, 1, 2, 1], "y": [1, 5, 2, 4, 3, 6]}, index=list("abcdef"))
    >>> maps = local_maps(frame, graph)
    >>> list(maps.results), maps.family.size
    (['x', 'y'], 12)
    """
    if statistic not in _STATISTICS:
        raise OptionError(f"statistic is {statistic!r}; it can be {', '.join(_STATISTICS)}.")
    if not isinstance(frame, pd.DataFrame) or not len(frame.columns):
        raise ValuesError("Give a table of at least one column; a Series has one map.")
    test, chosen = _STATISTICS[statistic]
    once = locked(graph)
    results = {}
    for name in frame.columns:
        if step is not None:
            step(str(name))
        results[name] = test(frame[name], once, **chosen, **options)
    return together(results)


def together(results: Mapping[Any, LocalResult]) -> LocalMaps:
    """
    Correct all maps of a run as one family: a reader who looks at eight maps tests them all.

    Parameters
    ----------
    results : mapping of name to LocalResult
        Of one run, so with the same level and correction.

    Returns
    -------
    LocalMaps
        Corrected as each map is; by Benjamini-Hochberg where maps are not corrected, or by the
        max-statistic, which knows only its own map.
    """
    first = next(iter(results.values())).family
    correction = "bh" if first.correction in ("none", "max") else first.correction
    frames = {name: result.frame["p_value"] for name, result in results.items()}
    pooled = pd.concat(frames, names=["map", None])
    adjusted = pd.Series(
        inference.adjust(pooled.to_numpy(), correction),  # type: ignore[arg-type]
        index=pooled.index,
        name="p_adjusted",
    )
    survivors = adjusted[adjusted <= first.alpha * inference.ROUNDING]
    family = Family(
        size=int(pooled.notna().sum()),
        correction=correction,
        alpha=first.alpha,
        survivors=len(survivors),
    )
    return LocalMaps(results=dict(results), family=family, survivors=survivors)
