"""Links within a set whose two ends are both marked."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pandas as pd

from mekantek.errors import AlignmentError, OptionError
from mekantek.stats.links import Missing, join

__all__ = ["member_joins"]

_LARGEST = 16


def member_joins(
    flags: pd.Series, graph: Any, members: list[Any], *, missing: Missing = "refuse"
) -> dict[str, Any]:
    """
    Count the joins of marked units within a set.

    Parameters
    ----------
    flags : pandas.Series, shape (n,)
        1 where a unit is marked, 0 where not; the index holds the ids.
    graph : GraphLike
    members : list
        Ids of the set, up to 16.
    missing : {"refuse", "drop"}

    Returns
    -------
    dict
        ``links`` within the set, ``joins`` with both ends marked, ``marked`` members, ``expected``
        joins, and ``p_value``: the chance of as many joins within the set when the marks of all
        units are dealt out anew (exact, all patterns of the members counted); None without links.

    Raises
    ------
    OptionError
        If a flag is neither 0 nor 1, or the set is too large.
    AlignmentError
        If a member is not among the ids.

    Notes
    -----
    Join counts of Cliff & Ord (1981, ch. 1) on the links of the set alone, sampled without
    replacement from all units.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from scipy import sparse
    >>> graph = SimpleNamespace(ids=pd.Index(list("abcd")), sparse=sparse.csr_array(np.eye(4, k=1)))
    >>> found = member_joins(pd.Series([1, 1, 0, 0], index=list("abcd")), graph, ["a", "b"])
    >>> found["joins"], round(found["p_value"], 4)
    (1, 0.1667)
    """
    numbers, ids, links = join(flags.astype(float), graph, standardize="none", missing=missing)
    if not np.isin(numbers, (0.0, 1.0)).all():
        raise OptionError("Marks for join counts are 0 or 1.")
    if len(members) > _LARGEST:
        raise OptionError(f"{len(members)} members; joins are counted for up to {_LARGEST}.")
    places = ids.get_indexer(pd.Index(members))
    if (places < 0).any():
        raise AlignmentError(f"No unit with the id {members[int(np.argmin(places))]}.")
    inner = links.matrix[places][:, places].toarray() != 0
    first, second = np.nonzero(np.triu(inner | inner.T, 1))
    n, marked, size = len(ids), int(numbers.sum()), len(places)
    patterns = (np.arange(1 << size)[:, None] >> np.arange(size)) & 1
    joins = (patterns[:, first] & patterns[:, second]).sum(axis=1)
    own = numbers[places].astype(int)
    observed = int((own[first] & own[second]).sum())
    # The marks left over for the other units can lie in as many ways as this.
    ways = [comb(n - size, marked - m) if marked - m >= 0 else 0 for m in range(size + 1)]
    reached = np.bincount(patterns.sum(axis=1)[joins >= observed], minlength=size + 1)
    count = sum(int(r) * w for r, w in zip(reached, ways, strict=True))
    return {
        "name": "member_joins",
        "links": len(first),
        "joins": observed,
        "marked": int(own.sum()),
        "of": marked,
        "expected": len(first) * marked * (marked - 1) / (n * (n - 1)),
        "p_value": count / comb(n, marked) if len(first) else None,
        "alternative": "greater",
        "method": "exact",
    }
