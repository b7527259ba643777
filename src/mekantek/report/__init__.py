"""The report: what the study found, written as pages, tables and files."""

from mekantek.report.catalogue import study_sheets
from mekantek.report.content import study_content
from mekantek.report.folder import count_steps, sheets_of, write_study
from mekantek.report.results import StudyResults, study_results

__all__ = [
    "StudyResults",
    "count_steps",
    "sheets_of",
    "study_content",
    "study_results",
    "study_sheets",
    "write_study",
]
