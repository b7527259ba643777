"""Fill the tables of which-p-value.md and hangi-p-degeri.md with what the packages give today."""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mekantek as mt
from mekantek.stats.local.moran import local_moran
from mekantek.weights import read_neighbours

HERE = Path(__file__).parent
REFERENCE = HERE.parent / "tests" / "reference"
PAGES = {"en": HERE / "which-p-value.md", "tr": HERE / "hangi-p-degeri.md"}
PUBLIC = [
    ("columbus", "CRIME"), ("columbus", "HOVAL"), ("columbus", "INC"), ("sids2", "SIDR74"),
    ("sids2", "SIDR79"), ("stl", "HR7984"), ("stl", "HR8893"), ("mexico", "pcgdp1940"),
    ("mexico", "pcgdp1970"), ("mexico", "pcgdp2000"),
]  # fmt: skip
CLASSES = {
    "high": "yüksek",
    "medium_high": "orta-yüksek",
    "medium_low": "orta-düşük",
    "low": "düşük",
}
ALPHA = 0.05
SEEDS = range(1, 101)
# A cell is a text, a number with its digits, or None.
Cell = str | tuple[float, int] | None


@dataclass(frozen=True, eq=False)
class Data:
    """One variable on its neighbours."""

    english: str
    turkish: str
    column: pd.Series
    graph: Any
    case: tuple[str, str] | None = None

    @property
    def n(self) -> int:
        """How many units."""
        return len(self.column)

    @cached_property
    def pysal(self) -> Any:
        """The same neighbours as a libpysal Graph."""
        from libpysal.graph import Graph

        return Graph.from_sparse(self.graph.sparse.tocoo(), ids=np.arange(self.n))

    @cached_property
    def geoda(self) -> Any:
        """The same neighbours as pygeoda reads them."""
        import pygeoda

        matrix = self.graph.sparse
        lines = [f"0 {self.n} data id"]
        for unit, (start, end) in enumerate(
            zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
        ):
            lines += [f"{unit} {end - start}", " ".join(map(str, matrix.indices[start:end]))]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "data.gal")
            path.write_text("\n".join(lines) + "\n", encoding="ascii")
            return pygeoda.weights.read_gal(str(path), [str(i) for i in range(self.n)])

    def ours(self, **options: Any) -> Any:
        """Local Moran of mekantek."""
        return local_moran(self.column, self.graph, **{"correction": "none", **options})

    def esda(self, permutations: int = 999, seed: int = 1) -> np.ndarray:
        """``p_sim`` of esda's ``Moran_Local``, its defaults but for the seed."""
        from esda import Moran_Local

        given = self.column.to_numpy(dtype=float).copy()
        return Moran_Local(given, self.pysal, permutations=permutations, seed=seed).p_sim

    def pygeoda(self, permutations: int = 999) -> np.ndarray:
        """P-values of pygeoda's ``local_moran``, its defaults."""
        import pygeoda

        values = self.column.astype(float).tolist()
        found = pygeoda.local_moran(self.geoda, values, permutations=permutations)
        return np.array(found.lisa_pvalues())

    @cached_property
    def smaller_tail(self) -> np.ndarray:
        """Exact P of the smaller tail, which esda and GeoDa estimate."""
        sides = [self.ours(alternative=side).frame["p_value"] for side in ("greater", "less")]
        return np.minimum(*sides).to_numpy(dtype=float)


def public() -> list[Data]:
    """The four public data sets with the variables spdep was asked about."""
    found = []
    for case, variable in PUBLIC:
        table = pd.read_csv(REFERENCE / f"{case}.csv", dtype={"id": str}).set_index("id")
        graph = read_neighbours(REFERENCE / f"{case}.gal", ids=table.index)
        found.append(Data(f"{case} {variable}", f"{case} {variable}", table[variable], graph,
                          (case, variable)))  # fmt: skip
    return found


