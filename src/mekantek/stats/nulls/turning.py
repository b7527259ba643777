"""exp(ith) at evenly spaced heights h, by products: an exponential takes as long as twenty."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["Turning"]


class Turning:
    """
    Terms that turn as one climbs: begin · exp(i h power).

    Parameters
    ----------
    begin, power : numpy.ndarray, shape (…)
        Terms at height 0, and how fast each turns.

    Examples
    --------
    >>> turning = Turning(np.ones(1), np.ones(1))
    >>> bool(np.allclose(turning.at(np.array([1.0, 2.0, 3.0]))[:, 0], np.exp([1j, 2j, 3j])))
    True
    """

    def __init__(self, begin: np.ndarray, power: np.ndarray) -> None:
        self.begin, self.power = begin, power
        self._step, self._turn = math.nan, begin
        self._above, self._last = math.nan, begin

    def at(self, height: np.ndarray) -> np.ndarray:
        """
        Give the terms at evenly spaced heights.

        Parameters
        ----------
        height : numpy.ndarray, shape (h,)
            Quicker if it goes on where the last call ended, with the same step.

        Returns
        -------
        numpy.ndarray of complex, shape (h, …)
        """
        step = float(height[1] - height[0]) if len(height) > 1 else float(height[0] - self._above)
        if not abs(step - self._step) <= 1e-9 * abs(step):
            self._step, self._turn = step, np.exp(1j * step * self.power)
        if abs(height[0] - self._above - step) <= 1e-9 * abs(step):
            now = self._last * self._turn
        else:
            now = self.begin * np.exp(1j * height[0] * self.power)
        turned = np.empty((len(height), *now.shape), dtype=np.complex128)
        turned[0] = now
        power, done = self._turn, 1
        while done < len(height):
            more = turned[: min(done, len(height) - done)]
            np.multiply(more, power, out=turned[done : done + len(more)])
            power, done = power * power, 2 * done
        self._above, self._last = float(height[-1]), turned[-1]
        return turned
