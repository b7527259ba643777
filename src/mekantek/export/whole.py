"""Files appear whole or not at all, and the files of one run together."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from mekantek.datasets import files
from mekantek.errors import OptionError

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]

__all__ = ["finish_folder", "replacing_file", "replacing_folder", "to_json", "write_text"]

# Where a run writes, and what it has ready for the folder.
_WRITING, _READY = ".writing-", ".ready-"
# A folder just made may not be locked yet; without locks, one of yesterday is nobody's any more.
_MINUTE, _DAY = 60, 86_400


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

    Notes
    -----
    A new folder appears by one renaming. Into a folder that is there files go one by one, for it is
    not swapped under a shell or a server that stands in it: a process killed meanwhile leaves the
    rest ready, and the next run, or `finish_folder`, puts it in place. Once all is ready nothing is
    taken back; before, nothing is touched.
    """
    new = not (folder.exists() or folder.is_symlink())
    with ExitStack() as stack:
        try:
            place = folder.parent if new else folder
            place.mkdir(parents=True, exist_ok=True)
            aside = stack.enter_context(_aside(place))
        except OSError as error:
            raise _not_written(folder, error) from error
        yield aside
        try:
            _put_in_place(aside, folder)
        except OSError as error:
            raise _not_written(folder, error) from error


def finish_folder(folder: Path) -> None:
    """
    Put in place what a killed run had ready for a folder, and remove what it had half written.

    Parameters
    ----------
    folder : Path
        Where `replacing_folder` writes; what living processes write there is let be.

    Raises
    ------
    OSError
        If a file cannot be moved; it stays ready.
    """
    for left in sorted(folder.glob(f"{_READY}*")):
        if left.is_dir() and _abandoned(left):
            _move(left, folder)
    for left in folder.glob(f"{_WRITING}*"):
        if left.is_dir() and _age(left) > _MINUTE and _abandoned(left):
            shutil.rmtree(left, ignore_errors=True)


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
        with _aside(path.parent) as folder:
            aside = Path(folder, path.name)
            yield aside
            aside.chmod(0o644)
            os.replace(aside, path)  # noqa: PTH105 - atomic, and replaces on Windows too
    except (OSError, RuntimeError) as error:
        raise _not_written(path, error) from error


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with LF line ends, whole or not at all."""
    try:
        return files.write_whole(path, text.encode())
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: Exception) -> OptionError:
    reason = getattr(error, "strerror", None) or str(error)
    # The file that failed may be another than the one, or the folder, that was asked for.
    failed = Path(getattr(error, "filename2", None) or path).name or str(path)
    return OptionError(f"Cannot write {failed}: {reason}.", f"{failed} yazılamıyor: {reason}.")


@contextmanager
def _aside(place: Path) -> Iterator[Path]:
    """Give an empty folder in *place*, locked as long as this process lives and uses it."""
    finish_folder(place)
    aside = Path(tempfile.mkdtemp(prefix=_WRITING, dir=place))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, aside, ignore_errors=True)
        if fcntl is not None:
            handle = os.open(aside, os.O_RDONLY)
            stack.callback(os.close, handle)
            # On a file system without locks nobody will take it for abandoned.
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield aside


def _abandoned(folder: Path) -> bool:
    """Say whether the process that made a folder is dead: the system lets go of its lock then."""
    if fcntl is None:
        return _age(folder) > _DAY
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime


def _put_in_place(aside: Path, folder: Path) -> None:
    """Make what was written aside the folder's own; what can be refused is refused before."""
    names = [path.relative_to(aside) for path in _files(aside)]
    for name in names:
        (aside / name).chmod(0o644)
    if not folder.exists():
        aside.chmod(0o755)
        aside.rename(folder)
        return
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (folder / name).is_dir():
            raise IsADirectoryError(
                0, "a folder bears its name", str(aside), None, str(folder / name)
            )
    # With this renaming all is decided: whoever finds the folder finishes it.
    _move(aside.rename(folder / aside.name.replace(_WRITING, _READY)), folder)


def _move(ready: Path, folder: Path) -> None:
    for path in _files(ready):
        target = folder / path.relative_to(ready)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)  # noqa: PTH105 - atomic, and replaces on Windows too
    shutil.rmtree(ready, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
