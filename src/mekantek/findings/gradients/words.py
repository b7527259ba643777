"""Words of a single signed test, and labels of results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mekantek.study import thresholds
from mekantek.text import Text

__all__ = ["labelled", "one_word"]


def labelled(label: Text, result: Mapping[str, Any], **context: Any) -> dict[str, Any]:
    """Put a label and its context (class, year …) in front of a result."""
    return {"label": label.to_dict(), **context, **result}


def one_word(
    effect: float | None, p: float | None, detectable: float, *, lenient: float | None = None
) -> str:
    """
    Word of a single signed test, for companions and specifications.

    *lenient* is the p-value of the same test without correction for autocorrelation: where it
    sees what the corrected one does not, nothing is decided.

    Examples
    --------
    >>> one_word(0.5, 0.01, 0.3), one_word(0.1, 0.6, 0.5), one_word(0.1, 0.6, 0.2)
    ('supported', 'undecided', 'not supported')
    """
    limits = thresholds()
    if effect is None or p is None:
        return "undecided"
    if p <= limits["alpha"]:
        return "supported" if effect > 0 else "contradicted"
    if detectable > limits["matters"] or (lenient is not None and lenient <= limits["alpha"]):
        return "undecided"
    return "not supported"
