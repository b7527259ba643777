"""Names, numbers and heads of tables as the report writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.blocs import bloc_told
from mekantek.findings.sizes import told
from mekantek.grammar import inflected
from mekantek.maps.page import bilingual
from mekantek.maps.sheets.facts import neighbourhood
from mekantek.maps.wording import both
from mekantek.text import Language, Text, capitalized, number

if TYPE_CHECKING:
    from mekantek.study import Design

__all__ = ["NAMES", "both", "choice_name", "choice_value", "head_cells", "three_digits"]

# Technology classes, where no study is at hand that names its own variables.
NAMES: Mapping[str, Text] = {name: capitalized(text) for name, text in CLASS_NAMES.items()}

# Names of what specifications vary.
_CHOICES: Mapping[str, Text] = {
    "year": Text("yıl", "year"),
    "coefficient": Text("katsayı", "coefficient"),
    "floor": Text("en küçük büyüklük", "smallest size"),
    "standardize": Text("komşu ağırlıkları", "weights of neighbours"),
    "distance_classes": Text("uzaklık sınıfları", "distance classes"),
    "neighbours": Text("komşuluk", "neighbours"),
    "class": Text("değişken", "variable"),
    "statistic": Text("istatistik", "statistic"),
    "cells": Text("çözülmemiş hücreler", "unresolved cells"),
    "index": Text("endeks okuması", "reading of the index"),
    "reading": Text("okuma", "reading"),
    "measure": Text("ölçü", "measure"),
    "print": Text("basılan sayının okuması", "reading of the print"),
    "regions": Text("bölge tanımı", "regions"),
    "scale": Text("ölçek", "scale"),
    "weights": Text("ağırlık", "weights"),
    "points": Text("nokta", "points"),
    "correction": Text("düzeltme", "correction"),
    "seat": Text("kayıtlı merkez", "registered seat"),
    "level": Text("birim", "units"),
    "comparator": Text("neyle karşılaştırıldığı", "held against"),
    "years": Text("yıllar", "years"),
    "quantity": Text("büyüklük", "quantity"),
    "left_out": Text("dışarıda bırakılan", "left out"),
    "given": Text("sabit tutulan", "held fixed"),
    "part": Text("cümlenin parçası", "part of the statement"),
    "shares": Text("payların okunuşu", "reading of the shares"),
}

# Values of these choices that are words; numbers, years and neighbourhoods stand as they are.
_VALUES: Mapping[str, Text] = {
    "spearman": Text("Spearman", "Spearman"),
    "kendall": Text("Kendall", "Kendall"),
    "pearson": Text("Pearson", "Pearson"),
    "clr": Text("logaritmik oran (clr)", "log-ratio (clr)"),
    "all": Text("hepsi", "all"),
    "any": Text("bitişik olsun olmasın", "adjacent or not"),
    "unweighted": Text("ağırlıksız", "unweighted"),
    "left out": Text("dışarıda", "left out"),
    "label point": Text("birimin noktası", "point of the unit"),
    "centroid": Text("ağırlık merkezi", "centroid"),
    "share": Text("değerin kendisi", "the value itself"),
    "log": Text("logaritma", "logarithm"),
    "logit": Text("logit", "logit"),
    "row": Text("satır toplamı 1", "rows sum to 1"),
    "Dutilleul, 13 classes": Text("Dutilleul, 13 sınıf", "Dutilleul, 13 classes"),
    "Dutilleul, 8 classes": Text("Dutilleul, 8 sınıf", "Dutilleul, 8 classes"),
    "Clifford, 13 classes": Text("Clifford, 13 sınıf", "Clifford, 13 classes"),
    "as printed": Text("verildiği gibi", "as given"),
    "computed": Text("hesaplandığı gibi", "as computed"),
    "nothing": Text("hiçbir şey", "nothing"),
    "none": Text("hiçbiri", "none"),
    "value": Text("değer", "value"),
    "median": Text("ortanca", "median"),
    "rank": Text("sıra", "rank"),
    "permutation": Text("permütasyon", "permutation"),
    "2024, press": Text("2024, basın", "2024, press"),
    "2024, report": Text("2024, rapor", "2024, report"),
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
}


def choice_name(key: str) -> Text:
    """Say what a specification varies; an unknown choice is its own name."""
    return _CHOICES.get(key, Text(key, key))


# How values are spelt that bear names and numbers of their own.
_FLOOR = re.compile(r"(.+) ≥ (\d+) (mn|bn) USD")
_YEARS = re.compile(r"(\d{4}) and (\d{4})")
_WITHOUT = re.compile(r"without (.+)")
_GIVEN = re.compile(r"(\d+)% of (.+) to (.+)")
_SPECTRAL = re.compile(r"spectral, (.+)")
_POWERS = {"mn": "milyon", "bn": "milyar"}


def choice_value(value: object, design: Design | None = None) -> Text:
    """
    Give a value of a choice in both languages; a SPEC of neighbours in words.

    Examples
    --------
    >>> import mekantek as mt
    >>> design = mt.load_study().design
    >>> [choice_value(v, design).tr for v in ("exports ≥ 50 mn USD", "√exports", "low")]
    ['ihracat ≥ 50 milyon dolar', '√ihracat', 'Düşük teknoloji']
    """
    word = str(value)
    if word in _VALUES:
        return _VALUES[word]
    if (size := told(word)) is not None:
        return size
    if found := _YEARS.fullmatch(word):
        return Text(f"{found[1]} ve {found[2]}", word)
    if found := _SPECTRAL.fullmatch(word):
        near = neighbourhood(found[1])
        return Text(f"tayfsal, {near.tr}", f"spectral, {near.en}")
    if found := _WITHOUT.fullmatch(word):
        return Text(f"{found[1]} olmadan", word)
    if found := _GIVEN.fullmatch(word):
        to = "ötekilere" if found[3] == "all" else inflected(found[3], "a", proper=True)
        giver = inflected(found[2], "ın", proper=True)
        return Text(f"{giver} %{found[1]} kadarı {to}", word)
    return neighbourhood(word) if design is None else _of_design(word, design)


def _of_design(word: str, design: Design) -> Text:
    """Values that name the study's own variables, sizes, units and regions."""
    whole = design.whole
    if whole is not None:
        if word == "total" or word == whole.total.en:
            return whole.total
        if word.removeprefix("√") == whole.title.en:
            root = "√" if word.startswith("√") else ""
            return Text(f"{root}{whole.title.tr}", word)
        if (found := _FLOOR.fullmatch(word)) and found[1] == whole.title.en:
            return Text(f"{whole.title.tr} ≥ {found[2]} {_POWERS[found[3]]} dolar", word)
    if set(word.split("+")) <= set(design.parts):
        return capitalized(design.title_of(word))
    if word == design.unit.plural:
        return design.unit.many
    for grouping in design.groupings:
        if word == grouping.title.en:
            return grouping.title
    if word.endswith((", the rest whole", " named", f" {design.unit.plural}")):
        return bloc_told(word, design.unit)
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
