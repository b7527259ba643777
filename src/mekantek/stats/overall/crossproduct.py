"""Every global statistic is a sum Σ aᵢⱼ xᵢ yⱼ; here is its one test under four nulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from itertools import permutations as orderings
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.links import Links, Missing, Standardize, join, join_two
from mekantek.stats.overall.moments import Graph, covariance, inner, mean
from mekantek.stats.results import Alternative, GlobalMethod, GlobalResult, unit_order

__all__ = [
    "ALWAYS_THE_SAME",
    "NO_NEIGHBOURS",
    "NO_VARIATION",
    "CrossProduct",
    "Question",
    "closeness",
    "join_by_id",
    "join_pair_by_id",
    "why_undefined",
]

NO_VARIATION = "undefined: no variation"
NO_NEIGHBOURS = "undefined: no unit has neighbours"
TOO_FEW = "undefined: fewer than four units have neighbours"
ALWAYS_THE_SAME = "undefined: every permutation gives the same statistic"

# All 10! orderings are counted in seconds; 11! would take a minute.
MOST_ORDERINGS = 10
# Ties between floats that print alike, as a fraction of the range of the values.
TIE = 1e-9

NULLS = {
    "randomization": "the observed values are assigned to the units at random; normal "
    "approximation with the moments under randomization",
    "normality": "the values are independent draws from one normal distribution; normal "
    "approximation with the moments under normality",
    "permutation": "the observed values are assigned to the units at random; drawn permutations",
    "exact": "the observed values are assigned to the units at random; all orderings counted",
}


def join_by_id(
    values: pd.Series, graph: Any, *, standardize: Standardize, missing: Missing
) -> tuple[np.ndarray, pd.Index, Links]:
    """
    Join values and graph with the units in the order of their ids.

    Then neither sums nor draws depend on the order of the rows, to the last bit. Arguments and
    refusals are those of `mekantek.stats.links.join`.
    """
    numbers, _, links = join(values, graph, standardize=standardize, missing=missing)
    order, ordered = _by_id(links)
    return numbers[order], ordered.ids, ordered


def join_pair_by_id(
    values: pd.Series,
    others: pd.Series,
    graph: Any,
    *,
    standardize: Standardize,
    missing: Missing,
) -> tuple[np.ndarray, np.ndarray, Links]:
    """Join two variables and the graph; a unit that lacks one of them lacks both."""
    first, second, links = join_two(values, others, graph, standardize=standardize, missing=missing)
    order, ordered = _by_id(links)
    return first[order], second[order], ordered


def _by_id(links: Links) -> tuple[np.ndarray | slice, Links]:
    """Give the order of the ids, and the links in it."""
    ids = links.ids
    if pd.api.types.is_integer_dtype(ids) and ids.is_monotonic_increasing:
        return slice(None), links
    order = unit_order(ids)
    if (order == np.arange(len(ids))).all():
        return slice(None), links
    matrix = sparse.csr_array(links.matrix[order][:, order])
    matrix.sort_indices()
    description = links.description
    isolated = ids[order][links.isolates[order]]
    if len(isolated) > 1:
        description = {**description, "islands": [str(i) for i in isolated]}
    return order, replace(links, ids=ids[order], matrix=matrix, description=description)


def is_constant(numbers: np.ndarray) -> bool:
    """Tell values that differ by rounding alone."""
    rounding = 8 * float(np.finfo(np.float64).eps) * float(np.abs(numbers).max())
    return float(np.ptp(numbers)) <= rounding


def why_undefined(links: Links, *variables: np.ndarray) -> str | None:
    """Give the reason why no statistic can be had from these values on this graph, if there is."""
    connected = links.n - int(links.isolates.sum())
    if any(map(is_constant, variables)):
        return NO_VARIATION
    if connected == 0:
        return NO_NEIGHBOURS
    return TOO_FEW if connected < 4 else None


def closeness(x: np.ndarray, y: np.ndarray) -> float:
    """
    Give the difference below which two products of deviations are the same product.

    Values that print alike tie, and so do values that differ by the rounding of large numbers: a
    shift by a million leaves ten digits of the range.
    """
    ranges = float(np.ptp(x)), float(np.ptp(y))
    rounding = float(np.finfo(np.float64).eps) * np.array([np.abs(x).max(), np.abs(y).max()])
    return TIE * ranges[0] * ranges[1] + 8 * float(rounding @ ranges[::-1])


def all_orderings(n: int) -> Iterator[np.ndarray]:
    """All orderings of n units, in blocks of shape (b, n)."""
    every = orderings(range(n))
    while chunk := list(islice(every, 200_000)):
        yield np.array(chunk)


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossProduct:
    """
    A statistic of the form scale · (offset + Σₖ Σᵢⱼ aᵢⱼ xᵢₖ yⱼₖ), ready to be tested.

    Attributes
    ----------
    name : str
    matrix : scipy.sparse.csr_array, shape (n, n)
        A; the diagonal may be filled.
    pairs : sequence of (x, y), each of shape (n,)
        The values that are assigned to units together.
    scale, offset : float
    units : int
        n of the moments: all units, or those with neighbours (spdep's ``adjust.n``), the averages
        being over all.
    tie : float
        Sums closer than this are the same sum.
    unit : float
        Size of the statistic below 1e-7 of which a standard deviation is rounding.
    sign : {1, -1}
        -1 where small values of the statistic mean positive autocorrelation.
    """

    name: str
    matrix: sparse.csr_array
    pairs: Sequence[tuple[np.ndarray, np.ndarray]]
    scale: float
    units: int
    tie: float
    offset: float = 0.0
    unit: float = 1.0
    sign: int = 1

    @property
    def n(self) -> int:
        """How many units there are, isolates included."""
        return int(self.matrix.shape[0])

    @cached_property
    def graph(self) -> Graph:
        """Sums over the matrix that the moments need."""
        return Graph(self.matrix)

    def cross(self, orders: np.ndarray) -> np.ndarray:
        """Give the sum for each row of *orders*, shape (b, n), less the offset: shape (b,)."""
        total = np.zeros(len(orders))
        for x, y in self.pairs:
            total += np.einsum("rn,nr->r", x[orders], self.matrix @ y[orders].T)
        return total

    @cached_property
    def observed(self) -> float:
        """The sum for the values as they lie, less the offset."""
        return float(self.cross(np.arange(self.n)[None, :])[0])

    @property
    def value(self) -> float:
        """The statistic."""
        return self.scale * (self.offset + self.observed)

    def moments(self, method: GlobalMethod) -> tuple[float, float]:
        """Expectation and variance: under normality if that is the method, else randomization."""
        if method == "normality":
            return self.under_normality()
        return self.at_random(independent=False)

    def at_random(self, *, independent: bool) -> tuple[float, float]:
        """Moments when values come to units without replacement, or with (independently)."""
        scale = self.scale * self.n / self.units  # a sum of squares is of that many units too
        expected = self.offset + sum(
            mean(self.graph, *pair, self.units, independent=independent) for pair in self.pairs
        )
        variance = sum(
            covariance(self.graph, one, other, self.units, independent=independent)
            for one in self.pairs
            for other in self.pairs
        )
        return scale * expected, scale**2 * variance

    def under_normality(self) -> tuple[float, float]:
        """
        Moments when the values are independent draws from one normal distribution.

        The statistic is a ratio of quadratic forms in the residuals from the mean, independent of
        its denominator, and its moments are ratios of traces (Cliff & Ord 1981, section 2.3).
        """
        ((z, _),) = self.pairs
        n = self.units
        half = (self.matrix + self.matrix.T) / 2
        rows = np.asarray(half.sum(axis=1)).ravel()
        total = float(rows.sum())
        trace = float(half.diagonal().sum()) - total / n
        squared = float((half * half).sum()) - 2 * inner(rows, rows) / n + (total / n) ** 2
        scale = self.scale * inner(z, z)
        expected = trace / (n - 1)
        second = (trace**2 + 2 * squared) / ((n - 1) * (n + 1))
        return scale * expected, scale**2 * (second - expected**2)


class FreeSampling(CrossProduct):
    """A cross-product whose counterpart of normality is that units draw their values freely."""

    def under_normality(self) -> tuple[float, float]:
        """Moments when each unit's value is drawn independently from the observed ones."""
        return self.at_random(independent=True)


class NoNormality(CrossProduct):
    """A cross-product with no moments under normality."""

    def under_normality(self) -> tuple[float, float]:
        """Refuse, for there is no formula."""
        raise OptionError(
            f"No moments of {self.name} under normality are known; use 'randomization', "
            "'permutation' or 'exact'.",
            f"{self.name} için normallik altında moment bilinmiyor; 'randomization', 'permutation' "
            "ya da 'exact' kullanın.",
        )


@dataclass(frozen=True, kw_only=True)
class Question:
    """How a statistic is to be tested; the options that all global statistics share."""

    alternative: Alternative
    method: GlobalMethod
    permutations: int
    rng: np.random.Generator | int
    nulls: Mapping[str, str] = field(default_factory=lambda: NULLS)

    def __post_init__(self) -> None:
        inference.check_alternative(self.alternative)
        if self.method not in NULLS:
            raise OptionError(f"method is {self.method!r}; it can be {', '.join(NULLS)}.")
        if self.permutations < 1:
            raise OptionError(f"permutations is {self.permutations}; it must be at least 1.")

    def _refuse_too_many(self, n: int) -> None:
        if self.method == "exact" and n > MOST_ORDERINGS:
            raise OptionError(
                f"The exact method counts all orderings, {n}! here; it takes up to "
                f"{MOST_ORDERINGS} units. Use 'randomization' or 'permutation'.",
                f"'exact' yöntemi bütün sıralamaları sayar, burada {n}!; en çok {MOST_ORDERINGS} "
                "birim alır. 'randomization' ya da 'permutation' kullanın.",
            )

    def head(self, name: str, links: Links) -> dict[str, Any]:
        """Give the fields of a result that are known before the test."""
        self._refuse_too_many(links.n)
        drawn = self.method == "permutation"
        return {
            "name": name,
            "null": self.nulls[self.method],
            "alternative": self.alternative,
            "method": self.method,
            "permutations": self.permutations if drawn else None,
            "seed": inference.seed_of(self.rng) if drawn else None,
            "n": links.n - int(links.isolates.sum()),
            "weights": links.description,
            "notes": links.notes,
        }

    def unanswered(
        self, name: str, links: Links, reason: str, details: Mapping[str, Any] | None = None
    ) -> GlobalResult:
        """Say why there is no statistic."""
        return GlobalResult(
            statistic=None, expected=None, variance=None, z_score=None, p_value=None,
            undefined=reason, details=details or {}, **self.head(name, links),
        )  # fmt: skip

    def answer(
        self, asked: CrossProduct, links: Links, details: Mapping[str, Any] | None = None
    ) -> GlobalResult:
        """Test a statistic."""
        head = self.head(asked.name, links)
        expected, variance = asked.moments(self.method)
        numbers: dict[str, Any] = {
            "statistic": asked.value,
            "expected": expected,
            "variance": variance,
            "details": details or {},
        }
        # Where every permutation gives the same, the variance is rounding noise.
        if variance <= 1e-14 * asked.unit**2:
            return GlobalResult(
                z_score=None, p_value=None, undefined=ALWAYS_THE_SAME, **numbers, **head
            )
        z_score = asked.sign * (asked.value - expected) / variance**0.5
        interval = None
        if self.method in ("randomization", "normality"):
            p_value = float(inference.normal_p(z_score, self.alternative))
        else:
            p_value, interval = self._counted(asked)
        return GlobalResult(
            z_score=float(z_score), p_value=p_value, p_interval=interval, **numbers, **head
        )

    def orders(self, n: int) -> Iterator[np.ndarray]:
        """Orderings of n units in blocks of shape (b, n): drawn, or all of them."""
        if self.method == "exact":
            return all_orderings(n)
        return inference.permuted(np.arange(n), self.permutations, self.rng)

    def p_of_counts(
        self, above: int, below: int, total: int
    ) -> tuple[float, tuple[float, float] | None]:
        """Turn counts of orderings ≥ and ≤ the observed one into p and its interval."""
        if self.method == "permutation":
            p, low, high = inference.monte_carlo(
                np.array(above), np.array(below), total, self.alternative
            )
            return float(p), (float(low), float(high))
        p = inference.from_tails(np.array(above / total), np.array(below / total), self.alternative)
        return float(p), None

    def _counted(self, asked: CrossProduct) -> tuple[float, tuple[float, float] | None]:
        above = below = total = 0
        direction = asked.sign * (1 if asked.scale > 0 else -1)
        for block in self.orders(asked.n):
            excess = direction * (asked.cross(block) - asked.observed)
            above += int((excess >= -asked.tie).sum())
            below += int((excess <= asked.tie).sum())
            total += len(block)
        return self.p_of_counts(above, below, total)
