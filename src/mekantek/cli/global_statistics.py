"""Verbs that compute one number for the whole map: moran, geary, getis-ord, join-counts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.options import (
    ALTERNATIVE,
    BOUNDARIES,
    BOUNDARIES_ID,
    CLASS,
    ID,
    JSON,
    LANG,
    MISSING,
    NEIGHBOURS,
    PERMUTATIONS,
    QUIET,
    SEED,
    STANDARDIZE,
    TABLE,
    VALUE,
    WEIGHTS,
    YEAR,
    Alternative,
    GlobalMethod,
    Lang,
    Missing,
    Standardize,
    TechnologyClass,
)
from mekantek.cli.output import emit_json, print_table, progress, say, undefined
from mekantek.cli.subjects import Subject, of_report, subject_of
from mekantek.text import METHODS, TAILS, Language, Note, Text

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.stats.overall.correlograms import Correlogram
    from mekantek.stats.results import GlobalResult


class JoinCount(StrEnum):
    """Which links are counted."""

    BB = "BB"
    WW = "WW"
    BW = "BW"
    Jtot = "Jtot"


METHOD = Annotated[GlobalMethod, typer.Option("--method", help="Where the p-value comes from.")]
ORDER = Annotated[
    int | None,
    typer.Option("--order", min=1, help="Add a correlogram up to neighbours of this order."),
]

_NAMES = {
    "moran": Text("Moran I", "Moran I"),
    "geary": Text("Geary C", "Geary C"),
    "getis_ord": Text("Getis–Ord G", "Getis–Ord G"),
    "bivariate_moran": Text("İki değişkenli Moran I", "Bivariate Moran I"),
    "differential_moran": Text("Değişimin Moran I'i", "Moran I of the change"),
    "join_counts_BB": Text("Bağ sayısı, 1–1", "Join count, 1–1"),
    "join_counts_WW": Text("Bağ sayısı, 0–0", "Join count, 0–0"),
    "join_counts_BW": Text("Bağ sayısı, 1–0", "Join count, 1–0"),
    "join_counts_Jtot": Text("Bağ sayısı, farklı etiketler", "Join count, different labels"),
}


def _tell(
    result: GlobalResult,
    subject: Subject,
    title: Text,
    lang: Lang,
    *,
    as_json: bool,
    details: dict[str, Any] | None = None,
) -> None:
    """Print one result: notes to stderr, then JSON or a table of one row."""
    from mekantek.text import number, p_value

    for note in result.notes:
        say(Note(note).told(lang.value))
    if as_json:
        content = result.to_dict()
        if details:
            content["details"] = {**content.get("details", {}), **details}
        emit_json(subject.stamp(content))
        return
    language: Language = lang.value
    if result.statistic is None or result.p_value is None:
        say(undefined(str(result.undefined), language))
    header = Text("istatistik|beklenen|z|p|n|yön|yöntem", "statistic|expected|z|p|n|tail|method")
    print_table(
        f"{_NAMES[result.name][language]}, {title[language]}",
        header[language].split("|"),
        [[
            *("–" if v is None else number(v, language, digits=4)
              for v in (result.statistic, result.expected, result.z_score)),
            p_value(result.p_value, language),
            str(result.n), TAILS[result.alternative][language], METHODS[result.method][language],
        ]],
    )  # fmt: skip


def _tell_lags(found: Correlogram, name: str, title: Text, lang: Lang) -> None:
    """Print a correlogram as a table."""
    from mekantek.text import CORRECTIONS, number, p_value

    language: Language = lang.value
    header = Text(
        "sıra|bağ|istatistik|beklenen|z|p|düzeltilmiş",
        "order|links|statistic|expected|z|p|adjusted",
    )
    words = Text("komşuluk sırasına göre", "by order of neighbours")
    print_table(
        f"{_NAMES[name][language]}, {words[language]}, {title[language]} "
        f"({CORRECTIONS[found.correction][language]})",
        header[language].split("|"),
        [
            [
                lag, str(result.weights["links"]),
                *("–" if v is None else number(v, language, digits=4)
                  for v in (result.statistic, result.expected, result.z_score)),
                p_value(result.p_value, language), p_value(adjusted, language),
            ]
            for lag, result, adjusted in zip(
                found.lags, found.results, found.p_adjusted, strict=True
            )
        ],
    )  # fmt: skip


def column_of(table: Path | None, identifier: str | None, column: str, option: str) -> pd.Series:
    """Read one more column of the user's table, by the same ids."""
    from mekantek.datasets.delimited import read_table

    if table is None or identifier is None:
        raise typer.BadParameter(f"{option} names a column of a table of your own; name it first.")
    return read_table(table, id_column=identifier, value_columns=[column])[column]


