"""Where the shipped tables and boundaries lie: beside the package, or at the checkout root."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from mekantek.errors import TableError

__all__ = ["boundary_path", "data_path", "sha256"]

_PACKAGE = Path(__file__).resolve().parents[1]
# In a wheel the folders stand inside the package; an editable install leaves them at the top.
_ROOTS = (_PACKAGE, _PACKAGE.parents[1])


@cache
def _folder(name: str, landmark: str) -> Path:
    for root in _ROOTS:
        if (root / name / landmark).is_file():
            return root / name
    raise TableError(
        f"The folder {name}/ of mekantek is missing from the installation; install the package "
        "again, or run it from a complete checkout."
    )


def data_path(name: str = "") -> Path:
    """
    Give the path of a shipped table.

    Parameters
    ----------
    name : str
        Such as ``shares.csv`` or ``printed/ek3.csv``; empty for the folder.

    Raises
    ------
    TableError
        If the installation lacks the folder.

    Examples
    --------
    >>> data_path("shares.csv").name
    'shares.csv'
    """
    return _folder("data", "provinces.csv") / name


def boundary_path(name: str) -> Path:
    """
    Give the path of a shipped boundary file.

    Examples
    --------
    >>> boundary_path("provinces.geojson").is_file()
    True
    """
    return _folder("boundaries", "provinces.geojson") / name


@cache
def sha256(name: str) -> str:
    """Give the SHA-256 of a shipped table."""
    return hashlib.sha256(data_path(name).read_bytes()).hexdigest()
