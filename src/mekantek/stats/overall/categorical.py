"""Join counts: do places of one kind lie beside their kind."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from mekantek.errors import OptionError, ValuesError
from mekantek.stats.links import Links, Missing, Standardize
from mekantek.stats.overall.crossproduct import (
    NULLS,
    CrossProduct,
    FreeSampling,
    Question,
    join_by_id,
    why_undefined,
)
from mekantek.stats.results import Alternative, GlobalMethod, GlobalResult

__all__ = ["Count", "join_counts"]

Count = Literal["BB", "WW", "BW", "Jtot"]

_NULLS = {
    **{method: words.replace("values", "kinds") for method, words in NULLS.items()},
    "normality": "each unit's kind is drawn independently with the observed shares (free "
    "sampling); normal approximation",
}


def _form(name: str, pairs: Any, links: Links, sign: int) -> FreeSampling:
    return FreeSampling(
        name=name, matrix=links.matrix, pairs=pairs, scale=0.5, units=links.n, sign=sign,
        # Counts of binary links are whole numbers; weighted ones differ by at least a rounding.
        tie=1e-9 * max(float(links.matrix.data.max(initial=0.0)), 1e-300), unit=links.s0,
    )  # fmt: skip


def _same(kind: np.ndarray, links: Links) -> FreeSampling:
    return _form("same", [(kind, kind)], links, 1)


def _different(one: np.ndarray, other: np.ndarray, links: Links) -> FreeSampling:
    return _form("different", [(one, other), (other, one)], links, -1)


def _total(kinds: list[np.ndarray], links: Links) -> CrossProduct:
    """All joins of different kinds: half of all weights less the joins of one kind."""
    form = _form("different", [(kind, kind) for kind in kinds], links, -1)
    return replace(form, scale=-0.5, offset=-links.s0)


def _coded(values: pd.Series) -> tuple[pd.Series, list[Any]]:
    """Number the kinds in the order of their names; missing ones stay missing."""
    kinds = sorted(values.dropna().unique(), key=lambda k: (not isinstance(k, (int, float)), k))
    codes = values.map({kind: float(i) for i, kind in enumerate(kinds)})
    return codes.astype(np.float64), [k.item() if isinstance(k, np.generic) else k for k in kinds]


def _told(form: CrossProduct, question: Question) -> dict[str, float | None]:
    expected, variance = form.moments(question.method)
    z = None
    if variance > 1e-14 * form.unit**2:
        z = float(form.sign * (form.value - expected) / variance**0.5)
    return {"count": form.value, "expected": expected, "variance": variance, "z_score": z}


def join_counts(
    values: pd.Series,
    graph: Any,
    *,
    count: Count = "BB",
    standardize: Standardize = "none",
    alternative: Alternative = "two-sided",
    method: GlobalMethod = "randomization",
    permutations: int = 9999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    r"""
    Count the links between places of one kind, or of different kinds.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        0 and 1 or False and True (1 is black); any labels for ``Jtot``. The index holds the ids.
    graph : GraphLike
        Neighbours of the same ids.
    count : {"BB", "WW", "BW", "Jtot"}
        What is tested: links between ones, between zeros, between a one and a zero, or between any
        two different labels.
    standardize : {"none", "row"}
        Binary weights are customary, so weights are taken as given unless asked.
    alternative : {"two-sided", "greater", "less"}
        ``greater`` means positive autocorrelation: many BB or WW, few BW or Jtot.
    method : {"randomization", "normality", "permutation", "exact"}
        ``randomization`` is non-free sampling: the observed kinds are shuffled. ``normality`` is
        its counterpart for kinds, free sampling: each unit draws its kind with the observed
        shares.
    permutations, rng, missing
        As in `mekantek.stats.overall.autocorrelation.moran`.

    Returns
    -------
    GlobalResult
        Each link counts once where the neighbours are symmetric. ``details["counts"]`` holds all
        counts with their expectation, variance and z.

    Raises
    ------
    ValuesError
        If values are not 0 and 1 (but for ``Jtot``), besides what `moran` refuses.
    GraphError, AlignmentError, OptionError

    Notes
    -----
    :math:`BB = \frac12 \sum_{ij} w_{ij} b_i b_j` (Cliff & Ord 1981, section 2.2, eqs. 2.5–2.27).
    No n stands in a count: with isolates all kinds are still assigned to all units, and
    expectation and variance are those of that.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag([1.0] * 3, 1) + np.diag([1.0] * 3, -1))
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=line)
    >>> belt = pd.Series([True, True, False, False], index=list("abcd"))
    >>> result = join_counts(belt, graph, method="exact", alternative="greater")
    >>> result.statistic, round(result.p_value, 3)
    (1.0, 0.5)
    """
    question = Question(
        alternative=alternative, method=method, permutations=permutations, rng=rng, nulls=_NULLS
    )
    if count not in get_args(Count):
        raise OptionError(f"count is {count!r}; it can be {', '.join(get_args(Count))}.")
    codes: Any = values
    labels: list[Any] = [0, 1]
    if isinstance(values, pd.Series):
        if count == "Jtot":
            codes, labels = _coded(values)
        elif values.dropna().map(lambda v: isinstance(v, (bool, np.bool_))).all():
            codes = values.map({True: 1.0, False: 0.0}).astype(np.float64)
    numbers, _, links = join_by_id(codes, graph, standardize=standardize, missing=missing)
    if count != "Jtot" and not np.isin(numbers, (0.0, 1.0)).all():
        odd = numbers[~np.isin(numbers, (0.0, 1.0))][0]
        raise ValuesError(
            f"A value is {odd:g}; join counts take 0 and 1, or any labels with count='Jtot'.",
            f"Bir değer {odd:g}; birleşim sayısı 0 ve 1 alır, 'Jtot' ise her türlü etiketi.",
        )
    name = f"join_counts_{count}"
    if reason := why_undefined(links, numbers):
        return question.unanswered(name, links, reason)
    kinds = [(numbers == code).astype(np.float64) for code in range(len(labels))]
    if count == "Jtot":
        forms: dict[str, CrossProduct] = {
            f"{labels[i]}-{labels[i]}": _same(kind, links) for i, kind in enumerate(kinds)
        }
        for i, j in combinations(range(len(kinds)), 2):
            forms[f"{labels[i]}-{labels[j]}"] = _different(kinds[i], kinds[j], links)
        forms["Jtot"] = _total(kinds, links)
    else:
        white, black = kinds
        forms = {
            "BB": _same(black, links),
            "WW": _same(white, links),
            "BW": _different(black, white, links),
        }
    details = {"counts": {key: _told(form, question) for key, form in forms.items()}}
    return question.answer(replace(forms[count], name=name), links, details)
