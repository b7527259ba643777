"""What the explorer says: on the page, and in the sentences that its script puts together."""

from __future__ import annotations

from collections.abc import Mapping

from mekantek.text import Text

__all__ = ["LABELS", "SCRIPT"]

LABELS: Mapping[str, Text] = {
    "class": Text("Sınıf", "Class"),
    "year": Text("Yıl", "Year"),
    "neighbours": Text("Komşuluk", "Neighbours"),
    "fill": Text("Renkler", "Colours"),
    "cluster": Text("küme", "cluster"),
    "value": Text("pay", "share"),
    "tail": Text("Yön", "Tail"),
    "correction": Text("Düzeltme", "Correction"),
    "open": Text("noktalı kenar: çözülmemiş değer", "dotted outline: unresolved value"),
    "map": Text("Harita", "Map"),
    "map_hint": Text(
        "Tıklayın ya da sürükleyerek çevreleyin; Shift eklemeye yarar. Klavyede oklar en yakın ile "
        "götürür, boşluk seçer, Shift ile oklar seçimi büyütür, Esc boşaltır. Parmakla: dokunun, "
        "listeden ya da tablodan seçin.",
        "Click, or drag around provinces; Shift adds. On the keyboard the arrows lead to the nearest "
        "province, space selects, Shift with an arrow grows the selection, Esc clears it. By touch: "
        "tap, or select from the list or the table.",
    ),
    "plot": Text("Moran saçılım grafiği", "Moran scatterplot"),
    "plot_hint": Text(
        "Her nokta bir il: yatayda payı, dikeyde komşularının ortalaması; kesik çizgiler ortalama. "
        "Burada da tıklanır ve sürüklenir.",
        "Each point is a province: its share across, its neighbours' mean upright; dashed lines are "
        "the mean. Click and drag here too.",
    ),
    "slope_all": Text("hepsi (Moran I)", "all (Moran's I)"),
    "slope_in": Text("seçilenler", "selected"),
    "slope_out": Text("ötekiler", "the others"),
    "selection": Text("Seçim", "Selection"),
    "region": Text("Bölge seç", "Select a region"),
    "pick": Text("– bölge –", "– region –"),
    "invert": Text("Tersini seç", "Invert"),
    "clear": Text("Seçimi boşalt", "Clear"),
    "curve": Text("Seçimler eğrisi", "Specification curve"),
    "curve_hint": Text(
        "Üstüne gelince seçimler okunur (klavyede oklar); tıklayınca yılı ve komşuluğu yukarıya geçer.",
        "Point at a stroke to read its choices (arrows on the keyboard); a click takes its year and "
        "neighbours to the switches.",
    ),
    "curve_link": Text("Bulgunun sayfası", "Page of the finding"),
    "no_curve": Text(
        "Bu sayfada bu sınıfa ait bir bulgunun seçimler eğrisi yok.",
        "This page has no specification curve of a finding for this class.",
    ),
    "table": Text("Tablo", "Table"),
    "column_selected": Text("Seç", "Sel."),
    "column_region": Text("Bölge", "Region"),
    "column_share": Text("Pay", "Share"),
    "column_lag": Text("Komşular", "Neighbours"),
    "column_p": Text("p", "p"),
    "column_adjusted": Text("Düzeltilmiş p", "Corrected p"),
    "column_cluster": Text("Küme", "Cluster"),
    "column_stable": Text("En sık kümesi", "Most frequent cluster"),
    "save": Text("Tabloyu indir (CSV)", "Download the table (CSV)"),
    "about": Text("Künye", "About this page"),
    "method": Text("Yöntem", "Method"),
    "method_told": Text(
        "yerel Moran, kesin koşullu permütasyon dağılımı, α = 0,05; bütün haritalar önceden "
        "hesaplanmıştır, aile her haritada sınanan illerdir. En sık küme: bulguların okuduğu yılların, on "
        "bir komşuluğun, payın ve sırasının haritalarında p ≤ 0,05, düzeltmesiz",
        "local Moran, exact conditional permutation distribution, α = 0.05; all maps were computed "
        "beforehand, the family is the provinces tested on each map. Most frequent cluster: on maps of "
        "the years that findings read, eleven neighbourhoods, the share and its rank, p ≤ 0.05, uncorrected",
    ),
    "back": Text("← Rapora dön", "← Back to the report"),
    "no_script": Text(
        "Bu sayfanın anahtarları JavaScript ister; değerler shares.csv ve local_moran.csv "
        "dosyalarındadır.",
        "The switches of this page need JavaScript; the values are in shares.csv and local_moran.csv.",
    ),
}  # fmt: skip

