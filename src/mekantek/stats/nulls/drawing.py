"""Permutations in bulk: values dealt to neighbours, the same whoever draws them and in what order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from multiprocessing import cpu_count
from typing import Any

import numpy as np
from scipy import sparse

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.nulls.exact import find_grid

__all__ = ["Deal", "Runner", "count_draws"]

# Draws of one part of a stream, and units compared with them at once.
_ROWS, _ABREAST = 4096, 128
# Products of matrices up to this many multiplications stay on the thread that asks for them, and in
# its cache: the parts are spread over threads, the products must not be once more.
_ONE_THREAD = 1 << 18
# Units whose values rank side by side share their draws, so that a million units need not a million
# streams; a map of fewer than this many units has one.
_SHARING, _MOST_STREAMS = 256, 256
# A part of the work that is worth sending somewhere else, in sums.
_PART = 20_000_000


class Runner:
    """
    Who does the parts of a long computation, and what to do as they come in.

    Parameters
    ----------
    workers : int, executor or Dask client, optional
        Number of threads (all cores by default); or anything that runs parts elsewhere: a
        `concurrent.futures` executor, or a `dask.distributed.Client` (``mekantek[distributed]``).
        The numbers are the same whoever computes them.
    step : callable, optional
        Called with (parts done, parts in all).
    store : mutable mapping of str to numpy.ndarray, optional
        Where finished parts are kept, so that a run that was cut short goes on where it stopped.

    Raises
    ------
    OptionError
        If the workers are fewer than one, or cannot run anything.

    Examples
    --------
    >>> Runner(workers=1).run(pow, [("a", (2, 3)), ("b", (3, 2))])
    [8, 9]
    """

    def __init__(
        self,
        workers: Any = None,
        *,
        step: Callable[[int, int], None] | None = None,
        store: MutableMapping[str, np.ndarray] | None = None,
    ) -> None:
        if isinstance(workers, bool) or (isinstance(workers, int) and workers < 1):
            raise OptionError(f"workers is {workers}; it must be at least 1.")
        if not (workers is None or isinstance(workers, int)):
            if hasattr(workers, "get_executor"):
                workers = workers.get_executor()
            if not hasattr(workers, "submit"):
                raise OptionError(
                    f"A {type(workers).__name__} runs nothing; give a number of threads, an "
                    "executor or a Dask client."
                )
        self._workers, self._step, self._store = workers, step, store

    def run(
        self, function: Callable[..., Any], parts: list[tuple[str, tuple[Any, ...]]]
    ) -> list[Any]:
        """
        Run a function on each part, and give the results in the order of the parts.

        Parameters
        ----------
        function : callable
            Importable by name, for workers elsewhere.
        parts : list of (key, arguments)
            The key names the part in the store.
        """
        store: Any = {} if self._store is None else self._store
        results: dict[str, Any] = {key: store[key] for key, _ in parts if key in store}
        todo = [(key, arguments) for key, arguments in parts if key not in results]
        for done, (key, result) in enumerate(self._done(function, todo), 1):
            results[key] = result
            if self._store is not None:
                self._store[key] = result
            if self._step is not None:
                self._step(len(parts) - len(todo) + done, len(parts))
        return [results[key] for key, _ in parts]

    def _done(
        self, function: Callable[..., Any], todo: list[tuple[str, tuple[Any, ...]]]
    ) -> Iterator[tuple[str, Any]]:
        if self._workers == 1 or len(todo) < 2:
            for key, arguments in todo:
                yield key, function(*arguments)
            return
        own = self._workers is None or isinstance(self._workers, int)
        pool = ThreadPoolExecutor(self._workers or cpu_count()) if own else self._workers
        futures = [(key, pool.submit(function, *arguments)) for key, arguments in todo]
        try:
            for key, future in futures:
                yield key, future.result()
        finally:
            for _, future in futures:
                future.cancel()
            if own:
                pool.shutdown()


@dataclass(frozen=True, eq=False)
class Deal:
    """
    Values to deal and the neighbours that get them.

    Attributes
    ----------
    values : numpy.ndarray, shape (n,)
    matrix : scipy.sparse.csr_array, shape (n, n)
        Weights.
    units : numpy.ndarray of int, shape (m,)
        The units asked about.
    equal : numpy.ndarray of bool, shape (m,)
        Whether their neighbours all weigh the same.
    tie : float
        Sums closer than this, as a fraction of weights times range, are equal.
    squared : bool
        Sum the squared differences from the unit's own value instead of the values.
    """

    values: np.ndarray
    matrix: sparse.csr_array
    units: np.ndarray
    equal: np.ndarray
    tie: float
    squared: bool = False


@dataclass(frozen=True, eq=False)
class _Rows:
    """Units that share draws: their own value's rank, weights (k, m), observed sum and tie."""

    own: np.ndarray
    weights: np.ndarray
    observed: np.ndarray
    tie: np.ndarray
    squared: bool


