"""The command line: data to stdout, messages to stderr, one sentence for what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.errors import MekantekError
from mekantek.text import Language, Text

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.study import Study

__all__ = ["app", "main"]

app = typer.Typer(
    name="mekantek",
    help="The geography of technology in trade: joined, tested and mapped. Without arguments each "
    "verb works on the data of the Ankara Chamber of Industry's report of July 2025.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class TechnologyClass(StrEnum):
    """The report's classes, and two of them together."""

    high = "high"
    medium_high = "medium_high"
    medium_low = "medium_low"
    low = "low"
    unclassified = "unclassified"
    high_and_medium_high = "high+medium_high"


class Alternative(StrEnum):
    """Tails of a test."""

    two_sided = "two-sided"
    greater = "greater"
    less = "less"


class Standardize(StrEnum):
    """What is done to the weights of a row."""

    row = "row"
    none = "none"


class Missing(StrEnum):
    """What is done about missing values."""

    refuse = "refuse"
    drop = "drop"


class Correction(StrEnum):
    """Corrections for a family of tests."""

    bh = "bh"
    by = "by"
    holm = "holm"
    bonferroni = "bonferroni"
    none = "none"


class GlobalMethod(StrEnum):
    """Where the p-value of a global statistic comes from."""

    randomization = "randomization"
    normality = "normality"
    permutation = "permutation"
    exact = "exact"


class LocalMethod(StrEnum):
    """Where the p-values of a local statistic come from."""

    auto = "auto"
    exact = "exact"
    permutation = "permutation"
    randomization = "randomization"


class SetStatistic(StrEnum):
    """One number for a set of units."""

    minimum = "minimum"
    mean = "mean"
    weighted = "weighted"
    joint = "joint"


class Lang(StrEnum):
    """Languages of everything that is printed."""

    tr = "tr"
    en = "en"


class MapKind(StrEnum):
    """Maps of one class."""

    share = "share"
    clusters = "clusters"
    value = "value"
    corridor = "corridor"


