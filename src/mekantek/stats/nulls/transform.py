"""Sums drawn without replacement, by one Fourier transform of the values' histogram."""

from __future__ import annotations

import numpy as np
from scipy import fft
from scipy.special import logsumexp

__all__ = ["depth", "shares_of_sums", "sums_in_windows"]

# A term that changes a probability by less than this is left out; the same beside a damped error.
_NOTHING, _FAINT = 1e-18, 1e-14
# Frequencies treated at once, so that they stay in the processor's cache.
_BLOCK = 1 << 12
# Length of a damped transform, in sums asked for, and by how many powers of e it damps in all:
# sums beyond its end fold back e^-29 times as likely, and rounding grows e^(29/3) times.
_FOLD, _DAMPING = 3, 29.0
# Logarithm of what may lie outside a window of sums on either side; classes of levels and tilts by
# which that is bounded.
_OUTSIDE, _CLASSES, _TILTS = 34.5, 1 << 12, 48


def depth(n: int, size: int, *, damped: bool = False) -> int:
    """
    Tell how many corrections for drawing without replacement change a double at all.

    Each is about size / n times the one before: a handful for a large map, all for a small one.
    Beside the error of a damped transform there are fewer that matter.

    Examples
    --------
    >>> depth(81, 6), depth(1_000_000, 6), depth(1_000_000, 6, damped=True)
    (6, 3, 2)
    """
    ratio, nothing = 1.0, _FAINT if damped else _NOTHING
    for m in range(1, size + 1):
        ratio *= (size - m + 1) / (n - size + m)
        if ratio < nothing:
            return m - 1
    return size


def shares_of_sums(
    levels: np.ndarray, size: int, limit: int, *, least: int = 0, damped: bool = False
) -> np.ndarray:
    """
    Give the share of the j-subsets that have each sum, for all j up to a size.

    Newton's identities between power sums and elementary symmetric polynomials hold at each
    frequency, so the cost does not depend on n.

    Parameters
    ----------
    levels : numpy.ndarray of int64, shape (n,)
        ≥ 0.
    size : int
        Largest subset, at most n.
    limit : int
        Largest sum that will be asked for. Levels beyond it are in no subset that counts.
    least : int
        Rows below this one, but for that of the empty set, are left at zero.
    damped : bool
        Spare the room for sums beyond the limit, at the price of an error below 1e-12.

    Returns
    -------
    numpy.ndarray, shape (size + 1, limit + 1)
        Fractions of all j-subsets.

    Notes
    -----
    Damped: with each level l weighed r^l, r < 1, a transform of length W gives r^s (P(s) + r^W
    P(s + W) + …), so sums may fold back (Grübel & Hermesmeier 1999).

    Examples
    --------
    >>> shares_of_sums(np.array([0, 1, 1, 3]), 2, 2)[2].round(6).tolist()  # of 1, 1, 3, 2, 4, 4
    [0.0, 0.333333, 0.166667]
    """
    counted = np.bincount(levels[levels <= limit], minlength=1).astype(np.float64)
    top = len(counted) - 1
    width, damping = size * top + 1, 0.0
    if damped and width > _FOLD * (limit + 1):
        width, damping = _FOLD * (limit + 1), _DAMPING
    width = fft.next_fast_len(width, real=True)
    deep = [max(1, min(j, depth(len(levels), j, damped=damped) + 1)) for j in range(size + 1)]
    spectra = _spectra(counted, len(levels), deep, least, width, damping / width)
    shares = np.zeros((size + 1, limit + 1))
    shares[0, 0] = 1.0
    growth = np.exp(damping / width * np.arange(limit + 1)) if damping else None
    for j in list(spectra):
        end = min(j * top, limit) + 1
        found = np.maximum(fft.irfft(spectra.pop(j), width)[:end], 0.0, out=shares[j, :end])
        if growth is not None:
            found *= growth[:end]
    return shares


