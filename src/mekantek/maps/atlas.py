"""The named maps: shares, clusters, values and corridors, each on one shared geometry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.maps.palette import CLUSTERS, Bins, Entry, change_bins, share_bins, value_bins
from mekantek.text import (
    CORRECTIONS,
    LANGUAGES,
    METHODS,
    TAILS,
    Language,
    Text,
    capitalized,
    money,
    number,
    p_value,
    percent,
    points,
    sort_key,
)

if TYPE_CHECKING:
    from pathlib import Path

    import folium
    import geopandas as gpd

    from mekantek.maps.layers import Column, Fact, View
    from mekantek.stats.results import LocalResult
    from mekantek.study import Study

__all__ = [
    "cluster_map",
    "cluster_summary",
    "corridor_map",
    "number_map",
    "share_map",
    "value_map",
    "write_atlas",
]


class Regions(Protocol):
    """What a map of anyone's regions is drawn from; a Study is one."""

    @property
    def geometry(self) -> gpd.GeoSeries:
        """Polygons, EPSG:4326, index = ids."""

    @property
    def names(self) -> pd.Series:
        """Names by id."""

    @property
    def points(self) -> pd.DataFrame:
        """``longitude``, ``latitude`` of a point in each region."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """``report``, ``basis``, ``boundaries``: what stands below the map."""


def _named(column: str) -> Text:
    return CLASS_NAMES.get(column, Text(column, column))


def _neighbourhood(spec: str) -> Text:
    words = {
        "official": Text("resmî il komşulukları", "official list of neighbouring provinces"),
        "queen": Text("ortak nokta ya da kenar (queen)", "shared point or edge (queen)"),
        "rook": Text("ortak kenar (rook)", "shared edge (rook)"),
        "file": Text("kullanıcının dosyası", "the user's file"),
    }
    return words.get(spec, Text(spec, spec))


def _both(write: Any) -> Text:
    """Write something once in each language."""
    return Text(*(write(lang) for lang in LANGUAGES))


def _lines(texts: Sequence[Text]) -> dict[str, list[str]]:
    return {lang: [t[lang] for t in texts] for lang in LANGUAGES}


def _raw(values: pd.Series) -> dict[str, str]:
    return {str(u): "" if pd.isna(v) else repr(float(v)) for u, v in values.items()}


def _column(header: Text, name: str, values: pd.Series, write: Any) -> Column:
    from mekantek.maps.layers import Column

    shown = {str(u): _both(lambda lang, v=v: write(float(v), lang)) for u, v in values.items()}
    return Column(header=header, name=name, shown=shown, raw=_raw(values))


def _facts(study: Regions, *more: Fact) -> list[Fact]:
    told = study.provenance
    pairs = [
        (Text("Kapsam", "Basis"), told.get("basis")),
        (Text("Kaynak", "Source"), told.get("report")),
        (Text("Sınırlar", "Boundaries"), told.get("boundaries")),
    ]
    return [*more, *((term, text) for term, text in pairs if text is not None)]


def _unresolved(study: Study, columns: Iterable[str], years: Iterable[int]) -> Fact:
    """Say which shown cells two prints leave open."""
    found: dict[str, set[int]] = {}
    for year in years:
        status = study.at(year).status
        for column in columns:
            for unit in status.index[status[column] == "unresolved"]:
                found.setdefault(str(study.names[unit]), set()).add(year)
    listed = ", ".join(
        f"{name} ({', '.join(map(str, sorted(found[name])))})"
        for name in sorted(found, key=sort_key)
    )
    return (
        Text("Çözülmemiş değerler", "Unresolved values"),
        Text(listed or "yok", listed or "none"),
    )


def _status_word(status: str) -> Text | None:
    words = {
        "unresolved": Text("iki baskı çelişiyor: çözülmemiş", "two prints disagree: unresolved"),
        "corrected": Text("düzeltilmiş değer", "corrected value"),
        "missing": Text("raporda yok", "not in the report"),
    }
    return words.get(status)


def _top(values: pd.Series, names: pd.Series, language: Language, count: int = 3) -> str:
    leading = values.dropna().sort_values(ascending=False, kind="stable").head(count)
    labels = names.to_dict()
    return ", ".join(f"{labels[u]} {percent(float(v), language)}" for u, v in leading.items())


def share_map(study: Study, column: str, *, language: Language = "tr", index: str | None = None,
              ) -> folium.Map:  # fmt: skip
    """
    Map a class's share in the first and the last complete year, and its change.

    Parameters
    ----------
    study : Study
    column : str
        ``high``, ``medium_high``, ``medium_low``, ``low`` or ``unclassified``.
    language : {"tr", "en"}
        Shown first; the page has both.
    index : str, optional
        File to link back to.

    Returns
    -------
    folium.Map
        The same bins in both years; ``save`` writes a page that opens offline.
    """
    from mekantek.maps.layers import MapPage, View, draw

    first, last = study.years[0], study.years[-1]
    shares = {year: study.at(year).share(column) for year in (first, last)}
    change = (shares[last] - shares[first]).round(9)
    names, name = study.names, _named(column)
    bins, moved = share_bins(column), change_bins(column)
    views = []
    for year in (last, first):
        status = study.at(year).status[column].to_dict()
        told = {
            str(u): _lines(
                [
                    t
                    for t in (
                        Text(
                            f"{year}: {percent(float(v), 'tr')}",
                            f"{year}: {percent(float(v), 'en')}",
                        ),
                        _status_word(str(status[u])),
                    )
                    if t is not None
                ]
            )
            for u, v in shares[year].items()
        }
        views.append(
            View(
                key=str(year), label=Text(str(year), str(year)), fill=bins.fill(shares[year]),
                told=told, legend=bins.entries(shares[year]),
            )
        )  # fmt: skip
    views.append(
        View(
            key="change",
            label=Text(f"{first}–{last} değişim", f"change {first}–{last}"),
            fill=moved.fill(change),
            told={
                str(u): _lines([_both(lambda lang, v=v: points(float(v), lang))])
                for u, v in change.items()
            },
            legend=moved.entries(change),
        )
    )
    title = Text(
        f"{capitalized(name).tr}: ilin ihracatındaki pay, {first}–{last}",
        f"{capitalized(name).en}: share of the province's exports, {first}–{last}",
    )
    rising = int((change > 0).sum())
    reading = _both(
        lambda lang: Text(
            f"{last} yılında en yüksek paylar {_top(shares[last], names, 'tr')}; {first} yılından "
            f"bu yana pay {rising} ilde arttı, {int((change < 0).sum())} ilde azaldı.",
            f"In {last} the highest shares are {_top(shares[last], names, 'en')}; since {first} the "
            f"share rose in {rising} provinces and fell in {int((change < 0).sum())}.",
        )[lang]
    )
    page = MapPage(
        slug=f"share-{_slug(column)}",
        title=title,
        reading=reading,
        views=views,
        columns=[
            *(
                _column(Text(str(y), str(y)), f"share_{y}", shares[y], percent)
                for y in (first, last)
            ),
            _column(Text("değişim", "change"), "change", change, points),
        ],
        facts=_facts(
            study,
            (Text("İl sayısı", "Provinces"), Text(str(len(names)), str(len(names)))),
            _unresolved(study, [column] if column in study.status else [], (first, last)),
        ),
    )
    return draw(page, study.geometry, names, study.points, language=language, index=index)


def cluster_summary(lisa: LocalResult) -> Text:
    """
    Say in one sentence how many units are in clusters, before and after correction.

    Parameters
    ----------
    lisa : LocalResult

    Returns
    -------
    Text
    """
    family = lisa.family
    plain = int(lisa.frame["cluster_unadjusted"].isin(("HH", "LL", "LH", "HL")).sum())
    if lisa.undefined:
        return Text(
            "Değerler değişmiyor; küme aranamaz.", "Values do not vary; no clusters to find."
        )
    corrected = CORRECTIONS[family.correction]
    if family.correction == "none":
        return Text(
            f"{family.size} ilden {plain} tanesi düzeltmesiz anlamlı.",
            f"{plain} of {family.size} provinces are significant, without correction.",
        )
    return Text(
        f"{family.survivors} il FDR sonrası anlamlı ({corrected.tr}, {family.size} il); "
        f"düzeltmesiz {plain} il."
        if family.correction in ("bh", "by")
        else f"{family.survivors} il {corrected.tr} sonrası anlamlı; düzeltmesiz {plain} il.",
        f"{family.survivors} of {family.size} provinces significant after "
        f"{'FDR correction (' + corrected.en + ')' if family.correction in ('bh', 'by') else corrected.en}"
        f"; {plain} without correction.",
    )


def _cluster_views(lisa: LocalResult, key: str, label: str, write: Any) -> list[View]:
    from mekantek.maps.layers import View

    frame = lisa.frame
    adjusted = Text("düzeltilmiş", "corrected")
    told = {}
    for unit, row in frame.iterrows():
        plain, corrected = (CLUSTERS[str(row[c])][1] for c in ("cluster_unadjusted", "cluster"))
        told[str(unit)] = _lines(
            [
                _both(lambda lang, row=row: write(float(row["value"]), lang)),
                _both(
                    lambda lang, row=row, word=plain: (
                        f"{p_value(_number(row['p_value']), lang)}: {word[lang]}"
                    )
                ),
                _both(
                    lambda lang, row=row, word=corrected: (
                        f"{adjusted[lang]} "
                        f"{p_value(_number(row['p_adjusted']), lang)}: {word[lang]}"
                    )
                ),
            ]
        )
    views = []
    for column, word in (
        ("cluster", adjusted),
        ("cluster_unadjusted", Text("düzeltmesiz", "uncorrected")),
    ):
        counts = lisa.counts(column)
        views.append(
            View(
                key=f"{key}{column}",
                label=Text(f"{label}{word.tr}", f"{label}{word.en}"),
                fill={str(u): CLUSTERS[str(c)][0] for u, c in frame[column].items()},
                told=told,
                legend=[Entry(CLUSTERS[c][0], CLUSTERS[c][1], counts[c]) for c in CLUSTERS],
            )
        )
    return views


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _method_facts(lisa: LocalResult) -> list[Fact]:
    family = lisa.family
    methods = [METHODS[m] for m in lisa.method.split("+") if m in METHODS]
    method = Text(*(" + ".join(m[lang] for m in methods) or lisa.method for lang in LANGUAGES))
    if lisa.permutations:
        method = Text(f"{method.tr}, R = {lisa.permutations}, tohum {lisa.seed}",
                      f"{method.en}, R = {lisa.permutations}, seed {lisa.seed}")  # fmt: skip
    weights = lisa.weights
    return [
        (Text("Sınanan il", "Provinces tested"), Text(str(family.size), str(family.size))),
        (Text("Yöntem", "Method"), method),
        (Text("Yön", "Tail"), TAILS[lisa.alternative]),
        (
            Text("Düzeltme", "Correction"),
            _both(
                lambda lang: (
                    CORRECTIONS[family.correction][lang] + f", α = {number(family.alpha, lang)}"
                )
            ),
        ),
        (
            Text("Komşuluk", "Neighbours"),
            Text(
                f"{_neighbourhood(weights['spec']).tr}, {weights['links']} yönlü bağ, "
                f"{'satır toplamları 1' if weights['standardize'] == 'row' else 'ham ağırlıklar'}",
                f"{_neighbourhood(weights['spec']).en}, {weights['links']} directed links, "
                f"{'rows sum to 1' if weights['standardize'] == 'row' else 'raw weights'}",
            ),
        ),
        (
            Text("Boş hipotez", "Null"),
            Text(
                "il kendi değerini tutar, ötekiler komşularına rastgele dağıtılır",
                "the unit keeps its value, the others fall on its neighbours at random",
            ),
        ),
    ]


def cluster_map(
    study: Regions,
    lisa: LocalResult | Mapping[int, LocalResult],
    *,
    column: str = "",
    language: Language = "tr",
    index: str | None = None,
) -> folium.Map:
    """
    Map local Moran clusters, corrected and uncorrected.

    Parameters
    ----------
    study : Study
        Or any other `Regions`.
    lisa : LocalResult, or mapping of year to LocalResult
    column : str
        What was tested, for the title.
    language : {"tr", "en"}
    index : str, optional

    Returns
    -------
    folium.Map
        Every cluster class keeps its colour and its line in the legend, with its count, whether it
        occurs or not.
    """
    from mekantek.maps.layers import Column, MapPage, draw

    results = lisa if isinstance(lisa, Mapping) else {0: lisa}
    years = sorted(results, reverse=True)
    shares = column in CLASS_NAMES
    write: Any = percent if shares else number
    views, columns = [], []
    for year in years:
        result = results[year]
        label = f"{year}, " if year else ""
        views += _cluster_views(result, f"{year}-" if year else "", label, write)
        frame = result.frame
        suffix = f" {year}" if year else ""
        columns += [
            _column(Text(f"değer{suffix}", f"value{suffix}"), f"value{suffix}", frame["value"], write),
            _column(Text(f"p{suffix}", f"p{suffix}"), f"p{suffix}", frame["p_value"],
                    lambda v, lang: number(v, lang, digits=4)),
            _column(Text(f"düzeltilmiş p{suffix}", f"corrected p{suffix}"), f"p_adjusted{suffix}",
                    frame["p_adjusted"], lambda v, lang: number(v, lang, digits=4)),
            Column(
                header=Text(f"küme{suffix}", f"cluster{suffix}"), name=f"cluster{suffix}",
                shown={str(u): CLUSTERS[str(c)][1] for u, c in frame["cluster"].items()},
                raw={str(u): str(c) for u, c in frame["cluster"].items()}, number=False,
            ),
        ]  # fmt: skip
    name = Text(column or "Değerler", column or "Values")
    if shares:  # a user's own column keeps its spelling
        name = capitalized(_named(column))
    told = [
        Text(f"{year}: {s.tr}", f"{year}: {s.en}") if year else s
        for year in years
        for s in [cluster_summary(results[year])]
    ]
    page = MapPage(
        slug=f"clusters-{_slug(column or 'map')}",
        title=Text(f"{name.tr}: yerel Moran kümeleri", f"{name.en}: local Moran clusters"),
        reading=_both(lambda lang: " ".join(t[lang] for t in told)),
        views=views,
        columns=columns,
        facts=_facts(study, *_method_facts(results[years[0]])),
    )
    return draw(page, study.geometry, study.names, study.points, language=language, index=index)


def _radii(values: pd.Series, largest: float = 26.0) -> dict[str, float]:
    """Radii whose circles' areas go with the values, at least a visible dot."""
    top = float(values.max())
    return {str(u): max(1.2, largest * float(np.sqrt(v / top))) for u, v in values.dropna().items()}


