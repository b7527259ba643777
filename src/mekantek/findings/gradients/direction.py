"""Which way a gradient is said to rise, and where each unit lies along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.study import Hypothesis

__all__ = ["Direction", "direction_of"]

_LONGITUDE, _LATITUDE = Text("boylam", "longitude"), Text("enlem", "latitude")


@dataclass(frozen=True)
class Direction:
    """
    A direction of the compass.

    Parameters
    ----------
    axis : {"longitude", "latitude"}
    sign : {1.0, -1.0}
        Of the degrees, so that they grow in the direction.
    told : Text
        Such as ``west to east``.

    Examples
    --------
    >>> points = pd.DataFrame({"longitude": [30.0, 40.0], "latitude": [37.0, 41.0]})
    >>> direction_of("south").along(points).tolist()
    [-37.0, -41.0]
    """

    axis: str
    sign: float
    told: Text

    @property
    def title(self) -> Text:
        """Longitude or latitude."""
        return _LONGITUDE if self.axis == "longitude" else _LATITUDE

    @property
    def across(self) -> str:
        """The other axis."""
        return "latitude" if self.axis == "longitude" else "longitude"

    @property
    def across_title(self) -> Text:
        """Its name."""
        return _LATITUDE if self.axis == "longitude" else _LONGITUDE

    def along(self, points: pd.DataFrame) -> pd.Series:
        """Give the degrees of every point, growing in the direction."""
        found: pd.Series = points[self.axis]
        return found if self.sign > 0 else -found


_DIRECTIONS = {
    "east": Direction("longitude", 1.0, Text("batıdan doğuya", "west to east")),
    "west": Direction("longitude", -1.0, Text("doğudan batıya", "east to west")),
    "north": Direction("latitude", 1.0, Text("güneyden kuzeye", "south to north")),
    "south": Direction("latitude", -1.0, Text("kuzeyden güneye", "north to south")),
}


def direction_of(given: str | Hypothesis) -> Direction:
    """
    Give the direction of that name, or of a hypothesis; east where it names none.

    Examples
    --------
    >>> direction_of("north").told.en
    'south to north'
    """
    name = given if isinstance(given, str) else str(given.options.get("towards", "east"))
    return _DIRECTIONS[name]
