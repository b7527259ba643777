"""Where a named set stands among all sets of its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, combinations
from math import comb
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from mekantek.errors import AlignmentError, OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.links import Links, Missing, join
from mekantek.stats.subsets.enumeration import LARGEST, all_sets, forest
from mekantek.stats.subsets.measures import SetStatistic, check_statistic, set_statistic
from mekantek.stats.subsets.sampling import Drawn, draw_connected_sets

__all__ = ["TIE", "Among", "Corridor", "corridor", "leave_one_out", "positive"]

Among = Literal["connected", "any"]

# Statistics closer than this are ties, which count against the set.
TIE = 1e-12
LONGEST = 32
DRAWS = 20_000
_MOST_COMBINATIONS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """
    A set of units and its rank among all sets of its size.

    Attributes
    ----------
    members : tuple of str
        Ids.
    value : float or None
        In the unit of the values.
    rank, of : int or None
        Ties count against the set; *of* counts the sets where the statistic is defined. None where
        the sets were sampled.
    p_value : float or None
        rank / of: the chance that a set drawn uniformly from all sets of this size is at least as
        extreme. Descriptive: it does not test for clustering. None if not connected.
    among : {"connected", "any"}
        Ranked among the connected sets, or among all sets, adjacent or not.
    enumeration : {"all", "sampled"}
    sampling : dict or None
        Where sampled: sets ``drawn``, how many uniform draws they are worth (``effective``), an
        estimate of how many there are (``sets``), the 95 % interval of the p-value and the seed.
    search : dict or None
        Where the set was searched: see `search_corridor`.
    """

    members: tuple[str, ...]
    statistic: str
    value: float | None
    rank: int | None
    of: int | None
    p_value: float | None
    connected: bool
    among: Among = "connected"
    enumeration: str = "all"
    undefined: str | None = None
    sampling: dict[str, Any] | None = None
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
            "among": self.among,
            "enumeration": self.enumeration,
            "undefined": self.undefined,
            **({"sampling": self.sampling} if self.sampling else {}),
            **({"search": self.search} if self.search else {}),
        }


def positive(weights: pd.Series | None, ids: pd.Index) -> np.ndarray | None:
    """Give the weights in the order of the ids; one that is not positive weighs nothing known."""
    if weights is None:
        return None
    mass = weights.reindex(ids).to_numpy(dtype=np.float64)
    return np.where(mass > 0, mass, np.nan)


def corridor(
    values: pd.Series,
    graph: Any,
    members: list[Any],
    *,
    statistic: SetStatistic = "minimum",
    weights: pd.Series | None = None,
    among: Among = "connected",
    missing: Missing = "refuse",
    draws: int = DRAWS,
    rng: np.random.Generator | int = 0,
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
        Ids of the set, 2 to 32 different ones.
    statistic : {"minimum", "mean", "weighted", "joint"}
    weights : pandas.Series, optional
        For ``weighted``; same index, NaN where unknown.
    among : {"connected", "any"}
        Rank among the connected sets, or among all sets of that size, adjacent or not.
    missing : {"refuse", "drop"}
        Refuse missing values, or rank among the sets without them.
    draws : int
        How many sets are drawn where there are more than can be listed: connected sets of nine
        units and more, or over 20 million.
    rng : numpy.random.Generator or int
        For these draws.

    Returns
    -------
    Corridor
        Sets that are not connected get a value but no rank and no p-value among connected sets.

    Raises
    ------
    AlignmentError
        If a member is not among the ids.
    OptionError
        If members repeat, or are fewer than two or more than 32.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> series = pd.Series([5, 4, 1, 2], index=list("abcd"))
    >>> found = corridor(series, graph, ["a", "b"])
    >>> found.rank, found.of, found.connected
    (1, 3, True)
    >>> corridor(series, graph, ["a", "c"], among="any").of
    6
    """
    numbers, ids, links = join(values, graph, standardize="none", missing=missing)
    places = _places(values, ids, members)
    if not 2 <= len(members) <= LONGEST:
        raise OptionError(
            f"{len(members)} members; a corridor has 2 to {LONGEST}.",
            f"{len(members)} üye verildi; bir koridorun 2 ile {LONGEST} arasında üyesi olur.",
        )
    mass = positive(weights, ids)
    check_statistic(statistic, mass)
    if among not in ("connected", "any"):
        raise OptionError(f"among is {among!r}; it can be 'connected' or 'any'.")
    others = partial(_others, links, len(places), among, draws, rng)
    return _ranked(numbers, ids, links, places, statistic, mass, among, others)


def leave_one_out(
    values: pd.Series,
    graph: Any,
    members: list[Any],
    *,
    statistic: SetStatistic = "minimum",
    weights: pd.Series | None = None,
    missing: Missing = "refuse",
    draws: int = DRAWS,
    rng: np.random.Generator | int = 0,
) -> dict[str, Corridor]:
    """
    Rank what is left of a set without each of its members.

    Parameters and errors are those of `corridor`; of a pair one unit is left, ranked among all.

    Returns
    -------
    dict of str to Corridor
        By the id that is left out, in the order given.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=sparse.csr_array(np.eye(4, k=1)))
    >>> left = leave_one_out(pd.Series([5, 4, 1, 2], index=list("abcd")), graph, ["a", "b"])
    >>> {unit: (found.rank, found.of) for unit, found in left.items()}
    {'a': (2, 4), 'b': (1, 4)}
    """
    numbers, ids, links = join(values, graph, standardize="none", missing=missing)
    places = _places(values, ids, members)
    if not 2 <= len(members) <= LONGEST:
        raise OptionError(
            f"{len(members)} members; a corridor has 2 to {LONGEST}.",
            f"{len(members)} üye verildi; bir koridorun 2 ile {LONGEST} arasında üyesi olur.",
        )
    mass = positive(weights, ids)
    check_statistic(statistic, mass)
    others = cache(partial(_others, links, len(places) - 1, "connected", draws, rng))
    return {
        str(ids[place]): _ranked(
            numbers, ids, links, np.delete(places, i), statistic, mass, "connected", others
        )
        for i, place in enumerate(places.tolist())
    }


