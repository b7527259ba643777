"""Measures of concentration: numbers that say how much of a total sits in few places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError, ShareError, ValuesError

__all__ = [
    "MEASURES",
    "Rows",
    "checked",
    "concentration_ratio",
    "entropy",
    "gini",
    "gini_unbiased",
    "hhi",
    "location_quotient",
    "locational_gini",
    "lorenz",
    "theil_l",
    "theil_t",
]


def checked(values: np.ndarray | pd.Series) -> np.ndarray:
    """
    Give the values as numbers that can be concentrated.

    Parameters
    ----------
    values : array_like, shape (n,)

    Returns
    -------
    numpy.ndarray of float64, shape (n,)

    Raises
    ------
    ValuesError
        If there are fewer than two, one is missing, infinite or negative, or all are zero.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) < 2:
        raise ValuesError(f"{len(numbers)} values; concentration needs at least two.")
    if not np.isfinite(numbers).all():
        raise ValuesError("A value is missing or infinite; concentration needs finite numbers.")
    if (numbers < 0).any():
        raise ValuesError(f"A value is negative, {numbers.min():g}; exports are 0 or more.")
    if numbers.sum() <= 0:
        raise ValuesError("All values are zero; nothing is there to concentrate.")
    return numbers


def gini(values: np.ndarray | pd.Series) -> float:
    r"""
    Gini coefficient of the values.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [0, 1 - 1/n]; 0 where all are equal.

    Raises
    ------
    ValuesError
        If a value is missing, infinite or negative, or all are zero.

    Notes
    -----
    :math:`G = \sum_i (2 r_i - n - 1) v_i / (n \sum v)`, r the rank (Cowell 2011, ch. 2).

    Examples
    --------
    >>> gini(np.array([0.0, 0.0, 1.0]))
    0.6666666666666666
    """
    return float(_gini_rows(checked(values)))


def gini_unbiased(values: np.ndarray | pd.Series) -> float:
    """
    Gini coefficient times n/(n - 1), which reaches 1 where one unit has all.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValuesError
        If there are fewer than two values, one is missing, negative or infinite, or all are zero.

    Examples
    --------
    >>> gini_unbiased(np.array([0.0, 0.0, 1.0]))
    1.0
    """
    return gini(values) * len(values) / (len(values) - 1)


def hhi(values: np.ndarray | pd.Series) -> float:
    """
    Herfindahl-Hirschman index: the sum of squared shares.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [1/n, 1]; its inverse is the equivalent number of equal units.

    Examples
    --------
    >>> hhi(np.array([1.0, 1.0, 2.0]))
    0.375
    """
    return float(_hhi_rows(checked(values)))


def theil_t(values: np.ndarray | pd.Series) -> float:
    """
    Theil's T in nats; zeros contribute nothing.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [0, ln n], nats (Theil 1967).

    Raises
    ------
    ValuesError
        If there are fewer than two values, one is missing, negative or infinite, or all are zero.

    Examples
    --------
    >>> round(theil_t(np.array([1.0, 1.0, 1.0, 1.0])), 12)
    0.0
    """
    return float(_theil_rows(checked(values)))


def theil_l(values: np.ndarray | pd.Series) -> float | None:
    r"""
    Theil's L, the mean logarithmic deviation, in nats; None where a value is zero.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float or None
        ≥ 0, nats.

    Raises
    ------
    ValuesError
        If there are fewer than two values, one is missing, negative or infinite, or all are zero.

    Notes
    -----
    :math:`L = \frac1n \sum_i \ln(\bar v / v_i)` has no value where one unit holds nothing
    (Shorrocks 1984).

    Examples
    --------
    >>> round(theil_l(np.array([1.0, 3.0])), 4), theil_l(np.array([0.0, 1.0]))
    (0.1438, None)
    """
    found = float(_theil_l_rows(checked(values)))
    return found if np.isfinite(found) else None


def entropy(values: np.ndarray | pd.Series) -> float:
    """
    Shannon's entropy of the shares in nats: small where few units hold much.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.

    Returns
    -------
    float
        In [0, ln n], nats (Shannon 1948).

    Raises
    ------
    ValuesError
        If there are fewer than two values, one is missing, negative or infinite, or all are zero.

    Examples
    --------
    >>> round(entropy(np.array([1.0, 1.0, 0.0])), 4)
    0.6931
    """
    return float(_entropy_rows(checked(values)))


def concentration_ratio(values: np.ndarray | pd.Series, count: int) -> float:
    """
    Share of the *count* largest units in the total, CR_k.

    Parameters
    ----------
    values : array_like, shape (n,)
        ≥ 0, any unit, not all zero.
    count : int
        How many units, from 1 to n.

    Returns
    -------
    float
        Fraction in (0, 1].

    Raises
    ------
    OptionError
        If *count* is not between 1 and n.

    Examples
    --------
    >>> concentration_ratio(np.array([5.0, 3.0, 2.0]), 2)
    0.8
    """
    numbers = checked(values)
    if not 1 <= count <= len(numbers):
        raise OptionError(f"count is {count}; it lies between 1 and {len(numbers)}.")
    return float(_ratio_rows(numbers, count))


def _gini_rows(values: np.ndarray) -> np.ndarray:
    """Gini of each row; the measures below likewise, so that many trials are one call."""
    ordered = np.sort(values, axis=-1)
    n = values.shape[-1]
    return np.asarray(ordered @ (2.0 * np.arange(1, n + 1) - n - 1) / (n * ordered.sum(axis=-1)))


