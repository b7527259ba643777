"""Global spatial autocorrelation of one variable: Moran's I, Geary's C, Getis–Ord's G."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import ValuesError
from mekantek.stats.links import Links, Missing, Standardize
from mekantek.stats.overall.crossproduct import (
    NO_NEIGHBOURS,
    NO_VARIATION,
    TIE,
    CrossProduct,
    NoNormality,
    Question,
    closeness,
    join_by_id,
    why_undefined,
)
from mekantek.stats.overall.moments import inner
from mekantek.stats.results import Alternative, GlobalMethod, GlobalResult

__all__ = ["NO_NEIGHBOURS", "NO_VARIATION", "geary", "getis_ord", "moran"]


def _deviation(numbers: np.ndarray) -> np.ndarray:
    """Deviation from the mean; a large offset would eat the digits of the mean, so it goes first."""
    raised = numbers - numbers.min()
    deviation: np.ndarray = raised - raised.mean()
    return deviation


def moran_form(numbers: np.ndarray, links: Links) -> CrossProduct:
    """Write Moran's I as a cross-product; *numbers* in the order of the links, not constant."""
    z = _deviation(numbers)
    units = links.n - int(links.isolates.sum())
    return CrossProduct(
        name="moran",
        matrix=links.matrix,
        pairs=[(z, z)],
        scale=units / (links.s0 * inner(z, z)),
        units=units,
        tie=links.s0 * closeness(numbers, numbers),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _ByEsda(CrossProduct):
    """Moran's I with the value and the moments that esda computes."""

    theirs: Any

    @property
    def value(self) -> float:
        """The statistic."""
        return float(self.theirs.I)

    def moments(self, method: GlobalMethod) -> tuple[float, float]:
        """Expectation and variance."""
        variance = self.theirs.VI_norm if method == "normality" else self.theirs.VI_rand
        return float(self.theirs.EI), float(variance)


class _LinksForEsda:
    """Show links to esda the way its Moran asks a libpysal Graph."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def transform(self, _transformation: str) -> _LinksForEsda:
        return self  # standardized already

    def lag(self, values: np.ndarray) -> np.ndarray:
        return self._links.lag(values)

    def summary(self) -> SimpleNamespace:
        return SimpleNamespace(s0=self._links.s0, s1=self._links.s1, s2=self._links.s2)


def _by_esda(numbers: np.ndarray, links: Links) -> CrossProduct:
    """
    Let esda supply Moran's I where it has it right: wherever every unit has neighbours.

    It counts isolates into n, and its Geary asks for a graph of libpysal's own, which this room
    does not know; those are ours.
    """
    from esda.moran import Moran

    form = moran_form(numbers, links)
    if links.isolates.any():
        return form
    theirs = Moran(numbers - numbers.min(), _LinksForEsda(links), permutations=0)
    return _ByEsda(**{f.name: getattr(form, f.name) for f in fields(form)}, theirs=theirs)


def geary_form(numbers: np.ndarray, links: Links) -> CrossProduct:
    """Write Geary's C as a cross-product: Σ wᵢⱼ (zᵢ − zⱼ)² is a quadratic form."""
    z = _deviation(numbers)
    units = links.n - int(links.isolates.sum())
    both = links.matrix + links.matrix.T
    laplacian = sparse.diags_array(np.asarray(both.sum(axis=1)).ravel()) - both
    return CrossProduct(
        name="geary",
        matrix=sparse.csr_array(laplacian),
        pairs=[(z, z)],
        scale=(units - 1) / (2 * links.s0 * inner(z, z)),
        units=units,
        tie=links.s0 * closeness(numbers, numbers),
        sign=-1,
    )


def getis_ord_form(numbers: np.ndarray, links: Links) -> CrossProduct:
    """Write global G as a cross-product, around the mean so that rounding does not grow."""
    middle = float(numbers.mean())
    z, level = numbers - middle, np.full(links.n, middle)
    others = float(numbers.sum()) ** 2 - inner(numbers, numbers)
    return NoNormality(
        name="getis_ord",
        matrix=links.matrix,
        pairs=[(z, z), (z, level), (level, z)],
        scale=1 / others,
        offset=middle**2 * links.s0,
        units=links.n,
        tie=TIE * links.s0 * float(np.abs(numbers).max()) * float(np.ptp(numbers)),
        unit=links.s0 * float(np.ptp(numbers)) * middle / others,
    )


def moran(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Measure whether neighbours are alike over the whole map: Moran's I.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids: a SpatialGraph, a libpysal Graph or W.
    standardize : {"row", "none"}
        Row-standardize the weights, or take them as given.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means positive autocorrelation.
    method : {"randomization", "normality", "permutation", "exact"}
        Where the p-value comes from; ``exact`` counts all orderings of up to ten units.
    permutations : int
        R, for ``permutation``.
    rng : numpy.random.Generator or int
        Seed, for ``permutation``; the same seed gives the same bytes.
    missing : {"refuse", "drop"}

    Returns
    -------
    GlobalResult
        ``n`` counts the units with neighbours. Constant values and graphs without links give
        no statistic, and say why.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`I = \frac{n}{S_0} \frac{\sum_i z_i \sum_j w_{ij} z_j}{\sum_i z_i^2}` (Cliff & Ord 1981,
    eq. 1.14), moments as their eqs. 1.36–1.39, by esda. With isolates n counts the others while mean and
    variance are over all values, as in R's spdep (``adjust.n``).

    Examples
    --------
    Four units in a row, each beside the next:

    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> result = moran(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), graph, method="exact")
    >>> round(result.statistic, 3), round(result.p_value, 3)
    (0.4, 0.167)
    """
    question = Question(alternative=alternative, method=method, permutations=permutations, rng=rng)
    numbers, _, links = join_by_id(values, graph, standardize=standardize, missing=missing)
    if reason := why_undefined(links, numbers):
        return question.unanswered("moran", links, reason)
    return question.answer(_by_esda(numbers, links), links)


def geary(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Measure how much neighbours differ over the whole map: Geary's C.

    Parameters
    ----------
    values, graph, standardize, method, permutations, rng, missing
        As in `moran`.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means positive autocorrelation, which is a *small* C.

    Returns
    -------
    GlobalResult
        C is 1 under the null and near 0 where neighbours are alike; a positive z-score means
        positive autocorrelation, as in R's spdep.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`C = \frac{n - 1}{2 S_0} \frac{\sum_{ij} w_{ij} (x_i - x_j)^2}{\sum_i z_i^2}`
    (Cliff & Ord 1981, eq. 1.17). Isolates as in `moran`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> result = geary(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), graph)
    >>> round(result.statistic, 3), result.expected, result.z_score > 0
    (0.3, 1.0, True)
    """
    question = Question(alternative=alternative, method=method, permutations=permutations, rng=rng)
    numbers, _, links = join_by_id(values, graph, standardize=standardize, missing=missing)
    if reason := why_undefined(links, numbers):
        return question.unanswered("geary", links, reason)
    return question.answer(geary_form(numbers, links), links)


def getis_ord(
    values: pd.Series,
    graph: Any,
    *,
    standardize: Standardize = "none",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Measure whether high values lie together over the whole map: the global G of Getis and Ord.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Zero or more, with a natural origin; the index holds the ids.
    graph, method, permutations, rng, missing
        As in `moran`; moments under normality are not known.
    standardize : {"none", "row"}
        Binary weights are customary, so weights are taken as given unless asked.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means that high values lie among high ones, ``less`` low among low.

    Returns
    -------
    GlobalResult

    Raises
    ------
    ValuesError
        If a value is negative, besides what `moran` refuses.
    GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`G = \sum_{ij} w_{ij} x_i x_j / \sum_{i \ne j} x_i x_j` (Getis & Ord 1992, eq. 5; the
    variance with the sign of Getis & Ord 1993's correction). No n stands in G: with isolates all
    values are still assigned to all units, and expectation and variance are those of that.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> result = getis_ord(pd.Series([1.0, 2.0, 3.0, 4.0], index=list("abcd")), graph)
    >>> round(result.statistic, 3), round(result.expected, 3)
    (0.571, 0.5)
    """
    question = Question(alternative=alternative, method=method, permutations=permutations, rng=rng)
    numbers, ids, links = join_by_id(values, graph, standardize=standardize, missing=missing)
    if (numbers < 0).any():
        first = ids[int(np.flatnonzero(numbers < 0)[0])]
        raise ValuesError(
            f"The value of {first} is negative; global G needs values of 0 or more, use Moran's I.",
            f"{first} biriminin değeri negatif; genel G sıfır ya da daha büyük değer ister, Moran I "
            "kullanın.",
        )
    if reason := why_undefined(links, numbers):
        return question.unanswered("getis_ord", links, reason)
    return question.answer(getis_ord_form(numbers, links), links)
