"""Anyone's table is understood, or refused in one sentence that says where and how to mend it."""

from __future__ import annotations

import gzip
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.datasets import delimited
from mekantek.datasets.check import check_file
from mekantek.datasets.delimited import check_table, read_table
from mekantek.errors import TableError


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, *values: str) -> dict[str, float]:
    frame = read_table(written(folder, content), id_column="id", value_columns=values or ["low"])
    return frame[(values or ("low",))[0]].to_dict()


@pytest.mark.parametrize(
    "content",
    [
        "id,low\nAğrı,12.1\nIğdır,3\n",
        "\ufeffid,low\nAğrı,12.1\nIğdır,3\n",
        "id;low\nAğrı;12,1\nIğdır;3\n",
        "id\tlow\r\nAğrı\t12,1\r\nIğdır\t3\r\n",
        'id,low\nAğrı,"12,1"\nIğdır,3\n',
        "id;low\nAğrı;12,1\nIğdır;3\n".encode("cp1254"),
        "id , low\n Ağrı , 12.1 \n\n Iğdır,3\n,\n",
        '"id";"low"\n"Ağrı";"12,1"\n"Iğdır";"3"',
        "id;low, of total\nAğrı;12,1\nIğdır;3\n".replace("low, of total", "low"),
    ],
)
def test_one_table_in_many_dresses(tmp_path: Path, content: str | bytes):
    assert read(tmp_path, content) == {"Ağrı": 12.1, "Iğdır": 3.0}


def test_ids_stay_text_as_written(tmp_path: Path):
    assert list(read(tmp_path, "id,low\n6,1\n06,2\n 6.0,3\n")) == ["6", "06", "6.0"]


def test_empty_cells_are_missing(tmp_path: Path):
    assert math.isnan(read(tmp_path, "id,low\na,\nb,1\n")["a"])


def test_the_frame_is_indexed_by_id_with_the_columns_in_the_order_asked(tmp_path: Path):
    path = written(tmp_path, "low,high,id\n1,2,a\n3,4,b\n")
    frame = read_table(path, id_column="id", value_columns=["high", "low"])
    assert (frame.index.name, frame.index.tolist(), frame.columns.tolist()) == (
        "id", ["a", "b"], ["high", "low"]
    )  # fmt: skip
    assert (frame.dtypes == "float64").all()


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,56", "8.313"], [1234.56, 8313]),
        (["8.313.059.630", "1.234"], [8313059630, 1234]),
        (["1,234.56", "8,313"], [1234.56, 8313]),
        (["0.121", "1.234"], [0.121, 1.234]),
        (["1.234", "5.678"], [1.234, 5.678]),
        (["1,234", "5"], [1.234, 5]),
        (["−0,5", "+2"], [-0.5, 2]),
        (["1e3", "2.5E-3"], [1000, 0.0025]),
    ],
)
def test_numbers_are_read_by_the_mark_the_file_proves(
    tmp_path: Path, cells: list[str], values: list[float]
):
    content = "id;low\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    assert list(read(tmp_path, content).values()) == values


def test_another_column_may_prove_the_mark(tmp_path: Path):
    content = "id;low;total\na;12,1;1.234\nb;3,5;2.345\n"
    assert read(tmp_path, content, "total", "low") == {"a": 1234, "b": 2345}


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20), st.sampled_from([",", ";", "\t"]))
def test_numbers_survive_writing_and_reading(tmp_path_factory, values: list[float], separator: str):
    content = f"id{separator}low\n" + "".join(
        f"u{n}{separator}{v!r}\n" for n, v in enumerate(values)
    )
    assert list(read(tmp_path_factory.mktemp("t"), content).values()) == values


