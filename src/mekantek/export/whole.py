"""Files appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mekantek.datasets import files
from mekantek.errors import OptionError

__all__ = ["replacing_file", "replacing_folder", "to_json", "write_text"]


def to_json(content: Any) -> str:
    """
    Write JSON the same way every time; NaN and infinities are refused, for JSON has none.

    Examples
    --------
    >>> print(to_json({"name": "Iğdır"}))
    {
      "name": "Iğdır"
    }
    """
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """
    Write files aside and move them into *folder* when all are done; on an error none appears.

    Parameters
    ----------
    folder : Path
        Made if absent; other files in it stay.

    Yields
    ------
    Path
        An empty folder to write to.

    Raises
    ------
    OptionError
        If the folder cannot be written to.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    except OSError as error:
        raise OptionError(
            f"Cannot write to the folder {folder.name or folder}: {error.strerror}."
        ) from error
    try:
        yield aside
        for path in sorted(p for p in aside.rglob("*") if p.is_file()):
            target = folder / path.relative_to(aside)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.chmod(0o644)
            os.replace(path, target)  # noqa: PTH105 - atomic, and replaces on Windows too
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if made and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """
    Give a path aside to write to; the file takes its place when it is done, or never.

    Raises
    ------
    OptionError
        If the file cannot be written; an older one stays as it was.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
            aside = Path(folder, path.name)
            yield aside
            aside.chmod(0o644)
            os.replace(aside, path)  # noqa: PTH105 - atomic, and replaces on Windows too
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptionError(f"Cannot write {path.name}: {reason}.") from error


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with LF line ends, whole or not at all."""
    try:
        return files.write_whole(path, text.encode())
    except OSError as error:
        raise OptionError(f"Cannot write {path.name}: {error.strerror}.") from error
