"""Random ways of drawing larger units from smaller ones that touch."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import connected_components

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.links import GraphLike, locked

__all__ = ["random_partitions"]


def random_partitions(graph: GraphLike, groups: int, count: int, *, seed: int = 0) -> np.ndarray:
    """
    Aggregate the units of a graph at random into connected groups.

    Parameters
    ----------
    graph : GraphLike
        Connected; weights do not matter.
    groups : int
        How many groups, from 1 to n.
    count : int
        How many partitions.
    seed : int

    Returns
    -------
    numpy.ndarray of int, shape (count, n)
        Group ``0 … groups-1`` of each unit, in the order of the graph's ids. The same for every
        order of the rows: streams go with the sorted ids.

    Raises
    ------
    OptionError
        If there are more groups than units, or the graph falls apart.

    Notes
    -----
    Groups grow from seeds drawn at random; at every step one link out of the groups, drawn at
    random, takes in the unit at its end (Openshaw 1977, *Transactions of the Institute of British
    Geographers* 2). Not every partition is equally probable.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 5, 1) + np.diag([1.0] * 5, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcdef")), sparse=line)
    >>> drawn = random_partitions(graph, 2, 3)
    >>> drawn.shape, bool((np.diff(drawn, axis=1) != 0).sum(axis=1).max() == 1)
    ((3, 6), True)
    """
    once = locked(graph)
    n = len(once.ids)
    if not 1 <= groups <= n:
        raise OptionError(
            f"groups is {groups}; from {n} units there can be 1 to {n}.",
            f"groups {groups}; {n} birimden 1 ile {n} arası bölge kurulur.",
        )
    order = np.argsort(np.array([str(i) for i in once.ids]), kind="stable")
    matrix = once.sparse.tocsr()[order][:, order]
    if connected_components(matrix, directed=False)[0] > 1:
        raise OptionError(
            "The graph falls apart, so connected groups cannot cover it; give neighbours that join "
            "all units.",
            "Komşuluk grafiği bağlı değil; bitişik bölgeler hepsini kaplayamaz. Bütün birimleri "
            "birbirine bağlayan bir komşuluk verin.",
        )
    ends = np.column_stack((matrix + matrix.T).nonzero())
    found = np.empty((count, n), dtype=np.int64)
    for part in range(count):
        stream = inference.generator(seed, groups, part)
        found[part, order] = _grown(ends, n, groups, stream)
    return found


def _grown(ends: np.ndarray, n: int, groups: int, stream: np.random.Generator) -> np.ndarray:
    label = np.full(n, -1)
    label[stream.permutation(n)[:groups]] = np.arange(groups)
    # Links stand by their unit; *into* lists them by the unit at their end.
    begin = np.searchsorted(ends[:, 0], np.arange(n + 1))
    into = np.lexsort((ends[:, 0], ends[:, 1]))
    leads_out = (label[ends[:, 0]] >= 0) & (label[ends[:, 1]] < 0)
    for _ in range(n - groups):
        out = np.flatnonzero(leads_out)
        inside, outside = ends[out[stream.integers(len(out))]]
        label[outside] = label[inside]
        own = slice(begin[outside], begin[outside + 1])
        leads_out[own] = label[ends[own, 1]] < 0
        leads_out[into[own]] = False
    return label
