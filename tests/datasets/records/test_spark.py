"""Spark in local mode gives the numbers that DuckDB gives, to the cent."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest

from mekantek.datasets.records import spark
from mekantek.datasets.records.from_files import tally_files
from mekantek.datasets.records.made_up import made_up_records
from mekantek.datasets.records.spark import connect_spark, has_java
from mekantek.errors import MissingDependencyError

sys.path.insert(0, str(Path(__file__).parent))
import formats

needs_spark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None,
        reason="Spark is not installed: pip install 'mekantek[spark]'.",
    ),
    pytest.mark.skipif(not has_java(), reason="Java, which Spark runs on, is not on this machine."),
    # Py4J leaves its sockets to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
pytestmark = needs_spark


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """Text of Turkish numbers and Parquet of doubles: both readers of numbers, totals, hidden data."""
    folder = tmp_path_factory.mktemp("spark")
    records = made_up_records().iloc[::12]
    return [
        formats.delimited(
            records[records["year"] == 2019], folder / "2019.csv", separator=";", encoding="cp1254",
            number=formats.turkish,
        ),
        formats.parquet(records[records["year"] == 2024], folder / "2024.parquet"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def session():
    """One session for all tests, as a notebook on a cluster has it."""
    from pyspark.sql import SparkSession

    with connect_spark():
        yield SparkSession.getActiveSession()


def test_spark_and_duckdb_give_identical_tallies(files, session):
    """Every frame, sum and sentence; and the session that ran before is left running."""
    duckdb, by_spark = tally_files(files), tally_files(files, engine="spark")
    for name in ("by_code", "by_partner", "unplaced"):
        pd.testing.assert_frame_equal(getattr(by_spark, name), getattr(duckdb, name))
    pd.testing.assert_series_equal(by_spark.industries, duckdb.industries)
    for name in ("basis", "months", "sources", "conservation", "made_up"):
        assert getattr(by_spark, name) == getattr(duckdb, name), name
    assert set(duckdb.by_code["kind"]) >= {"high", "unclassified", "hidden", "unplaced"}
    assert by_spark.made_up
    assert session.range(3).count() == 3


def test_without_java_it_is_one_sentence(files, monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", classmethod(lambda _: None))
    monkeypatch.setattr(spark, "has_java", lambda: False)
    with pytest.raises(MissingDependencyError, match="Spark runs on Java, which is not on this"):
        tally_files(files[:1], engine="spark")
