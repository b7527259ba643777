"""The verb for trade records: shares."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.application import app
from mekantek.cli.groups import spread
from mekantek.cli.options import JSON, LANG, QUIET, Lang
from mekantek.cli.output import emit_json, print_table, say
from mekantek.cli.own_records import Reading
from mekantek.text import Language, Text, integer, number, percent

if TYPE_CHECKING:
    from mekantek.datasets.records.tally import Tally

_MOST_CODES = 10


@app.command()
@spread
def shares(
    reading: Reading,
    files: Annotated[
        list[Path],
        typer.Argument(help="Trade records: Excel, HTML, CSV or Parquet.", metavar="FILE…"),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for shares.csv, totals.csv and conservation.json."),
    ] = None,
    as_json: JSON = False,
    quiet: QUIET = False,
    lang: LANG = Lang.tr,
) -> None:
    """Trade records to technology classes: shares and totals by province, year and flow."""
    from mekantek.datasets.records.tidy import tidy_files
    from mekantek.export import replacing_folder

    tally = reading.tally(files, quiet=quiet)
    written = []
    if out is not None:
        contents = tidy_files(tally)
        with replacing_folder(out) as folder:
            for name, content in contents.items():
                (folder / name).write_bytes(content)
        written = [out / name for name in contents]
    language: Language = lang.value
    say(conserved(tally, language))
    if as_json:
        emit_json(_content(tally, written))
        return
    for line in _heading(tally, language):
        typer.echo(line)
    _nation(tally, language)
    _unknown(tally, language)
    for path in written:
        typer.echo(str(path))


def _kinds(tally: Tally) -> tuple[str, ...]:
    from mekantek.datasets.records.tidy import classes_of

    return (*classes_of(tally), "unclassified", "hidden", "unplaced")


_KIND_WORDS = {
    "high": Text("yüksek", "high"), "medium_high": Text("orta-yüksek", "medium-high"),
    "medium": Text("orta", "medium"), "medium_low": Text("orta-düşük", "medium-low"),
    "low": Text("düşük", "low"), "unclassified": Text("sınıflandırılmayan", "unclassified"),
    "hidden": Text("gizli", "hidden"), "unplaced": Text("yerleştirilemeyen", "unplaced"),
}  # fmt: skip
_FLOW_WORDS = {"export": Text("ihracat", "exports"), "import": Text("ithalat", "imports")}


def _amount(cents: int, language: Language) -> str:
    """Write whole cents as dollars with both decimals."""
    return f"{integer(cents // 100, language)}{',' if language == 'tr' else '.'}{cents % 100:02d}"


def conserved(tally: Tally, language: Language) -> str:
    """Say in one line that what went in is what came out."""
    told = tally.conservation
    sums = {**told["classes"], **{k: told[k] for k in ("unclassified", "hidden", "unplaced")}}
    parts = " + ".join(
        f"{_KIND_WORDS[k][language]} {_amount(v, language)}" for k, v in sums.items()
    )
    return Text(
        "korunum (USD): giren {s} = {p}; fark {d}",
        "conserved (USD): in {s} = {p}; difference {d}",
    ).format(s=_amount(told["sum_in"], language), p=parts, d=told["difference"])[language]


def _heading(tally: Tally, language: Language) -> list[str]:
    from mekantek.datasets.records.tidy import MADE_UP

    basis = tally.basis
    lines = [f"{basis.taxonomy}; {basis.system[language]}; {basis.place[language]}",
             f"{Text('payda', 'denominator')[language]}: {basis.denominator[language]}"]  # fmt: skip
    short = [f"{year}: {n}/12" for year, n in tally.months.items() if n < 12]
    if short:
        lines.append(f"{Text('eksik aylar', 'months covered')[language]}: {', '.join(short)}")
    nowhere = tally.conservation["without_province"]
    if nowhere:
        share = nowhere / tally.conservation["sum_in"]
        lines.append(
            Text(
                "ili olmayan ya da bulunamayan: {v} $ ({s}); hangi satırlar: mekantek check",
                "without a province, or one that is not known: {v} $ ({s}); which rows: mekantek check",
            ).format(v=_amount(nowhere, language), s=percent(share, language, digits=3))[language]
        )
    if tally.hidden_amounts:
        lines.append(
            Text(
                "tutarı gizli kayıt: {n}; hiçbir toplamda yok, gerçek toplamlar en az bu kadar",
                "records whose amount is hidden: {n}; in no sum, so true totals are at least these",
            ).format(n=integer(tally.hidden_amounts, language))[language]
        )
    dropped = sum(int(source["dropped"]) for source in tally.sources)
    if dropped:
        lines.append(
            Text("atlanan toplam satırı: {n}", "totals rows left out: {n}").format(n=dropped)[
                language
            ]
        )
    return [MADE_UP, *lines] if tally.made_up else lines


# By size; the last is shown with its cents.
_UNITS = (
    (10**9, Text("milyar $", "billion $")), (10**6, Text("milyon $", "million $")),
    (10**3, Text("bin $", "thousand $")), (1, Text("$", "$")),
)  # fmt: skip


def _unit(amounts: Iterable[int]) -> tuple[int, Text]:
    """
    Choose the largest unit in which the smallest amount still shows two digits.

    Examples
    --------
    >>> _unit([25_000_000_000_000, 9_000_000_000])[1].en, _unit([500, 7_500])[1].en
    ('million $', '$')
    """
    least = min(amounts, default=0)
    return next((unit for unit in _UNITS if 10 * least >= 100 * unit[0]), _UNITS[-1])


def _nation(tally: Tally, language: Language) -> None:
    sums = tally.by_code.groupby(["year", "flow", "kind"])["cents"].sum()
    found = {
        (year, flow): {k: int(sums.get((year, flow, k), 0)) for k in _kinds(tally)}
        for year in tally.years for flow in _FLOW_WORDS
    }  # fmt: skip
    whole = {key: sum(own.values()) for key, own in found.items() if any(own.values())}
    size, unit = _unit(whole.values())
    rows = [
        [f"{year} {_FLOW_WORDS[flow][language]}",
         number(cents / 100 / size, language, digits=2 if size == 1 else 3),
         *(percent(found[year, flow][k] / cents, language) for k in _kinds(tally))]
        for (year, flow), cents in whole.items()
    ]  # fmt: skip
    print_table(
        Text("Tüm kayıtlar", "All records")[language],
        ["", unit[language], *(_KIND_WORDS[k][language] for k in _kinds(tally))],
        rows,
    )  # fmt: skip


def _industry(tally: Tally, code: str, language: Language) -> str:
    name = tally.industry(code)
    shown = name[language] if isinstance(name, Text) else name
    return "" if shown == code else shown[:60]


def _unknown(tally: Tally, language: Language) -> None:
    if tally.unplaced.empty:
        return
    rows = [
        [str(row["code"]) or Text("(kod yok)", "(no code)")[language],
         _industry(tally, str(row["code"]), language), integer(int(row["records"]), language),
         _amount(int(row["cents"]), language), percent(float(row["share"]), language, digits=3)]
        for row in tally.unplaced.head(_MOST_CODES).to_dict("records")
    ]  # fmt: skip
    print_table(
        Text(
            "Sınıflamanın yerleştiremediği kodlar ({n}; hepsi conservation.json'da)",
            "Codes the taxonomy does not place ({n}; all in conservation.json)",
        ).format(n=len(tally.unplaced))[language],
        Text("kod|sanayi|kayıt|USD|pay", "code|industry|records|USD|share")[language].split("|"),
        rows,
    )


def _content(tally: Tally, written: list[Path]) -> dict[str, Any]:
    sums = tally.by_code.groupby(["year", "flow", "kind"], sort=True)["cents"].sum()
    basis = tally.basis
    return {
        "schema": "mekantek/shares/1",
        "made_up": tally.made_up,
        "basis": {
            "system": basis.system.to_dict(), "place": basis.place.to_dict(),
            "revision": basis.revision, "taxonomy": basis.taxonomy,
            "denominator": basis.denominator.to_dict(),
        },
        "nation": [
            {"year": int(key[0]), "flow": key[1], "class": key[2], "cents": int(cents)}
            for key, cents in sums.items() if isinstance(key, tuple)
        ],
        "months": {str(year): months for year, months in tally.months.items()},
        "sources": [dict(source) for source in tally.sources],
        "conservation": dict(tally.conservation),
        "written": [path.name for path in written],
    }  # fmt: skip
