"""Maps as autocorrelated as a given one, and otherwise random: Moran spectral randomization."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import linalg, sparse

from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.links import Links, Missing, join, join_two
from mekantek.stats.ranks import midranks
from mekantek.stats.results import Alternative, GlobalResult, unit_order
from mekantek.text import Note

__all__ = ["MoranBasis", "SpectralMethod", "spectral_correlation", "spectral_surrogates"]

SpectralMethod = Literal["singleton", "triplet", "pair"]
METHODS: tuple[str, ...] = get_args(SpectralMethod)
# The stream of a seed that spectral surrogates draw from: "MSR".
_STREAM = 0x4D5352
# Surrogates made at once, in numbers.
_AT_ONCE = 4_000_000
# Graphs of at most so many units keep their patterns.
_KEPT = 1000
# Two correlations closer than this are tied.
_TIE = 1e-12


@dataclass(frozen=True, eq=False)
class MoranBasis:
    r"""
    Moran eigenvector maps of one graph: patterns ordered by their autocorrelation.

    Attributes
    ----------
    ids : pandas.Index, length n
        Units, in the order of the rows of *vectors*.
    vectors : numpy.ndarray, shape (n, n - 1)
        Orthonormal patterns, each with mean zero.
    eigenvalues : numpy.ndarray, shape (n - 1,)
        From the most positive autocorrelation to the most negative.

    Notes
    -----
    Eigenvectors of :math:`HVH`, V = (W + Wᵀ)/2 and H the centring matrix (Dray, Legendre &
    Peres-Neto 2006). Symmetrizing changes no Moran's I, for zᵀWz = zᵀVz. The constant is taken out
    before the decomposition and not after it: it would mix with other patterns of eigenvalue zero.
    Units are put into the order of their ids first, so that patterns that share an eigenvalue do
    not depend on the order of the rows.
    """

    ids: pd.Index
    vectors: np.ndarray
    eigenvalues: np.ndarray

    @classmethod
    def of(cls, links: Links) -> MoranBasis:
        """
        Decompose the weights of a graph.

        Raises
        ------
        GraphError
            If a unit has no neighbours: no pattern of neighbours can say anything about it.
        """
        if links.isolates.any():
            lone = ", ".join(str(i) for i in links.ids[links.isolates][:5])
            raise GraphError(
                f"{int(links.isolates.sum())} units have no neighbours ({lone}); spectral "
                "randomization keeps autocorrelation and needs neighbours for every unit.",
                f"{int(links.isolates.sum())} birimin komşusu yok ({lone}); tayfsal rastgeleleştirme "
                "özilintiyi korur ve her birimin komşusu olmasını ister.",
            )
        order = unit_order(links.ids)
        weights = links.matrix[order][:, order]
        weights.sort_indices()
        parts = (weights.data, weights.indices.astype(np.int64), weights.indptr.astype(np.int64))
        made = _patterns if links.n <= _KEPT else _patterns.__wrapped__
        inner, values = made(links.n, *(part.tobytes() for part in parts))
        vectors = np.empty((links.n, links.n - 1))
        vectors[order] = inner
        return cls(links.ids, vectors, values)

    def surrogates(
        self,
        columns: np.ndarray,
        permutations: int,
        *,
        seed: int = 0,
        method: SpectralMethod = "singleton",
        part: int = 0,
    ) -> np.ndarray:
        """
        Make random maps, see `spectral_surrogates`.

        Parameters
        ----------
        columns : numpy.ndarray, shape (n, c)
            Rows in the order of *ids*.
        permutations, seed, method
            As of `spectral_surrogates`.
        part : int
            Which part of the stream: other parts, other draws.

        Returns
        -------
        numpy.ndarray, shape (R, n, c)
        """
        if method not in METHODS:
            raise OptionError(f"method is {method!r}; it can be {', '.join(METHODS)}.")
        mean = columns.mean(axis=0)
        loads = self.vectors.T @ (columns - mean)
        draw = {"singleton": _singleton, "pair": _pair, "triplet": self._triplet}[method]
        # All draws come first: how many columns there are must not change them.
        draws = _Draws.of(
            permutations, len(loads), inference.generator(seed, _STREAM, part), method
        )
        found = np.empty((permutations, *columns.shape))
        rows = max(1, _AT_ONCE // max(columns.size, 1))
        for start in range(0, permutations, rows):
            block = slice(start, start + rows)
            np.matmul(self.vectors, draw(loads, draws, block), out=found[block])
        found += mean
        return found

    def _triplet(self, loads: np.ndarray, draws: _Draws, block: slice) -> np.ndarray:
        """Keep the variance and the autocorrelation of three patterns taken together."""
        size = len(loads)
        power = loads**2
        drawn = np.empty((len(draws.signs[block]), *loads.shape))
        rows = zip(draws.signs[block], draws.orders[block], draws.turns[block], strict=True)
        for at, (signs, order, along) in enumerate(rows):
            groups = order[: size // 3 * 3].reshape(-1, 3)
            groups = np.take_along_axis(groups, np.argsort(self.eigenvalues[groups]), axis=1)
            new = power.copy()
            new[groups] = _on_segment(power[groups], self.eigenvalues[groups], along)
            drawn[at] = signs[:, None] * np.sqrt(new)
        return drawn


@lru_cache(maxsize=16)
def _patterns(n: int, data: bytes, indices: bytes, indptr: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Decompose weights, given by their bytes: tests of one graph share its patterns."""
    columns, starts = (np.frombuffer(part, dtype=np.int64) for part in (indices, indptr))
    weights = sparse.csr_array((np.frombuffer(data), columns, starts), shape=(n, n)).toarray()
    contrasts = linalg.helmert(n)  # orthonormal rows, each of sum zero
    values, inner = np.linalg.eigh(contrasts @ ((weights + weights.T) / 2) @ contrasts.T)
    found = contrasts.T @ inner[:, ::-1], values[::-1].copy()
    for array in found:
        array.setflags(write=False)
    return found


