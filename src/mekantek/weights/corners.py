"""Corners of polygons, read in one pass: the places they stand at, and the edges between these."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

__all__ = ["Coordinates", "Corners", "at_once", "coordinates", "corners", "edges"]

# Odd constants of splitmix64 (Steele, Lea & Flood 2014): every bit of a corner moves every bit of
# its hash.
_ODD = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))

# Coordinates worked on together: so few that what is made of them on the way need not be fetched
# from far, nor asked of the system.
_BLOCK = 1 << 15


class Coordinates(NamedTuple):
    """Coordinates of n geometries, as stored: x + iy, each ring ending where it begins."""

    at: np.ndarray
    size: np.ndarray  # coordinates of each geometry, shape (n,)
    polygonal: np.ndarray  # whether it is a polygon or multipolygon with something in it


class Corners(NamedTuple):
    """Corners of n polygons in m places, ring by ring, each once."""

    place: np.ndarray  # number of each corner's place, by first appearance
    at: np.ndarray  # x + iy of each place, shape (m,)
    begin: np.ndarray  # first corner of each polygon, and one beyond the last; shape (n + 1,)
    start: np.ndarray  # first corner of each ring
    stop: np.ndarray  # one beyond its last
    turned: np.ndarray  # whether a ring has its polygon to the right


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """
    Do tasks side by side: those of numpy, scipy and shapely leave Python's lock to each other.

    Parameters
    ----------
    *tasks : callables without arguments
        The last is done by the thread that asks.

    Returns
    -------
    list
        What each gave, in their order.

    Examples
    --------
    >>> at_once(lambda: 1, lambda: 2)
    [1, 2]
    """
    with ThreadPoolExecutor(max(1, min(len(tasks) - 1, os.cpu_count() or 1))) as pool:
        others = [pool.submit(task) for task in tasks[:-1]]
        last = tasks[-1]()
        return [*(other.result() for other in others), last]


def coordinates(shapes: np.ndarray) -> Coordinates:
    """
    Read all coordinates, and say which geometries are polygons with something in them.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries or None, shape (n,)

    Returns
    -------
    Coordinates

    Examples
    --------
    >>> read = coordinates(np.array([shapely.box(0, 0, 1, 1), shapely.Point(0, 0), None]))
    >>> read.size.tolist(), read.polygonal.tolist()
    ([5, 1, 0], [True, False, False])
    """
    kind, (xy, owner) = at_once(
        lambda: shapely.get_type_id(shapes),
        lambda: shapely.get_coordinates(shapes, return_index=True),
    )
    xy += 0.0  # -0.0 and 0.0 are one place with two bit patterns
    size = np.bincount(owner, minlength=len(shapes))
    return Coordinates(xy.view(np.complex128)[:, 0], size, np.isin(kind, (3, 6)) & (size > 0))


def corners(polygons: np.ndarray, read: Coordinates) -> Corners:
    """
    Number the places at which corners stand.

    Parameters
    ----------
    polygons : numpy.ndarray of shapely geometries, shape (n,)
        Polygons and multipolygons.
    read : Coordinates
        Theirs.

    Returns
    -------
    Corners
        Without steps that have no length.

    Examples
    --------
    >>> cells = shapely.box([0, 1], [0, 0], [1, 2], [1, 1])
    >>> found = corners(cells, coordinates(cells))
    >>> found.place.tolist(), found.at[:2], found.begin.tolist()
    ([0, 1, 2, 3, 4, 5, 1, 0], array([1.+0.j, 1.+1.j]), [0, 4, 8])
    """
    at, end = read.at, np.cumsum(read.size)
    again = np.flatnonzero(at[1:] == at[:-1])
    unit = np.searchsorted(end, again, side="right")
    unit = np.unique(unit[again + 1 < end[unit]])
    if len(unit):  # steps without length
        polygons = polygons.copy()
        polygons[unit] = shapely.remove_repeated_points(polygons[unit])
        at, size, _ = read = coordinates(polygons)
        end = np.cumsum(size)
    lengths, hole = _rings(polygons, read)
    last = np.cumsum(lengths) - 1
    first = last - lengths + 1
    kept = np.ones(len(at), dtype=bool)
    kept[last] = False  # a ring closes on its first corner
    clockwise, (place, where) = at_once(
        lambda: _clockwise(at, first, last), lambda: _numbered(at.compress(kept))
    )
    start, stop = first - np.arange(len(first)), last - np.arange(len(last))
    before = np.zeros(len(at) + 1, dtype=place.dtype)
    np.cumsum(kept, out=before[1:])
    begin = before[np.concatenate([[0], end])]
    return Corners(place, where, begin, start, stop, clockwise != hole)


def edges(found: Corners) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Give the edge from each corner to the next of its ring.

    Parameters
    ----------
    found : Corners
        With k corners.

    Returns
    -------
    low, high : numpy.ndarray of int, shape (k,)
        Numbers of the places at its ends, the lower first.
    upward : numpy.ndarray of bool, shape (k,)
        Whether it runs from the lower to the higher if its polygon is to lie on the left.

    Examples
    --------
    >>> cells = shapely.box([0, 1], [0, 0], [1, 2], [1, 1])
    >>> low, high, upward = edges(corners(cells, coordinates(cells)))
    >>> np.stack([low, high])[:, [0, 6]].tolist(), upward[[0, 6]].tolist()
    ([[0, 0], [1, 1]], [True, False])
    """
    here = found.place
    after = np.empty_like(here)
    after[:-1] = here[1:]
    after[found.stop - 1] = here[found.start]
    upward = here < after
    if found.turned.all():
        np.logical_not(upward, out=upward)
    elif found.turned.any():
        upward ^= np.repeat(found.turned, found.stop - found.start)
    return np.minimum(here, after), np.maximum(here, after), upward


