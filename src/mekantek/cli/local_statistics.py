"""Verbs that test every place of a map: lisa, hotspots, losh."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import Screen, spread
from mekantek.cli.inference import LocalTest, UnitTest
from mekantek.cli.long_runs import LongRun, long_run
from mekantek.cli.options import (
    LOSH_METHOD,
    OUT,
    STANDARDIZE,
    Correction,
    Hotspot,
    Lisa,
    LoshMethod,
    Standardize,
)
from mekantek.cli.output import UsageError, drawn, emit_json, print_table, progress, say, undefined
from mekantek.cli.subjects import Subject
from mekantek.cli.variables import Another, Columns
from mekantek.text import CORRECTIONS, LANGUAGES, METHODS, TAILS, Language, Note, Text

if TYPE_CHECKING:
    from mekantek.stats.results import LocalMaps, LocalResult

# Lines that anybody reads.
_MOST_ROWS = 200

STANDARDIZE_OR_NOT = Annotated[
    Standardize | None,
    typer.Option("--standardize", help="Weights of a row.", show_default="row"),
]

_NAMES = {
    "local_moran": Text("Yerel Moran", "Local Moran"),
    "bivariate_local_moran": Text("İki değişkenli yerel Moran", "Bivariate local Moran"),
    "differential_local_moran": Text("Değişimin yerel Moran'ı", "Local Moran of the change"),
    "local_geary": Text("Yerel Geary", "Local Geary"),
    "local_join_counts": Text("Yerel birleşim sayısı", "Local join count"),
    "losh": Text("Yerel değişkenlik (LOSH)", "Local heteroscedasticity (LOSH)"),
    "getis_ord_gstar": Text("Getis–Ord Gᵢ*", "Getis–Ord Gᵢ*"),
    "getis_ord_g": Text("Getis–Ord Gᵢ", "Getis–Ord Gᵢ"),
}
_PLACES = {
    "HH": Text("yüksek–yüksek", "high–high"),
    "LL": Text("düşük–düşük", "low–low"),
    "LH": Text("düşük, çevresi yüksek", "low among high"),
    "HL": Text("yüksek, çevresi düşük", "high among low"),
    "positive": Text("birbirine benzer", "alike"),
    "negative": Text("birbirinden farklı", "unlike"),
    "uneven": Text("çok oynak", "uneven"),
    "even": Text("az oynak", "even"),
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
        "birim|değer|istatistik|p|düzeltilmiş|çeyrek|küme",
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
        m=Text(*(" + ".join(m[lang_] for m in methods) + drawn(result.permutations, result.seed, lang_)
                 for lang_ in LANGUAGES)), u=plain,
    )  # fmt: skip
    noise = result.expected_under_noise
    if noise is None:
        return title
    expected = Text(number(noise, "tr", digits=1), number(noise, "en", digits=1))
    return Text(
        "{title} (salt rastlantıda {e} beklenir)", "{title} (pure noise would show {e})"
    ).format(title=title, e=expected)


def _tell(found: list[tuple[Subject, LocalResult]], screen: Screen) -> None:
    """Print one map, or several and what survives over all of them."""
    language, names = screen.language, found[0][0].names
    for note in dict.fromkeys(note for _, result in found for note in result.notes):
        say(Note(note).told(language))
    together = _together(found) if len(found) > 1 else None
    if screen.as_json:
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
        titles = {str(subject.data["value"]): subject.title[language] for subject, _ in found}
        say(
            Text(
                "Bütün haritalar birlikte ({c}): {k} sınamadan {s} tanesi anlamlı kalıyor{u}.",
                "Over all maps ({c}): {s} of {k} tests stay significant{u}.",
            ).format(
                c=CORRECTIONS[together.family.correction], k=together.family.size,
                s=together.family.survivors,
                u="".join(
                    f"; {names[unit]} ({titles[name]})" for name, unit in together.survivors.index
                ),
            )[language]
        )  # fmt: skip


def _together(found: list[tuple[Subject, LocalResult]]) -> LocalMaps:
    from mekantek.stats.local.batch import together

    return together({str(subject.data["value"]): result for subject, result in found})


def _holds_polygons(out: Path, source: Columns) -> bool:
    """Whether the result holds polygons; what cannot be written is refused before the work."""
    from mekantek.export import check_units_path

    if source.table is None:
        raise UsageError(
            "--out goes with a table of your own; `mekantek study` writes the report's.",
            "--out kendi tablonuzla kullanılır; raporunkileri `mekantek study` yazar.",
        )
    polygons = check_units_path(out)
    if polygons and source.boundaries is None:
        raise UsageError(
            f"{out.name} holds polygons: give --boundaries, or write .csv.",
            f"{out.name} çokgen içerir: --boundaries verin ya da .csv yazın.",
        )
    return polygons


def _on_maps(
    verb: str,
    source: Columns,
    test: Callable[[Subject, Any, LongRun], LocalResult],
    screen: Screen,
    out: Path | None,
    asked: dict[str, Any],
) -> None:
    """Test each subject on one graph, with a bar, write if asked, and print."""
    from mekantek.export import side_by_side, write_units
    from mekantek.stats.links import locked

    polygons = out is not None and _holds_polygons(out, source)
    inputs = {"table": source.table, "neighbours": source.neighbours,
              "boundaries": source.boundaries}  # fmt: skip
    key = {
        "verb": verb, "value": source.value, "id": source.identifier,
        "boundaries_id": source.boundaries_id, "weights": source.weights, **asked,
    }  # fmt: skip
    language = screen.language
    with long_run(out, inputs, key, quiet=screen.quiet, language=language) as run:
        subjects = source.subjects(polygons=polygons, run=run)
        graphs: dict[int, Any] = {}
        found = []
        with progress(len(subjects), screen.quiet) as step:
            for subject in subjects:
                step(subject.title[language])
                graph = graphs.setdefault(id(subject.graph), locked(subject.graph))
                with run.stage(subject.title):
                    found.append((subject, test(subject, graph, run)))
        if out is not None:
            with run.stage(Text(out.name, out.name)):
                frames = {str(subject.data["value"]): result.frame for subject, result in found}
                table = side_by_side(frames)
                named = source.name_column
                if named is not None and named != table.index.name:
                    table = table.copy()
                    table.insert(0, named, [subjects[0].names[unit] for unit in table.index])
                write_units(table, out, geometry=subjects[0].geometry)
        _tell(found, screen)


def _drawn(test: LocalTest, subject: Subject, run: LongRun) -> dict[str, Any]:
    """Options of a local statistic, with the workers that draw for it and keep what they drew."""
    from mekantek.stats.nulls.drawing import Runner

    store = run.parts(f"draws {subject.data['value']}")
    return {**test.options, "runner": Runner(test.workers, store=store)}


@app.command()
@spread
def lisa(
    source: Columns,
    another: Another,
    test: LocalTest,
    screen: Screen,
    statistic: Annotated[
        Lisa, typer.Option("--statistic", help="Alike or unlike: Moran, Geary; joins of 0 and 1.")
    ] = Lisa.moran,
    standardize: STANDARDIZE_OR_NOT = None,
    out: OUT = None,
) -> None:
    """Which places lie among their like, or unlike? Local Moran, exact where it can be."""
    from mekantek.stats.local import moran
    from mekantek.stats.local.geary import local_geary
    from mekantek.stats.local.hotspots import local_join_counts

    if len(another.given) + (statistic is not Lisa.moran) > 1:
        names = "--statistic, --with, --with-class, --population, --since, --since-column"
        raise UsageError(f"Only one of {names}.", f"Şunlardan yalnız biri verilebilir: {names}.")
    if source.table is None and statistic is Lisa.join_counts:
        raise UsageError(
            "The report's shares are no kinds of 0 and 1; use your own table.",
            "Raporun payları 0 ve 1 gibi tür değildir; kendi tablonuzla kullanın.",
        )
    another.check(source.table)
    alone = {
        Lisa.moran: moran.local_moran, Lisa.geary: local_geary, Lisa.join_counts: local_join_counts,
    }[statistic]  # fmt: skip
    given = {} if standardize is None else {"standardize": standardize.value}

    def one(subject: Subject, graph: Any, run: LongRun) -> LocalResult:
        options = {**given, **_drawn(test, subject, run)}
        kind, second = another.apply(subject, source, test.missing)
        values = subject.values
        if kind == "bivariate" and second is not None:
            return moran.bivariate_local_moran(values, second, graph, **options)
        if second is not None:
            return moran.differential_local_moran(values, second, graph, **options)
        return alone(values, graph, **options)

    asked = {**given, **test.options, "statistic": statistic.value, "other": dict(vars(another))}
    _on_maps("lisa", source, one, screen, out, asked)


@app.command()
@spread
def hotspots(
    source: Columns,
    test: LocalTest,
    screen: Screen,
    statistic: Annotated[
        Hotspot, typer.Option("--statistic", help="With the place itself (gstar) or without it.")
    ] = Hotspot.gstar,
    standardize: STANDARDIZE = Standardize.row,
    out: OUT = None,
) -> None:
    """Where do high values gather, and where low ones? Gᵢ and Gᵢ* of Getis and Ord."""
    from mekantek.stats.local.hotspots import local_getis_ord

    given: dict[str, Any] = {"statistic": statistic.value, "standardize": standardize.value}

    def one(subject: Subject, graph: Any, run: LongRun) -> LocalResult:
        return local_getis_ord(subject.values, graph, **given, **_drawn(test, subject, run))

    _on_maps("hotspots", source, one, screen, out, {**given, **test.options})


@app.command()
@spread
def losh(
    source: Columns,
    test: UnitTest,
    screen: Screen,
    method: LOSH_METHOD = LoshMethod.chi_square,
    standardize: STANDARDIZE = Standardize.row,
    out: OUT = None,
) -> None:
    """Where do values vary more around their neighbours' mean, or less (greater = more)? LOSH, Ord and Getis."""
    from mekantek.stats.local.heteroscedasticity import losh as statistic

    if test.correction is Correction.max:
        raise UsageError(
            "--fdr max has no null for LOSH; take bh, by, holm, bonferroni or none.",
            "--fdr max LOSH için tanımlı değil; bh, by, holm, bonferroni ya da none verin.",
        )
    given: dict[str, Any] = {"method": method.value, "standardize": standardize.value}

    def one(subject: Subject, graph: Any, _: LongRun) -> LocalResult:
        return statistic(subject.values, graph, **given, **test.options)

    _on_maps("losh", source, one, screen, out, {**given, **test.options})
