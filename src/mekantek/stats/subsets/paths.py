"""The shortest way from one unit to another over neighbours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, OptionError
from mekantek.stats.links import Missing, join
from mekantek.stats.results import unit_order

__all__ = ["ShortestPath", "shortest_path"]


class ShortestPath(NamedTuple):
    """
    A path of fewest steps.

    Attributes
    ----------
    members : list
        Ids from start to end, both included.
    ways : int
        How many paths are as short.
    """

    members: list[Any]
    ways: int


def shortest_path(
    values: pd.Series, graph: Any, start: Any, end: Any, *, missing: Missing = "refuse"
) -> ShortestPath:
    """
    Find a path of fewest steps between two units.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        The index holds the ids; a unit that is dropped for a missing value is no way through.
    graph : GraphLike
        A link in either direction is a step.
    start, end : id
    missing : {"refuse", "drop"}

    Returns
    -------
    ShortestPath
        Of several, the one whose ids come first (as numbers where they are numbers), whatever the
        order of the rows.

    Raises
    ------
    AlignmentError
        If *start* or *end* is not among the ids.
    OptionError
        If they are the same, or no path joins them.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=sparse.csr_array(np.eye(4, k=1)))
    >>> shortest_path(pd.Series(1.0, index=list("abcd")), graph, "d", "b")
    ShortestPath(members=['d', 'c', 'b'], ways=1)
    """
    _, ids, links = join(values, graph, standardize="none", missing=missing)
    first, last = (int(p) for p in ids.get_indexer(pd.Index([start, end])))
    for unit, place in ((start, first), (end, last)):
        if place < 0:
            raise AlignmentError(
                f"No unit with the id {unit}.", f"Kimliği {unit} olan bir birim yok."
            )
    if first == last:
        raise OptionError(
            "A path joins two different units.", "Bir yol iki ayrı birimi birleştirir."
        )
    joined = (links.matrix + links.matrix.T).tocsr()
    left = csgraph.shortest_path(joined, unweighted=True, indices=last)
    if not np.isfinite(left[first]):
        raise OptionError(
            f"No path leads from {start} to {end}.", f"{start} ile {end} arasında bir yol yok."
        )
    rank = np.empty(len(ids), dtype=np.int64)
    rank[unit_order(ids)] = np.arange(len(ids))
    path, ways = [first], {first: 1}
    for steps in range(int(left[first]) - 1, -1, -1):
        onward: dict[int, int] = {}
        nearest = []
        for place, count in ways.items():
            beside = joined.indices[joined.indptr[place] : joined.indptr[place + 1]]
            nearer = beside[left[beside] == steps].tolist()
            for one in nearer:
                onward[one] = onward.get(one, 0) + count
            if place == path[-1]:
                nearest = nearer
        path.append(min(nearest, key=lambda p: rank[p]))
        ways = onward
    return ShortestPath([ids[p] for p in path], ways[last])
