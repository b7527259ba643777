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
    iltek_index,
    index_of,
    mechanical,
)
from mekantek.findings.other_data import edition_told, together
from mekantek.findings.verdict import Verdict, load_hypothesis, thresholds
from mekantek.stats.results import GlobalResult
from mekantek.stats.spectral_ranks import spectral_kendall
from mekantek.study import Study
from mekantek.text import Text, number, p_value

__all__ = ["iltek"]


def iltek(study: Study, *, index: Given | None = None, edition: str | None = None) -> Verdict:
    """
    Test whether provinces high in the İLTEK index have high shares of high technology.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
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
    hypothesis = load_hypothesis("iltek", study.years)
    limits = thresholds()
    last, classes = study.at(study.years[-1]), hypothesis.options["class"]
    own = index is not None
    used = index_of(index, edition=edition) if index is not None else iltek_index(
        hypothesis.options["index"]
    )  # fmt: skip
    share = last.share(classes)
    main, known = associated(used, share)
    if used.complete:
        main = spectral_kendall(share, used.goodness.reindex(share.index), last.graph)
    low, high = known["bounds"]["low"], known["bounds"]["high"]
    significant = main.p_value is not None and main.p_value <= limits["alpha"]
    # Where few places are open the bounds close on τ itself, and the sign alone would decide.
    closed = significant or not own
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
        reason=together(_reason(main, known, used, own=own), edition_told(study, used)),
        main={**main.to_dict(), **known, **told, "remark": mechanical(own=own).to_dict()},
        companions=partial(companions, study, used, own=own),
        curve=partial(curve, study, hypothesis, {used.name: used} if own else None),
        minimum_detectable_effect=detectable(main),
        basis=study.provenance["basis"],
    )


def _described(index: ProvinceIndex) -> dict[str, Any]:
    return {"name": index.name, "kind": index.kind, "edition": index.edition,
            "sha256": index.sha256}  # fmt: skip


def _reason(main: GlobalResult, known: dict[str, Any], index: ProvinceIndex, *, own: bool) -> Text:
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
        }
        for lang in ("tr", "en")
    }
    if index.complete:
        told = Text(
            "{f}: {n} ilin hepsinin yeri biliniyor, τ = {tau} ({p}, komşu benzerliğini koruyan "
            "tayfsal rastgeleleştirme). ",
            "{f}: all {n} provinces have a place, τ = {tau} ({p}, spectral randomization, which "
            "keeps neighbours as alike as they are). ",
        )
    else:
        told = Text(
            "{n} ilden sırası yayımlanan {k} tanesinde τ = {tau} ({p}); bilinmeyen sıralarla "
            "{low} ile {high} arasında her değer olabilir. ",
            "On the {k} of {n} provinces with a published rank τ = {tau} ({p}); the unknown ranks "
            "leave anything from {low} to {high}. ",
        )
        if own:
            told = Text("{f}: " + told.tr, "{f}: " + told.en)
    remark = mechanical(own=own)
    return Text(
        told.tr.format(**parts["tr"]) + remark.tr, told.en.format(**parts["en"]) + remark.en
    )
