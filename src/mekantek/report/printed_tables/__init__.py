"""The report's tables as pages, workbooks, CSV, LaTeX and maps."""

from mekantek.report.printed_tables.folder import FORMATS, check_formats, content, write_tables
from mekantek.report.printed_tables.page import tables_page

__all__ = ["FORMATS", "check_formats", "content", "tables_page", "write_tables"]
