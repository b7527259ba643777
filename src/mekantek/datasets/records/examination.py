"""Every row of a file looked at: what is wrong, where, and what the file covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.records.canonical import open_cells, parsed, raw_text
from mekantek.datasets.records.columns import FLOW_WORDS
from mekantek.datasets.records.engine import as_view, fetch, literal
from mekantek.datasets.records.sources import Source
from mekantek.datasets.records.staged import shown
from mekantek.grammar import did_you_mean
from mekantek.text import Text, integer

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import BooleanValue, StringValue, Table

__all__ = ["DUPLICATES_WITHIN", "Examination", "examine_rows"]

DUPLICATES_WITHIN = 20_000_000
"""Up to so many rows are compared with each other unasked."""
_ROWS_SHOWN = 5
_TEXTS_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Examination:
    """
    What the rows of a file say.

    Attributes
    ----------
    records : int
        Rows with a value that repeat no others.
    dropped : int
        Rows of totals.
    without_value : int
    withheld : int
        Records whose amount is hidden, which are in no sum.
    facts, faults : tuple of Text
    """

    records: int
    dropped: int
    without_value: int
    withheld: int
    facts: tuple[Text, ...]
    faults: tuple[Text, ...]


def examine_rows(
    source: Source, backend: BaseBackend, *, duplicates: str = "refuse"
) -> Examination:
    """
    Look at every row.

    Parameters
    ----------
    source : Source
        Without faults.
    backend : ibis.backends.BaseBackend
        DuckDB.
    duplicates : {"refuse", "keep", "find"}
        Whether rows equal in every cell are a fault. ``refuse`` looks for them in files of up to
        20 million rows, ``find`` in any.

    Returns
    -------
    Examination
    """
    cells = open_cells(source.staged, backend)
    with as_view(backend, parsed(source, cells)) as rows:
        return _Rows(source, backend, rows).examined(cells, duplicates)


class _Rows:
    """The rows of one file while they are looked at."""

    def __init__(self, source: Source, backend: BaseBackend, table: Table) -> None:
        self.source, self.backend, self.table = source, backend, table
        self.file, self.word = source.staged.file.name, source.staged.row_word
        self.live: BooleanValue = ~table.missing & ~table.total
        self.facts: list[Text] = []
        self.faults: list[Text] = []

    def examined(self, cells: Table, duplicates: str) -> Examination:
        t, live = self.table, self.live
        placed = "place" in self.source.lookups or "place_code" in self.source.lookups
        found = live & ~t.bad
        wrong = {
            "bad": live & t.bad,
            "negative": found & (t.cents < 0),
            "year": live & t.year.isnull() & _filled(t.raw_year),
            "no_year": live & t.year.isnull() & ~_filled(t.raw_year),
            "flow": live & t.flow.isnull() & _filled(t.raw_flow),
            "no_flow": live & t.flow.isnull() & ~_filled(t.raw_flow),
            "month": live & t.month.isnull() & t.raw_month.isin(self._unknown("month")),
            "conflict": live & (t.code_plate != t.name_plate).fill_null(False),
        }
        counted = {
            "records": live, "dropped": t.total, "without": t.missing & ~t.withheld & ~t.total,
            "withheld": t.withheld & ~t.total,
            "rounded": found & t.rounded, "hidden": found & t.hidden, "made_up": found & t.made_up,
            "nowhere": found & t.plate.isnull() & literal(placed),
            "codeless": found & (t.code == "") & ~t.hidden & literal("code" in self.source.lookups),
        }  # fmt: skip
        # All that is counted is counted in one pass, by year and flow.
        kept = t.mutate(
            **{f"is_{name}": where.fill_null(False) for name, where in (wrong | counted).items()}
        )
        table = kept.group_by("year", "flow").aggregate(
            **{f"n_{name}": kept[f"is_{name}"].cast("int64").sum() for name in wrong | counted},
            hidden_cents=kept.cents.sum(where=kept.is_hidden),
            cents=kept.cents.sum(where=kept.is_records),
            months=kept.month.nunique(where=kept.is_records),
        )
        sums = fetch(self.backend, table.order_by("year", "flow"))
        number = {name: int(sums[f"n_{name}"].fillna(0).sum()) for name in (*wrong, *counted)}
        number["hidden_cents"] = int(sums["hidden_cents"].fillna(0).sum())
        for name, where in wrong.items():
            if number[name]:
                self.faults.append(self._fault(name, where, number[name]))
        self._slips()
        if not number["records"]:
            self.faults.append(
                Text(
                    "{f}: değeri olan hiçbir kayıt yok.", "{f} has no record with a value."
                ).format(f=self.file)
            )
        self._tell(number, counted)
        self._coverage(sums)
        self._duplicates(cells, number["records"], duplicates)
        return Examination(
            records=number["records"], dropped=number["dropped"], without_value=number["without"],
            withheld=number["withheld"], facts=tuple(self.facts), faults=tuple(self.faults),
        )  # fmt: skip

    def _unknown(self, role: str) -> list[str]:
        lookup = self.source.lookups.get(role)
        # An empty list is no SQL; no cell holds this text.
        return list(lookup.unknown) if lookup is not None and lookup.unknown else ["\x1f"]

    def _first(self, where: BooleanValue, *columns: str) -> pd.DataFrame:
        chosen = self.table.filter(where).select("row", *columns).distinct()
        return fetch(self.backend, chosen.order_by("row").limit(_ROWS_SHOWN))

    def _rows(self, frame: pd.DataFrame, count: int) -> str:
        shown_rows = ", ".join(str(row) for row in frame["row"])
        return shown_rows + (", …" if count > len(frame) else "")

    def _fault(self, name: str, where: BooleanValue, count: int) -> Text:
        """Say what is wrong with the first rows of a kind of fault."""
        column = {"bad": "raw_value", "negative": "raw_value", "year": "raw_year",
                  "no_year": "raw_year", "flow": "raw_flow", "no_flow": "raw_flow",
                  "month": "raw_month", "conflict": "raw_place"}[name]  # fmt: skip
        frame = self._first(where, column, "raw_place_code")
        cell = frame[column].iloc[0]
        meant = self.source.lookups["year"].unknown.get(str(cell)) if name == "year" else None
        return _WRONG[name].format(
            f=self.file, w=self.word, r=self._rows(frame, count),
            x=shown(cell), y=shown(frame["raw_place_code"].iloc[0]),
            hint=Text(f" {meant} mi demek?", f" Does it mean {meant}?") if meant else "",
        )  # fmt: skip

    def _slips(self) -> None:
        """Refuse names that are nearly a province's; tell of those that are none at all."""
        for role in ("place", "place_code"):
            lookup = self.source.lookups.get(role)
            if lookup is None or not lookup.unknown:
                continue
            t, raw = self.table, self.table[f"raw_{role}"]
            where = self.live & t.plate.isnull() & raw.isin(list(lookup.unknown))
            kept = t.filter(where)
            table = kept.group_by(text=kept[f"raw_{role}"]).aggregate(
                rows=kept.count(), first=kept.row.min(), cents=kept.cents.sum()
            )
            frame = fetch(self.backend, table.order_by("first"))
            for text, rows, first, cents in frame.itertuples(index=False):
                near = lookup.unknown[str(text)]
                told = _SLIP if near else _NOWHERE
                (self.faults if near else self.facts).append(
                    told.format(
                        f=self.file, w=self.word, r=first, x=shown(text), n=rows, usd=_usd(cents),
                        hint=did_you_mean([near] if near else []),
                    )
                )  # fmt: skip

    def _tell(self, number: dict[str, int], counted: dict[str, BooleanValue]) -> None:
        self.facts.append(Text("kayıt: {n}", "records: {n}").format(n=_count(number["records"])))
        for name, told in _TOLD.items():
            if number[name]:
                self.facts.append(
                    told.format(
                        n=_count(number[name]), w=self.word, usd=_usd(number["hidden_cents"]),
                        r=self._rows(self._first(counted[name]), number[name]),
                    )
                )  # fmt: skip

    def _coverage(self, sums: pd.DataFrame) -> None:
        """Say which years, flows and months there are."""
        kept = sums[sums["year"].notna() & sums["flow"].notna() & (sums["n_records"] > 0)]
        columns = ["year", "flow", "n_records", "months", "cents"]
        for year, flow, rows, months, cents in kept[columns].itertuples(index=False):
            word = FLOW_WORDS[str(flow)]
            spell = Text(f", {months} ay", f", months: {months}") if months else Text("", "")
            self.facts.append(
                Text("{y} {f}: {n} kayıt{m}, {usd}", "{y} {f}, records: {n}{m}, {usd}").format(
                    y=year, f=word, n=_count(rows), m=spell, usd=_usd(cents)
                )
            )

    def _duplicates(self, cells: Table, records: int, wish: str) -> None:
        """Find rows that are equal in every cell."""
        if wish == "keep":
            return
        if wish == "refuse" and records > DUPLICATES_WITHIN:
            self.facts.append(
                Text(
                    "aynı satırlar aranmadı ({n} satırdan fazlası)",
                    "equal rows were not looked for (more than {n} rows)",
                ).format(n=_count(DUPLICATES_WITHIN))
            )
            return
        names = [
            f"c{place}" for place in range(len(self.source.staged.header))
            if not cells[f"c{place}"].type().is_nested()
        ]  # fmt: skip
        if "sheet" in cells.columns:
            # The same row may well stand on the sheets of two years.
            names.append("sheet")
        texts = [raw_text(cells[name]).fill_null("\x1e") for name in names]
        prints = cells.select(row=cells["row"], print=literal("\x1f").join(texts).hash())
        table = prints.group_by("print").aggregate(rows=prints.count())
        twice = table.filter(table.rows > 1)
        if fetch(self.backend, twice.limit(1)).empty:
            return
        # Blank rows, totals and notes may repeat; only now is it worth asking which rows these are.
        lively = self.table.filter(self.live).select("row").distinct()
        again = prints.semi_join(twice, "print").semi_join(lively, "row")
        again = again.group_by("print").aggregate(rows=again.count(), first=again.row.min())
        again = again.filter(again.rows > 1).order_by("first")
        frame = fetch(self.backend, again)
        if frame.empty:
            return
        count = len(frame)
        second = prints.filter(prints.print == int(frame["print"].iloc[0])).order_by("row").limit(2)
        pair = [int(row) for row in fetch(self.backend, second)["row"]]
        self.faults.append(
            Text(
                "{f}, {w} {a} ve {b}: iki satırın bütün hücreleri aynı ({n} böyle satır var); "
                "fazlasını silin ya da --duplicates keep ile hepsini sayın.",
                "{f}, {w}s {a} and {b} are equal in every cell (rows repeated so: {n}); remove "
                "the surplus, or count them all with --duplicates keep.",
            ).format(f=self.file, w=self.word, a=pair[0], b=pair[1], n=_count(count))
        )


