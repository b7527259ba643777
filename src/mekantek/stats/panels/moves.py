"""Moves in the Moran scatterplot: who moves, the unit, its neighbours or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.stats.panels.transitions import Transitions, transitions

if TYPE_CHECKING:
    from mekantek.stats.results import LocalResult

__all__ = ["CLUSTER_STATES", "QUADRANTS", "LocalMoves", "local_moves"]

QUADRANTS = ("HH", "LH", "LL", "HL")
CLUSTER_STATES = ("HH", "LH", "LL", "HL", "ns")
TYPES = ("0", "I", "II", "IIIA", "IIIB")


def _type(before: str, after: str) -> str:
    """Type of a move by Rey (2001): of nobody, the unit, the neighbours, both alike, both apart."""
    own, others = before[0] != after[0], before[1] != after[1]
    if own and others:
        return "IIIA" if before in ("HH", "LL") else "IIIB"
    return "I" if own else "II" if others else "0"


@dataclass(frozen=True, kw_only=True)
class LocalMoves:
    """
    Moves between quadrants, and between clusters that a test finds.

    Attributes
    ----------
    quadrants : Transitions
        Of all units; states `QUADRANTS`, the first letter the unit's, the second its neighbours'.
    clusters : Transitions
        By the result's ``cluster`` (p adjusted); states `CLUSTER_STATES`.
    unadjusted : Transitions
        The same by ``cluster_unadjusted``, the plain p: more units, some of them lit by chance.
    types : mapping of str to int
        Moves by type (Rey 2001): ``0`` none, ``I`` only the unit, ``II`` only its neighbours,
        ``IIIA`` both the same way, ``IIIB`` both, apart.
    """

    quadrants: Transitions
    clusters: Transitions
    unadjusted: Transitions
    types: Mapping[str, int]

    @property
    def cohesion(self) -> float | None:
        """
        Part of the moves in which unit and neighbours do the same: types 0 and IIIA, in [0, 1].

        Rey (2001, *Geographical Analysis* 33); None where nothing was counted.
        """
        return self._part("0", "IIIA")

    @property
    def flux(self) -> float | None:
        """Part of the moves in which only one side moves: types I and II, in [0, 1]."""
        return self._part("I", "II")

    def _part(self, *types: str) -> float | None:
        whole = sum(self.types.values())
        return sum(self.types[t] for t in types) / whole if whole else None

    def to_dict(self) -> dict[str, Any]:
        """Give both chains, types, cohesion and flux."""
        return {
            "quadrants": self.quadrants.to_dict(),
            "clusters": self.clusters.to_dict(),
            "clusters_unadjusted": self.unadjusted.to_dict(),
            "types": dict(self.types),
            "cohesion": self.cohesion,
            "flux": self.flux,
        }


def local_moves(results: Mapping[Any, LocalResult]) -> LocalMoves:
    """
    Follow the units of local Moran over years.

    Parameters
    ----------
    results : mapping of year to LocalResult
        Of the same units, in the order of years.

    Returns
    -------
    LocalMoves
        Units that are isolates or undefined in a year have no state in it.

    Raises
    ------
    ValuesError
        If there are no two years.

    Notes
    -----
    LISA Markov (Rey 2001). No p-value is printed: quadrants of neighbours and of successive years
    hang together, so the χ² of a chain of independent units is not earned. Moves between quadrants
    count units near the mean whose sign turns by a hair; moves between clusters count only what a
    test tells from chance, and a unit may leave a cluster because its p passed alpha by as little.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> found = local_moves(
    ...     {y: mt.local_moran(study.at(y).share("low"), study.graph) for y in (2019, 2024)}
    ... )
    >>> sum(found.types.values()), found.quadrants.counts.sum()
    (81, np.int64(81))
    """
    seen = {
        column: pd.DataFrame({y: r.frame[column].astype(object) for y, r in results.items()})
        for column in ("quadrant", "cluster", "cluster_unadjusted")
    }
    chain = transitions(seen["quadrant"], QUADRANTS)
    types = dict.fromkeys(TYPES, 0)
    for a, before in enumerate(QUADRANTS):
        for b, after in enumerate(QUADRANTS):
            types[_type(before, after)] += int(chain.counts[a, b])
    return LocalMoves(
        quadrants=chain,
        clusters=transitions(seen["cluster"], CLUSTER_STATES),
        unadjusted=transitions(seen["cluster_unadjusted"], CLUSTER_STATES),
        types=types,
    )
