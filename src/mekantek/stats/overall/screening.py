"""Many variables on one graph at once: four exact moments each, and a tail fitted to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from mekantek.errors import OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.inference import Correction
from mekantek.stats.links import Missing, Standardize
from mekantek.stats.overall.autocorrelation import geary_form, moran_form
from mekantek.stats.overall.crossproduct import (
    ALWAYS_THE_SAME,
    CrossProduct,
    join_by_id,
    why_undefined,
)
from mekantek.stats.overall.moments import inner
from mekantek.stats.overall.multigraphs import FourMoments
from mekantek.stats.results import Alternative

__all__ = ["Screening", "pearson_tails", "screen"]

Which = Literal["moran", "geary"]
_NULL = (
    "the observed values are assigned to the units at random; approximate p-values, from Pearson's "
    "curve with the four exact permutation moments"
)

_COLUMNS = (
    "statistic", "expected", "variance", "skewness", "excess_kurtosis", "z_score", "p_value",
    "p_adjusted", "undefined",
)  # fmt: skip


def _gamma_tail(z: float, skewness: float) -> float:
    """P(Z ≥ z) of Pearson's type III: three moments."""
    if skewness < 0:
        return 1 - _gamma_tail(-z, -skewness)
    if skewness < 1e-6:
        return float(special.ndtr(-z))
    shape = 4 / skewness**2
    return float(special.gammaincc(shape, max(shape + np.sqrt(shape) * z, 0.0)))


def _type_iv_tail(z: float, slope: float, twist: float, a: float, b: float, c: float) -> float:
    """P(Z ≥ z) where the quadratic a + bx + cx² has no root, by quadrature over an angle."""
    root = np.sqrt(4 * a * c - b * b)
    power, turn = slope / c - 2, 2 / root * (twist - slope * b / (2 * c))
    peak = np.arctan(-turn / power)
    width = 40 * np.cos(peak) / np.sqrt(power)
    angle = np.linspace(max(peak - width, -np.pi / 2), min(peak + width, np.pi / 2), 8001)[1:-1]
    logarithm = power * np.log(np.cos(angle)) - turn * angle
    density = np.exp(logarithm - logarithm.max())
    mass = np.cumsum(density[::-1])[::-1] - density / 2  # trapezoids
    at = float(np.arctan((2 * c * z + b) / root))
    return float(np.interp(at, angle, mass / mass[0], left=1.0, right=0.0))


def _upper_tail(z: float, skewness: float, kurtosis: float) -> float:
    """
    P(Z ≥ z) of the Pearson curve with mean 0, variance 1 and these moments.

    Pearson (1916): f'/f = −(A + Dx)/(C₀ + C₁x + C₂x²), coefficients by the moments.
    """
    b1, b2 = skewness**2, kurtosis + 3
    a, b, c = 4 * b2 - 3 * b1, skewness * (b2 + 3), 2 * b2 - 3 * b1 - 6
    twist, slope = b, 10 * b2 - 12 * b1 - 18
    if abs(c) < 1e-6:
        return _gamma_tail(z, skewness)
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return _type_iv_tail(z, slope, twist, a, b, c)
    low, high = sorted((-b + sign * np.sqrt(discriminant)) / (2 * c) for sign in (1, -1))
    if low > 0:  # type VI with its tail to the left
        return 1 - _upper_tail(-z, -skewness, kurtosis)
    one = (twist + slope * low) / (c * (high - low))
    other = -(twist + slope * high) / (c * (high - low))
    if high > 0:  # type I: a beta between the roots
        first, second, place = one + 1, other + 1, (z - low) / (high - low)
    else:  # type VI: a beta of the second kind beyond the larger root
        first, second = other + 1, -one - other - 1
        place = (z - high) / (z - low) if z > high else 0.0
    if min(first, second) <= 0:
        return _gamma_tail(z, skewness)
    return float(special.betaincc(first, second, np.clip(place, 0, 1)))