def refuse_dollars() -> None:
    """Refuse rates of the report's exports."""
    from mekantek.errors import OptionError

    raise OptionError(
        "Empirical Bayes rates need counts of events and the population they were counted in; the "
        "report's exports are dollars, which are no counts. Use a table of your own.",
        "Ampirik Bayes oranları olay sayısı ve nüfus ister; raporun ihracatı dolardır, sayım "
        "değildir. Kendi tablonuzla kullanın.",
    )


def _with_correlogram(
    statistic: str, subject: Subject, title: Text, lang: Lang, result: GlobalResult,
    order: int | None, as_json: bool, options: dict[str, Any],
) -> None:  # fmt: skip
    """Print a statistic and, where asked, its correlogram."""
    details: dict[str, Any] = {}
    found: Correlogram | None = None
    if order is not None:
        from mekantek.stats.overall.correlograms import correlogram

        found = correlogram(
            subject.values, subject.graph, orders=order,
            statistic="geary" if statistic == "geary" else "moran", **options,
        )  # fmt: skip
        told = found.to_dict()
        details["correlogram"] = {key: told[key] for key in ("correction", "lags")}
    _tell(result, subject, title, lang, as_json=as_json, details=details)
    if found is not None and not as_json:
        _tell_lags(found, statistic, title, lang)


