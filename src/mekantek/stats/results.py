"""What a statistic returns: small frozen records that neither draw nor print themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from mekantek.text import light_table

__all__ = [
    "CLUSTERS",
    "Alternative",
    "Family",
    "GlobalMethod",
    "GlobalResult",
    "LocalMaps",
    "LocalMethod",
    "LocalResult",
    "categories",
    "unit_order",
]

Alternative = Literal["two-sided", "greater", "less"]
GlobalMethod = Literal["randomization", "normality", "permutation", "exact"]
LocalMethod = Literal["auto", "exact", "saddlepoint", "permutation", "randomization"]
CLUSTERS = ("HH", "LL", "LH", "HL", "ns", "isolate", "undefined")


def unit_order(ids: pd.Index) -> np.ndarray:
    """
    Order of the units in every file: numerically where all ids are integers, else as text.

    Examples
    --------
    >>> unit_order(pd.Index(["10", "9", "1"])).tolist()
    [2, 1, 0]
    """
    texts = [str(i) for i in ids]
    if all(t.removeprefix("-").isdecimal() for t in texts):
        return np.array(sorted(range(len(texts)), key=lambda i: int(texts[i])), dtype=np.intp)
    return np.array(sorted(range(len(texts)), key=lambda i: texts[i]), dtype=np.intp)


def categories(codes: np.ndarray, names: tuple[str, ...]) -> pd.Categorical:
    """
    Name codes: a million units take a million bytes.

    Examples
    --------
    >>> list(categories(np.array([1, 0, -1]), ("a", "b")))
    ['b', 'a', nan]
    """
    return pd.Categorical.from_codes(codes, dtype=_kinds(names))


@lru_cache
def _kinds(names: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index([*names, "missing"], dtype=object))


def _plain(value: Any) -> Any:
    """Turn NumPy scalars and NaN into what JSON can hold."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return value