def count_draws(
    deal: Deal,
    permutations: int,
    rng: np.random.Generator | int,
    *,
    stop: int | None = None,
    runner: Runner | None = None,
) -> np.ndarray:
    """
    Draw neighbours at random, and count the sums at or beyond the observed ones.

    Parameters
    ----------
    deal : Deal
    permutations : int
        R, draws for each unit.
    rng : Generator or int
    stop : int, optional
        Stop drawing for a unit when each tail has this many sums (Besag & Clifford 1991).
    runner : Runner, optional
        Who draws; all cores by default.

    Returns
    -------
    numpy.ndarray of int64, shape (3, m)
        Sums ≥ and ≤ the observed one, and draws made.

    Notes
    -----
    Samples are uniform, without replacement, from counter-based streams (Philox; Salmon et al.
    2011), one for each run of ranks of the units' own values. What is drawn are ranks of the other
    values, so the numbers depend neither on the order of the rows nor on what the units are called,
    nor on who draws them. Units of one stream share its draws, as all units do in GeoDa and esda.
    """
    seed = inference.drawn_seed(rng)
    grid = find_grid(deal.values)
    values = deal.values if grid is None else grid.levels.astype(np.float64)
    ascending = np.sort(values)
    own = np.searchsorted(ascending, values[deal.units], side="left")
    part = deal.matrix[deal.units]
    sizes = np.diff(part.indptr)
    weights = np.where(np.repeat(deal.equal, sizes), 1.0, part.data)
    weighted = sparse.csr_array((weights, part.indices, part.indptr), shape=part.shape)
    observed = np.asarray(weighted @ values)
    total = np.asarray(weighted.sum(axis=1)).ravel()
    span = ascending[-1] - ascending[0]
    if deal.squared:
        mine = values[deal.units]
        observed = np.asarray(weighted @ values**2) - 2 * mine * observed + total * mine**2
        span = span**2
    exact = deal.equal & (grid is not None)
    tie = np.where(exact, 0.25, deal.tie * total * span)
    streams = int(np.clip(len(values) // _SHARING, 1, _MOST_STREAMS))
    stream = own * streams // len(values)
    # Within a stream, rows of like length are drawn together, so that one hub does not make all
    # rows long.
    kind = stream * 64 + np.ceil(np.log2(np.maximum(sizes, 1))).astype(np.int64)
    order = np.lexsort((own, kind))
    groups = np.split(order, np.flatnonzero(np.diff(kind[order])) + 1)
    # The largest weight is dealt the first value, whatever order the neighbours stand in.
    if not deal.equal.all():
        weights = weights[np.lexsort((-weights, np.repeat(np.arange(len(sizes)), sizes)))]
    # A store may serve several deals, so a part's name tells whose it is.
    asked = np.concatenate([ascending, observed, own, weights, [permutations, stop or 0]])
    name = blake2b(asked.tobytes() + repr((seed, deal.squared)).encode(), digest_size=8).hexdigest()
    parts = []
    for group in groups:
        each = max(1, _PART // (permutations * int(sizes[group].max())))
        for start in range(0, len(group), each):
            mine = group[start : start + each]
            rows = _Rows(own[mine], _dense(weights, part.indptr, mine), observed[mine], tie[mine],
                         deal.squared)  # fmt: skip
            key = int(kind[group[0]])
            parts.append((
                f"{name}-{key}-{start}", (ascending, rows, permutations, seed, key, stop)
            ))  # fmt: skip
    counts = (runner or Runner()).run(_count_part, parts)
    found = np.zeros((3, len(deal.units)), dtype=np.int64)
    place = 0
    for counted in counts:
        found[:, order[place : place + counted.shape[1]]] = counted
        place += counted.shape[1]
    return found


def _dense(weights: np.ndarray, indptr: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Weights of some rows side by side, shape (longest, rows), zero where a row has ended."""
    lengths = indptr[rows + 1] - indptr[rows]
    dense = np.zeros((int(lengths.max()), len(rows)))
    for place in range(len(dense)):
        longer = np.flatnonzero(lengths > place)
        dense[place, longer] = weights[indptr[rows[longer]] + place]
    return dense


def _count_part(
    ascending: np.ndarray, rows: _Rows, permutations: int, seed: int, key: int, stop: int | None
) -> np.ndarray:
    """Count for some units of one stream: rows above, below, drawn."""
    counts = np.zeros((3, len(rows.own)), dtype=np.int64)
    active = np.arange(len(rows.own))
    # Rows of one kind are at most this long, whoever is among them: shares the stream's draws.
    longest = min(1 << (key % 64), len(ascending) - 1)
    for chunk, first in enumerate(range(0, permutations, _ROWS)):
        ranks = _ranks(seed, key, chunk, min(_ROWS, permutations - first), longest,
                       len(ascending) - 1)  # fmt: skip
        ranks = ranks[:, : len(rows.weights)]
        look = int(np.clip(_ONE_THREAD // (ranks.shape[1] * _ABREAST), 16, 255))
        for start in range(0, len(ranks), look):
            some = ranks[start : start + look]
            dealt = ascending[some]
            for left in range(0, len(active), _ABREAST):
                mine = active[left : left + _ABREAST]
                sums = _sums(dealt, some, ascending, rows, mine)
                above = sums >= rows.observed[mine] - rows.tie[mine]
                below = sums <= rows.observed[mine] + rows.tie[mine]
                _tally(counts, mine, above, below, stop)
            if stop:
                active = active[counts[:2, active].min(axis=0) < stop]
        if not len(active):
            break
    return counts


def _sums(
    dealt: np.ndarray, ranks: np.ndarray, ascending: np.ndarray, rows: _Rows, units: np.ndarray
) -> np.ndarray:
    """Sums of what was dealt to each unit's neighbours, shape (rows, units)."""
    weights = rows.weights[:, units]
    sums: np.ndarray = dealt @ weights
    _leave_out(sums, ranks, ascending, rows, units)
    if not rows.squared:
        return sums
    squares = dealt**2 @ weights
    _leave_out(squares, ranks, ascending**2, rows, units)
    own = ascending[rows.own[units]]
    result: np.ndarray = squares - 2 * own * sums + weights.sum(axis=0) * own**2
    return result


def _tally(
    counts: np.ndarray, units: np.ndarray, above: np.ndarray, below: np.ndarray, stop: int | None
) -> None:
    """Add draws to the counts of some units, up to the draw that stops them."""
    if stop is None:
        # At most 255 rows are looked at together, so their counts fit a byte and add up quickly.
        for row, reached in enumerate((above, below)):
            counts[row, units] += np.add.reduce(reached.view(np.uint8), axis=0, dtype=np.uint8)
        counts[2, units] += len(above)
        return
    so_far = np.stack([np.cumsum(above, axis=0), np.cumsum(below, axis=0)])
    so_far += counts[:2, units][:, None, :]
    ended = so_far.min(axis=0) >= stop
    last = np.where(ended.any(axis=0), ended.argmax(axis=0), len(ended) - 1)
    counts[:2, units] = so_far[:, last, np.arange(len(units))]
    counts[2, units] += last + 1


def _leave_out(
    sums: np.ndarray, ranks: np.ndarray, ascending: np.ndarray, rows: _Rows, units: np.ndarray
) -> None:
    """
    Put the last value in the place of a unit's own.

    Ranks 0 … n - 2 are drawn for all; for a unit of rank r they stand for all values but its own
    when r stands for the value of rank n - 1.
    """
    own = rows.own[units]
    row, place = np.nonzero((ranks >= own.min()) & (ranks <= own.max()))
    if not len(row):
        return
    drawn = ranks[row, place]
    order = np.argsort(own, kind="stable")
    first = np.searchsorted(own[order], drawn, side="left")
    many = np.searchsorted(own[order], drawn, side="right") - first
    hit = np.repeat(np.arange(len(row)), many)
    unit = order[np.arange(len(hit)) - np.repeat(np.cumsum(many) - many, many) + first[hit]]
    change = (ascending[-1] - ascending[own[unit]]) * rows.weights[place[hit], units[unit]]
    np.add.at(sums.reshape(-1), row[hit] * sums.shape[1] + unit, change)


@lru_cache(maxsize=256)  # variables on one graph share their draws
def _ranks(seed: int, key: int, chunk: int, rows: int, size: int, population: int) -> np.ndarray:
    """
    Draw rows of distinct whole numbers below *population*, uniformly and in random order.

    Returns
    -------
    numpy.ndarray of int32, shape (rows, size)
        Read-only.
    """
    bits = inference.bit_stream(seed, key, chunk)
    if size * size <= population:  # few of many: draw again the rows that repeat a number
        drawn = _below(bits, np.full(size, population), rows)
        while True:
            ordered = np.sort(drawn, axis=1)
            again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
            if not len(again):
                return _kept(drawn)
            drawn[again] = _below(bits, np.full(size, population), len(again))
    drawn = np.empty((rows, size), dtype=np.int64)
    at_once = max(1, 4_000_000 // population)
    for start in range(0, rows, at_once):  # many of few: shuffle (Fisher & Yates), row by row
        part = drawn[start : start + at_once]
        deck = np.tile(np.arange(population, dtype=np.int32), (len(part), 1))
        swap = _below(bits, population - np.arange(size), len(part))
        every = np.arange(len(part))
        for place in range(size):
            other = swap[:, place] + place
            part[:, place] = deck[every, other]
            deck[every, other] = deck[:, place]
    return _kept(drawn)


def _kept(ranks: np.ndarray) -> np.ndarray:
    small = ranks.astype(np.int32)
    small.setflags(write=False)
    return small


def _below(bits: Any, bounds: np.ndarray, rows: int) -> np.ndarray:
    """Draw whole numbers below each bound, uniformly (Lemire 2019), shape (rows, bounds)."""
    bound = bounds.astype(np.uint64)
    unfair = (np.uint64(1) << np.uint64(32)) % bound
    drawn = np.empty((rows, len(bounds)), dtype=np.int64)
    todo = np.arange(drawn.size)
    while len(todo):
        words = bits.random_raw((len(todo) + 1) // 2)
        halves = np.stack([words >> np.uint64(32), words & np.uint64(0xFFFFFFFF)], axis=1)
        column = todo % len(bounds)
        scaled = halves.reshape(-1)[: len(todo)] * bound[column]
        drawn.reshape(-1)[todo] = (scaled >> np.uint64(32)).astype(np.int64)
        todo = todo[(scaled & np.uint64(0xFFFFFFFF)) < unfair[column]]
    return drawn
