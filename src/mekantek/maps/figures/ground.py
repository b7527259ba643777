"""Shapes on an equal-area plane, as matplotlib draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.path import Path
from pyproj import Transformer

from mekantek.datasets.boundaries import ALBERS

if TYPE_CHECKING:
    from mekantek.maps.sheets.facts import Regions

__all__ = ["Ground", "equal_area"]

# Where the parallels of the study's own projection lie well.
_OWN = (25.0, 35.0, 46.0, 43.0)


def equal_area(west: float, south: float, east: float, north: float) -> str:
    """
    Choose an equal-area projection for a box of degrees.

    Parameters
    ----------
    west, south, east, north : float
        Degrees.

    Returns
    -------
    str
        The study's Albers where the box lies within it; Albers with parallels at a sixth of the
        box's height from its edges elsewhere (Snyder 1987, p. 99); across the equator, where Albers
        turns into it, the cylindrical equal-area projection.

    Examples
    --------
    >>> equal_area(26, 36, 45, 42)
    '+proj=aea +lat_1=37 +lat_2=41 +lat_0=39 +lon_0=35 +ellps=GRS80 +units=m'
    >>> equal_area(-5, 42, 9, 51)
    '+proj=aea +lat_1=43.5 +lat_2=49.5 +lat_0=46.5 +lon_0=2 +ellps=GRS80 +units=m'
    >>> equal_area(29, -5, 42, 5)
    '+proj=cea +lat_ts=0 +lon_0=35.5 +ellps=GRS80 +units=m'
    """
    if west >= _OWN[0] and south >= _OWN[1] and east <= _OWN[2] and north <= _OWN[3]:
        return ALBERS
    middle, across = (south + north) / 2, (west + east) / 2
    if abs(middle) < 1 or south < 0 < north:
        return f"+proj=cea +lat_ts={abs(middle):g} +lon_0={across:g} +ellps=GRS80 +units=m"
    sixth = (north - south) / 6
    return (
        f"+proj=aea +lat_1={south + sixth:g} +lat_2={north - sixth:g} +lat_0={middle:g} "
        f"+lon_0={across:g} +ellps=GRS80 +units=m"
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """
    Projected shapes, made once and drawn on every map of the same regions.

    Attributes
    ----------
    paths : mapping of id (text) to matplotlib.path.Path
        Outlines in metres, holes wound the other way.
    points : mapping of id (text) to (x, y)
        Metres.
    bounds : (x0, y0, x1, y1)
        Metres.
    crs : str
    """

    paths: dict[str, Path]
    points: dict[str, tuple[float, float]]
    bounds: tuple[float, float, float, float]
    crs: str

    @classmethod
    def of(cls, regions: Regions) -> Ground:
        """Project the shapes of regions."""
        geometry = regions.geometry
        crs = equal_area(*(float(b) for b in geometry.total_bounds))
        move = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        paths = {str(unit): _path(shape, move) for unit, shape in geometry.items()}
        at = regions.points
        x, y = move.transform(at["longitude"].to_numpy(), at["latitude"].to_numpy())
        points = {str(u): (float(a), float(b)) for u, a, b in zip(at.index, x, y, strict=True)}
        corners = np.concatenate([p.vertices for p in paths.values()])
        low, high = corners.min(axis=0), corners.max(axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return cls(paths=paths, points=points, bounds=bounds, crs=crs)

    @property
    def ratio(self) -> float:
        """Width over height."""
        x0, y0, x1, y1 = self.bounds
        return (x1 - x0) / max(y1 - y0, 1e-9 * (x1 - x0), 1e-9)

    def project(self, ends: Iterable[Sequence[float]]) -> np.ndarray:
        """
        Project points.

        Parameters
        ----------
        ends : iterable of (latitude, longitude)
            Degrees.

        Returns
        -------
        numpy.ndarray, shape (n, 2)
            Metres.
        """
        told = np.array(list(ends), dtype=float).reshape(-1, 2)
        move = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)
        return np.column_stack(move.transform(told[:, 1], told[:, 0]))

    def together(self, units: Iterable[str]) -> Path:
        """Give the shapes of several units as one path."""
        return Path.make_compound_path(*(self.paths[u] for u in units))


def _path(shape: Any, move: Transformer) -> Path:
    described = shape.__geo_interface__
    polygons = described["coordinates"]
    if described["type"] == "Polygon":
        polygons = [polygons]
    vertices, codes = [], []
    for polygon in polygons:
        for k, ring in enumerate(polygon):
            degrees = np.array([p[:2] for p in ring], dtype=float)
            metres = np.column_stack(move.transform(degrees[:, 0], degrees[:, 1]))
            x, y = metres.T
            turn = float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())
            # Drawn where lines wind around it: outlines one way, holes the other.
            if (turn > 0) == (k > 0):
                metres = metres[::-1]
            vertices.append(metres)
            code = np.full(len(metres), Path.LINETO, dtype=Path.code_type)
            code[0], code[-1] = Path.MOVETO, Path.CLOSEPOLY
            codes.append(code)
    return Path(np.concatenate(vertices), np.concatenate(codes))
