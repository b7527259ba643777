"""Tables, boundaries and neighbours, joined one to one and frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.errors import AlignmentError, OptionError
from mekantek.text import Language, Text, nearest

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["CLASS_COLUMNS", "YEARS", "Study", "load_study", "match_ids", "neighbours_of"]

CLASS_COLUMNS = ("high", "medium_high", "medium_low", "low")
# The report prints all four classes in these years.
YEARS = (2019, 2024)

REPORT = Text(
    "Ankara ve İllerin Dış Ticaretinin Teknolojik Analizi (2004–2024), Ankara Sanayi Odası, "
    "Temmuz 2025, ISBN 978-625-390-036-6",
    "Technological Analysis of the Foreign Trade of Ankara and the Provinces (2004–2024), Ankara "
    "Chamber of Industry, July 2025, ISBN 978-625-390-036-6 (in Turkish)",
)
BASIS = Text(
    "İhracat, özel ticaret sistemi, ISIC Rev. 3; iller ihracatçının kayıtlı merkezine göredir, "
    "üretim yerine göre değil; paylar ilin toplam ihracatındadır",
    "Exports, special trade system, ISIC Rev. 3; provinces are those of the exporter's registered "
    "seat, not of production; shares are of the province's total exports",
)


@dataclass(frozen=True, kw_only=True)
class Study:
    """
    One year of class shares on one set of regions.

    Tables are handed out as copies, so nothing a caller does reaches into the study.

    Attributes
    ----------
    year : int
        The year of `frame`.
    years : tuple of int
        Years in which all four classes are known.
    frame : pandas.DataFrame, index id, shape (n_units, 6)
        Columns ``high, medium_high, medium_low, low, unclassified``: fractions in [0, 1] of the
        unit's own total exports; ``value``: total exports, USD, NaN where not printed.
    status : pandas.DataFrame, same shape
        ``printed``, ``corrected``, ``unresolved``, ``computed`` or ``missing`` for each cell.
    names : pandas.Series
        Names of the units.
    geometry : geopandas.GeoSeries
        Polygons, EPSG:4326, same index.
    points : pandas.DataFrame
        Label points: columns ``longitude``, ``latitude``, degrees.
    regions : pandas.DataFrame
        Columns such as ``nuts1``, ``nuts2``, ``agency``: groups of units.
    graph : SpatialGraph
        Who neighbours whom.
    provenance : mapping
        ``report`` and ``basis`` (Text), ``boundaries``, and the SHA-256 of each joined table.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study(year=2024)
    >>> study.frame.loc[26, "high"].item(), study.names[26]
    (0.344, 'Eskişehir')
    """

    year: int
    years: tuple[int, ...]
    frame: pd.DataFrame
    status: pd.DataFrame
    names: pd.Series
    geometry: gpd.GeoSeries
    points: pd.DataFrame
    regions: pd.DataFrame
    graph: SpatialGraph
    provenance: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Refuse parts that do not bear the same ids."""
        ids = self.frame.index
        names = object.__getattribute__(self, "names")
        for part in ("status", "geometry", "points", "regions"):
            match_ids(ids, object.__getattribute__(self, part).index, f"the {part}", names=names)
        match_ids(ids, self.graph.ids, "the neighbours", names=names)

    def __getattribute__(self, name: str) -> Any:
        """Hand out copies of tables: a frozen noun whose tables could be edited is not frozen."""
        value = object.__getattribute__(self, name)
        return value.copy() if isinstance(value, (pd.DataFrame, pd.Series)) else value

    def at(self, year: int) -> Study:
        """
        Give the same study in another year.

        Raises
        ------
        OptionError
            If the report prints nothing for that year.
        """
        if year == self.year:
            return self
        frame, status = _tables_of(year)
        return replace(self, year=year, frame=frame, status=status)

    def share(self, classes: str | Iterable[str]) -> pd.Series:
        """
        Share of one class, or of several together.

        Parameters
        ----------
        classes : str or iterable of str
            ``"high"``, or ``"high+medium_high"``, or ``["high", "medium_high"]``.

        Returns
        -------
        pandas.Series, shape (n_units,)
            Fraction in [0, 1].

        Raises
        ------
        OptionError
            If a class is unknown.
        """
        named = classes.split("+") if isinstance(classes, str) else list(classes)
        frame = object.__getattribute__(self, "frame")
        shares = [c for c in frame.columns if c != "value"]
        for name in named:
            if name not in shares:
                raise OptionError(
                    f"No class {name!r}; there are {', '.join(shares)}.",
                    f"{name!r} diye bir sınıf yok; şunlar var: {', '.join(shares)}.",
                )
        total = frame[named].sum(axis=1, skipna=False)
        # Tenths of a point added as floats leave dust that would break ties.
        share: pd.Series = total.round(9).rename("+".join(named))
        return share

    def class_values(self, classes: str | Iterable[str]) -> pd.DataFrame:
        """
        Value of a class in USD, with the bounds that the rounded print allows.

        Returns
        -------
        pandas.DataFrame
            Columns ``value``, ``low``, ``high`` (USD); only units with a printed total. Every
            printed share may be 0.05 points more or less, and not below 0 or above 1.
        """
        share = self.share(classes)
        count = share.name.count("+") + 1 if isinstance(share.name, str) else 1
        total = object.__getattribute__(self, "frame")["value"]
        known = total.notna() & share.notna()
        share, total = share[known], total[known]
        slack = 0.0005 * count
        return pd.DataFrame(
            {
                "value": share * total,
                "low": (share - slack).clip(0, 1) * total,
                "high": (share + slack).clip(0, 1) * total,
            }
        )

    def national_share(self, classes: str | Iterable[str]) -> float:
        """
        Share of a class in the exports of all units with a printed total.

        Returns
        -------
        float
            Fraction in [0, 1].

        Examples
        --------
        >>> import mekantek as mt
        >>> round(mt.load_study(year=2024).national_share("high"), 4)
        0.0362
        """
        values = self.class_values(classes)
        total = object.__getattribute__(self, "frame")["value"]
        return float(values["value"].sum() / total[values.index].sum())


