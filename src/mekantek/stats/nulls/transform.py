"""Sums drawn without replacement, by one Fourier transform of the values' histogram."""

from __future__ import annotations

import numpy as np
from scipy import fft

__all__ = ["depth", "shares_of_sums"]

# A term that changes a probability by less than this is left out; the same beside a damped error.
_NOTHING, _FAINT = 1e-18, 1e-14
# Frequencies treated at once, so that they stay in the processor's cache.
_BLOCK = 1 << 12
# Length of a damped transform, in sums asked for, and by how many powers of e it damps in all:
# sums beyond its end fold back e^-29 times as likely, and rounding grows e^(29/3) times.
_FOLD, _DAMPING = 3, 29.0


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
