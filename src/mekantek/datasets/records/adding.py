"""Records added up: by industry, class and partner, in whole cents, on any engine."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.canonical import canonical
from mekantek.datasets.records.classifying import (
    basis_of,
    by_class,
    check_revisions,
    industry_names,
    unplaced_codes,
)
from mekantek.datasets.records.conservation import (
    Dropped,
    RawSum,
    check_file,
    dropped_rows,
    not_conserved,
    raw_sum,
    usd,
)
from mekantek.datasets.records.engine import as_view, cases, connect, fetch, literal
from mekantek.datasets.records.sources import Source
from mekantek.datasets.records.tally import FLOWS, KINDS, Tally
from mekantek.datasets.taxonomies import Taxonomy
from mekantek.text import Text

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["ENGINES", "Engine", "Step", "tally"]

Engine = Literal["duckdb", "spark"]
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")
Step = Callable[[str], None]

_KEYS = ["plate", "year", "flow", "code"]
# Sums are 64-bit on every engine; the world's trade of a century fits a hundred times.
_MOST_CENTS = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class _File:
    """What one file adds up to."""

    source: Source
    codes: pd.DataFrame
    partners: pd.DataFrame
    months: pd.DataFrame
    raw: RawSum
    dropped: Dropped

    @property
    def records(self) -> int:
        return int(self.codes["records"].sum())

    @property
    def cents(self) -> int:
        return sum(int(cents) for cents in self.codes["cents"])


def tally(
    sources: Sequence[Source],
    taxonomy: Taxonomy,
    *,
    engine: Engine = "duckdb",
    folder: Path | None = None,
    step: Step | None = None,
) -> Tally:
    """
    Add up the records of one or several files.

    Parameters
    ----------
    sources : sequence of Source
        As `reading.stage` gives them.
    taxonomy : Taxonomy
        Of the revision that the files' codes are of.
    engine : {"duckdb", "spark"}
        What runs the expressions; the numbers are the same.
    folder : Path, optional
        Where the engine may spill; the system's temporary folder by default.
    step : callable, optional
        Called with the name of each file before it is added up.

    Returns
    -------
    Tally

    Raises
    ------
    TableError
        If the codes of two files, or of a file and the taxonomy, are of different revisions; a
        file without codes covers the same year and flow as one with codes; or a cent is lost,
        which would be a fault of this package.
    MissingDependencyError
        If ``engine="spark"`` and Spark or Java is absent.

    Examples
    --------
    >>> import tempfile
    >>> from mekantek.datasets.records.made_up import write_made_up
    >>> from mekantek.datasets.records.reading import stage
    >>> from mekantek.datasets.taxonomies import load_taxonomy
    >>> with tempfile.TemporaryDirectory() as inner:
    ...     source = stage(write_made_up(inner), folder=inner)
    ...     found = tally([source], load_taxonomy("isic3"))
    >>> found.years, found.made_up, found.conservation["difference"]
    ((2019, 2024), True, 0)
    """
    check_revisions(sources, taxonomy)
    files = []
    with connect(folder=folder) as exact, _opened(engine, exact) as backend:
        for source in sources:
            if step is not None:
                step(source.staged.file.name)
            files.append(_add_file(source, backend, exact))
    for file in files:
        check_file(file.source, file.raw, file.cents, file.dropped)
    if sum(file.cents for file in files) > _MOST_CENTS:
        raise RefusedTableError(
            Text(
                "Değerlerin toplamı {v} USD; bu ticaret olamaz, birimleri denetleyin.",
                "The values sum to {v} USD, which is no trade; check the units.",
            ).format(v=usd(sum(file.cents for file in files)))
        )
    _check_overlap(files)
    return _told(files, taxonomy)


def _opened(engine: Engine, duckdb: BaseBackend) -> AbstractContextManager[BaseBackend]:
    if engine == "spark":
        from mekantek.datasets.records.spark import connect_spark

        return connect_spark()
    return nullcontext(duckdb)


def _add_file(source: Source, backend: BaseBackend, exact: BaseBackend) -> _File:
    partners = pd.DataFrame(columns=["plate", "year", "flow", "partner", "cents"])
    with as_view(backend, canonical(source, backend)) as records:
        if "partner" in source.columns.taken:
            partners = fetch(backend, _partner_sums(records))
        codes = fetch(backend, _code_sums(records))
        months = fetch(backend, records.select("year", "month").distinct())
    return _File(
        source=source,
        codes=codes,
        partners=partners,
        months=months,
        raw=raw_sum(source, exact),
        dropped=dropped_rows(source, exact),
    )


def _code_sums(records: Table) -> Table:
    """Add up by province, year, flow and code; portable to every engine."""
    # A mark such as "gizli" in the place of a code is no code.
    digits = records.code.re_search("^[0-9]+$")
    code = cases((records.hidden & ~digits, literal("")), else_=records.code)
    return (
        records.mutate(code=code)
        .group_by([*_KEYS, "hidden"])
        .agg(
            records=lambda t: t.count(),
            cents=lambda t: t.cents.sum(),
            made_up=lambda t: t.made_up.cast("int64").max(),
            name=lambda t: t.industry_name.max(),
        )
    )


def _partner_sums(records: Table) -> Table:
    return (
        records.mutate(partner=records.partner.fill_null(""))
        .group_by(["plate", "year", "flow", "partner"])
        .agg(cents=lambda t: t.cents.sum())
    )


def _check_overlap(files: Sequence[_File]) -> None:
    """Refuse totals beside the records that they are the totals of."""
    covered: dict[bool, dict[tuple[int, str], str]] = {True: {}, False: {}}
    for file in files:
        coded = "code" in file.source.columns.taken
        for year, flow in set(zip(file.codes["year"], file.codes["flow"], strict=True)):
            covered[coded].setdefault((int(year), str(flow)), file.source.staged.file.name)
    both = sorted(set(covered[True]) & set(covered[False]))
    if both:
        year, flow = both[0]
        raise RefusedTableError(
            Text(
                "{a} dosyasında sanayi kodu yok, {b} dosyasında var; ikisi de {y} {f} verisi. "
                "Birlikte iki kez sayılırlar: birini bırakın.",
                "{a} has no industry codes and {b} has; both cover {f} of {y}. Together they "
                "would count twice: give one of them.",
            ).format(
                a=covered[False][both[0]], b=covered[True][both[0]], y=year,
                f=Text("ihracat" if flow == "export" else "ithalat", f"{flow}s"),
            )
        )  # fmt: skip


def _summed(frames: Sequence[pd.DataFrame], keys: list[str], sums: list[str]) -> pd.DataFrame:
    whole = pd.concat(frames, ignore_index=True)
    whole["plate"] = whole["plate"].astype("Int64")
    whole = whole.astype({"year": "int64", **dict.fromkeys(sums, "int64")})
    return whole.groupby(keys, dropna=False, sort=True, as_index=False)[sums].sum()


def _told(files: Sequence[_File], taxonomy: Taxonomy) -> Tally:
    codes = _summed(
        [file.codes.assign(code=file.codes["code"].astype("str")) for file in files],
        [*_KEYS, "hidden"], ["records", "cents"],
    )  # fmt: skip
    classified = by_class(codes, taxonomy)
    found = sum(int(cents) for cents in classified["cents"])
    wanted = sum(file.cents for file in files)
    if found != wanted:
        names = ", ".join(file.source.staged.file.name for file in files)
        raise RefusedTableError(not_conserved(names, {"records": wanted, "classes": found}))
    unplaced = unplaced_codes(codes, taxonomy, wanted)
    made_up = any(file.codes["made_up"].max() == 1 for file in files if len(file.codes))
    partners = [file.partners for file in files if len(file.partners)]
    coded = [file.codes for file in files]
    return Tally(
        by_code=classified,
        by_partner=_summed(partners, ["plate", "year", "flow", "partner"], ["cents"])
        if partners
        else _no_partners(),
        industries=industry_names(coded, taxonomy),
        industries_en=industry_names(coded, taxonomy, "en"),
        basis=basis_of([file.source for file in files], taxonomy),
        unplaced=unplaced,
        months=_months([file.months for file in files]),
        sources=tuple(_described(file) for file in files),
        conservation=_conservation(files, classified, unplaced, taxonomy, made_up),
        made_up=made_up,
    )


def _no_partners() -> pd.DataFrame:
    empty = pd.DataFrame(columns=["plate", "year", "flow", "partner", "cents"])
    return empty.astype({"plate": "Int64", "year": "int64", "flow": "str", "partner": "str",
                         "cents": "int64"})  # fmt: skip


def _months(frames: Sequence[pd.DataFrame]) -> dict[int, int]:
    """Count the months of each year that any file covers."""
    pairs = {
        (int(year), int(month))
        for frame in frames
        for year, month in zip(frame["year"], frame["month"], strict=True)
        if not pd.isna(month)
    }
    return dict(sorted(Counter(year for year, _ in pairs).items()))


def _described(file: _File) -> dict[str, Any]:
    source = file.source
    with source.staged.file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    taken = {role: column.header for role, column in source.columns.taken.items()}
    taken["value"] = ", ".join(value.header for value in source.columns.values)
    covers = {
        flow: sorted({int(year) for year in file.codes.loc[file.codes["flow"] == flow, "year"]})
        for flow in FLOWS
    }
    return {
        "file": source.staged.file.name,
        "sha256": digest,
        "format": source.staged.format.to_dict(),
        "records": file.records,
        "dropped": file.dropped.rows,
        "columns": taken,
        "covers": {flow: years for flow, years in covers.items() if years},
    }


def _conservation(
    files: Sequence[_File], classified: pd.DataFrame, unplaced: pd.DataFrame, taxonomy: Taxonomy,
    made_up: bool,
) -> Mapping[str, Any]:  # fmt: skip
    def sums(frame: pd.DataFrame) -> dict[str, int]:
        found: Counter[str] = Counter()
        for kind, cents in zip(frame["kind"], frame["cents"], strict=True):
            found[str(kind)] += int(cents)
        named = [
            *taxonomy.classes,
            *(k for k in KINDS if k in ("unclassified", "hidden", "unplaced")),
        ]
        return {kind: found.get(kind, 0) for kind in named}

    whole = sums(classified)
    nowhere = classified[classified["plate"].isna()]
    rounding = sum((file.raw.cents - file.raw.exact for file in files), start=Decimal(0))
    return {
        "schema": "mekantek/conservation/1",
        "unit": "USD cent",
        "made_up": made_up,
        "taxonomy": taxonomy.name,
        "sum_in": sum(file.raw.cents - file.dropped.cents for file in files),
        "classes": {kind: whole[kind] for kind in taxonomy.classes},
        **{kind: whole[kind] for kind in ("unclassified", "hidden", "unplaced")},
        "difference": sum(file.raw.cents - file.dropped.cents for file in files)
        - sum(whole.values()),
        "flows": {
            flow: sums(classified[classified["flow"] == flow])
            for flow in FLOWS if (classified["flow"] == flow).any()
        },
        "hidden_amounts": sum(file.source.withheld for file in files),
        "without_province": sum(int(cents) for cents in nowhere["cents"]),
        "rounding_of_cells": format(rounding.normalize(), "f"),
        "unplaced_codes": [
            {"code": row["code"], "records": int(row["records"]), "cents": int(row["cents"]),
             "share": float(row["share"])}
            for row in unplaced.to_dict("records")
        ],
        "files": [
            {
                "file": file.source.staged.file.name,
                "cells": file.raw.cents,
                "records": file.records,
                "hidden_amounts": file.source.withheld,
                "sum_in": file.raw.cents - file.dropped.cents,
                "counted": file.cents,
                "totals_rows": file.dropped.rows,
                "totals": file.dropped.cents,
                "first_totals_rows": list(file.dropped.first),
            }
            for file in files
        ],
    }  # fmt: skip
