"""From cells to meaning: columns guessed on a sample, distinct texts settled, the mark proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.records.amounts import Mark, bare, readable
from mekantek.datasets.records.canonical import open_cells, raw_text
from mekantek.datasets.records.cells import MISSING, is_made_up
from mekantek.datasets.records.columns import Columns
from mekantek.datasets.records.engine import fetch
from mekantek.datasets.records.guesses import guess
from mekantek.datasets.records.headers import role_of
from mekantek.datasets.records.meanings import MOST_TEXTS, lookup
from mekantek.datasets.records.sources import Lookup, Source
from mekantek.datasets.records.staged import Staged, shown
from mekantek.text import Text

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["understand"]

_SAMPLE = 5_000
_LOOKED_UP = ("year", "month", "flow", "place_code", "place", "code", "industry", "partner")
_MOST_NOTES = 20
# Share of empty cells from which a column of provinces looks like one written once for many rows.
_MOST_BLANK = 0.1


def understand(staged: Staged, backend: BaseBackend, given: Mapping[str, str]) -> Source:
    """
    Settle what the columns of a file are and what each of their texts means.

    Parameters
    ----------
    staged : Staged
    backend : ibis.backends.BaseBackend
        DuckDB.
    given : mapping of str to str
        What the user says of the columns.

    Returns
    -------
    Source
        With faults where something has to be mended first; the rows themselves are not yet
        looked at.
    """
    cells = open_cells(staged, backend)
    samples = _samples(cells, len(staged.header), backend)
    columns = guess(
        staged.header, samples, file=staged.file.name, title=staged.title, given=given,
        sheet_years=staged.sheet_years,
    )  # fmt: skip
    faults = list(columns.faults)
    facts = list(staged.facts)
    lookups: dict[str, Lookup] = {}
    for role, name in _roles(columns, staged).items():
        texts = _distinct(cells, name, backend)
        if len(texts) > MOST_TEXTS:
            faults.append(_too_many(staged, columns, role))
            texts = texts[:10]
        found = lookup(role, texts, revision=columns.revision, digits=columns.digits)
        lookups[role] = found
        facts += found.facts
    faults += _single(cells, columns, staged, backend)
    faults += _left_open(cells, columns, staged, backend)
    if "code" in lookups:
        faults += _levels(lookups["code"], columns, staged.file.name)
    mark, proof = _mark(cells, columns, staged, backend)
    faults += proof
    return Source(
        staged=staged,
        columns=columns,
        lookups=lookups,
        mark=mark,
        made_up=is_made_up(staged.title),
        made_up_columns=_notes(columns, staged.header, samples),
        facts=tuple(facts),
        faults=tuple(faults),
    )


def _roles(columns: Columns, staged: Staged) -> Mapping[str, str]:
    found = {role: f"c{columns.taken[role].place}" for role in _LOOKED_UP if role in columns.taken}
    if staged.sheet_years and "year" not in columns.taken and columns.year is None:
        found["sheet_year"] = "sheet_year"
    return found


def _readable(column: Any) -> bool:
    kind = column.type()
    return not (kind.is_nested() or kind.is_binary() or kind.is_time() or kind.is_interval())


def _samples(cells: Table, width: int, backend: BaseBackend) -> list[list[str]]:
    """Give some cells of each column as text, ``""`` if empty; none if it is no text or number."""
    names = [f"c{place}" for place in range(width)]
    legible = [name for name in names if _readable(cells[name])]
    if not legible:
        return [[] for _ in names]
    frame = fetch(backend, cells.limit(_SAMPLE).select(**{n: raw_text(cells[n]) for n in legible}))
    return [
        [str(cell) for cell in frame[name].astype(object).fillna("")] if name in legible else []
        for name in names
    ]


def _distinct(cells: Table, name: str, backend: BaseBackend) -> list[str]:
    texts = cells.select(text=raw_text(cells[name]))
    texts = texts.filter(texts.text.notnull()).distinct().limit(MOST_TEXTS + 1)
    return sorted(str(text) for text in fetch(backend, texts)["text"])


def _too_many(staged: Staged, columns: Columns, role: str) -> Text:
    name = columns.taken[role].header
    return Text(
        "{f}: {c!r} sütununda {n:,} değerden fazlası var; --columns {r}=… ile doğru sütunu "
        "söyleyin.",
        "{f}: column {c!r} has more than {n:,} different texts; name the right column with "
        "--columns {r}=….",
    ).format(f=staged.file.name, c=name, n=MOST_TEXTS, r=role)


def _single(cells: Table, columns: Columns, staged: Staged, backend: BaseBackend) -> list[Text]:
    """Refuse a file whose records repeat each other: several reporters, or further breakdowns."""
    faults = []
    places = [*columns.breakdowns]
    if "reporter" in columns.taken:
        places.append(columns.taken["reporter"].place)
    for place in places:
        texts = [text for text in _distinct(cells, f"c{place}", backend) if text.strip()]
        if len(texts) > 1:
            faults.append(
                Text(
                    "{f}: {c!r} sütununda {n} ayrı değer var ({l}); toplamlar iki kez sayılmasın "
                    "diye yalnızca birini bırakın.",
                    "{f}: column {c!r} has {n} different texts ({l}); keep one of them, so that "
                    "nothing is counted twice.",
                ).format(
                    f=staged.file.name, c=staged.header[place], n=len(texts),
                    l=", ".join(shown(text) for text in texts[:4]),
                )
            )  # fmt: skip
    return faults


def _left_open(cells: Table, columns: Columns, staged: Staged, backend: BaseBackend) -> list[Text]:
    """Refuse text whose provinces are written once and left open below, which only a sheet shows."""
    if staged.encoding is None or "place_code" in columns.taken or "place" not in columns.taken:
        return []
    column = columns.taken["place"]
    text = raw_text(cells[f"c{column.place}"])
    counts = cells.aggregate(
        rows=cells.count(), blank=(text.fill_null("").strip() == "").cast("int64").sum()
    )
    found = fetch(backend, counts).iloc[0]
    if not int(found["blank"]) > _MOST_BLANK * int(found["rows"]):
        return []
    return [
        Text(
            "{f}: {c!r} sütununda {n} hücre boş; il üstteki satırdan geliyorsa doldurun, yoksa - "
            "yazın.",
            "{f}: {n} cells of column {c!r} are empty; fill them down if the province is that of "
            "the row above, and write - if there is none.",
        ).format(f=staged.file.name, c=column.header, n=int(found["blank"]))
    ]


def _levels(found: Lookup, columns: Columns, file: str) -> list[Text]:
    """Find codes that hold others: a chapter beside its headings counts everything twice."""
    codes = {
        str(code)
        for code, total in zip(found.cells["code"], found.cells["total"], strict=True)
        if str(code).isdecimal() and not total
    }
    for code in sorted(codes):
        for length in range(1, len(code)):
            if code[:length] in codes:
                return [
                    Text(
                        "{f}: {c!r} sütununda birbirini içeren kodlar var ({a} ve {b} gibi); tek "
                        "bir basamak düzeyi bırakın.",
                        "{f}: column {c!r} has codes that hold each other (such as {a} and {b}); "
                        "keep one level of digits.",
                    ).format(
                        f=file, c=columns.taken["code"].header, a=code[:length], b=code
                    )
                ]  # fmt: skip
    return []


def _notes(
    columns: Columns, header: Sequence[str], samples: Sequence[Sequence[str]]
) -> tuple[int, ...]:
    """Choose the columns of words without a role, where a row may say that it is made up."""
    used = {taken.place for taken in columns.taken.values()}
    used |= {value.place for value in columns.values}
    named = [
        place for place, name in enumerate(header)
        if place not in used and role_of(name) not in ("other money", "quantity")
        and any(not _numeric(cell) for cell in samples[place])
    ]  # fmt: skip
    return tuple(named[:_MOST_NOTES])


def _numeric(cell: str) -> bool:
    return not any(letter.isalpha() for letter in cell)


def _mark(
    cells: Table, columns: Columns, staged: Staged, backend: BaseBackend
) -> tuple[Mark, list[Text]]:
    """Prove the decimal mark by all cells of the values together."""
    if columns.decimal is not None:
        return ("," if columns.decimal == "," else "."), []
    names = [f"c{value.place}" for value in columns.values]
    texts = [name for name in names if cells[name].type().is_string()]
    known = {staged.marks[name] for name in texts if name in staged.marks}
    texts = [name for name in texts if name not in staged.marks]
    seen: dict[str, tuple[int, str]] = {}
    for name in texts:
        for kind, found in _evidence(cells, name, backend).items():
            seen[kind] = min(seen.get(kind, found), found)
    proven = {kind for kind in (".", ",") if kind in seen} | known
    file, word = staged.file.name, staged.row_word
    if len(proven) > 1:
        a, b = seen.get(".", (0, "12.5")), seen.get(",", (0, "12,5"))
        return ".", [
            Text(
                "{f}: sayılar iki türlü yazılmış: {w} {m} {a}, {w} {n} {b}; tek ondalık işareti "
                "kullanın.",
                "{f}: numbers are written two ways: {w} {m} {a}, {w} {n} {b}; use one decimal "
                "mark.",
            ).format(f=file, w=word, m=a[0], a=shown(a[1]), n=b[0], b=shown(b[1]))
        ]
    if proven:
        return ("," if proven == {","} else "."), []
    if "open" in seen:
        return ".", [
            Text(
                "{f}, {w} {m}: {a} bin ya da ondalık olabilir ve hiçbir hücre hangisi olduğunu "
                "göstermiyor; --columns decimal=comma ya da decimal=dot ekleyin.",
                "{f}, {w} {m}: {a} may be thousands or decimals and no cell shows which; add "
                "--columns decimal=comma or decimal=dot.",
            ).format(f=file, w=word, m=seen["open"][0], a=shown(seen["open"][1]))
        ]
    return ".", []


def _evidence(cells: Table, name: str, backend: BaseBackend) -> dict[str, tuple[int, str]]:
    """Find the first cells that only a point, only a comma, or either can be the mark of."""
    table = cells.select(row=cells["row"], cell=cells[name], text=bare(cells[name]))
    marked = (table.text.contains(",") | table.text.contains(".")) & ~table.text.isin(list(MISSING))
    table = table.filter(marked)
    table = table.mutate(dot=readable(table.text, "."), comma=readable(table.text, ","))
    dot, comma = table.dot, table.comma
    kinds = {".": dot & ~comma, ",": comma & ~dot, "open": dot & comma}
    firsts = fetch(
        backend,
        table.aggregate(
            **{f"k{n}": table.row.min(where=where) for n, where in enumerate(kinds.values())}
        ),
    ).iloc[0]
    found = {}
    for place, kind in enumerate(kinds):
        row = firsts[f"k{place}"]
        if not pd.isna(row):
            cell = fetch(backend, table.filter(table.row == int(row)).limit(1))["cell"].iloc[0]
            found[kind] = (int(row), str(cell))
    return found
