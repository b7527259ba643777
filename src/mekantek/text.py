"""Turkish and English wording: casing, sorting, numbers and bilingual sentences."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal

__all__ = [
    "CORRECTIONS",
    "LANGUAGES",
    "METHODS",
    "TAILS",
    "Language",
    "Note",
    "Text",
    "bound",
    "capitalized",
    "csv_cell",
    "figure",
    "fold",
    "guarded",
    "integer",
    "light_table",
    "lower",
    "money",
    "nearest",
    "number",
    "p_value",
    "percent",
    "points",
    "shortened",
    "sort_key",
    "upper",
]

Language = Literal["tr", "en"]
LANGUAGES: tuple[Language, Language] = ("tr", "en")

_ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET)}
_CIRCUMFLEX = str.maketrans("âîûÂÎÛ", "aiuAİU")
_ASCII = str.maketrans("çğıöşüâîû", "cgiosuaiu")
_NOT_BARE = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True)
class Text:
    """
    One sentence in both languages.

    Parameters
    ----------
    tr, en : str
        The sentence in Turkish and in English.

    Examples
    --------
    >>> Text("düşük teknoloji", "low technology")["en"]
    'low technology'
    """

    tr: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Give the sentence in *language*."""
        return self.tr if language == "tr" else self.en

    def to_dict(self) -> dict[str, str]:
        """Give ``{"tr": ..., "en": ...}``."""
        return {"tr": self.tr, "en": self.en}

    def format(self, **parts: object) -> Text:
        """
        Fill the blanks of both sentences; a Text among *parts* gives each its own language.

        Examples
        --------
        >>> Text("{n} il", "{n} provinces").format(n=81).tr
        '81 il'
        """
        filled = {
            language: self[language].format(
                **{k: v[language] if isinstance(v, Text) else v for k, v in parts.items()}
            )
            for language in LANGUAGES
        }
        return Text(filled["tr"], filled["en"])


class Note(str):
    """
    What was done to the input: an English sentence that can also say itself in Turkish.

    Results and their JSON hold it as the string it is; only a screen asks for its Turkish.

    Parameters
    ----------
    english : str
    turkish : str, optional
        Without one the note is English in both languages.

    Examples
    --------
    >>> note = Note("2 links of weight 0 are no links", "ağırlığı 0 olan 2 bağ, bağ sayılmadı")
    >>> note
    '2 links of weight 0 are no links'
    >>> note.told("tr")
    'ağırlığı 0 olan 2 bağ, bağ sayılmadı'
    """

    __slots__ = ("turkish",)
    turkish: str | None

    def __new__(cls, english: str, turkish: str | None = None) -> Note:
        """Take the sentence in both languages; a note stays what it is."""
        note = super().__new__(cls, english)
        note.turkish = getattr(english, "turkish", None) if turkish is None else turkish
        return note

    def __getnewargs__(self) -> tuple[str, str | None]:  # type: ignore[override]
        """Travel to another process in both languages."""
        return str(self), self.turkish

    def told(self, language: Language) -> str:
        """Give the sentence in *language*."""
        return self.turkish if language == "tr" and self.turkish is not None else str(self)


TAILS = {
    "two-sided": Text("iki yönlü", "two-sided"),
    "greater": Text("tek yönlü, büyük", "one-sided, greater"),
    "less": Text("tek yönlü, küçük", "one-sided, less"),
}
CORRECTIONS = {
    "bh": Text("Benjamini–Hochberg", "Benjamini–Hochberg"),
    "by": Text("Benjamini–Yekutieli", "Benjamini–Yekutieli"),
    "holm": Text("Holm", "Holm"),
    "bonferroni": Text("Bonferroni", "Bonferroni"),
    "max": Text("en büyük istatistik (permütasyon)", "max-statistic (permutation)"),
    "none": Text("düzeltme yok", "no correction"),
}
METHODS = {
    "exact": Text("kesin permütasyon (sayım)", "exact permutation (counted)"),
    "saddlepoint": Text("semer noktası yaklaşımı", "saddlepoint approximation"),
    "permutation": Text("çekilmiş permütasyon", "drawn permutations"),
    "randomization": Text("normal yaklaşım, rastgeleleme", "normal approximation, randomization"),
    "normality": Text("normal yaklaşım, normallik", "normal approximation, normality"),
    "chi-square": Text("ki-kare yaklaşımı", "chi-square approximation"),
    "pearson": Text("Pearson eğrisi, dört kesin moment", "Pearson's curve, four exact moments"),
    "effective-size": Text("etkin örneklem büyüklüğü", "effective sample size"),
    "independent": Text("birimler bağımsız sayılarak", "units taken as independent"),
    "spectral": Text("Moran tayfsal rastgeleleştirme", "Moran spectral randomization"),
    "least-squares": Text("en küçük kareler", "least squares"),
    "likelihood": Text("en çok olabilirlik", "maximum likelihood"),
    "asymptotic": Text("büyük örneklem yaklaşımı", "large-sample approximation"),
    "simulation": Text("benzetim", "simulation"),
}


