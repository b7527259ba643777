"""One agency's brief as an object to look at, to read and to save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mekantek.datasets.agencies import load_agencies, resolve_agency
from mekantek.errors import OptionError
from mekantek.maps.page import Page
from mekantek.report.briefs.facts import Brief
from mekantek.report.briefs.page import brief_page, brief_title
from mekantek.report.briefs.setting import Setting, brief_setting
from mekantek.text import Language

if TYPE_CHECKING:
    from mekantek.study import Study

__all__ = ["BriefPage", "brief"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BriefPage(Page):
    """
    A finished brief, light to look at in a notebook.

    Attributes
    ----------
    title, html
        See `mekantek.maps.page.Page`.
    facts : Brief
        The numbers behind the page; ``facts.to_dict()`` is what ``mekantek brief --json`` writes.
    """

    facts: Brief

    @property
    def told(self) -> str:
        """What it is and holds, in a few words."""
        return f"Brief of {self.facts.agency.abbreviation}: {len(self.facts.members)} provinces"


def brief(
    study: Study,
    agency: str | int,
    *,
    tested: bool = True,
    setting: Setting | None = None,
    language: Language = "tr",
    step: Callable[[str], Any] = lambda _: None,
) -> BriefPage:
    """
    Write a development agency's page: its provinces, classes, clusters, peers, and what is robust.

    Parameters
    ----------
    study : Study
        Of the 81 provinces.
    agency : str or int
        Abbreviation, Turkish or English name, NUTS 2 code, or a province by name or plate.
    tested : bool
        Whether to test the findings and the report's statements, which takes a minute or two; the
        rest takes seconds.
    setting : Setting, optional
        Of the same study, from `mekantek.report.briefs.brief_setting`: what all briefs share,
        computed once for several of them. It says what was tested.
    language : {"tr", "en"}
        Shown first; the page has both.
    step : callable
        Told the name of each part that is computed.

    Returns
    -------
    BriefPage
        ``.save(path)`` writes it; ``.facts`` holds the numbers, shares as fractions in [0, 1],
        values in USD.

    Raises
    ------
    UnknownAgencyError
        If no agency or province has that name; it names the nearest.
    OptionError
        If the study lacks provinces that the agencies serve.

    See Also
    --------
    mekantek.explorer : All provinces, linked on one page.

    Notes
    -----
    Values of an agency are summed over its provinces with a total and shares recomputed from the
    sum; agencies are compared by Aitchison's distance between their mixes (Aitchison 1986, ch. 8).

    Examples
    --------
    >>> import mekantek as mt
    >>> page = mt.brief(mt.load_study(), "Uşak", tested=False)
    >>> page.facts.agency.abbreviation, len(page.html.encode()) < 400_000
    ('ZAFER', True)
    """
    chosen = resolve_agency(agency)
    served = {plate for one in load_agencies() for plate in one.plates}
    absent = served - set(study.names.index)
    if absent:
        raise OptionError(
            f"A brief compares the agencies of all {len(served)} provinces; the study lacks "
            f"{len(absent)} of them.",
            f"Ajans sayfası {len(served)} ilin ajanslarını karşılaştırır; çalışmada {len(absent)} "
            "il yok.",
        )
    if setting is None:
        setting = brief_setting(study, tested=tested, step=step)
    facts = Brief(setting=setting, agency=chosen)
    page = brief_page(facts, language)
    return BriefPage(title=brief_title(chosen), html=page, facts=facts)
