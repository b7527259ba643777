"""The verb about sets of places: corridor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
from mekantek.cli.options import (
    CLASS,
    JSON,
    LANG,
    MISSING,
    PERMUTATIONS,
    QUIET,
    SEED,
    VALUE,
    YEAR,
    Lang,
    Missing,
    SetStatistic,
    TechnologyClass,
)
from mekantek.cli.output import UsageError, emit_json, print_table, progress, say, undefined
from mekantek.cli.own_records import Records
from mekantek.cli.own_table import Regions
from mekantek.cli.subjects import Subject, of_report, of_study
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.stats.subsets import Corridor
    from mekantek.study import Study

_SETS = {
    "minimum": Text("En küçük üye", "Smallest member"),
    "mean": Text("Üyelerin ortalaması", "Mean of the members"),
    "weighted": Text("Ağırlıklı ortalama", "Weighted mean"),
    "joint": Text("z çarpımı", "Product of z"),
}


@app.command()
@spread
def corridor(
    source: Records,
    regions: Regions,
    members: Annotated[
        list[str] | None,
        typer.Argument(help="Provinces of the set: names or plates; ids of your own table."),
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your own table (CSV); else the report's data.")
    ] = None,
    value: VALUE = None,
    technology: CLASS = TechnologyClass.high,
    year: YEAR = None,
    statistic: Annotated[
        SetStatistic, typer.Option("--statistic", help="minimum: every member must carry it.")
    ] = SetStatistic.minimum,
    path: Annotated[
        tuple[str, str] | None,
        typer.Option("--path", help="Take the provinces on the shortest path between two."),
    ] = None,
    find: Annotated[bool, typer.Option("--find", help="Search the best connected set.")] = False,
    size: Annotated[int, typer.Option("--size", min=2, max=8, help="Size to search.")] = 2,
    permutations: PERMUTATIONS = 999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Is a set of neighbouring places a corridor? Its rank among all connected sets."""
    from mekantek.stats import subsets

    if find + bool(members) + (path is not None) != 1:
        raise UsageError(
            "Name the members of the corridor, or take a --path, or search with --find --size.",
            "Koridorun üyelerini adlandırın, --path ile bir yol alın ya da --find --size ile arayın.",
        )
    study, subject = _asked(source, regions, technology.value, year, table, value, quiet=quiet)
    options: dict[str, Any] = {
        "statistic": statistic.value,
        "weights": None if study is None else study.frame["value"],
        "missing": missing.value,
    }  # fmt: skip
    if table is not None and statistic is SetStatistic.weighted:
        raise UsageError(
            "--statistic weighted needs totals: the report's data only.",
            "--statistic weighted toplamları ister: yalnız raporun verisiyle.",
        )
    ids, ends = _ids(path or members or (), table is None), None
    with progress(permutations if find else 3, quiet, lang.value) as step:
        step("corridor")
        if path is not None:
            way = subsets.shortest_path(subject.values, subject.graph, *ids, missing=missing.value)
            ends = {"from": str(ids[0]), "to": str(ids[1]), "shortest_paths": way.ways}
            ids = way.members
        if find:
            result = subsets.search_corridor(
                subject.values, subject.graph, size, permutations=permutations, rng=seed,
                step=lambda: step("corridor"), **options,
            )  # fmt: skip
            known = {str(unit): unit for unit in subject.values.index}
            ids = [known[m] for m in result.members]
        else:
            result = subsets.corridor(subject.values, subject.graph, ids, rng=seed, **options)
        step("leave one out")
        left = subsets.leave_one_out(subject.values, subject.graph, ids, rng=seed, **options)
        step("years")
        years = {} if study is None else _years(study, subject, ids, options, seed)
    if not as_json:
        if ends and ends["shortest_paths"] != 1:
            several = Text("{n} en kısa yoldan biri", "one of {n} shortest paths")
            say(several[lang.value].format(n=ends["shortest_paths"]))
        _print(subject, result, left, years, lang.value)
        return
    told = result.to_dict()
    head = {k: told.pop(k) for k in ("schema", "members")}
    context: dict[str, Any] = {"class": technology.value, "year": subject.year}
    if table is not None:
        context = {"class": subject.data["value"], "year": None}
    emit_json(
        subject.stamp(
            {
                **head,
                **context,
                **told,
                "path": ends,
                "leave_one_out": [{"left_out": u, **_short(r)} for u, r in left.items()],
                "years": [{"year": y, **_short(r)} for y, r in years.items()],
            }
        )
    )


