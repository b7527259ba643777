"""The main job in a process of its own, with notes beside its folder of what tests ask about it."""

import contextlib
import json
import pickle
import sys
from pathlib import Path

from mekantek import cli, report
from mekantek.cli import products
from mekantek.findings.verdict import Hypothesis


def main(folder: Path) -> None:
    """Run `mekantek study` into a folder; note its bar, its verdicts and the facts it stated."""
    stated: dict[str, set[str]] = {}
    decide, results_of = Hypothesis.decide, report.study_results

    def deciding(self, facts):
        stated.setdefault(self.id, set()).update(facts)
        return decide(self, facts)

    def results_noted(study, **options):
        results = results_of(study, **options)
        verdicts = {v.hypothesis.id: v for v in results.verdicts}
        for verdict in verdicts.values():  # computed when read, and not to be left to readers
            assert verdict.curve.specifications
            assert verdict.companions
        Path(f"{folder}.verdicts.pickle").write_bytes(pickle.dumps((verdicts, stated)))
        return results

    @contextlib.contextmanager
    def bar(announced, *_):
        taken: list[str] = []
        yield taken.append
        told = {"announced": announced, "taken": taken}
        Path(f"{folder}.steps.json").write_text(json.dumps(told), encoding="utf-8")

    Hypothesis.decide, report.study_results, products.progress = deciding, results_noted, bar
    sys.argv = ["mekantek", "study", "--quiet", "--out", str(folder)]
    cli.main()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
