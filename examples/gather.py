"""
Put the data of the examples beside their study files: libpysal ships them, so nothing is fetched.

    python examples/gather.py            # beside the study files here
    python examples/gather.py FOLDER     # the study files and their data in another folder
"""

from __future__ import annotations

import shutil
import sys
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
# Folder of the example here, and its name in libpysal.
EXAMPLES = {"mexico": "mexico", "st-louis": "stl", "us-states": "us_income", "georgia": "georgia"}
KINDS = (".shp", ".shx", ".dbf", ".csv", ".gal")


def gather(folder: Path = HERE) -> list[Path]:
    """
    Copy what the examples read.

    Returns
    -------
    list of Path
        The study files.
    """
    found = []
    for name, source in EXAMPLES.items():
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for file in files("libpysal.examples").joinpath(source).iterdir():
            if file.name.endswith(KINDS):
                (place / file.name).write_bytes(file.read_bytes())
        if name == "mexico":
            _states(place)
        study = place / "study.toml"
        if folder != HERE:
            shutil.copy(HERE / name / "study.toml", study)
        found.append(study)
    return found


def _states(place: Path) -> None:
    """
    Put the ids of the polygons into the table of Mexico, whose rows the list of neighbours numbers.

    Names are spelt in two ways; the seven incomes of each state stand in both files and tell them apart.
    """
    import geopandas as gpd
    import pandas as pd

    years = range(1940, 2001, 10)
    layer = gpd.read_file(place / "mexicojoin.shp").set_index([f"PCGDP{y}" for y in years])[
        "POLY_ID"
    ]
    table = pd.read_csv(place / "mexico.csv")
    rows = zip(*(table[f"pcgdp{y}"] for y in years), strict=True)
    table.insert(0, "POLY_ID", [int(layer.loc[row]) for row in rows])
    table.to_csv(place / "states.csv", index=False)


if __name__ == "__main__":
    for path in gather(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(path)
