"""One immutable noun: units, their links and where these came from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, GraphError, OptionError
from mekantek.text import Note, nearest

__all__ = ["Moments", "SpatialGraph", "from_libpysal", "from_pairs"]


class Moments(NamedTuple):
    """The three sums of weights that the moments of Moran's I need; dimensionless for weights 1."""

    s0: float
    s1: float
    s2: float


@dataclass(frozen=True, eq=False, repr=False)
class SpatialGraph:
    """
    Neighbours of a set of units, keyed by id and never changed.

    Parameters
    ----------
    ids : pandas.Index, length n
        Unique ids of any type.
    matrix : sparse array, shape (n, n)
        Weights: row = unit, column = neighbour, both in the order of *ids*. Finite, 0 or more; a
        weight of 0 is no link.
    spec : str
        How it was made: ``official``, ``queen``, ``knn:4``, ``file`` …
    points_used : str, optional
        Which points distances were measured between, such as ``label points``.
    notes : tuple of str
        What a reader of a result should know.
    contested : collection of (id, id)
        Links on which good sources disagree.
    mutual : bool
        That every link is known to have a link back, so that it need not be looked at.

    Raises
    ------
    GraphError
        If a weight is negative or not finite, a unit neighbours itself, or a contested pair is no
        link.
    AlignmentError
        If ids repeat, or do not fit the matrix.

    Examples
    --------
    >>> graph = from_pairs([("a", "b"), ("b", "c")], ["a", "b", "c", "d"], spec="example")
    >>> graph
    <SpatialGraph example: 4 units, 4 directed links, 1 without neighbours>
    >>> graph.neighbours("b"), list(graph.isolates)
    (['a', 'c'], ['d'])
    """

    ids: pd.Index
    matrix: InitVar[Any]
    spec: str
    points_used: str | None = None
    notes: tuple[str, ...] = ()
    contested: frozenset[frozenset[Any]] = frozenset()
    mutual: InitVar[bool] = False
    _weights: sparse.csr_array = field(init=False)

    def __post_init__(self, matrix: Any, mutual: bool) -> None:
        """Bring the matrix to its one canonical form and lock it."""
        # An index knows whether it is unique once it was asked; a copy would ask again.
        given = self.ids if isinstance(self.ids, pd.Index) else pd.Index(self.ids)
        _check_unique(given)
        ids = given.copy()
        weights = sparse.csr_array(matrix, dtype=np.float64, copy=True)
        if weights.shape != (len(ids), len(ids)):
            raise AlignmentError(
                f"A graph of {len(ids)} units has a matrix of {weights.shape[0]} × "
                f"{weights.shape[1]}; one row and one column for each unit are needed."
            )
        weights.sum_duplicates()
        if not weights.data.all():
            weights.eliminate_zeros()
        weights.sort_indices()
        _check_weights(weights, ids)
        for array in (weights.data, weights.indices, weights.indptr):
            array.setflags(write=False)
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "_weights", weights)
        object.__setattr__(self, "contested", self._marked(self.contested))
        if mutual:
            self.__dict__["_one_way"] = 0
        lacking = self._one_way
        if lacking and not any("asymmetric" in note for note in self.notes):
            told = Note(
                f"asymmetric neighbours, used as given: {lacking} of {self.links} links have no "
                "link back",
                f"komşuluk karşılıklı değil, verildiği gibi kullanıldı: {self.links} bağdan "
                f"{lacking} tanesinin karşılığı yok",
            )
            object.__setattr__(self, "notes", (*self.notes, told))

    def _marked(self, pairs: Iterable[Iterable[Any]]) -> frozenset[frozenset[Any]]:
        marked = frozenset(frozenset(pair) for pair in pairs)
        if not marked:
            return marked
        linked = {frozenset(pair) for pair in zip(self._table["a"], self._table["b"], strict=True)}
        for pair in marked - linked:
            shown = "–".join(sorted(map(str, pair)))
            raise GraphError(f"The contested pair {shown} is no pair of neighbours.")
        return marked

    def __repr__(self) -> str:
        return (
            f"<SpatialGraph {self.spec}: {self.n} units, {self.links} directed links, "
            f"{len(self.isolates)} without neighbours>"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython and Hypothesis print a dataclass by its fields, and the matrix is none.
        printer.text(repr(self))

    @property
    def sparse(self) -> sparse.csr_array:
        """Weights, shape (n, n): row = unit, column = neighbour; its arrays are read-only."""
        # A fresh shell around locked arrays: editing the shell cannot reach this graph.
        locked = self._weights
        return sparse.csr_array((locked.data, locked.indices, locked.indptr), shape=locked.shape)

    @property
    def n(self) -> int:
        """Number of units, isolates included."""
        return len(self.ids)

    @property
    def links(self) -> int:
        """Number of directed links; a pair of neighbours counts twice."""
        return int(self._weights.nnz)

    @cached_property
    def symmetric(self) -> bool:
        """Whether every link has a link back; the two weights may differ, as in a kernel."""
        return self._one_way == 0

    @cached_property
    def _one_way(self) -> int:
        """Number of links without a link back."""
        # Ones of a byte stand for the weights, which need not be moved to be turned.
        there = _pattern(self._weights)
        back = sparse.csr_array(there.T)
        # Sorted alike, as turning leaves them, a symmetric pattern is its own transpose number by
        # number.
        same = np.array_equal(there.indptr, back.indptr)
        if same and np.array_equal(there.indices, back.indices):
            return 0
        return int((there - there.T > 0).sum())

    @property
    def isolates(self) -> pd.Index:
        """Ids of the units without neighbours of their own."""
        lone: pd.Index = self.ids[np.diff(self._weights.indptr) == 0]
        return lone

    @property
    def components(self) -> int:
        """Number of connected components, an isolate being one."""
        return int(csgraph.connected_components(self._weights, directed=False)[0])

    @cached_property
    def _table(self) -> pd.DataFrame:
        either = sparse.triu(self._weights + self._weights.T, k=1).tocoo()
        order = np.lexsort((either.col, either.row))
        return pd.DataFrame({"a": self.ids[either.row[order]], "b": self.ids[either.col[order]]})

    @property
    def pairs(self) -> pd.DataFrame:
        """
        Unordered pairs with a link in either direction, each once.

        Returns
        -------
        pandas.DataFrame
            Columns ``a``, ``b`` (ids, in the order of the units) and ``contested`` (bool).
        """
        table = self._table.copy()
        if not self.contested:
            return table.assign(contested=False)
        both = zip(table["a"], table["b"], strict=True)
        table["contested"] = np.array([frozenset(pair) in self.contested for pair in both], bool)
        return table

    @cached_property
    def sha256(self) -> str:
        """
        SHA-256 of the neighbours, the same in whatever order the units stand.

        The digest is of the UTF-8 text whose lines are ``a b weight`` for each directed link, the
        weight in Python's shortest form that reads back the same, sorted by code point and joined
        by line feeds, none at the end.
        """
        names = [str(i) for i in self.ids.tolist()]
        if _ODD.search("".join(names)) or "" in names:
            return _digest_of_odd_names(names, self._weights)
        digest = hashlib.sha256()
        for lines in _lines(names, self._weights):
            digest.update(lines)
        return digest.hexdigest()

    def neighbours(self, unit: Any) -> list[Any]:
        """
        Ids of the neighbours of one unit, in the order of the units.

        Parameters
        ----------
        unit : id

        Returns
        -------
        list of ids

        Raises
        ------
        AlignmentError
            If there is no such unit.
        """
        row = int(self._positions(pd.Index([unit]))[0])
        span = slice(self._weights.indptr[row], self._weights.indptr[row + 1])
        return list(self.ids[self._weights.indices[span]].tolist())

    def _positions(self, units: pd.Index) -> np.ndarray:
        found = self.ids.get_indexer(units)
        if (found < 0).any():
            unit = units[found < 0][0]
            close = nearest(str(unit), (str(i) for i in self.ids))
            raise AlignmentError(
                f"No unit {unit!r} among the {self.n} of the graph."
                + (f" Did you mean {close[0]}?" if close else "")
            )
        return np.asarray(found)

    def moments(self, standardize: Literal["row", "none"] = "none") -> Moments:
        """
        Sums of weights: S0, S1, S2.

        Parameters
        ----------
        standardize : {"none", "row"}
            Weights as they are, or divided by their row's sum.

        Returns
        -------
        Moments
            ``s0, s1, s2``.

        Raises
        ------
        OptionError
            If *standardize* is neither.

        Notes
        -----
        Cliff & Ord (1981), equations 1.22 to 1.24.

        Examples
        --------
        >>> from_pairs([(1, 2), (2, 3)], [1, 2, 3], spec="example").moments("row")
        Moments(s0=3.0, s1=4.5, s2=13.5)
        """
        weights = self._weights
        if standardize == "row":
            sums = np.asarray(weights.sum(axis=1)).ravel()
            factor = np.divide(1.0, sums, out=np.zeros(self.n), where=sums > 0)
            weights = sparse.csr_array(sparse.diags_array(factor) @ weights)
        elif standardize != "none":
            raise OptionError(f"standardize is {standardize!r}; it can be 'row' or 'none'.")
        margins = np.asarray(weights.sum(axis=1)).ravel() + np.asarray(weights.sum(axis=0)).ravel()
        s1 = (weights + weights.T).power(2).sum() / 2
        return Moments(float(weights.sum()), float(s1), float((margins**2).sum()))

    def subset(self, ids: Any) -> SpatialGraph:
        """
        Keep some units, in the order given, and the links among them.

        Parameters
        ----------
        ids : pandas.Index or iterable of ids

        Returns
        -------
        SpatialGraph
            With a note if units were left out. Nothing is rebuilt: of four nearest neighbours,
            those that stayed remain.

        Raises
        ------
        AlignmentError
            If an id is none of this graph, or stands twice.

        Examples
        --------
        >>> from_pairs([(1, 2), (2, 3)], [1, 2, 3], spec="example").subset([3, 2]).links
        2
        """
        units = ids if isinstance(ids, pd.Index) else pd.Index(list(ids))
        kept = self._positions(units)
        notes = self.notes
        if len(units) < self.n:
            notes = tuple(note for note in notes if "asymmetric" not in note)
            notes += (
                Note(
                    f"cut to {len(units)} of {self.n} units; links to the others are gone",
                    f"{self.n} birimden {len(units)} tanesi alındı; ötekilere giden bağlar yok",
                ),
            )
        return SpatialGraph(
            units,
            self._weights[kept][:, kept],
            self.spec,
            self.points_used,
            notes,
            frozenset(pair for pair in self.contested if pair <= set(units)),
        )

    def to_libpysal(self) -> Any:
        """
        Give the same neighbours as a `libpysal.graph.Graph`.

        Returns
        -------
        libpysal.graph.Graph
            Isolates are loops of weight 0, as is libpysal's way.
        """
        from libpysal.graph import Graph

        return Graph.from_sparse(self._weights, ids=self.ids.to_numpy())


# Names without these sort as their lines do: the space between two is below all their letters.
_ODD = re.compile(r"[\x00-\x20]")
# Bytes of lines put together at a time.
_BATCH = 1 << 25


def _digest_of_odd_names(names: list[str], weights: sparse.csr_array) -> str:
    a, b = weights.nonzero()
    links = zip(a.tolist(), b.tolist(), weights.data.tolist(), strict=True)
    lines = sorted(f"{names[a]} {names[b]} {w!r}" for a, b, w in links)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _lines(names: list[str], weights: sparse.csr_array) -> Iterator[bytes]:
    """Sorted lines ``a b weight``, many at a time, from columns of one width cut to their text."""
    text = np.array("\n".join(names).encode().split(b"\n"), dtype="S")
    order = np.argsort(text)
    weights = weights[order][:, order]
    weights.sort_indices()
    text = text[order]
    rows = np.repeat(np.arange(len(names)), np.diff(weights.indptr))
    alike = weights.nnz > 0 and weights.data.min() == weights.data.max()
    values, which = weights.data[:1], np.broadcast_to(0, weights.nnz)
    if not alike:
        values, which = np.unique(weights.data, return_inverse=True)
    numbers = np.array([f" {w!r}\n".encode() for w in values.tolist()], dtype="S")
    width = np.dtype([("a", text.dtype), ("space", "S1"), ("b", text.dtype), ("w", numbers.dtype)])
    step = max(1, _BATCH // width.itemsize)
    for start in range(0, weights.nnz, step):
        some = slice(start, start + step)
        table = np.empty(len(rows[some]), dtype=width)
        table["a"], table["b"] = text[rows[some]], text[weights.indices[some]]
        table["space"], table["w"] = b" ", numbers[which[some]]
        lines = table.tobytes().translate(None, b"\0")
        yield lines if start + step < weights.nnz else lines[:-1]


def _check_weights(weights: sparse.csr_array, ids: pd.Index) -> None:
    """Refuse what is negative or not finite, and units that neighbour themselves."""
    good = not weights.nnz or (weights.data.min() > 0 and np.isfinite(weights.data.max()))
    own = weights.diagonal() != 0
    if good and not own.any():
        return
    rows = np.repeat(np.arange(len(ids)), np.diff(weights.indptr))
    wrong = np.flatnonzero(~(np.isfinite(weights.data) & (weights.data > 0)))
    if len(wrong):
        a, b = ids[rows[wrong[0]]], ids[weights.indices[wrong[0]]]
        raise GraphError(
            f"The weight of {a} to {b} is {weights.data[wrong[0]]:g}; weights are finite numbers "
            "of 0 or more.",
            f"{a} → {b} bağının ağırlığı {weights.data[wrong[0]]:g}; ağırlıklar 0 ya da daha büyük, "
            "sonlu sayılardır.",
        )
    first = ids[np.flatnonzero(own)[0]]
    raise GraphError(
        f"Unit {first} neighbours itself ({own.sum()} of {len(ids)} units do); take "
        "self-neighbours out.",
        f"{first} kendisiyle komşu ({len(ids)} birimden {own.sum()} tanesi öyle); bu bağları "
        "çıkarın.",
    )


def _check_unique(ids: pd.Index) -> None:
    if ids.has_duplicates:
        twice = ids[ids.duplicated()][0]
        raise AlignmentError(
            f"Id {twice} stands more than once among the units of the graph.",
            f"{twice} kimliği komşulukta birden çok kez geçiyor; kimlikler tektir.",
        )


def _pattern(matrix: sparse.csr_array) -> sparse.csr_array:
    """Ones where there is a link."""
    ones = np.ones(matrix.nnz, dtype=np.int8)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def from_pairs(
    pairs: Any, ids: Any, *, spec: str, contested: Any = (), notes: tuple[str, ...] = ()
) -> SpatialGraph:
    """
    Join units by undirected pairs, weight 1 both ways.

    Parameters
    ----------
    pairs : DataFrame of two columns, or iterable of (id, id)
        A pair and its reverse are one pair; the same pair twice is a mistake.
    ids : Index or iterable
        All units, isolates included, in the order wanted.
    spec : str
        What to call these neighbours.
    contested : like *pairs*
        Pairs to mark.
    notes : tuple of str
        What a reader of a result should know.

    Returns
    -------
    SpatialGraph

    Raises
    ------
    AlignmentError
        If a pair names a unit that is not among the ids.
    GraphError
        If a pair stands twice, or joins a unit with itself.

    Examples
    --------
    >>> from_pairs([(1, 2)], [1, 2, 3], spec="example").pairs.to_dict("records")
    [{'a': 1, 'b': 2, 'contested': False}]
    """
    index = ids if isinstance(ids, pd.Index) else pd.Index(list(ids))
    _check_unique(index)
    listed = _two_columns(pairs)
    found = np.column_stack([index.get_indexer(pd.Index(listed[side])) for side in ("a", "b")])
    if (found < 0).any():
        row, side = np.argwhere(found < 0)[0]
        unit = listed.iloc[row, side]
        close = nearest(str(unit), (str(i) for i in index))
        raise AlignmentError(
            f"Pair {row + 1} names {unit!r}, which is not among the {len(index)} units."
            + (f" Did you mean {close[0]}?" if close else "")
        )
    repeated = listed.duplicated()
    if repeated.any():
        a, b = listed[repeated].iloc[0]
        raise GraphError(f"The pair {a}–{b} stands twice; list each pair once.")
    n = len(index)
    one_way = sparse.coo_array((np.ones(len(found)), (found[:, 0], found[:, 1])), shape=(n, n))
    both = sparse.csr_array(one_way + one_way.T)
    both.data[:] = 1.0
    marked = _two_columns(contested).itertuples(index=False, name=None)
    return SpatialGraph(
        index, both, spec, notes=notes, contested=frozenset(frozenset(pair) for pair in marked)
    )


def _two_columns(pairs: Any) -> pd.DataFrame:
    if isinstance(pairs, pd.DataFrame):
        return pairs.iloc[:, :2].set_axis(["a", "b"], axis=1)
    return pd.DataFrame([tuple(pair) for pair in pairs], columns=["a", "b"])


def from_libpysal(
    graph: Any, *, spec: str = "given", points_used: str | None = None
) -> SpatialGraph:
    """
    Take over a `libpysal.graph.Graph` or an old `libpysal.weights.W`, weights as they stand.

    Parameters
    ----------
    graph : libpysal.graph.Graph or libpysal.weights.W
    spec : str
        What to call these neighbours.
    points_used : str, optional
        Which points distances were measured between.

    Returns
    -------
    SpatialGraph
        Ids and their order are the graph's.

    Raises
    ------
    GraphError
        If it is neither, a weight is negative, or a unit neighbours itself.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> chain = Graph.from_arrays(["a", "b", "c"], ["b", "a", "c"], [1, 1, 0])
    >>> from_libpysal(chain)
    <SpatialGraph given: 3 units, 2 directed links, 1 without neighbours>
    """
    if isinstance(graph, SpatialGraph):
        return graph
    for attribute in ("unique_ids", "id_order"):
        ids = getattr(graph, attribute, None)
        if ids is not None:
            # Graph names its ids "focal", which says nothing of them.
            return SpatialGraph(pd.Index(ids).rename(None), graph.sparse, spec, points_used)
    raise GraphError(f"A {type(graph).__name__} is neither a libpysal Graph nor a libpysal W.")
