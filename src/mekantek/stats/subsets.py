"""Connected sets of units, and where a named one stands among all of its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.links import Links, Missing, join

__all__ = ["Corridor", "connected_sets", "corridor", "search_corridor", "set_statistic"]

Statistic = Literal["minimum", "mean", "weighted", "joint"]
_LARGEST = 8
_MOST_SETS = 20_000_000


def connected_sets(matrix: sparse.csr_array, size: int) -> np.ndarray:
    """
    List all connected sets of *size* units of a graph, each once.

    Sets grow by one neighbour at a time; a set reached by several ways is kept once, known by
    its sorted members read as one number.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        A link in either direction joins two units.
    size : int
        From 1 to 8.

    Returns
    -------
    numpy.ndarray of int32, shape (n_sets, size)
        Positions, ascending within a row; rows in lexical order.

    Raises
    ------
    OptionError
        If the size is out of range, or there are more than 20 million sets.

    Examples
    --------
    >>> square = sparse.csr_array(np.array([[0,1,0,1],[1,0,1,0],[0,1,0,1],[1,0,1,0]]))
    >>> connected_sets(square, 2).tolist()
    [[0, 1], [0, 3], [1, 2], [2, 3]]
    """
    if not 1 <= size <= _LARGEST:
        raise OptionError(f"The size of a set is {size}; it lies between 1 and {_LARGEST}.")
    joined = sparse.csr_array(matrix + matrix.T)
    n = joined.shape[0]
    if n**size >= 1 << 63:
        raise OptionError(
            f"Sets of {size} among {n} units are too many to number; take a smaller size."
        )
    starts, neighbours = joined.indptr, joined.indices.astype(np.int64)
    degrees = np.diff(starts)
    sets = np.arange(n, dtype=np.int64)[:, None]
    for width in range(1, size):
        if len(sets) * width * max(float(degrees.mean()), 1.0) > 5 * _MOST_SETS:
            raise OptionError(
                f"There are too many connected sets of {size} units to list; take a smaller size."
            )
        keys = []
        for member in range(width):
            grown = degrees[sets[:, member]]
            row = np.repeat(np.arange(len(sets)), grown)
            offset = np.arange(len(row)) - np.repeat(np.cumsum(grown) - grown, grown)
            added = neighbours[np.repeat(starts[sets[:, member]], grown) + offset]
            fresh = (sets[row] != added[:, None]).all(axis=1)
            larger = np.sort(np.column_stack([sets[row[fresh]], added[fresh]]), axis=1)
            key = larger[:, 0]
            for column in range(1, width + 1):
                key = key * n + larger[:, column]
            keys.append(np.unique(key))
        key = np.unique(np.concatenate(keys))
        sets = np.empty((len(key), width + 1), dtype=np.int64)
        for column in range(width, -1, -1):
            key, sets[:, column] = np.divmod(key, n)
    return sets.astype(np.int32)


def set_statistic(
    sets: np.ndarray,
    values: np.ndarray,
    *,
    statistic: Statistic = "minimum",
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """
    One number for each set of units.

    Parameters
    ----------
    sets : numpy.ndarray of int, shape (n_sets, size)
        Positions of the members.
    values : numpy.ndarray, shape (n,)
        Shares in [0, 1], or any unit.
    statistic : {"minimum", "mean", "weighted", "joint"}
        The smallest member (every member must carry the set), the plain mean, the mean weighted
        by *weights*, or the product of z-scores, negative ones as zero.
    weights : numpy.ndarray, shape (n,), optional
        Such as total exports, USD; NaN makes the sets of that unit undefined.

    Returns
    -------
    numpy.ndarray, shape (n_sets,)
        NaN where undefined.

    Examples
    --------
    >>> set_statistic(np.array([[0, 1]]), np.array([0.344, 0.121])).tolist()
    [0.121]
    """
    if statistic not in get_args(Statistic):
        raise OptionError(
            f"statistic is {statistic!r}; it can be {', '.join(get_args(Statistic))}."
        )
    chosen = values[sets]
    if statistic == "minimum":
        return np.asarray(chosen.min(axis=1))
    if statistic == "mean":
        return np.asarray(chosen.mean(axis=1))
    if statistic == "joint":
        spread = float(np.nanstd(values))
        if spread == 0:
            return np.full(len(sets), np.nan)
        scores = np.maximum((chosen - np.nanmean(values)) / spread, 0.0)
        return np.asarray(scores.prod(axis=1))
    if weights is None:
        raise OptionError("The weighted statistic needs weights, such as total exports.")
    mass = weights[sets]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((chosen * mass).sum(axis=1) / mass.sum(axis=1))


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """
    A set of units and its rank among all connected sets of its size.

    Attributes
    ----------
    members : tuple of str
        Ids.
    value : float or None
        In the unit of the values.
    rank, of : int or None
        Ties count against the set; *of* counts the sets where the statistic is defined.
    p_value : float or None
        rank / of: the chance that a set drawn uniformly from all connected sets of this size is at
        least as extreme. Descriptive: it does not test for clustering. None if not connected.
    """

    members: tuple[str, ...]
    statistic: str
    value: float | None
    rank: int | None
    of: int | None
    p_value: float | None
    connected: bool
    enumeration: str = "all"
    undefined: str | None = None
    search: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract but ``class`` and ``year``."""
        return {
            "schema": "mekantek/corridor/1",
            "members": list(self.members),
            "statistic": self.statistic,
            "value": self.value,
            "rank": self.rank,
            "of": self.of,
            "p_value": self.p_value,
            "connected": self.connected,
            "enumeration": self.enumeration,
            "undefined": self.undefined,
            **({"search": self.search} if self.search else {}),
        }