# Blanks in braces are filled by the page.
SCRIPT: Mapping[str, Text] = {
    "share": Text("pay", "share"),
    "lag": Text("komşuların ortalaması", "neighbours' mean"),
    "missing": Text("veri yok", "no data"),
    "adjusted": Text("düzeltilmiş p", "corrected p"),
    "open": Text("çözülmemiş değer: iki baskı çelişiyor", "unresolved value: two prints disagree"),
    "map_label": Text(
        "İller haritası: oklarla gezin, boşlukla seçin",
        "Map of provinces: walk with the arrows, select with space",
    ),
    "no_plot": Text("Değerler değişmiyor; grafik yok.", "Values do not vary; no plot."),
    "absent": Text("Veri yok: {names}.", "No data: {names}."),
    "point": Text(
        "Bir ilin üstüne gelin ya da oklarla gezin: payı, komşuları ve kümesi burada yazar.",
        "Point at a province or walk with the arrows: its share, neighbours and cluster stand here.",
    ),
    "near": Text("{n} komşusu: {names}.", "{n} neighbours: {names}."),
    "stable": Text(
        "{of} haritanın {n} tanesinde {kind} (düzeltmeden sonra {after})",
        "{kind} in {n} of {of} maps ({after} after correction)",
    ),
    "unstable": Text("{of} haritanın hiçbirinde kümede değil", "in no cluster on any of {of} maps"),
    "more": Text("ve {n} il daha", "and {n} more"),
    "none": Text(
        "Seçili il yok. Eğim, hepsinde: {all}.", "No province selected. Slope of all: {all}."
    ),
    "one": Text(
        "1 il seçili: {names}. Payı {mean}. Eğim, ötekilerde: {out}, hepsinde: {all}.",
        "1 province selected: {names}. Share {mean}. Slope of the others: {out}, of all: {all}.",
    ),
    "many": Text(
        "{n} il seçili: {names}. Ortalama pay {mean}. Eğim, seçilenlerde: {in}, ötekilerde: {out}, "
        "hepsinde: {all}.",
        "{n} provinces selected: {names}. Mean share {mean}. Slope of the selected: {in}, of the "
        "others: {out}, of all: {all}.",
    ),
    "reading": Text(
        "{class}, {year}; komşuluk: {neighbours}. {n} il anlamlı ({of} il sınandı; {tail}, "
        "{correction}). Moran I = {moran}.",
        "{class}, {year}; neighbours: {neighbours}. {n} of {of} provinces significant ({tail}, "
        "{correction}). Moran's I = {moran}.",
    ),
    "reading_one": Text(
        "{class}, {year}; komşuluk: {neighbours}. 1 il anlamlı ({of} il sınandı; {tail}, "
        "{correction}). Moran I = {moran}.",
        "{class}, {year}; neighbours: {neighbours}. 1 of {of} provinces significant ({tail}, "
        "{correction}). Moran's I = {moran}.",
    ),
    "curve_label": Text("Etkiye göre sıralı seçimler", "Choices in order of their effect"),
    "effect": Text("etki", "effect"),
    "verdict": Text("hüküm", "verdict"),
    "stroke": Text(
        "Her çizgi bir makul seçim; boyu etki (artı: raporun dediği yön), rengi hüküm.",
        "Each stroke is one reasonable choice; its length the effect (plus: the report's direction), "
        "its colour the verdict.",
    ),
    "like": Text(
        "Alttaki çizgiler yukarıdaki anahtarlara uyan {n} seçimdir ({of} içinde).",
        "The ticks below mark the {n} choices (of {of}) that agree with the switches above.",
    ),
}
