"""How lines are drawn and verdicts coloured: one table for live maps, atlas, stills and print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "ATLAS",
    "HATCH",
    "PRINT",
    "RINGS",
    "STILL",
    "STROKES",
    "VERDICTS",
    "Stroke",
    "shared_css",
]


@dataclass(frozen=True)
class Stroke:
    """
    A kind of line.

    Attributes
    ----------
    colour : str
    width : float
        Pixels on a live map; the other media scale it.
    dash : tuple of (line, gap), or empty
        Pixels likewise.
    """

    colour: str
    width: float
    dash: tuple[float, ...] = ()

    def svg(self, scale: float) -> str:
        """
        Write it as attributes of SVG.

        Examples
        --------
        >>> Stroke("#000000", 2.0, (2.5, 3.0)).svg(0.4)
        'stroke="#000000" stroke-width="0.8" stroke-dasharray="1 1.2"'
        """
        colour, width, dash = self.packed(scale)
        told = f'stroke="{colour}" stroke-width="{width:g}"'
        return f'{told} stroke-dasharray="{dash}"' if dash else told

    def packed(self, scale: float = 1.0) -> tuple[str, float, str]:
        """
        Give what scripts read: colour, width and dash.

        Examples
        --------
        >>> Stroke("#000000", 2.0, (2.5, 3.0)).packed(0.4)
        ('#000000', 0.8, '1 1.2')
        """
        dash = " ".join(f"{round(part * scale, 2):g}" for part in self.dash)
        return self.colour, round(self.width * scale, 2), dash


STROKES: Mapping[str, Stroke] = {
    "shape": Stroke("#5c5c5c", 0.8),
    "line": Stroke("#111111", 0.9),
    "dashed": Stroke("#111111", 2.2, (3.0, 4.0)),
    "dotted": Stroke("#000000", 2.0, (2.2, 2.8)),
    "marked": Stroke("#000000", 3.2),
    "edge": Stroke("#ffffff", 3.2),
    "ring": Stroke("#111111", 1.4),
}
"""Outlines, pairs of neighbours, open values, members, and circles with the edge below them."""

# A circle has no fill, which would change the colour below it; its white edge shows it on dark shapes.
RINGS = ("edge", "ring")
# Pictures of 400 units' width that fill a screen, small ones, and points on paper.
ATLAS, STILL, PRINT = 0.4, 0.5, 0.55
HATCH = (6, 2)
"""Period of a hatching and width of its line, pixels."""

VERDICTS: Mapping[str, str] = {
    "supported": "#2e7d4f", "partly": "#d9a400", "not supported": "#8c8c8c",
    "contradicted": "#b3261e", "undecided": "#5b7fc7", "not testable": "#d0d0d0",
}  # fmt: skip
"""Colour of a verdict's word in curves and their keys."""


def shared_css() -> str:
    """Write what legends and curves take from these tables as rules."""
    ring = STROKES["ring"]
    rules = [f"svg.size circle{{fill:none;stroke:{ring.colour};stroke-width:{ring.width}}}"]
    borders = {"line": "line", "dashed": "dashed", "dotted": "dotted", "outline": "marked"}
    for sign, name in borders.items():
        line, side = STROKES[name], "-top" if sign in ("line", "dashed") else ""
        style = "solid" if not line.dash else sign
        border = f"{line.width}px {style} {line.colour}"
        rules.append(f".swatch.{sign}{{border:0;border{side}:{border}}}")
    for word, colour in VERDICTS.items():
        name = word.replace(" ", "-")
        rules.append(f".curve path.{name}{{stroke:{colour}}}.key.{name}{{background:{colour}}}")
    return "".join(rules)
