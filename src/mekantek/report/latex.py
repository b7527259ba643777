"""LaTeX tables with booktabs: findings, global Moran, concentration, shares by province."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mekantek.findings.verdict import VERDICTS, Verdict
from mekantek.maps.sheets.facts import neighbourhood
from mekantek.report.tables import MEASURES
from mekantek.text import Language, Text, capitalized, number, p_value, percent, sort_key

if TYPE_CHECKING:
    from mekantek.stats.results import GlobalResult
    from mekantek.study import Study

__all__ = [
    "concentration_latex",
    "escaped",
    "findings_latex",
    "latex_table",
    "moran_latex",
    "shares_latex",
]

_SPECIAL: Mapping[str, str] = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    # What pdfLaTeX's letters lack, and what they would join.
    "−": "$-$", "≥": r"$\geq$", "≤": r"$\leq$", "×": r"$\times$", "±": r"$\pm$", "√": r"$\surd$",
    "→": r"$\rightarrow$", "…": r"\ldots{}", "–": "--", "Δ": r"$\Delta$", "α": r"$\alpha$",
    "τ": r"$\tau$", "ρ": r"$\rho$", "ᵢ": "$_i$", "<": "$<$", ">": "$>$", "|": r"\textbar{}",
    "\u00a0": "~",
}  # fmt: skip
# Letters that the T1 fonts have.
_LETTERS = ("cp1252", "cp1254", "cp1250")
# What a description of columns consists of.
_KINDS = re.compile(r"[lcr]|p\{[^}]*\}")
_PART = re.compile(r"p\{([\d.]+)\\linewidth\}")
# Heads break at spaces, and behind hyphens.
_BREAKS = re.compile(r"(?<=-)|\s+")
# Widths of A4 in points, upright and turned, in the class article; of a letter of 10 points.
_ACROSS, _TURNED, _WIDTH = 345.0, 598.0, 5.5
# How many rows a turned page holds below a caption of some lines.
_ROWS = 20
# Name, width of a digit beside that of 10 points, for small letters are cut wider, and half the gap
# between columns, points.
_SIZES = (
    ("normalsize", 1.0, 6), ("small", 0.93, 5), ("footnotesize", 0.85, 4), ("scriptsize", 0.8, 3),
    ("scriptsize", 0.8, 2), ("fontsize{6pt}{7.5pt}\\selectfont", 0.73, 1.5),
)  # fmt: skip
_PACKAGES = "% \\usepackage[utf8]{inputenc}, \\usepackage[T1]{fontenc}, \\usepackage{booktabs}"


def escaped(text: str) -> str:
    r"""
    Write a text so that LaTeX prints it and runs nothing of it; line ends become spaces.

    Examples
    --------
    >>> print(escaped("%12,1 & $x_1$ ~ \\input{a}"))
    \%12,1 \& \$x\_1\$ \textasciitilde{} \textbackslash{}input\{a\}
    """
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    """Write a letter; one that pdfLaTeX's fonts lack is a question mark."""
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isspace():
        return " "
    if not letter.isprintable():
        return ""
    for letters in _LETTERS:
        try:
            letter.encode(letters)
        except UnicodeEncodeError:
            continue
        return letter
    return "?"


def _head(text: str, kind: str) -> str:
    """Write a head with a line for each word: one on a single line would be wider than its column."""
    words = [escaped(word) for word in _BREAKS.split(text) if word]
    if len(words) < 2 or kind.startswith("p"):
        return escaped(text)
    lines = "\\\\".join(words)
    return f"\\shortstack[{kind}]{{{lines}}}"


def _fit(
    head: Sequence[str], rows: Sequence[Sequence[str]], kinds: Sequence[str]
) -> tuple[str, float, bool]:
    """Choose the size of letters, the gap between columns, and whether the paper is turned."""
    letters, fixed = 0, 0.0
    for k, kind in enumerate(kinds):
        if kind.startswith("p"):
            told = _PART.match(kind)
            fixed += float(told[1]) if told else 0.3
        else:
            words = [*_BREAKS.split(head[k]), *(row[k] for row in rows)]
            letters += max((len(word) for word in words), default=0)
    for across, turned in ((_ACROSS, False), (_TURNED, True)):
        for size, scale, gap in _SIZES:
            if letters * _WIDTH * scale + 2 * gap * len(kinds) + fixed * across <= across:
                return size, gap, turned
    return _SIZES[-1][0], _SIZES[-1][2], True


