"""Names, numbers and heads of tables as the report writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.maps.page import bilingual
from mekantek.maps.sheets.facts import neighbourhood
from mekantek.maps.wording import both
from mekantek.text import Language, Text, capitalized, number

__all__ = ["CHOICES", "NAMES", "both", "choice_value", "head_cells", "three_digits"]

NAMES: Mapping[str, Text] = {name: capitalized(text) for name, text in CLASS_NAMES.items()}


# Names of what specifications vary.
CHOICES: Mapping[str, Text] = {
    "year": Text("yıl", "year"),
    "coefficient": Text("katsayı", "coefficient"),
    "provinces": Text("iller", "provinces"),
    "distance_classes": Text("uzaklık sınıfları", "distance classes"),
    "neighbours": Text("komşuluk", "neighbours"),
    "class": Text("sınıf", "class"),
    "statistic": Text("istatistik", "statistic"),
    "cells": Text("çözülmemiş hücreler", "unresolved cells"),
    "index": Text("endeks okuması", "reading of the index"),
    "reading": Text("okuma", "reading"),
    "measure": Text("ölçü", "measure"),
    "print": Text("basılan sayının okuması", "reading of the print"),
    "regions": Text("bölge tanımı", "regions"),
    "scale": Text("payın ölçeği", "scale of the share"),
    "weights": Text("ağırlık", "weights"),
    "longitude": Text("boylam", "longitude"),
    "correction": Text("düzeltme", "correction"),
    "seat": Text("İstanbul'un ihracatı", "exports of İstanbul"),
    "level": Text("birim", "units"),
    "comparator": Text("neyle karşılaştırıldığı", "held against"),
    "years": Text("yıllar", "years"),
    "quantity": Text("büyüklük", "quantity"),
    "left_out": Text("dışarıda bırakılan il", "province left out"),
    "given": Text("sabit tutulan", "held fixed"),
    "part": Text("cümlenin parçası", "part of the statement"),
    "shares": Text("il payları", "shares of provinces"),
}

# Values of these choices that are words; numbers, years and neighbourhoods stand as they are.
_VALUES: Mapping[str, Text] = {
    "spearman": Text("Spearman", "Spearman"),
    "kendall": Text("Kendall", "Kendall"),
    "pearson": Text("Pearson", "Pearson"),
    "clr": Text("logaritmik oran (clr)", "log-ratio (clr)"),
    "all": Text("hepsi", "all"),
    "any": Text("bitişik olsun olmasın", "adjacent or not"),
    "exports ≥ 50 mn USD": Text("ihracat ≥ 50 milyon dolar", "exports ≥ 50 mn USD"),
    "exports ≥ 100 mn USD": Text("ihracat ≥ 100 milyon dolar", "exports ≥ 100 mn USD"),
    "exports ≥ 10 mn USD": Text("ihracat ≥ 10 milyon dolar", "exports ≥ 10 mn USD"),
    "exports ≥ 500 mn USD": Text("ihracat ≥ 500 milyon dolar", "exports ≥ 500 mn USD"),
    "unweighted": Text("ağırlıksız", "unweighted"),
    "exports": Text("ihracat", "exports"),
    "√exports": Text("√ihracat", "√exports"),
    "left out": Text("dışarıda", "left out"),
    "label point": Text("etiket noktası", "label point"),
    "centroid": Text("ağırlık merkezi", "centroid"),
    "share": Text("pay", "share"),
    "Dutilleul, 13 classes": Text("Dutilleul, 13 sınıf", "Dutilleul, 13 classes"),
    "Dutilleul, 8 classes": Text("Dutilleul, 8 sınıf", "Dutilleul, 8 classes"),
    "Clifford, 13 classes": Text("Clifford, 13 sınıf", "Clifford, 13 classes"),
    **{
        f"spectral, {g}": Text(f"tayfsal, {g if g != 'official' else 'resmî'}", f"spectral, {g}")
        for g in ("official", "queen", "knn:4", "knn:6", "band:150km")
    },
    "as printed": Text("verildiği gibi", "as given"),
    "computed": Text("hesaplandığı gibi", "as computed"),
    "without İstanbul": Text("İstanbul olmadan", "without İstanbul"),
    **{
        f"{part}% of İstanbul to {to.en}": Text(
            f"%{part} kadarı {to.tr}", f"{part}% of İstanbul to {to.en}"
        )
        for part in (10, 30, 50)
        for to in (Text("öteki illere", "all"), Text("Kocaeli'ye", "Kocaeli"))
    },
    "provinces": Text("iller", "provinces"),
    "total": Text("toplam ihracat", "total exports"),
    "total exports": Text("toplam ihracat", "total exports"),
    "nothing": Text("hiçbir şey", "nothing"),
    "none": Text("hiçbiri", "none"),
    "value": Text("değer", "value"),
    "median": Text("ortanca", "median"),
    "rank": Text("sıra", "rank"),
    "permutation": Text("permütasyon", "permutation"),
    "2024, press": Text("2024, basın", "2024, press"),
    "2024, report": Text("2024, rapor", "2024, report"),
    "exports ≥ 1 bn USD": Text("ihracat ≥ 1 milyar dolar", "exports ≥ 1 bn USD"),
    "24 provinces": Text("24 il", "24 provinces"),
    "9 named": Text("adı geçen 9 il", "9 named"),
    **{
        f"{name.en}, the rest whole": Text(
            f"{name.tr}, kalan bütün illere karşı", f"{name.en}, the rest whole"
        )
        for name in (
            Text("Marmara", "Marmara"),
            Text("İç Anadolu", "İç Anadolu"),
            Text("adı geçen 9 il", "9 named"),
        )
    },
    "either": Text("yuvarlama ya da kesme", "rounding or truncation"),
    "rounding": Text("yuvarlama", "rounding"),
    "truncation": Text("kesme", "truncation"),
    "± 0.05 points": Text("±0,05 puan", "±0.05 points"),
    "adopted": Text("kullanılan basım", "adopted print"),
    "other print": Text("öteki basım", "other print"),
    "minimum": Text("en küçük üye", "smallest member"),
    "mean": Text("üyelerin ortalaması", "mean of the members"),
    "weighted": Text("ağırlıklı ortalama", "weighted mean"),
    "joint": Text("üyelerin z çarpımı", "product of the members' z"),
    **NAMES,
}


def choice_value(value: object) -> Text:
    """Give a value of a choice in both languages; a SPEC of neighbours in words."""
    word = str(value)
    if word in _VALUES:
        return _VALUES[word]
    if years := re.fullmatch(r"(\d{4}) and (\d{4})", word):
        return Text(f"{years[1]} ve {years[2]}", word)
    return neighbourhood(word)


def three_digits(value: float, language: Language) -> str:
    """Write a number with three digits behind the mark."""
    return number(value, language, digits=3)


def head_cells(heads: Sequence[Text], *, numbers: range) -> str:
    """Write the head of a table; columns of *numbers* are set to the right."""
    return "".join(
        f'<th scope="col"{" class=number" if k in numbers else ""}>{bilingual(h)}</th>'
        for k, h in enumerate(heads)
    )
