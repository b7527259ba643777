"""Records added up: revisions kept apart, cents shared out, faults told, a killed run harmless."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.datasets.records import adding, conservation
from mekantek.datasets.records.classifying import by_class, unplaced_codes
from mekantek.datasets.records.from_files import tally_files
from mekantek.datasets.records.tidy import tidy_files, tidy_shares, tidy_totals
from mekantek.datasets.taxonomies import Taxonomy
from mekantek.errors import TableError
from mekantek.text import Text

KEYS = ["plate", "year", "flow", "code", "kind"]


def written(path: Path, *rows: str, header: str = "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def kinds(path: Path, **options) -> dict[str, int]:
    tally = tally_files([path], **options)
    return tally.by_code.groupby("kind")["cents"].sum().to_dict()


def test_cents_go_where_the_codes_say(tmp_path):
    path = written(
        tmp_path / "a.csv",
        "2024;İhracat;Ankara;3530;100,01", "2024;İhracat;Ankara;0111;3", "2024;İhracat;Ankara;-;5",
        "2024;İhracat;Ankara;Gizli veri;6", "2024;İhracat;Ankara;9999;7",
    )  # fmt: skip
    assert kinds(path) == {"high": 10001, "unclassified": 300, "unplaced": 1200, "hidden": 600}
    listed = tally_files([path]).unplaced
    assert listed["code"].tolist() == ["9999", ""]
    assert listed["cents"].tolist() == [700, 500]
    assert listed["share"].tolist() == [cents / 12101 for cents in (700, 500)]


@pytest.mark.parametrize(
    "mark", ["gizli", "GİZLİ VERİ", "Gızlı", "confidential", "hidden", "*", "c", "(C)"]
)
def test_a_hidden_amount_is_counted_and_in_no_sum(tmp_path, mark):
    path = written(
        tmp_path / "a.csv", "2024;İhracat;Ankara;3530;100,01", f"2024;İhracat;Ankara;3530;{mark}",
        f"2024;İhracat;Kars;1511;{mark}", f"2024;İhracat;Toplam;;{mark}",
    )  # fmt: skip
    tally = tally_files([path])
    assert tally.by_code["cents"].tolist() == [10001]
    assert (tally.hidden_amounts, tally.conservation["difference"]) == (2, 0)
    told = json.loads(tidy_files(tally)["conservation.json"])
    assert (told["hidden_amounts"], told["files"][0]["hidden_amounts"]) == (2, 2)
    assert (told["files"][0]["records"], told["hidden"]) == (1, 0)


def test_most_amounts_may_be_hidden(tmp_path):
    path = written(tmp_path / "a.csv", *(f"2024;İhracat;Van;{n};gizli" for n in (1511, 1512, 3530)),
                   "2024;İhracat;Van;2423;7")  # fmt: skip
    assert tally_files([path]).hidden_amounts == 3


def test_two_digits_are_placed_where_all_they_hold_is_of_one_class(tmp_path):
    path = written(
        tmp_path / "a.csv", "2024;İhracat;Van;29;1", "2024;İhracat;Van;24;4", "2024;İhracat;Van;30;2",
        header="YIL;IHRITH;IL_ADI;ISIC3_2;DOLAR",
    )  # fmt: skip
    assert kinds(path) == {"medium_high": 100, "high": 200, "unplaced": 400}
    assert tally_files([path]).unplaced["code"].tolist() == ["24"]


def test_five_groups_stay_five(tmp_path):
    path = written(
        tmp_path / "a.csv", "2024;İhracat;Kars;2410;1", "2024;İhracat;Kars;2520;2",
        "2024;İhracat;Kars;0112;4", header="YIL;IHRITH;IL_ADI;ISIC4_4;DOLAR",
    )  # fmt: skip
    assert kinds(path, taxonomy="oecd2016") == {"medium": 100, "medium_high": 200, "low": 400}
    tally = tally_files([path], taxonomy="oecd2016")
    assert tidy_shares(tally)["class"].tolist() == [
        "high", "medium_high", "medium", "medium_low", "low"
    ]  # fmt: skip
    assert tidy_shares(tally)["share"].sum() == pytest.approx(1)
    assert kinds(path) == {"medium_low": 100, "medium_high": 200, "unclassified": 400}


def test_codes_of_two_revisions_are_refused_by_both_names(tmp_path):
    three = written(tmp_path / "rev3.csv", "2024;İhracat;Kars;1511;1")
    four = written(tmp_path / "rev4.csv", "2024;İhracat;Van;1010;1",
                   header="YIL;IHRITH;IL_ADI;ISIC4_4;DOLAR")  # fmt: skip
    with pytest.raises(TableError, match=r"rev3\.csv holds ISIC Rev\. 3 codes and rev4\.csv holds"):
        tally_files([three, four])
    with pytest.raises(
        TableError, match=r"rev4\.csv holds ISIC Rev\. 4 codes .* knows NACE Rev\. 2"
    ):
        tally_files([four], taxonomy="nace2")


def test_product_codes_ask_for_a_concordance_and_unnamed_ones_for_a_taxonomy(tmp_path):
    goods = written(tmp_path / "hs.csv", "2024;İhracat;Kars;870323;1",
                    header="YIL;IHRITH;IL_ADI;HS6;DOLAR")  # fmt: skip
    with pytest.raises(TableError, match=r"hs\.csv: the HS codes in column 'HS6' are of products"):
        tally_files([goods])
    sitc = tmp_path / "sitc.csv"
    sitc.write_text("SITC,class\n78,high\n", encoding="utf-8")
    with pytest.raises(
        TableError, match=r"hs\.csv holds HS codes and the taxonomy sitc\.csv knows SITC"
    ):
        tally_files([goods], concordance=sitc)
    unnamed = written(tmp_path / "kod.csv", "2024;İhracat;Kars;1511;1",
                      header="YIL;IHRITH;IL_ADI;KOD;DOLAR")  # fmt: skip
    with pytest.raises(
        TableError, match=r"kod\.csv: the file does not say what the codes in column"
    ):
        tally_files([unnamed])
    assert kinds(unnamed, taxonomy="isic3") == {"low": 100}
    assert kinds(unnamed, columns={"revision": "isic4"}) == {"low": 100}


def test_totals_beside_the_records_they_are_totals_of_are_refused(tmp_path):
    coded = written(tmp_path / "kayit.csv", "2024;İhracat;Kars;1511;1")
    totals = written(tmp_path / "toplam.csv", "2024;İhracat;Kars;1", "2023;İhracat;Kars;5",
                     header="YIL;IHRITH;IL_ADI;DOLAR")  # fmt: skip
    with pytest.raises(TableError, match=r"toplam\.csv has no industry codes and kayit\.csv has; both "
                       r"cover exports of 2024"):  # fmt: skip
        tally_files([coded, totals])
    alone = tally_files([totals])
    assert tidy_shares(alone).empty
    assert tidy_totals(alone)["value_usd"].tolist() == ["5.00", "1.00"]


def test_a_file_given_twice_is_refused_unless_meant(tmp_path):
    once = written(tmp_path / "a.csv", "2024;İhracat;Kars;1511;1")
    again = written(tmp_path / "b.csv", "2024;İhracat;Kars;1511;1")
    with pytest.raises(TableError, match=r"a\.csv and b\.csv are the same file"):
        tally_files([once, again])
    assert tally_files([once, again], duplicates="keep").conservation["sum_in"] == 200


def test_a_taxonomy_and_a_concordance_are_not_both_taken(tmp_path):
    path = written(tmp_path / "a.csv", "2024;İhracat;Kars;1511;1")
    with pytest.raises(TableError, match="a taxonomy or a concordance, not both"):
        tally_files([path], taxonomy="isic3", concordance=path)


def test_rounded_digits_are_conserved_and_told(tmp_path):
    path = written(
        tmp_path / "a.csv", "2024;İhracat;Kars;1511;1,005", "2024;İhracat;Van;1511;1,0049"
    )
    told = tally_files([path]).conservation
    assert (told["sum_in"], told["rounding_of_cells"]) == (201, "0.01")


def test_units_by_year_are_conserved(tmp_path):
    """The exporters' assembly: USD before 2010, thousand USD since."""
    path = tmp_path / "tim.csv"
    path.write_text(
        "İLLER;YIL;OCAK;ŞUBAT\nKars;2009;1.500,25;2\nKars;2010;1,50025;2\n", encoding="utf-8"
    )
    tally = tally_files([path], columns={"flow": "export"})
    assert tally.by_code.set_index("year")["cents"].to_dict() == {2009: 150225, 2010: 350025}
    assert tally.conservation["difference"] == 0
    assert tally.months == {2009: 2, 2010: 2}


