"""Groups of options, each written once: spread over a verb, and what every verb is told and shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints

from mekantek.cli.options import JSON, LANG, QUIET, Lang
from mekantek.text import Language

__all__ = ["Screen", "spread"]


def spread(verb: Callable[..., None]) -> Callable[..., None]:
    """Let each field of a verb's groups be an option of its own, and hand the groups to the verb."""
    hints = get_type_hints(verb, include_extras=True)
    groups: dict[str, Any] = {}
    options: list[Parameter] = []
    for name, given in signature(verb).parameters.items():
        if not dataclasses.is_dataclass(hints[name]):
            options.append(given.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))
            continue
        groups[name] = hints[name]
        fields = get_type_hints(groups[name], include_extras=True)
        options += [
            Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=fields[f.name])
            for f in dataclasses.fields(groups[name])
        ]

    @wraps(verb)
    def command(**given: Any) -> None:
        filled = {
            name: group(**{f.name: given.pop(f.name) for f in dataclasses.fields(group)})
            for name, group in groups.items()
        }
        verb(**filled, **given)

    command.__signature__ = Signature(options)  # type: ignore[attr-defined]
    command.__annotations__ = {option.name: option.annotation for option in options}
    return command


@dataclasses.dataclass(kw_only=True)
class Screen:
    """What is shown, and in which language."""

    as_json: JSON = False
    quiet: QUIET = False
    lang: LANG = Lang.tr

    @property
    def language(self) -> Language:
        """The language of all that is shown."""
        return self.lang.value
