"""What a brief says of an agency, as numbers: every one computed from the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.agencies import Agency
from mekantek.datasets.technology import CLASSES
from mekantek.findings.indices.ranks import index_ranks
from mekantek.maps.sheets.classes import leading
from mekantek.report.briefs.setting import GIVEN, PARTS, Setting
from mekantek.stats.subsets.ranking import TIE

if TYPE_CHECKING:
    from mekantek.findings.statements import ClaimResult
    from mekantek.findings.verdict import Hypothesis, Verdict

__all__ = ["CLUSTERED", "FLOOR", "PEERS", "Brief", "touched"]

CLUSTERED = ("HH", "LL", "HL", "LH")
# Below this total, USD, a share rests on so little that one consignment moves it.
FLOOR = 100e6
PEERS = 4


def touched(hypothesis: Hypothesis) -> tuple[int, ...] | None:
    """
    List the provinces that a finding speaks of by name; None where it speaks of all 81 alike.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> [touched(study.hypothesis(name)) for name in ("corridor-istanbul-kocaeli", "gradient")]
    [(34, 41), None]
    """
    options = hypothesis.options
    if hypothesis.test in ("index", "one-to-one"):
        return tuple(int(str(unit)) for unit in index_ranks().index)
    told = [
        *options.get("members", ()),
        *(outlier["unit"] for outlier in options.get("outliers", ())),
        *(unit for part in options.get("parts", ()) for unit in part.get("members", ())),
        *options.get("named", ()),
        *(unit for region in options.get("regions", ()) for unit in region["members"]),
    ]
    return tuple(dict.fromkeys(told)) or None


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Brief:
    """
    All that is known of one agency.

    Attributes
    ----------
    setting : Setting
    agency : Agency
    """

    setting: Setting
    agency: Agency

    @cached_property
    def members(self) -> list[int]:
        """Its provinces by the Turkish alphabet."""
        return self.setting.members(self.agency)

    @property
    def names(self) -> dict[int, str]:
        """Names of its provinces by plate."""
        names = self.setting.study.names
        return {plate: str(names[plate]) for plate in self.members}

    @property
    def years(self) -> tuple[int, ...]:
        """The years in which all four classes are printed."""
        return self.setting.study.years

    def frame(self, year: int) -> pd.DataFrame:
        """Shares and totals of its provinces in a year."""
        return self.setting.frames[year].loc[self.members]

    def without_total(self, year: int) -> list[int]:
        """List its provinces whose total the report does not print, in the order of the members."""
        value = self.frame(year)["value"]
        return [plate for plate in self.members if pd.isna(value[plate])]

    def cells(self, plate: int, year: int) -> dict[str, float]:
        """Shares and total of one of its provinces."""
        row = self.setting.frames[year].loc[[plate]]
        return {str(name): float(row[name].iloc[0]) for name in row}

    def marks(self, plate: int, year: int) -> dict[str, str]:
        """Status of each of these cells."""
        row = self.setting.statuses[year].loc[[plate]]
        return {str(name): str(row[name].iloc[0]) for name in row}

    def whole(self, year: int) -> dict[str, float]:
        """Give the agency as a whole: values summed over provinces with a total, shares recomputed."""
        row = self.setting.wholes[year].loc[[self.agency.abbreviation]]
        return {str(name): float(row[name].iloc[0]) for name in row}

    def rank(self, column: str, year: int) -> tuple[int, int]:
        """Rank the agency among all by a column of the table, the largest first."""
        known = self.setting.wholes[year][column].dropna()
        own = known[self.agency.abbreviation]
        return int((known > own).sum()) + 1, len(known)

    def part_of_nation(self, year: int) -> tuple[float, int]:
        """Give the agency's part in the exports of all provinces with a total, and their number."""
        total = self.setting.frames[year]["value"].dropna()
        return float(self.whole(year)["value"] / total.sum()), len(total)

    def largest(self, year: int, *, among: Sequence[str] = PARTS) -> str:
        """Name the class with the largest share in the agency's exports; ``tied`` or ``missing``."""
        whole = self.whole(year)
        return str(leading(pd.DataFrame([{name: whole[name] for name in among}])).iloc[0])

    @cached_property
    def change(self) -> dict[str, Any]:
        """What became of the agency between the first and the last complete year, over the same provinces."""
        first, last = self.years[0], self.years[-1]
        gone = {*self.without_total(first), *self.without_total(last)}
        kept = [plate for plate in self.members if plate not in gone]
        shares, totals = {}, {}
        for year in (first, last):
            frame = self.frame(year).loc[kept]
            totals[year] = float(frame["value"].sum())
            held = frame[list(CLASSES)].mul(frame["value"], axis=0).sum()
            shares[year] = held / totals[year]
        return {
            "over": kept,
            "without": [plate for plate in self.members if plate in gone],
            "exports": totals[last] / totals[first] - 1,
            "before": {name: float(share) for name, share in shares[first].items()},
            "after": {name: float(share) for name, share in shares[last].items()},
        }

    def quotient(self, share: float, name: str, year: int) -> float:
        """Give a share over the nation's."""
        return share / float(self.setting.national[year][name])

    @cached_property
    def series(self) -> dict[int | str, dict[int, float | None]]:
        """High-technology shares of every printed year: by plate, and of the whole (``all``)."""
        frames, wholes = self.setting.frames, self.setting.wholes
        found: dict[int | str, dict[int, float | None]] = {
            plate: {year: _number(t.loc[plate, "high"]) for year, t in frames.items()}
            for plate in self.members
        }
        key = self.agency.abbreviation
        found["all"] = {year: _number(t.loc[key, "high"]) for year, t in wholes.items()}
        return found

    @cached_property
    def left_out(self) -> dict[int, list[int]]:
        """Provinces that the whole's high-technology share of a year lacks, by year."""
        found = {}
        for year, frame in self.setting.frames.items():
            cells = frame.loc[self.members, ["high", "value"]]
            found[year] = [p for p in self.members if cells.loc[p].isna().any()]
        return found

    @cached_property
    def clusters(self) -> list[dict[str, Any]]:
        """Where its provinces have p ≤ α before correction, by local Moran or Gᵢ*, on each map."""
        results, found = self.setting.results, []
        for (name, year), lisa in results.lisas.items():
            hot, steady = results.hotspots[name, year].frame, results.stability[name]
            for plate in self.members:
                tests = {
                    test: _local(frame.loc[[plate]])
                    for test, frame in (("local_moran", lisa.frame), ("gstar", hot))
                }
                kinds = [t["cluster_unadjusted"] for t in tests.values()]
                kind = next((k for k in kinds if k in CLUSTERED), None)
                if kind is None:
                    continue
                found.append(
                    {
                        "class": name, "year": year, "plate": plate, **tests,
                        "steadiness": {
                            "kind": kind,
                            "maps": int(steady.attrs["maps"]),
                            "part": _number(steady.loc[plate, kind]),
                            "part_adjusted": _number(steady.loc[plate, f"{kind}_adjusted"]),
                        },
                    }
                )  # fmt: skip
        return found

    @property
    def survivors(self) -> list[dict[str, Any]]:
        """Those that survive correction on their map, by either statistic."""
        return [
            row
            for row in self.clusters
            if any(row[test]["cluster"] in CLUSTERED for test in ("local_moran", "gstar"))
        ]

    @cached_property
    def over_all_maps(self) -> list[dict[str, Any]]:
        """Its provinces that survive when all maps of local Moran are one family."""
        found = self.setting.results.run_family["survivors"]
        return [s for s in found if int(s["id"]) in self.agency.plates]

    def belts(self) -> list[Verdict]:
        """Give the verdicts on the report's belts that one of its provinces belongs to."""
        return [
            v
            for v in self.setting.results.verdicts
            if v.hypothesis.test == "corridor"
            and set(v.hypothesis.options["members"]) & set(self.agency.plates)
        ]

    @cached_property
    def best_pairs(self) -> list[dict[str, Any]]:
        """The pair of neighbours with the largest smaller share: within the agency, and touching it."""
        own, found = list(self.agency.plates), []
        for name, pairs in self.setting.pairs.items():
            a, b = pairs["a"].isin(own), pairs["b"].isin(own)
            within = -1.0
            for where, mask in (("within", a & b), ("touching", a | b)):
                if not mask.any():
                    continue
                best = pairs[mask].sort_values("value", ascending=False, kind="stable").iloc[0]
                value = float(best["value"])
                if value <= within:
                    continue  # no pair that touches the agency is better than the one within
                within = value
                # As `mekantek.stats.subsets.corridor` ranks: ties count against the set.
                rank = int((pairs["value"] >= value - TIE * max(1.0, value)).sum())
                of = int(pairs["value"].notna().sum())
                found.append(
                    {
                        "class": name, "year": self.setting.last, "where": where,
                        "members": [str(int(best["a"])), str(int(best["b"]))],
                        "statistic": "minimum", "value": value, "rank": rank, "of": of,
                        "p_value": rank / of,
                    }
                )  # fmt: skip
        return found

    @cached_property
    def peers(self) -> pd.DataFrame:
        """
        The agencies with the most similar mix.

        Returns
        -------
        pandas.DataFrame, index abbreviation
            ``distance`` (Aitchison) and ``factor``: by what factor the ratio of two parts typically
            differs, the exponential of the root mean square over all pairs of parts.
        """
        gaps = self.setting.distances[self.agency.abbreviation].drop(self.agency.abbreviation)
        near = gaps.sort_values(kind="stable").head(PEERS)
        # d² = Σ over pairs of (difference of log ratios)² / D, and there are D(D − 1)/2 pairs.
        typical = (2 / (len(PARTS) - 1)) ** 0.5 * near
        return pd.DataFrame({"distance": near, "factor": typical.map(_exponential)})

    def findings(self) -> list[tuple[Verdict, list[int] | None]]:
        """Give every verdict with the provinces of the agency it speaks of; None if of all alike."""
        told = []
        for verdict in self.setting.results.verdicts:
            named = touched(verdict.hypothesis)
            mine = None if named is None else [p for p in self.members if p in named]
            told.append((verdict, mine))
        return told

    @cached_property
    def seat(self) -> dict[str, Any]:
        """What the agency would be if half of İstanbul's exports were given to the other provinces."""
        values = {}
        for name, table in self.setting.given.items():
            mine = table[table.index.isin(self.members)]
            values[name] = (float(mine["held"].sum()), float(mine["moved"].sum()))
        before, after = (sum(v[k] for v in values.values()) for k in (0, 1))
        return {
            "part": GIVEN,
            "before": before,
            "after": after,
            "shares_before": {name: v[0] / before for name, v in values.items()},
            "shares_after": {name: v[1] / after for name, v in values.items()},
        }

    @cached_property
    def small(self) -> dict[int, float]:
        """Provinces whose total of the last complete year is below `FLOOR`, USD."""
        value = self.frame(self.years[-1])["value"]
        return {p: float(value[p]) for p in self.members if value[p] < FLOOR}

    @cached_property
    def statements(self) -> list[ClaimResult] | None:
        """The report's statements that name one of its provinces; None if they were not tested."""
        if self.setting.statements is None:
            return None
        own = set(self.names.values())
        return [r for r in self.setting.statements if own & set(r.claim.provinces)]

    def to_dict(self) -> dict[str, Any]:
        """Give ``mekantek/brief/1``: unrounded, absent as None, provinces by plate as text."""
        from mekantek.export import versions

        study, agency = self.setting.study, self.agency
        return {
            "schema": "mekantek/brief/1",
            "agency": {
                "abbreviation": agency.abbreviation, "name": agency.name.to_dict(),
                "nuts2": agency.nuts2,
                "provinces": [{"id": str(p), "name": n} for p, n in self.names.items()],
            },
            "years": {str(year): self._year(year) for year in self.years},
            "change": {
                **self.change,
                "over": [str(p) for p in self.change["over"]],
                "without": [str(p) for p in self.change["without"]],
            },
            "high_share": {
                str(key): {str(year): share for year, share in told.items()}
                for key, told in self.series.items()
            },
            "clusters": [{**row, "plate": str(row["plate"])} for row in self.clusters],
            "survive_all_maps": [{**s, "id": str(s["id"])} for s in self.over_all_maps],
            "corridors": {
                "belts": [{"finding": v.hypothesis.id, **v.main} for v in self.belts()],
                "best_pairs": self.best_pairs,
            },
            "peers": [
                {"agency": str(key), "distance": float(row["distance"]),
                 "factor": float(row["factor"])}
                for key, row in self.peers.iterrows()
            ],
            "zero_replacement": {"limit": self.setting.study.zero_limit, "fraction": 0.65, "parts": list(PARTS)},
            "findings": [
                {
                    "id": v.hypothesis.id, "verdict": v.verdict, "robust": v.robust,
                    "provinces": None if mine is None else [str(p) for p in mine],
                }
                for v, mine in self.findings()
            ] or None,
            "seat": self.seat,
            "small": {str(p): value for p, value in self.small.items()},
            "statements": None
            if self.statements is None
            else [{"id": r.claim.id, "verdict": r.verdict} for r in self.statements],
            "basis": study.provenance["basis"].to_dict(),
            "data": {"source": study.provenance["report"].to_dict(),
                     "sha256": dict(study.provenance["sha256"])},
            "versions": versions(),
        }  # fmt: skip

    def _year(self, year: int) -> dict[str, Any]:
        whole = self.whole(year)
        part, of = self.part_of_nation(year)
        rank, agencies = self.rank("value", year)

        def quotients(row: Mapping[str, Any]) -> dict[str, float | None]:
            known = {name: _number(row[name]) for name in CLASSES}
            return {
                name: None if share is None else self.quotient(share, name, year)
                for name, share in known.items()
            }

        return {
            "whole": {
                "value_usd": _number(whole["value"]),
                "shares": {name: _number(whole[name]) for name in PARTS},
                "quotients": quotients(whole),
                "largest": self.largest(year),
                "part_of_nation": part, "provinces_with_total": of,
                "rank": rank, "of": agencies,
                "high_rank": self.rank("high", year)[0],
                "without_total": [str(p) for p in self.without_total(year)],
            },
            "provinces": {
                str(plate): {
                    "value_usd": _number(cells["value"]),
                    "shares": {name: _number(cells[name]) for name in PARTS},
                    "quotients": quotients(cells),
                    "status": self.marks(plate, year),
                }
                for plate in self.members
                for cells in (self.cells(plate, year),)
            },
        }  # fmt: skip


def _local(row: pd.DataFrame) -> dict[str, Any]:
    """Give what a local test says of one unit."""
    return {
        **{name: _number(row[name].iloc[0]) for name in ("p_value", "p_adjusted")},
        **{name: str(row[name].iloc[0]) for name in ("cluster", "cluster_unadjusted")},
    }


def _exponential(value: float) -> float:
    from math import exp

    return exp(value)
