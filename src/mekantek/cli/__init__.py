"""The command line: data to stdout, messages to stderr, one sentence for what went wrong."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from pathlib import Path

from mekantek.cli import (
    briefs,
    compare,
    corridors,
    descriptions,
    exports,
    figures,
    global_statistics,
    local_statistics,
    maps,
    panels,
    products,
    records,
    statistics,
    studies,
    tables,
)
from mekantek.cli.application import app
from mekantek.cli.output import UsageError, say
from mekantek.errors import MekantekError
from mekantek.text import Language

__all__ = [
    "app",
    "briefs",
    "compare",
    "corridors",
    "descriptions",
    "exports",
    "figures",
    "global_statistics",
    "local_statistics",
    "main",
    "maps",
    "panels",
    "products",
    "records",
    "statistics",
    "studies",
    "tables",
]


def _language() -> Language:
    """Give the language asked for on the command line, or by the environment."""
    given = [a.partition("=")[2] for a in sys.argv if a.startswith("--lang=")]
    given += [b for a, b in pairwise(sys.argv) if a == "--lang"]
    wanted = (given or [os.environ.get("MEKANTEK_LANG", "tr")])[-1].lower()
    return "en" if wanted == "en" else "tr"


def main() -> None:
    """Run the command line; what the library refuses becomes one sentence and exit code 3."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except MekantekError as error:
        turkish = error.turkish if _language() == "tr" else None
        say(" ".join((turkish or str(error)).split()))
        sys.exit(2 if isinstance(error, UsageError) else 3)
    except (OSError, UnicodeError) as error:
        name = Path(str(getattr(error, "filename", "") or "")).name
        reason = getattr(error, "strerror", None) or str(error)
        say(f"Cannot read or write {name}: {reason}." if name else f"{reason}.")
        sys.exit(3)