TABLE = Annotated[
    Path | None,
    typer.Argument(help="Your own table (CSV); without it, the report's data.", show_default=False),
]
VALUE = Annotated[str | None, typer.Option("--value", help="Column of your table to test.")]
ID = Annotated[str | None, typer.Option("--id", help="Column of your table with the ids.")]
NEIGHBOURS = Annotated[
    Path | None,
    typer.Option("--neighbours", help="Neighbour file: .gal, .gwt, .swm or a CSV of id pairs."),
]
BOUNDARIES = Annotated[
    Path | None, typer.Option("--boundaries", help="Layer of polygons: GeoJSON, GeoPackage, shp.")
]
BOUNDARIES_ID = Annotated[
    str | None, typer.Option("--boundaries-id", help="Id column of the layer; --id by default.")
]
WEIGHTS = Annotated[
    str | None,
    typer.Option(
        "--weights",
        help="official, queen, rook, knn:4, band:150km, inverse:2, kernel:gaussian:8, order:2.",
        show_default="official on the report, queen with boundaries",
    ),
]
CLASS = Annotated[TechnologyClass, typer.Option("--class", help="Class of the report's data.")]
YEAR = Annotated[int, typer.Option("--year", help="Year of the report's data.")]
STANDARDIZE = Annotated[Standardize, typer.Option("--standardize", help="Weights of a row.")]
ALTERNATIVE = Annotated[
    Alternative, typer.Option("--alternative", help="greater = positive autocorrelation.")
]
PERMUTATIONS = Annotated[int, typer.Option("--permutations", min=1, help="Where they are drawn.")]
SEED = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same bytes.")]
MISSING = Annotated[Missing, typer.Option("--missing", help="Refuse or drop missing values.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON, unrounded.")]
QUIET = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
LANG = Annotated[
    Lang, typer.Option("--lang", envvar="MEKANTEK_LANG", help="tr or en.", case_sensitive=False)
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"mekantek {version('mekantek')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    pass


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Any]:
    """Give a function that names the next step; a bar on stderr unless quiet or no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("…", total=total, completed=-1)
        yield lambda step: bar.update(task, description=step, advance=1)


def _emit_json(content: Any) -> None:
    from mekantek.export import to_json

    typer.echo(to_json(content))


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a table to stdout; plain and wide where stdout is no terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=200, no_color=True)
    table = Table(title=title, title_justify="left")
    for position, name in enumerate(header):
        table.add_column(name, justify="left" if position == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", "\\[") for cell in row))
    console.print(table)


class _Subject:
    """Values, neighbours and names of what a statistic is asked about."""

    def __init__(
        self,
        values: pd.Series,
        graph: Any,
        names: dict[Any, str],
        data: dict[str, Any],
        geometry: Any = None,
    ) -> None:
        self.values, self.graph, self.names = values, graph, names
        self.data, self.geometry = data, geometry

    def stamp(self, result: dict[str, Any]) -> dict[str, Any]:
        """Add where the data came from and what computed it."""
        from mekantek.export import versions

        return {**result, "data": self.data, "versions": versions()}


def _of_report(name: str, year: int, weights: str | None) -> _Subject:
    from mekantek.datasets import files
    from mekantek.study import load_study

    study = load_study(year, weights=weights or "official")
    return _Subject(
        study.share(name),
        study.graph,
        study.names.to_dict(),
        {
            "source": "shares.csv",
            "value": f"{name} {year}",
            "basis": study.provenance["basis"].to_dict(),
            "sha256": files.sha256("shares.csv"),
        },
    )


def _of_table(
    table: Path,
    value: str | None,
    identifier: str | None,
    neighbours: Path | None,
    boundaries: Path | None,
    boundaries_id: str | None,
    weights: str | None,
) -> _Subject:
    from mekantek import weights as weighing
    from mekantek.datasets.delimited import read_table
    from mekantek.export import file_sha256
    from mekantek.study import match_ids

    if value is None or identifier is None:
        raise typer.BadParameter("Name the columns of your table: --value COLUMN --id COLUMN.")
    if (neighbours is None) == (boundaries is None):
        raise typer.BadParameter(
            "Say who neighbours whom: either --neighbours FILE or --boundaries FILE."
        )
    if neighbours is not None and weights is not None:
        raise typer.BadParameter("--weights builds neighbours from --boundaries; drop one of them.")
    frame = read_table(table, id_column=identifier, value_columns=[value])
    geometry = None
    if neighbours is not None:
        graph = weighing.read_neighbours(neighbours, ids=frame.index)
        match_ids(frame.index, graph.ids, neighbours.name)
    else:
        from mekantek.datasets import boundaries as layers

        assert boundaries is not None
        layer = layers.read_boundaries(boundaries, id_column=boundaries_id or identifier)
        match_ids(frame.index, layer.index, boundaries.name)
        geometry = layer.geometry.loc[frame.index]
        graph = weighing.build(
            weights or "queen", geometry=geometry, points=layers.centroids(geometry)
        )
    return _Subject(
        frame[value],
        graph,
        {unit: str(unit) for unit in frame.index},
        {"source": table.name, "value": value, "sha256": file_sha256(table)},
        geometry,
    )


def _subject(
    table: Path | None,
    value: str | None,
    identifier: str | None,
    neighbours: Path | None,
    boundaries: Path | None,
    boundaries_id: str | None,
    weights: str | None,
    name: str,
    year: int,
) -> _Subject:
    if table is not None:
        return _of_table(table, value, identifier, neighbours, boundaries, boundaries_id, weights)
    for option, given in (("--value", value), ("--id", identifier), ("--neighbours", neighbours),
                          ("--boundaries", boundaries)):  # fmt: skip
        if given is not None:
            raise typer.BadParameter(f"{option} goes with a table of your own; name it first.")
    return _of_report(name, year, weights)


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
    standardize: STANDARDIZE = Standardize.row,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: Annotated[GlobalMethod, typer.Option("--method")] = GlobalMethod.randomization,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Are neighbours alike over the whole map? Moran's I."""
    from mekantek.stats.autocorrelation import moran as statistic
    from mekantek.text import number, p_value

    subject = _subject(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                       technology.value, year)  # fmt: skip
    with _progress(1, quiet) as step:
        step("Moran")
        result = statistic(
            subject.values, subject.graph, standardize=standardize.value,
            alternative=alternative.value, method=method.value, permutations=permutations,
            rng=seed, missing=missing.value,
        )  # fmt: skip
    for note in result.notes:
        _say(note)
    if as_json:
        _emit_json(subject.stamp(result.to_dict()))
        return
    language: Language = lang.value
    if result.statistic is None or result.p_value is None:
        _say(str(result.undefined))
    _table(
        f"Moran I, {subject.data['value']}",
        ["I", "E[I]", "z", "p", "n", "", ""],
        [[
            *("–" if v is None else number(v, language, digits=4)
              for v in (result.statistic, result.expected, result.z_score)),
            p_value(result.p_value, language),
            str(result.n), result.alternative, result.method,
        ]],
    )  # fmt: skip


