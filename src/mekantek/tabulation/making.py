"""Tables made one by one; what the source cannot give is told, never made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from mekantek.tabulation.choice import Choice
from mekantek.tabulation.ledger import Ledger
from mekantek.tabulation.noun import Column, PrintedTable
from mekantek.tabulation.over_time import Body, classes_by_year, codes_by_year
from mekantek.tabulation.provinces import (
    all_levels,
    annex,
    chart,
    leading_provinces,
    selected_provinces,
)
from mekantek.tabulation.rankings import ranking
from mekantek.tabulation.specification import TableSpecification, chosen
from mekantek.tabulation.titles import filled
from mekantek.tabulation.words import (
    FLOW_WORDS,
    CannotBeMadeError,
    gap_notes,
    head_lines,
    kind_name,
    ledger_notes,
    needed,
)
from mekantek.text import Text, capitalized

__all__ = ["make_tables"]

_MAKERS: Mapping[str, Callable[[TableSpecification, Ledger, Choice], Body]] = {
    "classes": classes_by_year,
    "ranking": ranking,
    "codes": codes_by_year,
    "selected": selected_provinces,
    "levels": all_levels,
    "leaders": leading_provinces,
    "chart": chart,
    "annex": annex,
}


def make_tables(
    ledger: Ledger, choice: Choice, *, only: Sequence[str] = ()
) -> tuple[PrintedTable, ...]:
    """
    Make the tables of the report.

    Parameters
    ----------
    ledger : Ledger
        What the records add up to, or what the report itself prints.
    choice : Choice
        Whose tables, of which years.
    only : sequence of str
        Numbers of tables, such as ``3.5`` or ``Ek 3``; all if empty.

    Returns
    -------
    tuple of PrintedTable
        Every table that was asked for: one that the source cannot give has no rows and a `reason`.

    Raises
    ------
    OptionError
        If the report has no such table.

    Examples
    --------
    >>> from mekantek.tabulation import choose, ledger_of_report
    >>> ledger = ledger_of_report()
    >>> table, other = make_tables(ledger, choose(ledger), only=["3.1", "3.3"])
    >>> table.title.tr, table.rows("tr")[1][:3]
    ('Seçilmiş İllerin Teknoloji Sınıflandırmasına Göre İhracatı (2019 Yılı, %)', ['Ankara', '14,2', '48,7'])
    >>> other.reason.en.partition(" Needed")[0]
    'No imports in what is left of the report.'
    """
    return tuple(_made(spec, ledger, choice) for spec in chosen(only))


def _made(spec: TableSpecification, ledger: Ledger, choice: Choice) -> PrintedTable:
    title, head = filled(spec.title, choice), head_lines(spec, ledger)
    try:
        _check(spec, ledger, choice)
        columns, frame = _MAKERS[spec.kind](spec, ledger, choice)
        _check_numbers(columns, frame)
    except CannotBeMadeError as error:
        need = Text("{why} Gereken: {n}.", "{why} Needed: {n}.")
        return PrintedTable(
            id=spec.id, title=title, head=head, columns=(), frame=pd.DataFrame(), notes=(),
            made_up=ledger.made_up, reason=need.format(why=error.text, n=needed(spec)),
        )  # fmt: skip
    notes = [
        *gap_notes(frame, [c for c in columns if c.key != "rank"], spec),
        *_rule(spec, choice),
        *_names(spec, ledger),
        *ledger_notes(spec, ledger, choice, _years(spec, choice)),
    ]
    return PrintedTable(
        id=spec.id, title=title, head=head, columns=tuple(columns), frame=frame,
        notes=tuple(notes), reason=None, made_up=ledger.made_up,
    )  # fmt: skip


def _check_numbers(columns: Sequence[Column], frame: pd.DataFrame) -> None:
    """Refuse a table of nothing but dashes; the nation's row alone makes no table of provinces."""
    numbers = [c.key for c in columns if c.unit is not None and c.key != "rank"]
    own = frame.loc[frame.index.astype(str) != "nation", numbers]
    if bool(own.isna().to_numpy().all()):
        raise CannotBeMadeError(
            Text(
                "Kayıtlarda bu tablonun hiçbir sayısı yok.",
                "The records have none of the numbers of this table.",
            )
        )


def _years(spec: TableSpecification, choice: Choice) -> list[int]:
    years = {
        "all": choice.years,
        "window": choice.window,
        "ends": (choice.first, choice.last),
        "first": (choice.first,),
        "last": (choice.last,),
    }
    return list(dict.fromkeys(years[spec.years]))


