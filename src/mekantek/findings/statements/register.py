"""The register of claims: statements of the report with what is checked of each, read from data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mekantek.datasets import files, provinces, tables
from mekantek.errors import TableError
from mekantek.findings.statements import cells, lookups, prints
from mekantek.findings.statements import checks as kinds
from mekantek.findings.statements import quantities as q
from mekantek.text import Text

__all__ = ["Claim", "Contradiction", "Reading", "Register", "load_register", "read_check"]

_WHOLE = Text("Türkiye", "Türkiye")


@dataclass(frozen=True)
class Reading:
    """One honest way to read a statement, with its checks."""

    checks: tuple[kinds.Check, ...]
    name: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """
    A statement of the report.

    Attributes
    ----------
    id : int
    report_line, quote, printed : str
    gloss : Text
        What the statement says, in a few words.
    provinces : tuple of str
        Official names, ``Türkiye`` or ``81 il``.
    years : tuple of int
    classes : tuple of str
    readings : tuple of Reading
        Empty where nothing of it can be checked.
    needs : Text or None
        What a user would have to bring for the part that cannot be checked, or for all of it.
    """

    id: int
    report_line: str
    quote: str
    gloss: Text
    printed: str
    provinces: tuple[str, ...]
    years: tuple[int, ...]
    classes: tuple[str, ...]
    readings: tuple[Reading, ...]
    needs: Text | None


@dataclass(frozen=True)
class Contradiction:
    """Statements of the report that cannot all be true, or one that its own tables deny."""

    claims: tuple[int, ...]
    text: Text

    def to_dict(self) -> dict[str, Any]:
        """Give one entry of ``contradictions`` in the JSON contract."""
        return {"claims": list(self.claims), **self.text.to_dict()}


@dataclass(frozen=True)
class Register:
    """
    All statements, all contradictions of the report with itself, and the rules of the checks.

    Attributes
    ----------
    claims : tuple of Claim
    contradictions : tuple of Contradiction
    rules : tuple of Text
        In words, as shown beside the results.
    tolerances : mapping of str to float
    """

    claims: tuple[Claim, ...]
    contradictions: tuple[Contradiction, ...]
    rules: tuple[Text, ...]
    tolerances: Mapping[str, float]


def read_years(text: str) -> tuple[int, ...]:
    """
    Read years and ranges.

    Examples
    --------
    >>> read_years("2008; 2019-2021")
    (2008, 2019, 2020, 2021)
    """
    found: list[int] = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return tuple(found)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (p.strip() for p in text.split(";"))))


@cache
def _plates() -> dict[str, int]:
    names = provinces.load_provinces()["name_tr"]
    return {str(name): int(str(plate)) for plate, name in names.items()}


def _place(given: str | Sequence[str], groups: Mapping[str, Any]) -> tuple[tuple[int, ...], Text]:
    """Plates of a place (none for the country) and what it is called."""
    if given == "Türkiye":
        return (), _WHOLE
    if isinstance(given, str) and given in groups:
        members = groups[given]["members"]
        return tuple(_plates()[m] for m in members), Text(**groups[given]["name"])
    names = [given] if isinstance(given, str) else list(given)
    try:
        plates = tuple(_plates()[n] for n in names)
    except KeyError as error:
        raise TableError(f"claims.toml names {error.args[0]!r}, which is no province.") from error
    if len(names) == 1:
        return plates, Text(names[0], names[0])
    head = ", ".join(names[:-1])
    return plates, Text(f"{head} ve {names[-1]}", f"{head} and {names[-1]}")


@dataclass
class _Reader:
    """Turns the tables of ``claims.toml`` into quantities and checks, with a claim's defaults."""

    groups: Mapping[str, Any]
    classes: str
    year: int

    def _of(self, given: Any, table: Mapping[str, Any], year: int | None = None) -> dict[str, Any]:
        members, place = _place(given, self.groups)
        return {
            "members": members,
            "place": place,
            "classes": table.get("class", self.classes),
            "year": year or table.get("year", self.year),
        }

    def quantity(self, table: Mapping[str, Any], year: int | None = None) -> q.Quantity:
        """Read the quantity that a table names, in *year* if given."""
        for name, kind in (("share", q.Share), ("part", q.Part), ("value", q.Value),
                           ("class_rank", q.ClassRank)):  # fmt: skip
            if name in table:
                return kind(**self._of(table[name], table, year))
        if "rank" in table:
            circle = table.get("among")
            among, told = _place(circle, self.groups) if circle else ((), None)
            return q.Rank(
                **self._of(table["rank"], table, year), by=table["by"], among=among, circle=told
            )
        if "index" in table:
            members, place = _place(table["index"], self.groups)
            return cells.IndexRank(members[0], place)
        if "stated" in table:
            text = table["stated"]
            unit: prints.Unit = "share" if "%" in text else "usd" if "mil" in text else "count"
            printed = prints.Print.read(text, step=table.get("step"))
            return cells.Stated(printed, table["line"], unit)
        if "cell" in table:
            return cells.Cell(table["table"], table["cell"])
        if "whole" in table:
            return cells.Stated(prints.Print(1.0, 0.0, "%100"), None, "share")
        if "remainder" in table:
            return cells.Remainder(table["remainder"])
        if "largest" in table:
            return cells.TopPartners(table["largest"])
        if "rows" in table:
            return cells.Rows(table["rows"])
        if "out_of_order" in table:
            return cells.OutOfOrder(self.year)
        if "ratio" in table:
            top, bottom = (self.quantity(t, year) for t in table["ratio"])
            return q.Ratio(top, bottom, table.get("unit", "share"))
        for name, sign in (("difference", -1), ("sum", 1)):
            if name in table:
                first, second = (self.quantity(t, year) for t in table[name])
                return q.Difference(first, second, sign)
        raise TableError(f"claims.toml has a check without a quantity: {dict(table)}.")

    def checks(self, table: Mapping[str, Any]) -> list[kinds.Check]:
        """Read one entry of ``checks``; a list of leading provinces is several."""
        if "leading" in table:
            circle = {"among": table["among"]} if "among" in table else {}
            return [
                kinds.Equals(
                    self.quantity({**table, "rank": name, **circle}), prints.Print.read(str(place))
                )
                for place, name in enumerate(table["leading"], 1)
            ]
        if "class_of" in table:
            return [lookups.ClassOf(table["class_of"], table["is_class"], table["item"])]
        if "listed" in table:
            present = table.get("present", True)
            return [lookups.Listed(table["table"], item, present) for item in table["listed"]]
        if "prints" in table:
            return [lookups.Differ(tuple((text, line) for text, line in table["prints"]))]
        if "finding" in table:
            return [lookups.Found(table["finding"], table.get("class"), table.get("year"))]
        if "outlier" in table:
            members, place = _place(table["outlier"], self.groups)
            return [lookups.Outlier(members[0], place, self.classes, self.year)]
        if "denser" in table:
            members, place = _place(table["denser"], self.groups)
            return [lookups.Denser(members, place, self.classes, self.year, table["higher"])]
        return [self._of_number(table)]

    def _of_number(self, table: Mapping[str, Any]) -> kinds.Check:
        if "trend" in table:
            years = read_years(table["years"])
            series = tuple(self.quantity(table, year) for year in years)
            return kinds.Trend(series, years, table["trend"], table.get("at"))
        quantity = self.quantity(table)
        if "over" in table:
            return kinds.Greater(quantity, self.quantity(table["over"]), table.get("times", 1.0))
        for name in ("is", "about"):
            if name in table:
                printed = prints.Print.read(table[name], step=table.get("step"))
                return kinds.Equals(quantity, printed, name == "about")
        for name in ("above", "below"):
            if name in table:
                printed = prints.Print.read(table[name])
                return kinds.Bound(quantity, printed, name == "above", table.get("rounded", False))
        raise TableError(f"claims.toml claims nothing of a quantity: {dict(table)}.")


