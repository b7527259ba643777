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
from mekantek.maps.sheets.facts import shown_names
from mekantek.report.briefs import Brief, Setting, brief_page, page_name
from mekantek.report.catalogue import listing, sheets_of
from mekantek.report.claims import claims_page, claims_table
from mekantek.report.content import study_content
from mekantek.report.figures import planned, write_figures
from mekantek.report.index import index_page
from mekantek.report.linked import explorer
from mekantek.report.panels import panel_page, panels_of
from mekantek.report.pdf import check_pdf, page_pdf
from mekantek.report.results import StudyResults
from mekantek.report.verdicts import finding_page
from mekantek.study import tidy_tables
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.maps.figures import Format
    from mekantek.study import Study

__all__ = ["FIGURE_FORMATS", "count_steps", "write_study"]

FIGURE_FORMATS: tuple[Format, ...] = ("png", "pdf")
"""What the main job draws: for slides and for print. `mekantek figures` gives SVG too."""


def count_steps(study: Study, *, pdf: bool = False) -> int:
    """Count how often `study_results` and `write_study` call *step*, for a bar that ends full."""
    tests = len(study.design.hypotheses) + len(study.classes) * len(study.years) + 2
    return tests + len(listing(study)) + 8 + len(planned(study)) + pdf


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
    Write the report, all maps, figures for print, ``results.json``, tables and one GeoPackage.

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
    # The statements are about the report's data; of anyone else's they say nothing.
    statements = None
    if study.shipped:
        statements = claims(study, verdicts=results.verdicts)
    panels = panels_of(study, results)
    content = study_content(study, results, statements, panels=panels)
    written = []
    if statements is not None:
        export.write_text(folder / "claims.html", claims_page(statements, language))
        written.append(export.write_csv(claims_table(statements), folder / "claims.csv"))
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
    page = index_page(study, results, sheets, content["run_family"], language, panels=panels)
    export.write_text(folder / "index.html", page)
    for v in results.verdicts:
        name = f"finding-{v.hypothesis.id}.html"
        export.write_text(folder / name, finding_page(v, shown_names(study), language))
    (folder / "figures").mkdir(exist_ok=True)
    write_figures(
        study, folder / "figures", results=results, sheets=sheets, formats=FIGURE_FORMATS,
        language=language, step=step,
    )  # fmt: skip
    if pdf:
        step("report.pdf")
        files.write_whole(folder / "report.pdf", page_pdf(page, language))
    step("panel.html")
    if panels:
        export.write_text(folder / "panel.html", panel_page(panels, language))
    step("briefs")
    if "briefs" in study.design.extras:
        setting = Setting(study=study, results=results, statements=statements)
        for agency in load_agencies():
            brief = Brief(setting=setting, agency=agency)
            export.write_text(folder / page_name(agency), brief_page(brief, language, linked=True))
    step("tables")
    written += _write_tables(study, folder, results)
    step("GeoPackage")
    provenance = export.provenance_of(study)
    layer = export.study_layer(study, results.lisas, results.hotspots, sheets)
    styles = export.study_styles(study, sheets, set(layer.columns), language=language)
    path = folder / "mekantek.gpkg"
    written.append(
        export.write_geopackage(
            layer, path, name=export.layer_name(study), styles=styles, provenance=provenance
        )
    )
    export.write_provenance(folder, provenance, [path.name for path in written])
    return content


def _write_tables(study: Study, folder: Path, results: StudyResults) -> list[Path]:
    from mekantek import export
    from mekantek.datasets import tables

    if study.shipped:
        written = tables.write_tidy(folder)
    else:
        named = zip(("shares", "totals"), tidy_tables(study), strict=True)
        written = [
            export.write_csv(table, folder / f"{name}.csv") for name, table in named if len(table)
        ]
    for name, table in _tables(study, results):
        written.append(export.write_csv(table, folder / f"{name}.csv"))
    return written


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
    if results.measures:
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
