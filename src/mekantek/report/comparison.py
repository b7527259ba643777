"""What changed between two runs: data, numbers, verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mekantek.report.runs import Run
from mekantek.study.noun import PRINTED_TOTAL

__all__ = ["Comparison", "compare", "digests_of"]

# Numbers that differ by less are the same number written by another machine.
_SAME = 1e-12
# What must be said before any number: other data, or the same in another sense.
_SENSES = ("taxonomy", "flow", "basis", "source", "years", "rounding")
# Tables of the package that every study joins: no source of its numbers.
_JOINED = ("provinces.csv", "neighbours.csv")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison:
    """
    Two runs, A before and B after.

    Attributes
    ----------
    a, b : Run
    senses : tuple of str
        Which of taxonomy, flow, basis, source, years and rounding differ. Sources differ if the
        bytes of their files do, whatever they are called.
    cells : pandas.DataFrame
        Cells of both runs that differ, largest first within shares and totals: ``plate, year,
        class, old, new, difference, relative, beyond_rounding``. Shares are fractions, ``total`` is
        USD; ``relative`` is the difference over the old value.
    common : int
        Cells that both runs have.
    only_a, only_b : int
        Cells that one of them has.
    statistics : pandas.DataFrame
        ``name, class, year, old, new, difference`` of those that differ or exist in one run only.
    verdicts : tuple of mapping
        Of every finding in either run: ``id``, ``title``, ``old``, ``new``, ``changed``, and of both
        runs ``robust``, ``main`` and ``reason``.
    """

    a: Run
    b: Run
    senses: tuple[str, ...]
    cells: pd.DataFrame
    common: int
    only_a: int
    only_b: int
    statistics: pd.DataFrame
    verdicts: tuple[dict[str, Any], ...]

    def __repr__(self) -> str:
        """Say how much."""
        turned = sum(v["changed"] for v in self.verdicts)
        return (
            f"<Comparison {self.a.name} → {self.b.name}: {len(self.cells)} of {self.common} cells, "
            f"{len(self.statistics)} statistics, {turned} verdicts>"
        )

    @property
    def same(self) -> bool:
        """Whether nothing differs: no cell, no statistic, no verdict, no sense."""
        return not (
            len(self.cells) or self.only_a or self.only_b or len(self.statistics) or self.senses
            or any(v["changed"] for v in self.verdicts)
        )  # fmt: skip

    def grouped(self, key: str) -> list[dict[str, Any]]:
        """Count the changed cells by ``plate``, ``class`` or ``year``, most first."""
        counts = self.cells.groupby(key, sort=True).size()
        ordered = sorted(counts.items(), key=lambda pair: -pair[1])
        return [{key: _plain(value), "cells": int(count)} for value, count in ordered]

    def to_dict(self) -> dict[str, Any]:
        """Give the JSON contract ``mekantek/compare/1``."""
        sides = {"a": self.a, "b": self.b}
        return {
            "schema": "mekantek/compare/1",
            **{
                side: {"name": run.name, "data": dict(run.data), "versions": dict(run.versions)}
                for side, run in sides.items()
            },
            "same": self.same,
            "differ_in": list(self.senses),
            "cells": {
                "common": self.common,
                "changed": len(self.cells),
                "beyond_rounding": int(self.cells["beyond_rounding"].sum()),
                "only_a": self.only_a,
                "only_b": self.only_b,
                "by_province": self.grouped("plate"),
                "by_class": self.grouped("class"),
                "by_year": self.grouped("year"),
                "list": _records(self.cells),
            },
            "statistics": _records(self.statistics),
            "verdicts": [dict(v) for v in self.verdicts],
        }


def compare(a: Run, b: Run) -> Comparison:
    """
    Hold two runs side by side.

    Parameters
    ----------
    a, b : Run
        Before and after.

    Returns
    -------
    Comparison
        Cells and statistics are compared where province, year and class (name, class and year) are
        the same; verdicts by their finding, whatever years they rest on.

    Examples
    --------
    >>> from mekantek.report.runs import Run
    >>> index = pd.MultiIndex.from_tuples([(6, 2024, "high")], names=["plate", "year", "class"])
    >>> data = {"rounding": 0.0, "taxonomy": "isic3"}
    >>> def run(share):
    ...     return Run(name="r", cells=pd.Series([share], index=index), names={6: "Ankara"},
    ...                statistics={}, verdicts={}, data=data, versions={})
    >>> found = compare(run(0.12), run(0.15))
    >>> len(found.cells), round(found.cells["difference"].item(), 4), found.same
    (1, 0.03, False)
    """
    both = a.cells.index.intersection(b.cells.index)
    return Comparison(
        a=a,
        b=b,
        # A run written before these were said says nothing of them.
        senses=tuple(k for k in _SENSES if k in a.data and k in b.data and _differ(k, a, b)),
        cells=_changed(a, b, both),
        common=len(both),
        only_a=len(a.cells) - len(both),
        only_b=len(b.cells) - len(both),
        statistics=_statistics(a, b),
        verdicts=tuple(_verdicts(a, b)),
    )


def _differ(sense: str, a: Run, b: Run) -> bool:
    digests = [digests_of(run) for run in (a, b)]
    if sense == "source" and all(digests):
        return digests[0] != digests[1]
    return bool(a.data[sense] != b.data[sense])


def digests_of(run: Run) -> list[str]:
    """
    Give the SHA-256 of the files that a run's numbers come from, sorted.

    Examples
    --------
    >>> data = {"sha256": {"my.csv": "ab", "provinces.csv": "cd"}}
    >>> digests_of(Run(name="r", cells=pd.Series(dtype=float), names={}, statistics={}, verdicts={},
    ...                data=data, versions={}))
    ['ab']
    """
    told = run.data.get("sha256") or {}
    return sorted(str(digest) for name, digest in told.items() if name not in _JOINED)


def _slack(run: Run) -> tuple[float, float]:
    """Give how far off a share and a total of a run may be; a run of before printed to the dollar."""
    shares = float(run.data.get("rounding") or 0)
    totals = run.data.get("rounding_of_totals", PRINTED_TOTAL if shares else 0.0)
    return shares, float(totals)


def _changed(a: Run, b: Run, both: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame({"old": a.cells[both], "new": b.cells[both]}).reset_index()
    table["difference"] = table["new"] - table["old"]
    table["relative"] = (table["difference"] / table["old"]).where(table["old"] != 0)
    size = table["difference"].abs()
    table = table[size > _SAME * table["old"].abs().clip(lower=1)]
    share, dollars = map(sum, zip(_slack(a), _slack(b), strict=True))
    total = table["class"] == "total"
    slack = pd.Series(share, index=table.index).mask(total, dollars)
    dust = _SAME * table["old"].abs().clip(lower=1)
    table["beyond_rounding"] = table["difference"].abs() > slack + dust
    # Dollars and fractions have no order among them: shares first, then totals by what they gained.
    size = table["relative"].abs().where(total, table["difference"].abs())
    order = table.assign(total=total, size=size.fillna(0.0)).sort_values(
        ["total", "size", "plate", "year", "class"], ascending=[True, False, True, True, True]
    )
    return order.drop(columns=["total", "size"]).reset_index(drop=True)


def _statistics(a: Run, b: Run) -> pd.DataFrame:
    rows = []
    for key in sorted({*a.statistics, *b.statistics}, key=lambda k: (k[0], str(k[1]), k[2] or 0)):
        old, new = a.statistics.get(key), b.statistics.get(key)
        if old is None and new is None:
            continue
        known = old is not None and new is not None
        if old is not None and new is not None and abs(new - old) <= _SAME * max(1.0, abs(old)):
            continue
        rows.append(
            {"name": key[0], "class": key[1], "year": key[2], "old": old, "new": new,
             "difference": (new or 0.0) - (old or 0.0) if known else None}
        )  # fmt: skip
    columns = ["name", "class", "year", "old", "new", "difference"]
    return pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})


def _verdicts(a: Run, b: Run) -> Iterable[dict[str, Any]]:
    for name in dict.fromkeys([*a.verdicts, *b.verdicts]):
        old, new = a.verdicts.get(name), b.verdicts.get(name)
        known = new or old or {}
        yield {
            "id": name,
            "title": known["title"],
            "old": None if old is None else old["verdict"],
            "new": None if new is None else new["verdict"],
            "changed": (old or {}).get("verdict") != (new or {}).get("verdict"),
            "before": None if old is None else {k: old[k] for k in ("robust", "main", "reason")},
            "after": None if new is None else {k: new[k] for k in ("robust", "main", "reason")},
        }


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): _plain(v) for k, v in row.items()} for row in plain.to_dict("records")]