def _ids(named: tuple[str, ...] | list[str], report: bool) -> list[Any]:
    """Read provinces by name or plate; a user's ids stand as they are."""
    if not report:
        return list(named)
    from mekantek.datasets.provinces import resolve

    return [resolve(name) for name in named]


def _asked(
    source: Records,
    regions: Regions,
    name: str,
    year: int | None,
    table: Path | None,
    value: str | None,
    *,
    quiet: bool,
) -> tuple[Study | None, Subject]:
    """Give the study, of the report or of records, and the shares that are ranked."""
    if table is not None and source.records:
        raise UsageError(
            "Give a table or --records, not both.",
            "Tablo ya da --records verin, ikisini birden değil.",
        )
    if table is not None:
        return None, regions.columns_of(table, [] if value is None else [value])[0]
    regions.check_no_table(value)
    study = source.study(year=year, weights=regions.weights, quiet=quiet)
    if source.records:
        return study, of_study(study, name)
    return study, of_report(name, year or 2024, regions.weights)


def _years(
    study: Study, subject: Subject, ids: list[Any], options: dict[str, Any], seed: int
) -> dict[int, Corridor]:
    """Rank the same set in every year that has a share of each member."""
    from mekantek.stats.subsets import corridor as ranked

    found = {}
    for year in sorted(study.panel):
        at = study.at(year)
        share = at.share(str(subject.name))
        if share[ids].notna().all():
            moved = {**options, "weights": at.frame["value"], "missing": "drop"}
            found[year] = ranked(share, subject.graph, ids, rng=seed, **moved)
    return found


def _short(result: Corridor) -> dict[str, Any]:
    told = result.to_dict()
    return {k: v for k, v in told.items() if k not in ("schema", "statistic", "among", "search")}


def _print(
    subject: Subject,
    result: Corridor,
    left: dict[str, Corridor],
    years: dict[int, Corridor],
    language: Language,
) -> None:
    from mekantek.text import integer, number

    labels = {str(unit): str(name) for unit, name in subject.names.items()}
    if result.undefined:
        say(undefined(result.undefined, language))
    if result.sampling:
        low, high = (number(p, language, digits=4) for p in result.sampling["p_interval"])
        told = Text(
            "{sets} bitişik grup sayılamayacak kadar çok: p, {drawn} çekilişten (etkin {effective}); "
            "%95 aralığı {low} … {high}",
            "about {sets} connected sets are too many to list: p from {drawn} draws (worth "
            "{effective}); 95 % interval {low} … {high}",
        )[language]
        counts = {k: integer(result.sampling[k], language) for k in ("sets", "drawn", "effective")}
        say(told.format(**counts, low=low, high=high))
    yes, no = Text("evet", "yes")[language], Text("hayır", "no")[language]

    def row(label: str, found: Corridor) -> list[str]:
        p = found.search["p_value"] if found.search else found.p_value
        return [
            label,
            "–" if found.value is None else number(found.value, language, digits=3),
            str(found.rank or "–"), str(found.of or "–"),
            "–" if p is None else _p(p, language),
            yes if found.connected else no,
        ]  # fmt: skip

    members = " – ".join(labels[m] for m in result.members)
    if result.search:
        corrected = Text("p aramaya göre düzeltilmiş", "p corrected for the search")[language]
        members += f" ({corrected})"
    rows = [row(members, result)]
    without = Text("{name} olmadan", "without {name}")[language]
    rows += [row(without.format(name=labels[unit]), found) for unit, found in left.items()]
    rows += [row(str(year), found) for year, found in years.items()]
    header = Text("grup|değer|sıra|kaçta|p|bitişik", "set|value|rank|of|p|connected")
    print_table(
        f"{_SETS[result.statistic][language]}, {subject.title[language]}",
        header[language].split("|"),
        rows,
    )


def _p(p: float, language: Language) -> str:
    from mekantek.text import number

    least = 0.0001
    return f"< {number(least, language, digits=4)}" if p < least else number(p, language, digits=4)
