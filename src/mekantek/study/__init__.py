"""Tables, boundaries and neighbours, joined one to one and frozen."""

from mekantek.study.noun import CLASS_COLUMNS, Study, YearTable, match_ids
from mekantek.study.shipped import YEARS, load_study, neighbours_of

__all__ = [
    "CLASS_COLUMNS",
    "YEARS",
    "Study",
    "YearTable",
    "load_study",
    "match_ids",
    "neighbours_of",
]
