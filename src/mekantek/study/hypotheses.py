"""Hypotheses as data: claim, test and decision rule, written before any number is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mekantek.datasets import files
from mekantek.text import Text

__all__ = ["VERDICT_WORDS", "Hypothesis", "Test", "tests", "thresholds"]

VERDICT_WORDS = (
    "supported", "partly", "not supported", "contradicted", "undecided", "not testable",
)  # fmt: skip

Rules = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """
    A claim with its test and its decision rule, as a study file states it.

    Attributes
    ----------
    id, test : str
    report_line : str
        Where the claim stands in the text it is taken from; empty if nowhere.
    title, claim, rule : Text
    rules : sequence of (verdict, facts)
        Tried in order; the first whose facts all hold gives the verdict.
    options : mapping
        What the test needs besides: members, class, printed numbers.
    """

    id: str
    test: str
    report_line: str
    title: Text
    claim: Text
    rule: Text
    rules: Rules
    options: Mapping[str, Any]

    def decide(self, facts: Mapping[str, bool]) -> str:
        """
        Give the verdict of the first rule whose facts all hold.

        Parameters
        ----------
        facts : mapping of str to bool
            Every fact that a rule names.

        Returns
        -------
        str
            One of `VERDICT_WORDS`.

        Raises
        ------
        KeyError
            If a rule names a fact that the test does not state.

        Examples
        --------
        >>> import mekantek as mt
        >>> one_to_one = mt.load_study().hypothesis("iltek-one-to-one")
        >>> one_to_one.decide({"a discordant pair": True})
        'contradicted'
        """
        for verdict, needed in self.rules:
            if all(facts[name] for name in needed):
                return verdict
        return "undecided"

    def of(self, years: tuple[int, ...]) -> Hypothesis:
        """
        Let the rule name the years it is asked of: the first and the last.

        Examples
        --------
        >>> import mekantek as mt
        >>> [h] = [h for h in mt.load_study().design.hypotheses if h.id == "iltek"]
        >>> h.of((2025, 2026)).rule.en[:40]
        "Kendall's τ-b of index and 2026 high-tec"
        """
        return replace(self, rule=self.rule.format(first=years[0], last=years[-1]))


@dataclass(frozen=True, kw_only=True)
class Test:
    """
    A test that a claim can be put to.

    Attributes
    ----------
    name : str
    facts : tuple of str
        What it states, for rules to name.
    needs : tuple of str
        Options that a claim must give: ``class``, ``members`` …; ``whole`` if units must have a
        size, ``points`` if it must be known where they lie.
    takes : tuple of str
        Options that a claim may give.
    rule : Text
        In words, of a claim that brings no rule of its own.
    rules : sequence of (verdict, facts)
    """

    __test__ = False  # no test of pytest's

    name: str
    facts: tuple[str, ...]
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    rule: Text
    rules: Rules


@cache
def _register() -> tuple[Mapping[str, float], Mapping[str, Test]]:
    with files.data_path("rules.toml").open("rb") as handle:
        table = tomllib.load(handle)
    found = {}
    for name, entry in table.pop("test").items():
        found[name] = Test(
            name=name,
            facts=tuple(entry["facts"]),
            needs=tuple(entry["needs"]),
            takes=tuple(entry.get("takes", ())),
            rule=Text(**entry["rule"]),
            rules=tuple((r["verdict"], tuple(r["when"])) for r in entry["rules"]),
        )
    return table, found


def thresholds() -> Mapping[str, float]:
    """
    Give ``alpha`` and ``matters``, the smallest correlation that would matter.

    Examples
    --------
    >>> thresholds()["alpha"]
    0.05
    """
    return dict(_register()[0])


def tests() -> Mapping[str, Test]:
    """
    Give the tests that a claim can name.

    Examples
    --------
    >>> tests()["clustering"].needs
    ('class',)
    """
    return _register()[1]
