"""Ranks in two years: how much of the order is kept, and whether regions move together."""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import AlignmentError
from mekantek.stats import inference
from mekantek.stats.association import kendall_tau
from mekantek.stats.panels.transitions import check_years
from mekantek.stats.ranks import midranks
from mekantek.stats.results import GlobalResult
from mekantek.text import Note

__all__ = ["RankMobility", "rank_mobility", "theta"]

PERMUTATIONS = 9999
# The stream of a seed that regions' labels draw from: "THTA".
_STREAM = 0x54485441
_TIE = 1e-9
_NO_P = Note(
    "no p-value: the same units in two years are no independent draws, so τ = 0 is no null",
    "p değeri yok: aynı birimlerin iki yılı bağımsız çekiliş değildir, τ = 0 sınanacak bir şey değil",
)
_FEW = Note(
    "no p-value: the labels of the regions have too few orders to reach alpha",
    "p değeri yok: bölge etiketlerinin sırası alfaya inemeyecek kadar az",
)
_NO_MOVES = Note("undefined: no rank changes", "tanımsız: hiçbir sıra değişmiyor")
_NO_REGIONS = Note("undefined: there are no two regions", "tanımsız: iki bölge yok")


@dataclass(frozen=True, kw_only=True)
class RankMobility:
    """
    How much of the order of the units is kept between two years.

    Attributes
    ----------
    years : tuple of two
    n : int
        Units with a value in both.
    kendall : float or None
        τ-b in [-1, 1]: 1 if the order is the same; None without variation.
    spearman : float or None
        ρ in [-1, 1].
    rank_exchange : float
        Mean absolute change of rank over its largest mean (that of the reversed order), in [0, 1].
    why_no_p : Note
        Why none of these bears a p-value.
    """

    years: tuple[Any, Any]
    n: int
    kendall: float | None
    spearman: float | None
    rank_exchange: float
    why_no_p: Note = _NO_P

    def to_dict(self) -> dict[str, Any]:
        """Give the fields, and ``p_value`` None."""
        return {
            "years": list(self.years), "n": self.n, "kendall_tau_b": self.kendall,
            "spearman": self.spearman, "rank_exchange": self.rank_exchange, "p_value": None,
            "undefined": self.why_no_p,
        }  # fmt: skip


def _both(panel: pd.DataFrame) -> pd.DataFrame:
    """Give the first and the last column of units that have both."""
    check_years(list(panel.columns))
    ends: pd.DataFrame = panel.iloc[:, [0, -1]].dropna().astype(float)
    return ends


def rank_mobility(panel: pd.DataFrame) -> RankMobility:
    """
    Compare the ranks of the first and the last year.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (n_units, T)
        Any unit, T ≥ 2; units without both values are left out.

    Returns
    -------
    RankMobility

    Raises
    ------
    ValuesError
        If there are no two years.

    Examples
    --------
    >>> found = rank_mobility(pd.DataFrame({2019: [1.0, 2.0, 3.0, 4.0], 2024: [2.0, 1.0, 3.0, 4.0]}))
    >>> round(found.kendall, 3), round(found.spearman, 3), found.rank_exchange
    (0.667, 0.8, 0.25)
    """
    ends, years = _both(panel), panel.columns.tolist()
    first, last = (midranks(ends.iloc[:, k].to_numpy()) for k in (0, 1))
    n = len(ends)
    varied = n >= 2 and np.ptp(first) > 0 and np.ptp(last) > 0
    largest = n * n // 2
    return RankMobility(
        # Python's own numbers, which JSON takes.
        years=(years[0], years[-1]),
        n=n,
        kendall=kendall_tau(first, last) if varied else None,
        spearman=float(np.corrcoef(first, last)[0, 1]) if varied else None,
        rank_exchange=float(np.abs(last - first).sum() / largest) if largest else 0.0,
    )


