"""What a statistic is asked about: the report's data, or anyone's table with neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.cli.long_runs import LongRun
from mekantek.cli.output import UsageError
from mekantek.errors import OptionError
from mekantek.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.study import Study
    from mekantek.weights import SpatialGraph

__all__ = [
    "Layer",
    "Subject",
    "data_of",
    "of_columns",
    "of_report",
    "of_study",
    "of_table",
    "printed_share",
    "subject_of",
    "subjects_of",
]


class Subject:
    """Values, neighbours and names of what a statistic is asked about."""

    def __init__(
        self,
        values: pd.Series,
        graph: Any,
        names: dict[Any, str],
        data: dict[str, Any],
        geometry: Any = None,
        title: Text | None = None,
        name: str | None = None,
        year: int | None = None,
    ) -> None:
        self.values, self.graph, self.names = values, graph, names
        self.name, self.year = name, year
        self.data, self.geometry = data, geometry
        self.title = title or Text(str(data["value"]), str(data["value"]))

    def rename(self, title: Text, value: str) -> None:
        """Say what the values have become, to a reader and in JSON."""
        self.title, self.data = title, {**self.data, "value": value}

    def stamp(self, result: dict[str, Any]) -> dict[str, Any]:
        """Add where the data came from and what computed it."""
        from mekantek.export import versions

        return {**result, "data": self.data, "versions": versions()}


def of_report(name: str, year: int, weights: str | None) -> Subject:
    """Take a class's shares of one year from the report's data."""
    from mekantek.study import load_study

    return of_study(load_study(year, weights=weights or "official"), name)


def of_study(study: Study, name: str) -> Subject:
    """Take a class's shares of a study's year."""
    year, title = study.year, study.design.title_of(name)
    return Subject(
        printed_share(study, name),
        study.graph,
        study.names.to_dict(),
        data_of(study, f"{name} {year}"),
        title=Text(f"{title.tr}, {year}", f"{title.en}, {year}"),
        name=name,
        year=year,
    )


def data_of(study: Study, value: str, *, source: str = "shares.csv") -> dict[str, Any]:
    """Say in JSON what numbers are of: the shipped table, or each file of records by its digest."""
    basis, sha256 = study.provenance["basis"].to_dict(), study.provenance["sha256"]
    if study.shipped:
        return {"source": source, "value": value, "basis": basis, "sha256": sha256["shares.csv"]}
    own = {name: sha256[name] for name in study.provenance["tables"]}
    return {
        "source": ", ".join(own),
        "value": value,
        "basis": basis,
        "sha256": next(iter(own.values())) if len(own) == 1 else None,
        "files": own,
    }


def printed_share(study: Study, name: str) -> pd.Series:
    """
    Give a class's share, or say in which years the report prints it.

    Raises
    ------
    OptionError
        If the report prints nothing of that class for the year.
    """
    share = study.share(name)
    if share.isna().all():
        years = [y for y in sorted(study.panel) if study.at(y).share(name).notna().any()]
        raise OptionError(
            f"The report prints no {name} shares for {study.year}; it has them for "
            f"{', '.join(map(str, years))}.",
            f"Rapor {study.year} yılı için {name} paylarını basmıyor; şu yıllar var: "
            f"{', '.join(map(str, years))}.",
        )
    return share


def of_table(
    table: Path,
    value: str | None,
    identifier: str | None,
    neighbours: Path | None,
    boundaries: Path | None,
    boundaries_id: str | None,
    weights: str | None,
    *,
    drawn: bool = False,
) -> Subject:
    """Read one column of a user's table and who neighbours whom, joined one to one."""
    values = [] if value is None else [value]
    return of_columns(table, values, identifier, neighbours, boundaries, boundaries_id, weights,
                      drawn=drawn)[0]  # fmt: skip


