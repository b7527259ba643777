"""Shares that sum to one: log-ratios, and what stands in for a zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mekantek.errors import OptionError, ShareError

__all__ = ["balance", "centred_log_ratio", "replace_zeros"]


def _checked(parts: pd.DataFrame, *, positive: bool) -> np.ndarray:
    numbers = parts.to_numpy(dtype=np.float64)
    bad = ~np.isfinite(numbers) | (numbers < 0) | (positive & (numbers == 0))
    if bad.any() or not len(parts.columns):
        first = parts.index[bad.any(axis=1)][0] if bad.any() else "no part"
        told = "zero, missing or negative" if positive else "missing or negative"
        raise ShareError(
            f"A part of {int(bad.any(axis=1).sum())} units is {told}, first {first}; log-ratios "
            "need parts above 0 (see replace_zeros)."
        )
    return numbers


def replace_zeros(parts: pd.DataFrame, *, limit: float, fraction: float = 0.65) -> pd.DataFrame:
    r"""
    Put a small part in place of every zero, and take it from the others in proportion.

    Parameters
    ----------
    parts : pandas.DataFrame, shape (n, D)
        Shares, 0 or more; each row is one unit.
    limit : float
        Largest share that could stand as zero: 0.0005 where shares are printed to 0.1 point.
    fraction : float
        Part of *limit* that is put in, in (0, 1].

    Returns
    -------
    pandas.DataFrame, shape (n, D)
        Rows that sum to one; ratios among parts that were not zero are kept.

    Raises
    ------
    ShareError
        If a part is missing or negative, or all parts of a unit are zero.
    OptionError
        If *limit* or *fraction* is out of range.

    Notes
    -----
    Multiplicative replacement (Martín-Fernández, Barceló-Vidal & Pawlowsky-Glahn 2003,
    *Mathematical Geology* 35); 65 % of the limit is their choice.

    Examples
    --------
    >>> parts = pd.DataFrame({"high": [0.0], "low": [0.6], "rest": [0.4]})
    >>> replace_zeros(parts, limit=0.0005).round(6).iloc[0].tolist()
    [0.000325, 0.599805, 0.39987]
    """
    if not 0 < limit < 1 or not 0 < fraction <= 1:
        raise OptionError(
            f"limit is {limit!r} and fraction {fraction!r}; both lie between 0 and 1."
        )
    numbers = _checked(parts, positive=False)
    sums = numbers.sum(axis=1, keepdims=True)
    if (sums == 0).any():
        raise ShareError(f"All parts of {parts.index[(sums == 0)[:, 0]][0]} are zero.")
    zero = numbers == 0
    put = limit * fraction
    kept = numbers / sums * (1 - put * zero.sum(axis=1, keepdims=True))
    return pd.DataFrame(np.where(zero, put, kept), index=parts.index, columns=parts.columns)


def centred_log_ratio(parts: pd.DataFrame) -> pd.DataFrame:
    r"""
    Logarithm of each part over the geometric mean of all.

    Parameters
    ----------
    parts : pandas.DataFrame, shape (n, D)
        Above 0, any unit.

    Returns
    -------
    pandas.DataFrame, shape (n, D)
        Dimensionless; rows sum to zero.

    Raises
    ------
    ShareError
        If a part is zero, negative or missing.

    Notes
    -----
    Aitchison (1986, *The Statistical Analysis of Compositional Data*, ch. 4). A part's clr is its
    balance against all others but for a factor, so both correlate alike with anything.

    Examples
    --------
    >>> centred_log_ratio(pd.DataFrame({"a": [np.e**2], "b": [1.0]})).round(6).iloc[0].tolist()
    [1.0, -1.0]
    """
    logs = np.log(_checked(parts, positive=True))
    return pd.DataFrame(
        logs - logs.mean(axis=1, keepdims=True), index=parts.index, columns=parts.columns
    )


def balance(parts: pd.DataFrame, above: Sequence[str], below: Sequence[str]) -> pd.Series:
    r"""
    Weigh one group of parts against another.

    Parameters
    ----------
    parts : pandas.DataFrame, shape (n, D)
        Above 0, any unit.
    above, below : sequence of str
        Columns of each side; none on both.

    Returns
    -------
    pandas.Series, shape (n,)
        :math:`\sqrt{rs/(r+s)}\,\ln(g(above)/g(below))`, r and s columns and g their geometric mean;
        dimensionless. One coordinate of an isometric log-ratio (Egozcue et al. 2003, *Mathematical
        Geology* 35; balances: Egozcue & Pawlowsky-Glahn 2005).

    Raises
    ------
    ShareError
        If a part is zero, negative or missing.
    OptionError
        If a side is empty or a column stands on both.

    Examples
    --------
    >>> parts = pd.DataFrame({"low": [0.5], "high": [0.5]})
    >>> balance(parts, ["low"], ["high"]).item()
    0.0
    """
    if not above or not below or set(above) & set(below):
        raise OptionError("A balance needs columns on both sides, none of them on both.")
    r, s = len(above), len(below)
    upper, lower = (np.log(_checked(parts[list(side)], positive=True)) for side in (above, below))
    ratio = upper.mean(axis=1) - lower.mean(axis=1)
    return pd.Series(np.sqrt(r * s / (r + s)) * ratio, index=parts.index, name="balance")
