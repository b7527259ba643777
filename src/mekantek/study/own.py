"""A study of anyone's territory: what its file names, joined one to one and frozen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mekantek.datasets import delimited
from mekantek.datasets.index_files import ProvinceIndex
from mekantek.errors import ValuesError
from mekantek.study.design import Design, Variable
from mekantek.study.file import StudyFile, read_study_file, text_of
from mekantek.study.hypotheses import Hypothesis
from mekantek.study.networks import Networks, with_index
from mekantek.study.noun import Study, YearTable
from mekantek.study.records import study_from_tally
from mekantek.study.sources import Sources
from mekantek.text import Text, fold, nearest

__all__ = ["read_study"]

# Parts may add up to a little more than the whole by rounding.
_DUST = 1e-6


def read_study(
    path: str | os.PathLike[str],
    *,
    year: int | None = None,
    weights: str | None = None,
    step: Callable[[str], Any] = lambda _: None,
) -> Study:
    """
    Read a study file and everything it names.

    Parameters
    ----------
    path : path
        See `mekantek.study.file.read_study_file`; the files it names lie beside it.
    year : int, optional
        The year that the study stands in; the last complete one by default.
    weights : str, optional
        SPEC of the neighbours in the place of the file's.
    step : callable
        Told the name of each file of records.

    Returns
    -------
    Study
        Index: the ids of the table, as whole numbers where all are.

    Raises
    ------
    StudyFileError
        If the file breaks the schema, or names a column, a unit or a neighbourhood that there is not.
    TableError, BoundaryError, AlignmentError, ValuesError, GraphError
        If a file that it names cannot be read or joined.

    Examples
    --------
    >>> import tempfile
    >>> from mekantek.study.example import write_example
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = read_study(write_example(folder))
    >>> len(study.names), study.years, study.design.unit.en
    (9, (2020, 2024), 'field')
    """
    file = read_study_file(path)
    own = "records" not in file.content
    study = _Joining(file, weights).study() if own else _of_records(file, weights, step)
    return study if year is None else study.at(year)


def _of_records(file: StudyFile, weights: str | None, step: Callable[[str], Any]) -> Study:
    """Take trade records of the provinces of Türkiye, and the file's own claims about them."""
    from mekantek.datasets.records.columns import columns_option
    from mekantek.datasets.records.from_files import tally_files

    told = file.content["records"]
    columns = told.get("columns")
    tally = tally_files(
        [file.beside(name) for name in told["files"]],
        taxonomy=told.get("taxonomy"),
        concordance=file.beside(told["concordance"]) if "concordance" in told else None,
        columns=None if columns is None else columns_option(columns),
        step=step,
    )
    spec = weights or file.content.get("neighbours", {}).get("weights", "official")
    study = study_from_tally(tally, weights=spec, flow=told.get("flow", "export"))
    own, shipped = file.design, study.design
    design = replace(
        shipped,
        title=own.title,
        lead=own.lead if own.lead.en else shipped.lead,
        hypotheses=_resolved(file, own.hypotheses, study.names) or shipped.hypotheses,
    )
    return replace(study, design=design)


