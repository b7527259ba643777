"""What all tables say: names of flows and kinds, the basis in the head, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.errors import MekantekError
from mekantek.tabulation.choice import Choice
from mekantek.tabulation.ledger import NOWHERE, TOTAL, Ledger
from mekantek.tabulation.noun import Column
from mekantek.tabulation.specification import TableSpecification
from mekantek.text import LANGUAGES, Language, Text, capitalized, integer, percent

__all__ = [
    "FLOW_WORDS",
    "MADE_UP",
    "NATION",
    "CannotBeMadeError",
    "gap_notes",
    "head_lines",
    "kind_name",
    "ledger_notes",
    "needed",
]

NATION = Text("Türkiye", "Türkiye")
FLOW_WORDS = {"export": Text("ihracat", "exports"), "import": Text("ithalat", "imports")}
MADE_UP = Text(
    "UYDURMA VERİ: bu tablonun sayıları uydurma kayıtlardandır, hiçbir gerçeği anlatmaz",
    "MADE-UP DATA: the numbers of this table are of made-up records and tell of nothing real",
)
_OUTSIDE = {
    "hidden": Text("gizli veri", "confidential data"),
    "unplaced": Text("sınıflamada yeri olmayan", "without a place in the taxonomy"),
    TOTAL: Text("toplam", "total"),
}
# The OECD's taxonomy of 2016 has a fifth group between the report's four.
_CLASS_NAMES = {**CLASS_NAMES, "medium": Text("orta teknoloji", "medium technology")}
_REVISIONS = {
    "isic3": "ISIC Rev. 3",
    "isic4": "ISIC Rev. 4",
    "nace2": "NACE Rev. 2",
}
_CONCORDANCE = Text("kullanıcının eşleme dosyası", "the user's concordance")
# Names in a note beyond this many are counted, not listed.
_LISTED = 12


class CannotBeMadeError(MekantekError):
    """
    A table that the source cannot give, with the reason in both languages.

    Parameters
    ----------
    text : Text
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en, text.tr)
        self.text = text


def kind_name(kind: str) -> Text:
    """
    Name a class, what lies outside the classes, or the total, as the head of a column.

    Examples
    --------
    >>> kind_name("high").tr, kind_name("hidden").en
    ('Yüksek teknoloji', 'Confidential data')
    """
    return capitalized(_OUTSIDE.get(kind) or _CLASS_NAMES[kind])


def needed(spec: TableSpecification) -> Text:
    """Say what a user has to bring for a table."""
    parts = [Text("yıl", "year"), Text("dolar değeri", "value in US dollars")]
    if spec.place != "nation":
        parts.append(Text("il", "province"))
    parts.append(
        Text("ülke", "partner") if spec.by == "partner" else Text("ISIC kodu", "ISIC code")
    )
    flows = FLOW_WORDS[spec.flow]
    if spec.measure == "coverage":
        flows = Text("ihracat ve ithalat", "exports and imports")
    return Text(
        f"{flows.tr} kayıtları ({', '.join(p.tr for p in parts)})",
        f"records of {flows.en} ({', '.join(p.en for p in parts)})",
    )


def _denominator(spec: TableSpecification, ledger: Ledger) -> Text | None:
    flow = FLOW_WORDS[spec.flow]
    if spec.measure == "own" and spec.place == "nation":
        return Text(f"Türkiye'nin toplam {flow.tr}ı", f"total {flow.en} of Türkiye")
    if spec.measure == "own" and spec.flow == "import":
        return Text("ilin toplam ithalatı", "total imports of the province")
    if spec.measure == "own":
        return ledger.basis.denominator
    if spec.measure == "nation":
        return Text(
            f"Türkiye'nin aynı sınıftaki {flow.tr}ı", f"{flow.en} of Türkiye in the same class"
        )
    if spec.measure == "coverage":
        return Text("aynı sınıftaki ithalat", "imports in the same class")
    if spec.kind == "ranking":
        return Text(f"toplam {flow.tr}", f"total {flow.en}")
    return None


def head_lines(spec: TableSpecification, ledger: Ledger) -> tuple[Text, ...]:
    """Say what a table's numbers are of."""
    basis, flow = ledger.basis, capitalized(FLOW_WORDS[spec.flow])
    if spec.measure == "coverage":
        flow = Text("İhracat ve ithalat", "Exports and imports")
    revision = Text(*(_REVISIONS.get(basis.revision, basis.revision),) * 2)
    if basis.revision == "concordance":
        revision = _CONCORDANCE
    first = Text(
        f"{flow.tr}; {basis.system.tr}; {basis.place.tr}; kodlar: {revision.tr}; "
        f"sınıflama: {basis.taxonomy}",
        f"{flow.en}; {basis.system.en}; {basis.place.en}; codes: {revision.en}; "
        f"taxonomy: {basis.taxonomy}",
    )
    denominator = _denominator(spec, ledger)
    whole = Text("Pay ve oranların paydası: {d}", "Denominator of shares and ratios: {d}")
    lines = [
        MADE_UP if ledger.made_up else None,
        first,
        None if denominator is None else whole.format(d=denominator),
        Text(f"Kaynak: {ledger.origin.tr}", f"Source: {ledger.origin.en}"),
    ]
    return tuple(line for line in lines if line is not None)


