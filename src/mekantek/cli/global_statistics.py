"""Verbs that compute one number for the whole map: moran."""

from __future__ import annotations

from typing import Annotated

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
from mekantek.cli.subjects import subject_of
from mekantek.text import METHODS, TAILS, Language, Text


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

    subject = subject_of(table, value, identifier, neighbours, boundaries, boundaries_id, weights,
                       technology.value, year)  # fmt: skip
    with progress(1, quiet) as step:
        step("Moran")
        result = statistic(
            subject.values, subject.graph, standardize=standardize.value,
            alternative=alternative.value, method=method.value, permutations=permutations,
            rng=seed, missing=missing.value,
        )  # fmt: skip
    for note in result.notes:
        say(note)
    if as_json:
        emit_json(subject.stamp(result.to_dict()))
        return
    language: Language = lang.value
    if result.statistic is None or result.p_value is None:
        say(undefined(str(result.undefined), language))
    header = Text("I|beklenen|z|p|n|yön|yöntem", "I|expected|z|p|n|tail|method")
    print_table(
        f"Moran I, {subject.title[language]}",
        header[language].split("|"),
        [[
            *("–" if v is None else number(v, language, digits=4)
              for v in (result.statistic, result.expected, result.z_score)),
            p_value(result.p_value, language),
            str(result.n), TAILS[result.alternative][language], METHODS[result.method][language],
        ]],
    )  # fmt: skip
