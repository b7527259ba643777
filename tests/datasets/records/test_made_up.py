"""From made-up records to the report's tables, through every format; nothing lost on the way."""

from __future__ import annotations

import csv
import io
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest

from mekantek.datasets import files
from mekantek.datasets.concordances import read_concordance
from mekantek.datasets.records.from_files import tally_files
from mekantek.datasets.records.made_up import made_up_records, write_made_up
from mekantek.datasets.records.tidy import tidy_files, tidy_shares, tidy_totals

sys.path.insert(0, str(Path(__file__).parent))
import formats

CLASSES = ("high", "medium_high", "medium_low", "low")


def shipped(name: str) -> list[dict[str, str]]:
    with files.data_path(name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    return made_up_records()


def table_4_1_as_printed() -> dict[tuple[str, str, str], Decimal]:
    plates = {r["row"]: r["plate"] for r in shipped("names_map.csv") if r["table"] == "Table 4.1"}
    return {
        (plates[row["row"]], year, kind): Decimal(row[f"{kind}_{year}"])
        for row in shipped("printed/table_4_1.csv")
        for year in ("2019", "2024")
        for kind in CLASSES
    }


def table_4_1_of(shares: bytes) -> dict[tuple[str, str, str], Decimal]:
    rows = csv.DictReader(io.StringIO(shares.decode("utf-8")))
    return {
        (row["plate"], row["year"], row["class"]): (100 * Decimal(row["share"])).quantize(
            Decimal("0.1"), ROUND_HALF_UP
        )
        for row in rows
        if row["flow"] == "export" and row["plate"]
    }


def totals_of(totals: bytes) -> dict[tuple[str, str], Decimal]:
    rows = csv.DictReader(io.StringIO(totals.decode("utf-8")))
    return {
        (row["plate"], row["year"]): Decimal(row["value_usd"])
        for row in rows
        if row["flow"] == "export" and row["plate"]
    }


def expected_totals(records: pd.DataFrame) -> dict[tuple[str, str], Decimal]:
    """The printed total where there is one, else the made-up one."""
    exports = records[(records["flow"] == "export") & records["plate"].notna()]
    found = {
        (str(plate), str(year)): Decimal(int(cents)) / 100
        for (plate, year), cents in exports.groupby(["plate", "year"])["cents"].sum().items()
    }
    printed = {
        (row["plate"], row["year"]): Decimal(row["value_usd"])
        for row in shipped("totals.csv")
        if row["year"] in ("2019", "2024")
    }
    assert {key: found[key] for key in printed} == printed
    assert len(found) == 162
    return found


@pytest.mark.parametrize("what", formats.FORMATS)
def test_table_4_1_and_every_total_come_back_through_every_format(what, records, tmp_path):
    name, write = formats.FORMATS[what]
    tally = tally_files([write(records, tmp_path / name)])
    written = tidy_files(tally)
    printed = table_4_1_as_printed()
    assert len(printed) == 81 * 8
    assert table_4_1_of(written["shares.csv"]) == printed
    assert totals_of(written["totals.csv"]) == expected_totals(records)
    conserved = tally.conservation
    assert conserved["sum_in"] == int(records["cents"].sum())
    assert conserved["difference"] == 0
    parts = [*conserved["classes"].values(),
             *(conserved[k] for k in ("unclassified", "hidden", "unplaced"))]  # fmt: skip
    assert sum(parts) == conserved["sum_in"]
    hidden = records["industry"] == "Gizli veri"
    assert conserved["hidden"] == int(records.loc[hidden, "cents"].sum()) > 0
    assert conserved["unplaced"] == int(
        records.loc[(records["code"] == "-") & ~hidden, "cents"].sum()
    )
    assert conserved["without_province"] == int(records.loc[records["plate"].isna(), "cents"].sum())
    assert tally.made_up
    assert all(b"UYDURMA / MADE UP" in line for line in written["shares.csv"].splitlines()[1:])
    assert all(b"UYDURMA / MADE UP" in line for line in written["totals.csv"].splitlines()[1:])


def test_totals_rows_are_dropped_and_counted(records, tmp_path):
    records = records.head(300)
    told = tally_files([formats.tuik_xlsx(records, tmp_path / "veri.xlsx")]).conservation["files"][
        0
    ]
    assert told["totals_rows"] == 1
    assert told["totals"] == int(records["cents"].sum())
    assert told["first_totals_rows"] == [4 + len(records) + 1]
    assert told["cells"] == 2 * told["sum_in"]


def test_partners_and_industries_sum_to_the_same(records, tmp_path):
    tally = tally_files([formats.parquet(records, tmp_path / "veri.parquet")])
    partners = records.groupby(["year", "flow", "partner"])["cents"].sum()
    found = tally.by_partner.groupby(["year", "flow", "partner"])["cents"].sum()
    assert found.to_dict() == partners.to_dict()
    codes = records[records["code"] != "-"].groupby("code")["cents"].sum()
    assert tally.by_code[tally.by_code["code"] != ""].groupby("code")["cents"].sum().to_dict() == (
        codes.to_dict()
    )
    assert tally.months == {2019: 12, 2024: 12}


def test_the_assemblys_workbook_gives_totals_and_no_shares(records, tmp_path):
    tally = tally_files([formats.tim_workbook(records, tmp_path / "tim.xlsx")])
    assert totals_of(tidy_files(tally)["totals.csv"]) == expected_totals(records)
    assert tidy_shares(tally).empty
    assert tally.conservation["unplaced"] == tally.conservation["sum_in"]
    assert tally.conservation["difference"] == 0


def test_comtrade_gives_the_nation_through_a_concordance(records, tmp_path):
    classes = {row["code4"]: row["class_report"] for row in shipped("isic_rev3_classes.csv")}
    concordance = tmp_path / "hs.csv"
    lines = [f"{formats.hs_code(code)},{kind}" for code, kind in classes.items()]
    concordance.write_text("\n".join(["HS6,class", *lines]) + "\n", encoding="utf-8")
    path = formats.comtrade(records, tmp_path / "comtrade.csv")
    tally = tally_files([path], concordance=concordance)
    kinds = records["code"].map(classes).fillna("unplaced")
    expected = records.groupby(["year", "flow", kinds])["cents"].sum().to_dict()
    assert tally.by_code.groupby(["year", "flow", "kind"])["cents"].sum().to_dict() == expected
    totals = tidy_totals(tally)
    assert totals["province"].unique().tolist() == ["Türkiye"]
    assert totals["plate"].isna().all()
    assert tally.unplaced["code"].tolist() == ["999999"]
    assert read_concordance(concordance).revision == "hs"


def test_files_of_years_add_up_to_the_file_of_both(records, tmp_path):
    paths = [
        formats.parquet(own, tmp_path / f"{year}.parquet") for year, own in records.groupby("year")
    ]
    whole = tally_files([formats.parquet(records, tmp_path / "veri.parquet")])
    apart = tally_files(paths)
    pd.testing.assert_frame_equal(apart.by_code, whole.by_code)
    pd.testing.assert_frame_equal(apart.by_partner, whole.by_partner)
    sources = tidy_totals(apart).groupby("year")["source"].unique().str[0].to_dict()
    assert sources[2019] == "2019.parquet; isic3-report; UYDURMA / MADE UP"
    assert sources[2024] == "2024.parquet; isic3-report; UYDURMA / MADE UP"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_seed_adds_up(seed):
    """The shares of Table 4.1, recomputed here in whole cents, and the printed totals."""
    made = made_up_records(seed)
    assert (made["cents"] > 0).all()
    assert not made.duplicated().any()
    classes = {row["code4"]: row["class_report"] for row in shipped("isic_rev3_classes.csv")}
    exports = made[(made["flow"] == "export") & made["plate"].notna()]
    whole = exports.groupby(["plate", "year"])["cents"].sum()
    sums = exports.groupby(["plate", "year", exports["code"].map(classes)])["cents"].sum()
    for (plate, year, kind), printed in table_4_1_as_printed().items():
        cents = int(sums.get((int(plate), int(year), kind), 0))
        share = Decimal(100 * cents) / Decimal(int(whole[int(plate), int(year)]))
        assert share.quantize(Decimal("0.1"), ROUND_HALF_UP) == printed
    expected_totals(made)


def test_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path):
    once = write_made_up(tmp_path / "a").read_bytes()
    assert write_made_up(tmp_path / "b").read_bytes() == once
    assert write_made_up(tmp_path / "c", seed=1).read_bytes() != once
    lines = once.decode("utf-8-sig").splitlines()
    assert all("UYDURMA / MADE UP" in line for line in lines if not line.startswith("YIL;"))
