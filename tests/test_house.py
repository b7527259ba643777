"""The house's nevers, read from syntax trees, and what the wheel carries and an import costs.

An import hidden in a function is still an arrow and counts. An import under ``TYPE_CHECKING`` runs
never, only names a type, and does not count; nothing else is exempt.
"""

import ast
import graphlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mekantek"
FILES = sorted(SOURCE.rglob("*.py"))

FLOORS = {
    "errors": 1, "text": 1, "grammar": 1,
    "datasets": 2, "weights": 2, "stats": 2,
    "study": 3,
    "findings": 4, "maps": 4, "tabulation": 4,
    "report": 5, "export": 5,
    "cli": 6, "__main__": 6,
}  # fmt: skip

# Each foreign package has one door. pyogrio, which reads and writes layers, has two: the polygons
# come in through one and the GeoPackage goes out through the other.
DOORS = {
    "folium": ["maps/layers.py"],
    "branca": ["maps/page.py"],
    "xstatic": ["maps/page.py"],
    "libpysal": ["weights/"],
    "esda": ["stats/overall/autocorrelation.py"],
    "spreg": ["stats/regression.py"],
    "geopandas": ["datasets/boundaries/"],
    # Polygons come in through one; their corners are read where neighbours are made of them.
    "shapely": ["datasets/boundaries/", "weights/contiguity.py", "weights/corners.py"],
    "pyogrio": ["datasets/boundaries/layers.py", "export/geopackage.py"],
    "pyarrow": ["export/parquet.py", "datasets/records/engine.py"],
    "ibis": ["datasets/records/engine.py", "datasets/records/spark.py"],
    "duckdb": ["datasets/records/engine.py"],
    "pyspark": ["datasets/records/spark.py"],
    "python_calamine": ["datasets/records/workbooks.py"],
    "typer": ["cli/"],
    "rich": ["cli/"],
    "matplotlib": ["maps/figures/"],
    "weasyprint": ["report/pdf.py"],
    "xlsxwriter": ["export/workbooks.py"],
    "jsonschema": ["study/file.py"],
    "numba": [],
}

HEAVY = {
    "numpy", "pandas", "scipy", "geopandas", "shapely", "pyproj", "libpysal", "esda", "folium", "spreg",
    "branca", "matplotlib", "numba", "weasyprint", "ibis", "duckdb", "python_calamine", "pyspark",
    "jsonschema",
}  # fmt: skip


def dotted(file: Path) -> str:
    """``mekantek.weights.graph`` for a file, ``mekantek.weights`` for the package's own."""
    parts = ("mekantek", *file.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(file) for file in FILES}


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under ``if TYPE_CHECKING:``."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield other
                yield from running(other)
        else:
            yield child
            yield from running(child)


def imported(file: Path, nodes=running) -> Iterator[str]:
    """Every module a file imports, by its full name, wherever in the file."""
    package = dotted(file).split(".")
    if file.name != "__init__.py":
        package = package[:-1]
    for node in nodes(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, node.module] if node.module else start)
            # `from package import room` is an arrow to the room, `… import name` to the package.
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner in MODULES or module == "mekantek" else module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            pytest.fail(f"{file.name} imports by a computed name, which nobody can read off")


ARROWS = {dotted(file): sorted(set(imported(file)) - {dotted(file)}) for file in FILES}
OWN = {
    module: [name for name in names if name.split(".")[0] == "mekantek"]
    for module, names in ARROWS.items()
}


def leg(module: str) -> str:
    """First name below the package: ``stats`` for ``mekantek.stats.local.moran``."""
    return module.partition(".")[2].split(".")[0]