def read_check(
    table: Mapping[str, Any], *, classes: str = "high", year: int = 2024
) -> list[kinds.Check]:
    """
    Read one entry of ``checks`` as ``claims.toml`` writes it.

    Parameters
    ----------
    table : mapping
        Such as ``{"share": "Ankara", "is": "%12,1"}``.
    classes, year
        Taken where the entry names none.

    Raises
    ------
    TableError
        If the entry names no quantity, nothing about it, or an unknown province.

    Examples
    --------
    >>> read_check({"share": "Ankara", "is": "%12,1"})[0].printed.value
    0.121
    """
    return _Reader(_source()["groups"], classes, year).checks(table)


@cache
def _source() -> dict[str, Any]:
    with files.data_path("claims.toml").open("rb") as handle:
        return tomllib.load(handle)


def _claim(row: Mapping[str, Any], source: Mapping[str, Any]) -> Claim:
    years, classes = read_years(row["years"]), _listed(row["classes"])
    entry = source["claim"].get(str(row["id"]))
    if entry is None:
        raise TableError(f"claims.toml says nothing of statement {row['id']}.")
    reader = _Reader(
        source["groups"],
        entry.get("class", "+".join(classes)),
        entry.get("year", max(years, default=0)),
    )
    readings = tuple(
        Reading(
            tuple(c for table in reading["checks"] for c in reader.checks(table)),
            Text(**reading["name"]) if "name" in reading else None,
        )
        for reading in entry.get("readings", [entry] if "checks" in entry else [])
    )
    needs = Text(**source["needs"][entry["needs"]]) if "needs" in entry else None
    if not readings and needs is None:
        raise TableError(
            f"claims.toml neither checks statement {row['id']} nor says what it needs."
        )
    return Claim(
        id=int(row["id"]),
        report_line=row["report_line"],
        quote=row["quote_tr"],
        gloss=Text(row["gloss_tr"], row["gloss_en"]),
        printed=row["printed"],
        provinces=_listed(row["provinces"]),
        years=years,
        classes=classes,
        readings=readings,
        needs=needs,
    )


@cache
def load_register() -> Register:
    """
    Read ``claims.csv`` and ``claims.toml``.

    Raises
    ------
    TableError
        If a statement has neither a check nor a need, or a check cannot be read.

    Examples
    --------
    >>> len(load_register().claims)
    235
    """
    source = _source()
    rows = [{str(k): v for k, v in row.items()} for row in tables.load("claims").to_dict("records")]
    return Register(
        claims=tuple(_claim(row, source) for row in rows),
        contradictions=tuple(
            Contradiction(tuple(c["claims"]), Text(c["tr"], c["en"]))
            for c in source["contradiction"]
        ),
        rules=tuple(Text(**rule) for rule in source["rule"]),
        tolerances=source["tolerances"],
    )
