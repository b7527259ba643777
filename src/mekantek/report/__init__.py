"""The report: what the study found, written as pages, tables and files."""

from mekantek.report.content import study_content, write_study

__all__ = ["study_content", "write_study"]
