"""What a study is about, apart from its numbers: variables, units, groups of them, hypotheses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mekantek.errors import OptionError
from mekantek.grammar import REGION, Noun
from mekantek.study.hypotheses import Hypothesis
from mekantek.text import Language, Text, figure, money, percent, points

__all__ = ["Design", "Grouping", "Variable", "Whole"]


_NONE = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """
    A column of numbers that maps show and tests read.

    Attributes
    ----------
    name : str
        Its column in the study's frames.
    title : Text
        As it stands within a sentence: ``high technology``.
    kind : {"share", "number"}
        A fraction of the unit's own whole, written as a percentage, or any other number.
    unit : Text
        Of a number: ``pesos of 2000``; empty if it has none.
    colours : str
        Name of the ramp on maps, a key of `mekantek.maps.palette.RAMPS`.
    breaks, changes : tuple of float, optional
        Fixed class breaks of values and of changes; otherwise chosen from the data.
    """

    name: str
    title: Text
    kind: Literal["share", "number"] = "share"
    unit: Text = _NONE
    colours: str = "greys"
    breaks: tuple[float, ...] | None = None
    changes: tuple[float, ...] | None = None

    def write(self, value: float, language: Language) -> str:
        """
        Write a value as a reader expects it.

        Examples
        --------
        >>> dollars = Variable(name="y", title=Text("gelir", "income"), kind="number")
        >>> dollars.write(12345.678, "en"), dollars.write(0.01234, "tr")
        ('12,346', '0,0123')
        """
        if self.kind == "share":
            return percent(value, language)
        return figure(value, language)

    def write_change(self, value: float, language: Language) -> str:
        """Write a difference of two values, signed: of shares in points."""
        if self.kind == "share":
            return points(value, language)
        return ("+" if value > 0 else "") + figure(value, language)


@dataclass(frozen=True)
class Whole:
    """
    What shares are shares of, and what a unit weighs: its total exports, its population.

    Parameters
    ----------
    title : Text
        Such as ``exports``.
    currency : str
        ``USD`` is written in dollars; any other word follows the number; empty for none.
    """

    title: Text
    currency: str = ""

    @property
    def total(self) -> Text:
        """All of it."""
        return Text(f"toplam {self.title.tr}", f"total {self.title.en}")

    def write(self, value: float, language: Language, *, digits: int = 1) -> str:
        """
        Write a value: dollars in the largest fitting unit, other things with their word.

        Examples
        --------
        >>> Whole(Text("ihracat", "exports"), "USD").write(12_100_000, "en")
        '$12.1 million'
        >>> Whole(Text("nüfus", "population"), "people").write(12_100_000, "en")
        '12,100,000 people'
        """
        if self.currency == "USD":
            return money(value, language, digits=digits)
        return f"{figure(value, language)} {self.currency}".rstrip()


@dataclass(frozen=True)
class Grouping:
    """
    Regions that units belong to.

    Parameters
    ----------
    column : str
        Of ``study.regions``: which region, by its id.
    title : Text
        Such as ``NUTS 1``.
    named : str
        The column of the regions' names; that of the ids if empty.
    unit : Noun
        What one region is called.
    """

    column: str
    title: Text
    named: str = ""
    unit: Noun = REGION


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Design:
    """
    What a study asks, whatever its numbers.

    Attributes
    ----------
    title, lead : Text
        Of the report's page: its heading and its first paragraph.
    unit : Noun
        What one unit is.
    variables : mapping of str to Variable
        By name, in the order of maps and tables.
    rest : Variable or None
        What the variables leave of the whole, where they are parts of one.
    sums : mapping of str to Text
        Variables that are also shown together, joined by ``+``, and what they are called then.
    whole : Whole or None
        What ``value`` is; None where units have no size.
    groupings : tuple of Grouping
        Smaller regions first; results on larger units follow them.
    networks : tuple of str
        SPECs of neighbours that choices vary, the study's own first.
    hypotheses : tuple of Hypothesis
    extras : frozenset of str
        What only some studies have: ``statements`` (the report's sentences, one by one), ``briefs``
        (a page for each development agency).
    """

    title: Text
    lead: Text
    unit: Noun
    variables: Mapping[str, Variable]
    rest: Variable | None = None
    sums: Mapping[str, Text] = field(default_factory=dict)
    whole: Whole | None = None
    groupings: tuple[Grouping, ...] = ()
    networks: tuple[str, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    extras: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Say what it asks of what."""
        return f"<Design: {', '.join(self.variables)}; {len(self.hypotheses)} hypotheses>"

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the variables and of the rest."""
        return (*self.variables, *([self.rest.name] if self.rest else []))

    def few_networks(self, *more: str) -> tuple[str, ...]:
        """
        Give the first SPEC of each kind of neighbours but orders, and those of *more* there are.

        Examples
        --------
        >>> import mekantek as mt
        >>> mt.load_study().design.few_networks("knn:6")
        ('official', 'queen', 'rook', 'knn:4', 'knn:6', 'band:150km')
        """
        kinds: set[str] = {"order"}
        found = []
        for spec in self.networks:
            kind = spec.partition(":")[0]
            if kind not in kinds or spec in more:
                found.append(spec)
            kinds.add(kind)
        return tuple(found)

    def title_of(self, column: str) -> Text:
        """
        Say what a column is, alone or with others joined by ``+``; an unknown one is its own name.

        Examples
        --------
        >>> import mekantek as mt
        >>> mt.load_study().design.title_of("high+medium_high").en
        'high and medium-high technology'
        """
        if column in self.sums:
            return self.sums[column]
        if column in ("value", "total") and self.whole is not None:
            return self.whole.total
        names = [self._title(name) for name in column.split("+")]
        return Text(" + ".join(n.tr for n in names), " + ".join(n.en for n in names))

    def _title(self, name: str) -> Text:
        if name in self.variables:
            return self.variables[name].title
        if self.rest is not None and name == self.rest.name:
            return self.rest.title
        return Text(name, name)

    def variable(self, column: str) -> Variable:
        """Give the variable of a column; of several together the first."""
        name = column.split("+")[0]
        if self.rest is not None and name == self.rest.name:
            return self.rest
        return self.variables[name]

    def hypothesis(self, name: str, years: tuple[int, ...]) -> Hypothesis:
        """
        Give one hypothesis by its id, or the first of its test, its rule saying the years.

        Raises
        ------
        OptionError
            If there is none.
        """
        for asked in ("id", "test"):
            for hypothesis in self.hypotheses:
                if getattr(hypothesis, asked) == name:
                    return hypothesis.of(years)
        listed = ", ".join(h.id for h in self.hypotheses) or "–"
        raise OptionError(
            f"No finding {name!r}; there are {listed}.",
            f"{name!r} diye bir bulgu yok; şunlar var: {listed}.",
        )
