"""Parts of pages that are computed when the site is built, so that no number on them is typed by hand.

A line ``% computed: NAME words…`` in a page becomes the Markdown that NAME gives for these words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import commands
import names
import provenance
import showcase
import studies
import validation

PARTS: dict[str, Callable[..., str]] = {
    "commands": commands.verbs,
    "data-tables": provenance.tables,
    "data-corrections": provenance.corrections,
    "hypotheses": provenance.hypotheses,
    "names": names.listing,
    "spdep-global": validation.overall,
    "spdep-local": validation.local,
    "esda-global": validation.esda,
    "study-keys": studies.keys,
    "study-tests": studies.tests,
    "example-verdicts": studies.verdicts,
    "example-file": studies.study_file,
}
_LINE = re.compile(r"^% computed: (?P<name>[\w-]+)(?P<words>[^\n]*)$", re.MULTILINE)


def _source(app: Any, name: str, source: list[str]) -> None:
    source[0] = _LINE.sub(
        lambda line: PARTS[line["name"]](*line["words"].split()).rstrip("\n"), source[0]
    )


def setup(app: Any) -> dict[str, Any]:
    """Hear of each page as it is read, and put the showcase beside the pages."""
    app.connect("source-read", _source, priority=400)  # before links are read
    app.connect("builder-inited", lambda app: showcase.place(app.outdir))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