@dataclass(frozen=True, eq=False)
class _Draws:
    """What is random: signs (R, n - 1), orders of the patterns, and turns or splits in [0, 1)."""

    signs: np.ndarray
    orders: np.ndarray
    turns: np.ndarray

    @classmethod
    def of(cls, permutations: int, size: int, stream: np.random.Generator, method: str) -> _Draws:
        signs = stream.integers(0, 2, (permutations, size), dtype=np.int8)
        signs += signs
        signs -= 1
        orders, turns = np.empty((permutations, 0), dtype=np.intp), np.empty((permutations, 0))
        if method == "triplet":
            orders = stream.permuted(np.broadcast_to(np.arange(size), (permutations, size)), axis=1)
        if method != "singleton":
            turns = stream.random((permutations, size // (3 if method == "triplet" else 2)))
        return cls(signs, orders, turns)


def _singleton(loads: np.ndarray, draws: _Draws, block: slice) -> np.ndarray:
    """Turn each pattern over or not."""
    return np.asarray(draws.signs[block][:, :, None] * loads)


def _pair(loads: np.ndarray, draws: _Draws, block: slice) -> np.ndarray:
    """Turn two neighbouring patterns into each other by any angle; the last of an odd number flips."""
    size = len(loads)
    angle = draws.turns[block][:, :, None] * 2 * np.pi
    first, second = loads[0 : size // 2 * 2 : 2], loads[1::2]
    drawn = np.empty((len(angle), *loads.shape))
    drawn[:, 0 : size // 2 * 2 : 2] = np.cos(angle) * first - np.sin(angle) * second
    drawn[:, 1 : size // 2 * 2 : 2] = np.sin(angle) * first + np.cos(angle) * second
    if size % 2:
        drawn[:, -1] = draws.signs[block][:, -1:] * loads[-1]
    return drawn


def _on_segment(power: np.ndarray, eigenvalues: np.ndarray, along: np.ndarray) -> np.ndarray:
    """
    Three parts of 0 or more with the sum and the weighted sum of those given.

    *power* has shape (g, 3, c), *eigenvalues* (g, 3) in ascending order; the solutions of a group
    are a segment, walked by its middle part from 0 to the most that leaves the others 0 or more.
    """
    low, middle, high = (eigenvalues[:, k, None] for k in range(3))
    width = high - low
    total = power.sum(axis=1)
    flat = width <= 1e-12 * np.abs(eigenvalues).max()  # all three alike: any split will do
    safe = np.where(flat, 1.0, width)
    # The upper part at middle = 0, and what one unit of the middle takes from it.
    upper = np.where(
        flat, total / 2, (power * (eigenvalues[:, :, None] - low[:, None])).sum(axis=1) / safe
    )
    pull = np.where(flat, 0.5, (middle - low) / safe)
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.minimum(
            np.where(pull > 0, upper / pull, np.inf),
            np.where(pull < 1, (total - upper) / (1 - pull), np.inf),
        )
    central = along[:, None] * np.maximum(most, 0)
    top = upper - pull * central
    return np.asarray(np.maximum(np.stack([total - central - top, central, top], axis=1), 0))


def spectral_surrogates(
    columns: pd.DataFrame,
    graph: Any,
    permutations: int = 999,
    *,
    rng: np.random.Generator | int = 0,
    method: SpectralMethod = "singleton",
) -> np.ndarray:
    r"""
    Make random maps with the mean, the variance and the Moran's I of the given ones.

    Parameters
    ----------
    columns : pandas.DataFrame, shape (n, c)
        Variables of any unit on the same units; index: ids.
    graph : GraphLike
        Neighbours of the same ids; row-standardized here, and symmetrized.
    permutations : int
        R.
    rng : numpy.random.Generator or int
    method : {"singleton", "triplet", "pair"}
        What is drawn, see Notes.

    Returns
    -------
    numpy.ndarray, shape (R, n, c)
        Rows in the order of *columns*. All columns see the same draws: with ``singleton`` and
        ``pair`` their correlations among themselves are kept exactly.

    Raises
    ------
    ValuesError, AlignmentError
        As of `mekantek.stats.links.join`.
    GraphError
        If a unit has no neighbours.
    OptionError
        If the method is none.

    Notes
    -----
    Wagner & Dray (2015, *Methods in Ecology and Evolution* 6). A map is a sum of the patterns of
    `MoranBasis`; its Moran's I depends on the squared coefficients alone. ``singleton`` draws the
    sign of each coefficient; ``triplet`` splits the squares of three random patterns anew, their
    sum and their sum times eigenvalue kept; ``pair`` rotates two patterns of neighbouring
    eigenvalues into each other, which keeps Moran's I nearly. Values of a surrogate are no
    permutation of those of the map, and there is no re-ranking.

    Examples
    --------
    >>> from scipy import sparse
    >>> from types import SimpleNamespace
    >>> ring = sparse.csr_array(np.roll(np.eye(8), 1, axis=1) + np.roll(np.eye(8), -1, axis=1))
    >>> values = pd.DataFrame({"x": [1.0, 2, 3, 4, 4, 3, 2, 2]})
    >>> made = spectral_surrogates(values, SimpleNamespace(ids=values.index, sparse=ring), 99)
    >>> made.shape, bool(np.allclose(made.var(axis=1), values["x"].var(ddof=0)))
    ((99, 8, 1), True)
    """
    if not len(columns.columns):
        raise AlignmentError("There is no column to make surrogates of.")
    joined = [join(columns[name], graph) for name in columns.columns]
    _, ids, links = joined[0]
    made = MoranBasis.of(links).surrogates(
        np.column_stack([values for values, _, _ in joined]),
        permutations,
        seed=inference.drawn_seed(rng),
        method=method,
    )
    return np.asarray(made[:, ids.get_indexer(columns.index)])


def spectral_correlation(
    x: pd.Series,
    y: pd.Series,
    graph: Any,
    *,
    ranks: bool = True,
    weights: pd.Series | None = None,
    alternative: Alternative = "two-sided",
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
    method: SpectralMethod = "singleton",
    missing: Missing = "refuse",
) -> GlobalResult:
    """
    Correlate two mapped variables against maps as autocorrelated as the first.

    Parameters
    ----------
    x : pandas.Series, shape (n,)
        What is randomized; any unit, index: ids.
    y : pandas.Series, shape (n,)
        What is held, such as longitude.
    graph : GraphLike
    ranks : bool
        Spearman's ρ (the ranks of x are randomized as scores and not ranked again), or Pearson's r.
    weights : pandas.Series, shape (n,), optional
        Such as exports, USD.
    alternative : {"two-sided", "greater", "less"}
    permutations : int
        R.
    rng : numpy.random.Generator or int
    method : {"singleton", "triplet", "pair"}
        See `spectral_surrogates`.
    missing : {"refuse", "drop"}
        Dropped units take their links with them.

    Returns
    -------
    GlobalResult
        ``details["effective_size"]`` is 1 + 1/variance of the correlation over the surrogates,
        ``details["detectable"]`` the smallest correlation that so many independent pairs would
        show in 80 % of cases.

    Notes
    -----
    Under ``singleton`` the correlation of a surrogate is a sum of the same terms with random signs:
    where one pattern carries most of the correlation, no surrogate lies far from ±r and no small
    p is possible. A straight trend across a country is nearly one pattern.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    >>> x = pd.Series([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    >>> found = spectral_correlation(x, x**2, SimpleNamespace(ids=x.index, sparse=line))
    >>> round(found.statistic, 6), found.p_value < 0.05
    (1.0, True)
    """
    inference.check_alternative(alternative)
    if weights is not None:
        weights = weights.reindex(x.index)
        if missing == "drop":
            x, y = x.where(weights.notna()), y.where(weights.notna())
    values, others, links = join_two(x, y, graph, missing=missing)
    mass = np.ones(links.n)
    if weights is not None:
        mass = weights.loc[links.ids].to_numpy(dtype=np.float64)
        if not np.isfinite(mass).all() or (mass < 0).any():
            raise ValuesError("A weight is missing, infinite or negative; weights are 0 or more.")
    head: dict[str, Any] = {
        "name": ("weighted_" if weights is not None else "") + ("spearman" if ranks else "pearson"),
        "null": "maps with the variance and Moran's I of the first variable, otherwise random "
        f"(Moran spectral randomization, {method}); the second variable held",
        "alternative": alternative,
        "method": "spectral",
        "expected": 0.0,
        "n": links.n,
        "weights": links.description,
        "notes": (*links.notes, Note("weights symmetrized", "ağırlıklar simetrik yapıldı")),
    }
    if np.ptp(values) == 0 or np.ptp(others) == 0:
        return GlobalResult(statistic=None, variance=None, z_score=None, p_value=None,
                            undefined="undefined: no variation", **head)  # fmt: skip
    u, v = (midranks(values), midranks(others)) if ranks else (values, others)
    made = MoranBasis.of(links).surrogates(
        u[:, None], permutations, seed=inference.drawn_seed(rng), method=method
    )[:, :, 0]
    drawn = correlations(np.vstack([u, made]), v, mass)
    statistic, drawn = float(drawn[0]), drawn[1:]
    p, low, high = inference.monte_carlo(
        np.array((drawn >= statistic - _TIE).sum()),
        np.array((drawn <= statistic + _TIE).sum()),
        permutations,
        alternative,
    )
    variance = float((drawn**2).mean())
    size = 1 + 1 / variance
    return GlobalResult(
        statistic=statistic,
        variance=variance,
        z_score=statistic / float(np.sqrt(variance)),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        details={
            "effective_size": size,
            "detectable": inference.detectable_correlation(size),
            "spectral": method,
        },
        **head,
    )


def correlations(maps: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """
    Correlate every map with one variable.

    Parameters
    ----------
    maps : numpy.ndarray, shape (R, n)
    other : numpy.ndarray, shape (n,)
    weights : numpy.ndarray, shape (n,)
        0 or more; equal ones give Pearson's r.

    Returns
    -------
    numpy.ndarray, shape (R,)
    """
    share = weights / weights.sum()
    centred = maps - (maps @ share)[:, None]
    v = (other - share @ other) * share
    scale = np.sqrt((centred**2 @ share) * float(v @ (other - share @ other)))
    return np.asarray((centred @ v) / scale)
