"""A layer of polygons written as others have it; each gives the name of its file."""

import json


def as_geojson(layer, path):
    """A key with an accent, a sign and a space, and one that is empty."""
    odd = layer.rename(columns={"field": "GEO ID/ÿ 1"}).assign(**{"": None})
    odd.to_file(path / "odd keys.geojson", driver="GeoJSON")
    return "odd keys.geojson"


def as_shapefile(layer, path):
    """Metres of Web Mercator."""
    layer.to_crs(3857).to_file(path / "land.shp")
    return "land.shp"


def as_geopackage(layer, path):
    """Two layers in one file."""
    layer.to_file(path / "land.gpkg", layer="fields")
    layer.dissolve().to_file(path / "land.gpkg", layer="country")
    return "land.gpkg"


def as_topojson(layer, path):
    """Arcs, and no word of a reference system."""
    arcs = [[list(corner) for corner in shape.exterior.coords] for shape in layer.geometry]
    geometries = [
        {"type": "Polygon", "arcs": [[k]], "properties": {"field": unit}}
        for k, unit in enumerate(layer["field"])
    ]
    fields = {"type": "GeometryCollection", "geometries": geometries}
    content = {"type": "Topology", "objects": {"fields": fields}, "arcs": arcs}
    (path / "land.topojson").write_text(json.dumps(content))
    return "land.topojson"
