"""What the study found, in the form of its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mekantek.findings.panel import Panel
from mekantek.findings.statements import ClaimResult
from mekantek.report.results import StudyResults

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["data_of", "study_content"]


def data_of(study: Study) -> dict[str, Any]:
    """
    Say what a study's numbers are of: source, basis, taxonomy, rounding, years, digests.

    Examples
    --------
    >>> import mekantek as mt
    >>> data_of(mt.load_study())["taxonomy"]
    'isic3-report'
    """
    return {
        "source": study.provenance["report"].to_dict(),
        "basis": study.provenance["basis"].to_dict(),
        "taxonomy": study.provenance["taxonomy"],
        "flow": study.provenance["flow"],
        "rounding": study.rounding,
        "rounding_of_totals": study.rounding_of_totals,
        "years": list(study.years),
        "boundaries": study.provenance["boundaries"].to_dict(),
        "sha256": dict(study.provenance["sha256"]),
    }


def study_content(
    study: Study,
    results: StudyResults,
    statements: Sequence[ClaimResult] | None,
    *,
    panels: Sequence[Panel] = (),
) -> dict[str, Any]:
    """
    Give everything the study found, as ``results.json`` holds it.

    Parameters
    ----------
    study : Study
    results : StudyResults
    statements : sequence of ClaimResult or None
        The report's statements, tested; None of other data than the report's.
    panels : sequence of Panel
        Classes followed over years.

    Returns
    -------
    dict
        ``findings``, ``global``, ``local``, ``concentration``, ``panel``, ``claims`` (None of other
        data than the report's) in the forms of the JSON
        contract, with data provenance and versions. No time stamp: the same input gives the same
        bytes.
    """
    from mekantek.export import versions

    names = study.names.to_dict()
    family = results.run_family
    survivors = [{**s, "id": str(s["id"]), "name": names[s["id"]]} for s in family["survivors"]]
    return {
        "schema": "mekantek/study/1",
        "findings": [v.to_dict() for v in results.verdicts],
        "global": [{**context, **result.to_dict()} for context, result in results.morans],
        "local": [
            {"class": name, "year": year, **lisa.to_dict(names)}
            for found in (results.lisas, results.hotspots)
            for (name, year), lisa in found.items()
        ],
        "run_family": {**family, "survivors": survivors},
        "concentration": {
            "schema": "mekantek/concentration/1", "measures": list(results.measures),
        },
        "data": data_of(study),
        "versions": versions(),
        "panel": [panel.to_dict() for panel in panels],
        "claims": None if statements is None else [r.to_dict() for r in statements],
    }  # fmt: skip
