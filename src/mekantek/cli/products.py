"""Verbs that give something to keep: findings, data, check, study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.claims import (
    CLASS_OF_CLAIM,
    IDS,
    PROVINCE,
    VERDICT,
    YEAR_OF_CLAIM,
    show_claims,
)
from mekantek.cli.groups import spread
from mekantek.cli.options import (
    COLUMNS,
    DUPLICATES,
    ID,
    JSON,
    LANG,
    PDF,
    QUIET,
    SEED,
    Duplicates,
    Lang,
)
from mekantek.cli.output import UsageError, emit_json, print_table, progress, say
from mekantek.cli.own_records import Territory
from mekantek.errors import MekantekError
from mekantek.text import Language, Note, Text, integer


@app.command()
@spread
def findings(
    source: Territory,
    name: Annotated[
        str | None,
        typer.Argument(help="gradient, corridor, iltek, concentration, …; all if none; claims."),
    ] = None,
    ids: IDS = None,
    province: PROVINCE = None,
    class_: CLASS_OF_CLAIM = None,
    year: YEAR_OF_CLAIM = None,
    verdict_word: VERDICT = None,
    index: Annotated[
        Path | None,
        typer.Option("--index", help="An index of your own (CSV) in the place of İLTEK."),
    ] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", help="Which edition of --index.")
    ] = None,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """The report's spatial findings, each with its verdict; claims: every statement it makes."""
    if name == "claims" and (index is not None or edition is not None):
        raise UsageError(
            "--index and --edition go with iltek.", "--index ve --edition iltek ile kullanılır."
        )
    if name == "claims" and (source.records or source.study_file or source.level):
        raise UsageError(
            "The statements are about the report's own data; --records, --study and --level go with the "
            "findings.",
            "İfadeler raporun kendi verisi üzerinedir; --records, --study ve --level bulgularla kullanılır.",
        )
    if name == "claims":
        show_claims(
            ids=ids, province=province, class_=class_, year=year, verdict=verdict_word,
            as_json=as_json, quiet=quiet, language=lang.value,
        )  # fmt: skip
        return
    if any(given is not None for given in (ids, province, class_, year, verdict_word)):
        raise UsageError(
            "--id, --province, --class, --year and --verdict go with claims.",
            "--id, --province, --class, --year ve --verdict claims ile kullanılır.",
        )
    from mekantek import findings as testing
    from mekantek.datasets.index_files import read_index
    from mekantek.export import versions
    from mekantek.findings.verdict import VERDICTS

    subject = source.study(quiet=quiet)
    groups = testing.groups(subject)
    if name is not None and name not in groups:
        raise UsageError(
            f"No finding {name!r}; there are {', '.join(groups)}, claims.",
            f"{name!r} diye bir bulgu yok; şunlar var: {', '.join(groups)}, claims.",
        )
    chosen = groups[name] if name else tuple(h.id for h in subject.design.hypotheses)
    if (index is not None or edition is not None) and not set(chosen) <= set(
        groups.get("index", ())
    ):
        raise UsageError(
            "--index and --edition go with iltek.", "--index ve --edition iltek ile kullanılır."
        )
    if edition is not None and index is None:
        raise UsageError(
            "--edition chooses from a file; name it with --index.",
            "--edition bir dosyanın içinden seçer; dosyayı --index ile verin.",
        )
    own = None if index is None else read_index(index, edition=edition)
    with progress(len(chosen), quiet, lang.value, subject) as step:
        found = list(testing.select(subject, chosen, index=own, step=step))
    if as_json:
        emit_json(
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
        line = hypothesis.report_line
        told = (
            Text(f"raporun satırı {line}: ", f"line of the report {line}: ")[language]
            if line
            else ""
        )
        typer.echo(f"{hypothesis.title[language]}")
        others = ""
        if verdict.outvoted is not None:
            others = (
                Text("; en sık: ", "; most often: ")[language]
                + VERDICTS[verdict.outvoted][language]
            )
        agreeing, choices = (integer(k, language) for k in (verdict.agreeing, len(verdict.curve)))
        typer.echo(f"  {VERDICTS[verdict.verdict][language]} ({sturdy[language]}: "
                   f"{agreeing}/{choices}{others})")  # fmt: skip
        typer.echo(f"  {verdict.reason[language]}")
        typer.echo(f"  {told}«{hypothesis.claim[language]}»\n")


@app.command()
def data(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write the tidy tables to.")
    ] = None,
    made_up: Annotated[
        bool,
        typer.Option(
            "--made-up", help="Instead, write made-up trade records there, to try shares."
        ),
    ] = False,
    seed: SEED = 0,
    as_json: JSON = False,
    lang: LANG = Lang.tr,
) -> None:
    """The shipped tables: sources, basis, status counts; --out writes the tidy ones."""
    from mekantek.datasets import tables

    if made_up:
        if out is None:
            raise UsageError(
                "--made-up writes a file of made-up records; name the folder with --out.",
                "--made-up uydurma kayıtlardan bir dosya yazar; klasörü --out ile verin.",
            )
        from mekantek.datasets.records.made_up import write_made_up

        typer.echo(str(write_made_up(out, seed=seed)))
        return

    if out is not None:
        for path in tables.write_tidy(out):
            typer.echo(str(path))
        return
    listed = tables.list_tables()
    if as_json:
        import json

        emit_json({"schema": "mekantek/data/1",
                    "tables": json.loads(listed.to_json(orient="records"))})  # fmt: skip
        return
    header = Text(
        "tablo|satır|basılmış|düzeltilmiş|çözülmemiş|kaynak",
        "table|rows|printed|corrected|unresolved|source",
    )
    counts = ("rows", "printed", "corrected", "unresolved")
    print_table(
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


def _neighbour_list(file: Path, identifier: str | None) -> Any:
    """Read a file as neighbours if it is one: by its ending, or a CSV of pairs of the same ids."""
    from mekantek import weights

    ending = file.suffix.lower()
    if ending in (".gal", ".gwt", ".swm"):
        return weights.read_neighbours(file)
    if identifier is not None or ending not in (".csv", ".txt", ".tsv"):
        return None
    try:
        graph = weights.read_neighbours(file)
    except MekantekError:
        return None
    pointed = set(graph.sparse.indices.tolist())
    sources = set(graph.sparse.nonzero()[0].tolist())
    # In a table the second column holds values, which are seldom ids of the first.
    alike = len(pointed & sources) >= max(2, 0.5 * min(len(pointed), len(sources)))
    return graph if alike else None


def _told_of_neighbours(graph: Any, file: Path) -> dict[str, Any]:
    facts = [
        Text(
            f"komşu listesi: {graph.n} birim, {graph.links} yönlü bağ, {graph.components} parça",
            f"a list of neighbours: {graph.n} units, {graph.links} directed links, "
            f"{graph.components} {'component' if graph.components == 1 else 'components'}",
        )
    ]
    alone = ", ".join(str(i) for i in graph.isolates)
    if alone:
        facts.append(Text(f"komşusu olmayan: {alone}", f"without neighbours: {alone}"))
    if not graph.symmetric:
        facts.append(
            Text("bazı bağlar tek yönlü; olduğu gibi kullanılır",
                 "some links go one way only; used as given")
        )  # fmt: skip
    return {
        "schema": "mekantek/check/1",
        "kind": "neighbours",
        "file": file.name,
        "facts": [fact.to_dict() for fact in facts],
        "faults": [],
    }


def _columns(given: str | None) -> dict[str, str] | None:
    if given is None:
        return None
    from mekantek.datasets.records.columns import columns_option

    return columns_option(given)


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A table, trade records, boundaries or a neighbour file.")
    ],
    identifier: ID = None,
    columns: COLUMNS = None,
    duplicates: DUPLICATES = Duplicates.refuse,
    mend: Annotated[
        Path | None,
        typer.Option("--mend", help="Write the layer with its gaps, overlaps and noise mended."),
    ] = None,
    as_json: JSON = False,
    lang: LANG = Lang.tr,
) -> None:
    """What is wrong with a file, before anything runs; exit 1 if something is."""
    from mekantek.datasets.check import check_file

    graph = _neighbour_list(file, identifier)
    if graph is None:
        content = {
            "schema": "mekantek/check/1",
            **check_file(
                file, id_column=identifier, columns=_columns(columns), duplicates=duplicates.value
            ).to_dict(),
        }
    else:
        content = _told_of_neighbours(graph, file)
    changes: list[dict[str, str]] = []
    if mend is not None:
        from mekantek.datasets import boundaries

        if content["kind"] != "boundaries":
            raise UsageError(
                "--mend is for boundaries; correct a table at its source.",
                "--mend sınırlar içindir; tabloyu kaynağında düzeltin.",
            )
        # Not read_boundaries, which refuses the invalid polygons that are to be mended.
        layer = boundaries.with_ids(boundaries.open_layer(file), identifier, file.name)
        mended, told = boundaries.mend_layer(layer.drop(columns=layer.index.name))
        boundaries.write_boundaries(mended, mend)
        changes = [change.to_dict() for change in told]
        content["changes"] = changes
    if as_json:
        emit_json(content)
    else:
        for fact in content["facts"]:
            typer.echo(f"  {fact[lang.value]}")
        for fault in content["faults"]:
            typer.echo(f"! {fault[lang.value]}")
        for change in changes:
            typer.echo(f"~ {change[lang.value]}")
        if not content["faults"]:
            typer.echo(Text("Kusur bulunmadı.", "No fault found.")[lang.value])
    if content["faults"]:
        raise typer.Exit(1)