def value_map(study: Study, column: str, *, language: Language = "tr", index: str | None = None,
              ) -> folium.Map:  # fmt: skip
    """
    Map a class's share with circles for its export value, so that small bases do not shout.

    Parameters
    ----------
    study : Study
    column : str
    language : {"tr", "en"}
    index : str, optional

    Returns
    -------
    folium.Map
        Circle areas go with the value of the class in USD, in the study's last complete year.
    """
    from mekantek.maps.layers import MapPage, View, draw

    at = study.at(study.years[-1])
    share, names, name = at.share(column), at.names, _named(column)
    value = at.class_values(column)["value"].reindex(share.index)
    bins = share_bins(column)
    told = {
        str(u): _lines(
            [
                _both(lambda lang, u=u: percent(float(share[u]), lang)),
                _both(lambda lang, u=u: money(float(value[u]), lang))
                if pd.notna(value[u])
                else Text("toplam ihracat raporda yok", "total exports not in the report"),
            ]
        )
        for u in share.index
    }
    national = float(value.sum())
    leading = value.sort_values(ascending=False).head(3)
    labels = names.to_dict()
    reading = _both(
        lambda lang: Text(
            f"{at.year} yılında {name.tr} ihracatı {money(national, 'tr')}; en büyükleri "
            + ", ".join(f"{labels[u]} {money(float(v), 'tr')}" for u, v in leading.items())
            + ". Daire alanı ihracat değeridir.",
            f"In {at.year} {name.en} exports are {money(national, 'en')}; the largest are "
            + ", ".join(f"{labels[u]} {money(float(v), 'en')}" for u, v in leading.items())
            + ". Circle areas are export values.",
        )[lang]
    )
    without = sorted((str(names[u]) for u in value.index[value.isna()]), key=sort_key)
    largest = money(float(value.max()), "tr"), money(float(value.max()), "en")
    page = MapPage(
        slug=f"value-{_slug(column)}",
        title=Text(
            f"{capitalized(name).tr}: pay ve ihracat değeri, {at.year}",
            f"{capitalized(name).en}: share and export value, {at.year}",
        ),
        reading=reading,
        views=[
            View(
                key=str(at.year), label=Text(str(at.year), str(at.year)), fill=bins.fill(share),
                told=told, circles=_radii(value),
                legend=[
                    *bins.entries(share),
                    Entry("", Text(f"daire: ihracat değeri (en büyük {largest[0]})",
                                   f"circle: export value (largest {largest[1]})"), round=True),
                ],
            )
        ],
        columns=[
            _column(Text("pay", "share"), "share", share, percent),
            _column(Text("değer", "value"), "value_usd", value, money),
            _column(Text("toplam ihracat", "total exports"), "total_usd", at.frame["value"], money),
        ],
        facts=_facts(
            at,
            (
                Text("Toplamı olmayan", "Without totals"),
                Text(", ".join(without) or "yok", ", ".join(without) or "none"),
            ),
            _unresolved(at, [column, "value"], (at.year,)),
        ),
    )  # fmt: skip
    return draw(page, at.geometry, names, at.points, language=language, index=index)


