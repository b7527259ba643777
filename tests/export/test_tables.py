"""CSV in its forms, read back equal."""

import csv
import io
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mekantek import export
from mekantek.text import guarded

TABLE = pd.DataFrame(
    {
        "plate": [1, 2, 3],
        "name": ["İstanbul", "Iğdır; merkez", 'a "b"'],
        "share": [0.1, -0.5, np.nan],
        "large": [1.5e300, 1e-300, 1234567.891],
        "count": pd.array([1, None, 3], dtype="Int64"),
        "true": [True, False, True],
    }
)


@pytest.mark.parametrize("form", list(export.DIALECTS))
def test_read_back_equal(form, tmp_path):
    """What was written is what is read, to the last bit."""
    dialect = export.DIALECTS[form]
    path = export.write_csv(TABLE, tmp_path / "a.csv", dialect)
    text = path.read_bytes().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.separator)
    assert head == list(TABLE)
    for row, (_, told) in zip(rows, TABLE.astype(object).iterrows(), strict=True):
        for cell, value in zip(row, told, strict=True):
            if isinstance(value, float) and value == value:
                assert float(cell.replace(dialect.decimal, ".")) == value
            else:
                assert cell == ("" if pd.isna(value) else str(value))
    back = pd.read_csv(path, sep=dialect.separator, decimal=dialect.decimal, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(back, TABLE, check_dtype=False)


def test_turkish_excel_by_the_byte(tmp_path):
    """Byte order mark, semicolons, decimal commas, CR LF."""
    path = export.write_csv(TABLE, tmp_path / "a.csv", export.DIALECTS["csv-excel-tr"])
    lines = path.read_bytes().split(b"\r\n")
    assert lines[0] == "\ufeffplate;name;share;large;count;true".encode()
    assert lines[1] == "1;İstanbul;0,1;1,5e+300;1;True".encode()
    assert lines[2] == '2;"Iğdır; merkez";-0,5;1e-300;;False'.encode()
    assert lines[-1] == b""


def test_a_column_alone_keeps_its_gaps():
    """A missing cell in a table of one column is a line of its own."""
    assert export.csv_text(pd.DataFrame({"a": ["x", None]})) == 'a\nx\n""\n'


def test_the_plain_form_is_pandas_own(study, results):
    """As before: what nobody needs to guard is written as pandas writes it."""
    frame = export.local_table([({"class": "low"}, results[0]["low", 2024])], study.names)
    assert export.csv_text(frame) == frame.to_csv(index=False, lineterminator="\n")


@given(st.text())
def test_no_guarded_text_begins_a_formula(text):
    """Whatever the text: never a formula, and nothing is lost."""
    cell = guarded(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    if cell[:1] == "-":
        assert math.isfinite(float(cell)) or float(cell) == -math.inf
    assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_stay_numbers(value):
    """No number gets an apostrophe."""
    assert guarded(repr(value)) == repr(value)
