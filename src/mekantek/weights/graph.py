"""One immutable noun: units, their links and where these came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, GraphError

__all__ = ["SpatialGraph", "from_libpysal", "from_pairs"]


def _pattern(matrix: Any) -> sparse.csr_array:
    """Ones where there is a link."""
    links = sparse.csr_array(matrix, copy=True)
    links.data = np.ones_like(links.data)
    return links


@dataclass(frozen=True, eq=False)
class SpatialGraph:
    """
    Neighbours of a set of units.

    Parameters
    ----------
    ids : pandas.Index, length n
        Unique.
    sparse : scipy.sparse.csr_array, shape (n, n)
        Weights: row = unit, column = neighbour, in the order of *ids*. ≥ 0, finite, no diagonal.
    spec : str
        How it was made: ``official``, ``queen``, ``knn:4``, ``file`` …
    points : str or None
        Which points distances were measured between.
    notes : tuple of str
        What a reader of a result should know.
    contested : frozenset of (id, id)
        Links on which good sources disagree, smaller position first.

    Raises
    ------
    GraphError
        If a weight is negative or not finite, or a unit neighbours itself.
    AlignmentError
        If ids repeat, or do not fit the matrix.

    Examples
    --------
    >>> graph = from_pairs([("a", "b"), ("b", "c")], ["a", "b", "c", "d"], spec="example")
    >>> graph.links, list(graph.isolates), graph.neighbours("b")
    (4, ['d'], ['a', 'c'])
    """

    ids: pd.Index
    sparse: sparse.csr_array
    spec: str
    points: str | None = None
    notes: tuple[str, ...] = ()
    contested: frozenset[tuple[Any, Any]] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Bring the matrix to its canonical form and lock it."""
        if self.ids.has_duplicates:
            twice = self.ids[self.ids.duplicated()][0]
            raise AlignmentError(f"Id {twice} stands more than once among the units of the graph.")
        matrix = sparse.csr_array(self.sparse, copy=True).astype(np.float64)
        if matrix.shape != (len(self.ids), len(self.ids)):
            raise AlignmentError(
                f"A graph of {len(self.ids)} units has a matrix of {matrix.shape[0]} × "
                f"{matrix.shape[1]}."
            )
        if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
            raise GraphError("A weight is negative or not finite; weights are 0 or more.")
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        own = np.flatnonzero(matrix.diagonal())
        if len(own):
            raise GraphError(f"Unit {self.ids[int(own[0])]} neighbours itself; take that link out.")
        matrix.sort_indices()
        for array in (matrix.data, matrix.indices, matrix.indptr):
            array.setflags(write=False)
        object.__setattr__(self, "sparse", matrix)
        if not self.symmetric and not any("asymmetric" in note for note in self.notes):
            lacking = int((_pattern(matrix) - _pattern(matrix.T) > 0).sum())
            told = f"asymmetric neighbours, used as given: {lacking} links have no link back"
            object.__setattr__(self, "notes", (*self.notes, told))

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.ids)

    @property
    def links(self) -> int:
        """Number of directed links."""
        return int(self.sparse.nnz)

    @cached_property
    def symmetric(self) -> bool:
        """Whether every link has a link back (weights may differ, as for k nearest)."""
        return int(abs(_pattern(self.sparse) - _pattern(self.sparse.T)).sum()) == 0

    @property
    def isolates(self) -> pd.Index:
        """Ids of the units without neighbours."""
        lone: pd.Index = self.ids[np.diff(self.sparse.indptr) == 0]
        return lone

    @property
    def components(self) -> int:
        """Number of connected components."""
        return int(csgraph.connected_components(self.sparse, directed=False)[0])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Undirected pairs, each once: columns ``a``, ``b`` (ids) and ``contested`` (bool)."""
        either = sparse.triu(self.sparse + self.sparse.T, k=1).tocoo()
        order = np.lexsort((either.col, either.row))
        table = pd.DataFrame({"a": self.ids[either.row[order]], "b": self.ids[either.col[order]]})
        table["contested"] = [pair in self.contested for pair in zip(table["a"], table["b"],
                                                                     strict=True)]  # fmt: skip
        return table

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the sorted lines ``a b weight``, the same whatever the order of the units."""
        rows = np.repeat(np.arange(self.n), np.diff(self.sparse.indptr))
        names = [str(i) for i in self.ids]
        lines = sorted(
            f"{names[a]} {names[b]} {w!r}"
            for a, b, w in zip(
                rows.tolist(), self.sparse.indices.tolist(), self.sparse.data.tolist(), strict=True
            )
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def neighbours(self, unit: Any) -> list[Any]:
        """
        Ids of the neighbours of one unit.

        Raises
        ------
        GraphError
            If there is no such unit.
        """
        if unit not in self.ids:
            raise GraphError(f"No unit {unit!r} in the graph.")
        row = int(self.ids.get_indexer(pd.Index([unit]))[0])
        span = slice(self.sparse.indptr[row], self.sparse.indptr[row + 1])
        return self.ids[self.sparse.indices[span]].tolist()

    def to_libpysal(self) -> Any:
        """
        Give the same graph as a `libpysal.graph.Graph`.

        Returns
        -------
        libpysal.graph.Graph
        """
        from libpysal.graph import Graph

        return Graph.from_sparse(self.sparse, ids=self.ids.to_numpy())


def from_pairs(
    pairs: Any,
    ids: Any,
    *,
    spec: str,
    contested: Any = (),
) -> SpatialGraph:
    """
    Join units by undirected pairs.

    Parameters
    ----------
    pairs : DataFrame with two columns, or iterable of (id, id)
    ids : Index or iterable
        All units, isolates included, in the order wanted.
    spec : str
    contested : like *pairs*
        Pairs to mark.

    Returns
    -------
    SpatialGraph
        Weights 1 in both directions.

    Raises
    ------
    AlignmentError
        If a pair names a unit that is not among the ids.

    Examples
    --------
    >>> from_pairs([(1, 2)], [1, 2, 3], spec="example").pairs.to_dict("records")
    [{'a': 1, 'b': 2, 'contested': False}]
    """
    index = ids if isinstance(ids, pd.Index) else pd.Index(list(ids))

    def places(given: Any) -> np.ndarray:
        listed = given.to_numpy() if isinstance(given, pd.DataFrame) else list(given)
        table = pd.DataFrame(list(listed), columns=["a", "b"])
        found = np.column_stack([index.get_indexer(pd.Index(table[c])) for c in ("a", "b")])
        if (found < 0).any():
            row, side = np.argwhere(found < 0)[0]
            raise AlignmentError(
                f"A pair names {table.iloc[row, side]!r}, which is not among the {len(index)} "
                "units."
            )
        return np.sort(found.astype(np.int64), axis=1)

    joined = places(pairs)
    n = len(index)
    upper = sparse.coo_array((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(n, n))
    both = sparse.csr_array(upper + upper.T)
    both.data[:] = 1.0
    marked = frozenset((index[a], index[b]) for a, b in places(contested).tolist())
    return SpatialGraph(index, both, spec, contested=marked)


def from_libpysal(graph: Any, *, spec: str = "given", points: str | None = None) -> SpatialGraph:
    """
    Take over a `libpysal.graph.Graph` or an old `libpysal.weights.W`.

    Parameters
    ----------
    graph : Graph or W
    spec : str
    points : str, optional

    Returns
    -------
    SpatialGraph

    Raises
    ------
    GraphError
        If it is neither.
    """
    ids = getattr(graph, "unique_ids", None)
    if ids is None:
        ids = getattr(graph, "id_order", None)
    if ids is None:
        raise GraphError(f"A {type(graph).__name__} is neither a libpysal Graph nor a W.")
    return SpatialGraph(pd.Index(ids), sparse.csr_array(graph.sparse), spec, points)
