"""Whatever graph the caller has, seen as ids and a sparse matrix, and joined to values by id."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Literal, Protocol, runtime_checkable
from weakref import WeakKeyDictionary, ref

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.text import Language, Note, Text, nearest

__all__ = ["GraphLike", "Links", "Standardize", "join", "join_two", "locked"]

Standardize = Literal["row", "none"]
Missing = Literal["refuse", "drop"]


@runtime_checkable
class GraphLike(Protocol):
    """
    The protocol: anything with a square sparse matrix and its ids, in the same order.

    `mekantek.weights.SpatialGraph` has ``ids``, `libpysal.graph.Graph` has ``unique_ids`` and the
    old `libpysal.weights.W` has ``id_order``; all have ``sparse``.
    """

    @property
    def sparse(self) -> Any:
        """Weights, rows are the units, columns their neighbours."""
        ...


@dataclass(frozen=True, eq=False)
class Links:
    """
    Weights in the order of the values, checked and standardized.

    Attributes
    ----------
    ids : pandas.Index, length n
    matrix : scipy.sparse.csr_array, shape (n, n)
        Standardized weights, no explicit zeros, no diagonal.
    standardize : {"row", "none"}
    description : mapping
        The ``weights`` entry of the JSON contract.
    """

    ids: pd.Index
    matrix: sparse.csr_array
    standardize: Standardize
    description: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of units, isolates included."""
        return len(self.ids)

    @cached_property
    def cardinalities(self) -> np.ndarray:
        """Number of neighbours of each unit, shape (n,)."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @cached_property
    def isolates(self) -> np.ndarray:
        """Mask of the units without neighbours, shape (n,)."""
        return np.asarray(self.cardinalities == 0)

    @cached_property
    def equal(self) -> np.ndarray:
        """Mask of the units whose neighbours all weigh the same, shape (n,)."""
        equal = np.ones(self.n, dtype=bool)
        filled = np.flatnonzero(self.cardinalities)
        if len(filled):
            starts = self.matrix.indptr[filled]
            high = np.maximum.reduceat(self.matrix.data, starts)
            low = np.minimum.reduceat(self.matrix.data, starts)
            equal[filled] = high - low <= 1e-12 * high
        return equal

    @cached_property
    def sums(self) -> np.ndarray:
        """Sum of each unit's weights, shape (n,)."""
        return np.asarray(self.matrix.sum(axis=1)).ravel()

    @cached_property
    def squares(self) -> np.ndarray:
        """Sum of each unit's squared weights, shape (n,)."""
        return np.asarray(self._like(self.matrix.data**2).sum(axis=1)).ravel()

    @cached_property
    def _counted(self) -> sparse.csr_array:
        return self._like(np.ones(self.matrix.nnz, dtype=np.int64))

    def _like(self, data: np.ndarray) -> sparse.csr_array:
        """Other numbers on the same links."""
        return sparse.csr_array(
            (data, self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape
        )

    def plain_sums(self, values: np.ndarray) -> np.ndarray:
        """Sum of the neighbours' values, whatever their weights; shape (n,)."""
        return np.asarray(self._counted @ values)

    def row(self, unit: int) -> tuple[np.ndarray, np.ndarray]:
        """Neighbours (places) and weights of one unit."""
        span = slice(self.matrix.indptr[unit], self.matrix.indptr[unit + 1])
        return self.matrix.indices[span], self.matrix.data[span]

    @cached_property
    def s0(self) -> float:
        """Sum of all weights."""
        return float(self.matrix.data.sum())

    @cached_property
    def s1(self) -> float:
        """Half the sum of (w_ij + w_ji) squared (Cliff & Ord 1981, eq. 1.23)."""
        both = self.matrix + self.matrix.T
        return float((both.data**2).sum() / 2)

    @cached_property
    def s2(self) -> float:
        """Sum of squared row plus column sums (Cliff & Ord 1981, eq. 1.24)."""
        margins = self.matrix.sum(axis=1) + self.matrix.sum(axis=0)
        return float((np.asarray(margins) ** 2).sum())

    def lag(self, values: np.ndarray) -> np.ndarray:
        """Weighted sum of the neighbours' values, zero for isolates."""
        return np.asarray(self.matrix @ values)


def _ids_of(graph: Any) -> pd.Index:
    for attribute in ("ids", "unique_ids", "id_order"):
        found = getattr(graph, attribute, None)
        if found is not None:
            ids: pd.Index = pd.Index(found)
            return ids
    raise GraphError(
        f"No neighbours in an object of type {type(graph).__name__}; give a SpatialGraph, "
        "a libpysal Graph or a libpysal W."
    )


def _shown(ids: pd.Index, others: pd.Index, language: Language = "en") -> str:
    likest = Text("en yakını", "nearest")[language]
    more = Text("ve {n} tane daha", "and {n} more")[language].format(n=len(ids) - 5)
    parts = []
    for unit in ids[:5]:
        close = nearest(str(unit), (str(o) for o in others))
        parts.append(f"{unit} ({likest}: {close[0]})" if close else str(unit))
    return ", ".join(parts) + (f" {more}" if len(ids) > 5 else "")


def _standardized(matrix: sparse.csr_array, standardize: Standardize) -> sparse.csr_array:
    if standardize == "none":
        return matrix
    if standardize != "row":
        raise OptionError(f"standardize is {standardize!r}; it can be 'row' or 'none'.")
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    factor = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    result = matrix.copy()
    result.data = result.data * np.repeat(factor, np.diff(matrix.indptr))
    return result


class _Description(Mapping[str, Any]):
    """The ``weights`` entry of the contract; its digest is computed when somebody reads it."""

    def __init__(self, entries: dict[str, Any], digest: Callable[[], str]) -> None:
        self._entries, self._digest = {**entries, "sha256": None}, digest

    def __getitem__(self, key: str) -> Any:
        if key == "sha256" and self._entries[key] is None:
            self._entries[key] = self._digest()
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as a plain dictionary."""
        return dict, (dict(self),)


def _digest(ids: pd.Index, matrix: sparse.csr_array) -> str:
    """SHA-256 of the sorted ``a b weight`` lines, for graphs that bring no digest of their own."""
    rows = np.repeat(np.arange(len(ids)), np.diff(matrix.indptr)).tolist()
    columns, weights = matrix.indices.tolist(), matrix.data.tolist()
    names = [str(i) for i in ids]
    lines = sorted(
        f"{names[a]} {names[b]} {w!r}" for a, b, w in zip(rows, columns, weights, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _checked(
    graph: Any,
    ids: pd.Index,
    matrix: sparse.csr_array,
    standardize: Standardize,
    digest: Callable[[], str] | None,
) -> Links:
    """Check the weights once, and describe them."""
    if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
        raise GraphError("A weight is negative or not finite; weights are numbers of 0 or more.")
    matrix.eliminate_zeros()
    rows = np.repeat(np.arange(len(ids)), np.diff(matrix.indptr))
    own = np.flatnonzero(rows == matrix.indices)
    if len(own):
        first = ids[int(rows[own[0]])]
        raise GraphError(f"Unit {first} neighbours itself; take the self-neighbour out.")
    matrix.sort_indices()
    notes = [Note(note) for note in getattr(graph, "notes", ())]
    back = sparse.csr_array(matrix.T)
    back.sort_indices()
    symmetric = np.array_equal(back.indptr, matrix.indptr) and np.array_equal(
        back.indices, matrix.indices
    )
    if not symmetric and not any("asymmetric" in note for note in notes):
        notes.append(
            Note(
                "asymmetric neighbours, used as given",
                "komşuluk karşılıklı değil, verildiği gibi kullanıldı",
            )
        )
    return Links(
        ids=ids,
        matrix=_standardized(matrix, standardize),
        standardize=standardize,
        description=_Description(
            {
                "spec": str(getattr(graph, "spec", "given")),
                "links": int(matrix.nnz),
                "islands": [str(i) for i in ids[np.diff(matrix.indptr) == 0]],
                "standardize": standardize,
            },
            digest or partial(_digest, ids, matrix),
        ),
        notes=tuple(notes),
    )


# Links of graphs that nobody can change: checking a million of them again for each variable would
# take longer than the statistics.
_KNOWN: WeakKeyDictionary[Any, dict[str, Links]] = WeakKeyDictionary()


def _links_of(graph: Any, ids: pd.Index, standardize: Standardize) -> Links:
    """Take a whole graph, in its own order."""
    weights = graph.sparse
    if not _locked(weights):
        own = sparse.csr_array(weights, dtype=np.float64, copy=True)
        given = getattr(graph, "sha256", None)
        return _checked(graph, ids, own, standardize, given and (lambda: str(given)))
    known = _KNOWN.setdefault(graph, {})
    if standardize not in known:
        own = sparse.csr_array(weights, dtype=np.float64, copy=True)
        seen = ref(graph)  # what is known of a graph must not keep it alive
        known[standardize] = _checked(
            graph, ids, own, standardize,
            lambda: str(getattr(seen(), "sha256", "") or _digest(ids, own)),
        )  # fmt: skip
    return known[standardize]


@dataclass(frozen=True, eq=False)
class _Locked:
    """A graph that nobody can change any more."""

    ids: pd.Index
    sparse: sparse.csr_array
    spec: str
    notes: tuple[str, ...]
    sha256: str


def locked(graph: Any) -> Any:
    """
    Give a graph whose links are checked once, however many variables are joined to it.

    Parameters
    ----------
    graph : GraphLike

    Returns
    -------
    GraphLike
        The same graph if nobody can change it, else a copy.
    """
    if _locked(graph.sparse):
        return graph
    matrix = sparse.csr_array(graph.sparse, dtype=np.float64, copy=True)
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.setflags(write=False)
    return _Locked(
        _ids_of(graph),
        matrix,
        str(getattr(graph, "spec", "given")),
        tuple(Note(note) for note in getattr(graph, "notes", ())),
        str(getattr(graph, "sha256", "")),
    )


def _locked(weights: Any) -> bool:
    """Tell whether nobody can write to a sparse matrix."""
    arrays = [getattr(weights, name, None) for name in ("data", "indices", "indptr")]
    return all(isinstance(a, np.ndarray) and not a.flags.writeable for a in arrays)


def _places(index: pd.Index, graph_ids: pd.Index) -> np.ndarray:
    """Place of each value among the units of the graph."""
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise AlignmentError(f"Id {twice[0]} stands more than once in the values; ids are unique.")
    position = graph_ids.get_indexer(index)
    if (position < 0).any() or len(index) != len(graph_ids):
        lone, unused = index[position < 0], graph_ids.difference(index, sort=False)
        raise AlignmentError(
            f"Values and neighbours do not bear the same ids. Only in the values ({len(lone)}): "
            f"{_shown(lone, unused) or 'none'}. Only in the neighbours ({len(unused)}): "
            f"{_shown(unused, lone) or 'none'}.",
            f"Değerlerle komşuların kimlikleri aynı değil. Yalnız değerlerde ({len(lone)}): "
            f"{_shown(lone, unused, 'tr') or 'yok'}. Yalnız komşularda ({len(unused)}): "
            f"{_shown(unused, lone, 'tr') or 'yok'}.",
        )
    return np.asarray(position)


def join(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    missing: Missing = "refuse",
) -> tuple[np.ndarray, pd.Index, Links]:
    """
    Join values and graph by id, one to one.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; its index holds the ids.
    graph : GraphLike
        Neighbours of the same ids, in any order.
    standardize : {"row", "none"}
        Row-standardize the weights, or take them as given.
    missing : {"refuse", "drop"}
        Refuse missing values, or drop their units and rebuild the graph without them.

    Returns
    -------
    values : numpy.ndarray, shape (m,)
        Finite values in the order of the graph, m = n less the dropped units.
    ids : pandas.Index, length m
    links : Links

    Raises
    ------
    AlignmentError
        If the ids differ or repeat.
    ValuesError
        If values are missing (and not dropped), infinite, not numbers, fewer than four, or of a
        size whose powers no float holds.
    GraphError
        If a weight is negative or not finite, or a unit neighbours itself.
    """
    if not isinstance(values, pd.Series):
        raise ValuesError(
            f"Values are a {type(values).__name__}; give a pandas Series whose index holds the ids."
        )
    values = values.infer_objects()
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ValuesError(
            f"Values{f' {values.name}' if values.name else ''} are of type {values.dtype}, not numbers."
        )
    graph_ids = _ids_of(graph)
    if graph_ids.has_duplicates:
        raise AlignmentError("The graph bears an id more than once; ids are unique.")
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if not values.index.equals(graph_ids):
        position = _places(values.index, graph_ids)
        ordered = np.empty(len(position))
        ordered[position] = numbers
        numbers = ordered
    index = graph_ids
    if np.isinf(numbers).any():
        first = index[np.isinf(numbers)][0]
        raise ValuesError(
            f"The value of {first} is infinite; values must be finite numbers.",
            f"{first} biriminin değeri sonsuz; değerler sonlu sayı olmalıdır.",
        )
    absent = np.isnan(numbers)
    if absent.any() and missing == "refuse":
        names = _named(index[absent])
        raise ValuesError(
            f"{int(absent.sum())} of {len(index)} values are missing: {names}. Fill them from "
            "a source, or drop these units on purpose (missing='drop', --missing drop).",
            f"{len(index)} değerden {int(absent.sum())} tanesi eksik: {_named(index[absent], 'tr')}. "
            "Bir kaynaktan "
            "tamamlayın ya da bu birimleri bilerek çıkarın (--missing drop).",
        )
    if missing not in ("refuse", "drop"):
        raise OptionError(f"missing is {missing!r}; it can be 'refuse' or 'drop'.")
    if len(numbers) - absent.sum() < 4:
        raise ValuesError(
            f"{len(numbers) - absent.sum()} units with values; at least four are needed, for the "
            "variance divides by n - 3.",
            f"Değeri olan {len(numbers) - absent.sum()} birim var; en az dört gerekir, çünkü "
            "varyans n - 3'e bölünür.",
        )
    _refuse_sizes(numbers[~absent] if absent.any() else numbers)
    if not absent.any():
        return numbers, index, _links_of(graph, index, standardize)
    keep = np.flatnonzero(~absent)
    matrix = sparse.csr_array(sparse.csr_array(graph.sparse, dtype=np.float64)[keep][:, keep])
    links = _checked(graph, index[keep], matrix, standardize, None)
    told = Note(
        f"dropped for missing values: {_named(index[absent])}; neighbours rebuilt without them",
        f"değeri eksik diye çıkarıldı: {_named(index[absent], 'tr')}; komşuluk onlarsız kuruldu",
    )
    return numbers[keep], index[keep], replace(links, notes=(*links.notes, told))


# Moments take fourth and eighth powers of the values, and floats end at 1e308.
_LARGEST, _SMALLEST = 1e30, 1e-30


def _refuse_sizes(numbers: np.ndarray) -> None:
    """Refuse values whose powers no computer number holds: what came of them would be no number."""
    size = float(np.abs(numbers).max(initial=0.0))
    if _SMALLEST <= size <= _LARGEST or float(np.ptp(numbers)) == 0:
        return
    raise ValuesError(
        f"The largest value is {size:.1e}, and its powers leave the range of a computer's numbers; "
        "give the values in another unit, so that the largest lies between 1e-30 and 1e30 "
        "(p-values do not depend on the unit).",
        f"En büyük değer {size:.1e}; kuvvetleri bilgisayar sayılarının dışına taşar. Değerleri, en "
        "büyüğü 1e-30 ile 1e30 arasında kalacak bir birimle verin (p değerleri birime bağlı "
        "değildir).",
    )


def join_two(
    values: pd.Series,
    others: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    missing: Missing = "refuse",
) -> tuple[np.ndarray, np.ndarray, Links]:
    """
    Join two variables and the graph by id; a unit that lacks one of them lacks both.

    Parameters and errors are those of `join`.

    Returns
    -------
    values, others : numpy.ndarray, shape (m,)
    links : Links
    """
    first, ids, links = join(values, graph, standardize=standardize, missing=missing)
    _, other_ids, _ = join(others, graph, standardize=standardize, missing=missing)
    if not ids.equals(other_ids):  # only where missing values were dropped
        both = values.where(others.reindex(values.index).notna())
        first, ids, links = join(both, graph, standardize=standardize, missing=missing)
    return first, others.loc[ids].to_numpy(dtype=np.float64), links


def _named(ids: pd.Index, language: Language = "en") -> str:
    more = Text(" ve {n} tane daha", " and {n} more")[language].format(n=len(ids) - 8)
    return ", ".join(str(i) for i in ids[:8]) + (more if len(ids) > 8 else "")