def _places(values: pd.Series, ids: pd.Index, members: list[Any]) -> np.ndarray:
    places = ids.get_indexer(pd.Index(members))
    valueless = [str(m) for m in members if m in values.index and m not in ids]
    if valueless:
        raise ValuesError(
            f"No value for {', '.join(valueless)}; a corridor's members need one each.",
            f"Değeri olmayan üye: {', '.join(valueless)}; koridorun her üyesinin değeri olmalıdır.",
        )
    if (places < 0).any():
        unknown = [str(m) for m, p in zip(members, places, strict=True) if p < 0]
        raise AlignmentError(
            f"No unit with the id {', '.join(unknown)}.",
            f"Böyle bir birim yok: {', '.join(unknown)}.",
        )
    if len(set(places.tolist())) != len(members):
        raise OptionError(
            "A member of the corridor is named twice; name each once.",
            "Koridorun bir üyesi iki kez yazılmış; her üyeyi bir kez yazın.",
        )
    return np.asarray(places)


def _ranked(
    numbers: np.ndarray,
    ids: pd.Index,
    links: Links,
    places: np.ndarray,
    statistic: SetStatistic,
    mass: np.ndarray | None,
    among: Among,
    others: Callable[[], tuple[Drawn, dict[str, Any] | None]],
) -> Corridor:
    """Rank one set; *others* gives the sets to compare with, and is asked only where they matter."""
    own = float(set_statistic(places[None, :], numbers, statistic=statistic, weights=mass)[0])
    count, _ = csgraph.connected_components(links.matrix[places][:, places], directed=False)
    shown: dict[str, Any] = {
        "members": tuple(str(ids[p]) for p in places.tolist()), "statistic": statistic,
        "value": None if np.isnan(own) else own, "connected": bool(count == 1), "among": among,
    }  # fmt: skip
    nothing: dict[str, Any] = {"rank": None, "of": None, "p_value": None}
    if count > 1 and among == "connected":
        return Corridor(**shown, **nothing, undefined="undefined: the members are not connected")
    if np.isnan(own):
        return Corridor(
            **shown,
            **nothing,
            undefined="undefined: a weight is missing or there is no variation",
        )
    least, size = own - TIE * max(1.0, abs(own)), len(places)
    if among == "any" and statistic == "minimum":
        # A set lies above the bound just where all its members do: nothing needs listing.
        rank, of = comb(int((numbers >= least).sum()), size), comb(len(numbers), size)
        return Corridor(**shown, rank=rank, of=of, p_value=rank / of)
    drawn, sampling = others()
    every = set_statistic(drawn.sets, numbers, statistic=statistic, weights=mass)
    defined = ~np.isnan(every)
    hit = every[defined] >= least
    if sampling is None:
        rank, of = int(hit.sum()), int(defined.sum())
        return Corridor(**shown, rank=rank, of=of, p_value=rank / of)
    weights = drawn.weights[defined]
    effective = int(drawn.effective(defined))
    hits = round(effective * float(weights[hit].sum() / weights.sum()))
    p, low, high = inference.monte_carlo(
        np.array(hits), np.array(effective - hits), effective, "greater"
    )
    shown |= {"rank": None, "of": None, "p_value": float(p), "enumeration": "sampled"}
    return Corridor(
        **shown,
        sampling={**sampling, "effective": effective, "p_interval": [float(low), float(high)]},
    )


def _others(
    links: Links, size: int, among: Among, draws: int, rng: np.random.Generator | int
) -> tuple[Drawn, dict[str, Any] | None]:
    """List the sets to compare with, or draw them where they are too many."""
    if among == "any":
        count = comb(links.n, size)
        if count > _MOST_COMBINATIONS:
            blocks = inference.draw_without_replacement(links.n, size, draws, rng)
            sets = np.concatenate(list(blocks))
        else:
            chosen = chain.from_iterable(combinations(range(links.n), size))
            sets = np.fromiter(chosen, dtype=np.int64, count=count * size).reshape(-1, size)
        drawn = Drawn(sets, np.ones(len(sets)), np.arange(len(sets)), float(count))
        listed = len(sets) == count
    else:
        trees = forest(links.matrix, size) if size <= LARGEST else None
        listed = trees is not None
        if trees is not None:
            sets = all_sets(trees, size)
            drawn = Drawn(sets, np.ones(len(sets)), np.arange(len(sets)), float(len(sets)))
        else:
            drawn = draw_connected_sets(links.matrix, size, draws, rng=rng)
    sampling = {
        "drawn": draws, "sets": round(drawn.estimate), "seed": inference.seed_of(rng),
    }  # fmt: skip
    return drawn, None if listed else sampling
