"""What a statistic is asked about: a class of a study, or a column of anyone's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mekantek.errors import OptionError
from mekantek.text import Text

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.study import Study

__all__ = ["Subject", "data_of", "of_report", "of_study", "printed_share"]


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
        if study.kind != "print":
            raise OptionError(
                f"There is no {name} for {study.year}; there is for {', '.join(map(str, years))}.",
                f"{study.year} yılında {name} yok; şu yıllarda var: {', '.join(map(str, years))}.",
            )
        raise OptionError(
            f"The report prints no {name} shares for {study.year}; it has them for "
            f"{', '.join(map(str, years))}.",
            f"Rapor {study.year} yılı için {name} paylarını basmıyor; şu yıllar var: "
            f"{', '.join(map(str, years))}.",
        )
    return share
