"""Polygons: the shipped provinces and anyone's layer, read, checked, mended and projected."""

from mekantek.datasets.boundaries.coverage import SLIVER, check_boundaries, check_layer, mend_layer
from mekantek.datasets.boundaries.layers import (
    id_texts,
    list_layers,
    load_boundaries,
    open_layer,
    read_boundaries,
    with_ids,
    write_boundaries,
)
from mekantek.datasets.boundaries.shapes import (
    ALBERS,
    albers,
    centroids,
    dissolved,
    from_rings,
    lightened,
)

__all__ = [
    "ALBERS",
    "SLIVER",
    "albers",
    "centroids",
    "check_boundaries",
    "check_layer",
    "dissolved",
    "from_rings",
    "id_texts",
    "lightened",
    "list_layers",
    "load_boundaries",
    "mend_layer",
    "open_layer",
    "read_boundaries",
    "with_ids",
    "write_boundaries",
]