def report(classes: tuple[str, ...] = ("high", "low")) -> list[Data]:
    """Shares of the report on the official neighbours."""
    found = []
    for year in (2019, 2024):
        study = mt.load_study(year=year)
        for name in classes:
            english = f"Türkiye, {name.replace('_', '-')} technology {year}"
            turkish = f"Türkiye, {CLASSES[name]} teknoloji {year}"
            found.append(Data(english, turkish, study.frame[name], study.graph))
    return found


def _lit(p: Any, at: float = ALPHA) -> int:
    return int((np.asarray(p, dtype=float) <= at).sum())


def lit() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """Units at p ≤ 0.05 by each package's default."""
    heads = {
        "en": ["data", "n", "exact, two-sided (mekantek)", "noise alone", "exact, smaller tail",
               "noise alone", "esda: 100 seeds", "pygeoda", "spdep, conditional",
               "spdep, total"],
        "tr": ["veri", "n", "tam sayım, iki yönlü (mekantek)", "yalnız gürültü",
               "tam sayım, küçük kuyruk", "yalnız gürültü", "esda: 100 tohum", "pygeoda",
               "spdep, koşullu", "spdep, toplam"],
    }  # fmt: skip
    theirs = pd.read_csv(REFERENCE / "spdep_local_reference.csv")
    rows: list[tuple[Any, ...]] = []
    for data in public() + report():
        two, ten = data.ours(), data.ours(alpha=2 * ALPHA)
        esda = [_lit(data.esda(seed=seed)) for seed in SEEDS]
        if data.case is None:
            conditional, total = data.ours(method="randomization").frame["p_value"], None
        else:
            mine = theirs[(theirs["case"] == data.case[0]) & (theirs["variable"] == data.case[1])]
            conditional, total = mine["p_cond_2s"], mine["p_tot_2s"]
        rows.append((
            data, str(data.n), str(_lit(two.frame["p_value"])), (two.expected_under_noise, 1),
            str(_lit(data.smaller_tail)), (ten.expected_under_noise, 1),
            f"{min(esda)}–{max(esda)}", str(_lit(data.pygeoda())), str(_lit(conditional)),
            None if total is None else str(_lit(total)),
        ))  # fmt: skip
    return heads, rows