@app.command()
def moran(
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.low,
    year: YEAR = 2024,
    with_column: Annotated[
        str | None, typer.Option("--with", help="Bivariate: the neighbours' column of your table.")
    ] = None,
    with_class: Annotated[
        TechnologyClass | None,
        typer.Option("--with-class", help="Bivariate: the neighbours' class of the report."),
    ] = None,
    population: Annotated[
        str | None,
        typer.Option("--population", help="Column with the population: rates by empirical Bayes."),
    ] = None,
    since: Annotated[
        int | None, typer.Option("--since", help="Of the change since this year of the report.")
    ] = None,
    since_column: Annotated[
        str | None, typer.Option("--since-column", help="Of the change since this column.")
    ] = None,
    order: ORDER = None,
    standardize: STANDARDIZE = Standardize.row,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: METHOD = GlobalMethod.randomization,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Are neighbours alike over the whole map? Moran's I, also bivariate, of rates, of a change."""
    from mekantek.stats.overall import autocorrelation, bivariate, rates

    asked = (with_column, with_class, population, since, since_column, order)
    if sum(one is not None for one in asked) > 1:
        raise typer.BadParameter(
            "Only one of --with, --with-class, --population, --since, --since-column and --order."
        )
    if table is None and population is not None:
        refuse_dollars()
    for option, given in (("--with-class", with_class), ("--since", since)):
        if table is not None and given is not None:
            raise typer.BadParameter(f"{option} goes with the report's data, not with a table.")
    subject = subject_of(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                         technology.value, year)  # fmt: skip
    options: dict[str, Any] = {
        "standardize": standardize.value, "alternative": alternative.value,
        "method": method.value, "permutations": permutations, "rng": seed,
        "missing": missing.value,
    }  # fmt: skip
    title, told = subject.title, subject.data["value"]
    with progress(1, quiet) as step:
        step("Moran")
        if with_column is not None or with_class is not None:
            name = with_column or ""
            if with_class is not None:
                other = of_report(with_class.value, year, weights)
            else:
                column = column_of(table, identifier, name, "--with")
                other = Subject(column, None, {}, {"value": name})
            title = Text("{x}; komşularda {y}", "{x}; {y} among the neighbours").format(
                x=title, y=other.title
            )
            told = f"{told} with {other.data['value']}"
            result = bivariate.bivariate_moran(
                subject.values, other.values, subject.graph, **options
            )
        elif since is not None or since_column is not None:
            if since is not None:
                earlier = of_report(technology.value, since, weights)
                before = earlier.values  # noqa: PD011  a Subject, no frame
            else:
                before = column_of(table, identifier, since_column or "", "--since-column")
            title = Text("{x}; {y} ile farkı", "{x}; change since {y}").format(
                x=title, y=since or since_column
            )
            told = f"{told} since {since or since_column}"
            result = bivariate.differential_moran(subject.values, before, subject.graph, **options)
        else:
            if population is not None:
                people = column_of(table, identifier, population, "--population")
                subject.values = rates.empirical_bayes_rates(
                    subject.values, people, missing=missing.value
                )
                title = Text("{x} / {y}, ampirik Bayes", "{x} / {y}, empirical Bayes").format(
                    x=title, y=population
                )
                told = f"{told} / {population}"
            result = autocorrelation.moran(subject.values, subject.graph, **options)
    subject.data = {**subject.data, "value": told}
    _with_correlogram("moran", subject, title, lang, result, order, as_json, options)


@app.command()
def geary(
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.low,
    year: YEAR = 2024,
    order: ORDER = None,
    standardize: STANDARDIZE = Standardize.row,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: METHOD = GlobalMethod.randomization,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """How much do neighbours differ over the whole map? Geary's C; 0 alike, 1 by chance."""
    from mekantek.stats.overall.autocorrelation import geary as statistic

    subject = subject_of(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                         technology.value, year)  # fmt: skip
    options: dict[str, Any] = {
        "standardize": standardize.value, "alternative": alternative.value,
        "method": method.value, "permutations": permutations, "rng": seed,
        "missing": missing.value,
    }  # fmt: skip
    with progress(1, quiet) as step:
        step("Geary")
        result = statistic(subject.values, subject.graph, **options)
    _with_correlogram("geary", subject, subject.title, lang, result, order, as_json, options)


@app.command(name="getis-ord")
def getis_ord(
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.low,
    year: YEAR = 2024,
    standardize: STANDARDIZE = Standardize.none,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: METHOD = GlobalMethod.randomization,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Do high values lie together, or low ones? The global G of Getis and Ord."""
    from mekantek.stats.overall.autocorrelation import getis_ord as statistic

    subject = subject_of(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                         technology.value, year)  # fmt: skip
    with progress(1, quiet) as step:
        step("Getis–Ord")
        result = statistic(
            subject.values, subject.graph, standardize=standardize.value,
            alternative=alternative.value, method=method.value, permutations=permutations,
            rng=seed, missing=missing.value,
        )  # fmt: skip
    _tell(result, subject, subject.title, lang, as_json=as_json)


@app.command(name="join-counts")
def join_counts(
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.low,
    year: YEAR = 2024,
    above: Annotated[
        float | None, typer.Option("--above", help="1 where the value is above this, else 0.")
    ] = None,
    count: Annotated[
        JoinCount, typer.Option("--count", help="1–1, 0–0, 1–0, or between different labels.")
    ] = JoinCount.BB,
    standardize: STANDARDIZE = Standardize.none,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: METHOD = GlobalMethod.randomization,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Do places of one kind lie side by side? Counts of links between ones, zeros, or both."""
    from mekantek.stats.overall.categorical import join_counts as statistic
    from mekantek.text import number

    if table is None and above is None:
        raise typer.BadParameter("The report's shares are no kinds; draw a line with --above 0.3.")
    subject = subject_of(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                         technology.value, year)  # fmt: skip
    values, title = subject.values, subject.title  # noqa: PD011
    if above is not None:
        values = (values > above).astype("float64").where(values.notna())
        line = Text(number(above, "tr", digits=3), number(above, "en", digits=3))
        title = Text("{x} > {line}", "{x} > {line}").format(x=title, line=line)
        subject.data = {**subject.data, "value": f"{subject.data['value']} > {above:g}"}
    with progress(1, quiet) as step:
        step("join counts")
        result = statistic(
            values, subject.graph, count=count.value, standardize=standardize.value,
            alternative=alternative.value, method=method.value, permutations=permutations,
            rng=seed, missing=missing.value,
        )  # fmt: skip
    _tell(result, subject, title, lang, as_json=as_json)
