"""Tables of the statistics and of the data's status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mekantek.maps.page import bilingual
from mekantek.maps.sheets.facts import neighbourhood
from mekantek.report.wording import both, head_cells
from mekantek.text import Language, Note, Text, capitalized, integer, number, p_value, percent

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult
    from mekantek.study import Study

__all__ = ["MEASURES", "concentration_table", "data_section", "moran_table"]

MEASURES: Mapping[str, Text] = {
    "gini": Text("Gini", "Gini"),
    "hhi": Text("HHI", "HHI"),
    "equivalent_number": Text("eşdeğer sayı", "equivalent number"),
    "cr1": Text("ilk 1 payı", "share of the top 1"),
    "cr3": Text("ilk 3 payı", "share of the top 3"),
    "cr10": Text("ilk 10 payı", "share of the top 10"),
}


def moran_table(study: Study, morans: Sequence[tuple[Mapping[str, Any], GlobalResult]]) -> str:
    """Write global Moran of every variable and year as a table."""
    title_of = study.design.title_of
    heads = (Text("sınıf", "class"), Text("yıl", "year"), Text("I", "I"), Text("z", "z"),
             Text("p", "p"))  # fmt: skip
    head = head_cells(heads, numbers=range(2, 5))
    rows = "".join(
        f'<tr><th scope="row">{bilingual(capitalized(title_of(context["class"])))}</th>'
        f"<td>{context['year']}</td>"
        + "".join(
            f"<td class=number>{bilingual(both(partial(_three_or_dash, v)))}</td>"
            for v in (result.statistic, result.z_score)
        )
        + f"<td class=number>{bilingual(both(partial(p_value, result.p_value)))}</td>"
        "</tr>"
        for context, result in morans
    )
    first, spec = morans[0][1], neighbourhood(study.graph.spec)
    caption = Text(
        f"Moran I, n = {first.n}, {spec.tr} ({first.weights['links']} yönlü bağ), iki yönlü, "
        f"rastgeleleme momentleri; {len(morans)} sınama, p düzeltmesiz",
        f"Moran's I, n = {first.n}, {spec.en} ({first.weights['links']} directed links), "
        f"two-sided, moments under randomization; {len(morans)} tests, p uncorrected",
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption><thead><tr>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _three_or_dash(value: float | None, language: Language) -> str:
    return "–" if value is None else number(value, language, digits=3)


def concentration_table(
    study: Study, measures: Sequence[Mapping[str, Any]], *, exact: bool = False
) -> str:
    """Write concentration of every class and year, with what rounding allows."""
    heads = [Text("sınıf", "class"), Text("yıl", "year"), *MEASURES.values(), Text("n", "n")]
    head = head_cells(heads, numbers=range(2, len(heads)))
    groups: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for row in measures:
        groups.setdefault((row["class"], row["year"]), {})[row["name"]] = row

    def cell(row: Mapping[str, Any] | None) -> str:
        if row is None:
            # There are no ten largest of nine.
            return "<td class=number>–</td>"
        share = str(row["name"]).startswith("cr")
        digits = 1 if row["name"] == "equivalent_number" else 3

        def write(value: float, lang: Language) -> str:
            return percent(value, lang) if share else number(value, lang, digits=digits)

        shown = bilingual(both(lambda lang: write(row["value"], lang)))
        if row["low"] is not None and not exact:
            ends = both(lambda lang: f"{write(row['low'], lang)}–{write(row['high'], lang)}")
            shown += f"<small>{bilingual(ends)}</small>"
        return f"<td class=number>{shown}</td>"

    rows = "".join(
        f'<tr><th scope="row">{bilingual(capitalized(study.design.title_of(name)))}</th>'
        f"<td>{year}</td>"
        + "".join(cell(found.get(m)) for m in MEASURES)
        + f"<td class=number>{found['gini']['n']}</td></tr>"
        for (name, year), found in groups.items()
    )
    caption = (
        Text("Yuvarlanmamış değerlerden", "From values that were not rounded")
        if exact
        else Text(
            f"Küçük yazı: her pay ±{number(100 * study.rounding, 'tr')} puan oynatıldığında en küçük "
            "ve en büyük değer",
            "Small print: least and greatest value when every share moves by "
            f"±{number(100 * study.rounding, 'en')} points",
        )
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{bilingual(caption)}</caption><thead><tr>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def data_section(study: Study) -> str:
    """Say how many values are printed, corrected and unresolved, and on what basis."""
    from mekantek.datasets import tables

    if not study.shipped:
        return _own_section(study)
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


def _own_section(study: Study) -> str:
    """Say how many values there are of anyone's data, and on what basis."""
    years, basis = ", ".join(map(str, sorted(study.panel))), study.provenance["basis"]
    cells = sum(int((study.at(y).status != "missing").sum().sum()) for y in study.panel)
    how = Text("kayıtlardan hesaplandı", "were computed from records")
    if study.kind != "records":
        how = Text("verildiği gibi alındı", "were taken as given")
    told = Text(
        f"{integer(cells, 'tr')} değer {how.tr}; yıllar: {years}. Hiçbir boşluk "
        "doldurulmadı. Kaynak: " + study.provenance["report"].tr + ".",
        f"{integer(cells, 'en')} values {how.en}; years: {years}. Nothing was filled "
        "in. Source: " + study.provenance["report"].en + ".",
    )
    said = (Text(note.told("tr"), str(note)) for note in map(Note, study.graph.notes))
    named = Text("Komşuluk: {n}.", "Neighbours: {n}.")
    notes = "".join(f"<p>{bilingual(named.format(n=note))}</p>" for note in said)
    return f"<p>{bilingual(told)}</p>" + (f"<p>{bilingual(basis)}.</p>" if basis.en else "") + notes
