"""Claims that no single number answers: classes of industries, lists, titles, spatial findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mekantek.datasets import tables
from mekantek.datasets.technology import CLASS_NAMES
from mekantek.findings.gradients import one_word
from mekantek.findings.statements.checks import Court, Outcome, word_for
from mekantek.findings.statements.prints import written
from mekantek.findings.verdict import thresholds
from mekantek.stats.association import difference_of_means
from mekantek.text import LANGUAGES, Text, p_value, percent

__all__ = ["ClassOf", "Denser", "Differ", "Found", "Listed", "Outlier", "word_of"]


@dataclass(frozen=True)
class ClassOf:
    """An industry stands in a technology class in the report's own annex."""

    code4: str
    class_name: str
    item: str

    def run(self, court: Court) -> Outcome:
        """Look the industry up in annexes 1 and 2."""
        row = tables.load("isic-rev3-classes").set_index("code4").loc[self.code4]
        found = CLASS_NAMES[str(row["class_report"])]
        annex, line = str(row["annex"]).removeprefix("Ek "), row["report_line"]
        return Outcome(
            word=word_for(str(row["class_report"]) == self.class_name),
            reason=Text(
                f"{self.code4} («{self.item}»): raporun Ek {annex} listesinde {found.tr} "
                f"(satır {line}).",
                f"{self.code4} (“{self.item}”): {found.en} in Annex {annex} of the report "
                f"(line {line}).",
            ),
            formula=Text("raporun kendi sınıf listesi", "the report's own list of classes"),
            code=f'mt.datasets.technology.load_isic3().loc["{self.code4}", "class_report"]',
        )


@dataclass(frozen=True)
class Listed:
    """An item stands in one of the report's tables."""

    table: str
    item: str
    present: bool

    def run(self, court: Court) -> Outcome:
        """Look for the item in the names of the table."""
        names = tables.load(self.table)["item_printed"]
        found = names.str.contains(self.item, case=False, regex=False).any()
        no = self.table.removeprefix("table-").replace("-", ".")
        told = (
            Text(f"«{self.item}» Tablo {no}'de var.", f"“{self.item}” stands in Table {no}.") if found
            else Text(f"«{self.item}» Tablo {no}'de yok.", f"“{self.item}” is not in Table {no}.")
        )  # fmt: skip
        return Outcome(
            word=word_for(bool(found) == self.present),
            reason=told,
            formula=Text(f"Tablo {no} satırları", f"rows of Table {no}"),
            code=f'mt.datasets.tables.load("{self.table}")["item_printed"].str.contains("{self.item}").any()',
        )


@dataclass(frozen=True)
class Differ:
    """Two places of the report print different things where they should print one."""

    prints: tuple[tuple[str, int], ...]

    def run(self, court: Court) -> Outcome:
        """Compare the prints."""
        same = len({text for text, _ in self.prints}) == 1
        tr = "; ".join(f"satır {line}: «{text}»" for text, line in self.prints)
        en = "; ".join(f"line {line}: “{text}”" for text, line in self.prints)
        return Outcome(
            word=word_for(not same),
            reason=Text(f"{tr}.", f"{en}."),
            formula=Text("iki yerde basılan", "what two places print"),
            code=f"len({{{', '.join(repr(text) for text, _ in self.prints)}}}) > 1",
        )


def word_of(result: Mapping[str, Any]) -> str:
    """
    Give the word of a companion that tests a direction: a correlation or a difference of means.

    Where nothing is seen, a test too weak to see what matters decides nothing.
    """
    if "verdict" in result:
        return str(result["verdict"])
    statistic, p = result.get("statistic"), result.get("p_value")
    detectable = float((result.get("details") or {}).get("detectable") or 1.0)
    if result.get("name") == "difference_of_means":
        variance = result.get("variance")
        spread = (float(variance) * (int(result["n"]) - 1)) ** 0.5 if variance else 1.0
        detectable = min(1.0, detectable / spread)
    return one_word(statistic, p, detectable)


