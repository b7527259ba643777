"""Colours, class breaks and legends: fixed, so that a colour means the same on every map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np
import pandas as pd

from mekantek.maps.page import bilingual
from mekantek.text import LANGUAGES, Text, percent, points

__all__ = [
    "CLUSTERS",
    "HATCHES",
    "Bins",
    "Entry",
    "change_bins",
    "legend_html",
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
}
MISSING = Text("veri yok", "no data")

# ColorBrewer 2.0 (Brewer & Harrower), one hue a class, seven steps; PuOr for changes.
_HUES: Mapping[str, tuple[str, ...]] = {
    "high": ("#f2f0f7", "#dadaeb", "#bcbddc", "#9e9ac8", "#756bb1", "#54278f"),
    "medium_high": ("#eff3ff", "#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"),
    "medium_low": ("#edf8e9", "#c7e9c0", "#a1d99b", "#74c476", "#31a354", "#006d2c"),
    "low": ("#feedde", "#fdd0a2", "#fdae6b", "#fd8d3c", "#e6550d", "#a63603"),
}
_GREY = ("#f7f7f7", "#d9d9d9", "#bdbdbd", "#969696", "#636363", "#252525")
_DIVERGING = ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788")
_BREAKS = {"high": (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 1.0)}
_USUAL = (0.0, 0.05, 0.15, 0.30, 0.45, 0.60, 1.0)
_CHANGES = {"high": (-1.0, -0.05, -0.02, -0.005, 0.005, 0.02, 0.05, 1.0)}
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
        number = np.searchsorted(np.array(self.breaks[1:-1]), values.to_numpy() + 1e-9)
        return np.where(values.isna(), -1, number)

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
            Entry(colour, label, int((places == k).sum()))
            for k, (colour, label) in enumerate(zip(self.colours, self.labels, strict=True))
        ]
        missing = int((places < 0).sum())
        return [*found, Entry("hatch-missing", MISSING, missing)] if missing else found


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a colour or hatching, what it means, and how many units have it."""

    fill: str
    label: Text
    count: int | None = None
    round: bool = False


def share_bins(name: str) -> Bins:
    """
    Bins for a class's share, the same in every year.

    Examples
    --------
    >>> share_bins("high").labels[1].tr
    '%0,2–%0,5'
    """
    breaks = _BREAKS.get(name, _USUAL)
    labels = tuple(
        Text(*(f"≥ {percent(a, lang)}" if b == 1 else f"{percent(a, lang)}–{percent(b, lang)}"
               for lang in LANGUAGES))
        for a, b in pairwise(breaks)
    )  # fmt: skip
    return Bins(breaks, _HUES.get(name, _GREY), labels)


def change_bins(name: str) -> Bins:
    """Bins for the change of a share between two years, in points, around no change."""
    breaks = _CHANGES.get(name, _USUAL_CHANGE)
    labels = []
    for a, b in pairwise(breaks):
        if a == -1:
            labels.append(Text(*(f"< {points(b, lang)}" for lang in LANGUAGES)))
        elif b == 1:
            labels.append(Text(*(f"≥ {points(a, lang)}" for lang in LANGUAGES)))
        else:
            labels.append(Text(*(f"{points(a, lang)} … {points(b, lang)}" for lang in LANGUAGES)))
    return Bins(breaks, _DIVERGING, tuple(labels))


def value_bins(values: pd.Series) -> Bins:
    """Six bins of equal counts for values of any unit, such as a user's own column."""
    from mekantek.text import number

    known = values.dropna()
    inner = sorted(set(np.quantile(known, [1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6]).round(12)))
    breaks = tuple(dict.fromkeys([float(known.min()), *map(float, inner), float(known.max())]))
    if len(breaks) < 2:
        breaks = (breaks[0], breaks[0])
    labels = tuple(
        Text(*(f"{number(a, lang)} … {number(b, lang)}" for lang in LANGUAGES))
        for a, b in pairwise(breaks)
    )
    return Bins(breaks, _HUES["medium_high"][: len(labels)], labels)


def _swatch(entry: Entry) -> str:
    if entry.round:
        return '<span class="swatch round"></span>'
    if entry.fill.startswith("hatch-"):
        back, line = HATCHES[entry.fill.removeprefix("hatch-")]
        style = f"background:repeating-linear-gradient(45deg,{line} 0 2px,{back} 2px 7px)"
    else:
        style = f"background:{entry.fill}"
    return f'<span class="swatch" style="{escape(style)}"></span>'


def legend_html(entries: list[Entry], *, view: str, hidden: bool) -> str:
    """Write a legend as a list that belongs to one view of the map."""
    items = "".join(
        f"<li>{_swatch(e)}{bilingual(e.label)}"
        + ("" if e.count is None else f" ({e.count})")
        + "</li>"
        for e in entries
    )
    return f'<ul data-view="{escape(view)}"{" hidden" if hidden else ""}>{items}</ul>'
