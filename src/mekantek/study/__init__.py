"""Tables, boundaries and neighbours, joined one to one and frozen."""

from mekantek.study.aggregation import aggregate
from mekantek.study.noun import CLASS_COLUMNS, Study, YearTable, match_ids
from mekantek.study.records import study_from_tally, tidy_tables
from mekantek.study.shipped import YEARS, load_study, neighbours_of, other_prints

__all__ = [
    "CLASS_COLUMNS",
    "YEARS",
    "Study",
    "YearTable",
    "aggregate",
    "load_study",
    "match_ids",
    "neighbours_of",
    "other_prints",
    "study_from_tally",
    "tidy_tables",
]
