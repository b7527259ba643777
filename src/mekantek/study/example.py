"""A made-up country of nine fields: the smallest study file with all it names, to try things on."""

from __future__ import annotations

import json
import os
from pathlib import Path

__all__ = ["write_example"]

_STUDY = """\
schema = "mekantek/study-file/1"
title = "Nine fields"
source = "made up"
unit = { tr = "tarla", en = "field", plural = "fields" }

[table]
file = "fields.csv"
id = "field"

[boundaries]
file = "fields.geojson"
id = "field"

[whole]
title = { tr = "alan", en = "area" }
currency = "ha"
column = "area"

[[variables]]
name = "wheat"
title = { tr = "buğday", en = "wheat" }
column = "wheat_{year}"

[[variables]]
name = "barley"
title = { tr = "arpa", en = "barley" }
column = "barley_{year}"

[rest]
name = "fallow"
title = { tr = "nadas", en = "fallow" }

[[groupings]]
column = "slope"

[[claims]]
id = "wheat-rises-north"
test = "gradient"
towards = "north"
class = "wheat"
title = { tr = "Buğday kuzeye doğru artıyor mu?", en = "Does wheat rise to the north?" }

[[claims]]
id = "wheat-clusters"
test = "clustering"
class = "wheat"
title = { tr = "Buğday kümeleniyor mu?", en = "Does wheat cluster?" }
"""


# What no gradient explains: fields differ a little, as fields do.
_UNEVEN = (0, 0.04, -0.02, 0, -0.06, 0.04, 0, 0.02, 0)


def write_example(folder: str | os.PathLike[str]) -> Path:
    """
    Write the study file of nine square fields, their table and their polygons.

    Parameters
    ----------
    folder : path
        Must exist.

    Returns
    -------
    Path
        Of ``study.toml``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.name for path in write_example(folder).parent.iterdir())
    ['fields.csv', 'fields.geojson', 'study.toml']
    """
    place = Path(folder)
    features, rows = [], ["field,slope,area,wheat_2020,wheat_2024,barley_2020,barley_2024"]
    for k in range(9):
        east, north, name = k % 3, k // 3, "ABCDEFGHI"[k]
        ring = [
            [east, north],
            [east + 1, north],
            [east + 1, north + 1],
            [east, north + 1],
            [east, north],
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"field": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
        wheat = 0.2 + 0.2 * north + 0.01 * east + _UNEVEN[k]
        barley = 0.3 - 0.1 * north - _UNEVEN[k] / 2
        slope = "east" if east else "west"
        rows.append(
            f"{name},{slope},{10 + k},{wheat:.2f},{wheat + 0.05:.2f},{barley:.2f},{barley:.2f}"
        )
    layer = {"type": "FeatureCollection", "features": features}
    (place / "fields.geojson").write_text(json.dumps(layer), encoding="utf-8")
    (place / "fields.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    path = place / "study.toml"
    path.write_text(_STUDY, encoding="utf-8")
    return path
