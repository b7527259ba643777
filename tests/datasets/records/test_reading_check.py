"""``mekantek check`` explains a file of records: exit 0 nothing found, 1 faults, 3 unreadable."""

import json

import pytest

import command_line
from mekantek.datasets.records.reading import stage
from mekantek.errors import TableError

GOOD = "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Van;1511;5\n"


def run(*arguments, **environment):
    return command_line.run("check", *arguments, **environment)


def test_a_good_file_is_explained(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text(GOOD, encoding="utf-8")
    result = run(path, "--lang", "en")
    assert result.returncode == 0, result.stderr
    assert "column IL_ADI: province (by its name, and its content fits)" in result.stdout
    assert "No fault found." in result.stdout


@pytest.mark.parametrize("language", ["tr", "en"])
def test_faults_are_listed_with_their_rows(tmp_path, language):
    path = tmp_path / "k.csv"
    path.write_text(
        GOOD + "2024;İhracat;Van;1511;-5\n2024;İhracat;Ankra;1511;5\n", encoding="utf-8"
    )
    result = run(path, "--lang", language)
    assert result.returncode == 1
    assert "k.csv, satır 3" in result.stdout or "k.csv, line 3" in result.stdout
    assert "Ankara (6)" in result.stdout


def test_a_hidden_amount_is_no_fault_and_no_empty_cell(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text(
        GOOD + "2024;İhracat;Van;1511;gizli\n2024;İhracat;Van;1512;\n", encoding="utf-8"
    )
    result = run(path, "--lang", "en")
    assert result.returncode == 0, result.stdout
    assert "records whose amount is hidden: 1 (line 3); it is unknown" in result.stdout
    assert "rows without a value: 1 (line 4)" in result.stdout


def test_an_empty_cell_is_said_to_be_empty(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text(
        GOOD + ";İhracat;Van;1511;5\n2024; ;Van;1511;6\n20x4;İhracat;Van;1511;7\n", encoding="utf-8"
    )
    told = run(path, "--lang", "en").stdout
    assert "k.csv, line 3: the cell of the year is empty; write its four digits" in told
    assert "k.csv, line 4: the cell of the flow is empty; write İhracat or İthalat." in told
    assert "k.csv, line 5: the year '20x4' cannot be read" in told


def test_a_column_of_one_flow_is_told_in_the_reader_s_language(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text("YIL;IL_ADI;ISIC3_4;İhracat (USD)\n2024;Van;1511;5\n", encoding="utf-8")
    assert "değer (ihracat)" in run(path).stdout
    assert "value (export)" in run(path, "--lang", "en").stdout


@pytest.mark.parametrize(("faults", "told"), [(2, "(1 more fault: "), (3, "(2 more faults: ")])
def test_further_faults_are_counted_in_good_grammar(tmp_path, faults, told):
    path = tmp_path / "k.csv"
    rows = ["2024;İhracat;Van;1511;-5", "x;İhracat;Van;1511;5", "2024;y;Van;1511;5"][:faults]
    path.write_text(GOOD + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(TableError) as refused:
        stage(path, folder=tmp_path)
    assert told in str(refused.value)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    path = tmp_path / "k.xlsx"
    path.write_bytes(b"PK\x03\x04broken")
    result = run(path, "--lang", "en")
    assert result.returncode == 3
    assert "truncated, damaged or protected" in result.stderr
    assert "Traceback" not in result.stderr


def test_columns_and_duplicates_are_taken_from_the_command_line(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text("A;B;C\n2024;İhracat;5\n2024;İhracat;5\n", encoding="utf-8")
    named = ("--columns", "year=A,flow=B,value=C")
    assert run(path, *named).returncode == 1
    result = run(path, *named, "--duplicates", "keep", "--json")
    assert result.returncode == 0, result.stderr
    content = json.loads(result.stdout)
    assert (content["schema"], content["kind"], content["faults"]) == (
        "mekantek/check/1",
        "records",
        [],
    )
    wrong = run(path, "--columns", "yaer=A")
    assert wrong.returncode == 3
    assert "year" in wrong.stderr


def test_a_table_of_units_is_still_a_table(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text("il,yil,deger\nVan,2024,5\n", encoding="utf-8")
    assert json.loads(run(path, "--json").stdout)["kind"] == "table"
