"""Verbs that test every place of a map: lisa, hotspots."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.global_statistics import column_of, refuse_dollars
from mekantek.cli.long_runs import LongRun, long_run
from mekantek.cli.options import (
    ALTERNATIVE,
    BOUNDARIES,
    BOUNDARIES_ID,
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
    WEIGHTS,
    Alternative,
    Correction,
    Lang,
    LocalMethod,
    Missing,
    Standardize,
    TechnologyClass,
)
from mekantek.cli.output import emit_json, print_table, progress, say, undefined
from mekantek.cli.subjects import Subject, of_report, subjects_of
from mekantek.text import CORRECTIONS, METHODS, TAILS, Language, Note, Text

if TYPE_CHECKING:
    from mekantek.stats.results import LocalMaps, LocalResult


class Lisa(StrEnum):
    """Local statistics of likeness."""

    moran = "moran"
    geary = "geary"
    join_counts = "join-counts"


class Hotspot(StrEnum):
    """Getis and Ord's statistics."""

    gstar = "gstar"
    g = "g"


VALUES = Annotated[
    list[str] | None, typer.Option("--value", help="Column of your table; repeat for several.")
]
CLASSES = Annotated[
    list[TechnologyClass] | None,
    typer.Option("--class", help="Class of the report; repeat for several.", show_default="low"),
]
YEARS = Annotated[
    list[int] | None,
    typer.Option("--year", help="Year of the report; repeat for several.", show_default="2024"),
]
METHOD = Annotated[LocalMethod, typer.Option("--method", help="Where the p-values come from.")]
CORRECTION = Annotated[Correction, typer.Option("--fdr", help="Correction over the map.")]
ALPHA = Annotated[float, typer.Option("--alpha", help="Level of significance.")]
STOP = Annotated[
    int | None,
    typer.Option("--stop", min=1, help="Stop drawing at this many sums in each tail."),
]
WORKERS = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Threads that draw.", show_default="all cores"),
]

# Lines that anybody reads.
_MOST_ROWS = 200

OUT = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Write all units here (.csv, .gpkg, .parquet); goes on if cut short."
    ),
]

_NAMES = {
    "local_moran": Text("Yerel Moran", "Local Moran"),
    "bivariate_local_moran": Text("İki değişkenli yerel Moran", "Bivariate local Moran"),
    "differential_local_moran": Text("Değişimin yerel Moran'ı", "Local Moran of the change"),
    "local_geary": Text("Yerel Geary", "Local Geary"),
    "local_join_counts": Text("Yerel bağ sayısı", "Local join count"),
    "getis_ord_gstar": Text("Getis–Ord Gᵢ*", "Getis–Ord Gᵢ*"),
    "getis_ord_g": Text("Getis–Ord Gᵢ", "Getis–Ord Gᵢ"),
}
_PLACES = {
    "HH": Text("yüksek–yüksek", "high–high"),
    "LL": Text("düşük–düşük", "low–low"),
    "LH": Text("düşük–yüksek", "low–high"),
    "HL": Text("yüksek–düşük", "high–low"),
    "positive": Text("birbirine benzer", "alike"),
    "negative": Text("birbirinden farklı", "unlike"),
    "ns": Text("anlamlı değil", "not significant"),
    "undefined": Text("tanımsız", "undefined"),
    "isolate": Text("komşusu yok", "no neighbours"),
}
_SPOTS = {
    **_PLACES,
    "HH": Text("sıcak nokta", "hot spot"),
    "LL": Text("soğuk nokta", "cold spot"),
}


