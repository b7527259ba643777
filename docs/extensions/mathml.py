"""Formulas as MathML, which browsers draw themselves: no script, no fonts, no network."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert

# Sizes that TeX asks for by name; browsers stretch brackets to what they hold.
_SIZES = (r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\big", r"\Big")


def mathml(source: str, display: str) -> str:
    """Give one formula as a ``math`` element that also carries its TeX, for copying and readers."""
    for size in _SIZES:
        source = source.replace(size, "")
    element: str = convert(source.strip(), display=display)
    label = (
        " ".join(source.split()).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    )
    return element.replace("<math ", f'<math alttext="{label}" ', 1)


def _inline(self: Any, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(self: Any, node: nodes.math_block) -> None:
    self.body.append(f'<div class="math-block">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, Any]:
    """Offer the renderer to Sphinx as ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
