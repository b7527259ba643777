"""What is released: its version, what it says where an extra is absent, and what others made of it."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
LATEST = re.search(r"^## (?P<version>\S+) – (?P<date>\S+)$", CHANGELOG, re.MULTILINE)
NOTICE = (ROOT / "NOTICE.md").read_text(encoding="utf-8")


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


# The version


def test_the_version_that_leads_the_changelog_stands_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nfallback-version = "{LATEST["version"]}"\n' in project
    assert f"\nversion: {LATEST['version']}\n" in citation
    assert f"\ndate-released: {LATEST['date']}\n" in citation


@pytest.fixture
def source(tmp_path):
    """A folder that is built as this one is, without git, and git for it."""
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")

    def git(*words):
        whoami = ("-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "tag.gpgSign=false")
        subprocess.run(["git", *whoami, *words], cwd=tmp_path, check=True, capture_output=True)

    return tmp_path, git


def told(folder):
    """Ask the build for the version."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "version"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Version(done.stdout.strip())


def test_without_git_the_version_is_the_changelog_s(source):
    assert told(source[0]) == Version(LATEST["version"])


def test_a_clone_without_tags_comes_after_the_changelog_s_version_and_names_its_commit(source):
    folder, git = source
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    found = told(folder)
    assert found.base_version == LATEST["version"]
    assert found > Version(LATEST["version"])
    assert found.local.startswith("g")


def test_a_tag_is_the_version_and_commits_after_it_are_counted(source):
    folder, git = source
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    git("tag", "v7.1.0")
    assert str(told(folder)) == "7.1.0"
    git("commit", "--allow-empty", "-m", "second")
    assert told(folder).public == "7.1.0.post1.dev1"


def test_a_source_distribution_keeps_the_version_it_was_made_with(source):
    folder, _ = source
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: mekantek\nVersion: 7.1.0\n")
    assert str(told(folder)) == "7.1.0"


def test_the_package_says_the_version_that_was_installed():
    import importlib.metadata

    import mekantek

    assert mekantek.__version__ == importlib.metadata.version("mekantek")


# Extras

WITHOUT = """
import runpy, sys
sys.modules[{hidden!r}] = None  # importing it fails
sys.argv = {words!r}
{start}
"""
BY_NAME = "import mekantek.cli; mekantek.cli.main()"
BY_FILE = "runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.mark.parametrize(
    ("hidden", "words", "extra"),
    [
        ("weasyprint", ["mekantek", "study", "--pdf", "--lang", "tr"], "pdf"),
        ("weasyprint", ["mekantek", "brief", "ZAFER", "--pdf", "--lang", "en"], "pdf"),
        ("pyspark", ["mekantek", "shares", "demo.csv", "--engine", "spark"], "spark"),
        ("sphinx", ["docs/build.py"], "docs"),
        ("numba", ["benchmarks/saddlepoint.py"], "benchmarks"),
        ("pygeoda", ["benchmarks/local.py"], "benchmarks"),
        ("pygeoda", ["docs/measure_p_values.py"], "benchmarks"),
        ("polars", ["benchmarks/records.py"], "benchmarks"),
        ("atheris", ["tests/fuzz/fuzz_records.py"], "fuzz"),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given[:2]),
)
def test_what_an_absent_extra_would_do_is_refused_in_one_sentence(hidden, words, extra, tmp_path):
    """It names the extra that would help, and nothing is written."""
    (tmp_path / "demo.csv").write_text(
        "YIL;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;İhracat;Kars;1511;900,25\n", encoding="utf-8"
    )
    own = words[0] == "mekantek"
    words = words if own else [str(ROOT / words[0]), *words[1:]]
    code = WITHOUT.format(hidden=hidden, words=words, start=BY_NAME if own else BY_FILE)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == (3 if own else 1), done.stderr
    assert f"[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["demo.csv"]


def test_every_extra_is_tried_or_needs_no_word():
    """A new extra is to be added above, unless nothing of mekantek runs only with it."""
    tried = {"pdf", "spark", "docs", "benchmarks", "fuzz"}
    # A client of Dask is made by its user; the last two are for those who test and release.
    assert set(PROJECT["optional-dependencies"]) == tried | {"distributed", "test", "release"}


