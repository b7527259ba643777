"""Verbs that compute one number for the whole map: moran, geary, getis-ord, join-counts, lee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import Screen, spread
from mekantek.cli.inference import GlobalTest, Unweighted
from mekantek.cli.options import ORDER, JoinCount
from mekantek.cli.output import UsageError, drawn, emit_json, print_table, progress, say, undefined
from mekantek.cli.subjects import Subject
from mekantek.cli.variables import Another, Column, Partner
from mekantek.text import METHODS, TAILS, Language, Note, Text

if TYPE_CHECKING:
    from mekantek.stats.overall.correlograms import Correlogram
    from mekantek.stats.results import GlobalResult

__all__ = ["tell_global"]

_NAMES = {
    "moran": Text("Moran I", "Moran I"),
    "geary": Text("Geary C", "Geary C"),
    "getis_ord": Text("Getis–Ord G", "Getis–Ord G"),
    "bivariate_moran": Text("İki değişkenli Moran I", "Bivariate Moran I"),
    "differential_moran": Text("Değişimin Moran I'i", "Moran I of the change"),
    "lee": Text("Lee L", "Lee's L"),
    "regime_slopes": Text("Moran serpilme grafiği, bölgelerin eğimleri",
                          "Moran scatterplot, slopes of regimes"),
    "join_counts_BB": Text("Birleşim sayısı, 1–1", "Join count, 1–1"),
    "join_counts_WW": Text("Birleşim sayısı, 0–0", "Join count, 0–0"),
    "join_counts_BW": Text("Birleşim sayısı, 1–0", "Join count, 1–0"),
    "join_counts_Jtot": Text("Birleşim sayısı, farklı etiketler", "Join count, different labels"),
}  # fmt: skip


def tell_global(
    result: GlobalResult,
    subject: Subject,
    screen: Screen,
    *,
    details: dict[str, Any] | None = None,
) -> None:
    """Print one result: notes to stderr, then JSON or a table of one row."""
    from mekantek.text import number, p_value

    language = screen.language
    for note in result.notes:
        say(Note(note).told(language))
    lone = subject.graph.isolates
    if len(lone) and result.n == subject.graph.n - len(lone):
        shown = ", ".join(str(subject.names.get(unit, unit)) for unit in lone[:5]) + (
            " …" if len(lone) > 5 else ""
        )
        say(Text(f"komşusu olmadığı için sınamaya girmeyen: {shown}",
                 f"left out of the test, for want of neighbours: {shown}")[language])  # fmt: skip
    if screen.as_json:
        content = result.to_dict()
        if details:
            content["details"] = {**content.get("details", {}), **details}
        emit_json(subject.stamp(content))
        return
    if result.statistic is None or result.p_value is None:
        say(undefined(str(result.undefined), language))
    header = Text("istatistik|beklenen|z|p|n|yön|yöntem", "statistic|expected|z|p|n|tail|method")
    print_table(
        f"{_NAMES[result.name][language]}, {subject.title[language]}",
        header[language].split("|"),
        [[
            *("–" if v is None else number(v, language, digits=4)
              for v in (result.statistic, result.expected, result.z_score)),
            p_value(result.p_value, language),
            str(result.n), TAILS[result.alternative][language],
            METHODS[result.method][language] + drawn(result.permutations, result.seed, language),
        ]],
    )  # fmt: skip


def _tell_lags(found: Correlogram, name: str, title: Text, language: Language) -> None:
    """Print a correlogram as a table."""
    from mekantek.text import CORRECTIONS, number, p_value

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


def _tell_with_lags(
    result: GlobalResult, subject: Subject, screen: Screen, order: int | None, test: GlobalTest
) -> None:
    """Print a statistic and, where asked, its correlogram."""
    if order is None:
        tell_global(result, subject, screen)
        return
    from mekantek.stats.overall.correlograms import correlogram

    found = correlogram(
        subject.values, subject.graph, orders=order,
        statistic="geary" if result.name == "geary" else "moran", **test.options,
    )  # fmt: skip
    told = found.to_dict()
    details = {"correlogram": {key: told[key] for key in ("correction", "lags")}}
    tell_global(result, subject, screen, details=details)
    if not screen.as_json:
        _tell_lags(found, result.name, subject.title, screen.language)


@app.command()
@spread
def moran(
    source: Column, another: Another, test: GlobalTest, screen: Screen, order: ORDER = None
) -> None:
    """Are neighbours alike over the whole map? Moran's I, also bivariate, of rates, of a change."""
    from mekantek.stats.overall import autocorrelation, bivariate

    if len(another.given) + (order is not None) > 1:
        names = "--with, --with-class, --population, --since, --since-column"
        raise UsageError(
            f"Only one of {names} and --order.",
            f"Şunlardan yalnız biri verilebilir: {names}, --order.",
        )
    another.check(source.table)
    subject = source.subject()
    with progress(1, screen.quiet) as step:
        step("Moran")
        kind, second = another.apply(subject, source, test.missing)
        values, graph = subject.values, subject.graph
        if kind == "bivariate" and second is not None:
            result = bivariate.bivariate_moran(values, second, graph, **test.options)
        elif second is not None:
            result = bivariate.differential_moran(values, second, graph, **test.options)
        else:
            result = autocorrelation.moran(values, graph, **test.options)
    _tell_with_lags(result, subject, screen, order, test)