def test_a_lost_cent_stops_the_run(tmp_path, monkeypatch):
    path = written(tmp_path / "a.csv", "2024;İhracat;Kars;1511;1", "2024;İhracat;Van;1511;2")
    whole = adding._code_sums

    def losing(records):
        return whole(records.filter(records.plate == 36))

    monkeypatch.setattr(adding, "_code_sums", losing)
    with pytest.raises(TableError, match=r"a\.csv: values were not conserved \(in 3\.00 USD, records "
                       r"1\.00 USD, totals 0\.00 USD\)"):  # fmt: skip
        tally_files([path])


def test_a_total_that_is_no_number_is_told_by_its_row(tmp_path):
    path = written(tmp_path / "a.csv", "2024;İhracat;Kars;1511;1", ";;Toplam;;12 (tahmini)")
    with pytest.raises(
        TableError, match=r"a\.csv: a row of totals holds '12 \(tahmini\)' \(line 3\)"
    ):
        tally_files([path])


def test_money_is_written_to_the_cent_without_floats():
    assert [conservation.usd(c) for c in (0, 5, 10**17 + 1, -7)] == [
        "0.00", "0.05", "1000000000000000.01", "-0.07"
    ]  # fmt: skip


def test_the_basis_is_what_the_title_says(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "İllere göre ihracat, Özel Ticaret Sistemi\nYIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n"
        "2024;İhracat;Kars;1511;1\n", encoding="utf-8"
    )  # fmt: skip
    assert tally_files([path]).basis.system.en == "special trade system"
    plain = written(tmp_path / "b.csv", "2024;İhracat;Kars;1511;1")
    assert tally_files([plain]).basis.system.en == "trade system not said by the files"