@dataclass(frozen=True)
class Found:
    """What the test of a spatial finding says, or one of its companions."""

    finding: str
    class_name: str | None = None
    year: int | None = None

    def run(self, court: Court) -> Outcome:
        """Take the finding's word, or that of its companion in another class or year."""
        verdict = court.finding(self.finding)
        main = verdict.main
        wanted = (self.class_name or main.get("class"), self.year or main.get("year"))
        code = f'mt.findings.verdict_of(study, "{self.finding}")'
        if wanted == (main.get("class"), main.get("year")):
            return Outcome(
                word=verdict.verdict, reason=verdict.reason,
                formula=verdict.hypothesis.title, code=f"{code}.verdict",
            )  # fmt: skip
        found = next(
            c for c in verdict.companions
            if (c.get("class"), c.get("year")) == wanted and isinstance(c.get("statistic"), (int, float))
        )  # fmt: skip
        statistic, p = found["statistic"], found.get("p_value")
        told = {}
        for lang in LANGUAGES:
            shown = written(float(statistic), "count", lang, digits=2)
            title, label = verdict.hypothesis.title[lang], found["label"][lang]
            told[lang] = f"{title} {label}: {shown}, {p_value(p, lang)}."
        return Outcome(
            word=word_of(found), reason=Text(told["tr"], told["en"]),
            formula=verdict.hypothesis.title, code=f"{code}.companions",
        )  # fmt: skip


@dataclass(frozen=True)
class Outlier:
    """A province stands out from its neighbours: high among low ones."""

    member: int
    place: Text
    class_name: str
    year: int

    def run(self, court: Court) -> Outcome:
        """Take the exact local Moran of the province, two-sided, uncorrected: one was named."""
        from mekantek.stats.local.moran import local_moran

        at = court.ledger.study.at(self.year)
        result = local_moran(at.share(self.class_name), at.graph)
        unit = next(u for u in result.to_dict()["units"] if u["id"] == str(self.member))
        p, high_low = unit["p_value"], unit["quadrant"] == "HL"
        seen = p is not None and p <= thresholds()["alpha"]
        word = "supported" if seen and high_low else "not supported"
        share, lag = unit["value"], unit["lag"]
        told = {
            lang: (percent(share, lang), percent(lag, lang), p_value(p, lang)) for lang in LANGUAGES
        }
        return Outcome(
            word=word,
            reason=Text(
                "{}: pay {}, komşuların ortalaması {}; yerel Moran {}.".format(self.place.tr, *told["tr"]),
                "{}: share {}, mean of its neighbours {}; local Moran {}.".format(self.place.en, *told["en"]),
            ),
            formula=Text("yerel Moran, kesin, iki yönlü", "local Moran, exact, two-sided"),
            code=f'mt.local_moran(study.at({self.year}).share("{self.class_name}"), study.graph)',
        )  # fmt: skip


@dataclass(frozen=True)
class Denser:
    """A group of provinces has a higher (or lower) mean share than the rest."""

    members: tuple[int, ...]
    group: Text
    class_name: str
    year: int
    higher: bool

    def run(self, court: Court) -> Outcome:
        """Permute the shares over the provinces; small samples that show nothing decide nothing."""
        share = court.ledger.study.at(self.year).share(self.class_name).dropna()
        inside = share.index.isin(list(self.members))
        result = difference_of_means(share.to_numpy(), inside).to_dict()
        sign = 1 if self.higher else -1
        word = word_of({**result, "statistic": sign * (result["statistic"] or 0.0)})
        told = {
            lang: (
                percent(float(share[inside].mean()), lang),
                percent(float(share[~inside].mean()), lang),
                p_value(result["p_value"], lang),
            )
            for lang in LANGUAGES
        }
        return Outcome(
            word=word,
            reason=Text(
                "{}: ortalama pay {}, kalan illerde {}; {}.".format(self.group.tr, *told["tr"]),
                "{}: mean share {}, elsewhere {}; {}.".format(self.group.en, *told["en"]),
            ),
            formula=Text(
                "ortalama paylar arasındaki fark, permütasyon",
                "difference of mean shares, permutation",
            ),
            code=f'(s := study.at({self.year}).share("{self.class_name}")).loc[{list(self.members)}].mean()'
            f" - s.drop({list(self.members)}).mean()",
        )
