"""Figures for print: the only door for matplotlib."""

from mekantek.maps.figures.curves import curve_figure
from mekantek.maps.figures.ground import Ground
from mekantek.maps.figures.lorenz_curves import lorenz_figure
from mekantek.maps.figures.panels import figure
from mekantek.maps.figures.paper import FORMATS, Format, PrintFigure
from mekantek.maps.figures.scatterplots import scatterplot_figure

__all__ = [
    "FORMATS",
    "Format",
    "Ground",
    "PrintFigure",
    "curve_figure",
    "figure",
    "lorenz_figure",
    "scatterplot_figure",
]
