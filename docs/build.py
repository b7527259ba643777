"""
Build the documentation site, with the network unplugged.

    python docs/build.py                # writes docs/_build/html/index.html: open it in any browser

Needs ``pip install '.[docs]'``. Every warning is an error: a link that leads nowhere, a name the API
pages do not know, a formula that cannot be drawn.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Build afresh; give Sphinx's exit code."""
    options = argparse.ArgumentParser(description="Build the documentation site.")
    options.add_argument("--out", type=Path, default=HERE / "_build" / "html")
    out = options.parse_args().out
    try:
        from sphinx.cmd.build import main as sphinx
    except ImportError:
        sys.exit("The site needs Sphinx: pip install '.[docs]'")
    # Pages of an earlier build would stay where their source is gone.
    shutil.rmtree(out, ignore_errors=True)
    told = sphinx(
        [
            "-b",
            "html",
            "-E",
            "-W",
            "--keep-going",
            "-q",
            "-d",
            str(out) + ".kept",
            str(HERE),
            str(out),
        ]
    )
    shutil.rmtree(str(out) + ".kept", ignore_errors=True)
    if told == 0:
        print(out / "index.html")
    return told


if __name__ == "__main__":
    sys.exit(main())
