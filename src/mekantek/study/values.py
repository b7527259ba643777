"""The numbers of a study file: a table for each year, from columns or from rows in long form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mekantek.datasets import delimited
from mekantek.datasets.faults import row_fault
from mekantek.grammar import did_you_mean
from mekantek.study.noun import YearTable
from mekantek.study.sources import Sources
from mekantek.text import Text, nearest

if TYPE_CHECKING:
    from mekantek.study.design import Variable

__all__ = ["Values", "rest_of"]

# Parts may add up to a little more than the whole by rounding.
_DUST = 1e-6
_Where = list[str | int]
# Values, and their statuses where they are told.
_Cells = tuple[pd.Series, "pd.Series | None"]


class Values:
    """
    What the variables and the size of the units are in each year.

    Parameters
    ----------
    sources : Sources
    """

    def __init__(self, sources: Sources) -> None:
        self._sources, self._file, self._content = sources, sources.file, sources.content

    def panel(self) -> dict[int, YearTable]:
        """
        Read every year that any variable has.

        Returns
        -------
        dict of int to YearTable
            On the ids of the file: the variables, what they leave of the whole, and ``value``, the
            size of each unit. A cell's status is as a long table writes it, else ``given``;
            ``missing`` where there is no number.
        """
        design, ids = self._file.design, self._sources.ids
        variables = self._variables()
        sizes = self._sizes(variables)
        panel = {}
        for year, columns in sorted(variables.items()):
            columns["value"] = sizes.get(year, (pd.Series(np.nan, index=ids), None))
            names = [*design.variables, "value"]
            frame = pd.DataFrame(
                {n: columns[n][0] if n in columns else np.nan for n in names}, index=ids
            ).astype(float)
            frame["value"] = frame["value"].where(frame["value"] > 0)
            status = pd.DataFrame("given", index=ids, columns=names)
            for name, (_, told) in columns.items():
                if told is not None:
                    status[name] = told.where(told.notna() & (told != ""), "given")
            if design.rest is not None:
                rest = self._rest(frame[list(design.variables)], year)
                frame.insert(len(names) - 1, design.rest.name, rest)
                status.insert(len(names) - 1, design.rest.name, "computed")
            panel[year] = YearTable(frame, status.where(frame.notna(), "missing"))
        return panel

    def _variables(self) -> dict[int, dict[str, _Cells]]:
        """Values, and statuses where they are told, by year and variable."""
        found: dict[int, dict[str, _Cells]] = {}
        rows = self._long(self._content.get("table", {}).get("long"), ["table", "long"])
        by_name = {} if rows is None else {str(k): r for k, r in rows.groupby("variable")}
        self._check_words(by_name)
        for k, told in enumerate(self._content["variables"]):
            variable = self._file.design.variables[told["name"]]
            called = told.get("column", told["name"])
            if rows is None or "columns" in told or called not in by_name:
                read: Iterator[Any] = (
                    (year, self._sources.numbers(column, ["variables", k, "column"]), None)
                    for year, column in self._columns(told).items()
                )
            else:
                read = self._by_year(by_name[called])
            for year, values, status in read:
                checked = self._checked(variable, told, values, k)
                found.setdefault(year, {})[variable.name] = (checked, status)
        return found

    def _sizes(self, years: Iterable[int]) -> dict[int, _Cells]:
        """The size of the units by year; a column without a year is that of every year."""
        whole = self._content.get("whole", {})
        rows = self._long(whole.get("long"), ["whole", "long"])
        if rows is not None:
            return {year: (values, status) for year, values, status in self._by_year(rows)}
        columns, column = whole.get("columns", {}), whole.get("column", "")
        named = {
            year: columns.get(str(year), column.replace("{year}", str(year))) for year in years
        }
        return {
            year: (self._size(self._sources.numbers(name, ["whole", "column"]), name), None)
            for year, name in named.items()
            if name
        }

    def _size(self, values: pd.Series, column: str) -> pd.Series:
        """Refuse sizes below zero; they would take from the sum of others."""
        wrong = values[values < 0]
        if len(wrong):
            unit, value = self._sources.found_at(wrong.index[0], column), wrong.iloc[0]
            raise self._file.fault(
                ["whole"],
                f"{column} sütunundaki büyüklük {len(wrong)} birimde eksi, ilki {unit.tr}: {value:g}. "
                "Hücreyi düzeltin; bilinmiyorsa boş bırakın.",
                f"sizes in {column} are below zero in {len(wrong)} units, first {unit.en}: {value:g}. "
                "Correct the cell; leave it empty if it is not known.",
            )
        return values

    # -- Columns -----------------------------------------------------------------------------------

    def _columns(self, told: Mapping[str, Any]) -> dict[int, str]:
        """The column of each year of a variable."""
        if "columns" in told:
            return {int(year): column for year, column in told["columns"].items()}
        column = told.get("column", told["name"])
        if "{year}" in column:
            years = told.get("years") or self._years_of(column)
            return {int(year): column.replace("{year}", str(year)) for year in years}
        return {int(self._content.get("year", 0)): column}

    def _years_of(self, column: str) -> list[int]:
        """Years that the columns of the table and the layer allow."""
        pattern = re.compile(re.escape(column).replace(r"\{year\}", r"(\d{4})"))
        found = sorted(
            {int(read[1]) for name in self._sources.columns if (read := pattern.fullmatch(name))}
        )
        if not found:
            raise self._sources.absent(column, ["variables"])
        return found

    # -- Rows --------------------------------------------------------------------------------------

    def _long(self, told: Mapping[str, str] | None, where: _Where) -> pd.DataFrame | None:
        """Read rows of unit, year, variable, value and status; None where the file names none."""
        if told is None:
            return None
        file, keys = told["file"], [told[key] for key in ("id", "year", "variable") if key in told]
        read = delimited.read_long(self._file.beside(file), keys=keys, value=told["value"])
        if "status" in told and told["status"] not in read:
            raise self._file.fault(
                [*where, "status"],
                f"{file} dosyasında {told['status']!r} sütunu yok.",
                f"{file} has no column {told['status']!r}.",
            )
        for line, cell in read.loc[
            ~read[told["year"]].str.fullmatch(r"\d{1,4}"), told["year"]
        ].items():
            raise row_fault(file, line, f"{cell!r} bir yıl değil; yıl bir tam sayıdır.",
                       f"{cell!r} is no year; a year is a whole number.")  # fmt: skip
        named = {told[k]: k for k in ("id", "year", "variable", "value", "status") if k in told}
        rows = read[list(named)].rename(columns=named).astype({"year": int})
        ids = self._sources.ids
        for line, unit in rows.loc[~rows["id"].isin(ids), "id"].items():
            hint = did_you_mean(nearest(unit, map(str, ids)))
            raise row_fault(file, line, f"{unit!r} kimliği tabloda yok.{hint.tr}",
                       f"the table has no id {unit!r}.{hint.en}")  # fmt: skip
        again = rows.duplicated(["id", "year", *(["variable"] if "variable" in rows else [])])
        for line, unit, year in rows.loc[again, ["id", "year"]].itertuples():
            raise row_fault(file, line, f"{unit} için {year} yılı iki kez var; birini silin.",
                       f"{unit} has {year} twice; delete one of them.")  # fmt: skip
        if "status" in rows:
            odd = (rows["status"] == "missing") & rows["value"].notna()
            for line, unit in rows.loc[odd, "id"].items():
                raise row_fault(file, line, f"{unit} eksik (missing) denmiş ama değeri var; birini silin.",
                           f"{unit} is said to be missing, and has a value; delete one of the two.")  # fmt: skip
        return rows

    def _check_words(self, by_name: Mapping[str, pd.DataFrame]) -> None:
        """Refuse rows of a word that is no variable's but like one whose rows are too few."""
        told = {v.get("column", v["name"]): k for k, v in enumerate(self._content["variables"])}
        loose = [word for word in by_name if word not in told]
        most = max((len(rows) for rows in by_name.values()), default=0)
        for called, k in told.items():
            if (
                loose
                and len(by_name.get(called, ())) < most
                and called not in self._sources.columns
            ):
                close = nearest(called, loose) or loose[:3] * (called not in by_name)
                if close:
                    file, listed = self._content["table"]["long"]["file"], ", ".join(close)
                    raise self._file.fault(
                        ["variables", k, "name"],
                        f"{file} dosyasında {called!r} satırları eksik ama {listed} var; dosyadaki adı "
                        "ya da column değerini düzeltin.",
                        f"{file} lacks rows of {called!r} and has {listed}; correct the word there, or "
                        "column here.",
                    )

    def _by_year(self, rows: pd.DataFrame) -> Iterator[tuple[int, pd.Series, pd.Series | None]]:
        ids = self._sources.ids
        for year, of_year in rows.groupby("year"):
            on_ids = of_year.set_index("id").reindex(ids)
            yield int(str(year)), on_ids["value"], on_ids.get("status")

    # -- Checks ------------------------------------------------------------------------------------

    def _checked(
        self, variable: Variable, told: Mapping[str, Any], values: pd.Series, k: int
    ) -> pd.Series:
        if variable.kind != "share":
            return values
        shares = values / 100 if told.get("percent") else values
        wrong = shares[(shares < -_DUST) | (shares > 1 + _DUST)]
        if len(wrong):
            unit, value = self._sources.found_at(wrong.index[0]), values[wrong.index[0]]
            top = 100 if told.get("percent") else 1
            mend = Text("Yüzdeler için percent = true, pay olmayan sayılar için",
                        "Write percent = true for percentages,")  # fmt: skip
            if told.get("percent"):
                mend = Text(
                    "Hücreyi düzeltin; pay olmayan sayılar için", "Correct the cell, or write"
                )
            raise self._file.fault(
                ["variables", k, "name"],
                f"{variable.name} payı {len(wrong)} birimde 0 ile {top} dışında, ilki {unit.tr}: "
                f'{value:g}. {mend.tr} kind = "number" yazın.',
                f"the share {variable.name} lies outside 0 to {top} in {len(wrong)} units, first "
                f'{unit.en}: {value:g}. {mend.en} kind = "number" for what is no share.',
            )
        return shares.clip(0, 1)

    def _rest(self, frame: pd.DataFrame, year: int) -> pd.Series:
        rest: pd.Series = 1 - frame.sum(axis=1, skipna=False)
        wrong = rest[rest < -0.005]
        if len(wrong):
            unit = self._sources.found_at(wrong.index[0])
            raise self._file.fault(
                ["rest"],
                f"değişkenlerin toplamı {year} yılında {unit.tr} biriminde 1'i aşıyor: "
                f"{1 - wrong.iloc[0]:.3f}; bunlar bir bütünün parçaları değil, [rest] bölümünü çıkarın.",
                f"the variables add up to more than 1 in {year} in {unit.en}: "
                f"{1 - wrong.iloc[0]:.3f}; they are no parts of one whole, drop the section [rest].",
            )
        return rest_of(frame)


def rest_of(shares: pd.DataFrame) -> pd.Series:
    """Give what shares leave of the whole; roundings can carry their sum past it."""
    rest: pd.Series = (1 - shares.sum(axis=1, skipna=False)).round(9)
    return rest.clip(lower=0)
