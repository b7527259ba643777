"""A study of one's own trade records: shares computed to the cent, over the 81 provinces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASSES
from mekantek.errors import OptionError, ValuesError
from mekantek.study.design import Design, Whole
from mekantek.study.noun import Study, YearTable
from mekantek.study.shipped import load_study
from mekantek.text import Text, integer, percent, sort_key

if TYPE_CHECKING:
    from mekantek.datasets.records.tally import Flow, Tally

__all__ = ["study_from_tally", "tidy_tables"]

_FLOWS: Mapping[str, Text] = {
    "export": Text("İhracat", "Exports"),
    "import": Text("İthalat", "Imports"),
}
_MADE_UP = Text("UYDURMA VERİ, gerçek değildir: ", "MADE-UP DATA, not real: ")


def study_from_tally(
    tally: Tally,
    year: int | None = None,
    *,
    weights: str = "official",
    flow: Flow = "export",
    years: Iterable[int] | None = None,
) -> Study:
    """
    Join the records' shares and totals with the provinces' boundaries and neighbours.

    Parameters
    ----------
    tally : Tally
        Records added up.
    year : int, optional
        Year that the study stands in; the last complete one by default.
    weights : str
        SPEC of the neighbours.
    flow : {"export", "import"}
        Which records.
    years : iterable of int, optional
        Complete years that findings and maps read; the first and the last by default, as the
        report's own rules do. Every year of the records is in ``panel``.

    Returns
    -------
    Study
        81 provinces, index: plate. Shares are fractions of the province's total, exact to the cent
        (``rounding`` is 0, status ``computed``); ``unclassified`` is what the four classes leave:
        unclassified, hidden and unplaced records. A province without records has no share and no
        total, status ``missing``: nothing is filled. Records that name no province are in none, and
        the provenance says what part of the value they are.

    Raises
    ------
    ValuesError
        If the taxonomy has other groups than the four classes, there are no records of that flow, no
        year in which all 81 provinces have some, or values below zero.
    OptionError
        If a year is asked for that the records do not have whole, or the SPEC is none.

    Examples
    --------
    >>> from mekantek.datasets.records.tally import Basis, Tally
    >>> rows = [(plate, 2025, "export", "2423", "high", 100 * plate) for plate in range(1, 82)]
    >>> rows += [(6, 2025, "export", "1711", "low", 600)]
    >>> columns = ["plate", "year", "flow", "code", "kind", "cents"]
    >>> said = Text("özel ticaret sistemi", "special trade system")
    >>> tally = Tally(
    ...     by_code=pd.DataFrame(rows, columns=columns), by_partner=pd.DataFrame(),
    ...     industries=pd.Series(dtype=str), unplaced=pd.DataFrame(), sources=(),
    ...     basis=Basis(system=said, place=said, revision="isic3", taxonomy="isic3-report",
    ...                 denominator=said),
    ... )
    >>> study = study_from_tally(tally)
    >>> study.years, study.frame.loc[6, "low"].item(), study.class_values("low").loc[6, "high"]
    ((2025,), 0.5, np.float64(6.0))
    """
    table, placed = _placed(tally, flow)
    panel = {int(str(y)): _year_table(rows) for y, rows in table.groupby("year")}
    complete = _complete(panel, flow, tuple(str(s["file"]) for s in tally.sources))
    chosen = tuple(sorted(set(years))) if years is not None else (complete[0], complete[-1])
    wanted = tuple(dict.fromkeys(chosen))
    _check_years(wanted, complete)
    provinces = load_study(weights=weights)
    study = replace(
        provinces,
        year=wanted[-1],
        years=wanted,
        panel=panel,
        design=_design(provinces.design, tally, flow, panel),
        rounding=0.0,
        provenance={
            **provinces.provenance, "kind": "records", "report": _source(tally),
            "basis": _basis(tally, flow, placed), "flow": flow, "taxonomy": tally.basis.taxonomy,
            "tables": [str(s["file"]) for s in tally.sources], "sha256": _digests(tally),
        },
    )  # fmt: skip
    return study if year is None else study.at(year)


_WHOLES = {"export": Text("ihracat", "exports"), "import": Text("ithalat", "imports")}


def _design(shipped: Design, tally: Tally, flow: str, panel: Mapping[int, YearTable]) -> Design:
    """Put the report's claims to one's own records, and say so."""
    years, source = ", ".join(map(str, sorted(panel))), _source(tally)
    lead = Text(
        f"{source.tr}. Yıllar: {years}. Ankara Sanayi Odası'nın Temmuz 2025 "
        "raporundaki mekânsal sonuçlar burada bu kayıtlarla sınanır; cümleler raporundur, sayılar "
        "kayıtlarınızın. Raporun kendi verisine ilişkin ifadeleri bu sayfada yoktur.",
        f"{source.en}. Years: {years}. The spatial conclusions of the July 2025 "
        "report of the Ankara Chamber of Industry are put to the test on these records; the sentences "
        "are the report's, the numbers your records'. Statements about the report's own data are not "
        "on this page.",
    )
    return replace(
        shipped, title=_TITLE, lead=lead, extras=shipped.extras - {"statements"},
        whole=Whole(_WHOLES[flow], "USD"),
    )  # fmt: skip


_TITLE = Text(
    "Teknoloji ihracatının coğrafyası: kayıtlarınız sınanıyor",
    "The geography of technology exports: your records on trial",
)


def _placed(tally: Tally, flow: str) -> tuple[pd.DataFrame, float]:
    """Cents by plate, year and column, and the part of the value that names a province."""
    rows = tally.by_code[tally.by_code["flow"] == flow]
    whole = int(rows["cents"].sum())
    if not len(rows) or whole <= 0:
        word = _FLOWS[flow]
        raise ValuesError(
            f"The records hold no {word.en.lower()} with a value; a study needs some.",
            f"Kayıtlarda değeri olan {word.tr.replace('İ', 'i')} kaydı yok; çalışma bunu ister.",
        )
    rows = rows[rows["plate"].notna()]
    if (rows["cents"] < 0).any():
        first = rows[rows["cents"] < 0].iloc[0]
        raise ValuesError(
            f"Province {first['plate']} has a value below zero in {first['year']}, code "
            f"{first['code']}; a share of that cannot be taken. Correct the records.",
            f"{first['plate']} plakalı ilin {first['year']} yılında {first['code']} kodunda sıfırdan "
            "küçük değeri var; bundan pay alınamaz. Kayıtları düzeltin.",
        )
    _check_kinds(rows, tally.basis.taxonomy)
    kind = rows["kind"].where(rows["kind"].isin(CLASSES), "unclassified")
    summed = (
        rows.assign(kind=kind, plate=rows["plate"].astype("int64"))
        .pivot_table(index=["plate", "year"], columns="kind", values="cents", aggfunc="sum",
                     fill_value=0, observed=True)
        .reindex(columns=[*CLASSES, "unclassified"], fill_value=0).astype("int64")
    )  # fmt: skip
    summed = summed.reset_index()
    return summed, int(rows["cents"].sum()) / whole


def _check_kinds(rows: pd.DataFrame, taxonomy: str) -> None:
    """Refuse groups that are none of the four: a fifth one is no unclassified export."""
    known = {*CLASSES, "unclassified", "hidden", "unplaced"}
    if other := sorted(set(rows["kind"]) - known):
        listed = ", ".join(other)
        raise ValuesError(
            f"Taxonomy {taxonomy} has groups beside the four classes: {listed}. The findings are on "
            "four; take isic3, isic4 or nace2.",
            f"{taxonomy} sınıflamasında dört sınıftan başka kümeler var: {listed}. Bulgular dört "
            "sınıf üzerinedir; isic3, isic4 ya da nace2 kullanın.",
        )


def _year_table(rows: pd.DataFrame) -> YearTable:
    """Shares of one year; provinces without records are missing."""
    from mekantek.datasets import provinces

    index = provinces.load_provinces().index
    columns = [*CLASSES, "unclassified"]
    cents = rows.set_index("plate")[columns]
    total = cents.sum(axis=1)
    cents, total = cents[total > 0].reindex(index), total[total > 0].reindex(index)
    frame = cents.div(total, axis=0)
    frame["value"] = total / 100
    status = pd.DataFrame(
        np.where(frame.isna(), "missing", "computed"), index=index, columns=frame.columns
    )
    return YearTable(frame, status)


def _complete(panel: Mapping[int, YearTable], flow: str, files: tuple[str, ...]) -> tuple[int, ...]:
    """Give the years in which every province has records, or say who is missing where."""
    from mekantek.datasets import provinces

    without = {
        year: table.frame.index[table.frame["value"].isna()] for year, table in panel.items()
    }
    whole = tuple(sorted(year for year, lone in without.items() if not len(lone)))
    if whole:
        return whole
    names = provinces.load_provinces()["name_tr"]
    year = min(without, key=lambda y: (len(without[y]), -y))
    lone = sorted((str(names[plate]) for plate in without[year]), key=sort_key)
    listed = ", ".join(lone[:5]) + (" …" if len(lone) > 5 else "")
    held, word = " + ".join(files), _FLOWS[flow]
    raise ValuesError(
        f"{held + ': ' if held else ''}no year has {word.en.lower()} of all 81 provinces; the nearest "
        f"is {year}, without {len(lone)}: {listed}. A share of nothing cannot be tested: add their "
        "records, or test one class of the table by itself with --missing drop.",
        f"{held + ': ' if held else ''}81 ilin hepsinin kaydının olduğu yıl yok; en yakını {year}, "
        f"eksik il {len(lone)}: {listed}. Olmayan pay sınanamaz: kayıtlarını ekleyin ya da tek bir "
        "sınıfı --missing drop ile kendiniz sınayın.",
    )


def _check_years(wanted: tuple[int, ...], complete: tuple[int, ...]) -> None:
    lone = [year for year in wanted if year not in complete]
    if lone or not wanted:
        whole = ", ".join(map(str, complete))
        given = ", ".join(map(str, lone)) or "–"
        raise OptionError(
            f"The records do not have all 81 provinces in {given}; whole years are {whole}.",
            f"Kayıtlarda {given} yılında 81 ilin hepsi yok; tam yıllar {whole}.",
        )


def _source(tally: Tally) -> Text:
    files = ", ".join(str(source["file"]) for source in tally.sources) or "–"
    told = Text(
        f"Kullanıcının kayıtları ({files}), {tally.basis.taxonomy} sınıflaması",
        f"The user's records ({files}), taxonomy {tally.basis.taxonomy}",
    )
    return _labelled(tally, told)


def _basis(tally: Tally, flow: str, placed: float) -> Text:
    """Flow, system, revision, place, denominator; what is hidden, unplaced or of no province."""
    basis, word = tally.basis, _FLOWS[flow]
    told = Text(
        f"{word.tr}, {basis.system.tr}, {basis.taxonomy} ({basis.revision}); {basis.place.tr}; "
        f"{basis.denominator.tr}; gizli ve yerleştirilemeyen kayıtlar sınıflandırılmayanlardadır",
        f"{word.en}, {basis.system.en}, {basis.taxonomy} ({basis.revision}); {basis.place.en}; "
        f"{basis.denominator.en}; hidden and unplaced records count as unclassified",
    )
    if flow == "import":
        # Findings, titles and units are worded for the report's exports.
        told = Text(
            f"{told.tr}; metinlerde ihracat denen burada ithalattır",
            f"{told.en}; what texts call exports are imports here",
        )
    if placed < 1:
        rest = Text(f"{percent(1 - placed, 'tr', digits=2)} kadarı",
                    percent(1 - placed, "en", digits=2))  # fmt: skip
        if 1 - placed < 0.00005:
            rest = Text("%0,01'den azı", "less than 0.01%")
        more = Text(
            f"; değerin {rest.tr} hiçbir ile yazılmamıştır ve dışarıdadır",
            f"; {rest.en} of the value names no province and is left out",
        )
        told = Text(told.tr + more.tr, told.en + more.en)
    if tally.hidden_amounts:
        told = Text(
            f"{told.tr}; tutarı gizli {integer(tally.hidden_amounts, 'tr')} kayıt hiçbir toplamda yoktur",
            f"{told.en}; records in no sum because their amount is hidden: "
            f"{integer(tally.hidden_amounts, 'en')}",
        )
    short = sorted(y for y, months in tally.months.items() if months < 12)
    if short:
        each_tr = ", ".join(f"{y}: {tally.months[y]} ay" for y in short)
        each_en = ", ".join(f"{y}: {tally.months[y]} months" for y in short)
        told = Text(f"{told.tr}; eksik yıllar var ({each_tr})",
                    f"{told.en}; some years are not whole ({each_en})")  # fmt: skip
    return _labelled(tally, told)


def _labelled(tally: Tally, told: Text) -> Text:
    if not tally.made_up:
        return told
    return Text(_MADE_UP.tr + told.tr, _MADE_UP.en + told.en)


def _digests(tally: Tally) -> dict[str, str]:
    from mekantek.datasets import files

    own = {str(source["file"]): str(source["sha256"]) for source in tally.sources}
    return own | {name: files.sha256(name) for name in ("provinces.csv", "neighbours.csv")}


def tidy_tables(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Give a study's shares and totals in the columns of the shipped ones.

    Parameters
    ----------
    study : Study

    Returns
    -------
    shares, totals : pandas.DataFrame
        ``plate, year, flow, class, share, value_usd, status, source`` and ``plate, year, flow,
        value_usd, status, source``, with ``province`` beside the plate; of anyone's own territory
        the study's id and ``name``, ``variable`` and ``value``, and ``size``. Cells without a value
        are not there.

    Examples
    --------
    >>> import mekantek as mt
    >>> shares, totals = tidy_tables(mt.load_study())
    >>> len(totals), shares.columns[:5].tolist()
    (455, ['plate', 'province', 'year', 'flow', 'class'])
    """
    source = study.provenance["report"].en
    flow = study.provenance["flow"]
    shares, totals = [], []
    for year in sorted(study.panel):
        at = study.at(year)
        frame, status = at.frame, at.status
        head = pd.DataFrame({"plate": study.names.index, "province": study.names.to_numpy()})
        head = head.assign(year=year, flow=flow)
        for c in study.design.parts:
            part = head.assign(share=frame[c].to_numpy(), status=status[c].to_numpy())
            part.insert(4, "class", c)
            if study.valued:
                value = at.class_values(c)["value"].reindex(frame.index)
                part.insert(6, "value_usd", value.to_numpy())
            shares.append(part)
        total = head.assign(value_usd=frame["value"].to_numpy(), status=status["value"].to_numpy())
        totals.append(total)
    found = []
    for tables, column in ((shares, "share"), (totals, "value_usd")):
        table = pd.concat(tables, ignore_index=True).assign(source=source)
        found.append(table[table[column].notna()].reset_index(drop=True))
    if not study.of_provinces:
        found = [_own_columns(study, *pair) for pair in zip(found, ("value", "size"), strict=True)]
    return found[0], found[1]


def _own_columns(study: Study, table: pd.DataFrame, value: str) -> pd.DataFrame:
    """Call the columns what they are where there are no plates, classes and dollars."""
    named = {"plate": study.names.index.name or "id", "province": "name", "class": "variable"}
    named |= {"share": value, "value_usd": "amount" if value == "value" else value}
    return table.drop(columns="flow").rename(columns=named)
