"""Colours, class breaks and legends: fixed, so that a colour means the same on every map."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.maps.page import bilingual
from mekantek.maps.strokes import HATCH
from mekantek.text import LANGUAGES, Language, Text, number, percent

if TYPE_CHECKING:
    from mekantek.study import Study, Variable

__all__ = [
    "BIVARIATE",
    "CLUSTERS",
    "HATCHES",
    "MISSING",
    "RAMPS",
    "Bins",
    "Entry",
    "change_bins",
    "count_bins",
    "dominant_colours",
    "fixed_bins",
    "hatching",
    "legend_html",
    "line_colours",
    "part_bins",
    "quotient_bins",
    "share_bins",
    "value_bins",
]

# Smallest colour-blind difference between any two is ΔE 27.8; the grey is for no significance.
CLUSTERS: Mapping[str, tuple[str, Text]] = {
    "HH": ("#a50026", Text("yüksek–yüksek", "high–high")),
    "LL": ("#08306b", Text("düşük–düşük", "low–low")),
    "LH": ("#6baed6", Text("düşük, çevresi yüksek", "low among high")),
    "HL": ("#fdae61", Text("yüksek, çevresi düşük", "high among low")),
    "ns": ("#f0f0f0", Text("anlamlı değil", "not significant")),
    "isolate": ("hatch-isolate", Text("komşusu yok", "no neighbours")),
    "undefined": ("hatch-undefined", Text("tanımsız", "undefined")),
}
# Background and line of each hatching.
HATCHES: Mapping[str, tuple[str, str]] = {
    "missing": ("#ffffff", "#9a9a9a"),
    "isolate": ("#f0f0f0", "#636363"),
    "undefined": ("#ffffff", "#c2a5cf"),
    # Significant only before correction: the cluster's colour as lines on the grey of "ns".
    **{name: (CLUSTERS["ns"][0], CLUSTERS[name][0]) for name in ("HH", "LL", "LH", "HL")},
}
MISSING = Text("veri yok", "no data")
# One colour for each ramp, apart in lightness too, where a map or chart shows variables side by side.
_SOLID: Mapping[str, str] = {
    "purples": "#54278f",
    "blues": "#3182bd",
    "greens": "#a1d99b",
    "oranges": "#e6550d",
    "reds": "#99000d",
    "greys": "#bdbdbd",
}
# For a variable whose ramp another one has: Okabe & Ito's, which no colour blindness mixes up.
_SPARE = ("#009e73", "#f0e442", "#56b4e9", "#cc79a7", "#000000", "#d55e00")
# Third of the ranks (0: best) and third of the shares (0: largest), after Stevens (2015).
BIVARIATE: Mapping[tuple[int, int], str] = {
    (0, 0): "#3b4994", (0, 1): "#8c62aa", (0, 2): "#be64ac",
    (1, 0): "#5698b9", (1, 1): "#a5add3", (1, 2): "#dfb0d6",
    (2, 0): "#5ac8c8", (2, 1): "#ace4e4", (2, 2): "#e8e8e8",
}  # fmt: skip

# ColorBrewer 2.0 (Brewer & Harrower), six steps; PuOr for changes.
RAMPS: Mapping[str, tuple[str, ...]] = {
    "purples": ("#f2f0f7", "#dadaeb", "#bcbddc", "#9e9ac8", "#756bb1", "#54278f"),
    "blues": ("#eff3ff", "#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"),
    "greens": ("#edf8e9", "#c7e9c0", "#a1d99b", "#74c476", "#31a354", "#006d2c"),
    "oranges": ("#feedde", "#fdd0a2", "#fdae6b", "#fd8d3c", "#e6550d", "#a63603"),
    "reds": ("#fee5d9", "#fcbba1", "#fc9272", "#fb6a4a", "#de2d26", "#a50f15"),
    "greys": ("#f7f7f7", "#d9d9d9", "#bdbdbd", "#969696", "#636363", "#252525"),
}
_DIVERGING = ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788")
_USUAL = (0.0, 0.05, 0.15, 0.30, 0.45, 0.60, 1.0)
# PuOr without its middle, purple above as for changes: no quotient is neither below nor above 1.
_QUOTIENTS = ("#b35806", "#f1a340", "#fee0b6", "#d8daeb", "#998ec3", "#542788")
_PARTS: Mapping[str, tuple[str, ...]] = {
    "HH": ("#ffffff", "#fcbba1", "#fb6a4a", "#cb181d", "#67000d"),
    "LL": ("#ffffff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"),
    "LH": ("#ffffff", "#d0e7e5", "#80cdc1", "#35978f", "#01665e"),
    "HL": ("#ffffff", "#fee391", "#fec44f", "#ec7014", "#993404"),
}
_USUAL_CHANGE = (-1.0, -0.20, -0.10, -0.02, 0.02, 0.10, 0.20, 1.0)


@dataclass(frozen=True)
class Bins:
    """
    Fixed class breaks with a colour and a label for each.

    Attributes
    ----------
    breaks : tuple of float, length k + 1
        Ascending; a value falls into the last bin whose lower break it reaches.
    colours : tuple of str, length k
    labels : tuple of Text, length k
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[Text, ...]

    def place(self, values: pd.Series) -> np.ndarray:
        """Number of the bin of each value, -1 where missing."""
        # Shares are printed in tenths of a point; the last bits of a float decide nothing.
        reached = np.searchsorted(np.array(self.breaks[1:-1]), values.to_numpy() + 1e-9)
        return np.where(values.isna(), -1, reached)

    def fill(self, values: pd.Series) -> dict[str, str]:
        """Colour of each unit, hatched where missing."""
        places = self.place(values)
        return {
            str(unit): "hatch-missing" if place < 0 else self.colours[place]
            for unit, place in zip(values.index, places, strict=True)
        }

    def entries(self, values: pd.Series) -> list[Entry]:
        """Legend with the count of each bin, and of the missing."""
        places = self.place(values)
        found = [
            Entry(fill=colour, label=label, count=int((places == k).sum()))
            for k, (colour, label) in enumerate(zip(self.colours, self.labels, strict=True))
        ]
        missing = int((places < 0).sum())
        if not missing:
            return found
        return [*found, Entry(fill="hatch-missing", label=MISSING, count=missing)]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One line of a legend: a sign, what it means, and how many units have it.

    Attributes
    ----------
    label : Text
    fill : str
        A colour or ``hatch-…``; empty for a sign that is no fill.
    count : int or None
    sign : str
        ``"fill"``, ``"circle"`` (with *radius*), ``"line"``, ``"dashed"``, ``"outline"`` or
        ``"dotted"``.
    radius : float
        Pixels on a wide screen.
    extra : bool
        Whether it belongs to what the page's checkbox shows and hides.
    """

    label: Text
    fill: str = ""
    count: int | None = None
    sign: str = "fill"
    radius: float = 0.0
    extra: bool = False


def share_bins(study: Study, column: str) -> Bins:
    """
    Bins for a variable, the same in every year.

    Fixed ones for shares; numbers get six of equal counts over all years, unless their study gives
    breaks.

    Examples
    --------
    >>> import mekantek as mt
    >>> share_bins(mt.load_study(), "high").labels[1].tr
    '%0,2–%0,5'
    """
    variable = study.design.variable(column)
    if variable.breaks is None and variable.kind == "number":
        years = [study.at(year).share(column) for year in sorted(study.panel)]
        return value_bins(pd.concat(years), colours=variable.colours)
    return fixed_bins(variable)


def fixed_bins(variable: Variable) -> Bins:
    """Bins of a share, or of a number whose breaks its study gives."""
    breaks = variable.breaks or _USUAL
    colours = _resampled(RAMPS[variable.colours], len(breaks) - 1)
    return Bins(breaks, colours, tuple(_ranges(breaks, variable.write)))


def _resampled(ramp: Sequence[str], count: int) -> tuple[str, ...]:
    """Take so many colours of a ramp, from end to end."""
    last = len(ramp) - 1
    return tuple(ramp[round(k * last / max(count - 1, 1))] for k in range(count))


def change_bins(study: Study, column: str) -> Bins:
    """
    Bins for the change of a variable between the first and the last year, around no change.

    Examples
    --------
    >>> import mekantek as mt
    >>> change_bins(mt.load_study(), "low").labels[0].en
    '< −20.0 points'
    """
    variable = study.design.variable(column)
    breaks = variable.changes or _USUAL_CHANGE
    if variable.changes is None and variable.kind == "number":
        first, last = (study.at(study.years[k]).share(column) for k in (0, -1))
        breaks = _symmetric(last - first)
    labels = []
    for a, b in pairwise(breaks):
        if a == breaks[0]:
            labels.append(Text(*(f"< {variable.write_change(b, lang)}" for lang in LANGUAGES)))
        elif b == breaks[-1]:
            labels.append(Text(*(f"≥ {variable.write_change(a, lang)}" for lang in LANGUAGES)))
        else:
            ends = ((variable.write_change(x, lang) for x in (a, b)) for lang in LANGUAGES)
            labels.append(Text(*(" … ".join(pair) for pair in ends)))
    return Bins(breaks, _resampled(_DIVERGING, len(breaks) - 1), tuple(labels))


def _symmetric(change: pd.Series) -> tuple[float, ...]:
    """Seven bins around zero that the sizes of the changes fill alike."""
    sizes = change.abs().dropna()
    cuts = [float(q) for q in np.quantile(sizes, (0.2, 0.5, 0.8))] if len(sizes) else [0.0]
    inner = sorted({cut for cut in cuts if cut > 0}) or [1.0]
    return (-math.inf, *(-c for c in reversed(inner)), *inner, math.inf)


def dominant_colours(study: Study) -> dict[str, str]:
    """
    One colour for each variable and for the rest, where they are shown side by side.

    Examples
    --------
    >>> import mekantek as mt
    >>> dominant_colours(mt.load_study())["low"]
    '#e6550d'
    """
    found: dict[str, str] = {}
    spare = iter(_SPARE * (1 + len(study.design.parts) // len(_SPARE)))
    for name in study.design.parts:
        colour = _SOLID[study.design.variable(name).colours]
        found[name] = colour if colour not in found.values() else next(spare)
    return found


def line_colours(study: Study) -> dict[str, str]:
    """The same colours, dark enough for lines."""
    pale = {_SOLID["greens"]: RAMPS["greens"][4], _SOLID["greys"]: RAMPS["greys"][4]}
    return {name: pale.get(colour, colour) for name, colour in dominant_colours(study).items()}


def quotient_bins() -> Bins:
    """
    Bins for location quotients: each twice the one before, the nation in the middle.

    Examples
    --------
    >>> [label.tr for label in quotient_bins().labels]
    ['< 0,25', '0,25–0,5', '0,5–1', '1–2', '2–4', '≥ 4']
    """
    breaks = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, math.inf)

    def written(value: float, lang: Language) -> str:
        digits = 2 if value == 0.25 else 1 if value == 0.5 else 0
        return number(value, lang, digits=digits)

    return Bins(breaks, _QUOTIENTS, tuple(_ranges(breaks, written)))


def part_bins(kind: str) -> Bins:
    """
    Bins for the part of many maps in which a unit lies in a kind of cluster.

    Examples
    --------
    >>> [label.en for label in part_bins("HH").labels]
    ['never', '< 25%', '25%–50%', '50%–80%', '≥ 80%']
    """
    breaks = (0.0, 1e-6, 0.25, 0.5, 0.8, 1.0)
    labels = _ranges((0.0, *breaks[2:]), partial(percent, digits=0))
    return Bins(breaks, _PARTS[kind], (Text("hiç", "never"), *labels))


def count_bins() -> Bins:
    """
    Bins for numbers of neighbours.

    Examples
    --------
    >>> [label.en for label in count_bins().labels]
    ['0', '1–2', '3–4', '5–6', '7–8', '≥ 9']
    """
    breaks = (0.0, 1.0, 3.0, 5.0, 7.0, 9.0, math.inf)
    told = ("0", "1–2", "3–4", "5–6", "7–8", "≥ 9")
    return Bins(breaks, RAMPS["greys"][:1] + RAMPS["blues"][1:], tuple(Text(t, t) for t in told))


def _ranges(breaks: Sequence[float], write: Callable[[float, Language], str]) -> Iterator[Text]:
    """Say every bin: the first as an upper limit, the last as a lower one."""

    def said(low: float, high: float, lang: Language) -> str:
        if low == breaks[0]:
            return f"< {write(high, lang)}"
        if high == breaks[-1]:
            return f"≥ {write(low, lang)}"
        return f"{write(low, lang)}–{write(high, lang)}"

    for low, high in pairwise(breaks):
        yield Text(*(said(low, high, lang) for lang in LANGUAGES))


def value_bins(values: pd.Series, *, colours: str = "blues") -> Bins:
    """
    Six bins of equal counts for values of any unit, such as a user's own column.

    Examples
    --------
    >>> [label.en for label in value_bins(pd.Series([1.0, 2.0, 2.0, 40.0])).labels]
    ['1.0 … 1.5', '1.5 … 2.0', '2.0 … 21.0', '21.0 … 40.0']
    """
    known = values.dropna()
    if known.empty:
        return Bins((0.0, 0.0), (), ())
    cuts = np.unique(np.quantile(known, np.linspace(0, 1, 7)).round(12)).tolist()
    breaks = tuple(map(float, cuts if len(cuts) > 1 else cuts * 2))
    size = max(abs(breaks[0]), abs(breaks[-1]))
    digits = min(max(2 - int(np.floor(np.log10(size))), 0), 9) if size else 0
    labels = tuple(
        Text(*(" … ".join(number(x, lang, digits=digits) for x in ends) for lang in LANGUAGES))
        for ends in pairwise(breaks)
    )
    return Bins(breaks, RAMPS[colours][: len(labels)], labels)


def hatching(name: str) -> str:
    """
    Write a hatching as a background of CSS.

    Examples
    --------
    >>> hatching("missing")
    'repeating-linear-gradient(135deg,#9a9a9a 0 2px,#ffffff 2px 6px)'
    """
    (back, line), (side, thick) = HATCHES[name], HATCH
    return f"repeating-linear-gradient(135deg,{line} 0 {thick}px,{back} {thick}px {side}px)"


def _swatch(entry: Entry) -> str:
    if entry.sign == "circle":
        side = 2 * entry.radius + 2
        return (
            f'<svg class="size" data-radius="{entry.radius:.1f}" width="{side:.1f}" '
            f'height="{side:.1f}" aria-hidden="true"><circle cx="50%" cy="50%" '
            f'r="{entry.radius:.1f}"/></svg>'
        )
    if entry.sign != "fill":
        return f'<span class="swatch {escape(entry.sign)}"></span>'
    if entry.fill.startswith("hatch-"):
        style = f"background:{hatching(entry.fill.removeprefix('hatch-'))}"
    else:
        style = f"background:{entry.fill}"
    return f'<span class="swatch" style="{escape(style)}"></span>'


def legend_html(entries: Sequence[Entry], *, view: str, hidden: bool) -> str:
    """Write a legend as a list that belongs to one view of the map."""
    items = "".join(
        f"<li{' data-extra' if e.extra else ''}>{_swatch(e)}<span>{bilingual(e.label)}"
        f"{'' if e.count is None else f' <b>({e.count})</b>'}</span></li>"
        for e in entries
    )
    return f'<ul data-view="{escape(view)}"{" hidden" if hidden else ""}>{items}</ul>'