def capitalized(text: Text) -> Text:
    """
    Begin both sentences with a capital, each the way its language does.

    Examples
    --------
    >>> capitalized(Text("ihracat", "exports")).tr
    'İhracat'
    """
    return Text(upper(text.tr[:1]) + text.tr[1:], text.en[:1].upper() + text.en[1:])


def lower(text: str) -> str:
    """
    Turkish lower case: ``I`` becomes ``ı`` and ``İ`` becomes ``i``.

    Examples
    --------
    >>> lower("IĞDIR İZMİR")
    'ığdır izmir'
    """
    return text.replace("I", "ı").replace("İ", "i").lower()


def upper(text: str) -> str:
    """
    Turkish upper case: ``i`` becomes ``İ`` and ``ı`` becomes ``I``.

    Examples
    --------
    >>> upper("Iğdır, İzmir, Diyarbakır")
    'IĞDIR, İZMİR, DİYARBAKIR'
    """
    return text.replace("i", "İ").replace("ı", "I").upper()


def sort_key(text: str) -> tuple[tuple[int, ...], str]:
    """
    Key that sorts by the Turkish alphabet, as ``sorted(names, key=sort_key)``.

    Examples
    --------
    >>> sorted(["Çorum", "Iğdır", "İzmir", "Cizre", "Zonguldak", "Isparta"], key=sort_key)
    ['Cizre', 'Çorum', 'Iğdır', 'Isparta', 'İzmir', 'Zonguldak']
    """
    letters = lower(unicodedata.normalize("NFC", text).translate(_CIRCUMFLEX))
    # Anything outside the alphabet sorts before it, by code point.
    return tuple(_RANK.get(c, ord(c) - 0x110000) for c in letters), text


def fold(text: str) -> str:
    """
    Reduce a name to bare ASCII letters and digits, so that spellings can be compared.

    Examples
    --------
    >>> fold("İĞDIR") == fold("Igdir") == fold("ığdır")
    True
    """
    bare = lower(unicodedata.normalize("NFC", text)).translate(_ASCII)
    bare = unicodedata.normalize("NFKD", bare)
    return _NOT_BARE.sub("", bare)


def nearest(name: str, candidates: Iterable[str], *, count: int = 1) -> list[str]:
    """
    Find the candidates spelt most like *name*, whatever their casing or diacritics.

    Examples
    --------
    >>> nearest("Kahramanmara", ["Karaman", "Kahramanmaraş", "Kars"])
    ['Kahramanmaraş']
    """
    by_fold: dict[str, str] = {}
    for candidate in candidates:
        by_fold.setdefault(fold(candidate), candidate)
    hits = difflib.get_close_matches(fold(name), by_fold, n=count, cutoff=0.6)
    return [by_fold[hit] for hit in hits]


def number(value: float, language: Language, *, digits: int = 2) -> str:
    """
    Write a number with the separators of the language; a missing one is an en dash.

    Examples
    --------
    >>> number(1234.5, "tr"), number(1234.5, "en"), number(-0.25, "tr", digits=1)
    ('1.234,50', '1,234.50', '−0,2')
    """
    if not math.isfinite(value):
        return "–"
    written = f"{abs(value):,.{digits}f}"
    negative = value < 0 and any(c in "123456789" for c in written)
    if language == "tr":
        written = written.translate(str.maketrans(",.", ".,"))
    return f"−{written}" if negative else written


def figure(value: float, language: Language, *, significant: int = 3) -> str:
    """
    Write a number of any size with at least so many significant digits, and no fraction it needs not.

    Examples
    --------
    >>> figure(1234567.8, "en"), figure(12.345, "tr"), figure(0.00123, "en"), figure(7.0, "en")
    ('1,234,568', '12,3', '0.00123', '7.00')
    """
    if not math.isfinite(value):
        return "–"
    size = math.floor(math.log10(abs(value))) if value else 0
    return number(value, language, digits=min(max(significant - 1 - size, 0), 9))


def integer(value: float, language: Language) -> str:
    """
    Write a whole number with thousands separators.

    Examples
    --------
    >>> integer(643116, "tr")
    '643.116'
    """
    return number(value, language, digits=0)


def percent(share: float, language: Language, *, digits: int = 1) -> str:
    """
    Write a fraction as a percentage: ``%12,1`` in Turkish, ``12.1%`` in English.

    Examples
    --------
    >>> percent(0.121, "tr"), percent(0.121, "en"), percent(-0.021, "tr")
    ('%12,1', '12.1%', '−%2,1')
    """
    # Decimal shares such as 0.0325 sit a hair below their print; the last place decides nothing.
    written = number(round(100 * share, 9), language, digits=digits)
    if written == "–" or language == "en":
        return written if written == "–" else f"{written}%"
    return f"−%{written[1:]}" if written.startswith("−") else f"%{written}"