def _filled(text: StringValue) -> BooleanValue:
    """Say whether anything is written in a cell."""
    return text.fill_null("").strip() != ""


def _count(number: Any) -> Text:
    return Text(integer(float(number), "tr"), integer(float(number), "en"))


def _usd(cents: Any) -> Text:
    """Write cents as whole dollars."""
    whole = 0 if pd.isna(cents) else int(cents) // 100
    return Text(f"{integer(whole, 'tr')} $", f"${integer(whole, 'en')}")


_WRONG = {
    "bad": Text(
        "{f}, {w} {r}: değer {x} sonlu bir sayı değil; değer yoksa hücreyi boş bırakın.",
        "{f}, {w} {r}: the value {x} is no finite number; leave the cell empty where there is none.",
    ),
    "negative": Text(
        "{f}, {w} {r}: değer {x} eksi; ticaret değerleri sıfırdan küçük olmaz, düzeltin.",
        "{f}, {w} {r}: the value {x} is negative; values of trade are not, correct them.",
    ),
    "year": Text(
        "{f}, {w} {r}: yıl {x} okunamıyor; 2024 gibi dört haneli yazın.{hint}",
        "{f}, {w} {r}: the year {x} cannot be read; write four digits, such as 2024.{hint}",
    ),
    "no_year": Text(
        "{f}, {w} {r}: yıl hücresi boş; yılı 2024 gibi dört haneli yazın.",
        "{f}, {w} {r}: the cell of the year is empty; write its four digits, such as 2024.",
    ),
    "no_flow": Text(
        "{f}, {w} {r}: akım hücresi boş; İhracat ya da İthalat yazın.",
        "{f}, {w} {r}: the cell of the flow is empty; write İhracat or İthalat.",
    ),
    "flow": Text(
        "{f}, {w} {r}: {x} ihracat mı ithalat mı belli değil; İhracat ya da İthalat yazın.",
        "{f}, {w} {r}: {x} is neither export nor import; write İhracat or İthalat.",
    ),
    "month": Text(
        "{f}, {w} {r}: ay {x} okunamıyor; 1–12 ya da ayın adını yazın.",
        "{f}, {w} {r}: the month {x} cannot be read; write 1 to 12 or its name.",
    ),
    "conflict": Text(
        "{f}, {w} {r}: il adı {x}, il kodu {y}; ikisi ayrı illerin, birini düzeltin.",
        "{f}, {w} {r}: the province is {x} and its code {y}, of two provinces; correct one.",
    ),
}
_SLIP = Text(
    "{f}, {w} {r}: {x} diye bir il yok ({n} satır).{hint}",
    "{f}, {w} {r}: no province is called {x} (rows: {n}).{hint}",
)
_NOWHERE = Text(
    "il sayılmadı: {x}, {n} satır, ilki {w} {r}, {usd}; hiçbir ile yazılmaz, ayrıca gösterilir",
    "no province: {x}, rows: {n}, first {w} {r}, {usd}; given to none and shown apart",
)
_TOLD = {
    "dropped": Text(
        "atlanan toplam satırları: {n} ({w} {r})", "rows of totals left out: {n} ({w} {r})"
    ),
    "without": Text(
        "değeri olmayan satırlar: {n} ({w} {r})", "rows without a value: {n} ({w} {r})"
    ),
    "withheld": Text(
        "tutarı gizli kayıtlar: {n} ({w} {r}); tutarları bilinmez, hiçbir toplamda yoktur",
        "records whose amount is hidden: {n} ({w} {r}); it is unknown, and in no sum",
    ),
    "nowhere": Text(
        "ili olmayan kayıtlar: {n} ({w} {r})", "records without a province: {n} ({w} {r})"
    ),
    "codeless": Text(
        "kodu olmayan kayıtlar: {n} ({w} {r})", "records without a code: {n} ({w} {r})"
    ),
    "hidden": Text("gizli veri: {n} kayıt, {usd}", "hidden data, records: {n}, {usd}"),
    "rounded": Text(
        "sentin altındaki basamaklar yuvarlandı: {n} kayıt ({w} {r})",
        "digits below the cent rounded, records: {n} ({w} {r})",
    ),
    "made_up": Text(
        "UYDURMA: {n} kayıt uydurma olduğunu söylüyor",
        "MADE UP, as the records themselves say: {n}",
    ),
}
