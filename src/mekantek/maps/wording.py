"""What all maps say in Turkish and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mekantek.text import LANGUAGES, Language, Text

__all__ = [
    "NONE",
    "STATUSES",
    "both",
]

STATUSES: Mapping[str, Text] = {
    "printed": Text("basıldığı gibi", "as printed"),
    "computed": Text("hesaplandı", "computed"),
    "corrected": Text("düzeltildi", "corrected"),
    "unresolved": Text("çözülmemiş: iki baskı çelişiyor", "unresolved: two prints disagree"),
    "given": Text("verildiği gibi", "as given"),
    "missing": Text("veride yok", "not in the data"),
}
NONE = Text("yok", "none")


def both(write: Callable[[Language], str]) -> Text:
    """
    Write something once in each language.

    Examples
    --------
    >>> from mekantek.text import percent
    >>> both(lambda language: percent(0.121, language))
    Text(tr='%12,1', en='12.1%')
    """
    return Text(*(write(language) for language in LANGUAGES))