def points(change: float, language: Language, *, digits: int = 1) -> str:
    """
    Write a difference of two shares in percentage points, always signed.

    Examples
    --------
    >>> points(-0.077, "tr"), points(0.02, "en")
    ('−7,7 puan', '+2.0 points')
    """
    written = number(round(100 * change, 9), language, digits=digits)
    if written == "–":
        return written
    sign = "" if written.startswith("−") or change == 0 else "+"
    return f"{sign}{written} {'puan' if language == 'tr' else 'points'}"


def money(usd: float, language: Language, *, digits: int = 1) -> str:
    """
    Write US dollars in the largest fitting unit.

    Examples
    --------
    >>> money(1_756_262_648, "tr"), money(12_100_000, "en")
    ('1,8 milyar $', '$12.1 million')
    """
    units: tuple[tuple[float, str, str], ...] = (
        (1e9, "milyar", "billion"),
        (1e6, "milyon", "million"),
        (1e3, "bin", "thousand"),
    )
    if not math.isfinite(usd):
        return "–"
    for size, tr, en in units:
        if abs(usd) >= size:
            amount = number(usd / size, language, digits=digits)
            return f"{amount} {tr} $" if language == "tr" else f"${amount} {en}"
    amount = number(usd, language, digits=0)
    return f"{amount} $" if language == "tr" else f"${amount}"


def p_value(p: float | None, language: Language) -> str:
    """
    Write a p-value with three decimals, never as zero.

    Examples
    --------
    >>> p_value(0.03149, "tr"), p_value(0.00002, "en"), p_value(None, "en")
    ('p = 0,031', 'p < 0.001', 'p: –')
    """
    if p is None or not math.isfinite(p):
        return "p: –"
    if p < 0.001:
        return f"p < {number(0.001, language, digits=3)}"
    return f"p = {number(p, language, digits=3)}"


_TIES = re.compile(
    r"(?<=\d) (?=(?:milyar|milyon|bin|billion|million|thousand|puan|points|km)\b|\$)"
    r"|(?<=milyar) (?=\$)|(?<=milyon) (?=\$)|(?<=bin) (?=\$)"
    r"| (?=[=<≤≥] [\d−])|(?<=[=<≤≥]) (?=[\d−])"
)


def bound(text: str) -> str:
    r"""
    Keep a number, its unit and its sign on one line where a text is broken into lines.

    Examples
    --------
    >>> bound("1,7 milyar $, p = 0,031").split(" ")
    ['1,7\xa0milyar\xa0$,', 'p\xa0=\xa00,031']
    """
    return _TIES.sub("\u00a0", text)


def light_table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    """
    Write a small HTML table for a notebook: a caption, and a term and a value in each row.

    Rows whose value is None or empty are left out; everything is escaped.

    Examples
    --------
    >>> light_table("I", [("p", 0.5), ("note", None)])
    '<table><caption>I</caption><tbody><tr><th>p</th><td>0.5</td></tr></tbody></table>'
    """
    body = "".join(
        f"<tr><th>{escape(term)}</th><td>{escape(str(value))}</td></tr>"
        for term, value in rows
        if value is not None and value != ""
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{body}</tbody></table>"


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEGATIVE = re.compile(r"-\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def guarded(cell: str) -> str:
    """
    Keep a spreadsheet from running a cell as a formula: an apostrophe before what would begin one.

    Examples
    --------
    >>> guarded("=HYPERLINK(1)"), guarded("-0.5"), guarded("-1+1"), guarded("Iğdır")
    ("'=HYPERLINK(1)", '-0.5', "'-1+1", 'Iğdır')
    """
    return "'" + cell if cell.startswith(_FORMULA) and not _NEGATIVE.fullmatch(cell) else cell


def csv_cell(cell: str, separator: str = ",") -> str:
    """
    Write a cell of a CSV: guarded, and in quotation marks where it needs them.

    Examples
    --------
    >>> print(csv_cell("=1,2"), csv_cell("a,b", ";"))
    "'=1,2" a,b
    """
    cell = guarded(cell)
    needy = any(sign in cell for sign in (separator, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needy else cell


def shortened(name: str, longest: int = 200) -> str:
    """
    Cut a name to what a page can show; files of data hold it whole.

    Examples
    --------
    >>> shortened("Kahramanmaraş"), shortened("Kahramanmaraş", 8)
    ('Kahramanmaraş', 'Kahrama…')
    """
    return name if len(name) <= longest else name[: longest - 1] + "…"
