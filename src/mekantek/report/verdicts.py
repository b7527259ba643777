"""Verdicts, and each finding with its rule, numbers, companions and power."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.findings.verdict import VERDICTS, Verdict
from mekantek.maps.page import bilingual, document
from mekantek.maps.palette import CLUSTERS
from mekantek.report.dependence import curve_section, dependence_section
from mekantek.report.wording import both, head_cells, three_digits
from mekantek.text import METHODS, Language, Text, capitalized, integer, number, p_value, percent

if TYPE_CHECKING:
    from mekantek.study import Design

__all__ = ["badge", "finding_page", "finding_section", "robust_told", "verdict_table"]

_STATISTICS: Mapping[str, Text] = {
    "spearman": Text("Spearman ρ", "Spearman ρ"),
    "pearson": Text("Pearson r", "Pearson r"),
    "weighted_spearman": Text("ağırlıklı Spearman ρ", "weighted Spearman ρ"),
    "kendall_tau_b": Text("Kendall τ-b", "Kendall τ-b"),
    "difference_of_means": Text("ortalama farkı", "difference of means"),
    "minimum": Text("en küçük üye", "smallest member"),
    "mean": Text("üyelerin ortalaması", "mean of the members"),
    "weighted": Text("ağırlıklı ortalama", "weighted mean"),
    "joint": Text("üyelerin z çarpımı", "product of the members' z"),
    "member_joins": Text("üyeler arası komşuluk", "joins among members"),
    "local_outlier": Text("payı; yerel Moran (ters)", "share; local Moran (unlike)"),
    "discordant_pairs": Text("ters çift", "discordant pairs"),
    "gini": Text("Gini", "Gini"),
    "hhi": Text("HHI", "HHI"),
    "cr1": Text("CR1", "CR1"),
    "cr3": Text("CR3", "CR3"),
    "national_share": Text("bütündeki payı", "part of the whole"),
    "top_list": Text("ilk üç", "top three"),
    "local_moran": Text("yerel Moran", "local Moran"),
    "planted_gradient": Text("bulunan", "found"),
    "part_found": Text("bulunan", "found"),
    "weighted_pearson": Text("ağırlıklı Pearson r", "weighted Pearson r"),
    "azimuth_scan": Text("en büyük ρ", "largest ρ"),
    "trend_surface": Text("R²", "R²"),
    "residual_moran": Text("Moran I", "Moran's I"),
    "kruskal_wallis": Text("Kruskal–Wallis H", "Kruskal–Wallis H"),
    "jonckheere": Text("Jonckheere (−1 … 1)", "Jonckheere (−1 … 1)"),
    **{
        f"regression_{m}": Text("katsayı (derece başına)", "coefficient (per degree)")
        for m in ("ols", "lag", "error", "durbin")
    },
    "partial_kendall": Text("kısmi τ", "partial τ"),
    "kendall_leave_one_out": Text("Kendall τ-b", "Kendall τ-b"),
    "weighted_difference_of_means": Text(
        "ağırlıklı ortalama farkı", "difference of weighted means"
    ),
    "theil_t": Text("Theil T", "Theil T"),
    "theil_l": Text("Theil L", "Theil L"),
    "theil_t_between": Text("Theil T, bölgeler arası", "Theil T, between"),
    "theil_l_between": Text("Theil L, bölgeler arası", "Theil L, between"),
    "entropy": Text("entropi", "entropy"),
    "gini_unbiased": Text("Gini × n/(n−1)", "Gini × n/(n−1)"),
    "equivalent_number": Text("eşdeğer sayı", "equivalent number"),
    "moran": Text("Moran I", "Moran's I"),
    "geary": Text("Geary c", "Geary's c"),
    "getis_ord_g": Text("Getis–Ord G", "Getis–Ord G"),
    "local_clusters": Text("birim sayısı", "units"),
    "cr5": Text("CR5", "CR5"),
    "cr10": Text("CR10", "CR10"),
    "spatial_gini": Text("Gini'nin komşu dışı parçası", "non-neighbour part of the Gini"),
    "locational_gini": Text("konumsal Gini", "locational Gini"),
    "location_quotient": Text("yerleşim katsayısı", "location quotient"),
    "seat_effect": Text("hükmün döndüğü pay", "part at which the verdict turns"),
    "ellison_glaeser": Text("Ellison–Glaeser", "Ellison–Glaeser"),
    **{f"lm_{t}": Text("χ²", "χ²") for t in ("lag", "error", "robust_lag", "robust_error")},
}

# Results whose value is a share.
_SHARES = ("minimum", "mean", "weighted", "local_outlier", "national_share", "difference_of_means",
           "weighted_difference_of_means",
           "part_found")  # fmt: skip


def badge(word: str) -> str:
    """Write the word of a verdict in its colour."""
    return f'<span class="verdict {word.replace(" ", "-")}">{bilingual(VERDICTS[word])}</span>'


def robust_told(verdict: Verdict) -> Text:
    """Say whether a verdict is robust, in how many choices it came out, and which word does most often."""
    if verdict.robust is None:
        return Text("–", "–")
    word = verdict.outvoted
    told = Text("evet ({n}/{of})", "yes ({n}/{of})")
    if not verdict.robust:
        told = Text("hayır ({n}/{of})", "no ({n}/{of})")
    if word is not None:
        told = Text("hayır ({n}/{of}; en sık: {word})", "no ({n}/{of}; most often: {word})")
    counts = {"n": verdict.agreeing, "of": len(verdict.curve)}
    written = {key: both(partial(integer, n)) for key, n in counts.items()}
    return told.format(**written, word=VERDICTS[word or verdict.verdict])


def _line(verdict: Verdict) -> str:
    """Where the claim stands, in brackets; nothing if nowhere."""
    line = verdict.hypothesis.report_line
    if not line:
        return ""
    told = Text(f"raporun metni, satır {line}", f"text of the report, line {line}")
    return f" ({bilingual(told)})"


def verdict_table(verdicts: Sequence[Verdict]) -> str:
    """Write the verdicts on one screen: finding, word, robustness, reason."""
    robust = Text("Sağlam mı?", "Robust?")
    heads = (
        Text("Bulgu ve iddia", "Finding and claim"),
        Text("Hüküm", "Verdict"),
        robust,
        Text("Neden", "Why"),
    )
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in heads)
    rows = "".join(
        f'<tr><td><a href="#{v.hypothesis.id}">{bilingual(v.hypothesis.title)}</a>'
        f'<p class="said">«{bilingual(v.hypothesis.claim)}»{_line(v)}</p></td>'
        f"<td>{badge(v.verdict)}</td>"
        f'<td><span class="narrow">{bilingual(robust)} </span>{bilingual(robust_told(v))}</td>'
        f"<td>{bilingual(v.reason)}</td></tr>"
        for v in verdicts
    )
    return (
        f'<div class="scroll" tabindex="0"><table class="wide verdicts"><thead><tr>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _writes(design: Design | None, result: Mapping[str, Any]) -> Callable[[float, Language], str]:
    """Give what writes values of a result's variable; a percentage where nothing is known of it."""
    classes = str(result.get("class", ""))
    if design is None or not classes or not set(classes.split("+")) <= set(design.parts):
        return percent
    return design.variable(classes).write


