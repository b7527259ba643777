"""Several years of a study together: change, persistence, rank mobility, moves of clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.errors import ValuesError
from mekantek.findings.levels import levels
from mekantek.stats.local.moran import local_moran
from mekantek.stats.panels import (
    LocalMoves,
    RankMobility,
    Transitions,
    local_moves,
    quantile_states,
    rank_mobility,
    theta,
    transitions,
)
from mekantek.stats.ranks import midranks
from mekantek.stats.results import GlobalResult

if TYPE_CHECKING:
    from mekantek.stats.results import LocalResult
    from mekantek.study import Design, Study
    from mekantek.text import Text

__all__ = ["QUINTILES", "Panel", "panel_of"]

QUINTILES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Panel:
    """
    One class over the years.

    Attributes
    ----------
    classes : str
    years : tuple of int
        Years in which the class has shares; two or more.
    names : pandas.Series
        Names of the units that have a share in every one of them.
    left_out : mapping of id to str
        The others: they have no share in some year, so no step can be told.
    change : pandas.DataFrame, index id
        ``first``, ``last``, ``change`` (fractions), ``rank_first``, ``rank_last`` (1 the highest,
        ties sharing theirs), ``rank_change`` (above 0: rose), ``quintile_first``,
        ``quintile_last`` (5 the highest fifth), ``cluster_first``, ``cluster_last`` (p adjusted),
        ``beyond_rounding``: whether the change is more than the rounding of both prints.
    quintiles : Transitions
        Between fifths of each year.
    moves : LocalMoves
        Between quadrants and clusters of local Moran.
    persistent : mapping of str to list
        Units that lie in one kind of cluster (p adjusted) in every year.
    ranks : RankMobility
    regions : GlobalResult
        θ of the largest regions from the first to the last year; undefined without groupings.
    grouped_by : str or None
        The column of those regions.
    basis, source : Text
    design : Design
        Of the study: how its units and variables are called.
    """

    classes: str
    years: tuple[int, ...]
    names: pd.Series
    left_out: Mapping[Any, str]
    change: pd.DataFrame
    quintiles: Transitions
    moves: LocalMoves
    persistent: Mapping[str, list[Any]]
    ranks: RankMobility
    regions: GlobalResult
    grouped_by: str | None
    basis: Text
    source: Text
    design: Design

    def __repr__(self) -> str:
        """Say the class, the years and the units."""
        return f"<Panel {self.classes}, {self.years[0]}–{self.years[-1]}, {len(self.names)} units>"

    def to_dict(self) -> dict[str, Any]:
        """Give the JSON contract ``mekantek/panel/1``."""
        names = self.names.to_dict()
        return {
            "schema": "mekantek/panel/1",
            "class": self.classes,
            "years": list(self.years),
            "n": len(self.names),
            "left_out": [{"id": str(u), "name": name} for u, name in self.left_out.items()],
            "change": [
                {"id": str(unit), "name": names[unit], **_plain(row)}
                for unit, row in zip(self.change.index, self.change.to_dict("records"), strict=True)
            ],
            "quintiles": self.quintiles.to_dict(),
            "local": self.moves.to_dict(),
            "persistent": {
                kind: [str(unit) for unit in units] for kind, units in self.persistent.items()
            },
            "ranks": self.ranks.to_dict(),
            "regions": {**self.regions.to_dict(), "groups": self.grouped_by},
            "basis": self.basis.to_dict(),
        }


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}


def panel_of(
    study: Study, classes: str, *, lisas: Mapping[tuple[str, int], LocalResult] | None = None
) -> Panel:
    """
    Follow one class over the years of a study.

    Parameters
    ----------
    study : Study
    classes : str
        Such as ``high``.
    lisas : mapping of (class, year) to LocalResult, optional
        Local Moran of all units that was computed before; the rest is computed here.

    Returns
    -------
    Panel
        Of the units that have a share in every year with any. Years follow one another as they
        stand: where a year is missing the step is longer, and ``steps`` say so.

    Raises
    ------
    ValuesError
        If the class has shares in one year only, or fewer than four units have them in every year.

    Examples
    --------
    >>> import mekantek as mt
    >>> found = panel_of(mt.load_study(), "medium_high")
    >>> found.years, len(found.names), found.quintiles.counts.sum()
    ((2019, 2024), 81, np.int64(81))
    """
    shares = pd.DataFrame(
        {year: study.at(year).share(classes) for year in sorted(study.panel)}
    ).dropna(axis=1, how="all")
    _check(shares, classes)
    whole = shares.dropna()
    years = tuple(int(year) for year in whole.columns)
    known = {} if lisas is None or len(whole) < len(shares) else lisas
    local = {
        year: known[classes, year] if (classes, year) in known
        else local_moran(shares[year].where(shares.index.isin(whole.index)), study.graph,
                         missing="drop")
        for year in years
    }  # fmt: skip
    fifths = quantile_states(whole)
    larger = levels(study)
    column, groups = None, pd.Series(0, index=study.names.index)
    if larger:
        column, groups = larger[-1][0].column, larger[-1][1]
    clusters = pd.DataFrame(
        {year: found.frame["cluster"].astype(object) for year, found in local.items()}
    ).reindex(whole.index)
    return Panel(
        classes=classes,
        years=years,
        names=study.names[whole.index],
        left_out=study.names.drop(whole.index).to_dict(),
        change=_change(whole, fifths, clusters, study.rounding * (classes.count("+") + 1)),
        quintiles=transitions(fifths, QUINTILES),
        moves=local_moves(local),
        persistent=_persistent(clusters),
        ranks=rank_mobility(whole),
        regions=theta(whole, groups),
        grouped_by=column,
        basis=study.provenance["basis"],
        source=study.provenance["report"],
        design=study.design,
    )


def _check(shares: pd.DataFrame, classes: str) -> None:
    """Refuse a panel of one year, and one too thin for neighbours."""
    years = ", ".join(map(str, shares.columns)) or "–"
    if shares.shape[1] < 2:
        raise ValuesError(
            f"Change needs two years; {classes} has shares in {years}. Give records of a second one.",
            f"Değişim iki yıl ister; {classes} payı olan yıl: {years}. İkinci bir yılın kayıtlarını "
            "verin.",
        )
    if (whole := len(shares.dropna())) < 4:
        raise ValuesError(
            f"{whole} units have {classes} shares in every year of {years}; four are needed.",
            f"{years} yıllarının hepsinde {classes} payı olan {whole} birim var; dört gerekir.",
        )


def _change(
    shares: pd.DataFrame, fifths: pd.DataFrame, clusters: pd.DataFrame, slack: float
) -> pd.DataFrame:
    """First and last year beside each other."""
    first, last = (shares.iloc[:, k] for k in (0, -1))
    change = (last - first).round(15)
    ranks = [pd.Series(midranks(-side.to_numpy()), index=shares.index) for side in (first, last)]
    return pd.DataFrame(
        {
            "first": first,
            "last": last,
            "change": change,
            "rank_first": ranks[0],
            "rank_last": ranks[1],
            "rank_change": ranks[0] - ranks[1],
            "quintile_first": fifths.iloc[:, 0].astype(int),
            "quintile_last": fifths.iloc[:, -1].astype(int),
            "cluster_first": clusters.iloc[:, 0].astype(str),
            "cluster_last": clusters.iloc[:, -1].astype(str),
            # Each share is up to half a unit off, so their difference up to a whole one.
            "beyond_rounding": change.abs() > 2 * slack + 1e-12,
        }
    )


def _persistent(clusters: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        kind: clusters.index[(clusters == kind).all(axis=1)].tolist()
        for kind in ("HH", "LL", "HL", "LH")
    }
