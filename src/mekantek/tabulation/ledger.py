"""What tables are made of: values and shares by flow, year, province and class, from any source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mekantek.datasets.records.tally import Basis, Tally
from mekantek.datasets.records.tidy import classes_of
from mekantek.datasets.technology import CLASSES
from mekantek.text import Text

__all__ = ["NOWHERE", "TOTAL", "Ledger", "ledger_of", "ledger_of_report"]

TOTAL = "total"
NOWHERE = 0  # the plate of records without a province; real ones run from 1 to 81
_KEYS = ["flow", "year", "plate"]
_OUTSIDE = ("unclassified", "hidden", "unplaced")
_KINDS = [*CLASSES, *_OUTSIDE]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """
    Values and shares that tables are made of.

    A cell is NaN where the source has nothing on it, and 0 only where it has records and none of them
    falls there.

    Attributes
    ----------
    values : pandas.DataFrame, index (flow, year, plate)
        USD: one column for each class and for each of what lies outside, and ``total``.
        Plate 0 holds records without a province.
    shares : pandas.DataFrame, same index
        Fractions of the province's own total.
    nation, nation_shares : pandas.DataFrame, index (flow, year)
        The same for all records together.
    basis : Basis
    origin : Text
        Where the numbers come from.
    tally : Tally or None
        Codes and partners; None where the source has neither.
    months : mapping of int to int
        How many months of each year are covered; empty if not said.
    made_up : bool
    classes : tuple of str
        The taxonomy's classes, highest first: the report's four, or the OECD's five of 2016.
    derived : bool
        True where values were multiplied out of printed shares and totals.
    """

    values: pd.DataFrame
    shares: pd.DataFrame
    nation: pd.DataFrame
    nation_shares: pd.DataFrame
    basis: Basis
    origin: Text
    tally: Tally | None = None
    months: Mapping[int, int] = field(default_factory=dict)
    made_up: bool = False
    classes: tuple[str, ...] = CLASSES
    derived: bool = False

    @property
    def years(self) -> tuple[int, ...]:
        """Years with any value, ascending."""
        return tuple(sorted({int(y) for y in self.nation.index.get_level_values("year")}))

    def has(self, flow: str) -> bool:
        """Say whether there is anything of a flow."""
        return flow in self.nation.index.get_level_values("flow")

    def places(self, flow: str) -> bool:
        """Say whether anything of a flow is of a known province."""
        plates = self.values.index.get_level_values("plate")
        return bool(((self.values.index.get_level_values("flow") == flow) & (plates > 0)).any())

    def kinds(self) -> list[str]:
        """Give the classes, and of what lies outside them whatever occurs."""
        outside = [
            k for k in _OUTSIDE if k == "unclassified" or float(self.nation[k].fillna(0).sum()) > 0
        ]
        return [*self.classes, *outside]

    def of(self, flow: str, plate: int | None, *, shares: bool = False) -> pd.DataFrame:
        """
        Give all years of a province, or of the nation if *plate* is None; index year.

        Years without a record have no row.
        """
        frame = self.nation_shares if shares else self.nation
        if plate is None:
            return frame[frame.index.get_level_values("flow") == flow].droplevel("flow")
        frame = self.shares if shares else self.values
        flows, plates = (frame.index.get_level_values(k) for k in ("flow", "plate"))
        return frame[(flows == flow) & (plates == plate)].droplevel(["flow", "plate"])

    def at(self, flow: str, year: int, *, shares: bool = False) -> pd.DataFrame:
        """Give all provinces of a year; index plate, 0 for records without one."""
        frame = self.shares if shares else self.values
        flows, years = (frame.index.get_level_values(k) for k in ("flow", "year"))
        return frame[(flows == flow) & (years == year)].droplevel(["flow", "year"])


def ledger_of(tally: Tally) -> Ledger:
    """
    Take what records add up to.

    Parameters
    ----------
    tally : Tally

    Returns
    -------
    Ledger
        Sums are made of whole cents and only then divided.

    Examples
    --------
    >>> rows = pd.DataFrame({"plate": pd.array([6, 6], "Int64"), "year": [2024, 2024],
    ...     "flow": ["export"] * 2, "code": ["3530", "0111"], "kind": ["high", "unclassified"],
    ...     "cents": [12_100, 87_900]})
    >>> basis = Basis(system=Text("özel", "special"), place=Text("merkez", "seat"),
    ...     revision="isic3", taxonomy="isic3-report", denominator=Text("toplam", "total"))
    >>> made = ledger_of(Tally(by_code=rows, by_partner=rows[:0], industries=pd.Series(dtype=str),
    ...     basis=basis, unplaced=rows[:0]))
    >>> made.at("export", 2024, shares=True).loc[6, "high"].item()
    0.121
    """
    rows = tally.by_code.assign(
        plate=tally.by_code["plate"].fillna(NOWHERE).astype("int64"),
        year=tally.by_code["year"].astype("int64"),
    )
    classes = classes_of(tally)
    kinds = [*classes, *_OUTSIDE]
    # Filled while still whole numbers: a gap would turn cents into floats.
    cents = rows.pivot_table(
        index=_KEYS, columns="kind", values="cents", aggfunc="sum", fill_value=0
    ).reindex(columns=kinds, fill_value=0)
    cents.columns.name = None
    cents[TOTAL] = cents.sum(axis=1)
    whole = cents.groupby(level=["flow", "year"]).sum()
    coded = (rows["code"].fillna("") != "") | (rows["kind"] != "unplaced")
    cents = _without_classes(cents, rows[coded].groupby(_KEYS)["cents"].size())
    whole = _without_classes(whole, rows[coded].groupby(_KEYS[:2])["cents"].size())
    names = [str(source.get("file", "")) for source in tally.sources]
    listed = ", ".join(name for name in names if name)
    return Ledger(
        values=cents / 100,
        shares=_own(cents),
        nation=whole / 100,
        nation_shares=_own(whole),
        basis=tally.basis,
        origin=Text(listed or "kullanıcının kayıtları", listed or "the user's records"),
        tally=tally,
        months=dict(tally.months),
        made_up=tally.made_up,
        classes=classes,
    )


def _without_classes(cents: pd.DataFrame, coded: pd.Series) -> pd.DataFrame:
    """
    Leave the classes open where no record has a code: totals alone say nothing of classes.

    Whole cents below 2**53 stay exact as floats; a year of the world's trade is less.
    """
    bare = ~cents.index.isin(coded.index)
    if not bare.any():
        return cents
    known = [c for c in cents.columns if c not in ("unplaced", TOTAL)]
    found = cents.astype(dict.fromkeys(known, float))
    found.loc[bare, known] = np.nan
    return found


def _own(cents: pd.DataFrame) -> pd.DataFrame:
    # A total of 0 has no shares.
    return cents.drop(columns=TOTAL).div(cents[TOTAL].where(cents[TOTAL] != 0), axis=0)


def ledger_of_report() -> Ledger:
    """
    Take what the report itself prints: shares and total exports by province.

    Returns
    -------
    Ledger
        Exports alone, without partners or products. Values are printed shares times printed totals;
        all four classes in 2019 and 2024, high and medium-low between.

    Examples
    --------
    >>> made = ledger_of_report()
    >>> made.years, round(made.nation_shares.loc[("export", 2024), "high"], 4).item()
    ((2019, 2020, 2021, 2022, 2023, 2024), 0.0362)
    """
    from mekantek.study import load_study

    study = load_study()
    shares, values, nation, parts = [], [], {}, {}
    for year, table in study.panel.items():
        own = table.frame.reindex(columns=_KINDS)
        total = table.frame["value"]
        worth = own.mul(total, axis=0)
        worth[TOTAL] = total
        keyed = pd.MultiIndex.from_product([["export"], [year], own.index], names=_KEYS)
        shares.append(own.set_axis(keyed))
        values.append(worth.set_axis(keyed))
        nation["export", year] = worth.sum(min_count=1)
        # Of the provinces whose share is printed: others are in neither sum.
        whole = own.notna().mul(total, axis=0).sum()
        parts["export", year] = worth[_KINDS].sum(min_count=1) / whole.where(whole > 0, np.nan)
    return Ledger(
        values=pd.concat(values),
        shares=pd.concat(shares),
        nation=_by_year(nation),
        nation_shares=_by_year(parts),
        basis=Basis(
            system=Text("özel ticaret sistemi", "special trade system"),
            place=Text(
                "iller ihracatçının kayıtlı merkezine göredir",
                "provinces are those of the exporter's registered seat",
            ),
            revision="isic3",
            taxonomy="isic3-report",
            denominator=Text("ilin toplam ihracatı", "total exports of the province"),
        ),
        origin=study.provenance["report"],
        derived=True,
    )


def _by_year(rows: Mapping[tuple[str, int], pd.Series]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).T
    frame.index = frame.index.set_names(["flow", "year"])
    return frame
