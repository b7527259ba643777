"""QGIS styles in its own language: symbols, hatchings, classes and labels of a layer."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from mekantek.maps.palette import HATCHES
from mekantek.maps.strokes import STROKES

__all__ = ["DOTTED", "Category", "Step", "Style", "categorized", "field", "graduated"]

DOTTED = "dotted"
"""In the place of a colour: no fill, a dotted outline."""

# What XML 1.0 cannot hold, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Style:
    """
    A way to show a layer.

    Attributes
    ----------
    name : str
        In the list of styles; one layer has no two of the same name.
    description : str
    qml : str
        The document that QGIS reads.
    columns : tuple of str
        Columns of the layer that it needs.
    default : bool
        Whether the layer opens in it.
    """

    name: str
    description: str
    qml: str
    columns: tuple[str, ...]
    default: bool = False


@dataclass(frozen=True)
class Step:
    """A range of numbers, its upper end outside, with its colour, ``hatch-…`` or `DOTTED`, and label."""

    lower: float
    upper: float
    fill: str
    label: str


@dataclass(frozen=True)
class Category:
    """A word, with its colour or ``hatch-…`` and label."""

    value: str
    fill: str
    label: str


def field(name: str) -> str:
    """
    Name a column in an expression of QGIS.

    Examples
    --------
    >>> field('a "b" c')
    '"a ""b"" c"'
    """
    return '"' + name.replace('"', '""') + '"'


def graduated(
    expression: str, steps: Sequence[Step], *, label: str, dotted: str | None = None
) -> str:
    """
    Write a style with a colour for each range of a number.

    Parameters
    ----------
    expression : str
        An expression of QGIS that gives a number.
    steps : sequence of Step
    label : str
        The column whose words stand on the map.
    dotted : str, optional
        Condition under which a shape has a dotted outline.

    Returns
    -------
    str
        An XML document.
    """
    root, renderer = _document("graduatedSymbol", expression)
    renderer.set("graduatedMethod", "GraduatedColor")
    ranges = ET.SubElement(renderer, "ranges")
    for k, step in enumerate(steps):
        ET.SubElement(
            ranges, "range", lower=repr(step.lower), upper=repr(step.upper), symbol=str(k),
            label=_clean(step.label), render="true",
        )  # fmt: skip
    return _finished(root, renderer, [step.fill for step in steps], label, dotted)


def categorized(
    expression: str, categories: Sequence[Category], *, label: str, dotted: str | None = None
) -> str:
    """
    Write a style with a colour for each word, whether it occurs or not.

    Parameters
    ----------
    expression : str
        An expression of QGIS that gives a word.
    categories : sequence of Category
    label : str
        The column whose words stand on the map.
    dotted : str, optional
        Condition under which a shape has a dotted outline.

    Returns
    -------
    str
        An XML document.
    """
    root, renderer = _document("categorizedSymbol", expression)
    listed = ET.SubElement(renderer, "categories")
    for k, category in enumerate(categories):
        ET.SubElement(
            listed, "category", value=_clean(category.value), type="string", symbol=str(k),
            label=_clean(category.label), render="true",
        )  # fmt: skip
    return _finished(root, renderer, [c.fill for c in categories], label, dotted)


def _clean(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


def _document(kind: str, expression: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling")
    renderer = ET.SubElement(
        root, "renderer-v2", type=kind, attr=_clean(expression), symbollevels="0",
        forceraster="0", enableorderby="0",
    )  # fmt: skip
    return root, renderer


def _finished(
    root: ET.Element, renderer: ET.Element, fills: Sequence[str], label: str, dotted: str | None
) -> str:
    symbols = ET.SubElement(renderer, "symbols")
    for k, fill in enumerate(fills):
        symbol = _symbol(symbols, "fill", str(k))
        if fill == DOTTED:
            _dotted(symbol)
            continue
        if fill.startswith("hatch-"):
            _hatched(symbol, fill.removeprefix("hatch-"), f"@{k}@1")
        else:
            _filled(symbol, fill)
        if dotted is not None:
            _dotted(symbol, dotted)
    _labelled(root, label)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _symbol(parent: ET.Element, kind: str, name: str) -> ET.Element:
    return ET.SubElement(
        parent, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )


def _layer(symbol: ET.Element, kind: str, **options: str) -> ET.Element:
    layer = ET.SubElement(symbol, "layer", {"class": kind}, enabled="1", locked="0")
    layer.set("pass", "0")
    known = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(known, "Option", name=key, type="QString", value=value)
    return layer


def _colour(colour: str) -> str:
    """
    Write a colour the way QGIS does.

    Examples
    --------
    >>> _colour("#a50026")
    '165,0,38,255'
    """
    return ",".join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5)) + ",255"


def _filled(symbol: ET.Element, colour: str) -> None:
    _layer(
        symbol, "SimpleFill", color=_colour(colour), style="solid", joinstyle="bevel",
        outline_color=_colour(STROKES["shape"].colour), outline_style="solid", outline_width="0.15",
        outline_width_unit="MM",
    )  # fmt: skip


def _hatched(symbol: ET.Element, name: str, inner: str) -> None:
    """Fill with the hatching's ground, and lines over it."""
    ground, line = HATCHES[name]
    _filled(symbol, ground)
    pattern = _layer(
        symbol, "LinePatternFill", angle="45", color=_colour(line), distance="1.4",
        distance_unit="MM", line_width="0.5", line_width_unit="MM", outline_width="0",
        outline_width_unit="MM",
    )  # fmt: skip
    _layer(
        _symbol(pattern, "line", inner), "SimpleLine", line_color=_colour(line), line_style="solid",
        line_width="0.5", line_width_unit="MM", capstyle="square", joinstyle="bevel",
    )  # fmt: skip


