"""Polygons in the plane and on the globe: projected, simplified, joined, made of points."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["ALBERS", "NOISE", "albers", "centroids", "dissolved", "from_rings", "lightened"]

# Equal-area and within 0.06 % in distance over Türkiye; EPSG:5636 errs up to 2.7 % and moves the
# nearest neighbours of six provinces.
ALBERS = "+proj=aea +lat_1=37 +lat_2=41 +lat_0=39 +lon_0=35 +ellps=GRS80 +units=m"
# A tenth of a metre in degrees: no map's lines are that exact, so a smaller difference is noise.
NOISE = 1e-6


def albers(
    layer: gpd.GeoDataFrame | gpd.GeoSeries, *, crs: str = ALBERS
) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """
    Project to an equal-area plane in metres.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame or geopandas.GeoSeries
        With a coordinate reference system.
    crs : str
        The projection; by default Albers for Türkiye: areas exact, distances within 0.06 %.

    Returns
    -------
    As given
        Coordinates in metres.

    Examples
    --------
    >>> from mekantek.datasets.boundaries import load_boundaries
    >>> round(albers(load_boundaries().geometry).area.sum() / 1e6)
    780079
    """
    return layer.to_crs(crs)


def centroids(geometry: gpd.GeoSeries) -> pd.DataFrame:
    """
    Centroids on the globe, each taken in an equal-area plane of its own.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        Polygons with a coordinate reference system.

    Returns
    -------
    pandas.DataFrame, index as given, shape (n_units, 2)
        ``longitude`` and ``latitude``, degrees.

    Notes
    -----
    Lambert's azimuthal equal-area projection around the middle of each polygon's bounds (Snyder
    1987, eq. 24-2 to 24-4), so a layer of any extent is treated alike.

    Examples
    --------
    >>> from mekantek.datasets.boundaries import load_boundaries
    >>> centroids(load_boundaries("simplified").geometry).loc[6].round(1).tolist()
    [32.6, 39.8]
    """
    polygons = np.asarray(geometry.to_crs("EPSG:4326").array)
    west, south, east, north = shapely.bounds(polygons).T
    lon0, lat0 = np.radians((west + east) / 2), np.radians((south + north) / 2)
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    lon, lat = np.radians(xy).T
    turn, c0, s0 = lon - lon0[owner], np.cos(lat0[owner]), np.sin(lat0[owner])
    k = np.sqrt(2 / (1 + s0 * np.sin(lat) + c0 * np.cos(lat) * np.cos(turn)))
    plane = np.column_stack(
        (
            k * np.cos(lat) * np.sin(turn),
            k * (c0 * np.sin(lat) - s0 * np.cos(lat) * np.cos(turn)),
        )
    )
    flat = shapely.set_coordinates(polygons.copy(), plane)
    x, y = shapely.get_coordinates(shapely.centroid(flat)).T
    rho = np.hypot(x, y)
    c = 2 * np.arcsin(rho / 2)
    # At rho = 0 the centroid is the middle itself; sin(c)/rho tends to 1.
    ratio = np.divide(np.sin(c), rho, out=np.ones_like(rho), where=rho > 0)
    latitude = np.arcsin(np.cos(c) * np.sin(lat0) + y * ratio * np.cos(lat0))
    longitude = lon0 + np.arctan2(x * ratio, np.cos(lat0) * np.cos(c) - y * ratio * np.sin(lat0))
    points = pd.DataFrame(
        {"longitude": np.degrees(longitude), "latitude": np.degrees(latitude)},
        index=geometry.index,
    )
    points.attrs["points_used"] = "geodesic centroids"  # a graph built on them says so
    return points


def from_rings(rings: np.ndarray, index: pd.Index) -> gpd.GeoSeries:
    """
    Make polygons of rings of points.

    Parameters
    ----------
    rings : numpy.ndarray, shape (n_units, n_corners, 2)
        Longitude and latitude, degrees; the last corner joins the first.
    index : pandas.Index
        Ids of the units.

    Returns
    -------
    geopandas.GeoSeries, index id
        EPSG:4326.

    Examples
    --------
    >>> square = np.array([[(0, 0), (1, 0), (1, 1), (0, 1)]])
    >>> from_rings(square, pd.Index(["a"])).loc["a"].area
    1.0
    """
    return gpd.GeoSeries(shapely.polygons(rings), index=index, crs="EPSG:4326")


def lightened(geometry: gpd.GeoSeries, *, corners: int = 9_000) -> gpd.GeoSeries:
    """
    Simplify a coverage, its shared lines once, until it is light enough to draw on a page.

    Parameters
    ----------
    geometry : geopandas.GeoSeries
        Polygons, EPSG:4326.
    corners : int
        Points that may be left. A layer with no more comes back as it is.

    Returns
    -------
    geopandas.GeoSeries
        Same index; neighbours share their lines, also where those of *geometry* do not match corner
        by corner, and nothing is lost. For pictures, never for neighbours or areas.

    Examples
    --------
    >>> from mekantek.datasets.boundaries import load_boundaries
    >>> light = lightened(load_boundaries("full").geometry, corners=3000)
    >>> len(light), bool(shapely.get_num_coordinates(light.array).sum() <= 3500)
    (81, True)
    """
    polygons = np.asarray(geometry.array)
    if shapely.get_num_coordinates(polygons).sum() <= corners:
        return geometry
    if hasattr(shapely, "coverage_clean") and not shapely.coverage_is_valid(polygons):
        # Only lines that match corner by corner are simplified together.
        clean = shapely.coverage_clean(polygons, snapping_distance=NOISE)
        polygons = polygons if shapely.is_empty(clean).any() else clean
    west, south, east, north = geometry.total_bounds
    low, high, found = 0.0, max(east - west, north - south) / 20, polygons
    for _ in range(14):  # halving finds the tolerance to a ten-thousandth of the map
        middle = (low + high) / 2
        tried = shapely.coverage_simplify(polygons, middle)
        if shapely.get_num_coordinates(tried).sum() > corners:
            low = middle
        else:
            high, found = middle, tried
    return gpd.GeoSeries(found, index=geometry.index, crs=geometry.crs)


def dissolved(geometry: gpd.GeoSeries, groups: pd.Series) -> gpd.GeoSeries:
    """
    Join the polygons of each group to one.

    Parameters
    ----------
    geometry : geopandas.GeoSeries, index id
        Polygons, EPSG:4326.
    groups : pandas.Series, index id
        The group of every polygon.

    Returns
    -------
    geopandas.GeoSeries, index group
        Lines between members are gone; where they do not match corner by corner, differences below
        0.1 m go with them.

    Examples
    --------
    >>> cells = gpd.GeoSeries(shapely.box([0, 1, 2], 0, [1, 2, 3], 1), index=list("abc"), crs=4326)
    >>> dissolved(cells, pd.Series(["x", "x", "y"], index=list("abc"))).bounds["maxx"].to_dict()
    {'x': 2.0, 'y': 3.0}
    """
    found = {}
    for group, members in geometry.groupby(groups):
        polygons = np.asarray(members.array)
        if shapely.coverage_is_valid(polygons):
            found[group] = shapely.coverage_union_all(polygons)
        else:
            found[group] = shapely.union_all(shapely.make_valid(polygons), grid_size=NOISE)
    return gpd.GeoSeries(found, crs=geometry.crs)
