"""Which column of a file is what: by its name, confirmed by its content, overruled by the user."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from mekantek.datasets.records.cells import (
    MISSING,
    first_year,
    flow_of,
    is_hidden,
    is_hidden_amount,
    is_nation,
    is_null,
    is_total,
    month_of,
    period_of,
    place_of,
    unit_of,
)
from mekantek.datasets.records.columns import (
    BY_CONTENT,
    BY_NAME,
    BY_USER,
    CONSTANTS,
    REVISIONS,
    ROLE_WORDS,
    Columns,
    Taken,
    ValueColumn,
)
from mekantek.datasets.records.headers import ROLES, code_name, month_in, role_of, year_in
from mekantek.datasets.records.staged import shown
from mekantek.text import Text, fold, nearest

__all__ = ["guess"]

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,\s]*(?:[eE][+-]?[0-9]+)?|[+-]?[.,][0-9]+")
_KEYS = ("year", "month", "flow", "place_code", "place", "code", "industry", "partner",
         "reporter", "classification")  # fmt: skip
_UNITS = {"1": 1, "1000": 1000, "1000000": 1_000_000, "bin": 1000, "thousand": 1000,
          "usd": 1, "milyon": 1_000_000, "million": 1_000_000}  # fmt: skip
_MARKS = {",": ",", ".": ".", "comma": ",", "dot": ".", "virgul": ",", "nokta": "."}


def guess(
    header: Sequence[str], samples: Sequence[Sequence[str]], *, file: str, title: str = "",
    given: Mapping[str, str] | None = None, sheet_years: bool = False,
) -> Columns:  # fmt: skip
    """
    Decide what every column is.

    Parameters
    ----------
    header : sequence of str
    samples : sequence of sequence of str
        Some cells of each column, in the header's order.
    file : str
        Name of the file; a year, a flow or a unit that only it says counts.
    title : str
        What stands above the header.
    given : mapping of str to str, optional
        What the user says; see `columns_option`.
    sheet_years : bool
        True if the sheets themselves say their year.

    Returns
    -------
    Columns
        With faults where something needed was not found.

    Examples
    --------
    >>> found = guess(["YIL", "IHRITH", "DOLAR"], [["2024"], ["İhracat"], ["1.234,5"]], file="t.csv")
    >>> {role: taken.header for role, taken in found.taken.items()}
    {'year': 'YIL', 'flow': 'IHRITH'}
    >>> found.values[0].header, found.faults
    ('DOLAR', ())
    """
    return _Guess(header, samples, file, title, given or {}, sheet_years).result()


def _most(cells: Sequence[str], fits: Callable[[str], bool], least: float = 0.5) -> bool:
    # The same few names stand in thousands of cells.
    filled = {
        cell: times for cell, times in Counter(cells).items()
        if not is_null(cell) and not is_total(cell)
    }  # fmt: skip
    fitting = sum(times for cell, times in filled.items() if fits(cell))
    return bool(filled) and fitting >= least * sum(filled.values())


def _is_number(cell: str) -> bool:
    bare = re.sub(r"[\s$]", "", cell).replace("−", "-")
    return bare in MISSING or _NUMBER.fullmatch(bare) is not None


def _is_amount(cell: str) -> bool:
    return _is_number(cell) or is_hidden_amount(cell)


def _is_place(cell: str) -> bool:
    return place_of(cell, slips=False).plate is not None or is_nation(cell)


FITS: Mapping[str, Callable[[str], bool]] = {
    "year": lambda cell: period_of(cell) is not None,
    "month": lambda cell: month_of(cell) is not None or cell.strip() == "52",
    "flow": lambda cell: flow_of(cell) is not None,
    "place_code": lambda cell: place_of(cell, slips=False).plate is not None,
    "place": _is_place,
    "code": lambda cell: any(letter.isdecimal() for letter in cell) or is_hidden(cell),
    "industry": lambda cell: any(letter.isalpha() for letter in cell),
    "partner": lambda cell: bool(cell.strip()),
    "value": _is_amount,
    "reporter": lambda cell: bool(cell.strip()),
    "classification": lambda cell: bool(cell.strip()),
}


def _mark_of(said: str) -> str | None:
    return _MARKS.get(said) or _MARKS.get(fold(said))


class _Guess:
    """The columns of one file while they are sorted out."""

    def __init__(
        self, header: Sequence[str], samples: Sequence[Sequence[str]], file: str, title: str,
        given: Mapping[str, str], sheet_years: bool,
    ) -> None:  # fmt: skip
        self.header, self.samples, self.file, self.title = header, samples, file, title
        self.given, self.sheet_years = dict(given), sheet_years
        self.taken: dict[str, Taken] = {}
        self.values: list[ValueColumn] = []
        self.unused: dict[int, Text] = {}
        self.constants: dict[str, str] = {}
        self.faults: list[Text] = []
        self.misfits: dict[str, tuple[str, str]] = {}
        self.digits: int | None = None
        self.revision: str | None = None
        self.unit_why = Text("", "")

    def result(self) -> Columns:
        self._asked()
        for role in _KEYS:
            if role not in self.taken and role not in self.constants:
                self._by_name(role)
        self._revision()
        self._values()
        self._by_content()
        self._units()
        year, flow = self._year(), self._flow()
        if not {"place", "place_code"} & set(self.taken):
            # Without its provinces a file would pass for the nation's.
            self.faults += [
                self._missing(role)
                for role in ("place_code", "place")
                if self.misfits.get(role, ("", ""))[1]
            ][:1]
        breakdowns = tuple(
            place for place, name in enumerate(self.header)
            if role_of(name) == "breakdown" and not self._used(place)
        )  # fmt: skip
        for place, name in enumerate(self.header):
            if name.strip() and not self._used(place):
                self.unused.setdefault(place, Text("gerekmiyor", "not needed"))
        return Columns(
            taken=self.taken,
            values=tuple(self.values),
            unused=tuple((self.header[place], why) for place, why in sorted(self.unused.items())),
            breakdowns=breakdowns,
            year=year,
            flow=flow,
            revision=self.revision,
            digits=self.digits,
            decimal=self.constants.get("decimal"),
            unit_why=self.unit_why,
            faults=tuple(self.faults),
        )

    def _used(self, place: int) -> bool:
        return any(taken.place == place for taken in self.taken.values()) or any(
            value.place == place for value in self.values
        )

    def _asked(self) -> None:
        """Take what the user named: a column by its name, or a constant."""
        for role, name in self.given.items():
            places = [p for p, head in enumerate(self.header) if head.strip() == name]
            places = places or [p for p, head in enumerate(self.header) if fold(head) == fold(name)]
            if role in CONSTANTS and (not places or role not in (*_KEYS, "value")):
                self._constant(role, name)
            elif len(places) != 1:
                self.faults.append(self._no_column(role, name, len(places)))
            elif role == "value":
                self.values.append(self._value(places[0], BY_USER))
            else:
                self.taken[role] = Taken(role, places[0], self.header[places[0]], BY_USER)

    def _constant(self, role: str, name: str) -> None:
        checks: Mapping[str, Callable[[str], bool]] = {
            "year": lambda said: period_of(said) is not None,
            "flow": lambda said: flow_of(said) in ("export", "import"),
            "revision": lambda said: said in REVISIONS,
            "unit": lambda said: fold(said) in _UNITS,
            "decimal": lambda said: _mark_of(said) is not None,
            "sheet": lambda said: True,
        }
        if checks[role](name):
            self.constants[role] = (_mark_of(name) or name) if role == "decimal" else name
        elif role in ("year", "flow"):
            self.faults.append(self._no_column(role, name, 0))
        else:
            known = {"revision": REVISIONS, "unit": ("1", "1000", "1000000"), "decimal": (
                "comma", "dot")}[role]  # fmt: skip
            self.faults.append(
                Text(
                    "--columns {r}={x} olamaz; {l} olabilir.",
                    "--columns {r}={x}: must be one of {l}.",
                ).format(r=role, x=name, l=", ".join(known))
            )

    def _no_column(self, role: str, name: str, found: int) -> Text:
        named = [head for head in self.header if head.strip()]
        close = nearest(name, named)
        if found > 1:
            return Text(
                "{f}: --columns {r}={c}: bu adda {n} sütun var; birini yeniden adlandırın.",
                "{f}: --columns {r}={c}: {n} columns bear this name; rename all but one.",
            ).format(f=self.file, r=role, c=name, n=found)
        return Text(
            "{f}: --columns {r}={c}: böyle bir sütun yok; {k}: {l}.",
            "{f}: --columns {r}={c}: there is no such column; {k}: {l}.",
        ).format(
            f=self.file, r=role, c=name, l=", ".join(close or named[:10]),
            k=Text("en yakını", "nearest") if close else Text("sütunlar", "its columns are"),
        )  # fmt: skip

    def _by_name(self, role: str) -> None:
        """Take the likeliest column that is called so and whose content fits."""
        ranked = []
        for place, name in enumerate(self.header):
            if self._used(place) or role_of(name) != role:
                continue
            if role == "code":
                told = code_name(name)
                rank = told.rank if told else 99
            else:
                names = ROLES[role]
                rank = names.index(fold(name)) if fold(name) in names else len(names)
            ranked.append((rank, place))
        for _, place in sorted(ranked):
            if _most(self.samples[place], FITS[role]):
                self.taken[role] = Taken(role, place, self.header[place], BY_NAME)
                return
            self._misfit(role, place)

    def _misfit(self, role: str, place: int) -> None:
        """Keep the first cell by which a column is not what its name says."""
        cells = (c for c in self.samples[place] if not is_null(c) and not FITS[role](c))
        self.misfits.setdefault(role, (self.header[place], next(cells, "")))

    def _revision(self) -> None:
        told = code_name(self.taken["code"].header) if "code" in self.taken else None
        self.digits = told.digits if told else None
        self.revision = self.constants.get("revision") or (told.revision if told else None)
        if "classification" in self.taken and self.revision is None and "code" in self.taken:
            # UN Comtrade: H0 … H6 and HS are the Harmonized System, S1 … S4 the SITC.
            said = {
                cell.strip().upper()[:1]
                for cell in self.samples[self.taken["classification"].place]
            }
            self.revision = {"H": "hs", "S": "sitc"}.get(said.pop()) if len(said) == 1 else None

    def _value(self, place: int, why: Text, **known: int | None) -> ValueColumn:
        name = self.header[place]
        flow = flow_of(name) if "flow" not in self.taken else None
        return ValueColumn(
            place=place, header=name, flow=flow if flow != "part" else None, why=why, **known
        )

    def _values(self) -> None:
        """Find the columns of values: one, or one for each flow, month or year."""
        for place, name in enumerate(self.header):
            kind = role_of(name)
            if kind == "other money":
                self.unused[place] = Text("dolar değil", "not dollars")
            elif kind == "quantity":
                self.unused[place] = Text("değer değil, miktar", "a quantity, not a value")
        if self.values:
            return
        months = self._wide("month value")
        years = self._wide("year value") if "year" not in self.taken and not months else []
        if len(months) >= 2 or len(years) >= 2:
            for place in months:
                year, month = month_in(self.header[place]) or (None, 0)
                self.values.append(self._value(place, BY_NAME, year=year, month=month))
            for place in years:
                self.values.append(self._value(place, BY_NAME, year=year_in(self.header[place])))
            return
        named = self._wide("value")
        found = [place for place in named if self._amounts(place)]
        for place in named if not found else ():
            self._misfit("value", place)
        if any(fold(self.header[place]) == "primaryvalue" for place in found):
            # UN Comtrade gives the value of the flow, and its FOB and CIF halves again.
            for place in found:
                if fold(self.header[place]) != "primaryvalue":
                    self.unused[place] = Text("primaryValue kullanıldı", "primaryValue is used")
            found = [p for p in found if fold(self.header[p]) == "primaryvalue"]
        candidates = [self._value(place, BY_NAME) for place in found]
        if len({value.flow for value in candidates}) == len(candidates):
            self.values = candidates
            return
        dollars = [v for v in candidates if unit_of(v.header) is not None]
        if dollars and len({value.flow for value in dollars}) == len(dollars):
            for value in candidates:
                if value not in dollars:
                    self.unused[value.place] = Text("dolar sütunu kullanıldı", "dollars are used")
            self.values = dollars
            return
        self.faults.append(
            Text(
                "{f}: değer {l} sütunlarından biri olabilir; --columns value=… ile söyleyin.",
                "{f}: the value may be any of {l}; say which with --columns value=….",
            ).format(f=self.file, l=", ".join(value.header for value in candidates[:6]))
        )
        self.values = candidates[:1]

    def _amounts(self, place: int) -> bool:
        # A column of values may well be empty; then the file has no records, and is told so.
        cells = self.samples[place]
        return _most(cells, _is_amount) or (bool(cells) and all(map(is_null, cells)))

    def _wide(self, kind: str) -> list[int]:
        return [
            place for place, name in enumerate(self.header)
            if not self._used(place) and role_of(name) == kind
        ]  # fmt: skip

    def _by_content(self) -> None:
        """Take an unnamed column whose every cell says what it is; only if it is the only one."""
        for role in ("year", "flow", "place", "value"):
            named = role == "value" and self.values
            if named or role in self.taken or role in self.constants:
                continue
            if role == "place" and "place_code" in self.taken:
                continue
            if role in ("year", "flow") and any(
                getattr(value, role) is not None for value in self.values
            ):
                continue
            left = [
                place for place in range(len(self.header))
                if not self._used(place) and place not in self.unused
                and role_of(self.header[place]) in (None, role)
                and _most(self.samples[place], self._surely(role), 1.0)
            ]  # fmt: skip
            if len(left) == 1 and role == "value":
                self.values.append(self._value(left[0], BY_CONTENT))
            elif len(left) == 1:
                self.taken[role] = Taken(role, left[0], self.header[left[0]], BY_CONTENT)

    @staticmethod
    def _surely(role: str) -> Callable[[str], bool]:
        if role == "place":
            # A column of numbers from 1 to 81 may be anything.
            return lambda cell: not cell.strip().isdecimal() and _is_place(cell)
        # Without a name, a column of marks alone may hold anything too.
        return _is_number if role == "value" else FITS[role]

    def _units(self) -> None:
        """Say in which unit each column is: its header, else the title, else what such files use."""
        asked = self.constants.get("unit")
        about = unit_of(self.title)
        wide = sum(value.month is not None for value in self.values) >= 2
        assembly = wide and "code" not in self.taken
        found = []
        for value in self.values:
            own = unit_of(value.header)
            if asked is not None:
                unit: int | None = _UNITS[fold(asked)]
                why = BY_USER
            elif own is not None and (own > 1 or about is None):
                unit, why = own, Text("sütunun adından", "from the column's name")
            elif about is not None:
                unit, why = about, Text("başlıktan", "from the title")
            elif assembly:
                unit, why = None, Text(
                    "TİM düzeni: 2010 öncesi dolar, 2010'dan beri bin dolar",
                    "layout of the exporters' assembly (TİM): USD before 2010, thousand USD since",
                )  # fmt: skip
            else:
                unit, why = 1, Text("başka birim söylenmiyor", "no other unit is named")
            self.unit_why = why
            found.append(
                ValueColumn(
                    place=value.place, header=value.header, flow=value.flow, year=value.year,
                    month=value.month, unit=unit, why=value.why,
                )
            )  # fmt: skip
        self.values = found
        if not found:
            self.faults.append(self._missing("value"))

    def _year(self) -> int | None:
        if "year" in self.constants:
            period = period_of(self.constants["year"])
            return period[0] if period else None
        if "year" in self.taken or self.sheet_years:
            return None
        if self.values and all(value.year is not None for value in self.values):
            return None
        found = first_year(self.title) or first_year(self.file)
        if found is None or "year" in self.misfits:
            self.faults.append(self._missing("year"))
            return None
        return found

    def _flow(self) -> str | None:
        if "flow" in self.constants:
            return flow_of(self.constants["flow"])
        if "flow" in self.taken or (
            self.values and all(value.flow is not None for value in self.values)
        ):
            return None
        found = flow_of(self.title) or flow_of(self.file)
        if found not in ("export", "import") or "flow" in self.misfits:
            self.faults.append(self._missing("flow"))
            return None
        return found

    def _missing(self, role: str) -> Text:
        word, (name, cell) = ROLE_WORDS[role], self.misfits.get(role, ("", ""))
        if name and cell:
            return Text(
                "{f}: {c!r} sütunu {w} sayılmadı, çünkü {x} {w} değil; sütunu düzeltin ya da "
                "--columns {r}=… ile başkasını söyleyin.",
                "{f}: column {c!r} was not taken for the {w}, for {x} is no {w}; mend the column, "
                "or name another with --columns {r}=….",
            ).format(f=self.file, c=name, w=word, x=shown(cell), r=role)
        constant = {"year": "year=2024", "flow": "flow=export"}.get(role)
        also = Text(f" ya da {constant}", f" or {constant}") if constant else ""
        return Text(
            "{f}: hangi sütunun {w} olduğu anlaşılmadı (sütunlar: {l}); --columns {r}=SÜTUN{e} ile "
            "söyleyin.",
            "{f}: no column says the {w} (its columns: {l}); say it with --columns {r}=COLUMN{e}.",
        ).format(
            f=self.file, w=word, r=role, e=also,
            l=", ".join(name for name in self.header if name.strip())[:200],
        )  # fmt: skip
