"""Do provinces high in the index lead in high technology."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from mekantek.datasets.index_files import ProvinceIndex
from mekantek.findings.indices.choices import curve
from mekantek.findings.indices.companions import companions
from mekantek.findings.indices.ranks import (
    Given,
    associated,
    detectable,
    index_for,
    mechanical,
)
from mekantek.findings.other_data import edition_told, together
from mekantek.findings.verdict import Hypothesis, Verdict, thresholds
from mekantek.grammar import Noun, inflected
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral_ranks import spectral_kendall
from mekantek.study import Study
from mekantek.text import Text, number, p_value

__all__ = ["iltek"]


def iltek(
    study: Study,
    hypothesis: Hypothesis | None = None,
    *,
    index: Given | None = None,
    edition: str | None = None,
) -> Verdict:
    """
    Test whether units high in an index are high in a variable: in the report, İLTEK and high technology.

    Parameters
    ----------
    study : Study
    hypothesis : Hypothesis, optional
        The study's first one of this test by default.
    index : path, pandas.Series or ProvinceIndex, optional
        An index of one's own: a file (see `mekantek.datasets.index_files.read_index`), or ranks by
        plate or name; the published ranks of İLTEK 2024 otherwise.
    edition : str, optional
        Which edition of a file that holds several.

    Returns
    -------
    Verdict
        Main result: Kendall's τ-b on the provinces whose place is known, exact p, with its bounds
        over all completions of the other places. No rank is invented. Where an index of one's own
        places all provinces, p comes from Moran spectral randomization.

    Raises
    ------
    TableError, ValuesError, UnknownProvinceError
        If the index cannot be read, see `mekantek.datasets.index_files.read_index`.

    Examples
    --------
    >>> import mekantek as mt
    >>> mt.findings.iltek(mt.load_study()).main["coverage"]
    {'known': 17, 'of': 81}
    """
    hypothesis = hypothesis or study.hypothesis("index")
    limits = thresholds()
    last, classes = study.at(study.years[-1]), hypothesis.options["class"]
    used, own = index_for(hypothesis, index, edition=edition)
    share = last.share(classes)
    main, known = associated(used, share)
    if used.complete:
        main = spectral_kendall(share, used.goodness.reindex(share.index), last.graph)
    low, high = known["bounds"]["low"], known["bounds"]["high"]
    significant = main.p_value is not None and main.p_value <= limits["alpha"]
    # Where few places are open the bounds close on τ itself, and the sign alone would decide.
    closed = significant or not (own or used.complete)
    verdict = hypothesis.decide(
        {
            "lower bound above zero": low is not None and low > 0 and closed,
            "upper bound below zero": high is not None and high < 0 and closed,
            "positive": (main.statistic or 0.0) > 0,
            "significant": significant,
            "underpowered": detectable(main) > limits["matters"],
        }
    )
    told: dict[str, Any] = {"class": classes, "year": last.year, "index": _described(used)}
    return Verdict(
        hypothesis=hypothesis,
        verdict=verdict,
        reason=together(
            _reason(main, known, used, mechanical(hypothesis, own=own), study.design.unit, own=own),
            edition_told(study, used),
        ),
        main={
            **main.to_dict(),
            **known,
            **told,
            "remark": mechanical(hypothesis, own=own).to_dict(),
        },
        companions=partial(companions, study, hypothesis, used, own=own),
        curve=partial(curve, study, hypothesis, used, own=own),
        minimum_detectable_effect=detectable(main),
        basis=study.provenance["basis"],
        design=study.design,
    )


def _described(index: ProvinceIndex) -> dict[str, Any]:
    return {"name": index.name, "kind": index.kind, "edition": index.edition,
            "sha256": index.sha256}  # fmt: skip


def _reason(
    main: GlobalResult,
    known: dict[str, Any],
    index: ProvinceIndex,
    remark: Text,
    unit: Noun,
    *,
    own: bool,
) -> Text:
    tau = np.nan if main.statistic is None else main.statistic
    low, high = known["bounds"]["low"], known["bounds"]["high"]
    parts = {
        lang: {
            "f": index.name + (f" ({index.edition})" if index.edition else ""),
            "k": known["coverage"]["known"],
            "n": known["coverage"]["of"],
            "tau": "–" if main.statistic is None else number(tau, lang),
            "p": p_value(main.p_value, lang),
            "low": "–" if low is None else number(low, lang),
            "high": "–" if high is None else number(high, lang),
            "unit": unit.counted[lang],
            "from": inflected(unit.tr, "dan"),
            "whose": unit.whose,
        }
        for lang in ("tr", "en")
    }
    if index.complete:
        told = Text(
            "{f}: {n} {whose} hepsinin yeri biliniyor, τ = {tau} ({p}, komşu benzerliğini koruyan "
            "tayfsal rastgeleleştirme). ",
            "{f}: all {n} {unit} have a place, τ = {tau} ({p}, spectral randomization, which "
            "keeps neighbours as alike as they are). ",
        )
    else:
        told = Text(
            "{n} {from} yeri bilinen {k} tanesinde τ = {tau} ({p}); bilinmeyen sıralarla "
            "{low} ile {high} arasında her değer olabilir. ",
            "On the {k} of {n} {unit} with a known place τ = {tau} ({p}); the unknown ranks "
            "leave anything from {low} to {high}. ",
        )
        if own:
            told = Text("{f}: " + told.tr, "{f}: " + told.en)
    return Text(
        told.tr.format(**parts["tr"]) + remark.tr, told.en.format(**parts["en"]) + remark.en
    )
