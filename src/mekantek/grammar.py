"""Turkish words in the forms that sentences need: suffixes by rule, and what one unit is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mekantek.text import Text, lower, upper

__all__ = ["REGION", "UNIT", "Noun", "did_you_mean", "inflected"]

_VOWELS = "aıoueiöüâîû"
_FRONT, _ROUND = "eiöüî", "oöuüû"
_VOICELESS = "fstkçşhp"
_ROOM = re.compile(r"\[(?:[iıİI]l|province)\w*\]", re.IGNORECASE)
_SOFTENED = {"k": "ğ", "ç": "c", "p": "b"}


def inflected(word: str, suffix: str, *, proper: bool = False) -> str:
    """
    Put a suffix on a Turkish word, its vowels and first consonant as the word asks for them.

    Parameters
    ----------
    word : str
    suffix : str
        In its form after ``a``: ``lar`` plural, ``ın`` of, ``da`` in, ``dan`` from, ``a`` to,
        ``ı`` the object, ``lı`` with.
    proper : bool
        Whether it is a name, which takes an apostrophe and keeps its last letter.

    Examples
    --------
    >>> inflected("il", "da"), inflected("köy", "lar"), inflected("bölge", "ın")
    ('ilde', 'köyler', 'bölgenin')
    >>> inflected("eyalet", "dan"), inflected("bucak", "ın"), inflected("Kars", "da", proper=True)
    ('eyaletten', 'bucağın', "Kars'ta")

    Notes
    -----
    Vowel and consonant harmony by rule; the few words that keep their own way (saat, su) do not.
    """
    letters = lower(word)
    vowels = [c for c in letters if c in _VOWELS] or ["e"]
    last = letters[-1:]
    ends_open, stem = last in _VOWELS, word
    front, rounded = vowels[-1] in _FRONT, vowels[-1] in _ROUND
    wide = "e" if front else "a"
    narrow = {(False, False): "ı", (True, False): "i", (False, True): "u", (True, True): "ü"}[
        front, rounded
    ]
    ending = suffix.replace("a", wide).replace("ı", narrow)
    if suffix[0] == "d" and last in _VOICELESS:
        ending = "t" + ending[1:]
    elif suffix[0] in _VOWELS and ends_open:
        ending = ("n" if suffix == "ın" else "y") + ending
    elif suffix[0] in _VOWELS and last in _SOFTENED and len(vowels) > 1 and not proper:
        stem = word[:-1] + _SOFTENED[last]
    return stem + ("'" if proper else "") + ending


def did_you_mean(close: Sequence[str]) -> Text:
    """
    Ask whether the first of some names was meant, after a space; nothing where there is none.

    Examples
    --------
    >>> did_you_mean(["Kars", "Mars"]).tr, did_you_mean(["Muğla (48)"]).tr, did_you_mean([]).tr
    (' Kars mı demek istediniz?', ' Muğla (48) mı demek istediniz?', '')
    """
    if not close:
        return Text("", "")
    particle = inflected(close[0], "mı")[len(close[0]) :]
    return Text(f" {close[0]} {particle} demek istediniz?", f" Did you mean {close[0]}?")


@dataclass(frozen=True)
class Noun:
    """
    What one unit is called, in the forms that sentences need.

    Parameters
    ----------
    tr, en : str
        Singular: ``il``, ``province``. Turkish counts with the singular and inflects by rule.
    plural : str
        The English plural.

    Examples
    --------
    >>> unit = Noun("ilçe", "district", "districts")
    >>> unit.many.tr, unit.where, unit.whose, unit.counted.en
    ('ilçeler', 'ilçede', 'ilçenin', 'districts')
    """

    tr: str
    en: str
    plural: str

    @property
    def one(self) -> Text:
        """The word alone."""
        return Text(self.tr, self.en)

    @property
    def many(self) -> Text:
        """The plural that stands alone."""
        return Text(inflected(self.tr, "lar"), self.plural)

    @property
    def counted(self) -> Text:
        """The form that follows a number."""
        return Text(self.tr, self.plural)

    @property
    def where(self) -> str:
        """Turkish: in it."""
        return inflected(self.tr, "da")

    @property
    def whose(self) -> str:
        """Turkish: of it."""
        return inflected(self.tr, "ın")

    def say(self, text: Text) -> Text:
        """
        Put the word into a sentence that leaves room for it.

        The room is the report's own word in brackets, in the form that stands there: ``[il]``,
        ``[iller]``, ``[ilin]``, ``[ilde]``, ``[ilden]``, ``[illerin]``, ``[illeri]``; ``[province]``
        and ``[provinces]``.

        Examples
        --------
        >>> Noun("ilçe", "district", "districts").say(Text("[illerin] payı", "of [provinces]"))
        Text(tr='ilçelerin payı', en='of districts')
        """
        many = self.many.tr
        forms = {
            "il": self.tr, "iller": many, "ilin": self.whose, "ilde": self.where,
            "ilden": inflected(self.tr, "dan"), "illerin": inflected(many, "ın"),
            "illeri": inflected(many, "ı"), "illere": inflected(many, "a"),
        }  # fmt: skip
        turkish, english = text.tr, text.en
        for form, word in forms.items():
            turkish = turkish.replace(f"[{form}]", word)
            turkish = turkish.replace(f"[{form.capitalize().replace('Il', 'İl')}]",
                                      upper(word[:1]) + word[1:])  # fmt: skip
        for form, word in (("province", self.en), ("provinces", self.plural)):
            english = english.replace(f"[{form}]", word)
            english = english.replace(f"[{form.capitalize()}]", word[:1].upper() + word[1:])
        if left := _ROOM.search(f"{turkish} {english}"):
            raise ValueError(f"{left[0]} is no form of the word.")  # never reaches a reader
        return Text(turkish, english)


UNIT = Noun("birim", "unit", "units")
"""What a unit is called where nobody says."""

REGION = Noun("bölge", "region", "regions")
"""What larger units are called where nobody says."""
