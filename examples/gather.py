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
        study = place / "study.toml"
        if folder != HERE:
            shutil.copy(HERE / name / "study.toml", study)
        found.append(study)
    return found


if __name__ == "__main__":
    for path in gather(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(path)
