"""The first four permutation moments of a quadratic form, by the shapes of small multigraphs."""

from __future__ import annotations

from collections import Counter
from functools import cache, cached_property, lru_cache
from math import perm, prod

import numpy as np
from scipy import sparse

from mekantek.stats.overall.moments import Pattern, inner, mobius, partitions

__all__ = ["FourMoments"]

# Patterns of coinciding units are multigraphs of up to four edges, and only their shape matters.
Edges = tuple[tuple[int, int], ...]
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
            into[plain] = into.get(plain, 0) + count * mobius(joined)
    return examples, terms


@lru_cache
def _power_sums(degrees: Pattern) -> dict[Pattern, int]:
    """Write Σ z₁^d₁ z₂^d₂ … over different units as products of plain power sums."""
    found: Counter[Pattern] = Counter()
    for joined in partitions(len(degrees)):
        merged: Counter[int] = Counter()
        for degree, block in zip(degrees, joined, strict=True):
            merged[block] += degree
        found[tuple(sorted(merged.values()))] += mobius(joined)
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

    Examples
    --------
    Two units beside each other give 2·1·3 in either order:

    >>> pair = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> FourMoments(pair)(np.array([1.0, 3.0]))[:2].tolist()
    [6.0, 0.0]
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
