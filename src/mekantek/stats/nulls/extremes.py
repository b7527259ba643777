"""The few values farthest from all others, which a smooth approximation leaves alone."""

from __future__ import annotations

import numpy as np

__all__ = ["taken_out"]


def taken_out(
    values: np.ndarray, counts: np.ndarray, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Take the values farthest from the mean of the others out, one by one.

    Parameters
    ----------
    values, counts : numpy.ndarray, shape (levels,)
        Distinct values, ascending, and how often each is there; only whole ones are taken.
    number : int
        How many to take.

    Returns
    -------
    far, values, counts : numpy.ndarray
        What was taken, farthest first, and what is left.

    Examples
    --------
    >>> taken_out(np.array([0.0, 1.0, 9.0]), np.array([5.0, 2.0, 1.0]), 1)
    (array([9.]), array([0., 1.]), array([5., 2.]))
    """
    far: list[float] = []
    counts = counts.copy()
    # Whole ones at either end; sums are kept up, as this is asked for every unit.
    whole = np.flatnonzero(counts >= 1).tolist()
    size, total = float(counts.sum()), float(counts @ values)
    while len(far) < number and size >= 1.5 and whole:
        mean = total / size
        at = whole[0] if mean - values[whole[0]] >= values[whole[-1]] - mean else whole[-1]
        far.append(float(values[at]))
        counts[at] -= 1
        size, total = size - 1, total - far[-1]
        if counts[at] < 1:
            whole.remove(at)
    left = counts != 0
    return np.array(far), values[left], counts[left]
