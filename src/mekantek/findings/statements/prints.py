"""Numbers as the report prints them, and numbers as they are written beside them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from mekantek.findings.statements.estimates import Estimate
from mekantek.text import Language, integer, money, number, percent

__all__ = ["Print", "Unit", "prints_of", "spelled", "written"]

Unit = Literal["share", "usd", "count"]


def written(value: float, unit: Unit, language: Language, *, digits: int = 1) -> str:
    """
    Write a number in its unit.

    Examples
    --------
    >>> written(0.8079, "share", "tr"), written(1.7563e9, "usd", "en", digits=2)
    ('%80,8', '$1.76 billion')
    """
    if unit == "share":
        return percent(value, language, digits=digits)
    if unit == "usd":
        return money(value, language, digits=digits)
    whole = value == int(value)
    return integer(value, language) if whole else number(value, language, digits=digits)


@dataclass(frozen=True)
class Print:
    """
    A number as the report prints it.

    Attributes
    ----------
    value : float
        Fraction for a percentage, USD for an amount.
    step : float
        One unit of its last printed place, in the same unit.

    Examples
    --------
    >>> Print.read("1,7 milyar"), Print.read("%12,1").step
    (Print(value=1700000000.0, step=100000000.0, text='1,7 milyar'), 0.001)
    """

    value: float
    step: float
    text: str

    @classmethod
    def read(cls, text: str, *, step: float | None = None) -> Print:
        """
        Read a print: ``%12,1``, ``1,7 milyar``, ``910 milyon``, ``2``.

        Parameters
        ----------
        text : str
        step : float, optional
            One unit of the last place that counts, in the number's own digits; 10 for 910 that was
            cut to tens.

        Raises
        ------
        ValueError
            If there is no number.
        """
        found = re.fullmatch(r"(%?)(\d+)(?:,(\d+))?( milyar| milyon)?", text)
        if found is None:
            raise ValueError(f"{text!r} is no printed number.")
        digits = len(found[3] or "")
        scale = {"%": 0.01, "": 1.0}[found[1]] * {" milyar": 1e9, " milyon": 1e6, None: 1.0}[
            found[4]
        ]
        whole = int(found[2] + (found[3] or ""))
        # Through integers, so that %12,1 is 0.121 and not a hair beside it.
        value = round(whole * scale / 10**digits, 9)
        return cls(value, round((10.0**-digits if step is None else step) * scale, 9), text)

    def rounded(self) -> tuple[float, float]:
        """Give the numbers that round to this print."""
        return round(self.value - self.step / 2, 9), round(self.value + self.step / 2, 9)

    def truncated(self) -> tuple[float, float]:
        """Give the numbers whose further digits were cut off."""
        return self.value, round(self.value + self.step, 9)

    def possible(self) -> tuple[float, float]:
        """Give the numbers that rounding or truncation brings to this print."""
        return self.rounded()[0], self.truncated()[1]


def prints_of(estimate: Estimate, printed: Print) -> tuple[int, int]:
    """
    Give the smallest and the largest print of a number, in units of the last place.

    Examples
    --------
    >>> prints_of(Estimate(0.604, 0.598, 0.6093), Print.read("%81"))
    (59, 61)
    """
    low, high = estimate.low / printed.step, estimate.high / printed.step
    return math.floor(round(low, 9)), math.floor(round(high, 9) + 0.5)


def spelled(estimate: Estimate, unit: Unit, language: Language) -> tuple[str, str, str]:
    """
    Write value, low and high of an estimate for a table.

    Examples
    --------
    >>> spelled(Estimate(0.8079, 0.7998, 0.8159), "share", "en")
    ('80.79%', '79.98%', '81.59%')
    """
    value, low, high = (
        written(x, unit, language, digits=2) for x in (estimate.value, estimate.low, estimate.high)
    )
    return value, low, high
