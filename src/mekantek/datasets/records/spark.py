"""Spark as the engine: the same expressions on a cluster, or on one machine in local mode."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mekantek.errors import MissingDependencyError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

__all__ = ["connect_spark", "has_java"]


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
        If Spark or Java is absent.

    Notes
    -----
    A session that was made before, such as a notebook's on a cluster, is used and left running;
    the files of records must then lie where its workers can read them.
    """
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
    session = running or (
        SparkSession.builder.master("local[*]")
        .appName("mekantek")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    try:
        yield ibis.pyspark.connect(session)
    finally:
        if running is None:
            session.stop()