def _tell_map(result: LocalResult, subject: Subject, language: Language) -> None:
    """Print the units that are significant before correction, and what is left of them."""
    from mekantek.text import number, p_value, sort_key

    if result.undefined:
        say(f"{subject.title[language]}: {undefined(result.undefined, language)}")
        return
    words = _SPOTS if result.name.startswith("getis") else _PLACES
    frame = result.frame
    told = [name for name in result.classes if name not in ("ns", "undefined", "isolate")]
    found = frame[frame["cluster_unadjusted"].isin(told)]
    shown = found if len(found) <= _MOST_ROWS else found.nsmallest(_MOST_ROWS, "p_value")
    rows = sorted(
        (
            [
                str(subject.names[unit]),
                number(row["value"], language, digits=3),
                number(row["statistic"], language, digits=3),
                p_value(row["p_value"], language),
                p_value(row["p_adjusted"], language),
                words[row["quadrant"]][language],
                words[row["cluster"]][language],
            ]
            for unit, row in shown.iterrows()
        ),
        key=lambda r: sort_key(r[0]),
    )
    header = Text(
        "birim|değer|istatistik|p|düzeltilmiş|yer|küme",
        "unit|value|statistic|p|adjusted|quadrant|cluster",
    )
    print_table(_title(result, subject, len(found))[language], header[language].split("|"), rows)
    if len(shown) < len(found):
        say(
            Text(
                "En küçük p değerli {n} birim gösterildi; hepsi için --json ya da --out DOSYA.",
                "The {n} units with the smallest p are shown; all are in --json or --out FILE.",
            ).format(n=len(shown))[language]
        )


def _title(result: LocalResult, subject: Subject, plain: int) -> Text:
    from mekantek.text import number

    family = result.family
    methods = [METHODS[m] for m in result.method.split("+") if m in METHODS]
    title = Text(
        "{name}, {value}: {k} birimden {s} tanesi düzeltmeden sonra anlamlı ({c}, α = {a}, {t}, "
        "{m}); düzeltmesiz {u}",
        "{name}, {value}: {s} of {k} units significant after correction ({c}, α = {a}, {t}, {m}); "
        "{u} without correction",
    ).format(
        name=_NAMES[result.name], value=subject.title, k=family.size, s=family.survivors,
        c=CORRECTIONS[family.correction], t=TAILS[result.alternative],
        a=Text(number(family.alpha, "tr"), number(family.alpha, "en")),
        m=Text(*(" + ".join(m[lang_] for m in methods) for lang_ in ("tr", "en"))), u=plain,
    )  # fmt: skip
    noise = result.expected_under_noise
    if noise is None:
        return title
    expected = Text(number(noise, "tr", digits=1), number(noise, "en", digits=1))
    return Text(
        "{title} (salt rastlantıda {e} beklenir)", "{title} (pure noise would show {e})"
    ).format(title=title, e=expected)


def _tell(
    found: list[tuple[Subject, LocalResult]], names: dict[Any, str], lang: Lang, *, as_json: bool
) -> None:
    """Print one map, or several and what survives over all of them."""
    language: Language = lang.value
    for note in dict.fromkeys(note for _, result in found for note in result.notes):
        say(Note(note).told(lang.value))
    together = _together(found) if len(found) > 1 else None
    if as_json:
        subject, result = found[0]
        if together is None:
            emit_json(subject.stamp(result.to_dict(names)))
            return
        content = together.to_dict(names)
        for told, (one, _) in zip(content["maps"], found, strict=True):
            told["data"] = one.data
        emit_json(subject.stamp(content))
        return
    for subject, result in found:
        _tell_map(result, subject, language)
    if together is not None:
        say(
            Text(
                "Bütün haritalar birlikte ({c}): {k} sınamadan {s} tanesi anlamlı kalıyor{u}.",
                "Over all maps ({c}): {s} of {k} tests stay significant{u}.",
            ).format(
                c=CORRECTIONS[together.family.correction], k=together.family.size,
                s=together.family.survivors,
                u="".join(f"; {names[unit]} ({name})" for name, unit in together.survivors.index),
            )[language]
        )  # fmt: skip


def _together(found: list[tuple[Subject, LocalResult]]) -> LocalMaps:
    from mekantek.stats.local.batch import together

    return together({str(subject.data["value"]): result for subject, result in found})


