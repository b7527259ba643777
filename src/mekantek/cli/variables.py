"""Groups of options about what is asked of: one variable, several, and a second one beside it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.cli.long_runs import LongRun
from mekantek.cli.options import (
    CLASS,
    CLASSES,
    POPULATION,
    SINCE,
    SINCE_COLUMN,
    TABLE,
    VALUE,
    VALUES,
    WITH,
    WITH_CLASS,
    YEAR,
    YEARS,
    Missing,
    TechnologyClass,
)
from mekantek.cli.output import UsageError
from mekantek.cli.own_records import Records
from mekantek.cli.own_table import Regions
from mekantek.cli.subjects import Subject, of_report, of_study
from mekantek.errors import OptionError
from mekantek.text import Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Another", "Column", "Columns", "Partner"]

NEIGHBOURS_OF = Text("{x}; komşularda {y}", "{x}; {y} among the neighbours")


@dataclasses.dataclass(kw_only=True)
class _Source(Records, Regions):
    """A table of one's own with neighbours, records of one's own, or the report's data."""

    table: TABLE = None

    def of_records(self, names: list[str], years: list[int]) -> list[Subject]:
        """Take classes and years of the records; the last whole year if none is named."""
        if self.table is not None:
            raise UsageError(
                "Give a table or --records, not both.",
                "Tablo ya da --records verin, ikisini birden değil.",
            )
        self.check_no_table(None)
        read = self.study(weights=self.weights)
        return [of_study(read.at(year), name) for name in names for year in years or [read.year]]

    def earlier(self, name: str, year: int) -> Subject:
        """Take a class of another year of the same data."""
        if self.records:
            return self.of_records([name], [year])[0]
        return of_report(name, year, self.weights)

    def column(self, name: str, option: str) -> pd.Series:
        """Read one more column of the user's table, by the same ids."""
        from mekantek.datasets.delimited import read_table

        table, identifier = self.own(option)
        return read_table(table, id_column=identifier, value_columns=[name])[name]

    def own(self, option: str) -> tuple[Path, str]:
        """Give the user's table and its id column, which *option* needs."""
        if self.table is None or self.identifier is None:
            raise UsageError(
                f"{option} names a column of a table of your own; name it first, and --id.",
                f"{option} kendi tablonuzun bir sütununu adlandırır; önce tabloyu ve --id verin.",
            )
        return self.table, self.identifier


@dataclasses.dataclass(kw_only=True)
class Column(_Source):
    """One variable."""

    value: VALUE = None
    technology: CLASS = TechnologyClass.low
    year: YEAR = None

    def subject(self) -> Subject:
        """Read it, and who neighbours whom."""
        if self.records:
            years = [] if self.year is None else [self.year]
            return self.of_records([self.technology.value], years)[0]
        self.check_unused()
        if self.table is not None:
            return self.columns_of(self.table, [] if self.value is None else [self.value])[0]
        self.check_no_table(self.value)
        return of_report(self.technology.value, self.year or 2024, self.weights)


@dataclasses.dataclass(kw_only=True)
class Columns(_Source):
    """One variable or several."""

    value: VALUES = None
    technology: CLASSES = None
    year: YEARS = None

    def subjects(self, *, polygons: bool = False, run: LongRun | None = None) -> list[Subject]:
        """Read them, and who neighbours whom."""
        names = list(dict.fromkeys(c.value for c in self.technology or [TechnologyClass.low]))
        if self.records:
            return self.of_records(names, list(dict.fromkeys(self.year or [])))
        self.check_unused()
        if self.table is not None:
            return self.columns_of(self.table, self.value or [], polygons=polygons, run=run)
        self.check_no_table(self.value)
        years = list(dict.fromkeys(self.year or [2024]))
        return [of_report(name, year, self.weights) for name in names for year in years]


@dataclasses.dataclass(kw_only=True)
class Partner:
    """A second variable, that of the neighbours."""

    with_column: WITH = None
    with_class: WITH_CLASS = None

    @property
    def given(self) -> list[Any]:
        """What was asked for."""
        return [one for one in dataclasses.astuple(self) if one is not None]

    def check(self, table: Path | None) -> None:
        """Refuse what does not go with a table, or with the report."""
        if table is not None and self.with_class is not None:
            raise _not_with_a_table("--with-class")

    def join(
        self, subject: Subject, source: Column | Columns, words: Text = NEIGHBOURS_OF
    ) -> pd.Series:
        """Read the second variable and name both in the subject's title."""
        if self.with_class is not None:
            other = source.earlier(self.with_class.value, subject.year or 2024)
        else:
            name = str(self.with_column)
            other = Subject(source.column(name, "--with"), None, {}, {"value": name})
        subject.rename(
            words.format(x=subject.title, y=other.title),
            f"{subject.data['value']} with {other.data['value']}",
        )
        return other.values  # noqa: PD011  a Subject, no frame


@dataclasses.dataclass(kw_only=True)
class Another(Partner):
    """A second variable: the neighbours', a population, or the same at an earlier time."""

    population: POPULATION = None
    since: SINCE = None
    since_column: SINCE_COLUMN = None

    def check(self, table: Path | None) -> None:
        """Refuse what does not go with a table, or with the report."""
        super().check(table)
        if table is not None and self.since is not None:
            raise _not_with_a_table("--since")
        if table is None and self.population is not None:
            raise OptionError(
                "Empirical Bayes rates need counts of events and the population they were counted "
                "in; the report's exports are dollars, which are no counts. Use a table of your "
                "own.",
                "Ampirik Bayes oranları olay sayısı ve nüfus ister; raporun ihracatı dolardır, "
                "sayım değildir. Kendi tablonuzla kullanın.",
            )

    def apply(
        self, subject: Subject, source: Column | Columns, missing: Missing
    ) -> tuple[str, pd.Series | None]:
        """
        Read what was asked for; rates take the place of the subject's values.

        Returns
        -------
        kind : {"bivariate", "differential", "alone"}
        second : pandas.Series or None
        """
        if self.with_column is not None or self.with_class is not None:
            return "bivariate", self.join(subject, source)
        if self.since is not None or self.since_column is not None:
            told = self.since or self.since_column
            if self.since is not None:
                earlier = source.earlier(str(subject.name), self.since)
                before = earlier.values  # noqa: PD011
            else:
                before = source.column(str(self.since_column), "--since-column")
            subject.rename(
                Text("{x}; {y} ile farkı", "{x}; change since {y}").format(x=subject.title, y=told),
                f"{subject.data['value']} since {told}",
            )
            return "differential", before
        if self.population is not None:
            from mekantek.stats.overall.rates import empirical_bayes_rates

            people = source.column(self.population, "--population")
            subject.values = empirical_bayes_rates(subject.values, people, missing=missing.value)
            subject.rename(
                Text("{x} / {y}, ampirik Bayes", "{x} / {y}, empirical Bayes").format(
                    x=subject.title, y=self.population
                ),
                f"{subject.data['value']} / {self.population}",
            )
        return "alone", None


def _not_with_a_table(option: str) -> UsageError:
    return UsageError(
        f"{option} goes with the report's data, not with a table.",
        f"{option} raporun verisiyle kullanılır, tabloyla değil.",
    )
