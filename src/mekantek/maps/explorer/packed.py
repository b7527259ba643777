"""Numbers written as short text, for pages that hold very many of them."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

__all__ = ["DIGITS", "NONE", "pack", "pack_levels", "pack_p", "pack_steps"]

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase + "-_"
"""The 64 digits, in order of their value; none means anything to HTML or JSON."""

NONE = 4095
"""What two digits hold at most: where there is no number."""


def pack(numbers: Iterable[int], width: int) -> str:
    """
    Write whole numbers in base 64, each with the same number of digits, the largest first.

    Parameters
    ----------
    numbers : iterable of int
        At least 0 and less than 64 to the power of *width*.
    width : int
        Digits of each number.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a number does not fit.

    Examples
    --------
    >>> pack([0, 63, 64], 2)
    '000_10'
    """
    parts = []
    for given in numbers:
        rest, digits = int(given), []
        for _ in range(width):
            rest, digit = divmod(rest, 64)
            digits.append(DIGITS[digit])
        if rest:
            raise ValueError(f"{given} does not fit into {width} digits of base 64")
        parts.append("".join(reversed(digits)))
    return "".join(parts)


def pack_p(values: Sequence[float], digits: int) -> list[int]:
    """
    Turn p-values into whole numbers as they are printed, -1 where there is none.

    Examples
    --------
    >>> pack_p([0.03149, float("nan"), 1.0], 4)
    [315, -1, 10000]
    """
    scale = 10**digits
    # As `number` prints them: rounding twice would show another last digit than the tables do.
    return [-1 if v != v else round(float(f"{v:.{digits}f}") * scale) for v in values]


def pack_levels(values: Sequence[int]) -> str:
    """
    Write numbers of which few differ: the different ones, a dot, and the place of each among them.

    Parameters
    ----------
    values : sequence of int
        At least -1; -1 stands for none.

    Returns
    -------
    str
        Levels in three digits each, one higher than given; places in one digit where there are at
        most 64 levels, in two otherwise.

    Examples
    --------
    >>> pack_levels([10000, -1, 10000, 315])
    '00004y2SH.2021'
    """
    levels = sorted(set(values))
    place = {level: k for k, level in enumerate(levels)}
    width = 1 if len(levels) <= 64 else 2
    return f"{pack((v + 1 for v in levels), 3)}.{pack((place[v] for v in values), width)}"


def pack_steps(steps: Iterable[int]) -> str:
    """
    Write steps that are mostly small: one digit each, and a 63 before it for every 63 more.

    Examples
    --------
    >>> pack_steps([0, 5, 63, 130])
    '05_0__4'
    """
    return "".join(DIGITS[63] * (step // 63) + DIGITS[step % 63] for step in steps)