def sums_in_windows(
    levels: np.ndarray, size: int, limit: int, *, least: int = 0
) -> tuple[np.ndarray, np.ndarray] | None:
    """
    Give the share of the j-subsets up to each sum, in a window that holds all but 1e-15 of them.

    Sums of many values that none of them decides lie close together, so a transform as long as
    the longest window does, and nothing is damped.

    Parameters
    ----------
    levels, size, limit, least
        As for `shares_of_sums`.

    Returns
    -------
    start : numpy.ndarray of int64, shape (size + 1,)
        First sum of each window.
    below : numpy.ndarray, shape (size + 1, width + 1)
        ``below[j, i]``: fraction of all j-subsets with sum < start[j] + i, for the sizes asked for.
    None
        Where a damped transform is shorter.

    Notes
    -----
    By Maclaurin's inequality the elementary symmetric means of exp(t l) are at most the powers of
    their mean, so the share of j-subsets with sum ≥ b is at most exp(−t b) (Σ exp(t l) / n)ʲ for
    every t > 0 (Chernoff 1952; Hoeffding 1963), and likewise below.

    Examples
    --------
    >>> start, below = sums_in_windows(np.arange(1000), 40, 40_000, least=40)
    >>> int(start[40]), below.shape[1], float(below[40, 20_000 - start[40]].round(2))
    (6199, 27649, 0.5)
    """
    n = len(levels)
    counted = np.bincount(levels[levels <= limit], minlength=1).astype(np.float64)
    start, stop = _windows(counted, n, size)
    sizes = slice(max(1, least), size + 1)
    width = fft.next_fast_len(int((stop - start)[sizes].max()) + 1, real=True)
    if width >= min(size * (len(counted) - 1), _FOLD * (limit + 1)):
        return None
    deep = [max(1, min(j, depth(n, j, damped=True) + 1)) for j in range(size + 1)]
    # Levels are told apart by their place on the circle alone; their sums by the window.
    counted = np.pad(counted, (0, -len(counted) % width)).reshape(-1, width).sum(axis=0)
    spectra = _spectra(counted, n, deep, least, width, 0.0)
    below = np.zeros((size + 1, width + 1))
    below[0, 1:] = 1.0
    for j in list(spectra):
        found, row = fft.irfft(spectra.pop(j), width), below[j, 1:]
        turn = int(start[j]) % width
        np.maximum(found[turn:], 0.0, out=row[: width - turn])
        np.maximum(found[:turn], 0.0, out=row[width - turn :])
        np.cumsum(row, out=row)
    return start, below


def _windows(counted: np.ndarray, n: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last sums of subsets of each size, but for a share of exp(−34.5) on either side."""
    top = len(counted) - 1
    low = np.arange(0, top + 1, top // _CLASSES + 1)
    mass = np.add.reduceat(counted, low)
    low, high = low[mass > 0], np.append(low[1:] - 1, top)[mass > 0]
    mass = mass[mass > 0]
    if not len(mass):
        nothing = np.zeros(size + 1, dtype=np.int64)
        return nothing, nothing
    spread = float(np.sqrt(np.cov(high, fweights=mass, ddof=0))) + 1.0
    tilts = np.geomspace(0.1 * _OUTSIDE / (top + 1.0), 20.0 / spread, _TILTS)[:, None]
    sizes = np.arange(size + 1)
    most = logsumexp(tilts * high, b=mass / n, axis=1)[:, None]
    least = logsumexp(-tilts * low, b=mass / n, axis=1)[:, None]
    stop = np.ceil(((sizes * most + _OUTSIDE) / tilts).min(axis=0)).astype(np.int64)
    start = np.floor((-(sizes * least + _OUTSIDE) / tilts).max(axis=0)).astype(np.int64)
    stop = np.minimum(stop, sizes * top)
    return np.clip(start, 0, stop), stop


def _spectra(
    counted: np.ndarray, n: int, deep: list[int], least: int, width: int, decay: float
) -> dict[int, np.ndarray]:
    """Transforms of the shares of each size, from the least to the largest, with so many terms."""
    size = len(deep) - 1
    # The m-th power sum at one frequency is the first one at m times that frequency; damped, it
    # needs a transform of its own.
    powers = [fft.rfft(counted, width)]
    if decay:
        level = decay * np.arange(len(counted))
        powers = [fft.rfft(counted * np.exp(-m * level), width) for m in range(1, max(deep) + 1)]
    spectra = {
        j: np.empty(width // 2 + 1, dtype=np.complex128) for j in range(max(1, least), size + 1)
    }
    term = np.empty(_BLOCK, dtype=np.complex128)
    for start in range(0, width // 2 + 1, _BLOCK):
        frequency = np.arange(start, min(start + _BLOCK, width // 2 + 1))
        sums, here, part = [], slice(start, start + len(frequency)), term[: len(frequency)]
        for m in range(1, max(deep) + 1):
            at = frequency * m % width
            folded = 2 * at > width
            found = powers[m - 1 if decay else 0][np.where(folded, width - at, at)]
            np.conjugate(found, out=found, where=folded)
            sums.append(found)
        elementary = [np.ones(len(frequency), dtype=np.complex128)]  # as fractions of C(n, j)
        for j in range(1, size + 1):
            total = spectra[j][here] if j >= least else np.empty_like(part)
            ratio = 1 / (n - j + 1)  # C(n, j - m) / C(n, j) / j, with the sign of the term
            np.multiply(elementary[j - 1], sums[0], out=total)
            parts = total.view(np.float64)  # half the work of a complex factor
            parts *= ratio
            for m in range(2, deep[j] + 1):
                ratio *= -(j - m + 1) / (n - j + m)
                np.multiply(elementary[j - m], sums[m - 1], out=part)
                parts = part.view(np.float64)
                parts *= ratio
                total += part
            elementary.append(total)
    return spectra
