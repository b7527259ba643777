"""Verbs that look before testing: scatterplot of one variable, screen of many."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.global_statistics import tell_global
from mekantek.cli.groups import Screen, spread
from mekantek.cli.options import (
    ALTERNATIVE,
    CORRECTION,
    MISSING,
    PERMUTATIONS,
    SEED,
    SLOPE_METHOD,
    STANDARDIZE,
    Alternative,
    Correction,
    Missing,
    Screened,
    SlopeMethod,
    Standardize,
)
from mekantek.cli.output import UsageError, emit_json, print_table, progress, say, undefined
from mekantek.cli.variables import Column, Columns
from mekantek.text import CORRECTIONS, METHODS, TAILS, Note, Text

_STATISTICS = {"moran": Text("Moran I", "Moran I"), "geary": Text("Geary C", "Geary C")}


@app.command()
@spread
def scatterplot(
    source: Column,
    screen: Screen,
    regimes: Annotated[
        str | None,
        typer.Option("--regimes", help="Column of your table with a label: a slope for each."),
    ] = None,
    standardize: STANDARDIZE = Standardize.row,
    method: SLOPE_METHOD = SlopeMethod.permutation,
    permutations: PERMUTATIONS = 9999,
    seed: SEED = 0,
    missing: MISSING = Missing.refuse,
) -> None:
    """How does a place's value go with its neighbours'? Moran scatterplot; slopes by regime."""
    from mekantek.stats.overall.scatterplot import moran_scatterplot, regime_slopes
    from mekantek.text import number

    language = screen.language
    labels = None
    if regimes is not None:
        from mekantek.datasets.delimited import read_labels

        table, identifier = source.own("--regimes")
        labels = read_labels(table, id_column=identifier, column=regimes)
    subject = source.subject()
    points = moran_scatterplot(
        subject.values, subject.graph, standardize=standardize.value, missing=missing.value
    )
    told = [
        {"id": str(unit), "name": subject.names[unit], **row}
        for unit, row in zip(points.index, points.to_dict("records"), strict=True)
    ]
    if labels is not None:
        with progress(1, screen.quiet) as step:
            step(Text("bölgelerin eğimleri", "slopes of regimes")[language])
            result = regime_slopes(
                subject.values, subject.graph, labels, standardize=standardize.value,
                method=method.value, permutations=permutations, rng=seed, missing=missing.value,
            )  # fmt: skip
        subject.rename(
            Text("{x}; {y}", "{x}; {y}").format(x=subject.title, y=regimes),
            f"{subject.data['value']} by {regimes}",
        )
        tell_global(result, subject, screen, details={"points": told})
        if not screen.as_json and "slopes" in result.details:
            print_table(
                Text("Bölgelerin eğimleri", "Slopes of the regimes")[language],
                Text("bölge|eğim|n", "regime|slope|n")[language].split("|"),
                [
                    [name, "–" if one["slope"] is None else number(one["slope"], language, digits=4),
                     str(one["n"])]
                    for name, one in result.details["slopes"].items()
                ],
            )  # fmt: skip
        return
    for note in points.attrs["notes"]:
        say(Note(note).told(language))
    squares = float((points["value"] ** 2).sum())
    slope = float((points["value"] * points["lag"]).sum()) / squares if squares else None
    if screen.as_json:
        emit_json(
            subject.stamp(
                {
                    "schema": "mekantek/scatterplot/1",
                    "slope": slope,
                    "points": told,
                    "undefined": points.attrs["undefined"],
                    "notes": points.attrs["notes"],
                }
            )
        )
        return
    if points.attrs["undefined"]:
        say(undefined(points.attrs["undefined"], language))
    words = Text(
        "Moran serpilme grafiği, {x}; eğim {b} (değerler standart sapma)",
        "Moran scatterplot, {x}; slope {b} (values in standard deviations)",
    ).format(x=subject.title, b="–" if slope is None else number(slope, language, digits=4))
    header = Text("birim|değer|komşularda", "unit|value|among neighbours")
    rows = [
        [str(one["name"]), *(number(one[k], language, digits=3) for k in ("value", "lag"))]
        for one in told
    ]
    print_table(words[language], header[language].split("|"), rows)


@app.command(name="screen")
@spread
def screen_variables(
    source: Columns,
    screen: Screen,
    statistic: Annotated[
        Screened, typer.Option("--statistic", help="Moran's I or Geary's C.")
    ] = Screened.moran,
    standardize: STANDARDIZE = Standardize.row,
    alternative: ALTERNATIVE = Alternative.two_sided,
    correction: CORRECTION = Correction.bh,
    missing: MISSING = Missing.refuse,
) -> None:
    """Which of many variables are worth a test? Approximate p-values from four exact moments."""
    import pandas as pd

    from mekantek.stats.overall.screening import screen as screened
    from mekantek.text import number, p_value

    if correction is Correction.max:
        raise UsageError(
            "--fdr max permutes one map; a screen takes bh, by, holm, bonferroni or none.",
            "--fdr max tek haritayı permüte eder; tarama bh, by, holm, bonferroni ya da none alır.",
        )
    options: dict[str, Any] = {
        "statistic": statistic.value, "standardize": standardize.value,
        "alternative": alternative.value, "correction": correction.value, "missing": missing.value,
    }  # fmt: skip
    subjects = source.subjects()
    subject, language = subjects[0], screen.language
    titles = {str(one.data["value"]): one.title for one in subjects}
    frame = pd.DataFrame({str(one.data["value"]): one.values for one in subjects})  # noqa: PD011
    with progress(1, screen.quiet) as step:
        step(_STATISTICS[statistic.value][language])
        result = screened(frame, subject.graph, **options)
    for note in result.notes:
        say(Note(note).told(language))
    subject.rename(subject.title, ", ".join(titles))
    if screen.as_json:
        emit_json(subject.stamp(result.to_dict()))
        return
    for name, why in result.frame["undefined"].dropna().items():
        say(f"{titles[str(name)][language]}: {undefined(str(why), language)}")
    header = Text(
        "değişken|istatistik|beklenen|z|çarpıklık|p|düzeltilmiş",
        "variable|statistic|expected|z|skewness|p|adjusted",
    )
    print_table(
        f"{_STATISTICS[result.name][language]}, {METHODS[result.method][language]} "
        f"({TAILS[result.alternative][language]}; {CORRECTIONS[result.correction][language]})",
        header[language].split("|"),
        [
            [
                titles[str(name)][language],
                *(number(row[k], language, digits=4)
                  for k in ("statistic", "expected", "z_score", "skewness")),
                p_value(row["p_value"], language), p_value(row["p_adjusted"], language),
            ]
            for name, row in result.frame.iterrows()
        ],
    )  # fmt: skip
