"""The index under every reasonable choice: one batch, the same surrogates for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets.index_files import ProvinceIndex
from mekantek.findings.indices.ranks import bounded, iltek_index
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Hypothesis, thresholds
from mekantek.stats import inference
from mekantek.stats.association import partial_of
from mekantek.stats.links import join
from mekantek.stats.ranks import midranks
from mekantek.stats.spectral import MoranBasis
from mekantek.study import Study, other_prints
from mekantek.text import Text

__all__ = ["BOTH", "curve", "readings_of", "surrogate_maps", "variables"]

BOTH = "high+medium_high"
FLOORS = {"all": 0.0, "exports ≥ 100 mn USD": 100e6, "exports ≥ 1 bn USD": 1e9}
COEFFICIENTS = ("kendall", "spearman")
SURROGATES = 999
PERMUTATIONS = 1999
# The stream of a seed that orders of the index's places draw from: "INDEX".
_STREAM = 0x494E444558
_TIE = 1e-9
# A coefficient of fewer provinces is none.
_FEWEST = 5

NULL = Text(
    "endeks ve toplam ihracat yerinde kalır; payların ve değerlerin sıraları yerine aynı Moran I "
    "değerini taşıyan rastgele haritalar konur (resmî komşulukta tayfsal rastgeleleştirme); her "
    "seçim aynı haritaları okur; toplamı olmayan iller ortalamada sayılır, okunmaz",
    "the index and total exports stay; the ranks of shares and values give way to random maps with "
    "their Moran's I (spectral randomization on the official neighbours); every choice reads the "
    "same maps; provinces without a total stand at the mean and are not read",
)


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable that the index is held against, and total exports beside it."""

    choice: dict[str, Any]
    numbers: pd.Series
    total: pd.Series


def readings_of() -> dict[str, ProvinceIndex]:
    """Give the published readings of İLTEK."""
    return {
        "2024, press": iltek_index(),
        "2024, report": iltek_index(reading="report"),
        "2025": iltek_index("iltek-2025"),
    }


