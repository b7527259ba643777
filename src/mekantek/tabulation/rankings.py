"""The largest partners and products of a place in one year, and all others together."""

from __future__ import annotations

import pandas as pd

from mekantek.tabulation.choice import Choice
from mekantek.tabulation.ledger import NOWHERE, TOTAL, Ledger
from mekantek.tabulation.noun import UNITS, Column
from mekantek.tabulation.over_time import Body
from mekantek.tabulation.specification import TableSpecification
from mekantek.tabulation.words import kind_name
from mekantek.text import Text, integer, sort_key

__all__ = ["ranking"]

_UNNAMED = {
    "partner": Text("Ülkesi yazılmayan", "Partner not named"),
    "product": Text("Kodu yazılmayan", "Code not named"),
}
_HIDDEN = Text("Gizli veri", "Confidential data")


def _items(
    spec: TableSpecification, ledger: Ledger, choice: Choice
) -> list[tuple[int, str, str | Text]]:
    """Cents, code and name of every partner or product."""
    assert ledger.tally is not None
    rows = ledger.tally.by_partner if spec.by == "partner" else ledger.tally.by_code
    rows = rows[(rows["flow"] == spec.flow) & (rows["year"] == choice.last)]
    if spec.place == "province":
        rows = rows[rows["plate"].fillna(NOWHERE) == choice.province]
    if spec.by == "partner":
        summed = rows.groupby(rows["partner"].fillna("").astype(str))["cents"].sum()
        return [(int(cents), "", str(name)) for name, cents in summed.items()]
    hidden = rows["kind"] == "hidden"
    summed = rows[~hidden].groupby(rows["code"].fillna("").astype(str))["cents"].sum()
    name = ledger.tally.industry
    found: list[tuple[int, str, str | Text]] = [
        (int(cents), str(code), name(str(code))) for code, cents in summed.items()
    ]
    # The report's tables rank confidential data as if it were a product; its codes are not known.
    if hidden.any():
        found.append((int(rows.loc[hidden, "cents"].sum()), "", _HIDDEN))
    return found


def ranking(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Body:
    """
    Rank the partners or products of a place by value.

    Returns
    -------
    columns, frame
        The `top` largest, then the others together, then what bears no name, then the total. Equal
        values stand in the Turkish order of their names.
    """
    plate = None if spec.place == "nation" else choice.province
    items = _items(spec, ledger, choice)
    whole = round(float(ledger.of(spec.flow, plate)[TOTAL].to_dict()[choice.last]) * 100)

    def order(item: tuple[int, str, str | Text]) -> tuple[object, ...]:
        name = item[2]
        return (-item[0], sort_key(name.tr if isinstance(name, Text) else name), item[1])

    named = sorted((i for i in items if i[2]), key=order)
    shown, rest = named[: choice.top], named[choice.top :]
    rows: list[tuple[int | None, str | Text, str, int]] = [
        (place, name, code, cents) for place, (cents, code, name) in enumerate(shown, 1)
    ]
    if rest:
        others = Text(
            f"Diğerleri ({integer(len(rest), 'tr')})", f"Others ({integer(len(rest), 'en')})"
        )
        rows.append((None, others, "", sum(cents for cents, _, _ in rest)))
    # Records that name none, and those of files that have no such column at all.
    unnamed = whole - sum(cents for cents, _, _ in named)
    if unnamed:
        rows.append((None, _UNNAMED[spec.by], "", unnamed))
    rows.append((None, kind_name(TOTAL), "", whole))
    frame = pd.DataFrame(
        {
            "rank": pd.array([r[0] for r in rows], dtype="Int64"),
            "name": pd.Series([r[1] for r in rows], dtype=object),
            "code": [r[2] for r in rows],
            "value": [r[3] / 100 for r in rows],
            "share": [r[3] / whole if whole else float("nan") for r in rows],
        }
    )
    heads = {"partner": Text("Ülke", "Partner"), "product": Text("Ürün", "Product")}
    columns = [
        Column(key="name", head=heads[spec.by]),
        *([Column(key="code", head=Text("Kod", "Code"))] if spec.by == "product" else []),
        Column(key="value", head=Text("Değer", "Value"), unit=UNITS[spec.measure]),
        Column(key="share", head=Text("Pay", "Share"), unit=UNITS["percent"]),
    ]
    rank = Column(key="rank", head=Text("Sıra", "Rank"), unit=UNITS["count"])
    return [rank, *columns], frame