def pearson_tails(
    z: np.ndarray, skewness: np.ndarray, kurtosis: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """
    Both tails of Pearson's curves with four given moments.

    Parameters
    ----------
    z, skewness, kurtosis : numpy.ndarray, shape (n,)
        Standardized statistic, and skewness and excess kurtosis of its distribution.

    Returns
    -------
    at_least, at_most : numpy.ndarray, shape (n,)

    Examples
    --------
    >>> above, below = pearson_tails(np.array([1.96]), np.array([0.0]), np.array([0.0]))
    >>> above.round(4).tolist(), below.round(4).tolist()
    ([0.025], [0.975])
    """
    rows = list(zip(z.tolist(), skewness.tolist(), kurtosis.tolist(), strict=True))
    above = np.array([_upper_tail(x, g, k) for x, g, k in rows])
    below = np.array([_upper_tail(-x, -g, k) for x, g, k in rows])
    return above, below


@dataclass(frozen=True, kw_only=True)
class Screening:
    """
    One global statistic of many variables on one graph, tested approximately.

    Attributes
    ----------
    name : str
    frame : pandas.DataFrame, shape (n_variables, 9)
        Columns ``statistic``, ``expected``, ``variance``, ``skewness``, ``excess_kurtosis`` (exact,
        under randomization), ``z_score``, ``p_value`` (approximate), ``p_adjusted`` and
        ``undefined``, by variable.
    null : str
        Says that p-values are approximate.
    """

    name: str
    frame: pd.DataFrame
    null: str
    alternative: Alternative
    correction: str
    n: int
    weights: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    method = "pearson"
    schema = "mekantek/screening/1"

    def to_frame(self) -> pd.DataFrame:
        """Give the table of variables, a copy the caller may change."""
        return self.frame.copy()

    def to_dict(self) -> dict[str, Any]:
        """Give all there is, unrounded, absent as None."""
        table = self.frame.astype(object).where(self.frame.notna(), None)
        return {
            "schema": self.schema,
            "name": self.name,
            "null": self.null,
            "alternative": self.alternative,
            "method": self.method,
            "correction": self.correction,
            "n": self.n,
            "weights": dict(self.weights),
            "notes": list(self.notes),
            "variables": [
                {"variable": str(name), **row}
                for name, row in zip(table.index, table.to_dict("records"), strict=True)
            ],
        }


def screen(
    values: pd.DataFrame,
    graph: Any,
    *,
    statistic: Which = "moran",
    standardize: Standardize = "row",
    alternative: Alternative = "two-sided",
    correction: Correction = "bh",
    missing: Missing = "refuse",
) -> Screening:
    """
    Test many variables on one graph quickly, with approximate p-values that know skewness.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n, n_variables)
        One variable a column, any unit; the index holds the ids.
    graph : GraphLike
        Neighbours of the same ids.
    statistic : {"moran", "geary"}
    standardize : {"row", "none"}
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means positive autocorrelation.
    correction : {"bh", "by", "holm", "bonferroni", "none"}
        Over the variables.
    missing : {"refuse", "drop"}
        ``drop`` leaves out units that lack any of the variables.

    Returns
    -------
    Screening
        Moments are exact under assignment of all values to all units, isolates included.

    Raises
    ------
    ValuesError, GraphError, AlignmentError, OptionError

    Notes
    -----
    Four exact moments (Siemiatycki 1978) on Pearson's curves: against 400,000 permutations of nine
    variables on five maps the tails at 0.05 and 0.01 were within 5 % of themselves where the
    statistic had a skewness below 0.5 and an excess kurtosis below 0.4 (either sign), while the
    normal approximation was off by up to a factor of two; beyond a skewness of 1 the shorter tail
    is not to be trusted. So: screen, then permute what matters.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> ring = sum(np.roll(np.eye(20), k, axis=1) for k in (1, -1))
    >>> graph = SimpleNamespace(ids=pd.RangeIndex(20), sparse=sparse.csr_array(ring))
    >>> wave = pd.DataFrame({"wave": np.sin(np.arange(20) / 1.2), "flip": [0.0, 1.0] * 10})
    >>> screen(wave, graph, alternative="greater").frame["p_value"].round(4).tolist()
    [0.0003, 1.0]
    """
    inference.check_alternative(alternative)
    inference.adjust(np.array([1.0]), correction)
    if statistic not in get_args(Which):
        raise OptionError(f"statistic is {statistic!r}; it can be {', '.join(get_args(Which))}.")
    if not isinstance(values, pd.DataFrame) or not values.shape[1]:
        raise ValuesError("Screening takes a pandas DataFrame with one variable a column.")
    if missing == "drop":
        values = values.where(values.notna().all(axis=1))
    build = moran_form if statistic == "moran" else geary_form
    four: FourMoments | None = None
    rows = []
    for name in values:
        numbers, _, links = join_by_id(
            values[name], graph, standardize=standardize, missing=missing
        )
        reason = why_undefined(links, numbers)
        if reason is None:
            form = build(numbers, links)
            four = four or FourMoments(form.matrix)
            rows.append(_row(form, four))
        else:
            rows.append({"undefined": reason})
    frame = pd.DataFrame(rows, index=values.columns, columns=list(_COLUMNS))
    frame[list(_COLUMNS[:-1])] = frame[list(_COLUMNS[:-1])].astype(np.float64)
    tested = frame["z_score"].notna().to_numpy()
    p = np.full(len(frame), np.nan)
    if tested.any():
        sign = 1 if statistic == "moran" else -1
        above, below = pearson_tails(
            frame["z_score"].to_numpy()[tested],
            sign * frame["skewness"].to_numpy()[tested],
            frame["excess_kurtosis"].to_numpy()[tested],
        )
        # No ordering is rarer than one in n!, wherever the fitted curve ends.
        least = float(np.exp(-special.gammaln(links.n + 1)))
        p[tested] = np.maximum(inference.from_tails(above, below, alternative), least)
    frame["p_value"], frame["p_adjusted"] = p, inference.adjust(p, correction)
    return Screening(
        name=statistic,
        frame=frame,
        null=_NULL,
        alternative=alternative,
        correction=correction,
        n=links.n - int(links.isolates.sum()),
        weights=links.description,
        notes=links.notes,
    )


def _row(form: CrossProduct, four: FourMoments) -> dict[str, Any]:
    """Statistic and moments of one variable."""
    z = form.pairs[0][0]
    unit = (inner(z, z) / len(z)) ** 0.5  # eighth powers of raw values could overflow
    mean, variance, skewness, kurtosis = four(z / unit).tolist()
    scale = form.scale * unit**2
    row = {"statistic": form.value, "expected": scale * mean, "variance": scale**2 * variance}
    if row["variance"] <= 1e-14:
        return {**row, "undefined": ALWAYS_THE_SAME}
    z_score = form.sign * (form.value - row["expected"]) / row["variance"] ** 0.5
    return {**row, "skewness": skewness, "excess_kurtosis": kurtosis, "z_score": z_score}
