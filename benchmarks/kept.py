"""Measurements that outlive a run, so that tables can be measured by parts, and where they go."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
SOURCE = HERE.parent / "src" / "mekantek"


def code() -> str:
    """Digest of mekantek's own code: what other code took is no measurement of this one."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*.py")):
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class Kept:
    """Lines of JSON, each one fresh process; without a file, the memory of this run."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.code, self.lines = path, code(), []
        if path is not None and path.is_file():
            self.lines = [
                json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()
            ]

    def add(self, task: str, *, ours: bool, **measured: Any) -> None:
        """Keep one measurement; those of other packages hold whatever mekantek's code is."""
        line = {"task": task, "code": self.code if ours else None, **measured}
        self.lines.append(line)
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def of(self, task: str) -> list[dict[str, Any]]:
        """All measurements of one task that still hold, oldest first."""
        return [x for x in self.lines if x["task"] == task and x["code"] in (None, self.code)]


def put(block: str, head: str, sections: dict[str, list[str]]) -> None:
    """Put sections in place of those of the same title on the page; the others stay."""
    text = PAGE.read_text(encoding="utf-8")
    before, begin, rest = text.partition(f"<!-- measured: {block} -->\n")
    if not begin:
        raise SystemExit(f"docs/benchmarks.md has no block {block!r}.")
    inside, end, after = rest.partition("<!-- end -->")
    found = {
        part.partition("\n")[0]: part.partition("\n")[2].strip("\n").splitlines()
        for part in inside.split("### ")[1:]
    }
    found |= sections
    lines = [head, ""]
    for title, table in found.items():
        lines += [f"### {title}", "", *[line for line in table if line], ""]
    PAGE.write_text(before + begin + "\n".join(lines[:-1]) + "\n" + end + after, encoding="utf-8")
