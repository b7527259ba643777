"""Whatever graph the caller has, seen as ids and a sparse matrix, and joined to values by id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.text import Language, Text, nearest

__all__ = ["GraphLike", "Links", "Standardize", "join"]

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
        return np.diff(self.matrix.indptr)

    @cached_property
    def isolates(self) -> np.ndarray:
        """Mask of the units without neighbours, shape (n,)."""
        return np.asarray(self.cardinalities == 0)

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


def _digest(ids: pd.Index, matrix: sparse.csr_array) -> str:
    """SHA-256 of the sorted ``a b weight`` lines, for graphs that bring no digest of their own."""
    rows = np.repeat(np.arange(len(ids)), np.diff(matrix.indptr))
    lines = sorted(
        f"{ids[a]} {ids[b]} {w!r}"
        for a, b, w in zip(
            rows.tolist(), matrix.indices.tolist(), matrix.data.tolist(), strict=True
        )
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


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
        Finite values in the order of the index, m = n less the dropped units.
    ids : pandas.Index, length m
    links : Links

    Raises
    ------
    AlignmentError
        If the ids differ or repeat.
    ValuesError
        If values are missing (and not dropped), infinite, not numbers, or fewer than four.
    GraphError
        If a weight is negative or not finite, or a unit neighbours itself.
    """
    if not isinstance(values, pd.Series):
        raise ValuesError(
            f"Values are a {type(values).__name__}; give a pandas Series whose index holds the ids."
        )
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ValuesError(f"Values {values.name or ''} are of type {values.dtype}, not numbers.")
    index = values.index
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise AlignmentError(f"Id {twice[0]} stands more than once in the values; ids are unique.")
    graph_ids = _ids_of(graph)
    if graph_ids.has_duplicates:
        raise AlignmentError("The graph bears an id more than once; ids are unique.")
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
    matrix = sparse.csr_array(graph.sparse, dtype=np.float64)[position][:, position]
    matrix = sparse.csr_array(matrix)
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        first = index[np.isinf(numbers)][0]
        raise ValuesError(
            f"The value of {first} is infinite; values must be finite numbers.",
            f"{first} biriminin değeri sonsuz; değerler sonlu sayı olmalıdır.",
        )
    notes = [str(note) for note in getattr(graph, "notes", ())]
    absent = np.isnan(numbers)
    if absent.any():
        names = ", ".join(str(i) for i in index[absent][:8])
        names += f" and {int(absent.sum()) - 8} more" if absent.sum() > 8 else ""
        if missing == "refuse":
            raise ValuesError(
                f"{int(absent.sum())} of {len(index)} values are missing: {names}. Fill them from "
                "a source, or drop these units on purpose (missing='drop', --missing drop).",
                f"{len(index)} değerden {int(absent.sum())} tanesi eksik: {names}. Bir kaynaktan "
                "tamamlayın ya da bu birimleri bilerek çıkarın (--missing drop).",
            )
        if missing != "drop":
            raise OptionError(f"missing is {missing!r}; it can be 'refuse' or 'drop'.")
        keep = np.flatnonzero(~absent)
        matrix = sparse.csr_array(matrix[keep][:, keep])
        numbers, index = numbers[keep], index[keep]
        notes.append(f"dropped for missing values: {names}; neighbours rebuilt without them")
    if len(numbers) < 4:
        raise ValuesError(
            f"{len(numbers)} units with values; at least four are needed, for the variance divides "
            "by n - 3.",
            f"Değeri olan {len(numbers)} birim var; en az dört gerekir, çünkü varyans n - 3'e bölünür.",
        )
    if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
        raise GraphError("A weight is negative or not finite; weights are numbers of 0 or more.")
    matrix.eliminate_zeros()
    if matrix.diagonal().any():
        first = index[int(np.flatnonzero(matrix.diagonal())[0])]
        raise GraphError(f"Unit {first} neighbours itself; take the self-neighbour out.")
    matrix.sort_indices()
    lacking = int((abs(matrix - matrix.T) > 0).sum())
    if lacking and not any("asymmetric" in note for note in notes):
        notes.append("asymmetric neighbours, used as given")
    links = Links(
        ids=index,
        matrix=_standardized(matrix, standardize),
        standardize=standardize,
        description={
            "spec": str(getattr(graph, "spec", "given")),
            "links": int(matrix.nnz),
            "islands": [str(i) for i in index[np.diff(matrix.indptr) == 0]],
            "standardize": standardize,
            "sha256": str(getattr(graph, "sha256", "") or _digest(index, matrix))
            if not absent.any()
            else _digest(index, matrix),
        },
        notes=tuple(notes),
    )
    return numbers, index, links