@app.command()
def lisa(
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.low,
    year: YEAR = 2024,
    standardize: STANDARDIZE = Standardize.row,
    alternative: ALTERNATIVE = Alternative.two_sided,
    method: Annotated[LocalMethod, typer.Option("--method")] = LocalMethod.auto,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    correction: Annotated[
        Correction, typer.Option("--fdr", help="Correction over the map.")
    ] = Correction.bh,
    alpha: Annotated[float, typer.Option("--alpha", help="Level of significance.")] = 0.05,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Which places lie among their like, or unlike? Local Moran, exact where it can be."""
    from mekantek.stats.local import local_moran
    from mekantek.text import number, p_value, sort_key

    subject = _subject(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                       technology.value, year)  # fmt: skip
    with _progress(1, quiet) as step:
        step("LISA")
        result = local_moran(
            subject.values, subject.graph, standardize=standardize.value,
            alternative=alternative.value, method=method.value, permutations=permutations,
            rng=seed, correction=correction.value, alpha=alpha, missing=missing.value,
        )  # fmt: skip
    for note in result.notes:
        _say(note)
    if as_json:
        _emit_json(subject.stamp(result.to_dict(subject.names)))
        return
    language: Language = lang.value
    if result.undefined:
        _say(result.undefined)
    frame = result.frame
    shown = frame[frame["cluster_unadjusted"].isin(("HH", "LL", "LH", "HL"))]
    rows = sorted(
        (
            [
                str(subject.names[unit]),
                number(row["value"], language, digits=3),
                number(row["statistic"], language, digits=3),
                p_value(row["p_value"], language),
                p_value(row["p_adjusted"], language),
                row["quadrant"],
                row["cluster"],
            ]
            for unit, row in shown.iterrows()
        ),
        key=lambda r: sort_key(r[0]),
    )
    family = result.family
    title = Text(
        "Yerel Moran, {value}: {k} birimden {s} tanesi {c} düzeltmesinden sonra anlamlı "
        "(α = {a}, {t}, {m}); düzeltmesiz {u}",
        "Local Moran, {value}: {s} of {k} units significant after {c} (α = {a}, {t}, {m}); "
        "{u} without correction",
    ).format(
        value=subject.data["value"], k=family.size, s=family.survivors, c=family.correction,
        a=family.alpha, t=result.alternative, m=result.method, u=len(shown),
    )  # fmt: skip
    header = Text(
        "birim|değer|I|p|düzeltilmiş|yer|küme", "unit|value|I|p|adjusted|quadrant|cluster"
    )
    _table(title[language], header[language].split("|"), rows)


@app.command()
def concentration(
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    technology: Annotated[
        TechnologyClass | None, typer.Option("--class", help="One class; all by default.")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="One year; both by default.")] = None,
    lorenz: Annotated[bool, typer.Option("--lorenz", help="Add the Lorenz curves.")] = False,
    location_quotient: Annotated[
        bool, typer.Option("--lq", help="Add location quotients (report's data only).")
    ] = False,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """How much sits in few places? Gini, HHI, Theil, concentration ratios."""
    from mekantek.export import file_sha256, versions
    from mekantek.stats import concentration as measuring
    from mekantek.text import number

    extras: dict[str, Any] = {}
    if table is not None:
        from mekantek.datasets.delimited import read_table
        from mekantek.errors import ValuesError

        if value is None or identifier is None:
            raise typer.BadParameter("Name the columns of your table: --value COLUMN --id COLUMN.")
        values = read_table(table, id_column=identifier, value_columns=[value])[value]
        absent = values.index[values.isna()]
        if len(absent) and missing is Missing.refuse:
            raise ValuesError(
                f"{table.name}: {len(absent)} values of {value} are missing, first at "
                f"{absent[0]}. Fill them from a source, or drop them on purpose (--missing drop)."
            )
        values = values.dropna()
        rows: list[dict[str, Any]] = [
            {"class": value, "year": None, **m.to_dict()} for m in measuring.concentration(values)
        ]
        if lorenz:
            extras["lorenz"] = measuring.lorenz(values).to_dict("records")
        source = {"source": table.name, "value": value, "sha256": file_sha256(table)}
    else:
        from mekantek.datasets import files
        from mekantek.findings.shares import measure_table
        from mekantek.study import CLASS_COLUMNS, load_study

        study = load_study(year or 2024)
        years = (year,) if year else study.years
        classes = (technology.value,) if technology else (*CLASS_COLUMNS, "total")
        rows = []
        with _progress(len(years) * len(classes), quiet) as step:
            for one in years:
                for name in classes:
                    step(f"{name} {one}")
                    rows += measure_table(study, (name,), (one,))
        source = {
            "source": "shares.csv, totals.csv",
            "value": ", ".join(classes),
            "basis": study.provenance["basis"].to_dict(),
            "sha256": files.sha256("shares.csv"),
        }
        labels = study.names.to_dict()
        pairs = [(study.at(y), c) for y in years for c in classes if c != "total"]
        if lorenz:
            extras["lorenz"] = [
                {"class": c, "year": at.year, **row}
                for at, c in pairs
                for row in measuring.lorenz(at.class_values(c)["value"]).to_dict("records")
            ]
        if location_quotient:
            extras["location_quotient"] = [
                {"class": c, "year": at.year, "id": str(unit), "name": labels[unit], "value": lq}
                for at, c in pairs
                for unit, lq in measuring.location_quotient(
                    at.share(c).dropna(), reference=at.national_share(c)
                ).items()
            ]
    if as_json:
        _emit_json(
            {"schema": "mekantek/concentration/1", "measures": rows, **extras, "data": source,
             "versions": versions()}
        )  # fmt: skip
        return
    language: Language = lang.value
    title = Text(
        "Yoğunlaşma; aralık: her pay ±0,05 puan (en kötü durum)",
        "Concentration; interval: every share ±0.05 points (worst case)",
    )
    header = Text("sınıf|yıl|ölçü|değer|en az|en çok|n", "class|year|measure|value|low|high|n")
    _table(
        title[language],
        header[language].split("|"),
        [
            [
                r["class"], str(r["year"] or "–"), r["name"],
                *("–" if r[k] is None else number(r[k], language, digits=3)
                  for k in ("value", "low", "high")),
                str(r["n"]),
            ]
            for r in rows
        ],
    )  # fmt: skip


@app.command()
def corridor(
    members: Annotated[
        list[str] | None,
        typer.Argument(help="Provinces of the set: names or plates; ids of your own table."),
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your own table (CSV); else the report's data.")
    ] = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.high,
    year: YEAR = 2024,
    statistic: Annotated[
        SetStatistic, typer.Option("--statistic", help="minimum: every member must carry it.")
    ] = SetStatistic.minimum,
    find: Annotated[bool, typer.Option("--find", help="Search the best connected set.")] = False,
    size: Annotated[int, typer.Option("--size", min=2, max=8, help="Size to search.")] = 2,
    permutations: PERMUTATIONS = 999,
    seed: SEED = 0,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Is a set of neighbouring places a corridor? Its rank among all connected sets."""
    from mekantek.stats import subsets
    from mekantek.text import number

    if find == bool(members):
        raise typer.BadParameter("Name the members of the corridor, or search with --find --size.")
    subject = _subject(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                       technology.value, year)  # fmt: skip
    mass = None
    ids: list[Any] = list(members or [])
    if table is None:
        from mekantek.datasets.provinces import resolve
        from mekantek.study import load_study

        mass = load_study(year).frame["value"]
        ids = [resolve(m) for m in ids]
    elif statistic is SetStatistic.weighted:
        raise typer.BadParameter("--statistic weighted needs totals: the report's data only.")
    with _progress(1, quiet) as step:
        step("corridor")
        if find:
            result = subsets.search_corridor(
                subject.values, subject.graph, size, statistic=statistic.value, weights=mass,
                permutations=permutations, rng=seed,
            )  # fmt: skip
        else:
            result = subsets.corridor(
                subject.values, subject.graph, ids, statistic=statistic.value, weights=mass
            )
    told = result.to_dict()
    head = {k: told.pop(k) for k in ("schema", "members")}
    context = (
        {"class": technology.value, "year": year}
        if table is None
        else {"class": subject.data["value"], "year": None}
    )
    if as_json:
        _emit_json(subject.stamp({**head, **context, **told}))
        return
    language: Language = lang.value
    labels = {str(unit): str(name) for unit, name in subject.names.items()}
    if result.undefined:
        _say(result.undefined)
    header = Text("küme|değer|sıra|kaçta|p|bağlı", "set|value|rank|of|p|connected")
    yes = Text("evet", "yes") if result.connected else Text("hayır", "no")
    p = result.search["p_value"] if result.search else result.p_value
    _table(
        f"{statistic.value}, {subject.data['value']}",
        header[language].split("|"),
        [[
            " – ".join(labels[m] for m in result.members),
            "–" if result.value is None else number(result.value, language, digits=3),
            str(result.rank or "–"), str(result.of or "–"),
            "–" if p is None else number(p, language, digits=4), yes[language],
        ]],
    )  # fmt: skip


@app.command()
def findings(
    name: Annotated[
        str | None,
        typer.Argument(help="gradient, corridor, iltek, concentration, …; all if none."),
    ] = None,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """The report's spatial findings, each with its verdict."""
    from mekantek import findings as testing
    from mekantek.export import versions
    from mekantek.findings.verdict import VERDICTS, hypotheses
    from mekantek.study import load_study

    groups = testing.groups()
    if name is not None and name not in groups:
        raise typer.BadParameter(f"No finding {name!r}; there are {', '.join(groups)}.")
    chosen = groups[name] if name else tuple(h.id for h in hypotheses())
    found = []
    with _progress(len(chosen), quiet) as step:
        study = load_study()
        for identifier in chosen:
            step(identifier)
            found += list(testing.select(study, (identifier,)))
    if as_json:
        _emit_json(
            {
                "schema": "mekantek/findings/1",
                "findings": [v.to_dict() for v in found],
                "versions": versions(),
            }
        )
        return
    language: Language = lang.value
    for verdict in found:
        hypothesis = verdict.hypothesis
        sturdy = {
            True: Text("sağlam", "robust"),
            False: Text("seçimlere bağlı", "depends on choices"),
            None: Text("–", "–"),
        }[verdict.robust]
        line = Text("raporun satırı", "line of the report")[language]
        typer.echo(f"{hypothesis.title[language]}")
        typer.echo(f"  {VERDICTS[verdict.verdict][language]} ({sturdy[language]}: "
                   f"{verdict.agreeing}/{len(verdict.specifications)})")  # fmt: skip
        typer.echo(f"  {verdict.reason[language]}")
        typer.echo(f"  {line} {hypothesis.report_line}: «{hypothesis.claim[language]}»\n")


@app.command()
def data(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write the tidy tables to.")
    ] = None,
    as_json: JSON = False,
    lang: LANG = Lang.tr,
) -> None:
    """The shipped tables: sources, basis, status counts; --out writes the tidy ones."""
    from mekantek.datasets import tables

    if out is not None:
        for path in tables.write_tidy(out):
            typer.echo(str(path))
        return
    listed = tables.list_tables()
    if as_json:
        import json

        _emit_json({"schema": "mekantek/data/1",
                    "tables": json.loads(listed.to_json(orient="records"))})  # fmt: skip
        return
    header = Text(
        "tablo|satır|basılmış|düzeltilmiş|çözülmemiş|kaynak",
        "table|rows|printed|corrected|unresolved|source",
    )
    counts = ("rows", "printed", "corrected", "unresolved")
    _table(
        Text("Tablolar", "Tables")[lang.value],
        header[lang.value].split("|"),
        [
            [
                row["name"],
                *("–" if row[k] is None or row[k] != row[k] else str(int(row[k])) for k in counts),
                str(row["source"]),
            ]
            for row in listed.to_dict("records")
        ],
    )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A table, boundaries or a neighbour file.")],
    identifier: ID = None,
    as_json: JSON = False,
    lang: LANG = Lang.tr,
) -> None:
    """What is wrong with a file, before anything runs; exit 1 if something is."""
    from mekantek.datasets.check import check_file

    if file.suffix.lower() in (".gal", ".gwt", ".swm"):
        from mekantek import weights

        graph = weights.read_neighbours(file)
        content: dict[str, Any] = {
            "schema": "mekantek/check/1", "kind": "neighbours", "file": file.name,
            "facts": [
                Text(f"{graph.n} birim, {graph.links} yönlü bağ",
                     f"{graph.n} units, {graph.links} directed links").to_dict(),
                *({"tr": note, "en": note} for note in graph.notes),
            ],
            "faults": [],
        }  # fmt: skip
    else:
        content = {
            "schema": "mekantek/check/1", **check_file(file, id_column=identifier).to_dict()
        }  # fmt: skip
    if as_json:
        _emit_json(content)
    else:
        for fact in content["facts"]:
            typer.echo(f"  {fact[lang.value]}")
        for fault in content["faults"]:
            typer.echo(f"! {fault[lang.value]}")
        if not content["faults"]:
            typer.echo(Text("Kusur bulunmadı.", "No fault found.")[lang.value])
    if content["faults"]:
        raise typer.Exit(1)


