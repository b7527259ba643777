"""The report's tables, the provinces' boundaries and neighbours, joined one to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.datasets.technology import CLASSES
from mekantek.study.file import StudyFile, read_study_file
from mekantek.study.noun import PRINTED, Study, YearTable
from mekantek.text import Language, Note, Text

if TYPE_CHECKING:
    from mekantek.study.design import Design
    from mekantek.weights import SpatialGraph

__all__ = [
    "YEARS",
    "load_study",
    "neighbours_of",
    "other_prints",
    "shipped_file",
    "study_of_provinces",
]

# The report prints all four classes in these years.
YEARS = (2019, 2024)


@cache
def shipped_file() -> StudyFile:
    """Read the report's study file; the tests hold it against the schema."""
    from mekantek.datasets import files

    return read_study_file(files.data_path("report.toml"), checked=False)


def _label_points(known: pd.DataFrame) -> pd.DataFrame:
    points = known[["label_lon", "label_lat"]].set_axis(["longitude", "latitude"], axis=1)
    points.attrs["points_used"] = "label points"  # a graph built on them says so
    return points


@cache
def _panel() -> dict[int, YearTable]:
    """Give the shares and totals of every printed year with the status of each cell."""
    from mekantek.datasets import provinces, tables

    shares, totals = tables.load_shares(), tables.load_totals()
    index = provinces.load_provinces().index
    return {
        int(year): _year_table(
            index, shares[shares["year"] == year], totals[totals["year"] == year]
        )
        for year in sorted(shares["year"].unique())
    }


def _year_table(index: pd.Index, shares: pd.DataFrame, totals: pd.DataFrame) -> YearTable:
    columns = [*CLASSES, "unclassified", "value"]
    frame = pd.DataFrame(float("nan"), index=index, columns=columns)
    status = pd.DataFrame("missing", index=index, columns=columns)
    for name, group in shares.groupby("class"):
        rows = group.set_index("plate")
        frame.loc[rows.index, str(name)] = rows["share"]
        status.loc[rows.index, str(name)] = rows["status"]
    rows = totals.set_index("plate")
    frame.loc[rows.index, "value"] = rows["value_usd"].astype(float)
    status.loc[rows.index, "value"] = rows["status"]
    frame["unclassified"] = _unclassified(frame)
    status.loc[frame["unclassified"].notna(), "unclassified"] = "computed"
    return YearTable(frame, status)


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
        return _neighbours(spec)
    from mekantek import weights

    return weights.build(spec, base=base, ids=_neighbours("official").ids)


@cache
def _neighbours(spec: str) -> SpatialGraph:
    """Build them once a process: a graph never changes."""
    from mekantek import weights
    from mekantek.datasets import boundaries, provinces, tables

    known = provinces.load_provinces()
    if spec == "official" or spec.startswith("order:"):
        pairs = tables.load_neighbours()
        pairs = pairs[pairs["neighbours"] == 1]
        official = weights.from_pairs(
            pairs[["plate_a", "plate_b"]],
            known.index,
            spec="official",
            contested=pairs.loc[pairs["contested"] == 1, ["plate_a", "plate_b"]],
        )
        if spec == "official":
            return official
        return weights.build(spec, base=official, ids=known.index)
    built = weights.build(
        spec,
        geometry=boundaries.load_boundaries("full").geometry,
        points=_label_points(known),
        ids=known.index,
    )
    return _noted(built, known["name_tr"]) if spec in ("queen", "rook") else built


