"""One self-contained HTML document that makes no request; the only door for branca."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from branca.element import CssLink, Element, Figure, JavascriptLink

from mekantek.datasets import files
from mekantek.errors import MekantekError
from mekantek.maps.strokes import shared_css
from mekantek.text import LANGUAGES, Language, Text, bound

__all__ = ["OfflineFigure", "Page", "RequestError", "asset", "bilingual", "document", "script_json"]

# What folium would load for a plain map, and what a page needs of it. The rest serves markers with
# icons and pop-ups styled by Bootstrap, which these pages do not have.
_BUNDLED = {"leaflet.js": "leaflet.js", "leaflet.css": "leaflet.css"}
_NOT_NEEDED = re.compile(r"/(jquery|bootstrap|font-awesome|fontawesome|leaflet\.awesome)[^/]*|"
                         r"/(all\.min\.css|bootstrap-glyphicons\.css|"
                         r"leaflet\.awesome\.rotate\.min\.css)$")  # fmt: skip
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


class RequestError(MekantekError, ValueError):
    """A page would load something from elsewhere."""


@cache
def asset(name: str) -> str:
    """Give the text of one of mekantek's own assets."""
    return resources.files("mekantek.maps").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _leaflet(name: str) -> str:
    """Give Leaflet's file, with its notice, without the images and source maps it would fetch."""
    from xstatic.pkg import leaflet

    folder = resources.files(leaflet)
    text = folder.joinpath("data", name).read_text(encoding="utf-8")
    text = re.sub(r"(background-image|behavior):\s*url\([^)]*\);?", "", text)
    return re.sub(r"//# sourceMappingURL=\S+", "", text)