class _Layer:
    """A user's regions, in the form that maps draw."""

    def __init__(self, subject: _Subject) -> None:
        import pandas as pd

        from mekantek.datasets.boundaries import centroids

        if subject.geometry is None:
            raise typer.BadParameter(
                "A map of your own table needs its polygons: --boundaries FILE."
            )
        self.geometry = subject.geometry
        self.names = pd.Series(subject.names)
        self.points = centroids(subject.geometry)
        source = f"{subject.data['source']}, {subject.data['value']}"
        self.provenance = {"report": Text(source, source)}


@app.command(name="map")
def draw_map(
    kind: Annotated[MapKind, typer.Argument(help="What to draw.")],
    members: Annotated[
        list[str] | None, typer.Argument(help="Provinces, for a corridor.", show_default=False)
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your own table (CSV); else the report's data.")
    ] = None,
    value: VALUE = None,
    identifier: ID = None,
    neighbours: NEIGHBOURS = None,
    boundaries: BOUNDARIES = None,
    boundaries_id: BOUNDARIES_ID = None,
    weights: WEIGHTS = None,
    technology: CLASS = TechnologyClass.high,
    year: YEAR = 2024,
    out: Annotated[
        Path, typer.Option("--out", help="HTML file to write; it opens without a network.")
    ] = Path("map.html"),
    lang: LANG = Lang.tr,
) -> None:
    """One map as one HTML file: share, clusters, value, or corridor A B."""
    from mekantek.export import write_text
    from mekantek.maps import atlas

    if (kind is MapKind.corridor) != bool(members):
        raise typer.BadParameter("Name the members of a corridor map, and of no other.")
    if table is not None:
        if kind not in (MapKind.share, MapKind.clusters):
            raise typer.BadParameter("Of your own table there are the maps share and clusters.")
        if neighbours is not None:
            raise typer.BadParameter("A map needs --boundaries; neighbours are built from them.")
        subject = _of_table(table, value, identifier, None, boundaries, boundaries_id, weights)
        layer = _Layer(subject)
        if kind is MapKind.share:
            drawn = atlas.number_map(layer, subject.values, str(value), language=lang.value)
        else:
            from mekantek.stats.local import local_moran

            result = local_moran(subject.values, subject.graph)
            drawn = atlas.cluster_map(layer, result, column=str(value), language=lang.value)
    else:
        drawn = _map_of_report(kind, members or [], technology.value, year, weights, lang.value)
    write_text(out, drawn.get_root().render())
    typer.echo(str(out))


