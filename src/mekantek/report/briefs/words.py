"""The sentences of a brief, in prose that can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence

from mekantek.datasets.technology import CLASS_NAMES, CLASSES
from mekantek.maps.wording import both
from mekantek.report.briefs.facts import FLOOR, Brief
from mekantek.report.briefs.setting import PARTS
from mekantek.text import Language, Text, money, percent, points

__all__ = [
    "cluster_told",
    "lead",
    "listed",
    "missing_told",
    "peers_told",
    "seat_told",
    "small_told",
    "spelled_money",
]

_NO_CLASS = Text("hiçbir teknoloji sınıfına girmeyen ürünler", "products of no technology class")


def listed(names: Sequence[str], language: Language) -> str:
    """
    List names as a sentence does.

    Examples
    --------
    >>> listed(["Ağrı", "Iğdır", "Kars"], "tr"), listed(["Ağrı"], "en")
    ('Ağrı, Iğdır ve Kars', 'Ağrı')
    """
    if len(names) < 2:
        return "".join(names)
    joint = {"tr": "ve", "en": "and"}[language]
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def spelled_money(usd: float, language: Language) -> str:
    """
    Write dollars as they are read aloud.

    Examples
    --------
    >>> spelled_money(4.3e9, "tr"), spelled_money(4.3e9, "en")
    ('4,3 milyar dolar', '$4.3 billion')
    """
    return money(usd, language).replace(" $", " dolar")


def _class(name: str) -> Text:
    return _NO_CLASS if name == "unclassified" else CLASS_NAMES[name]


def lead(brief: Brief) -> Text:
    """Say in one paragraph which provinces, how much, what, how it changed and where it stands."""
    parts = (_who(brief), _how_much(brief), _what(brief), _changed(brief), missing_told(brief))
    told = [part for part in parts if part is not None]
    return Text(" ".join(t.tr for t in told), " ".join(t.en for t in told))


def _who(brief: Brief) -> Text:
    names, agency = list(brief.names.values()), brief.agency
    one = len(names) == 1
    return Text(
        f"{agency.name.tr}nın bölgesi ({agency.nuts2}) {listed(names, 'tr')} "
        f"{'ilini' if one else 'illerini'} kapsar.",
        f"The region of the {agency.name.en} ({agency.nuts2}) is "
        f"{'the province of' if one else 'made up of'} {listed(names, 'en')}.",
    )


def _how_much(brief: Brief) -> Text:
    last = brief.years[-1]
    value = float(brief.whole(last)["value"])
    part, provinces = brief.part_of_nation(last)
    digits = 1 if part >= 0.001 else 2
    rank, of = brief.rank("value", last)
    of_all = Text("Toplamı basılan ", " with a printed total")
    if not brief.setting.study.printed:
        of_all = Text("", "")
    return Text(
        f"Bölge {last} yılında {spelled_money(value, 'tr')} tutarında ihracat yaptı. {of_all.tr}"
        f"{provinces} ilin ihracatındaki payı {percent(part, 'tr', digits=digits)}; bununla {of} ajans arasında "
        f"{rank}. sıradadır.",
        f"In {last} the region exported {spelled_money(value, 'en')}. That is {percent(part, 'en', digits=digits)} of "
        f"the exports of the {provinces} provinces{of_all.en}, and rank {rank} of {of} "
        "agencies.",
    )


def _what(brief: Brief) -> Text:
    first, last = brief.years[0], brief.years[-1]
    now, then = brief.largest(last), brief.largest(first)
    share = float(brief.whole(last)[now])
    before = float(brief.whole(first)[now])
    shown = both(lambda lang: percent(share, lang))
    was = both(lambda lang: percent(before, lang))
    told = Text(
        f"İhracatının en büyük bölümü {shown.tr} payla {_class(now).tr}dir",
        f"The largest part of its exports is {_class(now).en} with {shown.en}",
    )
    if now == "unclassified":
        second = brief.largest(last, among=CLASSES)
        at = both(lambda lang: percent(float(brief.whole(last)[second]), lang))
        told = Text(
            f"{told.tr}; dört teknoloji sınıfının en büyüğü {at.tr} payla {_class(second).tr}dir",
            f"{told.en}; the largest of the four technology classes is {_class(second).en} with "
            f"{at.en}",
        )
    if first == last:
        return Text(f"{told.tr}.", f"{told.en}.")
    if now == then:
        return Text(
            f"{told.tr}. En büyük bölüm {first} yılında da aynıydı ({was.tr}).",
            f"{told.en}. It was the largest in {first} too ({was.en}).",
        )
    there = both(lambda lang: percent(float(brief.whole(first)[then]), lang))
    return Text(
        f"{told.tr}. {first} yılında en büyük bölüm {there.tr} payla {_class(then).tr} idi.",
        f"{told.en}. In {first} the largest part was {_class(then).en} with {there.en}.",
    )


def _changed(brief: Brief) -> Text:
    change, first, last = brief.change, brief.years[0], brief.years[-1]
    if first == last:
        return _alone(brief)
    growth, before, after = change["exports"], change["before"]["high"], change["after"]["high"]
    rank, of = brief.rank("high", last)
    moved = Text("arttı", "rose by") if growth >= 0 else Text("azaldı", "fell by")
    same = round(after - before, 4) == 0
    told = both(lambda lang: f"{percent(before, lang)}|{percent(after, lang)}|"
                             f"{points(round(after - before, 4), lang)}")  # fmt: skip
    (b_tr, a_tr, d_tr), (b_en, a_en, d_en) = told.tr.split("|"), told.en.split("|")
    over = ""
    over_en = ""
    if change["without"]:
        gone = [brief.names[p] for p in change["without"]]
        over = f" (iki yılda da {listed(gone, 'tr')} olmadan)"
        over_en = f" (without {listed(gone, 'en')} in both years)"
    return Text(
        f"{first} yılından {last} yılına ihracatı cari dolarla {percent(abs(growth), 'tr')} {moved.tr}"
        f"{over}; yüksek teknolojinin ihracatındaki payı "
        + (f"{a_tr} düzeyinde kaldı" if same else f"{b_tr} iken {a_tr} oldu ({d_tr})")
        + f". Yüksek teknoloji payında {of} ajans arasında {rank}. sıradadır.",
        f"From {first} to {last} its exports {moved.en} {percent(abs(growth), 'en')} in current "
        f"dollars{over_en}; the share of high technology in them "
        + (f"stayed at {a_en}" if same else f"went from {b_en} to {a_en} ({d_en})")
        + f". By that share it ranks {rank} of {of} agencies.",
    )


def _alone(brief: Brief) -> Text:
    """Say the share of high technology of the one year there is."""
    last = brief.years[-1]
    rank, of = brief.rank("high", last)
    share = both(lambda lang: percent(float(brief.whole(last)["high"]), lang))
    return Text(
        f"Yüksek teknolojinin ihracatındaki payı {share.tr}; bununla {of} ajans arasında {rank}. "
        "sıradadır. Veride tek tam yıl olduğu için değişim söylenemez.",
        f"The share of high technology in its exports is {share.en}, rank {rank} of {of} agencies. The "
        "data have one whole year, so change cannot be told.",
    )


def missing_told(brief: Brief) -> Text | None:
    """Name the provinces whose total is missing; None if there are none in the last year."""
    last = brief.years[-1]
    gone = [brief.names[p] for p in brief.without_total(last)]
    if not gone:
        return None
    kept = [n for p, n in brief.names.items() if p not in brief.without_total(last)]
    return Text(
        f"Rapor {listed(gone, 'tr')} için {last} yılının toplam ihracatını basmıyor; ajansın bütününe "
        f"ilişkin sayılar bu yüzden yalnız {listed(kept, 'tr')} "
        f"{'ilinin' if len(kept) == 1 else 'illerinin'} toplamıdır.",
        f"The report prints no total exports of {last} for {listed(gone, 'en')}; the numbers of the "
        f"agency as a whole are therefore those of {listed(kept, 'en')} alone.",
    )


def cluster_told(brief: Brief) -> Text:
    """Say how many of its provinces are in clusters or hot and cold spots, before and after correction."""
    maps = len(brief.setting.results.lisas)
    members, found, kept = len(brief.members), brief.clusters, brief.survivors
    cells = members * maps
    years, classes = len(brief.years), maps // len(brief.years)
    head = Text(
        f"{classes} sınıf × {years} yıl için birer harita var; her haritada 81 il sınanır. Bölgenin "
        f"{members} ili böylece {cells} kez sınandı.",
        f"There is one map for each of {classes} classes × {years} years, and 81 provinces are tested on "
        f"each. The {members} {'province' if members == 1 else 'provinces'} of the region were thus "
        f"tested {cells} times.",
    )
    if not found:
        rest = Text(
            "Hiçbirinde, düzeltmeden önce bile, p ≤ 0,05 çıkmadı: bölgenin hiçbir ili bir kümede ya da "
            "sıcak veya soğuk noktada değil.",
            "None gave p ≤ 0.05, even before correction: no province of the region lies in a cluster, "
            "a hot spot or a cold spot.",
        )
        return Text(f"{head.tr} {rest.tr}", f"{head.en} {rest.en}")
    before = Text(
        f"Düzeltmeden önce {len(found)} tanesinde, yerel Moran ya da Gᵢ* ile, p ≤ 0,05 çıktı.",
        f"Before correction {len(found)} of them gave p ≤ 0.05, by local Moran or Gᵢ*.",
    )
    if not kept:
        after = Text(
            "Haritadaki 81 sınama için düzeltildiğinde (Benjamini–Hochberg) hiçbiri anlamlı kalmıyor: "
            "aşağıdakiler bulgu değil, bakılacak yerlerdir.",
            "Corrected for the 81 tests of each map (Benjamini–Hochberg) none survives: what follows are "
            "places to look at, not findings.",
        )
    else:
        names = {lang: _kept(brief, lang) for lang in ("tr", "en")}
        after = Text(
            f"Haritadaki 81 sınama için düzeltildikten sonra (Benjamini–Hochberg) {len(kept)} tanesi "
            f"anlamlı kalıyor: {names['tr']}.",
            f"After correction for the 81 tests of each map (Benjamini–Hochberg) {len(kept)} "
            f"{'survives' if len(kept) == 1 else 'survive'}: {names['en']}.",
        )
    every = brief.setting.results.run_family["maps"]
    if not brief.over_all_maps:
        last = Text(
            f"{every} harita tek aile sayılınca bölgeden hiçbir il anlamlı kalmıyor.",
            f"Taking all {every} maps as one family no province of the region survives.",
        )
    else:
        last = Text(
            f"{every} harita tek aile sayılınca da anlamlı kalan sayısı: {len(brief.over_all_maps)}.",
            f"Taking all {every} maps as one family this many survive: {len(brief.over_all_maps)}.",
        )
    told = (head, before, after, last)
    return Text(" ".join(t.tr for t in told), " ".join(t.en for t in told))


def _kept(brief: Brief, language: Language) -> str:
    return ", ".join(
        f"{brief.names[row['plate']]} ({CLASS_NAMES[row['class']][language]}, {row['year']})"
        for row in brief.survivors
    )


def peers_told(brief: Brief) -> Text:
    """Say what likeness means, and what stands in for zeros."""
    last = brief.setting.last
    zeros = int((brief.setting.mixes == 0).to_numpy().sum())
    least = both(lambda lang: percent(brief.setting.study.zero_limit * 0.65, lang, digits=4))
    parts = len(PARTS)
    return Text(
        f"Benzerlik, {last} ihracatının {parts} parçasının (dört sınıf ve sınıflandırılmayan) birbirine "
        "oranlarıyla ölçülür (Aitchison uzaklığı); ihracatın büyüklüğü hesaba girmez. «Kat» sütunu, iki "
        "ajansta bir parçanın ötekine oranının tipik olarak kaç kat farklı olduğunu söyler: 1 aynı "
        "karışım demektir, 2 ve üzeri zayıf bir benzerliktir. Küçük payların "
        "oranı yuvarlamadan çok etkilenir. Sıfır pay yerine "
        f"{least.tr} konur; bu karşılaştırmada sıfır sayısı: {zeros}.",
        f"Likeness is measured by the ratios among the {parts} parts of the exports of {last} (four "
        "classes and the unclassified rest; Aitchison distance); how large exports are does not count. "
        "The column “factor” says by what factor the ratio of one part to another typically "
        "differs between the two agencies: 1 is the same mix, 2 and more a weak likeness. Ratios "
        "of small shares feel rounding "
        f"most. A zero share is replaced by {least.en}; zeros in this comparison: {zeros}.",
    )


def seat_told(brief: Brief) -> Text:
    """Say what the registered seat does to the agency's numbers."""
    seat, last = brief.seat, brief.setting.last
    ends = {
        lang: (
            percent(seat["part"], lang, digits=0),
            spelled_money(seat["before"], lang),
            spelled_money(seat["after"], lang),
            percent(seat["shares_before"]["high"], lang),
            percent(seat["shares_after"]["high"], lang),
        )
        for lang in ("tr", "en")
    }
    basis = Text(
        "İhracat, malın üretildiği yere değil ihracatçının kayıtlı merkezinin bulunduğu ilin hanesine yazılır; "
        "merkezi İstanbul'da olan bir fabrikanın ihracatı başka bir bölgede görünmez.",
        "Exports are booked where the exporter's registered seat is, not where the goods are made; a "
        "plant whose firm has its seat in İstanbul does not show in its own region.",
    )
    part, before, after, high, moved = ends["tr"]
    part_en, before_en, after_en, high_en, moved_en = ends["en"]
    if brief.agency.plates == (34,):
        told = Text(
            f"Bir örnek: İstanbul'un {last} ihracatının her sınıftan {part} kadarı öteki illere verilse, "
            f"bölgenin ihracatı {before} yerine {after} olurdu; sınıf payları değişmezdi.",
            f"An example: were {part_en} of İstanbul's exports of {last} given to the other provinces in "
            f"every class, those of the region would be {after_en} instead of {before_en}; the shares of "
            "the classes would not change.",
        )
    else:
        told = Text(
            f"Bir örnek: İstanbul'un {last} ihracatının her sınıftan {part} kadarı öteki illere, o "
            f"sınıftaki ihracatları oranında verilse, bölgenin ihracatı {before} yerine {after}, yüksek "
            f"teknolojinin payı {high} yerine {moved} olurdu.",
            f"An example: were {part_en} of İstanbul's exports of {last} given to the other provinces, "
            "class by class and in proportion to their own exports in it, the region's exports would be "
            f"{after_en} instead of {before_en} and the share of high technology {moved_en} instead of "
            f"{high_en}.",
        )
    return Text(f"{basis.tr} {told.tr}", f"{basis.en} {told.en}")


def small_told(brief: Brief) -> Text:
    """Warn of shares that rest on little."""
    last = brief.years[-1]
    floor = both(lambda lang: money(FLOOR, lang, digits=0).replace(" $", " dolar"))
    if not brief.small:
        whose = Text("Toplamı basılan illerin", "Every province with a printed total")
        if not brief.setting.study.printed:
            whose = Text("İllerin", "Every province")
        return Text(
            f"{whose.tr} hepsinde {last} ihracatı {floor.tr} ve üzerinde.",
            f"{whose.en} exported {floor.en} or more in {last}.",
        )
    names = {
        lang: listed([f"{brief.names[p]} ({money(v, lang)})" for p, v in brief.small.items()], lang)
        for lang in ("tr", "en")
    }
    return Text(
        f"Küçük taban: {last} ihracatı {floor.tr} altında olan iller {names['tr']}. Buralarda tek bir "
        "sevkiyat payları değiştirebilir; paylarını büyük illerinkiyle aynı ağırlıkta okumayın.",
        f"Small bases: exports of {last} are below {floor.en} in {names['en']}. A single consignment can "
        "move the shares there; do not read them with the weight of those of large provinces.",
    )