@app.command()
@spread
def geary(source: Column, test: GlobalTest, screen: Screen, order: ORDER = None) -> None:
    """How much do neighbours differ over the whole map? Geary's C; 0 alike, 1 by chance."""
    from mekantek.stats.overall.autocorrelation import geary as statistic

    subject = source.subject()
    with progress(1, screen.quiet) as step:
        step("Geary")
        result = statistic(subject.values, subject.graph, **test.options)
    _tell_with_lags(result, subject, screen, order, test)


@app.command(name="getis-ord")
@spread
def getis_ord(source: Column, test: Unweighted, screen: Screen) -> None:
    """Do high values lie together, or low ones? The global G of Getis and Ord."""
    from mekantek.stats.overall.autocorrelation import getis_ord as statistic

    subject = source.subject()
    with progress(1, screen.quiet) as step:
        step("Getis–Ord")
        result = statistic(subject.values, subject.graph, **test.options)
    tell_global(result, subject, screen)


@app.command(name="join-counts")
@spread
def join_counts(
    source: Column,
    test: Unweighted,
    screen: Screen,
    above: Annotated[
        float | None, typer.Option("--above", help="1 where the value is above this, else 0.")
    ] = None,
    count: Annotated[
        JoinCount, typer.Option("--count", help="1–1, 0–0, 1–0, or between different labels.")
    ] = JoinCount.BB,
) -> None:
    """Do places of one kind lie side by side? Counts of links between ones, zeros, or both."""
    from mekantek.stats.overall.categorical import join_counts as statistic
    from mekantek.text import number

    if source.table is None and above is None:
        raise UsageError(
            "The report's shares are no kinds; draw a line with --above 0.3.",
            "Raporun payları tür değildir; --above 0.3 ile bir sınır çizin.",
        )
    subject = source.subject()
    if above is not None:
        values = subject.values
        subject.values = (values > above).astype("float64").where(values.notna())
        line = Text(number(above, "tr", digits=3), number(above, "en", digits=3))
        subject.rename(
            Text("{x} > {line}", "{x} > {line}").format(x=subject.title, line=line),
            f"{subject.data['value']} > {above:g}",
        )
    with progress(1, screen.quiet) as step:
        step(_NAMES[f"join_counts_{count.value}"][screen.language])
        result = statistic(subject.values, subject.graph, count=count.value, **test.options)
    tell_global(result, subject, screen)


@app.command()
@spread
def lee(source: Column, partner: Partner, test: GlobalTest, screen: Screen) -> None:
    """Do two variables, smoothed over neighbours, go together over the map? Lee's L."""
    from mekantek.stats.overall.bivariate import lee as statistic

    if len(partner.given) != 1:
        raise UsageError(
            "Lee's L takes two variables: name the second by --with COLUMN, or by --with-class "
            "CLASS of the report.",
            "Lee L iki değişken ister: ikincisini --with SÜTUN ile, raporda --with-class SINIF ile "
            "adlandırın.",
        )
    partner.check(source.table)
    subject = source.subject()
    with progress(1, screen.quiet) as step:
        step("Lee")
        second = partner.join(subject, source, Text("{x} ile {y}", "{x} and {y}"))
        result = statistic(subject.values, second, subject.graph, **test.options)
    tell_global(result, subject, screen)
