"""The 81 provinces and the many ways to write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.datasets.provinces import load_provinces, resolve
from mekantek.datasets.tables import load
from mekantek.errors import UnknownProvinceError
from mekantek.text import fold, lower, upper

PROVINCES = load_provinces()


def test_plates_run_from_1_to_81_and_equal_the_iso_number():
    assert PROVINCES.index.tolist() == list(range(1, 82))
    assert PROVINCES["iso_3166_2"].str[3:].astype(int).tolist() == list(range(1, 82))


def test_upper_case_names_follow_turkish_casing():
    assert PROVINCES["name_tr"].map(upper).tolist() == PROVINCES["name_upper_tr"].tolist()


def test_no_two_provinces_have_names_that_fold_alike():
    assert PROVINCES["name_tr"].map(fold).is_unique


@given(st.integers(1, 81), st.sampled_from([str, upper, lower, fold, str.upper, str.title]))
def test_every_spelling_of_a_name_finds_its_plate(plate: int, write):
    assert resolve(f" {write(PROVINCES.loc[plate, 'name_tr'])} ") == plate


@given(st.integers(1, 81))
def test_plates_and_iso_codes_find_themselves(plate: int):
    for written in (
        plate,
        float(plate),
        np.int64(plate),
        f"{plate}",
        f"{plate:02d}",
        f"TR-{plate:02d}",
    ):
        assert resolve(written) == plate


@pytest.mark.parametrize(
    ("alias", "plate"),
    [("Afyon", 3), ("K.Maraş", 46), ("K. MARAŞ", 46), ("Maraş", 46), ("Antep", 27), ("Urfa", 63),
     ("İçel", 33), ("ICEL", 33), ("İzmit", 41), ("Adapazarı", 54), ("Antakya", 31)],
)  # fmt: skip
def test_names_people_use(alias: str, plate: int):
    assert resolve(alias) == plate


def test_a_misspelt_name_gets_the_nearest():
    with pytest.raises(UnknownProvinceError) as caught:
        resolve("Kahramanmara")
    assert str(caught.value) == "Unknown province 'Kahramanmara'. Did you mean Kahramanmaraş (46)?"


@pytest.mark.parametrize(
    "name", ["", "Atlantis", "0", 82, "-6", 6.5, "TR-82", "nan", float("nan"), True]
)
def test_what_is_no_province_is_refused(name: object):
    with pytest.raises(UnknownProvinceError, match="Unknown p"):
        resolve(name)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_resolves_or_is_refused_by_name(text: str):
    try:
        plate = resolve(text)
    except UnknownProvinceError:
        return
    assert plate in PROVINCES.index


def test_printed_names_stand_for_the_plates_the_map_says():
    names = load("names-map")
    assert (names["plate"].map(PROVINCES["name_tr"]) == names["official"]).all()
