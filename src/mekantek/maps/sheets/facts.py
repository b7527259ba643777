"""What all maps share: columns of the table, status of the values, neighbours, source and basis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from mekantek.grammar import UNIT, Noun
from mekantek.maps.palette import Entry
from mekantek.maps.sheets.sheet import Column, Fact
from mekantek.maps.wording import NONE, STATUSES, both
from mekantek.text import Language, Text, number, shortened, sort_key

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.study import Study

__all__ = [
    "Regions",
    "about",
    "neighbourhood",
    "noun",
    "number_of",
    "numbers",
    "open_cells",
    "p_values",
    "shown_names",
    "status_of",
    "statuses",
    "unit",
    "units",
    "unresolved",
    "words",
]

Write = Callable[[float, Language], str]

_NEIGHBOURS = {
    "official": Text("resmî il komşulukları", "official list of neighbouring provinces"),
    "queen": Text("ortak nokta ya da kenar (queen)", "shared point or edge (queen)"),
    "rook": Text("ortak kenar (rook)", "shared edge (rook)"),
    "file": Text("kullanıcının dosyası", "the user's file"),
}


class Regions(Protocol):
    """What a map of anyone's regions is drawn from; a Study is one."""

    @property
    def geometry(self) -> gpd.GeoSeries:
        """Polygons, EPSG:4326, index = ids."""

    @property
    def names(self) -> pd.Series:
        """Names by id."""

    @property
    def points(self) -> pd.DataFrame:
        """``longitude``, ``latitude`` of a point in each region."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What stands below the map: ``report``, ``basis``, ``boundaries``."""


def shown_names(source: Regions) -> pd.Series:
    """
    Give the units' names as pages show them: long ones cut, so that no page swells with one.

    Files of data hold the whole names; every map, table and legend takes them from here.
    """
    return source.names.map(lambda name: shortened(str(name)))


def noun(source: Regions) -> Noun:
    """Say what one shape is called: a study says so."""
    design = getattr(source, "design", None)
    return UNIT if design is None else design.unit


def unit(source: Regions) -> Text:
    """Say what one shape is: a province, a region."""
    return noun(source).one


def units(source: Regions) -> Text:
    """Say what the shapes are, in the form that follows a number."""
    return noun(source).counted


def neighbourhood(spec: str) -> Text:
    """
    Say in words what a SPEC of neighbours means; one without words stays as it is.

    Examples
    --------
    >>> neighbourhood("knn:6").tr, neighbourhood("band:150km").en, neighbourhood("order:2").en
    ('en yakın 6 komşu', 'within 150 km', 'order:2')
    """
    kind, _, size = spec.partition(":")
    if kind == "knn" and size.isdigit():
        return Text(f"en yakın {size} komşu", f"{size} nearest")
    if kind == "band" and size.endswith("km"):
        return Text(f"{size[:-2]} km içindekiler", f"within {size[:-2]} km")
    return _NEIGHBOURS.get(spec, Text(spec, spec))


def status_of(study: Study, classes: str) -> pd.Series:
    """
    Status of a class's cells; several classes together are as open as the most open of them.

    Returns
    -------
    pandas.Series, shape (n_units,)
    """
    parts = study.status[classes.split("+")]
    told = parts.iloc[:, 0].copy()
    for word in ("corrected", "unresolved", "missing"):
        told[(parts == word).any(axis=1)] = word
    return told


def numbers(header: Text, name: str, values: pd.Series, write: Write) -> Column:
    """Make a column of numbers, an en dash where missing."""

    def told(value: float) -> Text:
        if pd.isna(value):
            return Text("–", "–")
        return both(lambda lang: write(value, lang))

    return Column(
        header=header,
        name=name,
        shown={str(u): told(float(v)) for u, v in values.items()},
        raw={str(u): "" if pd.isna(v) else repr(float(v)) for u, v in values.items()},
    )


def p_values(header: Text, name: str, values: pd.Series) -> Column:
    """Make a column of p-values with four decimals."""
    return numbers(header, name, values, lambda v, lang: number(v, lang, digits=4))


def words(
    header: Text, name: str, values: Mapping[Any, str] | pd.Series, said: Mapping[str, Text]
) -> Column:
    """Make a column of words; the CSV has their keys."""
    return Column(
        header=header,
        name=name,
        shown={str(u): said.get(str(v), Text(str(v), str(v))) for u, v in values.items()},
        raw={str(u): str(v) for u, v in values.items()},
        number=False,
    )


def statuses(status: pd.Series, *, suffix: str = "") -> Column:
    """Make a column that names a value's status where it is not simply as printed."""
    quiet = dict.fromkeys(("printed", "computed", "given"), Text("", ""))
    return words(
        Text(f"durum{suffix}", f"status{suffix}"),
        f"status{suffix.replace(' ', '_')}",
        status,
        {**STATUSES, **quiet},
    )


def open_cells(status: pd.Series) -> tuple[list[str], list[Entry]]:
    """
    Find the units whose value two prints leave open, and the line of the legend for them.

    Returns
    -------
    ids : list of str
    entries : list of Entry
        Empty if there are none.
    """
    ids = [str(u) for u in status.index[status == "unresolved"]]
    label = Text("noktalı kenar: çözülmemiş değer", "dotted outline: unresolved value")
    return ids, [Entry(label=label, sign="dotted", count=len(ids))] if ids else []


def number_of(source: Regions, count: int | None = None) -> Fact:
    """Say how many units there are, or how many of them are read."""
    told = f"n = {len(source.names) if count is None else count}"
    return noun(source).say(Text("[İl] sayısı", "[Provinces]")), Text(told, told)


def about(source: Regions, *told: Fact) -> list[Fact]:
    """
    List what a reader must know of a map: what it adds, then basis, source and boundaries.

    Parameters
    ----------
    source : Regions
    *told : Fact
        What only this map says.
    """
    known = source.provenance
    rest = [
        (Text("Kapsam", "Basis"), known.get("basis")),
        (Text("Kaynak", "Source"), known.get("report")),
        (Text("Sınırlar", "Boundaries"), known.get("boundaries")),
    ]
    return [*told, *((term, text) for term, text in rest if text is not None and text.en)]


def unresolved(study: Study, classes: str, years: Iterable[int]) -> list[Fact]:
    """List the units whose value two prints leave open, with the years; nothing of no print."""
    if study.kind != "print":
        return []
    found: dict[str, list[int]] = {}
    for year in years:
        at = study.at(year)
        status, names = status_of(at, classes), shown_names(at)
        for unit in status.index[status == "unresolved"]:
            found.setdefault(str(names[unit]), []).append(year)
    listed = ", ".join(
        f"{name} ({', '.join(map(str, sorted(found[name])))})"
        for name in sorted(found, key=sort_key)
    )
    told = Text(listed, listed) if listed else NONE
    return [(Text("Çözülmemiş değerler", "Unresolved values"), told)]
