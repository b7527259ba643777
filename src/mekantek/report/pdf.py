"""A page as a tagged PDF in one language; the only door for WeasyPrint."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from mekantek.errors import MissingDependencyError
from mekantek.maps.page import RequestError, asset
from mekantek.maps.strokes import shared_css
from mekantek.text import LANGUAGES, Language

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_pdf", "page_pdf"]

_SVG = "{http://www.w3.org/2000/svg}"
# What paper has no use for: switches, forms, scripts, icons.
_SCREEN = ("script", "noscript", "button", "form", "input", "select", "link")
_SCREEN_CLASSES = {"languages", "actions", "narrow", "hidden"}
# Two ends of a stripe in one stop, which WeasyPrint reads only as two stops.
_DOUBLE_STOP = re.compile(r"(#\w+) (0|[\d.]+px) ([\d.]+px)")


def check_pdf() -> Any:
    """
    Give WeasyPrint.

    Raises
    ------
    MissingDependencyError
        If it, or the Pango it draws text with, is absent.
    """
    try:
        # Without Pango it prints a banner of its own before it fails.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import weasyprint
    except ImportError as error:
        raise MissingDependencyError(
            "PDF pages need WeasyPrint; install it with pip install 'mekantek[pdf]'.",
            "PDF sayfaları için WeasyPrint gerekir; pip install 'mekantek[pdf]' ile kurun.",
        ) from error
    except OSError as error:
        raise MissingDependencyError(
            "WeasyPrint is installed, but Pango, which it draws text with, is not; on Debian or Ubuntu "
            "run apt-get install libpango-1.0-0 libpangoft2-1.0-0.",
            "WeasyPrint kurulu, ama yazıyı çizdiği Pango kurulu değil; Debian ya da Ubuntu'da apt-get "
            "install libpango-1.0-0 libpangoft2-1.0-0 komutunu çalıştırın.",
        ) from error
    return weasyprint


def page_pdf(page: str, language: Language = "tr") -> bytes:
    """
    Write a page as PDF/UA-1.

    Parameters
    ----------
    page : str
        An HTML document of `mekantek.maps.page.document`; nothing is fetched for it.
    language : {"tr", "en"}
        The only one in the PDF.

    Returns
    -------
    bytes
        Tagged, with title, language, bookmarks and page numbers, and without a date: the same page
        gives the same bytes with the same fonts and versions.

    Raises
    ------
    MissingDependencyError
        If WeasyPrint or Pango is absent.
    RequestError
        If the page would load something.
    """
    weasyprint = check_pdf()

    class Closed(weasyprint.urls.URLFetcher):  # type: ignore[name-defined, misc]
        """Refuses every address; its word is final."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise weasyprint.urls.FatalURLFetchingError(f"the page would load {url}")

    with _quiet():
        try:
            html = weasyprint.HTML(string=page, base_url="about:page", url_fetcher=Closed())
            _print_form(html.etree_element, language)
            written: bytes = html.write_pdf(pdf_variant="pdf/ua-1")
        except weasyprint.urls.FatalURLFetchingError as error:
            raise RequestError(f"No PDF: {error}; pages hold only what they show.") from error
    return written


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep WeasyPrint from telling of every property of the screen's style it does not know."""
    logger = logging.getLogger("weasyprint")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _print_form(root: Element, language: Language) -> None:
    """Turn the page of a screen into that of paper, in place."""
    root.set("lang", language)
    # Behind the page's own style, which it overrules.
    for head in root.iter("head"):
        style = head.makeelement("style", {})
        style.text = asset("pdf.css")
        head.append(style)
    shapes = {e.get("id", ""): e for e in root.iter(f"{_SVG}path") if e.get("id")}
    shapes |= {e.get("id", ""): e for e in root.iter(f"{_SVG}g") if e.get("id")}
    patterns = {e.get("id", ""): e for e in root.iter(f"{_SVG}pattern")}
    _strip(root, language)
    places = {e.get("id") for e in root.iter() if e.get("id")}
    for element in root.iter():
        if element.tag == "details":
            element.set("open", "open")
        elif element.tag == "a":
            _unlink(element, places)
        elif element.tag == "title":
            _retitle(root, element)
        if "gradient" in element.get("style", ""):
            element.set("style", _DOUBLE_STOP.sub(r"\1 \2,\1 \3", element.get("style", "")))
        # Regions that scroll and labels in both languages are of the screen.
        for name in ("tabindex", "role", "aria-label"):
            if element.tag != f"{_SVG}svg":
                element.attrib.pop(name, None)
    _draw(root, (), shapes, patterns, language)


