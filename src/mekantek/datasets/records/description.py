"""How a file was understood, in words: format, columns, units, and what was changed."""

from __future__ import annotations

from mekantek.datasets.records.columns import FLOW_WORDS, ROLE_WORDS, ValueColumn
from mekantek.datasets.records.sources import Source
from mekantek.datasets.records.text_head import DELIMITERS
from mekantek.text import Text

__all__ = ["describe"]


def describe(source: Source) -> tuple[Text, ...]:
    """
    Say how a file was understood, before its rows are looked at.

    Parameters
    ----------
    source : Source

    Returns
    -------
    tuple of Text
        Format, encoding, separator, header, decimal mark, columns, unit, and what was changed.
    """
    staged, columns = source.staged, source.columns
    facts = [Text("biçim: {k}", "format: {k}").format(k=staged.format)]
    if staged.encoding:
        facts.append(Text("kodlama: {e}", "encoding: {e}").format(e=staged.encoding))
    if staged.delimiter:
        facts.append(Text("ayraç: {d}", "separator: {d}").format(d=DELIMITERS[staged.delimiter]))
    if staged.header_row:
        facts.append(
            Text("başlık: {w} {n}", "header: {w} {n}").format(
                w=staged.row_word, n=staged.header_row
            )
        )
    for role, taken in columns.taken.items():
        facts.append(_column(taken.header, ROLE_WORDS[role], taken.why))
    facts += [_column(value.header, _of_values(value), value.why) for value in columns.values]
    facts += [
        Text("sütun {c}: kullanılmıyor, {w}", "column {c}: not used, {w}").format(c=name, w=why)
        for name, why in columns.unused
    ]
    if columns.year:
        facts.append(
            Text(
                "yıl: {y}, başlıktan ya da dosya adından",
                "year: {y}, from the title or the file's name",
            ).format(y=columns.year)
        )
    if columns.flow:
        facts.append(
            Text("akım: {y}", "flow: {y}, from the title, the file's name or --columns").format(
                y=FLOW_WORDS[columns.flow]
            )
        )
    if "code" in columns.taken:
        facts.append(
            Text("kodların sınıflaması: {r}", "classification of the codes: {r}").format(
                r=columns.revision
                or Text("söylenmiyor; --columns revision=…", "not said; --columns revision=…")
            )
        )
    if columns.values:
        facts.append(_unit(source))
        if not staged.in_place:
            facts.append(Text("ondalık işareti: {m}", "decimal mark: {m}").format(m=source.mark))
    return (*facts, *source.facts)


def _column(name: str, word: Text, why: Text) -> Text:
    return Text("sütun {c}: {r} ({w})", "column {c}: {r} ({w})").format(c=name, r=word, w=why)


def _of_values(value: ValueColumn) -> Text:
    """Say what the header of a column of values says of all of them."""
    parts = [Text(str(part), str(part)) for part in (value.year, value.month) if part is not None]
    if value.flow:
        parts.append(FLOW_WORDS[value.flow])
    word = ROLE_WORDS["value"]
    if not parts:
        return word
    return Text(
        f"{word.tr} ({', '.join(part.tr for part in parts)})",
        f"{word.en} ({', '.join(part.en for part in parts)})",
    )


def _unit(source: Source) -> Text:
    units = {value.unit for value in source.columns.values}
    unit = units.pop() if len(units) == 1 else 1
    words = {
        1: Text("dolar", "USD"), 1000: Text("bin dolar", "thousand USD"),
        1_000_000: Text("milyon dolar", "million USD"),
        None: Text("yıla göre dolar ya da bin dolar", "USD or thousand USD, by year"),
    }  # fmt: skip
    return Text("birim: {u} ({w})", "unit: {u} ({w})").format(
        u=words[unit], w=source.columns.unit_why
    )