# What others made


def components():
    return module(ROOT / "release" / "sbom.py").bundled(NOTICE)


def test_every_licence_is_there_and_every_place_exists():
    for licence, address in re.findall(r"^\|.*\| \[([^\]]+)\]\(([^)]+)\) \|", NOTICE, re.MULTILINE):
        assert address.startswith("https://") or (ROOT / address).stat().st_size > 1000, licence
    for component in components():
        where = component["properties"][0]["value"]
        for place in re.findall(r"[\w/]+/[\w.*]+", where):
            assert list(ROOT.glob(place)), f"{component['name']}: there is no {place}"


def test_what_bears_a_notice_of_others_is_named():
    """Files of the repository with a copyright line, and the pages that mekantek writes."""
    named = " ".join(f"{c['name']} {c.get('version', '')} {c['copyright']}" for c in components())
    marks = re.compile(r"(?:\(c\)|©|copyright)\s+(?:\d{4}[-–, ]*)+([\w .]+?)(?:[,\n<\"*]|$)", re.I)
    found = set()
    for folder in ("src", "data", "boundaries", "maps/gallery"):
        for file in (ROOT / folder).rglob("*.*"):
            if file.suffix in {".py", ".js", ".css", ".html", ".csv", ".geojson"}:
                found |= {m.strip() for m in marks.findall(file.read_text(encoding="utf-8"))}
    assert found
    assert not [holder for holder in found if holder not in named]


def test_the_version_of_leaflet_in_the_notice_is_the_one_that_is_used():
    (version,) = [c["version"] for c in components() if c["name"] == "Leaflet"]
    (pinned,) = [d for d in PROJECT["dependencies"] if d.startswith("XStatic-Leaflet==")]
    assert pinned == f"XStatic-Leaflet=={version}.0"
    page = (ROOT / "maps" / "gallery" / "share-high.html").read_text(encoding="utf-8")
    assert f"Leaflet {version}," in page


def test_every_table_and_layer_has_an_origin():
    """What lies in data/ is named in its LICENSE.md, what lies in boundaries/ in NOTICE.md."""
    origins = (ROOT / "data" / "LICENSE.md").read_text(encoding="utf-8")
    for file in (ROOT / "data").rglob("*"):
        if file.is_file() and file.suffix in {".csv", ".toml"}:
            assert file.relative_to(ROOT / "data").as_posix() in origins
    for file in (ROOT / "boundaries").glob("*.geojson"):
        assert f"boundaries/{file.name}" in NOTICE


def test_a_row_of_the_notice_without_a_licence_is_refused():
    broken = NOTICE.replace("[BSD-2-Clause](LICENSES/BSD-2-Clause.txt)", "free")
    with pytest.raises(ValueError, match=r"no licence of Leaflet\."):
        module(ROOT / "release" / "sbom.py").bundled(broken)


def test_the_bill_of_materials_has_both_what_is_needed_and_what_is_carried():
    held = {
        "bomFormat": "CycloneDX",
        "metadata": {"tools": {}},
        "components": [
            {"type": "library", "name": "mekantek", "version": "1.0"},
            {"type": "library", "name": "numpy", "version": "2.0"},
        ],
    }
    made = module(ROOT / "release" / "sbom.py").bill(held, components())
    assert [c["name"] for c in made["components"]] == ["numpy"]
    own = made["metadata"]["component"]
    assert (own["name"], own["version"]) == ("mekantek", "1.0")
    assert {"Leaflet", "DejaVu Sans"} <= {c["name"] for c in own["components"]}
    assert json.dumps(made)


# What others see of the house


def test_templates_for_issues_are_read_as_they_should_be():
    """Each asks for what an answer needs, and says that Turkish is welcome."""
    yaml = pytest.importorskip("yaml")
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
    assert len(forms) == 3
    for form in forms:
        read = yaml.safe_load(form.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(read)
        assert "Türkçe de yazabilirsiniz" in read["body"][0]["attributes"]["value"]
        asked = [part for part in read["body"] if part["type"] != "markdown"]
        assert len({part["id"] for part in asked}) == len(asked)
        assert any(part.get("validations", {}).get("required") for part in asked)
