"""Tails of weighted sums for all units of a large map at once, from one table of the values."""

from __future__ import annotations

import numpy as np

__all__ = ["Spectrum"]

# Nodes of the integral, at first and at most; the next time four times as many.
_NODES, _MOST_NODES = 24, 96
# Table points per turn of the widest value; units times nodes at once.
_FINE, _AT_ONCE = 40, 400_000
# Smallest probability that an integral of absolute accuracy answers.
_LEAST = 2e-5
# Mass beyond which the period of the integral may cut, and what may be left of its last nodes.
_BEYOND, _SETTLED = 1e-7, 1e-7


class Spectrum:
    r"""
    Characteristic function of one draw, tabled, so that every unit only looks it up.

    Parameters
    ----------
    knots, masses : numpy.ndarray, shape (knots,)
        What stands for the values: a range of about 1 around 0, and how often each is there.

    Notes
    -----
    For N much larger than k² the weighted sum has the characteristic function
    Πⱼ φ(wⱼy) · exp(−Σ_{j<l} [φ((wⱼ + wₗ)y) / φ(wⱼy)φ(wₗy) − 1] / N), to the order 1/N, and
    P(S > s) = 1/2 + ∫ Im[φ_S(y) exp(−iys)] dy / πy (Gil-Pelaez 1951) is a sum over the midpoints
    of a grid (Davies 1973), wrong by the mass beyond the period of the grid.
    """

    def __init__(self, knots: np.ndarray, masses: np.ndarray) -> None:
        share = masses / masses.sum()
        self.knots, self.share = knots - float(share @ knots), share
        self.shift = float(share @ knots)
        self.step = 2.0 * np.pi / (_FINE * float(np.abs(self.knots).max()))
        # One width after another, so that a table is no longer than it is read.
        self.table = np.zeros((0, 2), dtype=np.complex128)

    def _grow(self, top: float) -> None:
        points = int(top / self.step) + 3
        if points <= len(self.table):
            return
        at = self.step * np.arange(len(self.table), points)
        parts = []
        for part in np.array_split(at, max(1, len(at) // 2000)):
            wave = np.exp(1j * part[:, None] * self.knots)
            parts.append(
                np.stack([wave @ self.share, wave @ (1j * self.knots * self.share)], axis=1)
            )
        self.table = np.concatenate([self.table, *parts])

    def _read(self, at: np.ndarray) -> np.ndarray:
        """Cubic Hermite interpolation of the characteristic function."""
        scaled = at / self.step
        cell = scaled.astype(np.int64)
        u = scaled - cell
        low, high = self.table[cell], self.table[cell + 1]
        v = 1.0 - u
        found: np.ndarray = (
            v * v * (1.0 + 2.0 * u) * low[..., 0]
            + u * u * (3.0 - 2.0 * u) * high[..., 0]
            + self.step * u * v * (v * low[..., 1] - u * high[..., 1])
        )
        return found

    def tails(
        self, weights: np.ndarray, targets: np.ndarray, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """
        P(S ≥ s) and P(S ≤ s) of units with the same number of neighbours.

        Parameters
        ----------
        weights : numpy.ndarray, shape (m, k)
        targets : numpy.ndarray, shape (m,)
        size : int
            How many values there are to draw from.

        Returns
        -------
        at_least, at_most : numpy.ndarray, shape (m,)
            NaN below 2e-5 and where the integral does not settle.
        """
        at_least, at_most = np.full(len(targets), np.nan), np.full(len(targets), np.nan)
        targets = targets - self.shift * weights.sum(axis=1)
        left, nodes = np.arange(len(targets)), _NODES
        while len(left) and nodes <= _MOST_NODES:
            rows = max(1, _AT_ONCE // (nodes * weights.shape[1]))
            good = np.zeros(len(left), dtype=bool)
            for start in range(0, len(left), rows):
                part = left[start : start + rows]
                upper, settled = self._integrate(weights[part], targets[part], nodes, size)
                lower = 1.0 - upper
                settled &= (upper > _LEAST) & (lower > _LEAST)
                done = part[settled]
                at_least[done], at_most[done] = upper[settled], lower[settled]
                good[start : start + rows] = settled
            left, nodes = left[~good], nodes * 4
        return at_least, at_most

    def _integrate(
        self, weights: np.ndarray, targets: np.ndarray, nodes: int, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        far = self._far(weights)
        step = 2.0 * np.pi / (far + np.abs(targets))
        height = step[:, None] * (np.arange(nodes) + 0.5)
        self._grow(float((height[:, -1] * weights.max(axis=1)).max()) * 2.0)
        product = np.ones(height.shape, dtype=np.complex128)
        single = []
        for place in range(weights.shape[1]):
            single.append(self._read(height * weights[:, place, None]))
            product *= single[-1]
        k = len(single)
        if 40 * k > 0.003 * size:  # else what was drawn is not missed
            for place in range(k):
                for other in range(place):
                    both = single[place] * single[other]
                    pair = self._read(height * (weights[:, place] + weights[:, other])[:, None])
                    ratio = np.where(np.abs(both) > 1e-3, pair / np.where(both == 0, 1, both), 1.0)
                    product *= np.exp((1.0 - ratio) / size)
        turned = product * np.exp(-1j * height * targets[:, None])
        upper = 0.5 + (turned.imag / (np.arange(nodes) + 0.5)).sum(axis=1) / np.pi
        last = np.abs(product[:, -nodes // 6 :]).max(axis=1)
        return upper, last < _SETTLED * 30

    def _far(self, weights: np.ndarray) -> np.ndarray:
        """How far sums may lie from their mean: one great leap and the spread of the others."""
        variance = float(self.share @ self.knots**2)
        order = np.argsort(np.abs(self.knots))[::-1]
        beyond = np.cumsum(self.share[order])
        first = order[min(int(np.searchsorted(beyond, _BEYOND)), len(order) - 1)]
        leap = float(np.abs(self.knots[first]))
        total = weights.sum(axis=1)
        spread = 6.0 * np.sqrt(variance * (weights**2).sum(axis=1))
        far: np.ndarray = np.minimum(total * leap, weights.max(axis=1) * leap + spread)
        return far
