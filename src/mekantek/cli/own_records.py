"""Groups of options about what a study is of: trade records, a study file, and on which level."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mekantek.cli.options import (
    COLUMNS,
    CONCORDANCE,
    DUPLICATES,
    ENGINE,
    FLOW,
    LEVEL,
    RECORDS,
    STUDY_FILE,
    TAXONOMY,
    Duplicates,
    EngineName,
    Flow,
)
from mekantek.cli.output import UsageError, progress
from mekantek.errors import OptionError
from mekantek.text import Text

if TYPE_CHECKING:
    from mekantek.datasets.records.tally import Tally
    from mekantek.study import Study

__all__ = ["Reading", "Records", "Territory"]

# Options that say nothing without records; groups that build on these have others too.
_ABOUT = ("taxonomy", "concordance", "columns", "duplicates", "engine", "flow")


@dataclasses.dataclass(kw_only=True)
class Reading:
    """How files of trade records are read and added up."""

    taxonomy: TAXONOMY = None
    concordance: CONCORDANCE = None
    columns: COLUMNS = None
    duplicates: DUPLICATES = Duplicates.refuse
    engine: ENGINE = EngineName.duckdb

    def refuse_unused(self, told: Text) -> None:
        """Refuse options about records where there are no records; *told* says where they go."""
        for field in dataclasses.fields(self):
            given = getattr(self, field.name)
            if field.name in _ABOUT and given and given != field.default:
                option = f"--{field.name}" + (f" {given.value}" if field.default else "")
                raise UsageError(told.en.format(o=option), told.tr.format(o=option))

    def tally(self, files: Sequence[Path], *, quiet: bool = False) -> Tally:
        """Read files and add them up."""
        if self.taxonomy is not None and self.concordance is not None:
            raise UsageError(
                "Give --taxonomy or --concordance, not both.",
                "--taxonomy ya da --concordance verin, ikisini birden değil.",
            )
        from mekantek.datasets.records.columns import columns_option
        from mekantek.datasets.records.from_files import tally_files

        with progress(2 * len(files), quiet) as step:
            return tally_files(
                files, taxonomy=self.taxonomy, concordance=self.concordance,
                columns=None if self.columns is None else columns_option(self.columns),
                duplicates=self.duplicates.value, engine=self.engine.value, step=step,
            )  # fmt: skip


@dataclasses.dataclass(kw_only=True)
class Records(Reading):
    """Trade records of one's own in the place of the report's data."""

    records: RECORDS = None
    flow: FLOW = Flow.export

    def check_unused(self) -> None:
        """Refuse options about records where there are no records."""
        if not self.records:
            self.refuse_unused(
                Text(
                    "{o} kendi kayıtlarınızla kullanılır; onları --records ile verin.",
                    "{o} goes with records of your own; name them with --records.",
                )
            )

    def study(
        self, *, year: int | None = None, weights: str | None = None, quiet: bool = False
    ) -> Study:
        """Read them, or take the report's data where there are none."""
        from mekantek.study import load_study, study_from_tally

        self.check_unused()
        spec = weights or "official"
        if self.records:
            tally = self.tally(self.records, quiet=quiet)
            return study_from_tally(tally, year, weights=spec, flow=self.flow.value)
        return load_study(weights=spec) if year is None else load_study(year, weights=spec)


@dataclasses.dataclass(kw_only=True)
class Territory(Records):
    """A study of one's own, records of one's own or the report's data, on any of its levels."""

    study_file: STUDY_FILE = None
    level: LEVEL = None

    def study(
        self, *, year: int | None = None, weights: str | None = None, quiet: bool = False
    ) -> Study:
        """Read the study file or the records, or take the report's data where there are none."""
        from mekantek.study import at_level, read_study

        if self.study_file is None:
            found = super().study(year=year, weights=weights, quiet=quiet)
        else:
            if self.records:
                raise UsageError(
                    "Give a study file or --records, not both; a study file can name records.",
                    "Çalışma dosyası ya da --records verin; çalışma dosyası kayıtları adlandırabilir.",
                )
            self.check_unused()
            found = read_study(self.study_file, year=year, weights=weights)
        return found if self.level is None else at_level(found, self.level)

    def refuse_beside_table(self, *of_a_study: object) -> None:
        """Refuse, where there is a table, what goes with a study: these, and what says which."""
        if any(of_a_study) or self.study_file or self.records or self.level:
            raise UsageError(
                "--class, --year, --study, --records and --level do not go with a table.",
                "--class, --year, --study, --records ve --level tabloyla kullanılmaz.",
            )
        self.check_unused()

    def variables(self, study: Study, names: Sequence[str] | None) -> list[str]:
        """
        Give the variables that were asked for, each once; those of the study if none were.

        Several together (``high+medium_high``) come in the order of the study.
        """
        asked = []
        for name in names or study.classes:
            parts = name.split("+")
            try:
                study.share(parts)
            except OptionError as error:
                raise UsageError(str(error), error.turkish) from error
            if len(set(parts)) < len(parts):
                raise UsageError(
                    f"--class {name} names a variable twice.",
                    f"--class {name} bir değişkeni iki kez sayıyor.",
                )
            order = study.frame.columns.tolist()
            asked.append("+".join(sorted(parts, key=order.index)))
        return list(dict.fromkeys(asked))