def _is_connected(links: Links, places: np.ndarray) -> bool:
    inner = links.matrix[places][:, places]
    count, _ = csgraph.connected_components(inner, directed=False)
    return bool(count == 1)


def corridor(
    values: pd.Series,
    graph: Any,
    members: list[Any],
    *,
    statistic: Statistic = "minimum",
    weights: pd.Series | None = None,
    missing: Missing = "refuse",
) -> Corridor:
    """
    Rank a named set among all connected sets of its size.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Shares in [0, 1], or any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids.
    members : list
        Ids of the set, 2 to 8 different ones.
    statistic : {"minimum", "mean", "weighted", "joint"}
    weights : pandas.Series, optional
        For ``weighted``; same index, NaN where unknown.
    missing : {"refuse", "drop"}
        Refuse missing values, or rank among the sets without them.

    Returns
    -------
    Corridor
        Sets that are not connected get a value but no rank and no p-value.

    Raises
    ------
    AlignmentError
        If a member is not among the ids.
    OptionError
        If members repeat, or are fewer than two or more than eight.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> found = corridor(pd.Series([5, 4, 1, 2], index=list("abcd")), graph, ["a", "b"])
    >>> found.rank, found.of, found.connected
    (1, 3, True)
    """
    numbers, ids, links = join(values, graph, standardize="none", missing=missing)
    places = ids.get_indexer(pd.Index(members))
    valueless = [str(m) for m in members if m in values.index and m not in ids]
    if valueless:
        raise ValuesError(
            f"No value for {', '.join(valueless)}; a corridor's members need one each."
        )
    if (places < 0).any():
        unknown = [str(m) for m, p in zip(members, places, strict=True) if p < 0]
        raise AlignmentError(f"No unit with the id {', '.join(unknown)}.")
    if len(set(places.tolist())) != len(members):
        raise OptionError("A member of the corridor is named twice; name each once.")
    if not 2 <= len(members) <= _LARGEST:
        raise OptionError(f"{len(members)} members; a corridor has 2 to {_LARGEST}.")
    mass = None if weights is None else weights.reindex(ids).to_numpy(dtype=np.float64)
    own = set_statistic(places[None, :], numbers, statistic=statistic, weights=mass)[0]
    shown = tuple(str(ids[p]) for p in places.tolist())
    value = None if np.isnan(own) else float(own)
    if not _is_connected(links, places):
        return Corridor(members=shown, statistic=statistic, value=value, rank=None, of=None,
                        p_value=None, connected=False,
                        undefined="undefined: the members are not connected")  # fmt: skip
    if value is None:
        return Corridor(members=shown, statistic=statistic, value=None, rank=None, of=None,
                        p_value=None, connected=True,
                        undefined="undefined: a weight is missing or there is no variation"
                        )  # fmt: skip
    every = set_statistic(
        connected_sets(links.matrix, len(places)), numbers, statistic=statistic, weights=mass
    )
    defined = every[~np.isnan(every)]
    tie = 1e-12 * max(1.0, abs(value))
    rank = int((defined >= value - tie).sum())
    return Corridor(members=shown, statistic=statistic, value=value, rank=rank, of=len(defined),
                    p_value=rank / len(defined), connected=True)  # fmt: skip


def search_corridor(
    values: pd.Series,
    graph: Any,
    size: int,
    *,
    statistic: Statistic = "minimum",
    weights: pd.Series | None = None,
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
    step: Callable[[], object] = lambda: None,
) -> Corridor:
    """
    Find the most extreme connected set of a size, and correct its p-value for the search.

    The values are permuted over the graph (weights with them) and the largest statistic of each
    permuted map is the null, so that the best of many sets is compared with the best of many.

    Parameters
    ----------
    values, graph, statistic, weights, missing
        As in `corridor`.
    size : int
        2 to 8.
    permutations : int
    rng : numpy.random.Generator or int
    step : callable
        Called after each permutation, to show progress.

    Returns
    -------
    Corridor
        ``search`` holds the corrected p-value, R and the seed.
    """
    numbers, ids, links = join(values, graph, standardize="none", missing=missing)
    sets = connected_sets(links.matrix, size)
    mass = None if weights is None else weights.reindex(ids).to_numpy(dtype=np.float64)
    every = set_statistic(sets, numbers, statistic=statistic, weights=mass)
    if not len(sets) or np.isnan(every).all():
        raise OptionError(f"There is no connected set of {size} units with a defined statistic.")
    best = int(np.nanargmax(every))
    found = corridor(values, graph, [ids[p] for p in sets[best].tolist()], statistic=statistic,
                     weights=weights, missing=missing)  # fmt: skip
    reached = 0
    for block in inference.permuted(np.arange(len(ids)), permutations, rng):
        for order in block:
            moved = None if mass is None else mass[order]
            highest = np.nanmax(
                set_statistic(sets, numbers[order], statistic=statistic, weights=moved)
            )
            reached += int(highest >= every[best] - 1e-12)
            step()
    p, low, high = inference.monte_carlo(
        np.array(reached), np.array(permutations - reached), permutations, "greater"
    )
    return Corridor(
        **{
            **{k: getattr(found, k) for k in found.__dataclass_fields__},
            "search": {
                "sets": len(sets),
                "p_value": float(p),
                "p_interval": [float(low), float(high)],
                "permutations": permutations,
                "seed": inference.seed_of(rng),
            },
        }
    )