def _rings(polygons: np.ndarray, read: Coordinates) -> tuple[np.ndarray, np.ndarray]:
    """Number of coordinates of each ring, in order, and whether it is a hole."""
    at, size, _ = read
    filled = np.flatnonzero(size)
    lengths = size[filled]
    end = np.cumsum(lengths)
    begin = end - lengths
    hole = np.zeros(len(filled), dtype=bool)
    if not len(filled):
        return lengths, hole
    # A polygon that is at its first point again in its last and nowhere between is one ring: asking
    # for its parts and holes would cost as much as reading it.
    closes = at.real == np.repeat(at.real[begin], lengths)
    ends = np.stack([begin, end - 1], axis=1).ravel()
    if not np.array_equal(np.flatnonzero(closes), ends):
        closes &= at.imag == np.repeat(at.imag[begin], lengths)
        several = (np.add.reduceat(closes, begin, dtype=np.int32) != 2) | ~closes[end - 1]
        parts, whole = shapely.get_parts(polygons[filled[several]], return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        simple, many = np.flatnonzero(~several), np.flatnonzero(several)
        order = np.argsort(np.concatenate([simple, many[whole[part]]]), kind="stable")
        inner = np.concatenate([[False], part[1:] == part[:-1]])
        lengths = np.concatenate([lengths[simple], shapely.get_num_coordinates(rings)])[order]
        hole = np.concatenate([hole[simple], inner])[order]
    return lengths, hole


def _clockwise(at: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether each ring runs clockwise: whether its area, with its sign, is below zero."""
    areas = np.empty(len(first))
    cuts = np.searchsorted(first, np.arange(0, len(at), _BLOCK))
    for some in map(slice, cuts, [*cuts[1:], len(first)]):
        if some.start == some.stop:
            continue
        begin, end = first[some] - first[some.start], last[some] - first[some.start]
        block = at[first[some.start] : last[some.stop - 1] + 1]
        x, y = block.real, block.imag
        # Measured from the ring's first corner, so that the last digits stay.
        area = x - np.repeat(x[begin], end - begin + 1)
        area[:-1] += area[1:]
        step = np.empty_like(area)
        np.subtract(y[1:], y[:-1], out=step[:-1])
        step[end] = 0
        area *= step
        np.add.reduceat(area, begin, out=areas[some])
    return areas < 0


def _numbered(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of each corner's place, by first appearance, and where each place is."""
    blocks = [slice(i, i + _BLOCK) for i in range(0, len(at), _BLOCK)]
    words = at.view(np.uint64).reshape(-1, 2)
    mixed = np.empty(len(at), dtype=np.uint64)
    for some in blocks:
        mixed[some] = _mixed(words[some, 0], words[some, 1])
    # Three corners or more meet in a place.
    place = pd.factorize(mixed, size_hint=len(at) // 3)[0]
    where = _where(place, at)
    if any((where.take(place[some]) != at[some]).any() for some in blocks):
        # Two places have one hash: number them without.
        x, y = pd.factorize(at.real)[0], pd.factorize(at.imag)[0]
        place = pd.factorize(x * len(at) + y)[0]
        where = _where(place, at)
    # Numbers of 32 bits where they fit: half the memory to move.
    return place.astype(np.int32 if len(at) < 2**31 else np.int64), where


def _where(place: np.ndarray, at: np.ndarray) -> np.ndarray:
    where = np.empty(int(place.max(initial=-1)) + 1, dtype=at.dtype)
    where[place] = at
    return where


def _mixed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Hash of a pair of 64-bit words."""
    mixed = x * _ODD[0]
    mixed ^= mixed >> np.uint64(32)
    mixed += y
    mixed *= _ODD[1]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _ODD[2]
    return mixed