def _value(result: Mapping[str, Any], design: Design | None, language: Language) -> str:
    """The number of a result, in the form its kind is read in."""
    name = result.get("name") or result.get("statistic")
    if name == "planted_gradient":
        return ", ".join(percent(p["corrected"], language, digits=0) for p in result["power"])
    if name == "local_moran":
        corrected = Text("Holm ile düzeltilmiş", "corrected by Holm")
        return (
            "; ".join(
                f"{u['name']}: {CLUSTERS[u['quadrant']][1][language]}, {p_value(u['p_adjusted'], language)}"
                for u in result["units"]
            )
            + f" ({corrected[language]})"
        )
    if name == "member_joins":
        return f"{result['joins']} / {result['links']}"
    if name == "discordant_pairs":
        return f"{result['statistic']} / {result['of']}"
    if name == "top_list":
        told = {True: Text("tutuyor", "holds"), False: Text("tutmuyor", "does not hold")}
        return told[bool(result["overlaps"])][language]
    value = result["value"] if "value" in result else result.get("statistic")
    if value is None:
        return "–"
    share = name in _SHARES
    as_value = percent if name in ("part_found", "national_share") else _writes(design, result)
    written = as_value(value, language) if share else number(value, language, digits=3)
    if name == "local_clusters":
        written = integer(value, language)
    if result.get("low") is not None and name != "kendall_tau_b":
        write = percent if name == "national_share" else three_digits
        # Theil's L has no upper bound where rounding allows a share of nothing.
        high = "∞" if result["high"] is None else write(result["high"], language)
        written += f" ({write(result['low'], language)} … {high})"
    if result.get("bounds", {}).get("low") is not None:
        low, high = (number(result["bounds"][k], language) for k in ("low", "high"))
        written += f" [{low} … {high}]"
    if result.get("rank"):
        written += f", {result['rank']}/{result['of']}"
    return written


def _result_row(design: Design | None, label: Text, result: Mapping[str, Any]) -> str:
    name = str(result.get("name") or result.get("statistic") or "")
    statistic = _STATISTICS.get(name, Text(name, name))
    p = result.get("p_value")
    n = result.get("n") or result.get("of") or result.get("coverage", {}).get("known")
    method = METHODS.get(str(result.get("method", "")), Text("–", "–"))
    cells = (
        bilingual(statistic),
        bilingual(both(lambda lang: _value(result, design, lang))),
        bilingual(both(lambda lang: "–" if p is None else p_value(p, lang))),
        "–" if n is None else str(n),
        bilingual(method),
    )
    body = "".join(
        f"<td{' class=number' if k in (2, 3) else ''}>{cell}</td>" for k, cell in enumerate(cells)
    )
    return f'<tr><th scope="row">{bilingual(label)}</th>{body}</tr>'


