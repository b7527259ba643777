"""The 26 development agencies: names, regions, and who is meant by what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mekantek.datasets.provinces import load_provinces, resolve
from mekantek.errors import UnknownAgencyError, UnknownProvinceError
from mekantek.text import Text, fold, nearest, sort_key

__all__ = ["Agency", "load_agencies", "resolve_agency"]

# What the agencies call themselves in English, without "Development Agency".
_ENGLISH: Mapping[str, str] = {
    "AHİKA": "Ahiler",
    "ANKARAKA": "Ankara",
    "BAKA": "Western Mediterranean",
    "BAKKA": "Western Black Sea",
    "BEBKA": "Bursa Eskişehir Bilecik",
    "DAKA": "Eastern Anatolia",
    "DOKA": "Eastern Black Sea",
    "DOĞAKA": "Eastern Mediterranean",
    "DİKA": "Dicle",
    "FKA": "Fırat",
    "GEKA": "South Aegean",
    "GMKA": "South Marmara",
    "KARACADAĞ": "Karacadağ",
    "KUDAKA": "Northeast Anatolia",
    "KUZKA": "North Anatolia",
    "MARKA": "East Marmara",
    "MEVKA": "Mevlana",
    "OKA": "Middle Black Sea",
    "ORAN": "Central Anatolia",
    "SERKA": "Serhat",
    "TRAKYAKA": "Trakya",
    "ZAFER": "Zafer",
    "ÇKA": "Çukurova",
    "İKA": "İpekyolu",
    "İSTKA": "İstanbul",
    "İZKA": "İzmir",
}
_TURKISH_TAIL, _ENGLISH_TAIL = " Kalkınma Ajansı", " Development Agency"


@dataclass(frozen=True, kw_only=True)
class Agency:
    """
    A development agency and its provinces.

    Attributes
    ----------
    abbreviation : str
        As the agency writes it, such as ``İSTKA``.
    name : Text
    nuts2 : str
        Each agency serves one NUTS 2 region.
    plates : tuple of int
        Its provinces, by plate.
    """

    abbreviation: str
    name: Text
    nuts2: str
    plates: tuple[int, ...]

    @property
    def slug(self) -> str:
        """The abbreviation in bare small letters, as file names have it."""
        return fold(self.abbreviation)


@cache
def load_agencies() -> tuple[Agency, ...]:
    """
    Load the agencies, by the Turkish alphabet of their names.

    Returns
    -------
    tuple of Agency

    Examples
    --------
    >>> [agency.abbreviation for agency in load_agencies()][:3], len(load_agencies())
    (['AHİKA', 'ANKARAKA', 'BAKA'], 26)
    """
    found = []
    for key, members in load_provinces().groupby("agency_abbr"):
        first, abbreviation = members.iloc[0], str(key)
        found.append(
            Agency(
                abbreviation=abbreviation,
                name=Text(str(first["agency_tr"]), _ENGLISH[abbreviation] + _ENGLISH_TAIL),
                nuts2=str(first["nuts2"]),
                plates=tuple(int(str(plate)) for plate in members.index),
            )
        )
    return tuple(sorted(found, key=lambda agency: sort_key(agency.name.tr)))


@cache
def _spellings() -> dict[str, Agency]:
    found: dict[str, Agency] = {}
    for agency in load_agencies():
        bare = (
            agency.name.tr.removesuffix(_TURKISH_TAIL), agency.name.en.removesuffix(_ENGLISH_TAIL),
        )  # fmt: skip
        for name in (agency.abbreviation, agency.nuts2, agency.name.tr, agency.name.en, *bare):
            found.setdefault(fold(name), agency)
    return found


def resolve_agency(name: str | float) -> Agency:
    """
    Find an agency by its name or its region's, or by a province it serves.

    Parameters
    ----------
    name : str or number
        Abbreviation, Turkish or English name, NUTS 2 code, or a province by name or plate; in any
        casing, with or without Turkish letters.

    Returns
    -------
    Agency

    Raises
    ------
    UnknownAgencyError
        With the nearest name.

    Examples
    --------
    >>> [resolve_agency(n).abbreviation for n in ("zafer", "istka", "Uşak", 26, "south aegean")]
    ['ZAFER', 'İSTKA', 'ZAFER', 'BEBKA', 'GEKA']
    """
    text = str(name).strip()
    if found := _spellings().get(fold(text)):
        return found
    try:
        plate = resolve(name)
    except UnknownProvinceError as error:
        if text.isdecimal():
            raise
        raise _unknown(text) from error
    return next(agency for agency in load_agencies() if plate in agency.plates)


def _unknown(text: str) -> UnknownAgencyError:
    agencies = load_agencies()
    names = {
        **{agency.abbreviation: agency for agency in agencies},
        **{agency.name.tr.removesuffix(_TURKISH_TAIL): agency for agency in agencies},
        **{agency.name.en.removesuffix(_ENGLISH_TAIL): agency for agency in agencies},
    }
    provinces = load_provinces()["name_tr"].tolist()
    close = nearest(text, [*names, *provinces])
    if not close:
        listed = ", ".join(sorted((a.abbreviation for a in agencies), key=sort_key))
        return UnknownAgencyError(
            f"Unknown agency {text!r}. Give one of {listed}, or a province.",
            f"{text!r} diye bir ajans yok. Şunlardan birini ya da bir il verin: {listed}.",
        )
    agency = names.get(close[0]) or resolve_agency(close[0])
    return UnknownAgencyError(
        f"Unknown agency {text!r}. Did you mean {close[0]} ({agency.name.en})?",
        f"{text!r} diye bir ajans yok. {close[0]} ({agency.name.tr}) mı demek istediniz?",
    )
