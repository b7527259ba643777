"""The 81 provinces: plates, names and their many spellings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from mekantek.errors import UnknownProvinceError
from mekantek.grammar import did_you_mean
from mekantek.text import Text, fold, nearest

__all__ = ["find", "load_provinces", "resolve"]

# Names people write that are neither the official name nor a spelling of it.
_ALIASES: Mapping[str, int] = {
    "afyon": 3,
    "antakya": 31,
    "antep": 27,
    "urfa": 63,
    "maras": 46,
    "kmaras": 46,
    "gantep": 27,
    "surfa": 63,
    "icel": 33,
    "izmit": 41,
    "adapazari": 54,
    "dersim": 62,
}


def load_provinces() -> pd.DataFrame:
    """
    Load the provinces.

    Returns
    -------
    pandas.DataFrame, index plate (1 to 81)
        Names (``name_tr`` is the official one), codes, NUTS regions, development agency, and the
        label point ``label_lat``, ``label_lon`` in degrees.

    Examples
    --------
    >>> load_provinces().loc[34, "name_tr"]
    'İstanbul'
    """
    from mekantek.datasets import tables

    return tables.load("provinces").set_index("plate")


@cache
def _spellings() -> dict[str, int]:
    found: dict[str, int] = dict(_ALIASES)
    known = load_provinces()
    for column in ("name_tr", "name_iso", "name_ascii", "name_en", "iso_3166_2"):
        for plate, name in known[column].items():
            found[fold(str(name))] = int(str(plate))
    return found


def find(name: str) -> int | None:
    """
    Find the plate of a province by name, plate or ISO code, without a word if there is none.

    Parameters
    ----------
    name : str

    Returns
    -------
    int or None
        1 to 81; None if no province is called so.

    Examples
    --------
    >>> find("TR-06"), find("82"), find("Atlantis")
    (6, None, None)
    """
    text = name.strip()
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 81 else None
    return _spellings().get(fold(text))


def resolve(name: str | float) -> int:
    """
    Find the plate of a province by name, plate or ISO code.

    Parameters
    ----------
    name : str or number
        In any casing, with or without Turkish letters: ``"Eskişehir"``, ``"ESKISEHIR"``, ``"26"``,
        ``"TR-26"``, 26.

    Returns
    -------
    int
        1 to 81.

    Raises
    ------
    UnknownProvinceError
        With the nearest name.

    Examples
    --------
    >>> resolve("IĞDIR"), resolve("igdir"), resolve("Afyon"), resolve("06")
    (76, 76, 3, 6)
    """
    text = str(name).strip()
    if isinstance(name, float) and name.is_integer():
        # A column of plates with one gap arrives as floats.
        text = str(int(name))
    plate = find(text)
    if plate is not None:
        return plate
    if text.isdecimal():
        raise UnknownProvinceError(
            f"Unknown plate {text}; plates run from 1 to 81.",
            f"{text} diye bir plaka yok; plakalar 1'den 81'e kadardır.",
        )
    names = load_provinces()["name_tr"]
    close = nearest(text, names)
    hint = Text(
        " Bir ad, 1–81 arası bir plaka ya da TR-06 gibi bir ISO kodu verin.",
        " Give a name, a plate from 1 to 81 or an ISO code such as TR-06.",
    )
    if close:
        hint = did_you_mean([f"{close[0]} ({names.index[names == close[0]][0]})"])
    raise UnknownProvinceError(
        f"Unknown province {text!r}.{hint.en}", f"{text!r} diye bir il yok.{hint.tr}"
    )
