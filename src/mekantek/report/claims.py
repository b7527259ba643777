"""The page of claims: every statement of the report with its numbers, its verdict and its faults."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.statements import ClaimResult, counted, load_register
from mekantek.findings.statements.checks import Outcome
from mekantek.findings.statements.prints import spelled
from mekantek.findings.verdict import VERDICTS
from mekantek.maps.page import asset, bilingual, document
from mekantek.maps.wording import both
from mekantek.report.verdicts import badge
from mekantek.text import LANGUAGES, Language, Text, capitalized, sort_key

__all__ = ["claims_page", "claims_table"]

TITLE = Text(
    "Raporun her ifadesi: basılan, hesaplanan, hüküm",
    "Every statement of the report: printed, computed, verdict",
)
_LEAD = Text(
    "Ankara Sanayi Odası'nın Temmuz 2025 raporundan {n} ifade, raporun kendi illere göre verisiyle "
    "karşılaştırıldı. Sınanabilen {tested} ifadeden {held} tanesi tutuyor; {open} ifade bu "
    "veriyle sınanamıyor ve yanında neyin gerektiği yazıyor.",
    "{n} statements of the July 2025 report of the Ankara Chamber of Industry, held against the "
    "report's own data by province. Of the {tested} that can be tested {held} hold; {open} cannot be "
    "tested with these data, and beside each stands what it would take.",
)
_AGAINST = Text(
    "Raporun kendisiyle ya da kendi tablolarıyla çeliştiği yerler",
    "Where the report contradicts itself or its own tables",
)
_FILTERS = {
    "search": Text("Ara", "Search"),
    "verdict": Text("Hüküm", "Verdict"),
    "province": Text("İl", "Province"),
    "class": Text("Sınıf", "Class"),
    "year": Text("Yıl", "Year"),
    "all": Text("hepsi", "all"),
    "clear": Text("Temizle", "Clear"),
}
_HEADS = (
    Text("İfade [metindeki satırı]", "Statement [its line in the text]"),
    Text("Basılan", "Printed"),
    Text("Hesaplanan ve aralığı", "Computed, with its interval"),
    Text("Hüküm ve neden", "Verdict and why"),
)
_REST = Text("Kalanı sınanamıyor; gereken: {n}.", "The rest cannot be tested; needed: {n}.")
_NEED = Text("Gereken: {n}.", "Needed: {n}.")


def _outcome(outcome: Outcome) -> str:
    # The sign, and its word for those who do not see it, are the style sheet's: see _style.
    return f'<li class="{outcome.word.replace(" ", "-")}">{bilingual(capitalized(outcome.told()))}</li>'


def _style() -> str:
    """What is said in every row, said once: signs of outcomes, and names of columns on phones."""
    rules = [asset("claims.css")]
    for word, told in VERDICTS.items():
        sign = {"supported": "✓", "contradicted": "✗"}.get(word, "•")
        rules += [
            f'html[lang="{lang}"] ul.checks li.{word.replace(" ", "-")}::before'
            f'{{content:"{sign} "/"{told[lang]}: "}}'
            for lang in LANGUAGES
        ]
    for name, told in (("printed", _HEADS[1]), ("computed", _HEADS[2])):
        rules += [
            f'@media (max-width: 40rem){{html[lang="{lang}"] td.{name}::before'
            f'{{content:"{told[lang]}: ";color:var(--soft)}}}}'
            for lang in LANGUAGES
        ]
    return f"<style>{chr(10).join(rules)}</style>"


def _formulas(result: ClaimResult) -> str:
    codes = dict.fromkeys(o.code for o in result.outcomes)
    if not codes:
        return ""
    listed = "".join(f"<li><code>{escape(code, quote=False)}</code></li>" for code in codes)
    return f"<details><summary>Python</summary><ul>{listed}</ul></details>"


def _why(result: ClaimResult) -> str:
    parts = []
    if result.reading is not None:
        read = Text("Okuma: {r}.", "Read as: {r}.").format(r=result.reading)
        parts.append(f"<p>{bilingual(read)}</p>")
    if result.outcomes:
        parts.append(f'<ul class="checks">{"".join(map(_outcome, result.outcomes))}</ul>')
    for name, outcomes in result.others:
        head = bilingual(Text("Öteki okuma: {r}", "Read otherwise: {r}").format(r=name))
        listed = "".join(map(_outcome, outcomes))
        parts.append(
            f'<details><summary>{head}</summary><ul class="checks">{listed}</ul></details>'
        )
    if result.claim.needs is not None:
        text = _REST if result.outcomes else _NEED
        parts.append(f'<p class="said">{bilingual(text.format(n=result.claim.needs))}</p>')
    return "".join(parts) + _formulas(result)


def _computed(result: ClaimResult) -> str:
    first = next((o for o in result.outcomes if o.estimate is not None), None)
    if first is None or first.estimate is None or first.unit is None:
        return "–"
    estimate, unit = first.estimate, first.unit
    value = both(lambda lang: spelled(estimate, unit, lang)[0])
    low, high = (
        both(lambda lang: spelled(estimate, unit, lang)[1]),
        both(lambda lang: spelled(estimate, unit, lang)[2]),
    )
    if low == high:
        return bilingual(value)
    span = Text(f"{low.tr} … {high.tr}", f"{low.en} … {high.en}")
    return f"{bilingual(value)}<small>{bilingual(span)}</small>"


def _row(result: ClaimResult, numbers: dict[int, int]) -> str:
    claim = result.claim
    against = "".join(
        f' <a class="against" href="#contradiction-{k}">'
        f"{bilingual(Text('çelişki', 'contradiction'))} {k}</a>"
        for k in (numbers[id(c)] for c in result.contradictions)
    )
    return (
        f'<tr id="claim-{claim.id}" data-verdict="{escape(result.verdict)}" '
        f'data-province="{escape("|".join(claim.provinces))}" '
        f'data-class="{escape("|".join(claim.classes))}" '
        f'data-year="{escape("|".join(map(str, claim.years)))}">'
        f'<td><a href="#claim-{claim.id}">{claim.id}</a> <strong>{bilingual(claim.gloss)}</strong>'
        f'<p class="said">«<q>{escape(claim.quote, quote=False)}</q>» [{escape(claim.report_line)}]{against}</p></td>'
        f'<td class="printed">{escape(claim.printed, quote=False) or "–"}</td>'
        f'<td class="computed">{_computed(result)}</td>'
        f"<td>{badge(result.verdict)}{_why(result)}</td></tr>"
    )


def _select(name: str, options: Sequence[tuple[str, Text]]) -> str:
    listed = "".join(
        f'<option value="{escape(value)}" data-tr="{escape(text.tr)}" data-en="{escape(text.en)}">'
        f"{escape(text.tr)}</option>"
        for value, text in (("", _FILTERS["all"]), *options)
    )
    return f'<label>{bilingual(_FILTERS[name])} <select name="{name}">{listed}</select></label>'


def _filters(results: Sequence[ClaimResult]) -> str:
    """Controls that a script shows; without one the table stands whole."""
    names = sorted({p for r in results for p in r.claim.provinces}, key=sort_key)
    years = sorted({y for r in results for y in r.claim.years})
    classes = [c for c in CLASS_NAMES if any(c in r.claim.classes for r in results)]
    words = [(w, VERDICTS[w]) for w, n in counted(results).items() if n]
    clear = bilingual(_FILTERS["clear"])
    return (
        '<form class="filters" role="search" hidden>'
        f'<label>{bilingual(_FILTERS["search"])} <input type="search" name="search"></label>'
        + _select("verdict", words)
        + _select("province", [(n, Text(n, n)) for n in names])
        + _select("class", [(c, CLASS_NAMES[c]) for c in classes])
        + _select("year", [(str(y), Text(str(y), str(y))) for y in years])
        + f'<button type="reset">{clear}</button>'
        '<p role="status" data-tr="{of} ifadeden {n} tanesi gösteriliyor." '
        'data-en="{n} of {of} statements shown."></p></form>'
    )


def _contradictions() -> str:
    items = "".join(
        f'<li id="contradiction-{k}">{bilingual(c.text)} '
        + " ".join(f'<a href="#claim-{i}">{i}</a>' for i in c.claims)
        + "</li>"
        for k, c in enumerate(load_register().contradictions, 1)
    )
    return f"<ol>{items}</ol>"


def claims_page(results: Sequence[ClaimResult], language: Language = "tr") -> str:
    """
    Write the page of all statements.

    Parameters
    ----------
    results : sequence of ClaimResult
        As `mekantek.findings.claims` gives them, all of them.
    language : {"tr", "en"}
        Shown first.

    Returns
    -------
    str
        One HTML document that makes no request and stands whole without JavaScript.
    """
    register = load_register()
    numbers = {id(c): k for k, c in enumerate(register.contradictions, 1)}
    counts = counted(results)
    tested = len(results) - counts["not testable"]
    lead = _LEAD.format(
        n=len(results), tested=tested, held=counts["supported"], open=counts["not testable"]
    )
    partial = sum(r.verdict == "supported" and r.claim.needs is not None for r in results)
    leaning = sum(r.verdict == "supported" and r.within for r in results)
    careful = Text(
        f"Tutan {counts['supported']} ifadenin {partial} tanesinin bir bölümü sınanamıyor; {leaning} "
        "tanesi ancak yuvarlama payıyla tutuyor.",
        f"Of the {counts['supported']} that hold, {partial} have a part that cannot be tested, and "
        f"{leaning} hold only inside the rounding.",
    )
    badges = "".join(f"<li>{badge(w)} {n}</li>" for w, n in counts.items() if n)
    rules = "".join(f"<li>{bilingual(rule)}</li>" for rule in register.rules)
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in _HEADS)
    rows = "".join(_row(r, numbers) for r in results)
    home = bilingual(Text("← Bulgular", "← Findings"))
    body = (
        f'<main><p><a href="index.html" data-page="index.html">{home}</a></p>'
        f'<p class="reading">{bilingual(lead)}</p><ul class="counts">{badges}</ul>'
        f"<p>{bilingual(careful)}</p>"
        f"<section><h2>{bilingual(Text('İfadeler', 'The statements'))}</h2>{_filters(results)}"
        f'<table class="wide verdicts claims"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>'
        f"</table></section><section><h2>{bilingual(_AGAINST)} ({len(register.contradictions)})</h2>"
        f"{_contradictions()}</section>"
        f"<section><h2>{bilingual(Text('Kurallar', 'The rules'))}</h2><ul>{rules}</ul></section></main>"
    )  # fmt: skip
    return document(
        TITLE, body, language=language, head=_style(),
        scripts=[asset("claims.js")],
    )  # fmt: skip


def claims_table(results: Sequence[ClaimResult]) -> pd.DataFrame:
    """Give the statements as a table, one row each, for ``claims.csv``."""
    rows = []
    for result in results:
        told = result.to_dict()
        interval = told["interval"] or (None, None)
        rows.append(
            {
                "id": told["id"],
                "report_line": told["report_line"],
                "quote": told["quote"],
                "gloss_tr": told["gloss"]["tr"],
                "gloss_en": told["gloss"]["en"],
                "printed": told["printed"],
                "computed": told["computed"],
                "low": interval[0],
                "high": interval[1],
                "unit": told["unit"],
                "verdict": told["verdict"],
                "within_interval_only": told["within_interval_only"],
                "reason_tr": told["reason"]["tr"],
                "reason_en": told["reason"]["en"],
                "formula": told["formula"],
            }
        )
    return pd.DataFrame(rows)
