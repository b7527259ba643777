"""Technology classes: their names, their order, and the industries the report puts in them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mekantek.text import Text

__all__ = ["CLASSES", "CLASS_NAMES", "load_isic3"]

CLASSES = ("high", "medium_high", "medium_low", "low")

CLASS_NAMES: Mapping[str, Text] = {
    "high": Text("yüksek teknoloji", "high technology"),
    "medium_high": Text("orta-yüksek teknoloji", "medium-high technology"),
    "medium_low": Text("orta-düşük teknoloji", "medium-low technology"),
    "low": Text("düşük teknoloji", "low technology"),
    "unclassified": Text("sınıflandırılmayan", "unclassified"),
    "high+medium_high": Text("yüksek ve orta-yüksek teknoloji", "high and medium-high technology"),
    "total": Text("toplam ihracat", "total exports"),
}


def load_isic3() -> pd.DataFrame:
    """
    Load the 137 ISIC Rev. 3 industries of annexes 1 and 2 with their class.

    Returns
    -------
    pandas.DataFrame, index ``code4`` (text, four digits)
        Columns as described in ``datapackage.json``; ``class_report`` is the report's own class,
        ``class_oecd_rev3`` that of the OECD (Hatzichronoglou 1997).

    Examples
    --------
    >>> load_isic3().loc["3530", "class_report"]
    'high'
    """
    from mekantek.datasets import tables

    return tables.load("isic_rev3_classes").set_index("code4")
