"""LaTeX tables: structure, escaping, numbers; compiled where a LaTeX is installed."""

import re
import shutil
import subprocess

import pytest
from pypdf import PdfReader

from mekantek.report.figures import Found, choose
from mekantek.report.latex import (
    escaped,
    findings_latex,
    latex_table,
    moran_latex,
    shares_latex,
)
from mekantek.report.printed_tables import write_tables
from mekantek.tabulation import choose as choose_tables
from mekantek.tabulation import ledger_of_report, make_tables

HOSTILE = "\\input{/etc/passwd} & 50% of #1 $x_1^2$ {~} <b>\n\x00 Şırnak İğdır"
LATEX = pytest.mark.skipif(
    shutil.which("pdflatex") is None,
    reason="pdfLaTeX is not installed, so the tables were not compiled",
)


def tables(study, language):
    found = Found(study)
    chosen = choose(study, ["table-moran", "table-concentration", "table-shares"])
    return {p.slug: p.draw(found, language) for p in chosen}


def test_nothing_that_latex_would_run_is_left():
    """Every special letter is escaped; Turkish letters stay."""
    told = escaped(HOSTILE)
    for command in ("\\input{", "\\alert"):
        assert command not in told
    assert told.endswith("Şırnak İğdır")
    bare = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum)\{\}|\\[&%_#${}]", "", told)
    assert not set(bare.replace("$<$", "").replace("$>$", "")) & set("\\&%_#${}~^")


@pytest.mark.parametrize("language", ["tr", "en"])
def test_tables_are_whole(study, language):
    """Booktabs rules, caption, label, and in each row as many cells as columns."""
    for slug, text in tables(study, language).items():
        for part in (
            "\\toprule",
            "\\midrule",
            "\\bottomrule",
            "\\caption{",
            "\\label{tab:mekantek-",
        ):
            assert part in text, slug
        columns = re.search(r"\\begin\{(?:tabular|longtable)\}\{([lr]+)\}", text)[1]
        rows = [line for line in text.splitlines() if line.endswith("\\\\") and " & " in line]
        assert len(rows) > 8
        assert {line.replace("\\&", "").count("&") + 1 for line in rows} == {len(columns)}
        assert text.count("\\begin{") == text.count("\\end{")
        assert not re.search(r"(?<!\\)%", "\n".join(text.splitlines()[1:]))


def test_numbers_are_those_of_the_study(study):
    """Shares of all provinces by the Turkish alphabet, in the writing of the language."""
    turkish, english = (shares_latex(study, lang).splitlines() for lang in ("tr", "en"))
    assert sum(line.count("&") == 8 for line in turkish) == 81 + 2
    assert (
        next(line for line in turkish if line.startswith("Eskişehir")).split(" & ")[5] == "\\%34,4"
    )
    assert (
        next(line for line in english if line.startswith("Eskişehir")).split(" & ")[5] == "34.4\\%"
    )


def test_a_missing_p_is_a_dash(study):
    """An undefined statistic has dashes, no words."""
    from dataclasses import replace

    import mekantek as mt

    result = replace(
        mt.moran(study.share("low"), study.graph), statistic=None, z_score=None, p_value=None
    )
    told = moran_latex([({"class": "low", "year": 2024}, result)], study, "en")
    assert "Low technology & 2024 & -- & -- & --" in told


def compiled(folder, tables) -> str:
    """Compile the tables into one document, each on its page, and give pdfLaTeX's log."""
    body = "".join(f"\\clearpage\n{table}" for table in tables)
    (folder / "all.tex").write_text(
        "\\documentclass[a4paper]{article}\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}"
        f"\\usepackage{{lmodern,booktabs,longtable,lscape}}\\begin{{document}}{body}\\end{{document}}",
        encoding="utf-8",
    )
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-2000:]
    return (folder / "all.log").read_text(encoding="utf-8", errors="replace")


@LATEX
@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_kind_of_table_compiles_and_fits(study, verdicts, tmp_path, language):
    """Findings, statistics, shares and the report's tables: none off the page, every letter there."""
    ledger = ledger_of_report()
    choice = choose_tables(ledger)
    written = write_tables(
        make_tables(ledger, choice), ledger, choice, tmp_path, formats=["latex"], language=language
    )
    log = compiled(
        tmp_path,
        [
            *tables(study, language).values(),
            findings_latex(list(verdicts.values()), study, language),
            *(path.read_text(encoding="utf-8") for path in written),
        ],
    )
    assert "Missing character" not in log
    assert "Overfull" not in log
    assert "Float too large" not in log
    told = " ".join(page.extract_text() for page in PdfReader(tmp_path / "all.pdf").pages)
    for word in ("Şırnak", "İstanbul", "Iğdır", "Çanakkale", "Muğla"):
        assert word in told


def test_a_turned_table_of_many_rows_may_break():
    """A page on its side holds half the rows of an upright one."""
    wide = ["Ürün"] * 20
    for rows, environment in ((20, "table"), (21, "longtable")):
        told = latex_table(wide, [wide] * rows, columns="l" * 20, caption="x", label="x")
        assert "\\begin{landscape}" in told
        assert f"\\begin{{{environment}}}" in told


@LATEX
def test_latex_accepts_any_text(tmp_path):
    """Commands, brackets at the beginning of a line, and letters that no font of LaTeX's has."""
    rows = [[text, text] for text in (HOSTILE, "[x] y", "*z", "₺ 東 ≠ ² σ € “x”")]
    columns = "lp{0.3\\linewidth}"
    compiled(
        tmp_path, [latex_table(["[x]", HOSTILE], rows, columns=columns, caption=HOSTILE, label="x")]
    )
    told = PdfReader(tmp_path / "all.pdf").pages[0].extract_text()
    for text in ("[x] y", "*z", "Şırnak İğdır", "€"):
        assert text in told