def ties() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """Units whose ties esda misses: many permutations, more than ten standard errors away."""
    heads = {
        "en": ["unit", "data", "exact, smaller tail", "esda, 99,999 permutations",
               "esda, 999: share of 100 seeds with p ≤ 0.05", "exact, two-sided"],
        "tr": ["birim", "veri", "tam sayım, küçük kuyruk", "esda, 99.999 permütasyon",
               "esda, 999: 100 tohumdan p ≤ 0,05 diyenlerin payı", "tam sayım, iki yönlü"],
    }  # fmt: skip
    names = mt.load_study(year=2024).names
    found = []
    for data in public() + report(tuple(CLASSES)):
        exact = data.smaller_tail
        many = data.esda(permutations=99_999)
        two = data.ours().frame["p_value"].to_numpy(dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            away = (many - exact) / np.sqrt(exact * (1 - exact) / 99_999)
        for unit in np.flatnonzero((np.abs(away) > 10) & (np.minimum(many, exact) <= 0.1)):
            identity = data.column.index[unit]
            name = str(identity) if data.case else names.loc[identity]
            few = np.mean([data.esda(seed=seed)[unit] <= ALPHA for seed in SEEDS])
            found.append((abs(exact[unit] - many[unit]), data, name, exact[unit], many[unit],
                          few, two[unit]))  # fmt: skip
    found.sort(key=lambda row: -row[0])
    return heads, [
        (name, data, (exact, 3), (many, 3), (few, 2), (two, 3))
        for _, data, name, exact, many, few, two in found[:8]
    ]


def seeds() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """How often two seeds light up different units."""
    heads = {
        "en": ["data", "two seeds differ, 999", "two seeds differ, 9,999", "exact"],
        "tr": ["veri", "iki tohum farklı, 999", "iki tohum farklı, 9.999", "tam sayım"],
    }
    rows: list[tuple[Any, ...]] = []
    for data in public() + report():
        cells = []
        for permutations, chosen in ((999, SEEDS), (9999, range(1, 41))):
            maps = [(data.esda(permutations, seed) <= ALPHA).tobytes() for seed in chosen]
            count = len(maps)
            same = sum(maps[i] == maps[j] for i in range(count) for j in range(i))
            cells.append((1 - same / (count * (count - 1) / 2), 2))
        rows.append((data, *cells, "0"))
    return heads, rows


def draws() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """One unit has far more than all others: how often it is dealt to the others' neighbours."""
    heads = {
        "en": ["place of the large value", "pygeoda: p ÷ exact p, median of its neighbours",
               "esda: the same"],
        "tr": ["büyük değerin sırası", "pygeoda: p ÷ tam p, komşularının ortancası",
               "esda: aynısı"],
    }  # fmt: skip
    graph = mt.load_study(year=2024).graph
    places = {"first (1)": ("ilk (1)", 0), "2": ("2", 1), "41": ("41", 40), "80": ("80", 79),
              "last (81)": ("son (81)", 80)}  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for english, (turkish, place) in places.items():
        # No two sums tie, so that nothing but the drawing differs.
        values = pd.Series(np.random.default_rng(0).permutation(81) ** 2.0, index=graph.ids)
        values.iloc[place] = 1e6
        data = Data(english, turkish, values, graph)
        near = graph.sparse[[place]].indices
        ratios = [
            np.median((found[near] / data.smaller_tail[near]).astype(float))
            for found in (data.pygeoda(99_999), data.esda(99_999))
        ]
        rows.append((data, *((float(ratio), 2) for ratio in ratios)))
    return heads, rows


def normal() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """How far the normal and the saddlepoint p lie from the exact one where it is small."""
    heads = {
        "en": ["data", "units with exact p ≤ 0.1", "normal ÷ exact, least", "median", "most",
               "units told otherwise at 0.05"],
        "tr": ["veri", "tam p ≤ 0,1 olan birim", "normal ÷ tam, en az", "ortanca", "en çok",
               "0,05'te kararı değişen birim"],
    }  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for data in public() + report():
        exact = data.ours().frame["p_value"].astype(float)
        other = data.ours(method="randomization").frame["p_value"].astype(float)
        small = exact <= 0.1
        ratio = (other / exact)[small]
        turned = int(((exact <= ALPHA) != (other <= ALPHA)).sum())
        digits = [
            (float(f(ratio)), 3 if f(ratio) < 0.1 else 2) for f in (np.min, np.median, np.max)
        ]
        rows.append((data, str(int(small.sum())), *digits, str(turned)))
    return heads, rows


def rates() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """Part of the provinces that noise lights up at p ≤ 0.05, counted."""
    heads = {
        "en": ["data", "two-sided: rate", "provinces of 81", "smaller tail: rate",
               "provinces of 81"],
        "tr": ["veri", "iki yönlü: oran", "81 ilde", "küçük kuyruk: oran", "81 ilde"],
    }  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for data in report(tuple(CLASSES)):
        two = data.ours().expected_under_noise
        tail = data.ours(alpha=2 * ALPHA).expected_under_noise
        rows.append((data, (100 * two / data.n, "%"), (two, 1), (100 * tail / data.n, "%"),
                     (tail, 1)))  # fmt: skip
    return heads, rows


def families() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """Units left by each correction."""
    heads = {
        "en": ["data", "none", "BH", "BY", "Holm", "Bonferroni", "max"],
        "tr": ["veri", "düzeltmesiz", "BH", "BY", "Holm", "Bonferroni", "max"],
    }
    rows: list[tuple[Any, ...]] = []
    for data in public() + report():
        left = [
            data.ours(correction=name).family.survivors
            for name in ("none", "bh", "by", "holm", "bonferroni", "max")
        ]
        rows.append((data, *map(str, left)))
    return heads, rows


def faults() -> tuple[dict[str, list[str]], list[tuple[Any, ...]]]:
    """What becomes of a missing value and of a unit without neighbours."""
    heads = {
        "en": ["input", "esda", "mekantek"],
        "tr": ["girdi", "esda", "mekantek"],
    }
    data = report(("high",))[1]
    gap = Data("", "", data.column.mask(data.column.index == 6), data.graph)
    lit = int((gap.esda() <= 0.001).sum())
    try:
        gap.ours()
        raise SystemExit("A missing value was not refused.")
    except mt.errors.MekantekError:
        pass
    lone = data.graph.subset(data.graph.ids)
    matrix = lone.sparse.tolil()
    matrix[[5], :] = 0
    matrix[:, [5]] = 0
    cut = mt.weights.graph.SpatialGraph(data.graph.ids, matrix.tocsr(), "cut")
    island = Data("", "", data.column, cut)
    p, mine = island.esda()[5], island.ours().frame.iloc[5]
    if not np.isnan(mine["p_value"]) or mine["cluster"] != "isolate":
        raise SystemExit("An isolate has a p-value.")
    return heads, [
        (("one value of 81 missing", "81 değerden biri eksik"),
         (f"p = 0.001 for {lit} of 81", f"81 ilin {lit}'inde p = 0,001"),
         ("refused, the province named; or dropped when asked", "reddedilir, il adı söylenir; istenirse çıkarılır")),
        (("one province without neighbours", "komşusuz bir il"),
         (f"p = {p:.3f}", f"p = {p:.3f}".replace(".", ",")),
         ("class `isolate`, no p, not in the family", "`isolate` sınıfı, p yok, ailede sayılmaz")),
    ]  # fmt: skip


TABLES: dict[str, Callable[[], tuple[dict[str, list[str]], list[tuple[Any, ...]]]]] = {
    "lit": lit, "ties": ties, "seeds": seeds, "draws": draws, "normal": normal, "rates": rates,
    "families": families, "faults": faults,
}  # fmt: skip


def written(cell: Any, language: str) -> str:
    """A cell as the language writes it."""
    if cell is None:
        return "–"
    if isinstance(cell, Data):
        return cell.english if language == "en" else cell.turkish
    if isinstance(cell, str):
        return cell
    first, second = cell
    if isinstance(first, str):
        return first if language == "en" else second
    places = 2 if second == "%" else second
    number = f"{first:.{places}f}"
    if 0 < first < 0.5 * 10.0**-places:
        number = f"{first:.6f}".rstrip("0")
    if language == "tr":
        number = number.replace(".", ",")
        return f"%{number}" if second == "%" else number
    return f"{number} %" if second == "%" else number


def in_markdown(heads: list[str], rows: list[tuple[Any, ...]], language: str) -> str:
    """A table."""
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    lines += [f"| {' | '.join(written(cell, language) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def versions() -> str:
    """What the peers' columns were measured with."""
    return ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("mekantek", "esda", "pygeoda")
    )


def main() -> None:
    """Measure and fill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(TABLES)}; all by default")
    parser.add_argument("--show", action="store_true", help="print, change nothing")
    given = parser.parse_args()
    if not find_spec("pygeoda"):
        sys.exit("The tables set pygeoda beside this: pip install '.[benchmarks]'")
    warnings.simplefilter("ignore")  # esda announces a change of its default
    for name in given.tables or TABLES:
        heads, rows = TABLES[name]()
        for language, page in PAGES.items():
            table = in_markdown(heads[language], rows, language)
            if given.show:
                print(f"{name} ({language})\n{table}\n")
                continue
            text = page.read_text(encoding="utf-8")
            marks = re.compile(f"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
            text, count = marks.subn(lambda m, t=table: m[1] + t + "\n" + m[2], text)
            if count != 1:
                raise SystemExit(f"{page.name} has {count} places for the table {name}.")
            page.write_text(text, encoding="utf-8")
    print(versions(), file=sys.stderr)


if __name__ == "__main__":
    main()