def theta(
    panel: pd.DataFrame,
    groups: pd.Series,
    *,
    permutations: int = PERMUTATIONS,
    rng: np.random.Generator | int = 0,
    alpha: float = 0.05,
) -> GlobalResult:
    r"""
    Whether the units of a region move in rank together, from the first year to the last.

    Parameters
    ----------
    panel : pandas.DataFrame, shape (n_units, T)
        Any unit, T ≥ 2; units without both values are left out.
    groups : pandas.Series, index as of *panel*
        Region of each unit.
    permutations : int
        R; the regions' labels change places among the units, sizes kept.
    rng : numpy.random.Generator or int
    alpha : float
        A p-value is printed only if the labels have orders enough to reach it.

    Returns
    -------
    GlobalResult
        θ in [0, 1]: 1 if all units of each region move the same way, 0 if their moves cancel;
        ``expected`` is the mean over the permutations, p is one-sided ("greater"), the observed
        order counted. Undefined where no rank changes or there are no two regions; ``details`` has
        each region's sum of rank changes.

    Raises
    ------
    ValuesError
        If there are no two years.
    AlignmentError
        If a unit has no region.

    Notes
    -----
    :math:`\theta = \sum_g |\sum_{i \in g} \Delta r_i| / \sum_i |\Delta r_i|` (Rey 2004, in Getis, Mur
    & Zoller, *Spatial Econometrics and Spatial Statistics*, 194-213).

    Examples
    --------
    >>> panel = pd.DataFrame({2019: [1.0, 2.0, 3.0, 4.0], 2024: [3.0, 4.0, 1.0, 2.0]})
    >>> found = theta(panel, pd.Series(["west", "west", "east", "east"]))
    >>> found.statistic, found.p_value, found.undefined[:11]
    (1.0, None, 'no p-value:')
    """
    ends = _both(panel)
    lone = ends.index.difference(groups.dropna().index)
    if len(lone):
        raise AlignmentError(f"{len(lone)} units have no region, first {lone[0]}.",
                             f"{len(lone)} birimin bölgesi yok, ilki {lone[0]}.")  # fmt: skip
    first, last = (midranks(ends.iloc[:, k].to_numpy()) for k in (0, 1))
    change = last - first
    codes, names = pd.factorize(groups.reindex(ends.index), sort=True)
    sizes = np.bincount(codes, minlength=len(names)) if len(codes) else np.zeros(0, dtype=int)
    head: dict[str, Any] = {
        "name": "theta", "alternative": "greater", "method": "permutation", "n": len(ends),
        "variance": None, "z_score": None,
        "null": "rank changes fall on regions as if the regions' labels changed places among units",
    }  # fmt: skip
    moved = float(np.abs(change).sum())
    sums = np.bincount(codes, weights=change, minlength=len(names)) if len(codes) else np.zeros(0)
    head["details"] = {"regions": {str(g): float(s) for g, s in zip(names, sums, strict=True)},
                       "moved": moved}  # fmt: skip
    if moved == 0 or len(names) < 2:
        why = _NO_MOVES if moved == 0 else _NO_REGIONS
        return GlobalResult(statistic=None, expected=None, p_value=None, undefined=why, **head)
    observed = float(np.abs(sums).sum() / moved)
    if _orders(sizes) < log(1 / alpha):
        return GlobalResult(statistic=observed, expected=None, p_value=None, undefined=_FEW, **head)
    made = _under(change, sizes, permutations, rng) / moved
    p, low, high = inference.monte_carlo(
        np.array((made >= observed - _TIE).sum()), np.array((made <= observed + _TIE).sum()),
        permutations, "greater",
    )  # fmt: skip
    return GlobalResult(
        statistic=observed, expected=float(made.mean()), p_value=float(p),
        p_interval=(float(low), float(high)), permutations=permutations,
        seed=inference.seed_of(rng), **head,
    )  # fmt: skip


def _orders(sizes: np.ndarray) -> float:
    """Logarithm of the number of ways to hand out the labels (regions of one size alike)."""
    ways = lgamma(sizes.sum() + 1) - sum(lgamma(s + 1) for s in sizes)
    # Regions of equal size that swap all their units give the same θ.
    return float(ways - sum(lgamma(k + 1) for k in np.unique(sizes, return_counts=True)[1]))


def _under(
    change: np.ndarray, sizes: np.ndarray, permutations: int, rng: np.random.Generator | int
) -> np.ndarray:
    """Sum over regions of |sum of changes| in each permutation, shape (R,)."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.concatenate(
        [
            np.abs(np.add.reduceat(rows, starts, axis=1)).sum(axis=1)
            for rows in inference.permuted(change, permutations, rng, key=_STREAM)
        ]
    )
