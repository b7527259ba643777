"""Small made-up records, and the tally of them, added up here by plain loops."""

from __future__ import annotations

import random
from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd
import pytest

from mekantek.datasets.records.tally import Basis, Tally
from mekantek.text import Text

KIND = {
    "3530": "high", "2423": "high", "3312": "high", "3410": "medium_high", "2710": "medium_low",
    "1810": "low", "0111": "unclassified", "GIZLI": "hidden", "9999": "unplaced", "": "unplaced",
}  # fmt: skip
NAMES = {
    "3530": "Hava ve uzay taşıtları", "2423": "İlaç", "3312": "Ölçme aletleri", "3410": "Motorlu taşıt",
    "2710": "Demir-çelik", "1810": "Giyim eşyası", "0111": "Tahıl",
}  # fmt: skip
PARTNERS = ("Almanya", "Çin", "Cezayir", "İtalya", "Irak", "=1+1", "")
BASIS = Basis(
    system=Text("özel ticaret sistemi", "special trade system"),
    place=Text("kayıtlı merkez", "registered seat"),
    revision="isic3",
    taxonomy="isic3-report",
    denominator=Text("ilin toplam ihracatı", "total exports of the province"),
)


@dataclass(frozen=True)
class Row:
    """One made-up record."""

    plate: int | None
    year: int
    flow: str
    code: str
    partner: str
    cents: int

    @property
    def kind(self) -> str:
        return KIND[self.code]


def rows_of(
    seed: int = 1,
    *,
    years=(2018, 2019, 2021, 2022, 2023, 2024),
    flows=("export", "import"),
    plates=(6, 16, 26, 27, 34, 35, 41, 42, 54, None),
    count: int = 2500,
) -> list[Row]:
    draw = random.Random(seed)
    return [
        Row(
            draw.choice(plates), draw.choice(years), draw.choice(flows), draw.choice(list(KIND)),
            draw.choice(PARTNERS), draw.randrange(1, 10**12),
        )
        for _ in range(count)
    ]  # fmt: skip


def tally_of(rows: list[Row], **parts) -> Tally:
    """Add rows up without pandas."""
    codes: dict[tuple, int] = {}
    partners: dict[tuple, int] = {}
    for r in rows:
        code = "" if r.kind == "hidden" else r.code
        codes[r.plate, r.year, r.flow, code, r.kind] = (
            codes.get((r.plate, r.year, r.flow, code, r.kind), 0) + r.cents
        )
        partners[r.plate, r.year, r.flow, r.partner] = (
            partners.get((r.plate, r.year, r.flow, r.partner), 0) + r.cents
        )

    def frame(sums: dict, columns: list[str]) -> pd.DataFrame:
        made = pd.DataFrame([(*key, cents) for key, cents in sums.items()], columns=columns)
        return made.astype({"plate": "Int64"})

    given = {
        "by_code": frame(codes, ["plate", "year", "flow", "code", "kind", "cents"]),
        "by_partner": frame(partners, ["plate", "year", "flow", "partner", "cents"]),
        "industries": pd.Series(NAMES, dtype=object),
        "basis": BASIS,
        "unplaced": pd.DataFrame(columns=["code", "records", "cents", "share"]),
        "sources": ({"file": "kayıt.csv"},),
    }
    return Tally(**{**given, **parts})


@pytest.fixture(scope="session")
def made():
    """The maker of rows and of tallies, for tests that need their own."""
    return SimpleNamespace(rows=rows_of, tally=tally_of, row=Row, kind=KIND)


@pytest.fixture(scope="session")
def rows():
    return rows_of()


@pytest.fixture(scope="session")
def ledger(rows):
    from mekantek.tabulation import ledger_of

    return ledger_of(tally_of(rows, months={2024: 9, 2023: 12}))


@pytest.fixture(scope="session")
def choice(ledger):
    from mekantek.tabulation import choose

    return choose(ledger, top=3)


@pytest.fixture(scope="session")
def tables(ledger, choice):
    from mekantek.tabulation import make_tables

    return {table.id: table for table in make_tables(ledger, choice)}
