"""The null of local statistics: a unit keeps its value, the others are dealt to its neighbours."""

from __future__ import annotations

import numpy as np

from mekantek.errors import OptionError
from mekantek.stats.links import Links
from mekantek.stats.nulls.counting import count_tails
from mekantek.stats.nulls.drawing import Deal, Runner, count_draws
from mekantek.stats.nulls.saddlepoint import weighted_sum_tails
from mekantek.stats.nulls.tails import TIE, Tails

__all__ = ["NULL", "conditional_tails", "draw_tails", "sum_moments"]

NULL = (
    "the unit keeps its value and the others are assigned at random to its neighbours "
    "(conditional randomization)"
)
# Where the saddlepoint's answers were never found wrong by more than 5 % (docs/saddlepoint-accuracy.md):
# up to these neighbours, or up to this many units, whatever the neighbours; on a large map, whose
# draws are all but independent, more neighbours too.
_TRUSTED, _MEASURED = 9, 160


def sum_moments(values: np.ndarray, links: Links) -> tuple[np.ndarray, np.ndarray]:
    """
    Expectation and variance of the weighted sum of the neighbours under the null.

    Parameters
    ----------
    values : numpy.ndarray, shape (..., n)
    links : Links

    Returns
    -------
    expected, variance : numpy.ndarray, shape (..., n)
        In the unit of the values times that of the weights, and its square (Cochran 1977,
        theorem 2.2; Ord & Getis 1995).
    """
    n = values.shape[-1]
    centre = values.mean(axis=-1, keepdims=True)
    deviation = values - centre
    mean = -deviation / (n - 1)
    squares = (deviation**2).sum(axis=-1, keepdims=True)
    spread = (squares - deviation**2) / (n - 1) - mean**2
    factor = ((n - 1) * links.squares - links.sums**2) / (n - 2)
    return links.sums * (mean + centre), np.maximum(spread * factor, 0.0)


def conditional_tails(
    values: np.ndarray,
    links: Links,
    units: np.ndarray,
    *,
    method: str,
    permutations: int,
    rng: np.random.Generator | int,
    stop: int | None,
    runner: Runner,
) -> Tails:
    """
    Tails of the weighted sum of the neighbours, for many units at once.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        What is dealt to the neighbours; a unit's own value is left out.
    links : Links
    units : numpy.ndarray of int, shape (m,)
        Units to test, each with neighbours.
    method : {"auto", "exact", "saddlepoint", "permutation"}
        ``auto`` counts where it can, takes the saddlepoint elsewhere, and draws where that is not
        to be trusted.
    permutations, rng, stop, runner
        See `count_draws`.

    Returns
    -------
    Tails

    Raises
    ------
    OptionError
        If ``exact`` or ``saddlepoint`` is asked for and cannot be had.
    """
    tails = Tails(len(values))
    left: np.ndarray = units
    if method in ("auto", "exact"):
        left = count_tails(values, links, left, tails, patient=method == "exact")
        if method == "exact" and len(left):
            raise OptionError(
                f"The neighbours of {len(left)} units weigh differently, or are too many, to be "
                "counted exactly; use --method auto, saddlepoint or permutation.",
                f"{len(left)} birimin komşuları farklı ağırlıkta ya da tam sayım için çok fazla; "
                "--method auto, saddlepoint ya da permutation kullanın.",
            )
    if method in ("auto", "saddlepoint") and len(left):
        tried = left if method == "saddlepoint" else left[_trusted(links, left)]
        _approximated(values, links, tried, tails)
        left = left[tails.place[left] < 0]
        if method == "saddlepoint" and len(left):
            raise OptionError(
                f"The saddlepoint is not to be trusted for {len(left)} units, whose neighbours are "
                "too few or too much alike; use --method auto, which counts or draws them.",
                f"Semer noktası yaklaşımı {len(left)} birimde güvenilir değil: komşuları çok az ya "
                "da birbirine çok benziyor; --method auto bunları sayar ya da çeker.",
            )
    if len(left):
        deal = Deal(values, links.matrix, left, links.equal[left], TIE)
        draw_tails(deal, tails, permutations=permutations, rng=rng, stop=stop, runner=runner)
    return tails


def draw_tails(
    deal: Deal,
    tails: Tails,
    *,
    permutations: int,
    rng: np.random.Generator | int,
    stop: int | None,
    runner: Runner,
) -> None:
    """Draw permutations for the units of a deal, and note what came of it."""
    draws = count_draws(deal, permutations, rng, stop=stop, runner=runner)
    nothing = np.full(len(deal.units), np.nan)
    tails.put(deal.units, nothing, nothing, "permutation", draws=draws)


def _trusted(links: Links, units: np.ndarray) -> np.ndarray:
    """Mask of the units for whose number of neighbours the saddlepoint is known to hold."""
    sizes, n = links.cardinalities[units], len(links.ids)
    known: np.ndarray = (sizes <= _TRUSTED) | (sizes**3 < n**2 / 1000) | (n <= _MEASURED)
    return known


def _approximated(values: np.ndarray, links: Links, units: np.ndarray, tails: Tails) -> None:
    """Take the saddlepoint where it is to be trusted."""
    part = links.matrix[units]
    least, most = weighted_sum_tails(values, units, part.indptr, part.indices, part.data)
    good = np.isfinite(least) & np.isfinite(most)
    tails.put(units[good], least[good], most[good], "saddlepoint")
