"""``findings claims``: the statements of the report with their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mekantek.cli.output import emit_json, print_table, progress
from mekantek.text import Language, Text

if TYPE_CHECKING:
    from mekantek.findings.statements import ClaimResult

__all__ = ["CLASS_OF_CLAIM", "IDS", "PROVINCE", "VERDICT", "YEAR_OF_CLAIM", "show_claims"]

PROVINCE = Annotated[
    str | None, typer.Option("--province", help="claims: only those about this province.")
]
CLASS_OF_CLAIM = Annotated[
    str | None, typer.Option("--class", help="claims: only those about this class.")
]
YEAR_OF_CLAIM = Annotated[
    int | None, typer.Option("--year", help="claims: only those about this year.")
]
VERDICT = Annotated[
    str | None,
    typer.Option("--verdict", help="claims: supported, partly, contradicted, not testable, …"),
]
IDS = Annotated[
    list[int] | None, typer.Option("--id", help="claims: this one with its full account; repeat.")
]

_HEADS = Text(
    "no|satır|ifade|basılan|hesaplanan|aralık|hüküm",
    "no|line|statement|printed|computed|interval|verdict",
)


def _numbers(result: ClaimResult, language: Language) -> tuple[str, str]:
    """Write what was computed first for a statement, and its interval."""
    from mekantek.findings.statements.prints import spelled

    first = next((o for o in result.outcomes if o.estimate is not None), None)
    if first is None or first.estimate is None or first.unit is None:
        return "–", "–"
    value, low, high = spelled(first.estimate, first.unit, language)
    return value, "–" if low == high else f"{low} … {high}"


def _told(result: ClaimResult, language: Language) -> str:
    from mekantek.findings.verdict import VERDICTS

    word = VERDICTS[result.verdict][language]
    rest = Text("kalanı sınanamıyor", "rest not testable")[language]
    return f"{word} ({rest})" if result.outcomes and result.claim.needs else word


def _account(result: ClaimResult, language: Language) -> None:
    """Print everything known of one statement."""
    from mekantek.findings.verdict import VERDICTS

    claim = result.claim
    heads = {
        "line": Text("raporun satırı", "line of the report"),
        "printed": Text("basılan", "printed"),
        "reading": Text("okuma", "reading"),
        "other": Text("öteki okuma", "other reading"),
        "needs": Text("sınanamayan kısım için gereken", "needed for what cannot be tested"),
        "against": Text("raporun kendisiyle çeliştiği yer", "where the report contradicts itself"),
    }
    typer.echo(f"{claim.id}. {claim.gloss[language]}")
    typer.echo(f"  {heads['line'][language]} {claim.report_line}: «{claim.quote}»")
    if claim.printed:
        typer.echo(f"  {heads['printed'][language]}: {claim.printed}")
    typer.echo(f"  {_told(result, language)}")
    if result.reading is not None:
        typer.echo(f"  {heads['reading'][language]}: {result.reading[language]}")
    for outcome in result.outcomes:
        typer.echo(f"  • {VERDICTS[outcome.word][language]}: {outcome.told()[language]}")
        typer.echo(f"    {outcome.code}")
    for reading, outcomes in result.others:
        typer.echo(f"  {heads['other'][language]}: {reading[language]}")
        for outcome in outcomes:
            typer.echo(f"  • {VERDICTS[outcome.word][language]}: {outcome.told()[language]}")
    if claim.needs is not None:
        typer.echo(f"  {heads['needs'][language]}: {claim.needs[language]}")
    for contradiction in result.contradictions:
        typer.echo(f"  {heads['against'][language]}: {contradiction.text[language]}")
    typer.echo("")


def show_claims(
    *,
    ids: list[int] | None,
    province: str | None,
    class_: str | None,
    year: int | None,
    verdict: str | None,
    as_json: bool,
    quiet: bool,
    language: Language,
) -> None:
    """Print the statements that were asked for, as a table, in full, or as JSON."""
    from mekantek.export import versions
    from mekantek.findings.statements import claims, counted, load_register
    from mekantek.findings.verdict import VERDICTS
    from mekantek.study import load_study

    with progress(1, quiet) as step:
        step(Text("ifadeler", "statements")[language])
        found = claims(
            load_study(), ids=ids, province=province, class_=class_, year=year, verdict=verdict
        )
    if as_json:
        register = load_register()
        asked = {r.claim.id for r in found}
        content: dict[str, Any] = {
            "schema": "mekantek/findings/1",
            "findings": [],
            "claims": [r.to_dict() for r in found],
            "counts": counted(found),
            "contradictions": [
                c.to_dict() for c in register.contradictions if asked & set(c.claims)
            ],
            "rules": [rule.to_dict() for rule in register.rules],
            "versions": versions(),
        }
        emit_json(content)
        return
    if ids:
        for result in found:
            _account(result, language)
        return
    rows = []
    for result in found:
        value, interval = _numbers(result, language)
        claim = result.claim
        rows.append(
            [str(claim.id), claim.report_line, claim.gloss[language], claim.printed or "–",
             value, interval, _told(result, language)]
        )  # fmt: skip
    title = Text("Raporun ifadeleri", "Statements of the report")[language]
    print_table(title, _HEADS[language].split("|"), rows)
    listed = "; ".join(f"{VERDICTS[word][language]} {n}" for word, n in counted(found).items() if n)
    typer.echo(listed or Text("Böyle bir ifade yok.", "No such statement.")[language])