def _noted(polygons: SpatialGraph, names: pd.Series) -> SpatialGraph:
    """Say where contacts of the polygons differ from the official list."""
    from mekantek import weights

    official = neighbours_of("official")
    labels = names.to_dict()

    def listed(graph: SpatialGraph, other: SpatialGraph, language: Language) -> str:
        known = set(zip(other.pairs["a"], other.pairs["b"], strict=True))
        lone = [p for p in zip(graph.pairs["a"], graph.pairs["b"], strict=True) if p not in known]
        shown = ", ".join(f"{labels[a]}–{labels[b]}" for a, b in lone)
        return shown or Text("yok", "none")[language]

    note = Note(
        f"{polygons.spec} contacts of the polygons against the official list: "
        f"also {listed(polygons, official, 'en')}; not {listed(official, polygons, 'en')}",
        f"çokgenlerin {polygons.spec} değmeleri resmî listeye göre: fazla olan "
        f"{listed(polygons, official, 'tr')}; eksik olan {listed(official, polygons, 'tr')}",
    )
    return weights.SpatialGraph(
        polygons.ids, polygons.sparse, polygons.spec, notes=(*polygons.notes, note)
    )


def load_study(year: int = 2024, *, weights: str = "official") -> Study:
    """
    Join the report's tables, the provinces' boundaries and their neighbours.

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
    from mekantek.datasets import files

    shipped = ("shares.csv", "totals.csv", "provinces.csv", "neighbours.csv")
    said = shipped_file().content
    study = study_of_provinces(
        _panel(), YEARS, weights=weights, source=Text(**said["source"]), basis=Text(**said["basis"]),
        sha256={name: files.sha256(name) for name in shipped},
    )  # fmt: skip
    return study.at(year)


def study_of_provinces(
    panel: Mapping[int, YearTable],
    years: tuple[int, ...],
    *,
    weights: str,
    source: Text,
    basis: Text,
    sha256: Mapping[str, str],
    taxonomy: str = "isic3-report",
    flow: str = "export",
    rounding: float = PRINTED,
    design: Design | None = None,
) -> Study:
    """
    Join tables of the 81 provinces, their boundaries and their neighbours.

    Parameters
    ----------
    panel : mapping of int to YearTable
        Index: plates.
    years : tuple of int
        Years that findings and maps read; the study stands in the last.
    weights : str
        SPEC of the neighbours.
    source, basis : Text
        Where the tables come from, and what they are of.
    sha256 : mapping of str to str
        Digest of each file that was read.
    taxonomy : str
        Which classes industries were put in.
    flow : {"export", "import"}
        What the values are.
    rounding : float
        See `Study`.
    design : Design, optional
        The report's by default.

    Returns
    -------
    Study

    Raises
    ------
    OptionError
        If the SPEC is none.
    AlignmentError
        If a table does not hold the 81 provinces.
    """
    from mekantek.datasets import boundaries, provinces

    known = provinces.load_provinces()
    return Study(
        year=years[-1],
        years=years,
        panel=panel,
        names=known["name_tr"].rename("name"),
        geometry=boundaries.load_boundaries("simplified").geometry,
        points=_label_points(known),
        regions=known[["nuts1", "nuts1_name_tr", "nuts2", "agency_tr", "agency_abbr"]],
        graph=neighbours_of(weights),
        design=design or shipped_file().design,
        neighbours=neighbours_of,
        provenance={
            "kind": "print" if rounding else "records",
            "report": source,
            "basis": basis,
            "flow": flow,
            "taxonomy": taxonomy,
            "boundaries": Text(
                "Natural Earth 1:10m, kamu malı; sadeleştirilmiş",
                "Natural Earth 1:10m, public domain; simplified",
            ),
            "sha256": dict(sha256),
        },
        rounding=rounding,
    )


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
    if not any((table.status == "unresolved").any(axis=None) for table in panel.values()):
        return study
    for year, cells in tables.load_other_prints().groupby("year"):
        table = panel[int(str(year))]
        for plate, column, other in cells[["plate", "column", "other"]].itertuples(index=False):
            if table.status.loc[plate, column] == "unresolved":
                table.frame.loc[plate, column] = other
        table.frame["unclassified"] = _unclassified(table.frame)
    return replace(study, panel=panel)


def _unclassified(frame: pd.DataFrame) -> pd.Series:
    """Give what the four classes leave; four roundings can carry their sum past 100 %."""
    rest: pd.Series = (1 - frame[list(CLASSES)].sum(axis=1, skipna=False)).round(9)
    return rest.clip(lower=0)
