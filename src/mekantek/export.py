"""Files that others open: JSON, CSV, GeoPackage; whole or not at all, the same bytes each time."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets import files
from mekantek.errors import MissingDependencyError, OptionError

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult, LocalResult
    from mekantek.study import Study

__all__ = [
    "check_units_path",
    "file_sha256",
    "global_table",
    "local_table",
    "replacing_folder",
    "side_by_side",
    "to_json",
    "versions",
    "write_csv",
    "write_geopackage",
    "write_text",
    "write_units",
]

# GeoPackage stamps every layer with the time; a fixed one keeps the bytes the same.
_STAMP = "2025-07-01T00:00:00.000Z"


def versions() -> dict[str, str]:
    """Give the versions that a result depends on."""
    return {name: importlib.metadata.version(name) for name in ("mekantek", "numpy")}


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


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


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with LF line ends, whole or not at all."""
    try:
        return files.write_whole(path, text.encode())
    except OSError as error:
        raise OptionError(f"Cannot write {path.name}: {error.strerror}.") from error


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as UTF-8 CSV with LF line ends and full precision."""
    return write_text(path, frame.to_csv(index=False, lineterminator="\n"))


def global_table(rows: Sequence[tuple[Mapping[str, Any], GlobalResult]]) -> pd.DataFrame:
    """
    Table of global results, one row each.

    Parameters
    ----------
    rows : sequence of (context, result)
        The context's entries (class, year) come first.
    """
    return pd.DataFrame(
        [
            {
                **context,
                **{k: v for k, v in result.to_dict().items() if not isinstance(v, (dict, list))},
            }
            for context, result in rows
        ]
    )


def local_table(
    rows: Sequence[tuple[Mapping[str, Any], LocalResult]], names: pd.Series
) -> pd.DataFrame:
    """
    Table of local results, one row a unit and map.

    Parameters
    ----------
    rows : sequence of (context, result)
    names : pandas.Series
        Names by id.
    """
    parts = []
    for context, result in rows:
        frame = result.to_frame()
        head = pd.DataFrame({"id": frame.index, "name": names.reindex(frame.index).to_numpy()})
        for key, value in context.items():
            head[key] = value
        parts.append(pd.concat([head, frame.reset_index(drop=True)], axis=1))
    return pd.concat(parts, ignore_index=True)


def write_geopackage(
    study: Study, lisas: Mapping[tuple[str, int], LocalResult], path: Path
) -> Path:
    """
    Write one GeoPackage: shares, values, statuses and clusters of every complete year.

    Parameters
    ----------
    study : Study
    lisas : mapping of (class, year) to LocalResult
    path : Path
        Ends in ``.gpkg``.

    Returns
    -------
    Path
    """
    layer = study.geometry.rename("geometry").to_frame()
    layer.insert(0, "name", study.names)
    for column in study.regions:
        layer[column] = study.regions[column]
    for year in study.years:
        at = study.at(year)
        for column in at.frame:
            layer[f"{column}_{year}"] = at.frame[column]
            layer[f"{column}_{year}_status"] = at.status[column]
    for (name, year), lisa in lisas.items():
        layer[f"lisa_{name}_{year}"] = lisa.frame["cluster"]
        layer[f"lisa_{name}_{year}_unadjusted"] = lisa.frame["cluster_unadjusted"]
        layer[f"lisa_{name}_{year}_p"] = lisa.frame["p_value"]
        layer[f"lisa_{name}_{year}_p_adjusted"] = lisa.frame["p_adjusted"]
    layer = layer.rename_axis("plate").reset_index()
    layer = layer.set_geometry("geometry")
    metadata = {
        "IDENTIFIER": "mekantek: technology classes of exports by province",
        "DESCRIPTION": f"{study.provenance['report'].en}. {study.provenance['basis'].en}. "
        f"{study.provenance['boundaries'].en}.",
    }
    with _fixed_date():
        layer.to_file(path, layer="provinces", driver="GPKG", engine="pyogrio", **metadata)
    return path


@contextmanager
def _fixed_date() -> Iterator[None]:
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def check_units_path(path: Path) -> bool:
    """
    Refuse a name that no table of units can be written to, before the work is done.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
        Whether the form holds polygons.

    Raises
    ------
    OptionError
        If the name ends otherwise, or its folder is missing.
    MissingDependencyError
        If GeoParquet is asked for and pyarrow is not installed.

    Examples
    --------
    >>> check_units_path(Path("units.csv")), check_units_path(Path("units.gpkg"))
    (False, True)
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".gpkg", ".parquet"):
        raise OptionError(
            f"Cannot write {path.name}; the name must end in .csv, .gpkg or .parquet.",
            f"{path.name} yazılamıyor; ad .csv, .gpkg ya da .parquet ile bitmelidir.",
        )
    if not path.parent.is_dir():
        raise OptionError(
            f"Cannot write {path.name}; there is no folder {path.parent}.",
            f"{path.name} yazılamıyor; {path.parent} diye bir klasör yok.",
        )
    if suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise MissingDependencyError(
            "GeoParquet needs pyarrow; install it (pip install pyarrow) or write .gpkg.",
            "GeoParquet için pyarrow gerekir; kurun (pip install pyarrow) ya da .gpkg yazın.",
        )
    return suffix != ".csv"


def side_by_side(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Put the tables of several maps into one, one row a unit.

    Parameters
    ----------
    frames : mapping of name to pandas.DataFrame, index id

    Returns
    -------
    pandas.DataFrame, index id
        Of several maps the columns of each, after its name; of one map its table.

    Examples
    --------
    >>> maps = {name: pd.DataFrame({"p_value": [0.5]}, index=["a"]) for name in ("x", "y")}
    >>> list(side_by_side(maps))
    ['x_p_value', 'y_p_value']
    """
    if len(frames) == 1:
        return next(iter(frames.values()))
    return pd.concat([part.add_prefix(f"{name}_") for name, part in frames.items()], axis=1)


def write_units(frame: pd.DataFrame, path: Path, *, geometry: Any = None) -> Path:
    """
    Write a table of units, whole or not at all, in the form of its name.

    Parameters
    ----------
    frame : pandas.DataFrame, index id
        One row a unit; written in its order.
    path : Path
        ``.csv``; ``.gpkg`` or ``.parquet`` (GeoParquet), which hold the polygons too.
    geometry : geopandas.GeoSeries, optional
        Polygons of the same ids, for the latter two.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        If the name ends otherwise, polygons are missing, or the file cannot be written.
    MissingDependencyError
        If GeoParquet is asked for and pyarrow is not installed.
    """
    drawn = check_units_path(path)
    name = str(frame.index.name or "id")
    if not drawn:
        return write_csv(frame.rename_axis(name).reset_index(), path)
    if geometry is None:
        raise OptionError(
            f"{path.name} holds polygons and there are none; give boundaries or write .csv.",
            f"{path.name} çokgen içerir, çokgen ise yok; sınırları verin ya da .csv yazın.",
        )
    layer = geometry.loc[frame.index].rename("geometry").to_frame()
    layer = layer.join(frame).rename_axis(name).reset_index().set_geometry("geometry")
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        aside = Path(folder, path.name)
        try:
            if path.suffix.lower() == ".parquet":
                layer.to_parquet(aside)
            else:
                with _fixed_date():
                    layer.to_file(aside, layer="units", driver="GPKG", engine="pyogrio")
            os.replace(aside, path)  # noqa: PTH105 - atomic, and replaces on Windows too
        except (OSError, RuntimeError) as error:
            raise OptionError(f"Cannot write {path.name}: {error}.") from error
    return path
