"""Where data come from, in what basis, by which versions; and what files were written of them."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mekantek.datasets.files import file_sha256
from mekantek.export.whole import to_json, write_text
from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.maps.sheets.facts import Regions

__all__ = ["described", "file_sha256", "provenance_of", "versions", "write_provenance"]

_LICENCE = Text(
    "Tablolar, anılan yayınlardan aktarılmış olgulardır; sahiplik ileri sürülmez, kaynağı anın. "
    "Sınırlar kamu malıdır (Natural Earth). Kod MIT lisanslıdır.",
    "The tables are facts transcribed from cited publications; no ownership is claimed, cite the "
    "source. The boundaries are in the public domain (Natural Earth). The code is under the MIT "
    "licence.",
)


def versions() -> dict[str, str]:
    """Give the versions that a result depends on."""
    return {name: importlib.metadata.version(name) for name in ("mekantek", "numpy")}


def provenance_of(source: Regions, *, licence: Text | None = _LICENCE) -> dict[str, Any]:
    """
    Say where data come from, the same way in every file.

    Parameters
    ----------
    source : Regions
        A Study, or a user's own regions; what it does not know is null.
    licence : Text or None
        Of the report's data without one; a user's own has none.

    Returns
    -------
    dict
        ``schema``, ``source``, ``basis``, ``boundaries``, ``licence`` (each in both languages),
        ``inputs`` (SHA-256 of each joined table by name) and ``versions``. No time: the same data
        give the same bytes.

    Examples
    --------
    >>> import mekantek as mt
    >>> told = provenance_of(mt.load_study())
    >>> "registered seat" in told["basis"]["en"], sorted(told["inputs"])[0]
    (True, 'neighbours.csv')
    """
    known = source.provenance
    if known.get("kind") == "table":
        licence = None

    def said(key: str) -> dict[str, str] | None:
        text = known.get(key)
        return text.to_dict() if text is not None and text.en else None

    return {
        "schema": "mekantek/provenance/1",
        "source": said("report"),
        "basis": said("basis"),
        "boundaries": said("boundaries"),
        "licence": None if licence is None else licence.to_dict(),
        "inputs": dict(known.get("sha256", {})),
        "versions": versions(),
    }


def described(provenance: Mapping[str, Any]) -> str:
    """Say it in one line, English then Turkish, for programs that show a layer's description."""
    return " | ".join(
        " ".join(
            provenance[key][language].rstrip(".") + "."
            for key in ("source", "basis", "boundaries")
            if provenance.get(key) is not None
        )
        for language in ("en", "tr")
    )


def write_provenance(folder: Path, provenance: Mapping[str, Any], names: Iterable[str]) -> Path:
    """
    Write ``provenance.json`` beside files: what they rest on, and the SHA-256 of each.

    Parameters
    ----------
    folder : Path
    provenance : mapping
        See `provenance_of`.
    names : iterable of str
        Files in *folder*.

    Returns
    -------
    Path
    """
    listed = [
        {
            "name": name,
            "bytes": (folder / name).stat().st_size,
            "sha256": file_sha256(folder / name),
        }
        for name in sorted(names)
    ]
    content = {**provenance, "files": listed}
    return write_text(folder / "provenance.json", to_json(content) + "\n")
