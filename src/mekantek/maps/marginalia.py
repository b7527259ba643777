"""What stands around a map on its page: switches, legend, facts, and the table with its CSV."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mekantek.maps.page import bilingual
from mekantek.maps.palette import legend_html
from mekantek.maps.sheets.sheet import MapSheet
from mekantek.text import Text, csv_cell, sort_key

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["above", "below", "csv", "table"]


def above(sheet: MapSheet) -> str:
    """Write what stands above the map: the sentence and the switches."""
    radios = "".join(
        f'<label><input type="radio" name="view" value="{escape(v.key)}"'
        f"{' checked' if k == sheet.first else ''}>{bilingual(v.label)}</label>"
        for k, v in enumerate(sheet.views)
    )
    if len(sheet.views) == 1:
        radios = ""
    elif sheet.kind == "years":
        radios = (
            f"<label>{bilingual(Text('Yıl', 'Year'))} "
            f'<input type="range" id="slider" min="0" max="{len(sheet.views) - 1}" step="1" '
            f'value="{sheet.first}" autocomplete="off"></label>'
            f'<output id="shown">{bilingual(sheet.views[sheet.first].label)}</output>'
        )
    if sheet.checkbox is not None:
        radios += (
            '<label><input type="checkbox" id="extra" checked>'
            f"<span>{bilingual(sheet.checkbox)}</span></label>"
        )
    sentence = f'<main>\n<p class="reading">{bilingual(sheet.reading)}</p>\n'
    if not radios:
        return sentence
    legend = bilingual(Text("Gösterilen", "Shown"))
    return f'{sentence}<fieldset class="views"><legend>{legend}</legend>{radios}</fieldset>\n'


def below(sheet: MapSheet, names: pd.Series, *, index: str | None) -> str:
    """Write what stands below the map: legend, facts, data and the way back."""
    legends = "".join(
        legend_html(v.legend, view=v.key, hidden=k != sheet.first)
        for k, v in enumerate(sheet.views)
    )
    facts = "".join(
        f"<div><dt>{bilingual(term)}</dt><dd>{bilingual(told)}</dd></div>"
        for term, told in sheet.facts
    )
    save = bilingual(Text("Veriyi indir (CSV)", "Download the data (CSV)"))
    back = ""
    if index:
        home = bilingual(Text("← Rapora dön", "← Back to the report"))
        back = f'<a href="{escape(index)}" data-page="{escape(index)}">{home}</a>'
    return (
        f'\n<div class="legends" id="legend">{legends}</div>\n'
        f'<p class="actions"><button type="button" id="save" data-name="{escape(sheet.slug)}.csv">'
        f"{save}</button>{back}</p>\n"
        f"{table(sheet, names)}\n<h2>{bilingual(Text('Künye', 'About this map'))}</h2>\n"
        f'<dl class="facts">{facts}</dl>\n</main>\n'
    )


def table(sheet: MapSheet, names: pd.Series) -> str:
    """Write the table behind a map, units by the Turkish alphabet, folded in."""
    order = sorted(names.index, key=lambda unit: sort_key(str(names[unit])))
    head = f'<th scope="col">{bilingual(sheet.unit)}</th>' + "".join(
        f'<th scope="col"{" class=number" if c.number else ""}>{bilingual(c.header)}</th>'
        for c in sheet.columns
    )
    rows = []
    for unit in order:
        cells = "".join(
            f"<td{' class=number' if c.number else ''}>{bilingual(c.shown[str(unit)])}</td>"
            for c in sheet.columns
        )
        rows.append(
            f'<tr data-id="{escape(str(unit))}"><th scope="row">{escape(str(names[unit]))}</th>'
            f"{cells}</tr>"
        )
    summary = bilingual(
        Text(
            f"Haritanın verisi: {len(order)} satırlık tablo",
            f"The data behind the map: a table of {len(order)} rows",
        )
    )
    return (
        f'<details id="behind"><summary>{summary}</summary><div class="scroll" tabindex="0" '
        f'role="region" aria-labelledby="behind"><table id="data"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def csv(sheet: MapSheet, names: pd.Series) -> str:
    """
    Write the table as CSV: full precision, decimal points, LF line ends.

    Parameters
    ----------
    sheet : MapSheet
    names : pandas.Series
        Names by id.

    Returns
    -------
    str
    """
    lines = [",".join(["id", "name", *(csv_cell(c.name) for c in sheet.columns)])]
    for unit in names.index:
        cells = [str(unit), str(names[unit]), *(c.raw[str(unit)] for c in sheet.columns)]
        lines.append(",".join(csv_cell(c) for c in cells))
    return "\n".join(lines) + "\n"
