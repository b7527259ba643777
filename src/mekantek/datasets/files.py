"""Where the shipped tables and boundaries lie: beside the package, or at the checkout root."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from mekantek.errors import TableError

__all__ = ["boundary_path", "data_path", "file_sha256", "sha256", "write_whole"]

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
    return file_sha256(data_path(name))


def file_sha256(path: Path) -> str:
    """
    Give the SHA-256 of a file's bytes.

    Examples
    --------
    >>> file_sha256(data_path("shares.csv")) == sha256("shares.csv")
    True
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_whole(path: Path, content: bytes) -> Path:
    """
    Write a file so that it appears whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        In a folder that exists; an older file there is replaced.
    content : bytes
        What to write.

    Returns
    -------
    pathlib.Path
        *path*.

    Raises
    ------
    OSError
        If the folder cannot be written to; an older file stays as it was.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a.csv"), b"plate").read_bytes()
    b'plate'
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp keeps others out; a written table is for everyone the umask allows.
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