@dataclass(frozen=True)
class _Joining(Sources):
    """The study file's parts on their way to one study."""

    weights: str | None

    def panel(self) -> dict[int, pd.DataFrame]:
        """Values of every variable and the size of each unit, by year."""
        years: dict[int, dict[str, pd.Series]] = {}
        for k, told in enumerate(self.content["variables"]):
            variable = self.file.design.variables[told["name"]]
            for year, column in self._columns(told).items():
                values = self.numbers(column, ["variables", k, "column"])
                years.setdefault(year, {})[variable.name] = self._checked(variable, told, values, k)
        whole = self.content.get("whole", {})
        frames = {}
        for year in sorted(years):
            frame = pd.DataFrame(years[year], index=self.ids).reindex(
                columns=list(self.file.design.variables)
            )
            rest = self.file.design.rest
            if rest is not None:
                frame[rest.name] = self._rest(frame, year)
            size = pd.Series(np.nan, index=self.ids)
            column = whole.get("column", "").replace("{year}", str(year))
            column = whole.get("columns", {}).get(str(year), column)
            if column:
                size = self.numbers(column, ["whole", "column"])
            frame["value"] = size.where(size > 0)
            frames[year] = frame
        return frames

    def _columns(self, told: Mapping[str, Any]) -> dict[int, str]:
        """The column of each year of a variable."""
        if "columns" in told:
            return {int(year): column for year, column in told["columns"].items()}
        column = told.get("column", told["name"])
        if "{year}" in column:
            years = told.get("years") or self._years_of(column)
            return {int(year): column.replace("{year}", str(year)) for year in years}
        return {int(self.content.get("year", 0)): column}

    def _years_of(self, column: str) -> list[int]:
        """Years that the columns of the table and the layer allow."""
        import re

        pattern = re.compile(re.escape(column).replace(r"\{year\}", r"(\d{4})"))
        known = [*self.header, *map(str, self.layer.columns)]
        found = sorted({int(read[1]) for name in known if (read := pattern.fullmatch(name))})
        if not found:
            raise self.absent(column, ["variables"])
        return found

    def _checked(
        self, variable: Variable, told: Mapping[str, Any], values: pd.Series, k: int
    ) -> pd.Series:
        if variable.kind != "share":
            return values
        shares = values / 100 if told.get("percent") else values
        wrong = shares[(shares < -_DUST) | (shares > 1 + _DUST)]
        if len(wrong):
            unit, value = wrong.index[0], values[wrong.index[0]]
            raise self.file.fault(
                ["variables", k, "name"],
                f"{variable.name} payı {len(wrong)} birimde 0 ile 1 dışında, ilki {unit}: {value:g}. "
                'Yüzdeler için percent = true, pay olmayan sayılar için kind = "number" yazın.',
                f"the share {variable.name} lies outside 0 to 1 in {len(wrong)} units, first {unit}: "
                f'{value:g}. Write percent = true for percentages, kind = "number" for what is no share.',
            )
        return shares.clip(0, 1)

    def _rest(self, frame: pd.DataFrame, year: int) -> pd.Series:
        rest = 1 - frame.sum(axis=1, skipna=False)
        wrong = rest[rest < -0.005]
        if len(wrong):
            raise self.file.fault(
                ["rest"],
                f"değişkenlerin toplamı {year} yılında {wrong.index[0]} biriminde 1'i aşıyor: "
                f"{1 - wrong.iloc[0]:.3f}; bunlar bir bütünün parçaları değil, [rest] bölümünü çıkarın.",
                f"the variables add up to more than 1 in {year} in {wrong.index[0]}: "
                f"{1 - wrong.iloc[0]:.3f}; they are no parts of one whole, drop the section [rest].",
            )
        return rest.clip(lower=0).round(9)

    # -- Joined ------------------------------------------------------------------------------------

    def study(self) -> Study:
        """Join everything; ids that are all whole numbers become numbers."""
        from mekantek.datasets import boundaries
        from mekantek.datasets.files import file_sha256

        frames = self.panel()
        kept, years, told_dropped = self._complete(frames)
        geometry = self.layer.geometry.reindex(self.ids).loc[kept]
        points = self.points.loc[kept]
        points.attrs.update(self.points.attrs)
        numbered = _numbered(kept)
        networks = Networks(self, geometry, points, kept, numbered, self.weights)
        spec = networks.own
        own = networks(spec)
        design = self._design(kept, numbered, networks)
        names = self.names.loc[kept].set_axis(numbered)
        source = text_of(self.content.get("source", self.table.name if self.table else ""))
        files = [self.table, self.file.beside(self.content["boundaries"]["file"]), self.file.path]
        neighbours = self.content.get("neighbours", {}).get("file")
        if neighbours is not None:
            files.append(self.file.beside(neighbours))
        basis = text_of(self.content.get("basis", ""))
        attribution = text_of(self.content["boundaries"].get("source", ""))
        return Study(
            year=years[-1],
            years=tuple(dict.fromkeys((years[0], years[-1]))),
            panel={year: _year_table(frame.loc[kept].set_axis(numbered)) for year, frame in frames.items()},
            names=names,
            geometry=boundaries.lightened(geometry).set_axis(numbered),
            points=with_index(points, numbered),
            regions=self.regions().loc[kept].set_axis(numbered),
            graph=own,
            design=design,
            neighbours=networks,
            provenance={
                "kind": "table",
                "report": source,
                "basis": Text(basis.tr + told_dropped.tr, basis.en + told_dropped.en),
                "flow": None,
                "taxonomy": None,
                "boundaries": attribution,
                "sha256": {p.name: file_sha256(p) for p in files if p is not None},
            },
            rounding=float(self.content.get("table", {}).get("rounding", 0.0)),
        )  # fmt: skip

    def _complete(self, frames: Mapping[int, pd.DataFrame]) -> tuple[pd.Index, list[int], Text]:
        """Units and years in which every variable is known; drop units only where asked to."""
        variables = list(self.file.design.variables)
        holes = {
            year: frame.index[frame[variables].isna().any(axis=1)] for year, frame in frames.items()
        }
        if self.content.get("table", {}).get("missing", "refuse") == "drop":
            # A year without any value of some variable tells nothing of units.
            full = [y for y, f in frames.items() if f[variables].notna().any().all()]
            lone = self.ids[self.ids.isin(pd.Index(sorted({u for y in full for u in holes[y]})))]
            kept = self.ids.difference(lone, sort=False)
            if not full or len(kept) < 4:
                raise self._none_whole(holes)
            listed = ", ".join(map(str, self.names.loc[lone]))
            told = Text("", "")
            if len(lone):
                told = Text(f"; değeri eksik diye dışarıda: {listed}",
                            f"; left out for missing values: {listed}")  # fmt: skip
            return kept, full, told
        whole = [year for year, lone in holes.items() if not len(lone)]
        if not whole:
            raise self._none_whole(holes)
        return self.ids, whole, Text("", "")

    def _none_whole(self, holes: Mapping[int, pd.Index]) -> ValuesError:
        year = min(holes, key=lambda y: (len(holes[y]), -y))
        listed = ", ".join(str(self.names[u]) for u in holes[year][:5])
        return ValuesError(
            f"{self.file.path.name}: no year has a value of every variable for every unit; nearest is "
            f"{year}, without {len(holes[year])} units, first {listed}. Fill the table, or write "
            'missing = "drop" in [table] to leave such units out.',
            f"{self.file.path.name}: hiçbir yılda her birimin her değişkeni yok; en yakını {year}, eksik "
            f"birim {len(holes[year])}, ilkleri {listed}. Tabloyu tamamlayın ya da birimleri dışarıda "
            'bırakmak için [table] bölümüne missing = "drop" yazın.',
        )

    def _design(self, kept: pd.Index, numbered: pd.Index, networks: Networks) -> Design:
        names = self.names.loc[kept].set_axis(numbered)
        asked = [
            self._with_index(h, k, kept, numbered)
            for k, h in enumerate(self.file.design.hypotheses)
        ]
        return replace(
            self.file.design,
            hypotheses=_resolved(self.file, asked, names),
            networks=networks.listed(),
            extras=frozenset(),
        )

    def _with_index(
        self, hypothesis: Hypothesis, k: int, kept: pd.Index, numbered: pd.Index
    ) -> Hypothesis:
        """Read the index of a claim: a column of the table, or a file of its own."""
        told = hypothesis.options.get("index")
        if told is None:
            return hypothesis
        where: list[str | int] = ["claims", k, "index"]
        given = {"column": told} if isinstance(told, str) else dict(told)
        named = given.get("file")
        if isinstance(told, str) and told not in self.header and self.file.beside(told).is_file():
            named = told
        if named is None:
            name = str(given["column"])
            values = self.numbers(name, where)
        else:
            name = str(named)
            cells = delimited.read_cells(self.file.beside(name))
            identifier = str(given.get("id", cells.header[0]))
            column = (
                cells.header[-1] if isinstance(told, str) else given.get("column", cells.header[-1])
            )
            read = delimited.read_table(
                self.file.beside(name), id_column=identifier, value_columns=[column]
            )
            values = read[column]
            if not len(values.index.intersection(kept)):
                raise self.file.fault(
                    where,
                    f"{name} ile tablonun ortak kimliği yok.",
                    f"{name} and the table share no id.",
                )
        placed = values.reindex(kept).set_axis(numbered).dropna()
        if given.get("better") == "low":
            placed = -placed
        index = ProvinceIndex(name=name, kind="scores", places=placed, of=len(kept))
        return replace(hypothesis, options={**hypothesis.options, "index": index})


