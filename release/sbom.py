"""
Write the bill of materials: what a wheel needs, and what it carries or writes that others made.

    python release/sbom.py ENVIRONMENT/bin/python dist       # writes dist/mekantek-VERSION.cdx.json

The packages are those of an environment that has the wheel and what it depends on, nothing else; the
bundled parts are those of NOTICE.md.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# Licences of packages whose metadata do not say them in a form that tools read.
_UNSAID = {"XStatic-Leaflet": "BSD-2-Clause", "pyarrow-hotfix": "Apache-2.0"}
_LINK = re.compile(r"\[(?P<id>[^\]]+)\]\((?P<address>[^)]+)\)")


def bundled(notice: str) -> list[dict[str, Any]]:
    """Read the table of NOTICE.md as CycloneDX components."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in notice.splitlines() if line.startswith("|")
    ][2:]  # fmt: skip
    parts = []
    for name, version, licence, holder, where in rows:
        link = _LINK.fullmatch(licence)
        if link is None:
            raise ValueError(f"NOTICE.md names no licence of {name}.")
        known = not link["id"].startswith("LicenseRef-")
        part: dict[str, Any] = {
            "type": "data" if "data" in where or "boundaries" in where else "library",
            "bom-ref": f"bundled:{name}",
            "name": name,
            "licenses": [{"license": {"id" if known else "name": link["id"]}}],
            "copyright": holder,
            "properties": [{"name": "mekantek:where", "value": where.replace("`", "")}],
        }
        parts.append({**part, "version": version} if version else part)
    return parts


def packages(python: Path) -> dict[str, Any]:
    """Ask cyclonedx-py what an environment holds."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "environment.json")
        subprocess.run(
            [Path(sys.executable).with_name("cyclonedx-py"), "environment", "--output-reproducible",
             "--spec-version", "1.6", "--output-format", "JSON", "--output-file", target, python],
            check=True, capture_output=True,
        )  # fmt: skip
        held: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return held


def bill(held: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Make mekantek the subject of the bill, and add what it carries."""
    (own,) = [c for c in held["components"] if c["name"] == "mekantek"]
    others = [
        c if c.get("licenses") or c["name"] not in _UNSAID
        else {**c, "licenses": [{"license": {"id": _UNSAID[c["name"]]}}]}
        for c in held["components"] if c is not own
    ]  # fmt: skip
    own = {**own, "components": parts}
    return {**held, "metadata": {**held["metadata"], "component": own}, "components": others}


def main() -> None:
    """Write it, and say where."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    options = argparse.ArgumentParser(description="Write the bill of materials.")
    options.add_argument("python", type=Path, help="Python of an environment with mekantek alone.")
    options.add_argument("out", type=Path, help="Folder to write to.")
    given = options.parse_args()
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    made = bill(packages(given.python), bundled(notice))
    path = given.out / f"mekantek-{made['metadata']['component']['version']}.cdx.json"
    told = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(told):
        sys.exit(f"The bill is no CycloneDX 1.6: {fault}")
    path.write_text(told, encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
