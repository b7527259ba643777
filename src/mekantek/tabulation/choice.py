"""Whose tables, of which years: the report's choices unless others are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mekantek.datasets.provinces import load_provinces, resolve
from mekantek.errors import OptionError
from mekantek.tabulation.ledger import Ledger
from mekantek.tabulation.specification import defaults

__all__ = ["Choice", "choose"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """
    Whose tables are made, and of which years.

    Attributes
    ----------
    province : int
        Plate of the province of tables 2.1 to 2.9.
    selected : tuple of int
        Plates of the provinces compared in tables 3.1 to 3.8, in their order.
    years : tuple of int
        Ascending; all of them stand in tables over time.
    first, last : int
        The two years that are compared.
    top : int
        How many partners or products a ranking lists.
    leaders : int
        How many leading provinces tables 4.2 to 4.5 list beside the selected ones.
    names : pandas.Series
        Names of the provinces by plate.
    """

    province: int
    selected: tuple[int, ...]
    years: tuple[int, ...]
    first: int
    last: int
    top: int
    leaders: int
    names: pd.Series

    @property
    def name(self) -> str:
        """Name of `province`."""
        return str(self.names[self.province])

    @property
    def window(self) -> tuple[int, ...]:
        """Years from `first` to `last`."""
        return tuple(y for y in self.years if self.first <= y <= self.last)


def choose(
    ledger: Ledger,
    *,
    province: str | int | None = None,
    selected: Sequence[str | int] | None = None,
    years: Sequence[int] | None = None,
    top: int | None = None,
) -> Choice:
    """
    Make a choice; what is not chosen is as in the report.

    Parameters
    ----------
    ledger : Ledger
    province : str or int, optional
        Name or plate; Ankara without one. It joins the selected ones if it is not among them.
    selected : sequence of str or int, optional
        İstanbul, Ankara, İzmir, Kocaeli, Bursa and Gaziantep without one.
    years : sequence of int, optional
        All years of the ledger without one. The last is compared with the one five years before, as
        the report compares 2024 with 2019, or with the earliest if that is absent.
    top : int, optional
        30 without one.

    Returns
    -------
    Choice

    Raises
    ------
    OptionError
        If there is nothing of a year, *top* is below 1, or there is nothing at all.
    UnknownProvinceError
        With the nearest name.

    Examples
    --------
    >>> from mekantek.tabulation.ledger import ledger_of_report
    >>> choice = choose(ledger_of_report(), province="konya")
    >>> choice.name, choice.first, choice.last, choice.selected[-1]
    ('Konya', 2019, 2024, 42)
    """
    own = defaults()
    held = ledger.years
    if not held:
        raise OptionError(
            "There are no records to make tables of; name files that hold some.",
            "Tablo yapılacak kayıt yok; içinde kayıt olan dosyalar verin.",
        )
    chosen = tuple(sorted(set(held if years is None else years)))
    absent = [y for y in chosen if y not in held]
    if absent or not chosen:
        named, known = ", ".join(map(str, absent)), ", ".join(map(str, held))
        raise OptionError(
            f"There is nothing of {named or 'no year'}; there are {known}.",
            f"{named or 'Yıl'} için kayıt yok; şu yıllar var: {known}.",
        )
    if top is not None and top < 1:
        raise OptionError(
            f"A ranking lists 1 or more, not {top}.",
            f"Bir sıralama en az 1 satırdır; {top} olamaz.",
        )
    plate = resolve(own["province"] if province is None else province)
    others = tuple(dict.fromkeys(resolve(p) for p in selected or own["selected"]))
    last = chosen[-1]
    before = last - int(own["span"])
    return Choice(
        province=plate,
        selected=others if plate in others else (*others, plate),
        years=chosen,
        first=before if before in chosen else chosen[0],
        last=last,
        top=int(own["top"]) if top is None else top,
        leaders=int(own["leaders"]),
        names=load_provinces()["name_tr"],
    )