def _numbered(ids: pd.Index) -> pd.Index:
    """Make numbers of ids that are all whole numbers without zeros in front; the rest stay text."""
    texts = [str(unit) for unit in ids]
    if all(t.isascii() and t.isdigit() and (t == "0" or t[0] != "0") for t in texts):
        return pd.Index([int(t) for t in texts], name=ids.name)
    return pd.Index(texts, name=ids.name, dtype=object)


def _year_table(frame: pd.DataFrame) -> YearTable:
    status = pd.DataFrame(
        np.where(frame.isna(), "missing", "given"), index=frame.index, columns=frame.columns
    )
    return YearTable(frame, status)


def _resolved(
    file: StudyFile, hypotheses: Iterable[Hypothesis], names: pd.Series
) -> tuple[Hypothesis, ...]:
    """Let claims name units by id or by name."""
    known = {str(unit): unit for unit in names.index}
    by_name = {fold(str(name)): unit for unit, name in names.items()}

    def unit_of(given: Any, where: Sequence[str | int]) -> Any:
        if str(given) in known:
            return known[str(given)]
        if fold(str(given)) in by_name:
            return by_name[fold(str(given))]
        close = nearest(str(given), [*map(str, names), *known], count=3)
        hint = ", ".join(close)
        raise file.fault(
            where,
            f"{given!r} diye bir birim yok" + (f"; benzerleri: {hint}." if close else "."),
            f"there is no unit {given!r}" + (f"; like it: {hint}." if close else "."),
        )

    found = []
    for k, hypothesis in enumerate(hypotheses):
        options = dict(hypothesis.options)
        at: list[str | int] = ["claims", k]
        for key in ("members", "named"):
            if key in options:
                options[key] = [unit_of(u, [*at, key]) for u in options[key]]
        for key in ("regions", "parts", "outliers"):
            if key in options:
                options[key] = [
                    {**one, "members": [unit_of(u, [*at, key]) for u in one["members"]]}
                    for one in options[key]
                ]
        if "outliers" in options:
            options["outliers"] = [
                {**one, "unit": unit_of(one["unit"], [*at, "outliers"])}
                for one in options["outliers"]
            ]
        if "seat" in options:
            options["seat"] = {k: unit_of(u, [*at, "seat"]) for k, u in options["seat"].items()}
        found.append(replace(hypothesis, options=options))
    return tuple(found)
