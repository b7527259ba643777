"""Denser regions: the report's bloc of medium-high technology."""

from mekantek.findings.blocs.finding import medium_high_bloc

__all__ = ["medium_high_bloc"]