def corridor_map(
    study: Study,
    corridor: Mapping[str, Any],
    *,
    language: Language = "tr",
    index: str | None = None,
) -> folium.Map:
    """
    Map a corridor with the network of neighbours and its exact rank.

    Parameters
    ----------
    study : Study
    corridor : mapping
        A corridor result: ``members``, ``class``, ``year``, ``value``, ``rank``, ``of``.
    language : {"tr", "en"}
    index : str, optional

    Returns
    -------
    folium.Map
        Members are outlined; contested pairs of neighbours are dashed.
    """
    from mekantek.maps.layers import Column, MapPage, View, draw

    at = study.at(int(corridor["year"]))
    column = str(corridor["class"])
    share, names, name = at.share(column), at.names, _named(column)
    members = [str(m) for m in corridor["members"]]
    labels = [str(n) for u, n in names.items() if str(u) in members]
    ordered = sorted(labels, key=lambda n: members.index(str(names.index[names == n][0])))
    title = "–".join(ordered)
    bins = share_bins(column.split("+")[0])
    place = {str(u): [round(float(r["longitude"]), 3), round(float(r["latitude"]), 3)]
             for u, r in at.points.iterrows()}  # fmt: skip
    pairs = at.graph.pairs
    lines = [
        (
            [[place[str(a)], place[str(b)]]
             for a, b in zip(chosen["a"], chosen["b"], strict=True)],
            dashed,
        )
        for dashed in (False, True)
        for chosen in [pairs[pairs["contested"] == dashed]]
        if len(chosen)
    ]  # fmt: skip
    around = {
        str(u): ", ".join(sorted((str(names[v]) for v in at.graph.neighbours(u)), key=sort_key))
        for u in names.index
    }
    told = {
        str(u): _lines(
            [
                _both(lambda lang, u=u: percent(float(share[u]), lang)),
                Text(f"komşuları: {around[str(u)]}", f"neighbours: {around[str(u)]}"),
            ]
        )
        for u in names.index
    }
    if corridor.get("rank"):
        reading = Text(
            f"En küçük üyenin payı {percent(corridor['value'], 'tr')}: {corridor['of']} bitişik "
            f"küme arasında {corridor['rank']}. sıra (p = {number(corridor['p_value'], 'tr', digits=3)})."
            " Sıra betimleyicidir; kümelenmeyi ayrıca yerel Moran sınar.",
            f"The smallest member's share is {percent(corridor['value'], 'en')}: rank "
            f"{corridor['rank']} of {corridor['of']} connected sets "
            f"(p = {number(corridor['p_value'], 'en', digits=3)}). The rank is descriptive; clustering "
            "is tested apart, by local Moran.",
        )
    else:
        reading = Text("Bu küme bitişik değil; sırası ve p değeri yoktur.",
                       "This set is not connected; it has no rank and no p-value.")  # fmt: skip
    contested = [
        f"{names[a]}–{names[b]}"
        for a, b, c in zip(pairs["a"], pairs["b"], pairs["contested"], strict=True)
        if c
    ]
    page = MapPage(
        slug=str(corridor.get("id") or f"corridor-{'-'.join(members)}"),
        title=Text(
            f"{title}: koridor ve komşuları, {name.tr}, {at.year}",
            f"{title}: corridor and neighbours, {name.en}, {at.year}",
        ),
        reading=reading,
        views=[
            View(
                key="corridor", label=Text("koridor", "corridor"), fill=bins.fill(share), told=told,
                marked=members,
                legend=bins.entries(share),
            )
        ],
        columns=[
            _column(Text("pay", "share"), "share", share, percent),
            Column(
                header=Text("komşuları", "neighbours"), name="neighbours",
                shown={u: Text(t, t) for u, t in around.items()}, raw=around, number=False,
            ),
        ],
        facts=_facts(
            at,
            (
                Text("Karşılaştırılan", "Compared with"),
                Text(f"{len(members)} üyeli bütün bitişik kümeler, {corridor.get('of')} küme; eşitlik "
                     "kümenin aleyhine sayılır",
                     f"all connected sets of {len(members)}, {corridor.get('of')} sets; ties count "
                     "against the set"),
            ),
            (
                Text("Komşuluk", "Neighbours"),
                Text(
                    f"{len(pairs)} çift ({_neighbourhood(at.graph.spec).tr}); kesikli: kaynakların çeliştiği "
                    f"{', '.join(contested) or 'yok'}",
                    f"{len(pairs)} pairs ({_neighbourhood(at.graph.spec).en}); dashed: sources disagree, "
                    f"{', '.join(contested) or 'none'}",
                ),
            ),
        ),
        lines=lines,
    )  # fmt: skip
    return draw(page, at.geometry, names, at.points, language=language, index=index)