def latex_table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    columns: str,
    caption: str,
    label: str,
    long: bool = False,
) -> str:
    r"""
    Write a table with booktabs, in letters small enough for A4, turned where it is wider than that.

    Parameters
    ----------
    head : sequence of str
        Plain text, as all cells are.
    rows : iterable of sequence of str
    columns : str
        LaTeX's own description of the columns, such as ``lrr``.
    caption, label : str
    long : bool
        Whether it may break over pages (package longtable); a turned one of many rows always may.

    Returns
    -------
    str

    Examples
    --------
    >>> print(latex_table(["il", "pay"], [["Ankara", "%12,1"]], columns="lr",
    ...                   caption="Paylar", label="tab:x"))
    % \usepackage[utf8]{inputenc}, \usepackage[T1]{fontenc}, \usepackage{booktabs}
    \begin{table}
    \centering
    \setlength{\abovecaptionskip}{0pt}
    \setlength{\belowcaptionskip}{6pt}
    \caption{Paylar}
    \label{tab:x}
    \begin{tabular}{lr}
    \toprule
    il & pay \\
    \midrule
    Ankara & \%12,1 \\
    \bottomrule
    \end{tabular}
    \end{table}
    <BLANKLINE>
    """

    def line(cells: Iterable[str]) -> str:
        told = " & ".join(cells)
        # The rule or the line before would take what follows it in brackets, or a star, as its own.
        return f"{'{}' if told.startswith(('[', '*')) else ''}{told} \\\\"

    kinds, cells = _KINDS.findall(columns), list(rows)
    size, gap, turned = _fit(head, cells, kinds)
    long = long or (turned and len(cells) > _ROWS)
    top = ["\\toprule", line(map(_head, head, kinds)), "\\midrule"]
    body = [line(map(escaped, row)) for row in cells]
    style = [] if size == "normalsize" else [f"\\{size}", f"\\setlength{{\\tabcolsep}}{{{gap}pt}}"]
    extra = ["longtable"] * long + ["lscape"] * turned
    needed = ", ".join([_PACKAGES, *(f"\\usepackage{{{name}}}" for name in extra)])
    if long:
        lines = [
            "\\begingroup", *style, "\\setlength{\\LTcapwidth}{\\linewidth}",
            f"\\begin{{longtable}}{{{columns}}}",
            f"\\caption{{{escaped(caption)}}}\\label{{{label}}}\\\\",
            *top, "\\endfirsthead", *top, "\\endhead", "\\bottomrule", "\\endfoot", *body,
            "\\end{longtable}", "\\endgroup",
        ]  # fmt: skip
    else:
        lines = [
            "\\begin{table}", "\\centering",
            # The class keeps the distance of a caption above it; this one stands above the table.
            "\\setlength{\\abovecaptionskip}{0pt}", "\\setlength{\\belowcaptionskip}{6pt}",
            f"\\caption{{{escaped(caption)}}}",
            f"\\label{{{label}}}", *style, f"\\begin{{tabular}}{{{columns}}}", *top, *body, "\\bottomrule",
            "\\end{tabular}", "\\end{table}",
        ]  # fmt: skip
    if turned:
        lines = ["\\begin{landscape}", *lines, "\\end{landscape}"]
    return "\n".join([needed, *lines]) + "\n"


def _about(study: Study, language: Language) -> str:
    return f"{study.provenance['basis'][language]}. {study.provenance['report'][language]}."


def findings_latex(verdicts: Sequence[Verdict], study: Study, language: Language = "tr") -> str:
    """Write the findings: claim, verdict and how many choices agree."""
    head = Text("bulgu|satır|hüküm|aynı hüküm", "finding|line|verdict|same verdict")
    rows = [
        [
            v.hypothesis.title[language],
            v.hypothesis.report_line,
            VERDICTS[v.verdict][language],
            f"{v.agreeing}/{len(v.curve)}" if len(v.curve) else "–",
        ]
        for v in verdicts
    ]
    unit = study.design.unit
    caption = Text(
        f"Mekânsal bulgular ve hükümler; aynı hüküm: makul seçimlerin kaçında. "
        f"n = {len(study.names)} {unit.tr}. {_about(study, 'tr')}",
        "Spatial findings and their verdicts; same verdict: in how many reasonable "
        f"choices. n = {len(study.names)} {unit.plural}. {_about(study, 'en')}",
    )
    return latex_table(
        head[language].split("|"), rows, columns="p{0.36\\linewidth}lp{0.25\\linewidth}r",
        caption=caption[language], label="tab:mekantek-findings",
    )  # fmt: skip