def _check(spec: TableSpecification, ledger: Ledger, choice: Choice) -> None:
    """Refuse a table for which the source lacks a flow, a year, a province, codes or partners."""
    reason = _lacking(spec, ledger, choice)
    if reason is not None:
        raise CannotBeMadeError(reason)


def _lacking(spec: TableSpecification, ledger: Ledger, choice: Choice) -> Text | None:
    flows = ("export", "import") if spec.measure == "coverage" else (spec.flow,)
    for flow in flows:
        word = FLOW_WORDS[flow]
        if not ledger.has(flow):
            if ledger.derived:
                return Text(
                    f"Raporun kurtarılan metninde {word.tr} yok.",
                    f"No {word.en} in what is left of the report.",
                )
            return Text(f"Kayıtlarda {word.tr} yok.", f"No {word.en} in the records.")
        if spec.place != "nation" and not ledger.places(flow):
            return Text(
                f"{capitalized(word).tr} kayıtları il söylemiyor.",
                f"The records of {word.en} name no provinces.",
            )
        if spec.place == "province" and ledger.of(flow, choice.province).empty:
            return Text(
                f"{choice.name} için {word.tr} kaydı yok.",
                f"No records of {word.en} for {choice.name}.",
            )
    if spec.years == "first" and choice.first == choice.last:
        return Text(
            "Kayıtlarda tek bir yıl var; karşılaştırılacak ilk yıl yok.",
            "The records hold a single year; there is no first year to compare with.",
        )
    lone = {"first": choice.first, "last": choice.last}.get(spec.years)
    word = FLOW_WORDS[spec.flow]
    plate = choice.province if spec.place == "province" else None
    if lone is not None and lone not in ledger.of(spec.flow, plate).index:
        whose = f"{choice.name}, " if plate is not None else ""
        return Text(
            f"{whose}{lone}: {word.tr} kaydı yok.", f"{whose}{lone}: no records of {word.en}."
        )
    return _without_parts(spec, ledger, lone, plate)


def _without_parts(
    spec: TableSpecification, ledger: Ledger, year: int | None, plate: int | None
) -> Text | None:
    """Say that codes or partners are lacking, where a table is of them."""
    if spec.kind not in ("ranking", "codes"):
        return None
    if ledger.tally is None:
        return Text(
            "Rapor bunu basmıyor; illerin yalnız sınıf payları ve toplamları var.",
            "The report does not print it; there are only shares by class and totals of provinces.",
        )
    if spec.by == "partner":
        rows = ledger.tally.by_partner
        rows = rows[(rows["flow"] == spec.flow) & (rows["year"] == year)]
        if plate is not None:
            rows = rows[rows["plate"] == plate]
        if not (rows["partner"].fillna("") != "").any():
            return Text("Kayıtlar ülke söylemiyor.", "The records name no partners.")
    elif spec.by == "product" and not (ledger.tally.by_code["code"].fillna("") != "").any():
        return Text("Kayıtlar ürün kodu söylemiyor.", "The records name no product codes.")
    elif spec.kind == "codes" and not (ledger.tally.by_code["kind"] == spec.class_).any():
        name = kind_name(spec.class_)
        return Text(
            f"Kayıtlarda {name.tr} sınıfından kod yok.", f"No codes of {name.en} in the records."
        )
    return None


def _names(spec: TableSpecification, ledger: Ledger) -> list[Text]:
    """Say whose names industries bear, where there are none in English."""
    if ledger.basis.revision != "isic3" or not (spec.kind == "codes" or spec.by == "product"):
        return []
    return [
        Text(
            "Faaliyet adları raporun eklerinde ve kayıtlarda yazıldığı gibidir.",
            "Industries bear the Turkish names of the report's annexes, or those of the records: no "
            "English names of ISIC Rev. 3 come with the data.",
        )
    ]


def _rule(spec: TableSpecification, choice: Choice) -> list[Text]:
    """Say how rows were chosen and ordered, where the report's own choice is not known."""
    if spec.kind == "leaders":
        return [
            Text(
                f"Satırlar: {choice.last} yılında bu sınıfta en büyük {choice.leaders} il ve seçilmiş "
                "iller. Raporun bu tabloda hangi illeri seçtiği bilinmiyor.",
                f"Rows: the {choice.leaders} provinces largest in this class in {choice.last}, and the "
                "selected ones. Which provinces the report chose here is not known.",
            )
        ]
    if spec.kind in ("levels", "annex"):
        return [
            Text(
                f"İller {choice.last} yılının toplam ihracatına göre sıralıdır.",
                f"Provinces are in the order of their total exports of {choice.last}.",
            )
        ]
    return []
