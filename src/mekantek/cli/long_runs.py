"""A run that may be cut short: finished stages wait beside the result, and the same command goes on."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import typer

from mekantek.cli.output import say
from mekantek.errors import MekantekError, OptionError
from mekantek.text import Language, Note, Text, number

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from mekantek.weights import SpatialGraph

__all__ = ["LongRun", "Parts", "long_run"]

_KEY = "run.json"
_STOPPED = Text(
    "Durduruldu; biten aşamalar {f} klasöründe, aynı komut kaldığı yerden sürer.",
    "Stopped; what is finished lies in {f}, and the same command goes on from there.",
)
_NOTHING = Text("Durduruldu; henüz hiçbir aşama bitmemişti.", "Stopped; no stage was finished yet.")


class Parts(MutableMapping[str, "np.ndarray"]):
    """Arrays by name, each a file of a folder that appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.npy"

    def __getitem__(self, name: str) -> np.ndarray:
        import numpy as np

        try:
            part: np.ndarray = np.load(self._path(name), allow_pickle=False)
        except FileNotFoundError as error:
            raise KeyError(name) from error
        return part

    def __setitem__(self, name: str, part: np.ndarray) -> None:
        import numpy as np

        from mekantek.datasets.files import write_whole

        self._folder.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        np.save(content, part, allow_pickle=False)
        write_whole(self._path(name), content.getvalue())

    def __delitem__(self, name: str) -> None:
        self._path(name).unlink()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._path(name).is_file()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(unquote(p.stem) for p in self._folder.glob("[!.]*.npy")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class LongRun:
    """
    Stages of one run, kept in a folder as they finish; without a folder they are only done.

    Parameters
    ----------
    folder : Path, optional
        Where finished stages are kept.
    quiet : bool
        Do not tell on stderr how long each stage took.
    language : {"tr", "en"}
    """

    def __init__(
        self, folder: Path | None = None, *, quiet: bool = True, language: Language = "tr"
    ) -> None:
        self.folder, self._quiet, self._language = folder, quiet or folder is None, language

    @contextmanager
    def stage(self, title: Text) -> Iterator[None]:
        """Tell what is being done, and how long it took."""
        start, told = time.perf_counter(), title[self._language]
        if not self._quiet:
            say(f"{told} …")
        yield
        if not self._quiet:
            took = number(time.perf_counter() - start, self._language, digits=1)
            say(f"{told}: {took} {Text('sn', 's')[self._language]}")

    def parts(self, name: str) -> Parts | None:
        """Where parts of a computation are kept, for a `mekantek.stats.nulls.drawing.Runner`."""
        return None if self.folder is None else Parts(self.folder / quote(name, safe=""))

    def has_graph(self) -> bool:
        """Whether the neighbours are among the finished stages."""
        return self.folder is not None and "graph" in Parts(self.folder / "neighbours")

    def graph(self, ids: pd.Index, compute: Callable[[], SpatialGraph]) -> SpatialGraph:
        """
        Give the neighbours, as kept or else computed, and keep them.

        Parameters
        ----------
        ids : pandas.Index
            The units of the graph, in its order.
        compute : callable
        """
        import numpy as np
        from scipy import sparse

        from mekantek.weights import SpatialGraph

        kept = self.parts("neighbours")
        if kept is not None and "graph" in kept:
            spec, points_used, *told = json.loads(str(kept["graph"]))
            columns = (kept["weights"], kept["neighbours"], kept["starts"])
            matrix = sparse.csr_array(columns, shape=(len(ids), len(ids)))
            return SpatialGraph(ids, matrix, spec, points_used, tuple(Note(*note) for note in told))
        graph = compute()
        if kept is not None:
            matrix = graph.sparse
            kept["weights"], kept["neighbours"] = matrix.data, matrix.indices
            kept["starts"] = matrix.indptr
            # The last to be written says that the others are there.
            said = [(note, Note(note).turkish) for note in graph.notes]
            kept["graph"] = np.array(json.dumps([graph.spec, graph.points_used, *said]))
        return graph


@contextmanager
def long_run(
    out: Path | None,
    inputs: Mapping[str, Path | None],
    options: Mapping[str, Any],
    *,
    quiet: bool,
    language: Language = "tr",
) -> Iterator[LongRun]:
    """
    Keep the stages of a run in ``NAME.partial`` beside *out* until it is whole.

    Parameters
    ----------
    out : Path, optional
        The result; nothing is kept without one.
    inputs : mapping of role to Path
        Files read; the folder belongs to their SHA-256.
    options : mapping
        What else decides the result, the verb among it.
    quiet : bool
    language : {"tr", "en"}

    Yields
    ------
    LongRun

    Raises
    ------
    OptionError
        If a folder of that name is not of such a run, or of another command or other files.
    typer.Exit
        With 130 when the user stops it; finished stages stay.
    """
    if out is None:
        yield LongRun()
        return
    from mekantek.datasets.files import write_whole
    from mekantek.export import file_sha256, to_json, versions

    files = {role: path and file_sha256(path) for role, path in sorted(inputs.items())}
    key = to_json({"inputs": files, "options": dict(sorted(options.items())),
                   "versions": versions()})  # fmt: skip
    folder = out.with_name(f"{out.name}.partial")
    try:
        before = (folder / _KEY).read_text(encoding="utf-8") if folder.exists() else key
    except OSError as error:
        raise OptionError(
            f"{folder.name} is no folder of a run that was cut short; move it away.",
            f"{folder.name} yarım kalmış bir çalışmanın klasörü değil; başka yere taşıyın.",
        ) from error
    if before != key:
        raise OptionError(
            f"{folder.name} holds a run of another command, of other files or of another version "
            "that was cut short; finish that one, or delete the folder or move it away.",
            f"{folder.name} yarım kalmış başka bir komutun, başka dosyaların ya da başka bir "
            "sürümün çalışmasını tutuyor; onu bitirin ya da klasörü silin veya taşıyın.",
        )
    folder.mkdir(exist_ok=True)
    write_whole(folder / _KEY, key.encode())
    try:
        yield LongRun(folder, quiet=quiet, language=language)
    except BaseException as cut:
        # What was refused would be refused again: its stages are of no use to anybody.
        finished = not isinstance(cut, MekantekError) and any(p.is_dir() for p in folder.iterdir())
        if not finished:
            shutil.rmtree(folder)
        if not isinstance(cut, KeyboardInterrupt):
            raise
        say((_STOPPED.format(f=folder.name) if finished else _NOTHING)[language])
        raise typer.Exit(130) from None
    shutil.rmtree(folder)
