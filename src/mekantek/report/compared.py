"""A comparison in words: lines for a screen, Markdown, and a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from mekantek.findings.verdict import VERDICTS
from mekantek.maps.page import bilingual, document
from mekantek.report.comparison import Comparison, digests_of
from mekantek.report.runs import BUILT_IN, Run
from mekantek.report.wording import NAMES, both, head_cells
from mekantek.text import (
    Language,
    Text,
    capitalized,
    integer,
    money,
    number,
    p_value,
    percent,
    points,
)

__all__ = ["Part", "comparison_markdown", "comparison_page", "comparison_parts"]

# Rows of a table on a page or a screen; JSON has them all.
MOST = 40

_SENSES: Mapping[str, Text] = {
    "taxonomy": Text("sınıflama", "taxonomy"),
    "flow": Text("yön", "flow"),
    "basis": Text("kapsam", "basis"),
    "source": Text("kaynak", "source"),
    "years": Text("bulguların okuduğu yıllar", "years that findings read"),
    "rounding": Text("yuvarlama (puanın kesri)", "rounding (fraction)"),
}
_REPORT = Text("raporun verisi", "the report's data")
_NAMES: Mapping[str, Text] = {
    "moran": Text("Moran I", "Moran's I"),
    "moran_p_value": Text("Moran I, p", "Moran's I, p"),
    "local_moran_clusters": Text(
        "yerel Moran kümesindeki il", "provinces in a cluster (local Moran)"
    ),
    "quintile_mobility": Text("beşte birliklerin hareketliliği", "mobility of the fifths"),
    "cohesion": Text("birliktelik", "cohesion"),
    "rank_kendall_tau_b": Text("sıraların Kendall τ-b", "Kendall's τ-b of the ranks"),
    "theta": Text("θ (NUTS 1)", "θ (NUTS 1)"),
}


@dataclass(frozen=True)
class Part:
    """One section: a head, sentences, and a table if there is one."""

    head: Text
    told: tuple[Text, ...]
    columns: tuple[Text, ...] = ()
    rows: tuple[tuple[Text, ...], ...] = ()


def _run(run: Run) -> Text:
    return _REPORT if run.name == BUILT_IN else Text(run.name, run.name)


def _sense(value: Any) -> Text:
    if isinstance(value, Mapping) and {"tr", "en"} <= set(value):
        return Text(str(value["tr"]), str(value["en"]))
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return Text(shown, shown)


def _source(run: Run) -> Text:
    """Name a source with its digests: files of one name may hold other data."""
    told = _sense(run.data.get("source"))
    digests = ", ".join(f"{digest[:8]}…" for digest in digests_of(run))
    return (
        Text(f"{told.tr} (sha256 {digests})", f"{told.en} (sha256 {digests})") if digests else told
    )


def _senses(found: Comparison) -> Part:
    """Other data in another sense are said before any number."""
    head = Text("Neyin neyle karşılaştırıldığı", "What is held against what")
    told = Text(f"A: {_run(found.a).tr}; B: {_run(found.b).tr}.",
                f"A: {_run(found.a).en}; B: {_run(found.b).en}.")  # fmt: skip
    warned: tuple[Text, ...] = ()
    if {"taxonomy", "flow"} & set(found.senses):
        warned = (
            Text(
                "DİKKAT: sınıflama ya da yön başka; aşağıdaki farklar dünyanın değil tanımın farkı "
                "olabilir.",
                "NOTE: taxonomy or flow differ; the differences below may be those of definitions, not "
                "of the world.",
            ),
        )
    elif "basis" in found.senses:
        warned = (
            Text("DİKKAT: kapsam başka; farklar bir bölümüyle ondan gelebilir.",
                 "NOTE: the basis differs; some of the differences may come from it."),
        )  # fmt: skip
    rows = tuple(
        (_SENSES[key], *(_source(run) if key == "source" else _sense(run.data.get(key))
                         for run in (found.a, found.b)))
        for key in found.senses
    )  # fmt: skip
    return Part(head, (told, *warned), (Text("ne", "what"), Text("A", "A"), Text("B", "B")), rows)


def _cell(name: str, value: float | None, language: Language) -> str:
    if value is None or value != value:
        return "–"
    return money(value, language) if name == "total" else percent(value, language, digits=2)


def _gap(row: Mapping[Any, Any], language: Language) -> str:
    if row["class"] != "total":
        return points(row["difference"], language, digits=2)
    gap = f"{'+' if row['difference'] > 0 else '−'}{money(abs(row['difference']), language)}"
    return gap if row["relative"] != row["relative"] else f"{gap} ({_signed(row, language)})"


def _signed(row: Mapping[Any, Any], language: Language) -> str:
    return ("+" if row["relative"] > 0 else "") + percent(row["relative"], language)


def _listed(rows: Sequence[Mapping[str, Any]], key: str, named: Any) -> Text:
    return Text(*(
        ", ".join(f"{named(row[key])[lang]} ({row['cells']})" for row in rows[:5])
        for lang in ("tr", "en")
    ))  # fmt: skip


def _data(found: Comparison) -> Part:
    head = Text("Veri", "Data")
    counts = (len(found.cells), found.common, int(found.cells["beyond_rounding"].sum()))
    n = {lang: [integer(c, lang) for c in (*counts, found.only_a, found.only_b)]
         for lang in ("tr", "en")}  # fmt: skip
    (c, of, more, only_a, only_b), e = n["tr"], n["en"]
    told = [
        Text(
            f"Ortak {of} hücrenin {c} tanesi değişti, {more} tanesi yuvarlamadan çok; yalnız A'da "
            f"{only_a}, yalnız B'de {only_b} hücre var.",
            f"{e[0]} of {e[1]} common cells changed, {e[2]} by more than rounding; {e[3]} cells are in A "
            f"alone and {e[4]} in B alone.",
        )
    ]
    if len(found.cells):
        provinces = {**found.a.names, **found.b.names}

        def province(plate: int) -> Text:
            return Text(provinces.get(plate, str(plate)), provinces.get(plate, str(plate)))

        by = [
            _listed(found.grouped("class"), "class", _class),
            _listed(found.grouped("year"), "year", lambda y: Text(str(y), str(y))),
            _listed(found.grouped("plate"), "plate", province),
        ]
        told.append(
            Text(f"Sınıfa göre: {by[0].tr}. Yıla göre: {by[1].tr}. En çok değişen iller: {by[2].tr}.",
                 f"By class: {by[0].en}. By year: {by[1].en}. Provinces most: {by[2].en}.")
        )  # fmt: skip
    rows = []
    for name in ("share", "total"):
        total = found.cells["class"] == "total"
        part = found.cells[total if name == "total" else ~total].head(MOST // 2)
        for row in part.to_dict("records"):
            place = {**found.b.names, **found.a.names}.get(row["plate"], str(row["plate"]))
            rows.append(
                (
                    Text(place, place),
                    Text(str(row["year"]), str(row["year"])),
                    _class(row["class"]),
                    *(both(partial(_cell, row["class"], row[k])) for k in ("old", "new")),
                    both(partial(_gap, row)),
                )
            )
    columns = (Text("il", "province"), Text("yıl", "year"), Text("sınıf", "class"), Text("A", "A"),
               Text("B", "B"), Text("fark", "difference"))  # fmt: skip
    return Part(head, tuple(told), columns, tuple(rows))


def _class(name: str) -> Text:
    return NAMES.get(name, Text(name, name))


def _named(name: str) -> Text:
    """Name a statistic; one of a panel bears its years, of which the first and the last are shown."""
    word, _, years = name.partition(" ")
    told = _NAMES.get(word, Text(word, word))
    if not years:
        return told
    ends = "–".join(years.split("–")[:: max(1, years.count("–"))])
    return Text(f"{told.tr}, {ends}", f"{told.en}, {ends}")


def _numbers(found: Comparison) -> Part:
    head = Text("İstatistikler", "Statistics")
    table = found.statistics
    known = table.dropna(subset=["old", "new"])
    told = Text(
        f"{len(known)} istatistik değişti; yalnız birinde olan {len(table) - len(known)}.",
        f"{len(known)} statistics changed; {len(table) - len(known)} are in one run only.",
    )
    largest = known.assign(size=known["difference"].astype(float).abs()).sort_values(
        "size", ascending=False, kind="stable"
    )
    rows = tuple(
        (
            _named(row["name"]),
            _class(row["class"]),
            Text(str(row["year"]), str(row["year"])),
            *(both(partial(number, float(row[k]), digits=4)) for k in ("old", "new", "difference")),
        )
        for row in largest.head(MOST).to_dict("records")
    )
    columns = (Text("istatistik", "statistic"), Text("sınıf", "class"), Text("yıl", "year"),
               Text("A", "A"), Text("B", "B"), Text("fark", "difference"))  # fmt: skip
    return Part(head, (told,), columns, rows)


def _main(side: Mapping[str, Any] | None, language: Language) -> str:
    """The main result of a finding: what was measured, its year and its p-value."""
    if side is None:
        return "–"
    main = side["main"]
    value = main.get("value", main.get("statistic"))
    if isinstance(value, str):
        value = main.get("value")
    shown = "–" if value is None else number(float(value), language, digits=3)
    if isinstance(value, int):
        shown = integer(value, language)
    year = f"{main['year']}: " if main.get("year") else ""
    p = main.get("p_value")
    return f"{year}{shown}" + ("" if p is None else f", {p_value(float(p), language)}")


def _word(word: str | None) -> Text:
    return VERDICTS[word] if word is not None else Text("–", "–")


def _turned(found: Comparison) -> Part:
    head = Text("Hükümler", "Verdicts")
    turned = [v for v in found.verdicts if v["changed"]]
    told = [
        Text(f"{len(found.verdicts)} hükmün {len(turned)} tanesi değişti.",
             f"{len(turned)} of {len(found.verdicts)} verdicts changed.")
    ]  # fmt: skip
    for v in turned:
        title = Text(**v["title"])
        said = [
            Text(**side["reason"]) if side else Text("sınanmadı", "not tested")
            for side in (v["before"], v["after"])
        ]
        told.append(
            Text(
                f"{title.tr} {_word(v['old']).tr} iken {_word(v['new']).tr}. Önce: {said[0].tr} Sonra: "
                f"{said[1].tr}",
                f"{title.en} {capitalized(_word(v['old'])).en} before, {_word(v['new']).en} now. Before: "
                f"{said[0].en} After: {said[1].en}",
            )
        )
    rows = tuple(
        (
            Text(**v["title"]),
            _word(v["old"]),
            _word(v["new"]),
            both(partial(_main, v["before"])),
            both(partial(_main, v["after"])),
        )
        for v in found.verdicts
    )
    columns = (Text("bulgu", "finding"), Text("A", "A"), Text("B", "B"),
               Text("A, ana sınama", "A, main result"), Text("B, ana sınama", "B, main result"))  # fmt: skip
    return Part(head, tuple(told), columns, rows)


def comparison_parts(found: Comparison) -> list[Part]:
    """
    Tell a comparison in parts: senses first, then data, statistics and verdicts.

    Parameters
    ----------
    found : Comparison

    Returns
    -------
    list of Part
    """
    parts = [_senses(found), _data(found), _numbers(found), _turned(found)]
    if found.same:
        same = Text("İki çalışma her hücrede, sayıda ve hükümde aynı.",
                    "The two runs are the same in every cell, number and verdict.")  # fmt: skip
        return [Part(parts[0].head, (*parts[0].told, same))]
    return parts


def comparison_markdown(found: Comparison, language: Language = "tr") -> str:
    """
    Write a comparison as Markdown.

    Parameters
    ----------
    found : Comparison
    language : {"tr", "en"}

    Returns
    -------
    str
    """

    def cell(text: Text) -> str:
        return text[language].replace("|", "\\|").replace("\n", " ")

    lines = [f"# {_title(found)[language]}", ""]
    for part in comparison_parts(found):
        lines += [f"## {part.head[language]}", "", *(f"{t[language]}\n" for t in part.told)]
        if part.rows:
            lines.append("| " + " | ".join(map(cell, part.columns)) + " |")
            lines.append("|" + "---|" * len(part.columns))
            lines += ["| " + " | ".join(map(cell, row)) + " |" for row in part.rows]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _title(found: Comparison) -> Text:
    return Text(f"Ne değişti: {_run(found.a).tr} → {_run(found.b).tr}",
                f"What changed: {_run(found.a).en} → {_run(found.b).en}")  # fmt: skip


def comparison_page(found: Comparison, language: Language = "tr") -> str:
    """
    Write a comparison as one page.

    Parameters
    ----------
    found : Comparison
    language : {"tr", "en"}
        Shown first.

    Returns
    -------
    str
        One HTML document that makes no request.
    """
    sections = []
    for part in comparison_parts(found):
        table = ""
        if part.rows:
            body = "".join(
                "<tr>" + f'<th scope="row">{bilingual(row[0])}</th>'
                + "".join(f"<td>{bilingual(c)}</td>" for c in row[1:]) + "</tr>"
                for row in part.rows
            )  # fmt: skip
            table = (
                f'<div class="scroll" tabindex="0"><table><caption>{bilingual(part.head)}</caption><thead>'
                f"<tr>{head_cells(part.columns, numbers=range(0))}</tr></thead><tbody>{body}</tbody>"
                "</table></div>"
            )
        told = "".join(f"<p>{bilingual(t)}</p>" for t in part.told)
        sections.append(f"<section><h2>{bilingual(part.head)}</h2>{told}{table}</section>")
    return document(_title(found), f"<main>{''.join(sections)}</main>", language=language)
