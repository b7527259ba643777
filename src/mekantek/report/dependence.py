"""How much a verdict depends on choices: the specification curve, larger units, stable clusters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mekantek.findings.cluster_stability import CLUSTERS
from mekantek.findings.maup import Scale
from mekantek.findings.robustness import SpecificationCurve
from mekantek.findings.verdict import ROBUST, VERDICTS, Verdict
from mekantek.grammar import UNIT
from mekantek.maps.page import bilingual
from mekantek.maps.palette import CLUSTERS as CLUSTER_NAMES
from mekantek.report.wording import both, choice_name, choice_value, head_cells
from mekantek.text import LANGUAGES, Language, Text, integer, number, p_value, percent

__all__ = ["curve_section", "curve_told", "dependence_section", "joint_told"]

# The curve's picture, in its own units; it scales with the page.
_WIDTH, _HEIGHT, _MARGIN = 720, 180, 44
# No more strokes than a screen can tell apart.
_STROKES = 700
# Provinces whose clusters are listed.
_LISTED = 10


def dependence_section(verdict: Verdict, names: pd.Series) -> str:
    """
    Write what a verdict depends on.

    Parameters
    ----------
    verdict : Verdict
    names : pandas.Series
        Names of the units by id.

    Returns
    -------
    str
        Empty where nothing was varied.
    """
    file = f"specifications-{verdict.hypothesis.id}.csv"
    every = bilingual(Text("Seçimlerin tamamı (CSV)", "All choices (CSV)"))
    link = f'<p><a href="{file}">{every}</a></p>' if len(verdict.curve) else ""
    parts = [
        curve_section(verdict), _by_choice(verdict), link, _scales(verdict),
        _stability(verdict, names),
    ]  # fmt: skip
    if not any(parts):
        return ""
    head = bilingual(Text("Sonuç neye bağlı?", "What does the answer depend on?"))
    return f"<h2>{head}</h2>{''.join(parts)}"


def curve_section(verdict: Verdict) -> str:
    """Write the specification curve: what came out, whether by chance, and its picture."""
    curve = verdict.curve
    if not len(curve):
        return ""
    return f"<p>{bilingual(curve_told(curve))} {bilingual(joint_told(curve))}</p>{_picture(curve)}"


def curve_told(curve: SpecificationCurve) -> Text:
    """Say what came out over all choices."""
    words = {w: n for w in VERDICTS if (n := curve.agreeing(w))}
    came = both(
        lambda lang: "; ".join(f"{VERDICTS[w][lang]} {integer(n, lang)}" for w, n in words.items())
    )
    least = {lang: percent(ROBUST, lang, digits=0) for lang in ("tr", "en")}
    count = {lang: integer(len(curve), lang) for lang in ("tr", "en")}
    return Text(
        f"{count['tr']} makul seçimin sonucu: {came.tr}. Aynı hüküm en az {least['tr']} oranında "
        "çıkarsa sağlam denir.",
        f"Over {count['en']} reasonable choices: {came.en}. A verdict is called robust when at "
        f"least {least['en']} give the same word.",
    )


def joint_told(curve: SpecificationCurve) -> Text:
    """Say whether the curve as a whole could come from data without the effect."""
    joint, null = curve.joint, curve.null or Text("", "")
    if joint is None:
        if curve.null is None:
            return null
        return Text(f"Ortak p yok: {null.tr}.", f"No joint p: {null.en}.")
    parts = {
        lang: (
            number(joint["statistic"], lang, digits=3),
            p_value(joint["p_value"], lang),
            integer(joint["surrogates"], lang),
            null[lang],
        )
        for lang in ("tr", "en")
    }
    return Text(
        "Ortanca etki {}; bütün eğri için ortak {} ({} yapay veri: {}).".format(*parts["tr"]),
        "The median effect is {}; for the curve as a whole {} ({} surrogates: {}).".format(
            *parts["en"]
        ),
    )


def _picture(curve: SpecificationCurve) -> str:
    """Effects from least to greatest, one upright stroke each, coloured by verdict."""
    frame = curve.to_frame().dropna(subset=["effect"]).sort_values("effect", kind="stable")
    if len(frame) < 2:
        return ""
    each = -(-len(frame) // _STROKES)
    frame = frame.iloc[each // 2 :: each]
    effects = frame["effect"].astype(float).to_numpy()
    low, high = min(0.0, float(effects[0])), max(0.0, float(effects[-1]))
    span = (high - low) or 1.0
    width = (_WIDTH - _MARGIN) / len(frame)
    across = _MARGIN + width * (np.arange(len(frame)) + 0.5)

    def height(value: float) -> float:
        return round(_HEIGHT - 8 - (value - low) / span * (_HEIGHT - 16), 1)

    zero = height(0.0)
    strokes = []
    for word in VERDICTS:
        mine = (frame["verdict"] == word).to_numpy()
        if mine.any():
            path = "".join(
                f"M{x:.1f} {zero}V{height(e)}"
                for x, e in zip(across[mine], effects[mine], strict=True)
            )
            strokes.append(
                f'<path class="{word.replace(" ", "-")}" d="{path}" stroke-width="{max(width, 0.7):.1f}"/>'
            )
    stands = Text("bir seçim", "one choice")
    if each > 1:
        stands = Text(f"sıradaki {each} seçimden biri", f"one of every {each} choices in order")
    caption = Text(
        f"Her çizgi {stands.tr}; boyu bulunan etki (artı: iddianın yönü), rengi hüküm.",
        f"Each stroke is {stands.en}; its length is the effect (plus: the claim's direction), its "
        "colour the verdict.",
    )
    keys = " ".join(
        f'<span class="key {w.replace(" ", "-")}"></span>{bilingual(VERDICTS[w])}'
        for w in VERDICTS
        if curve.agreeing(w)
    )
    ends = "".join(
        f'<text x="0" y="{height(v) + 4}" lang="{lang}">{number(v, lang)}</text>'
        for v in dict.fromkeys((low, high))
        for lang in LANGUAGES
    )
    return (
        f'<figure class="curve"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{caption.tr} / {caption.en}">{ends}<path class="zero" '
        f'd="M{_MARGIN} {zero}H{_WIDTH}"/>{"".join(strokes)}</svg>'
        f"<figcaption>{bilingual(caption)} {keys}</figcaption></figure>"
    )


def _by_choice(verdict: Verdict) -> str:
    if not len(verdict.curve):
        return ""
    table = verdict.curve.by_choice(verdict.verdict)
    several = table.groupby("choice")["value"].transform("size") > 1
    table = table[several]
    if not len(table):
        return ""
    heads = (
        Text("seçim", "choice"), Text("değeri", "value"), Text("kaç kez", "times"),
        Text("aynı hüküm", "same verdict"), Text("ortanca etki", "median effect"),
    )  # fmt: skip
    rows, before = [], ""
    sizes = table["choice"].value_counts()
    for row in table.to_dict("records"):
        name = str(row["choice"])
        first = ""
        if name != before:
            told = bilingual(choice_name(name))
            first = f'<th scope="rowgroup" rowspan="{sizes[name]}">{told}</th>'
        before = name
        cells = (
            bilingual(choice_value(row["value"], verdict.design)),
            bilingual(both(partial(integer, int(row["n"])))),
            bilingual(both(partial(_whole_percent, float(row["agreeing"])))),
            bilingual(both(partial(_effect, float(row["median_effect"])))),
        )
        body = "".join(
            f"<td{' class=number' if k else ''}>{cell}</td>" for k, cell in enumerate(cells)
        )
        rows.append(f"<tr>{first}{body}</tr>")
    summary = bilingual(Text("Seçim seçim", "Choice by choice"))
    return _table(summary, head_cells(heads, numbers=range(2, 5)), rows)


def _whole_percent(part: float, language: Language) -> str:
    return percent(part, language, digits=0)


def _effect(value: float, language: Language) -> str:
    return "–" if np.isnan(value) else number(value, language, digits=3)


def _table(caption: str, head: str, rows: list[str]) -> str:
    return (
        f'<h3>{caption}</h3><div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


_OUTCOMES: Mapping[str, Text] = {
    **VERDICTS,
    "among the first 5 %": Text("ilk %5'te", "among the first 5%"),
    "not among the first 5 %": Text("ilk %5'te değil", "not among the first 5%"),
}


def _scales(verdict: Verdict) -> str:
    if not verdict.scales:
        return ""
    heads = (
        Text("birim", "units"), Text("birim sayısı", "number"), Text("etki", "effect"),
        Text("p", "p"), Text("sonuç", "outcome"),
    )  # fmt: skip
    rows = [_scale_row(scale, verdict) for scale in verdict.scales]
    summary = bilingual(
        Text(
            "Daha büyük birimlerde: bölgeler ve rastgele çizilmiş bölgeler",
            "On larger units: regions, and regions drawn at random",
        )
    )
    return _table(summary, head_cells(heads, numbers=range(1, 4)), rows)


def _scale_row(scale: Scale, verdict: Verdict) -> str:
    share = verdict.hypothesis.test in ("corridor", "bloc")

    def write(value: float | None, lang: Language) -> str:
        if value is None:
            return "–"
        return percent(value, lang) if share else number(value, lang, digits=3)

    def effect(lang: Language) -> str:
        shown = write(scale.effect, lang)
        if scale.low is not None:
            shown += f" ({write(scale.low, lang)} … {write(scale.high, lang)})"
        return shown

    def outcome(lang: Language) -> str:
        if scale.drawings == 1:
            return _OUTCOMES[next(iter(scale.outcomes))][lang]
        return "; ".join(
            f"{_OUTCOMES[word][lang]} {n}/{scale.drawings}"
            for word, n in sorted(scale.outcomes.items(), key=lambda pair: -pair[1])
        )

    p = scale.p_value
    return (
        f'<tr><th scope="row">{bilingual(scale.label)}</th><td class=number>{scale.units}</td>'
        f"<td class=number>{bilingual(both(effect))}</td><td class=number>"
        f"{bilingual(both(lambda lang: '–' if p is None else p_value(p, lang)))}</td>"
        f"<td>{bilingual(both(outcome))}</td></tr>"
    )


def _stability(verdict: Verdict, names: pd.Series) -> str:
    table = verdict.stability
    if table is None:
        return ""
    plain = table[list(CLUSTERS)]
    leading = plain.max(axis=1).sort_values(ascending=False, kind="stable")
    leading = leading[leading > 0].head(_LISTED)
    heads = (
        UNIT.one if verdict.design is None else verdict.design.unit.one,
        Text("küme", "cluster"), Text("p ≤ 0,05", "p ≤ 0.05"),
        Text("düzeltmeden sonra", "after correction"),
    )  # fmt: skip
    rows = [
        _cluster_row(str(names[unit]), str(plain.loc[unit].idxmax()), table.loc[unit])
        for unit in leading.index
    ]
    maps = table.attrs["maps"]
    summary = bilingual(
        Text(
            f"En istikrarlı kümeler: {maps} haritanın kaçında?",
            f"The steadiest clusters: in how many of {maps} maps?",
        )
    )
    return _table(summary, head_cells(heads, numbers=range(2, 4)), rows)


def _cluster_row(name: str, kind: str, parts: Any) -> str:
    cells = "".join(
        f"<td class=number>{bilingual(both(partial(_whole_percent, part)))}</td>"
        for part in (float(parts[kind]), float(parts[f"{kind}_adjusted"]))
    )
    told = CLUSTER_NAMES[kind][1]
    return f'<tr><th scope="row">{name}</th><td>{bilingual(told)}</td>{cells}</tr>'
