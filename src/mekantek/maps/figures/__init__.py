"""Figures for print: the only door for matplotlib."""

from mekantek.maps.figures.charts import curve_figure, lorenz_figure, scatterplot_figure
from mekantek.maps.figures.ground import Ground
from mekantek.maps.figures.panels import figure
from mekantek.maps.figures.paper import FORMATS, Format, PrintFigure

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