def number_map(
    layer: Regions, values: pd.Series, title: str, *, language: Language = "tr"
) -> folium.Map:
    """
    Map any column of a user's table in bins of equal counts.

    Parameters
    ----------
    layer : Regions
    values : pandas.Series
    title : str
        Escaped.
    language : {"tr", "en"}

    Returns
    -------
    folium.Map
    """
    from mekantek.maps.layers import MapPage, View, draw

    bins: Bins = value_bins(values)
    told = {
        str(u): _lines([_both(lambda lang, v=v: number(float(v), lang))]) for u, v in values.items()
    }
    labels = layer.names.to_dict()
    low, high = (str(labels[unit]) for unit in (values.idxmin(), values.idxmax()))
    page = MapPage(
        slug=_slug(title),
        title=Text(title, title),
        reading=Text(
            f"En yüksek: {high}; en düşük: {low}.",
            f"Highest: {high}; lowest: {low}.",
        ),
        views=[
            View(key="value", label=Text(title, title), fill=bins.fill(values), told=told,
                 legend=bins.entries(values))
        ],
        columns=[_column(Text(title, title), title, values, number)],
        facts=_facts(layer, (Text("Birim sayısı", "Units"), Text(str(len(values)), str(len(values))))),
    )  # fmt: skip
    return draw(page, layer.geometry, layer.names, layer.points, language=language)


