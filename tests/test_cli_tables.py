"""``mekantek tables``: from the report's data, from made-up records, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from mekantek.cli import app
from mekantek.cli.output import UsageError
from mekantek.cli.tables import years_of
from mekantek.datasets import tables as shipped
from mekantek.datasets.records.made_up import write_made_up
from mekantek.errors import MekantekError, OptionError, UnknownProvinceError

DATA = Path(__file__).parents[1] / "data"


def ran(*arguments: str):
    return CliRunner().invoke(app, ["tables", *map(str, arguments)])


@pytest.fixture(scope="module")
def records(tmp_path_factory) -> Path:
    """A file of made-up records that add up to what the report prints."""
    return write_made_up(tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def told(records) -> dict:
    run = ran(records, "--json", "--quiet")
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)


def table(told: dict, name: str) -> pd.DataFrame:
    found = next(t for t in told["tables"] if t["id"] == name)
    assert found["reason"] is None
    return pd.DataFrame(found["rows"], columns=[c["key"] for c in found["columns"]])


def test_from_made_up_records_table_4_1_comes_out_as_printed(told):
    """81 provinces, four classes, two years: all 648 numbers."""
    rows = table(told, "4.1").set_index("province")
    printed = pd.read_csv(DATA / "printed" / "table_4_1.csv", dtype=str)
    names = pd.read_csv(DATA / "names_map.csv")
    official = names[names["table"] == "Table 4.1"].sort_values("row")["official"].tolist()
    columns = printed.columns[3:].tolist()
    made = [[f"{100 * v:.1f}" for v in rows.loc[name, columns]] for name in official]
    assert made == [[f"{float(v):.1f}" for v in row] for row in printed[columns].to_numpy()]


def test_from_made_up_records_every_printed_total_comes_out_to_the_dollar(told):
    rows = table(told, "Ek 3").set_index("province")
    totals = shipped.load_totals()
    totals = totals[totals["year"].isin([2019, 2024])]
    assert len(totals) > 140
    for row in totals.itertuples():
        assert rows.loc[row.province, f"total_{row.year}"] == row.value_usd


def test_made_up_records_give_every_table_and_say_so(told):
    assert len(told["tables"]) == 40
    assert [t["id"] for t in told["tables"] if t["reason"]] == []
    assert told["made_up"] is True
    assert all(t["head"][0]["en"].startswith("MADE-UP DATA") for t in told["tables"])
    assert told["conservation"]["difference"] == 0
    assert told["sources"][0]["file"] == "made_up_records.csv"


def test_another_province_and_other_formats(records, tmp_path):
    run = ran(
        records, "--province", "konya", "--only", "2.5", "--only", "2.1", "--top", "5", "--format",
        "csv-excel-tr,xlsx", "--out", tmp_path / "out", "--lang", "en", "--quiet",
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert written == [
        "out/csv-excel-tr/contents.csv", "out/csv-excel-tr/table-2-1.csv",
        "out/csv-excel-tr/table-2-5.csv", "out/tables.xlsx",
    ]  # fmt: skip
    assert [Path(line).relative_to(tmp_path).as_posix() for line in run.stdout.split()] == [
        "out/csv-excel-tr/contents.csv", "out/csv-excel-tr/table-2-1.csv",
        "out/csv-excel-tr/table-2-5.csv", "out/tables.xlsx",
    ]  # fmt: skip
    assert "difference 0" in run.stderr
    text = (tmp_path / "out/csv-excel-tr/table-2-1.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row[0] for row in rows[1:6]] == ["1", "2", "3", "4", "5"]
    assert rows[-1][1] == "Total"
    titles = (tmp_path / "out/csv-excel-tr/contents.csv").read_text(encoding="utf-8-sig")
    assert "Exports of Konya by technology class ($ billion)" in titles


def test_without_records_the_report_gives_what_it_can(tmp_path):
    run = ran("--out", tmp_path, "--format", "csv", "--quiet", "--lang", "tr")
    assert run.exit_code == 0, run.output
    assert (tmp_path / "csv" / "annex-5.csv").is_file()
    assert not (tmp_path / "csv" / "table-1-2.csv").exists()
    assert "Tablo 1.2: Raporun kurtarılan metninde ithalat yok. Gereken: ithalat" in run.stderr
    assert len(run.stderr.splitlines()) == 19


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (["--only", "9.9"], UsageError, "no table '9.9'"),
        (["--format", "doc"], UsageError, "No format 'doc'"),
        (["--years", "next"], UsageError, "--years is 'next'"),
        (["--years", "2001"], OptionError, "nothing of 2001"),
        (["--province", "Ankra"], UnknownProvinceError, "Did you mean Ankara"),
        (["--taxonomy", "isic3"], UsageError, "--taxonomy goes with files of records"),
        (["--engine", "spark"], UsageError, "--engine spark goes with files of records"),
        (["--json", "--out", "x"], UsageError, "--json goes to stdout"),
        (["a.csv", "--taxonomy", "isic3", "--concordance", "c.csv"], UsageError, "not both"),
    ],
)
def test_refusals(arguments, error, told):
    run = ran(*arguments)
    assert isinstance(run.exception, error)
    assert told in str(run.exception)
    assert isinstance(run.exception, MekantekError)
    assert run.exception.turkish


@pytest.mark.parametrize(
    ("only", "told"),
    [
        (["1.2"], "Table 1.2 cannot be made. No imports in what is left of the report."),
        (["1.2", "1.5"], "None of the 2 tables asked for can be made; the first, Table 1.2: No"),
    ],
)
@pytest.mark.parametrize("way", [["--format", "csv"], ["--json"]])
def test_no_table_at_all_is_refused(tmp_path, monkeypatch, only, told, way):
    monkeypatch.chdir(tmp_path)
    run = ran(*(part for name in only for part in ("--only", name)), *way)
    assert isinstance(run.exception, OptionError)
    assert str(run.exception).startswith(told)
    assert run.exception.turkish.endswith(".")
    assert not run.stdout
    assert list(tmp_path.iterdir()) == []


def test_english_tables_name_industries_in_english_where_the_taxonomy_does(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text(
        "YIL;IHRITH;IL_ADI;ISIC4_4;DOLAR\n2023;İhracat;Ankara;2630;5\n2024;İhracat;Ankara;2630;6\n",
        encoding="utf-8",
    )
    content = json.loads(ran(path, "--json", "--only", "1.7").stdout)
    [table] = content["tables"]
    assert "electronic and optical products" in json.dumps(table, ensure_ascii=False)
    assert "elektronik ve optik" in json.dumps(table, ensure_ascii=False)


def test_a_file_that_is_none_leaves_no_folder(tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    run = ran(tmp_path / "bad.csv", "--out", tmp_path / "out")
    assert isinstance(run.exception, MekantekError)
    assert "bad.csv" in str(run.exception)
    assert not (tmp_path / "out").exists()


def test_years_are_read():
    assert years_of("2004-2006,2024, 2024") == [2004, 2005, 2006, 2024]
    assert years_of(None) is None
    with pytest.raises(UsageError):
        years_of("2024-2004")