def _map_of_report(
    kind: MapKind, members: list[str], name: str, year: int, weights: str | None, language: Any
) -> Any:
    from mekantek.maps import atlas
    from mekantek.study import load_study

    study = load_study(year, weights=weights or "official")
    if kind is MapKind.share:
        return atlas.share_map(study, name, language=language)
    if kind is MapKind.value:
        return atlas.value_map(study, name, language=language)
    if kind is MapKind.clusters:
        from mekantek.stats.local import local_moran

        results = {year: local_moran(study.share(name), study.graph)}
        return atlas.cluster_map(study, results, column=name, language=language)
    from mekantek.datasets.provinces import resolve
    from mekantek.stats.subsets import corridor as ranked

    found = ranked(study.share(name), study.graph, [resolve(m) for m in members])
    told = {**found.to_dict(), "class": name, "year": year}
    return atlas.corridor_map(study, told, language=language)


def _study_results(study: Study, step: Any) -> dict[str, Any]:
    """Compute everything the main job shows, each once."""
    from mekantek import findings as testing
    from mekantek.findings.shares import measure_table
    from mekantek.findings.verdict import hypotheses
    from mekantek.stats.autocorrelation import moran as global_moran
    from mekantek.stats.local import local_moran
    from mekantek.study import CLASS_COLUMNS

    verdicts = []
    for hypothesis in hypotheses():
        step(hypothesis.id)
        verdicts += list(testing.select(study, (hypothesis.id,)))
    lisas, morans = {}, []
    for year in study.years:
        at = study.at(year)
        for name in CLASS_COLUMNS:
            step(f"{name} {year}")
            context = {"class": name, "year": year}
            morans.append((context, global_moran(at.share(name), at.graph)))
            lisas[name, year] = local_moran(at.share(name), at.graph)
    step("concentration")
    return {
        "verdicts": verdicts,
        "lisas": lisas,
        "morans": morans,
        "measures": measure_table(study),
    }


