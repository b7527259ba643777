"""What each map shows and says, before it is drawn: the one specification of all its forms."""

from mekantek.maps.sheets.sheet import Column, Fact, Line, MapSheet, View

__all__ = ["Column", "Fact", "Line", "MapSheet", "View"]
