"""Tables whose rows are provinces: the selected ones, the leading ones, all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mekantek.tabulation.choice import Choice
from mekantek.tabulation.ledger import NOWHERE, TOTAL, Ledger
from mekantek.tabulation.noun import UNITS, Column
from mekantek.tabulation.over_time import Body
from mekantek.tabulation.specification import TableSpecification
from mekantek.tabulation.words import NATION, kind_name
from mekantek.text import Text, sort_key

__all__ = ["all_levels", "annex", "chart", "leading_provinces", "selected_provinces"]

_OTHERS = Text("Diğer iller", "Other provinces")
_NOWHERE = Text("İli yazılmayan", "Province not named")
_PROVINCE = Column(key="province", head=Text("İl", "Province"))
_PERCENT = UNITS["percent"]


def _by_size(ledger: Ledger, choice: Choice, flow: str) -> list[int]:
    """All provinces by their total in the last year, as Table 4.1 is; those without one at the end."""
    total = ledger.at(flow, choice.last)[TOTAL].reindex(choice.names.index)
    return sorted(
        map(int, choice.names.index),
        key=lambda p: (-total[p] if total[p] == total[p] else np.inf, sort_key(choice.names[p])),
    )


def _nation_shares(ledger: Ledger, flow: str, year: int, plates: Sequence[int]) -> pd.DataFrame:
    """
    Shares of the nation of some provinces, then of the others, of none, and of all.

    Returns
    -------
    pandas.DataFrame, index plates, ``others``, ``nowhere``, ``nation``
        ``nowhere`` only where some records name no province.
    """
    values = ledger.at(flow, year)
    nation = ledger.of(flow, None)
    nation = nation[nation.index == year].set_axis(["nation"])
    nation = nation.where(nation != 0)
    whole = nation.iloc[0]
    rest = values.drop(index=[*plates, NOWHERE], errors="ignore")
    # Where no other province traded there is a sum, 0; where others are not known there is none.
    others = rest.sum(min_count=0 if rest.empty else 1).mask(whole.isna())
    parts = [values.reindex(list(plates)), _row(others, "others")]
    if values[TOTAL].to_dict().get(NOWHERE, 0) != 0:
        parts.append(values[values.index == NOWHERE].set_axis(["nowhere"]))
    parts.append(nation)
    return pd.concat(parts).div(whole, axis=1)


def _row(values: pd.Series, name: str) -> pd.DataFrame:
    return values.to_frame(name).T


def _labelled(table: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    words = {"others": _OTHERS, "nowhere": _NOWHERE, "nation": NATION}
    frame = table.copy()
    labels = [words.get(str(key)) or str(choice.names[key]) for key in frame.index]
    frame.insert(0, _PROVINCE.key, pd.Series(labels, index=frame.index, dtype=object))
    return frame


def selected_provinces(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """
    Tabulate the selected provinces by class in one year.

    Returns
    -------
    columns, frame
        Shares of each province's own total with the nation beside them; or shares of the nation,
        with the other provinces, so that every column sums to 100 %.
    """
    year = choice.first if spec.years == "first" else choice.last
    kinds = ledger.kinds()
    if spec.measure == "nation":
        kinds = [*kinds, TOTAL]
        table = _nation_shares(ledger, spec.flow, year, choice.selected)[kinds]
    else:
        own = ledger.at(spec.flow, year, shares=True).reindex(list(choice.selected))
        nation = ledger.of(spec.flow, None, shares=True)
        nation = nation[nation.index == year].set_axis(["nation"])
        table = pd.concat([own, nation])[kinds]
    columns = [Column(key=k, head=kind_name(k), unit=_PERCENT) for k in kinds]
    return [_PROVINCE, *columns], _labelled(table, choice)


def leading_provinces(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """
    Tabulate the shares of the nation of the leading and the selected provinces in one class by year.

    Returns
    -------
    columns, frame
        Provinces by their share in the last year; leading are the largest of that year.
    """
    values = ledger.at(spec.flow, choice.last)[spec.class_].drop(index=NOWHERE, errors="ignore")
    known = values.dropna()
    order = sorted(known.index, key=lambda p: (-known[p], sort_key(choice.names[p])))
    # A province without any value leads nothing, even if fewer than asked for have one.
    leaders = [p for p in order[: choice.leaders] if known[p] > 0]
    listed = [p for p in order if p in {*leaders, *choice.selected}]
    listed += [p for p in choice.selected if p not in listed]
    held = ledger.of(spec.flow, None).index
    years = {
        str(y): (
            _nation_shares(ledger, spec.flow, y, listed)[spec.class_]
            if y in held
            else pd.Series(dtype=float)
        )
        for y in choice.window
    }
    nowhere = any("nowhere" in column.index for column in years.values())
    rows = [*listed, "others", *(["nowhere"] if nowhere else []), "nation"]
    table = pd.DataFrame({y: column.reindex(rows) for y, column in years.items()}, index=rows)
    if nowhere:
        # A year whose records all name their province has none without: that is a true zero.
        lost = table.index == "nowhere"
        table[lost] = (
            table[lost].fillna(0.0).where(table[table.index == "nation"].notna().to_numpy())
        )
    columns = [Column(key=y, head=Text(y, y), unit=_PERCENT) for y in years]
    return [_PROVINCE, *columns], _labelled(table, choice)


def all_levels(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """Tabulate the share of every class in every province's own total in the two years compared."""
    order = _by_size(ledger, choice, spec.flow)
    columns, parts = [], {}
    for year in dict.fromkeys((choice.first, choice.last)):
        own = ledger.at(spec.flow, year, shares=True).reindex(order)
        for name in ledger.classes:
            key, head = f"{name}_{year}", kind_name(name)
            parts[key] = own[name]
            columns.append(
                Column(key=key, head=Text(f"{head.tr} {year}", f"{head.en} {year}"), unit=_PERCENT)
            )
    return [_PROVINCE, *columns], _labelled(pd.DataFrame(parts, index=order), choice)


def chart(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """Tabulate what a map shows: one class's share in every province, the highest first."""
    own = ledger.at(spec.flow, choice.last, shares=True)[spec.class_].reindex(choice.names.index)
    order = sorted(
        map(int, own.index),
        key=lambda p: (-own[p] if own[p] == own[p] else np.inf, sort_key(choice.names[p])),
    )
    column = Column(key=spec.class_, head=Text("Pay", "Share"), unit=_PERCENT)
    return [_PROVINCE, column], _labelled(own.loc[order].to_frame(), choice)


def annex(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """Tabulate one class's share and the total exports of every province by year."""
    order, name = _by_size(ledger, choice, spec.flow), kind_name(spec.class_)
    whole = Text("Toplam ihracat", "Total exports")
    columns, parts = [], {}
    for year in choice.window:
        own = ledger.at(spec.flow, year, shares=True).reindex(order)[spec.class_]
        total = ledger.at(spec.flow, year).reindex(order)[TOTAL]
        for key, column, head, unit in (
            (f"{spec.class_}_{year}", own, name, _PERCENT),
            (f"total_{year}", total, whole, UNITS["usd"]),
        ):
            parts[key] = column
            columns.append(
                Column(key=key, head=Text(f"{head.tr} {year}", f"{head.en} {year}"), unit=unit)
            )
    return [_PROVINCE, *columns], _labelled(pd.DataFrame(parts, index=order), choice)