@app.command()
@spread
def study(
    source: Territory,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A study file of your own, see init; the report's without one.",
            metavar="[STUDY.toml]",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("maps"),
    pdf: PDF = False,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """The main job: join, test every finding, write all maps, tables and the report."""
    from mekantek import report
    from mekantek.export import replacing_folder
    from mekantek.report.pdf import check_pdf

    if pdf:
        check_pdf()
    if file is not None:
        if source.study_file is not None:
            raise UsageError(
                "Name the study file once, with --study or without.",
                "Çalışma dosyasını bir kez adlandırın: --study ile ya da onsuz.",
            )
        source.study_file = file
    subject = source.study(quiet=quiet)
    for note in subject.graph.notes:
        say(Note(note).told(lang.value))
    with progress(report.count_steps(subject, pdf=pdf), quiet, lang.value, subject) as step:
        results = report.study_results(subject, step=step)
        with replacing_folder(out) as folder:
            content = report.write_study(
                subject, folder, results, language=lang.value, pdf=pdf, step=step
            )
    if as_json:
        emit_json(content)
        return
    from mekantek.findings.verdict import VERDICTS

    for verdict in results.verdicts:
        word = VERDICTS[verdict.verdict][lang.value]
        typer.echo(f"{verdict.hypothesis.title[lang.value]}  {word}")
    typer.echo(str(out / "index.html"))
