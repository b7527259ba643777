"""Concentration: measures with named intervals, the finding, and what it depends on."""

from mekantek.findings.concentration.finding import concentrated
from mekantek.findings.concentration.seats import seat_curve
from mekantek.findings.concentration.tables import (
    class_table,
    known_classes,
    measure_table,
    region_table,
)

__all__ = [
    "class_table",
    "concentrated",
    "known_classes",
    "measure_table",
    "region_table",
    "seat_curve",
]
