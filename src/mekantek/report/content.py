"""What the study found, and the files it is written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.findings.statements import claims
from mekantek.findings.verdict import Verdict
from mekantek.maps.atlas import write_atlas
from mekantek.report.claims import claims_page, claims_table
from mekantek.report.index import index_page
from mekantek.report.linked import explorer
from mekantek.report.verdicts import finding_page
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult, LocalResult
    from mekantek.study import Study

__all__ = ["count_steps", "study_content", "study_results", "write_study"]


def count_steps() -> int:
    """Count how often `study_results` and `write_study` call *step*, for a bar that ends full."""
    from mekantek.findings.verdict import hypotheses
    from mekantek.study import CLASS_COLUMNS, YEARS

    classes, found = len(CLASS_COLUMNS), hypotheses()
    corridors = sum(h.test == "corridor" for h in found)
    maps = 3 * classes + corridors
    return len(found) + classes * len(YEARS) + 1 + maps + 5


def study_results(study: Study, *, step: Any = lambda _: None) -> dict[str, Any]:
    """
    Compute what the main job shows: verdicts, global and local Moran, concentration.

    Parameters
    ----------
    study : Study
    step : callable
        Told the name of each part.

    Returns
    -------
    dict
        ``verdicts``, ``lisas``, ``morans``, ``measures``, as `write_study` takes them.
    """
    from mekantek import findings as testing
    from mekantek.findings.concentration import measure_table
    from mekantek.stats.local.moran import local_moran
    from mekantek.stats.overall.autocorrelation import moran as global_moran
    from mekantek.study import CLASS_COLUMNS

    verdicts = testing.every(study, step=step)
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


def study_content(
    study: Study,
    verdicts: Sequence[Verdict],
    lisas: Mapping[tuple[str, int], LocalResult],
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    measures: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """
    Give everything the study found, as ``results.json`` holds it.

    Returns
    -------
    dict
        ``findings``, ``global``, ``local``, ``concentration`` in the forms of the JSON contract,
        with data provenance and versions. No time stamp: the same input gives the same bytes.
    """
    from mekantek.export import versions

    names = study.names.to_dict()
    return {
        "schema": "mekantek/study/1",
        "findings": [v.to_dict() for v in verdicts],
        "global": [{**context, **result.to_dict()} for context, result in morans],
        "local": [
            {"class": name, "year": year, **lisa.to_dict(names)}
            for (name, year), lisa in lisas.items()
        ],
        "run_family": _run_family(study, lisas),
        "concentration": {"schema": "mekantek/concentration/1", "measures": list(measures)},
        "data": {
            "source": study.provenance["report"].to_dict(),
            "basis": study.provenance["basis"].to_dict(),
            "boundaries": study.provenance["boundaries"].to_dict(),
            "sha256": dict(study.provenance["sha256"]),
        },
        "versions": versions(),
    }


def _run_family(study: Study, lisas: Mapping[tuple[str, int], LocalResult]) -> dict[str, Any]:
    """Correct all maps of the run as one family: a reader who looks at eight maps tests them all."""
    from mekantek.stats.local.batch import together

    maps = together({f"{name} {year}": lisa for (name, year), lisa in lisas.items()})
    names = study.names.to_dict()
    survivors = zip(maps.survivors.index.tolist(), maps.survivors.tolist(), strict=True)
    return {
        "maps": len(lisas),
        **{k: v for k, v in maps.family.to_dict().items() if k != "survivors"},
        "survivors": [
            {
                "class": title.split()[0], "year": int(title.split()[1]), "id": str(unit),
                "name": names[unit], "p_adjusted": float(p),
            }
            for (title, unit), p in survivors
        ],
    }  # fmt: skip


def write_study(
    study: Study,
    folder: Path,
    *,
    verdicts: Sequence[Verdict],
    lisas: Mapping[tuple[str, int], LocalResult],
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    measures: Sequence[Mapping[str, Any]],
    language: Language = "tr",
    step: Any = lambda _: None,
) -> dict[str, Any]:
    """
    Write the report, all maps, ``results.json``, CSV tables and one GeoPackage.

    Parameters
    ----------
    study : Study
    folder : Path
        Must exist.
    verdicts, lisas, morans, measures
        What the study found.
    language : {"tr", "en"}
        Shown first on every page.
    step : callable
        Told the name of each product.

    Returns
    -------
    dict
        What ``results.json`` holds.
    """
    from mekantek import export
    from mekantek.datasets import tables

    content = study_content(study, verdicts, lisas, morans, measures)
    corridors = [v.main for v in verdicts if v.hypothesis.test == "corridor"]
    write_atlas(study, lisas, corridors, folder, language=language, step=step)
    step("explorer.html")
    explorer(study, verdicts, language=language, index="index.html").save(folder / "explorer.html")
    step("index.html")
    page = index_page(study, verdicts, lisas, morans, measures, content["run_family"], language)
    export.write_text(folder / "index.html", page)
    for v in verdicts:
        name = f"finding-{v.hypothesis.id}.html"
        export.write_text(folder / name, finding_page(v, study.names, language))
    step("claims.html")
    statements = claims(study, verdicts=verdicts)
    content["claims"] = [r.to_dict() for r in statements]
    export.write_text(folder / "claims.html", claims_page(statements, language))
    export.write_csv(claims_table(statements), folder / "claims.csv")
    export.write_text(folder / "results.json", export.to_json(content) + "\n")
    step("tables")
    tables.write_tidy(folder)
    export.write_csv(_findings_table(verdicts), folder / "findings.csv")
    for v in verdicts:
        if len(v.curve):
            export.write_csv(v.curve.to_frame(), folder / f"specifications-{v.hypothesis.id}.csv")
    export.write_csv(export.global_table(morans), folder / "global_moran.csv")
    rows = [({"class": c, "year": y}, lisa) for (c, y), lisa in lisas.items()]
    export.write_csv(export.local_table(rows, study.names), folder / "local_moran.csv")
    export.write_csv(pd.DataFrame([_flat(m) for m in measures]), folder / "concentration.csv")
    step("GeoPackage")
    export.write_geopackage(study, lisas, folder / "mekantek.gpkg")
    return content


def _findings_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "id": v.hypothesis.id,
                "report_line": v.hypothesis.report_line,
                "claim_tr": v.hypothesis.claim.tr,
                "claim_en": v.hypothesis.claim.en,
                "verdict": v.verdict,
                "robust": v.robust,
                "agreeing": v.agreeing,
                "specifications": len(v.curve.specifications),
                "minimum_detectable_effect": v.minimum_detectable_effect,
                "reason_tr": v.reason.tr,
                "reason_en": v.reason.en,
            }
            for v in verdicts
        ]
    )


def _flat(measure: Mapping[str, Any]) -> dict[str, Any]:
    """Give a measure's intervals as columns."""
    flat = {key: value for key, value in measure.items() if not isinstance(value, Mapping)}
    for name in ("unresolved", "jackknife"):
        flat |= {f"{name}_{end}": measure[name][end] for end in ("low", "high")}
    return flat
