"""A first study file, written from a user's own files: what columns seem to be, with comments."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mekantek.datasets import boundaries as layers
from mekantek.datasets import delimited
from mekantek.errors import AlignmentError, BoundaryError, MekantekError, OptionError
from mekantek.study.file import SCHEMA
from mekantek.text import Language, Text, fold, nearest

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["draft_study"]

# Variables that a draft turns on; further ones stand there as comments.
_ACTIVE = 6
_YEAR = re.compile(r"(.*?)((?:18|19|20)\d\d)(.*)")
_SHARES = re.compile(r"pct|perc|share|rate_of|oran|pay|%|yuzde", re.IGNORECASE)
# Columns of measures of the drawing, not of what is drawn.
_OF_THE_DRAWING = ("area", "perimeter", "shapearea", "shapeleng", "shapelength", "alan", "cevre",
                   "objectid", "fid", "polyid", "id", "x", "y", "lon", "lat", "longitude", "latitude", "lng",
                   "long", "boylam", "enlem")  # fmt: skip
_CODES = re.compile(r"fips|code|kod|plaka|plate|(^|_)id$|(^|_)no$|geoid", re.IGNORECASE)
_NAMES = ("name", "nametr", "namelatin", "ad", "adi", "isim", "il", "iladi", "ilce", "ilceadi", "statename",
          "county", "district", "region", "bolge")  # fmt: skip
# What units are called whose names stand in a column of this name.
_UNITS = {
    **dict.fromkeys(("ilce", "ilceadi", "district"), ("ilçe", "district", "districts")),
    **dict.fromkeys(("il", "iladi", "province"), ("il", "province", "provinces")),
}
_POINTS = (
    ("longitude", "latitude"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("boylam", "enlem"),
)


@dataclass
class _Found:
    """What was made out of the files."""

    file_layer: str | None = None
    crs: str | None = None
    table_id: str | None = None
    boundaries_id: str | None = None
    counted_from: int | None = None
    points: tuple[str, str] | None = None
    name: str | None = None
    variables: list[dict[str, object]] = field(default_factory=list)
    whole: dict[str, object] | None = None
    groupings: list[str] = field(default_factory=list)
    gaps: bool = False
    notes: list[Text] = field(default_factory=list)


def draft_study(
    boundaries: Path | None,
    table: Path | None = None,
    *,
    identifier: str | None = None,
    boundaries_id: str | None = None,
    neighbours: Path | None = None,
    layer: str | None = None,
    crs: str | None = None,
    folder: Path | None = None,
    language: Language = "en",
) -> str:
    """
    Write a study file from polygons with a table or their own properties, or from a table and a list.

    Parameters
    ----------
    boundaries : Path or None
        GeoJSON, TopoJSON, GeoPackage or shapefile; None where a table and a list of neighbours are
        all there is.
    table : Path, optional
        CSV of values; the properties of the polygons without one.
    identifier, boundaries_id : str, optional
        Columns of ids; found by what agrees best if not named.
    neighbours : Path, optional
        A list of neighbours; polygons that touch without one.
    layer, crs : str, optional
        See `mekantek.datasets.boundaries.read_boundaries`.
    folder : Path, optional
        Where the study file will lie; beside the first file by default.
    language : {"tr", "en"}
        Of the comments.

    Returns
    -------
    str
        TOML that `mekantek.study.own.read_study` reads, if it lies beside the files.

    Raises
    ------
    AlignmentError
        If no column of the table agrees with one of the polygons, or with the list.
    BoundaryError, TableError, GraphError
        If a file cannot be read.
    OptionError
        If there are neither polygons nor a table with a list of neighbours.

    Examples
    --------
    >>> import tempfile
    >>> from mekantek.study.example import write_example
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     here = write_example(folder).parent
    ...     text = draft_study(here / "fields.geojson", here / "fields.csv")
    >>> 'column = "wheat_{year}"' in text
    True
    """
    if boundaries is not None:
        found = _looked(boundaries, table, identifier, boundaries_id, layer, crs)
    elif table is not None and neighbours is not None:
        found = _listed(table, identifier, neighbours)
    else:
        raise OptionError(
            "Give polygons, or a table and a list of neighbours.",
            "Çokgenleri ya da bir tablo ile komşu listesini verin.",
        )
    files = {"boundaries": boundaries, "table": table, "neighbours": neighbours}
    given = {key: path for key, path in files.items() if path is not None}
    here = folder or next(iter(given.values())).parent
    named = {key: Path(os.path.relpath(path, here)).as_posix() for key, path in given.items()}
    lines = _lines(found, named, language)
    return "\n".join(lines) + "\n"


def _looked(
    boundaries: Path,
    table: Path | None,
    identifier: str | None,
    boundaries_id: str | None,
    layer: str | None,
    crs: str | None,
) -> _Found:
    polygons, layer, crs, notes = _polygons(boundaries, layer, crs)
    if table is None:
        column = boundaries_id or _first_key(polygons, boundaries)
        found = _Found(file_layer=layer, crs=crs, boundaries_id=column, notes=notes)
        columns = {
            str(c): polygons[c].astype(object).where(polygons[c].notna(), None)
            for c in polygons.columns
            if c != polygons.geometry.name
        }
    else:
        columns = _columns_of(table)
        mine, theirs = _agreeing(columns, polygons, identifier, boundaries_id, table, boundaries)
        found = _Found(file_layer=layer, crs=crs, table_id=mine, boundaries_id=theirs, notes=notes)
    _sort_columns(found, columns, table)
    return found


def _columns_of(table: Path) -> dict[str, pd.Series]:
    cells = delimited.read_cells(table)
    return {
        name: pd.Series([row[k] or None for row in cells.rows], dtype=object)
        for k, name in enumerate(cells.header)
    }


def _listed(table: Path, identifier: str | None, neighbours: Path) -> _Found:
    """Look at a table and a list of neighbours: whose ids they share, and where points are."""
    from mekantek import weights

    columns = _columns_of(table)
    listed = {str(unit) for unit in weights.read_neighbours(neighbours).ids}
    keys = [
        name for name, cells in columns.items()
        if cells.notna().all() and cells.is_unique and identifier in (None, name)
    ]  # fmt: skip
    if identifier is not None and identifier not in columns:
        close = ", ".join(nearest(identifier, columns, count=3) or list(columns)[:5])
        raise AlignmentError(
            f"{table.name} has no column {identifier!r}; like it: {close}.",
            f"{table.name} dosyasında {identifier!r} sütunu yok; benzerleri: {close}.",
        )
    best = max(keys, key=lambda name: len(listed & set(columns[name])), default=None)
    if best is None:
        raise AlignmentError(
            f"No column of {table.name} tells its rows apart; name the ids with --id.",
            f"{table.name} dosyasının hiçbir sütunu satırları ayırt etmiyor; kimlikleri --id ile verin.",
        )
    found = _Found(table_id=best)
    count = len(columns[best])
    if not listed <= set(columns[best]):
        starts = [s for s in (0, 1) if listed <= {str(s + k) for k in range(count)}]
        if not starts:
            lone = sorted(listed - set(columns[best]))[:3]
            raise AlignmentError(
                f"{neighbours.name} names units that {table.name} does not have in {best}: "
                f"{', '.join(lone)}; name the column of ids with --id.",
                f"{neighbours.name} dosyasındaki şu birimler {table.name} dosyasının {best} sütununda "
                f"yok: {', '.join(lone)}; kimlik sütununu --id ile verin.",
            )
        found.counted_from = starts[-1]
        found.notes.append(Text("liste kimlikleri değil tablonun satırlarını sayıyor",
                                "the list counts the rows of the table and names no ids"))  # fmt: skip
    by_name = {fold(name): name for name in columns}
    for east, north in _POINTS:
        if east in by_name and north in by_name:
            found.points = (by_name[east], by_name[north])
            break
    _sort_columns(found, columns, table)
    return found


def _polygons(
    path: Path, layer: str | None, crs: str | None
) -> tuple[gpd.GeoDataFrame, str | None, str | None, list[Text]]:
    """Open the layer; of several take the first, of one without a system guess degrees."""
    notes: list[Text] = []
    if layer is None:
        names = layers.list_layers(path)
        if len(names) > 1:
            layer = names[0]
            listed = ", ".join(names)
            notes.append(Text(f"dosyada birkaç katman var ({listed}); ilki alındı",
                              f"the file holds several layers ({listed}); the first is taken"))  # fmt: skip
    read = layers.open_layer(path, layer=layer)
    if read.crs is None and crs is None:
        west, south, east, north = read.total_bounds
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
            crs = "EPSG:4326"
            notes.append(Text("dosya koordinat sistemini söylemiyor; dereceye benziyor",
                              "the file does not say its coordinate system; it looks like degrees"))  # fmt: skip
        else:
            raise BoundaryError(
                f"{path.name} does not say its coordinate reference system, and its numbers are no "
                "degrees; name it with --crs, such as EPSG:32616.",
                f"{path.name} koordinat sistemini söylemiyor ve sayıları derece değil; --crs ile "
                "verin, örneğin EPSG:32616.",
            )
    return read, layer, crs, notes


def _first_key(polygons: gpd.GeoDataFrame, path: Path) -> str:
    for column in polygons.columns:
        if column != polygons.geometry.name:
            texts = layers.id_texts(polygons[column])
            if all(texts) and len(set(texts)) == len(texts):
                return str(column)
    raise BoundaryError(
        f"{path.name}: no property tells the polygons apart; add one of ids.",
        f"{path.name}: hiçbir özellik çokgenleri ayırt etmiyor; bir kimlik ekleyin.",
    )


def _agreeing(
    columns: Mapping[str, pd.Series],
    polygons: gpd.GeoDataFrame,
    identifier: str | None,
    boundaries_id: str | None,
    table: Path,
    boundaries: Path,
) -> tuple[str, str]:
    """The two columns that hold the same ids."""
    best: tuple[float, str, str] | None = None
    for mine, cells in columns.items():
        held = {str(c) for c in cells if c is not None}
        if (identifier is not None and mine != identifier) or len(held) < len(cells):
            continue
        for theirs in map(str, polygons.columns):
            if theirs == polygons.geometry.name or boundaries_id not in (None, theirs):
                continue
            others = set(layers.id_texts(polygons[theirs]))
            if len(others) == len(polygons):
                agreed = len(held & others) / len(held | others)
                if best is None or agreed > best[0]:
                    best = (agreed, mine, theirs)
    if best is None or best[0] < 0.5:
        near = "" if best is None else f" ({best[1]} / {best[2]}: {best[0]:.0%})"
        raise AlignmentError(
            f"No column of {table.name} holds the ids of {boundaries.name}{near}; name both with --id "
            "and --boundaries-id, or write the same ids into both files.",
            f"{table.name} dosyasının hiçbir sütunu {boundaries.name} kimliklerini taşımıyor{near}; "
            "ikisini --id ve --boundaries-id ile adlandırın ya da iki dosyaya aynı kimlikleri yazın.",
        )
    return best[1], best[2]


def _sort_columns(found: _Found, columns: Mapping[str, pd.Series], table: Path | None) -> None:
    """Tell names, regions and numbers apart."""
    own = found.table_id or found.boundaries_id
    by_stem: dict[str, list[int]] = {}
    numbers: dict[str, pd.Series] = {}
    often: dict[str, int] = {}
    for name, cells in columns.items():
        if name == own:
            continue
        values = _numbers(name, cells, table, found)
        distinct, folded = cells.dropna().nunique(), fold(name)
        if values is None:
            if distinct == len(cells) and (found.name is None or folded in _NAMES):
                found.name = name
            elif 2 <= distinct <= max(2, len(cells) // 3) and cells.notna().all():
                found.groupings.append(name)
            elif folded in _NAMES:
                often[name] = distinct
            continue
        if folded in _OF_THE_DRAWING or _CODES.search(name) or values.nunique() < 2:
            continue
        numbers[name] = values
        if (read := _YEAR.fullmatch(name)) and not read[3].isdigit():
            by_stem.setdefault(f"{read[1]}{{year}}{read[3]}", []).append(int(read[2]))
    # Many a province has a district of the same name: a name need not be distinct.
    found.name = found.name or max(often, key=lambda name: often[name], default=None)
    used = set()
    for stem, years in by_stem.items():
        if len(years) > 1:
            held = [numbers[stem.replace("{year}", str(y))] for y in years]
            used |= {stem.replace("{year}", str(y)) for y in years}
            found.variables.append(_variable(stem, pd.concat(held), sorted(years)))
    for name, values in numbers.items():
        if name not in used:
            found.variables.append(_variable(name, values, None))
    # One study has one set of years: what has several stands first.
    found.variables.sort(key=lambda v: v["years"] is None)
    _find_parts(found, numbers)
    found.gaps = any(bool(v["gaps"]) for v in found.variables[:_ACTIVE])


def _find_parts(found: _Found, numbers: Mapping[str, pd.Series]) -> None:
    """Take numbers that add up to at most 100 in every row for percentages, and find their whole."""

    def values(variable: Mapping[str, object], year: int) -> pd.Series:
        return numbers[str(variable["column"]).replace("{year}", str(year))]

    years = found.variables[0]["years"] if found.variables else None
    if not isinstance(years, list):
        return
    alike = [v for v in found.variables if v["years"] == years]
    within = [v for v in alike if all(values(v, y).dropna().between(0, 100).all() for y in years)]
    sums = [sum(values(v, y).fillna(0) for v in within) for y in years]
    # Printed to a tenth, parts of 100 may add up to a little more.
    high = len(within) > 1 and all(s.median() >= 50 and s.max() <= 100.5 for s in sums)  # type: ignore[union-attr]
    # Numbers that are all whole are counts of something.
    if not high or all((values(v, y).dropna() % 1 == 0).all() for v in within for y in years):
        return
    for variable in within:
        variable.update(kind="share", percent=True)
    rest = [v for v in alike if v["kind"] == "number"]
    if len(rest) == 1 and all((values(rest[0], y) >= 0).all() for y in years):
        found.whole = rest[0]
        found.variables.remove(rest[0])


def _numbers(name: str, cells: pd.Series, table: Path | None, found: _Found) -> pd.Series | None:
    """The numbers of a column, None if it holds words."""
    if cells.dropna().empty:
        return None
    if table is None:
        values = pd.to_numeric(cells, errors="coerce")
        return None if values.isna().sum() > cells.isna().sum() else values.astype(float)
    try:
        assert found.table_id is not None
        read = delimited.read_table(table, id_column=found.table_id, value_columns=[name])[name]
    except MekantekError:
        return None
    return read.reset_index(drop=True)


def _variable(column: str, values: pd.Series, years: Sequence[int] | None) -> dict[str, object]:
    stem = column.replace("{year}", "").strip("_- .") or "value"
    name = re.sub(r"\W+", "_", fold(stem) if not stem.isascii() else stem).strip("_").lower()
    if not name or name[0].isdigit():
        name = f"v_{name}"
    known = values.dropna()
    kind, percent = "number", False
    if known.between(0, 1).all():
        kind = "share"
    elif known.between(0, 100).all() and _SHARES.search(stem):
        kind, percent = "share", True
    return {"name": name, "title": stem, "column": column, "kind": kind, "percent": percent,
            "years": years, "gaps": values.isna().any()}  # fmt: skip


# -- Writing ---------------------------------------------------------------------------------------


def _q(text: object) -> str:
    return json.dumps(str(text), ensure_ascii=False)


def _lines(found: _Found, named: Mapping[str, str], language: Language) -> Iterator[str]:
    def say(tr: str, en: str) -> str:
        return f"# {Text(tr, en)[language]}"

    several = [v for v in found.variables if v["years"] is not None]
    active = (several or found.variables)[:_ACTIVE]
    yield say("mekantek init bu dosyayı sizin dosyalarınızdan yazdı. Okuyun, düzeltin, sonra:",
              "mekantek init wrote this file from yours. Read it, correct it, then run:")  # fmt: skip
    yield "#     mekantek study study.toml"
    yield say("Metinler tek dilde ya da { tr = \"…\", en = \"…\" } biçiminde yazılır.",
              "Texts are written in one language, or as { tr = \"…\", en = \"…\" }.")  # fmt: skip
    for note in found.notes:
        yield say(note.tr, note.en)
    first = Path(named.get("boundaries", named.get("table", "")))
    yield from ("", f"schema = {_q(SCHEMA)}", f"title = {_q(first.stem)}")
    yield say("Verinin kaynağı ve kapsamı; her haritanın altında yazar.",
              "Source and basis of the data; they stand below every map.")  # fmt: skip
    yield f"source = {_q(Path(named.get('table', first)).name)}"
    yield '# basis = ""'
    yield f"language = {_q(language)}"
    if not several:
        yield say("Tek yıllık verinin yılı.", "The year of data that have one year.")
        yield "year = 2024"
    yield say("Bir birime ne denir?", "What is one unit called?")
    tr, en, plural = _UNITS.get(fold(found.name or ""), ("birim", "unit", "units"))
    yield f'unit = {{ tr = "{tr}", en = "{en}", plural = "{plural}" }}'
    yield ""
    if "table" in named or found.gaps:
        yield "[table]"
    if "table" in named:
        yield from (f"file = {_q(named['table'])}", f"id = {_q(found.table_id)}")
        if found.name is not None:
            yield f"name = {_q(found.name)}"
        if found.points is not None:
            yield from (f"{side} = {_q(column)}" for side, column in
                        zip(("longitude", "latitude"), found.points, strict=True))  # fmt: skip
    if found.gaps:
        yield say("Değeri eksik birimler dışarıda kalır; \"refuse\" bunun yerine durur.",
                  "Units without a value are left out; \"refuse\" stops instead.")  # fmt: skip
        yield 'missing = "drop"'
    yield ""
    if "boundaries" in named:
        yield from _boundary_lines(found, named)
    else:
        yield say("Çokgen verilmedi: haritalar daire ya da kare çizer. Bulunca ekleyin:",
                  "No polygons were given: maps draw circles or squares. Add them once you have some:")  # fmt: skip
        yield from ("# [boundaries]", '# file = ""', '# id = ""')
    yield from ("", "[neighbours]")
    if "neighbours" in named:
        yield f"file = {_q(named['neighbours'])}"
        if found.counted_from is not None:
            yield f"counted_from = {found.counted_from}"
    else:
        yield say("queen (değen çokgenler), rook, knn:4, band:150km …",
                  "queen (polygons that touch), rook, knn:4, band:150km …")  # fmt: skip
        yield 'weights = "queen"'
    yield ""
    if found.whole is not None:
        yield say("Payların bütünü bu sütuna benziyor; değilse bu bölümü silin. Para ise birimi:",
                  "Shares seem to be shares of this column; if not, delete the section. If money:")  # fmt: skip
        yield from ("[whole]", f"title = {_q(found.whole['title'])}", '# currency = "USD"',
                    f"column = {_q(found.whole['column'])}")  # fmt: skip
    else:
        yield say("Payların bütünü ya da birimlerin büyüklüğü varsa (ihracat, nüfus):",
                  "What shares are shares of, or what units weigh (exports, population), if known:")  # fmt: skip
        yield from ("# [whole]", '# title = { tr = "nüfus", en = "population" }', '# column = ""')
    if any(variable.get("percent") for variable in found.variables):
        yield say("Toplamı 100'ü aşmayan sütunlar yüzde sayıldı; değillerse percent satırını silin, kind "
                  'satırına "number" yazın.',
                  "Columns that add up to no more than 100 are taken for percentages; if they are none, delete "
                  'percent and write kind = "number".')  # fmt: skip
    for variable in found.variables:
        yield from _variable_lines(variable, comment=variable not in active)
    for column in found.groupings[:3]:
        yield from ("", "[[groupings]]", f"column = {_q(column)}")
    yield from _claim_lines(active, say, located="boundaries" in named or found.points is not None)


def _boundary_lines(found: _Found, named: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "[boundaries]", f"file = {_q(named['boundaries'])}", f"id = {_q(found.boundaries_id)}"
    )  # fmt: skip
    if "table" not in named and found.name is not None:
        yield f"name = {_q(found.name)}"
    if found.file_layer is not None:
        yield f"layer = {_q(found.file_layer)}"
    if found.crs is not None:
        yield f"crs = {_q(found.crs)}"
    yield '# source = ""'


def _variable_lines(variable: Mapping[str, object], *, comment: bool) -> Iterator[str]:
    mark = "# " if comment else ""
    yield ""
    yield f"{mark}[[variables]]"
    yield f"{mark}name = {_q(variable['name'])}"
    yield f"{mark}title = {_q(variable['title'])}"
    yield f"{mark}kind = {_q(variable['kind'])}"
    yield f"{mark}column = {_q(variable['column'])}"
    if variable["percent"]:
        yield f"{mark}percent = true"


def _claim_lines(
    active: Sequence[Mapping[str, object]], say: Callable[[str, str], str], *, located: bool
) -> Iterator[str]:
    if not active:
        return
    first = active[0]
    yield ""
    yield say(
        "İddialar ve sınamaları. Kurallar veri okunmadan yazılır; yazılmazsa sınamanınki geçerlidir.",
        "Claims and their tests. Rules are written before the data are read; a claim without one "
        "takes that of its test.",
    )
    yield from ("[[claims]]", 'id = "neighbours-alike"', 'test = "clustering"',
                f"class = {_q(first['name'])}")  # fmt: skip
    yield (
        f'title = {{ tr = "Komşular {first["title"]} bakımından benziyor mu?", '
        f'en = "Are neighbours alike in {first["title"]}?" }}'
    )
    yield ""
    examples = (
        ("rises-east", "gradient", ['towards = "east"']),
        ("a-belt", "corridor", ['members = ["", ""]']),
        ("denser-here", "bloc", ['regions = [{ name = "", members = ["", ""] }]']),
        ("goes-with-index", "index", ['index = "index.csv"']),
    )
    for name, test, rest in examples:
        if not located and test in ("gradient", "bloc"):
            continue
        yield from ("# [[claims]]", f'# id = "{name}"', f'# test = "{test}"',
                    f"# class = {_q(first['name'])}", *(f"# {line}" for line in rest),
                    '# title = ""', "")  # fmt: skip
