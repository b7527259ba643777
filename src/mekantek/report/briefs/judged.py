"""What a brief tells of findings and of the report's statements."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from mekantek.maps.page import bilingual
from mekantek.report.briefs.facts import Brief
from mekantek.report.verdicts import badge, robust_told
from mekantek.text import Text, capitalized

if TYPE_CHECKING:
    from mekantek.findings.statements import ClaimResult

__all__ = ["finding_table", "statement_table"]


def finding_table(brief: Brief, *, linked: bool) -> str:
    """Write every finding with whom it speaks of, its verdict and whether that is robust."""
    heads = (
        Text("Bulgu", "Finding"), Text("Bölgeden kim", "Who of the region"),
        Text("Hüküm", "Verdict"), Text("Sağlam mı?", "Robust?"),
    )  # fmt: skip
    rows = []
    # Those that name a province of the region stand first.
    told = sorted(brief.findings(), key=lambda one: not one[1])
    for verdict, mine in told:
        if mine is None:
            who = Text("81 ilin hepsi, eşit", "all 81 provinces alike")
        elif mine:
            names = ", ".join(brief.names[p] for p in mine)
            who = Text(names, names)
        else:
            who = Text("adı geçen yok", "none is named")
        title = bilingual(verdict.hypothesis.title)
        if linked:
            page = f"finding-{verdict.hypothesis.id}.html"
            title = f'<a href="{page}" data-page="{page}">{title}</a>'
        reason = f'<p class="said">{bilingual(verdict.reason)}</p>'
        rows.append(
            f"<tr><td>{title}{reason}</td><td>{bilingual(who)}</td><td>{badge(verdict.verdict)}</td>"
            f'<td><span class="narrow">{bilingual(heads[3])} </span>'
            f"{bilingual(robust_told(verdict))}</td></tr>"
        )
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in heads)
    caption = Text(
        "«Sağlam» hüküm, makul seçimlerin en az %80'inde aynı sözcük çıkıyor demektir; kesir, kaç seçimde",
        "A verdict is robust when at least 80% of reasonable choices give the same word; the fraction says "
        "in how many",
    )
    return (
        f'<table class="wide verdicts agency"><caption>{bilingual(caption)}</caption><thead><tr>{head}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def statement_table(results: Sequence[ClaimResult], *, linked: bool) -> str:
    """Write the report's statements with their verdicts."""
    heads = (
        Text("Raporun ifadesi", "Statement of the report"), Text("Basılan", "Printed"),
        Text("Hüküm", "Verdict"), Text("Neden", "Why"),
    )  # fmt: skip
    rows = []
    for result in results:
        claim = result.claim
        line = Text(f"satır {claim.report_line}", f"line {claim.report_line}")
        name = str(claim.id)
        if linked:
            name = f'<a href="claims.html#claim-{claim.id}">{name}</a>'
        printed = bilingual(Text("Basılan: ", "Printed: "))
        rows.append(
            f'<tr><td>{name}. {bilingual(claim.gloss)}<p class="said">{bilingual(line)}</p></td>'
            f'<td><span class="narrow">{printed}</span>{escape(claim.printed) or "–"}</td>'
            f"<td>{badge(result.verdict)}</td>"
            f'<td class="why">{bilingual(capitalized(result.reason))}</td></tr>'
        )
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in heads)
    return (
        f'<table class="wide verdicts statements"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
