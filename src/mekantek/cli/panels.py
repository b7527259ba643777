"""The verb about several years together: panel."""

from __future__ import annotations

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
from mekantek.cli.options import (
    CLASS,
    JSON,
    LANG,
    QUIET,
    WEIGHTS,
    Lang,
    TechnologyClass,
)
from mekantek.cli.output import emit_json, print_table
from mekantek.cli.own_records import Records
from mekantek.text import Language, Text


@app.command()
@spread
def panel(
    source: Records,
    technology: CLASS = TechnologyClass.high,
    weights: WEIGHTS = None,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Who moved from year to year? Change, transitions, rank mobility, moves of clusters."""
    from mekantek.export import versions
    from mekantek.findings.panel import panel_of
    from mekantek.report.panels import panel_sentence, rank_sentence, region_sentence
    from mekantek.text import percent, points

    study = source.study(weights=weights, quiet=quiet)
    found = panel_of(study, technology.value)
    if as_json:
        data = {
            "source": study.provenance["report"].to_dict(),
            "sha256": dict(study.provenance["sha256"]),
        }
        emit_json({**found.to_dict(), "data": data, "versions": versions()})
        return
    language: Language = lang.value
    for told in (panel_sentence(found), rank_sentence(found), region_sentence(found)):
        typer.echo(told[language])
    title = Text("Beşte birlik dilimler arası geçişler", "Transitions between fifths")
    head = Text("nereden ↓ nereye →", "from ↓ to →")
    chains = {title: found.quintiles,
              Text("Bölgeler arası geçişler", "Transitions between quadrants"): found.moves.quadrants,
              Text("Kümeler arası geçişler", "Transitions between clusters"): found.moves.clusters}  # fmt: skip
    for label, chain in chains.items():
        print_table(
            label[language],
            [head[language], *map(str, chain.states)],
            [
                [str(state), *(str(int(n)) for n in counts)]
                for state, counts in zip(chain.states, chain.counts, strict=True)
            ],
        )
    first, last = found.years[0], found.years[-1]
    rows = found.change.sort_values("rank_change", key=abs, ascending=False, kind="stable").head(10)
    print_table(
        Text("Sırası en çok değişen iller", "Provinces whose rank changed most")[language],
        [*Text("il|değişim (puan)", "province|change (points)")[language].split("|"),
         *(f"{y}" for y in (first, last)),
         *(Text(f"sıra {y}", f"rank {y}")[language] for y in (first, last))],
        [
            [str(found.names[unit]), points(row["change"], language),
             *(percent(row[k], language) for k in ("first", "last")),
             *(f"{row[k]:g}" for k in ("rank_first", "rank_last"))]
            for unit, row in zip(rows.index, rows.to_dict("records"), strict=True)
        ],
    )  # fmt: skip
