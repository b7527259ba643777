"""Data and provenance, read from the files that the package itself is held against."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", r"\|")


def _range(field: dict[str, Any]) -> str:
    held = field.get("constraints", {})
    parts = [field["type"]]
    if field.get("unit"):
        parts.append(field["unit"])
    if "enum" in held:
        parts.append(" · ".join(map(str, held["enum"])))
    elif "minimum" in held or "maximum" in held:
        parts.append(f"{held.get('minimum', '…')} to {held.get('maximum', '…')}")
    if not held.get("required"):
        parts.append("may be empty")
    return ", ".join(parts)


def tables() -> str:
    """Give a section for each shipped table: what it is, its source, its basis, its columns."""
    parts = []
    for table in json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        with (DATA / table["path"]).open(encoding="utf-8", newline="") as file:
            rows = sum(1 for _ in csv.reader(file)) - 1
        parts += [
            f"## {table['title']}", "",
            f"`data/{table['path']}`, {rows:,} rows. {table.get('description', '')}", "",
            "Source: " + "; ".join(s["title"] for s in table["sources"]) + ".", "",
        ]  # fmt: skip
        if table.get("basis"):
            parts += [f"Basis: {table['basis'].rstrip('.')}.", ""]
        parts += ["| column | | type, unit, range |", "|---|---|---|"]
        for field in table["schema"]["fields"]:
            parts.append(
                f"| `{field['name']}` | {_cell(field.get('description', field.get('title', '')))} | "
                f"{_cell(_range(field))} |"
            )
        digest = table["hash"].removeprefix("sha256:")
        parts += ["", f"SHA-256 `{digest}`", ""]
    return "\n".join(parts)


def corrections() -> str:
    """Count the cells of the tidy tables by status and year."""
    lines = ["| table | year | printed | corrected | unresolved |", "|---|---|---:|---:|---:|"]
    for name in ("shares", "totals"):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found = Counter((row["year"], row["status"]) for row in csv.DictReader(file))
        for year in sorted({year for year, _ in found}):
            counts = [found[year, status] for status in ("printed", "corrected", "unresolved")]
            lines.append(f"| {name} | {year} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def hypotheses() -> str:
    """Give each finding's claim and its decision rule, as they were written before the data were read."""
    held = tomllib.loads((DATA / "report.toml").read_text(encoding="utf-8"))
    parts = []
    for finding in held["claims"]:
        parts += [
            f"## {finding['title']['en']}", "",
            f"*Line {finding['report_line']}: {finding['claim']['en']}* "
            f"(`mekantek findings {finding['id']}`)", "",
            finding["rule"]["en"], "",
        ]  # fmt: skip
    return "\n".join(parts)
