"""Files appear whole or not at all."""

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
