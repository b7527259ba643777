"""Neighbours that others wrote down: .gal, .gwt, .swm and CSV lists of pairs."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import GraphError
from mekantek.weights.graph import SpatialGraph, from_libpysal

__all__ = ["read_neighbours"]


def read_neighbours(
    path: str | Path, *, ids: pd.Index | None = None, symmetric: bool = False
) -> SpatialGraph:
    r"""
    Read a neighbour file.

    Parameters
    ----------
    path : str or Path
        ``.gal`` and ``.gwt`` of GeoDa, ``.swm`` of ArcGIS, or a CSV of two or three columns: unit,
        neighbour, weight; a header is optional. A list is used as given: a pair that stands in one
        direction only gives one directed link.
    ids : pandas.Index, optional
        The units, as text. Lists of links (CSV, .gwt) cannot name a unit without neighbours: units
        of *ids* that stand in no link become isolates, provided the list names no others.
    symmetric : bool
        Take a CSV list as undirected pairs instead.

    Returns
    -------
    SpatialGraph
        Ids are text. Units appear in the order of the file.

    Raises
    ------
    GraphError
        Naming file and line: missing, empty or binary file, a weight that is negative or no
        number, a unit that neighbours itself, a pair that stands twice, counts that do not fit.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "pairs.csv")
    ...     _ = file.write_text("a,b\nb,a\n")
    ...     read_neighbours(file).links
    2
    """
    file = Path(path)
    if not file.is_file():
        raise GraphError(f"No neighbour file {file.name}; check the name and the folder.")
    content = file.read_bytes()
    if not content.strip():
        raise GraphError(f"{file.name} is empty; a neighbour file lists units and neighbours.")
    if file.suffix.lower() == ".swm":
        return _read_swm(file)
    text = _text(content, file.name)
    if file.suffix.lower() == ".gal":
        units, links = _parse_gal(text, file.name)
    elif file.suffix.lower() == ".gwt":
        units, links = _parse_gwt(text, file.name)
        units = _with_isolates(units, ids)
    else:
        units, links = _parse_pairs(text, file.name)
        if symmetric:
            known = {(a, b) for _, a, b, _ in links}
            links += [(line, b, a, w) for line, a, b, w in links if (b, a) not in known]
        units = _with_isolates(units, ids)
    return _graph(units, links, file.name)


def _with_isolates(units: list[str], ids: pd.Index | None) -> list[str]:
    if ids is None or not set(units) <= set(ids):
        return units
    return [str(unit) for unit in ids]


Link = tuple[int, str, str, float]  # line, unit, neighbour, weight


def _text(content: bytes, name: str) -> str:
    if b"\0" in content[:4096]:
        raise GraphError(f"{name} is a binary file, not a list of neighbours in text.")
    for encoding in ("utf-8-sig", "cp1254"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GraphError(f"{name} is neither UTF-8 nor Windows-1254 text.")


def _graph(units: list[str], links: list[Link], name: str) -> SpatialGraph:
    place: dict[str, int] = {}
    for unit in units:
        if unit in place:
            raise GraphError(f"{name}: unit {unit} stands twice; list each unit once.")
        place[unit] = len(place)
    seen: set[tuple[str, str]] = set()
    for line, a, b, weight in links:
        if a == b:
            raise GraphError(f"{name}, line {line}: unit {a} neighbours itself; take that out.")
        if b not in place:
            raise GraphError(f"{name}, line {line}: neighbour {b} of {a} is no unit of the file.")
        if (a, b) in seen:
            raise GraphError(f"{name}, line {line}: the link {a} to {b} stands twice.")
        if not math.isfinite(weight) or weight < 0:
            raise GraphError(
                f"{name}, line {line}: the weight of {a} to {b} is {weight:g}; weights are 0 or "
                "more."
            )
        seen.add((a, b))
    rows = np.array([place[a] for _, a, _, _ in links], dtype=np.int64)
    columns = np.array([place[b] for _, _, b, _ in links], dtype=np.int64)
    weights = np.array([w for *_, w in links], dtype=np.float64)
    n = len(units)
    matrix = sparse.csr_array(sparse.coo_array((weights, (rows, columns)), shape=(n, n)))
    return SpatialGraph(pd.Index(units, dtype=object), matrix, "file")


def _lines(text: str) -> list[tuple[int, list[str]]]:
    return [(i, line.split()) for i, line in enumerate(text.splitlines(), 1)]


def _count(header: list[str], name: str) -> int:
    """Number of units from ``n`` or ``0 n layer idvariable``."""
    number = header[1] if len(header) > 1 else header[0] if header else ""
    if not number.isdecimal():
        raise GraphError(f"{name}, line 1: no number of units; a header is '0 n layer id' or 'n'.")
    return int(number)


def _parse_gal(text: str, name: str) -> tuple[list[str], list[Link]]:
    lines = _lines(text)
    expected = _count(lines[0][1], name)
    units: list[str] = []
    links: list[Link] = []
    position = 1
    while position < len(lines):
        number, words = lines[position]
        position += 1
        if not words:
            continue
        if len(words) != 2 or not words[1].isdecimal():
            raise GraphError(
                f"{name}, line {number}: expected a unit and its number of neighbours."
            )
        unit, count = words[0], int(words[1])
        units.append(unit)
        neighbours: list[str] = []
        # The line of neighbours is there, empty, or left out where a unit has none.
        if position < len(lines) and (count or not lines[position][1]):
            number, neighbours = lines[position]
            position += 1
        if len(neighbours) != count:
            raise GraphError(
                f"{name}, line {number}: unit {unit} should have {count} neighbours and has "
                f"{len(neighbours)}."
            )
        links += [(number, unit, neighbour, 1.0) for neighbour in neighbours]
    if len(units) != expected:
        raise GraphError(f"{name}: the header says {expected} units, the file has {len(units)}.")
    return units, links


def _parse_gwt(text: str, name: str) -> tuple[list[str], list[Link]]:
    lines = _lines(text)
    expected = _count(lines[0][1], name)
    units: dict[str, None] = {}
    links: list[Link] = []
    for number, words in lines[1:]:
        if not words:
            continue
        if len(words) != 3:
            raise GraphError(f"{name}, line {number}: expected unit, neighbour and weight.")
        links.append((number, words[0], words[1], _weight(words[2], name, number)))
        units.setdefault(words[0])
        units.setdefault(words[1])
    if len(units) > expected:
        raise GraphError(f"{name}: the header says {expected} units, the links name {len(units)}.")
    return list(units), links


def _weight(text: str, name: str, line: int) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise GraphError(f"{name}, line {line}: the weight {text!r} is not a number.") from None


def _parse_pairs(text: str, name: str) -> tuple[list[str], list[Link]]:
    first = text.lstrip().splitlines()[0]
    delimiter = max((";", "\t", ","), key=first.count)
    if delimiter not in first:
        raise GraphError(f"{name}, line 1: expected two or three columns, unit and neighbour.")
    units: dict[str, None] = {}
    links: list[Link] = []
    header = True
    for row in (reader := csv.reader(io.StringIO(text), delimiter=delimiter)):
        number = reader.line_num
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) not in (2, 3) or not all(cells):
            raise GraphError(f"{name}, line {number}: expected two or three columns, all filled.")
        if header and _is_header(cells):
            header = False
            continue
        header = False
        links.append(
            (number, cells[0], cells[1], _weight(cells[2], name, number) if cells[2:] else 1.0)
        )
        units.setdefault(cells[0])
        units.setdefault(cells[1])
    if not links:
        raise GraphError(f"{name} lists no pairs; each line is a unit and a neighbour.")
    return list(units), links


_HEADS = {
    "focal", "neighbor", "neighbour", "id", "id1", "id2", "a", "from", "to", "unit", "source",
    "target", "plate_a", "plate_b", "komsu", "komşu", "il", "origin", "destination", "weight", "w",
}  # fmt: skip


def _is_header(cells: list[str]) -> bool:
    """A first line is a header if its weight is no number, or it uses words for columns."""
    if len(cells) == 3:
        try:
            float(cells[2].replace(",", "."))
        except ValueError:
            return True
    named = [cell.lower() for cell in cells[:2]]
    return named[0] in _HEADS - {"a"} and named[1] in _HEADS


def _read_swm(file: Path) -> SpatialGraph:
    import struct
    import warnings

    import libpysal

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = libpysal.io.open(str(file), "r")
            found = reader.read()
            reader.close()
        graph = from_libpysal(found, spec="file")
    except (struct.error, UnicodeDecodeError, KeyError, ValueError, IndexError, MemoryError) as bad:
        raise GraphError(f"{file.name} is no readable ArcGIS weights file (.swm).") from bad
    return SpatialGraph(graph.ids.map(str), graph.sparse, "file")
