"""All figures and LaTeX tables of a study: which there are, and how each is made from what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.errors import OptionError
from mekantek.report.catalogue import Catalogue, Entry, catalogue_of, listing
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.findings.verdict import Verdict
    from mekantek.maps.figures import Format, Ground, PrintFigure
    from mekantek.maps.sheets.sheet import MapSheet
    from mekantek.report.results import StudyResults
    from mekantek.study import Study

__all__ = ["KINDS", "Planned", "choose", "planned", "write_figures"]

KINDS: tuple[str, ...] = (
    "share", "years", "dominant", "clusters", "hotspots", "stability", "quotient", "value",
    "corridor", "index", "neighbours", "curve", "scatterplot", "lorenz", "table",
)  # fmt: skip


class Found:
    """
    What figures are drawn from: taken from the results where there are any, else computed.

    Parameters
    ----------
    study : Study
    results : StudyResults, optional
    sheets : iterable of MapSheet
        Maps that are already made.
    """

    def __init__(
        self, study: Study, results: StudyResults | None = None, sheets: Iterable[MapSheet] = ()
    ) -> None:
        self.study = study
        self._results = results
        self._sheets = {sheet.slug: sheet for sheet in sheets}
        self.verdict = cache(self._verdict)

    def sheet(self, entry: Entry) -> MapSheet:
        """Give a map, made unless it is there."""
        if entry.slug not in self._sheets:
            found = self._results
            catalogue = Catalogue(self.study) if found is None else catalogue_of(self.study, found)
            classes = [entry.classes] if entry.classes else None
            for sheet in catalogue.sheets(kinds=[entry.kind], classes=classes):
                self._sheets[sheet.slug] = sheet
        return self._sheets[entry.slug]

    @cached_property
    def ground(self) -> Ground:
        """The projected shapes."""
        from mekantek.maps.figures import Ground

        return Ground.of(self.study)

    def _verdict(self, name: str) -> Verdict:
        from mekantek.findings.selection import select

        if self._results is None:
            return next(iter(select(self.study, (name,))))
        return next(v for v in self._results.verdicts if v.hypothesis.id == name)

    def verdicts(self) -> list[Verdict]:
        """Give all findings."""
        return [self.verdict(h.id) for h in self.study.design.hypotheses]

    def morans(self) -> Sequence[tuple[Mapping[str, Any], Any]]:
        """Give global Moran of every class and complete year."""
        from mekantek.stats.overall.autocorrelation import moran

        if self._results is not None:
            return self._results.morans
        return [
            (
                {"class": name, "year": year},
                moran(self.study.at(year).share(name), self.study.graph),
            )
            for year in self.study.years
            for name in self.study.classes
        ]

    def measures(self) -> Sequence[Mapping[str, Any]]:
        """Give the rows of the table of concentration."""
        from mekantek.findings.concentration import measure_table

        return measure_table(self.study) if self._results is None else self._results.measures


@dataclass(frozen=True, kw_only=True)
class Planned:
    """
    A figure or table that can be asked for.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    slug : str
        File name without ending.
    classes : str
        The class it shows, two joined by ``+``; empty where it shows none or all.
    draw : callable (Found, language)
        Gives a PrintFigure, or the text of a table.
    """

    kind: str
    slug: str
    classes: str = ""
    draw: Callable[[Found, Language], PrintFigure | str]


def planned(study: Study) -> list[Planned]:
    """
    List every figure and table of a study; nothing is computed yet.

    Examples
    --------
    >>> import mekantek as mt
    >>> listed = planned(mt.load_study())
    >>> len(listed), listed[0].slug, listed[-1].slug
    (51, 'share-high', 'table-shares')
    """
    return [*_maps(study), *_charts(study), *_tables(study)]


def _maps(study: Study) -> Iterable[Planned]:
    for entry in listing(study):
        yield Planned(
            kind=entry.kind, slug=entry.slug, classes=entry.classes, draw=partial(_drawn, entry)
        )


def _drawn(entry: Entry, found: Found, language: Language) -> PrintFigure:
    from mekantek.maps.figures import figure

    return figure(found.study, found.sheet(entry), language=language, ground=found.ground)


def _charts(study: Study) -> Iterable[Planned]:
    from mekantek.maps.sheets.shares import slug

    def scatterplot(name: str) -> Callable[[Found, Language], PrintFigure]:
        def draw(found: Found, language: Language) -> PrintFigure:
            from mekantek.maps.figures import scatterplot_figure

            return scatterplot_figure(found.study, name, language=language)

        return draw

    for h in study.design.hypotheses:
        yield Planned(
            kind="curve", slug=f"curve-{h.id}", classes=str(h.options.get("class", "")),
            draw=partial(_curve, h.id),
        )  # fmt: skip
    for name in study.classes:
        yield Planned(kind="scatterplot", slug=f"scatterplot-{slug(name)}", classes=name,
                      draw=scatterplot(name))  # fmt: skip
    if study.valued:
        yield Planned(kind="lorenz", slug="lorenz", draw=_lorenz)


def _lorenz(found: Found, language: Language) -> PrintFigure:
    from mekantek.maps.figures import lorenz_figure

    return lorenz_figure(found.study, language=language)


def _curve(name: str, found: Found, language: Language) -> PrintFigure:
    from mekantek.maps.figures import curve_figure
    from mekantek.maps.sheets.facts import number_of
    from mekantek.report.dependence import joint_told
    from mekantek.report.linked import curve_of

    verdict, study = found.verdict(name), found.study
    facts = [
        number_of(study),
        (Text("Bütün eğri", "The curve as a whole"), joint_told(verdict.curve)),
        (Text("Kapsam", "Basis"), verdict.basis),
        (Text("Kaynak", "Source"), study.provenance["report"]),
    ]
    told = [(term, text) for term, text in facts if text.en]
    return curve_figure(curve_of(verdict), facts=told, language=language)


def _tables(study: Study) -> Iterable[Planned]:
    from mekantek.report import latex

    makers: Mapping[str, Callable[[Found, Language], str]] = {
        "findings": lambda f, lang: latex.findings_latex(f.verdicts(), f.study, lang),
        "moran": lambda f, lang: latex.moran_latex(f.morans(), f.study, lang),
        "concentration": lambda f, lang: latex.concentration_latex(f.measures(), f.study, lang),
        "shares": lambda f, lang: latex.shares_latex(f.study, lang),
    }
    for name, make in makers.items():
        if name == "concentration" and not study.valued:
            continue
        yield Planned(kind="table", slug=f"table-{name}", draw=make)


def choose(study: Study, only: Sequence[str] = (), classes: Sequence[str] = ()) -> list[Planned]:
    """
    Choose figures and tables by kind, by name or by class.

    Parameters
    ----------
    study : Study
    only : sequence of str
        Kinds and slugs; all if empty.
    classes : sequence of str
        Figures of these classes alone; all if empty.

    Returns
    -------
    list of Planned

    Raises
    ------
    OptionError
        If there is no such kind or slug, or nothing is left.

    Examples
    --------
    >>> import mekantek as mt
    >>> study = mt.load_study()
    >>> [p.slug for p in choose(study, ["share", "lorenz"], ["low"])]
    ['share-low']
    >>> [p.slug for p in choose(study, ["table-moran", "value-high"])]
    ['value-high', 'table-moran']
    """
    every = planned(study)
    slugs = {p.slug for p in every}
    for name in only:
        if name not in KINDS and name not in slugs:
            raise OptionError(
                f"No figure {name!r}; there are the kinds {', '.join(KINDS)}, and single ones such "
                "as share-high or curve-gradient.",
                f"{name!r} diye bir şekil yok; türler: {', '.join(KINDS)}; tek tek de istenir: "
                "share-high, curve-gradient gibi.",
            )
    chosen = [
        p
        for p in every
        if (not only or p.kind in only or p.slug in only) and (not classes or p.classes in classes)
    ]
    if not chosen:
        kinds, shown = ", ".join(only), ", ".join(classes)
        if not shown:
            raise OptionError(
                f"This study has no figure of the kind {kinds}.",
                f"Bu çalışmada {kinds} türünden şekil yok.",
            )
        raise OptionError(
            f"No figure of {kinds or 'any kind'} shows {shown}.",
            f"{kinds or 'Hiçbir'} şekil {shown} sınıfını göstermez.",
        )
    return chosen


def write_figures(
    study: Study,
    folder: Path,
    *,
    results: StudyResults | None = None,
    sheets: Iterable[MapSheet] = (),
    chosen: Sequence[Planned] | None = None,
    formats: Sequence[Format] = ("png", "svg", "pdf"),
    language: Language = "tr",
    step: Callable[[str], Any] = lambda _: None,
) -> list[Path]:
    """
    Write figures and LaTeX tables.

    Parameters
    ----------
    study : Study
    folder : Path
        Must exist.
    results : StudyResults, optional
        What the study found; without it each figure has computed what it needs.
    sheets : iterable of MapSheet
        Maps that are already made.
    chosen : sequence of Planned, optional
        See `choose`; all by default.
    formats : sequence of {"png", "svg", "pdf"}
    language : {"tr", "en"}
    step : callable
        Told the name of each figure and table.

    Returns
    -------
    list of Path
        ``<slug>.png`` and so on, tables ``<slug>.tex``; the same input gives the same bytes.
    """
    from mekantek.datasets.files import write_whole

    found = Found(study, results, sheets)
    written = []
    for plan in planned(study) if chosen is None else chosen:
        step(plan.slug)
        drawn = plan.draw(found, language)
        if isinstance(drawn, str):
            written.append(write_whole(folder / f"{plan.slug}.tex", drawn.encode()))
            continue
        written.extend(
            write_whole(folder / f"{plan.slug}.{form}", drawn.to_bytes(form)) for form in formats
        )
    return written