def _slug(name: str) -> str:
    return name.replace("_", "-").replace("+", "-")


def write_atlas(
    study: Study,
    lisas: Mapping[tuple[str, int], LocalResult],
    corridors: Sequence[Mapping[str, Any]],
    folder: Path,
    *,
    language: Language = "tr",
    step: Any = lambda _: None,
) -> list[Path]:
    """
    Write every map of the study as a page of its own.

    Parameters
    ----------
    study : Study
    lisas : mapping of (class, year) to LocalResult
    corridors : sequence of corridor results with ``id``, ``class`` and ``year``
    folder : Path
        Must exist.
    language : {"tr", "en"}
    step : callable
        Told the name of each page.

    Returns
    -------
    list of Path
    """
    classes = list(dict.fromkeys(name for name, _ in lisas))
    options: dict[str, Any] = {"language": language, "index": "index.html"}
    pages: list[tuple[str, Any]] = []
    for name in classes:
        results = {year: lisa for (c, year), lisa in lisas.items() if c == name}
        pages += [
            (f"share-{_slug(name)}", lambda name=name: share_map(study, name, **options)),
            (
                f"clusters-{_slug(name)}",
                lambda name=name, r=results: cluster_map(study, r, column=name, **options),
            ),
            (f"value-{_slug(name)}", lambda name=name: value_map(study, name, **options)),
        ]
    pages += [(str(c["id"]), lambda c=c: corridor_map(study, c, **options)) for c in corridors]
    written = []
    for slug, make in pages:
        step(slug)
        path = folder / f"{slug}.html"
        path.write_text(make().get_root().render(), encoding="utf-8", newline="\n")
        written.append(path)
    return written