def test_type_checking_is_the_only_exemption():
    tree = ast.parse(
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b\n"
        "def f():\n    if x:\n        import c\n    from d import e\n"
    )
    found = [n for n in running(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in found] == ["import b", "import c", "from d import e"]


def test_statistics_know_only_floor_one_and_themselves():
    for module in OWN:
        if leg(module) == "stats":
            assert {leg(name) for name in OWN[module]} <= {"errors", "text", "stats"}, module
            foreign = {name.split(".")[0] for name in ARROWS[module]}
            assert not foreign & {
                "geopandas",
                "shapely",
                "folium",
                "libpysal",
                "pathlib",
                "os",
                "io",
            }


def test_nulls_know_no_statistic_and_global_ones_no_local_one():
    above = {"nulls": {"overall", "local"}, "overall": {"local"}}
    for module, names in OWN.items():
        floor = module.removeprefix("mekantek.stats.").split(".")[0]
        for name in names:
            met = name.removeprefix("mekantek.stats.").split(".")[0]
            assert met not in above.get(floor, ()), f"{module} imports {name}"


def test_data_and_neighbours_know_neither_each_other_nor_what_stands_above():
    ground = {name for name, floor in FLOORS.items() if floor == 1}
    for module in OWN:
        if leg(module) in ("datasets", "weights"):
            assert {leg(name) for name in OWN[module]} <= {*ground, leg(module)}, module


@pytest.mark.parametrize("package", sorted(DOORS))
def test_each_foreign_package_has_its_doors_and_no_window(package):
    doors = DOORS[package]
    for file in FILES:
        place = file.relative_to(SOURCE).as_posix()
        if not any(place.startswith(door) for door in doors):
            foreign = {name.split(".")[0] for name in ARROWS[dotted(file)]}
            assert package not in foreign, f"{place} imports {package}; its doors are {doors}"


def test_no_arrow_climbs():
    for module, names in OWN.items():
        if leg(module) == "":
            assert names == [], "the face is lazy: it imports nothing of the house"
            continue
        for name in names:
            assert FLOORS[leg(name)] <= FLOORS[leg(module)], f"{module} imports {name}"


def test_rooms_of_one_floor_do_not_know_each_other_but_for_errors_and_words():
    met = {
        (leg(module), leg(name))
        for module, names in OWN.items()
        for name in names
        if leg(module) not in ("", leg(name)) and FLOORS[leg(module)] == FLOORS[leg(name)]
    }
    # The report bundles what export writes, suffixes stand on words; nothing else meets on its floor.
    assert met <= {("report", "export"), ("__main__", "cli"), ("grammar", "text")}


def test_no_import_runs_in_a_circle():
    files = {module: [n for n in names if n in MODULES] for module, names in OWN.items()}
    assert list(graphlib.TopologicalSorter(files).static_order())


def test_not_even_a_name_of_a_type_runs_in_a_circle():
    """A type that two rooms name has a room of its own below both."""
    files = {
        dotted(file): [n for n in set(imported(file, ast.walk)) if n in MODULES - {dotted(file)}]
        for file in FILES
    }
    assert list(graphlib.TopologicalSorter(files).static_order())


def test_no_room_is_named_for_nothing():
    names = {part for file in FILES for part in file.relative_to(SOURCE).with_suffix("").parts}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc", "core", "base"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_every_file_opens_by_saying_what_it_is_for(file):
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert said
    assert len(said.splitlines()[0]) <= 100


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_only_the_command_line_prints_and_nobody_touches_global_state(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called != "print" or file.parent.name == "cli"
            assert not re.match(r"(np|numpy)\.random\.(seed|rand|shuffle|permut|choice)", called)
            assert called != "locale.setlocale"


def test_randomness_has_one_room():
    makers = re.compile(r"random\.(default_rng|Generator|RandomState|Philox|PCG64)$")
    for file in FILES:
        calls = [
            node
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and makers.search(ast.unparse(node.func))
        ]
        assert not calls or file.relative_to(SOURCE).as_posix() == "stats/inference.py"


def test_no_file_names_a_place_on_somebodys_machine():
    # Put together here, so that this file does not contain what it looks for.
    somewhere = re.compile("|".join(["/" + "work/", "/" + r"root/\w", r"\.\./" + "shared"]))
    kinds = {".py", ".pyi", ".md", ".toml", ".csv", ".json", ".cff", ".html", ".css", ".js", ".gal"}
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            i for i in inner if not i.startswith(".") and i not in ("build", "dist", "__pycache__")
        ]
        if Path(folder) == ROOT / "maps":
            inner[:] = ["gallery"]  # the rest is where runs write
        for name in names:
            file = Path(folder, name)
            if file.suffix in kinds:
                found = somewhere.search(file.read_text(encoding="utf-8"))
                assert not found, f"{file.relative_to(ROOT)} mentions {found and found[0]}"


def loaded_after(code: str) -> set[str]:
    """Top-level names in ``sys.modules`` after a fresh process ran the code."""
    told = f"{code}\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    return {name.split(".")[0] for name in json.loads(run.stdout.splitlines()[-1])}


HELP = """
import sys
from mekantek import cli
sys.argv = ["mekantek", *{arguments}]
try:
    cli.main()
except SystemExit as end:
    assert not end.code, end.code
"""


@pytest.mark.parametrize(
    "code",
    [
        "import mekantek",
        "import mekantek; dir(mekantek)",
        "import mekantek.errors, mekantek.text",
        HELP.format(arguments=["--help"]),
        HELP.format(arguments=["moran", "--help"]),
        HELP.format(arguments=["study", "--help"]),
    ],
    ids=["import", "dir", "floor one", "--help", "moran --help", "study --help"],
)
def test_asking_costs_no_heavy_import(code):
    assert not loaded_after(code) & HEAVY


def test_counting_needs_numpy_pandas_and_scipy_alone():
    loaded = loaded_after("import mekantek.stats.local.moran")
    assert not loaded & (HEAVY - {"numpy", "pandas", "scipy"})


def test_every_name_of_the_face_leads_somewhere():
    import mekantek

    for name in mekantek.__all__:
        assert getattr(mekantek, name) is not None


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built once from this checkout without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{run.stderr}\nThe wheel needs hatchling: pip install '.[test]'."
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_package_its_data_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        f"mekantek/{file.relative_to(SOURCE).as_posix()}"
        for file in SOURCE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {"mekantek/py.typed", "mekantek/__init__.pyi"} <= sources <= names
    for folder in ("data", "boundaries"):
        kept = {f"mekantek/{folder}/{file.name}" for file in (ROOT / folder).glob("*.*")}
        assert kept <= names
    assert {
        "mekantek/data/shares.csv",
        "mekantek/data/printed/table_4_1.csv",
        "mekantek/boundaries/provinces.geojson",
        "mekantek/boundaries/provinces_simplified.geojson",
    } <= names
    assert {name.split("/")[0].removesuffix(".dist-info") for name in names} == {
        "mekantek",
        wheel.name.removesuffix("-py3-none-any.whl"),
    }
    kept = {name.partition(".dist-info/licenses/")[2] for name in names}
    texts = {f"LICENSES/{file.name}" for file in (ROOT / "LICENSES").iterdir()}
    assert {"LICENSE", "NOTICE.md"} | texts <= kept
    assert not [n for n in names if "tests" in n or "gallery" in n or "__pycache__" in n]


def test_the_wheel_finds_its_data_without_a_checkout(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import mekantek; from mekantek.datasets import files, tables; "
        "print(mekantek.__file__, files.data_path(), len(tables.load_shares()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=dict(os.environ, PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    package, data, rows = run.stdout.split()
    assert Path(package).is_relative_to(tmp_path)
    assert Path(data).is_relative_to(tmp_path)
    assert rows == "1243"


def test_the_command_is_installed_by_its_name(wheel):
    archive = zipfile.ZipFile(wheel)
    entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "mekantek = mekantek.cli:main" in archive.read(entry).decode()


def test_every_version_of_the_changelog_leads_with_results_that_change():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for version in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        assert re.search(r"^### (.*)$", version, re.MULTILINE)[1] == "Results that change"
