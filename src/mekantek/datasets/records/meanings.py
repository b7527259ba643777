"""What the distinct texts of a column mean, settled once for each text, not for each record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from mekantek.datasets.records.cells import (
    Place,
    flow_of,
    is_hidden,
    is_made_up,
    is_nation,
    is_null,
    is_total,
    month_of,
    period_of,
    place_of,
    plain,
)
from mekantek.datasets.records.sources import Lookup
from mekantek.text import Text

__all__ = ["MOST_TEXTS", "clean_code", "codes", "lookup"]

MOST_TEXTS = 200_000
_WITH_NAME = re.compile(r"([A-Z]?[0-9][0-9. ]*?)\s*[-–—:|]\s*([^\W\d_].*)", re.DOTALL)


def lookup(
    role: str, texts: Sequence[str], *, revision: str | None = None, digits: int | None = None
) -> Lookup:
    """
    Settle what each text of a column means.

    Parameters
    ----------
    role : str
        ``year``, ``sheet_year``, ``month``, ``flow``, ``place_code``, ``place``, ``code``,
        ``industry`` or ``partner``.
    texts : sequence of str
        The distinct texts.
    revision : str, optional
        Of codes.
    digits : int, optional
        How many digits codes have, where the header says so.

    Returns
    -------
    Lookup

    Examples
    --------
    >>> found = lookup("place", ["ANKARA", "Ankra", "Toplam", "-"])
    >>> found.cells["plate"], found.cells["total"], found.unknown
    ([6, None, None, None], [False, False, True, False], {'Ankra': 'Ankara (6)'})
    """
    makers: Mapping[str, Callable[[Sequence[str]], Lookup]] = {
        "year": _years, "sheet_year": _years, "month": _months, "flow": _flows,
        "place": lambda given: _places("place", given),
        "place_code": lambda given: _places("place_code", given),
        "industry": _industries, "partner": _partners,
    }  # fmt: skip
    if role == "code":
        return codes(texts, revision=revision, digits=digits)
    found = makers[role](texts)
    return Lookup(
        role=role, cells=found.cells, types=found.types, unknown=found.unknown, facts=found.facts
    )


def _years(texts: Sequence[str]) -> Lookup:
    periods = [period_of(text) for text in texts]
    dated = next((text for text, p in zip(texts, periods, strict=True) if p and p[1]), None)
    facts: tuple[Text, ...] = ()
    if dated is not None:
        facts = (
            Text(
                "yıl sütununda tarihler var ({x} gibi); yıl ve ay onlardan alındı",
                "the column of years holds dates (such as {x}); year and month are taken from them",
            ).format(x=dated),
        )
    totals = [is_total(text) for text in texts]
    return Lookup(
        role="year",
        cells={
            "raw": list(texts),
            "total": totals,
            "year": [p[0] if p else None for p in periods],
            "month": [p[1] if p else None for p in periods],
        },
        types={"raw": "string", "total": "bool_", "year": "int32", "month": "int32"},
        unknown={
            text: _year_hint(text)
            for text, p, total in zip(texts, periods, totals, strict=True)
            if p is None and not total
        },
        facts=facts,
    )


def _year_hint(text: str) -> str | None:
    bare = plain(text)
    if re.fullmatch(r"[0-9]{2}", bare):
        return f"20{bare}"
    # Days since 1900: what Excel shows of a date whose format was lost.
    if re.fullmatch(r"[2-6][0-9]{4}", bare):
        return str(1900 + int(int(bare) / 365.2425))
    return None


def _months(texts: Sequence[str]) -> Lookup:
    months = [month_of(text) for text in texts]
    totals = [is_total(text) for text in texts]
    # 52 is how UN Comtrade marks a whole year.
    whole = {text for text in texts if is_null(text) or plain(text) in ("52", "0", "00")}
    return Lookup(
        role="month",
        cells={"raw": list(texts), "total": totals, "month": months},
        types={"raw": "string", "total": "bool_", "month": "int32"},
        unknown={
            text: None
            for text, month, total in zip(texts, months, totals, strict=True)
            if month is None and not total and text not in whole
        },
    )


def _flows(texts: Sequence[str]) -> Lookup:
    flows = [flow_of(text) for text in texts]
    totals = [is_total(text) or flow == "part" for text, flow in zip(texts, flows, strict=True)]
    parts = [text for text, flow in zip(texts, flows, strict=True) if flow == "part"]
    facts: tuple[Text, ...] = ()
    if parts:
        facts = (
            Text(
                "{x} atlandı: ihracat ve ithalat onları zaten içerir",
                "{x} left out: exports and imports hold them already",
            ).format(x=", ".join(parts)),
        )
    return Lookup(
        role="flow",
        cells={
            "raw": list(texts),
            "total": totals,
            "flow": [flow if flow in ("export", "import") else None for flow in flows],
        },
        types={"raw": "string", "total": "bool_", "flow": "string"},
        unknown={
            text: None
            for text, flow, total in zip(texts, flows, totals, strict=True)
            if flow is None and not total
        },
        facts=facts,
    )


def _places(role: str, texts: Sequence[str]) -> Lookup:
    totals = [is_total(text) for text in texts]
    read = [
        Place() if total or is_nation(text) else place_of(text)
        for text, total in zip(texts, totals, strict=True)
    ]
    facts: tuple[Text, ...] = ()
    if any(place.plate is not None for place in read):
        # Beside provinces the country's own row repeats them; alone it is the data.
        nations = [text for text in texts if is_nation(text)]
        totals = [total or is_nation(text) for text, total in zip(texts, totals, strict=True)]
        if nations:
            facts = (
                Text(
                    "{x} satırları illerin toplamı sayıldı", "rows of {x} taken for totals"
                ).format(x=", ".join(nations)),
            )
    return Lookup(
        role=role,
        cells={
            "raw": list(texts),
            "total": totals,
            "plate": [place.plate for place in read],
            "text": [None if is_null(text) else plain(text) for text in texts],
        },
        types={"raw": "string", "total": "bool_", "plate": "int32", "text": "string"},
        unknown={t: place.near for t, place in zip(texts, read, strict=True) if place.unknown},
        facts=facts,
    )


def _industries(texts: Sequence[str]) -> Lookup:
    return Lookup(
        role="industry",
        cells={
            "raw": list(texts),
            "total": [is_total(text) for text in texts],
            "text": [None if is_null(text) else plain(text) for text in texts],
            "hidden": [is_hidden(text) for text in texts],
            "made_up": [is_made_up(text) for text in texts],
        },
        types={"raw": "string", "total": "bool_", "text": "string", "hidden": "bool_",
               "made_up": "bool_"},
    )  # fmt: skip


def _partners(texts: Sequence[str]) -> Lookup:
    named = [t for t in texts if not is_null(t) and not is_total(t) and not is_nation(t)]
    totals = [is_total(text) or (bool(named) and is_world(text)) for text in texts]
    facts: tuple[Text, ...] = ()
    worlds = [text for text in texts if is_world(text)]
    if named and worlds:
        facts = (
            Text("{x} satırları ülkelerin toplamı sayıldı", "rows of {x} taken for totals").format(
                x=", ".join(worlds)
            ),
        )
    return Lookup(
        role="partner",
        cells={
            "raw": list(texts),
            "total": totals,
            "partner": [None if is_null(t) or is_world(t) else plain(t) for t in texts],
            "made_up": [is_made_up(text) for text in texts],
        },
        types={"raw": "string", "total": "bool_", "partner": "string", "made_up": "bool_"},
        facts=facts,
    )


def is_world(text: str) -> bool:
    """Say whether a partner is all partners together: Comtrade's World, W00 or 0."""
    return plain(text) in ("0", "W00") or (is_nation(text) and "turk" not in text.casefold())


