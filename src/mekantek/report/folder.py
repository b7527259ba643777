"""The folder that the main job writes: pages, maps, tables and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets import files
from mekantek.datasets.agencies import load_agencies
from mekantek.findings.statements import claims
from mekantek.findings.verdict import Verdict
from mekantek.maps.atlas import atlas_page, write_maps
from mekantek.report.briefs import Brief, Setting, brief_page, page_name
from mekantek.report.catalogue import NETWORKS, study_sheets
from mekantek.report.claims import claims_page, claims_table
from mekantek.report.content import study_content
from mekantek.report.index import index_page
from mekantek.report.linked import explorer
from mekantek.report.pdf import check_pdf, page_pdf
from mekantek.report.results import StudyResults
from mekantek.report.verdicts import finding_page
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.study import Study

__all__ = ["count_steps", "sheets_of", "write_study"]


def count_steps(*, pdf: bool = False) -> int:
    """Count how often `study_results` and `write_study` call *step*, for a bar that ends full."""
    from mekantek.findings.verdict import hypotheses
    from mekantek.maps.explorer.tables import CLASSES
    from mekantek.study import CLASS_COLUMNS, YEARS

    classes, found = len(CLASS_COLUMNS), hypotheses()
    corridors = sum(h.test == "corridor" for h in found)
    # Largest class, index and neighbours are one map each.
    maps = 6 * classes + len(CLASSES) + corridors + 3
    return len(found) + classes * len(YEARS) + 2 + maps + 7 + pdf


def sheets_of(study: Study, results: StudyResults) -> list[MapSheet]:
    """Give every map of the 81 provinces."""
    from mekantek.study import neighbours_of

    networks = {study.graph.spec: study.graph}
    networks |= {spec: neighbours_of(spec) for spec in NETWORKS if spec not in networks}
    return study_sheets(
        study, results.lisas, results.hotspots, results.verdicts, stable=results.stability,
        networks=networks,
    )  # fmt: skip


def write_study(
    study: Study,
    folder: Path,
    results: StudyResults,
    *,
    language: Language = "tr",
    pdf: bool = False,
    step: Callable[[str], Any] = lambda _: None,
) -> dict[str, Any]:
    """
    Write the report, all maps, ``results.json``, CSV tables and one GeoPackage.

    Parameters
    ----------
    study : Study
    folder : Path
        Must exist.
    results : StudyResults
        What the study found.
    language : {"tr", "en"}
        Shown first on every page.
    pdf : bool
        Whether to write the report as a tagged PDF in that language too.
    step : callable
        Told the name of each product.

    Returns
    -------
    dict
        What ``results.json`` holds.

    Raises
    ------
    MissingDependencyError
        If a PDF is asked for and WeasyPrint or Pango is absent.
    """
    from mekantek import export

    if pdf:
        check_pdf()
    sheets = sheets_of(study, results)
    write_maps(sheets, study, folder, language=language, index="index.html", step=step)
    step("claims.html")
    statements = claims(study, verdicts=results.verdicts)
    content = study_content(study, results, statements)
    export.write_text(folder / "claims.html", claims_page(statements, language))
    export.write_csv(claims_table(statements), folder / "claims.csv")
    export.write_text(folder / "results.json", export.to_json(content) + "\n")
    step("atlas.html")
    atlas = atlas_page(sheets, study, language=language, index="index.html", pages=True)
    export.write_text(folder / "atlas.html", atlas)
    step("explorer.html")
    linked = explorer(
        study, results.verdicts, stable=results.stability, language=language, index="index.html"
    )
    linked.save(folder / "explorer.html")
    step("index.html")
    page = index_page(study, results, sheets, content["run_family"], language)
    export.write_text(folder / "index.html", page)
    for v in results.verdicts:
        name = f"finding-{v.hypothesis.id}.html"
        export.write_text(folder / name, finding_page(v, study.names, language))
    if pdf:
        step("report.pdf")
        files.write_whole(folder / "report.pdf", page_pdf(page, language))
    step("briefs")
    setting = Setting(study=study, results=results, statements=statements)
    for agency in load_agencies():
        brief = Brief(setting=setting, agency=agency)
        export.write_text(folder / page_name(agency), brief_page(brief, language, linked=True))
    step("tables")
    _write_tables(study, folder, results)
    step("GeoPackage")
    export.write_geopackage(study, results.lisas, folder / "mekantek.gpkg")
    return content


def _write_tables(study: Study, folder: Path, results: StudyResults) -> None:
    from mekantek import export
    from mekantek.datasets import tables

    tables.write_tidy(folder)
    for name, table in _tables(study, results):
        export.write_csv(table, folder / f"{name}.csv")


def _tables(study: Study, results: StudyResults) -> Iterator[tuple[str, pd.DataFrame]]:
    from mekantek import export

    yield "findings", _findings_table(results.verdicts)
    for v in results.verdicts:
        if len(v.curve):
            yield f"specifications-{v.hypothesis.id}", v.curve.to_frame()
    yield "global_moran", export.global_table(results.morans)
    for name, found in (("local_moran", results.lisas), ("hotspots", results.hotspots)):
        rows = [({"class": c, "year": y}, result) for (c, y), result in found.items()]
        yield name, export.local_table(rows, study.names)
    yield "concentration", pd.DataFrame([_flat(m) for m in results.measures])


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
