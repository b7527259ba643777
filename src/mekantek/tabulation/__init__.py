"""The report's tables from anyone's records: specified as data, computed, not yet written."""

from mekantek.tabulation.choice import Choice, choose
from mekantek.tabulation.ledger import Ledger, ledger_of, ledger_of_report
from mekantek.tabulation.making import make_tables
from mekantek.tabulation.noun import Column, PrintedTable, Unit
from mekantek.tabulation.specification import TableSpecification, specifications

__all__ = [
    "Choice",
    "Column",
    "Ledger",
    "PrintedTable",
    "TableSpecification",
    "Unit",
    "choose",
    "ledger_of",
    "ledger_of_report",
    "make_tables",
    "specifications",
]
