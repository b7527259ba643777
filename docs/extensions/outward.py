"""Links that lead out of docs/ into the repository: to the page that shows the file, or to its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# Files of the repository that have a page of their own on the site.
SHOWN = {
    "tests/reference/README.md": "/reference/spdep-values.md",
    "benchmarks/README.md": "/reference/running-benchmarks.md",
    "boundaries/README.md": "/reference/boundaries.md",
    "data/LICENSE.md": "/reference/data-licence.md",
    "CHANGELOG.md": "/reference/changes.md",
    "CONTRIBUTING.md": "/reference/contributing.md",
}
_LINK = re.compile(
    r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>(?!\w+://|#|/)[^)#\s]+)(?P<anchor>#[^)]*)?\)"
)


def _rewritten(text: str, folder: Path) -> str:
    def link(match: re.Match[str]) -> str:
        path = (folder / match["target"]).resolve()
        if not path.is_relative_to(ROOT):
            return match[0]
        if path.is_relative_to(ROOT / "docs"):
            # A file that a page includes speaks of docs/ from where it lies itself.
            onward = path.relative_to(ROOT / "docs").as_posix()
            return f"[{match['text']}](/{onward}{match['anchor'] or ''})"
        inside = path.relative_to(ROOT).as_posix()
        if inside in SHOWN:
            return f"[{match['text']}]({SHOWN[inside]}{match['anchor'] or ''})"
        if not path.exists():
            return match[0]  # Sphinx will say that it leads nowhere
        name = match["text"]
        return name if name.startswith("`") else f"{name} (`{inside}`)"

    return _LINK.sub(link, text)


def _source(app: Any, name: str, source: list[str]) -> None:
    page = Path(app.env.doc2path(name))
    if page.suffix == ".md":
        source[0] = _rewritten(source[0], page.parent)


def _included(app: Any, relative: Path, parent: str, source: list[str]) -> None:
    source[0] = _rewritten(source[0], (Path(app.srcdir) / relative).resolve().parent)


def setup(app: Any) -> dict[str, Any]:
    """Hear of each page as it is read, and of what it includes."""
    app.connect("source-read", _source)
    app.connect("include-read", _included)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