@app.command()
def study(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("maps"),
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """The main job: join, test every finding, write all maps, tables and the report."""
    from mekantek import report
    from mekantek.export import replacing_folder
    from mekantek.study import load_study

    with _progress(20, quiet) as step:
        step("study")
        subject = load_study()
        results = _study_results(subject, step)
        with replacing_folder(out) as folder:
            step("maps")
            content = report.write_study(subject, folder, language=lang.value, **results)
    if as_json:
        _emit_json(content)
        return
    from mekantek.findings.verdict import VERDICTS

    for verdict in results["verdicts"]:
        word = VERDICTS[verdict.verdict][lang.value]
        typer.echo(f"{verdict.hypothesis.title[lang.value]}  {word}")
    typer.echo(str(out / "index.html"))


def main() -> None:
    """Run the command line; what the library refuses becomes one sentence and exit code 3."""
    os.environ.setdefault("PYTHONUTF8", "1")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except MekantekError as error:
        _say(" ".join(str(error).split()))
        sys.exit(3)
    except (OSError, UnicodeError) as error:
        name = Path(str(getattr(error, "filename", "") or "")).name
        reason = getattr(error, "strerror", None) or str(error)
        _say(f"Cannot read or write {name}: {reason}." if name else f"{reason}.")
        sys.exit(3)


if __name__ == "__main__":
    main()
