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
        Distinct values, and how often each is there; only whole ones are taken.
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
    far, counts = [], counts.copy()
    for _ in range(number):
        if counts.sum() < 1.5 or not (counts >= 1).any():
            break
        mean = float(counts @ values) / float(counts.sum())
        at = int(np.argmax(np.where(counts >= 1, np.abs(values - mean), -1.0)))
        far.append(float(values[at]))
        counts[at] -= 1
    left = counts != 0
    return np.array(far), values[left], counts[left]
