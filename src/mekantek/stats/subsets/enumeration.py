"""Every connected set of units, each found once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from mekantek.errors import OptionError

__all__ = ["LARGEST", "Tree", "all_sets", "connected_sets", "forest", "words"]

LARGEST = 8
MOST_SETS = 20_000_000
# Roots that grow side by side; a bit mask spans all units within reach of any of them.
_ROOTS = 512
# Bits of the masks that are spread out at a time: 16 MB.
_SPREAD = 1 << 24


@dataclass(frozen=True, eq=False)
class Tree:
    """
    How sets grow from some roots, a new member at a time.

    Attributes
    ----------
    units : numpy.ndarray of int
        Position in the whole graph of each unit within reach, ascending; the trees' own numbers
        count these.
    roots : numpy.ndarray of int
        Sets of one unit.
    steps : tuple of (numpy.ndarray, numpy.ndarray)
        For each larger size: the row of the smaller set that each set grew from, ascending, and
        the unit that was added.
    """

    units: np.ndarray
    roots: np.ndarray
    steps: tuple[tuple[np.ndarray, np.ndarray], ...]

    def sets(self) -> np.ndarray:
        """Give the sets of the last size, shape (n_sets, size): positions, in no order."""
        members = self.roots[:, None]
        for row, added in self.steps:
            members = np.column_stack([members[row], added])
        placed: np.ndarray = self.units[members]
        return placed


def words(mask: np.ndarray) -> np.ndarray:
    """
    Pack the rows of a boolean table into 64-bit words.

    Parameters
    ----------
    mask : numpy.ndarray of bool, shape (m, n)

    Returns
    -------
    numpy.ndarray of uint64, shape (m, ceil(n / 64))

    Examples
    --------
    >>> words(np.array([[True, False, True]])).tolist()
    [[5]]
    """
    rows, n = mask.shape
    full = np.zeros((rows, -(-n // 64) * 64), dtype=np.uint8)
    full[:, :n] = mask
    packed: np.ndarray = np.packbits(full, axis=1, bitorder="little").view("<u8")
    return packed


def _bits(masks: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """List the bits that are set: row and place, rows ascending, in blocks."""
    width = masks.shape[1] * 64
    rows = max(1, _SPREAD // width)
    for start in range(0, max(1, len(masks)), rows):
        block = np.ascontiguousarray(masks[start : start + rows]).view(np.uint8)
        spread = np.unpackbits(block, axis=1, bitorder="little")
        row, place = np.divmod(np.flatnonzero(spread), width)
        yield row + start, place


def _grown(
    near: np.ndarray, roots: np.ndarray, size: int, most: int
) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """
    Grow sets as Wernicke's ESU does, a whole size at a time.

    A set keeps the units it may still take: neighbours above its root, that were no neighbours of
    it before its last member came, and that an earlier brother has not taken. So no set comes twice.
    """
    n = len(near)
    later = words(np.triu(np.ones((n, n), dtype=bool), 1))
    closed = (near | words(np.eye(n, dtype=bool)))[roots]
    above = later[roots]
    reach = near[roots] & above
    steps = []
    for width in range(2, size + 1):
        rows, added, count = [], [], 0
        for row, place in _bits(reach):
            count += len(row)
            if count > most:
                return None
            rows.append(row.astype(np.int32))
            added.append(place.astype(np.min_scalar_type(n)))
        steps.append((np.concatenate(rows), np.concatenate(added)))
        if width < size:
            row, new = steps[-1]
            above = above[row]
            reach = (reach[row] & later[new]) | (near[new] & ~closed[row] & above)
            closed = closed[row] | near[new]
    return steps


def forest(matrix: sparse.csr_array, size: int, *, most: int = MOST_SETS) -> list[Tree] | None:
    """
    Find all connected sets of *size* units, as trees of growth.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        A link in either direction joins two units.
    size : int
        1 or more.
    most : int
        Stop where there are more sets than this of any size up to *size*.

    Returns
    -------
    list of Tree or None
        None where there are too many. The trees' sets are different, and together all.

    Notes
    -----
    Wernicke (2006, *IEEE/ACM Transactions on Computational Biology and Bioinformatics* 3(4)): the
    algorithm ESU, grown level by level with sets of neighbours as bit masks.
    """
    joined = sparse.csr_array((matrix + matrix.T) != 0).astype(np.int8)
    n = joined.shape[0]
    trees, count = [], 0
    for start in range(0, n, _ROOTS):
        roots = np.arange(start, min(start + _ROOTS, n))
        # A set bears its smallest member as root: only later units within reach can join.
        within = np.zeros(n, dtype=np.int8)
        within[roots] = 1
        for _ in range(size - 1):
            within[start:] |= (joined @ within)[start:] != 0
        units = np.flatnonzero(within)
        local = joined[units][:, units].toarray() != 0
        np.fill_diagonal(local, False)
        own = np.searchsorted(units, roots)
        steps = _grown(words(local), own, size, most - count)
        if steps is None:
            return None
        count += len(steps[-1][0]) if steps else len(roots)
        trees.append(Tree(units, own, tuple(steps)))
    return trees


def all_sets(trees: list[Tree], size: int) -> np.ndarray:
    """Put the sets of all trees into one table, shape (n_sets, size), in no order."""
    tables = [tree.sets() for tree in trees]
    return np.concatenate(tables) if tables else np.empty((0, size), dtype=np.int64)


def connected_sets(matrix: sparse.csr_array, size: int) -> np.ndarray:
    """
    List all connected sets of *size* units of a graph, each once.

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

    Notes
    -----
    Wernicke's ESU (2006), see `forest`.

    Examples
    --------
    >>> square = sparse.csr_array(np.array([[0,1,0,1],[1,0,1,0],[0,1,0,1],[1,0,1,0]]))
    >>> connected_sets(square, 2).tolist()
    [[0, 1], [0, 3], [1, 2], [2, 3]]
    """
    if not 1 <= size <= LARGEST:
        raise OptionError(f"The size of a set is {size}; it lies between 1 and {LARGEST}.")
    trees = forest(matrix, size, most=MOST_SETS)
    if trees is None:
        raise OptionError(
            f"There are too many connected sets of {size} units to list; take a smaller size.",
            f"{size} birimlik bitişik gruplar sayılamayacak kadar çok; daha küçük bir boy verin.",
        )
    sets = np.sort(all_sets(trees, size), axis=1)
    # The members of a row as one number, where it has room for them, sort quickest.
    bits = max(1, (matrix.shape[0] - 1).bit_length())
    if size * bits > 63:
        return sets[np.lexsort(sets.T[::-1])].astype(np.int32)
    key = np.zeros(len(sets), dtype=np.int64)
    for column in sets.T:
        key = (key << bits) | column
    return sets[np.argsort(key)].astype(np.int32)