def _test_all(
    subjects: list[Subject],
    test: Callable[[Subject, Any, dict[str, Any]], LocalResult],
    options: dict[str, Any],
    workers: int | None,
    lang: Lang,
    *,
    as_json: bool,
    quiet: bool,
    run: LongRun | None = None,
    out: Path | None = None,
) -> None:
    """Test each subject on one graph, with a bar, write if asked, and print."""
    from mekantek.export import side_by_side, write_units
    from mekantek.stats.links import locked
    from mekantek.stats.nulls.drawing import Runner

    graphs: dict[int, Any] = {}
    found = []
    run = run or LongRun()
    with progress(len(subjects), quiet) as step:
        for subject in subjects:
            step(str(subject.title[lang.value]))
            graph = graphs.setdefault(id(subject.graph), locked(subject.graph))
            runner = Runner(workers, store=run.parts(f"draws {subject.data['value']}"))
            with run.stage(str(subject.title[lang.value])):
                found.append((subject, test(subject, graph, {**options, "runner": runner})))
    if out is not None:
        with run.stage(out.name):
            frames = {str(subject.data["value"]): result.frame for subject, result in found}
            write_units(side_by_side(frames), out, geometry=subjects[0].geometry)
    _tell(found, subjects[0].names, lang, as_json=as_json)


def _options(
    standardize: Standardize | None, alternative: Alternative, method: LocalMethod,
    permutations: int, seed: int, correction: Correction, alpha: float, missing: Missing,
    stop: int | None,
) -> dict[str, Any]:  # fmt: skip
    options: dict[str, Any] = {
        "alternative": alternative.value, "method": method.value, "permutations": permutations,
        "rng": seed, "correction": correction.value, "alpha": alpha, "missing": missing.value,
        "stop": stop,
    }  # fmt: skip
    return options if standardize is None else {**options, "standardize": standardize.value}


def _with_another(
    subjects: list[Subject], table: Path | None, identifier: str | None, weights: str | None, *,
    with_column: str | None, with_class: TechnologyClass | None, since: int | None,
    since_column: str | None, population: str | None, missing: Missing,
) -> Callable[[Subject, Any, dict[str, Any]], LocalResult] | None:  # fmt: skip
    """Give the local Moran of two columns, if another one is named."""
    from mekantek.stats.local import moran
    from mekantek.stats.overall.rates import empirical_bayes_rates

    if with_column is not None or with_class is not None:

        def bivariate(subject: Subject, graph: Any, options: dict[str, Any]) -> LocalResult:
            if with_class is not None:
                year = int(str(subject.data["value"]).split()[-1])
                other, told = of_report(with_class.value, year, weights).values, with_class.value
            else:
                told = str(with_column)
                other = column_of(table, identifier, told, "--with")
            subject.title = Text("{x}; komşularda {y}", "{x}; {y} among the neighbours").format(
                x=subject.title, y=told
            )
            subject.data = {**subject.data, "value": f"{subject.data['value']} with {told}"}
            return moran.bivariate_local_moran(subject.values, other, graph, **options)

        return bivariate
    if since is not None or since_column is not None:

        def differential(subject: Subject, graph: Any, options: dict[str, Any]) -> LocalResult:
            if since is not None:
                name = str(subject.data["value"]).split()[0]
                before = of_report(name, since, weights).values
            else:
                before = column_of(table, identifier, str(since_column), "--since-column")
            told = since or since_column
            subject.title = Text("{x}; {y} ile farkı", "{x}; change since {y}").format(
                x=subject.title, y=told
            )
            subject.data = {**subject.data, "value": f"{subject.data['value']} since {told}"}
            return moran.differential_local_moran(subject.values, before, graph, **options)

        return differential
    if population is None:
        return None
    people = column_of(table, identifier, population, "--population")

    def rates(subject: Subject, graph: Any, options: dict[str, Any]) -> LocalResult:
        values = empirical_bayes_rates(subject.values, people, missing=missing.value)
        subject.title = Text("{x} / {y}, ampirik Bayes", "{x} / {y}, empirical Bayes").format(
            x=subject.title, y=population
        )
        subject.data = {**subject.data, "value": f"{subject.data['value']} / {population}"}
        return moran.local_moran(values, graph, **options)

    return rates


