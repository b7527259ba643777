"""Groups of arguments that verbs share, each written once: what is asked of, how, and told where."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from mekantek.cli.long_runs import LongRun
from mekantek.cli.options import (
    ALPHA,
    ALTERNATIVE,
    BOUNDARIES,
    BOUNDARIES_ID,
    CLASS,
    CLASSES,
    COLUMNS,
    CONCORDANCE,
    CORRECTION,
    DUPLICATES,
    GLOBAL_METHOD,
    ID,
    JSON,
    LANG,
    LOCAL_METHOD,
    MISSING,
    NEIGHBOURS,
    PERMUTATIONS,
    POPULATION,
    QUIET,
    RECORDS,
    SEED,
    SINCE,
    SINCE_COLUMN,
    STANDARDIZE,
    STOP,
    TABLE,
    TAXONOMY,
    VALUE,
    VALUES,
    WEIGHTS,
    WITH,
    WITH_CLASS,
    WORKERS,
    YEAR,
    YEARS,
    Alternative,
    Correction,
    GlobalMethod,
    Lang,
    LocalMethod,
    Missing,
    Repeated,
    Standardize,
    TechnologyClass,
)
from mekantek.cli.output import UsageError, progress
from mekantek.cli.subjects import (
    Subject,
    check_without_records,
    of_report,
    of_study,
    study_asked,
    subject_of,
    subjects_of,
)
from mekantek.errors import OptionError
from mekantek.text import Language, Text

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.study import Study

__all__ = ["Another", "Column", "Columns", "GlobalTest", "LocalTest", "Partner", "Records", "Screen",
           "UnitTest", "Unweighted", "spread"]  # fmt: skip


NEIGHBOURS_OF = Text("{x}; komşularda {y}", "{x}; {y} among the neighbours")


def spread(verb: Callable[..., None]) -> Callable[..., None]:
    """Let each field of a verb's groups be an option of its own, and hand the groups to the verb."""
    hints = get_type_hints(verb, include_extras=True)
    groups: dict[str, Any] = {}
    options: list[Parameter] = []
    for name, given in signature(verb).parameters.items():
        if not dataclasses.is_dataclass(hints[name]):
            options.append(given.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))
            continue
        groups[name] = hints[name]
        fields = get_type_hints(groups[name], include_extras=True)
        options += [
            Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=fields[f.name])
            for f in dataclasses.fields(groups[name])
        ]

    @wraps(verb)
    def command(**given: Any) -> None:
        filled = {
            name: group(**{f.name: given.pop(f.name) for f in dataclasses.fields(group)})
            for name, group in groups.items()
        }
        verb(**filled, **given)

    command.__signature__ = Signature(options)  # type: ignore[attr-defined]
    command.__annotations__ = {option.name: option.annotation for option in options}
    return command


@dataclasses.dataclass(kw_only=True)
class Records:
    """Trade records of one's own in the place of the report's data."""

    records: RECORDS = None
    taxonomy: TAXONOMY = None
    columns: COLUMNS = None
    concordance: CONCORDANCE = None
    duplicates: DUPLICATES = Repeated.refuse

    def study_options(self) -> None:
        """Refuse options about records where there are no records."""
        if not self.records:
            check_without_records(self.taxonomy, self.concordance, self.columns)

    def study(
        self, *, year: int | None = None, weights: str | None = None,
        flow: Literal["export", "import"] = "export",
        quiet: bool = False, file: Path | None = None,
    ) -> Study:  # fmt: skip
        """Read them or a study file, or take the report's data where there are none."""
        self.study_options()
        if file is not None:
            if self.records:
                raise UsageError(
                    "Give a study file or --records, not both; a study file can name records.",
                    "Çalışma dosyası ya da --records verin; çalışma dosyası kayıtları adlandırabilir.",
                )
            from mekantek.study import read_study

            return read_study(file, year=year, weights=weights)
        with progress(2 * len(self.records or ()), quiet or not self.records) as step:
            return study_asked(
                self.records, taxonomy=self.taxonomy, concordance=self.concordance,
                columns=self.columns, duplicates=self.duplicates.value, flow=flow, year=year,
                weights=weights, step=step,
            )  # fmt: skip


@dataclasses.dataclass(kw_only=True)
class _Source(Records):
    """A table of one's own with neighbours, records of one's own, or the report's data."""

    table: TABLE = None
    identifier: ID = None
    neighbours: NEIGHBOURS = None
    boundaries: BOUNDARIES = None
    boundaries_id: BOUNDARIES_ID = None
    weights: WEIGHTS = None

    def of_records(self, names: list[str], years: list[int]) -> list[Subject]:
        """Take classes and years of the records; the last whole year if none is named."""
        if self.table is not None:
            raise UsageError(
                "Give a table or --records, not both.",
                "Tablo ya da --records verin, ikisini birden değil.",
            )
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
        self.study_options()
        return subject_of(
            self.table, self.value, self.identifier, self.neighbours, self.boundaries,
            self.boundaries_id, self.weights, self.technology.value, self.year or 2024,
        )  # fmt: skip


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
        self.study_options()
        return subjects_of(
            self.table, self.value, self.identifier, self.neighbours, self.boundaries,
            self.boundaries_id, self.weights,
            names,
            list(dict.fromkeys(self.year or [2024])),
            polygons=polygons, run=run,
        )  # fmt: skip


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


@dataclasses.dataclass(kw_only=True)
class GlobalTest:
    """How a number for the whole map is tested."""

    standardize: STANDARDIZE = Standardize.row
    alternative: ALTERNATIVE = Alternative.two_sided
    method: GLOBAL_METHOD = GlobalMethod.randomization
    permutations: PERMUTATIONS = 9999
    seed: SEED = 0
    missing: MISSING = Missing.refuse

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the statistic."""
        return _plain(self)


@dataclasses.dataclass(kw_only=True)
class Unweighted(GlobalTest):
    """The same, with weights as given by default."""

    standardize: STANDARDIZE = Standardize.none


@dataclasses.dataclass(kw_only=True)
class UnitTest:
    """How every unit of a map is tested."""

    alternative: ALTERNATIVE = Alternative.two_sided
    permutations: PERMUTATIONS = 9999
    seed: SEED = 0
    correction: CORRECTION = Correction.bh
    alpha: ALPHA = 0.05
    missing: MISSING = Missing.refuse

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the statistic."""
        return _plain(self)


@dataclasses.dataclass(kw_only=True)
class LocalTest(UnitTest):
    """The same, by any of the local nulls."""

    method: LOCAL_METHOD = LocalMethod.auto
    stop: STOP = None
    workers: WORKERS = None


def _plain(group: Any) -> dict[str, Any]:
    """Give options as the library names and takes them; what holds workers is made elsewhere."""
    given = {key: getattr(value, "value", value) for key, value in vars(group).items()}
    given.pop("workers", None)
    return {"rng": given.pop("seed"), **given}


@dataclasses.dataclass(kw_only=True)
class Screen:
    """What is shown, and in which language."""

    as_json: JSON = False
    quiet: QUIET = False
    lang: LANG = Lang.tr

    @property
    def language(self) -> Language:
        """The language of all that is shown."""
        return self.lang.value
