"""
Build what is released and try it as users will: with the oldest and the newest that is supported.

    python release/check.py                 # writes dist/; needs pip install '.[release]'

The wheel is made from the source distribution. The oldest Python on this machine gets the lowest
versions that pyproject.toml allows, the newest one gets the latest; each runs a few jobs.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Help, a statistic, records through the query engine, polygons, a page, figures for print.
JOBS = (
    "moran --help",
    "moran --class low --json",
    "data --made-up --out demo",
    "shares demo/made_up_records.csv --out shares",
    "export --class low --format gpkg --out layers",
    "map clusters --class low --out clusters.html",
    "figures --only share-high --out figures",
)
# Where more may be wrong, more is tried, though it takes most of the time.
OLDEST_TOO = ("findings concentration",)


def run(*words: object, **options: object) -> str:
    """Run a command; what it prints on failure is the report."""
    done = subprocess.run(
        [str(w) for w in words], capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def tool(name: str, *words: object) -> str:
    """Run a program that lies beside this Python."""
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        sys.exit(f"Releases are checked with {name}: pip install '.[release]'")
    return run(program, *words)


def pythons() -> dict[str, str]:
    """Give the supported Pythons of this machine, oldest first, by version."""
    versions = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for version in versions:
        name = f"python{version}"
        for path in (shutil.which(name), *kept.glob(f"{version}.*/bin/{name}")):
            # Where pyenv keeps several, the first on the path may be a stub of one that is not chosen.
            if path and not subprocess.run([path, "--version"], capture_output=True).returncode:
                found.setdefault(version, str(path))
    return {v: found[v] for v in versions if v in found}


def build(out: Path) -> Path:
    """Build and check both distributions; give the wheel."""
    run(sys.executable, "-m", "build", "--outdir", out, ROOT)
    tool("twine", "check", "--strict", *out.iterdir())
    (wheel,) = out.glob("*.whl")
    tool("check-wheel-contents", wheel)
    return wheel


def try_out(wheel: Path, python: str, resolution: str, folder: Path) -> Path:
    """Install the wheel into an empty environment and run the small jobs; give its Python."""
    tool("uv", "venv", "--quiet", "--python", python, folder)
    inner = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    # Only what is asked for by name is taken at its lowest: hence the requirements beside the wheel.
    asked = ("--resolution", resolution, wheel, "-r", ROOT / "pyproject.toml")
    tool("uv", "pip", "install", "--quiet", "--python", inner, *asked)
    work = folder / "work"
    work.mkdir()
    jobs = (*JOBS, *OLDEST_TOO) if resolution == "lowest-direct" else JOBS
    for job in jobs:
        run(inner.with_name("mekantek"), *job.split(), cwd=work)
    print(f"{run(python, '--version').strip()}, {resolution}: {len(jobs)} jobs done", flush=True)
    return inner


def main() -> None:
    """Build, check, try, and write the bill of materials of the newest."""
    options = argparse.ArgumentParser(description="Build a release and try it.")
    options.add_argument("--out", type=Path, default=ROOT / "dist")
    out = options.parse_args().out
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    wheel = build(out)
    print(wheel.name)
    found = pythons()
    oldest, *_, newest = [*found, *found]
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor() as both:
        trials = [
            both.submit(try_out, wheel, found[version], resolution, Path(place, resolution))
            for version, resolution in ((oldest, "lowest-direct"), (newest, "highest"))
        ]
        inner = [trial.result() for trial in trials][-1]
        print(run(sys.executable, ROOT / "release" / "sbom.py", inner, out).strip())


if __name__ == "__main__":
    main()
