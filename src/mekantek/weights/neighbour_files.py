"""Neighbours that others wrote down: .gal, .gwt, .swm and CSV lists of pairs."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import struct
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import AlignmentError, GraphError
from mekantek.text import Language, Note, Text, nearest
from mekantek.weights.graph import SpatialGraph

__all__ = ["read_neighbours"]


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class _Link(NamedTuple):
    place: str  # where in the file, for messages
    unit: str
    neighbour: str
    weight: float


@dataclass
class _Content:
    """What a file says, before it is held against anything."""

    units: dict[str, None] = field(default_factory=dict)
    links: list[_Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complete: bool = True  # a list of pairs cannot name a unit without neighbours

    def name(self, *units: str) -> None:
        for unit in units:
            self.units.setdefault(unit)


def read_neighbours(
    path: str | Path, *, ids: pd.Index | None = None, symmetric: bool = False
) -> SpatialGraph:
    r"""
    Read a neighbour file, whole or not at all.

    Parameters
    ----------
    path : str or Path
        ``.gal`` (GeoDa, R spdep), weight 1; ``.gwt`` (GeoDa), ``.swm`` (ArcGIS), weights as they
        stand; any other name is a list of two or three columns: unit, neighbour, weight. Comma,
        semicolon or tab; UTF-8, UTF-16 or Windows-1254; a header is optional, and the graph's
        notes say if one was seen.
    ids : pandas.Index, optional
        The units to match, in the order wanted; an id of the file is one of these if it is written
        the same: ``6`` is the integer 6, ``06`` is not. A list of pairs cannot name a unit without
        neighbours, so those of *ids* that a ``.gwt`` or CSV leaves out are isolates, and a note
        says so; ``.gal`` and ``.swm`` must name all.
    symmetric : bool
        Take each link both ways, for lists that name a pair once. Otherwise a list is used as
        given, and a note counts the links without a link back.

    Returns
    -------
    SpatialGraph
        ``spec`` is ``"file"``. Ids are *ids*, else text in the order of the file.

    Raises
    ------
    GraphError
        Naming file and line: missing, empty or binary file, a weight that is negative or no
        number, a unit that neighbours itself, a link that stands twice, counts that do not fit.
    AlignmentError
        If file and *ids* do not name the same units, with both difference lists.

    Notes
    -----
    GeoDa writes *distances* into the third column of a ``.gwt`` of nearest neighbours or of a
    distance band. They are taken as weights, as libpysal does, and a note says so.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "pairs.csv")
    ...     _ = file.write_text("6,26\n26,6\n", encoding="utf-8")
    ...     read_neighbours(file, ids=pd.Index([6, 26, 34])).isolates.tolist()
    [34]
    """
    file = Path(path)
    if not file.is_file():
        raise GraphError(
            f"No neighbour file {file.name}; check the name and the folder.",
            f"{file.name} adlı bir komşuluk dosyası yok; adını ve klasörünü denetleyin.",
        )
    try:
        raw = file.read_bytes()
    except OSError as failed:
        raise GraphError(
            f"{file.name} cannot be read: {failed.strerror}.",
            f"{file.name} okunamıyor: {failed.strerror}.",
        ) from failed
    kind = file.suffix.lower()
    if not raw:
        raise _empty(file.name)
    if kind == ".swm":
        content = _parse_swm(raw, file.name)
    elif kind == ".gal":
        text = _decoded(raw, file.name)
        plain = _plain_gal(text, file.name, ids, symmetric)
        if plain is not None:
            return plain
        content = _parse_gal(text, file.name)
    elif kind == ".gwt":
        content = _parse_gwt(_decoded(raw, file.name), file.name)
    else:
        known = None if ids is None else {str(i) for i in ids}
        content = _parse_pairs(_decoded(raw, file.name), file.name, known)
    return _graph(content, file.name, ids, symmetric)


def _decoded(raw: bytes, name: str) -> str:
    utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1254"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        if not text.strip():
            raise _empty(name)
        return text
    raise GraphError(
        f"{name} is a binary file, not a list of neighbours in text.",
        f"{name} ikili bir dosya; komşuların düz metin listesi değil.",
    )


def _empty(name: str) -> GraphError:
    return GraphError(
        f"{name} is empty; a neighbour file lists units and neighbours.",
        f"{name} boş; bir komşuluk dosyası birimleri ve komşularını sıralar.",
    )


def _refusal(name: str, place: str, english: str, turkish: str) -> GraphError:
    """What is wrong with one line or record of the file."""
    return GraphError(f"{name}, {place}: {english}", f"{name}, {_there(place)}: {turkish}")


def _there(place: str) -> str:
    return place.replace("line", "satır").replace("record", "kayıt")


def _twice(name: str, place: str, unit: str) -> GraphError:
    return _refusal(name, place, f"unit {unit} stands twice.", f"{unit} birimi iki kez geçiyor.")


def _graph(content: _Content, name: str, ids: pd.Index | None, symmetric: bool) -> SpatialGraph:
    _check_links(content, name)
    links = {(link.unit, link.neighbour): link.weight for link in content.links}
    notes = list(content.notes)
    zeros = sum(weight == 0 for weight in links.values())
    if zeros:
        notes.append(
            Note(
                f"{zeros} links of weight 0 are no links",
                f"ağırlığı 0 olan {zeros} bağ, bağ sayılmadı",
            )
        )
    if symmetric:
        links = _both_ways(links, name)
    index = pd.Index(list(content.units), dtype=object)
    place = {unit: position for position, unit in enumerate(content.units)}
    if ids is not None:
        index, place = ids, _matched(content, name, ids)
        lone = [unit for unit in place if unit not in content.units]
        if lone:
            shown = ", ".join(lone[:8]) + (" …" if len(lone) > 8 else "")
            notes.append(
                Note(
                    f"{len(lone)} unit{'s stand' if len(lone) > 1 else ' stands'} in no link of "
                    f"{name}, so without any: {shown}",
                    f"{len(lone)} birim {name} dosyasının hiçbir bağında geçmiyor, komşusuz "
                    f"sayıldı: {shown}",
                )
            )
    ends = np.array([(place[a], place[b]) for a, b in links], dtype=np.int64).reshape(-1, 2)
    weights = np.fromiter(links.values(), dtype=np.float64, count=len(links))
    matrix = sparse.coo_array((weights, (ends[:, 0], ends[:, 1])), shape=(len(index),) * 2)
    return SpatialGraph(index, matrix, "file", notes=tuple(notes))


def _check_links(content: _Content, name: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for place, unit, neighbour, weight in content.links:
        if unit == neighbour:
            raise _refusal(
                name, place, f"unit {unit} neighbours itself; take that out.",
                f"{unit} kendisiyle komşu; bu bağı çıkarın.",
            )  # fmt: skip
        if neighbour not in content.units:
            raise _refusal(
                name, place, f"neighbour {neighbour} of {unit} is no unit of the file.",
                f"{unit} biriminin komşusu {neighbour}, dosyanın bir birimi değil.",
            )  # fmt: skip
        if (unit, neighbour) in seen:
            first = seen[unit, neighbour]
            raise _refusal(
                name, place, f"the link {unit} to {neighbour} stands already on {first}.",
                f"{unit} → {neighbour} bağı daha önce de var ({_there(first)}).",
            )  # fmt: skip
        if not math.isfinite(weight) or weight < 0:
            raise _refusal(
                name, place,
                f"the weight of {unit} to {neighbour} is {weight:g}; weights are finite numbers of "
                "0 or more.",
                f"{unit} → {neighbour} bağının ağırlığı {weight:g}; ağırlıklar 0 ya da daha büyük, "
                "sonlu sayılardır.",
            )  # fmt: skip
        seen[unit, neighbour] = place


def _both_ways(links: dict[tuple[str, str], float], name: str) -> dict[tuple[str, str], float]:
    for (a, b), weight in links.items():
        if links.get((b, a), weight) != weight:
            raise GraphError(
                f"{name} gives {a} to {b} the weight {weight:g} and back {links[b, a]:g}, so its "
                "pairs have a direction; do not ask for symmetric.",
                f"{name}, {a} → {b} bağına {weight:g}, tersine {links[b, a]:g} ağırlığını veriyor; "
                "çiftler yönlü, simetrik istemeyin.",
            )
    return links | {(b, a): weight for (a, b), weight in links.items()}


def _matched(content: _Content, name: str, ids: pd.Index) -> dict[str, int]:
    """Position of each id by its text, or the refusal that lists both differences."""
    texts = [str(i) for i in ids]
    place = {text: position for position, text in enumerate(texts)}
    if len(place) < len(texts):
        twice = pd.Index(texts)[pd.Index(texts).duplicated()][0]
        raise AlignmentError(
            f"Id {twice} stands more than once among the units; ids are unique.",
            f"{twice} kimliği birimler arasında birden çok kez geçiyor; kimlikler tektir.",
        )
    strange = [unit for unit in content.units if unit not in place]
    absent = [text for text in texts if text not in content.units]
    if strange or (absent and content.complete):
        raise AlignmentError(
            f"{name} and the table do not bear the same ids. Only in {name} ({len(strange)}): "
            f"{_shown(strange, absent)}. Only in the table ({len(absent)}): "
            f"{_shown(absent, strange)}.",
            f"{name} ile tablo aynı kimlikleri taşımıyor. Yalnız {name} içinde ({len(strange)}): "
            f"{_shown(strange, absent, 'tr')}. Yalnız tabloda ({len(absent)}): "
            f"{_shown(absent, strange, 'tr')}.",
        )
    return place


def _shown(units: list[str], others: list[str], language: Language = "en") -> str:
    perhaps = Text("belki", "perhaps")[language]
    parts = []
    for unit in units[:5]:
        # 06, 6.0 and 6 look alike to a reader; say so before searching for similar spellings.
        same = [o for o in others if _bare(o) == _bare(unit)]
        close = same or nearest(unit, others)
        parts.append(f"{unit} ({perhaps} {close[0]})" if close else unit)
    more = Text(" ve {n} tane daha", " and {n} more")[language].format(n=len(units) - 5)
    listed = ", ".join(parts) or Text("yok", "none")[language]
    return listed + (more if len(units) > 5 else "")


def _bare(unit: str) -> str:
    return unit.removesuffix(".0").lstrip("0") or "0"


def _number(text: str, name: str, place: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if math.isnan(number) or "_" in text:
        raise _refusal(
            name, place, f"the weight {text!r} is not a number.", f"{text!r} ağırlığı sayı değil."
        )
    return number


def _words(text: str) -> list[tuple[int, list[str]]]:
    return [(number, line.split()) for number, line in enumerate(text.splitlines(), 1)]


def _count(header: list[str], name: str) -> int:
    """Number of units from ``n`` or ``0 n layer idvariable``."""
    number = header[1] if len(header) > 1 else "".join(header)
    if not number.isdecimal():
        raise _refusal(
            name, "line 1", "no number of units; a header is '0 n layer id' or 'n'.",
            "birim sayısı yok; başlık '0 n katman kimlik' ya da 'n' olur.",
        )  # fmt: skip
    return int(number)


def _plain_gal(text: str, name: str, ids: pd.Index | None, symmetric: bool) -> SpatialGraph | None:
    """
    Read a .gal of two lines a unit with nothing amiss, all at once.

    Any other goes the longer way, which reads the same and names what is wrong.
    """
    header, *lines = text.splitlines()
    heads, tails = [line.split() for line in lines[::2]], [line.split() for line in lines[1::2]]
    counts = [len(tail) for tail in tails]
    if [head[1:] for head in heads] != [[str(count)] for count in counts]:
        return None
    units = pd.Index([head[0] for head in heads], dtype=object)
    wanted = units if ids is None else pd.Index([str(i) for i in ids.tolist()], dtype=object)
    if _count(header.split(), name) != len(units) or len(units) != len(wanted):
        return None
    if not (units.is_unique and wanted.is_unique):
        return None
    place = wanted.get_indexer(units)
    rows = np.repeat(place, counts)
    columns = wanted.get_indexer(pd.Index(list(chain.from_iterable(tails)), dtype=object))
    if (place < 0).any() or (columns < 0).any() or (rows == columns).any():
        return None
    ones = np.ones(len(rows))
    matrix = sparse.csr_array(sparse.coo_array((ones, (rows, columns)), shape=(len(units),) * 2))
    if matrix.nnz < len(rows):  # a link stands twice
        return None
    index = units if ids is None else ids
    return SpatialGraph(index, matrix.maximum(matrix.T) if symmetric else matrix, "file")


def _parse_gal(text: str, name: str) -> _Content:
    lines = _words(text)
    expected = _count(lines[0][1], name)
    content = _Content()
    position = 1
    while position < len(lines):
        number, words = lines[position]
        position += 1
        if not words:
            continue
        if len(words) != 2 or not words[1].isdecimal():
            raise _refusal(
                name, f"line {number}", "expected a unit and its number of neighbours.",
                "bir birim ve komşularının sayısı beklenirdi.",
            )  # fmt: skip
        unit, count = words[0], int(words[1])
        if unit in content.units:
            raise _twice(name, f"line {number}", unit)
        content.name(unit)
        neighbours: list[str] = []
        # Where a unit has none, the line of neighbours is empty or left out.
        if position < len(lines) and (count or not lines[position][1]):
            number, neighbours = lines[position]
            position += 1
        if len(neighbours) != count:
            raise _refusal(
                name, f"line {number}",
                f"unit {unit} should have {count} neighbours and has {len(neighbours)}.",
                f"{unit} biriminin {count} komşusu olmalıydı, {len(neighbours)} tane var.",
            )  # fmt: skip
        content.links += [_Link(f"line {number}", unit, other, 1.0) for other in neighbours]
    if len(content.units) != expected:
        raise _refusal(
            name, "line 1",
            f"the header says {expected} units, the file has {len(content.units)}.",
            f"başlık {expected} birim diyor, dosyada {len(content.units)} tane var.",
        )  # fmt: skip
    return content


def _parse_gwt(text: str, name: str) -> _Content:
    lines = _words(text)
    expected = _count(lines[0][1], name)
    content = _Content(complete=False)
    for number, words in lines[1:]:
        if not words:
            continue
        place = f"line {number}"
        if len(words) != 3:
            raise _refusal(
                name, place, "expected unit, neighbour and weight.",
                "birim, komşu ve ağırlık beklenirdi.",
            )  # fmt: skip
        weight = _number(words[2], name, place)
        content.links.append(_Link(place, words[0], words[1], weight))
        content.name(words[0], words[1])
    if len(content.units) > expected:
        raise _refusal(
            name, "line 1",
            f"the header says {expected} units, the links name {len(content.units)}.",
            f"başlık {expected} birim diyor, bağlarda {len(content.units)} birim geçiyor.",
        )  # fmt: skip
    if len({link.weight for link in content.links}) > 1:
        content.notes.append(
            Note(
                f"the third column of {name} is taken as weights; GeoDa often writes distances "
                "there",
                f"{name} dosyasının üçüncü sütunu ağırlık sayıldı; GeoDa oraya çoğu kez uzaklık "
                "yazar",
            )
        )
    return content


_HEADS = {
    "focal", "neighbor", "neighbour", "id", "id1", "id2", "id_a", "id_b", "from", "to", "unit",
    "source", "target", "origin", "destination", "plate_a", "plate_b", "plaka", "plaka_a",
    "plaka_b", "komsu", "komşu", "il", "il_a", "il_b",
}  # fmt: skip


def _parse_pairs(text: str, name: str, known: set[str] | None) -> _Content:
    first = text.lstrip().splitlines()[0]
    delimiter = max((";", "\t", ","), key=first.count)
    rows: list[tuple[int, list[str]]] = []
    try:
        reader = csv.reader(
            io.StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True
        )
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as wrong:
        raise _refusal(
            name, f"line {reader.line_num}", f"{wrong}.", f"CSV olarak okunamıyor ({wrong})."
        ) from wrong
    for number, cells in rows:
        if len(cells) not in (2, 3) or not all(cells):
            raise _refusal(
                name, f"line {number}",
                "expected two or three columns, all filled: unit, neighbour and, if wanted, weight.",
                "iki ya da üç dolu sütun beklenirdi: birim, komşu ve istenirse ağırlık.",
            )  # fmt: skip
    content = _Content(complete=False)
    if rows and _is_header(rows, known):
        content.notes.append(
            Note(
                f"line {rows[0][0]} of {name} is read as a header",
                f"{name} dosyasının {rows[0][0]}. satırı başlık sayıldı",
            )
        )
        rows = rows[1:]
    if not rows:
        raise GraphError(
            f"{name} lists no pairs; each line is a unit and a neighbour.",
            f"{name} hiç çift içermiyor; her satır bir birim ve bir komşudur.",
        )
    for number, cells in rows:
        place = f"line {number}"
        weight = _number(cells[2], name, place) if len(cells) == 3 else 1.0
        content.links.append(_Link(place, cells[0], cells[1], weight))
        content.name(cells[0], cells[1])
    return content


def _is_header(rows: list[tuple[int, list[str]]], known: set[str] | None) -> bool:
    """Whether the first line names columns: no number as weight, known words, words of no unit."""
    heads = rows[0][1][:2]
    others = [unit for _, cells in rows[1:] for unit in cells[:2]]
    if set(heads) & set(others) or any(head in (known or ()) for head in heads):
        return False
    if len(rows[0][1]) == 3 and not any(character.isdecimal() for character in rows[0][1][2]):
        return True
    if all(head.casefold() in _HEADS for head in heads):
        return True
    # Numbers are ids; words that no other line repeats, where other lines repeat theirs, are not.
    worded = not any(head[0].isdecimal() for head in heads)
    return worded and (all(o.isdecimal() for o in others) or len(set(others)) < len(others))


def _parse_swm(raw: bytes, name: str) -> _Content:
    """
    Unpack ArcGIS spatial weights, little-endian.

    A header line; the number of units and whether rows are standardized (two int32); for each unit
    its id and number of neighbours (int32) and, if there are any, their ids (int32), their weights
    (float64; one for all if the header says FIXEDWEIGHTS) and the sum of the weights (float64).
    """
    header, found, body = raw.partition(b"\n")
    if not found or b";" not in header:
        raise GraphError(
            f"{name} is no ArcGIS weights file: its first line has no ';'.",
            f"{name} bir ArcGIS ağırlık dosyası değil: ilk satırında ';' yok.",
        )
    fixed = b"FIXEDWEIGHTS@TRUE" in header.upper()
    content = _Content()
    at = 0

    def take(form: str) -> tuple[float, ...]:
        nonlocal at
        values = struct.unpack_from(f"<{form}", body, at)
        at += struct.calcsize(f"<{form}")
        return values

    record = 0
    try:
        n, standardized = (int(value) for value in take("2i"))
        for record in range(1, n + 1):
            unit, count = (int(value) for value in take("2i"))
            place = f"record {record}"
            if str(unit) in content.units:
                raise _twice(name, place, str(unit))
            content.name(str(unit))
            if count < 0:
                raise _refusal(
                    name, place, f"unit {unit} has {count} neighbours.",
                    f"{unit} biriminin {count} komşusu var.",
                )  # fmt: skip
            if count:
                others = take(f"{count}i")
                weights = take("d") * count if fixed else take(f"{count}d")
                take("d")
                content.links += [
                    _Link(place, str(unit), str(int(other)), float(weight))
                    for other, weight in zip(others, weights, strict=True)
                ]
    except (struct.error, OverflowError, MemoryError) as short:
        raise GraphError(
            f"{name} breaks off in record {record}; it is no whole ArcGIS weights file.",
            f"{name} {record}. kayıtta kesiliyor; bütün bir ArcGIS ağırlık dosyası değil.",
        ) from short
    if n < 1 or at != len(body):
        raise GraphError(
            f"{name} has {len(body) - at} bytes more than its {n} units take; it is no ArcGIS "
            "weights file of a layout known here.",
            f"{name}, {n} biriminin gerektirdiğinden {len(body) - at} bayt uzun; burada bilinen "
            "düzende bir ArcGIS ağırlık dosyası değil.",
        )
    if standardized:
        content.notes.append(
            Note(
                f"{name} says that its weights are row-standardized",
                f"{name} ağırlıklarının satır standartlı olduğunu söylüyor",
            )
        )
    return content
