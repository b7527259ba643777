"""Turkish and English words and numbers, held against Babel."""

import math
import pickle

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from mekantek.datasets.provinces import load_provinces
from mekantek.text import (
    Note,
    Text,
    fold,
    lower,
    money,
    nearest,
    number,
    p_value,
    percent,
    points,
    sort_key,
    upper,
)  # fmt: skip


@given(st.floats(-1e9, 1e9), st.sampled_from(["tr", "en"]), st.integers(0, 4))
def test_numbers_equal_babel(value, language, digits):
    """Separators are those of the Unicode locale data."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    value = round(value, digits)
    wanted = format_decimal(value, pattern, locale=language).replace("-", "−")
    if not any(c in "123456789" for c in wanted):
        wanted = wanted.lstrip("−")
    assert number(value, language, digits=digits) == wanted


def test_all_provinces_keep_their_case_and_order():
    """Upper case is the official one for all 81; lower brings it back; order is the alphabet's."""
    known = load_provinces()
    assert [upper(n) for n in known["name_tr"]] == known["name_upper_tr"].tolist()
    assert [upper(lower(n)) for n in known["name_upper_tr"]] == known["name_upper_tr"].tolist()
    names = sorted(known["name_tr"], key=sort_key)
    assert names[:3] == ["Adana", "Adıyaman", "Afyonkarahisar"]
    assert names.index("Çorum") == names.index("Çankırı") + 1 == names.index("Denizli") - 1
    assert names[-4:] == ["Van", "Yalova", "Yozgat", "Zonguldak"]
    assert names.index("Iğdır") < names.index("Isparta") < names.index("İstanbul")


@pytest.mark.parametrize("spelling", ["IĞDIR", "iğdır", "Igdir", "İĞDİR", "ığdır "])
def test_spellings_fold_together(spelling):
    """One province, however it is typed."""
    assert fold(spelling) == "igdir"


def test_nearest_is_turkish_aware():
    """The nearest name is found through casing and diacritics; far ones are not offered."""
    assert nearest("ESKISEHIR", ["Eskişehir", "Kırşehir"]) == ["Eskişehir"]
    assert nearest("xyzw", ["Eskişehir"]) == []


def test_forms_of_numbers():
    """Percent signs lead in Turkish; signs are signs; missing is a dash; p is never zero."""
    assert percent(0.3, "tr", digits=0) == "%30"
    assert points(0, "tr") == "0,0 puan"
    assert money(950, "en") == "$950"
    assert money(math.nan, "tr") == percent(math.nan, "en") == number(math.inf, "tr") == "–"
    assert p_value(0.0004, "tr") == "p < 0,001"


def test_texts_fill_both_languages():
    """A sentence filled with a sentence speaks one language throughout."""
    inner = Text("il", "province")
    assert Text("bir {x}", "a {x}").format(x=inner) == Text("bir il", "a province")


def test_a_note_keeps_both_languages_wherever_it_goes():
    """Copied, pickled or made of another note; as a string, in JSON too, it is the English one."""
    note = Note("two links", "iki bağ")
    for same in (Note(note), pickle.loads(pickle.dumps(note))):
        assert (same, same.told("tr"), same.told("en")) == ("two links", "iki bağ", "two links")
    assert Note("only English").told("tr") == "only English"
