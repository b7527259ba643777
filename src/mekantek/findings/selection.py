"""Findings by name: which test decides which hypothesis, one at a time or all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mekantek.findings.blocs import bloc
from mekantek.findings.cluster_stability import stability
from mekantek.findings.clustering import clustered
from mekantek.findings.concentration import concentrated
from mekantek.findings.corridors import belt
from mekantek.findings.gradients import gradient
from mekantek.findings.indices import iltek, one_to_one
from mekantek.findings.maup import scales
from mekantek.findings.printed_shares import top_shares
from mekantek.findings.scale import Scale
from mekantek.findings.verdict import Hypothesis, Verdict

if TYPE_CHECKING:
    import pandas as pd

    from mekantek.datasets.index_files import ProvinceIndex
    from mekantek.study import Study

__all__ = ["every", "groups", "select", "verdict_of"]

_TESTS: dict[str, Callable[[Study, Hypothesis], Verdict]] = {
    "gradient": gradient,
    "clustering": clustered,
    "corridor": belt,
    "concentration": concentrated,
    "top-shares": top_shares,
    "bloc": bloc,
}

_OF_AN_INDEX: dict[str, Callable[..., Verdict]] = {"index": iltek, "one-to-one": one_to_one}


def groups(study: Study) -> dict[str, tuple[str, ...]]:
    """
    Give the names that findings can be asked for by, each with the ids it stands for.

    Examples
    --------
    >>> import mekantek as mt
    >>> groups(mt.load_study())["corridor"]
    ('corridor-ankara-eskisehir', 'corridor-istanbul-kocaeli')
    """
    ids = tuple(h.id for h in study.design.hypotheses)
    named: dict[str, tuple[str, ...]] = {}
    for test in dict.fromkeys(h.test for h in study.design.hypotheses):
        named[test] = tuple(h.id for h in study.design.hypotheses if h.test == test)
    named["index"] = tuple(h.id for h in study.design.hypotheses if h.test in _OF_AN_INDEX)
    # One's own id, or what several ids begin with, says more than the test.
    named |= {i: (i,) for i in ids}
    if of_iltek := tuple(i for i in ids if i.startswith("iltek")):
        named["iltek"] = of_iltek
    return {name: found for name, found in named.items() if found}


def verdict_of(study: Study, name: str) -> Verdict:
    """
    Test one hypothesis by its id, without asking what larger units and other maps say.

    Raises
    ------
    OptionError
        If there is none of that id.

    Examples
    --------
    >>> import mekantek as mt
    >>> verdict_of(mt.load_study(), "concentration").verdict
    'supported'
    """
    return _tested(study, study.hypothesis(name))


def _tested(study: Study, hypothesis: Hypothesis, index: ProvinceIndex | None = None) -> Verdict:
    if hypothesis.test in _OF_AN_INDEX:
        return _OF_AN_INDEX[hypothesis.test](study, hypothesis, index=index)
    return _TESTS[hypothesis.test](study, hypothesis)


def select(
    study: Study,
    names: tuple[str, ...],
    *,
    index: ProvinceIndex | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Iterator[Verdict]:
    """
    Test the hypotheses of these ids, one by one, and ask how much each answer depends on.

    Parameters
    ----------
    study : Study
    names : tuple of str
        Ids of the study's hypotheses.
    index : ProvinceIndex, optional
        An index of one's own in the place of İLTEK.
    step : callable
        Told the id of each before it is tested.

    Yields
    ------
    Verdict
    """
    larger: dict[str, list[Scale]] | None = None
    maps: dict[str, pd.DataFrame] = {}
    for hypothesis in study.hypotheses:
        if hypothesis.id not in names:
            continue
        step(hypothesis.id)
        if larger is None:  # one drawing of the regions for all findings
            larger = scales(study, names)
        verdict = _tested(study, hypothesis, index)
        classes = str(hypothesis.options["class"])
        if classes not in maps:
            maps[classes] = stability(study, classes)
        yield replace(verdict, scales=larger.get(hypothesis.id, ()), stability=maps[classes])


def every(study: Study, *, step: Callable[[str], None] = lambda _: None) -> list[Verdict]:
    """Test every hypothesis of the study."""
    return list(select(study, tuple(h.id for h in study.design.hypotheses), step=step))