def _hhi_rows(values: np.ndarray) -> np.ndarray:
    return np.asarray((values**2).sum(axis=-1) / values.sum(axis=-1) ** 2)


def _theil_rows(values: np.ndarray) -> np.ndarray:
    relative = values / values.mean(axis=-1, keepdims=True)
    return np.asarray(special.xlogy(relative, relative).mean(axis=-1))


def _theil_l_rows(values: np.ndarray) -> np.ndarray:
    """Infinite where a value is zero."""
    with np.errstate(divide="ignore"):
        logs = np.log(values / values.mean(axis=-1, keepdims=True))
    return np.asarray(-logs.mean(axis=-1))


def _entropy_rows(values: np.ndarray) -> np.ndarray:
    shares = values / values.sum(axis=-1, keepdims=True)
    return np.asarray(-special.xlogy(shares, shares).sum(axis=-1))


def _ratio_rows(values: np.ndarray, count: int) -> np.ndarray:
    largest = np.partition(values, values.shape[-1] - count, axis=-1)[..., -count:]
    return np.asarray(largest.sum(axis=-1) / values.sum(axis=-1))


def _unbiased_rows(values: np.ndarray) -> np.ndarray:
    return np.asarray(_gini_rows(values) * values.shape[-1] / (values.shape[-1] - 1))


Rows = Callable[[np.ndarray], np.ndarray]

MEASURES: Mapping[str, Rows] = {
    "gini": _gini_rows,
    "gini_unbiased": _unbiased_rows,
    "hhi": _hhi_rows,
    "equivalent_number": lambda values: 1 / _hhi_rows(values),
    "theil_t": _theil_rows,
    "theil_l": _theil_l_rows,
    "entropy": _entropy_rows,
    **{f"cr{k}": partial(_ratio_rows, count=k) for k in (1, 2, 3, 5, 10)},
}


def lorenz(values: pd.Series) -> pd.DataFrame:
    """
    Lorenz curve: how much of the total the smallest units hold together.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        ≥ 0, not all zero.

    Returns
    -------
    pandas.DataFrame, shape (n + 1, 2)
        ``units`` and ``total``: cumulated fractions in [0, 1], from (0, 0) to (1, 1).

    Examples
    --------
    >>> lorenz(pd.Series([3.0, 1.0]))
       units  total
    0    0.0   0.00
    1    0.5   0.25
    2    1.0   1.00
    """
    ordered = np.sort(checked(values))
    cumulated = np.concatenate([[0.0], np.cumsum(ordered)]) / ordered.sum()
    cumulated[-1] = 1.0
    return pd.DataFrame({"units": np.linspace(0, 1, len(ordered) + 1), "total": cumulated})


def locational_gini(values: pd.Series, reference: pd.Series) -> float:
    r"""
    Gini coefficient of one activity relative to all activity: how unlike they are spread.

    Parameters
    ----------
    values, reference : pandas.Series, shape (n,)
        Value of the activity and of all activity in each unit, ≥ 0, same index.

    Returns
    -------
    float
        In [0, 1); 0 where every unit has the same share of both.

    Raises
    ------
    ValuesError
        If the indices differ, or values are missing, infinite, negative or all zero, or a unit
        holds some of the activity and nothing of the reference.

    Notes
    -----
    One minus twice the area under the Lorenz curve of the activity's shares over the reference's,
    units ordered by their location quotient (Krugman 1991, *Geography and Trade*, ch. 2).

    Examples
    --------
    >>> places = ["a", "b"]
    >>> locational_gini(pd.Series([3.0, 1.0], places), pd.Series([1.0, 1.0], places))
    0.25
    """
    if not values.index.equals(reference.index):
        raise ValuesError("The values and their reference bear other ids; join them first.")
    mine, whole = checked(values), checked(reference)
    if ((mine > 0) & (whole == 0)).any():
        raise ValuesError("A unit holds some of the activity and nothing of the reference.")
    mine, whole = mine[whole > 0], whole[whole > 0]
    order = np.argsort(mine / whole, kind="stable")
    part, base = mine[order] / mine.sum(), whole[order] / whole.sum()
    after = np.cumsum(part)
    return float(1 - base @ (2 * after - part))


def location_quotient(share: pd.Series, *, reference: float) -> pd.Series:
    r"""
    Compare each province's share of a class with the reference share.

    Parameters
    ----------
    share : pandas.Series, shape (n_provinces,)
        Share of the class in each province's own exports. Fraction in [0, 1].
    reference : float
        Share of the class in the reference economy's exports. Fraction in (0, 1].

    Returns
    -------
    pandas.Series, shape (n_provinces,)
        Dimensionless, ≥ 0; 1 means as specialised as the reference. Index as given.

    Raises
    ------
    ShareError
        If *reference* is not in (0, 1], or a share is missing or outside [0, 1].

    Notes
    -----
    :math:`LQ_i = s_i / S`, the revealed comparative advantage of Balassa (1965).

    Examples
    --------
    >>> share = pd.Series({"Eskişehir": 0.344, "Ankara": 0.121})
    >>> location_quotient(share, reference=0.036).round(2)
    Eskişehir    9.56
    Ankara       3.36
    dtype: float64
    """
    if not 0 < reference <= 1:
        raise ShareError(f"The reference share is {reference:g}; it is a fraction in (0, 1].")
    wrong = share[~((share >= 0) & (share <= 1))]
    if len(wrong):
        raise ShareError(
            f"Invalid share in {len(wrong)} of {len(share)} provinces, first {wrong.index[0]}: "
            f"{wrong.iloc[0]:g}. Shares are fractions in [0, 1]; divide percentages by 100."
        )
    return share / reference