def clean_code(text: str) -> tuple[str, str | None]:
    """
    Take a code's name, spaces and dots away.

    Examples
    --------
    >>> clean_code("26.11 - Elektronik bileşenler"), clean_code("C26.11"), clean_code("-")
    (('2611', 'Elektronik bileşenler'), ('2611', None), ('', None))
    """
    text = plain(text)
    if is_null(text):
        return "", None
    name = None
    if match := _WITH_NAME.fullmatch(text):
        text, name = match[1], match[2].strip()
    bare = re.sub(r"[\s.]", "", text)
    # NACE writes the section before the division: C26.11.
    if re.fullmatch(r"[A-U][0-9]{2,4}", bare):
        bare = bare[1:]
    return bare, name


def codes(
    texts: Sequence[str], *, revision: str | None = None, digits: int | None = None
) -> Lookup:
    """
    Clean the codes of a column, and give back the leading zeros that a spreadsheet took.

    Parameters
    ----------
    texts : sequence of str
    revision : str, optional
    digits : int, optional
        How many digits the header says codes have.

    Returns
    -------
    Lookup
        ``code``, ``name``, ``hidden``, ``made_up``.

    Notes
    -----
    Zeros were lost if no code begins with one and some are one digit short: of the header's number
    of digits, of four in a column of ISIC or NACE classes, of an even number in the Harmonized
    System.

    Examples
    --------
    >>> codes(["111", "3530", "-"], revision="isic3").cells["code"]
    ['0111', '3530', '']
    """
    cleaned = [clean_code(text) for text in texts]
    hidden = [is_hidden(text) for text in texts]
    totals = [is_total(text) for text in texts]
    digital = [code for code, _ in cleaned if code.isdecimal()]
    restore = _restorer(digital, revision, digits)
    found, restored = [], []
    for text, (code, _) in zip(texts, cleaned, strict=True):
        whole = restore(code) if code.isdecimal() else code
        if whole != code:
            restored.append((plain(text), whole))
        found.append(whole)
    facts: tuple[Text, ...] = ()
    if restored:
        facts = (
            Text(
                "baştaki sıfırı kaybolmuş {n} kod düzeltildi ({a} → {b} gibi)",
                "leading zeros restored in {n} codes (such as {a} → {b})",
            ).format(n=len(restored), a=restored[0][0], b=restored[0][1]),
        )
    return Lookup(
        role="code",
        cells={
            "raw": list(texts),
            "total": totals,
            "code": found,
            "name": [name for _, name in cleaned],
            "hidden": hidden,
            "made_up": [is_made_up(text) for text in texts],
        },
        types={"raw": "string", "total": "bool_", "code": "string", "name": "string",
               "hidden": "bool_", "made_up": "bool_"},
        facts=facts,
    )  # fmt: skip


def _restorer(
    digital: Sequence[str], revision: str | None, digits: int | None
) -> Callable[[str], str]:
    if any(code.startswith("0") for code in digital) or not digital:
        return lambda code: code
    lengths = Counter(map(len, digital))
    longest = max(lengths)
    if revision == "hs":
        # Chapters, headings and items have two digits for each step.
        return lambda code: "0" + code if len(code) % 2 else code
    if revision in ("isic3", "isic4", "nace2", None):
        full = digits or (longest if longest == 4 and revision is not None else None)
        if full is not None and longest <= full and set(lengths) <= {full, full - 1}:
            return lambda code: code.zfill(full)
    return lambda code: code
