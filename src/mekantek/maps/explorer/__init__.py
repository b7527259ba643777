"""The linked explorer: map, scatterplot, table and specification curve on one page."""

from mekantek.maps.explorer.page import Explorer, explorer_page

__all__ = ["Explorer", "explorer_page"]