def _listed(column: pd.Series) -> list[Any]:
    """Turn a column into what JSON can hold."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    return [None if v != v else v for v in column.tolist()]  # only NaN differs from itself


def _extras(result: Any) -> dict[str, Any]:
    """Give what only some results have to say, beside the fields of the contract."""
    extras = {"notes": list(result.notes), "details": _plain(getattr(result, "details", {}))}
    return {key: value for key, value in extras.items() if value}


def _about(result: Any) -> list[tuple[str, object]]:
    """Give neighbours, notes and why there is nothing, for a notebook."""
    weights = result.weights
    links = f"{weights['spec']}, {weights['links']} links" if "links" in weights else None
    return [("neighbours", links), ("undefined", result.undefined),
            ("notes", "; ".join(result.notes))]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GlobalResult:
    """
    One number for the whole map against its null.

    Attributes
    ----------
    name : str
        The statistic, such as ``"moran"``.
    statistic, expected, variance, z_score, p_value : float or None
        Dimensionless; None where undefined. Expectation, variance and z are analytic under
        randomization (under normality if that is the method), whatever gave the p-value.
    p_interval : tuple of float or None
        Monte-Carlo interval (95 %, Clopper-Pearson) of a permutation p-value.
    null : str
        The null hypothesis in words.
    undefined : str or None
        Why there is no statistic or p-value, if there is none.
    n : int
        Units that count; see each statistic for what it does with isolates.
    notes : tuple of str
        What was done to the input, such as dropped units or asymmetric neighbours.
    details : mapping
        What only this statistic has to say, such as an effective sample size.
    """

    name: str
    statistic: float | None
    expected: float | None
    variance: float | None
    z_score: float | None
    p_value: float | None
    p_interval: tuple[float, float] | None = None
    null: str
    alternative: Alternative
    method: str
    permutations: int | None = None
    seed: int | None = None
    undefined: str | None = None
    n: int
    weights: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    schema = "mekantek/global/1"

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract, unrounded, absent as None."""
        return {
            "schema": self.schema,
            **{
                key: _plain(getattr(self, key))
                for key in (
                    "name", "statistic", "expected", "variance", "z_score", "p_value",
                    "p_interval", "null", "alternative", "method", "permutations", "seed",
                    "undefined", "n", "weights",
                )
            },
            **_extras(self),
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """Give the result as a table of one row."""
        row = {k: v for k, v in self.to_dict().items() if not isinstance(v, (dict, list))}
        return pd.DataFrame([row])

    def _repr_html_(self) -> str:
        """Show a notebook a light table."""
        four = {
            key: None if (value := getattr(self, key)) is None else f"{value:.4g}"
            for key in ("statistic", "expected", "z_score", "p_value")
        }
        rows = [*four.items(), ("alternative", self.alternative), ("method", self.method),
                ("permutations", self.permutations), ("n", self.n), ("null", self.null),
                *_about(self)]  # fmt: skip
        return light_table(self.name, rows)

    def summary(self) -> str:
        """Give one line of text."""
        if self.statistic is None:
            return f"{self.name}: {self.undefined} (n = {self.n})"
        p = "none" if self.p_value is None else f"{self.p_value:.4g}"
        return (
            f"{self.name} = {self.statistic:.4f}, p = {p} "
            f"({self.alternative}, {self.method}, n = {self.n})"
        )


@dataclass(frozen=True, kw_only=True)
class Family:
    """The units tested together on one map, and how their p-values were corrected."""

    size: int
    correction: str
    alpha: float
    survivors: int

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {
            "size": self.size,
            "correction": self.correction,
            "alpha": self.alpha,
            "survivors": self.survivors,
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class LocalResult:
    """
    One value per unit, on the caller's index.

    Attributes
    ----------
    name : str
        The statistic, such as ``"local_moran"``.
    frame : pandas.DataFrame, shape (n_units, 13)
        Columns ``value``, ``lag`` (both in the unit of the values), ``statistic``, ``expected``,
        ``variance``, ``z_score``, ``p_value``, ``p_low``, ``p_high``, ``p_adjusted``
        (dimensionless, NaN where undefined), ``method``, ``quadrant``, ``cluster`` (by the
        adjusted p) and ``cluster_unadjusted`` (by the plain p), these two from `CLUSTERS`.
    family : Family
        How many units were tested and how the p-values were corrected.
    classes : tuple of str
        What ``cluster`` and ``quadrant`` may be.
    """

    name: str
    frame: pd.DataFrame
    family: Family
    null: str
    alternative: Alternative
    method: str
    permutations: int | None = None
    seed: int | None = None
    undefined: str | None = None
    n: int
    weights: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = CLUSTERS
    noise: Callable[[], float] | None = field(default=None, repr=False, compare=False)

    schema = "mekantek/local/1"

    @cached_property
    def expected_under_noise(self) -> float | None:
        """Units that pure noise would light up on this map before correction, None if unknown."""
        return None if self.noise is None else self.noise()

    def __repr__(self) -> str:
        """Say what it is and what came out, not every unit."""
        return f"<LocalResult {self.summary()}, n = {self.n}>"

    def _repr_html_(self) -> str:
        """Show a notebook a light table; `to_frame` has the units."""
        plain = self.counts("cluster_unadjusted")
        rows: list[tuple[str, object]] = [
            (kind, f"{count} ({plain[kind]} uncorrected)") for kind, count in self.counts().items()
        ]
        family = self.family
        corrected = f"{family.correction}, alpha = {family.alpha}, {family.size} units"
        rows += [("alternative", self.alternative), ("method", self.method),
                 ("permutations", self.permutations), ("correction", corrected),
                 ("null", self.null), *_about(self)]  # fmt: skip
        return light_table(self.name, rows)

    def to_frame(self) -> pd.DataFrame:
        """Give the table of units, a copy the caller may change."""
        return self.frame.copy()

    def counts(self, column: str = "cluster") -> dict[str, int]:
        """Count the units in each class, absent classes as zero."""
        found = self.frame[column].value_counts()
        return {cluster: int(found.get(cluster, 0)) for cluster in self.classes}

    def summary(self) -> str:
        """Give one line of text."""
        counts = ", ".join(f"{k} {v}" for k, v in self.counts().items() if v)
        return f"{self.name}: {counts} ({self.family.correction}, alpha = {self.family.alpha})"

    def to_dict(self, names: Mapping[Any, str] | None = None) -> dict[str, Any]:
        """
        Give the fields of the JSON contract, unrounded, absent as None, units ordered by id.

        Parameters
        ----------
        names : mapping of id to str, optional
            Names to print beside the ids; without them a unit bears its id.
        """
        order = unit_order(self.frame.index)
        ids = [str(unit) for unit in self.frame.index]
        columns = {name: _listed(self.frame[name]) for name in self.frame}
        units = [
            {
                "id": ids[i],
                "name": ids[i] if names is None else str(names[self.frame.index[i]]),
                **{name: columns[name][i] for name in (
                    "value", "lag", "statistic", "expected", "variance", "z_score", "p_value",
                )},
                "p_interval": None
                if columns["p_low"][i] is None
                else [columns["p_low"][i], columns["p_high"][i]],
                **{name: columns[name][i] for name in (
                    "method", "p_adjusted", "quadrant", "cluster", "cluster_unadjusted",
                )},
            }
            for i in order.tolist()
        ]  # fmt: skip
        return {
            "schema": self.schema,
            "name": self.name,
            "null": self.null,
            "alternative": self.alternative,
            "method": self.method,
            "permutations": self.permutations,
            "seed": self.seed,
            "undefined": self.undefined,
            "n": self.n,
            "weights": _plain(dict(self.weights)),
            "family": self.family.to_dict(),
            "expected_under_noise": self.expected_under_noise,
            "units": units,
            **_extras(self),
        }


@dataclass(frozen=True, kw_only=True, repr=False)
class LocalMaps:
    """
    Several maps of one run.

    Attributes
    ----------
    results : mapping of name to LocalResult
    family : Family
        All units tested on all maps.
    survivors : pandas.Series
        ``p_adjusted`` over all maps of the units that survive; index: map and id.
    """

    results: Mapping[Any, LocalResult]
    family: Family
    survivors: pd.Series

    schema = "mekantek/maps/1"

    def __repr__(self) -> str:
        """Say how many maps there are and what survives."""
        return f"<LocalMaps: {self.summary().splitlines()[-1]}, {len(self.results)} maps>"

    def _repr_html_(self) -> str:
        """Show a notebook a light table: a row for each map."""
        rows = [(str(name), result.summary()) for name, result in self.results.items()]
        return light_table(self.summary().splitlines()[-1], rows)

    def to_frame(self) -> pd.DataFrame:
        """Give the tables of all maps, one above the other; index: map and id."""
        frames = {name: result.frame for name, result in self.results.items()}
        table: pd.DataFrame = pd.concat(frames, names=["map", None])
        return table

    def summary(self) -> str:
        """Give one line of text for each map, and one for all."""
        lines = [f"{name}: {result.summary()}" for name, result in self.results.items()]
        f = self.family
        return "\n".join([*lines, f"over all maps: {f.survivors} of {f.size} ({f.correction})"])

    def to_dict(self, names: Mapping[Any, str] | None = None) -> dict[str, Any]:
        """
        Give JSON's fields: every map's, and what survives over all of them.

        Parameters
        ----------
        names : mapping of id to str, optional
        """
        return {
            "schema": self.schema,
            "maps": [
                {"value": str(name), **result.to_dict(names)}
                for name, result in self.results.items()
            ],
            "family": self.family.to_dict(),
            "survivors": [
                {
                    "value": str(name),
                    "id": str(unit),
                    "name": str(unit) if names is None else str(names[unit]),
                    "p_adjusted": float(p),
                }
                for (name, unit), p in zip(
                    self.survivors.index.tolist(), self.survivors.tolist(), strict=True
                )
            ],
        }
