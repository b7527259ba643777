"""What a run found, read back from the folder that it wrote, for holding two of them side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.faults import RefusedTableError
from mekantek.study import tidy_tables
from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["BUILT_IN", "Run", "quick_content", "read_run", "report_run"]

BUILT_IN = "report"

# What a unit bears that no test tells from chance.
_DARK = ("ns", "isolate", "undefined")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Run:
    """
    One run of `study`.

    Attributes
    ----------
    name : str
        Of the folder, or ``report``.
    cells : pandas.Series
        Shares by (plate, year, class), total exports in USD by (plate, year, ``total``).
    names : mapping of int to str
        Provinces by plate.
    statistics : mapping of (name, class, year) to float or None
    verdicts : mapping of id to mapping
        ``verdict``, ``robust``, ``title``, ``reason`` and ``main``.
    data : mapping
        ``source``, ``basis``, ``taxonomy``, ``flow``, ``rounding``, ``rounding_of_totals``,
        ``years``, ``sha256``.
    versions : mapping
    """

    name: str
    cells: pd.Series
    names: Mapping[int, str]
    statistics: Mapping[tuple[str, str, int | None], float | None]
    verdicts: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, Any]
    versions: Mapping[str, str]

    def __repr__(self) -> str:
        """Say which."""
        return f"<Run {self.name}: {len(self.cells)} cells, {len(self.verdicts)} verdicts>"


def _refused(folder: Path, tr: str, en: str) -> RefusedTableError:
    return RefusedTableError(
        Text(f"{folder.name}: {tr} `mekantek study --out {folder.name}` ile yeniden yazın.",
             f"{folder.name}: {en} Write it anew with `mekantek study --out {folder.name}`.")
    )  # fmt: skip


def _cells(shares: pd.DataFrame, totals: pd.DataFrame) -> tuple[pd.Series, dict[int, str]]:
    """Shares of the four classes and totals under one index; the rest follows from them."""
    own = shares[shares["class"] != "unclassified"]
    parts = [
        own.set_index(["plate", "year", "class"])["share"],
        totals.assign(**{"class": "total"}).set_index(["plate", "year", "class"])["value_usd"],
    ]
    names = {
        int(plate): str(name)
        for table in (shares, totals)
        if "province" in table
        for plate, name in zip(table["plate"], table["province"], strict=True)
    }
    cells = pd.concat(parts).astype(float).dropna().rename("value").sort_index()
    return cells, names


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _statistics(content: Mapping[str, Any]) -> dict[tuple[str, str, int | None], float | None]:
    """Every number of a run that has a name, a class and a year."""
    found: dict[tuple[str, str, int | None], float | None] = {}
    for row in content["global"]:
        found[row["name"], row["class"], row["year"]] = _number(row["statistic"])
        found[f"{row['name']}_p_value", row["class"], row["year"]] = _number(row["p_value"])
    for row in content["concentration"]["measures"]:
        found[row["name"], row["class"], row["year"]] = _number(row["value"])
    for row in content["local"]:
        lit = sum(unit["cluster"] not in _DARK for unit in row["units"])
        found[f"{row['name']}_clusters", row["class"], row["year"]] = float(lit)
    for row in content.get("panel") or ():
        # Six years of steps and one long step are no two readings of one number.
        last, over = row["years"][-1], "–".join(map(str, row["years"]))
        for name, value in (
            ("quintile_mobility", row["quintiles"]["mobility"]),
            ("cohesion", row["local"]["cohesion"]),
            ("rank_kendall_tau_b", row["ranks"]["kendall_tau_b"]),
            ("theta", row["regions"]["statistic"]),
        ):
            found[f"{name} {over}", row["class"], last] = _number(value)
    return found


def _verdicts(found: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    kept = ("verdict", "robust", "title", "reason", "main")
    return {v["id"]: {key: v.get(key) for key in kept} for v in found}


def read_run(folder: Path) -> Run:
    """
    Read a folder that ``mekantek study`` wrote.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Run

    Raises
    ------
    TableError
        If there is no such folder, a file is missing, or one is none that `study` writes.

    Examples
    --------
    >>> read_run(Path("elsewhere"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mekantek...RefusedTableError: ...There is no folder elsewhere; give one that ...
    """
    if not folder.is_dir():
        raise RefusedTableError(
            Text(
                f"{folder.name or folder} diye bir klasör yok; `mekantek study --out …` ile yazılan "
                "bir klasör ya da report verin.",
                f"There is no folder {folder.name or folder}; give one that `mekantek study --out …` "
                "wrote, or report.",
            )
        )
    from mekantek.export.whole import finish_folder

    parts: dict[str, Any] = {}
    try:
        finish_folder(folder)
        parts["results.json"] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        for name in ("shares.csv", "totals.csv"):
            parts[name] = pd.read_csv(folder / name)
    except FileNotFoundError as error:
        lone = Path(error.filename).name
        raise _refused(folder, f"bu klasörde {lone} yok.", f"this folder has no {lone}.") from error
    except (ValueError, OSError) as error:
        raise _refused(folder, "results.json ya da bir tablo okunamıyor.",
                       "results.json or a table cannot be read.") from error  # fmt: skip
    content = parts["results.json"]
    strange = _refused(folder, "results.json bu sürümün yazdığı gibi değil.",
                       "results.json is not as this version writes it.")  # fmt: skip
    if not isinstance(content, dict) or content.get("schema") != "mekantek/study/1":
        raise strange
    try:
        cells, names = _cells(parts["shares.csv"], parts["totals.csv"])
        return Run(
            name=folder.resolve().name, cells=cells, names=names,
            statistics=_statistics(content), verdicts=_verdicts(content["findings"]),
            data=content["data"], versions=content["versions"],
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise strange from error


def report_run(study: Study | None = None) -> Run:
    """
    Run the report's own data, or a study at hand, without what takes minutes.

    Parameters
    ----------
    study : Study, optional

    Returns
    -------
    Run
        With the words of the verdicts and without their robustness, which takes every choice.
    """
    from mekantek.study import load_study

    study = study or load_study()
    content = quick_content(study)
    cells, names = _cells(*tidy_tables(study))
    return Run(
        name=BUILT_IN, cells=cells, names=names, statistics=_statistics(content),
        verdicts=_verdicts(content["findings"]), data=content["data"], versions=content["versions"],
    )  # fmt: skip


def quick_content(study: Study) -> dict[str, Any]:
    """
    Compute of ``results.json`` what a comparison reads, in seconds.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict
        ``findings`` without companions and choices, ``global``, ``local``, ``concentration``,
        ``panel``, ``data``, ``versions``.
    """
    from mekantek.export import versions
    from mekantek.findings import verdict_of
    from mekantek.findings.concentration import measure_table
    from mekantek.report.content import data_of
    from mekantek.report.panels import panels_of
    from mekantek.stats.local.hotspots import local_getis_ord
    from mekantek.stats.local.moran import local_moran
    from mekantek.stats.overall.autocorrelation import moran

    content: dict[str, Any] = {"schema": "mekantek/study/1", "global": [], "local": []}
    for year in study.years:
        at = study.at(year)
        for name in study.classes:
            head, share = {"class": name, "year": year}, at.share(name)
            content["global"].append({**head, **moran(share, at.graph).to_dict()})
            content["local"] += [
                {**head, **local(share, at.graph).to_dict()}
                for local in (local_moran, local_getis_ord)
            ]
    return {
        **content,
        "concentration": {"measures": measure_table(study) if study.valued else []},
        "panel": [panel.to_dict() for panel in panels_of(study)],
        "findings": [
            {"id": v.hypothesis.id, "verdict": v.verdict, "robust": None, "main": dict(v.main),
             "title": v.hypothesis.title.to_dict(), "reason": v.reason.to_dict()}
            for v in (verdict_of(study, h.id) for h in study.design.hypotheses)
        ],
        "data": data_of(study),
        "versions": versions(),
    }  # fmt: skip