def match_ids(
    wanted: pd.Index,
    given: pd.Index,
    what: str,
    *,
    names: Mapping[Any, str] | pd.Series | None = None,
) -> None:
    """
    Refuse two sets of ids that are not one to one the same.

    Parameters
    ----------
    wanted, given : pandas.Index
        Ids of the table, and of what is joined to it.
    what : str
        What is joined, for the message.
    names : mapping or Series, optional
        Names of the wanted ids.

    Raises
    ------
    AlignmentError
        With both difference lists and the nearest names.
    """
    for index, label in ((wanted, "the table"), (given, what)):
        if index.has_duplicates:
            twice = index[index.duplicated()][0]
            raise AlignmentError(f"Id {twice} stands more than once in {label}; ids are unique.")
    lone, unused = wanted.difference(given, sort=False), given.difference(wanted, sort=False)
    if not len(lone) and not len(unused):
        return

    def shown(ids: pd.Index, others: pd.Index, language: Language) -> str:
        likest = Text("en yakını", "nearest")[language]
        parts = []
        for unit in ids[:5]:
            close = nearest(str(unit), (str(o) for o in others))
            named = f"{unit} {names[unit]}" if names is not None and unit in names else str(unit)
            parts.append(f"{named} ({likest}: {close[0]})" if close else named)
        more = Text("ve {n} tane daha", "and {n} more")[language].format(n=len(ids) - 5)
        listed = ", ".join(parts) or Text("yok", "none")[language]
        return f"{listed} {more}" if len(ids) > 5 else listed

    raise AlignmentError(
        f"The table and {what} do not bear the same ids. Only in the table ({len(lone)}): "
        f"{shown(lone, unused, 'en')}. Only in {what} ({len(unused)}): {shown(unused, lone, 'en')}.",
        f"Tablo ile {what} aynı kimlikleri taşımıyor. Yalnız tabloda ({len(lone)}): "
        f"{shown(lone, unused, 'tr')}. Yalnız ötekinde ({len(unused)}): "
        f"{shown(unused, lone, 'tr')}.",
    )


def _label_points(known: pd.DataFrame) -> pd.DataFrame:
    points = known[["label_lon", "label_lat"]].set_axis(["longitude", "latitude"], axis=1)
    points.attrs["points_used"] = "label points"  # a graph built on them says so
    return points


