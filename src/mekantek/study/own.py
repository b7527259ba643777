"""A study of anyone's territory, from its study file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mekantek.study.file import StudyFile, read_study_file
from mekantek.study.joining import joined
from mekantek.study.members import with_units
from mekantek.study.noun import Study
from mekantek.study.records import study_from_tally

__all__ = ["read_study"]


def read_study(
    path: str | os.PathLike[str],
    *,
    year: int | None = None,
    weights: str | None = None,
    step: Callable[[str], Any] = lambda _: None,
) -> Study:
    """
    Read a study file and everything it names.

    Parameters
    ----------
    path : path
        See `mekantek.study.file.read_study_file`; the files it names lie beside it.
    year : int, optional
        The year that the study stands in; the last complete one by default.
    weights : str, optional
        SPEC of the neighbours in the place of the file's.
    step : callable
        Told the name of each file of records.

    Returns
    -------
    Study
        Index: the ids of the table, as whole numbers where all are.

    Raises
    ------
    StudyFileError
        If the file breaks the schema, or names a column, a unit or a neighbourhood that there is not.
    TableError, BoundaryError, AlignmentError, ValuesError, GraphError
        If a file that it names cannot be read or joined.

    Examples
    --------
    >>> import tempfile
    >>> from mekantek.study.example import write_example
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = read_study(write_example(folder))
    >>> len(study.names), study.years, study.design.unit.en
    (9, (2020, 2024), 'field')
    """
    file = read_study_file(path)
    own = "records" not in file.content
    study = joined(file, weights=weights) if own else _of_records(file, weights, step)
    return study if year is None else study.at(year)


def _of_records(file: StudyFile, weights: str | None, step: Callable[[str], Any]) -> Study:
    """Take trade records of the provinces of Türkiye, and the file's own claims about them."""
    from mekantek.datasets.records.columns import columns_option
    from mekantek.datasets.records.from_files import tally_files

    told = file.content["records"]
    columns = told.get("columns")
    tally = tally_files(
        [file.beside(name) for name in told["files"]],
        taxonomy=told.get("taxonomy"),
        concordance=file.beside(told["concordance"]) if "concordance" in told else None,
        columns=None if columns is None else columns_option(columns),
        step=step,
    )
    spec = weights or file.content.get("neighbours", {}).get("weights", "official")
    study = study_from_tally(tally, weights=spec, flow=told.get("flow", "export"))
    own, shipped = file.design, study.design
    design = replace(
        shipped,
        title=own.title,
        lead=own.lead if own.lead.en else shipped.lead,
        hypotheses=with_units(file, own.hypotheses, study.names) or shipped.hypotheses,
    )
    return replace(study, design=design)
