"""A file of the user's that says which technology class each code belongs to, by weight."""

from __future__ import annotations

import os
import re
from fractions import Fraction

from mekantek.datasets.delimited import Cells, read_cells
from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.headers import code_name
from mekantek.datasets.taxonomies import OUTSIDE, Placement, Taxonomy
from mekantek.datasets.technology import CLASSES
from mekantek.text import Text, fold

__all__ = ["read_concordance"]

_WHOLE = Fraction(1)
# What the columns may be called, folded.
_CLASS_NAMES = ("class", "sinif", "teknoloji", "technology", "technologyclass", "teknolojisinifi")
_WEIGHT_NAMES = ("weight", "agirlik", "pay", "share")


def read_concordance(path: str | os.PathLike[str]) -> Taxonomy:
    r"""
    Read a file that says which class each code belongs to, by weight where it is several.

    Parameters
    ----------
    path : path
        Delimited text with columns ``code`` (or the codes' system: ``HS6``, ``SITC``, ``ISIC4``),
        ``class`` (or ``sınıf``; ``high``, ``medium_high``, ``medium_low``, ``low`` or
        ``unclassified``, or their Turkish names) and, if wanted, ``weight`` (or ``ağırlık``): a
        decimal number or a fraction such as ``1/3``. A code of several classes has several rows,
        whose weights sum to exactly 1.

    Returns
    -------
    Taxonomy
        Of the codes that begin with a code of the file the longest such decides.

    Raises
    ------
    TableError
        If a column is missing, a code is empty or holds other signs than digits, a class is
        unknown, a weight is no number above 0 and up to 1, the weights of a code do not sum to 1,
        or a code stands twice with one class. Names file, line and code.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "hs.csv")
    ...     _ = path.write_text("HS6,class,weight\n8703,medium_high,1\n30,high,3/4\n30,low,1/4\n",
    ...                         encoding="utf-8")
    ...     found = read_concordance(path)
    >>> from mekantek.datasets.taxonomies import class_of
    >>> found.revision, class_of("870323", found), class_of("300490", found)
    ('hs', 'medium_high', 'several')
    """
    table = read_cells(path)
    code, kind, weight = _concordance_columns(table)
    rules = _concordance_rules(table, code, kind, weight)
    told_of = code_name(table.header[code])
    return Taxonomy(
        name=table.file,
        title=Text(f"{table.file} eşleme dosyası", f"the concordance {table.file}"),
        revision=(told_of.revision or "") if told_of else "",
        classes=CLASSES,
        rules=rules,
        source=table.file,
        concordance=True,
    )


def _concordance_columns(table: Cells) -> tuple[int, int, int | None]:
    folded = [fold(name) for name in table.header]
    codes = [n for n, name in enumerate(table.header) if code_name(name) is not None]
    kinds = [n for n, name in enumerate(folded) if name in _CLASS_NAMES]
    weights = [n for n, name in enumerate(folded) if name in _WEIGHT_NAMES]
    if len(codes) != 1 or len(kinds) != 1 or len(weights) > 1:
        raise RefusedTableError(
            Text(
                "{f}: sütunlar {l}; bir kod sütunu (code ya da HS6 gibi), bir sınıf sütunu (class) "
                "ve istenirse bir ağırlık sütunu (weight) olmalı.",
                "{f} has the columns {l}; it needs one of codes (code, or such as HS6), one of "
                "classes (class) and, if wanted, one of weights (weight).",
            ).format(f=table.file, l=", ".join(table.header)[:200])
        )
    return codes[0], kinds[0], weights[0] if weights else None


def _concordance_rules(
    table: Cells, code: int, kind: int, weight: int | None
) -> dict[str, Placement]:
    rules: dict[str, dict[str, Fraction]] = {}
    first: dict[str, int] = {}
    for line, row in zip(table.lines, table.rows, strict=True):
        digits = re.sub(r"[\s.]", "", row[code])
        if not re.fullmatch(r"[0-9]{1,12}", digits):
            raise _refusal(table, line, row[code], _NO_CODE)
        name = _class_named(row[kind])
        if name is None:
            raise _refusal(table, line, row[kind], _NO_CLASS)
        part = _WHOLE if weight is None else _weight(row[weight])
        if part is None or not 0 < part <= 1:
            raise _refusal(table, line, "" if weight is None else row[weight], _NO_WEIGHT)
        parts = rules.setdefault(digits, {})
        first.setdefault(digits, line)
        if name in parts:
            raise _refusal(table, line, digits, _TWICE.format(k=name))
        parts[name] = part
    for digits, parts in rules.items():
        if sum(parts.values()) != 1:
            told = ", ".join(f"{name} {part}" for name, part in parts.items())
            raise _refusal(table, first[digits], digits, _NOT_ONE.format(w=told))
    if not rules:
        raise RefusedTableError(
            Text("{f}: hiç satır yok.", "{f} has no rows.").format(f=table.file)
        )
    return {digits: tuple(parts.items()) for digits, parts in sorted(rules.items())}


def _class_named(cell: str) -> str | None:
    folded = fold(cell).removesuffix("teknoloji").removesuffix("technology")
    known = {
        "high": "high", "yuksek": "high", "mediumhigh": "medium_high", "ortayuksek": "medium_high",
        "mediumlow": "medium_low", "ortadusuk": "medium_low", "low": "low", "dusuk": "low",
        "unclassified": OUTSIDE, "siniflandirilmayan": OUTSIDE,
    }  # fmt: skip
    return known.get(folded)


def _weight(cell: str) -> Fraction | None:
    """Read ``0.25``, ``0,25``, ``1`` or ``1/4`` exactly."""
    text = cell.strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{0,3}[.]?[0-9]{1,15}|[0-9]{1,6}\s*/\s*[1-9][0-9]{0,5}", text):
        return None
    return Fraction(re.sub(r"\s", "", text))


_KNOWN_CLASSES = ", ".join((*CLASSES, OUTSIDE))
_NO_CODE = Text(
    "bir kod değil; yalnızca rakam ve nokta olabilir", "is no code; codes are digits and dots"
)
_NO_CLASS = Text(
    f"bir sınıf değil; şunlar olur: {_KNOWN_CLASSES}", f"is no class; there are {_KNOWN_CLASSES}"
)
_NO_WEIGHT = Text(
    "bir ağırlık değil; 0 ile 1 arasında bir sayı ya da 1/3 gibi bir kesir yazın",
    "is no weight; write a number above 0 and up to 1, or a fraction such as 1/3",
)
_TWICE = Text(
    "kodu {k} sınıfıyla iki kez geçiyor; birini silin",
    "stands twice with class {k}; remove one row",
)
_NOT_ONE = Text(
    "kodunun ağırlıkları ({w}) 1 etmiyor; ağırlıkları düzeltin (1/3 gibi kesirler tam yazılır)",
    "has weights ({w}) that do not sum to 1; mend them (fractions such as 1/3 are exact)",
)


def _refusal(table: Cells, line: int, cell: str, why: Text) -> RefusedTableError:
    return RefusedTableError(
        Text("{f}, satır {n}: {c!r} {w}.", "{f}, line {n}: {c!r} {w}.").format(
            f=table.file, n=line, c=cell[:40], w=why
        )
    )
