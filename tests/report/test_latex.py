"""LaTeX tables: structure, escaping, numbers; compiled where a LaTeX is installed."""

import re
import shutil
import subprocess

import pytest

from mekantek.report.figures import Found, choose
from mekantek.report.latex import escaped, latex_table, moran_latex, shares_latex

HOSTILE = "\\input{/etc/passwd} & 50% of #1 $x_1^2$ {~} <b>\n\x00 Şırnak İğdır"
ENGINE = next((e for e in ("pdflatex", "xelatex", "tectonic") if shutil.which(e)), None)


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


@pytest.mark.skipif(ENGINE is None, reason="no LaTeX is installed")
def test_latex_accepts_the_tables(study, tmp_path):
    """A document of all tables and a hostile one compiles."""
    parts = [*tables(study, "tr").values(), *tables(study, "en").values()]
    parts.append(
        latex_table([HOSTILE] * 2, [[HOSTILE] * 2], columns="ll", caption=HOSTILE, label="x")
    )
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}"
        f"\\usepackage{{booktabs,longtable}}\\begin{{document}}{''.join(parts)}\\end{{document}}",
        encoding="utf-8",
    )
    options = [] if ENGINE == "tectonic" else ["-interaction=nonstopmode", "-halt-on-error"]
    run = subprocess.run(
        [ENGINE, *options, "all.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stdout[-2000:]
