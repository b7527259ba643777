"""The report: verdicts on top, then each finding with its rule, numbers and companions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.verdict import VERDICTS, Verdict
from mekantek.maps.atlas import cluster_summary, write_atlas
from mekantek.maps.clusters import cluster_fill
from mekantek.maps.facts import units
from mekantek.maps.page import bilingual, document
from mekantek.maps.palette import CLUSTERS, share_bins
from mekantek.maps.shares import circle_radii
from mekantek.maps.svg import outlines, still
from mekantek.text import (
    LANGUAGES,
    METHODS,
    Language,
    Text,
    capitalized,
    integer,
    number,
    p_value,
    percent,
)

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult, LocalResult
    from mekantek.study import Study

__all__ = ["study_content", "write_study"]

TITLE = Text(
    "Teknoloji ihracatının coğrafyası: raporun bulguları sınanıyor",
    "The geography of technology exports: the report's findings on trial",
)
_NAMES: Mapping[str, Text] = {name: capitalized(text) for name, text in CLASS_NAMES.items()}
_MEASURES: Mapping[str, Text] = {
    "gini": Text("Gini", "Gini"),
    "hhi": Text("HHI", "HHI"),
    "equivalent_number": Text("eşdeğer il sayısı", "equivalent number"),
    "cr1": Text("ilk 1 ilin payı", "share of the top 1"),
    "cr3": Text("ilk 3 ilin payı", "share of the top 3"),
    "cr10": Text("ilk 10 ilin payı", "share of the top 10"),
}
_STATISTICS: Mapping[str, Text] = {
    "spearman": Text("Spearman ρ", "Spearman ρ"),
    "pearson": Text("Pearson r", "Pearson r"),
    "weighted_spearman": Text("ağırlıklı Spearman ρ", "weighted Spearman ρ"),
    "kendall_tau_b": Text("Kendall τ-b", "Kendall τ-b"),
    "difference_of_means": Text("ortalama farkı", "difference of means"),
    "minimum": Text("en küçük üye", "smallest member"),
    "discordant_pairs": Text("ters çift", "discordant pairs"),
    "gini": Text("Gini", "Gini"),
    "hhi": Text("HHI", "HHI"),
    "cr1": Text("CR1", "CR1"),
    "cr3": Text("CR3", "CR3"),
    "national_share": Text("Türkiye payı", "national share"),
    "top_list": Text("ilk üç", "top three"),
    "local_moran": Text("yerel Moran", "local Moran"),
    "planted_gradient": Text("bulunan", "found"),
}


def study_content(
    study: Study,
    verdicts: Sequence[Verdict],
    lisas: Mapping[tuple[str, int], LocalResult],
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    measures: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """
    Give everything the study found, as ``results.json`` holds it.

    Returns
    -------
    dict
        ``findings``, ``global``, ``local``, ``concentration`` in the forms of the JSON contract,
        with data provenance and versions. No time stamp: the same input gives the same bytes.
    """
    from mekantek.export import versions

    names = study.names.to_dict()
    return {
        "schema": "mekantek/study/1",
        "findings": [v.to_dict() for v in verdicts],
        "global": [{**context, **result.to_dict()} for context, result in morans],
        "local": [
            {"class": name, "year": year, **lisa.to_dict(names)}
            for (name, year), lisa in lisas.items()
        ],
        "run_family": _run_family(study, lisas),
        "concentration": {"schema": "mekantek/concentration/1", "measures": list(measures)},
        "data": {
            "source": study.provenance["report"].to_dict(),
            "basis": study.provenance["basis"].to_dict(),
            "boundaries": study.provenance["boundaries"].to_dict(),
            "sha256": dict(study.provenance["sha256"]),
        },
        "versions": versions(),
    }


def _run_family(study: Study, lisas: Mapping[tuple[str, int], LocalResult]) -> dict[str, Any]:
    """Correct all maps of the run as one family: a reader who looks at eight maps tests them all."""
    from mekantek.stats.inference import adjust

    alpha = next(iter(lisas.values())).family.alpha
    pooled = pd.concat([lisa.frame["p_value"] for lisa in lisas.values()])
    places = [(c, y, unit) for (c, y), lisa in lisas.items() for unit in lisa.frame.index]
    adjusted = adjust(pooled.to_numpy(), "bh")
    names = study.names.to_dict()
    return {
        "maps": len(lisas),
        "size": int(pooled.notna().sum()),
        "correction": "bh",
        "alpha": alpha,
        "survivors": [
            {"class": c, "year": y, "id": str(unit), "name": names[unit], "p_adjusted": float(p)}
            for (c, y, unit), p in zip(places, adjusted, strict=True)
            if p <= alpha
        ],
    }


def _run_sentence(family: Mapping[str, Any]) -> Text:
    found = [f"{s['name']} ({s['class']}, {s['year']})" for s in family["survivors"]]
    listed = ", ".join(found)
    size = {lang: integer(family["size"], lang) for lang in LANGUAGES}
    return Text(
        f"{family['maps']} harita tek aile sayılınca ({size['tr']} sınama) "
        + (f"anlamlı kalan: {listed}." if found else "hiçbir il anlamlı kalmıyor."),
        f"Taking all {family['maps']} maps as one family ({size['en']} tests) "
        + (f"these remain significant: {listed}." if found else "no province remains significant."),
    )


def write_study(
    study: Study,
    folder: Path,
    *,
    verdicts: Sequence[Verdict],
    lisas: Mapping[tuple[str, int], LocalResult],
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    measures: Sequence[Mapping[str, Any]],
    language: Language = "tr",
    step: Any = lambda _: None,
) -> dict[str, Any]:
    """
    Write the report, all maps, ``results.json``, CSV tables and one GeoPackage.

    Parameters
    ----------
    study : Study
    folder : Path
        Must exist.
    verdicts, lisas, morans, measures
        What the study found.
    language : {"tr", "en"}
        Shown first on every page.
    step : callable
        Told the name of each product.

    Returns
    -------
    dict
        What ``results.json`` holds.
    """
    from mekantek import export
    from mekantek.datasets import tables

    content = study_content(study, verdicts, lisas, morans, measures)
    corridors = [v.main for v in verdicts if v.hypothesis.test == "corridor"]
    write_atlas(study, lisas, corridors, folder, language=language, step=step)
    step("index.html")
    page = _index(study, verdicts, lisas, morans, measures, language)
    export.write_text(folder / "index.html", page)
    export.write_text(folder / "results.json", export.to_json(content) + "\n")
    step("tables")
    tables.write_tidy(folder)
    export.write_csv(_findings_table(verdicts), folder / "findings.csv")
    export.write_csv(export.global_table(morans), folder / "global_moran.csv")
    rows = [({"class": c, "year": y}, lisa) for (c, y), lisa in lisas.items()]
    export.write_csv(export.local_table(rows, study.names), folder / "local_moran.csv")
    export.write_csv(pd.DataFrame(list(measures)), folder / "concentration.csv")
    step("GeoPackage")
    export.write_geopackage(study, lisas, folder / "mekantek.gpkg")
    return content


def _findings_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "id": v.hypothesis.id,
                "report_line": v.hypothesis.report_line,
                "claim_tr": v.hypothesis.claim.tr,
                "claim_en": v.hypothesis.claim.en,
                "verdict": v.verdict,
                "robust": v.robust,
                "agreeing": v.agreeing,
                "specifications": len(v.specifications),
                "minimum_detectable_effect": v.minimum_detectable_effect,
                "reason_tr": v.reason.tr,
                "reason_en": v.reason.en,
            }
            for v in verdicts
        ]
    )


def _badge(word: str) -> str:
    return f'<span class="verdict {word.replace(" ", "-")}">{bilingual(VERDICTS[word])}</span>'


def _robust(verdict: Verdict) -> Text:
    count = f"{verdict.agreeing}/{len(verdict.specifications)}"
    if verdict.robust is None:
        return Text("–", "–")
    if verdict.robust:
        return Text(f"evet ({count})", f"yes ({count})")
    return Text(f"hayır ({count})", f"no ({count})")


def _line(verdict: Verdict) -> Text:
    line = verdict.hypothesis.report_line
    return Text(f"raporun metni, satır {line}", f"text of the report, line {line}")


def _verdict_table(verdicts: Sequence[Verdict]) -> str:
    robust = Text("Sağlam mı?", "Robust?")
    heads = (
        Text("Bulgu ve raporun cümlesi", "Finding and the report's sentence"),
        Text("Hüküm", "Verdict"),
        robust,
        Text("Neden", "Why"),
    )
    head = "".join(f'<th scope="col">{bilingual(h)}</th>' for h in heads)
    rows = "".join(
        f'<tr><td><a href="#{v.hypothesis.id}">{bilingual(v.hypothesis.title)}</a>'
        f'<p class="said">«{bilingual(v.hypothesis.claim)}» ({bilingual(_line(v))})</p></td>'
        f"<td>{_badge(v.verdict)}</td>"
        f'<td><span class="narrow">{bilingual(robust)} </span>{bilingual(_robust(v))}</td>'
        f"<td>{bilingual(v.reason)}</td></tr>"
        for v in verdicts
    )
    return (
        f'<div class="scroll" tabindex="0"><table class="wide verdicts"><thead><tr>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _value(result: Mapping[str, Any], language: Language) -> str:
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
    if name == "discordant_pairs":
        return f"{result['statistic']} / {result['of']}"
    if name == "top_list":
        told = {True: Text("tutuyor", "holds"), False: Text("tutmuyor", "does not hold")}
        return told[bool(result["overlaps"])][language]
    value = result["value"] if "value" in result else result.get("statistic")
    if value is None:
        return "–"
    if name in ("minimum", "national_share", "difference_of_means"):
        written = percent(value, language)
    else:
        written = number(value, language, digits=3)
    if result.get("low") is not None and name != "kendall_tau_b":
        write = percent if name == "national_share" else _three
        written += f" ({write(result['low'], language)} … {write(result['high'], language)})"
    if result.get("bounds", {}).get("low") is not None:
        low, high = (number(result["bounds"][k], language) for k in ("low", "high"))
        written += f" [{low} … {high}]"
    if result.get("rank"):
        written += f", {result['rank']}/{result['of']}"
    return written


def _three(value: float, language: Language) -> str:
    return number(value, language, digits=3)


def _both(write: Any) -> Text:
    return Text(*(write(lang) for lang in LANGUAGES))


def _result_row(label: Text, result: Mapping[str, Any]) -> str:
    name = str(result.get("name") or result.get("statistic") or "")
    statistic = _STATISTICS.get(name, Text(name, name))
    p = result.get("p_value")
    n = result.get("n") or result.get("of") or result.get("coverage", {}).get("known")
    method = METHODS.get(str(result.get("method", "")), Text("–", "–"))
    cells = (
        bilingual(statistic),
        bilingual(_both(lambda lang: _value(result, lang))),
        bilingual(_both(lambda lang: "–" if p is None else p_value(p, lang))),
        "–" if n is None else str(n),
        bilingual(method),
    )
    body = "".join(
        f"<td{' class=number' if k in (2, 3) else ''}>{cell}</td>" for k, cell in enumerate(cells)
    )
    return f'<tr><th scope="row">{bilingual(label)}</th>{body}</tr>'


def _results(main: tuple[Text, Mapping[str, Any]], rest: Sequence[Mapping[str, Any]]) -> str:
    heads = (
        Text("sınanan", "what"),
        Text("istatistik", "statistic"),
        Text("değer", "value"),
        Text("p", "p"),
        Text("n", "n"),
        Text("yöntem", "method"),
    )
    head = _heads(heads, numbers=range(3, 5))

    def table(rows: str, caption: Text) -> str:
        return (
            f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    companions = "".join(_result_row(Text(**c["label"]), c) for c in rest)
    shown = table(_result_row(*main), Text("Ana sınama", "Main test"))
    if companions:
        more = bilingual(
            Text(
                f"Yanındakiler: öteki sınıflar, yıllar ve seçimler ({len(rest)})",
                f"Beside it: other classes, years and choices ({len(rest)})",
            )
        )
        shown += (
            f"<details><summary>{more}</summary>"
            f"{table(companions, Text('Yan sınamalar', 'Companions'))}</details>"
        )
    return shown


def _power(verdict: Verdict) -> str:
    effect = verdict.minimum_detectable_effect
    if "passes_from" in verdict.main:
        least = verdict.main["passes_from"]
        told = Text(
            f"Sıralamada p ≤ 0,05 için en küçük üyenin payı en az {percent(least, 'tr')} olmalıydı.",
            f"For a rank with p ≤ 0.05 the smallest member needs {percent(least, 'en')} or more.",
        )
        return f"<p>{bilingual(told)}</p>"
    if effect is None:
        return ""
    share = verdict.main.get("name") == "difference_of_means"
    write = percent if share else number
    told = Text(
        f"Verinin bu haliyle sıfırdan ayırt edilebilecek en küçük etki (%80 güç): {write(effect, 'tr')}.",
        f"Smallest effect that these data could tell from none (80% power): {write(effect, 'en')}.",
    )
    return f"<p>{bilingual(told)}</p>"


def _varied(verdict: Verdict) -> str:
    """Say which choices the specifications vary, and how many words come out."""
    if not verdict.specifications:
        return ""
    choices = {
        key: len({str(s.choice[key]) for s in verdict.specifications})
        for key in verdict.specifications[0].choice
    }
    varied = _both(
        lambda lang: ", ".join(f"{_CHOICES[key][lang]} ({n})" for key, n in choices.items())
    )
    words = {w: sum(s.verdict == w for s in verdict.specifications) for w in VERDICTS}
    came = _both(lambda lang: "; ".join(f"{VERDICTS[w][lang]} {n}" for w, n in words.items() if n))
    count = len(verdict.specifications)
    told = Text(
        f"Sağlamlık: {count} seçimde {came.tr}. Değişenler: {varied.tr}.",
        f"Robustness: over {count} choices {came.en}. What varies: {varied.en}.",
    )
    return f"<p>{bilingual(told)}</p>"


_CHOICES: Mapping[str, Text] = {
    "year": Text("yıl", "year"),
    "coefficient": Text("katsayı", "coefficient"),
    "provinces": Text("iller", "provinces"),
    "distance_classes": Text("uzaklık sınıfları", "distance classes"),
    "neighbours": Text("komşuluk", "neighbours"),
    "class": Text("sınıf", "class"),
    "statistic": Text("istatistik", "statistic"),
    "index": Text("endeks okuması", "reading of the index"),
    "reading": Text("okuma", "reading"),
    "measure": Text("ölçü", "measure"),
    "print": Text("basılan sayının okuması", "reading of the print"),
    "regions": Text("bölge tanımı", "regions"),
}


def _finding(verdict: Verdict) -> str:
    hypothesis = verdict.hypothesis
    rule = bilingual(Text("Önceden yazılmış karar kuralı", "The decision rule, written before"))
    name = Text("Ana sınama", "Main test")
    tested = str(verdict.main.get("class", ""))
    if tested in _NAMES:
        year = verdict.main.get("year")
        name = Text(f"{_NAMES[tested].tr}, {year}", f"{_NAMES[tested].en}, {year}")
    picture = ""
    if hypothesis.test == "corridor":
        told = bilingual(Text("Haritası", "Its map"))
        page = f"{hypothesis.id}.html"
        picture = f'<p><a href="{page}" data-page="{page}">{told}</a></p>'
    return (
        f'<section id="{hypothesis.id}"><h2>{bilingual(hypothesis.title)} {_badge(verdict.verdict)}'
        f"</h2><blockquote>{bilingual(hypothesis.claim)} ({bilingual(_line(verdict))})</blockquote>"
        f"<p>{bilingual(verdict.reason)}</p><p><strong>{rule}:</strong> {bilingual(hypothesis.rule)}"
        f"</p>{_results((name, verdict.main), verdict.companions)}{_power(verdict)}"
        f"{_varied(verdict)}{picture}</section>"
    )


def _figure(page: str, picture: str, caption: Text) -> str:
    return (
        f'<figure><a href="{page}" data-page="{page}">{picture}</a>'
        f'<figcaption><a href="{page}" data-page="{page}">{bilingual(caption)}</a></figcaption>'
        "</figure>"
    )


def _pictures(
    study: Study, verdicts: Sequence[Verdict], lisas: Mapping[tuple[str, int], LocalResult]
) -> str:
    """Still maps that lead to the live ones: a row a class, then the corridors."""
    last = study.at(study.years[-1])
    geometry, points = last.geometry, last.points
    rows = []
    for name in dict.fromkeys(c for c, _ in lisas):
        share, lisa = last.share(name), lisas[name, last.year]
        bins, told, slug = (
            share_bins(name),
            cluster_summary(lisa, units(study)),
            name.replace("_", "-"),
        )
        value = last.class_values(name)["value"]
        radii = {u: r / 1080 for u, r in circle_radii(value).items()}
        circles = [
            (float(at["longitude"]), float(at["latitude"]), radii[str(u)])
            for u, at in points.iterrows()
            if str(u) in radii
        ]
        captions = (
            Text(f"Pay, {last.year}; {study.years[0]} ve değişim",
                 f"Share, {last.year}; {study.years[0]} and change"),
            Text(f"Kümeler, {last.year}: {told.tr}", f"Clusters, {last.year}: {told.en}"),
            Text(f"İhracat değeri, {last.year} (daire)", f"Export value, {last.year} (circles)"),
        )  # fmt: skip
        kinds = ("share", "clusters", "value")
        fills = (bins.fill(share), cluster_fill(lisa), bins.fill(share))
        figures = "".join(
            _figure(
                f"{kind}-{slug}.html",
                still(
                    geometry,
                    fill,
                    described=" / ".join(
                        f"{_NAMES[name][lang]}. {caption[lang]}" for lang in LANGUAGES
                    ),
                    circles=circles if kind == "value" else (),
                ),
                caption,
            )
            for kind, fill, caption in zip(kinds, fills, captions, strict=True)
        )
        rows.append(f'<h3>{bilingual(_NAMES[name])}</h3><div class="gallery">{figures}</div>')
    corridors = []
    for verdict in verdicts:
        if verdict.hypothesis.test == "corridor":
            main = verdict.main
            at = study.at(int(main["year"])).share(str(main["class"]))
            title = verdict.hypothesis.title
            picture = still(
                geometry,
                share_bins(str(main["class"])).fill(at),
                described=f"{title.tr} / {title.en}",
                marked=[str(m) for m in main["members"]],
            )
            corridors.append(_figure(f"{verdict.hypothesis.id}.html", picture, title))
    if corridors:
        word = Text("Koridorlar", "Corridors")
        rows.append(f'<h3>{bilingual(word)}</h3><div class="gallery">{"".join(corridors)}</div>')
    return outlines(geometry) + "".join(rows)


def _heads(heads: Sequence[Text], *, numbers: range) -> str:
    return "".join(
        f'<th scope="col"{" class=number" if k in numbers else ""}>{bilingual(h)}</th>'
        for k, h in enumerate(heads)
    )


def _moran_table(morans: Sequence[tuple[Mapping[str, Any], GlobalResult]]) -> str:
    heads = (Text("sınıf", "class"), Text("yıl", "year"), Text("I", "I"), Text("z", "z"),
             Text("p", "p"))  # fmt: skip
    head = _heads(heads, numbers=range(2, 5))
    rows = "".join(
        f'<tr><th scope="row">{bilingual(_NAMES[context["class"]])}</th><td>{context["year"]}</td>'
        + "".join(
            f"<td class=number>{bilingual(_both(lambda lang, v=v: _three_or_dash(v, lang)))}</td>"
            for v in (result.statistic, result.z_score)
        )
        + f"<td class=number>{bilingual(_both(lambda lang, r=result: p_value(r.p_value, lang)))}</td>"
        "</tr>"
        for context, result in morans
    )
    first = morans[0][1]
    caption = Text(
        f"Moran I, n = {first.n}, resmî komşuluk ({first.weights['links']} yönlü bağ), iki yönlü, "
        f"rastgeleleme momentleri; {len(morans)} sınama, p düzeltmesiz",
        f"Moran's I, n = {first.n}, official neighbours ({first.weights['links']} directed links), "
        f"two-sided, moments under randomization; {len(morans)} tests, p uncorrected",
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption><thead><tr>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _three_or_dash(value: float | None, language: Language) -> str:
    return "–" if value is None else number(value, language, digits=3)


def _concentration_table(measures: Sequence[Mapping[str, Any]]) -> str:
    heads = [Text("sınıf", "class"), Text("yıl", "year"), *_MEASURES.values(), Text("n", "n")]
    head = _heads(heads, numbers=range(2, len(heads)))
    groups: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for row in measures:
        groups.setdefault((row["class"], row["year"]), {})[row["name"]] = row

    def cell(row: Mapping[str, Any]) -> str:
        share = str(row["name"]).startswith("cr")
        digits = 1 if row["name"] == "equivalent_number" else 3

        def write(value: float, lang: Language) -> str:
            return percent(value, lang) if share else number(value, lang, digits=digits)

        shown = bilingual(_both(lambda lang: write(row["value"], lang)))
        if row["low"] is not None:
            ends = _both(lambda lang: f"{write(row['low'], lang)}–{write(row['high'], lang)}")
            shown += f"<small>{bilingual(ends)}</small>"
        return f"<td class=number>{shown}</td>"

    rows = "".join(
        f'<tr><th scope="row">{bilingual(_NAMES[name])}</th><td>{year}</td>'
        + "".join(cell(found[m]) for m in _MEASURES)
        + f"<td class=number>{found['gini']['n']}</td></tr>"
        for (name, year), found in groups.items()
    )
    caption = Text(
        "Küçük yazı: her pay ±0,05 puan oynatıldığında en küçük ve en büyük değer",
        "Small print: least and greatest value when every share moves by ±0.05 points",
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption><thead><tr>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _data_section(study: Study) -> str:
    from mekantek.datasets import tables

    listed = tables.list_tables().set_index("name")
    counts = {
        key: {
            k: int(str(listed.loc[key, k])) for k in ("rows", "printed", "corrected", "unresolved")
        }
        for key in ("shares", "totals")
    }

    def counted(key: str, language: Language) -> str:
        found = {k: integer(v, language) for k, v in counts[key].items()}
        words = Text(
            "{rows} {what} ({printed} basıldığı gibi, {corrected} düzeltilmiş, "
            "{unresolved} çözülmemiş)",
            "{rows} {what} ({printed} as printed, {corrected} corrected, {unresolved} unresolved)",
        )
        what = {"shares": Text("pay", "shares"), "totals": Text("il toplamı", "province totals")}
        return words[language].format(what=what[key][language], **found)

    told = Text(
        f"{counted('shares', 'tr')} ve {counted('totals', 'tr')}. Hiçbir boşluk doldurulmadı. Her "
        "değerin raporda hangi satırdan geldiği shares.csv ve totals.csv dosyalarındadır.",
        f"{counted('shares', 'en')} and {counted('totals', 'en')}. Nothing was filled in. "
        "shares.csv and totals.csv say for each value which line of the report it comes from.",
    )
    return f"<p>{bilingual(told)}</p><p>{bilingual(study.provenance['basis'])}.</p>"


_METHOD = Text(
    "Her sınamanın karar kuralı veri okunmadan yazılmıştır (data/hypotheses.toml). Yerel Moran p "
    "değerleri koşullu permütasyonun kesin dağılımından sayılır; eşit değerler iki kuyrukta da "
    "sayılır, tohum yoktur. Haritalarda aile, o haritada sınanan illerdir (Benjamini–Hochberg). "
    "Yoğunlaşma aralıkları güven aralığı değil, yuvarlamanın izin verdiği uç değerlerdir. «Sağlam» "
    "hüküm, makul seçimlerin en az %80'inde aynı sözcüğün çıkması demektir.",
    "The decision rule of each test was written before the data were read (data/hypotheses.toml). "
    "P-values of local Moran are counted from the exact distribution of conditional permutation; ties "
    "count in both tails and there is no seed. On a map the family is the provinces tested on it "
    "(Benjamini–Hochberg). Intervals of concentration are no confidence intervals but the extremes "
    "that rounding allows. A verdict is robust when at least 80% of reasonable choices give the same "
    "word.",
)
_DOWNLOADS = (
    ("results.json", Text("bütün sonuçlar", "all results")),
    ("findings.csv", Text("bulgular ve hükümler", "findings and verdicts")),
    ("global_moran.csv", Text("Moran I", "Moran's I")),
    ("local_moran.csv", Text("yerel Moran, 8 harita", "local Moran, 8 maps")),
    ("concentration.csv", Text("yoğunlaşma", "concentration")),
    ("shares.csv", Text("paylar, kaynağıyla", "shares with their sources")),
    ("totals.csv", Text("toplam ihracat, kaynağıyla", "total exports with their sources")),
    ("mekantek.gpkg", Text("coğrafi veri (QGIS)", "geographic data (QGIS)")),
)


def _index(
    study: Study,
    verdicts: Sequence[Verdict],
    lisas: Mapping[tuple[str, int], LocalResult],
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    measures: Sequence[Mapping[str, Any]],
    language: Language,
) -> str:
    from mekantek.export import versions

    lead = Text(
        "Ankara Sanayi Odası'nın Temmuz 2025 raporu, 81 ilin ihracatını OECD teknoloji sınıflarına "
        "ayırır ve mekânsal sonuçlar çıkarır. Burada her sonuç bir sınamadan geçer; neyin tuttuğu, "
        "neyin tutmadığı ve cevabın seçimlere ne kadar bağlı olduğu açıkça söylenir.",
        "The July 2025 report of the Ankara Chamber of Industry sorts the exports of 81 provinces into "
        "OECD technology classes and draws spatial conclusions. Here each conclusion is put to a test; "
        "what holds, what does not, and how much the answer depends on choices, is said plainly.",
    )
    files = "".join(
        f'<li><a href="{name}" download>{name}</a>: {bilingual(told)}</li>'
        for name, told in _DOWNLOADS
    )
    cite = Text(
        f"mekantek {versions()['mekantek']}; veri: {study.provenance['report'].tr}.",
        f"mekantek {versions()['mekantek']}; data: {study.provenance['report'].en}.",
    )

    def section(title: Text, body: str) -> str:
        return f"<section><h2>{bilingual(title)}</h2>{body}</section>"

    body = (
        f'<main><p class="reading">{bilingual(lead)}</p>'
        + section(Text("Hükümler", "Verdicts"), _verdict_table(verdicts))
        + section(
            Text("Haritalar", "Maps"),
            f"<p>{bilingual(_run_sentence(_run_family(study, lisas)))}</p>{_pictures(study, verdicts, lisas)}",
        )
        + "".join(_finding(v) for v in verdicts)
        + section(Text("Komşular benziyor mu?", "Are neighbours alike?"), _moran_table(morans))
        + section(Text("Yoğunlaşma", "Concentration"), _concentration_table(measures))
        + section(Text("Veri", "Data"), _data_section(study))
        + section(Text("Yöntem", "Methods"), f"<p>{bilingual(_METHOD)}</p>")
        + section(Text("Dosyalar", "Files"), f"<ul>{files}</ul>")
        + "</main><footer>"
        f"<p>{bilingual(Text('Kaynak gösterimi', 'How to cite'))}: {bilingual(cite)}</p>"
        f"<p>{bilingual(study.provenance['boundaries'])}. "
        f"{escape('Leaflet 1.9.3')}, © Vladimir Agafonkin, CloudMade.</p></footer>"
    )
    return document(TITLE, body, language=language)