# ---- weighted concordances -------------------------------------------------------------------

CODES = ("01", "0203", "8703", "8802", "999999")
CLASSES = ("high", "medium_high", "medium_low", "low", "unclassified")


@st.composite
def concordances(draw: st.DrawFn) -> Taxonomy:
    rules = {}
    for code in draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True)):
        weights = draw(st.lists(st.integers(1, 997), min_size=1, max_size=5))
        names = draw(st.permutations(CLASSES))
        rules[code] = tuple(
            (name, Fraction(w, sum(weights))) for name, w in zip(names, weights, strict=False)
        )
    return Taxonomy(
        name="c.csv", title=Text("", ""), revision="", classes=CLASSES[:4], rules=rules,
        concordance=True,
    )  # fmt: skip


@st.composite
def sums(draw: st.DrawFn) -> pd.DataFrame:
    cell = st.tuples(
        st.sampled_from([None, 6, 34]), st.sampled_from([2019, 2024]),
        st.sampled_from(["export", "import"]),
        st.sampled_from([*CODES, "870323", "87", ""]), st.booleans(),
    )  # fmt: skip
    cells = draw(st.lists(cell, min_size=1, max_size=12, unique=True))
    cents = draw(st.lists(st.integers(0, 10**15), min_size=len(cells), max_size=len(cells)))
    frame = pd.DataFrame(cells, columns=["plate", "year", "flow", "code", "hidden"])
    return frame.assign(cents=cents, records=1).astype({"plate": "Int64", "code": "str"})


@settings(max_examples=60, deadline=None)
@given(sums(), concordances())
def test_shared_out_values_are_conserved_in_every_cell(codes: pd.DataFrame, taxonomy: Taxonomy):
    found = by_class(codes, taxonomy)
    keys = ["plate", "year", "flow", "code"]
    before = codes.groupby(keys, dropna=False)["cents"].sum()
    after = found.groupby(keys, dropna=False)["cents"].sum()
    pd.testing.assert_series_equal(after, before, check_names=False)
    assert not found.duplicated(KEYS).any()
    for row in found.to_dict("records"):
        if row["kind"] not in ("hidden", "unplaced"):
            assert row["kind"] in dict(taxonomy.place(row["code"]))
    shuffled = by_class(codes.sample(frac=1, random_state=1), taxonomy)
    pd.testing.assert_frame_equal(shuffled, found)
    listed = unplaced_codes(codes, taxonomy, int(codes["cents"].sum()))
    assert int(listed["cents"].sum()) == int(found.loc[found["kind"] == "unplaced", "cents"].sum())


# ---- whole or not at all ---------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from mekantek.export import whole

left = [int(sys.argv[1])]
replace, write = os.replace, Path.write_bytes


def dying(source, target):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)


def half(path, content):
    left[0] -= 1
    write(path, content[: len(content) // 2] if left[0] == 0 else content)
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


whole.os.replace = dying
Path.write_bytes = half
from mekantek import cli

sys.argv = ["mekantek", "shares", sys.argv[2], "--out", sys.argv[3], "--quiet"]
cli.main()
"""


def test_a_killed_run_leaves_no_half_table_and_can_be_repeated(tmp_path):
    """Killed while each of the three files is written aside and while each is put in its place."""
    path = written(
        tmp_path / "a.csv", *(f"2024;İhracat;Kars;{c};{c},5" for c in (1511, 3530, 2423))
    )
    contents = tidy_files(tally_files([path]))
    out = tmp_path / "out"
    # A folder that is not there yet appears by one renaming; into this one files go one by one.
    out.mkdir()
    for moment in range(1, 7):
        run = subprocess.run(
            [sys.executable, "-c", KILLED, str(moment), str(path), str(out)],
            capture_output=True, check=False,
        )  # fmt: skip
        assert run.returncode == -signal.SIGKILL, run.stderr
        for file in out.glob("[!.]*"):
            assert file.read_bytes() == contents[file.name]
    run = subprocess.run(
        [sys.executable, "-m", "mekantek.cli", "shares", str(path), "--out", str(out)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert {f.name: f.read_bytes() for f in out.glob("[!.]*")} == contents
    assert json.loads(contents["conservation.json"])["difference"] == 0


def test_a_refused_file_writes_nothing(tmp_path):
    path = written(tmp_path / "a.csv", "2024;İhracat;Kars;1511;x")
    run = subprocess.run(
        [sys.executable, "-m", "mekantek.cli", "shares", str(path), "--out", str(tmp_path / "o")],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (3, "")
    assert "Traceback" not in run.stderr
    assert "a.csv" in run.stderr
    assert not (tmp_path / "o").exists()
