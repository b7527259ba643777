"""Kendall's τ-b of a mapped variable, held against maps as autocorrelated as it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mekantek.stats import inference
from mekantek.stats.association import kendall
from mekantek.stats.links import Missing, join_two
from mekantek.stats.ranks import midranks
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral import MoranBasis

__all__ = ["spectral_kendall"]

_TIE = 1e-12


def spectral_kendall(
    x: pd.Series,
    y: pd.Series,
    graph: Any,
    *,
    permutations: int = 999,
    rng: np.random.Generator | int = 0,
    missing: Missing = "refuse",
) -> GlobalResult:
    """
    Kendall's τ-b with p from maps that keep the variance and Moran's I of the first variable.

    Parameters
    ----------
    x : pandas.Series, shape (n,)
        What is randomized, by its ranks as scores; index: ids.
    y : pandas.Series, shape (n,)
        What is held.
    graph : GraphLike
    permutations : int
        R.
    rng : numpy.random.Generator or int
    missing : {"refuse", "drop"}
        Dropped units take their links with them.

    Returns
    -------
    GlobalResult
        Two-sided; variance over the surrogates.

    Raises
    ------
    ValuesError, AlignmentError, GraphError
        As of `mekantek.stats.spectral.spectral_correlation`.

    Notes
    -----
    Wagner & Dray (2015), singleton. A surrogate's values have no ties, so its τ-b divides by all
    pairs of it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> line = sparse.csr_array(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    >>> x = pd.Series([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    >>> found = spectral_kendall(x, x**2, SimpleNamespace(ids=x.index, sparse=line))
    >>> round(found.statistic, 6), found.p_value < 0.05
    (1.0, True)
    """
    values, others, links = join_two(x, y, graph, missing=missing)
    head: dict[str, Any] = {
        "name": "kendall_tau_b",
        "null": "maps with the variance and Moran's I of the first variable's ranks, otherwise "
        "random (Moran spectral randomization, singleton); the second variable held",
        "alternative": "two-sided",
        "method": "spectral",
        "expected": 0.0,
        "n": links.n,
        "weights": links.description,
        "notes": links.notes,
    }
    plain = kendall(values, others, permutations=1)
    if plain.statistic is None:
        return GlobalResult(statistic=None, variance=None, z_score=None, p_value=None,
                            undefined=plain.undefined, **head)  # fmt: skip
    made = MoranBasis.of(links).surrogates(
        midranks(values)[:, None], permutations, seed=inference.drawn_seed(rng)
    )[:, :, 0]
    first, second = np.triu_indices(links.n, 1)
    held = np.sign(midranks(others)[first] - midranks(others)[second])
    scale = float(np.sqrt(len(held) * np.abs(held).sum()))
    drawn = np.sign(made[:, first] - made[:, second]) @ held / scale
    tau = plain.statistic
    p, low, high = inference.monte_carlo(
        np.array((drawn >= tau - _TIE).sum()), np.array((drawn <= tau + _TIE).sum()),
        permutations, "two-sided",
    )  # fmt: skip
    variance = float((drawn**2).mean())
    return GlobalResult(
        statistic=tau,
        variance=variance,
        z_score=tau / float(np.sqrt(variance)),
        p_value=float(p),
        p_interval=(float(low), float(high)),
        permutations=permutations,
        seed=inference.seed_of(rng),
        **head,
    )
