"""The verb about how much sits in few places: concentration."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.options import (
    ID,
    JSON,
    LANG,
    MISSING,
    QUIET,
    TABLE,
    VALUE,
    Lang,
    Missing,
    TechnologyClass,
)
from mekantek.cli.output import UsageError, emit_json, print_table, progress
from mekantek.text import Language, Text


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
    from mekantek.datasets.technology import CLASS_NAMES
    from mekantek.export import file_sha256, versions
    from mekantek.stats import concentration as measuring
    from mekantek.text import number

    extras: dict[str, Any] = {}
    if table is not None:
        from mekantek.datasets.delimited import read_table
        from mekantek.errors import ValuesError

        if value is None or identifier is None:
            raise UsageError(
                "Name the columns of your table: --value COLUMN --id COLUMN.",
                "Tablonuzun sütunlarını adlandırın: --value SÜTUN --id SÜTUN.",
            )
        values = read_table(table, id_column=identifier, value_columns=[value])[value]
        absent = values.index[values.isna()]
        if len(absent) and missing is Missing.refuse:
            raise ValuesError(
                f"{table.name}: {len(absent)} values of {value} are missing, first at "
                f"{absent[0]}. Fill them from a source, or drop them on purpose (--missing drop).",
                f"{table.name}: {value} sütununda {len(absent)} değer eksik, ilki {absent[0]}. Bir "
                "kaynaktan tamamlayın ya da bilerek çıkarın (--missing drop).",
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
        from mekantek.findings.concentration import measure_table
        from mekantek.study import CLASS_COLUMNS, load_study

        study = load_study(year or 2024)
        years = (year,) if year else study.years
        classes = (technology.value,) if technology else (*CLASS_COLUMNS, "total")
        rows = []
        with progress(len(years) * len(classes), quiet) as step:
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
        emit_json(
            {"schema": "mekantek/concentration/1", "measures": rows, **extras, "data": source,
             "versions": versions()}
        )  # fmt: skip
        return
    language: Language = lang.value
    title = Text("Yoğunlaşma", "Concentration")
    if any(r["interval"] for r in rows):
        title = Text(
            "Yoğunlaşma; aralık: her pay ±0,05 puan (en kötü durum)",
            "Concentration; interval: every share ±0.05 points (worst case)",
        )
    header = Text("sınıf|yıl|ölçü|değer|en az|en çok|n", "class|year|measure|value|low|high|n")
    print_table(
        title[language],
        header[language].split("|"),
        [
            [
                CLASS_NAMES[r["class"]][language] if r["class"] in CLASS_NAMES else r["class"],
                str(r["year"] or "–"), r["name"],
                *("–" if r[k] is None else number(r[k], language, digits=3)
                  for k in ("value", "low", "high")),
                str(r["n"]),
            ]
            for r in rows
        ],
    )  # fmt: skip