LONG = "x" * (delimited.MAX_LINE + 1)
REFUSALS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", r"t\.csv is empty\."),
    "blank": (" \n\n", r"t\.csv is empty\."),
    "only separators": (",,\n,,\n", r"t\.csv is empty\."),
    "header only": ("id,low\n", r"t\.csv has a header and no rows; add the data below it\."),
    "binary": (b"id,low\na,\x00\x01\n", "is not text but a binary file; save it as CSV"),
    "Excel": (b"PK\x03\x04rest", "is not text but an Excel workbook or zip archive"),
    "gzip": (gzip.compress(b"id,low\na,1\n"), "is not text but a compressed file"),
    "UTF-16": ("id,low\na,1\n".encode("utf-16"), "is not text but written in UTF-16"),
    "neither encoding": (b"id,low\na\x81,1\n", "is neither UTF-8 nor Windows-1254"),
    "HTML": ("<html><table></table></html>", "is JSON or HTML, not a table"),
    "endless line": (LONG, "a line longer than a million characters"),
    "missing column": ("id,lwo\na,1\n", r"t\.csv has no column 'low'; nearest: lwo\."),
    "missing column, none near": ("id,zzz\na,1\n", "no column 'low'; its columns are: id, zzz"),
    "double column": ("id,low,low\na,1,2\n", "column 'low' stands 2 times; rename all but one"),
    "short row": ("id,low,n\na,1,1\nb,2\n", "line 3: 2 cells where the header has 3"),
    "long row": ("id,low\na,1\nb,2\nc,3,4\nd,1\ne,1\nf,1\n",
                 "line 4: 3 cells where the header has 2"),
    "open quotation": ('id,low\na,1\n"b,2\n', "line 3: quotation marks do not close"),
    "double id": ("id,low\nAnkara,1\nb,2\nAnkara ,3\n",
                  "line 4: id 'Ankara' already stands on line 2"),
    "empty id": ("id,low\na,1\n,2\n", "line 3: the id in column id is empty"),
    "text": ("id,low\na,1\n\nAnkara,abc\n",
             r"t\.csv, line 4, Ankara: 'abc' in column low is not a finite number; leave the cell"),
    "nan": ("id,low\na,nan\n", "'nan' in column low is not a finite number"),
    "NA": ("id,low\na,NA\n", "'NA' in column low is not a finite number"),
    "infinity": ("id,low\na,-inf\n", "'-inf' in column low is not a finite number"),
    "overflow": ("id,low\na,1e999\n", "'1e999' in column low is not a finite number"),
    "underscore": ("id,low\na,1_000\n", "'1_000' in column low is not a finite number"),
    "two marks": ('id;low\na;"1,5"\nb;2.5\n', r"written two ways, '2\.5' \(low, 3\) and '1,5'"),
    "thousands or decimals": ('id,low\na,"1,234"\nb,7\n', "may be thousands or decimals"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_a_bad_table_is_refused_in_one_sentence(tmp_path: Path, what: str):
    content, message = REFUSALS[what]
    with pytest.raises(TableError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_missing_file_is_named():
    with pytest.raises(TableError, match=r"There is no file nowhere/t\.csv\."):
        read_table("nowhere/t.csv", id_column="id", value_columns=["low"])


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(TableError, match="is a folder; name a file"):
        read_table(tmp_path, id_column="id", value_columns=["low"])


def test_a_device_is_refused():
    with pytest.raises(TableError, match="not a regular file"):
        read_table("/dev/zero", id_column="id", value_columns=["low"])


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(delimited.MAX_BYTES + 1)
    with pytest.raises(TableError, match="larger than 200 MB"):
        read_table(path, id_column="id", value_columns=["low"])


def test_a_long_bad_cell_is_cut_in_the_message(tmp_path: Path):
    with pytest.raises(TableError, match=r"'x{39}…' in column low"):
        read(tmp_path, f"id,low\na,{'x' * 5000}\n")


def test_a_refusal_has_its_sentence_in_turkish_too(tmp_path: Path):
    with pytest.raises(TableError) as caught:
        read(tmp_path, "id,low\nAnkara,abc\n")
    assert caught.value.text.tr.startswith("t.csv, satır 2, Ankara: low sütunundaki 'abc'")


def test_check_lists_what_was_understood_and_every_fault(tmp_path: Path):
    path = written(tmp_path, "il;pay;not\nAnkara;12,1;x\nAnkara;abc;y\n;3,5;\n")
    report = check_table(path)
    facts = [fact.en for fact in report.facts]
    assert facts == [
        "encoding: UTF-8", "separator: semicolon", "3 rows, 3 columns", "id column: il",
        "decimal mark: ,", "column pay: number, 0 empty", "column not: text, 1 empty",
    ]  # fmt: skip
    assert [fault.en.split(";")[0] for fault in report.faults] == [
        "t.csv, line 3: id 'Ankara' already stands on line 2",
        "t.csv, line 4: the id in column il is empty.",
        "t.csv, line 3, Ankara: 'abc' in column pay is not a finite number",
    ]


def test_check_of_ragged_rows_names_each(tmp_path: Path):
    faults = check_table(written(tmp_path, "id,low\na,1\nb\nc,3,4\nd,1\ne,2\nf,3\ng,4\nh,5\ni,6\n"))
    assert [fault.en.split(": ")[0] for fault in faults.faults] == [
        "t.csv, line 3",
        "t.csv, line 4",
    ]


def test_check_finds_no_fault_in_the_shipped_tables():
    from mekantek.datasets import files

    assert check_file(files.data_path("provinces.csv"), id_column="plate").faults == ()


def test_check_recognises_neighbour_lists(tmp_path: Path):
    report = check_file(written(tmp_path, "2\n", "n.gal"))
    assert report.to_dict() == {
        "kind": "neighbours", "file": "n.gal", "faults": [],
        "facts": [{"tr": "komşuluk listesi; --neighbours ile kullanın",
                   "en": "neighbour list, use with --neighbours"}],
    }  # fmt: skip


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(tmp_path_factory, content: bytes):
    path = written(tmp_path_factory.mktemp("t"), b"id,low\n" + content)
    try:
        frame = read_table(path, id_column="id", value_columns=["low"])
    except TableError:
        return
    assert frame.index.is_unique
    assert not frame.isin([math.inf, -math.inf]).any(axis=None)


CELL = st.text(st.sampled_from("0123456789.,+-eE −"), max_size=7)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(CELL, st.floats(-1e4, 1e4).map(repr)), min_size=1, max_size=5))
def test_plain_columns_are_read_as_the_longer_way_reads_them(cells):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "units.csv")
        rows = [f"u{place};{cell}" for place, cell in enumerate(cells)]
        path.write_text("\n".join(["id;x", *rows]), encoding="utf-8")

        def told():
            try:
                return read_table(path, id_column="id", value_columns=["x"])["x"].to_list()
            except TableError as refused:
                return str(refused)

        quick = told()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "_plain_columns", lambda *_: None)
            longer = told()
    assert repr(quick) == repr(longer)