def moran_latex(
    morans: Sequence[tuple[Mapping[str, Any], GlobalResult]],
    study: Study,
    language: Language = "tr",
) -> str:
    """Write global Moran of every class and year."""
    head = Text("sınıf|yıl|I|z|p", "class|year|I|z|p")

    def told(value: float | None) -> str:
        return "–" if value is None else number(value, language, digits=3)

    rows = [
        [
            capitalized(study.design.title_of(context["class"]))[language],
            str(context["year"]),
            told(result.statistic),
            told(result.z_score),
            p_value(result.p_value, language).removeprefix("p").lstrip(" =:"),
        ]
        for context, result in morans
    ]
    first, unit, spec = morans[0][1], study.design.unit, neighbourhood(study.graph.spec)
    caption = Text(
        f"Moran I. n = {first.n} {unit.tr}, {spec.tr} ({first.weights['links']} yönlü bağ), iki yönlü, "
        f"rastgeleleme momentleri, p düzeltmesiz. {_about(study, 'tr')}",
        f"Moran's I. n = {first.n} {unit.plural}, {spec.en} ({first.weights['links']} directed "
        f"links), two-sided, moments under randomization, p uncorrected. {_about(study, 'en')}",
    )
    return latex_table(
        head[language].split("|"), rows, columns="llrrr", caption=caption[language],
        label="tab:mekantek-moran",
    )  # fmt: skip


def concentration_latex(
    measures: Sequence[Mapping[str, Any]], study: Study, language: Language = "tr"
) -> str:
    """Write the concentration of every class and year."""
    groups: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for row in measures:
        groups.setdefault((row["class"], row["year"]), {})[row["name"]] = row

    def told(row: Mapping[str, Any]) -> str:
        if str(row["name"]).startswith("cr"):
            return percent(row["value"], language)
        return number(row["value"], language, digits=1 if row["name"] == "equivalent_number" else 3)

    head = [*Text("sınıf|yıl", "class|year")[language].split("|"),
            *(name[language] for name in MEASURES.values()), "n"]  # fmt: skip
    rows = [
        [capitalized(study.design.title_of(name))[language], str(year),
         *(told(found[m]) if m in found else "–" for m in MEASURES),
         str(found["gini"]["n"])]
        for (name, year), found in groups.items()
    ]  # fmt: skip
    counted = {
        "print": Text("toplamı basılan [iller]", "[provinces] with a printed total"),
        "records": Text("kaydı olan [iller]", "[provinces] with records"),
        "table": Text("toplamı bilinen [iller]", "[provinces] with a known total"),
    }[study.kind]
    caption = Text(
        f"Değerlerin [illere] yoğunlaşması; n: {counted.tr}. {_about(study, 'tr')}",
        f"Concentration of values over [provinces]; n: {counted.en}. {_about(study, 'en')}",
    )
    caption = study.design.unit.say(caption)
    return latex_table(
        head, rows, columns=f"ll{'r' * (len(head) - 2)}", caption=caption[language],
        label="tab:mekantek-concentration",
    )  # fmt: skip


def _short(title: Text) -> Text:
    """Leave out the last word where all variables of the report bear it."""
    return Text(title.tr.removesuffix(" teknoloji"), title.en.removesuffix(" technology"))


def shares_latex(study: Study, language: Language = "tr") -> str:
    """Write every variable by unit, in the first and the last complete year."""
    years = tuple(dict.fromkeys((study.years[0], study.years[-1])))
    frames = {year: study.at(year).frame for year in years}
    order = sorted(study.names.index, key=lambda unit: sort_key(str(study.names[unit])))
    design = study.design
    short = {c: _short(design.title_of(c)) for c in study.classes}
    head = [design.unit.one[language]]
    head += [f"{short[c][language]} {year}" for year in years for c in study.classes]

    def cells(unit: Any) -> Iterator[str]:
        yield str(study.names[unit])
        for year in years:
            for name in study.classes:
                yield study.writer(name)(float(frames[year].loc[unit, name]), language)

    listed = Text(
        ", ".join(design.title_of(c).tr for c in study.classes),
        ", ".join(design.title_of(c).en for c in study.classes),
    )
    caption = Text(
        f"{capitalized(listed).tr}. n = {len(order)} {design.unit.tr}. {_about(study, 'tr')}",
        f"{capitalized(listed).en}. n = {len(order)} {design.unit.plural}. {_about(study, 'en')}",
    )
    return latex_table(
        head, (list(cells(u)) for u in order), columns=f"l{'r' * (len(head) - 1)}",
        caption=caption[language], label="tab:mekantek-shares", long=True,
    )  # fmt: skip