def _results(
    verdict: Verdict, caption: Text, rows: Sequence[tuple[Text, Mapping[str, Any]]]
) -> str:
    heads = (
        Text("sınanan", "what"),
        Text("istatistik", "statistic"),
        Text("değer", "value"),
        Text("p", "p"),
        Text("n", "n"),
        Text("yöntem", "method"),
    )
    body = "".join(_result_row(verdict.design, *row) for row in rows)
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption>'
        f"<thead><tr>{head_cells(heads, numbers=range(3, 5))}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def _main(verdict: Verdict) -> str:
    name = Text("Ana sınama", "Main test")
    tested = str(verdict.main.get("class", ""))
    if tested and verdict.design is not None:
        year, told = verdict.main.get("year"), capitalized(verdict.design.title_of(tested))
        name = Text(f"{told.tr}, {year}", f"{told.en}, {year}")
    return _results(verdict, Text("Ana sınama", "Main test"), [(name, verdict.main)])


def _power(verdict: Verdict) -> str:
    effect = verdict.minimum_detectable_effect
    if "passes_from" in verdict.main:
        least, write = verdict.main["passes_from"], _writes(verdict.design, verdict.main)
        told = Text(
            f"Sıralamada p ≤ 0,05 için en küçük üyenin değeri en az {write(least, 'tr')} olmalıdır.",
            f"For a rank with p ≤ 0.05 the smallest member needs {write(least, 'en')} or more.",
        )
        return f"<p>{bilingual(told)}</p>"
    if effect is None:
        return ""
    share = verdict.main.get("name") == "difference_of_means"
    write = _writes(verdict.design, verdict.main) if share else number
    told = Text(
        f"Verinin bu haliyle sıfırdan ayırt edilebilecek en küçük etki (%80 güç): {write(effect, 'tr')}.",
        f"Smallest effect that these data could tell from none (80% power): {write(effect, 'en')}.",
    )
    return f"<p>{bilingual(told)}</p>"


def _account(verdict: Verdict) -> str:
    """Claim, reason and rule."""
    hypothesis = verdict.hypothesis
    rule = bilingual(Text("Önceden yazılmış karar kuralı", "The decision rule, written before"))
    return (
        f"<blockquote>{bilingual(hypothesis.claim)}{_line(verdict)}</blockquote>"
        f"<p>{bilingual(verdict.reason)}</p><p><strong>{rule}:</strong> {bilingual(hypothesis.rule)}"
        "</p>"
    )


def _links(verdict: Verdict) -> str:
    hypothesis = verdict.hypothesis
    more = Text(
        f"Bütün yan sınamalar ({len(verdict.companions)}) ve sonucun neye bağlı olduğu",
        f"All companions ({len(verdict.companions)}) and what the answer depends on",
    )
    pages = {f"finding-{hypothesis.id}.html": more}
    if hypothesis.test == "corridor":
        pages[f"{hypothesis.id}.html"] = Text("Haritası", "Its map")
    return "".join(
        f'<p><a href="{page}" data-page="{page}">{bilingual(told)}</a></p>'
        for page, told in pages.items()
    )


def finding_section(verdict: Verdict, *, picture: str = "") -> str:
    """Write one finding: claim, reason, rule, map, main test, power, curve, and where the rest is."""
    hypothesis = verdict.hypothesis
    return (
        f'<article id="{hypothesis.id}"><h3>{bilingual(hypothesis.title)} {badge(verdict.verdict)}'
        f'</h3>{_account(verdict)}<div class="side">{picture}<div>{curve_section(verdict)}</div></div>'
        f"{_main(verdict)}{_power(verdict)}{_links(verdict)}</article>"
    )


def _footer(verdict: Verdict) -> str:
    if not verdict.basis.en:
        return ""
    return f"<footer><p>{bilingual(verdict.basis)}.</p></footer>"


def finding_page(verdict: Verdict, names: pd.Series, language: Language = "tr") -> str:
    """
    Write the page of one finding: everything that was tested, and what the answer depends on.

    Parameters
    ----------
    verdict : Verdict
    names : pandas.Series
        Names of the units by id.
    language : {"tr", "en"}
        Shown first.

    Returns
    -------
    str
        One HTML document that makes no request.
    """
    hypothesis, robust = verdict.hypothesis, robust_told(verdict)
    home = bilingual(Text("← Bulgular", "← Findings"))
    companions = [(Text(**c["label"]), c) for c in verdict.companions]
    beside = Text(
        "Yan sınamalar: öteki değişkenler, yıllar ve seçimler",
        "Companions: other variables, years and choices",
    )
    sturdy = bilingual(Text(f"sağlam: {robust.tr}", f"robust: {robust.en}"))
    body = (
        f'<main><p><a href="index.html#{hypothesis.id}" data-page="index.html">{home}</a></p>'
        f"<p>{badge(verdict.verdict)} {sturdy}</p>{_account(verdict)}{_main(verdict)}"
        f"{_power(verdict)}{_results(verdict, beside, companions) if companions else ''}"
        f"{dependence_section(verdict, names)}{_footer(verdict)}</main>"
    )
    return document(hypothesis.title, body, language=language)
