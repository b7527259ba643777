"""The report: what the study found, written as pages, tables and files."""

from mekantek.report.content import count_steps, study_content, study_results, write_study

__all__ = ["count_steps", "study_content", "study_results", "write_study"]
