"""An index of provinces of one's own: ranks or scores, by plate or name, one edition."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from mekantek.datasets import provinces
from mekantek.datasets.delimited import Cells, read_cells
from mekantek.datasets.faults import RefusedTableError
from mekantek.errors import UnknownProvinceError
from mekantek.text import Text, fold

__all__ = ["ProvinceIndex", "read_index"]

PROVINCES = 81
# What a column is called, folded; the first that a file has is taken.
_PLATES = ("plate", "plaka", "plaka kodu", "plaka no", "il kodu", "kod", "iso", "id")
_NAMES = ("province", "province name", "il", "il adi", "sehir", "ad", "name")
_RANKS = ("rank", "sira", "siralama", "order")
_SCORES = ("score", "skor", "puan", "endeks", "index", "value", "deger")
_EDITIONS = ("edition", "baski", "yil", "year", "surum")


@dataclass(frozen=True, eq=False)
class ProvinceIndex:
    """
    What an index says of provinces.

    Attributes
    ----------
    name : str
        File or index name.
    kind : {"ranks", "scores"}
    places : pandas.Series, index plate
        Ranks (1 is best, different whole numbers from 1 to 81) or scores (more is better); only the
        provinces that the index names.
    edition : str or None
    sha256 : str or None
        Of the file.
    of : int
        How many units there are.
    """

    name: str
    kind: Literal["ranks", "scores"]
    places: pd.Series
    edition: str | None = None
    sha256: str | None = None
    of: int = PROVINCES

    @property
    def goodness(self) -> pd.Series:
        """Larger is better, whether ranks or scores."""
        return -self.places if self.kind == "ranks" else self.places

    @property
    def complete(self) -> bool:
        """Whether all units have a place."""
        return len(self.places) == self.of


def read_index(path: str | os.PathLike[str], *, edition: str | None = None) -> ProvinceIndex:
    r"""
    Read an index of provinces.

    Parameters
    ----------
    path : path
        A delimited text file: a column of plates (``plate``, ``plaka``, …) or names (``province``,
        ``il``, …), one of ranks (``rank``, ``sıra``, …) or scores (``score``, ``puan``, …), and
        perhaps one of editions (``edition``, ``baskı``, ``yıl``). Ranks are taken before scores. A
        province without a rank or score is one whose place is not known.
    edition : str, optional
        Which one, if the file holds several.

    Returns
    -------
    ProvinceIndex

    Raises
    ------
    TableError
        If a column is missing, a province is unknown or stands twice, a rank is no whole number
        from 1 to 81 or is given twice, a score is no number, or several editions are mixed. The
        message names file, line and province.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "endeks.csv")
    ...     _ = path.write_text("il;sıra\nAnkara;1\nIĞDIR;80\nBolu;9\nKilis;\n", encoding="utf-8")
    ...     read_index(path).places.to_dict()
    {6: 1.0, 14: 9.0, 76: 80.0}
    """
    cells = read_cells(path)
    chosen = _of_edition(cells, edition)
    columns = {fold(name): k for k, name in reversed(list(enumerate(cells.header)))}

    def column(names: Sequence[str]) -> int | None:
        return next((columns[fold(name)] for name in names if fold(name) in columns), None)

    plates, names, ranks, scores = (column(n) for n in (_PLATES, _NAMES, _RANKS, _SCORES))
    if plates is None and names is None:
        raise _lacks(cells, Text("plaka ya da il", "plates or provinces"), "plate, plaka, il")
    if ranks is None and scores is None:
        raise _lacks(cells, Text("sıra ya da puan", "ranks or scores"), "rank, sıra, score, puan")
    place = ranks if ranks is not None else scores
    assert place is not None
    values: dict[int, float] = {}
    lines: dict[int, int] = {}
    holders: dict[float, int] = {}
    comma = all("." not in cells.rows[k][place] for k in chosen)
    for k in chosen:
        row, line = cells.rows[k], cells.lines[k]
        plate = _plate(cells.file, line, row, plates, names)
        if plate in lines:
            raise _refused(
                cells.file, line, plate, "{m}. satırda da var", "stands on line {m} too",
                m=lines[plate],
            )  # fmt: skip
        lines[plate] = line
        if not row[place]:
            continue
        value = _number(row[place], comma=comma)
        if value is None:
            raise _refused(cells.file, line, plate, "{x!r} sayı değil", "{x!r} is no number",
                           x=row[place])  # fmt: skip
        if ranks is not None:
            if not value.is_integer() or not 1 <= value <= PROVINCES:
                raise _refused(
                    cells.file, line, plate, "sıra {x!r}; sıralar 1'den 81'e tam sayıdır",
                    "the rank is {x!r}; ranks are whole numbers from 1 to 81", x=row[place],
                )  # fmt: skip
            if value in holders:
                raise _refused(
                    cells.file, line, plate, "{x}. sıra {o} ilinde de var (satır {m})",
                    "rank {x} is that of {o} too (line {m})", x=int(value),
                    o=_name(holders[value]), m=lines[holders[value]],
                )  # fmt: skip
            holders[value] = plate
        values[plate] = value
    if len(values) < 3:
        raise RefusedTableError(
            Text(
                "{f}: yalnız {n} ilin yeri biliniyor; bir sıra katsayısı için en az üç il gerekir.",
                "{f}: only {n} provinces have a place; a rank correlation needs at least three.",
            ).format(f=cells.file, n=len(values))
        )
    told = {cells.rows[k][at] for k in chosen for at in [column(_EDITIONS)] if at is not None}
    return ProvinceIndex(
        name=cells.file,
        kind="ranks" if ranks is not None else "scores",
        places=pd.Series(values, dtype=float).sort_index(),
        edition=next(iter(told)) if len(told) == 1 else None,
        sha256=hashlib.sha256(Path(path).read_bytes()).hexdigest(),
    )


def _of_edition(cells: Cells, edition: str | None) -> list[int]:
    """Rows of the edition asked for, or of the only one."""
    place = next(
        (k for k, n in enumerate(cells.header) if n and fold(n) in map(fold, _EDITIONS)), None
    )
    every = list(range(len(cells.rows)))
    if place is None:
        if edition is not None:
            raise _lacks(cells, Text("baskı", "editions"), "edition, baskı, yıl")
        return every
    found = sorted({row[place] for row in cells.rows})
    listed = ", ".join(found)
    if edition is None and len(found) > 1:
        raise RefusedTableError(
            Text(
                "{f} birden çok baskı içeriyor: {l}; birini seçin (--edition).",
                "{f} holds more than one edition: {l}; choose one (--edition).",
            ).format(f=cells.file, l=listed)
        )
    chosen = [k for k in every if edition is None or cells.rows[k][place] == edition]
    if not chosen:
        raise RefusedTableError(
            Text("{f} içinde {e!r} baskısı yok; olanlar: {l}.",
                 "{f} has no edition {e!r}; it has {l}.").format(
                f=cells.file, e=edition, l=listed
            )
        )  # fmt: skip
    return chosen


def _plate(file: str, line: int, row: Sequence[str], plates: int | None, names: int | None) -> int:
    found = []
    for place in (plates, names):
        if place is None or not row[place]:
            continue
        try:
            found.append(provinces.resolve(row[place]))
        except UnknownProvinceError as error:
            raise RefusedTableError(
                Text("{f}, satır {n}: {e}", "{f}, line {n}: {e}").format(
                    f=file, n=line, e=Text(error.turkish or str(error), str(error))
                )
            ) from error
    if not found:
        raise RefusedTableError(
            Text("{f}, satır {n}: il yazılmamış.", "{f}, line {n}: no province is given.").format(
                f=file, n=line
            )
        )
    if found[0] != found[-1]:
        raise _refused(file, line, found[0], "plaka {o} ilinin değil, bu ilin",
                       "the plate is this province's, the name {o}'s", o=_name(found[-1]))  # fmt: skip
    return found[0]


def _number(cell: str, *, comma: bool) -> float | None:
    text = cell.replace(",", ".") if comma else cell
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _name(plate: int) -> str:
    return str(provinces.load_provinces()["name_tr"][plate])


def _refused(
    file: str, line: int, plate: int, turkish: str, english: str, **said: object
) -> RefusedTableError:
    told = Text(turkish, english).format(**said)
    head = Text("{f}, satır {n}, {u}: {t}.", "{f}, line {n}, {u}: {t}.")
    return RefusedTableError(head.format(f=file, n=line, u=_name(plate), t=told))


def _lacks(cells: Cells, what: Text, examples: str) -> RefusedTableError:
    return RefusedTableError(
        Text(
            "{f} dosyasında {w} sütunu yok ({e}); sütunları: {l}.",
            "{f} has no column of {w} ({e}); its columns are {l}.",
        ).format(f=cells.file, w=what, e=examples, l=", ".join(cells.header))
    )
