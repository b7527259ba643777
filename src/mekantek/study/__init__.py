"""Tables, boundaries and neighbours, joined one to one and frozen."""

from mekantek.study.aggregation import aggregate, at_level
from mekantek.study.design import Design, Grouping, Variable, Whole
from mekantek.study.hypotheses import Hypothesis as Hypothesis  # public in findings.verdict
from mekantek.study.hypotheses import thresholds
from mekantek.study.noun import Study, YearTable, match_ids
from mekantek.study.own import read_study
from mekantek.study.records import study_from_tally, tidy_tables
from mekantek.study.shipped import load_study, neighbours_of, other_prints

__all__ = [
    "Design",
    "Grouping",
    "Study",
    "Variable",
    "Whole",
    "YearTable",
    "aggregate",
    "at_level",
    "load_study",
    "match_ids",
    "neighbours_of",
    "other_prints",
    "read_study",
    "study_from_tally",
    "thresholds",
    "tidy_tables",
]


def __getattr__(name: str) -> object:
    if name == "YEARS":
        import warnings

        warnings.warn(
            "mekantek.study.YEARS goes; take mekantek.load_study().years.",
            DeprecationWarning,
            stacklevel=2,
        )
        return load_study().years
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
