"""Spark as the engine: the same expressions on a cluster, or on one machine in local mode."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.records.engine import fetch, memory_table
from mekantek.errors import MissingDependencyError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

__all__ = ["connect_spark", "has_java"]

_BY_ARROW = "spark.sql.execution.arrow.pyspark.enabled"


def has_java() -> bool:
    """Say whether Java, which Spark runs on, is on this machine."""
    return shutil.which("java") is not None or "JAVA_HOME" in os.environ


@contextmanager
def connect_spark() -> Iterator[BaseBackend]:
    """
    Open Spark behind Ibis: the session that runs already, or a local one of one's own.

    Yields
    ------
    ibis.backends.BaseBackend

    Raises
    ------
    MissingDependencyError
        If Spark or Java is absent, or Spark does not carry a small table to and fro unchanged.

    Notes
    -----
    A session that was made before, such as a notebook's on a cluster, is used and left running as
    it was; the files of records must then lie where its workers can read them.
    """
    with warnings.catch_warnings():
        # Spark 4.0 warns of pandas 3 and of what it still asks pandas 3 for; sums rest on neither.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield from _session()


def _session() -> Iterator[BaseBackend]:
    try:
        import ibis
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingDependencyError(
            "--engine spark needs Spark; pip install 'mekantek[spark]'.",
            "--engine spark için Spark gerekir; pip install 'mekantek[spark]'.",
        ) from error
    running = SparkSession.getActiveSession()
    if running is None and not has_java():
        raise MissingDependencyError(
            "Spark runs on Java, which is not on this machine; install Java 17 or newer.",
            "Spark, Java üzerinde çalışır; bu makinede Java yok. Java 17 ya da yenisini kurun.",
        )
    session: Any = running or (
        SparkSession.builder.master("local[*]")
        .appName("mekantek")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    before = session.conf.get(_BY_ARROW)
    # Without Arrow, Spark 4.0 reads missing cells of pandas 3 as the text "NaN", and missing whole
    # numbers take the others of their column with them.
    session.conf.set(_BY_ARROW, "true")
    try:
        backend = ibis.pyspark.connect(session)
        _check_carries(backend)
        yield backend
    finally:
        session.conf.set(_BY_ARROW, before)
        if running is None:
            session.stop()


def _check_carries(backend: BaseBackend) -> None:
    """Refuse a Spark that loses or makes up cells: a lookup gone wrong would misplace provinces."""
    cells: dict[str, list[Any]] = {
        "plate": [6, None], "name": ["Iğdır", None], "total": [True, None],
        "cents": [2**62 + 1, -1],
    }  # fmt: skip
    types = {"plate": "int32", "name": "string", "total": "bool_", "cents": "int64"}
    found = fetch(backend, memory_table(cells, types).order_by("cents")).iloc[::-1]
    back = {
        name: [None if pd.isna(cell) else cell for cell in found[name]] for name in found.columns
    }
    if back != cells:
        raise MissingDependencyError(
            "This Spark does not carry missing cells unchanged between Python and Java; install the "
            "versions of pip install 'mekantek[spark]'.",
            "Bu Spark, boş hücreleri Python ile Java arasında bozmadan taşımıyor; pip install "
            "'mekantek[spark]' ile gelen sürümleri kurun.",
        )
