"""Exact moments of a sum Σ aᵢⱼ xᵢ yⱼ when values are assigned to units at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from math import factorial, perm, prod

import numpy as np
from scipy import sparse

__all__ = ["Graph", "covariance", "inner", "mean", "mobius", "partitions"]

# A pattern says which of the slots i₁ j₁ i₂ j₂ … fall on the same unit: (0, 1, 0, 2) is i₁ = i₂.
Pattern = tuple[int, ...]


def inner(x: np.ndarray, y: np.ndarray) -> float:
    """
    Sum of products, the same to the last bit on any number of threads, which BLAS's is not.

    Examples
    --------
    >>> inner(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.sum(x * y))


@lru_cache
def partitions(size: int) -> tuple[Pattern, ...]:
    """
    List all partitions of a set, each as the block numbers of its elements.

    Examples
    --------
    >>> partitions(2)
    ((0, 0), (0, 1))
    """

    def grown(size: int) -> Iterator[Pattern]:
        if size == 0:
            yield ()
            return
        for head in grown(size - 1):
            for block in range(max(head, default=-1) + 2):
                yield (*head, block)

    return tuple(grown(size))


@lru_cache
def mobius(partition: Pattern) -> int:
    """Möbius function from the finest partition (Rota 1964): Π (−1)^(b−1) (b−1)!."""
    sizes = Counter(partition).values()
    return prod((-1) ** (b - 1) * factorial(b - 1) for b in sizes)


def _merged(pattern: Pattern, joined: Pattern) -> Pattern:
    return tuple(joined[block] for block in pattern)


def _distinct(plain: Mapping[Pattern, float], pattern: Pattern) -> float:
    """Sum over different units for different blocks, from sums in which blocks may coincide."""
    return sum(
        mobius(joined) * plain[_merged(pattern, joined)] for joined in partitions(max(pattern) + 1)
    )


@cache
def _blocks(pattern: Pattern) -> list[list[int]]:
    return [[s for s, b in enumerate(pattern) if b == block] for block in range(max(pattern) + 1)]


class Graph:
    """
    A square sparse matrix A, and the few sums over it that moments need.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        Not necessarily symmetric; the diagonal may be filled.
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        self.matrix = matrix
        self.rows = np.asarray(matrix.sum(axis=1)).ravel()
        self.columns = np.asarray(matrix.sum(axis=0)).ravel()
        self.diagonal = matrix.diagonal()

    def _seen(self, members: list[int], edge: int) -> np.ndarray:
        """What a unit gives to an edge when some of the edge's slots fall on it."""
        source, target = 2 * edge in members, 2 * edge + 1 in members
        if source and target:
            return self.diagonal
        return self.rows if source else self.columns

    def _plain(self, pattern: Pattern) -> float:
        """Sum of a (i₁ j₁) · a (i₂ j₂) over all units, equal slots on equal units."""
        if len(pattern) == 2:
            return float((self.diagonal if pattern == (0, 0) else self.rows).sum())
        shared = [b for b in _blocks(pattern) if {s // 2 for s in b} == {0, 1}]
        if len(shared) == 2:
            other = self.matrix if pattern == (0, 1, 0, 1) else self.matrix.T
            return float((self.matrix * other).sum())
        if len(shared) == 1:
            return inner(self._seen(shared[0], 0), self._seen(shared[0], 1))
        return prod(
            float((self.diagonal if pattern[2 * e] == pattern[2 * e + 1] else self.rows).sum())
            for e in (0, 1)
        )

    @cached_property
    def distinct(self) -> dict[Pattern, float]:
        """Sums over one and over two edges, by which slots fall on the same unit."""
        found = {}
        for slots in (2, 4):
            plain = {pattern: self._plain(pattern) for pattern in partitions(slots)}
            found.update({pattern: _distinct(plain, pattern) for pattern in plain})
        return found


class _Chances:
    """Expected products of slots' values, by which slots fall on the same unit."""

    def __init__(self, columns: Sequence[np.ndarray], units: int, *, independent: bool) -> None:
        self._columns, self._units, self._independent = columns, units, independent
        self._known: dict[tuple[int, ...], float] = {}

    def _average(self, slots: list[int]) -> float:
        """Mean over all units of a product of columns; the same columns are multiplied once."""
        key = tuple(sorted(id(self._columns[s]) for s in slots))
        if key not in self._known:
            product = prod(self._columns[s] for s in slots)
            self._known[key] = float(np.mean(product))
        return self._known[key]

    def __call__(self, pattern: Pattern) -> float:
        """Give the expectation when the blocks of *pattern* fall on different units."""
        if self._independent:
            return prod(self._average(block) for block in _blocks(pattern))
        if max(pattern) >= self._units:
            return 0.0  # there are not so many different units
        plain = {
            merged: prod(self._units * self._average(block) for block in _blocks(merged))
            for merged in (_merged(pattern, j) for j in partitions(max(pattern) + 1))
        }
        return _distinct(plain, pattern) / perm(self._units, max(pattern) + 1)


def mean(
    graph: Graph, x: np.ndarray, y: np.ndarray, units: int, *, independent: bool = False
) -> float:
    """
    Expectation of Σ aᵢⱼ xᵢ yⱼ when the pairs (x, y) are assigned to the units at random.

    Parameters
    ----------
    graph : Graph
        A.
    x, y : numpy.ndarray, shape (n,)
        Any unit.
    units : int
        How many units there are: n, or fewer when only the averages over x and y are taken from
        all units (spdep's ``adjust.n``).
    independent : bool
        Draw each unit's pair with replacement (free sampling).

    Returns
    -------
    float

    Notes
    -----
    Mantel (1967), with the diagonal counted.

    Examples
    --------
    >>> pair = Graph(sparse.csr_array(np.array([[0.0, 1.0], [0.0, 0.0]])))
    >>> mean(pair, np.array([1.0, 3.0]), np.array([1.0, 3.0]), 2)
    3.0
    """
    chance = _Chances((x, y), units, independent=independent)
    return sum(graph.distinct[pattern] * chance(pattern) for pattern in partitions(2))


def covariance(
    graph: Graph,
    first: tuple[np.ndarray, np.ndarray],
    second: tuple[np.ndarray, np.ndarray],
    units: int,
    *,
    independent: bool = False,
) -> float:
    """
    Covariance of Σ aᵢⱼ xᵢ yⱼ and Σ aᵢⱼ uᵢ vⱼ when values are assigned to the units at random.

    Parameters
    ----------
    graph : Graph
        A.
    first, second : tuple of two numpy.ndarray, shape (n,)
        (x, y) and (u, v); a unit gets its values of all four together.
    units, independent
        As in `mean`.

    Returns
    -------
    float

    Notes
    -----
    The fifteen ways in which i, j, k, l can coincide in Σ aᵢⱼ aₖₗ E[xᵢ yⱼ uₖ vₗ], sums over
    different units from plain sums by Möbius inversion (Mantel 1967 writes out the seven that a
    symmetric matrix without a diagonal leaves).

    Examples
    --------
    >>> pair = Graph(sparse.csr_array(np.array([[0.0, 1.0], [0.0, 0.0]])))
    >>> x, y = np.array([1.0, 3.0]), np.array([2.0, 5.0])
    >>> covariance(pair, (x, y), (x, y), 2)  # 1·5 or 3·2
    0.25
    """
    chance = _Chances((*first, *second), units, independent=independent)
    product = sum(graph.distinct[pattern] * chance(pattern) for pattern in partitions(4))
    means = (mean(graph, *pair, units, independent=independent) for pair in (first, second))
    return product - prod(means)