def variables(study: Study) -> Iterator[Variable]:
    """Year, class, share or value, and print of unresolved cells; each set of numbers once."""
    seen = set()
    for cells, read in (("adopted", study), ("other print", other_prints(study))):
        for year in sorted(study.panel):
            at = read.at(year)
            total = at.frame["value"]
            for c in ("high", BOTH) if year in study.years else ("high",):
                value = at.class_values(c)["value"].reindex(total.index)
                for quantity, numbers in (("share", at.share(c)), ("value", value)):
                    key = (year, c, quantity, numbers.to_numpy().tobytes(),
                           total.to_numpy().tobytes())  # fmt: skip
                    if key not in seen:
                        seen.add(key)
                        yield Variable(
                            {"year": year, "class": c, "quantity": quantity, "cells": cells},
                            numbers, total,
                        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Orders:
    """Random orders of so many places, as centred ranks and as signs of pairs; drawn once."""

    drawn: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def of(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        if size not in self.drawn:
            stream = inference.generator(0, _STREAM, size)
            rows = stream.permuted(
                np.broadcast_to(np.arange(1.0, size + 1), (PERMUTATIONS, size)), axis=1
            )
            self.drawn[size] = (_scores(rows), _signs(rows))
        return self.drawn[size]

    def under(
        self, v: np.ndarray, w: np.ndarray, coefficient: str
    ) -> tuple[np.ndarray, np.ndarray]:
        """Plain and partial coefficients of random places with one variable, given another."""
        pairs = coefficient == "kendall"
        size = round((1 + np.sqrt(1 + 8 * len(v))) / 2) if pairs else len(v)
        random = self.of(size)[pairs]
        plain = random @ v
        return plain, partial_of(plain, random @ w, np.array(v @ w))


def _scores(rows: np.ndarray) -> np.ndarray:
    """Ranks of every row without ties, of mean 0 and length 1."""
    ranks = rows.argsort(axis=-1).argsort(axis=-1) + 1.0
    ranks -= ranks.mean(axis=-1, keepdims=True)
    return np.asarray(ranks / np.sqrt((ranks**2).sum(axis=-1, keepdims=True)))


def _signs(rows: np.ndarray) -> np.ndarray:
    """Signs of all pairs of every row, of length 1."""
    first, second = np.triu_indices(rows.shape[-1], 1)
    signs = np.sign(rows[..., first] - rows[..., second])
    length = np.sqrt((signs**2).sum(axis=-1, keepdims=True))
    return np.asarray(signs / np.where(length > 0, length, 1.0))


def _unit(values: np.ndarray, coefficient: str) -> np.ndarray:
    """One row of data, ties and all, in the form whose products are the coefficient."""
    ranks = midranks(values)
    if coefficient == "kendall":
        return _signs(ranks)
    centred = ranks - ranks.mean()
    length = np.sqrt(centred @ centred)
    return np.asarray(centred / (length if length > 0 else 1.0))


def _all(maps: np.ndarray, coefficient: str) -> np.ndarray:
    """Data (row 0) and surrogates in that form; no surrogate has ties."""
    if coefficient == "spearman":
        return np.vstack([_unit(maps[0], coefficient), _scores(maps[1:])])
    first, second = np.triu_indices(maps.shape[1], 1)
    columns = np.ascontiguousarray(maps.T)
    signs: np.ndarray = np.where(columns[first] > columns[second], 1.0, -1.0).T
    signs /= np.sqrt(len(first))
    signs[0] = _unit(maps[0], coefficient)
    return signs


def _scaled(effects: np.ndarray, coefficient: str) -> np.ndarray:
    """τ as the correlation that it has under normality, sin(πτ/2) (Greiner), beside ρ."""
    if coefficient == "spearman":
        return effects
    return np.asarray(np.sin(np.pi / 2 * np.clip(effects, -1, 1)))


def surrogate_maps(study: Study, read: list[Variable], count: int) -> np.ndarray:
    """Maps of the ranks of every variable, the data first, shape (R + 1, n, c)."""
    columns = [variable.numbers for variable in read]
    ids = study.names.index
    scores = np.zeros((len(ids), len(columns)))
    for k, column in enumerate(columns):
        known = column.notna().to_numpy()
        ranks = midranks(column.to_numpy()[known])
        scores[known, k] = ranks - ranks.mean()
    _, order, links = join(pd.Series(1.0, index=ids), study.graph)
    place = order.get_indexer(ids)
    made = MoranBasis.of(links).surrogates(scores[np.argsort(place)], count)[:, place]
    return np.concatenate([scores[None], made])


def _subsets(index: ProvinceIndex, variable: Variable) -> Iterator[tuple[str, Any, pd.Index]]:
    """Which known provinces are read: a floor of exports, or one left out."""
    has = variable.numbers.notna() & variable.total.notna()
    known = index.places.index[has.reindex(index.places.index).to_numpy()]
    seen = set()
    for floor, least in FLOORS.items():
        kept = known[(variable.total[known] >= least).to_numpy()]
        if len(kept) >= _FEWEST and tuple(kept) not in seen:
            seen.add(tuple(kept))
            yield floor, None, kept
    for unit in known if len(index.places) < len(has) / 2 else ():
        yield "all", unit, known.drop(unit)


def curve(
    study: Study,
    hypothesis: Hypothesis,
    indices: Mapping[str, ProvinceIndex] | None = None,
    *,
    surrogates: int = SURROGATES,
) -> SpecificationCurve:
    """
    Hold the index against technology under every combination of choices that reads other data.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    hypothesis : Hypothesis
        Gives the rule.
    indices : mapping of str to ProvinceIndex, optional
        Readings of the index; those of İLTEK by default.
    surrogates : int
        R.

    Returns
    -------
    SpecificationCurve
        Effects are rank correlations of place and variable, positive in the claim's direction;
        Kendall's τ-b stands as sin(πτ/2). p comes from 1,999 orders of the places, or, for an
        index of all provinces, from the surrogates. Words follow the rule; a partial coefficient
        has no known bounds over completions, so it is never more than partly supported. Each
        province of an index that places less than half of them is left out once.

    Examples
    --------
    >>> import mekantek as mt
    >>> from mekantek.findings.verdict import load_hypothesis
    >>> found = curve(mt.load_study(), load_hypothesis("iltek"), surrogates=9)
    >>> len(found) > 1000, found.joint["surrogates"]
    (True, 9)
    """
    read = list(variables(study))
    maps = surrogate_maps(study, read, surrogates)
    names, orders = study.names, _Orders()
    ids = names.index
    own = indices is not None
    specifications, drawn = [], []
    for name, index in (readings_of() if indices is None else indices).items():
        for k, variable in enumerate(read):
            for floor, out, kept in _subsets(index, variable):
                mine = index.goodness[kept].to_numpy()
                total = variable.total[kept].to_numpy()
                inside = _population(index, variable, floor, kept)
                for coefficient in COEFFICIENTS:
                    u, w = (_unit(side, coefficient) for side in (mine, total))
                    v = _all(maps[:, ids.get_indexer(kept), k], coefficient)
                    plain = v @ u
                    given = partial_of(plain, np.array(u @ w), v @ w)
                    tests = [_tested(e, coefficient, len(kept)) for e in (plain, given)]
                    if not index.complete:
                        made = orders.under(v[0], w, coefficient)
                        tests = [
                            _tested(np.concatenate([e[:1], m]), coefficient, len(kept))
                            for e, m in zip((plain, given), made, strict=True)
                        ]
                    choice = {
                        "index": name, **variable.choice, "provinces": floor,
                        "left_out": "none" if out is None else names[out],
                        "coefficient": coefficient,
                    }  # fmt: skip
                    ends = bounded(index, inside, coefficient=coefficient)
                    for held, effects, (p, variance) in zip(
                        ("nothing", "total exports"), (plain, given), tests, strict=True
                    ):
                        open_: dict[str, float | None] = dict.fromkeys(ends)
                        if index.complete:  # nothing is left to complete
                            open_ = dict.fromkeys(ends, float(effects[0]))
                        elif held == "nothing":
                            open_ = ends
                        word = _word(hypothesis, float(effects[0]), p, variance, open_, own=own)
                        scaled = _scaled(effects, coefficient)
                        specifications.append(
                            Specification(choice={**choice, "given": held},
                                          effect=_number(scaled[0]), p_value=p, verdict=word)
                        )  # fmt: skip
                        drawn.append(scaled[1:].astype(np.float32))
    return SpecificationCurve(
        specifications=tuple(specifications), surrogates=np.column_stack(drawn), null=NULL
    )


def _population(index: ProvinceIndex, variable: Variable, floor: str, kept: pd.Index) -> pd.Series:
    """Values of the provinces that take part: those read, and those whose place is not known."""
    numbers = variable.numbers
    unknown = ~numbers.index.isin(index.places.index)
    large = (variable.total >= FLOORS[floor]).to_numpy() | (FLOORS[floor] == 0)
    return numbers.where(numbers.index.isin(kept) | (unknown & large))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _tested(effects: np.ndarray, coefficient: str, n: int) -> tuple[float | None, float]:
    """P-value of the data (first) among what chance makes, and the variance under independence."""
    effect, made = float(effects[0]), effects[1:]
    variance = 2 * (2 * n + 5) / (9 * n * (n - 1)) if coefficient == "kendall" else 1 / (n - 1)
    if not np.isfinite(effect):
        return None, variance
    p = inference.monte_carlo_p(
        np.array((made >= effect - _TIE).sum()), np.array((made <= effect + _TIE).sum()),
        len(made), "two-sided",
    )  # fmt: skip
    return float(p), variance


def _word(
    hypothesis: Hypothesis,
    effect: float,
    p: float | None,
    variance: float,
    ends: Mapping[str, float | None],
    *,
    own: bool,
) -> str:
    limits = thresholds()
    significant = p is not None and p <= limits["alpha"]
    closed = significant or not own
    low, high = ends["low"], ends["high"]
    return hypothesis.decide(
        {
            "lower bound above zero": low is not None and low > 0 and closed,
            "upper bound below zero": high is not None and high < 0 and closed,
            "positive": effect > 0,
            "significant": significant,
            "underpowered": inference.detectable_shift(variance) > limits["matters"],
        }
    )
