"""A made-up country of any number of irregular polygons, for measuring at scale; same seed, same bytes."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

# Corners and mid-edge points of a block of 2 × 2 cells stand on a lattice of 5 × 5 places, of which
# the middles of the cells (odd, odd) are not used. Each polygon is a walk over these places.
_CELLS = [(0, 0), (0, 2), (2, 0), (2, 2)]


def _box(row: int, column: int, height: int, width: int) -> list[tuple[int, int]]:
    """Places around a rectangle of cells, counterclockwise from its lower left."""
    bottom, top, left, right = row, row + height, column, column + width
    return (
        [(bottom, c) for c in range(left, right)]
        + [(r, right) for r in range(bottom, top)]
        + [(top, c) for c in range(right, left, -1)]
        + [(r, left) for r in range(top, bottom, -1)]
    )


def _halves(row: int, column: int) -> list[list[tuple[int, int]]]:
    """Two triangles of one cell, which its diagonal parts."""
    ring = _box(row, column, 2, 2)
    return [ring[:5], [*ring[4:], ring[0]]]


_KINDS = (
    [_box(r, c, 2, 2) for r, c in _CELLS],
    [_box(0, 0, 4, 4)],
    [_box(0, 0, 2, 4), _box(2, 0, 2, 4)],
    [_box(0, 0, 4, 2), *_halves(0, 2), *_halves(2, 2)],
    [half for r, c in _CELLS for half in _halves(r, c)],
)
_OFTEN = (0.5, 0.1, 0.15, 0.15, 0.1)


def territory(n: int, *, seed: int = 0, bends: float = 0.3) -> gpd.GeoDataFrame:
    """
    Make *n* irregular polygons whose neighbours share exact vertices.

    Parameters
    ----------
    n : int
        Number of polygons.
    seed : int
        Of the generator.
    bends : float
        Part of the edges that have a bend in their middle, in [0, 1].

    Returns
    -------
    geopandas.GeoDataFrame, index id (text, ``u0`` to ``u{n-1}``)
        ``value`` (whole tenths) and ``geometry``, EPSG:4326. Queen degrees inside 3 to about 20.
    """
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(n / np.dot(_OFTEN, [len(kind) for kind in _KINDS])))) + 2
    kinds = rng.choice(len(_KINDS), size=side * side, p=_OFTEN)
    made = np.cumsum([len(_KINDS[kind]) for kind in kinds])
    kinds = kinds[: np.searchsorted(made, n) + 1]
    places, present = _lattice(side, rng, bends)
    rings, owners, before = [], [], np.concatenate([[0], made])
    for kind, walks in enumerate(_KINDS):
        blocks = np.flatnonzero(kinds == kind)
        corner = 4 * np.column_stack(np.divmod(blocks, side))
        for nth, walk in enumerate(walks):
            at = corner[:, None, :] + np.array(walk)[None]
            rings.append(at.reshape(-1, 2))
            owners.append(np.repeat(before[blocks] + nth, len(walk)))
    owner, at = np.concatenate(owners), np.concatenate(rings)
    kept = present[at[:, 0], at[:, 1]] & (owner < n)
    owner, at = owner[kept], at[kept]
    order = np.argsort(owner, kind="stable")
    owner, xy = owner[order], places[at[order, 0], at[order, 1]]
    polygons = shapely.polygons(shapely.linearrings(xy, indices=owner))
    value = rng.integers(0, 1000, n) / 10
    ids = pd.Index([f"u{i}" for i in range(n)], name="id", dtype="str")
    return gpd.GeoDataFrame({"value": value}, index=ids, geometry=polygons, crs="EPSG:4326")


def _lattice(side: int, rng: np.random.Generator, bends: float) -> tuple[np.ndarray, np.ndarray]:
    """Jittered longitude and latitude of each place, and whether a vertex stands there."""
    size = 4 * side + 1
    row, column = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    corners = (row % 2 == 0) & (column % 2 == 0)
    present = corners | ((row + column) % 2 == 1) & (rng.random((size, size)) < bends)
    # A corner moves by up to a sixth of a cell, a bend by a fourteenth: no polygon turns inside out.
    jitter = rng.uniform(-1, 1, (size, size, 2)) * np.where(corners, 0.35, 0.15)[..., None]
    lattice = np.stack([column, row], axis=-1).astype(float)
    moved = lattice + jitter
    middle = moved.copy()
    middle[:, 1::2] = (moved[:, :-1:2] + moved[:, 2::2]) / 2 + jitter[:, 1::2]
    upright = (moved[:-1:2] + moved[2::2]) / 2 + jitter[1::2]
    middle[1::2, ::2] = upright[:, ::2]
    # Türkiye's frame, so that the layer is read as any other in degrees.
    return np.array([26.0, 36.0]) + middle / size * np.array([19.0, 6.0]), present


def write(frame: gpd.GeoDataFrame, folder: Path) -> tuple[Path, Path]:
    """Write the polygons as ``territory.gpkg`` and the values as ``territory.csv``."""
    layer, table = folder / "territory.gpkg", folder / "territory.csv"
    frame[["geometry"]].reset_index().to_file(layer, driver="GPKG", engine="pyogrio")
    pd.DataFrame(frame[["value"]]).to_csv(table, encoding="utf-8", lineterminator="\n")
    return layer, table


def main() -> None:
    """Write a territory and say how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    start = time.perf_counter()
    frame = territory(given.n, seed=given.seed)
    made = time.perf_counter() - start
    given.folder.mkdir(parents=True, exist_ok=True)
    paths = write(frame, given.folder)
    written = time.perf_counter() - start - made
    print(f"{given.n} polygons made in {made:.1f} s, written in {written:.1f} s:")
    print(*paths, sep="\n")


if __name__ == "__main__":
    main()
