"""Exact moments of a sum Σ aᵢⱼ xᵢ yⱼ when values are assigned to units at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from math import factorial, perm, prod

import numpy as np
from scipy import sparse

__all__ = ["FourMoments", "Graph", "covariance", "inner", "mean", "partitions"]

# A pattern says which of the slots i₁ j₁ i₂ j₂ … fall on the same unit: (0, 1, 0, 2) is i₁ = i₂.
Pattern = tuple[int, ...]
Edges = tuple[tuple[int, int], ...]


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
def _mobius(partition: Pattern) -> int:
    """Möbius function from the finest partition (Rota 1964): Π (−1)^(b−1) (b−1)!."""
    sizes = Counter(partition).values()
    return prod((-1) ** (b - 1) * factorial(b - 1) for b in sizes)


def _merged(pattern: Pattern, joined: Pattern) -> Pattern:
    return tuple(joined[block] for block in pattern)


def _distinct(plain: Mapping[Pattern, float], pattern: Pattern) -> float:
    """Sum over different units for different blocks, from sums in which blocks may coincide."""
    return sum(
        _mobius(joined) * plain[_merged(pattern, joined)] for joined in partitions(max(pattern) + 1)
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


# Four moments of a symmetric form: patterns are multigraphs of up to four edges, and only their
# shape matters.

Shape = tuple[tuple[int, ...], ...]


def _parts(edges: Edges) -> list[Edges]:
    """Split a multigraph into its connected components."""
    root = list(range(max(v for e in edges for v in e) + 1))
    for a, b in edges:
        low, high = sorted((root[a], root[b]))
        root = [low if r == high else r for r in root]
    return [tuple(e for e in edges if root[e[0]] == one) for one in sorted(set(root))]


@cache
def _shape_of_part(edges: Edges) -> tuple[int, ...]:
    """
    Give a key that only isomorphic connected multigraphs share.

    Colour refinement; it tells all connected multigraphs of up to four edges apart.
    """
    vertices = {v for e in edges for v in e}
    colour = dict.fromkeys(vertices, 0)
    for _ in range(3):
        seen: dict[int, list[tuple[int, int]]] = {v: [] for v in vertices}
        for a, b in edges:
            seen[a].append((int(a == b), colour[b]))
            if a != b:
                seen[b].append((0, colour[a]))
        colour = {v: hash((colour[v], *sorted(seen[v]))) for v in vertices}
    return tuple(sorted(colour.values()))


@cache
def _shape(edges: Edges) -> Shape:
    return tuple(sorted(map(_shape_of_part, _parts(edges))))


def _quotient(edges: Edges, joined: Pattern) -> Edges:
    """Merge vertices and number what is left by first use, so that equal graphs look equal."""
    ends = sorted(tuple(sorted((joined[a], joined[b]))) for a, b in edges)
    number: dict[int, int] = {}
    for end in (v for edge in ends for v in edge):
        number.setdefault(end, len(number))
    return tuple(sorted(tuple(sorted((number[a], number[b]))) for a, b in ends))  # type: ignore[misc]


@lru_cache
def _shapes(power: int) -> tuple[dict[Shape, Edges], dict[Pattern, dict[Shape, int]]]:
    """
    Write E[(Σ aᵢⱼ zᵢ zⱼ)^power] as plain sums over multigraphs times chances by degree.

    Returns
    -------
    examples : dict
        A multigraph of each shape.
    terms : dict
        For each sequence of degrees of different units, how often each plain sum counts.
    """
    slots = partitions(2 * power)
    straight = tuple((2 * e, 2 * e + 1) for e in range(power))
    times: Counter[Edges] = Counter(_quotient(straight, pattern) for pattern in slots)
    grouped: Counter[Shape] = Counter()
    examples: dict[Shape, Edges] = {}
    for edges, count in times.items():
        grouped[_shape(edges)] += count
        examples.setdefault(_shape(edges), edges)
    terms: dict[Pattern, dict[Shape, int]] = {}
    for shape, count in grouped.items():
        edges = examples[shape]
        degrees = Counter(v for e in edges for v in e)
        into = terms.setdefault(tuple(sorted(degrees.values(), reverse=True)), {})
        for joined in partitions(len(degrees)):
            plain = _shape(_quotient(edges, joined))
            into[plain] = into.get(plain, 0) + count * _mobius(joined)
    return examples, terms


@lru_cache
def _power_sums(degrees: Pattern) -> dict[Pattern, int]:
    """Write Σ z₁^d₁ z₂^d₂ … over different units as products of plain power sums."""
    found: Counter[Pattern] = Counter()
    for joined in partitions(len(degrees)):
        merged: Counter[int] = Counter()
        for degree, block in zip(degrees, joined, strict=True):
            merged[block] += degree
        found[tuple(sorted(merged.values()))] += _mobius(joined)
    return dict(found)


class _Sums:
    """Plain sums of products of entries of one symmetric matrix over multigraphs."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        half = sparse.csr_array((matrix + matrix.T) / 2)
        self.diagonal = half.diagonal()
        self.edges = {k: sparse.csr_array(half.power(k)) for k in (1, 2, 3, 4)}
        self.known: dict[tuple[int, ...], float] = {}

    def __call__(self, edges: Edges) -> float:
        """Sum over all units at each vertex: the product of the components."""
        total = 1.0
        for part in _parts(edges):
            key = _shape_of_part(part)
            if key not in self.known:
                self.known[key] = self._connected(part)
            total *= self.known[key]
        return total

    def _connected(self, edges: Edges) -> float:
        parallel = Counter(e for e in edges if e[0] != e[1])
        weight = {v: np.ones(len(self.diagonal)) for e in edges for v in e}
        for a, b in edges:
            if a == b:
                weight[a] = weight[a] * self.diagonal
        links: dict[int, dict[int, int]] = {v: {} for v in weight}
        for (a, b), times in parallel.items():
            links[a][b] = links[b][a] = times
        while leaves := [v for v in links if len(links[v]) == 1]:
            leaf = leaves[0]
            ((stem, times),) = links.pop(leaf).items()
            del links[stem][leaf]
            weight[stem] = weight[stem] * (self.edges[times] @ weight[leaf])
        return self._core(links, weight)

    def _core(self, links: dict[int, dict[int, int]], weight: dict[int, np.ndarray]) -> float:
        """Close a vertex, a triangle or a square, which is all that four edges can leave."""
        start = min(links)
        if not links[start]:
            return float(weight[start].sum())
        left, right = sorted(links[start])
        (end,) = [v for v in links[left] if v != start]

        def path(middle: int, end: int) -> sparse.csr_array:
            first, second = links[start][middle], links[middle][end]
            scaled = sparse.diags_array(weight[middle]) @ self.edges[second]
            return sparse.csr_array(self.edges[first] @ scaled)

        if end == right:
            closed = path(left, right) * self.edges[links[start][right]]
        else:
            closed = path(left, end) * path(right, end)
        return inner(weight[start], closed @ weight[end])