def _listed(names: Sequence[Text]) -> Text:
    rest = len(names) - _LISTED
    more = Text(f" ve {rest} tane daha", f" and {rest} more") if rest > 0 else Text("", "")
    return Text(*(", ".join(n[lang] for n in names[:_LISTED]) + more[lang] for lang in LANGUAGES))


def _words(cells: Iterable[object]) -> list[Text]:
    return [cell if isinstance(cell, Text) else Text(str(cell), str(cell)) for cell in cells]


def gap_notes(
    frame: pd.DataFrame, columns: Sequence[Column], spec: TableSpecification
) -> list[Text]:
    """Name every missing cell of a table: columns whose gaps are in the same rows together."""
    if frame.empty:
        return []
    labels = _words(frame[columns[0].key])
    groups: dict[tuple[int, ...], list[Text]] = {}
    for column in columns:
        if column.unit is not None:
            empty = frame[column.key].isna().to_numpy().nonzero()[0]
            groups.setdefault(tuple(map(int, empty)), []).append(column.head)
    notes = []
    told = Text("Verisi yok (–): {heads}: {rows}.", "No data (–): {heads}: {rows}.")
    if spec.measure in ("nation", "coverage"):
        told = Text(
            "Verisi yok ya da paydası 0 (–): {heads}: {rows}.",
            "No data, or a denominator of 0 (–): {heads}: {rows}.",
        )
    for places, heads in groups.items():
        if places:
            rows = Text("bütün satırlar", "all rows")
            if len(places) < len(frame):
                rows = _listed([labels[k] for k in places])
            notes.append(told.format(heads=_listed(heads), rows=rows))
    if notes:
        need = Text(
            "Boşluklar doldurulmadı. Tamamlamak için gereken: {n}.",
            "Gaps are not filled. To complete the table bring: {n}.",
        )
        notes.append(need.format(n=needed(spec)))
    return notes


def ledger_notes(
    spec: TableSpecification, ledger: Ledger, choice: Choice, years: Sequence[int]
) -> list[Text]:
    """Say of the source what bears on a table: months, hidden, unplaced, without a province."""
    notes = [] if spec.note is None else [spec.note]
    if ledger.derived:
        notes.append(
            Text(
                "Değerler, raporda basılı pay ile basılı toplamın çarpımıdır; paylar 0,1 puana "
                "yuvarlanmış basılıdır ve Türkiye, toplamı basılı illerin toplamıdır.",
                "Values are printed shares times printed totals; shares are printed to 0.1 points, and "
                "Türkiye is the sum of the provinces whose total is printed.",
            )
        )
    short = [(y, ledger.months[y]) for y in years if ledger.months.get(y, 12) < 12]
    if short:
        told = "; ".join(f"{y}: {m}/12" for y, m in short)
        notes.append(Text(f"Ayları eksik yıllar: {told}.", f"Years short of months: {told}."))
    hidden = ledger.tally.hidden_amounts if ledger.tally is not None else 0
    if hidden:
        notes.append(
            Text(
                f"Tutarı gizli kayıt: {integer(hidden, 'tr')}; hiçbir toplamda yoktur.",
                f"Records whose amount is confidential: {integer(hidden, 'en')}; in no sum.",
            )
        )
    plate = choice.province if spec.place == "province" else None
    whose = Text(choice.name, choice.name) if plate is not None else NATION
    flows = ("export", "import") if spec.measure == "coverage" else (spec.flow,)
    for flow in flows:
        shares = ledger.of(flow, plate, shares=True)
        for kind in ("hidden", "unplaced"):
            notes.extend(_share_note(kind_name(kind), whose, flow, shares[kind], years))
        if spec.measure == "nation" or spec.place == "all":
            notes.extend(_nowhere_note(ledger, flow, years))
    return notes


def _share_note(
    name: Text, whose: Text, flow: str, shares: pd.Series, years: Sequence[int]
) -> list[Text]:
    told = [(y, float(shares[y])) for y in years if y in shares.index and shares[y] > 0]
    if not told:
        return []
    return [
        Text(
            *(
                f"{name[lang]} ({whose[lang]}, {FLOW_WORDS[flow][lang]}): "
                + ", ".join(f"{y} {_small(v, lang)}" for y, v in told)
                + "."
                for lang in LANGUAGES
            )
        )
    ]


def _small(share: float, language: Language) -> str:
    """Write a share with two digits; what they cannot show is no zero."""
    least = 0.0001
    if share < least / 2:
        return f"< {percent(least, language, digits=2)}"
    return percent(share, language, digits=2)


def _nowhere_note(ledger: Ledger, flow: str, years: Sequence[int]) -> list[Text]:
    own = ledger.of(flow, NOWHERE)[TOTAL]
    shares = (own / ledger.of(flow, None)[TOTAL].reindex(own.index)).dropna()
    name = Text("İli yazılmayan kayıtlar", "Records without a province")
    return _share_note(name, NATION, flow, shares, years)
