"""`shares` and `data --made-up` as users' scripts see them."""

import csv
import json

import pytest

from command_line import run


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """The file that `data --made-up` writes."""
    folder = tmp_path_factory.mktemp("made-up")
    result = run("data", "--made-up", "--out", folder)
    assert result.returncode == 0, result.stderr
    return folder / "made_up_records.csv"


def test_shares_writes_three_files_and_always_shows_what_was_conserved(made_up, tmp_path):
    result = run("shares", made_up, "--out", tmp_path / "o", "--quiet", "--lang", "en")
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith(
        "conserved (USD): in 814,325,422,803.64 = high 76,089,776,510.54"
    )
    assert result.stderr.rstrip().endswith("difference 0")
    assert result.stdout.startswith("UYDURMA / MADE UP")
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == [
        "conservation.json", "shares.csv", "totals.csv"
    ]  # fmt: skip
    headers = {}
    for name in ("shares.csv", "totals.csv"):
        with (tmp_path / "o" / name).open(encoding="utf-8", newline="") as stream:
            headers[name] = next(csv.reader(stream))
    run("data", "--out", tmp_path / "shipped")
    for name, header in headers.items():
        with (tmp_path / "shipped" / name).open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream)) == header
    told = json.loads((tmp_path / "o" / "conservation.json").read_text(encoding="utf-8"))
    assert told["schema"] == "mekantek/conservation/1"
    assert told["sum_in"] == 81432542280364


def test_hidden_amounts_are_said_beside_the_sums(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text("YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Van;1511;5\n"
                    "2024;İhracat;Van;3530;gizli\n", encoding="utf-8")  # fmt: skip
    told = run("shares", path, "--lang", "en").stdout
    assert "records whose amount is hidden: 1; in no sum, so true totals are at least these" in told


@pytest.mark.parametrize(
    ("dollars", "language", "unit", "amount"),
    [
        ("5,25", "en", "$", "5.25"), ("12500", "en", "thousand $", "12.500"),
        ("12500", "tr", "bin $", "12,500"), ("3400000", "tr", "milyon $", "3,400"),
        ("3400000000", "en", "billion $", "3.400"),
    ],
)  # fmt: skip
def test_sums_are_shown_in_a_unit_of_their_size(tmp_path, dollars, language, unit, amount):
    path = tmp_path / "k.csv"
    path.write_text(
        f"YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Van;1511;{dollars}\n", encoding="utf-8"
    )
    lines = run("shares", path, "--lang", language).stdout.splitlines()
    assert any(f" {unit} " in line for line in lines)
    assert any(f" {amount} " in line for line in lines)


def test_json_is_on_stdout_alone_and_whole(made_up):
    result = run("shares", made_up, "--json")
    content = json.loads(result.stdout)
    assert content["schema"] == "mekantek/shares/1"
    assert content["made_up"] is True
    assert content["basis"]["taxonomy"] == "isic3-report"
    assert sum(row["cents"] for row in content["nation"]) == content["conservation"]["sum_in"]
    assert content["sources"][0]["covers"] == {"export": [2019, 2024], "import": [2019, 2024]}
    assert content["written"] == []
    assert result.stderr.startswith("korunum (USD): giren 814.325.422.803,64")


def test_columns_overrule_and_faults_are_one_sentence(made_up, tmp_path):
    wrong = run("shares", made_up, "--columns", "value=DOLLAR", "--lang", "en")
    assert wrong.returncode == 3
    assert "nearest: DOLAR" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    other = run("shares", made_up, "--taxonomy", "isic4", "--lang", "en")
    assert other.returncode == 3
    assert "use --taxonomy isic3-report" in other.stderr
    both = run("shares", made_up, "--taxonomy", "isic3", "--concordance", made_up)
    assert both.returncode == 2
    assert run("shares", tmp_path / "yok.csv").returncode == 3
    assert run("data", "--made-up", "--lang", "en").stderr.startswith("--made-up writes a file")