@app.command()
def lisa(
    table: TABLE = None,
    value: VALUES = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASSES = None,
    year: YEARS = None,
    statistic: Annotated[
        Lisa, typer.Option("--statistic", help="Alike or unlike: Moran, Geary; joins of 0 and 1.")
    ] = Lisa.moran,
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
    standardize: Annotated[
        Standardize | None,
        typer.Option("--standardize", help="Weights of a row.", show_default="row"),
    ] = None,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: METHOD = LocalMethod.auto,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    stop: STOP = None,
    workers: WORKERS = None,
    correction: CORRECTION = Correction.bh,
    alpha: ALPHA = 0.05,
    missing: MISSING = Missing.refuse,
    out: OUT = None,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Which places lie among their like, or unlike? Local Moran, exact where it can be."""
    from mekantek.stats.local.geary import local_geary
    from mekantek.stats.local.hotspots import local_join_counts
    from mekantek.stats.local.moran import local_moran

    others = (with_column, with_class, population, since, since_column)
    if sum(one is not None for one in others) + (statistic is not Lisa.moran) > 1:
        raise typer.BadParameter(
            "Only one of --statistic, --with, --with-class, --population, --since, --since-column."
        )
    if table is None and population is not None:
        refuse_dollars()
    if table is None and statistic is Lisa.join_counts:
        raise typer.BadParameter("The report's shares are no kinds of 0 and 1; use your own table.")
    for option, given in (("--with-class", with_class), ("--since", since)):
        if table is not None and given is not None:
            raise typer.BadParameter(f"{option} goes with the report's data, not with a table.")
    polygons = out is not None and _holds_polygons(out, table, boundaries)
    options = _options(standardize, alternative, method, permutations, seed, correction, alpha,
                       missing, stop)  # fmt: skip
    plain = {
        Lisa.moran: local_moran, Lisa.geary: local_geary, Lisa.join_counts: local_join_counts,
    }[statistic]  # fmt: skip
    asked = {
        **options, "statistic": statistic.value, "value": value, "id": identifier,
        "boundaries_id": boundaries_id, "weights": weights, "with": with_column,
        "population": population, "since": since_column,
    }  # fmt: skip
    inputs = {"table": table, "neighbours": neighbours, "boundaries": boundaries}
    with long_run(out, inputs, asked, quiet=quiet, language=lang.value) as run:
        subjects = subjects_of(
            table, value, identifier, neighbours, boundaries, boundaries_id, weights,
            list(dict.fromkeys(c.value for c in technology or [TechnologyClass.low])),
        list(dict.fromkeys(year or [2024])),
            polygons=polygons, run=run,
        )  # fmt: skip
        another = _with_another(
            subjects, table, identifier, weights, with_column=with_column, with_class=with_class,
            since=since, since_column=since_column, population=population, missing=missing,
        )  # fmt: skip
        _test_all(
            subjects,
            another or (lambda subject, graph, options: plain(subject.values, graph, **options)),
            options, workers, lang, as_json=as_json, quiet=quiet, run=run, out=out,
        )  # fmt: skip


def _holds_polygons(out: Path, table: Path | None, boundaries: Path | None) -> bool:
    """Whether the result holds polygons; what cannot be written is refused before the work."""
    from mekantek.export import check_units_path

    if table is None:
        raise typer.BadParameter(
            "--out goes with a table of your own; `mekantek study` writes the report's."
        )
    polygons = check_units_path(out)
    if polygons and boundaries is None:
        raise typer.BadParameter(f"{out.name} holds polygons: give --boundaries, or write .csv.")
    return polygons


@app.command()
def hotspots(
    table: TABLE = None,
    value: VALUES = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASSES = None,
    year: YEARS = None,
    statistic: Annotated[
        Hotspot, typer.Option("--statistic", help="With the place itself (gstar) or without it.")
    ] = Hotspot.gstar,
    standardize: STANDARDIZE = Standardize.row,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: METHOD = LocalMethod.auto,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    stop: STOP = None,
    workers: WORKERS = None,
    correction: CORRECTION = Correction.bh,
    alpha: ALPHA = 0.05,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Where do high values gather, and where low ones? Gᵢ and Gᵢ* of Getis and Ord."""
    from mekantek.stats.local.hotspots import local_getis_ord

    subjects = subjects_of(
        table, value, identifier, neighbours, boundaries, boundaries_id, weights,
        list(dict.fromkeys(c.value for c in technology or [TechnologyClass.low])),
        list(dict.fromkeys(year or [2024])),
    )  # fmt: skip
    _test_all(
        subjects,
        lambda subject, graph, options: local_getis_ord(
            subject.values, graph, statistic=statistic.value, **options
        ),
        _options(standardize, alternative, method, permutations, seed, correction, alpha, missing,
                 stop),
        workers, lang, as_json=as_json, quiet=quiet,
    )  # fmt: skip