@cache
def _tables_of(year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the shares and totals of one year with the status of each cell."""
    from mekantek.datasets import provinces, tables

    shares, totals = tables.load_shares(), tables.load_totals()
    printed = sorted(int(y) for y in shares["year"].unique())
    if year not in printed:
        raise OptionError(
            f"The report prints no province shares for {year}; it has {printed[0]} to "
            f"{printed[-1]}, all four classes in 2019 and 2024.",
            f"Rapor {year} için il payı basmıyor; {printed[0]}–{printed[-1]} yılları var, dört sınıfın "
            "hepsi 2019 ve 2024'te.",
        )
    index = provinces.load_provinces().index
    columns = [*CLASS_COLUMNS, "unclassified", "value"]
    frame = pd.DataFrame(float("nan"), index=index, columns=columns)
    status = pd.DataFrame("missing", index=index, columns=columns)
    in_year = shares[shares["year"] == year]
    for name, group in in_year.groupby("class"):
        rows = group.set_index("plate")
        frame.loc[rows.index, str(name)] = rows["share"]
        status.loc[rows.index, str(name)] = rows["status"]
    rows = totals[totals["year"] == year].set_index("plate")
    frame.loc[rows.index, "value"] = rows["value_usd"].astype(float)
    status.loc[rows.index, "value"] = rows["status"]
    classes = list(CLASS_COLUMNS)
    # Four roundings can carry the sum past 100 %; a share is not negative.
    rest = (1 - frame[classes].sum(axis=1, skipna=False)).round(9).clip(lower=0)
    frame["unclassified"] = rest
    status.loc[rest.notna(), "unclassified"] = "computed"
    return frame, status


def neighbours_of(spec: str, *, base: SpatialGraph | None = None) -> SpatialGraph:
    """
    Build the neighbours of the 81 provinces.

    Parameters
    ----------
    spec : str
        ``official``, or any SPEC of the command line: ``queen``, ``knn:4``, ``band:150km`` …
    base : SpatialGraph, optional
        Graph that ``order:2`` starts from; the official one otherwise.

    Returns
    -------
    SpatialGraph
        Index: plates.

    Raises
    ------
    OptionError
        If the SPEC is none.
    """
    from mekantek import weights
    from mekantek.datasets import boundaries, provinces, tables

    known = provinces.load_provinces()
    if spec == "official" or spec.startswith("order:"):
        pairs = tables.load_neighbours()
        pairs = pairs[pairs["neighbours"] == 1]
        official = weights.from_pairs(
            pairs[["plate_a", "plate_b"]],
            known.index,
            spec="official",
            contested=pairs.loc[pairs["contested"] == 1, ["plate_a", "plate_b"]],
        )
        if spec == "official":
            return official
        return weights.build(spec, base=base or official, ids=known.index)
    built = weights.build(
        spec,
        geometry=boundaries.load_boundaries("full").geometry,
        points=_label_points(known),
        ids=known.index,
    )
    return _noted(built, known["name_tr"]) if spec in ("queen", "rook") else built


def _noted(polygons: SpatialGraph, names: pd.Series) -> SpatialGraph:
    """Say where contacts of the polygons differ from the official list."""
    from mekantek import weights

    official = neighbours_of("official")
    labels = names.to_dict()

    def listed(graph: SpatialGraph, other: SpatialGraph) -> str:
        known = set(zip(other.pairs["a"], other.pairs["b"], strict=True))
        lone = [p for p in zip(graph.pairs["a"], graph.pairs["b"], strict=True) if p not in known]
        return ", ".join(f"{labels[a]}–{labels[b]}" for a, b in lone) or "none"

    note = (
        f"{polygons.spec} contacts of the polygons against the official list: "
        f"also {listed(polygons, official)}; not {listed(official, polygons)}"
    )
    return weights.SpatialGraph(
        polygons.ids, polygons.sparse, polygons.spec, notes=(*polygons.notes, note)
    )


def load_study(year: int = 2024, *, weights: str = "official") -> Study:
    """
    Join the report's tables, the provinces' boundaries and their neighbours.

    Parameters
    ----------
    year : int
        2019 or 2024 for all four classes; 2020 to 2023 have high and medium-low only.
    weights : str
        SPEC of the neighbours.

    Returns
    -------
    Study
        81 provinces, index: plate.

    Raises
    ------
    OptionError
        If the report prints nothing for that year, or the SPEC is none.
    AlignmentError
        If a table, the boundaries and the neighbours do not hold the same 81 provinces.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.load_study(year=2019).frame.shape
    (81, 6)
    """
    from mekantek.datasets import boundaries, files, provinces

    known = provinces.load_provinces()
    frame, status = _tables_of(year)
    shipped = ("shares.csv", "totals.csv", "provinces.csv", "neighbours.csv")
    return Study(
        year=year,
        years=YEARS,
        frame=frame,
        status=status,
        names=known["name_tr"].rename("name"),
        geometry=boundaries.load_boundaries("simplified").geometry,
        points=_label_points(known),
        regions=known[["nuts1", "nuts1_name_tr", "nuts2", "agency_tr", "agency_abbr"]],
        graph=neighbours_of(weights),
        provenance={
            "report": REPORT,
            "basis": BASIS,
            "unit": Text("il", "province"),
            "units": Text("il", "provinces"),
            "boundaries": Text(
                "Natural Earth 1:10m, kamu malı; sadeleştirilmiş",
                "Natural Earth 1:10m, public domain; simplified",
            ),
            "sha256": {name: files.sha256(name) for name in shipped},
        },
    )
