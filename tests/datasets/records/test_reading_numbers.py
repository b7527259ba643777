"""Properties of reading: whatever the hand that wrote it, an amount is read to the cent."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.datasets.records.amounts import Amount, known_mark, with_amounts
from mekantek.datasets.records.cells import (
    flow_of,
    is_total,
    month_of,
    period_of,
    place_of,
    unit_of,
)
from mekantek.datasets.records.engine import connect, fetch, memory_table
from mekantek.datasets.records.guesses import guess
from mekantek.datasets.records.headers import header_row, role_of
from mekantek.datasets.records.meanings import codes, lookup

CENTS = st.integers(0, 10**14 - 1)


@pytest.fixture(scope="module")
def backend():
    with connect(memory_limit="200MB", threads=1) as opened:
        yield opened


def read(backend, cells, **options) -> list:
    kinds = {"cell": "string"} if all(isinstance(c, str | None) for c in cells) else {}
    table = memory_table({"place": list(range(len(cells))), "cell": cells}, kinds)
    found = with_amounts(table, [Amount(column="cell", **options)])
    frame = fetch(backend, found.select("place", "cents", "bad", "missing").order_by("place"))
    return [
        "bad" if bad else None if missing else int(cents)
        for cents, bad, missing in zip(frame["cents"], frame["bad"], frame["missing"], strict=True)
    ]


def spelt(number: Decimal, mark: str, grouped: bool, digits: int) -> str:
    text = f"{number:,.{digits}f}" if grouped else f"{number:.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if mark == "," else text


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(CENTS, st.booleans(), st.sampled_from(["", " ", "\u00a0", "$"])), min_size=1),
       st.sampled_from([".", ","]))  # fmt: skip
def test_every_spelling_of_an_amount_is_read_to_the_cent(backend, amounts, mark):
    cells = [
        sign + spelt(Decimal(cents) / 100, mark, grouped, 2) for cents, grouped, sign in amounts
    ]
    assert read(backend, cells, mark=mark) == [cents for cents, _, _ in amounts]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 10**11), st.integers(0, 10)), min_size=1),
       st.sampled_from([(1, 2), (1000, 5), (1_000_000, 8)]))  # fmt: skip
def test_units_move_the_mark_and_digits_below_the_cent_are_rounded_half_up(backend, amounts, unit):
    factor, places = unit
    numbers = [
        Decimal(whole) / 10**digits for whole, digits in amounts if whole < 10 ** (9 + digits)
    ]
    cells = [f"{number:.10f}" for number in numbers] or ["0"]
    expected = [
        int((number * factor * 100).quantize(Decimal(1), ROUND_HALF_UP)) for number in numbers
    ] or [0]
    assert read(backend, cells, places=places) == expected


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=12), min_size=1))
def test_any_text_is_an_amount_or_missing_or_bad_and_never_a_crash(backend, cells):
    for found in (read(backend, cells, mark=mark) for mark in ".,"):
        assert all(one in ("bad", None) or isinstance(one, int) for one in found)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(), min_size=1))
def test_any_float_is_an_amount_or_missing_or_bad(backend, cells):
    for value, found in zip(cells, read(backend, cells), strict=True):
        if value != value or abs(value) >= 1e12:
            assert found == "bad" or found is None
        else:
            assert abs(found - value * 100) <= 0.5 + abs(value) * 1e-10


@pytest.mark.parametrize(("places", "most"), [(2, 12), (5, 11), (8, 8)])
def test_the_largest_amounts_are_read_and_larger_ones_refused(backend, places, most):
    largest = "9" * most + "." + "9" * 12
    assert read(backend, [largest, "9" * (most + 1)], places=places) == [
        10 ** (most + places),
        "bad",
    ]


def test_floats_go_to_the_nearest_cent(backend):
    assert read(backend, [0.29, 1.1, 1234567.89, 1e11]) == [29, 110, 123456789, 10**13]


@given(st.lists(CENTS, min_size=1))
def test_written_with_decimals_and_groups_a_mark_is_proven(amounts):
    cells = [spelt(Decimal(cents % 10**13 + 100_000_000) / 100, ",", True, 2) for cents in amounts]
    assert known_mark(cells) == ","
    assert known_mark([cell.translate(str.maketrans(",.", ".,")) for cell in cells]) == "."


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_no_cell_is_too_odd_to_be_read(cell):
    for reader in (period_of, month_of, flow_of, place_of, unit_of, is_total, role_of):
        reader(cell)
    for role in ("year", "month", "flow", "place", "place_code", "code", "industry", "partner"):
        found = lookup(role, [cell])
        assert all(len(cells) == 1 for cells in found.cells.values())


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=8))
def test_a_header_is_a_row_of_the_file_or_none(rows):
    found = header_row(rows)
    assert found is None or sum(bool(cell.strip()) for cell in rows[found]) > 1


COLUMNS = {
    "YIL": ["2023", "2024"], "AY": ["1", "12"], "IHRITH": ["İhracat", "İthalat"],
    "IL_KODU": ["6", "34"], "IL_ADI": ["ANKARA", "İSTANBUL"], "ISIC3_4": ["111", "1511"],
    "ULKE": ["Almanya", "Fransa"], "DOLAR": ["1.234,5", "7"], "EURO": ["1.200,5", "6"],
    "MIKTAR": ["5", "6"], "": ["", ""],
}  # fmt: skip
MEANT = {"YIL": "year", "AY": "month", "IHRITH": "flow", "IL_KODU": "place_code", "IL_ADI": "place",
         "ISIC3_4": "code", "ULKE": "partner"}  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.permutations(list(COLUMNS)), st.sets(st.sampled_from(["AY", "IL_KODU", "ULKE", "EURO", "MIKTAR", ""])),
       st.sampled_from([str, str.lower, lambda name: name.replace("_", " "), str.title]))  # fmt: skip
def test_columns_are_known_in_any_order_casing_and_company(order, absent, spelling):
    header = [name for name in order if name not in absent]
    found = guess(
        [spelling(name) for name in header], [COLUMNS[name] for name in header], file="t.csv"
    )
    assert found.faults == ()
    assert {role: taken.place for role, taken in found.taken.items()} == {
        MEANT[name]: place for place, name in enumerate(header) if name in MEANT
    }
    assert [value.place for value in found.values] == [header.index("DOLAR")]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=10), max_size=8), st.data())
def test_any_header_over_any_cells_is_guessed_or_faulted(header, data):
    cells = [data.draw(st.lists(st.text(max_size=8), max_size=4)) for _ in header]
    found = guess(header, cells, file="t.csv")
    assert found.values or found.faults
    used = [taken.place for taken in found.taken.values()] + [value.place for value in found.values]
    assert len(used) == len(set(used))


@pytest.mark.parametrize(
    ("header", "content", "said"),
    [
        (
            "YIL",
            ["Ocak", "Şubat"],
            "column 'YIL' was not taken for the year, for 'Ocak' is no year",
        ),
        ("IHRITH", ["1", "2"], "column 'IHRITH' was not taken for the flow"),
        ("DOLAR", ["beş", "altı"], "column 'DOLAR' was not taken for the value"),
    ],
)
def test_a_name_that_its_content_belies_is_not_believed(header, content, said):
    cells = {**{name: COLUMNS[name] for name in ("YIL", "IHRITH", "DOLAR")}, header: content}
    found = guess(list(cells), list(cells.values()), file="t.csv")
    assert any(said in fault.en for fault in found.faults)


@pytest.mark.parametrize(
    ("texts", "revision", "digits", "expected"),
    [
        (["111", "1511"], "isic3", None, ["0111", "1511"]),
        (["0111", "151"], "isic3", None, ["0111", "151"]),
        (["1", "15"], "isic4", 2, ["01", "15"]),
        (["10121", "870323"], "hs", None, ["010121", "870323"]),
        (["1", "87"], "hs", 2, ["01", "87"]),
        (["15", "151", "1511"], "isic3", None, ["15", "151", "1511"]),
        (["C26.11", "01.11"], "nace2", None, ["2611", "0111"]),
        (["26.11 - Elektronik"], "nace2", None, ["2611"]),
        (["-", "GİZLİ"], "isic3", None, ["", "GİZLİ"]),
    ],
)
def test_codes_get_back_the_zeros_they_lost(texts, revision, digits, expected):
    assert codes(texts, revision=revision, digits=digits).cells["code"] == expected
