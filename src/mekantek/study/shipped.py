"""The report's study: the study file that comes with the package."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from mekantek.study.file import StudyFile, read_study_file
from mekantek.study.joining import joined
from mekantek.study.noun import Study
from mekantek.study.values import rest_of

if TYPE_CHECKING:
    from mekantek.weights import SpatialGraph

__all__ = ["load_study", "neighbours_of", "other_prints", "shipped_file"]


@cache
def shipped_file() -> StudyFile:
    """Read the report's study file; the tests hold it against the schema."""
    from mekantek.datasets import files

    return read_study_file(files.data_path("report.toml"), checked=False)


@cache
def _shipped() -> Study:
    return joined(shipped_file())


def neighbours_of(spec: str, *, base: SpatialGraph | None = None) -> SpatialGraph:
    """
    Build the neighbours of the 81 provinces.

    Parameters
    ----------
    spec : str
        ``official``, or any SPEC of the command line: ``queen``, ``knn:4``, ``band:150km`` …
    base : SpatialGraph, optional
        Graph that ``order:2`` starts from; the official one otherwise.

    Returns
    -------
    SpatialGraph
        Index: plates.

    Raises
    ------
    OptionError
        If the SPEC is none.
    """
    if base is None or not spec.startswith("order:"):
        return _shipped().neighbours(spec)
    from mekantek import weights

    return weights.build(spec, base=base, ids=_shipped().names.index)


def load_study(year: int = 2024, *, weights: str = "official") -> Study:
    """
    Give the report's study: its tables, the provinces' boundaries and their neighbours.

    Parameters
    ----------
    year : int
        2019 or 2024 for all four classes; 2020 to 2023 have high and medium-low only.
    weights : str
        SPEC of the neighbours.

    Returns
    -------
    Study
        81 provinces, index: plate.

    Raises
    ------
    OptionError
        If the report prints nothing for that year, or the SPEC is none.
    AlignmentError
        If a table, the boundaries and the neighbours do not hold the same 81 provinces.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.load_study(year=2019).frame.shape
    (81, 6)
    """
    return replace(_shipped(), graph=neighbours_of(weights)).at(year)


def other_prints(study: Study) -> Study:
    """
    Take the second print of every cell that the report prints twice and nothing resolves.

    Parameters
    ----------
    study : Study
        Of the 81 provinces. Only cells whose status is ``unresolved`` have a second print, so
        records, which are computed, come back as they are.

    Returns
    -------
    Study
        The shares of the year that no second print touches stay; what is left unclassified
        follows the classes.

    Examples
    --------
    >>> study = load_study(year=2024)
    >>> study.frame.loc[65, "high"].item(), other_prints(study).frame.loc[65, "high"].item()
    (0.001, 0.018)
    """
    from mekantek.datasets import tables

    panel = dict(study.panel)
    open_ = any((table.status == "unresolved").any(axis=None) for table in panel.values())
    if not (study.shipped and open_):
        return study
    for year, cells in tables.load_other_prints().groupby("year"):
        table = panel[int(str(year))]
        for plate, column, other in cells[["plate", "column", "other"]].itertuples(index=False):
            if table.status.loc[plate, column] == "unresolved":
                table.frame.loc[plate, column] = other
        table.frame["unclassified"] = rest_of(table.frame[list(study.classes)])
    return replace(study, panel=panel)
