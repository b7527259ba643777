"""The verb about how much sits in few places: concentration."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
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
from mekantek.cli.own_records import Records
from mekantek.cli.subjects import data_of
from mekantek.text import Language, Text


class Regions(StrEnum):
    """Regions that the provinces make up."""

    nuts1 = "nuts1"
    nuts2 = "nuts2"


@app.command()
@spread
def concentration(
    records: Records,
    table: TABLE = None,
    value: VALUE = None,
    identifier: ID = None,
    technology: Annotated[
        TechnologyClass | None, typer.Option("--class", help="One class; all by default.")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="One year, 2019 to 2024; 2019 and 2024 by default.")
    ] = None,
    by: Annotated[
        Regions | None,
        typer.Option("--by", help="Split Theil's T and L between and within regions."),
    ] = None,
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
    if table is not None and records.records:
        raise UsageError(
            "Give a table or --records, not both.",
            "Tablo ya da --records verin, ikisini birden değil.",
        )
    if table is not None:
        from mekantek.datasets.delimited import read_table
        from mekantek.errors import ValuesError

        if by is not None:
            raise UsageError(
                "--by goes with the report's data, whose provinces have regions.",
                "--by raporun verisiyle kullanılır; bölgeler onun illerinindir.",
            )
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
        from mekantek.findings.concentration import known_classes, measure_table, region_table

        study = records.study(year=year, quiet=quiet)
        years = (year,) if year else study.years
        classes = (technology.value,) if technology else known_classes(study)
        rows = []
        with progress(len(years) * len(classes), quiet, lang.value, study) as step:
            for one in years:
                for name in classes:
                    step(f"{name} {one}")
                    rows += measure_table(study, (name,), (one,))
        source = data_of(study, ", ".join(classes), source="shares.csv, totals.csv")
        if by is not None:
            extras["decomposition"] = region_table(study, classes, years, by.value)
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
    if any(r["interval"] for r in rows) and not records.records:
        title = Text(
            "Yoğunlaşma; aralık: her pay ±0,05 puan (en kötü durum)",
            "Concentration; interval: every share ±0.05 points (worst case)",
        )
    header = Text(
        "sınıf|yıl|ölçü|değer|en az|en çok|çözülmemiş|bir il çıkınca|n",
        "class|year|measure|value|low|high|unresolved|without one|n",
    )

    def told(value: float | None) -> str:
        return "–" if value is None else number(value, language, digits=3)

    def ends(interval: dict[str, Any] | None) -> str:
        if interval is None or interval["low"] is None:
            return "–"
        return f"{told(interval['low'])}–{told(interval['high'])}"

    def named(c: str) -> str:
        return CLASS_NAMES[c][language] if c in CLASS_NAMES else c

    print_table(
        title[language],
        header[language].split("|"),
        [
            [
                named(r["class"]), str(r["year"] or "–"), r["name"],
                *(told(r[k]) for k in ("value", "low", "high")),
                *(ends(r.get(k)) for k in ("unresolved", "jackknife")),
                str(r["n"]),
            ]
            for r in rows
        ],
    )  # fmt: skip
    if by is not None:
        header = Text("sınıf|yıl|ölçü|değer|arası|içi", "class|year|measure|value|between|within")
        title = Text("{b} bölgeleri arası ve içi", "Between and within {b} regions")
        print_table(
            title.format(b=f"NUTS {by.value[-1]}")[language],
            header[language].split("|"),
            [
                [named(r["class"]), str(r["year"]), r["name"],
                 *(told(r[k]) for k in ("value", "between", "within"))]
                for r in extras["decomposition"]
            ],
        )  # fmt: skip
