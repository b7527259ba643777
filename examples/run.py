"""
Run the four examples and write what they find to verdicts.csv, which the documentation shows.

    python examples/run.py               # two minutes
    python examples/run.py --pages OUT   # and every page of each, in a folder
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from gather import EXAMPLES, gather

HERE = Path(__file__).parent
TABLE = HERE / "verdicts.csv"
COLUMNS = ("example", "n", "links", "claim", "title_tr", "title_en", "verdict", "robust", "choices",
           "statistic", "p_value")  # fmt: skip


def rows_of(name: str, study: Any, verdicts: Any) -> list[dict[str, str]]:
    """Give a row for each claim, numbers to four digits."""
    found = []
    for v in verdicts:
        statistic, p = v.main.get("statistic"), v.main.get("p_value")
        if not isinstance(statistic, float):
            statistic = v.main.get("value")
        found.append(
            {
                "example": name,
                "n": str(len(study.names)),
                "links": str(study.graph.links),
                "claim": v.hypothesis.id,
                "title_tr": v.hypothesis.title.tr,
                "title_en": v.hypothesis.title.en,
                "verdict": v.verdict,
                "robust": {True: "yes", False: "no", None: ""}[v.robust],
                "choices": f"{v.agreeing}/{len(v.curve)}",
                "statistic": "" if statistic is None else f"{statistic:.4g}",
                "p_value": "" if p is None else f"{p:.4g}",
            }
        )
    return found


def main() -> None:
    """Run all of them."""
    import mekantek as mt
    from mekantek import report

    pages = Path(sys.argv[2]) if sys.argv[1:2] == ["--pages"] else None
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path in zip(EXAMPLES, gather(Path(folder)), strict=True):
            print(name, flush=True)
            study = mt.read_study(path)
            results = report.study_results(study)
            rows += rows_of(name, study, results.verdicts)
            if pages is not None:
                (pages / name).mkdir(parents=True, exist_ok=True)
                report.write_study(study, pages / name, results, language="en")
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(TABLE)


if __name__ == "__main__":
    main()