def _classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())


def _strip(element: Element, language: Language) -> None:
    """Take out the other language, what paper has no use for, and the store of outlines."""
    before: Element | None = None
    for child in list(element):
        gone = (
            (child.get("lang") in LANGUAGES and child.get("lang") != language)
            or child.tag in _SCREEN
            or _classes(child) & _SCREEN_CLASSES
            or _leads_away(child)
            or (
                child.tag == f"{_SVG}svg" and child.get("aria-hidden") and child.get("width") == "0"
            )
        )
        if not gone:
            child.attrib.pop("hidden", None)
            _strip(child, language)
            before = child
            continue
        tail = child.tail or ""
        element.remove(child)
        if before is None:
            element.text = (element.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail


def _leads_away(paragraph: Element) -> bool:
    """Tell whether it is nothing but links to other pages, which paper cannot follow."""
    links = list(paragraph)
    return (
        paragraph.tag == "p"
        and bool(links)
        and not any((text or "").strip() for text in (paragraph.text, *(a.tail for a in links)))
        and all(a.tag == "a" and not a.get("href", "#").startswith("#") for a in links)
    )


def _unlink(link: Element, places: set[str | None]) -> None:
    """Keep a link to a place on the page; one that leads elsewhere becomes its text."""
    target = link.get("href", "")
    if not (target.startswith("#") and target[1:] in places):
        link.tag = "span"
        link.attrib.pop("href", None)


def _retitle(root: Element, title: Element) -> None:
    """Take the title of the language that is left, which is that of the first heading."""
    heading = next(root.iter("h1"), None)
    if heading is not None:
        title.text = "".join(heading.itertext()).strip()


def _draw(
    element: Element,
    around: tuple[str, ...],
    shapes: dict[str, Element],
    patterns: dict[str, Element],
    language: Language,
) -> None:
    """Make every picture stand alone: with its own shapes, style and name."""
    for child in element:
        if child.tag == f"{_SVG}svg":
            _alone(child, around, shapes, patterns, language)
        elif isinstance(child.tag, str):
            _draw(child, (*around, *sorted(_classes(child))), shapes, patterns, language)


def _repeat(svg: Element, shapes: dict[str, Element]) -> None:
    """Write out a picture that is shown a second time."""
    for parent in list(svg.iter()):
        for place, child in enumerate(list(parent)):
            shown = shapes.get((child.get("href") or "").removeprefix("#"))
            if child.tag == f"{_SVG}use" and shown is not None and shown.tag == f"{_SVG}g":
                parent[place] = deepcopy(shown)
                parent[place].attrib.pop("id", None)


def _alone(
    svg: Element,
    around: tuple[str, ...],
    shapes: dict[str, Element],
    patterns: dict[str, Element],
    language: Language,
) -> None:
    needed = set()
    _repeat(svg, shapes)
    for part in svg.iter():
        target = (part.get("href") or "").removeprefix("#")
        if part.tag == f"{_SVG}use" and target in shapes:
            part.tag = f"{_SVG}path"
            del part.attrib["href"]
            part.set("d", shapes[target].get("d", ""))
        fill = part.get("fill") or ""
        if fill.startswith("url(#"):
            needed.add(fill[5:-1])
    own = {e.get("id") for e in svg.iter(f"{_SVG}pattern")}
    defs = svg.makeelement(f"{_SVG}defs", {})
    defs.extend(deepcopy(patterns[name]) for name in sorted(needed - own) if name in patterns)
    style = svg.makeelement(f"{_SVG}style", {})
    style.text = asset("pdf-svg.css") + shared_css()
    svg.set("class", " ".join(dict.fromkeys((*around, *sorted(_classes(svg))))))
    title = svg.makeelement(f"{_SVG}title", {})
    told = svg.attrib.pop("aria-label", "").split(" / ")
    title.text = (
        told[LANGUAGES.index(language)] if len(told) == len(LANGUAGES) else " / ".join(told)
    )
    svg[:0] = [title, style, *([defs] if len(defs) else [])]
