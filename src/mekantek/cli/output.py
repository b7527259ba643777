"""Data to stdout; progress and messages to stderr."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from mekantek.errors import OptionError
from mekantek.text import Language, Text, integer

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = [
    "UsageError",
    "drawn",
    "emit_json",
    "print_table",
    "progress",
    "say",
    "step_in_words",
    "undefined",
    "words_of_steps",
]

_REASONS = {
    "undefined: no variation": "tanımsız: değerler hiç değişmiyor",
    "undefined: no unit has neighbours": "tanımsız: hiçbir birimin komşusu yok",
    "undefined: fewer than four units have neighbours": "tanımsız: komşusu olan dörtten az birim var",
    "undefined: every permutation gives the same statistic": "tanımsız: her dizilişte istatistik aynı",
    "undefined: no variation within a regime": "tanımsız: bir bölgenin içinde değerler hiç değişmiyor",
    "undefined: the members are not connected": "tanımsız: üyeler bitişik değil",
    "undefined: a weight is missing or there is no variation": "tanımsız: bir ağırlık eksik ya da "
    "değerler değişmiyor",
}

_STEPS = {
    "briefs": Text("ajans sayfaları", "agency briefs"),
    "claims": Text("raporun cümleleri", "the report's statements"),
    "concentration": Text("yoğunlaşma", "concentration"),
    "corridor": Text("koridor", "corridor"),
    "leave one out": Text("birer birer çıkarma", "leaving one out"),
    "local_moran": Text("yerel Moran", "local Moran"),
    "stability": Text("kümelerin kararlılığı", "stability of clusters"),
    "tables": Text("tablolar", "tables"),
    "years": Text("yıllar", "years"),
}


class UsageError(OptionError):
    """Options that do not go together: exit 2, before anything is computed."""


@contextmanager
def progress(
    total: int, quiet: bool, language: Language | None = None, study: Study | None = None
) -> Iterator[Any]:
    """
    Give a function that names the next step; a bar on stderr unless quiet or no terminal.

    Where a language is given steps are called by ids, and the bar says them in words: those of the
    study's claims and variables.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("…", total=total)
        done = itertools.count()
        words = {} if language is None else words_of_steps(study)
        # A step is done when the next one begins.
        yield lambda step: bar.update(
            task, description=step_in_words(step, words, language or "tr"), completed=next(done)
        )


def words_of_steps(study: Study | None) -> Mapping[str, Text]:
    """Give the words of every step that is called by an id: of any work, and of a study's."""
    if study is None:
        return _STEPS
    claims = {hypothesis.id: hypothesis.title for hypothesis in study.design.hypotheses}
    return _STEPS | claims | {name: v.title for name, v in study.design.variables.items()}


def step_in_words(step: str, words: Mapping[str, Text], language: Language) -> str:
    """
    Say the id of a step, of which the last word may be a year; what has no words stays.

    Examples
    --------
    >>> words = {"high": Text("yüksek teknoloji", "high technology")}
    >>> step_in_words("high 2024", words, "tr"), step_in_words("atlas.html", words, "tr")
    ('yüksek teknoloji 2024', 'atlas.html')
    """
    name, _, year = step.rpartition(" ")
    if step in words:
        return words[step][language]
    if name in words and year.isdecimal():
        return f"{words[name][language]} {year}"
    return step


def emit_json(content: Any) -> None:
    """Print JSON to stdout."""
    from mekantek.export import to_json

    typer.echo(to_json(content))


def say(message: str) -> None:
    """Print a message to stderr."""
    typer.echo(message, err=True)


def print_table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a table to stdout, plain and wide where stdout is no terminal; its title if empty."""
    if not rows:
        typer.echo(title)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Plain

    console = Console() if sys.stdout.isatty() else Console(width=200, no_color=True)
    # Names come from the user's files, where [x] is no markup.
    table = Table(title=Plain(title), title_justify="left")
    for position, name in enumerate(header):
        table.add_column(Plain(name), justify="left" if position == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Plain, row))
    console.print(table)


def drawn(permutations: int | None, seed: int | None, language: Language) -> str:
    """Give the number of permutations and the seed, where any were drawn; begins with a comma."""
    if permutations is None:
        return ""
    told = Text(", R = {r}, tohum {s}", ", R = {r}, seed {s}")[language]
    return told.format(r=integer(permutations, language), s=seed)


def undefined(reason: str, language: Language) -> str:
    """Give the reason why there is no number in the language of the user."""
    return _REASONS.get(reason, reason) if language == "tr" else reason
