"""The one noun: shares by year, polygons, points and neighbours under one set of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from mekantek.errors import AlignmentError, OptionError
from mekantek.study.design import Design
from mekantek.study.hypotheses import Hypothesis
from mekantek.text import Language, Text, light_table, nearest

if TYPE_CHECKING:
    import geopandas as gpd

    from mekantek.weights import SpatialGraph

__all__ = ["Study", "YearTable", "match_ids"]

# The report prints shares to 0.1 point of a percentage: each may be half of that off.
PRINTED = 0.0005
# Total exports it prints to the dollar.
PRINTED_TOTAL = 0.5


class YearTable(NamedTuple):
    """The numbers of one year, and the status of each cell."""

    frame: pd.DataFrame
    status: pd.DataFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class Study:
    """
    The variables of one year on one set of regions, and what is asked of them.

    Tables are handed out as copies, so nothing a caller does reaches into the study.

    Attributes
    ----------
    year : int
        The year of `frame`.
    years : tuple of int
        Years that findings and maps read, all variables known: those of the report, the first
        and the last complete year of anyone else's data.
    panel : mapping of int to YearTable
        The tables of every year with any share, complete or not.
    frame : pandas.DataFrame, index id, shape (n_units, 6)
        A column for each variable of the design and one for what they leave of the whole: in the
        report ``high, medium_high, medium_low, low, unclassified``, fractions in [0, 1] of the unit's
        own total exports; ``value``: the size of the unit, in the report its total exports in USD,
        NaN where not known.
    status : pandas.DataFrame, same shape
        ``printed``, ``corrected``, ``unresolved``, ``computed``, ``given`` or ``missing`` for each
        cell.
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
    design : Design
        Variables, words, groupings and hypotheses.
    neighbours : callable of str to SpatialGraph
        Builds the neighbours of another SPEC on the same units.
    provenance : mapping
        ``report`` and ``basis`` (Text), ``boundaries``, ``taxonomy``, ``flow`` (``export`` or
        ``import``) and the SHA-256 of each joined table.
    rounding : float
        Half a unit of the last digit of a printed share, as a fraction: 0.0005 in the report, whose
        shares are printed to 0.1 point. 0 where shares are computed from records: then values are
        exact to the cent and nothing is open.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study(year=2024)
    >>> study.frame.loc[26, "high"].item(), study.names[26]
    (0.344, 'Eskişehir')
    """

    year: int
    years: tuple[int, ...]
    panel: Mapping[int, YearTable]
    names: pd.Series
    geometry: gpd.GeoSeries
    points: pd.DataFrame
    regions: pd.DataFrame
    graph: SpatialGraph
    design: Design
    neighbours: Callable[[str], SpatialGraph]
    provenance: Mapping[str, Any]
    rounding: float = PRINTED

    def __post_init__(self) -> None:
        """Refuse parts that do not bear the same ids."""
        names = object.__getattribute__(self, "names")
        ids = names.index
        for year in self.panel:
            match_ids(ids, self._shares(year).index, f"the shares of {year}", names=names)
        for part in ("geometry", "points", "regions"):
            match_ids(ids, object.__getattribute__(self, part).index, f"the {part}", names=names)
        match_ids(ids, self.graph.ids, "the neighbours", names=names)
        self.at(self.year)

    def __getattribute__(self, name: str) -> Any:
        """Hand out copies of tables: a frozen noun whose tables could be edited is not frozen."""
        value = object.__getattribute__(self, name)
        if name == "panel":
            return {
                year: YearTable(*(part.copy() for part in table)) for year, table in value.items()
            }
        return value.copy() if isinstance(value, (pd.DataFrame, pd.Series)) else value

    def __repr__(self) -> str:
        """Say what it is of, not what it holds."""
        years = ", ".join(map(str, self.years))
        return f"<Study: {len(self.names)} units, {self.year} (complete: {years}), {self.graph!r}>"

    def _repr_html_(self) -> str:
        """Show a notebook a light table; `frame` has the shares."""
        counts = self.status[list(self.classes)].melt()["value"].value_counts()
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        return light_table(
            f"Study, {self.year}",
            [("units", len(self.names)), ("complete years", ", ".join(map(str, self.years))),
             ("years", ", ".join(map(str, sorted(self.panel)))), ("cells", told),
             ("neighbours", f"{self.graph.spec}, {self.graph.links} links"),
             ("source", self.provenance["report"].en), ("basis", self.provenance["basis"].en)],
        )  # fmt: skip

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the variables, in the order of maps and tables."""
        return tuple(self.design.variables)

    @property
    def sized(self) -> bool:
        """Whether units have a size: exports, population."""
        return self.design.whole is not None

    @property
    def valued(self) -> bool:
        """Whether each variable has a value in every unit: a share of a known whole."""
        return self.sized and all(v.kind == "share" for v in self.design.variables.values())

    @property
    def composed(self) -> bool:
        """Whether the variables and the rest are parts of one whole."""
        return self.design.rest is not None

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What is put to a test, in order, each rule saying the study's years."""
        return tuple(h.of(self.years) for h in self.design.hypotheses)

    def hypothesis(self, name: str) -> Hypothesis:
        """
        Give one hypothesis by its id, or the first of its test.

        Raises
        ------
        OptionError
            If there is none.
        """
        return self.design.hypothesis(name, self.years)

    @property
    def frame(self) -> pd.DataFrame:
        """The variables and the size of each unit in `year`."""
        return self._shares(self.year)

    @property
    def kind(self) -> str:
        """What the numbers come from: ``print`` (the report), ``records`` or a ``table``."""
        return str(self.provenance.get("kind", "table"))

    @property
    def of_provinces(self) -> bool:
        """Whether units are the 81 provinces and sizes dollars: the report's print, or records."""
        plates = range(1, 82)
        return self.kind != "table" and set(object.__getattribute__(self, "names").index) == set(
            plates
        )

    @property
    def shipped(self) -> bool:
        """Whether its numbers are those of the shipped tables, which have a source line for each."""
        return "statements" in self.design.extras

    @property
    def located(self) -> bool:
        """Whether it is known where units lie; a list of neighbours alone does not tell."""
        return bool(self.provenance.get("located", True))

    @property
    def printed(self) -> bool:
        """Whether the shares were read off a print, rounded, and not computed from records."""
        return self.rounding > 0

    @property
    def rounding_of_totals(self) -> float:
        """How far off a total may be, USD: half a dollar where it was read off a print, else 0."""
        return PRINTED_TOTAL if self.kind == "print" and self.of_provinces else 0.0

    @property
    def zero_limit(self) -> float:
        """
        Largest share that could stand as zero, for logarithms of shares.

        Half of the last digit of a print; of computed shares the smallest one above zero, so that
        what takes the place of zero stays below every share that is there, and never more than the
        print's.
        """
        if self.printed:
            return self.rounding
        columns = list(self.design.parts)
        shares = pd.concat([self._shares(year)[columns] for year in self.years])
        least = shares.where(shares > 0).min().min()
        return float(min(PRINTED, least)) if least == least else PRINTED

    @property
    def status(self) -> pd.DataFrame:
        """Status of each cell of `frame`."""
        table: YearTable = object.__getattribute__(self, "panel")[self.year]
        return table.status

    def _shares(self, year: int) -> pd.DataFrame:
        """Give the frame of a year itself, not a copy: for reading."""
        table: YearTable = object.__getattribute__(self, "panel")[year]
        return table.frame

    def at(self, year: int) -> Study:
        """
        Give the same study in another year.

        Raises
        ------
        OptionError
            If the report prints nothing for that year.
        """
        if year == self.year and year in object.__getattribute__(self, "panel"):
            return self
        printed = sorted(object.__getattribute__(self, "panel"))
        if year not in printed:
            complete, count = " and ".join(map(str, self.years)), len(self.classes)
            gap = printed[-1] - printed[0] >= len(printed)
            listed = ", ".join(map(str, printed))
            span = Text(
                listed if gap else f"{printed[0]}–{printed[-1]}",
                listed if gap else f"{printed[0]} to {printed[-1]}",
            )
            raise OptionError(
                f"There is nothing for {year}; there is for {span.en}, all {count} variables in "
                f"{complete}.",
                f"{year} yılı için veri yok; {span.tr} yılları var, {count} değişkenin hepsi "
                f"{' ve '.join(map(str, self.years))} yıllarında.",
            )
        return replace(self, year=year)

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
        frame = self._shares(self.year)
        shares = [c for c in frame.columns if c != "value"]
        for name in named:
            if name not in shares:
                raise OptionError(
                    f"No class {name!r}; there are {', '.join(shares)}.",
                    f"{name!r} diye bir sınıf yok; şunlar var: {', '.join(shares)}.",
                )
        total = frame[named].sum(axis=1, skipna=False)
        # Tenths of a point added as floats leave dust that would break ties. Cents over a total
        # need more digits: a share of 1e-9 of İstanbul's exports is a hundred dollars.
        share: pd.Series = total.round(9 if self.printed else 15).rename("+".join(named))
        return share

    def class_values(self, classes: str | Iterable[str]) -> pd.DataFrame:
        """
        Value of a class in USD, with the bounds that a rounded print allows.

        Returns
        -------
        pandas.DataFrame
            Columns ``value``, ``low``, ``high`` (USD); only units with a known total. Every
            printed share may be `rounding` more or less (0.05 points), and not below 0 or above 1;
            computed shares give the value to the cent, and low = high = value.

        Raises
        ------
        OptionError
            If units have no size.
        """
        self._check_valued()
        share = self.share(classes)
        count = share.name.count("+") + 1 if isinstance(share.name, str) else 1
        total = self._shares(self.year)["value"]
        known = total.notna() & share.notna()
        share, total = share[known], total[known]
        if not self.printed:
            value = (share * total).round(2)
            return pd.DataFrame({"value": value, "low": value, "high": value})
        slack = self.rounding * count
        return pd.DataFrame(
            {
                "value": share * total,
                "low": (share - slack).clip(0, 1) * total,
                "high": (share + slack).clip(0, 1) * total,
            }
        )

    def writer(self, column: str) -> Callable[[float, Language], str]:
        """
        Give what writes a variable's values: percentages of shares, numbers with their unit.

        Examples
        --------
        >>> import mekantek as mt
        >>> mt.load_study().writer("high")(0.121, "tr")
        '%12,1'
        """
        return self.design.variable(column).write

    def _check_valued(self) -> None:
        if not self.valued:
            raise OptionError(
                "The variables of this study are no shares of a known whole, so values and parts of it "
                "cannot be told; say in its file what units weigh ([whole]) and which are shares.",
                "Bu çalışmanın değişkenleri bilinen bir bütünün payı değil; değer ve bütündeki pay "
                "söylenemez. Dosyasına birimlerin büyüklüğünü ([whole]) ve hangilerinin pay olduğunu "
                "yazın.",
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
        total = self._shares(self.year)["value"]
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
