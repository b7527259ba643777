"""Files of records to one tally: read, held apart by revision, added up."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mekantek.datasets.concordances import read_concordance
from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.adding import Engine, Step, tally
from mekantek.datasets.records.classifying import taxonomy_for
from mekantek.datasets.records.reading import Duplicates, stage
from mekantek.datasets.records.tally import Tally
from mekantek.datasets.taxonomies import load_taxonomy
from mekantek.text import Text

__all__ = ["tally_files"]


def tally_files(
    paths: Sequence[str | os.PathLike[str]],
    *,
    taxonomy: str | None = None,
    concordance: str | os.PathLike[str] | None = None,
    columns: Mapping[str, str] | None = None,
    duplicates: Duplicates = "refuse",
    engine: Engine = "duckdb",
    step: Step | None = None,
) -> Tally:
    r"""
    Read files of trade records and add them up.

    Parameters
    ----------
    paths : sequence of path
        Workbooks, HTML tables, delimited text or Parquet, in any mixture.
    taxonomy : str, optional
        Such as ``isic3`` or ``oecd2016``; see `taxonomies.load_taxonomy`. By default what the
        codes' revision asks for.
    concordance : path, optional
        A file of one's own in its place; see `concordances.read_concordance`.
    columns : mapping of str to str, optional
        What the columns of all files are, overruling what is guessed.
    duplicates : {"refuse", "keep", "find"}
        Whether rows equal in every cell, and files equal in every byte, are refused.
    engine : {"duckdb", "spark"}
    step : callable, optional
        Called with a file's name before it is read, and again before it is added up.

    Returns
    -------
    Tally

    Raises
    ------
    TableError
        As reading, concordance and adding up say; if a file is given twice; if taxonomy and
        concordance are both given.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "records.csv")
    ...     _ = path.write_text(
    ...         "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Kars;1511;900,25\n"
    ...         "2024;İhracat;Kars;3530;99,75\n", encoding="utf-8"
    ...     )
    ...     found = tally_files([path])
    >>> found.by_code[["plate", "code", "kind", "cents"]].values.tolist()
    [[36, '1511', 'low', 90025], [36, '3530', 'high', 9975]]
    >>> found.conservation["sum_in"], found.conservation["difference"]
    (100000, 0)
    """
    if taxonomy is not None and concordance is not None:
        raise RefusedTableError(
            Text(
                "Sınıflama ya da eşleme dosyası verin, ikisini birden değil.",
                "Give a taxonomy or a concordance, not both.",
            )
        )
    chosen = read_concordance(concordance) if concordance is not None else None
    chosen = load_taxonomy(taxonomy) if taxonomy is not None else chosen
    if duplicates != "keep":
        _check_twice([Path(path) for path in paths])
    with tempfile.TemporaryDirectory(prefix="mekantek-records-") as folder:
        sources = []
        for number, path in enumerate(paths):
            if step is not None:
                step(Path(path).name)
            inner = Path(folder, str(number))
            inner.mkdir()
            sources.append(stage(path, columns, folder=inner, duplicates=duplicates))
        return tally(
            sources, chosen or taxonomy_for(sources), engine=engine, folder=Path(folder), step=step
        )


def _check_twice(paths: Sequence[Path]) -> None:
    seen: dict[str, str] = {}
    for path in paths:
        if not path.is_file():
            continue  # its reader says what it is
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest in seen:
            raise RefusedTableError(
                Text(
                    "{a} ve {b} aynı dosya; birini bırakın (bilerek iki kez sayılacaksa "
                    "--duplicates keep).",
                    "{a} and {b} are the same file; give one of them (--duplicates keep counts "
                    "both).",
                ).format(a=seen[digest], b=path.name)
            )
        seen[digest] = path.name
