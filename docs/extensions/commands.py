"""The command line as a page: what each verb says of itself, read from the program."""

from __future__ import annotations

import inspect
import types
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin

_WORDS = {str: "text", int: "whole number", float: "number", Path: "file or folder"}


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def _kind(annotation: Any) -> tuple[Any, bool]:
    """Give the type an option takes, and whether it may be repeated."""
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(a for a in get_args(annotation) if a is not type(None))
    if get_origin(annotation) is list:
        return get_args(annotation)[0], True
    return annotation, False


def _row(option: inspect.Parameter) -> str:
    annotation, info = get_args(option.annotation)[:2]
    kind, repeated = _kind(annotation)
    argument = type(info).__name__ == "ArgumentInfo"
    # In an annotation the first of an option's names stands where a default would.
    names = [info.default] * isinstance(info.default, str) + list(info.param_decls or ())
    shown = f"`{info.metavar or option.name}`" if argument else ", ".join(f"`{n}`" for n in names)
    if get_origin(kind) is tuple:
        takes = ", ".join(_WORDS[part] for part in get_args(kind))
    elif issubclass(kind, Enum):
        takes = ", ".join(f"`{member.value}`" for member in kind)
    else:
        takes = "" if kind is bool else _WORDS[kind]
    takes += ", several" if repeated and argument else ""
    default = option.default
    if isinstance(info.show_default, str):
        given = info.show_default
    elif default is inspect.Parameter.empty or default is ...:
        given = "required" if argument else ""
    elif default is None or isinstance(default, (bool, list)):
        given = ""
    else:
        given = f"`{getattr(default, 'value', default)}`"
    return f"| {shown} | {_cell(takes)} | {_cell(given)} | {_cell(info.help or '')} |"


def verbs() -> str:
    """Give a section for each verb: what it answers, and its arguments and options."""
    from mekantek.cli import app

    parts = []
    named = {c.name or c.callback.__name__: c.callback for c in app.registered_commands}  # type: ignore[union-attr]
    for name, verb in sorted(named.items()):
        parts += [
            f"## {name}", "", " ".join((verb.__doc__ or "").split()), "",
            "| | takes | default | |", "|---|---|---|---|",
            *(_row(p) for p in inspect.signature(verb, eval_str=True).parameters.values()), "",
        ]  # fmt: skip
    return "\n".join(parts)
