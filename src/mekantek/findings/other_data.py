"""What a finding says besides when it is asked of other data than the report's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mekantek.study import load_study
from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.datasets.index_files import ProvinceIndex
    from mekantek.study import Study

__all__ = ["edition_told", "exact_told", "one_year_told", "prints_told", "together"]

_NOTHING = Text("", "")


def together(*parts: Text) -> Text:
    """
    Join sentences.

    Examples
    --------
    >>> together(Text("Bir.", "One."), Text("", ""), Text(" İki.", " Two."))
    Text(tr='Bir. İki.', en='One. Two.')
    """
    return Text("".join(part.tr for part in parts), "".join(part.en for part in parts))


def one_year_told(study: Study) -> Text:
    """
    Say that a rule for two years rests on one, if the data have no other.

    Examples
    --------
    >>> import mekantek as mt
    >>> one_year_told(mt.load_study()).en
    ''
    """
    if len(study.years) > 1:
        return _NOTHING
    [year] = study.years
    return Text(
        f" Veride tek tam yıl ({year}) var: kuralın iki yıl için dediği yalnız ona dayanıyor, değişim "
        "söylenemez.",
        f" The data have one whole year ({year}): what the rule says of two years rests on it alone, "
        "and change cannot be told.",
    )


def exact_told(study: Study) -> Text:
    """
    Say that a rule which moves every share finds nothing to move, where shares are computed.

    Examples
    --------
    >>> import mekantek as mt
    >>> exact_told(mt.load_study()).en
    ''
    """
    if study.kind != "records":
        return _NOTHING
    return Text(
        " Paylar kayıtlardan hesaplandı, basılı değil: kuralın oynattığı ±0,05 puan burada sıfırdır.",
        " The shares are computed from records, not printed: the ±0.05 points that the rule moves are "
        "none here.",
    )


def prints_told(study: Study) -> Text:
    """
    Say of which year the report's printed numbers are, where the data are not the report's.

    Examples
    --------
    >>> import mekantek as mt
    >>> prints_told(mt.load_study()).en
    ''
    """
    if study.kind != "records":
        return _NOTHING
    last, of = study.years[-1], load_study().years[-1]
    return Text(
        f"Basılan sayılar raporun {of} yılınındır; burada kayıtlardan hesaplanan {last} ile "
        "karşılaştırıldı. ",
        f"The printed numbers are the report's, of {of}; here they are held against {last}, computed "
        "from records. ",
    )


def edition_told(study: Study, index: ProvinceIndex) -> Text:
    """
    Say which edition of an index is held against which year, where the data are not the report's.

    Examples
    --------
    >>> import mekantek as mt
    >>> from mekantek.findings.indices.ranks import iltek_index
    >>> edition_told(mt.load_study(), iltek_index()).en
    ''
    """
    if study.kind == "print" or (study.kind == "table" and index.edition is None):
        return _NOTHING
    last = study.years[-1]
    edition = Text(index.edition or "bilinmiyor", index.edition or "unknown")
    return Text(
        f" Endeksin baskısı {edition.tr}, verinin yılı {last}.",
        f" The edition of the index is {edition.en}, the year of the data {last}.",
    )