def of_columns(
    table: Path,
    values: list[str],
    identifier: str | None,
    neighbours: Path | None,
    boundaries: Path | None,
    boundaries_id: str | None,
    weights: str | None,
    *,
    drawn: bool = False,
    polygons: bool = False,
    run: LongRun | None = None,
) -> list[Subject]:
    """
    Read columns of a user's table and who neighbours whom, joined one to one.

    *drawn* needs polygons beside a neighbour file, *polygons* only wants them of --boundaries; *run*
    may hold the neighbours of a run that was cut short.
    """
    from mekantek import weights as weighing
    from mekantek.datasets.delimited import read_table
    from mekantek.export import file_sha256
    from mekantek.study import match_ids

    if not values or identifier is None:
        raise UsageError(
            "Name the columns of your table: --value COLUMN --id COLUMN.",
            "Tablonuzun sütunlarını adlandırın: --value SÜTUN --id SÜTUN.",
        )
    if boundaries is None and drawn:
        raise _no_polygons()
    if neighbours is None and boundaries is None:
        raise UsageError(
            "Say who neighbours whom: --neighbours FILE or --boundaries FILE.",
            "Kimin kimle komşu olduğunu söyleyin: --neighbours DOSYA ya da --boundaries DOSYA.",
        )
    if neighbours is not None and boundaries is not None and not drawn:
        raise UsageError(
            "Either --neighbours or --boundaries says who neighbours whom.",
            "Komşuları ya --neighbours ya da --boundaries söyler, ikisi birden değil.",
        )
    if neighbours is not None and weights is not None:
        raise UsageError(
            "--weights builds neighbours from --boundaries; drop one of them.",
            "--weights komşuları --boundaries dosyasından kurar; birini çıkarın.",
        )
    run = run or LongRun()
    with run.stage(Text("tablo", "table")):
        frame = read_table(table, id_column=identifier, value_columns=list(dict.fromkeys(values)))
    geometry = None
    if boundaries is not None and (drawn or polygons or not run.has_graph()):
        from mekantek.datasets import boundaries as layers

        with run.stage(Text("çokgenler", "polygons")):
            layer = layers.read_boundaries(boundaries, id_column=boundaries_id or identifier)
            match_ids(frame.index, layer.index, boundaries.name)
            geometry = layer.geometry.loc[frame.index]

    def find() -> SpatialGraph:
        if neighbours is not None:
            graph = weighing.read_neighbours(neighbours, ids=frame.index)
            match_ids(frame.index, graph.ids, neighbours.name)
            return graph
        spec = weights or "queen"
        points = layers.centroids(geometry) if weighing.measures_distance(spec) else None
        return weighing.build(spec, geometry=geometry, points=points)

    with run.stage(Text("komşular", "neighbours")):
        graph = run.graph(frame.index, find)
    names = {unit: str(unit) for unit in frame.index.tolist()}
    source = {"source": table.name, "sha256": file_sha256(table)}
    return [
        Subject(frame[value], graph, names, {**source, "value": value}, geometry)
        for value in dict.fromkeys(values)
    ]


def subject_of(
    table: Path | None,
    value: str | None,
    identifier: str | None,
    neighbours: Path | None,
    boundaries: Path | None,
    boundaries_id: str | None,
    weights: str | None,
    name: str,
    year: int,
) -> Subject:
    """Take a column of the user's table where there is one, else the report's data."""
    values = None if value is None else [value]
    return subjects_of(table, values, identifier, neighbours, boundaries, boundaries_id, weights,
                       [name], [year])[0]  # fmt: skip


def subjects_of(
    table: Path | None,
    values: list[str] | None,
    identifier: str | None,
    neighbours: Path | None,
    boundaries: Path | None,
    boundaries_id: str | None,
    weights: str | None,
    names: list[str],
    years: list[int],
    *,
    polygons: bool = False,
    run: LongRun | None = None,
) -> list[Subject]:
    """Take columns of the user's table where there is one, else classes and years of the report."""
    if table is not None:
        return of_columns(
            table, values or [], identifier, neighbours, boundaries, boundaries_id, weights,
            polygons=polygons, run=run,
        )  # fmt: skip
    for option, given in (("--value", values), ("--id", identifier), ("--neighbours", neighbours),
                          ("--boundaries", boundaries)):  # fmt: skip
        if given is not None:
            raise UsageError(
                f"{option} goes with a table of your own; name it first.",
                f"{option} kendi tablonuzla kullanılır; önce tabloyu verin.",
            )
    return [of_report(name, year, weights) for name in names for year in years]


def _no_polygons() -> UsageError:
    return UsageError(
        "A map of your own table needs its polygons: --boundaries FILE.",
        "Kendi tablonuzun haritası çokgenlerini ister: --boundaries DOSYA.",
    )


class Layer:
    """A user's regions, in the form that maps draw."""

    def __init__(self, subject: Subject) -> None:
        import pandas as pd

        from mekantek.datasets.boundaries import centroids

        if subject.geometry is None:
            raise _no_polygons()
        self.geometry = subject.geometry
        self.names = pd.Series(subject.names)
        self.points = centroids(subject.geometry)
        source = f"{subject.data['source']}, {subject.data['value']}"
        self.provenance = {"report": Text(source, source)}