def script_json(content: Any) -> str:
    r"""
    Write JSON that is harmless inside ``<script>``, whatever the names in it.

    Examples
    --------
    >>> print(script_json("</script><b>&"))
    "\u003c/script\u003e\u003cb\u003e\u0026"
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def bilingual(text: Text | str, tag: str = "span") -> str:
    """
    Write a sentence in both languages; the page shows the one it speaks.

    Examples
    --------
    >>> bilingual(Text("il", "province"))
    '<span lang="tr">il</span><span lang="en">province</span>'
    """
    # Quotes need no escape between tags, and Turkish is full of apostrophes.
    if isinstance(text, str):
        return escape(bound(text), quote=False)
    if text.tr == text.en:
        told = escape(bound(text.tr), quote=False)
        return told if tag == "span" else f"<{tag}>{told}</{tag}>"
    return "".join(
        f'<{tag} lang="{lang}">{escape(bound(text[lang]), quote=False)}</{tag}>'
        for lang in LANGUAGES
    )


def document(
    title: Text,
    body: str,
    *,
    language: Language = "tr",
    head: str = "",
    scripts: Sequence[str] = (),
) -> str:
    """
    Wrap a body into a page with its language switch, style and policy.

    Parameters
    ----------
    title : Text
        Also the page's first heading.
    body : str
        HTML of ``<main>`` and what follows, escaped by the caller.
    language : {"tr", "en"}
        Shown first; ``#tr`` or ``#en`` in the address overrules it.
    head : str
        HTML for ``<head>``.
    scripts : sequence of str
        JavaScript, run in order behind the body.

    Returns
    -------
    str
    """
    buttons = "".join(
        f'<button type="button" value="{lang}" aria-pressed="{str(lang == language).lower()}">'
        f"{label}</button>"
        for lang, label in (("tr", "Türkçe"), ("en", "English"))
    )
    behind = "".join(f"<script>{script}</script>\n" for script in scripts)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title[language])}</title>\n<style>{asset('page.css')}{shared_css()}</style>\n{head}\n"
        f"</head>\n<body>\n<header><h1>{bilingual(title)}</h1>"
        f'<div class="languages" role="group" aria-label="Dil / Language">{buttons}</div></header>\n'
        f"{body}\n"
        f'<script type="application/json" id="titles">{script_json(title.to_dict())}</script>\n'
        f"<script>{asset('page.js')}</script>\n{behind}</body>\n</html>\n"
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Page:
    """
    A finished page, light to look at in a notebook.

    Attributes
    ----------
    title : Text
    html : str
        The whole page; it makes no request.
    """

    title: Text
    html: str

    @property
    def told(self) -> str:
        """What it is and holds, in a few words."""
        return self.title.en

    def __repr__(self) -> str:
        """Say what it is, not what it holds."""
        return f"<{self.told}, {len(self.html.encode()) / 1000:.0f} KB; .save(path)>"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.title.en)}</b>: {escape(repr(self)[1:-1])}</p>"

    def save(self, path: Path | os.PathLike[str] | str) -> Path:
        """
        Write the page, whole or not at all.

        Parameters
        ----------
        path : path

        Returns
        -------
        Path
        """
        return files.write_whole(Path(path), self.html.encode())


@dataclass
class _Parts:
    title: Text
    before: str
    after: str
    language: Language
    data: str
    script: str
    ratio: float


class OfflineFigure(Figure):  # type: ignore[misc]
    """
    Root of a folium map whose page holds everything it needs.

    Rendering numbers the elements in document order instead of at random, inlines the bundled
    Leaflet, and refuses any address it does not know.

    Parameters
    ----------
    title : Text
    before, after : str
        HTML above and below the map.
    language : {"tr", "en"}
    data : str
        HTML of the ``<script type="application/json">`` blocks that *script* reads.
    script : str
        JavaScript run behind folium's own.
    ratio : float
        Width of the map over its height.
    """

    def __init__(
        self,
        title: Text,
        *,
        before: str,
        after: str,
        language: Language,
        data: str,
        script: str,
        ratio: float = 2.0,
    ) -> None:
        super().__init__(title=title[language])
        self._parts = _Parts(title, before, after, language, data, script, ratio)

    def _elements(self, element: Element) -> Iterator[Element]:
        for child in element._children.values():
            yield child
            yield from self._elements(child)

    def render(self, **kwargs: Any) -> str:
        """
        Give the whole page.

        Raises
        ------
        RequestError
            If an element would load from an address that is not bundled.
        """
        counts: dict[str, int] = {}
        for element in self._elements(self):
            counts[element._name] = counts.get(element._name, 0) + 1
            element._id = str(counts[element._name])
        for part in (self.header, self.html, self.script):
            part._children.clear()
        for child in self._children.values():
            child.render(**kwargs)
        head, body, code = (
            self._inlined(part, kwargs) for part in (self.header, self.html, self.script)
        )
        head = re.sub(r'<meta name="viewport"[^>]*>', "", head)
        head = re.sub(r"<style>html, body \{.*?</style>|<style>#map \{.*?</style>", "", head,
                      flags=re.DOTALL)  # fmt: skip
        parts = self._parts
        page = document(
            parts.title,
            f'{parts.before}<div class="map" style="aspect-ratio:{parts.ratio:.3f}">{body}</div>\n'
            f'<div class="still" id="still"></div>{parts.after}{parts.data}',
            language=parts.language,
            head=head,
            scripts=[code + parts.script],
        )
        _refuse_layers(code)
        _refuse_requests(page)
        return page

    def _inlined(self, part: Element, kwargs: dict[str, Any]) -> str:
        html = []
        for child in part._children.values():
            if isinstance(child, (JavascriptLink, CssLink)):
                html.append(_bundled(child.url))
            else:
                html.append(child.render(**kwargs))
        return "\n".join(html)


def _bundled(url: str) -> str:
    name = url.rsplit("/", 1)[-1]
    if "/leaflet@1.9" in url and name in _BUNDLED:
        tag = "script" if name.endswith(".js") else "style"
        return f"<{tag}>{_leaflet(name)}</{tag}>"
    if _NOT_NEEDED.search(url):
        return ""
    raise RequestError(
        f"The page would load {url}; offline pages hold only what is bundled. Leave that layer out."
    )


_REMOTE = re.compile(
    r"L\.(?:tileLayer|imageOverlay|videoOverlay)[\w.]*\(\s*[\"']((?:https?:)?//[^\"']+)"
)


def _refuse_layers(code: str) -> None:
    """Refuse what folium's own script would fetch once the page is open."""
    if remote := _REMOTE.search(code):
        raise RequestError(
            f"The map would load {remote[1]}; offline pages hold only what is bundled. Leave that "
            "layer out."
        )
    if "L.AwesomeMarkers" in code or code.count("L.marker(") > code.count("L.divIcon("):
        raise RequestError(
            "A marker with an icon loads a picture; offline pages hold none. Take "
            "folium.CircleMarker, or a marker with folium.DivIcon."
        )


_LOADING = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']?(?!data:)([^\"'\s>]+)"
    r"|<link\b[^>]*\bhref=[\"']?(?!data:)([^\"'\s>]+)"
    r"|@import\s+[\"']?([^\"';\s]+)|url\(\s*[\"']?(?!data:|#)([^\"')\s]+)",
    re.IGNORECASE,
)


def _refuse_requests(page: str) -> None:
    # Leaflet's code speaks of url( and src= in strings; only markup and styles can load by themselves.
    markup = re.sub(r"(<script\b[^>]*>).*?</script>", r"\1</script>", page, flags=re.DOTALL)
    for found in _LOADING.finditer(markup):
        address = next(group for group in found.groups() if group)
        raise RequestError(f"The page would load {address}; offline pages hold what they show.")
