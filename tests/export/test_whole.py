"""Files appear whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from mekantek import export
from mekantek.errors import OptionError


def test_nothing_is_half_written(tmp_path):
    """If the work fails, the folder keeps what it had and gains nothing."""
    (tmp_path / "old.txt").write_text("kept")

    def work():
        with export.replacing_folder(tmp_path) as folder:
            (folder / "new.txt").write_text("half")
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        work()
    assert [p.name for p in tmp_path.iterdir()] == ["old.txt"]


def test_folders_that_cannot_be_written(tmp_path):
    """A file where the folder should be is told, not traced."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OptionError, match="Cannot write"),
        export.replacing_folder(tmp_path / "file"),
    ):
        pass
    with pytest.raises(OptionError, match=r"Cannot write map\.html"):
        export.write_text(tmp_path / "none" / "map.html", "x")


def test_json_has_no_nan():
    """What JSON cannot hold is refused, not written."""
    with pytest.raises(ValueError, match="JSON"):
        export.to_json({"p": float("nan")})


def test_a_folder_made_for_nothing_goes_again(tmp_path):
    """A refusal leaves no empty folder behind."""
    with pytest.raises(ValueError, match="no"), export.replacing_folder(tmp_path / "new"):
        raise ValueError("no")
    assert list(tmp_path.iterdir()) == []


def test_a_layer_that_cannot_be_written(study, tmp_path):
    """One sentence, and no file of that name or any other."""
    layer = study.geometry.rename("geometry").to_frame().set_geometry("geometry")
    with pytest.raises(OptionError, match=r"Cannot write a\.gpkg"):
        export.write_geopackage(layer, tmp_path / "none" / "a.gpkg")
    (tmp_path / "a.gpkg").mkdir()
    with pytest.raises(OptionError, match=r"Cannot write a\.gpkg"):
        export.write_geopackage(layer, tmp_path / "a.gpkg")
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def killed(folder, *, after):
    """A process that writes three files and is killed after so many of them are in place."""
    script = f"""
import os, signal
from pathlib import Path
from mekantek.export import replacing_folder

left = {after}
replace = os.replace

def counted(source, target):
    global left
    replace(source, target)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

os.replace = counted
with replacing_folder(Path({str(folder)!r})) as aside:
    for name in "abc":
        (aside / name).write_text("new")
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def hidden(folder):
    return [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_run_killed_between_two_files_is_finished_by_the_next(tmp_path):
    """Once all is ready the new files come, every one of them; what else lies there stays."""
    pytest.importorskip("fcntl")
    for name in (*"abc", "foreign"):
        (tmp_path / name).write_text("old")
    killed(tmp_path, after=2)
    assert contents(tmp_path) == {"a": "new", "b": "new", "c": "old", "foreign": "old"}
    with export.replacing_folder(tmp_path) as folder:
        (folder / "d").write_text("newer")
    assert contents(tmp_path) == {**dict.fromkeys("abc", "new"), "d": "newer", "foreign": "old"}
    assert hidden(tmp_path) == []


def test_a_run_killed_while_it_writes_leaves_the_old_and_no_folder_for_long(tmp_path):
    """What was half written is removed by the next run; what a living one writes is not."""
    pytest.importorskip("fcntl")
    (tmp_path / "a").write_text("old")
    killed(tmp_path, after=0)
    [left] = hidden(tmp_path)
    long_ago = time.time() - 3600
    os.utime(left, (long_ago, long_ago))
    with export.replacing_folder(tmp_path) as folder:
        (folder / "d").write_text("new")
        os.utime(folder, (long_ago, long_ago))
        with export.replacing_folder(tmp_path) as other:
            assert sorted(hidden(tmp_path)) == sorted([folder, other])
    assert contents(tmp_path) == {"a": "old", "d": "new"}
    assert hidden(tmp_path) == []


def test_a_new_folder_appears_with_all_its_files(tmp_path):
    """Nobody sees it before; everyone may read it then."""
    target = tmp_path / "out" / "maps"
    with export.replacing_folder(target) as folder:
        (folder / "a").write_text("new")
        assert not target.exists()
    assert contents(target) == {"a": "new"}
    assert stat.S_IMODE(target.stat().st_mode) == 0o755
    assert hidden(target.parent) == []


def test_a_folder_in_the_place_of_a_file_is_told_before_anything_is_moved(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").mkdir()

    def work():
        with export.replacing_folder(tmp_path) as folder:
            for name in "ab":
                (folder / name).write_text("new")

    with pytest.raises(OptionError, match=r"Cannot write b: a folder bears its name"):
        work()
    assert contents(tmp_path) == {"a": "old"}
    assert hidden(tmp_path) == []
