"""Which units count and what they weigh: the choices that a study's sizes allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["floors", "in_dollars", "large", "told", "weightings"]

_QUARTILES = {"size ≥ 1st quartile": 0.25, "size ≥ median": 0.5, "size ≥ 3rd quartile": 0.75}
_SAID = {
    "size ≥ 1st quartile": Text("büyüklük ≥ birinci çeyrek", "size ≥ 1st quartile"),
    "size ≥ median": Text("büyüklük ≥ ortanca", "size ≥ median"),
    "size ≥ 3rd quartile": Text("büyüklük ≥ üçüncü çeyrek", "size ≥ 3rd quartile"),
}

# Fewer units than this above a floor are no map to test.
_FEWEST = 8


def in_dollars(study: Study, top: float) -> bool:
    """
    Tell whether floors in dollars suit the units: some must be left above the highest.

    Parameters
    ----------
    study : Study
    top : float
        The highest floor, USD.

    Returns
    -------
    bool
        False where sizes are not in USD, or fewer than eight units reach *top* in some year that
        findings read, as with districts.

    Examples
    --------
    >>> import mekantek as mt
    >>> in_dollars(mt.load_study(), 1e9), in_dollars(mt.load_study(), 1e11)
    (True, False)
    """
    whole = study.design.whole
    if whole is None or whole.currency != "USD":
        return False
    return all((study.at(y).frame["value"] >= top).sum() >= _FEWEST for y in study.years)


def floors(study: Study, millions: Sequence[int]) -> dict[str, float | None]:
    """
    Name the smallest sizes from which units are read: none, then higher and higher ones.

    Parameters
    ----------
    study : Study
    millions : sequence of int
        Floors in millions of USD, where sizes are in USD and as large as that; else the quartiles of
        the last year's sizes stand for them, as many as there are.

    Returns
    -------
    dict of str to float or None
        None where no size is asked for.

    Examples
    --------
    >>> import mekantek as mt
    >>> floors(mt.load_study(), (100, 1000))
    {'all': None, 'exports ≥ 100 mn USD': 100000000.0, 'exports ≥ 1 bn USD': 1000000000.0}
    """
    whole = study.design.whole
    found: dict[str, float | None] = {"all": None}
    if whole is None:
        return found
    if not in_dollars(study, max(millions) * 1e6):
        sizes = study.at(study.years[-1]).frame["value"].dropna()
        named = list(_QUARTILES.items())[: len(millions)]
        return found | {name: float(sizes.quantile(part)) for name, part in named}
    for m in millions:
        size = f"{m} mn" if m < 1000 else f"{m // 1000} bn"
        found[f"{whole.title.en} ≥ {size} USD"] = m * 1e6
    return found


def weightings(study: Study) -> dict[str, float]:
    """
    Name the powers of their size that units weigh by.

    Examples
    --------
    >>> import mekantek as mt
    >>> weightings(mt.load_study())
    {'unweighted': 0.0, 'exports': 1.0, '√exports': 0.5}
    """
    whole = study.design.whole
    if whole is None:
        return {"unweighted": 0.0}
    return {"unweighted": 0.0, whole.title.en: 1.0, f"√{whole.title.en}": 0.5}


def told(name: str) -> Text | None:
    """Say a floor of sizes that are no dollars in both languages; None if it is none."""
    return _SAID.get(name)


def large(sizes: pd.Series, least: float | None) -> pd.Series:
    """Tell which units reach a floor; without one all do."""
    return sizes >= least if least is not None else pd.Series(True, index=sizes.index)
