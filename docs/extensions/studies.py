"""What a study file may say, read from its schema; and what the examples found."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def keys() -> str:
    """Give a table of keys for each section of a study file."""
    schema = json.loads((ROOT / "data" / "study.schema.json").read_text(encoding="utf-8"))
    parts = ["### At the top", "", *_table(schema, schema, top=True)]
    for name, told in schema["properties"].items():
        section = told.get("items", told)
        if section.get("type") == "object" and name != "unit":
            head = f"[[{name}]]" if "items" in told else f"[{name}]"
            parts += ["", f"### {head}", "", f"{told.get('description', '')}.", ""]
            parts += _table(section, schema, top=False)
            for key, inner in section["properties"].items():
                if "properties" in inner and key != "unit":
                    parts += ["", f"#### {key} of {head}", ""]
                    parts += _table(inner, schema, top=False)
    return "\n".join(parts)


def _table(section: Mapping[str, Any], schema: Mapping[str, Any], *, top: bool) -> Iterator[str]:
    needed = set(section.get("required", ()))
    yield "| key | | what it says |"
    yield "|---|---|---|"
    for key, told in section["properties"].items():
        own = told.get("items", told)
        if top and own.get("type") == "object" and key != "unit":
            continue
        told = {**schema["$defs"].get(str(told.get("$ref", "")).rpartition("/")[2], {}), **told}
        says = str(told.get("description", "")).replace("|", "\\|").replace("{", "\\{")
        yield f"| `{key}` | {'needed' if key in needed else ''} | {says} |"


def tests() -> str:
    """Give each test with what a claim must and may tell it, its facts and its rule."""
    held = tomllib.loads((ROOT / "data" / "rules.toml").read_text(encoding="utf-8"))
    parts = []
    for name, test in held["test"].items():
        needs = [f"`{n}`" for n in test["needs"] if n not in ("whole", "points")]
        whole = ", and units with a size (`[whole]`)" if "whole" in test["needs"] else ""
        whole += ", and to know where units lie" if "points" in test["needs"] else ""
        takes = ", ".join(f"`{t}`" for t in test.get("takes", ())) or "nothing more"
        facts = "; ".join(f"*{f}*" for f in test["facts"])
        parts += [
            f"### {name}", "", f"Needs {', '.join(needs)}{whole}; takes {takes}. States: {facts}.",
            "", test["rule"]["en"].replace("{", "*").replace("}", "*"), "",
        ]  # fmt: skip
    return "\n".join(parts)


def verdicts() -> str:
    """Give what the four examples found, as examples/run.py wrote it."""
    with (ROOT / "examples" / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = ["| example | n | links | claim | statistic | p | verdict | same word |",
             "|---|---:|---:|---|---:|---:|---|---:|"]  # fmt: skip
    lines += [
        f"| {r['example']} | {r['n']} | {r['links']} | {r['title_en']} | {r['statistic']} | "
        f"{r['p_value']} | **{r['verdict']}** | {r['choices']} |"
        for r in rows
    ]
    return "\n".join(lines)


def study_file(name: str) -> str:
    """Give the study file of an example."""
    text = (ROOT / "examples" / name / "study.toml").read_text(encoding="utf-8")
    return f"```toml\n{text}```"