class FourMoments:
    """
    The first four permutation moments of Σ aᵢⱼ zᵢ zⱼ, for as many z as one likes.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        A; its symmetric part decides. The diagonal may be filled.

    Notes
    -----
    Siemiatycki (1978, Biometrika) for a matrix without a diagonal, 23 kinds of terms in the fourth
    moment; here the kinds are enumerated, 79 with the diagonal (OEIS A007717), and sums over different units are
    Möbius inversions of plain sums. Cost: one square of the matrix, then O(n) for each z.
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        self._sums = _Sums(matrix)
        self._n = matrix.shape[0]

    @cached_property
    def _coefficients(self) -> list[dict[Pattern, float]]:
        found = []
        for power in (1, 2, 3, 4):
            examples, terms = _shapes(power)
            plain = {shape: self._sums(edges) for shape, edges in examples.items()}
            found.append(
                {
                    degrees: sum(times * plain[shape] for shape, times in into.items())
                    for degrees, into in terms.items()
                }
            )
        return found

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """
        Give mean, variance, skewness and excess kurtosis under random assignment.

        Parameters
        ----------
        z : numpy.ndarray, shape (n,) or (n, n_variables)

        Returns
        -------
        numpy.ndarray, shape (4,) or (4, n_variables)
            Skewness and kurtosis are dimensionless; NaN where every permutation gives the same.
        """
        sums = [np.sum(z**k, axis=0) for k in range(9)]
        raw = []
        for coefficients in self._coefficients:
            total = np.zeros(z.shape[1:])
            for degrees, coefficient in coefficients.items():
                if len(degrees) <= self._n:
                    products = sum(
                        times * prod(sums[k] for k in powers)
                        for powers, times in _power_sums(degrees).items()
                    )
                    total = total + coefficient * products / perm(self._n, len(degrees))
            raw.append(total)
        first, second, third, fourth = raw
        variance = second - first**2
        with np.errstate(divide="ignore", invalid="ignore"):
            skewness = (third - 3 * first * second + 2 * first**3) / variance**1.5
            kurtosis = (
                fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
            ) / variance**2 - 3
        return np.array([first, variance, skewness, kurtosis])
