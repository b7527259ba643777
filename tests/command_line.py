"""Run verbs as a user does: in this process, which has everything loaded, or apart in one of their own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import traceback
import warnings
from unittest import mock

from mekantek.cli import main

# A terminal that neither colours nor wraps at chance widths.
_TERMINAL = {"NO_COLOR": "1"}


def run(*arguments, cwd=None, **environment) -> subprocess.CompletedProcess:
    """
    Call the command line's own entrance with these arguments; exit code and both streams are its own.

    Starting Python and loading pandas takes seconds each time, which a thousand calls need not wait
    for. Whatever must not be shared between calls is tried with `run_apart`.
    """
    words = ["mekantek", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in "oe")
    code = 0
    with (
        mock.patch.object(sys, "argv", words),
        mock.patch.dict(os.environ, _TERMINAL | environment),
        contextlib.chdir(cwd or "."),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("default")  # a user's process prints them, and tests see that
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
        except BaseException:  # what a user would see of it
            traceback.print_exc()
            code = 1
    texts = (stream.buffer.getvalue().decode("utf-8") for stream in (out, err))
    return subprocess.CompletedProcess(words, code, *texts)


def run_apart(*arguments, cwd=None, **environment) -> subprocess.CompletedProcess:
    """Run the same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mekantek.cli", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False,
        env={**os.environ, **_TERMINAL, **environment},
    )  # fmt: skip
