"""The report: what the study found, written as pages, tables and files."""

from mekantek.report.catalogue import Catalogue, listing, sheets_of
from mekantek.report.content import study_content
from mekantek.report.folder import count_steps, write_study
from mekantek.report.results import StudyResults, study_results

__all__ = [
    "Catalogue",
    "StudyResults",
    "count_steps",
    "listing",
    "sheets_of",
    "study_content",
    "study_results",
    "write_study",
]
