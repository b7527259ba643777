"""Tables of one place over the years: its classes, and the industries of one class."""

from __future__ import annotations

import pandas as pd

from mekantek.tabulation.choice import Choice
from mekantek.tabulation.ledger import NOWHERE, TOTAL, Ledger
from mekantek.tabulation.noun import UNITS, Column
from mekantek.tabulation.specification import TableSpecification
from mekantek.tabulation.words import kind_name
from mekantek.text import Text

__all__ = ["Body", "classes_by_year", "codes_by_year"]

Body = tuple[list[Column], pd.DataFrame]


def _plate(spec: TableSpecification, choice: Choice) -> int | None:
    return None if spec.place == "nation" else choice.province


def classes_by_year(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """
    Tabulate the classes of a place by year: shares, values, or exports over imports.

    Returns
    -------
    columns, frame
        One row a year. A ratio to no imports at all is missing, not infinite.
    """
    plate, kinds = _plate(spec, choice), ledger.kinds()
    years = list(choice.years)
    if spec.measure == "own":
        table = ledger.of(spec.flow, plate, shares=True).reindex(years)[kinds]
        unit = UNITS["percent"]
    else:
        # A ratio of what nobody names to what nobody names would say nothing.
        lost = ("hidden", "unplaced") if spec.measure == "coverage" else ()
        kinds = [*(k for k in kinds if k not in lost), TOTAL]
        table = ledger.of(spec.flow, plate).reindex(years)[kinds]
        unit = UNITS["percent" if spec.measure == "coverage" else spec.measure]
    if spec.measure == "coverage":
        imports = ledger.of("import", plate).reindex(years)[kinds]
        table = table / imports.where(imports != 0)
    columns = [
        Column(key="year", head=Text("Yıl", "Year")),
        *(Column(key=k, head=kind_name(k), unit=unit) for k in kinds),
    ]
    frame = table.reset_index(drop=True)
    frame.insert(0, "year", [str(y) for y in years])
    return columns, frame


def codes_by_year(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """
    Tabulate the industries of one class by year.

    Returns
    -------
    columns, frame
        One row for each code of the class that occurs anywhere in the records, and their total. A code
        without a record is 0 in a year of which the place has others, else missing.
    """
    assert ledger.tally is not None
    rows, plate = ledger.tally.by_code, _plate(spec, choice)
    codes = sorted(rows.loc[rows["kind"] == spec.class_, "code"].unique())
    own = rows[(rows["kind"] == spec.class_) & (rows["flow"] == spec.flow)]
    if plate is not None:
        own = own[own["plate"].fillna(NOWHERE) == plate]
    cents = own.pivot_table(
        index="code", columns="year", values="cents", aggfunc="sum", fill_value=0
    ).reindex(index=codes, columns=list(choice.years), fill_value=0)
    held = ledger.of(spec.flow, plate).index
    usd = cents.astype(float) / 100
    usd.loc[:, [y for y in choice.years if y not in held]] = float("nan")
    total = cents.sum() / 100
    usd.loc[TOTAL] = total.where(total.index.isin(held))
    frame = usd.set_axis([str(y) for y in choice.years], axis=1).reset_index(drop=True)
    frame.insert(0, "industry", [*map(ledger.tally.industry, codes), kind_name(TOTAL)])
    frame.insert(1, "code", [*codes, ""])
    unit = UNITS[spec.measure]
    columns = [
        Column(key="industry", head=Text("Faaliyet", "Industry")),
        Column(key="code", head=Text("Kod", "Code")),
        *(Column(key=str(y), head=Text(str(y), str(y)), unit=unit) for y in choice.years),
    ]
    return columns, frame
