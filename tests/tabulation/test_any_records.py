"""Whatever records are like, tables come out, conserve what went in, and zeros are never made up."""

from __future__ import annotations

import math

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mekantek.tabulation import choose, ledger_of, make_tables

CODES = ("3530", "3410", "2710", "1810", "0111", "GIZLI", "9999", "")

records = st.lists(
    st.tuples(
        st.sampled_from([6, 34, 42, 81, None]),
        st.sampled_from([2004, 2019, 2023, 2024]),
        st.sampled_from(["export", "import"]),
        st.sampled_from(CODES),
        st.sampled_from(["Çin", "Irak", ""]),
        st.integers(0, 10**13),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records, st.integers(1, 3), st.sampled_from(["Ankara", "Konya", "Kars"]))
def test_tables_of_any_records(made, given_rows, top, province):
    """40 tables; rows conserve; every table without rows says why, every gap is told."""
    rows = [made.row(*row) for row in given_rows]
    ledger = ledger_of(made.tally(rows))
    tables = make_tables(ledger, choose(ledger, province=province, top=top))
    assert len(tables) == 40
    for table in tables:
        assert (table.reason is None) == (len(table.frame) > 0)
        if table.reason is not None:
            assert "Gereken: " in table.reason.tr
            continue
        numbers = [c.key for c in table.columns if c.unit is not None and c.key != "rank"]
        cells = table.frame[numbers].to_numpy(dtype=float)
        assert not any(math.isinf(v) for v in cells.ravel())
        gaps = bool(pd.isna(cells).any())
        assert gaps == any("(–)" in note.en for note in table.notes)
        for language in ("tr", "en"):
            assert all(len(row) == len(table.columns) for row in table.rows(language))
    for name, flow in (("1.3", "export"), ("1.4", "import")):
        table = next(t for t in tables if t.id == name)
        whole = sum(r.cents for r in rows if r.flow == flow)
        if table.reason is None:
            assert math.isclose(table.frame["total"].sum(), whole / 100, rel_tol=1e-12)
    for name in ("1.5", "1.7", "2.1", "2.3"):
        table = next(t for t in tables if t.id == name)
        if table.reason is None:
            parts = table.frame["value"].tolist()
            assert math.isclose(sum(parts[:-1]), parts[-1], rel_tol=1e-9, abs_tol=0.01)