def _dotted(symbol: ET.Element, condition: str = "") -> None:
    """Lay a dotted outline over shapes that meet a condition, or without one over all."""
    layer = _layer(
        symbol, "SimpleLine", line_color=_colour("#000000"), line_width="0.4",
        line_style="no" if condition else "dot", line_width_unit="MM", capstyle="flat",
        joinstyle="round",
    )  # fmt: skip
    if condition:
        _computed(layer, "outlineStyle", f"if({condition}, 'dot', 'no')")


def _computed(layer: ET.Element, name: str, expression: str) -> None:
    """Let an expression decide a property of a symbol's layer."""
    holder = ET.SubElement(layer, "data_defined_properties")
    outer = ET.SubElement(holder, "Option", type="Map")
    ET.SubElement(outer, "Option", name="name", type="QString", value="")
    inner = ET.SubElement(outer, "Option", name="properties", type="Map")
    one = ET.SubElement(inner, "Option", name=name, type="Map")
    ET.SubElement(one, "Option", name="active", type="bool", value="true")
    ET.SubElement(one, "Option", name="expression", type="QString", value=_clean(expression))
    ET.SubElement(one, "Option", name="type", type="int", value="3")
    ET.SubElement(outer, "Option", name="type", type="QString", value="collection")


def _labelled(root: ET.Element, column: str) -> None:
    """Write the units' names on the map where there is room, long ones cut."""
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings, "text-style", fieldName=_clean(f"left({field(column)}, 40)"), isExpression="1",
        fontFamily="DejaVu Sans", namedStyle="Book", fontSize="7", fontSizeUnit="Point",
        textColor=_colour("#111111"), textOpacity="1", fontWeight="50", blendMode="0",
    )  # fmt: skip
    ET.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.7", bufferSizeUnits="MM",
        bufferColor=_colour("#ffffff"), bufferOpacity="0.85", bufferNoFill="1", bufferJoinStyle="128",
        bufferBlendMode="0",
    )  # fmt: skip
    ET.SubElement(settings, "placement", placement="1", centroidWhole="1", centroidInside="1",
                  priority="5", dist="0")  # fmt: skip
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", scaleVisibility="0",
                  displayAll="0", fontLimitPixelSize="0", limitNumLabels="0")  # fmt: skip
